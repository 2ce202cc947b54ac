//! Which item a row is: by its code, its name, or both.

use super::Reader;
use crate::diag::{Code, Diagnostic, Severity};
use crate::grammar::{Row, RowKind, parts};
use crate::layout::{Cell, GridKind};
use crate::text;
use crate::value::{amount, code};

/// What a row of a panel is.
#[derive(Clone, Default)]
pub(super) struct Label {
    pub(super) item: String,
    pub(super) code: Option<String>,
    pub(super) name: Option<String>,
    pub(super) level: Option<i8>,
    pub(super) total: bool,
    pub(super) fund: Option<String>,
    /// The row says which amount of the items of the columns stands in it: a phase of the lexicon.
    pub(super) phase: Option<usize>,
    pub(super) known_without_amounts: bool,
}

impl Reader<'_> {
    /// The code of a row of which a part is missing in print: its name is that of one code below the printed one, which stands
    /// in a row above already, or has a hole.
    pub(super) fn completed_by_name(&self, p: usize, digits: &str, hole: bool, printed: &str) -> Option<String> {
        let name = text::key(printed);
        // The beginning of the code is not legible: no list has such a class.
        if !self.g.codes.has_class(digits, self.form.economic) {
            let found = self
                .g
                .codes
                .of_name(&name, self.form.economic, self.year, self.context[p].as_deref())?;
            return (found.len() > digits.len() && found.ends_with(digits)).then(|| found.to_string());
        }
        let again = digits.len() < 7 && self.seen[p].contains_key(digits);
        // A 款 with the name of one 项 below it, which is not its own: the last part of the code was lost.
        let short = digits.len() == 5 && !self.g.codes.is_named(digits, &name);
        if self.form.economic || !(hole || again || short) {
            return None;
        }
        let class = digits.get(..3)?;
        let above = match self.context[p].as_deref() {
            _ if !hole && !again => digits,
            Some(a) if a.starts_with(class) => a,
            _ => class,
        };
        let found = self.g.codes.of_name(&name, false, self.year, Some(above))?;
        let fits = match hole {
            true => found.len() == 7 && found.starts_with(class) && found.get(5..) == digits.get(digits.len() - 2..),
            false => found.len() > digits.len() && found.starts_with(digits),
        };
        fits.then(|| found.to_string())
    }

    pub(super) fn label(&mut self, p: usize, rows: &[usize]) -> Option<Label> {
        let printed: String = rows.iter().map(|r| self.label_text(p, *r)).collect();
        let name = self.printed_name(&printed);
        if self.form.rows == RowKind::Coded {
            let mut parts: Vec<String> = rows
                .iter()
                .map(|r| self.code_parts(p, *r))
                .find(|c| c.iter().any(|t| !t.is_empty()))
                .unwrap_or_default();
            if parts.iter().any(|t| !t.is_empty()) {
                let hole = has_hole(&parts);
                let dropped = restore_zeros(&mut parts);
                let inherited = self.inherit(p, &mut parts);
                let digits: String = parts.concat();
                let place = self
                    .grid
                    .cell(rows[0], self.panels[p].first)
                    .map(Cell::place)
                    .unwrap_or_default();
                if dropped {
                    self.note(
                        Code::CodeCompleted,
                        format!("the code {digits} got back a leading zero that a spreadsheet dropped"),
                        place,
                        &digits,
                    );
                }
                if inherited {
                    self.note(
                        Code::CodeCompleted,
                        format!("the code {digits} was completed from the row above"),
                        place,
                        &digits,
                    );
                }
                if let Some(whole) = self.completed_by_name(p, &digits, hole, &printed) {
                    self.report.push(
                        Diagnostic::new(
                            Severity::Warning,
                            Code::CodeCompleted,
                            format!("the code {digits} is not that of this row: its name is that of {whole}, under which it was read"),
                            self.row_place(rows[0]).unwrap_or(place),
                        )
                        .of_form(&self.form.id)
                        .printed(digits.clone()),
                    );
                    self.context[p] = Some(whole.clone());
                    return Some(Label {
                        level: code::level(&whole),
                        item: whole,
                        code: Some(digits),
                        name,
                        ..Label::default()
                    });
                }
                let level = code::level(&digits);
                let listed = self.g.codes.has_class(&digits, self.form.economic);
                let fits = !hole
                    && listed
                    && if self.form.economic {
                        digits.len() == 3 || digits.len() == 5
                    } else {
                        level.is_some()
                    };
                if !fits {
                    self.report.push(
                        Diagnostic::new(
                            Severity::Warning,
                            Code::OddCode,
                            format!(
                                "the code {digits} has {} digits{}; its row was read under this code",
                                digits.len(),
                                match (hole, listed) {
                                    (true, _) => " and a part of it is missing",
                                    (_, false) => " and begins like no code of the lists",
                                    _ => "",
                                }
                            ),
                            self.row_place(rows[0]).unwrap_or(place),
                        )
                        .printed(digits.clone()),
                    );
                }
                self.context[p] = Some(digits.clone());
                return Some(Label {
                    item: digits.clone(),
                    code: Some(digits),
                    name,
                    level: level.filter(|_| fits),
                    ..Label::default()
                });
            }
            if printed.trim().is_empty() {
                return None;
            }
            if let Some(r) = self.named(p, &printed) {
                return Some(labelled(&r, name));
            }
            return self
                .code_in_label(p, &printed)
                .or_else(|| self.code_of_name(p, &printed));
        }
        if printed.trim().is_empty() || !self.panels[p].subunits.is_empty() {
            return None;
        }
        let all_items = self.panels[p]
            .amounts
            .iter()
            .all(|l| self.items(&self.header.columns[*l]));
        if self.form.rows == RowKind::Items && all_items {
            let phase = self.phase_of(&printed)?;
            return Some(Label {
                phase: Some(phase),
                name,
                ..Label::default()
            });
        }
        if let Some(mut l) = self.resolve_named(p, &printed) {
            l.name = name;
            return Some(l);
        }
        // A long label ran into the number of its row.
        if let Some((bare, _)) = self.grown_number(p, rows[0])
            && let Some(mut l) = self.resolve_named(p, &bare)
        {
            l.name = self.printed_name(&bare);
            return Some(l);
        }
        let phase = self.phase_of(&printed).filter(|_| self.form.rows == RowKind::Items)?;
        Some(Label {
            phase: Some(phase),
            name,
            ..Label::default()
        })
    }

    /// Code and name in one cell, in front or in brackets.
    pub(super) fn code_in_label(&mut self, p: usize, printed: &str) -> Option<Label> {
        let folded = text::fold(printed);
        let bare = self.g.lexicon.bare_label(&folded.text);
        let (code, name) = parts::code_and_name(&folded.text).or_else(|| parts::code_and_name(bare))?;
        // The name as it is printed: `name` and `bare` are pieces of the folded text.
        let start = name.as_ptr() as usize - folded.text.as_ptr() as usize;
        let range = folded.original_range(printed, start..start + name.len());
        let name: String = printed[range].chars().filter(|c| !c.is_whitespace()).collect();
        if self.form.economic && code.len() == 7 {
            return None;
        }
        self.context[p] = Some(code.to_string());
        Some(Label {
            item: code.to_string(),
            code: Some(code.to_string()),
            name: Some(name),
            level: code::level(code),
            ..Label::default()
        })
    }

    /// A row with a name and no code: the code list has one code of this name for the year, below the rows above it.
    pub(super) fn code_of_name(&mut self, p: usize, printed: &str) -> Option<Label> {
        let key = text::key(printed);
        let bare = self.g.lexicon.bare_label(&key);
        let above = self.context[p].as_deref();
        let codes = &self.g.codes;
        let found = [bare, key.as_str()].iter().find_map(|n| {
            codes
                .of_name(n, self.form.economic, self.year, above)
                .map(str::to_string)
        });
        // Below a name that is not known no other name can be told.
        self.context[p].clone_from(&found);
        let found = found?;
        Some(Label {
            level: code::level(&found),
            item: found,
            code: None,
            name: self.printed_name(printed),
            ..Label::default()
        })
    }

    /// A code in parts whose first parts are blank goes on under the row above.
    pub(super) fn inherit(&mut self, p: usize, parts: &mut [String]) -> bool {
        let last = &self.last_code[p];
        let first = parts.iter().position(|t| !t.is_empty()).unwrap_or(0);
        let mut inherited = false;
        if first > 0 && last.len() == parts.len() && last[..first].iter().all(|t| !t.is_empty()) {
            // Only where the part is too short to be a code of its own.
            if parts[first].len() == 2 {
                parts[..first].clone_from_slice(&last[..first]);
                inherited = true;
            }
        }
        self.last_code[p] = parts.to_vec();
        inherited
    }

    /// The label and the number of a row whose number stands at the end of its label, the place of the number being blank: the next
    /// number in the count of the panel, and no other.
    pub(super) fn grown_number(&self, p: usize, row: usize) -> Option<(String, u32)> {
        let blank = self.cells(row, self.panels[p].row_no?);
        let next = self.last_no[p]? + 1;
        if self.grid.kind != GridKind::Aligned || blank.iter().any(|i| !self.grid.cells[*i].lines.is_empty()) {
            return None;
        }
        let printed = self.label_text(p, row);
        let label = printed.strip_suffix(&next.to_string())?;
        (!label.ends_with(|c: char| c.is_numeric())).then(|| (label.to_string(), next))
    }

    /// The label as printed, without list number and without 其中：.
    pub(super) fn printed_name(&self, printed: &str) -> Option<String> {
        let key = text::key(printed);
        let start = key.len() - self.g.lexicon.bare_label(&key).len();
        let blank = |c: char| text::fold_char(c).is_none();
        let range = match start {
            // Most labels have nothing before their name.
            0 => {
                let from = printed.len() - printed.trim_start_matches(blank).len();
                from..printed.trim_end_matches(blank).len().max(from)
            }
            _ => {
                let folded = text::fold(printed);
                folded.original_range(printed, start..folded.text.len())
            }
        };
        let name: String = printed[range].chars().filter(|c| !c.is_whitespace()).collect();
        (!name.is_empty()).then_some(name)
    }

    pub(super) fn named(&self, p: usize, printed: &str) -> Option<Row> {
        let key = text::key(printed);
        let bare = self.g.lexicon.bare_label(&key);
        let side = self.panels[p].side;
        let whole = (bare.len() < key.len()).then(|| self.form.rows_of(&key));
        let rows = self.form.rows_of(bare).chain(whole.into_iter().flatten());
        let fitting: Vec<&Row> = rows
            .filter(|r| r.side.is_none() || side.is_none() || r.side == side)
            .filter(|r| r.view.is_none() || r.view == self.panels[p].view)
            .filter(|r| r.after.as_ref().is_none_or(|a| self.seen[p].contains_key(a)))
            .collect();
        // Below its parent a row is the part, else the whole; the parent that was seen last decides.
        let order = |r: &&&Row| r.after.as_ref().and_then(|a| self.seen[p].get(a)).map_or(0, |i| i + 1);
        let best = fitting.iter().map(|r| order(&r)).max()?;
        fitting.into_iter().find(|r| order(&r) == best).cloned()
    }

    pub(super) fn resolve_named(&self, p: usize, printed: &str) -> Option<Label> {
        if let Some(r) = self.named(p, printed) {
            return Some(labelled(&r, None));
        }
        let key = text::key(printed);
        let bare = self.g.lexicon.bare_label(&key);
        let view = &self.panels[p].view;
        if view.is_some() {
            let code = self
                .g
                .codes
                .of_name(bare, true, self.year, None)
                .filter(|c| c.len() == 3);
            // Not a class of the function: those are summed.
            return code.map(|c| Label {
                item: format!("economic.{c}"),
                ..Label::default()
            });
        }
        (self.form.class_rows.is_some() && self.form.class_rows == self.panels[p].side)
            .then(|| self.g.codes.class_of(bare))
            .flatten()
            .map(|code| Label {
                item: code.to_string(),
                ..Label::default()
            })
    }

    /// 公用经费合计 may stand in an earlier panel than its amount: the nearest label to the left whose own amount is blank.
    pub(super) fn label_from_the_left(&mut self, p: usize, row: usize, cells: &[(usize, usize)]) -> Option<Label> {
        if p == 0
            || self.form.rows != RowKind::Coded
            || !cells.iter().any(|(_, id)| !self.grid.cells[*id].lines.is_empty())
            // Words of its own that nobody knows are a label all the same.
            || !self.label_text(p, row).trim().is_empty()
        {
            return None;
        }
        for left in (0..p).rev() {
            let printed = self.label_text(left, row);
            // Without lines a label over several columns may stand where an amount column is: words, and a row that is known.
            let words = self.words_among_amounts(left, row);
            if let Some((id, text)) = words.filter(|_| printed.is_empty()) {
                let found = self.named(left, &text).map(|r| labelled(&r, self.printed_name(&text)));
                if found.is_some() {
                    self.claimed.insert(id);
                }
                return found;
            }
            if printed.is_empty() {
                continue;
            }
            let own_blank = self.panels[left].amounts.iter().all(|l| {
                self.amount_cell(row, *l)
                    .is_none_or(|i| self.grid.cells[i].lines.is_empty())
            });
            let coded = self.code_parts(left, row).iter().any(|c| !c.is_empty());
            return (own_blank && !coded)
                .then(|| self.named(left, &printed))
                .flatten()
                .map(|r| labelled(&r, self.printed_name(&printed)));
        }
        None
    }

    /// The one cell of a panel's amount columns that holds words instead of a number.
    pub(super) fn words_among_amounts(&self, p: usize, row: usize) -> Option<(usize, String)> {
        if self.grid.kind != GridKind::Aligned {
            return None;
        }
        let mut filled = self.panels[p].amounts.iter().filter_map(|l| {
            let id = self.amount_cell(row, *l)?;
            let text = self.grid.cells[id].text().into_owned();
            (!text.trim().is_empty()).then_some((id, text))
        });
        let one = filled.next()?;
        (filled.next().is_none() && amount::parse(&one.1).is_none()).then_some(one)
    }

    pub(super) fn label_of_tall_cell(&mut self, p: usize, id: usize) -> Option<Label> {
        let cell = self.grid.cells[id].clone();
        let mut best: Option<(usize, usize)> = None;
        for r in cell.row..cell.row + cell.row_span {
            if self.label_text(p, r).is_empty() {
                continue;
            }
            let l = self.panels[p].names.first().or(self.panels[p].codes.first())?;
            let label = self.grid.cell(r, self.header.columns[*l].start)?;
            let common = (label.row + label.row_span).min(cell.row + cell.row_span) - label.row.max(cell.row);
            if best.is_none_or(|(c, _)| common > c) {
                best = Some((common, r));
            }
        }
        let (_, row) = best?;
        self.label(p, &[row])
    }

    /// The label of a row: what stands in its name columns and, where it is no code and no header word, in its code columns.
    pub(super) fn label_text(&self, p: usize, row: usize) -> String {
        let panel = &self.panels[p];
        let mut ids: Vec<usize> = Vec::new();
        for l in panel.codes.iter().chain(&panel.names) {
            let own = self.header.columns[*l].start..self.header.columns[*l].end;
            for id in self.cells(row, *l) {
                let cell = &self.grid.cells[id];
                let t = text::key(&cell.text());
                let is_code = panel.codes.contains(l);
                let header_word = is_code
                    && (code::digits(&t).is_some()
                        || (self.heads_labels(&t) && self.form.rows_of(&t).next().is_none()));
                // A label that begins in another panel is that panel's, unless it reaches over to this one's name.
                let foreign = cell.col + cell.col_span <= own.start;
                if !t.is_empty() && !header_word && !foreign && !ids.contains(&id) {
                    ids.push(id);
                }
            }
        }
        // Places inside a label that are code and name are one label: 合计 over both columns, or each half.
        ids.iter()
            .map(|i| self.grid.cells[*i].text())
            .collect::<Vec<_>>()
            .concat()
    }

    /// Whether a folded text is a word that heads columns of codes and names (类, 科目名称).
    pub(super) fn heads_labels(&self, folded: &str) -> bool {
        let parts = &self.g.parts;
        self.rules
            .plain(folded)
            .is_some_and(|s| s.set != 0 && s.set & !(parts.labels | parts.silent) == 0 && s.set & parts.labels != 0)
    }

    /// The parts of the code in a row: digits only; words (类, 合计) are none.
    pub(super) fn code_parts(&self, p: usize, row: usize) -> Vec<String> {
        self.texts(row, &self.panels[p].codes)
            .iter()
            .map(|t| code::digits(t).unwrap_or_default())
            .collect()
    }
}

/// Whether a part of a code in several columns is blank between two that are not.
fn has_hole(parts: &[String]) -> bool {
    let filled = |p: &String| !p.is_empty();
    let first = parts.iter().position(filled).unwrap_or(0);
    let last = parts.iter().rposition(filled).unwrap_or(0);
    parts[first..=last.max(first)].iter().any(String::is_empty) && parts.iter().any(filled)
}

/// 款 and 项 have two digits: a single one in a column of its own lost its zero when a spreadsheet took it for a number.
fn restore_zeros(parts: &mut [String]) -> bool {
    let mut any = false;
    for p in parts.iter_mut().skip(1).filter(|p| p.len() == 1) {
        p.insert(0, '0');
        any = true;
    }
    any
}

fn labelled(row: &Row, name: Option<String>) -> Label {
    Label {
        item: row.item.clone(),
        code: None,
        name,
        level: None,
        total: row.total,
        fund: row.fund.clone(),
        phase: None,
        known_without_amounts: row.item.is_empty(),
    }
}
