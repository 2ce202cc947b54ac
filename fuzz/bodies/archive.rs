//! Any bytes as an archive: its members are found and read, and what was found is what is read. No panic.
use juesuan::acquire;

/// One input.
pub fn run(bytes: &[u8]) {
    let folder = tempfile::tempdir().expect("a folder for one file");
    let path = folder.path().join("a.zip");
    std::fs::write(&path, [b"PK\x03\x04", bytes].concat()).expect("room for one file");
    for input in acquire::inputs(&[path], &|| {}).unwrap_or_default() {
        if input.error.is_none() {
            assert!(acquire::bytes(&input).is_ok(), "{}", input.name);
        }
    }
}
