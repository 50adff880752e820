//! A report on its way (RFC 8460 §5).

use alloc::format;
use alloc::string::String;

use postrider_message::{DateTime, HeaderBuilder, Mailbox as Address, MessageId, Text};
use postrider_mime::build::{Entity, MessageBuilder};
use postrider_mime::report::{ReportError, TlsReport};
use postrider_smtp::Mailbox;

use crate::DomainName;
use crate::address::addr_spec;

/// Who reports.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Reporter {
    organization_name: String,
    contact: Mailbox,
}

impl Reporter {
    /// Who reports, and an address to write to. Its domain is the submitter of the report.
    #[must_use]
    pub fn new(organization_name: impl Into<String>, contact: Mailbox) -> Self {
        Self { organization_name: organization_name.into(), contact }
    }

    /// `organization-name`.
    #[must_use]
    pub fn organization_name(&self) -> &str {
        &self.organization_name
    }

    /// `contact-info`.
    #[must_use]
    pub fn contact(&self) -> &Mailbox {
        &self.contact
    }

    /// The name of the file that a report for a domain is (RFC 8460 §5.1), in gzip.
    ///
    /// ```text
    /// filename  = sender "!" policy-domain "!" begin-timestamp "!" end-timestamp
    ///             [ "!" unique-id ] "." extension
    /// unique-id = 1*(ALPHA / DIGIT)
    /// ```
    #[must_use]
    pub fn file_name(&self, report: &TlsReport, domain: &DomainName) -> String {
        let time = |date: Option<DateTime>| date.map_or(0, DateTime::unix).max(0);
        let (start, end) = (time(report.start), time(report.end));
        let id = report.report_id.iter().flat_map(|id| id.chars());
        let id: String = id.filter(char::is_ascii_alphanumeric).take(64).collect();
        let id = if id.is_empty() { id } else { format!("!{id}") };
        format!("{}!{domain}!{start}!{end}{id}.json.gz", self.contact.domain())
    }

    /// The mail that a report for a domain goes in (RFC 8460 §5.3), from the contact to an address of
    /// the domain's record. `TLS-Report-Domain`, `TLS-Report-Submitter` and the subject say whose
    /// report goes to whom.
    ///
    /// It has no `Message-ID`, for want of entropy, and no signature: "Reports sent via SMTP MUST
    /// contain a valid DKIM signature by the reporting domain" (§3). Send it whatever becomes of TLS.
    ///
    /// # Errors
    ///
    /// [`ReportError`] when an address, the identifier of the report or the domain of the contact does
    /// not fit into a header field.
    pub fn to_message(
        &self,
        report: &TlsReport,
        domain: &DomainName,
        to: &Mailbox,
        date: &DateTime,
    ) -> Result<MessageBuilder<'static>, ReportError> {
        let submitter = self.contact.domain();
        let header = HeaderBuilder::new()
            .date(date)?
            .from(&Address::new(addr_spec(&self.contact)?).into())?
            .to(&Address::new(addr_spec(to)?).into())?
            .subject(&self.subject(report, domain)?)?
            .named("TLS-Report-Domain", &Text::new(domain.as_str())?)?
            .named("TLS-Report-Submitter", &Text::new(submitter)?)?;
        let text = format!("This is an aggregate TLS report from {submitter}\n");
        let body = report.to_report(Entity::text(text), &self.file_name(report, domain))?;
        Ok(MessageBuilder::new(header).body(body))
    }

    /// ```text
    /// tlsrpt-subject = %s"Report" FWS %s"Domain:" FWS domain-name FWS %s"Submitter:" FWS domain-name
    ///                  FWS %s"Report-ID:" FWS "<" id-left "@" id-right ">" [CFWS]
    /// ```
    fn subject(&self, report: &TlsReport, domain: &DomainName) -> Result<String, ReportError> {
        let submitter = self.contact.domain();
        let id = report.report_id.as_deref().ok_or(ReportError::Missing("report-id"))?;
        let id = if id.contains('@') { id.into() } else { format!("{id}@{submitter}") };
        let id = MessageId::new(id)?;
        Ok(format!("Report Domain: {domain} Submitter: {submitter} Report-ID: {id}"))
    }
}
