//! The panel: known values of the samples and of an invented set, each with its source; what is not printed is not zero.

use crate::support::root;
use juesuan::place::DocumentId;
use juesuan::record::{Caliber, CellState, DocumentRow, Extract, Fact, Kind, Level, Side, Source, Statement, Status};
use juesuan::write::{DatasetWriter, Options};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

type Table = Vec<BTreeMap<String, String>>;

fn juesuan(args: &[&str]) -> Output {
    let out = Command::new(env!("CARGO_BIN_EXE_juesuan")).args(args).output().unwrap();
    assert!(
        out.status.success(),
        "{args:?}: {}",
        String::from_utf8_lossy(&out.stderr)
    );
    out
}

fn table(path: &Path) -> Table {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let head = reader.headers().unwrap().clone();
    reader
        .records()
        .map(|r| {
            head.iter()
                .map(str::to_string)
                .zip(r.unwrap().iter().map(str::to_string))
                .collect()
        })
        .collect()
}

fn panel(dir: &Path, more: &[&str]) -> Table {
    let dir_text = dir.to_string_lossy();
    let mut args = vec!["panel", &dir_text];
    args.extend(more);
    juesuan(&args);
    table(&dir.join("panel.csv"))
}

fn number(text: &str) -> Option<Decimal> {
    text.parse::<Decimal>().ok().map(|d| d.normalize())
}

/// Values that stand in a table equal the truth of the samples, and their source is the fact that holds them.
#[test]
fn the_samples_give_known_values() {
    let tmp = tempfile::tempdir().unwrap();
    let out = tmp.path().join("out");
    let name = "s03-fy2022-national";
    let pdf = root().join(format!("samples/{name}.pdf"));
    juesuan(&["extract", "-q", &pdf.to_string_lossy(), "--out", &out.to_string_lossy()]);
    let rows = panel(&out, &[]);
    let facts: BTreeMap<String, BTreeMap<String, String>> = table(&out.join("facts.csv"))
        .into_iter()
        .map(|f| (f["fact_id"].clone(), f))
        .collect();
    let statements: BTreeSet<String> = table(&out.join("statements.csv"))
        .into_iter()
        .map(|s| s["statement_id"].clone())
        .collect();
    let truth = table(&root().join(format!("samples/{name}.truth.csv")));
    let cell = |form: &str, side: &str, item: &str, measure: &str| {
        let t = truth
            .iter()
            .find(|t| t["form"] == form && t["side"] == side && t["item"] == item && t["measure"] == measure)
            .unwrap_or_else(|| panic!("{form} {side} {item} {measure}"));
        number(&t["amount"])
    };
    let value = |indicator: &str| {
        let r = rows.iter().find(|r| r["indicator"] == indicator).unwrap();
        assert_eq!(r["fiscal_year"], "2022");
        number(&r["value"])
    };
    for (indicator, (form, side, item, measure)) in [
        (
            "revenue_total",
            ("revenue_expenditure", "revenue", "grand_total", "final"),
        ),
        (
            "expenditure_current",
            ("revenue_expenditure", "expenditure", "total_current", "final"),
        ),
        ("appropriation_revenue", ("revenue", "", "total", "appropriation")),
        ("basic", ("expenditure", "", "total", "basic")),
        ("project", ("expenditure", "", "total", "project")),
        ("personnel", ("general_basic", "", "personnel_total", "final")),
        ("three_public.total.final", ("three_public", "", "total", "final")),
        (
            "three_public.vehicle_operation.final",
            ("three_public", "", "vehicle_operation", "final"),
        ),
        (
            "three_public.reception.budget",
            ("three_public", "", "reception", "budget"),
        ),
    ] {
        assert_eq!(value(indicator), cell(form, side, item, measure), "{indicator}");
        assert!(value(indicator).is_some(), "{indicator}");
    }
    let share = value("basic").unwrap() / value("expenditure_current").unwrap();
    assert_eq!(value("basic_share"), Some(share.round_dp(8).normalize()));
    let mut printed = 0;
    for r in &rows {
        assert_eq!(r["state"] == "number", !r["value"].is_empty(), "{r:?}");
        for source in r["sources"].split(';').filter(|s| !s.is_empty()) {
            assert!(facts.contains_key(source) || statements.contains(source), "{r:?}");
        }
        if r["state"] == "number" {
            assert!(!r["sources"].is_empty(), "{r:?}");
        }
        if !r["printed"].is_empty()
            && let Some(f) = facts.get(&r["sources"])
        {
            assert_eq!(f["printed"], r["printed"], "{r:?}");
            assert_eq!(number(&f["amount"]), number(&r["value"]), "{r:?}");
            printed += 1;
        }
    }
    assert!(printed >= 20, "{printed}");
    assert!(out.join("panel.parquet").metadata().unwrap().len() > 1_000);
    // The dataset may still be replaced.
    juesuan(&[
        "extract",
        "-q",
        "--overwrite",
        &pdf.to_string_lossy(),
        "--out",
        &out.to_string_lossy(),
    ]);
}

fn fact(ordinal: u32, key: (&str, Option<Side>, &str, &str), amount: Option<i64>, state: CellState) -> Fact {
    Fact {
        ordinal,
        form: key.0.into(),
        form_label: None,
        table: 1,
        side: key.1,
        item: key.2.into(),
        item_code: None,
        item_name: None,
        item_level: None,
        is_total: false,
        measure: key.3.into(),
        fund: None,
        amount: amount.map(|a| Decimal::new(a, 2)),
        cell_state: state,
        printed: amount.map(|a| Decimal::new(a, 2).to_string()).unwrap_or_default(),
        printed_unit: "yuan".into(),
        row_no: None,
        place: juesuan::place::Place::page(1),
        source: Source::Native,
        held: 0,
        failed: 0,
        sub_unit: None,
        table_title: None,
        header_path: None,
    }
}

/// An account: reception as printed (`None` is a blank), its persons, the total spending.
fn account(number: usize, key: &str, year: i16, reception: Option<i64>, persons: Option<i64>) -> Extract {
    let mut row = DocumentRow::new(DocumentId(format!("{number:064x}")), format!("{number}.pdf"));
    row.kind = Kind::FinalAccount;
    row.status = Status::Extracted;
    row.unit_key = Some(key.into());
    row.unit_name = Some(format!("单位{key}"));
    row.level = Some(Level::Unit);
    row.caliber = Some(Caliber::Single);
    row.fiscal_year = Some(year);
    let mut e = Extract::empty(row);
    let state = if reception.is_some() {
        CellState::Number
    } else {
        CellState::Blank
    };
    e.facts = vec![
        fact(1, ("three_public", None, "reception", "final"), reception, state),
        fact(
            2,
            ("three_public", None, "reception", "budget"),
            Some(0),
            CellState::Number,
        ),
        fact(3, ("three_public", None, "vehicles", "final"), None, CellState::Dash),
        fact(
            4,
            ("revenue_expenditure", Some(Side::Expenditure), "total_current", "final"),
            Some(20_000),
            CellState::Number,
        ),
        fact(
            5,
            ("expenditure", None, "total", "basic"),
            Some(5_000),
            CellState::Number,
        ),
    ];
    let said = |ordinal, slot: &str, amount: Option<i64>, count: Option<i64>| Statement {
        ordinal,
        section: "three_public".into(),
        sentence: "test".into(),
        subject: Some("reception.domestic".into()),
        slot: slot.into(),
        value_type: if amount.is_some() { "amount" } else { "count" }.into(),
        amount: amount.map(|a| Decimal::new(a, 2)),
        count: count.map(Decimal::from),
        printed: "1".into(),
        ..Statement::default()
    };
    e.statements = vec![said(1, "final", reception, None)];
    e.statements.retain(|s| s.amount.is_some());
    e.statements
        .extend(persons.map(|p| said(2, "person_times", None, Some(p))));
    e
}

#[test]
fn an_invented_set_gives_known_values() {
    let tmp = tempfile::tempdir().unwrap();
    let out = tmp.path().join("out");
    let mut w = DatasetWriter::create(&out, &Options::default()).unwrap();
    let mut number = 0;
    let mut add = |e: Extract| w.write(&e).unwrap();
    let mut next = || {
        number += 1;
        number
    };
    // Ten units in all years; the eleventh begins later, of the twelfth one year is missing.
    for unit in 0..10 {
        for year in 2019..=2022 {
            let reception = 100 * (i64::from(year) - 2018) * (unit + 1);
            add(account(next(), &format!("u{unit}"), year, Some(reception), Some(4)));
        }
    }
    add(account(next(), "late", 2021, Some(700), None));
    add(account(next(), "late", 2022, None, Some(0)));
    for year in [2019, 2020, 2022] {
        add(account(next(), "gap", year, Some(0), Some(0)));
    }
    // A version that was replaced, the newest, and the account of the department of the same unit.
    for (time, reception) in [("2020-08-01T00:00:00", 900), ("2020-09-01T00:00:00", 950)] {
        let mut e = account(next(), "versions", 2019, Some(reception), Some(1));
        e.document.file_time = Some(time.into());
        add(e);
    }
    let mut whole = account(next(), "versions", 2019, Some(5_000), Some(10));
    whole.document.level = Some(Level::Department);
    whole.document.caliber = Some(Caliber::Consolidated);
    add(whole);
    w.finish().unwrap();

    let rows = panel(&out, &[]);
    // The same from Parquet alone, and wide: a row for each account, the same values.
    let parquet = tmp.path().join("parquet");
    std::fs::create_dir(&parquet).unwrap();
    for file in crate::support::files(&out, ".parquet") {
        std::fs::copy(&file, parquet.join(file.file_name().unwrap())).unwrap();
    }
    assert_eq!(panel(&parquet, &["--format", "csv"]), rows);
    let status = std::process::Command::new(env!("CARGO_BIN_EXE_juesuan"))
        .args(["panel", "--wide", "--format", "csv,parquet"])
        .arg(&parquet)
        .status();
    assert!(status.unwrap().success() && parquet.join("panel_wide.parquet").is_file());
    let mut wide = csv::Reader::from_path(parquet.join("panel_wide.csv")).unwrap();
    let head = wide.headers().unwrap().clone();
    let at = |name: &str| head.iter().position(|h| h == name).unwrap();
    let mut seen = 0;
    for record in wide.records().map(Result::unwrap) {
        for r in rows.iter().filter(|r| r["document_id"] == record[at("document_id")]) {
            assert_eq!(r["value"], record[at(&r["indicator"])]);
            assert_eq!(r["state"], record[at(&format!("{}_state", r["indicator"]))]);
            seen += 1;
        }
    }
    assert_eq!(seen, rows.len());
    let accounts: BTreeSet<(&str, &str, &str)> = rows
        .iter()
        .map(|r| (r["unit_key"].as_str(), r["caliber"].as_str(), r["fiscal_year"].as_str()))
        .collect();
    assert_eq!(accounts.len(), 10 * 4 + 2 + 3 + 2);
    let at = |key: &str, caliber: &str, year: &str, indicator: &str| {
        let r = rows
            .iter()
            .find(|r| {
                r["unit_key"] == key
                    && r["caliber"] == caliber
                    && r["fiscal_year"] == year
                    && r["indicator"] == indicator
            })
            .unwrap();
        (r["state"].clone(), r["value"].clone(), r["sources"].clone())
    };
    let value = |key: &str, year: &str, indicator: &str| {
        let (state, value, _) = at(key, "single", year, indicator);
        (state, value)
    };
    let is = |state: &str, value: &str| (state.to_string(), value.to_string());
    assert_eq!(value("u2", "2021", "three_public.reception.final"), is("number", "9"));
    assert_eq!(value("u2", "2021", "reception_per_person"), is("number", "2.25"));
    assert_eq!(value("u2", "2021", "basic_share"), is("number", "0.25"));
    assert_eq!(value("u2", "2021", "three_public.vehicles.final"), is("dash", ""));
    assert_eq!(
        value("u2", "2021", "three_public.overseas_travel.final"),
        is("not_printed", "")
    );
    assert_eq!(
        value("u2", "2021", "three_public.reception.deviation"),
        is("no_base", "")
    );
    assert_eq!(value("late", "2022", "three_public.reception.final"), is("blank", ""));
    assert_eq!(value("late", "2021", "reception_person_times"), is("not_printed", ""));
    assert_eq!(value("gap", "2019", "three_public.reception.final"), is("number", "0"));
    assert_eq!(value("gap", "2019", "reception_per_person"), is("no_base", ""));
    assert_eq!(
        value("versions", "2019", "three_public.reception.final"),
        is("number", "9.5")
    );
    assert_eq!(
        at("versions", "consolidated", "2019", "three_public.reception.final").1,
        "50"
    );
    let (_, _, sources) = at("u0", "single", "2019", "reception_per_person");
    assert_eq!(sources, "000000000000-s1;000000000000-s2");

    let balanced = panel(&out, &["--balanced"]);
    let units: BTreeSet<&str> = balanced.iter().map(|r| r["unit_key"].as_str()).collect();
    assert_eq!(units.len(), 10);
    assert!(units.iter().all(|u| u.starts_with('u')), "{units:?}");
    let two = panel(&out, &["--balanced", "--years", "2021-2022"]);
    let units: BTreeSet<&str> = two.iter().map(|r| r["unit_key"].as_str()).collect();
    assert_eq!(units.len(), 11);
    assert!(two.iter().all(|r| r["fiscal_year"].as_str() >= "2021"));
}

/// A row of a truth file.
type Printed = BTreeMap<String, String>;

/// Where an indicator may stand, written out for this test: cells as form, side, item, measure, then sentences as section, subject,
/// slots.
type Stands = (
    &'static str,
    &'static [(&'static str, &'static str, &'static str, &'static str)],
    &'static [(&'static str, &'static str, &'static [&'static str])],
);

const BUDGETS: &[&str] = &["budget", "full_year_budget", "adjusted_budget", "opening_budget"];
const SPENT: &[&str] = &["final", "total"];

const STANDS: &[Stands] = &[
    (
        "revenue_total",
        &[("revenue_expenditure", "revenue", "grand_total", "final")],
        &[("overall", "grand_total", &["total"])],
    ),
    (
        "revenue_current",
        &[
            ("revenue_expenditure", "revenue", "total_current", "final"),
            ("revenue", "", "total", "total"),
        ],
        &[("revenue", "revenue", &["total"])],
    ),
    (
        "expenditure_current",
        &[
            ("revenue_expenditure", "expenditure", "total_current", "final"),
            ("expenditure", "", "total", "total"),
        ],
        &[("expenditure", "expenditure", &["total"])],
    ),
    (
        "closing_carryover",
        &[("revenue_expenditure", "expenditure", "closing_carryover", "final")],
        &[("overall", "closing_carryover", &["total"])],
    ),
    (
        "basic",
        &[("expenditure", "", "total", "basic")],
        &[("expenditure", "basic", &["total"])],
    ),
    (
        "general_expenditure",
        &[
            ("general_expenditure", "", "total", "total"),
            ("appropriation", "expenditure", "total_current", "general_budget"),
        ],
        &[("general_expenditure", "general_expenditure", &["final", "total"])],
    ),
    (
        "general_expenditure_opening_budget",
        &[],
        &[("general_expenditure", "general_expenditure", &["opening_budget"])],
    ),
    (
        "government_fund_expenditure",
        &[
            ("government_fund", "", "total", "total"),
            ("appropriation", "expenditure", "total_current", "government_fund"),
        ],
        &[("government_fund", "expenditure", SPENT)],
    ),
    (
        "personnel",
        &[("general_basic", "", "personnel_total", "final")],
        &[("general_basic", "general_basic", &["personnel"])],
    ),
    ("operating_cost", &[], &[("operating_cost", "operating_cost", SPENT)]),
    (
        "three_public.total.budget",
        &[("three_public", "", "total", "budget")],
        &[("three_public", "three_public", BUDGETS)],
    ),
    (
        "three_public.total.final",
        &[("three_public", "", "total", "final")],
        &[("three_public", "three_public", SPENT)],
    ),
    (
        "three_public.overseas_travel.final",
        &[("three_public", "", "overseas_travel", "final")],
        &[("three_public", "overseas_travel", SPENT)],
    ),
    (
        "three_public.vehicle_purchase.budget",
        &[("three_public", "", "vehicle_purchase", "budget")],
        &[("three_public", "vehicle_purchase", BUDGETS)],
    ),
    (
        "three_public.vehicle_operation.final",
        &[("three_public", "", "vehicle_operation", "final")],
        &[("three_public", "vehicle_operation", SPENT)],
    ),
    (
        "three_public.reception.budget",
        &[("three_public", "", "reception", "budget")],
        &[("three_public", "reception", BUDGETS)],
    ),
    (
        "three_public.reception.final",
        &[("three_public", "", "reception", "final")],
        &[("three_public", "reception", SPENT)],
    ),
    (
        "overseas_groups",
        &[],
        &[("three_public", "overseas_travel", &["groups"])],
    ),
    (
        "vehicles_held",
        &[],
        &[
            ("three_public", "vehicles", &["vehicles_held"]),
            ("three_public", "vehicle_operation", &["vehicles_held"]),
        ],
    ),
    (
        "reception_domestic",
        &[("three_public", "", "reception.domestic", "final")],
        &[("three_public", "reception.domestic", &["final", "total"])],
    ),
    (
        "reception_person_times",
        &[],
        &[
            ("three_public", "reception.domestic", &["person_times"]),
            ("three_public", "reception", &["person_times"]),
        ],
    ),
    ("vehicles_total", &[], &[("assets", "assets", &["vehicles_total"])]),
    ("procurement.total", &[], &[("procurement", "procurement", &["total"])]),
    ("procurement.sme", &[], &[("procurement", "procurement", &["sme"])]),
    (
        "performance_projects",
        &[],
        &[
            ("performance", "performance", &["projects"]),
            ("performance", "performance.self_assessment", &["projects"]),
        ],
    ),
    (
        "performance_amount",
        &[],
        &[
            ("performance", "performance", &["projects_amount"]),
            ("performance", "performance.self_assessment", &["projects_amount"]),
        ],
    ),
];

/// State and value of an indicator by what the generator printed.
fn expected(stands: &Stands, cells: &[Printed], said: &[Printed]) -> (String, Option<Decimal>, &'static str) {
    let mut first: Option<String> = None;
    for (form, side, item, measure) in stands.1 {
        let is =
            |c: &&Printed| c["form"] == *form && c["side"] == *side && c["item"] == *item && c["measure"] == *measure;
        let all: Vec<&Printed> = cells.iter().filter(is).collect();
        let sum = all.iter().find(|c| c["item_name"] == "合计").or(all.first());
        let Some(c) = sum else { continue };
        if c["cell_state"] == "number" {
            return ("number".into(), number(&c["amount"]), "fact");
        }
        first = first.or_else(|| Some(c["cell_state"].clone()));
    }
    for (section, subject, slots) in stands.2 {
        for slot in *slots {
            let is = |s: &&Printed| s["section"] == *section && s["subject"] == *subject && s["slot"] == *slot;
            let values: Vec<Option<Decimal>> = said
                .iter()
                .filter(is)
                .map(|s| number(&s["amount"]).or(number(&s["count"])))
                .collect();
            let Some(v) = values.first() else { continue };
            assert!(
                values.iter().all(|o| o == v),
                "the generator states {subject} {slot} twice"
            );
            return ("number".into(), *v, "statement");
        }
    }
    (first.unwrap_or_else(|| "not_printed".into()), None, "nothing")
}

/// Each state of each account is what the generator printed: a value, a blank, a dash, nothing. What stands in a table that is not read
/// yet is said to be printed and not read. `JUESUAN_PANEL` is a folder with more accounts (`scripts/generate.py --set bench`).
#[test]
fn each_state_is_what_was_printed() {
    let (mut accounts, mut wrong) = (0, String::new());
    let mut seen: BTreeMap<(String, &str), usize> = BTreeMap::new();
    let mut dirs: Vec<PathBuf> = ["samples", "tests/many", "tests/panel"]
        .map(|d| root().join(d))
        .to_vec();
    dirs.extend(std::env::var_os("JUESUAN_PANEL").map(PathBuf::from));
    for dir in dirs {
        for truth in crate::support::files(&dir, ".truth.csv") {
            let stem = truth.to_string_lossy().replace(".truth.csv", "");
            // Templates, budgets and scans give nothing, and have no truth of sentences.
            let sentences = format!("{stem}.statements.csv");
            if !Path::new(&sentences).is_file() {
                continue;
            }
            let said = table(Path::new(&sentences));
            let cells = table(&truth);
            for ending in ["pdf", "docx", "xlsx", "html", "txt"] {
                let file = format!("{stem}.{ending}");
                if !Path::new(&file).is_file() {
                    continue;
                }
                let mut e = crate::support::extract(Path::new(&file));
                e.document.unit_key = Some("unit".into());
                let g = crate::support::builtin();
                let account = juesuan::panel::account(&e, g, false).unwrap_or_else(|| panic!("{file} is no account"));
                accounts += 1;
                // A workbook has no sentences.
                let said = if e.statements.is_empty() { &[] } else { said.as_slice() };
                for stands in STANDS {
                    let row = account
                        .rows
                        .iter()
                        .find(|r| g.panel[r.indicator].id == stands.0)
                        .unwrap_or_else(|| panic!("no indicator {}", stands.0));
                    let (state, value, from) = expected(stands, &cells, said);
                    let lost = row.state == "printed_not_read";
                    // Counts in a table of three public expenses stand in the dataset as printed, and the truth lists none of them.
                    let as_printed = |f: &&Fact| f.is_other() && f.item_name == row.printed && !f.printed.is_empty();
                    if lost && state == "not_printed" && e.facts.iter().any(|f| as_printed(&f)) {
                        *seen.entry(("printed_not_read".into(), "other_table")).or_default() += 1;
                        continue;
                    }
                    let unread = ["b00379", "b00752"].iter().any(|f| file.contains(f));
                    if lost && unread {
                        *seen.entry(("printed_not_read".into(), from)).or_default() += 1;
                        continue;
                    }
                    // The truth of the samples lists figures; a sentence that there was nothing is none, and says zero.
                    let nothing =
                        |s: &&Statement| row.sources[0].ends_with(&format!("-s{}", s.ordinal)) && s.slot == "none";
                    if row.value == Some(Decimal::ZERO) && value.is_none() && e.statements.iter().any(|s| nothing(&s)) {
                        let says = row.printed.as_deref().unwrap_or_default();
                        assert!(
                            ['无', '未', '没'].iter().any(|c| says.contains(*c)),
                            "{file} {}: {row:?}",
                            stands.0
                        );
                        *seen.entry(("number".into(), "none")).or_default() += 1;
                        continue;
                    }
                    let of_both = (row.state, row.value.map(|v| v.normalize()));
                    if of_both != (state.as_str(), value) {
                        wrong += &format!("{file} {}: printed {state} {value:?}: {row:?}\n", stands.0);
                    }
                    *seen.entry((state, from)).or_default() += 1;
                }
            }
        }
    }
    eprintln!("{accounts} accounts: {seen:?}");
    assert!(wrong.is_empty(), "{wrong}");
    assert!(accounts >= 50, "{accounts}");
    for (kind, least) in [
        (("number", "fact"), 200),
        (("number", "statement"), 150),
        (("blank", "nothing"), 3),
        (("not_printed", "nothing"), 20),
    ] {
        let n = seen.get(&(kind.0.to_string(), kind.1)).copied().unwrap_or(0);
        assert!(n >= least, "{kind:?}: {n}; {seen:?}");
    }
}

/// The account of a unit of 郑州 in fen: what it opened and closed with.
fn carried(number: usize, name: &str, year: i16, opening: i64, closing: i64) -> Extract {
    let mut e = account(number, &format!("410100-{name}"), year, None, None);
    e.document.unit_name = Some(format!("郑州市{name}"));
    e.document.region_code = Some("410100".into());
    let carry = |ordinal, side, item, amount| {
        let key = ("revenue_expenditure", Some(side), item, "final");
        fact(ordinal, key, Some(amount), CellState::Number)
    };
    e.facts.push(carry(6, Side::Revenue, "opening_carryover", opening));
    e.facts.push(carry(7, Side::Expenditure, "closing_carryover", closing));
    e
}

#[test]
fn renames_and_mergers_are_suggested_and_a_registry_of_them_joins_the_years() {
    let tmp = tempfile::tempdir().unwrap();
    let data = tmp.path().join("out");
    let mut w = DatasetWriter::create(&data, &Options::default()).unwrap();
    let accounts = [
        // Renamed in 2021, and again in 2022.
        ("云雀管理中心", 2019, 5_000, 7_700),
        ("云雀管理中心", 2020, 7_700, 1_234_567),
        ("云雀服务中心", 2021, 1_234_567, 88_100),
        ("云雀保障中心", 2022, 88_100, 90_000),
        // Two became one.
        ("白鹭测绘院", 2020, 10, 300_001),
        ("白鹭地质院", 2020, 10, 400_002),
        ("白鹭勘察院", 2021, 700_003, 1),
        // One was taken in by another that goes on.
        ("青松图书馆", 2020, 20, 510_000),
        ("青松文化馆", 2020, 30, 620_000),
        ("青松文化馆", 2021, 1_130_000, 40),
        // Two may have been the third: nobody is taken.
        ("甲号档案馆", 2020, 1, 999_900),
        ("乙号档案馆", 2021, 999_900, 2),
        ("丙号档案馆", 2021, 999_900, 3),
        // Goes on as it was; began with nothing; ends with nothing.
        ("长河水文站", 2020, 60_000, 61_000),
        ("长河水文站", 2021, 61_000, 62_000),
        ("新设计量所", 2021, 0, 5),
        ("撤销计量所", 2020, 5, 0),
    ];
    for (n, (name, year, opening, closing)) in accounts.into_iter().enumerate() {
        w.write(&carried(n + 1, name, year, opening, closing)).unwrap();
    }
    w.finish().unwrap();
    let rules = tmp.path().join("rules");
    std::fs::create_dir_all(rules.join("units")).unwrap();
    let registry = rules.join("units/mine.csv");
    let (data_text, rules_text) = (data.to_string_lossy(), rules.to_string_lossy());
    let found = juesuan(&["units", "suggest", &data_text, "-o", &registry.to_string_lossy()]);
    let said = String::from_utf8(found.stdout).unwrap();
    let lines: Vec<&str> = said.lines().filter(|l| !l.starts_with(' ')).collect();
    assert_eq!(
        lines,
        [
            "2021 renamed: 郑州市甲号档案馆 (410100-甲号档案馆) → 郑州市丙号档案馆 (410100-丙号档案馆) — not the only candidate",
            "2021 renamed: 郑州市甲号档案馆 (410100-甲号档案馆) → 郑州市乙号档案馆 (410100-乙号档案馆) — not the only candidate",
            "2021 renamed: 郑州市云雀管理中心 (410100-云雀管理中心) → 郑州市云雀服务中心 (410100-云雀服务中心)",
            "2021 merged: 郑州市白鹭地质院 (410100-白鹭地质院) + 郑州市白鹭测绘院 (410100-白鹭测绘院) → 郑州市白鹭勘察院 (410100-白鹭勘察院)",
            "2021 taken in: 郑州市青松图书馆 (410100-青松图书馆) → 郑州市青松文化馆 (410100-青松文化馆)",
            "2022 renamed: 郑州市云雀服务中心 (410100-云雀服务中心) → 郑州市云雀保障中心 (410100-云雀保障中心)",
        ],
        "{said}"
    );
    let rows: Vec<(String, String, String, String)> = table(&registry)
        .iter()
        .map(|r| {
            (
                r["name"].clone(),
                r["first_year"].clone(),
                r["last_year"].clone(),
                r["successor"].clone(),
            )
        })
        .collect();
    let row = |name: &str, first: &str, last: &str, to: &str| {
        let to = if to.is_empty() {
            String::new()
        } else {
            format!("410100-{to}")
        };
        (format!("郑州市{name}"), first.to_string(), last.to_string(), to)
    };
    assert_eq!(
        rows,
        [
            row("云雀管理中心", "", "2020", ""),
            row("云雀服务中心", "2021", "2021", ""),
            row("云雀保障中心", "2022", "", ""),
            row("白鹭地质院", "", "2020", "白鹭勘察院"),
            row("白鹭测绘院", "", "2020", "白鹭勘察院"),
            row("白鹭勘察院", "2021", "", ""),
            row("青松图书馆", "", "2020", "青松文化馆"),
            row("青松文化馆", "", "", ""),
        ]
    );
    // The registry is one that the program takes, and the panel follows it without reading again.
    juesuan(&["grammar", "check", &rules_text]);
    let kept = panel(
        &data,
        &["--balanced", "--years", "2019-2022", "--grammars", &rules_text],
    );
    let units: BTreeSet<&str> = kept.iter().map(|r| r["unit_key"].as_str()).collect();
    assert_eq!(units, BTreeSet::from(["410100-云雀管理中心"]));
    let years: BTreeSet<&str> = kept.iter().map(|r| r["fiscal_year"].as_str()).collect();
    assert_eq!(years.len(), 4);
    // What the registry knows is not suggested again.
    let again = juesuan(&["units", "suggest", &data_text, "--grammars", &rules_text]);
    let said = String::from_utf8(again.stdout).unwrap();
    let lines: Vec<&str> = said.lines().filter(|l| !l.starts_with(' ')).collect();
    assert!(lines.len() == 2 && lines.iter().all(|l| l.contains("甲号")), "{said}");
}
