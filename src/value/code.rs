//! Codes of 功能分类 and 经济分类: digits whose length is their level.

/// The digits of a code cell; `None` when something else stands there. Full width digits and blanks are folded.
pub fn digits(printed: &str) -> Option<String> {
    let folded = crate::text::key(printed);
    (!folded.is_empty() && folded.chars().all(|c| c.is_ascii_digit())).then_some(folded)
}

/// 1 类 (three digits), 2 款 (five), 3 项 (seven); `None` for any other length.
pub fn level(code: &str) -> Option<i8> {
    match code.len() {
        3 => Some(1),
        5 => Some(2),
        7 => Some(3),
        _ => None,
    }
}
