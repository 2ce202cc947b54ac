//! Excel and SQLite hold what the CSV holds: every row and every cell, codes as text, amounts exact.

use crate::support::root;
use calamine::{Data, Reader, Xlsx, open_workbook};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

fn juesuan(args: &[&str]) {
    let out = Command::new(env!("CARGO_BIN_EXE_juesuan")).args(args).output().unwrap();
    let said = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{args:?}: {said}");
}

fn extract(out: &Path, more: &[&str]) {
    let samples = ["s03-fy2022-national.pdf", "s05-fy2024-split-codes.pdf"];
    let files = samples.map(|n| root().join("samples").join(n).to_string_lossy().into_owned());
    let out = out.to_string_lossy();
    let mut args = vec![
        "extract",
        "-q",
        &files[0],
        &files[1],
        "--out",
        &out,
        "--format",
        "csv,xlsx,sqlite",
    ];
    args.extend(more);
    juesuan(&args);
}

type Rows = Vec<BTreeMap<String, String>>;

fn csv_rows(path: &Path) -> (Vec<String>, Rows) {
    let mut reader = csv::Reader::from_path(path).unwrap();
    let head: Vec<String> = reader.headers().unwrap().iter().map(str::to_string).collect();
    let rows = reader.records().map(|r| {
        let r = r.unwrap();
        head.iter().cloned().zip(r.iter().map(str::to_string)).collect()
    });
    let rows = rows.collect();
    (head, rows)
}

fn same(want: &str, have: &Data) -> bool {
    match have {
        Data::Empty => want.is_empty(),
        Data::String(s) => want == s,
        Data::Bool(b) => want == b.to_string(),
        Data::Float(f) => want.parse::<f64>() == Ok(*f),
        Data::Int(i) => want.parse::<i64>() == Ok(*i),
        _ => false,
    }
}

#[test]
fn excel_holds_what_the_csv_holds() {
    let tmp = tempfile::tempdir().unwrap();
    let out = tmp.path().join("out");
    extract(&out, &[]);
    for table in ["documents", "facts", "statements", "findings", "units", "diagnostics"] {
        let (head, rows) = csv_rows(&out.join(format!("{table}.csv")));
        let mut book: Xlsx<_> = open_workbook(out.join(format!("{table}.xlsx"))).unwrap();
        assert_eq!(book.sheet_names(), [table, "codebook"]);
        let sheet = book.worksheet_range(table).unwrap();
        let titles: Vec<String> = sheet.rows().next().unwrap().iter().map(|c| c.to_string()).collect();
        // The name of a column stands below its Chinese name.
        let at: BTreeMap<&str, usize> = titles
            .iter()
            .enumerate()
            .map(|(n, t)| (t.rsplit('\n').next().unwrap(), n))
            .collect();
        assert_eq!(sheet.rows().len(), rows.len() + 1, "{table}");
        for (row, cells) in rows.iter().zip(sheet.rows().skip(1)) {
            for name in &head {
                let have = &cells[at[name.as_str()]];
                assert!(same(&row[name], have), "{table}.{name}: {:?} {have:?}", row[name]);
                let is_text = matches!(have, Data::String(_) | Data::Empty);
                assert!(is_text || !matches!(name.as_str(), "item" | "item_code" | "printed" | "document_id"));
            }
            if table == "facts" {
                assert!(!cells[at["form_zh"]].to_string().is_empty(), "{cells:?}");
            }
        }
        let codebook = book.worksheet_range("codebook").unwrap();
        for name in &head {
            assert!(codebook.rows().any(|r| r[0].to_string() == *name), "{table}.{name}");
        }
    }
    // People read the name and the amount before the ids.
    let mut book: Xlsx<_> = open_workbook(out.join("facts.xlsx")).unwrap();
    let first = book.worksheet_range("facts").unwrap();
    assert!(first.get((0, 0)).unwrap().to_string().ends_with("unit_name"));
}

#[test]
fn the_same_input_gives_the_same_bytes_and_is_replaced() {
    let tmp = tempfile::tempdir().unwrap();
    let out = tmp.path().join("out");
    let names = [
        "facts.xlsx",
        "findings.xlsx",
        "juesuan.sqlite",
        "metadata.json",
        "datapackage.json",
    ];
    let read = || names.map(|n| std::fs::read(out.join(n)).unwrap());
    extract(&out, &[]);
    let first = read();
    extract(&out, &["--overwrite", "--threads", "1"]);
    for ((a, b), name) in first.iter().zip(read()).zip(names) {
        assert!(*a == b, "{name}");
    }
}

#[test]
fn long_texts_numbers_and_formulas_are_not_broken() {
    use juesuan::write::schema::{Cell, OVERSPENT, TABLES};
    use juesuan::write::xlsx::XlsxSink;
    use juesuan::write::{Labels, Sink};
    let tmp = tempfile::tempdir().unwrap();
    let mut sink = Box::new(XlsxSink::create(tmp.path(), &OVERSPENT, &Labels::default()).unwrap());
    let mut row = vec![Cell::Null; OVERSPENT.columns.len()];
    let at = |name: &str| OVERSPENT.columns.iter().position(|c| c.name == name).unwrap();
    row[at("unit_name")] = "=1+1".into();
    row[at("region_code")] = "010000".into();
    row[at("file_name")] = "长".repeat(40_000).into();
    row[at("budget")] = Cell::Dec("123456789012345678.91".parse().unwrap());
    row[at("spent")] = Cell::Dec("-1234567890123.45".parse().unwrap());
    sink.document(Some("https://example.org/a.pdf"));
    sink.write(std::slice::from_ref(&row)).unwrap();
    let path = sink.finish().unwrap().path;
    let mut book: Xlsx<_> = open_workbook(path).unwrap();
    let sheet = book.worksheet_range("overspent").unwrap();
    let cell = |name: &str| {
        let n = sheet
            .rows()
            .next()
            .unwrap()
            .iter()
            .position(|c| c.to_string().ends_with(&format!("\n{name}")));
        sheet.get((1, n.unwrap())).unwrap().clone()
    };
    assert_eq!(cell("unit_name"), Data::String("=1+1".into()));
    assert_eq!(cell("region_code"), Data::String("010000".into()));
    assert_eq!(cell("budget"), Data::String("123456789012345678.91".into()));
    assert_eq!(cell("spent"), Data::Float(-1_234_567_890_123.45));
    let long = cell("file_name").to_string();
    assert!(
        long.contains("cut: 40000 characters") && long.chars().count() < 32_767,
        "{}",
        long.len()
    );
    assert!(
        TABLES.iter().all(|t| t.name.len() <= 31),
        "a sheet of Excel has no longer name"
    );
}

#[cfg(feature = "sqlite")]
#[test]
fn sqlite_holds_what_the_csv_holds_and_says_what_may_be_summed() {
    use rusqlite::{Connection, OpenFlags, types::ValueRef};
    let tmp = tempfile::tempdir().unwrap();
    let out = tmp.path().join("out");
    extract(&out, &[]);
    let open = || Connection::open_with_flags(out.join("juesuan.sqlite"), OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    let db = open();
    for table in ["documents", "facts", "statements", "findings", "units", "members"] {
        let (head, rows) = csv_rows(&out.join(format!("{table}.csv")));
        let list: Vec<String> = head.iter().map(|h| format!("\"{h}\"")).collect();
        let mut all = db
            .prepare(&format!("SELECT {} FROM {table} ORDER BY rowid", list.join(", ")))
            .unwrap();
        let mut found = all.query([]).unwrap();
        for row in &rows {
            let have = found.next().unwrap().unwrap();
            for (n, name) in head.iter().enumerate() {
                let want = &row[name];
                let same = match have.get_ref(n).unwrap() {
                    ValueRef::Null => want.is_empty(),
                    ValueRef::Integer(i) => want.parse() == Ok(i) || *want == (i == 1).to_string(),
                    ValueRef::Real(f) => want.parse() == Ok(f),
                    ValueRef::Text(t) => want.as_bytes() == t,
                    ValueRef::Blob(_) => false,
                };
                assert!(same, "{table}.{name}: {want:?} {:?}", have.get_ref(n));
            }
        }
        assert!(found.next().unwrap().is_none(), "{table}");
    }
    let one = |sql: &str| db.query_row(sql, [], |r| r.get::<_, i64>(0)).unwrap();
    assert_eq!(one("SELECT count(*) FROM pragma_foreign_key_check"), 0);
    // Amounts are exact: whole 分 beside yuan.
    let (_, facts) = csv_rows(&out.join("facts.csv"));
    let sum: rust_decimal::Decimal = facts
        .iter()
        .filter_map(|f| f["amount"].parse::<rust_decimal::Decimal>().ok())
        .sum();
    assert_eq!(
        (sum * rust_decimal::Decimal::ONE_HUNDRED).normalize().to_string(),
        one("SELECT sum(amount_fen) FROM facts").to_string()
    );
    assert_eq!(
        one("SELECT count(*) FROM facts_analysis WHERE sub_unit IS NOT NULL OR cell_state <> 'number'"),
        0
    );
    let metadata = std::fs::read_to_string(out.join("metadata.json")).unwrap();
    let metadata: serde_json::Value = serde_json::from_str(&metadata).unwrap();
    assert!(metadata["databases"]["juesuan"]["tables"]["facts"]["columns"]["amount"].is_string());
}

/// The same account as PDF, text, HTML, Word and Excel is five documents; in the view it is one.
#[cfg(feature = "sqlite")]
#[test]
fn one_version_and_one_format_are_in_the_view() {
    let tmp = tempfile::tempdir().unwrap();
    let out = tmp.path().join("out");
    let samples = root().join("samples");
    juesuan(&[
        "extract",
        "-q",
        &samples.to_string_lossy(),
        "--out",
        &out.to_string_lossy(),
        "--format",
        "sqlite",
    ]);
    let db = rusqlite::Connection::open(out.join("juesuan.sqlite")).unwrap();
    let one = |sql: &str| db.query_row(sql, [], |r| r.get::<_, i64>(0)).unwrap();
    let accounts = "SELECT count(*) FROM (SELECT DISTINCT unit_key, fiscal_year, level, caliber FROM documents WHERE kind = 'final_account' AND facts > 0)";
    assert_eq!(
        one("SELECT count(DISTINCT document_id) FROM facts_analysis"),
        one(accounts)
    );
    assert!(
        one("SELECT count(DISTINCT document_id) FROM facts") > one(accounts),
        "the samples hold no account twice"
    );
}

/// `duckdb.sql` names every table and every column once, amounts as decimals; Parquet is taken where it is.
#[test]
fn every_table_is_a_typed_view() {
    let tmp = tempfile::tempdir().unwrap();
    let sample = root().join("samples/s20-fy2023-planted-error.pdf");
    for (format, over_csv) in [("csv", true), ("csv,parquet", false), ("parquet", false)] {
        let out = tmp.path().join(format);
        juesuan(&[
            "extract",
            "-q",
            &sample.to_string_lossy(),
            "--out",
            &out.to_string_lossy(),
            "--format",
            format,
        ]);
        let script = std::fs::read_to_string(out.join("duckdb.sql")).unwrap();
        let tables = juesuan::write::schema::TABLES;
        assert_eq!(script.matches("CREATE VIEW").count(), tables.len() + 1, "{format}");
        assert!(script.contains("CREATE VIEW facts_analysis"));
        assert_eq!(script.contains("'amount': 'DECIMAL(20,2)'"), over_csv, "{format}");
        assert_eq!(script.contains("FROM 'facts.parquet'"), !over_csv, "{format}");
        let package = std::fs::read_to_string(out.join("datapackage.json")).unwrap();
        assert!(package.contains("\"duckdb.sql\""));
    }
    // Neither is there: no script that would find nothing.
    let out = tmp.path().join("xlsx");
    juesuan(&[
        "extract",
        "-q",
        &sample.to_string_lossy(),
        "--out",
        &out.to_string_lossy(),
        "--format",
        "xlsx",
    ]);
    assert!(!out.join("duckdb.sql").exists());
}

#[test]
fn a_panel_refuses_sqlite_before_it_reads() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().to_string_lossy();
    let done = Command::new(env!("CARGO_BIN_EXE_juesuan"))
        .args(["panel", &data, "--format", "csv,sqlite"])
        .output()
        .unwrap();
    assert_eq!(done.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&done.stderr).contains("not written as SQLite"));
    assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
}
