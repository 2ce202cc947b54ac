//! The store as WARC 1.1 (ISO 28500), which web archives read. Comes in: a store. Goes out: a `warcinfo` record, then for each
//! answered request a `request` record and a `response` record, or a `revisit` record where the same bytes were stored before.
//! Bodies were stored decoded, so transfer and content encodings are kept under `X-Archive-Orig-…`.

use super::{Error, Store};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{self, Read, Write};

/// What was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Records in all.
    pub records: u64,
    /// Responses with a body.
    pub responses: u64,
    /// Answers whose bytes were there before.
    pub revisits: u64,
}

/// The same record has the same id in every export: a UUID out of the hash of what it is.
fn record_id(what: &str) -> String {
    let h = format!("{:x}", Sha256::digest(what.as_bytes()));
    let part = |r: std::ops::Range<usize>| h.get(r).unwrap_or_default().to_string();
    format!(
        "<urn:uuid:{}-{}-5{}-a{}-{}>",
        part(0..8),
        part(8..12),
        part(13..16),
        part(17..20),
        part(20..32)
    )
}

struct Out<'w> {
    sink: &'w mut dyn Write,
    gzip: bool,
    written: Written,
}

impl Out<'_> {
    fn record(&mut self, fields: &[(&str, String)], head: &[u8], body: &mut dyn Read, body_len: u64) -> io::Result<()> {
        let mut top = String::from("WARC/1.1\r\n");
        for (name, value) in fields {
            top.push_str(&format!("{name}: {value}\r\n"));
        }
        top.push_str(&format!("Content-Length: {}\r\n\r\n", head.len() as u64 + body_len));
        self.written.records += 1;
        if self.gzip {
            // One member for each record: readers jump to it.
            let mut z = GzEncoder::new(&mut self.sink, Compression::default());
            z.write_all(top.as_bytes())?;
            z.write_all(head)?;
            io::copy(body, &mut z)?;
            z.write_all(b"\r\n\r\n")?;
            z.finish()?;
        } else {
            self.sink.write_all(top.as_bytes())?;
            self.sink.write_all(head)?;
            io::copy(body, &mut self.sink)?;
            self.sink.write_all(b"\r\n\r\n")?;
        }
        Ok(())
    }
}

/// The headers as received, with the encodings that were undone under another name and the length of what is stored.
fn archived_headers(raw: &[u8], body_len: u64) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len() + 64);
    for line in raw.split(|b| *b == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            continue;
        }
        let name = line.split(|b| *b == b':').next().unwrap_or_default();
        let undone: [&[u8]; 3] = [b"Content-Encoding", b"Transfer-Encoding", b"Content-Length"];
        if undone.iter().any(|u| name.eq_ignore_ascii_case(u)) {
            out.extend_from_slice(b"X-Archive-Orig-");
        }
        out.extend_from_slice(line);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(format!("Content-Length: {body_len}\r\n\r\n").as_bytes());
    out
}

/// Writes every request of the store. `gzip`: one gzip member for each record.
pub fn export(store: &Store, sink: &mut dyn Write, gzip: bool) -> Result<Written, Error> {
    let place = store.dir.join("index.sqlite");
    let io_error = |e: io::Error| Error::Io(place.clone(), e);
    let mut out = Out {
        sink,
        gzip,
        written: Written::default(),
    };
    let info = format!(
        "software: juesuan/{}\r\nformat: WARC File Format 1.1\r\n",
        env!("CARGO_PKG_VERSION")
    );
    let mut first_at = None;
    store.each_request(|_, r| {
        first_at.get_or_insert_with(|| r.at.text());
        Ok(())
    })?;
    let fields = [
        ("WARC-Type", "warcinfo".to_string()),
        ("WARC-Record-ID", record_id("warcinfo")),
        (
            "WARC-Date",
            first_at.unwrap_or_else(|| super::super::time::Moment::default().text()),
        ),
        ("Content-Type", "application/warc-fields".to_string()),
    ];
    out.record(&fields, info.as_bytes(), &mut io::empty(), 0)
        .map_err(io_error)?;
    let mut seen: BTreeMap<String, (String, String)> = BTreeMap::new();
    store.each_request(|id, r| {
        if r.status.is_none() {
            return Ok(());
        }
        let target = r.final_url.clone().unwrap_or_else(|| r.url.clone());
        let response_id = record_id(&format!("response {id}"));
        let mut common = vec![("WARC-Target-URI", target.clone()), ("WARC-Date", r.at.text())];
        if let Some(remote) = &r.remote {
            let ip = remote
                .parse::<std::net::SocketAddr>()
                .map_or(remote.clone(), |a| a.ip().to_string());
            common.push(("WARC-IP-Address", ip));
        }
        let sha = r.sha256.clone().unwrap_or_else(|| format!("{:x}", Sha256::digest(b"")));
        let mut fields = common.clone();
        fields.push(("WARC-Record-ID", response_id.clone()));
        fields.push(("WARC-Payload-Digest", format!("sha256:{sha}")));
        fields.push(("Content-Type", "application/http;msgtype=response".into()));
        match seen.get(&sha) {
            Some((url, at)) if r.sha256.is_some() => {
                fields.insert(0, ("WARC-Type", "revisit".into()));
                fields.push((
                    "WARC-Profile",
                    "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest".into(),
                ));
                fields.push(("WARC-Refers-To-Target-URI", url.clone()));
                fields.push(("WARC-Refers-To-Date", at.clone()));
                let mut head = r.response_headers.clone();
                head.extend_from_slice(b"\r\n");
                out.record(&fields, &head, &mut io::empty(), 0).map_err(io_error)?;
                out.written.revisits += 1;
            }
            _ => {
                fields.insert(0, ("WARC-Type", "response".into()));
                let (mut body, len): (Box<dyn Read>, u64) = match &r.sha256 {
                    Some(sha) => {
                        let path = store.object_path(sha);
                        let file = std::fs::File::open(&path).map_err(|e| Error::Io(path.clone(), e))?;
                        let len = file.metadata().map_err(|e| Error::Io(path, e))?.len();
                        (Box::new(file), len)
                    }
                    None => (Box::new(io::empty()), 0),
                };
                let head = archived_headers(&r.response_headers, len);
                out.record(&fields, &head, &mut body, len).map_err(io_error)?;
                out.written.responses += 1;
                if r.sha256.is_some() {
                    seen.insert(sha, (target, r.at.text()));
                }
            }
        }
        let mut fields = common;
        fields.insert(0, ("WARC-Type", "request".into()));
        fields.push(("WARC-Record-ID", record_id(&format!("request {id}"))));
        fields.push(("WARC-Concurrent-To", response_id));
        fields.push(("Content-Type", "application/http;msgtype=request".into()));
        let mut request = r
            .request_headers
            .replace("\r\n", "\n")
            .replace('\n', "\r\n")
            .into_bytes();
        request.extend_from_slice(b"\r\n");
        request.extend_from_slice(r.form.clone().unwrap_or_default().as_bytes());
        out.record(&fields, &request, &mut io::empty(), 0).map_err(io_error)?;
        Ok(())
    })?;
    out.sink.flush().map_err(io_error)?;
    Ok(out.written)
}
