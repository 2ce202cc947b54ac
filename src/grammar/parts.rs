//! The parts of column headers: a header text is cut into words that the lexicon knows, up to its last character, and says the set
//! of its parts. What a set means is said by the columns of a form; a text with a rest that nobody knows means nothing.

use super::compile;
use super::lazy::Regex;
use super::mistake::{Compiler, Mistake, nearest};
use super::pattern::{self, Node};
use super::schema::{self, LexiconFile};
use crate::memo::Shared;

use toml::Spanned;

/// A set of parts, one bit each.
pub type PartSet = u128;

/// The most parts that a set can hold.
const MAX_PARTS: usize = 128;

/// The most ways to write one word.
const MAX_WORDS: usize = 4_000;

/// What a part does in a header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// It says what the column counts.
    #[default]
    What,
    /// It changes nothing.
    Silent,
    /// It heads a column of codes, names or labels.
    Label,
    /// What stands below it is no money (人次, 保有量).
    Count,
}

/// A part of headers.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its id.
    pub id: String,
    /// What it does.
    pub kind: Kind,
    /// Whose money a column with this part counts.
    pub fund: Option<String>,
}

/// Which amount of an item: of the budget, of the account, of the year before.
#[derive(Clone, Debug)]
pub struct Phase {
    /// Its id, which is a measure of the dataset.
    pub id: String,
    /// Needed and allowed parts, any of these.
    pub parts: Vec<(PartSet, PartSet)>,
    /// A rate or a share: no amount.
    pub ratio: bool,
    /// One budget or another.
    pub basis: bool,
    /// A phase that must stand beside it in the table.
    pub beside: Option<String>,
}

/// What a header text says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// Its parts.
    pub set: PartSet,
    /// The last year that stands in it.
    pub year: Option<i16>,
}

#[derive(Clone, Debug, Default)]
struct Branch {
    /// By character, in order.
    next: Vec<(char, usize)>,
    part: Option<usize>,
}

impl Branch {
    fn at(&self, c: char) -> Result<usize, usize> {
        self.next.binary_search_by_key(&c, |(k, _)| *k)
    }
}

/// All parts with their words.
#[derive(Clone, Debug, Default)]
pub struct Parts {
    /// The parts; their place is their bit.
    pub parts: Vec<Part>,
    /// The phases.
    pub phases: Vec<Phase>,
    /// Groups of columns that several forms share.
    pub(super) groups: std::collections::BTreeMap<String, Vec<schema::Column>>,
    nodes: Vec<Branch>,
    wide: Vec<(Regex, usize)>,
    /// All of them as one: most texts are none of these, and are told so in one go.
    any_wide: Option<Regex>,
    /// Parts that change nothing.
    pub silent: PartSet,
    /// Parts of label columns.
    pub labels: PartSet,
    /// Parts that are no money.
    pub counts: PartSet,
    revenue: PartSet,
    expenditure: PartSet,
    last_year: PartSet,
    other_year: PartSet,
    row_no: PartSet,
    /// What was said of texts.
    known: Shared<Option<Said>>,
}

/// The bit of a part that the code itself speaks of: the two sides and the years.
fn bit(parts: &[Part], id: &str) -> PartSet {
    parts.iter().position(|p| p.id == id).map_or(0, |n| 1 << n)
}

impl Parts {
    /// Compiles the parts of all lexicon files: words of one id in several files add up. A mistake has the number of its file.
    pub(super) fn new(files: &[LexiconFile], mistakes: &mut Vec<(usize, Mistake)>) -> Self {
        let mut out = Self {
            nodes: vec![Branch::default()],
            ..Self::default()
        };
        let mut told = |n: usize, own: Vec<Mistake>| mistakes.extend(own.into_iter().map(|m| (n, m)));
        for (n, f) in files.iter().enumerate() {
            let mut own = Vec::new();
            let mut c = Compiler { mistakes: &mut own };
            for p in &f.part {
                out.part(p, &mut c);
            }
            told(n, own);
        }
        let wide: Vec<String> = out.wide.iter().map(|(re, _)| format!("(?:{})", re.as_str())).collect();
        out.any_wide = Regex::new(&wide.join("|")).ok().filter(|_| !wide.is_empty());
        for (n, p) in out.parts.iter().enumerate() {
            match p.kind {
                Kind::Silent => out.silent |= 1 << n,
                Kind::Label => out.labels |= 1 << n,
                Kind::Count => out.counts |= 1 << n,
                Kind::What => {}
            }
        }
        out.revenue = bit(&out.parts, "revenue");
        out.expenditure = bit(&out.parts, "expenditure");
        out.last_year = bit(&out.parts, "last_year");
        out.other_year = bit(&out.parts, "other_year");
        out.row_no = bit(&out.parts, "row_no");
        for (n, f) in files.iter().enumerate() {
            let mut own = Vec::new();
            for p in &f.phase {
                let parts = p.parts.iter().map(|s| out.sets(s, &mut own)).collect();
                out.phases.push(Phase {
                    id: p.id.get_ref().clone(),
                    parts,
                    ratio: p.ratio,
                    basis: p.basis,
                    beside: p.beside.clone(),
                });
            }
            for g in &f.columns {
                let mut c = Compiler { mistakes: &mut own };
                g.column.iter().for_each(|col| drop(compile::column(col, &out, &mut c)));
            }
            told(n, own);
        }
        for g in files.iter().flat_map(|f| &f.columns) {
            let all = out.groups.entry(g.id.get_ref().clone()).or_default();
            all.extend(g.column.iter().cloned());
        }
        out
    }

    fn part(&mut self, p: &schema::Part, c: &mut Compiler<'_>) {
        let at = self.parts.iter().position(|o| o.id == *p.id.get_ref());
        let n = at.unwrap_or(self.parts.len());
        if n >= MAX_PARTS {
            c.mistakes.push((p.id.span(), format!("more than {MAX_PARTS} parts")));
            return;
        }
        if at.is_none() {
            let kind = match p.kind.as_ref().map(|k| k.get_ref().as_str()) {
                Some("what") => Kind::What,
                None => {
                    let id = p.id.get_ref();
                    let nearest = nearest(self.parts.iter().map(|p| p.id.as_str()), id);
                    let message =
                        format!("no part of the lexicon has the id `{id}`{nearest} (a new one says its `kind`)");
                    c.mistakes.push((p.id.span(), message));
                    Kind::What
                }
                Some("silent") => Kind::Silent,
                Some("label") => Kind::Label,
                Some("count") => Kind::Count,
                Some(other) => {
                    let message = format!("`{other}` is unknown; write one of: what, silent, label, count");
                    c.mistakes.push((p.id.span(), message));
                    Kind::What
                }
            };
            self.parts.push(Part {
                id: p.id.get_ref().clone(),
                kind,
                fund: p.fund.clone(),
            });
        }
        for w in &p.words {
            self.word(w, n, c);
        }
    }

    fn word(&mut self, w: &Spanned<String>, part: usize, c: &mut Compiler<'_>) {
        let nodes = match pattern::parse(w.get_ref()) {
            Ok(n) => n,
            Err(e) => {
                let at = w.span().start + 1 + e.offset;
                c.mistakes.push((at..w.span().end, e.message));
                return;
            }
        };
        if has_any(&nodes) {
            self.wide.push((c.regex(std::slice::from_ref(w), "^", "$"), part));
            return;
        }
        let mut all = vec![String::new()];
        if !expand(&nodes, &mut all) {
            c.mistakes
                .push((w.span(), "too many ways to write this word; split it".into()));
            return;
        }
        for text in all.iter().filter(|t| !t.is_empty()) {
            let mut at = 0;
            for ch in text.chars() {
                let fresh = self.nodes.len();
                at = match self.nodes[at].at(ch) {
                    Ok(n) => self.nodes[at].next[n].1,
                    Err(n) => {
                        self.nodes[at].next.insert(n, (ch, fresh));
                        self.nodes.push(Branch::default());
                        fresh
                    }
                };
            }
            match self.nodes[at].part.replace(part) {
                Some(other) if other != part => {
                    let message = format!("`{text}` stands for `{}` already", self.parts[other].id);
                    c.mistakes.push((w.span(), message));
                }
                _ => {}
            }
        }
    }

    /// Parts written as ids: those that are needed, and with brackets those that may stand there too.
    pub(super) fn sets(&self, written: &Spanned<String>, mistakes: &mut Vec<Mistake>) -> (PartSet, PartSet) {
        let (mut needed, mut allowed) = (0, 0);
        for w in written.get_ref().split_whitespace() {
            let id = w.trim_start_matches('[').trim_end_matches(']');
            let b = bit(&self.parts, id);
            if b == 0 {
                let nearest = nearest(self.parts.iter().map(|p| p.id.as_str()), id);
                mistakes.push((
                    written.span(),
                    format!("no part of the lexicon has the id `{id}`{nearest}"),
                ));
            }
            if w.starts_with('[') {
                allowed |= b;
            } else {
                needed |= b;
            }
        }
        (needed, allowed)
    }

    /// The parts of a folded header text, which must be known up to its last character.
    pub fn said(&self, folded: &str) -> Option<Said> {
        self.known.recall(folded, || self.read(folded))
    }

    fn read(&self, folded: &str) -> Option<Said> {
        let (chars, year) = signs(folded);
        if chars.is_empty() {
            return None;
        }
        let reached = self.reached(&chars);
        // best[i]: the fewest words from i on, and among them the longest first.
        let mut best: Vec<Option<(usize, usize, usize)>> = vec![None; chars.len() + 1];
        best[chars.len()] = Some((0, 0, 0));
        let ends = reached[chars.len()];
        for i in (0..chars.len()).rev().filter(|i| ends && reached[*i]) {
            let mut at = 0;
            for j in i..chars.len() {
                let Ok(n) = self.nodes[at].at(chars[j]) else {
                    break;
                };
                at = self.nodes[at].next[n].1;
                if let (Some(part), Some((words, ..))) = (self.nodes[at].part, best[j + 1])
                    && best[i].is_none_or(|(w, ..)| words < w)
                {
                    best[i] = Some((words + 1, j + 1, part));
                }
            }
        }
        let mut out = Said { set: 0, year };
        if best[0].is_some() {
            let mut i = 0;
            while i < chars.len() {
                let (_, next, part) = best[i]?;
                out.set |= 1 << part;
                i = next;
            }
            return Some(out);
        }
        self.any_wide.as_ref().filter(|re| re.is_match(folded))?;
        let wide = self.wide.iter().find(|(re, _)| re.is_match(folded));
        wide.map(|(_, part)| Said {
            set: 1 << part,
            year: None,
        })
    }

    /// Where words may begin that follow words from the beginning on; most texts are none of a header, and are told so at once.
    fn reached(&self, chars: &[char]) -> Vec<bool> {
        let mut out = vec![false; chars.len() + 1];
        out[0] = true;
        for i in 0..chars.len() {
            let mut at = 0;
            for j in i..if out[i] { chars.len() } else { i } {
                let Ok(n) = self.nodes[at].at(chars[j]) else {
                    break;
                };
                at = self.nodes[at].next[n].1;
                out[j + 1] |= self.nodes[at].part.is_some();
            }
        }
        out
    }

    /// Whether the lowest words above a column say that it numbers the rows.
    pub fn is_row_no(&self, path: &[String]) -> bool {
        let said = path.last().and_then(|w| self.said(&crate::text::key(w)));
        said.is_some_and(|s| s.set & self.row_no != 0)
    }

    /// The ids of a set, for people.
    pub fn names(&self, set: PartSet) -> Vec<&str> {
        let has = |n: &usize| set & (1 << n) != 0;
        (0..self.parts.len())
            .filter(has)
            .map(|n| self.parts[n].id.as_str())
            .collect()
    }

    /// The side that a set names, where it names one.
    pub fn side(&self, set: PartSet) -> Option<crate::record::Side> {
        match (set & self.revenue != 0, set & self.expenditure != 0) {
            (true, false) => Some(crate::record::Side::Revenue),
            (false, true) => Some(crate::record::Side::Expenditure),
            _ => None,
        }
    }

    /// Whose money a set names.
    pub fn fund(&self, set: PartSet) -> Option<&str> {
        let named = |n: &usize| set & (1 << n) != 0;
        (0..self.parts.len())
            .filter(named)
            .find_map(|n| self.parts[n].fund.as_deref())
    }

    /// The part that a year in a header stands for, the year of the account being known.
    pub fn of_year(&self, year: i16, current: i16) -> PartSet {
        match current - year {
            0 => 0,
            1 => self.last_year,
            _ => self.other_year,
        }
    }

    /// Which amount of an item the parts speak of that no column needed; `None` where they speak of something else.
    pub fn phase(&self, rest: PartSet) -> Option<usize> {
        self.phases.iter().position(|p| {
            p.parts
                .iter()
                .any(|(needed, allowed)| needed & !rest == 0 && rest & !(needed | allowed | self.silent) == 0)
        })
    }
}

fn has_any(nodes: &[Node]) -> bool {
    nodes.iter().any(|n| match n {
        Node::Any => true,
        Node::Optional(c) | Node::Choice(c) => c.iter().any(|n| has_any(n)),
        _ => false,
    })
}

/// Every way to write a pattern; `#` stands for digits.
fn expand(nodes: &[Node], out: &mut Vec<String>) -> bool {
    for n in nodes {
        match n {
            Node::Literal(t) => out.iter_mut().for_each(|o| o.push_str(t)),
            Node::Digits => out.iter_mut().for_each(|o| o.push('#')),
            Node::Optional(c) | Node::Choice(c) => {
                let mut all = Vec::new();
                if matches!(n, Node::Optional(_)) {
                    all.clone_from(out);
                }
                for way in c {
                    let mut own = out.clone();
                    if !expand(way, &mut own) {
                        return false;
                    }
                    all.extend(own);
                }
                *out = all;
            }
            Node::Any => return false,
        }
        if out.len() > MAX_WORDS {
            return false;
        }
    }
    true
}

/// The characters of a folded text, digits as one sign, rules of columns in brackets (1=2+3) left out; and the last year in it.
fn signs(folded: &str) -> (Vec<char>, Option<i16>) {
    let mut out = Vec::with_capacity(folded.len() / 3 + 1);
    let mut year = None;
    let mut rest = folded;
    while let Some(ch) = rest.chars().next() {
        let mut len = ch.len_utf8();
        if ch.is_ascii_digit() {
            len = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            let digits = &rest[..len];
            if digits.len() == 4 {
                year = digits.parse().ok().or(year);
            }
            out.push('#');
        } else if ch == '('
            && let Some(end) = rest.find(')')
            && rest[1..end].contains(|c: char| c.is_ascii_digit())
            && rest[1..end]
                .chars()
                .all(|c| c.is_ascii_digit() || "=+-*/.,×÷%、～~".contains(c))
        {
            len = end + 1;
        } else {
            out.push(ch);
        }
        rest = &rest[len..];
    }
    (out, year)
}

/// A label that is code and name in one: `2010301行政运行`, `[2010301]行政运行`, `行政运行(2010301)`; the folded text.
pub fn code_and_name(folded: &str) -> Option<(&str, &str)> {
    let code = |t: &str| matches!(t.len(), 3 | 5 | 7) && t.bytes().all(|b| b.is_ascii_digit());
    let open = |c: char| matches!(c, '[' | '(' | '<' | '《');
    let close = |c: char| matches!(c, ']' | ')' | '>' | '》');
    let front = folded.trim_start_matches(open);
    let digits = front.find(|c: char| !c.is_ascii_digit()).unwrap_or(front.len());
    let name = front[digits..]
        .trim_start_matches(close)
        .trim_start_matches(['-', '—', ':', '、', '.', '_', '/', '|', '·']);
    let word = |t: &str| t.chars().nth(1).is_some() && t.starts_with(char::is_alphabetic);
    if code(&front[..digits]) && word(name) {
        return Some((&front[..digits], name));
    }
    let back = folded.trim_end_matches(close);
    let start = back.rfind(|c: char| !c.is_ascii_digit())?;
    let len = back[start..].chars().next().map_or(1, char::len_utf8);
    let name = back[..start].trim_end_matches(['-', '—', ':', '_', '/', '|', '·']);
    let bracketed = back[start..].starts_with(open) && back.len() < folded.len();
    (code(&back[start + len..]) && bracketed && word(name)).then_some((&back[start + len..], name))
}
