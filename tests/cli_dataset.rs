//! The dataset on a hostile disk: killed in the middle, no room, links, loops, a reader that goes away.
#![cfg(unix)]

use crate::support::root;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_juesuan"))
}

fn extract(input: &Path, out: &Path, more: &[&str]) -> Output {
    program()
        .arg("extract")
        .arg(input)
        .arg("--out")
        .arg(out)
        .args(more)
        .output()
        .unwrap()
}

fn sample(name: &str) -> PathBuf {
    root().join("samples").join(name)
}

fn said(o: &Output) -> String {
    String::from_utf8_lossy(&o.stderr).to_string()
}

fn names(dir: &Path) -> Vec<String> {
    let mut out: Vec<String> = std::fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    out.sort();
    out
}

/// Every file of a dataset with its bytes.
fn bytes(dir: &Path) -> Vec<(String, Vec<u8>)> {
    names(dir)
        .into_iter()
        .map(|n| (n.clone(), std::fs::read(dir.join(n)).unwrap()))
        .collect()
}

#[test]
fn a_killed_run_leaves_the_old_dataset_whole_and_the_next_one_takes_away_what_it_left() {
    let tmp = tempfile::tempdir().unwrap();
    let (input, out) = (tmp.path().join("in"), tmp.path().join("out"));
    std::fs::create_dir(&input).unwrap();
    let one = std::fs::read(sample("s15-template.pdf")).unwrap();
    for n in 0..400 {
        std::fs::write(
            input.join(format!("{n}.pdf")),
            [&one[..], format!("\n% {n}\n").as_bytes()].concat(),
        )
        .unwrap();
    }
    assert!(extract(&sample("s15-template.pdf"), &out, &["-q"]).status.success());
    let before = bytes(&out);
    let mut run = program();
    run.arg("extract")
        .arg(&input)
        .arg("--out")
        .arg(&out)
        .args(["-q", "--overwrite", "--threads", "1"]);
    let mut child = run.spawn().unwrap();
    let partial = || names(tmp.path()).into_iter().find(|n| n.starts_with(".out.partial-"));
    let start = Instant::now();
    while partial().is_none() && start.elapsed() < Duration::from_secs(60) {
        std::thread::yield_now();
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let left = partial().expect("the run was killed before it ended");
    assert_eq!(bytes(&out), before);
    let next = extract(&sample("s15-template.pdf"), &out, &["--overwrite"]);
    assert!(next.status.success(), "{}", said(&next));
    assert!(!names(tmp.path()).contains(&left), "{:?}", names(tmp.path()));
}

#[test]
fn what_a_run_left_that_died_in_its_first_or_last_step_is_taken_away_and_nothing_else() {
    let tmp = tempfile::tempdir().unwrap();
    let out = tmp.path().join("out");
    assert!(extract(&sample("s15-template.pdf"), &out, &["-q"]).status.success());
    let beside = |n: &str| tmp.path().join(format!(".out.partial-{n}"));
    // Killed before the folder was locked; killed when it was whole and not yet in its place.
    std::fs::create_dir(beside("71")).unwrap();
    std::fs::create_dir(beside("72")).unwrap();
    for (name, whole) in bytes(&out) {
        std::fs::write(beside("72").join(name), whole).unwrap();
    }
    // Not of a run; of a run that lives.
    std::fs::create_dir(beside("73")).unwrap();
    std::fs::write(beside("73").join("notes.txt"), "mine").unwrap();
    std::fs::create_dir(beside("74")).unwrap();
    let live = std::fs::File::create(beside("74").join(".lock")).unwrap();
    live.lock().unwrap();
    let next = extract(&sample("s15-template.pdf"), &out, &["--overwrite"]);
    assert!(next.status.success(), "{}", said(&next));
    assert_eq!(names(tmp.path()), [".out.partial-73", ".out.partial-74", "out"]);
    assert!(said(&next).contains(".out.partial-73"), "{}", said(&next));
}

#[test]
fn a_disk_without_room_leaves_the_old_dataset_whole() {
    let tmp = tempfile::tempdir().unwrap();
    let out = tmp.path().join("out");
    assert!(extract(&sample("s15-template.pdf"), &out, &["-q"]).status.success());
    let before = bytes(&out);
    // A limit on the size of files stands in for a full disk: the same place, the same kind of error. 64 blocks of 512 bytes
    // are too few for the facts of all samples.
    let o = Command::new("sh")
        .args(["-c", "trap '' XFSZ; ulimit -f 64; exec \"$@\"", "sh"])
        .arg(env!("CARGO_BIN_EXE_juesuan"))
        .args(["extract", "-q", "--overwrite", "--out"])
        .args([&out, &root().join("samples")])
        .output()
        .unwrap();
    assert_eq!(o.status.code(), Some(2), "{}", said(&o));
    assert!(
        said(&o).contains("cannot write") && said(&o).contains("facts.csv"),
        "{}",
        said(&o)
    );
    assert_eq!(bytes(&out), before);
    assert_eq!(names(tmp.path()), ["out"]);
}

#[test]
fn links_dots_and_empty_folders_are_the_folder_they_mean() {
    let tmp = tempfile::tempdir().unwrap();
    let real = tmp.path().join("real");
    std::fs::create_dir(&real).unwrap();
    std::os::unix::fs::symlink(&real, tmp.path().join("link")).unwrap();
    let s = sample("s15-template.pdf");
    let o = extract(&s, &real, &["-q"]);
    assert!(o.status.success(), "an empty folder is no loss: {}", said(&o));
    let o = extract(&s, &tmp.path().join("link"), &["-q", "--overwrite"]);
    assert!(o.status.success(), "{}", said(&o));
    let o = extract(&s, &real.join("."), &["-q", "--overwrite"]);
    assert!(o.status.success(), "{}", said(&o));
    assert!(real.join("facts.csv").exists() && tmp.path().join("link/facts.csv").exists());
    assert_eq!(names(tmp.path()), ["link", "real"]);
}

#[test]
fn loops_hidden_files_and_second_names_give_each_document_once() {
    let tmp = tempfile::tempdir().unwrap();
    let input = tmp.path().join("in");
    std::fs::create_dir_all(input.join("deep/er")).unwrap();
    std::fs::copy(sample("s15-template.pdf"), input.join("deep/er/A.PDF")).unwrap();
    std::fs::copy(sample("s15-template.pdf"), input.join("deep/b.pdf")).unwrap();
    std::fs::copy(sample("s16-budget.pdf"), input.join("no-ending")).unwrap();
    std::fs::write(input.join("._b.pdf"), "resource fork").unwrap();
    std::os::unix::fs::symlink(&input, input.join("deep/loop")).unwrap();
    let out = tmp.path().join("out");
    let o = program()
        .args(["extract", "-q", "--out"])
        .args([&out, &input, &input.join("no-ending"), &input.join("deep")])
        .output()
        .unwrap();
    assert!(o.status.success(), "{}", said(&o));
    let mut reader = csv::Reader::from_path(out.join("documents.csv")).unwrap();
    let mut files: Vec<String> = reader.records().map(|r| r.unwrap()[1].to_string()).collect();
    files.sort();
    assert_eq!(files, ["b.pdf", "no-ending"], "the first name in sorted order stays");
    let diagnostics = std::fs::read_to_string(out.join("diagnostics.csv")).unwrap();
    assert!(
        diagnostics.contains("duplicate-input") && diagnostics.contains("A.PDF"),
        "{diagnostics}"
    );
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let mut child = program()
        .arg("dictionary")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let o = child.wait_with_output().unwrap();
    assert!(o.status.success() && o.stderr.is_empty(), "{}", said(&o));
}

/// A PDF that was cut off before it says what it is has failed: nobody knows that it is no final account.
#[test]
fn a_file_that_was_cut_off_has_failed() {
    let dir = tempfile::tempdir().unwrap();
    let whole = std::fs::read(crate::support::root().join("samples/s03-fy2022-national.pdf")).unwrap();
    for length in [3_000, 30_000] {
        let path = dir.path().join(format!("{length}.pdf"));
        std::fs::write(&path, &whole[..length]).unwrap();
        let e = crate::support::extract(&path);
        assert_eq!(e.document.status, juesuan::record::Status::Failed, "{length}");
        assert_eq!(
            e.document.error_code.map(juesuan::diag::Refusal::as_str),
            Some("file-cut-off")
        );
        assert!(e.facts.is_empty());
    }
}

/// Documents of other years keep their row and give nothing else.
#[test]
fn years_that_were_not_asked_for_give_no_rows() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("data");
    let pdf = crate::support::root().join("samples/s02-fy2019-reversed-order.pdf");
    let done = std::process::Command::new(env!("CARGO_BIN_EXE_juesuan"))
        .args(["extract", "--quiet", "--format", "csv", "--years", "2001", "--out"])
        .arg(&out)
        .arg(&pdf)
        .status()
        .unwrap();
    assert!(done.success());
    let rows = |table: &str| {
        let text = std::fs::read_to_string(out.join(format!("{table}.csv"))).unwrap();
        csv::Reader::from_reader(text.as_bytes()).records().count()
    };
    assert_eq!(rows("documents"), 1);
    for table in [
        "facts",
        "statements",
        "findings",
        "sections",
        "glossary",
        "members",
        "projects",
        "project_funds",
        "indicators",
    ] {
        assert_eq!(rows(table), 0, "{table}");
    }
}

/// Whoever has a dataset has its ids: each one in its rows is explained in its `codebook`, that of a user's rules too.
#[test]
fn every_id_of_a_dataset_stands_in_its_codebook() {
    let dir = tempfile::tempdir().unwrap();
    let rules = dir.path().join("rules");
    std::fs::create_dir(&rules).unwrap();
    let own = "[measure]\nbonds = { zh = \"债券\", en = \"bonds\", unit = \"yuan\" }\n";
    std::fs::write(rules.join("ids.toml"), own).unwrap();
    let out = dir.path().join("data");
    let pdf = crate::support::root().join("samples/s03-fy2022-national.pdf");
    extract(&pdf, &out, &["--grammars", rules.to_str().unwrap()]);
    let rows = |table: &str, columns: &[&str]| -> Vec<Vec<String>> {
        let mut reader = csv::Reader::from_path(out.join(format!("{table}.csv"))).unwrap();
        let head = reader.headers().unwrap().clone();
        let at: Vec<usize> = columns
            .iter()
            .map(|c| head.iter().position(|h| h == *c).unwrap())
            .collect();
        let pick = |r: csv::StringRecord| at.iter().map(|n| r[*n].to_string()).collect();
        reader.records().map(|r| pick(r.unwrap())).collect()
    };
    let known: std::collections::BTreeSet<(String, String)> = rows("codebook", &["kind", "id"])
        .into_iter()
        .map(|r| (r[0].clone(), r[1].clone()))
        .collect();
    assert!(known.contains(&("measure".to_string(), "bonds".to_string())));
    let mut asked = 0;
    for (table, kinds) in [
        ("facts", ["form", "fund", "measure"]),
        ("statements", ["section", "subject", "slot"]),
    ] {
        for row in rows(table, &kinds) {
            for (kind, id) in kinds.iter().zip(row).filter(|(_, id)| !id.is_empty()) {
                // Names of 功能分类 are subjects as they are printed.
                let own = !id.starts_with(|c: char| c.is_ascii_alphabetic());
                assert!(own || known.contains(&(kind.to_string(), id.clone())), "{kind} {id}");
                asked += 1;
            }
        }
    }
    assert!(asked > 1_000, "{asked}");
}
