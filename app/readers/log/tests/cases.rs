//! Small logs with the readings that they have to give: `cases/NAME/{log.txt,reading.json}`.
//! `UPDATE=1` writes the readings anew; look at the difference before you commit it.

use std::path::Path;

use waterline_log::{Options, Reading, StepMeta, read};

#[test]
fn every_case_reads_as_it_did() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let update = std::env::var_os("UPDATE").is_some();
    let mut seen = 0;
    for entry in std::fs::read_dir(&root).unwrap() {
        let folder = entry.unwrap().path();
        let log = std::fs::read(folder.join("log.txt")).unwrap();
        let steps: Vec<StepMeta> = std::fs::read_to_string(folder.join("steps.json"))
            .map(|text| serde_json::from_str(&text).unwrap())
            .unwrap_or_default();
        let options = Options {
            steps,
            ..Options::default()
        };
        let reading = read(&log, options);
        let file = folder.join("reading.json");
        if update {
            let text = serde_json::to_string_pretty(&reading).unwrap();
            std::fs::write(&file, text + "\n").unwrap();
        }
        let text = std::fs::read_to_string(&file).unwrap();
        let wanted: Reading = serde_json::from_str(&text).unwrap();
        assert_eq!(reading, wanted, "{}", folder.display());
        seen += 1;
    }
    assert!(seen >= 10, "only {seen} cases");
}
