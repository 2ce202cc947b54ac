//! The walk through a document: headings set what a section is about, lists and brackets open parts, a full stop closes them; each
//! figure is handed to the rules with what stands in front of it.

use super::figure::{Verdict, is_vehicle};
use super::phrase;
use super::subject::{Around, Subject, resolve};
use super::token::{Figure, Gaps, Kind, Number, Token, Tokens, tokens};
use super::{Claim, Direction, Ground, Refusal, Told};
use crate::grammar::Grammar;
use crate::grammar::narrative::{Class, Measure, Narrative, Side};
use rust_decimal::Decimal;
use std::collections::BTreeMap;

/// A longer line is no heading.
const HEADING: usize = 60;

/// What a heading or an item of a list is about.
#[derive(Clone, Debug)]
enum Entry {
    /// Nothing of its own.
    Plain,
    /// A heading that nobody knows: nothing is inherited.
    Lost,
    /// A heading that names a fund not quite: whose money is spent below it, nobody knows.
    Veiled,
    /// A subject.
    About(Subject, bool),
}

/// Why the figures at hand are no statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub(super) enum Mode {
    /// They are.
    #[default]
    Plain,
    /// A reason is given.
    Reason,
    /// A purpose is given.
    Purpose,
}

/// The claim before, as far as what follows leans on it.
#[derive(Clone, Debug)]
pub(super) struct Last {
    pub slot: String,
    pub direction: Option<String>,
    pub subject: Subject,
}

/// What a sentence has said so far.
#[derive(Clone, Debug, Default)]
pub(super) struct State<'t> {
    /// The subject at hand.
    pub current: Option<Subject>,
    /// The whole of the sentence or paragraph.
    pub whole: Option<Subject>,
    /// Where the reason begins, among the tokens.
    pub why: usize,
    /// What figures are compared with.
    pub base: Option<String>,
    /// The same in the sentence before.
    pub base_before: Option<String>,
    pub mode: Mode,
    /// Tokens since the last figure.
    pub lead: Vec<Token<'t>>,
    /// Inside 其中 or a bracket.
    pub parts: bool,
    /// The whole of the parts.
    pub opened: Option<Subject>,
    /// The whole around the whole of the parts.
    pub outer: Option<Subject>,
    /// Subjects that were named, in order.
    pub named: Vec<Subject>,
    /// Subjects named in this sentence.
    pub sentence: Vec<Subject>,
    /// The sentence has a figure.
    pub in_sentence: bool,
    pub last: Option<Last>,
    /// The subject at hand is not known.
    pub lost: bool,
    /// The change before this rate was not claimed.
    pub lost_change: bool,
    /// The count before this one was a change.
    pub lost_count: bool,
    /// The direction is one of saving: it says nothing of the year before.
    pub saving: bool,
    /// What vehicles are counted by: `held`, `bought`.
    pub vehicles: Option<&'static str>,
    /// Vehicles are those of the assets.
    pub of_assets: bool,
    /// Subjects of the last 分别.
    pub listed: Vec<Subject>,
    /// Where the purpose at hand begins, a byte.
    pub purpose: Option<usize>,
    /// What the reason at hand is given for.
    pub reason_of: Option<Subject>,
    /// What the reason explains, and the part of it whose change was given last.
    pub reasoned: Option<Subject>,
    pub given: Option<Subject>,
    /// The parts are names of an open class: 按功能科目分：….
    pub open_names: bool,
    /// The parts were opened at the head of their sentence: their whole is what was said before.
    pub opened_early: bool,
}

struct Frame<'t> {
    state: State<'t>,
}

/// Reads the paragraphs of one document.
pub struct Reader<'g> {
    pub(super) g: &'g Grammar,
    /// Folded names that may stand before any clause, the longest first.
    bodies: std::rc::Rc<[String]>,
    /// The year of the account.
    pub(super) year: Option<i16>,
    stack: Vec<(usize, Entry)>,
    /// Amounts by subject and slot.
    ledger: BTreeMap<(String, Option<Side>), BTreeMap<String, Decimal>>,
    pub(super) sentences: usize,
}

impl<'g> Reader<'g> {
    /// A reader for the account of a unit.
    pub fn new(g: &'g Grammar, bodies: Vec<String>, year: Option<i16>) -> Self {
        Self {
            g,
            bodies: bodies.into(),
            year,
            stack: Vec::new(),
            ledger: BTreeMap::new(),
            sentences: 0,
        }
    }

    /// The subject of the section.
    pub(super) fn section(&self) -> Option<&Subject> {
        for (_, e) in self.stack.iter().rev() {
            match e {
                Entry::Plain => {}
                Entry::Lost | Entry::Veiled => return None,
                Entry::About(s, _) => return Some(s),
            }
        }
        None
    }

    fn lost(&self) -> bool {
        self.section().is_none() && self.stack.iter().any(|(_, e)| matches!(e, Entry::Lost | Entry::Veiled))
    }

    /// Whether the nearest heading about a fund names it not quite.
    fn is_veiled(&self) -> bool {
        let of_fund = self.stack.iter().rev().find(|(_, e)| match e {
            Entry::About(s, _) => s.fund.is_some(),
            other => matches!(other, Entry::Veiled),
        });
        matches!(of_fund, Some((_, Entry::Veiled)))
    }

    /// The heading above that says whose money it is.
    pub(super) fn home(&self) -> Option<&Subject> {
        self.stack.iter().rev().find_map(|(_, e)| match e {
            Entry::About(s, _) if s.fund.is_some() || s.family == "whole" => Some(s),
            _ => None,
        })
    }

    /// An amount that was said of a subject.
    pub(super) fn said(&self, s: &Subject, slot: &str) -> Option<Decimal> {
        let (id, side) = s.key();
        self.ledger.get(&(id.to_string(), side))?.get(slot).copied()
    }

    /// Whether a share of this size fits a whole that was said.
    pub(super) fn share_fits(&self, part: Decimal, share: Decimal, s: &Subject) -> bool {
        let (id, side) = s.key();
        self.ledger.iter().any(|((i, d), slots)| {
            (i != id || *d != side)
                && slots
                    .get("total")
                    .and_then(|w| part.checked_div(*w))
                    .is_some_and(|r| (r - share).abs() <= Decimal::new(11, 5))
        })
    }

    pub(super) fn resolve(&self, t: &Token<'_>, tokens: &Tokens<'_>, st: &State<'_>) -> Option<Subject> {
        // 财政拨款支出 below 一般公共□□财政拨款支出情况: that of one fund, or of all.
        let general = t.kind == Kind::Phrase
            && t.phrase.fund == Some("appropriation")
            && t.phrase.side.is_some_and(|s| s != Side::Revenue);
        if general && self.is_veiled() {
            return None;
        }
        let around = Around {
            home: self.home(),
            current: st.current.as_ref(),
            whole: st.whole.as_ref(),
            named: &st.named,
            in_sentence: st.in_sentence,
            lost: st.lost,
            opened: st.opened.as_ref().filter(|_| st.parts),
        };
        resolve(t, &tokens.paths, around, self.g)
    }

    /// Begins a section whose subject is known from its heading.
    pub fn begin_section(&mut self, subject: Option<Subject>) {
        self.stack.clear();
        if let Some(s) = subject {
            self.stack.push((0, Entry::About(s, false)));
        }
    }

    /// The words of a folded paragraph as the rules see them.
    pub fn words<'t>(&'t self, text: &'t str, gaps: &'t Gaps) -> Tokens<'t> {
        let mut t = tokens(text, gaps, &self.bodies, self.g);
        phrase::phrases(&mut t, text, &self.g.narrative);
        t
    }

    /// Reads a folded paragraph. `gaps`: what folding left out.
    pub fn paragraph(&mut self, text: &str, gaps: &Gaps) -> Told {
        if text.contains('|')
            && let Some(told) = self.bars(text)
        {
            return told;
        }
        if let Some(cut) = self.run_in(text) {
            let (head, rest) = text.split_at(cut);
            self.paragraph(head, &Gaps::default());
            let mut told = self.paragraph(rest, &gaps.behind(cut));
            told.shift(cut);
            return told;
        }
        let g = self.g;
        let bodies = std::rc::Rc::clone(&self.bodies);
        let mut t = tokens(text, gaps, &bodies, g);
        phrase::phrases(&mut t, text, &g.narrative);
        let mut told = Told::default();
        if t.list.is_empty() {
            return told;
        }
        let figures = t.numbers.iter().any(|n| n.figure != Figure::Bare);
        // 本部门无“三公”经费支出。: a sentence as short as a heading.
        let speaks = |x: &Token<'_>| x.is_id(Class::Negation, "absent") || super::figure::moves(x);
        let speaks = text.ends_with('。') && t.list.iter().any(speaks);
        let body = text.trim_end_matches(['。', ':', ',', ';']);
        let short = !speaks && text.chars().count() < HEADING && !body.contains([',', '。']);
        if !figures && short {
            let marked = t.list[0].kind == Kind::Mark;
            if marked || g.narrative.shapes.heading.is_match(text) {
                self.heading(&t, text);
            }
            self.bare_numbers(&t, &mut told);
            return told;
        }
        self.walk(&t, text, &mut told);
        told
    }

    /// （四）预算绩效情况。…: the byte behind a heading that shares its paragraph with the text.
    fn run_in(&self, text: &str) -> Option<usize> {
        let n = &self.g.narrative;
        let stop = text
            .char_indices()
            .take(HEADING)
            .find(|(_, c)| matches!(c, '。' | ':'))?;
        let cut = stop.0 + stop.1.len_utf8();
        let head = &text[..stop.0];
        let heading = n.shapes.mark.find(head).is_some_and(|m| m.start() == 0)
            && (n.shapes.heading.is_match(head)
                || n.shapes.performance.is_match(head)
                || n.shapes.assets.is_match(head))
            && !head.contains([',', ';']);
        let figures = self
            .words(head, &Gaps::default())
            .numbers
            .iter()
            .any(|n| n.figure != Figure::Bare);
        let named = n.shapes.performance.is_match(head) || n.shapes.assets.is_match(head);
        let colon = stop.1 == ':' && named && head.chars().count() < 16;
        (heading && !figures && (stop.1 == '。' || colon) && cut < text.len()).then_some(cut)
    }

    fn bare_numbers(&self, t: &Tokens<'_>, told: &mut Told) {
        for n in &t.numbers {
            if n.bare.scale() > 0 || n.figure != Figure::Bare {
                told.refusals
                    .push(refusal(n, "a number without a unit", n.figure == Figure::Rough));
            }
        }
    }

    fn level(&self, mark: &str) -> usize {
        let levels = &self.g.narrative.shapes.levels;
        levels.iter().position(|r| r.is_match(mark)).unwrap_or(3)
    }

    /// A heading says what its section is about; one that nobody knows says that nothing is inherited.
    fn heading(&mut self, t: &Tokens<'_>, text: &str) {
        let mark = t.list.first().filter(|m| m.kind == Kind::Mark);
        let level = mark.map_or(3, |m| self.level(m.word));
        while self.stack.last().is_some_and(|(l, _)| *l >= level) {
            self.stack.pop();
        }
        let body: Vec<Token<'_>> = t.list.iter().filter(|t| t.kind != Kind::Mark).copied().collect();
        let mut subject = None;
        for (k, x) in body.iter().enumerate() {
            subject = self.heading_subject(k, x, &body, t, level);
            if subject.is_some() {
                break;
            }
        }
        let shapes = &self.g.narrative.shapes;
        if subject.is_none() && shapes.assets.is_match(text) {
            subject = Some(Subject::of("assets", self.g));
        }
        if subject.is_none() && shapes.performance.is_match(text) {
            subject = Some(Subject::of("performance", self.g));
        }
        // 财政拨款 under 一般公共预算财政拨款 is the same money.
        let same = |s: &Subject| {
            s.fund.as_deref() == Some("appropriation")
                && self
                    .home()
                    .and_then(|h| h.fund.as_deref())
                    .is_some_and(|f| f != "appropriation")
        };
        if level > 1 && subject.as_ref().is_some_and(same) {
            subject = None;
        }
        let unknown = body.iter().any(|t| t.kind == Kind::Unknown && t.characters() > 1);
        let veiled = body.windows(2).any(|w| veils(w, &self.g.narrative)) && (mark.is_some() || text.ends_with(':'));
        self.stack.push((
            level,
            match subject {
                _ if veiled => Entry::Veiled,
                Some(s) => Entry::About(s, false),
                None if unknown && mark.is_some() && level > 0 => Entry::Lost,
                None => Entry::Plain,
            },
        ));
    }

    fn heading_subject(
        &self,
        k: usize,
        x: &Token<'_>,
        body: &[Token<'_>],
        t: &Tokens<'_>,
        level: usize,
    ) -> Option<Subject> {
        let st = State::default();
        match x.kind {
            Kind::Term(Class::Role) if x.id.starts_with("projects") => Some(Subject::of("performance", self.g)),
            Kind::Term(Class::Subject) if matches!(x.id, "goods" | "works" | "services") && x.weak => None,
            Kind::Term(Class::Subject) if x.id == "basic" && k > 0 && body[k - 1].kind == Kind::Phrase => None,
            Kind::Term(Class::Item) => None,
            Kind::Path | Kind::Term(Class::Subject | Class::FunctionClass | Class::EconomicClass) => {
                self.resolve(x, t, &st)
            }
            Kind::Phrase => {
                let p = x.phrase;
                let next = body.get(k + 1);
                let sides = |n: &Token<'_>| {
                    n.kind == Kind::Phrase
                        && matches!(
                            (p.side, n.phrase.side),
                            (Some(Side::Revenue), Some(Side::Expenditure))
                                | (Some(Side::Expenditure), Some(Side::Revenue))
                        )
                };
                if next.is_some_and(|n| n.is_id(Class::Subject, "basic")) && p.fund.is_some() {
                    let mut y = *x;
                    y.phrase.basic = true;
                    return self.resolve(&y, t, &st);
                }
                let mut y = *x;
                if next.is_some_and(sides) {
                    y.phrase.side = Some(Side::Both);
                }
                match (p.fund, y.phrase.side) {
                    (None, Some(Side::Both)) => Some(Subject::of("grand_total", self.g)),
                    (None, Some(side)) => {
                        let own = self.home().is_none_or(|h| h.fund.is_none()) || level <= 1;
                        let id = if side == Side::Revenue {
                            "revenue"
                        } else {
                            "expenditure"
                        };
                        own.then(|| Subject::of(id, self.g))
                    }
                    (Some(_), side) => {
                        y.phrase.side = Some(side.unwrap_or(Side::Both));
                        y.phrase.scope = None;
                        self.resolve(&y, t, &st)
                    }
                    (None, None) => None,
                }
            }
            _ => None,
        }
    }

    /// Reads a paragraph with sentences.
    fn walk<'t>(&mut self, t: &'t Tokens<'t>, text: &str, told: &mut Told) {
        let list = &t.list;
        let mut temporary = false;
        if self.section().is_none() && self.g.narrative.shapes.performance.is_match(text) {
            self.stack
                .push((6, Entry::About(Subject::of("performance", self.g), false)));
            temporary = true;
        }
        let mut st = State {
            lost: self.lost(),
            ..State::default()
        };
        if !matches!(self.stack.last(), Some((_, Entry::Lost | Entry::Veiled))) {
            st.current = self.section().cloned();
            st.whole = st.current.clone();
        }
        if list[0].kind == Kind::Mark {
            self.item(t, &mut st);
        }
        let mut frames: Vec<Frame<'t>> = Vec::new();
        self.sentences += 1;
        let mut skip = 0usize;
        for (i, x) in list.iter().copied().enumerate() {
            if let Some(p) = x.punct() {
                if matches!(p, ',' | ';' | '.' | '(') {
                    self.clause_ends(i, t, &st, told);
                }
                let reason = st.mode == Mode::Reason;
                if p == '.' && reason {
                    self.reason_ends(x.start, t, text, &mut st, told);
                }
                self.punctuation(p, i, t, &mut st, &mut frames);
                if st.mode == Mode::Plain
                    && let Some(from) = st.purpose.take()
                {
                    told.passed.push(from..x.start);
                }
                if reason && st.mode == Mode::Plain {
                    self.reason_ends(x.start, t, text, &mut st, told);
                }
                if !matches!(p, '(' | ')' | '.') {
                    st.lead.push(x);
                }
                if p == '(' {
                    st.lead = vec![x];
                }
                continue;
            }
            match x.kind {
                Kind::Term(Class::Reason) if st.mode == Mode::Plain => {
                    let inside = x.characters() == 1 && st.lead.last().is_some_and(|l| l.punct().is_none());
                    if !inside {
                        self.named_before(t, &mut st);
                        self.clause_ends(i, t, &st, told);
                        st.mode = Mode::Reason;
                        st.why = i;
                        let given = self.g.narrative.shapes.reason.is_match(x.word) && !st.lost;
                        st.reason_of = st.current.clone().filter(|_| given);
                    }
                    st.lead.push(x);
                }
                Kind::Term(Class::Purpose) => {
                    if st.mode == Mode::Plain {
                        self.lists_parts(i, t, text, &st, told);
                        self.named_before(t, &mut st);
                        st.mode = Mode::Purpose;
                        st.purpose = Some(x.end);
                    }
                    st.lead.push(x);
                }
                Kind::Term(Class::Open) => {
                    if st.mode == Mode::Plain {
                        self.lists_parts(i, t, text, &st, told);
                    }
                    self.open(x, &mut st);
                }
                Kind::Hole => {
                    told.holes.push(x.start..x.end);
                    self.hole(t, &mut st);
                }
                Kind::Number => {
                    if skip > 0 {
                        skip -= 1;
                        st.lead.clear();
                        continue;
                    }
                    skip = self.number(i, t, text, &mut st, told);
                }
                Kind::Threshold => {
                    let n = &t.numbers[x.at];
                    told.refusals.push(refusal(n, "a threshold", true));
                    st.lead.push(x);
                }
                _ => st.lead.push(x),
            }
        }
        told.passed.extend(st.purpose.take().map(|from| from..text.len()));
        if st.mode == Mode::Reason {
            self.reason_ends(text.len(), t, text, &mut st, told);
        } else {
            self.clause_ends(list.len() - 1, t, &st, told);
        }
        if temporary && self.stack.last().is_some_and(|(l, _)| *l == 6) {
            self.stack.pop();
        }
        self.leave_item(&st, list[0].kind == Kind::Mark);
    }

    /// An item of a list: its head names the subject of what follows.
    fn item(&mut self, t: &Tokens<'_>, st: &mut State<'_>) {
        let list = &t.list;
        let skipped = |k: &Kind| {
            matches!(
                k,
                Kind::Mark | Kind::Year | Kind::Body | Kind::Date | Kind::Term(Class::Neutral | Class::Of)
            )
        };
        let head = list.iter().skip(1).find(|t| !skipped(&t.kind));
        let level = self.level(list[0].word);
        while self.stack.last().is_some_and(|(l, _)| *l >= level) {
            self.stack.pop();
        }
        let section = self.section().cloned();
        st.current = section.clone();
        st.whole = section;
        // 2.□□接待费。2020年决算数…: whose list item it is, nobody knows.
        let first = list
            .iter()
            .skip(1)
            .take_while(|x| !matches!(x.punct(), Some('.' | ':')));
        let bare = first.clone().all(|x| x.kind != Kind::Number);
        let names = first.clone().any(Token::names);
        if bare
            && names
            && head.is_some_and(|h| h.kind == Kind::Unknown && h.characters() > 1)
            && first.count() < list.len() - 1
        {
            st.current = None;
            st.whole = None;
            st.lost = true;
        }
        let Some(h) = head.filter(|h| h.names() && !h.is(Class::Use) && h.kind != Kind::Threshold) else {
            self.stack.push((level, Entry::Plain));
            return;
        };
        let sided = h.kind != Kind::Phrase || h.phrase.side.is_some();
        if let Some(s) = self.resolve(h, t, st).filter(|_| sided) {
            self.stack.push((level, Entry::About(s.clone(), true)));
            st.current = Some(s.clone());
            st.whole = Some(s);
        }
    }

    /// An item is left when an unnumbered paragraph names something of another family.
    fn leave_item(&mut self, st: &State<'_>, marked: bool) {
        if marked || st.named.is_empty() {
            return;
        }
        if let Some((_, Entry::About(s, true))) = self.stack.last()
            && st.named.iter().any(|n| kin(n) != kin(s))
        {
            self.stack.pop();
        }
    }

    fn punctuation<'t>(&mut self, p: char, i: usize, t: &Tokens<'t>, st: &mut State<'t>, frames: &mut Vec<Frame<'t>>) {
        match p {
            '.' => {
                // 公共安全支出（类）法院（款）行政运行（项）。年初预算为…: a sentence that is a name.
                let names = st.lead.iter().filter(|x| x.names()).count();
                if let Some(path) = st
                    .lead
                    .last()
                    .filter(|x| x.kind == Kind::Path && names == 1 && !st.in_sentence)
                {
                    st.whole = self.resolve(path, t, st);
                }
                self.sentences += 1;
                st.base_before = st.base.take();
                st.lead.clear();
                st.mode = Mode::Plain;
                st.current = st.whole.clone();
                st.parts = false;
                st.in_sentence = false;
                st.sentence.clear();
                st.last = None;
                st.opened = None;
                st.open_names = false;
                st.listed.clear();
                frames.clear();
            }
            ';' | ',' | ':' | '/' => {
                if st.mode != Mode::Plain
                    && (p != '/' && (p != ':' || st.mode == Mode::Purpose))
                    && self.comes_back(i + 1, t, st, p)
                {
                    st.mode = Mode::Plain;
                    st.lead.clear();
                }
                if p == ';' {
                    if st.mode == Mode::Plain {
                        st.last = None;
                    }
                    if let Some(outer) = st.outer.take() {
                        st.opened = Some(outer);
                    }
                }
            }
            '(' => {
                frames.push(Frame { state: st.clone() });
                st.parts = true;
                st.opened_early = !st.in_sentence;
                st.opened = st.current.clone();
            }
            ')' => {
                if let Some(f) = frames.pop() {
                    let named = std::mem::take(&mut st.named);
                    let listed = std::mem::take(&mut st.listed);
                    *st = State {
                        named,
                        listed,
                        ..f.state
                    };
                }
            }
            _ => {}
        }
    }

    /// 公务接待费主要用于…，全年共接待21批: a subject that was named without a figure is at hand behind the purpose.
    fn named_before<'t>(&self, t: &Tokens<'t>, st: &mut State<'t>) {
        let (words, from) = (
            &st.lead,
            st.lead.iter().rposition(|x| x.punct().is_some()).map_or(0, |k| k + 1),
        );
        let named = words[from..].iter().rev().find(|x| x.names()).copied();
        if let Some(x) = named.filter(|x| x.is(Class::Subject) && !x.weak)
            && words[from..].iter().all(|x| x.kind != Kind::Unknown)
            && let Some(s) = self.resolve(&x, t, st)
        {
            st.current = Some(s);
        }
    }

    /// 其中 opens the parts of what is at hand; a comparison of the sentence before still holds.
    fn open<'t>(&mut self, x: Token<'t>, st: &mut State<'t>) {
        let including = x.id == "open_including";
        if st.mode == Mode::Purpose && !including {
            st.mode = Mode::Plain;
        }
        if st.mode == Mode::Plain {
            if !st.in_sentence && st.base_before.is_some() {
                st.base = st.base_before.clone();
            }
            let classes = !matches!(x.id, "open" | "open_including");
            // ********支出2万元按经济分类科目，工资福利支出2万元: a covered name is one of a list, not the whole of another.
            if classes && st.current.as_ref().is_some_and(|c| c.id == super::token::MASKED) {
                st.current = self.home().cloned();
            }
            st.open_names = x.id == "open_names";
            // …支出13万元按经济分类科目，工资福利支出3万元: the same whole by another list.
            if classes && st.parts && st.opened.is_some() {
                st.current.clone_from(&st.opened);
            }
            st.outer = if st.parts { st.opened.clone() } else { None };
            st.parts = true;
            st.opened_early = !st.in_sentence;
            st.opened = st.current.clone();
        }
        st.lead.push(x);
    }

    /// A figure that was left empty: its subject still holds.
    fn hole<'t>(&mut self, t: &Tokens<'t>, st: &mut State<'t>) {
        let named = st
            .lead
            .iter()
            .rev()
            .find(|x| x.names() || x.kind == Kind::Unknown)
            .copied();
        if let Some(x) = named {
            st.current = if x.names() && !x.is(Class::Use) {
                self.resolve(&x, t, st)
            } else {
                None
            };
        }
        st.lead.clear();
        if !st.parts {
            st.whole = st.current.clone();
        }
    }

    /// One number; how many of those behind it were read with it.
    fn number<'t>(&mut self, i: usize, t: &'t Tokens<'t>, text: &str, st: &mut State<'t>, told: &mut Told) -> usize {
        let x = t.list[i];
        let mut n = t.numbers[x.at].clone();
        if n.figure == Figure::Bare && !self.proven(i, t, st, &mut n) {
            // 13,100□□: digits in groups are a figure, whatever stands behind them.
            // 完成预算27□□: a whole number behind a word that has one of money or percent.
            let behind = st.lead.last().is_some_and(|l| {
                l.end == x.start
                    && matches!(
                        l.kind,
                        Kind::Term(Class::Base | Class::Final | Class::Direction | Class::Completed | Class::Share)
                    )
            });
            if n.bare.scale() > 0 || x.word.contains(',') || behind {
                told.refusals.push(refusal(&n, super::NO_UNIT, false));
                // 运行维护费17.36□□。较上年…: what was named is still at hand.
                if st.mode == Mode::Plain && st.lead.iter().any(Token::names) {
                    self.hole(t, st);
                }
            }
            let mut u = Token::new(Kind::Unknown, x.word, x.start);
            u.kind = Kind::Unknown;
            st.lead.push(u);
            return 0;
        }
        // 控制在年初预算80万元以内: how far it goes is the budget itself.
        let budget = st
            .lead
            .last()
            .is_some_and(|x| x.is(Class::Base) && !matches!(x.id, "prior" | "opening"));
        if n.figure == Figure::Rough
            && budget
            && n.measure.is_some_and(|m| matches!(m, Measure::Money(_)))
            && t.list.get(i + 1).is_some_and(|x| x.start == n.unit.1)
            && self.g.narrative.shapes.within.is_match(&text[n.unit.1..])
        {
            n.figure = Figure::Amount;
        }
        st.in_sentence = true;
        if matches!(n.figure, Figure::Points | Figure::Rough) {
            let why = if n.figure == Figure::Points {
                "percentage points"
            } else {
                "a rough number or a bound"
            };
            told.refusals.push(refusal(&n, why, n.figure == Figure::Rough));
            st.lead.push(Token::new(Kind::Unknown, x.word, x.start));
            return 0;
        }
        if st.mode == Mode::Reason
            && let Some((subject, slot, direction, explicit)) = self.named_in_reason(&n, t, st)
        {
            self.claim(&n, subject.clone(), slot, direction, Ground::Words, explicit, st, told);
            // The figures behind it speak of the whole again.
            st.current = st.reasoned.take().or_else(|| st.current.take());
            st.last = None;
            st.given = Some(subject);
            st.lead.clear();
            return 0;
        }
        // 培训费5万元，用于举办业务培训3期: what it was spent on is counted.
        if st.mode == Mode::Purpose
            && n.figure == Figure::Count
            && let Some((subject, slot)) = self.counted_in_purpose(i, &n, t, st)
        {
            self.claim(&n, subject, slot.to_string(), None, Ground::Words, false, st, told);
            st.lead.clear();
            return 0;
        }
        if st.mode != Mode::Plain {
            st.given = None;
            let why = if st.mode == Mode::Reason {
                super::IN_REASON
            } else {
                "inside a purpose"
            };
            told.refusals.push(refusal(&n, why, false));
            return 0;
        }
        if let Some((subject, slot)) = self.idiom(&n, text, st) {
            self.claim(&n, subject, slot, None, Ground::Words, true, st, told);
            st.lost = false;
            st.lead.clear();
            return 0;
        }
        if let Some(more) = self.shared_bases(i, t, st, told) {
            return more;
        }
        if let Some(more) = self.shared_out(i, t, st, told) {
            return more;
        }
        let verdict = self.figure(i, &n, t, text, st);
        let kind = n.figure;
        match verdict {
            Verdict::Claim {
                subject,
                slot,
                direction,
                ground,
                explicit,
            } => {
                let rate = (slot == "completion_rate").then(|| subject.clone());
                self.claim(&n, subject, slot, direction, ground, explicit, st, told);
                if let Some(s) = rate {
                    self.says_of_which_budget(s, st, told);
                }
                st.lost_count = false;
                st.lost_change = false;
                st.lead.clear();
            }
            Verdict::Refuse(why) => {
                let moved = st.lead.iter().any(|x| x.is(Class::Direction));
                let named = st.lead.iter().any(Token::names);
                st.last = None;
                if kind == Figure::Amount && !named && !moved {
                    st.current = None;
                    st.lost = true;
                }
                let counted = kind == Figure::Count && !why.starts_with("the change of a count") && why != "negated";
                // 编制3辆，实有2辆: the vehicles stay at hand.
                let cars = self.g.narrative.signs.unit_car.fits(&text[n.unit.0..n.unit.1])
                    && st.current.as_ref().is_some_and(|c| is_vehicle(&c.id));
                if counted
                    && !cars
                    && st.lead.iter().any(|x| x.kind == Kind::Unknown || x.is(Class::Role))
                    && self.section().is_none_or(|s| s.id != "performance")
                {
                    st.current = None;
                    st.lost = true;
                }
                st.lost_count = why.starts_with("the change of a count");
                st.lost_change = kind == Figure::Amount && moved;
                told.refusals.push(refusal(&n, &why, false));
                st.lead.clear();
            }
        }
        0
    }

    /// The meaning of a figure whose words say it as a whole only.
    fn idiom(&self, n: &Number, text: &str, st: &State<'_>) -> Option<(Subject, String)> {
        let stops = |c: char| matches!(c, '。' | ';');
        let (before, after) = (&text[..n.digits.0], &text[n.unit.1..]);
        let from = before
            .rfind(stops)
            .map_or(0, |k| k + before[k..].chars().next().map_or(1, char::len_utf8));
        let (before, after) = (&before[from..], &after[..after.find(stops).unwrap_or(after.len())]);
        let figure = match n.figure {
            Figure::Amount => "amount",
            Figure::Count => "count",
            _ => return None,
        };
        let section = self.section().map_or("", |s| s.id.as_str());
        let mut fits = self.g.narrative.idioms.iter();
        let found = fits.find(|i| i.fits(figure, section, before, after))?;
        let meant = Subject::of(&found.subject, self.g);
        // 绩效自评中共发现问题2个: of the projects that were spoken of.
        let spoken = st
            .current
            .clone()
            .filter(|c| found.subject == c.section_id() && c.family == meant.family);
        Some((spoken.unwrap_or(meant), found.slot.clone()))
    }

    #[allow(clippy::too_many_arguments)]
    pub(super) fn claim(
        &mut self,
        n: &Number,
        subject: Subject,
        slot: String,
        direction: Option<Direction>,
        ground: Ground,
        explicit: bool,
        st: &mut State<'_>,
        told: &mut Told,
    ) {
        let mut value = n.value;
        let mut direction = direction;
        if value.is_sign_negative() && ground == Ground::Arithmetic {
            value = -value;
        } else if value.is_sign_negative()
            && let Some(d) = &mut direction
        {
            value = -value;
            let turned = match d.id.as_str() {
                "increase" => Some("decrease"),
                "decrease" => Some("increase"),
                _ => None,
            };
            if let Some(t) = turned {
                d.id = t.into();
            }
        }
        let section = self.section_of(&subject);
        let home = self.is_home(&section);
        if n.figure == Figure::Amount {
            let (id, side) = subject.key();
            let slots = self.ledger.entry((id.to_string(), side)).or_default();
            let key = if slot == "final" { "total" } else { &slot };
            slots.insert(key.to_string(), value);
        }
        told.claims.push(Claim {
            digits: n.digits.0..n.digits.1,
            unit: n.unit.0..n.unit.1,
            figure: n.figure,
            measure: n.measure,
            value,
            subject,
            slot,
            direction,
            section,
            home,
            ground,
            explicit,
            sentence: self.sentences,
        });
        self.arbitrate(st, told, explicit);
        let Some(row) = told.claims.last() else { return };
        let s = row.subject.clone();
        let own = matches!(
            row.slot.as_str(),
            "total" | "final" | "opening_budget" | "full_year_budget" | "adjusted_budget" | "budget" | "prior_year"
        );
        if n.figure == Figure::Amount && own || explicit {
            st.current = Some(s.clone());
            if explicit
                && s.family != "use"
                && !matches!(row.slot.as_str(), "goods" | "works" | "services" | "sme" | "micro")
            {
                st.named.push(s.clone());
                if !st.parts {
                    st.whole = Some(s.clone());
                    st.sentence.push(s.clone());
                }
            } else if st.sentence.is_empty() && !st.parts {
                st.sentence.push(s.clone());
                st.named.push(s.clone());
            }
        }
        if row.slot == "vehicles_bought" && s.id == "vehicles" {
            st.current = Some(Subject::of("vehicle_purchase", self.g));
        }
        st.last = Some(Last {
            slot: row.slot.clone(),
            direction: row.direction.as_ref().map(|d| d.id.clone()),
            subject: s,
        });
    }

    /// A change behind a part is one of the part, unless arithmetic says that it can only be one of the whole.
    fn arbitrate(&self, st: &mut State<'_>, told: &mut Told, explicit: bool) {
        if explicit {
            return;
        }
        let n = told.claims.len();
        let Some(whole) = st.opened.clone().filter(|_| st.parts) else {
            return self.turn_to_what_fits(st, told);
        };
        let Some(row) = told.claims.last() else { return };
        // A change of nothing fits everything.
        if row.value.is_zero() || row.subject.same(&whole) || !matches!(row.slot.as_str(), "change" | "change_rate") {
            return;
        }
        let (Some(tp), Some(tw)) = (self.said(&row.subject, "total"), self.said(&whole, "total")) else {
            return;
        };
        let up = row.direction.as_ref().is_some_and(|d| d.id == "increase");
        let take = if row.slot == "change" {
            if up && row.value > tp && row.value <= tw {
                n - 1
            } else {
                return;
            }
        } else {
            let Some(p) = n.checked_sub(2).map(|k| &told.claims[k]) else {
                return;
            };
            if p.slot != "change" || p.explicit || !p.subject.same(&row.subject) {
                return;
            }
            let (part, all) = (
                rate_fits(tp, p.value, row.value, up),
                rate_fits(tw, p.value, row.value, up),
            );
            if !all || part {
                return;
            }
            n - 2
        };
        for c in &mut told.claims[take..] {
            c.subject = whole.clone();
            c.section = self.section_of(&whole);
            c.ground = Ground::Arithmetic;
        }
        st.current = Some(whole);
    }

    /// A change at the head of a sentence whose rate fits none but one other subject of the paragraph.
    fn turn_to_what_fits(&self, st: &mut State<'_>, told: &mut Told) {
        let n = told.claims.len();
        let [.., p, row] = told.claims.as_slice() else { return };
        if p.value.is_zero()
            || p.slot != "change"
            || row.slot != "change_rate"
            || p.explicit
            || row.explicit
            || !p.subject.same(&row.subject)
        {
            return;
        }
        let up = row.direction.as_ref().is_some_and(|d| d.id == "increase");
        let fits = |s: &Subject| self.said(s, "total").map(|t| rate_fits(t, p.value, row.value, up));
        if fits(&row.subject) != Some(false) {
            return;
        }
        let mut others: Vec<&Subject> = Vec::new();
        for s in st.named.iter().chain(self.section()) {
            if fits(s) == Some(true) && !others.iter().any(|o| o.same(s)) {
                others.push(s);
            }
        }
        let [other] = others.as_slice() else { return };
        let other = (*other).clone();
        let section = self.section_of(&other);
        for c in &mut told.claims[n - 2..] {
            c.subject = other.clone();
            c.section.clone_from(&section);
            c.ground = Ground::Arithmetic;
        }
        st.current = Some(other);
    }

    /// Whether the heading above is that of a section.
    pub(super) fn is_home(&self, section: &str) -> bool {
        // An item of a list is no heading.
        let heading = self.stack.iter().rev().find_map(|(_, e)| match e {
            Entry::About(s, false) if s.fund.is_some() || s.family == "whole" => Some(s),
            _ => None,
        });
        heading
            .and_then(|h| h.fund.as_deref())
            .and_then(|f| self.g.narrative.fund(f))
            .is_some_and(|f| f.section == section)
    }

    /// The section in which a subject is published.
    pub(super) fn section_of(&self, s: &Subject) -> String {
        let n = &self.g.narrative;
        let home = self
            .home()
            .and_then(|h| h.fund.as_deref())
            .and_then(|f| n.fund(f))
            .map(|f| f.section.clone());
        // 财政拨款收入 below 收入决算情况, 年末结转 below 政府性基金: the heading says where it belongs.
        let below = self.section().map_or("", |h| h.id.as_str());
        let source = s.side == Side::Revenue && s.fund.is_some() && !s.grand;
        let of_fund = self.home().is_some_and(|h| h.fund.is_some());
        if source && (below == "revenue" || !of_fund && !self.lost()) {
            return "revenue".into();
        }
        if below == "general_basic" && matches!(s.family.as_str(), "kind" | "purpose" | "economic") {
            return below.into();
        }
        // Only the funds with a form of their own list what they carry over.
        if s.family == "carry"
            && let Some(f) = self.home().and_then(|h| h.fund.as_deref()).and_then(|f| n.fund(f))
            && f.id == f.section
        {
            return f.section.clone();
        }
        if below == "performance" && matches!(s.family.as_str(), "kind" | "performance") {
            return below.into();
        }
        let whole = match s.id.as_str() {
            "grand_total" | "revenue_side" | "expenditure_side" => Some("overall"),
            "revenue" => Some("revenue"),
            "expenditure" => Some("expenditure"),
            "performance" => Some("performance"),
            "general_basic" => Some("general_basic"),
            _ if s.family == "carry_part" => Some("overall"),
            // 基本工资 below 基本支出.
            _ if s.family == "economic" && self.home().is_some_and(|h| h.id == "general_basic") => {
                Some("general_basic")
            }
            _ => None,
        };
        n.subject(&s.id)
            .and_then(|i| i.section.clone())
            .or_else(|| whole.map(str::to_string))
            .or(home)
            .or_else(|| s.fund.as_deref().and_then(|f| n.fund(f)).map(|f| f.section.clone()))
            .or_else(|| {
                let section = self.section()?;
                n.subject(&section.id).and_then(|i| i.section.clone()).or_else(|| {
                    Some(section.id.clone()).filter(|i| i.is_ascii() && !i.starts_with(|c: char| c.is_ascii_digit()))
                })
            })
            // A heading that was not seen: spending by kind is no part of the revenue.
            .map(|id| match id.strip_suffix("_side").unwrap_or(&id) {
                "revenue" | "grand_total" if s.family == "kind" => "expenditure".into(),
                "basic" | "project" | "expenditure" => "expenditure".into(),
                "grand_total" => "overall".into(),
                _ if self.g.sections.section(&id).is_none() => "other".into(),
                _ => id,
            })
            .unwrap_or_else(|| "other".into())
    }
}

/// Whether a change of a total has this rate, within what two printed digits allow.
pub(super) fn rate_fits(total: Decimal, change: Decimal, rate: Decimal, up: bool) -> bool {
    let base = if up { total - change } else { total + change };
    base > Decimal::ZERO
        && change
            .checked_div(base)
            .is_some_and(|r| (r - rate).abs() < Decimal::new(6, 3))
}

/// 一般公共□□财政拨款, 一般公共预算□□拨款: a fund beside a few characters that nobody knows.
fn veils(pair: &[Token<'_>], n: &Narrative) -> bool {
    let [a, b] = pair else { return false };
    let fund = |t: &Token<'_>| t.kind == Kind::Phrase && t.phrase.fund.is_some() || t.is(Class::Fund);
    let stain = |t: &Token<'_>| t.kind == Kind::Unknown && t.characters() < 6;
    let unsided = |t: &Token<'_>| fund(t) && t.phrase.side.is_none();
    a.end == b.start && (stain(a) && !n.signs.joins_a_name.fits(a.word) && fund(b) || unsided(a) && stain(b))
}

/// Vehicles, reception and others as families of list items.
fn kin(s: &Subject) -> &str {
    match s.id.as_str() {
        "vehicles" | "vehicle_purchase" | "vehicle_operation" => "vehicles",
        id if id.starts_with("reception") => "reception",
        id => id,
    }
}

pub(super) fn refusal(n: &Number, why: &str, bound: bool) -> Refusal {
    Refusal {
        digits: n.digits.0..n.digits.1,
        why: why.to_string(),
        figure: n.figure,
        bound,
    }
}
