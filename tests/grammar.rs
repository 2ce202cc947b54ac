//! The grammar of the house: every example finds its own form and no other; mistakes are found with their place.

use crate::support::builtin;
use juesuan::grammar::load;

/// Every example of every form against all forms: the confusion table has entries on its diagonal only.
#[test]
fn no_example_is_taken_for_another_form() {
    let g = builtin();
    let forms: Vec<_> = g.forms.iter().collect();
    assert_eq!(forms.len(), 10);
    let mut examples = 0;
    for f in &g.forms {
        assert!(f.examples.len() >= 3, "{} has {} examples", f.id, f.examples.len());
        assert!(
            f.counter_examples.len() >= 2,
            "{} has {} counter-examples",
            f.id,
            f.counter_examples.len()
        );
        for e in &f.examples {
            let found = load::form_of_title(&g.lexicon, &forms, e).map(|(f, _)| f.id.clone());
            assert_eq!(found.as_deref(), Some(f.id.as_str()), "{e}");
            examples += 1;
        }
        for e in &f.counter_examples {
            let found = load::form_of_title(&g.lexicon, &forms, e).map(|(f, _)| f.id.clone());
            assert_ne!(found.as_deref(), Some(f.id.as_str()), "{e}");
        }
    }
    assert!(examples >= 50, "{examples}");
}

fn mistakes(files: &[(&str, &str)]) -> Vec<String> {
    let tmp = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = tmp.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    match load::load(Some(tmp.path())) {
        Ok(_) => Vec::new(),
        Err(e) => e.iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn every_mistake_is_reported_with_its_place() {
    let found = mistakes(&[
        (
            "forms/revenue.toml",
            "id = \"revenue\"\n[[column]]\nrole = \"amont\"\nparts = [\"revenue\"]\n",
        ),
        ("forms/expenditure.toml", "id = \"expenditure\"\ntitel = \"x\"\n"),
        (
            "forms/other_name.toml",
            "id = \"something\"\n[[title]]\ntext = \"某表\"\n",
        ),
        ("lexicon/mine.toml", "[cells]\ndash = [\"(\"]\n"),
        (
            "codes/function_classes.csv",
            "code,name,first_year,last_year\n20,短,2007,\n",
        ),
        ("unknown/x.toml", "a = 1\n"),
    ]);
    let has = |start: &str, part: &str| found.iter().any(|m| m.starts_with(start) && m.contains(part));
    assert!(has("forms/revenue.toml:3:8", "`amont` is unknown"), "{found:?}");
    assert!(has("forms/expenditure.toml:2:1", "unknown field `titel`"), "{found:?}");
    assert!(has("forms/other_name.toml:1:6", "`something.toml`"), "{found:?}");
    assert!(has("lexicon/mine.toml:2:", "close it"), "{found:?}");
    assert!(has("codes/function_classes.csv:2:", "three digits"), "{found:?}");
    assert!(has("unknown/x.toml", "unknown folder"), "{found:?}");
}

/// A rule may say which known law it is; a number that stands in no list is a mistake.
#[test]
fn an_unknown_law_is_a_mistake() {
    let found = mistakes(&[(
        "identities/mine.toml",
        "[[known]]\nid = \"M01\"\nzh = \"\"\nen = \"\"\n\n[[identity]]\nid = \"mine\"\nscope = \"form\"\nfor = \"row\"\nforms = [\"expenditure\"]\n\
             equation = \"total = basic + project\"\nzh = \"\"\nen = \"\"\nsource = \"W08 M01 M99\"\n",
    )]);
    let [one] = found.as_slice() else { panic!("{found:?}") };
    assert!(
        one.starts_with("identities/mine.toml:14:10:") && one.contains("`M99`"),
        "{one}"
    );
}

#[test]
fn a_layer_adds_synonyms() {
    let tmp = tempfile::tempdir().unwrap();
    std::fs::create_dir(tmp.path().join("forms")).unwrap();
    let file = "id = \"revenue\"\nexamples = [\"全年进账明细总览表\"]\n[[title]]\ntext = \"全年进账明细总览表\"\n";
    std::fs::write(tmp.path().join("forms/revenue.toml"), file).unwrap();
    let g = load::load(Some(tmp.path())).unwrap_or_else(|e| panic!("{e:?}"));
    let forms: Vec<_> = g.forms.iter().collect();
    let found = load::form_of_title(&g.lexicon, &forms, "二、全年进账明细总览表").map(|(f, _)| f.id.clone());
    assert_eq!(found.as_deref(), Some("revenue"));
}

/// What a region does differently holds there and nowhere else.
#[test]
fn an_overlay_holds_in_its_region_only() {
    let g = builtin();
    let title = "财政拨款“三公”经费及机构运行经费支出决算表";
    let form = |name: &str| {
        let forms = g.forms_in(g.region_of(name));
        load::form_of_title(&g.lexicon, &forms, title).map(|(f, _)| f.id.clone())
    };
    assert_eq!(form("内蒙古自治区云汀县审计局").as_deref(), Some("three_public"));
    assert_eq!(form("云泽省云汀县审计局"), None);
    assert_eq!(g.regional[0].prefix, "15");
}
