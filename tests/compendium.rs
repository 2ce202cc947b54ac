//! The accounts of several units or years in one PDF (决算汇编): each figure goes to the account of its own cover or head, or to nobody.

use crate::five_types::all;
use crate::looking::{highlights, juesuan, rows};
use crate::support::{extract_bytes, root};
use juesuan::record::Extract;
use lopdf::{Document, Object, dictionary};
use std::path::PathBuf;

const WATER: &str = "s01-fy2016-eight-tables";
const STATISTICS: &str = "s03-fy2022-national";
const FARMING: &str = "s06-fy2021-yunnan-yuan";
const SCHOOL: &str = "s11-fy2021-fonts-not-embedded";
/// A department, its own office, and a unit below it: the names begin alike.
const BESIDE: [&str; 3] = ["compendium/department", "compendium/office", "compendium/station"];
const EMERGENCY: &str = "s07-fy2020-three-lines";

fn sample(name: &str) -> PathBuf {
    let dir = if name.contains('/') { "tests" } else { "samples" };
    root().join(dir).join(format!("{name}.pdf"))
}

/// The pages of samples one behind another, each without the pages that are named.
fn bound(parts: &[(&str, &[u32])]) -> Vec<u8> {
    let mut out = Document::with_version("1.5");
    let pages_id = out.new_object_id();
    let mut kids = Vec::new();
    for (name, without) in parts {
        let mut part = Document::load(sample(name)).unwrap();
        part.renumber_objects_with(out.max_id + 1);
        let pages = part.get_pages();
        for (n, id) in &pages {
            // What a page takes from the node above it.
            let node = part.get_dictionary(*id).unwrap();
            let parent = node.get(b"Parent").and_then(Object::as_reference).unwrap();
            let mut page = part.get_dictionary(parent).unwrap().clone();
            for key in ["Kids", "Count", "Parent", "Type"] {
                page.remove(key.as_bytes());
            }
            for (key, value) in node {
                page.set(key.clone(), value.clone());
            }
            page.set("Parent", pages_id);
            part.objects.insert(*id, Object::Dictionary(page));
            if !without.contains(n) {
                kids.push(Object::Reference(*id));
            }
        }
        out.max_id = part.max_id;
        out.objects.extend(part.objects);
    }
    let count = kids.len() as i64;
    let pages = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count };
    out.objects.insert(pages_id, Object::Dictionary(pages));
    let root = out.add_object(dictionary! { "Type" => "Catalog", "Pages" => pages_id });
    out.trailer.set("Root", root);
    let mut bytes = Vec::new();
    out.save_to(&mut bytes).unwrap();
    bytes
}

/// Everything that an account says, without the numbers of its pages.
fn said(e: &Extract, offset: u32) -> Vec<String> {
    let mut e = e.clone();
    for f in &mut e.facts {
        f.place.page -= offset;
    }
    for s in &mut e.statements {
        s.place.page -= offset;
    }
    let mut out = all(&e);
    out.sort();
    out
}

fn pages_of(name: &str) -> u32 {
    Document::load(sample(name)).unwrap().get_pages().len() as u32
}

/// The account is the sample that begins behind `offset` pages of the file.
#[track_caller]
fn is(account: &Extract, name: &str, offset: u32) {
    let want = crate::support::extract(&sample(name));
    assert_eq!(account.document.unit_name, want.document.unit_name);
    assert_eq!(account.document.fiscal_year, want.document.fiscal_year);
    assert_eq!(account.document.level, want.document.level);
    assert_eq!(account.facts.len(), want.facts.len(), "{name}");
    assert_eq!(account.document.facts_held, want.document.facts_held, "{name}");
    assert_eq!(account.sections.len(), want.sections.len(), "{name}");
    assert_eq!(said(account, offset), said(&want, 0), "{name}");
}

#[track_caller]
fn is_split(e: &Extract, accounts: usize) {
    assert_eq!(e.document.status.as_str(), "split", "{:?}", e.document.error_message);
    assert!(e.facts.is_empty() && e.document.unit_name.is_none() && e.document.fiscal_year.is_none());
    assert_eq!(e.accounts.len(), accounts);
    for a in &e.accounts {
        assert_eq!(a.document.part_of.as_ref(), Some(&e.document.document_id));
        assert_ne!(a.document.document_id, e.document.document_id);
    }
}

#[track_caller]
fn is_refused(e: &Extract, why: &str) {
    assert_eq!(e.document.status.as_str(), "failed");
    assert!(e.facts.is_empty() && e.accounts.is_empty());
    let message = e.document.error_message.as_deref().unwrap();
    assert!(message.contains(why), "{message}");
}

#[test]
fn two_units_of_two_years_are_two_accounts() {
    let e = extract_bytes("a.pdf", &bound(&[(STATISTICS, &[]), (FARMING, &[])]));
    is_split(&e, 2);
    is(&e.accounts[0], STATISTICS, 0);
    is(&e.accounts[1], FARMING, pages_of(STATISTICS));
}

#[test]
fn three_units_are_three_accounts() {
    let e = extract_bytes("a.pdf", &bound(&[(EMERGENCY, &[]), (WATER, &[]), (STATISTICS, &[])]));
    is_split(&e, 3);
    let second = pages_of(EMERGENCY);
    is(&e.accounts[0], EMERGENCY, 0);
    is(&e.accounts[1], WATER, second);
    is(&e.accounts[2], STATISTICS, second + pages_of(WATER));
}

#[test]
fn without_its_cover_the_heads_of_the_tables_tell_an_account_and_its_text_is_nobodys() {
    let e = extract_bytes("a.pdf", &bound(&[(WATER, &[]), (SCHOOL, &[1])]));
    is_split(&e, 2);
    let (first, second) = (&e.accounts[0], &e.accounts[1]);
    let facts = |name: &str| crate::support::extract(&sample(name)).facts.len();
    assert_eq!(first.facts.len(), facts(WATER));
    assert_eq!(second.facts.len(), facts(SCHOOL));
    let begin = second.facts.iter().map(|f| f.place.page).min().unwrap();
    assert!(second.statements.is_empty() && second.sections.iter().all(|s| s.page_from >= begin));
    for a in [first, second] {
        assert!(a.diagnostics.iter().any(|d| d.code == "pages-of-nobody"));
    }
    let last = first.facts.iter().map(|f| f.place.page).max().unwrap();
    assert!(first.statements.iter().all(|s| s.place.page <= last));
}

#[test]
fn where_nothing_tells_whose_a_table_is_nothing_is_read() {
    // Tables without the name of a unit, and no cover.
    let e = extract_bytes("a.pdf", &bound(&[(WATER, &[]), ("s04-fy2024-shanghai", &[1])]));
    is_refused(&e, "split it");
}

#[test]
fn an_account_that_begins_again_is_refused() {
    // A table of the first account behind the second.
    let tables: Vec<u32> = (1..=pages_of(STATISTICS)).filter(|p| *p != 9).collect();
    let e = extract_bytes(
        "a.pdf",
        &bound(&[(STATISTICS, &[9]), (FARMING, &[]), (STATISTICS, &tables)]),
    );
    is_refused(&e, "page");
}

#[test]
fn two_years_of_one_unit_are_two_accounts() {
    for (one, other) in [
        ("portal/u1-2020", "portal/u1-2021"),
        ("portal/u4-2023", "portal/u4-2022"),
        (STATISTICS, "s14-fy2023-national-next-year"),
    ] {
        let e = extract_bytes("a.pdf", &bound(&[(one, &[]), (other, &[])]));
        is_split(&e, 2);
        let (a, b) = (&e.accounts[0].document, &e.accounts[1].document);
        assert_eq!(a.unit_name, b.unit_name);
        assert_ne!(a.fiscal_year, b.fiscal_year);
        is(&e.accounts[0], one, 0);
        is(&e.accounts[1], other, pages_of(one));
    }
}

#[test]
fn a_department_its_office_and_a_unit_below_it_are_three_accounts() {
    for order in [[0, 1, 2], [2, 0, 1], [1, 2, 0]] {
        let names = order.map(|n| BESIDE[n]);
        let e = extract_bytes("a.pdf", &bound(&names.map(|n| (n, &[][..]))));
        is_split(&e, 3);
        let mut offset = 0;
        for (account, name) in e.accounts.iter().zip(names) {
            is(account, name, offset);
            offset += pages_of(name);
        }
    }
}

/// A page with few numbers that stands twice counts once, as one with many does; so does a table of zeros.
#[test]
fn a_page_with_few_numbers_that_stands_twice_counts_once() {
    for (name, page) in [(EMERGENCY, 16), (STATISTICS, 13)] {
        let until: Vec<u32> = (page + 1..=pages_of(name)).collect();
        let from: Vec<u32> = (1..page).collect();
        let e = extract_bytes("a.pdf", &bound(&[(name, &until), (name, &from)]));
        let want = crate::support::extract(&sample(name));
        let facts = |e: &Extract| {
            let of = |f: &juesuan::record::Fact| {
                (
                    f.form.clone(),
                    f.side,
                    f.item.clone(),
                    f.measure.clone(),
                    f.printed.clone(),
                )
            };
            let mut all: Vec<_> = e.facts.iter().map(of).collect();
            all.sort();
            all
        };
        assert_eq!(facts(&e), facts(&want), "{name}");
        assert!(e.diagnostics.iter().any(|d| d.code == "table-twice"), "{name}");
    }
}

/// What is shown of a figure of one account comes from its page of the file, not from that page of the account.
#[test]
fn evidence_and_annotate_show_the_page_of_the_file() {
    let tmp = tempfile::tempdir().unwrap();
    let file = tmp.path().join("compendium.pdf");
    let bytes = bound(&[(BESIDE[0], &[]), (BESIDE[2], &[]), ("planted/p06-wrong-total", &[])]);
    std::fs::write(&file, bytes).unwrap();
    let path = |name: &str| tmp.path().join(name).to_string_lossy().into_owned();
    let (file_text, data, from) = (path("compendium.pdf"), path("data"), tmp.path().to_string_lossy());
    juesuan(&["extract", "-q", &file_text, "--out", &data]);
    let documents = rows(&tmp.path().join("data/documents.csv"));
    let accounts: Vec<_> = documents.iter().filter(|d| !d["part_of"].is_empty()).collect();
    assert_eq!(accounts.len(), 3);
    let facts = rows(&tmp.path().join("data/facts.csv"));
    for (n, d) in accounts.iter().enumerate() {
        let mine = |f: &&std::collections::BTreeMap<String, String>| {
            f["document_id"] == d["document_id"] && f["item"] == "total" && f["printed"].len() > 4
        };
        let f = facts.iter().find(mine).unwrap();
        let page: u32 = f["page"].parse().unwrap();
        let before: u32 = [0, pages_of(BESIDE[0]), pages_of(BESIDE[0]) + pages_of(BESIDE[2])][n];
        assert!(page > before, "{page} {before}");
        // Evidence finds the file by its hash; its picture is that of the whole page of the file.
        let png = path("figure.png");
        juesuan(&["evidence", &data, &f["fact_id"], "--files", &from, "-o", &png]);
        let of_file = std::fs::read(&png).unwrap();
        let alone = path("alone.pdf");
        std::fs::copy(sample([BESIDE[0], BESIDE[2], "planted/p06-wrong-total"][n]), &alone).unwrap();
        let one = path(&format!("one{n}"));
        juesuan(&["extract", "-q", &alone, "--out", &one]);
        let same = rows(&tmp.path().join(format!("one{n}/facts.csv")));
        let like = |o: &&std::collections::BTreeMap<String, String>| {
            ["form", "item", "measure", "printed", "x0", "y0"]
                .iter()
                .all(|k| o[*k] == f[*k])
        };
        let same = same.iter().find(like).unwrap();
        assert_eq!(same["page"], (page - before).to_string());
        juesuan(&["evidence", &one, &same["fact_id"], "--files", &alone, "-o", &png]);
        assert_eq!(of_file, std::fs::read(&png).unwrap());

        let marked = path("marked.pdf");
        juesuan(&["annotate", &file_text, "--fact", &f["fact_id"], "-o", &marked]);
        let found = highlights(&tmp.path().join("marked.pdf"));
        assert_eq!(found.iter().map(|h| h.0).collect::<Vec<_>>(), [page]);
        assert!(found[0].2.starts_with(&f["fact_id"]), "{found:?}");
    }
    // What contradicts itself, in the account of the dataset that has it and in the file.
    let last = pages_of(BESIDE[0]) + pages_of(BESIDE[2]);
    juesuan(&["annotate", &data, "--all", "--files", &from, "-o", &path("all")]);
    let of_dataset = highlights(&tmp.path().join("all/compendium.pdf"));
    assert!(!of_dataset.is_empty() && of_dataset.iter().all(|h| h.0 > last));
    juesuan(&["annotate", &file_text, "-o", &path("whole.pdf")]);
    // Places in the dataset have two decimals.
    let notes = |all: Vec<(u32, Vec<f32>, String)>| all.into_iter().map(|h| (h.0, h.2)).collect::<Vec<_>>();
    assert_eq!(notes(highlights(&tmp.path().join("whole.pdf"))), notes(of_dataset));
}
