//! Archives: every member is a document of its own. Comes in: a ZIP file. Goes out: the members whose names end as those of
//! accounts do, with their names, their hashes and the way to them; archives inside archives are followed. Nothing is written
//! to disk: a name is a label and never a path. Bounded in depth, number, size and ratio.

use super::has_known_name;
use encoding_rs::GB18030;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::{BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use zip::ZipArchive;

/// Archives inside each other that are followed.
const DEEPEST: usize = 3;
/// The most members of one file, all archives inside counted.
const MEMBERS: usize = 20_000;
/// What any archive may unpack to, and beyond that how many times its own size.
const SMALL: u64 = 64 << 20;
const RATIO: u64 = 200;
const LARGE: u64 = 4 << 30;

/// A document in an archive.
pub(super) struct Member {
    /// Its name: those of the archives around it and its own.
    pub name: String,
    /// The number of the member in its archive, from the outermost.
    pub way: Vec<usize>,
    /// sha256 of its bytes, or why it could not be unpacked.
    pub hash: Result<String, String>,
}

/// The documents in a file; `None` when it is no archive (Office files are containers too, and are documents themselves).
pub(super) fn members(path: &Path, name: &str) -> Option<(Arc<Archive>, Vec<Member>)> {
    let mut file = File::open(path).ok()?;
    let mut magic = [0u8; 4];
    file.read_exact(&mut magic).ok()?;
    if magic != *b"PK\x03\x04" {
        return None;
    }
    let size = file.metadata().map_or(0, |m| m.len());
    drop(file);
    let mut zip = ZipArchive::new(Lazy::new(path)).ok()?;
    if !is_archive(&zip) {
        return None;
    }
    let mut out = Walk {
        left: LARGE.min(SMALL.max(size.saturating_mul(RATIO))),
        members: MEMBERS,
        found: Vec::new(),
        stopped: None,
    };
    if zip.has_overlapping_entries().unwrap_or(true) {
        out.stopped = Some(OVERLAP.into());
    } else {
        out.all(&mut zip, name, &[]);
    }
    if let Some(why) = out.stopped.take() {
        out.found.push(Member {
            name: name.to_string(),
            way: Vec::new(),
            hash: Err(why),
        });
    } else if out.found.is_empty() {
        out.found.push(Member {
            name: name.to_string(),
            way: Vec::new(),
            hash: Err("the archive holds no file of a kind that is read".into()),
        });
    }
    let archive = Archive {
        zip: zip.clone(),
        inner: Mutex::default(),
    };
    Some((Arc::new(archive), out.found))
}

/// Why an archive is not opened whose members share their bytes.
const OVERLAP: &str =
    "the members of the archive overlap: it unpacks to far more than it is, and no program writes such";

/// An archive whose directory is read once, however many of its members are asked for.
#[derive(Debug)]
pub(crate) struct Archive {
    zip: ZipArchive<Lazy>,
    /// The archive inside that was asked last, and the way to it.
    inner: Mutex<Option<(Vec<usize>, Inner)>>,
}

type Inner = ZipArchive<Cursor<Arc<[u8]>>>;

impl Archive {
    /// The bytes of a document in it.
    pub(super) fn bytes(&self, way: &[usize]) -> Result<Vec<u8>, String> {
        let (last, around) = way.split_last().ok_or("the archive itself is no document")?;
        if around.is_empty() {
            return unpack(&mut self.zip.clone(), *last, super::MAX_BYTES);
        }
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.as_ref().is_none_or(|(at, _)| at != around) {
            *inner = Some((around.to_vec(), self.open(around)?));
        }
        match inner.as_ref().map(|(_, zip)| zip.clone()) {
            Some(mut zip) => {
                drop(inner);
                unpack(&mut zip, *last, super::MAX_BYTES)
            }
            None => Err("the archive inside is gone".into()),
        }
    }

    fn open(&self, way: &[usize]) -> Result<Inner, String> {
        let open = |bytes: Vec<u8>| ZipArchive::new(Cursor::new(Arc::from(bytes))).map_err(|e| e.to_string());
        let (first, rest) = way.split_first().ok_or("the archive itself is no document")?;
        let mut zip = open(unpack(&mut self.zip.clone(), *first, super::MAX_BYTES)?)?;
        for i in rest {
            zip = open(unpack(&mut zip, *i, super::MAX_BYTES)?)?;
        }
        Ok(zip)
    }
}

/// A file that is opened when it is read, and again by each copy: thousands of archives may be known, few are open.
#[derive(Debug)]
struct Lazy {
    path: Arc<Path>,
    file: Option<BufReader<File>>,
}

impl Lazy {
    fn new(path: &Path) -> Self {
        let path = Arc::from(path);
        Self { path, file: None }
    }

    fn file(&mut self) -> std::io::Result<&mut BufReader<File>> {
        let file = match self.file.take() {
            Some(f) => f,
            None => BufReader::new(File::open(&self.path)?),
        };
        Ok(self.file.insert(file))
    }
}

impl Clone for Lazy {
    fn clone(&self) -> Self {
        Self::new(&self.path)
    }
}

impl Read for Lazy {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        self.file()?.read(out)
    }
}

impl Seek for Lazy {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.file()?.seek(to)
    }
}

/// Whether a container is an archive and no Office file.
fn is_archive<R: Read + Seek>(zip: &ZipArchive<R>) -> bool {
    ["[Content_Types].xml", "mimetype", "OFD.xml"]
        .iter()
        .all(|n| zip.index_for_name(n).is_none())
}

struct Walk {
    left: u64,
    members: usize,
    found: Vec<Member>,
    /// The limit that ended the walk.
    stopped: Option<String>,
}

impl Walk {
    fn all<R: Read + Seek>(&mut self, zip: &mut ZipArchive<R>, around: &str, way: &[usize]) {
        for i in 0..zip.len() {
            if self.stopped.is_some() {
                return;
            }
            if self.members == 0 {
                self.stopped = Some(format!(
                    "the archive holds more than {MEMBERS} members; the others were not read"
                ));
                return;
            }
            self.members -= 1;
            let Some(own) = zip
                .by_index_raw(i)
                .ok()
                .filter(|f| !f.is_dir())
                .map(|f| label(f.name_raw()))
            else {
                continue;
            };
            if !has_known_name(Path::new(&own)) || own.rsplit('/').next().is_some_and(|n| n.starts_with('.')) {
                continue;
            }
            let name = format!("{around}/{own}");
            let way: Vec<usize> = way.iter().copied().chain(std::iter::once(i)).collect();
            match unpack(zip, i, self.left.min(super::MAX_BYTES)) {
                Ok(bytes) => {
                    self.left -= bytes.len() as u64;
                    self.one(bytes, name, way);
                }
                Err(why) if why == FULL => {
                    self.stopped = Some(format!(
                        "the archive passes a limit: it unpacks to more than {} MiB or {RATIO} times its size, or a member to more than {} MiB; what follows was not read",
                        LARGE >> 20,
                        super::MAX_BYTES >> 20
                    ));
                }
                Err(why) => self.found.push(Member {
                    name,
                    way,
                    hash: Err(why),
                }),
            }
        }
    }

    fn one(&mut self, bytes: Vec<u8>, name: String, way: Vec<usize>) {
        if bytes.starts_with(b"PK\x03\x04")
            && let Ok(mut inner) = ZipArchive::new(Cursor::new(bytes.as_slice()))
            && is_archive(&inner)
        {
            if inner.has_overlapping_entries().unwrap_or(true) {
                self.found.push(Member {
                    name,
                    way,
                    hash: Err(OVERLAP.into()),
                });
            } else if way.len() < DEEPEST {
                self.all(&mut inner, &name, &way);
            } else {
                self.found.push(Member {
                    name,
                    way,
                    hash: Err(format!(
                        "archives inside archives are followed {DEEPEST} deep; unpack it first"
                    )),
                });
            }
            return;
        }
        self.found.push(Member {
            name,
            way,
            hash: Ok(format!("{:x}", Sha256::digest(&bytes))),
        });
    }
}

/// What `unpack` says when more comes than may.
const FULL: &str = "it unpacks to too much";

fn unpack<R: Read + Seek>(zip: &mut ZipArchive<R>, index: usize, most: u64) -> Result<Vec<u8>, String> {
    if zip.by_index_raw(index).is_ok_and(|f| f.encrypted()) {
        return Err("it needs a password; unpack the archive and give the file".into());
    }
    let file = zip
        .by_index(index)
        .map_err(|e| format!("it cannot be unpacked ({e})"))?;
    let mut out = Vec::new();
    file.take(most + 1)
        .read_to_end(&mut out)
        .map_err(|e| format!("it cannot be unpacked ({e})"))?;
    if out.len() as u64 > most {
        return Err(FULL.into());
    }
    Ok(out)
}

/// A name as people read it: UTF-8, or GBK as Windows in China writes it. Steps out of the archive are taken off.
fn label(raw: &[u8]) -> String {
    let name = match std::str::from_utf8(raw) {
        Ok(n) => n.to_string(),
        Err(_) => GB18030.decode_without_bom_handling(raw).0.into_owned(),
    };
    let parts: Vec<&str> = name
        .split(['/', '\\'])
        .filter(|p| !p.is_empty() && *p != "." && *p != ".." && !p.ends_with(':'))
        .collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_labels_and_never_paths() {
        assert_eq!(label(b"../../etc/passwd.txt"), "etc/passwd.txt");
        assert_eq!(label(b"C:\\x\\..\\a.pdf"), "x/a.pdf");
        assert_eq!(label(&GB18030.encode("附件1：决算.xlsx").0), "附件1：决算.xlsx");
    }
}
