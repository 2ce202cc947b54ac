//! Any text inside each kind of container: web page, Word document, sheet and table of texts of a workbook, plain text. No panic.
use juesuan::read::{self, Limits};
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;

fn container(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        let begun = out.start_file(*name, SimpleFileOptions::default());
        begun
            .and_then(|()| Ok(out.write_all(bytes)?))
            .expect("memory holds a container");
    }
    out.finish().expect("memory holds a container").into_inner()
}

const BOOK: &[u8] = br#"<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>"#;
const LINKS: &[u8] = br#"<Relationships><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#;

/// One input.
pub fn run(bytes: &[u8]) {
    let Some((kind, text)) = bytes.split_first() else {
        return;
    };
    let half = text.len() / 2;
    let file = match kind % 5 {
        0 => [b"<html><body>", text].concat(),
        1 => text.to_vec(),
        2 => container(&[("word/document.xml", text)]),
        3 => container(&[
            ("xl/workbook.xml", BOOK),
            ("xl/_rels/workbook.xml.rels", LINKS),
            ("xl/sharedStrings.xml", &text[..half]),
            ("xl/worksheets/sheet1.xml", &text[half..]),
        ]),
        _ => container(&[
            ("xl/workbook.xml", &text[..half]),
            ("xl/_rels/workbook.xml.rels", LINKS),
            ("xl/styles.xml", &text[half..]),
            ("xl/worksheets/sheet1.xml", b"<worksheet/>"),
        ]),
    };
    let _ = read::read(file, &Limits::default());
}
