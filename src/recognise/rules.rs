//! The rules that hold for one document, and what they said of its texts: titles, heads and labels stand there many times and are
//! looked up once.

use super::header;
use crate::grammar::parts::Said;
use crate::grammar::{Form, Grammar, Region, TitleMatch, load};
use crate::memo::{Memo, Shared};
use crate::text;

/// The rules for one document.
pub struct Rules<'g> {
    /// All of them.
    pub g: &'g Grammar,
    /// The forms of the region.
    pub forms: Vec<&'g Form>,
    plain: Memo<Option<Said>>,
    bare: Memo<Option<Said>>,
    /// Places in `forms`.
    titles: Memo<Option<(usize, TitleMatch)>>,
    /// What the rules of the region said of titles in other documents.
    known: &'g Shared<Option<(usize, TitleMatch)>>,
}

/// A longer line, in bytes, is a sentence that stands there once.
const LONGEST: usize = 200;

impl<'g> Rules<'g> {
    /// The rules for a document of `region`, as far as that is known.
    pub fn new(g: &'g Grammar, region: Option<&'g Region>) -> Self {
        Self {
            g,
            forms: g.forms_in(region),
            plain: Memo::default(),
            bare: Memo::default(),
            titles: Memo::default(),
            known: region.map_or(&g.titles, |r| &r.titles),
        }
    }

    /// The parts of a header that a folded text names as it stands there.
    pub fn plain(&self, text: &str) -> Option<Said> {
        self.plain.recall(text, || self.g.parts.said(text))
    }

    /// The parts of a header that a folded text names, its list number aside.
    pub fn said(&self, text: &str) -> Option<Said> {
        self.bare.recall(text, || header::said(text, self.g))
    }

    /// The form whose title a line is.
    pub fn form_of_title(&self, line: &str) -> Option<(&'g Form, TitleMatch)> {
        self.form_of_title_of(line, &text::key(line))
    }

    /// The same of a line that is folded already. Most lines are none, as their ends say: only what may be one is remembered.
    pub(super) fn form_of_title_of(&self, line: &str, key: &str) -> Option<(&'g Form, TitleMatch)> {
        if !self.g.lexicon.may_be_title(key) {
            return None;
        }
        let look = || {
            let (form, m) = load::form_of_title(&self.g.lexicon, &self.forms, line)?;
            Some((self.forms.iter().position(|f| f.id == form.id)?, m))
        };
        let found = match line.len() <= LONGEST {
            true => self.titles.recall(line, || self.known.recall(line, look)),
            false => look(),
        };
        found.map(|(n, m)| (self.forms[n], m))
    }

    /// The form with an id.
    pub fn form(&self, id: &str) -> Option<&'g Form> {
        self.forms.iter().find(|f| f.id == id).copied()
    }
}
