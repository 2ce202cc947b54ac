//! `check`, `report` and `annotate` as a user runs them.

use crate::support::root;
use std::path::Path;
use std::process::{Command, Output};

fn juesuan(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_juesuan")).args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn dataset(dir: &Path) -> String {
    let samples = root().join("samples");
    let out = dir.join("data").to_string_lossy().into_owned();
    let file = |n: &str| samples.join(n).to_string_lossy().into_owned();
    let (a, b) = (
        file("s03-fy2022-national.pdf"),
        file("s14-fy2023-national-next-year.pdf"),
    );
    let done = juesuan(&["extract", &a, &b, "--out", &out, "--quiet"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    out
}

#[test]
fn a_dataset_checked_again_gives_the_same_findings_and_an_edited_one_others() {
    let dir = tempfile::tempdir().unwrap();
    let data = dataset(dir.path());
    let again = dir.path().join("again").to_string_lossy().into_owned();
    let done = juesuan(&["check", &data, "--out", &again]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    assert_eq!(text(&done.stdout), "", "the books of the samples hold");
    let read = |d: &str| std::fs::read_to_string(Path::new(d).join("findings.csv")).unwrap();
    assert!(read(&data) == read(&again));
    assert!(read(&data).lines().count() > 300);

    // Somebody corrects an amount by hand, and gets it wrong.
    let facts = Path::new(&data).join("facts.csv");
    let mut reader = csv::Reader::from_path(&facts).unwrap();
    let header = reader.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|h| h == name).unwrap();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&header).unwrap();
    let mut edited = None;
    for record in reader.records() {
        let mut row: Vec<String> = record.unwrap().iter().map(str::to_string).collect();
        let hit = row[at("form")] == "expenditure" && row[at("item")] == "201" && row[at("measure")] == "total";
        if hit && edited.is_none() {
            edited = Some(row[at("printed")].clone());
            row[at("amount")] = "1.00".into();
        }
        writer.write_record(&row).unwrap();
    }
    assert!(edited.is_some());
    std::fs::write(&facts, writer.into_inner().unwrap()).unwrap();
    let done = juesuan(&["check", &data]);
    assert!(
        text(&done.stdout).contains("fails expenditure.row"),
        "{}",
        text(&done.stdout)
    );

    std::fs::write(&facts, "fact_id,document_id\nx,y\n").unwrap();
    let done = juesuan(&["check", &data]);
    assert_eq!(done.status.code(), Some(2));
    assert!(text(&done.stderr).contains("facts.csv"), "{}", text(&done.stderr));
}

#[test]
fn years_are_held_against_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let data = dataset(dir.path());
    let done = juesuan(&["check", &data, "--years", "--all"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let out = dir.path().join("out").to_string_lossy().into_owned();
    juesuan(&["check", &data, "--years", "--out", &out]);
    let findings = std::fs::read_to_string(Path::new(&out).join("findings.csv")).unwrap();
    assert!(findings.contains("years.carryover,years,holds"));
}

#[test]
fn a_report_says_what_was_disclosed() {
    let dir = tempfile::tempdir().unwrap();
    let data = dataset(dir.path());
    let done = juesuan(&["report", &data]);
    assert!(
        text(&done.stdout).contains("100.0%  expenditure"),
        "{}",
        text(&done.stdout)
    );
    let pdf = root().join("samples/s01-fy2016-eight-tables.pdf");
    let done = juesuan(&["report", &pdf.to_string_lossy()]);
    let said = text(&done.stdout);
    assert!(said.contains("identities hold") && said.contains("not found"), "{said}");
}

/// Cropped and turned pages: the highlight lies on the figure, in the coordinates of the file.
#[test]
fn the_highlight_lies_on_the_figure() {
    let dir = tempfile::tempdir().unwrap();
    let pdf = root()
        .join("samples/s08-fy2023-rotated-cropped.pdf")
        .to_string_lossy()
        .into_owned();
    let out = dir.path().join("out.pdf").to_string_lossy().into_owned();
    let done = juesuan(&["annotate", &pdf, "--rounding", "--out", &out]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let copy = lopdf::Document::load(&out).unwrap();
    // Page 5 is turned by 90° and cropped by 36 on every side: x runs down the page.
    let page = copy.get_dictionary(copy.get_pages()[&5]).unwrap();
    assert_eq!(page.get(b"Rotate").unwrap().as_i64().unwrap(), 90);
    let notes = page.get(b"Annots").unwrap().as_array().unwrap();
    assert!(notes.len() > 10, "{}", notes.len());
    for n in notes {
        let note = copy.get_dictionary(n.as_reference().unwrap()).unwrap();
        let rect: Vec<f32> = note
            .get(b"Rect")
            .unwrap()
            .as_array()
            .unwrap()
            .iter()
            .map(|o| o.as_float().unwrap())
            .collect();
        // On a page turned by 90° a cell is higher than wide in the coordinates of the file, and lies inside the crop box.
        assert!(rect[3] - rect[1] > rect[2] - rect[0], "{rect:?}");
        assert!(rect[0] >= 36.0 && rect[1] >= 36.0, "{rect:?}");
    }
    let same = juesuan(&["annotate", &out, "--out", &out]);
    assert_eq!(same.status.code(), Some(2));
}
