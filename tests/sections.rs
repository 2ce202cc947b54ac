//! What a document says besides figures: sections, terms of the glossary, institutions; and what belongs to the web page around it.

use crate::support::{corpus, extract, extract_bytes, files, root};
use juesuan::record::{Extract, MemberKind};

fn named(e: &Extract, kind: MemberKind) -> Vec<&str> {
    let of = e.members.iter().filter(|m| m.kind == kind);
    of.map(|m| m.name.as_str()).collect()
}

#[test]
fn the_real_text_gives_its_terms_institutions_and_sections() {
    let Some(corpus) = corpus() else { return };
    let e = extract(&corpus.join("documents/final-accounts/henan-jiaozuo-egov-2022.txt"));
    let truth = std::fs::read_to_string(root().join("tests/truth/jiaozuo-2022.sections.tsv")).unwrap();
    let want = |what: &str| -> Vec<&str> {
        let lines = truth.lines().filter_map(|l| l.split_once('\t'));
        lines.filter(|(w, _)| *w == what).map(|(_, v)| v).collect()
    };
    let terms: Vec<&str> = e.glossary.iter().map(|t| t.term.as_str()).collect();
    assert_eq!(terms.len(), 25);
    assert_eq!(terms, want("glossary"));
    assert!(e.glossary.iter().all(|t| t.definition.chars().count() > 10));
    assert_eq!(named(&e, MemberKind::Institution), want("institution"));
    assert_eq!(named(&e, MemberKind::Institution).len(), 3);
    assert!(named(&e, MemberKind::Unit).is_empty());
    assert!(e.members.iter().all(|m| m.unit_key.is_none()));
    // What stands between the forms is text of the part that holds them and has a section of its own.
    let sections: Vec<String> = e
        .sections
        .iter()
        .filter(|s| s.section != "other" && s.section != "tables")
        .map(|s| format!("{}\t{}", s.section, s.heading))
        .collect();
    assert_eq!(sections, want("section"));
    assert!(e.sections.iter().all(|s| !s.text.is_empty()));
    assert!(!e.diagnostics.iter().any(|d| d.code == "institutions-differ"));
}

/// A generated account whose section about institutions says this.
fn account(said: &str) -> Extract {
    let text = std::fs::read_to_string(root().join("samples/s03-fy2022-national.txt")).unwrap();
    let heading = text
        .lines()
        .rfind(|l| l.contains("机构设置"))
        .expect("the sample has such a section");
    let at = text.rfind(heading).unwrap() + heading.len();
    let changed = format!("{}\n\n{said}\n{}", &text[..at], &text[at..]);
    extract_bytes("a.txt", changed.as_bytes())
}

#[test]
fn institutions_are_listed_in_a_sentence_or_in_lines() {
    for (said, want, differ) in [
        (
            "本局内设机构3个，包括：办公室、法规科、人事股。",
            &["办公室", "法规科", "人事股"][..],
            false,
        ),
        (
            "本局内设科室有二个：办公室、法规科（信访科）。",
            &["办公室", "法规科（信访科）"],
            false,
        ),
        ("内设机构分别为综合处；监督处；。", &["综合处", "监督处"], false),
        (
            "本局内设机构4个，包括：办公室、法规科、人事股。",
            &["办公室", "法规科", "人事股"],
            true,
        ),
        (
            "本局内设机构2个，分别为：\n\n1．办公室。负责文电。\n\n2．法规科：负责普法。\n\n本局无其他。",
            &["办公室", "法规科"],
            false,
        ),
        // Neither a number alone nor a list of other things is a list of institutions.
        ("本局内设机构5个，人员编制20名。", &[], false),
        ("本局内设机构为正科级，主要有：组织普法、法规科、指导协调。", &[], false),
        ("本局包括办公室、法规科。", &[], false),
    ] {
        let e = account(said);
        assert_eq!(named(&e, MemberKind::Institution), want, "{said}");
        let warned = e.diagnostics.iter().any(|d| d.code == "institutions-differ");
        assert_eq!(warned, differ, "{said}");
    }
}

#[test]
fn the_glossary_is_the_same_in_every_type_of_file() {
    let mut checked = 0;
    for html in files(&root().join("samples"), ".html") {
        let terms = |kind: &str| -> Vec<(String, String)> {
            let e = extract(&html.with_extension(kind));
            let bare = |t: &str| juesuan::text::key(t);
            e.glossary
                .iter()
                .map(|t| (bare(&t.term), bare(&t.definition)))
                .collect()
        };
        let want = terms("pdf");
        assert_eq!(want.len(), 6, "{}", html.display());
        for kind in ["txt", "html", "docx", "xlsx"] {
            assert_eq!(terms(kind), want, "{} as {kind}", html.display());
            checked += 1;
        }
    }
    assert!(checked >= 8);
}

#[test]
fn lines_of_the_page_around_a_document_end_its_last_section() {
    let text = std::fs::read_to_string(root().join("samples/s12-fy2022-messy.txt")).unwrap();
    let plain = extract_bytes("a.txt", text.as_bytes());
    let footed = format!("{text}\n\n主办单位：青禾县人民政府办公室\n\n网站标识码：4100000000\n\n某ICP备00000000号\n");
    let e = extract_bytes("a.txt", footed.as_bytes());
    assert_eq!(e.glossary, plain.glossary);
    // Nothing is dropped in silence: they are text of no known section.
    let kept = e
        .sections
        .iter()
        .filter(|s| s.section == "other" && s.text.contains("主办单位"));
    assert_eq!(kept.count(), 1);
    // A sentence that begins with the same words is a sentence.
    let said =
        format!("{text}\n\n七、主办单位：是负责组织活动的单位。\n\n主办单位：由两个单位共同担任的也是主办单位。\n");
    let e = extract_bytes("a.txt", said.as_bytes());
    assert_eq!(e.glossary.len(), plain.glossary.len() + 2);
}
