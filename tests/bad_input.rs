//! Files that lie, are damaged or too large: each a clear message, bounded time and memory, and the run goes on.

use crate::support::{builtin, extract_bytes, root};
use juesuan::pipeline::{self, Context, Filter};
use juesuan::place::DocumentId;
use juesuan::read::{Error, Limits};
use juesuan::record::DocumentRow;
use std::io::{Cursor, Read, Write};
use std::time::Instant;
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// Why a file is refused as a whole.
fn refusal(bytes: &[u8]) -> Error {
    let cx = Context {
        grammar: builtin(),
        limits: Limits::default(),
        filter: Filter::default(),
    };
    let row = DocumentRow::new(DocumentId("0".repeat(64)), "a");
    match pipeline::stages(bytes.to_vec(), row, &cx) {
        Ok(_) => panic!("it was read"),
        Err(e) => e,
    }
}

/// A container of members.
pub fn container(members: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        out.start_file(*name, SimpleFileOptions::default()).unwrap();
        out.write_all(bytes).unwrap();
    }
    out.finish().unwrap().into_inner()
}

fn members(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..zip.len())
        .map(|i| {
            let mut f = zip.by_index(i).unwrap();
            let mut b = Vec::new();
            f.read_to_end(&mut b).unwrap();
            (f.name().unwrap().into_owned(), b)
        })
        .collect()
}

/// A sample with one member changed.
fn changed(sample: &str, member: &str, with: impl Fn(String) -> String) -> Vec<u8> {
    let bytes = std::fs::read(root().join("samples").join(sample)).unwrap();
    let all = members(&bytes);
    let mut hit = false;
    let all: Vec<(&str, Vec<u8>)> = all
        .iter()
        .map(|(n, b)| {
            if n == member {
                hit = true;
                (n.as_str(), with(String::from_utf8(b.clone()).unwrap()).into_bytes())
            } else {
                (n.as_str(), b.clone())
            }
        })
        .collect();
    assert!(hit, "{member}");
    container(&all)
}

const XLSX: &str = "s03-fy2022-national.xlsx";

#[test]
fn millions_of_empty_rows_cost_nothing() {
    let plain = extract_bytes("a.xlsx", &std::fs::read(root().join("samples").join(XLSX)).unwrap());
    let bytes = changed(XLSX, "xl/worksheets/sheet3.xml", |xml| {
        let styled = "<row><c s=\"1\"/></row>".repeat(100_000);
        let far = "<row r=\"9999999\"/><row r=\"10000000\"><c r=\"XFD10000000\" t=\"str\"><v>尾</v></c></row>";
        xml.replace("</sheetData>", &format!("{styled}{far}</sheetData>"))
            .replace("<dimension ref=\"", "<dimension ref=\"A1:XFD10000000\" x=\"")
    });
    let start = Instant::now();
    let e = extract_bytes("a.xlsx", &bytes);
    assert_eq!(e.facts.len(), plain.facts.len());
    assert!(start.elapsed().as_secs_f64() < 5.0, "{:?}", start.elapsed());
}

#[test]
fn what_unpacks_to_too_much_is_refused_before_it_is_unpacked() {
    // 600 MB of zeros in 600 kB, with a directory that tells the truth, and one that says ten bytes.
    let mut bomb = ZipWriter::new(Cursor::new(Vec::new()));
    bomb.start_file("xl/workbook.xml", SimpleFileOptions::default())
        .unwrap();
    let block = vec![b' '; 1 << 20];
    for _ in 0..600 {
        bomb.write_all(&block).unwrap();
    }
    let truth = bomb.finish().unwrap().into_inner();
    let size = (600u32 << 20).to_le_bytes();
    let mut lie = truth.clone();
    for at in 0..lie.len() - 4 {
        if lie[at..at + 4] == size {
            lie[at..at + 4].copy_from_slice(&10u32.to_le_bytes());
        }
    }
    assert_ne!(truth, lie);
    for bytes in [truth, lie] {
        match refusal(&bytes) {
            Error::TooLarge(why) => assert!(why.contains("unpacks to more than"), "{why}"),
            Error::Broken(why) => assert!(why.contains("damaged"), "{why}"),
            other => panic!("{other}"),
        }
    }
}

#[test]
fn a_password_is_asked_for_by_name() {
    // The directory of a compound file with the stream of an encrypted package.
    let mut bytes = vec![0u8; 1536];
    bytes[..8].copy_from_slice(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
    for (n, name) in ["Root Entry", "EncryptedPackage"].iter().enumerate() {
        for (k, unit) in name.encode_utf16().enumerate() {
            bytes[512 + n * 128 + 2 * k..][..2].copy_from_slice(&unit.to_le_bytes());
        }
    }
    let e = refusal(&bytes);
    assert_eq!((e.code(), &e), ("password-required", &Error::Encrypted));
    assert!(e.to_string().contains("save a copy without it"));
}

#[test]
fn a_damaged_workbook_says_what_is_damaged() {
    let bytes = std::fs::read(root().join("samples").join(XLSX)).unwrap();
    let e = refusal(&bytes[..bytes.len() / 2]);
    assert_eq!(e.code(), "broken-file", "{e}");
    let cut = changed(XLSX, "xl/worksheets/sheet3.xml", |xml| {
        xml[..xml.len() / 2 + 1].trim_end().to_string()
    });
    let e = extract_bytes("a.xlsx", &cut);
    assert!(e.diagnostics.iter().any(|d| d.code == "sheet-damaged"));
    assert_eq!(e.document.status.as_str(), "partial");
    assert!(e.facts.len() > 400, "the other sheets are read: {}", e.facts.len());
}
