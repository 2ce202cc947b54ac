//! What several tests need.

pub mod dice;
#[cfg(feature = "net")]
pub mod portal;

use juesuan::grammar::{self, Grammar};
use juesuan::pipeline::{self, Context, Filter};
use juesuan::place::DocumentId;
use juesuan::record::{DocumentRow, Extract};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The root of the project.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The built-in grammar, loaded once.
pub fn builtin() -> &'static Grammar {
    static GRAMMAR: OnceLock<Grammar> = OnceLock::new();
    GRAMMAR.get_or_init(|| {
        grammar::load(None).unwrap_or_else(|errors| {
            panic!(
                "{}",
                errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
            )
        })
    })
}

/// One file through all stages.
pub fn extract(path: &Path) -> Extract {
    let bytes = std::fs::read(path).unwrap();
    extract_bytes(&path.file_name().unwrap().to_string_lossy(), &bytes)
}

/// One file that is not on disk through all stages.
pub fn extract_bytes(name: &str, bytes: &[u8]) -> Extract {
    extract_result(name, bytes).unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// The same, or why the file was refused.
pub fn extract_result(name: &str, bytes: &[u8]) -> Result<Extract, juesuan::read::Error> {
    let cx = Context {
        grammar: builtin(),
        limits: juesuan::read::Limits::default(),
        filter: Filter::default(),
        scans: juesuan::pipeline::Scans::default(),
    };
    let row = DocumentRow::new(DocumentId("0".repeat(64)), name);
    pipeline::stages(bytes.to_vec(), row, &cx).map(|s| s.extract)
}

/// The corpus of real documents, `None` (said aloud) when it is not here.
pub fn corpus() -> Option<PathBuf> {
    let corpus = std::env::var_os("JUESUAN_CORPUS").map_or_else(|| root().join("../shared/corpus"), PathBuf::from);
    if corpus.join("documents").is_dir() {
        return Some(corpus);
    }
    eprintln!(
        "corpus absent: nothing was tested against {}; set JUESUAN_CORPUS",
        corpus.display()
    );
    None
}

/// Files of a folder with an ending, sorted.
pub fn files(dir: &Path, ending: &str) -> Vec<PathBuf> {
    let mut out: Vec<PathBuf> = std::fs::read_dir(dir)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.to_string_lossy().ends_with(ending))
        .collect();
    out.sort();
    out
}

/// The items whose figures are misprinted on purpose in the document of this truth; none for nearly all.
pub fn planted(truth: &Path) -> Vec<String> {
    let path = truth.to_string_lossy().replace(".truth.csv", ".planted.json");
    let Ok(text) = std::fs::read_to_string(path) else {
        return Vec::new();
    };
    let all: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    all.iter().map(|p| p["item"].as_str().unwrap().to_string()).collect()
}
