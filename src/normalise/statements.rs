//! What the statements of a document have in common: the codes of its tables, and values that are stated twice.

use super::composed;
use super::narrative::Context;
use crate::diag::{Code, Diagnostic, Severity};
use crate::ids::form;
use crate::record::{Extract, Statement};
use crate::text;
use std::collections::{BTreeMap, HashMap, HashSet};

/// Makes the statements of a document and says what could not be read.
pub(super) fn statements(cx: &Context<'_>, out: &mut Extract, report: &mut Vec<Diagnostic>) {
    let codes = CodeTable::of(out);
    let unclaimed = composed::statements(cx, &codes, out, report);
    twice(cx, out, report);
    out.document.unclaimed_blocks += unclaimed;
    out.document.statements = out.statements.len() as u32;
}

/// 类/款/项 names to codes, as the tables of the document have them.
#[derive(Default)]
pub(super) struct CodeTable {
    items: HashMap<String, Vec<(String, String)>>,
    names: HashMap<String, String>,
}

impl CodeTable {
    fn of(out: &Extract) -> Self {
        let mut t = Self::default();
        let mut known: HashSet<(String, &str)> = HashSet::new();
        for f in &out.facts {
            // Economic codes begin with 3 too, but stand in their own form.
            if f.form == form::GENERAL_BASIC {
                continue;
            }
            let (Some(code), Some(name)) = (&f.item_code, &f.item_name) else {
                continue;
            };
            let name = text::key(name);
            t.names.entry(code.clone()).or_insert_with(|| name.clone());
            if code.len() == 7 && known.insert((name.clone(), code)) {
                t.items.entry(name.clone()).or_default().push((code.clone(), name));
            }
        }
        t
    }

    /// The code of the names of 类, 款 and 项, if exactly one code of the tables has them.
    pub(super) fn item(&self, names: &[String], class_code: Option<&str>) -> Option<String> {
        let item = names.last()?;
        let known = self.items.get(item)?;
        let mut fit = known.iter().filter(|(code, _)| {
            class_code.is_none_or(|c| code.starts_with(c))
                && names
                    .get(1)
                    .is_none_or(|sub| code.get(..5).and_then(|c| self.names.get(c)).is_none_or(|n| n == sub))
        });
        let first = fit.next()?;
        fit.next().is_none().then(|| first.0.clone())
    }
}

/// One slot of one subject with two values: both stay, and are said.
fn twice(cx: &Context<'_>, out: &Extract, report: &mut Vec<Diagnostic>) {
    type Key<'s> = (&'s str, &'s str, Option<&'s str>, &'s str);
    let mut seen: BTreeMap<Key<'_>, &Statement> = BTreeMap::new();
    for s in &out.statements {
        if !cx.grammar.sections.words.once.contains(&s.slot) {
            continue;
        }
        let key: Key<'_> = (&s.section, &s.sentence, s.subject.as_deref(), &s.slot);
        match seen.get(&key) {
            Some(first) if (first.amount, first.count) != (s.amount, s.count) => report.push(
                Diagnostic::new(
                    Severity::Warning,
                    Code::StatedTwice,
                    format!(
                        "`{}` of {} is stated twice with two values: {} (page {}) and {}",
                        s.slot,
                        s.subject.as_deref().unwrap_or(&s.sentence),
                        first.printed,
                        first.place.page,
                        s.printed
                    ),
                    s.place,
                )
                .printed(&s.printed),
            ),
            Some(_) => {}
            None => {
                seen.insert(key, s);
            }
        }
    }
}
