//! The files of a grammar: the embedded ones, then those of a user's folder, with their fragments put in. The only file of the grammar
//! that touches the file system. Decides nothing about what stands in them.

use super::super::fragments::{Fragments, Text};
use super::super::mistake::Mistake;
use include_dir::{Dir, include_dir};
use std::fmt;
use std::path::Path;

static EMBEDDED: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/grammars");

/// A mistake in a grammar file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GrammarError {
    /// The file, relative to the folder of the grammar.
    pub file: String,
    /// 1-based line; 0 when the file as a whole is meant.
    pub line: usize,
    /// 1-based column in characters.
    pub column: usize,
    /// What is wrong and what would be right.
    pub message: String,
}

impl fmt::Display for GrammarError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.message),
            _ => write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message),
        }
    }
}

pub(super) struct File {
    pub name: String,
    pub text: Text,
    /// Whether its identifiers are looked up: a file of the user.
    pub own: bool,
}

impl File {
    /// A mistake in this file; line 0 means the file as a whole.
    pub fn error(&self, (line, column): (usize, usize), message: impl Into<String>) -> GrammarError {
        GrammarError {
            file: self.name.clone(),
            line,
            column,
            message: message.into(),
        }
    }

    /// The folder, and the name in it.
    pub fn room(&self) -> (&str, &str) {
        self.name.split_once('/').unwrap_or(("", &self.name))
    }
}

/// A mistake of no file: of a folder, or of a file that cannot be read.
fn of_path(file: String, message: String) -> GrammarError {
    GrammarError {
        file,
        line: 0,
        column: 0,
        message,
    }
}

/// Says what was found in a file.
pub(super) fn mistakes(file: &File, found: Vec<Mistake>, errors: &mut Vec<GrammarError>) {
    for (span, message) in found {
        let (line, column) = if span.is_empty() && span.start == 0 {
            (0, 0)
        } else {
            file.text.position(span.start)
        };
        errors.push(file.error((line, column), message));
    }
}

/// A file as its schema reads it.
pub(super) fn parse<T: serde::de::DeserializeOwned>(file: &File, errors: &mut Vec<GrammarError>) -> Option<T> {
    match toml::from_str(&file.text.text) {
        Ok(v) => Some(v),
        Err(e) => {
            let at = e.span().map_or((0, 0), |s| file.text.position(s.start));
            errors.push(file.error(at, e.message()));
            None
        }
    }
}

fn embedded(out: &mut Vec<File>, dir: &Dir<'_>) {
    for f in dir.files() {
        if let Some(text) = f.contents_utf8() {
            out.push(File {
                name: f.path().to_string_lossy().replace('\\', "/"),
                text: Text::new(text.to_string()),
                own: false,
            });
        }
    }
    for d in dir.dirs() {
        embedded(out, d);
    }
}

pub(super) fn from_folder(root: &Path, errors: &mut Vec<GrammarError>) -> Vec<File> {
    let mut out = Vec::new();
    for entry in walkdir::WalkDir::new(root).sort_by_file_name() {
        let entry = match entry {
            Ok(e) => e,
            Err(e) => {
                errors.push(of_path(root.display().to_string(), format!("cannot be read: {e}")));
                continue;
            }
        };
        let ours = entry.path().extension().is_some_and(|e| e == "toml" || e == "csv");
        if !entry.file_type().is_file() || !ours {
            continue;
        }
        let name = entry
            .path()
            .strip_prefix(root)
            .unwrap_or(entry.path())
            .to_string_lossy()
            .replace('\\', "/");
        match std::fs::read_to_string(entry.path()) {
            Ok(text) => out.push(File {
                name,
                text: Text::new(text),
                own: true,
            }),
            Err(e) => errors.push(of_path(name, format!("cannot be read: {e}"))),
        }
    }
    out
}

/// The embedded files in the order of their names, then those of `user`.
pub(super) fn all_files(user: Option<&Path>, errors: &mut Vec<GrammarError>) -> Vec<File> {
    let mut files = Vec::new();
    embedded(&mut files, &EMBEDDED);
    files.sort_by(|a, b| a.name.cmp(&b.name));
    if let Some(root) = user {
        let own = from_folder(root, errors);
        if own.is_empty() && errors.is_empty() {
            let message = "no grammar file (*.toml, *.csv) stands there";
            errors.push(of_path(root.display().to_string(), message.into()));
        }
        files.extend(own);
    }
    put_fragments_in(&mut files, errors);
    files
}

/// Puts the named fragments into the files.
fn put_fragments_in(files: &mut [File], errors: &mut Vec<GrammarError>) {
    let mut fragments = Fragments::default();
    for file in files.iter().filter(|f| f.name.ends_with(".toml")) {
        let mut found = Vec::new();
        fragments.learn(&file.name, &file.text, &mut found);
        mistakes(file, found, errors);
    }
    for file in files.iter_mut().filter(|f| f.name.ends_with(".toml")) {
        let mut found = Vec::new();
        // Until the text is replaced, places are those of the file.
        fragments.expand(&file.name, &mut file.text, &mut found);
        for (span, message) in found {
            errors.push(file.error(file.text.written_position(span.start), message));
        }
    }
}
