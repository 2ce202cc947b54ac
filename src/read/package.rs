//! ZIP containers: what they hold, within bounds. Comes in: the bytes of an archive, a Word document or a workbook. Goes out:
//! members by name. Refuses what unpacks to more than the memory should hold, whatever its directory claims.

use super::{Error, xml};
use std::io::{Cursor, Read};
use zip::ZipArchive;
use zip::result::ZipError;

/// The most bytes that all members may unpack to.
pub(super) const UNPACKED: u64 = 512 << 20;
/// What any container may unpack to.
const SMALL: u64 = 64 << 20;
/// Times its own size that a container may unpack to beyond that: Office files stay below a tenth.
const RATIO: u64 = 200;
/// The most members.
const MEMBERS: usize = 20_000;
/// Deflate cannot pack tighter than this.
const TIGHTEST: u64 = 1_032;

/// What one part says of another.
pub(super) struct Relation {
    pub id: String,
    pub kind: String,
    /// The name of the member.
    pub target: String,
}

/// Kinds of Office files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Office {
    Word,
    Workbook,
    BinaryWorkbook,
    Presentation,
}

/// A name of a member in one form.
fn clean(name: &str) -> String {
    let slashes = name.replace('\\', "/");
    slashes
        .trim_start_matches("./")
        .trim_start_matches('/')
        .to_ascii_lowercase()
}

/// A target as the name of a member: from the root, or from the folder of the part that refers to it.
pub(super) fn resolve(folder: &str, target: &str) -> String {
    let target = target.replace('\\', "/");
    let mut out: Vec<&str> = if target.starts_with('/') {
        Vec::new()
    } else {
        folder.split('/').filter(|s| !s.is_empty()).collect()
    };
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => drop(out.pop()),
            s => out.push(s),
        }
    }
    out.join("/")
}

/// An opened container.
pub(super) struct Package<'b> {
    zip: ZipArchive<Cursor<&'b [u8]>>,
}

impl<'b> Package<'b> {
    /// Opens a container and measures it.
    pub(super) fn open(bytes: &'b [u8]) -> Result<Self, Error> {
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|e| broken(&e))?;
        if zip.len() > MEMBERS {
            return Err(Error::TooLarge(format!(
                "it holds {} members, more than {MEMBERS} are not read",
                zip.len()
            )));
        }
        // Members that share their bytes are never written by a program, and unpack to more than their number times the file.
        if zip.has_overlapping_entries().map_err(|e| broken(&e))? {
            return Err(Error::TooLarge("members of its container overlap".into()));
        }
        let (mut declared, mut worst) = (0u64, 0u64);
        for i in 0..zip.len() {
            let f = zip.by_index_raw(i).map_err(|e| broken(&e))?;
            declared = declared.saturating_add(f.size());
            worst = worst.saturating_add(f.compressed_size().saturating_mul(TIGHTEST));
        }
        let most = UNPACKED.min(SMALL.max(bytes.len() as u64 * RATIO));
        if declared > most {
            return Err(too_large(declared));
        }
        if worst > most {
            measure(&mut zip, most)?;
        }
        Ok(Self { zip })
    }

    /// Unpacks every member once: gives the names of those whose bytes do not give their checksum, and shows each to `look`.
    pub(super) fn verify(
        &mut self,
        mut look: impl FnMut(&str, &[u8]) -> Result<(), Error>,
    ) -> Result<Vec<String>, Error> {
        let mut damaged = Vec::new();
        let mut bytes = Vec::new();
        for i in 0..self.zip.len() {
            let Ok(file) = self.zip.by_index(i) else { continue };
            let name = file.name().map(|n| n.into_owned()).unwrap_or_default();
            bytes.clear();
            match file.take(UNPACKED + 1).read_to_end(&mut bytes) {
                Ok(n) if n as u64 > UNPACKED => return Err(too_large(n as u64)),
                Ok(_) => look(&name, &bytes)?,
                Err(_) => damaged.push(name),
            }
        }
        Ok(damaged)
    }

    /// The number of a member. Some programs write backslashes, a leading slash or other capitals.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.zip.index_for_name(name).or_else(|| {
            let want = clean(name);
            self.zip.file_names().position(|n| n.is_ok_and(|n| clean(&n) == want))
        })
    }

    /// Whether a member is there.
    pub(super) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    /// The bytes of a member; `None` when there is none of this name.
    pub(super) fn member(&mut self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        match self.find(name) {
            Some(i) => self.at(i).map(Some),
            None => Ok(None),
        }
    }

    /// A member as text; `None` when there is none of this name or it is not UTF-8.
    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, Error> {
        Ok(self.member(name)?.and_then(|b| String::from_utf8(b).ok()))
    }

    /// A member to be read piece by piece.
    pub(super) fn stream(&mut self, index: usize) -> Result<impl Read + '_, Error> {
        let file = self.zip.by_index(index).map_err(|e| broken(&e))?;
        Ok(file.take(UNPACKED))
    }

    /// What a part refers to: the file beside it, or the package where the part has no name.
    pub(super) fn relations(&mut self, part: &str) -> Result<Vec<Relation>, Error> {
        let (folder, name) = part.rsplit_once('/').unwrap_or(("", part));
        let list = format!("{folder}{}_rels/{name}.rels", if folder.is_empty() { "" } else { "/" });
        let mut out = Vec::new();
        if let Some(text) = self.text(&list)? {
            xml::elements(&text, |e| {
                let get = |name| xml::attribute(e, name).unwrap_or_default();
                if e.local_name().as_ref() == "Relationship" && get("TargetMode") != "External" {
                    out.push(Relation {
                        id: get("Id"),
                        kind: get("Type"),
                        target: resolve(folder, &get("Target")),
                    });
                }
            });
        }
        Ok(out)
    }

    /// The main part of an Office file and what its package says that it is.
    pub(super) fn office(&mut self) -> Result<Option<(String, Office)>, Error> {
        let named = self
            .relations("")?
            .into_iter()
            .find(|r| r.kind.ends_with("/officeDocument"))
            .map(|r| r.target);
        let usual = [
            "word/document.xml",
            "xl/workbook.xml",
            "ppt/presentation.xml",
            "xl/workbook.bin",
        ];
        let Some(main) = named
            .filter(|n| self.has(n))
            .or_else(|| usual.iter().find(|n| self.has(n)).map(|n| (*n).to_string()))
        else {
            return Ok(None);
        };
        let mut kind = String::new();
        if let Some(types) = self.text("[Content_Types].xml")? {
            xml::elements(&types, |e| {
                let part = xml::attribute(e, "PartName").unwrap_or_default();
                if e.local_name().as_ref() == "Override" && clean(&part) == clean(&main) {
                    kind = xml::attribute(e, "ContentType").unwrap_or_default();
                }
            });
        }
        let place = clean(&main);
        let is = |word: &str, folder: &str| kind.contains(word) || (kind.is_empty() && place.starts_with(folder));
        Ok(if kind.contains("binary") || place.ends_with(".bin") {
            Some((main, Office::BinaryWorkbook))
        } else if is("wordprocessingml", "word/") || kind.contains("ms-word") {
            Some((main, Office::Word))
        } else if is("spreadsheetml", "xl/") || kind.contains("ms-excel") {
            Some((main, Office::Workbook))
        } else if is("presentationml", "ppt/") || kind.contains("ms-powerpoint") {
            Some((main, Office::Presentation))
        } else {
            None
        })
    }

    /// The bytes of a member by its number.
    pub(super) fn at(&mut self, index: usize) -> Result<Vec<u8>, Error> {
        let file = self.zip.by_index(index).map_err(|e| broken(&e))?;
        let mut out = Vec::new();
        file.take(UNPACKED + 1)
            .read_to_end(&mut out)
            .map_err(|e| Error::Broken(format!("a member of the container is damaged ({e})")))?;
        if out.len() as u64 > UNPACKED {
            return Err(too_large(out.len() as u64));
        }
        Ok(out)
    }
}

/// Unpacks everything once and keeps nothing: a directory may lie about sizes.
fn measure(zip: &mut ZipArchive<Cursor<&[u8]>>, most: u64) -> Result<(), Error> {
    let mut left = most;
    for i in 0..zip.len() {
        // What cannot be unpacked is found out when somebody needs it.
        let Ok(file) = zip.by_index(i) else { continue };
        let n = std::io::copy(&mut file.take(left + 1), &mut std::io::sink()).unwrap_or(0);
        if n > left {
            return Err(too_large(most));
        }
        left -= n;
    }
    Ok(())
}

fn too_large(size: u64) -> Error {
    Error::TooLarge(format!(
        "it unpacks to more than {} MiB, and {RATIO} times its size and {} MiB are the most; if it is a workbook, delete its empty rows and save it again",
        size.saturating_sub(1) >> 20,
        UNPACKED >> 20
    ))
}

pub(super) fn broken(e: &ZipError) -> Error {
    match e {
        ZipError::UnsupportedArchive(why) if why.contains("assword") => Error::Encrypted,
        e => Error::Broken(format!("its container is damaged ({e})")),
    }
}
