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

/// A title that lost a character is not the shorter title at its end; the name of a unit before a title is one.
#[test]
fn a_damaged_title_is_not_taken_for_a_shorter_one() {
    let g = builtin();
    let forms: Vec<_> = g.forms.iter().collect();
    let found = |t: &str| load::form_of_title(&g.lexicon, &forms, t).map(|(f, _)| f.id.as_str());
    for damaged in [
        "般公共预算财政拨款支出决算表",
        "云溪县统计局般公共预算财政拨款支出决算表",
        "一股公共预算财政拔款支出决算表",
    ] {
        assert_ne!(found(damaged), Some("expenditure"), "{damaged}");
    }
    assert_eq!(found("云溪县统计局支出决算表"), Some("expenditure"));
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
        "[[law]]\nid = \"M01\"\nzh = \"\"\nen = \"\"\n\n[[identity]]\nid = \"mine\"\nscope = \"form\"\nfor = \"row\"\nforms = [\"expenditure\"]\n\
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

/// The built-in files name no id that `ids.toml` does not know.
#[test]
fn the_built_in_files_name_known_ids() {
    let found = load::load_and_check(None)
        .map(|_| ())
        .map_err(|e| e.iter().map(ToString::to_string).collect::<Vec<_>>());
    assert_eq!(found, Ok(()));
}

/// A misspelt id of each kind, in each kind of file: it is said with its place and the id that was meant.
#[test]
fn a_misspelt_id_is_a_mistake_with_its_place_and_the_nearest_id() {
    let typos: &[(&str, &str, &str)] = &[
        (
            "forms/expenditure.toml",
            "id = \"expenditure\"\n[[column]]\nrole = \"amount\"\nmeasure = \"subsidy_to_afiliated\"\nparts = [\"subsidy_to_affiliated\"]\n",
            "forms/expenditure.toml:4:11: `subsidy_to_afiliated` is no measure; the nearest is `subsidy_to_affiliated`",
        ),
        (
            "forms/expenditure.toml",
            "id = \"expenditure\"\n[[row]]\nitem = \"totl\"\nlabel = [\"合計\"]\n",
            "forms/expenditure.toml:3:8: `totl` is no item; the nearest is `total`",
        ),
        (
            "forms/expenditure.toml",
            "id = \"expenditure\"\nfund = \"goverment_fund\"\n",
            "forms/expenditure.toml:2:8: `goverment_fund` is no fund; the nearest is `government_fund`",
        ),
        (
            "regions/990000-mine.toml",
            "region = \"99\"\nzh = \"某省\"\n[[form]]\nid = \"three_public\"\n[[form.row]]\nitem = \"recepton\"\nlabel = [\"招待\"]\n",
            "regions/990000-mine.toml:6:8: `recepton` is no item; the nearest is `reception`",
        ),
        (
            "lexicon/mine.toml",
            "[[phase]]\nid = \"finl\"\nparts = [\"code\"]\n",
            "lexicon/mine.toml:2:6: `finl` is no measure; the nearest is `final`",
        ),
        (
            "narrative/mine.toml",
            "[[published]]\nsection = 'three_public'\nsubject = 'reception'\nnamed = 'recepton'\n",
            "narrative/mine.toml:4:9: `recepton` is no subject; the nearest is `reception`",
        ),
        (
            "narrative/mine.toml",
            "[[published]]\nsection = 'three_public'\nslot = 'total'\nslot_named = 'finl'\n",
            "narrative/mine.toml:4:14: `finl` is no slot; the nearest is `final`",
        ),
        (
            "narrative/mine.toml",
            "[[subject]]\nid = 'recepton'\nfamily = 'three'\nwords = ['招待']\n",
            "narrative/mine.toml:2:6: `recepton` is no subject; the nearest is `reception`",
        ),
        (
            "narrative/mine.toml",
            "[[subject]]\nid = 'reception'\nsection = 'three_publik'\nfamily = 'three'\nwords = ['招待']\n",
            "narrative/mine.toml:3:11: `three_publik` is no section; the nearest is `three_public`",
        ),
        (
            "identities/mine.toml",
            "[[identity]]\nid = \"mine\"\nscope = \"form-text\"\nfor = \"document\"\n\
             equation = \"text.revenue.revenue.totl = revenue.total.total\"\nzh = \"甲\"\nen = \"A\"\nsource = \"N02\"\n",
            "`totl` is no slot; the nearest is `total`",
        ),
        (
            "identities/mine.toml",
            "[[identity]]\nid = \"mine\"\nscope = \"form-text\"\nfor = \"document\"\n\
             equation = \"text.revenue.revenu.total = revenue.total.total\"\nzh = \"甲\"\nen = \"A\"\nsource = \"N02\"\n",
            "`revenu` is no subject; the nearest is `revenue`",
        ),
        (
            "panel/mine.toml",
            "[[indicator]]\nid = \"mine\"\nzh = \"甲\"\nen = \"A\"\nunit = \"yuan\"\nfrom = [\"text.revenu.revenue.total\"]\n",
            "`revenu` is no section; the nearest is `revenue`",
        ),
        (
            "panel/mine.toml",
            "[[indicator]]\nid = \"mine\"\nzh = \"甲\"\nen = \"A\"\nunit = \"yuan\"\nfund = \"genral_budget\"\nfrom = [\"revenue.total.total\"]\n",
            "panel/mine.toml:6:8: `genral_budget` is no fund; the nearest is `general_budget`",
        ),
        (
            "identities/mine.toml",
            "[[identity]]\nid = \"mine\"\nscope = \"form\"\nfor = \"column\"\nforms = [\"revenue_expenditure\"]\nside = \"revenu\"\n\
             equation = \"grand_total = total_current\"\nzh = \"甲\"\nen = \"A\"\nsource = \"W03\"\n",
            "identities/mine.toml:6:8: `revenu` is no side; the nearest is `revenue`",
        ),
        (
            "identities/mine.toml",
            "[[identity]]\nid = \"mine\"\nscope = \"form\"\nfor = \"row\"\nforms = [\"expenditur\"]\n\
             equation = \"total = basic\"\nzh = \"甲\"\nen = \"A\"\nsource = \"W08\"\n",
            "identities/mine.toml:5:10: no form has the id `expenditur`; the nearest is `expenditure`",
        ),
        (
            "identities/mine.toml",
            "[[identity]]\nid = \"mine\"\nscope = \"form\"\nfor = \"row\"\nforms = [\"expenditure\"]\n\
             equation = \"total = basc + project\"\nzh = \"甲\"\nen = \"A\"\nsource = \"W08\"\n",
            "identities/mine.toml:6:21: no column of this form has the measure `basc`; the nearest is `basic`",
        ),
        (
            "identities/mine.toml",
            "[[identity]]\nid = \"mine\"\nscope = \"form\"\nfor = \"column\"\nforms = [\"revenue_expenditure\"]\nside = \"revenue\"\n\
             equation = \"grand_totl = total_current\"\nzh = \"甲\"\nen = \"A\"\nsource = \"W03\"\n",
            "identities/mine.toml:7:13: no row of this form has the item `grand_totl`; the nearest is `grand_total`",
        ),
        (
            "identities/mine.toml",
            "[[identity]]\nid = \"mine\"\nscope = \"form\"\nfor = \"row\"\nforms = [\"expenditure\"]\n\
             equation = \"total = basic\"\nzh = \"甲\"\nen = \"A\"\nsource = \"W99\"\n",
            "identities/mine.toml:9:10: no [[law]] has the number `W99`; the nearest is `W09`",
        ),
        (
            "regions/990000-mine.toml",
            "region = \"99\"\nzh = \"某省\"\n[[form]]\nid = \"three_publik\"\n",
            "regions/990000-mine.toml:4:6: no form has the id `three_publik`; the nearest is `three_public`",
        ),
        (
            "forms/expenditure.toml",
            "id = \"expenditure\"\n[[column]]\nrole = \"amount\"\nmeasure = \"basic\"\nparts = [\"basc\"]\n",
            "forms/expenditure.toml:5:10: no part of the lexicon has the id `basc`; the nearest is `basic`",
        ),
        (
            "forms/expenditure.toml",
            "id = \"expenditure\"\nuse = [\"besides\"]\n",
            "forms/expenditure.toml:2:8: no group of columns of the lexicon has the id `besides`; the nearest is `beside`",
        ),
        (
            "lexicon/mine.toml",
            "[[part]]\nid = \"other_revenu\"\nwords = [\"其余收入\"]\n",
            "lexicon/mine.toml:2:6: no part of the lexicon has the id `other_revenu`; the nearest is `other_revenue`",
        ),
        (
            "lexicon/mine.toml",
            "[cells]\ndash = [\"‹款顶›\"]\n",
            "lexicon/mine.toml:2:10: no fragment `款顶` stands in [define]; the nearest is `款项`",
        ),
        (
            "narrative/mine.toml",
            "[[subject]]\nid = 'reception'\nside = 'revenu'\nfamily = 'three'\nwords = ['招待']\n",
            "narrative/mine.toml:3:8: `revenu` is no side; the nearest is `revenue`",
        ),
        (
            "narrative/mine.toml",
            "[[fund]]\nid = 'genral_budget'\nsection = 'revenue'\nwords = ['招待']\n",
            "narrative/mine.toml:2:6: `genral_budget` is no fund; the nearest is `general_budget`",
        ),
        (
            "panel/mine.toml",
            "[[indicator]]\nid = \"mine\"\nzh = \"甲\"\nen = \"A\"\nunit = \"yuan\"\nfrom = [\"revenu.total.total\"]\n",
            "panel/mine.toml:6:10: no form has the id `revenu`; the nearest is `revenue`",
        ),
        (
            "panel/mine.toml",
            "[[indicator]]\nid = \"mine\"\nzh = \"甲\"\nen = \"A\"\nunit = \"yuan\"\nfrom = [\"revenue.total.totl\"]\n",
            "panel/mine.toml:6:10: `total.totl` is no item and measure of `revenue`; the nearest is `total.total`",
        ),
        (
            "panel/mine.toml",
            "budget_bases = [\"budgt\"]\n",
            "panel/mine.toml:1:17: `budgt` is no measure; the nearest is `budget`",
        ),
        (
            "panel/mine.toml",
            "[[overspent]]\nid = \"mine\"\nzh = \"甲\"\nen = \"A\"\nbudget = \"three_public.total.budgt\"\nfinal = \"three_public.total.final\"\n",
            "no printed indicator in yuan has the id `three_public.total.budgt`; the nearest is `three_public.total.budget`",
        ),
    ];
    let page = std::fs::read_to_string(crate::support::root().join("docs/grammar.md")).unwrap();
    for (file, text, want) in typos {
        let found = mistakes(&[(file, text)]);
        assert!(
            found.iter().any(|m| m.contains(want)),
            "{file}: {want}\nfound: {found:#?}"
        );
        // The page shows each of them.
        let said = want.split_once(": ").map_or(*want, |(_, said)| said);
        assert!(page.contains(said), "docs/grammar.md lacks: {said}");
    }
}

/// A part of a pattern has a name: of the same file, or built in for all files of the folder. What is wrong with it has its place.
#[test]
fn a_fragment_is_put_in_by_its_name() {
    let form = |label: &str| {
        let text = format!(
            "id = \"three_public\"\n[define]\n\"何费\" = \"[费|费用]\"\n[[row]]\nitem = \"meeting\"\nlabel = [{label}]\n"
        );
        let tmp = tempfile::tempdir().unwrap();
        std::fs::create_dir(tmp.path().join("forms")).unwrap();
        std::fs::write(tmp.path().join("forms/three_public.toml"), text).unwrap();
        load::load(Some(tmp.path())).map_err(|e| e[0].to_string())
    };
    let g = form("\"开会‹何费›\"").unwrap();
    let three = g.forms.iter().find(|f| f.id == "three_public").unwrap();
    for label in ["开会", "开会费", "开会费用"] {
        let found = three.rows_of(label).next().map(|r| r.item.as_str());
        assert_eq!(found, Some("meeting"), "{label}");
    }
    // A built-in name, after which places are still those of the file.
    let wrong = form("\"‹公共预算›会\", \"(会\"").err().unwrap();
    assert!(
        wrong.starts_with("forms/three_public.toml:6:24: the pattern ends"),
        "{wrong}"
    );
    let unknown = form("\"会‹何非›\"").err().unwrap();
    assert_eq!(
        unknown,
        "forms/three_public.toml:6:12: no fragment `何非` stands in [define]; the nearest is `何费`"
    );
}

/// `grammar check` says each line that is too long to be read; the built-in files have none (`the_built_in_files_name_known_ids`).
#[test]
fn a_line_is_no_longer_than_160_bytes() {
    let tmp = tempfile::tempdir().unwrap();
    std::fs::create_dir(tmp.path().join("lexicon")).unwrap();
    let line = |n: usize| format!("# {}\n", "x".repeat(n - 2));
    std::fs::write(tmp.path().join("lexicon/mine.toml"), line(160) + &line(161)).unwrap();
    let found = load::load_and_check(Some(tmp.path())).err().unwrap();
    let found: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(
        found[0].starts_with("lexicon/mine.toml:2:1: this line has 161 bytes, more than 160"),
        "{found:?}"
    );
    assert!(load::load(Some(tmp.path())).is_ok(), "it says nothing wrong");
}

/// A user's own id is a row of the user's `ids.toml`; a mistake in that file has its place.
#[test]
fn a_new_id_is_a_row_of_the_users_ids() {
    let form = (
        "forms/expenditure.toml",
        "id = \"expenditure\"\n[[column]]\nrole = \"amount\"\nmeasure = \"bonds\"\nparts = [\"operating\"]\n",
    );
    assert!(!mistakes(&[form]).is_empty());
    let ids = (
        "ids.toml",
        "[measure]\nbonds = { zh = \"债券\", en = \"bonds\", unit = \"yuan\" }\n",
    );
    assert_eq!(mistakes(&[form, ids]), Vec::<String>::new());
    let wrong = mistakes(&[("ids.toml", "[measure]\nbonds = { zh = \"债券\" }\n")]);
    assert!(wrong[0].starts_with("ids.toml:2:9: missing field `en`"), "{wrong:?}");
}

/// What is published is named: every id of the facts and statements of all samples stands in the codebook.
#[test]
fn every_published_id_stands_in_the_codebook() {
    use juesuan::grammar::ids::Kind;
    let g = builtin();
    let known = |kind: Kind, id: &str| {
        let coded = id.bytes().next().is_some_and(|b| b.is_ascii_digit() || !b.is_ascii());
        assert!(
            id.is_empty() || coded || g.ids.get(kind, id).is_some(),
            "{id} is no {}",
            kind.as_str()
        );
    };
    let (mut facts, mut statements) = (0, 0);
    let samples = crate::support::root().join("samples");
    for file in crate::support::files(&samples, ".pdf")
        .iter()
        .chain(&crate::support::files(&samples, ".txt"))
    {
        let e = crate::support::extract(file);
        for f in e.facts.iter().filter(|f| f.form != juesuan::record::OTHER_TABLE) {
            known(Kind::Form, &f.form);
            known(Kind::Item, &f.item);
            known(Kind::Measure, &f.measure);
            known(Kind::Fund, f.fund.as_deref().unwrap_or_default());
            facts += 1;
        }
        for s in &e.statements {
            known(Kind::Section, &s.section);
            known(Kind::Subject, s.subject.as_deref().unwrap_or_default());
            known(Kind::Slot, &s.slot);
            statements += 1;
        }
    }
    assert!(
        facts > 5_000 && statements > 500,
        "{facts} facts, {statements} statements"
    );
}

/// The files that CONTRIBUTING.md and docs/grammar.md show for a folder of one's own are without mistakes, all together.
#[test]
fn the_files_that_the_pages_show_are_right() {
    let tmp = tempfile::tempdir().unwrap();
    let mut files: std::collections::BTreeMap<String, String> = std::collections::BTreeMap::new();
    for page in ["CONTRIBUTING.md", "docs/grammar.md"] {
        let text = std::fs::read_to_string(crate::support::root().join(page)).unwrap();
        let blocks = text.split("```toml\n").skip(1).filter_map(|b| b.split("```").next());
        for block in blocks {
            let mut into = None;
            for line in block.lines() {
                if let Some(rest) = line.trim_start().strip_prefix("# my-grammars/") {
                    let path: String = rest.chars().take_while(|c| !": ".contains(*c)).collect();
                    into = Some(path);
                }
                if let Some(path) = &into {
                    let file = files.entry(path.clone()).or_default();
                    file.push_str(line);
                    file.push('\n');
                }
            }
        }
    }
    assert!(files.len() >= 5, "{:?}", files.keys());
    for (path, text) in &files {
        let path = tmp.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let found: Vec<String> = match load::load(Some(tmp.path())) {
        Ok(_) => Vec::new(),
        Err(e) => e.iter().map(ToString::to_string).collect(),
    };
    assert_eq!(found, Vec::<String>::new(), "{:?}", files.keys());
}
