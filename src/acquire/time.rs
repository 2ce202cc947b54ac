//! Moments as they stand in the index: RFC 3339 in UTC, milliseconds. Comes in: milliseconds since 1970; goes out: text, and back.

/// Milliseconds since 1970-01-01 in UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(pub i64);

impl Moment {
    /// This many milliseconds later.
    #[must_use]
    pub fn plus(self, ms: u64) -> Self {
        Self(self.0.saturating_add(i64::try_from(ms).unwrap_or(i64::MAX)))
    }

    /// Milliseconds from `earlier` to here; zero when the clock went backwards.
    #[must_use]
    pub fn since(self, earlier: Self) -> u64 {
        u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0)
    }

    /// `2026-11-23`.
    #[must_use]
    pub fn day(self) -> String {
        self.text().chars().take(10).collect()
    }

    /// `2026-11-23T07:28:33.125Z`.
    #[must_use]
    pub fn text(self) -> String {
        let (days, ms) = (self.0.div_euclid(86_400_000), self.0.rem_euclid(86_400_000));
        // Days to a date of the Gregorian calendar, counted in eras of 400 years that begin on 1 March.
        let z = days + 719_468;
        let era = z.div_euclid(146_097);
        let doe = z.rem_euclid(146_097);
        let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
        let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
        let mp = (5 * doy + 2) / 153;
        let day = doy - (153 * mp + 2) / 5 + 1;
        let month = if mp < 10 { mp + 3 } else { mp - 9 };
        let year = yoe + era * 400 + i64::from(month <= 2);
        let (h, m, s) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
        format!("{year:04}-{month:02}-{day:02}T{h:02}:{m:02}:{s:02}.{:03}Z", ms % 1000)
    }

    /// Reads what [`Moment::text`] writes, and a bare date.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let n = |range: std::ops::Range<usize>| text.get(range)?.parse::<i64>().ok();
        let (year, month, day) = (n(0..4)?, n(5..7)?, n(8..10)?);
        if !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return None;
        }
        let y = if month <= 2 { year - 1 } else { year };
        let (era, yoe) = (y.div_euclid(400), y.rem_euclid(400));
        let doy = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
        let days = era * 146_097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719_468;
        let ms = match text.len() {
            10 => 0,
            24 => n(11..13)? * 3_600_000 + n(14..16)? * 60_000 + n(17..19)? * 1000 + n(20..23)?,
            _ => return None,
        };
        Some(Self(days * 86_400_000 + ms))
    }
}

#[cfg(test)]
mod tests {
    use super::Moment;

    #[test]
    fn text_and_back() {
        for (ms, text) in [
            (0, "1970-01-01T00:00:00.000Z"),
            (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (1_795_418_913_125, "2026-11-23T07:28:33.125Z"),
        ] {
            assert_eq!(Moment(ms).text(), text);
            assert_eq!(Moment::parse(text), Some(Moment(ms)));
        }
        assert_eq!(Moment::parse("2026-13-01"), None);
        assert_eq!(Moment::parse("猫"), None);
    }
}
