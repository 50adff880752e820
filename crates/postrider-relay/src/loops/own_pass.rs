//! The `Received` fields that this host wrote.

use alloc::borrow::ToOwned;
use alloc::string::String;

use postrider_message::{Clause, FieldName, Headers, Received};
use postrider_smtp::ForwardPath;

use super::MailLoop;
use crate::DomainName;
use crate::address::Same;

/// `Received` fields that are read, the newest: more are hardly in a message that
/// [`check_hops`](crate::check_hops) lets through.
const READ: usize = 1_000;

/// A `Received` field that says it was written here.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct OwnPass {
    /// The id that this host gave the message.
    pub id: Option<String>,
    /// The recipient of the `for` clause as it stands there, with its brackets. Fields of mail to
    /// several have none.
    pub recipient: Option<String>,
    same: Option<Same>,
}

impl OwnPass {
    fn read(received: &Received<'_>) -> Self {
        let text = |clause: Option<&Clause<'_>>| clause.map(|clause| clause.value().to_owned());
        Self {
            id: text(received.id()),
            recipient: text(received.recipient()),
            same: received.recipient_addr().as_ref().map(Same::of),
        }
    }

    /// Whether the message may have been here for this recipient: the `for` clause names it, or
    /// there is none. The domain is compared as the DNS does, the local part octet by octet.
    #[must_use]
    pub fn is_for(&self, recipient: &ForwardPath) -> bool {
        match (&self.recipient, &self.same) {
            (None, _) => true,
            (Some(_), Some(same)) => {
                recipient.mailbox().is_some_and(|other| Same::of_mailbox(other) == *same)
            }
            // The stamp of this crate does not write such.
            (Some(_), None) => false,
        }
    }
}

/// The passes of a message through this host, the newest first: its `Received` fields whose `by`
/// clause is one of these names.
pub fn own_passes<'a>(
    headers: Headers<'a>,
    own: &'a [DomainName],
) -> impl Iterator<Item = OwnPass> + use<'a> {
    headers.all(FieldName::Received).take(READ).filter_map(|field| {
        let received = field.read::<Received<'_>>().value;
        let by = DomainName::parse(received.by()?.value()).ok()?;
        own.contains(&by).then(|| OwnPass::read(&received))
    })
}

/// Refuses a message that was here before for this recipient. Call it with the message as it came,
/// before the stamp of this host is on it.
///
/// `had` says whether this id is of a mail that this host has, or remembers to have had, for this
/// recipient. One that forgets to ask for the recipient refuses mail of lists, where the mail to
/// the list went to several: its field has no `for` clause.
///
/// # Errors
///
/// [`MailLoop::CameBack`].
pub fn check_own(
    headers: Headers<'_>,
    own: &[DomainName],
    recipient: &ForwardPath,
    mut had: impl FnMut(&str) -> bool,
) -> Result<(), MailLoop> {
    let mut ids =
        own_passes(headers, own).filter(|pass| pass.is_for(recipient)).filter_map(|pass| pass.id);
    match ids.find(|id| had(id)) {
        Some(id) => Err(MailLoop::CameBack { id }),
        None => Ok(()),
    }
}

/// Refuses a message that passed this host more than `most` times before; returns how often it did.
///
/// # Errors
///
/// [`MailLoop::OwnPasses`].
pub fn check_own_passes(
    headers: Headers<'_>,
    own: &[DomainName],
    most: usize,
) -> Result<usize, MailLoop> {
    let passes = own_passes(headers, own).count();
    if passes > most { Err(MailLoop::OwnPasses { passes }) } else { Ok(passes) }
}
