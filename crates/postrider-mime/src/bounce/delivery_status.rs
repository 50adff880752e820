//! Recipients of a `message/delivery-status` (RFC 3464), as a bounce tells them.

use alloc::vec::Vec;

use postrider_message::RawValue;

use super::{Action, Bounce, Ground, Recipient, Source, address};
use crate::{
    Part,
    report::{DeliveryStatus, Recipient as Reported, RecipientAddress},
};

/// What a part says: `None` where it names no recipient; no bounce where all mail has arrived.
pub(super) fn read(part: Part<'_>) -> Option<Option<Bounce>> {
    let body = part.decoded().value;
    let report =
        DeliveryStatus::read(RawValue::new(&body).with_limits(&part.limits().headers)).value;
    let named = |one: &&Reported<'_>| one.address().is_some();
    report.recipients().iter().find(named)?;
    let recipients: Vec<_> =
        report.recipients().iter().filter(named).filter_map(recipient).collect();
    let source = Source::DeliveryStatus;
    Some((!recipients.is_empty()).then_some(Bounce { source, recipients }))
}

/// A recipient that has not got the mail. Where the action is unknown, the class of the status
/// tells.
fn recipient(reported: &Reported<'_>) -> Option<Recipient> {
    let status = reported.likely_status();
    let action = match (reported.action(), status.map(|status| status.class())) {
        (Some(action @ (Action::Failed | Action::Delayed)), _) => action,
        (Some(_), _) | (None, Some(2)) => return None,
        (None, Some(4)) => Action::Delayed,
        (None, _) => Action::Failed,
    };
    let diagnosis = reported.diagnostic_code().map(|code| code.text());
    let diagnosis = diagnosis.or_else(|| reported.status_comment()).unwrap_or_default();
    let last = reported.final_recipient().map(written);
    let told = Recipient::new(last, action, diagnosis)?;
    let mut told = told.with_original(reported.original_recipient().map(written));
    let Some(status) = status else { return Some(told) };
    let ground = if reported.status() == Some(status) {
        Ground::Field
    } else if (status.subject(), status.detail()) != (0, 0) {
        Ground::EnhancedCode
    } else if reported.diagnostic_code().is_some() {
        Ground::ReplyCode
    } else {
        Ground::Action
    };
    told.set_status(status, ground);
    Some(told)
}

/// The address without the marks around it, where it is one of Internet mail.
fn written<'a>(address: &'a RecipientAddress<'_>) -> &'a str {
    let text = address.address();
    let found = address.is_internet().then(|| address::in_value(text)).flatten();
    found.and_then(|found| text.get(found)).unwrap_or(text)
}
