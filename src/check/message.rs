//! Instances to sentences that can be quoted: what is printed on which page, what it contradicts, by how much. Chinese and
//! English. The words for items, columns, tables and units come from the grammar.

use super::figures::{Figure, Figures};
use super::instance::{Addend, At, Instance, Missing, Shape, Sum};
use super::suspects::{How, Suspect};
use crate::grammar::Grammar;
use crate::grammar::equation::Relation;
use crate::record::{DocumentRow, Fact, FindingOutcome};
use crate::value::Unit;
use rust_decimal::Decimal;
use std::fmt::{self, Display, Formatter, Write};

/// How many addends a sentence lists before it only counts them.
const LISTED: usize = 8;

/// Room for a sentence, in bytes: most need no more.
const USUAL: usize = 256;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tongue {
    Zh,
    En,
}

use Tongue::{En, Zh};

/// Writes the sentences of one document.
pub(super) struct Writer<'w, 'e> {
    pub own: &'w Figures<'e>,
    pub prior: Option<&'w Figures<'e>>,
    pub g: &'w Grammar,
    /// Whose account it is, in front of each sentence: a sentence is quoted without its row.
    pub whose: [String; 2],
}

/// Unit and year, Chinese and English; what is not known is left out.
pub(super) fn whose(d: &DocumentRow) -> [String; 2] {
    let name = d.unit_name.as_deref().unwrap_or("");
    match (name, d.fiscal_year) {
        ("", None) => [String::new(), String::new()],
        (name, None) => [format!("{name}决算："), format!("{name}: ")],
        ("", Some(y)) => [format!("{y}年度决算："), format!("account of {y}: ")],
        (name, Some(y)) => [format!("{name}{y}年度决算："), format!("{name}, {y}: ")],
    }
}

/// What an amount is shown in.
#[derive(Clone, Copy)]
enum Scale {
    Money(Unit),
    Percent,
    Count,
}

fn identities(n: usize) -> impl Display {
    fmt::from_fn(move |out| match n {
        1 => out.write_str("the identity that fails"),
        n => write!(out, "{n} identities that fail"),
    })
}

/// Thousands apart, no zeros at the end of the fraction: 2,132,400.5.
fn grouped(v: Decimal) -> impl Display {
    fmt::from_fn(move |out| {
        let text = v.normalize().to_string();
        let (sign, digits) = match text.strip_prefix('-') {
            Some(rest) => ("-", rest),
            None => ("", text.as_str()),
        };
        let (whole, rest) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
        out.write_str(sign)?;
        for (n, c) in whole.char_indices() {
            if n > 0 && (whole.len() - n).is_multiple_of(3) {
                out.write_char(',')?;
            }
            out.write_char(c)?;
        }
        out.write_str(rest)
    })
}

/// A file without pages has page 0 everywhere, and no sentence speaks of it.
fn without_pages(text: String) -> String {
    const PAGES: [(&str, &str); 6] = [
        ("第0页", ""),
        (" (page 0 of last year's account)", " (last year's account)"),
        ("page 0 of last year's account", "last year's account"),
        (" (page 0)", ""),
        ("page 0, ", ""),
        (" on page 0", ""),
    ];
    if !text.contains("第0页") && !text.contains("page 0") {
        return text;
    }
    PAGES.iter().fold(text, |t, (page, none)| t.replace(page, none))
}

/// What stands between quotation marks: its own marks become single ones.
struct Quoted<'f, 'b>(&'f mut Formatter<'b>);

impl Write for Quoted<'_, '_> {
    fn write_str(&mut self, s: &str) -> fmt::Result {
        if !s.contains('“') && !s.contains('”') {
            return self.0.write_str(s);
        }
        s.chars().try_for_each(|c| {
            self.0.write_char(match c {
                '“' => '‘',
                '”' => '’',
                other => other,
            })
        })
    }
}

/// A list with a word between.
fn joined<D: Display>(parts: impl Iterator<Item = D> + Clone, between: &str) -> impl Display {
    fmt::from_fn(move |out| {
        for (n, p) in parts.clone().enumerate() {
            let sign = if n == 0 { "" } else { between };
            write!(out, "{sign}{p}")?;
        }
        Ok(())
    })
}

// Most findings hold, and each has its two sentences: what is named here is written where it goes, without a string of its own.
impl<'e> Writer<'_, 'e> {
    fn word<'s>(&'s self, t: Tongue, form: &'s str, id: &'s str) -> impl Display + use<'s> {
        let [zh, en] = self.g.identities.name(form, id);
        fmt::from_fn(move |out| match (t, en == id && zh == id) {
            (Zh, _) => out.write_str(zh),
            (En, false) => out.write_str(en),
            (En, true) => write!(out, "{}", joined(id.split(['_', '.']), " ")),
        })
    }

    fn form<'s>(&'s self, t: Tongue, form: &'s str) -> impl Display + use<'s> {
        let name = match t {
            Zh => self
                .g
                .forms
                .iter()
                .find(|f| f.id == form)
                .map_or(form, |f| f.zh.as_str()),
            En => self.g.identities.name("form", form)[1],
        };
        fmt::from_fn(move |out| match t {
            Zh => write!(out, "《{name}》"),
            En => write!(out, "table “{name}”"),
        })
    }

    fn item<'s>(&'s self, t: Tongue, f: &'s Fact) -> impl Display + use<'s, 'e> {
        fmt::from_fn(move |out| {
            let printed = f.item_name.as_deref().unwrap_or("").trim();
            let code = f.item_code.as_deref().unwrap_or("");
            match t {
                Zh if printed.is_empty() => write!(out, "{}", self.word(Zh, &f.form, &f.item)),
                // A part of an item is printed under its whole and does not name it.
                Zh => match f.item.split_once('.') {
                    Some((whole, _)) => write!(out, "{}·{printed}", self.word(Zh, &f.form, whole)),
                    None => write!(out, "{code}{printed}"),
                },
                En if f.item.bytes().all(|b| b.is_ascii_digit()) => out.write_str(&f.item),
                En => write!(out, "{}", self.word(En, &f.form, &f.item)),
            }
        })
    }

    fn scale(&self, f: Figure, prior: bool) -> Scale {
        let figures = self.figures(prior);
        match f {
            Figure::Fact(n) => Scale::Money(Unit::from_word(&figures.facts[n].printed_unit).unwrap_or(Unit::Yuan)),
            Figure::Statement(n) => {
                let s = &figures.statements[n];
                match (s.amount, s.ratio) {
                    (Some(_), _) => Scale::Money(
                        s.printed_unit
                            .as_deref()
                            .and_then(Unit::from_word)
                            .unwrap_or(Unit::Yuan),
                    ),
                    (None, Some(_)) => Scale::Percent,
                    _ => Scale::Count,
                }
            }
        }
    }

    fn figures(&self, prior: bool) -> &Figures<'e> {
        match (prior, self.prior) {
            (true, Some(p)) => p,
            _ => self.own,
        }
    }

    /// An amount in Chinese: `in_unit` is the number, without its unit.
    fn money(&self, in_unit: impl Display, u: Unit) -> impl Display {
        fmt::from_fn(move |out| write!(out, "{in_unit}{}", self.word(Zh, "unit", u.as_str())))
    }

    /// An amount in English, where nobody counts in ten thousands.
    fn yuan(&self, v: Decimal) -> impl Display {
        fmt::from_fn(move |out| write!(out, "{} {}", grouped(v), self.word(En, "unit", Unit::Yuan.as_str())))
    }

    fn show(&self, t: Tongue, v: Decimal, scale: Scale) -> impl Display {
        fmt::from_fn(move |out| match scale {
            Scale::Money(_) if t == En => write!(out, "{}", self.yuan(v)),
            Scale::Money(u) => {
                let n = v.checked_div(u.yuan()).unwrap_or(v).normalize();
                write!(out, "{}", self.money(n, u))
            }
            Scale::Percent => write!(out, "{}%", (v * Decimal::ONE_HUNDRED).round_dp(4).normalize()),
            Scale::Count => write!(out, "{}", v.normalize()),
        })
    }

    fn printed(&self, t: Tongue, f: Figure, prior: bool) -> impl Display {
        fmt::from_fn(move |out| {
            let figures = self.figures(prior);
            let (printed, amount) = match f {
                Figure::Fact(n) => (figures.facts[n].printed.as_str(), figures.facts[n].amount),
                Figure::Statement(n) => (figures.statements[n].printed.as_str(), figures.statements[n].amount),
            };
            match (amount, self.scale(f, prior)) {
                (Some(v), Scale::Money(_)) if t == En => write!(out, "{}", self.yuan(v)),
                (Some(_), Scale::Money(u)) => write!(out, "{}", self.money(printed, u)),
                _ => out.write_str(printed.trim()),
            }
        })
    }

    /// What a figure is called, as far as the head of the sentence does not say it already.
    fn label<'s>(&'s self, t: Tongue, f: Figure, at: At<'s, 's>, prior: bool) -> impl Display + use<'s, 'e> {
        fmt::from_fn(move |out| {
            let figures = self.figures(prior);
            match f {
                Figure::Fact(n) => {
                    let fact = &figures.facts[n];
                    match at {
                        At::Row(..) => write!(out, "{}", self.word(t, &fact.form, &fact.measure)),
                        At::Column(..) | At::Tree(..) => write!(out, "{}", self.item(t, fact)),
                        _ => {
                            let (form, item) = (self.form(t, &fact.form), self.item(t, fact));
                            let measure = self.word(t, &fact.form, &fact.measure);
                            match t {
                                Zh => write!(out, "{form}“{item}”{measure}"),
                                En => write!(out, "{measure} of “{item}” in {form}"),
                            }
                        }
                    }
                }
                Figure::Statement(n) => {
                    let section = self.word(t, "section", &figures.statements[n].section);
                    let about = self.about(t, n, prior);
                    match t {
                        Zh => write!(out, "{section}中{about}"),
                        En => write!(out, "{about} in the {section}"),
                    }
                }
            }
        })
    }

    /// What a statement says of what, without its section.
    fn about<'s>(&'s self, t: Tongue, n: usize, prior: bool) -> impl Display + use<'s, 'e> {
        fmt::from_fn(move |out| {
            let figures = self.figures(prior);
            let subject = figures.subjects[n].as_str();
            let slot = self.word(t, "", &figures.statements[n].slot);
            match t {
                Zh if subject.is_empty() => write!(out, "的{slot}"),
                Zh => {
                    out.write_str("“")?;
                    match self.own.coded(subject) {
                        Some(f) => write!(Quoted(out), "{}", self.item(Zh, f))?,
                        None => write!(Quoted(out), "{}", self.word(Zh, "", subject))?,
                    }
                    write!(out, "”{slot}")
                }
                En if subject.is_empty() => write!(out, "{slot}"),
                En => write!(out, "{slot} of “{}”", self.word(En, "", subject)),
            }
        })
    }

    /// The label of a figure behind another: what the first says already is not said again.
    fn brief<'s>(
        &'s self,
        t: Tongue,
        f: Figure,
        after: Figure,
        at: At<'s, 's>,
        prior: bool,
    ) -> impl Display + use<'s, 'e> {
        fmt::from_fn(move |out| {
            let figures = self.figures(prior);
            let (Figure::Statement(n), Figure::Statement(first)) = (f, after) else {
                return write!(out, "{}", self.label(t, f, at, prior));
            };
            let (s, a) = (&figures.statements[n], &self.own.statements[first]);
            if s.section != a.section {
                write!(out, "{}", self.label(t, f, at, prior))
            } else if figures.subjects[n] == self.own.subjects[first] {
                write!(out, "{}", self.word(t, "", &s.slot))
            } else {
                write!(out, "{}", self.about(t, n, prior))
            }
        })
    }

    fn head<'s>(&'s self, t: Tongue, at: At<'s, 's>) -> impl Display + use<'s, 'e> {
        fmt::from_fn(move |out| match at {
            At::Row(sheet, r) => {
                let Some(f) = sheet.rows[r].cells.first().map(|(_, n)| &self.own.facts[*n]) else {
                    return Ok(());
                };
                let (form, item) = (self.form(t, &f.form), self.item(t, f));
                match t {
                    Zh => write!(out, "第{}页{form}“{item}”行：", f.place.page),
                    En => write!(out, "page {}, {form}, row “{item}”: ", f.place.page),
                }
            }
            At::Column(sheet, m) | At::Tree(sheet, _, m) => {
                let (form, m) = (self.form(t, sheet.form), self.word(t, sheet.form, m));
                match t {
                    Zh => write!(out, "{form}“{m}”列："),
                    En => write!(out, "{form}, column “{m}”: "),
                }
            }
            _ => Ok(()),
        })
    }

    fn one<'s>(&'s self, t: Tongue, f: Figure, at: At<'s, 's>, prior: bool) -> impl Display + use<'s, 'e> {
        fmt::from_fn(move |out| {
            let page = self.figures(prior).page(f);
            let (label, printed) = (self.label(t, f, at, prior), self.printed(t, f, prior));
            let same_page = matches!(at, At::Row(..));
            match (t, prior, same_page) {
                (Zh, true, _) => write!(out, "上年决算第{page}页{label}为{printed}"),
                (Zh, _, true) => write!(out, "{label}为{printed}"),
                (Zh, _, false) => write!(out, "第{page}页{label}为{printed}"),
                (En, true, _) => write!(out, "{label} is {printed} (page {page} of last year's account)"),
                (En, _, true) => write!(out, "{label} is {printed}"),
                (En, _, false) => write!(out, "{label} is {printed} (page {page})"),
            }
        })
    }

    fn side<'s>(&'s self, t: Tongue, s: &'s Sum, at: At<'s, 's>, scale: Scale) -> impl Display + use<'s, 'e> {
        fmt::from_fn(move |out| match s.addends.as_slice() {
            [] if !s.members.is_empty() => {
                let parts = s.members.iter().take(LISTED);
                let parts =
                    parts.map(|(name, a)| fmt::from_fn(move |out| write!(out, "{name} {}", self.show(t, *a, scale))));
                let total = self.show(t, s.constant, scale);
                match (t, s.members.len() > LISTED) {
                    (Zh, false) => write!(out, "所属单位决算{}，合计{total}", joined(parts, "＋")),
                    (Zh, true) => write!(
                        out,
                        "所属单位决算{}等{}家，合计{total}",
                        joined(parts, "＋"),
                        s.members.len()
                    ),
                    (En, false) => write!(
                        out,
                        "the accounts of the members, {}, give {total}",
                        joined(parts, " + ")
                    ),
                    (En, true) => write!(
                        out,
                        "the accounts of the members, {} and others, {} in all, give {total}",
                        joined(parts, " + "),
                        s.members.len()
                    ),
                }
            }
            [] => match (t, s.counted, self.show(t, s.constant, scale)) {
                (_, None, n) => write!(out, "{n}"),
                (Zh, Some(what), n) => write!(out, "{}为{n}", self.word(t, "", what)),
                (En, Some(what), n) => write!(out, "{} is {n}", self.word(t, "", what)),
            },
            [a] if s.constant.is_zero() && !a.negative => write!(out, "{}", self.one(t, a.figure, at, a.prior)),
            all => {
                match (t, at, all[0].prior, self.figures(all[0].prior).page(all[0].figure)) {
                    (_, At::Row(..) | At::Column(..) | At::Tree(..), ..) => Ok(()),
                    (Zh, _, true, p) => write!(out, "上年决算第{p}页"),
                    (Zh, _, false, p) => write!(out, "第{p}页"),
                    (En, _, true, p) => write!(out, "page {p} of last year's account, "),
                    (En, _, false, p) => write!(out, "page {p}, "),
                }?;
                let many = all.len() > LISTED;
                let mut shown = 0;
                for a in all.iter().filter(|a| !many || !a.amount.is_zero()).take(LISTED) {
                    let sign = match (shown, a.negative, t) {
                        (0, false, _) => "",
                        (_, true, Zh) => "－",
                        (_, true, En) => " - ",
                        (_, false, Zh) => "＋",
                        (_, false, En) => " + ",
                    };
                    let printed = self.printed(t, a.figure, a.prior);
                    match shown {
                        0 => write!(out, "{sign}{} {printed}", self.label(t, a.figure, at, a.prior)),
                        _ => write!(
                            out,
                            "{sign}{} {printed}",
                            self.brief(t, a.figure, all[0].figure, at, a.prior)
                        ),
                    }?;
                    shown += 1;
                }
                let total = self.show(t, s.value(), scale);
                match (t, all.len() > shown) {
                    (Zh, false) => write!(out, "得{total}"),
                    (Zh, true) => write!(out, "等{}项得{total}", all.len()),
                    (En, false) => write!(out, " gives {total}"),
                    (En, true) => write!(out, " and others, {} in all, gives {total}", all.len()),
                }
            }
        })
    }

    /// The figures of a sum, one after the other.
    fn each<'s>(&'s self, t: Tongue, s: &'s Sum, at: At<'s, 's>) -> impl Display + use<'s, 'e> {
        let parts = s.addends.iter().map(move |a| self.one(t, a.figure, at, a.prior));
        joined(parts, if t == Zh { "，" } else { "; " })
    }

    /// The reason why a rule could not be asked, for the column `why`.
    pub fn why(&self, i: &Instance<'_, '_>) -> Option<String> {
        Some(match i.missing.as_ref()? {
            Missing::Blank(f) => format!("blank: {}", self.place(*f)),
            Missing::Row(r) => format!("no such row: {r}"),
            Missing::Form(f) => format!("no such table: {f}"),
            Missing::Text => "not stated".into(),
            Missing::Negative => "negative: a part of a negative amount is no part".into(),
            Missing::Information => "information: the two need not be equal".into(),
            Missing::Lost(page) => format!("not read: something on page {page}, see diagnostics"),
            Missing::Unstated(f, slot) => format!("not stated: {slot} of {}", self.place(*f)),
            Missing::Member(name) => format!("no account of a member: {name}"),
        })
    }

    fn place(&self, f: Figure) -> String {
        match f {
            Figure::Fact(n) => {
                let f = &self.own.facts[n];
                let side = f.side.map(|s| format!("{s}.")).unwrap_or_default();
                format!("{}.{side}{}.{}", f.form, f.item, f.measure)
            }
            Figure::Statement(n) => {
                let s = &self.own.statements[n];
                format!("{}.{}.{}", s.section, self.own.subjects[n], s.slot)
            }
        }
    }

    /// The sentence in Chinese and in English.
    pub fn sentences(&self, i: &Instance<'_, '_>, suspect: Option<&Suspect>) -> (String, String) {
        let one = |t| {
            let mut text = String::with_capacity(USUAL);
            let out = &mut text;
            out.push_str(&self.whose[usize::from(t == En)]);
            // Writing to a string does not fail.
            let _ = write!(out, "{}", self.head(t, i.at));
            let _ = match i.shape {
                Shape::Linear(r) => self.linear(out, t, i, r),
                Shape::Ratio => self.ratio(out, t, i),
                Shape::Direction => self.direction(out, t, i),
                Shape::Listed => self.listed(out, t, i),
            };
            if let Some(s) = suspect {
                let _ = self.suspicion(out, t, s);
            }
            without_pages(text)
        };
        (one(Zh), one(En))
    }

    fn scale_of(&self, i: &Instance<'_, '_>) -> Scale {
        i.addends()
            .next()
            .map_or(Scale::Count, |a| self.scale(a.figure, a.prior))
    }

    fn linear(&self, out: &mut String, t: Tongue, i: &Instance<'_, '_>, relation: Relation) -> fmt::Result {
        let scale = self.scale_of(i);
        if let Some(m) = &i.missing {
            return self.unasked(out, t, i, m, scale);
        }
        let (l, r) = (self.side(t, &i.left, i.at, scale), self.side(t, &i.right, i.at, scale));
        let d = self.show(t, i.difference.unwrap_or_default().abs(), scale);
        let a = self.show(t, i.allowed.unwrap_or_default(), scale);
        let blanks = i.left.blanks + i.right.blanks;
        let note = fmt::from_fn(|out| match (t, blanks) {
            (_, 0) => Ok(()),
            (Zh, n) => write!(out, "（{n}个空白单元格按未列示计）"),
            (En, n) => write!(out, " ({n} blank cells count as nothing printed)"),
        });
        match (t, i.outcome, relation) {
            (Zh, FindingOutcome::Holds, Relation::Equal) => write!(out, "{l}，{r}，相符{note}。"),
            (Zh, FindingOutcome::Holds, _) => write!(out, "{l}，{r}，大小关系相符{note}。"),
            (Zh, FindingOutcome::Rounding, _) => {
                write!(out, "{l}，{r}，相差{d}，在四舍五入可能造成的{a}以内{note}。")
            }
            (Zh, _, Relation::Equal) => write!(out, "{l}，而{r}，相差{d}，超出四舍五入可能造成的{a}{note}。"),
            (Zh, _, Relation::AtMost) => write!(out, "{l}，而{r}，前者不应超过后者，却多出{d}{note}。"),
            (Zh, _, Relation::AtLeast) => write!(out, "{l}，而{r}，前者不应少于后者，却少了{d}{note}。"),
            (En, FindingOutcome::Holds, Relation::Equal) => write!(out, "{l}; {r}; they agree{note}."),
            (En, FindingOutcome::Holds, _) => write!(out, "{l}; {r}; one is within the other{note}."),
            (En, FindingOutcome::Rounding, _) => {
                write!(
                    out,
                    "{l}; {r}; they differ by {d}, within the {a} that rounding allows{note}."
                )
            }
            (En, _, Relation::Equal) => {
                write!(
                    out,
                    "{l}, but {r}; they differ by {d}, more than the {a} that rounding allows{note}."
                )
            }
            (En, _, Relation::AtMost) => {
                write!(
                    out,
                    "{l}, but {r}; the first should be at most the second and is {d} more{note}."
                )
            }
            (En, _, Relation::AtLeast) => {
                write!(
                    out,
                    "{l}, but {r}; the first should be at least the second and is {d} less{note}."
                )
            }
        }
    }

    fn unasked(&self, out: &mut String, t: Tongue, i: &Instance<'_, '_>, m: &Missing, scale: Scale) -> fmt::Result {
        let rule = match t {
            Zh => &i.rule.zh,
            En => &i.rule.en,
        };
        let sides = [&i.left, &i.right].into_iter();
        let known = joined(
            sides
                .filter(|s| !s.addends.is_empty())
                .map(|s| self.side(t, s, i.at, scale)),
            if t == Zh { "，" } else { "; " },
        );
        match (t, m) {
            (Zh, Missing::Blank(f)) => write!(
                out,
                "未能核对“{rule}”：{known}，但第{}页{}处为空白（空白不等于零）。",
                self.own.page(*f),
                self.label(t, *f, i.at, false)
            ),
            (Zh, Missing::Row(r)) => write!(out, "未能核对“{rule}”：{known}，但表中没有相应的行（{r}）。"),
            (Zh, Missing::Form(f)) => write!(out, "未能核对“{rule}”：{known}，但文件中没有{}。", self.form(Zh, f)),
            (Zh, Missing::Member(name)) => {
                write!(
                    out,
                    "未能核对“{rule}”：{known}，但没有所属单位“{name}”的决算，或其中没有相应的数。"
                )
            }
            (En, Missing::Member(name)) => write!(
                out,
                "not checked ({rule}): {known}, but the account of the member “{name}” is not here, or has no such figure."
            ),
            (Zh, Missing::Text) => write!(out, "未能核对“{rule}”：文字中没有说明。"),
            (Zh, Missing::Negative) => write!(out, "未能核对“{rule}”：含有负数，不能比较大小。"),
            (Zh, Missing::Information) => {
                let (l, r) = (self.side(t, &i.left, i.at, scale), self.side(t, &i.right, i.at, scale));
                let d = self.show(t, i.difference.unwrap_or_default().abs(), scale);
                write!(out, "{l}，{r}，相差{d}；两者不必相等，仅供参考。")
            }
            (Zh, Missing::Lost(page)) => {
                write!(
                    out,
                    "未能核对“{rule}”：{known}；但第{page}页有未能识读的内容，不符可能由此而来，请对照原文。"
                )
            }
            (Zh, Missing::Unstated(f, slot)) => write!(
                out,
                "未能核对“{rule}”：{}，但没有识读到其{}（可能未印，也可能未识读）。",
                self.one(t, *f, i.at, false),
                self.word(t, "", slot)
            ),
            (En, Missing::Unstated(f, slot)) => write!(
                out,
                "not checked ({rule}): {}, but no {} of it was read: it is not printed, or the reading missed it.",
                self.one(t, *f, i.at, false),
                self.word(t, "", slot)
            ),
            (En, Missing::Lost(page)) => write!(
                out,
                "not checked ({rule}): {known}; but something on page {page} was not read, which may explain the difference: look at the page."
            ),
            (En, Missing::Blank(f)) => write!(
                out,
                "not checked ({rule}): {known}, but {} on page {} is blank, which is not zero.",
                self.label(t, *f, i.at, false),
                self.own.page(*f)
            ),
            (En, Missing::Row(r)) => write!(
                out,
                "not checked ({rule}): {known}, but the table has no such row ({r})."
            ),
            (En, Missing::Form(f)) => {
                write!(
                    out,
                    "not checked ({rule}): {known}, but the document has no {}.",
                    self.form(En, f)
                )
            }
            (En, Missing::Text) => write!(out, "not checked ({rule}): the text does not say."),
            (En, Missing::Negative) => {
                write!(
                    out,
                    "not checked ({rule}): amounts below zero cannot be parts of each other."
                )
            }
            (En, Missing::Information) => {
                let (l, r) = (self.side(t, &i.left, i.at, scale), self.side(t, &i.right, i.at, scale));
                let d = self.show(t, i.difference.unwrap_or_default().abs(), scale);
                write!(out, "{l}; {r}; they differ by {d}, and need not be equal.")
            }
        }
    }

    fn ratio(&self, out: &mut String, t: Tongue, i: &Instance<'_, '_>) -> fmt::Result {
        let said = self.side(t, &i.left, i.at, Scale::Percent);
        let money = i
            .right
            .addends
            .first()
            .map_or(Scale::Count, |a| self.scale(a.figure, a.prior));
        let [p, w] = [&i.right, &i.whole].map(|s| self.operand(t, i, s, money));
        let Some(exact) = i.right_value else {
            return match t {
                Zh => write!(out, "{said}，但作为基数的{w}为零，无从计算比率。"),
                En => write!(out, "{said}, but its base, {w}, is zero: there is no such rate."),
            };
        };
        // One place more than printed shows where the two part.
        let places = i.left.addends.first().map_or(4, |a| self.places(a.figure)) + 1;
        let e = fmt::from_fn(|out| write!(out, "{}%", (exact * Decimal::ONE_HUNDRED).round_dp(places).normalize()));
        match (t, i.outcome) {
            (Zh, FindingOutcome::Holds) => write!(out, "{said}，{p}÷{w}得{e}，相符。"),
            (Zh, FindingOutcome::Rounding) => write!(out, "{said}，{p}÷{w}得{e}，差异为舍入所致。"),
            (Zh, _) => write!(out, "{said}，但按{p}÷{w}计算应为{e}。"),
            (En, FindingOutcome::Holds) => write!(out, "{said}; {p} over {w} gives {e}; they agree."),
            (En, FindingOutcome::Rounding) => write!(out, "{said}; {p} over {w} gives {e}; rounding explains it."),
            (En, _) => write!(out, "{said}, but {p} over {w} gives {e}."),
        }
    }

    /// Decimals of a printed rate, at least one.
    fn places(&self, f: Figure) -> u32 {
        let Figure::Statement(n) = f else { return 4 };
        let printed = self.own.statements[n].printed.rsplit_once('.');
        printed.map_or(1, |(_, rest)| {
            (rest.bytes().take_while(u8::is_ascii_digit).count() as u32).max(1)
        })
    }

    /// Part or whole of a rate: a figure, or how it follows from others.
    fn operand<'s>(
        &'s self,
        t: Tongue,
        i: &'s Instance<'s, 's>,
        s: &'s Sum,
        money: Scale,
    ) -> impl Display + use<'s, 'e> {
        fmt::from_fn(move |out| {
            let first = i.left.addends.first().map(|a| a.figure);
            let one = |out: &mut Formatter<'_>, a: &Addend| {
                let printed = self.printed(t, a.figure, a.prior);
                match first {
                    Some(first) => write!(out, "{} {printed}", self.brief(t, a.figure, first, i.at, a.prior)),
                    None => write!(out, "{} {printed}", self.label(t, a.figure, i.at, a.prior)),
                }
            };
            match s.addends.as_slice() {
                [a] => one(out, a),
                all => {
                    let (open, close) = if t == Zh { ("（", "）") } else { ("(", ")") };
                    out.write_str(open)?;
                    for (n, a) in all.iter().enumerate() {
                        out.write_str(match (n, a.negative, t) {
                            (0, false, _) => "",
                            (_, true, Zh) => "－",
                            (_, true, En) => " - ",
                            (_, false, Zh) => "＋",
                            (_, false, En) => " + ",
                        })?;
                        one(out, a)?;
                    }
                    let total = self.show(t, s.value().abs(), money);
                    match t {
                        Zh => write!(out, "＝{total}{close}"),
                        En => write!(out, " = {total}{close}"),
                    }
                }
            }
        })
    }

    fn listed(&self, out: &mut String, t: Tongue, i: &Instance<'_, '_>) -> fmt::Result {
        let page = i.left.addends.first().map_or(0, |a| self.own.page(a.figure));
        let page = fmt::from_fn(move |out| match (t, page) {
            (_, 0) => Ok(()),
            (Zh, p) => write!(out, "第{p}页"),
            (En, p) => write!(out, "page {p}: "),
        });
        let cells = self.each(t, &i.right, i.at);
        match t {
            Zh => write!(
                out,
                "{page}文字说明列出的科目，表中金额为零：{}（不足半个单位的金额也印作零）。",
                cells
            ),
            En => write!(
                out,
                "{page}the narrative lists items whose amount in the table is zero: {} (less than half a unit is printed as zero too).",
                cells
            ),
        }
    }

    fn direction(&self, out: &mut String, t: Tongue, i: &Instance<'_, '_>) -> fmt::Result {
        let said = fmt::from_fn(|out| match i.left.addends.first() {
            Some(a) => write!(out, "{}", self.one(t, a.figure, i.at, a.prior)),
            None => Ok(()),
        });
        let first = i.left.addends.first().map(|a| a.figure);
        let parts = i.right.addends.iter().map(|a| {
            fmt::from_fn(move |out| {
                let printed = self.printed(t, a.figure, a.prior);
                let Some(first) = first.filter(|_| !a.prior) else {
                    return write!(out, "{}", self.one(t, a.figure, i.at, a.prior));
                };
                let label = self.brief(t, a.figure, first, i.at, a.prior);
                match t {
                    Zh => write!(out, "{label}为{printed}"),
                    En => write!(out, "{label} is {printed}"),
                }
            })
        });
        let other = joined(parts, if t == Zh { "，" } else { "; " });
        match (t, i.outcome) {
            (Zh, FindingOutcome::Holds) => write!(out, "{said}，{other}，相符。"),
            (Zh, _) => write!(out, "{said}，但{other}，方向矛盾。"),
            (En, FindingOutcome::Holds) => write!(out, "{said}; {other}; they agree."),
            (En, _) => write!(out, "{said}, but {other}: the directions contradict."),
        }
    }

    /// That a figure also fails inside its own document.
    pub fn fails_elsewhere(&self, f: Figure, n: u32) -> (String, String) {
        let outside = At::Document(0, None, None);
        let (zh, en) = (self.label(Zh, f, outside, false), self.label(En, f, outside, false));
        let page = self.own.page(f);
        (
            format!("最可疑的是第{page}页{zh}：在本年决算之内另有{n}条勾稽关系不符。"),
            format!(
                " Most in doubt is {en} (page {page}): {n} identities within this account fail through it as well."
            ),
        )
    }

    fn suspicion(&self, out: &mut String, t: Tongue, s: &Suspect) -> fmt::Result {
        let outside = At::Document(0, None, None);
        let label = self.label(t, s.figure, outside, false);
        let page = self.own.page(s.figure);
        let value = self.show(t, s.value, self.scale(s.figure, false));
        let how = match (t, s.how) {
            (_, How::Unknown | How::Direction) => "",
            (Zh, How::Digit) => "，疑有一位数字印错",
            (Zh, How::Transposed) => "，疑为两位数字颠倒",
            (Zh, How::Shifted) => "，疑为小数点移位",
            (Zh, How::Unit) => "，疑为金额单位用错",
            (Zh, How::Sign) => "，疑为正负号错误",
            (Zh, How::Swapped) => "，疑为与相邻栏次互换",
            (Zh, How::Displaced) => "，疑为整列错行",
            (Zh, How::Repeated) => "，疑为重复了同表的另一数字",
            (En, How::Digit) => "; one digit seems to be wrong",
            (En, How::Transposed) => "; two digits seem to have changed places",
            (En, How::Shifted) => "; the decimal point seems to be shifted",
            (En, How::Unit) => "; it seems to be printed in another unit",
            (En, How::Sign) => "; the sign seems to be wrong",
            (En, How::Swapped) => "; it seems to have changed places with another column",
            (En, How::Displaced) => "; the rows of this column seem to be displaced by one",
            (En, How::Repeated) => "; it repeats another figure of the table",
        };
        let n = s.mended;
        match t {
            Zh if s.how == How::Direction => {
                write!(out, "最可疑的是第{page}页{label}：若方向相反，{n}处不符即可消除。")
            }
            En if s.how == How::Direction => {
                write!(
                    out,
                    " Most in doubt is {label} (page {page}): with the other direction, {} would hold.",
                    identities(n)
                )
            }
            Zh => write!(
                out,
                "最可疑的是第{page}页{label}：若为{value}，{n}处不符即可消除{how}。"
            ),
            En => write!(
                out,
                " Most in doubt is {label} (page {page}): with {value}, {} would hold{how}.",
                identities(n)
            ),
        }
    }
}
