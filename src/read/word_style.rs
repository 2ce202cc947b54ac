//! How the letters of a Word document look, as far as it decides what a person reads. Comes in: properties of runs and the part
//! with the styles. Goes out: hidden, struck out, raised, white; the characters behind the codes of symbol fonts.

use super::xml::{attribute, elements, number, switch};
use quick_xml::events::BytesStart;
use std::collections::HashMap;

/// Half points below which letters are not read by anybody.
const TINY: u32 = 5;
/// Half points from which on letters are lifted out of their line.
const LIFTED: i32 = 6;
/// Styles that are based on one another.
const DEEPEST: usize = 20;

/// The look of a run or a style; `None` where it says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Look {
    pub hidden: Option<bool>,
    pub struck: Option<bool>,
    pub raised: Option<bool>,
    pub white: Option<bool>,
    pub tiny: Option<bool>,
    /// A ground stands behind the letters.
    pub ground: Option<bool>,
}

impl Look {
    /// Takes one property.
    pub(super) fn property(&mut self, name: &str, e: &BytesStart<'_>) {
        match name {
            "vanish" | "specVanish" => self.hidden = Some(switch(e)),
            "strike" | "dstrike" => self.struck = Some(switch(e) || self.struck == Some(true)),
            "vertAlign" => self.raised = Some(attribute(e, "val").is_some_and(|v| v != "baseline")),
            // Half points: less sets letters straight in their line.
            "position" if number::<i32>(e, "val").is_some_and(|v| v >= LIFTED) => self.raised = Some(true),
            "color" => self.white = Some(attribute(e, "val").is_some_and(|v| v.eq_ignore_ascii_case("FFFFFF"))),
            "sz" => self.tiny = Some(number::<u32>(e, "val").is_some_and(|v| v < TINY)),
            "shd" => self.ground = Some(is_ground(e)),
            "highlight" => self.ground = Some(attribute(e, "val").is_some_and(|v| v != "none" && v != "white")),
            _ => {}
        }
    }

    /// What is not said here is as below.
    pub(super) fn over(self, below: Look) -> Look {
        Look {
            hidden: self.hidden.or(below.hidden),
            struck: self.struck.or(below.struck),
            raised: self.raised.or(below.raised),
            white: self.white.or(below.white),
            tiny: self.tiny.or(below.tiny),
            ground: self.ground.or(below.ground),
        }
    }
}

/// Whether a shading is one that is seen.
pub(super) fn is_ground(e: &BytesStart<'_>) -> bool {
    let fill = attribute(e, "fill").unwrap_or_default();
    let pattern = attribute(e, "val").unwrap_or_default();
    let plain = fill.is_empty() || fill == "auto" || fill.eq_ignore_ascii_case("FFFFFF");
    !plain || !matches!(pattern.as_str(), "" | "clear" | "nil")
}

/// The styles of a document.
#[derive(Default)]
pub(super) struct Styles {
    own: HashMap<String, (Look, Option<String>)>,
    usual: Option<String>,
}

impl Styles {
    pub(super) fn of(xml: &str) -> Self {
        let mut out = Self::default();
        let mut current: Option<String> = None;
        elements(xml, |e| match e.local_name().as_ref() {
            "style" => {
                current = attribute(e, "styleId");
                if let Some(id) = &current {
                    let usual = attribute(e, "default").is_some_and(|v| super::xml::is_on(&v));
                    if usual && attribute(e, "type").as_deref() == Some("paragraph") {
                        out.usual = Some(id.clone());
                    }
                    out.own.insert(id.clone(), (Look::default(), None));
                }
            }
            name => {
                let Some(style) = current.as_ref().and_then(|c| out.own.get_mut(c)) else {
                    return;
                };
                match name {
                    "basedOn" => style.1 = attribute(e, "val"),
                    // The ground of a table may be that of its first row only: any will do.
                    "shd" => style.0.ground = Some(style.0.ground == Some(true) || is_ground(e)),
                    name => style.0.property(name, e),
                }
            }
        });
        out
    }

    /// The look of a style and of those below it.
    pub(super) fn look(&self, id: &str) -> Look {
        let mut out = Look::default();
        let mut next = Some(id);
        for _ in 0..DEEPEST {
            let Some((look, below)) = next.and_then(|id| self.own.get(id)) else {
                break;
            };
            out = out.over(*look);
            next = below.as_deref();
        }
        out
    }

    /// The look of paragraphs that name no style.
    pub(super) fn usual(&self) -> Look {
        self.usual.as_deref().map(|id| self.look(id)).unwrap_or_default()
    }
}

/// The character that a symbol shows: its code is that of the font, mostly from U+F000 on.
pub(super) fn symbol(e: &BytesStart<'_>) -> Option<char> {
    let code = u32::from_str_radix(&attribute(e, "char")?, 16).ok()?;
    let font = attribute(e, "font").unwrap_or_default();
    let low = match code {
        0xF020..=0xF0FF => code - 0xF000,
        0x20..=0xFF if font.eq_ignore_ascii_case("symbol") => code,
        _ => return char::from_u32(code),
    };
    let c = char::from_u32(low)?;
    if !font.eq_ignore_ascii_case("symbol") {
        // Pictures: what they show nobody can tell from their code.
        return Some(if font.to_ascii_lowercase().contains("dings") {
            '\u{25a1}'
        } else {
            c
        });
    }
    Some(match low {
        0x2D | 0xBE => '-',
        0x2A => '\u{2217}',
        0x20..=0x3F => c,
        0xB1 => '\u{b1}',
        0xB4 => '\u{d7}',
        0xB8 => '\u{f7}',
        0xB7 | 0xD7 => '\u{b7}',
        _ => '\u{25a1}',
    })
}
