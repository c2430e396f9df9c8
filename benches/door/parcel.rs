//! What is delivered: complete `workflow_run` payloads out of the stand-in, signed beforehand.
//!
//! Two thousand repositories with a run each, so that jobs spread over as many lanes. A delivery
//! is known by the GUID in its header, which is fresh each time; the body may come again.

use anyhow::{Context as _, Result};
use waterline_standin::{FinishedJob, RunOn, World, payload, signature};

/// What both servers are told to check signatures with.
pub(crate) const SECRET: &str = "a secret for the bench alone";

/// How many different bodies there are.
const BODIES: usize = 2_000;

/// One request but for its GUID, which ends the head.
pub(crate) struct Parcel {
    /// Everything of the head that stands before the GUID.
    head: Vec<u8>,
    body: Vec<u8>,
}

/// The parcels of one kind of event.
pub(crate) struct Parcels {
    /// Runs that have ended: a job each.
    pub(crate) completed: Vec<Parcel>,
    /// Runs that were asked for: nothing for Waterline to do.
    pub(crate) requested: Vec<Parcel>,
}

impl Parcel {
    fn new(body: Vec<u8>) -> Self {
        let head = format!(
            "Host: 127.0.0.1\r\nUser-Agent: GitHub-Hookshot/0123abc\r\nAccept: */*\r\n\
             Content-Type: application/json\r\nContent-Length: {}\r\n\
             X-GitHub-Event: workflow_run\r\nX-GitHub-Hook-ID: 7001\r\n\
             X-GitHub-Hook-Installation-Target-ID: 1\r\n\
             X-GitHub-Hook-Installation-Target-Type: integration\r\n\
             X-Hub-Signature-256: {}\r\nX-GitHub-Delivery: ",
            body.len(),
            signature(SECRET, &body)
        );
        Self {
            head: head.into_bytes(),
            body,
        }
    }

    /// The whole request, into a buffer that is used again and again.
    pub(crate) fn write(&self, path: &str, guid: &str, into: &mut Vec<u8>) {
        into.clear();
        for part in [
            b"POST ",
            path.as_bytes(),
            b" HTTP/1.1\r\n",
            &self.head,
            guid.as_bytes(),
            b"\r\n\r\n",
            &self.body,
        ] {
            into.extend_from_slice(part);
        }
    }

    /// The size of the body.
    pub(crate) fn size(&self) -> usize {
        self.body.len()
    }
}

/// Makes all of them.
pub(crate) fn all() -> Result<Parcels> {
    let mut world = World::default();
    let run = world
        .begin_run("octo/shop", "CI", RunOn::PullRequest(1))
        .context("no run")?;
    let requested = payload::workflow_run(&world, "octo/shop", run, "requested")?.to_string();
    world.add_job("octo/shop", run, FinishedJob::failure("test", "failed"));
    world
        .end_run("octo/shop", run, "failure")
        .context("no run")?;
    let completed = payload::workflow_run(&world, "octo/shop", run, "completed")?.to_string();
    let many = |text: &str| {
        let others = (0..BODIES as u64).map(|n| {
            let name = format!("octo/shop-{n:04}");
            text.replace("octo/shop", &name)
                .replace(&run.to_string(), &(run + 1_000 + n).to_string())
        });
        others.map(|text| Parcel::new(text.into_bytes())).collect()
    };
    Ok(Parcels {
        completed: many(&completed),
        requested: many(&requested),
    })
}
