//! The accounts of several units or years in one PDF (决算汇编): each figure goes to the account of its own cover or head, or to nobody.

use crate::five_types::all;
use crate::support::{extract_bytes, root};
use juesuan::record::Extract;
use lopdf::{Document, Object, dictionary};

const WATER: &str = "s01-fy2016-eight-tables";
const STATISTICS: &str = "s03-fy2022-national";
const FARMING: &str = "s06-fy2021-yunnan-yuan";
const SCHOOL: &str = "s11-fy2021-fonts-not-embedded";
const EMERGENCY: &str = "s07-fy2020-three-lines";

fn sample(name: &str) -> std::path::PathBuf {
    root().join("samples").join(format!("{name}.pdf"))
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
