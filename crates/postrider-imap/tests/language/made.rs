//! Values as a program makes them are what the examples of the RFCs say.

use bytes::Bytes;
use postrider_imap::Limits;
use postrider_imap::{
    AppendMessage, AppendTarget, AppendWriter, Atom, BodySection, Code, Command, Date, Delimiter,
    EsearchItem, EsearchResponse, FetchAttribute, FetchModifiers, FetchedMessage, Flag, FlagSet,
    InternalDate, ListAttribute, ListAttributes, ListCommand, ListResponse, Literals,
    MailboxEncoding, MailboxName, MailboxStatus, MessageNumber, MessageSet, NumberList, Quirk,
    Quirks, Raw, Response, SearchCommand, SearchKey, Section, SequenceSet, Status, StatusValue,
    StoreCommand, StoreMode, StoreValue, Tag, TaggedCommand, Uid, UidSet, UidValidity,
    WriteOptions,
};

fn command(line: &str) -> Command {
    let read = TaggedCommand::parse(line.as_bytes(), &Limits::new(), Quirks::strict());
    read.unwrap_or_else(|error| panic!("{line}: {error}")).0.command
}

fn response(line: &str) -> Response {
    let read = Response::parse(line.as_bytes(), &Limits::new(), Quirks::strict());
    read.unwrap_or_else(|error| panic!("{line}: {error}")).0
}

fn uids(uids: &[u32]) -> NumberList {
    uids.iter().map(|&uid| Uid::new(uid).unwrap()).collect()
}

#[test]
fn commands() {
    // RFC 3501 §6.4.4
    let search = SearchCommand::new(vec![
        SearchKey::Flagged,
        SearchKey::Since(Date::new(1994, 2, 1).unwrap()),
        SearchKey::not(SearchKey::From("Smith".into())),
    ]);
    assert_eq!(
        Command::from(search),
        command("A282 SEARCH FLAGGED SINCE 1-Feb-1994 NOT FROM \"Smith\"\r\n"),
    );
    // RFC 3501 §6.4.6
    let what = StoreValue::Flags([Flag::Deleted].into());
    let store = StoreCommand::new(SequenceSet::between(2, 4).unwrap(), StoreMode::Add, what);
    assert_eq!(Command::from(store.clone()), command("A003 STORE 2:4 +FLAGS (\\Deleted)\r\n"));
    // RFC 3501 §6.4.5
    let fields = Section::header_fields(["DATE", "FROM"]).unwrap();
    let attributes = vec![FetchAttribute::Flags, FetchAttribute::body(fields)];
    assert_eq!(
        Command::fetch(SequenceSet::between(2, 4).unwrap(), attributes),
        command("A654 FETCH 2:4 (FLAGS BODY[HEADER.FIELDS (DATE FROM)])\r\n"),
    );
    assert!(Section::header_fields(Vec::<Bytes>::new()).is_err());
    assert!(Section::header_fields(["a", "b\r\n"]).is_err());
    // RFC 4466 §2.4, §2.5
    let others = vec![(Atom::new("X-FUTURE").unwrap(), Some(Raw::new("5").unwrap()))];
    assert_eq!(
        Command::from(store.with_others(others.clone())),
        command("a STORE 2:4 (X-FUTURE 5) +FLAGS (\\Deleted)\r\n"),
    );
    let fetch = Command::Fetch {
        set: Uid::new(7).unwrap().into(),
        uid: true,
        attributes: FetchAttribute::Flags.into(),
        modifiers: FetchModifiers::new().with_others(others),
    };
    assert_eq!(fetch, command("a UID FETCH 7 FLAGS (X-FUTURE 5)\r\n"));
}

#[test]
fn patterns_are_encoded_as_names_are() {
    // RFC 3501 §5.1.3
    let pattern = MailboxName::encode("~peter/mail/台北/%", MailboxEncoding::ModifiedUtf7).unwrap();
    let list = ListCommand::new(MailboxName::new("").unwrap(), pattern);
    assert_eq!(Command::from(list), command("a LIST \"\" ~peter/mail/&U,BTFw-/%\r\n"));
}

#[test]
fn one_message_is_a_set() {
    let seven = MessageSet::Set(SequenceSet::parse("7").unwrap());
    assert_eq!(MessageSet::from(Uid::new(7).unwrap()), seven);
    assert_eq!(MessageSet::from(MessageNumber::new(7).unwrap()), seven);
    assert_eq!(seven.to_string(), "7");
    // RFC 5182 §2.1
    assert_eq!(MessageSet::Saved.to_string(), "$");
}

#[test]
fn responses() {
    // RFC 3501 §7.2.2
    let list = ListResponse::new(
        [ListAttribute::NoSelect].into(),
        Some(Delimiter::new(b'/').unwrap()),
        MailboxName::new("~/Mail/foo").unwrap(),
    );
    assert_eq!(Response::from(list), response("* LIST (\\Noselect) \"/\" ~/Mail/foo\r\n"));
    // RFC 3501 §7.2.4
    let items = vec![StatusValue::Messages(231), StatusValue::UidNext(Uid::new(44292).unwrap())];
    let status = MailboxStatus::new(MailboxName::new("blurdybloop").unwrap(), items);
    assert_eq!(
        Response::from(status),
        response("* STATUS blurdybloop (MESSAGES 231 UIDNEXT 44292)\r\n"),
    );
    // RFC 4731 §3.1
    let all = [2, 10, 11].map(|number| MessageNumber::new(number).unwrap());
    let all = EsearchItem::All(all.into_iter().collect());
    let esearch = EsearchResponse::new(vec![all]).with_tag(Tag::new("A283").unwrap());
    assert_eq!(Response::from(esearch), response("* ESEARCH (TAG \"A283\") ALL 2,10:11\r\n"));
    // RFC 4315 §3
    let code = Code::CopyUid {
        validity: UidValidity::new(38505),
        from: UidSet::new(uids(&[304, 319, 320])).unwrap(),
        to: UidSet::new(uids(&[3956, 3957, 3958])).unwrap(),
    };
    assert_eq!(
        Response::Tagged(Tag::new("A004").unwrap(), Status::ok("Done").with_code(code)),
        response("A004 OK [COPYUID 38505 304,319:320 3956:3958] Done\r\n"),
    );
}

#[test]
fn pieces_end_where_the_client_waits() {
    let tag = Tag::new("A003").unwrap();
    let target = AppendTarget::Append(MailboxName::new("drafts").unwrap());
    // RFC 5257 §4.7
    let annotation = Raw::new(&b"(/comment (value.priv \"Don't forget\"))"[..]).unwrap();
    let message = AppendMessage::new(310)
        .with_extensions(vec![(Atom::new("ANNOTATION").unwrap(), annotation)]);
    let head = b"A003 APPEND drafts ANNOTATION (/comment (value.priv \"Don't forget\")) {310";
    for (literals, end) in [(Literals::Wait, "}\r\n"), (Literals::Plus, "+}\r\n")] {
        let options = WriteOptions::new().with_literals(literals);
        let encoded = AppendWriter::new(&tag, &target, options).message(&message);
        let pieces: Vec<&[u8]> = encoded.expose_pieces().collect();
        assert_eq!(pieces[0], [&head[..], end.as_bytes()].concat());
        // Before the octets of the message it waits, or it does not.
        assert_eq!(pieces[1..].concat(), b"");
        assert_eq!(pieces.len() == 2, literals == Literals::Wait);
    }
    // RFC 3501 §6.2.3 with literals: two stops make three pieces.
    let login = Command::Login {
        user: Bytes::from_static("ä".as_bytes()),
        password: "ö".as_bytes().to_vec().into(),
    };
    let login = TaggedCommand { tag, command: login };
    let encoded = login.encode(WriteOptions::new());
    let pieces: Vec<&[u8]> = encoded.expose_pieces().collect();
    assert_eq!(pieces, [&b"A003 LOGIN {2}\r\n"[..], "ä {2}\r\n".as_bytes(), "ö\r\n".as_bytes()]);
    let encoded = login.encode(WriteOptions::new().with_utf8());
    assert_eq!(
        encoded.expose_pieces().collect::<Vec<_>>(),
        ["A003 LOGIN \"ä\" \"ö\"\r\n".as_bytes()]
    );
}

#[test]
fn for_people() {
    let flags = FlagSet::from([Flag::Seen, Flag::new("work").unwrap()]);
    assert_eq!(flags.to_string(), "\\Seen work");
    assert_eq!(FlagSet::new().to_string(), "");
    let attributes = ListAttributes::from([ListAttribute::Sent, ListAttribute::HasNoChildren]);
    assert_eq!(attributes.to_string(), "\\HasNoChildren \\Sent");
    assert_eq!(Tag::new("a7").unwrap().to_string(), "a7");
    assert_eq!(FetchedMessage::Uid(Uid::new(4827).unwrap()).to_string(), "4827");
    assert_eq!(FetchedMessage::Number(MessageNumber::new(2).unwrap()).to_string(), "2");
    // RFC 3501 §7.4.2, RFC 3516 §4.2
    let text = BodySection::Section(Section::new(vec![4, 2], None).unwrap());
    assert_eq!(text.to_string(), "BODY[4.2]");
    assert_eq!(BodySection::Binary(vec![1]).to_string(), "BINARY[1]");
    assert_eq!(BodySection::Rfc822Header.to_string(), "RFC822.HEADER");
}

#[test]
fn quirks_add_up() {
    let quirks: Quirks = [Quirk::Blank, Quirk::Nil].into_iter().collect();
    assert_eq!(quirks, Quirks::strict().with(Quirk::Nil).with(Quirk::Blank));
    let session = quirks.union(Quirks::strict().with(Quirk::Date));
    assert_eq!(session.to_string(), "blank nil date");
    assert_eq!(Quirks::default(), Quirks::strict());
}

#[test]
fn days_leave_time_and_zone_aside() {
    // RFC 3501 §6.4.4: "disregarding time and timezone".
    let date = InternalDate::new([1996, 7, 17], [23, 44, 25], -7 * 60).unwrap();
    assert_eq!(Date::from(date), Date::new(1996, 7, 17).unwrap());
}
