//! A panic costs one document: what it said goes into the row of the document, and the run goes on.

use std::panic::{AssertUnwindSafe, catch_unwind};

thread_local! {
    /// `Some` while this thread works on a document: what a panic said.
    static PANIC: std::cell::RefCell<Option<String>> = const { std::cell::RefCell::new(None) };
}

/// Keeps the message of a panic for the document's row and prints nothing: call once before [`run`](super::run). A panic outside of a
/// document is printed as ever.
pub fn keep_panics_quiet() {
    let loud = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        let kept = PANIC.with(|p| {
            p.try_borrow_mut().is_ok_and(|mut p| {
                p.as_mut().is_some_and(|text| {
                    *text = said(info);
                    true
                })
            })
        });
        if !kept {
            loud(info);
        }
    }));
}

fn said(info: &std::panic::PanicHookInfo<'_>) -> String {
    let at = info
        .location()
        .map(|l| format!(" ({}:{})", l.file().rsplit(['/', '\\']).next().unwrap_or(""), l.line()));
    let what = info
        .payload()
        .downcast_ref::<&str>()
        .map(|s| (*s).to_string())
        .or_else(|| info.payload().downcast_ref::<String>().cloned())
        .unwrap_or_default();
    format!("{what}{}", at.unwrap_or_default())
}

/// Runs `work`; an error is what a panic in it said.
pub(super) fn quietly<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    PANIC.with(|p| *p.borrow_mut() = Some(String::new()));
    let result = catch_unwind(AssertUnwindSafe(work));
    let said = PANIC.with(|p| p.borrow_mut().take()).unwrap_or_default();
    result.map_err(|_| said)
}
