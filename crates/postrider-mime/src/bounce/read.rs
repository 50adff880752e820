//! The order in which a message is asked.

use alloc::{
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    string::String,
    vec::Vec,
};

use postrider_message::Field;

use super::{
    Action, Bounce, Recipient, Source, address, delivery_status, evidence, notice::Notice,
};
use crate::Part;

/// The parts of a message that are looked at, nested messages left out.
const PARTS: usize = 64;

/// The texts that are read.
const TEXTS: usize = 8;

/// The characters of a text that are read.
const TEXT: usize = 32 << 10;

/// Reads a message: the delivery status, the field of Exim, the texts, and a report that a gateway
/// has put into another mail.
pub(super) fn bounce(root: Part<'_>) -> Option<Bounce> {
    let leaves = leaves(root);
    if let Some(told) = report(&leaves) {
        return told.map(once);
    }
    let limit = root.limits().headers.addresses;
    let failed = root.headers().fields().find(is_failed_recipients);
    if failed.is_none() && !evidence::may_be_notice(root) {
        return None;
    }
    let texts = leaves.iter().filter_map(|leaf| text(*leaf)).take(TEXTS);
    let is_announced = evidence::is_from_mail_system(root.headers()) && evidence::says_so(root);
    let mut notices: Vec<Notice> =
        texts.filter_map(|text| Notice::of(&text, is_announced)).collect();
    let returned = leaves.iter().any(|leaf| leaf.media_type().is("message", "rfc822"));
    if failed.is_none() && !returned && evidence::is_by_subject_alone(root) {
        notices.retain(|notice| notice.flat.is_cut() || notice.speaks_of_mail());
    }
    if let Some(bounce) = failed.and_then(|field| failed_recipients(field, &notices, limit)) {
        return Some(once(bounce));
    }
    if let Some(bounce) = notices.iter().find_map(|notice| notice.bounce(limit)) {
        return Some(once(bounce));
    }
    if let Some(told) = wrapped(root, &leaves) {
        return told.map(once);
    }
    let may_be_unnamed = is_announced || evidence::says_so(root) && returned;
    notices.iter().find_map(|notice| notice.without_address(may_be_unnamed, limit)).map(once)
}

/// The leaves and nested messages, in order.
fn leaves(root: Part<'_>) -> Vec<Part<'_>> {
    let mut open = Vec::from([root]);
    let mut leaves = Vec::new();
    let mut seen = 0_usize;
    while let Some(part) = open.pop() {
        seen = seen.saturating_add(1);
        if part.is_multipart() {
            let first = open.len();
            open.extend(part.children().take(PARTS));
            open.get_mut(first..).unwrap_or_default().reverse();
        }
        if !part.is_multipart() || part.children().next().is_none() {
            leaves.push(part);
        }
        if seen >= PARTS {
            break;
        }
    }
    leaves
}

/// What the first delivery status that names recipients says.
fn report(leaves: &[Part<'_>]) -> Option<Option<Bounce>> {
    let is_status = |leaf: &&Part<'_>| {
        let ty = leaf.media_type();
        ty.is("message", "delivery-status") || ty.is("message", "global-delivery-status")
    };
    leaves.iter().filter(is_status).find_map(|leaf| delivery_status::read(*leaf))
}

/// What a report says that a mail system has put into a mail as a message.
fn wrapped(root: Part<'_>, parts: &[Part<'_>]) -> Option<Option<Bounce>> {
    if !evidence::is_from_mail_system(root.headers()) {
        return None;
    }
    let inner = parts.iter().filter_map(|part| part.message());
    inner
        .filter(|inner| evidence::is_from_mail_system(inner.headers()))
        .find_map(|inner| report(&leaves(inner)))
}

/// The text of a leaf, that of HTML without its tags.
fn text(leaf: Part<'_>) -> Option<Cow<'_, str>> {
    let text = leaf.text_prefix(TEXT)?;
    // What has no tags is plain text under a wrong name.
    #[cfg(feature = "html")]
    if leaf.media_type().is("text", "html") && text.contains('<') {
        return Some(Cow::Owned(crate::html_to_text(&text, TEXT)));
    }
    Some(text)
}

fn is_failed_recipients(field: &Field<'_>) -> bool {
    field.name().eq_ignore_ascii_case(b"X-Failed-Recipients")
}

/// The recipients of the field, with the diagnoses that the text tells for them.
fn failed_recipients(field: Field<'_>, notices: &[Notice], limit: usize) -> Option<Bounce> {
    let notice = notices.first();
    let action = notice.map_or(Action::Failed, Notice::action);
    let told = notices.iter().find_map(|notice| notice.bounce(limit));
    let told = told.as_ref().map_or(&[][..], Bounce::recipients).iter();
    let named = told.flat_map(|one| [one.original(), one.last()].map(|name| Some((name?, one))));
    let told: BTreeMap<_, _> =
        named.flatten().map(|(name, one)| (name.to_ascii_lowercase(), one)).collect();
    let value = field.unfolded();
    let value = String::from_utf8_lossy(&value);
    let mut recipients = Vec::new();
    // Exim parts addresses by commas.
    for name in value.split(',').map(str::trim).filter(|name| address::is_address(name)).take(limit)
    {
        recipients.push(match told.get(&name.to_ascii_lowercase()) {
            Some(same) => Recipient::clone(same),
            None => Recipient::new(Some(name), action, "")?,
        });
    }
    if let Some(notice) = notice {
        notice.find_shared_reason(&mut recipients);
    }
    let source = Source::FailedRecipients;
    (!recipients.is_empty()).then_some(Bounce { source, recipients })
}

/// Each recipient once, by the address that it had last.
fn once(mut bounce: Bounce) -> Bounce {
    let mut seen = BTreeSet::new();
    bounce.recipients.retain(|one| {
        let key = |name: Option<&str>| name.map(str::to_ascii_lowercase);
        seen.insert((key(one.last()), key(one.original())))
    });
    bounce
}
