//! One source from its entry pages to its attachments. Comes in: a source and the machine that fetches. Goes out: entries and
//! documents in the store, and for each list whether it is complete: `complete`, `partial` with the reason, `contract_changed`,
//! `blocked`. A list that cannot be read is never an empty one.

use super::super::names;
use super::super::outcome::{Listed, Outcome, Skip};
use super::super::sources::{Source, duration_ms};
use super::super::store;
use super::super::store::index::{DocumentEntry, EntryRow, ListingRow, SourceState};
use super::super::time::Moment;
use super::fetch::{Event, Fetcher, Got, Purpose, Want, host_of};
use super::lists::{Attachment, Page, PageCall, Row, Vars, date, fill};
use crate::grammar::portals::{Answers, ListRules, Word};
use regex::Regex;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;
use url::Url;

/// How a source came out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Id of the source.
    pub source: String,
    /// What it is.
    pub outcome: Listed,
    /// Why it is not complete.
    pub message: Option<String>,
    /// Lists.
    pub listings: Vec<ListingRow>,
    /// Outcomes of pages and attachments, counted.
    pub outcomes: BTreeMap<Outcome, u64>,
    /// Rows of all lists.
    pub entries: u64,
    /// Documents seen in this run.
    pub documents: u64,
    /// Of these, bytes that were not there before.
    pub new: u64,
    /// Entries that are no longer listed.
    pub withdrawn: u64,
}

struct Crawl<'a> {
    f: &'a Fetcher,
    source: &'a Source,
    answers: &'a Answers,
    begun: Moment,
    report: Report,
}

/// A list that cannot go on: outcome and reason.
type Broken = (Listed, String);

fn broken(outcome: Listed, why: impl Into<String>) -> Broken {
    (outcome, why.into())
}

/// Why the pages of a list end before they should.
enum Stop {
    Broken(Broken),
    /// There is no such page.
    Gone(String),
    Store(store::Error),
}

impl From<Broken> for Stop {
    fn from(b: Broken) -> Self {
        Stop::Broken(b)
    }
}

impl From<store::Error> for Stop {
    fn from(e: store::Error) -> Self {
        Stop::Store(e)
    }
}

/// A list whose entry was looked at.
struct Opened {
    base: Url,
    vars: Vars,
    /// The entry, where it is the first page.
    first: Option<Page>,
}

/// What came for the number of a page.
enum Came {
    Page(Page),
    /// None; the next one may be there.
    Missing,
    /// None, and no further one.
    End,
}

/// What follows a page.
enum After {
    GoesOn,
    /// It was the last one that the portal states.
    Last,
    /// Nothing more is wanted.
    Enough,
}

fn word(w: &Word) -> Option<&str> {
    w.as_ref().map(|w| w.get_ref().as_str())
}

fn regex(w: &Word) -> Option<Regex> {
    Regex::new(word(w)?).ok()
}

/// Fetches one source.
pub async fn crawl(f: &Fetcher, source: &Source, answers: &Answers) -> Result<Report, store::Error> {
    let mut c = Crawl {
        f,
        source,
        answers,
        begun: f.clock.now(),
        report: Report {
            source: source.id.clone(),
            ..Report::default()
        },
    };
    let state = f.store.source_state(&source.id)?.unwrap_or_default();
    if let Some((outcome, why)) = c.not_now(&state) {
        c.report.outcome = outcome;
        c.report.message = Some(why);
        return Ok(c.report);
    }
    c.all().await?;
    let finished = !matches!(c.report.outcome, Listed::Stopped | Listed::Blocked);
    let now = f.store.source_state(&source.id)?.unwrap_or_default();
    f.store.set_source_state(
        &source.id,
        &SourceState {
            config: source.config.clone(),
            finished: if finished { Some(f.clock.now()) } else { state.finished },
            outcome: Some(c.report.outcome.to_string()),
            blocked: now.blocked,
        },
    )?;
    Ok(c.report)
}

impl Crawl<'_> {
    /// Why the source is not asked in this run.
    fn not_now(&self, state: &SourceState) -> Option<Broken> {
        if let Some(why) = &state.blocked {
            return Some(broken(
                Listed::Blocked,
                format!("{why}; look at it, then `juesuan fetch --unblock {}`", self.source.id),
            ));
        }
        if !self.source.enabled {
            return Some(broken(Listed::Skipped, "it is switched off (`enabled`, `moved_to`)"));
        }
        if self.source.transport.needs_render {
            return Some(broken(
                Listed::RenderRequired,
                "it is marked: only a browser can read it",
            ));
        }
        let every = duration_ms(&self.source.schedule.every)?;
        let next = state.finished?.plus(every);
        let same = state.config == self.source.config && state.outcome.as_deref() == Some(Listed::Complete.as_str());
        (same && next > self.begun).then(|| broken(Listed::Skipped, format!("not due until {}", next.text())))
    }

    async fn all(&mut self) -> Result<(), store::Error> {
        let mut rows: Vec<(Row, Url)> = Vec::new();
        for entry in &self.source.entry.clone() {
            let listing = self.walk(0, entry.clone(), &Vars::new(), &mut rows).await?;
            self.f.store.set_listing(self.f.run(), &self.source.id, &listing)?;
            let stop = matches!(
                listing.outcome,
                Listed::Blocked | Listed::IdentityMismatch | Listed::Stopped
            );
            self.report.listings.push(listing);
            if stop {
                break;
            }
        }
        self.report.entries = rows.len() as u64;
        let lists = self.worst();
        // A wrong domain gives no documents.
        if lists.0 != Listed::IdentityMismatch {
            let rows = self.wanted(rows);
            for url in rows.iter().filter_map(|(r, _)| r.url.as_ref()) {
                self.queue(url, 1);
            }
            for (row, list) in &rows {
                if self.entry(row, list).await? {
                    break;
                }
                if let Some(url) = &row.url {
                    self.queue(url, -1);
                }
            }
        }
        if lists.0 == Listed::Complete {
            let gone = self
                .f
                .store
                .withdraw_unseen(&self.source.id, self.begun, self.f.clock.now())?;
            self.report.withdrawn = gone.len() as u64;
        }
        self.conclude(lists);
        Ok(())
    }

    /// The outcome of the lists together: the worst that is not complete.
    fn worst(&self) -> (Listed, Option<String>) {
        let worst = self.report.listings.iter().min_by_key(|l| l.outcome);
        worst
            .filter(|l| l.outcome < Listed::Complete)
            .map_or((Listed::Complete, None), |l| (l.outcome, l.reason.clone()))
    }

    fn conclude(&mut self, lists: (Listed, Option<String>)) {
        let outcomes = &self.report.outcomes;
        let any = |is: fn(&Outcome) -> bool| outcomes.iter().any(|(o, n)| is(o) && *n > 0);
        let bad: Vec<String> = outcomes
            .iter()
            .filter(|(o, _)| !o.harmless())
            .map(|(o, n)| format!("{n} {o}"))
            .collect();
        let stopped = any(|o| *o == Outcome::Skipped(Skip::Stopped)) || self.f.is_stopped();
        (self.report.outcome, self.report.message) = if stopped {
            let why = "it was stopped; start again to go on";
            (Listed::Stopped, Some(why.to_string()))
        } else if lists.0 == Listed::Complete && any(|o| matches!(o, Outcome::Blocked(_))) {
            (Listed::Blocked, Some(bad.join(", ")))
        } else if lists.0 == Listed::Complete && !bad.is_empty() {
            (Listed::Partial, Some(bad.join(", ")))
        } else {
            lists
        };
    }

    fn count(&mut self, outcome: Outcome) {
        *self.report.outcomes.entry(outcome).or_default() += 1;
    }

    /// For people who watch: so many more to look at on the host of an address.
    fn queue(&self, url: &Url, more: i64) {
        let host = host_of(url);
        self.f.tell(&Event::Queue { host: &host, more });
    }

    /// Addresses of one source under one name.
    fn alias(&self, url: Url) -> Url {
        for (from, to) in &self.source.aliases {
            if let Some(rest) = url.as_str().strip_prefix(from.as_str())
                && let Ok(u) = Url::parse(&format!("{to}{rest}"))
            {
                return u;
            }
        }
        url
    }

    /// Asks for a page of a list.
    async fn list_page(&mut self, url: Url, form: Option<String>, referer: Option<&Url>) -> Result<Page, Stop> {
        let want = Want {
            source: self.source,
            purpose: Purpose::List,
            url: url.clone(),
            form,
            referer: referer.cloned(),
        };
        let got = self.f.fetch(&want).await?;
        if !got.good() {
            let why = format!(
                "{url}: {}",
                got.message.clone().unwrap_or_else(|| got.outcome.to_string())
            );
            return Err(match got.outcome {
                o if o.absent() => Stop::Gone(why),
                Outcome::Skipped(Skip::Stopped) => Stop::Broken(broken(Listed::Stopped, why)),
                Outcome::Blocked(_) => Stop::Broken(broken(Listed::Blocked, why)),
                _ => Stop::Broken(broken(Listed::Failed, why)),
            });
        }
        let base = got.final_url.unwrap_or(url);
        let bytes = self.f.store.object(got.sha256.as_deref().unwrap_or_default())?;
        Ok(Page::new(&bytes, base, got.charset.as_deref()))
    }

    /// A page must be what the rules expect.
    fn checked(&self, page: &Page, rules: &ListRules) -> Result<(), Broken> {
        if let Some(mark) = page.needs_browser(&rules.render) {
            return Err(broken(
                Listed::RenderRequired,
                format!("only a browser fills the list (`{mark}`)"),
            ));
        }
        if !page.holds(&rules.expect) {
            let shell = self.answers.render.iter().find(|m| {
                m.at_most.is_none_or(|n| page.text.len() <= n) && regex(&m.body).is_some_and(|r| r.is_match(&page.text))
            });
            return Err(match shell {
                Some(m) => broken(Listed::RenderRequired, m.why.clone()),
                None => broken(
                    Listed::ContractChanged,
                    format!(
                        "{}: none of the marks of a list (`expect`) stands on the page; look at it and mend the rules",
                        page.base
                    ),
                ),
            });
        }
        Ok(())
    }

    fn identified(&self, page: &Page) -> Result<(), Broken> {
        let expected = &self.source.identity.expect_any;
        if expected.is_empty() || expected.iter().any(|e| page.text.contains(e.as_str())) {
            return Ok(());
        }
        Err(broken(
            Listed::IdentityMismatch,
            format!(
                "{} names none of {}: the domain may have changed hands",
                page.base,
                expected.join(", ")
            ),
        ))
    }

    /// One list with all its pages, and the lists below it.
    async fn walk(
        &mut self,
        level: usize,
        entry: Url,
        bound: &Vars,
        out: &mut Vec<(Row, Url)>,
    ) -> Result<ListingRow, store::Error> {
        let mut listing = ListingRow {
            url: entry.to_string(),
            ..ListingRow::default()
        };
        let mut rounds = 0;
        loop {
            let mut walk = Walk::default();
            let end = match Box::pin(self.pages(level, &entry, bound, &mut walk, &mut listing)).await {
                Ok(()) => Ok(()),
                Err(Stop::Store(e)) => return Err(e),
                Err(Stop::Broken(b)) => Err(b),
                Err(Stop::Gone(why)) => Err(broken(Listed::Failed, why)),
            };
            let again = end.is_ok() && walk.shifted && rounds < 3;
            rounds += 1;
            if again {
                continue;
            }
            self.reconcile(&mut listing, &walk, end, level);
            if level + 1 == self.source.levels.len() {
                out.extend(walk.rows.into_iter().map(|r| (r, entry.clone())));
                return Ok(listing);
            }
            let mut below = Vec::new();
            let walk_vars = walk.vars;
            for row in walk.rows {
                let Some(url) = row.url.clone().or_else(|| Some(entry.clone())) else {
                    continue;
                };
                let mut bound = walk_vars.clone();
                bound.extend(row.fields.clone());
                bound.insert("title".into(), row.title.clone());
                bound.insert("url".into(), url.to_string());
                let before = out.len();
                let inner = Box::pin(self.walk(level + 1, self.alias(url), &bound, out)).await?;
                for (r, _) in &mut out[before..] {
                    // Whose list it is stands one level above.
                    r.publisher = r
                        .publisher
                        .take()
                        .or_else(|| row.publisher.clone())
                        .or_else(|| Some(row.title.clone()));
                }
                below.push(inner);
            }
            for inner in below {
                listing.seen += inner.seen;
                listing.pages += inner.pages;
                if inner.outcome != Listed::Complete && listing.outcome == Listed::Complete {
                    listing.outcome = match inner.outcome {
                        o @ (Listed::Blocked | Listed::Stopped) => o,
                        _ => Listed::Partial,
                    };
                    listing.reason = inner.reason;
                }
            }
            return Ok(listing);
        }
    }

    /// The pages of one list, from the first to where it ends.
    async fn pages(
        &mut self,
        level: usize,
        entry: &Url,
        bound: &Vars,
        walk: &mut Walk,
        listing: &mut ListingRow,
    ) -> Result<(), Stop> {
        let rules = self.source.levels[level].clone();
        let mut list = self.opened(level, &rules, entry, bound).await?;
        walk.vars.clone_from(&list.vars);
        let first = rules.page.first.unwrap_or(1);
        let most = rules.page.max.unwrap_or(2000);
        let mut n = first;
        loop {
            let came = match list.first.take() {
                Some(p) => Came::Page(p),
                None => self.page_at(&rules, &list, walk, n).await?,
            };
            match came {
                Came::End => return Ok(()),
                Came::Missing => {}
                Came::Page(page) => {
                    listing.pages += 1;
                    match self.taken(&rules, &list.vars, walk, &page, n)? {
                        After::Enough => return Ok(()),
                        After::Last if rules.page.reread == Some(true) && n > first => {
                            return self.reread(&rules, entry, walk).await;
                        }
                        After::Last => return Ok(()),
                        After::GoesOn if n - first + 1 >= most => {
                            return Err(broken(Listed::Partial, format!("more than {most} pages (`page.max`)")).into());
                        }
                        After::GoesOn => {}
                    }
                }
            }
            n += 1;
        }
    }

    /// Looks at the entry of a list, where its rules need it: what it says of the list, and whether it is its first page.
    async fn opened(&mut self, level: usize, rules: &ListRules, entry: &Url, bound: &Vars) -> Result<Opened, Stop> {
        let interface = rules.page.interface.unwrap_or(false);
        let mut vars = bound.clone();
        let asks_entry = !interface
            || rules.vars.values().any(|v| !v.get_ref().starts_with('='))
            || (level == 0 && !self.source.identity.expect_any.is_empty());
        let (mut base, mut first) = (entry.clone(), None);
        if asks_entry {
            let page = self.list_page(entry.clone(), None, None).await?;
            if level == 0 {
                self.identified(&page)?;
            }
            base = page.base.clone();
            match page.vars(rules) {
                Ok(v) => vars.extend(v),
                Err(why) => {
                    let changed = self.checked(&page, rules).err().filter(|_| !interface);
                    let unsaid = || broken(Listed::ContractChanged, format!("{base}: {why}"));
                    return Err(changed.unwrap_or_else(unsaid).into());
                }
            }
            first = (!interface).then_some(page);
        } else {
            for (name, v) in &rules.vars {
                vars.insert(name.clone(), v.get_ref().trim_start_matches('=').to_string());
            }
        }
        places(&base, &mut vars);
        Ok(Opened { base, vars, first })
    }

    /// Asks for page `n`. That it is not there is not always an error.
    async fn page_at(&mut self, rules: &ListRules, list: &Opened, walk: &mut Walk, n: u32) -> Result<Came, Stop> {
        let (url, form) = self.address(rules, &list.base, walk, &list.vars, n)?;
        let why = match self.list_page(url, form, Some(&list.base)).await {
            Ok(page) => return Ok(Came::Page(page)),
            Err(Stop::Gone(why)) => why,
            Err(e) => return Err(e),
        };
        let more_stated = walk.pages_stated.is_some_and(|p| n < p);
        let known_gap = self.source.gaps.iter().any(|(a, b)| (*a..=*b).contains(&n));
        if known_gap {
            walk.gaps += 1;
        } else if n == rules.page.first.unwrap_or(1) {
            return Err(broken(Listed::Failed, why).into());
        } else if walk.pages_stated.is_none() && walk.stated.is_none() {
            return Ok(Came::End);
        } else {
            walk.missing.push(n);
        }
        let goes_on = more_stated && (known_gap || walk.missing.len() < 3);
        Ok(if goes_on { Came::Missing } else { Came::End })
    }

    /// Takes the rows of page `n`.
    fn taken(&self, rules: &ListRules, vars: &Vars, walk: &mut Walk, page: &Page, n: u32) -> Result<After, Broken> {
        let first = rules.page.first.unwrap_or(1);
        self.checked(page, rules)?;
        walk.read(page, rules, n, first)?;
        let alias = |mut r: Row| {
            r.url = r.url.map(|u| self.alias(u));
            r
        };
        let rows: Vec<Row> = page.rows(rules, vars).into_iter().map(alias).collect();
        let says_empty = rules.empty.is_some() && page.holds(&rules.empty);
        if rows.is_empty() && walk.stated != Some(0) && !says_empty {
            if n == first {
                let why = format!("{}: no row was found on a page that looks like a list", page.base);
                return Err(broken(Listed::ContractChanged, why));
            }
            if walk.stated.is_some_and(|t| (walk.rows.len() as u64) < t) || walk.pages_stated.is_some() {
                return Err(broken(Listed::Partial, format!("page {n} has no rows")));
            }
            return Ok(After::Enough);
        }
        let (new, old) = walk.add(rows, rules);
        if n > first && new == 0 {
            if walk.stated.is_some_and(|t| walk.rows.len() as u64 >= t) {
                return Ok(After::Enough);
            }
            let why = format!("page {n} repeats what was seen: the portal gives no more");
            return Err(broken(Listed::Partial, why));
        }
        Ok(if old {
            After::Enough
        } else if walk.goes_on(rules, page, n, first) {
            After::GoesOn
        } else {
            After::Last
        })
    }

    /// Pages numbered from the end shift when a row is added: the first page is looked at again.
    async fn reread(&mut self, rules: &ListRules, entry: &Url, walk: &mut Walk) -> Result<(), Stop> {
        let page = self.list_page(entry.clone(), None, None).await?;
        let unseen = |u: Url| !walk.seen.contains(self.alias(u).as_str());
        let fresh = page
            .rows(rules, &Vars::new())
            .into_iter()
            .any(|r| r.url.is_some_and(unseen));
        walk.shifted = fresh || page.number(&rules.pages) != walk.first_pages;
        Ok(())
    }

    /// The address of page n, and the body of a POST.
    fn address(
        &self,
        rules: &ListRules,
        base: &Url,
        walk: &Walk,
        vars: &Vars,
        n: u32,
    ) -> Result<(Url, Option<String>), Broken> {
        let mode = word(&rules.page.mode).unwrap_or("single");
        let wrong =
            |text: &str, e: url::ParseError| broken(Listed::ContractChanged, format!("`{text}` is no address: {e}"));
        match mode {
            "create_page_html" => {
                let leaf = walk.call.as_ref().map(|c| c.leaf(n)).unwrap_or_default();
                return base.join(&leaf).map(|u| (u, None)).map_err(|e| wrong(&leaf, e));
            }
            "next_link" => {
                if let Some(u) = &walk.next {
                    return Ok((u.clone(), None));
                }
            }
            "nextgroup" => {
                let link = walk.group.clone().unwrap_or_default();
                let param = rules.page.param.as_deref().unwrap_or("page");
                let r = Regex::new(&format!(r"([?&]{param}=)\d+"))
                    .map_err(|e| broken(Listed::ContractChanged, e.to_string()))?;
                let link = r.replace(&link, format!("${{1}}{n}")).to_string();
                return base.join(&link).map(|u| (u, None)).map_err(|e| wrong(&link, e));
            }
            _ => {}
        }
        let mut vars = vars.clone();
        let per = u64::from(rules.per.unwrap_or(20));
        let (n64, first) = (u64::from(n), u64::from(rules.page.first.unwrap_or(1)));
        let before = (n64 - first) * per;
        let down = walk.pages_stated.map_or(0, |p| (p + 1).saturating_sub(n));
        for (k, v) in [
            ("n", n64),
            ("n0", n64.saturating_sub(1)),
            ("down", u64::from(down)),
            ("offset", before),
            ("start", before + 1),
            ("end", before + per),
            ("per", per),
        ] {
            vars.insert(k.to_string(), v.to_string());
        }
        let text = fill(word(&rules.url).unwrap_or("{entry}"), &vars);
        let url = base.join(&text).map_err(|e| wrong(&text, e))?;
        if word(&rules.method) != Some("POST") {
            return Ok((url, None));
        }
        let mut form = url::form_urlencoded::Serializer::new(String::new());
        for (k, v) in &rules.form {
            form.append_pair(k, &fill(v, &vars));
        }
        Ok((url, Some(form.finish())))
    }

    /// What was stated against what was seen.
    fn reconcile(&self, listing: &mut ListingRow, walk: &Walk, end: Result<(), Broken>, level: usize) {
        listing.seen = walk.rows.len() as u64 + walk.unlinked;
        listing.stated = walk.stated;
        listing.stated_pages = walk.pages_stated.map(u64::from);
        let seen = listing.seen;
        let (outcome, reason) = match end {
            Err((o, why)) => (o, Some(why)),
            Ok(()) if !walk.missing.is_empty() => {
                let missing: Vec<String> = walk.missing.iter().map(ToString::to_string).collect();
                let of = walk.pages_stated.unwrap_or(0);
                (
                    Listed::Partial,
                    Some(format!(
                        "pages {} of {of} that the portal states answer 404",
                        missing.join(", ")
                    )),
                )
            }
            Ok(()) => match (walk.stated, walk.stated_first) {
                _ if walk.gaps > 0 => (
                    Listed::Complete,
                    Some(format!("{} pages are known to be missing", walk.gaps)),
                ),
                (Some(t), Some(f)) if f != t && seen >= f.min(t) && seen <= f.max(t) => (
                    Listed::Complete,
                    Some(format!("the stated total changed from {f} to {t} while it was read")),
                ),
                (Some(t), _) if t == seen || walk.ended_by_date => (Listed::Complete, None),
                (Some(t), _) => {
                    let single = word(&self.source.levels[level].page.mode).unwrap_or("single") == "single";
                    let outcome = if single {
                        Listed::ContractChanged
                    } else {
                        Listed::Partial
                    };
                    (outcome, Some(format!("the portal states {t} rows, {seen} were seen")))
                }
                _ => (Listed::Complete, None),
            },
        };
        listing.outcome = outcome;
        listing.reason = reason;
    }

    /// Rows that pass the filters of the source.
    fn wanted(&mut self, rows: Vec<(Row, Url)>) -> Vec<(Row, Url)> {
        let last = self.source.levels.last().cloned().unwrap_or_default();
        let (include, exclude, link) = (regex(&last.include), regex(&last.exclude), regex(&last.link_pattern));
        let mut out = Vec::new();
        let mut filtered = 0;
        for (row, list) in rows {
            let path = row
                .url
                .as_ref()
                .map(|u| u.query().map_or(u.path().to_string(), |q| format!("{}?{q}", u.path())));
            let fits = include.as_ref().is_none_or(|r| r.is_match(&row.title))
                && exclude.as_ref().is_none_or(|r| !r.is_match(&row.title))
                && link
                    .as_ref()
                    .is_none_or(|r| path.as_deref().is_some_and(|p| r.is_match(p)))
                && self.source.years.is_none_or(|y| year_fits(&row, y));
            if fits {
                out.push((row, list));
            } else {
                filtered += 1;
            }
        }
        if filtered > 0 {
            self.report.outcomes.insert(Outcome::Skipped(Skip::Type), filtered);
        }
        out
    }

    /// One row of a list. `true`: the host or the run does not go on.
    async fn entry(&mut self, row: &Row, list: &Url) -> Result<bool, store::Error> {
        let Some(url) = row.url.clone() else {
            self.count(Outcome::NoAddress);
            return Ok(false);
        };
        let before = self.f.store.entry(&self.source.id, url.as_str())?;
        let changed = before.is_some_and(|(t, d)| t != row.title || d != row.date);
        let supersedes = self.superseded(&row.title)?;
        self.f.store.see_entry(
            &self.source.id,
            &EntryRow {
                url: url.to_string(),
                title: row.title.clone(),
                list_date: row.date.clone(),
                url_date: date_of_address(&url),
                list_url: list.to_string(),
                publisher: row.publisher.clone(),
                supersedes,
            },
            self.f.clock.now().max(self.begun),
        )?;
        let rule = self
            .source
            .levels
            .last()
            .and_then(|l| word(&l.files).map(str::to_string));
        let file = match rule.as_deref() {
            Some("yes") => true,
            Some("no") => false,
            _ => looks_like_file(&url),
        };
        if file {
            let a = Attachment {
                url,
                name: Some(row.title.clone()),
                text: row.title.clone(),
            };
            return self.file(&a, list, row, changed, false).await;
        }
        let want = Want {
            source: self.source,
            purpose: Purpose::Detail,
            url: url.clone(),
            form: None,
            referer: Some(list.clone()),
        };
        let got = self.unless_fresh(&want, changed).await?;
        if !got.good() {
            let stops = got.outcome.stops();
            self.count(got.outcome);
            return Ok(stops);
        }
        self.count(Outcome::Page);
        self.detail(row, &url, &got, changed).await
    }

    /// What is stored and was looked at lately is not asked for again.
    async fn unless_fresh(&self, want: &Want<'_>, changed: bool) -> Result<Got, store::Error> {
        let days = self.source.schedule.recheck_days.saturating_mul(86_400_000);
        if !changed
            && let Some(r) = self.f.store.resource(&want.key())?
            && let Some(sha) = &r.sha256
            && r.gone.is_none()
            && self.f.clock.now().since(r.checked) < days
            && self.f.store.holds(sha)
        {
            return Ok(Got {
                sha256: r.sha256.clone(),
                final_url: r.final_url.as_deref().and_then(|u| Url::parse(u).ok()),
                media: r.media.clone().unwrap_or_default(),
                charset: r.charset.clone(),
                name: r.name.clone(),
                ..Got::of(Outcome::Fresh)
            });
        }
        self.f.fetch(want).await
    }

    async fn detail(&mut self, row: &Row, url: &Url, got: &Got, changed: bool) -> Result<bool, store::Error> {
        let rules = self.source.detail.clone();
        let bytes = self.f.store.object(got.sha256.as_deref().unwrap_or_default())?;
        let base = got.final_url.clone().unwrap_or_else(|| url.clone());
        let page = Page::new(&bytes, base.clone(), got.charset.as_deref());
        if !page.holds(&rules.expect) {
            self.count(Outcome::ContractChanged);
            return Ok(false);
        }
        let mut row = row.clone();
        row.publisher = row.publisher.or_else(|| page.publisher(&rules));
        if row.title.is_empty() {
            row.title = page.title(&rules).unwrap_or_default();
        }
        let attachments = page.attachments(&rules);
        let attachments: Vec<Attachment> = attachments
            .into_iter()
            .map(|a| Attachment {
                url: self.alias(a.url.clone()),
                ..a
            })
            .collect();
        for a in &attachments {
            self.queue(&a.url, 1);
        }
        for a in &attachments {
            if self.file(a, &base, &row, changed, false).await? {
                return Ok(true);
            }
            self.queue(&a.url, -1);
        }
        if !attachments.is_empty() {
            return Ok(false);
        }
        let (text, tables, images) = page.body(&rules);
        let wants_images = match word(&rules.images).unwrap_or("no") {
            "always" => true,
            "if_no_text" => text < 50 && tables == 0,
            _ => false,
        };
        if wants_images {
            for (n, image) in images.iter().enumerate() {
                let a = Attachment {
                    url: image.clone(),
                    name: Some(format!("{} {}", row.title, n + 1)),
                    text: String::new(),
                };
                if self.file(&a, &base, &row, changed, true).await? {
                    return Ok(true);
                }
            }
        }
        if rules.allow_html_document == Some(true) && (tables > 0 || text >= 50 || (wants_images && !images.is_empty()))
        {
            let note = if tables == 0 && text < 50 {
                "html_images"
            } else {
                "html_table"
            };
            let name = names::safe(&format!("{}.html", row.title));
            self.document(url, got, Some(&base), &row, "", name, Some(note.into()))?;
        } else {
            self.count(Outcome::NoAttachment);
        }
        Ok(false)
    }

    /// One attachment. `true`: the host or the run does not go on.
    async fn file(
        &mut self,
        a: &Attachment,
        page: &Url,
        row: &Row,
        changed: bool,
        image: bool,
    ) -> Result<bool, store::Error> {
        let mut source = None;
        if image {
            // Images are wanted here, whatever else is.
            let mut s = self.source.clone();
            s.accept.types.extend(["jpg", "png", "gif"].map(String::from));
            source = Some(s);
        }
        let want = Want {
            source: source.as_ref().unwrap_or(self.source),
            purpose: Purpose::File,
            url: a.url.clone(),
            form: None,
            referer: Some(page.clone()),
        };
        let got = self.unless_fresh(&want, changed).await?;
        self.count(got.outcome.clone());
        if !got.good() {
            return Ok(got.outcome.stops());
        }
        let name = file_name(a, &got, &self.answers.no_names);
        self.document(&a.url, &got, Some(page), row, &a.text, name, None)?;
        Ok(false)
    }

    #[expect(clippy::too_many_arguments, reason = "everything that is known of a document")]
    fn document(
        &mut self,
        url: &Url,
        got: &Got,
        page: Option<&Url>,
        row: &Row,
        text: &str,
        name: String,
        note: Option<String>,
    ) -> Result<(), store::Error> {
        let p = &self.source.publisher;
        let from_row = p.name == "from_row" || p.name.is_empty();
        let retrieved = self
            .f
            .store
            .resource(url.as_str())?
            .and_then(|r| r.retrieved)
            .unwrap_or_else(|| self.f.clock.now());
        let some = |t: &str| (!t.is_empty()).then(|| t.to_string());
        self.f.store.add_document(&DocumentEntry {
            source: self.source.id.clone(),
            url: url.to_string(),
            sha256: got.sha256.clone().unwrap_or_default(),
            detail_url: page.map(ToString::to_string),
            title: some(&row.title),
            link_text: some(text),
            name,
            media: got.media.clone(),
            publisher: if from_row {
                row.publisher.clone()
            } else {
                Some(p.name.clone())
            },
            publisher_code: some(&p.code),
            list_date: row.date.clone(),
            retrieved: retrieved.text(),
            note,
        })?;
        self.report.documents += 1;
        self.report.new += u64::from(got.new);
        Ok(())
    }

    /// The address of the entry that a title says it corrects: the same title without the word.
    fn superseded(&self, title: &str) -> Result<Option<String>, store::Error> {
        if !self.answers.corrections.iter().any(|c| title.contains(c.as_str())) {
            return Ok(None);
        }
        let bare = |t: &str| {
            let mut t = t.to_string();
            for c in &self.answers.corrections {
                t = t.replace(c.as_str(), "");
            }
            t.chars().filter(|c| c.is_alphanumeric()).collect::<String>()
        };
        let wanted = bare(title);
        let found = self.f.store.entries(&self.source.id)?;
        Ok(found
            .into_iter()
            .map(|(e, _)| e)
            .find(|e| e.title != title && bare(&e.title) == wanted)
            .map(|e| e.url))
    }
}

/// What is known while the pages of one list are read.
#[derive(Default)]
struct Walk {
    vars: Vars,
    rows: Vec<Row>,
    seen: BTreeSet<String>,
    unlinked: u64,
    stated: Option<u64>,
    stated_first: Option<u64>,
    pages_stated: Option<u32>,
    first_pages: Option<u64>,
    call: Option<PageCall>,
    next: Option<Url>,
    group: Option<String>,
    missing: Vec<u32>,
    gaps: u32,
    ended_by_date: bool,
    shifted: bool,
}

impl Walk {
    /// What the page states of the list.
    fn read(&mut self, page: &Page, rules: &ListRules, n: u32, first: u32) -> Result<(), Broken> {
        let changed = |why: String| broken(Listed::ContractChanged, format!("{}: {why}", page.base));
        if word(&rules.page.mode) == Some("create_page_html") {
            match page.create_page_html().map_err(changed)? {
                Some(c) if c.current != n => {
                    return Err(changed(format!("page {n} says that it is page {}", c.current)));
                }
                Some(c) => {
                    self.pages_stated = Some(c.pages);
                    self.state(c.rows);
                    self.call = Some(c);
                }
                None if n == first => self.pages_stated = Some(1),
                None => return Err(changed("the paging (createPageHTML) is gone".into())),
            }
        }
        if let Some(p) = page.number(&rules.pages) {
            if n == first {
                self.first_pages = Some(p);
            }
            self.pages_stated = u32::try_from(p).ok();
        }
        self.state(page.number(&rules.total));
        if rules.offset.is_some() {
            let want = u64::from(n - first) * u64::from(rules.per.unwrap_or(20));
            let have = page.number(&rules.offset);
            if have != Some(want) {
                return Err(changed(format!(
                    "page {n} says that {have:?} rows stand before it, not {want}"
                )));
            }
        }
        if n == first {
            self.group = page.next_group();
        }
        self.next = page.next_link(&rules.page.next);
        Ok(())
    }

    fn state(&mut self, total: Option<u64>) {
        if total.is_some() {
            self.stated_first = self.stated_first.or(total);
            self.stated = total;
        }
    }

    /// Takes rows; how many are new, and whether the list has become too old.
    fn add(&mut self, rows: Vec<Row>, rules: &ListRules) -> (usize, bool) {
        let oldest = word(&rules.older_than).and_then(date);
        let mut new = 0;
        for r in rows {
            if let (Some(limit), Some(d)) = (&oldest, &r.date)
                && d < limit
            {
                self.ended_by_date = true;
                continue;
            }
            let key = r
                .url
                .as_ref()
                .map_or_else(|| format!("{:?}{}", r.fields, r.title), ToString::to_string);
            if self.seen.insert(key) {
                new += 1;
                self.rows.push(r);
            }
        }
        (new, self.ended_by_date)
    }

    /// Whether there is a next page.
    fn goes_on(&self, rules: &ListRules, page: &Page, n: u32, first: u32) -> bool {
        let read = n - first + 1;
        match word(&rules.page.mode).unwrap_or("single") {
            "single" => false,
            "next_link" => self.next.as_ref().is_some_and(|u| *u != page.base),
            "nextgroup" => self.group.is_some() && self.stated.is_none_or(|t| (self.rows.len() as u64) < t),
            _ => match (self.pages_stated, self.stated) {
                (Some(p), _) => read < p,
                (None, Some(t)) => (self.rows.len() as u64) < t,
                (None, None) => true,
            },
        }
    }
}

/// `entry`, `dir`, `stem`, `origin` of an address.
fn places(base: &Url, vars: &mut Vars) {
    let mut plain = base.clone();
    plain.set_query(None);
    plain.set_fragment(None);
    let text = plain.to_string();
    let dir = text.rsplit_once('/').map_or(text.clone(), |(d, _)| format!("{d}/"));
    let stem = text
        .rsplit_once('.')
        .filter(|(s, _)| s.len() >= dir.len())
        .map_or(text.clone(), |(s, _)| s.to_string());
    vars.insert("entry".into(), base.to_string());
    vars.insert("dir".into(), dir);
    vars.insert("stem".into(), stem);
    vars.insert("origin".into(), format!("{}://{}", base.scheme(), host_of(base)));
}

fn looks_like_file(url: &Url) -> bool {
    let leaf = names::from_path(url.path());
    let typed = url.query_pairs().any(|(k, v)| k == "e" && names::ending(&v).is_some());
    let download = ["download.jsp", "downfile.jsp", "down.jsp", "virtual_attach_file.vsb"]
        .iter()
        .any(|d| url.path().ends_with(d));
    typed || download || names::ending(&leaf).is_some_and(|e| e != "html" && e != "htm")
}

/// The date that stands in an address; portals print another one now and then, so both are kept.
fn date_of_address(url: &Url) -> Option<String> {
    // Compiled once: a list has thousands of rows.
    static DASHED: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"/((?:19|20)\d\d)[/-]?(\d{1,2})/(\d{1,2})/").ok());
    static RUN: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?:^|\D)((?:19|20)\d\d)(0[1-9]|1[0-2])([0-3]\d)").ok());
    let path = url.path();
    let c = [&RUN, &DASHED].into_iter().find_map(|r| r.as_ref()?.captures(path))?;
    date(&format!("{}-{}-{}", &c[1], &c[2], &c[3]))
}

fn year_fits(row: &Row, (first, last): (i32, i32)) -> bool {
    static YEARS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"((?:19|20)\d\d)\s*年").ok());
    let found: Vec<i32> = YEARS.as_ref().map_or_else(Vec::new, |r| {
        r.captures_iter(&row.title).filter_map(|c| c[1].parse().ok()).collect()
    });
    if !found.is_empty() {
        return found.iter().any(|y| (first..=last).contains(y));
    }
    // A final account appears in the year after its year.
    let published = row
        .date
        .as_deref()
        .and_then(|d| d.get(..4))
        .and_then(|y| y.parse::<i32>().ok());
    published.is_none_or(|y| (first..=last.saturating_add(1)).contains(&y))
}

/// A name for people: what the page says, else what the portal sends, else what the address says; with an ending.
fn file_name(a: &Attachment, got: &Got, no_names: &[String]) -> String {
    let whole = |t: &&str| names::ending(t).is_some();
    let is_name = |n: &String| {
        let bare: String = n.chars().filter(|c| c.is_alphabetic()).collect();
        !bare.is_empty() && !no_names.iter().any(|w| bare.eq_ignore_ascii_case(w))
    };
    let page = a.name.as_deref().map(names::safe).filter(is_name);
    let sent = got.name.as_deref().map(names::safe).filter(|n| !n.is_empty());
    let text = names::safe(&a.text);
    let path = names::from_path(a.url.path());
    let best = [page.as_deref(), sent.as_deref(), Some(text.as_str())]
        .into_iter()
        .flatten()
        .find(whole)
        .map(str::to_string);
    let best = best
        .or(page)
        .or(sent)
        .or_else(|| Some(path).filter(|p| !p.is_empty()))
        .unwrap_or_else(|| "document".into());
    if names::ending(&best).is_some() || got.media.is_empty() {
        return best;
    }
    names::safe(&format!("{best}.{}", got.media))
}
