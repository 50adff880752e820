//! Values that are kept as text, and read back.
#![cfg(feature = "serde")]

use postrider_smtp::{
    Body, EnhancedStatusCode, EnvelopeId, ForwardPath, MailParameters, Mailbox, Notify,
    OriginalRecipient, Parameter, RcptParameters, Ret, ReversePath,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt::Debug;

#[track_caller]
fn kept_as<T: Serialize + DeserializeOwned + PartialEq + Debug>(value: &T, text: &str) {
    assert_eq!(serde_json::to_string(value).unwrap(), serde_json::to_string(text).unwrap());
    let back: T = serde_json::from_str(&serde_json::to_string(text).unwrap()).unwrap();
    assert_eq!(&back, value);
}

#[test]
fn values_are_kept_as_they_stand_in_a_command() {
    kept_as(&ReversePath::parse("alice@a.example").unwrap(), "alice@a.example");
    kept_as(&ReversePath::null(), "");
    kept_as(&ForwardPath::parse("k\u{f6}n@b.example").unwrap(), "k\u{f6}n@b.example");
    kept_as(&ForwardPath::postmaster(), "Postmaster");
    kept_as(&Mailbox::parse("\"a b\"@c").unwrap(), "\"a b\"@c");
    kept_as(&EnhancedStatusCode::new(4, 4, 7).unwrap(), "4.4.7");
    let mail = MailParameters::new()
        .with_size(17)
        .with_body(Body::EightBitMime)
        .with_ret(Ret::Headers)
        .with_envid(EnvelopeId::encode("QQ 314159").unwrap())
        .with_smtp_utf8(true)
        .with_require_tls(true)
        .with_other(Parameter::new("MT-PRIORITY", Some("3")).unwrap());
    let text = "SIZE=17 BODY=8BITMIME RET=HDRS ENVID=QQ+20314159 SMTPUTF8 REQUIRETLS MT-PRIORITY=3";
    kept_as(&mail, text);
    kept_as(&MailParameters::new(), "");
    let orcpt = OriginalRecipient::parse("utf-8;k\u{f6}n@b.example").unwrap();
    let rcpt = RcptParameters::new()
        .with_notify(Notify::new(true, false, true).unwrap())
        .with_orcpt(orcpt);
    kept_as(&rcpt, "NOTIFY=SUCCESS,DELAY ORCPT=utf-8;k\u{f6}n@b.example");
    kept_as(&RcptParameters::new(), "");
}

#[test]
fn what_is_not_in_the_grammar_is_not_read_back() {
    for text in ["a", "a@b>\r\nRCPT TO:<c@d", "<a@b>", "a@b c@d"] {
        let json = serde_json::to_string(text).unwrap();
        assert!(serde_json::from_str::<ForwardPath>(&json).is_err(), "{text}");
    }
    for text in ["SIZE=x", "SIZE=1 SIZE=2", "RET=HDRS\r\nDATA", "=1"] {
        let json = serde_json::to_string(text).unwrap();
        assert!(serde_json::from_str::<MailParameters>(&json).is_err(), "{text}");
        assert!(serde_json::from_str::<RcptParameters>(&json).is_err(), "{text}");
    }
    assert!(serde_json::from_str::<EnhancedStatusCode>("\"1.2.3\"").is_err());
    assert!(serde_json::from_str::<ReversePath>("17").is_err());
}
