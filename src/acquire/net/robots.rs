//! robots.txt as RFC 9309 reads it. Comes in: the bytes of the file and an address. Goes out: may it be asked, and by which
//! rule. Whether the file could be had at all is decided in [`super::fetch`].

/// What a file says to one program.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    rules: Vec<Rule>,
    /// Seconds between two requests, where the file states them (an extension that many sites use).
    pub crawl_delay: Option<f64>,
}

#[derive(Clone, Debug, PartialEq)]
struct Rule {
    allow: bool,
    pattern: Vec<u8>,
    printed: String,
}

/// At most this many bytes are read: what RFC 9309 asks for at least.
pub const MAX_BYTES: usize = 500 * 1024;

/// Percent signs are compared in one way: unreserved bytes plain, all others as `%XX`.
fn normal(text: &[u8]) -> Vec<u8> {
    let hex = |b: u8| (b as char).to_digit(16).and_then(|d| u8::try_from(d).ok());
    let mut out = Vec::with_capacity(text.len());
    let mut i = 0;
    while i < text.len() {
        let (byte, step) = match (
            text[i],
            text.get(i + 1).copied().and_then(hex),
            text.get(i + 2).copied().and_then(hex),
        ) {
            (b'%', Some(a), Some(b)) => (a << 4 | b, 3),
            (b, ..) => (b, 1),
        };
        let unreserved = byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
        if unreserved || (step == 1 && byte.is_ascii() && byte > 0x20) {
            out.push(byte);
        } else {
            out.extend_from_slice(format!("%{byte:02X}").as_bytes());
        }
        i += step;
    }
    out
}

/// `*` is any text, a final `$` the end; otherwise the beginning of the path has to match. Linear in both for each star.
fn fits(pattern: &[u8], path: &[u8]) -> bool {
    let (pattern, to_end) = match pattern.split_last() {
        Some((b'$', rest)) => (rest, true),
        _ => (pattern, false),
    };
    let mut parts = pattern.split(|b| *b == b'*');
    let first = parts.next().unwrap_or_default();
    if !path.starts_with(first) {
        return false;
    }
    let mut at = first.len();
    let rest: Vec<&[u8]> = parts.collect();
    for (n, part) in rest.iter().enumerate() {
        let last = n + 1 == rest.len();
        if last && to_end {
            return path.len() >= at + part.len() && path.ends_with(part);
        }
        match path[at..]
            .windows(part.len().max(1))
            .position(|w| part.is_empty() || w == *part)
        {
            Some(p) => at += p + part.len(),
            None if part.is_empty() => {}
            None => return false,
        }
    }
    !to_end || at == path.len()
}

/// The file as text: UTF-8, or UTF-16 where its mark or its zero bytes say so (Notepad writes it). Rules that nobody can read would
/// count as none.
fn text(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    let wide = |pair: fn([u8; 2]) -> u16, from: usize| {
        let units = bytes[from..].as_chunks::<2>().0.iter().map(|u| pair(*u));
        char::decode_utf16(units)
            .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
            .collect()
    };
    match bytes {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes, 2),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes, 2),
        [a, 0, b, 0, ..] if *a != 0 && *b != 0 => wide(u16::from_le_bytes, 0),
        [0, a, 0, b, ..] if *a != 0 && *b != 0 => wide(u16::from_be_bytes, 0),
        _ => String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)),
    }
}

impl Rules {
    /// Reads the groups for `product` (the first word of the user agent), or for `*` where none names it. Lines that are no
    /// rule are passed over: a page of HTML has no rules.
    pub fn read(bytes: &[u8], product: &str) -> Self {
        let text = text(&bytes[..bytes.len().min(MAX_BYTES)]);
        let (mut own, mut any) = (Rules::default(), Rules::default());
        let (mut own_found, mut in_agents) = (false, false);
        let (mut is_own, mut is_any) = (false, false);
        for line in text.split(['\n', '\r']) {
            let line = line.split('#').next().unwrap_or("");
            let Some((key, value)) = line.split_once(':') else {
                continue;
            };
            let (key, value) = (key.trim().to_ascii_lowercase().replace('-', ""), value.trim());
            match key.as_str() {
                "useragent" => {
                    if !in_agents {
                        (is_own, is_any) = (false, false);
                    }
                    in_agents = true;
                    let name: String = value
                        .chars()
                        .take_while(|c| c.is_ascii_alphanumeric() || "-_".contains(*c))
                        .collect();
                    if !name.is_empty() && name.eq_ignore_ascii_case(product) {
                        (is_own, own_found) = (true, true);
                    }
                    is_any |= value.starts_with('*');
                }
                "allow" | "disallow" => {
                    in_agents = false;
                    if value.is_empty() {
                        continue;
                    }
                    let rule = Rule {
                        allow: key == "allow",
                        pattern: normal(value.as_bytes()),
                        printed: line.trim().to_string(),
                    };
                    if is_own {
                        own.rules.push(rule.clone());
                    }
                    if is_any {
                        any.rules.push(rule);
                    }
                }
                "crawldelay" => {
                    in_agents = false;
                    let delay = value.parse().ok().filter(|d: &f64| d.is_finite() && *d >= 0.0);
                    if is_own {
                        own.crawl_delay = delay.or(own.crawl_delay);
                    }
                    if is_any {
                        any.crawl_delay = delay.or(any.crawl_delay);
                    }
                }
                _ => {}
            }
        }
        if own_found { own } else { any }
    }

    /// Whether a path with its query may be asked; the rule that decides. The longest pattern decides; of two equal ones the
    /// one that allows.
    pub fn allows(&self, path_and_query: &str) -> (bool, Option<&str>) {
        let path = normal(path_and_query.as_bytes());
        let best = self
            .rules
            .iter()
            .filter(|r| fits(&r.pattern, &path))
            .max_by_key(|r| (r.pattern.len(), r.allow));
        best.map_or((true, None), |r| (r.allow, Some(r.printed.as_str())))
    }
}

#[cfg(test)]
mod tests {
    use super::Rules;

    fn may(file: &str, path: &str) -> bool {
        Rules::read(file.as_bytes(), "juesuan").allows(path).0
    }

    #[test]
    fn as_the_standard_reads_it() {
        let f = "User-agent: *\nDisallow: /a\nAllow: /a/b\nDisallow: /*.asp$\nDisallow: /q*z\n";
        for (path, want) in [
            ("/", true),
            ("/a", false),
            ("/abc", false),
            ("/a/b", true),
            ("/a/bc", true),
            ("/x.asp", false),
            ("/x.aspx", true),
            ("/q", true),
            ("/q1z2", false),
            ("/%61", false),
            ("/x.asp?y", true),
        ] {
            assert_eq!(may(f, path), want, "{path}");
        }
        assert!(may("", "/"));
        assert!(may("<!DOCTYPE html><html>404</html>", "/x"));
        assert!(!may("\u{feff}User-agent:*\r\nDisallow:/\r\n", "/x"));
        assert!(may("User-agent: *\nDisallow:\n", "/x"));
        assert!(!may("User-agent: *\nDisallow: /*?*\n", "/x?y=1"));
        assert!(may("User-agent: *\nDisallow: /*?*\n", "/x"));
        assert!(!may("User-agent: *\nDisallow: /%E5%86%B3\n", "/决算"));
        // A group of its own replaces the general one; several names share a group; groups of one name are one.
        let own = "User-agent: other\nUser-agent: Juesuan/2\nDisallow: /own\nCrawl-delay: 7\n\nUser-agent: *\nDisallow: /\n\nUser-agent: juesuan\nDisallow: /more";
        assert!(may(own, "/x") && !may(own, "/own") && !may(own, "/more"));
        assert_eq!(Rules::read(own.as_bytes(), "juesuan").crawl_delay, Some(7.0));
        // Equal length: allowed.
        assert!(may("User-agent: *\nDisallow: /p\nAllow: /p\n", "/p"));
        assert!(may("User-agent: *\nDisallow: /fish*x$\n", "/fish"));
        assert!(!may("User-agent: *\nDisallow: /fish*x$\n", "/fishyx"));
    }
}
