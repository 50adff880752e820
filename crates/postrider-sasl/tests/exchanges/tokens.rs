//! Tokens that are fetched, refused and fetched again, in the middle of a login.

use postrider_sasl::client::{Credentials, Input, Step, TokenRejected};
use postrider_sasl::server::{self, Credential, Failure};
use postrider_sasl::{Error, Mechanism, Part};

use crate::common::*;

const BOTH: [Mechanism; 2] = [Mechanism::OAuthBearer, Mechanism::XOAuth2];

#[test]
fn a_token_is_asked_for_when_it_is_not_at_hand() {
    for mechanism in BOTH {
        let credentials = Credentials::token_on_demand("tim").unwrap();
        let mut one = new_client(mechanism, &credentials);
        let talk = talk(&mut one, &mut new_server(mechanism), true, knows);
        assert!(talk.complete, "{talk:?}");
        assert_eq!(talk.identity.unwrap().authcid, "tim");
    }
}

#[test]
fn a_refused_token_is_told_with_its_reasons_and_a_fresh_one_goes_into_a_new_login() {
    for (mechanism, dummy, status) in
        [(BOTH[0], &b"\x01"[..], "invalid_token"), (BOTH[1], b"", "401")]
    {
        let stale = Credentials::token("tim", secret("stale")).unwrap();
        let mut one = new_client(mechanism, &stale);
        let Ok(Step::Respond(message)) = one.step(Input::None) else { panic!() };
        let mut other = new_server(mechanism);
        other.step(server::Input::Response(message.expose())).unwrap();
        let step = other.step(server::Input::Credential(Credential::Unknown)).unwrap();
        let server::Step::Challenge(reasons) = step else { panic!("{step:?}") };

        // The server has refused, and the exchange is over only when it was answered.
        let Ok(Step::Respond(answer)) = one.step(Input::Challenge(reasons.expose())) else {
            panic!()
        };
        assert_eq!(answer.expose(), dummy);
        let step = other.step(server::Input::Response(answer.expose())).unwrap();
        assert_eq!(step, server::Step::Failure(Failure::BadCredentials));

        let Ok(Step::NeedToken(Some(why))) = one.step(Input::Failed) else { panic!() };
        assert_eq!(why.status.as_deref(), Some(status));
        let Ok(Step::Respond(message)) = one.step(Input::Token(secret(TOKEN))) else { panic!() };
        let mut other = new_server(mechanism);
        let step = other.step(server::Input::Response(message.expose())).unwrap();
        let server::Step::NeedCredential(request) = step else { panic!("{step:?}") };
        let step = other.step(server::Input::Credential(knows(&request))).unwrap();
        assert!(matches!(step, server::Step::Success { .. }));
        assert_eq!(one.step(Input::Done), Ok(Step::Complete));
    }
}

#[test]
fn a_server_that_refuses_without_a_word_asks_for_a_token_too() {
    let mut one = new_client(BOTH[0], &tim(BOTH[0]));
    one.step(Input::None).unwrap();
    let unknown = Step::NeedToken(Some(TokenRejected::default()));
    assert_eq!(one.step(Input::Failed), Ok(unknown));
    // Nobody has another: the login fails, and stays failed.
    assert_eq!(one.step(Input::Failed), Err(Error::Refused));
    assert_eq!(one.step(Input::Token(secret(TOKEN))), Err(Error::Refused));
}

#[test]
fn a_server_that_refuses_a_token_and_tells_success_is_not_believed() {
    for mechanism in BOTH {
        let mut one = new_client(mechanism, &tim(mechanism));
        one.step(Input::None).unwrap();
        one.step(Input::Challenge(b"{}")).unwrap();
        assert_eq!(one.step(Input::Done), Err(Error::Refused));
    }
}

#[test]
fn a_second_challenge_with_reasons_is_none() {
    let mut one = new_client(BOTH[0], &tim(BOTH[0]));
    one.step(Input::None).unwrap();
    one.step(Input::Challenge(b"{}")).unwrap();
    assert_eq!(one.step(Input::Challenge(b"{}")), Err(Error::UnexpectedChallenge));
}

#[test]
fn no_token_or_name_parts_the_message() {
    let token = |token: &str| Credentials::token("tim", secret(token)).map(drop);
    for bad in ["a\u{1}b", "a b", "a\r\nb", "\u{e9}", "a\0"] {
        assert_eq!(token(bad), Err(Error::Forbidden(Part::Token)), "{bad:?}");
    }
    assert_eq!(token(""), Err(Error::Empty(Part::Token)));
    assert_eq!(token(&"x".repeat(8193)), Err(Error::TooLong(Part::Token)));
    let user = |user: &str| Credentials::token(user, secret("t")).map(drop);
    for bad in ["a\u{1}auth=Bearer x", "a\n", "\0"] {
        assert_eq!(user(bad), Err(Error::Forbidden(Part::AuthenticationIdentity)), "{bad:?}");
    }
    let host = |host: &str| tim(BOTH[0]).with_host(host).map(drop);
    assert_eq!(host("a\u{1}port=1"), Err(Error::Forbidden(Part::Host)));
    let acting = tim(BOTH[0]).with_authzid("a\u{1}").map(drop);
    assert_eq!(acting, Err(Error::Forbidden(Part::AuthorizationIdentity)));
    // A fresh one is looked at as well.
    let mut one = new_client(BOTH[0], &Credentials::token_on_demand("tim").unwrap());
    one.step(Input::None).unwrap();
    let step = one.step(Input::Token(secret("a\u{1}b")));
    assert_eq!(step, Err(Error::Forbidden(Part::Token)));
}

#[test]
fn reasons_of_any_kind_are_read_as_far_as_they_go() {
    let nested = [b"[".repeat(8000), b"]".repeat(8000)].concat();
    let long = format!(r#"{{"status":"{}"}}"#, "x".repeat(2000));
    for none in [&b""[..], b"[]", b"null", b"{", b"\xff", &nested, long.as_bytes()] {
        assert_eq!(TokenRejected::parse(none), TokenRejected::default());
    }
    let number = TokenRejected::parse(br#"{"status":401,"scope":null}"#);
    assert_eq!((number.status.as_deref(), number.scope), (Some("401"), None));
}

#[test]
fn a_token_that_tells_whose_it_is_lets_in_as_that_one() {
    let login = |named: &str, whose: &str| {
        let credentials = with_password(BOTH[0], named, PASSWORD);
        let (mut one, mut other) = (new_client(BOTH[0], &credentials), new_server(BOTH[0]));
        let know = |_: &server::Request| Credential::VerifiedAs(whose.into());
        talk(&mut one, &mut other, true, know).identity.unwrap()
    };
    let same = login("tim", "tim");
    assert_eq!((same.authcid.as_str(), same.authzid.as_deref()), ("tim", None));
    let other = login("shared@example.com", "tim");
    let authzid = Some("shared@example.com");
    assert_eq!((other.authcid.as_str(), other.authzid.as_deref()), ("tim", authzid));

    // Nobody was named, so that a verdict without a name names nobody.
    let unnamed = b"n,,\x01auth=bearer abc\x01\x01";
    let login = |credential: Credential| {
        let mut other = new_server(BOTH[0]);
        let step = other.step(server::Input::Response(unnamed)).unwrap();
        let server::Step::NeedCredential(request) = step else { panic!("{step:?}") };
        assert_eq!(request.user, None);
        other.step(server::Input::Credential(credential)).unwrap()
    };
    assert!(matches!(login(Credential::Verified), server::Step::Challenge(_)));
    let step = login(Credential::VerifiedAs("tim".into()));
    let server::Step::Success { identity, .. } = step else { panic!("{step:?}") };
    assert_eq!((identity.authcid.as_str(), identity.authzid), ("tim", None));
}
