//! Tags that are torn. Comes in: the tags and texts of a web page, one after the other, with their bytes. Goes out: one warning if
//! inside a table tags swallow each other, have names that no tag has, or cells begin, end or stand where none can: a cell may
//! be lost there, and those behind it stand one column off. Refuses to mend: what was meant is not to be known.

use crate::diag::{Code, Diagnostic, Severity};
use crate::place::Place;

/// Stretches that the warning shows.
const SHOWN: usize = 3;

/// A table that is open.
#[derive(Clone, Copy, Default)]
struct Open {
    row: bool,
    cell: bool,
    caption: bool,
}

/// Watches the tags of a page.
#[derive(Default)]
pub(super) struct Torn {
    tables: Vec<Open>,
    found: usize,
    shown: Vec<String>,
}

impl Torn {
    /// A tag opens; `source` is the whole tag.
    pub(super) fn start(&mut self, name: &str, source: &str) {
        if name == "table" {
            self.tables.push(Open::default());
            return;
        }
        let broken = swallows(source) || !is_a_name(name);
        let Some(t) = self.tables.last_mut() else { return };
        let mut torn = broken;
        match name {
            "tr" => *t = Open { row: true, ..*t },
            "td" | "th" => {
                torn |= !t.row;
                *t = Open {
                    row: true,
                    cell: true,
                    caption: false,
                };
            }
            "caption" => t.caption = true,
            _ => {}
        }
        if name == "tr" {
            t.cell = false;
        }
        if torn {
            self.note(source);
        }
    }

    /// A tag closes.
    pub(super) fn end(&mut self, name: &str, source: &str) {
        let broken = swallows(source) || !is_a_name(name);
        let Some(t) = self.tables.last_mut() else { return };
        let mut torn = broken;
        match name {
            "table" => {
                self.tables.pop();
                return;
            }
            "tr" => *t = Open::default(),
            "td" | "th" => {
                torn |= !t.cell;
                t.cell = false;
            }
            "caption" => t.caption = false,
            _ => {}
        }
        if torn {
            self.note(source);
        }
    }

    /// Text between two tags, as it stands in the file.
    pub(super) fn text(&mut self, source: &str) {
        let Some(t) = self.tables.last() else { return };
        let outside = !t.cell && !t.caption && has_letters(source);
        if outside || has_rest(source) {
            self.note(source.trim());
        }
    }

    fn note(&mut self, what: &str) {
        self.found += 1;
        if self.shown.len() < SHOWN {
            self.shown.push(what.chars().take(60).collect());
        }
    }

    /// What there is to be said.
    pub(super) fn report(&self) -> Option<Diagnostic> {
        (self.found > 0).then(|| {
            let message = format!(
                "{} tags inside tables are torn or stand where none can: cells may be missing, or stand in another column",
                self.found
            );
            let d = Diagnostic::new(Severity::Warning, Code::MarkupDamaged, message, Place::document());
            d.printed(self.shown.join(" \u{2026} "))
        })
    }
}

/// Whether a text has letters or digits; references (`&nbsp;`) are none.
fn has_letters(source: &str) -> bool {
    let mut rest = source;
    while let Some(n) = rest.find(char::is_alphanumeric) {
        let reference = rest[..n].ends_with('&') || rest[..n].ends_with("&#");
        match rest[n..].find(';') {
            Some(end) if reference => rest = &rest[n + end..],
            _ => return true,
        }
    }
    false
}

/// Whether a text holds what is left of a tag: a bracket that compares no two numbers. Programs write those of a text as references.
fn has_rest(source: &str) -> bool {
    let compares = |c: char| c.is_ascii_digit() || c.is_whitespace() || c == '=';
    source.char_indices().any(|(n, c)| match c {
        '<' => !source[n + 1..].starts_with(compares),
        '>' => !source[..n].ends_with(compares),
        _ => false,
    })
}

/// Whether a tag holds the beginning of another: its own end is lost.
fn swallows(source: &str) -> bool {
    source
        .match_indices('<')
        .skip(1)
        .any(|(n, _)| source[n + 1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/'))
}

/// Whether HTML has a tag of this name, or an office program or a portal may have made it up (`o:p`, `x-cell`).
fn is_a_name(name: &str) -> bool {
    let own = name.contains([':', '-', '_']);
    let clean = name
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b':' | b'-' | b'_' | b'.'));
    clean && (own || name.len() > 6 || KNOWN.binary_search(&name).is_ok())
}

/// Names of up to six letters; longer ones are not told from those that portals make up.
const KNOWN: &[&str] = &[
    "a", "abbr", "area", "aside", "audio", "b", "base", "bdi", "bdo", "big", "body", "br", "button", "canvas",
    "center", "cite", "code", "col", "data", "dd", "del", "dfn", "dir", "div", "dl", "dt", "em", "embed", "figure",
    "font", "footer", "form", "frame", "g", "h1", "h2", "h3", "h4", "h5", "h6", "head", "header", "hr", "html", "i",
    "iframe", "image", "img", "input", "ins", "kbd", "label", "legend", "li", "line", "link", "main", "map", "mark",
    "menu", "meta", "nav", "nobr", "object", "ol", "option", "output", "p", "param", "path", "pre", "q", "rect", "rp",
    "rt", "ruby", "s", "samp", "script", "select", "small", "source", "span", "strike", "strong", "style", "sub",
    "sup", "svg", "table", "tbody", "td", "text", "tfoot", "th", "thead", "time", "title", "tr", "track", "tt", "u",
    "ul", "use", "var", "video", "wbr", "xml",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_sorted() {
        assert!(KNOWN.is_sorted());
    }
}
