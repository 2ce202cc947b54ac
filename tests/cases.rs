//! Case files under tests/cases: input, a line `---`, what is expected. Anyone can add one.

use crate::support::{builtin, files, root};
use juesuan::grammar::load;
use juesuan::value::amount;

fn each(room: &str, mut check: impl FnMut(&str) -> String) {
    let dir = root().join("tests/cases").join(room);
    let all = files(&dir, ".txt");
    assert!(!all.is_empty(), "no case stands in {}", dir.display());
    for path in all {
        let text = std::fs::read_to_string(&path).unwrap();
        let (input, expected) = text
            .split_once("\n---\n")
            .unwrap_or_else(|| panic!("{}: no line ---", path.display()));
        let got: Vec<String> = input.lines().map(&mut check).collect();
        let want: Vec<&str> = expected.trim_end_matches('\n').split('\n').collect();
        assert_eq!(got, want, "{}", path.display());
    }
}

#[test]
fn amounts() {
    each("amounts", |line| match amount::parse(line) {
        Some(a) => format!(
            "{} places {}{}",
            a.value,
            a.places,
            if a.notation.broken { " broken" } else { "" }
        ),
        None => "not one number".into(),
    });
}

#[test]
fn titles() {
    let g = builtin();
    let forms: Vec<_> = g.forms.iter().collect();
    each("titles", |line| match load::form_of_title(&g.lexicon, &forms, line) {
        Some((f, m)) => format!("{}{}", f.id, m.fund.map(|f| format!(" {f}")).unwrap_or_default()),
        None => "none".into(),
    });
}

/// `form path/of/header` → what the column is: every header here is one that some province or year prints, or a trap.
#[test]
fn headers() {
    let g = builtin();
    each("headers", |line| {
        let (form, path) = line.split_once(' ').unwrap();
        let form = g.forms.iter().find(|f| f.id == form).unwrap();
        let path: Vec<&str> = path.split('/').collect();
        juesuan::recognise::header::explain(&path, form, g).unwrap_or_else(|| "unknown".into())
    });
}
