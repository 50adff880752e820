//! Feedback reports: abuse, fraud, failed authentication (RFC 5965, RFC 6591).

mod kind;
mod read;
mod write;

use alloc::{borrow::Cow, vec::Vec};
use core::net::IpAddr;

use postrider_message::{AddrSpec, AuthenticationResults, DateTime, InvalidValue, ReturnPath};

use super::{
    ExtensionField, MtaName, extension,
    text::{made, split_comment},
};

pub use kind::{FeedbackType, UnregisteredType};

/// The content of a `message/feedback-report` (RFC 5965 §3). One that was read may lack any field.
///
/// All of it is what its sender asserts: "Report receivers MUST NOT assume that these assertions are
/// always accurate" (RFC 5965 §3).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FeedbackReport<'a> {
    feedback_type: Option<FeedbackType<'a>>,
    user_agent: Option<Cow<'a, str>>,
    version: Option<u32>,
    original_envelope_id: Option<Cow<'a, str>>,
    original_mail_from: Option<ReturnPath<'a>>,
    arrival_date: Option<DateTime>,
    reporting_mta: Option<MtaName<'a>>,
    source_ip: Option<IpAddr>,
    incidents: Option<u32>,
    authentication_results: Vec<AuthenticationResults<'a>>,
    original_rcpt_to: Vec<AddrSpec<'a>>,
    reported_domains: Vec<Cow<'a, str>>,
    reported_uris: Vec<Cow<'a, str>>,
    extensions: Vec<ExtensionField<'a>>,
}

impl<'a> FeedbackReport<'a> {
    /// What must be told: what it is about, and the program that made it, as in `Abuser/1.0`. The
    /// version is 1, the one there is.
    pub fn new(
        feedback_type: FeedbackType<'a>,
        user_agent: impl Into<Cow<'a, str>>,
    ) -> Result<Self, InvalidValue> {
        Ok(Self {
            feedback_type: Some(feedback_type),
            user_agent: Some(made(user_agent)?),
            version: Some(1),
            ..Self::default()
        })
    }

    /// The same with the ENVID of the message.
    pub fn with_original_envelope_id(
        mut self,
        id: impl Into<Cow<'a, str>>,
    ) -> Result<Self, InvalidValue> {
        self.original_envelope_id = Some(made(id)?);
        Ok(self)
    }

    /// The same with the `MAIL FROM` of the message.
    #[must_use]
    pub fn with_original_mail_from(mut self, path: ReturnPath<'a>) -> Self {
        self.original_mail_from = Some(path);
        self
    }

    /// The same with the time at which the message arrived.
    #[must_use]
    pub const fn with_arrival_date(mut self, date: DateTime) -> Self {
        self.arrival_date = Some(date);
        self
    }

    /// The same with the host that makes the report.
    #[must_use]
    pub fn with_reporting_mta(mut self, mta: MtaName<'a>) -> Self {
        self.reporting_mta = Some(mta);
        self
    }

    /// The same with the address that the message came from.
    #[must_use]
    pub const fn with_source_ip(mut self, address: IpAddr) -> Self {
        self.source_ip = Some(address);
        self
    }

    /// The same with the number of incidents that it stands for.
    #[must_use]
    pub const fn with_incidents(mut self, number: u32) -> Self {
        self.incidents = Some(number);
        self
    }

    /// The same with one more list of results of authentication.
    #[must_use]
    pub fn with_authentication_results(mut self, results: AuthenticationResults<'a>) -> Self {
        self.authentication_results.push(results);
        self
    }

    /// The same with one more `RCPT TO` of the message.
    #[must_use]
    pub fn with_original_rcpt_to(mut self, address: AddrSpec<'a>) -> Self {
        self.original_rcpt_to.push(address);
        self
    }

    /// The same with one more domain that the report is about.
    pub fn with_reported_domain(
        mut self,
        domain: impl Into<Cow<'a, str>>,
    ) -> Result<Self, InvalidValue> {
        let domain = made(domain)?;
        if domain.contains([' ', '\t', '(', ')']) {
            return Err(InvalidValue::Domain);
        }
        self.reported_domains.push(domain);
        Ok(self)
    }

    /// The same with one more URI that the report is about.
    pub fn with_reported_uri(mut self, uri: impl Into<Cow<'a, str>>) -> Result<Self, InvalidValue> {
        self.reported_uris.push(made(uri)?);
        Ok(self)
    }

    /// The same with one more field, those of RFC 6591 among them.
    #[must_use]
    pub fn with_extension(mut self, field: ExtensionField<'a>) -> Self {
        self.extensions.push(field);
        self
    }

    /// `Feedback-Type` (RFC 5965 §3.1).
    pub const fn feedback_type(&self) -> Option<&FeedbackType<'a>> {
        self.feedback_type.as_ref()
    }

    /// `User-Agent` (RFC 5965 §3.1).
    pub fn user_agent(&self) -> Option<&str> {
        self.user_agent.as_deref()
    }

    /// `Version` (RFC 5965 §3.1).
    pub const fn version(&self) -> Option<u32> {
        self.version
    }

    /// `Original-Envelope-Id` (RFC 5965 §3.2).
    pub fn original_envelope_id(&self) -> Option<&str> {
        self.original_envelope_id.as_deref()
    }

    /// `Original-Mail-From` (RFC 5965 §3.2).
    pub const fn original_mail_from(&self) -> Option<&ReturnPath<'a>> {
        self.original_mail_from.as_ref()
    }

    /// `Arrival-Date`, or `Received-Date`, which it was called before (RFC 5965 §3.2).
    pub const fn arrival_date(&self) -> Option<DateTime> {
        self.arrival_date
    }

    /// `Reporting-MTA` (RFC 5965 §3.2).
    pub const fn reporting_mta(&self) -> Option<&MtaName<'a>> {
        self.reporting_mta.as_ref()
    }

    /// `Source-IP` (RFC 5965 §3.2).
    pub const fn source_ip(&self) -> Option<IpAddr> {
        self.source_ip
    }

    /// `Incidents` (RFC 5965 §3.2): "The absence of this field implies the report covers a single
    /// incident."
    pub fn incidents(&self) -> u32 {
        self.incidents.unwrap_or(1)
    }

    /// The `Authentication-Results` (RFC 5965 §3.3).
    pub fn authentication_results(&self) -> &[AuthenticationResults<'a>] {
        &self.authentication_results
    }

    /// The `Original-Rcpt-To` (RFC 5965 §3.3).
    pub fn original_rcpt_to(&self) -> &[AddrSpec<'a>] {
        &self.original_rcpt_to
    }

    /// The `Reported-Domain` (RFC 5965 §3.3).
    pub fn reported_domains(&self) -> &[Cow<'a, str>] {
        &self.reported_domains
    }

    /// The `Reported-URI` (RFC 5965 §3.3).
    pub fn reported_uris(&self) -> &[Cow<'a, str>] {
        &self.reported_uris
    }

    /// All other fields.
    pub fn extensions(&self) -> &[ExtensionField<'a>] {
        &self.extensions
    }

    /// The text of the first other field of this name, in any case, with comments:
    /// `extension("DKIM-Selector-DNS")`.
    pub fn extension(&self, name: &str) -> Option<&str> {
        extension::find(&self.extensions, name)
    }

    /// `Auth-Failure` (RFC 6591 §3.2.1), without comment: `adsp`, `bodyhash`, `revoked`,
    /// `signature`, `spf`; of newer senders also `dmarc` (RFC 7489 §7.3.1).
    pub fn auth_failure(&self) -> Option<&str> {
        self.word("Auth-Failure")
    }

    /// `Delivery-Result` (RFC 6591 §3.2.2), without comment: `delivered`, `spam`, `policy`,
    /// `reject` or `other`.
    pub fn delivery_result(&self) -> Option<&str> {
        self.word("Delivery-Result")
    }

    /// `DKIM-Domain` (RFC 6591 §3.2.3), the `d=` of the signature, without comment.
    pub fn dkim_domain(&self) -> Option<&str> {
        self.word("DKIM-Domain")
    }

    /// `DKIM-Identity` (RFC 6591 §3.2.3), the `i=` of the signature, without comment.
    pub fn dkim_identity(&self) -> Option<&str> {
        self.word("DKIM-Identity")
    }

    /// `DKIM-Selector` (RFC 6591 §3.2.3), the `s=` of the signature, without comment.
    pub fn dkim_selector(&self) -> Option<&str> {
        self.word("DKIM-Selector")
    }

    /// The `SPF-DNS` (RFC 6591 §3.2.6), as they stand: `txt : example.com : "v=spf1 -all"`.
    pub fn spf_dns(&self) -> impl Iterator<Item = &str> {
        let is = |field: &&ExtensionField<'_>| field.name().eq_ignore_ascii_case("SPF-DNS");
        self.extensions.iter().filter(is).map(ExtensionField::text)
    }

    fn word(&self, name: &str) -> Option<&str> {
        self.extension(name).map(|text| split_comment(text).0)
    }
}
