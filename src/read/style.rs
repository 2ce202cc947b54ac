//! The little of style sheets that decides what a reader of a web page sees. Comes in: the text of `style` elements and of
//! `style` attributes. Goes out: hidden, struck out, raised, by class, id and element. Selectors of several parts and states
//! are left alone; rules for print are no rules of the page.

use std::collections::HashMap;

/// Rules at most: Office writes a few hundred.
const RULES: usize = 20_000;

/// What a declaration does to the text of an element.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Effect {
    /// Taken away with its place.
    pub gone: bool,
    /// Not seen, and its place stays.
    pub unseen: bool,
    pub struck: bool,
    pub raised: bool,
    /// White or clear letters.
    pub white: bool,
    /// It has a ground of its own.
    pub ground: bool,
    /// Written against its direction or mirrored: what is seen is another row of characters.
    pub turned: bool,
}

impl Effect {
    pub(super) fn or(self, other: Effect) -> Effect {
        Effect {
            gone: self.gone || other.gone,
            unseen: self.unseen || other.unseen,
            struck: self.struck || other.struck,
            raised: self.raised || other.raised,
            white: self.white || other.white,
            ground: self.ground || other.ground,
            turned: self.turned || other.turned,
        }
    }
}

/// The effect of declarations such as `color:red;display:none`.
pub(super) fn effect(declarations: &str) -> Effect {
    let mut out = Effect::default();
    // A box without height or width shows nothing where it cuts off what hangs over.
    let (mut flat, mut cuts) = (false, false);
    for one in declarations.split(';') {
        let Some((name, value)) = one.split_once(':') else {
            continue;
        };
        let name = name.trim().to_ascii_lowercase();
        let value = value.to_ascii_lowercase();
        let value = value.trim().trim_end_matches("!important").trim();
        match name.as_str() {
            "display" => out.gone = value == "none",
            "mso-hide" => out.gone |= value == "all",
            "visibility" => out.unseen = matches!(value, "hidden" | "collapse"),
            "height" | "max-height" | "width" | "max-width" => {
                flat |= value.trim_end_matches(char::is_alphabetic).parse() == Ok(0.0);
            }
            "overflow" | "overflow-x" | "overflow-y" => cuts |= value == "hidden",
            // Pushed out of the page.
            "left" | "top" | "text-indent" | "margin-left" => {
                let number = value.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
                out.unseen |= number.trim().parse::<f32>().is_ok_and(|n| n <= -500.0);
            }
            "opacity" => out.unseen |= value.parse() == Ok(0.0),
            "clip" => out.unseen |= none_left(value, "rect("),
            "clip-path" => {
                out.unseen |= value.starts_with("inset(50%") || value.starts_with("inset(100%") || value == "circle(0)"
            }
            "zoom" => out.unseen |= value.trim_end_matches('%').parse() == Ok(0.0),
            "filter" => out.unseen |= value.replace(' ', "").contains("opacity(0)"),
            "transform" | "-webkit-transform" | "rotate" => {
                let plain = value.replace(' ', "");
                out.unseen |= ["scale(0)", "scalex(0)", "scaley(0)"].iter().any(|s| plain.contains(s));
                out.turned |= ["scale(-1", "scalex(-1", "rotatey(180", "rotate(180"]
                    .iter()
                    .any(|s| plain.contains(s));
            }
            "unicode-bidi" => out.turned |= value.ends_with("override"),
            "-webkit-text-fill-color" => {
                out.unseen |= value == "transparent";
                out.white |= is_white(value);
            }
            "font-size" => {
                let number = value.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
                out.unseen |= number
                    .trim()
                    .parse::<f32>()
                    .is_ok_and(|n| n <= 1.0 && !value.ends_with("em") || n == 0.0);
            }
            "text-decoration" | "text-decoration-line" | "text-line-through" => {
                out.struck = value.contains("line-through") || (name == "text-line-through" && value != "none");
            }
            "vertical-align" => {
                // A length lifts as well; a small one sets letters straight.
                let number = value.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
                let lifted = number.parse::<f32>().is_ok_and(|n| {
                    let least = if value.ends_with("em") {
                        0.2
                    } else if value.ends_with('%') {
                        20.0
                    } else {
                        3.0
                    };
                    n >= least
                });
                out.raised = lifted || matches!(value, "super" | "sub" | "text-top");
            }
            "color" => {
                let plain = value.replace(' ', "");
                out.unseen |= plain == "transparent";
                out.unseen |= plain.starts_with("rgba(") && plain.ends_with(",0)");
                out.white = is_white(&plain);
            }
            "background" | "background-color" => {
                out.ground = !matches!(value, "none" | "transparent" | "white" | "#fff" | "#ffffff");
            }
            _ => {}
        }
    }
    out.unseen |= flat && cuts;
    out
}

/// Whether a box is cut down to nothing: `rect(0 0 0 0)`, `rect(1px,1px,1px,1px)`.
fn none_left(value: &str, function: &str) -> bool {
    let sides: Vec<f32> = value
        .strip_prefix(function)
        .and_then(|v| v.strip_suffix(')'))
        .unwrap_or("")
        .split([',', ' '])
        .filter_map(|n| n.trim().trim_end_matches(char::is_alphabetic).parse().ok())
        .collect();
    matches!(sides[..], [top, right, bottom, left] if bottom <= top && right <= left)
}

/// Whether a colour, without blanks, is white or so near it that nobody sees it on white.
pub(super) fn is_white(colour: &str) -> bool {
    const LEAST: u32 = 0xF5;
    let hex = colour.trim_start_matches('#');
    let channels: Vec<u32> = match (hex.len(), colour.strip_prefix("rgb(").or(colour.strip_prefix("rgba("))) {
        (_, Some(list)) => list
            .trim_end_matches(')')
            .split(',')
            .take(3)
            .filter_map(|n| n.parse().ok())
            .collect(),
        (3, _) => hex.chars().filter_map(|c| c.to_digit(16).map(|d| d * 17)).collect(),
        (6 | 8, _) if hex.is_ascii() => (0..3)
            .filter_map(|n| u32::from_str_radix(&hex[2 * n..2 * n + 2], 16).ok())
            .collect(),
        _ => {
            return matches!(
                colour,
                "white" | "snow" | "ghostwhite" | "floralwhite" | "mintcream" | "azure" | "ivory"
            );
        }
    };
    channels.len() == 3 && channels.iter().all(|c| *c >= LEAST)
}

/// The rules of a page.
#[derive(Default)]
pub(super) struct Sheet {
    /// By `tag`, `.class`, `tag.class` or `#id`.
    rules: HashMap<String, Effect>,
    /// Some rule gives a ground: letters may stand on it.
    pub grounds: bool,
}

impl Sheet {
    /// Takes the text of a `style` element.
    pub(super) fn add(&mut self, css: &str) {
        let mut rest = without_comments(css);
        rest = rest.replace("<!--", "").replace("-->", "");
        let mut at = 0;
        while let Some(open) = rest[at..].find('{').map(|n| at + n) {
            let selector = rest[at..open].trim().to_ascii_lowercase();
            if selector.starts_with("@media") && !selector.contains("print") {
                at = open + 1;
                continue;
            }
            let end = if selector.starts_with("@media") {
                block_end(&rest, open)
            } else {
                rest[open..].find('}').map_or(rest.len(), |n| open + n)
            };
            if !selector.starts_with('@') && self.rules.len() < RULES {
                self.rule(selector.trim_start_matches('}'), &rest[open + 1..end]);
            }
            at = (end + 1).min(rest.len());
        }
    }

    fn rule(&mut self, selectors: &str, declarations: &str) {
        let effect = effect(declarations);
        self.grounds |= effect.ground;
        if effect == Effect::default() {
            return;
        }
        for s in selectors.split(',').map(|s| s.trim().trim_start_matches('}').trim()) {
            let simple = !s.is_empty()
                && s.chars()
                    .all(|c| c.is_alphanumeric() || matches!(c, '.' | '#' | '-' | '_'));
            if simple && s.matches(['.', '#']).count() <= 1 {
                let e = self.rules.entry(s.to_string()).or_default();
                *e = e.or(effect);
            }
        }
    }

    /// The effect on an element.
    pub(super) fn of(&self, name: &str, class: Option<&str>, id: Option<&str>) -> Effect {
        if self.rules.is_empty() {
            return Effect::default();
        }
        let get = |key: &str| self.rules.get(key).copied().unwrap_or_default();
        let mut out = get(name);
        for c in class.unwrap_or_default().split_ascii_whitespace() {
            out = out.or(get(&format!(".{c}"))).or(get(&format!("{name}.{c}")));
        }
        if let Some(id) = id {
            out = out.or(get(&format!("#{id}"))).or(get(&format!("{name}#{id}")));
        }
        out
    }
}

fn without_comments(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some(start) = rest.find("/*") {
        out.push_str(&rest[..start]);
        rest = rest[start + 2..].split_once("*/").map_or("", |(_, after)| after);
    }
    out + rest
}

/// The bracket that closes the one at `open`.
fn block_end(css: &str, open: usize) -> usize {
    let mut depth = 0;
    for (n, c) in css[open..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 1 => return open + n,
            '}' => depth -= 1,
            _ => {}
        }
    }
    css.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_hide_by_class_and_element() {
        assert!(effect("position:absolute;left:-9999px").unseen && effect("height:0;overflow:hidden").unseen);
        assert!(!effect("height:0").unseen && !effect("left:-5px").unseen);
        let mut sheet = Sheet::default();
        sheet.add("/* a */ .x, td.y { display : none } @media print { .z { display:none } } #k{visibility:hidden} @media screen{ .s{font-size:0} } div .deep{display:none} .st{text-decoration:line-through}");
        assert!(sheet.of("p", Some("a x"), None).gone);
        assert!(sheet.of("td", Some("y"), None).gone && !sheet.of("p", Some("y"), None).gone);
        assert!(!sheet.of("p", Some("z"), None).gone && !sheet.of("p", Some("deep"), None).gone);
        assert!(sheet.of("p", None, Some("k")).unseen && sheet.of("p", Some("s"), None).unseen);
        assert!(sheet.of("p", Some("st"), None).struck);
        assert!(
            effect("FONT-SIZE: 0px").unseen && !effect("font-size:0.9em").unseen && !effect("font-size:12px").unseen
        );
    }
}
