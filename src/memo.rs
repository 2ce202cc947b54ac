//! What a rule said of a text: titles, heads and labels stand many times in a document, and the same ones in most documents. A
//! rule that is asked again gives the same answer, so that nothing but the cost hangs on what is known.

use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::sync::RwLock;

/// The answers of one document.
pub struct Memo<T>(RefCell<FxHashMap<Box<str>, T>>);

impl<T> Default for Memo<T> {
    fn default() -> Self {
        Self(RefCell::default())
    }
}

impl<T: Clone> Memo<T> {
    /// What was said of a text; `say` is asked the first time.
    pub fn recall(&self, text: &str, say: impl FnOnce() -> T) -> T {
        if let Some(said) = self.0.borrow().get(text) {
            return said.clone();
        }
        let said = say();
        self.0.borrow_mut().insert(text.into(), said.clone());
        said
    }
}

/// The answers of all documents, of all threads. Bounded: one that is full begins anew, so that it does not grow with the documents and
/// an odd one spoils it for its neighbours only.
#[derive(Debug)]
pub struct Shared<T>(RwLock<FxHashMap<Box<str>, T>>);

/// The most answers.
const MOST: usize = 4096;
/// A longer text, in bytes, is a sentence that stands there once.
const LONGEST: usize = 200;

impl<T> Default for Shared<T> {
    fn default() -> Self {
        Self(RwLock::default())
    }
}

/// The answers belong to the rules that gave them; a copy of these begins without.
impl<T> Clone for Shared<T> {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl<T: Clone> Shared<T> {
    /// What was said of a text; `say` is asked the first time.
    pub fn recall(&self, text: &str, say: impl FnOnce() -> T) -> T {
        if text.len() > LONGEST {
            return say();
        }
        if let Ok(known) = self.0.read()
            && let Some(said) = known.get(text)
        {
            return said.clone();
        }
        let said = say();
        if let Ok(mut known) = self.0.write() {
            if known.len() >= MOST {
                known.clear();
            }
            known.insert(text.into(), said.clone());
        }
        said
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn a_rule_is_asked_once_for_each_text() {
        let asked = Cell::new(0);
        let say = |n: usize| {
            asked.set(asked.get() + 1);
            n
        };
        let (memo, shared) = (Memo::default(), Shared::default());
        for _ in 0..3 {
            assert_eq!(
                (memo.recall("项目", || say(1)), shared.recall("项目", || say(2))),
                (1, 2)
            );
        }
        assert_eq!(asked.get(), 2);
        // A copy of the rules may be changed: it does not repeat what others said.
        assert_eq!(shared.clone().recall("项目", || 3), 3);
    }

    #[test]
    fn what_is_shared_does_not_grow() {
        let shared = Shared::default();
        for n in 0..3 * MOST {
            assert_eq!(shared.recall(&n.to_string(), || n), n);
        }
        let long = "长".repeat(LONGEST);
        shared.recall(&long, || 0);
        let known = shared.0.read().unwrap();
        assert!(known.len() <= MOST && !known.contains_key(long.as_str()));
    }
}
