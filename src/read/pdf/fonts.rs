//! The font dictionaries that a page can reach. Comes in: its resources. Goes out: each dictionary once per document, and whether
//! hayro can be trusted with it. Refuses to load any font.

use hayro_syntax::object::{Array, Dict, Number, Object, Stream};
use hayro_syntax::page::{Page, Resources};
use std::collections::HashSet;

/// How deep forms within forms are followed.
const MOST_NESTED: u8 = 8;
/// How many dictionaries of a document are looked at: a bound for hostile files, far above any real one.
const MOST_DICTIONARIES: usize = 20_000;
/// Codes and CIDs have two bytes; beyond it a width is nobody's.
const MOST_CODES: f64 = 65_536.0;

/// Which dictionaries were seen, by the place of their bytes.
#[derive(Default)]
pub(super) struct Walk {
    seen: HashSet<usize>,
}

impl Walk {
    /// Shows every font of a page that was not seen before: its own, those of its forms and of its annotations.
    pub(super) fn page(&mut self, page: &Page<'_>, show: &mut impl FnMut(&Dict<'_>)) {
        self.resources(page.resources(), 0, show);
        let annotations = page.raw().get::<Array<'_>>("Annots");
        for annotation in annotations.iter().flat_map(Array::iter::<Dict<'_>>) {
            let Some(looks) = annotation.get::<Dict<'_>>("AP") else {
                continue;
            };
            match looks.get::<Object<'_>>("N") {
                Some(Object::Stream(form)) => self.form(&form, 0, show),
                Some(Object::Dict(states)) => self.forms(&states, 0, show),
                _ => {}
            }
        }
    }

    /// The same for the resources of a page or form.
    pub(super) fn resources(&mut self, resources: &Resources<'_>, depth: u8, show: &mut impl FnMut(&Dict<'_>)) {
        let fonts = &resources.fonts;
        if self.is_new(fonts) {
            for font in fonts.keys().filter_map(|key| fonts.get::<Dict<'_>>(&*key)) {
                if self.is_new(&font) {
                    show(&font);
                }
            }
        }
        if depth < MOST_NESTED {
            self.forms(&resources.x_objects, depth, show);
        }
    }

    fn forms(&mut self, forms: &Dict<'_>, depth: u8, show: &mut impl FnMut(&Dict<'_>)) {
        if self.is_new(forms) {
            for form in forms.keys().filter_map(|key| forms.get::<Stream<'_>>(&*key)) {
                self.form(&form, depth, show);
            }
        }
    }

    fn form(&mut self, form: &Stream<'_>, depth: u8, show: &mut impl FnMut(&Dict<'_>)) {
        if let Some(inner) = form.dict().get::<Dict<'_>>("Resources") {
            self.resources(&Resources::new(inner), depth + 1, show);
        }
    }

    fn is_new(&mut self, dict: &Dict<'_>) -> bool {
        !dict.is_empty() && self.seen.len() < MOST_DICTIONARIES && self.seen.insert(dict.data().as_ptr() as usize)
    }
}

/// Whether the font names widths for codes that cannot be. hayro makes an entry for each of them, and one wrong digit in a range
/// would cost minutes and all memory.
pub(super) fn has_absurd_widths(font: &Dict<'_>) -> bool {
    let beyond = |n: Number| n.as_f64() > MOST_CODES;
    if font.get::<Number>("FirstChar").is_some_and(beyond) {
        return true;
    }
    let descendants = font.get::<Array<'_>>("DescendantFonts");
    let descendant = descendants.and_then(|fonts| fonts.iter::<Dict<'_>>().next());
    descendant.is_some_and(|font| {
        // Arrays within hold widths; what stands outside of them are codes, or widths, which are no larger.
        let arrays = ["W", "W2"].into_iter().filter_map(|key| font.get::<Array<'_>>(key));
        arrays
            .flat_map(|a| a.iter::<Object<'_>>().collect::<Vec<_>>())
            .any(|o| matches!(o, Object::Number(n) if beyond(n)))
    })
}
