//! What the RFCs show, read as they mean it.

use bytes::Bytes;
use postrider_imap::ListAttribute::{
    All, Drafts, HasChildren, HasNoChildren, Marked, NoInferiors, NoSelect, NonExistent, Remote,
    Sent, Subscribed, Trash,
};
use postrider_imap::*;

use super::{bad, command, refused, strict, written};

fn name(name: &str) -> MailboxName {
    MailboxName::new(name.to_owned()).expect("a name")
}

fn atom(word: &str) -> Atom {
    Atom::new(word.to_owned()).expect("an atom")
}

fn bytes(octets: &str) -> Bytes {
    Bytes::copy_from_slice(octets.as_bytes())
}

fn slash() -> Option<Delimiter> {
    Some(Delimiter::new(b'/').expect("a delimiter"))
}

fn dot() -> Option<Delimiter> {
    Some(Delimiter::new(b'.').expect("a delimiter"))
}

fn list(line: &str) -> ListResponse {
    match strict(line) {
        Response::List(list) => list,
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn list_tells_attributes_delimiter_and_name() {
    type Row<'a> = (&'a str, &'a [ListAttribute], Option<Delimiter>, &'a str);
    let rows: &[Row<'_>] = &[
        // RFC 3501 §6.3.8
        ("* LIST (\\Noselect) \"/\" \"\"", &[NoSelect], slash(), ""),
        ("* LIST (\\Noselect) \".\" #news.", &[NoSelect], dot(), "#news."),
        ("* LIST (\\Noselect) \"/\" ~/Mail/foo", &[NoSelect], slash(), "~/Mail/foo"),
        ("* LIST () \"/\" ~/Mail/meetings", &[], slash(), "~/Mail/meetings"),
        // RFC 5258 §5
        (
            "* LIST (\\Marked \\NoInferiors) \"/\" \"inbox\"",
            &[Marked, NoInferiors],
            slash(),
            "INBOX",
        ),
        (
            "* LIST (\\Subscribed \\NonExistent) \"/\" \"Fruit/Peach\"",
            &[Subscribed, NonExistent],
            slash(),
            "Fruit/Peach",
        ),
        ("* LIST (\\HasChildren \\Remote) \"/\" \"Meat\"", &[HasChildren, Remote], slash(), "Meat"),
        // RFC 6154 §5
        (
            "* LIST (\\Marked \\Drafts \\HasNoChildren) \"/\" MyDrafts",
            &[Marked, Drafts, HasNoChildren],
            slash(),
            "MyDrafts",
        ),
        ("* LIST (\\Trash \\HasNoChildren) \"/\" Trash", &[Trash, HasNoChildren], slash(), "Trash"),
        // RFC 9051 §9: `DQUOTE QUOTED-CHAR DQUOTE / nil`, and `NIL` is a name like any other.
        ("* LIST () NIL INBOX", &[], None, "INBOX"),
        ("* LIST () \"/\" NIL", &[], slash(), "NIL"),
        ("* LIST () \"\\\\\" {3}\r\na\\b", &[], Some(Delimiter::new(b'\\').unwrap()), "a\\b"),
    ];
    for (line, attributes, delimiter, mailbox) in rows {
        let attributes = attributes.iter().cloned().collect();
        assert_eq!(list(line), ListResponse::new(attributes, *delimiter, name(mailbox)), "{line}");
    }
    // RFC 3501 §7.2.3
    let lsub = list("* LSUB () \".\" #news.comp.mail.misc");
    assert_eq!((lsub.kind, lsub.mailbox), (ListKind::Lsub, name("#news.comp.mail.misc")));
    assert_eq!(list("* XLIST (\\HasNoChildren \\AllMail) \"/\" a").kind, ListKind::Xlist);
}

#[test]
fn list_tells_extended_items() {
    let child_info = ListExtended::ChildInfo(vec![atom("SUBSCRIBED")]);
    // RFC 5258 §5
    let read = list("* LIST (\\NonExistent) \"/\" \"Foo\" (\"CHILDINFO\" (\"SUBSCRIBED\"))");
    assert_eq!(read.extended, std::slice::from_ref(&child_info));
    // RFC 8440 §4
    let read = list("* LIST () \".\" \"foo\" (CHILDINFO (\"SUBSCRIBED\"))");
    assert_eq!(read.extended, [child_info]);
    // RFC 9051 §6.3.9.7
    let read = list("* LIST () \"/\" \"NewMailbox\" (\"OLDNAME\" (\"OldMailbox\"))");
    assert_eq!(read.extended, [ListExtended::OldName(name("OldMailbox"))]);
    assert_eq!(
        written(&Response::List(read)),
        "* LIST () \"/\" NewMailbox (\"OLDNAME\" (OldMailbox))\r\n"
    );
    // RFC 5258 §5, example 12
    let read = list(
        "* LIST (\\Marked) \":\" Tables (tablecloth ((\"edge\" \"lacy\") (\"color\" \"red\")) X-Sample (\"text\"))",
    );
    let raw = |raw: &'static str| Raw::new(raw).expect("raw");
    let expected = [
        ListExtended::Other(bytes("tablecloth"), raw("((\"edge\" \"lacy\") (\"color\" \"red\"))")),
        ListExtended::Other(bytes("X-Sample"), raw("(\"text\")")),
    ];
    assert_eq!(read.extended, expected);
}

#[test]
fn a_broken_item_leaves_the_list() {
    for (item, raw) in [
        ("CHILDINFO 5", "CHILDINFO 5"),
        ("CHILDINFO ()", "CHILDINFO ()"),
        ("\"OLDNAME\" \"a\"", "\"OLDNAME\" \"a\""),
        ("OLDNAME (a b)", "OLDNAME (a b)"),
        ("(a b) c", "(a b) c"),
        ("LONE", "LONE"),
    ] {
        let read = list(&format!("* LIST (\\Sent) \"/\" a (X (1) {item})"));
        let unparsed = ListExtended::Unparsed(Raw::new(raw.to_owned()).expect("raw"));
        assert_eq!(read.extended.get(1), Some(&unparsed), "{item}");
        assert!(read.attributes.contains(&Sent));
    }
}

#[test]
fn list_asks_with_options() {
    let asks = |line: &str| match command(line) {
        Command::List(list) => list,
        other => panic!("{line}: {other:?}"),
    };
    let plain = |pattern: &'static str| ListCommand::new(name(""), pattern);
    assert_eq!(asks("LIST \"\" \"*\""), plain("*"));
    assert_eq!(asks("LIST #news.comp.mail.misc \"\"").reference, name("#news.comp.mail.misc"));
    assert!(!plain("*").is_extended());
    // RFC 5258 §5
    let subscribed = ListSelection::Subscribed;
    let recursive = ListSelection::RecursiveMatch;
    let remote = ListSelection::Remote;
    assert_eq!(
        asks("LIST (SUBSCRIBED RECURSIVEMATCH) \"\" \"%\" RETURN (CHILDREN)"),
        plain("%")
            .with_selection(vec![subscribed.clone(), recursive])
            .with_returns(vec![ListReturn::Children])
    );
    assert_eq!(
        asks("LIST (REMOTE SUBSCRIBED) \"\" \"*\""),
        plain("*").with_selection(vec![remote, subscribed])
    );
    let patterns = vec![bytes("INBOX"), bytes("Drafts"), bytes("Sent/%")];
    let several = asks("LIST \"\" (\"INBOX\" \"Drafts\" \"Sent/%\")");
    assert_eq!(several, plain("").with_patterns(patterns).unwrap());
    // §1: the parentheses alone make it extended.
    let empty = asks("LIST () \"\" %");
    assert_eq!(empty, plain("%").with_selection(vec![]));
    assert!(empty.is_extended() && asks("LIST \"\" (%)").is_extended());
    // RFC 5819 §4, RFC 8440 §4, RFC 6154 §5.2
    let status = ListReturn::Status(vec![StatusItem::Messages, StatusItem::Unseen]);
    assert_eq!(
        asks("LIST \"\" % RETURN (STATUS (MESSAGES UNSEEN))"),
        plain("%").with_returns(vec![status])
    );
    assert_eq!(
        asks("LIST (SPECIAL-USE) \"\" % RETURN (MYRIGHTS SPECIAL-USE)"),
        plain("%")
            .with_selection(vec![ListSelection::SpecialUse])
            .with_returns(vec![ListReturn::MyRights, ListReturn::SpecialUse])
    );
    // RFC 9590 §4
    let color = ListReturn::Metadata(vec![bytes("/shared/vendor/cmu/cyrus-imapd/color")]);
    assert_eq!(
        asks("LIST \"\" % RETURN (METADATA (\"/shared/vendor/cmu/cyrus-imapd/color\"))"),
        plain("%").with_returns(vec![color])
    );
}

#[test]
fn list_asks_nothing_that_has_no_meaning() {
    for line in [
        // RFC 5258 §3.1 and its grammar
        "LIST (RECURSIVEMATCH) \"\" *",
        "LIST (REMOTE RECURSIVEMATCH) \"\" *",
        "LIST (SPECIAL-USE RECURSIVEMATCH) \"\" *",
        "LIST \"\" ()",
        "LIST \"\"",
        "LIST \"\" * RETURN",
        "LIST \"\" * RETURN (STATUS)",
        "LIST \"\" * RETURN (STATUS ())",
        "LIST \"\" * *",
        "LIST () \"\" *  RETURN ()",
    ] {
        assert!(bad(line), "{line}");
    }
}

#[test]
fn status_tells_what_was_asked() {
    let tells = |line: &str| match strict(line) {
        Response::MailboxStatus(status) => status,
        other => panic!("{line}: {other:?}"),
    };
    let status = MailboxStatus::new;
    let uid_next = |uid| StatusValue::UidNext(Uid::new(uid).expect("a UID"));
    // RFC 3501 §6.3.10
    assert_eq!(
        tells("* STATUS blurdybloop (MESSAGES 231 UIDNEXT 44292)"),
        status(name("blurdybloop"), vec![StatusValue::Messages(231), uid_next(44292)])
    );
    // RFC 7162 §3.1.7
    assert_eq!(
        tells("* STATUS blurdybloop (MESSAGES 231 UIDNEXT 44292 HIGHESTMODSEQ 7011231777)").items
            [2],
        StatusValue::HighestModSeq(ModSeq::new(7_011_231_777).unwrap())
    );
    // RFC 8438 §3
    assert_eq!(
        tells("* STATUS frop (MESSAGES 8 SIZE 44421 UIDNEXT 242344)").items[1],
        StatusValue::Size(44421)
    );
    // RFC 8474 §4.3
    assert_eq!(
        tells("* STATUS foo (MAILBOXID (F2212ea87-6097-4256-9d51-71338625))").items,
        [StatusValue::MailboxId(bytes("F2212ea87-6097-4256-9d51-71338625"))]
    );
    // RFC 7889 §3
    assert_eq!(
        tells("* STATUS INBOX (APPENDLIMIT 257890)").items,
        [StatusValue::AppendLimit(Some(257_890))]
    );
    assert_eq!(tells("* STATUS a (APPENDLIMIT NIL)").items, [StatusValue::AppendLimit(None)]);
    // RFC 9208 §4.1.4
    assert_eq!(
        tells("* STATUS INBOX (MESSAGES 12 DELETED 4 DELETED-STORAGE 8)").items[1..],
        [StatusValue::Deleted(4), StatusValue::DeletedStorage(8)]
    );
    // One bad item, or one of the future, does not kill the rest.
    let odd =
        tells("* STATUS a (MESSAGES -1 UIDVALIDITY 0 X (a \"b\") UNSEEN 4294967296 RECENT 1)");
    let raw = |raw: &'static str| StatusValue::Unparsed(Raw::new(raw).expect("raw"));
    assert_eq!(
        odd.items,
        [
            raw("MESSAGES -1"),
            raw("UIDVALIDITY 0"),
            raw("X (a \"b\")"),
            raw("UNSEEN 4294967296"),
            StatusValue::Recent(1)
        ]
    );
}

#[test]
fn status_asks_for_items() {
    let items = vec![StatusItem::Messages, StatusItem::Deleted, StatusItem::DeletedStorage];
    let read = command("STATUS INBOX (MESSAGES DELETED DELETED-STORAGE)");
    assert_eq!(read, Command::Status { mailbox: MailboxName::inbox(), items });
    assert!(bad("STATUS INBOX ()") && bad("STATUS INBOX") && bad("STATUS INBOX MESSAGES"));
}

#[test]
fn namespaces_are_told_in_three_kinds() {
    let tells = |line: &str| match strict(line) {
        Response::Namespace(namespaces) => namespaces,
        other => panic!("{line}: {other:?}"),
    };
    let one = |prefix: &'static str, delimiter| Namespace::new(prefix, delimiter);
    let kinds = Namespaces::new;
    // RFC 2342 §5
    let line = "* NAMESPACE ((\"\" \"/\")) NIL ((\"Public Folders/\" \"/\"))";
    assert_eq!(
        tells(line),
        kinds(vec![one("", slash())], vec![], vec![one("Public Folders/", slash())])
    );
    assert_eq!(written(&strict(line)), format!("{line}\r\n"));
    let line =
        "* NAMESPACE ((\"\" \"/\")(\"#mh/\" \"/\" \"X-PARAM\" (\"FLAG1\" \"FLAG2\"))) NIL NIL";
    let extensions = vec![(bytes("X-PARAM"), vec![bytes("FLAG1"), bytes("FLAG2")])];
    let mh = one("#mh/", slash()).with_extensions(extensions);
    assert_eq!(tells(line), kinds(vec![one("", slash()), mh], vec![], vec![]));
    assert_eq!(written(&strict(line)), format!("{line}\r\n"));
    // real-server-quirks.tsv, namespace-nil-delim
    assert_eq!(
        tells("* NAMESPACE ((\"\" NIL)) NIL NIL"),
        kinds(vec![one("", None)], vec![], vec![])
    );
    for line in ["* NAMESPACE ((\"\" \"/\"))", "* NAMESPACE () NIL NIL", "* NAMESPACE (a) NIL NIL"]
    {
        assert!(refused(line), "{line}");
    }
}

#[test]
fn select_tells_what_the_client_knows() {
    let parameters = |line: &str| match command(line) {
        Command::Select { parameters, .. } | Command::Examine { parameters, .. } => parameters,
        other => panic!("{line}: {other:?}"),
    };
    assert!(parameters("SELECT INBOX").is_empty() && parameters("EXAMINE a").is_empty());
    // RFC 7162 §3.1.8
    let condstore = SelectParameters::new().with_condstore();
    assert_eq!(parameters("SELECT INBOX (CONDSTORE)"), condstore);
    // §3.2.5
    let numbers = |text: &str| -> NumberList {
        let set = SequenceSet::parse(text).expect("a set");
        set.resolve(u32::MAX).into_iter().flatten().collect()
    };
    let uids = |text: &str| UidSet::new(numbers(text)).expect("UIDs");
    let known = Qresync::new(
        UidValidity::new(67_890_007),
        ModSeq::new(20_050_715_194_045_000).expect("a MODSEQ"),
    );
    let line = "SELECT INBOX (QRESYNC (67890007 20050715194045000 41,43:211,214:541))";
    let read = parameters(line).qresync.expect("QRESYNC");
    assert_eq!(read, known.with_known(uids("41,43:211,214:541")));
    // §3.2.5.2
    let line = "SELECT INBOX (QRESYNC (67890007 90060115194045000 1:29997 \
                (5000,7500,9000,9990:9999 15000,22500,27000,29970,29973,29976,29979,29982,29985,\
                29988,29991,29994,29997)))";
    let read = parameters(line).qresync.expect("QRESYNC").matched.expect("numbers");
    assert_eq!(read.numbers(), &numbers("5000,7500,9000,9990:9999"));
    assert_eq!(read.uids().len(), 13);
    for line in [
        "SELECT INBOX ()",
        "SELECT INBOX (QRESYNC)",
        "SELECT INBOX (QRESYNC (0 1))",
        "SELECT INBOX (QRESYNC (1 0))",
        // "*" is not allowed, and each number has its UID.
        "SELECT INBOX (QRESYNC (1 1 1:*))",
        "SELECT INBOX (QRESYNC (1 1 (1:3 4:5)))",
        "SELECT INBOX (QRESYNC (1 1) QRESYNC (1 1))",
    ] {
        assert!(bad(line), "{line}");
    }
}

#[test]
fn create_tells_what_a_mailbox_is_for() {
    // RFC 6154 §5.3
    assert_eq!(
        command("CREATE MySpecial (USE (\\Drafts \\Sent))"),
        Command::Create(Create::new(name("MySpecial")).with_special_use(vec![Drafts, Sent]))
    );
    assert_eq!(
        command("CREATE Everything (USE (\\All))"),
        Command::Create(Create::new(name("Everything")).with_special_use(vec![All]))
    );
    assert_eq!(command("CREATE a/b/"), Command::Create(Create::new(name("a/b/"))));
    assert!(bad("CREATE a (USE)") && bad("CREATE a (USE (All))") && bad("CREATE a ()"));
}

#[test]
fn quotas_are_told_and_set() {
    let resource =
        |resource: &str, usage, limit| QuotaResource { resource: atom(resource), usage, limit };
    let quota =
        |root: &str, resources| Response::Quota(QuotaResponse { root: bytes(root), resources });
    // RFC 2087 §5.1, RFC 9208 §4.1
    for (line, expected) in [
        ("* QUOTA \"\" (STORAGE 10 512)", quota("", vec![resource("STORAGE", 10, 512)])),
        (
            "* QUOTA \"#user/alice\" (STORAGE 54 111 MESSAGE 42 1000)",
            quota("#user/alice", vec![resource("STORAGE", 54, 111), resource("MESSAGE", 42, 1000)]),
        ),
        ("* QUOTA a ()", quota("a", vec![])),
        // real-server-quirks.tsv, quota-u64
        (
            "* QUOTA \"\" (STORAGE 15728640000 5497558138880)",
            quota("", vec![resource("STORAGE", 15_728_640_000, 5_497_558_138_880)]),
        ),
    ] {
        assert_eq!(strict(line), expected, "{line}");
    }
    let roots = |mailbox: &str, roots: &[&str]| {
        let roots = roots.iter().map(|root| bytes(root)).collect();
        Response::QuotaRoot(QuotaRoots { mailbox: name(mailbox), roots })
    };
    assert_eq!(
        strict("* QUOTAROOT INBOX \"#user/alice\" \"!partition/sda4\""),
        roots("INBOX", &["#user/alice", "!partition/sda4"])
    );
    assert_eq!(strict("* QUOTAROOT INBOX \"\""), roots("INBOX", &[""]));
    assert_eq!(strict("* QUOTAROOT comp.mail.mime"), roots("comp.mail.mime", &[]));
    assert_eq!(
        command("SETQUOTA \"#user/alice\" (STORAGE 510)"),
        Command::SetQuota {
            root: bytes("#user/alice"),
            limits: vec![QuotaLimit { resource: atom("STORAGE"), limit: 510 }],
        }
    );
    assert_eq!(
        command("GETQUOTA \"!partition/sda4\""),
        Command::GetQuota(bytes("!partition/sda4"))
    );
    assert!(bad("SETQUOTA a (STORAGE)") && bad("SETQUOTA a (STORAGE 9223372036854775808)"));
}

#[test]
fn rights_are_letters_and_digits() {
    let rights = |rights: &str| Rights::parse(rights).expect("rights");
    // RFC 4314 §3.3, §3.6
    let read = strict("* ACL INBOX Fred rwipslxetad -Fred wetd $team w");
    let entries = vec![
        (bytes("Fred"), rights("rwipslxetad")),
        (bytes("-Fred"), rights("wetd")),
        (bytes("$team"), rights("w")),
    ];
    assert_eq!(read, Response::Acl(Acl { mailbox: MailboxName::inbox(), entries }));
    let read = strict(
        "* LISTRIGHTS archive.imap anyone \"\" l r s w i p k x t e c d a 0 1 2 3 4 5 6 7 8 9",
    );
    let Response::ListRights(read) = read else { panic!("{read:?}") };
    assert!(read.required.is_empty());
    assert_eq!(read.optional.len(), 23);
    let read = strict("* LISTRIGHTS ~/Mail/saved smith la r swicdkxte");
    let Response::ListRights(read) = read else { panic!("{read:?}") };
    assert_eq!((read.required, read.optional[1]), (rights("la"), rights("swicdkxte")));
    assert_eq!(
        strict("* MYRIGHTS INBOX rwiptsldaex"),
        Response::MyRights(MyRights {
            mailbox: MailboxName::inbox(),
            rights: rights("rwiptsldaex")
        })
    );
    // §3.1
    let set = |change| Command::SetAcl {
        mailbox: name("INBOX/Drafts"),
        identifier: bytes("Chris"),
        rights: change,
    };
    assert_eq!(command("SETACL INBOX/Drafts Chris +cda"), set(RightsChange::Add(rights("cda"))));
    assert_eq!(command("SETACL INBOX/Drafts Chris -cda"), set(RightsChange::Remove(rights("cda"))));
    assert_eq!(command("SETACL INBOX/Drafts Chris \"\""), set(RightsChange::Replace(rights(""))));
    assert!(bad("SETACL INBOX/Drafts John lrQswicda"));
}

#[test]
fn metadata_is_asked_set_and_told() {
    let entry = |name: &str, value: Option<&str>| MetadataEntry {
        name: bytes(name),
        value: value.map(bytes),
    };
    // RFC 5464 §4.2, §4.4
    assert_eq!(
        strict("* METADATA \"\" (/shared/comment \"Shared comment\")"),
        Response::Metadata(MetadataResponse::Values {
            mailbox: name(""),
            entries: vec![entry("/shared/comment", Some("Shared comment"))],
        })
    );
    assert_eq!(
        strict("* METADATA \"INBOX\" /shared/comment /private/comment"),
        Response::Metadata(MetadataResponse::Changed {
            mailbox: MailboxName::inbox(),
            entries: vec![bytes("/shared/comment"), bytes("/private/comment")],
        })
    );
    // RFC 6154 §5.4, and a literal8
    assert_eq!(
        command("SETMETADATA \"SentMail\" (/private/specialuse NIL /private/a ~{3}\r\na\0b)"),
        Command::SetMetadata {
            mailbox: name("SentMail"),
            entries: vec![entry("/private/specialuse", None), entry("/private/a", Some("a\0b"))],
        }
    );
    let get = |line: &str| match command(line) {
        Command::GetMetadata(get) => get,
        other => panic!("{line}: {other:?}"),
    };
    let one =
        |mailbox: &str, entry: &str| GetMetadata::new(name(mailbox), vec![bytes(entry)]).unwrap();
    assert_eq!(get("GETMETADATA \"\" /shared/comment"), one("", "/shared/comment"));
    let two = vec![bytes("/shared/comment"), bytes("/private/comment")];
    assert_eq!(
        get("GETMETADATA \"INBOX\" (/shared/comment /private/comment)"),
        GetMetadata::new(MailboxName::inbox(), two).unwrap()
    );
    // The options before the mailbox, as in §5, and behind it, as in §4.2.1 and §4.2.2.
    let sized = one("INBOX", "/shared/comment").with_max_size(1024);
    assert_eq!(get("GETMETADATA (MAXSIZE 1024) \"INBOX\" (/shared/comment)"), sized);
    assert_eq!(get("GETMETADATA \"INBOX\" (MAXSIZE 1024) (/shared/comment)"), sized);
    let deep = one("INBOX", "/private/filters/values").with_depth(MetadataDepth::One);
    assert_eq!(get("GETMETADATA \"INBOX\" (DEPTH 1) (/private/filters/values)"), deep);
    assert_eq!(
        get("GETMETADATA (DEPTH infinity MAXSIZE 1) a /b"),
        one("a", "/b").with_depth(MetadataDepth::Infinity).with_max_size(1)
    );
    for line in [
        "GETMETADATA INBOX",
        "GETMETADATA INBOX ()",
        "GETMETADATA (DEPTH 2) INBOX /a",
        "GETMETADATA (MAXSIZE x) INBOX /a",
        "GETMETADATA (MAXSIZE 1 MAXSIZE 2) INBOX /a",
        // §4.4.1 shows it, the grammar does not have it.
        "GETMETADATA \"INBOX\" /private/comment /shared/comment",
        "SETMETADATA INBOX ()",
        "SETMETADATA INBOX (/a)",
    ] {
        assert!(bad(line), "{line}");
    }
}

#[test]
fn an_id_is_names_and_values() {
    // RFC 2971 §3.1, §3.2
    assert_eq!(strict("* ID NIL"), Response::Id(None));
    assert_eq!(command("ID NIL"), Command::Id(None));
    let field = |name: &str, value: Option<&str>| (bytes(name), value.map(bytes));
    assert_eq!(
        command("ID (\"name\" \"sodr\" \"version\" NIL)"),
        Command::Id(Some(vec![field("name", Some("sodr")), field("version", None)]))
    );
    assert_eq!(strict("* ID ()"), Response::Id(Some(vec![])));
    // §3.3: "Implementations MUST NOT send more than 30 field-value pairs."
    let fields = |count: usize| format!("* ID ({})", vec!["\"a\" \"b\""; count].join(" "));
    assert!(matches!(strict(&fields(30)), Response::Id(Some(fields)) if fields.len() == 30));
    assert!(refused(&fields(31)));
}

#[test]
fn events_are_asked_for() {
    let notify = |line: &str| match command(line) {
        Command::Notify(notify) => notify,
        other => panic!("{line}: {other:?}"),
    };
    assert_eq!(notify("NOTIFY NONE"), NotifyCommand::None);
    let group = |mailboxes, events| EventGroup { mailboxes, events };
    let new = NotifyEvent::MessageNew(vec![]);
    let messages = vec![new, NotifyEvent::MessageExpunge];
    // RFC 5465 §3.1, §6
    let groups = vec![
        group(NotifyMailboxes::Selected, Some(messages.clone())),
        group(NotifyMailboxes::Subtree(vec![name("Lists")]), Some(messages)),
        group(NotifyMailboxes::Mailboxes(vec![name("a"), name("b")]), None),
        group(NotifyMailboxes::Personal, Some(vec![NotifyEvent::MailboxName])),
    ];
    assert_eq!(
        notify(
            "NOTIFY SET STATUS (selected (MessageNew MessageExpunge)) \
             (subtree Lists (messageNew messageExpunge)) (mailboxes (a b) NONE) \
             (personal (MailboxName))"
        ),
        NotifyCommand::Set { status: true, groups }
    );
    // RFC 5465 §5 prints this without the parentheses around the events, which its grammar has.
    let NotifyCommand::Set { groups, .. } = notify(
        "NOTIFY SET (selected (MessageNew (uid body.peek[header.fields (from to subject)]) \
         MessageExpunge))",
    ) else {
        panic!("SET")
    };
    let fields = ["from", "to", "subject"].map(|name| FieldName::new(name).expect("a name"));
    let section = Section::new(vec![], Some(SectionText::HeaderFields(fields.into())));
    let attributes = vec![FetchAttribute::Uid, FetchAttribute::peek(section.expect("a section"))];
    let events = vec![NotifyEvent::MessageNew(attributes), NotifyEvent::MessageExpunge];
    assert_eq!(groups, [group(NotifyMailboxes::Selected, Some(events))]);
    for line in [
        "NOTIFY",
        "NOTIFY SET",
        "NOTIFY SET STATUS",
        "NOTIFY SET (selected)",
        "NOTIFY SET (selected ())",
        "NOTIFY SET (subtree Lists MessageNew)",
        "NOTIFY SET (subtree (MessageNew))",
    ] {
        assert!(bad(line), "{line}");
    }
}
