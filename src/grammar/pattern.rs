//! The small language of titles, headers and labels, parsed with nom:
//!
//! | written | matches |
//! |---|---|
//! | `收入决算` | these characters, folded (width, blanks and quotation marks do not matter) |
//! | `[本年]` | this or nothing |
//! | `(收入\|支出)` | one of these |
//! | `*` | any characters, as few as possible, at least none |
//! | `#` | one or more digits, Arabic or Chinese |
//! | `\[` | the character itself |
//!
//! Full-width brackets （） are ordinary characters. A pattern becomes a regular expression, which matches in linear time.

use nom::branch::alt;
use nom::bytes::complete::{tag, take_while1};
use nom::character::complete::{anychar, char};
use nom::combinator::{cut, map};
use nom::multi::{many0, separated_list1};
use nom::sequence::{delimited, preceded};
use nom::{IResult, Parser};

/// A piece of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// Characters, folded.
    Literal(String),
    /// This or nothing.
    Optional(Vec<Vec<Node>>),
    /// One of these.
    Choice(Vec<Vec<Node>>),
    /// Any characters.
    Any,
    /// Digits.
    Digits,
}

/// A mistake in a pattern: byte offset in the pattern and what is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PatternError {
    /// Byte offset in the text of the pattern.
    pub offset: usize,
    /// What is wrong, and what would be right.
    pub message: String,
}

const SPECIAL: &str = "[](|){}*#\\";

fn literal(input: &str) -> IResult<&str, Node> {
    let (rest, pieces) = nom::multi::many1(alt((
        map(take_while1(|c| !SPECIAL.contains(c)), str::to_string),
        map(preceded(char('\\'), anychar), |c| c.to_string()),
    )))
    .parse(input)?;
    Ok((rest, Node::Literal(crate::text::key(&pieces.concat()))))
}

fn choice(input: &str) -> IResult<&str, Vec<Vec<Node>>> {
    separated_list1(char('|'), many0(node)).parse(input)
}

fn node(input: &str) -> IResult<&str, Node> {
    alt((
        literal,
        map(delimited(char('['), cut(choice), cut(char(']'))), Node::Optional),
        map(delimited(char('('), cut(choice), cut(char(')'))), Node::Choice),
        map(tag("*"), |_| Node::Any),
        map(tag("#"), |_| Node::Digits),
    ))
    .parse(input)
}

/// Parses a pattern.
pub fn parse(input: &str) -> Result<Vec<Node>, PatternError> {
    let fail = |rest: &str| {
        let offset = input.len() - rest.len();
        let message = match rest.chars().next() {
            None => "the pattern ends inside a bracket; close it".to_string(),
            Some(c) => {
                format!("`{c}` does not fit here; close brackets in order, or write `\\{c}` for the character itself")
            }
        };
        PatternError { offset, message }
    };
    match many0(node).parse(input) {
        Ok(("", nodes)) if nodes.is_empty() => Err(PatternError {
            offset: 0,
            message: "an empty pattern matches everything".into(),
        }),
        Ok(("", nodes)) => Ok(nodes),
        Ok((rest, _)) => Err(fail(rest)),
        Err(nom::Err::Error(e) | nom::Err::Failure(e)) => Err(fail(e.input)),
        Err(nom::Err::Incomplete(_)) => Err(fail("")),
    }
}

/// The regular expression of a pattern.
pub fn regex_of(nodes: &[Node]) -> String {
    let mut out = String::new();
    for n in nodes {
        match n {
            Node::Literal(t) => out.push_str(&regex::escape(t)),
            Node::Optional(c) => {
                out.push_str("(?:");
                out.push_str(&choices(c));
                out.push_str(")?");
            }
            Node::Choice(c) => {
                out.push_str("(?:");
                out.push_str(&choices(c));
                out.push(')');
            }
            Node::Any => out.push_str(".*?"),
            Node::Digits => out.push_str("[0-9〇零一二三四五六七八九十百]+"),
        }
    }
    out
}

fn choices(c: &[Vec<Node>]) -> String {
    let parts: Vec<String> = c.iter().map(|n| regex_of(n)).collect();
    parts.join("|")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn re(p: &str) -> String {
        regex_of(&parse(p).unwrap())
    }

    #[test]
    fn becomes_a_regular_expression() {
        assert_eq!(re("收入[支出]决算(表|总表)"), "收入(?:支出)?决算(?:表|总表)");
        assert_eq!(re("公开#表"), "公开[0-9〇零一二三四五六七八九十百]+表");
        assert_eq!(re("（境）"), "\\(境\\)");
    }

    #[test]
    fn a_mistake_has_its_place() {
        assert_eq!(parse("收入[决算").unwrap_err().offset, "收入[决算".len());
        assert_eq!(parse("收)入").unwrap_err().offset, "收".len());
        assert_eq!(parse("").unwrap_err().offset, 0);
        assert!(parse("{金额:total").is_err());
    }
}
