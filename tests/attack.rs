//! One file never harms the run, one bit never changes a figure in silence: bombs, damage, what changes under a run, outside programs.

use crate::bad_input::container;
use crate::support::{builtin, extract_bytes, root};
use flate2::Compression;
use flate2::write::ZlibEncoder;
use juesuan::acquire;
use juesuan::diag::Severity;
use juesuan::pipeline::{self, Context, Filter};
use juesuan::place::DocumentId;
use juesuan::read::{Error, Limits};
use juesuan::record::{DocumentRow, Extract, Status};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;
use std::process::Command;

fn read(name: &str, bytes: &[u8]) -> Result<Extract, Error> {
    let cx = Context {
        grammar: builtin(),
        limits: Limits::default(),
        filter: Filter::default(),
        scans: juesuan::pipeline::Scans::default(),
    };
    let row = DocumentRow::new(DocumentId("0".repeat(64)), name);
    pipeline::stages(bytes.to_vec(), row, &cx).map(|s| s.extract)
}

fn sample(name: &str) -> Vec<u8> {
    std::fs::read(root().join("samples").join(name)).unwrap()
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut out = ZlibEncoder::new(Vec::new(), Compression::best());
    out.write_all(bytes).unwrap();
    out.finish().unwrap()
}

/// A PDF of one page whose content is object 4, with the objects given after it.
fn pdf(dictionary: &str, content: &[u8], more: &[&str]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut at = Vec::new();
    let mut object = |out: &mut Vec<u8>, body: &[u8]| {
        at.push(out.len());
        out.extend(format!("{} 0 obj\n", at.len()).bytes());
        out.extend(body);
        out.extend(b"\nendobj\n");
    };
    object(&mut out, b"<</Type/Catalog/Pages 2 0 R>>");
    object(&mut out, b"<</Type/Pages/Kids[3 0 R]/Count 1>>");
    object(
        &mut out,
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
    );
    let head = format!("<<{dictionary}/Length {}>>\nstream\n", content.len());
    object(&mut out, &[head.as_bytes(), content, b"\nendstream"].concat());
    for body in more {
        object(&mut out, body.as_bytes());
    }
    let table = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", at.len() + 1).bytes());
    for a in &at {
        out.extend(format!("{a:010} 00000 n \n").bytes());
    }
    out.extend(
        format!(
            "trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n",
            at.len() + 1
        )
        .bytes(),
    );
    out
}

#[test]
fn a_stream_unpacks_within_its_budget_however_its_filter_is_written() {
    let blanks = vec![b' '; 80 << 20];
    let flate = packed(&blanks);
    // A run of 128 blanks in two bytes.
    let runs = packed(&[129_u8, b' '].repeat(640 << 10));
    let twice = packed(&flate);
    let cases: [(&str, &[u8], &[&str]); 7] = [
        ("/Filter/FlateDecode", &flate, &[]),
        ("/Filter/Fl#61teDecode", &flate, &[]),
        ("/Filter 5 0 R", &flate, &["/FlateDecode"]),
        ("/Filter[/Fl]", &flate, &[]),
        ("/X( obj)/Filter/FlateDecode % >>", &flate, &[]),
        ("/Filter[/FlateDecode/RunLengthDecode]", &runs, &[]),
        ("/Filter[/FlateDecode/FlateDecode]", &twice, &[]),
    ];
    for (dictionary, content, more) in cases {
        let dictionary = dictionary.replace("% >>", "% >>\n");
        match read("a.pdf", &pdf(&dictionary, content, more)) {
            Err(Error::TooLarge(why)) => assert!(why.contains("unpacks to more than"), "{dictionary}: {why}"),
            other => panic!("{dictionary}: {:?}", other.map(|e| e.diagnostics)),
        }
    }
    // A predictor whose row is longer than any memory.
    let odd = "/Filter/FlateDecode/DecodeParms<</Predictor 12/Columns 9000000000000000>>";
    let e = read("a.pdf", &pdf(odd, &packed(b"0 0 m"), &[])).unwrap();
    assert!(e.diagnostics.iter().any(|d| d.code == "file-damaged"));
    // What is small stays what it was.
    let e = read("a.pdf", &pdf("/Filter/FlateDecode", &packed(b"0 0 m"), &[])).unwrap();
    assert!(
        e.diagnostics.iter().all(|d| d.code != "file-damaged"),
        "{:?}",
        e.diagnostics
    );
}

type Figures = BTreeMap<String, u32>;

fn figures(e: &Extract) -> Figures {
    let mut out = Figures::new();
    for f in &e.facts {
        let key = format!(
            "{} {:?} {} {} {:?} {}",
            f.form, f.side, f.item, f.measure, f.amount, f.cell_state
        );
        *out.entry(key).or_default() += 1;
    }
    out
}

fn warnings(e: &Extract) -> BTreeMap<&str, u32> {
    let mut out = BTreeMap::new();
    for d in e.diagnostics.iter().filter(|d| d.severity != Severity::Note) {
        *out.entry(d.code.as_str()).or_default() += 1;
    }
    out
}

#[test]
fn one_damage_never_changes_a_figure_in_silence() {
    let mut seed = 0x2545_F491_4F6C_DD1D_u64;
    let mut random = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % below as u64) as usize
    };
    let mut changed = 0;
    for name in [
        "s03-fy2022-national.pdf",
        "s06-fy2021-yunnan-yuan.pdf",
        "s03-fy2022-national.xlsx",
        "s03-fy2022-national.docx",
    ] {
        let whole = sample(name);
        let before = read(name, &whole).unwrap();
        assert!(before.diagnostics.iter().all(|d| d.code != "file-damaged"), "{name}");
        for _ in 0..40 {
            let mut hurt = whole.clone();
            let at = 64 + random(hurt.len() - 128);
            match random(3) {
                0 => hurt[at] ^= 1 << random(8),
                1 => hurt[at] ^= 255,
                _ => hurt[at..(at + 512).min(whole.len())].fill(0),
            }
            let Ok(after) = read(name, &hurt) else { continue };
            if figures(&after) == figures(&before) {
                continue;
            }
            changed += 1;
            let (was, now) = (warnings(&before), warnings(&after));
            let said = now.iter().any(|(code, n)| n > was.get(code).unwrap_or(&0));
            let status = after.document.status;
            let refused = matches!(status, Status::Failed | Status::NotReadable);
            let partial = status == Status::Partial && before.document.status != Status::Partial;
            assert!(said || refused || partial, "{name} at {at}: {status}");
        }
    }
    assert!(changed > 10, "the damage hit nothing: {changed}");
}

#[test]
fn tags_that_are_torn_are_said() {
    let whole = String::from_utf8(sample("s03-fy2022-national.html")).ok();
    let row = "<tr><td><p><span>1</span></p></td><td><p><span>2</span></p></td></tr>";
    let page = |row: &str| format!("<html><body><table>{row}</table></body></html>");
    let said = |page: &str| {
        let e = read("page.html", page.as_bytes());
        e.is_ok_and(|e| e.diagnostics.iter().any(|d| d.code == "markup-damaged"))
    };
    // What pages have that nobody damaged: ends left out, tags of office programs, blanks between cells, signs of comparison.
    for good in [
        row,
        "<tr><td>1<td>2<tr><td>3<td>4",
        "<tbody>\n<tr>&nbsp;<td>1<o:p></o:p></td>\n<td>a > b, 3 < 4, 5>4</td></tr></tbody>",
        "<caption>\u{8868}</caption><tr><td title='a<1'>1</td><th>2</th></tr>",
        "<tr><td><table><tr><td>1</td></tr></table></td><td>2</td></tr>",
    ] {
        assert!(!said(&page(good)), "{good}");
    }
    if let Some(whole) = whole {
        assert!(!said(&whole));
    }
    for (from, to) in [
        ("<td><p><span>2", "<td6<p><span>2"),
        ("<td><p><span>2", "<tt><p><span>2"),
        ("<td><p><span>2", "4td><p><span>2"),
        ("<td><p><span>2", "<td>|p><span>2"),
        ("<td><p><span>2", "<tdi<p><span>2"),
        ("<span>2", "<span\u{7e}2"),
        ("</td><td>", "</td<<td>"),
        ("</td><td>", "</td><pd>"),
        ("<tr><td>", "<tq><td>"),
        ("<p><span>2", ">p><span>2"),
        ("2</span>", "2<\u{885f}>"),
        ("2</span>", "2>/span>"),
    ] {
        let torn = row.replacen(from, to, 1);
        assert_ne!(torn, row);
        assert!(said(&page(&torn)), "{torn}");
    }
}

#[test]
fn a_page_whose_content_has_another_name_is_said() {
    let mut bytes = sample("s12-fy2022-messy.pdf");
    let word = b"/Contents";
    let at = bytes.windows(word.len()).position(|w| w == word).unwrap();
    assert!(
        read("whole.pdf", &bytes)
            .unwrap()
            .diagnostics
            .iter()
            .all(|d| d.code != "file-damaged")
    );
    bytes[at + 2] ^= 0x20;
    let e = read("hurt.pdf", &bytes).unwrap();
    assert!(
        e.diagnostics
            .iter()
            .any(|d| d.code == "file-damaged" && d.message.contains("a page without its content"))
    );
}

#[test]
fn a_head_before_the_file_is_no_damage() {
    let bytes = [
        b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\n\r\n",
        &sample("s03-fy2022-national.pdf")[..],
    ]
    .concat();
    let e = extract_bytes("a.pdf", &bytes);
    assert_eq!(e.document.status, Status::Extracted, "{:?}", e.diagnostics);
    assert_eq!(
        figures(&e),
        figures(&extract_bytes("a.pdf", &sample("s03-fy2022-national.pdf")))
    );
}

const SHEET: &str = r#"<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>ROWS</sheetData></worksheet>"#;

/// A workbook of one sheet.
fn workbook(strings: &str, rows: &str) -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let links = "http://schemas.openxmlformats.org/package/2006/relationships";
    let text = |t: String| t.into_bytes();
    container(&[
        ("[Content_Types].xml", text("<Types/>".into())),
        (
            "_rels/.rels",
            text(format!(
                r#"<Relationships xmlns="{links}"><Relationship Id="rId1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            )),
        ),
        (
            "xl/workbook.xml",
            text(format!(
                r#"<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>"#
            )),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            text(format!(
                r#"<Relationships xmlns="{links}"><Relationship Id="rId1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{office}/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#
            )),
        ),
        ("xl/sharedStrings.xml", text(strings.into())),
        ("xl/worksheets/sheet1.xml", text(SHEET.replace("ROWS", rows))),
    ])
}

#[test]
fn texts_of_a_workbook_cost_what_they_weigh() {
    let main = r#"xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main""#;
    let long = "x".repeat(1 << 20);
    let cells: String = (1..4000)
        .map(|n| format!(r#"<row r="{n}"><c t="s"><v>0</v></c><c><v>1</v></c></row>"#))
        .collect();
    let e = read(
        "a.xlsx",
        &workbook(&format!("<sst {main}><si><t>{long}</t></si></sst>"), &cells),
    )
    .unwrap();
    assert!(
        e.diagnostics.iter().any(|d| d.code == "sheet-truncated"),
        "{:?}",
        e.diagnostics
    );
    // Room for what is only promised would be all memory.
    let promise = format!(r#"<sst {main} uniqueCount="99999999999"><si><t>a</t></si></sst>"#);
    assert!(matches!(
        read("a.xlsx", &workbook(&promise, &cells)),
        Err(Error::Broken(_))
    ));
    // Filled along its diagonal.
    let diagonal: String = (1..3000)
        .map(|n: u32| {
            let (a, b, c) = (n / 676, n / 26 % 26, n % 26);
            let col: String = [a + 64, b + 65, c + 65]
                .iter()
                .skip(usize::from(a == 0))
                .filter_map(|c| char::from_u32(*c))
                .collect();
            format!(r#"<row r="{n}"><c r="{col}{n}"><v>{n}</v></c></row>"#)
        })
        .collect();
    let e = read("a.xlsx", &workbook(&format!("<sst {main}/>"), &diagonal)).unwrap();
    assert!(e.facts.is_empty());
}

#[test]
fn members_that_share_their_bytes_are_refused() {
    // One member, named by the directory five times.
    let one = container(&[("a.txt", vec![b' '; 1 << 20])]);
    let end = one.windows(4).rposition(|w| w == b"PK\x05\x06").unwrap();
    let begin = one.windows(4).position(|w| w == b"PK\x01\x02").unwrap();
    let entry = &one[begin..end];
    let mut bytes = one[..begin].to_vec();
    for n in 0..5_u8 {
        let mut e = entry.to_vec();
        e[46] = b'a' + n;
        bytes.extend(e);
    }
    let mut tail = one[end..].to_vec();
    tail[8..12].copy_from_slice(&[5, 0, 5, 0]);
    tail[12..16].copy_from_slice(&(entry.len() as u32 * 5).to_le_bytes());
    bytes.extend(tail);
    let tmp = tempfile::tempdir().unwrap();
    let path = tmp.path().join("a.zip");
    std::fs::write(&path, &bytes).unwrap();
    let found = acquire::inputs(&[path], &|| {}).unwrap();
    assert_eq!(found.len(), 1);
    assert!(
        found[0].error.as_ref().unwrap().contains("overlap"),
        "{:?}",
        found[0].error
    );
}

#[test]
fn bytes_that_changed_since_they_were_found_are_not_read() {
    let tmp = tempfile::tempdir().unwrap();
    let path = tmp.path().join("a.pdf");
    std::fs::write(&path, sample("s03-fy2022-national.pdf")).unwrap();
    let found = acquire::inputs(std::slice::from_ref(&path), &|| {}).unwrap();
    std::fs::write(&path, sample("s04-fy2024-shanghai.pdf")).unwrap();
    assert!(acquire::bytes(&found[0]).unwrap_err().contains("sha256"));
}

#[cfg(unix)]
#[test]
fn what_has_no_end_is_no_input() {
    let e = acquire::inputs(&["/dev/zero".into()], &|| {}).unwrap_err();
    assert!(e.to_string().contains("neither a file nor a folder"), "{e}");
}

#[cfg(feature = "net")]
#[test]
fn an_object_that_was_flipped_is_not_given_out() {
    let tmp = tempfile::tempdir().unwrap();
    let store = acquire::store::Store::open(tmp.path()).unwrap();
    let sha = store.put(b"667.48").unwrap();
    assert!(store.holds(&sha));
    std::fs::write(store.object_path(&sha), b"967.48").unwrap();
    assert!(!store.holds(&sha));
    assert!(store.object(&sha).unwrap_err().to_string().contains("damaged"));
    // Fetched again it is whole again.
    store.put(b"667.48").unwrap();
    assert_eq!(store.object(&sha).unwrap(), b"667.48");
    // A name that is a path leads nowhere.
    let path = store.object_path("../../../../etc/passwd");
    assert!(path.starts_with(tmp.path().join("objects")) && !path.to_string_lossy().contains(".."));
    assert!(store.object("../../../../etc/passwd").is_err());
}

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_juesuan"))
}

#[cfg(target_os = "linux")]
#[test]
fn an_outside_program_has_no_network_and_leaves_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let caged = Command::new("unshare")
        .args(["--user", "--map-root-user", "--net", "true"])
        .status();
    if !caged.is_ok_and(|s| s.success()) || !Path::new("/bin/bash").exists() {
        eprintln!("unshare --net or bash absent: no outside program was caged");
        return;
    }
    #[allow(clippy::disallowed_types)]
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let tmp = tempfile::tempdir().unwrap();
    let (rooms, bin) = (tmp.path().join("tmp"), tmp.path().join("bin"));
    std::fs::create_dir_all(&rooms).unwrap();
    std::fs::create_dir_all(&bin).unwrap();
    // It asks the listener as a document may make LibreOffice ask, leaves a file as LibreOffice does that is killed, then gives a docx.
    let docx = root().join("samples/s03-fy2022-national.docx");
    let script = format!(
        "#!/bin/bash\n(exec 3<>/dev/tcp/127.0.0.1/{port}) 2>/dev/null\nmktemp >/dev/null\nwhile [ $# -gt 1 ]; do [ \"$1\" = --outdir ] && out=$2; shift; done\nmkdir -p \"$out\" && cp '{}' \"$out/document.docx\"\n",
        docx.display()
    );
    let office = bin.join("soffice");
    std::fs::write(&office, script).unwrap();
    std::fs::set_permissions(&office, std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut doc = b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec();
    doc.resize(1024, 0);
    doc.extend("WordDocument\0".encode_utf16().flat_map(u16::to_le_bytes));
    doc.resize(4096, 0);
    let (file, out) = (tmp.path().join("a.doc"), tmp.path().join("out"));
    std::fs::write(&file, doc).unwrap();
    let o = program()
        .args(["extract", "-q", "--out"])
        .args([&out, &file])
        .env("PATH", format!("{}:/usr/bin:/bin", bin.display()))
        .env("TMPDIR", &rooms)
        .output()
        .unwrap();
    let rows = std::fs::read_to_string(out.join("documents.csv")).unwrap();
    assert!(o.status.success() && rows.contains("application/msword"), "{rows}");
    assert!(listener.accept().is_err(), "it had a network");
    assert_eq!(std::fs::read_dir(&rooms).unwrap().count(), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_reader_that_dies_costs_at_most_one_row() {
    let tmp = tempfile::tempdir().unwrap();
    let (input, out) = (tmp.path().join("in"), tmp.path().join("out"));
    std::fs::create_dir(&input).unwrap();
    let one = sample("s03-fy2022-national.pdf");
    for n in 0..150 {
        std::fs::write(
            input.join(format!("{n}.pdf")),
            [&one[..], format!("\n% {n}\n").as_bytes()].concat(),
        )
        .unwrap();
    }
    let mut parent = program()
        .args(["extract", "-q", "--threads", "1", "--format", "csv", "--out"])
        .args([&out, &input])
        .spawn()
        .unwrap();
    let begun = || {
        std::fs::read_dir(tmp.path())
            .unwrap()
            .flatten()
            .any(|e| e.file_name().to_string_lossy().contains(".partial-"))
    };
    let start = std::time::Instant::now();
    while !begun() && start.elapsed().as_secs() < 60 {
        std::thread::yield_now();
    }
    let children = format!("/proc/{0}/task/{0}/children", parent.id());
    let child = std::fs::read_to_string(children).unwrap_or_default();
    let child = child
        .split_whitespace()
        .next()
        .expect("a child reads the documents")
        .to_string();
    assert!(Command::new("kill").args(["-KILL", &child]).status().unwrap().success());
    let status = parent.wait().unwrap();
    assert!(matches!(status.code(), Some(0 | 1)), "{status}");
    let rows = std::fs::read_to_string(out.join("documents.csv")).unwrap();
    assert_eq!(rows.lines().count(), 151);
    assert!(rows.matches(",failed,").count() <= 1, "{rows}");
    assert_eq!(
        std::fs::read_dir(tmp.path()).unwrap().count(),
        2,
        "nothing is left beside the dataset"
    );
}

#[test]
fn annotate_replaces_a_name_and_no_bytes() {
    let tmp = tempfile::tempdir().unwrap();
    let (linked, out) = (tmp.path().join("linked.pdf"), tmp.path().join("out.pdf"));
    std::fs::write(&linked, b"what it was").unwrap();
    std::fs::hard_link(&linked, &out).unwrap();
    let file = root().join("samples/s03-fy2022-national.pdf");
    let o = program()
        .arg("annotate")
        .arg(&file)
        .arg("-o")
        .arg(&out)
        .output()
        .unwrap();
    assert!(o.status.success(), "{}", String::from_utf8_lossy(&o.stderr));
    assert_eq!(std::fs::read(&linked).unwrap(), b"what it was");
    assert!(std::fs::read(&out).unwrap().starts_with(b"%PDF-"));
    assert_eq!(std::fs::read_dir(tmp.path()).unwrap().count(), 2);
}
