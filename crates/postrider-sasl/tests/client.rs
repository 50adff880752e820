//! The client's end of every mechanism but SCRAM, whose vectors stand beside it.

use postrider_sasl::client::{Choice, Credentials, Exchange, Input, NoMechanism, Step};
use postrider_sasl::{ChannelBinding, Error, Mechanism, line};
use postrider_testkit::read_shared;
use postrider_wire::{ClearTextLogin, Secret, TlsInfo};
use serde_json::Value;

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.into())
}

fn tim() -> Credentials {
    Credentials::password("tim", secret("tanstaaftanstaaf")).unwrap()
}

fn exchange(mechanism: Mechanism, credentials: &Credentials) -> Exchange {
    Exchange::new(mechanism, credentials, &ChannelBinding::none(), false, &[7; 32]).unwrap()
}

fn said(step: Result<Step, Error>) -> Vec<u8> {
    match step {
        Ok(Step::Respond(message)) => message.expose().clone(),
        other => panic!("{other:?}"),
    }
}

fn vectors(mechanism: &str) -> Vec<Value> {
    let Some(json) = read_shared("vectors/sasl/sasl.json") else { return Vec::new() };
    let all: Vec<Value> = serde_json::from_slice(&json).unwrap();
    let found: Vec<_> = all.into_iter().filter(|vector| vector["mech"] == mechanism).collect();
    assert!(!found.is_empty(), "{mechanism}");
    found
}

fn unbase64(text: &str) -> Vec<u8> {
    line::decode(text.as_bytes(), 8192).unwrap().expose().clone()
}

#[test]
fn plain_is_said_as_rfc_4616_and_rfc_4954_have_it() {
    for vector in vectors("PLAIN") {
        let text = |name: &str| vector[name].as_str().unwrap_or_default();
        let mut who = Credentials::password(text("authcid"), secret(text("password"))).unwrap();
        if !text("authzid").is_empty() {
            who = who.with_authzid(text("authzid")).unwrap();
        }
        let hex = text("raw_hex");
        let raw = (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16));
        let raw: Vec<u8> = raw.map(Result::unwrap).collect();
        let raw = if raw.is_empty() { unbase64(text("b64")) } else { raw };
        let mut plain = exchange(Mechanism::Plain, &who);
        assert_eq!(said(plain.step(Input::None)), raw);
        assert_eq!(plain.step(Input::Done), Ok(Step::Complete));
    }
}

#[test]
fn login_answers_two_questions_of_any_words() {
    let prompts = [["Username:", "Password:"], ["User Name\0", "Password\0"], ["", ""]];
    for [first, second] in prompts {
        let mut login = exchange(Mechanism::Login, &tim());
        assert_eq!(login.step(Input::None), Ok(Step::Wait));
        assert_eq!(said(login.step(Input::Challenge(first.as_bytes()))), b"tim");
        assert_eq!(said(login.step(Input::Challenge(second.as_bytes()))), b"tanstaaftanstaaf");
        assert_eq!(login.step(Input::Done), Ok(Step::Complete));
    }
    let mut login = exchange(Mechanism::Login, &tim());
    login.step(Input::None).unwrap();
    assert_eq!(login.step(Input::Done), Err(Error::OutOfOrder), "nobody was asked");
    assert_eq!(login.step(Input::Challenge(b"Username:")), Err(Error::Over));
}

#[test]
fn cram_md5_answers_as_rfc_2195_has_it_and_once() {
    for vector in vectors("CRAM-MD5") {
        let text = |name: &str| vector[name].as_str().unwrap();
        let who = Credentials::password(text("user"), secret(text("secret"))).unwrap();
        let mut cram = exchange(Mechanism::CramMd5, &who);
        assert_eq!(cram.step(Input::None), Ok(Step::Wait));
        let response = said(cram.step(Input::Challenge(text("challenge").as_bytes())));
        assert_eq!(response, text("response").as_bytes());
        assert_eq!(cram.step(Input::Challenge(b"<again@x>")), Err(Error::OutOfOrder));
    }
}

#[test]
fn xoauth2_and_oauthbearer_are_said_as_their_documents_have_it() {
    for vector in vectors("XOAUTH2") {
        let text = |name: &str| vector[name].as_str().unwrap();
        let who = Credentials::token(text("user"), secret(text("token"))).unwrap();
        let mut oauth = exchange(Mechanism::XOAuth2, &who);
        assert_eq!(said(oauth.step(Input::None)), text("raw").as_bytes());
        let json = unbase64(text("error_challenge_b64"));
        assert_eq!(said(oauth.step(Input::Challenge(&json))), b"", "the empty reply");
        let refusal = oauth.refusal().unwrap();
        assert_eq!(refusal.status.as_deref(), Some("401"));
        assert_eq!(refusal.scope.as_deref(), Some("https://mail.google.com/"));
    }
    for vector in vectors("OAUTHBEARER") {
        let text = |name: &str| vector[name].as_str().unwrap();
        let who = Credentials::token(text("user"), secret(text("token"))).unwrap();
        let who = who.with_host(text("host"), 143).unwrap();
        let mut oauth = exchange(Mechanism::OAuthBearer, &who);
        assert_eq!(said(oauth.step(Input::None)), text("raw").as_bytes());
        // RFC 7628 §4.3
        let json = br#"{"status":"invalid_token","scope":"example_scope","openid-configuration":"https://example.com/.well-known/openid-configuration"}"#;
        let dummy = said(oauth.step(Input::Challenge(json)));
        assert_eq!(dummy, unbase64(text("dummy_response_b64")));
        assert_eq!(oauth.refusal().unwrap().status.as_deref(), Some("invalid_token"));
    }
}

#[test]
fn a_token_can_come_late_and_a_refused_one_be_replaced() {
    let later = Credentials::token_later("user@example.com").unwrap();
    let mut oauth = exchange(Mechanism::OAuthBearer, &later);
    assert_eq!(oauth.step(Input::None), Ok(Step::NeedToken));
    let first = said(oauth.step(Input::Token(secret("old"))));
    assert_eq!(first, b"n,a=user@example.com,\x01auth=Bearer old\x01\x01");
    assert_eq!(said(oauth.step(Input::Challenge(b"not json"))), b"\x01");
    assert!(oauth.refusal().is_some());
    let again = said(oauth.step(Input::Token(secret("new"))));
    assert_eq!(again, b"n,a=user@example.com,\x01auth=Bearer new\x01\x01");
    assert_eq!(oauth.step(Input::Done), Ok(Step::Complete));
}

#[test]
fn success_behind_a_refused_token_is_none() {
    let who = Credentials::token("u", secret("t")).unwrap();
    let mut oauth = exchange(Mechanism::XOAuth2, &who);
    oauth.step(Input::None).unwrap();
    oauth.step(Input::Challenge(b"{}")).unwrap();
    assert_eq!(oauth.step(Input::Done), Err(Error::TokenRefused));
}

#[test]
fn external_and_anonymous_say_who_they_are_or_nothing() {
    let mut external = exchange(Mechanism::External, &Credentials::external());
    assert_eq!(said(external.step(Input::None)), b"");
    // RFC 4505 §3
    let sirhc = Credentials::anonymous("sirhc").unwrap();
    let mut anonymous = exchange(Mechanism::Anonymous, &sirhc);
    assert_eq!(said(anonymous.step(Input::Challenge(b""))), b"sirhc", "without initial response");
}

#[test]
fn a_challenge_that_plain_does_not_have_gets_no_password() {
    let mut plain = exchange(Mechanism::Plain, &tim());
    assert_eq!(plain.step(Input::Challenge(b"password?")), Err(Error::OutOfOrder));
    assert_eq!(plain.step(Input::Challenge(b"")), Err(Error::Over));
}

#[test]
fn the_strongest_is_chosen_and_nothing_reveals_itself_without_tls() {
    let all = Mechanism::ALL.map(Mechanism::name);
    let bound = TlsInfo::new().with_exporter([1; 32]);
    let choice = Choice::new();
    let plus = choice.choose(all, &tim(), Some(&bound));
    assert_eq!(plus, Ok(Mechanism::ScramSha512Plus));
    let unbound = choice.choose(all, &tim(), Some(&TlsInfo::new()));
    assert_eq!(unbound, Ok(Mechanism::ScramSha512));
    let open = choice.candidates(all, &tim(), None);
    let scram = [Mechanism::ScramSha512, Mechanism::ScramSha256, Mechanism::ScramSha1];
    assert_eq!(open, scram);
    let weak = ["PLAIN", "LOGIN", "CRAM-MD5"];
    assert_eq!(choice.choose(weak, &tim(), None), Err(NoMechanism::ClearText));
    let told = Choice::new().with_clear_text(ClearTextLogin::Allow);
    assert_eq!(told.choose(weak, &tim(), None), Ok(Mechanism::CramMd5));
    let token = Credentials::token("u", secret("t")).unwrap();
    assert_eq!(choice.choose(weak, &token, Some(&bound)), Err(NoMechanism::NotOffered));
    let none = choice.choose(["DIGEST-MD5", "GSSAPI"], &tim(), Some(&bound));
    assert_eq!(none, Err(NoMechanism::NotOffered));
}

#[test]
fn values_that_could_break_out_are_refused_where_they_are_made() {
    for bad in ["", "a\0b", &"x".repeat(1025)] {
        assert!(Credentials::password(bad, secret("x")).is_err());
        assert!(Credentials::password("x", secret(bad)).is_err());
        assert!(tim().with_authzid(bad).is_err());
    }
    for bad in ["a\x01auth=Bearer x", "a\r\nb", "a\0"] {
        assert!(Credentials::token(bad, secret("x")).is_err());
        assert!(Credentials::token("x", secret(bad)).is_err());
        assert!(Credentials::anonymous(bad).is_err());
        assert!(tim().with_host(bad, 1).is_err());
    }
}

#[test]
fn no_rendering_shows_a_secret() {
    let word = "tanstaaftanstaaf";
    let who = tim();
    let mut shown = format!("{who:?}");
    for mechanism in Mechanism::ALL {
        let Ok(mut one) = Exchange::new(mechanism, &who, &ChannelBinding::none(), false, &[7; 32])
        else {
            continue;
        };
        shown += &format!("{:?}{one:?}", one.step(Input::None));
        let first = b"r=x,s=QSXCR+Q6sek8bf92,i=4096";
        shown += &format!("{:?}", one.step(Input::Challenge(first)));
    }
    assert!(shown.len() > 100 && !shown.contains(word) && !shown.contains("dGFuc3RhYW"), "{shown}");
}

#[test]
fn names_and_passwords_are_prepared_as_rfc_4013_has_it() {
    use postrider_sasl::{Part, saslprep};
    let prepared = |text| saslprep(text, Part::Password).map(|text| text.into_owned());
    // RFC 4013 §3
    assert_eq!(prepared("I\u{ad}X").as_deref(), Ok("IX"));
    assert_eq!(prepared("user").as_deref(), Ok("user"));
    assert_eq!(prepared("USER").as_deref(), Ok("USER"));
    assert_eq!(prepared("\u{aa}").as_deref(), Ok("a"));
    assert_eq!(prepared("\u{2168}").as_deref(), Ok("IX"));
    assert_eq!(prepared("\u{7}"), Err(Error::Unprepared(Part::Password)));
    assert_eq!(prepared("\u{627}1"), Err(Error::Unprepared(Part::Password)));
}
