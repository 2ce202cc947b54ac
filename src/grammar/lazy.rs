//! Expressions that are compiled when a document first needs them: of some four hundred a document needs a third, and compiling
//! was nine tenths of the start. While a file of the user is read all are compiled at once, so that a mistake is said with its place.

use std::cell::Cell;
use std::ops::Deref;
use std::sync::OnceLock;

thread_local! {
    static AT_ONCE: Cell<bool> = const { Cell::new(false) };
}

/// Runs `work`; the expressions that it makes are compiled at once where `at_once` says so.
pub(super) fn with<T>(at_once: bool, work: impl FnOnce() -> T) -> T {
    let before = AT_ONCE.replace(at_once);
    let out = work();
    AT_ONCE.set(before);
    out
}

/// An expression; it can be used wherever a [`regex::Regex`] can.
#[derive(Clone, Debug)]
pub struct Regex {
    source: Box<str>,
    compiled: OnceLock<regex::Regex>,
}

impl Regex {
    /// The expression of a source, which is looked at only where all are compiled at once.
    pub(super) fn new(source: &str) -> Result<Self, regex::Error> {
        let compiled = OnceLock::new();
        if AT_ONCE.get() {
            // A new cell is empty.
            let _ = compiled.set(regex::Regex::new(source)?);
        }
        Ok(Self {
            source: source.into(),
            compiled,
        })
    }

    /// What it was made of; this compiles nothing.
    pub fn as_str(&self) -> &str {
        &self.source
    }

    /// What matches nothing.
    pub(super) fn never() -> Self {
        Self {
            source: NEVER.into(),
            compiled: OnceLock::new(),
        }
    }
}

/// No character is both.
const NEVER: &str = "[^\\s\\S]";

impl Deref for Regex {
    type Target = regex::Regex;

    fn deref(&self) -> &regex::Regex {
        self.compiled.get_or_init(|| {
            // The sources of the built-in files are compiled by a test, those of the user when they are read.
            #[allow(clippy::unwrap_used)]
            regex::Regex::new(&self.source).unwrap_or_else(|_| regex::Regex::new(NEVER).unwrap())
        })
    }
}

/// Expressions that are tried together.
#[derive(Clone, Debug, Default)]
pub(super) struct RegexSet {
    sources: Vec<String>,
    compiled: OnceLock<Option<regex::RegexSet>>,
}

impl RegexSet {
    /// The set of these sources.
    pub(super) fn new(sources: Vec<String>) -> Result<Self, regex::Error> {
        let compiled = OnceLock::new();
        if AT_ONCE.get() {
            let _ = compiled.set(Some(build(&sources)?));
        }
        Ok(Self { sources, compiled })
    }

    /// The numbers of the expressions that match.
    pub(super) fn matches(&self, text: &str) -> Vec<usize> {
        self.compiled
            .get_or_init(|| build(&self.sources).ok())
            .as_ref()
            .map_or_else(Vec::new, |s| s.matches(text).into_iter().collect())
    }
}

fn build(sources: &[String]) -> Result<regex::RegexSet, regex::Error> {
    regex::RegexSetBuilder::new(sources).size_limit(64 << 20).build()
}
