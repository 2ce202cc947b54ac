//! Platforms crawled from fixtures of ours (scenarios P…), and what the files behind them may be (F…). The fixtures are built from
//! the structures of the platforms; all units in them are invented.

use crate::support::portal::{Answer, Asked, Portal, START, fetcher, pdf, read_sources, resolver, run, serve};
use juesuan::acquire::net::clock::SimClock;
use juesuan::acquire::net::crawl::Report;
use juesuan::acquire::net::run::crawl_all;
use juesuan::acquire::outcome::{Listed, Outcome, Skip};
use juesuan::acquire::sources::Sources;
use juesuan::acquire::store::index::DocumentEntry;
use juesuan::acquire::store::{Store, verify};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// A portal on `a.example` and one source.
pub(crate) struct Trial {
    pub clock: SimClock,
    pub portal: Portal,
    pub sources: Sources,
    pub dir: tempfile::TempDir,
}

const UA: &str = "[defaults]\nuser_agent = \"juesuan-test/1.0 (+mailto:test@example.org)\"\n";

impl Trial {
    pub fn new(source: &str, handler: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Self {
        let clock = SimClock::at(START);
        let portal = Portal::start(&clock, move |a| {
            if a.path == "/robots.txt" {
                Answer::none()
            } else {
                handler(a)
            }
        });
        let text = format!(
            "{UA}[[source]]\nid = \"s\"\npublisher = {{ name = \"云泽省财政厅\", code = \"990000\" }}\n{source}"
        );
        Self {
            clock,
            portal,
            sources: read_sources(&text),
            dir: tempfile::tempdir().unwrap(),
        }
    }

    pub fn crawl(&self) -> Report {
        let hosts = resolver(&[("*", self.portal.address)]);
        let f = fetcher(self.dir.path(), &self.clock, hosts, &self.sources);
        let answers = &crate::support::builtin().portals.answers;
        let out = run(async { crawl_all(&f, &self.sources, answers, &[]).await.unwrap() });
        out.into_iter().next().unwrap()
    }

    pub fn store(&self) -> Store {
        Store::read(self.dir.path()).unwrap()
    }

    pub fn documents(&self) -> Vec<DocumentEntry> {
        let mut d = self.store().documents().unwrap();
        d.sort_by(|a, b| a.url.cmp(&b.url));
        d
    }

    pub fn names(&self) -> Vec<String> {
        self.documents().into_iter().map(|d| d.name).collect()
    }

    pub fn whole(&self) {
        assert_eq!(verify::verify(&self.store()).unwrap().problems, Vec::<String>::new());
    }
}

fn html(a: &Asked, body: &str) -> Answer {
    serve(
        a,
        "text/html; charset=utf-8",
        format!("<!DOCTYPE html><html><body>{body}</body></html>").as_bytes(),
    )
}

fn file(a: &Asked) -> Answer {
    serve(a, "application/octet-stream", &pdf(&a.path, 800))
}

fn complete(r: &Report, entries: u64, documents: u64) {
    assert_eq!(
        (r.outcome.as_str(), r.entries, r.documents),
        ("complete", entries, documents),
        "{r:#?}"
    );
}

/// `n` rows of a TRS list for a page.
fn trs_rows(page: usize, n: usize) -> String {
    (0..n)
        .map(|k| format!("<li><a href=\"./202309/t202309{page}{k}_{page}{k}.html\" title=\"某局{page}{k}决算\">某局…</a><span>2023-09-1{k}</span></li>"))
        .collect()
}

fn trs_detail(a: &Asked) -> Answer {
    let id = a.path.rsplit('_').next().unwrap().trim_end_matches(".html");
    html(
        a,
        &format!(
            "<div class=TRS_Editor>正文<a appendix=\"true\" href=\"./P02023091{id}.pdf\" download=\"决算{id}.pdf\">附件</a>\
             <a appendix=\"true\" href=\"./P02023091{id}.xls\" download=\"表{id}.pdf\">附件二</a><img oldsrc=\"W02.png\"></div>"
        ),
    )
}

const TRS: &str = "platform = \"trs-static\"\nentry = [\"http://a.example/bmjs\"]\n";

fn trs(a: &Asked) -> Answer {
    let call = |n: usize| format!("<script>createPageHTML(3, {n}, \"index\", \"html\");</script>");
    match a.path.as_str() {
        "/bmjs" => Answer::with(301, &[("Location", "/bmjs/")], b""),
        "/bmjs/" => html(a, &format!("<ul>{}</ul>{}", trs_rows(0, 3), call(0))),
        "/bmjs/index_1.html" => html(
            a,
            &format!(
                "<ul>{}<li><a href=\"./202309/P020230900001.pdf\">直接附件</a><span>2023-09-15</span></li></ul>{}",
                trs_rows(1, 2),
                call(1)
            ),
        ),
        "/bmjs/index_2.html" => html(a, &format!("<ul>{}</ul>{}", trs_rows(2, 3), call(2))),
        p if p.ends_with(".html") && p.starts_with("/bmjs/202309/t") => trs_detail(a),
        p if p.contains("/P0") => file(a),
        _ => Answer::none(),
    }
}

#[test]
fn p01_trs_counts_from_zero_and_p08_entry_without_slash() {
    let t = Trial::new(TRS, trs);
    let r = t.crawl();
    complete(&r, 9, 17);
    assert_eq!(r.listings[0].stated_pages, Some(3));
    let d = t.documents();
    assert!(
        d.iter()
            .any(|d| d.name == "决算00.pdf" && d.url.starts_with("http://a.example/bmjs/202309/P0"))
    );
    assert!(
        d.iter()
            .all(|d| d.publisher.as_deref() == Some("云泽省财政厅") && d.detail_url.is_some())
    );
    let entries = t.store().entries("s").unwrap();
    assert!(
        entries
            .iter()
            .any(|(e, _)| e.title == "某局00决算" && e.list_date.as_deref() == Some("2023-09-10"))
    );
    t.whole();
}

#[test]
fn p07_a_row_may_be_the_file_itself() {
    let t = Trial::new(TRS, trs);
    t.crawl();
    assert!(
        t.documents()
            .iter()
            .any(|d| d.url.ends_with("/P020230900001.pdf") && d.title.as_deref() == Some("直接附件"))
    );
}

#[test]
fn p02_ucap_counts_from_one() {
    let source = "platform = \"ucap-html\"\nentry = [\"http://a.example/x/c1234/xxgk_list.shtml\"]\n";
    let t = Trial::new(source, |a| {
        let list = |n: usize| {
            let rows: String = (0..4).map(|k| format!("<li><a href=\"/x/c1234/202609/{n:016x}{k:016x}.shtml\">某局{n}{k}</a><span>2026-09-01</span></li>")).collect();
            html(
                a,
                &format!("<ul>{rows}</ul><script>createPageHTML('page_div',3, {n},'xxgk_list','shtml',12);</script>"),
            )
        };
        match a.path.as_str() {
            "/x/c1234/xxgk_list.shtml" => list(1),
            "/x/c1234/xxgk_list_2.shtml" => list(2),
            "/x/c1234/xxgk_list_3.shtml" => list(3),
            p if p.ends_with(".pdf") => file(a),
            p if p.starts_with("/x/c1234/202609/") => html(
                a,
                &format!(
                    "<ucapcontent>正文</ucapcontent><a href=\"{}.pdf\">决算</a>",
                    p.trim_end_matches(".shtml")
                ),
            ),
            _ => Answer::none(),
        }
    });
    let r = t.crawl();
    complete(&r, 12, 12);
    assert_eq!(r.listings[0].stated, Some(12));
}

#[test]
fn p03_two_pagers_cannot_be_told_apart() {
    let t = Trial::new(TRS, |a| {
        html(
            a,
            &format!(
                "<ul>{}</ul><script>createPageHTML(3, 0, \"index\", \"html\");createPageHTML(9, 0, \"other\", \"html\");</script>",
                trs_rows(0, 3)
            ),
        )
    });
    let r = t.crawl();
    assert_eq!(r.outcome.as_str(), "contract_changed", "{r:?}");
    assert!(r.message.unwrap().contains("createPageHTML"));
}

#[test]
fn p04_pages_that_are_stated_and_missing_are_partial_or_known_gaps() {
    let handler = |a: &Asked| {
        let n: usize = match a.path.as_str() {
            "/list/" => 1,
            "/list/index_2.html" => 2,
            "/list/index_3.html" => 3,
            p if p.contains("/P0") => return file(a),
            p if p.contains("/202309/t") => return trs_detail(a),
            _ => return Answer::none(),
        };
        html(
            a,
            &format!(
                "<ul>{}</ul><script>var totalPage: 5; $(\".pagination\").pagination(\"setPage\",{n},5)</script>",
                trs_rows(n, 2)
            )
            .replace("var totalPage: 5", "totalPage: 5"),
        )
    };
    let source = "platform = \"trs-pages\"\nentry = [\"http://a.example/list/\"]\n";
    let t = Trial::new(source, handler);
    let r = t.crawl();
    assert_eq!((r.outcome.as_str(), r.entries), ("partial", 6), "{r:?}");
    assert!(r.message.unwrap().contains("4, 5"));
    let t = Trial::new(&format!("{source}[source.list]\nknown_gaps = [\"4-5\"]\n"), handler);
    assert_eq!(t.crawl().outcome.as_str(), "complete");
}

#[test]
fn p05_and_p06_the_character_set_is_found() {
    let page = "<html><head><meta charset=gb2312></head><body><ul><li><a href=\"./202309/P020230900001.pdf\">镕基局决算</a><span>2023-09-15</span></li></ul><script>createPageHTML(1, 0, \"index\", \"html\");</script></body></html>";
    for header in ["text/html", "text/html; charset=utf-8", "text/html; charset=gb2312"] {
        // 镕 is not in GB2312: the label means GBK.
        let (bytes, _, _) = encoding_rs::GBK.encode(page);
        let bytes = bytes.into_owned();
        let t = Trial::new(TRS, move |a| match a.path.as_str() {
            "/bmjs" => Answer::with(200, &[("Content-Type", header)], &bytes),
            _ => file(a),
        });
        complete(&t.crawl(), 1, 1);
        assert_eq!(t.documents()[0].title.as_deref(), Some("镕基局决算"), "{header}");
    }
}

fn jpage_record(n: usize) -> String {
    format!(
        "<record><![CDATA[<li class=\"x\"><a href='/art/2026/9/11/art_1_{n}.html' title='某局第{n}号决算全名'>某局第{n}…</a><span>2026-09-11</span></li>]]></record>"
    )
}

fn jpage_detail(a: &Asked) -> Answer {
    match a.path.as_str() {
        p if p.starts_with("/art/") => html(
            a,
            &format!(
                "<div id=zoom>正文<a href=\"/module/download/down.jsp?i_ID={}&colID=1\">附件</a></div>",
                p.len()
            ),
        ),
        p if p.starts_with("/module/download/") => {
            let (name, _, _) = encoding_rs::GBK.encode("attachment; filename=决算公开表.pdf");
            let body = pdf("jpage", 700);
            let mut bytes = format!("HTTP/1.1 200 X\r\nETag: \"1\"\r\nContent-Type: application/octet-stream\r\nContent-Length: {}\r\nContent-Disposition: ", body.len()).into_bytes();
            bytes.extend_from_slice(&name);
            bytes.extend_from_slice(b"\r\n\r\n");
            bytes.extend_from_slice(&body);
            Answer::raw(bytes)
        }
        _ => Answer::none(),
    }
}

fn jpage(a: &Asked, total: usize, third: usize, broken: bool) -> Answer {
    let store = |from: usize, to: usize| -> String {
        let mut s: String = (from..to).map(jpage_record).collect();
        if broken {
            s = s.replacen("</record>", "", 1).replace("<recordset>", "");
        }
        format!(
            "<datastore><totalrecord>{total}</totalrecord><nextgroup><![CDATA[<a href=\"/module/web/jpage/dataproxy.jsp?page=1&appid=1&columnid=7\">]]></nextgroup><recordset>{s}</recordset></datastore>"
        )
    };
    match a.path.as_str() {
        "/col/col7/index.html" => html(a, &format!("<script type=\"text/xml\">{}</script>", store(0, 6))),
        "/module/web/jpage/dataproxy.jsp?page=2&appid=1&columnid=7" => serve(a, "text/xml", store(6, 12).as_bytes()),
        "/module/web/jpage/dataproxy.jsp?page=3&appid=1&columnid=7" => {
            serve(a, "text/xml", store(third, third + 6).as_bytes())
        }
        _ => jpage_detail(a),
    }
}

const JPAGE: &str = "platform = \"hanweb-jpage\"\nentry = [\"http://a.example/col/col7/index.html\"]\n";

#[test]
fn p09_jpage_embedded_and_by_get_and_p13_whole_titles() {
    let t = Trial::new(JPAGE, |a| jpage(a, 18, 12, false));
    let r = t.crawl();
    assert_eq!((r.outcome.as_str(), r.entries), ("complete", 18), "{r:?}");
    assert_eq!(r.listings[0].stated, Some(18));
    assert!(
        t.store()
            .entries("s")
            .unwrap()
            .iter()
            .all(|(e, _)| e.title.ends_with("号决算全名"))
    );
    // F5: the name is raw GBK.
    assert!(t.names().iter().all(|n| n == "决算公开表.pdf"), "{:?}", t.names());
}

#[test]
fn p10_jpage_by_post() {
    let source = "platform = \"hanweb-jpage-post\"\nentry = [\"http://a.example/col/col7/index.html\"]\n[source.list]\nvars = { columnid = \"=7\", unitid = \"=99\", webid = \"=1\" }\n";
    let t = Trial::new(source, |a| {
        if !a.path.starts_with("/module/web/jpage/dataproxy.jsp?startrecord=") {
            return jpage_detail(a);
        }
        assert!(
            a.method == "POST" && a.body.contains("columnid=7") && a.body.contains("unitid=99"),
            "{}",
            a.body
        );
        let from: usize = a
            .path
            .split("startrecord=")
            .nth(1)
            .unwrap()
            .split('&')
            .next()
            .unwrap()
            .parse()
            .unwrap();
        let rows: String = (from..(from + 45).min(61)).map(jpage_record).collect();
        serve(
            a,
            "text/xml",
            format!("<datastore><totalrecord>60</totalrecord><recordset>{rows}</recordset></datastore>").as_bytes(),
        )
    });
    let r = t.crawl();
    assert_eq!(
        (r.outcome.as_str(), r.entries, r.listings[0].pages),
        ("complete", 60, 2),
        "{r:?}"
    );
}

#[test]
fn p11_a_page_that_repeats_ends_the_list_as_partial() {
    let t = Trial::new(JPAGE, |a| jpage(a, 50, 6, false));
    let r = t.crawl();
    assert_eq!((r.outcome.as_str(), r.entries), ("partial", 12), "{r:?}");
    assert!(r.message.unwrap().contains("repeats"));
}

#[test]
fn p12_records_that_are_no_xml_are_read() {
    let t = Trial::new(JPAGE, |a| jpage(a, 18, 12, true));
    assert_eq!(t.crawl().entries, 18);
}

#[test]
fn p14_jpaas_json_that_holds_html() {
    let source = "platform = \"hanweb-jpaas\"\nentry = [\"http://a.example/col/col9/index.html\"]\n";
    let t = Trial::new(source, |a| {
        let path = percent_decoded(&a.path);
        if let Some(rest) = path.strip_prefix("/api-gateway/jpaas-publish-server/front/page/build/unit?") {
            assert!(
                rest.contains("tplSetId=tpl5") && rest.contains("tagId=信息列表"),
                "{rest}"
            );
            let n: usize = rest
                .split("\"pageNo\":")
                .nth(1)
                .unwrap()
                .split(',')
                .next()
                .unwrap()
                .parse()
                .unwrap();
            let rows: String = ((n - 1) * 15..(n * 15).min(20))
                .map(|k| {
                    format!(
                        "<li><a href='/art/2026/9/1/art_1_{k}.html' title='某局{k}'>某</a><span>2026-09-01</span></li>"
                    )
                })
                .collect();
            let html = format!("<ul>{rows}</ul><div count=\\\"20\\\" pageNo=\\\"{n}\\\"></div>").replace('\'', "\\\"");
            return serve(
                a,
                "application/json",
                format!("{{\"success\":true,\"data\":{{\"html\":\"{html}\"}}}}").as_bytes(),
            );
        }
        match path.as_str() {
            "/col/col9/index.html" => html(
                a,
                "<div queryData=\"{'webId':'w1','pageId':'p9','tplSetId':'tpl5','tagId':'信息列表'}\"></div>",
            ),
            p if p.starts_with("/art/") => html(a, "<div id=zoom>正文</div><a href=\"/attach/0/abc.pdf\">决算.pdf</a>"),
            _ => file(a),
        }
    });
    complete(&t.crawl(), 20, 20);
}

fn percent_decoded(path: &str) -> String {
    let path = path.replace('+', "%2B");
    url::form_urlencoded::parse(format!("x={}", path.replace('&', "%26").replace('=', "%3D")).as_bytes())
        .next()
        .map(|(_, v)| v.into_owned())
        .unwrap_or_default()
}

const VSB: &str = "platform = \"vsb\"\nentry = [\"http://a.example/czyjs.htm\"]\n";

/// Lists numbered from the end. `inserted`: a row was added on top, so that everything moved by one.
fn vsb(a: &Asked, inserted: bool) -> Answer {
    let total = if inserted { 10 } else { 9 };
    let rows = |page: usize| -> Answer {
        let newest_first: Vec<usize> = (0..total).rev().collect();
        let list: String = newest_first[(page - 1) * 4..(page * 4).min(total)]
            .iter()
            .map(|k| format!("<li id=line{k}><a href=\"/info/1/{k}.htm\" title=\"某局{k}\">某局</a><span>2026-09-0{}</span></li>", k % 9 + 1))
            .collect();
        html(a, &format!("<ul>{list}</ul><div id=fanye>共{total}条 {page}/3</div>"))
    };
    match a.path.as_str() {
        "/czyjs.htm" => rows(1),
        "/czyjs/2.htm" => rows(2),
        "/czyjs/1.htm" => rows(3),
        p if p.starts_with("/info/") => html(
            a,
            &format!(
                "<div class=v_news_content>正文</div><a href=\"/system/_content/download.jsp?urltype=news.DownloadAttachUrl&wbfileid={}\">决算.pdf</a>",
                &p[8..p.len() - 4]
            ),
        ),
        p if p.starts_with("/system/_content/download.jsp") => {
            if a.header("referer").is_some_and(|r| r.contains("/info/1/")) {
                file(a)
            } else {
                html(a, "<form>请输入验证码<img src=createimage.jsp></form>")
            }
        }
        _ => Answer::none(),
    }
}

#[test]
fn p15_vsb_descending_with_a_row_inserted_while_it_is_read() {
    let t = Trial::new(VSB, |a| vsb(a, false));
    complete(&t.crawl(), 9, 9);
    let moved = AtomicBool::new(false);
    let t = Trial::new(VSB, move |a| {
        let answer = vsb(a, moved.load(Ordering::SeqCst));
        if a.path == "/czyjs.htm" {
            moved.store(true, Ordering::SeqCst);
        }
        answer
    });
    let r = t.crawl();
    complete(&r, 10, 10);
    assert!(
        t.portal.count("/czyjs.htm") >= 3,
        "the list was read again from the top"
    );
}

#[test]
fn p16_vsb_with_components_in_the_address() {
    let source =
        "platform = \"vsb-list\"\nentry = [\"http://a.example/list.jsp?urltype=tree.TreeTempUrl&wbtreeid=2495\"]\n";
    let t = Trial::new(source, |a| match a.path.as_str() {
        p if p.starts_with("/list.jsp") => {
            let n: usize = p
                .split("a6p=")
                .nth(1)
                .map_or(1, |t| t.split('&').next().unwrap().parse().unwrap());
            let rows: String = (0..3)
                .map(|k| {
                    format!("<li id=line{k}><a href=\"/info/{n}/{k}.htm\">某局{n}{k}</a><span>2026-01-01</span></li>")
                })
                .collect();
            html(
                a,
                &format!("<ul>{rows}</ul>共9条 {n}/3 <a href=\"list.jsp?a6t=3&a6p=2&a6c=3\">下页</a>"),
            )
        }
        p if p.starts_with("/info/") => html(a, "<div class=v_news_content><a href=\"/x.pdf\">a.pdf</a></div>"),
        _ => file(a),
    });
    complete(&t.crawl(), 9, 9);
}

#[test]
fn p17_the_page_is_sent_along_where_a_captcha_stands_before_files() {
    let t = Trial::new(VSB, |a| vsb(a, false));
    complete(&t.crawl(), 9, 9);
    // Without it there is a captcha: a wall, and the host is left alone.
    let t = Trial::new(&format!("{VSB}[source.detail]\nreferer = false\n"), |a| vsb(a, false));
    let r = t.crawl();
    assert_eq!(r.outcome.as_str(), "blocked", "{r:?}");
    assert_eq!(r.outcomes.get(&Outcome::Blocked("captcha".into())), Some(&1), "{r:?}");
    let downloads = t.portal.paths().iter().filter(|p| p.starts_with("/system/")).count();
    assert_eq!(downloads, 1);
}

#[test]
fn p18_the_file_of_a_viewer() {
    let t = Trial::new(VSB, |a| match a.path.as_str() {
        "/czyjs.htm" => html(
            a,
            "<ul><li id=line0><a href=\"/info/1/1.htm\">某局一</a></li><li id=line1><a href=\"/info/1/2.htm\">某局二</a></li></ul>共2条 1/1",
        ),
        "/info/1/1.htm" => html(
            a,
            "<div class=v_news_content><iframe src=\"/system/resource/pdfjs/viewer.html?file=%2Fvirtual_attach_file.vsb%3Fafc%3D1%26oid%3D2%26e%3D.pdf\"></iframe></div>",
        ),
        "/info/1/2.htm" => html(
            a,
            "<div class=v_news_content><iframe src=\"/system/resource/pdfjs/viewer.html?a=1&amp;file=%252Fvirtual_attach_file.vsb%253Fafc%253D9%2526e%253D.pdf\"></iframe></div>",
        ),
        _ => file(a),
    });
    complete(&t.crawl(), 2, 2);
    let urls: Vec<String> = t.documents().into_iter().map(|d| d.url).collect();
    assert_eq!(
        urls,
        [
            "http://a.example/virtual_attach_file.vsb?afc=1&oid=2&e=.pdf",
            "http://a.example/virtual_attach_file.vsb?afc=9&e=.pdf"
        ]
    );
}

fn ucap_json(a: &Asked, last_total: usize) -> Answer {
    match a.path.as_str() {
        "/x/c1/common_list.shtml" => html(
            a,
            "<ul></ul><script>var channelId = \"0123456789abcdef0123456789abcdef\";</script>",
        ),
        p if p.starts_with("/common/search/0123456789abcdef0123456789abcdef?") => {
            let n: usize = p.split("&page=").nth(1).unwrap().parse().unwrap();
            let total = if n == 3 { last_total } else { 45 };
            let rows: Vec<String> = ((n - 1) * 20..(n * 20).min(last_total)).map(|k| format!("{{\"title\":\"某局{k}\",\"url\":\"//a.example/x/c1/{k:032x}.shtml\",\"publishedTimeStr\":\"2026-09-01 10:00:00\"}}")).collect();
            serve(
                a,
                "application/json",
                format!("{{\"data\":{{\"total\":{total},\"results\":[{}]}}}}", rows.join(",")).as_bytes(),
            )
        }
        p if p.ends_with(".shtml") => html(a, "<ucapcontent>正文<a href=\"/f.pdf\">a.pdf</a></ucapcontent>"),
        _ => file(a),
    }
}

const UCAP: &str = "platform = \"ucap-json\"\nentry = [\"http://a.example/x/c1/common_list.shtml\"]\n";

#[test]
fn p19_ucap_json_whose_total_changes_while_it_is_read() {
    let t = Trial::new(UCAP, |a| ucap_json(a, 44));
    let r = t.crawl();
    complete(&r, 44, 44);
    assert!(r.listings[0].reason.as_deref().unwrap().contains("from 45 to 44"));
}

#[test]
fn p20_a_token_that_a_browser_computes_is_not_reproduced() {
    let t = Trial::new(UCAP, |a| match a.path.as_str() {
        p if p.starts_with("/common/search/") => {
            serve(a, "application/json", b"{\"code\":\"401\",\"msg\":\"token invalid\"}")
        }
        _ => ucap_json(a, 44),
    });
    let r = t.crawl();
    assert_eq!(
        (r.outcome.as_str(), t.portal.log().len()),
        ("render_required", 3),
        "{r:?}"
    );
}

const GKMLPT: &str = "platform = \"gkmlpt\"\nentry = [\"http://a.example/zqhjj/gkmlpt/index\"]\npage_hosts = [\"a.example\"]\n[source.list]\nvars = { column = \"=21023\" }\n";

fn gkmlpt(a: &Asked, second: bool, offset: usize) -> Answer {
    let rows = |from: usize, to: usize| -> String {
        let rows: Vec<String> = (from..to)
            .map(|k| {
                let url = if k == 3 { "http://weixin.example/s/abc".into() } else { format!("http://a.example/zqhjj/gkmlpt/content/3/{k}/post_{k}.html") };
                format!("{{\"id\":{k},\"title\":\"某局{k}决算\",\"url\":\"{url}\",\"create_time\":\"2026-09-01 08:00:00\",\"publisher\":\"某局{k}\",\"type\":\"normal\"}}")
            })
            .collect();
        format!(
            "{{\"classify\":{{\"post_count\":150}},\"total\":107,\"offset\":{},\"articles\":[{}]}}",
            if from == 0 { 0 } else { offset },
            rows.join(",")
        )
    };
    match a.path.as_str() {
        "/zqhjj/gkmlpt/index" => html(a, "<script>window._CONFIG = {NFCMS_SITE_ID: 758019, TREE: []}</script>"),
        "/zqhjj/gkmlpt/api/all/21023?page=1&sid=758019" => serve(a, "application/json", rows(0, 100).as_bytes()),
        "/zqhjj/gkmlpt/api/all/21023?page=2&sid=758019" if second => {
            serve(a, "application/json", rows(100, 107).as_bytes())
        }
        p if p.contains("/api/all/") => Answer::none(),
        p if p.contains("/content/") && p.ends_with("_5.html") => html(
            a,
            "<script>window._CONFIG = {DETAIL: {\"content\":\"\\u003Ca class=\\u0022nfw-cms-attachment\\u0022 href=\\u0022\\/attachment\\/0\\/5.pdf\\u0022 alt=\\u0022五号决算.pdf\\u0022\\u003E点击下载\\u003C\\/a\\u003E\"}}</script>",
        ),
        p if p.contains("/content/") => html(
            a,
            "<div class=article-content>正文<a class=\"nfw-cms-attachment\" href=\"/attachment/0/1/2.zip\" alt=\"全部附件.zip\">点击下载</a></div>",
        ),
        p if p.ends_with(".zip") => serve(a, "application/zip", &[b"PK\x03\x04".as_slice(), &[0u8; 600]].concat()),
        _ => file(a),
    }
}

#[test]
fn p21_gkmlpt_rows_offsets_escapes_and_names() {
    let t = Trial::new(GKMLPT, |a| gkmlpt(a, true, 100));
    let r = t.crawl();
    assert_eq!((r.entries, r.documents), (107, 106), "{r:?}");
    assert_eq!(
        r.outcomes.get(&Outcome::Offsite),
        Some(&1),
        "rows that lead away are said, not followed"
    );
    assert_eq!(
        (r.listings[0].outcome.as_str(), r.listings[0].stated),
        ("complete", Some(107))
    );
    let d = t.documents();
    assert!(
        d.iter().any(|d| d.name == "五号决算.pdf"),
        "from the escaped copy, named by alt"
    );
    assert!(d.iter().any(|d| d.name == "全部附件.zip" && d.media == "zip"));
    // A page that says that other rows stand before it.
    let t = Trial::new(GKMLPT, |a| gkmlpt(a, true, 90));
    assert_eq!(t.crawl().outcome.as_str(), "contract_changed");
}

#[test]
fn p22_gkmlpt_that_gives_one_page_only_is_partial() {
    let t = Trial::new(GKMLPT, |a| gkmlpt(a, false, 100));
    let r = t.crawl();
    assert_eq!((r.outcome.as_str(), r.listings[0].seen), ("partial", 100), "{r:?}");
}

/// The main portals of Guangdong: index_2.html is page 2; with the number of pages on the page, and without it, to the first 404.
#[test]
fn nfcms_to_its_end_with_and_without_the_number_of_pages() {
    for stated in ["<script>var pageCount = 3;</script>", ""] {
        let t = Trial::new(
            "platform = \"nfcms\"\nentry = [\"http://a.example/czxx/sjczyjs/js/\"]\n",
            move |a| {
                let rows = |from: usize| -> String {
                    (from..from + 3)
                    .map(|k| {
                        let kind = if k % 2 == 0 { "post" } else { "mpost" };
                        format!("<li><a href=\"/czxx/content/{kind}_43612{k}.html\" title=\"某局{k}决算\">某局…</a><span>2023-09-1{k}</span></li>")
                    })
                    .collect()
                };
                let list = |from: usize| {
                    html(
                        a,
                        &format!(
                            "<ul>{}<li><a href=\"/about.html\">关于本站</a></li></ul>{stated}",
                            rows(from)
                        ),
                    )
                };
                match a.path.as_str() {
                    "/czxx/sjczyjs/js/" => list(0),
                    "/czxx/sjczyjs/js/index_2.html" => list(3),
                    "/czxx/sjczyjs/js/index_3.html" => list(6),
                    p if p.contains("/content/") => {
                        let id: String = p.chars().filter(char::is_ascii_digit).collect();
                        html(
                            a,
                            &format!(
                                "<div class=article-content>正文<a class=\"nfw-cms-attachment\" href=\"/attachment/0/1/{id}.pdf\" alt=\"决算{id}.pdf\">点击下载</a></div>"
                            ),
                        )
                    }
                    p if p.ends_with(".pdf") => file(a),
                    _ => Answer::none(),
                }
            },
        );
        let r = t.crawl();
        complete(&r, 10, 9);
        assert_eq!(
            r.outcomes[&Outcome::Skipped(Skip::Type)],
            1,
            "the link to something else"
        );
        assert_eq!(t.names()[0], "决算436120.pdf");
        let beyond = t.portal.count("/czxx/sjczyjs/js/index_4.html");
        assert_eq!(
            beyond,
            usize::from(stated.is_empty()),
            "asked only where the end is not stated"
        );
        t.whole();
    }
}

#[test]
fn p23_lonsun_label_with_separators() {
    let source = "platform = \"lonsun-label\"\nentry = [\"http://a.example/public/column/4140867?type=4&action=list&catId=11908678\"]\n[source.list]\nvars = { siteid = \"=6781961\", organ = \"=4140867\", cat = \"=11908678\" }\n";
    let t = Trial::new(source, |a| match a.path.as_str() {
        p if p.starts_with("/public/column/") => html(
            a,
            "<script>Ls.pagination('#page',fn,{currPage:1,pageCount:2});</script>",
        ),
        p if p.starts_with("/site/label/8888?") => {
            assert!(
                p.contains("organId=4140867") && p.contains("catId=11908678") && p.contains("siteId=6781961"),
                "{p}"
            );
            let n: usize = p
                .split("pageIndex=")
                .nth(1)
                .unwrap()
                .split('&')
                .next()
                .unwrap()
                .parse()
                .unwrap();
            let rows: String = (0..5).map(|k| format!("<li class=xxgk_navli><a href=\"/public/7071/{n}{k}.html\" title=\"某局{n}{k}\">某</a><span class=date>2026-09-01</span></li><li class=lm_line><a href=\"/none\">—</a></li>")).collect();
            serve(
                a,
                "text/html",
                format!("<ul>{rows}</ul><script>pageCount:2</script>").as_bytes(),
            )
        }
        p if p.starts_with("/public/7071/") => html(
            a,
            "<div id=zoom>正文<a href=\"/group6/M00/01/x.docx\">决算.docx</a></div>",
        ),
        p if p.starts_with("/group6/") => file(a),
        _ => Answer::none(),
    });
    complete(&t.crawl(), 10, 10);
    assert_eq!(t.portal.count("/none"), 0);
}

#[test]
fn p24_jiangsu_in_three_steps() {
    let source = "platform = \"js-yjsgk\"\nentry = [\"http://a.example/\"]\n[source.list]\nvars = { }\n"
        .replace("publisher", "");
    let asked: Arc<Mutex<Vec<String>>> = Arc::default();
    let log = Arc::clone(&asked);
    let t = Trial::new(&source, move |a| {
        log.lock().unwrap().push(format!("{} {}", a.path, a.body));
        match a.path.as_str() {
            "/front/department/getdepartmentname.do" => serve(a, "application/json", "[{\"iid\":11,\"name\":\"甲厅\"},{\"iid\":12,\"name\":\"乙厅\"}]".as_bytes()),
            "/front/budgetfinal/itemsandpag.do" if a.body.contains("groupid=11") => serve(a, "application/json", b"{\"budgetTemplates\":[{\"uuid\":\"u-1\",\"name\":\"t\"}]}"),
            "/front/budgetfinal/itemsandpag.do" => serve(a, "application/json", b"{\"budgetTemplates\":[]}"),
            "/front/budgetfinal/getTemporaryFiles.do" if a.body.contains("%27u-1%27") => serve(
                a,
                "application/json",
                "[{\"iid\":1,\"t_oldname\":\"一.pdf\",\"t_uploaddate\":\"2021-03-01\"},{\"iid\":2,\"t_oldname\":\"二.pdf\",\"t_uploaddate\":\"2021-03-01\"},{\"iid\":3,\"t_oldname\":\"三.pdf\",\"t_uploaddate\":\"2021-03-01\"}]".as_bytes(),
            ),
            "/front/budgetfinal/download.do?iid=3" => html(a, "文件不存在"),
            p if p.starts_with("/front/budgetfinal/download.do") => file(a),
            _ => Answer::none(),
        }
    });
    let r = t.crawl();
    assert_eq!(
        (r.outcome.as_str(), r.entries, r.documents),
        ("partial", 3, 2),
        "{r:#?} {:#?}",
        asked.lock().unwrap()
    );
    assert_eq!(r.outcomes.get(&Outcome::Soft404), Some(&1));
    assert_eq!(t.names(), ["一.pdf", "二.pdf"]);
}

#[test]
fn p25_shanghai_in_two_levels_and_p30_publishers_from_rows() {
    let source = "platform = \"sh-bmys\"\nentry = [\"http://a.example/bmys-25-001/index.html\"]\n".to_string();
    let mut t = Trial::new(&source, |a| match a.path.as_str() {
        "/bmys-25-001/index.html" => html(
            a,
            "<div class=\"rt-yus dangw\"><ul><li><a href=\"/bmys-25-001/a/index.html\" title=\"甲局\">甲</a></li><li><a href=\"/bmys-25-001/b/index.html\" title=\"乙局\">乙</a></li></ul></div>",
        ),
        "/bmys-25-001/a/index.html" => html(
            a,
            "<div class=\"rt-yus trout-region-list\"><ul><li><a href=\"/cmsres/00/a.pdf\" title=\"甲局2024年决算\">x</a></li><li><a href=\"/cmsres/01/b.pdf\" title=\"甲局所属某中心\">x</a></li></ul></div>",
        ),
        "/bmys-25-001/b/index.html" => html(
            a,
            "<div class=\"rt-yus trout-region-list\"><ul><li><a href=\"/cmsres/02/c.pdf\" title=\"乙局2024年决算\">x</a></li></ul></div>",
        ),
        _ => file(a),
    });
    t.sources.sources[0].publisher.name = "from_row".into();
    complete(&t.crawl(), 3, 3);
    let publishers: Vec<_> = t.documents().into_iter().map(|d| d.publisher.unwrap()).collect();
    assert_eq!(publishers, ["甲局", "甲局", "乙局"]);
}

#[test]
fn p26_igs_with_brackets_in_the_address() {
    let source = "platform = \"trs-igs\"\nentry = [\"http://a.example/col/\"]\n[source.json]\nurl = \"/igs/front/search/list.html?filter[CHANNELID]=62571&pageNumber={n}&pageSize=20\"\n";
    let t = Trial::new(source, |a| match a.path.as_str() {
        p if p.starts_with("/igs/front/search/list.html?filter[CHANNELID]=62571&pageNumber=") => {
            let n: usize = p
                .split("pageNumber=")
                .nth(1)
                .unwrap()
                .split('&')
                .next()
                .unwrap()
                .parse()
                .unwrap();
            let rows: Vec<String> = ((n - 1) * 20..(n * 20).min(25)).map(|k| format!("{{\"title\":\"<em>某局</em>{k}\",\"url\":\"http://a.example/t/{k}.html\",\"trs_time\":\"2026-09-01\"}}")).collect();
            serve(
                a,
                "application/json",
                format!("{{\"page\":{{\"total\":25,\"content\":[{}]}}}}", rows.join(",")).as_bytes(),
            )
        }
        p if p.starts_with("/t/") => html(a, "<div class=TRS_Editor><a href=\"/P0.pdf\" appendix=true>x</a></div>"),
        _ => file(a),
    });
    complete(&t.crawl(), 25, 25);
    assert!(t.store().entries("s").unwrap()[0].0.title.starts_with("某局"));
}

#[test]
fn p27_template_rows_are_no_rows() {
    let t = Trial::new(TRS, |a| match a.path.as_str() {
        "/bmjs" => html(
            a,
            "<ul><li ms-repeat=\"list\"><a ms-attr-href=\"el.url\" href=\"./202309/t20230901_9.html\">{{el.title}}</a></li><li><a href=\"./202309/P020230900001.pdf\">决算</a><span>2023-09-15</span></li></ul><script>createPageHTML(1,0,\"index\",\"html\")</script>",
        ),
        _ => file(a),
    });
    complete(&t.crawl(), 1, 1);
}

#[test]
fn p28_a_total_that_the_page_does_not_hold_is_a_changed_contract() {
    let source = "platform = \"html-generic\"\nentry = [\"http://a.example/channels/ch00232/\"]\n[source.list]\nexpect = \"re:totalCount\"\ntotal = 're:totalCount=(\\d+)'\n";
    let rows = |a: &Asked, total: usize| match a.path.as_str() {
        "/channels/ch00232/" => {
            let rows: String = (0..30)
                .map(|k| format!("<li><a href=\"/f{k}.pdf\">某局{k}</a><span>2026-09-01</span></li>"))
                .collect();
            html(
                a,
                &format!("<ul>{rows}</ul><script>var totalCount={total};var perSize=20</script>"),
            )
        }
        _ => file(a),
    };
    complete(&Trial::new(source, move |a| rows(a, 30)).crawl(), 30, 30);
    assert_eq!(
        Trial::new(source, move |a| rows(a, 31)).crawl().outcome,
        Listed::ContractChanged
    );
}

/// Every platform: a page of maintenance is a changed contract, never an empty list.
#[test]
fn p29_maintenance_is_never_an_empty_list() {
    let mut tried = 0;
    for p in &crate::support::builtin().portals.platforms {
        let id = p.id.get_ref();
        let more = if id.ends_with("generic") {
            "[source.list]\nexpect = \"css:ul.list\"\nitems = \"rows\"\n"
        } else {
            ""
        };
        let source = format!("platform = \"{id}\"\nentry = [\"http://a.example/x/\"]\n{more}");
        let t = Trial::new(&source, |a| {
            html(a, "<h1>系统维护</h1><p>网站临时维护，请稍后访问。</p>")
        });
        let r = t.crawl();
        assert_eq!((r.outcome.as_str(), r.entries), ("contract_changed", 0), "{id}: {r:?}");
        assert!(r.message.is_some());
        tried += 1;
    }
    assert!(tried >= 16, "{tried}");
}

#[test]
fn p31_a_domain_that_changed_hands() {
    let source = format!("{TRS}[source.identity]\nexpect_any = [\"云泽省云汀县\"]\n");
    let t = Trial::new(&source, trs);
    let r = t.crawl();
    assert_eq!((r.outcome.as_str(), r.documents), ("identity_mismatch", 0), "{r:?}");
}

/// One list of files for the scenarios F…: `answer` gives the attachment.
fn attached(links: &'static str, answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Trial {
    Trial::new(TRS, move |a| match a.path.as_str() {
        "/bmjs" => html(
            a,
            "<ul><li><a href=\"./202309/t20230901_1.html\">某局决算</a><span>2023-09-15</span></li></ul><script>createPageHTML(1,0,\"index\",\"html\")</script>",
        ),
        "/202309/t20230901_1.html" => html(a, &format!("<div class=TRS_Editor>{links}</div>")),
        _ => answer(a),
    })
}

fn media(answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> (String, Vec<String>) {
    let t = attached("<a appendix=true href=\"./P0.pdf\">附件</a>", answer);
    let r = t.crawl();
    let outcome = r
        .outcomes
        .keys()
        .find(|k| !matches!(k, Outcome::Page | Outcome::Skipped(Skip::Type)))
        .map(ToString::to_string)
        .unwrap_or_default();
    (outcome, t.documents().into_iter().map(|d| d.media).collect())
}

fn ole(stream: &str) -> Vec<u8> {
    let mut out = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    out.resize(1024, 0);
    out.extend(stream.encode_utf16().flat_map(u16::to_le_bytes));
    out.resize(2048, 0);
    out
}

fn zip_named(name: &str) -> Vec<u8> {
    let mut out = b"PK\x03\x04".to_vec();
    out.resize(30, 0);
    out.extend_from_slice(name.as_bytes());
    out.resize(900, 0);
    out
}

#[test]
fn f01_f02_f09_f10_f12_bytes_say_what_a_file_is() {
    let mut junk = b"\xef\xbb\xbf\n\n".to_vec();
    junk.extend(pdf("junk", 800));
    for (bytes, want) in [
        (pdf("f01", 800), "pdf"),
        (junk, "pdf"),
        (ole("WordDocument"), "doc"),
        (ole("Workbook"), "xls"),
        ([ole("WordDocument"), b"WPS Office".to_vec()].concat(), "wps"),
        ([ole("Workbook"), b"WPS Office".to_vec()].concat(), "et"),
        (zip_named("word/document.xml"), "docx"),
        (zip_named("xl/workbook.xml"), "xlsx"),
        (zip_named("OFD.xml"), "ofd"),
        (zip_named("a.pdf"), "zip"),
        ([b"Rar!\x1a\x07\x00".as_slice(), &[0; 800]].concat(), "rar"),
        ([b"7z\xbc\xaf\x27\x1c".as_slice(), &[0; 800]].concat(), "7z"),
    ] {
        let got = media(move |_| Answer::with(200, &[("Content-Type", "application/octet-stream")], &bytes));
        assert_eq!(got, ("stored".to_string(), vec![want.to_string()]));
    }
}

#[test]
fn f03_f13_html_and_nothing_are_no_documents() {
    let page = |_: &Asked| {
        Answer::with(
            200,
            &[("Content-Type", "application/pdf")],
            b"\n\n<!DOCTYPE html><html><body>login please, this is long enough</body></html>",
        )
    };
    assert_eq!(media(page), ("kind_mismatch".into(), vec![]));
    assert_eq!(media(|_| Answer::with(200, &[], b"")), ("empty".into(), vec![]));
    assert_eq!(
        media(|_| Answer::with(200, &[], &pdf("s", 10))),
        ("too_small".into(), vec![])
    );
}

#[test]
fn f04_soft_404() {
    assert_eq!(
        media(|_| Answer::page("<html><head><title>404 页面不存在</title></head></html>")).0,
        "soft404"
    );
    let home = |a: &Asked| match a.path.as_str() {
        "/" => Answer::page("<html><body>首页首页</body></html>"),
        _ => Answer::with(302, &[("Location", "/")], b""),
    };
    assert_eq!(media(home), ("soft404".into(), vec![]));
}

fn named(header: &[u8]) -> String {
    let header = header.to_vec();
    let t = attached("<a appendix=true href=\"./P0.pdf\"></a>", move |_| {
        let body = pdf("n", 800);
        let mut bytes = format!(
            "HTTP/1.1 200 X\r\nContent-Length: {}\r\nContent-Disposition: ",
            body.len()
        )
        .into_bytes();
        bytes.extend_from_slice(&header);
        bytes.extend_from_slice(b"\r\n\r\n");
        bytes.extend_from_slice(&body);
        Answer::raw(bytes)
    });
    t.crawl();
    t.names().pop().unwrap()
}

#[test]
fn f05_f06_f07_f08_names_of_files() {
    let gbk = |t: &str| encoding_rs::GBK.encode(t).0.into_owned();
    let long = format!("attachment; filename=\"{}.pdf\"", "a".repeat(300));
    for (header, want) in [
        (gbk("attachment; filename=\"某局决算.pdf\""), "某局决算.pdf"),
        ("attachment; filename=某局决算.pdf".as_bytes().to_vec(), "某局决算.pdf"),
        (
            b"attachment; filename*=UTF-8''%E5%86%B3%E7%AE%97.pdf".to_vec(),
            "决算.pdf",
        ),
        (
            b"attachment; filename=\"x.pdf\"; filename*=GBK''%BE%F6%CB%E3.pdf".to_vec(),
            "决算.pdf",
        ),
        (b"attachment;filename=%E5%86%B3%E7%AE%97.pdf".to_vec(), "决算.pdf"),
        (
            b"attachment; filename=\"=?UTF-8?B?5Yaz566XLnBkZg==?=\"".to_vec(),
            "决算.pdf",
        ),
        (
            b"attachment; filename=\"=?GBK?Q?=BE=F6=CB=E3.pdf?=\"".to_vec(),
            "决算.pdf",
        ),
        (b"attachment; filename=\"../../etc/x.pdf\"".to_vec(), "x.pdf"),
        (b"attachment; filename=\"..\\..\\x.pdf\"".to_vec(), "x.pdf"),
        (b"attachment; filename=\"..%2f..%2fx.pdf\"".to_vec(), "x.pdf"),
        (b"attachment; filename=\"a\tb.pdf\"".to_vec(), "ab.pdf"),
        (b"attachment; filename=\".hidden.pdf\"".to_vec(), "hidden.pdf"),
        (b"inline".to_vec(), "P0.pdf"),
    ] {
        assert_eq!(named(&header), want, "{}", String::from_utf8_lossy(&header));
    }
    let name = named(long.as_bytes());
    assert!(name.len() == 120 && name.ends_with(".pdf"), "{name}");
}

#[test]
fn f14_f15_pages_that_are_the_document() {
    let t = attached("<img src=\"/1.jpg\"><img src=\"/2.jpg\">", |a| match a.path.as_str() {
        p if p.ends_with(".jpg") => Answer::with(
            200,
            &[],
            &[b"\xff\xd8\xff".as_slice(), p.as_bytes(), &[0; 900]].concat(),
        ),
        _ => Answer::none(),
    });
    let r = t.crawl();
    complete(&r, 1, 3);
    assert!(
        t.documents()
            .iter()
            .any(|d| d.media == "html" && d.note.as_deref() == Some("html_images"))
    );
    let t = attached("<table><tr><td>收入</td><td>1.00</td></tr></table>", |_| {
        Answer::none()
    });
    complete(&t.crawl(), 1, 1);
    assert_eq!(t.documents()[0].note.as_deref(), Some("html_table"));
}

#[test]
fn f16_the_same_bytes_at_three_addresses() {
    let t = attached(
        "<a appendix=true href=\"./P01.pdf\">一</a><a appendix=true href=\"./P02.pdf\">二</a><a appendix=true href=\"./P03.pdf\">三</a>",
        |a| serve(a, "x", &pdf("same", 900)),
    );
    complete(&t.crawl(), 1, 3);
    let shas: std::collections::BTreeSet<String> = t.documents().into_iter().map(|d| d.sha256).collect();
    assert_eq!(shas.len(), 1);
    let inputs = juesuan::acquire::inputs_of_store(&t.store()).unwrap();
    assert_eq!(
        (inputs.len(), inputs[0].duplicates.len()),
        (1, 2),
        "one document with three addresses"
    );
}

#[test]
fn f17_bytes_that_were_replaced_at_one_address() {
    let version = Arc::new(AtomicUsize::new(0));
    let now = Arc::clone(&version);
    let t = attached("<a appendix=true href=\"./P0.pdf\">一</a>", move |a| {
        serve(a, "x", &pdf(&format!("v{}", now.load(Ordering::SeqCst)), 900))
    });
    t.crawl();
    version.store(1, Ordering::SeqCst);
    assert_eq!(t.crawl().new, 0, "it was looked at lately");
    t.clock.advance(31 * 86_400_000);
    assert_eq!(t.crawl().new, 1);
    assert_eq!(t.store().versions("http://a.example/202309/P0.pdf").unwrap().len(), 2);
    assert_eq!(t.documents().len(), 2, "both versions are documents");
    t.whole();
}

#[test]
fn f18_f19_corrections_and_withdrawals() {
    let phase = Arc::new(AtomicUsize::new(0));
    let now = Arc::clone(&phase);
    let t = Trial::new(TRS, move |a| {
        let row = |n: usize, title: &str| {
            format!("<li><a href=\"./202309/P0{n}.pdf\">{title}</a><span>2023-09-15</span></li>")
        };
        match (a.path.as_str(), now.load(Ordering::SeqCst)) {
            ("/bmjs", 0) => html(
                a,
                &format!(
                    "<ul>{}{}</ul><script>createPageHTML(1,0,\"index\",\"html\")</script>",
                    row(1, "甲局2022年决算"),
                    row(2, "乙局2022年决算")
                ),
            ),
            ("/bmjs", _) => html(
                a,
                &format!(
                    "<ul>{}{}</ul><script>createPageHTML(1,0,\"index\",\"html\")</script>",
                    row(1, "甲局2022年决算"),
                    row(3, "甲局2022年决算（更正）")
                ),
            ),
            ("/202309/P02.pdf", 1) => Answer::none(),
            _ => file(a),
        }
    });
    t.crawl();
    phase.store(1, Ordering::SeqCst);
    let r = t.crawl();
    assert_eq!((r.outcome.as_str(), r.withdrawn), ("complete", 1), "{r:?}");
    let entries = t.store().entries("s").unwrap();
    let gone: Vec<&str> = entries
        .iter()
        .filter(|(_, g)| g.is_some())
        .map(|(e, _)| e.title.as_str())
        .collect();
    assert_eq!(gone, ["乙局2022年决算"]);
    let correction = entries.iter().find(|(e, _)| e.title.contains("更正")).unwrap();
    assert_eq!(
        correction.0.supersedes.as_deref(),
        Some("http://a.example/202309/P01.pdf")
    );
    assert_eq!(t.documents().len(), 3, "what was withdrawn stays");
}

#[test]
fn f20_an_ending_inside_the_name_and_at_its_end() {
    let t = attached(
        "<a href=\"/attachments/1/%E9%A2%84%E7%AE%97pdf20240128183610173.pdf?sid=1\">下载</a>",
        file,
    );
    complete(&t.crawl(), 1, 1);
    assert_eq!(t.names(), ["预算pdf20240128183610173.pdf"]);
}

/// The second run asks for the lists, conditionally, and for nothing else; not a byte of an attachment comes.
#[test]
fn c06_a_second_run_costs_nothing() {
    let t = Trial::new(TRS, trs);
    complete(&t.crawl(), 9, 17);
    let before = t.store().manifest().unwrap();
    t.portal.forget();
    let r = t.crawl();
    complete(&r, 9, 17);
    assert_eq!(r.new, 0);
    let log = t.portal.log();
    let paths: Vec<&str> = log.iter().map(|a| a.path.as_str()).collect();
    assert_eq!(paths, ["/bmjs", "/bmjs/", "/bmjs/index_1.html", "/bmjs/index_2.html"]);
    assert!(
        log[1..]
            .iter()
            .all(|a| a.header("if-none-match").is_some() && a.sent < 100),
        "{log:?}"
    );
    assert_eq!(t.store().manifest().unwrap(), before);
}

#[test]
fn c07_the_manifest_is_the_same_in_another_store() {
    let (a, b) = (Trial::new(TRS, trs), Trial::new(TRS, trs));
    a.crawl();
    b.crawl();
    assert_eq!(a.store().manifest().unwrap(), b.store().manifest().unwrap());
}

#[test]
fn c10_only_sources_whose_settings_changed_are_planned_again() {
    let due = format!("{TRS}[source.schedule]\nevery = \"7d\"\n");
    let mut t = Trial::new(&due, trs);
    complete(&t.crawl(), 9, 17);
    t.portal.forget();
    assert_eq!(t.crawl().outcome.as_str(), "skipped");
    assert_eq!(t.portal.log().len(), 0);
    let text = format!("{UA}[[source]]\nid = \"s\"\npublisher = {{ name = \"别的厅\" }}\n{due}");
    t.sources = read_sources(&text);
    complete(&t.crawl(), 9, 17);
    t.clock.advance(8 * 86_400_000);
    assert_eq!(t.crawl().outcome.as_str(), "complete");
}

#[test]
fn mistakes_of_sources_have_their_place() {
    let text = "[defaults]\nuser_agent = \"Mozilla/5.0\"\n[[source]]\nid = \"Bad Id\"\nplatform = \"trs-statik\"\nentry = [\"ftp://x/\"]\n[source.list]\nitem = \"li[\"\n[[source]]\nid = \"b\"\nplatform = \"html-generic\"\nentry = [\"http://a/\"]\nfiscal_years = \"later\"\n";
    let found: Vec<String> = juesuan::acquire::sources::read("s.toml", text, &crate::support::builtin().portals)
        .unwrap_err()
        .iter()
        .map(ToString::to_string)
        .collect();
    let has = |start: &str, part: &str| found.iter().any(|m| m.starts_with(start) && m.contains(part));
    assert!(
        has("s.toml:1:1", "contact") && has("s.toml:1:1", "browser"),
        "{found:#?}"
    );
    assert!(
        has("s.toml:4:6", "a-z") && has("s.toml:5:12", "no platform") && has("s.toml:6:10", "http and https"),
        "{found:#?}"
    );
    assert!(
        has("s.toml:11:12", "expect") && has("s.toml:13:16", "range of years"),
        "{found:#?}"
    );
}

/// The example of both documents on fetching is a file that can be used: the program itself finds no mistake in it.
#[test]
fn the_sources_of_both_languages_are_right() {
    let dir = tempfile::tempdir().unwrap();
    let mut found = Vec::new();
    for name in ["docs/fetching.md", "docs/fetching.zh.md"] {
        let readme = std::fs::read_to_string(crate::support::root().join(name)).unwrap();
        let text = readme.split("```toml\n").find(|t| t.starts_with("[defaults]")).unwrap();
        let text = text.split("```").next().unwrap();
        let path = dir.path().join("sources.toml");
        std::fs::write(&path, text).unwrap();
        let checked = crate::fetch_store::juesuan(&["sources", "check", &path.display().to_string()]);
        assert_eq!(checked.0, 0, "{name}: {checked:?}");
        assert!(checked.1.contains("3 sources: no mistakes"), "{name}: {checked:?}");
        let sources = read_sources(text);
        let platforms: std::collections::BTreeSet<String> =
            sources.sources.iter().map(|s| s.platform.clone()).collect();
        assert_eq!(platforms.len(), 3, "{name}");
        found.push(
            sources
                .sources
                .iter()
                .map(|s| (s.id.clone(), s.entry.clone()))
                .collect::<Vec<_>>(),
        );
    }
    assert_eq!(found[0], found[1], "the same three sources");
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 64, failure_persistence: None, ..Default::default() })]

    /// Whatever a portal sends: no panic, and a name never is a path.
    #[test]
    fn parsers_of_portals_bear_anything(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..400), text in "[<>a-z/=\"'{}\\[\\],.:;%?&!\\\\u0-9 决算]{0,200}") {
        use juesuan::acquire::net::lists::{Page, Vars};
        use juesuan::acquire::net::robots::Rules;
        use juesuan::acquire::{names, sniff};
        for header in [bytes.as_slice(), text.as_bytes(), &[b"attachment; filename*=".as_slice(), text.as_bytes()].concat(), &[b"a; filename=".as_slice(), &bytes].concat()] {
            if let Some(n) = names::from_disposition(header) {
                proptest::prop_assert!(!n.contains(['/', '\\']) && !n.starts_with('.') && !n.chars().any(char::is_control) && n.chars().count() <= 120, "{n:?}");
            }
        }
        sniff::media(&bytes);
        Rules::read(&bytes, "juesuan").allows(&text);
        Rules::read(format!("User-agent: *\nDisallow: {text}").as_bytes(), "juesuan").allows(&text);
        let base = url::Url::parse("http://a.example/x/").unwrap();
        let script = format!("<script>createPageHTML({text})</script><datastore><record><![CDATA[{text}]]></record><nextgroup><![CDATA[{text}");
        for page in [bytes.as_slice(), text.as_bytes(), script.as_bytes()] {
            let page = Page::new(page, base.clone(), None);
            for p in &crate::support::builtin().portals.platforms {
                for l in &p.list {
                    page.rows(l, &Vars::new());
                    let _ = page.vars(l);
                    page.number(&l.total);
                }
                page.attachments(&p.detail);
            }
            let _ = page.create_page_html();
            page.next_group();
        }
    }
}
