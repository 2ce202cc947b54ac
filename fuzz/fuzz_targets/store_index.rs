//! Any bytes as the index of a store: an error or a list, no panic, and nothing outside of the store is named.
#![no_main]

use juesuan::acquire::{self, store::Store};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let folder = tempfile::tempdir().expect("a folder for one file");
    std::fs::write(folder.path().join("index.sqlite"), bytes).expect("room for one file");
    if let Ok(store) = Store::read(folder.path()) {
        let _ = store.manifest();
        for input in acquire::inputs_of_store(&store).unwrap_or_default() {
            assert!(input.path.starts_with(folder.path()));
        }
    }
});
