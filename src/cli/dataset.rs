//! A dataset written earlier (its CSV files, perhaps edited by hand, or its Parquet files where it has no CSV) back to extracts, one document after the other. What does
//! not parse is refused with file and line; nothing is guessed.

use crate::diag::{Code, Diagnostic, Loss, Refusal, Severity};
use crate::place::{DocumentId, Place};
use crate::record::{
    Caliber, CellState, DocumentRow, Extract, Fact, Finding, FindingClass, FindingOutcome, Gravity, Ground, Indicator,
    Kind, Level, Member, MemberKind, Project, ProjectFund, Side, Source, Statement, Status,
};
use crate::write::parquet_read::ParquetRows;
use csv::StringRecord;
use rust_decimal::Decimal;
use std::collections::HashMap;
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use tr::tr;

/// The file of a table.
enum File {
    Csv(csv::Reader<Box<dyn Read>>),
    Parquet(ParquetRows),
}

/// One table of a dataset.
struct Rows {
    path: PathBuf,
    columns: HashMap<String, usize>,
    file: File,
    /// The row that belongs to a later document.
    waiting: Option<StringRecord>,
}

impl Rows {
    fn open(dir: &Path, name: &str) -> Result<Self, String> {
        let path = dir.join(format!("{name}.csv"));
        let other = dir.join(format!("{name}.parquet"));
        let packed = dir.join(format!("{name}.csv.zst"));
        if !path.is_file() && other.is_file() {
            let rows = ParquetRows::open(&other)?;
            return Ok(Self {
                path: other,
                columns: rows.columns().iter().cloned().zip(0..).collect(),
                file: File::Parquet(rows),
                waiting: None,
            });
        }
        let packed_only = !path.is_file() && packed.is_file();
        let path = if packed_only { packed } else { path };
        let opened = fs::File::open(&path).and_then(|file| {
            let text: Box<dyn Read> = match packed_only {
                true => Box::new(zstd::stream::read::Decoder::new(file)?),
                false => Box::new(file),
            };
            Ok(csv::Reader::from_reader(text))
        });
        let mut reader = opened.map_err(|e| {
            tr!(
                "cannot read {}: {e}; is {} a dataset with CSV or Parquet files?",
                path.display(),
                dir.display(),
                e
            )
        })?;
        let headers = reader.headers().map_err(|e| format!("{}: {e}", path.display()))?;
        let columns = headers
            .iter()
            .enumerate()
            .map(|(n, h)| (h.trim_start_matches('\u{feff}').to_string(), n))
            .collect();
        Ok(Self {
            path,
            columns,
            file: File::Csv(reader),
            waiting: None,
        })
    }

    fn next(&mut self) -> Result<Option<StringRecord>, String> {
        if let Some(w) = self.waiting.take() {
            return Ok(Some(w));
        }
        let reader = match &mut self.file {
            File::Csv(reader) => reader,
            File::Parquet(rows) => return rows.next_row(),
        };
        let mut record = StringRecord::new();
        match reader.read_record(&mut record) {
            Ok(true) => Ok(Some(record)),
            Ok(false) => Ok(None),
            Err(e) => Err(format!("{}: {e}", self.path.display())),
        }
    }

    /// The rows of one document, which stand together and in the order of `documents.csv`.
    fn of<T>(&mut self, id: &str, make: impl Fn(&Row<'_>) -> Result<T, String>) -> Result<Vec<T>, String> {
        let mut out = Vec::new();
        while let Some(record) = self.next()? {
            let row = Row {
                rows: self,
                record: &record,
            };
            if row.text("document_id")? != id {
                self.waiting = Some(record);
                break;
            }
            out.push(make(&row)?);
        }
        Ok(out)
    }

    fn finish(&mut self) -> Result<(), String> {
        match self.next()? {
            None => Ok(()),
            Some(r) => Err(tr!(
                "{}, line {}: the rows of a document stand together, in the order of documents.csv; this one does not",
                self.path.display(),
                r.position().map_or(0, csv::Position::line)
            )),
        }
    }
}

struct Row<'r> {
    rows: &'r Rows,
    record: &'r StringRecord,
}

impl Row<'_> {
    fn wrong(&self, column: &str, value: &str, right: &str) -> String {
        let line = self.record.position().map_or(0, csv::Position::line);
        tr!(
            "{}, line {line}, column {column}: `{value}` is not {right}",
            self.rows.path.display(),
            line,
            column,
            value,
            right
        )
    }

    fn text(&self, column: &str) -> Result<&str, String> {
        let n = self
            .rows
            .columns
            .get(column)
            .ok_or_else(|| tr!("{} has no column {column}", self.rows.path.display(), column))?;
        Ok(self.record.get(*n).unwrap_or(""))
    }

    fn has(&self, column: &str) -> bool {
        self.rows.columns.contains_key(column)
    }

    fn string(&self, column: &str) -> Result<String, String> {
        self.text(column).map(str::to_string)
    }

    fn maybe(&self, column: &str) -> Result<Option<String>, String> {
        Ok(Some(self.string(column)?).filter(|t| !t.is_empty()))
    }

    fn parse<T: FromStr>(&self, column: &str, right: &str) -> Result<Option<T>, String> {
        match self.text(column)? {
            "" => Ok(None),
            t => t.parse().map(Some).map_err(|_| self.wrong(column, t, right)),
        }
    }

    fn number(&self, column: &str) -> Result<Option<Decimal>, String> {
        self.parse(column, "a number")
    }

    fn count(&self, column: &str) -> Result<u32, String> {
        Ok(self.parse(column, "a whole number")?.unwrap_or(0))
    }

    fn word<T>(&self, column: &str, of: impl Fn(&str) -> Option<T>) -> Result<Option<T>, String> {
        match self.text(column)? {
            "" => Ok(None),
            t => of(t)
                .map(Some)
                .ok_or_else(|| self.wrong(column, t, "a word of this column; see the dictionary")),
        }
    }

    /// The number at the end of an id.
    fn ordinal(&self, column: &str) -> Result<u32, String> {
        let id = self.text(column)?;
        let digits = id
            .rsplit('-')
            .next()
            .map(|t| t.trim_start_matches(|c: char| c.is_ascii_alphabetic()));
        digits
            .and_then(|d| d.parse().ok())
            .ok_or_else(|| self.wrong(column, id, "an id"))
    }

    fn ordinals(&self, column: &str) -> Result<Vec<u32>, String> {
        let all = self.text(column)?;
        all.split(';')
            .filter(|t| !t.is_empty())
            .map(|t| {
                let digits = t
                    .rsplit('-')
                    .next()
                    .map(|t| t.trim_start_matches(|c: char| c.is_ascii_alphabetic()));
                digits
                    .and_then(|d| d.parse().ok())
                    .ok_or_else(|| self.wrong(column, all, "a list of ids"))
            })
            .collect()
    }

    fn place(&self) -> Result<Place, String> {
        let mut place = Place::page(self.count("page")?);
        let side = |c: &str| Ok::<f32, String>(self.parse(c, "a number")?.unwrap_or(0.0));
        place.rect.x0 = side("x0")?;
        place.rect.y0 = side("y0")?;
        place.rect.x1 = side("x1")?;
        place.rect.y1 = side("y1")?;
        Ok(place)
    }
}

fn document(r: &Row<'_>) -> Result<DocumentRow, String> {
    let mut d = DocumentRow::new(DocumentId(r.string("document_id")?), r.string("file_name")?);
    d.kind = r.word("kind", Kind::from_word)?.unwrap_or(Kind::Other);
    d.status = r.word("status", Status::from_word)?.unwrap_or(Status::Failed);
    if r.has("error_code") {
        d.error_code = r.maybe("error_code")?.and_then(|c| Refusal::parse(&c));
    }
    d.error_message = r.maybe("error_message")?;
    if r.has("source_url") {
        d.source_url = r.maybe("source_url")?;
    }
    d.unit_key = r.maybe("unit_key")?;
    d.unit_name = r.maybe("unit_name")?;
    d.region_code = r.maybe("region_code")?;
    // Datasets of before these columns have one version of each account.
    if r.has("superseded_by") {
        d.versions = r.parse("versions", "a whole number")?.unwrap_or(1);
        d.superseded_by = r.maybe("superseded_by")?.map(DocumentId);
    }
    if r.has("grounds") {
        d.grounds = r.maybe("grounds")?.unwrap_or_default();
    }
    if r.has("part_of") {
        d.part_of = r.maybe("part_of")?.map(DocumentId);
    }
    d.level = r.word("level", Level::from_word)?;
    d.caliber = r.word("caliber", Caliber::from_word)?;
    d.fiscal_year = r.parse("fiscal_year", "a year")?;
    d.pages = r.count("pages")?;
    d.forms_found = r
        .text("forms_found")?
        .split(';')
        .filter(|t| !t.is_empty())
        .map(str::to_string)
        .collect();
    d.unclaimed_blocks = r.count("unclaimed_blocks")?;
    Ok(d)
}

fn fact(r: &Row<'_>) -> Result<Fact, String> {
    Ok(Fact {
        ordinal: r.ordinal("fact_id")?,
        form: r.string("form")?,
        form_label: r.maybe("form_label")?,
        table: r.count("table")?,
        side: r.word("side", Side::from_word)?,
        item: r.string("item")?,
        item_code: r.maybe("item_code")?,
        item_name: r.maybe("item_name")?,
        item_level: r.parse("item_level", "a level")?,
        is_total: r.text("is_total")? == "true",
        measure: r.string("measure")?,
        fund: r.maybe("fund")?,
        amount: r.number("amount")?,
        cell_state: r.word("cell_state", CellState::from_word)?.unwrap_or(CellState::Blank),
        printed: r.string("printed")?,
        printed_unit: r.string("printed_unit")?,
        row_no: r.parse("row_no", "a whole number")?,
        place: r.place()?,
        source: r.word("source", Source::from_word)?.unwrap_or(Source::Native),
        held: 0,
        failed: 0,
        sub_unit: if r.has("sub_unit") { r.maybe("sub_unit")? } else { None },
        table_title: if r.has("table_title") {
            r.maybe("table_title")?
        } else {
            None
        },
        header_path: if r.has("header_path") {
            r.maybe("header_path")?
        } else {
            None
        },
    })
}

fn statement(r: &Row<'_>) -> Result<Statement, String> {
    Ok(Statement {
        ordinal: r.ordinal("statement_id")?,
        section: r.string("section")?,
        sentence: r.string("sentence")?,
        subject: r.maybe("subject")?,
        slot: r.string("slot")?,
        value_type: r.string("value_type")?,
        amount: r.number("amount")?,
        ratio: r.number("ratio")?,
        count: r.number("count")?,
        text: r.maybe("text")?,
        printed: r.string("printed")?,
        printed_unit: r.maybe("printed_unit")?,
        place: r.place()?,
        ground: r.word("ground", Ground::from_word)?.unwrap_or_default(),
        source: match r.has("source") {
            true => r.word("source", Source::from_word)?.unwrap_or_default(),
            false => Source::default(),
        },
        held: 0,
        failed: 0,
    })
}

fn finding(r: &Row<'_>) -> Result<Finding, String> {
    Ok(Finding {
        ordinal: r.ordinal("finding_id")?,
        rule: r.string("rule")?,
        scope: r.string("scope")?,
        outcome: r
            .word("outcome", FindingOutcome::from_word)?
            .unwrap_or(FindingOutcome::NotEvaluated),
        why: r.maybe("why")?,
        left: r.number("left")?,
        right: r.number("right")?,
        difference: r.number("difference")?,
        allowed: r.number("allowed")?,
        message: r.string("message")?,
        message_en: r.string("message_en")?,
        facts: r.ordinals("fact_ids")?,
        statements: r.ordinals("statement_ids")?,
        page: r.parse("page", "a page")?,
        place: None,
        // Datasets of before these columns do not grade.
        class: match r.has("class") {
            true => r
                .word("class", FindingClass::from_word)?
                .unwrap_or(FindingClass::Equality),
            false => FindingClass::Equality,
        },
        severity: match r.has("severity") {
            true => r.word("severity", Gravity::from_word)?,
            false => None,
        },
        relative_difference: match r.has("relative_difference") {
            true => r.number("relative_difference")?,
            false => None,
        },
    })
}

/// A member unit; institutions are not asked for.
fn member(r: &Row<'_>) -> Result<Option<Member>, String> {
    if r.has("kind") && r.word("kind", MemberKind::from_word)? != Some(MemberKind::Unit) {
        return Ok(None);
    }
    Ok(Some(Member {
        ordinal: r.count("ordinal")?,
        kind: MemberKind::Unit,
        name: r.string("name")?,
        note: r.maybe("note")?,
        unit_key: r.maybe("unit_key")?,
        page: r.count("page")?,
    }))
}

/// A diagnostic that a check or the panel asks for; the others change nothing there.
fn loss(r: &Row<'_>) -> Result<Option<Diagnostic>, String> {
    let word = r.text("code")?;
    let code = Code::parse(word).ok_or_else(|| r.wrong("code", word, "a code that this version knows"))?;
    // A form that was known by its header alone weakens a verdict; nothing else that lost no figure does.
    if code.loss() == Loss::Nothing && code != Code::FormByHeader {
        return Ok(None);
    }
    let severity = match r.text("severity")? {
        "error" => Severity::Error,
        "note" => Severity::Note,
        _ => Severity::Warning,
    };
    let place = Place::page(r.parse("page", "a page")?.unwrap_or(0));
    let mut d = Diagnostic::new(severity, code, r.string("message")?, place);
    d.printed = r.maybe("printed")?;
    // Datasets of before this column do not say which form it is about.
    if r.has("form") {
        d.form = r.maybe("form")?;
    }
    Ok(Some(d))
}

/// The projects of a dataset: what identities ask of them. Datasets without these tables have none.
fn projects(dir: &Path) -> Result<HashMap<String, Vec<Project>>, String> {
    let all = ["projects", "project_funds", "indicators"];
    let has = |t: &&str| {
        ["csv", "parquet"]
            .iter()
            .any(|e| dir.join(format!("{t}.{e}")).is_file())
    };
    if !all.iter().all(has) {
        return Ok(HashMap::new());
    }
    let mut order: Vec<(String, String, Project)> = Vec::new();
    let mut at: HashMap<String, usize> = HashMap::new();
    for table in all {
        let mut rows = Rows::open(dir, table)?;
        while let Some(record) = rows.next()? {
            let r = Row {
                rows: &rows,
                record: &record,
            };
            let id = r.string("project_id")?;
            if table == "projects" {
                at.insert(id.clone(), order.len());
                let project = Project {
                    ordinal: r.ordinal("project_id")?,
                    project_name: r.string("project_name")?,
                    score_total: r.number("score_total")?,
                    weight_total: if r.has("weight_total") {
                        r.number("weight_total")?
                    } else {
                        None
                    },
                    page: r.count("page")?,
                    ..Project::default()
                };
                order.push((r.string("document_id")?, id, project));
                continue;
            }
            let Some((_, _, project)) = at.get(&id).and_then(|n| order.get_mut(*n)) else {
                return Err(r.wrong("project_id", &id, "the id of a row of projects.csv"));
            };
            if table == "project_funds" {
                project.funds.push(ProjectFund {
                    fund: r.string("fund")?,
                    opening_budget: r.number("opening_budget")?,
                    full_year_budget: r.number("full_year_budget")?,
                    executed: r.number("executed")?,
                    weight: r.number("weight")?,
                    execution_rate: r.number("execution_rate")?,
                    score: r.number("score")?,
                    printed_unit: r.string("printed_unit")?,
                    adjusted_budget: if r.has("adjusted_budget") {
                        r.number("adjusted_budget")?
                    } else {
                        None
                    },
                    ..ProjectFund::default()
                });
            } else {
                project.indicators.push(Indicator {
                    kind: r.string("kind")?,
                    level2: r.maybe("level2")?,
                    level3: r.maybe("level3")?,
                    target: r.maybe("target")?,
                    actual: r.maybe("actual")?,
                    deviation: r.maybe("deviation")?,
                    weight: r.number("weight")?,
                    score: r.number("score")?,
                    ..Indicator::default()
                });
            }
        }
    }
    let mut out: HashMap<String, Vec<Project>> = HashMap::new();
    for (document, _, project) in order {
        out.entry(document).or_default().push(project);
    }
    Ok(out)
}

/// The documents of a dataset, in their order.
pub(crate) struct Documents {
    documents: Rows,
    facts: Rows,
    statements: Rows,
    findings: Option<Rows>,
    /// What was not read; a dataset without this table is taken as read in full.
    diagnostics: Option<Rows>,
    /// Members of departments; a dataset without this table has none.
    members: Option<Rows>,
    /// 项目自评表 by document; few.
    projects: HashMap<String, Vec<Project>>,
}

impl Documents {
    /// Opens a dataset; with its findings or without.
    pub fn open(dir: &Path, findings: bool) -> Result<Self, String> {
        Ok(Self {
            documents: Rows::open(dir, "documents")?,
            facts: Rows::open(dir, "facts")?,
            statements: Rows::open(dir, "statements")?,
            findings: if findings {
                Some(Rows::open(dir, "findings")?)
            } else {
                None
            },
            diagnostics: Rows::open(dir, "diagnostics").ok(),
            members: Rows::open(dir, "members").ok(),
            projects: projects(dir)?,
        })
    }

    /// The next document.
    pub fn next(&mut self) -> Result<Option<Extract>, String> {
        let Some(record) = self.documents.next()? else {
            self.facts.finish()?;
            self.statements.finish()?;
            if let Some(f) = &mut self.findings {
                f.finish()?;
            }
            return Ok(None);
        };
        let row = document(&Row {
            rows: &self.documents,
            record: &record,
        })?;
        let id = row.document_id.0.clone();
        let mut e = Extract::empty(row);
        e.facts = self.facts.of(&id, fact)?;
        e.statements = self.statements.of(&id, statement)?;
        if let Some(f) = &mut self.findings {
            e.findings = f.of(&id, finding)?;
        }
        if let Some(d) = &mut self.diagnostics {
            e.diagnostics = d.of(&id, loss)?.into_iter().flatten().collect();
        }
        if let Some(m) = &mut self.members {
            e.members = m.of(&id, member)?.into_iter().flatten().collect();
        }
        e.projects = self.projects.remove(&id).unwrap_or_default();
        e.document.facts = e.facts.len() as u32;
        e.document.statements = e.statements.len() as u32;
        Ok(Some(e))
    }
}
