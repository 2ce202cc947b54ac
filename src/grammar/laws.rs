//! The laws by their numbers: `[[law]]` in `identities/*.toml`. Comes in: the entries and the rules. Goes out: the list, a
//! mistake for every number that nobody knows, and docs/identities.md. Whether each has a rule is asked by a test: a rule of a
//! user may take the place of a built-in one.

use super::equation::Relation;
use super::identity::{Check, Identities, Identity, IdentityFile};
use super::mistake::{Mistake, nearest};
use serde::Deserialize;
use std::fmt::Write;
use toml::Spanned;

/// A known law as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LawEntry {
    /// Its number, as `W01`.
    pub id: Spanned<String>,
    /// What is held against what, in Chinese.
    pub zh: String,
    /// What is held against what, in English.
    pub en: String,
    /// Why it is not evaluated.
    pub open: Option<String>,
}

/// A known law.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Law {
    /// Its number, as `W01`.
    pub id: String,
    /// What is held against what, in Chinese.
    pub zh: String,
    /// What is held against what, in English.
    pub en: String,
    /// Why it is not evaluated.
    pub open: Option<String>,
}

pub(super) fn compile(entries: &[LawEntry], out: &mut Vec<Law>, mistakes: &mut Vec<Mistake>) {
    for e in entries {
        if out.iter().any(|k| k.id == *e.id.get_ref()) {
            mistakes.push((e.id.span(), format!("the number `{}` stands twice", e.id.get_ref())));
        }
        out.push(Law {
            id: e.id.get_ref().clone(),
            zh: e.zh.clone(),
            en: e.en.clone(),
            open: e.open.clone(),
        });
    }
}

/// The numbers of a file that no list holds.
pub(super) fn unknown(file: &IdentityFile, all: &Identities) -> Vec<Mistake> {
    let mut out = Vec::new();
    for entry in &file.identity {
        let Some(source) = &entry.source else { continue };
        for word in entry.sources() {
            if !all.laws.iter().any(|k| k.id == word) {
                let nearest = nearest(all.laws.iter().map(|k| k.id.as_str()), &word);
                out.push((source.span(), format!("no [[law]] has the number `{word}`{nearest}")));
            }
        }
    }
    out
}

/// How a rule is told apart in the list: what it may say at most.
fn sign(rule: &Identity) -> &'static str {
    let part = rule.checks.iter().all(|c| {
        let at_most = |r: &Relation| matches!(r, Relation::AtMost | Relation::AtLeast);
        matches!(c, Check::Linear { relation, .. } if at_most(relation))
    });
    match (rule.info, part) {
        (true, _) => " ⓘ",
        (false, true) => " ≤",
        (false, false) => "",
    }
}

/// docs/identities.md: every known law with its rules, then every rule with its equation.
pub fn markdown(all: &Identities) -> String {
    let mut out = String::new();
    let open = all.laws.iter().filter(|k| k.open.is_some()).count();
    let rules = all.rules.len() + all.projects.len();
    // Writing to a string does not fail.
    let _ = write!(
        out,
        "# Identities: which law is which rule\n\n\
         Made by `juesuan grammar identities`; the source is `grammars/identities/*.toml`. {} known laws (勾稽关系) of final accounts, {open} of them \
         not evaluated; {rules} rules. A rule is the `rule` of a finding. ≤: an inequality, which can fail and proves no figure. ⓘ: a difference is \
         worth knowing and is no contradiction.\n\n\
         ## The known laws\n\n| law | what is held against what | 内容 | rules |\n|---|---|---|---|\n",
        all.laws.len()
    );
    for k in &all.laws {
        let names = |source: &[String]| source.contains(&k.id);
        let own = all.rules.iter().filter(|r| names(&r.source));
        let own = own.map(|r| format!("`{}`{}", r.id, sign(r)));
        let projects = all.projects.iter().filter(|r| names(&r.source));
        let mut list: Vec<String> = own.chain(projects.map(|r| format!("`{}`", r.id))).collect();
        list.extend(k.open.iter().map(|why| format!("not evaluated: {why}")));
        let _ = writeln!(out, "| {} | {} | {} | {} |", k.id, k.en, k.zh, list.join(", "));
    }
    let _ = write!(
        out,
        "\n## The rules\n\nThe language of the equations is told in [grammar.md](grammar.md).\n\n\
         | rule | scope | what must hold | equation | law |\n|---|---|---|---|---|\n"
    );
    let own = all.rules.iter().map(|r| {
        let en = format!("{}{}", r.en, sign(r));
        (&r.id, &r.scope, en, &r.equation, &r.source)
    });
    let projects = all.projects.iter();
    let projects = projects.map(|r| (&r.id, &r.scope, r.en.clone(), &r.equation, &r.source));
    for (id, scope, en, equation, source) in own.chain(projects) {
        let equation = equation.replace('|', "\\|");
        let _ = writeln!(out, "| `{id}` | {scope} | {en} | `{equation}` | {} |", source.join(" "));
    }
    out
}
