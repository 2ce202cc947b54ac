//! The same input gives the same bytes, whatever the number of threads and the order of the arguments.

use crate::support::root;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

fn dataset(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut out = BTreeMap::new();
    for e in std::fs::read_dir(dir).unwrap() {
        let e = e.unwrap();
        let name = e.file_name().to_string_lossy().to_string();
        // Timings differ by nature.
        if name != "timings.csv" {
            out.insert(name, std::fs::read(e.path()).unwrap());
        }
    }
    out
}

#[test]
fn threads_and_order_change_nothing() {
    let tmp = tempfile::tempdir().unwrap();
    let mut samples: Vec<PathBuf> = crate::support::files(&root().join("samples"), ".pdf");
    let run = |name: &str, threads: &str, inputs: &[PathBuf]| {
        let out = tmp.path().join(name);
        let status = Command::new(env!("CARGO_BIN_EXE_juesuan"))
            .args(["extract", "--quiet", "--threads", threads, "--out"])
            .arg(&out)
            .args(inputs)
            .status()
            .unwrap();
        assert!(status.success());
        dataset(&out)
    };
    let one = run("one", "1", &samples);
    let two = run("two", "2", &samples);
    samples.reverse();
    let half = samples.len() / 2;
    samples.rotate_left(half / 2);
    let shuffled = run("shuffled", "3", &samples);
    assert!(one.len() > 20);
    for (name, bytes) in &one {
        assert!(two.get(name) == Some(bytes), "{name} differs between 1 and 2 threads");
        assert!(shuffled.get(name) == Some(bytes), "{name} differs with shuffled input");
    }
}
