//! `juesuan extract`: PDFs to a dataset.

use super::{Done, Failure, SOME_FAILED, isolate, load_grammar};
use crate::acquire;
use crate::pipeline::{self, Context, Filter, Progress, Run, Summary};
use crate::record::DocumentRow;
use crate::write::parts::{Known, Made, Parts};
use crate::write::{self, DatasetWriter};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use tr::tr;

/// Read final accounts (PDF) and write the dataset: CSV, Parquet and datapackage.json
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  juesuan extract pdfs --out data\n  juesuan extract 2022 2023 one.pdf --out data --format parquet --years 2019-2022\n  juesuan extract pdfs --out data --resume\n  find /archive -name \"*.pdf\" | juesuan extract --files-from - --out data --log json"
)]
pub struct Args {
    /// Files and folders; folders are searched for *.pdf at any depth
    #[cfg_attr(feature = "net", arg(required_unless_present_any = ["store", "files_from", "manifest"], value_name = "INPUT"))]
    #[cfg_attr(not(feature = "net"), arg(required_unless_present_any = ["files_from", "manifest"], value_name = "INPUT"))]
    inputs: Vec<PathBuf>,
    /// Read the files that FILE names, one a line or with NUL between them (`find -print0`); `-` is the standard input
    #[arg(long, value_name = "FILE")]
    files_from: Option<PathBuf>,
    /// Read the files of a CSV with the column `path` and, where known, `publisher`, `source_url`, `retrieved_at`, `publisher_code`;
    /// relative paths begin where FILE stands
    #[arg(long, value_name = "FILE", conflicts_with = "files_from")]
    manifest: Option<PathBuf>,
    /// Read the documents of a store that `juesuan fetch` filled; each row of documents says where it was published
    #[cfg(feature = "net")]
    #[arg(long, value_name = "DIR", conflicts_with_all = ["inputs", "files_from", "manifest"])]
    store: Option<PathBuf>,
    /// Read documents in a process of their own with bounded memory, so that one at which it dies costs one row; auto: for more than
    /// one document
    #[arg(long, value_enum, default_value_t = Isolate::Auto, value_name = "WHEN")]
    isolate: Isolate,
    #[command(flatten)]
    how: How,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Isolate {
    Auto,
    Always,
    Never,
}

impl Args {
    /// Whether a child reads the documents.
    fn isolated(&self) -> bool {
        let several = self.files_from.is_some() || self.inputs.len() != 1 || self.inputs.iter().any(|p| p.is_dir());
        self.isolate == Isolate::Always || (self.isolate == Isolate::Auto && several)
    }
}

/// How the dataset is made: the same for `extract` and `run`.
#[derive(Debug, clap::Args)]
pub(super) struct How {
    /// Folder of the dataset; it appears when everything is written
    #[arg(short, long, value_name = "DIR")]
    pub(super) out: PathBuf,
    /// Replace the dataset that stands in DIR
    #[arg(long)]
    overwrite: bool,
    /// Go on where an earlier run into DIR was stopped or ended: only files that are new, or are read by other rules now, are read; files that
    /// are gone leave the dataset. Replaces the dataset in DIR
    #[arg(long)]
    resume: bool,
    /// Read one share of the files: 1/3, 2/3, 3/3. `juesuan merge` makes the shares one dataset
    #[arg(long, value_name = "I/N", value_parser = share)]
    shard: Option<(u32, u32)>,
    /// Keep what each document gave whole in DIR/parts.bin, as --resume and --shard do: `juesuan merge` needs it
    #[arg(long)]
    parts: bool,
    /// Keep only facts of these forms (ids as in the dictionary)
    #[arg(long, value_delimiter = ',', value_name = "FORM,…")]
    forms: Vec<String>,
    /// Keep only facts of these fiscal years: 2022, 2019-2022, or several with commas
    #[arg(long, value_delimiter = ',', value_name = "YEAR,…", value_parser = years)]
    years: Vec<Years>,
    /// Number of threads; default: all cores
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// What to write
    #[arg(long, value_delimiter = ',', value_name = "FORMAT,…", default_values = ["csv", "parquet"])]
    format: Vec<Format>,
    /// Which findings to write: fails, not_evaluated, rounding, holds; default: all. Most of a dataset are findings that hold; they count in
    /// `held` of each figure all the same
    #[arg(long, value_delimiter = ',', value_name = "OUTCOME,…", value_parser = outcome)]
    findings: Vec<crate::record::FindingOutcome>,
    /// CSV files for Excel: they begin with a byte order mark, and a text that would be taken for a formula with an apostrophe
    #[arg(long)]
    bom: bool,
    /// A folder with your own grammar files, layered over the built-in ones
    #[arg(long, value_name = "DIR")]
    pub(super) grammars: Option<PathBuf>,
    #[command(flatten)]
    ocr: super::ocr::Options,
    /// What to say on the standard error: text, or one line of JSON for each file and one at the end
    #[arg(long, value_enum, default_value_t = Log::Text, value_name = "HOW")]
    log: Log,
    /// Write the counts of the run to this file, as JSON
    #[arg(long, value_name = "FILE")]
    summary: Option<PathBuf>,
    /// No progress bar and no summary
    #[arg(short, long)]
    pub(super) quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum Format {
    Csv,
    /// CSV packed with zstd, a tenth of the bytes
    #[value(name = "csv.zst")]
    CsvZst,
    Parquet,
    /// A workbook for each table, for people
    Xlsx,
    /// One file with every table, for SQL and Datasette
    Sqlite,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Log {
    Text,
    Json,
}

pub(super) fn outcome(text: &str) -> Result<crate::record::FindingOutcome, String> {
    use crate::record::FindingOutcome;
    FindingOutcome::from_word(text).ok_or_else(|| {
        tr!(
            "`{text}` is no outcome of a finding; there are: {}",
            FindingOutcome::WORDS.join(", "),
            text
        )
    })
}

fn share(text: &str) -> Result<(u32, u32), String> {
    let numbers = text
        .split_once('/')
        .and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
    numbers
        .filter(|(i, n)| (1..=*n).contains(i))
        .ok_or_else(|| tr!("`{text}` is no share; write 1/3, 2/3 or 3/3 for one of three", text))
}

#[derive(Clone, Debug)]
struct Years(Vec<i16>);

fn years(text: &str) -> Result<Years, String> {
    let one = |t: &str| {
        t.trim()
            .parse::<i16>()
            .map_err(|_| tr!("`{t}` is not a year; write 2022 or 2019-2022", t))
    };
    match text.split_once('-') {
        None => Ok(Years(vec![one(text)?])),
        Some((a, b)) => {
            let (a, b) = (one(a)?, one(b)?);
            if a > b || b - a > 200 {
                return Err(tr!("`{text}` is no range of years; write 2019-2022", text));
            }
            Ok(Years((a..=b).collect()))
        }
    }
}

/// The bar on the terminal, and the lines for the parent of a child.
struct Bar {
    bar: ProgressBar,
    lines: Option<isolate::Lines>,
    log: Log,
}

impl Progress for Bar {
    fn start(&self, documents: usize) {
        self.bar.set_position(0);
        self.bar.set_length(documents as u64);
        self.bar.set_message("reading");
    }

    fn begins(&self, input: &acquire::Input) {
        if let Some(lines) = &self.lines {
            lines.say('+', &input.id.0);
        }
    }

    fn done(&self, row: &DocumentRow, known: bool) {
        self.bar.inc(1);
        if self.log == Log::Json {
            super::say!("{}", line(row, known));
        }
        if let Some(lines) = &self.lines {
            lines.say('-', &row.document_id.0);
        }
    }
}

/// A document as a line of the log.
fn line(d: &DocumentRow, known: bool) -> serde_json::Value {
    serde_json::json!({
        "event": "document",
        "document_id": d.document_id.0,
        "file_name": d.file_name,
        "status": d.status.as_str(),
        "error_code": d.error_code.map(crate::diag::Refusal::as_str),
        "unit_key": d.unit_key,
        "fiscal_year": d.fiscal_year,
        "facts": d.facts,
        "statements": d.statements,
        "findings_failed": d.findings_failed,
        "known": known,
    })
}

fn bar(show: bool) -> Result<ProgressBar, Failure> {
    let target = if show {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let bar = ProgressBar::with_draw_target(Some(0), target);
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} files, {per_sec}, {eta} left")
        .map_err(|e| Failure::Message(e.to_string()))?;
    bar.set_style(style);
    Ok(bar)
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    let list = args.files_from.as_ref().or(args.manifest.as_ref());
    let input = match list.filter(|p| p.as_os_str() == "-") {
        Some(_) => {
            let mut text = Vec::new();
            std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut text)?;
            Some(Arc::new(text))
        }
        None => None,
    };
    if isolate::child().is_none()
        && args.isolated()
        && let Some(done) = isolate::run(input.as_ref())
    {
        return done;
    }
    #[cfg(feature = "net")]
    if let Some(dir) = &args.store {
        return from_store(dir, &args.how);
    }
    let mut given: Vec<acquire::Given> = args.inputs.iter().cloned().map(acquire::Given::named).collect();
    if let Some(path) = list {
        given.extend(listed(path, args.files_from.is_some(), input)?);
    }
    if given.is_empty() {
        return Err(tr!("the list names no file").into());
    }
    dataset(&args.how, &|done| {
        acquire::inputs_given(&given, done).map_err(|e| Failure::Message(e.to_string()))
    })
}

/// The files of a list or a manifest; `input` is the standard input, where that is the list.
fn listed(path: &Path, plain: bool, input: Option<Arc<Vec<u8>>>) -> Result<Vec<acquire::Given>, Failure> {
    let said = |e: String| Failure::Message(tr!("cannot read the list {}: {e}", path.display(), e));
    let text = match input {
        Some(text) => text,
        None => Arc::new(std::fs::read(path).map_err(|e| said(e.to_string()))?),
    };
    if plain {
        return acquire::listed(&text).map_err(said);
    }
    acquire::manifest(&text, path.parent().unwrap_or(Path::new(""))).map_err(said)
}

/// The documents of a store to a dataset.
#[cfg(feature = "net")]
pub(super) fn from_store(dir: &Path, how: &How) -> Done {
    dataset(how, &|_| {
        let store = acquire::store::Store::read(dir).map_err(|e| Failure::Message(e.to_string()))?;
        let found = acquire::inputs_of_store(&store).map_err(|e| Failure::Message(e.to_string()))?;
        if found.is_empty() {
            return Err(Failure::Message(tr!(
                "the store {} holds no document; fetch first",
                dir.display()
            )));
        }
        Ok(found)
    })
}

type Find<'a> = dyn Fn(&(dyn Fn() + Sync)) -> Result<Vec<acquire::Input>, Failure> + Sync + 'a;

fn dataset(args: &How, find: &Find<'_>) -> Done {
    let grammar = load_grammar(args.grammars.as_deref())?;
    for f in &args.forms {
        if !grammar.forms.iter().any(|k| k.id == *f) {
            let ids: Vec<&str> = grammar.forms.iter().map(|k| k.id.as_str()).collect();
            return Err(tr!("--forms: no form has the id `{f}`; there are: {}", ids.join(", "), f).into());
        }
    }
    let filter = Filter {
        forms: args.forms.clone(),
        years: args.years.iter().flat_map(|y| y.0.iter().copied()).collect(),
    };
    let made = Made {
        rules: args
            .grammars
            .as_deref()
            .map_or(Ok(String::new()), crate::grammar::word_of)?
            + &args.ocr.word()?,
        forms: filter.forms.clone(),
        years: filter.years.clone(),
        ..Made::here()
    };
    let threads = args.threads.map_or(0, usize::from);
    // Deeply nested files recurse deeply: the default 2 MiB of a thread are not enough for them.
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .stack_size(16 << 20)
        .build()
        .map_err(|e| Failure::Message(tr!("cannot start threads: {e}; try --threads 1", e)))?;
    if cfg!(not(feature = "sqlite")) && args.format.contains(&Format::Sqlite) {
        return Err(tr!("this juesuan was built without SQLite (feature `sqlite`)").into());
    }
    let options = write::Options {
        csv: args.format.contains(&Format::Csv),
        csv_zst: args.format.contains(&Format::CsvZst),
        findings: args.findings.clone(),
        parquet: args.format.contains(&Format::Parquet),
        xlsx: args.format.contains(&Format::Xlsx),
        sqlite: args.format.contains(&Format::Sqlite),
        labels: super::labels(&grammar),
        bom: args.bom,
        overwrite: args.overwrite,
        made: made.clone(),
        parts: args.resume || args.parts || args.shard.is_some(),
        resume: args.resume,
        reuse: true,
    };
    if isolate::child().is_some() {
        isolate::bound(pool.current_num_threads());
    }
    // Before an hour of hashing, not after it.
    DatasetWriter::check(&args.out, &options).map_err(|e| e.to_string())?;
    let show = !args.quiet && args.log == Log::Text && std::io::stderr().is_terminal();
    let bar = bar(show)?;
    bar.set_message("finding");
    let mut found = pool.install(|| find(&|| bar.inc(1)))?;
    if let Some((part, of)) = args.shard {
        found = acquire::share(found, part, of);
    }
    let child = isolate::child();
    for input in &mut found {
        if child.as_ref().is_some_and(|c| c.poison.contains(&input.id.0)) {
            input.error = Some(isolate::DIED.into());
        }
    }
    let mut writer = DatasetWriter::create(&args.out, &options).map_err(|e| e.to_string())?;
    isolate::can_open(4 + 2 * pool.current_num_threads())?;
    for (path, whole) in writer.left_over() {
        let what = if whole {
            "holds a whole dataset that an interrupted run was about to replace: rename it back, or delete it"
        } else {
            "was left by an interrupted run and is incomplete: delete it"
        };
        super::say!("juesuan: note: {} {what}", path.display(), what);
    }
    let cx = Context {
        grammar: &grammar,
        limits: crate::read::Limits::default(),
        filter,
        scans: args.ocr.scans(pool.current_num_threads())?,
    };
    let progress = Bar {
        bar,
        lines: child.is_some().then(isolate::Lines::new),
        log: args.log,
    };
    // At one of these another process died: alone it shows itself.
    let suspects = child.iter().flat_map(|c| &c.suspects);
    for input in suspects.filter_map(|s| found.iter().find(|i| i.id.0 == *s)) {
        progress.begins(input);
        let _ = pool.install(|| pipeline::one(input, &cx));
        if let Some(lines) = &progress.lines {
            lines.say('-', &input.id.0);
        }
    }
    let read = |writer: &mut DatasetWriter| {
        let before = if args.resume { writer.before() } else { Vec::new() };
        let parts = before.iter().map(|dir| Parts::open(dir));
        let parts: Vec<Parts> = parts.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect();
        let run = Run {
            inputs: &found,
            cx: &cx,
            known: &Known::of(parts, &made),
            progress: &progress,
        };
        pipeline::run(&run, writer, &pool)
    };
    let mut summary = read(&mut writer);
    if let Err(write::Error::Changed(_)) = summary {
        // Somebody worked on the tables; what was read is another file.
        drop(writer);
        let anew = write::Options {
            reuse: false,
            ..options
        };
        writer = DatasetWriter::create(&args.out, &anew).map_err(|e| e.to_string())?;
        summary = read(&mut writer);
    }
    let summary = summary
        .and_then(|s| {
            acquire::files(&found).try_for_each(|rows| writer.inputs(&rows))?;
            writer.finish().map(|()| s)
        })
        .map_err(|e| {
            Failure::Message(tr!(
                "{e}; no dataset was written and nothing that stood there was touched",
                e
            ))
        })?;
    progress.bar.finish_and_clear();
    ended(&summary, args)?;
    Ok(if summary.failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(SOME_FAILED)
    })
}

/// Says what the run has counted, in the ways that were asked for.
fn ended(summary: &Summary, args: &How) -> Result<(), Failure> {
    let json = |event: bool| {
        let mut all = serde_json::to_value(summary).map_err(|e| Failure::Message(e.to_string()))?;
        if event {
            all["event"] = "summary".into();
        }
        all["dataset"] = args.out.display().to_string().into();
        Ok::<_, Failure>(all)
    };
    if let Some(path) = &args.summary {
        std::fs::write(path, format!("{:#}\n", json(false)?))
            .map_err(|e| Failure::Message(tr!("the dataset is written; cannot write {}: {e}", path.display(), e)))?;
    }
    if args.log == Log::Json {
        let line = json(true)?;
        super::say!("{}", line);
    } else if !args.quiet {
        report(summary, &args.out);
    }
    Ok(())
}

/// The counts of a run in words.
pub(super) fn report(s: &Summary, out: &Path) {
    let line = |n: u64, what: String| {
        if n > 0 {
            super::say!("{}", format!("  {n:>7}  {what}"));
        }
    };
    super::say!("{} documents", s.documents);
    line(
        s.known as u64,
        tr!("of these known from an earlier run: not read again"),
    );
    line(s.extracted as u64, tr!("read"));
    line(
        s.partial as u64,
        tr!("read in part (something was lost: see diagnostics)"),
    );
    line(
        s.joined as u64,
        tr!("files whose content stands in other rows (see part_of)"),
    );
    line(
        s.other_kinds as u64,
        tr!("no final account (budget, template, other): no facts"),
    );
    line(s.not_readable as u64, tr!("not readable (scan without a text layer)"));
    line(
        s.failed as u64,
        tr!("refused or failed (error_message in documents says why)"),
    );
    super::say!("{} facts, {} statements", s.facts, s.statements);
    if s.facts > 0 {
        line(s.held, tr!("facts held by at least one identity"));
    }
    line(
        s.findings_failed,
        tr!("findings: published figures contradict each other"),
    );
    super::say!(
        "{} tables, rows or numbers unclaimed, {} errors and warnings: see diagnostics",
        s.unclaimed,
        s.in_doubt
    );
    super::say!("dataset: {}", out.display());
}
