//! Status responses, their codes, continuations, capabilities, ENABLED and VANISHED.

use std::fmt::Write as _;

use postrider_imap::Limits;
use postrider_imap::{
    Annotations, Atom, Capabilities, Capability, Charset, Code, Continuation, Flag, FlagSet,
    InProgress, Keyword, Literals, ModSeq, NumberList, NumberRange, ObjectId, PlainCode, Quirk,
    Quirks, RawCode, Response, SequenceNumber, SequenceRange, SequenceSet, Status, StatusKind, Tag,
    Text, Uid, UidSet, UidValidity, UrlText, UrlauthMechanism,
};
use proptest::prelude::*;
use proptest::sample::select;

fn parse(line: &str, forgiven: Quirks) -> Option<(Response, Quirks)> {
    Response::parse(line.as_bytes(), &Limits::default(), forgiven).ok()
}

/// What a strict reader reads.
fn strict(line: &str) -> Response {
    let (response, met) = parse(line, Quirks::strict()).unwrap_or_else(|| panic!("{line}"));
    assert!(met.is_empty());
    response
}

/// What a tolerant reader reads, and what it forgave.
fn tolerant(line: &str) -> (Response, Quirks) {
    parse(line, Quirks::tolerant()).unwrap_or_else(|| panic!("{line}"))
}

fn written(response: &Response) -> Vec<u8> {
    let mut octets = Vec::new();
    response.write(&mut octets);
    octets
}

pub(crate) fn non_zero() -> impl Strategy<Value = core::num::NonZeroU32> {
    (1..=u32::MAX).prop_map(|number| number.try_into().expect("not zero"))
}

pub(crate) fn uid() -> impl Strategy<Value = Uid> {
    non_zero().prop_map(Uid::from)
}

pub(crate) fn uid_validity() -> impl Strategy<Value = UidValidity> {
    any::<u32>().prop_map(UidValidity::new)
}

pub(crate) fn mod_seq() -> impl Strategy<Value = ModSeq> {
    (0..=ModSeq::MAX.get()).prop_map(|value| ModSeq::new(value).expect("63 bits"))
}

pub(crate) fn tag() -> impl Strategy<Value = Tag> {
    "[!#$&',-./0-9:;<=>?@A-Z\\[\\]^_`a-z|}~]{1,9}".prop_map(|tag| Tag::new(tag).expect("a tag"))
}

pub(crate) fn atom() -> impl Strategy<Value = Atom> {
    "[!#$&'+,-./0-9:;<=>?@A-Z\\[^_`a-z|}~]{1,12}".prop_map(|word| Atom::new(word).expect("an atom"))
}

pub(crate) fn flag() -> impl Strategy<Value = Flag> {
    let known = select(vec![
        Flag::Answered,
        Flag::Flagged,
        Flag::Deleted,
        Flag::Seen,
        Flag::Draft,
        Flag::Recent,
        Flag::Any,
        Flag::Forwarded,
        Flag::MdnSent,
        Flag::Junk,
        Flag::NotJunk,
        Flag::Phishing,
        Flag::Important,
        Flag::Submitted,
        Flag::SubmitPending,
    ]);
    // `]` is what Gmail has in keywords.
    let keyword = "[!#$&'+,-./0-9:;<=>?@A-Z\\[\\]^_`a-z|}~]{1,9}";
    prop_oneof![
        3 => known,
        1 => keyword.prop_map(|name| Flag::new(name).expect("a keyword")),
        1 => keyword.prop_map(|name| Flag::new(format!("\\{name}")).expect("an extension")),
    ]
}

pub(crate) fn flag_set() -> impl Strategy<Value = FlagSet> {
    prop::collection::vec(flag(), 0..6).prop_map(|flags| flags.into_iter().collect())
}

pub(crate) fn number_list() -> impl Strategy<Value = NumberList> {
    let range = (non_zero(), non_zero()).prop_map(|(one, other)| NumberRange::new(one, other));
    let near = (1..40_u32).prop_map(|number| {
        let number = number.try_into().expect("not zero");
        NumberRange::new(number, number)
    });
    prop::collection::vec(prop_oneof![range, near], 1..6).prop_map(|ranges| {
        let mut list = NumberList::new();
        ranges.into_iter().for_each(|range| list.push_range(range));
        list
    })
}

pub(crate) fn uid_set() -> impl Strategy<Value = UidSet> {
    number_list().prop_map(|list| UidSet::new(list).expect("not empty"))
}

pub(crate) fn sequence_set() -> impl Strategy<Value = SequenceSet> {
    let number = || {
        prop_oneof![
            4 => non_zero().prop_map(SequenceNumber::Number),
            1 => Just(SequenceNumber::Last),
        ]
    };
    let range = prop_oneof![
        number().prop_map(SequenceRange::One),
        (number(), number()).prop_map(|(one, other)| SequenceRange::Between(one, other)),
    ];
    prop::collection::vec(range, 1..6).prop_map(|all| SequenceSet::new(all).expect("not empty"))
}

pub(crate) fn text() -> impl Strategy<Value = Text> {
    let octets = prop_oneof![
        "[ -~]{0,30}".prop_map(String::into_bytes),
        "[\\]\\[ {}\"a\\\\\u{e4}0-9]{0,12}".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..12),
    ];
    octets.prop_filter_map("no text", |octets| Text::new(octets).ok())
}

fn base64() -> impl Strategy<Value = String> {
    "([A-Za-z0-9+/]{4}){0,4}([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
}

pub(crate) fn capability() -> impl Strategy<Value = Capability> {
    let known = select(vec!["IMAP4rev1", "AUTH=PLAIN", "LITERAL+", "LITERAL", "APPENDLIMIT=7"]);
    prop_oneof![
        known.prop_map(|name| Capability::new(name).expect("an atom")),
        atom()
            .prop_filter("a LITERAL+ cut in two", |name| !name.is("+"))
            .prop_map(Capability::from),
    ]
}

pub(crate) fn capabilities() -> impl Strategy<Value = Vec<Capability>> {
    prop::collection::vec(capability(), 0..6)
}

fn url() -> impl Strategy<Value = UrlText> {
    "[!#-\\\\^-~]{1,20}".prop_map(|url| UrlText::new(url).expect("a URL"))
}

fn raw_code() -> impl Strategy<Value = RawCode> {
    let octets = prop_oneof![
        "[A-Z]{1,12}( [ -~]{1,12})?".prop_map(String::into_bytes),
        "(PERMANENTFLAGS|ALERT|UIDNEXT|INPROGRESS)[\\[\\]\" (\\\\a)]{0,8}"
            .prop_map(String::into_bytes),
        "[\\[\\]\" \\\\a]{0,8}".prop_map(String::into_bytes),
        prop::collection::vec(any::<u8>(), 0..8),
    ];
    octets.prop_filter_map("no code", |octets| RawCode::new(octets).ok())
}

pub(crate) fn code() -> impl Strategy<Value = Code> {
    let in_progress = (any::<u32>(), prop::option::of(non_zero()))
        .prop_map(|(done, goal)| InProgress { done, goal });
    let annotations = prop_oneof![
        Just(Annotations::None),
        any::<bool>().prop_map(|no_private| Annotations::ReadOnly { no_private }),
        (non_zero(), any::<bool>())
            .prop_map(|(octets, no_private)| Annotations::Size { octets, no_private }),
    ];
    let mechanism = ("[A-Za-z0-9.-]{1,8}", prop::option::of(base64())).prop_map(|(name, data)| {
        let data = data.map(bytes::Bytes::from);
        UrlauthMechanism::new(Atom::new(name).expect("an atom"), data).expect("a mechanism")
    });
    let charset = "[ -~]{1,12}".prop_map(|name| Charset::new(name).expect("a charset"));
    let plain = prop::collection::vec(charset, 0..3).prop_map(Code::BadCharset).boxed();
    let counted = prop_oneof![
        uid().prop_map(Code::UidNext),
        uid_validity().prop_map(Code::UidValidity),
        any::<u32>().prop_map(Code::Unseen),
        mod_seq().prop_map(Code::HighestModSeq),
        any::<u64>().prop_map(Code::MetadataLongEntries),
        any::<u64>().prop_map(Code::MetadataMaxSize),
        non_zero().prop_map(Code::MaxConvertMessages),
        non_zero().prop_map(Code::MaxConvertParts),
        (non_zero(), prop::option::of(uid()))
            .prop_map(|(limit, uid)| Code::MessageLimit { limit, uid }),
    ];
    let sets = prop_oneof![
        (uid_validity(), uid_set()).prop_map(|(validity, uids)| Code::AppendUid { validity, uids }),
        (uid_validity(), uid_set(), uid_set()).prop_map(|(validity, from, to)| Code::CopyUid {
            validity,
            from,
            to
        }),
        sequence_set().prop_map(Code::Modified),
        flag_set().prop_map(Code::PermanentFlags),
        capabilities().prop_map(Code::Capability),
    ];
    let named = prop_oneof![
        "[A-Za-z0-9_-]{1,255}".prop_map(|id| Code::MailboxId(ObjectId::new(id).expect("an id"))),
        prop::collection::vec(atom(), 1..4).prop_map(Code::BadEvent),
        tag().prop_map(Code::NoUpdate),
        atom().prop_map(Code::UndefinedFilter),
        url().prop_map(Code::BadUrl),
        prop::collection::vec(url(), 1..3).prop_map(Code::Referral),
        prop::collection::vec(mechanism, 1..3).prop_map(Code::UrlMech),
        (prop::option::of(tag()), prop::option::of(in_progress))
            .prop_map(|(tag, progress)| Code::InProgress { tag, progress }),
        annotations.prop_map(Code::Annotations),
    ];
    prop_oneof![
        2 => select(PlainCode::all().collect::<Vec<_>>()).prop_map(Code::Plain),
        1 => select(vec![
            Code::MetadataTooMany,
            Code::MetadataNoPrivate,
            Code::AnnotateTooBig,
            Code::AnnotateTooMany,
        ]),
        1 => plain,
        4 => counted,
        4 => sets,
        4 => named,
        3 => raw_code().prop_map(Code::Other),
    ]
}

pub(crate) fn status() -> impl Strategy<Value = Status> {
    let kind = select(vec![
        StatusKind::Ok,
        StatusKind::No,
        StatusKind::Bad,
        StatusKind::PreAuth,
        StatusKind::Bye,
    ]);
    (kind, prop::option::of(code()), text()).prop_map(|(kind, code, text)| {
        let mut status = Status::ok(text);
        status.kind = kind;
        status.code = code;
        status
    })
}

pub(crate) fn response() -> impl Strategy<Value = Response> {
    let tagged = (tag(), status()).prop_filter_map("no tagged status", |(tag, status)| {
        let tagged = matches!(status.kind, StatusKind::Ok | StatusKind::No | StatusKind::Bad);
        tagged.then_some(Response::Tagged(tag, status))
    });
    let continuation = (prop::option::of(code()), text()).prop_map(|(code, text)| {
        let continuation = Continuation::new(text);
        Response::Continue(match code {
            Some(code) => continuation.with_code(code),
            None => continuation,
        })
    });
    prop_oneof![
        4 => tagged,
        4 => status().prop_map(Response::Status),
        2 => continuation,
        1 => base64().prop_map(|text| {
            Response::Continue(Continuation::from_base64(text).expect("base64"))
        }),
        1 => capabilities().prop_map(Response::Capability),
        1 => prop::collection::vec(atom(), 0..5).prop_map(Response::Enabled),
        1 => flag_set().prop_map(Response::Flags),
        1 => (any::<bool>(), uid_set())
            .prop_map(|(earlier, uids)| Response::Vanished { earlier, uids }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2048))]

    /// Also with what frames alone: one line, and nothing that ends it before its end.
    #[test]
    fn what_is_written_reads_back(response in response()) {
        let line = written(&response);
        prop_assert_eq!(line.iter().filter(|octet| matches!(octet, b'\r' | b'\n' | 0)).count(), 2);
        prop_assert!(line.ends_with(b"\r\n"));
        let read = Response::parse(&line, &Limits::default(), Quirks::tolerant());
        let (read, _) = read.map_err(|error| {
            TestCaseError::fail(format!("{error}: {}", String::from_utf8_lossy(&line)))
        })?;
        prop_assert_eq!(read, response);
    }

    /// Nothing has to be forgiven in what the RFCs have, apart from numbers that are zero.
    #[test]
    fn a_code_needs_no_leniency(code in code(), text in "[ -Z^-~]{0,20}") {
        let forgiven = Quirks::strict().with(Quirk::Number);
        let odd = match &code {
            Code::Other(_) => true,
            Code::Capability(all) => all.is_empty(),
            Code::PermanentFlags(flags) => {
                flags.iter().any(|flag| flag.to_string().contains(']'))
            }
            _ => false,
        };
        prop_assume!(!odd);
        let response = Response::Status(Status::ok(Text::new(text).expect("a text")).with_code(code));
        let line = written(&response);
        let (read, _) = Response::parse(&line, &Limits::default(), forgiven).map_err(|error| {
            TestCaseError::fail(format!("{error}: {}", String::from_utf8_lossy(&line)))
        })?;
        prop_assert_eq!(read, response);
    }

    /// A text read anywhere can be given on: never a second line, never a code that was none.
    #[test]
    fn a_text_stays_a_text(line in "\\* OK [\\[\\]A-Z\" ]{0,16}") {
        let Some((Response::Status(status), _)) = parse(&line, Quirks::tolerant()) else {
            return Ok(());
        };
        let (again, _) = tolerant(&String::from_utf8_lossy(&written(&Response::Status(status.clone()))));
        prop_assert_eq!(again, Response::Status(status.clone()));
        let mut bare = status.clone();
        bare.code = None;
        let (again, _) = tolerant(&String::from_utf8_lossy(&written(&Response::Status(bare))));
        let Response::Status(again) = again else { panic!("a status") };
        prop_assert_eq!(again.code, None);
        prop_assert_eq!(again.text.as_bytes().len(), status.text.as_bytes().len());
    }

    #[test]
    fn no_line_makes_it_panic(line in prop::collection::vec(any::<u8>(), 0..40), at in 0..8_usize) {
        let before = ["* OK [", "* ", "+ ", "a NO ", "* CAPABILITY ", "* VANISHED ", "* OK [INPROGRESS (", ""];
        let mut unit = before[at].as_bytes().to_vec();
        unit.extend(line);
        let _ = Response::parse(&unit, &Limits::default(), Quirks::tolerant());
        let _ = Response::parse(&unit, &Limits::default(), Quirks::strict());
    }
}

fn code_of(response: Response) -> Option<Code> {
    match response {
        Response::Tagged(_, status) | Response::Status(status) => status.code,
        other => panic!("no status: {other:?}"),
    }
}

fn uids(text: &str) -> UidSet {
    let mut list = NumberList::new();
    for range in text.split(',') {
        let (one, other) = range.split_once(':').unwrap_or((range, range));
        list.push_range(NumberRange::new(
            one.parse().expect("a number"),
            other.parse().expect("a number"),
        ));
    }
    UidSet::new(list).expect("not empty")
}

/// RFC 5530 §3, RFC 9051 §7.1 and the extensions: the examples, or their grammar where there are
/// none.
#[test]
fn codes_are_read_as_the_rfcs_mean_them() {
    let nz = |number: u32| core::num::NonZeroU32::new(number).expect("not zero");
    let url = |url: &'static str| UrlText::new(url).expect("a URL");
    let atom = |word: &'static str| Atom::new(word).expect("an atom");
    let tag = |tag: &'static str| Tag::new(tag).expect("a tag");
    let rows: [(&str, Code); 44] = [
        // RFC 3501
        ("* OK [ALERT] System shutdown in 10 minutes", PlainCode::Alert.into()),
        ("* OK [UNSEEN 17] Message 17 is the first unseen message", Code::Unseen(17)),
        ("* OK [UIDVALIDITY 3857529045] UIDs valid", Code::UidValidity(3_857_529_045.into())),
        ("* OK [UIDNEXT 4392] Predicted next UID", Code::UidNext(Uid::new(4392).expect("a UID"))),
        (
            "* OK [PERMANENTFLAGS (\\Deleted \\Seen \\*)] Limited",
            Code::PermanentFlags([Flag::Deleted, Flag::Seen, Flag::Any].into()),
        ),
        (
            "* OK [PERMANENTFLAGS ()] No permanent flags permitted",
            Code::PermanentFlags(FlagSet::new()),
        ),
        ("A142 OK [READ-WRITE] SELECT completed", PlainCode::ReadWrite.into()),
        ("A932 OK [READ-ONLY] EXAMINE completed", PlainCode::ReadOnly.into()),
        ("A003 NO [TRYCREATE] Mailbox does not exist", PlainCode::TryCreate.into()),
        ("a NO [BADCHARSET] no", Code::BadCharset(Vec::new())),
        (
            "a NO [BADCHARSET (US-ASCII \"UTF 8\")] no",
            Code::BadCharset(
                ["US-ASCII", "UTF 8"].map(|name| Charset::new(name).expect("a charset")).into(),
            ),
        ),
        // RFC 4315
        (
            "A003 OK [APPENDUID 38505 3955] APPEND completed",
            Code::AppendUid { validity: 38_505.into(), uids: uids("3955") },
        ),
        (
            "A004 OK [COPYUID 38505 304,319:320 3956:3958] Done",
            Code::CopyUid {
                validity: 38_505.into(),
                from: uids("304,319:320"),
                to: uids("3956:3958"),
            },
        ),
        ("* NO [UIDNOTSTICKY] Non-persistent UIDs", PlainCode::UidNotSticky.into()),
        // RFC 7162
        (
            "* OK [HIGHESTMODSEQ 715194045007] Ok",
            Code::HighestModSeq(ModSeq::new(715_194_045_007).expect("63 bits")),
        ),
        ("* OK [NOMODSEQ] Sorry, this mailbox format doesn't", PlainCode::NoModSeq.into()),
        (
            "d105 OK [MODIFIED 7,9] Conditional STORE failed",
            Code::Modified(SequenceSet::parse("7,9").expect("a set")),
        ),
        ("* OK [CLOSED] Previous mailbox is now closed", PlainCode::Closed.into()),
        // RFC 5464
        ("a OK [METADATA LONGENTRIES 2199] GETMETADATA complete", Code::MetadataLongEntries(2199)),
        ("a NO [METADATA MAXSIZE 1024] too big", Code::MetadataMaxSize(1024)),
        ("a NO [METADATA TOOMANY] enough", Code::MetadataTooMany),
        ("a NO [METADATA NOPRIVATE] public alone", Code::MetadataNoPrivate),
        // RFC 8474
        (
            "* OK [MAILBOXID (F2212ea87-6097-4256-9d51-71338625)] Ok",
            Code::MailboxId(ObjectId::new("F2212ea87-6097-4256-9d51-71338625").expect("an id")),
        ),
        // RFC 5465
        (
            "a NO [BADEVENT (FlagChange MessageExpunge)] both or none",
            Code::BadEvent(vec![atom("FlagChange"), atom("MessageExpunge")]),
        ),
        (
            "* OK [NOTIFICATIONOVERFLOW] ...A comment can go here...",
            PlainCode::NotificationOverflow.into(),
        ),
        // RFC 5267
        ("* NO [NOUPDATE \"B02\"] Too many contexts", Code::NoUpdate(tag("B02"))),
        // RFC 5466
        ("a NO [UNDEFINED-FILTER on-the-road] none", Code::UndefinedFilter(atom("on-the-road"))),
        // RFC 5259
        ("g001 NO [MAXCONVERTMESSAGES 1] one", Code::MaxConvertMessages(nz(1))),
        (
            "g001 NO [MAXCONVERTPARTS 1] You can only request 1 body part at a time",
            Code::MaxConvertParts(nz(1)),
        ),
        ("g001 NO [TEMPFAIL] later", PlainCode::TempFail.into()),
        // RFC 4469: with quotes in the example, without in the grammar.
        (
            "A003 NO [BADURL \"/INBOX;UIDVALIDITY=785799047/;UID=113330\"] none",
            Code::BadUrl(url("/INBOX;UIDVALIDITY=785799047/;UID=113330")),
        ),
        (
            "A003 NO [BADURL /INBOX;UIDVALIDITY=1/;UID=2] none",
            Code::BadUrl(url("/INBOX;UIDVALIDITY=1/;UID=2")),
        ),
        ("A003 NO [TOOBIG] too big", PlainCode::TooBig.into()),
        // RFC 4467
        (
            "a33 OK [URLMECH INTERNAL XSAMPLE=P34OKhO7VEkCbsiYY8rGEg==] done",
            Code::UrlMech(vec![
                UrlauthMechanism::new(atom("INTERNAL"), None).expect("a mechanism"),
                UrlauthMechanism::new(atom("XSAMPLE"), Some("P34OKhO7VEkCbsiYY8rGEg==".into()))
                    .expect("a mechanism"),
            ]),
        ),
        // RFC 2193, RFC 2221
        (
            "A001 NO [REFERRAL IMAP://user;AUTH=*@SERVER2/REMOTE IMAP://user;AUTH=*@SERVER3/REMOTE] Try",
            Code::Referral(vec![
                url("IMAP://user;AUTH=*@SERVER2/REMOTE"),
                url("IMAP://user;AUTH=*@SERVER3/REMOTE"),
            ]),
        ),
        (
            "A001 OK [REFERRAL IMAP://MATTHEW@SERVER2/] Specified",
            Code::Referral(vec![url("IMAP://MATTHEW@SERVER2/")]),
        ),
        // RFC 9585 §4
        ("* OK [INPROGRESS] Hang in there...", Code::InProgress { tag: None, progress: None }),
        (
            "* OK [INPROGRESS (\"tag\" NIL NIL)] Hang in there...",
            Code::InProgress { tag: Some(tag("tag")), progress: None },
        ),
        (
            "* OK [INPROGRESS (\"tag\" 175 NIL)] Processed 175 items so far",
            Code::InProgress {
                tag: Some(tag("tag")),
                progress: Some(InProgress { done: 175, goal: None }),
            },
        ),
        (
            "* OK [INPROGRESS (\"tag\" 175 1000)] Processed 17% of the items",
            Code::InProgress {
                tag: Some(tag("tag")),
                progress: Some(InProgress { done: 175, goal: Some(nz(1000)) }),
            },
        ),
        // RFC 9738
        (
            "06 OK [MESSAGELIMIT 1000 20001] MOVE completed for the last",
            Code::MessageLimit { limit: nz(1000), uid: Some(Uid::new(20_001).expect("a UID")) },
        ),
        (
            "10 NO [MESSAGELIMIT 1000] FETCH exceeds",
            Code::MessageLimit { limit: nz(1000), uid: None },
        ),
        // RFC 5257
        (
            "* OK [ANNOTATIONS 20480 NOPRIVATE] x",
            Code::Annotations(Annotations::Size { octets: nz(20_480), no_private: true }),
        ),
        ("* NO [ANNOTATE TOOMANY] x", Code::AnnotateTooMany),
    ];
    for (line, code) in rows {
        assert_eq!(code_of(strict(line)), Some(code), "{line}");
    }
}

/// RFC 5530 §3, §6; RFC 9051 §7.1; RFC 3516, 4978, 5182, 5255, 6154, 9586.
#[test]
fn codes_without_arguments_are_known_by_their_names() {
    let names = "ALERT PARSE READ-ONLY READ-WRITE TRYCREATE UIDNOTSTICKY CLOSED NOMODSEQ NOTSAVED \
                 UNAVAILABLE AUTHENTICATIONFAILED AUTHORIZATIONFAILED EXPIRED PRIVACYREQUIRED \
                 CONTACTADMIN NOPERM INUSE EXPUNGEISSUED CORRUPTION SERVERBUG CLIENTBUG CANNOT LIMIT \
                 OVERQUOTA ALREADYEXISTS NONEXISTENT HASCHILDREN UNKNOWN-CTE TOOBIG \
                 COMPRESSIONACTIVE USEATTR NOTIFICATIONOVERFLOW BADCOMPARATOR TEMPFAIL UIDREQUIRED";
    let mut seen = String::new();
    for name in names.split_whitespace() {
        let code = code_of(strict(&format!("* NO [{}] x", name.to_lowercase())));
        let Some(Code::Plain(code)) = code else { panic!("{name}: {code:?}") };
        assert_eq!(code.name(), name);
        write!(seen, "{} ", code.name()).expect("a string");
    }
    assert!(PlainCode::all().map(PlainCode::name).eq(seen.split_whitespace()));
}

/// Statuses of `../shared/vectors/imap/real-server-quirks.tsv`, and what they are forgiven.
#[test]
fn statuses_of_real_servers_are_understood() {
    let rows: [(&str, &[Quirk], &str, &str); 11] = [
        (
            "B283 NO [BADCHARSET UTF-8] KOI8-R is not supported\r\n",
            &[Quirk::Members],
            "BADCHARSET (UTF-8)",
            "KOI8-R is not supported",
        ),
        ("* OK [HIGHESTMODSEQ 13632]\r\n", &[Quirk::NoText], "HIGHESTMODSEQ 13632", ""),
        ("IOMC1 OK\r\n", &[Quirk::NoText], "", ""),
        ("* OK Willkommen – grüß\r\n", &[], "", "Willkommen – grüß"),
        ("* OK [UIDVALIDITY 0] x\r\n", &[Quirk::Number], "UIDVALIDITY 0", "x"),
        ("* OK [UNSEEN 0] none\r\n", &[Quirk::Number], "UNSEEN 0", "none"),
        (
            "A1 OK [Error=\"Microsoft.Exchange.Data.Storage.WrongServerException: Cross Server access is not allowed for mailbox x\" AuthResultFromPopImapEnd=0 Proxy=X.PROD.OUTLOOK.COM:1993:SSL Service=Imap4] AUTHENTICATE completed.\r\n",
            &[Quirk::Code],
            "Error=\"Microsoft.Exchange.Data.Storage.WrongServerException: Cross Server access is not allowed for mailbox x\" AuthResultFromPopImapEnd=0 Proxy=X.PROD.OUTLOOK.COM:1993:SSL Service=Imap4",
            "AUTHENTICATE completed.",
        ),
        ("* BYE Autologout; idle for too long\r\n", &[], "", "Autologout; idle for too long"),
        ("\0\0* OK x\r\n", &[Quirk::Nul], "", "x"),
        (
            "* OK [PERMANENTFLAGS (OIB-Seen-[Gmail]/All \\*)] Flags permitted.\r\r\n",
            &[Quirk::AtomOctet, Quirk::LineEnd],
            "PERMANENTFLAGS (\\* OIB-Seen-[Gmail]/All)",
            "Flags permitted.",
        ),
        ("* OK [no end\r\n", &[Quirk::Code], "", "[no end"),
    ];
    for (line, quirks, code, text) in rows {
        let (response, met) = tolerant(line);
        let forgiven = quirks.iter().fold(Quirks::strict(), |all, &quirk| all.with(quirk));
        assert_eq!(met, forgiven, "{line}");
        if let Some(&quirk) = quirks.first() {
            let read = parse(line, Quirks::tolerant().without(quirk));
            assert!(read.is_none_or(|(other, _)| other != response), "{line}");
        }
        let (Response::Tagged(_, status) | Response::Status(status)) = response else {
            panic!("no status: {line}");
        };
        assert_eq!(status.code.map(|code| code.to_string()).unwrap_or_default(), code, "{line}");
        assert_eq!(status.text.to_string(), text, "{line}");
    }
    let (latin, met) = Response::parse(b"* OK gr\xfc\xdf", &Limits::default(), Quirks::tolerant())
        .expect("a status");
    assert!(met.contains(Quirk::EightBit));
    assert!(matches!(latin, Response::Status(status) if status.text.as_bytes() == b"gr\xfc\xdf"));
    let (other, _) = tolerant("* [COPYUID 124 10 233]\r\n");
    assert!(matches!(other, Response::Other(_)));
}

#[test]
fn codes_that_break_their_grammar_are_kept_as_they_came() {
    for (code, line) in [
        ("UIDNEXT 0", "* OK [UIDNEXT 0] x"),
        ("UIDNEXT 4294967296", "* OK [UIDNEXT 4294967296] x"),
        ("COPYUID 1 2", "* OK [COPYUID 1 2] x"),
        ("APPENDUID 1 *", "* OK [APPENDUID 1 *] x"),
        ("INPROGRESS (\"t\" NIL 7)", "* OK [INPROGRESS (\"t\" NIL 7)] x"),
        ("INPROGRESS (\"t\" 7 0)", "* OK [INPROGRESS (\"t\" 7 0)] x"),
        ("MAILBOXID (a.b)", "* OK [MAILBOXID (a.b)] x"),
        ("THROTTLED", "* OK [THROTTLED] x"),
        ("WEBALERT https://a/", "* OK [WEBALERT https://a/] x"),
        ("X \"a]b\"", "* OK [X \"a]b\"] x"),
        ("X it's 5\" long", "* OK [X it's 5\" long] x"),
    ] {
        let Some(Code::Other(raw)) = code_of(strict(line)) else { panic!("{line}") };
        assert_eq!(raw.as_bytes(), code.as_bytes());
        assert_eq!(written(&strict(line)), format!("{line}\r\n").into_bytes());
    }
}

#[test]
fn values_that_would_break_a_line_or_a_code_cannot_be_made() {
    for code in [
        "",
        "A]",
        "A] * OK [B",
        "A \"]",
        "A\r\n",
        "A\0",
        "ALERT",
        "alert",
        "ALERT ",
        "UIDNEXT 4",
        "PERMANENTFLAGS (a",
    ] {
        assert!(RawCode::new(code).is_err(), "{code}");
    }
    for text in ["[ALERT] x", "a\r\nb", "a\nb", "a\0"] {
        assert!(Text::new(text).is_err(), "{text}");
    }
    for url in ["", "a b", "a]", "\"", "a\r\n", "\u{e4}"] {
        assert!(UrlText::new(url).is_err(), "{url}");
    }
    for id in ["", "a b", "a)", "a.b"] {
        assert!(ObjectId::new(id).is_err(), "{id}");
    }
    assert!(ObjectId::new("a".repeat(256)).is_err());
    for keyword in ["", "a b", "(", ")", "{1}", "%", "*", "\"", "\\a", "a\r\n"] {
        assert!(Keyword::new(keyword).is_err(), "{keyword}");
    }
}

/// A text that came behind a code looks like a code; alone, it must not become one.
#[test]
fn a_text_is_never_taken_for_a_code() {
    let Response::Status(status) = strict("* OK [ALERT] [READ-ONLY] x") else { panic!("a status") };
    assert_eq!(status.text.as_bytes(), b"[READ-ONLY] x");
    assert_eq!(written(&Response::Status(Status::no(status.text))), b"* NO ?READ-ONLY] x\r\n");
}

/// RFC 3501 §7.5, RFC 4959 §4, RFC 2177.
#[test]
fn continuations_are_texts_codes_or_base64() {
    let read = |line: &str| match tolerant(line) {
        (Response::Continue(continuation), met) => (continuation, met),
        other => panic!("{other:?}"),
    };
    let (ready, met) = read("+ Ready for additional command text\r\n");
    assert_eq!(ready, Continuation::new("Ready for additional command text"));
    assert!(met.is_empty() && ready.base64().is_none());
    let (challenge, met) = read("+ YGgGCSqGSIb3EgECAgIAb1kwV6ADAgEFoQMCAQ+iSzBJ\r\n");
    assert!(met.is_empty());
    assert_eq!(challenge.base64(), Some(&b"YGgGCSqGSIb3EgECAgIAb1kwV6ADAgEFoQMCAQ+iSzBJ"[..]));
    assert!(Continuation::from_base64("not base64").is_err());
    for (line, quirk) in
        [("+ \r\n", None), ("+\r\n", Some(Quirk::NoText)), ("+\r\r\n", Some(Quirk::LineEnd))]
    {
        let (empty, met) = read(line);
        assert_eq!(empty.base64(), Some(&b""[..]), "{line:?}");
        assert_eq!(met.is_empty(), quirk.is_none());
        assert!(quirk.is_none_or(|quirk| met.contains(quirk)), "{line:?}");
    }
    let (glued, met) = read("+go ahead\r\n");
    assert_eq!((glued, met), (Continuation::new("go ahead"), Quirks::strict().with(Quirk::Blank)));
    let (coded, _) = read("+ [ALERT] x\r\n");
    assert_eq!(coded.code, Some(PlainCode::Alert.into()));
}

#[test]
fn capabilities_are_read_and_asked_for() {
    let names = |response: &Response| match response {
        Response::Capability(all) => all.iter().map(ToString::to_string).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    // RFC 9051 §6.1.1
    let all = strict("* CAPABILITY STARTTLS AUTH=GSSAPI IMAP4rev2 LOGINDISABLED\r\n");
    assert_eq!(names(&all), ["STARTTLS", "AUTH=GSSAPI", "IMAP4rev2", "LOGINDISABLED"]);
    let Response::Capability(all) = all else { panic!("capabilities") };
    let can = Capabilities::new(&all);
    assert!(can.contains("starttls") && !can.contains("AUTH") && !can.contains("STARTTLS2"));
    assert!(can.mechanisms().eq([b"GSSAPI"]));
    assert_eq!(can.literals(), Literals::Minus);
    assert_eq!(can.append_limit(), None);
    // Quirks of real servers.
    let (split, met) = tolerant("* CAPABILITY IMAP4rev1 LITERAL + IDLE\r\n");
    assert_eq!(names(&split), ["IMAP4rev1", "LITERAL+", "IDLE"]);
    assert_eq!(met, Quirks::strict().with(Quirk::Capability));
    let (ends, met) = tolerant("* CAPABILITY IMAP4rev1 LITERAL+ QUOTA\r\r\n");
    assert_eq!(names(&ends), ["IMAP4rev1", "LITERAL+", "QUOTA"]);
    assert_eq!(met, Quirks::strict().with(Quirk::LineEnd));
    let (blanks, met) = tolerant("* CAPABILITY IMAP4rev1  IDLE \r\n");
    assert_eq!(names(&blanks), ["IMAP4rev1", "IDLE"]);
    assert_eq!(met, Quirks::strict().with(Quirk::Blank));
    assert!(parse("* CAPABILITY IMAP4rev1  IDLE", Quirks::strict()).is_none());
    assert!(parse("* CAPABILITY", Quirks::strict()).is_none());
    let code = code_of(strict("* OK [CAPABILITY IMAP4rev1 SASL-IR] Dovecot ready."));
    assert_eq!(code.map(|code| code.to_string()).as_deref(), Some("CAPABILITY IMAP4rev1 SASL-IR"));
}

/// A megabyte of what an attacker would try. Were it read again for each octet, this would take
/// hours.
#[test]
fn long_lines_are_read_in_linear_time() {
    let begun = std::time::Instant::now();
    for (front, piece) in [
        ("* OK [", "\""),
        ("* OK [X ", "\"\\"),
        ("* OK ", "["),
        ("* OK ", "[A] "),
        ("* OK ", "\r"),
        ("* OK [PERMANENTFLAGS (", "a "),
        ("* OK [CAPABILITY", " LITERAL +"),
        ("* OK [REFERRAL", " a"),
        ("* OK [COPYUID 1 1", ",1"),
        ("* CAPABILITY", " A"),
        ("* ENABLED", " A"),
        ("* VANISHED 1", ",1"),
        ("* X ", "\r"),
        ("* X ", "{0}\n"),
        ("* X ", "{9}\n"),
        ("+ ", "A"),
    ] {
        let line = front.to_string() + &piece.repeat(1_000_000 / piece.len());
        if let Some((response, _)) = parse(&line, Quirks::tolerant()) {
            assert!(written(&response).len() < 2 * line.len());
        }
    }
    assert!(begun.elapsed() < std::time::Duration::from_secs(60));
}

#[test]
fn enabled_and_vanished_are_read() {
    // RFC 5161 §3.2
    let enabled = strict("* ENABLED X-GOOD-IDEA\r\n");
    assert_eq!(enabled, Response::Enabled(vec![Atom::new("X-GOOD-IDEA").expect("an atom")]));
    assert_eq!(strict("* ENABLED\r\n"), Response::Enabled(Vec::new()));
    // RFC 7162 §3.2.10
    let vanished = strict("* VANISHED (EARLIER) 300:310,405,411\r\n");
    assert_eq!(vanished, Response::Vanished { earlier: true, uids: uids("300:310,405,411") });
    let vanished = strict("* VANISHED 405,407,410,425\r\n");
    assert_eq!(vanished, Response::Vanished { earlier: false, uids: uids("405,407,410,425") });
    assert!(parse("* VANISHED 1:*", Quirks::tolerant()).is_none());
}
