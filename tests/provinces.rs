//! Whole accounts in thirty-four layouts of provinces and years (`tests/provinces`, made by `scripts/sample_generator/provinces*.py`): every
//! amount of the truth files stands in the dataset, and none beside them in a form that they cover.

use crate::support::{extract_bytes, files, root};
use juesuan::record::CellState;
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

type Key = [String; 4];

fn truth(text: &str) -> BTreeMap<Key, Decimal> {
    let scale = Decimal::from(if text.starts_with("# unit: yuan") { 1 } else { 10_000 });
    let rows = text.lines().skip_while(|l| !l.starts_with("form\t")).skip(1);
    let row = |l: &str| {
        let c: Vec<&str> = l.split('\t').collect();
        let amount: Decimal = c[4].replace(',', "").parse().unwrap();
        ([c[0], c[1], c[2], c[3]].map(str::to_string), amount * scale)
    };
    rows.map(row).collect()
}

#[test]
fn every_amount_of_thirty_four_layouts() {
    let dir = root().join("tests/provinces");
    let (mut cells, mut wrong) = (0, String::new());
    for file in files(&dir, "html").into_iter().chain(files(&dir, "pdf")) {
        let name = file.file_stem().unwrap().to_str().unwrap().to_string();
        let kind = file.extension().unwrap().to_str().unwrap().to_string();
        let want = truth(&std::fs::read_to_string(dir.join("truth").join(format!("{name}.tsv"))).unwrap());
        let got = extract_bytes(&format!("{name}.{kind}"), &std::fs::read(&file).unwrap());
        let forms: BTreeSet<&String> = want.keys().map(|k| &k[0]).collect();
        let mut have: BTreeMap<Key, Vec<Decimal>> = BTreeMap::new();
        for f in &got.facts {
            let Some(amount) = f
                .amount
                .filter(|_| f.cell_state == CellState::Number && f.sub_unit.is_none())
            else {
                continue;
            };
            let side = f.side.map(|s| s.to_string()).unwrap_or_default();
            have.entry([f.form.clone(), side, f.item.clone(), f.measure.clone()])
                .or_default()
                .push(amount);
        }
        for (key, amount) in &want {
            cells += 1;
            match have.remove(key) {
                Some(found) if found.iter().all(|a| a == amount) => {}
                found => wrong += &format!("{name}.{kind} {key:?}: {amount} is {found:?}\n"),
            }
        }
        let extra = have.iter().filter(|(k, _)| forms.contains(&k[0]));
        extra.for_each(|(k, v)| wrong += &format!("{name}.{kind} {k:?}: {v:?} is extra\n"));
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert_eq!(cells, 24_960);
}
