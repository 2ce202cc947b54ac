//! Any text as the narrative of a final account: no panic, and every statement stands in the text of its document.
use juesuan::grammar::{self, Grammar};
use juesuan::pipeline::{self, Context, Filter};
use juesuan::place::DocumentId;
use juesuan::read::Limits;
use juesuan::record::DocumentRow;
use std::sync::OnceLock;

static GRAMMAR: OnceLock<Grammar> = OnceLock::new();

/// One input.
pub fn run(text: &str) {
    let grammar =
        GRAMMAR.get_or_init(|| grammar::load(None).unwrap_or_else(|e| panic!("{} mistakes in the grammar", e.len())));
    let cx = Context {
        grammar,
        limits: Limits::default(),
        filter: Filter::default(),
        scans: juesuan::pipeline::Scans::default(),
    };
    let account = format!("甲市乙局2024年度部门决算\n\n第三部分 2024年度部门决算情况说明\n\n{text}\n");
    let row = DocumentRow::new(DocumentId("0".repeat(64)), "fuzz.txt");
    if let Ok(s) = pipeline::stages(account.into_bytes(), row, &cx) {
        for statement in &s.extract.statements {
            assert!(!statement.sentence.is_empty());
        }
    }
}
