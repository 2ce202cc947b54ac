//! Mistakes of grammar files, and the compiler of patterns that gathers them. Comes in: patterns as written. Goes out: regular
//! expressions, and each mistake with its place; refuses to decide what a pattern is for.

use super::lazy::{Regex, RegexSet};
use super::pattern;
use std::ops::Range;
use toml::Spanned;

/// A mistake in a file: byte range and message.
pub(super) type Mistake = (Range<usize>, String);

/// What was meant, perhaps: the nearest of the known words, for the end of a message.
pub(super) fn nearest<'k>(known: impl Iterator<Item = &'k str>, word: &str) -> String {
    known
        .min_by_key(|k| strsim::damerau_levenshtein(k, word))
        .map_or(String::new(), |k| format!("; the nearest is `{k}`"))
}

/// No form has an id.
pub(super) fn no_form<'k>(known: impl Iterator<Item = &'k str>, id: &str) -> String {
    format!("no form has the id `{id}`{}", nearest(known, id))
}

/// Compiles patterns and gathers mistakes.
pub(super) struct Compiler<'m> {
    pub mistakes: &'m mut Vec<Mistake>,
}

impl Compiler<'_> {
    /// The regular expression of a pattern, unanchored.
    pub fn pattern(&mut self, text: &Spanned<String>) -> String {
        let fail = |at: usize, message: String| {
            // One byte of quotation mark stands before the text.
            let start = text.span().start + 1 + at;
            (start..text.span().end.max(start), message)
        };
        match pattern::parse(text.get_ref()) {
            Ok(nodes) => pattern::regex_of(&nodes),
            Err(e) => {
                self.mistakes.push(fail(e.offset, e.message));
                "$^".into()
            }
        }
    }

    /// One regular expression of patterns, any of which may match.
    pub fn regex(&mut self, patterns: &[Spanned<String>], before: &str, after: &str) -> Regex {
        let all: Vec<String> = patterns.iter().map(|p| self.pattern(p)).collect();
        let body = if all.is_empty() {
            "$^".to_string()
        } else {
            all.join("|")
        };
        build(&format!("{before}(?:{body}){after}"), self.mistakes)
    }

    pub fn set(&mut self, patterns: Vec<String>) -> RegexSet {
        RegexSet::new(patterns).unwrap_or_else(|e| {
            self.mistakes
                .push((0..0, format!("the patterns cannot be compiled: {e}")));
            RegexSet::default()
        })
    }
}

/// The expression of a source; what is none matches nothing, and is said.
pub(super) fn build(re: &str, mistakes: &mut Vec<Mistake>) -> Regex {
    Regex::new(re).unwrap_or_else(|e| {
        mistakes.push((0..0, format!("the patterns cannot be compiled: {e}")));
        Regex::never()
    })
}
