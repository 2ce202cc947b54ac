//! The form whose title a line is, and whether the examples of each form are taken for it and for no other.

use super::super::Grammar;
use super::super::compile::{Form, Lexicon, TitleMatch, title_key};
use super::super::schema::FormFile;
use super::files::{File, GrammarError};

/// The form whose title a line is: the longest title wins; a table that is none of the forms has titles too.
pub fn form_of_title<'g>(lexicon: &Lexicon, forms: &[&'g Form], line: &str) -> Option<(&'g Form, TitleMatch)> {
    let folded = title_key(line);
    let bare = lexicon.without_ordinal(&folded);
    let best = lexicon
        .forms_titled(forms, bare)
        .into_iter()
        .max_by_key(|(_, m)| m.length)?;
    if nearly_another(forms, &best, bare) {
        return None;
    }
    match lexicon.other_title(bare) {
        Some(other) if other > best.1.length => None,
        _ => Some(best),
    }
}

/// How many characters of a title may be lost or misread before it is no longer nearly that title.
const SLIPS: usize = 2;

/// Whether a line that ends with the title of a form is nearly the longer title of another one: a character was lost or misread, and
/// what stands before the shorter title is no name of a unit but the rest of the longer one.
fn nearly_another(forms: &[&Form], best: &(&Form, TitleMatch), bare: &str) -> bool {
    if best.1.prefix.is_empty() {
        return false;
    }
    let line: Vec<char> = bare.chars().collect();
    let matched = bare[bare.len() - best.1.length..].chars().count();
    forms.iter().filter(|f| f.id != best.0.id).any(|f| {
        let title = title_key(&f.zh);
        let length = title.chars().count();
        if length < matched + SLIPS + 1 {
            return false;
        }
        (length - SLIPS..=length + SLIPS).any(|n| {
            let tail: String = line[line.len().saturating_sub(n)..].iter().collect();
            strsim::osa_distance(&tail, &title) <= SLIPS
        })
    })
}

pub(super) fn check_examples(g: &Grammar, bases: &[FormFile], files: &[File], errors: &mut Vec<GrammarError>) {
    let forms: Vec<&Form> = g.forms.iter().collect();
    for base in bases {
        let id = base.id.get_ref();
        let file = files.iter().find(|f| f.name == format!("forms/{id}.toml"));
        let mut fail = |span: std::ops::Range<usize>, message: String| {
            // A form stands in the file of its id, or the loading ended before.
            errors.extend(file.map(|f| f.error(f.text.position(span.start), message)));
        };
        for e in &base.examples {
            match form_of_title(&g.lexicon, &forms, e.get_ref()) {
                Some((f, _)) if f.id == *id => {}
                Some((f, _)) => fail(
                    e.span(),
                    format!("the example `{}` is taken for `{}`", e.get_ref(), f.id),
                ),
                None => fail(e.span(), format!("the example `{}` matches no title", e.get_ref())),
            }
        }
        for e in &base.counter_examples {
            if form_of_title(&g.lexicon, &forms, e.get_ref()).is_some_and(|(f, _)| f.id == *id) {
                fail(
                    e.span(),
                    format!("the counter-example `{}` is taken for `{id}`", e.get_ref()),
                );
            }
        }
    }
}
