//! What holds of every input, and of everything that is written.

use postrider_message::{
    AddrSpec, Address, AddressList, DateTime, FieldName, FieldValue, Group, HeaderSection,
    InvalidValue, Limits, Mailbox, MessageId, MessageIdList, RawValue, Received, Severity, Text,
    Zone, fold, split,
};
use proptest::prelude::*;

/// Pieces that header sections and structured values are made of.
fn soup() -> impl Strategy<Value = Vec<u8>> {
    let piece = prop::sample::select(vec![
        &b"From: "[..],
        b"Received: ",
        b"Date:",
        b"To :",
        b"References:",
        b"From x y\n",
        BYTE_ORDER_MARK,
        b"\r\n",
        b"\n",
        b"\n ",
        b"\r",
        b"\0",
        b"\xff",
        b"(",
        b")",
        b"<",
        b">",
        b"\"",
        b"\\",
        b"[",
        b"]",
        b",",
        b";",
        b":",
        b"@",
        b".",
        b" ",
        b"a",
        b"=?utf-8?q?x?=",
        b"=?utf-8?q?=0D=0ABcc:_x=00?=",
        b"by b",
        b"1 Jul 2003 08:52:37 +0000",
        "é".as_bytes(),
        "\u{85}".as_bytes(),
    ]);
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

/// Reads every value in every way.
fn read_all(raw: RawValue<'_>) {
    let list = AddressList::read(raw);
    for mailbox in list.value.mailboxes() {
        let _ = (mailbox.raw_name(), mailbox.to_string());
    }
    let received = Received::read(raw);
    let _ = (received.value.tcp_info(), Text::read(raw));
    let _ = (MessageIdList::read(raw), Option::<DateTime>::read(raw));
    let inside = |parsed: &[postrider_message::Defect]| {
        parsed.iter().all(|defect| defect.span().end() <= raw.span().end())
    };
    assert!(inside(&list.defects) && inside(&received.defects));
}

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

fn check_section(bytes: &[u8]) -> Result<(), TestCaseError> {
    let section = HeaderSection::parse(bytes);
    let headers = section.headers();
    // Before the fields stand a byte order mark and an mbox line, or nothing.
    let mut written = bytes[..headers.span().start()].to_vec();
    let mbox = headers.mbox_from().unwrap_or_default();
    prop_assert!(written == mbox || written.strip_prefix(BYTE_ORDER_MARK) == Some(mbox));
    for field in headers.fields() {
        written.extend_from_slice(field.raw());
        prop_assert!(field.raw().starts_with(field.name()));
        read_all(field.raw_value());
    }
    written.extend_from_slice(headers.separator().of(bytes));
    let (header, body) = split(bytes);
    prop_assert_eq!(&written[..], header);
    prop_assert_eq!(section.body(), body);
    let _ = headers.trace();
    for known in [FieldName::From, FieldName::Received, FieldName::Date] {
        let by_name = headers.named(known.as_str().as_bytes()).map(|field| field.span());
        let by_index = headers.all(known).map(|field| field.span());
        prop_assert_eq!(by_name.collect::<Vec<_>>(), by_index.collect::<Vec<_>>());
    }
    Ok(())
}

/// Text without control characters, of words, specials and what is not ASCII.
const TEXT: &str = "[ \t!-~é€я\u{feff}\u{1f600}]{0,40}";

fn addr_spec() -> impl Strategy<Value = AddrSpec<'static>> {
    let domain = prop_oneof!["[a-z0-9é]{1,9}([.][a-z-]{1,9}){0,3}", "\\[[0-9a-fA-F.:]{0,20}\\]"];
    (TEXT, domain)
        .prop_map(|(local, domain)| AddrSpec::new(local.replace("?", ""), domain).unwrap())
}

fn mailbox() -> impl Strategy<Value = Mailbox<'static>> {
    (addr_spec(), TEXT).prop_map(|(addr, name)| Mailbox::with_name(addr, name).unwrap())
}

fn address() -> impl Strategy<Value = Address<'static>> {
    let group = (TEXT, prop::collection::vec(mailbox(), 0..4))
        .prop_map(|(name, members)| Address::Group(Group::new(name, members).unwrap()));
    prop_oneof![mailbox().prop_map(Address::Mailbox), group]
}

proptest! {
    #[test]
    fn writing_a_parsed_section_is_the_identity(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        check_section(&bytes)?;
        read_all(RawValue::new(&bytes));
    }

    #[test]
    fn writing_a_parsed_section_of_any_shape_is_the_identity(bytes in soup()) {
        check_section(&bytes)?;
        read_all(RawValue::new(&bytes));
    }

    #[test]
    fn addresses_that_are_written_are_read_again(list in prop::collection::vec(address(), 0..5)) {
        let list = AddressList::new(list);
        let text = list.to_string();
        let read = AddressList::read(RawValue::new(text.as_bytes()));
        prop_assert_eq!(&read.value, &list, "{}", text);
    }

    #[test]
    fn addresses_that_are_read_are_written_and_read_again(bytes in soup()) {
        let list = AddressList::read(RawValue::new(&bytes)).value;
        let text = list.to_string();
        prop_assert!(!text.contains(char::is_control), "{}", text);
        prop_assert_eq!(&AddressList::read(RawValue::new(text.as_bytes())).value, &list, "{}", text);
    }

    #[test]
    fn message_ids_that_are_read_are_written_and_read_again(bytes in soup()) {
        for bytes in [[b"<", &bytes[..], b">"].concat(), bytes] {
            let list = MessageIdList::read(RawValue::new(&bytes)).value;
            for id in list.ids() {
                let text = id.to_string();
                prop_assert!(!text.contains(char::is_control), "{:?}", text);
                let read = MessageIdList::read(RawValue::new(text.as_bytes()));
                prop_assert_eq!(read.value.ids(), core::slice::from_ref(id), "{}", text);
            }
        }
    }

    #[test]
    fn dates_that_are_written_are_read_again(
        unix in -2_208_900_000_i64..253_402_000_000,
        minutes in -5999_i16..=5999,
        known in any::<bool>(),
    ) {
        let zone = if known { Zone::east(minutes).unwrap() } else { Zone::UNKNOWN };
        if let Ok(date) = DateTime::from_unix(unix, zone) {
            let text = date.to_string();
            let read = Option::<DateTime>::read(RawValue::new(text.as_bytes()));
            prop_assert_eq!(read.value, Some(date), "{}", text);
            prop_assert!(read.defects.is_empty());
        }
    }

    #[test]
    fn every_message_id_that_can_be_made_reads_back(text in "[ -~\u{7f}-\u{a0}é]{0,6}@[ -~\u{85}é]{0,8}|[a<>\"(]{0,2}@\\[[ -~\u{85}é]{0,6}\\]") {
        if let Ok(id) = MessageId::new(text) {
            let text = format!("{id} {id}");
            let read = MessageIdList::read(RawValue::new(text.as_bytes()));
            prop_assert_eq!(read.value.ids(), &[id.clone(), id][..]);
            prop_assert!(read.defects.is_empty());
        }
    }

    #[test]
    fn every_address_that_can_be_made_reads_back(
        local in "[ -~\u{7f}-\u{a0}é]{0,6}",
        domain in "[ -~\u{85}é]{0,8}|\\[[ -~\u{85}é]{0,6}\\]",
    ) {
        if let Ok(addr) = AddrSpec::new(local, domain) {
            let mailbox = Mailbox::with_name(addr.clone(), "n").unwrap();
            let list = [Mailbox::new(addr), mailbox].map(Address::Mailbox);
            let list = AddressList::new(list.to_vec());
            let text = list.to_string();
            let read = AddressList::read(RawValue::new(text.as_bytes()));
            prop_assert_eq!(&read.value, &list, "{}", text);
        }
    }

    #[test]
    fn message_ids_that_are_written_are_read_again(text in "[!#-'*+/-9=?A-Z^-~.]{1,20}@[a-zé.-]{1,20}") {
        if let Ok(id) = MessageId::new(text) {
            let text = id.to_string();
            let read = MessageIdList::read(RawValue::new(text.as_bytes()));
            prop_assert_eq!(read.value.ids(), &[id][..]);
            prop_assert!(read.defects.is_empty());
        }
    }

    #[test]
    fn a_folded_field_is_one_field_that_says_the_same(words in prop::collection::vec("[!-~é]{1,90}", 0..12)) {
        let field = fold("X-Test", words.iter().map(String::as_str)).unwrap();
        let section = HeaderSection::parse(field.as_bytes());
        let [only] = section.headers().fields().collect::<Vec<_>>()[..] else { panic!("{field}") };
        prop_assert_eq!(only.unfolded().into_owned(), words.join(" ").into_bytes());
        let widest = words.iter().map(String::len).max().unwrap_or(0);
        for line in field.lines() {
            prop_assert!(line.len() <= 78.max(widest + "X-Test: ".len()), "{}", line);
        }
    }
}

#[test]
fn what_would_inject_is_refused_where_the_value_is_made() {
    for text in ["a\rb", "a\nb", "a\0b", "a\r\nBcc: x", "\u{7f}", "\u{b}"] {
        let bad = Err(InvalidValue::ControlCharacter);
        assert_eq!(AddrSpec::new(text, "b.example").map(drop), bad);
        let addr = AddrSpec::new("a", "b.example").unwrap();
        assert_eq!(Mailbox::with_name(addr, text).map(drop), bad);
        assert_eq!(Group::new(text, Vec::new()).map(drop), bad);
        assert_eq!(fold("Subject", [text]).map(drop), bad);
        assert_eq!(AddrSpec::new("a", text).map(drop), Err(InvalidValue::Domain));
        assert_eq!(MessageId::new(format!("{text}@b")).map(drop), Err(InvalidValue::MessageId));
        assert_eq!(fold(text, ["x"]).map(drop), Err(InvalidValue::FieldName));
    }
    for domain in ["", "a b", "a>", ".a", "a.", "[a]b", "[a b]", "a@b", "(a)"] {
        assert_eq!(AddrSpec::new("a", domain).map(drop), Err(InvalidValue::Domain), "{domain}");
    }
    assert_eq!(fold("Sub:ject", ["x"]).map(drop), Err(InvalidValue::FieldName));
}

#[test]
fn nothing_that_ends_its_brackets_is_made_into_an_identifier_or_a_domain() {
    for literal in ["[x><evil@b]", "[x>y]", "[x<y]", "[(x]", "[x)]", "[\"x]"] {
        let id = MessageId::new(format!("a@{literal}"));
        assert_eq!(id.map(drop), Err(InvalidValue::MessageId), "{literal}");
        assert_eq!(AddrSpec::new("a", literal).map(drop), Err(InvalidValue::Domain), "{literal}");
    }
    assert_eq!(MessageId::new("a@[192.0.2.1]").unwrap().to_string(), "<a@[192.0.2.1]>");
}

#[test]
fn c1_controls_are_refused_where_the_value_is_made() {
    for character in '\u{80}'..='\u{9f}' {
        let text = format!("a{character}b");
        let bad = Err(InvalidValue::ControlCharacter);
        assert_eq!(fold("Subject", [&*text]).map(drop), bad);
        assert_eq!(AddrSpec::new(&*text, "b.example").map(drop), bad);
        assert_eq!(AddrSpec::new("a", &*text).map(drop), Err(InvalidValue::Domain));
        assert_eq!(AddrSpec::new("a", format!("[{text}]")).map(drop), Err(InvalidValue::Domain));
        let addr = AddrSpec::new("a", "b.example").unwrap();
        assert_eq!(Mailbox::with_name(addr, &*text).map(drop), bad);
        assert_eq!(Group::new(&*text, Vec::new()).map(drop), bad);
        assert_eq!(MessageId::new(format!("{text}@b")).map(drop), Err(InvalidValue::MessageId));
    }
}

#[test]
fn a_value_of_any_length_is_refused_or_reads_back() {
    let families = ["a ", "a.", "a", ".", "\"", "(", "é", "\u{1f600}", "é ", "=?", "\t", "a@b,"];
    for family in families {
        for length in [1, 90, 101, 499, 500, 501, 600, 999, 1_000, 1_200, 4_999, 5_000, 10_001] {
            let text = family.repeat(length) + "z";
            let addr = AddrSpec::new("a", "b").unwrap();
            let made = [
                AddrSpec::new(&*text, "b").map(Mailbox::new),
                AddrSpec::new(&*text, &*text).map(Mailbox::new),
                AddrSpec::new("a", &*text).and_then(|addr| Mailbox::with_name(addr, &*text)),
                AddrSpec::new(&*text, "b").and_then(|addr| Mailbox::with_name(addr, &*text)),
                Mailbox::with_name(addr, &*text),
            ];
            let group = Group::new(&*text, Vec::new()).map(Address::Group);
            let made = made.into_iter().map(|one| one.map(Address::Mailbox)).chain([group]);
            let list = AddressList::new(made.flatten().collect());
            let written = list.to_string();
            let read = AddressList::read(RawValue::new(written.as_bytes()));
            assert!(read.value == list, "{length} times {family:?}");
        }
    }
    let name = Mailbox::with_name(AddrSpec::new("a", "b").unwrap(), "a ".repeat(1200) + "z");
    // As a quoted string it would not fit on a line (RFC 5322 §2.1.1).
    assert!(name.unwrap().to_string().starts_with("=?utf-8?"));
    let long = AddrSpec::new("a.".repeat(600) + "z", "b");
    assert_eq!(long.map(drop), Err(InvalidValue::TooLong));
}

#[test]
fn a_value_of_any_length_that_is_read_reads_back_when_written() {
    let words = "=?utf-8?q?=00=C3=A9?= ".repeat(8_000);
    for value in [
        format!("a@b ({words})"),
        format!("\"{}\" <a@b>", "é".repeat(8_000)),
        format!("{words} <a@b>"),
        format!("{}: a@b;", "x ".repeat(9_000)),
    ] {
        let list = AddressList::read(RawValue::new(value.as_bytes()));
        assert!(list.defects.iter().any(|one| one.severity() == Severity::Limit));
        let written = list.value.to_string();
        assert!(AddressList::read(RawValue::new(written.as_bytes())).value == list.value);
    }
}

/// One mebibyte of each of these is read in every way, and the results stay within the limits.
/// Why the time is linear is in the lexer: each octet is cut once, and what does not close is
/// searched for once.
#[test]
fn a_mebibyte_of_anything_hostile_is_read_within_the_limits() {
    let families: &[&[u8]] = &[
        b"(",
        b")",
        b"((((a)",
        b"\\",
        b"\"",
        b"\"\\",
        b"\"\"",
        b",",
        b"=?=?",
        b"=?utf-8?q?a?=",
        b"=?utf-8?q?a",
        b"=?utf-8?b?YQ?= ",
        b"<",
        b">",
        b"<>",
        b"<@a:",
        b"<a@b",
        b"<a@b>",
        b"<a@b>,",
        b"a@",
        b"a@b,",
        b"@",
        b".",
        b"a.",
        b":",
        b"a:",
        b";",
        b"a:;",
        b"a:b@c,",
        b"[",
        b"[]",
        b"[a",
        b"\r\n ",
        b" ",
        b"from a by b ",
        b"from ",
        b"(a)[",
        b"\xff",
        b"\0",
        b"1 Jul 2003 ",
        b"1:",
        b"-",
    ];
    for family in families {
        let text = family.repeat((1 << 20) / family.len());
        let raw = RawValue::new(&text);
        read_all(raw);
        let list = AddressList::read(raw);
        assert!(list.value.mailboxes().count() <= Limits::DEFAULT.addresses);
        assert!(list.defects.len() <= Limits::DEFAULT.defects);
        assert!(MessageIdList::read(raw).value.ids().len() <= Limits::DEFAULT.message_ids);
        let section = HeaderSection::parse(&text);
        assert!(section.headers().fields().len() <= Limits::DEFAULT.fields);
    }
    for line in [&b"a:\n"[..], b"To:a@b\n", b"Received:;\n", b"\r\r\n", b"x\n", b" \n", b"a\r\n"] {
        let text = line.repeat((1 << 20) / line.len());
        let section = HeaderSection::parse(&text);
        assert!(section.headers().fields().len() <= Limits::DEFAULT.fields);
        assert!(section.headers().trace().hops().len() <= Limits::DEFAULT.hops);
    }
}
