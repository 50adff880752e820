//! What holds of every address that is read or written.

#[path = "checks/addresses.rs"]
mod checks;

use postrider_message::{
    AddrSpec, Address, AddressList, FieldValue, Folder, Group, HeaderSection, Mailbox, RawValue,
    WriteValue,
};
use proptest::prelude::*;

/// Pieces that address fields are made of, well and badly.
const PIECES: &[&str] = &[
    "a@b.c",
    "joe@x.org",
    "<a@b>",
    "Joe",
    "Q.",
    "\"x, y\"",
    "\"",
    "\\",
    "(c)",
    "(",
    ")",
    "[",
    "]",
    "[a@b]",
    "<",
    ">",
    ",",
    ", ",
    ";",
    ":",
    "@",
    ".",
    " ",
    "\r\n ",
    "\t",
    "\0",
    "é",
    "\u{85}",
    "=?utf-8?q?x_y?=",
    "=?utf-8?q?=0D=0ABcc:_x=00?=",
    "=?",
    "?=",
    "@r:",
    "g:",
    "a",
];

/// Text without control characters.
const TEXT: &str = "[ \t!-~é€я\u{feff}\u{a0}\u{1f600}]{0,60}";

fn mailbox() -> impl Strategy<Value = Mailbox<'static>> {
    let domain = prop_oneof!["[a-z0-9é]{1,9}([.][a-z-]{1,9}){0,3}", "\\[[0-9a-fA-F.:]{0,20}\\]"];
    // A local part that looks like an encoded word is refused (RFC 2047 §5).
    let local = TEXT.prop_filter("an encoded word", |local| !local.contains("=?"));
    (local, domain, TEXT).prop_map(|(local, domain, name)| {
        Mailbox::with_name(AddrSpec::new(local, domain).unwrap(), name).unwrap()
    })
}

fn address() -> impl Strategy<Value = Address<'static>> {
    let group = (TEXT, prop::collection::vec(mailbox(), 0..4))
        .prop_map(|(name, members)| Address::Group(Group::new(name, members).unwrap()));
    prop_oneof![mailbox().prop_map(Address::Mailbox), group]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_value_is_read_without_invention_and_written_again(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..20),
    ) {
        checks::check(pieces.concat().as_bytes());
    }

    #[test]
    fn any_octets_are_read_without_invention_and_written_again(
        octets in prop::collection::vec(any::<u8>(), 0..60),
    ) {
        checks::check(&octets);
    }

    #[test]
    fn a_list_that_is_written_folded_is_read_again(
        list in prop::collection::vec(address(), 0..5),
        utf8 in any::<bool>(),
    ) {
        let list = AddressList::new(list);
        let mut folder = Folder::new("Cc").unwrap().with_utf8(utf8);
        list.write_value(&mut folder);
        let field = folder.finish().unwrap();
        let section = HeaderSection::parse(&field);
        let read = section.headers().cc().unwrap();
        prop_assert_eq!(&read.value, &list, "{}", field);
        prop_assert!(read.raw.len() <= field.len());
        if !utf8 {
            // RFC 5322 §2.1.1: 78 characters where tokens allow it.
            let long = |line: &str| line.contains("=?utf-8?") && !line.contains('"') && line.len() > 78;
            let quoted = list.mailboxes().any(|one| one.addr_spec().to_string().len() > 50);
            prop_assert!(quoted || !field.lines().any(long), "{}", field);
        }
    }
}

#[test]
fn a_folded_list_breaks_between_mailboxes_and_words_only() {
    let value = "\"Doe, Mary\" <mary@example.net>, Group of People: a@b.example,\
        John Fitzgerald Thingummy <john.fitzgerald@a.rather.long.domain.example>;";
    let list = AddressList::read(RawValue::new(value.as_bytes())).value;
    let mut folder = Folder::new("To").unwrap();
    list.write_value(&mut folder);
    assert_eq!(
        folder.finish().unwrap(),
        "To: \"Doe, Mary\" <mary@example.net>, Group of People: a@b.example, John\r\n \
         Fitzgerald Thingummy <john.fitzgerald@a.rather.long.domain.example>;\r\n"
    );
}

/// RFC 2047 §5 rule 3: "An 'encoded-word' that appears as a 'word' within a 'phrase' MUST be
/// separated from any adjacent 'word', 'text' or 'special' by 'linear-white-space'."
#[test]
fn encoded_words_are_set_off_from_the_colon_of_a_group() {
    let group = Group::new("Gäste", Vec::new()).unwrap();
    assert_eq!(group.to_string(), "=?utf-8?B?R8Okc3Rl?= :;");
    let mut folder = Folder::new("To").unwrap();
    group.write_value(&mut folder);
    assert_eq!(folder.finish().unwrap(), "To: =?utf-8?B?R8Okc3Rl?= :;\r\n");
    let mut folder = Folder::new("To").unwrap().with_utf8(true);
    group.write_value(&mut folder);
    assert_eq!(folder.finish().unwrap(), "To: Gäste:;\r\n");
}
