//! The program as a user runs it, with good and with bad input: message, exit code, and what stands on disk afterwards.

use crate::support::{files, root};
use std::path::Path;
use std::process::{Command, Output};

fn juesuan(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_juesuan")).args(args).output().unwrap()
}

fn text(path: &Path) -> String {
    path.to_string_lossy().to_string()
}

fn stderr(o: &Output) -> String {
    String::from_utf8_lossy(&o.stderr).to_string()
}

/// One column of documents.csv by file name.
fn documents(dir: &Path) -> Vec<std::collections::BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(dir.join("documents.csv")).unwrap();
    let head = reader.headers().unwrap().clone();
    reader
        .records()
        .map(|r| {
            let r = r.unwrap();
            head.iter()
                .zip(r.iter())
                .map(|(h, v)| (h.to_string(), v.to_string()))
                .collect()
        })
        .collect()
}

fn sample() -> String {
    text(&files(&root().join("samples"), ".pdf")[0])
}

#[test]
fn nothing_to_read_is_said() {
    let tmp = tempfile::tempdir().unwrap();
    let out = text(&tmp.path().join("out"));
    let o = juesuan(&["extract", &text(&tmp.path().join("absent.pdf")), "--out", &out]);
    assert_eq!(o.status.code(), Some(2));
    assert!(stderr(&o).contains("no such file or folder"), "{}", stderr(&o));
    std::fs::create_dir(tmp.path().join("empty")).unwrap();
    let o = juesuan(&["extract", &text(&tmp.path().join("empty")), "--out", &out]);
    assert_eq!(o.status.code(), Some(2));
    assert!(stderr(&o).contains("no file to read stands in"), "{}", stderr(&o));
    assert!(!Path::new(&out).exists());
}

#[test]
fn a_bad_file_costs_one_row() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path().join("in");
    std::fs::create_dir(&dir).unwrap();
    let good = std::fs::read(sample()).unwrap();
    std::fs::write(dir.join("good.pdf"), &good).unwrap();
    std::fs::write(dir.join("same.pdf"), &good).unwrap();
    std::fs::write(dir.join("empty.pdf"), b"").unwrap();
    std::fs::write(dir.join("text.pdf"), "这是一个文本文件\n").unwrap();
    std::fs::write(dir.join("page.PDF"), "<!DOCTYPE html><html><body>404</body></html>").unwrap();
    std::fs::write(dir.join("cut.pdf"), &good[..600]).unwrap();
    let out = tmp.path().join("out");
    let o = juesuan(&["extract", &text(&dir), "--out", &text(&out)]);
    assert_eq!(o.status.code(), Some(1), "{}", stderr(&o));
    let rows = documents(&out);
    let of = |name: &str| {
        rows.iter()
            .find(|r| r["file_name"] == name)
            .unwrap_or_else(|| panic!("no row for {name}"))
    };
    assert_eq!(rows.len(), 5, "the same bytes under two names are one document");
    assert_eq!(of("good.pdf")["status"], "extracted");
    assert_eq!(of("empty.pdf")["error_code"], "empty-file");
    assert_eq!(of("text.pdf")["error_code"], "unknown-kind");
    assert_eq!(of("text.pdf")["media_type"], "text/plain");
    assert_eq!(of("page.PDF")["media_type"], "text/html");
    assert_eq!(of("page.PDF")["error_code"], "unknown-kind");
    assert_eq!(of("cut.pdf")["status"], "failed");
    for r in &rows {
        if r["status"] == "failed" {
            assert!(!r["error_message"].is_empty());
        }
    }
    let diagnostics = std::fs::read_to_string(out.join("diagnostics.csv")).unwrap();
    assert!(diagnostics.contains("duplicate-input"));
}

#[test]
fn a_dataset_is_replaced_only_on_demand_and_only_if_it_is_ours() {
    let tmp = tempfile::tempdir().unwrap();
    let out = tmp.path().join("out");
    let (s, o) = (sample(), text(&out));
    assert!(juesuan(&["extract", "-q", &s, "--out", &o]).status.success());
    let again = juesuan(&["extract", "-q", &s, "--out", &o]);
    assert_eq!(again.status.code(), Some(2));
    assert!(stderr(&again).contains("--overwrite"), "{}", stderr(&again));
    assert!(
        juesuan(&["extract", "-q", &s, "--out", &o, "--overwrite", "--format", "csv"])
            .status
            .success()
    );
    assert!(!out.join("facts.parquet").exists() && out.join("facts.csv").exists());
    let foreign = tmp.path().join("foreign");
    std::fs::create_dir(&foreign).unwrap();
    std::fs::write(foreign.join("thesis.txt"), "mine").unwrap();
    let o = juesuan(&["extract", "-q", &s, "--out", &text(&foreign), "--overwrite"]);
    assert_eq!(o.status.code(), Some(2));
    assert!(stderr(&o).contains("not a dataset of juesuan"), "{}", stderr(&o));
    assert_eq!(std::fs::read_to_string(foreign.join("thesis.txt")).unwrap(), "mine");
    // Nothing half-written stays behind.
    let left: Vec<_> = std::fs::read_dir(tmp.path())
        .unwrap()
        .map(|e| e.unwrap().file_name())
        .collect();
    assert_eq!(left.len(), 2, "{left:?}");
}

#[test]
fn a_folder_that_cannot_be_written_is_said() {
    let tmp = tempfile::tempdir().unwrap();
    std::fs::write(tmp.path().join("file"), "").unwrap();
    let o = juesuan(&["extract", "-q", &sample(), "--out", &text(&tmp.path().join("file/out"))]);
    assert_eq!(o.status.code(), Some(2));
    assert!(stderr(&o).contains("cannot write"), "{}", stderr(&o));
    let o = juesuan(&["extract", "-q", &sample(), "--out", &text(&tmp.path().join("file"))]);
    assert_eq!(o.status.code(), Some(2));
    assert!(stderr(&o).contains("is a file"), "{}", stderr(&o));
}

#[test]
fn a_typo_in_a_grammar_has_file_line_and_column() {
    let tmp = tempfile::tempdir().unwrap();
    std::fs::create_dir(tmp.path().join("forms")).unwrap();
    let file = "id = \"revenue\"\n\n[[title]]\ntext = \"收入[决算表\"\n";
    std::fs::write(tmp.path().join("forms/revenue.toml"), file).unwrap();
    let dir = text(tmp.path());
    let o = juesuan(&["grammar", "check", &dir]);
    assert_eq!(o.status.code(), Some(2));
    let said = String::from_utf8_lossy(&o.stdout).to_string();
    assert!(said.starts_with("forms/revenue.toml:4:"), "{said}");
    let o = juesuan(&[
        "extract",
        "-q",
        &sample(),
        "--out",
        &text(&tmp.path().join("out")),
        "--grammars",
        &dir,
    ]);
    assert_eq!(o.status.code(), Some(2));
    assert!(stderr(&o).contains("forms/revenue.toml:4:"), "{}", stderr(&o));
    let o = juesuan(&["grammar", "check"]);
    assert!(o.status.success());
}

#[test]
fn wrong_usage_is_two_and_says_what_is_right() {
    let o = juesuan(&["extract"]);
    assert_eq!(o.status.code(), Some(2));
    let o = juesuan(&["extract", &sample(), "--out", "x", "--forms", "revenues"]);
    assert_eq!(o.status.code(), Some(2));
    assert!(stderr(&o).contains("general_expenditure"), "{}", stderr(&o));
    let o = juesuan(&["extract", &sample(), "--out", "x", "--years", "20x2"]);
    assert_eq!(o.status.code(), Some(2));
    for args in [
        &["--help"][..],
        &["extract", "--help"],
        &["completions", "bash"],
        &["man"],
        &["man", "extract"],
        &["dictionary"],
    ] {
        let o = juesuan(args);
        assert!(o.status.success() && !o.stdout.is_empty(), "{args:?}");
    }
}

#[test]
fn forms_and_years_choose_facts() {
    let tmp = tempfile::tempdir().unwrap();
    let out = tmp.path().join("out");
    let samples = text(&root().join("samples"));
    let o = juesuan(&[
        "extract",
        "-q",
        &samples,
        "--out",
        &text(&out),
        "--forms",
        "revenue",
        "--years",
        "2016-2019",
        "--bom",
    ]);
    assert!(o.status.success(), "{}", stderr(&o));
    let bytes = std::fs::read(out.join("facts.csv")).unwrap();
    assert!(bytes.starts_with(&[0xef, 0xbb, 0xbf]));
    let mut reader = csv::Reader::from_reader(&bytes[3..]);
    let head = reader.headers().unwrap().clone();
    let at = |n: &str| head.iter().position(|h| h == n).unwrap();
    let (form, year) = (at("form"), at("fiscal_year"));
    let mut n = 0;
    for r in reader.records() {
        let r = r.unwrap();
        assert_eq!(&r[form], "revenue");
        assert!((2016..=2019).contains(&r[year].parse::<i32>().unwrap()));
        n += 1;
    }
    assert!(n > 100);
}

/// Two years of one unit are one unit; a template is none.
#[test]
fn units_are_listed_with_their_years() {
    let tmp = tempfile::tempdir().unwrap();
    let out = tmp.path().join("out");
    let o = juesuan(&[
        "extract",
        "-q",
        &text(&root().join("samples")),
        "--out",
        &text(&out),
        "--format",
        "csv",
    ]);
    assert!(o.status.success(), "{}", stderr(&o));
    let units = std::fs::read_to_string(out.join("units.csv")).unwrap();
    let row = units.lines().find(|l| l.contains("河南省云溪县统计局")).unwrap();
    // The account of 2022 stands there in five types.
    assert!(row.ends_with("2022,2023,6,,"), "{row}");
    assert!(!units.contains("XX"));
}

#[test]
fn inspect_says_why_and_draws() {
    let s = sample();
    let o = juesuan(&["inspect", &s]);
    assert!(o.status.success());
    let said = String::from_utf8_lossy(&o.stdout).to_string();
    for word in [
        "revenue_expenditure",
        "title `",
        "header rows",
        "→ final",
        "kind      final_account",
    ] {
        assert!(said.contains(word), "`{word}` is missing");
    }
    let o = juesuan(&["inspect", &s, "--svg", "5"]);
    assert!(o.status.success());
    let svg = String::from_utf8_lossy(&o.stdout).to_string();
    assert!(svg.starts_with("<svg") && svg.contains("class=\"claimed\"") && svg.trim_end().ends_with("</svg>"));
    let o = juesuan(&["inspect", &s, "--svg", "999"]);
    assert_eq!(o.status.code(), Some(2));
}

/// A number as the README prints it: 10258 is 10,258.
fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// What both READMEs show of the main job is what it prints.
#[test]
fn the_readme_shows_what_comes_out() {
    let tmp = tempfile::tempdir().unwrap();
    let out = tmp.path().join("out");
    let samples = text(&root().join("samples"));
    let o = juesuan(&["extract", &samples, "--out", &text(&out), "--format", "csv"]);
    assert_eq!(o.status.code(), Some(0), "{}", stderr(&o));
    let mut parts: Vec<String> = Vec::new();
    let printed = stderr(&o).replace(&text(&out), "out");
    parts.push(printed.lines().map(|l| format!("    {l}\n")).collect());
    let facts = std::fs::read_to_string(out.join("facts.csv")).unwrap();
    let shown = [5, 6, 9, 10, 12, 15, 17, 19, 20, 22];
    let rows = facts.lines().take(5).map(|l| {
        let cells: Vec<&str> = l.split(',').collect();
        let some: Vec<&str> = shown.iter().map(|n| cells[n - 1]).collect();
        format!("    {}\n", some.join(","))
    });
    parts.push(rows.collect());
    let pdfs: Vec<_> = documents(&out)
        .into_iter()
        .filter(|d| d["media_type"] == "application/pdf" && d["kind"] == "final_account")
        .collect();
    let sum = |column: &str| -> usize { pdfs.iter().map(|d| d[column].parse::<usize>().unwrap_or(0)).sum() };
    // What is held against the truth is the forms.
    let others = facts.lines().map(|l| l.split(',').collect::<Vec<_>>());
    let others = others.filter(|c| c[5] == "other_table" && pdfs.iter().any(|d| d["document_id"] == c[1]));
    let (cells, held) = (grouped(sum("facts") - others.count()), grouped(sum("facts_held")));
    let identities = std::fs::read_to_string(root().join("docs/identities.md")).unwrap();
    let (before, _) = identities.split_once(" rules.").unwrap();
    let rules = before.rsplit(' ').next().unwrap();
    for (name, said) in [
        (
            "README.md",
            [
                format!(
                    "{cells} amount cells in {} documents",
                    pdfs.iter().filter(|d| d["facts"] != "0").count()
                ),
                format!("{held} of the {cells} facts are held"),
                format!("{rules} identities within"),
            ],
        ),
        (
            "README.zh.md",
            [
                format!(
                    "样例的 {} 份文件里有 {cells} 个金额单元格",
                    pdfs.iter().filter(|d| d["facts"] != "0").count()
                ),
                format!("{cells} 个数据中有 {held} 个"),
                format!("{rules} 条勾稽关系"),
            ],
        ),
    ] {
        let readme = std::fs::read_to_string(root().join(name)).unwrap();
        for part in parts.iter().chain(&said) {
            assert!(readme.contains(part), "{name} does not say:\n{part}");
        }
    }
}
