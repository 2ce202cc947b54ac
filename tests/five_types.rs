//! The same account as PDF, text, HTML, Word and Excel: one recognition, the same facts, statements and projects.

use crate::support::{extract, files, root};
use juesuan::record::{Extract, Fact, Source};
use std::path::Path;

const TYPES: &[&str] = &["txt", "html", "docx", "xlsx"];

fn bare(text: &str) -> String {
    juesuan::text::key(text)
}

/// What a fact says, without where it stands.
fn said(f: &Fact) -> String {
    let name = f.item_name.as_deref().map(bare);
    format!(
        "{} {} {:?} {} {:?} {name:?} {:?} {} {} {:?} {:?} {} {} {} {:?}",
        f.form,
        f.table,
        f.side,
        f.item,
        f.item_code,
        f.item_level,
        f.is_total,
        f.measure,
        f.fund,
        f.amount,
        f.cell_state,
        bare(&f.printed),
        f.printed_unit,
        f.row_no,
    )
}

/// Everything that is published but places.
pub fn all(e: &Extract) -> Vec<String> {
    let d = &e.document;
    let mut out = vec![format!(
        "{} {} {:?} {:?} {:?} {:?} {:?}",
        d.kind, d.status, d.unit_name, d.level, d.caliber, d.fiscal_year, d.forms_found
    )];
    let mut facts: Vec<String> = e.facts.iter().map(said).collect();
    facts.sort();
    out.extend(facts);
    out.extend(e.statements.iter().map(|s| {
        format!(
            "{} {} {:?} {} {:?} {:?} {:?} {:?} {}",
            s.section,
            s.sentence,
            s.subject,
            s.slot,
            s.amount,
            s.ratio,
            s.count,
            s.text.as_deref().map(bare),
            bare(&s.printed)
        )
    }));
    for p in &e.projects {
        let text = |t: &Option<String>| t.as_deref().map(bare);
        out.push(format!(
            "{} {:?} {:?} {:?}",
            bare(&p.project_name),
            text(&p.supervising_department),
            text(&p.implementing_unit),
            p.score_total
        ));
        // Where a line stands differs from type to type.
        let nowhere = |f: &juesuan::record::ProjectFund| juesuan::record::ProjectFund {
            place: Default::default(),
            ..f.clone()
        };
        out.extend(p.funds.iter().map(|f| format!("{:?}", nowhere(f))));
        out.extend(p.indicators.iter().map(|i| {
            format!(
                "{} {:?} {:?} {:?} {:?} {:?} {:?} {:?}",
                i.kind,
                text(&i.level1),
                text(&i.level2),
                text(&i.level3),
                text(&i.target),
                text(&i.actual),
                i.weight,
                i.score
            )
        }));
    }
    out
}

#[test]
fn every_type_of_file_says_the_same() {
    let pdfs: Vec<_> = files(&root().join("samples"), ".pdf")
        .into_iter()
        .filter(|p| p.with_extension("txt").exists())
        .collect();
    assert!(pdfs.len() >= 2);
    for pdf in pdfs {
        let want = all(&extract(&pdf));
        assert!(want.len() > 600);
        for kind in TYPES {
            let path = pdf.with_extension(kind);
            let e = extract(&path);
            let have = all(&e);
            let missing: Vec<_> = want.iter().filter(|w| !have.contains(w)).take(5).collect();
            let extra: Vec<_> = have.iter().filter(|h| !want.contains(h)).take(5).collect();
            assert!(
                missing.is_empty() && extra.is_empty(),
                "{}: missing {missing:#?}, extra {extra:#?}",
                path.display()
            );
            assert_eq!(have.len(), want.len(), "{}", path.display());
            places(&e, &path);
            // The narrative ends where the tables begin, in whatever order the file has them.
            for term in &e.glossary {
                assert!(
                    !term.definition.contains("决算总表"),
                    "{}: {}",
                    path.display(),
                    term.definition
                );
            }
            assert!(e.glossary.len() >= 6, "{}", path.display());
        }
    }
}

/// No page is claimed, and every fact says where it stands; all different.
fn places(e: &Extract, path: &Path) {
    assert_eq!((e.document.pages, e.document.text_layer), (0, None));
    let mut at = Vec::new();
    for f in &e.facts {
        assert_eq!((f.place.page, f.source), (0, Source::Markup), "{}", path.display());
        at.push(
            f.place
                .at
                .unwrap_or_else(|| panic!("{}: {f:?}", path.display()))
                .text(&e.document.parts),
        );
    }
    at.sort();
    let n = at.len();
    at.dedup();
    assert_eq!(at.len(), n, "{}", path.display());
}
