//! Values that no column can hold. Comes in: one extract. Goes out: the same extract with every number exactly
//! representable; what was not is null and listed. A figure of forty digits costs its own cell, never the run, and is
//! neither rounded nor wrapped.

use super::schema::{Type, fits};
use crate::diag::{Code, Diagnostic, Refusal, Severity};
use crate::place::Place;
use crate::record::{CellState, Ending, Extract};
use rust_decimal::Decimal;

/// Takes out what does not fit. The document then is `partial`, and its row says why.
pub fn fit(e: &mut Extract) {
    let mut lost = Vec::new();
    for f in &mut e.facts {
        if drop_unfit(&mut f.amount, Type::Amount, &f.printed, f.place, &mut lost) {
            f.cell_state = CellState::Text;
        }
        // 行次 of more than nine digits are no row numbers.
        f.row_no = f.row_no.filter(|n| i32::try_from(*n).is_ok());
    }
    for s in &mut e.statements {
        drop_unfit(&mut s.amount, Type::Amount, &s.printed, s.place, &mut lost);
        drop_unfit(&mut s.ratio, Type::Decimal, &s.printed, s.place, &mut lost);
        drop_unfit(&mut s.count, Type::Decimal, &s.printed, s.place, &mut lost);
    }
    for f in &mut e.findings {
        let place = Place::page(f.page.unwrap_or(0));
        for value in [&mut f.left, &mut f.right, &mut f.difference, &mut f.allowed] {
            drop_unfit(value, Type::Decimal, &f.rule, place, &mut lost);
        }
    }
    for p in &mut e.projects {
        let place = Place::page(p.page);
        for value in [&mut p.score_total, &mut p.weight_total] {
            drop_unfit(value, Type::Decimal, &p.project_name, place, &mut lost);
        }
        for f in &mut p.funds {
            for value in [
                &mut f.opening_budget,
                &mut f.full_year_budget,
                &mut f.adjusted_budget,
                &mut f.executed,
            ] {
                drop_unfit(value, Type::Amount, &p.project_name, place, &mut lost);
            }
            for value in [&mut f.weight, &mut f.execution_rate, &mut f.score] {
                drop_unfit(value, Type::Decimal, &p.project_name, place, &mut lost);
            }
        }
        for i in &mut p.indicators {
            for value in [&mut i.weight, &mut i.score] {
                drop_unfit(value, Type::Decimal, &p.project_name, i.place, &mut lost);
            }
        }
    }
    if lost.is_empty() {
        return;
    }
    let row = &mut e.document;
    row.ends(Ending::InPart);
    if row.error_code.is_none() {
        row.error_code = Some(Refusal::ValueDoesNotFit);
        row.error_message = Some(format!(
            "{} values have more digits than the dataset holds and were left out, not rounded: see diagnostics",
            lost.len()
        ));
    }
    e.diagnostics.append(&mut lost);
}

fn drop_unfit(value: &mut Option<Decimal>, ty: Type, printed: &str, place: Place, lost: &mut Vec<Diagnostic>) -> bool {
    let Some(d) = value.filter(|d| !fits(*d, ty)) else {
        return false;
    };
    *value = None;
    let message = format!("{d} has more digits than the dataset holds; it was left out rather than rounded");
    lost.push(Diagnostic::new(Severity::Error, Code::ValueDoesNotFit, message, place).printed(printed));
    true
}
