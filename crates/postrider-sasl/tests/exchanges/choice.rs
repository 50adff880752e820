//! The choice of a mechanism.

use postrider_sasl::Mechanism;
use postrider_sasl::client::{Choice, Credentials, NoMechanism};
use postrider_wire::{ClearTextLogin, TlsInfo};

use crate::common::*;

/// As a server would put them, the strongest last.
const OFFERED: [&str; 14] = [
    "ANONYMOUS",
    "EXTERNAL",
    "LOGIN",
    "PLAIN",
    "XOAUTH2",
    "OAUTHBEARER",
    "DIGEST-MD5",
    "cram-md5",
    "Scram-Sha-1",
    "SCRAM-SHA-256",
    "SCRAM-SHA-512",
    "SCRAM-SHA-1-PLUS",
    "SCRAM-SHA-256-PLUS",
    "SCRAM-SHA-512-PLUS",
];

fn password() -> Credentials {
    tim(Mechanism::Plain)
}

#[test]
fn the_strongest_goes_first_whatever_the_order_of_the_offer() {
    let names = |tls: Option<&TlsInfo>| {
        let candidates = Choice::default().candidates(OFFERED, &password(), tls);
        candidates.into_iter().map(Mechanism::name).collect::<Vec<_>>()
    };
    let bound = ["SCRAM-SHA-512-PLUS", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-1-PLUS"];
    let scram = ["SCRAM-SHA-512", "SCRAM-SHA-256", "SCRAM-SHA-1"];
    let weak = ["CRAM-MD5", "PLAIN", "LOGIN"];
    assert_eq!(names(Some(&tls())), [bound, scram, weak].concat());
    assert_eq!(names(Some(&TlsInfo::new())), [scram, weak].concat(), "nothing to bind to");
    assert_eq!(names(None), scram);
}

#[test]
fn nothing_that_reveals_a_secret_goes_without_tls_unless_told() {
    let safe = Choice::default();
    for credentials in [password(), tim(Mechanism::OAuthBearer)] {
        let revealing = ["PLAIN", "LOGIN", "OAUTHBEARER", "XOAUTH2"];
        let choice = safe.choose(revealing, &credentials, None);
        assert_eq!(choice, Err(NoMechanism::NeedsTls));
        assert!(safe.candidates(OFFERED, &credentials, None).iter().all(|it| !it.reveals_secret()));
        let told = Choice::default().with_clear_text(ClearTextLogin::Allow);
        assert!(told.choose(revealing, &credentials, None).unwrap().reveals_secret());
    }
    assert_eq!(safe.choose(["CRAM-MD5"], &password(), None), Err(NoMechanism::NeedsTls));
    let told = Choice::default().with_cram_md5(ClearTextLogin::Allow);
    assert_eq!(told.choose(["CRAM-MD5", "PLAIN"], &password(), None), Ok(Mechanism::CramMd5));
    assert_eq!(told.choose(["PLAIN"], &password(), None), Err(NoMechanism::NeedsTls));
}

#[test]
fn each_kind_of_credentials_takes_its_own() {
    let choose = |credentials: &Credentials| {
        Choice::default().choose(OFFERED, credentials, Some(&tls())).unwrap()
    };
    assert_eq!(choose(&tim(Mechanism::OAuthBearer)), Mechanism::OAuthBearer);
    assert_eq!(choose(&tim(Mechanism::External)), Mechanism::External);
    assert_eq!(choose(&tim(Mechanism::Anonymous)), Mechanism::Anonymous);
}

#[test]
fn why_there_is_none_is_told() {
    let choose = |choice: &Choice, offered: &[&'static str]| {
        choice.choose(offered.iter().copied(), &password(), Some(&tls()))
    };
    let all = Choice::default();
    assert_eq!(choose(&all, &[]), Err(NoMechanism::NoneOffered));
    assert_eq!(choose(&all, &["DIGEST-MD5", "XOAUTH2"]), Err(NoMechanism::NoneShared));
    let one = Choice::default().with_mechanisms([Mechanism::ScramSha256]);
    assert_eq!(choose(&one, &["PLAIN"]), Err(NoMechanism::NoneShared));
    let bound = Choice::default().with_require_binding(true);
    assert_eq!(choose(&bound, &["PLAIN", "SCRAM-SHA-256"]), Err(NoMechanism::NotBound));
    assert_eq!(choose(&bound, &["PLAIN", "SCRAM-SHA-1-PLUS"]), Ok(Mechanism::ScramSha1Plus));
}

#[test]
fn a_login_as_somebody_else_takes_what_can_ask_for_it() {
    let acting = password().with_authzid("root").unwrap();
    let candidates = Choice::default().candidates(OFFERED, &acting, Some(&tls()));
    assert!(candidates.contains(&Mechanism::Plain));
    assert!(!candidates.contains(&Mechanism::Login) && !candidates.contains(&Mechanism::CramMd5));
}

#[test]
fn a_password_that_cannot_be_prepared_is_left_to_mechanisms_that_do_not() {
    // RFC 4013 §3: `<U+0007>` is prohibited.
    let odd = Credentials::password("tim", secret("\u{7}")).unwrap();
    let candidates = Choice::default().candidates(OFFERED, &odd, Some(&tls()));
    assert_eq!(candidates, [Mechanism::CramMd5, Mechanism::Plain, Mechanism::Login]);
}
