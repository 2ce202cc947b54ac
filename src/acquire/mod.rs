//! Where bytes come from. Comes in: the paths of the command line. Goes out: one descriptor for each different document, in
//! the order of document ids; the bytes are read when a document's turn comes.
//!
//! With the feature `net` (on by default): what portals publish is fetched into a [`store`], and read from there.

mod archive;
mod beside;
mod list;
#[cfg(feature = "ocr")]
pub mod models;
pub mod names;
#[cfg(feature = "net")]
pub mod net;
pub mod office;
pub mod outcome;
pub mod sniff;
#[cfg(feature = "net")]
pub mod sources;
#[cfg(feature = "net")]
pub mod store;
pub mod time;

pub use beside::{Beside, Join};
pub use list::{Given, listed, manifest};

use crate::place::DocumentId;
use crate::record::InputFile;
use rayon::prelude::*;
use sha2::{Digest, Sha256};
#[cfg(feature = "net")]
use std::collections::HashMap;
use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tr::tr;

/// A file to read.
#[derive(Clone, Debug)]
pub struct Input {
    /// Where it stands.
    pub path: PathBuf,
    /// Its name in the dataset: relative to the folder that was given; of a member of an archive, the name of the archive first.
    pub name: String,
    /// The way to it in the archive at `path`: the number of the member, and of the member in that; empty for a file of its own.
    pub member: Vec<usize>,
    /// sha256 of its bytes; of its name where the bytes could not be read.
    pub id: DocumentId,
    /// Why it could not be read.
    pub error: Option<String>,
    /// Other names of the same bytes.
    pub duplicates: Vec<String>,
    /// Where those stand, with the same names.
    pub also: Vec<(PathBuf, String)>,
    /// The archive that it is a member of: its directory is read once.
    pub(crate) archive: Option<Arc<archive::Archive>>,
    /// Where it was published, when that is known.
    pub origin: Option<Origin>,
    /// The files of its announcement, when there may be more than one.
    pub beside: Option<Arc<Beside>>,
}

/// Where a document was published.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// The address that gave the bytes.
    pub source_url: String,
    /// When, RFC 3339.
    pub retrieved_at: String,
    /// Who published it, as the settings of the source or the list say.
    pub publisher: Option<String>,
    /// Its 统一社会信用代码, as the page shows it.
    pub publisher_code: Option<String>,
}

/// Why a run cannot begin.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Error {
    /// Nothing stands at the path.
    NotFound(PathBuf),
    /// A folder without a file of a kind that is read.
    Empty(PathBuf),
    /// A pipe, a device, a socket: it has no end, or can be read only once.
    Special(PathBuf),
    /// A folder that cannot be listed.
    Unreadable(PathBuf, String),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::NotFound(p) => f.write_str(&tr!("no such file or folder: {}; check the path", p.display())),
            Error::Empty(p) => f.write_str(&tr!(
                "no file to read stands in {} or below; give a file by name if its name does not end in one of {}",
                p.display(),
                NAMES.join(" ")
            )),
            Error::Special(p) => f.write_str(&tr!(
                "{} is neither a file nor a folder; save what it gives to a file",
                p.display()
            )),
            Error::Unreadable(p, e) => f.write_str(&tr!("cannot list {}: {e}; check its permissions", p.display(), e)),
        }
    }
}

impl std::error::Error for Error {}

/// How the names of files end that are taken from a folder. What they are is told by their bytes later.
const NAMES: &[&str] = &[
    "pdf", "ofd", "txt", "md", "html", "htm", "mht", "mhtml", "docx", "docm", "doc", "wps", "xlsx", "xlsm", "xls",
    "et", "zip", // What follows is not read, and refused in a row of its own rather than passed over.
    "xlsb", "odt", "ods", "rtf", "rar", "7z", "tar", "gz", "tgz",
];

fn has_known_name(path: &Path) -> bool {
    path.extension()
        .is_some_and(|e| NAMES.iter().any(|n| e.eq_ignore_ascii_case(n)))
}

fn hidden(entry: &walkdir::DirEntry) -> bool {
    entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.')
}

/// Finds the files: a file that is named is taken whatever its name; folders give every
/// file at any depth whose name ends as files of accounts do. Links are
/// followed, loops are left out.
pub fn find(paths: &[PathBuf]) -> Result<Vec<(PathBuf, String)>, Error> {
    paths.iter().try_fold(Vec::new(), |mut all, p| {
        all.extend(find_at(p)?);
        Ok(all)
    })
}

fn find_at(p: &PathBuf) -> Result<Vec<(PathBuf, String)>, Error> {
    let mut out = Vec::new();
    {
        let Ok(meta) = std::fs::metadata(p) else {
            return Err(Error::NotFound(p.clone()));
        };
        if !meta.is_dir() && !meta.is_file() {
            return Err(Error::Special(p.clone()));
        }
        if !meta.is_dir() {
            let name = p
                .file_name()
                .map_or_else(|| p.display().to_string(), |n| n.to_string_lossy().to_string());
            return Ok(vec![(p.clone(), name)]);
        }
        let walk = walkdir::WalkDir::new(p).follow_links(true).sort_by_file_name();
        for entry in walk.into_iter().filter_entry(|e| !hidden(e)) {
            match entry {
                Ok(e) if e.file_type().is_file() && has_known_name(e.path()) => {
                    let name = e
                        .path()
                        .strip_prefix(p)
                        .unwrap_or(e.path())
                        .to_string_lossy()
                        .replace('\\', "/");
                    out.push((e.path().to_path_buf(), name));
                }
                Ok(_) => {}
                Err(e) if e.depth() == 0 => return Err(Error::Unreadable(p.clone(), e.to_string())),
                Err(e) if e.loop_ancestor().is_some() => {}
                // A folder that cannot be opened, or a file that a broken link names: a row that says so.
                Err(e) => {
                    if let Some(path) = e.path().filter(|p| p.is_dir() || has_known_name(p)) {
                        let name = path
                            .strip_prefix(p)
                            .unwrap_or(path)
                            .to_string_lossy()
                            .replace('\\', "/");
                        out.push((path.to_path_buf(), name));
                    }
                }
            }
        }
        if out.is_empty() {
            return Err(Error::Empty(p.clone()));
        }
    }
    Ok(out)
}

fn hash(path: &Path) -> std::io::Result<String> {
    let mut file = std::fs::File::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0u8; 1 << 16];
    loop {
        let n = file.read(&mut buffer)?;
        if n == 0 {
            break;
        }
        hasher.update(&buffer[..n]);
    }
    Ok(format!("{:x}", hasher.finalize()))
}

/// The document at a path, or the documents in the archive there.
fn documents(path: &Path, name: String) -> Vec<Input> {
    match archive::members(path, &name) {
        Some((archive, members)) => members.into_iter().map(|m| member(path, m, &archive)).collect(),
        None => vec![input(path, name, Vec::new(), hash(path).map_err(|e| e.to_string()))],
    }
}

fn member(path: &Path, m: archive::Member, archive: &Arc<archive::Archive>) -> Input {
    Input {
        archive: Some(Arc::clone(archive)),
        ..input(path, m.name, m.way, m.hash)
    }
}

fn input(path: &Path, name: String, member: Vec<usize>, hash: Result<String, String>) -> Input {
    let (id, error) = match hash {
        Ok(h) => (h, None),
        Err(e) => (format!("{:x}", Sha256::digest(name.as_bytes())), Some(e)),
    };
    Input {
        path: path.to_path_buf(),
        name,
        member,
        id: DocumentId(id),
        error,
        duplicates: Vec::new(),
        also: Vec::new(),
        archive: None,
        origin: None,
        beside: None,
    }
}

/// Finds the files, opens archives, hashes all in parallel and puts them in the order of their ids. The same bytes under two names are one
/// document under the first name; the others are remembered.
pub fn inputs(paths: &[PathBuf], done: &(dyn Fn() + Sync)) -> Result<Vec<Input>, Error> {
    let given: Vec<Given> = paths.iter().cloned().map(Given::named).collect();
    inputs_given(&given, done)
}

/// The same for files of a list or a manifest as well: of those one that is missing is a row, no reason to stop.
pub fn inputs_given(given: &[Given], done: &(dyn Fn() + Sync)) -> Result<Vec<Input>, Error> {
    let mut found = Vec::new();
    for g in given {
        match find_at(&g.path) {
            Ok(files) => found.extend(files.into_iter().map(|(path, name)| (path, name, None, g))),
            Err(e) if g.listed => {
                let name = g.path.file_name().unwrap_or(g.path.as_os_str());
                found.push((
                    g.path.clone(),
                    name.to_string_lossy().into_owned(),
                    Some(e.to_string()),
                    g,
                ));
            }
            Err(e) => return Err(e),
        }
    }
    let mut all: Vec<Input> = found
        .into_par_iter()
        .flat_map_iter(|(path, name, error, given)| {
            let mut found = match error {
                // Two missing files of one name are two documents.
                Some(e) => vec![Input {
                    id: DocumentId(format!("{:x}", Sha256::digest(path.to_string_lossy().as_bytes()))),
                    ..input(&path, name, Vec::new(), Err(e))
                }],
                None => documents(&path, name),
            };
            for i in &mut found {
                i.origin.clone_from(&given.origin);
            }
            done();
            found
        })
        .collect();
    all.sort_by(|a, b| {
        let names = a.id.cmp(&b.id).then(a.name.cmp(&b.name));
        names.then(a.path.cmp(&b.path)).then(a.member.cmp(&b.member))
    });
    let mut out: Vec<Input> = Vec::with_capacity(all.len());
    for i in all {
        match out.last_mut() {
            Some(last) if last.id == i.id => {
                if (&last.path, &last.member) != (&i.path, &i.member) {
                    last.also.push((i.path, i.name.clone()));
                    last.duplicates.push(i.name);
                }
            }
            _ => out.push(i),
        }
    }
    beside::group(&mut out, beside::folder);
    Ok(out)
}

/// The documents of a store, in the order of their ids. The same bytes at several addresses are one document: the address that
/// gave them first; the others are remembered.
#[cfg(feature = "net")]
pub fn inputs_of_store(store: &store::Store) -> Result<Vec<Input>, store::Error> {
    let mut all: Vec<Input> = Vec::new();
    let mut pages: HashMap<DocumentId, String> = HashMap::new();
    for d in store.documents()? {
        if let Some(page) = d.detail_url {
            pages.entry(DocumentId(d.sha256.clone())).or_insert(page);
        }
        let origin = Origin {
            source_url: d.url,
            retrieved_at: d.retrieved,
            publisher: d.publisher,
            publisher_code: d.publisher_code,
        };
        let name = format!("{}/{}", d.source, d.name);
        let path = store.object_path(&d.sha256);
        let found = match archive::members(&path, &name) {
            // What an archive holds was hashed as it is now; the archive itself has to be what was fetched.
            Some(_) if hash(&path).ok().as_deref() != Some(d.sha256.as_str()) => {
                vec![input(&path, name, Vec::new(), Err(CHANGED.into()))]
            }
            Some((archive, members)) => members.into_iter().map(|m| member(&path, m, &archive)).collect(),
            None => vec![input(&path, name, Vec::new(), Ok(d.sha256))],
        };
        all.extend(found.into_iter().map(|i| Input {
            origin: Some(origin.clone()),
            ..i
        }));
    }
    // The sort keeps the order of equals.
    all.sort_by(|a, b| a.id.cmp(&b.id));
    let mut out: Vec<Input> = Vec::with_capacity(all.len());
    for i in all {
        match out.last_mut() {
            Some(last) if last.id == i.id => {
                last.also.push((i.path, i.name));
                last.duplicates.extend(i.origin.map(|o| o.source_url));
            }
            _ => out.push(i),
        }
    }
    // The files that one page links; the members of one folder of an archive.
    beside::group(&mut out, |i| match i.member.is_empty() {
        true => pages.get(&i.id).cloned(),
        false => beside::folder(i),
    });
    Ok(out)
}

/// The rows of `inputs`: each file that was given, and which document it is.
pub fn files(inputs: &[Input]) -> impl Iterator<Item = Vec<InputFile>> {
    inputs.iter().map(|i| {
        let own = std::iter::once((&i.path, &i.name));
        let all = own.chain(i.also.iter().map(|(path, name)| (path, name)));
        let mut rows: Vec<InputFile> = all
            .map(|(path, name)| {
                let meta = std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file);
                let since = |t: std::time::SystemTime| t.duration_since(std::time::UNIX_EPOCH).ok();
                let modified = meta.as_ref().and_then(|m| since(m.modified().ok()?));
                InputFile {
                    document_id: i.id.clone(),
                    name: name.clone(),
                    path: path.display().to_string(),
                    bytes: meta.map(|m| m.len()),
                    modified: modified.map(|t| time::Moment(t.as_millis() as i64).text()),
                    sha256: i.error.is_none().then(|| i.id.0.clone()),
                }
            })
            .collect();
        rows.sort();
        rows.dedup();
        rows
    })
}

/// The inputs of one share of `of`, of which the first is 1: by hash, so that it is the same whatever else is read, and files that may be one
/// announcement stay together.
pub fn share(inputs: Vec<Input>, part: u32, of: u32) -> Vec<Input> {
    let number = |i: &Input| {
        let first = i.beside.as_deref().and_then(|b| b.files.iter().map(|f| &f.id).min());
        let id = first.unwrap_or(&i.id).0.get(..16).unwrap_or_default();
        u64::from_str_radix(id, 16).unwrap_or(0) % u64::from(of.max(1))
    };
    let mine = |i: &Input| number(i) + 1 == u64::from(part);
    inputs.into_iter().filter(mine).collect()
}

/// The largest file that is read: 512 MiB.
const MAX_BYTES: u64 = 512 << 20;

/// The bytes of an input.
pub fn bytes(input: &Input) -> Result<Vec<u8>, String> {
    let size = std::fs::metadata(&input.path).map_err(|e| e.to_string())?.len();
    if size > MAX_BYTES {
        return Err(format!(
            "the file has {} MiB, more than {} MiB are not read",
            size >> 20,
            MAX_BYTES >> 20
        ));
    }
    let bytes = match &input.archive {
        Some(archive) if !input.member.is_empty() => archive.bytes(&input.member)?,
        _ => std::fs::read(&input.path).map_err(|e| e.to_string())?,
    };
    if format!("{:x}", Sha256::digest(&bytes)) != input.id.0 {
        return Err(CHANGED.into());
    }
    Ok(bytes)
}

/// Why bytes are not read that are others than their hash says.
const CHANGED: &str =
    "its bytes are not those that were fetched or found (they do not give their sha256): fetch it again, or run again";
