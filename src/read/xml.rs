//! What the readers of XML share. Comes in: events of the parser. Goes out: attributes, switches, characters. Prefixes of names
//! count for nothing: Office writes one namespace, its Strict sister another, and other programs prefix every element.

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

/// The value of an attribute by its local name.
pub(super) fn attribute(e: &BytesStart<'_>, name: &str) -> Option<String> {
    e.attributes()
        .flatten()
        .find(|a| a.key.local_name().as_ref() == name)
        .map(|a| quick_xml::escape::unescape(&a.value).map_or_else(|_| a.value.to_string(), |v| v.into_owned()))
}

/// The number in an attribute; `None` where it is missing or none.
pub(super) fn number<T: std::str::FromStr>(e: &BytesStart<'_>, name: &str) -> Option<T> {
    attribute(e, name)?.trim().parse().ok()
}

/// Whether a word of an attribute switches something on.
pub(super) fn is_on(value: &str) -> bool {
    !matches!(value, "0" | "false" | "off" | "none")
}

/// Whether a property such as `<w:vanish/>` is on: it is unless its value says otherwise.
pub(super) fn switch(e: &BytesStart<'_>) -> bool {
    attribute(e, "val").is_none_or(|v| is_on(&v))
}

/// The character of a reference such as `&#24180;` or `&amp;`.
pub(super) fn reference(r: &BytesRef<'_>) -> Option<char> {
    match r.resolve_char_ref() {
        Ok(Some(c)) => Some(c),
        _ => super::inline::entity(&format!("&{};", &**r)).map(|(_, c)| c),
    }
}

/// Walks over the elements of a small part; gives up in silence where it is damaged.
pub(super) fn elements(xml: &str, mut open: impl FnMut(&BytesStart<'_>)) {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = false;
    while let Ok(event) = reader.read_event() {
        match event {
            Event::Start(e) | Event::Empty(e) => open(&e),
            Event::Eof => return,
            _ => {}
        }
    }
}
