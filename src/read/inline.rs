//! Marks inside a text: emphasis and backslashes of Markdown, the common tags and entities of HTML. Comes in: a stretch of a
//! file. Goes out: its characters without marks, and which stretches stand in the file as they are.

use std::ops::Range;

/// Tags that are taken off; anything else between angle brackets is text (`<5%`).
const TAGS: &[&str] = &[
    "b", "strong", "i", "em", "u", "s", "del", "ins", "sub", "sup", "small", "big", "span", "font", "p", "div",
    "center", "br", "img", "a", "mark", "o:p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "ul", "ol",
];

/// How far the end of a mark may be, in bytes: the search stays short in a hostile text.
const FAR: usize = 2000;

/// The text without marks; for each stretch that is unchanged the byte where it begins in the result and in `raw`. White
/// space at line ends and around a broken line is taken off.
pub(super) fn plain(raw: &str) -> (String, Vec<(u32, u32)>) {
    let mut out = Plain::default();
    let mut at = 0;
    while at < raw.len() {
        let rest = &raw[at..];
        let Some(c) = rest.chars().next() else { break };
        let step = match c {
            '<' => tag(rest).map(|(len, _)| len),
            '&' => entity(rest).map(|(len, c)| {
                out.insert(c);
                len
            }),
            '\\' => rest[1..].chars().next().filter(char::is_ascii_punctuation).map(|p| {
                out.copy(p, at + 1);
                2
            }),
            // Four and more stars are a name that was masked.
            '*' if rest.starts_with("****") => {
                let run = rest.len() - rest.trim_start_matches('*').len();
                for k in 0..run {
                    out.copy('*', at + k);
                }
                Some(run)
            }
            '*' if rest.starts_with("**") && is_pair(raw, at, "**") => Some(2),
            '_' if rest.starts_with("__") && is_pair(raw, at, "__") => Some(2),
            '!' if rest.starts_with("![") => image(rest),
            '\r' | '\n' => {
                out.trim();
                Some(rest.len() - rest.trim_start().len())
            }
            _ => None,
        };
        match step {
            Some(len) => at += len,
            None => {
                out.copy(c, at);
                at += c.len_utf8();
            }
        }
    }
    (out.text, out.runs)
}

#[derive(Default)]
struct Plain {
    text: String,
    runs: Vec<(u32, u32)>,
    /// The byte of the source that would go on the last run.
    next: Option<usize>,
}

impl Plain {
    fn copy(&mut self, c: char, at: usize) {
        if self.next != Some(at) {
            self.runs.push((self.text.len() as u32, at as u32));
        }
        self.text.push(c);
        self.next = Some(at + c.len_utf8());
    }

    fn insert(&mut self, c: char) {
        self.text.push(c);
        self.next = None;
    }

    fn trim(&mut self) {
        self.text.truncate(self.text.trim_end().len());
        self.next = None;
    }
}

/// The length of a known tag that begins here, and its name.
pub(super) fn tag(rest: &str) -> Option<(usize, &str)> {
    let end = rest.bytes().take(FAR).position(|b| b == b'>')?;
    let inner = rest[1..end].trim_start_matches('/');
    let name = inner.split([' ', '/', '\t', '\n']).next()?;
    (TAGS.iter().any(|t| name.eq_ignore_ascii_case(t))).then_some((end + 1, name))
}

/// The length of an entity that begins here and what it stands for.
pub(super) fn entity(rest: &str) -> Option<(usize, char)> {
    let end = rest.bytes().take(12).position(|b| b == b';')?;
    let name = &rest[1..end];
    let c = match name {
        "nbsp" | "ensp" | "emsp" => ' ',
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        "apos" => '\'',
        "ldquo" => '\u{201c}',
        "rdquo" => '\u{201d}',
        "middot" => '\u{b7}',
        "mdash" => '\u{2014}',
        _ => {
            let digits = name.strip_prefix('#')?;
            let code = match digits.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => digits.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((end + 1, c))
}

/// Whether the marks in a line come in pairs up to here: an opening one has its closing one after it.
fn is_pair(raw: &str, at: usize, mark: &str) -> bool {
    let start = raw[..at].rfind('\n').map_or(0, |n| n + 1);
    let end = raw[at..].find('\n').map_or(raw.len(), |n| at + n);
    if end - start > 64 * FAR {
        return false;
    }
    let before = raw[start..at].matches(mark).count();
    let after = raw[at + mark.len()..end].matches(mark).count();
    before % 2 == 1 || after > 0
}

/// The length of an image of Markdown that begins here.
fn image(rest: &str) -> Option<usize> {
    let near: Vec<u8> = rest.bytes().take(FAR).take_while(|b| *b != b'\n').collect();
    let middle = near.windows(2).position(|w| w == b"](")?;
    let end = near[middle..].iter().position(|b| *b == b')')?;
    Some(middle + end + 1)
}

/// The parts of a cell between `<br>` tags.
pub(super) fn split_breaks(raw: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = 0;
    for (at, _) in raw.match_indices('<') {
        if let Some((len, name)) = tag(&raw[at..])
            && name.eq_ignore_ascii_case("br")
            && at >= start
        {
            out.push(start..at);
            start = at + len;
        }
    }
    out.push(start..raw.len());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_taken_off_and_text_stays() {
        for (raw, want) in [
            ("<b>本年收入合计</b>", "本年收入合计"),
            ("**（一）总体情况。**", "（一）总体情况。"),
            ("占比<5%，大于>3", "占比<5%，大于>3"),
            ("2 ** 3", "2 ** 3"),
            ("A&amp;B&nbsp;&#20803;&x;", "A&B 元&x;"),
            (r"\*不含\_", "*不含_"),
            ("![图](a.png)合计", "合计"),
            ("电子政务（云计算  \n服务中心）", "电子政务（云计算服务中心）"),
        ] {
            assert_eq!(plain(raw).0, want, "{raw}");
        }
        let (text, runs) = plain("<b>收入</b>1.00");
        assert_eq!((text.as_str(), runs), ("收入1.00", vec![(0, 3), (6, 13)]));
        assert_eq!(split_breaks("a<br/>b<br>").len(), 3);
    }
}
