//! A grammar file of a user: the first byte says of which kind; every mistake has its file.
use juesuan::grammar;
use std::fs;

const KINDS: &[&str] = &["forms", "identities", "lexicon", "sections"];

/// One input.
pub fn run(bytes: &[u8]) {
    let Some((kind, text)) = bytes.split_first() else {
        return;
    };
    let Ok(dir) = tempfile::tempdir() else { return };
    let folder = dir.path().join(KINDS[usize::from(*kind) % KINDS.len()]);
    let written = fs::create_dir(&folder).and_then(|()| fs::write(folder.join("fuzz.toml"), text));
    let loaded = written.is_ok().then(|| grammar::load(Some(dir.path())));
    if let Some(Err(mistakes)) = loaded {
        assert!(!mistakes.is_empty());
        for m in mistakes {
            let _ = m.to_string();
        }
    }
}
