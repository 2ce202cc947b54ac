//! What a portal may answer: robots.txt, names of files, pages of lists. No panic, no name that is a path.
use juesuan::acquire::net::{lists::Page, robots::Rules};
use juesuan::acquire::{names, sniff};

/// One input.
pub fn run(bytes: &[u8]) {
    if let Some(n) = names::from_disposition(bytes) {
        assert!(!n.contains(['/', '\\']) && !n.starts_with('.'), "{n:?}");
    }
    sniff::media(bytes);
    let (rules, path) = bytes.split_at(bytes.len() / 2);
    Rules::read(rules, "juesuan").allows(&String::from_utf8_lossy(path));
    let base = url::Url::parse("http://a.example/x/").expect("an address");
    let page = Page::new(bytes, base, None);
    let _ = page.create_page_html();
    page.next_group();
}
