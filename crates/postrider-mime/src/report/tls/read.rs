//! JSON as a report on TLS.

use alloc::{string::String, vec::Vec};
use core::net::IpAddr;

use postrider_message::{DateTime, Defects, FieldValue, Parsed, RawValue, code as message_code};
use serde_json::{Map, Value};

use super::{
    TlsFailure, TlsPolicy, TlsPolicyType, TlsReport, TlsResultType,
    gzip::{Inflated, inflate, is_gzip},
    universal,
};
use crate::code;

impl TlsReport {
    /// Reads JSON, or JSON in gzip, of at most [`LARGEST`](Self::LARGEST) octets and of no more than
    /// 64 members. What is no JSON is an empty report with a defect; in what is, members of the
    /// wrong type count as not there. Policies and failures together are bounded by the limit of
    /// fields.
    ///
    /// A list of texts may be one text, and a number a text of digits, as some write them.
    pub fn read(raw: RawValue<'_>) -> Parsed<'_, Self> {
        Self::read_with(raw, Self::LARGEST)
    }

    /// The same of at most so many octets, inflated ones.
    pub fn read_with(raw: RawValue<'_>, most: usize) -> Parsed<'_, Self> {
        let mut defects = Defects::with_limit(raw.limits().defects);
        let octets = raw.bytes();
        let (inflated, mut json, is_too_large);
        if is_gzip(octets) {
            let (out, told) = inflate(octets, most);
            if told == Inflated::Broken {
                defects.push(&code::BROKEN_GZIP, raw.span());
            }
            inflated = out;
            (json, is_too_large) = (inflated.as_slice(), told == Inflated::TooLarge);
        } else {
            (json, is_too_large) = (octets, octets.len() > most);
        }
        if is_too_large {
            defects.push(&code::LARGE_TLS_REPORT, raw.span());
            json = &[];
        }
        let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
        let value = match serde_json::from_slice(json) {
            Ok(Value::Object(members)) => {
                let mut reader = Reader { left: raw.limits().fields, cut: false };
                let report = reader.report(members);
                if reader.cut {
                    defects.push(&message_code::TOO_MANY_ITEMS, raw.span());
                }
                report
            }
            _ => {
                defects.push(&code::NOT_A_TLS_REPORT, raw.span());
                Self::default()
            }
        };
        Parsed::new(value, defects, octets)
    }
}

type Members = Map<String, Value>;

/// How many policies and failures may still be read.
struct Reader {
    left: usize,
    cut: bool,
}

impl Reader {
    fn report(&mut self, mut members: Members) -> TlsReport {
        let mut range = object(members.remove("date-range"));
        TlsReport {
            organization_name: text(members.remove("organization-name")),
            start: date(range.remove("start-datetime")),
            end: date(range.remove("end-datetime")),
            contact_info: text(members.remove("contact-info")),
            report_id: text(members.remove("report-id")),
            policies: self.objects(members.remove("policies"), Self::policy),
        }
    }

    fn policy(&mut self, mut members: Members) -> TlsPolicy {
        let mut policy = object(members.remove("policy"));
        let mut summary = object(members.remove("summary"));
        TlsPolicy {
            policy_type: text(policy.remove("policy-type")).map(TlsPolicyType::of),
            policy_string: texts(policy.remove("policy-string")),
            policy_domain: text(policy.remove("policy-domain")),
            mx_host: texts(policy.remove("mx-host").or_else(|| policy.remove("mx-host-pattern"))),
            successful_sessions: number(summary.remove("total-successful-session-count")),
            failed_sessions: number(summary.remove("total-failure-session-count")),
            failures: self.objects(members.remove("failure-details"), |_, one| failure(one)),
        }
    }

    /// What is made of the objects of a list, as many as may still be read.
    fn objects<T>(
        &mut self,
        value: Option<Value>,
        mut make: impl FnMut(&mut Self, Members) -> T,
    ) -> Vec<T> {
        let mut made = Vec::new();
        for one in list(value) {
            let Value::Object(members) = one else { continue };
            match self.left.checked_sub(1) {
                Some(left) => self.left = left,
                None => {
                    self.cut = true;
                    break;
                }
            }
            made.push(make(self, members));
        }
        made
    }
}

fn failure(mut members: Members) -> TlsFailure {
    TlsFailure {
        result_type: text(members.remove("result-type")).map(TlsResultType::of),
        sending_mta_ip: address(members.remove("sending-mta-ip")),
        receiving_mx_hostname: text(members.remove("receiving-mx-hostname")),
        receiving_mx_helo: text(members.remove("receiving-mx-helo")),
        receiving_ip: address(members.remove("receiving-ip")),
        failed_sessions: number(members.remove("failed-session-count")),
        additional_information: text(members.remove("additional-information")),
        failure_reason_code: text(members.remove("failure-reason-code")),
    }
}

fn object(value: Option<Value>) -> Members {
    match value {
        Some(Value::Object(members)) => members,
        _ => Members::new(),
    }
}

fn text(value: Option<Value>) -> Option<String> {
    match value {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

fn number(value: Option<Value>) -> Option<u64> {
    match value? {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// The elements of a list, or the one that stands in its place.
fn list(value: Option<Value>) -> impl Iterator<Item = Value> {
    let elements = match value {
        Some(Value::Array(elements)) => elements,
        Some(Value::Null) | None => Vec::new(),
        Some(one) => Vec::from([one]),
    };
    elements.into_iter()
}

fn texts(value: Option<Value>) -> Vec<String> {
    list(value).filter_map(|one| text(Some(one))).collect()
}

/// `date-time` of RFC 3339, of which `Z` is universal time.
fn date(value: Option<Value>) -> Option<DateTime> {
    let text = text(value)?;
    Option::<DateTime>::read(RawValue::new(text.as_bytes())).value.map(universal)
}

fn address(value: Option<Value>) -> Option<IpAddr> {
    text(value)?.parse().ok()
}
