//! Is the store whole? Comes in: a store. Goes out: what is missing, damaged or unknown; nothing is repaired.

use super::{Error, Store};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Objects of the index.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
    /// One sentence for each thing that is wrong.
    pub problems: Vec<String>,
    /// Objects that the index does not name: a run was killed between the two; the next run uses or leaves them.
    pub unnamed: u64,
    /// Interrupted downloads.
    pub partial: u64,
}

pub(super) fn hash(path: &Path) -> std::io::Result<(String, u64)> {
    let mut file = std::fs::File::open(path)?;
    let (mut hasher, mut bytes, mut buffer) = (Sha256::new(), 0, vec![0u8; 1 << 16]);
    loop {
        let n = file.read(&mut buffer)?;
        if n == 0 {
            return Ok((format!("{:x}", hasher.finalize()), bytes));
        }
        hasher.update(&buffer[..n]);
        bytes += n as u64;
    }
}

/// Hashes every object again and holds it against the index.
pub fn verify(store: &Store) -> Result<Report, Error> {
    let mut report = Report::default();
    let mut named: BTreeMap<String, u64> = BTreeMap::new();
    let mut statement = store.db.prepare("SELECT sha256, bytes FROM objects ORDER BY sha256")?;
    let rows = statement.query_map([], |r| Ok((r.get::<_, String>(0)?, r.get::<_, i64>(1)?)))?;
    for row in rows {
        let (sha, bytes) = row?;
        named.insert(sha, u64::try_from(bytes).unwrap_or(0));
    }
    for (sha, bytes) in &named {
        report.objects += 1;
        report.bytes += bytes;
        match hash(&store.object_path(sha)) {
            Ok((h, n)) if h == *sha && n == *bytes => {}
            Ok((h, n)) => report.problems.push(format!(
                "object {sha} is damaged: it has {n} bytes and the hash {h}, it had {bytes} bytes"
            )),
            Err(e) => report.problems.push(format!("object {sha} cannot be read: {e}")),
        }
    }
    for e in walkdir::WalkDir::new(store.dir.join("objects")).sort_by_file_name() {
        match e {
            Ok(e) if e.file_type().is_file() => {
                if !named.contains_key(e.file_name().to_string_lossy().as_ref()) {
                    report.unnamed += 1;
                }
            }
            Ok(_) => {}
            Err(e) => report.problems.push(format!("objects cannot be listed: {e}")),
        }
    }
    report.partial = std::fs::read_dir(store.dir.join("partial")).map_or(0, |d| d.count() as u64);
    for (table, column) in [("versions", "sha256"), ("documents", "sha256"), ("requests", "sha256")] {
        let sql = format!(
            "SELECT count(*) FROM {table} WHERE {column} IS NOT NULL AND {column} NOT IN (SELECT sha256 FROM objects)"
        );
        let n: i64 = store.db.query_row(&sql, [], |r| r.get(0))?;
        if n > 0 {
            report.problems.push(format!(
                "{n} rows of {table} name an object that the index does not hold"
            ));
        }
    }
    // What `store list` reads has to be readable.
    if let Err(e) = store.manifest() {
        report.problems.push(format!("the index cannot be listed: {e}"));
    }
    let integrity: String = store.db.query_row("PRAGMA integrity_check", [], |r| r.get(0))?;
    if integrity != "ok" {
        report.problems.push(format!("the index is damaged: {integrity}"));
    }
    Ok(report)
}
