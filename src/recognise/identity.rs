//! What else says whose document this is: labelled 统一社会信用代码, and the text of its beginning, in which the region may be named.
//! Comes in: the layout. Goes out: [`Evidence`]. Refuses to decide: that is for `normalise`.

use super::Lines;
use crate::grammar::Grammar;
use crate::place::Place;
use crate::value::uscc;

/// What was found.
#[derive(Clone, Debug, Default)]
pub struct Evidence {
    /// What stands behind the label of a code and has its length, checked or not, each once.
    pub codes: Vec<(String, Place)>,
    /// The first lines outside of tables, folded.
    pub text: String,
}

/// Lines that are searched.
const LINES: usize = 400;

/// Gathers it.
pub(super) fn evidence(lines: &Lines<'_>, g: &Grammar) -> Evidence {
    let mut out = Evidence::default();
    let mut open = false;
    for (line, key) in lines.iter().take(LINES) {
        // The code stands behind its label or in the line below it.
        let rest = match g.units.after_uscc_label(key) {
            Some(rest) => Some(rest),
            None if open => Some(key),
            None => None,
        };
        open = false;
        if let Some(rest) = rest {
            let found = uscc::candidates(rest);
            open = found.is_empty() && g.units.after_uscc_label(key).is_some();
            for code in found {
                if !out.codes.iter().any(|(c, _)| *c == code) {
                    out.codes.push((code, Place::new(line.page, line.rect)));
                }
            }
        }
        out.text.push_str(key);
        out.text.push('\n');
    }
    out
}
