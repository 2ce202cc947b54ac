//! Printed amounts: sign, digits, thousands separators, decimals. Exact or refused, never guessed.

use crate::text;
use nom::branch::alt;
use nom::bytes::complete::{tag, take_while_m_n, take_while1};
use nom::combinator::{all_consuming, opt, recognize};
use nom::multi::many1;
use nom::sequence::{delimited, preceded};
use nom::{IResult, Parser};
use rust_decimal::Decimal;
use std::str::FromStr;

/// A number as printed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Amount {
    /// In the printed unit.
    pub value: Decimal,
    /// Digits after the decimal point.
    pub places: u32,
    /// What was unusual about its writing.
    pub notation: Notation,
}

/// How a number was written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Notation {
    /// With thousands separators.
    pub grouped: bool,
    /// A blank or a line break stood between its digits.
    pub broken: bool,
    /// In round brackets for a negative number.
    pub bracketed: bool,
}

fn digits(input: &str) -> IResult<&str, &str> {
    take_while1(|c: char| c.is_ascii_digit()).parse(input)
}

fn three(input: &str) -> IResult<&str, &str> {
    preceded(tag(","), take_while_m_n(3, 3, |c: char| c.is_ascii_digit())).parse(input)
}

fn grouped(input: &str) -> IResult<&str, &str> {
    recognize((take_while_m_n(1, 3, |c: char| c.is_ascii_digit()), many1(three))).parse(input)
}

fn unsigned(input: &str) -> IResult<&str, &str> {
    recognize((alt((grouped, digits)), opt((tag("."), digits)))).parse(input)
}

fn number(input: &str) -> IResult<&str, (bool, bool, &str)> {
    all_consuming(alt((
        delimited(tag("("), unsigned, tag(")")).map(|n| (true, true, n)),
        preceded(tag("-"), unsigned).map(|n| (true, false, n)),
        preceded(opt(tag("+")), unsigned).map(|n| (false, false, n)),
    )))
    .parse(input)
}

/// Reads one number that fills the whole text. `None` when it is not exactly one number: two numbers that touch
/// (`12.3445.67`), a wrong grouping (`1,23.4`), a unit or any other character.
pub fn parse(printed: &str) -> Option<Amount> {
    let folded = text::key(printed);
    let (_, (negative, bracketed, body)) = number(&folded).ok()?;
    let plain: String = body.chars().filter(|c| *c != ',').collect();
    // Two numbers that touch: no amount begins with a zero before other digits.
    let whole = plain.split('.').next().unwrap_or_default();
    let broken = printed.trim().chars().any(char::is_whitespace);
    let leading = whole.len() > 1 && whole.starts_with('0');
    if leading && plain.len() > whole.len() && (broken || whole.contains(|c| c != '0')) {
        return None;
    }
    let mut value = Decimal::from_str(&plain).ok()?;
    if negative {
        value.set_sign_negative(!value.is_zero());
    }
    let places = body.rsplit_once('.').map_or(0, |(_, d)| d.len() as u32);
    if broken && places == 0 && !groups_of_three(printed) {
        return None;
    }
    Some(Amount {
        value,
        places,
        notation: Notation {
            grouped: body.contains(','),
            broken,
            bracketed,
        },
    })
}

/// Whether every blank inside a number without a point stands where a thousands separator would: any other may be a point that was
/// lost (`727 08`).
fn groups_of_three(printed: &str) -> bool {
    let is_sign = |c: char| !c.is_numeric();
    let mut groups = printed.trim().trim_matches(is_sign).split_whitespace();
    let first = groups.next().map_or(0, |g| g.chars().count());
    (1..=3).contains(&first) && groups.all(|g| g.chars().count() == 3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn refuses_what_is_not_one_number() {
        for t in [
            "",
            "-",
            "12.3445.67",
            "0974.19",
            "01,320.16",
            "1,23.45",
            "1,2345",
            "12万",
            "1.",
            ".5",
            "5%",
            "--1",
            "(1",
            "1 .",
            "一",
            "727 08",
            "1667 48",
            "1 2 3",
            "12 34.",
            "1 234 56",
            "0 0 0.00",
            "0 0.00",
        ] {
            assert_eq!(parse(t), None, "{t}");
        }
    }

    #[test]
    fn reads_every_way_of_writing() {
        for (t, v) in [
            ("641.21", "641.21"),
            ("2,946.25", "2946.25"),
            ("－１２．３０", "-12.30"),
            ("(5.00)", "-5.00"),
            ("1 234.50", "1234.50"),
            ("-1 234 500", "-1234500"),
            ("6 6 7 . 4 8", "667.48"),
            ("0", "0"),
            ("0 . 0 0", "0.00"),
            ("000.00", "0.00"),
            ("+3", "3"),
            ("-0.00", "0.00"),
        ] {
            assert_eq!(parse(t).map(|a| a.value.to_string()), Some(v.to_string()), "{t}");
        }
        assert!(parse("1 234.50").is_some_and(|a| a.notation.broken));
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read(units in -1_000_000_000_000i64..1_000_000_000_000, places in 0u32..7, group in any::<bool>()) {
            let value = Decimal::new(units, places);
            let mut printed = value.abs().to_string();
            if group {
                let (whole, rest) = printed.split_once('.').map_or((printed.clone(), String::new()), |(a, b)| (a.into(), format!(".{b}")));
                let mut out = String::new();
                for (i, c) in whole.chars().enumerate() {
                    if i > 0 && (whole.len() - i) % 3 == 0 { out.push(','); }
                    out.push(c);
                }
                printed = out + &rest;
            }
            if value.is_sign_negative() && !value.is_zero() { printed.insert(0, '-'); }
            let read = parse(&printed).map(|a| (a.value, a.places));
            prop_assert_eq!(read, Some((value, places)));
        }
    }
}
