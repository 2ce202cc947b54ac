//! Paragraphs and tables inside each other, as HTML and Word have them. Comes in: a tree. Goes out: pieces in reading order:
//! tables that only lay out a page are taken apart, others keep their cells. Refuses nothing; depth and spans are bounded by
//! those who build the tree.

use super::markup::{Paragraph, Piece, Table, TableCell};
use crate::place::Locator;

/// One node.
pub(super) enum Node {
    Paragraph(Paragraph),
    /// A line of nothing but links: a menu, unless it stands in a table.
    Links(Paragraph),
    Table(FlowTable),
    Break,
}

/// A table whose cells hold nodes.
#[derive(Default)]
pub(super) struct FlowTable {
    pub rows: usize,
    pub cells: Vec<FlowCell>,
}

/// A cell.
pub(super) struct FlowCell {
    pub row: usize,
    pub col: usize,
    pub row_span: usize,
    pub col_span: usize,
    pub nodes: Vec<Node>,
    pub at: Locator,
}

/// Columns at most.
pub(super) const COLUMNS: usize = 1_000;

/// The texts of nodes, for messages.
pub(super) fn text(nodes: &[Node]) -> String {
    let texts = nodes.iter().filter_map(|n| match n {
        Node::Paragraph(p) | Node::Links(p) => Some(p.text.trim()),
        Node::Table(_) | Node::Break => None,
    });
    texts.collect::<Vec<_>>().join(" ")
}

/// The pieces of a tree, in reading order; gives the number of lines that were nothing but links and were left out.
pub(super) fn pieces(nodes: Vec<Node>, out: &mut Vec<Piece>) -> usize {
    let mut links = 0;
    for mut node in nodes {
        if let Node::Table(t) = &mut node {
            t.flatten(0);
        }
        match node {
            Node::Links(_) => links += 1,
            Node::Paragraph(p) => {
                if !p.text.trim().is_empty() {
                    out.push(Piece::Paragraph(p));
                }
            }
            Node::Break => out.push(Piece::Break),
            Node::Table(t) if t.lays_out() => {
                for cell in t.cells {
                    links += pieces(cell.nodes, out);
                }
            }
            Node::Table(t) => {
                if let Some(t) = t.table() {
                    out.push(Piece::Table(t));
                }
            }
        }
    }
    links
}

/// Tables inside each other that are looked through for those that are only a cell.
const DEEPEST: usize = 50;

impl FlowTable {
    /// Tables that only frame the text of a cell become its lines: those of one cell, and small ones in a large table.
    fn flatten(&mut self, depth: usize) {
        let large = self.rows >= 3 && self.cells.len() >= 9 && depth < DEEPEST;
        let nested = |c: &FlowCell| c.nodes.iter().any(|n| matches!(n, Node::Table(_)));
        if !self.cells.iter().any(nested) {
            return;
        }
        let mut inner = 0;
        for n in self.cells.iter_mut().flat_map(|c| &mut c.nodes) {
            if let Node::Table(t) = n {
                if depth < DEEPEST {
                    t.flatten(depth + 1);
                }
                inner += t.cells.len();
            }
        }
        let small = large && inner * 4 <= self.cells.len();
        for cell in &mut self.cells {
            for node in std::mem::take(&mut cell.nodes) {
                match node {
                    Node::Table(t) if t.cells.len() <= 1 || small => {
                        cell.nodes.extend(t.cells.into_iter().flat_map(|c| c.nodes));
                    }
                    n => cell.nodes.push(n),
                }
            }
        }
    }

    /// Whether it only puts things beside each other: it holds another table, or is one cell, or one row of long texts.
    fn lays_out(&self) -> bool {
        let holds = |c: &FlowCell| c.nodes.iter().any(|n| matches!(n, Node::Table(_)));
        let long = |c: &FlowCell| c.nodes.len() > 3;
        self.cells.len() <= 1 || self.cells.iter().any(holds) || (self.rows <= 1 && self.cells.iter().any(long))
    }

    fn table(self) -> Option<Table> {
        let rows = self.rows;
        let cols = self.cells.iter().map(|c| c.col + c.col_span).max()?.min(COLUMNS);
        let filled = |c: &FlowCell| {
            c.nodes
                .iter()
                .any(|n| matches!(n, Node::Paragraph(p) | Node::Links(p) if !p.text.trim().is_empty()))
        };
        if !self.cells.iter().any(filled) {
            return None;
        }
        let cells = self
            .cells
            .into_iter()
            .filter(|c| c.row < rows && c.col < cols)
            .map(|c| TableCell {
                row: c.row,
                col: c.col,
                row_span: c.row_span.clamp(1, rows - c.row),
                col_span: c.col_span.clamp(1, cols - c.col),
                lines: c
                    .nodes
                    .into_iter()
                    .filter_map(|n| match n {
                        Node::Paragraph(p) | Node::Links(p) if !p.text.trim().is_empty() => Some(p),
                        _ => None,
                    })
                    .collect(),
                at: c.at,
            })
            .collect();
        Some(Table {
            rows,
            cols,
            spans_known: true,
            cells,
        })
    }
}

/// Whether a raised or lowered text behind another is a mark of a footnote rather than a part of what stands before it: `m²`.
pub(super) fn is_mark(text: &str, before: Option<char>) -> bool {
    before.is_some_and(|c| !c.is_ascii_alphabetic() && !c.is_whitespace()) && !text.trim().is_empty()
}

/// A paragraph that is being read.
#[derive(Default)]
pub(super) struct Writer {
    text: String,
    runs: Vec<(u32, u32)>,
    span: Option<(u32, u32)>,
    /// Characters that are no blanks, and those of them that stand in a link.
    pub letters: usize,
    pub linked: usize,
}

impl Writer {
    /// Appends a stretch of the file; `exact` when it stands there as it is.
    pub(super) fn push(&mut self, text: &str, start: u32, end: u32, exact: bool) {
        if text.is_empty() {
            return;
        }
        if exact {
            self.runs.push((self.text.len() as u32, start));
        }
        self.text.push_str(text);
        if !text.trim().is_empty() {
            self.letters += text.chars().filter(|c| !c.is_whitespace()).count();
            let (a, b) = self.span.unwrap_or((start, end));
            self.span = Some((a.min(start), b.max(end)));
        }
    }

    /// Whether the last character is a blank or nothing stands yet.
    pub(super) fn ends_blank(&self) -> bool {
        self.text.chars().next_back().is_none_or(char::is_whitespace)
    }

    /// The last character.
    pub(super) fn last(&self) -> Option<char> {
        self.text.chars().next_back()
    }

    /// The paragraph; `None` when it is blank.
    pub(super) fn finish(self, part: u16) -> Option<Paragraph> {
        let (start, end) = self.span?;
        Some(Paragraph {
            text: self.text,
            at: Locator::Bytes { part, start, end },
            runs: self.runs,
        })
    }
}
