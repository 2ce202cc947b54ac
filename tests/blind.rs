//! The targets of fuzzing without counters: each gets its seeds, and the seeds with a few bytes changed, put in, taken out, doubled or
//! exchanged, always the same ones. What breaks in seconds is seen here; `scripts/fuzz.sh` searches for what does not.

use crate::support::dice::Dice;
use crate::support::root;
use std::path::{Path, PathBuf};

#[cfg(feature = "net")]
#[path = "../fuzz/bodies/store_index.rs"]
mod store_index;

#[cfg(feature = "net")]
#[path = "../fuzz/bodies/portal.rs"]
mod portal;

#[path = "../fuzz/bodies/archive.rs"]
mod archive;

#[path = "../fuzz/bodies/equation.rs"]
mod equation;

#[path = "../fuzz/bodies/grammar_file.rs"]
mod grammar_file;

#[path = "../fuzz/bodies/markup.rs"]
mod markup;

#[path = "../fuzz/bodies/number.rs"]
mod number;

#[path = "../fuzz/bodies/pattern.rs"]
mod pattern;

#[path = "../fuzz/bodies/pdf.rs"]
mod pdf;

#[path = "../fuzz/bodies/sentence.rs"]
mod sentence;

/// Words that open, close or count something in the files that are read.
const WORDS: &[&str] = &[
    "<<",
    ">>",
    "endobj",
    "stream",
    "</td>",
    "<table>",
    "colspan=\"9999\"",
    "万元",
    "，",
    "（",
    "0.00",
    "-",
    "[",
    "]",
    "{",
    "|",
    "\"",
    "\u{0}",
    "\u{202e}",
    "%PDF-1.7",
    "PK\u{3}\u{4}",
    "4294967296",
    "增长",
    "其中：",
];

/// A seed after a few accidents.
fn damaged(seed: &[u8], other: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut out = seed.to_vec();
    for _ in 0..=dice.below(6) {
        let at = dice.below(out.len() as u64 + 1) as usize;
        let end = (at + dice.below(40) as usize).min(out.len());
        match dice.below(6) {
            0 if at < out.len() => out[at] = dice.next() as u8,
            1 => drop(out.drain(at..end)),
            2 => {
                let again = out[at..end].to_vec();
                out.splice(at..at, again);
            }
            3 => drop(out.splice(at..at, dice.of(WORDS).bytes())),
            4 => {
                let from = dice.below(other.len() as u64 + 1) as usize;
                let to = (from + dice.below(200) as usize).min(other.len());
                out.splice(at..end, other[from..to].iter().copied());
            }
            _ => out.truncate(at),
        }
    }
    out
}

/// The files of a folder with one of these endings, by name.
fn files(folder: &str, endings: &[&str]) -> Vec<Vec<u8>> {
    let mut all: Vec<PathBuf> = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(f) = folders.pop() {
        for e in std::fs::read_dir(f).unwrap() {
            let path = e.unwrap().path();
            let ends = |p: &Path| p.extension().is_some_and(|e| endings.iter().any(|n| e == *n));
            match path.is_dir() {
                true => folders.push(path),
                false if ends(&path) => all.push(path),
                false => {}
            }
        }
    }
    all.sort();
    assert!(!all.is_empty(), "{folder} holds no seed");
    all.into_iter().map(|p| std::fs::read(p).unwrap()).collect()
}

/// Runs a target over its seeds and over `more` inputs made of them.
fn run(seeds: &[Vec<u8>], more: usize, target: impl Fn(&[u8])) {
    seeds.iter().for_each(|s| target(s));
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    for _ in 0..more {
        let [one, other] = [(); 2].map(|()| &seeds[dice.below(seeds.len() as u64) as usize]);
        target(&damaged(one, other, &mut dice));
    }
}

fn text(target: impl Fn(&str)) -> impl Fn(&[u8]) {
    move |bytes: &[u8]| target(&String::from_utf8_lossy(bytes))
}

#[test]
fn any_bytes_as_a_document() {
    let mut seeds = files("samples", &["pdf", "html", "docx", "xlsx"]);
    seeds.retain(|s| s.len() < 200_000);
    run(&seeds, 60, pdf::run);
}

#[test]
fn any_text_in_each_container() {
    let kinds = files("samples", &["html", "txt"]).into_iter().enumerate();
    let seeds: Vec<Vec<u8>> = kinds.map(|(n, s)| [&[n as u8][..], &s].concat()).collect();
    run(&seeds, 60, markup::run);
}

#[test]
fn any_bytes_as_an_archive() {
    let seeds: Vec<Vec<u8>> = files("samples", &["docx"])
        .into_iter()
        .map(|s| s[4..].to_vec())
        .collect();
    run(&seeds, 200, archive::run);
}

#[test]
fn any_text_as_a_narrative() {
    run(&files("samples", &["txt"]), 40, text(sentence::run));
}

#[test]
fn any_text_as_an_amount_a_pattern_an_equation() {
    let seeds = files("tests/cases", &["txt"]);
    let lines: Vec<Vec<u8>> = seeds
        .iter()
        .flat_map(|s| s.split(|b| *b == b'\n').map(<[u8]>::to_vec))
        .collect();
    run(&lines, 20_000, text(number::run));
    run(&lines, 5_000, text(pattern::run));
    run(&lines, 20_000, text(equation::run));
}

#[test]
fn any_text_as_a_grammar_of_a_user() {
    run(&files("grammars", &["toml"])[..12], 12, grammar_file::run);
}

#[cfg(feature = "net")]
#[test]
fn any_answer_of_a_portal() {
    let mut seeds = files("samples", &["html"]);
    seeds.push(b"User-agent: *\nDisallow: /a*b$\n/a/x/b".to_vec());
    run(&seeds, 300, portal::run);
}

#[cfg(feature = "net")]
#[test]
fn any_index_of_a_store() {
    let rows = b"\x01\x00a\t../../../../etc/passwd\t../x\n\x03k\tsha\n".to_vec();
    run(&[rows, vec![0, 64, 0, 1]], 200, store_index::run);
}
