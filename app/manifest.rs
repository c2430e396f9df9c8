//! `waterline manifest`: what the App will be asked to be, before anybody makes it.
//!
//! The set-up page of `waterline serve` sends the very same to GitHub; here it can be read,
//! compared and kept. Standard output gets the JSON alone.

use waterline_core::capabilities::ALL;
use waterline_core::manifest::{Origin, Unfit, Wish};

use crate::args::Manifest;
use crate::exit::{Ended, Failure};
use crate::say::say_json;
use crate::settings;

pub(crate) fn run(flags: &Manifest) -> Result<Ended, Failure> {
    let wrong = |flag: &str, error: Unfit| Failure::Usage(format!("--{flag}: {error}"));
    let owner = flags.organization.as_deref().map(str::parse).transpose();
    let server: Origin = flags.url.parse().map_err(|e| wrong("url", e))?;
    let wish = Wish {
        name: flags.name.parse().map_err(|e| wrong("name", e))?,
        back: server.clone(),
        server,
        owner: owner.map_err(|e| wrong("organization", e))?,
    };
    say_json(&wish.manifest(ALL), true);
    eprintln!(
        "`waterline serve` shows a page that sends this to {}",
        wish.address(&settings::web()?)
    );
    Ok(Ended::Done)
}
