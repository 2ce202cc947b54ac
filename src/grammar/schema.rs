//! The mirror of the files under `grammars/`: what may be written there. Strings that are patterns carry their place, so that
//! a mistake is reported with file, line and column. No `flatten`, no untagged enums: they lose the places.

use serde::Deserialize;
use toml::Spanned;

/// `forms/<id>.toml`: one form.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormFile {
    /// The id of the form, as in the dataset.
    pub id: Spanned<String>,
    /// The Chinese name, for messages.
    #[serde(default)]
    pub zh: String,
    /// What its rows are: `coded` (a code column), `two_sided` (收入 | 支出), `items` (columns or rows name the items).
    #[serde(default)]
    pub rows: Option<Spanned<String>>,
    /// The code list of the code column: `function` or `economic`.
    #[serde(default)]
    pub codes: Option<Spanned<String>>,
    /// Whose money, unless the title, the column or the row says otherwise.
    #[serde(default)]
    pub fund: Option<String>,
    /// Titles.
    #[serde(default)]
    pub title: Vec<Title>,
    /// Titles that must be recognised as this form.
    #[serde(default)]
    pub examples: Vec<Spanned<String>>,
    /// Titles that look like this form and are not.
    #[serde(default)]
    pub counter_examples: Vec<Spanned<String>>,
    /// Header parts that change nothing in this form: what the form is about.
    #[serde(default)]
    pub about: Vec<Spanned<String>>,
    /// Groups of columns of the lexicon that this form has, behind its own.
    #[serde(default, rename = "use")]
    pub groups: Vec<Spanned<String>>,
    /// Budgets of any basis are one measure, where the table has one basis only.
    #[serde(default)]
    pub budget: Option<String>,
    /// Columns.
    #[serde(default)]
    pub column: Vec<Column>,
    /// Named rows.
    #[serde(default)]
    pub row: Vec<Row>,
    /// Rows whose labels are names of 功能分类 classes: the side on which they stand.
    #[serde(default)]
    pub class_rows: Option<Spanned<String>>,
}

/// A title of a form.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Title {
    /// The pattern; it must match the end of the line.
    pub text: Spanned<String>,
    /// Whose money, when this title says so.
    #[serde(default)]
    pub fund: Option<String>,
}

/// A column.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// `code`, `name`, `label`, `row_no`, `amount`, `subunit` or `ignore`.
    pub role: Spanned<String>,
    /// The header parts of the column, any of these: ids of the lexicon that are needed, in brackets those that may stand there too.
    /// `.` stands for a phase or an amount and nothing else, `side` for the word of the side and nothing else.
    pub parts: Vec<Spanned<String>>,
    /// For amounts: the column id of the dataset.
    #[serde(default)]
    pub measure: Option<String>,
    /// For amounts whose column names the item.
    #[serde(default)]
    pub item: Option<String>,
    /// `revenue` or `expenditure`.
    #[serde(default)]
    pub side: Option<Spanned<String>>,
    /// Whose money this column counts.
    #[serde(default)]
    pub fund: Option<String>,
    /// The form is not this form without it.
    #[serde(default)]
    pub required: bool,
    /// Without a title the form is not told without it.
    #[serde(default)]
    pub expected: bool,
    /// The measure where no other amount column stands in its panel (人员经费 over a panel of its own is a heading).
    #[serde(default)]
    pub alone: Option<String>,
    /// The measure that must stand in the header too: of a pair, the one half may be a head of the whole that lost its end.
    #[serde(default)]
    pub beside: Option<String>,
    /// A second view of a side (支出 by nature): its rows are those with the same word.
    #[serde(default)]
    pub view: Option<String>,
    /// What is summed here is a total of other columns or rows.
    #[serde(default)]
    pub total: bool,
}

/// A named row.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// The item id of the dataset; empty: the row is known and holds no amounts of this form (head counts …).
    pub item: String,
    /// Labels.
    pub label: Vec<Spanned<String>>,
    /// The side on which it stands.
    #[serde(default)]
    pub side: Option<Spanned<String>>,
    /// The row is this item only below that one.
    #[serde(default)]
    pub after: Option<String>,
    /// It stands in this view of its side only.
    #[serde(default)]
    pub view: Option<String>,
    /// A total or subtotal.
    #[serde(default)]
    pub total: bool,
    /// Whose money this row counts.
    #[serde(default)]
    pub fund: Option<String>,
}

/// `lexicon/*.toml`: words that are the same in all forms. Every file may hold any of these tables; lists add up.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LexiconFile {
    /// Cells that are neither amount nor text.
    #[serde(default)]
    pub cells: Cells,
    /// Units of money.
    #[serde(default)]
    pub units: Units,
    /// Titles and labels around tables.
    #[serde(default)]
    pub tables: Tables,
    /// The cover and the kind of a document.
    #[serde(default)]
    pub cover: super::covers::CoverFile,
    /// Parts of column headers.
    #[serde(default)]
    pub part: Vec<Part>,
    /// Which amount of an item a column holds.
    #[serde(default)]
    pub phase: Vec<Phase>,
    /// Columns that several forms share.
    #[serde(default)]
    pub columns: Vec<Columns>,
}

/// A part of column headers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// The id by which columns name it.
    pub id: Spanned<String>,
    /// The ways to write it.
    #[serde(default)]
    pub words: Vec<Spanned<String>>,
    /// `what` (it says what the column counts), `silent`, `label` (codes, names), `count` (no money).
    #[serde(default)]
    pub kind: Option<Spanned<String>>,
    /// Whose money a column with this part counts.
    #[serde(default)]
    pub fund: Option<String>,
}

/// Which amount of an item: a measure of the dataset.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phase {
    /// The measure.
    pub id: Spanned<String>,
    /// The parts, any of these; in brackets those that may stand there too.
    pub parts: Vec<Spanned<String>>,
    /// A rate or a share, no amount.
    #[serde(default)]
    pub ratio: bool,
    /// One budget or another: a head that says two of them is two heads that met.
    #[serde(default)]
    pub basis: bool,
    /// It is understood only where this phase stands in the same table.
    #[serde(default)]
    pub beside: Option<String>,
}

/// Columns that several forms share.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    /// The id by which forms name the group.
    pub id: Spanned<String>,
    /// The columns.
    pub column: Vec<Column>,
}

/// Words of cells.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cells {
    /// What stands for "nothing to report": not zero.
    #[serde(default)]
    pub dash: Vec<Spanned<String>>,
}

/// Words of units.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Units {
    /// What stands before a unit of money.
    #[serde(default)]
    pub label: Vec<Spanned<String>>,
    /// 元.
    #[serde(default)]
    pub yuan: Vec<Spanned<String>>,
    /// 万元.
    #[serde(default)]
    pub wanyuan: Vec<Spanned<String>>,
    /// 亿元.
    #[serde(default)]
    pub yiyuan: Vec<Spanned<String>>,
}

/// Words around tables.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tables {
    /// What may stand before a title or a label as its number (一、 （一） 1. …).
    #[serde(default)]
    pub ordinal: Vec<Spanned<String>>,
    /// What may stand before a row label without changing it (其中：).
    #[serde(default)]
    pub prefix: Vec<Spanned<String>>,
    /// 公开03表 …
    #[serde(default)]
    pub form_label: Vec<Spanned<String>>,
    /// The label of the row of column numbers (栏次).
    #[serde(default)]
    pub column_numbers: Vec<Spanned<String>>,
    /// Words that change the meaning of a title when they stand before it.
    #[serde(default)]
    pub distinguishing: Vec<Spanned<String>>,
    /// Titles of tables that are none of the forms.
    #[serde(default)]
    pub other_title: Vec<Spanned<String>>,
    /// What the line above a table looks like that is its title, whatever it names.
    #[serde(default)]
    pub table_title: Vec<Spanned<String>>,
    /// Words beside or above a number of a table outside the forms that say that it is no money.
    #[serde(default)]
    pub no_money: Vec<Spanned<String>>,
    /// A label of the unit that names a measure beside money.
    #[serde(default)]
    pub mixed_unit: Vec<Spanned<String>>,
    /// Words beside or above such a number that say that it is money.
    #[serde(default)]
    pub money: Vec<Spanned<String>>,
    /// Labels of sums in such tables.
    #[serde(default)]
    pub sum: Vec<Spanned<String>>,
    /// Lines below a table that say that it has no data.
    #[serde(default)]
    pub no_data: Vec<Spanned<String>>,
    /// Headings of the contents.
    #[serde(default)]
    pub contents: Vec<Spanned<String>>,
}

/// `regions/<code>-<name>.toml`: what a province does differently.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegionFile {
    /// First digits of 行政区划代码 to which it applies.
    pub region: Spanned<String>,
    /// The Chinese name.
    #[serde(default)]
    pub zh: String,
    /// The sample that shows it.
    #[serde(default)]
    pub sample: Vec<String>,
    /// Additions to forms, by id.
    #[serde(default)]
    pub form: Vec<FormFile>,
}
