//! What became of one recipient (RFC 3464 §2.3).

use alloc::{borrow::Cow, vec::Vec};
use core::fmt;

use postrider_message::{DateTime, InvalidValue};

use crate::report::{
    DiagnosticCode, ExtensionField, MtaName, RecipientAddress, Status, extension,
    text::{made, made_comment},
};

/// `action-value` (RFC 3464 §2.3.3): what the reporting MTA did for a recipient.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "RFC 3464 §2.3.3 has these five")]
pub enum Action {
    /// It gave up; no other notification will come from it.
    Failed,
    /// It could not deliver or relay so far, and tries on.
    Delayed,
    /// It delivered.
    Delivered,
    /// It relayed to a host that makes no such reports.
    Relayed,
    /// It delivered to an alias and sent on to several addresses.
    Expanded,
}

impl Action {
    /// The word of RFC 3464.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Delayed => "delayed",
            Self::Delivered => "delivered",
            Self::Relayed => "relayed",
            Self::Expanded => "expanded",
        }
    }

    /// The action of this word, in any case.
    pub fn of(word: &str) -> Option<Self> {
        [Self::Failed, Self::Delayed, Self::Delivered, Self::Relayed, Self::Expanded]
            .into_iter()
            .find(|action| word.eq_ignore_ascii_case(action.as_str()))
    }
}

/// The word of RFC 3464.
impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The fields of one recipient (RFC 3464 §2.3). One that was read may lack any of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Recipient<'a> {
    pub(super) original_recipient: Option<RecipientAddress<'a>>,
    pub(super) final_recipient: Option<RecipientAddress<'a>>,
    pub(super) action: Option<Action>,
    pub(super) status: Option<Status>,
    pub(super) status_comment: Option<Cow<'a, str>>,
    pub(super) remote_mta: Option<MtaName<'a>>,
    pub(super) diagnostic_code: Option<DiagnosticCode<'a>>,
    pub(super) last_attempt_date: Option<DateTime>,
    pub(super) final_log_id: Option<Cow<'a, str>>,
    pub(super) will_retry_until: Option<DateTime>,
    pub(super) extensions: Vec<ExtensionField<'a>>,
}

impl<'a> Recipient<'a> {
    /// What must be told of each recipient.
    pub fn new(final_recipient: RecipientAddress<'a>, action: Action, status: Status) -> Self {
        Self {
            final_recipient: Some(final_recipient),
            action: Some(action),
            status: Some(status),
            ..Self::default()
        }
    }

    /// The same with the address that the sender gave in ORCPT: "This field is optional. It should
    /// be included only if the sender-specified recipient address was present in the message
    /// envelope" (RFC 3464 §2.3.1).
    #[must_use]
    pub fn with_original_recipient(mut self, address: RecipientAddress<'a>) -> Self {
        self.original_recipient = Some(address);
        self
    }

    /// The same with a comment behind the status, for people.
    pub fn with_status_comment(
        mut self,
        comment: impl Into<Cow<'a, str>>,
    ) -> Result<Self, InvalidValue> {
        self.status_comment = Some(made_comment(comment)?);
        Ok(self)
    }

    /// The same with the MTA that the attempt was made with.
    #[must_use]
    pub fn with_remote_mta(mut self, mta: MtaName<'a>) -> Self {
        self.remote_mta = Some(mta);
        self
    }

    /// The same with what that MTA said.
    #[must_use]
    pub fn with_diagnostic_code(mut self, said: DiagnosticCode<'a>) -> Self {
        self.diagnostic_code = Some(said);
        self
    }

    /// The same with the time of the last attempt.
    #[must_use]
    pub const fn with_last_attempt_date(mut self, date: DateTime) -> Self {
        self.last_attempt_date = Some(date);
        self
    }

    /// The same with what names the last attempt in the log of the remote MTA.
    pub fn with_final_log_id(mut self, id: impl Into<Cow<'a, str>>) -> Result<Self, InvalidValue> {
        self.final_log_id = Some(made(id)?);
        Ok(self)
    }

    /// The same with the time up to which it is tried. For delayed mail alone (RFC 3464 §2.3.9).
    #[must_use]
    pub const fn with_will_retry_until(mut self, date: DateTime) -> Self {
        self.will_retry_until = Some(date);
        self
    }

    /// The same with one more field.
    #[must_use]
    pub fn with_extension(mut self, field: ExtensionField<'a>) -> Self {
        self.extensions.push(field);
        self
    }

    /// `Original-Recipient` (RFC 3464 §2.3.1): the address the sender gave.
    pub const fn original_recipient(&self) -> Option<&RecipientAddress<'a>> {
        self.original_recipient.as_ref()
    }

    /// `Final-Recipient` (RFC 3464 §2.3.2): the address that this is about.
    pub const fn final_recipient(&self) -> Option<&RecipientAddress<'a>> {
        self.final_recipient.as_ref()
    }

    /// The address that the sender knows, by which a list finds its subscriber: "The
    /// Original-Recipient field should be used if available" (RFC 3464 Appendix C), else the final
    /// one.
    pub fn address(&self) -> Option<&RecipientAddress<'a>> {
        self.original_recipient.as_ref().or(self.final_recipient.as_ref())
    }

    /// `Action` (RFC 3464 §2.3.3).
    pub const fn action(&self) -> Option<Action> {
        self.action
    }

    /// `Status` (RFC 3464 §2.3.4).
    pub const fn status(&self) -> Option<Status> {
        self.status
    }

    /// The comment behind the status.
    pub fn status_comment(&self) -> Option<&str> {
        self.status_comment.as_deref()
    }

    /// `Remote-MTA` (RFC 3464 §2.3.5).
    pub const fn remote_mta(&self) -> Option<&MtaName<'a>> {
        self.remote_mta.as_ref()
    }

    /// `Diagnostic-Code` (RFC 3464 §2.3.6).
    pub const fn diagnostic_code(&self) -> Option<&DiagnosticCode<'a>> {
        self.diagnostic_code.as_ref()
    }

    /// `Last-Attempt-Date` (RFC 3464 §2.3.7).
    pub const fn last_attempt_date(&self) -> Option<DateTime> {
        self.last_attempt_date
    }

    /// `Final-Log-ID` (RFC 3464 §2.3.8).
    pub fn final_log_id(&self) -> Option<&str> {
        self.final_log_id.as_deref()
    }

    /// `Will-Retry-Until` (RFC 3464 §2.3.9).
    pub const fn will_retry_until(&self) -> Option<DateTime> {
        self.will_retry_until
    }

    /// All other fields.
    pub fn extensions(&self) -> &[ExtensionField<'a>] {
        &self.extensions
    }

    /// The text of the first other field of this name, in any case.
    pub fn extension(&self, name: &str) -> Option<&str> {
        extension::find(&self.extensions, name)
    }

    /// The most that is known of the status: `Status` where it says more than its class, else what
    /// the diagnostic quotes, else `Status` as it is, the class of the reply, or that of the action.
    ///
    /// ```
    /// use postrider_message::RawValue;
    /// use postrider_mime::report::DeliveryStatus;
    ///
    /// let read = DeliveryStatus::read(RawValue::new(
    ///     b"Reporting-MTA: dns; a.example\n\nFinal-Recipient: rfc822; b@c.example\n\
    ///       Action: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; 550 5.1.1 no such user\n",
    /// ));
    /// let recipient = &read.value.recipients()[0];
    /// assert_eq!(recipient.status().unwrap().to_string(), "5.0.0");
    /// assert_eq!(recipient.likely_status().unwrap().to_string(), "5.1.1");
    /// ```
    pub fn likely_status(&self) -> Option<Status> {
        let is_exact = |status: &Status| (status.subject(), status.detail()) != (0, 0);
        let said = self.diagnostic_code.as_ref();
        let reply = said.and_then(DiagnosticCode::reply_code);
        let class = reply.and_then(|code| u8::try_from(code.checked_div(100)?).ok());
        self.status
            .filter(is_exact)
            .or_else(|| said?.status().filter(is_exact))
            .or(self.status)
            .or_else(|| Status::of_class(class?))
            .or_else(|| match self.action? {
                Action::Failed => Status::of_class(5),
                Action::Delayed => Status::of_class(4),
                Action::Delivered | Action::Relayed | Action::Expanded => Status::of_class(2),
            })
    }
}
