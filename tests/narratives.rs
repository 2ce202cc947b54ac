//! Narratives of other provinces and years (`tests/cases/narratives`, see its README): figure by figure against a truth that was written
//! before they were read.

use crate::support::{extract, files, root};
use juesuan::record::{Extract, Statement};
use rust_decimal::Decimal;
use std::collections::BTreeSet;
use std::str::FromStr;

/// What became of the figures.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Score {
    pub figures: usize,
    pub right: usize,
    pub wrong: usize,
    pub silent: usize,
}

/// Names that mean one subject, and those that a section stands for.
fn subjects(id: &str, slot: &str, section: &str) -> BTreeSet<String> {
    let id = id.trim_start_matches('?');
    let mut out = BTreeSet::from([id.to_string()]);
    let bare = id
        .trim_end_matches("_side")
        .trim_end_matches(".total_current")
        .trim_end_matches("_total");
    out.insert(bare.replace("appropriation_revenue", "appropriation"));
    if let Some(part) = id.strip_prefix("general_basic.") {
        out.extend([part.to_string(), "general_basic".into()]);
    }
    if matches!(
        slot,
        "personnel" | "public" | "sme" | "micro" | "goods" | "works" | "services"
    ) {
        out.insert(slot.into());
    }
    let sum = matches!(bare, "revenue" | "expenditure" | "grand_total" | "revenue_expenditure");
    if sum && !section.is_empty() {
        out.insert(section.into());
        if section == "overall" {
            out.extend(["grand_total", "revenue", "expenditure"].map(String::from));
        }
    }
    if id.starts_with("reception") {
        out.insert("reception".into());
    }
    // A code or the name behind it; of a path the last name.
    let digits = id.bytes().take_while(u8::is_ascii_digit).count();
    if digits >= 3 {
        out.insert(id[..digits].into());
    }
    if !id.is_ascii() {
        let last = id[digits..].rsplit('/').next().unwrap_or(id);
        out.insert(last.chars().filter(|c| !"支出（）()类款项“”".contains(*c)).collect());
    }
    out
}

fn slots(slot: &str) -> BTreeSet<String> {
    let slot = slot.trim_start_matches('?');
    let mut out = BTreeSet::from([slot.split('.').next().unwrap_or(slot).to_string()]);
    if matches!(
        slot,
        "total" | "final" | "personnel" | "public" | "sme" | "micro" | "goods" | "works" | "services"
    ) {
        out.extend(["total", "final"].map(String::from));
    }
    if slot == "vehicles_total" {
        out.insert("vehicles_held".into());
    }
    if slot.contains("equipment") {
        out.insert("equipment".into());
    }
    out
}

fn value(s: &Statement) -> Option<Decimal> {
    s.amount.or(s.ratio).or(s.count).map(|d| d.abs().normalize())
}

pub(crate) fn score(truth: &str, e: &Extract, notes: &mut Vec<String>) -> Score {
    let said: String = e
        .diagnostics
        .iter()
        .filter(|d| d.code.as_str().contains("unclaimed"))
        .filter_map(|d| d.printed.as_deref())
        .map(|p| {
            p.chars()
                .filter(|c| !c.is_whitespace() && !",，".contains(*c))
                .collect::<String>()
                + " "
        })
        .collect();
    let stated: Vec<&Statement> = e
        .statements
        .iter()
        .filter(|s| value(s).is_some() && s.slot != "none")
        .collect();
    let mut used = vec![false; stated.len()];
    let mut rest = Vec::new();
    let mut out = Score::default();
    for row in truth.lines().skip(1) {
        let f: Vec<&str> = row.split('\t').collect();
        let Ok(v) = Decimal::from_str(f[3]) else { continue };
        let v = v.abs().normalize();
        out.figures += 1;
        let want: BTreeSet<String> = f[4].split('|').flat_map(|s| subjects(s, "", "")).collect();
        let kinds: BTreeSet<String> = f[5].split('|').flat_map(slots).collect();
        let hit = (0..stated.len()).find(|k| {
            let s = stated[*k];
            !used[*k]
                && value(s) == Some(v)
                && !slots(&s.slot).is_disjoint(&kinds)
                && (!subjects(s.subject.as_deref().unwrap_or(""), &s.slot, &s.section).is_disjoint(&want)
                    || matches!(s.slot.as_str(), "vehicles_held" | "vehicles_bought" | "groups")
                        && kinds.contains(&s.slot)
                    || s.section == "procurement" && want.contains("procurement"))
        });
        match hit {
            Some(k) => {
                used[k] = true;
                out.right += 1;
            }
            None => rest.push((v, f)),
        }
    }
    for (v, f) in rest {
        let near = (0..stated.len()).find(|k| !used[*k] && value(stated[*k]) == Some(v) && !v.is_zero());
        let printed: String = f[1]
            .chars()
            .filter(|c| !c.is_whitespace() && !",，".contains(*c))
            .collect();
        if let Some(k) = near {
            used[k] = true;
            out.wrong += 1;
            let s = stated[k];
            notes.push(format!(
                "wrong: {} | {} {} | {:?} {}",
                f[7], f[4], f[5], s.subject, s.slot
            ));
        } else if !said.contains(&printed) {
            out.silent += 1;
            notes.push(format!("silent: {} | {} {}", f[7], f[4], f[5]));
        }
    }
    out
}

#[test]
fn narratives_of_other_provinces_are_read_or_said() {
    let texts = files(&root().join("tests/cases/narratives"), ".txt");
    assert!(texts.len() >= 40, "only {} narratives", texts.len());
    let (mut all, mut notes) = (Score::default(), Vec::new());
    for path in texts {
        let truth = std::fs::read_to_string(path.with_extension("tsv")).unwrap();
        let one = score(&truth, &extract(&path), &mut notes);
        assert!(one.right * 100 >= one.figures * 75, "{}: {one:?}", path.display());
        all.figures += one.figures;
        all.right += one.right;
        all.wrong += one.wrong;
        all.silent += one.silent;
    }
    let notes = notes.join("\n");
    assert_eq!(all.figures, 3430);
    assert!(all.right >= 3240, "{all:?}\n{notes}");
    assert!(all.wrong <= 2, "{all:?}\n{notes}");
    assert!(all.silent <= 2, "{all:?}\n{notes}");
}
