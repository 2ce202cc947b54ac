//! The writer by itself: every value under its own column in both formats, nothing rounded, nothing of the old dataset touched.

use juesuan::diag::{Code, Diagnostic, Severity};
use juesuan::geom::Rect;
use juesuan::place::{DocumentId, Place};
use juesuan::record::*;
use juesuan::write::{DatasetWriter, Options, fit, schema};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::path::Path;
use std::str::FromStr;

fn d(s: &str) -> Decimal {
    Decimal::from_str(s).unwrap()
}

fn place() -> Place {
    Place::new(7, Rect::new(10.004, 20.5, 30.25, 40.0))
}

/// An extract in which every field has a value of its own.
fn full(letter: char) -> Extract {
    let mut row = DocumentRow::new(DocumentId(letter.to_string().repeat(64)), format!("{letter}.pdf"));
    row.media_type = "application/pdf".into();
    row.kind = Kind::FinalAccount;
    row.status = Status::Extracted;
    row.unit_key = Some("unit-1".into());
    row.unit_name = Some("某局, \"本级\"\n二".into());
    row.fiscal_year = Some(2022);
    row.forms_found = vec!["revenue".into(), "expenditure".into()];
    (row.pages, row.facts, row.facts_held, row.statements) = (41, 1, 42, 43);
    (row.findings_failed, row.unclaimed_blocks) = (44, 45);
    let mut e = Extract::empty(row);
    e.facts.push(Fact {
        ordinal: 3,
        form: "the-form".into(),
        form_label: Some("the-label".into()),
        table: 2,
        side: Some(Side::Revenue),
        item: "the-item".into(),
        item_code: Some("0010".into()),
        item_name: Some("the-name".into()),
        item_level: Some(1),
        is_total: true,
        measure: "the-measure".into(),
        fund: Some("the-fund".into()),
        amount: Some(d("6412100")),
        cell_state: CellState::Number,
        printed: "641.21".into(),
        printed_unit: "wanyuan".into(),
        row_no: Some(9),
        place: place(),
        source: Source::Native,
        held: 5,
        failed: 6,
        sub_unit: None,
        table_title: None,
        header_path: None,
    });
    e.statements.push(Statement {
        ordinal: 4,
        section: "the-section".into(),
        sentence: "the-sentence".into(),
        slot: "the-slot".into(),
        value_type: "ratio".into(),
        ratio: Some(d("0.5378")),
        printed: "53.78%".into(),
        place: place(),
        ..Statement::default()
    });
    e.findings.push(Finding {
        ordinal: 8,
        rule: "the-rule".into(),
        scope: "form".into(),
        outcome: FindingOutcome::Fails,
        why: None,
        left: Some(d("1.50")),
        right: Some(d("1.25")),
        difference: Some(d("0.25")),
        allowed: Some(d("0")),
        message: "不符".into(),
        message_en: "differs".into(),
        facts: vec![3, 4],
        statements: vec![4],
        page: Some(7),
        place: None,
        class: FindingClass::Equality,
        severity: Some(Gravity::High),
        relative_difference: Some(d("0.5")),
    });
    e.projects.push(Project {
        ordinal: 1,
        project_name: "the-project".into(),
        page: 8,
        funds: vec![ProjectFund {
            fund: "total".into(),
            executed: Some(d("12.30")),
            ..ProjectFund::default()
        }],
        indicators: vec![Indicator {
            kind: "indicator".into(),
            reason: Some("the-reason".into()),
            ..Indicator::default()
        }],
        ..Project::default()
    });
    e.sections.push(Section {
        section: "duties".into(),
        text: "一\n二".into(),
        page_from: 1,
        page_to: 2,
        ..Section::default()
    });
    e.glossary.push(GlossaryTerm {
        term: "the-term".into(),
        definition: "the-definition".into(),
        page: 11,
    });
    e.members.push(Member {
        ordinal: 1,
        name: "the-member".into(),
        page: 12,
        ..Member::default()
    });
    let note = Diagnostic::new(Severity::Note, Code::ColumnsMoved, "the-message", Place::document());
    e.diagnostics.push(note);
    e
}

fn codebook_entry() -> CodebookEntry {
    CodebookEntry {
        kind: "measure",
        id: "the-measure".into(),
        zh: "度量".into(),
        en: "the-name".into(),
        unit: Some("yuan".into()),
        since: Some(2019),
        formula: Some("the-formula".into()),
    }
}

fn write(dir: &Path, extracts: &[Extract], options: &Options) {
    let mut options = options.clone();
    options.labels.codebook.push(codebook_entry());
    let mut writer = DatasetWriter::create(dir, &options).unwrap();
    for e in extracts {
        writer.write(e).unwrap();
        writer.timing(e, &[("read", 0.5)]).unwrap();
    }
    writer.finish().unwrap();
}

fn table(dir: &Path, name: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(dir.join(format!("{name}.csv"))).unwrap();
    let head = reader.headers().unwrap().clone();
    let pair = |r: csv::StringRecord| {
        head.iter()
            .map(str::to_string)
            .zip(r.iter().map(str::to_string))
            .collect()
    };
    reader.records().map(|r| pair(r.unwrap())).collect()
}

#[test]
fn every_table_has_as_many_cells_as_columns() {
    let e = full('a');
    let codebook = [codebook_entry()];
    for t in schema::TABLES.iter().filter(|t| t.name != "units") {
        let rows = match t.name {
            "codebook" => codebook.iter().map(schema::codebook_row).collect(),
            name => schema::rows(name, &e),
        };
        assert!(!rows.is_empty(), "{} has no row", t.name);
        for row in rows {
            assert_eq!(row.len(), t.columns.len(), "{}", t.name);
        }
        let mut names: Vec<&str> = t.columns.iter().map(|c| c.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), t.columns.len(), "{} names a column twice", t.name);
    }
}

#[test]
fn every_value_stands_under_its_own_column() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path().join("out");
    write(&dir, &[full('a')], &Options::default());
    let want: &[(&str, &[(&str, &str)])] = &[
        (
            "documents",
            &[
                ("file_name", "a.pdf"),
                ("unit_name", "某局, \"本级\"\n二"),
                ("forms_found", "revenue;expenditure"),
                ("pages", "41"),
                ("facts_held", "42"),
                ("statements", "43"),
                ("findings_failed", "44"),
                ("unclaimed_blocks", "45"),
                ("producer", ""),
                ("kind", "final_account"),
                ("extractor_version", env!("CARGO_PKG_VERSION")),
            ],
        ),
        (
            "facts",
            &[
                ("fact_id", "aaaaaaaaaaaa-f3"),
                ("fiscal_year", "2022"),
                ("form", "the-form"),
                ("form_label", "the-label"),
                ("table", "2"),
                ("side", "revenue"),
                ("item", "the-item"),
                ("item_code", "0010"),
                ("item_name", "the-name"),
                ("item_level", "1"),
                ("is_total", "true"),
                ("measure", "the-measure"),
                ("fund", "the-fund"),
                ("amount", "6412100.00"),
                ("cell_state", "number"),
                ("printed", "641.21"),
                ("printed_unit", "wanyuan"),
                ("row_no", "9"),
                ("page", "7"),
                ("x0", "10.00"),
                ("y0", "20.50"),
                ("x1", "30.25"),
                ("y1", "40.00"),
                ("source", "native"),
                ("held", "5"),
                ("failed", "6"),
            ],
        ),
        (
            "statements",
            &[
                ("statement_id", "aaaaaaaaaaaa-s4"),
                ("section", "the-section"),
                ("sentence", "the-sentence"),
                ("slot", "the-slot"),
                ("value_type", "ratio"),
                ("amount", ""),
                ("ratio", "0.5378"),
                ("printed", "53.78%"),
            ],
        ),
        (
            "findings",
            &[
                ("rule", "the-rule"),
                ("outcome", "fails"),
                ("left", "1.5"),
                ("right", "1.25"),
                ("message", "不符"),
                ("message_en", "differs"),
                ("fact_ids", "aaaaaaaaaaaa-f3;aaaaaaaaaaaa-f4"),
                ("statement_ids", "aaaaaaaaaaaa-s4"),
            ],
        ),
        (
            "projects",
            &[
                ("project_id", "aaaaaaaaaaaa-p1"),
                ("project_name", "the-project"),
                ("page", "8"),
            ],
        ),
        (
            "project_funds",
            &[
                ("project_id", "aaaaaaaaaaaa-p1"),
                ("fund", "total"),
                ("executed", "12.30"),
                ("opening_budget", ""),
            ],
        ),
        (
            "indicators",
            &[
                ("project_id", "aaaaaaaaaaaa-p1"),
                ("kind", "indicator"),
                ("reason", "the-reason"),
            ],
        ),
        (
            "sections",
            &[
                ("section", "duties"),
                ("text", "一\n二"),
                ("page_from", "1"),
                ("page_to", "2"),
            ],
        ),
        (
            "glossary",
            &[("term", "the-term"), ("definition", "the-definition"), ("page", "11")],
        ),
        ("members", &[("ordinal", "1"), ("name", "the-member"), ("page", "12")]),
        (
            "units",
            &[("unit_key", "unit-1"), ("first_year", "2022"), ("documents", "1")],
        ),
        (
            "codebook",
            &[
                ("kind", "measure"),
                ("id", "the-measure"),
                ("zh", "度量"),
                ("en", "the-name"),
                ("unit", "yuan"),
                ("since", "2019"),
                ("formula", "the-formula"),
            ],
        ),
        (
            "diagnostics",
            &[
                ("severity", "note"),
                ("stage", "layout"),
                ("code", "columns-moved"),
                ("page", ""),
                ("x0", ""),
            ],
        ),
        ("timings", &[("stage", "read"), ("seconds", "0.500000")]),
    ];
    for (name, columns) in want {
        let rows = table(&dir, name);
        assert_eq!(rows.len(), 1, "{name}");
        for (column, value) in *columns {
            assert_eq!(rows[0][*column], *value, "{name}.{column}");
        }
    }
}

#[test]
fn parquet_holds_exact_decimals_small_years_and_the_same_values() {
    use parquet::basic::{ConvertedType, Type};
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::RowAccessor;
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path().join("out");
    write(&dir, &[full('a'), full('b')], &Options::default());
    let file = std::fs::File::open(dir.join("facts.parquet")).unwrap();
    let reader = SerializedFileReader::new(file).unwrap();
    let columns = reader.metadata().file_metadata().schema_descr().columns().to_vec();
    let at = |name: &str| columns.iter().position(|c| c.name() == name).unwrap();
    let amount = &columns[at("amount")];
    let decimal = (amount.converted_type(), amount.type_precision(), amount.type_scale());
    assert_eq!(decimal, (ConvertedType::DECIMAL, 20, 2));
    assert_eq!(columns[at("fiscal_year")].converted_type(), ConvertedType::INT_16);
    assert_eq!(columns[at("is_total")].physical_type(), Type::BOOLEAN);
    let rows: Vec<_> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[1].get_string(at("fact_id")).unwrap(), "bbbbbbbbbbbb-f3");
    let units = rows[0]
        .get_decimal(at("amount"))
        .unwrap()
        .data()
        .iter()
        .fold(0i128, |n, b| (n << 8) | i128::from(*b));
    assert_eq!(units, 641_210_000);
}

#[test]
fn what_does_not_fit_costs_its_own_cell_and_is_said() {
    for (amount, printed) in [
        ("0.001", "0.0000001"),
        ("1000000000000000000", "一百京"),
        ("-79228162514264337593543950335", "-9"),
    ] {
        let mut e = full('a');
        e.facts[0].amount = Some(d(amount));
        e.facts[0].printed = printed.into();
        e.facts[0].row_no = Some(u32::MAX);
        fit::fit(&mut e);
        let f = &e.facts[0];
        assert_eq!(
            (f.amount, f.cell_state, f.row_no),
            (None, CellState::Text, None),
            "{amount}"
        );
        assert_eq!(e.document.status, Status::Partial);
        assert_eq!(
            e.document.error_code.map(juesuan::diag::Refusal::as_str),
            Some("value-does-not-fit")
        );
        let said = e.diagnostics.last().unwrap();
        assert_eq!(
            (said.severity, said.printed.as_deref(), said.place.page),
            (Severity::Error, Some(printed), 7)
        );
        let tmp = tempfile::tempdir().unwrap();
        write(&tmp.path().join("out"), &[e], &Options::default());
    }
    let mut e = full('a');
    let before = e.clone();
    fit::fit(&mut e);
    assert_eq!(e, before, "what fits stays as it is");
}

#[test]
fn neither_format_rounds_a_value_by_itself() {
    for (csv, parquet) in [(true, false), (false, true)] {
        let tmp = tempfile::tempdir().unwrap();
        let dir = tmp.path().join("out");
        let mut writer = DatasetWriter::create(
            &dir,
            &Options {
                csv,
                parquet,
                ..Options::default()
            },
        )
        .unwrap();
        let mut e = full('a');
        e.facts[0].amount = Some(d("0.005"));
        let said = writer.write(&e).unwrap_err().to_string();
        assert!(said.contains("column amount: 0.005"), "{said}");
        drop(writer);
        assert_eq!(
            std::fs::read_dir(tmp.path()).unwrap().count(),
            0,
            "an unfinished dataset leaves nothing"
        );
    }
}

#[test]
fn a_dataset_in_which_somebody_put_a_file_is_not_replaced() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path().join("out");
    let options = Options {
        overwrite: true,
        ..Options::default()
    };
    write(&dir, &[full('a')], &options);
    std::fs::write(dir.join("notes.txt"), "mine").unwrap();
    let said = DatasetWriter::create(&dir, &options).err().unwrap().to_string();
    assert!(said.contains("holds notes.txt"), "{said}");
    // The same when it appears while the run works.
    std::fs::remove_file(dir.join("notes.txt")).unwrap();
    let writer = DatasetWriter::create(&dir, &options).unwrap();
    std::fs::write(dir.join("notes.txt"), "mine").unwrap();
    assert!(writer.finish().is_err());
    assert_eq!(std::fs::read_to_string(dir.join("notes.txt")).unwrap(), "mine");
    assert_eq!(table(&dir, "facts").len(), 1);
    assert_eq!(std::fs::read_dir(tmp.path()).unwrap().count(), 1);
}

#[test]
fn the_package_lists_every_file_and_only_timings_and_inputs_have_no_hash() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path().join("out");
    write(&dir, &[full('a')], &Options::default());
    let text = std::fs::read(dir.join("datapackage.json")).unwrap();
    let package: serde_json::Value = serde_json::from_slice(&text).unwrap();
    let resources = package["resources"].as_array().unwrap();
    let mut listed: Vec<&str> = resources.iter().map(|r| r["path"].as_str().unwrap()).collect();
    listed.push("datapackage.json");
    listed.sort_unstable();
    let mut have: Vec<String> = std::fs::read_dir(&dir)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect();
    have.sort_unstable();
    assert_eq!(listed, have);
    for r in resources {
        let path = r["path"].as_str().unwrap();
        let size = std::fs::metadata(dir.join(path)).unwrap().len();
        assert_eq!(
            r["hash"].is_string(),
            !["timings.csv", "inputs.csv"].contains(&path),
            "{path}"
        );
        assert!(r["bytes"].is_null() || r["bytes"] == size, "{path}");
        // A script is no table.
        if r["schema"].is_null() {
            assert_eq!(r["format"], "sql", "{path}");
            continue;
        }
        assert!(r["schema"]["fields"].as_array().unwrap().len() >= 3, "{path}");
    }
}

#[test]
fn the_citation_names_program_rules_and_inputs() {
    use sha2::{Digest, Sha256};
    let tmp = tempfile::tempdir().unwrap();
    let package = |documents: &[Extract], rules: &str| {
        let dir = tmp.path().join("out");
        let options = Options {
            overwrite: true,
            made: juesuan::write::parts::Made {
                rules: rules.into(),
                ..juesuan::write::parts::Made::here()
            },
            ..Options::default()
        };
        write(&dir, documents, &options);
        let text = std::fs::read(dir.join("datapackage.json")).unwrap();
        let package: serde_json::Value = serde_json::from_slice(&text).unwrap();
        let ids: String = table(&dir, "documents")
            .iter()
            .map(|d| d["document_id"].clone() + "\n")
            .collect();
        (package, format!("sha256:{:x}", Sha256::digest(ids)))
    };
    let (one, ids) = package(&[full('a')], "");
    assert_eq!(one["made_from"]["inputs_hash"], ids);
    assert_eq!(one["made_from"]["rules"], "built-in");
    let (two, ids) = package(&[full('a'), full('b')], "0123456789abcdef");
    assert_eq!(two["made_from"]["inputs_hash"], ids);
    assert_eq!(two["made_from"]["documents"], 2);
    let said = two["citation"].as_str().unwrap();
    for word in [&ids, "0123456789abcdef", "juesuan 0.", "2 documents"] {
        assert!(said.contains(word), "{said}");
    }
}
