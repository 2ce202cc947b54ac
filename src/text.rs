//! Text that keeps its places: folding brings the many ways of writing one word to one form and remembers where every
//! character came from.

/// Where characters stand in a text: finds the number of the character at a byte without counting from the start, so that many
/// places of a long text cost no more than the text is long.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CharIndex {
    /// The byte of every [`STEP`]th character.
    bytes: Vec<u32>,
}

/// Characters between two entries of a [`CharIndex`].
const STEP: usize = 64;

impl CharIndex {
    /// Of a whole text.
    pub fn of(text: &str) -> Self {
        let mut out = Self::default();
        if text.len() >= STEP {
            out.bytes = text.char_indices().step_by(STEP).map(|(at, _)| at as u32).collect();
        }
        out
    }

    /// The number of characters in front of a byte of the text of which this is the index.
    pub fn chars_before(&self, text: &str, byte: usize) -> usize {
        let entry = self.bytes.partition_point(|b| *b as usize <= byte).saturating_sub(1);
        let from = self.bytes.get(entry).map_or(0, |b| *b as usize);
        entry * STEP + text.get(from..byte).map_or(0, |t| t.chars().count())
    }
}

/// A folded text with the byte offset of every character in the original.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folded {
    /// The folded text.
    pub text: String,
    /// For each `char` of `text`: the byte offset in the original.
    pub origin: Vec<u32>,
    /// Of `text`.
    index: CharIndex,
}

impl Folded {
    /// The byte range in the original for a byte range in the folded text; `original` must be the text that was folded.
    pub fn original_range(&self, original: &str, range: std::ops::Range<usize>) -> std::ops::Range<usize> {
        let first = self.index.chars_before(&self.text, range.start);
        let count = self.text[range.clone()].chars().count();
        if count == 0 {
            let at = self.origin.get(first).map_or(original.len(), |o| *o as usize);
            return at..at;
        }
        let start = self.origin.get(first).map_or(original.len(), |o| *o as usize);
        let last = self
            .origin
            .get(first + count - 1)
            .map_or(original.len(), |o| *o as usize);
        let end = original[last..].chars().next().map_or(last, |c| last + c.len_utf8());
        start..end
    }
}

/// One character in its folded form; `None` where it means nothing (blanks, quotation marks, zero-width marks).
pub fn fold_char(c: char) -> Option<char> {
    match c {
        // Most of what is printed.
        '\u{4e00}'..='\u{9fff}' | '0'..='9' | ',' | '.' => Some(c),
        _ if c.is_whitespace() || c.is_control() => None,
        // Marks of direction mean nothing but one: what stands behind U+202E is shown backwards.
        '\u{200b}'..='\u{200f}' | '\u{feff}' | '\u{fffe}' | '\u{ad}' => None,
        '\u{202a}'..='\u{202d}' | '\u{2066}'..='\u{2069}' | '\u{61c}' | '\u{2060}' => None,
        '"' | '\'' | '“' | '”' | '‘' | '’' | '〝' | '〞' | '＂' | '「' | '」' | '『' | '』' => None,
        // Full width to half width; the middle dot and the ideographic comma stay.
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0),
        '〔' | '【' | '﹙' | '﹝' => Some('('),
        '〕' | '】' | '﹚' | '﹞' => Some(')'),
        '−' | '–' | '‐' | '‑' | '﹣' => Some('-'),
        '—' | '―' | '─' | '━' => Some('—'),
        '∶' | '︰' | '﹕' => Some(':'),
        '﹑' => Some('、'),
        '․' => Some('.'),
        _ => Some(c),
    }
}

/// The unified ideograph of a radical or a compatibility ideograph, which look like it: converters and old fonts write them.
/// Everything else stays as it is.
pub fn unified(c: char) -> char {
    use unicode_normalization::UnicodeNormalization;
    match c {
        // Radicals that Unicode does not fold, of those that stand in everyday words.
        '\u{2ea0}' => '\u{6c11}',
        '\u{2ed3}' => '\u{957f}',
        '\u{2ed1}' => '\u{9577}',
        '\u{2ee5}' => '\u{9c7c}',
        '\u{2ee8}' => '\u{9ea6}',
        '\u{2eec}' => '\u{9f50}',
        '\u{2ef0}' => '\u{9f99}',
        '\u{2ecb}' => '\u{8f66}',
        '\u{2ed4}' => '\u{95e8}',
        '\u{2ee2}' => '\u{9a6c}',
        '\u{2ec5}' => '\u{89c1}',
        '\u{2ec9}' => '\u{8d1d}',
        '\u{2ed8}' => '\u{9752}',
        '\u{2eda}' => '\u{9875}',
        '\u{2edb}' => '\u{98ce}',
        '\u{2edc}' => '\u{98de}',
        '\u{2edd}' => '\u{98df}',
        '\u{2ec4}' => '\u{897f}',
        '\u{2ec6}' => '\u{89d2}',
        '\u{2ea9}' => '\u{738b}',
        '\u{2e9f}'..='\u{2ef3}' | '\u{2f00}'..='\u{2fdf}' | '\u{f900}'..='\u{faff}' | '\u{2f800}'..='\u{2fa1f}' => {
            std::iter::once(c).nfkc().next().unwrap_or(c)
        }
        _ => c,
    }
}

/// Folds a text and keeps the offsets.
pub fn fold(text: &str) -> Folded {
    let mut out = Folded {
        text: String::with_capacity(text.len()),
        origin: Vec::with_capacity(text.len() / 2),
        index: CharIndex::default(),
    };
    for (at, c) in text.char_indices() {
        if let Some(f) = fold_char(c) {
            out.text.push(f);
            out.origin.push(at as u32);
        }
    }
    out.index = CharIndex::of(&out.text);
    out
}

/// Folds a text where the offsets are not needed.
pub fn key(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    out.extend(text.chars().filter_map(fold_char));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn radicals_are_the_ideographs_that_they_look_like() {
        let folded: String = "⽀出⾏政⻓⻔\u{f98e}\u{fa00}¹㎡①".chars().map(unified).collect();
        assert_eq!(folded, "支出行政长门年切¹㎡①");
    }

    #[test]
    fn folds_width_blanks_and_quotes() {
        assert_eq!(key("财政拨款“三 公”经费（万元）："), "财政拨款三公经费(万元):");
        assert_eq!(key("１，２３４．５６"), "1,234.56");
    }

    proptest! {
        #[test]
        fn offsets_point_at_what_was_folded(s in "\\PC{0,40}") {
            let f = fold(&s);
            prop_assert_eq!(f.text.chars().count(), f.origin.len());
            for (c, o) in f.text.chars().zip(&f.origin) {
                let original = s[*o as usize..].chars().next();
                prop_assert_eq!(original.and_then(fold_char), Some(c));
            }
            let all = f.original_range(&s, 0..f.text.len());
            prop_assert_eq!(key(&s[all]), f.text);
        }

        #[test]
        fn an_index_counts_as_counting_does(s in "[a元。]{0,400}") {
            let index = CharIndex::of(&s);
            for (n, (at, _)) in s.char_indices().enumerate() {
                prop_assert_eq!(index.chars_before(&s, at), n);
            }
            prop_assert_eq!(index.chars_before(&s, s.len()), s.chars().count());
        }
    }
}
