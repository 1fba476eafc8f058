//! Phone numbers in the forms that occur.

use counterfoil_whatsapp::phone::PhoneNumber;

fn phone() -> PhoneNumber {
    PhoneNumber::parse("15550100201").unwrap()
}

#[test]
fn phone_numbers_are_read_in_the_forms_that_occur() {
    for (text, digits) in [
        ("15550100201", Some("15550100201")),
        ("+1 (555) 010-0201", Some("15550100201")),
        ("0031 6 1234 5678", Some("31612345678")),
        ("+49\u{a0}30\u{202f}123\u{2011}456", Some("4930123456")),
        ("1234", None),
        ("1234567890123456", None),
        ("0612345678", None),
        ("PHONE_NUMBER", None),
        ("+١٢٣٤٥٦٧", None),
        ("", None),
    ] {
        assert_eq!(
            PhoneNumber::parse(text).ok().as_ref().map(PhoneNumber::digits),
            digits,
            "{text}"
        );
    }
    assert_eq!(
        (phone().last_four(), phone().with_plus().as_str()),
        ("0201", "+15550100201")
    );
    assert_eq!(format!("{:?}", phone()), "PhoneNumber(..)");
}
