//! What each document gave, whole, in one file beside the tables (`parts.bin`): so a later run need not read a document again, and
//! several datasets become one. Comes in: one extract after another. Goes out: a file of records, each with a key of everything
//! that the extract depends on and a checksum. A run that is killed leaves a file that is whole up to its last record.

use super::Error;
use super::blocks::{Segment, TAIL};
use super::csv::copy_bytes;
use super::measured::Measured;
use crate::record::{DocumentRow, Extract, Member, Unit};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// The name of the file.
pub const NAME: &str = "parts.bin";
/// Its first line; a change of the records changes it.
const MAGIC: &str = "juesuan parts 2\n";
/// Length, key, id, checksum.
const HEAD: usize = 4 + 32 + 32 + 8;
/// The fastest: the file is read again more often than it is sent anywhere.
const LEVEL: i32 = 1;
/// Bytes of a record that are read first when only its head is wanted: most heads are shorter.
const FIRST: usize = 1 << 12;
/// No record is longer: a longer one is damage.
const MOST: usize = 1 << 30;

/// Everything that an extract depends on; all zeros where it may not be taken again.
pub type Key = [u8; 32];

/// What made the records: extracts of two programs, or of two sets of rules, do not belong together.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Made {
    /// The version of the program.
    pub version: String,
    /// A word for what it was built from.
    pub build: String,
    /// A word for the rules that were layered over its own; empty without.
    pub rules: String,
    /// The forms whose facts were kept; empty: all.
    pub forms: Vec<String>,
    /// The years of which facts were kept; empty: all.
    pub years: Vec<i16>,
}

impl Made {
    /// By this program, with its own rules, everything kept.
    pub fn here() -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").into(),
            build: env!("JUESUAN_BUILD").into(),
            ..Self::default()
        }
    }

    /// In what it differs from another, in words.
    pub fn differs(&self, other: &Self) -> Option<String> {
        let program = |m: &Self| format!("juesuan {} (build {})", m.version, m.build);
        let rules = |m: &Self| match m.rules.as_str() {
            "" => "the built-in rules".to_string(),
            hash => format!("the built-in rules and own ones ({hash})"),
        };
        let kept = |m: &Self| {
            let years: Vec<String> = m.years.iter().map(i16::to_string).collect();
            let list = |l: &[String]| if l.is_empty() { "all".into() } else { l.join(",") };
            format!("forms {}, years {}", list(&m.forms), list(&years))
        };
        let pairs = [
            (program(self), program(other)),
            (rules(self), rules(other)),
            (kept(self), kept(other)),
        ];
        let (own, theirs) = pairs.into_iter().find(|(a, b)| a != b)?;
        Some(format!("{own} against {theirs}"))
    }
}

/// The 32 bytes that an id names.
pub fn raw_id(id: &str) -> [u8; 32] {
    let mut out = [0; 32];
    for (byte, two) in out.iter_mut().zip(id.as_bytes().chunks(2)) {
        let digits = std::str::from_utf8(two).unwrap_or("0");
        *byte = u8::from_str_radix(digits, 16).unwrap_or(0);
    }
    out
}

fn checksum(payload: &[u8]) -> [u8; 8] {
    let mut out = [0; 8];
    out.copy_from_slice(&Sha256::digest(payload)[..8]);
    out
}

/// What is needed of a document that is not read again and whose rows are copied.
pub type Head = Vec<Brief>;

/// The document, or one of the accounts in it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Brief {
    /// Its row.
    pub document: DocumentRow,
    /// Its unit.
    pub unit: Option<Unit>,
    /// The units that it lists.
    pub members: Vec<Member>,
    /// Errors and warnings.
    pub in_doubt: u32,
    /// What the checks between documents keep of it.
    pub note: Vec<u8>,
}

impl Brief {
    /// Of an extract; `note` is what the checks between documents keep of it.
    pub fn of(e: &Extract, note: Vec<u8>) -> Self {
        Self {
            document: e.document.clone(),
            unit: e.unit.clone(),
            members: e.members.clone(),
            in_doubt: e.in_doubt(),
            note,
        }
    }
}

thread_local! {
    // To make them costs more than most heads do.
    static PACKER: RefCell<Option<zstd::bulk::Compressor<'static>>> = RefCell::new(zstd::bulk::Compressor::new(LEVEL).ok());
    static UNPACKER: RefCell<Option<zstd::bulk::Decompressor<'static>>> = RefCell::new(zstd::bulk::Decompressor::new().ok());
}

/// Bytes with their length before and after packing and a checksum.
fn packed<T: Serialize>(value: &T, out: &mut Vec<u8>) -> Result<(), String> {
    let plain = postcard::to_allocvec(value).map_err(|e| e.to_string())?;
    let packed = PACKER.with_borrow_mut(|p| match p {
        Some(p) => p.compress(&plain),
        None => zstd::bulk::compress(&plain, LEVEL),
    });
    let packed = packed.map_err(|e| e.to_string())?;
    out.extend((packed.len() as u32).to_le_bytes());
    out.extend((plain.len() as u32).to_le_bytes());
    out.extend(checksum(&packed));
    out.extend(packed);
    Ok(())
}

/// Packed length, plain length, checksum.
const PACK: usize = 4 + 4 + 8;

/// What stands packed at the beginning of these bytes, and what stands behind it.
fn unpacked<T: serde::de::DeserializeOwned>(bytes: &[u8]) -> Result<(T, &[u8]), String> {
    let damaged = || "the record is damaged".to_string();
    let (head, rest) = bytes.split_at_checked(PACK).ok_or_else(damaged)?;
    let number = |at: usize| head[at..at + 4].iter().rev().fold(0, |n, b| n << 8 | usize::from(*b));
    let (packed, rest) = rest.split_at_checked(number(0)).ok_or_else(damaged)?;
    if head[8..] != checksum(packed) || number(4) > MOST {
        return Err(damaged());
    }
    let plain = UNPACKER.with_borrow_mut(|u| match u {
        Some(u) => u.decompress(packed, number(4)),
        None => zstd::bulk::decompress(packed, number(4)),
    });
    let plain = plain.map_err(|e| e.to_string())?;
    Ok((postcard::from_bytes(&plain).map_err(|e| e.to_string())?, rest))
}

/// The record of an extract; `head` is what is needed of it when its rows are copied.
pub fn encode(e: &Extract, head: &Head, key: &Key) -> Result<Vec<u8>, String> {
    let mut payload = Vec::new();
    packed(head, &mut payload)?;
    packed(e, &mut payload)?;
    let mut out = Vec::with_capacity(HEAD + payload.len());
    out.extend((payload.len() as u32).to_le_bytes());
    out.extend(key);
    out.extend(raw_id(&e.document.document_id.0));
    out.extend(checksum(&payload));
    out.extend(payload);
    Ok(out)
}

fn decode(record: &[u8]) -> Result<Extract, String> {
    let damaged = || "the record is damaged".to_string();
    let (head, payload) = record.split_at_checked(HEAD).ok_or_else(damaged)?;
    if head[HEAD - 8..] != checksum(payload) {
        return Err(damaged());
    }
    let (_, rest) = unpacked::<Head>(payload)?;
    Ok(unpacked(rest)?.0)
}

/// The file while it is written.
#[derive(Debug)]
pub(super) struct PartsWriter {
    path: PathBuf,
    out: Measured,
    block: (u32, u64),
    segments: Vec<Segment>,
}

impl PartsWriter {
    pub fn create(dir: &Path, made: &Made) -> Result<Self, Error> {
        let path = dir.join(NAME);
        let begin = || {
            let mut out = Measured::unhashed(File::create(&path)?);
            out.write_all(MAGIC.as_bytes())?;
            out.write_all(serde_json::to_string(made)?.as_bytes())?;
            out.write_all(b"\n")?;
            Ok(out)
        };
        let out = begin().map_err(|e| Error::io(&path, e))?;
        Ok(Self {
            path,
            out,
            block: (TAIL, 0),
            segments: Vec::new(),
        })
    }

    /// A block begins.
    pub fn begin(&mut self, block: u32) {
        let (before, start) = self.block;
        let (end, crc) = (self.out.bytes(), self.out.part());
        if before != TAIL {
            self.segments.push(Segment {
                block: before,
                start,
                length: end - start,
                crc,
            });
        }
        self.block = (block, end);
    }

    /// Appends a record: in one write, so that a killed run has it whole or not.
    pub fn append(&mut self, record: &[u8]) -> Result<(), Error> {
        self.out.write_all(record).map_err(|e| Error::io(&self.path, e))
    }

    /// Appends the records of a block as they stand in another file.
    pub fn copy(&mut self, path: &Path, records: &Segment) -> Result<(), Error> {
        copy_bytes(path, records, &mut self.out)
    }

    /// Closes the file; says where the blocks are.
    pub fn finish(mut self) -> Result<Vec<Segment>, Error> {
        self.begin(TAIL);
        self.out.finish(&self.path)?;
        Ok(self.segments)
    }
}

#[derive(Clone, Copy, Debug)]
struct Entry {
    key: Key,
    id: [u8; 32],
    offset: u64,
    length: u32,
}

/// The file of a dataset, or of a run that was stopped.
#[derive(Debug)]
pub struct Parts {
    dir: PathBuf,
    made: Made,
    file: Mutex<File>,
    entries: Vec<Entry>,
}

impl Parts {
    /// Opens the file in a folder; `None` where there is none that this program can read. What was begun and not ended is left out.
    pub fn open(dir: &Path) -> Result<Option<Self>, String> {
        let path = dir.join(NAME);
        let mut file = match File::open(&path) {
            Ok(f) => f,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(format!("cannot read {}: {e}", path.display())),
        };
        let said = |e: std::io::Error| format!("cannot read {}: {e}", path.display());
        let size = file.metadata().map_err(said)?.len();
        let mut reader = BufReader::new(&mut file);
        let mut line = String::new();
        if reader.by_ref().take(1 << 16).read_line(&mut line).is_err() || line != MAGIC {
            return Ok(None);
        }
        line.clear();
        reader.by_ref().take(1 << 20).read_line(&mut line).map_err(said)?;
        let Ok(made) = serde_json::from_str(&line) else {
            return Ok(None);
        };
        let mut offset = (MAGIC.len() + line.len()) as u64;
        let mut entries = Vec::new();
        let mut head = [0; HEAD];
        while offset + (HEAD as u64) <= size && reader.read_exact(&mut head).is_ok() {
            let (mut key, mut id, mut four) = ([0; 32], [0; 32], [0; 4]);
            four.copy_from_slice(&head[..4]);
            key.copy_from_slice(&head[4..36]);
            id.copy_from_slice(&head[36..68]);
            let length = u32::from_le_bytes(four);
            let end = offset + HEAD as u64 + u64::from(length);
            if end > size || length as usize > MOST {
                break;
            }
            entries.push(Entry {
                key,
                id,
                offset,
                length,
            });
            reader.seek_relative(i64::from(length)).map_err(said)?;
            offset = end;
        }
        drop(reader);
        Ok(Some(Self {
            dir: dir.to_path_buf(),
            made,
            file: Mutex::new(file),
            entries,
        }))
    }

    /// What made it.
    pub fn made(&self) -> &Made {
        &self.made
    }

    /// The folder in which it stands.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The ids of its documents, in its order.
    pub fn ids(&self) -> impl Iterator<Item = &[u8; 32]> {
        self.entries.iter().map(|e| &e.id)
    }

    /// The keys of these records; `None` where there are not so many.
    pub(super) fn keys(&self, records: std::ops::Range<usize>) -> Option<impl Iterator<Item = &Key>> {
        Some(self.entries.get(records)?.iter().map(|e| &e.key))
    }

    /// What is needed of a document when its rows are copied.
    pub(super) fn head(&self, n: usize) -> Result<Head, String> {
        let said = |e: String| format!("{}: record {}: {e}", self.dir.join(NAME).display(), n + 1);
        let e = self.entries.get(n).ok_or_else(|| said("there is none".into()))?;
        let mut bytes = vec![0; FIRST.min(e.length as usize)];
        self.at(e.offset + HEAD as u64, &mut bytes)
            .map_err(|e| said(e.to_string()))?;
        let long = bytes
            .first_chunk::<4>()
            .map_or(0, |n| PACK + u32::from_le_bytes(*n) as usize);
        if long > bytes.len() && long <= e.length as usize {
            bytes.resize(long, 0);
            self.at(e.offset + HEAD as u64, &mut bytes)
                .map_err(|e| said(e.to_string()))?;
        }
        Ok(unpacked(&bytes).map_err(said)?.0)
    }

    fn at(&self, offset: u64, bytes: &mut [u8]) -> std::io::Result<()> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(bytes)
    }

    /// The record of a number as it stands, and what it holds.
    pub fn read(&self, n: usize) -> Result<(Extract, Vec<u8>), String> {
        let said = |e: String| format!("{}: record {}: {e}", self.dir.join(NAME).display(), n + 1);
        let e = self.entries.get(n).ok_or_else(|| said("there is none".into()))?;
        let mut bytes = vec![0; HEAD + e.length as usize];
        self.at(e.offset, &mut bytes).map_err(|e| said(e.to_string()))?;
        let extract = decode(&bytes).map_err(said)?;
        Ok((extract, bytes))
    }
}

/// What earlier runs have read and this one may take.
#[derive(Debug, Default)]
pub struct Known {
    parts: Vec<Parts>,
    at: HashMap<Key, (usize, usize)>,
}

impl Known {
    /// Of these files what the same program with the same rules has made.
    pub fn of(parts: Vec<Parts>, made: &Made) -> Self {
        let parts: Vec<Parts> = parts.into_iter().filter(|p| p.made == *made).collect();
        let mut at = HashMap::new();
        for (p, file) in parts.iter().enumerate() {
            for (n, e) in file.entries.iter().enumerate().filter(|(_, e)| e.key != Key::default()) {
                at.entry(e.key).or_insert((p, n));
            }
        }
        Self { parts, at }
    }

    /// How many documents it has.
    pub fn len(&self) -> usize {
        self.at.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.at.is_empty()
    }

    /// The extract of a key with its record. A damaged record is none: the document is read again.
    pub fn get(&self, key: &Key) -> Option<(Extract, Vec<u8>)> {
        let (p, n) = self.at.get(key)?;
        self.parts[*p].read(*n).ok()
    }
}
