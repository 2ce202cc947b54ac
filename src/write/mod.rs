//! Records to the dataset. Comes in: one [`Extract`] after another, in the order of document ids. Goes out: a folder with CSV,
//! Parquet, datapackage.json. Nothing of the old dataset is touched before the new one is whole.

pub mod csv;
pub mod datapackage;
pub mod dictionary;
pub mod parquet;
pub mod schema;

use crate::record::{Extract, Unit};
use schema::{Cell, TABLES, TIMINGS, Table};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// A file of a table.
pub trait Sink: Send {
    /// Appends rows; the cells stand in the order of the columns.
    fn write(&mut self, rows: &[Vec<Cell>]) -> Result<(), Error>;
    /// Closes the file on disk and gives its path.
    fn finish(self: Box<Self>) -> Result<PathBuf, Error>;
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
    /// A value does not fit its column.
    Value(PathBuf, String, String),
    /// The Parquet library refused.
    Parquet(PathBuf, String),
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
                    std::io::ErrorKind::StorageFull => "the disk is full: make room or choose another folder",
                    std::io::ErrorKind::PermissionDenied => "choose a folder that you may write to",
                    std::io::ErrorKind::NotADirectory => "a part of the path is a file: choose another folder",
                    std::io::ErrorKind::ReadOnlyFilesystem => "the disk is read-only: choose another folder",
                    _ => "check the path and the disk",
                };
                write!(f, "cannot write {}: {e}; {hint}", p.display())
            }
            Error::Exists(p) => write!(
                f,
                "{} exists; give --overwrite to replace it, or choose another --out",
                p.display()
            ),
            Error::NotOurs(p) => write!(
                f,
                "{} exists and is not a dataset of juesuan (no datapackage.json of ours); it is never replaced: choose another --out",
                p.display()
            ),
            Error::Value(p, column, m) => write!(f, "cannot write {}: column {column}: {m}", p.display()),
            Error::Parquet(p, m) => write!(f, "cannot write {}: {m}; check the disk", p.display()),
        }
    }
}

impl std::error::Error for Error {}

/// What is written.
#[derive(Clone, Debug)]
pub struct Options {
    /// Write CSV files.
    pub csv: bool,
    /// Write Parquet files.
    pub parquet: bool,
    /// Begin CSV files with a byte order mark.
    pub bom: bool,
    /// Replace a dataset that stands there.
    pub overwrite: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            csv: true,
            parquet: true,
            bom: false,
            overwrite: false,
        }
    }
}

/// Writes a dataset.
pub struct DatasetWriter {
    target: PathBuf,
    staging: PathBuf,
    overwrite: bool,
    sinks: Vec<(&'static Table, Vec<Box<dyn Sink>>)>,
    timings: Box<dyn Sink>,
    units: BTreeMap<String, Unit>,
    finished: bool,
}

/// Whether a folder is empty or a dataset of ours.
fn replaceable(dir: &Path) -> bool {
    if std::fs::read_dir(dir).is_ok_and(|mut d| d.next().is_none()) {
        return true;
    }
    std::fs::read_to_string(dir.join("datapackage.json")).is_ok_and(|t| t.contains("\"created_by\": \"juesuan "))
}

impl DatasetWriter {
    /// Begins a dataset in a folder beside `target`.
    pub fn create(target: &Path, options: &Options) -> Result<Self, Error> {
        if let Ok(m) = std::fs::symlink_metadata(target) {
            if !m.is_dir() {
                let e = std::io::Error::new(std::io::ErrorKind::NotADirectory, "it is a file, not a folder");
                return Err(Error::io(target, e));
            }
            let empty = std::fs::read_dir(target).is_ok_and(|mut d| d.next().is_none());
            if !empty && !replaceable(target) {
                return Err(Error::NotOurs(target.to_path_buf()));
            }
            if !empty && !options.overwrite {
                return Err(Error::Exists(target.to_path_buf()));
            }
        }
        let name = target
            .file_name()
            .map(|n| n.to_string_lossy().to_string())
            .ok_or_else(|| {
                Error::io(
                    target,
                    std::io::Error::new(std::io::ErrorKind::InvalidInput, "it has no name"),
                )
            })?;
        let parent = match target.parent() {
            Some(p) if !p.as_os_str().is_empty() => p.to_path_buf(),
            _ => PathBuf::from("."),
        };
        std::fs::create_dir_all(&parent).map_err(|e| Error::io(&parent, e))?;
        let staging = parent.join(format!(".{name}.partial-{}", std::process::id()));
        if staging.exists() {
            std::fs::remove_dir_all(&staging).map_err(|e| Error::io(&staging, e))?;
        }
        std::fs::create_dir(&staging).map_err(|e| Error::io(&staging, e))?;
        let open = || -> Result<_, Error> {
            let mut sinks: Vec<(&'static Table, Vec<Box<dyn Sink>>)> = Vec::new();
            for t in TABLES {
                let mut files: Vec<Box<dyn Sink>> = Vec::new();
                if options.csv {
                    files.push(Box::new(csv::CsvSink::create(&staging, t, options.bom)?));
                }
                if options.parquet {
                    files.push(Box::new(parquet::ParquetSink::create(&staging, t)?));
                }
                sinks.push((t, files));
            }
            Ok((sinks, csv::CsvSink::create(&staging, &TIMINGS, options.bom)?))
        };
        match open() {
            Ok((sinks, timings)) => Ok(Self {
                target: target.to_path_buf(),
                staging,
                overwrite: options.overwrite,
                sinks,
                timings: Box::new(timings),
                units: BTreeMap::new(),
                finished: false,
            }),
            Err(e) => {
                let _ = std::fs::remove_dir_all(&staging);
                Err(e)
            }
        }
    }

    /// Appends what one document gave.
    pub fn write(&mut self, e: &Extract) -> Result<(), Error> {
        for (table, files) in &mut self.sinks {
            if table.name == "units" {
                continue;
            }
            let rows = schema::rows(table.name, e);
            if rows.is_empty() {
                continue;
            }
            for f in files {
                f.write(&rows)?;
            }
        }
        self.unit(e);
        Ok(())
    }

    /// Appends the seconds of one document.
    pub fn timing(&mut self, e: &Extract, seconds: &[(&'static str, f64)]) -> Result<(), Error> {
        let rows: Vec<Vec<Cell>> = seconds
            .iter()
            .map(|(stage, s)| vec![e.document.document_id.0.as_str().into(), (*stage).into(), (*s).into()])
            .collect();
        self.timings.write(&rows)
    }

    fn unit(&mut self, e: &Extract) {
        let d = &e.document;
        let (Some(key), Some(name)) = (&d.unit_key, &d.unit_name) else {
            return;
        };
        let u = self.units.entry(key.clone()).or_insert_with(|| Unit {
            unit_key: key.clone(),
            unit_name: name.clone(),
            ..Unit::default()
        });
        u.documents += 1;
        if *name != u.unit_name && !u.aliases.contains(name) {
            u.aliases.push(name.clone());
            u.aliases.sort();
        }
        u.level = u.level.or(d.level);
        u.region_code = u.region_code.take().or_else(|| d.region_code.clone());
        u.region_name = u.region_name.take().or_else(|| d.region_name.clone());
        if let Some(y) = d.fiscal_year {
            u.first_year = Some(u.first_year.map_or(y, |f| f.min(y)));
            u.last_year = Some(u.last_year.map_or(y, |l| l.max(y)));
        }
    }

    /// Completes the dataset: units, data package, and the folder takes its place.
    pub fn finish(mut self) -> Result<(), Error> {
        let rows: Vec<Vec<Cell>> = self.units.values().map(schema::unit_row).collect();
        let mut files: Vec<(&'static Table, PathBuf)> = Vec::new();
        for (table, sinks) in std::mem::take(&mut self.sinks) {
            for mut s in sinks {
                if table.name == "units" {
                    s.write(&rows)?;
                }
                files.push((table, s.finish()?));
            }
        }
        let timings = std::mem::replace(&mut self.timings, Box::new(Closed));
        timings.finish()?;
        datapackage::write(&self.staging, &files)?;
        sync_folder(&self.staging)?;
        self.swap()?;
        self.finished = true;
        Ok(())
    }

    /// The old folder steps aside, the new one takes its place, the old one goes; a failure between puts the old one back.
    fn swap(&self) -> Result<(), Error> {
        let target = &self.target;
        if !target.exists() {
            std::fs::rename(&self.staging, target).map_err(|e| Error::io(target, e))?;
            return sync_parent(target);
        }
        if !replaceable(target) || (!self.overwrite && std::fs::read_dir(target).is_ok_and(|mut d| d.next().is_some()))
        {
            return Err(Error::Exists(target.clone()));
        }
        let aside = self.staging.with_extension(format!("old-{}", std::process::id()));
        std::fs::rename(target, &aside).map_err(|e| Error::io(target, e))?;
        if let Err(e) = std::fs::rename(&self.staging, target) {
            let _ = std::fs::rename(&aside, target);
            return Err(Error::io(target, e));
        }
        sync_parent(target)?;
        std::fs::remove_dir_all(&aside).map_err(|e| Error::io(&aside, e))
    }
}

impl Drop for DatasetWriter {
    fn drop(&mut self) {
        if !self.finished {
            let _ = std::fs::remove_dir_all(&self.staging);
        }
    }
}

/// Stands in for a file that is closed already.
struct Closed;

impl Sink for Closed {
    fn write(&mut self, _: &[Vec<Cell>]) -> Result<(), Error> {
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<PathBuf, Error> {
        Ok(PathBuf::new())
    }
}

fn sync_folder(dir: &Path) -> Result<(), Error> {
    // Windows cannot open folders as files; there the rename alone has to do.
    if cfg!(unix) {
        std::fs::File::open(dir)
            .and_then(|f| f.sync_all())
            .map_err(|e| Error::io(dir, e))?;
    }
    Ok(())
}

fn sync_parent(path: &Path) -> Result<(), Error> {
    match path.parent() {
        Some(p) if !p.as_os_str().is_empty() => sync_folder(p),
        _ => Ok(()),
    }
}
