//! Any bytes through every stage, as one document of a run: no panic, no finding without its figures.
use juesuan::grammar::{self, Grammar};
use juesuan::pipeline::{self, Context, Filter};
use juesuan::place::DocumentId;
use juesuan::read::Limits;
use juesuan::record::DocumentRow;
use std::collections::HashSet;
use std::sync::OnceLock;

static GRAMMAR: OnceLock<Grammar> = OnceLock::new();

/// One input.
pub fn run(bytes: &[u8]) {
    let grammar =
        GRAMMAR.get_or_init(|| grammar::load(None).unwrap_or_else(|e| panic!("{} mistakes in the grammar", e.len())));
    let cx = Context {
        grammar,
        limits: Limits::default(),
        filter: Filter::default(),
        scans: juesuan::pipeline::Scans::default(),
    };
    let row = DocumentRow::new(DocumentId("0".repeat(64)), "fuzz.pdf");
    if let Ok(s) = pipeline::stages(bytes.to_vec(), row, &cx) {
        // A table that was taken back leaves a gap in the numbers.
        let facts: HashSet<u32> = s.extract.facts.iter().map(|f| f.ordinal).collect();
        for f in &s.extract.findings {
            assert!(f.facts.iter().all(|n| facts.contains(n)), "{f:?}");
        }
    }
}
