//! All sources of a file, at once, each host gently. Comes in: settings and a store. Goes out: a report for each source.

use super::super::sources::Sources;
use super::super::store::{self, Store};
use super::client::{Client, FixedResolver, Resolved, Resolver, SystemResolver, Timeouts};
use super::clock::{Clock, SystemClock};
use super::crawl::{self, Report};
use super::fetch::{Event, Fetcher};
use crate::grammar::portals::{Answers, Portals};
use std::net::SocketAddr;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

/// What cannot be done at all.
#[derive(Debug)]
pub enum Error {
    /// The store.
    Store(store::Error),
    /// Anything else, in words.
    Other(String),
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Error::Store(e) => write!(f, "{e}"),
            Error::Other(e) => f.write_str(e),
        }
    }
}

impl std::error::Error for Error {}

impl From<store::Error> for Error {
    fn from(e: store::Error) -> Self {
        Error::Store(e)
    }
}

/// How a run is made.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Only these sources; empty: all.
    pub only: Vec<String>,
    /// Every host is this address: for trials against a server of one's own. No name server is asked.
    pub connect_to: Option<SocketAddr>,
}

fn client(sources: &Sources, options: &Options) -> Result<Client, Error> {
    let resolver: Box<dyn Resolver> = match options.connect_to {
        Some(address) => Box::new(FixedResolver {
            hosts: [(
                "*".to_string(),
                vec![Resolved {
                    address,
                    permitted: true,
                }],
            )]
            .into(),
        }),
        None => Box::new(SystemResolver),
    };
    let d = &sources.defaults;
    let timeouts = Timeouts {
        connect: Duration::from_secs(15),
        headers: Duration::from_secs(d.request_timeout_s),
        idle: Duration::from_secs(d.idle_timeout_s),
        total: Duration::from_secs(d.total_timeout_s),
    };
    Client::new(resolver, timeouts, &[]).map_err(Error::Other)
}

/// Runs something asynchronous to its end, on this thread.
fn block_on<T>(work: impl Future<Output = T>) -> Result<T, Error> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|e| Error::Other(format!("cannot start the runtime: {e}")))?;
    Ok(tokio::task::LocalSet::new().block_on(&runtime, work))
}

/// All sources on one fetcher; reports in the order of the file.
pub async fn crawl_all(
    f: &Rc<Fetcher>,
    sources: &Sources,
    answers: &Answers,
    only: &[String],
) -> Result<Vec<Report>, store::Error> {
    let answers = Rc::new(answers.clone());
    let mut tasks = Vec::new();
    for s in &sources.sources {
        if !only.is_empty() && !only.contains(&s.id) {
            continue;
        }
        let (f, s, answers) = (Rc::clone(f), s.clone(), Rc::clone(&answers));
        tasks.push(tokio::task::spawn_local(async move {
            let report = crawl::crawl(&f, &s, &answers).await;
            if report.is_err() {
                // A full disk is nobody's fault, and nothing can be kept any more.
                f.stop();
            }
            report
        }));
    }
    let mut out = Vec::new();
    let mut failed = None;
    for t in tasks {
        match t.await {
            Ok(Ok(r)) => out.push(r),
            Ok(Err(e)) => failed = failed.or(Some(e)),
            Err(e) => std::panic::resume_unwind(e.into_panic()),
        }
    }
    let outcome = if f.is_stopped() { "stopped" } else { "finished" };
    match failed {
        Some(e) => Err(e),
        None => f.store.finish_run(f.run(), f.clock.now(), outcome).map(|()| out),
    }
}

/// Fetches every source of a file into a store. Ctrl-C ends it cleanly: the next start goes on.
pub fn fetch(
    sources: &Sources,
    portals: &Portals,
    dir: &Path,
    options: &Options,
    watch: impl Fn(&Event<'_>) + 'static,
) -> Result<Vec<Report>, Error> {
    let store = Store::open(dir)?;
    let clock: Rc<dyn Clock> = Rc::new(SystemClock);
    let config: Vec<&str> = sources
        .sources
        .iter()
        .map(|s| s.config.get(..12).unwrap_or(""))
        .collect();
    let f = Rc::new(Fetcher::new(
        store,
        clock,
        client(sources, options)?,
        sources.defaults.clone(),
        &portals.answers,
        &config.join(" "),
        Box::new(watch),
    )?);
    block_on(async {
        let stop = Rc::clone(&f);
        let signal = tokio::task::spawn_local(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                stop.stop();
            }
        });
        let out = crawl_all(&f, sources, &portals.answers, &options.only).await;
        signal.abort();
        out.map_err(Error::from)
    })?
}

/// Lets a source that showed walls be asked again: somebody looked at it.
pub fn unblock(dir: &Path, source: &str) -> Result<bool, Error> {
    let store = Store::open(dir)?;
    let Some(mut state) = store.source_state(source)? else {
        return Ok(false);
    };
    let was = state.blocked.take().is_some();
    store.set_source_state(source, &state)?;
    Ok(was)
}

/// Reads robots.txt and one page, politely, into a store of its own; gives the page and its address.
pub fn look(
    sources: &Sources,
    portals: &Portals,
    dir: &Path,
    options: &Options,
) -> Result<(Vec<u8>, url::Url, String), Error> {
    use super::fetch::{Purpose, Want};
    let f = Fetcher::new(
        Store::open(dir)?,
        Rc::new(SystemClock),
        client(sources, options)?,
        sources.defaults.clone(),
        &portals.answers,
        "look",
        Box::new(|_| {}),
    )?;
    let source = sources
        .sources
        .first()
        .ok_or_else(|| Error::Other("no source".into()))?;
    let want = Want {
        source,
        purpose: Purpose::List,
        url: source.entry[0].clone(),
        form: None,
        referer: None,
    };
    let got = block_on(f.fetch(&want))??;
    match got.sha256.as_deref().filter(|_| got.good()) {
        Some(sha) => Ok((
            f.store.object(sha)?,
            got.final_url.unwrap_or(want.url),
            got.charset.unwrap_or_default(),
        )),
        None => Err(Error::Other(format!(
            "{}: {}",
            got.outcome,
            got.message.unwrap_or_else(|| "no page came".into())
        ))),
    }
}
