//! Reports and bounces as what the sender wants to know.

use alloc::borrow::ToOwned;
use alloc::string::String;
use alloc::vec::Vec;

use postrider_mime::bounce::{self, Bounce, Source};
use postrider_mime::report::{Action, MtaName, Recipient, Report, ReportKind, Status};
use postrider_mime::{Message, Part};
use postrider_smtp::EnhancedStatusCode;

use super::{Returned, ReturnedRecipient, original_id};

/// A report of RFC 3464 that has a recipient.
pub(super) fn report(root: Part<'_>) -> Option<Returned> {
    let report = Report::of(root).filter(|report| report.kind() == ReportKind::DeliveryStatus)?;
    let status = report.delivery_status()?.value;
    let recipients: Vec<_> = status.recipients().iter().filter_map(recipient).collect();
    if recipients.is_empty() {
        return None;
    }
    let told = report.original_headers();
    let told = told.and_then(|section| original_id::of_field(section.headers()));
    Some(Returned {
        envelope_id: status
            .original_envelope_id()
            .filter(|id| !id.is_empty())
            .map(ToOwned::to_owned),
        message_id: told.or_else(|| original_id::find(root)),
        reporting_mta: status.reporting_mta().map(MtaName::name).map(ToOwned::to_owned),
        recipients,
        source: Source::DeliveryStatus,
    })
}

/// A text that says so.
pub(super) fn bounce<B: AsRef<[u8]>>(message: &Message<B>) -> Option<Returned> {
    let bounce = Bounce::of(message)?;
    let told = bounce.recipients().iter().map(|one: &bounce::Recipient| ReturnedRecipient {
        original: one.original().map(ToOwned::to_owned),
        last: one.last().map(ToOwned::to_owned),
        action: one.action(),
        status: code(one.status()),
        diagnostic: one.diagnosis().to_owned(),
    });
    Some(Returned {
        envelope_id: None,
        message_id: original_id::find(message.root()),
        reporting_mta: None,
        recipients: told.collect(),
        source: bounce.source(),
    })
}

/// One of a report. `None` where nothing says what was done.
fn recipient(one: &Recipient<'_>) -> Option<ReturnedRecipient> {
    let status = one.likely_status();
    let action = one.action().or_else(|| match status?.class() {
        2 => Some(Action::Delivered),
        4 => Some(Action::Delayed),
        _ => Some(Action::Failed),
    })?;
    let address = |address: &str| Some(bare(address)).filter(|text| !text.is_empty());
    Some(ReturnedRecipient {
        original: one.original_recipient().and_then(|one| address(one.address())),
        last: one.final_recipient().and_then(|one| address(one.address())),
        action,
        status: status.and_then(code),
        diagnostic: one.diagnostic_code().map_or_else(String::new, |said| said.text().to_owned()),
    })
}

/// The address without the angle brackets that some put around it.
fn bare(address: &str) -> String {
    let inside = address.strip_prefix('<').and_then(|inside| inside.strip_suffix('>'));
    inside.unwrap_or(address).trim().to_owned()
}

fn code(status: Status) -> Option<EnhancedStatusCode> {
    EnhancedStatusCode::new(status.class(), status.subject(), status.detail()).ok()
}
