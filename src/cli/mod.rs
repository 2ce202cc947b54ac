//! The command line: one file per command, one definition for help, man page and completions.

mod annotate;
mod check;
mod completions;
mod dataset;
mod diagnostics;
mod dictionary;
mod draft;
mod evidence;
mod explain;
mod extract;
#[cfg(feature = "net")]
mod fetch;
mod grammar;
mod inspect;
mod isolate;
mod language;
mod merge;
mod ocr;
mod original;
mod overspent;
mod panel;
mod report;
#[cfg(feature = "net")]
mod sources;
#[cfg(feature = "net")]
mod store;
mod suggest;
mod svg;
mod units;

/// Says something to the user. A terminal that went away, a full disk behind `2>` is no reason to end.
macro_rules! say {
    ($message:literal $($arg:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), "{}", tr::tr!($message $($arg)*));
    }};
}
pub(crate) use say;

/// Says a summary, unless it was asked to be quiet.
macro_rules! sum_up {
    ($quiet:expr, $($arg:tt)*) => {
        if !$quiet {
            $crate::cli::say!($($arg)*);
        }
    };
}
pub(crate) use sum_up;

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use std::process::ExitCode;

/// Turns published Chinese final accounts (决算) into exact, proven, quotable data.
#[derive(Debug, Parser)]
#[command(name = "juesuan", version, about, max_term_width = 100)]
#[command(
    after_help = "Exit codes: 0 all went well; 1 some documents failed; 2 wrong usage, or nothing could be done."
)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Language of help, messages and names: en or zh; default: that of the locale (LANG), and Chinese for names of the data
    #[arg(long, global = true, value_enum, value_name = "LANG", hide_possible_values = true)]
    lang: Option<language::Lang>,
}

#[derive(Debug, Subcommand)]
enum Command {
    Extract(extract::Args),
    Inspect(inspect::Args),
    Check(check::Args),
    Report(report::Args),
    Panel(panel::Args),
    Overspent(overspent::Args),
    Units(units::Args),
    Merge(merge::Args),
    Annotate(annotate::Args),
    #[cfg(feature = "ocr")]
    Ocr(ocr::Args),
    Evidence(evidence::Args),
    Grammar(grammar::Args),
    #[cfg(feature = "net")]
    Fetch(fetch::Args),
    #[cfg(feature = "net")]
    Run(fetch::RunArgs),
    #[cfg(feature = "net")]
    Sources(sources::Args),
    #[cfg(feature = "net")]
    Store(store::Args),
    Diagnostics(diagnostics::Args),
    Dictionary(dictionary::Args),
    Completions(completions::Completions),
    Man(completions::Man),
}

/// Some documents failed.
pub(crate) const SOME_FAILED: u8 = 1;
/// Wrong usage, or nothing could be done.
pub(crate) const USAGE: u8 = 2;

/// Runs the program.
pub fn main() -> ExitCode {
    crate::pipeline::keep_panics_quiet();
    isolate::open_many();
    language::begin(std::env::args_os());
    let parsed = language::translated(Cli::command()).try_get_matches();
    let cli = match parsed.and_then(|m| Cli::from_arg_matches(&m)) {
        Ok(c) => c,
        Err(e) => {
            language::print(&e);
            return ExitCode::from(u8::try_from(e.exit_code()).unwrap_or(USAGE));
        }
    };
    let result = match cli.command {
        Command::Extract(a) => extract::run(&a),
        Command::Inspect(a) => inspect::run(&a),
        Command::Check(a) => check::run(&a),
        Command::Report(a) => report::run(&a),
        Command::Panel(a) => panel::run(&a),
        Command::Overspent(a) => overspent::run(&a),
        Command::Units(a) => units::run(&a),
        Command::Merge(a) => merge::run(&a),
        #[cfg(feature = "ocr")]
        Command::Ocr(a) => ocr::run(&a),
        Command::Annotate(a) => annotate::run(&a),
        Command::Evidence(a) => evidence::run(&a),
        Command::Grammar(a) => grammar::run(&a),
        #[cfg(feature = "net")]
        Command::Fetch(a) => fetch::run(&a),
        #[cfg(feature = "net")]
        Command::Run(a) => fetch::run_all(&a),
        #[cfg(feature = "net")]
        Command::Sources(a) => sources::run(&a),
        #[cfg(feature = "net")]
        Command::Store(a) => store::run(&a),
        Command::Diagnostics(a) => diagnostics::run(&a),
        Command::Dictionary(a) => dictionary::run(&a),
        Command::Completions(a) => completions::completions(&a),
        Command::Man(a) => completions::man(&a),
    };
    match result {
        Ok(code) => code,
        Err(Failure::Closed) => ExitCode::SUCCESS,
        Err(Failure::Message(m)) => {
            say!("juesuan: {}", m);
            ExitCode::from(USAGE)
        }
    }
}

/// Why a command could not do its work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The reader of our output went away (`| head`): no error.
    Closed,
    /// What, where, what to do.
    Message(String),
}

impl From<String> for Failure {
    fn from(m: String) -> Self {
        Failure::Message(m)
    }
}

impl From<std::io::Error> for Failure {
    fn from(e: std::io::Error) -> Self {
        match e.kind() {
            std::io::ErrorKind::BrokenPipe => Failure::Closed,
            _ => Failure::Message(e.to_string()),
        }
    }
}

/// What a command gives.
pub(crate) type Done = Result<ExitCode, Failure>;

/// The grammar, or every mistake of it.
pub(crate) fn load_grammar(user: Option<&std::path::Path>) -> Result<crate::grammar::Grammar, Failure> {
    crate::grammar::load(user).map_err(|e| mistakes(&e))
}

/// What ids are called, for formats that people read, and the codebook.
// Sorted as they are collected.
#[allow(clippy::disallowed_methods)]
pub(crate) fn labels(g: &crate::grammar::Grammar) -> crate::write::Labels {
    let room = |names: &std::collections::HashMap<String, [String; 2]>| {
        names.iter().map(|(id, [zh, _])| (id.clone(), zh.clone())).collect()
    };
    let mut labels = crate::write::Labels {
        names: g.identities.names.iter().map(|(r, n)| (r.clone(), room(n))).collect(),
        codebook: crate::grammar::codebook::entries(g),
    };
    let forms = g.forms.iter().map(|f| (f.id.clone(), f.zh.clone()));
    labels.names.entry("form".into()).or_default().extend(forms);
    labels
}

/// The platforms of the grammar alone: what fetching needs.
#[cfg(feature = "net")]
pub(crate) fn load_portals(user: Option<&std::path::Path>) -> Result<crate::grammar::portals::Portals, Failure> {
    crate::grammar::load_portals(user).map_err(|e| mistakes(&e))
}

fn mistakes(errors: &[crate::grammar::GrammarError]) -> Failure {
    let list: Vec<String> = errors.iter().map(ToString::to_string).collect();
    Failure::Message(tr::tr!(
        "the grammar has {}; nothing was read\n{}",
        mistakes_said(list.len()),
        list.join("\n")
    ))
}

/// `1 mistake`, `3 mistakes`.
pub(crate) fn mistakes_said(n: usize) -> String {
    tr::tr!("{n} mistake" | "{n} mistakes" % n)
}

#[cfg(test)]
mod tests {
    use super::Cli;
    use clap::CommandFactory;

    fn leaves<'a>(command: &'a clap::Command, out: &mut Vec<&'a clap::Command>) {
        if command.get_name() == "help" {
            return;
        }
        match command.get_subcommands().any(|c| c.get_name() != "help") {
            true => command.get_subcommands().for_each(|c| leaves(c, out)),
            false => out.push(command),
        }
    }

    #[test]
    fn every_command_shows_an_example_that_its_own_options_take() {
        let mut all = Cli::command();
        all.build();
        let mut commands = Vec::new();
        leaves(&all, &mut commands);
        assert!(commands.len() > 20);
        for c in commands.into_iter().filter(|c| c.get_name() != "help") {
            let mut c = c.clone();
            let help = c.render_long_help().to_string();
            let (_, examples) = help
                .split_once("Examples:")
                .unwrap_or_else(|| panic!("`{}` shows no example", c.get_name()));
            let known: Vec<&str> = c.get_arguments().filter_map(clap::Arg::get_long).collect();
            let own = examples.lines().filter_map(|l| l.find("juesuan ").map(|at| &l[at..]));
            for line in own.filter(|l| l.contains(c.get_name())) {
                for word in line.split_whitespace().filter_map(|w| w.strip_prefix("--")) {
                    assert!(known.contains(&word), "`{}` has no --{word}: {line}", c.get_name());
                }
            }
        }
    }

    /// Whoever runs it every night wants no word unless something is wrong.
    #[test]
    fn every_command_that_sums_up_can_be_quiet() {
        let all = Cli::command();
        for name in [
            "extract",
            "check",
            "report",
            "panel",
            "overspent",
            "merge",
            "annotate",
            "evidence",
        ] {
            let c = all.find_subcommand(name).unwrap();
            let quiet = c.get_arguments().find(|a| a.get_id() == "quiet").unwrap();
            assert_eq!(quiet.get_short(), Some('q'), "{name}");
        }
    }
}
