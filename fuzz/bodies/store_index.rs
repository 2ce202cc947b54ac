//! Any index of a store: an error or a list, no panic, and nothing outside of the store is named.
//!
//! SQLite is not instrumented and refuses nearly all bytes that were made at random, so both ways in start from an index that is good:
//! the first byte says whether its bytes are damaged or its rows are written anew, with values of any type.
use juesuan::acquire::{self, store::Store};
use rusqlite::{Connection, params_from_iter, types::Value};
use std::path::Path;
use std::sync::OnceLock;

/// Tables that are read back, with the number of their columns.
const TABLES: &[(&str, usize)] = &[
    ("documents", 13),
    ("entries", 11),
    ("versions", 5),
    ("resources", 13),
    ("hosts", 9),
    ("robots", 5),
    ("sources", 6),
    ("requests", 19),
];

/// The bytes of an empty index that is good, without a journal beside it.
fn template() -> &'static [u8] {
    static BYTES: OnceLock<Vec<u8>> = OnceLock::new();
    BYTES.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder for a store");
        drop(Store::open(folder.path()).expect("a new store"));
        let path = folder.path().join("index.sqlite");
        let db = Connection::open(&path).expect("the index that was just made");
        db.pragma_update(None, "journal_mode", "DELETE")
            .expect("no other reader");
        drop(db);
        std::fs::read(path).expect("the index that was just made")
    })
}

/// Three bytes each: where (of two bytes) and what.
fn damage(patches: &[u8]) -> Vec<u8> {
    let mut bytes = template().to_vec();
    for p in patches.chunks_exact(3) {
        let at = usize::from(u16::from_le_bytes([p[0], p[1]])) % bytes.len();
        bytes[at] = p[2];
    }
    bytes
}

/// A value of a cell: what begins with a control letter is a number, bytes or nothing, all else is text.
fn value(cell: &[u8]) -> Value {
    match cell.split_first() {
        None => Value::Null,
        Some((1, rest)) => Value::Integer(
            rest.iter()
                .fold(0, |n: i64, b| n.wrapping_mul(31).wrapping_add(i64::from(*b))),
        ),
        Some((2, rest)) => Value::Blob(rest.to_vec()),
        Some((3, rest)) => Value::Real(rest.len() as f64 / 7.0),
        _ => Value::Text(String::from_utf8_lossy(cell).into_owned()),
    }
}

/// Lines are rows; their first byte names the table; a tab stands between cells, and a row too short is filled from its own cells.
fn rows(path: &Path, bytes: &[u8]) {
    std::fs::write(path, template()).expect("room for one file");
    let db = Connection::open(path).expect("the template is an index");
    let _ = db.pragma_update(None, "synchronous", "OFF");
    for line in bytes.split(|b| *b == b'\n') {
        let Some((which, rest)) = line.split_first() else {
            continue;
        };
        let (table, columns) = TABLES[usize::from(*which) % TABLES.len()];
        let cells: Vec<&[u8]> = rest.split(|b| *b == b'\t').collect();
        let values = (0..columns).map(|n| value(cells[n % cells.len()]));
        let marks = vec!["?"; columns].join(",");
        // What the index itself forbids (no value where one must be) is no row.
        let _ = db.execute(
            &format!("INSERT OR REPLACE INTO {table} VALUES ({marks})"),
            params_from_iter(values),
        );
    }
}

/// One input.
pub fn run(bytes: &[u8]) {
    let Some((way, rest)) = bytes.split_first() else { return };
    let folder = tempfile::tempdir().expect("a folder for one file");
    let path = folder.path().join("index.sqlite");
    match way % 2 {
        0 => std::fs::write(&path, damage(rest)).expect("room for one file"),
        _ => rows(&path, rest),
    }
    if let Ok(store) = Store::read(folder.path()) {
        let _ = store.manifest();
        let _ = store.each_request(|_, _| Ok(()));
        for d in store.documents().unwrap_or_default() {
            let _ = store.holds(&d.sha256);
            let _ = store.resource(&d.url);
            let _ = store.entries(&d.source);
            let _ = store.host(&d.source);
            let _ = store.robots(&d.url);
            let _ = store.source_state(&d.source);
        }
        for input in acquire::inputs_of_store(&store).unwrap_or_default() {
            assert!(input.path.starts_with(folder.path()));
        }
    }
}
