//! A ZIP archive, unpacked in memory and within bounds: what an entry says about its own size is not
//! believed, and its name is only a name.

use std::io::{Cursor, Read as _};

use zip::ZipArchive;

use crate::{Found, bound, report, text};

/// Endings of files that may be reports.
const ENDINGS: [&str; 4] = [".xml", ".sarif", ".json", ".tap"];

pub(crate) fn read(bytes: &[u8]) -> Found {
    let mut found = Found::default();
    let mut archive = match ZipArchive::new(Cursor::new(bytes)) {
        Ok(archive) => archive,
        Err(error) => {
            let why = text::line(&error.to_string(), bound::NAME);
            found
                .notes
                .push(format!("it is no ZIP archive that can be read: {why}"));
            return found;
        }
    };
    if archive.len() > bound::ENTRIES {
        let (listed, most) = (archive.len(), bound::ENTRIES);
        found.notes.push(format!(
            "the archive lists {listed} entries, more than {most}; it was left unread"
        ));
        return found;
    }
    let (mut left, mut files) = (bound::ARCHIVE, 0);
    for at in 0..archive.len() {
        // Encrypted, or packed in a way that no runner's upload uses.
        let Ok(entry) = archive.by_index(at) else {
            continue;
        };
        let Ok(name) = entry.name().map(|name| name.into_owned()) else {
            continue;
        };
        if !entry.is_file() || !is_candidate(&name) {
            continue;
        }
        files += 1;
        if files > bound::FILES {
            let most = bound::FILES;
            found.notes.push(format!(
                "more than {most} files may be reports; the others were left unread"
            ));
            break;
        }
        let most = bound::FILE.min(left);
        let mut unpacked = Vec::new();
        // One byte more than is wanted tells that there is more. A broken entry gives what it gave.
        let _ = entry.take(most as u64 + 1).read_to_end(&mut unpacked);
        left = left.saturating_sub(unpacked.len());
        let shown = text::line(&name, bound::NAME);
        if unpacked.len() > bound::FILE {
            found.notes.push(too_large(&shown));
        } else if unpacked.len() > most {
            let most = bound::ARCHIVE >> 20;
            found.notes.push(format!(
                "it unpacks to more than {most} MiB; `{shown}` and what follows were left unread"
            ));
            break;
        } else {
            found.reports.extend(report(&name, &unpacked));
        }
    }
    found
}

/// The sentence about a file that is larger than any report is read.
pub(crate) fn too_large(name: &str) -> String {
    format!(
        "`{name}` unpacks to more than {} MiB and was left unread",
        bound::FILE >> 20
    )
}

fn is_candidate(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    // What package managers and coverage tools write under these endings is never a report.
    let other = [
        "package.json",
        "package-lock.json",
        "coverage.xml",
        "cobertura.xml",
        "coverage-final.json",
    ];
    ENDINGS.iter().any(|ending| base.ends_with(ending)) && !other.contains(&base)
}
