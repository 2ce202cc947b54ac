//! `juesuan fetch`: what portals publish, into a store. `juesuan run`: from sources to a dataset.

use super::{Done, Failure, SOME_FAILED, USAGE, extract, load_grammar, load_portals};
use crate::acquire::net::crawl::Report;
use crate::acquire::net::fetch::Event;
use crate::acquire::net::run::{self, Options};
use crate::acquire::outcome::Listed;
use crate::acquire::sources::{self, Sources};
use crate::grammar::portals::Portals;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tr::tr;

/// Fetch what portals publish into a store; a second start goes on where the first one ended
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  juesuan fetch sources.toml --store store\n  juesuan fetch sources.toml --store store --only tj-czj"
)]
pub struct Args {
    /// The portals: see docs/fetching.md
    #[arg(value_name = "SOURCES.toml")]
    sources: PathBuf,
    #[command(flatten)]
    what: What,
    /// No progress and no summary
    #[arg(short, long)]
    quiet: bool,
    /// A folder with your own grammar files, layered over the built-in ones
    #[arg(long, value_name = "DIR")]
    grammars: Option<PathBuf>,
}

/// What `fetch` and `run` share.
#[derive(Debug, clap::Args)]
struct What {
    /// Folder of the store; it is made if it does not exist
    #[arg(long, value_name = "DIR")]
    store: PathBuf,
    /// Only these sources
    #[arg(long, value_delimiter = ',', value_name = "ID,…")]
    only: Vec<String>,
    /// Ask a source again that showed a wall twice: you looked at it
    #[arg(long, value_delimiter = ',', value_name = "ID,…")]
    unblock: Vec<String>,
    /// Send every request to this address, whatever its host: for trials against a server of your own
    #[arg(long, value_name = "IP:PORT")]
    connect_to: Option<SocketAddr>,
}

/// Fetch, then read what the store holds and write the dataset
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  juesuan run sources.toml --store store --out data --resume")]
pub struct RunArgs {
    /// The portals: see docs/fetching.md
    #[arg(value_name = "SOURCES.toml")]
    sources: PathBuf,
    #[command(flatten)]
    what: What,
    #[command(flatten)]
    how: extract::How,
}

/// The file of sources, or every mistake of it.
pub(super) fn read_sources(path: &Path, portals: &Portals) -> Result<Sources, Failure> {
    let text = std::fs::read_to_string(path).map_err(|e| Failure::Message(format!("{}: {e}", path.display())))?;
    sources::read(&path.display().to_string(), &text, portals).map_err(|errors| {
        let list: Vec<String> = errors.iter().map(ToString::to_string).collect();
        Failure::Message(tr!("the sources have mistakes; nothing was asked\n{}", list.join("\n")))
    })
}

/// What is shown of one host.
#[derive(Default)]
struct HostLine {
    done: u64,
    queue: i64,
    until: Option<String>,
}

/// What is shown while it runs: a line for each host.
#[derive(Default)]
struct Progress {
    bytes: u64,
    hosts: BTreeMap<String, HostLine>,
}

impl Progress {
    fn note(&mut self, event: &Event<'_>) {
        match event {
            Event::Queue { host, more } => self.host(host).queue += more,
            Event::Waiting { host, until } => {
                self.host(host).until = until.text().get(11..19).map(str::to_string);
            }
            Event::Done { host, bytes, .. } => {
                self.bytes += bytes;
                let h = self.host(host);
                h.done += 1;
                h.until = None;
            }
        }
    }

    fn host(&mut self, host: &str) -> &mut HostLine {
        self.hosts.entry(host.to_string()).or_default()
    }

    fn text(&self) -> String {
        /// More hosts than fit a screen are counted.
        const LINES: usize = 20;
        let mut out = format!("{} kB", self.bytes / 1000);
        for (name, h) in self.hosts.iter().take(LINES) {
            let until = h
                .until
                .as_ref()
                .map_or(String::new(), |t| tr!(", waits until {t} UTC", t));
            out.push_str(&format!(
                "\n  {name}: {}{until}",
                tr!("{} done, {} to go", h.done, h.queue.max(0))
            ));
        }
        if self.hosts.len() > LINES {
            out.push_str(&format!("\n  {}", tr!("and {} hosts more", self.hosts.len() - LINES)));
        }
        out
    }
}

fn watch(show: bool) -> impl Fn(&Event<'_>) + 'static {
    let target = if show {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let bar = ProgressBar::with_draw_target(None, target);
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
        bar.set_style(style);
    }
    let seen = RefCell::new(Progress::default());
    move |event| {
        if !show {
            return;
        }
        let mut s = seen.borrow_mut();
        s.note(event);
        bar.set_message(s.text());
        bar.tick();
    }
}

fn report(reports: &[Report]) {
    for r in reports {
        super::say!(
            "{}: {}; {} entries, {} documents ({} new), {} withdrawn{}",
            r.source,
            r.outcome,
            r.entries,
            r.documents,
            r.new,
            r.withdrawn,
            r.message.as_ref().map_or(String::new(), |m| format!("\n    {m}"))
        );
        for l in &r.listings {
            let of = |n: Option<u64>| n.map_or(String::new(), |n| format!(" {}", tr!("of {}", n)));
            let line = tr!(
                "list {}: {}, {}{} rows on {}{} pages{}",
                l.url,
                l.outcome,
                l.seen,
                of(l.stated),
                l.pages,
                of(l.stated_pages),
                l.reason.as_ref().map_or(String::new(), |m| format!("; {m}"))
            );
            super::say!("    {}", line);
        }
        let counts: Vec<String> = r.outcomes.iter().map(|(k, n)| format!("{n} {k}")).collect();
        if !counts.is_empty() {
            super::say!("    {}", counts.join(", "));
        }
    }
}

fn fetch(path: &Path, what: &What, portals: &Portals, quiet: bool) -> Result<Vec<Report>, Failure> {
    let sources = read_sources(path, portals)?;
    for id in what.only.iter().chain(&what.unblock) {
        if !sources.sources.iter().any(|s| s.id == *id) {
            return Err(Failure::Message(tr!("no source has the id `{id}`", id)));
        }
    }
    for id in &what.unblock {
        run::unblock(&what.store, id).map_err(|e| Failure::Message(e.to_string()))?;
    }
    let options = Options {
        only: what.only.clone(),
        connect_to: what.connect_to,
    };
    let show = !quiet && std::io::stderr().is_terminal();
    let reports = run::fetch(&sources, portals, &what.store, &options, watch(show))
        .map_err(|e| Failure::Message(e.to_string()))?;
    if !quiet {
        report(&reports);
    }
    Ok(reports)
}

fn code(reports: &[Report]) -> ExitCode {
    if reports
        .iter()
        .all(|r| matches!(r.outcome, Listed::Complete | Listed::Skipped))
    {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(SOME_FAILED)
    }
}

/// Runs `fetch`.
pub fn run(args: &Args) -> Done {
    let portals = load_portals(args.grammars.as_deref())?;
    fetch(&args.sources, &args.what, &portals, args.quiet).map(|r| code(&r))
}

/// Runs `run`.
pub fn run_all(args: &RunArgs) -> Done {
    // All of it: a mistake in the rules is said now, not after a night of fetching.
    let portals = load_grammar(args.how.grammars.as_deref())?.portals;
    let reports = fetch(&args.sources, &args.what, &portals, args.how.quiet)?;
    if reports.iter().any(|r| r.outcome == Listed::Stopped) {
        super::say!("juesuan: stopped; no dataset was written. Start again to go on");
        return Ok(ExitCode::from(SOME_FAILED));
    }
    let read = extract::from_store(&args.what.store, &args.how)?;
    // A dataset of a partial archive is a dataset, and the exit code says that it is partial.
    Ok(if read == ExitCode::from(USAGE) || read != ExitCode::SUCCESS {
        read
    } else {
        code(&reports)
    })
}
