//! `projects/*.toml`: the words of 项目自评表. Comes in: the files, which add up. Goes out: [`Projects`], which says what the text of
//! a cell means in such a table. Where the cells stand is for `recognise`; what a number is, for `normalise`.

use super::equation::{Expr, Relation};
use super::lazy::Regex;
use super::mistake::{Compiler, Mistake};
use crate::record::ProjectFund;
use crate::text;
use rust_decimal::Decimal;
use serde::Deserialize;
use std::ops::Range;
use toml::Spanned;

/// One file of the folder.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProjectsFile {
    /// Titles above such tables.
    #[serde(default)]
    pub title: Vec<Spanned<String>>,
    /// Cells at the left edge that only name the block beside them.
    #[serde(default)]
    pub side: Vec<Spanned<String>>,
    /// Instructions of the empty form that were left in a cell.
    #[serde(default)]
    pub prompt: Vec<Spanned<String>>,
    /// Labels with a value beside them.
    #[serde(default)]
    pub field: Vec<FieldEntry>,
    /// Blocks with a header row.
    #[serde(default)]
    pub block: Vec<BlockEntry>,
    /// Rows that are known by their label.
    #[serde(default)]
    pub row: Vec<RowEntry>,
    /// Words of the first two levels of indicators.
    #[serde(default)]
    pub level: Vec<LevelEntry>,
    /// What the text of a cell is taken for.
    #[serde(default)]
    pub example: Vec<ExampleEntry>,
}

/// A label with a value beside it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldEntry {
    /// Column of the dataset, or `ignore`.
    pub id: Spanned<String>,
    /// Patterns of the whole cell.
    pub label: Vec<Spanned<String>>,
}

/// A block with a header row.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlockEntry {
    /// `funds`, `goals`, `management` or `indicators`.
    pub kind: Spanned<String>,
    /// Its columns.
    #[serde(default)]
    pub column: Vec<ColumnEntry>,
}

/// A column of a block.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnEntry {
    /// Column of the dataset, or `ignore`.
    pub id: Spanned<String>,
    /// Patterns of the whole header cell.
    pub header: Vec<Spanned<String>>,
    /// A row is the header of the block only with it.
    #[serde(default)]
    pub required: bool,
}

/// A row that is known by its label.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowEntry {
    /// `funds` or `indicators`.
    pub block: Spanned<String>,
    /// A fund, or `total`.
    pub id: Spanned<String>,
    /// Patterns of the whole cell.
    pub label: Vec<Spanned<String>>,
}

/// Words of one level of indicators.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LevelEntry {
    /// 1 or 2.
    pub level: Spanned<i64>,
    /// Patterns of the whole cell.
    pub label: Vec<Spanned<String>>,
}

/// What the text of a cell is taken for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExampleEntry {
    /// The text of a cell.
    pub cell: Spanned<String>,
    /// `title`, `side`, `field.ID`, `BLOCK.COLUMN`, `BLOCK:ROW`, `level1`, `level2` or `none`.
    pub is: Spanned<String>,
}

/// A part of the form that has its own header row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BlockKind {
    /// 项目资金.
    Funds,
    /// 年度总体目标.
    Goals,
    /// 资金管理情况.
    Management,
    /// 绩效指标.
    Indicators,
}

const KINDS: &[(&str, BlockKind)] = &[
    ("funds", BlockKind::Funds),
    ("goals", BlockKind::Goals),
    ("management", BlockKind::Management),
    ("indicators", BlockKind::Indicators),
];

impl BlockKind {
    /// The word in the file.
    pub fn as_str(self) -> &'static str {
        KINDS.iter().find(|(_, k)| *k == self).map_or("", |(w, _)| w)
    }

    fn columns(self) -> &'static [Col] {
        match self {
            Self::Funds => &[
                Col::OpeningBudget,
                Col::FullYearBudget,
                Col::AdjustedBudget,
                Col::Executed,
                Col::Weight,
                Col::ExecutionRate,
                Col::Score,
                Col::Ignore,
            ],
            Self::Goals => &[Col::GoalPlanned, Col::GoalAchieved, Col::Ignore],
            Self::Management => &[Col::Actual, Col::Weight, Col::Score, Col::Reason, Col::Ignore],
            Self::Indicators => &[
                Col::Level1,
                Col::Level2,
                Col::Level3,
                Col::Relation,
                Col::Target,
                Col::MeasureUnit,
                Col::Actual,
                Col::Weight,
                Col::Score,
                Col::Deviation,
                Col::Reason,
                Col::Ignore,
            ],
        }
    }
}

macro_rules! cols {
    ($($(#[$m:meta])* $name:ident = $word:literal,)+) => {
        /// What a column or a labelled value of the form holds.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Col { $($(#[$m])* $name,)+ }
        const COLS: &[(&str, Col)] = &[$(($word, Col::$name),)+];
    };
}
cols! {
    /// 项目名称.
    ProjectName = "project_name",
    /// 主管部门.
    SupervisingDepartment = "supervising_department",
    /// 实施单位.
    ImplementingUnit = "implementing_unit",
    /// 预期目标.
    GoalPlanned = "goal_planned",
    /// 实际完成情况.
    GoalAchieved = "goal_achieved",
    /// 年初预算数.
    OpeningBudget = "opening_budget",
    /// 全年预算数.
    FullYearBudget = "full_year_budget",
    /// 调整后预算数.
    AdjustedBudget = "adjusted_budget",
    /// 全年执行数.
    Executed = "executed",
    /// 分值.
    Weight = "weight",
    /// 执行率.
    ExecutionRate = "execution_rate",
    /// 得分.
    Score = "score",
    /// 一级指标.
    Level1 = "level1",
    /// 二级指标.
    Level2 = "level2",
    /// 三级指标.
    Level3 = "level3",
    /// 指标性质: ≥, =, ≤.
    Relation = "relation",
    /// 年度指标值.
    Target = "target",
    /// 度量单位.
    MeasureUnit = "measure_unit",
    /// 实际完成值; 情况说明 of a management line.
    Actual = "actual",
    /// 偏差度.
    Deviation = "deviation",
    /// 偏差原因.
    Reason = "reason",
    /// Nothing of interest.
    Ignore = "ignore",
}

const FIELDS: &[Col] = &[
    Col::ProjectName,
    Col::SupervisingDepartment,
    Col::ImplementingUnit,
    Col::GoalPlanned,
    Col::GoalAchieved,
    Col::Ignore,
];

/// The fund lines that the dataset knows.
pub const FUNDS: &[&str] = &["total", "budget", "special_account", "own", "carryover", "other"];

/// A column of a block, compiled.
#[derive(Clone, Debug)]
pub struct BlockColumn {
    /// What it holds.
    pub col: Col,
    /// A row is the header of the block only with it.
    pub required: bool,
    header: Regex,
}

/// A block, compiled.
#[derive(Clone, Debug)]
pub struct Block {
    /// Which.
    pub kind: BlockKind,
    /// Its columns.
    pub columns: Vec<BlockColumn>,
}

impl Block {
    /// The column that a folded header cell names.
    pub fn column(&self, folded: &str) -> Option<&BlockColumn> {
        self.columns.iter().find(|c| c.header.is_match(folded))
    }
}

/// The words of 项目自评表, compiled; all work on folded text.
#[derive(Clone, Debug)]
pub struct Projects {
    title: Regex,
    side: Regex,
    prompt: Regex,
    fields: Vec<(Col, Regex)>,
    /// The blocks.
    pub blocks: Vec<Block>,
    rows: Vec<(BlockKind, String, Regex)>,
    levels: [Regex; 2],
}

impl Projects {
    /// Whether a folded line ends with the title of such a table.
    pub fn is_title(&self, folded: &str) -> bool {
        self.title.is_match(folded)
    }

    /// Whether a folded cell only names the block beside it.
    pub fn is_side(&self, folded: &str) -> bool {
        self.side.is_match(folded)
    }

    /// Whether a folded cell holds an instruction of the empty form.
    pub fn is_prompt(&self, folded: &str) -> bool {
        self.prompt.is_match(folded)
    }

    /// The field that a folded cell labels.
    pub fn field(&self, folded: &str) -> Option<Col> {
        self.fields.iter().find(|(_, re)| re.is_match(folded)).map(|(c, _)| *c)
    }

    /// Whether a folded cell labels the name of a project.
    pub fn is_project_name(&self, folded: &str) -> bool {
        let name = |(col, re): &(Col, Regex)| *col == Col::ProjectName && re.is_match(folded);
        self.fields.iter().any(name) && self.field(folded) == Some(Col::ProjectName)
    }

    /// The row of a block that a folded cell labels.
    pub fn row(&self, block: BlockKind, folded: &str) -> Option<&str> {
        self.rows
            .iter()
            .find(|(b, _, re)| *b == block && re.is_match(folded))
            .map(|(_, id, _)| id.as_str())
    }

    /// Whether a folded cell is a name of level 1 or 2.
    pub fn is_level(&self, level: usize, folded: &str) -> bool {
        level
            .checked_sub(1)
            .and_then(|n| self.levels.get(n))
            .is_some_and(|re| re.is_match(folded))
    }

    /// Everything that a cell may be taken for, in the words of `example.is`.
    pub fn meanings(&self, cell: &str) -> Vec<String> {
        let folded = text::key(cell);
        let mut out = Vec::new();
        if self.is_title(&folded) {
            out.push("title".to_string());
        }
        if self.is_side(&folded) {
            out.push("side".to_string());
        }
        for (col, re) in &self.fields {
            if re.is_match(&folded) {
                out.push(format!("field.{}", word_of(*col)));
            }
        }
        for b in &self.blocks {
            for c in b.columns.iter().filter(|c| c.header.is_match(&folded)) {
                out.push(format!("{}.{}", b.kind.as_str(), word_of(c.col)));
            }
        }
        for (kind, id, re) in &self.rows {
            if re.is_match(&folded) {
                out.push(format!("{}:{id}", kind.as_str()));
            }
        }
        for level in [1, 2] {
            if self.is_level(level, &folded) {
                out.push(format!("level{level}"));
            }
        }
        out
    }
}

/// The word of a column in the files.
pub fn word_of(col: Col) -> &'static str {
    COLS.iter().find(|(_, c)| *c == col).map_or("", |(w, _)| w)
}

fn known<T: Copy>(word: &Spanned<String>, all: &[(&str, T)], mistakes: &mut Vec<Mistake>) -> Option<T> {
    let found = all.iter().find(|(w, _)| w == word.get_ref()).map(|(_, v)| *v);
    if found.is_none() {
        let words: Vec<&str> = all.iter().map(|(w, _)| *w).collect();
        let message = format!("`{}` is unknown; write one of: {}", word.get_ref(), words.join(", "));
        mistakes.push((word.span(), message));
    }
    found
}

fn col(word: &Spanned<String>, of: &[Col], mistakes: &mut Vec<Mistake>) -> Option<Col> {
    let all: Vec<(&str, Col)> = COLS.iter().filter(|(_, c)| of.contains(c)).copied().collect();
    known(word, &all, mistakes)
}

/// The mistakes of one file by itself.
pub(super) fn lint(file: &ProjectsFile, mistakes: &mut Vec<Mistake>) {
    compile(std::slice::from_ref(file), mistakes);
    for b in &file.block {
        if b.column.is_empty() {
            mistakes.push((b.kind.span(), "a block needs at least one [[block.column]]".into()));
        }
    }
}

/// The examples of a file that the whole grammar takes for something else.
pub(super) fn check_examples(file: &ProjectsFile, all: &Projects, mistakes: &mut Vec<Mistake>) {
    for e in &file.example {
        let found = all.meanings(e.cell.get_ref());
        let right = match e.is.get_ref().as_str() {
            "none" => found.is_empty(),
            is => found.iter().any(|f| f == is),
        };
        if !right {
            let taken = if found.is_empty() {
                "nothing".to_string()
            } else {
                found.join(", ")
            };
            let message = format!("the example `{}` is taken for {taken}", e.cell.get_ref());
            mistakes.push((e.cell.span(), message));
        }
    }
}

/// Column, whether it is required, its header patterns.
type HeaderEntries = Vec<(Col, bool, Vec<Spanned<String>>)>;

/// Compiles all files together.
pub(super) fn compile(files: &[ProjectsFile], mistakes: &mut Vec<Mistake>) -> Projects {
    fn gather(files: &[ProjectsFile], pick: impl Fn(&ProjectsFile) -> &Vec<Spanned<String>>) -> Vec<Spanned<String>> {
        files.iter().flat_map(|f| pick(f).iter().cloned()).collect()
    }
    let mut fields: Vec<(Col, Vec<Spanned<String>>)> = Vec::new();
    let mut blocks: Vec<(BlockKind, HeaderEntries)> = Vec::new();
    let mut rows: Vec<(BlockKind, String, Vec<Spanned<String>>)> = Vec::new();
    let mut levels: [Vec<Spanned<String>>; 2] = [Vec::new(), Vec::new()];
    for f in files {
        for e in &f.field {
            if let Some(c) = col(&e.id, FIELDS, mistakes) {
                match fields.iter_mut().find(|(o, _)| *o == c) {
                    Some((_, l)) => l.extend(e.label.iter().cloned()),
                    None => fields.push((c, e.label.clone())),
                }
            }
        }
        for b in &f.block {
            let Some(kind) = known(&b.kind, KINDS, mistakes) else {
                continue;
            };
            let at = blocks.iter().position(|(k, _)| *k == kind).unwrap_or_else(|| {
                blocks.push((kind, Vec::new()));
                blocks.len() - 1
            });
            for e in &b.column {
                let Some(c) = col(&e.id, kind.columns(), mistakes) else {
                    continue;
                };
                match blocks[at].1.iter_mut().find(|(o, _, _)| *o == c) {
                    Some((_, required, l)) => {
                        *required |= e.required;
                        l.extend(e.header.iter().cloned());
                    }
                    None => blocks[at].1.push((c, e.required, e.header.clone())),
                }
            }
        }
        for r in &f.row {
            let Some(kind) = known(&r.block, KINDS, mistakes) else {
                continue;
            };
            let ids: &[&str] = match kind {
                BlockKind::Funds => FUNDS,
                BlockKind::Indicators => &["total"],
                BlockKind::Goals | BlockKind::Management => &[],
            };
            let ids: Vec<(&str, ())> = ids.iter().map(|i| (*i, ())).collect();
            if known(&r.id, &ids, mistakes).is_some() {
                rows.push((kind, r.id.get_ref().clone(), r.label.clone()));
            }
        }
        for l in &f.level {
            match usize::try_from(*l.level.get_ref()) {
                Ok(n @ 1..=2) => levels[n - 1].extend(l.label.iter().cloned()),
                _ => mistakes.push((l.level.span(), "a level is 1 or 2".into())),
            }
        }
    }
    let (title, side, prompt) = (
        gather(files, |f| &f.title),
        gather(files, |f| &f.side),
        gather(files, |f| &f.prompt),
    );
    let mut c = Compiler { mistakes };
    Projects {
        title: c.regex(&title, "", "(?:\\([^()]*\\))*$"),
        side: c.regex(&side, "^", "$"),
        prompt: c.regex(&prompt, "^", "$"),
        fields: fields.iter().map(|(col, l)| (*col, c.regex(l, "^", "$"))).collect(),
        blocks: blocks
            .iter()
            .map(|(kind, columns)| Block {
                kind: *kind,
                columns: columns
                    .iter()
                    .map(|(col, required, h)| BlockColumn {
                        col: *col,
                        required: *required,
                        header: c.regex(h, "^", "$"),
                    })
                    .collect(),
            })
            .collect(),
        rows: rows
            .iter()
            .map(|(kind, id, l)| (*kind, id.clone(), c.regex(l, "^", "$")))
            .collect(),
        levels: [c.regex(&levels[0], "^", "$"), c.regex(&levels[1], "^", "$")],
    }
}

/// A column of a fund line, in an identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FundColumn {
    /// 年初预算数.
    OpeningBudget,
    /// 全年预算数.
    FullYearBudget,
    /// 调整后预算数.
    AdjustedBudget,
    /// 全年执行数.
    Executed,
    /// 执行率.
    ExecutionRate,
}

impl FundColumn {
    const ALL: &'static [(&'static str, FundColumn)] = &[
        ("opening_budget", FundColumn::OpeningBudget),
        ("full_year_budget", FundColumn::FullYearBudget),
        ("adjusted_budget", FundColumn::AdjustedBudget),
        ("executed", FundColumn::Executed),
        ("execution_rate", FundColumn::ExecutionRate),
    ];

    fn from_word(word: &str) -> Option<Self> {
        Self::ALL.iter().find(|(w, _)| *w == word).map(|(_, c)| *c)
    }

    /// The word of equations.
    pub fn as_str(self) -> &'static str {
        Self::ALL.iter().find(|(_, c)| *c == self).map_or("", |(w, _)| *w)
    }

    /// The value of the column in a line.
    pub fn of(self, f: &ProjectFund) -> Option<Decimal> {
        match self {
            Self::OpeningBudget => f.opening_budget,
            Self::FullYearBudget => f.full_year_budget,
            Self::AdjustedBudget => f.adjusted_budget,
            Self::Executed => f.executed,
            Self::ExecutionRate => f.execution_rate,
        }
    }
}

/// What a name of an identity within a 项目自评表 stands for.
#[derive(Clone, Debug, PartialEq)]
pub enum ProjectName {
    /// A constant.
    Number(Decimal),
    /// 分值 of the row of the total.
    WeightTotal,
    /// 得分 of the row of the total.
    ScoreTotal,
    /// All weights.
    Weights,
    /// All scores.
    Scores,
    /// A column of a fund line.
    Fund(String, FundColumn),
    /// A column of all fund lines below the total.
    Funds(FundColumn),
}

/// What is asked of a 项目自评表.
#[derive(Clone, Debug, PartialEq)]
pub enum ProjectCheck {
    /// Two figures.
    Linear {
        /// Left.
        left: ProjectName,
        /// How.
        relation: Relation,
        /// Right.
        right: ProjectName,
    },
    /// A printed rate against its part and whole.
    Ratio {
        /// The rate.
        ratio: ProjectName,
        /// Numerator.
        part: ProjectName,
        /// Denominator.
        whole: ProjectName,
    },
    /// The printed deviation (偏差度) of each indicator against its target and what was reached. A deviation of zero is printed
    /// wherever the target was met, so only others are asked.
    Deviation,
}

/// An identity within a 项目自评表.
#[derive(Clone, Debug, PartialEq)]
pub struct ProjectRule {
    /// Id in the dataset.
    pub id: String,
    /// Scope in the dataset.
    pub scope: String,
    /// One for each word of `each`, else one.
    pub checks: Vec<ProjectCheck>,
    /// What it says, in Chinese.
    pub zh: String,
    /// What it says, in English.
    pub en: String,
    /// As written, with `$each`.
    pub equation: String,
    /// The numbers of the known laws that it is.
    pub source: Vec<String>,
}

/// Compiles an equation of such an identity; a mistake has its place in the equation.
pub(super) fn equation(text: &str, each: &str) -> Result<ProjectCheck, (Range<usize>, String)> {
    let e = super::equation::parse(text).map_err(|e| (e.offset..e.offset + 1, e.message))?;
    let name = |x: &Expr| project_name(x, each);
    let word = |x: &Expr, w: &str| matches!(x, Expr::Name { name, .. } if name == w);
    if let Expr::Ratio(part, whole) = &e.right
        && let Expr::Minus(a, b) = part.as_ref()
        && word(&e.left, "deviation")
        && word(a, "actual")
        && word(b, "target")
        && word(whole, "target")
    {
        return Ok(ProjectCheck::Deviation);
    }
    Ok(match &e.right {
        Expr::Ratio(part, whole) => ProjectCheck::Ratio {
            ratio: name(&e.left)?,
            part: name(part)?,
            whole: name(whole)?,
        },
        right => ProjectCheck::Linear {
            left: name(&e.left)?,
            relation: e.relation,
            right: name(right)?,
        },
    })
}

fn project_name(x: &Expr, each: &str) -> Result<ProjectName, (Range<usize>, String)> {
    let help = "in a 项目自评表 there are weight_total, score_total, fund.FUND.COLUMN, sum(weights), sum(scores), sum(funds.COLUMN) and numbers";
    let unknown = |at: &Range<usize>| (at.clone(), help.to_string());
    match x {
        Expr::Number(n) => Ok(ProjectName::Number(*n)),
        Expr::Name { name, at } => match name.replace("$each", each).as_str() {
            "weight_total" => Ok(ProjectName::WeightTotal),
            "score_total" => Ok(ProjectName::ScoreTotal),
            // In equations a row of digits is a code before it is a number.
            other if other.bytes().all(|b| b.is_ascii_digit()) => {
                other.parse().map(ProjectName::Number).map_err(|_| unknown(at))
            }
            other => {
                let parts: Vec<&str> = other.split('.').collect();
                match parts.as_slice() {
                    ["fund", fund, column] if FUNDS.contains(fund) => FundColumn::from_word(column)
                        .map(|c| ProjectName::Fund((*fund).to_string(), c))
                        .ok_or_else(|| unknown(at)),
                    _ => Err(unknown(at)),
                }
            }
        },
        Expr::Call {
            function,
            at,
            arguments,
        } => match (function.as_str(), arguments.as_slice()) {
            ("sum", [Expr::Name { name, at }]) => match name.replace("$each", each).as_str() {
                "weights" => Ok(ProjectName::Weights),
                "scores" => Ok(ProjectName::Scores),
                other => other
                    .strip_prefix("funds.")
                    .and_then(FundColumn::from_word)
                    .map(ProjectName::Funds)
                    .ok_or_else(|| unknown(at)),
            },
            _ => Err(unknown(at)),
        },
        Expr::Plus(..) | Expr::Minus(..) | Expr::Ratio(..) => Err((0..0, help.to_string())),
    }
}
