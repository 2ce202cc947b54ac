//! The files from which a dataset was read, found again by name or by their bytes.

use super::Failure;
use crate::acquire::{self, Input};
use crate::place::DocumentId;
use crate::record::{DocumentRow, Status};
use sha2::{Digest, Sha256};
use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tr::tr;

/// A folder (or file) with originals.
pub(super) struct Originals {
    root: PathBuf,
    /// Every file below with its hash, archives opened: only made when a name alone did not lead to one.
    all: OnceCell<BTreeMap<DocumentId, Input>>,
}

impl Originals {
    pub(super) fn below(root: &Path) -> Self {
        Self {
            root: root.to_path_buf(),
            all: OnceCell::new(),
        }
    }

    /// The bytes of a document, never those of another with the same name.
    ///
    /// # Errors
    /// No file below the folder has its hash, or it cannot be read.
    pub(super) fn bytes(&self, d: &DocumentRow) -> Result<Vec<u8>, Failure> {
        // One of several accounts in a file has no bytes of its own.
        let file = d.part_of.as_ref().filter(|_| d.status != Status::Joined);
        let id = file.unwrap_or(&d.document_id);
        let is = |bytes: &Vec<u8>| format!("{:x}", Sha256::digest(bytes)) == id.0;
        for path in [self.root.clone(), self.root.join(&d.file_name)] {
            if let Some(bytes) = std::fs::read(path).ok().filter(is) {
                return Ok(bytes);
            }
        }
        // A dataset of several folders keeps names relative to each; a member of an archive has no path of its own.
        let all = self.all.get_or_init(|| {
            let found = acquire::inputs(std::slice::from_ref(&self.root), &|| {}).unwrap_or_default();
            found.into_iter().map(|i| (i.id.clone(), i)).collect()
        });
        let not_there = || {
            Failure::Message(tr!(
                "{} with sha256 {} is not below {}; give its folder as --files",
                d.file_name,
                id.0,
                self.root.display()
            ))
        };
        let input = all.get(id).ok_or_else(not_there)?;
        acquire::bytes(input).map_err(|e| Failure::Message(format!("{}: {e}", d.file_name)))
    }
}
