//! Servers that differ from what the RFCs say, by how they can be known, and what a client does about
//! it. One table; what is done is done by the machine, and the embedder's commands stay as they are.

use alloc::vec::Vec;

use bytes::Bytes;

use crate::{
    Capability, Charset, Command, FetchAttribute, FetchAttributes, IdParameters, ListCommand,
    ListSelection, MessageSet, Response, SearchCommand, SearchKey, StoreCommand,
};

/// What a client does for a server, each one bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// It has ID. No quirk, but the answer to a login may not say so again.
    OffersId = 1,
    /// ID is said behind the login, whether the embedder wants it or not.
    IdAfterLogin = 1 << 1,
    /// AUTHENTICATE has no initial response, though the server announces SASL-IR.
    NoInitialResponse = 1 << 2,
    /// Sets are written in ascending order.
    AscendingSets = 1 << 3,
    /// SEARCH has no CHARSET where all strings are ASCII.
    NoCharset = 1 << 4,
    /// FETCH asks for `BODY[]`, and not by the old name `RFC822`.
    NoRfc822 = 1 << 5,
    /// LIST does not choose by SPECIAL-USE, and has no RETURN.
    PlainList = 1 << 6,
    /// A line that begins with a space, where a tag should stand, answers the oldest command.
    EmptyTag = 1 << 7,
}

/// What a client does for the server of this session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Ways(u8);

/// How a server can be known. All is compared without regard to the case of letters.
enum Sign {
    /// This stands in the greeting.
    Greeting(&'static str),
    /// A capability of this name.
    Capability(&'static str),
    /// This stands in what ID says.
    Id(&'static str),
}

struct Row {
    /// For who reads the table.
    _server: &'static str,
    /// Any of these.
    signs: &'static [Sign],
    ways: &'static [Way],
    /// Where that was reported. What was known of it in November 2026.
    _sources: &'static [&'static str],
}

const TABLE: &[Row] = &[
    Row {
        // NetEase (163, 126, 188, yeah) runs it. SELECT without ID before it: "NO SELECT Unsafe Login.
        // Please contact kefu@188.com for help". An initial response: "BAD Request not ending with".
        _server: "Coremail",
        signs: &[Sign::Greeting("Coremail"), Sign::Capability("X-CM-EXT-1"), Sign::Id("Coremail")],
        ways: &[Way::IdAfterLogin, Way::NoInitialResponse],
        _sources: &[
            "https://github.com/modern-email/defects/issues/25",
            "https://github.com/chatmail/provider-db/issues/179",
            "https://github.com/modern-email/defects/issues/54",
            "https://github.com/pimalaya/himalaya/issues/729",
        ],
    },
    Row {
        // `FETCH 11609:11590`: "BAD Sequence set is inavlid!"; several ranges that descend, the same.
        _server: "QQ Mail, Exmail",
        signs: &[Sign::Greeting("QQMail IMAP4Server")],
        ways: &[Way::AscendingSets],
        _sources: &[
            "https://github.com/pimalaya/himalaya/issues/276",
            "https://github.com/bkaankose/Wino-Mail/issues/575",
            "https://github.com/MailCore/mailcore2/issues/1332",
        ],
    },
    Row {
        // "NO [BADCHARSET (US-ASCII)] The specified charset is not supported.", also where all strings
        // are ASCII. What is not ASCII cannot be searched for.
        _server: "Exchange, Outlook",
        signs: &[Sign::Greeting("Microsoft Exchange"), Sign::Id("Microsoft.Exchange.Imap4")],
        ways: &[Way::NoCharset],
        _sources: &[
            "https://github.com/jstedfast/MailKit/issues/808",
            "https://github.com/jstedfast/MailKit/issues/16",
            "https://github.com/emersion/go-imap/pull/465",
        ],
    },
    Row {
        // Without CHARSET UTF-8, or with it and in quotes: "BAD Could not parse command". That is as the
        // RFC has it, and so we say it to all: with a charset, and in literals.
        _server: "Gmail",
        signs: &[Sign::Greeting("Gimap"), Sign::Capability("X-GM-EXT-1")],
        ways: &[],
        _sources: &[
            "https://github.com/Cocoanetics/SwiftMail/pull/222",
            "https://github.com/dinhvh/libetpan/pull/126",
            "https://github.com/emersion/go-imap/issues/504",
        ],
    },
    Row {
        // OK, and the item is missing.
        _server: "iCloud",
        signs: &[
            Sign::Greeting("iscream"),
            Sign::Capability("AUTH=ATOKEN"),
            Sign::Capability("X-SUN-IMAP"),
        ],
        ways: &[Way::NoRfc822],
        _sources: &[
            "https://github.com/modern-email/defects/issues/36",
            "https://github.com/freescout-help-desk/freescout/issues/4202",
            "https://github.com/nextcloud/mail/issues/3401",
        ],
    },
    Row {
        // RETURN is answered by BAD without a tag.
        _server: "Proton Mail Bridge 3 (gluon)",
        signs: &[Sign::Greeting("gluon session ID")],
        ways: &[Way::PlainList, Way::EmptyTag],
        _sources: &[
            "https://github.com/floatpane/matcha/issues/1426",
            "https://github.com/ProtonMail/gluon/issues/331",
        ],
    },
    Row {
        // It announces SPECIAL-USE, and says "BAD Reference name must be a string".
        _server: "Proton Mail Bridge 1 and 2",
        signs: &[Sign::Capability("XSTOP"), Sign::Id("ProtonMail")],
        ways: &[Way::PlainList],
        _sources: &[
            "https://github.com/ProtonMail/proton-bridge/issues/112",
            "https://github.com/jstedfast/MailKit/issues/674",
        ],
    },
    Row {
        // HIGHESTMODSEQ without CONDSTORE, and a search for MODSEQ is "BAD [CLIENTBUG]". Nothing to be
        // done here: a capability that is not announced is not used, and MODSEQs are told as they come.
        _server: "Yahoo, AOL",
        signs: &[Sign::Capability("XYMHIGHESTMODSEQ"), Sign::Id("Yahoo")],
        ways: &[],
        _sources: &[
            "https://github.com/jstedfast/MailKit/issues/221",
            "https://github.com/jstedfast/MailKit/issues/358",
        ],
    },
];

/// What ID tells where the embedder says nothing.
pub(super) fn our_id() -> IdParameters {
    let text = |text: &'static str| Bytes::from_static(text.as_bytes());
    let version = text(env!("CARGO_PKG_VERSION"));
    Some(Vec::from([(text("name"), Some(text("postrider"))), (text("version"), Some(version))]))
}

impl Ways {
    pub(super) fn has(self, way: Way) -> bool {
        self.0 & way as u8 != 0
    }

    fn add(&mut self, way: Way) {
        self.0 |= way as u8;
    }

    fn learn(&mut self, is: impl Fn(&Sign) -> bool) {
        for row in TABLE.iter().filter(|row| row.signs.iter().any(&is)) {
            row.ways.iter().for_each(|way| self.add(*way));
        }
    }

    pub(super) fn learn_greeting(&mut self, text: &[u8]) {
        self.learn(|sign| matches!(sign, Sign::Greeting(word) if stands_in(word, text)));
    }

    pub(super) fn learn_capabilities(&mut self, list: &[Capability]) {
        if list.iter().any(|one| one.is("ID")) {
            self.add(Way::OffersId);
        }
        let is = |name: &str| list.iter().any(|one| one.is(name));
        self.learn(|sign| matches!(sign, Sign::Capability(name) if is(name)));
    }

    pub(super) fn learn_id(&mut self, id: &Response) {
        let Response::Id(Some(fields)) = id else { return };
        let says = |word: &str| {
            fields
                .iter()
                .filter_map(|(_, value)| value.as_ref())
                .any(|value| stands_in(word, value))
        };
        self.learn(|sign| matches!(sign, Sign::Id(word) if says(word)));
    }

    /// The command as this server takes it.
    pub(super) fn adapt(self, command: Command, utf8: bool) -> Command {
        let sets = |set| if self.has(Way::AscendingSets) { in_order(set) } else { set };
        match command {
            Command::Fetch { set, uid, attributes, modifiers } => {
                let attributes =
                    if self.has(Way::NoRfc822) { new_name(attributes) } else { attributes };
                Command::Fetch { set: sets(set), uid, attributes, modifiers }
            }
            Command::Store(store) => Command::Store(StoreCommand { set: sets(store.set), ..store }),
            Command::Copy { set, uid, mailbox } => Command::Copy { set: sets(set), uid, mailbox },
            Command::Move { set, uid, mailbox } => Command::Move { set: sets(set), uid, mailbox },
            Command::UidExpunge(set) => Command::UidExpunge(sets(set)),
            Command::Search(mut search) => {
                self.adapt_search(&mut search, utf8);
                Command::Search(search)
            }
            Command::List(list) if self.has(Way::PlainList) => Command::List(plain_list(list)),
            command => command,
        }
    }

    fn adapt_search(self, search: &mut SearchCommand, utf8: bool) {
        if self.has(Way::AscendingSets) {
            search.keys.iter_mut().for_each(key_in_order);
        }
        let ascii = SearchKey::walk(&search.keys).all(is_ascii);
        if ascii && self.has(Way::NoCharset) {
            search.charset = None;
        } else if !ascii && !utf8 && search.charset.is_none() {
            // Without one the strings are US-ASCII (RFC 3501 §6.4.4). With UTF8=ACCEPT none may stand
            // (RFC 6855 §3), and IMAP4rev2 has UTF-8 anyway (RFC 9051 §6.4.4).
            search.charset = Some(Charset::utf8());
        }
    }
}

fn in_order(set: MessageSet) -> MessageSet {
    match set {
        MessageSet::Set(set) => MessageSet::Set(set.ascending()),
        MessageSet::Saved => MessageSet::Saved,
    }
}

fn key_in_order(key: &mut SearchKey) {
    match key {
        SearchKey::Numbers(set) | SearchKey::Uid(set) => {
            if let MessageSet::Set(one) = set {
                *set = MessageSet::Set(one.ascending());
            }
        }
        SearchKey::Not(key) | SearchKey::Fuzzy(key) => key_in_order(key),
        SearchKey::Or(one, other) => {
            key_in_order(one);
            key_in_order(other);
        }
        SearchKey::And(keys) => keys.iter_mut().for_each(key_in_order),
        _ => {}
    }
}

/// Whether all strings of a key itself are ASCII.
fn is_ascii(key: &SearchKey) -> bool {
    match key {
        SearchKey::Bcc(text)
        | SearchKey::Body(text)
        | SearchKey::Cc(text)
        | SearchKey::From(text)
        | SearchKey::Subject(text)
        | SearchKey::Text(text)
        | SearchKey::To(text)
        | SearchKey::Header(_, text)
        | SearchKey::GmailRaw(text)
        | SearchKey::GmailLabels(text) => text.is_ascii(),
        SearchKey::Other(_, raw) => raw.as_bytes().is_ascii(),
        _ => true,
    }
}

/// RFC 3501 §6.4.5: RFC822 "Functionally equivalent to BODY[]", and so on.
fn new_name(attributes: FetchAttributes) -> FetchAttributes {
    let FetchAttributes::List(list) = attributes else { return attributes };
    let rename = |one| match one {
        FetchAttribute::Rfc822 => FetchAttribute::body(crate::Section::all()),
        FetchAttribute::Rfc822Header => FetchAttribute::peek(crate::Section::header()),
        FetchAttribute::Rfc822Text => FetchAttribute::body(crate::Section::text()),
        one => one,
    };
    FetchAttributes::List(list.into_iter().map(rename).collect())
}

/// Without SPECIAL-USE: all mailboxes are listed then, with the attributes that the server gives them.
fn plain_list(list: ListCommand) -> ListCommand {
    let selection = list.selection.map(|mut all| {
        all.retain(|one| *one != ListSelection::SpecialUse);
        all
    });
    let parenthesised = list.parenthesised && list.patterns.len() > 1;
    let selection = selection.filter(|all| !all.is_empty());
    ListCommand { selection, returns: None, parenthesised, ..list }
}

/// Whether the word stands in the text, in any case of letters.
fn stands_in(word: &str, text: &[u8]) -> bool {
    let word = word.as_bytes();
    text.windows(word.len().max(1)).any(|window| window.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use std::prelude::v1::*;

    use super::*;
    use crate::{Limits, Quirks, Tag, TaggedCommand, WriteOptions};

    /// What is known behind this greeting, these capabilities and this ID.
    fn ways(greeting: &str, capabilities: &str, id: &str) -> Ways {
        let mut ways = Ways::default();
        ways.learn_greeting(greeting.as_bytes());
        let words = capabilities.split_whitespace().map(|word| Capability::new(word.to_owned()));
        ways.learn_capabilities(&words.collect::<Result<Vec<_>, _>>().unwrap());
        let name = Bytes::copy_from_slice(id.as_bytes());
        ways.learn_id(&Response::Id(Some(Vec::from([("name".into(), Some(name))]))));
        ways
    }

    /// A command as it is said to this server.
    fn said(ways: Ways, line: &str) -> String {
        let line = format!("a {line}");
        let quirks = Quirks::default();
        let parsed = TaggedCommand::parse(line.as_bytes(), &Limits::new(), quirks);
        let command =
            ways.adapt(parsed.unwrap_or_else(|_| unreachable!("{line}")).0.command, false);
        let command = TaggedCommand { tag: Tag::new("a").unwrap(), command };
        let encoded = command.encode(WriteOptions::new());
        let text = String::from_utf8_lossy(encoded.octets.expose()).into_owned();
        text.trim_start_matches("a ").trim_end().to_owned()
    }

    /// The greetings are those of the sources.
    #[test]
    fn servers_are_known_by_what_they_say() {
        let coremail = [
            ways("Coremail System IMap Server Ready(163com[0123])", "", ""),
            ways("IMAP4 ready", "IMAP4rev1 XLIST SPECIAL-USE ID LITERAL+ STARTTLS X-CM-EXT-1", ""),
            ways("", "", "Coremail Imap"),
        ];
        for ways in coremail {
            assert!(ways.has(Way::IdAfterLogin) && ways.has(Way::NoInitialResponse));
        }
        let exchange = "The Microsoft Exchange IMAP4 service is ready. [TQBB]";
        for (greeting, capabilities, way) in [
            ("[CAPABILITY IMAP4] QQMail IMAP4Server ready", "", Way::AscendingSets),
            (exchange, "", Way::NoCharset),
            ("", "IMAP4 AUTH=ATOKEN", Way::NoRfc822),
            ("bridge 3.24 - gluon session ID 1", "", Way::PlainList),
            ("bridge 3.24 - gluon session ID 1", "", Way::EmptyTag),
            ("", "IMAP4rev1 ID", Way::OffersId),
        ] {
            assert!(ways(greeting, capabilities, "").has(way), "{greeting} {capabilities}");
        }
        // Others are as they should be.
        for greeting in ["Dovecot (Debian) ready.", "IMAP4rev1 Service Ready", "Cyrus IMAP ready"] {
            assert_eq!(ways(greeting, "IMAP4rev1 IDLE XAPPLEPUSHSERVICE", ""), Ways::default());
        }
    }

    #[test]
    fn commands_become_what_the_server_takes() {
        let qq = ways("QQMail IMAP4Server ready", "", "");
        let exchange = ways("The Microsoft Exchange IMAP4 service is ready.", "", "");
        let gmail = ways("", "X-GM-EXT-1", "");
        let icloud = ways("", "AUTH=ATOKEN", "");
        let proton = ways("", "XSTOP", "");
        let search = "UID SEARCH CHARSET UTF-8 SUBJECT";
        for (ways, line, expected) in [
            (qq, "FETCH 11609:11590 FLAGS", "FETCH 11590:11609 FLAGS"),
            (qq, "UID FETCH 1593:1580,1578:1543 FLAGS", "UID FETCH 1543:1578,1580:1593 FLAGS"),
            (qq, "STORE *:3 FLAGS ()", "STORE 3:* FLAGS ()"),
            (qq, "UID COPY 5,4 b", "UID COPY 4:5 b"),
            (qq, "UID MOVE 5,4 b", "UID MOVE 4:5 b"),
            (qq, "UID EXPUNGE 5,4", "UID EXPUNGE 4:5"),
            (qq, "SEARCH NOT UID 9:7 OR 3,2 SEEN", "SEARCH NOT UID 7:9 OR 2:3 SEEN"),
            (exchange, &format!("{search} free"), "UID SEARCH SUBJECT free"),
            (exchange, &format!("{search} \"\u{e9}\""), &format!("{search} {{2}}\r\n\u{e9}")),
            (gmail, &format!("{search} free"), &format!("{search} free")),
            (gmail, "UID SEARCH SUBJECT \"\u{e9}\"", &format!("{search} {{2}}\r\n\u{e9}")),
            (icloud, "FETCH 1 (FLAGS RFC822)", "FETCH 1 (FLAGS BODY[])"),
            (icloud, "FETCH 1 (RFC822.HEADER)", "FETCH 1 BODY.PEEK[HEADER]"),
            (icloud, "FETCH 1 RFC822.TEXT", "FETCH 1 BODY[TEXT]"),
            (icloud, "FETCH 1 FAST", "FETCH 1 FAST"),
            (proton, "LIST (SPECIAL-USE) \"\" *", "LIST \"\" *"),
            (proton, "LIST \"\" * RETURN (SPECIAL-USE)", "LIST \"\" *"),
            (proton, "LIST (SUBSCRIBED) \"\" (a b)", "LIST (SUBSCRIBED) \"\" (a b)"),
            (Ways::default(), "FETCH 5:4 RFC822", "FETCH 5:4 RFC822"),
        ] {
            assert_eq!(said(ways, line), expected, "{line}");
        }
    }
}
