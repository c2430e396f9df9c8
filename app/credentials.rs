//! The credentials that the set-up page got from GitHub: one file in the data folder.
//!
//! It is readable by its own user only, appears whole or not at all, and is never put in the
//! place of another. What stands in the environment goes before it, so that a secret can be
//! replaced without touching it.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use waterline_github::NewApp;
use waterline_server::{Keeper, Whereabouts};

use crate::exit::Failure;

/// The file's name in the data folder.
const FILE: &str = "credentials.json";

/// What is in the file.
pub(crate) struct Stored {
    /// The App's client id.
    pub id: String,
    /// Its private key.
    pub key: SecretString,
    /// Its webhook's secret.
    pub secret: SecretString,
}

/// Where the file is, or would be.
pub(crate) fn path(data: &Path) -> PathBuf {
    data.join(FILE)
}

/// Makes the data folder, for its user only.
pub(crate) fn folder(data: &Path) -> Result<(), Failure> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(data)
        .map_err(|e| Failure::Usage(format!("{}: {e}", data.display())))
}

/// Reads the file; nothing where there is none.
pub(crate) fn stored(data: &Path) -> Result<Option<Stored>, Failure> {
    let path = path(data);
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(Failure::Usage(format!("{}: {error}", path.display()))),
    };
    // The reader's own words could quote the key.
    let wrong = || Failure::Usage(format!("{} is damaged: restore it", path.display()));
    let value: Value = serde_json::from_str(&text).map_err(|_| wrong())?;
    let field = |name: &str| {
        let text = value[name].as_str().filter(|text| !text.is_empty());
        text.map(str::to_owned).ok_or_else(wrong)
    };
    Ok(Some(Stored {
        id: field("client_id")?,
        key: field("private_key")?.into(),
        secret: field("webhook_secret")?.into(),
    }))
}

/// Whether others than its user may read the file.
#[cfg(unix)]
pub(crate) fn open_to_others(data: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path(data)).is_ok_and(|file| file.permissions().mode() & 0o077 != 0)
}

/// Windows has no such bits; the folder's own rights hold.
#[cfg(not(unix))]
pub(crate) fn open_to_others(_: &Path) -> bool {
    false
}

/// Keeps credentials in the file.
pub(crate) struct InFile(pub PathBuf);

impl Keeper for InFile {
    fn keep(&self, made: &NewApp) -> Result<Whereabouts, String> {
        let path = path(&self.0);
        let said = |error: std::io::Error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => {
                format!("There are credentials in {} already.", path.display())
            }
            _ => format!("{} cannot be written: {error}.", path.display()),
        };
        let value = json!({
            "version": 1,
            "app_id": made.id,
            "client_id": made.client_id,
            "slug": made.slug,
            "private_key": made.pem.expose_secret(),
            "webhook_secret": secret(made),
        });
        write(&self.0, &path, &format!("{value:#}\n")).map_err(said)?;
        // As it is found from anywhere, also where the folder was given relative to ours.
        let path = std::fs::canonicalize(&path).unwrap_or(path);
        Ok(Whereabouts::File(path.display().to_string()))
    }
}

/// Whole or not at all, and not over another: the file is made beside, and gets its name when it
/// is on the disk. A temporary file is its user's own from the start.
fn write(folder: &Path, path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = tempfile::Builder::new()
        .prefix(".credentials-")
        .tempfile_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path).map_err(|error| error.error)?;
    // The name must outlive a power failure too; Windows cannot open a folder for that.
    #[cfg(unix)]
    std::fs::File::open(folder)?.sync_all()?;
    Ok(())
}

/// Prints credentials, as the lines of an `.env` file.
pub(crate) struct Printed;

impl Keeper for Printed {
    fn keep(&self, made: &NewApp) -> Result<Whereabouts, String> {
        let lines = format!(
            "WATERLINE_APP_ID={}\nWATERLINE_PRIVATE_KEY={}\nWATERLINE_WEBHOOK_SECRET={}\n",
            made.client_id,
            made.pem.expose_secret().trim().replace('\n', "\\n"),
            secret(made),
        );
        let mut out = std::io::stdout().lock();
        out.write_all(lines.as_bytes())
            .and_then(|()| out.flush())
            .map_err(|error| format!("The server's standard output cannot be written: {error}."))?;
        Ok(Whereabouts::Printed)
    }
}

fn secret(made: &NewApp) -> &str {
    made.webhook_secret
        .as_ref()
        .map_or("", |secret| secret.expose_secret())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(id: &str) -> NewApp {
        NewApp {
            id: 7,
            client_id: id.to_owned(),
            slug: "w".to_owned(),
            name: "W".to_owned(),
            html_url: String::new(),
            pem: "KEY".into(),
            webhook_secret: Some("hook".into()),
        }
    }

    #[test]
    fn what_is_kept_is_read_again_and_never_replaced() {
        let data = tempfile::tempdir().unwrap();
        let keeper = InFile(data.path().to_owned());
        assert!(stored(data.path()).unwrap().is_none());
        keeper.keep(&made("first")).unwrap();
        let refusal = keeper.keep(&made("second")).unwrap_err();
        assert!(refusal.contains("already"), "{refusal}");
        let kept = stored(data.path()).unwrap().unwrap();
        assert_eq!(
            (kept.id.as_str(), kept.key.expose_secret()),
            ("first", "KEY")
        );
        assert_eq!(kept.secret.expose_secret(), "hook");
        assert!(!open_to_others(data.path()));
        let names: Vec<_> = std::fs::read_dir(data.path()).unwrap().collect();
        assert_eq!(names.len(), 1, "nothing is left beside it: {names:?}");
    }

    #[test]
    fn a_damaged_file_is_refused_without_a_word_of_it() {
        let data = tempfile::tempdir().unwrap();
        for text in ["{\"private_key\": SECRET", "{}", "[\"SECRET\"]"] {
            std::fs::write(path(data.path()), text).unwrap();
            let Err(error) = stored(data.path()) else {
                panic!("{text} was taken");
            };
            let said = error.to_string();
            assert!(
                said.contains("damaged") && !said.contains("SECRET"),
                "{said}"
            );
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_new_folder_is_its_users_own() {
        use std::os::unix::fs::PermissionsExt as _;
        let data = tempfile::tempdir().unwrap();
        let new = data.path().join("a/b");
        folder(&new).unwrap();
        let mode = std::fs::metadata(&new).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        folder(&new).unwrap();
    }
}
