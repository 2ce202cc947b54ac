//! One figure with what stands in front of it: which words govern it, what it is about, and which rule gives it its role.

use super::discourse::{Mode, Reader, State, rate_fits, refusal};
use super::slot;
use super::subject::{Subject, join};
use super::token::{Figure, Kind, Number, Token, Tokens};
use super::{Claim, Direction, Ground, Told};
use crate::grammar::narrative::{Class, Measure, Narrative, Side};
use rust_decimal::Decimal;

/// The base of a comparison with the year before the last.
pub(super) const TWO_YEARS: &str = "two_years";

/// What a figure turned out to be.
#[derive(Clone, Debug)]
pub(super) enum Verdict {
    /// A statement.
    Claim {
        subject: Subject,
        slot: String,
        direction: Option<Direction>,
        ground: Ground,
        explicit: bool,
    },
    /// Nobody knows.
    Refuse(String),
}

/// What rules look at.
pub(super) struct Scene<'a, 't> {
    /// The number.
    pub n: &'a Number,
    /// Its token's index.
    pub i: usize,
    pub tokens: &'a Tokens<'t>,
    /// Words in front of it since the last figure, without appositions.
    pub flat: Vec<Token<'t>>,
    /// Where the words behind the last comma begin.
    pub last: usize,
    /// Where the complement of 占 or 完成 begins; `flat.len()` without one.
    pub cut: usize,
    /// 占.
    pub share: Option<usize>,
    /// 完成.
    pub completed: Option<usize>,
    /// The word that governs the figure.
    pub governor: Option<usize>,
    /// Behind the subject.
    pub core: usize,
    /// What it is compared with.
    pub base: Option<String>,
    /// What it is about.
    pub subject: Subject,
    /// The subject is named in front of it.
    pub explicit: bool,
}

impl<'a, 't> Scene<'a, 't> {
    pub fn last(&self) -> &[Token<'t>] {
        &self.flat[self.last..]
    }

    pub fn core(&self) -> &[Token<'t>] {
        &self.flat[self.core..]
    }

    pub fn next(&self) -> Option<&Token<'t>> {
        self.tokens.list.get(self.i + 1)
    }

    /// A count of which only the words right in front are looked at.
    pub fn bare(n: &'a Number, i: usize, tokens: &'a Tokens<'t>, flat: Vec<Token<'t>>) -> Self {
        Self {
            n,
            i,
            tokens,
            cut: flat.len(),
            last: 0,
            share: None,
            completed: None,
            governor: None,
            core: 0,
            base: None,
            subject: Subject::default(),
            explicit: false,
            flat,
        }
    }

    /// Whether the amount behind this count, an average, is this part of a whole.
    pub fn spread(&self, whole: Decimal) -> bool {
        let behind = self.tokens.list.get(self.i + 1..).unwrap_or_default();
        let mut behind = behind.iter().skip_while(|t| t.punct() == Some(','));
        let average = behind.next().is_some_and(|t| t.is_id(Class::Role, "per_capita"));
        let amount = behind
            .find(|t| !t.is(Class::Predicate))
            .filter(|t| average && t.kind == Kind::Number);
        let Some(each) = amount
            .map(|t| &self.tokens.numbers[t.at])
            .filter(|n| n.figure == Figure::Amount)
        else {
            return false;
        };
        let mean = whole.checked_div(self.n.value);
        mean.is_some_and(|m| !m.is_zero() && ((m - each.value) / m).abs() < Decimal::new(5, 3))
    }

    pub fn governor(&self) -> Option<&Token<'t>> {
        self.governor.map(|k| &self.flat[k])
    }

    /// Words of change in the last clause.
    pub fn directions(&self) -> Vec<Token<'t>> {
        self.last().iter().filter(|t| moves(t)).copied().collect()
    }
}

/// 增加, 大于, 节约.
pub(super) fn moves(t: &Token<'_>) -> bool {
    matches!(t.kind, Kind::Term(Class::Direction | Class::Over | Class::Saving))
}

/// Words that say nothing of a figure's role.
fn passes(t: &Token<'_>) -> bool {
    matches!(
        t.kind,
        Kind::Body
            | Kind::Date
            | Kind::Mark
            | Kind::Term(Class::Of | Class::Neutral | Class::Each | Class::Respectively)
    )
}

pub(super) fn is_budget(t: &Token<'_>) -> bool {
    t.is(Class::Base) && !matches!(t.id, "prior" | "opening")
}

fn known(words: &[Token<'_>]) -> bool {
    words.iter().all(|t| t.kind != Kind::Unknown)
}

fn unknown_words(words: &[Token<'_>]) -> String {
    let list: Vec<&str> = words
        .iter()
        .filter(|t| t.kind == Kind::Unknown)
        .map(|t| t.word)
        .collect();
    format!("unknown: {}", list.join(" "))
}

/// 教育支出（类）普通教育（款）小学教育（项），支出决算5万元: a bare 支出 goes on with the item in front of it.
fn of_item(k: usize, flat: &[Token<'_>]) -> bool {
    let p = &flat[k].phrase;
    let bare = p.side == Some(Side::Expenditure) && p.fund.is_none() && p.scope.is_none() && !flat[k].weak;
    bare && flat[..k]
        .iter()
        .rev()
        .find(|t| t.names() || t.kind == Kind::Unknown)
        .is_some_and(|t| t.kind == Kind::Path)
}

/// The words of the lead without appositions, and where the last clause begins.
fn clauses<'t>(lead: &[Token<'t>]) -> (Vec<Token<'t>>, usize) {
    let mut all: Vec<Vec<Token<'t>>> = vec![Vec::new()];
    for t in lead {
        if matches!(t.punct(), Some(',' | ';' | ':' | '/' | '(')) {
            all.push(Vec::new());
        }
        if let Some(c) = all.last_mut() {
            c.push(*t);
        }
    }
    let count = all.len();
    let mut flat = Vec::with_capacity(lead.len());
    let mut last = 0;
    for (k, clause) in all.into_iter().enumerate() {
        let body = clause.iter().find(|t| t.punct().is_none());
        // 为…的资金, 经批准…: no figure, nothing about the subject.
        let apposition = k > 0
            && k + 1 < count
            && body.is_some_and(|t| t.is_id(Class::Predicate, "copula") || t.is_id(Class::Neutral, "apposition"))
            && !clause.iter().any(moves);
        if !apposition {
            last = flat.len();
            flat.extend(clause);
        }
    }
    (flat, last)
}

impl Reader<'_> {
    /// The meaning of one figure.
    pub(super) fn figure(&mut self, i: usize, n: &Number, t: &Tokens<'_>, text: &str, st: &mut State<'_>) -> Verdict {
        let performance = self.section().is_some_and(|s| s.id == "performance");
        if performance && let Some(v) = slot::performance(self, i, n, t, text, st) {
            return v;
        }
        let (flat, last) = clauses(&st.lead);
        let from = flat.last().is_some_and(|t| t.is_id(Class::Neutral, "agent"));
        if from {
            return self.came_from(i, t, &flat, st);
        }
        let mut scene = Scene {
            n,
            i,
            tokens: t,
            cut: flat.len(),
            core: 0,
            flat,
            last,
            share: None,
            completed: None,
            governor: None,
            base: None,
            subject: Subject::of("", self.g),
            explicit: false,
        };
        self.complement(&mut scene);
        match self.about(&mut scene, st) {
            Ok(()) => {}
            Err(why) => return Verdict::Refuse(why),
        }
        scene.base = self.base(&scene.flat, st);
        scene.governor = governor(&scene);
        let explicit = scene.explicit;
        let subject = scene.subject.clone();
        if explicit {
            st.lost = false;
        }
        match slot::role(self, &scene, st) {
            Err(why) => {
                if why == slot::UNEXPLAINED {
                    st.current = None;
                    st.lost = true;
                } else if explicit && subject.family != "use" {
                    // A kind of vehicle is not what the sentence is about.
                    st.current = Some(subject);
                }
                Verdict::Refuse(why)
            }
            Ok(r) => {
                // “三公”经费6.13万元（其中：一般公共预算支出6.13万元）: who paid for all of it.
                let paid = st.opened.clone().filter(|w| {
                    let all = st.parts && explicit && n.figure == Figure::Amount && !n.value.is_zero();
                    all && w.family == "three" && r.subject.family == "fund" && self.said(w, "total") == Some(n.value)
                });
                if let Some(subject) = paid.filter(|_| matches!(r.slot.as_str(), "total" | "final")) {
                    return Verdict::Claim {
                        subject,
                        slot: r.slot,
                        direction: None,
                        ground: Ground::Arithmetic,
                        explicit,
                    };
                }
                if explicit && let Some(why) = self.part_of(&r, n, st) {
                    // 基本支出5万元，其中：人员经费3万元；项目支出2万元: the semicolon ends the parts.
                    let semicolon = st.outer.is_none() && scene.flat.iter().any(|t| t.punct() == Some(';'));
                    // …年末结转2万元。按支出性质划分：基本支出5万元: no parts of what the sentence before said last.
                    let no_whole = |o: &Subject| matches!(o.family.as_str(), "carry" | "economic");
                    let ended = semicolon || st.opened_early && st.opened.as_ref().is_some_and(no_whole);
                    if !ended {
                        // What follows is said of this part, not of the one before.
                        st.current = None;
                        st.lost = true;
                        return Verdict::Refuse(why);
                    }
                    st.parts = false;
                    st.opened = None;
                }
                Verdict::Claim {
                    subject: r.subject,
                    slot: r.slot,
                    direction: r.direction,
                    ground: r.ground,
                    explicit,
                }
            }
        }
    }

    /// 比上年由4.40万元减少到3.92万元: what it came from is last year's, if the words compare with last year.
    fn came_from(&self, i: usize, t: &Tokens<'_>, flat: &[Token<'_>], st: &mut State<'_>) -> Verdict {
        let reached = t.list.get(i + 1).is_some_and(|x| x.is(Class::To));
        let base = self.base(flat, st);
        match st.current.clone() {
            Some(subject) if reached && base.as_deref() == Some("prior") && known(flat) => Verdict::Claim {
                subject,
                slot: "prior_year".into(),
                direction: None,
                ground: Ground::Words,
                explicit: false,
            },
            _ => Verdict::Refuse("where it came from".into()),
        }
    }

    /// 基本支出 inside 教育支出 is not `basic`.
    fn part_of(&self, r: &slot::Role, n: &Number, st: &State<'_>) -> Option<String> {
        let whole = st.opened.as_ref().filter(|_| st.parts)?;
        if !matches!(r.slot.as_str(), "total" | "final") {
            return None;
        }
        let s = &r.subject;
        if s.same(whole) {
            let said = self.said(s, "total")?;
            return (said != n.value).then(|| "a part of itself".into());
        }
        (!self.g.narrative.may_be_inside(&s.family, &whole.family)).then(|| format!("a part of {}", whole.id))
    }

    /// What stands behind 占 or 完成 is the whole or the budget, not the subject.
    fn complement(&self, s: &mut Scene<'_, '_>) {
        if s.n.figure != Figure::Ratio {
            return;
        }
        for k in (0..s.flat.len()).rev() {
            let t = &s.flat[k];
            if matches!(t.punct(), Some(',' | ';')) {
                break;
            }
            if t.is(Class::Share) {
                s.share = Some(k);
                s.cut = k;
                break;
            }
            if t.is(Class::Completed) {
                s.completed = Some(k);
                s.cut = k;
                break;
            }
        }
    }

    /// Whom the figure is about.
    fn about(&self, s: &mut Scene<'_, '_>, st: &mut State<'_>) -> Result<(), String> {
        // What is counted is no money: 一般公共预算财政拨款涉及的出国团组1个.
        let counted = s.n.figure == Figure::Count;
        let passed = |k: usize| counted || self.goes_on(k, &s.flat, st) || of_item(k, &s.flat);
        let mut names: Vec<usize> = (0..s.cut)
            .filter(|k| {
                let t = &s.flat[*k];
                t.names() && !(t.kind == Kind::Phrase && passed(*k))
            })
            .collect();
        let amount = s.n.figure == Figure::Amount;
        let count = s.n.figure == Figure::Count;
        if count && slot::gathering(self, s, st).is_some() {
            return match st.current.clone() {
                Some(c) => {
                    s.subject = c;
                    Ok(())
                }
                None => Err("no subject".into()),
            };
        }
        if amount && let Some(subject) = self.listed_name(s, st) {
            s.core = s.flat.len();
            s.subject = subject;
            s.explicit = true;
            return Ok(());
        }
        if amount && let Some(open) = self.open_name(s) {
            let inner = names
                .last()
                .is_none_or(|k| matches!(s.flat[*k].kind, Kind::Phrase | Kind::Term(Class::Subject)));
            if inner {
                s.core = s.flat.iter().rposition(|t| t.start < open.1).map_or(0, |k| k + 1);
                s.subject = open.0;
                s.explicit = true;
                return Ok(());
            }
        }
        // 机关运行经费、政府采购、国有资产 机关运行经费5万元: a heading that runs into its text names its subject twice.
        if let Some(last) = names.last().copied() {
            let again = |k: &usize| *k < last && s.flat[*k].is(Class::Subject) && s.flat[*k].word == s.flat[last].word;
            if s.flat[last].characters() > 3 && names.iter().any(again) {
                names = vec![last];
            }
        }
        // 保有量为6辆: whatever was named in the clauses before, these are cars.
        let cars = count && is_of_vehicles(s, &self.g.narrative);
        let Some(k) = names.pop().filter(|k| !cars || *k >= s.last || !s.flat[*k].weak) else {
            return self.implied(s, st);
        };
        let x = s.flat[k];
        if x.kind == Kind::Phrase && x.weak {
            st.current = None;
            st.lost = true;
            if !st.parts {
                st.whole = None;
            }
            return Err(format!("unknown words before {}", x.word));
        }
        let between = &s.flat[k + 1..s.cut.max(k + 1)];
        if !known(between) {
            if amount {
                st.current = None;
                st.lost = true;
            }
            return Err(unknown_words(between));
        }
        if x.is(Class::Subject) && x.weak && matches!(x.id, "goods" | "works" | "services") {
            let buying = st.current.as_ref().is_some_and(|c| c.family == "procurement");
            if !buying {
                st.current = None;
                return Err(format!("unknown: {}", x.word));
            }
        }
        // 运行费, 购置费 without a vehicle in sight.
        let bare =
            matches!(x.id, "vehicle_purchase" | "vehicle_operation") && !self.g.narrative.signs.vehicle.fits(x.word);
        let per_car = |t: &Token<'_>| t.is_id(Class::Role, "per_capita") && self.g.narrative.signs.vehicle.fits(t.word);
        let of_cars = st.current.as_ref().is_some_and(|c| is_vehicle(&c.id)) || s.last().iter().any(per_car);
        if x.is(Class::Subject) && bare && !of_cars {
            st.current = None;
            st.lost = true;
            return Err("whose running or purchase cost".into());
        }
        let running = |c: &Subject| is_vehicle(&c.id) || c.family == "running";
        let of_vehicles = st.current.iter().chain(&st.opened).any(running);
        if x.is(Class::Subject) && self.g.narrative.subject(x.id).is_some_and(|i| i.family == "running") && !of_vehicles
        {
            st.current = None;
            st.lost = true;
            return Err(format!("a cost of what: {}", x.word));
        }
        if k > 1
            && s.flat[k - 1].punct() == Some('/')
            && matches!(s.flat[k - 2].kind, Kind::Unknown | Kind::Body)
            && !count
        {
            st.current = None;
            st.lost = true;
            return Err("several subjects".into());
        }
        // 其他支出 beside 基本支出 and 经营支出 is the rest of these, not the class of that name.
        let kinds = st.in_sentence && st.last.as_ref().is_some_and(|l| l.subject.family == "kind");
        if amount && x.is(Class::FunctionClass) && kinds && !s.flat.iter().any(|t| t.is(Class::Open)) {
            st.current = None;
            st.lost = true;
            return Err(format!("a kind or a class: {}", x.word));
        }
        // 办案费210万元，信息化建设40万元: beside names that nobody knows it is a project, not the 项 of that name.
        if amount
            && x.is(Class::Item)
            && st.lost
            && st.in_sentence
            && s.flat.first().is_some_and(|t| t.punct().is_some())
        {
            return Err(format!("beside unknown names: {}", x.word));
        }
        let mut subject = None;
        if let Some(y) = names.last().copied()
            && !count
        {
            subject = self.two_names(y, k, s, st)?;
        }
        let subject = match x.kind {
            Kind::Term(Class::Use) => {
                let mut u = Subject::of(x.id, self.g);
                u.family = "use".into();
                u.side = Side::Neither;
                Some(u)
            }
            Kind::Term(Class::Subject) if x.id == "sme" => {
                let of = names.last().map(|y| s.flat[*y]).filter(|y| {
                    y.is(Class::Subject) && matches!(y.id, "goods" | "works" | "services") && y.end + 6 >= x.start
                });
                match of {
                    Some(y) => Some(Subject::of(&format!("{}.sme", y.id), self.g)),
                    None => self.resolve(&x, s.tokens, st),
                }
            }
            // 会议费 in a list of items is the item.
            Kind::Term(Class::Subject) if amount && self.is_item_of_list(&x, st) => {
                let mut item = Subject::of(x.word, self.g);
                item.names = vec![x.word.to_string()];
                Some(item)
            }
            _ => subject
                .or_else(|| self.side_of_complement(&x, s, st))
                .or_else(|| self.resolve(&x, s.tokens, st))
                .or_else(|| self.planned(&x, s, st)),
        };
        let Some(mut subject) = subject else {
            st.lost = true;
            return Err("it is not said of which side".into());
        };
        if subject.family == "carry_part" {
            let whole = st.opened.as_ref().filter(|o| st.parts && o.family == "carry");
            match whole.map(|w| w.id.split('_').next().unwrap_or(&w.id)) {
                // opening_carryover and carryover_appropriation are opening_carryover_appropriation.
                Some(moment) => subject.id = format!("{moment}_{}", subject.id),
                None if subject.id == "carryover_appropriation" => subject = Subject::of("closing_carryover", self.g),
                None => return Err(format!("whose carry-over: {}", x.word)),
            }
        }
        s.subject = subject;
        s.core = k + 1;
        s.explicit = true;
        Ok(())
    }

    /// 财政拨款12万元，占总收入的60%: whose share it is says of which side the fund is.
    fn side_of_complement(&self, x: &Token<'_>, s: &Scene<'_, '_>, st: &State<'_>) -> Option<Subject> {
        if x.kind != Kind::Phrase || x.phrase.fund.is_none() || x.phrase.side.is_some() {
            return None;
        }
        let behind = s.tokens.list[s.i + 1..]
            .iter()
            .take_while(|t| !matches!(t.punct(), Some('.' | ';')));
        let mut behind = behind.take(8).skip_while(|t| !t.is(Class::Share)).skip(1);
        let whole = behind.find(|t| t.kind == Kind::Phrase || t.kind == Kind::Number)?;
        let mut own = *x;
        own.phrase.side = whole.phrase.side.filter(|side| *side != Side::Both);
        own.phrase.side?;
        self.resolve(&own, s.tokens, st)
    }

    /// 政府性基金预算0万元，决算数0万元, where nothing says of which side: what is planned and accounted for is spent.
    fn planned(&self, x: &Token<'_>, s: &Scene<'_, '_>, st: &State<'_>) -> Option<Subject> {
        let fund = x.kind == Kind::Phrase && x.phrase.fund.is_some_and(|f| f != "appropriation");
        if !fund || !slot::accounted_for(self, x, s) {
            return None;
        }
        let mut own = *x;
        own.phrase.side = Some(Side::Expenditure);
        self.resolve(&own, s.tokens, st)
    }

    fn is_item_of_list(&self, x: &Token<'_>, st: &State<'_>) -> bool {
        let cost = self.g.narrative.subject(x.id).is_some_and(|i| i.family == "cost");
        let listed = |s: &Subject| matches!(s.family.as_str(), "purpose" | "kind" | "economic") || !s.names.is_empty();
        cost && (st.opened.as_ref().is_some_and(listed)
            || st.in_sentence && st.last.as_ref().is_some_and(|l| listed(&l.subject)))
    }

    /// Two names in front of one figure: 收入、支出 are both sides, any other two leave it open whose it is.
    fn two_names(&self, y: usize, k: usize, s: &Scene<'_, '_>, st: &mut State<'_>) -> Result<Option<Subject>, String> {
        let mid = &s.flat[y + 1..k];
        let light = |t: &Token<'_>| {
            t.punct().is_some() || matches!(t.kind, Kind::Term(Class::Predicate | Class::Final | Class::Neutral))
        };
        let joins = mid.iter().any(|t| {
            t.punct() == Some('/') || t.is_id(Class::Neutral, "joins") || self.g.narrative.signs.joins.fits(t.word)
        });
        let apart = mid
            .iter()
            .any(|t| t.punct() == Some(',') || self.g.narrative.signs.and_others.fits(t.word));
        if mid.is_empty() || !mid.iter().all(light) || !joins || apart {
            return Ok(None);
        }
        let (a, b) = (
            self.resolve(&s.flat[y], s.tokens, st),
            self.resolve(&s.flat[k], s.tokens, st),
        );
        if let (Some(a), Some(b)) = (&a, &b)
            && matches!(
                (a.side, b.side),
                (Side::Revenue, Side::Expenditure) | (Side::Expenditure, Side::Revenue)
            )
            && let Some(j) = join(a, b, self.g)
        {
            return Ok(Some(j));
        }
        st.current = None;
        st.lost = true;
        Err("several subjects".into())
    }

    /// No name in front: the subject at hand, unless unknown words may have changed it.
    fn implied(&self, s: &mut Scene<'_, '_>, st: &mut State<'_>) -> Result<(), String> {
        let shapes = &self.g.narrative.shapes;
        let count = s.n.figure == Figure::Count;
        let last = s.flat[s.last.min(s.cut)..s.cut].to_vec();
        let last = last.as_slice();
        let front = s.flat[..s.cut].to_vec();
        let front = front.as_slice();
        let anchored = s.last().iter().any(|t| {
            moves(t)
                || matches!(
                    t.kind,
                    Kind::Term(Class::Compare | Class::YearOnYear | Class::Completed)
                )
        }) || s.share.is_some();
        let unknown = !known(front);
        let money = front
            .iter()
            .any(|t| t.kind == Kind::Unknown && shapes.money.is_match(t.word));
        let visits = count
            && st.current.as_ref().is_some_and(|c| {
                s.subject = c.clone();
                slot::counts_visits(self, s)
            });
        let vehicle = count && slot::names_a_bought_vehicle(self, s);
        if !visits && !vehicle && (!known(last) || money || unknown && !anchored && !count) {
            if s.n.figure == Figure::Amount && !s.last().iter().any(moves) {
                st.current = None;
                st.lost = true;
                if !st.parts {
                    st.whole = None;
                }
            }
            return Err(unknown_words(front));
        }
        let mut subject = st.current.clone();
        if s.last().iter().any(|t| t.is(Class::Each)) && st.sentence.len() > 1 {
            let two = &st.sentence[st.sentence.len() - 2..];
            subject = join(&two[0], &two[1], self.g);
        }
        let assets = self.section().is_some_and(|x| x.id == "assets");
        // 年末车辆21辆: they are those that there are.
        let at_the_end = last.iter().any(|t| slot::at_the_end(self, t));
        let cars = is_of_vehicles(s, &self.g.narrative)
            || (assets || at_the_end) && last.iter().any(|t| t.is_id(Class::Role, "vehicle"));
        if subject.is_none() && count && cars {
            subject = Some(Subject::of(if assets { "assets" } else { "vehicles" }, self.g));
        }
        match subject {
            Some(x) => {
                s.subject = x;
                Ok(())
            }
            None => {
                st.lost = true;
                Err("no subject".into())
            }
        }
    }

    /// A bare 支出 goes on with the subject at hand, unless that is revenue or nothing.
    pub(super) fn goes_on(&self, k: usize, flat: &[Token<'_>], st: &State<'_>) -> bool {
        let x = &flat[k];
        let p = &x.phrase;
        if p.side != Some(Side::Expenditure) || p.fund.is_some() || p.scope.is_some() || x.weak {
            return false;
        }
        let Some(c) = &st.current else { return false };
        // 收入预算12万元，支出决算11万元 goes on; 收入决算12万元，支出决算11万元 names the other side.
        let of_budget = st
            .last
            .as_ref()
            .is_some_and(|l| slot::BUDGETS.contains(&l.slot.as_str()));
        matches!(c.side, Side::Expenditure | Side::Neither) && c.id != "grand_total" || p.is_final && of_budget
    }

    /// 按功能科目分：农业行政运行12万元，产业化扶贫3万元: each name is that of a 项, as printed.
    fn listed_name(&self, s: &Scene<'_, '_>, st: &State<'_>) -> Option<Subject> {
        let from = s.last + usize::from(s.flat.get(s.last).is_some_and(|t| t.punct().is_some()));
        let words = s.flat.get(from..).filter(|w| st.open_names && !w.is_empty())?;
        let copula = |t: &&Token<'_>| t.is_id(Class::Predicate, "copula");
        let words = &words[..words.len() - words.iter().rev().take_while(copula).count()];
        let fits = |t: &Token<'_>| {
            matches!(
                t.kind,
                Kind::Unknown
                    | Kind::Body
                    | Kind::Term(Class::Item | Class::Neutral | Class::Of | Class::Compare | Class::Role)
            ) || t.kind == Kind::Phrase && t.weak
        };
        let adjacent = words.windows(2).all(|w| w[0].end == w[1].start);
        let named = words
            .iter()
            .any(|t| matches!(t.kind, Kind::Unknown | Kind::Term(Class::Item)));
        let name: String = words.iter().map(|t| t.word).collect();
        let length = name.chars().count();
        if !adjacent || !named || !words.iter().all(fits) || !(4..30).contains(&length) {
            return None;
        }
        let mut subject = Subject::of(&name, self.g);
        subject.names = vec![name];
        Some(subject)
    }

    /// An item of a list of functions whose whole head is one unknown name that ends in 支出; where the name ends.
    fn open_name(&self, s: &Scene<'_, '_>) -> Option<(Subject, usize)> {
        let home = self.home()?;
        if !matches!(home.fund.as_deref(), Some("general_budget" | "government_fund")) {
            return None;
        }
        let head = &s.tokens.list[..s.i];
        let mark = head.first().filter(|m| m.kind == Kind::Mark)?;
        let mut end = None;
        for t in &head[1..] {
            let fits = matches!(
                t.kind,
                Kind::Unknown
                    | Kind::Term(
                        Class::Item | Class::FunctionClass | Class::Neutral | Class::Role | Class::Of | Class::Compare
                    )
            ) || t.kind == Kind::Phrase && t.weak
                || t.is(Class::Subject) && t.weak;
            if !fits {
                break;
            }
            end = Some(t);
            if t.kind == Kind::Phrase {
                break;
            }
        }
        let end = end?;
        let spends = end.kind == Kind::Phrase && end.phrase.side == Some(Side::Expenditure);
        let from = mark.end;
        let only = head
            .iter()
            .filter(|t| t.start >= end.end)
            .all(|t| !t.names() && t.punct().is_none() && t.kind != Kind::Number);
        let length: usize = head
            .iter()
            .filter(|t| t.start >= from && t.end <= end.end)
            .map(Token::characters)
            .sum();
        if !spends || !only || !(4..40).contains(&length) {
            return None;
        }
        let name: String = head
            .iter()
            .filter(|t| t.start >= from && t.end <= end.end)
            .map(|t| t.word)
            .collect();
        let mut subject = Subject::of(&name, self.g);
        subject.names = vec![name];
        Some((subject, end.end))
    }

    /// What figures here are compared with: the nearest comparison, else that of the sentence.
    pub(super) fn base(&self, flat: &[Token<'_>], st: &State<'_>) -> Option<String> {
        for k in (0..flat.len()).rev() {
            let t = &flat[k];
            if t.is(Class::YearOnYear) {
                return Some("prior".into());
            }
            let before = &flat[k.saturating_sub(4)..k];
            let after = &flat[k..flat.len().min(k + 4)];
            if t.is(Class::Base)
                && (before.iter().any(|t| t.is(Class::Compare) || moves(t))
                    || after.iter().any(|t| t.is(Class::CompareEnd)))
            {
                return Some(t.id.to_string());
            }
            let compared = flat[k.saturating_sub(3)..k].iter().any(|t| t.is(Class::Compare));
            if t.kind == Kind::Year && compared {
                let budget = after.iter().find(|t| t.is(Class::Base) && t.id != "prior");
                if let Some(b) = budget {
                    return Some(b.id.to_string());
                }
                return Some(match self.year {
                    Some(y) if t.year == y - 2 => TWO_YEARS.into(),
                    Some(y) if t.year != y - 1 => "far".into(),
                    _ => "prior".into(),
                });
            }
        }
        st.base.clone()
    }

    /// 分别: as many figures as names are one for one; the number of figures read beyond the first.
    pub(super) fn shared_out(
        &mut self,
        i: usize,
        t: &Tokens<'_>,
        st: &mut State<'_>,
        told: &mut Told,
    ) -> Option<usize> {
        let (flat, last) = clauses(&st.lead);
        let shared = flat[last..].iter().any(|t| t.is(Class::Respectively));
        let n0 = &t.numbers[t.list[i].at];
        if n0.figure == Figure::Score {
            return None;
        }
        let joins = |t: &Token<'_>| {
            matches!(t.punct(), Some('/' | ','))
                || t.is_id(Class::Neutral, "joins")
                || self.g.narrative.signs.joins.fits(t.word)
        };
        let mut run = vec![i];
        let mut k = i + 1;
        while k + 1 < t.list.len() && joins(&t.list[k]) {
            let mut to = k + 1;
            if t.list.get(to).is_some_and(joins) {
                to += 1;
            }
            match t.list.get(to) {
                Some(x) if x.kind == Kind::Number && t.numbers[x.at].figure == n0.figure => {
                    run.push(to);
                    k = to + 1;
                }
                _ => break,
            }
        }
        let names: Vec<Token<'_>> = flat
            .iter()
            .filter(|x| x.names() && !x.is(Class::Use) && !x.weak_phrase())
            .copied()
            .collect();
        // 经营支出、对附属单位补助支出共0万元: what is nothing together is nothing each.
        let beside = |w: &[Token<'_>]| {
            w[0].id != w[1].id
                && flat
                    .iter()
                    .any(|x| x.start >= w[0].end && x.end <= w[1].start && joins(x) && x.punct() != Some(','))
        };
        let nothing =
            n0.value.is_zero() && names.windows(2).all(beside) && !flat.iter().any(|x| moves(x) || x.is(Class::Share));
        let each = nothing || flat[last..].iter().any(|t| t.is(Class::Each));
        let all_same = each && names.len() > 1 && run.len() == 1;
        if !shared && !all_same || shared && run.len() < 2 {
            return None;
        }
        let share_at = flat
            .iter()
            .position(|x| x.is(Class::Share) || x.is_id(Class::Respectively, "respectively_share"));
        let slot = match n0.figure {
            Figure::Ratio if share_at.is_some() => "share",
            Figure::Amount if !flat.iter().any(|x| moves(x) || x.is(Class::Compare)) => {
                let base = flat.iter().rev().find(|x| x.is(Class::Base));
                match base {
                    Some(b) if b.id == "prior" => "prior_year",
                    Some(b) if b.id == "opening" => return self.not_shared(run, t, st, told, "a balance"),
                    Some(b) => b.id,
                    None if flat.iter().any(|x| x.is(Class::Final)) => "final",
                    None => "total",
                }
            }
            _ if all_same => return None,
            _ => return self.not_shared(run, t, st, told, "shared out among several"),
        };
        let mut subjects: Vec<Subject> = Vec::new();
        for x in names
            .iter()
            .filter(|x| share_at.is_none_or(|k| x.start < flat[k].start))
        {
            match self.resolve(x, t, st) {
                Some(s) => subjects.push(s),
                None => return self.not_shared(run, t, st, told, "shared out among several"),
            }
        }
        if all_same {
            let light = |t: &Token<'_>| {
                t.punct().is_some()
                    || t.names()
                    || matches!(
                        t.kind,
                        Kind::Mark
                            | Kind::Year
                            | Kind::Body
                            | Kind::Term(Class::Predicate | Class::Final | Class::Neutral | Class::Each | Class::Open)
                    )
            };
            let sides = subjects.len() == 2 && join(&subjects[0], &subjects[1], self.g).is_some();
            if sides || !flat.iter().all(light) || n0.figure != Figure::Amount {
                return None;
            }
            for s in &subjects {
                self.claim(n0, s.clone(), slot.to_string(), None, Ground::Words, true, st, told);
            }
            st.lead.clear();
            return Some(0);
        }
        let mut ground = Ground::Words;
        if subjects.is_empty() && slot == "share" {
            subjects.clone_from(&st.listed);
            let shares: Vec<Decimal> = run.iter().map(|at| t.numbers[t.list[*at].at].value).collect();
            if let Some(proven) = self.parts_that_fit(&shares, told) {
                subjects = proven;
                ground = Ground::Arithmetic;
            }
        }
        let understood = ground == Ground::Arithmetic || flat[last..].iter().all(|x| x.kind != Kind::Unknown);
        if subjects.len() != run.len() || !understood {
            return self.not_shared(run, t, st, told, "shared out among several");
        }
        st.listed.clone_from(&subjects);
        for (s, at) in subjects.iter().zip(&run) {
            let n = t.numbers[t.list[*at].at].clone();
            self.claim(&n, s.clone(), slot.to_string(), None, ground, true, st, told);
        }
        st.current = None;
        st.lost = true;
        st.last = None;
        st.lead.clear();
        Some(run.len() - 1)
    }

    /// 基本支出8万元、项目支出2万元，分别占80%、20%: the last amounts of the sentence, as many as there are shares, where each has the
    /// same share in one whole.
    fn parts_that_fit(&self, shares: &[Decimal], told: &Told) -> Option<Vec<Subject>> {
        let of_sentence = told.claims.iter().rev().take_while(|c| c.sentence == self.sentences);
        let mut parts: Vec<&Claim> = of_sentence
            .filter(|c| c.figure == Figure::Amount && matches!(c.slot.as_str(), "total" | "final"))
            .take(shares.len())
            .collect();
        parts.reverse();
        let sum: Decimal = parts.iter().map(|c| c.value).sum();
        let all: Decimal = shares.iter().sum();
        let whole = sum.checked_div(all)?;
        let fits = |(c, s): (&&Claim, &Decimal)| {
            c.value
                .checked_div(whole)
                .is_some_and(|r| (r - s).abs() <= Decimal::new(11, 5))
        };
        let several = parts.iter().filter(|c| !c.value.is_zero()).count() > 1;
        (parts.len() == shares.len() && several && parts.iter().zip(shares).all(fits))
            .then(|| parts.iter().map(|c| c.subject.clone()).collect())
    }

    pub(super) fn not_shared(
        &self,
        run: Vec<usize>,
        t: &Tokens<'_>,
        st: &mut State<'_>,
        told: &mut Told,
        why: &str,
    ) -> Option<usize> {
        for at in &run {
            told.refusals.push(refusal(&t.numbers[t.list[*at].at], why, false));
        }
        st.current = None;
        st.lost = true;
        st.last = None;
        st.lead.clear();
        Some(run.len() - 1)
    }

    /// 主要原因是公务接待费减少3万元，下降5%: a reason that says of a part of the whole, by its name and in words that are all known, what
    /// it changed by, where the sentence compares with the year before; 由于年初预算为0万元: what the budget was.
    pub(super) fn named_in_reason(
        &self,
        n: &Number,
        t: &Tokens<'_>,
        st: &mut State<'_>,
    ) -> Option<(Subject, String, Option<Direction>, bool)> {
        let from = st.lead.iter().rposition(|x| x.punct().is_some() || x.is(Class::Reason));
        let words = st.lead.get(from.map_or(0, |k| k + 1)..)?;
        let whole = st.current.clone()?;
        let heavy: Vec<&Token<'_>> = words
            .iter()
            .filter(|x| {
                !matches!(
                    x.kind,
                    Kind::Mark | Kind::Term(Class::Of | Class::Predicate | Class::Final)
                )
            })
            .collect();
        let direction = |d: &Token<'_>| {
            Some(Direction {
                id: d.id.to_string(),
                word: d.start..d.end,
            })
        };
        let moved = |d: &Token<'_>| d.is(Class::Direction) && matches!(d.id, "increase" | "decrease");
        // 主要原因是公务用车保有量减少2辆.
        if let ([.., held, d], Figure::Count) = (heavy.as_slice(), n.figure)
            && held.is_id(Class::Role, "held")
            && heavy[..heavy.len() - 2].iter().all(|x| x.is_id(Class::Role, "vehicle"))
            && moved(d)
            && is_vehicle(&whole.id)
        {
            st.reasoned = Some(whole);
            let cars = Subject::of("vehicles", self.g);
            return Some((cars, "vehicles_held_change".into(), direction(d), true));
        }
        match (heavy.as_slice(), n.figure) {
            ([b], Figure::Amount) if is_budget(b) && n.value.is_zero() => Some((whole, b.id.to_string(), None, false)),
            ([name, d], Figure::Amount) if name.is(Class::Subject) && moved(d) => {
                let of_whole = matches!(whole.family.as_str(), "fund" | "whole" | "three");
                let part = self.resolve(name, t, st).filter(|p| {
                    of_whole
                        && !p.same(&whole)
                        && matches!(p.family.as_str(), "three" | "kind" | "purpose" | "source")
                        && (p.family != "source" || whole.side != Side::Expenditure)
                        && self.g.narrative.may_be_inside(&p.family, &whole.family)
                })?;
                if st.base.as_deref() != Some("prior") {
                    return None;
                }
                st.reasoned = Some(whole);
                Some((part, "change".into(), direction(d), true))
            }
            ([d], Figure::Ratio) if moved(d) => {
                let part = st.given.clone()?;
                st.reasoned = Some(whole);
                Some((part, "change_rate".into(), direction(d), true))
            }
            _ => None,
        }
    }

    /// A number without a unit is a figure only where arithmetic proves it: 较上年2.08减少0.03万元, 占26.09.
    pub(super) fn proven(&self, i: usize, t: &Tokens<'_>, st: &State<'_>, n: &mut Number) -> bool {
        let Some(cur) = st.current.as_ref().filter(|_| st.mode == Mode::Plain) else {
            return false;
        };
        let Some(total) = self.said(cur, "total") else {
            return false;
        };
        if st.lead.last().is_some_and(|x| x.is_id(Class::Base, "prior")) {
            let next = t.list[i + 1..]
                .iter()
                .take(3)
                .find(|x| x.kind == Kind::Number)
                .map(|x| &t.numbers[x.at]);
            if let Some(f) = next.filter(|f| f.figure == Figure::Amount)
                && let Some(Measure::Money(u)) = f.measure
                && let Some(v) = n.bare.checked_mul(u.yuan())
                && ((total - v).abs() - f.value.abs()).abs() < Decimal::ONE_HUNDRED
            {
                n.figure = Figure::Amount;
                n.value = v;
                n.measure = f.measure;
                return true;
            }
        }
        let near = st.lead.iter().rev().find(|x| x.is(Class::Share) || x.punct().is_some());
        if near.is_some_and(|x| x.is(Class::Share))
            && let Some(r) = n.bare.checked_div(Decimal::ONE_HUNDRED)
            && self.share_fits(total, r, cur)
        {
            n.figure = Figure::Ratio;
            n.value = r;
            n.measure = Some(Measure::Percent);
            return true;
        }
        false
    }

    /// Behind `;` a known subject with its figure ends a reason or a purpose, behind `,` also a comparison.
    pub(super) fn comes_back(&self, from: usize, t: &Tokens<'_>, st: &State<'_>, p: char) -> bool {
        let list = &t.list;
        let mut j = from;
        let mut clause: Vec<Token<'_>> = Vec::new();
        if list.get(j).is_some_and(|x| x.is(Class::Open)) && list.get(j + 1).is_some_and(|x| x.punct().is_some()) {
            j += 2;
        }
        let stop = |x: &Token<'_>| x.kind == Kind::Number || matches!(x.punct(), Some(',' | ';' | ':' | '.'));
        while let Some(x) = list.get(j).filter(|x| !stop(x)) {
            clause.push(*x);
            j += 1;
        }
        if list.get(j).is_some_and(|x| x.punct() == Some(',')) && clause.iter().any(|x| x.is(Class::Compare)) {
            j += 1;
            while let Some(x) = list.get(j).filter(|x| x.kind != Kind::Number && x.punct().is_none()) {
                clause.push(*x);
                j += 1;
            }
        }
        let Some(end) = list.get(j) else { return false };
        let number = (end.kind == Kind::Number).then(|| &t.numbers[end.at]);
        let first = clause.iter().find(|x| {
            !matches!(
                x.kind,
                Kind::Year | Kind::Body | Kind::Date | Kind::Punct | Kind::Term(Class::Neutral)
            )
        });
        let counted = number.is_some_and(|n| n.figure == Figure::Count);
        let Some(first) = first else {
            return st.mode == Mode::Purpose && counted;
        };
        if first.kind == Kind::Mark {
            return false;
        }
        let all_known = known(&clause);
        // 用于：科学技术12万元: a list of known names behind a colon.
        if p == ':' {
            return number.is_some_and(|n| n.figure == Figure::Amount)
                && first.names()
                && all_known
                && clause.len() < 4;
        }
        if p == ';'
            && matches!(first.kind, Kind::Term(Class::Compare | Class::YearOnYear))
            && number.is_some()
            && all_known
        {
            return true;
        }
        let names = clause
            .iter()
            .position(|x| x.names() && (x.kind != Kind::Phrase || x.phrase.fund.is_some() || x.phrase.scope.is_some()));
        let Some(n) = number else {
            // ；国内公务接待主要为接待兄弟学校，全年接待22批次: another subject and its purpose.
            let led = first.is(Class::Subject)
                && !first.weak
                && clause
                    .iter()
                    .skip_while(|x| x.start <= first.start)
                    .find(|x| !x.is(Class::Predicate) && !x.is(Class::Side))
                    .is_some_and(|x| x.is(Class::Open) || x.is(Class::Purpose));
            if p == ';' && led {
                return true;
            }
            let plain = |x: &Token<'_>| {
                x.names()
                    || matches!(
                        x.kind,
                        Kind::Year
                            | Kind::Body
                            | Kind::Term(Class::Neutral | Class::Predicate | Class::Final | Class::Open)
                    )
            };
            return p == ';' && names.is_some() && clause.iter().all(plain);
        };
        if clause
            .iter()
            .any(|x| matches!(x.kind, Kind::Term(Class::Reason | Class::Purpose)))
        {
            return false;
        }
        if let Some(k) = names
            && known(&clause[k..])
            && (all_known || p == ';')
        {
            return p == ';' || st.mode == Mode::Purpose;
        }
        if !all_known {
            return false;
        }
        if st.mode == Mode::Purpose {
            let moved = clause.iter().any(moves);
            return matches!(first.kind, Kind::Term(Class::Compare | Class::YearOnYear)) && moved
                || first.is(Class::Completed) && (first.characters() > 1 || clause.iter().any(|x| x.is(Class::Base)))
                || matches!(first.kind, Kind::Term(Class::Share | Class::Base | Class::Final))
                || counted;
        }
        if p == ',' && self.compares_again(from, &clause, n, t, st) {
            return true;
        }
        // Else a reason comes back only where arithmetic proves it.
        if !matches!(
            first.kind,
            Kind::Term(Class::Compare | Class::YearOnYear | Class::Completed)
        ) {
            return false;
        }
        let Some(total) = st.current.as_ref().and_then(|c| self.said(c, "total")) else {
            return false;
        };
        let rate = list[j + 1..]
            .iter()
            .take(4)
            .filter(|x| x.kind == Kind::Number)
            .map(|x| &t.numbers[x.at])
            .find(|r| r.figure == Figure::Ratio);
        let up = clause
            .iter()
            .find(|x| x.is(Class::Direction))
            .map(|x| x.id == "increase");
        match (rate, up) {
            (Some(r), Some(up)) if n.figure == Figure::Amount => rate_fits(total, n.value, r.value.abs(), up),
            _ => false,
        }
    }
}

impl Reader<'_> {
    /// 主要原因是厉行节约，与上年相比减少2万元: a comparison behind a reason that names no money speaks of the subject again.
    fn compares_again(&self, from: usize, clause: &[Token<'_>], n: &Number, t: &Tokens<'_>, st: &State<'_>) -> bool {
        let money = &self.g.narrative.shapes.money;
        let names_none = |x: &Token<'_>| {
            let stands_alone = x.kind != Kind::Phrase || x.phrase.fund.is_some() || x.phrase.scope.is_some();
            x.kind != Kind::Number
                && !(x.names() && stands_alone)
                && !(x.kind == Kind::Unknown && money.is_match(x.word))
        };
        // 实训基地专项到期: words that speak of money may be parted by one that carries no meaning.
        let why = t.list.get(st.why + 1..from).unwrap_or_default();
        let loose = |x: &&Token<'_>| x.kind == Kind::Unknown || x.is(Class::Neutral) && x.characters() == 1;
        let runs = why.chunk_by(|a, b| loose(&a) && loose(&b) && a.end == b.start);
        let spoken =
            |run: &[Token<'_>]| run.len() > 1 && money.is_match(&run.iter().map(|x| x.word).collect::<String>());
        if runs.into_iter().any(spoken) {
            return false;
        }
        let compared = clause.first().is_some_and(|x| x.is(Class::Compare))
            && clause.iter().any(|x| x.is(Class::Base) || x.kind == Kind::Year)
            && clause.iter().any(moves);
        compared && matches!(n.figure, Figure::Amount | Figure::Ratio) && why.iter().all(names_none)
    }
}

impl Token<'_> {
    fn weak_phrase(&self) -> bool {
        self.kind == Kind::Phrase && self.weak
    }
}

/// The word that governs a figure: the nearest in front of it that is no filler.
fn governor(s: &Scene<'_, '_>) -> Option<usize> {
    let skip = |t: &Token<'_>| {
        passes(t)
            || t.is_id(Class::Predicate, "copula")
            || t.is_id(Class::Predicate, "noun")
            || t.is_id(Class::Predicate, "sum") && t.characters() < 3
            || t.is_id(Class::Predicate, "verb")
            || t.kind == Kind::Phrase
                && t.phrase.side == Some(Side::Expenditure)
                && t.phrase.fund.is_none()
                && !s.explicit
    };
    let k = s.flat.iter().rposition(|t| !skip(t))?;
    s.flat[k].punct().is_none().then_some(k)
}

pub(super) fn is_vehicle(id: &str) -> bool {
    matches!(
        id,
        "vehicles" | "vehicle_purchase" | "vehicle_operation" | "three_public" | "assets"
    )
}

/// A count of 辆 with a verb of having or buying and a vehicle beside it.
fn is_of_vehicles(s: &Scene<'_, '_>, n: &Narrative) -> bool {
    let last = s.last();
    last.iter()
        .any(|t| t.is_id(Class::Role, "held") || t.is_id(Class::Role, "bought"))
        && last
            .iter()
            .any(|t| t.is_id(Class::Role, "vehicle") || n.signs.car.fits(t.word))
}
