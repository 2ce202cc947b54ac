//! A rule at one place: the figures that take part, what is missing, and what came out.

use super::figures::{Figure, Figures, Sheet};
use crate::grammar::equation::Relation;
use crate::grammar::identity::Identity;
use crate::record::FindingOutcome;
use rust_decimal::Decimal;

/// A figure with its sign in the sum.
#[derive(Clone, Copy, Debug)]
pub(super) struct Addend {
    pub negative: bool,
    pub figure: Figure,
    /// It stands in the document of the year before.
    pub prior: bool,
    /// Without the sign of the sum.
    pub amount: Decimal,
    /// The statement with the word (increase, decrease) that gave the sign.
    pub word: Option<usize>,
}

/// Where a rule was asked.
#[derive(Clone, Copy)]
pub(super) enum At<'f, 'e> {
    /// Along a row.
    Row(&'f Sheet<'e>, usize),
    /// Down a column.
    Column(&'f Sheet<'e>, &'f str),
    /// At one code of a column.
    Tree(&'f Sheet<'e>, usize, &'f str),
    /// Anywhere; the k-th set of tables, the code that `$class` stands for, the statement that is asked about.
    Document(usize, Option<&'f str>, Option<usize>),
    /// In a sentence, about a subject.
    Sentence(usize, &'f str),
    /// Over the statements of a section.
    List(&'f str, &'f [String]),
}

/// Why a rule could not be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Missing {
    /// The cell is there and holds no amount.
    Blank(Figure),
    /// No such row or column in the table.
    Row(String),
    /// No such table in the document.
    Form(String),
    /// Nobody said it.
    Text,
    /// A part of something negative is no part.
    Negative,
    /// The difference is worth knowing and no contradiction.
    Information,
    /// Rows or numbers of this page were not read.
    Lost(u32),
    /// An item of a list, known by this figure, has no value of a slot that all of them must have.
    Unstated(Figure, String),
    /// The account of this member is not here, or has no such figure.
    Member(String),
}

/// The accounts of the members that a department lists.
pub(super) struct Members<'f, 'e> {
    /// Name and figures of each that is here.
    pub accounts: &'f [(String, Figures<'e>)],
    /// The first that is not.
    pub missing: Option<String>,
}

/// A sum of figures.
#[derive(Clone, Debug, Default)]
pub(super) struct Sum {
    pub addends: Vec<Addend>,
    pub constant: Decimal,
    /// The constant was counted in the document: the word for what was counted.
    pub counted: Option<&'static str>,
    /// The constant was added up from the accounts of these members.
    pub members: Vec<(String, Decimal)>,
    pub blanks: u32,
    pub missing: Option<Missing>,
    /// The first empty cell.
    pub blank: Option<Figure>,
    /// The first empty cell of a total: what it would hold is not nothing.
    pub blank_total: Option<Figure>,
}

impl Sum {
    pub fn value(&self) -> Decimal {
        self.addends.iter().fold(
            self.constant,
            |sum, a| {
                if a.negative { sum - a.amount } else { sum + a.amount }
            },
        )
    }

    pub(super) fn printed(&self) -> bool {
        !self.addends.is_empty() || !self.constant.is_zero() || !self.members.is_empty()
    }

    pub(super) fn nonzero(&self) -> usize {
        let own = self.addends.iter().filter(|a| !a.amount.is_zero()).count();
        own + self.members.iter().filter(|(_, a)| !a.is_zero()).count()
    }

    pub(super) fn miss(&mut self, m: Missing) {
        if let Missing::Blank(f) = m {
            self.blanks += 1;
            self.blank = self.blank.or(Some(f));
        }
        // What was never said or has no table weighs more than an empty cell.
        let rank = |m: &Missing| match m {
            Missing::Text => 3,
            Missing::Form(_) => 2,
            Missing::Blank(_) => 1,
            _ => 0,
        };
        if self.missing.as_ref().is_none_or(|old| rank(old) < rank(&m)) {
            self.missing = Some(m);
        }
    }
}

/// How the figures are bound together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    Linear(Relation),
    /// `left` is the ratio, `right` the part, `whole` the whole.
    Ratio,
    Direction,
    /// `left` is the statement with the list, `right` the cells without an amount.
    Listed,
}

/// A rule at one place, and what came out.
pub(super) struct Instance<'f, 'e> {
    pub rule: &'f Identity,
    pub at: At<'f, 'e>,
    pub shape: Shape,
    pub left: Sum,
    pub right: Sum,
    pub whole: Sum,
    pub outcome: FindingOutcome,
    pub missing: Option<Missing>,
    pub left_value: Option<Decimal>,
    pub right_value: Option<Decimal>,
    pub difference: Option<Decimal>,
    pub allowed: Option<Decimal>,
}

impl Instance<'_, '_> {
    pub fn addends(&self) -> impl Iterator<Item = &Addend> {
        self.left
            .addends
            .iter()
            .chain(&self.right.addends)
            .chain(&self.whole.addends)
    }
}
