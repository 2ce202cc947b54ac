//! Identities within one 项目自评表. Comes in: the projects of a document and the rules for them. Goes out: findings. Points are typed,
//! not rounded, where all of them are whole; a rate is rounded to its printed places, never coarser than a hundredth.

use crate::grammar::equation::Relation;
use crate::grammar::projects::{ProjectCheck, ProjectName, ProjectRule};
use crate::record::{Extract, Finding, FindingOutcome, Project, ProjectFund};
use crate::value::Unit;
use rust_decimal::Decimal;

/// What one name stands for: its values, and one unit in their last printed place.
struct Figures {
    values: Vec<Decimal>,
    quantum: Decimal,
}

/// Asks every rule of every project; the ordinals go on behind `after`.
pub(super) fn findings(e: &Extract, rules: &[ProjectRule], after: u32) -> Vec<Finding> {
    let mut out = Vec::new();
    for p in &e.projects {
        for rule in rules {
            for check in &rule.checks {
                if let Some(mut f) = ask(p, rule, check) {
                    f.ordinal = after + out.len() as u32 + 1;
                    out.push(f);
                }
            }
        }
    }
    out
}

/// Indicators whose printed deviation is not zero: the first that does not fit, else the first that does.
fn deviation(p: &Project) -> Option<(Decimal, Decimal, Decimal)> {
    let mut fits = None;
    for i in &p.indicators {
        let (Some(target), Some(actual), Some(printed)) = (&i.target, &i.actual, &i.deviation) else {
            continue;
        };
        let (Some((target, of)), Some((actual, what))) = (measured(target), measured(actual)) else {
            continue;
        };
        let Some((rate, sign)) = measured(printed) else {
            continue;
        };
        if of != what || sign != "%" || target.is_zero() || rate.is_zero() {
            continue;
        }
        let real = (actual - target).checked_div(target)?.abs().round_dp(8);
        let printed = rate.checked_div(Decimal::ONE_HUNDRED)?.abs();
        let allowed = Decimal::new(1, printed.normalize().scale().clamp(2, 8));
        if (printed - real).abs() > allowed {
            return Some((printed, real, allowed));
        }
        fits.get_or_insert((printed, real, allowed));
    }
    fits
}

/// The one number of a text and what is measured: 40 and 个 of `≥40个`.
fn measured(text: &str) -> Option<(Decimal, String)> {
    let key = crate::text::key(text);
    let digit = |c: char| c.is_ascii_digit() || c == '.';
    let start = key.find(|c: char| c.is_ascii_digit())?;
    let end = key[start..].find(|c: char| !digit(c)).map_or(key.len(), |n| start + n);
    let unit: String = key[end..].to_string();
    if unit.contains(|c: char| c.is_ascii_digit()) {
        return None;
    }
    Some((key[start..end].parse().ok()?, unit))
}

fn ask(p: &Project, rule: &ProjectRule, check: &ProjectCheck) -> Option<Finding> {
    let (left, right, allowed, relation) = match check {
        ProjectCheck::Deviation => {
            let (printed, real, allowed) = deviation(p)?;
            (printed, real, allowed, Relation::Equal)
        }
        ProjectCheck::Linear { left, relation, right } => {
            let (l, r) = (figures(p, left)?, figures(p, right)?);
            let all = || l.values.iter().chain(&r.values);
            let sum = |f: &Figures| f.values.iter().try_fold(Decimal::ZERO, |s, v| s.checked_add(*v));
            // 0 = 0 proves nothing.
            if all().all(Decimal::is_zero) {
                return None;
            }
            let printed = Decimal::from(all().filter(|v| !v.is_zero()).count() as u64);
            let quantum = l.quantum.max(r.quantum);
            (sum(&l)?, sum(&r)?, quantum * Decimal::new(5, 1) * printed, *relation)
        }
        ProjectCheck::Ratio { ratio, part, whole } => {
            let (r, a, w) = (figures(p, ratio)?, figures(p, part)?, figures(p, whole)?);
            let (rate, part, whole) = (*r.values.first()?, *a.values.first()?, *w.values.first()?);
            if whole.is_zero() {
                return None;
            }
            let real = part.checked_div(whole)?.round_dp(8);
            let places = rate.normalize().scale().clamp(2, 8);
            (rate, real, Decimal::new(1, places), Relation::Equal)
        }
    };
    let difference = left.checked_sub(right)?;
    let over = match relation {
        Relation::Equal => difference.abs(),
        Relation::AtMost => difference.max(Decimal::ZERO),
        Relation::AtLeast => (-difference).max(Decimal::ZERO),
    };
    let outcome = if over.is_zero() {
        FindingOutcome::Holds
    } else if over <= allowed {
        FindingOutcome::Rounding
    } else {
        FindingOutcome::Fails
    };
    let plain = |d: Decimal| d.normalize().to_string();
    let (l, r, d) = (plain(left), plain(right), plain(difference));
    let (name, page) = (&p.project_name, p.page);
    Some(Finding {
        ordinal: 0,
        rule: rule.id.clone(),
        scope: rule.scope.clone(),
        outcome,
        why: None,
        left: Some(left),
        right: Some(right),
        difference: Some(difference),
        allowed: Some(allowed),
        message: format!("{}：“{name}”一边为{l}，另一边为{r}，相差{d}", rule.zh),
        message_en: format!(
            "{}: \"{name}\": {l} on one side, {r} on the other, a difference of {d}",
            rule.en
        ),
        facts: Vec::new(),
        statements: Vec::new(),
        page: (page > 0).then_some(page),
    })
}

/// The values of a name; `None` when nothing is printed.
fn figures(p: &Project, name: &ProjectName) -> Option<Figures> {
    let lines = |pick: &dyn Fn(&ProjectFund) -> Option<Decimal>| p.funds.iter().filter_map(pick).collect::<Vec<_>>();
    match name {
        ProjectName::Number(n) => Some(Figures {
            values: vec![*n],
            quantum: Decimal::ZERO,
        }),
        ProjectName::WeightTotal => points(vec![p.weight_total?]),
        ProjectName::ScoreTotal => points(vec![p.score_total?]),
        ProjectName::Weights => {
            let mut all = lines(&|f| f.weight);
            all.extend(p.indicators.iter().filter_map(|i| i.weight));
            points(all)
        }
        ProjectName::Scores => {
            let mut all = lines(&|f| f.score);
            all.extend(p.indicators.iter().filter_map(|i| i.score));
            points(all)
        }
        ProjectName::Fund(fund, column) => {
            let line = p.funds.iter().find(|f| f.fund == *fund)?;
            money(vec![column.of(line)?], p)
        }
        ProjectName::Funds(column) => {
            let all = p
                .funds
                .iter()
                .filter(|f| f.fund != "total")
                .filter_map(|f| column.of(f));
            money(all.collect(), p)
        }
    }
}

fn points(values: Vec<Decimal>) -> Option<Figures> {
    let places = values.iter().map(|v| v.normalize().scale()).max()?;
    let quantum = if places == 0 {
        Decimal::ZERO
    } else {
        Decimal::new(1, places)
    };
    Some(Figures { values, quantum })
}

/// Amounts in yuan; their last printed place is the finest of the table, in its own unit.
fn money(values: Vec<Decimal>, p: &Project) -> Option<Figures> {
    if values.is_empty() {
        return None;
    }
    let unit = p.funds.first().and_then(|f| Unit::from_word(&f.printed_unit))?.yuan();
    let all = p
        .funds
        .iter()
        .flat_map(|f| [f.opening_budget, f.full_year_budget, f.adjusted_budget, f.executed]);
    let places = all
        .flatten()
        .filter_map(|v| v.checked_div(unit))
        .map(|v| v.normalize().scale())
        .max()
        .unwrap_or(0);
    let quantum = if places == 0 {
        Decimal::ZERO
    } else {
        unit * Decimal::new(1, places)
    };
    Some(Figures { values, quantum })
}
