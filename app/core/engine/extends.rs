//! The policy that another is laid over: `extends: owner/repository@path`, one level deep.
//!
//! It is read from that repository's default branch with the App's own rights. One that cannot be
//! read is no empty one: whoever needs it then says so (see `Config::based`).

use crate::config::ConfigFile;
use crate::error::{Error, Result};
use crate::model::RepoName;
use crate::port::GitHub;

/// The file that the last one extends, where it names one that can be read.
pub(super) async fn base(github: &dyn GitHub, files: &[ConfigFile]) -> Result<Option<ConfigFile>> {
    let Some(name) = files.last().and_then(ConfigFile::extends) else {
        return Ok(None);
    };
    let Some((repo, path)) = name.split_once('@') else {
        return Ok(None);
    };
    let Ok(repo) = repo.parse::<RepoName>() else {
        return Ok(None);
    };
    match github.file(&repo, path).await {
        Ok(text) => Ok(text.map(|text| ConfigFile { name, text })),
        Err(Error::NotFound(_) | Error::Forbidden { .. } | Error::Refused(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
