//! Files that lie, are damaged or too large: each a clear message, bounded time and memory, and the run goes on.

use crate::support::{builtin, extract_bytes, root};
use juesuan::pipeline::{self, Context, Filter};
use juesuan::place::DocumentId;
use juesuan::read::{Error, Limits};
use juesuan::record::DocumentRow;
use std::io::{Cursor, Read, Write};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

/// Why a file is refused as a whole.
fn refusal(bytes: &[u8]) -> Error {
    let cx = Context {
        grammar: builtin(),
        limits: Limits::default(),
        filter: Filter::default(),
        scans: juesuan::pipeline::Scans::default(),
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
pub fn changed(sample: &str, member: &str, with: impl Fn(String) -> String) -> Vec<u8> {
    replaced(
        &std::fs::read(root().join("samples").join(sample)).unwrap(),
        member,
        with,
    )
}

/// A container with one member changed.
pub fn replaced(bytes: &[u8], member: &str, with: impl Fn(String) -> String) -> Vec<u8> {
    let all = members(bytes);
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
    let e = extract_bytes("a.xlsx", &bytes);
    assert_eq!(e.facts.len(), plain.facts.len());
    // Empty cells are not counted against the limits: neither of cells nor of the processor.
    assert!(
        e.diagnostics.iter().all(|d| d.code != "sheet-truncated"),
        "{:?}",
        e.diagnostics
    );
}

#[test]
fn what_unpacks_to_too_much_is_refused_before_it_is_unpacked() {
    // 80 MB of blanks in 80 kB, with a directory that tells the truth, and one that says ten bytes.
    let mut bomb = ZipWriter::new(Cursor::new(Vec::new()));
    bomb.start_file("xl/workbook.xml", SimpleFileOptions::default())
        .unwrap();
    let block = vec![b' '; 1 << 20];
    for _ in 0..80 {
        bomb.write_all(&block).unwrap();
    }
    let truth = bomb.finish().unwrap().into_inner();
    let size = (80u32 << 20).to_le_bytes();
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
    assert_eq!((e.code().as_str(), &e), ("password-required", &Error::Encrypted));
    assert!(e.to_string().contains("save a copy without it"));
}

#[test]
fn a_damaged_workbook_says_what_is_damaged() {
    let bytes = std::fs::read(root().join("samples").join(XLSX)).unwrap();
    let e = refusal(&bytes[..bytes.len() / 2]);
    assert_eq!(e.code().as_str(), "broken-file", "{e}");
    let cut = changed(XLSX, "xl/worksheets/sheet3.xml", |xml| {
        xml[..xml.len() / 2 + 1].trim_end().to_string()
    });
    let e = extract_bytes("a.xlsx", &cut);
    assert!(e.diagnostics.iter().any(|d| d.code == "sheet-damaged"));
    assert_eq!(e.document.status.as_str(), "partial");
    assert!(e.facts.len() > 400, "the other sheets are read: {}", e.facts.len());
}

/// A damaged font table makes letters others: nothing of an account is left but that it has much text.
#[test]
fn a_long_text_of_which_nothing_says_what_it_is_is_in_doubt() {
    let said = |text: &str| {
        let e = extract_bytes("a.txt", text.as_bytes());
        assert_eq!(e.document.status.as_str(), "unknown", "{:?}", e.document);
        e.diagnostics.iter().any(|d| d.code == "kind-in-doubt")
    };
    let line = "区区通探环城水商节输害应电邮暖续缮网维护青境屋筑\n";
    assert!(said(&line.repeat(30)));
    assert!(!said(line));
    assert!(!said(&"The quick brown fox jumps over the lazy dog.\n".repeat(30)));
}

#[test]
fn a_web_page_under_the_name_of_a_workbook_is_a_web_page() {
    let page = "<html><head><title>404</title></head><body><h1>404 - 找不到文件或目录。</h1><p>您要查找的资源可能已被删除。</p></body></html>";
    let e = extract_bytes("决算表.xls", page.as_bytes());
    assert_eq!(e.document.media_type, "text/html");
    assert_eq!(
        e.document.error_code.map(juesuan::diag::Refusal::as_str),
        Some("unknown-kind")
    );
    let said = e
        .diagnostics
        .iter()
        .find(|d| d.code == "name-and-content-differ")
        .unwrap();
    assert!(
        said.message.contains(".xls") && said.message.contains("text/html"),
        "{}",
        said.message
    );
    // A page that a spreadsheet program saved as .xls holds real tables.
    let account = std::fs::read(root().join("samples/s03-fy2022-national.html")).unwrap();
    assert!(extract_bytes("决算表.xls", &account).facts.len() > 600);
}

#[test]
fn a_page_whose_declared_charset_is_wrong_is_read_right() {
    let gbk = std::fs::read(root().join("samples/s03-fy2022-national.html")).unwrap();
    let text = encoding_rs::GB18030.decode_without_bom_handling(&gbk).0.into_owned();
    let want = extract_bytes("a.html", &gbk);
    // UTF-8 that says gb2312, GBK that says utf-8, and big5 that is no big5.
    let files = [
        text.clone().into_bytes(),
        encoding_rs::GB18030
            .encode(&text.replace("gb2312", "utf-8"))
            .0
            .into_owned(),
        encoding_rs::GB18030
            .encode(&text.replace("gb2312", "big5"))
            .0
            .into_owned(),
    ];
    for bytes in files {
        let e = extract_bytes("a.html", &bytes);
        assert_eq!(e.document.unit_name, want.document.unit_name);
        assert_eq!(e.facts.len(), want.facts.len());
        assert!(e.diagnostics.iter().all(|d| d.code != "wrong-charset"));
    }
}

/// A Word sample without its tables.
pub fn without_tables(sample: &str) -> Vec<u8> {
    changed(sample, "word/document.xml", |xml| {
        let mut out = String::new();
        let mut rest = xml.as_str();
        while let Some(at) = rest.find("<w:tbl>") {
            out.push_str(&rest[..at]);
            rest = &rest[rest.find("</w:tbl>").unwrap() + 8..];
        }
        out + rest
    })
}

#[test]
fn a_word_document_without_tables_says_that_it_has_none() {
    let e = extract_bytes("a.docx", &without_tables("s03-fy2022-national.docx"));
    assert_eq!(e.facts.len(), 0);
    assert_eq!(e.document.kind.as_str(), "final_account");
    assert_eq!(
        (
            e.document.status.as_str(),
            e.document.error_code.map(juesuan::diag::Refusal::as_str)
        ),
        ("partial", Some("no-form-found"))
    );
    let broken = changed("s03-fy2022-national.docx", "word/document.xml", |xml| {
        let half = xml.len() / 2;
        xml[..(half..).find(|n| xml.is_char_boundary(*n)).unwrap()].to_string()
    });
    let e = extract_bytes("a.docx", &broken);
    assert!(!e.facts.is_empty(), "what stands before the damage is read");
}

#[test]
fn html_without_end_tags_and_with_absurd_spans_is_read_to_its_end() {
    let deep = "<table><tr><td>".repeat(20_000);
    let wide = format!(
        "<table>{}</table>",
        "<tr><td colspan=9999 rowspan=99999>1.00<td>2".repeat(3_000)
    );
    for page in [
        format!("<html>{deep}"),
        format!("<html>{wide}"),
        format!("<html>{}", "<".repeat(300_000)),
    ] {
        // Were the cost not linear in what stands there, this would not end.
        let e = extract_bytes("a.html", page.as_bytes());
        assert!(e.facts.is_empty());
    }
}

/// What a run makes of one archive: rows of documents by name.
fn run(archive: &[u8]) -> Vec<(String, String, String)> {
    let tmp = tempfile::tempdir().unwrap();
    let path = tmp.path().join("announcement.zip");
    std::fs::write(&path, archive).unwrap();
    let inputs = juesuan::acquire::inputs(&[path], &|| {}).unwrap();
    let cx = Context {
        grammar: builtin(),
        limits: Limits::default(),
        filter: Filter::default(),
        scans: juesuan::pipeline::Scans::default(),
    };
    let mut rows: Vec<_> = inputs
        .iter()
        .map(|i| {
            let d = pipeline::one(i, &cx).0.document;
            (d.file_name, d.status.to_string(), d.error_message.unwrap_or_default())
        })
        .collect();
    rows.sort();
    assert_eq!(
        std::fs::read_dir(tmp.path()).unwrap().count(),
        1,
        "nothing was unpacked to disk"
    );
    rows
}

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(root().join("samples").join(name)).unwrap()
}

#[test]
fn members_of_archives_are_documents() {
    let inner = container(&[("表.txt", sample("s12-fy2022-messy.txt")), ("说明.exe", vec![1, 2, 3])]);
    let mut bytes = container(&[
        ("../../sheet.xlsx", sample("s03-fy2022-national.xlsx")),
        ("/abs/..\\b.docx", sample("s03-fy2022-national.docx")),
        ("again.docx", sample("s03-fy2022-national.docx")),
        ("inner.zip", inner),
        ("AAAAAAAA.html", sample("s03-fy2022-national.html")),
    ]);
    // The name as Windows in China writes it: eight bytes of GBK.
    let gbk = encoding_rs::GB18030.encode("决算公开").0.into_owned();
    for at in 0..bytes.len() - 8 {
        if &bytes[at..at + 8] == b"AAAAAAAA" {
            bytes[at..at + 8].copy_from_slice(&gbk);
        }
    }
    let names: Vec<(String, String)> = run(&bytes).into_iter().map(|(n, s, _)| (n, s)).collect();
    let want = [
        "announcement.zip/abs/b.docx",
        "announcement.zip/inner.zip/表.txt",
        "announcement.zip/sheet.xlsx",
        "announcement.zip/决算公开.html",
    ]
    .map(|n| (n.to_string(), "extracted".to_string()));
    assert_eq!(names, want);
}

#[test]
fn archives_that_unpack_without_end_are_stopped() {
    let blanks = vec![b' '; 66 << 20];
    let bomb = container(&[("a.txt", sample("s12-fy2022-messy.txt")), ("b.txt", blanks)]);
    let rows = run(&bomb);
    assert_eq!(rows.len(), 2);
    assert!(rows[0].2.contains("passes a limit"), "{rows:?}");
    assert_eq!((rows[0].0.as_str(), rows[0].1.as_str()), ("announcement.zip", "failed"));
    assert_eq!(rows[1].1, "extracted");
    // An archive in an archive in an archive …
    let mut nested = container(&[("a.txt", b"x".to_vec())]);
    for _ in 0..6 {
        nested = container(&[("n.zip", nested)]);
    }
    let rows = run(&nested);
    assert_eq!(rows.len(), 1);
    assert!(rows[0].2.contains("3 deep"), "{rows:?}");
    // Nothing to read inside.
    let rows = run(&container(&[("a.exe", vec![0; 9])]));
    assert!(rows[0].2.contains("no file of a kind that is read"), "{rows:?}");
}

#[test]
fn a_member_behind_a_password_is_said() {
    let mut bytes = container(&[("a.txt", b"secret".to_vec()), ("b.txt", sample("s12-fy2022-messy.txt"))]);
    // The flag of encryption in the local head and in the directory.
    let flags = |b: &[u8], magic: &[u8], offset: usize| b.windows(4).position(|w| w == magic).unwrap() + offset;
    for at in [flags(&bytes, b"PK\x03\x04", 6), flags(&bytes, b"PK\x01\x02", 8)] {
        bytes[at] |= 1;
    }
    let rows = run(&bytes);
    assert!(rows[0].2.contains("needs a password"), "{rows:?}");
    assert_eq!(rows[1].1, "extracted");
}

/// An old Word document: read through LibreOffice, or refused with that hint.
#[test]
fn an_old_word_document_is_converted_or_refused_with_the_hint() {
    // The directory of a compound file with the stream of a Word document: enough to be recognised, not enough to be read.
    let mut bytes = vec![0u8; 1536];
    bytes[..8].copy_from_slice(b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1");
    for (n, name) in ["Root Entry", "WordDocument"].iter().enumerate() {
        for (k, unit) in name.encode_utf16().enumerate() {
            bytes[512 + n * 128 + 2 * k..][..2].copy_from_slice(&unit.to_le_bytes());
        }
    }
    let tmp = tempfile::tempdir().unwrap();
    let file = tmp.path().join("a.doc");
    std::fs::write(&file, bytes).unwrap();
    let out = tmp.path().join("out");
    let o = std::process::Command::new(env!("CARGO_BIN_EXE_juesuan"))
        .args([
            std::ffi::OsStr::new("extract"),
            file.as_os_str(),
            "--out".as_ref(),
            out.as_os_str(),
        ])
        .env("PATH", tmp.path())
        .output()
        .unwrap();
    assert_eq!(o.status.code(), Some(1));
    let row = std::fs::read_to_string(out.join("documents.csv")).unwrap();
    assert!(
        row.contains("needs-libreoffice") && row.contains("install LibreOffice, or save the file as docx"),
        "{row}"
    );

    // The same account as a doc, where LibreOffice is there to make one and to read it.
    let made = std::process::Command::new("soffice")
        .arg(format!(
            "-env:UserInstallation=file://{}",
            tmp.path().join("profile").display()
        ))
        .args(["--headless", "--convert-to", "doc", "--outdir"])
        .arg(tmp.path())
        .arg(root().join("samples/s03-fy2022-national.docx"))
        .output();
    let doc = tmp.path().join("s03-fy2022-national.doc");
    if made.is_err() || !doc.exists() {
        eprintln!("LibreOffice absent: no old Word document was read");
        return;
    }
    let want = extract_bytes("a.docx", &sample("s03-fy2022-national.docx"));
    let e = extract_bytes("a.doc", &std::fs::read(&doc).unwrap());
    assert_eq!(e.document.media_type, "application/msword");
    assert!(e.diagnostics.iter().any(|d| d.code == "converted"));
    let amounts = |e: &juesuan::record::Extract| -> Vec<_> {
        let all = e.facts.iter();
        all.map(|f| (f.form.clone(), f.item.clone(), f.measure.clone(), f.side, f.amount))
            .collect()
    };
    assert_eq!(amounts(&e), amounts(&want));
    assert!(
        e.facts[0]
            .place
            .at
            .unwrap()
            .text(&e.document.parts)
            .starts_with("converted/")
    );
}
