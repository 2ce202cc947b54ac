//! The folder of a dataset: made beside the target, on the same disk, and put in its place when it is whole. Nothing that is not
//! ours is ever replaced, and an interrupted run leaves what stood there as it was.

use super::Error;
use super::schema::{INPUTS, OVERSPENT, PANEL, TABLES, TIMINGS};
use super::{blocks, parts};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

const PACKAGE: &str = "datapackage.json";
/// Held open and locked while a run lives: so the next run can tell a dead one's folder from a live one's.
const LOCK: &str = ".lock";
/// What waits until all documents are known.
pub(super) const WAITING: [&str; 2] = [".documents", ".years"];

/// A folder that will become the dataset.
pub struct Folder {
    target: PathBuf,
    staging: PathBuf,
    lock: Option<File>,
    overwrite: bool,
    left_over: Vec<PathBuf>,
    /// Runs that were stopped, with their locks: what they have read is of use until this one is done.
    stopped: Option<Vec<(PathBuf, File)>>,
    done: bool,
}

/// What stands at the target.
enum Standing {
    Nothing,
    Empty,
    Ours,
}

/// The target without links and dots, so that what is renamed is the folder itself and its neighbour is on the same disk.
fn resolve(target: &Path) -> Result<PathBuf, Error> {
    if let Ok(real) = fs::canonicalize(target) {
        return Ok(real);
    }
    let Some(name) = target.file_name() else {
        let e = io::Error::new(io::ErrorKind::InvalidInput, "it has no name");
        return Err(Error::io(target, e));
    };
    Ok(match target.parent() {
        Some(p) if !p.as_os_str().is_empty() => fs::canonicalize(p).unwrap_or_else(|_| p.to_path_buf()).join(name),
        _ => fs::canonicalize(".").unwrap_or_default().join(name),
    })
}

fn standing(target: &Path) -> Result<Standing, Error> {
    let entries = match fs::read_dir(target) {
        Ok(entries) => entries,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Standing::Nothing),
        Err(e) if e.kind() == io::ErrorKind::NotADirectory => {
            let said = if target.is_file() {
                "it is a file, not a folder"
            } else {
                "a part of its path is a file"
            };
            return Err(Error::io(target, io::Error::new(e.kind(), said)));
        }
        Err(e) => return Err(Error::io(target, e)),
    };
    let mut names: Vec<String> = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|e| Error::io(target, e))?;
        names.push(entry.file_name().to_string_lossy().into_owned());
    }
    if names.is_empty() {
        return Ok(Standing::Empty);
    }
    let package = fs::read(target.join(PACKAGE)).unwrap_or_default();
    let package: serde_json::Value = serde_json::from_slice(&package).unwrap_or_default();
    let by_us = package["created_by"]
        .as_str()
        .is_some_and(|b| b.starts_with("juesuan "));
    if package["name"] != "juesuan" || !by_us {
        return Err(Error::NotOurs(target.to_path_buf()));
    }
    names.sort();
    match names.into_iter().find(|n| !written_by_us(n)) {
        Some(other) => Err(Error::Foreign(target.to_path_buf(), other)),
        None => Ok(Standing::Ours),
    }
}

/// Whether a run writes a file of this name, or the system leaves it in every folder.
fn written_by_us(name: &str) -> bool {
    let table = |stem: &str| {
        [INPUTS.name, TIMINGS.name, PANEL.name, OVERSPENT.name, "panel_wide"].contains(&stem)
            || TABLES.iter().any(|t| t.name == stem)
    };
    match name {
        PACKAGE
        | parts::NAME
        | blocks::NAME
        | ".DS_Store"
        | "Thumbs.db"
        | "juesuan.sqlite"
        | "metadata.json"
        | super::duckdb::FILE => true,
        _ => name
            .strip_suffix(".csv")
            .or_else(|| name.strip_suffix(".csv.zst"))
            .or_else(|| name.strip_suffix(".parquet"))
            .or_else(|| name.strip_suffix(".xlsx"))
            .is_some_and(table),
    }
}

impl Folder {
    /// Whether a dataset may be written there; touches nothing.
    pub fn check(target: &Path, overwrite: bool) -> Result<(), Error> {
        match standing(&resolve(target)?)? {
            Standing::Ours if !overwrite => Err(Error::Exists(target.to_path_buf())),
            _ => Ok(()),
        }
    }

    /// Makes a folder beside the target. With `resume` what stopped runs have read stays until this one is done, and of this one
    /// should it be stopped.
    pub fn create(target: &Path, overwrite: bool, resume: bool) -> Result<Self, Error> {
        Self::check(target, overwrite)?;
        let target = resolve(target)?;
        let (Some(parent), Some(name)) = (target.parent(), target.file_name()) else {
            return Err(Error::NotOurs(target));
        };
        fs::create_dir_all(parent).map_err(|e| Error::io(parent, e))?;
        let name = name.to_string_lossy();
        let stopped = resume.then(|| stopped(parent, &name, &target));
        let left_over = left_over(parent, &name)
            .into_iter()
            .filter(|dir| !is_ours(dir, &target) || fs::remove_dir_all(dir).is_err())
            .collect();
        let pid = std::process::id();
        // In containers every run has the same process id: a dead one's folder may bear ours.
        let mut staging = parent.join(format!(".{name}.partial-{pid}"));
        let mut lock = None;
        for n in 2..100 {
            let begun = fs::create_dir(&staging).and_then(|()| File::create(staging.join(LOCK)));
            match begun {
                Ok(file) => {
                    lock = Some(file);
                    break;
                }
                // The folder of a dead run, or another run took ours for one before it was locked.
                Err(e) if matches!(e.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::NotFound) && n < 99 => {
                    staging = parent.join(format!(".{name}.partial-{pid}-{n}"));
                }
                Err(e) => return Err(Error::io(&staging, e)),
            }
        }
        // Where the system has no locks, left-over folders are named a little too often: no harm.
        let lock = lock.filter(|f| f.try_lock().is_ok());
        Ok(Self {
            target,
            staging,
            lock,
            overwrite,
            left_over,
            stopped,
            done: false,
        })
    }

    /// Where earlier runs may have left what they have read: the dataset that stands there, and runs that were stopped.
    pub fn before(&self) -> Vec<PathBuf> {
        let stopped = self.stopped.iter().flatten().map(|(dir, _)| dir.clone());
        std::iter::once(self.target.clone()).chain(stopped).collect()
    }

    /// Where the dataset will stand.
    pub fn target(&self) -> &Path {
        &self.target
    }

    /// Where to write.
    pub fn path(&self) -> &Path {
        &self.staging
    }

    /// Folders beside the target that interrupted runs left and that were not taken away: old datasets, and what is not certainly ours.
    pub fn left_over(&self) -> &[PathBuf] {
        &self.left_over
    }

    /// The folder takes the place of the target: the old one steps aside, the new one goes in, the old one is deleted. A failure
    /// between puts the old one back.
    pub fn commit(mut self) -> Result<(), Error> {
        // Without its lock the folder is that of a dead run; from here on it is locked itself, where folders can be.
        let _held = File::open(&self.staging).ok().filter(|f| f.try_lock().is_ok());
        self.lock = None;
        match fs::remove_file(self.staging.join(LOCK)) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => return Err(Error::io(&self.staging, e)),
            _ => {}
        }
        for name in WAITING {
            // On most systems they are gone already.
            let _ = fs::remove_file(self.staging.join(name));
        }
        sync(&self.staging)?;
        let target = &self.target;
        // It may have changed since the run began.
        let mut aside = None;
        match standing(target)? {
            Standing::Nothing => {}
            Standing::Ours if !self.overwrite => return Err(Error::Exists(target.clone())),
            Standing::Empty | Standing::Ours => {
                let to = PathBuf::from(self.staging.to_string_lossy().replacen(".partial-", ".old-", 1));
                fs::rename(target, &to).map_err(|e| Error::io(target, e))?;
                aside = Some(to);
            }
        }
        if let Err(e) = fs::rename(&self.staging, target) {
            if let Some(old) = &aside {
                let _ = fs::rename(old, target);
            }
            return Err(Error::io(target, e));
        }
        self.done = true;
        for (dir, lock) in self.stopped.take().into_iter().flatten() {
            drop(lock);
            let _ = fs::remove_dir_all(dir);
        }
        if let Some(parent) = target.parent() {
            sync(parent)?;
        }
        if let Some(old) = aside {
            // The new dataset is in place; should this fail, the next run names what is left.
            let _ = fs::remove_dir_all(old);
        }
        Ok(())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.done {
            return;
        }
        match self.stopped {
            // The next run goes on here.
            Some(_) => only_parts(&self.staging),
            None => {
                let _ = fs::remove_dir_all(&self.staging);
            }
        }
    }
}

/// Takes everything out of a folder but what a run has read.
fn only_parts(dir: &Path) {
    for entry in fs::read_dir(dir).into_iter().flatten().flatten() {
        if entry.file_name() != LOCK && entry.file_name() != parts::NAME {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Runs that were stopped and have left what they had read. They are locked from now on.
fn stopped(parent: &Path, name: &str, target: &Path) -> Vec<(PathBuf, File)> {
    let found = left_over(parent, name).into_iter();
    found
        .filter(|dir| dir.join(parts::NAME).is_file() && !dir.join(PACKAGE).exists() && is_ours(dir, target))
        .filter_map(|dir| {
            let lock = File::open(dir.join(LOCK)).ok().filter(|f| f.try_lock().is_ok())?;
            only_parts(&dir);
            Some((dir, lock))
        })
        .collect()
}

/// Whether a folder is what a run that died left, and nobody needs: what it had begun (it has the lock of a run, or nothing yet, or is whole
/// and not in its place), or the dataset that it had replaced already; and nothing that a run does not write.
fn is_ours(dir: &Path, target: &Path) -> bool {
    let begun = dir
        .file_name()
        .is_some_and(|n| n.to_string_lossy().contains(".partial-"));
    let replaced = !begun && matches!(standing(target), Ok(Standing::Ours));
    let mut locked = false;
    let only = fs::read_dir(dir).is_ok_and(|entries| {
        entries.flatten().all(|e| {
            let name = e.file_name().to_string_lossy().into_owned();
            locked |= name == LOCK;
            name == LOCK || WAITING.contains(&name.as_str()) || written_by_us(&name)
        })
    });
    let began_or_ended = || matches!(standing(dir), Ok(Standing::Empty | Standing::Ours));
    ((begun && (locked || began_or_ended())) || replaced) && only
}

/// Folders of runs that are dead: no one holds their lock.
fn left_over(parent: &Path, name: &str) -> Vec<PathBuf> {
    let (partial, old) = (format!(".{name}.partial-"), format!(".{name}.old-"));
    let free = |path: &Path| File::open(path).map_or(true, |f| f.try_lock().is_ok());
    let dead = |dir: &Path| free(&dir.join(LOCK)) && free(dir);
    let mut found: Vec<PathBuf> = fs::read_dir(parent)
        .into_iter()
        .flatten()
        .flatten()
        .filter(|e| {
            let n = e.file_name().to_string_lossy().into_owned();
            n.starts_with(&old) || (n.starts_with(&partial) && dead(&e.path()))
        })
        .map(|e| e.path())
        .collect();
    found.sort();
    found
}

fn sync(dir: &Path) -> Result<(), Error> {
    // Windows cannot open folders as files; there the rename alone has to do.
    if cfg!(unix) {
        File::open(dir)
            .and_then(|f| f.sync_all())
            .map_err(|e| Error::io(dir, e))?;
    }
    Ok(())
}
