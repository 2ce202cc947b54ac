//! Unicode of last resort. Comes in: a glyph. Goes out: its text, `None` where nobody knows. First what hayro knows (ToUnicode, glyph
//! names), then the encoding CMap (code → CID → the collection's UCS-2 table), then the embedded font's own `cmap` read backwards.
//! Refuses to guess from the shape, and takes private-use characters only from the PDF itself.

use super::fonts::Walk;
use crate::read::GlyphText;
use hayro_interpret::font::{Glyph, OutlineGlyph};
use hayro_interpret::hayro_cmap::{BfString, CMap, CMapName, CidFamily, load_embedded};
use hayro_syntax::object::{Array, Dict, Name, Object, String as PdfString};
use hayro_syntax::page::Resources;
use skrifa::MetadataProvider;
use std::collections::HashMap;
use unicode_normalization::UnicodeNormalization;

/// What is known of the fonts of one document. Filled only when a glyph without Unicode turns up, which most documents never see.
#[derive(Default)]
pub(super) struct Unicode {
    /// Composite fonts by name without the subset prefix: the only thing hayro tells of a glyph's font. Namesakes stand together.
    composite: HashMap<String, Vec<Composite>>,
    /// Glyph → character of embedded fonts, by the identity of the font program.
    backwards: HashMap<u128, HashMap<u32, char>>,
    walk: Walk,
}

/// A composite font: what turns its codes into CIDs, and these into characters.
struct Composite {
    encoding: CMap,
    ucs2: CMap,
}

impl Unicode {
    /// The text of a glyph that is drawn with the given resources.
    pub(super) fn text(&mut self, glyph: &Glyph<'_>, resources: &Resources<'_>) -> Option<GlyphText> {
        let known = glyph.as_unicode();
        if let Some(text) = known.as_ref().and_then(meaningful) {
            return Some(text);
        }
        let last_resort = match glyph {
            Glyph::Outline(outline) => self.last_resort(outline, resources),
            Glyph::Type3(_) => None,
        };
        // Private-use characters of the PDF's own tables: bullets and check marks of symbol fonts. Not a known character, yet
        // the same glyph is the same character everywhere in the document.
        last_resort.or_else(|| known.as_ref().and_then(private))
    }

    fn last_resort(&mut self, glyph: &OutlineGlyph, resources: &Resources<'_>) -> Option<GlyphText> {
        let font = glyph.font_data()?;
        self.search(resources);
        let composite = font
            .postscript_name
            .as_deref()
            .and_then(|name| self.composite.get(name));
        if let Some(text) = composite.and_then(|fonts| by_cid(fonts, glyph)) {
            return Some(text);
        }
        let backwards = self
            .backwards
            .entry(font.cache_key)
            .or_insert_with(|| backwards((*font.data).as_ref()));
        backwards.get(&glyph.glyph_id().to_u32()).map(|c| fold(*c))
    }

    /// Collects the composite fonts of the resources and of the forms they name.
    fn search(&mut self, resources: &Resources<'_>) {
        self.walk.resources(resources, 0, &mut |font| {
            let name = font.get::<Name<'_>>("BaseFont");
            if let Some((name, composite)) = name.zip(Composite::new(font)) {
                let namesakes = self.composite.entry(without_prefix(name.as_str()).to_owned());
                namesakes.or_default().push(composite);
            }
        });
    }
}

impl Composite {
    /// `None` for simple fonts and for character collections without a public table.
    fn new(font: &Dict<'_>) -> Option<Self> {
        let descendant = font.get::<Array<'_>>("DescendantFonts")?.iter::<Dict<'_>>().next()?;
        let encoding = match font.get::<Object<'_>>("Encoding")? {
            Object::Name(name) => predefined(CMapName::from_bytes(&name))?,
            Object::Stream(stream) => CMap::parse(&stream.decoded_data().ok()?, load_embedded)?,
            _ => return None,
        };
        let own = encoding
            .metadata()
            .character_collection
            .as_ref()
            .map(|c| c.family.clone());
        let family = own
            .filter(|f| *f != CidFamily::AdobeIdentity)
            .or_else(|| system_info(&descendant))?;
        let ucs2 = predefined(family.ucs2_cmap()?)?;
        Some(Self { encoding, ucs2 })
    }

    fn cid(&self, code: u32) -> Option<u32> {
        (1..=4)
            .find_map(|length| self.encoding.lookup_cid_code(code, length))
            .filter(|cid| *cid != 0)
    }
}

fn system_info(descendant: &Dict<'_>) -> Option<CidFamily> {
    let info = descendant.get::<Dict<'_>>("CIDSystemInfo")?;
    let registry = info.get::<PdfString<'_>>("Registry")?;
    let ordering = info.get::<PdfString<'_>>("Ordering")?;
    Some(CidFamily::from_registry_ordering(&registry, &ordering))
}

fn predefined(name: CMapName<'_>) -> Option<CMap> {
    match name {
        CMapName::IdentityH => Some(CMap::identity_h()),
        CMapName::IdentityV => Some(CMap::identity_v()),
        name => CMap::parse(load_embedded(name)?, load_embedded),
    }
}

/// Among namesakes the one whose CID is the glyph drawn (no CIDToGIDMap, the usual subset), else the first that knows the code.
fn by_cid(fonts: &[Composite], glyph: &OutlineGlyph) -> Option<GlyphText> {
    let code = glyph.char_code();
    let drawn = glyph.glyph_id().to_u32();
    let exact = fonts.iter().find(|f| fonts.len() > 1 && f.cid(code) == Some(drawn));
    exact
        .into_iter()
        .chain(fonts)
        .find_map(|f| f.ucs2.lookup_bf_string(f.cid(code)?))
        .as_ref()
        .and_then(meaningful)
}

/// Where several characters share a glyph the first wins, as in other readers: a subset font rarely holds both.
fn backwards(font: &[u8]) -> HashMap<u32, char> {
    let mut table = HashMap::new();
    if let Ok(font) = skrifa::FontRef::new(font) {
        for (code, glyph) in font.charmap().mappings() {
            if let Some(c) = char::from_u32(code).filter(|c| says_something(*c)) {
                table.entry(glyph.to_u32()).or_insert(c);
            }
        }
    }
    table
}

fn without_prefix(name: &str) -> &str {
    match name.split_once('+') {
        Some((prefix, rest)) if prefix.len() == 6 => rest,
        _ => name,
    }
}

/// A character that stands for something: broken tables map to U+0000, U+FFFD or control codes.
fn says_something(c: char) -> bool {
    !is_private(c) && c != char::REPLACEMENT_CHARACTER && (!c.is_control() || c.is_whitespace())
}

fn is_private(c: char) -> bool {
    matches!(u32::from(c), 0xE000..=0xF8FF | 0xF_0000..=0x10_FFFF)
}

fn meaningful(text: &BfString) -> Option<GlyphText> {
    match text {
        BfString::Char(c) => says_something(*c).then(|| fold(*c)),
        BfString::String(s) => {
            let kept: String = s.chars().filter(|c| says_something(*c)).flat_map(folded).collect();
            one_or_many(kept)
        }
    }
}

fn private(text: &BfString) -> Option<GlyphText> {
    match text {
        BfString::Char(c) => is_private(*c).then_some(GlyphText::Char(*c)),
        BfString::String(_) => None,
    }
}

fn one_or_many(text: String) -> Option<GlyphText> {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        (None, _) => None,
        (Some(c), None) => Some(GlyphText::Char(c)),
        _ => Some(GlyphText::Str(text.into())),
    }
}

fn fold(c: char) -> GlyphText {
    let mut folded = folded(c);
    match (folded.next(), folded.next()) {
        (Some(only), None) => GlyphText::Char(only),
        _ => GlyphText::Char(c), // radicals and ideographs fold to one character; anything else is left alone
    }
}

/// Radicals and compatibility ideographs as the ideograph they look like: fonts that map one glyph to both let some producers pick
/// the wrong one. Nothing else is folded here, full-width digits are the business of later stages.
fn folded(c: char) -> impl Iterator<Item = char> {
    let c = radical(c).unwrap_or(c);
    let compatible = matches!(u32::from(c), 0x2E80..=0x2FDF | 0xF900..=0xFAFF);
    let folded = compatible.then(|| std::iter::once(c).nfkc());
    let plain = (!compatible).then_some(c);
    folded.into_iter().flatten().chain(plain)
}

/// Radicals of the supplement that are whole ideographs but have no NFKC form (Unicode: EquivalentUnifiedIdeograph).
fn radical(c: char) -> Option<char> {
    const WHOLE: [(u32, u32); 28] = [
        (0x2EA0, 0x6C11),
        (0x2EC1, 0x864E),
        (0x2EC4, 0x897F),
        (0x2EC5, 0x89C1),
        (0x2EC6, 0x89D2),
        (0x2EC9, 0x8D1D),
        (0x2ECB, 0x8F66),
        (0x2ED3, 0x957F),
        (0x2ED4, 0x95E8),
        (0x2ED8, 0x9752),
        (0x2ED9, 0x97E6),
        (0x2EDA, 0x9875),
        (0x2EDB, 0x98CE),
        (0x2EDC, 0x98DE),
        (0x2EDD, 0x98DF),
        (0x2EE2, 0x9A6C),
        (0x2EE3, 0x9AA8),
        (0x2EE4, 0x9B3C),
        (0x2EE5, 0x9C7C),
        (0x2EE6, 0x9E1F),
        (0x2EE7, 0x5364),
        (0x2EE8, 0x9EA6),
        (0x2EE9, 0x9EC4),
        (0x2EEC, 0x9F50),
        (0x2EEE, 0x9F7F),
        (0x2EF0, 0x9F99),
        (0x2EF2, 0x4E80),
        (0x2EF3, 0x9F9F),
    ];
    let code = u32::from(c);
    if !(0x2E80..=0x2EF3).contains(&code) {
        return None;
    }
    let index = WHOLE.binary_search_by_key(&code, |(radical, _)| *radical).ok()?;
    char::from_u32(WHOLE[index].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn radicals_and_compatibility_ideographs_fold() {
        assert_eq!(fold('\u{2F00}'), GlyphText::Char('\u{4E00}'));
        assert_eq!(fold('\u{2ED4}'), GlyphText::Char('\u{95E8}'));
        assert_eq!(fold('\u{2E9F}'), GlyphText::Char('\u{6BCD}'));
        assert_eq!(fold('\u{F900}'), GlyphText::Char('\u{8C48}'));
    }

    #[test]
    fn nothing_else_folds() {
        for c in [
            '\u{FF11}', '\u{FF0C}', '\u{3000}', '\u{2460}', '\u{2E80}', '\u{4E00}', '1',
        ] {
            assert_eq!(fold(c), GlyphText::Char(c));
        }
    }

    #[test]
    fn broken_tables_say_nothing() {
        assert_eq!(meaningful(&BfString::Char('\0')), None);
        assert_eq!(meaningful(&BfString::Char('\u{FFFD}')), None);
        assert_eq!(
            meaningful(&BfString::String("\u{1}a".into())),
            Some(GlyphText::Char('a'))
        );
    }
}
