//! Amounts: whatever is read keeps its digits; printed again and read again it is the same amount.
use juesuan::value::amount;

/// One input.
pub fn run(text: &str) {
    let Some(a) = amount::parse(text) else { return };
    let again = amount::parse(&a.value.to_string()).expect("an amount that was printed is an amount");
    assert_eq!(a.value, again.value, "{text:?}");
    let digits = |t: &str| t.chars().filter(char::is_ascii_digit).count();
    assert!(
        digits(&a.value.to_string()) <= text.chars().filter(|c| c.is_numeric()).count() + 1,
        "{text:?}"
    );
}
