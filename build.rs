//! One word for what this program is built from, so that what an older build read is never taken for what this one would read: a
//! version number alone does not change with every change of the code.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    let mut files = Vec::new();
    for part in ["src", "grammars", "vendor", "Cargo.toml", "Cargo.lock"] {
        writeln!(out, "cargo::rerun-if-changed={part}")?;
        all(Path::new(part), &mut files);
    }
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        file.to_string_lossy().replace('\\', "/").hash(&mut hasher);
        // A file that went away under the build is as good as none.
        std::fs::read(&file).unwrap_or_default().hash(&mut hasher);
    }
    writeln!(out, "cargo::rustc-env=JUESUAN_BUILD={:016x}", hasher.finish())
}

fn all(path: &Path, out: &mut Vec<PathBuf>) {
    match std::fs::read_dir(path) {
        Ok(entries) => entries.flatten().for_each(|e| all(&e.path(), out)),
        Err(_) => out.push(path.to_path_buf()),
    }
}
