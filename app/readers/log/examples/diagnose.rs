//! Reads one log and prints what was found as JSON.
//!
//! `diagnose [diagnose] LOG [--format json] [--job JOB.json] [--baseline LOG]`

use std::io::Read;

use waterline_log::{Baseline, LineRange, LogReader, MatcherFile, Options, StepMeta};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut options = Options::default();
    let mut log = None;
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        match arg.as_str() {
            "diagnose" => {}
            "--format" => drop(args.next()),
            "--job" => options.steps = steps(&args.next().unwrap_or_default())?,
            "--baseline" => {
                let bytes = std::fs::read(args.next().unwrap_or_default())?;
                options.baseline = Some(Baseline::read(&bytes));
            }
            "--matcher" => {
                let text = std::fs::read_to_string(args.next().unwrap_or_default())?;
                options.matchers.extend(MatcherFile::read(&text).matchers);
            }
            _ => log = Some(arg),
        }
    }
    let log = log.ok_or("which log?")?;
    let mut reader = LogReader::new(options);
    let mut file = std::fs::File::open(log)?;
    let mut buffer = vec![0; 256 * 1024];
    loop {
        let n = file.read(&mut buffer)?;
        if n == 0 {
            break;
        }
        reader.push(&buffer[..n]);
    }
    let reading = reader.finish();
    let lines: Vec<serde_json::Value> = reading.excerpt().iter().map(range).collect();
    let locations: Vec<String> = reading.locations.iter().map(ToString::to_string).collect();
    let out = serde_json::json!({
        "version": 1,
        "category": reading.category,
        "step": reading.step.as_ref().map(|step| &step.name),
        "summary": reading.summary,
        "excerpt_lines": lines,
        "causes": reading.causes,
        "tests": reading.tests,
        "locations": locations,
        "exit_code": reading.exit_code,
        "suggestion": reading.suggestion,
        "verdict": null,
        "evidence": [],
    });
    println!("{out:#}");
    Ok(())
}

fn range(range: &LineRange) -> serde_json::Value {
    if range.first == range.last {
        serde_json::json!(range.first)
    } else {
        serde_json::json!([range.first, range.last])
    }
}

fn steps(path: &str) -> Result<Vec<StepMeta>, Box<dyn std::error::Error>> {
    #[derive(serde::Deserialize)]
    struct Job {
        #[serde(default)]
        steps: Vec<StepMeta>,
    }
    let job: Job = serde_json::from_str(&std::fs::read_to_string(path)?)?;
    Ok(job.steps)
}
