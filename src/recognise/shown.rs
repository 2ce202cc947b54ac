//! What the cells of a column show of themselves: a header word that nobody knows over official codes, official names or the labels
//! of the form's own rows takes nothing from a table. Amounts never say what they are: only columns of labels are found so.

use crate::grammar::{Form, Grammar, Role, RowKind};
use crate::layout::Grid;
use crate::record::Side;
use crate::text;
use crate::value::amount;

/// The fewest cells that say something.
const ENOUGH: usize = 3;
/// So many cells from the top tell what a column is.
const TELLING: usize = 24;

/// The column of the form, an index, that a column of the grid is by its cells; `None` where they do not tell.
pub fn label_column(grid: &Grid, start: usize, col: usize, form: &Form, g: &Grammar) -> Option<usize> {
    let own = (start..grid.rows).filter_map(|r| grid.cell(r, col).filter(|c| c.row == r && c.col == col));
    let mut texts: Vec<String> = Vec::new();
    for t in own.filter(|c| !c.lines.is_empty()).map(|c| text::key(&c.text())) {
        // The first amount ends it: most columns are amounts.
        if t.contains('.') && amount::parse(&t).is_some_and(|a| a.places > 0) {
            return None;
        }
        if !t.is_empty() {
            texts.push(t);
        }
        if texts.len() == TELLING {
            break;
        }
    }
    let enough = |n: usize| n >= ENOUGH && n * 2 >= texts.len();
    let share = |known: &dyn Fn(&str) -> bool| {
        let word = |t: &&String| !t.bytes().all(|b| b.is_ascii_digit()) && known(g.lexicon.bare_label(t));
        let n = texts.iter().filter(word).count();
        enough(n)
    };
    let codes = || {
        let n = texts.iter().filter(|t| {
            let t = g.lexicon.bare_label(t);
            is_code(t) || begins_with_code(t)
        });
        enough(n.count())
    };
    let of = |role: Role, side: Option<Side>| {
        let plain = |c: &crate::grammar::Column| c.role == role && c.side == side && c.view.is_none();
        form.columns.iter().position(plain)
    };
    let row_of = |t: &str, side: Option<Side>| form.rows_of(t).any(|r| r.side == side);
    let class = |t: &str| g.codes.class_of(t).is_some();
    match form.rows {
        RowKind::Coded if codes() => of(Role::Code, None),
        RowKind::Coded => share(&|t| g.codes.is_name(t, form.economic))
            .then(|| of(Role::Name, None))
            .flatten(),
        RowKind::Items => share(&|t| row_of(t, None)).then(|| of(Role::Label, None)).flatten(),
        RowKind::TwoSided => [Side::Expenditure, Side::Revenue]
            .into_iter()
            .find(|side| share(&|t| row_of(t, Some(*side)) || (*side == Side::Expenditure && class(t))))
            .and_then(|side| of(Role::Label, Some(side))),
    }
}

/// A code with the name behind it, as it stands in one cell.
fn begins_with_code(t: &str) -> bool {
    let t = t.trim_start_matches(['[', '(']);
    let digits = t.bytes().take_while(u8::is_ascii_digit).count();
    is_code(&t[..digits]) && t.len() > digits
}

/// Three, five or seven digits.
fn is_code(t: &str) -> bool {
    matches!(t.len(), 3 | 5 | 7) && t.bytes().all(|b| b.is_ascii_digit())
}
