//! Scans: with the models of the recogniser where they are (`juesuan ocr setup`, JUESUAN_TEST_MODELS), and what is said where not.

use crate::support::{builtin, files, root};
use juesuan::acquire::models;
use juesuan::diag::Code;
use juesuan::pipeline::{self, Context, Filter, Scans, When};
use juesuan::place::DocumentId;
use juesuan::read::Limits;
use juesuan::read::ocr::Engine;
use juesuan::record::{CellState, DocumentRow, Extract, Source, Status};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

/// Where the models are: JUESUAN_TEST_MODELS, or where `juesuan ocr setup` puts them.
fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("JUESUAN_TEST_MODELS").filter(|v| !v.is_empty());
    models::find(named.map(PathBuf::from).as_deref()).expect("a folder that has them")
}

/// The recogniser; `None` (said aloud) where its models are not.
fn engine() -> Option<Arc<Engine>> {
    static ENGINE: OnceLock<Option<Arc<Engine>>> = OnceLock::new();
    let engine = ENGINE.get_or_init(|| {
        let dir = folder()?;
        Some(Arc::new(Engine::new(move || models::recogniser(&dir), 2)))
    });
    if engine.is_none() {
        eprintln!(
            "the models of the recogniser are absent: no scan was read; `pip download rapidocr==3.10.0 --no-deps`, `juesuan ocr setup`"
        );
    }
    engine.clone()
}

fn extract(bytes: Vec<u8>, engine: Option<Arc<Engine>>) -> Extract {
    let cx = Context {
        grammar: builtin(),
        limits: Limits::default(),
        filter: Filter::default(),
        scans: Scans {
            engine,
            when: When::Auto,
        },
    };
    let row = DocumentRow::new(DocumentId("0".repeat(64)), "scan.pdf");
    pipeline::stages(bytes, row, &cx).expect("readable").extract
}

fn sample() -> Vec<u8> {
    std::fs::read(root().join("tests/scans/four-pages.pdf")).expect("the sample")
}

/// What a cell is called, and its amounts.
type Cells = BTreeMap<[String; 5], Vec<String>>;

fn truth() -> Cells {
    let mut out = Cells::new();
    for path in files(&root().join("tests/scans"), ".truth.csv") {
        let mut rows = csv::Reader::from_path(path).expect("truth");
        for row in rows.deserialize::<BTreeMap<String, String>>() {
            let row = row.expect("row");
            if row["cell_state"] == "number" {
                let key = ["form", "side", "item", "measure", "page"].map(|k| row[k].clone());
                out.entry(key).or_default().push(row["printed"].clone());
            }
        }
    }
    out
}

#[test]
fn a_scan_without_models_is_not_readable_and_the_message_says_what_to_do() {
    let e = extract(sample(), None);
    assert_eq!(e.document.status, Status::NotReadable);
    let message = e.document.error_message.expect("a message");
    assert!(message.contains("`juesuan ocr setup`"), "{message}");
}

#[test]
fn no_amount_of_a_slanted_scan_is_wrong_and_each_is_marked() {
    let Some(engine) = engine() else { return };
    let e = extract(sample(), Some(engine));
    let mut have = Cells::new();
    for f in e.facts.iter().filter(|f| f.cell_state == CellState::Number) {
        let side = f.side.map_or(String::new(), |s| s.as_str().to_string());
        let key = [
            f.form.clone(),
            side,
            f.item.clone(),
            f.measure.clone(),
            f.place.page.to_string(),
        ];
        have.entry(key).or_default().push(f.printed.clone());
    }
    let want = truth();
    assert!(want.len() > 100, "the truth has {} cells", want.len());
    let wrong: Vec<_> = have.iter().filter(|(k, v)| want.get(*k) != Some(v)).collect();
    let missing: Vec<_> = want.iter().filter(|(k, v)| have.get(*k) != Some(v)).collect();
    assert!(wrong.is_empty(), "wrong: {wrong:?}");
    // What is not read is said: by the cell, or by its table.
    assert!(missing.len() * 50 <= want.len(), "missing: {missing:?}");
    let said = e.diagnostics.iter().filter(|d| d.code == Code::NotAnAmount).count();
    assert!(missing.len() <= said, "missing without a word: {missing:?}");
    assert!(e.facts.iter().all(|f| f.source == Source::Ocr));
    assert!(e.facts.iter().any(|f| f.held > 0) && e.facts.iter().any(juesuan::record::Fact::unproven));
    assert_eq!(
        e.diagnostics.iter().filter(|d| d.code == Code::ReadFromPicture).count(),
        4
    );
}

#[test]
fn places_lie_on_the_page_as_it_is_shown() {
    let Some(engine) = engine() else { return };
    let e = extract(sample(), Some(engine));
    // The page lies 1.3 degrees aslant: a cell at its right edge stands lower than one of the same row at its left.
    let row: Vec<_> = e
        .facts
        .iter()
        .filter(|f| f.place.page == 3 && f.item == "total")
        .collect();
    let (first, last) = (row.first().expect("a row"), row.last().expect("a row"));
    let (a, b) = (first.place.rect, last.place.rect);
    let slope = (b.mid_y() - a.mid_y()) / (b.mid_x() - a.mid_x());
    assert!((0.012..0.035).contains(&slope), "{slope}");
}

/// A PDF with one page that shows one image.
fn pdf(image: &str, data: &[u8]) -> Vec<u8> {
    let mut out = b"%PDF-1.5\n".to_vec();
    let mut at = Vec::new();
    let mut object = |out: &mut Vec<u8>, head: String, stream: Option<&[u8]>| {
        at.push(out.len());
        out.extend(format!("{} 0 obj\n{head}\n", at.len()).bytes());
        if let Some(s) = stream {
            out.extend(b"stream\n");
            out.extend(s);
            out.extend(b"\nendstream\n");
        }
        out.extend(b"endobj\n");
    };
    object(&mut out, "<</Type/Catalog/Pages 2 0 R>>".into(), None);
    object(&mut out, "<</Type/Pages/Kids[3 0 R]/Count 1>>".into(), None);
    object(
        &mut out,
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>".into(),
        None,
    );
    let show = b"q 595 0 0 842 0 0 cm /I Do Q";
    object(&mut out, format!("<</Length {}>>", show.len()), Some(show));
    object(
        &mut out,
        format!("<</Type/XObject/Subtype/Image{image}/Length {}>>", data.len()),
        Some(data),
    );
    let table = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", at.len() + 1).bytes());
    for a in &at {
        out.extend(format!("{a:010} 00000 n \n").bytes());
    }
    out.extend(
        format!(
            "trailer<</Size {}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n",
            at.len() + 1
        )
        .bytes(),
    );
    out
}

#[test]
fn hostile_images_are_refused_with_a_reason() {
    let Some(engine) = engine() else { return };
    let huge = "/Width 30000/Height 30000/BitsPerComponent 8/ColorSpace/DeviceGray";
    // A frame of a JPEG that promises as many pixels as a JPEG can, and nothing behind it.
    let jpeg = [
        0xFF, 0xD8, 0xFF, 0xC0, 0, 11, 8, 0xFF, 0xFF, 0xFF, 0xFF, 1, 1, 0x11, 0, 0xFF, 0xDA, 0, 8, 1, 1, 0, 0, 63, 0,
    ];
    // A page of JBIG2 with 60,000 x 60,000 pixels.
    let mut jbig2 = vec![0, 0, 0, 0, 0x30, 0, 1, 0, 0, 0, 19];
    for n in [60_000_u32, 60_000, 0, 0] {
        jbig2.extend(n.to_be_bytes());
    }
    jbig2.extend([0, 0, 0]);
    let small = "/Width 1600/Height 2200/BitsPerComponent 8/ColorSpace/DeviceGray";
    let cases: [(&str, String, &[u8]); 6] = [
        ("a bomb", huge.into(), &[0; 100]),
        ("a JPEG of a bomb", format!("{huge}/Filter/DCTDecode"), &jpeg),
        ("a broken JPEG", format!("{small}/Filter/DCTDecode"), &jpeg),
        ("a JBIG2 of a bomb", format!("{small}/Filter/JBIG2Decode"), &jbig2),
        ("a broken JBIG2", format!("{small}/Filter/JBIG2Decode"), &[7; 300]),
        ("a broken JPEG 2000", format!("{small}/Filter/JPXDecode"), &[0x0C; 300]),
    ];
    for (what, image, data) in cases {
        let e = extract(pdf(&image, data), Some(Arc::clone(&engine)));
        assert_eq!(e.document.status, Status::NotReadable, "{what}");
        assert!(e.facts.is_empty(), "{what}");
        let said: Vec<&str> = e
            .diagnostics
            .iter()
            .filter(|d| d.code == Code::ScanNotRead)
            .map(|d| d.message.as_str())
            .collect();
        assert_eq!(said.len(), 1, "{what}: {:?}", e.diagnostics);
        assert!(said[0].contains(": "), "{what}: {}", said[0]);
    }
}

#[test]
fn files_that_are_pictures_are_scans() {
    use std::io::Cursor;
    let white = image::RgbImage::from_pixel(300, 400, image::Rgb([255, 255, 255]));
    for (format, kind) in [
        (image::ImageFormat::Png, "image/png"),
        (image::ImageFormat::Jpeg, "image/jpeg"),
    ] {
        let mut bytes = Cursor::new(Vec::new());
        white.write_to(&mut bytes, format).expect("written");
        let e = extract(bytes.into_inner(), None);
        assert_eq!((e.document.status, e.document.pages), (Status::NotReadable, 1));
        assert_eq!(e.document.media_type, kind);
        assert!(
            e.document
                .error_message
                .expect("a message")
                .contains("`juesuan ocr setup`")
        );
    }
    let mut bytes = Cursor::new(Vec::new());
    let mut pages = tiff::encoder::TiffEncoder::new(&mut bytes).expect("an encoder");
    for _ in 0..3 {
        pages
            .write_image::<tiff::encoder::colortype::Gray8>(30, 40, &[255; 1200])
            .expect("a page");
    }
    let e = extract(bytes.into_inner(), None);
    assert_eq!((e.document.status, e.document.pages), (Status::NotReadable, 3));
}

#[test]
fn pages_are_the_same_for_any_number_of_threads() {
    let Some(two) = engine() else { return };
    let Some(dir) = folder() else { return };
    let one = Arc::new(Engine::new(move || models::recogniser(&dir), 1));
    assert_eq!(extract(sample(), Some(one)), extract(sample(), Some(two)));
}
