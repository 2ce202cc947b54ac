//! Files that are named in a list or a manifest rather than on the command line. Comes in: the text of the list. Goes out: what is
//! given, in its order. A mistake is said with its line; nothing is guessed.

use super::Origin;
use std::path::{Path, PathBuf};

/// A file or folder that is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// Where it stands.
    pub path: PathBuf,
    /// Where it was published, where a manifest says it.
    pub origin: Option<Origin>,
    /// In a list: then a missing file is a row of the dataset that says so, and the others are read.
    pub listed: bool,
}

impl Given {
    /// Named on the command line.
    pub fn named(path: PathBuf) -> Self {
        Self {
            path,
            ..Self::default()
        }
    }
}

/// The paths of a list: one a line, or with NUL between them where there is one (`find -print0`). Empty lines are left out.
pub fn listed(text: &[u8]) -> Result<Vec<Given>, String> {
    let nul = text.contains(&0);
    let paths = text.split(|b| *b == if nul { 0 } else { b'\n' });
    paths
        .map(|p| if nul { p } else { p.strip_suffix(b"\r").unwrap_or(p) })
        .filter(|p| !p.is_empty())
        .enumerate()
        .map(|(n, p)| {
            Ok(Given {
                path: path_of(p).ok_or_else(|| format!("path {} of the list is not UTF-8", n + 1))?,
                origin: None,
                listed: true,
            })
        })
        .collect()
}

#[cfg(unix)]
fn path_of(bytes: &[u8]) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStrExt;
    Some(PathBuf::from(std::ffi::OsStr::from_bytes(bytes)))
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> Option<PathBuf> {
    std::str::from_utf8(bytes).ok().map(PathBuf::from)
}

/// The columns of a manifest; the first must be there, others than these are left alone.
const COLUMNS: [&str; 5] = ["path", "publisher", "source_url", "retrieved_at", "publisher_code"];

/// The rows of a manifest, CSV with a header. Relative paths begin at `base`.
pub fn manifest(text: &[u8], base: &Path) -> Result<Vec<Given>, String> {
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    let mut reader = csv::Reader::from_reader(text);
    let headers = reader.headers().map_err(|e| e.to_string())?.clone();
    let at = COLUMNS.map(|c| headers.iter().position(|h| h.trim() == c));
    if at[0].is_none() {
        let found: Vec<&str> = headers.iter().collect();
        return Err(format!(
            "line 1: there is no column `path`, only {}; a manifest has the columns {}",
            found.join(", "),
            COLUMNS.join(", ")
        ));
    }
    let mut out = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|e| e.to_string())?;
        let line = record.position().map_or(0, csv::Position::line);
        let [path, publisher, source_url, retrieved_at, publisher_code] = at.map(|n| {
            n.and_then(|n| record.get(n))
                .map(str::trim)
                .filter(|t| !t.is_empty())
                .map(str::to_string)
        });
        let Some(path) = path else {
            return Err(format!("line {line}: the column path is empty"));
        };
        if path.contains("://") {
            return Err(format!(
                "line {line}: {path} is an address; `juesuan fetch` brings documents from portals, or load the file and give its path here and \
                 the address in the column source_url"
            ));
        }
        let origin = Origin {
            source_url: source_url.unwrap_or_default(),
            retrieved_at: retrieved_at.unwrap_or_default(),
            publisher,
            publisher_code,
        };
        out.push(Given {
            path: base.join(path),
            origin: Some(origin).filter(|o| *o != Origin::default()),
            listed: true,
        });
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(given: &[Given]) -> Vec<&str> {
        given.iter().map(|g| g.path.to_str().unwrap()).collect()
    }

    #[test]
    fn lists_are_lines_or_nul() {
        assert_eq!(paths(&listed(b"a b.pdf\r\n\nc.pdf").unwrap()), ["a b.pdf", "c.pdf"]);
        assert_eq!(paths(&listed(b"a\nb.pdf\0c.pdf\0").unwrap()), ["a\nb.pdf", "c.pdf"]);
        assert_eq!(listed(b"").unwrap(), []);
    }

    #[test]
    fn a_manifest_says_where_a_file_was_published() {
        let text =
            "\u{feff}note,path,source_url,publisher\nx,a.pdf,https://example.org/a.pdf,\u{67d0}\u{5c40}\n,/b.pdf,,\n";
        let given = manifest(text.as_bytes(), Path::new("/base")).unwrap();
        assert_eq!(paths(&given), ["/base/a.pdf", "/b.pdf"]);
        let origin = given[0].origin.as_ref().unwrap();
        assert_eq!(
            (origin.source_url.as_str(), origin.retrieved_at.as_str()),
            ("https://example.org/a.pdf", "")
        );
        assert_eq!(origin.publisher.as_deref(), Some("\u{67d0}\u{5c40}"));
        assert_eq!(given[1].origin, None);
    }

    #[test]
    fn mistakes_are_said_with_their_line() {
        let said = |t: &str| manifest(t.as_bytes(), Path::new("")).unwrap_err();
        assert!(said("file,url\na,b\n").contains("no column `path`"));
        assert!(said("path\na.pdf\nhttps://example.org/b.pdf\n").starts_with("line 3: https"));
        assert!(said("path,publisher\n,x\n").starts_with("line 2: the column path is empty"));
    }
}
