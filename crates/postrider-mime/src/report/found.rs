//! Where a report is in a message, and what is in it (RFC 6522 §3).

use alloc::{borrow::Cow, vec::Vec};

use postrider_message::{Defects, HeaderSection, Parsed, RawValue};

use super::{
    DeliveryStatus, DispositionNotification, FeedbackReport,
    find::{find, is_original, leaves, undone},
    kind::ReportKind,
};
use crate::{Part, code};

/// A report in a message: the `multipart/report` (RFC 6522), or what some send in its place.
///
/// ```
/// use postrider_mime::{Message, report::{Action, Report, ReportKind}};
///
/// let message = Message::parse(
///     "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
///      --b\n\nYour mail could not be delivered.\n\
///      --b\nContent-Type: message/delivery-status\n\n\
///      Reporting-MTA: dns; mx.example.net\n\n\
///      Final-Recipient: rfc822; joe@example.com\nAction: failed\nStatus: 5.1.1\n\
///      --b\nContent-Type: text/rfc822-headers\n\nSubject: Lunch\n--b--\n",
/// )?;
/// let report = Report::of(message.root()).unwrap();
/// assert_eq!(report.kind(), ReportKind::DeliveryStatus);
/// assert_eq!(report.human_text().unwrap().value, "Your mail could not be delivered.");
///
/// let status = report.delivery_status().unwrap();
/// let recipient = &status.value.recipients()[0];
/// assert_eq!(recipient.final_recipient().unwrap().address(), "joe@example.com");
/// assert_eq!(recipient.action(), Some(Action::Failed));
/// assert_eq!(recipient.status().unwrap().to_string(), "5.1.1");
///
/// let original = report.original_headers().unwrap();
/// assert_eq!(original.headers().subject().unwrap().value.as_str(), "Lunch");
/// # Ok::<(), postrider_mime::TooLarge>(())
/// ```
#[derive(Debug, Clone)]
pub struct Report<'a> {
    kind: ReportKind,
    container: Option<Part<'a>>,
    machine: Part<'a>,
    /// The content of the machine-readable part, where an encoding was undone.
    decoded: Option<Vec<u8>>,
    human: Option<Part<'a>>,
    original: Option<Part<'a>>,
    defects: Defects,
}

impl<'a> Report<'a> {
    /// The report that a part is, or that is in the multiparts in it, but not in a nested message:
    /// a returned message may be a report itself.
    ///
    /// The first part with the type of a report counts, whatever multipart it is in. Where there is
    /// none, the first part of a `multipart/report` that begins with the fields of a report does,
    /// if it is a text or of unknown content. A multipart that has a `report-type` and no report may
    /// have one in a message in it, which somebody forwarded. What is not as RFC 6522 has it is
    /// [told](Self::defects). A bounce without any of these is none.
    pub fn of(part: Part<'a>) -> Option<Self> {
        let (kind, machine, by_look) = find(part)?;
        let container = machine.parent().filter(|around| around.is_multipart());
        let container = container.filter(|_| machine != part);
        let mut defects = Defects::with_limit(part.limits().defects);
        let content = machine.decoded().value;
        let inner =
            if kind == ReportKind::DeliveryStatus { undone(&content, machine) } else { None };
        if inner.is_some() {
            defects.push(&code::ENCODED_GROUPS, machine.body_span());
        }
        let decoded = match (inner, content) {
            (Some(octets), _) | (None, Cow::Owned(octets)) => Some(octets),
            (None, Cow::Borrowed(_)) => None,
        };
        let (human, original) = (None, None);
        let mut report = Self { kind, container, machine, decoded, human, original, defects };
        report.find_others();
        report.check(by_look);
        Some(report)
    }

    /// What it is about.
    pub const fn kind(&self) -> ReportKind {
        self.kind
    }

    /// The multipart around its parts; `None` where the part that was asked about is the
    /// machine-readable one. Some put the text for people in its [`Part::preamble`].
    pub const fn container(&self) -> Option<Part<'a>> {
        self.container
    }

    /// The part for machines, the second one of RFC 6522.
    pub const fn machine_readable(&self) -> Part<'a> {
        self.machine
    }

    /// The part for people, the first one of RFC 6522: a text, or a multipart of texts.
    pub const fn human_readable(&self) -> Option<Part<'a>> {
        self.human
    }

    /// The text for people: that of the first plain text, or else of the first text, in
    /// [`human_readable`](Self::human_readable).
    pub fn human_text(&self) -> Option<Parsed<'a, Cow<'a, str>>> {
        let plain = leaves(self.human).find(|leaf| leaf.media_type().is("text", "plain"));
        plain.or_else(|| leaves(self.human).find(|leaf| leaf.media_type().is_type("text")))?.text()
    }

    /// The part with the message that the report is about, or its header section, the third one of
    /// RFC 6522: `message/rfc822`, `text/rfc822-headers`, `message/global` or
    /// `message/global-headers`.
    pub const fn original(&self) -> Option<Part<'a>> {
        self.original
    }

    /// The fields of the message that the report is about.
    pub fn original_headers(&self) -> Option<HeaderSection<Cow<'a, [u8]>>> {
        let part = self.original?;
        let octets = match part.message() {
            Some(message) => Cow::Borrowed(message.raw_header()),
            None => part.decoded().value,
        };
        Some(HeaderSection::parse_with(octets, &part.limits().headers))
    }

    /// What is wrong with the parts: their types, their order, `report-type`.
    pub const fn defects(&self) -> &Defects {
        &self.defects
    }

    /// The content of the machine-readable part, as its reader wants it. Spans count in the message
    /// where it is not encoded, else in what was decoded.
    pub fn raw_value(&self) -> RawValue<'_> {
        let limits = &self.machine.limits().headers;
        match &self.decoded {
            Some(octets) => RawValue::new(octets).with_limits(limits),
            None => {
                let bytes = self.machine.headers().bytes();
                RawValue::new(bytes).with_limits(limits).slice(self.machine.body_span().range())
            }
        }
    }

    /// The delivery status (RFC 3464), where it is one.
    pub fn delivery_status(&self) -> Option<Parsed<'_, DeliveryStatus<'_>>> {
        (self.kind == ReportKind::DeliveryStatus).then(|| DeliveryStatus::read(self.raw_value()))
    }

    /// The disposition notification (RFC 8098), where it is one.
    pub fn disposition_notification(&self) -> Option<Parsed<'_, DispositionNotification<'_>>> {
        (self.kind == ReportKind::DispositionNotification)
            .then(|| DispositionNotification::read(self.raw_value()))
    }

    /// The feedback report (RFC 5965), where it is one.
    pub fn feedback_report(&self) -> Option<Parsed<'_, FeedbackReport<'_>>> {
        (self.kind == ReportKind::Feedback).then(|| FeedbackReport::read(self.raw_value()))
    }

    /// The report on TLS (RFC 8460), where it is one.
    #[cfg(feature = "tls-report")]
    pub fn tls_report(&self) -> Option<Parsed<'_, super::TlsReport>> {
        (self.kind == ReportKind::Tls).then(|| super::TlsReport::read(self.raw_value()))
    }

    /// The parts around the machine-readable one: the message behind it or else before it, and the
    /// first other one.
    fn find_others(&mut self) {
        let Some(container) = self.container else { return };
        let mut before = true;
        for part in container.children() {
            if part == self.machine {
                before = false;
            } else if is_original(part) {
                if self.original.is_none() || !before {
                    self.original = Some(part);
                }
                if !before {
                    break;
                }
            } else if self.human.is_none() {
                self.human = Some(part);
            }
        }
    }

    fn check(&mut self, by_look: bool) {
        let span = self.machine.header_span();
        if by_look {
            self.defects.push(&code::REPORT_PART_TYPE, span);
        }
        let Some(container) = self.container else {
            self.defects.push(&code::REPORT_TYPE, span);
            return;
        };
        let ty = container.content_type().value;
        let told = ty.parameters().text("report-type").map(|told| self.kind.is_report_type(&told));
        if !ty.is("multipart", "report") || told != Some(true) {
            self.defects.push(&code::REPORT_TYPE, container.header_span());
        }
        let mut parts = container.children();
        if parts.next() != self.human || parts.next() != Some(self.machine) {
            self.defects.push(&code::REPORT_PART_ORDER, span);
        }
    }
}
