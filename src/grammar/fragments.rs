//! Named fragments: `[define]` gives a part of a pattern a name, `‹name›` puts it in. What comes in is the text of the files, what
//! goes out the same text with every name replaced, and for each place in it the place in the file as it was written. So each kind
//! of file has them, and whoever reads the rules knows nothing of them.
//!
//! A name is known in all files of its folder; those of a `define.toml` at the root in all folders.

use super::mistake::{Mistake, nearest};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;

/// The file of the fragments of all folders: at the root.
pub(super) const FILE: &str = "define.toml";

const TABLE: &str = "[define]";
const OPEN: char = '‹';
const CLOSE: char = '›';

/// No line of a grammar is longer, in bytes: a longer one is no longer read, only searched.
pub(super) const LINE: usize = 160;

/// The text of a file, and where each part of it comes from.
#[derive(Debug, Default)]
pub(super) struct Text {
    /// With every fragment put in, without the table of the definitions.
    pub text: String,
    /// From which byte of `text` on, which byte of the file, and whether all of the piece stands at that one byte.
    pieces: Vec<(usize, usize, bool)>,
    /// The file as it was written, where that is not `text`.
    written: Option<String>,
}

impl Text {
    pub(super) fn new(written: String) -> Self {
        Self {
            text: written,
            ..Self::default()
        }
    }

    fn written(&self) -> &str {
        self.written.as_deref().unwrap_or(&self.text)
    }

    /// The 1-based line and column, in characters, at which a byte of `text` was written.
    pub(super) fn position(&self, at: usize) -> (usize, usize) {
        let next = self.pieces.partition_point(|p| p.0 <= at);
        let at = match next.checked_sub(1).and_then(|n| self.pieces.get(n)) {
            Some((_, from, true)) => *from,
            Some((begin, from, false)) => from + (at - begin),
            None => at,
        };
        written_position(self.written(), at)
    }

    /// The same for a byte of the file.
    pub(super) fn written_position(&self, at: usize) -> (usize, usize) {
        written_position(self.written(), at)
    }

    fn piece(&mut self, text: &str, from: usize, put_in: bool) {
        self.pieces.push((self.text.len(), from, put_in));
        self.text.push_str(text);
    }
}

fn written_position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at.min(text.len())).unwrap_or("");
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    (line, column)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Defines {
    define: BTreeMap<Spanned<String>, Spanned<String>>,
}

/// What the names stand for, by folder; that of `define.toml` has no name.
#[derive(Debug, Default)]
pub(super) struct Fragments {
    rooms: BTreeMap<String, BTreeMap<String, String>>,
}

fn room(file: &str) -> &str {
    file.split_once('/').map_or("", |(room, _)| room)
}

/// Where the table of the definitions stands in a text: from its head to the next head of a table or the end.
fn table(text: &str) -> Option<Range<usize>> {
    let mut found = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        match found {
            None if line.trim() == TABLE => found = Some(at),
            Some(begin) if line.starts_with('[') => return Some(begin..at),
            _ => {}
        }
        at += line.len();
    }
    found.map(|begin| begin..text.len())
}

impl Fragments {
    fn get(&self, room: &str, name: &str) -> Option<&String> {
        let of = |room: &str| self.rooms.get(room)?.get(name);
        of(room).or_else(|| of(""))
    }

    /// Takes the definitions of a file. One may use those that stand before it.
    pub(super) fn learn(&mut self, file: &str, text: &Text, out: &mut Vec<Mistake>) {
        let Some(at) = table(text.written()) else { return };
        let defines: Defines = match toml::from_str(&text.written()[at.clone()]) {
            Ok(d) => d,
            Err(e) => {
                let span = e.span().unwrap_or_default();
                return out.push((at.start + span.start..at.start + span.end, e.message().to_string()));
            }
        };
        let mut all: Vec<_> = defines.define.into_iter().collect();
        all.sort_by_key(|(name, _)| name.span().start);
        for (name, value) in all {
            let place = at.start + name.span().start..at.start + name.span().end;
            if value.get_ref().contains(['"', '\'', '\n']) {
                let message =
                    "a fragment holds no quotation mark and no line break: it is put into texts of either mark";
                out.push((place, message.into()));
                continue;
            }
            let mut expanded = Text::default();
            // Behind its quotation mark.
            let begin = at.start + value.span().start + 1;
            let from = (value.get_ref().as_str(), begin);
            self.put_in(room(file), from, |_| true, &mut expanded, out);
            let known = self.get(room(file), name.get_ref());
            if known.is_some_and(|k| *k != expanded.text) {
                let message = format!("`{}` stands for something else already", name.get_ref());
                out.push((place, message));
                continue;
            }
            let own = self.rooms.entry(room(file).to_string()).or_default();
            own.insert(name.into_inner(), expanded.text);
        }
    }

    /// Copies a text, which begins at a byte of its file, with its fragments put in; `literal` says of what stands before a name
    /// whether a backslash behind it is one.
    fn put_in(
        &self,
        room: &str,
        (text, at): (&str, usize),
        literal: impl Fn(&str) -> bool,
        out: &mut Text,
        mistakes: &mut Vec<Mistake>,
    ) {
        let mut rest = text;
        let here = |rest: &str| at + (text.len() - rest.len());
        while let Some(open) = rest.find(OPEN) {
            out.piece(&rest[..open], here(rest), false);
            rest = &rest[open..];
            let mut say = |message: String| mistakes.push((here(rest)..here(rest), message));
            let name = rest.split_once(CLOSE).map(|(name, _)| &name[OPEN.len_utf8()..]);
            let Some(name) = name.filter(|n| !n.contains('\n')) else {
                say(format!("`{OPEN}` without `{CLOSE}`"));
                break;
            };
            match self.get(room, name) {
                Some(fragment) if fragment.contains('\\') && !literal(&text[..text.len() - rest.len()]) => {
                    say(format!(
                        "`{name}` has a backslash: write the text around it between '…'"
                    ));
                }
                Some(fragment) => out.piece(fragment, here(rest), true),
                None => say(format!(
                    "no fragment `{name}` stands in {TABLE}{}",
                    self.nearest(room, name)
                )),
            }
            rest = &rest[OPEN.len_utf8() + name.len() + CLOSE.len_utf8()..];
        }
        out.piece(rest, here(rest), false);
    }

    fn nearest(&self, room: &str, name: &str) -> String {
        let rooms = [room, ""];
        let known = rooms.iter().filter_map(|r| self.rooms.get(*r)).flat_map(BTreeMap::keys);
        nearest(known.map(String::as_str), name)
    }

    /// Puts the fragments into the text of a file, and takes its definitions out. A comment may name a fragment; it is left.
    pub(super) fn expand(&self, file: &str, text: &mut Text, mistakes: &mut Vec<Mistake>) {
        let defined = table(&text.text);
        if defined.is_none() && !text.text.contains(OPEN) {
            return;
        }
        let skip = defined.unwrap_or_default();
        let written = std::mem::take(&mut text.text);
        let mut out = Text::default();
        let mut at = 0;
        for line in written.split_inclusive('\n') {
            if skip.contains(&at) {
                // Its lines stay, empty, so that what is no TOML is said at its line.
                out.piece("\n", at, true);
            } else if line.trim_start().starts_with('#') {
                out.piece(line, at, false);
            } else {
                self.put_in(room(file), (line, at), in_literal, &mut out, mistakes);
            }
            at += line.len();
        }
        out.written = Some(written);
        *text = out;
    }
}

/// Whether what follows on a line stands in a text between '…', in which a backslash is nothing else.
fn in_literal(before: &str) -> bool {
    let mut open = None;
    for c in before.chars().filter(|c| matches!(c, '"' | '\'')) {
        open = match open {
            None => Some(c),
            Some(o) if o == c => None,
            o => o,
        };
    }
    open == Some('\'')
}

/// The lines of a file that are longer than a line of a grammar may be.
pub(super) fn long_lines(text: &Text) -> Vec<(usize, String)> {
    let say = |(n, line): (usize, &str)| {
        let message = format!(
            "this line has {} bytes, more than {LINE}: break the list, or give a part of the pattern a name in {TABLE}",
            line.len()
        );
        (line.len() > LINE).then_some((n + 1, message))
    };
    text.written().lines().enumerate().filter_map(say).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// File, line, column, message.
    type Said = (String, usize, usize, String);

    fn expanded(files: &[(&str, &str)]) -> (Vec<Text>, Vec<Said>) {
        let mut all: Vec<(&str, Text)> = files.iter().map(|(n, t)| (*n, Text::new(t.to_string()))).collect();
        let mut fragments = Fragments::default();
        let mut wrong = Vec::new();
        let mut say = |name: &str, text: &Text, found: Vec<Mistake>| {
            for (span, message) in found {
                let (line, column) = text.written_position(span.start);
                wrong.push((name.to_string(), line, column, message));
            }
        };
        for (name, text) in &all {
            let mut found = Vec::new();
            fragments.learn(name, text, &mut found);
            say(name, text, found);
        }
        for (name, text) in &mut all {
            let mut found = Vec::new();
            fragments.expand(name, text, &mut found);
            say(name, text, found);
        }
        (all.into_iter().map(|(_, t)| t).collect(), wrong)
    }

    #[test]
    fn a_name_is_put_in_and_places_are_those_of_the_file() {
        let file = "[define]\n'车' = '公车|用车'\n'购' = '(‹车›)购置'\n[x]\na = ['‹购›费', '运行(‹车›)', 'z']\n";
        let (texts, wrong) = expanded(&[("forms/a.toml", file)]);
        assert_eq!(wrong, []);
        let text = &texts[0];
        assert_eq!(
            text.text.trim_start(),
            "[x]\na = ['(公车|用车)购置费', '运行(公车|用车)', 'z']\n"
        );
        let z = text.text.find("'z'").unwrap();
        assert_eq!(text.position(z), (5, 25));
        let inside = text.text.find("用车)购置").unwrap();
        assert_eq!(text.position(inside), (5, 7), "what was put in stands at its name");
        assert_eq!(text.position(text.text.find("[x]").unwrap()), (4, 1));
    }

    #[test]
    fn a_name_is_known_in_its_folder_and_those_of_the_root_everywhere() {
        let (texts, wrong) = expanded(&[
            ("define.toml", "[define]\n'表' = '(表|总表)'\n"),
            ("forms/a.toml", "[define]\n'费' = '费[用]'\n"),
            ("forms/b.toml", "a = '‹费›‹表›'\n"),
            ("units/c.toml", "# ‹any› in a comment\na = '‹费›'\n"),
        ]);
        assert_eq!(texts[2].text, "a = '费[用](表|总表)'\n");
        let [(file, line, column, message)] = wrong.as_slice() else {
            panic!("{wrong:?}")
        };
        assert_eq!((file.as_str(), *line, *column), ("units/c.toml", 2, 6));
        assert_eq!(message, "no fragment `费` stands in [define]; the nearest is `表`");
    }

    #[test]
    fn what_is_no_definition_is_said_with_its_place() {
        for (text, line, column, part) in [
            ("[define]\na = \"x'd\"\n", 2, 1, "no quotation mark"),
            ("[define]\na = '\\d'\n[y]\nb = ['‹a›', \"‹a›\"]\n", 4, 14, "between '…'"),
            ("[define]\na = 5\n", 2, 5, "invalid type"),
            ("[define]\na = 'x'\n[y]\nb = '‹a'\n", 4, 6, "without"),
            ("[define]\nb = '‹a›'\na = 'x'\n", 2, 6, "no fragment `a`"),
        ] {
            let (_, wrong) = expanded(&[("forms/a.toml", text)]);
            let [(_, l, c, message)] = wrong.as_slice() else {
                panic!("{text}: {wrong:?}")
            };
            assert!(
                (*l, *c) == (line, column) && message.contains(part),
                "{text}: {wrong:?}"
            );
        }
        let (_, wrong) = expanded(&[
            ("forms/a.toml", "[define]\na = 'x'\n"),
            ("forms/b.toml", "\n[define]\na = 'y'\n"),
        ]);
        assert_eq!(
            (wrong[0].1, wrong[0].2, wrong[0].3.as_str()),
            (3, 1, "`a` stands for something else already")
        );
    }
}
