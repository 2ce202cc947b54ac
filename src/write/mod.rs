//! Records to the dataset. Comes in: one [`Extract`] after another, in the order of document ids. Goes out: a folder with CSV,
//! Parquet, datapackage.json. Nothing of the old dataset is touched before the new one is whole.

mod accounts;
pub mod blocks;
pub mod csv;
pub mod csv_zst;
pub mod datapackage;
pub mod dictionary;
pub mod duckdb;
pub mod fit;
mod folder;
mod measured;
pub mod parquet;
pub mod parquet_read;
pub mod parts;
pub mod schema;
#[cfg(feature = "sqlite")]
pub mod sqlite;
pub mod xlsx;

use crate::record::{CodebookEntry, Extract, FindingOutcome, InputFile, Status};
use crate::spool::Spool;
use accounts::Accounts;
use blocks::{Index, Old, TAIL};
use folder::Folder;
pub use measured::Written;
use parts::{Brief, Made, PartsWriter};
use schema::{Cell, INPUTS, TABLES, TIMINGS, Table};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tr::tr;

/// A file of a table.
pub trait Sink: Send {
    /// The rows that follow are of a document with this address, where one is known.
    fn document(&mut self, _address: Option<&str>) {}
    /// Appends rows; the cells stand in the order of the columns.
    fn write(&mut self, rows: &[Vec<Cell<'_>>]) -> Result<(), Error>;
    /// A block begins: the rows that follow are of it.
    fn begin(&mut self, _block: u32) -> Result<(), Error> {
        Ok(())
    }
    /// Takes the rows of the block that begins as they stand in another dataset.
    fn copy(&mut self, _old: &Old) -> Result<(), Error> {
        Err(Error::Changed(PathBuf::new()))
    }
    /// Closes the file on disk and gives its path.
    fn finish(self: Box<Self>) -> Result<Written, Error>;
}

/// Why a dataset could not be written: what, where, what to do.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused.
    Io(PathBuf, std::io::Error),
    /// The folder exists.
    Exists(PathBuf),
    /// The folder exists and is no dataset of ours.
    NotOurs(PathBuf),
    /// The folder is a dataset of ours and holds a file that is not; replacing it would delete that file.
    Foreign(PathBuf, String),
    /// A value does not fit its column.
    Value(PathBuf, String, String),
    /// The Parquet library refused.
    Parquet(PathBuf, String),
    /// A file of the dataset that stands there, of which something was to be taken, is not what it was: everything has to be written anew.
    Changed(PathBuf),
}

impl Error {
    fn io(path: &Path, e: std::io::Error) -> Self {
        Error::Io(path.to_path_buf(), e)
    }

    fn csv(path: &Path, e: ::csv::Error) -> Self {
        let text = e.to_string();
        match e.into_kind() {
            ::csv::ErrorKind::Io(e) => Error::io(path, e),
            _ => Error::Value(path.to_path_buf(), "(row)".into(), text),
        }
    }

    fn parquet(path: &Path, e: ::parquet::errors::ParquetError) -> Self {
        match e {
            ::parquet::errors::ParquetError::External(inner) => match inner.downcast::<std::io::Error>() {
                Ok(io) => Error::io(path, *io),
                Err(other) => Error::Parquet(path.to_path_buf(), other.to_string()),
            },
            other => Error::Parquet(path.to_path_buf(), other.to_string()),
        }
    }

    fn value(path: &Path, column: &str, message: String) -> Self {
        Error::Value(path.to_path_buf(), column.to_string(), message)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Io(p, e) => {
                let hint = match e.kind() {
                    std::io::ErrorKind::StorageFull => tr!("the disk is full: make room or choose another folder"),
                    std::io::ErrorKind::PermissionDenied => tr!("choose a folder that you may write to"),
                    std::io::ErrorKind::NotADirectory => tr!("choose another folder"),
                    std::io::ErrorKind::ReadOnlyFilesystem => tr!("the disk is read-only: choose another folder"),
                    _ => tr!("check the path and the disk"),
                };
                f.write_str(&tr!("cannot write {}: {e}; {hint}", p.display(), e, hint))
            }
            Error::Exists(p) => f.write_str(&tr!(
                "{} exists; give --overwrite to replace it, or choose another --out",
                p.display()
            )),
            Error::NotOurs(p) => f.write_str(&tr!(
                "{} exists and is not a dataset of juesuan (no datapackage.json of ours); it is never replaced: choose another --out",
                p.display()
            )),
            Error::Foreign(p, name) => f.write_str(&tr!(
                "{} holds {name}, which juesuan did not write and which replacing the folder would delete; move it away, or choose another --out",
                p.display(),
                name
            )),
            Error::Value(p, column, m) => f.write_str(&tr!("cannot write {}: column {column}: {m}", p.display(), column, m)),
            Error::Changed(p) => f.write_str(&tr!("{} was changed since it was written", p.display())),
            Error::Parquet(p, m) => f.write_str(&tr!("cannot write {}: {m}; check the disk", p.display(), m)),
        }
    }
}

impl std::error::Error for Error {}

/// What ids are called, for people.
#[derive(Clone, Debug, Default)]
pub struct Labels {
    /// Chinese names of ids, by the room they are said in (a form, or none): what stands beside ids.
    pub names: BTreeMap<String, BTreeMap<String, String>>,
    /// The rows of `codebook`.
    pub codebook: Vec<CodebookEntry>,
}

impl Labels {
    /// The name of an id: the room's own before the general one.
    pub fn name(&self, room: &str, id: &str) -> Option<&str> {
        let of = |room: &str| self.names.get(room).and_then(|n| n.get(id));
        of(room).or_else(|| of("")).map(String::as_str)
    }
}

/// What waited for the end and cannot be read again.
impl From<String> for Error {
    fn from(e: String) -> Self {
        Error::Io(PathBuf::from("."), std::io::Error::other(e))
    }
}

/// What is written.
#[derive(Clone, Debug)]
pub struct Options {
    /// Write CSV files.
    pub csv: bool,
    /// Write CSV files in zstd.
    pub csv_zst: bool,
    /// Which outcomes of findings are written; empty: all.
    pub findings: Vec<FindingOutcome>,
    /// Write Parquet files.
    pub parquet: bool,
    /// Write Excel workbooks.
    pub xlsx: bool,
    /// Write one SQLite file (of the feature `sqlite`).
    pub sqlite: bool,
    /// Names for people, where a format shows them.
    pub labels: Labels,
    /// Begin CSV files with a byte order mark.
    pub bom: bool,
    /// Replace a dataset that stands there.
    pub overwrite: bool,
    /// What makes it: how the dataset is cited, and what `parts.bin` is of.
    pub made: Made,
    /// Keep what each document gave in `parts.bin`, for later runs and for `merge`.
    pub parts: bool,
    /// Keep what stopped runs have read until this one is done, and what this one has read when it is stopped.
    pub resume: bool,
    /// With `resume`, take what did not change as it stands in the dataset of before.
    pub reuse: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            csv: true,
            csv_zst: false,
            findings: Vec::new(),
            parquet: true,
            xlsx: false,
            sqlite: false,
            labels: Labels::default(),
            bom: false,
            overwrite: false,
            made: Made::here(),
            parts: false,
            resume: false,
            reuse: true,
        }
    }
}

/// Writes a dataset.
pub struct DatasetWriter {
    bom: bool,
    sinks: Vec<(&'static Table, Vec<Box<dyn Sink>>)>,
    timings: Box<dyn Sink>,
    inputs: Box<dyn Sink>,
    parts: Option<PartsWriter>,
    accounts: Accounts,
    options: Options,
    /// Bits of an id that name its block.
    bits: u32,
    /// The block that is written.
    block: Option<u32>,
    /// Number, first record, and how many records of each block.
    blocks: Vec<(u32, u32, u32)>,
    records: u32,
    old: Option<Arc<Old>>,
    #[cfg(feature = "sqlite")]
    database: Option<sqlite::Database>,
    /// The last field: files must be closed before an unfinished folder is deleted.
    folder: Folder,
}

/// Whether a table is written when all documents are known.
fn waits(table: &Table) -> bool {
    matches!(table.name, "documents" | "units" | "codebook")
}

impl DatasetWriter {
    /// Whether a dataset may be written there; touches nothing.
    pub fn check(target: &Path, options: &Options) -> Result<(), Error> {
        Folder::check(target, options.overwrite || options.resume)
    }

    /// Begins a dataset in a folder beside `target`.
    pub fn create(target: &Path, options: &Options) -> Result<Self, Error> {
        let folder = Folder::create(target, options.overwrite || options.resume, options.resume)?;
        let dir = folder.path();
        let mut sinks: Vec<(&'static Table, Vec<Box<dyn Sink>>)> = Vec::new();
        #[cfg(feature = "sqlite")]
        let database = options.sqlite.then(|| sqlite::Database::create(dir)).transpose()?;
        for t in TABLES {
            let mut files: Vec<Box<dyn Sink>> = Vec::new();
            if options.csv {
                files.push(Box::new(csv::CsvSink::create(dir, t, options.bom)?));
            }
            if options.csv_zst {
                files.push(Box::new(csv_zst::CsvZstSink::create(dir, t, options.bom)?));
            }
            if options.parquet {
                files.push(Box::new(parquet::ParquetSink::create(dir, t)?));
            }
            if options.xlsx {
                files.push(Box::new(xlsx::XlsxSink::create(dir, t, &options.labels)?));
            }
            #[cfg(feature = "sqlite")]
            if let Some(d) = &database {
                files.push(Box::new(d.sink(t)?));
            }
            sinks.push((t, files));
        }
        let waiting = dir.join(folder::WAITING[0]);
        Ok(Self {
            timings: Box::new(csv::CsvSink::create(dir, &TIMINGS, options.bom)?),
            inputs: Box::new(csv::CsvSink::create(dir, &INPUTS, options.bom)?),
            parts: options
                .parts
                .then(|| PartsWriter::create(dir, &options.made))
                .transpose()?,
            bom: options.bom,
            options: options.clone(),
            bits: 0,
            block: None,
            blocks: Vec::new(),
            records: 0,
            old: None,
            sinks,
            accounts: Accounts::new(Spool::at(&waiting).map_err(|e| Error::io(&waiting, e))?),
            #[cfg(feature = "sqlite")]
            database,
            folder,
        })
    }

    /// Folders that interrupted runs left beside the target: (path, whether it holds the dataset that stood there before).
    pub fn left_over(&self) -> Vec<(PathBuf, bool)> {
        let whole = |p: &PathBuf| p.join("datapackage.json").exists();
        self.folder.left_over().iter().map(|p| (p.clone(), whole(p))).collect()
    }

    /// Folders that may hold what earlier runs have read: the dataset that stands there, and runs that were stopped.
    pub fn before(&self) -> Vec<PathBuf> {
        self.folder.before()
    }

    /// Whether what each document gives is kept whole as well.
    pub fn keeps_parts(&self) -> bool {
        self.parts.is_some()
    }

    /// A file that may be used while the dataset is made; it is no part of it.
    pub fn waiting_file(&self) -> PathBuf {
        self.folder.path().join(folder::WAITING[1])
    }

    /// Appends the record of a document, where those are kept.
    pub fn part(&mut self, record: &[u8]) -> Result<(), Error> {
        self.counted(1);
        self.parts.as_mut().map_or(Ok(()), |p| p.append(record))
    }

    fn counted(&mut self, records: u32) {
        self.records += records;
        if let Some(last) = self.blocks.last_mut() {
            last.2 += records;
        }
    }

    /// Says how many documents come: that decides how they are parted into blocks. Goes before the first of them.
    pub fn expect(&mut self, documents: usize) {
        self.bits = blocks::bits(documents);
        let o = &self.options;
        if !o.resume || !o.reuse || o.xlsx || o.sqlite {
            return;
        }
        let old = Old::open(self.folder.target(), o, self.bits);
        let endings = [("csv", o.csv), (csv_zst::ENDING, o.csv_zst), ("parquet", o.parquet)];
        let names = TABLES
            .iter()
            .flat_map(|t| endings.map(|(e, wanted)| (format!("{}.{e}", t.name), wanted)));
        let wanted: Vec<String> = names.filter(|(_, wanted)| *wanted).map(|(name, _)| name).collect();
        self.old = old.filter(|old| wanted.iter().all(|n| old.has(n))).map(Arc::new);
    }

    /// The dataset that stands there, where blocks of it can be taken as they are.
    pub fn old(&self) -> Option<Arc<Old>> {
        self.old.clone()
    }

    /// The block of a document.
    pub fn block_of(&self, id: &str) -> u32 {
        blocks::block(id, self.bits)
    }

    /// What comes now is of this block; blocks come in their order.
    fn begin(&mut self, block: u32) -> Result<(), Error> {
        if self.block == Some(block) {
            return Ok(());
        }
        self.block = Some(block);
        if block != TAIL {
            self.blocks.push((block, self.records, 0));
        }
        if let Some(parts) = &mut self.parts {
            parts.begin(block);
        }
        for (_, files) in self.blocked() {
            files.iter_mut().try_for_each(|f| f.begin(block))?;
        }
        Ok(())
    }

    /// The tables whose rows are of one document each, and nothing of them waits for the end.
    fn blocked(&mut self) -> impl Iterator<Item = &mut (&'static Table, Vec<Box<dyn Sink>>)> {
        self.sinks.iter_mut().filter(|(t, _)| !waits(t))
    }

    /// Takes a block as it stands in the dataset of before: `heads` is what stands there of its documents.
    pub fn copy(&mut self, old: &Old, block: u32, documents: usize) -> Result<(), Error> {
        self.begin(block)?;
        for (_, files) in self.blocked() {
            files.iter_mut().try_for_each(|f| f.copy(old))?;
        }
        self.counted(documents as u32);
        if let (Some(parts), Some((path, records))) = (&mut self.parts, old.records(block)) {
            parts.copy(&path, &records)?;
        }
        Ok(())
    }

    /// Takes note of a document whose rows were copied.
    pub fn brief(&mut self, brief: Brief) {
        let mut e = Extract::empty(brief.document);
        (e.unit, e.members) = (brief.unit, brief.members);
        self.accounts.add(&e);
    }

    /// All documents are written: what comes now is of several.
    pub fn end_of_documents(&mut self) -> Result<(), Error> {
        self.begin(TAIL)
    }

    /// Appends rows of `inputs`.
    pub fn inputs(&mut self, files: &[InputFile]) -> Result<(), Error> {
        self.inputs
            .write(&files.iter().map(schema::input_row).collect::<Vec<_>>())
    }

    /// Appends what one document gave. Values must fit their columns: see [`fit::fit`].
    pub fn write(&mut self, e: &Extract) -> Result<(), Error> {
        // The accounts in a file stand with it.
        let file = e
            .document
            .part_of
            .as_ref()
            .filter(|_| e.document.status != Status::Joined);
        self.begin(self.block_of(&file.unwrap_or(&e.document.document_id).0))?;
        for (table, files) in &mut self.sinks {
            if waits(table) {
                continue;
            }
            let rows = match table.name {
                "findings" => findings(e, &self.options.findings),
                name => schema::rows(name, e),
            };
            if rows.is_empty() {
                continue;
            }
            for f in files {
                f.document(e.document.source_url.as_deref());
                f.write(&rows)?;
            }
        }
        self.accounts.add(e);
        Ok(())
    }

    /// Appends findings that were made when all documents were known. They stand behind those of the documents.
    pub fn findings(&mut self, e: &Extract) -> Result<(), Error> {
        let fails = e.findings.iter().filter(|f| f.outcome == FindingOutcome::Fails).count();
        if fails > 0 {
            self.accounts.failed_later(&e.document.document_id, fails as u32);
        }
        let rows = findings(e, &self.options.findings);
        for (_, files) in self.sinks.iter_mut().filter(|(t, _)| t.name == "findings") {
            for f in files {
                f.write(&rows)?;
            }
        }
        Ok(())
    }

    /// Appends the seconds of one document.
    pub fn timing(&mut self, e: &Extract, seconds: &[(&'static str, f64)]) -> Result<(), Error> {
        let peak = peak_kb();
        let rows: Vec<Vec<Cell<'_>>> = seconds
            .iter()
            .map(|(stage, s)| {
                vec![
                    e.document.document_id.0.as_str().into(),
                    (*stage).into(),
                    (*s).into(),
                    peak.into(),
                ]
            })
            .collect();
        self.timings.write(&rows)
    }

    /// Completes the dataset: units, codebook, data package, and the folder takes its place.
    pub fn finish(mut self) -> Result<(), Error> {
        self.end_of_documents()?;
        // No system renames a folder of which a file is open everywhere.
        self.old = None;
        let units = self.accounts.units();
        for (table, sinks) in &mut self.sinks {
            let rows: Vec<Vec<Cell<'_>>> = match table.name {
                "units" => units.iter().map(schema::unit_row).collect(),
                "codebook" => self.options.labels.codebook.iter().map(schema::codebook_row).collect(),
                _ => continue,
            };
            for s in sinks {
                s.write(&rows)?;
            }
        }
        let dir = self.folder.path().to_path_buf();
        let documents = self.sinks.iter_mut().filter(|(t, _)| t.name == "documents");
        let mut documents: Vec<&mut Box<dyn Sink>> = documents.flat_map(|(_, sinks)| sinks).collect();
        let unread = |e: String| Error::io(&dir, std::io::Error::other(e));
        let mut cited = datapackage::Cited::default();
        self.accounts.each_document(unread, |d| {
            cited.document(&d.document_id.0);
            let row = [schema::document_row(&d)];
            documents.iter_mut().try_for_each(|s| s.write(&row))
        })?;
        let mut files: Vec<(&'static Table, Written)> = Vec::new();
        let mut index = Index {
            bits: self.bits,
            bom: self.bom,
            findings: self.options.findings.clone(),
            blocks: std::mem::take(&mut self.blocks),
            ..Index::default()
        };
        for (table, sinks) in std::mem::take(&mut self.sinks) {
            for s in sinks {
                let mut path = s.finish()?;
                if let (Some(name), Some(layout)) = (path.path.file_name(), path.layout.take()) {
                    index.files.insert(name.to_string_lossy().into_owned(), layout);
                }
                // The database is one file of all tables, and described as such.
                if path.path.extension().is_none_or(|e| e != "sqlite") {
                    files.push((table, path));
                }
            }
        }
        let inputs = std::mem::replace(&mut self.inputs, Box::new(Closed));
        files.push((&INPUTS, inputs.finish()?));
        let timings = std::mem::replace(&mut self.timings, Box::new(Closed));
        files.push((&TIMINGS, timings.finish()?));
        #[cfg(feature = "sqlite")]
        if let Some(d) = self.database.take() {
            d.finish(self.folder.path())?;
        }
        if let Some(parts) = self.parts.take() {
            index.parts = parts.finish()?;
            let path = dir.join(blocks::NAME);
            let bytes = index.bytes()?;
            std::fs::write(&path, bytes).map_err(|e| Error::io(&path, e))?;
        }
        // Closes the file in which the rows of documents waited.
        self.accounts = Accounts::default();
        duckdb::write(self.folder.path(), &files)?;
        datapackage::write(self.folder.path(), &files, &self.options, cited)?;
        self.folder.commit()
    }
}

/// The rows of findings with one of these outcomes; all where none is named.
fn findings<'e>(e: &'e Extract, outcomes: &[FindingOutcome]) -> Vec<Vec<Cell<'e>>> {
    let mut rows = schema::rows("findings", e);
    if !outcomes.is_empty() {
        let mut all = e.findings.iter();
        rows.retain(|_| all.next().is_some_and(|f| outcomes.contains(&f.outcome)));
    }
    rows
}

/// The most memory that this process has used, in kB, where the system says it (Linux).
fn peak_kb() -> Option<u32> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}

/// Stands in for a file that is closed already.
struct Closed;

impl Sink for Closed {
    fn write(&mut self, _: &[Vec<Cell<'_>>]) -> Result<(), Error> {
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<Written, Error> {
        Ok(Written::default())
    }
}
