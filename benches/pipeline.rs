//! CPU per page of reading alone and of every stage, in one run over the same documents: the ratio is what counts, for the
//! machine may be busy. `cargo bench` uses `samples/`; `JUESUAN_BENCH=DIR` another folder.

#![allow(clippy::disallowed_macros)]

// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

use juesuan::grammar;
use juesuan::pipeline::{self, Context, Filter};
use juesuan::place::DocumentId;
use juesuan::read::{self, Limits};
use juesuan::record::DocumentRow;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Seconds of CPU of this process where the system tells, else wall clock since `start`.
fn cpu(start: Instant) -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let mut fields = stat.rsplit(')').next().unwrap_or("").split_whitespace().skip(11);
    let ticks = |f: Option<&str>| f.and_then(|t| t.parse::<f64>().ok());
    match (ticks(fields.next()), ticks(fields.next())) {
        (Some(user), Some(system)) => (user + system) / 100.0,
        _ => start.elapsed().as_secs_f64(),
    }
}

fn pdfs(dir: &Path, out: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(dir) else { return };
    for e in entries.flatten() {
        let p = e.path();
        if p.is_dir() {
            pdfs(&p, out);
        } else if p.extension().is_some_and(|e| e.eq_ignore_ascii_case("pdf")) {
            out.push(p);
        }
    }
    out.sort();
}

fn main() {
    let start = Instant::now();
    let dir = std::env::var_os("JUESUAN_BENCH")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("samples"), PathBuf::from);
    let mut files = Vec::new();
    pdfs(&dir, &mut files);
    files.truncate(200);
    let documents: Vec<Vec<u8>> = files.iter().filter_map(|f| std::fs::read(f).ok()).collect();
    let Ok(grammar) = grammar::load(None) else {
        println!("the grammar has mistakes: run `juesuan grammar check`");
        return;
    };
    println!(
        "{} documents of {}; grammar loaded in {:.3} s of CPU",
        documents.len(),
        dir.display(),
        cpu(start)
    );
    let cx = Context {
        grammar: &grammar,
        limits: Limits::default(),
        filter: Filter::default(),
        scans: juesuan::pipeline::Scans::default(),
    };
    // Some patterns are compiled when they are first asked for: once in a run, so outside the cost of a page.
    let t = cpu(start);
    for d in &documents {
        let row = DocumentRow::new(DocumentId::default(), "bench");
        let _ = pipeline::stages(d.clone(), row, &cx);
    }
    println!(
        "first round, with the patterns compiled in it: {:.3} s of CPU",
        cpu(start) - t
    );
    let (mut pages, mut reading, mut whole, mut rounds) = (0usize, 0.0, 0.0, 0);
    let mut stages: Vec<(&'static str, f64)> = Vec::new();
    // Rounds alternate, so that a busy moment of the machine falls on both.
    while reading + whole < 6.0 && rounds < 200 {
        let t = cpu(start);
        for d in &documents {
            if let Ok(o) = read::read(d.clone(), &cx.limits) {
                pages += o.value.pages.len();
            }
        }
        let u = cpu(start);
        for d in &documents {
            let row = DocumentRow::new(DocumentId::default(), "bench");
            if let Ok(s) = pipeline::stages(d.clone(), row, &cx) {
                for (name, seconds) in s.seconds {
                    match stages.iter_mut().find(|(n, _)| *n == name) {
                        Some((_, sum)) => *sum += seconds,
                        None => stages.push((name, seconds)),
                    }
                }
            }
        }
        reading += u - t;
        whole += cpu(start) - u;
        rounds += 1;
    }
    let n = pages.max(1) as f64;
    println!("{rounds} rounds, {} pages each", pages / rounds.max(1));
    println!("reading alone   {:.3} ms/page", 1000.0 * reading / n);
    println!(
        "whole pipeline  {:.3} ms/page, {:.2} times the reading",
        1000.0 * whole / n,
        whole / reading.max(1e-9)
    );
    for (name, seconds) in stages {
        println!("  {name:<12} {:.3} ms/page (wall clock)", 1000.0 * seconds / n);
    }
}
