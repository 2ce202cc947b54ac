//! The small language of identities, parsed with nom:
//!
//! | written | means |
//! |---|---|
//! | `total = basic + project` | both sides are equal (`<=`, `>=`: at most, at least) |
//! | `revenue_expenditure.revenue.grand_total.final` | a cell: form, side in two-sided forms, item, measure |
//! | `$class`, `$code`, `$each` | any 类, any code, any word of the rule's `each` |
//! | `text.overall.grand_total.total` | a value that the narrative states: section, subject, slot |
//! | `prior.…` | the same in the document of the year before |
//! | `302`, `2010301` | a code (three digits and more); a shorter number is a number |
//! | `sum(children)`, `first(a, b)`, `signed(change)`, `count(projects)` | a function |
//! | `change / (total - change)` | arithmetic with `+ - /` and round brackets |
//!
//! What a name stands for is decided where the rule is compiled, because it depends on what the rule is for.

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while, take_while1};
use nom::character::complete::{char, multispace0, one_of};
use nom::combinator::{cut, map, opt, recognize};
use nom::multi::{fold_many0, separated_list0};
use nom::sequence::{delimited, pair, preceded, terminated};
use nom::{IResult, Parser};
use rust_decimal::Decimal;
use std::ops::Range;
use std::str::FromStr;

/// How the two sides relate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// Equal, within what rounding allows.
    Equal,
    /// The left side is at most the right side.
    AtMost,
    /// The left side is at least the right side.
    AtLeast,
}

/// A whole equation.
#[derive(Clone, Debug, PartialEq)]
pub struct Equation {
    /// What stands before the relation.
    pub left: Expr,
    /// The relation.
    pub relation: Relation,
    /// What stands behind it.
    pub right: Expr,
}

/// A piece of an equation. `at` are byte ranges in the text of the equation.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A constant.
    Number(Decimal),
    /// A name, with its parts joined by points.
    Name {
        /// The name.
        name: String,
        /// Where it stands.
        at: Range<usize>,
    },
    /// A function and what it is applied to.
    Call {
        /// Its name.
        function: String,
        /// Where its name stands.
        at: Range<usize>,
        /// What it is applied to.
        arguments: Vec<Expr>,
    },
    /// `a + b`.
    Plus(Box<Expr>, Box<Expr>),
    /// `a - b`.
    Minus(Box<Expr>, Box<Expr>),
    /// `a / b`.
    Ratio(Box<Expr>, Box<Expr>),
}

/// A mistake in an equation: byte offset and what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EquationError {
    /// Byte offset in the text of the equation.
    pub offset: usize,
    /// What is wrong, and what would be right.
    pub message: String,
}

fn blank<'i, O>(
    inner: impl Parser<&'i str, Output = O, Error = nom::error::Error<&'i str>>,
) -> impl Parser<&'i str, Output = O, Error = nom::error::Error<&'i str>> {
    delimited(multispace0, inner, multispace0)
}

fn word(input: &str) -> IResult<&str, &str> {
    recognize(pair(
        take_while1(|c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$'),
        take_while(|c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '$' | '.' | ':' | '*')),
    ))
    .parse(input)
}

// Inside the parsers a place is the number of bytes that are left; `settle` turns it into an offset.
fn atom(input: &str) -> IResult<&str, Expr> {
    let (rest, w) = word(input)?;
    let at = input.len()..rest.len();
    let is_number = w.chars().all(|c| c.is_ascii_digit() || c == '.');
    let is_code = w.len() >= 3 && !w.contains('.');
    if is_number && !is_code {
        return match Decimal::from_str(w) {
            Ok(n) => Ok((rest, Expr::Number(n))),
            Err(_) => Err(nom::Err::Failure(nom::error::Error::new(
                input,
                nom::error::ErrorKind::Float,
            ))),
        };
    }
    let (rest, arguments) = opt(delimited(
        char('('),
        cut(separated_list0(char(','), sum)),
        cut(char(')')),
    ))
    .parse(rest)?;
    Ok((
        rest,
        match arguments {
            Some(arguments) => Expr::Call {
                function: w.to_string(),
                at,
                arguments,
            },
            None => Expr::Name {
                name: w.to_string(),
                at,
            },
        },
    ))
}

fn factor(input: &str) -> IResult<&str, Expr> {
    blank(alt((delimited(char('('), cut(sum), cut(char(')'))), atom))).parse(input)
}

fn ratio(input: &str) -> IResult<&str, Expr> {
    let (rest, first) = factor(input)?;
    let (rest, second) = opt(preceded(char('/'), cut(factor))).parse(rest)?;
    Ok((
        rest,
        match second {
            Some(s) => Expr::Ratio(Box::new(first), Box::new(s)),
            None => first,
        },
    ))
}

fn sum(input: &str) -> IResult<&str, Expr> {
    let (rest, first) = ratio(input)?;
    let mut start = Some(first);
    fold_many0(
        pair(one_of("+-"), cut(ratio)),
        move || start.take().unwrap_or(Expr::Number(Decimal::ZERO)),
        |left, (op, right)| match op {
            '+' => Expr::Plus(Box::new(left), Box::new(right)),
            _ => Expr::Minus(Box::new(left), Box::new(right)),
        },
    )
    .parse(rest)
}

fn relation(input: &str) -> IResult<&str, Relation> {
    alt((
        map(tag("<="), |_| Relation::AtMost),
        map(tag(">="), |_| Relation::AtLeast),
        map(tag("="), |_| Relation::Equal),
    ))
    .parse(input)
}

fn equation(input: &str) -> IResult<&str, Equation> {
    map(
        (sum, cut(relation), cut(terminated(sum, multispace0))),
        |(left, relation, right)| Equation { left, relation, right },
    )
    .parse(input)
}

fn settle(e: &mut Expr, length: usize) {
    match e {
        Expr::Number(_) => {}
        Expr::Name { at, .. } => *at = length - at.start..length - at.end,
        Expr::Call { at, arguments, .. } => {
            *at = length - at.start..length - at.end;
            for a in arguments {
                settle(a, length);
            }
        }
        Expr::Plus(a, b) | Expr::Minus(a, b) | Expr::Ratio(a, b) => {
            settle(a, length);
            settle(b, length);
        }
    }
}

/// Parses an equation.
pub fn parse(input: &str) -> Result<Equation, EquationError> {
    let fail = |rest: &str| EquationError {
        offset: input.len() - rest.len(),
        message: match rest.chars().next() {
            None => "the equation ends too early; write `left = right`".into(),
            Some(c) => {
                format!("`{c}` does not fit here; an equation is `left = right` (or <=, >=) with names, +, -, / and ()")
            }
        },
    };
    match equation(input) {
        Ok(("", mut e)) => {
            settle(&mut e.left, input.len());
            settle(&mut e.right, input.len());
            Ok(e)
        }
        Ok((rest, _)) => Err(fail(rest)),
        Err(nom::Err::Error(e) | nom::Err::Failure(e)) => Err(fail(e.input)),
        Err(nom::Err::Incomplete(_)) => Err(fail("")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(name: &str, at: Range<usize>) -> Box<Expr> {
        Box::new(Expr::Name { name: name.into(), at })
    }

    #[test]
    fn names_keep_their_places() {
        let e = parse("total = basic - 302").unwrap();
        assert_eq!(e.relation, Relation::Equal);
        assert_eq!(e.left, *name("total", 0..5));
        assert_eq!(e.right, Expr::Minus(name("basic", 8..13), name("302", 16..19)));
    }

    #[test]
    fn functions_ratios_and_codes() {
        let e = parse("rate = change / (first(total, revenue:total) - signed(change))").unwrap();
        let Expr::Ratio(_, whole) = e.right else { panic!() };
        assert!(matches!(*whole, Expr::Minus(..)));
        assert_eq!(parse("sum(share) = 1").unwrap().right, Expr::Number(Decimal::ONE));
        assert_eq!(
            parse("a <= form.$class.total").unwrap().right,
            *name("form.$class.total", 5..22)
        );
    }

    #[test]
    fn a_mistake_has_its_place() {
        for (text, at) in [
            ("total basic", 6),
            ("total = ", 8),
            ("total = a + ", 12),
            ("total = sum(a", 13),
            ("a = b = c", 6),
            ("", 0),
            ("a = b ) c", 6),
            ("a = 合计", 4),
        ] {
            assert_eq!(parse(text).unwrap_err().offset, at, "{text}");
        }
    }
}
