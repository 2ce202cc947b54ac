//! Narrative sections as data: how their headings are worded, what their sentences look like (examples, which are tests), lists of
//! members and institutions, and the words that all sections share (`grammars/sections/*.toml`).

use super::lazy::{Regex, RegexSet};
use super::mistake::Mistake;
use super::pattern::{self, Node};
use crate::ids::section;
use crate::memo::Shared;
use serde::Deserialize;
use std::collections::BTreeMap;
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
    /// Sentences of the section: every figure of theirs must be claimed below its heading.
    #[serde(default)]
    pub examples: Texts,
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
    /// Words in front of a year or a name that change what follows: nothing is passed over together with them.
    pub guard: Texts,
    /// Headings below the heading of a section: they begin no other section.
    pub neutral_heading: Texts,
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
    /// What stands where a value is still to be filled in.
    pub placeholder: Texts,
    /// What stands behind the digits of a year.
    pub year: Texts,
    /// What a list of contents is titled.
    pub contents: Texts,
    /// What separates a term from its definition.
    pub term_end: Texts,
    /// How a line begins that belongs to the web page around a document, not to the document.
    pub page_furniture: Texts,
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
    /// Sentences whose figures must all be claimed.
    pub examples: Vec<String>,
}

/// Words, compiled; all work on folded text.
#[derive(Clone, Debug)]
pub struct SectionWords {
    /// Characters that end a sentence.
    pub ends: String,
    /// Characters between clauses.
    pub between: String,
    opens: Regex,
    /// A word that changes what follows.
    pub guard: Regex,
    /// A heading that begins no section.
    pub neutral_heading: Regex,
    /// A placeholder anywhere.
    pub unfilled: Regex,
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
    /// Slots that a document says once.
    pub once: Vec<String>,
}

impl SectionWords {
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
    pub words: SectionWords,
    /// Lists of members.
    pub members: Members,
    /// Lists of institutions.
    pub institutions: Institutions,
    /// The sections.
    pub sections: Vec<Section>,
    /// The headings of all sections as one set, whole ones and others of each section in turn: which a line may be is told in one go.
    headings: RegexSet,
    /// What was asked before: accounts share most of their headings.
    asked: Shared<Option<Heading>>,
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
        self.asked.recall(folded, || self.look_up(folded))
    }

    fn look_up(&self, folded: &str) -> Option<Heading> {
        let mut best: Option<Heading> = None;
        let mut last = None;
        for hit in self.headings.matches(folded) {
            let n = hit / 2;
            // A whole heading is told before the other of its section.
            if last.replace(n) == Some(n) {
                continue;
            }
            let s = self.sections.get(n)?;
            let own = if hit % 2 == 0 { &s.heading_whole } else { &s.heading };
            let Some(m) = own.as_ref().and_then(|re| re.find(folded)) else {
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
            _ => section::OTHER,
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

    /// Alternatives, the longest first: a shorter word that begins another must not win.
    fn words(&mut self, texts: &[Spanned<String>]) -> String {
        let mut parts: Vec<String> = Vec::new();
        for t in texts {
            let Some(nodes) = self.nodes(t) else { continue };
            parts.push(pattern::regex_of(&nodes));
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
    let words = words(&all, &mut t);
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
        headings: RegexSet::default(),
        asked: Shared::default(),
    };
    // A layer that comes later (a user's own) says more about the same section.
    for f in files.iter().filter(|f| f.file.id.is_some()) {
        let mut own = Vec::new();
        section(f.file, &mut out, &mut Texter { mistakes: &mut own });
        if !own.is_empty() {
            mistakes.entry(f.name.to_string()).or_default().append(&mut own);
        }
    }
    let never = Regex::never();
    let own = |s: &Section| [&s.heading_whole, &s.heading].map(|h| h.as_ref().unwrap_or(&never).as_str().to_string());
    let all: Vec<String> = out.sections.iter().flat_map(own).collect();
    out.headings = RegexSet::new(all).unwrap_or_default();
    Some(out)
}

fn merge_words(all: &mut WordsFile, more: &WordsFile) {
    all.ends.push_str(&more.ends);
    all.between.push_str(&more.between);
    all.once.extend(more.once.iter().cloned());
    for (to, from) in [
        (&mut all.opens, &more.opens),
        (&mut all.guard, &more.guard),
        (&mut all.neutral_heading, &more.neutral_heading),
        (&mut all.yuan, &more.yuan),
        (&mut all.wanyuan, &more.wanyuan),
        (&mut all.yiyuan, &more.yiyuan),
        (&mut all.percent, &more.percent),
        (&mut all.percent_before, &more.percent_before),
        (&mut all.points, &more.points),
        (&mut all.measure, &more.measure),
        (&mut all.placeholder, &more.placeholder),
        (&mut all.year, &more.year),
        (&mut all.contents, &more.contents),
        (&mut all.term_end, &more.term_end),
        (&mut all.page_furniture, &more.page_furniture),
    ] {
        to.extend(from.iter().cloned());
    }
}

fn words(w: &WordsFile, t: &mut Texter<'_>) -> SectionWords {
    let mut regex = |texts: &Texts, before: &str, after: &str| {
        let s = t.words(texts);
        t.regex(&format!("{before}{s}{after}"))
    };
    let opens = regex(&w.opens, "^", "+");
    let guard = regex(&w.guard, "", "");
    let neutral_heading = regex(&w.neutral_heading, "^", "$");
    let unfilled = regex(&w.placeholder, "", "");
    let contents = regex(&w.contents, "^", "$");
    let term_end = regex(&w.term_end, "", "");
    let page_furniture = regex(&w.page_furniture, "^", "");
    let year = regex(&w.year, &format!("(?:[0-9]{{1,4}}|{NUMERALS}{{4}})?"), "");
    let before = t.words(&w.percent_before);
    let units: Texts = [&w.yiyuan, &w.wanyuan, &w.yuan, &w.percent, &w.points, &w.measure]
        .into_iter()
        .flat_map(|u| u.iter().cloned())
        .collect();
    let units = t.words(&units);
    SectionWords {
        ends: crate::text::key(&w.ends),
        between: crate::text::key(&w.between),
        opens,
        guard,
        neutral_heading,
        unfilled,
        year,
        contents,
        term_end,
        page_furniture,
        figure: t.regex(&format!("(?:{before}(?:{NUMERALS}|[点.])+|{NUMBER}{units})")),
        once: w.once.clone(),
    }
}

fn section(file: &SectionFile, out: &mut Sections, t: &mut Texter<'_>) {
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
        known.examples.extend(texts(&file.examples));
        return;
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
        examples: texts(&file.examples),
    });
}

fn both(a: Option<Regex>, b: Option<Regex>) -> Option<Regex> {
    match (a, b) {
        (Some(a), Some(b)) => Regex::new(&format!("(?:{})|(?:{})", a.as_str(), b.as_str())).ok(),
        (a, b) => a.or(b),
    }
}
