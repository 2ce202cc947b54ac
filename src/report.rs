//! The report as one HTML file. Comes in: the documents of a dataset, their identities evaluated. Goes out: a page that needs no
//! network: what is compared stands in one compressed block, the tables as printed in blocks of a few documents each, which the
//! page opens when a unit or a figure is looked at.

use crate::diag::{Language, Refusal};
use crate::grammar::Grammar;
use crate::ids::{measure, slot};
use crate::panel;
use crate::panel::overspent::{self, Outcome, Verdict};
use crate::record::{CellState, Extract, Fact, Finding, FindingOutcome, Side, Statement};
use crate::write::schema::DATASET_VERSION;
use flate2::Compression;
use flate2::write::ZlibEncoder;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::io::{self, Write};

const PAGE: &str = include_str!("report/page.html");
const STYLE: &str = include_str!("report/style.css");
const SCRIPT: &str = include_str!("report/app.js");
const CHART: &str = include_str!("../vendor/uplot/uPlot.iife.min.js");
const CHART_STYLE: &str = include_str!("../vendor/uplot/uPlot.min.css");
const CHART_LICENCE: &str = include_str!("../vendor/uplot/LICENSE");
/// Columns of facts and of statements in a block.
const FACT_COLUMNS: usize = 21;
const STATEMENT_COLUMNS: usize = 13;
/// Documents of a block: few enough to open at once, enough to compress well.
const BLOCK: usize = 16;

/// The cells of a table, column by column.
type Columns = Vec<Vec<Value>>;

/// Texts that repeat, each written once.
#[derive(Default)]
struct Words {
    at: HashMap<String, usize>,
    all: Vec<String>,
}

impl Words {
    fn of(&mut self, text: &str) -> usize {
        if let Some(n) = self.at.get(text) {
            return *n;
        }
        self.at.insert(text.to_string(), self.all.len());
        self.all.push(text.to_string());
        self.all.len() - 1
    }

    fn maybe(&mut self, text: Option<&str>) -> Value {
        text.map_or(Value::Null, |t| self.of(t).into())
    }
}

/// Collects a report, one document after the other.
pub struct Report<'g> {
    grammar: &'g Grammar,
    documents: Vec<Value>,
    /// Of each account in the panel: number of the document, then the rows of the indicators.
    accounts: Vec<Value>,
    findings: Vec<Value>,
    verdicts: Vec<Value>,
    words: Words,
    numbers: HashMap<String, usize>,
    /// Facts and statements of the documents of the block, each column by column.
    block: Vec<[Columns; 2]>,
    block_words: Words,
    blocks: Vec<String>,
    rules: BTreeSet<String>,
    refusals: HashSet<Refusal>,
    /// How the dataset is cited.
    citation: Option<String>,
    ids: BTreeSet<(String, String)>,
}

impl<'g> Report<'g> {
    /// An empty one.
    pub fn new(grammar: &'g Grammar) -> Self {
        Self {
            grammar,
            documents: Vec::new(),
            accounts: Vec::new(),
            findings: Vec::new(),
            verdicts: Vec::new(),
            words: Words::default(),
            numbers: HashMap::new(),
            block: Vec::new(),
            block_words: Words::default(),
            blocks: Vec::new(),
            rules: BTreeSet::new(),
            refusals: HashSet::new(),
            citation: None,
            ids: BTreeSet::new(),
        }
    }

    /// How the dataset is cited, where it says so.
    pub fn cite(&mut self, citation: Option<String>) {
        self.citation = citation;
    }

    /// Adds a document whose identities were evaluated.
    pub fn add(&mut self, e: &Extract) -> io::Result<()> {
        let number = self.documents.len();
        let d = &e.document;
        self.numbers.insert(d.document_id.0.clone(), number);
        let form = |f: &String| self.grammar.forms.iter().position(|g| g.id == *f);
        let forms: Vec<usize> = d.forms_found.iter().filter_map(form).collect();
        self.documents.push(json!([
            d.document_id.0,
            d.file_name,
            d.source_url,
            d.unit_key,
            d.unit_name,
            d.fiscal_year,
            d.level.map(|l| l.as_str()),
            d.caliber.map(|c| c.as_str()),
            d.region_code,
            d.kind.as_str(),
            d.status.as_str(),
            d.pages,
            d.versions,
            d.superseded_by.as_ref().map(|s| s.0.as_str()),
            forms,
            e.facts.len(),
            e.facts.iter().filter(|f| f.held > 0).count(),
            d.error_message,
            d.error_code.map(|c| c.as_str()),
        ]));
        self.refusals.extend(d.error_code);
        if let Some(a) = panel::account(e, self.grammar, false) {
            let rows: Vec<Value> = a.rows.iter().map(|r| self.row(r)).collect();
            self.accounts.push(json!([number, rows]));
        }
        for v in overspent::verdicts(e, self.grammar) {
            let row = self.verdict(number, &v);
            self.verdicts.push(row);
        }
        self.found(e);
        let content = self.content(e);
        self.block.push(content);
        if self.block.len() == BLOCK {
            self.flush()?;
        }
        Ok(())
    }

    /// Value as text (exact), state, sources, page, basis, as printed.
    fn row(&mut self, r: &panel::Row) -> Value {
        // What is not printed is the most frequent: the shortest.
        if r.value.is_none() && r.state == "not_printed" {
            return 0.into();
        }
        json!([
            r.value.map(|v| v.normalize().to_string()),
            self.words.of(r.state),
            ids(r),
            r.page,
            self.words.maybe(r.budget_basis.as_deref()),
        ])
    }

    fn verdict(&mut self, number: usize, v: &Verdict) -> Value {
        let outcome = match v.outcome {
            Outcome::Over => "over",
            Outcome::Within => "within",
            Outcome::NotJudged(why) => why,
        };
        let text = |d: Option<rust_decimal::Decimal>| d.map(|d| d.normalize().to_string());
        json!([
            number,
            v.pair,
            self.words.of(outcome),
            text(v.excess),
            text(v.rate),
            text(v.budget.value),
            self.words.maybe(v.budget.budget_basis.as_deref()),
            ids(&v.budget),
            text(v.spent.value),
            ids(&v.spent),
            v.failed,
        ])
    }

    /// Adds contradictions: of a document, or those of the years, when all documents are known.
    pub fn found(&mut self, e: &Extract) {
        let Some(number) = self.numbers.get(&e.document.document_id.0).copied() else {
            return;
        };
        for f in e.findings.iter().filter(|f| f.outcome == FindingOutcome::Fails) {
            self.rules.insert(f.rule.clone());
            let row = finding(number, f, e, &mut self.words);
            self.findings.push(row);
        }
    }

    /// Facts and statements of a document, column by column.
    fn content(&mut self, e: &Extract) -> [Columns; 2] {
        for f in &e.facts {
            self.ids.insert((f.form.clone(), f.measure.clone()));
            self.ids.insert((f.form.clone(), f.item.clone()));
        }
        for s in &e.statements {
            self.ids.insert((String::new(), s.slot.clone()));
            self.ids.extend(s.subject.iter().map(|t| (String::new(), t.clone())));
        }
        let words = &mut self.block_words;
        [facts(&e.facts, words), statements(&e.statements, words)]
    }

    fn flush(&mut self) -> io::Result<()> {
        let words = std::mem::take(&mut self.block_words).all;
        let documents = std::mem::take(&mut self.block);
        // The same column of all documents together: what is alike stands side by side, and packs to half.
        let column = |table: usize, n: usize| documents.iter().map(|d| &d[table][n]).collect::<Vec<_>>();
        let of = |table: usize, width: usize| (0..width).map(|n| column(table, n)).collect::<Vec<_>>();
        let block = json!({"words": words, "facts": of(0, FACT_COLUMNS), "statements": of(1, STATEMENT_COLUMNS)});
        self.blocks.push(packed(&block)?);
        Ok(())
    }

    /// Writes the page.
    pub fn finish(mut self, zh: bool, out: &mut impl Write) -> io::Result<()> {
        if !self.block.is_empty() {
            self.flush()?;
        }
        let core = packed(&self.core())?;
        let blocks: String = self
            .blocks
            .iter()
            .enumerate()
            .map(|(n, b)| format!("<script type=\"text/plain\" id=\"block-{n}\">{b}</script>\n"))
            .collect();
        let mut rest = PAGE;
        let parts = [
            ("{{lang}}", if zh { "zh" } else { "en" }),
            ("{{style}}", STYLE),
            ("{{chart-style}}", CHART_STYLE),
            ("{{core}}", &core),
            ("{{blocks}}", &blocks),
            ("{{chart-licence}}", CHART_LICENCE),
            ("{{chart}}", CHART),
            ("{{script}}", SCRIPT),
        ];
        // Each stands once, in this order: what is put in is never looked through.
        for (mark, text) in parts {
            let (before, after) = rest.split_once(mark).unwrap_or((rest, ""));
            out.write_all(before.as_bytes())?;
            out.write_all(text.as_bytes())?;
            rest = after;
        }
        out.write_all(rest.as_bytes())
    }

    fn core(&mut self) -> Value {
        let g = self.grammar;
        let forms: Vec<Value> = g
            .forms
            .iter()
            .map(|f| json!([f.id, f.zh, g.identities.name("form", &f.id)[1]]))
            .collect();
        let indicators: Vec<Value> = g.panel.iter().map(|i| json!([i.id, i.zh, i.en, i.unit])).collect();
        let pairs: Vec<Value> = g
            .overspent
            .iter()
            .map(|p| json!([p.id, p.zh, p.en, p.budget, p.spent]))
            .collect();
        let law = |id: &String| {
            let rule = g.identities.rules.iter().find(|r| r.id == *id);
            (id.clone(), rule.map_or(json!(["", ""]), |r| json!([r.zh, r.en])))
        };
        let rules: Map<String, Value> = self.rules.iter().map(law).collect();
        let mut names: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
        let bases = [
            measure::BUDGET,
            measure::OPENING_BUDGET,
            slot::FULL_YEAR_BUDGET,
            measure::ADJUSTED_BUDGET,
        ];
        self.ids.extend(bases.map(|b| (String::new(), b.to_string())));
        for (form, id) in &self.ids {
            let [zh, en] = g.identities.name(form, id);
            if zh != id.as_str() {
                names
                    .entry(form.clone())
                    .or_default()
                    .insert(id.clone(), json!([zh, en]));
            }
        }
        let why = |r: &Refusal| {
            let said = [Language::Zh, Language::En].map(|l| r.explanation(l).happened);
            (r.as_str().to_string(), json!(said))
        };
        let used = Refusal::ALL.iter().filter(|r| self.refusals.contains(r));
        let refusals: Map<String, Value> = used.map(why).collect();
        json!({
            "version": DATASET_VERSION,
            "program": env!("CARGO_PKG_VERSION"),
            "citation": self.citation,
            "block": BLOCK,
            "words": self.words.all,
            "forms": forms,
            "indicators": indicators,
            "pairs": pairs,
            "rules": rules,
            "names": names,
            "refusals": refusals,
            "documents": self.documents,
            "accounts": self.accounts,
            "findings": self.findings,
            "verdicts": self.verdicts,
        })
    }
}

/// The figures behind a row: `f12;s3`, without the document.
fn ids(r: &panel::Row) -> String {
    let short = |s: &String| s.rsplit_once('-').map(|(_, id)| id.to_string());
    r.sources.iter().filter_map(short).collect::<Vec<_>>().join(";")
}

/// Figures of a contradiction that are shown as printed: the page draws no more.
const FIGURES_SHOWN: usize = 6;

fn finding(number: usize, f: &Finding, e: &Extract, words: &mut Words) -> Value {
    let list = |kind: char, all: &[u32]| all.iter().map(|n| format!("{kind}{n}")).collect::<Vec<_>>();
    let mut sources = list('f', &f.facts);
    sources.extend(list('s', &f.statements));
    // A contradiction between years comes without the figures of its document; they are named by their numbers then.
    let fact = |n: &u32| e.facts.iter().find(|x| x.ordinal == *n).map(|x| x.printed.as_str());
    let said = |n: &u32| {
        e.statements
            .iter()
            .find(|x| x.ordinal == *n)
            .map(|x| x.printed.as_str())
    };
    let printed = f.facts.iter().map(fact).chain(f.statements.iter().map(said));
    let printed: Vec<Option<&str>> = printed.take(FIGURES_SHOWN).collect();
    json!([
        number,
        words.of(&f.rule),
        words.of(&f.scope),
        f.severity.map(|s| s.as_str()),
        f.class.as_str(),
        f.difference.map(|d| d.normalize().to_string()),
        f.message,
        f.message_en,
        sources.join(";"),
        f.page,
        printed,
    ])
}

/// A box in whole points: enough to draw it.
fn corners(place: &crate::place::Place) -> [i32; 4] {
    let r = place.rect;
    [r.x0, r.y0, r.x1, r.y1].map(|v| v.round() as i32)
}

/// Ordinals as steps from one to the next, boxes as corner, width and height: small numbers that repeat.
fn facts(all: &[Fact], words: &mut Words) -> Columns {
    let mut columns: Columns = vec![Vec::new(); FACT_COLUMNS];
    let mut before = 0;
    for f in all {
        let side = f.side.map(Side::as_str);
        let state = match f.cell_state {
            CellState::Number => 0,
            CellState::Blank => 1,
            CellState::Dash => 2,
            CellState::Text => 3,
        };
        let [x0, y0, x1, y1] = corners(&f.place);
        let step = i64::from(f.ordinal) - before;
        before = i64::from(f.ordinal);
        let row: [Value; FACT_COLUMNS] = [
            step.into(),
            words.of(&f.form).into(),
            f.table.into(),
            words.maybe(side),
            words.of(&f.item).into(),
            words.maybe(f.item_code.as_deref()),
            words.maybe(f.item_name.as_deref()),
            u8::from(f.is_total).into(),
            words.of(&f.measure).into(),
            f.printed.as_str().into(),
            words.of(&f.printed_unit).into(),
            state.into(),
            f.place.page.into(),
            x0.into(),
            y0.into(),
            (x1 - x0).into(),
            (y1 - y0).into(),
            f.held.into(),
            f.failed.into(),
            words.maybe(f.sub_unit.as_deref()),
            words.maybe(f.header_path.as_deref().or(f.form_label.as_deref())),
        ];
        for (column, value) in columns.iter_mut().zip(row) {
            column.push(value);
        }
    }
    columns
}

fn statements(all: &[Statement], words: &mut Words) -> Columns {
    let mut columns: Columns = vec![Vec::new(); STATEMENT_COLUMNS];
    let mut before = 0;
    for s in all {
        let [x0, y0, x1, y1] = corners(&s.place);
        let step = i64::from(s.ordinal) - before;
        before = i64::from(s.ordinal);
        let row: [Value; STATEMENT_COLUMNS] = [
            step.into(),
            words.of(&s.section).into(),
            words.maybe(s.subject.as_deref()),
            words.of(&s.slot).into(),
            s.printed.as_str().into(),
            words.maybe(s.printed_unit.as_deref()),
            s.place.page.into(),
            x0.into(),
            y0.into(),
            (x1 - x0).into(),
            (y1 - y0).into(),
            s.held.into(),
            s.failed.into(),
        ];
        for (column, value) in columns.iter_mut().zip(row) {
            column.push(value);
        }
    }
    columns
}

/// JSON, deflated, as text that may stand in a page.
fn packed(value: &Value) -> io::Result<String> {
    let mut deflate = ZlibEncoder::new(Vec::new(), Compression::best());
    serde_json::to_writer(&mut deflate, value)?;
    Ok(base64(&deflate.finish()?))
}

/// Bytes as text that may stand in a page.
pub(crate) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let n = three
            .iter()
            .enumerate()
            .fold(0_usize, |n, (at, b)| n | usize::from(*b) << (16 - 8 * at));
        for at in 0..4 {
            let digit = DIGITS[n >> (18 - 6 * at) & 63];
            out.push(char::from(if at <= three.len() { digit } else { b'=' }));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{SCRIPT, base64};
    use crate::record::{Caliber, Kind, Level, NOT_JUDGED, Status};
    use crate::write::schema::{PANEL, Type};

    /// A word of the dataset without a row in `WORDS` would stand in English on a Chinese page.
    #[test]
    fn the_page_has_every_word_that_it_shows() {
        let state = PANEL.columns.iter().find(|c| c.name == "state").unwrap();
        let Type::Word(states) = state.ty else {
            panic!("states are words")
        };
        let lists = [
            Kind::WORDS,
            Status::WORDS,
            Level::WORDS,
            Caliber::WORDS,
            NOT_JUDGED,
            states,
        ];
        let (words, _) = SCRIPT.split_once("\n};").unwrap();
        let apart = SCRIPT
            .split_once("const APART = {")
            .unwrap()
            .1
            .split_once('}')
            .unwrap()
            .0;
        for word in lists.into_iter().flatten() {
            let known = |key: &str| words.contains(&format!(" {key}: ['"));
            let renamed = apart
                .split_once(&format!("{word}: '"))
                .map(|(_, r)| r.split('\'').next().unwrap());
            assert!(renamed.map_or_else(|| known(word), known), "{word}");
        }
    }

    #[test]
    fn base64_is_that_of_its_standard() {
        for (bytes, text) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(bytes.as_bytes()), text);
        }
    }
}
