//! What a server takes, offers and asks.

use postrider_sasl::scram::Hash;
use postrider_sasl::server::{
    Config, Credential, Exchange, Failure, Input, Presented, Request, Step,
};
use postrider_sasl::{Error, Mechanism};
use postrider_wire::{ClearTextLogin, TlsInfo};

use crate::common::*;

fn step(mechanism: Mechanism, message: &[u8]) -> Step {
    let mut other = new_server(mechanism);
    if !mechanism.is_client_first() {
        other.step(Input::None).unwrap();
    }
    other.step(Input::Response(message)).unwrap()
}

#[test]
fn what_is_no_message_of_the_mechanism_is_malformed() {
    let long = "x".repeat(postrider_sasl::MOST + 1);
    let plain_long = format!("\0tim\0{long}");
    let cram_long = format!("{long} {}", "0".repeat(32));
    let cases: [(Mechanism, &[&[u8]]); 6] = [
        (
            Mechanism::Plain,
            &[
                b"",
                b"\0",
                b"\0\0",
                b"\0tim\0",
                b"\0\0x",
                b"a\0tim",
                b"\0tim\0x\0y",
                b"\xff\0tim\0x",
                b"\0\xff\0x",
                b"\0tim\0\xff",
                plain_long.as_bytes(),
            ],
        ),
        (Mechanism::Login, &[b"", b"\xff", b"t\0im", long.as_bytes()]),
        (
            Mechanism::CramMd5,
            &[
                b"",
                b"tim",
                b"tim ",
                b" b913a602c7eda7a495b4e6e7334d3890",
                b"tim b913a602c7eda7a495b4e6e7334d389",
                b"tim b913a602c7eda7a495b4e6e7334d38901",
                b"tim b913a602c7eda7a495b4e6e7334d389g",
                b"\xff b913a602c7eda7a495b4e6e7334d3890",
                cram_long.as_bytes(),
            ],
        ),
        (
            Mechanism::OAuthBearer,
            &[
                b"",
                b"\x01",
                b"n,,",
                b"n,,\x01\x01",
                b"n,,\x01auth=Bearer t\x01",
                b"n,a=tim\x01auth=Bearer t\x01\x01",
                b"n,a=,\x01auth=Bearer t\x01\x01",
                b"n,a=a=b,\x01auth=Bearer t\x01\x01",
                b"n,a=a\0,\x01auth=Bearer t\x01\x01",
                b"p=tls-exporter,,\x01auth=Bearer t\x01\x01",
                b"n,,\x01auth=Basic t\x01\x01",
                b"n,,\x01auth=Bearer \x01\x01",
                b"n,,\x01auth=Bearer a b\x01\x01",
                b"n,,\x01auth=Bearer t\x01auth=Bearer u\x01\x01",
                b"n,,\x01port=0143\x01auth=Bearer t\x01\x01",
                b"n,,\x01port=65536\x01auth=Bearer t\x01\x01",
                b"n,,\x01port=+1\x01auth=Bearer t\x01\x01",
                b"n,,\x01host=\x01auth=Bearer t\x01\x01",
                b"n,,\x01a1=x\x01auth=Bearer t\x01\x01",
                b"n,,\x01auth=Bearer t\x01\x01\x01",
                b"\xff,,\x01auth=Bearer t\x01\x01",
            ],
        ),
        (
            Mechanism::XOAuth2,
            &[
                b"",
                b"user=\x01auth=Bearer t\x01\x01",
                b"user=tim\x01auth=Bearer t\x01",
                b"user=t\x02im\x01auth=Bearer t\x01\x01",
                b"auth=Bearer t\x01\x01",
                b"user=tim\x01auth=Bearer t\x01x\x01\x01",
            ],
        ),
        (Mechanism::Anonymous, &[b"\xff", b"a\0b", b"a\r\nb", &[b'x'; 256]]),
    ];
    for (mechanism, messages) in cases {
        for message in messages {
            let what = format!("{mechanism} {}", message.escape_ascii());
            assert_eq!(step(mechanism, message), Step::Failure(Failure::Malformed), "{what}");
        }
    }
}

#[test]
fn odd_but_lawful_messages_are_taken() {
    let bearer: [(&[u8], Option<&str>); 4] = [
        (b"n,a=a=2Cb=3Dc,\x01auth=Bearer t\x01\x01", Some("a,b=c")),
        (b"y,,\x01auth=Bearer t\x01\x01", None),
        // "Unknown key/value pairs MUST be ignored by the server" (RFC 7628 §3.1).
        (b"n,,\x01mthd=POST\x01auth=BeArEr  t\x01x=\x01\x01", None),
        ("n,a=\u{e9},\x01auth=Bearer t\x01\x01".as_bytes(), Some("\u{e9}")),
    ];
    for (message, user) in bearer {
        let Step::NeedCredential(request) = step(Mechanism::OAuthBearer, message) else {
            panic!("{}", message.escape_ascii())
        };
        assert_eq!(request.user.as_deref(), user);
        assert_eq!(request.presented, Presented::Token(secret("t")));
    }
    // A space in the name, digits of upper case.
    let message = b"tim t B913A602C7EDA7A495B4E6E7334D3890";
    let Step::NeedCredential(request) = step(Mechanism::CramMd5, message) else { panic!() };
    assert_eq!(request.user.as_deref(), Some("tim t"));
    let Step::NeedCredential(request) = step(Mechanism::Anonymous, b"") else { panic!() };
    assert_eq!(request.presented, Presented::Trace(String::new()));
    // RFC 4422 Appendix A.1
    let Step::NeedCredential(request) = step(Mechanism::External, b"root") else { panic!() };
    assert_eq!(request.authzid.as_deref(), Some("root"));
}

#[test]
fn the_name_may_come_with_the_command_in_login_and_not_the_proof_of_a_challenge_in_cram_md5() {
    let mut other = new_server(Mechanism::Login);
    let said = other.step(Input::Response(b"tim")).unwrap();
    assert_eq!(said, Step::Challenge(postrider_wire::Secret::new(b"Password:".to_vec())));
    let mut other = new_server(Mechanism::CramMd5);
    let said = other.step(Input::Response(b"tim b913a602c7eda7a495b4e6e7334d3890")).unwrap();
    assert_eq!(said, Step::Failure(Failure::Malformed));
}

#[test]
fn what_would_do_is_told_with_the_question_and_nothing_else_does() {
    let takes = |request: &Request, credential: &Credential| match credential {
        Credential::Password(_) => request.takes_password(),
        Credential::Scram(keys) => request.takes_keys(keys.hash()),
        Credential::Unknown => false,
        _ => request.takes_verdict(),
    };
    let all = || {
        let keys = Hash::ALL.map(|hash| Credential::Scram(keys(hash)));
        let password = Credential::Password(secret(PASSWORD));
        let verdict = Credential::VerifiedAs("tim".into());
        let others = [password, Credential::Verified, verdict, Credential::Unknown];
        keys.into_iter().chain(others)
    };
    for mechanism in Mechanism::ALL {
        for credential in all() {
            let mut one = new_client(mechanism, &tim(mechanism));
            let know = |_: &Request| credential.clone();
            let talk = talk(&mut one, &mut new_server(mechanism), true, know);
            let due = takes(&talk.asked[0], &credential);
            assert_eq!(talk.identity.is_some(), due, "{mechanism} {credential:?}");
            let failure = (!due).then_some(Failure::BadCredentials);
            assert_eq!(talk.failure, failure, "{mechanism} {credential:?}");
        }
    }
}

#[test]
fn an_exchange_is_not_made_where_it_is_not_safe_or_not_possible() {
    let make =
        |mechanism, tls: Option<&TlsInfo>| Exchange::new(mechanism, &config(), tls, [0; 32]).err();
    for mechanism in Mechanism::ALL {
        let due = match mechanism {
            _ if mechanism.reveals_secret() => Some(Error::NeedsTls),
            Mechanism::External => Some(Error::NoChannel),
            _ if mechanism.is_plus() => Some(Error::NoChannel),
            _ => None,
        };
        assert_eq!(make(mechanism, None), due, "{mechanism}");
        assert_eq!(make(mechanism, Some(&tls())), None, "{mechanism}");
        let offered = config().offered(None).any(|it| it == mechanism);
        assert_eq!(offered, due.is_none(), "{mechanism}: what is not possible is not offered");
    }
    // TLS in which the client has shown no certificate.
    assert_eq!(make(Mechanism::External, Some(&TlsInfo::new())), Some(Error::NoChannel));
    let told = config().with_clear_text(ClearTextLogin::Allow);
    assert!(Exchange::new(Mechanism::Plain, &told, None, [0; 32]).is_ok());
    let no_secret = Config::new([1; 32]);
    let made = Exchange::new(Mechanism::ScramSha256, &no_secret, None, [0; 32]);
    assert_eq!(made.err(), Some(Error::NoSaltSecret));
    assert_eq!(no_secret.offered(Some(&tls())).collect::<Vec<_>>(), [Mechanism::Plain]);
}

#[test]
fn each_exchange_of_a_session_has_its_own_nonce() {
    let challenge = |entropy| {
        let mut other =
            Exchange::new(Mechanism::CramMd5, &config(), Some(&tls()), entropy).unwrap();
        other.step(Input::None).unwrap()
    };
    let (one, other) = (config().entropy_for(0), config().entropy_for(1));
    assert_eq!(challenge(one), challenge(one));
    assert_ne!(challenge(one), challenge(other));
}

#[test]
fn a_password_is_compared_as_saslprep_has_it() {
    // RFC 4013 §3: U+2168 is "IX".
    let login = |shown: &str, kept: &str| {
        let credentials = with_password(Mechanism::Plain, "tim", shown);
        let mut one = new_client(Mechanism::Plain, &credentials);
        let know = |_: &Request| Credential::Password(secret(kept));
        talk(&mut one, &mut new_server(Mechanism::Plain), true, know).identity.is_some()
    };
    assert!(login("\u{2168}", "IX") && login("IX", "I\u{ad}X"));
    assert!(!login("ix", "IX"));
    // What cannot be prepared is compared as it is.
    assert!(login("\u{7}", "\u{7}") && !login("\u{7}", "\u{8}"));
}
