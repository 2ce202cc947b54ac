//! What the document is. Comes in: the lines of the first page with their titles, the text. Goes out: the kind and why. The title
//! decides; where there is none, the titles of the tables; where they are silent, the words of the text.

use super::title::{Named, Title};
use super::{Cover, Front, Ground, Own, Text, names, region, title};
use crate::grammar::{Form, Grammar, load};
use crate::record::Kind;

/// What a document of kind `other` is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct What {
    /// Its id.
    pub id: String,
    /// In words.
    pub en: String,
    /// Its text gives figures of final accounts, which are read.
    pub readable: bool,
}

/// Whether a folded line is the title of a table and no more; a workbook may begin with its first table.
pub fn is_table_title(key: &str, g: &Grammar) -> bool {
    let lexicon = &g.lexicon;
    let forms: Vec<&Form> = g.forms.iter().collect();
    let form =
        || load::form_of_title(lexicon, &forms, key).map(|(_, m)| lexicon.year_word.replace(&m.prefix, "").is_empty());
    lexicon.other_title(key) == Some(key.len()) || form().unwrap_or(false)
}

/// A part of a line for messages.
fn quote(t: &str) -> String {
    t.trim().chars().take(40).collect()
}

/// Lines of the text that say whether 三公经费 are those of one unit.
const FIRST: usize = 6;
/// Characters of each of them.
const BEGINNING: usize = 200;

/// Sets kind, reason and, for the account of a government, the name of its region.
pub(super) fn kind(front: &[Front<'_>], lines: &[Text<'_>], own: &Own, g: &Grammar, out: &mut Cover) {
    if lines.is_empty() {
        out.reason = "no line of text outside tables".into();
        return;
    }
    let words = &g.lexicon.cover;
    let open = out.placeholders > 0 || front.iter().any(|f| !f.furniture && words.template.is_match(f.key));
    let says_template = front
        .iter()
        .find(|f| !f.furniture && f.key.chars().count() <= 60 && words.template.is_match(f.key));
    if let Some(f) = says_template.filter(|_| open && out.figures <= out.placeholders.max(2)) {
        out.kind = Kind::Template;
        out.reason = format!("the first page says `{}`", quote(&f.line.text));
        out.kind_ground = Some(Ground::Title);
        return;
    }
    let page: Vec<Title> = own
        .titles
        .iter()
        .flat_map(|t| names::pieces(t))
        .filter_map(|p| title::parse(&p, g))
        .collect();
    let on_front = front
        .iter()
        .filter(|f| !f.table)
        .filter_map(|f| f.title.as_ref().filter(|t| !t.heading));
    let titles: Vec<(&Title, Ground)> = on_front
        .map(|t| (t, Ground::Title))
        .chain(page.iter().map(|t| (t, Ground::Page)))
        .collect();
    if other(&titles, front, lines, g, out) || by_titles(&titles, out) {
        return;
    }
    by_tables(lines, g, out);
    if out.kind == Kind::Other {
        by_text(lines, g, out);
    }
}

/// Whether a title has a year or a name; an entry of a menu has neither.
fn is_whole(t: &Title) -> bool {
    t.year.is_some() || t.named != Named::Nobody
}

/// Kinds that are no account of a unit.
fn other(titles: &[(&Title, Ground)], front: &[Front<'_>], lines: &[Text<'_>], g: &Grammar, out: &mut Cover) -> bool {
    let words = &g.lexicon.cover;
    let heads = || front.iter().filter(|f| !f.furniture && !f.table).take(4);
    // The first lines that are no sentence, also those that speak of no account.
    let texts: Vec<(String, Option<&Title>)> = if titles.is_empty() {
        heads()
            .filter_map(|f| title::head(f.key, g).map(|h| (h.to_string(), None)))
            .filter(|(h, _)| !words.heading.is_match(h))
            .take(2)
            .collect()
    } else {
        let whole = titles.iter().find(|(t, _)| is_whole(t)).or_else(|| titles.first());
        whole.map(|(t, _)| (t.text.clone(), Some(*t))).into_iter().collect()
    };
    for (text, t) in &texts {
        let found = words.other.iter().find(|o| {
            let nobody = t.is_some_and(|t| match &t.named {
                Named::Unit(n) => g.units.is_town(n),
                Named::Region(_) => true,
                Named::Nobody | Named::Part(_) => out.unit_name.is_none(),
            });
            o.title.is_match(text) && !o.unless.is_match(text) && (!o.without_unit || nobody)
        });
        if let Some(o) = found {
            out.kind = Kind::Other;
            out.what = Some(What {
                id: o.id.clone(),
                en: o.en.clone(),
                readable: false,
            });
            out.reason = format!("{}: the first page says `{}`", o.en, quote(text));
            out.kind_ground = Some(Ground::Title);
            // The name of a letter is that of who wrote it or got it.
            out.unit_name = if o.without_unit { region(front) } else { None };
            return true;
        }
    }
    summary(titles, front, lines, g, out)
}

/// 三公经费 of all units of a region together.
fn summary(titles: &[(&Title, Ground)], front: &[Front<'_>], lines: &[Text<'_>], g: &Grammar, out: &mut Cover) -> bool {
    let words = &g.lexicon.cover;
    let Some((t, ground)) = titles.iter().find(|(t, _)| words.three_public.is_match(&t.text)) else {
        return false;
    };
    let of_a_unit = |t: &Title| {
        matches!(t.named, Named::Unit(_)) || words.department.is_match(&t.text) || words.unit.is_match(&t.text)
    };
    if titles.iter().any(|(t, _)| of_a_unit(t)) {
        return false;
    }
    let beginnings = lines
        .iter()
        .map(|l| l.key)
        .filter(|k| k.chars().count() > 20)
        .take(FIRST);
    let by_text = beginnings.into_iter().any(|k| {
        let end = k.char_indices().nth(BEGINNING).map_or(k.len(), |(n, _)| n);
        words.summary_text.is_match(&k[..end])
    });
    let of_region = matches!(t.named, Named::Region(_));
    let by_title = words.summary_title.is_match(&t.text);
    if t.budget && !t.account || !(of_region && (by_title || by_text) || by_title && by_text) {
        return false;
    }
    out.kind = Kind::Other;
    out.what = Some(What {
        id: "three_public_summary".into(),
        en: "三公经费 of all units of a region together".into(),
        readable: true,
    });
    out.reason = format!(
        "三公经费 of all units of a region together, not of one: the first page says `{}`",
        quote(&t.text)
    );
    out.kind_ground = Some(*ground);
    out.unit_name = region(front);
    out.name_ground = out.unit_name.as_ref().map(|_| Ground::Title);
    true
}

/// The first title that names an account or a budget and not both; one that names both is that of a final account.
fn by_titles(titles: &[(&Title, Ground)], out: &mut Cover) -> bool {
    let says = |t: &Title| t.account || t.budget;
    let mut all = titles.iter().filter(|(t, _)| says(t));
    let Some((t, ground)) = all.clone().find(|(t, _)| is_whole(t)).or_else(|| all.next()) else {
        return false;
    };
    out.kind_ground = Some(*ground);
    if t.account {
        out.kind = Kind::FinalAccount;
        out.reason = format!("the first page says `{}`", quote(&t.text));
    } else {
        out.kind = Kind::Budget;
        out.reason = format!("the first page says `{}` and nowhere 决算", quote(&t.text));
    }
    true
}

fn by_tables(lines: &[Text<'_>], g: &Grammar, out: &mut Cover) {
    let words = &g.lexicon.cover;
    let (mut accounts, mut budgets) = (0, 0);
    for Text { key, .. } in lines {
        if key.chars().count() > 40 || !words.table_word.is_match(key) {
            continue;
        }
        let k = words.fund.replace_all(key, "");
        accounts += u32::from(words.final_account.is_match(&k));
        budgets += u32::from(words.budget.is_match(&k) && !words.final_account.is_match(&k));
    }
    out.kind = match (accounts, budgets) {
        (0, 0) => Kind::Other,
        (a, b) if a >= b => Kind::FinalAccount,
        _ => Kind::Budget,
    };
    out.kind_ground = (out.kind != Kind::Other).then_some(Ground::Table);
    out.reason = format!("the first page is silent; {accounts} titles of tables say 决算, {budgets} say 预算");
}

/// So often a text without a title uses words of budgets that it is one.
const PLANS: usize = 3;

/// Headings and sentences: words that only the text of a final account has, against those of a budget.
fn by_text(lines: &[Text<'_>], g: &Grammar, out: &mut Cover) {
    let words = &g.lexicon.cover;
    let (mut accounts, mut budgets) = (0, 0);
    for l in lines {
        accounts += words.accounts.find_iter(l.key).count();
        budgets += words.plans.find_iter(l.key).count();
    }
    let enough = out.figures >= 2;
    out.kind = match (accounts, budgets) {
        _ if !enough => Kind::Other,
        (0, 0) => Kind::Other,
        (a, b) if a >= b => Kind::FinalAccount,
        // One word is no witness: of an account whose letters are damaged it may be all that is left.
        (_, b) if b < PLANS => Kind::Other,
        _ => Kind::Budget,
    };
    if out.kind != Kind::Other {
        out.kind_ground = Some(Ground::Sentences);
    }
    if out.kind == Kind::Other {
        let han = |c: &char| ('\u{4e00}'..='\u{9fff}').contains(c);
        out.letters = lines.iter().map(|l| l.key.chars().filter(han).count()).sum();
    }
    out.reason = format!(
        "no title; {accounts} times the text speaks as a final account (决算) does, {budgets} times as a budget (预算)"
    );
}
