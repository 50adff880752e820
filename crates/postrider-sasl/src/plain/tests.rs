extern crate std;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use postrider_wire::Secret;
use proptest::prelude::*;

use super::{Client, MOST, Server};
use crate::{Error, Part, line};

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.into())
}

/// RFC 4616 §4: `C: <NUL>tim<NUL>tanstaaftanstaaf`, 21 octets.
#[test]
fn the_first_example_of_rfc_4616_goes_both_ways() {
    let mut client = Client::new("tim", &secret("tanstaaftanstaaf")).unwrap();
    let message = client.respond(b"").unwrap();
    assert_eq!(message.expose(), b"\0tim\0tanstaaftanstaaf");
    assert_eq!(message.expose().len(), 21);
    let got = Server::new().receive(message.expose()).unwrap();
    assert_eq!((got.authzid, &*got.authcid), (None, "tim"));
    assert_eq!(got.password.expose(), "tanstaaftanstaaf");
}

/// RFC 4616 §4: `C: Ursel<NUL>Kurt<NUL>xipj3plmq`, 20 octets.
#[test]
fn the_second_example_of_rfc_4616_goes_both_ways() {
    let mut client = Client::acting_as("Ursel", "Kurt", &secret("xipj3plmq")).unwrap();
    let message = client.initial_response().unwrap();
    assert_eq!(message.expose(), b"Ursel\0Kurt\0xipj3plmq");
    assert_eq!(message.expose().len(), 20);
    let got = Server::new().receive(message.expose()).unwrap();
    assert_eq!((got.authzid.as_deref(), &*got.authcid), (Some("Ursel"), "Kurt"));
    assert_eq!(got.password.expose(), "xipj3plmq");
}

#[test]
fn nul_is_refused_in_identity_and_password() {
    let nul = |part| Err(Error::Nul(part));
    assert_eq!(Client::new("t\0im", &secret("x")).map(drop), nul(Part::AuthenticationIdentity));
    assert_eq!(Client::new("tim", &secret("x\0")).map(drop), nul(Part::Password));
    let acting = Client::acting_as("\0", "tim", &secret("x"));
    assert_eq!(acting.map(drop), nul(Part::AuthorizationIdentity));
}

#[test]
fn an_empty_part_is_refused_on_both_sides() {
    assert_eq!(
        Client::new("", &secret("x")).map(drop),
        Err(Error::Empty(Part::AuthenticationIdentity))
    );
    assert_eq!(Client::new("tim", &secret("")).map(drop), Err(Error::Empty(Part::Password)));
    for message in [&b""[..], b"\0", b"\0\0", b"\0tim\0", b"\0\0x", b"a\0tim", b"\0tim\0x\0y"] {
        assert_eq!(Server::new().receive(message), Err(Error::Malformed), "{message:?}");
    }
}

#[test]
fn two_hundred_and_fifty_five_octets_are_taken_and_too_many_are_not() {
    let long = "x".repeat(255);
    let mut client = Client::acting_as(&long, &long, &secret(&long)).unwrap();
    let message = client.initial_response().unwrap();
    assert_eq!(Server::new().receive(message.expose()).unwrap().authcid, long);

    let longer = "x".repeat(MOST + 1);
    assert_eq!(Client::new("tim", &secret(&longer)).map(drop), Err(Error::TooLong(Part::Password)));
    let message = format!("\0tim\0{longer}");
    assert_eq!(Server::new().receive(message.as_bytes()), Err(Error::TooLong(Part::Password)));
}

#[test]
fn a_challenge_that_is_not_empty_gets_nothing() {
    let mut client = Client::new("tim", &secret("x")).unwrap();
    assert_eq!(client.respond(b"give me more"), Err(Error::UnexpectedChallenge));
    assert!(client.respond(b"").is_ok(), "the message was not spent");
    assert_eq!(client.respond(b""), Err(Error::Over));
}

#[test]
fn a_server_takes_one_message() {
    let mut server = Server::new();
    assert_eq!(server.receive(b"\0tim"), Err(Error::Malformed));
    assert_eq!(server.receive(b"\0tim\0x"), Err(Error::Over));
}

#[test]
fn no_rendering_shows_the_password() {
    let client = Client::new("tim", &secret("tanstaaftanstaaf")).unwrap();
    let got = Server::new().receive(b"\0tim\0tanstaaftanstaaf").unwrap();
    let base64 = line::encode(b"\0tim\0tanstaaftanstaaf");
    for text in [format!("{client:?}"), format!("{got:?}"), format!("{base64:?}")] {
        assert!(text.contains("[secret]"), "{text}");
        assert!(!text.contains("tanstaaf") && !text.contains("dGFuc3RhYWY"), "{text}");
    }
}

#[test]
fn base64_is_taken_strictly() {
    let decode = |text: &str| line::decode(text.as_bytes(), 64).map(|m| m.expose().clone());
    assert_eq!(decode("AHRpbQB4"), Ok(Vec::from(&b"\0tim\0x"[..])));
    // White space, missing padding, bits behind the end, another alphabet (RFC 4648 §3).
    for bad in ["AHRpbQB4 ", "AHRpbQB4\n", "QQ", "QQ=", "QR==", "__==", "QQ==QQ=="] {
        assert_eq!(decode(bad), Err(Error::Base64), "{bad:?}");
    }
    assert_eq!(decode("*"), Err(Error::Cancelled));
    assert_eq!(line::decode(b"AHRpbQB4", 5), Err(Error::MessageTooLong { most: 5 }));
    assert_eq!(line::decode_initial(b"=", 5).unwrap().expose(), b"");
    assert_eq!(line::encode_initial(b"").expose(), "=");
    assert_eq!(line::decode_initial(b"", 5), Err(Error::Base64));
}

proptest! {
    #[test]
    fn what_a_client_sends_is_what_a_server_gets(
        authzid in proptest::option::of("[^\0]{1,40}"),
        authcid in "[^\0]{1,40}",
        password in "[^\0]{1,40}",
    ) {
        let password = secret(&password);
        let mut client = match &authzid {
            Some(authzid) => Client::acting_as(authzid, &authcid, &password)?,
            None => Client::new(&authcid, &password)?,
        };
        let sent = line::encode_initial(client.initial_response()?.expose());
        let message = line::decode_initial(sent.expose().as_bytes(), super::MOST_MESSAGE)?;
        let got = Server::new().receive(message.expose())?;
        prop_assert_eq!((got.authzid, got.authcid), (authzid, authcid));
        prop_assert_eq!(got.password, password);
    }

    #[test]
    fn no_message_panics(message in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Server::new().receive(&message);
        let _ = line::decode(&message, 64);
        let _ = line::decode_initial(&message, 64);
    }
}
