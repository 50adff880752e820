//! Arbitrary values of this area.

use bytes::Bytes;
use postrider_imap::*;
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

/// Octets that a string may hold: all but NUL, for which RFC 3516 has a literal of its own.
pub(crate) fn octets() -> impl Strategy<Value = Bytes> {
    prop_oneof![
        4 => "[ -~]{0,12}".prop_map(Bytes::from),
        2 => vec(1..=u8::MAX, 0..12).prop_map(Bytes::from),
        1 => Just(Bytes::from_static(b"NIL")),
        1 => Just(Bytes::from_static(b"a\r\nb{3}\r\n")),
    ]
}

pub(crate) fn atom() -> impl Strategy<Value = Atom> {
    "X-[a-z0-9./+&$-]{0,6}".prop_map(|word| Atom::new(word).expect("an atom"))
}

/// One value of any shape.
pub(crate) fn raw() -> impl Strategy<Value = Raw> {
    let leaf = prop_oneof!["[0-9]{1,5}", "\"[ a-z()]{0,5}\"", Just("{3}\r\n(\"\r".to_owned())];
    let value = leaf.prop_recursive(3, 12, 3, |inner| {
        vec(inner, 0..3).prop_map(|members| format!("({})", members.join(" ")))
    });
    value.prop_map(|value| Raw::new(value).expect("one value"))
}

/// A value in parentheses.
pub(crate) fn list_raw() -> impl Strategy<Value = Raw> {
    vec(raw(), 1..3).prop_map(|members| {
        let members: Vec<&[u8]> = members.iter().map(Raw::as_bytes).collect();
        Raw::new([b"(", members.join(&b' ').as_slice(), b")"].concat()).expect("a list")
    })
}

pub(crate) fn mailbox() -> impl Strategy<Value = MailboxName> {
    prop_oneof![
        1 => Just(MailboxName::inbox()),
        4 => "[ -~]{0,12}".prop_map(|name| MailboxName::new(name).expect("a name")),
        2 => "\\PC{0,8}".prop_map(|text| {
            MailboxName::encode(&text, MailboxEncoding::ModifiedUtf7).expect("a name")
        }),
        1 => vec(0x80..=0xff_u8, 0..8).prop_map(|name| MailboxName::new(name).expect("a name")),
        1 => Just(MailboxName::new("nil").expect("a name")),
    ]
}

pub(crate) fn delimiter() -> impl Strategy<Value = Option<Delimiter>> {
    option::of((b' '..=b'~').prop_map(|octet| Delimiter::new(octet).expect("a delimiter")))
}

pub(crate) fn list_attribute() -> impl Strategy<Value = ListAttribute> {
    use ListAttribute::*;
    let known = [
        NoInferiors,
        NoSelect,
        Marked,
        Unmarked,
        NonExistent,
        Subscribed,
        Remote,
        HasChildren,
        HasNoChildren,
        NoAccess,
        All,
        Archive,
        Drafts,
        Flagged,
        Junk,
        Sent,
        Trash,
        Important,
        Memos,
        Scheduled,
        Snoozed,
        Inbox,
        AllMail,
        Starred,
        Spam,
    ];
    prop_oneof![4 => proptest::sample::select(known.to_vec()), 1 => atom().prop_map(Other)]
}

pub(crate) fn list_attributes() -> impl Strategy<Value = ListAttributes> {
    vec(list_attribute(), 0..5).prop_map(|all| all.into_iter().collect())
}

fn list_extended() -> impl Strategy<Value = ListExtended> {
    let unparsed = prop_oneof![Just("CHILDINFO 5"), Just("OLDNAME (a b)"), Just("(a b) (c)"),];
    prop_oneof![
        vec(atom(), 1..3).prop_map(ListExtended::ChildInfo),
        mailbox().prop_map(ListExtended::OldName),
        (octets(), raw()).prop_map(|(tag, value)| ListExtended::Other(tag, value)),
        unparsed.prop_map(|raw| ListExtended::Unparsed(Raw::new(raw).expect("raw"))),
    ]
}

pub(crate) fn list_response() -> impl Strategy<Value = ListResponse> {
    let kind = prop_oneof![Just(ListKind::List), Just(ListKind::Lsub), Just(ListKind::Xlist)];
    let extended = vec(list_extended(), 0..3);
    (kind, list_attributes(), delimiter(), mailbox(), extended).prop_map(
        |(kind, attributes, delimiter, mailbox, extended)| {
            ListResponse::new(attributes, delimiter, mailbox)
                .with_kind(kind)
                .with_extended(extended)
        },
    )
}

fn selection() -> impl Strategy<Value = Vec<ListSelection>> {
    let option = prop_oneof![
        Just(ListSelection::Subscribed),
        Just(ListSelection::Remote),
        Just(ListSelection::RecursiveMatch),
        Just(ListSelection::SpecialUse),
        (atom(), option::of(list_raw()))
            .prop_map(|(name, value)| ListSelection::Other(name, value)),
    ];
    vec(option, 0..4).prop_map(|mut options| {
        // What RECURSIVEMATCH needs.
        if options.contains(&ListSelection::RecursiveMatch) {
            options.push(ListSelection::Subscribed);
        }
        options
    })
}

fn list_return() -> impl Strategy<Value = ListReturn> {
    prop_oneof![
        Just(ListReturn::Subscribed),
        Just(ListReturn::Children),
        Just(ListReturn::SpecialUse),
        Just(ListReturn::MyRights),
        vec(status_item(), 1..4).prop_map(ListReturn::Status),
        vec(octets(), 1..3).prop_map(ListReturn::Metadata),
        (atom(), option::of(list_raw())).prop_map(|(name, value)| ListReturn::Other(name, value)),
    ]
}

pub(crate) fn pattern() -> impl Strategy<Value = Bytes> {
    prop_oneof![octets(), "[a-z%*/\\]]{1,8}".prop_map(Bytes::from)]
}

pub(crate) fn list_command() -> impl Strategy<Value = ListCommand> {
    let returns = option::of(vec(list_return(), 0..4));
    (option::of(selection()), mailbox(), vec(pattern(), 1..3), any::<bool>(), returns).prop_map(
        |(selection, reference, patterns, parenthesised, returns)| {
            let mut list = ListCommand::new(reference, patterns[0].clone());
            if parenthesised || patterns.len() > 1 {
                list = list.with_patterns(patterns).expect("patterns");
            }
            list.selection = selection;
            list.returns = returns;
            list
        },
    )
}

pub(crate) fn status_item() -> impl Strategy<Value = StatusItem> {
    use StatusItem::*;
    let known = [
        Messages,
        Recent,
        UidNext,
        UidValidity,
        Unseen,
        Deleted,
        Size,
        HighestModSeq,
        AppendLimit,
        MailboxId,
        DeletedStorage,
    ];
    prop_oneof![6 => proptest::sample::select(known.to_vec()), 1 => atom().prop_map(Other)]
}

pub(crate) fn uid() -> impl Strategy<Value = Uid> {
    (1..=u32::MAX).prop_map(|uid| Uid::new(uid).expect("a UID"))
}

pub(crate) fn uid_validity() -> impl Strategy<Value = UidValidity> {
    (1..=u32::MAX).prop_map(UidValidity::new)
}

pub(crate) fn mod_seq() -> impl Strategy<Value = ModSeq> {
    (1..=ModSeq::MAX.get()).prop_map(|value| ModSeq::new(value).expect("a MODSEQ"))
}

fn number63() -> impl Strategy<Value = u64> {
    prop_oneof![0..1000_u64, 0..=i64::MAX as u64]
}

fn status_value() -> impl Strategy<Value = StatusValue> {
    let unparsed = prop_oneof![
        Just("MESSAGES -1"),
        Just("UIDNEXT 0"),
        Just("X-FUTURE (a \"b\" {1}\r\n))"),
        Just("MAILBOXID NIL"),
        Just("X-ODD 1.5"),
    ];
    prop_oneof![
        any::<u32>().prop_map(StatusValue::Messages),
        any::<u32>().prop_map(StatusValue::Recent),
        uid().prop_map(StatusValue::UidNext),
        uid_validity().prop_map(StatusValue::UidValidity),
        any::<u32>().prop_map(StatusValue::Unseen),
        any::<u32>().prop_map(StatusValue::Deleted),
        number63().prop_map(StatusValue::Size),
        prop_oneof![Just(ModSeq::default()), mod_seq()].prop_map(StatusValue::HighestModSeq),
        option::of(any::<u32>().prop_map(u64::from)).prop_map(StatusValue::AppendLimit),
        "[A-Za-z0-9_-]{1,20}".prop_map(|id| StatusValue::MailboxId(id.into())),
        number63().prop_map(StatusValue::DeletedStorage),
        unparsed.prop_map(|raw| StatusValue::Unparsed(Raw::new(raw).expect("raw"))),
    ]
}

pub(crate) fn mailbox_status() -> impl Strategy<Value = MailboxStatus> {
    (mailbox(), vec(status_value(), 0..5)).prop_map(|(m, items)| MailboxStatus::new(m, items))
}

pub(crate) fn namespaces() -> impl Strategy<Value = Namespaces> {
    let kind = || vec(namespace(), 0..3);
    (kind(), kind(), kind()).prop_map(|(one, two, three)| Namespaces::new(one, two, three))
}

fn namespace() -> impl Strategy<Value = Namespace> {
    let extensions = vec((octets(), vec(octets(), 1..3)), 0..2);
    (octets(), delimiter(), extensions)
        .prop_map(|(prefix, d, extensions)| Namespace::new(prefix, d).with_extensions(extensions))
}

pub(crate) fn numbers() -> impl Strategy<Value = NumberList> {
    vec(1..50_u32, 1..6).prop_map(|numbers| numbers.into_iter().collect())
}

pub(crate) fn uid_set() -> impl Strategy<Value = UidSet> {
    numbers().prop_map(|numbers| UidSet::new(numbers).expect("UIDs"))
}

fn sequence_match() -> impl Strategy<Value = SequenceMatch> {
    vec((1..50_u32, 1..9999_u32), 1..6).prop_map(|pairs| {
        let (numbers, uids): (Vec<u32>, Vec<u32>) = pairs.into_iter().unzip();
        let uids = UidSet::new(uids.into_iter().collect()).expect("UIDs");
        SequenceMatch::new(numbers.into_iter().collect(), uids).expect("as many")
    })
}

fn qresync() -> impl Strategy<Value = Qresync> {
    (uid_validity(), mod_seq(), option::of(uid_set()), option::of(sequence_match())).prop_map(
        |(validity, mod_seq, known, matched)| {
            let mut qresync = Qresync::new(validity, mod_seq);
            qresync.known = known;
            qresync.matched = matched;
            qresync
        },
    )
}

fn parameters() -> impl Strategy<Value = Vec<(Atom, Option<Raw>)>> {
    let simple = prop_oneof![Just("7"), Just("1:3,9"), Just("*")];
    let simple = simple.prop_map(|raw| Raw::new(raw).expect("raw"));
    vec((atom(), option::of(prop_oneof![simple, list_raw()])), 0..3)
}

pub(crate) fn select_parameters() -> impl Strategy<Value = SelectParameters> {
    (any::<bool>(), option::of(qresync()), parameters()).prop_map(|(condstore, qresync, others)| {
        let mut parameters = SelectParameters::new().with_others(others);
        parameters.condstore = condstore;
        parameters.qresync = qresync;
        parameters
    })
}

pub(crate) fn create() -> impl Strategy<Value = Create> {
    (mailbox(), option::of(vec(list_attribute(), 0..3)), parameters()).prop_map(
        |(mailbox, special_use, others)| {
            let mut create = Create::new(mailbox).with_others(others);
            create.special_use = special_use;
            create
        },
    )
}

pub(crate) fn quota() -> impl Strategy<Value = QuotaResponse> {
    let resource = (atom(), number63(), number63())
        .prop_map(|(resource, usage, limit)| QuotaResource { resource, usage, limit });
    (octets(), vec(resource, 0..4)).prop_map(|(root, resources)| QuotaResponse { root, resources })
}

pub(crate) fn rights() -> impl Strategy<Value = Rights> {
    "[a-z0-9]{0,8}".prop_map(|rights| Rights::parse(rights).expect("rights"))
}

pub(crate) fn acl() -> impl Strategy<Value = Acl> {
    (mailbox(), vec((octets(), rights()), 0..4))
        .prop_map(|(mailbox, entries)| Acl { mailbox, entries })
}

/// Octets that a literal8 may hold.
pub(crate) fn binary() -> impl Strategy<Value = Bytes> {
    prop_oneof![2 => octets(), 1 => vec(any::<u8>(), 0..12).prop_map(Bytes::from)]
}

pub(crate) fn metadata_entries() -> impl Strategy<Value = Vec<MetadataEntry>> {
    let entry = (octets(), option::of(binary()));
    vec(entry.prop_map(|(name, value)| MetadataEntry { name, value }), 1..4)
}

pub(crate) fn metadata() -> impl Strategy<Value = MetadataResponse> {
    prop_oneof![
        (mailbox(), metadata_entries())
            .prop_map(|(mailbox, entries)| MetadataResponse::Values { mailbox, entries }),
        (mailbox(), vec(octets(), 1..4))
            .prop_map(|(mailbox, entries)| MetadataResponse::Changed { mailbox, entries }),
    ]
}

pub(crate) fn get_metadata() -> impl Strategy<Value = GetMetadata> {
    let depth = prop_oneof![
        Just(MetadataDepth::Zero),
        Just(MetadataDepth::One),
        Just(MetadataDepth::Infinity)
    ];
    let options = (option::of(any::<u32>()), option::of(depth), parameters());
    (mailbox(), options, vec(octets(), 1..4)).prop_map(
        |(mailbox, (max_size, depth, others), entries)| {
            let mut get = GetMetadata::new(mailbox, entries).expect("entries").with_others(others);
            get.max_size = max_size;
            get.depth = depth;
            get
        },
    )
}

pub(crate) fn id_parameters() -> impl Strategy<Value = IdParameters> {
    option::of(vec((octets(), option::of(octets())), 0..4))
}

pub(crate) fn notify_mailboxes() -> impl Strategy<Value = NotifyMailboxes> {
    let some = || vec(mailbox(), 1..3);
    prop_oneof![
        Just(NotifyMailboxes::Selected),
        Just(NotifyMailboxes::SelectedDelayed),
        Just(NotifyMailboxes::Inboxes),
        Just(NotifyMailboxes::Personal),
        Just(NotifyMailboxes::Subscribed),
        some().prop_map(NotifyMailboxes::Subtree),
        some().prop_map(NotifyMailboxes::SubtreeOne),
        some().prop_map(NotifyMailboxes::Mailboxes),
        atom().prop_map(NotifyMailboxes::Other),
    ]
}

fn fetch_attribute() -> impl Strategy<Value = FetchAttribute> {
    prop_oneof![
        Just(FetchAttribute::Uid),
        Just(FetchAttribute::Envelope),
        Just(FetchAttribute::Preview { lazy: true }),
        Just(FetchAttribute::peek(Section::header())),
        Just(FetchAttribute::body(Section::new(vec![1, 2], None).expect("a section"))),
    ]
}

fn notify_event() -> impl Strategy<Value = NotifyEvent> {
    prop_oneof![
        vec(fetch_attribute(), 0..3).prop_map(NotifyEvent::MessageNew),
        Just(NotifyEvent::MessageExpunge),
        Just(NotifyEvent::FlagChange),
        Just(NotifyEvent::AnnotationChange),
        Just(NotifyEvent::MailboxName),
        Just(NotifyEvent::SubscriptionChange),
        Just(NotifyEvent::MailboxMetadataChange),
        Just(NotifyEvent::ServerMetadataChange),
        atom().prop_map(NotifyEvent::Other),
    ]
}

pub(crate) fn notify() -> impl Strategy<Value = NotifyCommand> {
    let group = (notify_mailboxes(), option::of(vec(notify_event(), 1..4)))
        .prop_map(|(mailboxes, events)| EventGroup { mailboxes, events });
    prop_oneof![
        1 => Just(NotifyCommand::None),
        4 => (any::<bool>(), vec(group, 1..4))
            .prop_map(|(status, groups)| NotifyCommand::Set { status, groups }),
    ]
}

/// All responses of this area.
pub(crate) fn response() -> impl Strategy<Value = Response> {
    prop_oneof![
        list_response().prop_map(Response::List),
        mailbox_status().prop_map(Response::MailboxStatus),
        namespaces().prop_map(Response::Namespace),
        quota().prop_map(Response::Quota),
        (mailbox(), vec(octets(), 0..4))
            .prop_map(|(mailbox, roots)| Response::QuotaRoot(QuotaRoots { mailbox, roots })),
        acl().prop_map(Response::Acl),
        (mailbox(), octets(), rights(), vec(rights(), 0..4)).prop_map(
            |(mailbox, identifier, required, optional)| {
                Response::ListRights(ListRights { mailbox, identifier, required, optional })
            }
        ),
        (mailbox(), rights())
            .prop_map(|(mailbox, rights)| Response::MyRights(MyRights { mailbox, rights })),
        metadata().prop_map(Response::Metadata),
        id_parameters().prop_map(Response::Id),
    ]
}

/// All commands of this area.
pub(crate) fn command() -> impl Strategy<Value = Command> {
    prop_oneof![mailbox_command(), extension_command()]
}

/// Those of RFC 3501.
fn mailbox_command() -> impl Strategy<Value = Command> {
    let parts = || (mailbox(), pattern());
    prop_oneof![
        list_command().prop_map(Command::List),
        parts().prop_map(|(reference, pattern)| Command::Lsub { reference, pattern }),
        parts().prop_map(|(reference, pattern)| Command::Xlist { reference, pattern }),
        (mailbox(), vec(status_item(), 1..5))
            .prop_map(|(mailbox, items)| Command::Status { mailbox, items }),
        (mailbox(), select_parameters())
            .prop_map(|(mailbox, parameters)| Command::Select { mailbox, parameters }),
        (mailbox(), select_parameters())
            .prop_map(|(mailbox, parameters)| Command::Examine { mailbox, parameters }),
        create().prop_map(Command::Create),
        mailbox().prop_map(Command::Delete),
        (mailbox(), mailbox()).prop_map(|(from, to)| Command::Rename { from, to }),
        mailbox().prop_map(Command::Subscribe),
        mailbox().prop_map(Command::Unsubscribe),
    ]
}

/// Those of extensions.
fn extension_command() -> impl Strategy<Value = Command> {
    let change = prop_oneof![
        rights().prop_map(RightsChange::Replace),
        rights().prop_map(RightsChange::Add),
        rights().prop_map(RightsChange::Remove),
    ];
    let limit = (atom(), number63()).prop_map(|(resource, limit)| QuotaLimit { resource, limit });
    prop_oneof![
        octets().prop_map(Command::GetQuota),
        mailbox().prop_map(Command::GetQuotaRoot),
        (octets(), vec(limit, 0..4)).prop_map(|(root, limits)| Command::SetQuota { root, limits }),
        (mailbox(), octets(), change).prop_map(|(mailbox, identifier, rights)| {
            Command::SetAcl { mailbox, identifier, rights }
        }),
        (mailbox(), octets())
            .prop_map(|(mailbox, identifier)| Command::DeleteAcl { mailbox, identifier }),
        mailbox().prop_map(Command::GetAcl),
        (mailbox(), octets())
            .prop_map(|(mailbox, identifier)| Command::ListRights { mailbox, identifier }),
        mailbox().prop_map(Command::MyRights),
        get_metadata().prop_map(Command::GetMetadata),
        (mailbox(), metadata_entries())
            .prop_map(|(mailbox, entries)| Command::SetMetadata { mailbox, entries }),
        id_parameters().prop_map(Command::Id),
        notify().prop_map(Command::Notify),
    ]
}

fn some_octets() -> impl Strategy<Value = Bytes> {
    prop_oneof![
        "[ -~]{1,10}".prop_map(Bytes::from),
        "[./]{1,6}".prop_map(Bytes::from),
        vec(any::<u8>(), 1..8).prop_map(Bytes::from),
    ]
}

fn url_server() -> impl Strategy<Value = UrlServer> {
    let mechanism = prop_oneof![Just(UrlMechanism::Any), atom().prop_map(UrlMechanism::Named),];
    let host = prop_oneof![
        Just(Bytes::from_static(b"[2001:db8::1]")),
        Just(Bytes::from_static(b"192.0.2.1")),
        some_octets(),
    ];
    let rest = (host, option::of(any::<u16>()));
    (option::of(some_octets()), option::of(mechanism), rest)
        .prop_map(|(user, auth, (host, port))| UrlServer { user, auth, host, port })
}

fn url_base() -> impl Strategy<Value = UrlBase> {
    prop_oneof![
        url_server().prop_map(UrlBase::Absolute),
        url_server().prop_map(UrlBase::Network),
        Just(UrlBase::Path),
        Just(UrlBase::Relative),
    ]
}

fn url_mailbox() -> impl Strategy<Value = UrlMailbox> {
    let named = mailbox().prop_filter("a name", |name| !name.as_bytes().is_empty());
    let dotted = "[./]{1,6}".prop_map(|name| MailboxName::new(name).expect("a name"));
    (prop_oneof![named, dotted], option::of(uid_validity()))
        .prop_map(|(name, validity)| UrlMailbox { name, validity })
}

fn url_partial() -> impl Strategy<Value = UrlPartial> {
    (any::<u64>(), option::of(1..=u64::MAX)).prop_map(|(offset, length)| UrlPartial {
        offset,
        length: length.and_then(std::num::NonZeroU64::new),
    })
}

fn url_auth() -> impl Strategy<Value = UrlAuth> {
    let expire = prop_oneof![Just("2010-02-02T12:00:00Z"), Just("2010-02-02t12:00:00.25-05:00")];
    let access = prop_oneof![
        some_octets().prop_map(UrlAccess::Submit),
        some_octets().prop_map(UrlAccess::User),
        Just(UrlAccess::AuthUser),
        Just(UrlAccess::Anonymous),
    ];
    let verifier = "[0-9a-fA-F]{32,40}".prop_map(|token| UrlVerifier {
        mechanism: Atom::new("INTERNAL").expect("an atom"),
        token: token.into(),
    });
    (option::of(expire.prop_map(Bytes::from)), access, option::of(verifier))
        .prop_map(|(expire, access, verifier)| UrlAuth { expire, access, verifier })
}

/// URLs whose parts go together.
pub(crate) fn url() -> impl Strategy<Value = ImapUrl> {
    let section = || option::of(some_octets());
    let partial = || option::of(url_partial());
    let message = (url_mailbox(), uid(), section(), partial(), option::of(url_auth())).prop_map(
        |(mailbox, uid, section, partial, auth)| UrlTarget::Message {
            mailbox,
            uid,
            section,
            partial,
            auth,
        },
    );
    let target = prop_oneof![
        1 => Just(UrlTarget::Nothing),
        2 => (url_mailbox(), section())
            .prop_map(|(mailbox, search)| UrlTarget::Mailbox { mailbox, search }),
        3 => message,
        1 => (uid(), section(), partial()).prop_map(|(u, s, p)| UrlTarget::Uid(u, s, p)),
        1 => (some_octets(), partial()).prop_map(|(s, p)| UrlTarget::Section(s, p)),
        1 => url_partial().prop_map(UrlTarget::Partial),
    ];
    (url_base(), target)
        .prop_filter_map("parts that go together", |(base, target)| ImapUrl::new(base, target).ok())
}
