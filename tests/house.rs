//! The house rules: who may know whom, where libraries live, and that generated files are current.

use crate::support::root;
use std::path::{Path, PathBuf};

/// What each room may import of `crate::`, in the order of the data. A stage imports leaves, the grammar and the stage before it.
const LEAVES: &[&str] = &[
    "place", "diag", "geom", "text", "value", "record", "clock", "ids", "memo", "spool",
];
const ROOMS: &[(&str, &[&str])] = &[
    ("acquire", &["grammar"]),
    ("read", &[]),
    ("layout", &["read"]),
    ("recognise", &["layout", "grammar", "read"]),
    ("normalise", &["recognise", "grammar", "layout"]),
    ("check", &["grammar"]),
    ("panel", &["grammar"]),
    ("report", &["grammar", "panel", "write"]),
    ("write", &[]),
    ("grammar", &[]),
    ("value", &[]),
];

/// A library and the rooms that may name it.
const LIBRARIES: &[(&str, &[&str])] = &[
    ("hayro", &["read/pdf"]),
    ("hayro_interpret", &["read/pdf"]),
    ("hayro_syntax", &["read/pdf"]),
    ("arrow_array", &["write/parquet"]),
    ("arrow_schema", &["write/parquet"]),
    ("clap", &["cli"]),
    ("indicatif", &["cli"]),
    ("nom", &["grammar/", "value/amount"]),
    ("rayon", &["pipeline", "cli/extract", "acquire"]),
    ("include_dir", &["grammar/load"]),
    ("lopdf", &["cli/annotate"]),
    ("scraper", &["acquire/net", "grammar/portals", "read/html"]),
    ("rusqlite", &["acquire/store", "write/sqlite"]),
    ("rust_xlsxwriter", &["write/xlsx"]),
    ("hyper", &["acquire/net"]),
    ("tokio", &["acquire/net"]),
    ("tokio_rustls", &["acquire/net"]),
    ("rustls_native_certs", &["acquire/net"]),
    (
        "quick_xml",
        &["read/docx", "read/xml", "read/workbook", "read/ofd", "read/word_"],
    ),
    ("html5gum", &["read/html"]),
    ("calamine", &["read/xls"]),
    ("cfb", &["read/xls"]),
    ("zip", &["read/package", "acquire/archive", "acquire/models"]),
    ("rten", &["read/ocr"]),
    ("rten_tensor", &["read/ocr"]),
    ("image", &["read/ocr"]),
    ("tiff", &["read/ocr"]),
    ("rustix", &["clock", "cli/isolate"]),
    ("encoding_rs", &["read/charset", "acquire/"]),
];

fn sources(dir: &Path, out: &mut Vec<PathBuf>) {
    for e in std::fs::read_dir(dir).unwrap() {
        let p = e.unwrap().path();
        if p.is_dir() {
            sources(&p, out);
        } else if p.extension().is_some_and(|e| e == "rs") {
            out.push(p);
        }
    }
}

fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let code = text.split("#[cfg(test)]").next().unwrap_or("");
    code.lines()
        .map(|l| l.split("//").next().unwrap_or(""))
        .collect::<Vec<_>>()
        .join("\n")
}

fn all() -> Vec<(String, String)> {
    let src = root().join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    files.sort();
    files
        .iter()
        .map(|p| {
            (
                p.strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/"),
                code(p),
            )
        })
        .collect()
}

#[test]
fn rooms_know_only_what_they_may() {
    let mut wrong = Vec::new();
    for (name, code) in all() {
        let room = name.split('/').next().unwrap().trim_end_matches(".rs");
        let Some((_, may)) = ROOMS.iter().find(|(r, _)| *r == room) else {
            continue;
        };
        for part in code.split("crate::").skip(1) {
            let other: String = part.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if other != room && !other.is_empty() && !LEAVES.contains(&other.as_str()) && !may.contains(&other.as_str())
            {
                wrong.push(format!("{name} knows {other}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// How many texts of a room are an id of `ids.toml`, of a form or of a section. An id in quotes compiles misspelt; `crate::ids` does
/// not. The numbers may only become smaller. Some are other words of the same letters (a column `projects`, a stage `narrative`); in
/// the rooms that know no ids (reading, writing, fetching, commands) all are.
const IDS_IN_QUOTES: &[(&str, usize)] = &[
    ("", 6),
    ("check", 14),
    ("grammar", 32),
    ("grammar/load", 2),
    ("normalise", 20),
    ("pipeline", 2),
    ("recognise", 4),
    ("recognise/narrative", 385),
];

#[test]
fn ids_are_named_by_the_generated_module() {
    use juesuan::grammar::ids::Kind;
    let g = crate::support::builtin();
    let generated = std::fs::read_to_string(root().join("src/ids.rs")).unwrap();
    assert!(
        generated == juesuan::grammar::codebook::rust(g),
        "src/ids.rs lags: cargo run -- grammar ids --rust > src/ids.rs"
    );
    let known = |text: &str| Kind::ALL.iter().any(|k| g.ids.get(*k, text).is_some());
    let mut found: std::collections::BTreeMap<String, Vec<String>> = std::collections::BTreeMap::new();
    for (name, code) in all() {
        // What stands between the first and the second mark is a text, and so on.
        let room = name.rsplit_once('/').map_or("", |(room, _)| room);
        let texts = code.lines().flat_map(|l| l.split('"').skip(1).step_by(2));
        let own = texts.filter(|t| known(t)).map(|t| format!("{name}: {t}"));
        let other = ["read", "write", "acquire", "cli"];
        if name != "ids.rs" && !other.iter().any(|r| room.starts_with(r)) {
            found.entry(room.to_string()).or_default().extend(own);
        }
    }
    let most = |room: &str| IDS_IN_QUOTES.iter().find(|(r, _)| *r == room).map_or(0, |(_, n)| *n);
    for (room, texts) in &found {
        assert!(
            texts.len() <= most(room),
            "{} ids in quotes in src/{room}, at most {}: use crate::ids\n{}",
            texts.len(),
            most(room),
            texts.join("\n")
        );
    }
}

/// Which files of one folder import one another in a circle: whoever reads one must read all. The list may only become shorter.
const CIRCLES: &[&str] = &[
    "check/evaluate check/operands",
    "cli/annotate cli/evidence",
    "grammar/codes grammar/identity grammar/laws grammar/names grammar/narrative grammar/units",
    "grammar/compile grammar/parts",
    "layout/foreign layout/grid layout/lines layout/together",
    "normalise/composed normalise/statements",
    "recognise/header recognise/rules",
    "recognise/narrative/discourse recognise/narrative/figure recognise/narrative/slot",
    "write/blocks write/csv write/measured write/parts",
];

/// The file or folder beside `name` that stands behind `super::` in its code, for each such place.
fn beside<'c>(name: &str, code: &'c str) -> impl Iterator<Item = String> + use<'c> {
    let is_root = name.ends_with("/mod.rs");
    code.split("super::").skip(1).filter_map(move |rest| {
        let word = |t: &str| {
            t.chars()
                .take_while(|c| c.is_alphanumeric() || *c == '_')
                .collect::<String>()
        };
        (!is_root && !rest.starts_with("super") && !rest.starts_with('{')).then(|| word(rest))
    })
}

#[test]
fn files_of_a_folder_import_one_another_in_no_circle() {
    use std::collections::{BTreeMap, BTreeSet};
    let mut folders: BTreeMap<String, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for (name, code) in all() {
        let Some((folder, leaf)) = name.rsplit_once('/') else {
            continue;
        };
        // `super::super::x` names a neighbour of the folder.
        let near = code.replace("super::super::", "");
        let own = folders.entry(folder.to_string()).or_default();
        own.entry(leaf.trim_end_matches(".rs").to_string())
            .or_default()
            .extend(beside(&name, &near));
    }
    let known: BTreeSet<&str> = CIRCLES.iter().flat_map(|c| c.split(' ')).collect();
    let mut new: Vec<String> = Vec::new();
    for (folder, files) in &folders {
        // What can be reached from each file; one that reaches itself stands in a circle.
        let in_circle = |from: &String| {
            let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
            while let Some(f) = open.pop() {
                let next = files.get(f).into_iter().flatten();
                open.extend(next.filter(|n| *n != f && files.contains_key(*n) && seen.insert(*n)));
            }
            seen.contains(from)
        };
        new.extend(files.keys().filter(|f| in_circle(f)).map(|f| format!("{folder}/{f}")));
    }
    new.retain(|f| !known.contains(f.as_str()));
    assert!(new.is_empty(), "stand in a circle: {}", new.join(" "));
}

#[test]
fn libraries_stay_in_their_rooms() {
    let mut wrong = Vec::new();
    for (name, code) in all() {
        for (library, rooms) in LIBRARIES {
            let used = code.contains(&format!("{library}::")) || code.contains(&format!("use {library}"));
            if used && !rooms.iter().any(|r| name.starts_with(r)) {
                wrong.push(format!("{name} uses {library}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn reading_layout_and_the_narrative_know_no_chinese_word() {
    for (name, code) in all() {
        if ["read/", "layout/", "recognise/narrative"]
            .iter()
            .any(|room| name.starts_with(room))
        {
            let han = code.chars().find(|c| ('\u{4e00}'..='\u{9fff}').contains(c));
            // The table of radicals in reading is a table of code points, written as escapes.
            assert_eq!(han, None, "{name}");
        }
    }
}

#[test]
fn the_dictionary_is_current() {
    let path = root().join("docs/dictionary.md");
    let have = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        have == juesuan::write::dictionary::markdown(),
        "docs/dictionary.md lags: run `cargo run -- dictionary > docs/dictionary.md`"
    );
}

#[test]
fn the_list_of_identities_is_current_and_each_known_law_has_a_rule_or_a_reason() {
    let all = &crate::support::builtin().identities;
    let have = std::fs::read_to_string(root().join("docs/identities.md")).unwrap_or_default();
    assert!(
        have == juesuan::grammar::laws::markdown(all),
        "docs/identities.md lags: run `cargo run -- grammar identities > docs/identities.md`"
    );
    assert_eq!(all.laws.len(), 63);
    let rules = all.rules.iter().map(|r| &r.source);
    let named: Vec<&String> = rules.chain(all.projects.iter().map(|r| &r.source)).flatten().collect();
    for k in &all.laws {
        assert!(
            named.contains(&&k.id) != k.open.is_some(),
            "{}: a rule, or else the reason why there is none",
            k.id
        );
    }
    // The list from which the numbers come (where it is present).
    let Some(corpus) = crate::support::corpus() else { return };
    let path = corpus.join("../reference/identities.csv");
    let mut listed: Vec<String> = Vec::new();
    for record in csv::Reader::from_path(&path).unwrap().records() {
        listed.push(record.unwrap()[0].to_string());
    }
    assert_eq!(listed, all.laws.iter().map(|k| k.id.clone()).collect::<Vec<_>>());
}

#[test]
fn the_codebook_is_current() {
    let printed = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/codebook.md")).unwrap();
    let g = juesuan::grammar::load(None).unwrap();
    assert!(
        printed == juesuan::grammar::codebook::markdown(&g),
        "docs/codebook.md lags: juesuan grammar ids --markdown > docs/codebook.md"
    );
}

#[test]
fn the_documents_of_diagnostics_are_current() {
    use juesuan::diag::{Language, document};
    for (file, language) in [
        ("docs/diagnostics.md", Language::En),
        ("docs/diagnostics.zh.md", Language::Zh),
    ] {
        let printed = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap();
        assert!(
            printed == document(language),
            "{file} lags: `juesuan diagnostics --markdown` prints it (with `--lang zh` the Chinese one)"
        );
    }
}

/// Each word once, in kebab-case; each use has a severity of its own or says something else; nothing is left without words.
#[test]
fn the_table_of_codes_is_whole() {
    use juesuan::diag::{Code, Language, Refusal};
    let words: Vec<&str> = Code::ALL.iter().map(|c| c.as_str()).collect();
    let refusals: Vec<&str> = Refusal::ALL.iter().map(|r| r.as_str()).collect();
    for all in [&words, &refusals] {
        for (n, w) in all.iter().enumerate() {
            assert!(w.bytes().all(|b| b.is_ascii_lowercase() || b == b'-'), "{w}");
            assert!(!all[..n].contains(w), "{w} stands twice");
        }
    }
    for code in Code::ALL {
        assert_eq!(Code::parse(code.as_str()), Some(*code));
        for case in code.cases() {
            assert!(!case.severities.is_empty(), "{code}");
            for language in [Language::En, Language::Zh] {
                let e = case.explanation(language);
                assert!(!e.happened.is_empty() && !e.what_to_do.is_empty(), "{code}");
                let chinese = e.happened.chars().any(|c| ('一'..='鿿').contains(&c));
                assert!(
                    language == Language::En || chinese,
                    "{code} is not explained in Chinese"
                );
            }
        }
    }
    assert_eq!(Code::parse("no-such-code"), None);
}

/// Every column that the contract names stands in the schema, in its table (where the contract is present).
#[test]
fn the_schema_holds_the_contract() {
    let path = root().join("../shared/design/DATASET.md");
    let Ok(contract) = std::fs::read_to_string(&path) else {
        eprintln!("contract absent: {}", path.display());
        return;
    };
    let facts = juesuan::write::schema::TABLES
        .iter()
        .find(|t| t.name == "facts")
        .unwrap();
    let section = contract
        .split("## facts")
        .nth(1)
        .unwrap()
        .split("\n### ")
        .next()
        .unwrap();
    let mut named = 0;
    for line in section
        .lines()
        .filter(|l| l.starts_with("| ") && !l.starts_with("| column"))
    {
        for column in line.split('|').nth(1).unwrap().split(',').map(str::trim) {
            assert!(facts.columns.iter().any(|c| c.name == column), "facts lacks {column}");
            named += 1;
        }
    }
    assert!(named >= 25, "{named}");
}
