//! The examples of the narrative sections, read as a document would be: every heading goes to its own section, every example is
//! read as its sentence with all its figures claimed, no counter-example is, and no example is taken for another sentence in any
//! section (the confusion table). Grammar files cannot be checked by the grammar alone: this needs the reader.

use super::outline::heading_of;
use super::sentence::{Context, Reader};
use crate::grammar::Grammar;
use crate::grammar::sections::Rule;
use crate::text;

/// What is wrong with the examples, one sentence each, with the file that holds them.
pub fn mistakes(g: &Grammar) -> Vec<(String, String)> {
    let mut out = Vec::new();
    headings(g, &mut out);
    let reader = Reader::new(g, None);
    for rule in &g.sections.rules {
        let Some(own) = rule.section else { continue };
        for e in &rule.examples {
            example(g, &reader, rule, own, e, &mut out);
        }
        for e in &rule.counter_examples {
            let read = reader.text(&text::key(e), own, &mut Context::default());
            // A counter-example may be another sentence of the same section, but not this one.
            let mine = read.claims.iter().any(|c| {
                let r = &g.sections.rules[g.sections.patterns[c.pattern].rule];
                !r.clause && std::ptr::eq(r, rule)
            });
            if mine {
                out.push((
                    rule.at.0.clone(),
                    format!("{}: the counter-example `{e}` is read as it", rule.id),
                ));
            }
        }
    }
    out
}

fn headings(g: &Grammar, out: &mut Vec<(String, String)>) {
    for s in &g.sections.sections {
        let file = format!("sections/{}.toml", s.id);
        for e in &s.heading_examples {
            match heading_of(&g.sections, e) {
                Some(n) if g.sections.sections[n].id == s.id => {}
                Some(n) => out.push((
                    file.clone(),
                    format!("the heading `{e}` is taken for `{}`", g.sections.sections[n].id),
                )),
                None => out.push((file.clone(), format!("the heading `{e}` is taken for none"))),
            }
        }
        for e in &s.heading_counter_examples {
            if heading_of(&g.sections, e).is_some_and(|n| g.sections.sections[n].id == s.id) {
                out.push((
                    file.clone(),
                    format!("the counter-example `{e}` is taken for this heading"),
                ));
            }
        }
    }
}

fn example(g: &Grammar, reader: &Reader<'_>, rule: &Rule, own: usize, e: &str, out: &mut Vec<(String, String)>) {
    let key = text::key(e);
    let mut say = |m: String| out.push((rule.at.0.clone(), format!("{}: {m}", rule.id)));
    let read = reader.text(&key, own, &mut Context::default());
    if !read.claims.iter().any(|c| c.sentence == rule.id) {
        let got: Vec<&str> = read.claims.iter().map(|c| c.sentence.as_str()).collect();
        say(format!("the example `{e}` is read as [{}]", got.join(", ")));
    }
    for u in &read.unclaimed {
        say(format!(
            "`{}` of the example `{e}` is claimed by nothing",
            &key[u.clone()]
        ));
    }
    // The confusion table: a sentence that may stand anywhere must not take what is another one. The others are bound to their
    // section: the same words mean another total under another heading.
    for (n, s) in g
        .sections
        .sections
        .iter()
        .enumerate()
        .filter(|(n, s)| *n != own && s.figures)
    {
        let there = reader.text(&key, n, &mut Context::default());
        for c in &there.claims {
            let r = &g.sections.rules[g.sections.patterns[c.pattern].rule];
            let companion = read.claims.iter().any(|o| o.sentence == c.sentence);
            if r.anywhere && !companion {
                say(format!(
                    "in section {} the example `{e}` is read as {}: `{}`",
                    s.id,
                    c.sentence,
                    &key[c.range.clone()]
                ));
            }
        }
    }
}
