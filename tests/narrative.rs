//! What the sentences say: every statement of every generated document and of a real account equals its truth, every example of
//! the grammar is read as its own sentence, and nothing takes longer than the text is long.

use crate::support::{corpus, extract, files, root};
use juesuan::grammar;
use juesuan::recognise::examples;
use juesuan::record::{Extract, Statement};
use std::collections::BTreeMap;
use std::path::Path;

type Row = [String; 10];

fn number(text: &str, places: usize) -> String {
    text.parse::<rust_decimal::Decimal>()
        .map(|d| format!("{:.places$}", d))
        .unwrap_or_default()
}

fn row(s: &Statement) -> Row {
    let of = |d: &Option<rust_decimal::Decimal>, places| d.map(|d| format!("{d:.places$}")).unwrap_or_default();
    [
        s.section.clone(),
        s.subject.clone().unwrap_or_default(),
        s.slot.clone(),
        s.value_type.clone(),
        of(&s.amount, 2),
        of(&s.ratio, 4),
        of(&s.count, 2),
        s.text.clone().unwrap_or_default(),
        // A statement of zero is printed as words, which the truth does not repeat.
        if s.slot == "none" {
            String::new()
        } else {
            s.printed.clone()
        },
        s.place.page.to_string(),
    ]
}

fn truth(path: &Path) -> BTreeMap<Row, usize> {
    let mut out = BTreeMap::new();
    let mut reader = csv::Reader::from_path(path).unwrap();
    let head = reader.headers().unwrap().clone();
    for r in reader.records() {
        let r = r.unwrap();
        let get = |n: &str| r.get(head.iter().position(|h| h == n).unwrap()).unwrap().to_string();
        let row = [
            get("section"),
            get("subject"),
            get("slot"),
            get("value_type"),
            number(&get("amount"), 2),
            number(&get("ratio"), 4),
            number(&get("count"), 2),
            get("text"),
            get("printed"),
            get("page"),
        ];
        *out.entry(row).or_default() += 1;
    }
    out
}

/// The statements of an extract that the truth speaks of.
fn read(e: &Extract, keep: impl Fn(&Statement) -> bool) -> BTreeMap<Row, usize> {
    let mut out = BTreeMap::new();
    // Which budget a rate is said of is one more statement beside the rate, and so are the names that a sentence lists.
    let more = |s: &Statement| s.slot == "completion_of" || s.slot.ends_with("_items");
    let mut e = e.clone();
    // The truth calls 国内公务接待 reception where no foreign one stands beside it.
    let foreign = |s: &Statement| s.subject.as_deref() == Some("reception.foreign") && s.slot == "final";
    if !e.statements.iter().any(foreign) {
        let domestic = |s: &&mut Statement| s.subject.as_deref() == Some("reception.domestic") && s.count.is_some();
        e.statements
            .iter_mut()
            .filter(domestic)
            .for_each(|s| s.subject = Some("reception".into()));
    }
    for s in e.statements.iter().filter(|s| !more(s) && keep(s)) {
        *out.entry(row(s)).or_default() += 1;
    }
    out
}

fn differences(name: &str, want: &BTreeMap<Row, usize>, have: &BTreeMap<Row, usize>) -> Vec<String> {
    let mut out = Vec::new();
    for (row, n) in want {
        if have.get(row) != Some(n) {
            out.push(format!("{name}: missing {}", row.join(" ")));
        }
    }
    for (row, n) in have {
        if want.get(row) != Some(n) {
            out.push(format!("{name}: extra {}", row.join(" ")));
        }
    }
    out
}

#[test]
fn every_statement_of_the_samples_equals_its_truth() {
    let mut wrong = Vec::new();
    let mut checked = 0;
    let mut all = files(&root().join("samples"), ".statements.csv");
    all.extend(files(&root().join("tests/many"), ".statements.csv"));
    for path in all {
        let name = path
            .file_name()
            .unwrap()
            .to_string_lossy()
            .replace(".statements.csv", "");
        let e = extract(&path.with_file_name(format!("{name}.pdf")));
        let want = truth(&path);
        checked += want.values().sum::<usize>();
        // The generator writes no truth for sentences of the kind "there was nothing".
        wrong.extend(differences(&name, &want, &read(&e, |s| s.slot != "none")));
        assert!(
            e.diagnostics.iter().all(|d| d.code != "unclaimed-figure"),
            "{name}: a figure of the narrative is claimed by nobody"
        );
    }
    assert!(checked > 1500, "only {checked} statements");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The truths hold figures and places, not the reasons: those are sentences of the documents.
#[test]
fn every_sentence_of_the_real_accounts_equals_what_stands_on_the_page() {
    let Some(corpus) = corpus() else { return };
    for (file, name) in [
        ("shanghai-putuo-social-work-2024.pdf", "social-work-2024"),
        ("henan-jiaozuo-egov-2022.txt", "jiaozuo-2022"),
    ] {
        let e = extract(&corpus.join("documents/final-accounts").join(file));
        let want = truth(&root().join("tests/truth").join(format!("{name}.statements.csv")));
        let have = read(&e, |s| s.value_type != "text");
        let wrong = differences(name, &want, &have);
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert!(e.diagnostics.iter().all(|d| d.code != "unclaimed-figure"));
    }
}

#[test]
fn sentences_that_nobody_claims_are_grouped_by_the_word_in_the_way() {
    let dir = tempfile::tempdir().unwrap();
    let text = "青禾县农业局2022年度部门决算\n第三部分 2022年度部门决算情况说明\n一、收入支出决算总体情况说明\n\
                2022年度收、支总计均为100.00万元。全年书报资料印制3.00万元。\n全年书报资料印制5.50万元。\n";
    std::fs::write(dir.path().join("a.txt"), text).unwrap();
    let run = |args: &[&str]| {
        let out = std::process::Command::new(env!("CARGO_BIN_EXE_juesuan"))
            .args(args)
            .current_dir(dir.path())
            .output()
            .unwrap();
        String::from_utf8(out.stdout).unwrap()
    };
    run(&["extract", "-q", "a.txt", "--out", "o"]);
    let said = run(&["grammar", "suggest", "o"]);
    assert!(said.starts_with("1 words in the way of a figure"), "{said}");
    assert!(
        said.contains("2×  书报资料印制\n    e.g. 全年书报资料印制3.00万元"),
        "{said}"
    );
    assert!(
        said.contains("0 more sentences with figures that nobody claims, in 0 shapes"),
        "{said}"
    );
}

#[test]
fn slips_of_an_edited_account_are_said_and_nothing_is_invented() {
    let Some(corpus) = corpus() else { return };
    let e = extract(&corpus.join("documents/final-accounts/shanghai-putuo-finance-2024-edited.pdf"));
    let years: Vec<u32> = e
        .diagnostics
        .iter()
        .filter(|d| d.code == "year-does-not-fit")
        .map(|d| d.place.page)
        .collect();
    // The heading of part three and the date of the vehicles still name the year before.
    assert_eq!(years, [18, 24]);
    assert!(e.diagnostics.iter().all(|d| d.code != "unclaimed-figure"));
    let total = |section: &str, subject: &str| {
        e.statements
            .iter()
            .find(|s| s.section == section && s.subject.as_deref() == Some(subject) && s.slot == "total")
            .and_then(|s| s.amount)
            .map(|a| a.to_string())
    };
    assert_eq!(total("overall", "grand_total").as_deref(), Some("0.00"));
    assert_eq!(total("appropriation", "appropriation").as_deref(), Some("29616800.00"));
}

#[test]
fn an_unfilled_template_states_nothing() {
    let Some(corpus) = corpus() else { return };
    let e = extract(&corpus.join("documents/final-accounts/shanghai-template-2024.pdf"));
    assert!(e.statements.is_empty());
}

#[test]
fn every_figure_of_the_examples_is_claimed() {
    let g = grammar::load(None).unwrap();
    let wrong: Vec<String> = examples::mistakes(&g)
        .into_iter()
        .map(|(f, m)| format!("{f}: {m}"))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for s in g
        .sections
        .sections
        .iter()
        .filter(|s| s.figures && !s.part && s.id != "other")
    {
        assert!(s.examples.len() >= 8, "{}: {} examples", s.id, s.examples.len());
    }
}

#[test]
fn sections_terms_and_members_of_the_samples_are_found() {
    for path in files(&root().join("samples"), ".statements.csv") {
        let name = path
            .file_name()
            .unwrap()
            .to_string_lossy()
            .replace(".statements.csv", "");
        let text = std::fs::read_to_string(root().join("samples").join(format!("{name}.truth.json"))).unwrap();
        let want: serde_json::Value = serde_json::from_str(&text).unwrap();
        let e = extract(&root().join("samples").join(format!("{name}.pdf")));
        let terms: Vec<String> = e.glossary.iter().map(|t| t.term.clone()).collect();
        let wanted: Vec<String> = want["glossary"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|t| {
                t["term"]
                    .as_str()
                    .or(t.as_str())
                    .or(t[0].as_str())
                    .unwrap_or_default()
                    .to_string()
            })
            .collect();
        assert_eq!(terms, wanted, "{name}: glossary");
        let members: Vec<String> = e.members.iter().map(|m| m.name.clone()).collect();
        let wanted: Vec<String> = want["members"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|m| m["name"].as_str().or(m.as_str()).unwrap_or_default().to_string())
            .collect();
        assert_eq!(members, wanted, "{name}: members");
        for id in [
            "overall",
            "revenue",
            "expenditure",
            "procurement",
            "assets",
            "performance",
        ] {
            assert!(e.sections.iter().any(|s| s.section == id), "{name}: no section {id}");
        }
    }
}

/// Wordings of several provinces, one text: every value with its section, subject and slot, and what nobody claims.
/// `tests/cases/sentences/*.txt`: text, `---`, expected values, `---`, sentences with figures that nobody claims.
#[test]
fn wordings_of_the_provinces_are_read() {
    for path in files(&root().join("tests/cases/sentences"), ".txt") {
        let case = std::fs::read_to_string(&path).unwrap();
        let mut parts = case.split("\n---\n");
        let text = parts.next().unwrap();
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("case.txt");
        std::fs::write(&file, text).unwrap();
        let e = extract(&file);
        let value = |s: &Statement| {
            let number = s.amount.or(s.ratio).or(s.count).map(|d| d.normalize().to_string());
            number.or(s.text.clone()).unwrap_or_default()
        };
        let have: Vec<String> = e
            .statements
            .iter()
            .map(|s| {
                let subject = s.subject.as_deref().unwrap_or_default();
                format!("{} {subject} {} {}", s.section, s.slot, value(s))
            })
            .collect();
        let unclaimed: Vec<&str> = e
            .diagnostics
            .iter()
            .filter(|d| d.code == "unclaimed-figure")
            .filter_map(|d| d.printed.as_deref())
            .collect();
        let want: Vec<&str> = parts.next().unwrap().lines().collect();
        assert_eq!(have, want, "{}", path.display());
        let want: Vec<&str> = parts.next().unwrap().lines().collect();
        assert_eq!(unclaimed, want, "{}", path.display());
        // Sentences of many accounts in one text: their figures are not of one account.
        if path.ends_with("provinces.txt") {
            continue;
        }
        // The figures of the others fit: a contradiction is a false alarm.
        let fails = |f: &&juesuan::record::Finding| f.outcome == juesuan::record::FindingOutcome::Fails;
        let alarms: Vec<&str> = e.findings.iter().filter(fails).map(|f| f.message.as_str()).collect();
        assert!(alarms.is_empty(), "{}: {alarms:#?}", path.display());
    }
}

/// A text without a full stop holds as many figures as its author likes: each diagnostic quotes a part of it, not all of it.
#[test]
fn a_sentence_without_end_is_quoted_in_parts() {
    let mut text = String::from(
        "甲市乙局2024年度部门决算\n\n第三部分 2024年度部门决算情况说明\n\n一、收入支出决算总体情况说明\n\n",
    );
    let figures = 20_000;
    for n in 0..figures {
        text.push_str(&format!("另有{n}.50万元，"));
    }
    let e = crate::support::extract_bytes("endless.txt", text.as_bytes());
    let said: Vec<&juesuan::diag::Diagnostic> = e.diagnostics.iter().filter(|d| d.code == "unclaimed-figure").collect();
    let quoted: usize = said.iter().map(|d| d.printed.as_deref().unwrap_or("").len()).sum();
    assert!(said.len() > 50, "{} diagnostics", said.len());
    assert!(quoted <= 2 * text.len(), "{quoted} bytes quoted of {}", text.len());
    let named: usize = said
        .iter()
        .filter_map(|d| d.message.split(' ').next()?.parse::<usize>().ok())
        .sum();
    assert_eq!(named, figures, "every figure is in one of the parts");
}
