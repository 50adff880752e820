//! Which command a response belongs to, where the protocol tells.
//!
//! Untagged responses name no command, ESEARCH and UIDBATCHES aside. But the table of
//! [`super::rules`] lets no two commands be in flight whose answers look the same, so that the kind of
//! a response and what it is about are enough; for FETCH, whose answers overlap, it is the oldest that
//! asked for it, since servers that cannot tell either work in order (RFC 9051 §5.5).

use alloc::boxed::Box;

use super::pending::Flight;
use super::rules::{About, Told};
use super::{Client, Handle};
use crate::{
    BodySection, CommandName, FetchAttribute, FetchItem, FetchedMessage, ListKind, ListReturn,
    MailboxName, MetadataResponse, Response, UidSet,
};

/// The FETCH response that is being read.
#[derive(Debug, Default)]
pub(super) struct Fetching {
    /// Whose it is, as soon as something was told that shows it.
    owner: Option<Handle>,
    uid: Option<u32>,
    /// Whether all of it is there, so that a UID that was not told is not told at all.
    is_whole: bool,
    /// The octets that were told of it, for as long as the UID is not known.
    section: Option<Box<BodySection>>,
}

impl Client {
    /// Whose answer this is.
    pub(super) fn owner(&self, response: &Response) -> Option<Handle> {
        let (told, mailbox) = match response {
            Response::Esearch(found) => {
                let tag = found.tag.as_ref();
                return tag.and_then(|tag| self.handle_of_tag(tag));
            }
            Response::UidBatches { tag, .. } => return self.handle_of_tag(tag),
            Response::Enabled(_) => return self.in_flight(CommandName::Enable),
            Response::Capability(_) => (&[Told::Capability][..], None),
            Response::Id(_) => (&[Told::Id][..], None),
            // Some answer LSUB by LIST.
            Response::List(list) if list.kind == ListKind::Lsub => {
                (&[Told::Lsub, Told::List][..], None)
            }
            Response::List(_) => (&[Told::List, Told::Lsub][..], None),
            Response::Namespace(_) => (&[Told::Namespace][..], None),
            Response::MailboxStatus(status) => {
                (&[Told::Status, Told::List][..], Some(&status.mailbox))
            }
            Response::Acl(acl) => (&[Told::Acl][..], Some(&acl.mailbox)),
            Response::ListRights(rights) => (&[Told::ListRights][..], Some(&rights.mailbox)),
            Response::MyRights(rights) => {
                (&[Told::MyRights, Told::List][..], Some(&rights.mailbox))
            }
            Response::Quota(_) | Response::QuotaRoot(_) => (&[Told::Quota][..], None),
            Response::Metadata(MetadataResponse::Values { mailbox, .. }) => {
                (&[Told::Metadata, Told::List][..], Some(mailbox))
            }
            Response::Search { .. } => (&[Told::Search][..], None),
            Response::Sort { .. } => (&[Told::Sort][..], None),
            Response::Thread(_) => (&[Told::Thread][..], None),
            Response::JmapAccess(_) => (&[Told::JmapAccess][..], None),
            Response::Vanished { earlier: true, uids } => return self.owner_of_vanished(uids),
            _ => return None,
        };
        let answers = |flight: &Flight, kind| {
            flight.claim.told == kind && is_about(flight, mailbox, response)
        };
        told.iter()
            .find_map(|kind| self.flights.iter().find(|flight| answers(flight, *kind)))?
            .handle
    }

    /// Whose question these messages answer, that went before it.
    fn owner_of_vanished(&self, uids: &UidSet) -> Option<Handle> {
        let may = |flight: &&Flight| match &flight.claim.about {
            About::Messages { set, .. } => uids
                .as_list()
                .ranges()
                .first()
                .is_some_and(|range| set.may_hold(range.first().get())),
            _ => true,
        };
        let mut owners = self.flights.iter().filter(|flight| flight.claim.vanished).filter(may);
        let owner = owners.next()?;
        if owners.next().is_some() { None } else { owner.handle }
    }

    /// The oldest command of this name.
    fn in_flight(&self, name: CommandName) -> Option<Handle> {
        self.flights.iter().find(|flight| flight.name == name)?.handle
    }

    /// Whose items these are, of a response that is whole, or that goes on.
    pub(super) fn owner_of_items(
        &mut self,
        message: FetchedMessage,
        items: &[FetchItem],
        is_whole: bool,
    ) -> Option<Handle> {
        self.fetching.is_whole = is_whole;
        for item in items {
            if let FetchItem::Uid(uid) = item {
                self.fetching.uid = Some(uid.get());
                // What was said of it before was said without knowing.
                self.fetching.owner = None;
            }
        }
        if let Some(section) = self.fetching.section.take_if(|_| self.fetching.uid.is_some()) {
            return self.owner_of_body(message, &section);
        }
        // Each answer to UID FETCH has the UID: it tells whose it is only where nothing else does.
        let more = items.iter().any(|item| !matches!(item, FetchItem::Uid(_)));
        let certain = more || is_whole;
        self.find_owner(message, certain, |asked| {
            if !more && is_whole {
                // Nothing else will come.
                return asked.iter().all(|one| *one == FetchAttribute::Uid) && !asked.is_empty();
            }
            let mut items = items.iter().filter(|item| !more || !matches!(item, FetchItem::Uid(_)));
            items.any(|item| asks_for_item(asked, item))
        })
    }

    /// Whose octets these are.
    pub(super) fn owner_of_body(
        &mut self,
        message: FetchedMessage,
        section: &BodySection,
    ) -> Option<Handle> {
        let asks = |asked: &[FetchAttribute]| asked.iter().any(|one| asks_for_body(one, section));
        let owner = self.find_owner(message, true, asks);
        let by_uid =
            |flight: &Flight| matches!(flight.claim.about, About::Messages { uid: true, .. });
        if self.fetching.uid.is_none() && self.flights.iter().any(by_uid) {
            self.fetching.section = Some(Box::new(section.clone()));
        }
        owner
    }

    fn find_owner(
        &mut self,
        message: FetchedMessage,
        certain: bool,
        asks: impl Fn(&[FetchAttribute]) -> bool,
    ) -> Option<Handle> {
        let uid = match message {
            FetchedMessage::Uid(uid) => Some(uid.get()),
            FetchedMessage::Number(_) => self.fetching.uid,
        };
        let number = match message {
            FetchedMessage::Number(number) => Some(number.get()),
            FetchedMessage::Uid(_) => None,
        };
        // RFC 9051 §6.4.9: an answer to UID FETCH has the UID. As long as it is still to come, one of
        // several commands for other messages cannot be told from the next.
        let mut owners = self.flights.iter().filter_map(|flight| match &flight.claim.about {
            About::Messages { uid: by_uid, set, asked } if asks(asked) => {
                let (named, is_open) =
                    if *by_uid { (uid, !self.fetching.is_whole) } else { (number, false) };
                let may = match named {
                    Some(named) => set.may_hold(named),
                    None => is_open,
                };
                may.then_some((flight, named.is_none() || !certain))
            }
            _ => None,
        });
        let owner = match owners.next() {
            Some((_, true)) if owners.next().is_some() => None,
            owner => owner.and_then(|(flight, _)| flight.handle),
        };
        // What belongs to nobody by itself may stand beside what somebody asked for.
        self.fetching.owner = owner.or(self.fetching.owner);
        self.fetching.owner
    }

    /// Whose FETCH response this was, now that it is complete.
    pub(super) fn fetch_ends(&mut self) -> Option<Handle> {
        core::mem::take(&mut self.fetching).owner
    }
}

fn is_about(flight: &Flight, mailbox: Option<&MailboxName>, response: &Response) -> bool {
    match (&flight.claim.about, mailbox) {
        (About::Mailbox(one), Some(other)) => one == other,
        (About::Returns(returns), _) => match response {
            Response::MailboxStatus(_) => {
                returns.iter().any(|one| matches!(one, ListReturn::Status(_)))
            }
            Response::MyRights(_) => returns.contains(&ListReturn::MyRights),
            Response::Metadata(_) => {
                returns.iter().any(|one| matches!(one, ListReturn::Metadata(_)))
            }
            _ => true,
        },
        _ => true,
    }
}

fn asks_for_item(asked: &[FetchAttribute], item: &FetchItem) -> bool {
    use FetchAttribute as A;
    asked.iter().any(|one| match item {
        FetchItem::Envelope(_) => *one == A::Envelope,
        FetchItem::Flags(_) => *one == A::Flags,
        FetchItem::InternalDate(_) => *one == A::InternalDate,
        FetchItem::Rfc822Size(_) => *one == A::Rfc822Size,
        FetchItem::Uid(_) => *one == A::Uid,
        FetchItem::Body(_) => *one == A::Body,
        FetchItem::BodyStructure(_) => *one == A::BodyStructure,
        FetchItem::BinarySize(part, _) => matches!(one, A::BinarySize(asked) if asked == part),
        FetchItem::ModSeq(_) => *one == A::ModSeq,
        FetchItem::EmailId(_) => *one == A::EmailId,
        FetchItem::ThreadId(_) => *one == A::ThreadId,
        FetchItem::SaveDate(_) => *one == A::SaveDate,
        FetchItem::Preview(_) => matches!(one, A::Preview { .. }),
        FetchItem::GmailMessageId(_) => *one == A::GmailMessageId,
        FetchItem::GmailThreadId(_) => *one == A::GmailThreadId,
        FetchItem::GmailLabels(_) => *one == A::GmailLabels,
        FetchItem::Unparsed(_) => matches!(one, A::Other(_)),
    })
}

/// Whether the attribute asks for these octets, under this name or another (RFC 3501 §6.4.5).
fn asks_for_body(attribute: &FetchAttribute, section: &BodySection) -> bool {
    use crate::{Section, SectionText};
    let is_whole = |section: &Section, piece: Option<&SectionText>| {
        section.part().is_empty() && section.piece() == piece
    };
    match (attribute, section) {
        (FetchAttribute::BodySection { section: asked, .. }, BodySection::Section(section)) => {
            asked.part() == section.part() && is_same_piece(asked.piece(), section.piece())
        }
        (FetchAttribute::Binary { part: asked, .. }, BodySection::Binary(part)) => asked == part,
        (FetchAttribute::Rfc822, BodySection::Rfc822)
        | (FetchAttribute::Rfc822Header, BodySection::Rfc822Header)
        | (FetchAttribute::Rfc822Text, BodySection::Rfc822Text) => true,
        (FetchAttribute::Rfc822, BodySection::Section(section)) => is_whole(section, None),
        (FetchAttribute::Rfc822Header, BodySection::Section(section)) => {
            is_whole(section, Some(&SectionText::Header))
        }
        (FetchAttribute::Rfc822Text, BodySection::Section(section)) => {
            is_whole(section, Some(&SectionText::Text))
        }
        _ => false,
    }
}

/// Servers write the names of fields in a case of their own.
fn is_same_piece(one: Option<&crate::SectionText>, other: Option<&crate::SectionText>) -> bool {
    use crate::SectionText::{HeaderFields, HeaderFieldsNot};
    let same = |one: &[crate::FieldName], other: &[crate::FieldName]| {
        let mut pairs = one.iter().zip(other);
        one.len() == other.len()
            && pairs.all(|(one, other)| one.as_bytes().eq_ignore_ascii_case(other.as_bytes()))
    };
    match (one, other) {
        (Some(HeaderFields(one)), Some(HeaderFields(other)))
        | (Some(HeaderFieldsNot(one)), Some(HeaderFieldsNot(other))) => same(one, other),
        _ => one == other,
    }
}
