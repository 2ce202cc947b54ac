//! Numbers of workbooks as they are shown. Comes in: a float and the format of its cell. Goes out: the shortest decimal that
//! is this float, with at most the fifteen digits that spreadsheets keep; with the decimals, separators and the percent sign
//! of the format. Digits are cut only where the format rounds and more than six decimals stand there: no amount has them.

/// What of a number format matters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Format {
    /// Digits after the point, where the format fixes them.
    decimals: Option<usize>,
    /// Digits before the point at least: a code such as 01.
    whole: usize,
    /// With thousands separators.
    grouped: bool,
    /// Shown as a percentage.
    percent: bool,
}

/// Decimals that an amount can have: 万元 to the cent.
const FINEST: usize = 6;

impl Format {
    /// Reads a format code such as `#,##0.00`; only its first section matters.
    pub(super) fn of(code: &str) -> Self {
        let mut out = Format::default();
        let mut quoted = false;
        let mut bracket = false;
        let mut skip = false;
        let mut after_point: Option<usize> = None;
        let mut digits = false;
        for c in code.chars() {
            if skip {
                skip = false;
                continue;
            }
            match c {
                '"' => quoted = !quoted,
                _ if quoted => {}
                '[' => bracket = true,
                ']' => bracket = false,
                _ if bracket => {}
                '\\' | '_' | '*' => skip = true,
                ';' => break,
                '%' => out.percent = true,
                // Dates, times, fractions and powers are shown as they are.
                'y' | 'm' | 'd' | 'h' | 's' | 'E' | 'e' | '/' | '@' => return Format::default(),
                ',' if digits => out.grouped = true,
                '.' => after_point = Some(0),
                '0' => {
                    digits = true;
                    out.whole += usize::from(after_point.is_none());
                    after_point = after_point.map(|n| n + 1);
                }
                '#' | '?' => {
                    digits = true;
                    // Digits that may be missing fix nothing.
                    if after_point.is_some() {
                        return Format { decimals: None, ..out };
                    }
                }
                _ => {}
            }
        }
        if digits {
            out.decimals = Some(after_point.unwrap_or(0));
        }
        out
    }
}

/// A number as its cell shows it.
pub(super) fn shown(value: f64, format: Format) -> String {
    let scaled = if format.percent { value * 100.0 } else { value };
    let mut text = fifteen(scaled);
    let have = text.split_once('.').map_or(0, |(_, d)| d.len());
    match format.decimals {
        // A whole number in a cell for whole numbers is a code or a count; a finer one was typed and only hidden.
        Some(d) if have > FINEST && have > d => text = rounded(&text, d),
        Some(d) if have < d => {
            if have == 0 {
                text.push('.');
            }
            text.extend(std::iter::repeat_n('0', d - have));
        }
        _ => {}
    }
    let digits = text.find('.').unwrap_or(text.len());
    if format.whole > digits && !text.starts_with('-') {
        text.insert_str(0, &"0".repeat(format.whole - digits));
    }
    if format.grouped {
        text = grouped(&text);
    }
    if format.percent {
        text.push('%');
    }
    text
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
            (44926.0, "yyyy/m/d", "44926"),
            (1e21, "", "1000000000000000000000"),
        ] {
            assert_eq!(shown(value, Format::of(code)), want, "{value} {code}");
        }
    }
}
