//! One request on one connection. Comes in: an address that may be asked. Goes out: status, headers and a body piece by piece.
//!
//! The host is resolved here, the addresses are checked, and the connection goes to a checked address and no other: what a name
//! means cannot change between the check and the connection. One connection carries one request. Proxies of the environment
//! are not used. No redirect is followed here, nothing is decoded.

use super::super::outcome::Outcome;
use super::address;
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use url::Url;

/// Why no answer came, or no whole one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum NetError {
    /// The name means nothing.
    Dns(String),
    /// The name means an address that is never asked.
    Private(String),
    /// Nobody answers there.
    Connect(String),
    /// The certificate, or the protocol.
    Tls(&'static str, String),
    /// What took too long.
    Timeout(&'static str),
    /// The body ended early or the connection broke.
    Truncated(String),
    /// More than is read.
    TooLarge(String),
    /// No HTTP.
    Protocol(String),
    /// A content encoding that was not asked for or does not hold.
    Encoding(String),
}

impl NetError {
    /// What came of the address.
    pub fn outcome(&self) -> Outcome {
        match self {
            NetError::Dns(_) => Outcome::Dns,
            NetError::Private(_) => Outcome::PrivateAddress,
            NetError::Connect(_) => Outcome::Connect,
            NetError::Tls(kind, _) => Outcome::Tls(kind),
            NetError::Timeout(_) => Outcome::Timeout,
            NetError::Truncated(_) => Outcome::Truncated,
            NetError::TooLarge(_) => Outcome::TooLarge,
            NetError::Protocol(_) => Outcome::Protocol,
            NetError::Encoding(_) => Outcome::BadEncoding,
        }
    }

    /// Whether it may be otherwise in a minute.
    pub fn passing(&self) -> bool {
        matches!(
            self,
            NetError::Connect(_) | NetError::Timeout(_) | NetError::Truncated(_) | NetError::Protocol(_)
        )
    }
}

impl fmt::Display for NetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NetError::Dns(m) => write!(f, "the name of the host is not known: {m}"),
            NetError::Private(m) => write!(f, "{m} is not asked"),
            NetError::Connect(m) => write!(f, "no connection: {m}"),
            NetError::Tls(kind, m) => write!(f, "no secure connection ({kind}): {m}"),
            NetError::Timeout(what) => write!(f, "{what} took too long"),
            NetError::Truncated(m) => write!(f, "the body broke off: {m}"),
            NetError::TooLarge(m) => write!(f, "{m}"),
            NetError::Protocol(m) => write!(f, "the answer is no HTTP: {m}"),
            NetError::Encoding(m) => write!(f, "{m}"),
        }
    }
}

/// An address of the network, and whether it was named by the user rather than found by a name server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// Where to connect.
    pub address: SocketAddr,
    /// It is asked although it may be private.
    pub permitted: bool,
}

/// What names mean.
pub type Answered<'a> = Pin<Box<dyn Future<Output = io::Result<Vec<Resolved>>> + 'a>>;

/// Finds the addresses of a host.
pub trait Resolver {
    /// The addresses of `host`.
    fn resolve<'a>(&'a self, host: &'a str, port: u16) -> Answered<'a>;
}

/// The name servers of the machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemResolver;

impl Resolver for SystemResolver {
    fn resolve<'a>(&'a self, host: &'a str, port: u16) -> Answered<'a> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((host, port)).await?;
            Ok(found
                .map(|address| Resolved {
                    address,
                    permitted: false,
                })
                .collect())
        })
    }
}

/// Named addresses only: for trials against a server of one's own. No name server is asked.
#[derive(Clone, Debug, Default)]
pub struct FixedResolver {
    /// By host; `*` is every other host.
    pub hosts: BTreeMap<String, Vec<Resolved>>,
}

impl Resolver for FixedResolver {
    fn resolve<'a>(&'a self, host: &'a str, _: u16) -> Answered<'a> {
        let found = self.hosts.get(host).or_else(|| self.hosts.get("*")).cloned();
        Box::pin(async move {
            found.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no address was given for this host"))
        })
    }
}

/// How long one waits, and for how much.
#[derive(Clone, Copy, Debug)]
pub struct Timeouts {
    /// Until a connection stands.
    pub connect: Duration,
    /// Until the headers are there.
    pub headers: Duration,
    /// Between two pieces of a body.
    pub idle: Duration,
    /// For a whole answer.
    pub total: Duration,
}

/// A request.
#[derive(Clone, Debug)]
pub struct Ask<'a> {
    /// GET or POST.
    pub method: &'a str,
    /// Address; http or https.
    pub url: &'a Url,
    /// Headers beside Host.
    pub headers: Vec<(&'static str, String)>,
    /// Body of a POST.
    pub form: Option<&'a str>,
}

/// The head of an answer; the body follows piece by piece.
pub struct Answer {
    /// Status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Status line and headers, one a line, values byte for byte.
    pub raw_headers: Vec<u8>,
    /// The address that was connected to.
    pub remote: SocketAddr,
    /// Protocol and cipher.
    pub tls: Option<String>,
    body: Incoming,
    driver: tokio::task::JoinHandle<()>,
    idle: Duration,
}

impl Drop for Answer {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Answer {
    /// The next piece of the body; `None`: it is complete, as the server said it would be.
    pub async fn piece(&mut self) -> Result<Option<Bytes>, NetError> {
        loop {
            return match tokio::time::timeout(self.idle, self.body.frame()).await {
                Err(_) => Err(NetError::Timeout("waiting for the next bytes")),
                Ok(None) => Ok(None),
                Ok(Some(Err(e))) => Err(NetError::Truncated(chain(&e))),
                Ok(Some(Ok(frame))) => match frame.into_data() {
                    Ok(data) => Ok(Some(data)),
                    Err(_) => continue,
                },
            };
        }
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<String> {
        self.headers
            .get(name)
            .map(|v| String::from_utf8_lossy(v.as_bytes()).trim().to_string())
    }
}

fn chain(e: &dyn std::error::Error) -> String {
    let mut text = e.to_string();
    let mut inner = e.source();
    while let Some(e) = inner {
        text = format!("{text}: {e}");
        inner = e.source();
    }
    text
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Sends requests.
pub struct Client {
    resolver: Box<dyn Resolver>,
    tls: Arc<ClientConfig>,
    timeouts: Timeouts,
}

/// At most this many bytes of headers.
const MAX_HEADERS: usize = 64 << 10;

impl Client {
    /// A client that trusts the roots of the machine, and `roots` (DER).
    pub fn new(resolver: Box<dyn Resolver>, timeouts: Timeouts, roots: &[Vec<u8>]) -> Result<Self, String> {
        let mut store = RootCertStore::empty();
        for cert in rustls_native_certs::load_native_certs().certs {
            // One root that cannot be read does not make the others worse.
            let _ = store.add(cert);
        }
        for cert in roots {
            store
                .add(CertificateDer::from(cert.clone()))
                .map_err(|e| format!("a root certificate is refused: {e}"))?;
        }
        let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
        let mut tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|e| e.to_string())?
            .with_root_certificates(store)
            .with_no_client_auth();
        tls.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self {
            resolver,
            tls: Arc::new(tls),
            timeouts,
        })
    }

    /// The addresses of a host that may be asked. One that may not spoils them all: a public name that also means a private
    /// address is no accident.
    pub async fn addresses(&self, host: &str, port: u16) -> Result<Vec<SocketAddr>, NetError> {
        let found = tokio::time::timeout(self.timeouts.connect, self.resolver.resolve(host, port))
            .await
            .map_err(|_| NetError::Timeout("asking for the address of the host"))?
            .map_err(|e| NetError::Dns(e.to_string()))?;
        for r in &found {
            if let Some(why) = address::refused(r.address.ip())
                && !r.permitted
            {
                return Err(NetError::Private(format!("{host} is {} ({why}): it", r.address.ip())));
            }
        }
        if found.is_empty() {
            return Err(NetError::Dns("it has no address".into()));
        }
        Ok(found.into_iter().map(|r| r.address).collect())
    }

    async fn connect(&self, addresses: &[SocketAddr]) -> Result<tokio::net::TcpStream, NetError> {
        let mut last = NetError::Connect("no address".into());
        for a in addresses.iter().take(4) {
            match tokio::time::timeout(self.timeouts.connect, tokio::net::TcpStream::connect(a)).await {
                Ok(Ok(s)) => return Ok(s),
                Ok(Err(e)) => last = NetError::Connect(format!("{a}: {e}")),
                Err(_) => last = NetError::Timeout("connecting"),
            }
        }
        Err(last)
    }

    async fn secure(&self, stream: tokio::net::TcpStream, host: &str) -> Result<(Box<dyn Stream>, String), NetError> {
        let name = ServerName::try_from(host.to_string()).map_err(|e| NetError::Tls("name", e.to_string()))?;
        let connector = tokio_rustls::TlsConnector::from(Arc::clone(&self.tls));
        let tls = tokio::time::timeout(self.timeouts.connect, connector.connect(name, stream))
            .await
            .map_err(|_| NetError::Timeout("agreeing on a secure connection"))?
            .map_err(|e| tls_error(&e))?;
        let (_, state) = tls.get_ref();
        let about = format!(
            "{} {}",
            state.protocol_version().and_then(|v| v.as_str()).unwrap_or("?"),
            state
                .negotiated_cipher_suite()
                .and_then(|s| s.suite().as_str())
                .unwrap_or("?")
        );
        Ok((Box::new(tls), about))
    }

    /// Sends one request to one of `addresses`, which were checked, and waits for the headers.
    pub async fn send(&self, ask: &Ask<'_>, addresses: &[SocketAddr]) -> Result<Answer, NetError> {
        let host = ask.url.host_str().unwrap_or_default();
        let stream = self.connect(addresses).await?;
        let remote = stream.peer_addr().map_err(|e| NetError::Connect(e.to_string()))?;
        if !addresses.contains(&remote) {
            return Err(NetError::Private(format!("{remote}, which was not checked,")));
        }
        let (stream, tls): (Box<dyn Stream>, Option<String>) = if ask.url.scheme() == "https" {
            let (s, about) = self.secure(stream, host).await?;
            (s, Some(about))
        } else {
            (Box::new(stream), None)
        };
        let (mut sender, connection) = hyper::client::conn::http1::Builder::new()
            .max_buf_size(MAX_HEADERS)
            .handshake(super::io::Wrapped(stream))
            .await
            .map_err(|e| NetError::Protocol(chain(&e)))?;
        let driver = tokio::spawn(async move {
            // What goes wrong is said to the one who waits for the answer.
            let _ = connection.await;
        });
        let request = request(ask, host)?;
        let sent = tokio::time::timeout(self.timeouts.headers, sender.send_request(request)).await;
        let response = match sent {
            Ok(Ok(r)) => r,
            Ok(Err(e)) => {
                driver.abort();
                return Err(head_error(&e));
            }
            Err(_) => {
                driver.abort();
                return Err(NetError::Timeout("waiting for an answer"));
            }
        };
        let (parts, body) = response.into_parts();
        let mut raw = format!("{:?} {}\r\n", parts.version, parts.status).into_bytes();
        for (name, value) in &parts.headers {
            raw.extend_from_slice(name.as_str().as_bytes());
            raw.extend_from_slice(b": ");
            raw.extend_from_slice(value.as_bytes());
            raw.extend_from_slice(b"\r\n");
        }
        if raw.len() > MAX_HEADERS {
            driver.abort();
            return Err(too_many_headers());
        }
        Ok(Answer {
            status: parts.status.as_u16(),
            headers: parts.headers,
            raw_headers: raw,
            remote,
            tls,
            body,
            driver,
            idle: self.timeouts.idle,
        })
    }

    /// The time that one answer may take.
    pub fn total(&self) -> Duration {
        self.timeouts.total
    }
}

fn too_many_headers() -> NetError {
    NetError::TooLarge(format!("more than {} KiB of headers are not read", MAX_HEADERS >> 10))
}

fn head_error(e: &hyper::Error) -> NetError {
    let text = chain(e);
    if e.is_parse() && text.contains("too large") {
        too_many_headers()
    } else if e.is_incomplete_message() || e.is_closed() || e.is_canceled() {
        NetError::Truncated(text)
    } else {
        NetError::Protocol(text)
    }
}

fn tls_error(e: &io::Error) -> NetError {
    let text = e.to_string();
    let lower = text.to_ascii_lowercase();
    let kind = if lower.contains("expired") {
        "expired"
    } else if lower.contains("not valid for name") || lower.contains("notvalidforname") {
        "wrong host"
    } else if lower.contains("unknownissuer") {
        "unknown issuer"
    } else if lower.contains("protocolversion") || lower.contains("protocol version") {
        "old protocol"
    } else if lower.contains("certificate") {
        "certificate"
    } else {
        "handshake"
    };
    NetError::Tls(kind, text)
}

fn request(ask: &Ask<'_>, host: &str) -> Result<hyper::Request<Full<Bytes>>, NetError> {
    let wrong = |e: &dyn std::error::Error| NetError::Protocol(e.to_string());
    let mut path = ask.url.path().to_string();
    if let Some(q) = ask.url.query() {
        path = format!("{path}?{q}");
    }
    let host = ask.url.port().map_or(host.to_string(), |p| format!("{host}:{p}"));
    let mut r = hyper::Request::builder()
        .method(ask.method)
        .uri(path)
        .header(hyper::header::HOST, host);
    for (name, value) in &ask.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).map_err(|e| wrong(&e))?;
        let value = HeaderValue::from_str(value).map_err(|e| wrong(&e))?;
        r = r.header(name, value);
    }
    let body = Full::new(Bytes::from(ask.form.unwrap_or_default().to_string()));
    r.body(body).map_err(|e| wrong(&e))
}
