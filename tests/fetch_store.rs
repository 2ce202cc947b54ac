//! The store by itself (scenarios C…): a failing disk, a damaged object, two programs, the way out as WARC, and `extract --store`.

use crate::support::root;
use juesuan::acquire::store::index::{DocumentEntry, RequestRow, Resource};
use juesuan::acquire::store::{Error, Store, verify, warc};
use juesuan::acquire::time::Moment;
use std::cell::Cell;
use std::io::Read;
use std::path::Path;
use std::process::Command;
use std::rc::Rc;

const AT: Moment = Moment(1_795_418_913_125);

fn record(store: &Store, url: &str, body: &[u8], at: Moment) -> Result<String, Error> {
    let run = store.begin_run(at, "test")?;
    let mut w = store.begin(url, 0)?;
    for part in body.chunks(1000) {
        w.write(part)?;
    }
    let sha = w.finish()?;
    let row = RequestRow {
        at,
        source: "fixture".into(),
        purpose: "attachment".into(),
        method: "GET".into(),
        url: url.into(),
        final_url: Some(url.into()),
        status: Some(200),
        outcome: "stored".into(),
        request_headers: format!("GET {url} HTTP/1.1\nHost: a.example\n"),
        response_headers: b"HTTP/1.1 200 OK\r\nContent-Type: application/pdf\r\nContent-Encoding: gzip\r\n".to_vec(),
        remote: Some("127.0.0.1:80".into()),
        bytes: body.len() as u64,
        sha256: Some(sha.clone()),
        ..RequestRow::default()
    };
    let resource = Resource {
        sha256: Some(sha.clone()),
        checked: at,
        retrieved: Some(at),
        outcome: "stored".into(),
        media: Some("pdf".into()),
        ..Resource::default()
    };
    store.record(run, &row, Some((url, &resource)))?;
    Ok(sha)
}

fn document(store: &Store, url: &str, sha: &str, name: &str) {
    let d = DocumentEntry {
        source: "fixture".into(),
        url: url.into(),
        sha256: sha.into(),
        name: name.into(),
        media: "pdf".into(),
        publisher: Some("云泽省财政厅".into()),
        retrieved: AT.text(),
        ..DocumentEntry::default()
    };
    store.add_document(&d).unwrap();
}

/// What one page links is one announcement; a workbook that another page links is none of it.
#[test]
fn the_files_of_one_page_are_one_announcement() {
    let tmp = tempfile::tempdir().unwrap();
    let store = Store::open(&tmp.path().join("store")).unwrap();
    for (n, (page, name)) in [
        ("a", "说明.docx"),
        ("a", "附表.xlsx"),
        ("b", "另一.xlsx"),
        ("b", "再一.xls"),
    ]
    .into_iter()
    .enumerate()
    {
        let url = format!("http://a.example/{n}");
        let sha = record(&store, &url, name.as_bytes(), AT).unwrap();
        let d = DocumentEntry {
            source: "fixture".into(),
            url,
            sha256: sha,
            detail_url: Some(format!("http://a.example/{page}.html")),
            name: name.into(),
            retrieved: AT.text(),
            ..DocumentEntry::default()
        };
        store.add_document(&d).unwrap();
    }
    let inputs = juesuan::acquire::inputs_of_store(&store).unwrap();
    let beside: Vec<_> = inputs
        .iter()
        .filter_map(|i| Some((i.name.as_str(), i.beside.as_ref()?)))
        .collect();
    assert_eq!(beside.len(), 2);
    for (_, b) in beside {
        let names: Vec<&str> = b.files.iter().map(|f| f.name.as_str()).collect();
        assert_eq!(names, ["fixture/说明.docx", "fixture/附表.xlsx"]);
    }
}

/// Every step on the disk fails once: the index never names an object that is not there, and a second attempt succeeds.
#[test]
fn c02_a_fault_at_every_step_leaves_a_whole_store() {
    let body = vec![7u8; 3500];
    let mut steps = 0;
    for nth in 0..100 {
        let tmp = tempfile::tempdir().unwrap();
        let store = Store::open(tmp.path()).unwrap();
        let seen = Rc::new(Cell::new(0));
        let count = Rc::clone(&seen);
        store.set_fault(Some(Box::new(move |_| {
            count.set(count.get() + 1);
            if count.get() == nth + 1 {
                return Err(std::io::Error::from(std::io::ErrorKind::StorageFull));
            }
            Ok(())
        })));
        let first = record(&store, "http://a.example/a.pdf", &body, AT);
        store.set_fault(None);
        let report = verify::verify(&store).unwrap();
        assert_eq!(report.problems, Vec::<String>::new(), "step {nth}");
        if seen.get() <= nth {
            first.unwrap();
            steps = seen.get();
            break;
        }
        assert!(matches!(first, Err(Error::Io(..))), "step {nth}");
        assert_eq!(report.objects, 0, "step {nth}: the index names what was not stored");
        record(&store, "http://a.example/a.pdf", &body, AT).unwrap();
        assert_eq!(verify::verify(&store).unwrap().objects, 1);
    }
    assert!(steps >= 9, "{steps} steps were made to fail");
}

/// A full disk is an error with the file in it, not a short object.
#[test]
fn c03_a_full_disk_is_said_with_the_file() {
    let tmp = tempfile::tempdir().unwrap();
    let store = Store::open(tmp.path()).unwrap();
    store.set_fault(Some(Box::new(|step| match step {
        "write" => Err(std::io::Error::from(std::io::ErrorKind::StorageFull)),
        _ => Ok(()),
    })));
    let e = record(&store, "http://a.example/a.pdf", b"abc", AT)
        .unwrap_err()
        .to_string();
    assert!(e.contains("partial") && e.contains("no storage space"), "{e}");
}

#[test]
fn c04_a_flipped_bit_is_found() {
    let tmp = tempfile::tempdir().unwrap();
    let store = Store::open(tmp.path()).unwrap();
    let sha = record(&store, "http://a.example/a.pdf", b"0123456789", AT).unwrap();
    let other = record(&store, "http://a.example/b.pdf", b"another", AT).unwrap();
    assert_eq!(verify::verify(&store).unwrap().problems, Vec::<String>::new());
    let path = store.object_path(&sha);
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[3] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    std::fs::remove_file(store.object_path(&other)).unwrap();
    drop(store);
    let out = juesuan(&["store", "verify", &tmp.path().display().to_string()]);
    assert_eq!(out.0, 1, "{out:?}");
    assert!(out.1.contains(&format!("object {sha} is damaged")), "{out:?}");
    assert!(out.1.contains(&format!("object {other} cannot be read")), "{out:?}");
}

#[allow(
    clippy::disallowed_methods,
    reason = "another process has to get on: only the clock tells"
)]
#[test]
fn c05_two_programs_do_not_write_one_store() {
    let tmp = tempfile::tempdir().unwrap();
    let first = Store::open(tmp.path()).unwrap();
    assert!(matches!(Store::open(tmp.path()), Err(Error::Locked(_))));
    // Reading goes on meanwhile.
    Store::read(tmp.path()).unwrap();
    drop(first);
    // A child that another test of this process forks holds the lock too until it becomes its program.
    let again = (0..100).find_map(|_| {
        std::thread::sleep(std::time::Duration::from_millis(20));
        Store::open(tmp.path()).ok()
    });
    assert!(again.is_some(), "the lock outlives its holder");
}

/// Replaced bytes under one address: both are kept, in their order.
#[test]
fn f17_both_versions_of_a_replaced_file_stay() {
    let tmp = tempfile::tempdir().unwrap();
    let store = Store::open(tmp.path()).unwrap();
    let url = "http://a.example/a.pdf";
    let old = record(&store, url, b"old", AT).unwrap();
    let new = record(&store, url, b"new", AT.plus(1000)).unwrap();
    assert_eq!(store.versions(url).unwrap(), [old.clone(), new.clone()]);
    assert_eq!(store.object(&old).unwrap(), b"old");
    assert_eq!(store.resource(url).unwrap().unwrap().sha256, Some(new));
}

/// A small reader of WARC, written from the standard: records, lengths, digests.
fn read_warc(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut out = Vec::new();
    let mut rest = bytes;
    while !rest.is_empty() {
        let end = rest.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(rest[..end].to_vec()).unwrap();
        assert!(head.starts_with("WARC/1.1\r\n"), "{head}");
        let len: usize = head
            .lines()
            .find_map(|l| l.strip_prefix("Content-Length: "))
            .unwrap()
            .parse()
            .unwrap();
        let body = rest[end + 4..end + 4 + len].to_vec();
        assert_eq!(&rest[end + 4 + len..end + 8 + len], b"\r\n\r\n");
        rest = &rest[end + 8 + len..];
        out.push((head, body));
    }
    out
}

#[test]
fn c08_warc_has_every_request_and_revisits() {
    let tmp = tempfile::tempdir().unwrap();
    let store = Store::open(tmp.path()).unwrap();
    let sha = record(&store, "http://a.example/a.pdf", b"%PDF-1.4 body", AT).unwrap();
    record(&store, "http://a.example/same.pdf", b"%PDF-1.4 body", AT.plus(5)).unwrap();
    let mut plain = Vec::new();
    let written = warc::export(&store, &mut plain, false).unwrap();
    assert_eq!((written.records, written.responses, written.revisits), (5, 1, 1));
    let records = read_warc(&plain);
    let kinds: Vec<&str> = records
        .iter()
        .map(|(h, _)| h.lines().find_map(|l| l.strip_prefix("WARC-Type: ")).unwrap())
        .collect();
    assert_eq!(kinds, ["warcinfo", "response", "request", "revisit", "request"]);
    assert!(records[1].1.ends_with(b"Content-Length: 13\r\n\r\n%PDF-1.4 body"));
    assert!(String::from_utf8_lossy(&records[1].1).contains("X-Archive-Orig-Content-Encoding: gzip"));
    assert!(records[1].0.contains(&format!("WARC-Payload-Digest: sha256:{sha}")));
    assert!(
        records[3]
            .0
            .contains("WARC-Refers-To-Target-URI: http://a.example/a.pdf")
    );
    let mut packed = Vec::new();
    warc::export(&store, &mut packed, true).unwrap();
    let mut unpacked = Vec::new();
    flate2::read::MultiGzDecoder::new(packed.as_slice())
        .read_to_end(&mut unpacked)
        .unwrap();
    assert_eq!(unpacked, plain, "the same records, one gzip member each");
}

/// Runs the program: exit code, standard output, standard error.
pub(crate) fn juesuan(args: &[&str]) -> (i32, String, String) {
    let out = Command::new(env!("CARGO_BIN_EXE_juesuan")).args(args).output().unwrap();
    (
        out.status.code().unwrap_or(-1),
        String::from_utf8_lossy(&out.stdout).to_string(),
        String::from_utf8_lossy(&out.stderr).to_string(),
    )
}

fn column(csv_file: &Path, name: &str) -> Vec<String> {
    let mut reader = csv::Reader::from_path(csv_file).unwrap();
    let n = reader.headers().unwrap().iter().position(|h| h == name).unwrap();
    reader.records().map(|r| r.unwrap()[n].to_string()).collect()
}

#[test]
fn documents_of_a_store_say_where_they_were_published() {
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path().join("store");
    let store = Store::open(&dir).unwrap();
    let sample = std::fs::read(root().join("samples/s01-fy2016-eight-tables.pdf")).unwrap();
    let url = "http://a.example/2017/P0201.pdf";
    let sha = record(&store, url, &sample, AT).unwrap();
    document(&store, url, &sha, "决算.pdf");
    document(&store, "http://a.example/again.pdf", &sha, "决算.pdf");
    drop(store);
    let out = tmp.path().join("out");
    let done = juesuan(&[
        "extract",
        "--store",
        &dir.display().to_string(),
        "--out",
        &out.display().to_string(),
        "--format",
        "csv",
    ]);
    assert_eq!(done.0, 0, "{done:?}");
    let documents = out.join("documents.csv");
    assert_eq!(column(&documents, "source_url"), [url]);
    assert_eq!(column(&documents, "retrieved_at"), [AT.text()]);
    assert_eq!(column(&documents, "publisher"), ["云泽省财政厅"]);
    assert_eq!(column(&documents, "file_name"), ["fixture/决算.pdf"]);
    assert!(column(&out.join("diagnostics.csv"), "printed").contains(&"http://a.example/again.pdf".to_string()));
    assert!(!column(&out.join("facts.csv"), "fact_id").is_empty());
    let none = juesuan(&["extract", "--store", "/nowhere", "--out", "x"]);
    assert!(none.0 == 2 && none.2.contains("no store stands in"), "{none:?}");
}
