//! A file that is measured while it is written: its size, its hash and a checksum of each part, so that nothing has to be read again.

use super::Error;
use super::blocks::Layout;
use sha2::{Digest, Sha256};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A file of the dataset that is whole.
#[derive(Debug, Default)]
pub struct Written {
    /// Where it is.
    pub path: PathBuf,
    /// Size and hash, where they are known already.
    pub measured: Option<(u64, String)>,
    /// What of it is of which block.
    pub layout: Option<Layout>,
}

impl Written {
    /// Of which nothing is known.
    pub fn at(path: PathBuf) -> Self {
        Self {
            path,
            ..Self::default()
        }
    }
}

#[derive(Debug)]
struct Measuring {
    file: File,
    bytes: u64,
    /// Where somebody will ask for it.
    hash: Option<Sha256>,
    part: crc32fast::Hasher,
}

/// A handle of such a file: the library that writes a format holds one, its sink another.
#[derive(Clone, Debug)]
pub(super) struct Measured(Arc<Mutex<Measuring>>);

impl Measured {
    pub fn new(file: File) -> Self {
        Self(Arc::new(Mutex::new(Measuring {
            file,
            bytes: 0,
            hash: Some(Sha256::new()),
            part: crc32fast::Hasher::new(),
        })))
    }

    /// Without a hash of the whole.
    pub fn unhashed(file: File) -> Self {
        let own = Self::new(file);
        own.inner().hash = None;
        own
    }

    fn inner(&self) -> MutexGuard<'_, Measuring> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many bytes there are.
    pub fn bytes(&self) -> u64 {
        self.inner().bytes
    }

    /// The checksum of what was written since this was asked the last time.
    pub fn part(&self) -> u32 {
        std::mem::take(&mut self.inner().part).finalize()
    }

    /// Closes the file on disk; gives size and hash.
    pub fn finish(&self, path: &Path) -> Result<(u64, String), Error> {
        let mut inner = self.inner();
        inner.file.sync_all().map_err(|e| Error::io(path, e))?;
        let hash = inner.hash.take().unwrap_or_default();
        Ok((inner.bytes, format!("sha256:{:x}", hash.finalize())))
    }
}

impl Write for Measured {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.write_all(bytes)?;
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        let mut inner = self.inner();
        inner.file.write_all(bytes)?;
        inner.bytes += bytes.len() as u64;
        if let Some(hash) = &mut inner.hash {
            hash.update(bytes);
        }
        inner.part.update(bytes);
        Ok(())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
