//! Files as written to rules as used: patterns become sets of regular expressions; every mistake is reported with its place.

use super::covers::{self, Covers};
use super::lazy::{Regex, RegexSet};
pub(super) use super::mistake::Mistake;
use super::mistake::{Compiler, build, nearest};
use super::parts::{PartSet, Parts};
use super::schema::{self, FormFile, LexiconFile};
use crate::record::Side;
use crate::text;
use crate::value::Unit;
use toml::Spanned;

/// What the rows of a form are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowKind {
    /// A code column names them.
    Coded,
    /// Two panels, 收入 and 支出.
    TwoSided,
    /// Columns or rows name the items.
    Items,
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A code or a part of it.
    Code,
    /// The name of a coded row.
    Name,
    /// The label of a named row.
    Label,
    /// 行次.
    RowNo,
    /// Amounts.
    Amount,
    /// The name of a sub-unit.
    Subunit,
    /// Nothing of interest.
    Ignore,
}

/// One way to head a column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heading {
    /// Parts that must stand there.
    pub needed: PartSet,
    /// Parts that may.
    pub allowed: PartSet,
    /// A phase or an amount alone.
    pub phase_alone: bool,
    /// The word of the side alone.
    pub side_alone: bool,
}

/// A column of a form.
#[derive(Clone, Debug)]
pub struct Column {
    /// What it holds.
    pub role: Role,
    /// The ways to head it.
    pub headings: Vec<Heading>,
    /// Column id of the dataset.
    pub measure: Option<String>,
    /// Item id, when the column names it.
    pub item: Option<String>,
    /// The side on which it stands.
    pub side: Option<Side>,
    /// Whose money.
    pub fund: Option<String>,
    /// Needed.
    pub required: bool,
    /// Needed where no title says what the form is.
    pub expected: bool,
    /// The measure where it is the only amount column of its panel.
    pub alone: Option<String>,
    /// The measure that must stand in the header too.
    pub beside: Option<String>,
    /// A second view of its side.
    pub view: Option<String>,
    /// A total.
    pub total: bool,
}

/// A named row of a form.
#[derive(Clone, Debug)]
pub struct Row {
    /// Item id; empty for rows without amounts of this form.
    pub item: String,
    /// The side on which it stands.
    pub side: Option<Side>,
    /// The item above it.
    pub after: Option<String>,
    /// The view of its side.
    pub view: Option<String>,
    /// A total.
    pub total: bool,
    /// Whose money.
    pub fund: Option<String>,
}

/// A form.
#[derive(Clone, Debug)]
pub struct Form {
    /// Id of the dataset.
    pub id: String,
    /// Chinese name.
    pub zh: String,
    /// What its rows are.
    pub rows: RowKind,
    /// Whether its codes are 经济分类 (else 功能分类).
    pub economic: bool,
    /// Whose money, by default.
    pub fund: Option<String>,
    /// Columns.
    pub columns: Vec<Column>,
    /// Named rows.
    pub named: Vec<Row>,
    /// The side whose rows are names of classes.
    pub class_rows: Option<Side>,
    /// Titles that must be found, with their place in the file.
    pub examples: Vec<String>,
    /// Titles that must not.
    pub counter_examples: Vec<String>,
    /// Header parts that change nothing.
    pub about: PartSet,
    /// The measure of budgets where the table has one basis only.
    pub budget: Option<String>,
    /// Measures that a phase gives to any column.
    pub phases: Vec<String>,
    titles: Vec<(Regex, Option<String>)>,
    labels: RegexSet,
    label_rows: Vec<usize>,
}

/// A title that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TitleMatch {
    /// Length of the matched part in bytes of the folded text: the longest wins.
    pub length: usize,
    /// What stood before it.
    pub prefix: String,
    /// Whose money, when the title says so.
    pub fund: Option<String>,
}

impl Form {
    /// Whether a folded line ends with one of these titles of the form, given by their numbers; the longest one.
    fn title(&self, among: impl Iterator<Item = usize>, folded: &str) -> Option<TitleMatch> {
        among
            .filter_map(|n| {
                let (re, fund) = self.titles.get(n)?;
                let m = re.find(folded)?;
                Some(TitleMatch {
                    length: folded.len() - m.start(),
                    prefix: folded[..m.start()].to_string(),
                    fund: fund.clone(),
                })
            })
            .max_by_key(|m| m.length)
    }

    /// The named rows that a folded label matches.
    pub fn rows_of(&self, folded: &str) -> impl Iterator<Item = &Row> {
        let mut found: Vec<usize> = self
            .labels
            .matches(folded)
            .into_iter()
            .map(|l| self.label_rows[l])
            .collect();
        found.dedup();
        found.into_iter().map(|r| &self.named[r])
    }
}

/// Words that are the same in all forms; all work on folded text.
#[derive(Clone, Debug)]
pub struct Lexicon {
    dash: Regex,
    ordinal: Regex,
    prefix: Regex,
    form_label: Regex,
    column_numbers: Regex,
    distinguishing: Regex,
    other_title: Regex,
    table_title: Regex,
    no_money: Regex,
    mixed_unit: Regex,
    money: Regex,
    sum: Regex,
    /// All titles of all forms as one.
    form_title: Option<Regex>,
    /// All titles of the forms, and which title of which form each is.
    form_titles: RegexSet,
    title_of: Vec<(String, usize)>,
    no_data: Regex,
    contents: Regex,
    unit: Vec<(Regex, Unit)>,
    unit_bare: Vec<(Regex, Unit)>,
    unit_behind: Vec<(Regex, Unit)>,
    /// Words of covers.
    pub cover: Covers,
    /// Before the name of the unit.
    pub name_label: Regex,
    /// What stands behind the digits of a year.
    pub year_word: Regex,
}

/// Whether a text begins with a number that has two decimals, and goes on.
fn begins_with_cents(t: &str) -> bool {
    let digits = |t: &str| t.bytes().take_while(u8::is_ascii_digit).count();
    let whole = t.bytes().take_while(|b| b.is_ascii_digit() || *b == b',').count();
    let Some(rest) = t[whole..].strip_prefix('.').filter(|_| whole > 0) else {
        return false;
    };
    digits(rest) == 2 && rest.len() > 2
}

impl Lexicon {
    /// Whether a folded cell holds a dash.
    pub fn is_dash(&self, folded: &str) -> bool {
        self.dash.is_match(folded)
    }

    /// A folded label or title without its list number.
    pub fn without_ordinal<'t>(&self, folded: &'t str) -> &'t str {
        let mut t = folded;
        while let Some(m) = self.ordinal.find(t) {
            if m.end() == 0 || m.end() == t.len() {
                break;
            }
            t = &t[m.end()..];
        }
        t
    }

    /// A folded row label without list number and without words like 其中：.
    pub fn bare_label<'t>(&self, folded: &'t str) -> &'t str {
        // An amount that ran into a label is no list number of it.
        if begins_with_cents(folded) {
            return folded;
        }
        let mut t = self.without_ordinal(folded);
        while let Some(m) = self.prefix.find(t) {
            if m.end() == 0 || m.end() == t.len() {
                break;
            }
            t = self.without_ordinal(&t[m.end()..]);
        }
        t
    }

    /// 公开03表 … inside a folded text.
    pub fn form_label<'t>(&self, folded: &'t str) -> Option<&'t str> {
        self.form_label.find(folded).map(|m| m.as_str())
    }

    /// Whether a folded text labels the row of column numbers.
    pub fn is_column_numbers(&self, folded: &str) -> bool {
        self.column_numbers.is_match(folded)
    }

    /// The word that changes what the title behind it means.
    pub fn distinguishing<'t>(&self, prefix: &'t str) -> Option<&'t str> {
        self.distinguishing.find(prefix).map(|m| m.as_str())
    }

    /// Length of the title of a table that is none of the forms.
    pub fn other_title(&self, folded: &str) -> Option<usize> {
        self.other_title.find(folded).map(|m| folded.len() - m.start())
    }

    /// Whether a folded line looks like the title of a table.
    pub fn is_table_title(&self, folded: &str) -> bool {
        self.table_title.is_match(folded)
    }

    /// Whether folded words say of a number that it is no money (a count, a rate, a score).
    pub fn no_money(&self, folded: &str) -> bool {
        self.no_money.is_match(folded)
    }

    /// Whether a folded label of the unit names a measure beside money.
    pub fn mixed_unit(&self, folded: &str) -> bool {
        self.mixed_unit.is_match(folded)
    }

    /// Whether folded words say of a number that it is money.
    pub fn money(&self, folded: &str) -> bool {
        self.money.is_match(folded)
    }

    /// Whether a folded label is that of a sum.
    pub fn is_sum(&self, folded: &str) -> bool {
        self.sum.is_match(self.bare_label(folded))
    }

    /// Keeps the titles of the forms as one pattern: most lines are no title, and are told so in one go.
    pub(crate) fn learn_titles<'f>(&mut self, forms: impl Iterator<Item = &'f Form>) {
        let titles = |f: &'f Form| {
            f.titles
                .iter()
                .enumerate()
                .map(|(n, (re, _))| (re.as_str(), (f.id.clone(), n)))
        };
        let (mut all, of): (Vec<&str>, Vec<_>) = forms.flat_map(titles).unzip();
        self.form_titles = RegexSet::new(all.iter().map(ToString::to_string).collect()).unwrap_or_default();
        self.title_of = of;
        all.sort_unstable();
        all.dedup();
        let any: Vec<String> = all.iter().map(|t| format!("(?:{t})")).collect();
        self.form_title = Regex::new(&any.join("|")).ok();
    }

    /// Whether a folded line may end with the title of a form.
    pub(crate) fn may_be_title(&self, folded: &str) -> bool {
        self.form_title.as_ref().is_none_or(|re| re.is_match(folded))
    }

    /// The forms with whose title a folded line ends: the longest title of each.
    pub(crate) fn forms_titled<'g>(&self, forms: &[&'g Form], folded: &str) -> Vec<(&'g Form, TitleMatch)> {
        if !self.may_be_title(folded) {
            return Vec::new();
        }
        let hits = self.form_titles.matches(folded);
        let of = |f: &Form| {
            let own = |h: &usize| self.title_of.get(*h).filter(|(id, _)| *id == f.id).map(|(_, n)| *n);
            f.title(hits.iter().filter_map(own), folded)
        };
        let fits = |m: &TitleMatch| self.distinguishing(&m.prefix).is_none();
        forms
            .iter()
            .filter_map(|f| of(f).filter(fits).map(|m| (*f, m)))
            .collect()
    }

    /// Whether a folded line says that the table has no data.
    pub fn no_data(&self, folded: &str) -> bool {
        self.no_data.is_match(folded)
    }

    /// Whether a folded line is the heading of the contents.
    pub fn contents(&self, folded: &str) -> bool {
        self.contents.is_match(folded)
    }

    /// The unit that a folded text names behind a label (单位：万元).
    pub fn labelled_unit(&self, folded: &str) -> Option<Unit> {
        let mut found = self.unit.iter().filter(|(re, _)| re.is_match(folded)).map(|(_, u)| *u);
        let first = found.next()?;
        found.all(|u| u == first).then_some(first)
    }

    /// The unit behind a number in a cell (667.48万元), and the number.
    pub fn unit_behind<'t>(&self, folded: &'t str) -> Option<(&'t str, Unit)> {
        if !folded.contains(|c: char| c.is_ascii_digit()) {
            return None;
        }
        let (found, unit) = self
            .unit_behind
            .iter()
            .find_map(|(re, u)| Some((re.find(folded)?, *u)))?;
        Some((&folded[..found.start()], unit))
    }

    /// The unit in brackets in a header (决算数（万元）).
    pub fn bracketed_unit(&self, folded: &str) -> Option<Unit> {
        if !folded.contains(BEFORE_UNIT) {
            return None;
        }
        self.unit_bare
            .iter()
            .find(|(re, _)| re.is_match(folded))
            .map(|(_, u)| *u)
    }
}

/// What stands before a unit in a head.
const BEFORE_UNIT: [char; 4] = ['(', ':', '、', ','];

/// Compiles the words of all lexicon files.
pub(super) fn lexicon(files: &[LexiconFile], c: &mut Compiler<'_>) -> Lexicon {
    fn all(files: &[LexiconFile], pick: impl Fn(&LexiconFile) -> &Vec<Spanned<String>>) -> Vec<Spanned<String>> {
        files.iter().flat_map(|f| pick(f).iter().cloned()).collect()
    }
    let label = {
        let p: Vec<String> = all(files, |f| &f.units.label).iter().map(|p| c.pattern(p)).collect();
        p.join("|")
    };
    let mut unit = Vec::new();
    let mut unit_bare = Vec::new();
    let mut unit_behind = Vec::new();
    for (u, words) in [
        (Unit::Yiyuan, all(files, |f| &f.units.yiyuan)),
        (Unit::Wanyuan, all(files, |f| &f.units.wanyuan)),
        (Unit::Yuan, all(files, |f| &f.units.yuan)),
    ] {
        let w: Vec<String> = words.iter().map(|p| c.pattern(p)).collect();
        let w = w.join("|");
        unit.push((
            build(&format!("(?:{label})[:：]?(?:{w})(?:\\)|$|[^\\p{{Han}}])"), c.mistakes),
            u,
        ));
        let before: String = BEFORE_UNIT.iter().collect();
        unit_bare.push((build(&format!("[{before}](?:{w})\\)?$"), c.mistakes), u));
        unit_behind.push((build(&format!("(?:{w})$"), c.mistakes), u));
    }
    let cover = covers::compile(&files.iter().map(|f| &f.cover).collect::<Vec<_>>(), c);
    Lexicon {
        dash: c.regex(&all(files, |f| &f.cells.dash), "^", "$"),
        ordinal: c.regex(&all(files, |f| &f.tables.ordinal), "^", ""),
        prefix: c.regex(&all(files, |f| &f.tables.prefix), "^", ""),
        form_label: c.regex(&all(files, |f| &f.tables.form_label), "", ""),
        column_numbers: c.regex(&all(files, |f| &f.tables.column_numbers), "^", "$"),
        distinguishing: c.regex(&all(files, |f| &f.tables.distinguishing), "", ""),
        other_title: c.regex(&all(files, |f| &f.tables.other_title), "", "(?:\\([^()]*\\))*$"),
        table_title: c.regex(&all(files, |f| &f.tables.table_title), "^", "(?:\\([^()]*\\))*$"),
        no_money: c.regex(&all(files, |f| &f.tables.no_money), "", ""),
        mixed_unit: c.regex(&all(files, |f| &f.tables.mixed_unit), "", ""),
        money: c.regex(&all(files, |f| &f.tables.money), "", ""),
        sum: c.regex(&all(files, |f| &f.tables.sum), "^", "$"),
        form_title: None,
        form_titles: RegexSet::default(),
        title_of: Vec::new(),
        contents: c.regex(&all(files, |f| &f.tables.contents), "^", "$"),
        no_data: c.regex(&all(files, |f| &f.tables.no_data), "", ""),
        unit,
        unit_bare,
        unit_behind,
        name_label: cover.name_label.clone(),
        year_word: cover.year_word.clone(),
        cover,
    }
}

fn word<T>(c: &mut Compiler<'_>, w: &Spanned<String>, known: &[(&str, T)]) -> Option<T>
where
    T: Copy,
{
    let found = known.iter().find(|(k, _)| k == w.get_ref()).map(|(_, v)| *v);
    if found.is_none() {
        let names: Vec<&str> = known.iter().map(|(k, _)| *k).collect();
        c.mistakes.push((
            w.span(),
            format!("`{}` is unknown; write one of: {}", w.get_ref(), names.join(", ")),
        ));
    }
    found
}

const SIDES: &[(&str, Side)] = &[("revenue", Side::Revenue), ("expenditure", Side::Expenditure)];
const ROLES: &[(&str, Role)] = &[
    ("code", Role::Code),
    ("name", Role::Name),
    ("label", Role::Label),
    ("row_no", Role::RowNo),
    ("amount", Role::Amount),
    ("subunit", Role::Subunit),
    ("ignore", Role::Ignore),
];

/// How much of a form a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// All of it.
    Whole,
    /// What it adds to a form: it needs no title, and may name rows that it does not hold.
    Layer,
}

/// Compiles one form.
pub(super) fn form(file: &FormFile, extent: Extent, parts: &Parts, c: &mut Compiler<'_>) -> Form {
    let rows = file.rows.as_ref().and_then(|r| {
        let known = [
            ("coded", RowKind::Coded),
            ("two_sided", RowKind::TwoSided),
            ("items", RowKind::Items),
        ];
        word(c, r, &known)
    });
    let economic = file
        .codes
        .as_ref()
        .and_then(|r| word(c, r, &[("function", false), ("economic", true)]));
    if file.title.is_empty() && extent == Extent::Whole {
        c.mistakes
            .push((file.id.span(), "a form needs at least one [[title]]".into()));
    }
    let titles = file
        .title
        .iter()
        .map(|t| {
            let p = c.pattern(&t.text);
            (build(&format!("(?:{p})(?:\\([^()]*\\))*$"), c.mistakes), t.fund.clone())
        })
        .collect();
    let mut columns: Vec<Column> = file.column.iter().map(|col| column(col, parts, c)).collect();
    for g in &file.groups {
        match parts.groups.get(g.get_ref()) {
            Some(all) => {
                // Their mistakes were said where they stand.
                let mut own = Vec::new();
                let mut c = Compiler { mistakes: &mut own };
                columns.extend(all.iter().map(|col| column(col, parts, &mut c)));
            }
            None => c.mistakes.push((
                g.span(),
                format!(
                    "no group of columns of the lexicon has the id `{}`{}",
                    g.get_ref(),
                    nearest(parts.groups.keys().map(String::as_str), g.get_ref())
                ),
            )),
        }
    }
    let about = file.about.iter().fold(0, |all, a| all | parts.sets(a, c.mistakes).0);
    let mut labels = Vec::new();
    let mut label_rows = Vec::new();
    let mut named = Vec::new();
    for (n, r) in file.row.iter().enumerate() {
        for l in &r.label {
            labels.push(format!("^(?:{})$", c.pattern(l)));
            label_rows.push(n);
        }
        named.push(row(r, (extent == Extent::Whole).then_some(&file.row), c));
    }
    Form {
        id: file.id.get_ref().clone(),
        zh: file.zh.clone(),
        rows: rows.unwrap_or(RowKind::Coded),
        economic: economic.unwrap_or(false),
        fund: file.fund.clone(),
        columns,
        named,
        class_rows: file.class_rows.as_ref().and_then(|s| word(c, s, SIDES)),
        examples: file.examples.iter().map(|e| e.get_ref().clone()).collect(),
        counter_examples: file.counter_examples.iter().map(|e| e.get_ref().clone()).collect(),
        about,
        budget: file.budget.clone(),
        phases: parts.phases.iter().filter(|p| !p.ratio).map(|p| p.id.clone()).collect(),
        titles,
        labels: c.set(labels),
        label_rows,
    }
}

/// Compiles one column.
pub(super) fn column(col: &schema::Column, parts: &Parts, c: &mut Compiler<'_>) -> Column {
    let role = word(c, &col.role, ROLES).unwrap_or(Role::Ignore);
    if role == Role::Amount && col.measure.is_none() && col.item.is_none() {
        c.mistakes.push((
            col.role.span(),
            "an amount column needs a `measure` or an `item`".into(),
        ));
    }
    let headings = col
        .parts
        .iter()
        .map(|p| match p.get_ref().trim() {
            "." => Heading {
                phase_alone: true,
                ..Heading::default()
            },
            "side" => Heading {
                side_alone: true,
                ..Heading::default()
            },
            _ => {
                let (needed, allowed) = parts.sets(p, c.mistakes);
                Heading {
                    needed,
                    allowed,
                    ..Heading::default()
                }
            }
        })
        .collect();
    Column {
        role,
        headings,
        measure: col.measure.clone(),
        item: col.item.clone(),
        side: col.side.as_ref().and_then(|s| word(c, s, SIDES)),
        fund: col.fund.clone(),
        required: col.required,
        expected: col.expected,
        alone: col.alone.clone(),
        beside: col.beside.clone(),
        view: col.view.clone(),
        total: col.total,
    }
}

/// Compiles one row; `all` are the rows among which `after` must be.
fn row(r: &schema::Row, all: Option<&Vec<schema::Row>>, c: &mut Compiler<'_>) -> Row {
    if let (Some(after), Some(first), Some(all)) = (&r.after, r.label.first(), all)
        && !all.iter().any(|o| o.item == *after)
    {
        c.mistakes.push((
            first.span(),
            format!("`after = \"{after}\"`: no row of this form has that item"),
        ));
    }
    Row {
        item: r.item.clone(),
        side: r.side.as_ref().and_then(|s| word(c, s, SIDES)),
        after: r.after.clone(),
        view: r.view.clone(),
        total: r.total,
        fund: r.fund.clone(),
    }
}

/// Folds a line for the search of titles.
pub(crate) fn title_key(line: &str) -> String {
    text::key(line)
}
