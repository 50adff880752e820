//! Groups of fields as a delivery status, whatever empty lines their sender left out or put in.

use alloc::borrow::Cow;

use postrider_message::{Defects, Parsed, RawValue, code as message_code};

use super::{Action, DeliveryStatus, Recipient};
use crate::{
    code,
    report::{
        DiagnosticCode, MtaName, RecipientAddress, Status, extension,
        group::{GroupField, Groups},
        text::{cut_comment, date, once, split_comment, text},
    },
};

/// The fields that RFC 3464 defines.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Name {
    OriginalEnvelopeId,
    ReportingMta,
    DsnGateway,
    ReceivedFromMta,
    ArrivalDate,
    OriginalRecipient,
    FinalRecipient,
    Action,
    Status,
    RemoteMta,
    DiagnosticCode,
    LastAttemptDate,
    FinalLogId,
    WillRetryUntil,
}

/// How they are spelled.
pub(super) const NAMES: [&str; 14] = [
    "Original-Envelope-Id",
    "Reporting-MTA",
    "DSN-Gateway",
    "Received-From-MTA",
    "Arrival-Date",
    "Original-Recipient",
    "Final-Recipient",
    "Action",
    "Status",
    "Remote-MTA",
    "Diagnostic-Code",
    "Last-Attempt-Date",
    "Final-Log-ID",
    "Will-Retry-Until",
];

impl Name {
    const ALL: [Self; 14] = [
        Self::OriginalEnvelopeId,
        Self::ReportingMta,
        Self::DsnGateway,
        Self::ReceivedFromMta,
        Self::ArrivalDate,
        Self::OriginalRecipient,
        Self::FinalRecipient,
        Self::Action,
        Self::Status,
        Self::RemoteMta,
        Self::DiagnosticCode,
        Self::LastAttemptDate,
        Self::FinalLogId,
        Self::WillRetryUntil,
    ];

    fn of(field: &GroupField<'_>) -> Option<Self> {
        NAMES.iter().zip(Self::ALL).find(|(name, _)| field.is(name)).map(|(_, name)| name)
    }

    /// Whether it is one of the message, not of a recipient.
    const fn is_of_message(self) -> bool {
        matches!(
            self,
            Self::OriginalEnvelopeId
                | Self::ReportingMta
                | Self::DsnGateway
                | Self::ReceivedFromMta
                | Self::ArrivalDate
        )
    }

    const fn is_address(self) -> bool {
        matches!(self, Self::OriginalRecipient | Self::FinalRecipient)
    }
}

impl<'a> DeliveryStatus<'a> {
    /// Reads the content of a delivery status; spans count as those of the value do.
    ///
    /// - A field belongs to the message or to a recipient by its name; other fields belong to what
    ///   the fields of their group belong to.
    /// - A group with an address is a recipient, and so is one that begins where another address
    ///   of the same kind comes without an empty line before it.
    /// - A group without an address goes on with the recipient before it, as far as that lacks its
    ///   fields.
    /// - Of a field that is given twice the first counts.
    ///
    /// Recipients are bounded by the limit of addresses, fields by that of fields.
    pub fn read(raw: RawValue<'a>) -> Parsed<'a, Self> {
        let defects = Defects::with_limit(raw.limits().defects);
        let mut reader = Reader { value: Self::default(), defects, most: raw.limits().addresses };
        let mut groups = Groups::new(raw);
        while let Some(group) = groups.next(&mut reader.defects) {
            if !reader.group(&group) {
                let span = group.first().map_or_else(|| raw.span(), |field| field.raw.span());
                reader.defects.push(&code::TOO_MANY_RECIPIENTS, span);
                break;
            }
        }
        reader.told_missing(raw);
        Parsed::new(reader.value, reader.defects, raw.bytes())
    }
}

struct Reader<'a> {
    value: DeliveryStatus<'a>,
    defects: Defects,
    /// Recipients that are read.
    most: usize,
}

impl<'a> Reader<'a> {
    /// Tells whether there was room for all of its recipients.
    fn group(&mut self, group: &[GroupField<'a>]) -> bool {
        // The recipient that the present field belongs to.
        let mut recipient = self.goes_on(group).then(|| self.value.recipients.pop()).flatten();
        let mut names = group.iter().filter_map(Name::of).peekable();
        if recipient.is_none() && names.peek().is_some() && !names.any(Name::is_of_message) {
            if self.value.recipients.len() >= self.most {
                return false;
            }
            recipient = Some(Recipient::default());
        }
        let mut after_message = false;
        for field in group {
            match (Name::of(field), &mut recipient) {
                (None, Some(one)) => extension::keep(&mut one.extensions, *field),
                (None, None) => extension::keep(&mut self.value.extensions, *field),
                (Some(name), _) if name.is_of_message() => {
                    after_message = true;
                    self.of_message(name, field);
                }
                (Some(name), _) => {
                    if !self.of_recipient(name, field, after_message, &mut recipient) {
                        return false;
                    }
                }
            }
        }
        self.value.recipients.extend(recipient);
        true
    }

    /// Takes a field into the recipient it belongs to. Tells whether there was room for that.
    fn of_recipient(
        &mut self,
        name: Name,
        field: &GroupField<'a>,
        after_message: bool,
        recipient: &mut Option<Recipient<'a>>,
    ) -> bool {
        let span = field.raw.span();
        let is_next = name.is_address() && recipient.as_ref().is_some_and(|one| has(one, name));
        if is_next {
            self.value.recipients.extend(recipient.take());
        }
        if recipient.is_none() {
            if self.value.recipients.len() >= self.most {
                return false;
            }
            if is_next || after_message {
                self.defects.push(&code::JOINED_GROUPS, span);
            }
        }
        let recipient = recipient.get_or_insert_default();
        if has(recipient, name) {
            self.defects.push(&message_code::DUPLICATE_FIELD, span);
        } else {
            fill(recipient, name, field.raw, &mut self.defects);
        }
        true
    }

    /// Whether a group has no address, so that it is more of the last recipient.
    fn goes_on(&mut self, group: &[GroupField<'a>]) -> bool {
        let Some(last) = self.value.recipients.last() else { return false };
        let is_more = group
            .iter()
            .filter_map(Name::of)
            .all(|name| !name.is_of_message() && !name.is_address() && !has(last, name));
        if is_more && let Some(field) = group.first() {
            self.defects.push(&code::SPLIT_GROUP, field.raw.span());
        }
        is_more
    }

    fn of_message(&mut self, name: Name, field: &GroupField<'a>) {
        let Self { value, defects, .. } = self;
        let raw = field.raw;
        let is_new = match name {
            Name::OriginalEnvelopeId => once(&mut value.original_envelope_id, || Some(text(raw))),
            Name::ReportingMta => {
                once(&mut value.reporting_mta, || Some(MtaName::read(raw, defects)))
            }
            Name::DsnGateway => once(&mut value.dsn_gateway, || Some(MtaName::read(raw, defects))),
            Name::ReceivedFromMta => {
                once(&mut value.received_from_mta, || Some(MtaName::read(raw, defects)))
            }
            _ => once(&mut value.arrival_date, || date(raw, defects)),
        };
        if !is_new {
            self.defects.push(&message_code::DUPLICATE_FIELD, raw.span());
        }
    }

    /// Tells what RFC 3464 asks for and was not there.
    fn told_missing(&mut self, raw: RawValue<'_>) {
        let Self { value, defects, .. } = self;
        let lacks = |one: &Recipient<'_>| {
            one.final_recipient.is_none() || one.action.is_none() || one.status.is_none()
        };
        if value.reporting_mta.is_none()
            || value.recipients.is_empty()
            || value.recipients.iter().any(lacks)
        {
            defects.push(&code::MISSING_STATUS_FIELD, raw.span());
        }
    }
}

fn has(recipient: &Recipient<'_>, name: Name) -> bool {
    match name {
        Name::OriginalRecipient => recipient.original_recipient.is_some(),
        Name::FinalRecipient => recipient.final_recipient.is_some(),
        Name::Action => recipient.action.is_some(),
        Name::Status => recipient.status.is_some(),
        Name::RemoteMta => recipient.remote_mta.is_some(),
        Name::DiagnosticCode => recipient.diagnostic_code.is_some(),
        Name::LastAttemptDate => recipient.last_attempt_date.is_some(),
        Name::FinalLogId => recipient.final_log_id.is_some(),
        Name::WillRetryUntil => recipient.will_retry_until.is_some(),
        _ => false,
    }
}

/// Reads a field that the recipient has not yet.
fn fill<'a>(recipient: &mut Recipient<'a>, name: Name, raw: RawValue<'a>, defects: &mut Defects) {
    match name {
        Name::OriginalRecipient => {
            recipient.original_recipient = Some(RecipientAddress::read(raw, defects));
        }
        Name::FinalRecipient => {
            recipient.final_recipient = Some(RecipientAddress::read(raw, defects));
        }
        Name::Action => recipient.action = action(raw, defects),
        Name::Status => (recipient.status, recipient.status_comment) = status(raw, defects),
        Name::RemoteMta => recipient.remote_mta = Some(MtaName::read(raw, defects)),
        Name::DiagnosticCode => {
            recipient.diagnostic_code = Some(DiagnosticCode::read(raw, defects));
        }
        Name::LastAttemptDate => recipient.last_attempt_date = date(raw, defects),
        Name::FinalLogId => recipient.final_log_id = Some(text(raw)),
        Name::WillRetryUntil => recipient.will_retry_until = date(raw, defects),
        _ => {}
    }
}

/// `action-value`, a comment behind it, and the words that some write for `failed`.
fn action(raw: RawValue<'_>, defects: &mut Defects) -> Option<Action> {
    let text = text(raw);
    let word = text.split([' ', '\t', '(', ';']).next().unwrap_or_default();
    let action = Action::of(word);
    if action.is_some() && split_comment(&text).0 == word {
        return action;
    }
    defects.push(&code::NOT_AN_ACTION, raw.span());
    let is_failure = ["failure", "fail", "error"].iter().any(|one| word.eq_ignore_ascii_case(one));
    action.or(if is_failure { Some(Action::Failed) } else { None })
}

/// `status-code` and a comment; of a reply code that stands there the class.
fn status<'a>(raw: RawValue<'a>, defects: &mut Defects) -> (Option<Status>, Option<Cow<'a, str>>) {
    let (code_, comment) = cut_comment(text(raw));
    if let Some(status) = Status::parse(&code_) {
        return (Some(status), comment);
    }
    defects.push(&code::NOT_A_STATUS, raw.span());
    let word = code_.trim_start_matches('#');
    if let Some((status, _)) = Status::at_start(word) {
        return (Some(status), comment);
    }
    let reply = DiagnosticCode::smtp(word).ok();
    let reply = reply.as_ref();
    let class = reply.and_then(|reply| u8::try_from(reply.reply_code()?.checked_div(100)?).ok());
    let status = reply.and_then(DiagnosticCode::status).or_else(|| Status::of_class(class?));
    (status, comment)
}
