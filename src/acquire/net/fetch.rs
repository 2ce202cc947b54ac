//! One address, asked for politely. Comes in: what is wanted and for which source. Goes out: an outcome in one word, the object
//! if there is one, and rows in the index. Decides what an answer is: a document, an error, a wall. Never evades a wall.

use super::super::outcome::{Outcome, Skip};
use super::super::sources::{Defaults, PLAINTEXT_ONLY, Source};
use super::super::store::index::{HostRow, RequestRow, Resource};
use super::super::store::{self, Store};
use super::super::time::Moment;
use super::super::{names, sniff};
use super::client::{Answer, Ask, Client, NetError};
use super::clock::Clock;
use super::polite;
use super::robots::{self, Rules};
use crate::grammar::portals::{Answers, Mark};
use flate2::write::GzDecoder;
use regex::Regex;
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::io::Write;
use std::net::SocketAddr;
use std::rc::Rc;
use std::sync::Arc;
use tokio::sync::{Mutex, Notify, OwnedMutexGuard};
use url::{Host, Url};

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// robots.txt.
    Robots,
    /// A page of a list.
    List,
    /// A page with attachments.
    Detail,
    /// An attachment.
    File,
}

impl Purpose {
    /// The word of the index.
    pub fn as_str(self) -> &'static str {
        match self {
            Purpose::Robots => "robots",
            Purpose::List => "list",
            Purpose::Detail => "detail",
            Purpose::File => "attachment",
        }
    }
}

/// What is wanted.
#[derive(Clone, Debug)]
pub struct Want<'a> {
    /// For whom.
    pub source: &'a Source,
    /// What for.
    pub purpose: Purpose,
    /// Address.
    pub url: Url,
    /// Body of a POST; `None`: GET.
    pub form: Option<String>,
    /// The page that led here.
    pub referer: Option<Url>,
}

impl Want<'_> {
    /// The name of what is wanted in the index.
    pub fn key(&self) -> String {
        match &self.form {
            Some(f) => format!("POST {} {f}", self.url),
            None => self.url.to_string(),
        }
    }
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Got {
    /// What it is.
    pub outcome: Outcome,
    /// What went wrong.
    pub message: Option<String>,
    /// Status of the last answer.
    pub status: Option<u16>,
    /// The object, also when it is as before.
    pub sha256: Option<String>,
    /// After redirects.
    pub final_url: Option<Url>,
    /// What the bytes are.
    pub media: String,
    /// Character set that the header names.
    pub charset: Option<String>,
    /// File name that the portal gave.
    pub name: Option<String>,
    /// The object came now and differs from what was there.
    pub new: bool,
}

impl Got {
    /// An outcome of which nothing else is known.
    pub fn of(outcome: Outcome) -> Self {
        Self {
            outcome,
            message: None,
            status: None,
            sha256: None,
            final_url: None,
            media: String::new(),
            charset: None,
            name: None,
            new: false,
        }
    }

    fn refused(outcome: Outcome, message: impl Into<String>) -> Self {
        Self {
            message: Some(message.into()),
            ..Self::of(outcome)
        }
    }

    /// There are bytes that count.
    pub fn good(&self) -> bool {
        self.outcome.good() && self.sha256.is_some()
    }
}

struct CompiledMark {
    mark: Mark,
    header: Option<Regex>,
    body: Option<Regex>,
}

fn compiled(marks: &[Mark]) -> Vec<CompiledMark> {
    let regex = |w: &crate::grammar::portals::Word| w.as_ref().and_then(|w| Regex::new(w.get_ref()).ok());
    marks
        .iter()
        .map(|m| CompiledMark {
            mark: m.clone(),
            header: regex(&m.header),
            body: regex(&m.body),
        })
        .collect()
}

fn fitting<'m>(marks: &'m [CompiledMark], status: u16, headers: &[u8], head: &[u8], len: u64) -> Option<&'m Mark> {
    let (headers, head) = (String::from_utf8_lossy(headers), names::text(head));
    marks
        .iter()
        .find(|m| {
            (m.mark.status.is_empty() || m.mark.status.contains(&status))
                && m.header.as_ref().is_none_or(|r| r.is_match(&headers))
                && m.body.as_ref().is_none_or(|r| r.is_match(&head))
                && m.mark.at_most.is_none_or(|n| len <= n as u64)
        })
        .map(|m| &m.mark)
}

/// What happened, for people who watch.
#[derive(Clone, Debug)]
pub enum Event<'a> {
    /// So many addresses more (or fewer) are to be looked at on a host.
    Queue {
        /// Host.
        host: &'a str,
        /// More.
        more: i64,
    },
    /// A host is waited for.
    Waiting {
        /// Host.
        host: &'a str,
        /// Until then.
        until: Moment,
    },
    /// A request came to its end.
    Done {
        /// Source.
        source: &'a str,
        /// Host.
        host: &'a str,
        /// What for.
        purpose: Purpose,
        /// Outcome.
        outcome: &'a Outcome,
        /// Bytes over the wire.
        bytes: u64,
    },
}

/// Told what happens.
pub type Watch = Box<dyn Fn(&Event<'_>)>;

/// Names and values.
type Headers = Vec<(&'static str, String)>;

/// Cookies of one host: plain ones, for as long as the program runs.
type Jar = BTreeMap<String, String>;

enum Robots {
    Rules(Rules, String),
    All(String),
    Refused(String),
}

/// The machine.
pub struct Fetcher {
    /// Where it goes.
    pub store: Store,
    /// What time it is.
    pub clock: Rc<dyn Clock>,
    client: Client,
    defaults: Defaults,
    challenges: Vec<CompiledMark>,
    soft404: Vec<CompiledMark>,
    counters: Vec<Regex>,
    gates: RefCell<BTreeMap<String, Arc<Mutex<()>>>>,
    robots: RefCell<BTreeMap<String, Rc<Robots>>>,
    cookies: RefCell<BTreeMap<String, Jar>>,
    watch: Watch,
    run: i64,
    stopped: Cell<bool>,
    stop: Notify,
}

/// The one who may ask a host now.
struct Gate {
    host: String,
    addresses: Vec<SocketAddr>,
    row: HostRow,
    _host: OwnedMutexGuard<()>,
    _address: OwnedMutexGuard<()>,
}

enum Entered {
    Gate(Box<Gate>),
    No(Got),
    Net(NetError),
}

enum Body {
    Memory(Vec<u8>),
    Stored(String, Vec<u8>, u64),
}

struct Reply {
    status: u16,
    raw: Vec<u8>,
    headers: BTreeMap<String, String>,
    disposition: Option<Vec<u8>>,
    remote: SocketAddr,
    tls: Option<String>,
    body: Body,
    wire: u64,
    /// The download could not be continued; it begins anew.
    restart: bool,
}

impl Reply {
    fn head(&self) -> &[u8] {
        match &self.body {
            Body::Memory(b) => &b[..b.len().min(sniff::HEAD)],
            Body::Stored(_, head, _) => head,
        }
    }

    fn len(&self) -> u64 {
        match &self.body {
            Body::Memory(b) => b.len() as u64,
            Body::Stored(_, _, n) => *n,
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(&name.to_ascii_lowercase()).map(String::as_str)
    }
}

/// An address on its way through redirects and repetitions.
struct Asking {
    key: String,
    stored: Option<Resource>,
    /// The bytes of `stored` are there.
    have: bool,
    /// Asked for only where it is new.
    conditional: bool,
    url: Url,
    row: RequestRow,
    attempts: u32,
    hops: u32,
    to_itself: u32,
}

/// What follows from one attempt.
enum Turn {
    /// The next hop, or the same address once more.
    Again,
    /// Nothing was asked.
    NotAsked(Box<Got>),
    /// The end, with the last answer.
    Done(Box<Got>, Option<Box<Reply>>),
}

impl Turn {
    fn ended(got: Got) -> Self {
        Turn::Done(Box::new(got), None)
    }
}

enum Sent {
    Reply(Box<Reply>, f64),
    Net(NetError, f64),
    No(Got),
}

const DAY_MS: u64 = 86_400_000;

/// `host`, with the port where it is not the usual one.
pub fn host_of(url: &Url) -> String {
    let host = url.host_str().unwrap_or("").to_ascii_lowercase();
    url.port().map_or(host.clone(), |p| format!("{host}:{p}"))
}

impl Fetcher {
    /// A fetcher that writes into `store`.
    pub fn new(
        store: Store,
        clock: Rc<dyn Clock>,
        client: Client,
        defaults: Defaults,
        answers: &Answers,
        config: &str,
        watch: Watch,
    ) -> Result<Self, store::Error> {
        let run = store.begin_run(clock.now(), config)?;
        Ok(Self {
            store,
            clock,
            client,
            defaults,
            challenges: compiled(&answers.challenge),
            soft404: compiled(&answers.soft404),
            counters: answers.counters.iter().filter_map(|c| Regex::new(c).ok()).collect(),
            gates: RefCell::default(),
            robots: RefCell::default(),
            cookies: RefCell::default(),
            watch,
            run,
            stopped: Cell::new(false),
            stop: Notify::new(),
        })
    }

    /// The number of this run in the index.
    pub fn run(&self) -> i64 {
        self.run
    }

    /// No request begins any more; what is in flight is cut off and can be continued.
    pub fn stop(&self) {
        self.stopped.set(true);
        self.stop.notify_waiters();
    }

    /// Whether it was stopped.
    pub fn is_stopped(&self) -> bool {
        self.stopped.get()
    }

    /// Tells whoever watches.
    pub fn tell(&self, event: &Event<'_>) {
        (self.watch)(event);
    }

    fn gate(&self, name: String) -> Arc<Mutex<()>> {
        Arc::clone(self.gates.borrow_mut().entry(name).or_default())
    }

    /// Why an address is not asked for a source at all.
    fn address_refused(&self, w: &Want<'_>, url: &Url) -> Option<Got> {
        if !matches!(url.scheme(), "http" | "https") {
            return Some(Got::refused(
                Outcome::BadAddress,
                format!("{} is not fetched", url.scheme()),
            ));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Some(Got::refused(
                Outcome::BadAddress,
                "an address with a name and a password is not asked",
            ));
        }
        let host = host_of(url);
        let hosts = match w.purpose {
            Purpose::File => &w.source.file_hosts,
            _ => &w.source.page_hosts,
        };
        let declared = hosts.contains(&host);
        if !declared && matches!(url.host(), Some(Host::Ipv4(_) | Host::Ipv6(_))) {
            return Some(Got::refused(
                Outcome::PrivateAddress,
                format!("{host}: bare addresses are asked only when the source names them"),
            ));
        }
        // robots.txt may stand on another host; its address is checked all the same.
        if !declared && w.purpose != Purpose::Robots {
            let key = if w.purpose == Purpose::File {
                "attachment_hosts"
            } else {
                "page_hosts"
            };
            let outcome = if *url == w.url {
                Outcome::Offsite
            } else {
                Outcome::RedirectOffsite
            };
            return Some(Got::refused(
                outcome,
                format!("{host} is not among the hosts of the source; add it to {key} if it belongs there"),
            ));
        }
        if w.source.transport.tls == PLAINTEXT_ONLY && url.scheme() == "https" {
            return Some(Got::refused(
                Outcome::Skipped(Skip::Transport),
                "the source is set to plaintext-only",
            ));
        }
        if self.counters.iter().any(|c| c.is_match(url.as_str())) {
            return Some(Got::refused(
                Outcome::Skipped(Skip::Counter),
                "the address counts visits",
            ));
        }
        None
    }

    /// Waits for the turn at a host.
    async fn enter(&self, w: &Want<'_>, url: &Url, crawl_delay: Option<f64>) -> Result<Entered, store::Error> {
        let host = host_of(url);
        let own = self.gate(format!("host {host}")).lock_owned().await;
        if let Some(no) = self.host_refused(&host, &self.store.host(&host)?) {
            return Ok(Entered::No(no));
        }
        let port = url.port_or_known_default().unwrap_or(80);
        self.clock.busy(true);
        let found = self
            .client
            .addresses(url.host_str().unwrap_or("").trim_matches(['[', ']']), port)
            .await;
        self.clock.busy(false);
        let addresses = match found {
            Ok(a) => a,
            Err(e) => return Ok(Entered::Net(e)),
        };
        let ip = addresses[0].ip();
        let shared = self.gate(format!("address {ip}")).lock_owned().await;
        let mut arrived = self.clock.now();
        loop {
            let now = self.clock.now();
            arrived = arrived.min(now);
            let row = self.store.host(&host)?;
            if self.is_stopped() {
                return Ok(Entered::No(Got::refused(
                    Outcome::Skipped(Skip::Stopped),
                    "the run was stopped",
                )));
            }
            if let Some(no) = self.host_refused(&host, &row) {
                return Ok(Entered::No(no));
            }
            let day = now.day();
            let (requests, bytes) = self.store.used(&day, &w.source.id)?;
            if requests >= self.defaults.daily_requests || bytes >= self.defaults.daily_bytes {
                let message = format!("{requests} requests and {bytes} bytes were used on {day}; the next day goes on");
                return Ok(Entered::No(Got::refused(Outcome::Skipped(Skip::Budget), message)));
            }
            let delay = polite::delay_ms(&self.defaults, w.source.min_delay_ms, &row, crawl_delay, url.as_str());
            let last = self.store.address_asked(ip)?;
            let ready = polite::ready_at(now, arrived, &row, last, delay, self.defaults.backoff_429.cap_s);
            if ready <= now {
                return Ok(Entered::Gate(Box::new(Gate {
                    host,
                    addresses,
                    row,
                    _host: own,
                    _address: shared,
                })));
            }
            if ready.since(now) > self.defaults.max_wait_s.saturating_mul(1000) {
                let message = format!("{host} asked to rest until {}; start again then", ready.text());
                return Ok(Entered::No(Got::refused(Outcome::Skipped(Skip::Host), message)));
            }
            (self.watch)(&Event::Waiting {
                host: &host,
                until: ready,
            });
            tokio::select! {
                () = self.clock.sleep_until(ready) => {}
                () = self.stop.notified() => {}
            }
        }
    }

    fn host_refused(&self, host: &str, row: &HostRow) -> Option<Got> {
        let until = row.blocked_until.filter(|t| *t > self.clock.now())?;
        let why = row.blocked_why.as_deref().unwrap_or("?");
        Some(Got::refused(
            Outcome::Blocked(why.to_string()),
            format!("{host} showed a wall and is left alone until {}", until.text()),
        ))
    }

    fn request_headers(&self, w: &Want<'_>, url: &Url, more: &[(&'static str, String)]) -> Headers {
        // A file is taken as it is, so that it can be continued byte by byte.
        let encoding = if w.purpose == Purpose::File { "identity" } else { "gzip" };
        let mut h = vec![
            ("User-Agent", self.defaults.user_agent.clone()),
            ("Accept", "*/*".into()),
            ("Accept-Language", "zh-CN".into()),
            ("Accept-Encoding", encoding.into()),
            ("Connection", "close".into()),
        ];
        if w.form.is_some() {
            h.push((
                "Content-Type",
                "application/x-www-form-urlencoded; charset=UTF-8".into(),
            ));
        }
        if let Some(r) = &w.referer
            && w.source.detail.referer.unwrap_or(true)
            && !(r.scheme() == "https" && url.scheme() == "http")
        {
            let mut r = r.clone();
            r.set_fragment(None);
            h.push(("Referer", r.to_string()));
        }
        if let Some(jar) = self.cookies.borrow().get(&host_of(url))
            && !jar.is_empty()
        {
            let all: Vec<String> = jar.iter().map(|(k, v)| format!("{k}={v}")).collect();
            h.push(("Cookie", all.join("; ")));
        }
        h.extend(more.iter().cloned());
        h
    }

    /// One request, from the gate to the last byte; the host's row is kept.
    async fn send(
        &self,
        w: &Want<'_>,
        url: &Url,
        crawl_delay: Option<f64>,
        headers: &[(&'static str, String)],
        keep: u64,
    ) -> Result<Sent, store::Error> {
        let mut gate = match self.enter(w, url, crawl_delay).await? {
            Entered::Gate(g) => g,
            Entered::No(got) => return Ok(Sent::No(got)),
            Entered::Net(e) => return Ok(Sent::Net(e, 0.0)),
        };
        let ask = Ask {
            method: if w.form.is_some() { "POST" } else { "GET" },
            url,
            headers: headers.to_vec(),
            form: w.form.as_deref(),
        };
        let begun = self.clock.now();
        let ip = gate.addresses[0].ip();
        // Also when it begins: a program that is killed meanwhile does not ask again at once.
        gate.row.last_request = Some(begun);
        self.store.asked((&gate.host, &gate.row), ip, begun, None)?;
        let watch = std::time::Instant::now();
        self.clock.busy(true);
        let mut answered = begun;
        // What came counts, also of a download that failed.
        let wire = Cell::new(0);
        let work = async {
            let mut answer = self.client.send(&ask, &gate.addresses).await.map_err(Failed::Net)?;
            answered = self.clock.now();
            self.body(w, url, &mut answer, (keep, &wire)).await
        };
        let result = tokio::select! {
            r = tokio::time::timeout(self.client.total(), work) => r.unwrap_or(Err(Failed::Net(NetError::Timeout("the whole answer")))),
            () = self.stop.notified() => Err(Failed::Net(NetError::Truncated("the run was stopped".into()))),
        };
        self.clock.busy(false);
        let now = self.clock.now();
        let status = result.as_ref().ok().map(|r| r.status);
        let good = status.is_some_and(|s| (200..400).contains(&s));
        let took = if answered > begun {
            answered.since(begun)
        } else {
            now.since(begun)
        };
        polite::learn(&mut gate.row, now, took, good);
        let used = (now.day(), &w.source.id, wire.get());
        self.store
            .asked((&gate.host, &gate.row), ip, now, Some((&used.0, used.1, used.2)))?;
        let seconds = watch.elapsed().as_secs_f64();
        match result {
            Ok(r) => Ok(Sent::Reply(Box::new(r), seconds)),
            Err(Failed::Net(e)) => Ok(Sent::Net(e, seconds)),
            Err(Failed::Store(e)) => Err(e),
        }
    }

    async fn body(
        &self,
        w: &Want<'_>,
        url: &Url,
        answer: &mut Answer,
        (keep, wire): (u64, &Cell<u64>),
    ) -> Result<Reply, Failed> {
        let mut headers = BTreeMap::new();
        for (k, v) in &answer.headers {
            headers
                .entry(k.as_str().to_string())
                .or_insert_with(|| String::from_utf8_lossy(v.as_bytes()).trim().to_string());
        }
        let mut reply = Reply {
            status: answer.status,
            raw: answer.raw_headers.clone(),
            headers,
            disposition: answer.headers.get("Content-Disposition").map(|v| v.as_bytes().to_vec()),
            remote: answer.remote,
            tls: answer.tls.clone(),
            body: Body::Memory(Vec::new()),
            wire: 0,
            restart: false,
        };
        self.remember_cookies(url, answer);
        let page = match w.purpose {
            Purpose::Robots => robots::MAX_BYTES as u64,
            _ => self.defaults.max_page_bytes,
        };
        let file = w.purpose == Purpose::File && matches!(reply.status, 200 | 206);
        if file {
            self.file_body(w, answer, &mut reply, (keep, wire)).await?;
        } else {
            // A wall or an error is looked at, not kept whole.
            let most = if reply.status == 200 { page } else { page.min(1 << 20) };
            self.page_body(w, answer, &mut reply, (most, wire)).await?;
        }
        Ok(reply)
    }

    async fn page_body(
        &self,
        w: &Want<'_>,
        answer: &mut Answer,
        reply: &mut Reply,
        (most, wire): (u64, &Cell<u64>),
    ) -> Result<(), Failed> {
        let mut out = Unpacked::new(reply.header("Content-Encoding"))?;
        let mut all = Vec::new();
        while let Some(piece) = answer.piece().await.map_err(Failed::Net)? {
            reply.wire += piece.len() as u64;
            wire.set(reply.wire);
            out.push(&piece, &mut all)?;
            if all.len() as u64 > most {
                if w.purpose == Purpose::Robots || reply.status != 200 {
                    break;
                }
                return Err(Failed::Net(NetError::TooLarge(format!(
                    "more than {most} bytes of a page are not read"
                ))));
            }
        }
        out.end(&mut all)?;
        reply.body = Body::Memory(all);
        Ok(())
    }

    async fn file_body(
        &self,
        w: &Want<'_>,
        answer: &mut Answer,
        reply: &mut Reply,
        (keep, wire): (u64, &Cell<u64>),
    ) -> Result<(), Failed> {
        let key = w.key();
        let encoding = reply.header("Content-Encoding").map(str::to_string);
        let length: Option<u64> = reply.header("Content-Length").and_then(|v| v.parse().ok());
        let mut total = length;
        let mut from = 0;
        if reply.status == 206 {
            match reply.header("Content-Range").and_then(content_range) {
                Some((first, last, all))
                    if keep > 0 && first == keep && length.is_none_or(|n| last - first + 1 == n) =>
                {
                    from = keep;
                    total = all;
                }
                // Not what was asked for: what is there is worth nothing.
                _ => {
                    reply.restart = true;
                    return Ok(());
                }
            }
        }
        let most = self.defaults.max_file_bytes;
        if total.is_some_and(|t| t > most) {
            return Err(Failed::Net(NetError::TooLarge(format!(
                "the file has {} bytes, more than {most} are not read",
                total.unwrap_or(0)
            ))));
        }
        let validators = validators(reply);
        let resumable = encoding.is_none() && (strong(validators.0.as_deref()) || validators.1.is_some());
        if from == 0 {
            let kept = resumable.then_some((
                validators.0.as_deref().filter(|e| strong(Some(e))),
                validators.1.as_deref(),
            ));
            self.store.set_partial(&key, kept)?;
        }
        let mut writing = self.store.begin(&key, from)?;
        let mut out = Unpacked::new(encoding.as_deref())?;
        let mut buffer = Vec::new();
        while let Some(piece) = answer.piece().await.map_err(Failed::Net)? {
            reply.wire += piece.len() as u64;
            wire.set(reply.wire);
            buffer.clear();
            out.push(&piece, &mut buffer)?;
            writing.write(&buffer)?;
            if writing.len() > most {
                return Err(Failed::Net(NetError::TooLarge(format!(
                    "more than {most} bytes of a file are not read"
                ))));
            }
        }
        buffer.clear();
        out.end(&mut buffer)?;
        writing.write(&buffer)?;
        if out.plain()
            && let Some(t) = total
            && writing.len() != t
        {
            return Err(Failed::Net(NetError::Truncated(format!(
                "{} of {t} bytes came",
                writing.len()
            ))));
        }
        let head = writing.head(sniff::HEAD)?;
        let bytes = writing.len();
        reply.body = Body::Stored(writing.finish()?, head, bytes);
        Ok(())
    }

    fn remember_cookies(&self, url: &Url, answer: &Answer) {
        let mut all = self.cookies.borrow_mut();
        let jar = all.entry(host_of(url)).or_default();
        for v in answer.headers.get_all("Set-Cookie") {
            let text = String::from_utf8_lossy(v.as_bytes()).to_string();
            let pair = text.split(';').next().unwrap_or("");
            if let Some((k, v)) = pair.split_once('=')
                && jar.len() < 32
                && v.len() < 4096
            {
                jar.insert(k.trim().to_string(), v.trim().to_string());
            }
        }
    }

    /// What robots.txt says of an address: allowed, why, and the delay it asks for.
    async fn robots(&self, w: &Want<'_>, url: &Url) -> Result<(bool, String, Option<f64>), store::Error> {
        let origin = format!("{}://{}", url.scheme(), host_of(url));
        // One at a time: two pages of one host do not ask for it twice.
        let lock = self.gate(format!("robots {origin}")).lock_owned().await;
        let known = self.robots.borrow().get(&origin).cloned();
        let robots = match known {
            Some(r) => r,
            None => {
                let r = Rc::new(self.read_robots(w, &origin).await?);
                self.robots.borrow_mut().insert(origin, Rc::clone(&r));
                r
            }
        };
        drop(lock);
        let path = url
            .query()
            .map_or(url.path().to_string(), |q| format!("{}?{q}", url.path()));
        Ok(match &*robots {
            Robots::Refused(why) => (false, why.clone(), None),
            Robots::All(why) => (true, why.clone(), None),
            Robots::Rules(rules, sha) => {
                let (allowed, rule) = rules.allows(&path);
                (
                    allowed,
                    format!("robots {} {}", sha.get(..12).unwrap_or(sha), rule.unwrap_or("no rule")),
                    rules.crawl_delay,
                )
            }
        })
    }

    async fn read_robots(&self, w: &Want<'_>, origin: &str) -> Result<Robots, store::Error> {
        let product: String = self
            .defaults
            .user_agent
            .split(['/', ' '])
            .next()
            .unwrap_or("")
            .to_string();
        let from_object = |sha: String| -> Result<Robots, store::Error> {
            Ok(Robots::Rules(Rules::read(&self.store.object(&sha)?, &product), sha))
        };
        if let Some((at, _, verdict, sha)) = self.store.robots(origin)?
            && self.clock.now().since(at) < DAY_MS
            && at <= self.clock.now()
        {
            match (verdict.as_str(), sha) {
                ("rules", Some(sha)) => return from_object(sha),
                ("allow", _) => return Ok(Robots::All("robots.txt is absent".into())),
                // Unreachable: the next run asks again.
                _ => {}
            }
        }
        let Ok(url) = Url::parse(&format!("{origin}/robots.txt")) else {
            return Ok(Robots::Refused("no address of robots.txt".into()));
        };
        let ask = Want {
            source: w.source,
            purpose: Purpose::Robots,
            url,
            form: None,
            referer: None,
        };
        let got = Box::pin(self.through_redirects(&ask, false)).await?;
        let now = self.clock.now();
        let status = got.status;
        let strict = self.defaults.robots == "strict";
        Ok(match status {
            Some(200) if got.sha256.is_some() => {
                let sha = got.sha256.unwrap_or_default();
                self.store.set_robots(origin, now, status, "rules", Some(&sha))?;
                from_object(sha)?
            }
            // Empty.
            Some(200) if got.outcome == Outcome::Empty => {
                self.store.set_robots(origin, now, status, "allow", None)?;
                Robots::All("robots.txt is empty".into())
            }
            Some(s @ (401 | 403)) if strict => {
                self.store.set_robots(origin, now, status, "refuse", None)?;
                Robots::Refused(format!("robots.txt answers {s}: nothing is asked"))
            }
            Some(s @ 400..=499) if s != 429 && !matches!(got.outcome, Outcome::Blocked(_)) => {
                self.store.set_robots(origin, now, status, "allow", None)?;
                Robots::All(format!("robots.txt answers {s}: there is none"))
            }
            _ if got.outcome == Outcome::RedirectLimit => {
                self.store.set_robots(origin, now, status, "allow", None)?;
                Robots::All("robots.txt redirects more than five times: there is none".into())
            }
            _ => {
                let why = got.message.unwrap_or(got.outcome.to_string());
                self.store.set_robots(origin, now, status, "unreachable", None)?;
                Robots::Refused(format!("robots.txt cannot be read ({why}): nothing is asked"))
            }
        })
    }

    /// What is wanted, fetched.
    pub async fn fetch(&self, w: &Want<'_>) -> Result<Got, store::Error> {
        if w.source.transport.needs_render {
            return Ok(Got::refused(
                Outcome::RenderRequired,
                "the source is marked: only a browser can read it",
            ));
        }
        let got = self.through_redirects(w, true).await?;
        if matches!(got.outcome, Outcome::Tls(_)) && w.source.transport.http_fallback && w.url.scheme() == "https" {
            let mut plain = w.clone();
            if plain.url.set_scheme("http").is_ok() {
                return self.through_redirects(&plain, true).await;
            }
        }
        Ok(got)
    }

    /// An address through its redirects and repetitions, until something comes of it.
    async fn through_redirects(&self, w: &Want<'_>, ask_robots: bool) -> Result<Got, store::Error> {
        let mut a = self.begin(w)?;
        loop {
            match self.attempt(w, &mut a, ask_robots).await? {
                Turn::Again => {}
                // Nothing was asked: the index holds requests only.
                Turn::NotAsked(got) => return Ok(*got),
                Turn::Done(got, reply) => return self.end(w, a.row, *got, reply.as_deref()),
            }
        }
    }

    fn begin(&self, w: &Want<'_>) -> Result<Asking, store::Error> {
        let key = w.key();
        let stored = self.store.resource(&key)?.filter(|r| r.sha256.is_some());
        let sha = stored.as_ref().and_then(|r| r.sha256.as_ref());
        let have = sha.is_some_and(|sha| self.store.holds(sha));
        Ok(Asking {
            key,
            stored,
            have,
            conditional: have,
            url: w.url.clone(),
            row: RequestRow {
                at: self.clock.now(),
                source: w.source.id.clone(),
                purpose: w.purpose.as_str().into(),
                method: if w.form.is_some() { "POST" } else { "GET" }.into(),
                url: w.url.to_string(),
                form: w.form.clone(),
                referer: w.referer.as_ref().map(ToString::to_string),
                ..RequestRow::default()
            },
            attempts: 0,
            hops: 0,
            to_itself: 0,
        })
    }

    /// One request, where it is allowed, and what follows from its answer.
    async fn attempt(&self, w: &Want<'_>, a: &mut Asking, ask_robots: bool) -> Result<Turn, store::Error> {
        if let Some(got) = self.address_refused(w, &a.url) {
            return Ok(Turn::ended(got));
        }
        let mut crawl_delay = None;
        if ask_robots {
            let (allowed, why, delay) = self.robots(w, &a.url).await?;
            a.row.robots = Some(why.clone());
            if !allowed {
                return Ok(Turn::ended(Got::refused(Outcome::Skipped(Skip::Robots), why)));
            }
            if let Some(d) = delay.filter(|d| d * 1000.0 > self.defaults.max_delay_ms as f64) {
                let why = format!("robots.txt asks for {d} s between requests, more than max_delay_ms");
                return Ok(Turn::ended(Got::refused(Outcome::Skipped(Skip::CrawlDelay), why)));
            }
            crawl_delay = delay;
        }
        let (more, keep) = self.continued(w, a)?;
        let headers = self.request_headers(w, &a.url, &more);
        a.row.at = self.clock.now();
        a.row.request_headers = printed(&a.row.method, &a.url, &headers);
        match self.send(w, &a.url, crawl_delay, &headers, keep).await? {
            Sent::No(got) => Ok(Turn::NotAsked(Box::new(got))),
            Sent::Net(e, seconds) => self.unanswered(a, &e, seconds),
            Sent::Reply(reply, seconds) => {
                a.row.seconds += seconds;
                a.row.bytes += reply.wire;
                a.row.status = Some(reply.status);
                a.row.response_headers.clone_from(&reply.raw);
                a.row.remote = Some(reply.remote.to_string());
                a.row.tls.clone_from(&reply.tls);
                a.row.final_url = Some(a.url.to_string());
                self.answered(w, a, reply)
            }
        }
    }

    /// The headers by which a download goes on where it was cut off, or comes only where it is new; and how much of it is there.
    fn continued(&self, w: &Want<'_>, a: &Asking) -> Result<(Headers, u64), store::Error> {
        if w.form.is_some() {
            return Ok((Vec::new(), 0));
        }
        if w.purpose == Purpose::File
            && let Some((etag, modified)) = self.store.partial(&a.key)?
        {
            let keep = self.store.partial_len(&a.key);
            if keep > 0
                && let Some(validator) = etag.or(modified)
            {
                let range = ("Range", format!("bytes={keep}-"));
                return Ok((vec![range, ("If-Range", validator)], keep));
            }
        }
        let stored = a.stored.as_ref().filter(|_| a.conditional);
        let etag = stored.and_then(|r| r.etag.clone()).map(|v| ("If-None-Match", v));
        let modified = stored
            .and_then(|r| r.last_modified.clone())
            .map(|v| ("If-Modified-Since", v));
        Ok((etag.into_iter().chain(modified).collect(), 0))
    }

    /// No answer came.
    fn unanswered(&self, a: &mut Asking, e: &NetError, seconds: f64) -> Result<Turn, store::Error> {
        a.row.seconds += seconds;
        if self.is_stopped() {
            return Ok(Turn::ended(Got::refused(
                Outcome::Skipped(Skip::Stopped),
                e.to_string(),
            )));
        }
        let once_more = self.once_more(a);
        if e.passing() && once_more {
            self.rest(&a.url, a.attempts)?;
            return Ok(Turn::Again);
        }
        if !matches!(e, NetError::Truncated(_) | NetError::Timeout(_) | NetError::Connect(_)) {
            self.forget_partial(a)?;
        }
        Ok(Turn::ended(Got::refused(e.outcome(), e.to_string())))
    }

    /// Counts an attempt; whether there may be another one.
    fn once_more(&self, a: &mut Asking) -> bool {
        a.attempts += 1;
        a.attempts < self.defaults.retry.attempts
    }

    fn forget_partial(&self, a: &Asking) -> Result<(), store::Error> {
        self.store.drop_partial(&a.key);
        self.store.set_partial(&a.key, None)
    }

    /// What an answer means for the asking: its end, the next hop, or once more.
    fn answered(&self, w: &Want<'_>, a: &mut Asking, reply: Box<Reply>) -> Result<Turn, store::Error> {
        if reply.restart || reply.status == 416 {
            self.forget_partial(a)?;
            let why = "the server cannot continue a download and gives no whole one";
            return Ok(self.again_or(a, Outcome::Truncated, why, reply));
        }
        let html = sniff::media(reply.head()) == "html" || reply.status != 200;
        if html && let Some(mark) = fitting(&self.challenges, reply.status, &reply.raw, reply.head(), reply.len()) {
            let got = self.blocked(w, &a.url, mark)?;
            return Ok(Turn::Done(Box::new(got), Some(reply)));
        }
        match reply.status {
            304 if a.have && a.conditional => {
                let got = self.unchanged(a.stored.as_ref());
                return Ok(Turn::Done(Box::new(got), Some(reply)));
            }
            304 => {
                // 304 without a body here: ask for everything.
                a.conditional = false;
                return Ok(self.again_or(a, Outcome::Protocol, "304, though nothing is stored", reply));
            }
            300..=399 => return Ok(self.hop(w, a, reply)),
            status @ (429 | 503) => {
                self.pause(&a.url, &reply)?;
                let why = "the host asked to wait every time";
                return Ok(self.again_or(a, Outcome::Failed(status), why, reply));
            }
            500..=599 if self.once_more(a) => {
                self.rest(&a.url, a.attempts)?;
                return Ok(Turn::Again);
            }
            _ => {}
        }
        if w.purpose != Purpose::Robots
            && reply.status == 200
            && a.hops < self.defaults.max_redirects
            && let Some(next) = meta_refresh(&a.url, &reply)
            && host_of(&next) == host_of(&a.url)
            && next != a.url
        {
            a.hops += self.defaults.max_redirects; // once
            a.row.redirects.push(format!("refresh {next}"));
            a.url = next;
            return Ok(Turn::Again);
        }
        let got = self.classify(w, &a.url, &reply, a.stored.as_ref())?;
        Ok(Turn::Done(Box::new(got), Some(reply)))
    }

    /// Once more, while there are attempts; else this is its end.
    fn again_or(&self, a: &mut Asking, outcome: Outcome, why: &str, reply: Box<Reply>) -> Turn {
        if self.once_more(a) {
            return Turn::Again;
        }
        Turn::Done(Box::new(Got::refused(outcome, why)), Some(reply))
    }

    /// The next hop of a redirect.
    fn hop(&self, w: &Want<'_>, a: &mut Asking, reply: Box<Reply>) -> Turn {
        let next = match self.next_hop(w, &a.url, &reply, &mut a.to_itself) {
            Ok(next) => next,
            Err(got) => return Turn::Done(got, Some(reply)),
        };
        a.row.redirects.push(format!("{} {next}", reply.status));
        a.hops += 1;
        let most = self.defaults.max_redirects;
        if a.hops > most {
            let got = Got::refused(Outcome::RedirectLimit, format!("more than {most} redirects"));
            return Turn::Done(Box::new(got), Some(reply));
        }
        a.url = next;
        Turn::Again
    }

    fn unchanged(&self, stored: Option<&Resource>) -> Got {
        let r = stored.cloned().unwrap_or_default();
        Got {
            status: Some(304),
            sha256: r.sha256,
            final_url: r.final_url.and_then(|u| Url::parse(&u).ok()),
            media: r.media.unwrap_or_default(),
            charset: r.charset,
            name: r.name,
            ..Got::of(Outcome::Unchanged)
        }
    }

    fn next_hop(&self, w: &Want<'_>, url: &Url, reply: &Reply, to_itself: &mut u32) -> Result<Url, Box<Got>> {
        let no = |outcome: Outcome, message: String| Box::new(Got::refused(outcome, message));
        let Some(location) = reply.header("Location") else {
            return Err(no(Outcome::Protocol, format!("{} without Location", reply.status)));
        };
        let next = url
            .join(location)
            .map_err(|e| no(Outcome::BadAddress, format!("redirect to `{location}`: {e}")))?;
        if next == *url {
            *to_itself += 1;
            // A plain cookie that is set and sent back is ordinary HTTP; more is a loop.
            if *to_itself > 2 || reply.header("Set-Cookie").is_none() {
                return Err(no(Outcome::RedirectLoop, format!("{next} leads to itself")));
            }
        }
        if url.scheme() == "https" && next.scheme() == "http" && !w.source.transport.http_fallback {
            return Err(no(Outcome::RedirectInsecure, format!("https leads to {next}")));
        }
        Ok(next)
    }

    fn rest(&self, url: &Url, attempt: u32) -> Result<(), store::Error> {
        let host = host_of(url);
        let mut row = self.store.host(&host)?;
        let r = &self.defaults.retry;
        let s = r.base_s.saturating_mul(1 << (attempt - 1).min(20)).min(r.cap_s);
        let until = self.clock.now().plus(s.saturating_mul(1000));
        row.not_before = Some(row.not_before.map_or(until, |t| t.max(until)));
        self.store.set_host(&host, &row)
    }

    fn pause(&self, url: &Url, reply: &Reply) -> Result<(), store::Error> {
        let host = host_of(url);
        let now = self.clock.now();
        let mut row = self.store.host(&host)?;
        let asked = reply.header("Retry-After").and_then(|v| polite::retry_after(v, now));
        polite::pause(&self.defaults.backoff_429, &mut row, now, asked);
        self.store.set_host(&host, &row)
    }

    /// A wall: the host is left alone for a day; after two in a row the source waits for a human.
    fn blocked(&self, w: &Want<'_>, url: &Url, mark: &Mark) -> Result<Got, store::Error> {
        let host = host_of(url);
        let mut row = self.store.host(&host)?;
        row.blocked_until = Some(self.clock.now().plus(DAY_MS));
        row.blocked_why = Some(mark.id.clone());
        row.challenges += 1;
        self.store.set_host(&host, &row)?;
        if row.challenges >= 2 {
            let mut state = self.store.source_state(&w.source.id)?.unwrap_or_default();
            state.blocked = Some(format!("{} at {host}, {} times", mark.why, row.challenges));
            self.store.set_source_state(&w.source.id, &state)?;
        }
        Ok(Got::refused(
            Outcome::Blocked(mark.id.clone()),
            format!(
                "{host}: {}; it is left alone, and nothing is tried to get around it",
                mark.why
            ),
        ))
    }

    fn classify(&self, w: &Want<'_>, url: &Url, reply: &Reply, stored: Option<&Resource>) -> Result<Got, store::Error> {
        let status = reply.status;
        let no = |outcome: Outcome, message: String| Got {
            status: Some(status),
            ..Got::refused(outcome, message)
        };
        match status {
            200 | 206 => {}
            404 | 410 => return Ok(no(Outcome::Gone, format!("the portal answers {status}"))),
            401 | 403 => {
                return Ok(no(Outcome::Refused(status), format!("the portal answers {status}")));
            }
            _ => return Ok(no(Outcome::Failed(status), format!("the portal answers {status}"))),
        }
        let media = sniff::media(reply.head());
        if media == "empty" {
            return Ok(no(Outcome::Empty, "the answer has no bytes".into()));
        }
        if media == "html" && w.purpose != Purpose::Robots {
            if let Some(m) = fitting(&self.soft404, status, &reply.raw, reply.head(), reply.len()) {
                return Ok(no(Outcome::Soft404, m.why.clone()));
            }
            if url.path() == "/" && url.query().is_none() && w.url.path() != "/" {
                return Ok(no(Outcome::Soft404, "it leads to the front page".into()));
            }
        }
        let sha = match &reply.body {
            Body::Stored(sha, ..) => sha.clone(),
            Body::Memory(b) => self.store.put(b)?,
        };
        let before = stored.and_then(|r| r.sha256.as_deref());
        let outcome = if before == Some(&sha) {
            Outcome::Revisit
        } else {
            Outcome::Stored
        };
        let mut got = Got {
            outcome,
            message: None,
            status: Some(status),
            new: before != Some(&sha),
            sha256: Some(sha),
            final_url: Some(url.clone()),
            media: media.into(),
            charset: reply.header("Content-Type").and_then(charset),
            name: reply.disposition.as_deref().and_then(names::from_disposition),
        };
        if w.purpose == Purpose::File {
            if !w.source.accept.types.iter().any(|t| t == media) || media == "html" {
                got.outcome = Outcome::KindMismatch;
                got.message = Some(format!(
                    "the bytes are {media}, not an attachment; they are kept as evidence"
                ));
            } else if reply.len() < w.source.accept.min_bytes {
                got.outcome = Outcome::TooSmall;
                got.message = Some(format!("{} bytes are no document", reply.len()));
            }
        }
        Ok(got)
    }

    /// The end of a request: the index learns of it in one transaction.
    fn end(&self, w: &Want<'_>, mut row: RequestRow, mut got: Got, reply: Option<&Reply>) -> Result<Got, store::Error> {
        let key = w.key();
        got.status = got.status.or(row.status);
        got.final_url = got
            .final_url
            .or_else(|| row.final_url.as_deref().and_then(|u| Url::parse(u).ok()));
        row.outcome = got.outcome.to_string();
        row.message.clone_from(&got.message);
        let arrived = got.sha256.is_some() && got.outcome != Outcome::Unchanged;
        if arrived {
            row.sha256.clone_from(&got.sha256);
        }
        let before = self.store.resource(&key)?;
        let mut resource = before.clone().unwrap_or_default();
        resource.checked = row.at;
        resource.outcome.clone_from(&row.outcome);
        if got.good() {
            resource.gone = None;
            if let Some(r) = reply {
                let v = validators(r);
                resource.etag = v.0.or(resource.etag.filter(|_| !arrived));
                resource.last_modified = v.1.or(resource.last_modified.filter(|_| !arrived));
                if arrived {
                    resource.raw_name.clone_from(&r.disposition);
                }
            }
            if arrived {
                resource.sha256.clone_from(&got.sha256);
                resource.final_url = got.final_url.as_ref().map(ToString::to_string);
                resource.retrieved = Some(row.at);
                resource.media = Some(got.media.clone());
                resource.charset.clone_from(&got.charset);
                resource.name.clone_from(&got.name);
            }
            let host = host_of(&w.url);
            let mut h = self.store.host(&host)?;
            if h.challenges > 0 {
                h.challenges = 0;
                self.store.set_host(&host, &h)?;
            }
        } else if got.outcome == Outcome::Gone {
            resource.gone = resource.gone.or(Some(row.at));
        }
        if !got.good() && arrived {
            // Evidence: the object is kept and named by the request, not by the address.
            resource.sha256 = before.and_then(|b| b.sha256);
        }
        self.store.record(self.run, &row, Some((&key, &resource)))?;
        let bytes = row.bytes;
        (self.watch)(&Event::Done {
            source: &w.source.id,
            host: &host_of(&w.url),
            purpose: w.purpose,
            outcome: &got.outcome,
            bytes,
        });
        Ok(got)
    }
}

enum Failed {
    Net(NetError),
    Store(store::Error),
}

impl From<store::Error> for Failed {
    fn from(e: store::Error) -> Self {
        Failed::Store(e)
    }
}

fn printed(method: &str, url: &Url, headers: &[(&'static str, String)]) -> String {
    let path = url
        .query()
        .map_or(url.path().to_string(), |q| format!("{}?{q}", url.path()));
    let mut out = format!("{method} {path} HTTP/1.1\nHost: {}\n", host_of(url));
    for (k, v) in headers {
        out.push_str(&format!("{k}: {v}\n"));
    }
    out
}

fn validators(r: &Reply) -> (Option<String>, Option<String>) {
    (
        r.header("ETag").map(str::to_string),
        r.header("Last-Modified").map(str::to_string),
    )
}

fn strong(etag: Option<&str>) -> bool {
    etag.is_some_and(|e| e.starts_with('"'))
}

fn content_range(value: &str) -> Option<(u64, u64, Option<u64>)> {
    let (range, all) = value.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let (first, last) = (first.trim().parse().ok()?, last.trim().parse().ok()?);
    (first <= last).then_some((first, last, all.trim().parse().ok()))
}

fn charset(content_type: &str) -> Option<String> {
    let lower = content_type.to_ascii_lowercase();
    let at = lower.find("charset=")?;
    let value: String = lower[at + 8..]
        .chars()
        .filter(|c| *c != '"')
        .take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
        .collect();
    (!value.is_empty()).then_some(value)
}

/// `<meta http-equiv="refresh" content="0; url=…">` of a small page.
fn meta_refresh(url: &Url, reply: &Reply) -> Option<Url> {
    if reply.len() > 4096 {
        return None;
    }
    let text = String::from_utf8_lossy(reply.head()).to_string();
    let lower = text.to_ascii_lowercase();
    let at = lower.find("http-equiv=\"refresh\"")?;
    let content = lower[at..].find("content=\"")? + at + 9;
    let value = text.get(content..)?.split('"').next()?;
    let (seconds, target) = value.split_once(';')?;
    if seconds.trim() != "0" {
        return None;
    }
    let target = target.trim();
    let target = target
        .get(..4)
        .filter(|p| p.eq_ignore_ascii_case("url="))
        .and(target.get(4..))?;
    url.join(target.trim_matches(['\'', ' '])).ok()
}

/// Takes the content encoding away, never more than a hundred times what came.
struct Unpacked {
    gzip: Option<GzDecoder<Vec<u8>>>,
    wanted: bool,
    begun: bool,
    came: u64,
    gave: u64,
}

impl Unpacked {
    fn new(encoding: Option<&str>) -> Result<Self, Failed> {
        let wanted = match encoding.map(str::to_ascii_lowercase).as_deref() {
            None | Some("" | "identity") => false,
            Some("gzip") => true,
            Some(e) => {
                return Err(Failed::Net(NetError::Encoding(format!(
                    "the body is encoded as `{e}`, which was not asked for"
                ))));
            }
        };
        Ok(Self {
            gzip: None,
            wanted,
            begun: false,
            came: 0,
            gave: 0,
        })
    }

    /// The bytes are as they came.
    fn plain(&self) -> bool {
        self.gzip.is_none()
    }

    fn push(&mut self, piece: &[u8], out: &mut Vec<u8>) -> Result<(), Failed> {
        if !self.begun && !piece.is_empty() {
            self.begun = true;
            // Some portals say gzip and send it plain.
            if self.wanted && piece.first() == Some(&0x1f) {
                self.gzip = Some(GzDecoder::new(Vec::new()));
            }
        }
        self.came += piece.len() as u64;
        let Some(z) = &mut self.gzip else {
            out.extend_from_slice(piece);
            return Ok(());
        };
        let mut rest = piece;
        while !rest.is_empty() {
            let part = &rest[..rest.len().min(1024)];
            let n = z
                .write(part)
                .map_err(|e| Failed::Net(NetError::Encoding(format!("the body is no gzip: {e}"))))?;
            if n == 0 {
                break;
            }
            rest = &rest[n..];
            self.gave += z.get_ref().len() as u64;
            out.append(z.get_mut());
            if self.gave > self.came * 100 + (1 << 20) {
                return Err(Failed::Net(NetError::TooLarge(
                    "the body grows more than a hundredfold when it is unpacked".into(),
                )));
            }
        }
        Ok(())
    }

    fn end(&mut self, out: &mut Vec<u8>) -> Result<(), Failed> {
        if let Some(z) = &mut self.gzip {
            z.try_finish()
                .map_err(|e| Failed::Net(NetError::Truncated(format!("the packed body ends early: {e}"))))?;
            out.append(z.get_mut());
        }
        Ok(())
    }
}
