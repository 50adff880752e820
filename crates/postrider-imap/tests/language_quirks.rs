//! How real servers break the grammar, and what is read all the same: a row of
//! `vectors/imap/real-server-quirks.tsv` each, with what its last column says.

use postrider_imap::{
    Code, Envelope, FetchItem, Flag, Limits, MailboxName, Part, PartKind, Quirk, Quirks, Response,
    ResponsePart, ResponseReader, Status, StatusKind, StatusValue, Uid,
};
use postrider_testkit::read_shared;

/// What a reader that forgives nothing makes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Strictly {
    /// The grammar has it: the same.
    Same,
    /// The whole response is refused.
    Refused,
    /// The response is read; the item is told as it came.
    Unparsed,
    /// The response is read with another value.
    Otherwise,
}
use Strictly::{Otherwise, Refused, Same, Unparsed};

/// What a value must be.
type Check = fn(&Response);

/// The name of a row, what is forgiven in it, and what is read then; `None` for a response that no
/// reader takes.
type Row = (&'static str, &'static [Quirk], Strictly, Option<Check>);

const ROWS: &[Row] = &[
    ("status-trailing-sp", &[Quirk::Blank], Refused, Some(status_sent)),
    ("search-trailing-sp", &[Quirk::Blank], Refused, Some(search_of_three)),
    ("search-empty-trailing-sp", &[Quirk::Blank], Refused, Some(search_of_none)),
    ("id-trailing-sp-in-list", &[Quirk::Blank], Refused, Some(id_of_two)),
    ("id-stray-plus", &[Quirk::Trailing], Refused, Some(id_of_five)),
    ("highestmodseq-no-text", &[Quirk::NoText], Refused, Some(highest_mod_seq)),
    ("tagged-ok-no-text", &[Quirk::NoText], Refused, Some(tagged_ok)),
    ("flags-bracket", &[Quirk::AtomOctet], Refused, Some(flag_with_bracket)),
    ("flags-split-words", &[Quirk::AtomOctet], Refused, Some(flags_of_two_words)),
    ("flags-trailing-sp", &[Quirk::Blank], Refused, Some(five_flags)),
    ("flags-quoted", &[Quirk::Quoted], Unparsed, Some(quoted_flags)),
    ("fetch-double-sp", &[Quirk::Blank], Refused, Some(uid_and_header)),
    ("exists-double-sp", &[Quirk::Blank], Refused, Some(exists)),
    ("capability-lf-only-after-cr", &[Quirk::LineEnd], Refused, Some(capability)),
    ("literal-plus-split", &[Quirk::Capability], Otherwise, Some(literal_plus)),
    ("env-sp-between-addr", &[Quirk::Blank], Unparsed, Some(two_addresses)),
    ("env-9-fields-no-msgid", &[Quirk::Members], Unparsed, Some(no_message_id)),
    ("env-backslash-host", &[], Same, Some(backslash_in_host)),
    ("env-unescaped-quote-msgid", &[Quirk::Escape], Unparsed, Some(quotes_in_message_id)),
    ("env-exchange-missing-host", &[], Same, Some(no_mailbox)),
    ("bs-boundary-nil", &[Quirk::Nil], Unparsed, Some(boundary_nil)),
    ("bs-enc-nil", &[Quirk::Nil], Unparsed, Some(encoding_nil)),
    ("bs-dsp-bare-string", &[Quirk::Members], Unparsed, Some(bare_disposition)),
    ("bs-mpart-no-children", &[Quirk::Members], Unparsed, Some(attached_without_children)),
    ("bs-mpart-no-children2", &[Quirk::Members], Unparsed, Some(parts_without_children)),
    ("bs-size-minus1", &[Quirk::Number], Unparsed, Some(size_below_zero)),
    ("bs-size-float", &[Quirk::Number], Unparsed, Some(size_of_float)),
    ("bs-rfc822-body-empty", &[Quirk::EmptyList], Unparsed, Some(attached_without_body)),
    ("bs-loc-empty-list", &[Quirk::Blank, Quirk::EmptyList], Unparsed, Some(location_of_nothing)),
    ("bs-8bit-quoted", &[], Same, Some(name_of_eight_bits)),
    ("resptext-8bit", &[], Same, Some(greeting_of_eight_bits)),
    ("uidvalidity-0", &[Quirk::Number], Otherwise, Some(uid_validity_zero)),
    ("unseen-0", &[Quirk::Number], Otherwise, Some(unseen_zero)),
    ("copyuid-no-status", &[], Same, Some(code_alone)),
    ("respcode-junk", &[Quirk::Code], Refused, Some(code_of_junk)),
    ("untagged-noop", &[], Same, Some(unknown_noop)),
    ("fetch-0", &[], Refused, None),
    ("internaldate-zero", &[Quirk::Date], Unparsed, Some(no_date)),
    ("internaldate-nil", &[Quirk::Nil], Unparsed, Some(no_date)),
    ("namespace-nil-delim", &[], Same, Some(no_delimiter)),
    ("threadid-nil", &[], Same, Some(no_thread)),
    ("quota-u64", &[], Same, Some(large_quota)),
    ("list-nil-name", &[], Same, Some(mailbox_called_nil)),
    ("fetch-body-nil-missing", &[Quirk::Members], Refused, Some(body_without_value)),
    ("literal-zero-padded", &[], Same, Some(literal_with_zero)),
    ("bye-repeat", &[], Same, Some(bye)),
    ("fetch-split-trailer", &[], Refused, None),
    ("nul-padding", &[Quirk::Nul], Refused, Some(ok_behind_nul)),
];

#[test]
fn every_quirk_of_a_real_server_reads_as_it_should() {
    let Some(table) = read_shared("vectors/imap/real-server-quirks.tsv") else { return };
    let table = String::from_utf8(table).expect("text");
    let rows = table.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let rows: Vec<Vec<&str>> = rows.map(|row| row.split('\t').collect()).collect();
    let names: Vec<&str> = rows.iter().map(|row| row[0]).collect();
    assert_eq!(names, ROWS.iter().map(|(name, ..)| *name).collect::<Vec<_>>());
    let mut wrong = Vec::new();
    for (row, expected) in rows.iter().zip(ROWS) {
        let wire = row[3].replace("\\r", "\r").replace("\\n", "\n").replace("\\x00", "\0");
        if let Err(why) = std::panic::catch_unwind(|| check(wire.as_bytes(), expected)) {
            let why = why.downcast_ref::<String>().cloned().unwrap_or_default();
            wrong.push(format!("{}: {why}", row[0]));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Whatever a line is, a reader is in order behind it.
fn reads_on(wire: &[u8], forgiven: Quirks) {
    let octets = [wire, b"* 4711 EXISTS\r\n"].concat();
    let mut rest = &octets[..];
    let mut reader = ResponseReader::new(&Limits::new(), forgiven);
    let mut last = None;
    loop {
        let step = reader.read(rest);
        if step.is_starved() {
            break;
        }
        rest = &rest[step.octets..];
        last = step.part.or(last);
    }
    assert_eq!(last, Some(ResponsePart::Response(Response::Exists(4711))));
}

fn check(wire: &[u8], (_, met, strictly, value): &Row) {
    let limits = Limits::new();
    reads_on(wire, Quirks::tolerant());
    reads_on(wire, Quirks::strict());
    let strict = Response::parse(wire, &limits, Quirks::strict());
    match (Response::parse(wire, &limits, Quirks::tolerant()), value) {
        (Err(_), None) => assert!(strict.is_err() && *strictly == Refused),
        (Ok((response, quirks)), Some(value)) => {
            value(&response);
            let expected = met.iter().fold(Quirks::strict(), |all, one| all.with(*one));
            assert_eq!(quirks, expected, "{response:?}");
            let outcome = match &strict {
                Err(_) => Refused,
                Ok((strict, _)) if *strict == response => Same,
                Ok((Response::Fetch { items, .. }, _))
                    if items.iter().any(|item| matches!(item, FetchItem::Unparsed(_))) =>
                {
                    Unparsed
                }
                Ok(_) => Otherwise,
            };
            assert_eq!(outcome, *strictly, "{strict:?}");
        }
        (read, _) => panic!("{read:?}"),
    }
}

/// The items of a FETCH response of this message.
fn items(response: &Response, message: u32) -> &[FetchItem] {
    match response {
        Response::Fetch { number, items } if number.get() == message => items,
        _ => panic!("{response:?}"),
    }
}

fn status(response: &Response) -> &Status {
    match response {
        Response::Status(status) | Response::Tagged(_, status) => status,
        _ => panic!("{response:?}"),
    }
}

fn envelope(response: &Response, message: u32) -> &Envelope {
    match items(response, message) {
        [FetchItem::Envelope(envelope)] => envelope,
        [FetchItem::Uid(_), FetchItem::Envelope(envelope)] => envelope,
        items => panic!("{items:?}"),
    }
}

fn structure(response: &Response, message: u32) -> Part<'_> {
    match items(response, message) {
        [FetchItem::Body(body) | FetchItem::BodyStructure(body)] => body.root(),
        [FetchItem::Uid(_), FetchItem::BodyStructure(body)] => body.root(),
        items => panic!("{items:?}"),
    }
}

/// The parts of a multipart of this subtype.
fn parts<'a>(part: Part<'a>, subtype: &str) -> Vec<Part<'a>> {
    assert_eq!((part.kind(), part.subtype()), (PartKind::Multipart, subtype.as_bytes()));
    part.parts().collect()
}

fn parameters(part: Part<'_>) -> Vec<(&[u8], &[u8])> {
    part.parameters().collect()
}

fn keyword(name: &'static str) -> Flag {
    Flag::new(name).unwrap_or_else(|_| panic!("{name}"))
}

fn status_sent(response: &Response) {
    let Response::MailboxStatus(status) = response else { panic!("{response:?}") };
    assert_eq!(status.mailbox, MailboxName::new("Sent").expect("a name"));
    assert_eq!(status.items, [StatusValue::UidNext(Uid::new(107).expect("a UID"))]);
}

fn numbers(response: &Response) -> Vec<u32> {
    let Response::Search { numbers, mod_seq: None } = response else { panic!("{response:?}") };
    numbers.iter().collect()
}

fn search_of_three(response: &Response) {
    assert_eq!(numbers(response), [169_654, 169_655, 169_663]);
}

fn search_of_none(response: &Response) {
    assert_eq!(numbers(response), [0_u32; 0]);
}

fn id(response: &Response) -> Vec<(&[u8], &[u8])> {
    let Response::Id(Some(id)) = response else { panic!("{response:?}") };
    id.iter().map(|(name, value)| (&**name, &**value.as_ref().expect("a value"))).collect()
}

fn id_of_two(response: &Response) {
    assert_eq!(id(response), [(&b"name"[..], &b"Some"[..]), (b"version", b"1.5")]);
}

fn id_of_five(response: &Response) {
    let id = id(response);
    assert_eq!(id.len(), 5);
    assert_eq!(id[0], (&b"name"[..], &b"Imap"[..]));
    assert_eq!(id[4], (&b"support-url"[..], &b"mailto:admin@xgen.in"[..]));
}

fn highest_mod_seq(response: &Response) {
    let status = status(response);
    let Some(Code::HighestModSeq(mod_seq)) = status.code else { panic!("{response:?}") };
    assert_eq!((status.kind, mod_seq.get()), (StatusKind::Ok, 13_632));
    assert_eq!(status.text.as_bytes(), b"");
}

fn tagged_ok(response: &Response) {
    let Response::Tagged(tag, status) = response else { panic!("{response:?}") };
    assert_eq!(tag.as_bytes(), b"IOMC1");
    assert_eq!(
        (status.kind, &status.code, status.text.as_bytes()),
        (StatusKind::Ok, &None, &b""[..])
    );
}

/// The flags of a FLAGS response.
fn flags(response: &Response) -> Vec<Flag> {
    let Response::Flags(flags) = response else { panic!("{response:?}") };
    flags.iter().collect()
}

fn flag_with_bracket(response: &Response) {
    let flags = flags(response);
    assert_eq!(flags.len(), 2);
    assert!(flags.contains(&Flag::Answered));
    assert!(names(&flags).contains(&"OIB-Seen-[Gmail]/All".to_owned()));
}

fn names(flags: &[Flag]) -> Vec<String> {
    flags.iter().map(ToString::to_string).collect()
}

fn flags_of_two_words(response: &Response) {
    let flags = flags(response);
    assert_eq!(flags.len(), 7);
    assert!(flags.contains(&keyword("Networking")) && flags.contains(&keyword("Mail")));
    assert!(names(&flags).contains(&"OIB-Seen-[Gmail]/All".to_owned()));
}

fn five_flags(response: &Response) {
    use Flag::{Answered, Deleted, Draft, Flagged, Seen};
    let flags = flags(response);
    assert_eq!(flags.len(), 5);
    assert!([Answered, Deleted, Draft, Flagged, Seen].iter().all(|flag| flags.contains(flag)));
}

fn quoted_flags(response: &Response) {
    let [FetchItem::Flags(flags)] = items(response, 1) else { panic!("{response:?}") };
    assert_eq!(flags.len(), 2);
    assert!(flags.contains(&Flag::Seen) && flags.contains(&Flag::Answered));
}

/// The octets of the message are for the reader that streams.
fn uid_and_header(response: &Response) {
    let [FetchItem::Uid(uid), FetchItem::Unparsed(raw)] = items(response, 4) else {
        panic!("{response:?}")
    };
    assert_eq!(uid.get(), 71_372);
    assert!(raw.as_bytes().starts_with(b"RFC822.HEADER ") && raw.as_bytes().ends_with(b"\r\nabc"));
}

fn exists(response: &Response) {
    assert_eq!(*response, Response::Exists(1688));
}

fn capabilities(response: &Response) -> Vec<String> {
    let Response::Capability(all) = response else { panic!("{response:?}") };
    all.iter().map(ToString::to_string).collect()
}

fn capability(response: &Response) {
    assert_eq!(capabilities(response), ["IMAP4rev1", "LITERAL+", "QUOTA"]);
}

fn literal_plus(response: &Response) {
    assert_eq!(capabilities(response), ["IMAP4rev1", "LITERAL+", "IDLE"]);
}

fn two_addresses(response: &Response) {
    let envelope = envelope(response, 1);
    let mailboxes: Vec<_> = envelope.from().map(|address| address.mailbox).collect();
    assert_eq!(mailboxes, [Some(&b"a"[..]), Some(b"b")]);
    assert_eq!(envelope.message_id(), Some(&b"<m@x>"[..]));
}

fn no_message_id(response: &Response) {
    let envelope = envelope(response, 33);
    assert_eq!(envelope.in_reply_to(), Some(&b"<xxx@qq.com>"[..]));
    assert_eq!((envelope.message_id(), envelope.to().len()), (None, 1));
}

fn backslash_in_host(response: &Response) {
    let envelope = envelope(response, 101);
    let from = envelope.from().next().expect("an address");
    assert_eq!(from.host, Some(&b"sina.com\\"[..]));
    assert_eq!(envelope.message_id(), Some(&b"<93e4@local>"[..]));
}

fn quotes_in_message_id(response: &Response) {
    let [FetchItem::Uid(uid), FetchItem::Envelope(envelope)] = items(response, 1) else {
        panic!("{response:?}")
    };
    assert_eq!(uid.get(), 5);
    assert_eq!(envelope.subject(), Some(&b"s"[..]));
    assert_eq!(envelope.message_id(), Some(&b"<\"abc\"@x.org>"[..]));
}

fn no_mailbox(response: &Response) {
    let from = envelope(response, 1).from().next().expect("an address");
    assert_eq!(from.name, Some(&b"Microsoft Exchange Server"[..]));
    assert_eq!((from.mailbox, from.host), (None, Some(&b".MISSING-HOST-NAME."[..])));
}

fn boundary_nil(response: &Response) {
    let root = structure(response, 4);
    assert_eq!(parts(root, "alternative").len(), 2);
    assert_eq!(parameters(root), [(&b"boundary"[..], &b""[..])]);
}

fn encoding_nil(response: &Response) {
    let part = structure(response, 1);
    assert!(part.encoding().is_empty() || part.encoding() == b"7BIT");
    assert_eq!((part.octets(), part.lines()), (1, Some(1)));
}

fn bare_disposition(response: &Response) {
    let parts = parts(structure(response, 37), "alternative");
    assert_eq!(parts.len(), 2);
    for part in parts {
        let disposition = part.disposition().expect("a disposition");
        assert_eq!((disposition.kind, disposition.parameters.len()), (&b"inline"[..], 0));
    }
}

fn attached_without_children(response: &Response) {
    let all = parts(structure(response, 51), "REPORT");
    let message = all[1];
    assert_eq!(message.envelope().expect("one").subject(), Some(&b"Re: MPG"[..]));
    let body = message.parts().next().expect("a structure");
    assert_eq!((parts(body, "ALTERNATIVE").len(), message.lines()), (0, Some(51)));
}

fn parts_without_children(response: &Response) {
    let all = parts(structure(response, 56_697), "MIXED");
    assert_eq!(all.len(), 3);
    for part in &all[1..] {
        assert_eq!(parts(*part, "RELATED").len(), 0);
        assert_eq!(part.disposition().expect("a disposition").kind, b"ATTACHMENT");
    }
}

fn size_below_zero(response: &Response) {
    let part = structure(response, 1);
    assert_eq!((part.octets(), part.lines()), (0, Some(0)));
}

fn size_of_float(response: &Response) {
    let part = structure(response, 1);
    assert_eq!((part.media_type(), part.subtype()), (&b"application"[..], &b"pdf"[..]));
    assert!([0, 9_373_600].contains(&part.octets()), "{}", part.octets());
}

fn attached_without_body(response: &Response) {
    let message = parts(structure(response, 1), "report")[1];
    assert_eq!((message.octets(), message.lines()), (787, Some(0)));
    let envelope = message.envelope().expect("an envelope");
    assert_eq!((envelope.date(), envelope.from().len()), (None, 0));
}

fn location_of_nothing(response: &Response) {
    let parts = parts(structure(response, 1), "related");
    assert_eq!(parts.len(), 2);
    assert!(parts.iter().all(|part| part.location().is_none_or(<[u8]>::is_empty)));
    assert_eq!(parts[1].disposition().expect("one").kind, b"inline");
}

fn name_of_eight_bits(response: &Response) {
    let part = structure(response, 15);
    assert_eq!(parameters(part), [(&b"name"[..], "Görünt".as_bytes())]);
    assert_eq!(part.octets(), 15_440);
}

fn greeting_of_eight_bits(response: &Response) {
    assert_eq!(status(response).text.as_bytes(), "Willkommen – grüß".as_bytes());
}

fn uid_validity_zero(response: &Response) {
    let Some(Code::UidValidity(validity)) = status(response).code else { panic!("{response:?}") };
    assert_eq!(validity.get(), 0);
}

fn unseen_zero(response: &Response) {
    assert_eq!(status(response).code, Some(Code::Unseen(0)));
}

fn code_alone(response: &Response) {
    let Response::Other(raw) = response else { panic!("{response:?}") };
    assert_eq!(raw.as_bytes(), b"[COPYUID 124 10 233]");
}

fn code_of_junk(response: &Response) {
    let Response::Tagged(tag, status) = response else { panic!("{response:?}") };
    assert_eq!((tag.as_bytes(), status.kind), (&b"A1"[..], StatusKind::Ok));
    assert!(matches!(status.code, None | Some(Code::Other(_))));
    assert!(status.text.as_bytes().ends_with(b"AUTHENTICATE completed."));
}

fn unknown_noop(response: &Response) {
    let Response::Other(raw) = response else { panic!("{response:?}") };
    assert_eq!(raw.as_bytes(), b"NOOP");
}

fn no_date(response: &Response) {
    let [FetchItem::Uid(uid), FetchItem::InternalDate(None)] = items(response, 1) else {
        panic!("{response:?}")
    };
    assert_eq!(uid.get(), 5);
}

fn no_delimiter(response: &Response) {
    let Response::Namespace(all) = response else { panic!("{response:?}") };
    let [personal] = &all.personal[..] else { panic!("{response:?}") };
    assert_eq!((&*personal.prefix, personal.delimiter), (&b""[..], None));
    assert!(all.other_users.is_empty() && all.shared.is_empty());
}

fn no_thread(response: &Response) {
    assert!(matches!(items(response, 1), [FetchItem::Uid(_), FetchItem::ThreadId(None)]));
}

fn large_quota(response: &Response) {
    let Response::Quota(quota) = response else { panic!("{response:?}") };
    assert_eq!((&*quota.root, quota.resources.len()), (&b""[..], 1));
    let storage = &quota.resources[0];
    assert!(storage.resource.is("STORAGE"));
    assert_eq!((storage.usage, storage.limit), (15_728_640_000, 5_497_558_138_880));
}

fn mailbox_called_nil(response: &Response) {
    let Response::List(list) = response else { panic!("{response:?}") };
    let delimiter = list.delimiter.map(|delimiter| delimiter.get());
    assert_eq!((list.mailbox.as_bytes(), delimiter), (&b"NIL"[..], Some(b'/')));
}

fn body_without_value(response: &Response) {
    let [FetchItem::Uid(uid), FetchItem::Unparsed(raw)] = items(response, 1) else {
        panic!("{response:?}")
    };
    assert_eq!((uid.get(), raw.as_bytes()), (5, &b"BODY[1]"[..]));
}

/// The octets of the message are for the reader that streams.
fn literal_with_zero(response: &Response) {
    let [FetchItem::Unparsed(raw)] = items(response, 20_367) else { panic!("{response:?}") };
    assert!(raw.as_bytes().ends_with(b" {012}\r\nFoo: bar\r\n\r\n"));
}

fn bye(response: &Response) {
    assert!(matches!(response, Response::Status(status) if status.kind == StatusKind::Bye));
}

fn ok_behind_nul(response: &Response) {
    assert_eq!(
        (status(response).kind, status(response).text.as_bytes()),
        (StatusKind::Ok, &b"x"[..])
    );
}
