//! Instances to sentences that can be quoted: what is printed on which page, what it contradicts, by how much. Chinese and
//! English. The words for items, columns, tables and units come from the grammar.

use super::evaluate::{At, Instance, Missing, Shape, Sum};
use super::figures::{Figure, Figures};
use super::suspects::{How, Suspect};
use crate::grammar::Grammar;
use crate::grammar::equation::Relation;
use crate::record::{Fact, FindingOutcome};
use crate::value::Unit;
use rust_decimal::Decimal;
use std::fmt::Write;

/// How many addends a sentence lists before it only counts them.
const LISTED: usize = 8;

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
}

/// What an amount is shown in.
#[derive(Clone, Copy)]
enum Scale {
    Money(Unit),
    Percent,
    Count,
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
    PAGES.iter().fold(
        text,
        |t, (page, none)| {
            if t.contains(page) { t.replace(page, none) } else { t }
        },
    )
}

impl<'e> Writer<'_, 'e> {
    fn word(&self, t: Tongue, form: &str, id: &str) -> String {
        let [zh, en] = self.g.identities.name(form, id);
        match (t, en == id && zh == id) {
            (Zh, _) => zh.to_string(),
            (En, true) => id.replace('_', " "),
            (En, false) => en.to_string(),
        }
    }

    fn form(&self, t: Tongue, form: &str) -> String {
        match t {
            Zh => {
                let zh = self
                    .g
                    .forms
                    .iter()
                    .find(|f| f.id == form)
                    .map_or(form, |f| f.zh.as_str());
                format!("《{zh}》")
            }
            En => {
                format!("table “{}”", self.g.identities.name("form", form)[1])
            }
        }
    }

    fn item(&self, t: Tongue, f: &Fact) -> String {
        let printed = f.item_name.as_deref().unwrap_or("").trim();
        let code = f.item_code.as_deref().unwrap_or("");
        match t {
            Zh if printed.is_empty() => self.word(Zh, &f.form, &f.item),
            // A part of an item is printed under its whole and does not name it.
            Zh => match f.item.split_once('.') {
                Some((whole, _)) => format!("{}·{printed}", self.word(Zh, &f.form, whole)),
                None => format!("{code}{printed}"),
            },
            En if f.item.bytes().all(|b| b.is_ascii_digit()) => f.item.clone(),
            En => self.word(En, &f.form, &f.item),
        }
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

    fn show(&self, t: Tongue, v: Decimal, scale: Scale) -> String {
        match scale {
            Scale::Money(u) => {
                let n = v.checked_div(u.yuan()).unwrap_or(v).normalize();
                let word = self.word(t, "unit", u.as_str());
                match (t, u) {
                    (Zh, _) => format!("{n}{word}"),
                    (En, Unit::Yuan) => format!("{n} {word}"),
                    (En, _) => format!("{n} × {word}"),
                }
            }
            Scale::Percent => format!("{}%", (v * Decimal::ONE_HUNDRED).round_dp(4).normalize()),
            Scale::Count => v.normalize().to_string(),
        }
    }

    fn printed(&self, t: Tongue, f: Figure, prior: bool) -> String {
        let figures = self.figures(prior);
        let (printed, money) = match f {
            Figure::Fact(n) => (figures.facts[n].printed.as_str(), true),
            Figure::Statement(n) => (
                figures.statements[n].printed.as_str(),
                figures.statements[n].amount.is_some(),
            ),
        };
        match (money, self.scale(f, prior)) {
            (true, Scale::Money(u)) => {
                let word = self.word(t, "unit", u.as_str());
                match (t, u) {
                    (Zh, _) => format!("{printed}{word}"),
                    (En, Unit::Yuan) => format!("{printed} {word}"),
                    (En, _) => format!("{printed} × {word}"),
                }
            }
            _ => printed.to_string(),
        }
    }

    /// What a figure is called, as far as the head of the sentence does not say it already.
    fn label(&self, t: Tongue, f: Figure, at: At<'_, '_>, prior: bool) -> String {
        let figures = self.figures(prior);
        match f {
            Figure::Fact(n) => {
                let fact = &figures.facts[n];
                match at {
                    At::Row(..) => self.word(t, &fact.form, &fact.measure),
                    At::Column(..) | At::Tree(..) => self.item(t, fact),
                    _ => {
                        let (form, item) = (self.form(t, &fact.form), self.item(t, fact));
                        let measure = self.word(t, &fact.form, &fact.measure);
                        match t {
                            Zh => format!("{form}“{item}”{measure}"),
                            En => format!("{form}, “{item}”, {measure}"),
                        }
                    }
                }
            }
            Figure::Statement(n) => {
                let s = &figures.statements[n];
                let section = self.word(t, "section", &s.section);
                let subject = figures.subjects[n].as_str();
                let about = match t {
                    _ if subject.is_empty() => String::new(),
                    Zh => self
                        .own
                        .coded(subject)
                        .map_or_else(|| self.word(Zh, "", subject), |f| self.item(Zh, f)),
                    En => self.word(En, "", subject),
                };
                let slot = self.word(t, "", &s.slot);
                match t {
                    Zh => format!("{section}“{}”{slot}", about.replace('“', "‘").replace('”', "’")),
                    En => format!("{section}, “{about}”, {slot}"),
                }
            }
        }
    }

    fn head(&self, t: Tongue, at: At<'_, '_>) -> String {
        match at {
            At::Row(sheet, r) => {
                let Some(f) = sheet.rows[r].cells.first().map(|(_, n)| &self.own.facts[*n]) else {
                    return String::new();
                };
                let (form, item) = (self.form(t, &f.form), self.item(t, f));
                match t {
                    Zh => format!("第{}页{form}“{item}”行：", f.place.page),
                    En => format!("page {}, {form}, row “{item}”: ", f.place.page),
                }
            }
            At::Column(sheet, m) | At::Tree(sheet, _, m) => {
                let (form, m) = (self.form(t, sheet.form), self.word(t, sheet.form, m));
                match t {
                    Zh => format!("{form}“{m}”列："),
                    En => format!("{form}, column “{m}”: "),
                }
            }
            _ => String::new(),
        }
    }

    fn one(&self, t: Tongue, f: Figure, at: At<'_, '_>, prior: bool) -> String {
        let figures = self.figures(prior);
        let (label, printed, page) = (self.label(t, f, at, prior), self.printed(t, f, prior), figures.page(f));
        let same_page = matches!(at, At::Row(..));
        match (t, prior, same_page) {
            (Zh, true, _) => format!("上年决算第{page}页{label}为{printed}"),
            (Zh, _, true) => format!("{label}为{printed}"),
            (Zh, _, false) => format!("第{page}页{label}为{printed}"),
            (En, true, _) => format!("{label} is {printed} (page {page} of last year's account)"),
            (En, _, true) => format!("{label} is {printed}"),
            (En, _, false) => format!("{label} is {printed} (page {page})"),
        }
    }

    fn side(&self, t: Tongue, s: &Sum, at: At<'_, '_>, scale: Scale) -> String {
        match s.addends.as_slice() {
            [] => match (t, s.counted, self.show(t, s.constant, scale)) {
                (_, None, n) => n,
                (Zh, Some(what), n) => format!("{}为{n}", self.word(t, "", what)),
                (En, Some(what), n) => format!("{} is {n}", self.word(t, "", what)),
            },
            [a] if s.constant.is_zero() && !a.negative => self.one(t, a.figure, at, a.prior),
            all => {
                let mut out = match (t, at, all[0].prior, self.figures(all[0].prior).page(all[0].figure)) {
                    (_, At::Row(..) | At::Column(..) | At::Tree(..), ..) => String::new(),
                    (Zh, _, true, p) => format!("上年决算第{p}页"),
                    (Zh, _, false, p) => format!("第{p}页"),
                    (En, _, true, p) => format!("page {p} of last year's account, "),
                    (En, _, false, p) => format!("page {p}, "),
                };
                let shown: Vec<_> = if all.len() > LISTED {
                    all.iter().filter(|a| !a.amount.is_zero()).take(LISTED).collect()
                } else {
                    all.iter().collect()
                };
                for (n, a) in shown.iter().enumerate() {
                    let sign = match (n, a.negative, t) {
                        (0, false, _) => "",
                        (_, true, Zh) => "－",
                        (_, true, En) => " - ",
                        (_, false, Zh) => "＋",
                        (_, false, En) => " + ",
                    };
                    let label = self.label(t, a.figure, at, a.prior);
                    let printed = self.printed(t, a.figure, a.prior);
                    let _ = write!(out, "{sign}{label} {printed}");
                }
                let total = self.show(t, s.value(), scale);
                match (t, all.len() > shown.len()) {
                    (Zh, false) => format!("{out}得{total}"),
                    (Zh, true) => format!("{out}等{}项得{total}", all.len()),
                    (En, false) => format!("{out} gives {total}"),
                    (En, true) => format!("{out} and others, {} in all, gives {total}", all.len()),
                }
            }
        }
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
            let mut text = self.head(t, i.at);
            let body = match i.shape {
                Shape::Linear(r) => self.linear(t, i, r),
                Shape::Ratio => self.ratio(t, i),
                Shape::Direction => self.direction(t, i),
                Shape::Listed => self.listed(t, i),
            };
            text.push_str(&body);
            if let Some(s) = suspect {
                text.push_str(&self.suspicion(t, s));
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

    fn linear(&self, t: Tongue, i: &Instance<'_, '_>, relation: Relation) -> String {
        let scale = self.scale_of(i);
        if let Some(m) = &i.missing {
            return self.unasked(t, i, m, scale);
        }
        let (l, r) = (self.side(t, &i.left, i.at, scale), self.side(t, &i.right, i.at, scale));
        let d = self.show(t, i.difference.unwrap_or_default().abs(), scale);
        let a = self.show(t, i.allowed.unwrap_or_default(), scale);
        let blanks = i.left.blanks + i.right.blanks;
        let note = match (t, blanks) {
            (_, 0) => String::new(),
            (Zh, n) => format!("（{n}个空白单元格按未列示计）"),
            (En, n) => format!(" ({n} blank cells count as nothing printed)"),
        };
        match (t, i.outcome, relation) {
            (Zh, FindingOutcome::Holds, Relation::Equal) => format!("{l}，{r}，相符{note}。"),
            (Zh, FindingOutcome::Holds, _) => format!("{l}，{r}，大小关系相符{note}。"),
            (Zh, FindingOutcome::Rounding, _) => {
                format!("{l}，{r}，相差{d}，在四舍五入可能造成的{a}以内{note}。")
            }
            (Zh, _, Relation::Equal) => format!("{l}，而{r}，相差{d}，超出四舍五入可能造成的{a}{note}。"),
            (Zh, _, Relation::AtMost) => format!("{l}，而{r}，前者不应超过后者，却多出{d}{note}。"),
            (Zh, _, Relation::AtLeast) => format!("{l}，而{r}，前者不应少于后者，却少了{d}{note}。"),
            (En, FindingOutcome::Holds, Relation::Equal) => format!("{l}; {r}; they agree{note}."),
            (En, FindingOutcome::Holds, _) => format!("{l}; {r}; one is within the other{note}."),
            (En, FindingOutcome::Rounding, _) => {
                format!("{l}; {r}; they differ by {d}, within the {a} that rounding allows{note}.")
            }
            (En, _, Relation::Equal) => {
                format!("{l}, but {r}; they differ by {d}, more than the {a} that rounding allows{note}.")
            }
            (En, _, Relation::AtMost) => {
                format!("{l}, but {r}; the first should be at most the second and is {d} more{note}.")
            }
            (En, _, Relation::AtLeast) => {
                format!("{l}, but {r}; the first should be at least the second and is {d} less{note}.")
            }
        }
    }

    fn unasked(&self, t: Tongue, i: &Instance<'_, '_>, m: &Missing, scale: Scale) -> String {
        let rule = match t {
            Zh => &i.rule.zh,
            En => &i.rule.en,
        };
        let known: Vec<String> = [&i.left, &i.right]
            .into_iter()
            .filter(|s| !s.addends.is_empty())
            .map(|s| self.side(t, s, i.at, scale))
            .collect();
        let known = match (t, m) {
            (_, Missing::Information) => self.side(t, &i.left, i.at, scale),
            (Zh, _) => known.join("，"),
            (En, _) => known.join("; "),
        };
        match (t, m) {
            (Zh, Missing::Blank(f)) => format!(
                "未能核对“{rule}”：{known}，但第{}页{}处为空白（空白不等于零）。",
                self.own.page(*f),
                self.label(t, *f, i.at, false)
            ),
            (Zh, Missing::Row(r)) => format!("未能核对“{rule}”：{known}，但表中没有相应的行（{r}）。"),
            (Zh, Missing::Form(f)) => format!("未能核对“{rule}”：{known}，但文件中没有{}。", self.form(Zh, f)),
            (Zh, Missing::Text) => format!("未能核对“{rule}”：文字中没有说明。"),
            (Zh, Missing::Negative) => format!("未能核对“{rule}”：含有负数，不能比较大小。"),
            (Zh, Missing::Information) => {
                let r = self.side(t, &i.right, i.at, scale);
                let d = self.show(t, i.difference.unwrap_or_default().abs(), scale);
                format!("{known}，{r}，相差{d}；两者不必相等，仅供参考。")
            }
            (Zh, Missing::Lost(page)) => {
                format!("未能核对“{rule}”：{known}；但第{page}页有未能识读的内容，不符可能由此而来，请对照原文。")
            }
            (Zh, Missing::Unstated(f, slot)) => format!(
                "未能核对“{rule}”：{}，但没有识读到其{}（可能未印，也可能未识读）。",
                self.one(t, *f, i.at, false),
                self.word(t, "", slot)
            ),
            (En, Missing::Unstated(f, slot)) => format!(
                "not checked ({rule}): {}, but no {} of it was read: it is not printed, or the reading missed it.",
                self.one(t, *f, i.at, false),
                self.word(t, "", slot)
            ),
            (En, Missing::Lost(page)) => format!(
                "not checked ({rule}): {known}; but something on page {page} was not read, which may explain the difference: look at the page."
            ),
            (En, Missing::Blank(f)) => format!(
                "not checked ({rule}): {known}, but {} on page {} is blank, which is not zero.",
                self.label(t, *f, i.at, false),
                self.own.page(*f)
            ),
            (En, Missing::Row(r)) => format!("not checked ({rule}): {known}, but the table has no such row ({r})."),
            (En, Missing::Form(f)) => {
                format!(
                    "not checked ({rule}): {known}, but the document has no {}.",
                    self.form(En, f)
                )
            }
            (En, Missing::Text) => format!("not checked ({rule}): the text does not say."),
            (En, Missing::Negative) => {
                format!("not checked ({rule}): amounts below zero cannot be parts of each other.")
            }
            (En, Missing::Information) => {
                let r = self.side(t, &i.right, i.at, scale);
                let d = self.show(t, i.difference.unwrap_or_default().abs(), scale);
                format!("{known}; {r}; they differ by {d}, and need not be equal.")
            }
        }
    }

    fn ratio(&self, t: Tongue, i: &Instance<'_, '_>) -> String {
        let said = self.side(t, &i.left, i.at, Scale::Percent);
        let money = i
            .right
            .addends
            .first()
            .map_or(Scale::Count, |a| self.scale(a.figure, a.prior));
        let sum = |s: &Sum| match s.addends.as_slice() {
            [a] => format!(
                "{} {}",
                self.label(t, a.figure, i.at, a.prior),
                self.printed(t, a.figure, a.prior)
            ),
            _ => self.show(t, s.value().abs(), money),
        };
        let (p, w) = (sum(&i.right), sum(&i.whole));
        let Some(exact) = i.right_value else {
            return match t {
                Zh => format!("{said}，但作为基数的{w}为零，无从计算比率。"),
                En => format!("{said}, but its base, {w}, is zero: there is no such rate."),
            };
        };
        let e = self.show(t, exact, Scale::Percent);
        match (t, i.outcome) {
            (Zh, FindingOutcome::Holds) => format!("{said}，{p}÷{w}得{e}，相符。"),
            (Zh, FindingOutcome::Rounding) => format!("{said}，{p}÷{w}得{e}，差异为舍入所致。"),
            (Zh, _) => format!("{said}，而{p}÷{w}得{e}。"),
            (En, FindingOutcome::Holds) => format!("{said}; {p} over {w} gives {e}; they agree."),
            (En, FindingOutcome::Rounding) => format!("{said}; {p} over {w} gives {e}; rounding explains it."),
            (En, _) => format!("{said}, but {p} over {w} gives {e}."),
        }
    }

    fn listed(&self, t: Tongue, i: &Instance<'_, '_>) -> String {
        let page = i
            .left
            .addends
            .first()
            .map(|a| self.own.page(a.figure))
            .filter(|p| *p > 0)
            .map(|p| match t {
                Zh => format!("第{p}页"),
                En => format!("page {p}: "),
            })
            .unwrap_or_default();
        let cells: Vec<String> = i
            .right
            .addends
            .iter()
            .map(|a| self.one(t, a.figure, i.at, a.prior))
            .collect();
        match t {
            Zh => format!(
                "{page}文字说明列出的科目，表中金额为零：{}（不足半个单位的金额也印作零）。",
                cells.join("，")
            ),
            En => format!(
                "{page}the narrative lists items whose amount in the table is zero: {} (less than half a unit is printed as zero too).",
                cells.join("; ")
            ),
        }
    }

    fn direction(&self, t: Tongue, i: &Instance<'_, '_>) -> String {
        let said = i
            .left
            .addends
            .first()
            .map(|a| self.one(t, a.figure, i.at, a.prior))
            .unwrap_or_default();
        let other: Vec<String> = i
            .right
            .addends
            .iter()
            .map(|a| self.one(t, a.figure, i.at, a.prior))
            .collect();
        match (t, i.outcome) {
            (Zh, FindingOutcome::Holds) => format!("{said}，{}，相符。", other.join("，")),
            (Zh, _) => format!("{said}，而{}，方向矛盾。", other.join("，")),
            (En, FindingOutcome::Holds) => format!("{said}; {}; they agree.", other.join("; ")),
            (En, _) => format!("{said}, but {}: the directions contradict.", other.join("; ")),
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

    fn suspicion(&self, t: Tongue, s: &Suspect) -> String {
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
                format!("最可疑的是第{page}页{label}：若方向相反，则{n}条不符的勾稽关系全部相符。")
            }
            En if s.how == How::Direction => {
                format!(
                    " Most in doubt is {label} (page {page}): with the other direction, {n} failing identities would hold."
                )
            }
            Zh => format!("最可疑的是第{page}页{label}：若为{value}，则{n}条不符的勾稽关系全部相符{how}。"),
            En => format!(
                " Most in doubt is {label} (page {page}): with {value}, {n} failing identities would hold{how}."
            ),
        }
    }
}
