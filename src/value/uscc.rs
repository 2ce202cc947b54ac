//! 统一社会信用代码 (GB 32100-2015): eighteen characters, the last a check digit. A code whose digit is wrong is no code.

const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// Whether the eighteen characters are a code: alphabet and check digit.
pub fn is_valid(code: &str) -> bool {
    let values: Option<Vec<usize>> = code.bytes().map(|b| ALPHABET.iter().position(|a| *a == b)).collect();
    let Some(values) = values.filter(|v| v.len() == 18) else {
        return false;
    };
    let sum: usize = values.iter().zip(WEIGHTS).map(|(v, w)| v * w).sum();
    (31 - sum % 31) % 31 == values[17]
}

/// The pieces of a folded text that have the length and the characters of a code, valid or not, in upper case. A piece may be
/// followed by characters that are no part of it: some portals print one letter more.
pub fn candidates(folded: &str) -> Vec<String> {
    let upper = folded.to_ascii_uppercase();
    upper
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|p| matches!(p.len(), 18 | 19))
        .map(|p| p[..18].to_string())
        .filter(|p| {
            let digits = p.bytes().filter(u8::is_ascii_digit).count();
            digits >= 8 && p.bytes().all(|b| ALPHABET.contains(&b))
        })
        .collect()
}

/// The six digits of the region that registered it.
pub fn region(code: &str) -> Option<&str> {
    code.get(2..8).filter(|r| r.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_decides() {
        // Codes of public offices, as they stand in index numbers of pages; with one digit changed they are none.
        for code in ["11370800004234373R", "11341622MB17225743", "11500000009276150N"] {
            assert!(is_valid(code), "{code}");
            // The third digit, for every code has one: one more, so that exactly one place differs.
            let third = (code.as_bytes()[2] - b'0' + 1) % 10;
            let wrong = format!("{}{third}{}", &code[..2], &code[3..]);
            assert!(!is_valid(&wrong), "{wrong}");
        }
        assert!(!is_valid("1137080000423437"));
        assert!(!is_valid("11370800004234373I"));
    }

    #[test]
    fn finds_the_code_in_an_index_number() {
        let found = candidates("索引号:11370800004234373RK/2023-00002");
        assert_eq!(found, ["11370800004234373R"]);
        assert_eq!(region(&found[0]), Some("370800"));
        assert!(candidates("电话:123456789012345678901").is_empty());
    }
}
