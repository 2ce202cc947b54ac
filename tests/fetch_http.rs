//! One address, asked politely (scenarios H…): robots, pauses, walls, redirects, addresses, ranges, broken HTTP. Intervals run on a
//! simulated clock; the portal is ours, on the loopback address.

use crate::support::portal::{
    Answer, Asked, Portal, START, fetcher, fetcher_with, pdf, read_sources, resolver, run, serve, timeouts,
};
use juesuan::acquire::net::client::{FixedResolver, Resolved, Timeouts};
use juesuan::acquire::net::clock::{Clock, SimClock};
use juesuan::acquire::net::fetch::{Fetcher, Got, Purpose, Want};
use juesuan::acquire::sources::Sources;
use juesuan::acquire::store::verify;
use std::collections::BTreeMap;
use std::io::Write;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use url::Url;

fn settings(defaults: &str, hosts: &[&str]) -> Sources {
    let mut text = format!("[defaults]\nuser_agent = \"juesuan-test/1.0 (+mailto:test@example.org)\"\n{defaults}\n");
    for (n, h) in hosts.iter().enumerate() {
        text.push_str(&format!(
            "[[source]]\nid = \"s{n}\"\nplatform = \"html-generic\"\nentry = [\"http://{h}/\"]\n[source.list]\nexpect = \"css:ul\"\n"
        ));
    }
    read_sources(&text)
}

/// A source on `a.example`, a store, a clock and a portal.
struct Trial {
    clock: SimClock,
    portal: Portal,
    sources: Sources,
    dir: tempfile::TempDir,
}

impl Trial {
    fn new(defaults: &str, handler: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        let clock = SimClock::at(START);
        let portal = Portal::start(&clock, handler);
        Self {
            clock,
            portal,
            sources: settings(defaults, &["a.example"]),
            dir: tempfile::tempdir().unwrap(),
        }
    }

    fn fetcher(&self) -> Rc<Fetcher> {
        let hosts = resolver(&[("a.example", self.portal.address), ("b.example", self.portal.address)]);
        fetcher(self.dir.path(), &self.clock, hosts, &self.sources)
    }

    fn want(&self, purpose: Purpose, url: &str) -> Want<'_> {
        Want {
            source: &self.sources.sources[0],
            purpose,
            url: Url::parse(url).unwrap(),
            form: None,
            referer: None,
        }
    }

    fn get(&self, purpose: Purpose, url: &str) -> Got {
        let f = self.fetcher();
        run(async { f.fetch(&self.want(purpose, url)).await.unwrap() })
    }

    fn page(&self, path: &str) -> Got {
        self.get(Purpose::Detail, &format!("http://a.example{path}"))
    }

    fn file(&self, path: &str) -> Got {
        self.get(Purpose::File, &format!("http://a.example{path}"))
    }

    /// Paths that were asked, without robots.txt.
    fn asked(&self) -> Vec<String> {
        self.portal.paths().into_iter().filter(|p| p != "/robots.txt").collect()
    }

    fn stored(&self, got: &Got) -> Vec<u8> {
        let store = juesuan::acquire::store::Store::read(self.dir.path()).unwrap();
        store.object(got.sha256.as_deref().unwrap()).unwrap()
    }

    fn whole(&self) {
        let store = juesuan::acquire::store::Store::read(self.dir.path()).unwrap();
        assert_eq!(verify::verify(&store).unwrap().problems, Vec::<String>::new());
    }
}

fn robots(answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Trial {
    Trial::new("", move |a| match a.path.as_str() {
        "/robots.txt" => answer(a),
        _ => Answer::page("<p>page</p>"),
    })
}

fn robots_text(text: &'static str) -> Trial {
    robots(move |_| Answer::with(200, &[("Content-Type", "text/plain")], text.as_bytes()))
}

#[test]
fn h01_robots_is_read_before_anything() {
    let t = robots_text("User-agent: *\nDisallow: /no\n");
    assert_eq!(t.page("/yes").outcome.to_string(), "stored");
    let no = t.page("/no/1");
    assert_eq!(no.outcome.to_string(), "skipped(robots)");
    assert!(no.message.unwrap().contains("Disallow: /no"));
    assert_eq!(
        t.portal.paths(),
        ["/robots.txt", "/yes"],
        "asked once a day, and the refused page never"
    );
    // Absent: allowed. 401, 403: refused. 5xx, nothing, garbage: refused.
    for (status, want) in [
        (404, "stored"),
        (410, "stored"),
        (401, "skipped(robots)"),
        (403, "skipped(robots)"),
        (500, "skipped(robots)"),
    ] {
        let t = robots(move |_| Answer::with(status, &[], b""));
        assert_eq!(t.page("/x").outcome.to_string(), want, "{status}");
        if want != "stored" {
            assert_eq!(t.asked(), Vec::<String>::new(), "{status}");
        }
    }
    let t = robots(|_| Answer::raw("nonsense\r\n\r\n"));
    assert_eq!(t.page("/x").outcome.to_string(), "skipped(robots)");
    assert_eq!(t.asked(), Vec::<String>::new());
}

#[test]
fn h01_robots_that_does_not_come_refuses() {
    let t = robots(|_| Answer {
        linger_ms: 1800,
        ..Answer::default()
    });
    assert_eq!(t.page("/x").outcome.to_string(), "skipped(robots)");
    assert_eq!(t.asked(), Vec::<String>::new());
}

#[test]
fn h01_robots_redirects_sizes_and_marks() {
    let hop = |n: usize| {
        robots(move |_| Answer::none()).portal.forget();
        Trial::new("", move |a| {
            let at: usize = a.path.strip_prefix("/r").and_then(|p| p.parse().ok()).unwrap_or(0);
            match a.path.as_str() {
                "/robots.txt" => Answer::with(302, &[("Location", "/r1")], b""),
                p if p.starts_with("/r") && at < n => Answer::with(302, &[("Location", &format!("/r{}", at + 1))], b""),
                p if p.starts_with("/r") => Answer::with(200, &[], b"User-agent: *\nDisallow: /\n"),
                _ => Answer::page("<p>page</p>"),
            }
        })
    };
    assert_eq!(
        hop(5).page("/x").outcome.to_string(),
        "skipped(robots)",
        "five redirects are followed"
    );
    assert_eq!(
        hop(6).page("/x").outcome.to_string(),
        "stored",
        "more means that there is none (RFC 9309, 2.3.1.2)"
    );
    assert_eq!(
        robots_text("\u{feff}User-agent: *\r\nDisallow: /\r\n")
            .page("/x")
            .outcome
            .to_string(),
        "skipped(robots)"
    );
    assert_eq!(
        robots_text("<!DOCTYPE html><p>404</p>").page("/x").outcome.to_string(),
        "stored"
    );
    // 600 KiB: the first 500 KiB count.
    let big = |at: usize| {
        let mut text = "#".repeat(99) + "\n";
        text = text.repeat(600 * 1024 / 100);
        text.insert_str(at, "\nUser-agent: *\nDisallow: /\n");
        robots(move |_| Answer::with(200, &[], text.as_bytes()))
    };
    assert_eq!(big(0).page("/x").outcome.to_string(), "skipped(robots)");
    assert_eq!(big(599 * 1024).page("/x").outcome.to_string(), "stored");
}

#[test]
fn h02_crawl_delay_is_kept_or_the_host_is_left_alone() {
    let t = robots_text("User-agent: *\nCrawl-delay: 7\n");
    t.page("/1");
    t.page("/2");
    let log = t.portal.log();
    assert!(log[2].at.since(log[1].end) >= 7000, "{log:?}");
    let t = robots_text("User-agent: *\nCrawl-delay: 600\n");
    let got = t.page("/1");
    assert_eq!(got.outcome.to_string(), "skipped(crawl delay)");
    assert_eq!(t.asked(), Vec::<String>::new());
}

/// The first `n` answers are `first`, then a page.
fn failing(n: usize, defaults: &str, first: impl Fn(usize, &Asked) -> Answer + Send + Sync + 'static) -> Trial {
    let count = AtomicUsize::new(0);
    Trial::new(defaults, move |a| {
        if a.path == "/robots.txt" {
            return Answer::none();
        }
        let k = count.fetch_add(1, Ordering::SeqCst);
        if k < n {
            first(k, a)
        } else {
            serve(a, "text/html", b"<p>page</p>")
        }
    })
}

#[test]
fn h03_retry_after_seconds_rests_the_host() {
    let t = failing(1, "", |_, _| Answer::with(429, &[("Retry-After", "300")], b""));
    assert_eq!(t.page("/x").outcome.to_string(), "stored");
    let log = t.portal.log();
    assert!(log[2].at.since(log[1].end) >= 300_000);
    // Longer than one waits for: the run ends, the next one goes on.
    let t = failing(1, "", |_, _| Answer::with(429, &[("Retry-After", "7200")], b""));
    let got = t.page("/x");
    assert_eq!(got.outcome.to_string(), "skipped(host)");
    assert!(t.page("/y").outcome.stops(), "the host rests, not the address");
    assert_eq!(t.asked().len(), 1);
    t.clock.advance(7_200_000);
    assert_eq!(t.page("/x").outcome.to_string(), "stored");
}

#[test]
fn h04_retry_after_as_a_date() {
    // START is 2026-11-23T00:00:00Z.
    let t = failing(1, "", |_, _| {
        Answer::with(429, &[("Retry-After", "Mon, 23 Nov 2026 00:10:00 GMT")], b"")
    });
    assert_eq!(t.page("/x").outcome.to_string(), "stored");
    let log = t.portal.log();
    assert!(log[2].at.since(START) >= 600_000, "{:?}", log[2].at);
}

#[test]
fn h05_without_retry_after_the_pause_doubles() {
    let t = failing(4, "retry = { attempts = 6 }", |_, _| Answer::with(429, &[], b""));
    assert_eq!(t.page("/x").outcome.to_string(), "stored");
    let log = t.portal.log();
    let waits: Vec<u64> = log[1..].windows(2).map(|w| w[1].at.since(w[0].end) / 1000).collect();
    for (waited, least) in waits.iter().zip([60, 120, 240, 480]) {
        assert!((least..least + 5).contains(waited), "{waits:?}");
    }
}

#[test]
fn h06_a_pause_survives_the_program() {
    let t = failing(1, "retry = { attempts = 1 }", |_, _| {
        Answer::with(503, &[("Retry-After", "900")], b"")
    });
    assert_eq!(t.page("/x").outcome.to_string(), "failed(503)");
    // Another fetcher on the same store: a restart.
    assert_eq!(t.page("/x").outcome.to_string(), "stored");
    let log = t.portal.log();
    let pages: Vec<&Asked> = log.iter().filter(|a| a.path == "/x").collect();
    assert!(pages[1].at.since(pages[0].end) >= 900_000);
}

#[test]
fn h07_errors_of_the_server_are_tried_again() {
    let t = failing(2, "", |_, _| Answer::with(500, &[], b"oops"));
    assert_eq!(t.page("/x").outcome.to_string(), "stored");
    assert_eq!(t.asked().len(), 3);
    let log = t.portal.log();
    assert!(log[2].at.since(log[1].end) >= 5000 && log[3].at.since(log[2].end) >= 10_000);
    let t = failing(9, "", |_, _| Answer::with(500, &[], b"oops"));
    assert_eq!(t.page("/x").outcome.to_string(), "failed(500)");
    assert_eq!(t.asked().len(), 3);
}

#[test]
fn h08_a_plain_no_is_not_asked_again() {
    for (status, want) in [
        (404, "gone"),
        (410, "gone"),
        (403, "refused(403)"),
        (401, "refused(401)"),
        (400, "failed(400)"),
    ] {
        let t = failing(9, "", move |_, _| {
            Answer::with(status, &[], b"<html><h1>no</h1></html>")
        });
        assert_eq!(t.page("/x").outcome.to_string(), want);
        assert_eq!(t.asked().len(), 1, "{status}");
    }
}

/// A wall: one request, then none to that host, also after a restart.
fn wall(want: &str, answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) {
    let t = Trial::new("", move |a| match a.path.as_str() {
        "/robots.txt" => Answer::none(),
        _ => answer(a),
    });
    let got = t.page("/x");
    assert_eq!(got.outcome.to_string(), want, "{got:?}");
    for _ in 0..3 {
        assert_eq!(t.page("/y").outcome.to_string(), want);
    }
    assert_eq!(t.asked(), ["/x"], "{want}: nothing is asked of a host with a wall");
    // A day later it is tried once more; the second wall in a row stops the source until a human looks.
    t.clock.advance(86_400_001);
    assert_eq!(t.page("/z").outcome.to_string(), want);
    let store = juesuan::acquire::store::Store::read(t.dir.path()).unwrap();
    assert!(store.source_state("s0").unwrap().unwrap().blocked.is_some());
}

#[test]
fn h09_521_with_a_cookie_script_is_a_wall() {
    wall("blocked(jsl)", |_| {
        let body = b"<script>document.cookie=('_')+('_jsl_clearance_s=1');location.href=location.pathname</script>";
        Answer::with(521, &[("Set-Cookie", "__jsluid_s=0f; max-age=31536000")], body)
    });
}

#[test]
fn h10_412_with_a_script_is_a_wall() {
    wall("blocked(rs)", |_| {
        Answer::with(412, &[], b"<html><script>$_ts=window['$_ts'];</script></html>")
    });
    wall("blocked(rs)", |_| {
        Answer::page("<html><script>$_ts=window['$_ts'];if(!$_ts)$_ts={};</script></html>")
    });
}

#[test]
fn h11_a_firewall_that_answers_200_is_a_wall() {
    wall("blocked(waf)", |_| {
        Answer::page("<html><title>提示</title>您的请求过于频繁，请稍后再试</html>")
    });
    wall("blocked(waf)", |_| {
        Answer::page("<html><head><title>403 Forbidden</title></head></html>")
    });
    wall("blocked(waf)", |_| Answer::with(405, &[], b"<html>stub</html>"));
    // In GBK as well.
    let (gbk, _, _) = encoding_rs::GBK.encode("<html><title>提示</title>访问异常</html>");
    let gbk = gbk.into_owned();
    wall("blocked(waf)", move |_| {
        Answer::with(200, &[("Content-Type", "text/html")], &gbk)
    });
}

#[test]
fn h12_a_captcha_is_a_wall() {
    wall("blocked(captcha)", |_| {
        Answer::page(
            "<html><form>请输入验证码：<input name=code><img src=/system/resource/js/filedownload/createimage.jsp></form></html>",
        )
    });
}

#[test]
fn h13_a_plain_cookie_is_sent_back() {
    let t = Trial::new("", |a| match (a.path.as_str(), a.header("cookie")) {
        ("/robots.txt", _) => Answer::none(),
        (_, Some(c)) if c.contains("C3VK=abc") => Answer::page("<p>in</p>"),
        (p, _) => Answer::with(
            302,
            &[("Location", p), ("Set-Cookie", "C3VK=abc; path=/; HttpOnly")],
            b"",
        ),
    });
    assert_eq!(t.page("/x").outcome.to_string(), "stored");
    assert_eq!(t.asked(), ["/x", "/x"]);
    // One that never takes the cookie is a loop after two.
    let t = Trial::new("", |a| match a.path.as_str() {
        "/robots.txt" => Answer::none(),
        p => Answer::with(302, &[("Location", p), ("Set-Cookie", "C3VK=abc")], b""),
    });
    assert_eq!(t.page("/x").outcome.to_string(), "redirect_loop");
    assert_eq!(t.asked().len(), 3);
}

#[test]
fn h14_redirects_are_bounded_and_stay_at_home() {
    let to = |location: &'static str| {
        Trial::new("", move |a| match a.path.as_str() {
            "/robots.txt" => Answer::none(),
            "/x" => Answer::with(302, &[("Location", location)], b""),
            p if p.starts_with("/hop") => {
                let n: u32 = p[4..].parse().unwrap();
                Answer::with(301, &[("Location", &format!("/hop{}", n + 1))], b"")
            }
            _ => Answer::page("<p>there</p>"),
        })
    };
    for (location, want) in [
        ("/y", "stored"),
        ("/x", "redirect_loop"),
        ("/hop1", "redirect_limit"),
        ("http://b.example/y", "redirect_offsite"),
        ("file:///etc/passwd", "bad_address"),
        ("ftp://a.example/y", "bad_address"),
        ("http://user:secret@a.example/y", "bad_address"),
        ("http://a.example:8080/y", "redirect_offsite"),
        ("http://", "bad_address"),
    ] {
        let t = to(location);
        assert_eq!(t.page("/x").outcome.to_string(), want, "{location}");
        assert!(t.portal.log().iter().all(|a| a.host == "a.example"), "{location}");
        assert!(t.asked().len() <= 6, "{location}");
    }
}

#[test]
fn h15_private_addresses_are_never_asked() {
    for location in [
        "http://127.0.0.1/y",
        "http://10.1.2.3/y",
        "http://[::1]/y",
        "http://[::ffff:10.0.0.1]/y",
        "http://169.254.169.254/latest/meta-data",
        "http://2130706433/y",
        "http://0x7f.1/y",
    ] {
        let t = Trial::new("", move |a| match a.path.as_str() {
            "/robots.txt" => Answer::none(),
            _ => Answer::with(302, &[("Location", location)], b""),
        });
        let got = t.page("/x");
        assert_eq!(got.outcome.to_string(), "private_address", "{location}");
        assert_eq!(t.asked(), ["/x"], "{location}");
    }
    // A name that means a private address, alone or beside a public one (rebinding): no connection is made.
    for addresses in [
        vec!["127.0.0.1:80"],
        vec!["1.2.3.4:80", "10.0.0.1:80"],
        vec!["[::ffff:127.0.0.1]:80"],
        vec!["169.254.169.254:80"],
    ] {
        let t = Trial::new("", |_| Answer::none());
        let hosts = FixedResolver {
            hosts: [(
                "a.example".to_string(),
                addresses
                    .iter()
                    .map(|a| Resolved {
                        address: a.parse().unwrap(),
                        permitted: false,
                    })
                    .collect(),
            )]
            .into(),
        };
        let f = fetcher(t.dir.path(), &t.clock, hosts, &t.sources);
        let got = run(async { f.fetch(&t.want(Purpose::Detail, "http://a.example/x")).await.unwrap() });
        assert_eq!(got.outcome.to_string(), "skipped(robots)", "{addresses:?}");
        assert!(got.message.unwrap().contains("is not asked"), "{addresses:?}");
        assert_eq!(t.portal.log().len(), 0);
    }
}

#[test]
fn h16_validators_save_the_body() {
    for (name, value, asks) in [
        ("ETag", "\"abc\"", "if-none-match"),
        ("ETag", "W/\"abc\"", "if-none-match"),
        ("Last-Modified", "Mon, 23 Nov 2026 00:00:00 GMT", "if-modified-since"),
    ] {
        let t = Trial::new("", move |a| match a.path.as_str() {
            "/robots.txt" => Answer::none(),
            _ if a.header(asks) == Some(value) => Answer::raw("HTTP/1.1 304 X\r\n\r\n"),
            _ => Answer::with(200, &[(name, value)], b"<p>page</p>"),
        });
        let first = t.page("/x");
        let second = t.page("/x");
        assert_eq!(
            (first.outcome.to_string().as_str(), second.outcome.to_string().as_str()),
            ("stored", "unchanged"),
            "{name} {value}"
        );
        assert_eq!(first.sha256, second.sha256);
        // The object is gone: everything is asked for again.
        let store = juesuan::acquire::store::Store::read(t.dir.path()).unwrap();
        std::fs::remove_file(store.object_path(first.sha256.as_deref().unwrap())).unwrap();
        assert!(t.page("/x").good());
        assert_eq!(t.stored(&first), b"<p>page</p>");
    }
    // 304 to a plain question is no answer.
    let t = Trial::new("", |a| match a.path.as_str() {
        "/robots.txt" => Answer::none(),
        _ => Answer::raw("HTTP/1.1 304 X\r\n\r\n"),
    });
    assert_eq!(t.page("/x").outcome.to_string(), "protocol");
}

/// The first answer breaks off in the middle; `second` says how the rest is answered.
fn broken(second: impl Fn(&Asked, &[u8]) -> Answer + Send + Sync + 'static) -> (Trial, Vec<u8>) {
    let body = pdf("broken", 5000);
    let (served, count) = (body.clone(), AtomicUsize::new(0));
    let t = Trial::new("", move |a| {
        if a.path == "/robots.txt" {
            return Answer::none();
        }
        if count.fetch_add(1, Ordering::SeqCst) == 0 {
            let mut half = Answer::with(200, &[("ETag", "\"v1\"")], &served);
            let n = half.pieces[0].1.len() - 3000;
            half.pieces[0].1.truncate(n);
            return half;
        }
        second(a, &served)
    });
    (t, body)
}

#[test]
fn h17_a_broken_download_is_continued() {
    let (t, body) = broken(|a, all| {
        assert_eq!(a.header("if-range"), Some("\"v1\""));
        let from: usize = a.header("range").unwrap()[6..].trim_end_matches('-').parse().unwrap();
        let range = format!("bytes {from}-{}/{}", all.len() - 1, all.len());
        Answer::with(206, &[("ETag", "\"v1\""), ("Content-Range", &range)], &all[from..])
    });
    let got = t.file("/a.pdf");
    assert_eq!(got.outcome.to_string(), "stored", "{got:?}");
    assert_eq!(t.stored(&got), body);
    assert!(t.portal.log().last().unwrap().sent < 3500, "only the rest came");
    t.whole();
}

#[test]
fn h17_what_cannot_be_continued_begins_anew() {
    // 200 to a range: the whole file, another one perhaps.
    let (t, _) = broken(|_, _| Answer::with(200, &[("ETag", "\"v2\"")], &pdf("other", 4000)));
    let got = t.file("/a.pdf");
    assert_eq!(t.stored(&got), pdf("other", 4000));
    // A range that was not asked for, and 416: thrown away, asked for whole.
    for kind in 0..3 {
        let (t, body) = broken(move |a, all| match (a.header("range"), kind) {
            (Some(_), 0) => {
                let range = format!("bytes 0-{}/{}", all.len() - 1, all.len());
                Answer::with(206, &[("Content-Range", &range)], all)
            }
            (Some(_), 1) => Answer::with(206, &[("Content-Range", "nonsense")], &all[100..]),
            (Some(_), _) => Answer::with(416, &[("Content-Range", "bytes */10")], b""),
            _ => Answer::with(200, &[("ETag", "\"v1\"")], all),
        });
        let got = t.file("/a.pdf");
        assert_eq!(got.outcome.to_string(), "stored", "{kind} {got:?}");
        assert_eq!(t.stored(&got), body, "{kind}");
        t.whole();
    }
}

#[test]
fn h18_a_short_body_is_never_complete() {
    let bad = |make: fn(&[u8]) -> Answer| {
        let t = Trial::new("", move |a| match a.path.as_str() {
            "/robots.txt" => Answer::none(),
            _ => make(&pdf("short", 2000)),
        });
        let got = t.file("/a.pdf");
        assert_eq!(got.outcome.to_string(), "truncated", "{got:?}");
        assert_eq!(got.sha256, None);
        t.whole();
    };
    // Content-Length longer than the body.
    bad(|b| {
        let mut a = Answer::with(200, &[], b);
        let n = a.pieces[0].1.len() - 100;
        a.pieces[0].1.truncate(n);
        a
    });
    // A chunked body that is cut.
    bad(|b| {
        let mut bytes = b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n".to_vec();
        bytes.extend_from_slice(&b[..1000]);
        bytes.extend_from_slice(b"\r\n3e8\r\nxx");
        Answer::raw(bytes)
    });
    // More bytes than Content-Length: what it states is what counts.
    let t = Trial::new("", |a| match a.path.as_str() {
        "/robots.txt" => Answer::none(),
        _ => {
            let mut a = Answer::with(200, &[], &pdf("long", 2000));
            a.pieces[0].1.extend_from_slice(&[b'x'; 500]);
            a
        }
    });
    let got = t.file("/a.pdf");
    assert_eq!(t.stored(&got), pdf("long", 2000));
    // The connection is reset in the middle.
    bad(|b| Answer {
        reset: true,
        pieces: Answer::with(200, &[], b)
            .pieces
            .into_iter()
            .map(|(p, mut v)| {
                v.truncate(300);
                (p, v)
            })
            .collect(),
        ..Answer::default()
    });
}

#[test]
fn h19_slow_answers_end() {
    let t = Trial::new("retry = { attempts = 1 }", |a| match a.path.as_str() {
        "/robots.txt" => Answer::none(),
        // One byte, then nothing for longer than a body may rest.
        "/slow" => Answer {
            pieces: vec![
                (0, b"HTTP/1.1 200 X\r\nContent-Length: 9000\r\n\r\n".to_vec()),
                (100, b"x".to_vec()),
                (1500, b"y".to_vec()),
            ],
            ..Answer::default()
        },
        // A header that never ends.
        _ => Answer {
            pieces: vec![(0, b"HTTP/1.1 200 X\r\nX-A: ".to_vec())],
            linger_ms: 2500,
            ..Answer::default()
        },
    });
    assert_eq!(t.page("/slow").outcome.to_string(), "timeout");
    assert_eq!(t.page("/header").outcome.to_string(), "timeout");
    // A byte now and then, never a rest: the whole answer has an end all the same.
    let t = Trial::new("retry = { attempts = 1 }", |a| match a.path.as_str() {
        "/robots.txt" => Answer::none(),
        _ => Answer {
            pieces: std::iter::once((0, b"HTTP/1.1 200 X\r\nContent-Length: 9000\r\n\r\n".to_vec()))
                .chain((0..30).map(|_| (100, b"x".to_vec())))
                .collect(),
            ..Answer::default()
        },
    });
    let short = Timeouts {
        total: Duration::from_millis(1000),
        ..timeouts()
    };
    let hosts = resolver(&[("a.example", t.portal.address)]);
    let f = fetcher_with(t.dir.path(), &t.clock, hosts, &t.sources, short, &[]);
    let begun = Instant::now();
    let got = run(async {
        f.fetch(&t.want(Purpose::Detail, "http://a.example/drip"))
            .await
            .unwrap()
    });
    assert_eq!(got.outcome.to_string(), "timeout", "{got:?}");
    assert!(begun.elapsed() < Duration::from_millis(2500), "{:?}", begun.elapsed());
    // A body that never ends meets the bound of size.
    let t = Trial::new("max_page_bytes = 50000\nretry = { attempts = 1 }", |a| {
        match a.path.as_str() {
            "/robots.txt" => Answer::none(),
            _ => Answer {
                pieces: std::iter::once((0, b"HTTP/1.1 200 X\r\n\r\n".to_vec()))
                    .chain((0..100).map(|_| (0, vec![b'x'; 1000])))
                    .collect(),
                ..Answer::default()
            },
        }
    });
    assert_eq!(t.page("/endless").outcome.to_string(), "too_large");
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut z = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    z.write_all(bytes).unwrap();
    z.finish().unwrap()
}

#[test]
fn h20_encodings_are_undone_within_bounds() {
    let with = |encoding: &'static str, body: Vec<u8>| {
        let t = Trial::new("retry = { attempts = 1 }", move |a| match a.path.as_str() {
            "/robots.txt" => Answer::none(),
            _ => Answer::with(200, &[("Content-Encoding", encoding)], &body),
        });
        let got = t.page("/x");
        (
            got.outcome.to_string().clone(),
            got.sha256.is_some().then(|| t.stored(&got)),
        )
    };
    let page = b"<html>page</html>".to_vec();
    assert_eq!(with("gzip", gzip(&page)), ("stored".into(), Some(page.clone())));
    // Says gzip, is plain.
    assert_eq!(with("gzip", page.clone()), ("stored".into(), Some(page.clone())));
    assert_eq!(with("br", page.clone()).0, "bad_encoding");
    assert_eq!(with("gzip, gzip", gzip(&gzip(&page))).0, "bad_encoding");
    assert_eq!(with("gzip", gzip(&vec![0u8; 15 << 20])).0, "too_large");
    let mut cut = gzip(&vec![7u8; 5000]);
    cut.truncate(cut.len() - 10);
    assert_eq!(with("gzip", cut).0, "truncated");
}

#[test]
fn h21_odd_headers() {
    let with = |head: String| {
        let t = Trial::new("retry = { attempts = 1 }", move |a| match a.path.as_str() {
            "/robots.txt" => Answer::none(),
            _ => Answer::raw(format!("HTTP/1.1 200 X\r\n{head}\r\n<p>page</p>")),
        });
        t.page("/x").outcome.to_string()
    };
    assert_eq!(with(format!("X-Big: {}\r\n", "a".repeat(64 << 10))), "too_large");
    assert_eq!(with("X-A: 决算\r\n".into()), "stored", "bytes beyond ASCII");
    assert_eq!(
        with("X-A: 1\r\nX-A: 2\r\nContent-Type: a\r\nContent-Type: b\r\n".into()),
        "stored",
        "twice the same"
    );
}

fn tls_config(name: &str, old: bool) -> Arc<tokio_rustls::rustls::ServerConfig> {
    use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
    let dir = crate::support::root().join("tests/cases/tls");
    let read = |n: &str| std::fs::read(dir.join(n)).unwrap();
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    let versions: &[&tokio_rustls::rustls::SupportedProtocolVersion] = if old {
        &[&tokio_rustls::rustls::version::TLS12]
    } else {
        tokio_rustls::rustls::ALL_VERSIONS
    };
    Arc::new(
        tokio_rustls::rustls::ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(
                vec![CertificateDer::from(read(&format!("{name}.der")))],
                PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(read(&format!("{name}.key.der")))),
            )
            .unwrap(),
    )
}

/// Certificates are verified, always; what is wrong with one is said. TLS 1.1 is refused by the library; an answer in it is
/// written by hand.
#[test]
fn h22_certificates_are_verified() {
    let root = std::fs::read(crate::support::root().join("tests/cases/tls/ca.der")).unwrap();
    for (name, want) in [
        ("good", "stored"),
        ("expired", "tls(expired)"),
        ("other", "tls(wrong host)"),
        ("self", "tls(unknown issuer)"),
    ] {
        let clock = SimClock::at(START);
        let portal = Portal::start_on("127.0.0.1", &clock, Some(tls_config(name, name == "good")), |a| match a
            .path
            .as_str()
        {
            "/robots.txt" => Answer::none(),
            _ => Answer::page("<p>safe</p>"),
        });
        let text = "[defaults]\nuser_agent = \"juesuan-test/1.0 (+mailto:test@example.org)\"\n[[source]]\nid = \"s0\"\nplatform = \"html-generic\"\n\
                    entry = [\"https://safe.example/\"]\n[source.list]\nexpect = \"css:ul\"\n";
        let sources = read_sources(text);
        let dir = tempfile::tempdir().unwrap();
        let hosts = resolver(&[("safe.example", portal.address)]);
        let f = fetcher_with(
            dir.path(),
            &clock,
            hosts,
            &sources,
            timeouts(),
            std::slice::from_ref(&root),
        );
        let want_page = Want {
            source: &sources.sources[0],
            purpose: Purpose::Detail,
            url: Url::parse("https://safe.example/x").unwrap(),
            form: None,
            referer: None,
        };
        let got = run(async { f.fetch(&want_page).await.unwrap() });
        if want == "stored" {
            assert_eq!(got.outcome.to_string(), want, "{got:?}");
        } else {
            assert_eq!(got.outcome.to_string(), "skipped(robots)", "{got:?}");
            let kind = want.trim_start_matches("tls(").trim_end_matches(')');
            assert!(got.message.unwrap().contains(kind), "{want}");
            assert_eq!(portal.log().len(), 0);
        }
    }
    // A server that speaks TLS 1.1 only answers with this alert (70, protocol version).
    let t = Trial::new("retry = { attempts = 1 }", |_| Answer::none());
    let listener = Portal::start(&t.clock, |_| Answer::none());
    listener.answer_bytes(&[0x15, 3, 2, 0, 2, 2, 70]);
    let hosts = resolver(&[("a.example", listener.address)]);
    let f = fetcher(t.dir.path(), &t.clock, hosts, &t.sources);
    let got = run(async { f.fetch(&t.want(Purpose::Detail, "https://a.example/x")).await.unwrap() });
    assert!(
        got.message.as_deref().is_some_and(|m| m.contains("old protocol")),
        "{got:?}"
    );
}

#[test]
fn h23_two_hosts_on_one_address_share_its_gate() {
    let clock = SimClock::at(START);
    let portal = Portal::start(&clock, |a| match a.path.as_str() {
        "/robots.txt" => Answer::none(),
        _ => Answer::page("<p>page</p>").latency(400),
    });
    let sources = settings("", &["a.example", "b.example"]);
    let dir = tempfile::tempdir().unwrap();
    let hosts = resolver(&[("a.example", portal.address), ("b.example", portal.address)]);
    let f = fetcher(dir.path(), &clock, hosts, &sources);
    politely(&f, &sources, 10);
    assert_eq!(portal.asked(), 22);
    drop(f);
    // Another program, another host, the same address: the interval is kept.
    let f = fetcher(
        dir.path(),
        &clock,
        resolver(&[("a.example", portal.address), ("b.example", portal.address)]),
        &sources,
    );
    let last = portal.log().pop().unwrap().host;
    let other = sources.sources.iter().find(|s| s.page_hosts[0] != last).unwrap();
    let want = Want {
        source: other,
        purpose: Purpose::Detail,
        url: other.entry[0].join("/later").unwrap(),
        form: None,
        referer: None,
    };
    assert!(run(async { f.fetch(&want).await.unwrap() }).good());
    let log = portal.log();
    assert!(log.len() == 23 && log[22].host != log[21].host);
    for w in log.windows(2) {
        assert!(
            w[1].at.since(w[0].end) >= 3000,
            "{} {} then {} {}",
            w[0].host,
            w[0].path,
            w[1].host,
            w[1].path
        );
    }
}

/// `n` pages of every source, all sources at once.
fn politely(f: &Rc<Fetcher>, sources: &Sources, n: usize) {
    run(async {
        let mut tasks = Vec::new();
        for s in &sources.sources {
            let (f, s) = (Rc::clone(f), s.clone());
            tasks.push(tokio::task::spawn_local(async move {
                for k in 0..n {
                    let url = s.entry[0].join(&format!("/page{k}")).unwrap();
                    let want = Want {
                        source: &s,
                        purpose: Purpose::Detail,
                        url,
                        form: None,
                        referer: None,
                    };
                    let got = f.fetch(&want).await.unwrap();
                    assert!(got.good(), "{got:?}");
                }
            }));
        }
        for t in tasks {
            t.await.unwrap();
        }
    });
}

/// Everything of `paths` from each source in `which`, four at a time for each; how often each outcome came.
fn ask_all(f: &Rc<Fetcher>, sources: &Sources, which: &[usize], paths: &[String]) -> BTreeMap<(usize, String), usize> {
    run(async {
        let mut tasks = Vec::new();
        for &n in which {
            for quarter in 0..4 {
                let (f, s) = (Rc::clone(f), sources.sources[n].clone());
                let mine: Vec<String> = paths.iter().skip(quarter).step_by(4).cloned().collect();
                tasks.push(tokio::task::spawn_local(async move {
                    let mut out = Vec::new();
                    for p in mine {
                        let want = Want {
                            source: &s,
                            purpose: Purpose::Detail,
                            url: s.entry[0].join(&p).unwrap(),
                            form: None,
                            referer: None,
                        };
                        out.push((n, f.fetch(&want).await.unwrap().outcome.to_string()));
                    }
                    out
                }));
            }
        }
        let mut counts = BTreeMap::new();
        for t in tasks {
            for o in t.await.unwrap() {
                *counts.entry(o).or_default() += 1;
            }
        }
        counts
    })
}

/// Five hosts, two hundred addresses each, four tasks at every host: one request in flight for each host, never sooner than the
/// delay of that host (one answers slowly, one has a Crawl-delay), what robots.txt refuses is not asked, and the pause that one
/// asks for with 429 holds over two restarts of the program.
#[test]
fn h24_five_hosts_two_hundred_addresses() {
    let clock = SimClock::at(START);
    let names = ["a.example", "b.example", "c.example", "d.example", "e.example"];
    let portals: Vec<Portal> = (0..5)
        .map(|n| {
            let asked = AtomicUsize::new(0);
            Portal::start_on(&format!("127.0.0.{}", n + 2), &clock, None, move |a| {
                crate::support::portal::moment();
                if a.path == "/robots.txt" {
                    let delay = if n == 4 { "Crawl-delay: 9\n" } else { "" };
                    let text = format!("User-agent: *\nDisallow: /private\n{delay}");
                    return Answer::with(200, &[], text.as_bytes());
                }
                let k = asked.fetch_add(1, Ordering::SeqCst);
                if n == 1 && k == 120 {
                    return Answer::with(429, &[("Retry-After", "3600")], b"");
                }
                Answer::page("<p>page</p>").latency(if n == 3 { 2500 } else { 50 })
            })
        })
        .collect();
    let sources = settings("max_wait_s = 600", &names);
    let dir = tempfile::tempdir().unwrap();
    let start = || {
        let list: Vec<(&str, std::net::SocketAddr)> =
            names.iter().zip(&portals).map(|(n, p)| (*n, p.address)).collect();
        fetcher(dir.path(), &clock, resolver(&list), &sources)
    };
    let paths: Vec<String> = (0..200)
        .map(|k| format!("/{}{k}", if k % 20 == 7 { "private/" } else { "page" }))
        .collect();
    let count = |all: &BTreeMap<(usize, String), usize>, n: usize, outcome: &str| {
        all.get(&(n, outcome.to_string())).copied().unwrap_or(0)
    };

    let first = ask_all(&start(), &sources, &[0, 1, 2, 3, 4], &paths);
    for n in [0, 2, 3, 4] {
        assert_eq!(
            (count(&first, n, "stored"), count(&first, n, "skipped(robots)")),
            (190, 10),
            "{first:?}"
        );
    }
    assert_eq!(
        (count(&first, 1, "stored"), count(&first, 1, "skipped(robots)")),
        (120, 10),
        "{first:?}"
    );
    assert_eq!(
        count(&first, 1, "skipped(host)"),
        70,
        "it rests longer than one waits for"
    );
    let rests_from = portals[1].log().last().unwrap().end;

    // A restart within the pause asks nothing; one shortly before its end waits until then.
    let asked = portals[1].asked();
    let second = ask_all(&start(), &sources, &[1], &paths);
    assert_eq!(count(&second, 1, "skipped(host)"), 190, "{second:?}");
    assert_eq!(portals[1].asked(), asked);
    let left = rests_from.plus(3_600_000).since(clock.now());
    assert!(left > 600_000, "{left}");
    clock.advance(i64::try_from(left).unwrap() - 100_000);
    let third = ask_all(&start(), &sources, &[1], &paths);
    assert_eq!(
        count(&third, 1, "stored") + count(&third, 1, "revisit"),
        190,
        "{third:?}"
    );

    for (n, p) in portals.iter().enumerate() {
        let log = p.log();
        assert_eq!(log[0].path, "/robots.txt");
        assert_eq!(p.count("/robots.txt"), 1, "one robots.txt a day, across restarts");
        assert!(log.iter().all(|a| !a.path.starts_with("/private")));
        let seen: std::collections::BTreeSet<&str> = log.iter().map(|a| a.path.as_str()).collect();
        assert_eq!(seen.len(), 191);
        assert_eq!(log.iter().map(|a| a.in_flight).max(), Some(1), "{}", names[n]);
        let gaps: Vec<u64> = log.windows(2).map(|w| w[1].at.since(w[0].end)).collect();
        assert!(gaps.iter().all(|g| *g >= 3000), "{n}: {:?}", gaps.iter().min());
        // The first answers teach the latency; from then on the delay of this host holds.
        let least = match n {
            3 => 5000,
            4 => 9000,
            _ => 3000,
        };
        assert!(
            gaps[3..].iter().all(|g| *g >= least),
            "{n}: {:?}",
            gaps[3..].iter().min()
        );
        let pauses = gaps.iter().filter(|g| **g >= 3_600_000).count();
        assert_eq!(pauses, usize::from(n == 1), "the pause was kept, once");
        eprintln!(
            "{}: {} requests, {} in flight at most, interval {} to {} ms",
            names[n],
            log.len(),
            log.iter().map(|a| a.in_flight).max().unwrap(),
            gaps[3..].iter().min().unwrap(),
            gaps.iter().max().unwrap()
        );
    }
}

#[test]
fn h25_latency_widens_the_delay_and_errors_do_not_narrow_it() {
    let t = Trial::new("retry = { attempts = 1 }", |a| match a.path.as_str() {
        "/robots.txt" => Answer::none(),
        "/slow" => Answer::page("<p>x</p>").latency(10_000),
        "/bad" => Answer::with(404, &[], b""),
        _ => Answer::page("<p>x</p>").latency(100),
    });
    for p in [
        "/slow", "/bad", "/bad", "/bad", "/good", "/good", "/good", "/good", "/good", "/good", "/good", "/good",
        "/good",
    ] {
        t.page(p);
    }
    let log = t.portal.log();
    let gaps: Vec<u64> = log.windows(2).map(|w| w[1].at.since(w[0].end)).collect();
    assert!(gaps[1] >= 10_000 && gaps[2] >= 10_000 && gaps[3] >= 10_000, "{gaps:?}");
    let (first, last) = (gaps[4], *gaps.last().unwrap());
    assert!(
        first >= 10_000 && last < first && last >= 3000,
        "good answers bring it down slowly: {gaps:?}"
    );
}

#[test]
fn h26_a_daily_budget_stops_and_the_next_day_goes_on() {
    let t = Trial::new("daily_requests = 4", |a| match a.path.as_str() {
        "/robots.txt" => Answer::none(),
        _ => Answer::page("<p>x</p>"),
    });
    let outcomes: Vec<String> = (0..6).map(|n| t.page(&format!("/{n}")).outcome.to_string()).collect();
    assert_eq!(outcomes[..3], ["stored", "stored", "stored"]);
    assert!(outcomes[3..].iter().all(|o| o == "skipped(budget)"), "{outcomes:?}");
    assert_eq!(t.portal.log().len(), 4);
    t.clock.advance(86_400_000);
    assert!(t.page("/4").good());
    let t = Trial::new("daily_bytes = 1000", |a| match a.path.as_str() {
        "/robots.txt" => Answer::none(),
        _ => Answer::page(&"x".repeat(1200)),
    });
    assert!(t.page("/1").good());
    assert_eq!(t.page("/2").outcome.to_string(), "skipped(budget)");
}

#[test]
fn h27_headers_are_exact_and_honest() {
    let t = Trial::new("", |a| match a.path.as_str() {
        "/robots.txt" => Answer::none(),
        "/a.pdf" => serve(a, "application/pdf", &pdf("h27", 900)),
        _ => Answer::page("<p>x</p>"),
    });
    t.page("/x");
    let f = t.fetcher();
    let mut want = t.want(Purpose::File, "http://a.example/a.pdf");
    want.referer = Some(Url::parse("http://a.example/x#part").unwrap());
    run(async { f.fetch(&want).await.unwrap() });
    let log = t.portal.log();
    for a in &log {
        assert_eq!(
            a.header("user-agent"),
            Some("juesuan-test/1.0 (+mailto:test@example.org)")
        );
        assert_eq!(a.host, "a.example");
    }
    assert_eq!(log[1].header("accept-encoding"), Some("gzip"));
    assert_eq!(log[1].header("referer"), None);
    assert_eq!(log[2].header("accept-encoding"), Some("identity"));
    assert_eq!(log[2].header("referer"), Some("http://a.example/x"));
}

#[test]
fn h28_counters_are_not_asked() {
    let t = Trial::new("", |_| Answer::page("<p>x</p>"));
    assert_eq!(
        t.page("/system/resource/code/news/click/dynclicks.jsp?clickid=1")
            .outcome
            .to_string(),
        "skipped(counter)"
    );
    assert_eq!(t.portal.log().len(), 0);
}

#[test]
fn c09_a_clock_that_goes_back_costs_one_delay() {
    let t = Trial::new("", |a| match a.path.as_str() {
        "/robots.txt" => Answer::none(),
        _ => Answer::page("<p>x</p>"),
    });
    t.page("/1");
    let before = t.clock.now();
    t.clock.advance(-3_600_000);
    assert!(t.page("/2").good());
    let log: Vec<_> = t
        .portal
        .log()
        .iter()
        .map(|a| (a.path.clone(), a.at.0 - START.0))
        .collect();
    assert!(t.clock.now().since(before) == 0, "an hour was waited for: {log:?}");
    t.whole();
}
