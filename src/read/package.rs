//! ZIP containers: what they hold, within bounds. Comes in: the bytes of an archive, a Word document or a workbook. Goes out:
//! members by name. Refuses what unpacks to more than the memory should hold, whatever its directory claims.

use super::Error;
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

    /// Whether a member is there.
    pub(super) fn has(&self, name: &str) -> bool {
        self.zip.index_for_name(name).is_some()
    }

    /// The bytes of a member; `None` when there is none of this name.
    pub(super) fn member(&mut self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        match self.zip.index_for_name(name) {
            Some(i) => self.at(i).map(Some),
            None => Ok(None),
        }
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
