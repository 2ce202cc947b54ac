//! What a reader sees of a file that knows its tables: formats, hidden and struck-out text, tracked changes, symbols, pictures.
//! Each case changes one cell of a sample; the fact must be what is seen, or its doubt must be said.

use crate::bad_input::{changed, container};
use crate::support::{extract_bytes, extract_result};
use juesuan::record::{CellState, Extract};

const DOCX: &str = "s03-fy2022-national.docx";
const HTML: &str = "s03-fy2022-national.html";
const XLSX: &str = "s03-fy2022-national.xlsx";
/// The sheet with 收入决算表.
const SHEET: &str = "xl/worksheets/sheet4.xml";

/// The amount of 201 × total of 收入决算表, or what stands there instead.
fn cell(e: &Extract) -> String {
    let f = e
        .facts
        .iter()
        .find(|f| f.form == "revenue" && f.item == "201" && f.measure == "total");
    match f {
        None => "missing".into(),
        Some(f) if f.cell_state == CellState::Number => f.amount.unwrap().to_string(),
        Some(f) => f.cell_state.to_string(),
    }
}

fn codes(e: &Extract) -> Vec<&str> {
    e.diagnostics.iter().map(|d| d.code.as_str()).collect()
}

/// The run of 667.48 in the row of 201, replaced.
fn word(runs: &str) -> Extract {
    let bytes = changed(DOCX, "word/document.xml", |xml| {
        let at = xml.find("一般公共服务支出</w:t></w:r></w:p></w:tc><w:tc><w:tcPr><w:tcW w:type=\"dxa\" w:w=\"960\"/></w:tcPr><w:p><w:r><w:t>667.48").unwrap();
        format!(
            "{}{}",
            &xml[..at],
            xml[at..].replacen("<w:r><w:t>667.48</w:t></w:r>", runs, 1)
        )
    });
    extract_bytes("a.docx", &bytes)
}

fn run(property: &str, text: &str) -> String {
    format!("<w:r><w:rPr>{property}</w:rPr><w:t>{text}</w:t></w:r>")
}

#[test]
fn word_text_is_read_as_it_is_seen() {
    let plain = run("", "667.48");
    for (runs, want) in [
        (run("<w:vanish/>", "9") + &plain, "6674800.00"),
        (run("<w:vanish w:val=\"0\"/>", "9") + &plain, "96674800.00"),
        (run("<w:strike/>", "669") + &run("", "667"), "6670000.00"),
        (run("<w:dstrike/>", "669") + &run("", "667"), "6670000.00"),
        (plain.clone() + &run("<w:vertAlign w:val=\"superscript\"/>", "1"), "6674800.00"),
        (run("<w:vertAlign w:val=\"superscript\"/>", "667.48"), "6674800.00"),
        ("<w:r><w:sym w:font=\"Symbol\" w:char=\"F02D\"/><w:t>667.48</w:t></w:r>".into(), "-6674800.00"),
        ("<w:r><w:sym w:font=\"Wingdings\" w:char=\"F0FE\"/><w:t>667.48</w:t></w:r>".into(), "text"),
        (
            format!("<w:r><w:ruby><w:rubyPr/><w:rt>{}</w:rt><w:rubyBase>{plain}</w:rubyBase></w:ruby></w:r>", run("", "9")),
            "6674800.00",
        ),
        (format!("<w:moveFrom>{}</w:moveFrom><w:moveTo>{plain}</w:moveTo>", run("", "9")), "6674800.00"),
        (
            "<w:r><w:rPr><w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange></w:rPr><w:t>667.48</w:t></w:r>".into(),
            "6674800.00",
        ),
        ("<w:r><w:drawing><pic:pic/></w:drawing></w:r>".into(), "text"),
        // A shape or a chart is no blank either.
        ("<w:r><w:drawing><wp:inline><wp:extent cx=\"9\" cy=\"9\"/></wp:inline></w:drawing></w:r>".into(), "text"),
        // Lifted out of its line it is a mark; a little, it is not.
        (plain.clone() + &run("<w:position w:val=\"10\"/>", "1"), "6674800.00"),
        (run("", "667.4") + &run("<w:position w:val=\"2\"/>", "8"), "6674800.00"),
        (
            "<w:r><w:fldChar w:fldCharType=\"begin\"/></w:r><w:r><w:instrText>=SUM(ABOVE)</w:instrText></w:r><w:r><w:fldChar w:fldCharType=\"end\"/></w:r>".into(),
            "text",
        ),
        (
            "<w:r><w:fldChar w:fldCharType=\"begin\"><w:ffData><w:textInput><w:default w:val=\"667.48\"/></w:textInput></w:ffData></w:fldChar></w:r>\
             <w:r><w:instrText>FORMTEXT</w:instrText></w:r><w:r><w:fldChar w:fldCharType=\"end\"/></w:r>".into(),
            "6674800.00",
        ),
        (format!("<w:r><w:br/></w:r>{plain}"), "6674800.00"),
    ] {
        let e = word(&runs);
        assert_eq!(cell(&e), want, "{runs}");
        assert_eq!(e.facts.len(), word(&plain).facts.len(), "{runs}");
    }
}

#[test]
fn what_word_takes_from_a_whole_cell_is_said() {
    let white = "<w:color w:val=\"FFFFFF\"/>";
    for (runs, code) in [
        (run("<w:strike/>", "667.48"), "struck-out"),
        (run(white, "667.48"), "hidden-text"),
        (run("<w:sz w:val=\"2\"/>", "667.48"), "hidden-text"),
    ] {
        let e = word(&runs);
        assert_eq!(cell(&e), "blank", "{runs}");
        assert!(codes(&e).contains(&code), "{:?}", codes(&e));
    }
    // White letters on a dark ground are seen.
    assert_eq!(
        cell(&word(&run(
            &format!("{white}<w:shd w:val=\"clear\" w:fill=\"1F3864\"/>"),
            "667.48"
        ))),
        "6674800.00"
    );
}

#[test]
fn deleted_and_hidden_rows_and_cells_of_word_are_gone() {
    const ROW: &str = "<w:tr><w:tc><w:tcPr><w:tcW w:type=\"dxa\" w:w=\"960\"/></w:tcPr><w:p><w:r><w:t>201</w:t>";
    let cell_of = |text: &str, property: &str| {
        format!("<w:tc><w:tcPr>{property}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>")
    };
    let row = |property: &str| {
        format!(
            "<w:tr><w:trPr>{property}</w:trPr>{}{}{}</w:tr>",
            cell_of("201", ""),
            cell_of("旧", ""),
            cell_of("1.00", "")
        )
    };
    let plain = word(&run("", "667.48"));
    for (before, inside, code) in [
        (row("<w:del w:id=\"1\"/>"), String::new(), None),
        (row("<w:hidden/>"), String::new(), Some("hidden-rows")),
        (String::new(), cell_of("9.99", "<w:cellDel w:id=\"2\"/>"), None),
    ] {
        let bytes = changed(DOCX, "word/document.xml", |xml| {
            let at = xml.find("本年收入合计").unwrap();
            let row = at + xml[at..].find(ROW).unwrap();
            let figure = row + xml[row..].find("</w:tc><w:tc>").unwrap() + 7;
            format!("{}{before}{}{inside}{}", &xml[..row], &xml[row..figure], &xml[figure..])
        });
        let e = extract_bytes("a.docx", &bytes);
        assert_eq!(cell(&e), "6674800.00");
        assert_eq!(e.facts.len(), plain.facts.len());
        if let Some(code) = code {
            assert!(codes(&e).contains(&code));
        }
    }
    // The properties before a change do not count.
    let e = extract_bytes(
        "a.docx",
        &changed(DOCX, "word/document.xml", |xml| {
            xml.replace("</w:tcPr>", "<w:tcPrChange w:id=\"1\"><w:tcPr><w:gridSpan w:val=\"3\"/><w:vMerge/></w:tcPr></w:tcPrChange></w:tcPr>")
        }),
    );
    assert_eq!((cell(&e), e.facts.len()), (cell(&plain), plain.facts.len()));
}

#[test]
fn a_workbook_in_word_is_said_and_a_chunk_is_read() {
    let ole = extract_bytes(
        "a.docx",
        &changed(DOCX, "word/document.xml", |xml| {
            let at = xml.find("<w:tbl>").unwrap();
            let end = xml.find("</w:tbl>").unwrap() + 8;
            format!(
                "{}<w:p><w:r><w:object><o:OLEObject ProgID=\"Excel.Sheet.12\"/></w:object></w:r></w:p>{}",
                &xml[..at],
                &xml[end..]
            )
        }),
    );
    assert!(codes(&ole).contains(&"picture-of-a-table"));
    let page = html();
    let bytes = container(&[
        ("[Content_Types].xml", b"<Types><Override PartName=\"/word/d.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/></Types>".to_vec()),
        ("_rels/.rels", b"<Relationships><Relationship Id=\"a\" Type=\"http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument\" Target=\"word/d.xml\"/></Relationships>".to_vec()),
        ("word/_rels/d.xml.rels", b"<Relationships><Relationship Id=\"c\" Type=\"x/aFChunk\" Target=\"/word/part.htm\"/></Relationships>".to_vec()),
        ("word/d.xml", b"<w:document><w:body><w:altChunk r:id=\"c\"/></w:body></w:document>".to_vec()),
        ("word/part.htm", page.into_bytes()),
    ]);
    let e = extract_bytes("a.docx", &bytes);
    assert_eq!(cell(&e), "6674800.00");
    let at = e.facts[0].place.at.unwrap().text(&e.document.parts);
    assert!(at.contains("part.htm"), "{at}");
}

/// C10 of 收入决算表 with another style and content.
fn book(format: &str, content: &str) -> Extract {
    let styled = changed(XLSX, "xl/styles.xml", |xml| {
        xml.replace(
            "<numFmts count=\"0\"/>",
            &format!("<numFmts><numFmt numFmtId=\"170\" formatCode=\"{format}\"/></numFmts>"),
        )
        .replace(
            "</cellXfs>",
            "<xf numFmtId=\"170\" fontId=\"0\" fillId=\"0\" borderId=\"1\"/></cellXfs>",
        )
    });
    let bytes = crate::bad_input::replaced(&styled, SHEET, |xml| {
        xml.replace(
            "<c r=\"C10\" s=\"2\" t=\"n\"><v>667.48</v></c>",
            &format!("<c r=\"C10\" s=\"4\"{content}</c>"),
        )
    });
    extract_bytes("a.xlsx", &bytes)
}

#[test]
fn workbook_cells_are_read_as_their_format_shows_them() {
    for (format, content, want) in [
        ("0.00", "><v>667.48</v>", "6674800.00"),
        ("#,##0.00,", "><v>667480</v>", "6674800.00"),
        ("0!.0,", "><v>6674800</v>", "6674800.00"),
        ("0\\.0000", "><v>6674800</v>", "6674800.00"),
        ("0.00&quot;万元&quot;", "><v>667.48</v>", "6674800.00"),
        ("0.00元", "><v>667.48</v>", "667.48"),
        ("0.00%", "><v>667.48</v>", "text"),
        ("yyyy&quot;年&quot;m&quot;月&quot;", "><v>667.48</v>", "text"),
        ("0.00;[Red]0.00", "><v>-667.48</v>", "-6674800.00"),
        (";;;", "><v>667.48</v>", "blank"),
        ("0.00", "><f>SUM(D10:I10)</f>", "text"),
        ("0.00", "><f>SUM(D10:I10)</f><v>667.48</v>", "6674800.00"),
        (
            "0.00",
            " t=\"inlineStr\"><is><r><rPr><strike/></rPr><t>669</t></r><r><t>667</t></r></is>",
            "6670000.00",
        ),
        (
            "0.00",
            " t=\"inlineStr\"><is><t>667.48</t><rPh><t>9</t></rPh></is>",
            "6674800.00",
        ),
        (
            "0.00",
            " t=\"inlineStr\"><is><r><t>667.48</t></r><r><rPr><vertAlign val=\"superscript\"/></rPr><t>1</t></r></is>",
            "6674800.00",
        ),
    ] {
        let e = book(format, content);
        assert_eq!(cell(&e), want, "{format} {content}");
        let doubt = match (format, want) {
            (";;;", _) => Some("hidden-text"),
            (f, _) if f.contains("Red") => Some("sign-not-shown"),
            (_, "text") if content.starts_with("><f>") => Some("formula-without-value"),
            _ => None,
        };
        if let Some(code) = doubt {
            assert!(codes(&e).contains(&code), "{format}: {:?}", codes(&e));
        }
    }
}

#[test]
fn hidden_rows_columns_and_covered_cells_of_a_workbook_are_left_out_and_said() {
    let with = |change: &dyn Fn(String) -> String| extract_bytes("a.xlsx", &changed(XLSX, SHEET, change));
    let plain = with(&|x| x);
    let row = with(&|x| x.replace("<row r=\"10\">", "<row r=\"10\" hidden=\"1\">"));
    assert_eq!(cell(&row), "missing");
    assert!(codes(&row).contains(&"hidden-rows"));
    let column = with(&|x| {
        x.replace(
            "<sheetData>",
            "<cols><col min=\"3\" max=\"3\" width=\"0\" hidden=\"1\"/></cols><sheetData>",
        )
    });
    assert_eq!(cell(&column), "missing");
    assert!(codes(&column).contains(&"hidden-rows"));
    // Rows that a filter hides are rows of the table.
    let filter = with(&|x| {
        x.replace("<row r=\"10\">", "<row r=\"10\" hidden=\"1\">")
            .replace("</sheetData>", "</sheetData><autoFilter ref=\"A8:I31\"/>")
    });
    assert_eq!((cell(&filter), filter.facts.len()), (cell(&plain), plain.facts.len()));
    let covered = with(&|x| x.replace("<mergeCells", "<mergeCells><mergeCell ref=\"B10:C10\"/></mergeCells><x"));
    assert_ne!(cell(&covered), "6674800.00");
    assert!(codes(&covered).contains(&"covered-cell"), "{:?}", codes(&covered));
}

fn html() -> String {
    let bytes = std::fs::read(crate::support::root().join("samples").join(HTML)).unwrap();
    encoding_rs::GB18030.decode(&bytes).0.into_owned()
}

/// The cell of 667.48 in the row of 201 of 收入决算表, replaced.
fn page(change: &dyn Fn(&str) -> String) -> Extract {
    let page = html()
        .replace("<td><p><span>", "<td>")
        .replace("</span></p></td>", "</td>")
        .replace("</td>\n<td>", "</td><td>");
    let at = page.find("一般公共服务支出</td><td>667.48</td>").unwrap();
    let (before, rest) = page.split_at(at);
    extract_bytes("a.html", format!("{before}{}", change(rest)).as_bytes())
}

#[test]
fn web_pages_are_read_as_they_are_seen() {
    let plain = page(&str::to_string);
    for (inside, want) in [
        ("<td><span hidden>9</span>667.48</td>", "6674800.00"),
        ("<td><i style='font-size:0'>9</i>667.48</td>", "6674800.00"),
        (
            "<td><style>.h{display:none}</style><b class=h>9</b>667.48</td>",
            "6674800.00",
        ),
        ("<td><s>669</s>667</td>", "6670000.00"),
        ("<td><del>669</del><ins>667</ins></td>", "6670000.00"),
        (
            "<td><span style='text-decoration:line-through'>669</span>667</td>",
            "6670000.00",
        ),
        ("<td>667.48<sup><a href='#f'>[1]</a></sup></td>", "6674800.00"),
        ("<td><ruby>667.48<rt>9</rt></ruby></td>", "6674800.00"),
        ("<td><table><tr><td>667.48</td></tr></table></td>", "6674800.00"),
        ("<td><input value='667.48'></td>", "6674800.00"),
        ("<td><input type=hidden value='9'>667.48</td>", "6674800.00"),
        (
            "<td><select><option>1.00<option selected>667.48</select></td>",
            "6674800.00",
        ),
        ("<td><img src=a.png></td>", "text"),
        ("<td hidden>9</td><td>667.48</td>", "6674800.00"),
        ("<td style='display:none'>9<td>667.48</td>", "6674800.00"),
        ("<td style='visibility:hidden'>667.48</td>", "blank"),
        ("<td>667.48<span style='vertical-align:4px'>1</span></td>", "6674800.00"),
        ("<td><span style='vertical-align:-1px'>667.48</span></td>", "6674800.00"),
        ("<td><i style='clip-path:inset(50%)'>9</i>667.48</td>", "6674800.00"),
        (
            "<td><i style='position:absolute;clip:rect(0 0 0 0)'>9</i>667.48</td>",
            "6674800.00",
        ),
        ("<td><i style='transform: scale( 0 )'>9</i>667.48</td>", "6674800.00"),
        ("<td><i style='color:#fefefe'>9</i>667.48</td>", "6674800.00"),
        ("<td><i style='color:rgba(0, 0, 0, 0)'>9</i>667.48</td>", "6674800.00"),
        ("<td><i style='color:#c00'>6</i>67.48</td>", "6674800.00"),
        // Written against its direction: nobody can tell what is seen.
        ("<td><bdo dir=rtl>84.766</bdo></td>", "text"),
        (
            "<td><span style='unicode-bidi:bidi-override;direction:rtl'>84.766</span></td>",
            "text",
        ),
    ] {
        let e = page(&|rest| rest.replacen("<td>667.48</td>", inside, 1));
        assert_eq!(cell(&e), want, "{inside}");
        assert_eq!(e.facts.len(), plain.facts.len(), "{inside}");
    }
    let gone = page(&|rest| rest.replacen("<td>667.48</td>", "<td><s>667.48</s></td>", 1));
    assert_eq!(cell(&gone), "blank");
    assert!(codes(&gone).contains(&"struck-out"));
    // A small digit behind the decimals: read as printed, and said.
    let small = page(&|rest| rest.replacen("<td>667.48</td>", "<td>667.48<small>2</small></td>", 1));
    assert_eq!(cell(&small), "6674820.00");
    assert!(codes(&small).contains(&"odd-decimals"));
    assert!(!codes(&plain).contains(&"odd-decimals"));
    let row = page(&|rest| rest.replacen("<tr>", "<tr style='display:none'><td>201<td>旧<td>1.00</tr><tr>", 1));
    assert_eq!(row.facts.len(), plain.facts.len());
}

#[test]
fn archives_and_foreign_files_are_read_or_refused_by_name() {
    let html = html().into_bytes();
    let mht = [
        b"From: <x>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/html\r\nContent-Location: a/sheet001.htm\r\n\r\n".as_slice(),
        &html,
        b"\r\n--b--\r\n",
    ]
    .concat();
    let e = extract_bytes("a.doc", &mht);
    assert_eq!(cell(&e), "6674800.00");
    assert!(
        e.facts[0]
            .place
            .at
            .unwrap()
            .text(&e.document.parts)
            .contains("sheet001.htm")
    );
    let binary = container(&[
        ("_rels/.rels", b"<Relationships><Relationship Id=\"a\" Type=\"x/officeDocument\" Target=\"xl/workbook.bin\"/></Relationships>".to_vec()),
        ("xl/workbook.bin", b"x".to_vec()),
    ]);
    let utf7 = b"+ZTZRZZH7bz-\n+UzpXKlM6-1.00\n+V2cFgA-\n+ZTZRZXC5-\n".as_slice();
    for (bytes, word) in [
        (
            b"<html><frameset><frame src='a.htm'></frameset></html>".as_slice(),
            "frame",
        ),
        (&binary, "xlsb"),
        (
            b"<?xml version=\"1.0\"?><?mso-application progid=\"Word.Document\"?><w:wordDocument/>",
            "Word 2003",
        ),
        (utf7, "UTF-7"),
        (b"\x1F\x8B\x08\0\0", "gzip"),
    ] {
        let why = extract_result("a", bytes).unwrap_err().to_string();
        assert!(why.contains(word), "{why}");
    }
}

#[test]
fn texts_of_any_line_end_and_encoding_give_the_same_facts() {
    let text = std::fs::read_to_string(crate::support::root().join("samples/s03-fy2022-national.txt")).unwrap();
    let plain = extract_bytes("a.txt", text.as_bytes());
    assert_eq!(cell(&plain), "6674800.00");
    let radicals: String = text
        .chars()
        .map(|c| match c {
            '支' => '⽀',
            '行' => '⾏',
            '年' => '\u{f98e}',
            c => c,
        })
        .collect();
    for other in [
        text.replace('\n', "\r"),
        radicals,
        text.replace("收入", "收\u{202a}入\u{202c}"),
    ] {
        let e = extract_bytes("a.txt", other.as_bytes());
        assert_eq!((cell(&e), e.facts.len()), (cell(&plain), plain.facts.len()));
        assert_eq!(e.document.unit_name, plain.document.unit_name);
    }
}

/// The pages of a sample as an OFD document: every character and every line at its place.
fn ofd(sample: &str) -> Vec<u8> {
    use juesuan::geom::Axis;
    use std::fmt::Write;
    let bytes = std::fs::read(crate::support::root().join("samples").join(sample)).unwrap();
    let pages = juesuan::read::read(bytes, &Default::default()).unwrap().value.pages;
    let mm = |points: f32| points * 25.4 / 72.0;
    let mut members: Vec<(String, String)> = Vec::new();
    let mut list = String::new();
    for (n, page) in pages.iter().enumerate() {
        let mut body = String::new();
        for g in &page.glyphs {
            let mut text = String::new();
            g.text.push_to(&mut text);
            let text = text.replace('&', "&amp;").replace('<', "&lt;");
            let (x, y, w) = (mm(g.rect.x0), mm(g.baseline - g.size), mm(g.rect.x1 - g.rect.x0));
            let size = mm(g.size);
            let _ = write!(
                body,
                "<ofd:TextObject ID=\"1\" Boundary=\"{x} {y} {w} {size}\" Size=\"{size}\"><ofd:TextCode X=\"0\" Y=\"{size}\" DeltaX=\"{w}\">{text}</ofd:TextCode></ofd:TextObject>"
            );
        }
        for r in &page.rulings {
            let (a, b, at) = (mm(r.start), mm(r.end), mm(r.at));
            let (x, y, dx, dy) = match r.axis {
                Axis::Horizontal => (a, at, b - a, 0.0),
                Axis::Vertical => (at, a, 0.0, b - a),
            };
            let _ = write!(
                body,
                "<ofd:PathObject Boundary=\"{x} {y} {dx} {dy}\"><ofd:AbbreviatedData>M 0 0 L {dx} {dy}</ofd:AbbreviatedData></ofd:PathObject>"
            );
        }
        let (w, h) = (mm(page.width), mm(page.height));
        members.push((
            format!("Doc_0/Pages/Page_{n}/Content.xml"),
            format!("<ofd:Page><ofd:Area><ofd:PhysicalBox>0 0 {w} {h}</ofd:PhysicalBox></ofd:Area><ofd:Content><ofd:Layer>{body}</ofd:Layer></ofd:Content></ofd:Page>"),
        ));
        let _ = write!(list, "<ofd:Page ID=\"{n}\" BaseLoc=\"Pages/Page_{n}/Content.xml\"/>");
    }
    members.push((
        "OFD.xml".into(),
        "<ofd:OFD><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>".into(),
    ));
    members.push((
        "Doc_0/Document.xml".into(),
        format!("<ofd:Document><ofd:Pages>{list}</ofd:Pages></ofd:Document>"),
    ));
    let members: Vec<(&str, Vec<u8>)> = members
        .iter()
        .map(|(n, b)| (n.as_str(), b.clone().into_bytes()))
        .collect();
    container(&members)
}

#[test]
fn an_ofd_document_says_what_the_pdf_says() {
    for sample in ["s03-fy2022-national.pdf", "s04-fy2024-shanghai.pdf"] {
        let path = crate::support::root().join("samples").join(sample);
        let want = crate::five_types::all(&crate::support::extract(&path));
        let e = extract_bytes("a.ofd", &ofd(sample));
        assert_eq!(e.document.media_type, "application/ofd");
        let have = crate::five_types::all(&e);
        let missing: Vec<_> = want.iter().filter(|w| !have.contains(w)).take(5).collect();
        assert!(missing.is_empty() && have.len() == want.len(), "{sample}: {missing:#?}");
        assert!(want.len() > 600);
    }
}

#[test]
fn an_ofd_document_without_places_is_refused() {
    let bytes = container(&[
        ("OFD.xml", b"<O><DocRoot>d/D.xml</DocRoot></O>".to_vec()),
        ("d/D.xml", b"<D><Pages><Page BaseLoc=\"p.xml\"/></Pages></D>".to_vec()),
        (
            "d/p.xml",
            b"<Page><Content><TextObject><TextCode X=\"0\" Y=\"1\">1</TextCode></TextObject></Content></Page>".to_vec(),
        ),
    ]);
    let why = extract_result("a.ofd", &bytes).unwrap_err().to_string();
    assert!(why.contains("OFD"), "{why}");
}

#[test]
fn commas_and_boxes_give_the_facts_of_tabs() {
    let text = std::fs::read_to_string(crate::support::root().join("samples/s03-fy2022-national.txt")).unwrap();
    let plain = extract_bytes("a.txt", text.as_bytes());
    // A table as a spreadsheet saves it, and one that is drawn.
    let line = |l: &str, cell: &dyn Fn(&str) -> String| l.split('\t').map(cell).collect::<Vec<_>>();
    let commas: String = text
        .lines()
        .map(|l| match l.contains('\t') {
            true => {
                line(l, &|c| {
                    if c.contains(',') {
                        format!("\"{c}\"")
                    } else {
                        c.to_string()
                    }
                })
                .join(",")
                    + "\n"
            }
            false => format!("{l}\n"),
        })
        .collect();
    let mut boxes = String::new();
    let mut open = 0;
    for l in text.lines() {
        let wide = |c: &str| c.chars().map(|c| 2 - usize::from(c.is_ascii())).sum::<usize>();
        let cells = line(l, &|c| format!("{c}{}", " ".repeat(200usize.saturating_sub(wide(c)))));
        let rule = |n: usize| format!("├{}┤\n", vec!["─".repeat(200); n].join("┼"));
        if cells.len() > 1 {
            boxes += &format!("{}│{}│\n", rule(cells.len()), cells.join("│"));
            open = cells.len();
        } else {
            if open > 0 {
                boxes += &rule(open);
                open = 0;
            }
            boxes += &format!("{l}\n");
        }
    }
    for (name, other) in [("commas", commas), ("boxes", boxes)] {
        let e = extract_bytes("a.txt", other.as_bytes());
        assert_eq!(cell(&e), "6674800.00", "{name}");
        assert_eq!(e.facts.len(), plain.facts.len(), "{name}");
    }
}
