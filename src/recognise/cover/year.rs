//! Fiscal years. Comes in: folded lines and the title. Goes out: the one year that the title and the sentences agree on. Days
//! of publication have no say, and where title and text contradict each other there is none: a wrong year is worse.

use crate::grammar::Lexicon;
use crate::value::year;
use std::collections::BTreeMap;
use std::ops::Range;

/// The first year that is printed in a folded text with its word behind it.
pub fn year_in(folded: &str, lexicon: &Lexicon) -> Option<i16> {
    let mut all = lexicon.year_word.find_iter(folded);
    all.find_map(|m| digits_before(folded, m.start()).map(|(_, y)| y))
}

/// Four digits that are a year and end at a byte, and where they begin.
fn digits_before(folded: &str, end: usize) -> Option<(usize, i16)> {
    let before = folded.get(..end)?;
    let (start, _) = before.char_indices().rev().nth(3)?;
    let longer = before[..start].ends_with(|c: char| c.is_ascii_digit());
    year::parse(&before[start..]).filter(|_| !longer).map(|y| (start, y))
}

/// Every year with its word that is not that of a day, and the bytes that it takes.
pub fn years(folded: &str, lexicon: &Lexicon) -> Vec<(Range<usize>, i16)> {
    lexicon
        .year_word
        .find_iter(folded)
        .filter(|m| !lexicon.cover.date_rest.is_match(&folded[m.end()..]))
        .filter_map(|m| digits_before(folded, m.start()).map(|(at, y)| (at..m.end(), y)))
        .collect()
}

/// Every year in a title: also one whose word is left out between letters.
pub fn title_years(folded: &str, lexicon: &Lexicon) -> Vec<(Range<usize>, i16)> {
    let mut out = years(folded, lexicon);
    let letter = |c: Option<char>| c.is_some_and(|c| !c.is_ascii() && c.is_alphabetic());
    for (at, _) in folded.char_indices() {
        let Some(four) = folded.get(at..at + 4).filter(|f| f.bytes().all(|b| b.is_ascii_digit())) else {
            continue;
        };
        let (before, after) = (folded[..at].chars().next_back(), folded[at + 4..].chars().next());
        let named = lexicon
            .year_word
            .find(&folded[at + 4..])
            .is_some_and(|m| m.start() == 0);
        if (before.is_none() || letter(before) || before == Some(')'))
            && (letter(after) || after.is_none() && letter(before))
            && !named
        {
            out.extend(year::parse(four).map(|y| (at..at + 4, y)));
        }
    }
    out.sort_by_key(|(r, _)| r.start);
    out
}

/// What a year at the end of a folded text takes: the text before it.
pub fn without_year_at_end<'t>(folded: &'t str, lexicon: &Lexicon) -> Option<&'t str> {
    let word = lexicon
        .year_word
        .find_iter(folded)
        .last()
        .filter(|m| m.end() == folded.len());
    let end = word.map_or(folded.len(), |m| m.start());
    digits_before(folded, end).map(|(at, _)| &folded[..at])
}

/// What a year at the beginning of a folded text takes: the text behind it.
pub fn without_year_at_start<'t>(folded: &'t str, lexicon: &Lexicon) -> Option<&'t str> {
    let four = folded.char_indices().nth(4).map_or(folded.len(), |(at, _)| at);
    year::parse(&folded[..four])?;
    let rest = &folded[four..];
    match lexicon.year_word.find(rest).filter(|m| m.start() == 0) {
        Some(m) => Some(&rest[m.end()..]),
        None => (!rest.starts_with(|c: char| c.is_ascii())).then_some(rest),
    }
}

/// Years that sentences name: those that they are about, and the year after one that they compare with.
#[derive(Clone, Debug, Default)]
pub struct Votes {
    narrated: BTreeMap<i16, u32>,
    compared: BTreeMap<i16, u32>,
}

/// How far behind a year the word stands that says what it is the year of, in characters.
const REACH: usize = 14;

impl Votes {
    /// Counts the years of a folded line.
    pub fn add(&mut self, folded: &str, lexicon: &Lexicon) {
        for (at, y) in years(folded, lexicon) {
            // Only the last characters: a line may be as long as the document.
            let from = folded[..at.start].char_indices().rev().nth(REACH).map_or(0, |(n, _)| n);
            if lexicon.cover.compared.is_match(&folded[from..at.start]) {
                *self.compared.entry(y + 1).or_default() += 1;
                continue;
            }
            let rest = &folded[at.end..];
            let end = rest.char_indices().nth(REACH).map_or(rest.len(), |(n, _)| n);
            if lexicon.cover.narrated.is_match(&rest[..end]) {
                *self.narrated.entry(y).or_default() += 1;
            }
        }
    }

    fn of(&self, y: i16) -> u32 {
        self.narrated.get(&y).unwrap_or(&0) + self.compared.get(&y).unwrap_or(&0)
    }

    fn all(&self) -> u32 {
        self.narrated.values().chain(self.compared.values()).sum()
    }

    /// The year of most votes, if it has two thirds of them.
    pub fn winner(&self) -> Option<i16> {
        let years = self.narrated.keys().chain(self.compared.keys());
        let best = years.copied().max_by_key(|y| (self.of(*y), *y))?;
        (self.of(best) * 3 >= self.all() * 2).then_some(best)
    }

    /// Whether the sentences are about another year than the title: three votes or more, all but a quarter for one other year.
    pub fn contradicts(&self, title: i16) -> Option<i16> {
        let other = self.winner().filter(|w| *w != title)?;
        (self.of(other) >= 3 && self.of(title) * 4 < self.all()).then_some(other)
    }
}
