//! 项目自评表: printed text to values. Amounts in yuan by the unit that the table names, rates as ratios, points as they are. What is no
//! number is left out with a diagnostic; a unit is never guessed.

use crate::diag::{Code, Diagnostic, Severity};
use crate::grammar::Grammar;
use crate::grammar::projects::Col;
use crate::place::Place;
use crate::recognise::ProjectTable;
use crate::recognise::project::{Line, Printed};
use crate::record::{Indicator, Project, ProjectFund};
use crate::text;
use crate::value::{Unit, amount};
use rust_decimal::Decimal;

/// All projects of a document.
pub(super) fn projects(tables: &[ProjectTable], g: &Grammar, report: &mut Vec<Diagnostic>) -> Vec<Project> {
    (1u32..)
        .zip(tables)
        .map(|(n, t)| Reader { g, report, table: t }.project(n))
        .collect()
}

struct Reader<'a> {
    g: &'a Grammar,
    report: &'a mut Vec<Diagnostic>,
    table: &'a ProjectTable,
}

impl Reader<'_> {
    fn project(&mut self, ordinal: u32) -> Project {
        let t = self.table;
        let field = |c: Col| t.fields.get(&c).map(|p| p.text.clone());
        let total = t.total.as_ref();
        let amounts = t.funds.iter().any(|l| l.cells.contains_key(&Col::Executed));
        if t.unit.is_none() && amounts {
            let message = "no unit of money stands in this 项目自评表 or above it; its amounts were left out";
            self.report.push(Diagnostic::new(
                Severity::Error,
                Code::MoneyUnitUnknown,
                message,
                Place::page(t.page),
            ));
        }
        let mut management: Vec<Indicator> = t.management.iter().map(|l| self.indicator("management", l)).collect();
        let indicators: Vec<Indicator> = t.indicators.iter().map(|l| self.indicator("indicator", l)).collect();
        management.extend(indicators);
        Project {
            ordinal,
            project_name: field(Col::ProjectName).unwrap_or_default(),
            supervising_department: field(Col::SupervisingDepartment),
            implementing_unit: field(Col::ImplementingUnit),
            goal_planned: field(Col::GoalPlanned),
            goal_achieved: field(Col::GoalAchieved),
            score_total: total.and_then(|l| self.points(l, Col::Score)),
            weight_total: total.and_then(|l| self.points(l, Col::Weight)),
            page: t.page,
            funds: t.funds.iter().map(|l| self.fund(l)).collect(),
            indicators: management,
            place: total
                .map(|l| l.place)
                .or_else(|| t.fields.get(&Col::ProjectName).map(|p| p.place))
                .unwrap_or(Place::page(t.page)),
        }
    }

    fn not_a_number(&mut self, p: &Printed) {
        self.report.push(
            Diagnostic::new(
                Severity::Warning,
                Code::ProjectNotANumber,
                "what stands in this cell of a 项目自评表 is not exactly one number; it was left out",
                p.place,
            )
            .printed(&p.text),
        );
    }

    /// The number in a cell; a dash is none.
    fn number(&mut self, line: &Line, col: Col) -> Option<(Decimal, bool)> {
        let p = line.cells.get(&col)?;
        let key = text::key(&p.text);
        if self.g.lexicon.is_dash(&key) {
            return None;
        }
        let (bare, percent) = match key.strip_suffix('%') {
            Some(b) if col == Col::ExecutionRate => (b, true),
            _ => (key.as_str(), false),
        };
        let value = amount::parse(bare).map(|a| (a.value, percent));
        if value.is_none() {
            self.not_a_number(p);
        }
        value
    }

    fn points(&mut self, line: &Line, col: Col) -> Option<Decimal> {
        self.number(line, col).map(|(v, _)| v)
    }

    fn yuan(&mut self, line: &Line, col: Col) -> Option<Decimal> {
        let unit = self.table.unit?;
        let (value, _) = self.number(line, col)?;
        let mut yuan = value
            .checked_mul(unit.yuan())
            .filter(|y| y.round_dp(2) == *y)
            .map(|y| y.round_dp(2));
        match &mut yuan {
            Some(y) => y.rescale(2),
            None => self.report.push(
                Diagnostic::new(
                    Severity::Error,
                    Code::NotExactInCents,
                    "the amount is larger than the dataset holds or finer than a cent; it was left out rather than rounded",
                    line.place,
                )
                .printed(value.to_string()),
            ),
        }
        yuan
    }

    fn fund(&mut self, line: &Line) -> ProjectFund {
        let mut f = ProjectFund {
            fund: line.id.clone(),
            opening_budget: self.yuan(line, Col::OpeningBudget),
            full_year_budget: self.yuan(line, Col::FullYearBudget),
            adjusted_budget: self.yuan(line, Col::AdjustedBudget),
            executed: self.yuan(line, Col::Executed),
            weight: self.points(line, Col::Weight),
            execution_rate: None,
            score: self.points(line, Col::Score),
            printed_unit: self.table.unit.map(Unit::as_str).unwrap_or_default().to_string(),
            place: line.place,
        };
        f.execution_rate = self.rate(line, &f);
        f
    }

    /// 执行率 as a ratio. Where neither header nor cell says %, the amounts of the line decide; where they do not, it is left out.
    fn rate(&mut self, line: &Line, f: &ProjectFund) -> Option<Decimal> {
        let (value, percent) = self.number(line, Col::ExecutionRate)?;
        let hundredth = value.checked_mul(Decimal::new(1, 2))?;
        if percent || self.table.percent {
            return Some(hundredth);
        }
        if value.is_zero() {
            return Some(value);
        }
        let whole = f.full_year_budget.or(f.adjusted_budget).filter(|w| !w.is_zero());
        let real = f.executed.zip(whole).and_then(|(e, w)| e.checked_div(w));
        let near = |v: Decimal, r: Decimal| (v - r).abs() <= Decimal::new(1, 2);
        match real {
            Some(r) if near(hundredth, r) && !near(value, r) => Some(hundredth),
            Some(r) if near(value, r) && !near(hundredth, r) => Some(value),
            _ => {
                if let Some(p) = line.cells.get(&Col::ExecutionRate) {
                    self.not_a_number(p);
                }
                None
            }
        }
    }

    fn indicator(&mut self, kind: &str, line: &Line) -> Indicator {
        let own = |c: Col| line.cells.get(&c).map(|p| p.text.clone());
        // ≥ | 40 | 个 in three cells is ≥40个.
        let target: String = [Col::Relation, Col::Target, Col::MeasureUnit]
            .into_iter()
            .filter_map(|c| line.cells.get(&c).map(|p| p.text.as_str()))
            .collect();
        let management = kind == "management";
        Indicator {
            kind: kind.to_string(),
            level1: if management {
                Some(line.id.clone())
            } else {
                own(Col::Level1)
            },
            level2: own(Col::Level2),
            level3: own(Col::Level3),
            target: (!target.is_empty()).then_some(target),
            actual: own(Col::Actual),
            weight: self.points(line, Col::Weight),
            score: self.points(line, Col::Score),
            deviation: own(Col::Deviation),
            reason: own(Col::Reason),
            place: line.place,
        }
    }
}
