//! What reading addresses may cost, counted by an allocator.

use allocation_counter::measure;
use postrider_message::{AddressList, Diagnosis, FieldValue, RawValue};

#[test]
fn one_plain_mailbox_allocates_nothing() {
    for value in [
        "\"Joe Q. Public\" <john.q.public@example.com>",
        " Mary Smith\r\n <mary@example.net>\r\n",
        "<boss@nil.test>",
        "jdoe@machine.example",
        "jdoe@machine.example (John Doe)",
        "Jörg <joerg@example.net>",
    ] {
        let raw = RawValue::new(value.as_bytes());
        let cost = measure(|| assert_eq!(AddressList::read(raw).value.mailboxes().count(), 1));
        assert_eq!(cost.count_total, 0, "{value}");
    }
}

#[test]
fn a_list_of_plain_mailboxes_allocates_its_table_alone() {
    let value = "\"Joe Doe\" <joe@example.com>, Mary <mary@example.net>, ".repeat(499) + "a@b, c@d";
    let raw = RawValue::new(value.as_bytes());
    let cost = measure(|| assert_eq!(AddressList::read(raw).value.mailboxes().count(), 1000));
    // One table, of as many entries as there are commas.
    assert_eq!(cost.count_total, 1, "{cost:?}");
}

#[test]
fn a_diagnosis_allocates_nothing_but_a_domain_literal() {
    let text = "(((a b) c)) \"john\\ doe\" . x\r\n @ example . org ";
    assert_eq!(measure(|| assert!(Diagnosis::of(text) > Diagnosis::Valid)).count_total, 0);
    let long = "a@[".to_owned() + &"1".repeat(1 << 20) + "]";
    assert!(measure(|| assert!(Diagnosis::of(&long) > Diagnosis::Valid)).bytes_max < 4 << 20);
}
