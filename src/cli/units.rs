//! `juesuan units suggest`: which units of a dataset may be one under two names, or were merged, as a registry to confirm.

use super::dataset::Documents;
use super::draft::Draft;
use super::{Done, Failure, load_grammar};
use crate::grammar::Grammar;
use crate::panel;
use crate::panel::continuity::{End, How, Link, links};
use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use tr::tr;

/// Look at the units of a dataset
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Suggest(Suggest),
}

/// List units that may be one under two names, or were merged, with the amounts that say so
///
/// Candidates of renames and mergers: a unit that ends, one that begins a year later in the same region, of the same level and
/// caliber, and a closing carry-over that is the opening one of the other (or a sum of two or three that is)
///
/// Amounts may be equal by chance: confirm each. What is not the only candidate is listed and not written to the registry. The file
/// of -o belongs into the folder `units/` of your own grammars: `extract` and `panel` then take the names for one unit, `panel`
/// without reading the documents again.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  juesuan units suggest data\n  juesuan units suggest data -o my-grammars/units/mine.csv\n  juesuan panel data --balanced --grammars my-grammars"
)]
struct Suggest {
    /// The folder of a dataset
    #[arg(value_name = "DIR")]
    dataset: PathBuf,
    /// Write the candidates as a registry (CSV)
    #[arg(short, long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Begin the CSV with a byte order mark, for Excel
    #[arg(long, requires = "out")]
    bom: bool,
    /// No summary; errors are still said
    #[arg(short, long)]
    quiet: bool,
    /// A folder with your own grammar files, layered over the built-in ones: what its registry knows is not suggested again
    #[arg(long, value_name = "DIR")]
    grammars: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    match &args.command {
        Command::Suggest(a) => suggest(a),
    }
}

fn suggest(args: &Suggest) -> Done {
    let grammar = load_grammar(args.grammars.as_deref())?;
    let mut documents = Documents::open(&args.dataset, false)?;
    let (mut accounts, mut seen) = (Vec::new(), 0);
    while let Some(mut e) = documents.next()? {
        seen += 1;
        grammar.units.take_key(&mut e.document);
        accounts.extend(panel::account(&e, &grammar, false));
    }
    let known = |e: &End, l: &Link| {
        let unit = grammar.units.with_key(&e.key);
        unit.is_some_and(|u| u.successor.as_ref() == Some(&l.after.key))
    };
    let mut found = links(&accounts, &grammar);
    found.retain(|l| !l.before.iter().all(|e| known(e, l)));
    let mut out = std::io::stdout().lock();
    for l in &found {
        writeln!(out, "{}", line(l))?;
    }
    let sure = found.iter().filter(|l| l.only).count();
    if let Some(path) = &args.out {
        let cannot = |e: &dyn std::fmt::Display| Failure::Message(tr!("cannot write {}: {e}", path.display(), e));
        let text = registry(&found, &grammar).map_err(|e| cannot(&e))?;
        let mut draft = Draft::beside(path).map_err(|e| cannot(&e))?;
        if args.bom {
            draft.file.write_all(b"\xEF\xBB\xBF").map_err(|e| cannot(&e))?;
        }
        draft.file.write_all(&text).map_err(|e| cannot(&e))?;
        draft.commit(path).map_err(|e| cannot(&e))?;
    }
    super::sum_up!(
        args.quiet,
        "{} of {seen} documents are accounts of known units; {} of renames and mergers, {sure} of them alone",
        accounts.len(),
        tr!("{n} candidate" | "{n} candidates" % found.len()),
        seen,
        sure
    );
    Ok(ExitCode::SUCCESS)
}

fn line(l: &Link) -> String {
    let names: Vec<String> = l.before.iter().map(|e| format!("{} ({})", e.name, e.key)).collect();
    let how = match (l.how, l.absorbed) {
        (How::Renamed, _) => tr!("renamed"),
        (How::Merged, false) => tr!("merged"),
        (How::Merged, true) => tr!("taken in"),
    };
    let doubt = match l.only {
        true => String::new(),
        false => format!(" — {}", tr!("not the only candidate")),
    };
    format!(
        "{} {how}: {} → {} ({}){doubt}\n     {}",
        l.year + 1,
        names.join(" + "),
        l.after.name,
        l.after.key,
        why(l)
    )
}

/// The amounts that lead from one to the other, with the figures.
fn why(l: &Link) -> String {
    let said = |e: &End| format!("{} [{}]", e.amount, e.sources.join(" "));
    let closing: Vec<String> = l.before.iter().map(said).collect();
    let own = match l.absorbed {
        true => format!(" + {}", tr!("its own")),
        false => String::new(),
    };
    tr!(
        "closing {} {}{own}, opening {} {}",
        l.year,
        closing.join(" + "),
        l.year + 1,
        said(&l.after),
        own
    )
}

/// A unit of the registry.
#[derive(Default)]
struct Entry {
    region: Option<String>,
    /// Name, first and last year, why.
    names: Vec<(String, Option<i16>, Option<i16>, String)>,
    successor: Option<(String, i16)>,
}

/// Links that are the only ones, as the registry wants them: one row for each name, rows of a unit together.
fn registry(found: &[Link], g: &Grammar) -> Result<Vec<u8>, csv::Error> {
    let mut roots: BTreeMap<String, String> = BTreeMap::new();
    let mut order: Vec<String> = Vec::new();
    let mut units: BTreeMap<String, Entry> = BTreeMap::new();
    let mut enter = |units: &mut BTreeMap<String, Entry>, root: &str, e: &End, first: Option<i16>| {
        if !units.contains_key(root) {
            order.push(root.to_string());
            let says = !g.units.parse(&e.name, first).regions.is_empty();
            let entry = Entry {
                region: e.region.clone().filter(|_| !says),
                names: vec![(e.name.clone(), first, None, String::new())],
                successor: None,
            };
            units.insert(root.to_string(), entry);
        }
    };
    for l in found.iter().filter(|l| l.only) {
        for e in &l.before {
            let root = roots.get(&e.key).unwrap_or(&e.key).clone();
            enter(&mut units, &root, e, None);
            let entry = units.entry(root.clone()).or_default();
            if let Some(name) = entry.names.last_mut() {
                name.2 = Some(l.year);
            }
            match l.how {
                How::Renamed => {
                    entry.names.push((l.after.name.clone(), Some(l.year + 1), None, why(l)));
                    roots.insert(l.after.key.clone(), root);
                }
                How::Merged => entry.successor = Some((l.after.key.clone(), l.year + 1)),
            }
        }
        if l.how == How::Merged {
            let first = (!l.absorbed).then_some(l.year + 1);
            enter(&mut units, &l.after.key, &l.after, first);
            if let Some(name) = units.entry(l.after.key.clone()).or_default().names.last_mut() {
                name.3 = why(l);
            }
        }
    }
    let mut out = csv::Writer::from_writer(Vec::new());
    out.write_record([
        "unit",
        "name",
        "region",
        "first_year",
        "last_year",
        "successor",
        "successor_year",
        "note",
    ])?;
    let year = |y: Option<i16>| y.map_or(String::new(), |y| y.to_string());
    for key in &order {
        let unit = &units[key];
        for (name, first, last, note) in &unit.names {
            let (to, since) = unit.successor.clone().unzip();
            out.write_record([
                key.as_str(),
                name,
                unit.region.as_deref().unwrap_or_default(),
                &year(*first),
                &year(*last),
                &to.unwrap_or_default(),
                &year(since),
                note,
            ])?;
        }
    }
    out.into_inner().map_err(|e| e.into_error().into())
}
