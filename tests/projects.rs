//! 项目自评表: every project, fund line and indicator of the samples equals its truth; damaged rows are read as far as they go and said.

use crate::support::{extract, files, root};
use juesuan::record::{Extract, Project};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::path::Path;

/// Name of the table → its rows, as printed.
type Tables = BTreeMap<&'static str, Vec<Vec<String>>>;

const NAMES: [&str; 3] = ["projects", "project_funds", "indicators"];

fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn plain(d: Option<Decimal>) -> String {
    d.map(|d| d.normalize().to_string()).unwrap_or_default()
}

/// A number as a number, so that 9.50 is 9.5.
fn number(text: &str) -> String {
    text.parse::<Decimal>().map_or(text.to_string(), |d| plain(Some(d)))
}

fn truth(stem: &Path) -> Tables {
    let mut out = Tables::new();
    for name in NAMES {
        let path = format!("{}.{name}.csv", stem.display());
        let mut reader = csv::Reader::from_path(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
        let head: Vec<String> = reader.headers().unwrap().iter().map(str::to_string).collect();
        let numeric = |h: &str| {
            [
                "weight",
                "score",
                "score_total",
                "weight_total",
                "execution_rate",
                "opening_budget",
            ]
            .contains(&h)
                || ["full_year_budget", "adjusted_budget", "executed"].contains(&h)
        };
        let rows = reader
            .records()
            .map(|r| {
                let r = r.unwrap();
                let cells = r.iter().zip(&head);
                cells
                    .map(|(c, h)| if numeric(h) { number(c) } else { bare(c) })
                    .collect()
            })
            .collect();
        out.insert(name, rows);
    }
    out
}

fn read(projects: &[Project]) -> Tables {
    let text = |t: &Option<String>| bare(t.as_deref().unwrap_or_default());
    let mut out: Tables = NAMES.iter().map(|n| (*n, Vec::new())).collect();
    for p in projects {
        let n = p.ordinal.to_string();
        out.entry("projects").or_default().push(vec![
            n.clone(),
            bare(&p.project_name),
            text(&p.supervising_department),
            text(&p.implementing_unit),
            text(&p.goal_planned),
            text(&p.goal_achieved),
            plain(p.score_total),
            p.page.to_string(),
        ]);
        for f in &p.funds {
            out.entry("project_funds").or_default().push(vec![
                n.clone(),
                f.fund.clone(),
                plain(f.opening_budget),
                plain(f.full_year_budget),
                plain(f.executed),
                plain(f.weight),
                plain(f.execution_rate),
                plain(f.score),
                f.printed_unit.clone(),
            ]);
        }
        for i in &p.indicators {
            out.entry("indicators").or_default().push(vec![
                n.clone(),
                i.kind.clone(),
                text(&i.level1),
                text(&i.level2),
                text(&i.level3),
                text(&i.target),
                text(&i.actual),
                plain(i.weight),
                plain(i.score),
                text(&i.deviation),
                text(&i.reason),
                i.place.page.to_string(),
            ]);
        }
    }
    out
}

/// How many rows were compared.
fn compare(name: &str, want: &Tables, e: &Extract) -> usize {
    let have = read(&e.projects);
    for table in NAMES {
        for (n, (w, h)) in want[table].iter().zip(&have[table]).enumerate() {
            assert_eq!(w, h, "{name}: row {} of {table}", n + 1);
        }
        assert_eq!(want[table].len(), have[table].len(), "{name}: rows of {table}");
    }
    want.values().map(Vec::len).sum()
}

#[test]
fn every_project_of_the_samples_equals_its_truth() {
    let mut rows = 0;
    let mut documents = 0;
    for path in files(&root().join("samples"), ".pdf") {
        let name = path.file_stem().unwrap().to_string_lossy().to_string();
        let e = extract(&path);
        let stem = path.with_extension("");
        if !path.with_extension("projects.csv").exists() {
            assert!(e.projects.is_empty(), "{name}: {} projects", e.projects.len());
            continue;
        }
        documents += 1;
        rows += compare(&name, &truth(&stem), &e);
        let doubts: Vec<_> = e
            .diagnostics
            .iter()
            .filter(|d| d.code.starts_with("project-"))
            .collect();
        assert!(doubts.is_empty(), "{name}: {doubts:?}");
    }
    assert_eq!((documents, rows), (3, 90));
}
