//! Paragraphs to claims. Comes in: paragraphs of a section and the patterns of the grammar. Goes out: which words fill which slot
//! of which sentence, about what; every figure that no pattern claims. Patterns are tried at the start of clauses only, so a
//! text is read once. Refuses to compute values: that is for `normalise`.

use super::outline::Outline;
use crate::grammar::Grammar;
use crate::grammar::sections::{Kind, Pattern, Rule, Sections};
use crate::layout::paragraph::{Paragraph, Piece};
use crate::text::{self, Folded};
use std::ops::Range;

/// What a statement is about, as words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Subject {
    /// Nobody said.
    #[default]
    None,
    /// An id of the dataset.
    Id(String),
    /// Names of 类, 款 and 项, as far as they were said.
    Names(Vec<String>),
}

/// A slot that was filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Filled {
    /// Kind.
    pub kind: Kind,
    /// Name of the slot.
    pub name: String,
    /// What it is about.
    pub subject: Subject,
    /// The value in the folded text; empty where the slot was left empty.
    pub value: Range<usize>,
    /// The unit or measure word in the folded text.
    pub unit: Option<Range<usize>>,
}

/// A pattern that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Index of the pattern.
    pub pattern: usize,
    /// Index of the section.
    pub section: usize,
    /// Id of the sentence.
    pub sentence: String,
    /// The folded text that it covers.
    pub range: Range<usize>,
    /// Its slots, in the order of the text.
    pub slots: Vec<Filled>,
    /// Subjects of which it says that there was nothing.
    pub none: Vec<String>,
}

/// What a paragraph says.
#[derive(Clone, Debug, Default)]
pub struct Read {
    /// The folded text with its places.
    pub folded: Folded,
    /// The claims, in the order of the text.
    pub claims: Vec<Claim>,
    /// Figures that nobody claimed.
    pub unclaimed: Vec<Range<usize>>,
    /// Placeholders that stand outside of every claim.
    pub unfilled: Vec<Range<usize>>,
    /// How many figures were claimed.
    pub claimed: usize,
}

/// The sentence that clauses go on with.
#[derive(Clone, Debug, Default)]
pub struct Context {
    open: Option<Open>,
}

#[derive(Clone, Debug)]
struct Open {
    sentence: String,
    /// The id it would have without a turn; clauses name it.
    base: String,
    section: usize,
    subject: Subject,
    /// The figure named last, where it has a subject of its own: a change that follows is one of it.
    last: Option<Subject>,
    /// Its subject is one of a list.
    part: bool,
    /// A clause that nobody claimed named something else: what only goes on may not be about the sentence any more.
    lost: bool,
    /// Claims of this paragraph that belong to it, from this index on.
    since: usize,
}

/// A window behind a clause start: no sentence of a final account is longer, and no search runs farther.
const WINDOW: usize = 2400;
/// Words in front of a clause that are passed over, one after the other.
const LEADS: usize = 6;

/// What all paragraphs of a document share.
pub struct Reader<'g> {
    g: &'g Grammar,
    s: &'g Sections,
    /// The folded name of the unit, which may stand before any clause, and the same without its region or bracket; the longest first.
    names: Vec<String>,
}

/// A paragraph of a section.
#[derive(Clone, Debug)]
pub struct Spoken {
    /// Index of the piece in the outline.
    pub piece: usize,
    /// Index of the section in the grammar.
    pub section: usize,
    /// Byte of the text from which it was read (behind a heading in the same paragraph).
    pub from: usize,
    /// What it says.
    pub read: Read,
}

impl<'g> Reader<'g> {
    /// A reader for the account of a unit.
    pub fn new(g: &'g Grammar, unit_name: Option<&str>) -> Self {
        Self {
            g,
            s: &g.sections,
            names: unit_name.map(|n| names(g, &text::key(n))).unwrap_or_default(),
        }
    }

    /// Reads all paragraphs of the sections that hold figures.
    pub fn document(&self, outline: &Outline) -> Vec<Spoken> {
        let mut out = Vec::new();
        for part in &outline.sections {
            if !self.s.sections[part.section].figures {
                continue;
            }
            let mut context = Context::default();
            for piece in &part.pieces {
                let Some(Piece::Paragraph(p)) = outline.pieces.get(*piece) else {
                    continue;
                };
                let from = part.run_in.filter(|_| *piece == part.head).unwrap_or(0);
                let read = self.paragraph(p, from, part.section, &mut context);
                out.push(Spoken {
                    piece: *piece,
                    section: part.section,
                    from,
                    read,
                });
            }
        }
        out
    }

    /// Reads one paragraph from a byte on.
    pub fn paragraph(&self, p: &Paragraph, from: usize, section: usize, context: &mut Context) -> Read {
        let folded = text::fold(p.text.get(from..).unwrap_or(""));
        let mut out = self.text(&folded.text, section, context);
        out.folded = folded;
        out
    }

    /// Reads a folded text.
    pub fn text(&self, t: &str, section: usize, context: &mut Context) -> Read {
        let mut out = Read::default();
        let mut at = 0;
        if let Some(end) = self.s.words.list_number(t) {
            // A new number begins something else: what follows must say what it is about.
            context.open = None;
            at = end;
        }
        if let Some(o) = &mut context.open {
            o.since = 0;
        }
        while at < t.len() {
            let Some(c) = t[at..].chars().next() else { break };
            if self.s.words.between.contains(c) {
                at += c.len_utf8();
                continue;
            }
            match self.best(t, at, section, context) {
                Some(found) => at = self.take(t, found, section, context, &mut out),
                None => {
                    let next = self.next_clause(t, at);
                    let w = &self.s.words;
                    if let Some(o) = &mut context.open
                        && (w.figure.is_match(&t[at..next]) || w.compare.is_match(&t[at..next]))
                    {
                        o.lost = true;
                    }
                    at = next;
                }
            }
        }
        self.rest(t, &mut out);
        out
    }

    /// The start of the next clause. What stands behind a closing bracket goes on with what stood before it.
    fn next_clause(&self, t: &str, at: usize) -> usize {
        t[at..]
            .char_indices()
            .find(|(_, c)| *c != ')' && self.s.words.between.contains(*c))
            .map_or(t.len(), |(n, c)| at + n + c.len_utf8())
    }

    /// The best pattern at a clause start, with or without the words in front of it.
    fn best(&self, t: &str, at: usize, section: usize, context: &Context) -> Option<Found> {
        let mut best = self.at(t, at, section, context);
        let mut from = at;
        for _ in 0..LEADS {
            let Some(next) = self.lead(t, from) else { break };
            from = next;
            if let Some(f) = self.at(t, from, section, context)
                && best.as_ref().is_none_or(|b| f.better(b))
            {
                best = Some(f);
            }
        }
        best
    }

    /// The end of a word in front of a clause that changes nothing.
    fn lead(&self, t: &str, at: usize) -> Option<usize> {
        let rest = t.get(at..)?;
        if let Some(name) = self.names.iter().find(|n| rest.starts_with(n.as_str())) {
            return Some(at + name.len());
        }
        if let Some(m) = self.s.words.lead.find(rest).filter(|m| m.end() > 0) {
            return Some(at + m.end());
        }
        // A name and a year: `…局2024年度`.
        let clause = &rest[..self.clause_length(rest)];
        let year = self.s.words.year.find(clause).filter(|m| m.end() > 0)?;
        (!self.s.words.guard.is_match(&clause[..year.start()])).then_some(at + year.end())
    }

    /// The start of the clause behind one that holds nothing but words in front of a clause.
    fn behind_leads(&self, t: &str, at: usize) -> Option<usize> {
        let mut from = at;
        while let Some(next) = self.lead(t, from).filter(|n| *n > from) {
            from = next;
        }
        (from > at && t[from..].starts_with([',', ':'])).then_some(from + 1)
    }

    fn clause_length(&self, rest: &str) -> usize {
        rest.char_indices()
            .take(80)
            .find(|(_, c)| self.s.words.between.contains(*c))
            .map_or_else(
                || rest.char_indices().nth(80).map_or(rest.len(), |(n, _)| n),
                |(n, _)| n,
            )
    }

    /// The best pattern that matches right here.
    fn at(&self, t: &str, at: usize, section: usize, context: &Context) -> Option<Found> {
        let mut end = (at + WINDOW).min(t.len());
        while !t.is_char_boundary(end) {
            end -= 1;
        }
        let window = t.get(at..end)?;
        let own = self.s.of_section(section)?;
        let mut best = self.pick(own.at_start(window), window, at, context, true);
        // A sentence of another section goes on with the clauses of that section.
        if let Some(there) = context.open.as_ref().filter(|o| o.section != section)
            && let Some(set) = self.s.of_section(there.section)
        {
            let clauses = set.at_start(window).into_iter().filter(|p| self.s.is_clause(*p));
            let other = self.pick(clauses.collect(), window, at, context, true);
            if let Some(o) = other
                && best.as_ref().is_none_or(|b| o.better(b))
            {
                best = Some(o);
            }
        }
        if best.as_ref().is_none_or(|b| b.clause) {
            let other = self.pick(self.s.anywhere().at_start(window), window, at, context, false);
            if let Some(o) = other
                && best.as_ref().is_none_or(|b| o.end > b.end)
            {
                best = Some(o);
            }
        }
        best
    }

    fn pick(&self, ids: Vec<usize>, window: &str, at: usize, context: &Context, own: bool) -> Option<Found> {
        let mut best: Option<Found> = None;
        for id in ids {
            let Some(p) = self.s.patterns.get(id) else { continue };
            let rule = &self.s.rules[p.rule];
            if rule.clause {
                let Some(open) = &context.open else { continue };
                if !rule.of.is_empty() && !rule.of.contains(&open.base) || rule.of.is_empty() && open.lost {
                    continue;
                }
                let about = |id: &String| matches!(&open.subject, Subject::Id(s) if s == id);
                if !rule.about.is_empty() && !rule.about.iter().any(about) {
                    continue;
                }
            } else if !own && !rule.anywhere {
                continue;
            }
            if let Some(f) = self.matched(id, p, window, at)
                && !self.of_a_total(rule, &f, &window[..f.end - at], context)
                && best.as_ref().is_none_or(|b| f.better(b))
            {
                best = Some(f);
            }
        }
        best
    }

    /// A shared clause that speaks of a total while the sentence is about one part of a list: it is about something else.
    fn of_a_total(&self, rule: &Rule, f: &Found, text: &str, context: &Context) -> bool {
        let w = &self.s.words;
        f.clause
            && rule.section.is_none()
            && p_has_figures(&self.s.patterns[f.pattern])
            && context.open.as_ref().is_some_and(|o| o.part)
            && w.total.is_match(text)
            && !w.both.is_match(text)
    }

    /// Runs one pattern and looks at what stands behind its slots.
    fn matched(&self, id: usize, p: &Pattern, window: &str, at: usize) -> Option<Found> {
        let caps = p.regex()?.captures(window)?;
        let all = caps.get(0)?;
        if all.end() == 0 {
            return None;
        }
        let rule = &self.s.rules[p.rule];
        let mut slots = Vec::with_capacity(p.slots.len());
        let mut defects = 0;
        let mut names = Vec::new();
        for (n, slot) in p.slots.iter().enumerate() {
            let value = caps.name(&format!("s{n}"));
            let alone = caps.name(&format!("e{n}"));
            let unit = caps.name(&format!("u{n}")).or(alone);
            let (start, end) = match (&value, &alone) {
                (Some(v), _) => (v.start(), v.end()),
                (None, Some(u)) => (u.start(), u.start()),
                // The slot stands in a part of the pattern that was left out.
                (None, None) => continue,
            };
            match slot.kind {
                Kind::Amount | Kind::Ratio | Kind::Count => {
                    let bare = unit.is_none();
                    if bare && !self.stops(window, end) {
                        return None;
                    }
                    defects += usize::from(bare && slot.kind != Kind::Count) + usize::from(start == end);
                }
                Kind::Class => {
                    self.g.codes.class_of(&window[start..end])?;
                    names.push(window[start..end].to_string());
                }
                Kind::Name if CODE_LEVELS.contains(&slot.name.as_str()) => names.push(window[start..end].to_string()),
                _ => {}
            }
            slots.push((n, at + start..at + end, unit.map(|u| at + u.start()..at + u.end())));
        }
        // `增加` in front of a figure is half of what was said.
        let half = slots
            .last()
            .is_some_and(|(n, value, _)| p.slots[*n].kind == Kind::Direction && value.end == at + all.end());
        if half && window[all.end()..].starts_with(|c: char| c.is_ascii_digit()) {
            return None;
        }
        // A pattern whose slots are all empty said nothing.
        let figures = p
            .slots
            .iter()
            .any(|s| matches!(s.kind, Kind::Amount | Kind::Ratio | Kind::Count));
        let filled = slots
            .iter()
            .any(|(n, ..)| matches!(p.slots[*n].kind, Kind::Amount | Kind::Ratio | Kind::Count));
        if figures && !filled {
            return None;
        }
        let named = (0..rule.subjects.len())
            .find(|n| caps.name(&format!("t{n}")).is_some())
            .map(|n| rule.subjects[n].clone());
        let is_named = named.is_some();
        let subject = match (named, names.is_empty()) {
            (Some(id), _) => Some(Subject::Id(id)),
            (None, false) => Some(Subject::Names(names)),
            (None, true) => rule.subject.clone().map(Subject::Id),
        };
        Some(Found {
            pattern: id,
            start: at,
            end: at + all.end(),
            defects,
            slots,
            subject,
            clause: rule.clause,
            bound: rule.clause && !rule.of.is_empty(),
            named: is_named,
        })
    }

    /// Whether nothing behind a bare number makes it another thing (a year, a date, a longer number).
    fn stops(&self, window: &str, end: usize) -> bool {
        window[end..]
            .chars()
            .next()
            .is_none_or(|c| self.s.words.between.contains(c))
    }

    /// Makes a claim of what was found; returns where to go on.
    fn take(&self, t: &str, f: Found, section: usize, context: &mut Context, out: &mut Read) -> usize {
        let p = &self.s.patterns[f.pattern];
        let rule = &self.s.rules[p.rule];
        if !rule.clause {
            let subject = f.subject.clone().unwrap_or_default();
            context.open = Some(Open {
                sentence: rule.id.clone(),
                base: rule.id.clone(),
                section: rule.section.unwrap_or(section),
                subject,
                last: None,
                part: f.named,
                lost: false,
                since: out.claims.len(),
            });
        }
        let Some(open) = &mut context.open else {
            return f.end;
        };
        if let Some(to) = rule.turns.get(&open.sentence) {
            open.sentence = to.clone();
            for c in out.claims.iter_mut().skip(open.since) {
                c.sentence = to.clone();
            }
        }
        let own = if rule.clause { f.subject } else { None };
        let shared = rule.clause && rule.section.is_none();
        if shared && p_has_figures(p) && self.s.words.both.is_match(&t[f.start..f.end]) {
            open.last = None;
        }
        let inherited = match &open.last {
            Some(last) if shared => last.clone(),
            _ => open.subject.clone(),
        };
        let subject = own.unwrap_or(inherited);
        if !shared {
            self.remember(open, p, &f.slots);
        }
        let mut slots: Vec<Filled> = f
            .slots
            .into_iter()
            .map(|(n, value, unit)| {
                let s = &p.slots[n];
                Filled {
                    kind: s.kind,
                    name: s.name.clone(),
                    subject: s.subject.clone().map_or_else(|| subject.clone(), Subject::Id),
                    value,
                    unit,
                }
            })
            .collect();
        slots.sort_by_key(|s| s.value.start);
        let (sentence, own_section) = (open.sentence.clone(), open.section);
        let mut end = f.end;
        if let Some(rest) = &p.rest {
            let start = end;
            end = self.sentence_end(t, end, section, context);
            let trimmed = trim(&t[start..end]);
            if !trimmed.is_empty() {
                let value = start + trimmed.start..start + trimmed.end;
                slots.push(Filled {
                    kind: rest.kind,
                    name: rest.name.clone(),
                    subject: rest.subject.clone().map_or(subject, Subject::Id),
                    value,
                    unit: None,
                });
            }
        }
        out.claims.push(Claim {
            pattern: f.pattern,
            section: own_section,
            sentence,
            range: f.start..end,
            slots,
            none: rule.none.clone(),
        });
        end.max(f.start + 1)
    }

    /// Keeps what the last amount of a claim is about, if that is not the subject of the sentence itself.
    fn remember(&self, open: &mut Open, p: &Pattern, filled: &[Taken]) {
        let amounts = filled.iter().filter(|(n, ..)| p.slots[*n].kind == Kind::Amount);
        let Some((n, ..)) = amounts.max_by_key(|(_, value, _)| value.start) else {
            return;
        };
        let slot = &p.slots[*n];
        open.last = match (&slot.subject, &open.subject) {
            (Some(s), _) => Some(Subject::Id(s.clone())),
            (None, _) if self.s.words.own_slots.contains(&slot.name) => None,
            (None, Subject::Id(of)) => Some(Subject::Id(format!("{of}.{}", slot.name))),
            (None, _) => None,
        };
    }

    /// The end of the sentence: its full stop, or the semicolon or colon behind which another sentence begins.
    fn sentence_end(&self, t: &str, from: usize, section: usize, context: &Context) -> usize {
        for (n, c) in t[from..].char_indices() {
            let at = from + n;
            if self.s.words.ends.contains(c) {
                return at;
            }
            if matches!(c, ';' | ':') && at > from {
                let next = at + c.len_utf8();
                let begins = |from: usize| {
                    self.best(t, from, section, context)
                        .is_some_and(|f| (!f.clause || f.bound) && f.filled(self.s))
                };
                // A date may stand in front: `；2022年12月31日，…`.
                if begins(next) || self.behind_leads(t, next).is_some_and(begins) {
                    return at;
                }
            }
        }
        t.len()
    }

    /// Figures and placeholders that stand outside of every claim.
    fn rest(&self, t: &str, out: &mut Read) {
        // A reason runs to the end of its sentence. A figure behind a semicolon in it may be a sentence that no pattern knows: it
        // stands in the text of the reason, and is listed all the same. What is passed over is kept nowhere.
        let covered = |c: &Claim| {
            let end = match c.slots.last() {
                Some(s) if s.kind == Kind::Reason => t[s.value.clone()].find(';').map(|n| s.value.start + n),
                Some(s) if s.kind == Kind::Passed => Some(s.value.start),
                _ => None,
            };
            c.range.start..end.unwrap_or(c.range.end)
        };
        let mut claims = out.claims.iter().map(covered).peekable();
        for m in self.s.words.figure.find_iter(t) {
            while claims.peek().is_some_and(|c| c.end <= m.start()) {
                claims.next();
            }
            if claims.peek().is_some_and(|c| c.start < m.end()) {
                out.claimed += 1;
            } else {
                out.unclaimed.push(m.range());
            }
        }
        let mut claims = out.claims.iter().map(|c| c.range.clone()).peekable();
        for m in self.s.words.unfilled.find_iter(t) {
            while claims.peek().is_some_and(|c| c.end <= m.start()) {
                claims.next();
            }
            if claims.peek().is_none_or(|c| c.start >= m.end()) {
                out.unfilled.push(m.range());
            }
        }
    }
}

/// Slots of names that make an item, in the order of their levels.
const CODE_LEVELS: &[&str] = &["class", "subclass", "item"];

fn p_has_figures(p: &Pattern) -> bool {
    p.slots
        .iter()
        .any(|s| matches!(s.kind, Kind::Amount | Kind::Ratio | Kind::Count))
}

/// The part of a text without blanks and punctuation at its ends.
fn trim(t: &str) -> Range<usize> {
    let left = t.len() - t.trim_start_matches([',', ':', ';', '、', ' ']).len();
    let right = t.trim_end_matches([',', ':', ';', '、', ' ']).len();
    left..right.max(left)
}

/// A slot of a pattern that matched: its index, its value, its unit.
type Taken = (usize, Range<usize>, Option<Range<usize>>);

/// A pattern that matched.
struct Found {
    pattern: usize,
    start: usize,
    end: usize,
    defects: usize,
    slots: Vec<Taken>,
    subject: Option<Subject>,
    clause: bool,
    /// A clause of the very sentence that is open: it goes on rather than begin the same anew.
    bound: bool,
    /// The subject is one of the rule's list.
    named: bool,
}

impl Found {
    /// The one that reads farther is the better one; then the one with fewer gaps; then the one that names what
    /// it is about; then the one that says more; then the one that stands first in the files.
    fn better(&self, other: &Found) -> bool {
        (
            self.end,
            std::cmp::Reverse(self.defects),
            !self.clause || self.bound,
            self.slots.len(),
            self.bound,
            std::cmp::Reverse(self.start),
        ) > (
            other.end,
            std::cmp::Reverse(other.defects),
            !other.clause || other.bound,
            other.slots.len(),
            other.bound,
            std::cmp::Reverse(other.start),
        )
    }

    fn filled(&self, s: &Sections) -> bool {
        self.slots.iter().any(|(n, ..)| {
            let kind = s.patterns[self.pattern].slots[*n].kind;
            // A sentence that names what it is about and says that it stayed the same is one, too.
            matches!(kind, Kind::Amount | Kind::Ratio | Kind::Count) || self.named && kind == Kind::Direction
        })
    }
}

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
