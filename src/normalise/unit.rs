//! Whose document this is: one stable key for a unit, from the rules, the registry and this document alone, so that the order of
//! documents and the number of threads do not matter. A region that the document does not settle is not guessed.

use crate::diag::{Code, Diagnostic, Severity};
use crate::grammar::Grammar;
use crate::grammar::regions::Found;
use crate::grammar::units::{Lookup, Name, Registered, SELF_ONLY, Units, key_of};
use crate::place::Place;
use crate::recognise::Recognised;
use crate::record::{Caliber, Extract, MemberKind, Unit};
use crate::text;
use crate::value::uscc;

/// Sets the key, the code and the region of the document, and of the member units that it lists.
pub(super) fn identify(recognised: &Recognised, g: &Grammar, out: &mut Extract, report: &mut Vec<Diagnostic>) {
    let Some(printed) = out.document.unit_name.clone() else {
        return;
    };
    let year = out.document.fiscal_year;
    let units = &g.units;
    let name = units.parse(&printed, year);
    let code = code(recognised, out, &name, units, report);
    let region = region(&name, recognised, out, code.as_deref(), units);
    let place = recognised
        .cover
        .unit_name
        .as_ref()
        .map_or(Place::document(), |(_, p)| *p);
    let stable = region.as_ref().map(|f| units.divisions.stable_code(f).to_string());

    let own_tail = |key: &str| {
        if name.self_only {
            format!("{key}{SELF_ONLY}")
        } else {
            key.to_string()
        }
    };
    let mut registered: Option<&Registered> = None;
    let key = match code.as_deref().and_then(|c| units.with_code(c)) {
        Some(r) => {
            registered = Some(r);
            Some(own_tail(&r.key))
        }
        None => match units.lookup(&name, stable.as_deref(), year) {
            Lookup::One(r) => {
                registered = Some(r);
                Some(r.key.clone())
            }
            Lookup::Many => {
                let message = format!(
                    "several units of the registry have borne the name {}; without a year nothing says which is meant",
                    name.primary
                );
                unsettled(message, &printed, place, report);
                None
            }
            Lookup::Unknown => match (&code, ambiguous(&name, &region)) {
                (Some(c), _) => Some(own_tail(c)),
                (None, true) => {
                    let known: Vec<String> = name.regions.iter().map(|f| describe(f, units, year)).collect();
                    let message = format!(
                        "several regions bear the name with which this unit begins ({}), and nothing in the document says which; it has no unit_key: \
                         write the unit into a registry (units/)",
                        known.join(", ")
                    );
                    unsettled(message, &printed, place, report);
                    None
                }
                (None, false) if stable.is_none() && units.needs_region(&name.bare) => {
                    let message = "many regions have a unit of this name, and the document names no region; it has no unit_key: write the unit \
                                   into a registry (units/)";
                    unsettled(message.to_string(), &printed, place, report);
                    None
                }
                (None, false) if name.bare.is_empty() => None,
                (None, false) => Some(key_of(&name, stable.as_deref())),
            },
        },
    };
    let d = &mut out.document;
    if name.self_only && d.caliber != Some(Caliber::SelfOnly) {
        d.caliber = Some(Caliber::SelfOnly);
    }
    if let Some(f) = &region {
        let valid = registered
            .and_then(|r| r.region.as_deref())
            .and_then(|c| units.divisions.by_code(c, year))
            .unwrap_or_else(|| units.divisions.in_year(f, year));
        let division = units.divisions.division(&valid);
        d.region_code = Some(division.code.clone());
        d.region_name = Some(division.name.clone());
    }
    d.uscc = code.clone();
    d.unit_key = key.clone();
    if let Some(key) = key {
        let parent = registered
            .and_then(|r| r.parent.clone())
            .or_else(|| key.strip_suffix(SELF_ONLY).map(str::to_string));
        out.unit = Some(Unit {
            unit_key: key,
            unit_name: name.primary.clone(),
            aliases: name.aliases.clone(),
            uscc: code.or_else(|| registered.and_then(|r| r.uscc.clone())),
            region_code: d.region_code.clone(),
            region_name: d.region_name.clone(),
            level: d.level,
            parent_unit_key: parent,
            first_year: year,
            last_year: year,
            documents: 1,
            successor_unit_key: registered.and_then(|r| r.successor.clone()),
            successor_year: registered.and_then(|r| r.successor_year),
        });
    }
}

fn unsettled(message: String, printed: &str, place: Place, report: &mut Vec<Diagnostic>) {
    report.push(Diagnostic::new(Severity::Warning, Code::UnitNotIdentified, message, place).printed(printed));
}

fn ambiguous(name: &Name, region: &Option<Found>) -> bool {
    region.is_none() && name.regions.len() > 1
}

fn describe(f: &Found, units: &Units, year: Option<i16>) -> String {
    let d = units.divisions.division(f);
    let mut around = units.divisions.around(f, year);
    around.reverse();
    format!("{}{} {}", around.concat(), d.name, d.code)
}

/// The one 统一社会信用代码 that the document or its page shows for this unit. One with a wrong check digit is none; of several none is taken.
fn code(
    recognised: &Recognised,
    out: &Extract,
    name: &Name,
    units: &Units,
    report: &mut Vec<Diagnostic>,
) -> Option<String> {
    let mut valid: Vec<&String> = Vec::new();
    for (c, place) in &recognised.evidence.codes {
        if uscc::is_valid(c) {
            valid.push(c);
        } else {
            let message =
                "what stands behind the label of a 统一社会信用代码 is none: its check digit is wrong; it was not used";
            report.push(Diagnostic::new(Severity::Warning, Code::UsccCheckDigit, message, *place).printed(c));
        }
    }
    if let [one] = valid.as_slice() {
        return Some((*one).clone());
    }
    // The code of the page is that of who published it: of this unit only if it bears its name.
    let d = &out.document;
    let publisher = d.publisher.as_deref().map(|p| units.parse(p, d.fiscal_year))?;
    let same = publisher.bare == name.bare && publisher.self_only == name.self_only;
    let agree = publisher
        .regions
        .iter()
        .all(|r| name.regions.is_empty() || name.regions.contains(r));
    d.publisher_code
        .clone()
        .filter(|c| same && agree && !publisher.bare.is_empty() && uscc::is_valid(c))
}

/// The region: by the name; of several with that name by the region around it that the document names; else by the other names
/// that the document prints, by its publisher, by the code.
fn region(name: &Name, recognised: &Recognised, out: &Extract, code: Option<&str>, units: &Units) -> Option<Found> {
    let d = &out.document;
    let year = d.fiscal_year;
    let by_code = || {
        code.and_then(uscc::region)
            .and_then(|r| units.divisions.by_code(r, year))
    };
    let others = || {
        let tables = recognised
            .tables
            .iter()
            .filter_map(|t| t.name.as_ref().map(|(n, _)| n.as_str()));
        let all: Vec<Name> = tables
            .chain(d.publisher.as_deref())
            .map(|n| units.parse(n, year))
            .collect();
        all.into_iter()
            .map(|n| n.regions)
            .filter(|r| r.len() == 1)
            .collect::<Vec<_>>()
    };
    match name.regions.as_slice() {
        [one] => Some(one.clone()),
        [] => {
            let mut found: Vec<Found> = others().into_iter().flatten().collect();
            found.dedup_by(|a, b| units.divisions.stable_code(a) == units.divisions.stable_code(b));
            match found.as_slice() {
                [one] => Some(one.clone()),
                [] => by_code(),
                _ => None,
            }
        }
        many => {
            let stable = |f: &Found| units.divisions.stable_code(f).to_string();
            let hints: Vec<String> = others()
                .iter()
                .flatten()
                .chain(by_code().as_ref())
                .map(stable)
                .collect();
            let hinted: Vec<&Found> = many.iter().filter(|f| hints.contains(&stable(f))).collect();
            if let [one] = hinted.as_slice() {
                return Some((*one).clone());
            }
            // What is around only one of them and stands in the text.
            let around: Vec<Vec<&str>> = many.iter().map(|f| units.divisions.around(f, year)).collect();
            let named: Vec<usize> = (0..many.len())
                .filter(|n| {
                    around[*n].iter().any(|a| {
                        let elsewhere = around
                            .iter()
                            .enumerate()
                            .any(|(o, others)| o != *n && others.contains(a));
                        !elsewhere && recognised.evidence.text.contains(a)
                    })
                })
                .collect();
            match named.as_slice() {
                [one] => Some(many[*one].clone()),
                _ => None,
            }
        }
    }
}

/// Keys of the member units that are listed, in the region of the document.
pub(super) fn members(g: &Grammar, out: &mut Extract) {
    let units = &g.units;
    let year = out.document.fiscal_year;
    let region = out.document.region_code.as_deref();
    let here = region
        .and_then(|c| units.divisions.by_code(c, year))
        .map(|f| units.divisions.stable_code(&f).to_string());
    for m in out
        .members
        .iter_mut()
        .filter(|m| m.kind == MemberKind::Unit && m.unit_key.is_none())
    {
        let name = units.parse(&m.name, year);
        let stable = match name.regions.as_slice() {
            [one] => Some(units.divisions.stable_code(one).to_string()),
            // Of several regions of that name it is the one of the department, if that is among them.
            many => here
                .clone()
                .filter(|h| many.is_empty() || many.iter().any(|f| units.divisions.stable_code(f) == h.as_str())),
        };
        m.unit_key = match units.lookup(&name, stable.as_deref(), year) {
            Lookup::One(r) => Some(r.key.clone()),
            Lookup::Many => None,
            Lookup::Unknown if stable.is_none() && (name.regions.len() > 1 || units.needs_region(&name.bare)) => None,
            Lookup::Unknown if text::key(&name.bare).is_empty() => None,
            Lookup::Unknown => Some(key_of(&name, stable.as_deref())),
        };
    }
}
