//! The store: everything that was fetched, so that nothing is lost and everything can be proven later. Comes in: bytes and what
//! is known of their origin. Goes out: objects named by the sha256 of their bytes, and an index (SQLite) of every request.
//!
//! ```text
//! DIR/lock            held while a program writes
//! DIR/index.sqlite    every request, version, document, list; pauses of hosts
//! DIR/objects/ab/…    bytes, named by their sha256; never changed
//! DIR/partial/…       downloads that were interrupted, to be continued
//! ```
//!
//! An object is written beside its place, synced, renamed, and its folder synced; only then the index learns of it, in one
//! transaction. A program that is killed at any moment leaves at most a partial download or an object that nobody names.

pub mod index;
pub mod verify;
pub mod warc;

use rusqlite::{Connection, OpenFlags};
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::fmt;
use std::fs::File;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use tr::tr;

/// Why the store cannot be used.
#[derive(Debug)]
#[non_exhaustive]
pub enum Error {
    /// No store stands there.
    Absent(PathBuf),
    /// Another program writes it.
    Locked(PathBuf),
    /// A file of it cannot be read or written.
    Io(PathBuf, std::io::Error),
    /// The index.
    Index(rusqlite::Error),
    /// Made by a later version.
    Version(i64),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Absent(p) => f.write_str(&tr!(
                "no store stands in {0}; `juesuan fetch SOURCES.toml --store {0}` makes one",
                p.display()
            )),
            Error::Locked(p) => f.write_str(&tr!(
                "another juesuan writes the store {}; wait until it ends",
                p.display()
            )),
            Error::Io(p, e) => write!(f, "{}: {e}", p.display()),
            Error::Index(e) => f.write_str(&tr!("the index of the store: {e}", e)),
            Error::Version(v) => f.write_str(&tr!(
                "the store was made by a later version (format {v}, known is {}); use that version",
                index::FORMAT,
                v
            )),
        }
    }
}

impl std::error::Error for Error {}

impl From<rusqlite::Error> for Error {
    fn from(e: rusqlite::Error) -> Self {
        Error::Index(e)
    }
}

/// Called before every step on the disk, with its name: a test makes a step fail.
pub type Fault = Box<dyn Fn(&'static str) -> std::io::Result<()>>;

/// A store that is open.
pub struct Store {
    dir: PathBuf,
    db: Connection,
    fault: RefCell<Option<Fault>>,
    _lock: Option<File>,
}

impl Store {
    /// Opens a store for writing and makes it if nothing stands there. One program at a time.
    pub fn open(dir: &Path) -> Result<Self, Error> {
        for d in [dir.to_path_buf(), dir.join("objects"), dir.join("partial")] {
            std::fs::create_dir_all(&d).map_err(|e| Error::Io(d, e))?;
        }
        let path = dir.join("lock");
        let lock = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(|e| Error::Io(path.clone(), e))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => return Err(Error::Locked(dir.to_path_buf())),
            Err(std::fs::TryLockError::Error(e)) => return Err(Error::Io(path, e)),
        }
        let db = Connection::open(dir.join("index.sqlite"))?;
        index::prepare(&db)?;
        Ok(Self {
            dir: dir.to_path_buf(),
            db,
            fault: RefCell::new(None),
            _lock: Some(lock),
        })
    }

    /// Opens a store that stands there, to read it. A program may write it meanwhile.
    pub fn read(dir: &Path) -> Result<Self, Error> {
        let path = dir.join("index.sqlite");
        if !path.is_file() {
            return Err(Error::Absent(dir.to_path_buf()));
        }
        let db = read_only(&path)?;
        index::check_format(&db)?;
        Ok(Self {
            dir: dir.to_path_buf(),
            db,
            fault: RefCell::new(None),
            _lock: None,
        })
    }

    /// Where it stands.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// From now on every step on the disk asks first: tests of full and failing disks.
    pub fn set_fault(&self, fault: Option<Fault>) {
        *self.fault.borrow_mut() = fault;
    }

    fn step(&self, name: &'static str, path: &Path) -> Result<(), Error> {
        match self.fault.borrow().as_ref() {
            Some(f) => f(name).map_err(|e| Error::Io(path.to_path_buf(), e)),
            None => Ok(()),
        }
    }

    /// Where the object of a hash stands.
    pub fn object_path(&self, sha256: &str) -> PathBuf {
        // What an index says is not believed: a name that is no hash leads nowhere.
        let sha256 = if is_hash(sha256) { sha256 } else { "nohash" };
        self.dir
            .join("objects")
            .join(sha256.get(..2).unwrap_or("00"))
            .join(sha256)
    }

    /// The bytes of an object.
    pub fn object(&self, sha256: &str) -> Result<Vec<u8>, Error> {
        let path = self.object_path(sha256);
        let bytes = std::fs::read(&path).map_err(|e| Error::Io(path.clone(), e))?;
        if format!("{:x}", Sha256::digest(&bytes)) == sha256 {
            return Ok(bytes);
        }
        let why = "the object is damaged (it does not give its hash); delete it and fetch again";
        Err(Error::Io(
            path,
            std::io::Error::new(std::io::ErrorKind::InvalidData, why),
        ))
    }

    /// Whether an object is there and whole.
    pub fn holds(&self, sha256: &str) -> bool {
        is_hash(sha256) && verify::hash(&self.object_path(sha256)).is_ok_and(|(h, _)| h == sha256)
    }

    fn partial_path(&self, key: &str) -> PathBuf {
        self.dir
            .join("partial")
            .join(format!("{:x}", Sha256::digest(key.as_bytes())))
    }

    /// Begins to write the body of `key` (an address). `keep` bytes of an earlier attempt are kept: what follows is appended.
    pub fn begin(&self, key: &str, keep: u64) -> Result<Writing<'_>, Error> {
        let path = self.partial_path(key);
        self.step("create", &path)?;
        let io = |e| Error::Io(path.clone(), e);
        let mut hasher = Sha256::new();
        let mut file = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(io)?;
        file.set_len(keep).map_err(io)?;
        let mut buffer = vec![0u8; 1 << 16];
        let mut bytes = 0;
        loop {
            let n = file.read(&mut buffer).map_err(io)?;
            if n == 0 {
                break;
            }
            hasher.update(&buffer[..n]);
            bytes += n as u64;
        }
        Ok(Writing {
            store: self,
            path,
            file,
            hasher,
            bytes,
        })
    }

    /// How many bytes an interrupted download of `key` left.
    pub fn partial_len(&self, key: &str) -> u64 {
        std::fs::metadata(self.partial_path(key)).map_or(0, |m| m.len())
    }

    /// Forgets an interrupted download.
    pub fn drop_partial(&self, key: &str) {
        // It may not be there; then there is nothing to forget.
        let _ = std::fs::remove_file(self.partial_path(key));
    }

    /// Stores bytes that are in memory (pages, robots.txt) and gives their sha256.
    pub fn put(&self, bytes: &[u8]) -> Result<String, Error> {
        let sha = format!("{:x}", Sha256::digest(bytes));
        if self.holds(&sha) {
            return Ok(sha);
        }
        let mut w = self.begin(&format!("memory {sha}"), 0)?;
        w.write(bytes)?;
        w.finish()
    }
}

/// Whether a text is a sha256 as this store writes it.
fn is_hash(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// The index, to be read. On a disk that nobody may write its journal cannot be made: then it is read as it stands.
fn read_only(path: &Path) -> Result<Connection, Error> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let usable = |db: &Connection| db.query_row("SELECT count(*) FROM sqlite_master", [], |r| r.get::<_, i64>(0));
    let plain = Connection::open(path).or_else(|_| Connection::open_with_flags(path, flags))?;
    if usable(&plain).is_ok() {
        return Ok(plain);
    }
    let mut uri = String::from("file:");
    for b in path.as_os_str().as_encoded_bytes() {
        match b {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'.' | b'-' | b'_' => uri.push(char::from(*b)),
            b => uri.push_str(&format!("%{b:02X}")),
        }
    }
    uri.push_str("?immutable=1");
    Ok(Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI)?)
}

fn sync_dir(dir: &Path) -> std::io::Result<()> {
    // Windows cannot open a folder as a file; there the rename itself is all there is.
    if cfg!(unix) {
        File::open(dir)?.sync_all()
    } else {
        Ok(())
    }
}

/// A body on its way into the store.
pub struct Writing<'s> {
    store: &'s Store,
    path: PathBuf,
    file: File,
    hasher: Sha256,
    bytes: u64,
}

impl Writing<'_> {
    /// Bytes so far, those of an earlier attempt among them.
    pub fn len(&self) -> u64 {
        self.bytes
    }

    /// Whether nothing has come yet.
    pub fn is_empty(&self) -> bool {
        self.bytes == 0
    }

    /// Appends.
    pub fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.store.step("write", &self.path)?;
        self.file
            .write_all(bytes)
            .map_err(|e| Error::Io(self.path.clone(), e))?;
        self.hasher.update(bytes);
        self.bytes += bytes.len() as u64;
        Ok(())
    }

    /// The first bytes, to see what it is.
    pub fn head(&mut self, most: usize) -> Result<Vec<u8>, Error> {
        use std::io::{Seek, SeekFrom};
        let io = |e| Error::Io(self.path.clone(), e);
        let mut out = Vec::with_capacity(most.min(1 << 16));
        self.file.seek(SeekFrom::Start(0)).map_err(io)?;
        (&self.file).take(most as u64).read_to_end(&mut out).map_err(io)?;
        self.file.seek(SeekFrom::End(0)).map_err(io)?;
        Ok(out)
    }

    /// Puts the object in its place and gives its sha256.
    pub fn finish(self) -> Result<String, Error> {
        let sha = format!("{:x}", self.hasher.finalize());
        let place = self.store.object_path(&sha);
        let folder = place.parent().unwrap_or(&self.store.dir).to_path_buf();
        self.store.step("sync", &self.path)?;
        self.file.sync_all().map_err(|e| Error::Io(self.path.clone(), e))?;
        if !folder.is_dir() {
            self.store.step("folder", &folder)?;
            std::fs::create_dir_all(&folder).map_err(|e| Error::Io(folder.clone(), e))?;
            let objects = self.store.dir.join("objects");
            sync_dir(&objects).map_err(|e| Error::Io(objects, e))?;
        }
        self.store.step("rename", &place)?;
        std::fs::rename(&self.path, &place).map_err(|e| Error::Io(place.clone(), e))?;
        self.store.step("sync folder", &folder)?;
        sync_dir(&folder).map_err(|e| Error::Io(folder, e))?;
        Ok(sha)
    }
}
