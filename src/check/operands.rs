//! What a name of an equation stands for at one place: cells, statements, lists, accounts of members and of the year before; and what a
//! missing one means.

use super::evaluate::Evaluator;
use super::figures::{Figure, Found, is_code};
use super::instance::{Addend, At, Missing, Sum};
use crate::grammar::identity::{Operand, Which};
use rust_decimal::Decimal;

impl<'f, 'e> Evaluator<'f, 'e> {
    pub(super) fn push(
        &self,
        found: Found<Figure>,
        absent: impl FnOnce() -> Missing,
        negative: bool,
        prior: bool,
        out: &mut Sum,
    ) {
        let figures = if prior {
            self.prior.unwrap_or(self.own)
        } else {
            self.own
        };
        match found {
            Found::Printed(figure) => match figures.value(figure) {
                Some(amount) => out.addends.push(Addend {
                    negative,
                    figure,
                    prior,
                    amount,
                    word: None,
                }),
                None => out.miss(Missing::Blank(figure)),
            },
            Found::Blank(_) if prior => out.miss(Missing::Row(String::new())),
            Found::Blank(f) => {
                if let Figure::Fact(n) = f
                    && figures.facts[n].is_total
                    && !is_code(&figures.facts[n].item)
                {
                    out.blank_total = out.blank_total.or(Some(f));
                }
                out.miss(Missing::Blank(f));
            }
            Found::Absent => out.miss(absent()),
        }
    }

    pub(super) fn operand(&self, o: &Operand, negative: bool, at: At<'f, 'e>, out: &mut Sum) {
        let own = self.own;
        match (o, at) {
            (Operand::Number(n), _) => out.constant += if negative { -*n } else { *n },
            (Operand::Projects, _) => {
                let n = Decimal::from(own.projects as u64);
                out.constant += if negative { -n } else { n };
                out.counted = Some("attached_projects");
            }
            (Operand::Members(inner), _) => self.members(inner, negative, out),
            (Operand::Measure(m), At::Row(sheet, r)) => {
                self.push(
                    own.cell(sheet, Some(r), m),
                    || Missing::Row(m.clone()),
                    negative,
                    false,
                    out,
                );
            }
            (Operand::Item(side, item), At::Column(sheet, m)) => {
                let row = sheet.row(*side, item);
                self.push(
                    own.cell(sheet, row, m),
                    || Missing::Row(item.clone()),
                    negative,
                    false,
                    out,
                );
            }
            (Operand::Own, At::Tree(sheet, r, m)) => {
                self.push(
                    own.cell(sheet, Some(r), m),
                    || Missing::Row(m.to_string()),
                    negative,
                    false,
                    out,
                );
            }
            (Operand::Children, At::Tree(sheet, r, m)) => {
                for c in &sheet.rows[r].children {
                    self.push(
                        own.cell(sheet, Some(*c), m),
                        || Missing::Row(m.to_string()),
                        negative,
                        false,
                        out,
                    );
                }
            }
            (Operand::Subunits, At::Tree(sheet, r, m)) => {
                let row = &sheet.rows[r];
                for sub in &sheet.subunits {
                    let found = own.cell(sub, sub.row(row.side, row.item), m);
                    self.push(found, || Missing::Row(m.to_string()), negative, false, out);
                }
            }
            (Operand::Tops, At::Column(sheet, m)) => {
                for (r, row) in sheet.rows.iter().enumerate() {
                    if row.is_code() && !row.has_parent {
                        self.push(
                            own.cell(sheet, Some(r), m),
                            || Missing::Row(m.to_string()),
                            negative,
                            false,
                            out,
                        );
                    }
                }
            }
            (Operand::Classes(side), At::Column(sheet, m)) => {
                for (r, row) in sheet.rows.iter().enumerate() {
                    if row.item.len() == 3 && row.is_code() && (side.is_none() || row.side == *side) {
                        self.push(
                            own.cell(sheet, Some(r), m),
                            || Missing::Row(m.to_string()),
                            negative,
                            false,
                            out,
                        );
                    }
                }
            }
            (Operand::Cell { .. }, _) => self.full_cell(o, negative, at, false, out),
            (Operand::Prior(inner), _) => self.full_cell(inner, negative, at, true, out),
            (Operand::Text { section, subject, slot }, _) => {
                let found = self.text(section, subject, slot, at);
                self.stated(found, negative, out);
            }
            (Operand::Slot(other, slot), At::Sentence(s, subject)) => {
                let found = self.slot(s, other.as_deref().unwrap_or(subject), slot);
                self.stated(found, negative, out);
            }
            (Operand::SaidOf(rate, budget), At::Sentence(s, subject)) => {
                let found = self.said_of(s, subject, rate, budget);
                self.stated(found, negative, out);
            }
            (Operand::Slots(prefix), At::Sentence(s, subject)) => {
                let before = out.addends.len();
                for i in own.sentences[s].statements.clone() {
                    if own.subjects[i] == *subject && own.statements[i].slot.starts_with(prefix.as_str()) {
                        self.stated(Some(i), negative, out);
                    }
                }
                if out.addends.len() == before {
                    out.miss(Missing::Text);
                }
            }
            (Operand::ListSum(slot), At::List(section, subjects)) => self.list(section, subjects, slot, negative, out),
            (Operand::Signed(inner), _) => self.signed(inner, negative, at, out),
            (Operand::First(all), _) => {
                let mut missing = None;
                for o in all {
                    let mut own = Sum::default();
                    self.operand(o, negative, at, &mut own);
                    if own.addends.is_empty() {
                        missing = missing.or(own.missing);
                    } else {
                        out.addends.append(&mut own.addends);
                        return;
                    }
                }
                out.miss(missing.unwrap_or(Missing::Text));
            }
            _ => out.miss(Missing::Text),
        }
    }

    /// A cell of every member; a table that a member does not have, or a blank in it, is not zero.
    pub(super) fn members(&self, cell: &Operand, negative: bool, out: &mut Sum) {
        let (
            Some(members),
            Operand::Cell {
                form,
                side,
                item: Which::Is(item),
                measure,
            },
        ) = (&self.members, cell)
        else {
            out.miss(Missing::Text);
            return;
        };
        if let Some(name) = &members.missing {
            out.missing = Some(Missing::Member(name.clone()));
        }
        for (name, figures) in members.accounts {
            let sheet = figures.sheet(form, 0).map(|s| &figures.sheets[s]);
            let found = sheet.map(|s| figures.cell(s, s.row(*side, item), measure));
            let amount = match found {
                Some(Found::Printed(f)) => figures.value(f),
                _ => None,
            };
            match amount {
                Some(a) => {
                    out.constant += if negative { -a } else { a };
                    out.members.push((name.clone(), a));
                }
                None => out.missing = Some(Missing::Member(name.clone())),
            }
        }
    }

    pub(super) fn stated(&self, found: Option<usize>, negative: bool, out: &mut Sum) {
        let f = found.map(Figure::Statement);
        match f.and_then(|f| Some((f, self.own.value(f)?))) {
            Some((figure, amount)) => out.addends.push(Addend {
                negative,
                figure,
                prior: false,
                amount,
                word: None,
            }),
            None => out.miss(Missing::Text),
        }
    }

    pub(super) fn full_cell(&self, o: &Operand, negative: bool, at: At<'f, 'e>, prior: bool, out: &mut Sum) {
        let (set, code) = match at {
            At::Document(set, code, _) => (set, code),
            At::Sentence(_, subject) => (0, Some(subject)),
            _ => (0, None),
        };
        let Operand::Cell {
            form,
            side,
            item,
            measure,
        } = o
        else {
            out.miss(Missing::Text);
            return;
        };
        let Some(figures) = (if prior { self.prior } else { Some(self.own) }) else {
            out.miss(Missing::Text);
            return;
        };
        let item = match item {
            Which::Is(i) => i.as_str(),
            _ => code.unwrap_or(""),
        };
        let Some(sheet) = figures.sheet(form, set).map(|s| &figures.sheets[s]) else {
            out.miss(Missing::Form(form.clone()));
            return;
        };
        let row = sheet.row(*side, item);
        let found = figures.cell(sheet, row, measure);
        // A named row that a form of another year or region does not have is nothing to wonder at; a code that one table has
        // and the other has not is.
        let missing = || {
            Missing::Row(if code.is_some() {
                format!("{form}.{item}.{measure}")
            } else {
                String::new()
            })
        };
        self.push(found, missing, negative, prior, out);
    }

    pub(super) fn text(&self, section: &str, subject: &Which, slot: &str, at: At<'f, 'e>) -> Option<usize> {
        let own = self.own;
        let (code, bound) = match at {
            At::Document(_, code, bound) => (code, bound),
            _ => (None, None),
        };
        let subject = match subject {
            Which::Is(s) => s.as_str(),
            _ => code?,
        };
        let all = own.said(section, subject, slot);
        let same = |i: &&usize| bound.is_some_and(|b| own.sentence_of[b] == own.sentence_of[**i]);
        bound
            .filter(|b| all.contains(b))
            .or_else(|| all.iter().find(same).copied())
            .or_else(|| all.first().copied())
    }

    pub(super) fn signed(&self, inner: &Operand, negative: bool, at: At<'f, 'e>, out: &mut Sum) {
        let mut own = Sum::default();
        self.operand(inner, negative, at, &mut own);
        let Some(Addend {
            figure: Figure::Statement(i),
            ..
        }) = own.addends.first()
        else {
            out.miss(Missing::Text);
            return;
        };
        // The word of a change is none of the gap to the budget: `change_direction`, `budget_direction`. Of two the second stands with
        // the rate.
        let own_word = |slot: &str| stem(slot) == stem(&self.own.statements[*i].slot);
        let word = self.own.sentences[self.own.sentence_of[*i]]
            .statements
            .clone()
            .rev()
            .filter(|n| self.own.subjects[*n] == self.own.subjects[*i])
            .find(|n| {
                let s = &self.own.statements[*n];
                s.value_type == "direction" && own_word(&s.slot)
            });
        own.addends.iter_mut().for_each(|a| a.word = word);
        match word.and_then(|n| self.own.statements[n].text.as_deref()) {
            Some("decrease") => own.addends.iter_mut().for_each(|a| a.negative = !a.negative),
            Some(_) => {}
            None => {
                out.miss(Missing::Text);
                return;
            }
        }
        out.addends.append(&mut own.addends);
    }

    /// The items of a list that have this slot: the first statement of each. The whole itself is no part of the list.
    pub(super) fn items(&self, section: &str, subjects: &[String], slot: &str) -> Vec<usize> {
        let own = self.own;
        let mut seen: Vec<&str> = Vec::new();
        let mut out = Vec::new();
        for (i, s) in own.statements.iter().enumerate() {
            let subject = own.subjects[i].as_str();
            if s.section != section || s.slot != slot || seen.contains(&subject) {
                continue;
            }
            let part = if subjects.is_empty() {
                subject != section
            } else {
                subjects.iter().any(|w| match w.as_str() {
                    "$class" => fits(&Which::Class, subject),
                    "$code" => fits(&Which::Code, subject),
                    word => word == subject,
                })
            };
            if part {
                seen.push(subject);
                out.push(i);
            }
        }
        out
    }

    pub(super) fn list(&self, section: &str, subjects: &[String], slot: &str, negative: bool, out: &mut Sum) {
        let items = self.items(section, subjects, slot);
        if items.is_empty() {
            out.miss(Missing::Text);
        }
        for i in items {
            self.stated(Some(i), negative, out);
        }
    }

    /// The first item of a list that is known by one of `slots` and lacks another: it was not read whole, or not printed whole.
    /// An item of nothing may be said without more.
    pub(super) fn unstated(&self, section: &str, subjects: &[String], slots: &[String]) -> Option<(Figure, String)> {
        let own = self.own;
        let lists: Vec<Vec<usize>> = slots.iter().map(|s| self.items(section, subjects, s)).collect();
        let known = lists
            .iter()
            .flatten()
            .copied()
            .filter(|i| own.value(Figure::Statement(*i)).is_some_and(|v| !v.is_zero()));
        known
            .filter_map(|i| {
                let has = |list: &Vec<usize>| list.iter().any(|n| own.subjects[*n] == own.subjects[i]);
                let lacks = lists.iter().position(|list| !has(list))?;
                Some((i, slots.get(lacks)?.clone()))
            })
            .min()
            .map(|(i, slot)| (Figure::Statement(i), slot))
    }
}

/// What a slot is about: `change` of `change_direction`, `budget` of `budget_gap`.
fn stem(slot: &str) -> &str {
    let bare = slot.rsplit(':').next().unwrap_or(slot);
    bare.split('_').next().unwrap_or(bare)
}

pub(super) fn fits(which: &Which, item: &str) -> bool {
    match which {
        Which::Is(i) => i == item,
        Which::Class => item.len() == 3 && is_code(item),
        Which::Code => is_code(item),
    }
}
