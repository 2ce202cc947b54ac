//! Years in Arabic or Chinese digits.

/// The first and last fiscal year that a published 决算 can be about (the first were published for 2009; the last bound keeps
/// telephone numbers and amounts out).
const RANGE: std::ops::RangeInclusive<i16> = 2005..=2060;

fn digit(c: char) -> Option<i16> {
    Some(match c {
        '0'..='9' => c as i16 - '0' as i16,
        '〇' | '零' | '○' | 'Ｏ' | 'O' | '０' => 0,
        '一' | '１' => 1,
        '二' | '２' => 2,
        '三' | '３' => 3,
        '四' | '４' => 4,
        '五' | '５' => 5,
        '六' | '６' => 6,
        '七' | '７' => 7,
        '八' | '８' => 8,
        '九' | '９' => 9,
        _ => return None,
    })
}

/// Four digits that are a year, followed by 年 in the text from which they come.
pub fn parse(four: &str) -> Option<i16> {
    let mut year = 0;
    let mut count = 0;
    for c in four.chars() {
        year = year * 10 + digit(c)?;
        count += 1;
        if count > 4 {
            return None;
        }
    }
    (count == 4 && RANGE.contains(&year)).then_some(year)
}

#[cfg(test)]
mod tests {
    #[test]
    fn arabic_and_chinese() {
        assert_eq!(super::parse("2022"), Some(2022));
        assert_eq!(super::parse("二〇二二"), Some(2022));
        assert_eq!(super::parse("二零一九"), Some(2019));
        assert_eq!(super::parse("1022"), None);
        assert_eq!(super::parse("202"), None);
    }
}
