//! `juesuan overspent`: what is above its budget in an invented set, what is not, and what cannot be said and why.

use juesuan::place::{DocumentId, Place};
use juesuan::record::{CellState, DocumentRow, Extract, Fact, Kind, NOT_JUDGED, Source, Statement, Status};
use juesuan::write::{DatasetWriter, Options};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

fn cell(ordinal: u32, item: &str, measure: &str, printed: &str) -> Fact {
    let amount = printed.parse::<Decimal>().ok().map(|d| d * Decimal::from(10_000));
    Fact {
        ordinal,
        form: "three_public".into(),
        form_label: None,
        table: 1,
        side: None,
        item: item.into(),
        item_code: None,
        item_name: None,
        item_level: None,
        is_total: false,
        measure: measure.into(),
        fund: None,
        cell_state: match (amount, printed) {
            (Some(_), _) => CellState::Number,
            (None, "—") => CellState::Dash,
            (None, _) => CellState::Blank,
        },
        amount,
        printed: printed.into(),
        printed_unit: "wanyuan".into(),
        row_no: None,
        place: Place::page(7),
        source: Source::Native,
        held: 0,
        failed: 0,
        sub_unit: None,
        table_title: None,
        header_path: None,
    }
}

/// An account with (item, budget, final) as printed in 万元.
fn account(number: usize, region: &str, year: i16, cells: &[(&str, &str, &str)]) -> Extract {
    let mut row = DocumentRow::new(DocumentId(format!("{number:064x}")), format!("{number}.pdf"));
    row.kind = Kind::FinalAccount;
    row.status = Status::Extracted;
    row.unit_key = Some(format!("u{number}"));
    row.unit_name = Some(format!("单位{number}"));
    row.region_code = Some(region.into());
    row.fiscal_year = Some(year);
    let mut e = Extract::empty(row);
    for (n, (item, budget, spent)) in cells.iter().enumerate() {
        let n = n as u32 * 2;
        e.facts.push(cell(n + 1, item, "budget", budget));
        e.facts.push(cell(n + 2, item, "final", spent));
    }
    e
}

fn said(ordinal: u32, subject: &str, slot: &str, printed: &str) -> Statement {
    Statement {
        ordinal,
        section: "three_public".into(),
        sentence: "test".into(),
        subject: Some(subject.into()),
        slot: slot.into(),
        value_type: "amount".into(),
        amount: printed.parse::<Decimal>().ok().map(|d| d * Decimal::from(10_000)),
        printed: printed.into(),
        printed_unit: Some("wanyuan".into()),
        place: Place::page(3),
        ..Statement::default()
    }
}

fn dataset(dir: &Path) {
    let mut w = DatasetWriter::create(dir, &Options::default()).unwrap();
    w.write(&account(
        1,
        "310000",
        2022,
        &[
            ("total", "5.00", "6.21"),
            ("vehicles", "3.00", "3.01"),
            ("reception", "2.00", "1.20"),
            ("overseas_travel", "0.00", "2.00"),
        ],
    ))
    .unwrap();
    // Blank and dash are not zero; one decimal against two is no excess.
    w.write(&account(
        2,
        "110105",
        2022,
        &[
            ("total", "", "6.21"),
            ("vehicles", "3.00", "—"),
            ("reception", "2.0", "2.04"),
            ("overseas_travel", "2.0", "2.06"),
        ],
    ))
    .unwrap();
    // No table, two budgets in the sentences: each is held against the final on its own.
    let mut e = account(3, "310000", 2023, &[]);
    e.statements = vec![
        said(1, "reception", "opening_budget", "1.00"),
        said(2, "reception", "full_year_budget", "1.50"),
        said(3, "reception", "final", "1.20"),
    ];
    w.write(&e).unwrap();
    // A scan may be an account; a version that was replaced is none.
    let mut scan = account(4, "310000", 2023, &[]);
    scan.document.status = Status::NotReadable;
    scan.document.kind = Kind::Other;
    w.write(&scan).unwrap();
    for (number, time, spent) in [(5, "2024-08-01T00:00:00", "9.00"), (6, "2024-09-01T00:00:00", "1.00")] {
        let mut e = account(number, "310000", 2023, &[("reception", "2.00", spent)]);
        e.document.unit_key = Some("versions".into());
        e.document.file_time = Some(time.into());
        w.write(&e).unwrap();
    }
    w.finish().unwrap();
}

type Table = Vec<BTreeMap<String, String>>;

fn run(dir: &Path, more: &[&str]) -> (String, Table) {
    let csv = dir.with_extension("csv");
    let out = Command::new(env!("CARGO_BIN_EXE_juesuan"))
        .arg("overspent")
        .arg(dir)
        .arg("-o")
        .arg(&csv)
        .args(more)
        .output()
        .unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    let text = std::fs::read_to_string(&csv).unwrap();
    assert_eq!(text.starts_with('\u{feff}'), more.contains(&"--bom"));
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let head = reader.headers().unwrap().clone();
    let rows = reader.records().map(|r| {
        let r = r.unwrap();
        let cells = r.iter().map(str::to_string);
        head.iter().map(str::to_string).zip(cells).collect()
    });
    (String::from_utf8(out.stdout).unwrap(), rows.collect())
}

#[test]
fn an_invented_set_is_judged_as_it_must_be() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path().join("out");
    dataset(&dir);
    let (text, rows) = run(&dir, &["--bom"]);
    let at = |unit: &str, item: &str, basis: &str| {
        let found: Vec<_> = rows
            .iter()
            .filter(|r| r["unit_key"] == unit && r["item"] == item && r["budget_basis"] == basis)
            .collect();
        assert_eq!(found.len(), 1, "{unit} {item} {basis}: {rows:?}");
        let r = found[0];
        [&r["verdict"], &r["why"], &r["excess"], &r["excess_rate"]].map(|t| t.to_string())
    };
    let is = |all: [&str; 4]| all.map(str::to_string);
    let item = |part: &str| format!("three_public.{part}");
    assert_eq!(
        at("u1", &item("total"), "budget"),
        is(["over", "", "12100.00", "0.242"])
    );
    // The last printed place of both is the same: 3.01 is more than 3.00, whatever was rounded.
    assert_eq!(
        at("u1", &item("vehicles"), "budget")[..3],
        is(["over", "", "100.00", ""])[..3]
    );
    assert_eq!(
        at("u1", &item("reception"), "budget"),
        is(["within", "", "-8000.00", "-0.4"])
    );
    assert_eq!(
        at("u1", &item("overseas_travel"), "budget"),
        is(["over", "", "20000.00", ""])
    );
    assert_eq!(
        at("u1", &item("vehicle_purchase"), "")[..2],
        is(["not_judged", "final_not_printed", "", ""])[..2]
    );
    assert_eq!(
        at("u2", &item("total"), "budget")[..2],
        is(["not_judged", "budget_blank", "", ""])[..2]
    );
    assert_eq!(
        at("u2", &item("vehicles"), "budget")[..2],
        is(["not_judged", "final_dash", "", ""])[..2]
    );
    assert_eq!(
        at("u2", &item("reception"), "budget")[..2],
        is(["not_judged", "within_rounding", "", ""])[..2]
    );
    assert_eq!(at("u2", &item("overseas_travel"), "budget")[0], "over");
    assert_eq!(
        at("u3", &item("reception"), "opening_budget"),
        is(["over", "", "2000.00", "0.2"])
    );
    assert_eq!(at("u3", &item("reception"), "full_year_budget")[0], "within");
    assert_eq!(
        at("u4", "", "")[..2],
        is(["not_judged", "document_not_readable", "", ""])[..2]
    );
    let versions: Vec<&String> = rows
        .iter()
        .filter(|r| r["unit_key"] == "versions" && r["verdict"] != "not_judged")
        .map(|r| &r["spent"])
        .collect();
    assert_eq!(versions, ["10000.00"]);
    for r in &rows {
        assert_eq!(r["verdict"] == "not_judged", !r["why"].is_empty(), "{r:?}");
        assert!(r["why"].is_empty() || NOT_JUDGED.contains(&r["why"].as_str()), "{r:?}");
    }

    assert!(
        text.starts_with("5 finals above their budget, 3 not above it, of 4 accounts\n"),
        "{text}"
    );
    let order: Vec<usize> = ["20,000.00", "12,100.00", "2,000.00", "600.00", " 100.00"]
        .iter()
        .map(|t| text.find(t).unwrap_or_else(|| panic!("{t}: {text}")))
        .collect();
    assert!(order.is_sorted(), "{text}");
    assert!(text.contains("(page 7)") && text.contains("(page 3)"), "{text}");
    assert!(text.contains("document not readable: 1"), "{text}");
}

#[test]
fn regions_and_years_choose() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path().join("out");
    dataset(&dir);
    let (text, rows) = run(&dir, &["--region", "11", "--english"]);
    assert!(rows.iter().all(|r| r["unit_key"] == "u2"), "{rows:?}");
    assert!(text.contains("overseas travel"), "{text}");
    assert!(text.contains("5 documents of other regions or years"), "{text}");
    let (_, rows) = run(&dir, &["--region", "31", "--years", "2022"]);
    assert!(rows.iter().all(|r| r["unit_key"] == "u1"), "{rows:?}");
    assert!(!rows.is_empty());
    for wrong in [["--region", "3x"], ["--years", "2024-2022"]] {
        let out = Command::new(env!("CARGO_BIN_EXE_juesuan"))
            .arg("overspent")
            .arg(&dir)
            .args(wrong)
            .output()
            .unwrap();
        assert_eq!(out.status.code(), Some(2), "{wrong:?}");
    }
}
