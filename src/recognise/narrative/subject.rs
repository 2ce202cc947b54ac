//! What a figure is about: names and phrases to subjects of the dataset.

use super::token::{Kind, Path, Phrase, Token};
use crate::grammar::Grammar;
use crate::grammar::narrative::{Class, Side};

/// A subject.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// Id of the dataset, a code, or names of an open class joined by `/`.
    pub id: String,
    /// Names of 类, 款, 项 whose code the tables of the document may know.
    pub names: Vec<String>,
    /// The names as printed, joined by `/`.
    pub printed: Option<String>,
    /// Side.
    pub side: Side,
    /// Whose money.
    pub fund: Option<String>,
    /// It was named with 总计.
    pub grand: bool,
    /// See `inside` in the lexicon.
    pub family: String,
}

impl Subject {
    /// A subject by its id.
    pub fn of(id: &str, g: &Grammar) -> Self {
        let info = g.narrative.subject(id);
        Self {
            id: id.to_string(),
            names: Vec::new(),
            printed: None,
            side: info.map_or_else(|| side_of_whole(id), |i| i.side),
            fund: None,
            grand: false,
            family: info.map_or_else(|| family_of(id).to_string(), |i| i.family.clone()),
        }
    }

    /// What a section, or a fund, is about.
    pub fn of_section(id: &str, g: &Grammar) -> Self {
        let fund = g.narrative.fund(id).or_else(|| g.narrative.fund_of(id));
        let whole = if id == "overall" { "grand_total" } else { id };
        let mut s = Self::of(fund.map_or(whole, |f| f.both.as_str()), g);
        s.fund = fund.map(|f| f.id.clone());
        s
    }

    fn sided(id: &str, side: Side, fund: Option<&str>, grand: bool, g: &Grammar) -> Self {
        let mut s = Self::of(id, g);
        s.side = side;
        s.fund = fund.map(str::to_string);
        s.grand = grand;
        if fund.is_some() {
            s.family = "fund".into();
        }
        s
    }

    /// The id without what tells its parts apart: performance.tracking is of performance.
    pub fn section_id(&self) -> &str {
        self.id.split('.').next().unwrap_or(&self.id)
    }

    /// Sides of a fund are two things under one id.
    pub fn key(&self) -> (&str, Option<Side>) {
        let both = matches!(self.id.as_str(), "appropriation" | "government_fund" | "state_capital");
        (&self.id, both.then_some(self.side))
    }

    /// Whether two are the same thing.
    pub fn same(&self, other: &Subject) -> bool {
        self.key() == other.key()
    }
}

fn side_of_whole(id: &str) -> Side {
    match id {
        "revenue" | "revenue_side" => Side::Revenue,
        "grand_total" => Side::Both,
        _ if family_of(id) == "performance" => Side::Neither,
        _ => Side::Expenditure,
    }
}

fn family_of(id: &str) -> &'static str {
    match id {
        "revenue" | "expenditure" | "revenue_side" | "expenditure_side" | "grand_total" => "whole",
        "general_basic" => "kind",
        _ if id.split('.').next() == Some("performance") => "performance",
        _ if id.starts_with('3') && id.bytes().all(|b| b.is_ascii_digit()) => "economic",
        _ => "function",
    }
}

/// What stands around a name.
#[derive(Clone, Copy, Debug, Default)]
pub struct Around<'s> {
    /// The fund and side of the heading above.
    pub home: Option<&'s Subject>,
    /// The subject at hand.
    pub current: Option<&'s Subject>,
    /// What the sentence or paragraph is about.
    pub whole: Option<&'s Subject>,
    /// What was named before, in order.
    pub named: &'s [Subject],
    /// Inside a sentence that named something.
    pub in_sentence: bool,
    /// The subject at hand is not known.
    pub lost: bool,
    /// The whole whose parts are named.
    pub opened: Option<&'s Subject>,
}

/// The subject that a token names; `None` where it names none that is sure.
pub fn resolve(t: &Token<'_>, paths: &[Path], around: Around<'_>, g: &Grammar) -> Option<Subject> {
    match t.kind {
        Kind::Path => Some(of_path(&paths[t.at], g)),
        Kind::Threshold => Some(Subject::of("assets", g)),
        Kind::Phrase => phrase(&t.phrase, around, g),
        Kind::Term(Class::Subject | Class::FunctionClass | Class::EconomicClass) => {
            let mut s = Subject::of(t.id, g);
            if t.is(Class::FunctionClass) {
                s.family = "function".into();
            }
            Some(s)
        }
        Kind::Term(Class::Item) => {
            let mut s = Subject::of(t.id, g);
            s.names = vec![t.id.to_string()];
            // 住房公积金 is an item of both lists: of which, says the whole.
            let (economic, function) = g.codes.is_economic(t.id);
            let by_purpose = |o: &Subject| matches!(o.family.as_str(), "purpose" | "economic");
            s.family = if economic && (!function || around.opened.is_some_and(by_purpose)) {
                "economic"
            } else {
                "function"
            }
            .into();
            Some(s)
        }
        _ => None,
    }
}

fn of_path(p: &Path, g: &Grammar) -> Subject {
    let mut names = p.names.clone();
    let class = names.first().and_then(|n| g.codes.class_at_end(n));
    let economic = p.code.as_deref().is_some_and(|c| c.starts_with('3'));
    let id = match (&p.code, class) {
        (Some(code), _) if names.len() == 1 || code.len() == 7 => code.clone(),
        (_, Some((code, _))) if names.len() == 1 && p.from_class => code.to_string(),
        _ => {
            if p.from_class
                && let Some((_, name)) = class
            {
                names[0] = name.to_string();
            }
            names.join("/")
        }
    };
    let mut s = Subject::of(&id, g);
    if id.contains('/') || !id.bytes().all(|b| b.is_ascii_digit()) {
        s.names = names;
        s.printed = Some(p.printed.join("/"));
    }
    s.family = if economic { "economic" } else { "function" }.into();
    s
}

fn of_fund(fund: &str, side: Side, grand: bool, g: &Grammar) -> Option<Subject> {
    let f = g.narrative.fund(fund)?;
    let id = match side {
        Side::Revenue => &f.revenue,
        Side::Both => &f.both,
        _ => &f.expenditure,
    };
    Some(Subject::sided(id, side, Some(fund), grand, g))
}

/// Fund, side and scope to a subject, with what the heading and the sentence say.
fn phrase(p: &Phrase<'_>, a: Around<'_>, g: &Grammar) -> Option<Subject> {
    let home_fund = a.home.and_then(|h| h.fund.as_deref());
    let grand = p.scope == Some("grand");
    if p.basic {
        return Some(Subject::sided(
            "general_basic",
            Side::Expenditure,
            Some("general_budget"),
            false,
            g,
        ));
    }
    if let Some(fund) = p.fund {
        let mut fund = fund;
        // 财政拨款 under a heading of 一般公共预算财政拨款 is the same money.
        if fund == "appropriation"
            && p.side != Some(Side::Revenue)
            && let Some(f) = home_fund.filter(|f| *f != "appropriation")
        {
            fund = f;
        }
        let side = match p.side {
            Some(s) => s,
            None => {
                let near = a.current.or(a.whole).or(a.home)?;
                if near.side == Side::Revenue {
                    Side::Revenue
                } else {
                    Side::Expenditure
                }
            }
        };
        // Under its own heading both sides of a fund have the one id of the section.
        if matches!(fund, "government_fund" | "state_capital")
            && home_fund == Some(fund)
            && p.side != Some(Side::Revenue)
        {
            return Some(Subject::sided(fund, side, Some(fund), grand, g));
        }
        return of_fund(fund, side, grand, g);
    }
    let side = p.side?;
    // 公务接待费支出情况。全年支出5万元: the year's spending on what is at hand.
    let spent_on = |c: &&Subject| {
        matches!(
            c.family.as_str(),
            "three" | "cost" | "other" | "procurement" | "running"
        )
    };
    if p.scope == Some("year")
        && side == Side::Expenditure
        && let Some(c) = a.current.filter(spent_on)
    {
        return Some(c.clone());
    }
    if p.scope.is_none() {
        if a.current.is_none() && a.lost {
            return None;
        }
        // Bare 收入 or 支出: what was said of that side before, or its counterpart.
        let whole = |s: &&Subject| s.side == side && (s.fund.is_some() || s.family == "whole");
        if let Some(s) = a.named.iter().rev().find(whole) {
            return Some(s.clone());
        }
        if let Some(c) = a.current.filter(|_| side != Side::Both) {
            if c.side != side && matches!(c.id.as_str(), "revenue_side" | "expenditure_side") {
                let id = if side == Side::Expenditure {
                    "expenditure_side"
                } else {
                    "revenue_side"
                };
                return Some(Subject::sided(id, side, None, true, g));
            }
            if side == Side::Expenditure && c.side == Side::Expenditure {
                return Some(c.clone());
            }
        }
    }
    let of_sentence = a.whole.filter(|_| a.in_sentence).and_then(|w| w.fund.as_deref());
    let fund = of_sentence.or(home_fund);
    if let Some(f) = fund {
        if matches!(f, "government_fund" | "state_capital") {
            return Some(Subject::sided(f, side, Some(f), grand, g));
        }
        if !(f == "general_budget" && side == Side::Revenue) {
            return of_fund(f, side, grand, g);
        }
    }
    let id = match (side, grand) {
        (Side::Both, _) => "grand_total",
        (Side::Revenue, true) => "revenue_side",
        (Side::Revenue, false) => "revenue",
        (_, true) => "expenditure_side",
        (_, false) => "expenditure",
    };
    Some(Subject::sided(id, side, None, grand || side == Side::Both, g))
}

/// The subject of two sides that are named together.
pub fn join(a: &Subject, b: &Subject, g: &Grammar) -> Option<Subject> {
    if a.family == "whole" && b.family == "whole" {
        return Some(Subject::sided("grand_total", Side::Both, None, true, g));
    }
    let fund = a.fund.as_deref().filter(|f| b.fund.as_deref() == Some(f))?;
    of_fund(fund, Side::Both, false, g)
}
