//! Real documents with hand-checked figures, and documents of other kinds.

use crate::support::{corpus, extract, files};
use juesuan::record::{Kind, Status};
use rust_decimal::Decimal;
use std::collections::BTreeMap;
use std::str::FromStr;

/// The rule of score.py: every gold figure is right, none is missing, none is extra in a form that the gold covers.
#[test]
fn final_accounts_equal_the_gold() {
    let Some(corpus) = corpus() else { return };
    let mut checked = 0;
    for gold in files(&corpus.join("gold"), ".tsv") {
        let name = gold.file_stem().unwrap().to_string_lossy().to_string();
        let document = ["pdf", "txt"]
            .map(|e| corpus.join("documents/final-accounts").join(format!("{name}.{e}")))
            .into_iter()
            .find(|p| p.exists())
            .unwrap();
        let mut want: BTreeMap<[String; 4], Decimal> = BTreeMap::new();
        let text = std::fs::read_to_string(&gold).unwrap();
        for line in text.lines().skip(1).filter(|l| !l.is_empty()) {
            let c: Vec<&str> = line.split('\t').collect();
            let amount = Decimal::from_str(&c[4].replace(',', "")).unwrap() * Decimal::from(10_000);
            want.insert([c[0], c[1], c[2], c[3]].map(str::to_string), amount);
        }
        let e = extract(&document);
        let mut have: BTreeMap<[String; 4], Decimal> = BTreeMap::new();
        for f in &e.facts {
            if let Some(a) = f.amount
                && want.keys().any(|k| k[0] == f.form)
            {
                let side = f.side.map(|s| s.to_string()).unwrap_or_default();
                have.insert([f.form.clone(), side, f.item.clone(), f.measure.clone()], a);
            }
        }
        assert_eq!(have, want, "{name}");
        // A part (其中) that stands in one place only has an upper bound, and no sum that proves it.
        let bounded = |item: &str| ["government_fund_appropriation", "other_revenue.donation"].contains(&item);
        for f in e.facts.iter().filter(|f| f.amount.is_some_and(|a| !a.is_zero())) {
            assert!(
                f.held > 0 || bounded(&f.item),
                "{name}: {} is held by no identity",
                f.item
            );
        }
        checked += want.len();
    }
    assert_eq!(checked, 1161);
}

#[test]
fn a_template_gives_no_amounts() {
    let Some(corpus) = corpus() else { return };
    let e = extract(&corpus.join("documents/final-accounts/shanghai-template-2024.pdf"));
    assert_eq!(e.document.kind, Kind::Template);
    assert_eq!(e.document.status, Status::NotAFinalAccount);
    assert!(e.facts.iter().all(|f| f.amount.is_none()));
}

#[test]
fn budgets_are_budgets_and_give_the_reason() {
    let Some(corpus) = corpus() else { return };
    let all = files(&corpus.join("documents/budgets"), ".pdf");
    assert_eq!(all.len(), 10);
    for p in all {
        let e = extract(&p);
        assert_eq!(e.document.kind, Kind::Budget, "{}", p.display());
        assert_eq!(e.document.status, Status::NotAFinalAccount, "{}", p.display());
        assert!(e.facts.is_empty(), "{}", p.display());
        assert!(
            e.document.error_message.is_some_and(|m| m.contains("预算")),
            "{}",
            p.display()
        );
    }
}
