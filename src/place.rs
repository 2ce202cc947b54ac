//! Where something was read: every datum knows its page and box.

use crate::geom::Rect;
use std::fmt;

/// The identity of an input: the sha256 of its bytes, in lower-case hex.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct DocumentId(pub String);

impl DocumentId {
    /// The first twelve characters, as used in the ids of facts.
    pub fn short(&self) -> &str {
        self.0.get(..12).unwrap_or(&self.0)
    }
}

impl fmt::Display for DocumentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A page (1-based) and a box on it, in points from the top left corner of the page as it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Place {
    /// 1-based page number; 0 means the document as a whole.
    pub page: u32,
    /// The box; all zero where only the page is known.
    pub rect: Rect,
}

impl Place {
    /// A box on a page.
    pub fn new(page: u32, rect: Rect) -> Self {
        Self { page, rect }
    }

    /// A whole page.
    pub fn page(page: u32) -> Self {
        Self {
            page,
            rect: Rect::default(),
        }
    }

    /// The document as a whole.
    pub fn document() -> Self {
        Self::default()
    }
}
