//! Fields as a feedback report.

use alloc::borrow::Cow;
use core::net::{IpAddr, Ipv6Addr};

use postrider_message::{AuthenticationResults, Defects, FieldValue, Parsed, RawValue, ReturnPath};

use super::{FeedbackReport, FeedbackType};
use crate::{
    code,
    report::{
        MtaName, extension,
        group::{GroupField, all_fields},
        text::{cut_comment, date, once, text},
    },
};

impl<'a> FeedbackReport<'a> {
    /// Reads the content of a feedback report; spans count as those of the value do. Empty lines
    /// between the fields do not count. Of a field that may be there once the first counts, and
    /// `Received-Date` is another `Arrival-Date`.
    pub fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
        let mut defects = Defects::with_limit(raw.limits().defects);
        let mut value = Self::default();
        all_fields(raw, &mut defects, |field, defects| value.take(field, defects));
        if value.feedback_type.is_none() || value.user_agent.is_none() || value.version.is_none() {
            defects.push(&code::MISSING_FEEDBACK_FIELD, raw.span());
        }
        Parsed::new(value, defects, raw.bytes())
    }

    /// Tells whether the field is not one that was there before and may be there once.
    fn take(&mut self, field: &GroupField<'a>, defects: &mut Defects) -> bool {
        let raw = field.raw;
        if field.is("Feedback-Type") {
            let read = || told(FeedbackType::of(word(raw)).ok(), raw, defects);
            once(&mut self.feedback_type, read)
        } else if field.is("User-Agent") {
            once(&mut self.user_agent, || Some(text(raw)))
        } else if field.is("Version") {
            once(&mut self.version, || told(word(raw).parse().ok(), raw, defects))
        } else if field.is("Original-Envelope-Id") {
            once(&mut self.original_envelope_id, || Some(text(raw)))
        } else if field.is("Original-Mail-From") {
            once(&mut self.original_mail_from, || path(raw, defects))
        } else if field.is("Arrival-Date") || field.is("Received-Date") {
            once(&mut self.arrival_date, || date(raw, defects))
        } else if field.is("Reporting-MTA") {
            once(&mut self.reporting_mta, || Some(MtaName::read(raw, defects)))
        } else if field.is("Source-IP") {
            once(&mut self.source_ip, || told(address(&word(raw)), raw, defects))
        } else if field.is("Incidents") {
            once(&mut self.incidents, || told(word(raw).parse().ok(), raw, defects))
        } else {
            self.take_many(field, defects);
            true
        }
    }

    fn take_many(&mut self, field: &GroupField<'a>, defects: &mut Defects) {
        let raw = field.raw;
        if field.is("Authentication-Results") {
            let read = AuthenticationResults::read(raw);
            defects.append(&read.defects);
            self.authentication_results.push(read.value);
        } else if field.is("Original-Rcpt-To") {
            match path(raw, defects) {
                Some(ReturnPath::Address(address)) => self.original_rcpt_to.push(address),
                _ => defects.push(&code::NOT_A_FEEDBACK_VALUE, raw.span()),
            }
        } else if field.is("Reported-Domain") {
            self.reported_domains.push(word(raw));
        } else if field.is("Reported-URI") {
            self.reported_uris.push(text(raw));
        } else {
            extension::keep(&mut self.extensions, *field);
        }
    }
}

/// Text without the comment behind it.
fn word(raw: RawValue<'_>) -> Cow<'_, str> {
    cut_comment(text(raw)).0
}

/// The value, or a defect.
fn told<T>(value: Option<T>, raw: RawValue<'_>, defects: &mut Defects) -> Option<T> {
    if value.is_none() {
        defects.push(&code::NOT_A_FEEDBACK_VALUE, raw.span());
    }
    value
}

fn path<'a>(raw: RawValue<'a>, defects: &mut Defects) -> Option<ReturnPath<'a>> {
    let read = Option::<ReturnPath<'_>>::read(raw);
    defects.append(&read.defects);
    read.value
}

/// `IPv4-address-literal / IPv6-address-literal` (RFC 5321 §4.1.3), in brackets or not, and an IPv6
/// address without the tag that a literal has, as most write it.
fn address(text: &str) -> Option<IpAddr> {
    let text = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    match text.split_at_checked(5) {
        Some((tag, address)) if tag.eq_ignore_ascii_case("IPv6:") => {
            address.parse::<Ipv6Addr>().ok().map(IpAddr::V6)
        }
        _ => text.parse().ok(),
    }
}
