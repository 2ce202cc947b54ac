//! Pages written by hand: each test draws one thing and says what must stand on the page.

use juesuan::diag::Outcome;
use juesuan::geom::Axis;
use juesuan::read::{Document, Error, Limits, Page, read};
use std::fmt::Write;

/// A PDF with one page per content stream. Helvetica is `/F1`; further resources and page entries are given as PDF source.
#[derive(Default)]
pub struct Pdf {
    contents: Vec<String>,
    fonts: String,
    page: String,
    objects: Vec<String>,
}

impl Pdf {
    pub fn new(content: &str) -> Self {
        Self {
            contents: vec![content.into()],
            ..Self::default()
        }
    }

    /// The pages, as content streams.
    pub fn pages(mut self, contents: &[String]) -> Self {
        self.contents = contents.to_vec();
        self
    }

    /// Fonts beside `/F1`, as entries of the font dictionary.
    fn fonts(mut self, fonts: &str) -> Self {
        self.fonts = fonts.into();
        self
    }

    /// Entries of the page dictionary.
    fn page(mut self, page: &str) -> Self {
        self.page = page.into();
        self
    }

    /// An indirect object; the first is number 5.
    fn object(mut self, object: &str) -> Self {
        self.objects.push(object.into());
        self
    }

    fn bytes(&self) -> Vec<u8> {
        let first_page = 5 + self.objects.len();
        let mut kids = String::new();
        for n in 0..self.contents.len() {
            write!(kids, "{} 0 R ", first_page + 2 * n).unwrap();
        }
        let mut objects = vec![
            "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
            format!("<</Type/Pages/Kids[{kids}]/Count {}>>", self.contents.len()),
            "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_owned(),
            "<</Producer(By hand)>>".to_owned(),
        ];
        objects.extend(self.objects.iter().cloned());
        for (n, content) in self.contents.iter().enumerate() {
            let media = if self.page.contains("MediaBox") {
                ""
            } else {
                "/MediaBox[0 0 400 300]"
            };
            objects.push(format!(
                "<</Type/Page/Parent 2 0 R{media}/Contents {} 0 R/Resources<</Font<</F1 3 0 R {}>>/XObject<</Im 5 0 R>>>>{}>>",
                first_page + 2 * n + 1,
                self.fonts,
                self.page
            ));
            objects.push(format!("<</Length {}>>stream\n{content}\nendstream", content.len()));
        }
        let mut out = b"%PDF-1.7\n".to_vec();
        let mut offsets = Vec::new();
        for (n, object) in objects.iter().enumerate() {
            offsets.push(out.len());
            out.extend_from_slice(format!("{} 0 obj\n{object}\nendobj\n", n + 1).as_bytes());
        }
        let xref = out.len();
        let mut tail = format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
        for offset in offsets {
            writeln!(tail, "{offset:010} 00000 n ").unwrap();
        }
        write!(
            tail,
            "trailer<</Size {}/Root 1 0 R/Info 4 0 R>>\nstartxref\n{xref}\n%%EOF",
            objects.len() + 1
        )
        .unwrap();
        out.extend_from_slice(tail.as_bytes());
        out
    }

    pub fn read(&self) -> Outcome<Document> {
        read(self.bytes(), &Limits::default()).unwrap()
    }

    fn only_page(&self) -> Page {
        self.read().value.pages.remove(0)
    }
}

fn text(page: &Page) -> String {
    let mut out = String::new();
    page.glyphs.iter().for_each(|g| g.text.push_to(&mut out));
    out
}

fn near(a: f32, b: f32) -> bool {
    (a - b).abs() < 0.02
}

fn rulings(page: &Page) -> Vec<(Axis, [i32; 3])> {
    let tenths = |v: f32| (v * 10.0).round() as i32;
    page.rulings
        .iter()
        .map(|r| (r.axis, [tenths(r.at), tenths(r.start), tenths(r.end)]))
        .collect()
}

use Axis::{Horizontal as H, Vertical as V};

#[test]
fn a_glyph_has_its_box_from_advance_and_size() {
    let outcome = Pdf::new("BT /F1 10 Tf 100 200 Td (1 2) Tj ET").read();
    assert_eq!(outcome.value.producer.as_deref(), Some("By hand"));
    assert!(outcome.report.is_empty());
    let page = &outcome.value.pages[0];
    assert_eq!((page.number, page.width, page.height), (1, 400.0, 300.0));
    assert_eq!(text(page), "12", "white space leaves a gap, no glyph");
    let one = &page.glyphs[0];
    assert!(near(one.rect.x0, 100.0) && near(one.rect.x1, 105.56), "{one:?}");
    assert!(near(one.rect.height(), 10.0) && near(one.baseline, 100.0) && near(one.size, 10.0) && one.upright);
    assert!(near(page.glyphs[1].rect.x0, 108.34));
}

#[test]
fn overprint_stands_once_and_real_repetitions_stay() {
    let twice = "BT /F1 10 Tf 100 200 Td (1100..ll) Tj ET BT /F1 10 Tf 100.3 200.1 Td (1100..ll) Tj ET";
    assert_eq!(text(&Pdf::new(twice).only_page()), "1100..ll");
    // Character by character, four times, as some producers do for bold titles.
    let mut content = String::new();
    for (n, c) in "2024".chars().enumerate() {
        for (dx, dy) in [(0.0, 0.0), (0.5, 0.0), (0.0, 0.5), (0.5, 0.5)] {
            let x = 100.0 + 11.1 * n as f32 + dx;
            write!(content, "BT /F1 20 Tf {x} {} Td ({c}) Tj ET ", 200.0 + dy).unwrap();
        }
    }
    assert_eq!(text(&Pdf::new(&content).only_page()), "2024");
    // Condensed to half the width and set tight: still no repetition.
    let tight = "BT /F1 10 Tf 50 Tz -0.5 Tc 100 200 Td (111000...) Tj ET";
    assert_eq!(text(&Pdf::new(tight).only_page()), "111000...");
    // The same figure in the next row, however tight the rows.
    let rows = "BT /F1 10 Tf 100 200 Td (55) Tj 0 -4 Td (55) Tj ET";
    assert_eq!(text(&Pdf::new(rows).only_page()), "5555");
}

#[test]
fn fill_and_stroke_is_one_print() {
    assert_eq!(
        text(&Pdf::new("BT /F1 10 Tf 2 Tr 100 200 Td (1122) Tj ET").only_page()),
        "1122"
    );
}

#[test]
fn invisible_text_is_read() {
    assert_eq!(
        text(&Pdf::new("BT /F1 10 Tf 3 Tr 100 200 Td (OCR) Tj ET").only_page()),
        "OCR"
    );
}

#[test]
fn clips_apply_and_end_with_their_state() {
    let content = "q 100 150 50 100 re W n BT /F1 10 Tf 80 200 Td (abcdefghijklmnop) Tj ET \
                   0 200 m 400 200 l S 120 0 m 120 300 l S 0 20 m 400 20 l S Q BT /F1 10 Tf 10 20 Td (z) Tj ET";
    let page = Pdf::new(content).only_page();
    let kept = text(&page);
    assert!(kept == "efghijklmnoz", "{kept}");
    assert_eq!(rulings(&page), [(H, [1000, 1000, 1500]), (V, [1200, 500, 1500])]);
}

#[test]
fn a_line_cut_in_half_is_read_and_a_hidden_one_is_not() {
    // Three lines of 10 points in a cell that shows half of the first, the second, and half of the third.
    let content = "q 90 101 200 20 re W n BT /F1 10 Tf 12 TL 100 127 Td (aa) Tj T* (bb) Tj T* (cc) Tj T* (dd) Tj ET Q";
    assert_eq!(text(&Pdf::new(content).only_page()), "bbcc");
}

#[test]
fn nothing_beyond_the_page_is_read() {
    let page = Pdf::new("BT /F1 10 Tf 100 -50 Td (below) Tj ET BT /F1 10 Tf 100 50 Td (on) Tj ET 300 50 m 900 50 l S")
        .only_page();
    assert_eq!(text(&page), "on");
    assert_eq!(rulings(&page), [(H, [2500, 3000, 4000])]);
}

#[test]
fn pages_are_turned_and_cropped_as_shown() {
    let page = Pdf::new("BT /F1 10 Tf 100 60 Td (down) Tj ET")
        .page("/Rotate 90")
        .only_page();
    assert_eq!((page.width, page.height), (300.0, 400.0));
    let d = &page.glyphs[0];
    assert!(!d.upright && near(d.size, 10.0) && near(d.rect.y0, 100.0), "{d:?}");
    let page = Pdf::new("BT /F1 10 Tf 100 60 Td (over) Tj ET")
        .page("/Rotate 180")
        .only_page();
    assert!(!page.glyphs[0].upright && near(page.glyphs[0].rect.x1, 300.0));
    let cropped = Pdf::new("BT /F1 10 Tf 120 70 Td (in) Tj 200 0 Td (out) Tj ET")
        .page("/CropBox[100 50 300 250]")
        .only_page();
    assert_eq!((cropped.width, cropped.height), (200.0, 200.0));
    assert_eq!(text(&cropped), "in");
    assert!(near(cropped.glyphs[0].rect.x0, 20.0) && near(cropped.glyphs[0].baseline, 180.0));
}

#[test]
fn turned_text_on_a_turned_page_is_upright() {
    // What Distiller makes of a landscape sheet: content turned by 90 degrees, the page turned back.
    let content = "BT /F1 10 Tf 0 1 -1 0 110 60 Tm (12) Tj ET 110 60 m 110 160 l S";
    let page = Pdf::new(content).page("/Rotate 90").only_page();
    assert!(page.glyphs.iter().all(|g| g.upright));
    assert_eq!(rulings(&page), [(H, [1100, 600, 1600])]);
    let (one, two) = (&page.glyphs[0], &page.glyphs[1]);
    assert!(near(one.rect.x1, two.rect.x0) && near(one.baseline, two.baseline));
}

#[test]
fn vertical_writing_and_turned_text_are_not_upright() {
    let page = Pdf::new("BT /F1 10 Tf 0 1 -1 0 100 100 Tm (1) Tj ET").only_page();
    let one = &page.glyphs[0];
    assert!(!one.upright);
    assert!(near(one.rect.width(), 10.0) && near(one.rect.height(), 5.56), "{one:?}");
}

#[test]
fn strokes_and_outlines_are_rulings() {
    let page =
        Pdf::new("0.5 w 10 10 m 110 10 l 110 60 l S [3 2] 0 d 10 100 m 110 100.2 l S 10 10 m 50 90 l S").only_page();
    assert_eq!(
        rulings(&page),
        [(H, [2900, 100, 1100]), (V, [1100, 2400, 2900]), (H, [1999, 100, 1100])]
    );
    let page = Pdf::new("10 10 100 50 re S").only_page();
    assert_eq!(page.rulings.len(), 4);
    let page = Pdf::new("10 10 m 10 10 l S 20 20 m 20.1 20 l S").only_page();
    assert!(page.rulings.is_empty(), "points are no rulings");
}

#[test]
fn thin_fills_are_rulings_and_areas_are_not() {
    let page = Pdf::new("10 10 100 0.48 re 10 60 100 0.48 re f 10 10 0.48 50 re f 200 200 50 30 re f").only_page();
    assert_eq!(
        rulings(&page),
        [(H, [2898, 100, 1100]), (H, [2398, 100, 1100]), (V, [102, 2400, 2900])]
    );
    let page = Pdf::new("10 10 100 0 re f").only_page();
    assert_eq!(
        rulings(&page),
        [(H, [2900, 100, 1100])],
        "a fill without height is drawn as a hairline"
    );
    let page = Pdf::new("10 10 100 50 re 10.5 10.5 99 49 re f*").only_page();
    assert_eq!(page.rulings.len(), 4, "a frame: {:?}", page.rulings);
    let page = Pdf::new("10 10 0.48 0.48 re f").only_page();
    assert_eq!(page.rulings.len(), 2, "a dot of a dotted border counts along both axes");
}

#[test]
fn a_large_fill_seen_through_a_thin_clip_is_a_ruling() {
    let page = Pdf::new("q 10 100 200 0.5 re W n 0 0 400 300 re f Q").only_page();
    assert_eq!(rulings(&page), [(H, [1998, 100, 2100])]);
}

#[test]
fn white_rulings_count_only_on_a_coloured_area() {
    let page = Pdf::new("1 1 1 RG 10 50 m 110 50 l S").only_page();
    assert!(page.rulings.is_empty());
    let page = Pdf::new("0.8 g 10 40 100 20 re f 1 1 1 RG 10 50 m 110 50 l S").only_page();
    assert_eq!(rulings(&page), [(H, [2500, 100, 1100])]);
}

#[test]
fn images_are_boxes_and_thin_ones_rulings() {
    let image = "<</Type/XObject/Subtype/Image/Width 1/Height 1/BitsPerComponent 8/ColorSpace/DeviceGray/Length 1>>stream\n0\nendstream";
    let content = "q 100 0 0 50 20 30 cm /Im Do Q q 100 0 0 0.5 20 200 cm /Im Do Q";
    let page = Pdf::new(content).object(image).only_page();
    assert_eq!(page.images.len(), 1);
    let r = page.images[0];
    assert!(
        near(r.x0, 20.0) && near(r.y0, 220.0) && near(r.x1, 120.0) && near(r.y1, 270.0),
        "{r:?}"
    );
    assert_eq!(rulings(&page), [(H, [998, 200, 1200])]);
}

/// SimSun as Word, WPS and Acrobat leave it out; `widths` is the /W array.
pub fn simsun(encoding: &str, widths: &str) -> Pdf {
    Pdf::new("").fonts("/F2 5 0 R").object(&format!("<</Type/Font/Subtype/Type0/BaseFont/SimSun/Encoding/{encoding}/DescendantFonts[6 0 R]>>"))
        .object(&format!(
            "<</Type/Font/Subtype/CIDFontType2/BaseFont/SimSun/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>/DW 1000/W[{widths}]>>"
        ))
}

#[test]
fn gbk_without_embedded_font_reads() {
    let mut pdf = simsun("GBK-EUC-H", "814 939 500");
    pdf.contents = vec!["BT /F2 10 Tf 50 100 Td <BEF6CBE3B1ED3132> Tj ET".into()];
    let page = pdf.only_page();
    assert_eq!(text(&page), "决算表12");
    let x: Vec<f32> = page.glyphs.iter().flat_map(|g| [g.rect.x0, g.rect.x1]).collect();
    let expected = [50.0, 60.0, 60.0, 70.0, 70.0, 80.0, 80.0, 85.0, 85.0, 90.0];
    assert!(
        x.iter().zip(expected).all(|(a, b)| near(*a, b)),
        "first last width: {x:?}"
    );
    assert_eq!(page.unmapped, 0);
}

#[test]
fn predefined_unicode_encodings_read() {
    for encoding in ["UniGB-UCS2-H", "UniGB-UTF16-H"] {
        let mut pdf = simsun(encoding, "");
        pdf.contents = vec!["BT /F2 10 Tf 50 100 Td <51B37B97> Tj ET".into()];
        assert_eq!(text(&pdf.only_page()), "决算", "{encoding}");
    }
}

#[test]
fn vertical_writing_stands_in_a_column() {
    let mut pdf = simsun("GBK-EUC-V", "");
    pdf.contents = vec!["BT /F2 10 Tf 100 200 Td <BEF6CBE3> Tj ET".into()];
    let page = pdf.only_page();
    let (a, b) = (&page.glyphs[0], &page.glyphs[1]);
    assert!(
        !a.upright && near(a.rect.x0, b.rect.x0) && near(b.rect.y0 - a.rect.y0, 10.0),
        "{a:?} {b:?}"
    );
    assert!(near(a.rect.mid_x(), 100.0), "centred on the column");
}

#[test]
fn widths_of_fonts_that_are_not_embedded_come_from_the_pdf() {
    let font = "<</Type/Font/Subtype/TrueType/BaseFont/SomeFont/Encoding/WinAnsiEncoding/FirstChar 48/LastChar 50/Widths[700 300 900]/FontDescriptor<</Type/FontDescriptor/FontName/SomeFont/Flags 32>>>>";
    let page = Pdf::new("BT /F2 10 Tf 50 100 Td (012) Tj ET")
        .fonts("/F2 5 0 R")
        .object(font)
        .only_page();
    let x: Vec<f32> = page.glyphs.iter().flat_map(|g| [g.rect.x0, g.rect.x1]).collect();
    let expected = [50.0, 57.0, 57.0, 60.0, 60.0, 69.0];
    assert!(x.iter().zip(expected).all(|(a, b)| near(*a, b)), "{x:?}");
}

#[test]
fn radicals_are_folded_and_unknown_glyphs_counted() {
    let to_unicode = "/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF> endcodespacerange \
                      2 beginbfchar <41> <2F00> <42> <0000> endbfchar endcmap end";
    let font = "<</Type/Font/Subtype/Type3/FontBBox[0 0 1000 1000]/FontMatrix[0.001 0 0 0.001 0 0]/CharProcs<<>>/Encoding<</Differences[65/a1 /a2]>>/FirstChar 65/LastChar 66/Widths[500 500]/ToUnicode 6 0 R>>";
    let stream = format!("<</Length {}>>stream\n{to_unicode}\nendstream", to_unicode.len());
    let pdf = Pdf::new("BT /F2 10 Tf 50 100 Td (AB) Tj ET")
        .fonts("/F2 5 0 R")
        .object(font)
        .object(&stream);
    let outcome = pdf.read();
    let page = &outcome.value.pages[0];
    assert_eq!(text(page), "\u{4E00}\u{FFFD}");
    assert_eq!(page.unmapped, 1);
    assert_eq!(outcome.report[0].code, "unmapped-glyphs");
    assert_eq!(outcome.report[0].place.page, 1);
}

#[test]
fn limits_cut_and_say_so() {
    let mut pdf = Pdf::new("BT /F1 10 Tf 50 100 Td (0123456789) Tj ET");
    pdf.contents = vec![
        pdf.contents[0].clone(),
        "0 10 m 9 10 l S 0 20 m 9 20 l S 0 30 m 9 30 l S".into(),
        String::new(),
    ];
    let codes = |limits: Limits| -> (Document, Vec<&'static str>) {
        let outcome = read(pdf.bytes(), &limits).unwrap();
        (outcome.value, outcome.report.iter().map(|d| d.code.as_str()).collect())
    };
    let (document, report) = codes(Limits {
        glyphs_per_page: 4,
        rulings_per_page: 2,
        ..Limits::default()
    });
    assert_eq!(report, ["page-truncated", "page-truncated"]);
    assert_eq!(text(&document.pages[0]), "0123");
    assert_eq!((document.pages[1].rulings.len(), document.pages.len()), (2, 3));
    let (document, report) = codes(Limits {
        pages: 2,
        ..Limits::default()
    });
    assert_eq!((document.pages.len(), report), (2, vec!["pages-dropped"]));
    let (document, report) = codes(Limits {
        seconds: 0.0,
        ..Limits::default()
    });
    assert_eq!((document.pages.len(), report), (0, vec!["pages-dropped"]));
}

#[test]
fn an_endless_page_stops_in_time() {
    // A form drawn by itself a thousand times on each of three levels: a billion drawing calls from a kilobyte.
    let level = |inner: &str| {
        let content = "/Im Do ".repeat(1000).replace("Im", inner);
        format!(
            "<</Type/XObject/Subtype/Form/BBox[0 0 400 300]/Resources<</XObject<</X6 6 0 R/X7 7 0 R>>>>/Length {}>>stream\n{content}\nendstream",
            content.len()
        )
    };
    let leaf = "<</Type/XObject/Subtype/Form/BBox[0 0 400 300]/Length 15>>stream\n0 0 m 9 200 l S\nendstream";
    let pdf = Pdf::new("/Im Do")
        .object(&level("X6"))
        .object(&level("X7"))
        .object(leaf);
    let start = std::time::Instant::now();
    let limits = Limits {
        seconds: 0.3,
        ..Limits::default()
    };
    let outcome = read(pdf.bytes(), &limits).unwrap();
    assert!(start.elapsed().as_secs_f64() < 2.0);
    assert_eq!(outcome.report[0].code, "page-truncated");
}

#[test]
fn content_without_end_is_not_interpreted() {
    let outcome = Pdf::new(&"q ".repeat(17 << 20)).read();
    assert_eq!(outcome.report[0].code, "page-truncated");
    assert!(outcome.report[0].message.contains("content"));
}

#[test]
fn fonts_with_absurd_widths_are_not_loaded() {
    let mut composite = simsun("GBK-EUC-H", "0 4294967295 500");
    composite.contents = vec!["BT /F2 10 Tf 50 100 Td <BEF6> Tj ET".into()];
    let font =
        "<</Type/Font/Subtype/TrueType/BaseFont/Arial/FirstChar 4000000000/LastChar 4000000001/Widths[500 500]>>";
    let simple = Pdf::new("BT /F2 10 Tf 50 100 Td (1) Tj ET")
        .fonts("/F2 5 0 R")
        .object(font);
    for pdf in [composite, simple] {
        let start = std::time::Instant::now();
        assert_eq!(pdf.read().report[0].code, "page-truncated");
        assert!(start.elapsed().as_secs_f64() < 1.0);
    }
}

#[test]
fn other_files_are_named() {
    let refusal = |bytes: &[u8]| read(bytes.to_vec(), &Limits::default()).unwrap_err();
    assert_eq!(refusal(b""), Error::Empty);
    for (bytes, word) in [
        (&b"PK\x03\x04\x14\0\x06\0\x08\0\0\0!\0nothing"[..], "ZIP"),
        (b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0", "Office"),
        (b"\x89PNG\r\n\x1A\n", "PNG"),
        (b"\xFF\xD8\xFF\xE0\0\x10JFIF", "JPEG"),
        (b"\0\0\0\0", "zero bytes"),
    ] {
        match refusal(bytes) {
            // A picture is a scan, where scans are read; these two are only heads of pictures.
            Error::Broken(why) if cfg!(feature = "ocr") && ["PNG", "JPEG"].contains(&word) => {
                assert!(why.contains("image"), "{why}");
            }
            Error::OtherKind(what) => assert!(what.contains(word), "{what} lacks {word}"),
            other => panic!("{other:?}"),
        }
    }
    assert!(matches!(refusal(b"%PDF-1.4\nnothing else"), Error::Broken(_)));
    let mut junk = b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n".to_vec();
    junk.extend(Pdf::new("BT /F1 10 Tf 50 100 Td (1) Tj ET").bytes());
    let page = read(junk, &Limits::default()).unwrap().value.pages.remove(0);
    assert_eq!(text(&page), "1");
}

/// A sum row begins at its middle column and is narrower than a label below it: the label, wrapped on its own line, does not
/// end a table without lines, and no line stands in two tables.
#[test]
fn a_wrapped_label_below_a_narrow_sum_does_not_part_a_table() {
    let mut content = String::new();
    let mut y = 250;
    let mut line = |pieces: &[(i32, &str)]| {
        for (x, text) in pieces {
            write!(content, "BT /F1 8 Tf 1 0 0 1 {x} {y} Tm ({text}) Tj ET ").unwrap();
        }
        y -= 14;
    };
    line(&[(20, "Code"), (100, "Name"), (230, "Total"), (265, "Own")]);
    line(&[(150, "Sum"), (230, "10.00"), (265, "10.00")]);
    line(&[(20, "208"), (100, "Security"), (230, "6.00"), (265, "6.00")]);
    line(&[(20, "20805"), (100, "Pensions"), (230, "6.00"), (265, "6.00")]);
    line(&[(100, "Contributions to the pensions")]);
    line(&[(20, "2080505"), (100, "of the staff"), (230, "6.00"), (265, "6.00")]);
    for code in ["210", "21011", "2101101"] {
        line(&[(20, code), (100, "Health"), (230, "4.00"), (265, "4.00")]);
    }
    let layout = juesuan::layout::blocks(&Pdf::new(&content).read().value).value;
    let tables: Vec<_> = layout
        .blocks
        .iter()
        .filter_map(|b| match b {
            juesuan::layout::Block::Table(g) => Some(g),
            juesuan::layout::Block::Line(_) => None,
        })
        .collect();
    let [table] = tables.as_slice() else {
        panic!("{} tables", tables.len())
    };
    let shown: Vec<String> = table.cells.iter().map(|c| c.text().into_owned()).collect();
    assert_eq!(shown.iter().filter(|t| *t == "10.00").count(), 2, "{shown:?}");
    assert_eq!(shown.iter().filter(|t| *t == "4.00").count(), 6, "{shown:?}");
}

/// A page whose size or direction is damaged is read as upright A4, a page that became smaller loses what stands beyond its edge:
/// both are said.
#[test]
fn a_page_that_lost_its_size_or_part_of_it_says_so() {
    let content = "BT /F1 10 Tf 100 200 Td (1.00) Tj ET BT /F1 10 Tf 350 200 Td (2.00 x) Tj ET";
    let said = |page: &str| {
        let outcome = Pdf::new(content).page(page).read();
        let codes: Vec<&str> = outcome.report.iter().map(|d| d.code.as_str()).collect();
        (text(&outcome.value.pages[0]), codes.join(" "), outcome.report)
    };
    let whole = said("");
    assert_eq!((whole.0.as_str(), whole.1.as_str()), ("1.002.00x", ""));
    for page in [
        "/MediaBox[0 0 x00 300]",
        "/MediaBox[0 0 0 300]",
        "/XMediaBox[0 0 400 300]",
        "/Rotate x",
        "/CropBox 5",
    ] {
        let (_, codes, report) = said(page);
        assert_eq!(codes, "file-damaged", "{page}");
        assert_eq!(report[0].place.page, 1);
    }
    let (rest, codes, report) = said("/MediaBox[0 0 340 300]");
    assert_eq!((rest.as_str(), codes.as_str()), ("1.00", "text-beyond-page"));
    assert!(
        report[0].message.starts_with("5 characters of page 1 "),
        "{}",
        report[0].message
    );
    // What a producer itself cuts off inside the page is not beyond it.
    let cut = Pdf::new("q 50 150 100 100 re W n BT /F1 10 Tf 100 200 Td (1.00) Tj 100 0 Td (3.00) Tj ET Q").read();
    assert_eq!((text(&cut.value.pages[0]), cut.report.len()), ("1.00".to_string(), 0));
}
