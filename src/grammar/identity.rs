//! Identities: `identities/*.toml` to rules that can be evaluated. Comes in: the files and the compiled forms. Goes out:
//! [`Identities`]. Every name of an equation is looked up in the forms; a name that no form has is a mistake with its place.

use super::compile::{Form, RowKind};
use super::equation::{self, Expr, Relation};
use super::ids::{Ids, Kind};
use super::laws::{Law, LawEntry};
use super::mistake::{Mistake, nearest, no_form};
use super::projects::{self, ProjectRule};
use crate::record::Side;
use rust_decimal::Decimal;
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use toml::Spanned;

/// `identities/*.toml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityFile {
    /// The rules.
    #[serde(default)]
    pub identity: Vec<IdentityEntry>,
    /// Words for messages: id → Chinese, English.
    #[serde(default)]
    pub name: BTreeMap<String, [String; 2]>,
    /// Labels of the row that sums up the sub-units of a table.
    #[serde(default)]
    pub all_subunits: Vec<String>,
    /// The numbers that `source` may name.
    #[serde(default)]
    #[serde(rename = "law", alias = "known")]
    pub laws: Vec<LawEntry>,
}

/// One rule as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentityEntry {
    /// Id in the dataset.
    pub id: Spanned<String>,
    /// form, form-form, form-text, text, years, units.
    pub scope: Spanned<String>,
    /// row, column, tree, subunits, document, sentence, list.
    #[serde(rename = "for")]
    pub applies: Spanned<String>,
    /// Forms (row, column, tree, subunits).
    #[serde(default)]
    pub forms: Vec<Spanned<String>>,
    /// The side on which the names of a column rule stand.
    pub side: Option<Spanned<String>>,
    /// Sections (sentence, list); none means all.
    #[serde(default)]
    pub sections: Vec<String>,
    /// Subjects (sentence); none means all.
    #[serde(default)]
    pub subjects: Vec<String>,
    /// What must hold.
    pub equation: Spanned<String>,
    /// Other ways in which it may hold.
    #[serde(default)]
    pub or: Vec<Spanned<String>>,
    /// It is asked only where these hold.
    #[serde(default)]
    pub only_if: Vec<Spanned<String>>,
    /// Words that `$each` stands for.
    #[serde(default)]
    pub each: Vec<String>,
    /// Names that must have a cell (row: measures; column: items; sentence: slots, also `slot=word` for what it says; list: slots
    /// of every item).
    #[serde(default)]
    pub with: Vec<String>,
    /// Names that must have none.
    #[serde(default)]
    pub without: Vec<String>,
    /// First fiscal year.
    pub first_year: Option<i16>,
    /// Last fiscal year.
    pub last_year: Option<i16>,
    /// `info`: a difference is worth knowing and no contradiction.
    pub level: Option<Spanned<String>>,
    /// What it says, in Chinese.
    pub zh: String,
    /// What it says, in English.
    pub en: String,
    /// The numbers of the known laws that it is.
    pub source: Option<Spanned<String>>,
}

impl IdentityEntry {
    /// The numbers that `source` names.
    pub fn sources(&self) -> Vec<String> {
        let words = self.source.iter().flat_map(|s| s.get_ref().split_whitespace());
        words.map(str::to_string).collect()
    }
}

/// What a rule is evaluated for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Applies {
    /// Each row of a form: names are measures.
    Row,
    /// Each measure of a form: names are items.
    Column,
    /// Each code with codes below it, for each measure.
    Tree,
    /// Each item and measure of a table with a row for every sub-unit.
    Subunits,
    /// The document: names are full.
    Document,
    /// Each subject of each sentence: names are slots.
    Sentence,
    /// Each list of values of one slot.
    List,
}

/// A row, or every row of a kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// This item.
    Is(String),
    /// Any class (three digits).
    Class,
    /// Any code.
    Code,
}

/// What a name of an equation stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum Operand {
    /// A constant.
    Number(Decimal),
    /// A column of the row.
    Measure(String),
    /// A row of the column.
    Item(Option<Side>, String),
    /// The code itself.
    Own,
    /// The codes right below it.
    Children,
    /// The codes that stand below no other.
    Tops,
    /// The classes of a side.
    Classes(Option<Side>),
    /// The cells of the sub-units.
    Subunits,
    /// A cell anywhere.
    Cell {
        /// Form id.
        form: String,
        /// Side.
        side: Option<Side>,
        /// Row.
        item: Which,
        /// Column.
        measure: String,
    },
    /// A value in the same sentence; the subject when it is another one.
    Slot(Option<String>, String),
    /// Of several rates of one slot in the sentence the one that is said of this budget.
    SaidOf(String, String),
    /// All values of the sentence whose slot begins so.
    Slots(String),
    /// All values of this slot in the list.
    ListSum(String),
    /// A value anywhere in the narrative.
    Text {
        /// Section.
        section: String,
        /// Subject.
        subject: Which,
        /// Slot.
        slot: String,
    },
    /// The amount of a change with the sign of its direction word.
    Signed(Box<Operand>),
    /// The first that is printed.
    First(Vec<Operand>),
    /// In the document of the year before.
    Prior(Box<Operand>),
    /// In the accounts of the members of a department, all of them together.
    Members(Box<Operand>),
    /// How many 项目自评表 the document attaches.
    Projects,
}

/// An operand with its sign.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// Subtracted.
    pub negative: bool,
    /// What.
    pub operand: Operand,
}

/// What a direction word is held against.
#[derive(Clone, Debug, PartialEq)]
pub enum Against {
    /// The other direction words of the sentence.
    Others,
    /// The sign of a difference.
    Sign(Vec<Term>),
    /// Whether there is a difference at all.
    Nonzero(Vec<Term>),
}

/// What is asked.
#[derive(Clone, Debug, PartialEq)]
pub enum Check {
    /// Two sums.
    Linear {
        /// Left.
        left: Vec<Term>,
        /// How.
        relation: Relation,
        /// Right.
        right: Vec<Term>,
    },
    /// A printed ratio against its part and whole.
    Ratio {
        /// The ratio.
        ratio: Operand,
        /// Numerator.
        part: Vec<Term>,
        /// Denominator.
        whole: Vec<Term>,
    },
    /// A printed direction.
    Direction {
        /// The word.
        word: Operand,
        /// Against what.
        against: Against,
    },
    /// Names that a sentence lists, against the rows of a form that have them: one without an amount is worth saying.
    Listed {
        /// The slot that holds the list.
        slot: String,
        /// The form.
        form: String,
    },
}

/// A rule that can be evaluated.
#[derive(Clone, Debug)]
pub struct Identity {
    /// Id in the dataset.
    pub id: String,
    /// form, form-form, form-text, text, years, units.
    pub scope: String,
    /// What it is evaluated for.
    pub applies: Applies,
    /// Forms.
    pub forms: Vec<String>,
    /// Sections.
    pub sections: Vec<String>,
    /// Subjects.
    pub subjects: Vec<String>,
    /// One for each word of `each`, else one.
    pub checks: Vec<Check>,
    /// Other ways in which it may hold; with `each`, the same number for every check.
    pub or: Vec<Vec<Check>>,
    /// Conditions.
    pub only_if: Vec<Vec<Check>>,
    /// Names that must have a cell.
    pub with: Vec<String>,
    /// Names that must have none.
    pub without: Vec<String>,
    /// Years in which it applies.
    pub years: (Option<i16>, Option<i16>),
    /// A difference is no contradiction.
    pub info: bool,
    /// What it says, in Chinese.
    pub zh: String,
    /// What it says, in English.
    pub en: String,
    /// As written, with `$each`.
    pub equation: String,
    /// The numbers of the known laws that it is.
    pub source: Vec<String>,
}

/// All identities and the words for their messages.
#[derive(Clone, Debug, Default)]
pub struct Identities {
    /// The rules, in the order of the files.
    pub rules: Vec<Identity>,
    /// The rules within a 项目自评表.
    pub projects: Vec<ProjectRule>,
    /// Words: form (or nothing) → id → Chinese, English.
    pub names: HashMap<String, HashMap<String, [String; 2]>>,
    /// Labels (folded) of the row that sums up the sub-units.
    pub all_subunits: Vec<String>,
    /// The known laws, by number.
    pub laws: Vec<Law>,
}

impl Identities {
    /// Takes the names of all identifiers: what the files of identities call one comes before.
    pub(super) fn learn_names(&mut self, ids: &Ids) {
        let general = self.names.entry(String::new()).or_default();
        for (id, words) in ids.names() {
            general
                .entry(id.to_string())
                .or_insert_with(|| [words.zh.clone(), words.en.clone()]);
        }
    }

    /// The words of an id in a form: the form's own before the general ones.
    pub fn name<'n>(&'n self, form: &str, id: &'n str) -> [&'n str; 2] {
        let of = |room: &str| self.names.get(room).and_then(|n| n.get(id));
        of(form).or_else(|| of("")).map_or([id, id], |[zh, en]| [zh, en])
    }
}

const SCOPES: &[&str] = &["form", "form-form", "form-text", "text", "years", "units"];
const APPLIES: &[(&str, Applies)] = &[
    ("row", Applies::Row),
    ("column", Applies::Column),
    ("tree", Applies::Tree),
    ("subunits", Applies::Subunits),
    ("document", Applies::Document),
    ("sentence", Applies::Sentence),
    ("list", Applies::List),
];

struct Scope<'a> {
    forms: &'a [Form],
    ids: &'a Ids,
    own: Vec<&'a Form>,
    applies: Applies,
    side: Option<Side>,
    each: &'a str,
    /// Where the text of the equation begins in the file.
    base: usize,
    mistakes: &'a mut Vec<Mistake>,
}

fn is_code(item: &str) -> bool {
    matches!(item.len(), 3 | 5 | 7) && item.bytes().all(|b| b.is_ascii_digit())
}

fn has_measure(f: &Form, measure: &str) -> bool {
    f.columns.iter().any(|c| c.measure.as_deref() == Some(measure))
        || f.budget.as_deref() == Some(measure)
        || f.phases.iter().any(|p| p == measure)
}

fn has_item(f: &Form, side: Option<Side>, item: &str) -> bool {
    let coded = match f.rows {
        RowKind::Coded => true,
        RowKind::TwoSided => f.class_rows.is_some() && (side.is_none() || f.class_rows == side),
        RowKind::Items => false,
    };
    (coded && is_code(item))
        || f.named
            .iter()
            .any(|r| r.item == item && (side.is_none() || r.side.is_none() || r.side == side))
        || f.columns.iter().any(|c| c.item.as_deref() == Some(item))
}

impl Scope<'_> {
    fn wrong(&mut self, at: &Range<usize>, message: String) {
        self.mistakes.push((self.base + at.start..self.base + at.end, message));
    }

    fn terms(&mut self, e: &Expr, negative: bool, out: &mut Vec<Term>) {
        match e {
            Expr::Plus(a, b) => {
                self.terms(a, negative, out);
                self.terms(b, negative, out);
            }
            Expr::Minus(a, b) => {
                self.terms(a, negative, out);
                self.terms(b, !negative, out);
            }
            Expr::Ratio(..) => self.wrong(&(0..0), "a ratio stands alone on the right side".into()),
            other => {
                if let Some(operand) = self.operand(other) {
                    out.push(Term { negative, operand });
                }
            }
        }
    }

    fn operand(&mut self, e: &Expr) -> Option<Operand> {
        match e {
            Expr::Number(n) => Some(Operand::Number(*n)),
            Expr::Name { name, at } => self.name(&name.replace("$each", self.each), at),
            Expr::Call {
                function,
                at,
                arguments,
            } => self.call(function, at, arguments),
            Expr::Plus(..) | Expr::Minus(..) | Expr::Ratio(..) => {
                self.wrong(&(0..0), "no arithmetic inside a function".into());
                None
            }
        }
    }

    fn call(&mut self, function: &str, at: &Range<usize>, arguments: &[Expr]) -> Option<Operand> {
        let word = match arguments {
            [Expr::Name { name, .. }] => Some(name.as_str()),
            _ => None,
        };
        match (function, self.applies, word) {
            ("sum", Applies::Tree, Some("children")) => Some(Operand::Children),
            ("sum", Applies::Column, Some("tops")) => Some(Operand::Tops),
            ("sum", Applies::Column, Some("classes")) => Some(Operand::Classes(self.side)),
            ("sum", Applies::Subunits, Some("subunits")) => Some(Operand::Subunits),
            ("count", Applies::Document, Some("projects")) => Some(Operand::Projects),
            ("sum", Applies::Document, Some(name)) if name.starts_with("members.") => {
                let name = name.trim_start_matches("members.").replace("$each", self.each);
                Some(Operand::Members(Box::new(self.full(&name, at)?)))
            }
            ("sum", Applies::List, Some(slot)) => Some(Operand::ListSum(slot.to_string())),
            ("sum", Applies::Sentence, Some(slots)) if slots.ends_with(".*") => {
                Some(Operand::Slots(slots.trim_end_matches('*').to_string()))
            }
            ("signed", Applies::Sentence, Some(slot)) => {
                Some(Operand::Signed(Box::new(Operand::Slot(None, slot.to_string()))))
            }
            ("said_of", Applies::Sentence, _) => match arguments {
                [Expr::Name { name: rate, .. }, Expr::Name { name: budget, .. }] => {
                    self.known(Kind::Slot, rate, at);
                    self.known(Kind::Slot, budget, at);
                    Some(Operand::SaidOf(rate.clone(), budget.clone()))
                }
                _ => {
                    self.wrong(at, "write said_of(rate, budget)".into());
                    None
                }
            },
            ("signed" | "first", _, None | Some(_)) if function == "first" && !arguments.is_empty() => {
                let all: Vec<Operand> = arguments.iter().filter_map(|a| self.operand(a)).collect();
                (all.len() == arguments.len()).then_some(Operand::First(all))
            }
            ("signed", Applies::Document, Some(name)) => {
                let inner = self.name(name, at)?;
                Some(Operand::Signed(Box::new(inner)))
            }
            _ => {
                let message = format!(
                    "`{function}` with these arguments is unknown here; there are sum(children), sum(tops), \
                     sum(classes), sum(subunits), sum(slot), sum(slot.*), sum(members.…), first(a, b), \
                     signed(change), said_of(rate, budget), count(projects)"
                );
                self.wrong(at, message);
                None
            }
        }
    }

    fn name(&mut self, name: &str, at: &Range<usize>) -> Option<Operand> {
        match self.applies {
            Applies::Row => {
                if !self.own.iter().any(|f| has_measure(f, name)) {
                    let measures = self
                        .own
                        .iter()
                        .flat_map(|f| &f.columns)
                        .filter_map(|c| c.measure.as_deref());
                    let nearest = nearest(measures, name);
                    self.wrong(at, format!("no column of this form has the measure `{name}`{nearest}"));
                    return None;
                }
                Some(Operand::Measure(name.to_string()))
            }
            Applies::Column => {
                let (side, item) = match name.split_once('.') {
                    Some((s, rest)) => match Side::from_word(s) {
                        Some(side) => (Some(side), rest),
                        None => (self.side, name),
                    },
                    None => (self.side, name),
                };
                if !self.own.iter().any(|f| has_item(f, side, item)) {
                    let items = self.own.iter().flat_map(|f| &f.named).map(|r| r.item.as_str());
                    let nearest = nearest(items, item);
                    self.wrong(at, format!("no row of this form has the item `{item}`{nearest}"));
                    return None;
                }
                Some(Operand::Item(side, item.to_string()))
            }
            Applies::Tree | Applies::Subunits if name == "self" => Some(Operand::Own),
            Applies::Tree | Applies::Subunits => {
                self.wrong(at, "here the names are `self`, sum(children) and sum(subunits)".into());
                None
            }
            Applies::Document => self.full(name, at),
            Applies::Sentence => Some(match name.split_once(':') {
                Some((subject, slot)) => {
                    self.known(Kind::Subject, subject, at);
                    self.known(Kind::Slot, slot, at);
                    Operand::Slot(Some(subject.to_string()), slot.to_string())
                }
                None if name.starts_with("text.")
                    || self.forms.iter().any(|f| name.split('.').next() == Some(&f.id)) =>
                {
                    return self.full(name, at);
                }
                None => {
                    self.known(Kind::Slot, name, at);
                    Operand::Slot(None, name.to_string())
                }
            }),
            Applies::List => {
                if name.contains('.') {
                    return self.full(name, at);
                }
                self.wrong(at, "in a list write sum(slot), or a full name".into());
                None
            }
        }
    }

    /// Says it where nobody knows an id.
    fn known(&mut self, kind: Kind, id: &str, at: &Range<usize>) {
        if let Some(message) = self.ids.wrong(kind, id) {
            self.wrong(at, message);
        }
    }

    fn full(&mut self, name: &str, at: &Range<usize>) -> Option<Operand> {
        if let Some(rest) = name.strip_prefix("prior.") {
            return Some(Operand::Prior(Box::new(self.full(rest, at)?)));
        }
        let which = |item: &str| match item {
            "$class" => Which::Class,
            "$code" => Which::Code,
            other => Which::Is(other.to_string()),
        };
        if let Some(rest) = name.strip_prefix("text.") {
            // Subjects and slots may hold points; sections and the known words before the slot do not, so the slot is what
            // follows the longest subject that ends before a known slot word: a subject with points is written with `:`.
            let mut parts = rest.splitn(2, '.');
            let (section, rest) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
            let split = rest.split_once(':').or_else(|| rest.split_once('.'));
            return match split {
                Some((subject, slot)) if !section.is_empty() && !slot.is_empty() => {
                    self.known(Kind::Section, section, at);
                    if !subject.starts_with('$') && !is_code(subject) {
                        self.known(Kind::Subject, subject, at);
                    }
                    self.known(Kind::Slot, slot, at);
                    Some(Operand::Text {
                        section: section.to_string(),
                        subject: which(subject),
                        slot: slot.to_string(),
                    })
                }
                _ => {
                    self.wrong(at, "write text.section.subject.slot".into());
                    None
                }
            };
        }
        let (form, rest) = name.split_once('.').unwrap_or((name, ""));
        let Some(f) = self.forms.iter().find(|f| f.id == form) else {
            self.wrong(at, no_form(self.forms.iter().map(|f| f.id.as_str()), form));
            return None;
        };
        let (side, rest) = match rest.split_once('.') {
            Some((s, r)) if f.rows == RowKind::TwoSided => match Side::from_word(s) {
                Some(side) => (Some(side), r),
                None => {
                    self.wrong(
                        at,
                        format!("`{form}` has two sides: write {form}.revenue.… or {form}.expenditure.…"),
                    );
                    return None;
                }
            },
            _ => (None, rest),
        };
        let splits = rest.match_indices('.').map(|(i, _)| (&rest[..i], &rest[i + 1..]));
        for (item, measure) in splits {
            let known = item.starts_with('$') || has_item(f, side, item);
            if known && has_measure(f, measure) {
                return Some(Operand::Cell {
                    form: form.to_string(),
                    side,
                    item: which(item),
                    measure: measure.to_string(),
                });
            }
        }
        let items = || {
            f.named
                .iter()
                .map(|r| &r.item)
                .chain(f.columns.iter().filter_map(|c| c.item.as_ref()))
        };
        let measures = || f.columns.iter().filter_map(|c| c.measure.as_ref());
        let all: Vec<String> = items()
            .flat_map(|i| measures().map(move |m| format!("{i}.{m}")))
            .collect();
        let nearest = nearest(all.iter().map(String::as_str), rest);
        self.wrong(at, format!("`{rest}` is no item and measure of `{form}`{nearest}"));
        None
    }

    fn check(&mut self, text: &str) -> Option<Check> {
        let before = self.mistakes.len();
        let e = match equation::parse(text) {
            Ok(e) => e,
            Err(e) => {
                self.wrong(&(e.offset..e.offset + 1), e.message);
                return None;
            }
        };
        let check = match (&e.left, &e.right) {
            (left, Expr::Ratio(part, whole)) => {
                let (mut p, mut w) = (Vec::new(), Vec::new());
                self.terms(part, false, &mut p);
                self.terms(whole, false, &mut w);
                self.operand(left).map(|ratio| Check::Ratio {
                    ratio,
                    part: p,
                    whole: w,
                })
            }
            (
                left,
                Expr::Call {
                    function, arguments, ..
                },
            ) if matches!(function.as_str(), "agree" | "sign" | "nonzero") => {
                let mut t = Vec::new();
                for a in arguments {
                    self.terms(a, false, &mut t);
                }
                let against = match function.as_str() {
                    "agree" => Against::Others,
                    "sign" => Against::Sign(t),
                    _ => Against::Nonzero(t),
                };
                self.operand(left).map(|word| Check::Direction { word, against })
            }
            (
                Expr::Name { name: slot, .. },
                Expr::Call {
                    function, arguments, ..
                },
            ) if function == "listed" => match arguments.as_slice() {
                [Expr::Name { name, at }] => {
                    if self.forms.iter().any(|f| f.id == *name) {
                        Some(Check::Listed {
                            slot: slot.replace("$each", self.each),
                            form: name.clone(),
                        })
                    } else {
                        self.wrong(at, no_form(self.forms.iter().map(|f| f.id.as_str()), name));
                        None
                    }
                }
                _ => {
                    self.wrong(&(0..text.len()), "listed(form) names one form".to_string());
                    None
                }
            },
            (left, right) => {
                let (mut l, mut r) = (Vec::new(), Vec::new());
                self.terms(left, false, &mut l);
                self.terms(right, false, &mut r);
                Some(Check::Linear {
                    left: l,
                    relation: e.relation,
                    right: r,
                })
            }
        };
        check.filter(|_| self.mistakes.len() == before)
    }
}

/// What a full name stands for (`form.side.item.measure`, `text.section.subject.slot`).
pub(super) fn full_name(
    name: &Spanned<String>,
    forms: &[Form],
    ids: &Ids,
    mistakes: &mut Vec<Mistake>,
) -> Option<Operand> {
    let text = name.get_ref();
    Scope {
        forms,
        ids,
        own: Vec::new(),
        applies: Applies::Document,
        side: None,
        each: "",
        base: name.span().start + 1,
        mistakes,
    }
    .full(text, &(0..text.len()))
}

/// Compiles the rules of one file and appends them; a rule with the id of an earlier one takes its place.
pub(super) fn compile(
    file: &IdentityFile,
    forms: &[Form],
    ids: &Ids,
    out: &mut Identities,
    mistakes: &mut Vec<Mistake>,
) {
    for (id, words) in &file.name {
        let (room, id) = id.split_once(':').unwrap_or(("", id));
        out.names
            .entry(room.to_string())
            .or_default()
            .insert(id.to_string(), words.clone());
    }
    out.all_subunits
        .extend(file.all_subunits.iter().map(|l| crate::text::key(l)));
    super::laws::compile(&file.laws, &mut out.laws, mistakes);
    let mut seen: Vec<&str> = Vec::new();
    for entry in &file.identity {
        if seen.contains(&entry.id.get_ref().as_str()) {
            mistakes.push((
                entry.id.span(),
                format!("the id `{}` stands twice in this file", entry.id.get_ref()),
            ));
        }
        seen.push(entry.id.get_ref());
        if entry.applies.get_ref() == "project" {
            if let Some(rule) = project(entry, mistakes) {
                match out.projects.iter_mut().find(|r| r.id == rule.id) {
                    Some(old) => *old = rule,
                    None => out.projects.push(rule),
                }
            }
            continue;
        }
        if let Some(rule) = one(entry, forms, ids, mistakes) {
            match out.rules.iter_mut().find(|r| r.id == rule.id) {
                Some(old) => *old = rule,
                None => out.rules.push(rule),
            }
        }
    }
}

/// A rule within a 项目自评表.
fn project(entry: &IdentityEntry, mistakes: &mut Vec<Mistake>) -> Option<ProjectRule> {
    let single = [String::new()];
    let each: &[String] = if entry.each.is_empty() { &single } else { &entry.each };
    let base = entry.equation.span().start + 1;
    let mut checks = Vec::with_capacity(each.len());
    for word in each {
        match projects::equation(entry.equation.get_ref(), word) {
            Ok(c) => checks.push(c),
            Err((at, message)) => {
                mistakes.push((base + at.start..base + at.end, message));
                return None;
            }
        }
    }
    if !SCOPES.contains(&entry.scope.get_ref().as_str()) {
        let message = format!(
            "`{}` is unknown; write one of: {}",
            entry.scope.get_ref(),
            SCOPES.join(", ")
        );
        mistakes.push((entry.scope.span(), message));
    }
    Some(ProjectRule {
        id: entry.id.get_ref().clone(),
        scope: entry.scope.get_ref().clone(),
        checks,
        zh: entry.zh.clone(),
        en: entry.en.clone(),
        equation: entry.equation.get_ref().clone(),
        source: entry.sources(),
    })
}

fn one(entry: &IdentityEntry, forms: &[Form], ids: &Ids, mistakes: &mut Vec<Mistake>) -> Option<Identity> {
    let before = mistakes.len();
    if !SCOPES.contains(&entry.scope.get_ref().as_str()) {
        let message = format!(
            "`{}` is unknown; write one of: {}",
            entry.scope.get_ref(),
            SCOPES.join(", ")
        );
        mistakes.push((entry.scope.span(), message));
    }
    let applies = APPLIES
        .iter()
        .find(|(w, _)| w == entry.applies.get_ref())
        .map(|(_, a)| *a);
    let Some(applies) = applies else {
        let words: Vec<&str> = APPLIES.iter().map(|(w, _)| *w).chain(["project"]).collect();
        let message = format!(
            "`{}` is unknown; write one of: {}",
            entry.applies.get_ref(),
            words.join(", ")
        );
        mistakes.push((entry.applies.span(), message));
        return None;
    };
    let mut own = Vec::new();
    for f in &entry.forms {
        match forms.iter().find(|k| k.id == *f.get_ref()) {
            Some(k) => own.push(k),
            None => mistakes.push((f.span(), no_form(forms.iter().map(|k| k.id.as_str()), f.get_ref()))),
        }
    }
    if own.is_empty()
        && matches!(
            applies,
            Applies::Row | Applies::Column | Applies::Tree | Applies::Subunits
        )
    {
        mistakes.push((entry.applies.span(), "such a rule needs `forms`".into()));
    }
    let side = entry.side.as_ref().and_then(|s| {
        let side = Side::from_word(s.get_ref());
        if side.is_none() {
            mistakes.push((s.span(), "a side is `revenue` or `expenditure`".into()));
        }
        side
    });
    let info = match entry.level.as_ref() {
        None => false,
        Some(l) if l.get_ref() == "info" => true,
        Some(l) => {
            mistakes.push((l.span(), "the only level that is written is `info`".into()));
            false
        }
    };
    let single = [String::new()];
    let each: &[String] = if entry.each.is_empty() { &single } else { &entry.each };
    let mut compile = |text: &Spanned<String>| -> Vec<Check> {
        each.iter()
            .filter_map(|word| {
                Scope {
                    forms,
                    ids,
                    own: own.clone(),
                    applies,
                    side,
                    each: word,
                    // One quotation mark stands before the text.
                    base: text.span().start + 1,
                    mistakes,
                }
                .check(text.get_ref())
            })
            .collect()
    };
    let checks = compile(&entry.equation);
    let or = entry.or.iter().map(&mut compile).collect();
    let only_if = entry.only_if.iter().map(&mut compile).collect();
    (mistakes.len() == before).then(|| Identity {
        id: entry.id.get_ref().clone(),
        scope: entry.scope.get_ref().clone(),
        applies,
        forms: entry.forms.iter().map(|f| f.get_ref().clone()).collect(),
        sections: entry.sections.clone(),
        subjects: entry.subjects.clone(),
        checks,
        or,
        only_if,
        with: entry.with.clone(),
        without: entry.without.clone(),
        years: (entry.first_year, entry.last_year),
        info,
        zh: entry.zh.clone(),
        en: entry.en.clone(),
        equation: entry.equation.get_ref().clone(),
        source: entry.sources(),
    })
}
