//! The panels of a table: columns of labels with the amounts behind them.

use super::super::header::Header;
use crate::grammar::{Form, Role, RowKind};
use crate::layout::Grid;
use crate::record::Side;
use crate::text;

/// A label part of a panel with its amounts.
#[derive(Default)]
pub(super) struct Panel {
    pub(super) side: Option<Side>,
    /// A second view of the side (支出 by nature).
    pub(super) view: Option<String>,
    pub(super) codes: Vec<usize>,
    pub(super) names: Vec<usize>,
    pub(super) row_no: Option<usize>,
    pub(super) subunits: Vec<usize>,
    /// A column that is not understood stands behind its labels.
    pub(super) unknown: bool,
    pub(super) amounts: Vec<usize>,
    pub(super) first: usize,
    pub(super) end: usize,
}

/// The panels of a header, from the left.
pub(super) fn panels(form: &Form, header: &Header) -> Vec<Panel> {
    let mut out: Vec<Panel> = Vec::new();
    let mut open = Panel::default();
    for (i, l) in header.columns.iter().enumerate() {
        let role = header.role(form, i);
        let label = matches!(role, Role::Code | Role::Name | Role::Label | Role::Subunit);
        // Labels on both sides of a column that nobody understands belong to two panels, and the amounts of the first are not known.
        let parted = label && open.amounts.is_empty() && !open.names.is_empty() && open.unknown;
        if parted {
            open = Panel {
                first: l.start,
                ..Panel::default()
            };
        }
        if label && !open.amounts.is_empty() {
            open.end = l.start;
            out.push(std::mem::take(&mut open));
            open.first = l.start;
        }
        match role {
            Role::Code => open.codes.push(i),
            Role::Name | Role::Label => open.names.push(i),
            Role::Subunit => open.subunits.push(i),
            Role::RowNo => open.row_no = Some(i),
            Role::Amount => open.amounts.push(i),
            Role::Ignore => open.unknown |= l.column.is_none() && !l.count,
        }
        open.end = l.end;
        open.side = open.side.or(l.side);
        let view = l.column.and_then(|c| form.columns[c].view.clone());
        open.view = open.view.or(view);
    }
    if !open.amounts.is_empty() {
        out.push(open);
    }
    out
}

/// Takes away the panels between whose labels and amounts stands a column of codes that nobody understands: there begins another
/// panel, and the amounts behind it are not those of the labels before it.
pub(super) fn without_torn(panels: &mut Vec<Panel>, grid: &Grid, form: &Form, header: &Header) {
    if form.rows != RowKind::Coded {
        return;
    }
    let codes = |i: usize| {
        let l = &header.columns[i];
        let filled: Vec<String> = (l.body..grid.rows)
            .filter_map(|r| grid.cell(r, l.start))
            .map(|c| text::key(&c.text()))
            .filter(|t| !t.is_empty())
            .collect();
        let code = |t: &String| matches!(t.len(), 3 | 5 | 7) && t.bytes().all(|b| b.is_ascii_digit());
        filled.len() >= 3 && filled.iter().filter(|t| code(t)).count() * 5 >= filled.len() * 4
    };
    let unknown: Vec<usize> = (0..header.columns.len())
        .filter(|i| header.columns[*i].column.is_none() && !header.columns[*i].count)
        .filter(|i| codes(*i))
        .collect();
    panels.retain(|p| {
        let labels = p.codes.iter().chain(&p.names).min();
        let amounts = p.amounts.iter().max();
        let within = |i: &usize| labels.is_some_and(|l| l < i) && amounts.is_some_and(|a| i < a);
        !unknown.iter().any(within)
    });
}
