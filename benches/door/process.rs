//! What the kernel tells about a process and its children, and where they may run.

use std::fs;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};

/// What a process and its children have used so far.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Usage {
    /// User and system time of all their threads.
    pub(crate) cpu: Duration,
    /// The most memory that was resident, in bytes.
    pub(crate) peak: u64,
}

/// Puts this process, and all that it starts, on one core.
pub(crate) fn pin_myself(core: usize) -> Result<()> {
    let pid = std::process::id().to_string();
    let told = Command::new("taskset")
        .args(["-cp", &core.to_string(), &pid])
        .output()
        .context("`taskset` is needed (Debian: util-linux)")?;
    ensure!(
        told.status.success(),
        "no core {core} for the load generator: {}",
        String::from_utf8_lossy(&told.stderr).trim()
    );
    Ok(())
}

/// The use of a process and all its children.
pub(crate) fn usage(pid: u32) -> Result<Usage> {
    let mut sum = Usage::default();
    let mut left = vec![pid];
    while let Some(pid) = left.pop() {
        sum.cpu += cpu(pid)?;
        sum.peak += peak(pid)?;
        left.extend(children(pid));
    }
    Ok(sum)
}

fn cpu(pid: u32) -> Result<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"))
        .context("the server under test has ended")?;
    // The name in parentheses may hold spaces; utime and stime are the 12th and 13th behind it.
    let (_, rest) = stat.rsplit_once(')').context("no such stat")?;
    let mut fields = rest.split_whitespace().skip(11);
    let mut tick = || -> Result<u64> { Ok(fields.next().context("no such stat")?.parse()?) };
    let ticks = tick()? + tick()?;
    // Linux gives user space hundredths of a second on every architecture that Rust knows.
    Ok(Duration::from_millis(10 * ticks))
}

fn peak(pid: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"));
    let kib = line.and_then(|l| l.trim().strip_suffix(" kB"));
    Ok(1024 * kib.context("no VmHWM")?.parse::<u64>()?)
}

fn children(pid: u32) -> Vec<u32> {
    let threads = fs::read_dir(format!("/proc/{pid}/task"));
    let lists = threads.into_iter().flatten().flatten().map(|thread| {
        let list = thread.path().join("children");
        fs::read_to_string(list).unwrap_or_default()
    });
    lists
        .flat_map(|list| {
            let pids = list.split_whitespace().filter_map(|pid| pid.parse().ok());
            pids.collect::<Vec<u32>>()
        })
        .collect()
}
