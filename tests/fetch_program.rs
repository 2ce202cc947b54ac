//! The program as it is run: killed at random moments (C1), the whole way from sources to a dataset, many files, Ctrl-C.

use crate::fetch_store::juesuan;
use crate::support::portal::{Answer, Asked, Portal, START, pdf, serve};
use crate::support::{files, root};
use juesuan::acquire::net::clock::{Clock, SimClock};
use juesuan::acquire::store::{Store, verify};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const FAST: &str = "[defaults]\nuser_agent = \"juesuan-test/1.0 (+mailto:test@example.org)\"\nmin_delay_ms = 0\nlatency_factor = 0.0\nmax_wait_s = 5\n\
                    daily_requests = 1000000\ndaily_bytes = 100000000000\nretry = { attempts = 3, base_s = 0 }\n";

fn pause(ms: u64) {
    #[expect(clippy::disallowed_methods, reason = "a moment to kill the program at")]
    std::thread::sleep(Duration::from_millis(ms));
}

fn pause_micros(n: u64) {
    #[expect(clippy::disallowed_methods, reason = "a moment to kill the program at")]
    std::thread::sleep(Duration::from_micros(n));
}

/// A list of `n` files of `size` bytes on two pages, TRS.
fn many(a: &Asked, n: usize, size: usize) -> Answer {
    let half = n / 2;
    let rows = |range: std::ops::Range<usize>| -> String {
        range
            .map(|k| format!("<li><a href=\"./202309/P0202309{k:05}.pdf\">某局{k}决算</a><span>2023-09-15</span></li>"))
            .collect()
    };
    let page = |rows: String, at: usize| {
        let text = format!(
            "<html><body><ul>{rows}</ul><script>createPageHTML(2, {at}, \"index\", \"html\");</script></body></html>"
        );
        serve(a, "text/html; charset=utf-8", text.as_bytes())
    };
    match a.path.as_str() {
        "/robots.txt" => Answer::none(),
        "/l/" => page(rows(0..half), 0),
        "/l/index_1.html" => page(rows(half..n), 1),
        p if p.contains("/P0") => serve(a, "application/pdf", &pdf(p, size)),
        _ => Answer::none(),
    }
}

fn sources(dir: &Path, stanzas: &str) -> String {
    let path = dir.join("sources.toml");
    std::fs::write(&path, format!("{FAST}{stanzas}")).unwrap();
    path.display().to_string()
}

const LIST: &str = "[[source]]\nid = \"s\"\nplatform = \"trs-static\"\nentry = [\"http://a.example/l/\"]\n";

fn fetch(sources: &str, store: &Path, portal: &Portal) -> Child {
    Command::new(env!("CARGO_BIN_EXE_juesuan"))
        .args([
            "fetch",
            sources,
            "--store",
            &store.display().to_string(),
            "--connect-to",
            &portal.address.to_string(),
        ])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Names of the objects of a store.
fn objects(store: &Path) -> BTreeSet<String> {
    files(&store.join("objects"), "")
        .iter()
        .flat_map(|folder| files(folder, ""))
        .map(|p| p.file_name().unwrap().to_string_lossy().to_string())
        .collect()
}

/// Until the portal was asked `n` times, or the program ended.
fn until_asked(portal: &Portal, n: usize, child: &mut Child) {
    while portal.asked() < n && child.try_wait().unwrap().is_none() {
        pause(1);
    }
}

/// Killed without warning (SIGKILL) at 200 random moments between its first request and its end; after every kill the store is
/// whole, and it converges to the index and the objects of a run that nobody disturbed. `JUESUAN_KILLS` for more.
#[test]
fn c01_killed_at_any_moment_it_converges() {
    let kills: u64 = std::env::var("JUESUAN_KILLS")
        .ok()
        .and_then(|k| k.parse().ok())
        .unwrap_or(200);
    let clock = SimClock::at(START);
    let portal = Portal::start(&clock, |a| {
        let mut answer = many(a, 12, 12_000);
        // In pieces, so that a kill meets half a file now and then.
        if a.path.contains("/P0") && answer.pieces.len() == 1 {
            let all = answer.pieces.remove(0).1;
            let (x, y) = all.split_at(all.len() / 2);
            answer.pieces = vec![(0, x.to_vec()), (3, y.to_vec())];
        }
        answer
    });
    let tmp = tempfile::tempdir().unwrap();
    let file = sources(tmp.path(), LIST);
    let reference = tmp.path().join("reference");
    let mut child = fetch(&file, &reference, &portal);
    until_asked(&portal, 1, &mut child);
    let whole = Instant::now();
    assert!(child.wait().unwrap().success());
    let span = u64::try_from(whole.elapsed().as_micros()).unwrap();
    let wanted = Store::read(&reference).unwrap().manifest().unwrap();
    let wanted_objects = objects(&reference);
    assert_eq!(wanted_objects.len(), 14, "12 files, two pages of a list");
    assert_eq!(wanted.lines().filter(|l| l.starts_with("document ")).count(), 12);
    let (mut killed, mut converged, mut resumed, mut between) = (0, 0, 0, 0);
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let (mut store, mut have) = (tmp.path().join("store0"), 0);
    while killed < kills {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        let before = portal.asked();
        let mut child = fetch(&file, &store, &portal);
        // What comes before the first request (reading the rules) touches no store.
        until_asked(&portal, before + 1, &mut child);
        pause_micros(seed % (span * (13 - have) / 13));
        let ended = child.try_wait().unwrap().is_some();
        child.kill().unwrap();
        child.wait().unwrap();
        killed += u64::from(!ended);
        let s = Store::open(&store).unwrap();
        let report = verify::verify(&s).unwrap();
        assert_eq!(report.problems, Vec::<String>::new(), "after kill {killed}");
        resumed += report.partial;
        have = s.documents().unwrap().len() as u64;
        between += usize::from((1..12).contains(&have));
        drop(s);
        // Three kills in four are followed by another one: restarts are killed as well.
        if (seed >> 40) & 3 == 0 || ended || killed == kills {
            let done = fetch(&file, &store, &portal).wait_with_output().unwrap();
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
            let s = Store::read(&store).unwrap();
            assert!(s.manifest().unwrap() == wanted, "after kill {killed} another manifest");
            assert_eq!(objects(&store), wanted_objects, "after kill {killed}");
            assert_eq!(verify::verify(&s).unwrap().problems, Vec::<String>::new());
            drop(s);
            std::fs::remove_dir_all(&store).unwrap();
            (store, have) = (tmp.path().join(format!("store{killed}")), 0);
            converged += 1;
        }
    }
    eprintln!(
        "{killed} kills within {} ms, each store whole; {converged} times to its end with the same index and objects; {between} kills with some \
         documents stored, {resumed} half downloads",
        span / 1000
    );
    assert!(kills < 200 || (between > 20 && resumed > 5), "{between} {resumed}");
}

/// A program that is killed while a request is under way does not ask again before the delay is over.
#[test]
fn c01_a_kill_does_not_shorten_the_interval() {
    let clock = SimClock::at(START);
    let portal = Portal::start(&clock, |a| {
        let mut answer = many(a, 2, 30_000);
        if a.path.contains("/P0") {
            answer.pieces[0].0 = 2000;
        }
        answer
    });
    let tmp = tempfile::tempdir().unwrap();
    let file = sources(tmp.path(), &format!("{LIST}min_delay_ms = 3000\n"));
    let store = tmp.path().join("store");
    let mut child = fetch(&file, &store, &portal);
    until_asked(&portal, 4, &mut child);
    let killed = portal.asked();
    child.kill().unwrap();
    child.wait().unwrap();
    let mut child = fetch(&file, &store, &portal);
    until_asked(&portal, killed + 1, &mut child);
    child.kill().unwrap();
    child.wait().unwrap();
    let log = portal.log();
    assert!(
        log[killed - 1].path.contains("/P0"),
        "killed within a file: {:?}",
        portal.paths()
    );
    for w in log.windows(2) {
        let gap = w[1].real.duration_since(w[0].real).as_millis();
        assert!(gap >= 2950, "{gap} ms from {} to {}", w[0].path, w[1].path);
    }
}

/// On a terminal: for each host what is done, what is to go, and until when it waits; then the summary.
#[cfg(target_os = "linux")]
#[test]
fn progress_on_a_terminal() {
    let clock = SimClock::at(START);
    let portal = Portal::start(&clock, |a| many(a, 4, 2000));
    let tmp = tempfile::tempdir().unwrap();
    let file = sources(tmp.path(), &format!("{LIST}min_delay_ms = 300\n"));
    let store = tmp.path().join("store");
    let command = format!(
        "{} fetch {file} --store {} --connect-to {}",
        env!("CARGO_BIN_EXE_juesuan"),
        store.display(),
        portal.address
    );
    // util-linux: a program that gives another one a terminal.
    let Ok(out) = Command::new("script")
        .args(["-qec", &command, "/dev/null"])
        .env("TERM", "xterm")
        .output()
    else {
        eprintln!("`script` is not installed: the progress on a terminal was not looked at");
        return;
    };
    let shown = String::from_utf8_lossy(&out.stdout).to_string();
    assert!(out.status.success(), "{shown}");
    for part in [
        "a.example: 3 done, 4 to go, waits until ",
        " UTC",
        "a.example: 5 done, 2 to go",
        "s: complete; 4 entries, 4 documents (4 new)",
        "4 stored",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
}

/// Ctrl-C: the program ends by itself, says so, and a second start goes on.
#[cfg(unix)]
#[test]
fn ctrl_c_ends_cleanly_and_the_next_start_goes_on() {
    let clock = SimClock::at(START);
    let portal = Portal::start(&clock, |a| {
        let mut answer = many(a, 40, 2000);
        answer.pieces[0].0 = 30;
        answer
    });
    let tmp = tempfile::tempdir().unwrap();
    let file = sources(tmp.path(), LIST);
    let store = tmp.path().join("store");
    let child = fetch(&file, &store, &portal);
    while portal.asked() < 8 {
        pause(10);
    }
    assert!(
        Command::new("kill")
            .args(["-INT", &child.id().to_string()])
            .status()
            .unwrap()
            .success()
    );
    let out = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&out.stderr).to_string();
    assert_eq!(out.status.code(), Some(1), "{said}");
    assert!(said.contains("s: stopped"), "{said}");
    assert_eq!(
        verify::verify(&Store::read(&store).unwrap()).unwrap().problems,
        Vec::<String>::new()
    );
    let asked = portal.log().len();
    assert!(fetch(&file, &store, &portal).wait().unwrap().success());
    assert_eq!(Store::read(&store).unwrap().documents().unwrap().len(), 40);
    let twice = portal.log().iter().filter(|a| a.path.contains("/P0")).count();
    assert!(twice <= 41, "files were not asked for again: {twice}, {asked} before");
}

/// CPU seconds that a process has used, its own and the kernel's; 100 ticks a second.
fn cpu(pid: u32) -> Option<f64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let fields: Vec<&str> = text.rsplit_once(") ")?.1.split(' ').collect();
    Some((fields[11].parse::<f64>().ok()? + fields[12].parse::<f64>().ok()?) / 100.0)
}

fn memory(pid: u32, what: &str) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = text.lines().find_map(|l| l.strip_prefix(what))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

/// 3,000 files of 200 kB: how fast, how much memory after 300 and in all, and what politeness costs. Ignored: run by hand, in
/// release; `TMPDIR` says on which disk.
#[test]
#[ignore = "a measurement: cargo test --release --test integration -- --ignored throughput --nocapture"]
fn throughput_of_three_thousand_files() {
    let clock = SimClock::at(START);
    let portal = Portal::start(&clock, |a| many(a, 3000, 200_000));
    let tmp = tempfile::tempdir().unwrap();
    let file = sources(tmp.path(), LIST);
    let store = tmp.path().join("store");
    let begun = Instant::now();
    let mut child = fetch(&file, &store, &portal);
    let (mut peak, mut early, mut used) = (0u64, 0u64, 0.0);
    while child.try_wait().unwrap().is_none() {
        used = cpu(child.id()).unwrap_or(used);
        peak = memory(child.id(), "VmHWM:").unwrap_or(peak);
        if portal.asked() <= 303 {
            early = peak;
        }
        pause(20);
    }
    let seconds = begun.elapsed().as_secs_f64();
    let s = Store::read(&store).unwrap();
    assert_eq!(s.documents().unwrap().len(), 3000);
    eprintln!(
        "3000 files, 600 MB in {seconds:.1} s: {:.0} files/s, {:.0} MB/s, {used:.1} s of CPU; peak memory {:.1} MB after 300 files, {:.1} MB after 3000",
        3000.0 / seconds,
        600.0 / seconds,
        early as f64 / 1024.0,
        peak as f64 / 1024.0
    );
    assert!(
        peak < early + (8 << 10),
        "memory is not flat: {early} kB, then {peak} kB"
    );
    let again = Instant::now();
    portal.forget();
    assert!(fetch(&file, &store, &portal).wait().unwrap().success());
    let sent: usize = portal.log().iter().map(|a| a.sent).sum();
    eprintln!(
        "second run: {:.1} s, {} requests, {sent} bytes",
        again.elapsed().as_secs_f64(),
        portal.asked()
    );
}

/// The same 3,000 files in this process, with no rule of politeness and with those that hold by default, on simulated time.
#[test]
#[ignore = "a measurement: cargo test --release --test integration -- --ignored politeness_costs --nocapture"]
fn politeness_costs() {
    use crate::support::portal::{fetcher, read_sources, resolver, run};
    let me = std::process::id();
    for (rules, defaults) in [
        ("no delays", FAST.to_string()),
        (
            "the rules by default",
            "[defaults]\nuser_agent = \"juesuan-test/1.0 (+mailto:test@example.org)\"\ndaily_requests = 1000000\ndaily_bytes = 100000000000\n".to_string(),
        ),
    ] {
        let clock = SimClock::at(START);
        let portal = Portal::start(&clock, |a| many(a, 3000, 200_000));
        let dir = tempfile::tempdir().unwrap();
        let settings = read_sources(&format!("{defaults}{LIST}"));
        let f = fetcher(dir.path(), &clock, resolver(&[("a.example", portal.address)]), &settings);
        let (begun, used) = (Instant::now(), cpu(me).unwrap());
        let answers = &crate::support::builtin().portals.answers;
        let reports = run(juesuan::acquire::net::run::crawl_all(&f, &settings, answers, &[])).unwrap();
        assert_eq!((reports[0].outcome.as_str(), reports[0].new), ("complete", 3000));
        eprintln!(
            "{rules}: {:.1} s of simulated waiting, {:.1} s real, {:.1} s of CPU (the portal in it)",
            clock.now().since(START) as f64 / 1000.0,
            begun.elapsed().as_secs_f64(),
            cpu(me).unwrap() - used
        );
    }
}

fn column(csv_file: &Path, name: &str) -> Vec<String> {
    let mut reader = csv::Reader::from_path(csv_file).unwrap();
    let n = reader.headers().unwrap().iter().position(|h| h == name).unwrap();
    reader.records().map(|r| r.unwrap()[n].to_string()).collect()
}

/// One command from sources to a dataset: three portals of ours publish the generated samples.
#[test]
fn run_goes_from_sources_to_a_dataset() {
    let samples: Vec<(String, Vec<u8>)> = files(&root().join("samples"), ".pdf")
        .iter()
        .map(|p| {
            (
                p.file_name().unwrap().to_string_lossy().to_string(),
                std::fs::read(p).unwrap(),
            )
        })
        .take(9)
        .collect();
    let names: Vec<String> = samples.iter().map(|(n, _)| n.clone()).collect();
    let clock = SimClock::at(START);
    let portal = Portal::start(&clock, move |a| {
        let html = |body: String| {
            serve(
                a,
                "text/html; charset=utf-8",
                format!("<html><body>{body}</body></html>").as_bytes(),
            )
        };
        let rows = |range: std::ops::Range<usize>, link: &dyn Fn(usize) -> String| -> String {
            range
                .map(|k| {
                    format!(
                        "<li id=line{k}><a href=\"{}\" title=\"{}\">x</a><span>2024-09-01</span></li>",
                        link(k),
                        samples[k].0
                    )
                })
                .collect()
        };
        if let Some((_, bytes)) = samples.iter().find(|(n, _)| a.path.ends_with(n.as_str())) {
            return serve(a, "application/octet-stream", bytes);
        }
        match (a.host.as_str(), a.path.as_str()) {
            ("trs.example", "/ys/") => html(format!(
                "<ul>{}</ul><script>createPageHTML(1, 0, \"index\", \"html\");</script>",
                rows(0..3, &|k| format!("./202409/P0-{}", samples[k].0))
            )),
            ("vsb.example", "/czyjs.htm") => html(format!(
                "<ul>{}</ul>共3条 1/1",
                rows(3..6, &|k| format!("/info/1/{k}.htm"))
            )),
            ("vsb.example", p) if p.starts_with("/info/1/") => {
                let k: usize = p[8..9].parse().unwrap();
                html(
                    format!(
                        "<div class=v_news_content><a href=\"/__local/{0}?e=.pdf\">{0}</a></div>",
                        samples[k].0
                    )
                    .replace("?e=.pdf", ""),
                )
            }
            ("json.example", "/api?page=1") => {
                let items: Vec<String> = (6..9)
                    .map(|k| {
                        format!(
                            "{{\"title\":\"{0}\",\"url\":\"/f/{0}\",\"date\":\"2024-09-02\"}}",
                            samples[k].0
                        )
                    })
                    .collect();
                serve(
                    a,
                    "application/json",
                    format!("{{\"n\":3,\"rows\":[{}]}}", items.join(",")).as_bytes(),
                )
            }
            _ => Answer::none(),
        }
    });
    let tmp = tempfile::tempdir().unwrap();
    let stanzas = "[[source]]\nid = \"trs\"\npublisher = { name = \"甲厅\" }\nplatform = \"trs-static\"\nentry = [\"http://trs.example/ys/\"]\n\
                   [[source]]\nid = \"vsb\"\npublisher = { name = \"乙厅\" }\nplatform = \"vsb\"\nentry = [\"http://vsb.example/czyjs.htm\"]\n\
                   [[source]]\nid = \"json\"\npublisher = { name = \"丙厅\" }\nplatform = \"json-generic\"\nentry = [\"http://json.example/\"]\n\
                   [source.list]\nexpect = \"path:rows\"\n[source.json]\nurl = \"/api?page={n}\"\nitems = \"rows\"\ntotal = \"path:n\"\n";
    let file = sources(tmp.path(), stanzas);
    let (store, out) = (tmp.path().join("store"), tmp.path().join("out"));
    let (store, out) = (store.display().to_string(), out.display().to_string());
    let address = portal.address.to_string();
    let done = juesuan(&["run", &file, "--store", &store, "--out", &out, "--connect-to", &address]);
    assert_eq!(done.0, 0, "{}", done.2);
    assert!(
        done.2.contains("trs: complete; 3 entries, 3 documents (3 new)"),
        "{}",
        done.2
    );
    let documents = Path::new(&out).join("documents.csv");
    let mut found = column(&documents, "file_name");
    found.sort();
    for n in &names {
        assert!(found.iter().any(|f| f.ends_with(n.as_str())), "{n}: {found:?}");
    }
    assert_eq!(found.len(), 9);
    assert!(
        column(&documents, "source_url")
            .iter()
            .all(|u| u.starts_with("http://"))
    );
    let mut publishers = column(&documents, "publisher");
    publishers.sort();
    publishers.dedup();
    assert_eq!(publishers, ["丙厅", "乙厅", "甲厅"]);
    assert!(column(&Path::new(&out).join("facts.csv"), "fact_id").len() > 1000);
    // A second run: lists only, and the same dataset.
    portal.forget();
    let out2 = format!("{out}2");
    let again = juesuan(&[
        "run",
        &file,
        "--store",
        &store,
        "--out",
        &out2,
        "--connect-to",
        &address,
    ]);
    assert_eq!(again.0, 0, "{}", again.2);
    assert!(
        portal
            .paths()
            .iter()
            .all(|p| ["/ys/", "/czyjs.htm", "/api?page=1"].contains(&p.as_str())),
        "{:?}",
        portal.paths()
    );
    for table in ["documents.csv", "facts.csv"] {
        let read = |d: &str| std::fs::read(Path::new(d).join(table)).unwrap();
        assert!(read(&out) == read(&out2), "{table} differs");
    }
}

#[test]
fn sources_check_and_add() {
    let clock = SimClock::at(START);
    let portal = Portal::start(&clock, |a| many(a, 6, 100));
    let address = portal.address.to_string();
    let added = juesuan(&[
        "sources",
        "add",
        "http://a.example/l/",
        "--user-agent",
        "study/1.0 (+mailto:me@example.org)",
        "--connect-to",
        &address,
    ]);
    assert_eq!(added.0, 0, "{added:?}");
    assert!(
        added.1.contains("# trs-static") && added.1.contains("createPageHTML") && added.1.contains("# 3 rows"),
        "{}",
        added.1
    );
    assert_eq!(
        portal.paths(),
        ["/robots.txt", "/l/"],
        "robots.txt and one page, nothing else"
    );
    // What it prints is a source.
    let tmp = tempfile::tempdir().unwrap();
    let file = sources(tmp.path(), &added.1);
    let checked = juesuan(&["sources", "check", &file]);
    assert!(
        checked.0 == 0 && checked.1.contains("1 sources: no mistakes"),
        "{checked:?}"
    );
    let page = tmp.path().join("page.html");
    std::fs::write(&page, "<ul><li><a href=\"./202309/P0.pdf\" title=\"某局决算\">x</a><span>2023-09-15</span></li></ul><script>createPageHTML(4,0,\"index\",\"htm\")</script>").unwrap();
    let page = page.display().to_string();
    let tried = juesuan(&["sources", "check", &file, "--page", &page, "--source", "a-example"]);
    assert!(
        tried.0 == 0
            && tried
                .1
                .contains("2023-09-15\t某局决算\thttp://a.example/l/202309/P0.pdf")
            && tried.1.contains("page 1 of 4"),
        "{tried:?}"
    );
    std::fs::write(tmp.path().join("page.html"), "<p>维护</p>").unwrap();
    let tried = juesuan(&["sources", "check", &file, "--page", &page, "--source", "a-example"]);
    assert!(tried.0 == 1 && tried.1.contains("NOT FOUND"), "{tried:?}");
    std::fs::write(
        tmp.path().join("bad.toml"),
        "[defaults]\nuser_agent = \"x/1 (+a@b)\"\n[[source]]\nid = \"a\"\nplatfrom = \"x\"\n",
    )
    .unwrap();
    let bad = juesuan(&["sources", "check", &tmp.path().join("bad.toml").display().to_string()]);
    assert!(bad.0 == 2 && bad.2.contains("bad.toml:5:1"), "{bad:?}");
}
