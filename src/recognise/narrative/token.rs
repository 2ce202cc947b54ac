//! Folded text to tokens. Comes in: the text of one paragraph and the lexicon. Goes out: numbers, dates, list numbers and terms, each
//! with its place; what no term explains is [`Kind::Unknown`]. Numbers are tokens before anything else, so that no clause begins inside one.

use crate::grammar::Grammar;
use crate::grammar::narrative::{Class, Measure, Narrative, Side};
use crate::text::Folded;
use crate::value::{amount, numeral};
use rust_decimal::Decimal;

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A term of the lexicon.
    Term(Class),
    /// Fund, side and scope as one phrase (made by `super::phrase`).
    Phrase,
    /// Names of 类, 款, 项, or a code with its name.
    Path,
    /// 单价…以上设备.
    Threshold,
    /// A number.
    Number,
    /// A year.
    Year,
    /// A date or another number that is no figure.
    Date,
    /// A list number.
    Mark,
    /// A figure left empty.
    Hole,
    /// A title in 《》.
    Title,
    /// The name of a body.
    Body,
    /// Punctuation, see [`Token::punct`].
    Punct,
    /// Words that nobody knows.
    Unknown,
}

/// What a number is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Figure {
    /// Money, in yuan.
    Amount,
    /// A fraction.
    Ratio,
    /// Percentage points.
    Points,
    /// 分.
    Score,
    /// A count.
    Count,
    /// A bound or a rough number.
    Rough,
    /// No unit.
    Bare,
}

/// A number.
#[derive(Clone, Debug)]
pub struct Number {
    /// Kind.
    pub figure: Figure,
    /// In yuan, as a fraction, or as it stands; with its sign.
    pub value: Decimal,
    /// The number as it stands, without unit.
    pub bare: Decimal,
    /// Bytes of the digits.
    pub digits: (usize, usize),
    /// Bytes of the unit.
    pub unit: (usize, usize),
    /// The measure behind it.
    pub measure: Option<Measure>,
}

/// Fund, side and scope of a phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Phrase<'t> {
    /// Fund.
    pub fund: Option<&'t str>,
    /// Side.
    pub side: Option<Side>,
    /// `grand`, `current`, `year`.
    pub scope: Option<&'t str>,
    /// It says 决算.
    pub is_final: bool,
    /// 基本支出 behind a fund.
    pub basic: bool,
}

/// A token.
#[derive(Clone, Copy, Debug)]
pub struct Token<'t> {
    /// Type.
    pub kind: Kind,
    /// Id of the term; the punctuation mark.
    pub id: &'t str,
    /// The text.
    pub word: &'t str,
    /// First byte.
    pub start: usize,
    /// Byte behind the last.
    pub end: usize,
    /// Counts only at the start of a phrase; for a phrase: unknown words stand in front of it.
    pub weak: bool,
    /// Index of the number or the path.
    pub at: usize,
    /// A phrase.
    pub phrase: Phrase<'t>,
    /// A year, 0 where it is cut.
    pub year: i16,
}

impl<'t> Token<'t> {
    pub(super) fn new(kind: Kind, word: &'t str, start: usize) -> Self {
        Self {
            kind,
            id: "",
            word,
            start,
            end: start + word.len(),
            weak: false,
            at: 0,
            phrase: Phrase::default(),
            year: 0,
        }
    }

    /// Whether it is a term of a class.
    pub fn is(&self, class: Class) -> bool {
        self.kind == Kind::Term(class)
    }

    /// Whether it is a term of a class with an id.
    pub fn is_id(&self, class: Class, id: &str) -> bool {
        self.is(class) && self.id == id
    }

    /// The punctuation mark, folded: `.` `;` `,` `/` (、) `:` `(` `)`.
    pub fn punct(&self) -> Option<char> {
        (self.kind == Kind::Punct).then(|| self.id.chars().next()).flatten()
    }

    /// Whether it names what a figure may be about.
    pub fn names(&self) -> bool {
        matches!(self.kind, Kind::Path | Kind::Phrase | Kind::Threshold)
            || matches!(
                self.kind,
                Kind::Term(Class::Subject | Class::FunctionClass | Class::Item | Class::EconomicClass | Class::Use)
            )
    }

    pub(super) fn characters(&self) -> usize {
        self.word.chars().count()
    }
}

/// A name of 类, 款, 项.
#[derive(Clone, Debug, Default)]
pub struct Path {
    /// The code, where one is printed.
    pub code: Option<String>,
    /// Names, from 类 down as far as they are given.
    pub names: Vec<String>,
    /// The same as printed, with quotation marks.
    pub printed: Vec<String>,
    /// The first name is a 类.
    pub from_class: bool,
}

/// The tokens of a paragraph.
#[derive(Clone, Debug, Default)]
pub struct Tokens<'t> {
    /// In the order of the text.
    pub list: Vec<Token<'t>>,
    /// Numbers.
    pub numbers: Vec<Number>,
    /// Paths.
    pub paths: Vec<Path>,
}

/// The subject whose name was covered: ********支出2万元.
pub const MASKED: &str = "masked_function";

const PUNCTUATION: &[(char, &str)] = &[
    ('。', "."),
    ('!', "."),
    ('?', "."),
    ('|', "."),
    (';', ";"),
    (',', ","),
    ('、', "/"),
    (':', ":"),
    ('(', "("),
    (')', ")"),
];

/// What folding left out.
#[derive(Clone, Debug, Default)]
pub struct Gaps {
    /// Bytes of the folded text at which blanks stood between two digits.
    pub breaks: Vec<usize>,
    /// Quotation marks, each with the byte of the folded text before which it stood; whether it opens.
    pub quotes: Vec<(usize, char, bool)>,
}

impl Gaps {
    /// Of a text and its folded form.
    pub fn of(original: &str, folded: &Folded) -> Self {
        let mut out = Self::default();
        let mut last: Option<(char, usize)> = None;
        let mut between = |at: usize, from: usize, to: usize, digits: bool| {
            let dropped = original.get(from..to).unwrap_or("");
            if digits && !dropped.is_empty() {
                out.breaks.push(at);
            }
            for c in dropped.chars().filter(|c| !c.is_whitespace() && !c.is_control()) {
                out.quotes.push((at, c, matches!(c, '“' | '‘' | '〝' | '「' | '『')));
            }
        };
        for ((at, c), origin) in folded.text.char_indices().zip(&folded.origin) {
            let from = *origin as usize;
            let digits = c.is_ascii_digit() && last.is_some_and(|(l, _)| l.is_ascii_digit());
            between(at, last.map_or(0, |l| l.1), from, digits);
            let width = original[from..].chars().next().map_or(1, char::len_utf8);
            last = Some((c, from + width));
        }
        between(folded.text.len(), last.map_or(0, |l| l.1), original.len(), false);
        out
    }

    /// What stands behind a byte, moved to the front.
    pub fn behind(&self, cut: usize) -> Self {
        Self {
            breaks: self.breaks.iter().filter_map(|b| b.checked_sub(cut)).collect(),
            quotes: self
                .quotes
                .iter()
                .filter_map(|q| Some((q.0.checked_sub(cut)?, q.1, q.2)))
                .collect(),
        }
    }

    /// A piece of the folded text with the quotation marks inside it: those around the whole are none of the name.
    fn printed(&self, text: &str, range: std::ops::Range<usize>) -> String {
        let first = self.quotes.partition_point(|q| q.0 < range.start);
        let mut own: Vec<(usize, char, bool)> = self.quotes[first..]
            .iter()
            .copied()
            .take_while(|q| q.0 <= range.end)
            .collect();
        // A mark that may open and close opens where none is open.
        let mut open = false;
        for q in &mut own {
            q.2 |= !open && matches!(q.1, '"' | '\'' | '＂');
            open = q.2;
        }
        let paired = |k: usize| match own[k].2 {
            true => own.get(k + 1).filter(|n| !n.2 && n.0 <= range.end),
            false => k.checked_sub(1).map(|b| &own[b]).filter(|b| b.2),
        };
        let mut out = String::with_capacity(range.len());
        let mut from = range.start;
        for (k, (at, c, _)) in own.iter().enumerate() {
            let Some(other) = paired(k) else { continue };
            let whole = at.min(&other.0) == &range.start && at.max(&other.0) == &range.end;
            if !whole {
                out.push_str(&text[from..*at]);
                out.push(*c);
                from = *at;
            }
        }
        out.push_str(&text[from..range.end]);
        out
    }
}

/// What ends a name in front of a bracket with 类, 款 or 项.
const NAME_ENDS: &str = ",。;:、.()";
/// A name of a 款 has no more characters.
const NAME_LENGTH: usize = 34;

pub(super) struct Scanner<'t> {
    text: &'t str,
    g: &'t Grammar,
    n: &'t Narrative,
    gaps: &'t Gaps,
    bodies: &'t [String],
    out: Tokens<'t>,
    unknown: Option<usize>,
    /// Bytes of what 类, 款 and 项 in brackets name.
    paths: Vec<(usize, usize, Path)>,
}

/// Reads the tokens of a folded text.
pub fn tokens<'t>(text: &'t str, gaps: &'t Gaps, bodies: &'t [String], g: &'t Grammar) -> Tokens<'t> {
    let mut s = Scanner {
        text,
        g,
        n: &g.narrative,
        gaps,
        bodies,
        out: Tokens::default(),
        unknown: None,
        paths: Vec::new(),
    };
    s.paths = s.bracketed_paths();
    let mut next_path = 0;
    let mut i = 0;
    while let Some(c) = text[i..].chars().next() {
        while s.paths.get(next_path).is_some_and(|p| p.0 < i) {
            next_path += 1;
        }
        if let Some((start, end, path)) = s.paths.get(next_path).cloned()
            && start == i
        {
            s.flush(i);
            let mut t = Token::new(Kind::Path, &text[start..end], start);
            t.at = s.out.paths.len();
            s.out.paths.push(path);
            s.out.list.push(t);
            i = end;
            continue;
        }
        i = match s.shape(i, c).or_else(|| s.term(i)) {
            Some(end) => end,
            None => {
                s.unknown.get_or_insert(i);
                i + c.len_utf8()
            }
        };
    }
    s.flush(text.len());
    s.out
}

impl<'t> Scanner<'t> {
    fn flush(&mut self, to: usize) {
        if let Some(from) = self.unknown.take() {
            self.out
                .list
                .push(Token::new(Kind::Unknown, &self.text[from..to], from));
        }
    }

    fn push(&mut self, kind: Kind, start: usize, end: usize) -> usize {
        self.flush(start);
        self.out.list.push(Token::new(kind, &self.text[start..end], start));
        end
    }

    /// Where a list number or a code may stand: at the start, or behind punctuation.
    fn at_clause(&self) -> bool {
        self.unknown.is_none()
            && self.out.list.last().is_none_or(|t| {
                matches!(t.kind, Kind::Punct | Kind::Mark | Kind::Term(Class::Open)) || t.is_id(Class::Neutral, "dash")
            })
    }

    fn term(&mut self, i: usize) -> Option<usize> {
        let rest = &self.text[i..];
        if let Some(name) = self.bodies.iter().find(|n| rest.starts_with(n.as_str())) {
            return Some(self.push(Kind::Body, i, i + name.len()));
        }
        let (term, mut end) = self.n.term_at(self.text, i)?;
        if term.class == Class::Neutral
            && let Some(cut) = self.subject_inside(i, end)
        {
            end = cut;
        }
        self.flush(i);
        let kind = match term.class {
            Class::Unknown => Kind::Unknown,
            class => Kind::Term(class),
        };
        let mut t = Token::new(kind, &self.text[i..end], i);
        t.id = &term.id;
        t.weak = term.weak;
        self.out.list.push(t);
        Some(end)
    }

    /// 镇机关运行经费: where a subject begins inside a word that carries no meaning, and goes on behind it.
    fn subject_inside(&self, start: usize, end: usize) -> Option<usize> {
        self.text[start..end]
            .char_indices()
            .skip(1)
            .map(|(at, _)| start + at)
            .find(|at| {
                self.n
                    .term_at(self.text, *at)
                    .is_some_and(|(t, to)| to > end && t.class == Class::Subject && !t.weak)
            })
    }

    fn shape(&mut self, i: usize, c: char) -> Option<usize> {
        if self.at_clause()
            && let Some(end) = self.mark(i)
        {
            return Some(self.push(Kind::Mark, i, end));
        }
        if let Some((_, id)) = PUNCTUATION.iter().find(|(p, _)| *p == c) {
            if c == '('
                && let Some(end) = self.bracket(i)
            {
                return Some(end);
            }
            self.flush(i);
            let mut t = Token::new(Kind::Punct, &self.text[i..i + c.len_utf8()], i);
            t.id = id;
            self.out.list.push(t);
            return Some(i + c.len_utf8());
        }
        let rest = &self.text[i..];
        let shapes = &self.n.shapes;
        if c == '《'
            && let Some(n) = rest.find('》')
        {
            return Some(self.push(Kind::Title, i, i + n + '》'.len_utf8()));
        }
        let worded = shapes.is_worded(rest);
        if worded && let Some(end) = self.sign(i, c) {
            return Some(end);
        }
        if c.is_ascii_digit() || matches!(c, '-') {
            return self.digits(i, c);
        }
        worded.then(|| self.in_words(i)).flatten()
    }

    /// What is no figure and begins with a word or a sign: a threshold, a covered name, a figure left empty.
    fn sign(&mut self, i: usize, c: char) -> Option<usize> {
        let (rest, shapes) = (&self.text[i..], &self.n.shapes);
        if let Some(m) = shapes.threshold.captures(rest) {
            let digits = m.get(1)?;
            let at = self.number_of(
                Figure::Rough,
                &rest[digits.range()],
                (i + digits.start(), i + digits.end()),
                None,
            )?;
            let end = i + m.get(0)?.end();
            self.push(Kind::Threshold, i, end);
            self.out.list.last_mut()?.at = at;
            return Some(end);
        }
        if let Some(m) = shapes.masked.find(rest) {
            self.push(Kind::Term(Class::FunctionClass), i, i + m.end());
            self.out.list.last_mut()?.id = MASKED;
            return Some(i + m.end());
        }
        let apart = |t: &Token<'_>| t.end < i || !matches!(t.kind, Kind::Number | Kind::Date | Kind::Year);
        if let Some(m) = shapes.page.find(rest)
            && self.unknown.is_none()
            && self.out.list.last().is_none_or(apart)
            && !rest[m.end()..].starts_with(|c: char| c.is_ascii_digit())
        {
            return Some(self.push(Kind::Date, i, i + m.end()));
        }
        if let Some(m) = shapes.hole.find(rest)
            && !c.is_ascii_digit()
        {
            return Some(self.push(Kind::Hole, i, i + m.end()));
        }
        None
    }

    /// A figure in words: 百分之五, 三人次.
    fn in_words(&mut self, i: usize) -> Option<usize> {
        let (rest, shapes) = (&self.text[i..], &self.n.shapes);
        if let Some(m) = shapes.percent_words.captures(rest) {
            let value = m.get(1)?;
            let text = value.as_str();
            amount::parse(text).map(|a| a.value).or_else(|| numeral::parse(text))?;
            let range = (i + value.start(), i + value.end());
            return self.figure(
                Figure::Ratio,
                text,
                i,
                range,
                Some((Measure::Percent, range.1, range.1)),
            );
        }
        let counted = |t: &Token<'_>| t.is(Class::Role) || t.kind == Kind::Mark;
        if let Some(m) = shapes.numeral_count.captures(rest) {
            let (digits, unit) = (m.get(1)?, m.get(2)?);
            // 一个 is a word before it is a number.
            let plain = unit.as_str().chars().count() == 1;
            let ready = self.unknown.is_none()
                && self
                    .out
                    .list
                    .last()
                    .is_some_and(|t| counted(t) || t.is(Class::Predicate) || t.is(Class::Subject));
            if !plain || ready {
                let range = (i + digits.start(), i + digits.end());
                let unit = (Measure::Count, i + unit.start(), i + unit.end());
                return self.figure(Figure::Count, digits.as_str(), i, range, Some(unit));
            }
        }
        None
    }

    /// A list number, where what follows does not make it a number.
    fn mark(&self, i: usize) -> Option<usize> {
        let m = self.n.shapes.mark.find(&self.text[i..])?;
        let end = i + m.end();
        let next = &self.text[end..];
        if m.as_str().ends_with('.') && next.starts_with(|c: char| c.is_ascii_digit()) {
            // 1.2019年, 2.2010301行政运行: the number of a list in front of a year or a code.
            let digits = next.bytes().take_while(u8::is_ascii_digit).count();
            let year = digits == 4
                && (next.starts_with("19") || next.starts_with("20"))
                && !next[digits..].starts_with(['.', ',']);
            let code = matches!(digits, 5 | 7)
                && self.n.shapes.code.is_match(next)
                && self.n.unit_at(self.text, end + digits).is_none();
            return (year || code).then_some(end);
        }
        Some(end)
    }

    /// A code in brackets behind a name: 行政运行(2010301).
    fn bracket(&mut self, i: usize) -> Option<usize> {
        let rest = &self.text[i + 1..];
        if let Some(m) = self.n.shapes.number.find(&self.text[i..]) {
            return Some(self.push(Kind::Date, i, i + m.end()));
        }
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let code = &rest[..digits];
        if !matches!(digits, 3 | 5 | 7) || !rest[digits..].starts_with(')') || !self.n.shapes.code.is_match(code) {
            return None;
        }
        let end = i + 1 + digits + 1;
        // The name is what stands since the last mark, bracket or number.
        let stop = |c: char| NAME_ENDS.contains(c) || c.is_ascii_digit();
        let mut name = self.text[..i]
            .rfind(stop)
            .map_or(0, |at| at + self.text[at..].chars().next().map_or(1, char::len_utf8));
        self.flush(i);
        while let Some(t) = self.out.list.last() {
            let part = t.start >= name
                && (t.names()
                    || matches!(
                        t.kind,
                        Kind::Unknown
                            | Kind::Term(
                                Class::Role
                                    | Class::Side
                                    | Class::Neutral
                                    | Class::Of
                                    | Class::Compare
                                    | Class::Predicate
                                    | Class::Fund
                            )
                    ));
            // （二）用于社会福利的彩票公益金支出(2296002): a purpose at the head of an item is a part of its name.
            let head = t.is(Class::Purpose)
                && t.start >= name
                && self.out.list.len() == 2
                && self.out.list[0].kind == Kind::Mark;
            if !part && !head {
                break;
            }
            self.out.list.pop();
        }
        if let Some(t) = self.out.list.last() {
            name = name.max(t.end);
        }
        if name >= i {
            return None;
        }
        let path = Path {
            code: Some(code.to_string()),
            names: vec![self.text[name..i].to_string()],
            printed: vec![self.gaps.printed(self.text, name..i)],
            from_class: digits == 3,
        };
        let mut t = Token::new(Kind::Path, &self.text[name..end], name);
        t.at = self.out.paths.len();
        self.out.paths.push(path);
        self.out.list.push(t);
        Some(end)
    }

    fn number_of(
        &mut self,
        figure: Figure,
        digits: &str,
        range: (usize, usize),
        unit: Option<(Measure, usize, usize)>,
    ) -> Option<usize> {
        let bare = amount::parse(digits)
            .map(|a| a.value)
            .or_else(|| numeral::parse(digits))?;
        let measure = unit.map(|u| u.0);
        let value = match measure {
            Some(Measure::Money(u)) => bare.checked_mul(u.yuan())?,
            Some(Measure::ThousandYuan) => bare.checked_mul(Decimal::ONE_THOUSAND)?,
            Some(Measure::Percent) => bare.checked_div(Decimal::ONE_HUNDRED)?,
            Some(Measure::Permille) => bare.checked_div(Decimal::ONE_THOUSAND)?,
            _ => bare,
        };
        self.out.numbers.push(Number {
            figure,
            value,
            bare,
            digits: range,
            unit: unit.map_or((range.1, range.1), |u| (u.1, u.2)),
            measure,
        });
        Some(self.out.numbers.len() - 1)
    }

    fn figure(
        &mut self,
        figure: Figure,
        digits: &str,
        start: usize,
        range: (usize, usize),
        unit: Option<(Measure, usize, usize)>,
    ) -> Option<usize> {
        let at = self.number_of(figure, digits, range, unit)?;
        let end = unit.map_or(range.1, |u| u.2.max(range.1));
        self.push(Kind::Number, start, end);
        self.out.list.last_mut()?.at = at;
        Some(end)
    }

    /// What begins with a digit or a sign: a date, a year, a code with its name, a number with its unit.
    fn digits(&mut self, i: usize, c: char) -> Option<usize> {
        let rest = &self.text[i..];
        let shapes = &self.n.shapes;
        let signed = c == '-';
        if !signed {
            for other in [&shapes.date, &shapes.number] {
                if let Some(m) = other.find(rest) {
                    return Some(self.push(Kind::Date, i, i + m.end()));
                }
            }
            if let Some(end) = self.year(i) {
                let year = self.text[i..i + 4].parse().unwrap_or(0);
                self.push(Kind::Year, i, end);
                self.out.list.last_mut()?.year = year;
                return Some(end);
            }
            if let Some(m) = shapes.measure.find(rest) {
                return Some(self.push(Kind::Date, i, i + m.end()));
            }
            if let Some(end) = self.code_and_name(i) {
                return Some(end);
            }
        }
        let from = i + usize::from(signed);
        let end = self.number_end(from)?;
        let digits = &self.text[from..end];
        let sign = signed && self.unknown.is_none() && self.out.list.last().is_none_or(|t| t.kind != Kind::Number);
        let unit = self.unit(end);
        let figure = match unit {
            None => Figure::Bare,
            Some((Measure::Money(_) | Measure::ThousandYuan, ..)) => Figure::Amount,
            Some((Measure::Percent | Measure::Permille, ..)) => Figure::Ratio,
            Some((Measure::Points, ..)) => Figure::Points,
            Some((Measure::Score, ..)) => Figure::Score,
            Some((Measure::Count, ..)) => Figure::Count,
        };
        let after = &self.text[unit.map_or(end, |u| u.2)..];
        // 1 234.56: what stands before the blank may belong to it.
        let cut = figure != Figure::Bare && self.gaps.breaks.binary_search(&from).is_ok();
        let rough = cut || figure != Figure::Bare && shapes.rough.iter().any(|r| after.starts_with(r.as_str()));
        let figure = if rough { Figure::Rough } else { figure };
        let end = self.figure(figure, digits, i, (from, end), unit)?;
        if sign && let Some(n) = self.out.numbers.last_mut() {
            n.value = -n.value;
            n.bare = -n.bare;
        }
        Some(end)
    }

    fn unit(&self, at: usize) -> Option<(Measure, usize, usize)> {
        let (measure, end) = self.n.unit_at(self.text, at)?;
        // 3万人: the word behind 万 says what it is.
        if matches!(measure, Measure::Money(_))
            && !self.n.signs.yuan.fits(&self.text[at..end])
            && matches!(self.n.unit_at(self.text, end), Some((Measure::Count, _)))
        {
            return None;
        }
        Some((measure, at, end))
    }

    /// Digits in groups or plain, with decimals, up to a blank between digits.
    fn number_end(&self, from: usize) -> Option<usize> {
        let next = self.gaps.breaks.partition_point(|b| *b <= from);
        let limit = self.gaps.breaks.get(next).copied().unwrap_or(self.text.len());
        let b = &self.text.as_bytes()[..limit];
        let run = |mut at: usize| {
            while b.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
            }
            at
        };
        let mut end = run(from);
        if end == from {
            return None;
        }
        if end - from <= 3 {
            while b.get(end) == Some(&b',') && run(end + 1) == end + 4 {
                end += 4;
            }
        }
        if b.get(end) == Some(&b'.') && run(end + 1) > end + 1 {
            end = run(end + 1);
        }
        Some(end)
    }

    fn year(&self, i: usize) -> Option<usize> {
        let rest = &self.text[i..];
        let four = rest.get(..4).filter(|t| t.bytes().all(|b| b.is_ascii_digit()))?;
        if !(four.starts_with("19") || four.starts_with("20"))
            || rest[4..].starts_with(|c: char| c.is_ascii_digit() || c == '.')
        {
            return None;
        }
        let after = &rest[4..];
        if let Some(m) = self.n.shapes.year_tail.captures(after) {
            let own = m.get(1).is_none().then(|| m.get(0).map_or(0, |all| all.end()));
            return Some(i + 4 + own.unwrap_or(0));
        }
        // 2019收入总计: a year whose 年 was left out.
        let (term, _) = self.n.term_at(self.text, i + 4)?;
        let counted = self.n.unit_at(self.text, i + 4).is_some();
        (!counted
            && matches!(
                term.class,
                Class::Side | Class::Scope | Class::Base | Class::Fund | Class::Subject
            ))
        .then_some(i + 4)
    }

    /// 2010301行政运行: a code with the name behind it.
    fn code_and_name(&mut self, i: usize) -> Option<usize> {
        let last = self.out.list.last();
        if self.unknown.is_some()
            || !last.is_none_or(|t| {
                matches!(
                    t.kind,
                    Kind::Punct | Kind::Mark | Kind::Term(Class::Open | Class::Purpose)
                )
            })
        {
            return None;
        }
        let rest = &self.text[i..];
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        if !matches!(digits, 3 | 5 | 7)
            || !self.n.shapes.code.is_match(&rest[..digits])
            || self.n.unit_at(self.text, i + digits).is_some()
        {
            return None;
        }
        let from = i + digits;
        let mut end = from;
        let mut brackets = 0usize;
        for (at, c) in self.text[from..].char_indices() {
            let here = from + at;
            match c {
                '(' => brackets += 1,
                ')' if brackets > 0 => brackets -= 1,
                _ if c.is_ascii_digit() || NAME_ENDS.contains(c) && !(c == '、' && brackets > 0) => break,
                _ if end > from && brackets == 0 && self.ends_name(here) => break,
                _ => {}
            }
            end = here + c.len_utf8();
        }
        let name = &self.text[from..end];
        if name.chars().count() < 2 || name.chars().count() > NAME_LENGTH {
            return None;
        }
        let path = Path {
            code: Some(rest[..digits].to_string()),
            names: vec![name.to_string()],
            printed: vec![self.gaps.printed(self.text, from..end)],
            from_class: digits == 3,
        };
        self.flush(i);
        let mut t = Token::new(Kind::Path, &self.text[i..end], i);
        t.at = self.out.paths.len();
        self.out.paths.push(path);
        self.out.list.push(t);
        Some(end)
    }

    /// Whether a term begins here that no name of a 项 goes on with: 年初预算, 决算数, 较上年, 占.
    fn ends_name(&self, at: usize) -> bool {
        self.n.term_at(self.text, at).is_some_and(|(t, end)| {
            matches!(
                t.class,
                Class::Base | Class::Final | Class::Completed | Class::Share | Class::YearOnYear
            ) || matches!(t.class, Class::Predicate)
                && (&*t.id == "expense"
                    || &*t.id == "copula" && end - at < 4 && self.text[end..].starts_with(|c: char| c.is_ascii_digit()))
                || matches!(t.class, Class::Compare)
                    && matches!(self.n.term_at(self.text, end), Some((b, _)) if b.class == Class::Base)
        })
    }

    /// All chains of names with 类, 款, 项 in brackets.
    fn bracketed_paths(&self) -> Vec<(usize, usize, Path)> {
        let mut out: Vec<(usize, usize, Path)> = Vec::new();
        let mut last_kind = "";
        for m in self.n.shapes.path.captures_iter(self.text) {
            let (Some(all), Some(kind)) = (m.get(0), m.get(2)) else {
                continue;
            };
            let code = m.get(1).map(|c| c.as_str()).filter(|c| !c.is_empty());
            let floor = out.last().map_or(0, |p| p.1);
            let chained = out.last().is_some_and(|p| {
                let between = &self.text[p.1..all.start()];
                last_kind != kind.as_str()
                    && !between.is_empty()
                    && between.chars().count() <= NAME_LENGTH
                    && !between.contains([',', '。', ';', ':'])
                    && !between.contains(|c: char| c.is_ascii_digit())
            });
            let start = if chained {
                floor
            } else {
                self.name_start(all.start(), floor)
            };
            let name = self.text[start..all.start()].trim_start_matches('、');
            if chained && let Some(p) = out.last_mut() {
                // 支出 may stand behind the bracket of the 类.
                let rest = self.n.signs.expense.stripped(name);
                let name = if rest.is_empty() { name } else { rest };
                p.2.names.push(name.to_string());
                p.2.printed
                    .push(self.gaps.printed(self.text, all.start() - name.len()..all.start()));
                p.1 = all.end();
                if let Some(c) = code {
                    p.2.code = Some(c.to_string());
                }
                last_kind = kind.as_str();
                continue;
            }
            if name.chars().count() < 2 {
                continue;
            }
            let from_class = self.n.signs.function_class.fits(kind.as_str());
            let (start, name) = match self.g.codes.class_at_end(name).filter(|_| from_class) {
                Some((_, n)) => (all.start() - n.len(), n),
                None => (all.start() - name.len(), name),
            };
            out.push((
                start,
                all.end(),
                Path {
                    code: code.map(str::to_string),
                    names: vec![name.to_string()],
                    printed: vec![self.gaps.printed(self.text, start..all.start())],
                    from_class,
                },
            ));
            last_kind = kind.as_str();
        }
        out
    }

    /// Where the name in front of a bracket begins.
    fn name_start(&self, end: usize, floor: usize) -> usize {
        let mut start = end;
        let mut depth = 0usize;
        for (at, c) in self.text[floor..end].char_indices().rev() {
            match c {
                ')' => depth += 1,
                '(' if depth > 0 => depth -= 1,
                _ if depth == 0 && (NAME_ENDS.contains(c) || c.is_ascii_digit()) => break,
                _ => {}
            }
            start = floor + at;
            if end - start > NAME_LENGTH * 3 {
                break;
            }
        }
        // Words that announce the name are none of it.
        while let Some((t, to)) = self.n.term_at(self.text, start)
            && to < end
            && matches!(t.class, Class::Open | Class::Scope | Class::Purpose | Class::Negation)
        {
            start = to;
        }
        start
    }
}
