//! Pages of portals, read by rules. Comes in: bytes, the address they came from and the rules of a platform. Goes out: rows of a
//! list with their addresses, counts that the portal states, attachments of a page. Asks nothing and runs no script.

use super::super::names;
use crate::grammar::portals::{DetailRules, ListRules, Many, Pick, Word};
use encoding_rs::{Encoding, GB18030, UTF_8};
use regex::Regex;
use scraper::{ElementRef, Html, Selector};
use serde_json::Value;
use std::collections::BTreeMap;
use url::Url;

/// Names for templates.
pub type Vars = BTreeMap<String, String>;

/// A page that was fetched.
pub struct Page {
    /// Where relative addresses begin.
    pub base: Url,
    /// Decoded.
    pub text: String,
    /// What decided the character set.
    pub charset: &'static str,
    json: Option<Value>,
}

/// A row of a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Row {
    /// Absolute; `None`: what stood there is no address.
    pub url: Option<Url>,
    /// As printed, or as the attribute gives it whole.
    pub title: String,
    /// `2023-09-15`.
    pub date: Option<String>,
    /// Where one page covers many.
    pub publisher: Option<String>,
    /// Fields for the next level.
    pub fields: Vars,
}

/// An attachment of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Absolute.
    pub url: Url,
    /// Name that the page gives.
    pub name: Option<String>,
    /// Text of the link.
    pub text: String,
}

/// Bytes to text: byte order mark, header, meta, UTF-8 if it is, GB18030. The first of them that gives no broken character.
pub fn decode(bytes: &[u8], header: Option<&str>) -> (String, &'static str) {
    if let Some((encoding, n)) = Encoding::for_bom(bytes) {
        return (encoding.decode_without_bom_handling(&bytes[n..]).0.into_owned(), "bom");
    }
    let start = String::from_utf8_lossy(&bytes[..bytes.len().min(2048)]).to_ascii_lowercase();
    let meta = start.find("charset=").map(|at| {
        let rest = start[at + 8..].trim_start_matches(['"', '\'', ' ']);
        rest.chars()
            .take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
            .collect::<String>()
    });
    let label = |l: Option<&str>| l.and_then(|l| Encoding::for_label(l.as_bytes()));
    let candidates = [
        (label(header), "header"),
        (label(meta.as_deref()), "meta"),
        (Some(UTF_8), "bytes"),
        (Some(GB18030), "bytes"),
    ];
    let mut first = None;
    for (encoding, why) in candidates {
        let Some(encoding) = encoding else { continue };
        let (text, _, bad) = encoding.decode(bytes);
        if !bad {
            return (text.into_owned(), why);
        }
        first.get_or_insert((text.into_owned(), why));
    }
    first.unwrap_or_default()
}

fn words(many: &Many) -> &[String] {
    many.as_ref().map_or(&[], |m| m.get_ref().0.as_slice())
}

fn word(w: &Word) -> Option<&str> {
    w.as_ref().map(|w| w.get_ref().as_str())
}

fn selector(text: &str) -> Option<Selector> {
    // Every selector was tried when the rules were read.
    Selector::parse(text).ok()
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A value inside JSON: `data.results`, `list.0.id`.
pub fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.')
        .filter(|p| !p.is_empty())
        .try_fold(value, |v, part| match v {
            Value::Array(a) => a.get(part.parse::<usize>().ok()?),
            v => v.get(part),
        })
}

fn plain(v: &Value) -> Option<String> {
    match v {
        Value::String(s) => Some(s.clone()),
        Value::Number(n) => Some(n.to_string()),
        _ => None,
    }
}

/// Fills a template. A name that is not known stays as it is: JSON has braces too.
pub fn fill(template: &str, vars: &Vars) -> String {
    let mut out = template.to_string();
    for (k, v) in vars {
        out = out.replace(&format!("{{{k}}}"), v);
    }
    out
}

impl Page {
    /// Decodes a page.
    pub fn new(bytes: &[u8], base: Url, header_charset: Option<&str>) -> Self {
        let (text, charset) = decode(bytes, header_charset);
        let json = matches!(text.trim_start().chars().next(), Some('{' | '['))
            .then(|| serde_json::from_str(text.trim()).ok())
            .flatten();
        let mut page = Self {
            base,
            text,
            charset,
            json,
        };
        if let Some(base) = selector("base[href]").and_then(|s| {
            let html = Html::parse_document(page.text.get(..page.text.len().min(8192)).unwrap_or(""));
            let href = html.select(&s).next()?.value().attr("href")?.to_string();
            page.base.join(&href).ok()
        }) {
            page.base = base;
        }
        page
    }

    /// Whether one of the marks stands on the page. No marks: it does.
    pub fn holds(&self, marks: &Many) -> bool {
        let marks = words(marks);
        marks.is_empty() || marks.iter().any(|m| self.has(m))
    }

    fn has(&self, mark: &str) -> bool {
        if let Some(s) = mark.strip_prefix("css:") {
            let html = Html::parse_document(&self.text);
            selector(s).is_some_and(|s| html.select(&s).next().is_some())
        } else if let Some(r) = mark.strip_prefix("re:") {
            Regex::new(r).is_ok_and(|r| r.is_match(&self.text))
        } else if let Some(p) = mark.strip_prefix("path:") {
            self.json.as_ref().is_some_and(|j| at(j, p).is_some())
        } else {
            self.text.contains(mark)
        }
    }

    /// Marks of a page that only a browser can fill.
    pub fn needs_browser(&self, marks: &Many) -> Option<String> {
        words(marks).iter().find(|m| self.has(m)).cloned()
    }

    /// A number that the page states.
    pub fn number(&self, rule: &Word) -> Option<u64> {
        let rule = word(rule)?;
        let text = if let Some(r) = rule.strip_prefix("re:") {
            Regex::new(r).ok()?.captures(&self.text)?.get(1)?.as_str().to_string()
        } else if let Some(p) = rule.strip_prefix("path:") {
            plain(at(self.json.as_ref()?, p)?)?
        } else {
            let html = Html::parse_document(&self.text);
            let s = selector(rule.strip_prefix("css:")?)?;
            let text: String = html.select(&s).next()?.text().collect();
            text.chars().filter(char::is_ascii_digit).collect()
        };
        text.trim().parse().ok()
    }

    /// Values for templates that stand on the entry page.
    pub fn vars(&self, rules: &ListRules) -> Result<Vars, String> {
        let mut out = Vars::new();
        for (name, rule) in &rules.vars {
            let rule = rule.get_ref();
            let value = match rule.strip_prefix('=') {
                Some(v) => Some(v.to_string()),
                None => Regex::new(rule)
                    .ok()
                    .and_then(|r| Some(r.captures(&self.text)?.get(1)?.as_str().to_string())),
            };
            match value {
                Some(v) => out.insert(name.clone(), v),
                None => return Err(format!("`{name}` does not stand on the entry page (`{rule}`)")),
            };
        }
        Ok(out)
    }

    /// The pieces of HTML that hold rows.
    fn pieces(&self, rules: &ListRules) -> Vec<Html> {
        match word(&rules.format).unwrap_or("html") {
            "datastore" => records(&self.text).iter().map(|r| Html::parse_fragment(r)).collect(),
            _ => match (word(&rules.html), &self.json) {
                (Some(path), Some(j)) => {
                    let text = at(j, path).and_then(plain).unwrap_or_default();
                    vec![Html::parse_fragment(&text)]
                }
                _ => vec![Html::parse_document(&self.text)],
            },
        }
    }

    /// The rows of a page of a list, in order, each address once.
    pub fn rows(&self, rules: &ListRules, vars: &Vars) -> Vec<Row> {
        let mut out = if word(&rules.format) == Some("json") && rules.html.is_none() {
            self.json_rows(rules, vars)
        } else {
            self.html_rows(rules)
        };
        let mut seen = std::collections::BTreeSet::new();
        out.retain(|r| seen.insert(r.url.as_ref().map_or(r.title.clone(), ToString::to_string)));
        out
    }

    fn html_rows(&self, rules: &ListRules) -> Vec<Row> {
        let items = selector(&words(&rules.item).join(", "));
        let skip = selector(&words(&rules.skip).join(", "));
        let mut out = Vec::new();
        for piece in self.pieces(rules) {
            let mut row = |el: ElementRef<'_>| {
                if skip
                    .as_ref()
                    .is_some_and(|s| s.matches(&el) || el.select(s).next().is_some())
                {
                    return;
                }
                let link = picked(el, words(&rules.link)).into_iter().find(|(v, _)| is_address(v));
                let Some((href, _)) = link else { return };
                out.push(Row {
                    url: self.base.join(href.trim()).ok().map(without_fragment),
                    title: title(picked(el, words(&rules.title)).into_iter().map(|(t, _)| t).collect()),
                    date: picked(el, words(&rules.date)).iter().find_map(|(t, _)| date(t)),
                    publisher: picked(el, words(&rules.publisher)).into_iter().map(|(t, _)| t).next(),
                    fields: Vars::new(),
                });
            };
            match &items {
                Some(s) if !words(&rules.item).is_empty() => piece.select(s).for_each(&mut row),
                _ => row(piece.root_element()),
            }
        }
        out
    }

    fn json_rows(&self, rules: &ListRules, vars: &Vars) -> Vec<Row> {
        let Some(items) = self
            .json
            .as_ref()
            .and_then(|j| at(j, word(&rules.items).unwrap_or("")))
            .and_then(Value::as_array)
        else {
            return Vec::new();
        };
        let mut out = Vec::new();
        for item in items {
            let mut fields = Vars::new();
            let field = |rule: &String| -> Option<String> {
                if !rule.contains('{') {
                    return at(item, rule).and_then(plain);
                }
                let mut own = vars.clone();
                for name in crate::grammar::portals::names(rule) {
                    if let Some(v) = at(item, name).and_then(plain) {
                        own.insert(name.to_string(), v);
                    }
                }
                Some(fill(rule, &own))
            };
            for (name, rule) in &rules.fields {
                if let Some(v) = field(rule) {
                    fields.insert(name.clone(), v);
                }
            }
            let text = |name: &str| fields.get(name).map(|t| squeezed(&plain_text(t)));
            out.push(Row {
                url: fields
                    .get("url")
                    .filter(|u| is_address(u))
                    .and_then(|u| self.base.join(u.trim()).ok())
                    .map(without_fragment),
                title: text("title").unwrap_or_default(),
                date: fields.get("date").and_then(|d| date(d)),
                publisher: text("publisher"),
                fields,
            });
        }
        out
    }

    /// Where the next page of the list is, as a link says.
    pub fn next_link(&self, picks: &Many) -> Option<Url> {
        let html = Html::parse_document(&self.text);
        let (href, _) = picked(html.root_element(), words(picks))
            .into_iter()
            .find(|(v, _)| is_address(v))?;
        self.base.join(href.trim()).ok().map(without_fragment)
    }

    /// The attachments of a page, each address once.
    pub fn attachments(&self, rules: &DetailRules) -> Vec<Attachment> {
        let mut pieces = vec![Html::parse_document(&self.text)];
        if rules.escaped == Some(true) {
            // Inside a script nothing is markup: the tags of scripts are made harmless first.
            let text = unescaped(&self.text)
                .replace("<script", "<div")
                .replace("</script", "</div");
            pieces.push(Html::parse_fragment(&text));
        }
        let mut out: Vec<Attachment> = Vec::new();
        for piece in &pieces {
            for (value, el) in picked(piece.root_element(), words(&rules.attachment)) {
                let Some(url) = is_address(&value).then(|| self.base.join(value.trim()).ok()).flatten() else {
                    continue;
                };
                let url = without_fragment(url);
                let text = squeezed(&el.text().collect::<String>());
                let name = words(&rules.attachment_name).iter().find_map(|p| {
                    let found = picked(el, std::slice::from_ref(p))
                        .into_iter()
                        .map(|(t, _)| t)
                        .find(|t| !t.is_empty());
                    found.filter(|t| names::ending(t).is_some() || !t.starts_with("http"))
                });
                if !out.iter().any(|a| a.url == url) {
                    out.push(Attachment { url, name, text });
                }
            }
        }
        out
    }

    /// The title of a page.
    pub fn title(&self, rules: &DetailRules) -> Option<String> {
        let html = Html::parse_document(&self.text);
        words(&rules.title).iter().find_map(|p| {
            picked(html.root_element(), std::slice::from_ref(p))
                .into_iter()
                .map(|(t, _)| t)
                .find(|t| !t.is_empty())
        })
    }

    /// The publisher that a page names.
    pub fn publisher(&self, rules: &DetailRules) -> Option<String> {
        let html = Html::parse_document(&self.text);
        picked(html.root_element(), words(&rules.publisher))
            .into_iter()
            .map(|(t, _)| t)
            .next()
    }

    /// Characters of the body, number of tables, and its images.
    pub fn body(&self, rules: &DetailRules) -> (usize, usize, Vec<Url>) {
        let html = Html::parse_document(&self.text);
        for b in words(&rules.body) {
            let Some(el) = selector(b).and_then(|s| html.select(&s).next()) else {
                continue;
            };
            let text: usize = el
                .text()
                .map(|t| t.split_whitespace().map(|w| w.chars().count()).sum::<usize>())
                .sum();
            let count = |s: &str| selector(s).map_or(0, |s| el.select(&s).count());
            let images = selector("img[src]").map_or_else(Vec::new, |s| {
                el.select(&s)
                    .filter_map(|i| self.base.join(i.value().attr("src")?).ok())
                    .filter(|u| matches!(u.scheme(), "http" | "https"))
                    .collect()
            });
            return (text, count("table"), images);
        }
        (0, 0, Vec::new())
    }

    /// `createPageHTML(…)`: number of pages, this page (1-based), and the addresses of the others. Two calls that differ cannot be
    /// told apart: an error.
    pub fn create_page_html(&self) -> Result<Option<PageCall>, String> {
        let call = Regex::new(r"createPageHTML\s*\(([^)]*)\)").map_err(|e| e.to_string())?;
        let mut found: Vec<PageCall> = Vec::new();
        for c in call.captures_iter(&self.text) {
            let before = &self.text[..c.get(0).map_or(0, |m| m.start())];
            if before.trim_end().ends_with("function") {
                continue;
            }
            let args: Vec<(String, bool)> = c[1]
                .split(',')
                .map(|a| {
                    let a = a.trim();
                    let bare = a.trim_matches(['"', '\'']);
                    (bare.to_string(), bare.len() != a.len())
                })
                .collect();
            if let Some(call) = PageCall::read(&args)
                && !found.contains(&call)
            {
                found.push(call);
            }
        }
        match found.len() {
            0 => Ok(None),
            1 => Ok(found.pop()),
            n => Err(format!("{n} different calls of createPageHTML stand on one page")),
        }
    }

    /// The address in `<nextgroup>` of a Hanweb list.
    pub fn next_group(&self) -> Option<String> {
        let start = self.text.find("<nextgroup>")?;
        let end = self.text[start..].find("</nextgroup>")? + start;
        let inner = &self.text[start..end];
        let fragment = Html::parse_fragment(inner.split("<![CDATA[").nth(1)?.split("]]>").next()?);
        let s = selector("a[href]")?;
        fragment.select(&s).next()?.value().attr("href").map(str::to_string)
    }
}

/// What a call of createPageHTML says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageCall {
    /// Pages.
    pub pages: u32,
    /// The page on which it stands, 1-based.
    pub current: u32,
    /// Counted from 0 in addresses (the first dialect).
    pub zero_based: bool,
    prefix: String,
    ending: String,
    /// Rows in all, where it is stated.
    pub rows: Option<u64>,
}

impl PageCall {
    /// The first argument decides: a number (TRS, from 0) or a quoted name (UCAP, from 1).
    fn read(args: &[(String, bool)]) -> Option<Self> {
        let number = |n: usize| args.get(n).and_then(|a| a.0.parse::<u32>().ok());
        let text = |n: usize| args.get(n).filter(|a| a.1).map(|a| a.0.clone());
        let last = |from: usize| args.last().filter(|_| args.len() > from).and_then(|a| a.0.parse().ok());
        if args.first()?.1 {
            Some(Self {
                pages: number(1)?,
                current: number(2)?,
                zero_based: false,
                prefix: text(3)?,
                ending: text(4)?,
                rows: last(5),
            })
        } else {
            Some(Self {
                pages: number(0)?,
                current: number(1)? + 1,
                zero_based: true,
                prefix: text(2)?,
                ending: text(3)?,
                rows: last(4),
            })
        }
    }

    /// The leaf of the address of page `n`.
    pub fn leaf(&self, n: u32) -> String {
        if n <= 1 {
            return format!("{}.{}", self.prefix, self.ending);
        }
        format!(
            "{}_{}.{}",
            self.prefix,
            if self.zero_based { n - 1 } else { n },
            self.ending
        )
    }
}

fn without_fragment(mut url: Url) -> Url {
    url.set_fragment(None);
    url
}

fn is_address(text: &str) -> bool {
    let t = text.trim();
    let lower = t.get(..11).unwrap_or(t).to_ascii_lowercase();
    !t.is_empty()
        && !t.starts_with('#')
        && !["javascript:", "mailto:", "tel:", "data:"]
            .iter()
            .any(|p| lower.starts_with(p))
}

/// The first date in a text: `2023-09-15`, `2023年9月15日`, `20230915`.
pub fn date(text: &str) -> Option<String> {
    let r = Regex::new(r"(19|20)(\d\d)[-/.年]?\s?(\d{1,2})[-/.月]?\s?(\d{1,2})").ok()?;
    r.captures_iter(text).find_map(|c| {
        let (month, day): (u32, u32) = (c[3].parse().ok()?, c[4].parse().ok()?);
        ((1..=12).contains(&month) && (1..=31).contains(&day))
            .then(|| format!("{}{}-{month:02}-{day:02}", &c[1], &c[2]))
    })
}

fn plain_text(text: &str) -> String {
    if text.contains('<') || text.contains('&') {
        Html::parse_fragment(text).root_element().text().collect()
    } else {
        text.to_string()
    }
}

/// The whole title: one that was cut off (…) gives way to one that goes on.
fn title(found: Vec<String>) -> String {
    let cut = |t: &str| t.trim_end_matches(['…', '.', ' ']).to_string();
    let mut best = found.first().cloned().unwrap_or_default();
    for t in &found {
        let stem = cut(&best);
        if stem.len() < best.len() && t.starts_with(&stem) && cut(t).len() > stem.len() {
            best.clone_from(t);
        }
    }
    best
}

/// What picks find, in the order of the picks, then of the page.
fn picked<'h>(el: ElementRef<'h>, picks: &[String]) -> Vec<(String, ElementRef<'h>)> {
    let mut out = Vec::new();
    for p in picks {
        let Ok(pick) = Pick::parse(p) else { continue };
        let mut take = |e: ElementRef<'h>| {
            let raw = match &pick.attribute {
                Some(a) => e.value().attr(a).map(str::to_string),
                None => Some(squeezed(&e.text().collect::<String>())),
            };
            if let Some(v) = raw.and_then(|v| filtered(&pick, v, e)).filter(|v| !v.trim().is_empty()) {
                out.push((v, e));
            }
        };
        if pick.selector.is_empty() {
            take(el);
        } else if let Some(s) = selector(&pick.selector) {
            if s.matches(&el) {
                take(el);
            }
            el.select(&s).for_each(take);
        }
    }
    out
}

fn filtered(pick: &Pick, value: String, el: ElementRef<'_>) -> Option<String> {
    match pick.filter.as_deref() {
        None => Some(value),
        Some("ext") => {
            let path = value.split(['?', '#']).next().unwrap_or("");
            let typed = value
                .split(['?', '&'])
                .skip(1)
                .any(|p| p.starts_with("e=") && names::ending(p).is_some());
            let named = |t: &str| names::ending(t.trim()).is_some_and(|e| e != "html" && e != "htm");
            let by_name = ["download", "title", "alt"]
                .iter()
                .any(|a| el.value().attr(a).is_some_and(named));
            let text: String = el.text().collect();
            (named(path) || typed || by_name || named(&text)).then_some(value)
        }
        Some("viewer") => {
            let query = value.split_once('?')?.1;
            let file = url::form_urlencoded::parse(query.as_bytes())
                .find(|(k, _)| k == "file")?
                .1
                .into_owned();
            // Encoded twice now and then.
            if file.starts_with("%2F") || file.starts_with("%2f") || file.starts_with("http%3A") {
                return url::form_urlencoded::parse(format!("f={file}").as_bytes())
                    .next()
                    .map(|(_, v)| v.into_owned());
            }
            Some(file)
        }
        Some(_) => {
            let quoted = value.split(['\'', '"']).skip(1).step_by(2);
            quoted
                .into_iter()
                .find(|q| names::ending(q.split('?').next().unwrap_or("")).is_some_and(|e| e != "html" && e != "htm"))
                .map(str::to_string)
        }
    }
}

/// The CDATA of the records of a Hanweb list. A scan, not a parser: some of them are no XML, and a parser of HTML takes a CDATA
/// section for a comment.
fn records(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find("<record>") {
        let inner = &rest[start + 8..];
        let end = [inner.find("</record>"), inner.find("<record>")]
            .into_iter()
            .flatten()
            .min()
            .unwrap_or(inner.len());
        let record = &inner[..end];
        let body = record
            .split_once("<![CDATA[")
            .map_or(record, |(_, b)| b.split("]]>").next().unwrap_or(b));
        out.push(body.to_string());
        rest = &inner[end..];
    }
    out
}

/// Takes JSON escapes of markup away.
fn unescaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let next = &rest[at + 1..];
        let code = next
            .strip_prefix('u')
            .and_then(|n| n.get(..4))
            .and_then(|h| u32::from_str_radix(h, 16).ok());
        match (code.and_then(char::from_u32), next.chars().next()) {
            (Some(c), _) => {
                out.push(c);
                rest = &next[5..];
            }
            (None, Some(c)) => {
                out.push(match c {
                    'n' | 't' | 'r' => ' ',
                    c => c,
                });
                rest = &next[c.len_utf8()..];
            }
            (None, None) => rest = next,
        }
    }
    out.push_str(rest);
    out
}
