//! Which report a part is, by its type or by its fields.

use postrider_message::{Defects, RawValue};

use super::group::Groups;
use crate::Part;

/// What a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ReportKind {
    /// What became of a message on its way (RFC 3464).
    DeliveryStatus,
    /// What its recipient did with it (RFC 8098).
    DispositionNotification,
    /// That it is abuse, or not authentic (RFC 5965).
    Feedback,
    /// How connections were secured (RFC 8460).
    Tls,
}

impl ReportKind {
    /// The `report-type` parameter of the `multipart/report` (RFC 6522 §3).
    pub const fn report_type(self) -> &'static str {
        match self {
            Self::DeliveryStatus => "delivery-status",
            Self::DispositionNotification => "disposition-notification",
            Self::Feedback => "feedback-report",
            Self::Tls => "tlsrpt",
        }
    }

    /// Whether a report of this kind may say so, in UTF-8 too (RFC 6533 §4.4).
    pub(super) fn is_report_type(self, told: &str) -> bool {
        let told = match told.split_at_checked(7) {
            Some((start, rest)) if start.eq_ignore_ascii_case("global-") => rest,
            _ => told,
        };
        told.eq_ignore_ascii_case(self.report_type())
    }
}

/// The report that a part is by its type.
pub(super) fn of_type(part: Part<'_>) -> Option<ReportKind> {
    let ty = part.media_type();
    let is = |subtypes: &[&str]| {
        subtypes.iter().any(|subtype| ty.subtype().eq_ignore_ascii_case(subtype))
    };
    if ty.is_type("application") {
        return is(&["tlsrpt+json", "tlsrpt+gzip"]).then_some(ReportKind::Tls);
    }
    if !ty.is_type("message") {
        return None;
    }
    if is(&["delivery-status", "global-delivery-status"]) {
        Some(ReportKind::DeliveryStatus)
    } else if is(&["disposition-notification", "global-disposition-notification"]) {
        Some(ReportKind::DispositionNotification)
    } else if is(&["feedback-report"]) {
        Some(ReportKind::Feedback)
    } else {
        None
    }
}

/// Octets in which the fields of a report are looked for: more than any first group has.
const START: usize = 16 << 10;

/// The report that a text, or a part of unknown content, is by its first fields, in a report of this
/// type.
pub(super) fn looks_like(part: Part<'_>, report_type: Option<&str>) -> Option<ReportKind> {
    let ty = part.media_type();
    let json = ty.is("application", "json") || ty.is("application", "gzip");
    if json && report_type.is_some_and(|told| ReportKind::Tls.is_report_type(told)) {
        return Some(ReportKind::Tls);
    }
    if !(ty.is("text", "plain") || ty.is("application", "octet-stream") || ty.is_type("message")) {
        return None;
    }
    let content = part.decoded().value;
    let start = content.get(..START).unwrap_or(&content);
    let raw = RawValue::new(start).with_limits(&part.limits().headers);
    let group = Groups::new(raw).next(&mut Defects::default())?;
    let has = |name: &str| group.iter().any(|field| field.is(name));
    if has("Disposition") && has("Final-Recipient") {
        Some(ReportKind::DispositionNotification)
    } else if has("Feedback-Type") && has("User-Agent") {
        Some(ReportKind::Feedback)
    } else if has("Reporting-MTA") || (has("Final-Recipient") && has("Action")) {
        Some(ReportKind::DeliveryStatus)
    } else {
        None
    }
}
