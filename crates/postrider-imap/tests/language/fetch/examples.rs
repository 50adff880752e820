//! What the RFCs print, and what they say of it.

use postrider_imap::Limits;
use postrider_imap::{
    Address, Command, EnvelopeFields, FetchAttribute, FetchAttributes, FetchItem, FieldName,
    InternalDate, MessageSet, PartKind, PartialRange, Quirk, Quirks, Response, Section,
    SectionText, SequenceSet, TaggedCommand,
};

use super::{read, strict, strict_body, tolerant};

fn items(text: &str) -> Vec<FetchItem> {
    let (items, met) = read(text, Quirks::strict()).unwrap_or_else(|| panic!("{text}"));
    assert!(met.is_empty(), "{text}: {met:?}");
    items
}

/// RFC 3501 §8
#[test]
fn the_sample_session_is_read() {
    let text = "FLAGS (\\Seen) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE 4286 \
        ENVELOPE (\"Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\" \
        \"IMAP4rev1 WG mtg summary and minutes\" \
        ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) \
        ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) \
        ((\"Terry Gray\" NIL \"gray\" \"cac.washington.edu\")) \
        ((NIL NIL \"imap\" \"cac.washington.edu\")) \
        ((NIL NIL \"minutes\" \"CNRI.Reston.VA.US\")\
        (\"John Klensin\" NIL \"KLENSIN\" \"MIT.EDU\")) NIL NIL \
        \"<B27397-0100000@cac.washington.edu>\") \
        BODY (\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 3028 92)";
    let items = items(text);
    let [flags, date, size, envelope, body] = &items[..] else { panic!("{items:?}") };
    assert!(matches!(flags, FetchItem::Flags(flags) if flags.len() == 1));
    let expected = InternalDate::new([1996, 7, 17], [2, 44, 25], -7 * 60).expect("a date");
    assert_eq!(date, &FetchItem::InternalDate(Some(expected)));
    assert_eq!(size, &FetchItem::Rfc822Size(4286));
    let gray = [Address::mailbox(Some(b"Terry Gray"), b"gray", b"cac.washington.edu")];
    let expected = EnvelopeFields {
        date: Some(b"Wed, 17 Jul 1996 02:23:25 -0700 (PDT)"),
        subject: Some(b"IMAP4rev1 WG mtg summary and minutes"),
        from: &gray,
        sender: &gray,
        reply_to: &gray,
        to: &[Address::mailbox(None, b"imap", b"cac.washington.edu")],
        cc: &[
            Address::mailbox(None, b"minutes", b"CNRI.Reston.VA.US"),
            Address::mailbox(Some(b"John Klensin"), b"KLENSIN", b"MIT.EDU"),
        ],
        bcc: &[],
        in_reply_to: None,
        message_id: Some(b"<B27397-0100000@cac.washington.edu>"),
    };
    let expected = postrider_imap::Envelope::new(&expected);
    assert_eq!(envelope, &FetchItem::Envelope(expected));
    let FetchItem::Body(body) = body else { panic!("{body:?}") };
    let part = body.root();
    assert_eq!(part.kind(), PartKind::Text);
    assert_eq!((part.media_type(), part.subtype()), (&b"TEXT"[..], &b"PLAIN"[..]));
    let charset = (&b"CHARSET"[..], &b"US-ASCII"[..]);
    assert_eq!(part.parameters().collect::<Vec<_>>(), [charset]);
    assert_eq!((part.id(), part.description(), part.encoding()), (None, None, &b"7BIT"[..]));
    assert_eq!((part.octets(), part.lines()), (3028, Some(92)));
    assert!(!part.has_extension());
    let number = 12.try_into().expect("not zero");
    let mut written = Vec::new();
    Response::Fetch { number, items }.write(&mut written);
    assert_eq!(written, format!("* 12 FETCH ({text})\r\n").as_bytes());
}

/// RFC 3501 §7.4.2
#[test]
fn the_multipart_of_the_rfc_is_read() {
    let text = "((\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\") NIL NIL \"7BIT\" 1152 23)\
        (\"TEXT\" \"PLAIN\" (\"CHARSET\" \"US-ASCII\" \"NAME\" \"cc.diff\") \
        \"<960723163407.20117h@cac.washington.edu>\" \"Compiler diff\" \"BASE64\" 4554 73) \
        \"MIXED\")";
    let body = strict_body(text);
    let parts: Vec<_> = body.root().parts().collect();
    let [first, second] = parts[..] else { panic!("{parts:?}") };
    assert_eq!((body.root().kind(), body.root().subtype()), (PartKind::Multipart, &b"MIXED"[..]));
    assert_eq!((first.octets(), first.lines()), (1152, Some(23)));
    assert_eq!(second.id(), Some(&b"<960723163407.20117h@cac.washington.edu>"[..]));
    assert_eq!(second.description(), Some(&b"Compiler diff"[..]));
    assert_eq!(second.parameters().nth(1), Some((&b"NAME"[..], &b"cc.diff"[..])));
}

#[test]
fn items_of_the_extensions_are_read() {
    // RFC 8474 §5.3
    let [email, thread] = &items("EMAILID (M6d99ac3275bb4e) THREADID (T64b478a75b7ea9)")[..] else {
        panic!("two items");
    };
    assert!(format!("{email:?}").contains("M6d99ac3275bb4e"));
    assert!(format!("{thread:?}").contains("T64b478a75b7ea9"));
    assert_eq!(strict("THREADID NIL"), FetchItem::ThreadId(None));
    // RFC 8514 §4.2
    let saved = InternalDate::new([2015, 1, 1], [18, 50, 53], 60).ok();
    assert_eq!(strict("SAVEDATE \"01-Jan-2015 18:50:53 +0100\""), FetchItem::SaveDate(saved));
    assert_eq!(strict("SAVEDATE NIL"), FetchItem::SaveDate(None));
    // RFC 8970 §3.2, §7
    let preview = |text: &'static str| FetchItem::Preview(Some(text.into()));
    assert_eq!(strict("PREVIEW \"Preview text!\""), preview("Preview text!"));
    assert_eq!(strict("PREVIEW \"\""), preview(""));
    assert_eq!(strict("PREVIEW NIL"), FetchItem::Preview(None));
    assert_eq!(strict("PREVIEW {6}\r\n\u{e4}\u{f6}\u{fc}"), preview("\u{e4}\u{f6}\u{fc}"));
    // RFC 7162 §3.1.4.2
    let modified = 624_140_003.try_into().expect("63 bits");
    assert_eq!(strict("MODSEQ (624140003)"), FetchItem::ModSeq(modified));
    // RFC 3516 §4.3: the size of a part, in any case of letters.
    assert_eq!(strict("binary.size[1.2] 87"), FetchItem::BinarySize(vec![1, 2], 87));
    // Gmail's documentation of X-GM-EXT-1.
    assert_eq!(
        strict("X-GM-MSGID 1278455344230334865"),
        FetchItem::GmailMessageId(1_278_455_344_230_334_865)
    );
    let labels = ["\\Inbox", "\\Sent", "Important", "Muy Importante"];
    assert_eq!(
        strict("X-GM-LABELS (\\Inbox \\Sent Important \"Muy Importante\")"),
        FetchItem::GmailLabels(labels.map(Into::into).to_vec())
    );
}

#[test]
fn octets_of_the_message_are_for_the_reader_that_streams() {
    for item in [
        "BODY[HEADER.FIELDS (DATE FROM)] {3}\r\na)b",
        "BODY[]<0> \"x\"",
        "BODY[1.2.MIME] NIL",
        "BINARY[1] ~{2}\r\n\0\0",
        "RFC822.HEADER {2}\r\n\r\n",
    ] {
        let FetchItem::Unparsed(raw) = strict(item) else { panic!("{item}") };
        assert_eq!(raw.as_bytes(), item.as_bytes());
    }
}

#[test]
fn one_bad_item_leaves_the_others_alone() {
    for bad in [
        "ENVELOPE (NIL)",
        "ENVELOPE NIL",
        "BODYSTRUCTURE (\"TEXT\" \"PLAIN\" NIL)",
        "BODY ((\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1) \"MIXED\" x)",
        "INTERNALDATE yesterday",
        "RFC822.SIZE many",
        "FLAGS \\Seen",
        "MODSEQ 5",
        "EMAILID M1",
        "X-FUTURE (a (b \"c)\" {2}\r\n)) NIL) d)",
    ] {
        let (items, _) = read(&format!("UID 5 {bad} RFC822.SIZE 7"), Quirks::tolerant())
            .unwrap_or_else(|| panic!("{bad}"));
        let [uid, broken, size] = &items[..] else { panic!("{bad}: {items:?}") };
        assert!(matches!(uid, FetchItem::Uid(uid) if uid.get() == 5), "{bad}");
        assert!(matches!(broken, FetchItem::Unparsed(raw) if raw.as_bytes() == bad.as_bytes()));
        assert_eq!(size, &FetchItem::Rfc822Size(7), "{bad}");
    }
}

#[test]
fn dates_that_are_none_are_forgiven() {
    for (value, quirk) in [("\"00-Jan-0000 00:00:00 +0000\"", Quirk::Date), ("NIL", Quirk::Nil)] {
        let item = format!("INTERNALDATE {value}");
        let (read, met) = tolerant(&item);
        assert_eq!(read, FetchItem::InternalDate(None));
        assert!(met.contains(quirk));
        assert!(matches!(strict(&item), FetchItem::Unparsed(_)));
    }
}

#[test]
fn strings_are_strictly_what_the_grammar_says() {
    let subject = |text: &str| {
        let item = format!("ENVELOPE (NIL {text} NIL NIL NIL NIL NIL NIL NIL NIL)");
        let read = read(&item, Quirks::strict());
        match read.as_ref().map(|(items, _)| &items[..]) {
            Some([FetchItem::Envelope(envelope)]) => envelope.subject().map(<[u8]>::to_vec),
            _ => Some(b"unparsed".to_vec()),
        }
    };
    let some = |text: &str| Some(text.as_bytes().to_vec());
    assert_eq!(subject("\"a \\\"b\\\" \\\\c\""), some("a \"b\" \\c"));
    assert_eq!(subject("\"\""), some(""));
    assert_eq!(subject("nil"), None);
    assert_eq!(subject("{5}\r\na\"\r\n)"), some("a\"\r\n)"));
    assert_eq!(subject("\"sixteen octets!!\""), some("sixteen octets!!"));
    for len in 0..100 {
        let text = "x".repeat(len);
        assert_eq!(subject(&format!("\"{text}\"")), some(&text));
        assert_eq!(subject(&format!("\"{text}\\\\{text}\"")), some(&format!("{text}\\{text}")));
        assert_eq!(subject(&format!("\"{text}\t\"")), some(&format!("{text}\t")));
        for bad in ["\\x", "\r", "\n", "\0", "\"y"] {
            assert_eq!(subject(&format!("\"{text}{bad}\"")), some("unparsed"), "{len} {bad:?}");
        }
    }
}

fn command(line: &str) -> (MessageSet, bool, FetchAttributes, postrider_imap::FetchModifiers) {
    let (read, _) = TaggedCommand::parse(line.as_bytes(), &Limits::default(), Quirks::strict())
        .unwrap_or_else(|_| panic!("{line}"));
    match read.command {
        Command::Fetch { set, uid, attributes, modifiers } => (set, uid, attributes, modifiers),
        other => panic!("{other:?}"),
    }
}

#[test]
fn commands_of_the_rfcs_are_read() {
    // RFC 3501 §6.4.5, §6.4.8, §8
    let (set, uid, attributes, modifiers) =
        command("A654 FETCH 2:4 (FLAGS BODY[HEADER.FIELDS (DATE FROM)])");
    let expected = SequenceSet::parse("2:4").expect("a set");
    assert_eq!((set, uid), (MessageSet::Set(expected), false));
    let names = ["DATE", "FROM"].map(|name| FieldName::new(name).expect("a name")).to_vec();
    let section = Section::new(vec![], Some(SectionText::HeaderFields(names))).expect("a section");
    let expected = vec![FetchAttribute::Flags, FetchAttribute::body(section)];
    assert_eq!(attributes, FetchAttributes::List(expected));
    assert_eq!(modifiers, Default::default());
    assert_eq!(command("a003 fetch 12 full").2, FetchAttributes::Full);
    let header = FetchAttributes::from(FetchAttribute::body(Section::header()));
    assert_eq!(command("a004 fetch 12 body[header]").2, header);
    assert!(command("A999 UID FETCH 4827313:4828442 FLAGS").1);
    // RFC 9051 §6.4.4.1: what was searched before.
    assert_eq!(command("A283 FETCH $ (UID BODY.PEEK[HEADER])").0, MessageSet::Saved);
    // RFC 7162 §3.1.4.1, §3.2.6
    let modifiers = command("s100 UID FETCH 300:500 (FLAGS) (CHANGEDSINCE 12345 VANISHED)").3;
    assert_eq!(modifiers.changed_since.map(|value| value.get()), Some(12345));
    assert!(modifiers.vanished);
    // RFC 9394 §3.4
    let modifiers = command("10 UID FETCH 25900:26600 (UID FLAGS) (PARTIAL -1:-3)").3;
    let [one, three] = [1, 3].map(|n| std::num::NonZeroU32::new(n).expect("not zero"));
    assert_eq!(modifiers.partial, Some(PartialRange::Last(one, three)));
    // RFC 8970 §7
    let lazy = FetchAttribute::Preview { lazy: true };
    let expected = FetchAttributes::List(vec![FetchAttribute::Envelope, lazy]);
    assert_eq!(command("B1 FETCH 1:4 (ENVELOPE PREVIEW (LAZY))").2, expected);
    // RFC 5257 §4.3
    let FetchAttributes::List(list) = command("a FETCH 1 (ANNOTATION (/comment value))").2 else {
        panic!("a list");
    };
    assert!(matches!(&list[..], [FetchAttribute::Other(raw)]
        if raw.as_bytes() == b"ANNOTATION (/comment value)"));
}

#[test]
fn commands_that_no_rfc_has_are_refused() {
    for line in [
        "a FETCH 1",
        "a FETCH 1 ",
        "a FETCH 1 ()",
        "a FETCH 1 (ALL)",
        "a FETCH 1 BODY[",
        "a FETCH 1 BODY[0]",
        "a FETCH 1 BODY[MIME]",
        "a FETCH 1 BODY[1.]",
        "a FETCH 1 BODY[HEADER.FIELDS ()]",
        "a FETCH 1 BODY[]<0>",
        "a FETCH 1 BODY[]<0.0>",
        "a FETCH 1 BINARY[TEXT]",
        "a FETCH 1 UID (",
        "a FETCH 1 UID ()",
        "a FETCH 1 UID (PARTIAL 0:1)",
        "a FETCH 1 UID (PARTIAL 1:-1)",
        "a FETCH 0 UID",
        "a FETCH 1  UID",
        "a FETCH 1 (UID  FLAGS)",
        "a FETCH 1 (UID FLAGS",
    ] {
        let read = TaggedCommand::parse(line.as_bytes(), &Limits::default(), Quirks::strict());
        assert!(read.is_err(), "{line}: {read:?}");
    }
    let attributes = |count: usize| format!("a FETCH 1 ({})", vec!["UID"; count].join(" "));
    let parse = |line: String| {
        TaggedCommand::parse(line.as_bytes(), &Limits::default(), Quirks::strict()).is_ok()
    };
    assert!(parse(attributes(256)) && !parse(attributes(257)));
}
