//! Sentences as such: where they begin and end, how a unit is called in its own account, and the shape that sentences with unclaimed
//! figures have in common. What they say is read by `narrative`.

use crate::grammar::Grammar;
use crate::grammar::sections::Sections;
use crate::text;
use std::ops::Range;

/// No sentence of a final account is longer.
const WINDOW: usize = 2400;

/// A group of sentences with figures that nobody claimed, of the same shape: the list from which the next pattern is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shape {
    /// The sentence with signs for its figures.
    pub shape: String,
    /// How often it was seen.
    pub times: usize,
    /// One of them, as printed.
    pub example: String,
}

/// How a unit is called in its own account: as on the cover, or without the regions before it (寿县文物保护中心 for 安徽省寿县文物保护中心)
/// or the bracket behind it.
pub(super) fn names(g: &Grammar, folded: &str) -> Vec<String> {
    let name = g.units.parse(folded, None);
    let mut out = vec![folded.to_string()];
    for whole in [folded, &name.primary] {
        let region = whole.len().saturating_sub(name.bare.len());
        let starts = whole.char_indices().map(|(i, _)| i).take_while(|i| *i <= region);
        // A name of two or three characters is a word.
        let tails = starts.map(|i| &whole[i..]).filter(|t| t.chars().count() >= 4);
        out.extend(tails.filter(|_| whole.ends_with(&name.bare)).map(str::to_string));
        out.push(whole.to_string());
    }
    out.sort_by_key(|n| std::cmp::Reverse(n.len()));
    out.dedup();
    out.retain(|n| !n.is_empty());
    out
}

/// The shape of a sentence: figures and years are replaced by signs, the name of the unit is left out.
pub fn shape(g: &Grammar, unit_name: Option<&str>, sentence: &str) -> String {
    let mut t = text::key(sentence);
    if let Some(name) = unit_name.map(text::key).filter(|n| !n.is_empty()) {
        t = t.replace(&name, "");
    }
    let w = &g.sections.words;
    let t = w.year.replace_all(&t, "{年}");
    let t = w.figure.replace_all(&t, |c: &regex::Captures<'_>| {
        let all = c.get(0).map_or("", |m| m.as_str());
        let unit = all.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.' || c == ',');
        format!("{{}}{unit}")
    });
    t.into_owned()
}

/// Groups sentences by their shape, the most frequent first.
pub fn shapes<'s>(g: &Grammar, sentences: impl Iterator<Item = (Option<&'s str>, &'s str)>) -> Vec<Shape> {
    let mut groups: std::collections::BTreeMap<String, Shape> = std::collections::BTreeMap::new();
    for (name, sentence) in sentences {
        let key = shape(g, name, sentence);
        let e = groups.entry(key.clone()).or_insert_with(|| Shape {
            shape: key,
            times: 0,
            example: sentence.to_string(),
        });
        e.times += 1;
    }
    let mut out: Vec<Shape> = groups.into_values().collect();
    out.sort_by(|a, b| b.times.cmp(&a.times).then_with(|| a.shape.cmp(&b.shape)));
    out
}

/// The sentences of a folded text. One that is longer than any of a final account is parted behind a clause, so that what is
/// quoted stays short however long the text is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sentences {
    /// The bytes of each, without the sign that ends it.
    spans: Vec<Range<usize>>,
}

impl Sentences {
    /// Of a whole text.
    pub fn of(s: &Sections, t: &str) -> Self {
        let mut spans = Vec::new();
        let mut start = 0;
        for (at, c) in t.char_indices() {
            let next = at + c.len_utf8();
            let long = next - start;
            if s.words.ends.contains(c) {
                spans.push(start..at);
                start = next;
            } else if long > WINDOW && s.words.between.contains(c) || long > 2 * WINDOW {
                spans.push(start..next);
                start = next;
            }
        }
        spans.push(start..t.len());
        Self { spans }
    }

    /// From the sentence in which a range begins to the end of the one in which it ends.
    pub fn around(&self, range: &Range<usize>) -> Range<usize> {
        let of = |byte: usize| {
            let n = self.spans.partition_point(|s| s.start <= byte).saturating_sub(1);
            self.spans.get(n).cloned().unwrap_or_default()
        };
        of(range.start).start..of(range.end).end.max(range.end)
    }
}
