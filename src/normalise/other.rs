//! Tables outside the forms to facts: as printed, without item and measure. Yuan only where the table says its unit and nothing
//! speaks against money; what is a count or a rate stays text.

use super::in_yuan;
use crate::diag::{Code, Diagnostic, Severity};
use crate::recognise::{OtherEntry, OtherTable};
use crate::record::{CellState, Extract, Fact, OTHER_TABLE, Source};
use crate::value::{Unit, amount};

/// The facts of one table, behind those that are there.
pub(super) fn facts(t: &OtherTable, out: &mut Extract, report: &mut Vec<Diagnostic>) {
    let unscaled = |e: &&OtherEntry| e.money && unit(t, e).is_none();
    let n = t.entries.iter().filter(unscaled).count();
    if n > 0 {
        let message = format!(
            "no unit of money stands at this table; its {n} numbers are handed over as printed, without amounts in yuan"
        );
        let said = Diagnostic::new(Severity::Warning, Code::MoneyUnitUnknown, message, t.place);
        report.push(said.of_form(OTHER_TABLE).printed(t.title.clone().unwrap_or_default()));
    }
    for e in &t.entries {
        let ordinal = out.facts.len() as u32 + 1;
        out.facts.push(fact(e, t, ordinal, report));
    }
}

/// The unit of a number: its own before that of the table.
fn unit(t: &OtherTable, e: &OtherEntry) -> Option<Unit> {
    e.unit.or(t.unit)
}

fn fact(e: &OtherEntry, t: &OtherTable, ordinal: u32, report: &mut Vec<Diagnostic>) -> Fact {
    let money = e.money;
    let unit = unit(t, e).filter(|_| money);
    let value = amount::parse(&e.printed).filter(|_| money).map(|a| a.value);
    let amount = value
        .zip(unit)
        .and_then(|(v, u)| in_yuan(v, u, OTHER_TABLE, e.place, &e.printed, report));
    Fact {
        ordinal,
        form: OTHER_TABLE.into(),
        form_label: t.form_label.clone(),
        table: t.ordinal,
        side: None,
        item: String::new(),
        item_code: e.code.clone(),
        item_name: Some(e.label.join("/")).filter(|l| !l.is_empty()),
        item_level: None,
        is_total: e.is_total,
        measure: String::new(),
        fund: None,
        amount,
        cell_state: if money { CellState::Number } else { CellState::Text },
        printed: e.printed.replace('\n', ""),
        printed_unit: unit.map(|u| u.as_str().to_string()).unwrap_or_default(),
        row_no: None,
        place: e.place,
        source: Source::Native,
        held: 0,
        failed: 0,
        sub_unit: None,
        table_title: t.title.clone(),
        header_path: Some(e.header.join("/")),
    }
}
