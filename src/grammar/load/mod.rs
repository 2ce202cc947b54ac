//! Files to grammar: the embedded set, layered with a user's own folder. A file with an error is an error: nothing is dropped
//! in silence.
//!
//! ```text
//! files     the files of both layers, fragments put in
//! assemble  folder by folder: read, compile
//! titles    the form whose title a line is; examples
//! ```

mod assemble;
mod files;
mod titles;

use super::portals::Portals;
use super::{Grammar, fragments, lazy};
use assemble::{assemble, portal};
pub use files::GrammarError;
use files::{File, all_files, from_folder};
use std::path::Path;
pub use titles::form_of_title;

/// Loads the platforms alone, embedded and of `user`: what fetching needs. The other files are neither read nor checked.
pub fn load_portals(user: Option<&Path>) -> Result<Portals, Vec<GrammarError>> {
    let mut errors = Vec::new();
    let mut portals = Portals::default();
    for file in &all_files(user, &mut errors) {
        if let Some(leaf) = file.name.strip_prefix("portals/") {
            portal(file, leaf, &mut portals, &mut errors);
        }
    }
    if errors.is_empty() { Ok(portals) } else { Err(errors) }
}

/// A word for the files of a user's folder: another one for every change in them.
pub fn word_of(user: &Path) -> Result<String, String> {
    use sha2::{Digest, Sha256};
    let mut errors = Vec::new();
    let files = from_folder(user, &mut errors);
    if let Some(e) = errors.first() {
        return Err(e.to_string());
    }
    let mut hasher = Sha256::new();
    for f in &files {
        for text in [&f.name, &f.text.text] {
            hasher.update((text.len() as u64).to_le_bytes());
            hasher.update(text);
        }
    }
    Ok(format!("{:x}", hasher.finalize()).chars().take(16).collect())
}

/// Loads the embedded grammar and layers `user` over it. Returns every mistake of every file at once.
pub fn load(user: Option<&Path>) -> Result<Grammar, Vec<GrammarError>> {
    let mut errors = Vec::new();
    let files = all_files(user, &mut errors);
    finish(&files, errors)
}

/// The same, with the identifiers of the built-in files looked up too: what `grammar check` does.
pub fn load_and_check(user: Option<&Path>) -> Result<Grammar, Vec<GrammarError>> {
    let mut errors = Vec::new();
    let mut files = all_files(user, &mut errors);
    files.iter_mut().for_each(|f| f.own = true);
    for file in files.iter().filter(|f| f.name.ends_with(".toml")) {
        for (line, message) in fragments::long_lines(&file.text) {
            errors.push(file.error((line, 1), message));
        }
    }
    finish(&files, errors)
}

fn finish(files: &[File], mut errors: Vec<GrammarError>) -> Result<Grammar, Vec<GrammarError>> {
    // What is built in was looked at by the test of the grammar.
    let own = files.iter().any(|f| f.own);
    let grammar = lazy::with(own, || assemble(files, own, &mut errors));
    match grammar {
        Some(g) if errors.is_empty() => Ok(g),
        _ => Err(errors),
    }
}
