//! What is published: one type per table of the dataset (`write/schema.rs` is the contract as it is published, docs/dictionary.md its
//! page). Amounts are in yuan and exact; `Option` is null. Knows no stage.

use crate::diag::{Diagnostic, Refusal, Severity};
use crate::place::{DocumentId, Place};
use rust_decimal::Decimal;
use std::fmt;

macro_rules! words {
    ($(#[$m:meta])* $name:ident { $($(#[$vm:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$m])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vm])* $variant,)+ }
        impl $name {
            /// The word that stands in the dataset.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }
            /// Every word, in the order of declaration.
            pub const WORDS: &'static [&'static str] = &[$($word,)+];
            /// The value of a word.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(self.as_str()) }
        }
    };
}

words! {
    /// What a document is.
    Kind {
        /// 决算.
        FinalAccount = "final_account",
        /// 预算.
        Budget = "budget",
        /// An empty form with instructions (模板).
        Template = "template",
        /// None of these, or not recognisable.
        Other = "other",
    }
}
words! {
    /// How far a document came.
    Status {
        /// Every table that was recognised was read.
        Extracted = "extracted",
        /// Something was lost: see diagnostics.
        Partial = "partial",
        /// No text layer (a scan).
        NotReadable = "not_readable",
        /// A file of an announcement in several: what it holds stands with the document that `part_of` names.
        Joined = "joined",
        /// The accounts of several units or years in one file: each has a row of its own, whose `part_of` names this one.
        Split = "split",
        /// Another kind of document; no facts are made from it.
        NotAFinalAccount = "not_a_final_account",
        /// Nothing says what it is; no facts are made from it.
        Unknown = "unknown",
        /// The file was refused or broke a stage.
        Failed = "failed",
    }
}
/// Every reason for which a final cannot be held against its budget.
pub const NOT_JUDGED: &[&str] = &[
    "budget_blank",
    "budget_dash",
    "budget_text",
    "budget_not_printed",
    "budget_printed_not_read",
    "budget_ambiguous",
    "budget_unproven",
    "final_blank",
    "final_dash",
    "final_text",
    "final_not_printed",
    "final_printed_not_read",
    "final_ambiguous",
    "final_unproven",
    "within_rounding",
    "document_not_readable",
    "document_failed",
    "document_unknown",
];

words! {
    /// Department (部门) or unit (单位).
    Level {
        /// 部门决算.
        Department = "department",
        /// 单位决算.
        Unit = "unit",
    }
}
words! {
    /// Whose figures are inside.
    Caliber {
        /// 汇总: the department with its member units.
        Consolidated = "consolidated",
        /// 本级 only.
        SelfOnly = "self_only",
        /// One unit without members.
        Single = "single",
    }
}
words! {
    /// Where the text of the document comes from.
    TextLayer {
        /// Characters in the file.
        Native = "native",
        /// Recognised from an image.
        Ocr = "ocr",
        /// Some pages have characters, some are images.
        Mixed = "mixed",
        /// No characters at all.
        None = "none",
    }
}
words! {
    /// What stands in an amount cell.
    CellState {
        /// An amount.
        Number = "number",
        /// Nothing: not zero.
        Blank = "blank",
        /// A dash: not zero.
        Dash = "dash",
        /// Characters that are no amount.
        Text = "text",
    }
}
words! {
    /// The panel of a two-sided form.
    Side {
        /// 收入.
        Revenue = "revenue",
        /// 支出.
        Expenditure = "expenditure",
    }
}
words! {
    /// How the place of a value was read.
    #[derive(Default)]
    Source {
        /// The text layer of a PDF.
        #[default]
        Native = "native",
        /// Character recognition.
        Ocr = "ocr",
        /// docx, xlsx, html, text.
        Markup = "markup",
    }
}
words! {
    /// Why the value of a sentence has its meaning.
    #[derive(Default)]
    Ground {
        /// The words say it.
        #[default]
        Words = "words",
        /// Two readings were possible, and one fits the other figures.
        Arithmetic = "arithmetic",
    }
}
words! {
    /// What an identity gave.
    FindingOutcome {
        /// Both sides are equal.
        Holds = "holds",
        /// They differ within the bound that rounding of the printed figures allows.
        Rounding = "rounding",
        /// They differ by more.
        Fails = "fails",
        /// An operand is missing; never a pass.
        NotEvaluated = "not_evaluated",
    }
}

words! {
    /// What kind of law an identity is, and of a contradiction what kind.
    FindingClass {
        /// Two amounts or counts that are equal.
        Equality = "equality",
        /// One that is at most the other.
        Order = "order",
        /// A printed rate against the figures that it is the rate of.
        Rate = "rate",
        /// A rate other than zero of a base that is zero: there is none.
        ZeroBase = "zero_base",
        /// A word (增加, 大于) against the figures.
        Direction = "direction",
        /// Items named in a list against a table without an amount for them.
        Listed = "listed",
    }
}
words! {
    /// How far published figures contradict each other.
    Gravity {
        /// By a tenth of the larger figure, or more.
        High = "high",
        /// By a hundredth or more; a wrong word for a direction.
        Medium = "medium",
        /// By less; a rate without a base; an item without an amount.
        Low = "low",
    }
}

/// One row per input, also for those that were refused or failed.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct DocumentRow {
    /// sha256 of the bytes.
    pub document_id: DocumentId,
    /// Name of the file as given, relative to the input folder.
    pub file_name: String,
    /// Address it was fetched from.
    pub source_url: Option<String>,
    /// When it was fetched, RFC 3339.
    pub retrieved_at: Option<String>,
    /// By content, never by name.
    pub media_type: String,
    /// What it is.
    pub kind: Kind,
    /// How far it came.
    pub status: Status,
    /// Stable word when it was refused or failed.
    pub error_code: Option<Refusal>,
    /// What happened and what to do.
    pub error_message: Option<String>,
    /// Key into units.
    pub unit_key: Option<String>,
    /// As on the cover.
    pub unit_name: Option<String>,
    /// Department or unit.
    pub level: Option<Level>,
    /// Whose figures.
    pub caliber: Option<Caliber>,
    /// The year the figures are for.
    pub fiscal_year: Option<i16>,
    /// 行政区划代码 valid in that year.
    pub region_code: Option<String>,
    /// Its name.
    pub region_name: Option<String>,
    /// Program that made the file.
    pub producer: Option<String>,
    /// Number of pages; 0 where the file has none.
    pub pages: u32,
    /// The names of the parts that locators count (sheets, members of a package).
    pub parts: Vec<String>,
    /// Where the text comes from; null when the file was not read.
    pub text_layer: Option<TextLayer>,
    /// Form ids in the order of the document.
    pub forms_found: Vec<String>,
    /// Rows in facts.
    pub facts: u32,
    /// Facts held by at least one identity.
    pub facts_held: u32,
    /// Rows in statements.
    pub statements: u32,
    /// Findings that fail.
    pub findings_failed: u32,
    /// Tables, rows and numbers that nobody claimed (listed in diagnostics).
    pub unclaimed_blocks: u32,
    /// Who published it, as the settings of its source say; null when it came from a file.
    pub publisher: Option<String>,
    /// 统一社会信用代码 of who published it, as its page shows it; not published as such.
    pub publisher_code: Option<String>,
    /// 统一社会信用代码 of the unit, check digit verified.
    pub uscc: Option<String>,
    /// When the file was made or last changed, as it says itself: `2023-08-31T10:00:00`.
    pub file_time: Option<String>,
    /// Documents of the dataset that are versions of this account, itself among them.
    pub versions: u32,
    /// The newest version, when it is another one.
    pub superseded_by: Option<DocumentId>,
    /// Of a file of an announcement in several: the document that holds its content. Of an account in a file of several: that file.
    pub part_of: Option<DocumentId>,
    /// What name, year, kind and caliber were taken from: `unit_name=title;fiscal_year=sentences`.
    pub grounds: String,
}

/// The form of the facts of tables that are none of the forms: no item and no measure, only what is printed above and beside them.
pub const OTHER_TABLE: &str = "other_table";

/// One printed amount cell of a table.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Fact {
    /// 1-based ordinal in the document; with the document id it makes `fact_id`.
    pub ordinal: u32,
    /// Form id.
    pub form: String,
    /// 公开03表 … as printed.
    pub form_label: Option<String>,
    /// Ordinal of the table in the document, continuation pages joined.
    pub table: u32,
    /// Panel of a two-sided form.
    pub side: Option<Side>,
    /// Canonical item: a code or a word; empty in a table that is none of the forms.
    pub item: String,
    /// Code as printed, 类/款/项 joined.
    pub item_code: Option<String>,
    /// Label as printed.
    pub item_name: Option<String>,
    /// 1 类, 2 款, 3 项.
    pub item_level: Option<i8>,
    /// Total or subtotal row.
    pub is_total: bool,
    /// Canonical column; empty in a table that is none of the forms.
    pub measure: String,
    /// Whose money, where the form says.
    pub fund: Option<String>,
    /// Yuan.
    pub amount: Option<Decimal>,
    /// What stands in the cell.
    pub cell_state: CellState,
    /// As published.
    pub printed: String,
    /// yuan, wanyuan, yiyuan.
    pub printed_unit: String,
    /// 行次.
    pub row_no: Option<u32>,
    /// Page and box of the cell.
    pub place: Place,
    /// How it was read.
    pub source: Source,
    /// Identities that hold it.
    pub held: u32,
    /// Identities that fail through it.
    pub failed: u32,
    /// The sub-unit whose row it is, in a table with a row for each; none in the row that sums them up.
    pub sub_unit: Option<String>,
    /// Title of a table that is none of the forms, as printed.
    pub table_title: Option<String>,
    /// The words above the cell of such a table from the top, as printed.
    pub header_path: Option<String>,
}

impl Fact {
    /// Whether it belongs to a table that is none of the forms.
    pub fn is_other(&self) -> bool {
        self.form == OTHER_TABLE
    }

    /// Whether it is an amount that was read from a picture and that no identity holds.
    pub fn unproven(&self) -> bool {
        self.source == Source::Ocr && self.amount.is_some() && self.held == 0
    }
}

/// The sentence id of statements that were read word by word, without a pattern of the whole sentence.
pub const COMPOSED: &str = "composed";

/// One value that a narrative sentence states.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Statement {
    /// 1-based ordinal in the document.
    pub ordinal: u32,
    /// Section id.
    pub section: String,
    /// Pattern id.
    pub sentence: String,
    /// What the value is about.
    pub subject: Option<String>,
    /// Which role the value has.
    pub slot: String,
    /// amount, ratio, count, direction, text.
    pub value_type: String,
    /// Yuan.
    pub amount: Option<Decimal>,
    /// 53.78% is 0.5378.
    pub ratio: Option<Decimal>,
    /// Heads, vehicles, batches …
    pub count: Option<Decimal>,
    /// Text value or direction word.
    pub text: Option<String>,
    /// As published.
    pub printed: String,
    /// As published, canonical word.
    pub printed_unit: Option<String>,
    /// Page and box.
    pub place: Place,
    /// Why it has this meaning.
    pub ground: Ground,
    /// How it was read.
    pub source: Source,
    /// Identities that hold it.
    pub held: u32,
    /// Identities that fail through it.
    pub failed: u32,
}

impl Statement {
    /// Whether it is a number that was read from a picture and that no identity holds.
    pub fn unproven(&self) -> bool {
        let number = self.amount.or(self.ratio).or(self.count).is_some();
        self.source == Source::Ocr && number && self.held == 0
    }
}

/// One accounting identity that was evaluated.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Finding {
    /// 1-based ordinal in the document.
    pub ordinal: u32,
    /// Identity id.
    pub rule: String,
    /// form, form-form, form-text, text, years, units.
    pub scope: String,
    /// What it gave.
    pub outcome: FindingOutcome,
    /// For not_evaluated.
    pub why: Option<String>,
    /// Yuan (or ratio) printed on the left.
    pub left: Option<Decimal>,
    /// Yuan (or ratio) that the right side gives.
    pub right: Option<Decimal>,
    /// left - right.
    pub difference: Option<Decimal>,
    /// Bound derived from the printed digits.
    pub allowed: Option<Decimal>,
    /// One sentence in Chinese that can be quoted.
    pub message: String,
    /// The same in English.
    pub message_en: String,
    /// Ordinals of the facts that took part.
    pub facts: Vec<u32>,
    /// Ordinals of the statements that took part.
    pub statements: Vec<u32>,
    /// Where the left side stands.
    pub page: Option<u32>,
    /// Page and box where no fact and no statement gives them (项目自评表); not published.
    pub place: Option<Place>,
    /// What kind of law it is.
    pub class: FindingClass,
    /// Of one that fails: how far.
    pub severity: Option<Gravity>,
    /// The difference over the larger side: 0.05 is a twentieth.
    pub relative_difference: Option<Decimal>,
}

impl Finding {
    /// The difference over the larger of two sides, to eight places.
    pub fn relative(left: Decimal, right: Decimal) -> Option<Decimal> {
        let larger = left.abs().max(right.abs());
        let share = (left - right).abs().checked_div(larger)?;
        Some(share.round_dp(8).normalize())
    }

    /// Fills the class and what follows from it and from the sides.
    pub fn graded(mut self, class: FindingClass) -> Self {
        let sides = self.left.zip(self.right);
        self.class = class;
        self.relative_difference = sides.and_then(|(l, r)| Self::relative(l, r));
        self.severity = (self.outcome == FindingOutcome::Fails).then(|| {
            let by = self.relative_difference.unwrap_or_default();
            match class {
                FindingClass::ZeroBase | FindingClass::Listed => Gravity::Low,
                FindingClass::Direction => Gravity::Medium,
                _ if by >= Decimal::new(1, 1) => Gravity::High,
                _ if by >= Decimal::new(1, 2) => Gravity::Medium,
                _ => Gravity::Low,
            }
        });
        self
    }
}

/// The text of one narrative section, whole and unaltered.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Section {
    /// Section id.
    pub section: String,
    /// As printed.
    pub heading: String,
    /// The paragraphs, one a line.
    pub text: String,
    /// First page.
    pub page_from: u32,
    /// Last page.
    pub page_to: u32,
}

/// One term of 名词解释.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct GlossaryTerm {
    /// The term.
    pub term: String,
    /// Its text.
    pub definition: String,
    /// Page.
    pub page: u32,
}

words! {
    /// What a row of `members` names.
    MemberKind {
        /// A unit whose accounts are part of these (部门决算单位构成).
        Unit = "unit",
        /// A part of the unit itself, without accounts of its own (内设机构).
        Institution = "institution",
    }
}

/// One member unit listed (部门决算单位构成), or one of the unit's own institutions (内设机构).
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Member {
    /// 1-based.
    pub ordinal: u32,
    /// What is named.
    pub kind: MemberKind,
    /// As printed.
    pub name: String,
    /// 备注.
    pub note: Option<String>,
    /// Key into units; none for an institution.
    pub unit_key: Option<String>,
    /// Page.
    pub page: u32,
}

impl Default for Member {
    fn default() -> Self {
        Self {
            ordinal: 0,
            kind: MemberKind::Unit,
            name: String::new(),
            note: None,
            unit_key: None,
            page: 0,
        }
    }
}

/// One 项目自评表.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Project {
    /// 1-based.
    pub ordinal: u32,
    /// 项目名称.
    pub project_name: String,
    /// 主管部门.
    pub supervising_department: Option<String>,
    /// 实施单位.
    pub implementing_unit: Option<String>,
    /// 年度总体目标.
    pub goal_planned: Option<String>,
    /// 实际完成情况.
    pub goal_achieved: Option<String>,
    /// 总分.
    pub score_total: Option<Decimal>,
    /// Page.
    pub page: u32,
    /// 分值 of the row of the total.
    pub weight_total: Option<Decimal>,
    /// One per fund line.
    pub funds: Vec<ProjectFund>,
    /// One per indicator or management line.
    pub indicators: Vec<Indicator>,
    /// Page and box of the row of the total, else of the name; not published.
    pub place: Place,
}

/// One fund line of a project.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ProjectFund {
    /// total, budget, special_account, own, carryover, other.
    pub fund: String,
    /// Yuan.
    pub opening_budget: Option<Decimal>,
    /// Yuan.
    pub full_year_budget: Option<Decimal>,
    /// Yuan.
    pub executed: Option<Decimal>,
    /// 分值.
    pub weight: Option<Decimal>,
    /// 执行率: 96.19% is 0.9619.
    pub execution_rate: Option<Decimal>,
    /// 得分.
    pub score: Option<Decimal>,
    /// As published.
    pub printed_unit: String,
    /// 调整后预算数, yuan: another base than `full_year_budget`.
    pub adjusted_budget: Option<Decimal>,
    /// Page and box of the line; not published.
    pub place: Place,
}

/// One indicator or management line of a project.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Indicator {
    /// management or indicator.
    pub kind: String,
    /// 一级指标.
    pub level1: Option<String>,
    /// 二级指标.
    pub level2: Option<String>,
    /// 三级指标.
    pub level3: Option<String>,
    /// 年度指标值.
    pub target: Option<String>,
    /// 实际完成值.
    pub actual: Option<String>,
    /// 分值.
    pub weight: Option<Decimal>,
    /// 得分.
    pub score: Option<Decimal>,
    /// 偏差度.
    pub deviation: Option<String>,
    /// 偏差原因.
    pub reason: Option<String>,
    /// Page and box.
    pub place: Place,
}

/// One unit (单位/部门) over all documents of the run.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Unit {
    /// Stable key.
    pub unit_key: String,
    /// Primary name.
    pub unit_name: String,
    /// Other names seen.
    pub aliases: Vec<String>,
    /// 统一社会信用代码.
    pub uscc: Option<String>,
    /// 行政区划代码.
    pub region_code: Option<String>,
    /// Its name.
    pub region_name: Option<String>,
    /// Department or unit.
    pub level: Option<Level>,
    /// Key of the department.
    pub parent_unit_key: Option<String>,
    /// First fiscal year seen.
    pub first_year: Option<i16>,
    /// Last fiscal year seen.
    pub last_year: Option<i16>,
    /// Number of documents.
    pub documents: u32,
    /// Key of the unit that it was merged into.
    pub successor_unit_key: Option<String>,
    /// The first year of that.
    pub successor_year: Option<i16>,
}

/// A file that was given.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct InputFile {
    /// The document that it is.
    pub document_id: DocumentId,
    /// Its name in the dataset.
    pub name: String,
    /// As it was given.
    pub path: String,
    /// Size of the file at the path.
    pub bytes: Option<u64>,
    /// When that was changed, RFC 3339.
    pub modified: Option<String>,
    /// Of the bytes that were read.
    pub sha256: Option<String>,
}

/// Everything that one document gave.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Extract {
    /// The row of the document.
    pub document: DocumentRow,
    /// What it says of its unit.
    pub unit: Option<Unit>,
    /// In the order of page, table, row, column.
    pub facts: Vec<Fact>,
    /// In reading order.
    pub statements: Vec<Statement>,
    /// In the order of rules.
    pub findings: Vec<Finding>,
    /// In reading order.
    pub sections: Vec<Section>,
    /// In reading order.
    pub glossary: Vec<GlossaryTerm>,
    /// In reading order.
    pub members: Vec<Member>,
    /// In reading order.
    pub projects: Vec<Project>,
    /// In document order.
    pub diagnostics: Vec<Diagnostic>,
    /// Of a file with the accounts of several units or years: what each gave, in its order.
    pub accounts: Vec<Extract>,
}

/// What is seen of a document after its kind is known, and decides how far it came.
#[derive(Clone, Debug)]
pub enum Ending {
    /// Something of it was lost: an account that was read is one that was read in part; any other stays what it is.
    InPart,
    /// It comes no further than this, and why.
    With(Status, Refusal, String),
}

impl DocumentRow {
    /// Decides how far the document came.
    pub fn ends(&mut self, ending: Ending) {
        match ending {
            Ending::InPart if self.status == Status::Extracted => self.status = Status::Partial,
            Ending::InPart => {}
            Ending::With(status, code, message) => {
                self.status = status;
                self.error_code = Some(code);
                self.error_message = Some(message);
            }
        }
    }

    /// A row for a file of which nothing is known yet but its bytes.
    pub fn new(document_id: DocumentId, file_name: impl Into<String>) -> Self {
        Self {
            document_id,
            file_name: file_name.into(),
            source_url: None,
            retrieved_at: None,
            media_type: String::new(),
            kind: Kind::Other,
            status: Status::Failed,
            error_code: None,
            error_message: None,
            unit_key: None,
            unit_name: None,
            level: None,
            caliber: None,
            fiscal_year: None,
            region_code: None,
            region_name: None,
            producer: None,
            pages: 0,
            parts: Vec::new(),
            text_layer: None,
            forms_found: Vec::new(),
            facts: 0,
            facts_held: 0,
            statements: 0,
            findings_failed: 0,
            unclaimed_blocks: 0,
            publisher: None,
            publisher_code: None,
            uscc: None,
            file_time: None,
            versions: 1,
            superseded_by: None,
            part_of: None,
            grounds: String::new(),
        }
    }
}

impl Extract {
    /// Nothing but the row of the document.
    pub fn empty(document: DocumentRow) -> Self {
        Self {
            document,
            unit: None,
            facts: Vec::new(),
            statements: Vec::new(),
            findings: Vec::new(),
            sections: Vec::new(),
            glossary: Vec::new(),
            members: Vec::new(),
            projects: Vec::new(),
            diagnostics: Vec::new(),
            accounts: Vec::new(),
        }
    }

    /// How many errors and warnings it has.
    pub fn in_doubt(&self) -> u32 {
        let serious = self.diagnostics.iter().filter(|d| d.severity != Severity::Note);
        serious.count() as u32
    }

    /// The published id of a fact.
    pub fn fact_id(&self, ordinal: u32) -> String {
        format!("{}-f{ordinal}", self.document.document_id.short())
    }
}

/// A row of `codebook`: what an identifier of the published columns means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodebookEntry {
    /// What it names: the word of its column, or `indicator`.
    pub kind: &'static str,
    /// The identifier.
    pub id: String,
    /// The Chinese name.
    pub zh: String,
    /// The English name; empty for forms and sections without one.
    pub en: String,
    /// The unit of measures, slots and indicators.
    pub unit: Option<String>,
    /// The first fiscal year whose forms have it, where earlier forms have it not.
    pub since: Option<i16>,
    /// Where the value of an indicator stands, the first that is printed, or what it is made of.
    pub formula: Option<String>,
}
