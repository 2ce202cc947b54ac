//! The index: one SQLite file in WAL mode. Comes in: what was asked and answered. Goes out: what is known, what may be skipped,
//! and until when a host rests. Every function is one transaction.

use super::super::outcome::Listed;
use super::super::time::Moment;
use super::{Error, Store};
use rusqlite::{Connection, OptionalExtension, params};
use std::net::IpAddr;

/// The version of the tables below.
pub const FORMAT: i64 = 1;

const TABLES: &str = "
CREATE TABLE runs (id INTEGER PRIMARY KEY, started TEXT NOT NULL, finished TEXT, version TEXT NOT NULL, config TEXT NOT NULL, outcome TEXT);
CREATE TABLE requests (id INTEGER PRIMARY KEY, run INTEGER NOT NULL, at TEXT NOT NULL, source TEXT NOT NULL, purpose TEXT NOT NULL,
  method TEXT NOT NULL, url TEXT NOT NULL, form TEXT, referer TEXT, final_url TEXT, redirects TEXT, status INTEGER, outcome TEXT NOT NULL,
  message TEXT, request_headers TEXT, response_headers BLOB, remote TEXT, tls TEXT, bytes INTEGER NOT NULL, sha256 TEXT, seconds REAL NOT NULL,
  robots TEXT);
CREATE INDEX requests_by_url ON requests (url);
CREATE TABLE objects (sha256 TEXT PRIMARY KEY, bytes INTEGER NOT NULL, media TEXT NOT NULL, first_seen TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE resources (key TEXT PRIMARY KEY, sha256 TEXT, final_url TEXT, etag TEXT, last_modified TEXT, checked TEXT NOT NULL,
  retrieved TEXT, outcome TEXT NOT NULL, media TEXT, charset TEXT, name TEXT, raw_name BLOB, gone TEXT) WITHOUT ROWID;
CREATE TABLE versions (key TEXT NOT NULL, sha256 TEXT NOT NULL, ordinal INTEGER NOT NULL, first_seen TEXT NOT NULL, last_seen TEXT NOT NULL,
  PRIMARY KEY (key, sha256)) WITHOUT ROWID;
CREATE TABLE partials (key TEXT PRIMARY KEY, etag TEXT, last_modified TEXT) WITHOUT ROWID;
CREATE TABLE hosts (host TEXT PRIMARY KEY, last_request INTEGER, latency_ms INTEGER, not_before INTEGER, level INTEGER NOT NULL DEFAULT 0,
  escalated INTEGER, blocked_until INTEGER, blocked_why TEXT, challenges INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE TABLE robots (origin TEXT PRIMARY KEY, at INTEGER NOT NULL, status INTEGER, verdict TEXT NOT NULL, sha256 TEXT) WITHOUT ROWID;
CREATE TABLE budgets (day TEXT NOT NULL, source TEXT NOT NULL, requests INTEGER NOT NULL, bytes INTEGER NOT NULL,
  PRIMARY KEY (day, source)) WITHOUT ROWID;
CREATE TABLE listings (source TEXT NOT NULL, url TEXT NOT NULL, run INTEGER NOT NULL, stated INTEGER, seen INTEGER NOT NULL, pages INTEGER NOT NULL,
  stated_pages INTEGER, outcome TEXT NOT NULL, reason TEXT, PRIMARY KEY (source, url, run)) WITHOUT ROWID;
CREATE TABLE entries (source TEXT NOT NULL, url TEXT NOT NULL, title TEXT NOT NULL, list_date TEXT, url_date TEXT, list_url TEXT NOT NULL,
  publisher TEXT, first_seen TEXT NOT NULL, last_seen TEXT NOT NULL, gone TEXT, supersedes TEXT, PRIMARY KEY (source, url)) WITHOUT ROWID;
CREATE TABLE documents (source TEXT NOT NULL, url TEXT NOT NULL, sha256 TEXT NOT NULL, detail_url TEXT, title TEXT, link_text TEXT, name TEXT NOT NULL,
  media TEXT NOT NULL, publisher TEXT, publisher_code TEXT, list_date TEXT, retrieved TEXT NOT NULL, note TEXT, PRIMARY KEY (source, url, sha256)) WITHOUT ROWID;
CREATE TABLE sources (source TEXT PRIMARY KEY, config TEXT NOT NULL, finished TEXT, outcome TEXT, message TEXT, blocked TEXT) WITHOUT ROWID;
";

pub(super) fn check_format(db: &Connection) -> Result<(), Error> {
    let v: i64 = db.query_row("PRAGMA user_version", [], |r| r.get(0))?;
    if v > FORMAT { Err(Error::Version(v)) } else { Ok(()) }
}

pub(super) fn prepare(db: &Connection) -> Result<(), Error> {
    db.pragma_update(None, "journal_mode", "WAL")?;
    // What was fetched is on the disk before the next request, also after the power went; `lightly` is for the rest.
    db.pragma_update(None, "synchronous", "FULL")?;
    db.busy_timeout(std::time::Duration::from_secs(10))?;
    check_format(db)?;
    let v: i64 = db.query_row("PRAGMA user_version", [], |r| r.get(0))?;
    if v == 0 {
        db.execute_batch(&format!("BEGIN;{TABLES}PRAGMA user_version={FORMAT};COMMIT;"))?;
    }
    Ok(())
}

/// One request with its answer.
#[derive(Clone, Debug, Default)]
pub struct RequestRow {
    /// When it was sent.
    pub at: Moment,
    /// Id of the source it was made for.
    pub source: String,
    /// robots, list, detail, attachment.
    pub purpose: String,
    /// GET or POST.
    pub method: String,
    /// The address that was asked for.
    pub url: String,
    /// Body of a POST.
    pub form: Option<String>,
    /// The page that led to it.
    pub referer: Option<String>,
    /// The address that answered after redirects.
    pub final_url: Option<String>,
    /// Redirects, `status address` a line.
    pub redirects: Vec<String>,
    /// Status of the last answer.
    pub status: Option<u16>,
    /// One word; docs/fetching.md lists them.
    pub outcome: String,
    /// What went wrong.
    pub message: Option<String>,
    /// As sent.
    pub request_headers: String,
    /// As received, bytes.
    pub response_headers: Vec<u8>,
    /// The address that was connected to.
    pub remote: Option<String>,
    /// Protocol and cipher.
    pub tls: Option<String>,
    /// Bytes of the body that came over the wire.
    pub bytes: u64,
    /// What was stored.
    pub sha256: Option<String>,
    /// From sending to the last byte.
    pub seconds: f64,
    /// Why robots.txt allowed or refused it.
    pub robots: Option<String>,
}

/// What is known of an address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resource {
    /// The object it gave last.
    pub sha256: Option<String>,
    /// After redirects.
    pub final_url: Option<String>,
    /// Validator.
    pub etag: Option<String>,
    /// Validator.
    pub last_modified: Option<String>,
    /// When it was asked last.
    pub checked: Moment,
    /// When these bytes came.
    pub retrieved: Option<Moment>,
    /// The last outcome.
    pub outcome: String,
    /// What the bytes are.
    pub media: Option<String>,
    /// Character set that the header names.
    pub charset: Option<String>,
    /// Decoded file name.
    pub name: Option<String>,
    /// File name as it came.
    pub raw_name: Option<Vec<u8>>,
    /// Since when it answers 404 or 410.
    pub gone: Option<Moment>,
}

/// What is known of a host.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostRow {
    /// When the last answer was complete.
    pub last_request: Option<Moment>,
    /// Smoothed time to answer.
    pub latency_ms: u64,
    /// Rests until then.
    pub not_before: Option<Moment>,
    /// How often the pause was doubled.
    pub level: u32,
    /// When it was doubled last.
    pub escalated: Option<Moment>,
    /// Nothing is asked until then.
    pub blocked_until: Option<Moment>,
    /// Why.
    pub blocked_why: Option<String>,
    /// Challenges in a row.
    pub challenges: u32,
}

/// A row of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EntryRow {
    /// Where it leads.
    pub url: String,
    /// As printed.
    pub title: String,
    /// Date of the list.
    pub list_date: Option<String>,
    /// Date in the address; they differ in reality.
    pub url_date: Option<String>,
    /// The page of the list.
    pub list_url: String,
    /// From the row, where one page covers many.
    pub publisher: Option<String>,
    /// The title that this one says it corrects.
    pub supersedes: Option<String>,
}

/// How a list came out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListingRow {
    /// The entry address.
    pub url: String,
    /// What the portal says it holds.
    pub stated: Option<u64>,
    /// What was seen.
    pub seen: u64,
    /// Pages read.
    pub pages: u64,
    /// Pages the portal says it has.
    pub stated_pages: Option<u64>,
    /// What it is.
    pub outcome: Listed,
    /// Why it is not complete.
    pub reason: Option<String>,
}

/// A document: bytes with their origin.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentEntry {
    /// Id of the source.
    pub source: String,
    /// Address.
    pub url: String,
    /// Bytes.
    pub sha256: String,
    /// The page it was linked from.
    pub detail_url: Option<String>,
    /// Title of the page or row.
    pub title: Option<String>,
    /// Text of the link.
    pub link_text: Option<String>,
    /// A name for people; never a path.
    pub name: String,
    /// By content.
    pub media: String,
    /// Who published.
    pub publisher: Option<String>,
    /// 行政区划代码.
    pub publisher_code: Option<String>,
    /// Date of the list.
    pub list_date: Option<String>,
    /// When it was fetched.
    pub retrieved: String,
    /// What else is known.
    pub note: Option<String>,
}

/// Where the row of an address of the network stands among the hosts; no host has a blank in its name.
fn address_key(ip: IpAddr) -> String {
    format!("address {ip}")
}

fn write_host(db: &Connection, host: &str, h: &HostRow) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT OR REPLACE INTO hosts (host, last_request, latency_ms, not_before, level, escalated, blocked_until, blocked_why, challenges)
         VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9)",
    )?
    .execute(params![
        host,
        h.last_request.map(|m| m.0),
        number(h.latency_ms),
        h.not_before.map(|m| m.0),
        h.level,
        h.escalated.map(|m| m.0),
        h.blocked_until.map(|m| m.0),
        h.blocked_why,
        h.challenges
    ])?;
    Ok(())
}

fn moment(text: Option<String>) -> Option<Moment> {
    text.and_then(|t| Moment::parse(&t))
}

fn number(v: u64) -> i64 {
    i64::try_from(v).unwrap_or(i64::MAX)
}

fn count(v: i64) -> u64 {
    u64::try_from(v).unwrap_or(0)
}

impl Store {
    /// One transaction that does not wait for the disk, for what a power cut may take without harm: it is seen, counted or asked
    /// again. The next one that waits takes it along, and the order of all is kept (WAL).
    fn lightly<T>(&self, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Result<T, Error> {
        self.db.pragma_update(None, "synchronous", "NORMAL")?;
        let tx = self.db.unchecked_transaction()?;
        let done = work(&self.db).and_then(|t| tx.commit().map(|()| t));
        self.db.pragma_update(None, "synchronous", "FULL")?;
        Ok(done?)
    }

    /// A run begins.
    pub fn begin_run(&self, at: Moment, config: &str) -> Result<i64, Error> {
        self.db.execute(
            "INSERT INTO runs (started, version, config) VALUES (?1, ?2, ?3)",
            params![at.text(), env!("CARGO_PKG_VERSION"), config],
        )?;
        Ok(self.db.last_insert_rowid())
    }

    /// A run ends.
    pub fn finish_run(&self, run: i64, at: Moment, outcome: &str) -> Result<(), Error> {
        self.db.execute(
            "UPDATE runs SET finished = ?2, outcome = ?3 WHERE id = ?1",
            params![run, at.text(), outcome],
        )?;
        Ok(())
    }

    /// One request, its object and what it says of the address `key`, in one transaction.
    pub fn record(&self, run: i64, row: &RequestRow, key: Option<(&str, &Resource)>) -> Result<(), Error> {
        self.step("commit", &self.dir.join("index.sqlite"))?;
        let tx = self.db.unchecked_transaction()?;
        let at = row.at.text();
        if let Some(sha) = &row.sha256 {
            let bytes = std::fs::metadata(self.object_path(sha)).map_or(0, |m| m.len());
            let media = key.and_then(|(_, r)| r.media.clone()).unwrap_or_default();
            tx.prepare_cached(
                "INSERT OR IGNORE INTO objects (sha256, bytes, media, first_seen) VALUES (?1, ?2, ?3, ?4)",
            )?
            .execute(params![sha, number(bytes), media, at])?;
        }
        let redirects = (!row.redirects.is_empty()).then(|| row.redirects.join("\n"));
        tx.prepare_cached(
            "INSERT INTO requests (run, at, source, purpose, method, url, form, referer, final_url, redirects, status, outcome, message,
             request_headers, response_headers, remote, tls, bytes, sha256, seconds, robots)
             VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13,?14,?15,?16,?17,?18,?19,?20,?21)",
        )?
        .execute(params![
            run,
            at,
            row.source,
            row.purpose,
            row.method,
            row.url,
            row.form,
            row.referer,
            row.final_url,
            redirects,
            row.status,
            row.outcome,
            row.message,
            row.request_headers,
            row.response_headers,
            row.remote,
            row.tls,
            number(row.bytes),
            row.sha256,
            row.seconds,
            row.robots
        ])?;
        if let Some((key, r)) = key {
            tx.prepare_cached(
                "INSERT INTO resources (key, sha256, final_url, etag, last_modified, checked, retrieved, outcome, media, charset, name, raw_name, gone)
                 VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)
                 ON CONFLICT (key) DO UPDATE SET sha256=?2, final_url=?3, etag=?4, last_modified=?5, checked=?6, retrieved=?7, outcome=?8,
                 media=?9, charset=?10, name=?11, raw_name=?12, gone=?13",
            )?
            .execute(params![
                key,
                r.sha256,
                r.final_url,
                r.etag,
                r.last_modified,
                r.checked.text(),
                r.retrieved.map(Moment::text),
                r.outcome,
                r.media,
                r.charset,
                r.name,
                r.raw_name,
                r.gone.map(Moment::text)
            ])?;
            if let Some(sha) = &r.sha256 {
                tx.prepare_cached(
                    "INSERT INTO versions (key, sha256, ordinal, first_seen, last_seen)
                     VALUES (?1, ?2, (SELECT count(*) FROM versions WHERE key = ?1) + 1, ?3, ?3)
                     ON CONFLICT (key, sha256) DO UPDATE SET last_seen = max(last_seen, ?3)",
                )?
                .execute(params![key, sha, at])?;
            }
            if row.sha256.is_some() {
                tx.prepare_cached("DELETE FROM partials WHERE key = ?1")?
                    .execute(params![key])?;
            }
        }
        tx.commit()?;
        Ok(())
    }

    /// What is known of an address.
    pub fn resource(&self, key: &str) -> Result<Option<Resource>, Error> {
        let mut s = self.db.prepare_cached(
            "SELECT sha256, final_url, etag, last_modified, checked, retrieved, outcome, media, charset, name, raw_name, gone
             FROM resources WHERE key = ?1",
        )?;
        Ok(s.query_row([key], |r| {
            Ok(Resource {
                sha256: r.get(0)?,
                final_url: r.get(1)?,
                etag: r.get(2)?,
                last_modified: r.get(3)?,
                checked: moment(r.get(4)?).unwrap_or_default(),
                retrieved: moment(r.get(5)?),
                outcome: r.get(6)?,
                media: r.get(7)?,
                charset: r.get(8)?,
                name: r.get(9)?,
                raw_name: r.get(10)?,
                gone: moment(r.get(11)?),
            })
        })
        .optional()?)
    }

    /// All versions of an address, the first one first.
    pub fn versions(&self, key: &str) -> Result<Vec<String>, Error> {
        let mut s = self
            .db
            .prepare_cached("SELECT sha256 FROM versions WHERE key = ?1 ORDER BY ordinal")?;
        let rows = s.query_map([key], |r| r.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The validators of an interrupted download.
    pub fn partial(&self, key: &str) -> Result<Option<Validators>, Error> {
        let mut s = self
            .db
            .prepare_cached("SELECT etag, last_modified FROM partials WHERE key = ?1")?;
        Ok(s.query_row([key], |r| Ok((r.get(0)?, r.get(1)?))).optional()?)
    }

    /// A download begins that could be continued later; `None`: it cannot.
    pub fn set_partial(&self, key: &str, validators: Option<(Option<&str>, Option<&str>)>) -> Result<(), Error> {
        self.lightly(|db| match validators {
            Some((etag, modified)) => db
                .prepare_cached("INSERT OR REPLACE INTO partials (key, etag, last_modified) VALUES (?1, ?2, ?3)")?
                .execute(params![key, etag, modified]),
            None => db.prepare_cached("DELETE FROM partials WHERE key = ?1")?.execute([key]),
        })?;
        Ok(())
    }

    /// What is known of a host.
    pub fn host(&self, host: &str) -> Result<HostRow, Error> {
        let mut s = self.db.prepare_cached(
            "SELECT last_request, latency_ms, not_before, level, escalated, blocked_until, blocked_why, challenges FROM hosts WHERE host = ?1",
        )?;
        let row = s
            .query_row([host], |r| {
                Ok(HostRow {
                    last_request: r.get::<_, Option<i64>>(0)?.map(Moment),
                    latency_ms: count(r.get::<_, Option<i64>>(1)?.unwrap_or(0)),
                    not_before: r.get::<_, Option<i64>>(2)?.map(Moment),
                    level: r.get(3)?,
                    escalated: r.get::<_, Option<i64>>(4)?.map(Moment),
                    blocked_until: r.get::<_, Option<i64>>(5)?.map(Moment),
                    blocked_why: r.get(6)?,
                    challenges: r.get(7)?,
                })
            })
            .optional()?;
        Ok(row.unwrap_or_default())
    }

    /// Keeps what is known of a host.
    pub fn set_host(&self, host: &str, h: &HostRow) -> Result<(), Error> {
        Ok(write_host(&self.db, host, h)?)
    }

    /// A request to a host and the address it stands at begins or came to its end at `at`; `used`: the day, the source and the bytes
    /// that it cost.
    pub fn asked(
        &self,
        (host, h): (&str, &HostRow),
        ip: IpAddr,
        at: Moment,
        used: Option<(&str, &str, u64)>,
    ) -> Result<(), Error> {
        let shared = HostRow {
            last_request: Some(at),
            ..HostRow::default()
        };
        self.lightly(|db| {
            write_host(db, host, h)?;
            write_host(db, &address_key(ip), &shared)?;
            if let Some((day, source, bytes)) = used {
                db.prepare_cached(
                    "INSERT INTO budgets (day, source, requests, bytes) VALUES (?1, ?2, 1, ?3)
                     ON CONFLICT (day, source) DO UPDATE SET requests = requests + 1, bytes = bytes + ?3",
                )?
                .execute(params![day, source, number(bytes)])?;
            }
            Ok(())
        })
    }

    /// When any host at an address was asked last.
    pub fn address_asked(&self, ip: IpAddr) -> Result<Option<Moment>, Error> {
        Ok(self.host(&address_key(ip))?.last_request)
    }

    /// The last robots.txt of an origin: when, status, verdict, object.
    pub fn robots(&self, origin: &str) -> Result<Option<RobotsRow>, Error> {
        let mut s = self
            .db
            .prepare_cached("SELECT at, status, verdict, sha256 FROM robots WHERE origin = ?1")?;
        Ok(
            s.query_row([origin], |r| Ok((Moment(r.get(0)?), r.get(1)?, r.get(2)?, r.get(3)?)))
                .optional()?,
        )
    }

    /// Keeps the robots.txt of an origin.
    pub fn set_robots(
        &self,
        origin: &str,
        at: Moment,
        status: Option<u16>,
        verdict: &str,
        sha256: Option<&str>,
    ) -> Result<(), Error> {
        self.db.execute(
            "INSERT OR REPLACE INTO robots (origin, at, status, verdict, sha256) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![origin, at.0, status, verdict, sha256],
        )?;
        Ok(())
    }

    /// Requests and bytes that a source has used on a day.
    pub fn used(&self, day: &str, source: &str) -> Result<(u64, u64), Error> {
        let mut s = self
            .db
            .prepare_cached("SELECT requests, bytes FROM budgets WHERE day = ?1 AND source = ?2")?;
        let row = s
            .query_row([day, source], |r| Ok((count(r.get(0)?), count(r.get(1)?))))
            .optional()?;
        Ok(row.unwrap_or_default())
    }

    /// A row of a list was seen.
    pub fn see_entry(&self, source: &str, e: &EntryRow, at: Moment) -> Result<(), Error> {
        self.lightly(|db| {
            db.prepare_cached(
                "INSERT INTO entries (source, url, title, list_date, url_date, list_url, publisher, first_seen, last_seen, supersedes)
                 VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?8,?9)
                 ON CONFLICT (source, url) DO UPDATE SET title=?3, list_date=?4, list_url=?6, publisher=?7, last_seen=?8, gone=NULL",
            )?
            .execute(params![
                source,
                e.url,
                e.title,
                e.list_date,
                e.url_date,
                e.list_url,
                e.publisher,
                at.text(),
                e.supersedes
            ])
        })?;
        Ok(())
    }

    /// Entries of a source that were not seen since `since` are withdrawn (下架): they keep their bytes and get a date. Only
    /// after a complete list. Gives their addresses.
    pub fn withdraw_unseen(&self, source: &str, since: Moment, at: Moment) -> Result<Vec<String>, Error> {
        let mut s = self.db.prepare_cached(
            "SELECT url FROM entries WHERE source = ?1 AND last_seen < ?2 AND gone IS NULL ORDER BY url",
        )?;
        let urls: Vec<String> = s
            .query_map(params![source, since.text()], |r| r.get(0))?
            .collect::<Result<_, _>>()?;
        for url in &urls {
            self.db
                .prepare_cached("UPDATE entries SET gone = ?3 WHERE source = ?1 AND url = ?2")?
                .execute(params![source, url, at.text()])?;
        }
        Ok(urls)
    }

    /// Title and date of an entry as they were seen last.
    pub fn entry(&self, source: &str, url: &str) -> Result<Option<(String, Option<String>)>, Error> {
        let mut s = self
            .db
            .prepare_cached("SELECT title, list_date FROM entries WHERE source = ?1 AND url = ?2")?;
        Ok(s.query_row([source, url], |r| Ok((r.get(0)?, r.get(1)?))).optional()?)
    }

    /// Entries of a source: address, title, since when it is withdrawn.
    pub fn entries(&self, source: &str) -> Result<Vec<(EntryRow, Option<String>)>, Error> {
        let mut s = self.db.prepare_cached(
            "SELECT url, title, list_date, url_date, list_url, publisher, supersedes, gone FROM entries WHERE source = ?1 ORDER BY url",
        )?;
        let rows = s.query_map([source], |r| {
            Ok((
                EntryRow {
                    url: r.get(0)?,
                    title: r.get(1)?,
                    list_date: r.get(2)?,
                    url_date: r.get(3)?,
                    list_url: r.get(4)?,
                    publisher: r.get(5)?,
                    supersedes: r.get(6)?,
                },
                r.get(7)?,
            ))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How a list came out.
    pub fn set_listing(&self, run: i64, source: &str, l: &ListingRow) -> Result<(), Error> {
        self.db.execute(
            "INSERT OR REPLACE INTO listings (source, url, run, stated, seen, pages, stated_pages, outcome, reason)
             VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9)",
            params![
                source,
                l.url,
                run,
                l.stated.map(number),
                number(l.seen),
                number(l.pages),
                l.stated_pages.map(number),
                l.outcome.as_str(),
                l.reason
            ],
        )?;
        Ok(())
    }

    /// A document was found or seen again.
    pub fn add_document(&self, d: &DocumentEntry) -> Result<(), Error> {
        self.lightly(|db| {
            db.prepare_cached(
                "INSERT INTO documents (source, url, sha256, detail_url, title, link_text, name, media, publisher, publisher_code, list_date, retrieved, note)
                 VALUES (?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)
                 ON CONFLICT (source, url, sha256) DO UPDATE SET title=?5, link_text=?6, publisher=?9, publisher_code=?10, list_date=?11",
            )?
            .execute(params![
                d.source,
                d.url,
                d.sha256,
                d.detail_url,
                d.title,
                d.link_text,
                d.name,
                d.media,
                d.publisher,
                d.publisher_code,
                d.list_date,
                d.retrieved,
                d.note
            ])
        })?;
        Ok(())
    }

    /// Every document, by hash, then source and address.
    pub fn documents(&self) -> Result<Vec<DocumentEntry>, Error> {
        let mut s = self.db.prepare(
            "SELECT source, url, sha256, detail_url, title, link_text, name, media, publisher, publisher_code, list_date, retrieved, note
             FROM documents ORDER BY sha256, retrieved, source, url",
        )?;
        let rows = s.query_map([], |r| {
            Ok(DocumentEntry {
                source: r.get(0)?,
                url: r.get(1)?,
                sha256: r.get(2)?,
                detail_url: r.get(3)?,
                title: r.get(4)?,
                link_text: r.get(5)?,
                name: r.get(6)?,
                media: r.get(7)?,
                publisher: r.get(8)?,
                publisher_code: r.get(9)?,
                list_date: r.get(10)?,
                retrieved: r.get(11)?,
                note: r.get(12)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether a source has a document at this address.
    pub fn has_document(&self, source: &str, url: &str) -> Result<bool, Error> {
        let mut s = self
            .db
            .prepare_cached("SELECT 1 FROM documents WHERE source = ?1 AND url = ?2 LIMIT 1")?;
        Ok(s.exists([source, url])?)
    }

    /// The state of a source: hash of its settings, when it was finished, outcome, why it is blocked until somebody looks.
    pub fn source_state(&self, source: &str) -> Result<Option<SourceState>, Error> {
        let mut s = self
            .db
            .prepare_cached("SELECT config, finished, outcome, blocked FROM sources WHERE source = ?1")?;
        Ok(s.query_row([source], |r| {
            Ok(SourceState {
                config: r.get(0)?,
                finished: moment(r.get(1)?),
                outcome: r.get(2)?,
                blocked: r.get(3)?,
            })
        })
        .optional()?)
    }

    /// Keeps the state of a source.
    pub fn set_source_state(&self, source: &str, s: &SourceState) -> Result<(), Error> {
        self.db.execute(
            "INSERT OR REPLACE INTO sources (source, config, finished, outcome, blocked) VALUES (?1,?2,?3,?4,?5)",
            params![source, s.config, s.finished.map(Moment::text), s.outcome, s.blocked],
        )?;
        Ok(())
    }

    /// What the store holds, without any time: one line for each document, entry and current address, sorted. Two runs that
    /// saw the same portals have the same manifest, however often they were interrupted.
    pub fn manifest(&self) -> Result<String, Error> {
        let mut lines = Vec::new();
        for d in self.documents()? {
            lines.push(format!(
                "document {} {} {} {} {} {} {}",
                d.source,
                d.url,
                d.sha256,
                d.media,
                d.name,
                d.title.unwrap_or_default(),
                d.detail_url.unwrap_or_default()
            ));
        }
        let mut s = self
            .db
            .prepare("SELECT source, url, title, list_date, gone IS NOT NULL FROM entries")?;
        let rows = s.query_map([], |r| {
            Ok(format!(
                "entry {} {} {} {} {}",
                r.get::<_, String>(0)?,
                r.get::<_, String>(1)?,
                r.get::<_, String>(2)?,
                r.get::<_, Option<String>>(3)?.unwrap_or_default(),
                r.get::<_, bool>(4)?
            ))
        })?;
        for row in rows {
            lines.push(row?);
        }
        let mut s = self
            .db
            .prepare("SELECT key, sha256, ordinal FROM versions ORDER BY key, ordinal")?;
        let rows = s.query_map([], |r| {
            Ok(format!(
                "version {} {} {}",
                r.get::<_, String>(0)?,
                r.get::<_, String>(1)?,
                r.get::<_, i64>(2)?
            ))
        })?;
        for row in rows {
            lines.push(row?);
        }
        lines.sort();
        Ok(lines.join("\n"))
    }

    /// Every request of the store in order.
    pub fn each_request(&self, mut f: impl FnMut(i64, &RequestRow) -> Result<(), Error>) -> Result<(), Error> {
        let mut s = self.db.prepare(
            "SELECT id, at, source, purpose, method, url, form, referer, final_url, redirects, status, outcome, message, request_headers,
             response_headers, remote, tls, bytes, sha256, seconds, robots FROM requests ORDER BY id",
        )?;
        let mut rows = s.query([])?;
        while let Some(r) = rows.next()? {
            let row = RequestRow {
                at: moment(r.get(1)?).unwrap_or_default(),
                source: r.get(2)?,
                purpose: r.get(3)?,
                method: r.get(4)?,
                url: r.get(5)?,
                form: r.get(6)?,
                referer: r.get(7)?,
                final_url: r.get(8)?,
                redirects: r
                    .get::<_, Option<String>>(9)?
                    .map(|t| t.lines().map(str::to_string).collect())
                    .unwrap_or_default(),
                status: r.get(10)?,
                outcome: r.get(11)?,
                message: r.get(12)?,
                request_headers: r.get::<_, Option<String>>(13)?.unwrap_or_default(),
                response_headers: r.get::<_, Option<Vec<u8>>>(14)?.unwrap_or_default(),
                remote: r.get(15)?,
                tls: r.get(16)?,
                bytes: count(r.get(17)?),
                sha256: r.get(18)?,
                seconds: r.get(19)?,
                robots: r.get(20)?,
            };
            f(r.get(0)?, &row)?;
        }
        Ok(())
    }
}

/// ETag and Last-Modified of an answer.
pub type Validators = (Option<String>, Option<String>);

/// A stored robots.txt: when it was asked, status, verdict, object.
pub type RobotsRow = (Moment, Option<u16>, String, Option<String>);

/// The state of a source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SourceState {
    /// sha256 of its settings.
    pub config: String,
    /// When it was finished last.
    pub finished: Option<Moment>,
    /// The outcome of the last run.
    pub outcome: Option<String>,
    /// Why it is blocked until somebody looks.
    pub blocked: Option<String>,
}
