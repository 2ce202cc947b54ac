//! An announcement in several files: the text in Word or PDF, the tables in Excel. They are one document when they say so, and only then.

use crate::bad_input::{changed, container, replaced, without_tables};
use crate::five_types::all;
use crate::support::{builtin, root};
use juesuan::acquire;
use juesuan::pipeline::{self, Context, Filter};
use juesuan::read::Limits;
use juesuan::record::{Extract, Source};
use std::collections::BTreeMap;
use std::path::Path;

const NATIONAL: &str = "s03-fy2022-national";
const MESSY: &str = "s12-fy2022-messy";

/// The workbook of a sample without its text.
fn tables(sample: &str) -> Vec<u8> {
    changed(&format!("{sample}.xlsx"), "xl/workbook.xml", |xml| {
        ["封面", "说明"].iter().fold(xml, |xml, name| {
            let (before, after) = xml.split_once(&format!("name=\"{name}\"")).unwrap();
            format!(
                "{before}name=\"{name}\"{}",
                after.replacen("state=\"visible\"", "state=\"hidden\"", 1)
            )
        })
    })
}

fn text(sample: &str) -> Vec<u8> {
    without_tables(&format!("{sample}.docx"))
}

fn whole(name: &str) -> Vec<u8> {
    std::fs::read(root().join("samples").join(name)).unwrap()
}

/// The text of a sample as PDF: its pages without a table.
fn pages_of_text(sample: &str) -> Vec<u8> {
    let path = root().join("samples").join(format!("{sample}.pdf"));
    let e = crate::support::extract(&path);
    let mut with_tables: Vec<u32> = e.facts.iter().map(|f| f.place.page).collect();
    with_tables.extend(
        e.projects
            .iter()
            .flat_map(|p| p.indicators.iter().map(|i| i.place.page)),
    );
    with_tables.extend(e.projects.iter().map(|p| p.page));
    with_tables.sort_unstable();
    with_tables.dedup();
    let mut pdf = lopdf::Document::load(path).unwrap();
    pdf.delete_pages(&with_tables);
    let mut out = Vec::new();
    pdf.save_to(&mut out).unwrap();
    out
}

/// What a run over these paths makes, by name.
fn run(path: &Path) -> BTreeMap<String, Extract> {
    let cx = Context {
        grammar: builtin(),
        limits: Limits::default(),
        filter: Filter::default(),
        scans: juesuan::pipeline::Scans::default(),
    };
    acquire::inputs(&[path.to_path_buf()], &|| {})
        .unwrap()
        .iter()
        .map(|i| pipeline::one(i, &cx).0)
        .map(|e| (e.document.file_name.clone(), e))
        .collect()
}

fn folder(files: &[(&str, Vec<u8>)]) -> BTreeMap<String, Extract> {
    let tmp = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = tmp.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, bytes).unwrap();
    }
    run(tmp.path())
}

fn sorted(mut all: Vec<String>) -> Vec<String> {
    all.sort();
    all
}

/// How often each identity gave what.
fn outcomes(e: &Extract) -> BTreeMap<(String, String), usize> {
    let mut out = BTreeMap::new();
    for f in &e.findings {
        *out.entry((f.rule.clone(), f.outcome.to_string())).or_default() += 1;
    }
    out
}

/// The document in `main` says what the whole sample says, and the row of `tables` points to it.
fn joined(rows: &BTreeMap<String, Extract>, main: &str, tables: &str, sample: &str) {
    let want = crate::support::extract(&root().join("samples").join(format!("{sample}.docx")));
    let have = &rows[main];
    let (a, b) = (sorted(all(have)), sorted(all(&want)));
    let missing: Vec<_> = b.iter().filter(|w| !a.contains(w)).take(5).collect();
    let extra: Vec<_> = a.iter().filter(|h| !b.contains(h)).take(5).collect();
    assert!(
        missing.is_empty() && extra.is_empty() && a.len() == b.len(),
        "{main}: missing {missing:#?}, extra {extra:#?}"
    );
    assert_eq!(outcomes(have), outcomes(&want), "{main}");
    assert_eq!(have.glossary, want.glossary, "{main}");
    assert!(have.diagnostics.iter().any(|d| d.code == "joined-files"));
    for f in &have.facts {
        assert_eq!((f.place.page, f.source), (0, Source::Markup));
        let at = f.place.at.unwrap().text(&have.document.parts);
        assert!(at.starts_with(&format!("{tables}/")) && at.contains('!'), "{at}");
    }
    let part = &rows[tables];
    assert_eq!(part.document.status.as_str(), "joined");
    assert_eq!(part.document.part_of.as_ref(), Some(&have.document.document_id));
    assert!(part.facts.is_empty() && part.findings.is_empty() && part.document.unit_key.is_none());
}

#[test]
fn the_title_of_the_first_table_is_no_name() {
    let rows = folder(&[("a.xlsx", tables(MESSY))]);
    let want = crate::support::extract(&root().join("samples").join(format!("{MESSY}.xlsx")));
    assert!(want.document.unit_name.is_some());
    assert_eq!(rows["a.xlsx"].document.unit_name, want.document.unit_name);
}

#[test]
fn text_in_word_and_tables_in_excel_are_one_document() {
    let rows = folder(&[("说明.docx", text(NATIONAL)), ("附表.xlsx", tables(NATIONAL))]);
    assert_eq!(rows.len(), 2);
    joined(&rows, "说明.docx", "附表.xlsx", NATIONAL);
}

#[test]
fn each_text_finds_its_own_tables() {
    let files = [
        ("a/1.docx", text(NATIONAL)),
        ("a/2.xlsx", tables(MESSY)),
        ("a/3.docx", text(MESSY)),
        ("a/4.xlsx", tables(NATIONAL)),
    ];
    let rows = folder(&files);
    joined(&rows, "a/1.docx", "a/4.xlsx", NATIONAL);
    joined(&rows, "a/3.docx", "a/2.xlsx", MESSY);
    let tmp = tempfile::tempdir().unwrap();
    let zip = tmp.path().join("z.zip");
    std::fs::write(&zip, container(&files)).unwrap();
    let rows = run(&zip);
    joined(&rows, "z.zip/a/1.docx", "z.zip/a/4.xlsx", NATIONAL);
    joined(&rows, "z.zip/a/3.docx", "z.zip/a/2.xlsx", MESSY);
}

#[test]
fn the_pages_of_a_pdf_keep_their_places() {
    let rows = folder(&[("说明.pdf", pages_of_text(NATIONAL)), ("附表.xlsx", tables(NATIONAL))]);
    let e = &rows["说明.pdf"];
    assert_eq!(rows["附表.xlsx"].document.status.as_str(), "joined");
    let want = crate::support::extract(&root().join("samples").join(format!("{NATIONAL}.pdf")));
    assert_eq!(e.facts.len(), want.facts.len());
    assert_eq!(e.statements.len(), want.statements.len());
    assert_eq!(e.projects.len(), want.projects.len());
    assert_eq!(outcomes(e), outcomes(&want));
    assert!(e.facts.iter().all(|f| f.place.page == 0 && f.place.at.is_some()));
    assert!(e.facts.iter().all(|f| f.source == Source::Markup));
    assert!(
        e.statements
            .iter()
            .all(|s| (1..=e.document.pages).contains(&s.place.page) && s.place.at.is_none())
    );
    assert!(e.sections.iter().all(|s| s.page_to <= e.document.pages));
    assert!(e.document.text_layer.is_some());
}

#[test]
fn what_does_not_belong_together_stays_apart() {
    let apart = |files: &[(&str, Vec<u8>)], why: &str| {
        for e in folder(files).values() {
            assert_ne!(e.document.status.as_str(), "joined", "{why}: {}", e.document.file_name);
            assert!(e.document.part_of.is_none());
        }
    };
    let word = |from: &str, to: &str| replaced(&text(NATIONAL), "word/document.xml", |xml| xml.replace(from, to));
    apart(&[("a.docx", text(MESSY)), ("b.xlsx", tables(NATIONAL))], "another unit");
    apart(
        &[("a.docx", word("2022", "2021")), ("b.xlsx", tables(NATIONAL))],
        "another year",
    );
    apart(
        &[("a.docx", text(NATIONAL)), ("b/b.xlsx", tables(NATIONAL))],
        "another folder",
    );
    apart(
        &[
            ("a.docx", whole(&format!("{NATIONAL}.docx"))),
            ("b.xlsx", tables(NATIONAL)),
        ],
        "the text has its tables",
    );
    apart(
        &[
            ("a.docx", text(NATIONAL)),
            ("b.docx", word("说明", "情况说明")),
            ("c.xlsx", tables(NATIONAL)),
        ],
        "two texts",
    );
    apart(
        &[
            ("a.docx", text(NATIONAL)),
            ("b.xlsx", whole(&format!("{NATIONAL}.xlsx"))),
        ],
        "the tables have their text",
    );
}

/// The pages of a sample that hold its tables, and those before them.
fn pages_of_tables(sample: &str) -> Vec<u8> {
    let path = root().join("samples").join(format!("{sample}.pdf"));
    let e = crate::support::extract(&path);
    let mut kept: Vec<u32> = e.facts.iter().map(|f| f.place.page).collect();
    kept.sort_unstable();
    kept.dedup();
    let mut pdf = lopdf::Document::load(path).unwrap();
    let rest: Vec<u32> = pdf.get_pages().into_keys().filter(|p| !kept.contains(p)).collect();
    pdf.delete_pages(&rest);
    let mut out = Vec::new();
    pdf.save_to(&mut out).unwrap();
    out
}

#[test]
fn text_and_tables_of_one_kind_are_one_document() {
    let rows = folder(&[("1.pdf", pages_of_text(NATIONAL)), ("2.pdf", pages_of_tables(NATIONAL))]);
    assert_eq!(
        rows["2.pdf"].document.status.as_str(),
        "joined",
        "{:?}",
        rows["2.pdf"].document
    );
    let whole = crate::support::extract(&root().join("samples").join(format!("{NATIONAL}.pdf")));
    let have = &rows["1.pdf"];
    assert_eq!(
        (have.facts.len(), have.statements.len()),
        (whole.facts.len(), whole.statements.len())
    );
    for f in &have.facts {
        let at = f.place.at.unwrap().text(&have.document.parts);
        assert!(at.starts_with("2.pdf#page=") && f.place.page > 0, "{at}");
    }
    // The Word file without its sentences: outside of tables, paragraphs with a full stop.
    let tables = changed(&format!("{NATIONAL}.docx"), "word/document.xml", |xml| {
        let mut out = String::new();
        let mut rest = xml.as_str();
        while let Some(start) = rest.find("<w:p>") {
            if let Some(table) = rest.find("<w:tbl>").filter(|t| *t < start) {
                let end = table + rest[table..].find("</w:tbl>").unwrap() + 8;
                out.push_str(&rest[..end]);
                rest = &rest[end..];
                continue;
            }
            let end = start + rest[start..].find("</w:p>").unwrap() + 6;
            let kept = if rest[start..end].contains('。') { start } else { end };
            out.push_str(&rest[..kept]);
            rest = &rest[end..];
        }
        out + rest
    });
    let rows = folder(&[("1.docx", text(NATIONAL)), ("2.docx", tables)]);
    assert_eq!(
        rows["2.docx"].document.status.as_str(),
        "joined",
        "{:?}",
        rows["2.docx"].document
    );
    assert_eq!(rows["1.docx"].facts.len(), whole.facts.len());
}
