//! Servers that differ from what the RFCs say, by how they can be known, and what a client does about
//! it. One table; what is done is done by the machine, and the embedder's commands stay as they are.

use alloc::vec::Vec;

use bytes::Bytes;

use crate::{
    Capability, Charset, Command, FetchAttribute, FetchAttributes, IdParameters, ListCommand,
    ListReturn, ListSelection, MessageSet, Response, SearchCommand, SearchKey, StoreCommand,
};

use super::split::ascending;

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
    /// SEARCH has `CHARSET UTF-8` where some are not.
    Charset = 1 << 5,
    /// FETCH asks for `BODY[]`, and not by the old name `RFC822`.
    NoRfc822 = 1 << 6,
    /// LIST has no SPECIAL-USE, neither to choose nor to return.
    NoSpecialUse = 1 << 7,
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
    /// Where that was reported.
    _source: &'static str,
}

const TABLE: &[Row] = &[];

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
    pub(super) fn adapt(self, command: Command) -> Command {
        if self.0 & !(Way::OffersId as u8) == 0 {
            return command;
        }
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
                self.adapt_search(&mut search);
                Command::Search(search)
            }
            Command::List(list) if self.has(Way::NoSpecialUse) => Command::List(plain_list(list)),
            command => command,
        }
    }

    fn adapt_search(self, search: &mut SearchCommand) {
        if self.has(Way::AscendingSets) {
            search.keys.iter_mut().for_each(key_in_order);
        }
        let ascii = search.keys.iter().all(is_ascii);
        if ascii && self.has(Way::NoCharset) {
            search.charset = None;
        } else if !ascii && self.has(Way::Charset) && search.charset.is_none() {
            search.charset = Charset::new("UTF-8").ok();
        }
    }
}

fn in_order(set: MessageSet) -> MessageSet {
    match set {
        MessageSet::Set(set) => MessageSet::Set(ascending(&set)),
        MessageSet::Saved => MessageSet::Saved,
    }
}

fn key_in_order(key: &mut SearchKey) {
    match key {
        SearchKey::Numbers(set) | SearchKey::Uid(set) => {
            if let MessageSet::Set(one) = set {
                *set = MessageSet::Set(ascending(one));
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

/// Whether all strings of a key are ASCII.
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
        SearchKey::Not(key) | SearchKey::Fuzzy(key) => is_ascii(key),
        SearchKey::Or(one, other) => is_ascii(one) && is_ascii(other),
        SearchKey::And(keys) => keys.iter().all(is_ascii),
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
    let returns = list.returns.map(|mut all| {
        all.retain(|one| *one != ListReturn::SpecialUse);
        all
    });
    ListCommand {
        selection: selection.filter(|all| !all.is_empty()),
        returns: returns.filter(|all| !all.is_empty()),
        ..list
    }
}

/// Whether the word stands in the text, in any case of letters.
fn stands_in(word: &str, text: &[u8]) -> bool {
    let word = word.as_bytes();
    text.windows(word.len().max(1)).any(|window| window.eq_ignore_ascii_case(word))
}
