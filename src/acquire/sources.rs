//! The user's `sources.toml`: which portals, whose, how gently. Comes in: the text of the file and the platforms of the grammar.
//! Goes out: sources whose rules are complete, or every mistake with line and column.

use crate::grammar::GrammarError;
use crate::grammar::portals::{DetailRules, Lint, ListRules, Many, OneOrMany, Portals};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use url::Url;

/// `transport.tls` of a portal that has no https.
pub const PLAINTEXT_ONLY: &str = concat!("plaintext", "-only");

macro_rules! settings {
    ($(#[$m:meta])* $name:ident { $($(#[$fm:meta])* $field:ident: $ty:ty = $default:expr,)+ }) => {
        $(#[$m])*
        #[derive(Clone, Debug, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name { $($(#[$fm])* pub $field: $ty,)+ }
        impl Default for $name {
            fn default() -> Self { Self { $($field: $default,)+ } }
        }
    };
}

settings! {
    /// How often one URL is tried.
    Retry {
        /// Times in all.
        attempts: u32 = 3,
        /// Pause of the host after the first failure, seconds; doubles.
        base_s: u64 = 5,
        /// Never longer.
        cap_s: u64 = 600,
    }
}
settings! {
    /// What 429 and 503 without Retry-After mean.
    Backoff {
        /// First pause, seconds; doubles.
        start_s: u64 = 60,
        /// Never longer, also not when Retry-After says so.
        cap_s: u64 = 86_400,
        /// After this many quiet seconds the next pause is short again.
        forgive_s: u64 = 1800,
    }
}
settings! {
    /// `[defaults]`: what holds for every source.
    Defaults {
        /// Name, version and contact. It is sent as it stands here.
        user_agent: String = String::new(),
        /// Time zone of printed dates.
        timezone: String = "Asia/Shanghai".into(),
        /// Between two requests to a host, at least.
        min_delay_ms: u64 = 3000,
        /// The delay is at least this many times the time to answer.
        latency_factor: f64 = 2.0,
        /// The delay never gets longer by latency; a robots.txt that asks for more is not crawled.
        max_delay_ms: u64 = 120_000,
        /// Up to this share is added to each delay.
        jitter: f64 = 0.1,
        /// Largest file.
        max_file_bytes: u64 = 200 << 20,
        /// Largest page.
        max_page_bytes: u64 = 20 << 20,
        /// Until headers are there.
        request_timeout_s: u64 = 60,
        /// Between two pieces.
        idle_timeout_s: u64 = 30,
        /// For a whole answer.
        total_timeout_s: u64 = 600,
        /// Redirects of one request.
        max_redirects: u32 = 5,
        /// See there.
        retry: Retry = Retry::default(),
        /// See there.
        backoff_429: Backoff = Backoff::default(),
        /// A pause that is longer than this is not waited for: the run ends, the next one goes on.
        max_wait_s: u64 = 3600,
        /// Requests a day and source.
        daily_requests: u64 = 2000,
        /// Bytes a day and source.
        daily_bytes: u64 = 5 << 30,
        /// `strict`: 401 and 403 for robots.txt refuse; `rfc9309`: they allow.
        robots: String = "strict".into(),
    }
}

/// Who publishes.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields, default)]
pub struct Publisher {
    /// Name; `from_row`: the list says it.
    pub name: String,
    /// 行政区划代码.
    pub code: String,
    /// province, city, county …
    pub level: String,
}

/// `[source.identity]`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Identity {
    /// One of these must stand on the entry page: domains change hands.
    pub expect_any: Vec<String>,
}

/// `[source.json]`: a list that is JSON.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Json {
    /// GET or POST.
    pub method: Option<Spanned<String>>,
    /// Template of the address.
    pub url: Option<Spanned<String>>,
    /// Fields of a POST.
    pub form: BTreeMap<String, String>,
    /// Path of the rows.
    pub items: Option<Spanned<String>>,
    /// Paths inside a row.
    pub fields: BTreeMap<String, String>,
    /// Path of the stated number of rows.
    pub total: Option<Spanned<String>>,
}

settings! {
    /// `[source.accept]`.
    Accept {
        /// What counts as a document.
        types: Vec<String> = ["pdf", "doc", "docx", "xls", "xlsx", "wps", "et", "ofd", "zip", "rar", "7z", "html"].map(String::from).to_vec(),
        /// Smaller files are no documents.
        min_bytes: u64 = 512,
        /// `store`: kept as they are; `list`: what is inside is noted; `extract`: what is inside becomes documents.
        archives: String = "list".into(),
    }
}
settings! {
    /// `[source.transport]`.
    Transport {
        /// http where https fails.
        http_fallback: bool = false,
        /// `verify`; there is no way to switch it off.
        tls: String = "verify".into(),
        /// Only a browser can read it: it is reported and not asked.
        needs_render: bool = false,
    }
}
settings! {
    /// `[source.schedule]`.
    Schedule {
        /// Not more often than this: `7d`, `12h`; empty: whenever it is run.
        every: String = String::new(),
        /// Months in which it is worth it to look more often; they are only said.
        peak_months: Vec<u8> = Vec::new(),
        /// What is stored is asked for again after this many days.
        recheck_days: u64 = 30,
    }
}
settings! {
    /// `review`: who looked at the source before it was switched on.
    Review {
        /// Name.
        by: String = String::new(),
        /// Date.
        at: String = String::new(),
        /// sha256 of the robots.txt that was read.
        robots_sha256: String = String::new(),
        /// Terms of use.
        terms: String = String::new(),
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: Spanned<String>,
    #[serde(default)]
    publisher: Publisher,
    #[serde(default)]
    kind: Vec<Spanned<String>>,
    platform: Spanned<String>,
    entry: Vec<Spanned<String>>,
    #[serde(default)]
    page_hosts: Vec<String>,
    #[serde(default)]
    attachment_hosts: Vec<String>,
    #[serde(default)]
    aliases: BTreeMap<String, Spanned<String>>,
    #[serde(default)]
    moved_to: String,
    fiscal_years: Option<Spanned<String>>,
    enabled: Option<bool>,
    #[serde(default)]
    review: Review,
    #[serde(default)]
    identity: Identity,
    #[serde(default)]
    list: Option<ListRules>,
    #[serde(default)]
    levels: Vec<ListRules>,
    json: Option<Json>,
    #[serde(default)]
    detail: DetailRules,
    #[serde(default)]
    accept: Accept,
    #[serde(default)]
    transport: Transport,
    #[serde(default)]
    schedule: Schedule,
    min_delay_ms: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    defaults: Defaults,
    #[serde(default)]
    source: Vec<Written>,
}

/// A source with everything filled in.
#[derive(Clone, Debug)]
pub struct Source {
    /// `[a-z0-9-]`.
    pub id: String,
    /// Whose.
    pub publisher: Publisher,
    /// Id of the platform.
    pub platform: String,
    /// Where its lists begin.
    pub entry: Vec<Url>,
    /// Hosts of pages.
    pub page_hosts: Vec<String>,
    /// Hosts of files, those of pages among them.
    pub file_hosts: Vec<String>,
    /// Beginnings of addresses that mean others.
    pub aliases: BTreeMap<String, String>,
    /// First and last year that is wanted.
    pub years: Option<(i32, i32)>,
    /// Whether it is fetched.
    pub enabled: bool,
    /// Who looked at it.
    pub review: Review,
    /// See there.
    pub identity: Identity,
    /// Levels of the list.
    pub levels: Vec<ListRules>,
    /// Pages.
    pub detail: DetailRules,
    /// See there.
    pub accept: Accept,
    /// See there.
    pub transport: Transport,
    /// See there.
    pub schedule: Schedule,
    /// Pages that are known to be missing.
    pub gaps: Vec<(u32, u32)>,
    /// Delay of its own; never less than that of the defaults.
    pub min_delay_ms: u64,
    /// Hash of its settings: what is planned depends on it.
    pub config: String,
}

/// The file as a whole.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    /// See there.
    pub defaults: Defaults,
    /// In the order of the file.
    pub sources: Vec<Source>,
}

fn position(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at.min(text.len())).unwrap_or("");
    let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
    (before.matches('\n').count() + 1, column)
}

struct Check<'a> {
    name: &'a str,
    text: &'a str,
    errors: Vec<GrammarError>,
}

impl Check<'_> {
    fn say(&mut self, span: Range<usize>, message: impl Into<String>) {
        let (line, column) = position(self.text, span.start);
        self.errors.push(GrammarError {
            file: self.name.to_string(),
            line,
            column,
            message: message.into(),
        });
    }
}

/// Milliseconds of `7d`, `12h`, `30m`.
pub fn duration_ms(text: &str) -> Option<u64> {
    let (number, unit) = text.split_at(text.len().checked_sub(1)?);
    let n: u64 = number.parse().ok()?;
    n.checked_mul(match unit {
        "d" => 86_400_000,
        "h" => 3_600_000,
        "m" => 60_000,
        _ => return None,
    })
}

fn years(text: &str) -> Option<(i32, i32)> {
    let (a, b) = text.split_once("..").unwrap_or((text, text));
    let year = |t: &str, open: i32| {
        if t.is_empty() {
            Some(open)
        } else {
            t.parse().ok().filter(|y| (1990..=2100).contains(y))
        }
    };
    let found = (year(a, 1990)?, year(b, 2100)?);
    (found.0 <= found.1).then_some(found)
}

fn range(text: &str) -> Option<(u32, u32)> {
    let (a, b) = text.split_once('-').unwrap_or((text, text));
    Some((a.trim().parse().ok()?, b.trim().parse().ok()?))
}

/// Reads `text`, the file `name`. Every mistake at once, with its place.
pub fn read(name: &str, text: &str, portals: &Portals) -> Result<Sources, Vec<GrammarError>> {
    let file: File = match toml::from_str(text) {
        Ok(f) => f,
        Err(e) => {
            let (line, column) = e.span().map_or((0, 0), |s| position(text, s.start));
            return Err(vec![GrammarError {
                file: name.to_string(),
                line,
                column,
                message: e.message().to_string(),
            }]);
        }
    };
    let mut c = Check {
        name,
        text,
        errors: Vec::new(),
    };
    defaults(&file.defaults, &mut c);
    let mut out = Vec::new();
    let tables: Option<toml::Table> = text.parse().ok();
    for (n, w) in file.source.iter().enumerate() {
        if out.iter().any(|s: &Source| s.id == *w.id.get_ref()) {
            c.say(w.id.span(), format!("the id `{}` is used twice", w.id.get_ref()));
        }
        if let Some(mut s) = source(w, &file.defaults, portals, &mut c) {
            // By what is written, not by where: moving a stanza is no change.
            let stanza = tables
                .as_ref()
                .and_then(|t| t.get("source")?.as_array()?.get(n))
                .map(ToString::to_string);
            s.config = format!("{:x}", Sha256::digest(stanza.unwrap_or_default().as_bytes()));
            out.push(s);
        }
    }
    if file.source.is_empty() {
        c.say(0..0, "there is no [[source]]");
    }
    if c.errors.is_empty() {
        Ok(Sources {
            defaults: file.defaults,
            sources: out,
        })
    } else {
        Err(c.errors)
    }
}

fn defaults(d: &Defaults, c: &mut Check<'_>) {
    let at = c.text.find("[defaults]").unwrap_or(0);
    let at = at..at;
    let contact = d.user_agent.contains('@') || d.user_agent.contains("http");
    if !contact || !d.user_agent.contains('/') || !d.user_agent.is_ascii() {
        c.say(
            at.clone(),
            "user_agent must be a name, a version and a contact in ASCII, as in \"my-study/1.0 (+mailto:me@example.org)\"",
        );
    }
    if d.user_agent.to_ascii_lowercase().contains("mozilla") {
        c.say(at.clone(), "user_agent must not pretend to be a browser");
    }
    if !["strict", "rfc9309"].contains(&d.robots.as_str()) {
        c.say(
            at.clone(),
            "robots is `strict` or `rfc9309`; robots.txt cannot be left out",
        );
    }
    if !(0.0..=1.0).contains(&d.jitter) || !(0.0..=100.0).contains(&d.latency_factor) {
        c.say(
            at.clone(),
            "jitter is between 0 and 1, latency_factor between 0 and 100",
        );
    }
    if d.timezone != "Asia/Shanghai" {
        c.say(at, "timezone: only Asia/Shanghai is known");
    }
}

fn urls(w: &Written, c: &mut Check<'_>) -> Vec<Url> {
    let mut out = Vec::new();
    for e in &w.entry {
        match Url::parse(e.get_ref()) {
            Ok(u) if matches!(u.scheme(), "http" | "https") && u.host_str().is_some() => out.push(u),
            Ok(_) => c.say(e.span(), format!("`{}`: only http and https are fetched", e.get_ref())),
            Err(err) => c.say(e.span(), format!("`{}` is no address: {err}", e.get_ref())),
        }
    }
    if w.entry.is_empty() {
        c.say(w.id.span(), "a source needs at least one entry address");
    }
    out
}

fn source(w: &Written, d: &Defaults, portals: &Portals, c: &mut Check<'_>) -> Option<Source> {
    let id = w.id.get_ref();
    if id.is_empty()
        || !id
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    {
        c.say(w.id.span(), format!("`{id}`: an id is made of a-z, 0-9 and -"));
    }
    let entry = urls(w, c);
    for k in &w.kind {
        let kinds = ["budget", "final", "execution", "transfer"];
        if !kinds.contains(&k.get_ref().as_str()) {
            c.say(
                k.span(),
                format!("kind `{}` is unknown; use {}", k.get_ref(), kinds.join(", ")),
            );
        }
    }
    for a in w.aliases.values() {
        if Url::parse(a.get_ref()).is_err() {
            c.say(a.span(), format!("`{}` is no address", a.get_ref()));
        }
    }
    let Some(platform) = portals.get(w.platform.get_ref()) else {
        let ids: Vec<&str> = portals.platforms.iter().map(|p| p.id.get_ref().as_str()).collect();
        c.say(
            w.platform.span(),
            format!(
                "no platform is called `{}`; there are: {}",
                w.platform.get_ref(),
                ids.join(", ")
            ),
        );
        return None;
    };
    let mut found = Vec::new();
    let mut levels = platform.list.clone();
    if !w.levels.is_empty() {
        levels.clone_from(&w.levels);
    }
    if let Some(own) = &w.list {
        let named: Vec<String> = platform.list.iter().flat_map(|l| l.vars.keys().cloned()).collect();
        Lint { mistakes: &mut found }.list(own, &|n| named.iter().any(|k| k == n));
        if let Some(last) = levels.last_mut() {
            *last = last.with(own);
        }
    }
    if let (Some(j), Some(last)) = (&w.json, levels.last_mut()) {
        let own = ListRules {
            method: j.method.clone(),
            url: j.url.clone(),
            form: j.form.clone(),
            items: j.items.clone(),
            fields: j.fields.clone(),
            total: j.total.clone(),
            ..ListRules::default()
        };
        *last = last.with(&own);
    }
    Lint { mistakes: &mut found }.detail(&w.detail);
    for (span, message) in found {
        c.say(span, message);
    }
    let generic_without_mark = |e: &Many| e.as_ref().is_none_or(|m: &Spanned<OneOrMany>| m.get_ref().0.is_empty());
    if levels.last().is_some_and(|l| generic_without_mark(&l.expect)) {
        c.say(
            w.platform.span(),
            "this platform knows no mark of its lists: give `expect` under [source.list], or a changed page would look like an empty list",
        );
    }
    let fiscal = w.fiscal_years.as_ref().and_then(|y| {
        let found = years(y.get_ref());
        if found.is_none() {
            c.say(
                y.span(),
                format!("`{}` is no range of years; write 2015.. or 2015..2024", y.get_ref()),
            );
        }
        found
    });
    let mut gaps = Vec::new();
    if let Some(known) = w.list.as_ref().and_then(|l| l.known_gaps.as_ref()) {
        for g in &known.get_ref().0 {
            match range(g) {
                Some(r) => gaps.push(r),
                None => c.say(
                    known.span(),
                    format!("`{g}`: a gap is a page or pages, as in \"321-322\""),
                ),
            }
        }
    }
    if !w.schedule.every.is_empty() && duration_ms(&w.schedule.every).is_none() {
        c.say(
            w.id.span(),
            format!("schedule.every `{}`: write 7d, 12h or 30m", w.schedule.every),
        );
    }
    if w.transport.tls != "verify" && w.transport.tls != PLAINTEXT_ONLY {
        c.say(
            w.id.span(),
            "transport.tls is `verify` or `plaintext-only`; certificates are always verified",
        );
    }
    if !["store", "list", "extract"].contains(&w.accept.archives.as_str()) {
        c.say(w.id.span(), "accept.archives is store, list or extract");
    }
    let host = |u: &Url| {
        u.port().map_or(u.host_str().unwrap_or("").to_string(), |p| {
            format!("{}:{p}", u.host_str().unwrap_or(""))
        })
    };
    let mut page_hosts = w.page_hosts.clone();
    if page_hosts.is_empty() {
        page_hosts = entry.iter().map(host).collect();
        page_hosts.sort();
        page_hosts.dedup();
    }
    let mut file_hosts = page_hosts.clone();
    file_hosts.extend(w.attachment_hosts.iter().cloned());
    Some(Source {
        id: id.clone(),
        publisher: w.publisher.clone(),
        platform: w.platform.get_ref().clone(),
        entry,
        page_hosts,
        file_hosts,
        aliases: w
            .aliases
            .iter()
            .map(|(k, v)| (k.clone(), v.get_ref().clone()))
            .collect(),
        years: fiscal,
        enabled: w.enabled.unwrap_or(true) && w.moved_to.is_empty(),
        review: w.review.clone(),
        identity: w.identity.clone(),
        levels,
        detail: platform.detail.with(&w.detail),
        accept: w.accept.clone(),
        transport: w.transport.clone(),
        schedule: w.schedule.clone(),
        gaps,
        min_delay_ms: w.min_delay_ms.unwrap_or(d.min_delay_ms).max(d.min_delay_ms),
        config: String::new(),
    })
}
