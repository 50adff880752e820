//! Values that are kept as text, and read back.
#![cfg(feature = "serde")]

use postrider_smtp::{
    AuthParameter, Body, Command, EhloName, EnhancedStatusCode, EnvelopeId, ForwardPath,
    MailParameters, Mailbox, Notify, OriginalRecipient, Parameter, RcptParameters, Ret,
    ReversePath,
};
use proptest::prelude::*;
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
    kept_as(&EhloName::parse("[IPv6:2001:db8::1]").unwrap(), "[IPv6:2001:db8::1]");
    kept_as(&AuthParameter::unknown(), "<>");
    kept_as(&AuthParameter::encode("e=mc2@example.com").unwrap(), "e+3Dmc2@example.com");
    kept_as(&EnvelopeId::encode("QQ 314159").unwrap(), "QQ+20314159");
    kept_as(&Notify::never(), "NEVER");
    kept_as(&Notify::new(true, true, false).unwrap(), "SUCCESS,FAILURE");
    kept_as(&Ret::Full, "FULL");
    kept_as(&Body::BinaryMime, "BINARYMIME");
    kept_as(&Parameter::new("BY", Some("120;R")).unwrap(), "BY=120;R");
    kept_as(&Parameter::new("X-FLAG", None).unwrap(), "X-FLAG");
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
fn what_a_client_called_itself_is_kept_even_where_it_is_no_host() {
    let Ok(Command::Ehlo(name)) = Command::parse(b"EHLO my_pc!") else {
        panic!("RFC 5321 §4.1.4")
    };
    assert!(!name.is_host());
    kept_as(&name, "my_pc!");
}

fn text_of(most: usize) -> impl Strategy<Value = String> {
    prop::collection::vec(any::<char>().prop_filter("", |c| !c.is_control()), 1..most)
        .prop_map(|chars| chars.into_iter().collect())
}

proptest! {
    #[test]
    fn parameters_are_read_back_as_they_were(
        size: Option<u64>,
        envid in prop::option::of("[ -~]{1,30}"),
        auth in prop::option::of(text_of(30)),
        flags: [bool; 4],
        orcpt in prop::option::of(text_of(20)),
        value in "[!-<>-~\u{e4}-\u{fc}]{1,20}",
    ) {
        let mut mail = MailParameters::new().with_smtp_utf8(flags[0]).with_require_tls(flags[1]);
        mail.size = size;
        mail.envid = envid.and_then(|text| EnvelopeId::encode(&text).ok());
        mail.auth = auth.and_then(|text| AuthParameter::encode(&text).ok());
        mail.ret = flags[2].then_some(Ret::Headers);
        mail.body = flags[3].then_some(Body::SevenBit);
        mail = mail.with_other(Parameter::new("X-A", Some(&value)).unwrap());
        let json = serde_json::to_string(&mail).unwrap();
        prop_assert_eq!(serde_json::from_str::<MailParameters>(&json).unwrap(), mail);
        let mut rcpt = RcptParameters::new();
        rcpt.notify = Notify::new(flags[0], flags[1], flags[2]).ok();
        rcpt.orcpt = orcpt.and_then(|text| OriginalRecipient::new("utf-8", &text).ok());
        let json = serde_json::to_string(&rcpt).unwrap();
        prop_assert_eq!(serde_json::from_str::<RcptParameters>(&json).unwrap(), rcpt);
    }

    /// A store may be damaged anywhere.
    #[test]
    fn no_text_makes_reading_panic(text: String) {
        let json = serde_json::to_string(&text).unwrap();
        let _ = serde_json::from_str::<MailParameters>(&json);
        let _ = serde_json::from_str::<RcptParameters>(&json);
        let _ = serde_json::from_str::<Parameter>(&json);
        if let Ok(path) = serde_json::from_str::<ForwardPath>(&json) {
            prop_assert!(!path.to_string().contains(['\r', '\n']));
        }
    }
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
    for text in ["SIZE=1", "X-A=", "X A", "", "BY=1 R"] {
        let json = serde_json::to_string(text).unwrap();
        assert!(serde_json::from_str::<Parameter>(&json).is_err(), "{text}");
    }
    assert!(serde_json::from_str::<Notify>("\"NEVER,FAILURE\"").is_err());
    assert!(serde_json::from_str::<Ret>("\"ALL\"").is_err());
    assert!(serde_json::from_str::<Body>("\"9BIT\"").is_err());
    assert!(serde_json::from_str::<EhloName>("\"a b\"").is_err());
    assert!(serde_json::from_str::<EnhancedStatusCode>("\"1.2.3\"").is_err());
    assert!(serde_json::from_str::<ReversePath>("17").is_err());
}
