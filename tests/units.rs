//! One unit is one unit in all years: 30 invented units over 2016 to 2024 with renames, a merger, 本级 beside 汇总, two 普陀区 and second
//! names in brackets. Every document lands on its key, and nothing is joined that must stay apart.

use crate::support::{builtin, root};
use juesuan::grammar::{self, Grammar};
use juesuan::normalise::normalise;
use juesuan::place::{DocumentId, Place};
use juesuan::recognise::{Cover, Evidence, Recognised};
use juesuan::record::{Caliber, DocumentRow, Extract, Kind, Level, Member};
use juesuan::write::{DatasetWriter, Options};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// The user's registry of this test.
const REGISTRY: &str = r#"
[[unit]]
name = "上海市普陀区规划和土地管理局"
last_year = 2018
names = [{ name = "上海市普陀区规划和自然资源局", first_year = 2019 }]

[[unit]]
name = "上海市普陀区文化局"
last_year = 2018
successor = "上海市普陀区文化和旅游局"
successor_year = 2019

[[unit]]
name = "上海市普陀区旅游局"
last_year = 2018
successor = "上海市普陀区文化和旅游局"
successor_year = 2019

[[unit]]
name = "上海市普陀区文化和旅游局"
first_year = 2019

[[unit]]
name = "上海市普陀区区级机关绿化事务中心"
names = [{ name = "上海市普陀区园林服务站", last_year = 2019 }]
parent = "上海市普陀区机关事务管理局"

[[unit]]
name = "上海市普陀区机关事务管理局"
key = "putuo-jiguan"
"#;

fn with_registry() -> Grammar {
    let tmp = tempfile::tempdir().unwrap();
    registry(tmp.path());
    grammar::load(Some(tmp.path())).unwrap_or_else(|e| panic!("{e:?}"))
}

/// Writes the registry as a user does.
pub fn registry(dir: &Path) {
    let folder = dir.join("units");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("mine.toml"), REGISTRY).unwrap();
    let csv = "unit,name,region,first_year,last_year\nwater,河南省焦作市河道管理处,,2016,2020\nwater,水务保障中心,410800,2021,\n";
    std::fs::write(folder.join("mine.csv"), csv).unwrap();
}

/// A document: the name on its cover, and what else it shows.
#[derive(Clone, Debug)]
pub struct Doc {
    pub unit: usize,
    pub year: i16,
    pub name: String,
    pub text: &'static str,
    pub level: Level,
    pub caliber: Option<Caliber>,
    pub members: Vec<&'static str>,
}

fn doc(unit: usize, year: i16, name: &str) -> Doc {
    Doc {
        unit,
        year,
        name: name.to_string(),
        text: "",
        level: Level::Unit,
        caliber: Some(Caliber::Single),
        members: Vec::new(),
    }
}

/// The documents of all 30 units.
pub fn documents() -> Vec<Doc> {
    let mut out = Vec::new();
    let mut every = |unit: usize, name: &dyn Fn(i16) -> String| {
        for year in 2016..=2024 {
            out.push(doc(unit, year, &name(year)));
        }
    };
    // Two districts of one name, and the province before one of them.
    every(0, &|_| "上海市普陀区财政局".into());
    every(1, &|y| {
        if y < 2020 {
            "舟山市普陀区财政局".into()
        } else {
            "浙江省舟山市普陀区财政局".into()
        }
    });
    // A second plate in some years, printed with the half-width brackets in others.
    every(2, &|y| match y % 3 {
        0 => "河南省焦作市政务服务中心（焦作市云计算服务中心）".into(),
        1 => "焦作市政务服务中心(焦作市云计算服务中心)".into(),
        _ => "焦作市政务服务中心".into(),
    });
    // Renamed, by the registry.
    every(3, &|y| {
        format!("上海市普陀区规划和{}局", if y < 2019 { "土地管理" } else { "自然资源" })
    });
    every(4, &|y| {
        format!(
            "上海市普陀区{}",
            if y < 2020 {
                "园林服务站"
            } else {
                "区级机关绿化事务中心"
            }
        )
    });
    every(5, &|_| "上海市普陀区机关事务管理局".into());
    every(6, &|y| {
        if y < 2021 {
            "焦作市河道管理处".into()
        } else {
            "焦作市水务保障中心".into()
        }
    });
    // A county that became a district as a whole in 2015, and printed its old name for two years more.
    every(7, &|y| {
        format!("北京市密云{}司法局", if y < 2018 { "县" } else { "区" })
    });
    // Spelled in two ways.
    every(8, &|y| {
        format!("上海市普陀区发展{}改革研究中心", if y % 2 == 0 { "和" } else { "与" })
    });
    every(9, &|y| {
        format!("{}焦作市委党史研究室", if y % 2 == 0 { "中共" } else { "中国共产党" })
    });
    // A department, and its own office beside it.
    for year in 2016..=2024 {
        let mut whole = doc(10, year, "上海市普陀区民政局");
        whole.level = Level::Department;
        whole.caliber = Some(Caliber::Consolidated);
        whole.members = vec!["上海市普陀区民政局（本级）", "上海市普陀区救助管理站"];
        out.push(whole);
        let name = [
            "上海市普陀区民政局（本级）",
            "上海市普陀区民政局本级",
            "上海市普陀区民政局（本部）",
        ][usize::from(year % 3 == 0)];
        out.push(doc(11, year, name));
        out.push(doc(12, year, "上海市普陀区救助管理站"));
    }
    // Merged into one.
    for year in 2016..=2018 {
        out.push(doc(13, year, "上海市普陀区文化局"));
        out.push(doc(14, year, "上海市普陀区旅游局"));
    }
    for year in 2019..=2024 {
        out.push(doc(15, year, "上海市普陀区文化和旅游局"));
    }
    // The region stands in the text only.
    for year in 2016..=2024 {
        let mut d = doc(16, year, "普陀区教育学院");
        d.text = "本院位于浙江省舟山市,由区教育局主管。\n";
        out.push(d);
        let mut d = doc(17, year, "普陀区教育学院");
        d.text = "上海市教育系统\n";
        out.push(d);
    }
    // One code, three names, no registry.
    for year in 2016..=2024 {
        let name = [
            "济宁市金融工作办公室",
            "济宁市地方金融监督管理局",
            "中共济宁市委金融委员会办公室",
        ][usize::from(year > 2018) + usize::from(year > 2022)];
        let mut d = doc(18, year, name);
        d.text = "uscc";
        out.push(d);
    }
    // The same office in many places.
    let places = [
        "河南省焦作市",
        "焦作市山阳区",
        "上海市",
        "舟山市",
        "浙江省",
        "济宁市",
        "北京市密云区",
        "吉林省",
        "吉林省吉林市",
        "北京市朝阳区",
        "长春市朝阳区",
    ];
    for (n, place) in places.iter().enumerate() {
        for year in 2016..=2024 {
            out.push(doc(19 + n, year, &format!("{place}档案局")));
        }
    }
    out
}

fn read(g: &Grammar, d: &Doc, number: usize) -> Extract {
    let codes = if d.text == "uscc" {
        vec![("11370800004234373R".to_string(), Place::page(1))]
    } else {
        Vec::new()
    };
    let recognised = Recognised {
        cover: Cover {
            kind: Kind::FinalAccount,
            unit_name: Some((juesuan::text::key(&d.name), Place::page(1))),
            year: Some((d.year, Place::page(1))),
            level: Some(d.level),
            caliber: d.caliber,
            ..Cover::default()
        },
        evidence: Evidence {
            codes,
            text: d.text.to_string(),
        },
        ..Recognised::default()
    };
    let row = DocumentRow::new(DocumentId(format!("{number:064x}")), format!("{number}.pdf"));
    let mut e = normalise(&recognised, g, row).value;
    e.members = (1u32..)
        .zip(&d.members)
        .map(|(ordinal, name)| Member {
            ordinal,
            name: (*name).to_string(),
            ..Member::default()
        })
        .collect();
    e
}

#[test]
fn every_document_lands_on_its_unit() {
    let g = with_registry();
    assert_eq!(g.units.registered(), 7);
    let docs = documents();
    let mut keys: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    for (n, d) in docs.iter().enumerate() {
        let e = read(&g, d, n);
        let key = e.document.unit_key.unwrap_or_else(|| panic!("{d:?} has no key"));
        assert_eq!(e.unit.map(|u| u.unit_key), Some(key.clone()));
        keys.entry(d.unit).or_default().insert(key);
    }
    assert_eq!(keys.len(), 30);
    assert_eq!(docs.len(), 255);
    for (unit, k) in &keys {
        assert_eq!(k.len(), 1, "unit {unit}: {k:?}");
    }
    let all: BTreeSet<&String> = keys.values().flatten().collect();
    assert_eq!(all.len(), 30, "joined what must stay apart: {keys:?}");
    let one = |unit: usize| keys[&unit].first().unwrap().as_str();
    assert_eq!(one(0), "310107-财政局");
    assert_eq!(one(1), "330903-财政局");
    assert_eq!(one(2), "410800-政务服务中心");
    assert_eq!(one(5), "putuo-jiguan");
    assert_eq!(one(6), "water");
    assert_eq!(one(11), format!("{}-self", one(10)));
    assert_eq!(one(18), "11370800004234373R");
}

/// The region of a document is the one that was valid in its year, also where the key is that of an older one.
#[test]
fn a_county_that_became_a_district_is_one_unit() {
    let g = builtin();
    let of = |year: i16, name: &str| {
        let e = read(g, &doc(0, year, name), 0);
        (e.document.unit_key, e.document.region_code)
    };
    let (before, after) = (of(2014, "北京市密云县司法局"), of(2020, "北京市密云区司法局"));
    assert_eq!(before.1.as_deref(), Some("110228"));
    assert_eq!(after.1.as_deref(), Some("110118"));
    assert_eq!(before.0, after.0);
    // An old name that is still printed.
    assert_eq!(of(2017, "北京市密云县司法局"), after);
    // One that was merged into a larger one is another unit.
    assert_ne!(of(2010, "北京市崇文区司法局").0, of(2012, "北京市东城区司法局").0);
}

#[test]
fn what_the_document_does_not_settle_is_not_guessed() {
    let g = builtin();
    for name in ["普陀区财政局", "财政局", "人民政府办公室", "第一中学"] {
        let recognised = read(g, &doc(0, 2020, name), 0);
        assert_eq!(recognised.document.unit_key, None, "{name}");
        assert!(recognised.unit.is_none(), "{name}");
    }
    // A name of its own needs no region; two of them are two.
    let key = |name: &str| read(g, &doc(0, 2020, name), 0).document.unit_key;
    assert!(key("云泽省澜溪县人民政府办公室").is_some());
    assert_ne!(key("云泽省澜溪县人民政府办公室"), key("云泽省望澜市人民政府办公室"));
    // A bracket that is a part of the name stays in the key.
    assert_ne!(
        key("上海市普陀区新村小学（东校区）"),
        key("上海市普陀区新村小学（西校区）")
    );
}

#[test]
fn a_wrong_check_digit_is_said_and_not_used() {
    let recognised = Recognised {
        cover: Cover {
            kind: Kind::FinalAccount,
            unit_name: Some(("济宁市档案馆".into(), Place::page(1))),
            year: Some((2020, Place::page(1))),
            ..Cover::default()
        },
        evidence: Evidence {
            codes: vec![("11370800004234374R".into(), Place::page(1))],
            text: String::new(),
        },
        ..Recognised::default()
    };
    let out = normalise(
        &recognised,
        builtin(),
        DocumentRow::new(DocumentId("0".repeat(64)), "a.pdf"),
    );
    assert_eq!(out.value.document.uscc, None);
    assert_eq!(out.value.document.unit_key.as_deref(), Some("370800-档案馆"));
    assert!(out.report.iter().any(|d| d.code == "uscc-check-digit"));
}

fn table(dir: &Path, name: &str) -> Vec<BTreeMap<String, String>> {
    let mut reader = csv::Reader::from_path(dir.join(name)).unwrap();
    let head = reader.headers().unwrap().clone();
    reader
        .records()
        .map(|r| {
            head.iter()
                .map(str::to_string)
                .zip(r.unwrap().iter().map(str::to_string))
                .collect()
        })
        .collect()
}

/// The table of units: names, years, department, successor; the same for any order of the documents.
#[test]
fn units_are_collected_over_all_documents() {
    let g = with_registry();
    let tmp = tempfile::tempdir().unwrap();
    let mut written = Vec::new();
    for turn in 0..2 {
        let dir = tmp.path().join(turn.to_string());
        let mut w = DatasetWriter::create(&dir, &Options::default()).unwrap();
        let mut docs: Vec<(usize, Doc)> = documents().into_iter().enumerate().collect();
        if turn == 1 {
            docs.reverse();
        }
        for (n, d) in &docs {
            let mut e = read(&g, d, *n);
            for m in &mut e.members {
                let parsed = g.units.parse(&m.name, Some(d.year));
                m.unit_key = Some(juesuan::grammar::units::key_of(&parsed, Some("310107")));
            }
            w.write(&e).unwrap();
        }
        w.finish().unwrap();
        written.push(std::fs::read_to_string(dir.join("units.csv")).unwrap());
    }
    assert_eq!(written[0], written[1]);
    let units = table(&tmp.path().join("0"), "units.csv");
    assert_eq!(units.len(), 30);
    let unit = |key: &str| {
        units
            .iter()
            .find(|u| u["unit_key"] == key)
            .unwrap_or_else(|| panic!("{key}"))
    };
    let planning = unit("310107-规划和土地管理局");
    assert_eq!(planning["unit_name"], "上海市普陀区规划和自然资源局");
    assert_eq!(planning["aliases"], "上海市普陀区规划和土地管理局");
    assert_eq!(
        (planning["first_year"].as_str(), planning["last_year"].as_str()),
        ("2016", "2024")
    );
    assert_eq!(
        unit("410800-政务服务中心")["aliases"],
        "河南省焦作市政务服务中心;焦作市云计算服务中心"
    );
    assert_eq!(unit("310107-民政局-self")["parent_unit_key"], "310107-民政局");
    assert_eq!(unit("310107-救助管理站")["parent_unit_key"], "310107-民政局");
    assert_eq!(unit("310107-区级机关绿化事务中心")["parent_unit_key"], "putuo-jiguan");
    let culture = unit("310107-文化局");
    assert_eq!(culture["successor_unit_key"], "310107-文化和旅游局");
    assert_eq!(
        (culture["last_year"].as_str(), culture["successor_year"].as_str()),
        ("2018", "2019")
    );
    assert_eq!(unit("330903-财政局")["region_name"], "普陀区");
}

/// Two versions of one account are both kept, and the later one is named; an account of another caliber is no version.
#[test]
fn versions_of_one_account_are_marked() {
    let g = builtin();
    let tmp = tempfile::tempdir().unwrap();
    let dir = tmp.path().join("out");
    let mut w = DatasetWriter::create(&dir, &Options::default()).unwrap();
    let times = [
        Some("2023-08-01T10:00:00"),
        Some("2023-09-15T09:30:00"),
        Some("2023-08-02T10:00:00"),
        None,
    ];
    for (n, time) in times.iter().enumerate() {
        let mut d = doc(
            0,
            2022,
            if n == 3 {
                "上海市普陀区档案局"
            } else {
                "上海市普陀区财政局"
            },
        );
        if n == 2 {
            d.level = Level::Department;
            d.caliber = Some(Caliber::Consolidated);
        }
        let mut e = read(g, &d, n);
        e.document.file_time = time.map(str::to_string);
        w.write(&e).unwrap();
    }
    w.finish().unwrap();
    let rows = table(&dir, "documents.csv");
    let seen: Vec<(&str, &str)> = rows
        .iter()
        .map(|r| (r["versions"].as_str(), r["superseded_by"].as_str()))
        .collect();
    let newest = format!("{:064x}", 1);
    assert_eq!(seen, [("2", newest.as_str()), ("2", ""), ("1", ""), ("1", "")]);
}

/// A registry with mistakes is refused, each with its place.
#[test]
fn mistakes_of_a_registry_have_their_place() {
    let tmp = tempfile::tempdir().unwrap();
    let folder = tmp.path().join("units");
    std::fs::create_dir(&folder).unwrap();
    let toml = "[[unit]]\nname = \"上海市普陀区甲局\"\nuscc = \"11370800004234374R\"\nparent = \"无此单位\"\n\n[[unit]]\nname = \"上海市普陀区甲局\"\n\n\
                [[unit]]\nname = \"普陀区乙局\"\nregion = \"999999\"\n\n[[unit]]\nname = \"上海市丙局\"\nfirst_year = 2020\nlast_year = 2019\n\n\
                [words]\nalias = [\"(\"]\n";
    std::fs::write(folder.join("a.toml"), toml).unwrap();
    std::fs::write(folder.join("b.csv"), "unit,name,jahr\nx,上海市丁局,2020\n").unwrap();
    let found: Vec<String> = match grammar::load(Some(tmp.path())) {
        Ok(_) => panic!("no mistake was found"),
        Err(e) => e.iter().map(ToString::to_string).collect(),
    };
    let has = |start: &str, part: &str| found.iter().any(|m| m.starts_with(start) && m.contains(part));
    assert!(has("units/a.toml:19:", "close it"), "{found:?}");
    assert!(has("units/b.csv:1:", "`jahr` is unknown"), "{found:?}");
    std::fs::write(folder.join("a.toml"), toml.replace("[words]\nalias = [\"(\"]\n", "")).unwrap();
    std::fs::write(
        folder.join("b.csv"),
        "unit,name,first_year\nx,上海市丁局,2020\ny,上海市丁局,zwanzig\n",
    )
    .unwrap();
    let found: Vec<String> = match grammar::load(Some(tmp.path())) {
        Ok(_) => panic!("no mistake was found"),
        Err(e) => e.iter().map(ToString::to_string).collect(),
    };
    let has = |start: &str, part: &str| found.iter().any(|m| m.starts_with(start) && m.contains(part));
    assert!(has("units/b.csv:3:", "`zwanzig` is not a year"), "{found:?}");
    std::fs::write(
        folder.join("b.csv"),
        "unit,name,first_year\nx,上海市丁局,2020\ny,上海市丁局,2021\n",
    )
    .unwrap();
    let found: Vec<String> = match grammar::load(Some(tmp.path())) {
        Ok(_) => panic!("no mistake was found"),
        Err(e) => e.iter().map(ToString::to_string).collect(),
    };
    let has = |start: &str, part: &str| found.iter().any(|m| m.starts_with(start) && m.contains(part));
    assert!(has("units/a.toml:3:8", "check digit"), "{found:?}");
    assert!(has("units/a.toml:4:10", "no unit of the registry"), "{found:?}");
    assert!(has("units/a.toml:7:8", "two units"), "{found:?}");
    assert!(has("units/a.toml:11:10", "no region has the code"), "{found:?}");
    assert!(has("units/a.toml:14:8", "before the first year"), "{found:?}");
    assert!(has("units/b.csv:3:", "two units bear the name"), "{found:?}");
}

/// The list of regions holds what the tests of the house rest on.
#[test]
fn the_regions_are_read() {
    let text = std::fs::read_to_string(root().join("grammars/codes/regions.csv")).unwrap();
    assert!(text.lines().count() > 3_500);
}
