//! Narrative sections as data: how their headings are worded, which sentences state which values, how slots are written
//! (`grammars/sections/*.toml`). A pattern of the small language becomes a regular expression that is tried at the start of a
//! clause only: it matches in linear time, and one set per section says which patterns are worth running.
//!
//! | slot | holds |
//! |---|---|
//! | `{金额:total}` | an amount with its unit |
//! | `{比率:share}` | a percentage |
//! | `{数量:groups}` | a count with its measure word |
//! | `{增减:change_direction}` | a word for more, less or equal; `{升降:…}` one that is said of rates |
//! | `{本年}` `{上年}` `{年度}` | a year; the first two are compared with the year of the account |
//! | `{名称:类}` | a name (類, 款 and 項 become the item); `{类别}` the name of a class in the code list |
//! | `{主体}` | one of the sentence's `subjects` |
//! | `{基数:completion_of}` | the budget that a rate is said of |
//! | `{对象}` | words that only repeat what the sentence is about (`words.what`), also none |
//! | `{原因:reason}` | the rest of the sentence, kept; `{说明}` the rest of the sentence, passed over; both stand last |
//!
//! A slot name may carry its own subject: `{金额:revenue/total}`.

use super::compile::Mistake;
use super::lazy::Regex;
use super::pattern::{self, Node};
use crate::value::Unit;
use regex::{RegexSet, RegexSetBuilder};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;
use toml::Spanned;

type Texts = Vec<Spanned<String>>;

/// `sections/<id>.toml`: one section; a file without `id` holds what all sections share.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SectionFile {
    /// The id of the section, as in the dataset.
    #[serde(default)]
    pub id: Option<Spanned<String>>,
    /// The Chinese name, for messages.
    #[serde(default)]
    pub zh: String,
    /// Whether its figures are statements of the account (else it is text: duties, glossary …).
    #[serde(default)]
    pub figures: bool,
    /// A part of the document that holds sections; its heading ends what stands before it.
    #[serde(default)]
    pub part: bool,
    /// Headings, at the end of a line.
    #[serde(default)]
    pub heading: Texts,
    /// Headings that are the whole line.
    #[serde(default)]
    pub heading_whole: Texts,
    /// Lines that must be recognised as its heading.
    #[serde(default)]
    pub heading_examples: Texts,
    /// Lines that must not.
    #[serde(default)]
    pub heading_counter_examples: Texts,
    /// Words that all sections share.
    #[serde(default)]
    pub words: Option<WordsFile>,
    /// How a list of member units is printed.
    #[serde(default)]
    pub members: Option<MembersFile>,
    /// How the parts of a unit are listed.
    #[serde(default)]
    pub institutions: Option<InstitutionsFile>,
    /// Sentences.
    #[serde(default)]
    pub sentence: Vec<RuleFile>,
    /// Clauses: they go on with the sentence before them and inherit its subject.
    #[serde(default)]
    pub clause: Vec<RuleFile>,
}

/// A sentence or a clause.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleFile {
    /// The id of the sentence, as in the dataset; of a clause: its name in reports.
    pub id: Spanned<String>,
    /// What its values are about, unless a slot says otherwise.
    #[serde(default)]
    pub subject: Option<String>,
    /// The subjects that `{主体}` stands for, each with its names.
    #[serde(default)]
    pub subjects: BTreeMap<String, Texts>,
    /// The patterns, tried at the start of a clause.
    pub pattern: Texts,
    /// A clause: only in these sentences.
    #[serde(default)]
    pub of: Vec<String>,
    /// A clause: only while the sentence is about one of these. Without it, about anything.
    #[serde(default)]
    pub about: Vec<String>,
    /// A clause: it shows that the sentence is another one.
    #[serde(default)]
    pub turns: BTreeMap<String, String>,
    /// It says that there was nothing: a statement of zero about each of these.
    #[serde(default)]
    pub none: Vec<String>,
    /// Worded so fully that it may stand in any section.
    #[serde(default)]
    pub anywhere: bool,
    /// Texts that must be read as this sentence, every figure of theirs claimed.
    #[serde(default)]
    pub examples: Texts,
    /// Texts that must not.
    #[serde(default)]
    pub counter_examples: Texts,
}

/// Words that all sections share.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WordsFile {
    /// Characters that end a sentence.
    pub ends: String,
    /// Characters between clauses.
    pub between: String,
    /// What may stand before a heading or a sentence as its number.
    pub opens: Texts,
    /// Words before a clause that change nothing.
    pub lead: Texts,
    /// Words in front of a year or a name that change what follows: nothing is passed over together with them.
    pub guard: Texts,
    /// Headings below the heading of a section: they begin no other section.
    pub neutral_heading: Texts,
    /// Names of the currency before a unit.
    pub currency: Texts,
    /// 元.
    pub yuan: Texts,
    /// 万元.
    pub wanyuan: Texts,
    /// 亿元.
    pub yiyuan: Texts,
    /// Percent behind a number.
    pub percent: Texts,
    /// Percent before a number.
    pub percent_before: Texts,
    /// Percentage points.
    pub points: Texts,
    /// Measure words of counts.
    pub measure: Texts,
    /// Measure words of a slot, where not every one will do: `30批次` is no number of persons.
    #[serde(default)]
    pub measures: BTreeMap<String, Texts>,
    /// What stands where a value is still to be filled in.
    pub placeholder: Texts,
    /// More.
    pub increase: Texts,
    /// Less.
    pub decrease: Texts,
    /// The same.
    pub equal: Texts,
    /// Words of direction that are said of rates.
    pub of_rates: Texts,
    /// The year of the account, in words.
    pub this_year: Texts,
    /// The year before, in words.
    pub last_year: Texts,
    /// What stands behind the digits of a year.
    pub year: Texts,
    /// Words that repeat what a sentence is about; any others are another subject.
    pub what: Texts,
    /// 年初预算.
    pub budget_opening: Texts,
    /// 全年预算.
    pub budget_full_year: Texts,
    /// 调整预算.
    pub budget_adjusted: Texts,
    /// 预算 without more.
    pub budget_plain: Texts,
    /// What a list of contents is titled.
    pub contents: Texts,
    /// What separates a term from its definition.
    pub term_end: Texts,
    /// How a line begins that belongs to the web page around a document, not to the document.
    pub page_furniture: Texts,
    /// Words of comparison: what follows a clause with one that no pattern claims is not held against the year before.
    pub compare: Texts,
    /// Words of a change that mean both sides, or the sentence as a whole.
    pub both: Texts,
    /// Words of a change that mean a total.
    pub whole: Texts,
    /// Slots that are figures of the subject itself; any other names a part of it.
    pub own_slots: Vec<String>,
    /// Slots that a document says once: two values are in doubt.
    pub once: Vec<String>,
}

/// How a list of member units is printed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MembersFile {
    /// What announces the list.
    pub intro: Texts,
    /// The header of the column of names.
    pub name_header: Texts,
    /// The header of the column of notes.
    pub note_header: Texts,
    /// A paragraph that ends a list, or is no name.
    pub not_a_name: Texts,
    /// What a name may end with, where several stand in one paragraph.
    pub between: String,
}

/// How the parts of a unit (内设机构) are listed.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InstitutionsFile {
    /// What a sentence with such a list speaks of.
    pub intro: Texts,
    /// What stands in front of the first name.
    pub begins: Texts,
    /// How many there are.
    pub count: Texts,
    /// How a name ends.
    pub name_ends: Texts,
    /// Characters between names.
    pub between: String,
}

/// The kind of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 金额.
    Amount,
    /// 比率.
    Ratio,
    /// 数量.
    Count,
    /// 增减, 升降.
    Direction,
    /// 本年.
    ThisYear,
    /// 上年.
    LastYear,
    /// 年度.
    Year,
    /// 名称.
    Name,
    /// 类别: a class of the code list.
    Class,
    /// 基数: the budget that a rate is said of.
    Basis,
    /// 原因.
    Reason,
    /// 说明.
    Passed,
}

/// A slot of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slot {
    /// Its kind.
    pub kind: Kind,
    /// Its name; empty where the value is not kept.
    pub name: String,
    /// Its own subject.
    pub subject: Option<String>,
}

/// A pattern.
#[derive(Debug)]
pub struct Pattern {
    /// The rule to which it belongs.
    pub rule: usize,
    /// Its slots; the n-th is the group `s<n>`, its unit `u<n>`, or `e<n>` where a unit
    /// stands without a number.
    pub slots: Vec<Slot>,
    /// It ends with the rest of the sentence: 原因 or 说明.
    pub rest: Option<Slot>,
    /// As written.
    pub text: String,
    source: String,
    compiled: OnceLock<Option<Regex>>,
}

impl Clone for Pattern {
    fn clone(&self) -> Self {
        Self {
            rule: self.rule,
            slots: self.slots.clone(),
            rest: self.rest.clone(),
            text: self.text.clone(),
            source: self.source.clone(),
            compiled: OnceLock::new(),
        }
    }
}

impl Pattern {
    /// The expression, compiled when it is first needed: most documents need few.
    pub fn regex(&self) -> Option<&Regex> {
        self.compiled
            .get_or_init(|| Regex::new(&format!("^(?:{})", self.source)).ok())
            .as_ref()
    }
}

/// A sentence or a clause.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// Its section; `None` for what all share.
    pub section: Option<usize>,
    /// Whether it goes on with the sentence before it.
    pub clause: bool,
    /// What it is about.
    pub subject: Option<String>,
    /// The ids that `{主体}` may stand for, in the order of their groups `t<n>`.
    pub subjects: Vec<String>,
    /// A clause: in which sentences.
    pub of: Vec<String>,
    /// A clause: what the sentence must be about; empty for anything.
    pub about: Vec<String>,
    /// A clause: what it makes of the sentence.
    pub turns: BTreeMap<String, String>,
    /// It says that there was nothing of these.
    pub none: Vec<String>,
    /// Whether it may stand in any section.
    pub anywhere: bool,
    /// Texts that must be read as it.
    pub examples: Vec<String>,
    /// Texts that must not.
    pub counter_examples: Vec<String>,
    /// The file and the place of its id in it, for messages.
    pub at: (String, usize),
}

/// A section.
#[derive(Clone, Debug)]
pub struct Section {
    /// Its id.
    pub id: String,
    /// The Chinese name.
    pub zh: String,
    /// Whether its figures are statements.
    pub figures: bool,
    /// Whether it is a part that holds sections.
    pub part: bool,
    heading: Option<Regex>,
    heading_whole: Option<Regex>,
    /// Lines that must be its heading.
    pub heading_examples: Vec<String>,
    /// Lines that must not.
    pub heading_counter_examples: Vec<String>,
    /// Its own patterns and the shared ones.
    own: Set,
}

/// Patterns that are tried together.
#[derive(Debug, Default)]
pub struct Set {
    /// Indices into [`Sections::patterns`].
    pub patterns: Vec<usize>,
    sources: Vec<String>,
    set: OnceLock<Option<RegexSet>>,
}

impl Clone for Set {
    fn clone(&self) -> Self {
        Self {
            patterns: self.patterns.clone(),
            sources: self.sources.clone(),
            set: OnceLock::new(),
        }
    }
}

impl Set {
    fn set(&self) -> Option<&RegexSet> {
        self.set
            .get_or_init(|| {
                RegexSetBuilder::new(&self.sources)
                    .size_limit(256 << 20)
                    .dfa_size_limit(8 << 20)
                    .build()
                    .ok()
            })
            .as_ref()
    }

    /// The patterns that match at the start of a folded text.
    pub fn at_start(&self, text: &str) -> Vec<usize> {
        match self.set() {
            Some(s) => s
                .matches(text)
                .into_iter()
                .filter_map(|n| self.patterns.get(n).copied())
                .collect(),
            None => self.patterns.clone(),
        }
    }
}

/// Words, compiled; all work on folded text.
#[derive(Clone, Debug)]
pub struct Words {
    /// Characters that end a sentence.
    pub ends: String,
    /// Characters between clauses.
    pub between: String,
    opens: Regex,
    /// A word at the start of a clause that changes nothing.
    pub lead: Regex,
    /// A word that changes what follows.
    pub guard: Regex,
    /// A heading that begins no section.
    pub neutral_heading: Regex,
    /// Units of money, the longest first.
    pub units: Vec<(Regex, Unit)>,
    /// Percentage points.
    pub points: Regex,
    /// Percent before a number.
    pub percent_before: Regex,
    /// The whole text is a placeholder.
    pub placeholder: Regex,
    /// A placeholder anywhere.
    pub unfilled: Regex,
    /// Words of direction as a whole text.
    pub directions: [(Regex, &'static str); 3],
    /// The budgets that a rate may be said of, as a whole text.
    pub bases: [(Regex, &'static str); 4],
    /// A year, anywhere in a text.
    pub year: Regex,
    /// The title of a list of contents.
    pub contents: Regex,
    /// Between term and definition.
    pub term_end: Regex,
    /// The start of a line of the web page around a document.
    pub page_furniture: Regex,
    /// A number with what makes it a figure.
    pub figure: Regex,
    /// Words of comparison.
    pub compare: Regex,
    /// Words that mean both sides.
    pub both: Regex,
    /// Words that mean a total.
    pub total: Regex,
    /// Slots that are figures of the subject itself.
    pub own_slots: Vec<String>,
    /// Slots that a document says once.
    pub once: Vec<String>,
}

impl Words {
    /// The end of the list number at the start of a folded text. `1.` before a digit is no number of a list but an amount.
    pub fn list_number(&self, folded: &str) -> Option<usize> {
        let end = self.opens.find(folded)?.end();
        let amount = folded[..end].ends_with('.') && folded[end..].starts_with(|c: char| c.is_ascii_digit());
        (!amount).then_some(end)
    }
}

/// How lists of member units are printed.
#[derive(Clone, Debug)]
pub struct Members {
    /// What announces the list.
    pub intro: Regex,
    /// The header of the column of names.
    pub name_header: Regex,
    /// The header of the column of notes.
    pub note_header: Regex,
    /// No name.
    pub not_a_name: Regex,
    /// Characters between names in one paragraph.
    pub between: String,
}

/// How the parts of a unit are listed.
#[derive(Clone, Debug)]
pub struct Institutions {
    /// What a sentence with such a list speaks of.
    pub intro: Regex,
    /// What stands in front of the first name.
    pub begins: Regex,
    /// How many there are.
    pub count: Regex,
    /// The end of a name.
    pub name_ends: Regex,
    /// Characters between names.
    pub between: String,
}

/// Everything under `grammars/sections/`.
#[derive(Clone, Debug)]
pub struct Sections {
    /// Words.
    pub words: Words,
    /// Lists of members.
    pub members: Members,
    /// Lists of institutions.
    pub institutions: Institutions,
    /// The sections.
    pub sections: Vec<Section>,
    /// Sentences and clauses.
    pub rules: Vec<Rule>,
    /// Their patterns, in the order of the files.
    pub patterns: Vec<Pattern>,
    /// Patterns that may stand in any section.
    anywhere: Set,
}

/// A heading that was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heading {
    /// Index of the section.
    pub section: usize,
    /// Length of the matched words: the longest wins.
    pub length: usize,
}

impl Sections {
    /// The section whose heading a folded line (without its number) is.
    pub fn heading(&self, folded: &str) -> Option<Heading> {
        let mut best: Option<Heading> = None;
        for (n, s) in self.sections.iter().enumerate() {
            let whole = s.heading_whole.as_ref().and_then(|re| re.find(folded));
            let Some(m) = whole.or_else(|| s.heading.as_ref().and_then(|re| re.find(folded))) else {
                continue;
            };
            let length = m.end() - m.start();
            if best.is_none_or(|b| length > b.length) {
                best = Some(Heading { section: n, length });
            }
        }
        best
    }

    /// The id under which a section is published: a part that only gathers sections is `other`.
    pub fn published(&self, section: usize) -> &str {
        match self.sections.get(section) {
            Some(s) if !s.part => &s.id,
            _ => "other",
        }
    }

    /// Whether it is the part that holds the forms: a part whose text states no figures.
    pub fn holds_tables(&self, section: usize) -> bool {
        self.sections
            .get(section)
            .is_some_and(|s| s.part && !s.figures && s.heading.is_none())
    }

    /// The section of an id.
    pub fn section(&self, id: &str) -> Option<usize> {
        self.sections.iter().position(|s| s.id == id)
    }

    /// Whether a pattern is a clause.
    pub fn is_clause(&self, pattern: usize) -> bool {
        self.patterns.get(pattern).is_some_and(|p| self.rules[p.rule].clause)
    }

    /// The patterns that are tried in a section.
    pub fn of_section(&self, section: usize) -> Option<&Set> {
        self.sections.get(section).map(|s| &s.own)
    }

    /// The patterns that are tried where the own ones do not fit.
    pub fn anywhere(&self) -> &Set {
        &self.anywhere
    }
}

const NUMBER: &str = "(?:[0-9]{1,3}(?:,[0-9]{3})+(?:\\.[0-9]+)?|[0-9]+(?:\\.[0-9]+)?)";
/// Chinese numerals as they are written for counts and shares.
const NUMERALS: &str = "[〇零一二三四五六七八九十百千万两壹贰叁肆伍陆柒捌玖拾佰]";

struct Texter<'m> {
    mistakes: &'m mut Vec<Mistake>,
}

impl Texter<'_> {
    fn fail(&mut self, text: &Spanned<String>, at: usize, message: impl Into<String>) {
        let start = text.span().start + 1 + at;
        self.mistakes.push((start..text.span().end.max(start), message.into()));
    }

    fn nodes(&mut self, text: &Spanned<String>) -> Option<Vec<Node>> {
        match pattern::parse(text.get_ref()) {
            Ok(n) => Some(n),
            Err(e) => {
                self.fail(text, e.offset, e.message);
                None
            }
        }
    }

    /// Alternatives without slots, the longest first: a shorter word that begins another must not win.
    fn words(&mut self, texts: &[Spanned<String>]) -> String {
        let mut parts: Vec<String> = Vec::new();
        for t in texts {
            let Some(nodes) = self.nodes(t) else { continue };
            match pattern::regex_of(&nodes) {
                Some(re) => parts.push(re),
                None => self.fail(t, 0, "a slot cannot stand here"),
            }
        }
        parts.sort_by_key(|p| std::cmp::Reverse(p.len()));
        if parts.is_empty() {
            // Matches nothing, not everything.
            return "[^\\s\\S]".into();
        }
        format!("(?:{})", parts.join("|"))
    }

    fn regex(&mut self, source: &str) -> Regex {
        Regex::new(source).unwrap_or_else(|e| {
            self.mistakes
                .push((0..0, format!("the patterns cannot be compiled: {e}")));
            Regex::never()
        })
    }
}

/// Parts of expressions that are made of words.
struct Vocabulary {
    unit: String,
    currency: String,
    percent: String,
    percent_before: String,
    measure: String,
    measures: BTreeMap<String, String>,
    placeholder: String,
    direction: String,
    of_rates: String,
    this_year: String,
    last_year: String,
    year: String,
    basis: String,
    what: String,
    between: String,
    any: String,
}

fn class_of_chars(chars: &str, negated: bool) -> String {
    let mut out = String::from(if negated { "[^" } else { "[" });
    for c in chars.chars() {
        out.push_str(&regex::escape(&c.to_string()));
    }
    out.push(']');
    out
}

/// One file with its name, for messages.
pub(super) struct Named<'f> {
    /// File name.
    pub name: &'f str,
    /// What it holds.
    pub file: &'f SectionFile,
}

fn institutions_of(f: InstitutionsFile, t: &mut Texter<'_>) -> Institutions {
    let mut free = |texts: &Texts, end: &str| {
        let w = t.words(texts);
        t.regex(&format!("{w}{end}"))
    };
    Institutions {
        intro: free(&f.intro, ""),
        begins: free(&f.begins, ""),
        count: free(&f.count, ""),
        name_ends: free(&f.name_ends, "$"),
        between: f.between.chars().map(|c| crate::text::key(&c.to_string())).collect(),
    }
}

/// Compiles all files of the room; mistakes by file.
pub(super) fn compile(files: &[Named<'_>], mistakes: &mut BTreeMap<String, Vec<Mistake>>) -> Option<Sections> {
    let mut all = WordsFile::default();
    let mut members = MembersFile::default();
    let mut institutions = InstitutionsFile::default();
    let mut found: Vec<Mistake> = Vec::new();
    let mut words_file = String::new();
    for f in files {
        if let Some(w) = &f.file.words {
            merge_words(&mut all, w);
            words_file = f.name.to_string();
        }
        if let Some(m) = &f.file.members {
            members.intro.extend(m.intro.iter().cloned());
            members.name_header.extend(m.name_header.iter().cloned());
            members.note_header.extend(m.note_header.iter().cloned());
            members.not_a_name.extend(m.not_a_name.iter().cloned());
            members.between.push_str(&m.between);
        }
        if let Some(i) = &f.file.institutions {
            institutions.intro.extend(i.intro.iter().cloned());
            institutions.begins.extend(i.begins.iter().cloned());
            institutions.count.extend(i.count.iter().cloned());
            institutions.name_ends.extend(i.name_ends.iter().cloned());
            institutions.between.push_str(&i.between);
        }
    }
    let mut t = Texter { mistakes: &mut found };
    let vocabulary = vocabulary(&all, &mut t);
    let words = words(&all, &vocabulary, &mut t);
    let members = Members {
        intro: {
            let w = t.words(&members.intro);
            t.regex(&w)
        },
        name_header: {
            let w = t.words(&members.name_header);
            t.regex(&format!("^{w}$"))
        },
        note_header: {
            let w = t.words(&members.note_header);
            t.regex(&format!("^{w}$"))
        },
        not_a_name: {
            let w = t.words(&members.not_a_name);
            t.regex(&w)
        },
        between: members.between,
    };
    let institutions = institutions_of(institutions, &mut t);
    if !found.is_empty() {
        mistakes.entry(words_file).or_default().append(&mut found);
    }
    let mut out = Sections {
        words,
        members,
        institutions,
        sections: Vec::new(),
        rules: Vec::new(),
        patterns: Vec::new(),
        anywhere: Set::default(),
    };
    let mut shared = Vec::new();
    // A layer that comes later (a user's own) says more about the same section; its patterns are tried first.
    for f in files {
        let mut own = Vec::new();
        let mut t = Texter { mistakes: &mut own };
        let section = f.file.id.as_ref().map(|_| section(f.file, &mut out, &mut t));
        for (rules, clause) in [(&f.file.sentence, false), (&f.file.clause, true)] {
            for r in rules {
                if section.is_none() && !clause {
                    t.fail(&r.id, 0, "a sentence needs a section: give the file an `id`");
                }
                rule(r, section, clause, f.name, &vocabulary, &mut out, &mut shared, &mut t);
            }
        }
        if !own.is_empty() {
            mistakes.entry(f.name.to_string()).or_default().append(&mut own);
        }
    }
    for s in &mut out.sections {
        s.own.patterns.extend(&shared);
    }
    let sources: Vec<String> = out.patterns.iter().map(|p| format!("^(?:{})", p.source)).collect();
    let fill = |set: &mut Set| {
        set.sources = set.patterns.iter().map(|p| sources[*p].clone()).collect();
    };
    let anywhere: Vec<usize> = (0..out.patterns.len())
        .filter(|p| out.rules[out.patterns[*p].rule].anywhere)
        .collect();
    out.anywhere.patterns = anywhere;
    fill(&mut out.anywhere);
    for s in &mut out.sections {
        fill(&mut s.own);
    }
    Some(out)
}

fn merge_words(all: &mut WordsFile, more: &WordsFile) {
    all.ends.push_str(&more.ends);
    all.between.push_str(&more.between);
    all.once.extend(more.once.iter().cloned());
    all.own_slots.extend(more.own_slots.iter().cloned());
    let WordsFile {
        opens,
        lead,
        guard,
        neutral_heading,
        currency,
        yuan,
        wanyuan,
        yiyuan,
        percent,
        percent_before,
        points,
        measure,
        measures,
        placeholder,
        increase,
        decrease,
        equal,
        of_rates,
        this_year,
        last_year,
        year,
        what,
        compare,
        both,
        whole,
        budget_opening,
        budget_full_year,
        budget_adjusted,
        budget_plain,
        contents,
        term_end,
        page_furniture,
        ..
    } = more.clone();
    for (to, from) in [
        (&mut all.opens, opens),
        (&mut all.lead, lead),
        (&mut all.guard, guard),
        (&mut all.neutral_heading, neutral_heading),
        (&mut all.currency, currency),
        (&mut all.yuan, yuan),
        (&mut all.wanyuan, wanyuan),
        (&mut all.yiyuan, yiyuan),
        (&mut all.percent, percent),
        (&mut all.percent_before, percent_before),
        (&mut all.points, points),
        (&mut all.measure, measure),
        (&mut all.placeholder, placeholder),
        (&mut all.increase, increase),
        (&mut all.decrease, decrease),
        (&mut all.equal, equal),
        (&mut all.of_rates, of_rates),
        (&mut all.this_year, this_year),
        (&mut all.last_year, last_year),
        (&mut all.year, year),
        (&mut all.what, what),
        (&mut all.compare, compare),
        (&mut all.both, both),
        (&mut all.whole, whole),
        (&mut all.budget_opening, budget_opening),
        (&mut all.budget_full_year, budget_full_year),
        (&mut all.budget_adjusted, budget_adjusted),
        (&mut all.budget_plain, budget_plain),
        (&mut all.contents, contents),
        (&mut all.term_end, term_end),
        (&mut all.page_furniture, page_furniture),
    ] {
        to.extend(from);
    }
    for (slot, words) in measures {
        all.measures.entry(slot).or_default().extend(words);
    }
}

fn vocabulary(w: &WordsFile, t: &mut Texter<'_>) -> Vocabulary {
    let units: Texts = [&w.yiyuan, &w.wanyuan, &w.yuan]
        .into_iter()
        .flat_map(|u| u.iter().cloned())
        .collect();
    let percents: Texts = w.percent.iter().chain(&w.points).cloned().collect();
    let directions: Texts = [&w.increase, &w.decrease, &w.equal]
        .into_iter()
        .flat_map(|u| u.iter().cloned())
        .collect();
    let placeholder = t.words(&w.placeholder);
    let words = |d: &str| {
        // A template leaves both words: 增加（减少）, 增加/减少.
        format!("{d}(?:\\({d}\\)|/{d})?")
    };
    let direction = t.words(&directions);
    let of_rates = t.words(&w.of_rates);
    let year_end = t.words(&w.year);
    let year = format!("(?:[0-9]{{1,4}}|{NUMERALS}{{4}}|{placeholder})?{year_end}");
    let year_of = format!("(?:[0-9]{{1,4}}|{NUMERALS}{{4}}|{placeholder}){year_end}");
    let this = t.words(&w.this_year);
    let last = t.words(&w.last_year);
    let between = crate::text::key(&w.between);
    let bases: Texts = [
        &w.budget_opening,
        &w.budget_full_year,
        &w.budget_adjusted,
        &w.budget_plain,
    ]
    .into_iter()
    .flat_map(|b| b.iter().cloned())
    .collect();
    Vocabulary {
        basis: t.words(&bases),
        what: format!("{}*", t.words(&w.what)),
        unit: t.words(&units),
        currency: t.words(&w.currency),
        percent: t.words(&percents),
        percent_before: t.words(&w.percent_before),
        measure: t.words(&w.measure),
        measures: w.measures.iter().map(|(slot, l)| (slot.clone(), t.words(l))).collect(),
        placeholder,
        direction: words(&direction),
        of_rates: words(&of_rates),
        // Compared are words or a number; 年 alone stands in too many other words (年初).
        this_year: format!("(?:{this}|{year_of})"),
        last_year: format!("(?:{last}|{year_of})"),
        year: format!("(?:{this}|{last}|{year})"),
        any: format!("{}*?", class_of_chars(&between, true)),
        between,
    }
}

fn words(w: &WordsFile, v: &Vocabulary, t: &mut Texter<'_>) -> Words {
    let anchored = |t: &mut Texter<'_>, texts: &Texts| {
        let s = t.words(texts);
        t.regex(&format!("^{s}"))
    };
    let whole = |t: &mut Texter<'_>, texts: &Texts| {
        let s = t.words(texts);
        t.regex(&format!("^{s}$"))
    };
    let free = |t: &mut Texter<'_>, texts: &Texts| {
        let s = t.words(texts);
        t.regex(&s)
    };
    let opens = {
        let s = t.words(&w.opens);
        t.regex(&format!("^{s}+"))
    };
    let figure = t.regex(&format!(
        "(?:{}(?:{NUMERALS}|[点.])+|{NUMBER}(?:{}|{}|{}))",
        v.percent_before, v.unit, v.percent, v.measure
    ));
    let year = t.regex(&v.year);
    Words {
        ends: crate::text::key(&w.ends),
        between: v.between.clone(),
        opens,
        lead: anchored(t, &w.lead),
        guard: free(t, &w.guard),
        neutral_heading: whole(t, &w.neutral_heading),
        units: vec![
            (whole(t, &w.yiyuan), Unit::Yiyuan),
            (whole(t, &w.wanyuan), Unit::Wanyuan),
            (whole(t, &w.yuan), Unit::Yuan),
        ],
        points: whole(t, &w.points),
        percent_before: anchored(t, &w.percent_before),
        placeholder: whole(t, &w.placeholder),
        unfilled: free(t, &w.placeholder),
        directions: [
            (whole(t, &w.increase), "increase"),
            (whole(t, &w.decrease), "decrease"),
            (whole(t, &w.equal), "equal"),
        ],
        bases: [
            (whole(t, &w.budget_opening), "opening_budget"),
            (whole(t, &w.budget_full_year), "full_year_budget"),
            (whole(t, &w.budget_adjusted), "adjusted_budget"),
            (whole(t, &w.budget_plain), "budget"),
        ],
        year,
        contents: whole(t, &w.contents),
        term_end: free(t, &w.term_end),
        page_furniture: {
            let s = t.words(&w.page_furniture);
            t.regex(&format!("^{s}"))
        },
        figure,
        compare: free(t, &w.compare),
        both: free(t, &w.both),
        total: free(t, &w.whole),
        own_slots: w.own_slots.clone(),
        once: w.once.clone(),
    }
}

fn section(file: &SectionFile, out: &mut Sections, t: &mut Texter<'_>) -> usize {
    let id = file.id.as_ref().map(|i| i.get_ref().clone()).unwrap_or_default();
    let mut expression = |texts: &Texts, before: &str| {
        (!texts.is_empty()).then(|| {
            let w = t.words(texts);
            t.regex(&format!("{before}{w}[:。]?$"))
        })
    };
    let heading = expression(&file.heading, "");
    let heading_whole = expression(&file.heading_whole, "^");
    let texts = |l: &Texts| l.iter().map(|e| e.get_ref().clone()).collect::<Vec<_>>();
    if let Some(n) = out.section(&id) {
        let known = &mut out.sections[n];
        // A layer cannot take a heading away; it adds its own.
        known.heading = both(known.heading.take(), heading);
        known.heading_whole = both(known.heading_whole.take(), heading_whole);
        known.heading_examples.extend(texts(&file.heading_examples));
        known
            .heading_counter_examples
            .extend(texts(&file.heading_counter_examples));
        return n;
    }
    out.sections.push(Section {
        id,
        zh: file.zh.clone(),
        figures: file.figures,
        part: file.part,
        heading,
        heading_whole,
        heading_examples: texts(&file.heading_examples),
        heading_counter_examples: texts(&file.heading_counter_examples),
        own: Set::default(),
    });
    out.sections.len() - 1
}

fn both(a: Option<Regex>, b: Option<Regex>) -> Option<Regex> {
    match (a, b) {
        (Some(a), Some(b)) => Regex::new(&format!("(?:{})|(?:{})", a.as_str(), b.as_str())).ok(),
        (a, b) => a.or(b),
    }
}

#[allow(clippy::too_many_arguments)]
fn rule(
    r: &RuleFile,
    section: Option<usize>,
    clause: bool,
    file: &str,
    v: &Vocabulary,
    out: &mut Sections,
    shared: &mut Vec<usize>,
    t: &mut Texter<'_>,
) {
    let n = out.rules.len();
    let mut subjects = Vec::new();
    let mut groups = Vec::new();
    for (id, names) in &r.subjects {
        let w = t.words(names);
        groups.push(format!("(?P<t{}>{w})", subjects.len()));
        subjects.push(id.clone());
    }
    if !clause && !r.of.is_empty() {
        t.fail(&r.id, 0, "`of` is for clauses");
    }
    let mut needs = false;
    for p in &r.pattern {
        let Some(nodes) = t.nodes(p) else { continue };
        let mut b = Builder {
            v,
            slots: Vec::new(),
            rest: None,
            subjects: &groups,
            wrong: None,
            subject_used: false,
        };
        let source = b.sequence(&nodes);
        needs |= b.subject_used;
        if let Some(message) = b.wrong.take() {
            t.fail(p, 0, message);
            continue;
        }
        if let Err(e) = regex_check(&source) {
            t.fail(p, 0, e);
            continue;
        }
        let id = out.patterns.len();
        out.patterns.push(Pattern {
            rule: n,
            slots: b.slots,
            rest: b.rest,
            text: p.get_ref().clone(),
            source,
            compiled: OnceLock::new(),
        });
        match section {
            Some(s) => out.sections[s].own.patterns.push(id),
            None => shared.push(id),
        }
    }
    if !clause && !r.about.is_empty() {
        t.fail(&r.id, 0, "`about` is for clauses: a sentence has its own subject");
    }
    if !needs && !r.subjects.is_empty() {
        t.fail(&r.id, 0, "`subjects` are given but no pattern holds {主体}");
    }
    let texts = |l: &Texts| l.iter().map(|e| e.get_ref().clone()).collect::<Vec<_>>();
    out.rules.push(Rule {
        id: r.id.get_ref().clone(),
        section,
        clause,
        subject: r.subject.clone(),
        subjects,
        of: r.of.clone(),
        about: r.about.clone(),
        turns: r.turns.clone(),
        none: r.none.clone(),
        anywhere: r.anywhere,
        examples: texts(&r.examples),
        counter_examples: texts(&r.counter_examples),
        at: (file.to_string(), r.id.span().start),
    });
}

/// A pattern that could match nothing would be found everywhere.
fn regex_check(source: &str) -> Result<(), String> {
    if source.is_empty() {
        return Err("the pattern holds no word".into());
    }
    Ok(())
}

struct Builder<'v> {
    v: &'v Vocabulary,
    slots: Vec<Slot>,
    rest: Option<Slot>,
    subjects: &'v [String],
    wrong: Option<String>,
    subject_used: bool,
}

impl Builder<'_> {
    fn sequence(&mut self, nodes: &[Node]) -> String {
        let mut out = String::new();
        for n in nodes {
            if self.rest.is_some() {
                self.wrong.get_or_insert_with(|| {
                    "原因 and 说明 take the rest of the sentence: nothing can stand behind them".into()
                });
            }
            match n {
                Node::Literal(t) => out.push_str(&regex::escape(t)),
                Node::Optional(c) => {
                    out.push_str("(?:");
                    out.push_str(&self.choices(c));
                    out.push_str(")?");
                }
                Node::Choice(c) => {
                    out.push_str("(?:");
                    out.push_str(&self.choices(c));
                    out.push(')');
                }
                Node::Any => out.push_str(&self.v.any),
                Node::Digits => out.push_str(&format!("(?:[0-9]+|{NUMERALS}+)")),
                Node::Slot { kind, name } => out.push_str(&self.slot(kind, name.as_deref().unwrap_or(""))),
            }
        }
        out
    }

    fn choices(&mut self, c: &[Vec<Node>]) -> String {
        let parts: Vec<String> = c.iter().map(|n| self.sequence(n)).collect();
        parts.join("|")
    }

    fn slot(&mut self, kind: &str, name: &str) -> String {
        let (subject, name) = match name.rsplit_once('/') {
            Some((s, n)) => (Some(s.to_string()), n),
            None => (None, name),
        };
        let n = self.slots.len();
        let v = self.v;
        let (kind, source) = match kind {
            "金额" => (
                Kind::Amount,
                format!(
                    "(?:{}?(?P<s{n}>-?{NUMBER}(?:,{NUMBER})?|{}){}?(?P<u{n}>{})?|(?P<e{n}>{}))",
                    v.currency, v.placeholder, v.currency, v.unit, v.unit
                ),
            ),
            "比率" => (
                Kind::Ratio,
                format!(
                    "(?:(?P<s{n}>{}(?:{NUMERALS}|[点.])+|{}?-?{NUMBER}|{})(?P<u{n}>{})?|(?P<e{n}>{}))",
                    v.percent_before, v.percent_before, v.placeholder, v.percent, v.percent
                ),
            ),
            "数量" => (Kind::Count, {
                let measure = v.measures.get(name).unwrap_or(&v.measure);
                format!(
                    "(?:(?P<s{n}>{NUMBER}|{NUMERALS}+|{})(?P<u{n}>{measure})?|(?P<e{n}>{measure}))",
                    v.placeholder
                )
            }),
            "增减" => (Kind::Direction, format!("(?P<s{n}>{})", v.direction)),
            "升降" => (Kind::Direction, format!("(?P<s{n}>{})", v.of_rates)),
            "本年" => (Kind::ThisYear, format!("(?P<s{n}>{})", v.this_year)),
            "上年" => (Kind::LastYear, format!("(?P<s{n}>{})", v.last_year)),
            "年度" => (Kind::Year, format!("(?P<s{n}>{})", v.year)),
            "名称" => (Kind::Name, format!("(?P<s{n}>{})", name_source(&v.between))),
            "类别" => (Kind::Class, format!("(?P<s{n}>{})", name_source(&v.between))),
            "基数" => (Kind::Basis, format!("(?P<s{n}>{})", v.basis)),
            "对象" => return v.what.clone(),
            "主体" => {
                if self.subjects.is_empty() {
                    self.wrong
                        .get_or_insert_with(|| "{主体} needs `subjects` in its sentence".into());
                }
                if self.subject_used {
                    // Groups have one name each: a second {主体} of one pattern repeats the words without asking which.
                    return format!("(?:{})", unnamed(&self.subjects.join("|")));
                }
                self.subject_used = true;
                return format!("(?:{})", self.subjects.join("|"));
            }
            "原因" | "说明" => {
                let kind = if kind == "原因" { Kind::Reason } else { Kind::Passed };
                self.rest = Some(Slot {
                    kind,
                    name: name.to_string(),
                    subject,
                });
                return String::new();
            }
            other => {
                self.wrong.get_or_insert_with(|| {
                    format!("`{other}` is no kind of slot; write one of 金额 比率 数量 增减 升降 本年 上年 年度 名称 类别 基数 对象 主体 原因 说明")
                });
                return String::new();
            }
        };
        self.slots.push(Slot {
            kind,
            name: name.to_string(),
            subject,
        });
        source
    }
}

fn unnamed(source: &str) -> String {
    let mut out = source.to_string();
    for n in (0..64).rev() {
        out = out.replace(&format!("?P<t{n}>"), "?:");
    }
    out
}

/// A name: no punctuation, but what stands in brackets inside it belongs to it.
fn name_source(between: &str) -> String {
    let plain = class_of_chars(between, true);
    format!("(?:{plain}|、|\\([^()]*\\))+?")
}
