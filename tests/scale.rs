//! From one run to every day and from one machine to many: lists of files, runs that go on, shares that become one dataset. Whatever the way, the
//! bytes are those of one whole run.

use crate::support::root;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn program(command: &str) -> Command {
    let mut c = Command::new(env!("CARGO_BIN_EXE_juesuan"));
    c.arg(command);
    c
}

fn said(o: &Output) -> String {
    String::from_utf8_lossy(&o.stderr).to_string()
}

fn extract(input: &Path, out: &Path, more: &[&str]) -> Output {
    program("extract")
        .arg(input)
        .arg("--out")
        .arg(out)
        .args(more)
        .output()
        .unwrap()
}

/// Every file of a dataset but the timings.
fn dataset(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let all = std::fs::read_dir(dir).unwrap().map(|e| e.unwrap());
    let named = all.map(|e| (e.file_name().to_string_lossy().to_string(), e.path()));
    named
        .filter(|(name, _)| name != "timings.csv")
        .map(|(name, path)| (name, std::fs::read(path).unwrap()))
        .collect()
}

#[track_caller]
fn same(a: &Path, b: &Path) {
    let (a, b) = (dataset(a), dataset(b));
    assert!(a.len() > 25 && a.contains_key("parts.bin"), "{:?}", a.keys());
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    for (name, bytes) in &a {
        assert!(b[name] == *bytes, "{name} differs");
    }
}

fn rows(dir: &Path, table: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_path(dir.join(format!("{table}.csv"))).unwrap();
    reader
        .records()
        .map(|r| r.unwrap().iter().map(str::to_string).collect())
        .collect()
}

/// Accounts of two years, a budget, files of an announcement, the same bytes twice, and small ones to make it many.
fn inputs(dir: &Path) -> PathBuf {
    let input = dir.join("in");
    std::fs::create_dir_all(input.join("deep")).unwrap();
    for pdf in crate::support::files(&root().join("samples"), ".pdf") {
        std::fs::copy(&pdf, input.join(pdf.file_name().unwrap())).unwrap();
    }
    let one = std::fs::read(root().join("samples/s15-template.pdf")).unwrap();
    std::fs::write(input.join("deep/again.pdf"), &one).unwrap();
    for n in 0..60 {
        let bytes = [&one[..], format!("\n% {n}\n").as_bytes()].concat();
        std::fs::write(input.join(format!("{n}.pdf")), bytes).unwrap();
    }
    std::fs::write(input.join("broken.pdf"), "no document").unwrap();
    input
}

#[test]
fn shares_become_one_dataset_with_the_bytes_of_one_run() {
    let tmp = tempfile::tempdir().unwrap();
    let input = inputs(tmp.path());
    let whole = tmp.path().join("whole");
    let o = extract(&input, &whole, &["-q", "--parts"]);
    assert!(o.status.success(), "{}", said(&o));
    let mut merge = program("merge");
    let mut sizes = Vec::new();
    for n in 1..=3 {
        let out = tmp.path().join(format!("share{n}"));
        extract(&input, &out, &["-q", "--shard", &format!("{n}/3")]);
        sizes.push(rows(&out, "documents").len());
        merge.arg(out);
    }
    assert!(sizes.iter().all(|n| *n > 5), "{sizes:?}");
    assert_eq!(sizes.iter().sum::<usize>(), rows(&whole, "documents").len());
    let all = tmp.path().join("all");
    let o = merge.arg("--out").arg(&all).output().unwrap();
    assert!(o.status.success(), "{}", said(&o));
    same(&whole, &all);
    // The same again with a share given twice: each document is there once, and that is said.
    let twice = tmp.path().join("twice");
    let shares = [1, 2, 3, 2].map(|n| tmp.path().join(format!("share{n}")));
    let o = program("merge").args(shares).arg("--out").arg(&twice).output().unwrap();
    assert!(o.status.success(), "{}", said(&o));
    assert!(
        said(&o).contains(&format!("{} documents stand in more than one", sizes[1])),
        "{}",
        said(&o)
    );
    same(&whole, &twice);
}

#[test]
fn a_run_that_is_killed_goes_on_and_gives_the_bytes_of_one_run() {
    let tmp = tempfile::tempdir().unwrap();
    let input = inputs(tmp.path());
    let (whole, out) = (tmp.path().join("whole"), tmp.path().join("out"));
    extract(&input, &whole, &["-q", "--parts"]);
    let all = rows(&whole, "documents").len();
    for kill in 0..4u64 {
        let mut run = program("extract");
        run.arg(&input)
            .arg("--out")
            .arg(&out)
            .args(["-q", "--resume", "--threads", "1", "--log", "json"]);
        let mut child = run.stderr(Stdio::piped()).spawn().unwrap();
        // Killed when some documents are done.
        let lines = std::io::BufRead::lines(std::io::BufReader::new(child.stderr.take().unwrap()));
        let _ = lines.take(40 + 12 * kill as usize).count();
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let o = extract(&input, &out, &["--resume", "--log", "json"]);
    let known = said(&o).lines().filter(|l| l.contains("\"known\":true")).count();
    assert!(known >= 40 && known < all, "{known} of {all} were known:\n{}", said(&o));
    same(&whole, &out);
    let left: Vec<_> = std::fs::read_dir(tmp.path())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert!(
        !left.iter().any(|n| n.to_string_lossy().contains("partial")),
        "{left:?}"
    );
}

/// The counts of a run.
fn counts(o: &Output) -> serde_json::Value {
    let text = said(o);
    serde_json::from_str(text.lines().last().unwrap_or_default()).unwrap_or_else(|e| panic!("{e}: {text}"))
}

#[test]
fn what_did_not_change_is_copied_and_the_bytes_are_those_of_one_run() {
    let tmp = tempfile::tempdir().unwrap();
    let input = inputs(tmp.path());
    // Enough for row groups of several small blocks, of one large one, and for some in which nothing changes.
    let many = |from: usize, to: usize| {
        for n in from..to {
            let page = std::fs::read_to_string(root().join("samples/s15-template.truth.json")).unwrap();
            let text = format!(
                "{n}\n汀澜省云浦市第{}小学\n{}年度单位决算\n\n一、收入支出决算总体情况说明\n\n2022年度收、支总计均为{n}.55万元。{}",
                n / 2,
                2021 + n % 2,
                page.len()
            );
            std::fs::write(input.join(format!("many{n}.txt")), text).unwrap();
        }
    };
    many(0, 300);
    let (out, whole) = (tmp.path().join("out"), tmp.path().join("whole"));
    extract(&input, &out, &["-q", "--resume"]);
    let documents = rows(&out, "documents").len();
    many(300, 303);
    std::fs::remove_file(input.join("many7.txt")).unwrap();
    let o = extract(&input, &out, &["--resume", "--log", "json"]);
    let copied = counts(&o)["copied"].as_u64().unwrap() as usize;
    assert!(
        copied > documents / 2 && copied < documents - 4,
        "{copied} of {documents}: {}",
        said(&o)
    );
    extract(&input, &whole, &["-q", "--parts"]);
    same(&whole, &out);
    // Nothing new: all is copied, and stays what it is.
    let o = extract(&input, &out, &["--resume", "--log", "json"]);
    assert_eq!(counts(&o)["copied"], counts(&o)["documents"], "{}", said(&o));
    same(&whole, &out);
    // A dataset in another form is written anew, and so is the next one in the old form.
    let o = extract(&input, &out, &["--resume", "--log", "json", "--format", "csv"]);
    assert_eq!(counts(&o)["copied"], counts(&o)["documents"]);
    assert!(!out.join("facts.parquet").exists());
    let o = extract(&input, &out, &["--resume", "--log", "json"]);
    assert_eq!(counts(&o)["copied"], 0);
    assert_eq!(counts(&o)["known"], counts(&o)["documents"]);
    same(&whole, &out);
}

#[test]
fn a_run_that_is_killed_while_it_copies_goes_on() {
    let tmp = tempfile::tempdir().unwrap();
    let input = inputs(tmp.path());
    let (whole, out) = (tmp.path().join("whole"), tmp.path().join("out"));
    let aside = |n: u32| (input.join(format!("{n}.pdf")), tmp.path().join(format!("{n}.pdf")));
    (0..6).for_each(|n| std::fs::rename(aside(n).0, aside(n).1).unwrap());
    extract(&input, &out, &["-q", "--resume"]);
    (0..6).for_each(|n| std::fs::rename(aside(n).1, aside(n).0).unwrap());
    let before = std::fs::read(out.join("facts.csv")).unwrap();
    for lines in [1, 12, 30, 50, 70] {
        let mut run = program("extract");
        run.arg(&input)
            .arg("--out")
            .arg(&out)
            .args(["-q", "--resume", "--threads", "1", "--log", "json"]);
        let mut child = run.stderr(Stdio::piped()).spawn().unwrap();
        let said = std::io::BufRead::lines(std::io::BufReader::new(child.stderr.take().unwrap()));
        let _ = said.take(lines).count();
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(
            std::fs::read(out.join("facts.csv")).unwrap() == before,
            "the dataset of before is no longer whole"
        );
    }
    let o = extract(&input, &out, &["--resume", "--log", "json"]);
    assert!(counts(&o)["copied"].as_u64().unwrap() > 20, "{}", said(&o));
    extract(&input, &whole, &["-q", "--parts"]);
    same(&whole, &out);
}

#[test]
fn packed_text_is_the_text_and_is_copied_too() {
    let tmp = tempfile::tempdir().unwrap();
    let input = inputs(tmp.path());
    let (out, plain) = (tmp.path().join("out"), tmp.path().join("plain"));
    std::fs::rename(input.join("9.pdf"), tmp.path().join("9.pdf")).unwrap();
    extract(&input, &out, &["-q", "--resume", "--format", "csv.zst"]);
    std::fs::rename(tmp.path().join("9.pdf"), input.join("9.pdf")).unwrap();
    let o = extract(&input, &out, &["--resume", "--log", "json", "--format", "csv.zst"]);
    assert!(counts(&o)["copied"].as_u64().unwrap() > 20, "{}", said(&o));
    let once = tmp.path().join("once");
    extract(&input, &once, &["-q", "--parts", "--format", "csv.zst"]);
    let (a, b) = (dataset(&out), dataset(&once));
    assert!(a.len() > 12 && !a.contains_key("facts.csv"), "{:?}", a.keys());
    assert!(a == b, "a run that goes on gives other bytes");
    extract(&input, &plain, &["-q", "--format", "csv"]);
    for (name, bytes) in dataset(&plain)
        .iter()
        .filter(|(n, _)| n.ends_with(".csv") && !n.starts_with("inputs"))
    {
        let packed = &a[&format!("{name}.zst")];
        assert!(zstd::stream::decode_all(&packed[..]).unwrap() == *bytes, "{name}");
    }
    // What reads a dataset reads it.
    let check = |dir: &Path| program("check").arg(dir).output().unwrap();
    let (o, own) = (check(&out), check(&plain));
    assert_eq!(o.status.code(), own.status.code(), "{}", said(&o));
    assert_eq!(o.stdout, own.stdout);
    // And it is replaced only by ours: another file beside it is not ours.
    std::fs::write(out.join("mine.zst"), "x").unwrap();
    assert_eq!(
        extract(&input, &out, &["-q", "--overwrite", "--format", "csv.zst"])
            .status
            .code(),
        Some(2)
    );
}

#[test]
fn only_the_findings_that_were_asked_for_are_written() {
    let tmp = tempfile::tempdir().unwrap();
    let input = inputs(tmp.path());
    let (all, some) = (tmp.path().join("all"), tmp.path().join("some"));
    extract(&input, &all, &["-q", "--parts"]);
    let o = extract(&input, &some, &["-q", "--resume", "--findings", "fails,not_evaluated"]);
    assert!(o.status.success(), "{}", said(&o));
    let outcome = {
        let mut reader = csv::Reader::from_path(all.join("findings.csv")).unwrap();
        reader.headers().unwrap().iter().position(|h| h == "outcome").unwrap()
    };
    let mut expected = rows(&all, "findings");
    let before = expected.len();
    expected.retain(|r| ["fails", "not_evaluated"].contains(&r[outcome].as_str()));
    assert!(!expected.is_empty() && expected.len() < before);
    assert!(expected.iter().any(|r| r[outcome] == "fails"));
    assert_eq!(rows(&some, "findings"), expected);
    assert_eq!(rows(&some, "facts"), rows(&all, "facts"));
    let package = std::fs::read_to_string(some.join("datapackage.json")).unwrap();
    let package: serde_json::Value = serde_json::from_str(&package).unwrap();
    assert_eq!(
        package["made_from"]["findings"],
        serde_json::json!(["fails", "not_evaluated"])
    );
    // What each document gave is kept whole: the others can be had without reading again, and nothing is copied that lacks them.
    let o = extract(&input, &some, &["--resume", "--log", "json"]);
    assert_eq!(counts(&o)["known"], counts(&o)["documents"], "{}", said(&o));
    same(&all, &some);
    let o = extract(&input, &some, &["-q", "--resume", "--findings", "fail"]);
    assert!(said(&o).contains("`fail` is no outcome of a finding"), "{}", said(&o));
}

#[test]
fn a_table_that_somebody_has_changed_is_never_copied() {
    let tmp = tempfile::tempdir().unwrap();
    let input = inputs(tmp.path());
    let (out, whole) = (tmp.path().join("out"), tmp.path().join("whole"));
    extract(&input, &whole, &["-q", "--parts"]);
    for (file, what) in [
        ("facts.csv", &b"basic"[..]),
        ("facts.csv", b""),
        ("sections.parquet", b""),
        ("facts.parquet", b"\x28\xb5\x2f\xfd"),
        ("parts.bin", b"\x28\xb5\x2f\xfd"),
        ("blocks.bin", b""),
    ] {
        extract(&input, &out, &["-q", "--resume"]);
        let path = out.join(file);
        let mut bytes = std::fs::read(&path).unwrap();
        match bytes.windows(what.len().max(1)).rposition(|w| w == what) {
            Some(at) => bytes[at] ^= 1,
            None => bytes.truncate(bytes.len() / 2),
        }
        std::fs::write(&path, bytes).unwrap();
        let o = extract(&input, &out, &["--resume", "--log", "json"]);
        assert_eq!(counts(&o)["copied"], 0, "{file}: {}", said(&o));
        same(&whole, &out);
    }
}

#[test]
fn only_new_files_are_read_and_gone_ones_leave() {
    let tmp = tempfile::tempdir().unwrap();
    let input = inputs(tmp.path());
    let (out, whole) = (tmp.path().join("out"), tmp.path().join("whole"));
    extract(&input, &out, &["-q", "--resume"]);
    let before = rows(&out, "documents").len();
    std::fs::remove_file(input.join("7.pdf")).unwrap();
    let one = std::fs::read(root().join("samples/s15-template.pdf")).unwrap();
    std::fs::write(input.join("new.pdf"), [&one[..], b"\n% new\n"].concat()).unwrap();
    // Another name: what a document is called is part of what is read.
    std::fs::rename(input.join("8.pdf"), input.join("eight.pdf")).unwrap();
    let summary = tmp.path().join("summary.json");
    let o = extract(&input, &out, &["--resume", "--summary", summary.to_str().unwrap()]);
    let counts: serde_json::Value = serde_json::from_slice(&std::fs::read(&summary).unwrap()).unwrap();
    assert_eq!(counts["documents"], before, "{}", said(&o));
    // The new one, and the one with another name.
    assert_eq!(counts["known"], before - 2, "{}", said(&o));
    extract(&input, &whole, &["-q", "--parts"]);
    same(&whole, &out);
    // Other settings: nothing is taken over.
    let o = extract(&input, &out, &["-q", "--resume", "--years", "2022", "--log", "json"]);
    assert!(!said(&o).contains("\"known\":true"), "{}", said(&o));
    // A file that is damaged is as good as none.
    let mut parts = std::fs::read(out.join("parts.bin")).unwrap();
    let middle = parts.len() / 2;
    parts[middle..middle + 64].fill(0);
    std::fs::write(out.join("parts.bin"), parts).unwrap();
    extract(&input, &out, &["-q", "--resume", "--years", "2022"]);
    let plain = tmp.path().join("plain");
    extract(&input, &plain, &["-q", "--parts", "--years", "2022"]);
    same(&plain, &out);
}

#[test]
fn datasets_of_other_rules_are_not_merged() {
    let tmp = tempfile::tempdir().unwrap();
    let sample = root().join("samples/s15-template.pdf");
    let (a, b, plain) = (tmp.path().join("a"), tmp.path().join("b"), tmp.path().join("plain"));
    extract(&sample, &a, &["-q", "--parts"]);
    extract(&sample, &b, &["-q", "--parts", "--years", "2020"]);
    extract(&sample, &plain, &["-q"]);
    let merge = |dirs: &[&Path]| {
        let o = program("merge")
            .args(dirs)
            .arg("--out")
            .arg(tmp.path().join("out"))
            .output()
            .unwrap();
        (o.status.code(), said(&o))
    };
    let (code, text) = merge(&[&a, &b]);
    assert_eq!(code, Some(2));
    assert!(text.contains("years 2020 against") && text.contains("read"), "{text}");
    let (code, text) = merge(&[&a, &plain]);
    assert_eq!(code, Some(2));
    assert!(text.contains("plain holds no parts.bin"), "{text}");
    // Made by another program.
    let parts = std::fs::read(a.join("parts.bin")).unwrap();
    let at = parts.windows(9).position(|w| w == b"\"build\":\"").unwrap() + 9;
    let mut other = parts.clone();
    other[at..at + 4].copy_from_slice(b"beef");
    std::fs::write(a.join("parts.bin"), other).unwrap();
    let (code, text) = merge(&[&a]);
    assert_eq!(code, Some(2));
    assert!(text.contains("(build beef") && text.contains("this program"), "{text}");
    assert!(!tmp.path().join("out").exists());
}

/// Every row of the table in docs/scale.md that says what `merge` does.
#[test]
fn merge_of_overlapping_and_contradictory_datasets() {
    let tmp = tempfile::tempdir().unwrap();
    let sample = |n: &str| root().join("samples").join(n);
    let (one, two) = ("s15-template.pdf", "s03-fy2022-national.pdf");
    let dir = |n: &str| tmp.path().join(n);
    let made = |out: &str, files: &[&Path], more: &[&str]| {
        let o = program("extract")
            .args(files)
            .arg("--out")
            .arg(dir(out))
            .args(["-q", "--parts"])
            .args(more)
            .output();
        assert!(o.as_ref().unwrap().status.success(), "{}", said(&o.unwrap()));
    };
    let merge = |all: &[&str]| {
        let _ = std::fs::remove_dir_all(dir("all"));
        let o = program("merge")
            .args(all.iter().map(|n| dir(n)))
            .arg("--out")
            .arg(dir("all"))
            .output()
            .unwrap();
        assert_eq!(o.status.success(), dir("all").exists(), "{}", said(&o));
        (o.status.code(), said(&o))
    };
    made("both", &[&sample(one), &sample(two)], &[]);
    made("first", &[&sample(one)], &[]);
    // The same document, read alike: once, and it is said.
    let (code, text) = merge(&["both", "first"]);
    assert_eq!(code, Some(0), "{text}");
    assert!(
        text.contains("1 documents stand in more than one of the datasets"),
        "{text}"
    );
    assert!(dataset(&dir("all"))["facts.csv"] == dataset(&dir("both"))["facts.csv"]);
    // A dataset with itself.
    let (code, text) = merge(&["both", "both"]);
    assert_eq!(code, Some(0));
    assert!(text.contains("2 documents stand in more than one"), "{text}");
    same(&dir("both"), &dir("all"));
    // With another origin: which document, and where.
    let manifest = dir("manifest.csv");
    std::fs::write(
        &manifest,
        format!("path,publisher\n{},Treasury\n", sample(one).display()),
    )
    .unwrap();
    let o = program("extract")
        .arg("--manifest")
        .arg(&manifest)
        .arg("--out")
        .arg(dir("origin"))
        .args(["-q", "--parts"])
        .output()
        .unwrap();
    assert!(o.status.success(), "{}", said(&o));
    let (code, text) = merge(&["both", "origin"]);
    assert_eq!(code, Some(2));
    assert!(
        text.contains(&rows(&dir("first"), "documents")[0][0]) && text.contains("was read differently"),
        "{text}"
    );
    assert!(text.contains("both") && text.contains("origin"), "{text}");
    // Other forms, other rules.
    made("forms", &[&sample(one)], &["--forms", "three_public"]);
    let (code, text) = merge(&["both", "forms"]);
    assert_eq!(code, Some(2));
    assert!(text.contains("forms three_public, years all against"), "{text}");
    std::fs::create_dir_all(dir("rules/narrative")).unwrap();
    std::fs::write(
        dir("rules/narrative/words.toml"),
        "[neutral]\nfiller = [\"差旅住宿\"]\n",
    )
    .unwrap();
    made(
        "rules_of",
        &[&sample(one)],
        &["--grammars", dir("rules").to_str().unwrap()],
    );
    let (code, text) = merge(&["both", "rules_of"]);
    assert!(
        code == Some(2) && text.contains("the built-in rules and own ones"),
        "{text}"
    );
    // Other formats of the same reading are the same reading.
    made(
        "packed",
        &[&sample(two)],
        &["--format", "csv.zst", "--findings", "fails"],
    );
    let (code, text) = merge(&["first", "packed"]);
    assert_eq!(code, Some(0), "{text}");
    let (whole, all) = (dataset(&dir("both")), dataset(&dir("all")));
    // Files that were given together may be one announcement: that stands in the key of a record.
    for (name, bytes) in whole
        .iter()
        .filter(|(n, _)| !["parts.bin", "blocks.bin", "inputs.csv"].contains(&n.as_str()))
    {
        assert!(all[name] == *bytes, "{name} differs");
    }
    // Nothing there, and what stands there is kept.
    std::fs::create_dir(dir("empty")).unwrap();
    let (code, text) = merge(&["both", "empty"]);
    assert!(code == Some(2) && text.contains("empty holds no parts.bin"), "{text}");
    // A record that was damaged.
    let path = dir("first").join("parts.bin");
    let mut bytes = std::fs::read(&path).unwrap();
    let at = bytes.len() - 100;
    bytes[at] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let (code, text) = merge(&["first", "packed"]);
    assert_eq!(code, Some(2));
    assert!(
        text.contains("record 1: the record is damaged") && text.contains("make that dataset again"),
        "{text}"
    );
}

#[test]
fn one_document_under_two_names_in_two_datasets() {
    let tmp = tempfile::tempdir().unwrap();
    let sample = root().join("samples/s03-fy2022-national.pdf");
    let (x, y) = (tmp.path().join("x"), tmp.path().join("y"));
    for (dir, name) in [(&x, "b.pdf"), (&y, "a.pdf")] {
        std::fs::create_dir(dir).unwrap();
        std::fs::copy(&sample, dir.join(name)).unwrap();
    }
    let [dx, dy, whole, all] = ["dx", "dy", "whole", "all"].map(|n| tmp.path().join(n));
    extract(&x, &dx, &["-q", "--parts"]);
    extract(&y, &dy, &["-q", "--parts"]);
    let o = program("merge")
        .args([&dx, &dy])
        .arg("--out")
        .arg(&all)
        .output()
        .unwrap();
    assert!(o.status.success(), "{}", said(&o));
    let o = program("extract")
        .args([&x, &y])
        .arg("--out")
        .arg(&whole)
        .args(["-q", "--parts"])
        .output()
        .unwrap();
    assert!(o.status.success(), "{}", said(&o));
    let (a, b) = (dataset(&all), dataset(&whole));
    for (name, bytes) in a
        .iter()
        .filter(|(n, _)| !["parts.bin", "blocks.bin"].contains(&n.as_str()))
    {
        assert!(b[name] == *bytes, "{name} differs");
    }
    assert_eq!(rows(&all, "inputs").len(), 2);
}

#[test]
fn files_of_a_list_and_of_a_manifest() {
    let tmp = tempfile::tempdir().unwrap();
    let sample = root().join("samples/s03-fy2022-national.pdf");
    std::fs::copy(&sample, tmp.path().join("a b.pdf")).unwrap();
    let run = |args: &[&str], stdin: &str, out: &str| {
        let mut c = program("extract");
        c.current_dir(tmp.path()).args(args).args(["--out", out, "-q"]);
        let mut child = c.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        child.stdin.take().unwrap().write_all(stdin.as_bytes()).unwrap();
        child.wait_with_output().unwrap()
    };
    let o = run(&["--files-from", "-"], "a b.pdf\0missing.pdf\0", "listed");
    assert_eq!(o.status.code(), Some(1), "{}", said(&o));
    let listed = rows(&tmp.path().join("listed"), "documents");
    assert_eq!(listed.len(), 2);
    let missing = listed.iter().find(|r| r[1] == "missing.pdf").unwrap();
    assert!(missing.iter().any(|c| c == "unreadable-file") && missing.iter().any(|c| c.contains("no such file")));
    let inputs = rows(&tmp.path().join("listed"), "inputs");
    let own = inputs.iter().find(|r| r[0] == "a b.pdf").unwrap();
    assert_eq!(own[2], std::fs::metadata(&sample).unwrap().len().to_string());
    assert!(
        own[3].ends_with('Z') && own[4] == own[5] && own[4].len() == 64,
        "{own:?}"
    );
    let manifest =
        "path,publisher,source_url,retrieved_at\na b.pdf,某局,https://example.org/a.pdf,2024-01-02T03:04:05Z\n";
    std::fs::write(tmp.path().join("m.csv"), manifest).unwrap();
    let o = run(&["--manifest", "m.csv"], "", "manifest");
    assert!(o.status.success(), "{}", said(&o));
    let row = &rows(&tmp.path().join("manifest"), "documents")[0];
    for cell in ["https://example.org/a.pdf", "2024-01-02T03:04:05Z", "某局"] {
        assert!(row.iter().any(|c| c == cell), "{cell}: {row:?}");
    }
    let o = run(&["--files-from", "-"], "\n", "none");
    assert_eq!(o.status.code(), Some(2));
    assert!(said(&o).contains("the list names no file"), "{}", said(&o));
}

/// What waits in a file loses the sign of a zero, so no table may print it: else a run that goes on would differ from a whole one.
#[test]
fn a_zero_has_no_sign_in_any_table() {
    use juesuan::write::schema::{Cell, Type, text};
    use rust_decimal::Decimal;
    let zero = -Decimal::new(0, 2);
    assert_eq!(zero.to_string(), "-0.00", "the sign is there");
    assert_eq!(text(&Cell::Dec(zero), Type::Amount).unwrap(), "0.00");
    assert_eq!(text(&Cell::Dec(zero), Type::Decimal).unwrap(), "0");
    assert_eq!(text(&Cell::Dec(Decimal::new(-150, 2)), Type::Decimal).unwrap(), "-1.5");
}
