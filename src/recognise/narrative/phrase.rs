//! Tokens to phrases. Short words count only where their neighbours allow it, a word glued in front of a weak name makes it another
//! thing, and fund, side and scope that stand together become one phrase: 一般公共预算财政拨款支出, 本年收入合计.

use super::token::{Kind, Phrase, Token, Tokens};
use crate::grammar::narrative::{Class, Narrative, Side};

/// Id of a body that only looks like one.
const GUESSED: &str = "guessed";

/// Refines the tokens of one paragraph.
pub fn phrases<'t>(t: &mut Tokens<'t>, text: &'t str, n: &'t Narrative) {
    bases_behind_comparisons(&mut t.list, n);
    short_words(&mut t.list);
    let list = glue(std::mem::take(&mut t.list), text, n);
    let list = compounds(list, text, n);
    let list = pointers(list);
    t.list = group(list, text, n);
    settle(&mut t.list, n);
}

fn kind(list: &[Token<'_>], at: usize) -> Option<Kind> {
    list.get(at).map(|t| t.kind)
}

fn adjacent(a: &Token<'_>, b: &Token<'_>) -> bool {
    a.end == b.start
}

/// 比上年结余…: the year before, not the carry-over.
fn bases_behind_comparisons<'t>(list: &mut [Token<'t>], n: &'t Narrative) {
    for i in 1..list.len() {
        if !list[i - 1].is(Class::Compare) || !list[i].is_id(Class::Subject, "opening_carryover") {
            continue;
        }
        let word = list[i].word;
        let prior = word.char_indices().skip(1).find_map(|(at, _)| {
            n.whole(&word[..at])
                .filter(|t| t.class == Class::Base && &*t.id == "prior")
        });
        if let Some(t) = prior {
            list[i].kind = Kind::Term(Class::Base);
            list[i].id = &t.id;
        }
    }
}

/// Words of one or two characters stand inside many others.
fn short_words(list: &mut [Token<'_>]) {
    for i in 0..list.len() {
        let t = list[i];
        let Kind::Term(class) = t.kind else { continue };
        let next = list.get(i + 1).map(|t| t.kind);
        let one = t.characters() == 1;
        let unknown_before = i > 0 && list[i - 1].kind == Kind::Unknown && adjacent(&list[i - 1], &t);
        let unknown_after = next == Some(Kind::Unknown) && adjacent(&t, &list[i + 1]);
        match class {
            Class::Compare => compare(list, i),
            Class::Direction | Class::Over | Class::Saving if one => {
                let number = next == Some(Kind::Number);
                let soft = list
                    .get(i + 1)
                    .is_some_and(|t| t.is(Class::Predicate) || t.is(Class::Neutral));
                let through = soft && kind(list, i + 2) == Some(Kind::Number);
                let base = list.get(i + 1).is_some_and(|t| t.is(Class::Base) || t.is(Class::Final));
                let end = list.get(i + 1).is_none_or(|t| t.punct().is_some()) && !unknown_before;
                if !(number || through || base || end && i > 0) {
                    list[i].kind = Kind::Unknown;
                }
            }
            Class::Role if one => {
                let soft = list
                    .get(i + 1)
                    .is_some_and(|t| t.is(Class::Predicate) || t.is_id(Class::Role, "vehicle"));
                if !(next == Some(Kind::Number) || soft && kind(list, i + 2) == Some(Kind::Number))
                    || unknown_before && t.id == "score"
                {
                    list[i].kind = if unknown_after || unknown_before {
                        Kind::Unknown
                    } else {
                        Kind::Term(Class::Neutral)
                    };
                    list[i].id = "filler";
                }
            }
            Class::Reason if one && unknown_before => list[i].kind = Kind::Unknown,
            Class::Neutral
            | Class::Predicate
            | Class::Open
            | Class::Negation
            | Class::Each
            | Class::Share
            | Class::Completed
                // Between or before unknown characters it is a part of their word.
                if one && unknown_after && (i == 0 || unknown_before || list[i - 1].kind == Kind::Unknown) =>
            {
                list[i].kind = Kind::Unknown;
            }
            _ => {}
        }
    }
}

/// 与, 比, 较 compare where a base or a year follows; behind one they end the comparison; else they join.
fn compare(list: &mut [Token<'_>], i: usize) {
    let mut j = i + 1;
    while j < list.len()
        && j - i < 5
        && (matches!(
            list[j].kind,
            Kind::Term(Class::Neutral | Class::Compare | Class::Of | Class::Scope)
        ))
    {
        j += 1;
    }
    let based = list
        .get(j)
        .is_some_and(|t| t.kind == Kind::Year || t.is(Class::Base) || t.is(Class::Final));
    let directly = i > 0 && (list[i - 1].is(Class::Base) || list[i - 1].kind == Kind::Year);
    let closes = directly && list[i].characters() > 1 && i > 1 && list[i - 2].is(Class::Compare);
    if based && !closes {
        return;
    }
    let before = list[i.saturating_sub(5)..i]
        .iter()
        .any(|t| t.kind == Kind::Year || t.is(Class::Base));
    let t = list[i];
    let next = list.get(i + 1);
    let ends = next.is_none_or(|n| {
        n.punct().is_some() || matches!(n.kind, Kind::Term(Class::Direction | Class::Over | Class::Predicate))
    });
    list[i].kind = if before && (t.characters() > 1 || ends) {
        Kind::Term(Class::CompareEnd)
    } else if t.characters() == 1
        && next.is_some_and(|n| n.kind == Kind::Unknown && adjacent(&t, n))
        && i > 0
        && list[i - 1].kind == Kind::Unknown
    {
        Kind::Unknown
    } else {
        list[i].id = "joins";
        Kind::Term(Class::Neutral)
    };
}

fn is_money_noun(t: &Token<'_>) -> bool {
    t.is_id(Class::Predicate, "noun")
}

fn merge<'t>(a: Token<'t>, b: &Token<'t>, text: &'t str) -> Token<'t> {
    let mut t = Token::new(Kind::Unknown, &text[a.start..b.end], a.start);
    t.weak = false;
    t
}

/// Unknown pieces become one word, bodies are recognised, and weak names behind unknown words become unknown.
fn glue<'t>(list: Vec<Token<'t>>, text: &'t str, n: &'t Narrative) -> Vec<Token<'t>> {
    let mut joined: Vec<Token<'t>> = Vec::with_capacity(list.len());
    for t in list {
        match joined.last_mut() {
            Some(last) if t.kind == Kind::Unknown && last.kind == Kind::Unknown && adjacent(last, &t) => {
                *last = merge(*last, &t, text)
            }
            _ => joined.push(t),
        }
    }
    let mut out: Vec<Token<'t>> = Vec::with_capacity(joined.len());
    for mut t in joined {
        let last = out.last().copied();
        if let Some(p) = last.filter(|p| p.kind == Kind::Unknown && adjacent(p, &t)) {
            if t.is_id(Class::Neutral, "owner") && p.characters() > 3 {
                out.pop();
                t = merge(p, &t, text);
                t.kind = Kind::Body;
                t.id = GUESSED;
                out.push(t);
                continue;
            }
            let negated = n.signs.non.fits(p.word)
                && matches!(
                    t.kind,
                    Kind::Term(Class::Fund | Class::Subject | Class::Base | Class::Side)
                );
            let plan = t.is_id(Class::Base, "budget") && !n.signs.joins_a_name.fits(p.word);
            if negated || plan {
                out.pop();
                out.push(merge(p, &t, text));
                continue;
            }
        }
        // 林业科学研究 and 所: a body whose last character is a word of its own.
        if let Some(p) = out
            .last()
            .copied()
            .filter(|p| p.kind == Kind::Unknown && adjacent(p, &t) && p.characters() > 2)
            && t.is(Class::Neutral)
            && t.characters() == 1
            && n.shapes.body.is_match(&text[p.start..t.end])
        {
            out.pop();
            t = merge(p, &t, text);
            t.kind = Kind::Body;
            t.id = GUESSED;
            out.push(t);
            continue;
        }
        if t.kind == Kind::Unknown && t.characters() > 2 && n.shapes.body.is_match(t.word) {
            t.kind = Kind::Body;
            t.id = GUESSED;
        }
        let weak = t.weak && t.names();
        // 高等职业教育: a single character that means something elsewhere, between another and the name.
        if weak
            && let [.., a, b] = out.as_slice()
            && b.is(Class::Neutral)
            && a.kind == Kind::Unknown
            && a.characters() + b.characters() == 2
            && adjacent(a, b)
            && adjacent(b, &t)
        {
            let whole = merge(*a, &t, text);
            out.truncate(out.len() - 2);
            out.push(whole);
            continue;
        }
        if weak && let Some(p) = last {
            let unknown = p.kind == Kind::Unknown && !n.signs.joins_a_name.fits(p.word) && adjacent(&p, &t);
            let role = p.is_id(Class::Role, "vehicle")
                || p.is_id(Class::Role, "equipment")
                || p.is_id(Class::Role, "projects");
            let of_codes = |t: &Token<'_>| {
                matches!(
                    t.kind,
                    Kind::Term(Class::FunctionClass | Class::Item | Class::EconomicClass)
                )
            };
            let subject = matches!(p.kind, Kind::Term(Class::Subject)) && adjacent(&p, &t) && !of_codes(&t);
            let attributed =
                p.is(Class::Of) && out.len() > 1 && out[out.len() - 2].kind == Kind::Unknown && of_codes(&t);
            let listed = p.is_id(Class::Neutral, "joins")
                && out.len() > 1
                && out[out.len() - 2].kind == Kind::Unknown
                && adjacent(&out[out.len() - 2], &p)
                && adjacent(&p, &t);
            if unknown || listed || attributed || (role && adjacent(&p, &t)) || subject {
                if unknown {
                    out.pop();
                    out.push(merge(p, &t, text));
                } else {
                    t.kind = Kind::Unknown;
                    out.push(t);
                }
                continue;
            }
        }
        out.push(t);
    }
    out
}

/// 公务用车购置 and 运行维护 named together are one subject.
fn compounds<'t>(list: Vec<Token<'t>>, text: &'t str, n: &'t Narrative) -> Vec<Token<'t>> {
    let mut out: Vec<Token<'t>> = Vec::with_capacity(list.len());
    for (i, t) in list.iter().copied().enumerate() {
        if t.is(Class::Subject) {
            let back = out.iter().rposition(|p| {
                !(is_money_noun(p)
                    || p.is(Class::Side)
                    || p.is_id(Class::Neutral, "joins")
                    || p.is_id(Class::Neutral, "filler")
                    || p.punct() == Some('/'))
            });
            let joined =
                |p: &Token<'_>| p.is_id(Class::Neutral, "joins") || p.is(Class::Neutral) || p.punct() == Some('/');
            if let Some(at) = back
                && out[at].is(Class::Subject)
                && out[at + 1..].iter().any(joined)
                && let Some(id) = n.compound(out[at].id, t.id)
                && !shared_out(&list[i..])
            {
                let mut c = Token::new(Kind::Term(Class::Subject), &text[out[at].start..t.end], out[at].start);
                c.id = id;
                out.truncate(at);
                out.push(c);
                continue;
            }
        }
        out.push(t);
    }
    out
}

/// 人员经费与公用经费之比约为九比一，前者12万元，后者3万元: the names that 前者 and 后者 stand for.
fn pointers<'t>(mut list: Vec<Token<'t>>) -> Vec<Token<'t>> {
    let mut pair: Option<[Token<'t>; 2]> = None;
    for i in 0..list.len() {
        let t = list[i];
        if t.punct() == Some('.') {
            pair = None;
        }
        if !t.is(Class::Pointer) {
            continue;
        }
        if t.id == "former" {
            let names = list[..i]
                .iter()
                .rev()
                .take_while(|x| x.punct() != Some('.') && x.kind != Kind::Number);
            let mut names = names.filter(|x| x.names() && !x.is(Class::Use)).copied();
            pair = names.next().zip(names.next()).map(|(b, a)| [a, b]);
        }
        list[i] = match pair {
            Some([a, b]) => {
                let meant = if t.id == "former" { a } else { b };
                Token {
                    start: t.start,
                    end: t.end,
                    weak: false,
                    ..meant
                }
            }
            None => Token::new(Kind::Unknown, t.word, t.start),
        };
    }
    list
}

/// Whether 分别 follows before the next figure.
fn shared_out(list: &[Token<'_>]) -> bool {
    list.iter()
        .take_while(|t| t.kind != Kind::Number && t.punct() != Some('.'))
        .any(|t| t.is(Class::Respectively))
}

fn side_of(t: &Token<'_>) -> Option<Side> {
    match t.kind {
        Kind::Term(Class::Side) => Some(match t.id {
            "revenue" => Side::Revenue,
            "both" => Side::Both,
            _ => Side::Expenditure,
        }),
        Kind::Term(Class::Predicate) if t.id == "expense" => Some(Side::Expenditure),
        Kind::Term(Class::Predicate) if t.id == "income" => Some(Side::Revenue),
        Kind::Term(Class::FinalRevenue) => Some(Side::Revenue),
        _ => None,
    }
}

fn begins_phrase(t: &Token<'_>) -> bool {
    matches!(
        t.kind,
        Kind::Term(Class::Fund | Class::Side | Class::Scope | Class::Final | Class::FinalRevenue)
    ) || t.is_id(Class::Predicate, "expense")
        || t.is_id(Class::Predicate, "income")
        || t.is_id(Class::Subject, "basic")
}

/// scope* fund? scope* side 决算? scope*
fn group<'t>(list: Vec<Token<'t>>, text: &'t str, n: &Narrative) -> Vec<Token<'t>> {
    let mut out: Vec<Token<'t>> = Vec::with_capacity(list.len());
    let mut i = 0;
    while i < list.len() {
        let first = list[i];
        if !begins_phrase(&first) {
            out.push(first);
            i += 1;
            continue;
        }
        let (p, j) = phrase_at(&list, i, n);
        if p.side.is_none() && p.fund.is_none() || j == i {
            out.push(first);
            i += 1;
            continue;
        }
        let whole = &text[first.start..list[j - 1].end];
        // 三公经费财政拨款支出决算: nouns of money may stand between the name and what goes on with it.
        let last = out
            .iter()
            .rev()
            .find(|t| !is_money_noun(t))
            .copied()
            .filter(|_| out.last().is_some_and(|t| adjacent(t, &first)));
        let named = last.is_some_and(|t| t.names() && t.kind != Kind::Phrase);
        let mut t = Token::new(Kind::Phrase, whole, first.start);
        t.phrase = p;
        if p.side.is_some() && named && (p.fund.is_none() || last.is_some_and(|t| t.is(Class::Subject) && !t.weak)) {
            // 公务接待费支出: the side only goes on with the name.
            t.kind = Kind::Term(if p.is_final { Class::Final } else { Class::Predicate });
            t.id = if p.is_final { "final" } else { "noun" };
        } else if p.fund.is_some() && p.side.is_none() && last.is_some_and(|t| t.is(Class::Subject)) {
            // …费财政拨款: the fund behind a name says who pays.
            t.kind = Kind::Term(Class::Neutral);
            t.id = "filler";
        }
        out.push(t);
        i = j.max(i + 1);
    }
    out
}

fn phrase_at<'t>(list: &[Token<'t>], i: usize, n: &Narrative) -> (Phrase<'t>, usize) {
    let mut p = Phrase::default();
    let mut j = i;
    while let Some(t) = list.get(j) {
        let next = list.get(j + 1);
        let leads = |t: Option<&Token<'_>>| {
            t.is_some_and(|n| {
                matches!(
                    n.kind,
                    Kind::Term(Class::Fund | Class::Side | Class::Final | Class::FinalRevenue)
                ) || n.is_id(Class::Predicate, "expense")
                    || n.is_id(Class::Predicate, "income")
            })
        };
        if t.is(Class::Fund) && p.side.is_none() {
            if p.fund.is_none_or(|f| f == "appropriation") {
                p.fund = Some(t.id);
            }
        } else if t.is_id(Class::Subject, "basic") && p.fund.is_some() && p.side.is_none() {
            p.side = Some(Side::Expenditure);
            p.basic = true;
        } else if let Some(side) = side_of(t) {
            if p.side.is_some() {
                break;
            }
            p.side = Some(side);
            if t.is(Class::Predicate) && p.scope.is_none() {
                p.scope = scope_of_word(t.word, n);
            }
            p.is_final |= t.is(Class::FinalRevenue);
        } else if t.is(Class::Scope) {
            // 合计 in front of a side is a word of its own.
            if p.side.is_none() && t.id == "current" {
                break;
            }
            // 本年 and the side behind another phrase begin a new one.
            if p.side.is_some() && t.id == "year" {
                break;
            }
            if p.scope != Some("grand") {
                p.scope = Some(t.id);
            }
        } else if t.is_id(Class::Predicate, "sum") && p.side.is_some() {
            if p.scope.is_none() {
                p.scope = scope_of_word(t.word, n).or(Some("current"));
            }
        } else if t.is_id(Class::Final, "final_expense") && p.side.is_none() {
            p.side = Some(Side::Expenditure);
            p.is_final = true;
        } else if t.is(Class::Final) && p.side.is_some() {
            p.is_final = true;
            // 收入总决算 is 收入总计.
            if p.scope.is_none() && t.id == "final_grand" {
                p.scope = Some("grand");
            }
        } else if p.fund.is_some() && p.side.is_none() && leads(next) && (t.is(Class::Final) || glides(t)) {
        } else if t.is(Class::Fund)
            && p.side.is_some()
            && p.fund.is_none()
            && next.is_some_and(|n| n.kind == Kind::Number || n.is(Class::Predicate))
        {
            p.fund = Some(t.id);
        } else {
            break;
        }
        j += 1;
    }
    // A scope or a 决算 alone is none.
    (p, j)
}

/// What may stand between a fund and its side: 本级, 安排的, 的, 资金.
fn glides(t: &Token<'_>) -> bool {
    t.is(Class::Of) || t.is(Class::Neutral) || t.is_id(Class::Predicate, "noun") || t.is_id(Class::Predicate, "verb")
}

fn scope_of_word(word: &str, n: &Narrative) -> Option<&'static str> {
    if n.signs.grand_sum.fits(word) {
        Some("grand")
    } else if n.signs.sum.fits(word) {
        Some("current")
    } else {
        None
    }
}

/// Whether unknown characters touch a token from the left, or do so but for single characters that mean something elsewhere:
/// 政□购支出总额 is no 支出总额.
fn touched(list: &[Token<'_>], i: usize, n: &Narrative) -> Option<usize> {
    let mut k = i;
    while let Some(p) = k.checked_sub(1).map(|k| &list[k]).filter(|p| adjacent(p, &list[k])) {
        if p.kind == Kind::Unknown {
            return (!n.signs.joins_a_name.fits(p.word)).then_some(k - 1);
        }
        let joins = p.is(Class::Neutral) && list[k].is_id(Class::Subject, "vehicle_operation");
        if p.characters() > 1 || !(joins || matches!(p.kind, Kind::Term(Class::Role | Class::Predicate))) {
            return None;
        }
        k -= 1;
    }
    None
}

/// What phrases are by what stands beside them.
fn settle(list: &mut [Token<'_>], n: &Narrative) {
    for i in 0..list.len() {
        let t = list[i];
        let next = list.get(i + 1).copied();
        let before = i.checked_sub(1).map(|k| list[k]);
        if t.kind == Kind::Phrase && t.phrase.side.is_none() {
            let words = n;
            // A fund in front of a name only says who pays.
            let pays = next.is_some_and(|n| {
                n.is(Class::Subject)
                    || n.is(Class::Of)
                    || n.is_id(Class::Predicate, "verb")
                    || n.is_id(Class::Predicate, "noun") && !words.signs.appropriation.fits(n.word)
                    || n.is_id(Class::Neutral, "filler") && n.characters() > 1 && !n.is(Class::Compare)
            });
            if pays {
                list[i].kind = Kind::Term(Class::Neutral);
                list[i].id = "filler";
            }
        }
        if t.is(Class::Scope) {
            let sum = t.id != "year";
            list[i].kind = Kind::Term(if sum { Class::Predicate } else { Class::Neutral });
            list[i].id = if sum { "sum" } else { "time" };
        }
        // 包括燃油费、维修费等支出: names of costs without their figures name no subject.
        let running = t.is(Class::Subject) && n.subject(t.id).is_some_and(|i| i.family == "running");
        // 水费, 奖金: names of two characters stand in many other words.
        let brief = t.is(Class::Item) && t.id.chars().count() < 4;
        let figure = list[i + 1..].iter().find(|x| !x.is(Class::Predicate)).map(|x| x.kind);
        let starts = |p: &Token<'_>| {
            p.punct().is_some()
                || p.is(Class::Open)
                || p.is_id(Class::Neutral, "owner")
                || p.is_id(Class::Neutral, "time")
                || matches!(p.kind, Kind::Mark | Kind::Number | Kind::Body | Kind::Year)
        };
        let inner = brief && before.is_some_and(|p| !starts(&p));
        if (running || brief) && figure != Some(Kind::Number) || inner {
            list[i].kind = Kind::Unknown;
            // No money of its own: only the word that tells the kind is left.
            list[i].word = n.signs.running_cost.stripped(t.word);
        }
        if t.kind == Kind::Phrase && t.phrase.side.is_some() && t.phrase.fund.is_none() {
            let glued = before.is_some_and(|p| p.kind == Kind::Unknown && adjacent(&p, &t));
            let money = before.is_some_and(|p| is_money_noun(&p) && adjacent(&p, &t)) && i > 1 && !list[i - 2].names();
            // 彐彑社区支出: the name of a class as well as that of a body.
            let class = t.phrase.scope.is_none()
                && list[0].kind == Kind::Mark
                && before.is_some_and(|p| p.kind == Kind::Body && p.id == GUESSED && adjacent(&p, &t));
            if class
                || glued && !before.is_some_and(|p| n.signs.joins_a_name.fits(p.word))
                || money && t.phrase.scope.is_none()
            {
                list[i].weak = true;
            }
        }
        if let Some(unknown) = touched(list, i, n) {
            if t.kind == Kind::Phrase && (t.phrase.side.is_some() || t.phrase.fund == Some("appropriation")) {
                list[i].weak = true;
            }
            if t.is_id(Class::Base, "budget") {
                list[i].kind = Kind::Unknown;
            }
            // 公务用车购置□□运行维护费: one name or two.
            let beside = unknown.checked_sub(1).map(|k| list[k]);
            let named = |b: &Token<'_>| b.is(Class::Subject) || b.is(Class::Role);
            // 运行维护费 alone is said behind 公务用车 only.
            let bare = matches!(t.id, "vehicle_operation" | "vehicle_purchase") && !n.signs.vehicle.fits(t.word);
            if t.is(Class::Subject) && (bare || beside.is_some_and(|b| named(&b) && adjacent(&b, &list[unknown]))) {
                list[i].kind = Kind::Unknown;
            }
        }
        if t.kind == Kind::Phrase && t.phrase.fund.is_some() && t.phrase.side == Some(Side::Expenditure) {
            let money = before.is_some_and(|p| is_money_noun(&p) && adjacent(&p, &t))
                && i > 1
                && list[i - 2].kind == Kind::Unknown;
            if money {
                list[i].weak = true;
            }
        }
    }
}
