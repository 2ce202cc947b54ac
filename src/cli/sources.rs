//! `juesuan sources`: is a file of sources right, and what would a new source look like.

use super::fetch::read_sources;
use super::{Done, Failure, SOME_FAILED, USAGE, load_portals};
use crate::acquire::net::lists::{Page, Vars};
use crate::acquire::net::run::{self, Options};
use crate::acquire::sources::{self};
use crate::grammar::portals::{Portal, Portals};
use regex::Regex;
use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use tr::tr;
use url::Url;

/// Look at a file of sources, or at a portal
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Report every mistake with line and column; with --page, show what the rules read from a saved page
    #[command(
        after_help = "Examples:\n  juesuan sources check sources.toml\n  juesuan sources check sources.toml --source tj-czj --page list.html"
    )]
    Check {
        /// The file
        #[arg(value_name = "SOURCES.toml")]
        file: PathBuf,
        /// A page of the list that you saved
        #[arg(long, value_name = "FILE", requires = "source")]
        page: Option<PathBuf>,
        /// The source whose rules are tried
        #[arg(long, value_name = "ID")]
        source: Option<String>,
    },
    /// Read robots.txt and one page, name the platform with the reasons, and print a stanza to paste
    #[command(
        after_help = "Examples:\n  juesuan sources add https://cz.example.gov.cn/zwgk/ --user-agent \"my-study/1.0 (+mailto:me@example.org)\""
    )]
    Add {
        /// The page of the list
        url: Url,
        /// Your user agent: name, version, contact
        #[arg(long, value_name = "NAME/VERSION (+CONTACT)")]
        user_agent: String,
        /// Send the requests to this address: for trials against a server of your own
        #[arg(long, value_name = "IP:PORT")]
        connect_to: Option<SocketAddr>,
    },
}

/// Runs the command.
pub fn run(args: &Args) -> Done {
    match &args.command {
        Command::Check { file, page, source } => check(file, page.as_deref(), source.as_deref()),
        Command::Add {
            url,
            user_agent,
            connect_to,
        } => add(url, user_agent, *connect_to),
    }
}

fn check(file: &std::path::Path, page: Option<&std::path::Path>, id: Option<&str>) -> Done {
    let portals = load_portals(None)?;
    let sources = read_sources(file, &portals)?;
    let mut out = std::io::stdout().lock();
    let (Some(path), Some(id)) = (page, id) else {
        for s in &sources.sources {
            let state = if s.enabled { "" } else { ", switched off" };
            writeln!(out, "{}: {} on {}{state}", s.id, s.platform, s.page_hosts.join(", "))?;
        }
        writeln!(out, "{}", tr!("{} sources: no mistakes", sources.sources.len()))?;
        return Ok(ExitCode::SUCCESS);
    };
    let Some(s) = sources.sources.iter().find(|s| s.id == id) else {
        return Err(Failure::Message(tr!("no source has the id `{id}`", id)));
    };
    let bytes = std::fs::read(path).map_err(|e| Failure::Message(format!("{}: {e}", path.display())))?;
    let page = Page::new(&bytes, s.entry[0].clone(), None);
    let rules = s.levels.last().cloned().unwrap_or_default();
    let expected = page.holds(&rules.expect);
    writeln!(out, "characters: by {}", page.charset)?;
    writeln!(
        out,
        "mark of a list (expect): {}",
        if expected {
            "found"
        } else {
            "NOT FOUND: it would be contract_changed"
        }
    )?;
    let identity = &s.identity.expect_any;
    if !identity.is_empty() {
        let found = identity.iter().any(|e| page.text.contains(e.as_str()));
        writeln!(
            out,
            "identity: {}",
            if found {
                "found"
            } else {
                "NOT FOUND: it would be identity_mismatch"
            }
        )?;
    }
    if let Some(n) = page.number(&rules.total) {
        writeln!(out, "stated rows: {n}")?;
    }
    match page.create_page_html() {
        Ok(Some(c)) => writeln!(
            out,
            "createPageHTML: page {} of {}, page 2 is {}",
            c.current,
            c.pages,
            c.leaf(2)
        )?,
        Ok(None) => {}
        Err(e) => writeln!(out, "createPageHTML: {e}")?,
    }
    let rows = page.rows(&rules, &Vars::new());
    for r in &rows {
        let url = r.url.as_ref().map_or("no address".to_string(), ToString::to_string);
        writeln!(out, "{}\t{}\t{url}", r.date.as_deref().unwrap_or("no date"), r.title)?;
    }
    writeln!(out, "{} rows", rows.len())?;
    Ok(if expected && !rows.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(SOME_FAILED)
    })
}

/// Points and reasons of a platform.
fn score(p: &Portal, url: &str, page: &str) -> (u32, Vec<String>) {
    let mut points = 0;
    let mut why = Vec::new();
    for f in &p.fingerprint {
        let text = if f.place.get_ref() == "url" { url } else { page };
        if Regex::new(f.mark.get_ref()).is_ok_and(|r| r.is_match(text)) {
            points += f.score;
            why.push(f.why.clone());
        }
    }
    (points, why)
}

/// Platforms by points, the best first.
fn ranking<'p>(portals: &'p Portals, url: &str, page: &str) -> Vec<(u32, &'p Portal, Vec<String>)> {
    let mut out: Vec<_> = portals
        .platforms
        .iter()
        .map(|p| {
            let (points, why) = score(p, url, page);
            (points, p, why)
        })
        .filter(|(points, ..)| *points > 0)
        .collect();
    out.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.id.get_ref().cmp(b.1.id.get_ref())));
    out
}

fn add(url: &Url, user_agent: &str, connect_to: Option<SocketAddr>) -> Done {
    let portals = load_portals(None)?;
    let host = url.host_str().unwrap_or_default().to_string();
    let text = |platform: &str, more: &str| {
        format!(
            "[[source]]\nid = \"{}\"\nplatform = \"{platform}\"\nentry = [{:?}]\n{more}",
            host.replace('.', "-"),
            url.as_str()
        )
    };
    let settings = format!(
        "[defaults]\nuser_agent = {user_agent:?}\n{}",
        text("html-generic", "[source.list]\nexpect = \"css:a\"\n")
    );
    let sources = sources::read("sources add", &settings, &portals).map_err(|errors| {
        let list: Vec<String> = errors.iter().map(|e| e.message.clone()).collect();
        Failure::Message(list.join("\n"))
    })?;
    let dir = std::env::temp_dir().join(format!("juesuan-add-{}", std::process::id()));
    let options = Options {
        connect_to,
        ..Options::default()
    };
    let looked = run::look(&sources, &portals, &dir, &options);
    // A store of one page that nobody needs any more.
    let _ = std::fs::remove_dir_all(&dir);
    let (bytes, base, charset) = looked.map_err(|e| Failure::Message(e.to_string()))?;
    let page = Page::new(&bytes, base.clone(), Some(charset.as_str()).filter(|c| !c.is_empty()));
    let mut out = std::io::stdout().lock();
    let found = ranking(&portals, base.as_str(), &page.text);
    for (points, p, why) in &found {
        writeln!(
            out,
            "# {} ({}): {points} points: {}",
            p.id.get_ref(),
            p.zh,
            why.join("; ")
        )?;
    }
    let Some((_, best, _)) = found.first() else {
        writeln!(
            out,
            "# no platform is told by this page; html-generic needs the mark of the list\n"
        )?;
        let more = "publisher = { name = \"\", code = \"\", level = \"\" }\n[source.list]\nexpect = \"css:…\"\nitem = \"li\"\n";
        writeln!(out, "{}", text("html-generic", more))?;
        return Ok(ExitCode::from(USAGE));
    };
    let rules = best.list.last().cloned().unwrap_or_default();
    let rows = page.rows(&rules, &Vars::new()).len();
    writeln!(out, "# {rows} rows would be read from this page\n")?;
    let title = page.title(&best.detail).unwrap_or_default();
    let more = format!(
        "publisher = {{ name = \"\", code = \"\", level = \"\" }}   # who publishes; the page is called {title:?}\nkind = [\"final\"]\n\
         page_hosts = [{host:?}]\nattachment_hosts = []\n[source.identity]\nexpect_any = []   # words that must stand on the entry page\n"
    );
    writeln!(out, "{}", text(best.id.get_ref(), &more))?;
    Ok(ExitCode::SUCCESS)
}
