//! The examples of the narrative sections, read as a document would be: every heading goes to its own section, and every figure of an
//! example is claimed below the heading of its section. Grammar files cannot be checked by the grammar alone: this needs the reader.

use super::narrative::discourse;
use super::narrative::subject::Subject;
use super::narrative::token::Gaps;
use super::outline::heading_of;
use crate::grammar::Grammar;
use crate::grammar::sections::Section;
use crate::text;

/// What is wrong with the examples, one sentence each, with the file that holds them.
pub fn mistakes(g: &Grammar) -> Vec<(String, String)> {
    let mut out = Vec::new();
    headings(g, &mut out);
    for s in &g.sections.sections {
        s.examples.iter().for_each(|e| example(g, s, e, &mut out));
    }
    out
}

fn example(g: &Grammar, section: &Section, e: &str, out: &mut Vec<(String, String)>) {
    let mut reader = discourse::Reader::new(g, Vec::new(), None);
    reader.begin_section(Some(Subject::of_section(&section.id, g)));
    let folded = text::fold(e);
    let told = reader.paragraph(&folded.text, &Gaps::of(e, &folded));
    let mut say = |m: String| out.push((format!("sections/{}.toml", section.id), m));
    for r in told.refusals.iter().filter(|r| !r.is_final()) {
        let figure = &folded.text[r.digits.clone()];
        say(format!("`{figure}` of the example `{e}` is unclaimed: {}", r.why));
    }
    if told.claims.is_empty() && told.remarks.is_empty() {
        say(format!("the example `{e}` says nothing"));
    }
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
