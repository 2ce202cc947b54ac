//! The one source of every table: the header of the CSV, the Parquet schema, datapackage.json and docs/dictionary.md are made
//! from what stands here; `rows` turns an extract into cells in the order of the columns.

use crate::place::Place;
use crate::record::{
    Caliber, CellState, CodebookEntry, DocumentRow, Extract, FindingClass, FindingOutcome, Gravity, Ground, InputFile,
    Kind, Level, NOT_JUDGED, Side, Source, Status, TextLayer, Unit,
};
use rust_decimal::Decimal;
use std::borrow::Cow;

/// The version of the published contract; a change of a name or a type raises it.
pub const DATASET_VERSION: &str = "1.1.0";

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// Text.
    String,
    /// One of these words.
    Word(&'static [&'static str]),
    /// A whole number.
    Int,
    /// A year.
    Year,
    /// A level, 1 to 3.
    Level,
    /// True or false.
    Bool,
    /// Yuan with two decimals, exact.
    Amount,
    /// A ratio or a count with up to eight decimals, exact.
    Decimal,
    /// Points on the page.
    Point,
    /// Seconds.
    Seconds,
}

/// A column.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub ty: Type,
    /// Whether it is always filled.
    pub required: bool,
    /// The Chinese term.
    pub zh: &'static str,
    /// What it means, with its unit.
    pub doc: &'static str,
}

/// A table.
#[derive(Clone, Copy, Debug)]
pub struct Table {
    /// Its name: the name of its files.
    pub name: &'static str,
    /// What a row is.
    pub doc: &'static str,
    /// Its columns.
    pub columns: &'static [Column],
    /// The columns that name a row.
    pub key: &'static [&'static str],
    /// `(column, table, column)`: what refers to what.
    pub refers: &'static [(&'static str, &'static str, &'static str)],
}

/// A cell; text is borrowed from the extract (a fact has fifteen strings, most of them the same as in the row before).
#[derive(Clone, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Nothing.
    Null,
    /// Text.
    Str(Cow<'a, str>),
    /// A whole number.
    Int(i64),
    /// True or false.
    Bool(bool),
    /// An exact number.
    Dec(Decimal),
    /// A position or a time.
    Float(f64),
}

macro_rules! from {
    ($($t:ty => |$v:ident| $e:expr),+ $(,)?) => {$(
        impl<'a> From<$t> for Cell<'a> { fn from($v: $t) -> Self { $e } }
    )+};
}
from! {
    &'a str => |v| Cell::Str(Cow::Borrowed(v)),
    String => |v| Cell::Str(Cow::Owned(v)),
    &'a String => |v| Cell::Str(Cow::Borrowed(v)),
    u32 => |v| Cell::Int(v.into()),
    i16 => |v| Cell::Int(v.into()),
    i8 => |v| Cell::Int(v.into()),
    bool => |v| Cell::Bool(v),
    Decimal => |v| Cell::Dec(v),
    // `+ 0.0` turns -0 into 0.
    f32 => |v| Cell::Float((f64::from(v) * 100.0).round() / 100.0 + 0.0),
    f64 => |v| Cell::Float(v),
    Kind => |v| v.as_str().into(),
    Status => |v| v.as_str().into(),
    Level => |v| v.as_str().into(),
    Caliber => |v| v.as_str().into(),
    TextLayer => |v| v.as_str().into(),
    CellState => |v| v.as_str().into(),
    Side => |v| v.as_str().into(),
    Ground => |v| v.as_str().into(),
    Source => |v| v.as_str().into(),
    FindingOutcome => |v| v.as_str().into(),
    FindingClass => |v| v.as_str().into(),
    Gravity => |v| v.as_str().into(),
}
impl<'a, T: Into<Cell<'a>>> From<Option<T>> for Cell<'a> {
    fn from(v: Option<T>) -> Self {
        v.map_or(Cell::Null, Into::into)
    }
}

macro_rules! columns {
    ($($name:ident $ty:expr, $req:ident, $zh:literal, $doc:literal;)+) => {
        &[$(Column { name: stringify!($name), ty: $ty, required: columns!(@ $req), zh: $zh, doc: $doc },)+]
    };
    (@ must) => { true };
    (@ may) => { false };
}
use Type::{Amount, Bool, Int, Point, Seconds, String as Text, Word, Year};

const ID: &[&str] = &["document_id"];
const TO_DOCUMENTS: &[(&str, &str, &str)] = &[("document_id", "documents", "document_id")];

/// Every table, in the order of the data package.
pub const TABLES: &[Table] = &[
    Table {
        name: "documents",
        doc: "One row per input document, also for those that were refused or failed.",
        key: ID,
        refers: &[],
        columns: columns! {
            document_id Text, must, "文件标识", "sha256 of the input bytes, hex; of an account in a file of several: of the file's id, `#` and its number in the file";
            file_name Text, must, "文件名", "name of the file, relative to the input folder";
            source_url Text, may, "来源网址", "address from which it was fetched";
            retrieved_at Text, may, "采集时间", "when it was fetched, RFC 3339";
            media_type Text, may, "文件类型", "by content, never by name";
            kind Word(Kind::WORDS), must, "文件种类", "what the document is";
            status Word(Status::WORDS), must, "处理状态", "how far it came";
            error_code Text, may, "错误代码", "stable word when it was refused, failed or is of another kind";
            error_message Text, may, "错误说明", "what happened and what to do";
            unit_key Text, may, "单位键", "key into units";
            unit_name Text, may, "单位名称", "as on the cover";
            level Word(Level::WORDS), may, "层级", "部门 (department) or 单位 (unit)";
            caliber Word(Caliber::WORDS), may, "口径", "whose figures: 汇总, 本级 or a single unit";
            fiscal_year Year, may, "决算年度", "the year of the figures";
            region_code Text, may, "行政区划代码", "valid in the fiscal year";
            region_name Text, may, "行政区划", "name of the region";
            producer Text, may, "制作软件", "program that made the file, as it says itself";
            pages Int, may, "页数", "number of pages; null where the file has none (text, HTML, Word, Excel) or was not read";
            text_layer Word(TextLayer::WORDS), may, "文字层", "native characters, ocr, mixed or none; null when the file was not read";
            forms_found Text, may, "识别的表", "form ids in the order of the document, joined by ;";
            facts Int, must, "数据数", "rows in facts";
            facts_held Int, must, "已印证数", "facts held by at least one identity";
            statements Int, must, "文字数据数", "rows in statements";
            findings_failed Int, must, "不符数", "findings that fail";
            unclaimed_blocks Int, must, "未识别数", "tables, rows and numbers that nobody claimed; each is listed in diagnostics";
            extractor_version Text, must, "程序版本", "version of juesuan";
            publisher Text, may, "发布单位", "who published it, as the settings of its source say; null for files";
            uscc Text, may, "统一社会信用代码", "of the unit, where the document or its page shows one; check digit verified";
            file_time Text, may, "文件时间", "when the file was made or last changed, as it says itself";
            versions Int, must, "版本数", "documents of the dataset for the same unit, year, level and caliber, this one among them";
            part_of Text, may, "所属文件标识", "of a file of an announcement in several (status joined): document_id of the document with which its content stands; of an account in a file of several: that of the file (status split)";
            superseded_by Text, may, "新版文件标识", "document_id of the newest version when it is another one; null where the times do not say which is newest";
            grounds Text, may, "依据", "what name, year, kind, level and caliber were taken from (title, label, page_title, table, heading, file_name, sentences): unit_name=title;fiscal_year=sentences";
        },
    },
    Table {
        name: "facts",
        doc: "One row per printed amount cell of a table. Totals and sub-totals stand among the rows: leave out is_total and choose one item_level before summing.",
        key: &["fact_id"],
        refers: TO_DOCUMENTS,
        columns: columns! {
            fact_id Text, must, "数据标识", "first 12 characters of document_id, -f, ordinal in the document";
            document_id Text, must, "文件标识", "key into documents";
            unit_key Text, may, "单位键", "key into units";
            unit_name Text, may, "单位名称", "as on the cover";
            fiscal_year Year, may, "决算年度", "the year of the figures";
            form Text, must, "表", "form id; other_table: a table that is none of the forms, as printed";
            form_label Text, may, "表号", "公开03表, 表三 … as printed";
            table Int, must, "表序", "ordinal of the form in the document, 1-based, continuation pages joined; tables that are none of the forms come behind all forms";
            side Word(Side::WORDS), may, "收支方", "panel of a two-sided form";
            item Text, may, "项目", "canonical item: a code or a word; null only in other_table";
            item_code Text, may, "科目编码", "code as printed, 类/款/项 joined";
            item_name Text, may, "项目名称", "label as printed, without blanks, line breaks and list number; in other_table with its number, several labels joined by /";
            item_level Type::Level, may, "科目级次", "1 类, 2 款, 3 项; 1 or 2 for 经济分类; null for named rows";
            is_total Bool, must, "合计行", "a total or subtotal: leave it out before summing; in other_table only by its label, do not sum there";
            measure Text, may, "栏目", "canonical column; null only in other_table";
            fund Text, may, "资金性质", "general_budget, government_fund, state_capital, all_fiscal or all";
            amount Amount, may, "金额", "yuan, exact; null unless cell_state is number; in other_table null where no unit of money stands at the table";
            cell_state Word(CellState::WORDS), must, "单元格状态", "blank and dash are not zero; a count or a rate of an other_table is text";
            printed Text, may, "原文", "characters as published";
            printed_unit Text, may, "原单位", "yuan, wanyuan or yiyuan as published";
            row_no Int, may, "行次", "printed row number";
            page Int, may, "页", "1-based; null where the file has no pages";
            x0 Point, may, "左", "left edge of the cell in points from the left";
            y0 Point, may, "上", "top edge of the cell in points from the top";
            x1 Point, may, "右", "right edge of the cell";
            y1 Point, may, "下", "bottom edge of the cell";
            source Word(Source::WORDS), must, "读取方式", "text layer, character recognition or markup";
            held Int, must, "印证数", "identities that hold it";
            failed Int, must, "不符数", "identities that fail through it";
            locator Text, may, "位置", "where it stands in a file without pages: first byte and byte after the last (1034-1040; word/document.xml:10-20 in a package), or sheet and cell (Sheet1!B7)";
            sub_unit Text, may, "所属单位", "in a table with a row for every sub-unit: whose row it is; null in the row that sums them up, and in every other table";
            table_title Text, may, "表名", "title of an other_table, as printed; null in the forms";
            header_path Text, may, "栏目原文", "words above the cell of an other_table from the top, as printed, joined by /; null in the forms";
            unproven Bool, must, "未经印证", "an amount that was read from a picture (source is ocr) and that no identity holds: compare it with the page before it is used";
        },
    },
    Table {
        name: "statements",
        doc: "One row per value that a narrative sentence states.",
        key: &["statement_id"],
        refers: TO_DOCUMENTS,
        columns: columns! {
            statement_id Text, must, "文字数据标识", "first 12 characters of document_id, -s, ordinal";
            document_id Text, must, "文件标识", "key into documents";
            unit_key Text, may, "单位键", "key into units";
            unit_name Text, may, "单位名称", "as on the cover";
            fiscal_year Year, may, "决算年度", "the year of the figures";
            section Text, must, "部分", "section id";
            sentence Text, must, "句型", "how the sentence was read: `composed`, word by word";
            subject Text, may, "主题", "what the value is about: an item id, or names joined by /";
            slot Text, must, "栏位", "role of the value in the sentence";
            value_type Word(&["amount", "ratio", "count", "direction", "text"]), must, "值类型", "which of the value columns is filled";
            amount Amount, may, "金额", "yuan, exact";
            ratio Type::Decimal, may, "比率", "53.78% is 0.5378";
            count Type::Decimal, may, "数量", "heads, vehicles, batches …";
            text Text, may, "文字", "direction word, reason or name";
            printed Text, may, "原文", "characters as published";
            printed_unit Text, may, "原单位", "unit as published";
            page Int, may, "页", "1-based; null where the file has no pages";
            x0 Point, may, "左", "left edge in points";
            y0 Point, may, "上", "top edge in points";
            x1 Point, may, "右", "right edge in points";
            y1 Point, may, "下", "bottom edge in points";
            held Int, must, "印证数", "identities that hold it";
            failed Int, must, "不符数", "identities that fail through it";
            locator Text, may, "位置", "where it stands in a file without pages: first byte and byte after the last (1034-1040; word/document.xml:10-20 in a package), or sheet and cell (Sheet1!B7)";
            ground Word(Ground::WORDS), must, "依据", "words, or arithmetic where two readings were possible and one fits the other figures";
            source Word(Source::WORDS), must, "读取方式", "text layer, character recognition or markup";
            unproven Bool, must, "未经印证", "a number that was read from a picture (source is ocr) and that no identity holds";
        },
    },
    Table {
        name: "findings",
        doc: "One row per accounting identity that was evaluated. Those of scope years stand behind all others: they are made when every document of the dataset is known, and change no held and failed.",
        key: &["finding_id"],
        refers: TO_DOCUMENTS,
        columns: columns! {
            finding_id Text, must, "核对标识", "first 12 characters of document_id, -c, ordinal";
            document_id Text, must, "文件标识", "key into documents";
            unit_key Text, may, "单位键", "key into units";
            fiscal_year Year, may, "决算年度", "the year of the figures";
            rule Text, must, "勾稽关系", "identity id";
            scope Text, must, "范围", "form, form-form, form-text, text, years (against the year before) or units (a department against its members)";
            outcome Word(FindingOutcome::WORDS), must, "结果", "rounding differs within what rounding of the printed figures allows";
            why Text, may, "未核对原因", "for not_evaluated";
            left Type::Decimal, may, "左边", "yuan or ratio, as printed";
            right Type::Decimal, may, "右边", "yuan or ratio, as the other side gives it";
            difference Type::Decimal, may, "差额", "left minus right";
            allowed Type::Decimal, may, "允许差额", "derived from the printed digits";
            message Text, must, "说明", "one sentence that can be quoted, Chinese";
            message_en Text, must, "英文说明", "the same in English";
            fact_ids Text, may, "数据", "facts that took part, joined by ;";
            statement_ids Text, may, "文字数据", "statements that took part, joined by ;";
            page Int, may, "页", "where the left side stands";
            class Word(FindingClass::WORDS), must, "类别", "equality and order: of amounts or counts; rate: a printed rate against its figures; zero_base: a rate of nothing; direction: a word against the figures; listed: items of a list against a table";
            severity Word(Gravity::WORDS), may, "轻重", "of one that fails: high from a tenth of the larger figure on, medium from a hundredth on and for a wrong direction, low for less, for a rate without base and for a listed item";
            relative_difference Type::Decimal, may, "相对差额", "difference over the larger side, to eight places";
        },
    },
    Table {
        name: "projects",
        doc: "One row per 项目自评表.",
        key: &["project_id"],
        refers: TO_DOCUMENTS,
        columns: columns! {
            project_id Text, must, "项目标识", "first 12 characters of document_id, -p, ordinal";
            document_id Text, must, "文件标识", "key into documents";
            unit_key Text, may, "单位键", "key into units";
            fiscal_year Year, may, "年度", "the year of the figures";
            project_name Text, must, "项目名称", "as printed";
            supervising_department Text, may, "主管部门", "as printed";
            implementing_unit Text, may, "实施单位", "as printed";
            goal_planned Text, may, "年度总体目标", "as printed";
            goal_achieved Text, may, "实际完成情况", "as printed";
            score_total Type::Decimal, may, "总分", "points";
            page Int, may, "页", "1-based; null where the file has no pages";
            weight_total Type::Decimal, may, "总分值", "points, in the row of the total";
        },
    },
    Table {
        name: "project_funds",
        doc: "One row per fund line of a 项目自评表.",
        key: &["project_id", "line"],
        refers: &[("project_id", "projects", "project_id")],
        columns: columns! {
            project_id Text, must, "项目标识", "key into projects";
            fund Word(&["total", "budget", "special_account", "own", "carryover", "other"]), must, "资金", "which line";
            opening_budget Amount, may, "年初预算数", "yuan";
            full_year_budget Amount, may, "全年预算数", "yuan";
            executed Amount, may, "全年执行数", "yuan";
            weight Type::Decimal, may, "分值", "points";
            execution_rate Type::Decimal, may, "执行率", "96.19% is 0.9619";
            score Type::Decimal, may, "得分", "points";
            printed_unit Text, may, "原单位", "unit as published";
            adjusted_budget Amount, may, "调整后预算数", "yuan; another base than full_year_budget";
            line Int, must, "行", "ordinal of the line in its form: a form may have two lines of one kind";
        },
    },
    Table {
        name: "indicators",
        doc: "One row per indicator or management line of a 项目自评表.",
        key: &[],
        refers: &[("project_id", "projects", "project_id")],
        columns: columns! {
            project_id Text, must, "项目标识", "key into projects";
            kind Word(&["management", "indicator"]), must, "种类", "which part of the form";
            level1 Text, may, "一级指标", "as printed";
            level2 Text, may, "二级指标", "as printed";
            level3 Text, may, "三级指标", "as printed";
            target Text, may, "年度指标值", "as printed";
            actual Text, may, "实际完成值", "as printed; 情况说明 of a management line";
            weight Type::Decimal, may, "分值", "points";
            score Type::Decimal, may, "得分", "points";
            deviation Text, may, "偏差度", "as printed";
            reason Text, may, "偏差原因", "as printed";
            page Int, may, "页", "1-based; null where the file has no pages";
            x0 Point, may, "左", "left edge in points";
            y0 Point, may, "上", "top edge in points";
            x1 Point, may, "右", "right edge in points";
            y1 Point, may, "下", "bottom edge in points";
            locator Text, may, "位置", "where it stands in a file without pages: first byte and byte after the last (1034-1040; word/document.xml:10-20 in a package), or sheet and cell (Sheet1!B7)";
        },
    },
    Table {
        name: "sections",
        doc: "The narrative text by section, whole and unaltered.",
        key: &["section_id"],
        refers: TO_DOCUMENTS,
        columns: columns! {
            section_id Text, must, "部分标识", "first 12 characters of document_id, -t, ordinal";
            document_id Text, must, "文件标识", "key into documents";
            section Text, must, "部分", "section id";
            heading Text, may, "标题", "as printed";
            text Text, may, "正文", "the paragraphs, one a line";
            page_from Int, may, "起页", "1-based; null where the file has no pages";
            page_to Int, may, "止页", "1-based; null where the file has no pages";
        },
    },
    Table {
        name: "glossary",
        doc: "One row per term of 名词解释.",
        key: &[],
        refers: TO_DOCUMENTS,
        columns: columns! {
            document_id Text, must, "文件标识", "key into documents";
            term Text, must, "名词", "the term";
            definition Text, may, "解释", "its text";
            page Int, may, "页", "1-based; null where the file has no pages";
        },
    },
    Table {
        name: "members",
        doc: "One row per member unit listed (部门决算单位构成) and per institution of the unit itself (内设机构).",
        key: &["document_id", "ordinal"],
        refers: TO_DOCUMENTS,
        columns: columns! {
            document_id Text, must, "文件标识", "key into documents";
            ordinal Int, must, "序号", "1-based";
            name Text, must, "单位名称", "as printed";
            note Text, may, "备注", "as printed";
            unit_key Text, may, "单位键", "key into units; null for an institution";
            page Int, may, "页", "1-based; null where the file has no pages";
            kind Text, must, "类别", "unit: its accounts are part of these; institution: a part of the unit without accounts of its own";
        },
    },
    Table {
        name: "units",
        doc: "One row per unit over all documents of the run.",
        key: &["unit_key"],
        refers: &[],
        columns: columns! {
            unit_key Text, must, "单位键", "stable key";
            unit_name Text, must, "单位名称", "primary name";
            aliases Text, may, "别名", "other names seen, joined by ;";
            uscc Text, may, "统一社会信用代码", "where a document or its page shows it";
            region_code Text, may, "行政区划代码", "region";
            region_name Text, may, "行政区划", "name of the region";
            level Word(Level::WORDS), may, "层级", "部门 (department) or 单位 (unit)";
            parent_unit_key Text, may, "主管部门键", "key of the department";
            first_year Year, may, "最早年度", "first fiscal year seen";
            last_year Year, may, "最晚年度", "last fiscal year seen";
            documents Int, must, "文件数", "number of documents";
            successor_unit_key Text, may, "承继单位键", "key of the unit that it was merged into, by the registry";
            successor_year Year, may, "承继年度", "first year of that";
        },
    },
    Table {
        name: "codebook",
        doc: "One row per identifier of the published columns, and per indicator of the panel: what it means in the rules that made this dataset.",
        key: &["kind", "id"],
        refers: &[],
        columns: columns! {
            kind Text, must, "种类", "what it names: form, fund, side, item and measure are columns of facts, section, subject and slot of statements, direction is the text of a direction, indicator a row of the panel";
            id Text, must, "标识", "the identifier";
            zh Text, must, "中文名称", "its Chinese name";
            en Text, may, "英文名称", "its English name";
            unit Text, may, "计量单位", "yuan, ratio, count, points, text or direction";
            since Year, may, "起始年度", "the first fiscal year whose forms have it; null where all have it";
            formula Text, may, "来源", "of an indicator: where its value stands, the first that is printed, or what it is made of";
        },
    },
    Table {
        name: "diagnostics",
        doc: "Everything that was unclear, dropped or repaired, with its place.",
        key: &[],
        refers: TO_DOCUMENTS,
        columns: columns! {
            document_id Text, must, "文件标识", "key into documents";
            severity Word(&["error", "warning", "note"]), must, "程度", "error: a figure was lost; warning: a figure is in doubt; note: nothing is in doubt";
            stage Text, must, "阶段", "who noticed";
            code Text, must, "代码", "stable word";
            message Text, must, "说明", "what, where, what to do";
            printed Text, may, "原文", "the characters in question";
            page Int, may, "页", "1-based; null for the document as a whole";
            x0 Point, may, "左", "left edge in points";
            y0 Point, may, "上", "top edge in points";
            x1 Point, may, "右", "right edge in points";
            y1 Point, may, "下", "bottom edge in points";
            locator Text, may, "位置", "where it stands in a file without pages: first byte and byte after the last (1034-1040; word/document.xml:10-20 in a package), or sheet and cell (Sheet1!B7)";
            form Text, may, "表", "the form whose figures it is about, where that is known";
        },
    },
];

/// The files that were given, CSV only: it says when they were changed, which differs when they are copied.
pub const INPUTS: Table = Table {
    name: "inputs",
    doc: "One row per file, and per member of an archive, that was given; the same bytes under two names are two rows of one document. CSV only; `modified` differs when files are copied, so datapackage.json gives no hash of this file.",
    key: &["path", "name"],
    refers: TO_DOCUMENTS,
    columns: columns! {
        path Text, must, "路径", "as it was given, or below the folder that was given";
        name Text, must, "文件名", "its name in the dataset; of a member of an archive with its way in it";
        bytes Int, may, "字节数", "size of the file at path (of an archive: of the whole)";
        modified Text, may, "修改时间", "of the file at path, UTC, as the file system says it";
        sha256 Text, may, "SHA-256", "of the bytes that were read (of a member: of the member); null when they could not be read";
        document_id Text, must, "文件标识", "the document that it is";
    },
};

/// Seconds by document and stage: the one file that differs from run to run, CSV only.
pub const TIMINGS: Table = Table {
    name: "timings",
    doc: "Seconds by document and stage; the only file that differs between two runs of the same input.",
    key: &["document_id", "stage"],
    refers: TO_DOCUMENTS,
    columns: columns! {
        document_id Text, must, "文件标识", "key into documents";
        stage Text, must, "阶段", "acquire, read, layout, recognise, normalise, sentences, check";
        seconds Seconds, must, "秒", "wall clock";
        peak_kb Int, may, "内存峰值", "the most memory of the whole process until then, in kB; null where the system does not say";
    },
};

/// What `juesuan panel` makes of a dataset; no part of the dataset itself.
pub const PANEL: Table = Table {
    name: "panel",
    doc: "One row per unit, year and indicator, made by `juesuan panel`. Superseded versions are left out; accounts of another level or caliber are rows of their own. The indicators stand in `grammars/panel/`.",
    key: &["unit_key", "level", "caliber", "fiscal_year", "indicator"],
    refers: TO_DOCUMENTS,
    columns: columns! {
        unit_key Text, must, "单位键", "key into units";
        unit_name Text, may, "单位名称", "as on the cover";
        region_code Text, may, "行政区划代码", "valid in the fiscal year";
        level Word(Level::WORDS), may, "层级", "部门 (department) or 单位 (unit)";
        caliber Word(Caliber::WORDS), may, "口径", "whose figures: compare like with like";
        fiscal_year Year, must, "年度", "the year of the figures";
        indicator Text, must, "指标", "id in grammars/panel";
        indicator_zh Text, must, "指标名称", "Chinese name";
        unit Word(&["yuan", "ratio", "count"]), must, "计量单位", "of value";
        value Type::Decimal, may, "值", "null unless state is number";
        state Word(&["number", "blank", "dash", "text", "not_printed", "printed_not_read", "ambiguous", "no_base", "unproven"]), must, "状态", "blank, dash and text: the cell is printed and holds no number; not_printed: the document was read and does not state it; printed_not_read: something was not read that states it or may state it, see diagnostic; ambiguous: two values are printed; no_base: the denominator is zero; unproven: read from a picture and held by no identity (--unproven takes its value)";
        printed Text, may, "原文", "characters as published, of values that are printed and not derived; of printed_not_read what was not read";
        sources Text, may, "来源", "facts and statements from which it comes, joined by ;";
        document_id Text, must, "文件标识", "key into documents";
        versions Int, must, "版本数", "documents of this account; more than one: the times did not say which is newest unless the others are superseded";
        fund Text, may, "资金", "whose money it is, where the table or the indicator says";
        budget_basis Text, may, "预算口径", "of a value that is a budget or is held against one: budget (as the document says, without more), opening_budget (年初预算), full_year_budget (全年预算), adjusted_budget (调整预算)";
        file_name Text, must, "文件名", "name of the file, as in documents";
        page Int, may, "页", "where the first source stands, 1-based; null in a file without pages";
        diagnostic Text, may, "诊断", "of printed_not_read: the code of the diagnostic that says what was not read";
    },
};

/// Final over budget, written by `juesuan overspent`.
pub const OVERSPENT: Table = Table {
    name: "overspent",
    doc: "One row per account, item and budget it is held against, made by `juesuan overspent`; a document that could not be read or understood is one row without an item. Superseded versions are left out. The items stand in `grammars/panel/`.",
    key: &[],
    refers: TO_DOCUMENTS,
    columns: columns! {
        unit_key Text, may, "单位键", "key into units";
        unit_name Text, may, "单位名称", "as on the cover";
        region_code Text, may, "行政区划代码", "valid in the fiscal year";
        level Word(Level::WORDS), may, "层级", "部门 (department) or 单位 (unit)";
        caliber Word(Caliber::WORDS), may, "口径", "whose figures: compare like with like";
        fiscal_year Year, may, "年度", "the year of the figures";
        item Text, may, "项目", "id of what is held against its budget";
        item_zh Text, may, "项目名称", "Chinese name";
        verdict Word(&["over", "within", "not_judged"]), must, "结论", "over: the final is above the budget by more than rounding; within: it is not above it; not_judged: see why";
        why Word(NOT_JUDGED), may, "原因", "why it cannot be judged: the state of budget or final in the panel, a difference that rounding alone may make, or a document that was not read";
        budget_basis Text, may, "预算口径", "which budget: budget (as the document says, without more), opening_budget (年初预算), full_year_budget (全年预算), adjusted_budget (调整预算)";
        budget Amount, may, "预算数", "yuan";
        spent Amount, may, "决算数", "yuan";
        excess Amount, may, "超支额", "yuan, spent - budget; negative where less was spent";
        excess_rate Type::Decimal, may, "超支率", "excess / budget; null where the budget is zero";
        budget_printed Text, may, "预算原文", "characters as published; of what was not read what it was";
        spent_printed Text, may, "决算原文", "characters as published; of what was not read what it was";
        budget_sources Text, may, "预算来源", "facts and statements, joined by ;";
        spent_sources Text, may, "决算来源", "facts and statements, joined by ;";
        budget_page Int, may, "预算页", "1-based; null in a file without pages";
        spent_page Int, may, "决算页", "1-based; null in a file without pages";
        held Int, must, "印证数", "identities that hold budget or final";
        failed Int, must, "不符数", "identities that fail through budget or final: look at the page before you quote it";
        versions Int, must, "版本数", "documents of this account; more than one: the times did not say which is newest";
        document_id Text, must, "文件标识", "key into documents";
        file_name Text, must, "文件名", "name of the file, as in documents";
    },
};

/// What every user of the figures should know, by name.
pub const WARNINGS: &[(&str, &str)] = &[
    (
        "aggregation_hazard",
        "类, 款, 项 and totals stand in one column: select is_total = false and one item_level (or leaves) before summing, or amounts count three times.",
    ),
    (
        "what_is_total_means",
        "is_total is true where the label says so (合计, 本年收入合计, 总计, 人员经费合计, the 小计 of vehicles). A 类 or 款 row with finer rows below it is a sum too and has is_total false: it is told apart by item_level. Some tables print only 类 for one class and 项 for another: the finest rows of a table are those whose item no other item of the same table and measure begins with.",
    ),
    (
        "measures_overlap",
        "Columns are sums of each other: total = basic + project (and so on), the column 合计 of a fund table is the sum of its funds. Choose one measure before summing. An item with a dot (opening_carryover.basic) is a part of the item before the dot.",
    ),
    (
        "three_budgets",
        "opening_budget (年初预算), full_year_budget (全年预算) and adjusted_budget (调整预算) are three different bases; a bare 预算 of “三公” is budget. A completion rate means nothing without the base it was said of.",
    ),
    (
        "blank_is_not_zero",
        "cell_state blank and dash have no amount; only an identity can prove that nothing printed means nothing spent.",
    ),
    (
        "three_public_scope",
        "To about FY2021 “三公” counts the general budget only (fund general_budget), later all fiscal funds (all_fiscal); provinces changed in different years: compare like with like by `fund`.",
    ),
    (
        "three_public_budget_basis",
        "The budget column of “三公” is the opening budget in some provinces and the full-year budget in others; and some changed over the years; the text or the note under the table says which. Do not compare budgets of two provinces or years without it.",
    ),
    (
        "printed_errors_stay",
        "A printed error is data: the value stays as printed and findings say what contradicts it.",
    ),
    (
        "two_calibers",
        "One name can publish a consolidated account (汇总) and its own (本级): filter by caliber before comparing.",
    ),
    (
        "units_change",
        "Units are merged, split and renamed, and what an account covers changes with them: an opening carry-over that differs from last year's closing one (findings of scope years) is often that, not an error.",
    ),
    (
        "codes_have_years",
        "Codes change meaning: 30311 was 住房公积金 to FY2017 and is 代缴社会保险费 since FY2020.",
    ),
];

/// Page and box; null where there are no pages.
fn place(p: &Place) -> [Cell<'static>; 5] {
    if p.page == 0 {
        return [Cell::Null, Cell::Null, Cell::Null, Cell::Null, Cell::Null];
    }
    [
        p.page.into(),
        p.rect.x0.into(),
        p.rect.y0.into(),
        p.rect.x1.into(),
        p.rect.y1.into(),
    ]
}

/// A page; null where there are none.
fn page(number: u32) -> Cell<'static> {
    if number == 0 { Cell::Null } else { number.into() }
}

/// Bytes or cells; null where there are pages.
fn locator(p: &Place, parts: &[String]) -> Cell<'static> {
    p.at.map(|at| at.text(parts)).into()
}

/// Text, or null when it is empty.
fn filled(text: &str) -> Cell<'_> {
    if text.is_empty() { Cell::Null } else { text.into() }
}

fn joined(ids: impl Iterator<Item = String>) -> Cell<'static> {
    let all: Vec<String> = ids.collect();
    if all.is_empty() {
        Cell::Null
    } else {
        all.join(";").into()
    }
}

/// The row of a document.
pub fn document_row(d: &DocumentRow) -> Vec<Cell<'_>> {
    vec![
        d.document_id.0.as_str().into(),
        (&d.file_name).into(),
        d.source_url.as_deref().into(),
        d.retrieved_at.as_deref().into(),
        filled(&d.media_type),
        d.kind.into(),
        d.status.into(),
        d.error_code.map(crate::diag::Refusal::as_str).into(),
        d.error_message.as_deref().into(),
        d.unit_key.as_deref().into(),
        d.unit_name.as_deref().into(),
        d.level.into(),
        d.caliber.into(),
        d.fiscal_year.into(),
        d.region_code.as_deref().into(),
        d.region_name.as_deref().into(),
        d.producer.as_deref().into(),
        page(d.pages),
        d.text_layer.into(),
        joined(d.forms_found.iter().cloned()),
        d.facts.into(),
        d.facts_held.into(),
        d.statements.into(),
        d.findings_failed.into(),
        d.unclaimed_blocks.into(),
        env!("CARGO_PKG_VERSION").into(),
        d.publisher.as_deref().into(),
        d.uscc.as_deref().into(),
        d.file_time.as_deref().into(),
        d.versions.into(),
        d.part_of.as_ref().map(|id| id.0.as_str()).into(),
        d.superseded_by.as_ref().map(|id| id.0.as_str()).into(),
        Some(d.grounds.as_str()).filter(|g| !g.is_empty()).into(),
    ]
}

/// The rows of one table that an extract gives, in order, cells in the order of the columns.
pub fn rows<'a>(table: &str, e: &'a Extract) -> Vec<Vec<Cell<'a>>> {
    let d = &e.document;
    let id = || Cell::from(d.document_id.0.as_str());
    let short = d.document_id.short();
    let head = |tail: char, ordinal: u32| -> Vec<Cell<'a>> {
        // One allocation for the whole row: facts have 33 columns, no table has more.
        let mut r = Vec::with_capacity(33);
        r.extend([
            format!("{short}-{tail}{ordinal}").into(),
            id(),
            d.unit_key.as_deref().into(),
            d.unit_name.as_deref().into(),
            d.fiscal_year.into(),
        ]);
        r
    };
    match table {
        "documents" => vec![document_row(d)],
        "facts" => e
            .facts
            .iter()
            .map(|f| {
                let mut r = head('f', f.ordinal);
                r.extend([
                    (&f.form).into(),
                    f.form_label.as_deref().into(),
                    f.table.into(),
                    f.side.into(),
                    filled(&f.item),
                    f.item_code.as_deref().into(),
                    f.item_name.as_deref().into(),
                    f.item_level.into(),
                    f.is_total.into(),
                    filled(&f.measure),
                    f.fund.as_deref().into(),
                    f.amount.into(),
                    f.cell_state.into(),
                    filled(&f.printed),
                    filled(&f.printed_unit),
                    f.row_no.into(),
                ]);
                r.extend(place(&f.place));
                r.extend([f.source.into(), f.held.into(), f.failed.into()]);
                r.push(locator(&f.place, &d.parts));
                r.push(f.sub_unit.as_deref().into());
                r.push(f.table_title.as_deref().into());
                r.push(f.header_path.as_deref().into());
                r.push(f.unproven().into());
                r
            })
            .collect(),
        "statements" => e
            .statements
            .iter()
            .map(|s| {
                let mut r = head('s', s.ordinal);
                r.extend([
                    (&s.section).into(),
                    (&s.sentence).into(),
                    s.subject.as_deref().into(),
                    (&s.slot).into(),
                    (&s.value_type).into(),
                    s.amount.into(),
                    s.ratio.into(),
                    s.count.into(),
                    s.text.as_deref().into(),
                    filled(&s.printed),
                    s.printed_unit.as_deref().into(),
                ]);
                r.extend(place(&s.place));
                r.extend([s.held.into(), s.failed.into()]);
                r.push(locator(&s.place, &d.parts));
                r.push(s.ground.into());
                r.push(s.source.into());
                r.push(s.unproven().into());
                r
            })
            .collect(),
        "findings" => e
            .findings
            .iter()
            .map(|f| {
                vec![
                    format!("{short}-c{}", f.ordinal).into(),
                    id(),
                    d.unit_key.as_deref().into(),
                    d.fiscal_year.into(),
                    (&f.rule).into(),
                    (&f.scope).into(),
                    f.outcome.into(),
                    f.why.as_deref().into(),
                    f.left.into(),
                    f.right.into(),
                    f.difference.into(),
                    f.allowed.into(),
                    (&f.message).into(),
                    (&f.message_en).into(),
                    joined(f.facts.iter().map(|n| format!("{short}-f{n}"))),
                    joined(f.statements.iter().map(|n| format!("{short}-s{n}"))),
                    f.page.filter(|p| *p > 0).into(),
                    f.class.into(),
                    f.severity.into(),
                    f.relative_difference.into(),
                ]
            })
            .collect(),
        "projects" => e
            .projects
            .iter()
            .map(|p| {
                vec![
                    format!("{short}-p{}", p.ordinal).into(),
                    id(),
                    d.unit_key.as_deref().into(),
                    d.fiscal_year.into(),
                    (&p.project_name).into(),
                    p.supervising_department.as_deref().into(),
                    p.implementing_unit.as_deref().into(),
                    p.goal_planned.as_deref().into(),
                    p.goal_achieved.as_deref().into(),
                    p.score_total.into(),
                    page(p.page),
                    p.weight_total.into(),
                ]
            })
            .collect(),
        "project_funds" => e
            .projects
            .iter()
            .flat_map(|p| p.funds.iter().zip(1u32..).map(move |(f, line)| (p.ordinal, f, line)))
            .map(|(n, f, line)| {
                vec![
                    format!("{short}-p{n}").into(),
                    (&f.fund).into(),
                    f.opening_budget.into(),
                    f.full_year_budget.into(),
                    f.executed.into(),
                    f.weight.into(),
                    f.execution_rate.into(),
                    f.score.into(),
                    (&f.printed_unit).into(),
                    f.adjusted_budget.into(),
                    line.into(),
                ]
            })
            .collect(),
        "indicators" => e
            .projects
            .iter()
            .flat_map(|p| p.indicators.iter().map(move |i| (p.ordinal, i)))
            .map(|(n, i)| {
                let mut r: Vec<Cell<'a>> = vec![
                    format!("{short}-p{n}").into(),
                    (&i.kind).into(),
                    i.level1.as_deref().into(),
                    i.level2.as_deref().into(),
                    i.level3.as_deref().into(),
                    i.target.as_deref().into(),
                    i.actual.as_deref().into(),
                    i.weight.into(),
                    i.score.into(),
                    i.deviation.as_deref().into(),
                    i.reason.as_deref().into(),
                ];
                r.extend(place(&i.place));
                r.push(locator(&i.place, &d.parts));
                r
            })
            .collect(),
        "sections" => (1u32..)
            .zip(&e.sections)
            .map(|(n, s)| {
                vec![
                    format!("{short}-t{n}").into(),
                    id(),
                    (&s.section).into(),
                    (&s.heading).into(),
                    (&s.text).into(),
                    page(s.page_from),
                    page(s.page_to),
                ]
            })
            .collect(),
        "glossary" => e
            .glossary
            .iter()
            .map(|g| vec![id(), (&g.term).into(), (&g.definition).into(), page(g.page)])
            .collect(),
        "members" => e
            .members
            .iter()
            .map(|m| {
                vec![
                    id(),
                    m.ordinal.into(),
                    (&m.name).into(),
                    m.note.as_deref().into(),
                    m.unit_key.as_deref().into(),
                    page(m.page),
                    m.kind.as_str().into(),
                ]
            })
            .collect(),
        "diagnostics" => e
            .diagnostics
            .iter()
            .map(|g| {
                let mut r: Vec<Cell<'a>> = vec![
                    id(),
                    g.severity.as_str().into(),
                    g.code.stage().as_str().into(),
                    g.code.as_str().into(),
                    (&g.message).into(),
                    filled(g.printed.as_deref().unwrap_or_default()),
                ];
                r.extend(place(&g.place));
                r.push(locator(&g.place, &d.parts));
                r.push(g.form.as_deref().into());
                r
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// The row of a file that was given.
pub fn input_row(f: &InputFile) -> Vec<Cell<'_>> {
    vec![
        (&f.path).into(),
        (&f.name).into(),
        f.bytes
            .map_or(Cell::Null, |n| Cell::Int(i64::try_from(n).unwrap_or(i64::MAX))),
        f.modified.as_deref().into(),
        f.sha256.as_deref().into(),
        f.document_id.0.as_str().into(),
    ]
}

/// The row of an identifier.
pub fn codebook_row(c: &CodebookEntry) -> Vec<Cell<'_>> {
    vec![
        c.kind.into(),
        (&c.id).into(),
        (&c.zh).into(),
        (!c.en.is_empty()).then_some(c.en.as_str()).into(),
        c.unit.as_deref().into(),
        c.since.into(),
        c.formula.as_deref().into(),
    ]
}

/// The row of a unit.
pub fn unit_row(u: &Unit) -> Vec<Cell<'_>> {
    vec![
        (&u.unit_key).into(),
        (&u.unit_name).into(),
        joined(u.aliases.iter().cloned()),
        u.uscc.as_deref().into(),
        u.region_code.as_deref().into(),
        u.region_name.as_deref().into(),
        u.level.into(),
        u.parent_unit_key.as_deref().into(),
        u.first_year.into(),
        u.last_year.into(),
        u.documents.into(),
        u.successor_unit_key.as_deref().into(),
        u.successor_year.into(),
    ]
}

/// Digits of a decimal column in all and after the point.
pub fn digits(ty: Type) -> Option<(u8, u8)> {
    match ty {
        Type::Amount => Some((20, 2)),
        Type::Decimal => Some((28, 8)),
        _ => None,
    }
}

/// An exact number as a whole number of units of `10^-scale`; never rounded, never wrapped: `None` when it does not fit.
pub fn scaled(d: Decimal, precision: u8, scale: u8) -> Option<i128> {
    let power = |n: u32| 10i128.checked_pow(n);
    let (have, want) = (d.scale(), u32::from(scale));
    let units = if have <= want {
        d.mantissa().checked_mul(power(want - have)?)?
    } else {
        let divisor = power(have - want)?;
        (d.mantissa() % divisor == 0).then(|| d.mantissa() / divisor)?
    };
    (units.checked_abs()? < power(u32::from(precision))?).then_some(units)
}

/// Whether a number can stand in a column of this type.
pub fn fits(d: Decimal, ty: Type) -> bool {
    digits(ty).is_some_and(|(precision, scale)| scaled(d, precision, scale).is_some())
}

/// A position as CSV prints it. Formatting floats is slow, and four of them stand in every row.
fn hundredths(points: f64) -> String {
    // Positions are small and rounded to hundredths already: the cast is exact.
    let n = (points * 100.0).round() as i64;
    format!("{}{}.{:02}", if n < 0 { "-" } else { "" }, n.abs() / 100, n.abs() % 100)
}

/// A cell as it stands in a CSV file, empty for null; the error says what does not fit.
pub fn text<'a>(cell: &'a Cell<'_>, ty: Type) -> Result<Cow<'a, str>, String> {
    Ok(match cell {
        Cell::Null => "".into(),
        Cell::Str(s) => s.as_ref().into(),
        Cell::Int(i) => i.to_string().into(),
        Cell::Bool(b) => if *b { "true" } else { "false" }.into(),
        Cell::Dec(d) if !fits(*d, ty) => return Err(format!("{d} has more digits than the column holds")),
        Cell::Dec(d) => match ty {
            Type::Amount => {
                // Arithmetic may leave a sign on a zero; nobody printed it, and what waits in a file does not keep it.
                let mut d = if d.is_zero() { d.abs() } else { *d };
                // It fits: this adds zeros or takes zeros away.
                d.rescale(2);
                d.to_string().into()
            }
            _ if d.is_zero() => "0".into(),
            _ => d.normalize().to_string().into(),
        },
        Cell::Float(f) => match ty {
            Type::Seconds => format!("{f:.6}").into(),
            _ => hundredths(*f).into(),
        },
    })
}
