//! Identities within one 项目自评表. Comes in: the projects of a document and the rules for them. Goes out: findings. Points are typed,
//! not rounded, where all of them are whole; a rate is rounded to its printed places, never coarser than a hundredth.

use crate::grammar::equation::Relation;
use crate::grammar::identity::Identities;
use crate::grammar::projects::{ProjectCheck, ProjectName, ProjectRule};
use crate::place::Place;
use crate::record::{Extract, Finding, FindingClass, FindingOutcome, Indicator, Project, ProjectFund};
use crate::value::Unit;
use rust_decimal::Decimal;

/// What one name stands for: its values, and one unit in their last printed place.
struct Figures {
    values: Vec<Decimal>,
    quantum: Decimal,
}

/// One answer: the two sides, what they may differ by, the words for it and where it stands.
struct Answer {
    left: Decimal,
    right: Decimal,
    allowed: Decimal,
    relation: Relation,
    /// What stands on the left and on the right, in Chinese and in English.
    sides: [[String; 2]; 2],
    scale: Scale,
    place: Place,
}

/// What the sides are shown in.
#[derive(Clone, Copy)]
enum Scale {
    Points,
    Money(Unit),
    Percent,
}

/// Asks every rule of every project; the ordinals go on behind `after`.
pub(super) fn findings(e: &Extract, all: &Identities, after: u32) -> Vec<Finding> {
    let mut out = Vec::new();
    let whose = super::message::whose(&e.document);
    for p in &e.projects {
        let asked = Asked {
            p,
            names: all,
            whose: &whose,
        };
        for rule in &all.projects {
            for answer in rule.checks.iter().flat_map(|c| asked.answers(c)) {
                let mut f = asked.finding(rule, &answer);
                f.ordinal = after + out.len() as u32 + 1;
                out.push(f);
            }
        }
    }
    out
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

fn show(v: Decimal, scale: Scale, names: &Identities) -> [String; 2] {
    match scale {
        Scale::Points => [v.normalize().to_string(), v.normalize().to_string()],
        Scale::Percent => {
            let n = (v * Decimal::ONE_HUNDRED).round_dp(4).normalize();
            [format!("{n}%"), format!("{n}%")]
        }
        Scale::Money(u) => {
            let n = v.checked_div(u.yuan()).unwrap_or(v).normalize();
            let [zh, en] = names.name("unit", u.as_str());
            let times = if u == Unit::Yuan { "" } else { "× " };
            [format!("{n}{zh}"), format!("{n} {times}{en}")]
        }
    }
}

struct Asked<'a> {
    p: &'a Project,
    names: &'a Identities,
    /// Whose account it is, Chinese and English.
    whose: &'a [String; 2],
}

impl Asked<'_> {
    /// What a name is called.
    fn called(&self, name: &ProjectName) -> [String; 2] {
        let of = |room: &str, id: &str| self.names.name(room, id).map(str::to_string);
        let pair = |[a, b]: [String; 2], [c, d]: [String; 2]| [format!("{a}{c}"), format!("{b}, {d}")];
        match name {
            ProjectName::Number(n) => [n.normalize().to_string(), n.normalize().to_string()],
            ProjectName::WeightTotal => of("project", "weight_total"),
            ProjectName::ScoreTotal => of("project", "score_total"),
            ProjectName::Weights => of("project", "weights"),
            ProjectName::Scores => of("project", "scores"),
            ProjectName::Fund(fund, c) => pair(of("fund", fund), of("fund", c.as_str())),
            ProjectName::Funds(c) => pair(of("fund", "parts"), of("fund", c.as_str())),
        }
    }

    /// Where a name stands.
    fn place(&self, name: &ProjectName) -> Option<Place> {
        match name {
            ProjectName::WeightTotal | ProjectName::ScoreTotal => Some(self.p.place),
            ProjectName::Fund(fund, _) => self.p.funds.iter().find(|f| f.fund == *fund).map(|f| f.place),
            _ => None,
        }
    }

    fn answers(&self, check: &ProjectCheck) -> Vec<Answer> {
        match check {
            ProjectCheck::Deviation => self.p.indicators.iter().filter_map(|i| self.deviation(i)).collect(),
            ProjectCheck::Linear { left, relation, right } => self.linear(left, *relation, right).into_iter().collect(),
            ProjectCheck::Ratio { ratio, part, whole } => self.ratio(ratio, part, whole).into_iter().collect(),
        }
    }

    /// A printed deviation that is not zero.
    fn deviation(&self, i: &Indicator) -> Option<Answer> {
        let (target, actual, printed) = (i.target.as_ref()?, i.actual.as_ref()?, i.deviation.as_ref()?);
        let ((goal, of), (reached, what), (rate, sign)) = (measured(target)?, measured(actual)?, measured(printed)?);
        if of != what || sign != "%" || goal.is_zero() || rate.is_zero() {
            return None;
        }
        let right = (reached - goal).checked_div(goal)?.abs().round_dp(8);
        let left = rate.checked_div(Decimal::ONE_HUNDRED)?.abs();
        let name = i.level3.as_deref().or(i.level2.as_deref()).unwrap_or("");
        let [zh, en] = self.names.name("project", "deviation");
        let [from_zh, from_en] = self.names.name("project", "deviation_from");
        Some(Answer {
            left,
            right,
            allowed: Decimal::new(1, left.normalize().scale().clamp(2, 8)),
            relation: Relation::Equal,
            sides: [
                [format!("“{}”{zh}", inner(name)), format!("“{}”, {en}", inner(name))],
                [
                    format!("{from_zh}（{target}→{actual}）"),
                    format!("{from_en} ({target} → {actual})"),
                ],
            ],
            scale: Scale::Percent,
            place: i.place,
        })
    }

    fn linear(&self, left: &ProjectName, relation: Relation, right: &ProjectName) -> Option<Answer> {
        let (l, r) = (figures(self.p, left)?, figures(self.p, right)?);
        let all = || l.values.iter().chain(&r.values);
        let sum = |f: &Figures| f.values.iter().try_fold(Decimal::ZERO, |s, v| s.checked_add(*v));
        // 0 = 0 proves nothing.
        if all().all(Decimal::is_zero) {
            return None;
        }
        let printed = Decimal::from(all().filter(|v| !v.is_zero()).count() as u64);
        let unit = || self.p.funds.first().and_then(|f| Unit::from_word(&f.printed_unit));
        let money = [left, right]
            .iter()
            .any(|n| matches!(n, ProjectName::Fund(..) | ProjectName::Funds(_)));
        Some(Answer {
            left: sum(&l)?,
            right: sum(&r)?,
            allowed: l.quantum.max(r.quantum) * Decimal::new(5, 1) * printed,
            relation,
            sides: [self.called(left), self.called(right)],
            scale: unit().filter(|_| money).map_or(Scale::Points, Scale::Money),
            place: self.place(left).or_else(|| self.place(right)).unwrap_or(self.p.place),
        })
    }

    fn ratio(&self, ratio: &ProjectName, part: &ProjectName, whole: &ProjectName) -> Option<Answer> {
        let (r, a, w) = (figures(self.p, ratio)?, figures(self.p, part)?, figures(self.p, whole)?);
        let (rate, part_value, whole_value) = (*r.values.first()?, *a.values.first()?, *w.values.first()?);
        if whole_value.is_zero() {
            return None;
        }
        let unit = self.p.funds.first().and_then(|f| Unit::from_word(&f.printed_unit))?;
        let [a, b] = [part_value, whole_value].map(|v| show(v, Scale::Money(unit), self.names));
        let over = |name: &ProjectName, t: usize| match name {
            ProjectName::Fund(_, c) => self.names.name("fund", c.as_str())[t],
            _ => "",
        };
        Some(Answer {
            left: rate,
            right: part_value.checked_div(whole_value)?.round_dp(8),
            allowed: Decimal::new(1, rate.normalize().scale().clamp(2, 8)),
            relation: Relation::Equal,
            sides: [
                self.called(ratio),
                [
                    format!("{} {}÷{} {}", over(part, 0), a[0], over(whole, 0), b[0]),
                    format!("{} {} over {} {}", over(part, 1), a[1], over(whole, 1), b[1]),
                ],
            ],
            scale: Scale::Percent,
            place: self.place(ratio).unwrap_or(self.p.place),
        })
    }

    fn finding(&self, rule: &ProjectRule, a: &Answer) -> Finding {
        let difference = a.left - a.right;
        let over = match a.relation {
            Relation::Equal => difference.abs(),
            Relation::AtMost => difference.max(Decimal::ZERO),
            Relation::AtLeast => (-difference).max(Decimal::ZERO),
        };
        let outcome = if over.is_zero() {
            FindingOutcome::Holds
        } else if over <= a.allowed {
            FindingOutcome::Rounding
        } else {
            FindingOutcome::Fails
        };
        let page = self.p.page;
        let at = |v: Decimal| show(v, a.scale, self.names);
        let ([l_zh, l_en], [r_zh, r_en]) = (at(a.left), at(a.right));
        let [d_zh, d_en] = match a.scale {
            Scale::Percent => {
                let n = (difference.abs() * Decimal::ONE_HUNDRED).round_dp(2).normalize();
                [format!("{n}个百分点"), format!("{n} percentage points")]
            }
            _ => at(difference.abs()),
        };
        let [[left_zh, left_en], [right_zh, right_en]] = &a.sides;
        let name = inner(&self.p.project_name);
        let [whose_zh, whose_en] = self.whose;
        let head_zh = match page {
            0 => format!("项目自评表“{name}”："),
            p => format!("第{p}页项目自评表“{name}”："),
        };
        let head_en = match page {
            0 => format!("self-assessment of “{name}”: "),
            p => format!("page {p}, self-assessment of “{name}”: "),
        };
        // A constant is what the other side should be.
        let fixed = *right_zh == r_zh;
        let (right_zh, right_en) = if fixed {
            (format!("应为{r_zh}"), format!("it should be {r_en}"))
        } else {
            let (gives_zh, gives_en) = match a.scale {
                Scale::Percent => ("得", "gives"),
                _ => ("为", "is"),
            };
            (
                format!("{right_zh}{gives_zh}{r_zh}"),
                format!("{right_en} {gives_en} {r_en}"),
            )
        };
        let (tail_zh, tail_en) = match outcome {
            FindingOutcome::Holds => ("，相符。".to_string(), "; they agree.".to_string()),
            FindingOutcome::Rounding => ("，差异为舍入所致。".into(), "; rounding explains it.".into()),
            _ => (format!("，相差{d_zh}。"), format!("; they differ by {d_en}.")),
        };
        let (but_zh, but_en) = match outcome {
            FindingOutcome::Fails => ("，而", ", but "),
            _ => ("，", "; "),
        };
        Finding {
            ordinal: 0,
            rule: rule.id.clone(),
            scope: rule.scope.clone(),
            outcome,
            why: None,
            left: Some(a.left),
            right: Some(a.right),
            difference: Some(difference),
            allowed: Some(a.allowed),
            message: format!("{whose_zh}{head_zh}{left_zh}为{l_zh}{but_zh}{right_zh}{tail_zh}"),
            message_en: format!("{whose_en}{head_en}{left_en} is {l_en}{but_en}{right_en}{tail_en}"),
            facts: Vec::new(),
            statements: Vec::new(),
            page: (page > 0).then_some(page),
            place: (a.place.page > 0).then_some(a.place),
            class: FindingClass::Equality,
            severity: None,
            relative_difference: None,
        }
        .graded(match (a.relation, a.scale) {
            (Relation::Equal, Scale::Percent) => FindingClass::Rate,
            (Relation::Equal, _) => FindingClass::Equality,
            _ => FindingClass::Order,
        })
    }
}

/// What stands between quotation marks: its own marks become single ones.
fn inner(name: &str) -> String {
    name.replace('“', "‘").replace('”', "’")
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
