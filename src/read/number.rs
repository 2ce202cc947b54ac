//! Numbers of workbooks as they are shown. Comes in: a float and the format code of its cell (all of `0.00`, `#,##0.00,`,
//! `0!.0,`, `0%`, `[>=1e4]0!.0000"x";0.00`, dates). Goes out: the decimal that a reader sees: sections, conditions, scaling by
//! commas and by a point that is only a literal, percent, literals and separators as the format says. Digits are cut only where
//! the format rounds and more than six decimals stand there: no amount has them.

/// A format code, read once per style.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Format {
    sections: Vec<Section>,
    /// The section for texts: `None` where they stand as they are.
    text: Option<Section>,
}

/// What a number of a cell looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Shown {
    /// What stands there.
    pub text: String,
    /// It is a number, not a date or a text that the format makes of it.
    pub numeric: bool,
    /// The number is negative and its format shows no sign: the text carries one.
    pub sign_added: bool,
    /// The format shows nothing of a number that is there.
    pub unseen: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Section {
    condition: Option<(Compare, f64)>,
    kind: Kind,
    before: String,
    after: String,
    /// Literals between the digits: how many places of the whole part stand to the right.
    inner: Vec<(usize, char)>,
    /// Places of the whole part, of them zeros (a code such as 01).
    places: usize,
    whole: usize,
    /// Digits after the point: zeros, where nothing else stands there.
    decimals: usize,
    optional: bool,
    point: bool,
    grouped: bool,
    /// Places by which the point moves: percent and thousands.
    shift: i32,
    percent: Option<char>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Kind {
    /// Literals only.
    #[default]
    Literal,
    /// As typed.
    General,
    Digits,
    Date,
    Time,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Compare {
    Less,
    AtMost,
    More,
    AtLeast,
    Equal,
    Other,
}

/// Decimals that an amount can have: 10,000 yuan to the cent.
const FINEST: usize = 6;
/// Days from the first day of spreadsheets to that of the other count.
const DAYS_1904: f64 = 1462.0;

impl Default for Format {
    fn default() -> Self {
        Self::of("")
    }
}

impl Format {
    /// Reads a format code.
    pub(super) fn of(code: &str) -> Self {
        // No code at all is that of numbers as they were typed; an empty section shows nothing.
        let code = if code.is_empty() { "General" } else { code };
        let mut sections: Vec<Section> = split(code).iter().map(|s| section(s)).collect();
        let text = match sections.len() {
            n if n >= 4 => {
                let text = sections.swap_remove(3);
                sections.truncate(3);
                Some(text)
            }
            1 if code.contains('@') && sections[0].kind == Kind::General => Some(sections[0].clone()),
            _ => None,
        };
        Self { sections, text }
    }

    /// A text as the section for texts shows it; `None` where it hides it.
    pub(super) fn text(&self, text: &str) -> Option<String> {
        match &self.text {
            None => Some(text.to_string()),
            Some(s) if s.kind == Kind::General => Some(format!("{}{text}{}", s.before, s.after)),
            Some(s) if s.before.trim().is_empty() => None,
            Some(s) => Some(s.before.clone()),
        }
    }

    /// The section of a value, and whether the sign of a negative one is for the section to show.
    fn section(&self, value: f64) -> (&Section, bool) {
        let explicit = self.sections.iter().any(|s| s.condition.is_some());
        if explicit {
            let holds = |s: &&Section| s.condition.is_none_or(|(c, limit)| c.holds(value, limit));
            if let Some(s) = self.sections.iter().find(holds) {
                let only_negative = s.condition.is_some_and(|(c, limit)| {
                    limit <= 0.0 && matches!(c, Compare::Less | Compare::AtMost | Compare::Equal)
                });
                return (s, only_negative);
            }
            return (&self.sections[self.sections.len() - 1], false);
        }
        match self.sections.as_slice() {
            [_, negative, ..] if value < 0.0 => (negative, true),
            [_, _, zero] if value == 0.0 => (zero, true),
            [first, ..] => (first, false),
            [] => unreachable!("a format has a section"),
        }
    }

    /// A number as its cell shows it.
    pub(super) fn shown(&self, value: f64, from_1904: bool) -> Shown {
        let (mut section, own_sign) = self.section(value);
        let mut out = Shown {
            text: String::new(),
            numeric: true,
            sign_added: false,
            unseen: false,
        };
        // A zero is exact and harmless: a dash or nothing in its place is still this number.
        // (`"-"??` has places, and none of them shows a zero.)
        if value == 0.0 && (section.kind == Kind::Literal || (section.whole == 0 && section.decimals == 0)) {
            section = &self.sections[0];
        }
        match section.kind {
            Kind::Date | Kind::Time => {
                let days = if from_1904 { value + DAYS_1904 } else { value };
                out.numeric = false;
                out.text = date(days, section.kind == Kind::Time).unwrap_or_else(|| fifteen(value));
                return out;
            }
            Kind::Literal if value == 0.0 => out.text = fifteen(value),
            Kind::Literal => {
                out.text = format!("{}{}", section.before, section.after).trim().to_string();
                out.unseen = out.text.is_empty();
                out.numeric = false;
                return out;
            }
            Kind::General | Kind::Digits => {
                let absolute = fifteen(value.abs());
                let digits = section.digits(&absolute);
                // A minus behind the number is one before it.
                let behind = own_sign && section.after.trim() == "-";
                let after = if behind { "" } else { &section.after };
                let text = format!("{}{digits}{after}", section.before);
                let text = text.trim();
                let zero = !digits.contains(|c: char| c.is_ascii_digit() && c != '0');
                // A sign, a bracket or any other mark of the section is taken to be what it shows for the minus.
                let signed = section
                    .before
                    .contains(['-', '(', '\u{2212}', '\u{ff0d}', '\u{2013}', '\u{ff08}'])
                    || section.before.chars().any(char::is_alphabetic)
                    || section.before.contains(['\u{25b3}', '\u{25b2}']);
                let minus = value < 0.0 && !zero && !(own_sign && signed);
                out.sign_added = minus && own_sign && section.after.trim() != "-";
                out.text = if minus { format!("-{text}") } else { text.to_string() };
            }
        }
        out
    }
}

impl Compare {
    fn holds(self, value: f64, limit: f64) -> bool {
        match self {
            Compare::Less => value < limit,
            Compare::AtMost => value <= limit,
            Compare::More => value > limit,
            Compare::AtLeast => value >= limit,
            Compare::Equal => value == limit,
            Compare::Other => value != limit,
        }
    }
}

impl Section {
    /// The digits of a number that has no sign.
    fn digits(&self, absolute: &str) -> String {
        if self.kind == Kind::General {
            return absolute.to_string();
        }
        // A single literal point among the places divides like a decimal point: `0!.0000` shows ten thousands.
        let scale = match self.inner.as_slice() {
            [(right, '.')] if !self.point => *right,
            _ => 0,
        };
        let mut text = shifted(absolute, self.shift - scale as i32);
        let decimals = self.decimals + scale;
        let have = text.split_once('.').map_or(0, |(_, d)| d.len());
        let fixed = !self.optional || scale > 0;
        if fixed && have > FINEST && have > decimals {
            text = rounded(&text, decimals);
        } else if fixed && have < decimals {
            if have == 0 {
                text.push('.');
            }
            text.extend(std::iter::repeat_n('0', decimals - have));
        }
        let places = text.find('.').unwrap_or(text.len());
        let whole = self.whole.saturating_sub(scale);
        if whole > places {
            text.insert_str(0, &"0".repeat(whole - places));
        }
        if scale == 0 && !self.inner.is_empty() {
            return self.laced(&text);
        }
        if self.grouped {
            text = grouped(&text);
        }
        if let Some(sign) = self.percent {
            text.push(sign);
        }
        text
    }

    /// The digits with the literals between them.
    fn laced(&self, text: &str) -> String {
        let text = rounded(text, self.decimals);
        let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
        let mut out = String::new();
        let whole = format!("{whole:0>width$}", width = self.places.min(32));
        for (n, c) in whole.chars().enumerate() {
            let right = whole.len() - n;
            out.extend(
                self.inner
                    .iter()
                    .filter(|(at, _)| n > 0 && *at == right)
                    .map(|(_, c)| *c),
            );
            out.push(c);
        }
        out.push_str(rest);
        out
    }
}

/// Sections of a code: semicolons outside quotes and brackets part them.
fn split(code: &str) -> Vec<Vec<char>> {
    let mut out = vec![Vec::new()];
    let (mut quoted, mut bracket, mut skip) = (false, false, false);
    for c in code.chars() {
        let literal = skip || quoted || bracket;
        if c == ';' && !literal {
            out.push(Vec::new());
            continue;
        }
        if skip {
            skip = false;
        } else if c == '"' && !bracket {
            quoted = !quoted;
        } else if !quoted {
            match c {
                '[' => bracket = true,
                ']' => bracket = false,
                '\\' | '!' | '_' | '*' => skip = true,
                _ => {}
            }
        }
        if let Some(last) = out.last_mut() {
            last.push(c);
        }
    }
    out
}

/// One mark of a section.
enum Mark {
    Literal(char),
    Digit(char),
    Point,
    Comma,
    Percent(char),
}

fn section(code: &[char]) -> Section {
    let mut out = Section::default();
    let mut marks: Vec<Mark> = Vec::new();
    let whole: String = code.iter().collect();
    let lower = whole.to_ascii_lowercase();
    let (mut date, mut time, mut odd) = (false, false, false);
    let mut general = None;
    let mut n = 0;
    while n < code.len() {
        let c = code[n];
        let rest: String = lower.chars().skip(n).take(7).collect();
        n += 1;
        if rest == "general" || c == '@' {
            general = Some(marks.len());
            n += if c == '@' { 0 } else { 6 };
            continue;
        }
        match c {
            '"' => {
                let end = code[n..].iter().position(|c| *c == '"').map_or(code.len(), |e| n + e);
                marks.extend(code[n..end].iter().map(|c| Mark::Literal(*c)));
                n = (end + 1).min(code.len());
            }
            '[' => {
                let end = code[n..].iter().position(|c| *c == ']').map_or(code.len(), |e| n + e);
                let inside: String = code[n..end].iter().collect();
                n = (end + 1).min(code.len());
                if let Some(money) = inside.strip_prefix('$') {
                    marks.extend(money.chars().take_while(|c| *c != '-').map(Mark::Literal));
                } else if let Some(c) = condition(&inside) {
                    out.condition = Some(c);
                } else if !inside.is_empty() && inside.chars().all(|c| "hmsHMS".contains(c)) {
                    time = true;
                }
            }
            '\\' | '!' => {
                marks.extend(code.get(n).map(|c| Mark::Literal(*c)));
                n += 1;
            }
            '_' => {
                marks.push(Mark::Literal(' '));
                n += 1;
            }
            '*' => n += 1,
            '0' | '#' | '?' => marks.push(Mark::Digit(c)),
            '.' => marks.push(Mark::Point),
            ',' => marks.push(Mark::Comma),
            '%' | '\u{2030}' => marks.push(Mark::Percent(c)),
            'y' | 'Y' | 'd' | 'D' | 'e' | 'E'
                if !(c.eq_ignore_ascii_case(&'e') && matches!(code.get(n), Some('+' | '-'))) =>
            {
                date = true;
            }
            'h' | 'H' | 's' | 'S' => time = true,
            'm' | 'M' => date |= !time,
            // Powers and fractions of a number are shown as it was typed.
            'e' | 'E' => odd = true,
            'g' | 'G' if code.get(n) == Some(&'/') => {
                // The word for General of localized programs: up to the next mark.
                general = Some(marks.len());
                n = code.len();
            }
            '/' if marks.iter().any(|m| matches!(m, Mark::Digit(_))) => odd = true,
            c => marks.push(Mark::Literal(c)),
        }
    }
    let digits = marks.iter().any(|m| matches!(m, Mark::Digit(_)));
    if (date || time) && !(digits && odd) {
        out.kind = if date { Kind::Date } else { Kind::Time };
    } else if odd {
        out.kind = Kind::General;
    } else if let Some(at) = general {
        out.kind = Kind::General;
        literals(&marks[..at], &mut out.before);
        literals(&marks[at..], &mut out.after);
    } else if digits {
        out.kind = Kind::Digits;
        places(&marks, &mut out);
    } else {
        literals(&marks, &mut out.before);
    }
    out
}

fn literals(marks: &[Mark], into: &mut String) {
    into.extend(marks.iter().filter_map(|m| match m {
        Mark::Literal(c) | Mark::Percent(c) => Some(*c),
        Mark::Point => Some('.'),
        Mark::Comma => Some(','),
        Mark::Digit(_) => None,
    }));
}

/// What the marks of a section with digits mean.
fn places(marks: &[Mark], out: &mut Section) {
    let is_digit = |m: &Mark| matches!(m, Mark::Digit(_));
    let first = marks.iter().position(is_digit).unwrap_or(0);
    let last = marks.iter().rposition(is_digit).unwrap_or(0);
    let point = marks.iter().position(|m| matches!(m, Mark::Point));
    // `.00` has its point before its first digit.
    let first = point.map_or(first, |p| first.min(p));
    let last = point.map_or(last, |p| last.max(p));
    literals(&marks[..first], &mut out.before);
    out.point = point.is_some();
    let whole_end = point.unwrap_or(last + 1);
    for (n, mark) in marks.iter().enumerate().take(last + 1).skip(first) {
        let right = || marks[n..whole_end].iter().filter(|m| is_digit(m)).count();
        match mark {
            Mark::Digit(c) if n < whole_end => {
                out.places += 1;
                out.whole += usize::from(*c == '0');
            }
            Mark::Digit(c) => {
                out.decimals += usize::from(*c == '0');
                out.optional |= *c != '0';
            }
            Mark::Comma if n < whole_end => {
                let more = marks[n..whole_end].iter().any(is_digit);
                if more {
                    out.grouped = true;
                } else {
                    out.shift -= 3;
                }
            }
            Mark::Literal(c) if n < whole_end && *c != ' ' => out.inner.push((right(), *c)),
            Mark::Percent(c) => percent(*c, out),
            _ => {}
        }
    }
    // Commas behind the last digit divide by thousands; what else stands there is shown.
    for mark in &marks[last + 1..] {
        match mark {
            Mark::Comma if out.after.trim().is_empty() => out.shift -= 3,
            Mark::Percent(c) => percent(*c, out),
            Mark::Literal(c) => out.after.push(*c),
            _ => {}
        }
    }
    // A percent sign before the digits counts as well.
    if out.percent.is_none()
        && let Some(c) = out.before.chars().find(|c| matches!(c, '%' | '\u{2030}'))
    {
        out.before = out.before.replace(c, "");
        percent(c, out);
    }
}

fn percent(c: char, out: &mut Section) {
    out.percent = Some(c);
    out.shift += if c == '%' { 2 } else { 3 };
}

fn condition(inside: &str) -> Option<(Compare, f64)> {
    const SIGNS: [(&str, Compare); 6] = [
        ("<>", Compare::Other),
        ("<=", Compare::AtMost),
        (">=", Compare::AtLeast),
        ("<", Compare::Less),
        (">", Compare::More),
        ("=", Compare::Equal),
    ];
    let (sign, compare) = SIGNS.iter().find(|(s, _)| inside.starts_with(s))?;
    Some((*compare, inside[sign.len()..].trim().parse().ok()?))
}

/// A decimal with its point moved to the right, to the left where `by` is negative.
fn shifted(text: &str, by: i32) -> String {
    if by == 0 || !text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return text.to_string();
    }
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let mut digits = format!("{whole}{fraction}");
    let mut point = whole.len() as i32 + by;
    if point < 1 {
        digits.insert_str(0, &"0".repeat((1 - point) as usize));
        point = 1;
    }
    let point = point as usize;
    if digits.len() < point {
        digits.push_str(&"0".repeat(point - digits.len()));
    }
    let (whole, fraction) = digits.split_at(point);
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() {
        whole.to_string()
    } else {
        format!("{whole}.{fraction}")
    }
}

/// The day of a number of days since 1899-12-30, or the time of its fraction.
fn date(days: f64, time: bool) -> Option<String> {
    if !(0.0..2_958_466.0).contains(&days) {
        return None;
    }
    if time {
        let minutes = (days.fract() * 1440.0).round() as u32;
        return Some(format!("{:02}:{:02}", minutes / 60, minutes % 60));
    }
    // Civil date from days, after Howard Hinnant; spreadsheets count a 29 February 1900 that never was.
    let mut z = days.floor() as i64;
    if z < 61 {
        z += 1;
    }
    let z = z - 25_569 + 719_468;
    let era = z.div_euclid(146_097);
    let of_era = z.rem_euclid(146_097);
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let m = (5 * of_year + 2) / 153;
    let day = of_year - (153 * m + 2) / 5 + 1;
    let month = if m < 10 { m + 3 } else { m - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    Some(format!("{year}-{month:02}-{day:02}"))
}

/// The shortest decimal of a float, or its first fifteen digits where that is longer.
fn fifteen(value: f64) -> String {
    if !value.is_finite() {
        return value.to_string();
    }
    let short = value.to_string();
    let digits = short.chars().filter(char::is_ascii_digit).collect::<String>();
    let significant = digits.trim_start_matches('0').len();
    if significant <= 15 || !short.contains('.') {
        return if short == "-0" { "0".into() } else { short };
    }
    // `{:e}` counts significant digits; parsed again it prints shortest.
    let cut = format!("{value:.14e}");
    cut.parse::<f64>().map_or(short, |v| v.to_string())
}

/// Decimal digits rounded half away from zero, as spreadsheets show them.
fn rounded(text: &str, decimals: usize) -> String {
    let (sign, body) = match text.strip_prefix('-') {
        Some(b) => ("-", b),
        None => ("", text),
    };
    let (whole, fraction) = body.split_once('.').unwrap_or((body, ""));
    let mut digits: Vec<u8> = whole.bytes().chain(fraction.bytes().take(decimals)).collect();
    let up = fraction.as_bytes().get(decimals).is_some_and(|b| *b >= b'5');
    if up {
        let mut i = digits.len();
        loop {
            if i == 0 {
                digits.insert(0, b'1');
                break;
            }
            i -= 1;
            if digits[i] == b'9' {
                digits[i] = b'0';
            } else {
                digits[i] += 1;
                break;
            }
        }
    }
    let point = digits.len() - decimals;
    let text: String = digits.iter().map(|b| char::from(*b)).collect();
    let zero = text.bytes().all(|b| b == b'0');
    let sign = if zero { "" } else { sign };
    if decimals == 0 {
        format!("{sign}{text}")
    } else {
        format!("{sign}{}.{}", &text[..point], &text[point..])
    }
}

fn grouped(text: &str) -> String {
    let (sign, body) = match text.strip_prefix('-') {
        Some(b) => ("-", b),
        None => ("", text),
    };
    let (whole, rest) = body.split_at(body.find('.').unwrap_or(body.len()));
    let mut out = String::from(sign);
    for (n, c) in whole.chars().enumerate() {
        if n > 0 && (whole.len() - n) % 3 == 0 {
            out.push(',');
        }
        out.push(c);
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_as_they_were_typed() {
        for (value, code, want) in [
            (641.21, "General", "641.21"),
            (641.210_000_000_000_1, "General", "641.21"),
            (0.1 + 0.2, "", "0.3"),
            (2010301.0, "General", "2010301"),
            (641.2, "0.00", "641.20"),
            (0.0, "#,##0.00", "0.00"),
            (-0.0, "", "0"),
            (1234567.5, "#,##0.00_ ", "1,234,567.50"),
            (-1234.5, "#,##0.00;[Red]-#,##0.00", "-1,234.50"),
            (0.0, "_ * #,##0.00_ ;_ * -#,##0.00_ ;_ * \"-\"??_ ;_ @_ ", "0.00"),
            (641.213579, "0.00", "641.213579"),
            (641.213_579_43, "0.00", "641.21"),
            (999.999_999_9, "#,##0.00", "1,000.00"),
            (0.5378, "0.00%", "53.78%"),
            (2022.0, "0_ ", "2022"),
            (1.0, "00", "01"),
            (1e21, "", "1000000000000000000000"),
            (12.5, "# ?/?", "12.5"),
            (12.5, "0.00E+00", "12.5"),
            (12.5, "G/\u{901a}\u{7528}\u{683c}\u{5f0f}", "12.5"),
            (12.5, "[DBNum2][$-804]General", "12.5"),
            (12.5, "[Blue]#.##", "12.5"),
            (-12.5, "0.00;0.00-", "-12.50"),
            (
                -12.5,
                "_(* #,##0.00_);_(* \\(#,##0.00\\);_(* \"-\"??_);_(@_)",
                "(12.50)",
            ),
        ] {
            assert_eq!(Format::of(code).shown(value, false).text, want, "{value} {code}");
        }
    }

    #[test]
    fn what_a_format_scales_or_adds_is_shown() {
        for (value, code, want) in [
            (667_480.0, "#,##0.00,", "667.48"),
            (6_674_800.0, "0\\.0000", "667.4800"),
            (6_674_800.0, "0!.0,", "667.48"),
            (6_674_800.0, "0\".\"0,", "667.48"),
            (667_480_000.0, "0.00,,", "667.48"),
            (667_480_000.0, "#,##0.00,,_ ", "667.48"),
            (667.48, "0.00\"x\"", "667.48x"),
            (667.48, "0.00x", "667.48x"),
            (667.48, "[$\u{a5}-804]#,##0.00", "\u{a5}667.48"),
            (667.48, "\\\u{a5}0.00", "\u{a5}667.48"),
            (667.48, "0.00%", "66748.00%"),
            (667.48, "0.0\u{2030}", "667480.0\u{2030}"),
            (6_674_800.0, "[>=10000]0!.0000\"a\";0.00\"b\"", "667.4800a"),
            (9.5, "[>=10000]0!.0000\"a\";0.00\"b\"", "9.50b"),
            (-9.5, "[>=10000]0!.0000\"a\";0.00\"b\"", "-9.50b"),
            (66748.0, "0-00-00", "6-67-48"),
            (44926.0, "yyyy/m/d", "2022-12-31"),
            (44926.0, "yyyy\"y\"m\"m\"d\"d\";@", "2022-12-31"),
            (0.5, "h:mm", "12:00"),
            (667.48, "\"n\"", "n"),
        ] {
            assert_eq!(Format::of(code).shown(value, false).text, want, "{value} {code}");
        }
    }

    #[test]
    fn a_sign_is_never_lost_and_what_is_not_shown_is_said() {
        let red = Format::of("0.00;[Red]0.00").shown(-5.0, false);
        assert_eq!((red.text.as_str(), red.sign_added), ("-5.00", true));
        assert!(!Format::of("0.00").shown(-5.0, false).sign_added);
        assert!(Format::of(";;;").shown(5.0, false).unseen);
        assert!(Format::of("0.00;;").shown(-5.0, false).unseen);
        assert!(!Format::of("0.00;;").shown(0.0, false).unseen);
        assert_eq!(Format::of(";;;").text("a"), None);
        assert_eq!(Format::of("0.00;-0.00;0.00;@\"b\"").text("a").as_deref(), Some("ab"));
        assert_eq!(Format::of("0.00").text("a").as_deref(), Some("a"));
    }
}
