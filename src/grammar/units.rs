//! Names of units. Comes in: `units/*.toml` and `units/*.csv` (how names are written, and a user's own registry of units with renames and
//! mergers) and the regions. Goes out: [`Units`], which takes a printed name apart and finds its unit in the registry. The key of
//! a unit is made from the rules and one name alone, so that every document can be keyed by itself.

use super::lazy::Regex;
use super::mistake::{Compiler, Mistake};
use super::names::{self, NameFile, Names};
use super::regions::{Divisions, Found};
use crate::record::DocumentRow;
use crate::text;
use crate::value::uscc;
use serde::Deserialize;
use std::collections::HashMap;
use std::ops::Range;
use toml::Spanned;

/// `units/*.toml`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitsFile {
    /// How names are written.
    #[serde(default)]
    pub words: NameWords,
    /// What names look like.
    #[serde(default)]
    pub names: NameFile,
    /// Units that are known.
    #[serde(default)]
    pub unit: Vec<UnitEntry>,
}

/// How names are written; lists of all files add up.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameWords {
    /// May stand before the name of the region.
    #[serde(default)]
    pub before_region: Vec<Spanned<String>>,
    /// In brackets at the end: 本级.
    #[serde(default)]
    pub self_only: Vec<Spanned<String>>,
    /// At the end without brackets: 本级.
    #[serde(default)]
    pub self_only_tail: Vec<Spanned<String>>,
    /// In brackets at the end: a second name.
    #[serde(default)]
    pub alias: Vec<Spanned<String>>,
    /// Regions that count only behind the region around them.
    #[serde(default)]
    pub needs_parent: Vec<Spanned<String>>,
    /// Names that say nothing without a region.
    #[serde(default)]
    pub needs_region: Vec<Spanned<String>>,
    /// Before a 统一社会信用代码.
    #[serde(default)]
    pub uscc_label: Vec<Spanned<String>>,
    /// Two spellings of one name.
    #[serde(default)]
    pub same: Vec<Same>,
}

/// Two spellings.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Same {
    /// What is printed.
    pub from: String,
    /// What it counts as.
    pub to: String,
}

/// A unit of the registry.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitEntry {
    /// Its name.
    pub name: Spanned<String>,
    /// Its key in the dataset; default: the code, else the key that the name gives.
    #[serde(default)]
    pub key: Option<Spanned<String>>,
    /// 统一社会信用代码.
    #[serde(default)]
    pub uscc: Option<Spanned<String>>,
    /// 行政区划代码, where the name does not say it.
    #[serde(default)]
    pub region: Option<Spanned<String>>,
    /// Key or name of the department.
    #[serde(default)]
    pub parent: Option<Spanned<String>>,
    /// First year in which it bears the name.
    #[serde(default)]
    pub first_year: Option<i16>,
    /// Last year in which it bears the name.
    #[serde(default)]
    pub last_year: Option<i16>,
    /// Other names: former, later, short, second plate.
    #[serde(default)]
    pub names: Vec<OtherName>,
    /// Key or name of the unit that it was merged into.
    #[serde(default)]
    pub successor: Option<Spanned<String>>,
    /// The first year of the successor.
    #[serde(default)]
    pub successor_year: Option<i16>,
}

/// Another name.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherName {
    /// The name.
    pub name: Spanned<String>,
    /// First year.
    #[serde(default)]
    pub first_year: Option<i16>,
    /// Last year.
    #[serde(default)]
    pub last_year: Option<i16>,
}

/// A name taken apart; all texts are folded.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Name {
    /// The first name without region, bracket and 本级, spelled in one way: what the key holds.
    pub bare: String,
    /// The first name as printed, without bracket.
    pub primary: String,
    /// Second names, from brackets.
    pub aliases: Vec<String>,
    /// It says 本级.
    pub self_only: bool,
    /// The regions with which it may begin; more than one: it does not say which.
    pub regions: Vec<Found>,
}

/// A unit of the registry, ready for use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Registered {
    /// Its key.
    pub key: String,
    /// 统一社会信用代码.
    pub uscc: Option<String>,
    /// Key of the department.
    pub parent: Option<String>,
    /// Key of the unit that it was merged into.
    pub successor: Option<String>,
    /// The first year of that.
    pub successor_year: Option<i16>,
    /// 行政区划代码, when the registry says it.
    pub region: Option<String>,
}

/// A name of a registered unit.
#[derive(Clone, Debug)]
struct Known {
    unit: usize,
    region: Option<String>,
    self_only: bool,
    first: Option<i16>,
    last: Option<i16>,
}

impl Known {
    fn holds(&self, year: Option<i16>) -> bool {
        year.is_none_or(|y| self.first.is_none_or(|f| f <= y) && self.last.is_none_or(|l| y <= l))
    }

    fn overlaps(&self, o: &Known) -> bool {
        let first = |k: &Known| k.first.unwrap_or(i16::MIN);
        let last = |k: &Known| k.last.unwrap_or(i16::MAX);
        first(self) <= last(o) && first(o) <= last(self)
    }
}

/// Rules of names and the registry.
#[derive(Clone, Debug)]
pub struct Units {
    /// The regions.
    pub divisions: Divisions,
    pub(super) shapes: Names,
    before_region: Regex,
    self_only: Regex,
    self_only_tail: Regex,
    alias: Regex,
    needs_parent: Regex,
    needs_region: Regex,
    uscc_label: Regex,
    same: Vec<(String, String)>,
    units: Vec<Registered>,
    names: HashMap<String, Vec<Known>>,
    codes: HashMap<String, usize>,
}

/// What the registry knows of a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lookup<'u> {
    /// This unit.
    One(&'u Registered),
    /// Several units have borne it, and nothing says which is meant.
    Many,
    /// None.
    Unknown,
}

/// Ends the key of an office without its member units.
pub const SELF_ONLY: &str = "-self";

impl Units {
    /// Takes a printed name apart.
    pub fn parse(&self, printed: &str, year: Option<i16>) -> Name {
        let mut name = Name::default();
        let folded = text::key(printed);
        let mut rest = folded.as_str();
        loop {
            if let Some((before, inner)) = last_bracket(rest) {
                if self.self_only.is_match(inner) {
                    name.self_only = true;
                } else if inner.chars().count() >= 4 && self.alias.is_match(inner) {
                    name.aliases.push(inner.to_string());
                } else {
                    break;
                }
                rest = before;
                continue;
            }
            match self.self_only_tail.find(rest) {
                Some(m) if m.start() > 0 => {
                    name.self_only = true;
                    rest = &rest[..m.start()];
                }
                _ => break,
            }
        }
        name.aliases.reverse();
        name.primary = rest.to_string();
        // The spelling is made one before the region is looked for: 中国共产党焦作市委员会 is 中共焦作市委员会.
        let mut spelled = rest.to_string();
        for (from, to) in &self.same {
            spelled = spelled.replace(from.as_str(), to);
        }
        let before = self.before_region.find(&spelled).map_or(0, |m| m.end());
        let needs_parent = |n: &str| self.needs_parent.is_match(n);
        name.regions = self.divisions.at_start(&spelled[before..], year, needs_parent);
        let length = name.regions.first().map_or(0, |f| f.length);
        name.bare = format!("{}{}", &spelled[..before], &spelled[before + length..]);
        name
    }

    /// Whether a bare name says nothing without a region.
    pub fn needs_region(&self, bare: &str) -> bool {
        bare.is_empty() || self.needs_region.is_match(bare)
    }

    /// What stands behind the label of a 统一社会信用代码 in a folded text.
    pub fn after_uscc_label<'t>(&self, folded: &'t str) -> Option<&'t str> {
        self.uscc_label.find(folded).map(|m| &folded[m.end()..])
    }

    /// The unit of the registry with this code.
    pub fn with_code(&self, code: &str) -> Option<&Registered> {
        self.codes.get(code).map(|n| &self.units[*n])
    }

    /// The unit of the registry with this key.
    pub fn with_key(&self, key: &str) -> Option<&Registered> {
        self.units.iter().find(|u| u.key == key)
    }

    /// The unit of the registry that bore a name in a year. `region` is the stable code of the region.
    pub fn lookup(&self, name: &Name, region: Option<&str>, year: Option<i16>) -> Lookup<'_> {
        let Some(all) = self.names.get(&name.bare) else {
            return Lookup::Unknown;
        };
        let mut found: Vec<usize> = all
            .iter()
            .filter(|k| k.region.as_deref() == region && k.self_only == name.self_only && k.holds(year))
            .map(|k| k.unit)
            .collect();
        found.sort_unstable();
        found.dedup();
        match found.as_slice() {
            [] => Lookup::Unknown,
            [one] => Lookup::One(&self.units[*one]),
            _ => Lookup::Many,
        }
    }

    /// Gives a document that was read without this registry the key that it would have now: by its code, else by its name in its year in
    /// its region. What the registry does not know keeps its key.
    pub fn take_key(&self, d: &mut DocumentRow) {
        if self.units.is_empty() {
            return;
        }
        let Some(name) = d.unit_name.as_deref().map(|n| self.parse(n, d.fiscal_year)) else {
            return;
        };
        let region = d.unit_key.as_deref().and_then(|k| k.split_once('-')).map(|(r, _)| r);
        let region = region.filter(|r| r.len() == 6 && r.bytes().all(|b| b.is_ascii_digit()));
        let of_code = d.uscc.as_deref().and_then(|c| self.with_code(c));
        if let Some(r) = of_code {
            let tail = if name.self_only { SELF_ONLY } else { "" };
            d.unit_key = Some(format!("{}{tail}", r.key));
        } else if let Lookup::One(r) = self.lookup(&name, region, d.fiscal_year) {
            d.unit_key = Some(r.key.clone());
        }
    }

    /// How many units the registry holds.
    pub fn registered(&self) -> usize {
        self.units.len()
    }
}

/// The key of a name in a region.
pub fn key_of(name: &Name, region: Option<&str>) -> String {
    let tail = if name.self_only { SELF_ONLY } else { "" };
    match region {
        Some(r) => format!("{r}-{}{tail}", name.bare),
        None => format!("{}{tail}", name.bare),
    }
}

/// The text before the last bracket and what stands in it, when the text ends with it.
fn last_bracket(folded: &str) -> Option<(&str, &str)> {
    let inside = folded.strip_suffix(')')?;
    let mut depth = 1;
    for (at, c) in inside.char_indices().rev() {
        match c {
            ')' => depth += 1,
            '(' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return (at > 0).then(|| (&folded[..at], &inside[at + 1..]));
        }
    }
    None
}

/// Where an entry of the registry stands: the number of its file, and the bytes of what is meant there.
type Origin = (usize, Range<usize>);

/// One file of the folder.
pub(super) struct Source {
    /// Words and units.
    pub file: UnitsFile,
    /// Its number among the files, for mistakes.
    pub number: usize,
}

/// The units of a CSV: one row for each name, rows of one `unit` together are one unit.
pub(super) fn from_csv(csv: &str, mistakes: &mut Vec<Mistake>) -> UnitsFile {
    const COLUMNS: &[&str] = &[
        "unit",
        "name",
        "region",
        "uscc",
        "parent",
        "first_year",
        "last_year",
        "successor",
        "successor_year",
        // For people.
        "note",
    ];
    let mut out = UnitsFile::default();
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(csv.as_bytes());
    let head: Vec<String> = match reader.headers() {
        Ok(h) => h
            .iter()
            .map(|c| c.trim_start_matches('\u{feff}').trim().to_string())
            .collect(),
        Err(e) => {
            mistakes.push((1..1, e.to_string()));
            return out;
        }
    };
    for h in &head {
        if !COLUMNS.contains(&h.as_str()) {
            let message = format!("the column `{h}` is unknown; there are: {}", COLUMNS.join(", "));
            mistakes.push((1..1, message));
        }
    }
    let mut at: HashMap<String, usize> = HashMap::new();
    for record in reader.records() {
        let record = match record {
            Ok(r) => r,
            Err(e) => {
                mistakes.push((1..1, e.to_string()));
                return out;
            }
        };
        let start = record.position().map_or(1, |p| p.byte() as usize).max(1);
        let span = start..start + 1;
        let cell = |column: &str| {
            let n = head.iter().position(|h| h == column);
            n.and_then(|n| record.get(n)).map(str::trim).filter(|t| !t.is_empty())
        };
        let mut year = |column: &str| {
            let t = cell(column)?;
            let y = t.parse::<i16>().ok();
            if y.is_none() {
                mistakes.push((span.clone(), format!("column {column}: `{t}` is not a year")));
            }
            y
        };
        let (first_year, last_year, successor_year) = (year("first_year"), year("last_year"), year("successor_year"));
        let Some(name) = cell("name") else {
            mistakes.push((span.clone(), "a row needs a `name`".into()));
            continue;
        };
        let spanned = |t: &str| Spanned::new(span.clone(), t.to_string());
        let unit = cell("unit").unwrap_or(name).to_string();
        if let Some(n) = at.get(&unit) {
            let known: &mut UnitEntry = &mut out.unit[*n];
            known.names.push(OtherName {
                name: spanned(name),
                first_year,
                last_year,
            });
            continue;
        }
        at.insert(unit.clone(), out.unit.len());
        out.unit.push(UnitEntry {
            name: spanned(name),
            key: cell("unit").map(spanned),
            uscc: cell("uscc").map(spanned),
            region: cell("region").map(spanned),
            parent: cell("parent").map(spanned),
            first_year,
            last_year,
            names: Vec::new(),
            successor: cell("successor").map(spanned),
            successor_year,
        });
    }
    out
}

/// Compiles all files. A mistake carries the number of its file.
pub(super) fn compile(files: &[Source], divisions: Divisions, mistakes: &mut Vec<(usize, Mistake)>) -> Units {
    let mut found = Vec::new();
    fn gather(files: &[Source], pick: impl Fn(&NameWords) -> &Vec<Spanned<String>>) -> Vec<Spanned<String>> {
        files.iter().flat_map(|f| pick(&f.file.words).iter().cloned()).collect()
    }
    // Patterns were checked file by file.
    let mut c = Compiler { mistakes: &mut found };
    let mut units = Units {
        divisions,
        shapes: names::compile(files.iter().map(|f| &f.file.names), &mut c),
        before_region: c.regex(&gather(files, |w| &w.before_region), "^", ""),
        self_only: c.regex(&gather(files, |w| &w.self_only), "^", "$"),
        self_only_tail: c.regex(&gather(files, |w| &w.self_only_tail), "", "$"),
        alias: c.regex(&gather(files, |w| &w.alias), "^", "$"),
        needs_parent: c.regex(&gather(files, |w| &w.needs_parent), "^", "$"),
        needs_region: c.regex(&gather(files, |w| &w.needs_region), "^", "$"),
        uscc_label: c.regex(&gather(files, |w| &w.uscc_label), "", ""),
        same: files
            .iter()
            .flat_map(|f| &f.file.words.same)
            .map(|s| (text::key(&s.from), text::key(&s.to)))
            .filter(|(from, _)| !from.is_empty())
            .collect(),
        units: Vec::new(),
        names: HashMap::new(),
        codes: HashMap::new(),
    };
    register(files, &mut units, mistakes);
    units
}

/// The mistakes of the words of one file.
pub(super) fn lint(file: &UnitsFile, mistakes: &mut Vec<Mistake>) {
    let w = &file.words;
    let mut c = Compiler { mistakes };
    names::lint(&file.names, &mut c);
    for list in [
        &w.before_region,
        &w.self_only,
        &w.self_only_tail,
        &w.alias,
        &w.needs_parent,
        &w.needs_region,
        &w.uscc_label,
    ] {
        for p in list {
            c.pattern(p);
        }
    }
}

fn register(files: &[Source], units: &mut Units, mistakes: &mut Vec<(usize, Mistake)>) {
    let mut refer: HashMap<String, String> = HashMap::new();
    let mut pending: Vec<(usize, Option<Origin>, Option<Origin>, &UnitEntry)> = Vec::new();
    let mut origins: Vec<Origin> = Vec::new();
    for source in files {
        for e in &source.file.unit {
            let mut say = |span: Range<usize>, message: String| mistakes.push((source.number, (span, message)));
            years(e.first_year, e.last_year, e.name.span(), &mut say);
            if let Some(code) = &e.uscc
                && !uscc::is_valid(code.get_ref())
            {
                let message = format!("`{}` is no 统一社会信用代码: its check digit is wrong", code.get_ref());
                say(code.span(), message);
            }
            let region = e.region.as_ref().and_then(|r| {
                let found = units.divisions.by_code(r.get_ref(), e.first_year);
                if found.is_none() {
                    say(r.span(), format!("no region has the code `{}`", r.get_ref()));
                }
                found
            });
            let parsed = units.parse(e.name.get_ref(), e.first_year.or(e.last_year));
            let stable = |f: &Found| units.divisions.stable_code(f).to_string();
            let own_region = match (&region, parsed.regions.as_slice()) {
                (Some(r), _) => Some(stable(r)),
                (None, [one]) => Some(stable(one)),
                (None, []) => None,
                (None, _) => {
                    say(
                        e.name.span(),
                        "several regions bear this name: write the full name or `region`".into(),
                    );
                    None
                }
            };
            let code = e.uscc.as_ref().map(|u| u.get_ref().clone());
            let tail = if parsed.self_only { SELF_ONLY } else { "" };
            let key = match (&e.key, &code) {
                (Some(k), _) => k.get_ref().clone(),
                (None, Some(c)) => format!("{c}{tail}"),
                (None, None) => key_of(&parsed, own_region.as_deref()),
            };
            if units.units.iter().any(|u| u.key == key) {
                say(e.name.span(), format!("two units have the key `{key}`"));
            }
            let number = units.units.len();
            if let Some(c) = &code
                && !parsed.self_only
                && units.codes.insert(c.clone(), number).is_some()
            {
                say(e.name.span(), format!("two units have the code {c}"));
            }
            refer.insert(key.clone(), key.clone());
            refer.entry(text::key(e.name.get_ref())).or_insert_with(|| key.clone());
            let all = std::iter::once((&e.name, e.first_year, e.last_year))
                .chain(e.names.iter().map(|n| (&n.name, n.first_year, n.last_year)));
            let mut own: Vec<(String, Known, Range<usize>)> = Vec::new();
            for (text, first, last) in all {
                years(first, last, text.span(), &mut say);
                let n = units.parse(text.get_ref(), first.or(last));
                let region = match (&region, n.regions.as_slice()) {
                    // A name with another region than the entry's keeps its own: the unit moved.
                    (Some(r), []) => Some(stable(r)),
                    (Some(r), many) if many.len() > 1 => Some(stable(r)),
                    (_, [one]) => Some(stable(one)),
                    _ => own_region.clone(),
                };
                let known = |self_only| Known {
                    unit: number,
                    region: region.clone(),
                    self_only,
                    first,
                    last,
                };
                own.push((n.bare.clone(), known(n.self_only), text.span()));
                for alias in &n.aliases {
                    let a = units.parse(alias, first.or(last));
                    own.push((a.bare, known(n.self_only), text.span()));
                }
            }
            for (bare, known, span) in own {
                let list = units.names.entry(bare.clone()).or_default();
                let clash = list.iter().any(|k| {
                    k.unit != known.unit
                        && k.region == known.region
                        && k.self_only == known.self_only
                        && k.overlaps(&known)
                });
                if clash {
                    say(
                        span,
                        format!("two units bear the name `{bare}` in the same region in the same year"),
                    );
                }
                list.push(known);
            }
            let origin = |s: &Option<Spanned<String>>| s.as_ref().map(|s| (source.number, s.span()));
            if e.successor.is_none() != e.successor_year.is_none() {
                say(e.name.span(), "`successor` and `successor_year` stand together".into());
            }
            pending.push((number, origin(&e.parent), origin(&e.successor), e));
            origins.push((source.number, e.name.span()));
            units.units.push(Registered {
                key,
                uscc: code,
                parent: None,
                successor: None,
                successor_year: e.successor_year,
                region: e.region.as_ref().map(|r| r.get_ref().clone()),
            });
        }
    }
    for (number, parent, successor, e) in pending {
        let mut find = |name: &Option<Spanned<String>>, origin: Option<Origin>| {
            let name = name.as_ref()?;
            let key = refer
                .get(name.get_ref())
                .or_else(|| refer.get(&text::key(name.get_ref())))
                .cloned();
            if key.is_none()
                && let Some((file, span)) = origin
            {
                let message = format!(
                    "no unit of the registry has the key or the first name `{}`",
                    name.get_ref()
                );
                mistakes.push((file, (span, message)));
            }
            key
        };
        units.units[number].parent = find(&e.parent, parent);
        units.units[number].successor = find(&e.successor, successor);
    }
    for (n, origin) in origins.iter().enumerate() {
        let (mut at, mut steps) = (n, 0);
        while let Some(next) = units.units[at].successor.as_ref() {
            steps += 1;
            let Some(to) = units.units.iter().position(|u| u.key == *next) else {
                break;
            };
            at = to;
            if steps > units.units.len() {
                let (file, span) = origin.clone();
                mistakes.push((file, (span, "its successors lead back to itself".into())));
                break;
            }
        }
    }
}

fn years(first: Option<i16>, last: Option<i16>, span: Range<usize>, say: &mut impl FnMut(Range<usize>, String)) {
    if let (Some(f), Some(l)) = (first, last)
        && f > l
    {
        say(span, format!("the last year {l} stands before the first year {f}"));
    }
}
