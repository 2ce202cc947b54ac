//! Publishing platforms as data: how their lists are paged, where rows, dates and attachments stand, by what a platform is told.
//! The same types are the settings that a user's `sources.toml` may override. Comes in: TOML; goes out: rules whose selectors,
//! expressions and templates were all tried. What the rules do is in `acquire`.

use super::mistake::Mistake;
use regex::Regex;
use serde::Deserialize;
use serde::de::{self, Deserializer, SeqAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use toml::Spanned;

/// One word or a list of words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OneOrMany(pub Vec<String>);

impl<'de> Deserialize<'de> for OneOrMany {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        struct V;
        impl<'de> Visitor<'de> for V {
            type Value = OneOrMany;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or a list of strings")
            }
            fn visit_str<E: de::Error>(self, v: &str) -> Result<OneOrMany, E> {
                Ok(OneOrMany(vec![v.to_string()]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<OneOrMany, A::Error> {
                let mut out = Vec::new();
                while let Some(v) = seq.next_element()? {
                    out.push(v);
                }
                Ok(OneOrMany(out))
            }
        }
        d.deserialize_any(V)
    }
}

/// A word with its place in the file.
pub type Word = Option<Spanned<String>>;
/// Words with their place in the file.
pub type Many = Option<Spanned<OneOrMany>>;

macro_rules! rules {
    ($(#[$m:meta])* $name:ident { $($(#[$fm:meta])* $field:ident: $ty:ty,)+ }) => {
        $(#[$m])*
        #[derive(Clone, Debug, Default, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name { $($(#[$fm])* pub $field: $ty,)+ }
        impl $name {
            /// These rules with every setting that `over` states put over them.
            #[must_use]
            pub fn with(&self, over: &Self) -> Self {
                Self { $($field: Layer::layer(&self.$field, &over.$field),)+ }
            }
        }
    };
}

trait Layer {
    fn layer(base: &Self, over: &Self) -> Self;
}
impl<T: Clone> Layer for Option<T> {
    fn layer(base: &Self, over: &Self) -> Self {
        over.clone().or_else(|| base.clone())
    }
}
impl<V: Clone> Layer for BTreeMap<String, V> {
    fn layer(base: &Self, over: &Self) -> Self {
        let mut out = base.clone();
        out.extend(over.iter().map(|(k, v)| (k.clone(), v.clone())));
        out
    }
}
impl Layer for PageRules {
    fn layer(base: &Self, over: &Self) -> Self {
        base.with(over)
    }
}

rules! {
    /// How one comes to the next page of a list.
    PageRules {
        /// `single`, `pages` (addresses from `url`), `create_page_html`, `nextgroup`, `next_link`.
        mode: Word,
        /// Number of the first page; 1 unless said.
        first: Option<u32>,
        /// Never more pages than this; 2000 unless said.
        max: Option<u32>,
        /// Page 1 is asked by `url` as well (an interface), not taken from the entry page.
        interface: Option<bool>,
        /// `next_link`: where the link to the next page stands.
        next: Many,
        /// The parameter that counts (`nextgroup`).
        param: Option<String>,
        /// After the last page the first one is read again: pages that are numbered from the end shift while one reads.
        reread: Option<bool>,
    }
}

rules! {
    /// One level of a list.
    ListRules {
        /// GET or POST.
        method: Word,
        /// Template of the address of page n: `{n}` the page, `{n0}` the page less one, `{down}` pages − n + 1, `{offset}` rows before it,
        /// `{start}` and `{end}` first and last row, `{per}` rows a page, `{entry}` `{dir}` `{stem}` of the entry address, and `vars`.
        url: Word,
        /// Fields of a POST; templates.
        form: BTreeMap<String, String>,
        /// Names for templates: an expression with one group, looked for in the entry page; or the value itself as `=value`.
        vars: BTreeMap<String, Spanned<String>>,
        /// `html`, `json`, `datastore` (records of Hanweb inside a script).
        format: Word,
        /// Where HTML stands inside JSON (dotted path).
        html: Word,
        /// What a page of the list must hold: `css:…`, `re:…`, `path:…` or plain text; one of them is enough.
        expect: Many,
        /// Marks of a list that is empty and says so.
        empty: Many,
        /// Marks of a list that only a browser can fill; it is reported, not read.
        render: Many,
        /// Selectors of rows.
        item: Many,
        /// Rows that are none: separators, templates.
        skip: Many,
        /// Picks inside of a row: `a@href`.
        link: Many,
        /// Picks of the title; the longest one that another one begins with wins.
        title: Many,
        /// Picks of the date.
        date: Many,
        /// Picks of the publisher, where one page covers many.
        publisher: Many,
        /// JSON: path of the rows.
        items: Word,
        /// JSON: paths inside a row, or templates with `{field}`: title, url, date, publisher, and names for the next level.
        fields: BTreeMap<String, String>,
        /// Number of rows that the portal states: `re:…`, `path:…`, `css:…`.
        total: Word,
        /// Number of pages that it states.
        pages: Word,
        /// Rows before this page as the portal states them: must be right.
        offset: Word,
        /// Rows a page.
        per: Option<u32>,
        /// Only rows whose title fits.
        include: Word,
        /// No rows whose title fits.
        exclude: Word,
        /// Only rows whose address fits.
        link_pattern: Word,
        /// Pages that are known to be missing: `321-322`.
        known_gaps: Many,
        /// A row with a date before this ends the list.
        older_than: Word,
        /// Rows are files themselves when `yes`, pages when `no`; `auto` decides by the ending.
        files: Word,
        /// Paging.
        page: PageRules,
    }
}

rules! {
    /// A page with attachments.
    DetailRules {
        /// What it must hold; one is enough.
        expect: Many,
        /// Selectors of the body text.
        body: Many,
        /// Picks of attachments: `a[href]@href:ext`; filters: `ext` a known ending, `viewer` the file of a viewer, `url` an address in a script.
        attachment: Many,
        /// Names of an attachment: `@download`, `@alt`, `@title`, `text`.
        attachment_name: Many,
        /// Picks of the title.
        title: Many,
        /// Picks of the publisher.
        publisher: Many,
        /// The page holds its body once more inside a script, escaped; attachments are looked for there too.
        escaped: Option<bool>,
        /// Send the address of the page along with the request for its attachment.
        referer: Option<bool>,
        /// A page without attachment is a document itself.
        allow_html_document: Option<bool>,
        /// `no`, `if_no_text`, `always`: whether images of the body are kept.
        images: Word,
    }
}

/// By what a platform is told.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fingerprint {
    /// Expression.
    pub mark: Spanned<String>,
    /// `page` or `url`.
    #[serde(rename = "where")]
    pub place: Spanned<String>,
    /// Points.
    pub score: u32,
    /// Said to the user.
    pub why: String,
}

/// A file of `portals/`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Portal {
    /// Id: the name of the file.
    pub id: Spanned<String>,
    /// The Chinese name.
    pub zh: String,
    /// By what it is told.
    #[serde(default)]
    pub fingerprint: Vec<Fingerprint>,
    /// Levels of the list: rows of one lead to the lists of the next.
    pub list: Vec<ListRules>,
    /// Pages with attachments.
    #[serde(default)]
    pub detail: DetailRules,
}

/// An answer that is not what was asked for.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// The word of the outcome: `jsl`, `waf` …
    pub id: String,
    /// Statuses; empty: any.
    #[serde(default)]
    pub status: Vec<u16>,
    /// Expression over the headers as sent by the portal.
    pub header: Word,
    /// Expression over the first 64 KiB of the body.
    pub body: Word,
    /// Only bodies of at most this many bytes.
    pub at_most: Option<usize>,
    /// Said to the user.
    pub why: String,
}

/// `portals/answers.toml`: answers that are no documents.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Answers {
    /// A challenge or a wall: stop.
    pub challenge: Vec<Mark>,
    /// “Not found” with status 200.
    pub soft404: Vec<Mark>,
    /// Only a browser fills the page.
    pub render: Vec<Mark>,
    /// Words of a title that correct an earlier document (更正).
    pub corrections: Vec<String>,
    /// Texts of links that are no names (下载, 附件).
    pub no_names: Vec<String>,
    /// Addresses that count visits: never asked.
    pub counters: Vec<String>,
}

/// Everything under `portals/`.
#[derive(Clone, Debug, Default)]
pub struct Portals {
    /// By id.
    pub platforms: Vec<Portal>,
    /// Answers that are none.
    pub answers: Answers,
}

impl Portals {
    /// A platform by its id.
    pub fn get(&self, id: &str) -> Option<&Portal> {
        self.platforms.iter().find(|p| p.id.get_ref() == id)
    }
}

const MODES: &[&str] = &["single", "pages", "create_page_html", "nextgroup", "next_link"];
const FORMATS: &[&str] = &["html", "json", "datastore"];
const BUILT_IN: &[&str] = &[
    "n", "n0", "down", "offset", "start", "end", "per", "entry", "dir", "stem", "origin", "url",
];

/// Collects mistakes.
pub struct Lint<'m> {
    /// What was found.
    pub mistakes: &'m mut Vec<Mistake>,
}

impl Lint<'_> {
    fn say(&mut self, span: Range<usize>, message: String) {
        self.mistakes.push((span, message));
    }

    fn one_of(&mut self, word: &Word, what: &str, known: &[&str]) {
        if let Some(w) = word
            && !known.contains(&w.get_ref().as_str())
        {
            self.say(
                w.span(),
                format!("{what} `{}` is unknown; use {}", w.get_ref(), known.join(", ")),
            );
        }
    }

    /// An expression that must compile.
    pub fn expression(&mut self, span: Range<usize>, text: &str, groups: usize) {
        match Regex::new(text) {
            Err(e) => self.say(
                span,
                format!("`{text}` is no expression: {}", last_line(&e.to_string())),
            ),
            Ok(r) if r.captures_len() <= groups => {
                self.say(span, format!("`{text}` needs a group (…) around what is wanted"))
            }
            Ok(_) => {}
        }
    }

    fn selector(&mut self, span: Range<usize>, text: &str) {
        if let Err(e) = scraper::Selector::parse(text) {
            self.say(span, format!("`{text}` is no selector: {e}"));
        }
    }

    fn sentinel(&mut self, span: Range<usize>, text: &str) {
        if let Some(s) = text.strip_prefix("css:") {
            self.selector(span, s);
        } else if let Some(r) = text.strip_prefix("re:") {
            self.expression(span, r, 0);
        } else if text.is_empty() {
            self.say(span, "an empty mark is on every page".into());
        }
    }

    fn number(&mut self, word: &Word) {
        let Some(w) = word else { return };
        let text = w.get_ref();
        if let Some(r) = text.strip_prefix("re:") {
            self.expression(w.span(), r, 1);
        } else if let Some(s) = text.strip_prefix("css:") {
            self.selector(w.span(), s);
        } else if !text.starts_with("path:") {
            self.say(w.span(), format!("`{text}`: a count begins with re:, path: or css:"));
        }
    }

    fn picks(&mut self, many: &Many) {
        let Some(m) = many else { return };
        for p in &m.get_ref().0 {
            match Pick::parse(p) {
                Ok(pick) if !pick.selector.is_empty() => self.selector(m.span(), &pick.selector),
                Ok(_) => {}
                Err(e) => self.say(m.span(), e),
            }
        }
    }

    fn template(&mut self, span: Range<usize>, text: &str, known: &dyn Fn(&str) -> bool) {
        for name in names(text) {
            if !BUILT_IN.contains(&name) && !known(name) {
                self.say(
                    span.clone(),
                    format!(
                        "`{{{name}}}` is unknown; give it under vars, or use {}",
                        BUILT_IN.join(", ")
                    ),
                );
            }
        }
    }

    /// Tries every rule of a list. `earlier`: names that the level before binds.
    pub fn list(&mut self, l: &ListRules, earlier: &dyn Fn(&str) -> bool) {
        self.one_of(&l.method, "method", &["GET", "POST"]);
        self.one_of(&l.format, "format", FORMATS);
        self.one_of(&l.page.mode, "mode", MODES);
        self.one_of(&l.files, "files", &["yes", "no", "auto"]);
        for (name, v) in &l.vars {
            if !v.get_ref().starts_with('=') {
                self.expression(v.span(), v.get_ref(), 1);
            }
            if BUILT_IN.contains(&name.as_str()) {
                self.say(v.span(), format!("`{name}` is taken; choose another name"));
            }
        }
        let known = |name: &str| l.vars.contains_key(name) || earlier(name);
        if let Some(u) = &l.url {
            self.template(u.span(), u.get_ref(), &known);
        }
        let at = l.url.as_ref().map_or(0..0, Spanned::span);
        for v in l.form.values() {
            self.template(at.clone(), v, &known);
        }
        for s in [&l.expect, &l.render, &l.empty].into_iter().flatten() {
            for t in &s.get_ref().0 {
                self.sentinel(s.span(), t);
            }
        }
        for s in [&l.item, &l.skip].into_iter().flatten() {
            for t in &s.get_ref().0 {
                self.selector(s.span(), t);
            }
        }
        for p in [&l.link, &l.title, &l.date, &l.publisher, &l.page.next] {
            self.picks(p);
        }
        for n in [&l.total, &l.pages, &l.offset] {
            self.number(n);
        }
        for e in [&l.include, &l.exclude, &l.link_pattern].into_iter().flatten() {
            self.expression(e.span(), e.get_ref(), 0);
        }
    }

    /// Tries every rule of a detail page.
    pub fn detail(&mut self, d: &DetailRules) {
        if let Some(s) = &d.expect {
            for t in &s.get_ref().0 {
                self.sentinel(s.span(), t);
            }
        }
        if let Some(s) = &d.body {
            for t in &s.get_ref().0 {
                self.selector(s.span(), t);
            }
        }
        for p in [&d.attachment, &d.attachment_name, &d.title, &d.publisher] {
            self.picks(p);
        }
        self.one_of(&d.images, "images", &["no", "if_no_text", "always"]);
    }

    /// Tries a platform.
    pub fn portal(&mut self, p: &Portal) {
        for f in &p.fingerprint {
            self.expression(f.mark.span(), f.mark.get_ref(), 0);
            self.one_of(&Some(f.place.clone()), "where", &["page", "url"]);
        }
        if p.fingerprint.is_empty() && !p.id.get_ref().ends_with("generic") {
            self.say(
                p.id.span(),
                "a platform needs a [[fingerprint]] by which it is told".into(),
            );
        }
        let mut bound: Vec<String> = Vec::new();
        for l in &p.list {
            let earlier = bound.clone();
            self.list(l, &|n| earlier.iter().any(|b| b == n));
            bound.extend(l.vars.keys().cloned());
            bound.extend(l.fields.keys().cloned());
            if l.expect.is_none() && !p.id.get_ref().ends_with("generic") {
                self.say(
                    p.id.span(),
                    "a list needs `expect`: without it a changed page would look like an empty list".into(),
                );
            }
        }
        self.detail(&p.detail);
    }

    /// Tries the marks of answers.
    pub fn answers(&mut self, a: &Answers) {
        for m in a.challenge.iter().chain(&a.soft404).chain(&a.render) {
            for w in [&m.header, &m.body].into_iter().flatten() {
                self.expression(w.span(), w.get_ref(), 0);
            }
        }
        for c in &a.counters {
            self.expression(0..0, c, 0);
        }
    }
}

fn last_line(text: &str) -> String {
    text.lines().last().unwrap_or("").trim().to_string()
}

/// The names in braces of a template.
pub fn names(template: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        let inner = &rest[at + 1..];
        let Some(end) = inner.find('}') else { break };
        let name = &inner[..end];
        // JSON inside an address has braces too: a name is a plain word.
        if !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            out.push(name);
            rest = &inner[end + 1..];
        } else {
            rest = inner;
        }
    }
    out
}

/// Which part of which element: `a.file@href:ext`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pick {
    /// CSS; empty: the row itself.
    pub selector: String,
    /// Attribute; `None`: the text.
    pub attribute: Option<String>,
    /// `ext`, `viewer`, `url`.
    pub filter: Option<String>,
}

impl Pick {
    /// Reads a pick.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text == "onclick:url" {
            return Self::parse("[onclick]@onclick:url");
        }
        if text == "text" {
            return Ok(Self::default());
        }
        let Some((selector, rest)) = text.rsplit_once('@') else {
            return if text.is_empty() {
                Err("an empty pick; write `a@href`, `a` or `text`".into())
            } else {
                Ok(Self {
                    selector: text.to_string(),
                    ..Self::default()
                })
            };
        };
        let (attribute, filter) = match rest.split_once(':') {
            Some((a, f)) => (a, Some(f.to_string())),
            None => (rest, None),
        };
        if attribute.is_empty() || !attribute.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)) {
            return Err(format!(
                "`{text}`: after @ stands the name of an attribute, as in `a@href`"
            ));
        }
        if let Some(f) = &filter
            && !["ext", "viewer", "url"].contains(&f.as_str())
        {
            return Err(format!("`{text}`: the filter `{f}` is unknown; use ext, viewer or url"));
        }
        Ok(Self {
            selector: selector.to_string(),
            attribute: Some(attribute.to_string()),
            filter,
        })
    }
}
