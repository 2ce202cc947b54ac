//! Numbers in Chinese numerals, as narrative texts write counts and shares: 壹, 十二, 三百零五, 九十九点五.

use rust_decimal::Decimal;

fn digit(c: char) -> Option<u32> {
    Some(match c {
        '〇' | '零' => 0,
        '一' | '壹' => 1,
        '二' | '两' | '贰' => 2,
        '三' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

fn power(c: char) -> Option<u64> {
    Some(match c {
        '十' | '拾' => 10,
        '百' | '佰' => 100,
        '千' | '仟' => 1000,
        '万' => 10_000,
        _ => return None,
    })
}

fn whole(text: &str) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    // Digits alone are read one after the other: 二〇.
    if text.chars().all(|c| digit(c).is_some()) {
        return text
            .chars()
            .try_fold(0u64, |n, c| n.checked_mul(10)?.checked_add(u64::from(digit(c)?)));
    }
    let (mut total, mut section, mut last) = (0u64, 0u64, None);
    for c in text.chars() {
        match (digit(c), power(c)) {
            (Some(d), _) => last = Some(u64::from(d)),
            (None, Some(10_000)) => {
                total = total.checked_add((section + last.unwrap_or(0)).checked_mul(10_000)?)?;
                (section, last) = (0, None);
            }
            // 十二 is 12: the one before ten is left out.
            (None, Some(p)) => section += last.take().unwrap_or(1) * p,
            (None, None) => return None,
        }
    }
    total.checked_add(section)?.checked_add(last.unwrap_or(0))
}

/// Reads a number in Chinese numerals that fills the whole text.
pub fn parse(text: &str) -> Option<Decimal> {
    let text = crate::text::key(text);
    let (left, right) = match text.split_once('点') {
        Some((l, r)) => (l, Some(r)),
        None => (text.as_str(), None),
    };
    let mut value = Decimal::from(whole(left)?);
    if let Some(r) = right {
        let places = r.chars().count() as u32;
        let digits: Option<i64> = (places > 0 && places < 10)
            .then(|| r.chars().try_fold(0i64, |n, c| Some(n * 10 + i64::from(digit(c)?))))
            .flatten();
        value += Decimal::new(digits?, places);
    }
    Some(value)
}

#[cfg(test)]
mod tests {
    #[test]
    fn reads_numerals() {
        for (t, v) in [
            ("壹", "1"),
            ("十", "10"),
            ("十二", "12"),
            ("二十", "20"),
            ("三百零五", "305"),
            ("一千二百", "1200"),
            ("两万三千", "23000"),
            ("二〇", "20"),
            ("九十九点五", "99.5"),
            ("零", "0"),
        ] {
            assert_eq!(super::parse(t).map(|d| d.to_string()), Some(v.to_string()), "{t}");
        }
        for t in ["", "点五", "百分", "3", "一个"] {
            assert_eq!(super::parse(t), None, "{t}");
        }
    }
}
