//! The rules that hold for one document, and what they said of its texts: titles, heads and labels stand there many times and are
//! looked up once. Nothing of it outlives the document.

use super::header;
use crate::grammar::parts::Said;
use crate::grammar::{Form, Grammar, Region, TitleMatch, load};
use rustc_hash::FxHashMap;
use std::cell::RefCell;

/// The rules for one document.
pub struct Rules<'g> {
    /// All of them.
    pub g: &'g Grammar,
    /// The forms of the region.
    pub forms: Vec<&'g Form>,
    plain: Answers<Option<Said>>,
    bare: Answers<Option<Said>>,
    /// Places in `forms`.
    titles: Answers<Option<(usize, TitleMatch)>>,
}

/// A longer line, in bytes, is a sentence that stands there once.
const LONGEST: usize = 200;

type Answers<T> = RefCell<FxHashMap<Box<str>, T>>;

fn recall<T: Clone>(known: &Answers<T>, text: &str, say: impl FnOnce() -> T) -> T {
    if let Some(s) = known.borrow().get(text) {
        return s.clone();
    }
    let s = say();
    known.borrow_mut().insert(text.into(), s.clone());
    s
}

impl<'g> Rules<'g> {
    /// The rules for a document of `region`, as far as that is known.
    pub fn new(g: &'g Grammar, region: Option<&'g Region>) -> Self {
        Self {
            g,
            forms: g.forms_in(region),
            plain: RefCell::default(),
            bare: RefCell::default(),
            titles: RefCell::default(),
        }
    }

    /// The parts of a header that a folded text names as it stands there.
    pub fn plain(&self, text: &str) -> Option<Said> {
        recall(&self.plain, text, || self.g.parts.said(text))
    }

    /// The parts of a header that a folded text names, its list number aside.
    pub fn said(&self, text: &str) -> Option<Said> {
        recall(&self.bare, text, || header::said(text, self.g))
    }

    /// The form whose title a line is.
    pub fn form_of_title(&self, line: &str) -> Option<(&'g Form, TitleMatch)> {
        let look = || {
            let (form, m) = load::form_of_title(&self.g.lexicon, &self.forms, line)?;
            Some((self.forms.iter().position(|f| f.id == form.id)?, m))
        };
        let found = match line.len() <= LONGEST {
            true => recall(&self.titles, line, look),
            false => look(),
        };
        found.map(|(n, m)| (self.forms[n], m))
    }

    /// The form with an id.
    pub fn form(&self, id: &str) -> Option<&'g Form> {
        self.forms.iter().find(|f| f.id == id).copied()
    }
}
