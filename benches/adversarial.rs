//! Texts of 5 MB that repeat what patterns begin with and never end as they must: the cost of each stage, in seconds. Linear-time
//! matching means that twice the text costs twice the time, which the last column shows. `cargo bench --bench adversarial`.

#![allow(clippy::disallowed_macros)]

// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use juesuan::grammar;
use juesuan::pipeline::{self, Context, Filter};
use juesuan::place::DocumentId;
use juesuan::read::Limits;
use juesuan::record::DocumentRow;
use std::time::Instant;

/// Bytes of each text.
const SIZE: usize = 5_000_000;

/// What makes the reader look for sentences.
const COVER: &str = "甲市乙局2024年度部门决算\n\n第三部分 2024年度部门决算情况说明\n\n一、收入支出决算总体情况说明\n\n";

/// Names, what is repeated, and what stands between two of them.
const REPEATED: [(&str, &str); 12] = [
    ("one sentence of figures", "1,234.56万元"),
    ("digits only", "9"),
    ("blanks in figures", "1 "),
    ("clauses without end", "比上年增加12.34万元，增长5.67%，"),
    ("subjects without figure", "一般公共预算财政拨款支出"),
    ("items without figure", "教育支出（类）普通教育（款）小学教育（项）"),
    ("open brackets", "（其中："),
    ("zero statements", "无因公出国（境）费支出，"),
    (
        "sentences",
        "2024年度收入总计、支出总计均为1,000.00万元，比上年减少1.00万元。",
    ),
    ("paragraphs", "2024年度收入总计、支出总计均为1,000.00万元。\n\n"),
    ("short lines", "支\n"),
    ("headings", "一、收入支出决算总体情况说明\n\n"),
];

fn main() {
    let grammar = match grammar::load(None) {
        Ok(g) => g,
        Err(_) => {
            println!("the grammar has mistakes: run `juesuan grammar check`");
            return;
        }
    };
    let cx = Context {
        grammar: &grammar,
        limits: Limits::default(),
        filter: Filter::default(),
        scans: juesuan::pipeline::Scans::default(),
    };
    let run = |piece: &str, size: usize| {
        let mut text = String::with_capacity(size + 1024);
        text.push_str(COVER);
        while text.len() < size {
            text.push_str(piece);
        }
        let row = DocumentRow::new(DocumentId::default(), "bench.txt");
        let start = Instant::now();
        let stages = pipeline::stages(text.into_bytes(), row, &cx);
        let all = start.elapsed().as_secs_f64();
        match stages {
            Ok(s) => (all, s.seconds, s.extract.statements.len(), String::new()),
            Err(e) => (all, Vec::new(), 0, e.to_string()),
        }
    };
    // Patterns are compiled when they are first asked for.
    for (_, piece) in REPEATED {
        run(piece, 20_000);
    }
    for (name, piece) in REPEATED {
        let (half, ..) = run(piece, SIZE / 2);
        let (all, stages, statements, error) = run(piece, SIZE);
        print!(
            "{name:<24} {all:>7.3} s, {statements:>7} statements, {:.1} times the half;",
            all / half.max(1e-9)
        );
        for (stage, seconds) in stages {
            print!(" {stage} {seconds:.3}");
        }
        println!(" {error}");
    }
}
