//! What can be a value, and what is refused where it is made.

use postrider_sasl::client::Credentials;
use postrider_sasl::{Error, MOST, Mechanism, Part, server};

use crate::common::*;

#[test]
fn nul_is_refused_in_identity_and_password() {
    let nul = |part| Err(Error::Forbidden(part));
    let made = |name: &str, password: &str| Credentials::password(name, secret(password)).map(drop);
    assert_eq!(made("t\0im", "x"), nul(Part::AuthenticationIdentity));
    assert_eq!(made("tim", "x\0"), nul(Part::Password));
    let acting = Credentials::password("tim", secret("x")).unwrap().with_authzid("\0");
    assert_eq!(acting.map(drop), nul(Part::AuthorizationIdentity));
}

#[test]
fn an_empty_value_is_refused_and_so_is_one_that_is_too_long() {
    let made = |name: &str, password: &str| Credentials::password(name, secret(password)).map(drop);
    assert_eq!(made("", "x"), Err(Error::Empty(Part::AuthenticationIdentity)));
    assert_eq!(made("tim", ""), Err(Error::Empty(Part::Password)));
    let (most, longer) = ("x".repeat(MOST), "x".repeat(MOST + 1));
    assert_eq!(made(&most, &most), Ok(()));
    assert_eq!(made(&longer, "x"), Err(Error::TooLong(Part::AuthenticationIdentity)));
    assert_eq!(made("tim", &longer), Err(Error::TooLong(Part::Password)));
    for (bad, why) in [("", Error::Empty as fn(Part) -> Error), (&longer, Error::TooLong)] {
        let acting = Credentials::password("tim", secret("x")).unwrap().with_authzid(bad);
        assert_eq!(acting.map(drop), Err(why(Part::AuthorizationIdentity)));
    }
}

/// For `USER` and `PASS` of POP3 and `LOGIN` of IMAP, which cannot act as somebody else.
#[test]
fn a_password_alone_can_be_had_from_outside_of_sasl() {
    let tim = Credentials::password("tim", secret("x")).unwrap();
    let (name, password) = tim.as_password().unwrap();
    assert_eq!((name, password.expose().as_str()), ("tim", "x"));
    assert_eq!(tim.with_authzid("root").unwrap().as_password(), None);
    assert_eq!(Credentials::token("tim", secret("x")).unwrap().as_password(), None);
    assert_eq!(Credentials::external().as_password(), None);
}

#[test]
fn no_value_of_an_open_message_breaks_a_line() {
    for bad in ["a\x01auth=Bearer x", "a\r\nb", "a\0"] {
        assert!(Credentials::token(bad, secret("x")).is_err(), "{bad:?}");
        assert!(Credentials::token("x", secret(bad)).is_err(), "{bad:?}");
        assert!(Credentials::anonymous(bad).is_err(), "{bad:?}");
        let token = Credentials::token("x", secret("x")).unwrap();
        assert!(token.with_host(bad).is_err(), "{bad:?}");
    }
}

#[test]
fn the_shared_vectors_of_injection_into_a_name_are_refused_at_both_ends() {
    let Some(file) = postrider_testkit::read_shared("vectors/smtp/argument-injection.json") else {
        return;
    };
    let vectors: Vec<serde_json::Value> = serde_json::from_slice(&file).unwrap();
    let text =
        |vector: &serde_json::Value, member: &str| vector[member].as_str().unwrap().to_owned();
    let mut played = 0;
    for vector in &vectors {
        let place = text(vector, "where");
        let value = text(vector, "value");
        let (mechanism, message) = match place.as_str() {
            "AUTH PLAIN user" => (Mechanism::Plain, format!("\0{value}\0x")),
            "AUTH LOGIN user" => (Mechanism::Login, value.clone()),
            _ => continue,
        };
        assert!(Credentials::password(value.as_str(), secret("x")).is_err(), "{place}");
        let mut other = new_server(mechanism);
        let step = other.step(server::Input::Response(message.as_bytes()));
        assert_eq!(step, Ok(server::Step::Failure(server::Failure::Malformed)), "{place}");
        played += 1;
    }
    assert_eq!(played, 2);
}

#[test]
fn a_trace_is_an_address_or_255_characters() {
    let (most, longer) = ("é".repeat(255), "é".repeat(256));
    assert!(Credentials::anonymous(most).is_ok());
    let refused = Credentials::anonymous(longer.as_str()).map(drop);
    assert_eq!(refused, Err(Error::TooLong(Part::Trace)));
    assert!(Credentials::anonymous(longer + "@example.org").is_ok());
}

#[test]
fn what_is_no_name_of_a_mechanism_is_refused() {
    use postrider_sasl::MechanismName;
    for bad in ["", "A B", "A\r", "A=B", "ABCDEFGHIJKLMNOPQRSTU", "é"] {
        assert!(MechanismName::parse(bad).is_err(), "{bad:?}");
    }
    assert_eq!(MechanismName::parse("scram-sha-1").unwrap().as_str(), "SCRAM-SHA-1");
    assert!(
        Mechanism::ALL.into_iter().all(|one| MechanismName::from(one).mechanism() == Some(one))
    );
}
