//! The words of the narrative, as data (`grammars/narrative/`): terms by type, what subjects and funds are, units, and the shapes of
//! numbers and dates. One automaton finds the longest term at a place; names of 类, 款, 项 and 经济分类 come from the code lists.

use super::codes::Codes;
use super::compile::Mistake;
use super::lazy::Regex;
use super::pattern::{self, Node};
use crate::value::Unit;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use toml::Spanned;

type Words = Vec<Spanned<String>>;
type Table = BTreeMap<String, Words>;

/// A file under `grammars/narrative/`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct NarrativeFile {
    define: BTreeMap<String, Spanned<String>>,
    subject: Vec<SubjectFile>,
    fund: Vec<FundFile>,
    #[serde(rename = "use")]
    uses: Table,
    inside: BTreeMap<String, Vec<String>>,
    side: Table,
    scope: Table,
    base: Table,
    direction: BTreeMap<String, DirectionFile>,
    role: Table,
    word: Table,
    predicate: Table,
    neutral: Table,
    units: Table,
    sign: BTreeMap<String, Sign>,
    shapes: BTreeMap<String, Spanned<Shape>>,
    published: Vec<Published>,
    idiom: Vec<IdiomFile>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct IdiomFile {
    subject: String,
    slot: String,
    figure: String,
    section: Option<String>,
    /// A word that occurs in the sentence: without it the expressions are not tried.
    word: String,
    before: Option<Spanned<String>>,
    after: Option<Spanned<String>>,
}

/// What composition cannot say: the words right in front of a figure, or right behind it, that say as a whole what it is.
#[derive(Clone, Debug)]
pub struct Idiom {
    /// What it is about.
    pub subject: String,
    /// Its role.
    pub slot: String,
    /// The kind of figure: `amount`, `count`.
    pub figure: String,
    section: Option<String>,
    word: String,
    before: Option<Regex>,
    after: Option<Regex>,
}

impl Idiom {
    /// Whether a figure between two pieces of a sentence, below the heading of a section, is meant.
    pub fn fits(&self, figure: &str, section: &str, before: &str, after: &str) -> bool {
        self.figure == figure
            && self.section.as_deref().is_none_or(|s| s == section)
            && (before.contains(&self.word) || after.contains(&self.word))
            && self.before.as_ref().is_none_or(|r| r.is_match(before))
            && self.after.as_ref().is_none_or(|r| r.is_match(after))
    }
}

/// Under which name a figure of a section is published: what is not given fits anything.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Published {
    /// The section.
    section: String,
    /// Only below the heading of the section itself.
    home: bool,
    /// The subject as it was read.
    subject: Option<String>,
    /// Its side.
    side: Option<String>,
    /// The role as it was read.
    slot: Option<String>,
    /// The name of the subject.
    named: Option<String>,
    /// The name of the role.
    slot_named: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Shape {
    One(String),
    Many(Vec<String>),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SubjectFile {
    id: String,
    family: String,
    section: Option<String>,
    side: Option<String>,
    #[serde(default)]
    compound: Vec<String>,
    #[serde(default)]
    words: Words,
    #[serde(default)]
    weak: Words,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FundFile {
    id: String,
    section: String,
    revenue: String,
    expenditure: String,
    both: String,
    words: Words,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct DirectionFile {
    plain: Words,
    saving: Words,
    over: Words,
    to: Words,
}

/// Letters by which a word or a unit is known.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sign {
    is: Vec<String>,
    begins: Vec<String>,
    ends: Vec<String>,
    has: Vec<String>,
}

impl Sign {
    fn folded(&self) -> Self {
        let of = |list: &[String]| list.iter().map(|w| crate::text::key(w)).collect();
        Self {
            is: of(&self.is),
            begins: of(&self.begins),
            ends: self.ends.clone(),
            has: of(&self.has),
        }
    }

    /// Whether a word shows it.
    pub fn fits(&self, word: &str) -> bool {
        self.is.iter().any(|w| w == word)
            || self.begins.iter().any(|w| word.starts_with(w.as_str()))
            || self.ends.iter().any(|w| word.ends_with(w.as_str()))
            || self.has.iter().any(|w| word.contains(w.as_str()))
    }

    /// A word without the letters that it begins or ends with.
    pub fn stripped<'t>(&self, word: &'t str) -> &'t str {
        let mut out = word;
        while let Some(rest) = self.ends.iter().find_map(|w| out.strip_suffix(w.as_str())) {
            out = rest;
        }
        while let Some(rest) = self.begins.iter().find_map(|w| out.strip_prefix(w.as_str())) {
            out = rest;
        }
        out
    }
}

macro_rules! signs {
    ($($name:ident),* $(,)?) => {
        /// Words and units by their letters: see `[sign]` of the lexicon.
        #[allow(missing_docs, reason = "each is described where its letters stand")]
        #[derive(Clone, Debug)]
        pub struct Signs { $(pub $name: Sign),* }

        impl Signs {
            fn of(table: &BTreeMap<String, Sign>) -> Result<Self, String> {
                let known = [$(stringify!($name)),*];
                if let Some(name) = table.keys().find(|k| !known.contains(&k.as_str())) {
                    return Err(format!("[sign] has no `{name}`; there are {}", known.join(", ")));
                }
                let one = |name: &str| table.get(name).map(Sign::folded).ok_or_else(|| format!("[sign] lacks `{name}`"));
                Ok(Self { $($name: one(stringify!($name))?),* })
            }
        }
    };
}

signs!(
    vehicle,
    car,
    machine,
    official,
    heads,
    people,
    groups,
    newly,
    joins,
    and_others,
    joins_a_name,
    non,
    not,
    appropriation,
    running_cost,
    rate,
    heading,
    at_the_end,
    grand_sum,
    sum,
    yuan,
    expense,
    function_class,
    unit_car,
    unit_vehicle,
    unit_fleet,
    unit_person,
    unit_session,
    unit_piece,
    unit_plain,
    unit_visit,
    unit_any_visit,
    unit_batch,
    unit_equipment,
    unit_delegation,
    unit_group,
    unit_trip,
    unit_project,
);

/// What a term is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// What a figure may be about.
    Subject,
    /// Name of a 类, with its code.
    FunctionClass,
    /// Name of a 款 or 项, or of an item of 经济分类 with five digits.
    Item,
    /// Name of a 类 of 经济分类, with its code.
    EconomicClass,
    /// A kind of vehicle by its use.
    Use,
    /// Whose money.
    Fund,
    /// 收入, 支出 or both.
    Side,
    /// 总计, 合计, 本年.
    Scope,
    /// A budget or the year before.
    Base,
    /// 增加, 减少, 持平.
    Direction,
    /// 大于 (预算), 超.
    Over,
    /// 节约: a change that says nothing of the year before.
    Saving,
    /// 增加到.
    To,
    /// What is counted: 批次, 保有量, 得分.
    Role,
    /// 占.
    Share,
    /// 完成.
    Completed,
    /// 与, 比, 较.
    Compare,
    /// 相比.
    CompareEnd,
    /// 同比.
    YearOnYear,
    /// 各, 均.
    Each,
    /// 分别.
    Respectively,
    /// 其中, 包括.
    Open,
    /// 决算, 实际支出.
    Final,
    /// 决算收入.
    FinalRevenue,
    /// 无, 未.
    Negation,
    /// 前者, 后者.
    Pointer,
    /// 原因, 由于.
    Reason,
    /// 用于.
    Purpose,
    /// 为, 数, 合计; the id says which kind.
    Predicate,
    /// Owner, time, filler; the id says which.
    Neutral,
    /// 的.
    Of,
    /// A word that names something else.
    Unknown,
}

/// A term of the lexicon.
#[derive(Clone, Debug)]
pub struct Term {
    /// Its type.
    pub class: Class,
    /// Its id within the type.
    pub id: Box<str>,
    /// Counts only at the start of a phrase.
    pub weak: bool,
}

/// 收入 or 支出 of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub enum Side {
    /// 收入.
    Revenue,
    /// 支出.
    #[default]
    Expenditure,
    /// 收、支.
    Both,
    /// Neither.
    Neither,
}

/// What is known of a subject id.
#[derive(Clone, Debug, Default)]
pub struct SubjectInfo {
    /// Family, see `inside`.
    pub family: String,
    /// Section in which it is published.
    pub section: Option<String>,
    /// Side.
    pub side: Side,
}

/// Whose money, and which subject it is by side.
#[derive(Clone, Debug)]
pub struct Fund {
    /// Id.
    pub id: String,
    /// Section in which it is published.
    pub section: String,
    /// 收入.
    pub revenue: String,
    /// 支出.
    pub expenditure: String,
    /// 收、支.
    pub both: String,
}

/// The unit behind a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Money.
    Money(Unit),
    /// 千元.
    ThousandYuan,
    /// %.
    Percent,
    /// ‰.
    Permille,
    /// 百分点.
    Points,
    /// 分.
    Score,
    /// A measure word.
    Count,
}

/// Regular expressions over the folded text; all begin at the start of what they are given, but `path`, `body`, `money` and `heading`.
#[derive(Clone, Debug)]
pub struct Shapes {
    /// A date.
    pub date: Regex,
    /// A number of a document, a telephone.
    pub number: Regex,
    /// A measure that is no figure of the account.
    pub measure: Regex,
    /// 单价…以上设备.
    pub threshold: Regex,
    /// 百分之….
    pub percent_words: Regex,
    /// A figure left empty.
    pub hole: Regex,
    /// Any of the shapes that begin with a word or a sign: where this does not match none of them does.
    pub worded: Regex,
    /// The characters with which one of them may begin; `None`: any may.
    worded_first: Option<FxHashSet<char>>,
    /// A list number.
    pub mark: Regex,
    /// The levels of list numbers.
    pub levels: Vec<Regex>,
    /// 类, 款, 项 in brackets.
    pub path: Regex,
    /// A code of 功能分类 or 经济分类.
    pub code: Regex,
    /// A count in words.
    pub numeral_count: Regex,
    /// An unknown word that names a body.
    pub body: Regex,
    /// An unknown word that speaks of money.
    pub money: Regex,
    /// A heading.
    pub heading: Regex,
    /// A paragraph about performance.
    pub performance: Regex,
    /// A heading about assets.
    pub assets: Regex,
    /// Grades, best first.
    pub grades: Vec<Regex>,
    /// An unknown word that names a vehicle.
    pub vehicle: Regex,
    /// Words in front of a number of meetings.
    pub meetings: Regex,
    /// Words in front of a number of trainings.
    pub trainings: Regex,
    /// Words in front of a number of those who came.
    pub attendance: Regex,
    /// Words in front of a score.
    pub scored: Regex,
    /// Words in front of an average score.
    pub averaged: Regex,
    /// Words behind the number of projects.
    pub projects_behind: Regex,
    /// Words in front of the number of projects that were assessed.
    pub assessed: Regex,
    /// A name that its publisher covered.
    pub masked: Regex,
    /// The name of a fund that ends in its budget.
    pub planned: Regex,
    /// The unit of a table.
    pub table_unit: Regex,
    /// An unknown word that names a delegation.
    pub delegation: Regex,
    /// A line that is only the number of a page.
    pub page_mark: Regex,
    /// A word that opens a reason by its name.
    pub reason: Regex,
    /// The scores of each grade, in the order of the grades, in front of a number of projects.
    pub bands: Vec<Regex>,
    /// Unknown words that say from where visitors come.
    pub visitors: Regex,
    /// Behind the figure of a budget that was kept.
    pub within: Regex,
    /// What follows the digits of a year; the group belongs to what follows it.
    pub year_tail: Regex,
    /// The number of a page inside a paragraph that goes on behind it.
    pub page: Regex,
    /// What makes a number rough.
    pub rough: Vec<String>,
}

impl Shapes {
    /// Whether a text begins with a shape of words or signs.
    pub fn is_worded(&self, text: &str) -> bool {
        let may = |c: char| self.worded_first.as_ref().is_none_or(|all| all.contains(&c));
        text.chars().next().is_some_and(may) && self.worded.is_match(text)
    }
}

/// The characters with which a match of these expressions may begin: those that stand in them, where nothing in them stands for others.
fn first_characters(sources: &[&str]) -> Option<FxHashSet<char>> {
    let mut out = FxHashSet::default();
    for source in sources {
        let mut chars = source.chars().peekable();
        let (mut class, mut first) = (false, false);
        while let Some(c) = chars.next() {
            let opens = std::mem::take(&mut first);
            match c {
                '\\' => match chars.next()? {
                    'd' => out.extend('0'..='9'),
                    c if c.is_ascii_alphabetic() => return None,
                    c => _ = out.insert(c),
                },
                '[' if !class => {
                    (class, first) = (true, true);
                    if chars.peek() == Some(&'^') {
                        return None;
                    }
                }
                ']' => class = false,
                '.' if !class => return None,
                // A range from one character to another.
                '-' if class && !opens && chars.peek() != Some(&']') => return None,
                c => _ = out.insert(c),
            }
        }
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::first_characters;

    #[test]
    fn what_an_expression_may_begin_with_stands_in_it_or_anything_may() {
        let of = |s: &str| first_characters(&[s]);
        let has = |s: &str, c: char| of(s).is_some_and(|all| all.contains(&c));
        assert!(has("[-—]{1,2}\\d", '—') && has("[-—]{1,2}\\d", '-') && has("(?:百|千)分", '千'));
        assert!(has("\\*x", '*') && has("\\d元", '7') && !has("百分之", '元'));
        for any in [".元", "[^元]", "\\w", "[一-九]", "\\p{Han}"] {
            assert!(of(any).is_none(), "{any}");
        }
    }
}

/// All terms, in the order of their letters. Only ever asked what begins at a place, which an automaton answers no faster and
/// is built in a fifth of a second's worth of steps.
#[derive(Clone, Debug)]
struct Terms {
    /// The text, the longest other term that begins it, and what it is.
    sorted: Vec<(Box<str>, Option<usize>, Term)>,
    /// Where the terms of two first characters stand, and those of one character: most places of a text begin none or one of a few.
    first: FxHashMap<(char, Option<char>), (usize, usize)>,
    /// The same by three characters, for two that begin many terms.
    third: FxHashMap<[char; 3], (usize, usize)>,
}

/// More terms that begin alike are told apart by their third character.
const MANY: usize = 6;

impl Terms {
    fn new(terms: BTreeMap<String, Term>) -> Self {
        let mut sorted: Vec<(Box<str>, Option<usize>, Term)> = Vec::with_capacity(terms.len());
        // Those that begin the one before: what begins the next is among them.
        let mut open: Vec<usize> = Vec::new();
        for (text, term) in terms {
            while open.last().is_some_and(|&n| !text.starts_with(&*sorted[n].0)) {
                open.pop();
            }
            let begins = open.last().copied();
            open.push(sorted.len());
            sorted.push((text.into(), begins, term));
        }
        let mut first: FxHashMap<_, (usize, usize)> = FxHashMap::default();
        for (n, (text, ..)) in sorted.iter().enumerate() {
            let mut chars = text.chars();
            if let Some(c) = chars.next() {
                first.entry((c, chars.next())).or_insert((n, n)).1 = n + 1;
            }
        }
        let mut third: FxHashMap<_, (usize, usize)> = FxHashMap::default();
        for (n, (text, ..)) in sorted.iter().enumerate() {
            let mut chars = text.chars();
            let (Some(a), Some(b), Some(c)) = (chars.next(), chars.next(), chars.next()) else {
                continue;
            };
            if first.get(&(a, Some(b))).is_some_and(|(from, to)| to - from > MANY) {
                third.entry([a, b, c]).or_insert((n, n)).1 = n + 1;
            }
        }
        Self { sorted, first, third }
    }

    /// The longest term that begins a text. Whatever begins it begins the last term that is not behind it, too.
    fn longest(&self, text: &str) -> Option<(usize, &Term)> {
        let mut chars = text.chars();
        let (c, next, third) = (chars.next()?, chars.next(), chars.next());
        let among = |(from, to): (usize, usize)| {
            let own = &self.sorted[from..to];
            Some(from + own.partition_point(|(t, _, _)| **t <= *text).checked_sub(1)?)
        };
        let last = |next: Option<char>| {
            let (from, to) = *self.first.get(&(c, next))?;
            let (Some(b), true) = (next, to - from > MANY) else {
                return among((from, to));
            };
            // Else only the two characters themselves may be a term.
            let own = third.and_then(|t| self.third.get(&[c, b, t])).copied().and_then(among);
            own.or_else(|| (self.sorted[from].0.len() == c.len_utf8() + b.len_utf8()).then_some(from))
        };
        let mut n = last(next).or_else(|| last(None))?;
        loop {
            let (term, begins, what) = &self.sorted[n];
            if text.starts_with(&**term) {
                return Some((term.len(), what));
            }
            n = (*begins)?;
        }
    }
}

/// Everything that reading the narrative knows.
#[derive(Clone, Debug)]
pub struct Narrative {
    terms: Terms,
    subjects: HashMap<String, SubjectInfo>,
    compounds: Vec<(String, String, String)>,
    funds: Vec<Fund>,
    inside: BTreeMap<String, Vec<String>>,
    /// By their first character, the longest first.
    units: FxHashMap<char, Vec<(String, Measure)>>,
    published: Vec<Published>,
    /// Idioms.
    pub idioms: Vec<Idiom>,
    /// Words and units by their letters.
    pub signs: Signs,
    /// Shapes.
    pub shapes: Shapes,
}

impl Narrative {
    /// The longest term that begins at a byte.
    pub fn term_at(&self, text: &str, at: usize) -> Option<(&Term, usize)> {
        let (length, term) = self.terms.longest(text.get(at..)?)?;
        Some((term, at + length))
    }

    /// The term that a whole text is.
    pub fn whole(&self, text: &str) -> Option<&Term> {
        self.term_at(text, 0)
            .filter(|(_, end)| *end == text.len())
            .map(|(t, _)| t)
    }

    /// How many terms there are.
    pub fn terms(&self) -> usize {
        self.terms.sorted.len()
    }

    /// What is known of a subject.
    pub fn subject(&self, id: &str) -> Option<&SubjectInfo> {
        self.subjects.get(id)
    }

    /// The subject of two that are named together.
    pub fn compound(&self, a: &str, b: &str) -> Option<&str> {
        self.compounds
            .iter()
            .find(|(x, y, _)| x == a && y == b || x == b && y == a)
            .map(|(_, _, id)| id.as_str())
    }

    /// The names under which a figure is published: its subject and its role.
    pub fn published(&self, section: &str, home: bool, subject: (&str, Side), slot: &str) -> (String, String) {
        let (subject, subject_side) = subject;
        let fits = |p: &&Published| {
            p.section == section
                && (home || !p.home)
                && p.subject.as_deref().is_none_or(|s| s == subject)
                && p.side.as_deref().is_none_or(|s| side(Some(s)) == subject_side)
                && p.slot.as_deref().is_none_or(|s| s == slot)
        };
        let found = || self.published.iter().filter(fits);
        (
            found().find_map(|p| p.named.clone()).unwrap_or_else(|| subject.into()),
            found()
                .find_map(|p| p.slot_named.clone())
                .unwrap_or_else(|| slot.into()),
        )
    }

    /// A fund by id.
    pub fn fund(&self, id: &str) -> Option<&Fund> {
        self.funds.iter().find(|f| f.id == id)
    }

    /// The fund that is published in a section.
    pub fn fund_of(&self, section: &str) -> Option<&Fund> {
        self.funds.iter().find(|f| f.section == section)
    }

    /// Whether the name of one family still means its subject inside a whole of another.
    pub fn may_be_inside(&self, family: &str, whole: &str) -> bool {
        self.inside
            .get(family)
            .is_none_or(|wholes| wholes.iter().any(|w| w == whole))
    }

    /// The unit at a place, the longest; its end.
    pub fn unit_at(&self, text: &str, at: usize) -> Option<(Measure, usize)> {
        let rest = text.get(at..)?;
        let (w, m) = self
            .units
            .get(&rest.chars().next()?)?
            .iter()
            .find(|(w, _)| rest.starts_with(w.as_str()))?;
        Some((*m, at + w.len()))
    }
}

/// All texts that a pattern without wildcards stands for.
fn expand(nodes: &[Node]) -> Result<Vec<String>, &'static str> {
    let mut out = vec![String::new()];
    for node in nodes {
        let options = match node {
            Node::Literal(l) => vec![l.clone()],
            Node::Optional(o) | Node::Choice(o) => {
                let mut all = Vec::new();
                for alternative in o {
                    all.extend(expand(alternative)?);
                }
                if matches!(node, Node::Optional(_)) {
                    all.push(String::new());
                }
                all
            }
            _ => return Err("a term has only literal characters, [optional] and (one|of) parts"),
        };
        if out.len() * options.len() > 4000 {
            return Err("this pattern stands for more than 4,000 texts; split it");
        }
        out = out
            .iter()
            .flat_map(|a| options.iter().map(move |b| format!("{a}{b}")))
            .collect();
    }
    Ok(out)
}

struct Builder<'m> {
    terms: BTreeMap<String, Term>,
    define: BTreeMap<String, String>,
    mistakes: &'m mut Vec<Mistake>,
}

impl Builder<'_> {
    fn wrong(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.mistakes.push((span, message.into()));
    }

    /// The texts of a word in the notation; fragments are put in first.
    fn texts(&mut self, word: &Spanned<String>) -> Vec<String> {
        let mut pattern = word.get_ref().clone();
        while let Some(open) = pattern.find('‹') {
            let Some(close) = pattern[open..].find('›').map(|n| open + n) else {
                self.wrong(word.span(), "`‹` without `›`");
                return Vec::new();
            };
            let name = pattern[open + '‹'.len_utf8()..close].to_string();
            let Some(fragment) = self.define.get(&name) else {
                self.wrong(word.span(), format!("no fragment `{name}` stands in [define]"));
                return Vec::new();
            };
            pattern.replace_range(open..close + '›'.len_utf8(), fragment);
        }
        let nodes = match pattern::parse(&pattern) {
            Ok(n) => n,
            Err(e) => {
                self.wrong(word.span(), e.message);
                return Vec::new();
            }
        };
        match expand(&nodes) {
            Ok(t) => t.into_iter().filter(|t| !t.is_empty()).collect(),
            Err(e) => {
                self.wrong(word.span(), e);
                Vec::new()
            }
        }
    }

    fn put(&mut self, text: String, class: Class, id: &str, weak: bool) {
        let id = id.into();
        self.terms.insert(text, Term { class, id, weak });
    }

    fn words(&mut self, words: &[Spanned<String>], class: Class, id: &str, weak: bool) {
        for w in words {
            for t in self.texts(w) {
                self.put(t, class, id, weak);
            }
        }
    }

    fn table(&mut self, table: &Table, class: Class) {
        for (id, words) in table {
            self.words(words, class, id, false);
        }
    }
}

const WORDS: &[(&str, Class)] = &[
    ("final", Class::Final),
    ("final_expense", Class::Final),
    ("final_grand", Class::Final),
    ("of", Class::Of),
    ("final_revenue", Class::FinalRevenue),
    ("negation", Class::Negation),
    ("absent", Class::Negation),
    ("reason", Class::Reason),
    ("purpose", Class::Purpose),
    ("open", Class::Open),
    ("open_including", Class::Open),
    ("former", Class::Pointer),
    ("latter", Class::Pointer),
    ("open_names", Class::Open),
    ("open_classes", Class::Open),
    ("each", Class::Each),
    ("respectively", Class::Respectively),
    ("respectively_share", Class::Respectively),
    ("share", Class::Share),
    ("completed", Class::Completed),
    ("compare", Class::Compare),
    ("compare_end", Class::CompareEnd),
    ("year_on_year", Class::YearOnYear),
];

fn side(word: Option<&str>) -> Side {
    match word {
        Some("revenue") => Side::Revenue,
        Some("both") => Side::Both,
        Some("neither") => Side::Neither,
        _ => Side::Expenditure,
    }
}

/// Joins the files into one lexicon. Mistakes come with the number of their file.
pub fn compile(files: &[NarrativeFile], codes: &Codes, found: &mut Vec<(usize, Mistake)>) -> Option<Narrative> {
    let mut terms = BTreeMap::new();
    let mut all = NarrativeFile::default();
    let mut subjects: HashMap<String, SubjectInfo> = HashMap::new();
    let mut compounds = Vec::new();
    let mut funds = Vec::new();
    let mut shapes: BTreeMap<String, Shape> = BTreeMap::new();
    // Names of codes first: a term of the lexicon with the same letters is stronger.
    let define: BTreeMap<String, String> = files
        .iter()
        .flat_map(|f| f.define.iter().map(|(k, v)| (k.clone(), v.get_ref().clone())))
        .collect();
    let steps: &[fn(&NarrativeFile, &mut Builder<'_>)] = &[
        |f, b| {
            b.table(&f.neutral, Class::Neutral);
            b.table(&f.predicate, Class::Predicate);
        },
        |f, b| {
            for (name, class) in WORDS {
                if let Some(words) = f.word.get(*name) {
                    b.words(words, *class, name, false);
                }
            }
        },
        |f, b| {
            f.subject
                .iter()
                .for_each(|s| b.words(&s.weak, Class::Subject, &s.id, true))
        },
        |f, b| {
            f.subject
                .iter()
                .for_each(|s| b.words(&s.words, Class::Subject, &s.id, false))
        },
        |f, b| {
            b.table(&f.uses, Class::Use);
            f.fund.iter().for_each(|x| b.words(&x.words, Class::Fund, &x.id, false));
            b.table(&f.scope, Class::Scope);
            b.table(&f.side, Class::Side);
            b.table(&f.base, Class::Base);
        },
        |f, b| {
            for (id, d) in &f.direction {
                for (words, class) in [
                    (&d.plain, Class::Direction),
                    (&d.saving, Class::Saving),
                    (&d.over, Class::Over),
                    (&d.to, Class::To),
                ] {
                    b.words(words, class, id, false);
                }
            }
            b.table(&f.role, Class::Role);
            if let Some(words) = f.word.get("unknown") {
                b.words(words, Class::Unknown, "", false);
            }
        },
    ];
    for (n, step) in steps.iter().enumerate() {
        if n == 2 {
            names_of_codes(codes, &mut terms);
        }
        for (file, f) in files.iter().enumerate() {
            let mut mistakes = Vec::new();
            let mut b = Builder {
                terms: std::mem::take(&mut terms),
                define: define.clone(),
                mistakes: &mut mistakes,
            };
            step(f, &mut b);
            terms = b.terms;
            found.extend(mistakes.into_iter().map(|m| (file, m)));
        }
    }
    for (file, f) in files.iter().enumerate() {
        for s in &f.subject {
            let info = SubjectInfo {
                family: s.family.clone(),
                section: s.section.clone(),
                side: side(s.side.as_deref()),
            };
            subjects.insert(s.id.clone(), info);
            if let [a, b] = s.compound.as_slice() {
                compounds.push((a.clone(), b.clone(), s.id.clone()));
            }
        }
        for x in &f.fund {
            for (id, side) in [(&x.revenue, Side::Revenue), (&x.expenditure, Side::Expenditure)] {
                subjects.entry(id.clone()).or_insert_with(|| SubjectInfo {
                    family: "fund".into(),
                    section: Some(x.section.clone()),
                    side,
                });
            }
            funds.push(Fund {
                id: x.id.clone(),
                section: x.section.clone(),
                revenue: x.revenue.clone(),
                expenditure: x.expenditure.clone(),
                both: x.both.clone(),
            });
        }
        all.inside.extend(f.inside.clone());
        all.published.extend(f.published.clone());
        for (k, v) in &f.units {
            all.units.entry(k.clone()).or_default().extend(v.clone());
        }
        all.sign.extend(f.sign.clone());
        for (k, v) in &f.shapes {
            shapes.insert(k.clone(), v.get_ref().clone());
            if let Shape::One(r) = v.get_ref()
                && let Err(e) = Regex::new(r)
            {
                found.push((file, (v.span(), format!("not a regular expression: {e}"))));
            }
        }
    }
    let mut idioms = Vec::new();
    for (file, f) in files.iter().enumerate() {
        for i in &f.idiom {
            let mut side = |r: &Option<Spanned<String>>, start: &str, end: &str| {
                let r = r.as_ref()?;
                match Regex::new(&format!("{start}(?:{}){end}", r.get_ref())) {
                    Ok(r) => Some(r),
                    Err(e) => {
                        found.push((file, (r.span(), format!("not a regular expression: {e}"))));
                        None
                    }
                }
            };
            idioms.push(Idiom {
                before: side(&i.before, "", "$"),
                after: side(&i.after, "^", ""),
                subject: i.subject.clone(),
                slot: i.slot.clone(),
                figure: i.figure.clone(),
                section: i.section.clone(),
                word: crate::text::key(&i.word),
            });
        }
    }
    let (shapes, signs) = match compile_shapes(&shapes).and_then(|s| Ok((s, Signs::of(&all.sign)?))) {
        Ok(both) => both,
        Err(message) => {
            found.push((0, (0..0, message)));
            return None;
        }
    };
    let shadowed: Vec<String> = terms
        .iter()
        .filter(|(text, t)| t.class == Class::Item && begins_with_subject(text, &terms))
        .map(|(text, _)| text.clone())
        .collect();
    for text in shadowed {
        terms.remove(&text);
    }
    Some(Narrative {
        terms: Terms::new(terms),
        subjects,
        compounds,
        funds,
        inside: all.inside,
        units: units(&all.units),
        published: all.published,
        idioms,
        signs,
        shapes,
    })
}

/// 公务接待费 is an item of 经济分类, but a narrative means the subject.
fn begins_with_subject(text: &str, terms: &BTreeMap<String, Term>) -> bool {
    text.char_indices()
        .skip(1)
        .filter_map(|(at, _)| terms.get(&text[..at]))
        .any(|t| t.class == Class::Subject && !t.weak)
}

fn names_of_codes(codes: &Codes, terms: &mut BTreeMap<String, Term>) {
    let mut put = |text: String, class: Class, id: &str| {
        terms.insert(
            text,
            Term {
                class,
                id: id.into(),
                weak: true,
            },
        );
    };
    for (name, class, id) in codes.narrative_names() {
        put(name, class, &id);
    }
}

fn units(table: &Table) -> FxHashMap<char, Vec<(String, Measure)>> {
    let mut out: FxHashMap<char, Vec<(String, Measure)>> = FxHashMap::default();
    for (id, words) in table {
        let measure = match id.as_str() {
            "yuan" => Measure::Money(Unit::Yuan),
            "wanyuan" => Measure::Money(Unit::Wanyuan),
            "yiyuan" => Measure::Money(Unit::Yiyuan),
            "qianyuan" => Measure::ThousandYuan,
            "percent" => Measure::Percent,
            "permille" => Measure::Permille,
            "points" => Measure::Points,
            "score" => Measure::Score,
            _ => Measure::Count,
        };
        for word in words.iter().map(|w| crate::text::key(w.get_ref())) {
            if let Some(c) = word.chars().next() {
                out.entry(c).or_default().push((word, measure));
            }
        }
    }
    // The last of two that are alike counts, as it did before.
    for list in out.values_mut() {
        list.reverse();
        list.sort_by_key(|(w, _)| std::cmp::Reverse(w.len()));
    }
    out
}

/// The shapes that begin with a word or a sign.
const WORDED: [&str; 6] = ["threshold", "percent_words", "hole", "numeral_count", "masked", "page"];

fn compile_shapes(shapes: &BTreeMap<String, Shape>) -> Result<Shapes, String> {
    let one = |name: &str| match shapes.get(name) {
        Some(Shape::One(r)) => Ok(r.as_str()),
        _ => Err(format!("[shapes] lacks `{name}`")),
    };
    let many = |name: &str| match shapes.get(name) {
        Some(Shape::Many(r)) => Ok(r.clone()),
        _ => Err(format!("[shapes] lacks the list `{name}`")),
    };
    let regex = |r: &str| Regex::new(r).map_err(|e| e.to_string());
    let at_start = |name: &str| one(name).and_then(|r| regex(&format!("^(?:{r})")));
    let anywhere = |name: &str| one(name).and_then(regex);
    let list = |name: &str| many(name)?.iter().map(|r| regex(r)).collect::<Result<Vec<_>, _>>();
    Ok(Shapes {
        date: at_start("date")?,
        number: at_start("number")?,
        measure: at_start("measure")?,
        threshold: at_start("threshold")?,
        percent_words: at_start("percent_words")?,
        hole: at_start("hole")?,
        worded_first: first_characters(&WORDED.map(one).into_iter().collect::<Result<Vec<_>, _>>()?),
        worded: regex(&format!(
            "^(?:{})",
            WORDED.map(one).into_iter().collect::<Result<Vec<_>, _>>()?.join("|")
        ))?,
        mark: at_start("mark")?,
        levels: list("levels")?,
        path: anywhere("path")?,
        code: at_start("code")?,
        numeral_count: at_start("numeral_count")?,
        body: anywhere("body")?,
        money: anywhere("money")?,
        heading: anywhere("heading")?,
        performance: anywhere("performance")?,
        assets: anywhere("assets")?,
        grades: list("grades")?,
        bands: list("bands")?,
        reason: anywhere("reason")?,
        vehicle: anywhere("vehicle")?,
        meetings: anywhere("meetings")?,
        trainings: anywhere("trainings")?,
        attendance: anywhere("attendance")?,
        scored: anywhere("scored")?,
        averaged: anywhere("averaged")?,
        projects_behind: at_start("projects_behind")?,
        assessed: anywhere("assessed")?,
        masked: at_start("masked")?,
        planned: anywhere("planned")?,
        table_unit: anywhere("table_unit")?,
        delegation: anywhere("delegation")?,
        page_mark: anywhere("page_mark")?,
        visitors: anywhere("visitors")?,
        within: at_start("within")?,
        page: at_start("page")?,
        year_tail: at_start("year_tail")?,
        rough: many("rough")?,
    })
}
