//! `check`, `report` and `annotate` as a user runs them.

use crate::support::root;
use std::path::Path;
use std::process::{Command, Output};

fn juesuan(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_juesuan")).args(args).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn text_of(done: &Output) -> String {
    text(&done.stderr)
}

fn dataset(dir: &Path) -> String {
    let samples = root().join("samples");
    let out = dir.join("data").to_string_lossy().into_owned();
    let file = |n: &str| samples.join(n).to_string_lossy().into_owned();
    let (a, b) = (
        file("s03-fy2022-national.pdf"),
        file("s14-fy2023-national-next-year.pdf"),
    );
    let done = juesuan(&["extract", &a, &b, "--out", &out, "--quiet"]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    out
}

#[test]
fn a_dataset_checked_again_gives_the_same_findings_and_an_edited_one_others() {
    let dir = tempfile::tempdir().unwrap();
    let data = dataset(dir.path());
    let again = dir.path().join("again").to_string_lossy().into_owned();
    let done = juesuan(&["check", &data, "--out", &again]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    assert_eq!(text(&done.stdout), "", "the books of the samples hold");
    let read = |d: &str| std::fs::read_to_string(Path::new(d).join("findings.csv")).unwrap();
    assert!(read(&data) == read(&again));
    assert!(read(&data).lines().count() > 300);

    // Somebody corrects an amount by hand, and gets it wrong.
    let facts = Path::new(&data).join("facts.csv");
    let mut reader = csv::Reader::from_path(&facts).unwrap();
    let header = reader.headers().unwrap().clone();
    let at = |name: &str| header.iter().position(|h| h == name).unwrap();
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(&header).unwrap();
    let mut edited = None;
    for record in reader.records() {
        let mut row: Vec<String> = record.unwrap().iter().map(str::to_string).collect();
        let hit = row[at("form")] == "expenditure" && row[at("item")] == "201" && row[at("measure")] == "total";
        if hit && edited.is_none() {
            edited = Some(row[at("printed")].clone());
            row[at("amount")] = "1.00".into();
        }
        writer.write_record(&row).unwrap();
    }
    assert!(edited.is_some());
    std::fs::write(&facts, writer.into_inner().unwrap()).unwrap();
    let done = juesuan(&["check", &data]);
    assert!(
        text(&done.stdout).contains("fails expenditure.row"),
        "{}",
        text(&done.stdout)
    );

    std::fs::write(&facts, "fact_id,document_id\nx,y\n").unwrap();
    let done = juesuan(&["check", &data]);
    assert_eq!(done.status.code(), Some(2));
    assert!(text(&done.stderr).contains("facts.csv"), "{}", text(&done.stderr));
}

/// Documents of which something was not read, and is said, give the same findings when their dataset is checked again.
#[test]
fn a_dataset_with_losses_checked_again_gives_the_same_findings() {
    let dir = tempfile::tempdir().unwrap();
    let (data, again) = (dir.path().join("data"), dir.path().join("again"));
    let [data, again] = [&data, &again].map(|d| d.to_string_lossy().into_owned());
    // A table whose title is gone and one of whose rows is under a label that nobody knows; a sentence with an item unread.
    let broken = dir.path().join("broken.txt");
    let text = "云泽省澜溪县图书馆2022年度部门决算\n\n支出决算表\n\n单位：万元\n\n\
        项目\t\t本年支出合计\t基本支出\t项目支出\t上缴上级支出\t经营支出\t对附属单位补助支出\n\
        功能分类科目编码\t科目名称\t\t\t\t\t\t\n栏次\t\t1\t2\t3\t4\t5\t6\n合计\t\t30.00\t20.00\t10.00\t0.00\t0.00\t0.00\n\
        207\t文化旅游体育与传媒支出\t25.00\t15.00\t10.00\t0.00\t0.00\t0.00\n\
        \t奇异支出\t5.00\t5.00\t0.00\t0.00\t0.00\t0.00\n\n\
        十、国有资产占用情况说明\n\n截至2022年12月31日，本部门共有车辆9辆，其中，机要通信用车4辆、应急保障用车3辆、浑天仪用车2辆。\n";
    std::fs::write(&broken, text).unwrap();
    let inputs = ["samples", "tests/planted", "tests/many"].map(|d| root().join(d).to_string_lossy().into_owned());
    let broken = broken.to_string_lossy().into_owned();
    let done = juesuan(&[
        "extract", "-q", &inputs[0], &inputs[1], &inputs[2], &broken, "--out", &data,
    ]);
    assert!(done.status.code().is_some_and(|c| c < 2), "{}", text_of(&done));
    let done = juesuan(&["check", &data, "--out", &again]);
    assert!(done.status.success(), "{}", text_of(&done));
    let read = |d: &str| std::fs::read_to_string(Path::new(d).join("findings.csv")).unwrap();
    let (first, second) = (read(&data), read(&again));
    assert!(first == second, "the findings differ");
    assert!(first.contains("not read: something on page"), "nothing was lost");
}

#[test]
fn years_are_held_against_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let data = dataset(dir.path());
    let findings = std::fs::read_to_string(Path::new(&data).join("findings.csv")).unwrap();
    assert!(findings.contains("years.carryover,years,holds"));
    // Ids go on behind those of the document and come only once.
    let mut ids: Vec<&str> = findings.lines().filter_map(|l| l.split(',').next()).collect();
    let all = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), all);
}

/// A department and its members in one run: found by `extract`, and again by `check` from what was written.
#[test]
fn a_department_and_its_members_are_held_against_each_other() {
    let dir = tempfile::tempdir().unwrap();
    let write = |file: &str, name: &str, level: &str, total: &str, members: &str| {
        let text = format!(
            "{name}2022年度{level}决算\n\n第一部分 {level}概况\n\n{members}第二部分 2022年度{level}决算表\n\n收入支出决算总表\n\n单位：万元\n\n\
             | 收入 | | | 支出 | | |\n|---|---|---|---|---|---|\n| 项目 | 行次 | 决算数 | 项目 | 行次 | 决算数 |\n\
             | 一、一般公共预算财政拨款收入 | 1 | {total} | 十二、农林水支出 | 43 | {total} |\n\
             | 本年收入合计 | 27 | {total} | 本年支出合计 | 58 | {total} |\n| 收入总计 | 31 | {total} | 支出总计 | 62 | {total} |\n"
        );
        std::fs::write(dir.path().join(file), text).unwrap();
    };
    let bureau = "云泽省青禾县农业局";
    let list = format!(
        "二、部门决算单位构成\n\n纳入本部门2022年度部门决算汇总编制范围的单位包括：\n\n1.{bureau}（本级）\n\n2.云泽省青禾县农业技术推广站\n\n"
    );
    write("a.txt", bureau, "部门", "900.00", &list);
    write("b.txt", &format!("{bureau}（本级）"), "单位", "600.00", "");
    write("c.txt", "云泽省青禾县农业技术推广站", "单位", "350.00", "");
    let path = |n: &str| dir.path().join(n).to_string_lossy().into_owned();
    let (data, again) = (path("data"), path("again"));
    let done = juesuan(&[
        "extract",
        &path("a.txt"),
        &path("b.txt"),
        &path("c.txt"),
        "--out",
        &data,
        "--quiet",
    ]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let done = juesuan(&["check", &data, "--out", &again]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let read = |d: &str| std::fs::read_to_string(Path::new(d).join("findings.csv")).unwrap();
    assert_eq!(read(&data), read(&again));
    assert_eq!(
        read(&data)
            .matches("members.total,units,not_evaluated,information")
            .count(),
        2
    );
    assert!(read(&data).contains("农业技术推广站 350万元，合计950万元，相差50万元"));
}

#[test]
fn a_report_says_what_was_disclosed() {
    let dir = tempfile::tempdir().unwrap();
    let data = dataset(dir.path());
    let done = juesuan(&["report", &data]);
    assert!(
        text(&done.stdout).contains("100.0%  支出决算表 (expenditure)"),
        "{}",
        text(&done.stdout)
    );
    let pdf = root().join("samples/s01-fy2016-eight-tables.pdf");
    let done = juesuan(&["report", &pdf.to_string_lossy()]);
    let said = text(&done.stdout);
    assert!(said.contains("identities hold") && said.contains("not found"), "{said}");
}

/// Cropped and turned pages: the highlight lies on the figure, in the coordinates of the file.
#[test]
fn the_highlight_lies_on_the_figure() {
    let dir = tempfile::tempdir().unwrap();
    let pdf = root()
        .join("samples/s08-fy2023-rotated-cropped.pdf")
        .to_string_lossy()
        .into_owned();
    let out = dir.path().join("out.pdf").to_string_lossy().into_owned();
    let done = juesuan(&["annotate", &pdf, "--rounding", "--out", &out]);
    assert!(done.status.success(), "{}", text(&done.stderr));
    let copy = lopdf::Document::load(&out).unwrap();
    // Page 5 is turned by 90° and cropped by 36 on every side: x runs down the page.
    let page = copy.get_dictionary(copy.get_pages()[&5]).unwrap();
    assert_eq!(page.get(b"Rotate").unwrap().as_i64().unwrap(), 90);
    let notes = page.get(b"Annots").unwrap().as_array().unwrap();
    assert!(notes.len() > 10, "{}", notes.len());
    for n in notes {
        let note = copy.get_dictionary(n.as_reference().unwrap()).unwrap();
        let rect: Vec<f32> = note
            .get(b"Rect")
            .unwrap()
            .as_array()
            .unwrap()
            .iter()
            .map(|o| o.as_float().unwrap())
            .collect();
        // On a page turned by 90° a cell is higher than wide in the coordinates of the file, and lies inside the crop box.
        assert!(rect[3] - rect[1] > rect[2] - rect[0], "{rect:?}");
        assert!(rect[0] >= 36.0 && rect[1] >= 36.0, "{rect:?}");
    }
    // The deviation of an indicator: the note lies on its row, not on those that share its 一级指标.
    let page = copy.get_dictionary(copy.get_pages()[&20]).unwrap();
    let notes = page.get(b"Annots").unwrap().as_array().unwrap();
    let mut heights = Vec::new();
    for n in notes {
        let note = copy.get_dictionary(n.as_reference().unwrap()).unwrap();
        if said(note).contains("“完成任务数量”偏差度为15.38%") {
            let rect = note.get(b"Rect").unwrap().as_array().unwrap();
            heights.push(rect[3].as_float().unwrap() - rect[1].as_float().unwrap());
        }
    }
    assert!(
        matches!(heights.as_slice(), [h] if (8.0..16.0).contains(h)),
        "{heights:?}"
    );
    let same = juesuan(&["annotate", &out, "--out", &out]);
    assert_eq!(same.status.code(), Some(2));
}

/// The same pages turned, shifted and cropped: the highlights turn, shift and stay on their figures.
#[test]
fn highlights_turn_with_the_page() {
    let dir = tempfile::tempdir().unwrap();
    let file = |n: &str| dir.path().join(n).to_string_lossy().into_owned();
    let plain = root()
        .join("samples/s03-fy2022-national.pdf")
        .to_string_lossy()
        .into_owned();
    let annotated = |input: &str, name: &str| {
        let out = file(name);
        let done = juesuan(&["annotate", input, "--rounding", "--out", &out]);
        assert!(done.status.success(), "{}", text(&done.stderr));
        boxes(&lopdf::Document::load(&out).unwrap())
    };
    let straight = annotated(&plain, "straight.pdf");
    assert!(straight.len() > 10);
    for (rotate, matrix) in [
        // What is drawn is turned against the page's own turning, and moved by (50, 70): it looks as before.
        (90, [0.0, 1.0, -1.0, 0.0]),
        (180, [-1.0, 0.0, 0.0, -1.0]),
        (270, [0.0, -1.0, 1.0, 0.0]),
    ] {
        let mut pdf = lopdf::Document::load(&plain).unwrap();
        turn(&mut pdf, rotate, matrix);
        let name = format!("turned-{rotate}.pdf");
        pdf.save(file(&name)).unwrap();
        let turned = annotated(&file(&name), &format!("out-{rotate}.pdf"));
        assert_eq!(straight.len(), turned.len());
        let [a, b, c, d] = matrix;
        let mut expected: Vec<(u32, [f32; 4])> = straight
            .iter()
            .map(|(page, [x0, y0, x1, y1])| {
                let at = |x: f32, y: f32| (a * x + c * y + SHIFT.0, b * x + d * y + SHIFT.1);
                let (p, q) = (at(*x0, *y0), at(*x1, *y1));
                (*page, [p.0.min(q.0), p.1.min(q.1), p.0.max(q.0), p.1.max(q.1)])
            })
            .collect();
        let order = |v: &mut Vec<(u32, [f32; 4])>| {
            v.sort_by_key(|(page, r)| (*page, r.map(|n| (n * 2.0).round() as i64)));
        };
        let mut turned = turned;
        order(&mut expected);
        order(&mut turned);
        for (e, t) in expected.iter().zip(&turned) {
            let near = e.1.iter().zip(&t.1).all(|(x, y)| (x - y).abs() < 0.6);
            assert!(e.0 == t.0 && near, "/Rotate {rotate}: {e:?} {t:?}");
        }
    }
}

const SHIFT: (f32, f32) = (50.0, 70.0);

/// Turns what is drawn by `m`, moves it, sets boxes around it and the turning that sets it upright again.
fn turn(pdf: &mut lopdf::Document, rotate: i64, m: [f32; 4]) {
    use lopdf::{Object, Stream, dictionary};
    for page in pdf.get_pages().into_values() {
        let own = pdf.get_dictionary(page).unwrap();
        // Some producers leave the box to the page tree.
        let above = || pdf.get_dictionary(own.get(b"Parent").unwrap().as_reference().unwrap());
        let media = own
            .get(b"MediaBox")
            .or_else(|_| above().unwrap().get(b"MediaBox"))
            .unwrap()
            .as_array()
            .unwrap()
            .iter()
            .map(|o| o.as_float().unwrap())
            .collect::<Vec<_>>();
        let (w, h) = (media[2], media[3]);
        let at = |x: f32, y: f32| (m[0] * x + m[2] * y + SHIFT.0, m[1] * x + m[3] * y + SHIFT.1);
        let (p, q) = (at(0.0, 0.0), at(w, h));
        let crop = [p.0.min(q.0), p.1.min(q.1), p.0.max(q.0), p.1.max(q.1)];
        let numbers = |r: [f32; 4]| Object::Array(r.into_iter().map(Object::Real).collect());
        let begin = format!("q {} {} {} {} {} {} cm\n", m[0], m[1], m[2], m[3], SHIFT.0, SHIFT.1);
        let begin = pdf.add_object(Stream::new(dictionary! {}, begin.into_bytes()));
        let end = pdf.add_object(Stream::new(dictionary! {}, b"\nQ".to_vec()));
        let old = pdf.get_dictionary(page).unwrap().get(b"Contents").unwrap().clone();
        let mut contents = vec![Object::Reference(begin)];
        match old {
            Object::Array(a) => contents.extend(a),
            one => contents.push(one),
        }
        contents.push(Object::Reference(end));
        let d = pdf.get_object_mut(page).unwrap().as_dict_mut().unwrap();
        d.set("Contents", Object::Array(contents));
        d.set("Rotate", rotate);
        d.set("CropBox", numbers(crop));
        // The media box is wider and does not begin at zero.
        d.set(
            "MediaBox",
            numbers([crop[0] - 20.0, crop[1] - 30.0, crop[2] + 40.0, crop[3] + 10.0]),
        );
    }
}

/// The text of a note: Chinese is UTF-16 with its mark.
fn said(note: &lopdf::Dictionary) -> String {
    let bytes = note.get(b"Contents").unwrap().as_str().unwrap();
    assert_eq!(&bytes[..2], [0xFE, 0xFF]);
    let units: Vec<u16> = bytes[2..].chunks(2).map(|c| u16::from_be_bytes([c[0], c[1]])).collect();
    String::from_utf16(&units).unwrap()
}

/// Page and box of every highlight.
fn boxes(pdf: &lopdf::Document) -> Vec<(u32, [f32; 4])> {
    let mut out = Vec::new();
    for (number, page) in pdf.get_pages() {
        let Ok(notes) = pdf.get_dictionary(page).unwrap().get(b"Annots") else {
            continue;
        };
        for n in notes.as_array().unwrap() {
            let note = pdf.get_dictionary(n.as_reference().unwrap()).unwrap();
            if note.get(b"Subtype").unwrap().as_name().unwrap() != b"Highlight" {
                continue;
            }
            let rect = note.get(b"Rect").unwrap().as_array().unwrap();
            let rect: Vec<f32> = rect.iter().map(|o| o.as_float().unwrap()).collect();
            assert!(said(note).contains('页'));
            out.push((number, [rect[0], rect[1], rect[2], rect[3]]));
        }
    }
    out
}
