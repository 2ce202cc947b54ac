//! The table of scenarios in docs/fetching.md: every test it names exists, and no case of the plan is left out.

use crate::support::{corpus, files, root};
use regex::Regex;
use std::collections::BTreeSet;

/// Rows of the table: id, tests, note.
fn table() -> Vec<(String, Vec<String>, String)> {
    let text = std::fs::read_to_string(root().join("docs/fetching.md")).unwrap();
    let row = Regex::new(r"(?m)^\| ([PFHC]\d+) \| (.*?) \| (.*?) \|$").unwrap();
    let test = Regex::new("`([a-z0-9_]+)`").unwrap();
    row.captures_iter(&text)
        .map(|c| {
            let tests = test.captures_iter(&c[2]).map(|t| t[1].to_string()).collect();
            (c[1].to_string(), tests, c[3].to_string())
        })
        .collect()
}

#[test]
fn every_scenario_has_its_test_or_a_reason() {
    let code: String = files(&root().join("tests"), ".rs")
        .iter()
        .map(|p| std::fs::read_to_string(p).unwrap())
        .collect();
    let rows = table();
    let ids: BTreeSet<&str> = rows.iter().map(|r| r.0.as_str()).collect();
    assert_eq!((rows.len(), ids.len()), (89, 89), "each once");
    for (id, tests, note) in &rows {
        assert!(!tests.is_empty() || note.starts_with("not done: "), "{id}: {note}");
        for t in tests {
            let function = Regex::new(&format!(r"#\[test\]\s*fn {t}\(\)")).unwrap();
            assert!(function.is_match(&code), "{id}: no test `{t}`");
        }
    }
}

#[test]
fn no_scenario_of_the_plan_is_left_out() {
    let Some(corpus) = corpus() else { return };
    let path = corpus.join("../research/portals.md");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!(
            "{} is absent: the scenarios were not compared with the plan",
            path.display()
        );
        return;
    };
    let plan = text.split("## 6. Fixture-server scenarios").nth(1).unwrap();
    let id = Regex::new(r"(?:: |; )([PFHC]\d+) ").unwrap();
    let wanted: BTreeSet<String> = id.captures_iter(plan).map(|c| c[1].to_string()).collect();
    assert!(wanted.len() > 80, "{wanted:?}");
    let have: BTreeSet<String> = table().into_iter().map(|r| r.0).collect();
    assert_eq!(have, wanted);
}

/// Every platform of the grammar has a source in the tests, and its line in the documents.
#[test]
fn every_platform_is_crawled_by_a_test() {
    let code: String = files(&root().join("tests"), ".rs")
        .iter()
        .map(|p| std::fs::read_to_string(p).unwrap())
        .collect();
    let docs = std::fs::read_to_string(root().join("docs/fetching.md")).unwrap();
    for p in &crate::support::builtin().portals.platforms {
        let id = p.id.get_ref();
        let tried = [format!("platform = \\\"{id}\\\""), format!("platform = \"{id}\"")];
        assert!(tried.iter().any(|t| code.contains(t)), "{id} is crawled by no test");
        assert!(docs.contains(&format!("`{id}`")), "{id} is not in docs/fetching.md");
    }
}
