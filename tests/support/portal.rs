//! A portal of our own on the loopback address: virtual hosts by the Host header, a log of every request, answers byte by byte
//! where HTTP is to be broken. Nothing else is asked in any test.

#![allow(dead_code, reason = "not every test looks at everything")]
#![expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the fixture is the other side: it serves, on threads of its own"
)]

use juesuan::acquire::net::client::{Client, FixedResolver, Resolved, Timeouts};
use juesuan::acquire::net::clock::{Clock, SimClock};
use juesuan::acquire::net::fetch::Fetcher;
use juesuan::acquire::sources::{self, Sources};
use juesuan::acquire::store::Store;
use juesuan::acquire::time::Moment;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// One request as it arrived.
#[derive(Clone, Debug)]
pub struct Asked {
    pub host: String,
    pub method: String,
    /// With the query.
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
    /// On the simulated clock.
    pub at: Moment,
    /// When the answer was written.
    pub end: Moment,
    /// On the clock of the machine.
    pub real: std::time::Instant,
    /// Requests to this server in flight, this one among them.
    pub in_flight: usize,
    pub sent: usize,
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// What is sent back: pieces with a pause before each.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    pub pieces: Vec<(u64, Vec<u8>)>,
    /// Moves the simulated clock before the answer.
    pub latency_ms: i64,
    /// Cuts the connection with a reset.
    pub reset: bool,
    /// Keeps the connection open for so long after the last piece.
    pub linger_ms: u64,
}

impl Answer {
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            pieces: vec![(0, bytes.into())],
            ..Self::default()
        }
    }

    pub fn with(status: u16, headers: &[(&str, &str)], body: &[u8]) -> Self {
        let mut out = format!("HTTP/1.1 {status} X\r\nContent-Length: {}\r\n", body.len());
        for (k, v) in headers {
            out.push_str(&format!("{k}: {v}\r\n"));
        }
        out.push_str("\r\n");
        let mut bytes = out.into_bytes();
        bytes.extend_from_slice(body);
        Self::raw(bytes)
    }

    pub fn page(body: &str) -> Self {
        Self::with(200, &[("Content-Type", "text/html; charset=utf-8")], body.as_bytes())
    }

    pub fn none() -> Self {
        Self::with(404, &[], b"none")
    }

    pub fn latency(mut self, ms: i64) -> Self {
        self.latency_ms = ms;
        self
    }
}

/// Serves bytes as a good server does: validators, 304, ranges.
pub fn serve(asked: &Asked, media: &str, body: &[u8]) -> Answer {
    let etag = format!("\"{:.16}\"", format!("{:x}", Sha256::digest(body)));
    if asked.header("if-none-match") == Some(&etag) {
        return Answer::raw(format!("HTTP/1.1 304 X\r\nETag: {etag}\r\n\r\n"));
    }
    let from = asked
        .header("range")
        .and_then(|r| r.strip_prefix("bytes=")?.strip_suffix('-')?.parse::<usize>().ok())
        .filter(|f| *f < body.len() && asked.header("if-range") == Some(&etag));
    match from {
        Some(f) => {
            let range = format!("bytes {f}-{}/{}", body.len() - 1, body.len());
            Answer::with(
                206,
                &[("Content-Type", media), ("ETag", &etag), ("Content-Range", &range)],
                &body[f..],
            )
        }
        None => Answer::with(200, &[("Content-Type", media), ("ETag", &etag)], body),
    }
}

/// Bytes that pass for a PDF, the same for the same seed.
pub fn pdf(seed: &str, len: usize) -> Vec<u8> {
    let mut out = b"%PDF-1.4\n".to_vec();
    let mut h = Sha256::digest(seed.as_bytes());
    while out.len() < len {
        out.extend_from_slice(&h);
        h = Sha256::digest(h);
    }
    out.truncate(len.max(9));
    out.extend_from_slice(b"\n%%EOF\n");
    out
}

type Handler = Arc<dyn Fn(&Asked) -> Answer + Send + Sync>;

/// A running server.
pub struct Portal {
    pub address: SocketAddr,
    log: Arc<Mutex<Vec<Asked>>>,
    stop: Arc<AtomicBool>,
    bytes: Arc<Mutex<Option<Vec<u8>>>>,
    tls: Option<Arc<tokio_rustls::rustls::ServerConfig>>,
}

impl Drop for Portal {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
    }
}

impl Portal {
    pub fn start(clock: &SimClock, handler: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        Self::start_on("127.0.0.1", clock, None, handler)
    }

    pub fn start_on(
        ip: &str,
        clock: &SimClock,
        tls: Option<Arc<tokio_rustls::rustls::ServerConfig>>,
        handler: impl Fn(&Asked) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind((ip, 0)).unwrap();
        let portal = Self {
            address: listener.local_addr().unwrap(),
            log: Arc::default(),
            stop: Arc::default(),
            bytes: Arc::default(),
            tls,
        };
        let (log, stop, clock, tls) = (
            Arc::clone(&portal.log),
            Arc::clone(&portal.stop),
            clock.clone(),
            portal.tls.clone(),
        );
        let raw = Arc::clone(&portal.bytes);
        let handler: Handler = Arc::new(handler);
        let in_flight = Arc::new(AtomicUsize::new(0));
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                if stop.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(mut stream) = stream else { continue };
                if let Some(bytes) = raw.lock().unwrap().as_deref() {
                    let mut hello = [0u8; 512];
                    let _ = stream.read(&mut hello);
                    let _ = stream.write_all(bytes);
                    continue;
                }
                let (log, clock, handler, in_flight, tls) = (
                    Arc::clone(&log),
                    clock.clone(),
                    Arc::clone(&handler),
                    Arc::clone(&in_flight),
                    tls.clone(),
                );
                std::thread::spawn(move || {
                    let _ = stream.set_read_timeout(Some(Duration::from_secs(10)));
                    match tls {
                        None => {
                            let mut stream = stream;
                            let reset = one(&mut stream, &log, &clock, &handler, &in_flight);
                            if reset == Some(true) {
                                // Unread bytes in the buffer make the kernel send a reset.
                                let _ = stream.shutdown(std::net::Shutdown::Both);
                            }
                        }
                        Some(config) => {
                            let Ok(connection) = tokio_rustls::rustls::ServerConnection::new(config) else {
                                return;
                            };
                            let mut stream = tokio_rustls::rustls::StreamOwned::new(connection, stream);
                            one(&mut stream, &log, &clock, &handler, &in_flight);
                            stream.conn.send_close_notify();
                            let _ = stream.flush();
                        }
                    }
                });
            }
        });
        portal
    }

    /// From now on every connection gets these bytes, whatever it says.
    pub fn answer_bytes(&self, bytes: &[u8]) {
        *self.bytes.lock().unwrap() = Some(bytes.to_vec());
    }

    /// Everything that was asked so far.
    pub fn log(&self) -> Vec<Asked> {
        self.log.lock().unwrap().clone()
    }

    /// How much was asked so far.
    pub fn asked(&self) -> usize {
        self.log.lock().unwrap().len()
    }

    pub fn paths(&self) -> Vec<String> {
        self.log().iter().map(|a| a.path.clone()).collect()
    }

    /// How often a path was asked.
    pub fn count(&self, path: &str) -> usize {
        self.log().iter().filter(|a| a.path == path).count()
    }

    pub fn forget(&self) {
        self.log.lock().unwrap().clear();
    }
}

fn one<S: Read + Write>(
    stream: &mut S,
    log: &Mutex<Vec<Asked>>,
    clock: &SimClock,
    handler: &Handler,
    in_flight: &AtomicUsize,
) -> Option<bool> {
    let mut bytes = Vec::new();
    let mut buffer = [0u8; 4096];
    let end = loop {
        if let Some(p) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
            break p;
        }
        let n = stream.read(&mut buffer).ok()?;
        if n == 0 {
            return None;
        }
        bytes.extend_from_slice(&buffer[..n]);
    };
    let now = in_flight.fetch_add(1, Ordering::SeqCst) + 1;
    let head = String::from_utf8_lossy(&bytes[..end]).to_string();
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, path) = (first.next()?.to_string(), first.next()?.to_string());
    let headers: BTreeMap<String, String> = lines
        .filter_map(|l| l.split_once(": "))
        .map(|(k, v)| (k.to_ascii_lowercase(), v.to_string()))
        .collect();
    let length: usize = headers.get("content-length").and_then(|l| l.parse().ok()).unwrap_or(0);
    while bytes.len() < end + 4 + length {
        let n = stream.read(&mut buffer).ok()?;
        bytes.extend_from_slice(&buffer[..n]);
    }
    let mut asked = Asked {
        host: headers.get("host").cloned().unwrap_or_default(),
        method,
        path,
        headers,
        body: String::from_utf8_lossy(&bytes[end + 4..]).to_string(),
        at: clock.now(),
        end: clock.now(),
        real: std::time::Instant::now(),
        in_flight: now,
        sent: 0,
    };
    let answer = handler(&asked);
    if answer.latency_ms > 0 {
        clock.advance(answer.latency_ms);
    }
    asked.end = clock.now();
    asked.sent = answer.pieces.iter().map(|(_, p)| p.len()).sum();
    log.lock().unwrap().push(asked);
    // Before the last byte leaves: the next request may arrive as soon as it does.
    in_flight.fetch_sub(1, Ordering::SeqCst);
    for (pause, piece) in &answer.pieces {
        if *pause > 0 {
            std::thread::sleep(Duration::from_millis(*pause));
        }
        if stream.write_all(piece).and_then(|()| stream.flush()).is_err() {
            break;
        }
    }
    if answer.linger_ms > 0 {
        std::thread::sleep(Duration::from_millis(answer.linger_ms));
    }
    Some(answer.reset)
}

/// A moment on the clock of the machine: long enough that two requests that ought not to meet would.
pub fn moment() {
    std::thread::sleep(Duration::from_millis(1));
}

/// 2026-11-23.
pub const START: Moment = Moment(1_795_392_000_000);

/// Hosts and where they are; `*` is every other one.
pub fn resolver(hosts: &[(&str, SocketAddr)]) -> FixedResolver {
    FixedResolver {
        hosts: hosts
            .iter()
            .map(|(h, a)| {
                (
                    (*h).to_string(),
                    vec![Resolved {
                        address: *a,
                        permitted: true,
                    }],
                )
            })
            .collect(),
    }
}

pub fn timeouts() -> Timeouts {
    Timeouts {
        connect: Duration::from_secs(5),
        headers: Duration::from_millis(1500),
        idle: Duration::from_millis(700),
        total: Duration::from_secs(20),
    }
}

/// The built-in grammar's platforms with a text of sources.
pub fn read_sources(text: &str) -> Sources {
    match sources::read("sources.toml", text, &super::builtin().portals) {
        Ok(s) => s,
        Err(e) => panic!("{}", e.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")),
    }
}

pub fn fetcher(dir: &Path, clock: &SimClock, hosts: FixedResolver, sources: &Sources) -> Rc<Fetcher> {
    fetcher_with(dir, clock, hosts, sources, timeouts(), &[])
}

pub fn fetcher_with(
    dir: &Path,
    clock: &SimClock,
    hosts: FixedResolver,
    sources: &Sources,
    timeouts: Timeouts,
    roots: &[Vec<u8>],
) -> Rc<Fetcher> {
    let client = Client::new(Box::new(hosts), timeouts, roots).unwrap();
    let f = Fetcher::new(
        Store::open(dir).unwrap(),
        Rc::new(clock.clone()),
        client,
        sources.defaults.clone(),
        &super::builtin().portals.answers,
        "test",
        Box::new(|_| {}),
    );
    Rc::new(f.unwrap_or_else(|e| panic!("{e}")))
}

/// Runs something asynchronous to its end.
pub fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, work)
}
