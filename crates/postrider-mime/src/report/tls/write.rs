//! A report on TLS as JSON.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};

use postrider_message::DateTime;
use serde_json::{Map, Value};

use super::{TlsFailure, TlsPolicy, TlsReport, gzip::deflate, universal};

impl TlsReport {
    /// The content of an `application/tlsrpt+json` (RFC 8460 §6.4): JSON in UTF-8, on one line.
    pub fn to_vec(&self) -> Vec<u8> {
        let mut range = Members::default();
        range.put("start-datetime", self.start.map(date));
        range.put("end-datetime", self.end.map(date));
        let mut members = Members::default();
        members.put("organization-name", self.organization_name.clone());
        members.put("date-range", Some(range.0));
        members.put("contact-info", self.contact_info.clone());
        members.put("report-id", self.report_id.clone());
        let policies = self.policies.iter().map(TlsPolicy::to_value).collect::<Vec<_>>();
        members.put("policies", Some(policies));
        Value::Object(members.0).to_string().into_bytes()
    }

    /// The content of an `application/tlsrpt+gzip` (RFC 8460 §6.5): "The report SHOULD be subjected
    /// to gzip \[RFC1952\] compression for both email and HTTPS transport" (§5.2). The same report
    /// makes the same octets.
    pub fn to_gzip(&self) -> Vec<u8> {
        deflate(&self.to_vec())
    }
}

impl TlsPolicy {
    fn to_value(&self) -> Value {
        let mut policy = Members::default();
        policy.put("policy-type", self.policy_type.as_ref().map(|ty| ty.as_str()));
        policy.put("policy-string", Some(self.policy_string.clone()).filter(|all| !all.is_empty()));
        policy.put("policy-domain", self.policy_domain.clone());
        policy.put("mx-host", Some(self.mx_host.clone()).filter(|all| !all.is_empty()));
        let mut summary = Members::default();
        summary.put("total-successful-session-count", self.successful_sessions);
        summary.put("total-failure-session-count", self.failed_sessions);
        let mut members = Members::default();
        members.put("policy", Some(policy.0));
        members.put("summary", Some(summary.0));
        let failures = self.failures.iter().map(TlsFailure::to_value).collect::<Vec<_>>();
        members.put("failure-details", Some(failures).filter(|all| !all.is_empty()));
        Value::Object(members.0)
    }
}

impl TlsFailure {
    fn to_value(&self) -> Value {
        let mut members = Members::default();
        members.put("result-type", self.result_type.as_ref().map(|ty| ty.as_str()));
        members.put("sending-mta-ip", self.sending_mta_ip.map(|address| address.to_string()));
        members.put("receiving-mx-hostname", self.receiving_mx_hostname.clone());
        members.put("receiving-mx-helo", self.receiving_mx_helo.clone());
        members.put("receiving-ip", self.receiving_ip.map(|address| address.to_string()));
        members.put("failed-session-count", self.failed_sessions);
        members.put("additional-information", self.additional_information.clone());
        members.put("failure-reason-code", self.failure_reason_code.clone());
        Value::Object(members.0)
    }
}

fn date(date: DateTime) -> String {
    universal(date).to_rfc3339().to_string()
}

/// The members of an object.
#[derive(Default)]
struct Members(Map<String, Value>);

impl Members {
    /// Adds what is there.
    fn put(&mut self, name: &str, value: Option<impl Into<Value>>) {
        if let Some(value) = value {
            self.0.insert(name.to_string(), value.into());
        }
    }
}
