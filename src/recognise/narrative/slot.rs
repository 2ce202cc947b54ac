//! Which role a figure has: one table of rules for each type of figure, tried in order. A rule claims the figure, refuses it with its
//! reason, or passes.

use super::discourse::{Last, Reader, State};
use super::figure::{Scene, TWO_YEARS, Verdict, is_budget, is_vehicle, moves};
use super::subject::Subject;
use super::token::{Figure, Kind, Number, Token, Tokens};
use super::{Direction, Ground};
use crate::grammar::narrative::{Class, Side};
use rust_decimal::Decimal;

/// A role that was found.
#[derive(Clone, Debug)]
pub(super) struct Role {
    pub subject: Subject,
    pub slot: String,
    pub direction: Option<Direction>,
    pub ground: Ground,
}

type Answer = Option<Result<Role, String>>;
type Rule = fn(&Reader<'_>, &Scene<'_, '_>, &mut State<'_>) -> Answer;

/// Rules for percentages.
const RATIOS: &[Rule] = &[
    completion,
    completion_without_base,
    completion_of_the_budget_before,
    completion_as_part_of_the_budget,
    rate_of_difference,
    share,
    share_in_brackets,
    rate_of_change,
];
/// Rules for money.
const AMOUNTS: &[Rule] = &[
    per_head,
    behind_share,
    negated,
    difference,
    reached,
    change_amount,
    base_amount,
    another_year,
    half_comparison,
    procurement_part,
    total,
];
/// Rules for counts.
const COUNTS: &[Rule] = &[
    gatherings,
    changed_count,
    unknown_count,
    negated,
    count_of_another_year,
    equipment,
    vehicles,
    travel,
    reception,
];

/// The role of a figure, or why it has none.
pub(super) fn role(r: &Reader<'_>, s: &Scene<'_, '_>, st: &mut State<'_>) -> Result<Role, String> {
    let rules = match s.n.figure {
        Figure::Ratio => RATIOS,
        Figure::Amount => AMOUNTS,
        Figure::Count => COUNTS,
        _ => return Err("no role for such a number".into()),
    };
    rules
        .iter()
        .find_map(|rule| rule(r, s, st))
        .unwrap_or_else(|| Err("nothing says what this figure is".into()))
}

fn claim(s: &Scene<'_, '_>, slot: &str) -> Answer {
    claim_of(s.subject.clone(), slot)
}

fn claim_of(subject: Subject, slot: &str) -> Answer {
    Some(Ok(Role {
        subject,
        slot: slot.to_string(),
        direction: None,
        ground: Ground::Words,
    }))
}

fn refuse(why: &str) -> Answer {
    Some(Err(why.to_string()))
}

fn any(words: &[Token<'_>], class: Class) -> bool {
    words.iter().any(|t| t.is(class))
}

fn has_role(words: &[Token<'_>], id: &str) -> bool {
    words.iter().any(|t| t.is_id(Class::Role, id))
}

fn unknown(words: &[Token<'_>]) -> Option<String> {
    let list: Vec<&str> = words
        .iter()
        .filter(|t| t.kind == Kind::Unknown)
        .map(|t| t.word)
        .collect();
    (!list.is_empty()).then(|| format!("unknown: {}", list.join(" ")))
}

pub(super) const BUDGETS: [&str; 4] = ["opening_budget", "full_year_budget", "adjusted_budget", "budget"];

fn budgets(r: &Reader<'_>, s: &Subject) -> Vec<Decimal> {
    BUDGETS.iter().filter_map(|b| r.said(s, b)).collect()
}

// --- percentages -------------------------------------------------------------------------------------------------------------

/// 完成年初预算的95.2%, 预算执行率为95.2%.
fn completion(r: &Reader<'_>, s: &Scene<'_, '_>, _: &mut State<'_>) -> Answer {
    let k = s.completed?;
    if k > 0 && s.flat[k - 1].is(Class::Negation) {
        return refuse("negated");
    }
    let rate = r.g.narrative.signs.rate.fits(s.flat[k].word);
    let budget = s.flat[k..].iter().any(is_budget);
    (budget || rate).then(|| claim(s, "completion_rate")).flatten()
}

/// 完成111%: of what, says arithmetic.
fn completion_without_base(r: &Reader<'_>, s: &Scene<'_, '_>, _: &mut State<'_>) -> Answer {
    let k = s.completed?;
    let plain = |t: &Token<'_>| matches!(t.kind, Kind::Term(Class::Of | Class::Neutral | Class::Predicate));
    if !s.flat[k + 1..].iter().all(plain) {
        return None;
    }
    let total = r.said(&s.subject, "total")?;
    let fits = budgets(r, &s.subject).iter().any(|b| {
        total
            .checked_div(*b)
            .is_some_and(|q| (q - s.n.value).abs() < Decimal::new(6, 3))
    });
    fits.then(|| {
        Ok(Role {
            subject: s.subject.clone(),
            slot: "completion_rate".into(),
            direction: None,
            ground: Ground::Arithmetic,
        })
    })
}

/// 完成年初预算100万元的95.2%.
fn completion_of_the_budget_before(_: &Reader<'_>, s: &Scene<'_, '_>, st: &mut State<'_>) -> Answer {
    let only = s.flat.first().is_some_and(|t| t.is(Class::Of))
        && s.flat
            .iter()
            .all(|t| matches!(t.kind, Kind::Term(Class::Of | Class::Predicate)));
    let last = st.last.as_ref()?;
    (only && BUDGETS.contains(&last.slot.as_str()))
        .then(|| claim_of(last.subject.clone(), "completion_rate"))
        .flatten()
}

/// 为年初预算的95.2%, 占预算的95.2%.
fn completion_as_part_of_the_budget(_: &Reader<'_>, s: &Scene<'_, '_>, st: &mut State<'_>) -> Answer {
    let k = s.governor?;
    let g = &s.flat[k];
    let linked = s.flat[..k].iter().rev().take(4).any(|t| {
        t.is_id(Class::Predicate, "copula") || t.is(Class::Share) || t.is(Class::Completed) || t.is(Class::Respectively)
    }) || st.last.as_ref().is_some_and(|l| l.slot == "completion_rate")
        && s.flat[..k].iter().all(joins_rates);
    (is_budget(g) && s.directions().is_empty() && linked)
        .then(|| claim(s, "completion_rate"))
        .flatten()
}

/// What stands between two rates of one figure: 为年初预算的110%、调整预算的99%; …和调整预算的99%.
fn joins_rates(t: &Token<'_>) -> bool {
    matches!(t.punct(), Some('/' | ','))
        || matches!(t.kind, Kind::Term(Class::Neutral | Class::Compare)) && t.characters() <= 2
}

/// 预决算差异率: which direction, says arithmetic.
fn rate_of_difference(r: &Reader<'_>, s: &Scene<'_, '_>, _: &mut State<'_>) -> Answer {
    let word = s.last().iter().find(|t| t.is_id(Class::Role, "diffrate"))?;
    let total = r.said(&s.subject, "total");
    let fits = |t: Decimal, b: &Decimal| {
        t.checked_div(*b)
            .is_some_and(|q| ((q - Decimal::ONE).abs() - s.n.value.abs()).abs() < Decimal::new(6, 3))
    };
    let budget = total.and_then(|t| budgets(r, &s.subject).into_iter().find(|b| fits(t, b)));
    if let (Some(t), Some(b)) = (total, budget) {
        return Some(Ok(Role {
            subject: s.subject.clone(),
            slot: "budget_gap_rate".into(),
            direction: Some(Direction {
                id: compare_words(t, b).into(),
                word: word.start..word.end,
            }),
            ground: Ground::Arithmetic,
        }));
    }
    refuse("a rate of difference that the figures do not explain")
}

fn compare_words(a: Decimal, b: Decimal) -> &'static str {
    match a.cmp(&b) {
        std::cmp::Ordering::Greater => "increase",
        std::cmp::Ordering::Less => "decrease",
        std::cmp::Ordering::Equal => "equal",
    }
}

/// 占支出合计的60%.
fn share(r: &Reader<'_>, s: &Scene<'_, '_>, st: &mut State<'_>) -> Answer {
    let whole = &s.flat[s.share? + 1..];
    let named = whole.iter().any(Token::names);
    if whole.iter().any(is_budget) && !named {
        return claim(s, "completion_rate");
    }
    if any(whole, Class::Base) {
        return refuse("a share of another year");
    }
    if whole.iter().any(moves) {
        return refuse("a share and a change");
    }
    if let Some(why) = unknown(&s.flat[s.core.min(s.share?)..s.share?]) {
        return Some(Err(why));
    }
    // 授予中小企业合同金额5万元，占政府采购支出总额的50%: whose share it is said the figure before.
    let part = st
        .last
        .as_ref()
        .filter(|l| !s.explicit && matches!(l.slot.as_str(), "sme" | "micro"));
    if let Some(l) = part {
        return claim_of(Subject::of(&l.slot, r.g), "share");
    }
    claim(s, "share")
}

/// 基本支出12万元（60.00%）: a share only where arithmetic proves it.
fn share_in_brackets(r: &Reader<'_>, s: &Scene<'_, '_>, st: &mut State<'_>) -> Answer {
    let alone = s.flat.len() == 1 && s.flat[0].punct() == Some('(');
    if !alone || s.next().is_none_or(|t| t.punct() != Some(')')) {
        return None;
    }
    let subject = st.current.clone()?;
    let total = r.said(&subject, "total")?;
    r.share_fits(total, s.n.value, &subject).then(|| {
        Ok(Role {
            subject,
            slot: "share".into(),
            direction: None,
            ground: Ground::Arithmetic,
        })
    })
}

/// 增长5.2%: a rate follows its change; alone it has a base of its own.
fn rate_of_change(r: &Reader<'_>, s: &Scene<'_, '_>, st: &mut State<'_>) -> Answer {
    let directions = s.directions();
    let governor = s.governor();
    if governor.is_some_and(|g| g.is(Class::To)) {
        return refuse("a rate that was reached");
    }
    let word = governor.filter(|g| moves(g)).or(directions.last())?;
    if let Some(why) = unknown(s.last()) {
        return Some(Err(why));
    }
    let compared = any(&s.flat, Class::Compare) || any(&s.flat, Class::YearOnYear);
    if st.lost_change && !s.explicit && !compared {
        return refuse("the rate of a change that was not understood");
    }
    if directions.len() > 1 && any(s.last(), Class::Respectively) {
        return refuse("shared out among several");
    }
    if word.id == "either" && s.n.value != Decimal::ZERO {
        return refuse("both directions of the form were left");
    }
    if any(s.last(), Class::Negation) {
        return refuse("negated");
    }
    let direction = Some(Direction {
        id: if word.id == "either" {
            "equal".into()
        } else {
            word.id.to_string()
        },
        word: word.start..word.end,
    });
    if let Some(last) = st.last.as_ref().filter(|_| !s.explicit && !compared) {
        let slot = match last.slot.as_str() {
            "change" => "change_rate",
            "budget_gap" => "budget_gap_rate",
            "change_two_years" => "change_rate_two_years",
            _ => return change(r, s, word, st),
        };
        let mut direction = direction;
        if let (Some(d), Some(before)) = (&mut direction, &last.direction)
            && d.id == "equal"
        {
            d.id.clone_from(before);
        }
        return Some(Ok(Role {
            subject: last.subject.clone(),
            slot: slot.into(),
            direction,
            ground: Ground::Words,
        }));
    }
    change(r, s, word, st)
}

// --- money -------------------------------------------------------------------------------------------------------------------

/// 人均, 车均.
fn per_head(r: &Reader<'_>, s: &Scene<'_, '_>, _: &mut State<'_>) -> Answer {
    let word = s.last().iter().find(|t| t.is_id(Class::Role, "per_capita"))?;
    if let Some(why) = unknown(s.last()) {
        return Some(Err(why));
    }
    let car = s.last().iter().any(|t| r.g.narrative.signs.vehicle.fits(t.word))
        || r.g.narrative.signs.machine.fits(word.word) && is_vehicle(&s.subject.id);
    if car {
        let bought = s.subject.id == "vehicle_purchase" && !s.explicit;
        // 购置公务用车9辆，支出168.40万元，车均18.71万元: the price, where the cost is that of so many cars.
        let cars = r
            .said(&s.subject, "total")
            .filter(|_| bought && !s.n.value.is_zero())
            .and_then(|t| t.checked_div(s.n.value));
        if cars
            .is_some_and(|n| n >= Decimal::ONE && (n.fract() <= Decimal::new(1, 2) || n.fract() >= Decimal::new(99, 2)))
        {
            return claim(s, "unit_price");
        }
        let own = !bought && is_vehicle(&s.subject.id) && s.subject.id != "three_public" && s.subject.id != "assets";
        let subject = match (own, bought) {
            (true, _) => s.subject.clone(),
            (_, true) => Subject::of("vehicle_operation", r.g),
            _ => Subject::of("vehicles", r.g),
        };
        // What a car costs is its price, what it uses is an average.
        let slot = if subject.id == "vehicle_purchase" {
            "unit_price"
        } else {
            "per_capita"
        };
        return claim_of(subject, slot);
    }
    let heads = r.g.narrative.signs.heads.fits(word.word);
    let counted = s.subject.id.starts_with("reception")
        || matches!(s.subject.id.as_str(), "overseas_travel" | "training" | "meeting");
    let of_people =
        matches!(s.subject.family.as_str(), "kind" | "purpose") && r.g.narrative.signs.people.fits(word.word);
    if heads && (counted || of_people) {
        return claim(s, "per_capita");
    }
    refuse("an average of what is not known")
}

fn behind_share(_: &Reader<'_>, s: &Scene<'_, '_>, _: &mut State<'_>) -> Answer {
    if any(s.last(), Class::Share) {
        return refuse("an amount behind a word of share");
    }
    if has_role(s.core(), "score") || s.subject.id == "performance" && !s.explicit {
        return refuse("money of a performance evaluation");
    }
    None
}

/// 无, 未: what is negated is read whole or not at all.
fn negated(_: &Reader<'_>, s: &Scene<'_, '_>, _: &mut State<'_>) -> Answer {
    any(s.last(), Class::Negation).then(|| Err("negated".to_string()))
}

/// What is left of a budget, or how far two figures are apart.
pub(super) const UNEXPLAINED: &str = "a difference that the figures do not explain";

/// 差值, 相差: final less budget or less last year, by arithmetic.
fn difference(r: &Reader<'_>, s: &Scene<'_, '_>, _: &mut State<'_>) -> Answer {
    let word = s.governor().filter(|g| g.is_id(Class::Role, "diff"))?;
    if let Some(total) = r.said(&s.subject, "total") {
        let fits = |b: Decimal| ((total - b).abs() - s.n.value.abs()).abs() < Decimal::ONE_HUNDRED;
        let budget = budgets(r, &s.subject)
            .into_iter()
            .find(|b| fits(*b))
            .map(|b| (b, "budget_gap"));
        let prior = r
            .said(&s.subject, "prior_year")
            .filter(|p| fits(*p))
            .map(|p| (p, "change"));
        if let Some((b, slot)) = budget.or(prior) {
            return Some(Ok(Role {
                subject: s.subject.clone(),
                slot: slot.into(),
                direction: Some(Direction {
                    id: compare_words(total, b).into(),
                    word: word.start..word.end,
                }),
                ground: Ground::Arithmetic,
            }));
        }
    }
    refuse(UNEXPLAINED)
}

/// 增加到12万元.
fn reached(_: &Reader<'_>, s: &Scene<'_, '_>, _: &mut State<'_>) -> Answer {
    s.governor().filter(|g| g.is(Class::To)).and_then(|_| claim(s, "total"))
}

/// 增加12万元.
fn change_amount(r: &Reader<'_>, s: &Scene<'_, '_>, st: &mut State<'_>) -> Answer {
    let k = s.governor?;
    let g = s.flat[k];
    if !moves(&g) {
        return None;
    }
    let negated = s.last().iter().any(|t| t.is(Class::Negation) && t.end == g.start);
    let directions = s.directions();
    let doubled =
        directions.len() > 1 && directions[directions.len() - 1].start == directions[directions.len() - 2].end;
    if negated || doubled {
        return refuse("a bound");
    }
    if g.id == "either" && s.n.value != Decimal::ZERO {
        return refuse("both directions of the form were left");
    }
    st.saving = g.is(Class::Saving) || g.is(Class::Over);
    change(r, s, &g, st)
}

/// A change against last year or a gap against a budget: the base says it; without one arithmetic, then the year before.
fn change(r: &Reader<'_>, s: &Scene<'_, '_>, word: &Token<'_>, st: &mut State<'_>) -> Answer {
    let amount = s.n.figure == Figure::Amount;
    let mut ground = Ground::Words;
    let mut base = s.base.clone();
    // 超年初预算12万元: the base stands behind the word.
    if word.is(Class::Over)
        && let Some(b) = s
            .flat
            .iter()
            .rev()
            .take_while(|t| t.punct().is_none())
            .find(|t| is_budget(t))
    {
        base = Some(b.id.to_string());
    }
    let value = s.n.value.abs();
    if base.is_none() && amount {
        let total = r.said(&s.subject, "total");
        let near = |b: Decimal| total.is_some_and(|t| ((t - b).abs() - value).abs() < Decimal::ONE_HUNDRED);
        if !value.is_zero() && budgets(r, &s.subject).into_iter().any(near) {
            base = Some("budget".into());
            ground = Ground::Arithmetic;
        } else if r.said(&s.subject, "prior_year").is_some_and(near) {
            base = Some("prior".into());
            ground = Ground::Arithmetic;
        }
    }
    // What is there at the end is compared with what there was at the end of the year before: 年末结转…，比年初增加….
    let stock = s.subject.family == "assets" || s.subject.id.starts_with("closing_carryover");
    if base.as_deref() == Some("opening") && stock {
        base = Some("prior".into());
    }
    let id = if word.id == "either" { "equal" } else { word.id };
    if base.is_none() && value.is_zero() && word.id == "equal" {
        return refuse("a change of what");
    }
    match base.as_deref() {
        Some("far" | "opening") => {
            st.base = base;
            return refuse("compared with another time than the year before");
        }
        None => {
            let known = s.explicit || st.current.is_some();
            if !known || amount && st.saving {
                return refuse("compared with what");
            }
        }
        Some(_) => st.base.clone_from(&base),
    }
    // 其中年初结转0万元，较上年增加5万元, where the whole is not known: no part grows by more than there is.
    let total = r
        .said(&s.subject, "total")
        .filter(|_| amount && !s.explicit && st.parts && st.opened.is_none());
    if word.id == "increase" && total.is_some_and(|t| value > t) {
        st.current = None;
        st.lost = true;
        return refuse("grew by more than there is");
    }
    let slot = match (base.as_deref(), amount) {
        (None | Some("prior"), true) => "change",
        (None | Some("prior"), false) => "change_rate",
        (Some(TWO_YEARS), true) => "change_two_years",
        (Some(TWO_YEARS), false) => "change_rate_two_years",
        (_, true) => "budget_gap",
        (_, false) => "budget_gap_rate",
    };
    Some(Ok(Role {
        subject: s.subject.clone(),
        slot: slot.into(),
        direction: Some(Direction {
            id: id.into(),
            word: word.start..word.end,
        }),
        ground,
    }))
}

/// 年初预算为12万元, 上年12万元: the figure of a base itself.
fn base_amount(r: &Reader<'_>, s: &Scene<'_, '_>, st: &mut State<'_>) -> Answer {
    let from = s
        .flat
        .iter()
        .rposition(|t| matches!(t.punct(), Some(',' | ';' | ':')))
        .map_or(0, |k| k + 1);
    let k = (from..s.flat.len()).rev().find(|k| s.flat[*k].is(Class::Base))?;
    let b = s.flat[k];
    let after = &s.flat[k + 1..];
    // 与年初预算数对比情况 本年收入…: a heading that runs into its text; what is named behind it has a figure of its own.
    let heading =
        |t: &Token<'_>| t.kind == Kind::Year || t.kind == Kind::Body || r.g.narrative.signs.heading.fits(t.word);
    if s.explicit && s.core > k + 1 && s.flat[k + 1..s.core - 1].iter().any(heading) {
        return None;
    }
    if any(after, Class::CompareEnd) || after.iter().any(moves) {
        return None;
    }
    if let Some(d) = s.flat[k.saturating_sub(2)..k].iter().find(|t| t.is(Class::Over)) {
        let word = *d;
        return change(r, s, &word, st);
    }
    if b.id == "opening" {
        return refuse("a balance at the beginning of the year");
    }
    if any(after, Class::Final) && b.id != "prior" {
        return None;
    }
    if let Some(why) = unknown(after) {
        return Some(Err(why));
    }
    if any(&s.flat[k.saturating_sub(4)..k], Class::Compare) {
        // What follows is compared with this figure.
        st.base = Some(b.id.to_string());
    }
    claim(s, if b.id == "prior" { "prior_year" } else { b.id })
}

/// 2018年12万元 in an account of 2019.
fn another_year(r: &Reader<'_>, s: &Scene<'_, '_>, st: &mut State<'_>) -> Answer {
    let year = s.last().iter().rev().find(|t| t.kind == Kind::Year)?.year;
    let account = r.year?;
    if any(s.last(), Class::CompareEnd) {
        return None;
    }
    let compared = any(s.last(), Class::Compare);
    if compared {
        let base = match account - year {
            1 => "prior",
            2 => TWO_YEARS,
            _ => "far",
        };
        st.base = Some(base.into());
    }
    if compared && year == account - 2 {
        return claim(s, "two_years_before");
    }
    if year == account - 1 {
        let said = compared
            || s.last()
                .iter()
                .any(|t| t.names() || matches!(t.kind, Kind::Term(Class::Final | Class::Predicate)));
        return if said {
            claim(s, "prior_year")
        } else {
            refuse("a figure of the year before")
        };
    }
    (year != account).then(|| Err("a figure of another year".to_string()))
}

/// 比…12万元 without a direction.
fn half_comparison(_: &Reader<'_>, s: &Scene<'_, '_>, _: &mut State<'_>) -> Answer {
    let last = s.last();
    if any(last, Class::Compare) && !any(last, Class::CompareEnd) && !s.explicit {
        return refuse("a comparison without a direction");
    }
    let moved = last.iter().any(|t| moves(t) && t.id != "equal");
    if moved && !last.iter().any(Token::names) {
        return refuse("a direction and a figure that do not belong together");
    }
    None
}

/// 货物支出12万元, 授予中小企业合同金额12万元.
fn procurement_part(r: &Reader<'_>, s: &Scene<'_, '_>, _: &mut State<'_>) -> Answer {
    matches!(s.subject.id.as_str(), "goods" | "works" | "services" | "sme" | "micro")
        .then(|| claim_of(Subject::of("procurement", r.g), &s.subject.id))
        .flatten()
}

/// 支出12万元, 决算12万元.
fn total(r: &Reader<'_>, s: &Scene<'_, '_>, st: &mut State<'_>) -> Answer {
    if let Some(why) = unknown(s.core()) {
        return Some(Err(why));
    }
    if s.subject.family == "use" {
        return refuse("money of a kind of vehicle");
    }
    let speaks = |t: &Token<'_>| {
        matches!(
            t.kind,
            Kind::Phrase | Kind::Term(Class::Predicate | Class::Final | Class::FinalRevenue)
        )
    };
    if !s.explicit && !s.flat.iter().any(speaks) {
        return refuse("nothing says what this figure is");
    }
    let counted = |t: &Token<'_>| {
        t.is(Class::Role)
            && matches!(
                t.id,
                "held" | "bought" | "groups" | "person_times" | "batches" | "scrapped"
            )
    };
    let last = s.last();
    if last.iter().rev().take(2).any(counted) && s.explicit {
        let known_verb = last.iter().rev().take(2).any(|t| t.is_id(Class::Role, "bought"));
        if !known_verb {
            return refuse("a count and an amount");
        }
    }
    // 固定资产 is a part of the assets.
    if s.subject.family == "assets" && s.subject.id != "assets" {
        return claim_of(Subject::of("assets", r.g), &s.subject.id);
    }
    let named = s.core.checked_sub(1).map(|k| s.flat[k]).filter(|_| s.explicit);
    if named.is_some_and(|t| s.core == s.flat.len() && accounted_for(r, &t, s)) {
        return claim(s, "budget");
    }
    if let Some(answer) = other_side_of_a_budget(s, st) {
        return answer;
    }
    let is_final = s
        .flat
        .iter()
        .any(|t| t.is(Class::Final) || t.is(Class::FinalRevenue) || t.kind == Kind::Phrase && t.phrase.is_final);
    claim(s, if is_final { "final" } else { "total" })
}

/// 部门预算收入总计90万元，支出总计90万元: the budget is that of both sides, where both are named alike; 收入预算90万元，本年支出80万元: of the one
/// or of both, nobody knows.
fn other_side_of_a_budget(s: &Scene<'_, '_>, st: &State<'_>) -> Option<Answer> {
    let last = st
        .last
        .as_ref()
        .filter(|l| s.explicit && BUDGETS.contains(&l.slot.as_str()))?;
    let whole = |x: &Subject| x.family == "whole" || x.family == "fund";
    let sides = last.subject.side == Side::Revenue && s.subject.side == Side::Expenditure;
    let only = s
        .flat
        .iter()
        .all(|t| t.names() || matches!(t.punct(), Some(',' | '/')) || t.is_id(Class::Predicate, "copula"));
    let accounted = s.flat.iter().any(|t| t.kind == Kind::Phrase && t.phrase.is_final);
    if !(sides && only && whole(&s.subject) && whole(&last.subject)) || accounted {
        return None;
    }
    Some(
        match s.subject.grand == last.subject.grand && s.subject.fund == last.subject.fund {
            true => claim(s, &last.slot),
            false => refuse("the budget or the account of the other side"),
        },
    )
}

/// 政府性基金预算0万元，决算数0万元: the name of the fund ends in its budget, and the account follows.
pub(super) fn accounted_for(r: &Reader<'_>, name: &Token<'_>, s: &Scene<'_, '_>) -> bool {
    let budget =
        name.kind == Kind::Phrase && name.phrase.side.is_none() && r.g.narrative.shapes.planned.is_match(name.word);
    let behind = s.tokens.list.get(s.i + 1..).unwrap_or_default();
    let next = behind.iter().find(|t| t.punct().is_none() && t.kind != Kind::Year);
    budget
        && next.is_some_and(|t| {
            t.is(Class::Final) || t.kind == Kind::Phrase && t.phrase.is_final && t.phrase.fund.is_none()
        })
}

// --- counts ------------------------------------------------------------------------------------------------------------------

fn unit<'t>(s: &Scene<'_, 't>) -> &'t str {
    let t = &s.tokens.list[s.i];
    &t.word[s.n.unit.0 - t.start..s.n.unit.1 - t.start]
}

fn changed_count(r: &Reader<'_>, s: &Scene<'_, '_>, st: &mut State<'_>) -> Answer {
    let added = |t: &Token<'_>| moves(t) && !(t.id == "increase" && r.g.narrative.signs.newly.fits(t.word));
    if let Some(word) = s.last().iter().rev().find(|t| added(t)) {
        // 共有车辆14辆，比上年减少1辆.
        let fleet = |l: &&Last| matches!(l.slot.as_str(), "vehicles_held" | "vehicles_total");
        let of = match st.last.as_ref().filter(fleet) {
            Some(l) if !s.explicit => Some(l.subject.clone()),
            _ => has_role(s.last(), "held").then(|| Subject::of("vehicles", r.g)),
        };
        let sure = r.g.narrative.signs.unit_vehicle.fits(unit(s))
            && s.base.as_deref() == Some("prior")
            && word.is(Class::Direction)
            && matches!(word.id, "increase" | "decrease")
            && s.governor().is_some_and(|g| g.start == word.start)
            && unknown(s.last()).is_none()
            && !any(s.last(), Class::Negation);
        if let Some(subject) = of.filter(|_| sure) {
            return Some(Ok(Role {
                subject,
                slot: "vehicles_held_change".into(),
                direction: Some(Direction {
                    id: word.id.into(),
                    word: word.start..word.end,
                }),
                ground: Ground::Words,
            }));
        }
        return refuse("the change of a count");
    }
    let light = |t: &Token<'_>| {
        t.punct().is_some_and(|p| p != ',')
            || matches!(t.kind, Kind::Term(Class::Neutral | Class::Role | Class::Predicate))
    };
    if st.lost_count && !s.explicit && s.flat.iter().all(light) {
        return refuse("the change of a count goes on");
    }
    None
}

fn unknown_count(r: &Reader<'_>, s: &Scene<'_, '_>, _: &mut State<'_>) -> Answer {
    // 接待来晋检查318批次: visits are counted whoever came.
    let of_some = matches!(
        s.subject.id.as_str(),
        "reception.domestic" | "reception.foreign" | "reception.abroad"
    );
    let others = |t: &Token<'_>| r.g.narrative.shapes.visitors.is_match(t.word);
    if of_some && !s.explicit && unknown(s.last()).is_some() && s.last().iter().any(others) {
        return refuse("whose visits");
    }
    if counts_visits(r, s) {
        return None;
    }
    // 更新通勤中巴1辆: bought, whatever it is.
    if names_a_bought_vehicle(r, s) {
        return None;
    }
    let words = if s.core > s.last { s.core() } else { s.last() };
    unknown(words).map(Err)
}

fn count_of_another_year(r: &Reader<'_>, s: &Scene<'_, '_>, _: &mut State<'_>) -> Answer {
    let other = |t: &Token<'_>| {
        t.is(Class::Base) || t.is(Class::Compare) || t.kind == Kind::Year && r.year.is_some_and(|y| t.year != y)
    };
    s.last()
        .iter()
        .any(other)
        .then(|| Err("a count of another year".to_string()))
}

/// 购置防汛指挥车2辆: what was bought is a vehicle, whatever kind.
pub(super) fn names_a_bought_vehicle(r: &Reader<'_>, s: &Scene<'_, '_>) -> bool {
    let bought = has_role(s.last(), "bought") && r.g.narrative.signs.unit_vehicle.fits(unit(s));
    let list = s.last();
    let named = |k: usize| {
        let vehicle = |t: &Token<'_>| t.is_id(Class::Role, "vehicle") || t.is(Class::Use);
        list[k].kind != Kind::Unknown
            || r.g.narrative.shapes.vehicle.is_match(list[k].word)
            || list.get(k + 1).is_some_and(vehicle)
    };
    bought && (0..list.len()).all(named)
}

/// Which count of 会议费 or 培训费, the subject at hand, this is: 召开会议4次, 举办培训班2期, 参训156人次.
pub(super) fn gathering(r: &Reader<'_>, s: &Scene<'_, '_>, st: &State<'_>) -> Option<&'static str> {
    let shapes = &r.g.narrative.shapes;
    let held = match st.current.as_ref()?.id.as_str() {
        "meeting" => &shapes.meetings,
        "training" => &shapes.trainings,
        _ => return None,
    };
    let last = s.last();
    if last
        .iter()
        .any(|t| moves(t) || t.is(Class::Compare) || t.is(Class::Base))
    {
        return None;
    }
    let words: String = last.iter().filter(|t| t.punct().is_none()).map(|t| t.word).collect();
    let u = unit(s);
    if r.g.narrative.signs.unit_person.fits(u) {
        return (shapes.attendance.is_match(&words) || held.is_match(&words)).then_some("person_times");
    }
    let sessions = r.g.narrative.signs.unit_session.fits(u);
    (sessions && held.is_match(&words)).then_some("sessions")
}

impl Reader<'_> {
    /// 用于举办业务培训3期: the meetings or trainings that the money at hand was spent on.
    pub(super) fn counted_in_purpose(
        &self,
        i: usize,
        n: &Number,
        t: &Tokens<'_>,
        st: &State<'_>,
    ) -> Option<(Subject, &'static str)> {
        let subject = st.current.clone()?;
        let from = st
            .lead
            .iter()
            .rposition(|x| x.punct().is_some() || x.is(Class::Purpose));
        let flat = st.lead.get(from.map_or(0, |k| k + 1)..)?.to_vec();
        let scene = Scene::bare(n, i, t, flat);
        let slot = gathering(self, &scene, st)?;
        Some((subject, slot))
    }
}

/// A count that [`gathering`] knows.
fn gatherings(r: &Reader<'_>, s: &Scene<'_, '_>, st: &mut State<'_>) -> Answer {
    gathering(r, s, st).and_then(|slot| claim(s, slot))
}

/// 德国职业教育培训团1个.
fn is_delegation(r: &Reader<'_>, s: &Scene<'_, '_>) -> bool {
    let word = s.last().iter().rev().find(|t| !t.is(Class::Neutral));
    r.g.narrative.signs.unit_piece.fits(unit(s))
        && word.is_some_and(|t| r.g.narrative.shapes.delegation.is_match(t.word))
}

/// A count that only visits have.
pub(super) fn counts_visits(r: &Reader<'_>, s: &Scene<'_, '_>) -> bool {
    let visits = s.subject.id.starts_with("reception") || s.subject.id == "overseas_travel" || s.subject.id.is_empty();
    let u = unit(s);
    visits
        && (r.g.narrative.signs.unit_visit.fits(u)
            || has_role(s.last(), "groups")
            || s.subject.id == "overseas_travel" && is_delegation(r, s))
}

/// 单价50万元以上设备3台.
fn equipment(r: &Reader<'_>, s: &Scene<'_, '_>, _: &mut State<'_>) -> Answer {
    let t = s.flat.iter().rev().find(|t| t.kind == Kind::Threshold)?;
    if !r.g.narrative.signs.unit_equipment.fits(unit(s)) {
        return None;
    }
    let n = &s.tokens.numbers[t.at];
    let slot = match n.bare.normalize().to_string().as_str() {
        "50" => "equipment_over_500k".to_string(),
        "100" => "equipment_over_1m".to_string(),
        "200" => "equipment_over_2m".to_string(),
        other => format!("equipment_over_{other}"),
    };
    claim_of(Subject::of("assets", r.g), &slot)
}

/// 年末, 截至年底: what is counted then is what there is.
pub(super) fn at_the_end(r: &Reader<'_>, t: &Token<'_>) -> bool {
    t.is_id(Class::Neutral, "time") && r.g.narrative.signs.at_the_end.fits(t.word)
}

/// 车辆, not 公务用车.
fn all_vehicles(r: &Reader<'_>, words: &[Token<'_>]) -> bool {
    words
        .iter()
        .any(|t| t.is_id(Class::Role, "vehicle") && !r.g.narrative.signs.official.fits(t.word))
}

/// Vehicles by their verb and by their use.
fn vehicles(r: &Reader<'_>, s: &Scene<'_, '_>, st: &mut State<'_>) -> Answer {
    let last = s.last();
    let verb_of = |t: &Token<'_>| match t.id {
        "held" if t.is(Class::Role) => Some("held"),
        "bought" if t.is(Class::Role) => Some("bought"),
        "scrapped" if t.is(Class::Role) => Some("scrapped"),
        _ => None,
    };
    let verb = last.iter().rev().find_map(verb_of);
    let car = r.g.narrative.signs.unit_fleet.fits(unit(s))
        || r.g.narrative.signs.unit_piece.fits(unit(s)) && verb.is_some() && is_vehicle(&s.subject.id);
    if !car {
        return None;
    }
    let in_assets = r.section().is_some_and(|x| x.id == "assets");
    if s.subject.family == "use" {
        if verb == Some("bought") {
            st.vehicles = verb;
            return claim_of(Subject::of("vehicles", r.g), "vehicles_bought");
        }
        // 运行维护费50.3万元，…执法执勤用车19台，台均2.65万元: as many as the cost is spread over.
        if st.vehicles != Some("held")
            && !in_assets
            && let Some(cost) = r.said(&Subject::of("vehicle_operation", r.g), "total")
            && s.spread(cost)
        {
            return Some(Ok(Role {
                subject: Subject::of("vehicle_operation", r.g),
                slot: "vehicles_held".into(),
                direction: None,
                ground: Ground::Arithmetic,
            }));
        }
        if st.vehicles != Some("held") && !in_assets {
            return refuse("kinds of vehicles whose number is not known");
        }
        let owner = if st.of_assets || in_assets {
            "assets"
        } else {
            "vehicles"
        };
        return claim_of(Subject::of(owner, r.g), &format!("vehicles_by_use.{}", s.subject.id));
    }
    let verb = verb
        .or((s.subject.id == "vehicle_purchase" && s.explicit).then_some("bought"))
        .or((has_role(last, "vehicle") && in_assets).then_some("held"));
    // 车辆1辆，系机要通信用车: a clause that has nothing but the vehicles, where no section says of what.
    let nothing_else = last
        .iter()
        .all(|t| t.punct().is_some() || t.kind == Kind::Year || t.is_id(Class::Role, "vehicle"));
    let alone = r.section().is_none() && all_vehicles(r, last) && nothing_else && s.flat.len() == last.len();
    // 车辆1辆，系机要通信用车: cars that are described by their use are those that there are, whatever the section.
    let behind = s.tokens.list.get(s.i + 1..).unwrap_or_default();
    let described = matches!(behind, [c, w, u, ..]
        if c.punct() == Some(',') && (w.is(Class::Reason) || w.is_id(Class::Predicate, "copula")) && u.is(Class::Use));
    let described = described && all_vehicles(r, last) && nothing_else && s.flat.len() == last.len() && !in_assets;
    let verb = verb.or((alone || described).then_some("held"));
    // 年末车辆21辆: all that there are, not those that appropriation keeps.
    let of_all = verb.is_none() && last.iter().any(|t| at_the_end(r, t)) && all_vehicles(r, last);
    // 截止年末，财政拨款开支运行维护费的公务用车6辆: the moment stands in front of the clause.
    let then = s.flat.iter().any(|t| at_the_end(r, t)) && has_role(last, "vehicle");
    let verb = verb.or(then.then_some("held"));
    let Some(verb) = verb else {
        return refuse("vehicles without a verb");
    };
    if verb == "scrapped" {
        return refuse("vehicles that left");
    }
    st.vehicles = Some(verb);
    st.of_assets = false;
    let assets = s.subject.family == "assets" || s.subject.id == "vehicles" && in_assets;
    let plain = (r.section().is_none() || described) && all_vehicles(r, last);
    if verb == "held" && (assets || plain || of_all) {
        st.of_assets = true;
        return claim_of(Subject::of("assets", r.g), "vehicles_total");
    }
    let mut subject = s.subject.clone();
    if !is_vehicle(&subject.id)
        || matches!(subject.id.as_str(), "three_public" | "assets")
        || verb == "held" && subject.id == "vehicle_purchase"
    {
        subject = Subject::of("vehicles", r.g);
    }
    claim_of(
        subject,
        if verb == "bought" {
            "vehicles_bought"
        } else {
            "vehicles_held"
        },
    )
}

/// 团组 and 人次 of travel abroad.
fn travel(r: &Reader<'_>, s: &Scene<'_, '_>, _: &mut State<'_>) -> Answer {
    if s.subject.id != "overseas_travel" {
        return None;
    }
    let u = unit(s);
    let groups = has_role(s.last(), "groups")
        || s.last()
            .iter()
            .any(|t| t.is(Class::Subject) && r.g.narrative.signs.groups.fits(t.word));
    if r.g.narrative.signs.unit_delegation.fits(u)
        || is_delegation(r, s)
        || groups && r.g.narrative.signs.unit_group.fits(u)
    {
        return claim(s, "groups");
    }
    if r.g.narrative.signs.unit_person.fits(u) || has_role(s.last(), "person_times") {
        return claim(s, "person_times");
    }
    if r.g.narrative.signs.unit_trip.fits(u) {
        return claim(s, "groups");
    }
    refuse("a count of what")
}

/// 批次 and 人次 of reception.
fn reception(r: &Reader<'_>, s: &Scene<'_, '_>, _: &mut State<'_>) -> Answer {
    let u = unit(s);
    if !s.subject.id.starts_with("reception") {
        if r.g.narrative.signs.unit_any_visit.fits(u) && s.subject.id == "three_public" {
            return refuse("whose visits");
        }
        return refuse("a count of what");
    }
    let role = s.last().iter().rev().find(|t| t.is(Class::Role)).map(|t| t.id);
    let roles: Vec<&str> = s.last().iter().filter(|t| t.is(Class::Role)).map(|t| t.id).collect();
    if r.g.narrative.signs.unit_person.fits(u) || role == Some("person_times") && r.g.narrative.signs.unit_plain.fits(u)
    {
        return claim(s, "person_times");
    }
    let groups = roles.contains(&"groups") && r.g.narrative.signs.unit_piece.fits(u);
    let counted = r.g.narrative.signs.unit_plain.fits(u) && roles.contains(&"batches");
    if r.g.narrative.signs.unit_batch.fits(u) || groups || counted {
        return claim(s, "batches");
    }
    refuse("a count of what")
}

// --- performance -------------------------------------------------------------------------------------------------------------

const GRADES: [&str; 5] = ["excellent", "good", "medium", "pass", "fail"];

/// Projects, their money, grades and scores: the word beside the figure decides.
pub(super) fn performance(
    r: &Reader<'_>,
    i: usize,
    n: &Number,
    t: &Tokens<'_>,
    text: &str,
    st: &mut State<'_>,
) -> Option<Verdict> {
    let list = &t.list;
    let (start, end) = (list[i].start, list[i].end);
    let ends = |c: char| matches!(c, ',' | '。' | ';' | '、' | ':');
    let before = &text[..start];
    let before = &before[before
        .rfind(ends)
        .map_or(0, |k| k + before[k..].chars().next().map_or(1, char::len_utf8))..];
    let after = &text[end..];
    let after = &after[..after.find(ends).unwrap_or(after.len())];
    let lead: Vec<&Token<'_>> = list[..i]
        .iter()
        .rev()
        .take_while(|x| !matches!(x.punct(), Some(',' | '.' | ';' | '/' | ':')) && x.kind != Kind::Number)
        .collect();
    let heavy = lead
        .iter()
        .find(|x| !(matches!(x.kind, Kind::Term(Class::Neutral | Class::Of | Class::Each)) || x.is(Class::Predicate)));
    let next = list.get(i + 1);
    let say = |slot: &str| {
        Some(Verdict::Claim {
            // 绩效自评的项目3个，涉及资金5万元，平均得分90分: what follows is said of these.
            subject: st
                .current
                .clone()
                .filter(|c| c.family == "performance")
                .unwrap_or_else(|| Subject::of("performance", r.g)),
            slot: slot.to_string(),
            direction: None,
            ground: Ground::Words,
            explicit: false,
        })
    };
    let refuse = |why: &str| Some(Verdict::Refuse(why.to_string()));
    if lead.iter().any(|x| moves(x) || x.is(Class::Compare)) {
        return refuse("a change of performance");
    }
    match n.figure {
        Figure::Score => {
            let score = lead.iter().find(|x| x.is(Class::Role) && x.id.ends_with("score"));
            let shapes = &r.g.narrative.shapes;
            if lead.iter().any(|x| x.id == "average_score") || shapes.averaged.is_match(before) {
                return say("average_score");
            }
            // The words beside it are the name of a project, or of the whole.
            let scored = shapes.scored.is_match(before);
            // 得分分别为96分、94分.
            let goes_on = before.is_empty() && st.last.as_ref().is_some_and(|l| l.slot == "score");
            match score {
                Some(_) => say("score"),
                None if scored || goes_on => say("score"),
                _ => refuse("whose score"),
            }
        }
        Figure::Count if r.g.narrative.signs.unit_project.fits(&text[n.unit.0..n.unit.1]) => {
            let shapes = &r.g.narrative.shapes;
            let hit = |words: &str, near_end: bool| -> Vec<usize> {
                (0..GRADES.len())
                    .filter(|k| {
                        shapes.grades[*k].find_iter(words).any(|m| {
                            let own = *k != 3 || !r.g.narrative.signs.not.fits(&words[..m.start()]);
                            let close = if near_end {
                                words[m.end()..].chars().count() <= 6
                            } else {
                                words[..m.start()].chars().count() <= 12
                            };
                            own && close
                        })
                    })
                    .collect()
            };
            let mut grades = hit(before, true);
            if grades.is_empty() {
                grades = hit(after, false);
            }
            if grades.is_empty() {
                // 评价得分在90分（含）以上的36个: the bounds of a grade.
                let bound = |k: &usize| shapes.bands.get(*k).is_some_and(|b| b.is_match(before));
                grades = (0..GRADES.len()).filter(bound).collect();
            }
            if let [one] = grades.as_slice() {
                return say(&format!("grade.{}", GRADES[*one]));
            }
            if grades.len() > 1 {
                return refuse("which grade");
            }
            let projects =
                |x: &Token<'_>| x.is(Class::Role) && x.id.starts_with("projects") && x.id != "projects_amount";
            let of = heavy.filter(|x| projects(x)).map(|x| x.id).or_else(|| {
                next.filter(|x| projects(x) || x.is_id(Class::Subject, "project"))
                    .map(|_| "projects")
            });
            let beside = shapes.projects_behind.is_match(after) || shapes.assessed.is_match(before);
            match of.or(beside.then_some("projects")) {
                Some(id) => {
                    // What was said of other projects before is none of these.
                    st.current = Some(Subject::of("performance", r.g));
                    let slot = if id.contains("_or_") { "projects" } else { id };
                    Some(Verdict::Claim {
                        subject: Subject::of("performance", r.g),
                        slot: slot.to_string(),
                        direction: None,
                        ground: Ground::Words,
                        explicit: false,
                    })
                }
                None => refuse("a count of what"),
            }
        }
        Figure::Amount => {
            let of_amount =
                |x: &&&Token<'_>| x.is(Class::Role) && matches!(x.id, "projects_amount" | "projects_or_amount");
            if heavy.filter(of_amount).is_some() {
                return say("projects_amount");
            }
            let money = lead
                .iter()
                .all(|x| matches!(x.kind, Kind::Term(Class::Neutral | Class::Predicate | Class::Of)));
            let after_projects = st.last.as_ref().is_some_and(|l| l.slot == "projects");
            // 对“…”项目12万元开展绩效自评.
            let assessed = heavy.is_some_and(|x| x.is_id(Class::Role, "projects"));
            if money && after_projects || assessed {
                return say("projects_amount");
            }
            let base = lead.iter().find(|x| x.is(Class::Base));
            if let Some(b) = base
                && !matches!(b.id, "prior" | "opening")
            {
                return say(b.id);
            }
            if lead.iter().any(|x| x.is(Class::Final))
                && BUDGETS.iter().any(|b| st.last.as_ref().is_some_and(|l| l.slot == *b))
            {
                return say("final");
            }
            if lead.iter().any(|x| x.names()) {
                return None;
            }
            refuse("money of a performance evaluation")
        }
        Figure::Ratio => {
            if let Some(k) = lead.iter().position(|x| x.is(Class::Share)) {
                let _ = k;
                return say("share");
            }
            let completed = lead.iter().any(|x| x.is(Class::Completed));
            if completed
                && st
                    .last
                    .as_ref()
                    .is_some_and(|l| matches!(l.slot.as_str(), "final" | "total"))
            {
                return say("completion_rate");
            }
            refuse("a rate of a performance evaluation")
        }
        _ => None,
    }
}
