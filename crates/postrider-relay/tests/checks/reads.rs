//! Texts of strangers: what is read of them is written and read again as the same.

use postrider_message::HeaderSection;
use postrider_mime::Message;
use postrider_relay::DomainName;
use postrider_relay::auto_reply::{Responder, ResponderKind};
use postrider_relay::dsn::Returned;
use postrider_relay::loops::{check_delivered_to, own_passes};
use postrider_relay::tls::dane::TlsaRecord;
use postrider_relay::tls::report::TlsRptRecord;
use postrider_relay::tls::require_tls::tls_required_no;
use postrider_relay::tls::sts::{Policy, StsRecord};
use postrider_smtp::Mailbox;

pub(crate) fn check(data: &[u8]) {
    let mut seen = Vec::new();
    if let Ok(policy) = Policy::parse(data) {
        assert_eq!(Policy::parse(policy.to_string().as_bytes()).as_ref(), Ok(&policy));
        assert!(policy.max_age <= Policy::LONGEST && policy.mx.len() <= Policy::PATTERNS);
    }
    let record = [data.to_vec()];
    let _ = StsRecord::of(&record);
    let _ = TlsRptRecord::of(&record);
    if let Ok(text) = std::str::from_utf8(data) {
        if let Ok(name) = DomainName::parse(text) {
            assert_eq!(DomainName::parse(name.as_str()).as_ref(), Ok(&name));
            assert!(name.as_str().len() <= 253 && name.as_str().is_ascii());
            seen.push(name);
        }
        if let Ok(record) = text.parse::<TlsaRecord>() {
            assert_eq!(record.to_string().parse().as_ref(), Ok(&record));
        }
    }
    if let Ok(message) = Message::parse(data)
        && let Some(returned) = Returned::read(&message)
    {
        assert_eq!(Returned::read(&message), Some(returned));
    }
    let own = Mailbox::parse("us@us.example").expect("it is one");
    let section = HeaderSection::parse(data);
    let headers = section.headers();
    let _ = tls_required_no(headers);
    let _ = check_delivered_to(headers, &own);
    seen.push(DomainName::parse("us.example").expect("it is a name"));
    assert!(own_passes(headers, &seen).count() <= data.len());
    for kind in [ResponderKind::Personal, ResponderKind::Service] {
        let Ok(reply) = Responder::new(kind, vec![own.clone()]).decide(headers, None) else {
            continue;
        };
        assert!(reply.to().mailbox().is_some_and(|to| *to != own), "nobody answers himself");
    }
}
