//! Names in certificates (RFC 7672 §3.2.3, RFC 8461 §4.1).

use postrider_relay::tls::identity::name_matches;
use proptest::prelude::*;

use crate::name;

#[test]
fn an_asterisk_is_one_whole_first_label_and_nothing_else() {
    for (reference, dns_id, is_one) in [
        ("mail.example.com", "mail.example.com", true),
        ("mail.example.com", "MAIL.Example.COM", true),
        ("mail.example.com", "*.example.com", true),
        ("mail.example.com", "*.EXAMPLE.com", true),
        // "the mx pattern "*.example.com" matches "mail.example.com" but not "example.com" or
        // "foo.bar.example.com"" (RFC 8461 §4.1).
        ("example.com", "*.example.com", false),
        ("foo.bar.example.com", "*.example.com", false),
        // RFC 7672 §3.2.3: the wildcard is the entire first label.
        ("mail.example.com", "mail*.example.com", false),
        ("mail.example.com", "m*l.example.com", false),
        ("mail.example.com", "*", false),
        ("mail.example.com", "*.", false),
        ("mail.example.com", "mail.*.com", false),
        ("mail.example.com", "*.*.com", false),
        ("mail.example.com", "*.com", false),
        ("mail.example.com", "mail.example.com.", false),
        ("mail.example.com", "mail.example.com\0.example.net", false),
        ("mail.example.com", "", false),
        ("mx.b\u{fc}cher.example", "mx.xn--bcher-kva.example", true),
        ("mx.b\u{fc}cher.example", "mx.b\u{fc}cher.example", false),
    ] {
        assert_eq!(name_matches(&name(reference), dns_id), is_one, "{reference} {dns_id}");
    }
}

proptest! {
    #[test]
    fn a_name_is_itself_and_below_the_asterisk_of_its_parent(
        label in "[a-z]{1,9}",
        parent in "[a-z]{1,9}\\.[a-z]{2,9}",
        other in "\\PC{0,30}",
    ) {
        let whole = name(&format!("{label}.{parent}"));
        let asterisk = format!("*.{parent}");
        prop_assert!(name_matches(&whole, whole.as_str()));
        prop_assert!(name_matches(&whole, &asterisk));
        prop_assert!(!name_matches(&name(&parent), &asterisk));
        let deeper = name(&format!("a.{whole}"));
        prop_assert!(!name_matches(&deeper, &asterisk));
        // Whatever it is, it is no other name.
        let is_same = other.eq_ignore_ascii_case(whole.as_str())
            || other.eq_ignore_ascii_case(&asterisk);
        prop_assert_eq!(name_matches(&whole, &other), is_same);
    }
}
