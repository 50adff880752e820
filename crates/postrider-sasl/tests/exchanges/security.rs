//! Attacks on logins, each as a test.

use postrider_sasl::client::{self, Choice, Input, NoMechanism, Step};
use postrider_sasl::scram::{Fault, Hash, ServerError};
use postrider_sasl::server::{self, Credential, Failure, Kept, Request};
use postrider_sasl::{ChannelBinding, Error, Mechanism};
use postrider_wire::{Secret, TlsInfo};

use crate::common::*;

const SCRAM: [Mechanism; 6] = [
    Mechanism::ScramSha512Plus,
    Mechanism::ScramSha256Plus,
    Mechanism::ScramSha1Plus,
    Mechanism::ScramSha512,
    Mechanism::ScramSha256,
    Mechanism::ScramSha1,
];

fn respond(one: &mut client::Exchange, input: Input<'_>) -> String {
    match one.step(input) {
        Ok(Step::Respond(message)) => String::from_utf8(message.expose().clone()).unwrap(),
        step => panic!("{step:?}"),
    }
}

/// A client that has sent its first message, and the nonce in it.
fn begun(mechanism: Mechanism) -> (client::Exchange, String) {
    let mut one = new_client(mechanism, &tim(mechanism));
    let first = respond(&mut one, Input::None);
    let nonce = first.rsplit_once("r=").unwrap().1.into();
    (one, nonce)
}

/// A client that has sent its proof.
fn proved(mechanism: Mechanism) -> client::Exchange {
    let (mut one, nonce) = begun(mechanism);
    let challenge = format!("r={nonce}x,s=c2FsdA==,i=2");
    let due = match one.step(Input::Challenge(challenge.as_bytes())).unwrap() {
        Step::DeriveKey(due) => due,
        step => panic!("{step:?}"),
    };
    respond(&mut one, Input::Key(due.derive()));
    one
}

#[test]
fn scram_success_without_the_servers_signature_is_none() {
    for mechanism in SCRAM {
        for mut one in [begun(mechanism).0, proved(mechanism)] {
            assert!(!one.is_proven());
            assert_eq!(one.step(Input::Done), Err(Error::ServerNotProven), "{mechanism}");
            assert!(!one.is_proven(), "and it stays so");
        }
    }
}

#[test]
fn scram_with_a_wrong_signature_is_refused() {
    for mechanism in SCRAM {
        let mut one = proved(mechanism);
        let zeros = "A".repeat(mechanism.scram_hash().unwrap().octets().div_ceil(3) * 4);
        let message = format!("v={}", &zeros);
        let error = one.step(Input::Challenge(message.as_bytes())).unwrap_err();
        assert!(matches!(error, Error::Scram(Fault::Signature | Fault::Encoding)), "{error:?}");
        assert!(!one.is_proven());
        assert_eq!(one.step(Input::Done), Err(error));
    }
}

#[test]
fn scram_takes_no_nonce_but_ours_with_more_behind_it() {
    for change in ["", "x{}", "{}", "{}\u{e9}"] {
        let (mut one, nonce) = begun(Mechanism::ScramSha256);
        let message = format!("r={},s=c2FsdA==,i=2", change.replace("{}", &nonce));
        let error = one.step(Input::Challenge(message.as_bytes())).unwrap_err();
        assert!(matches!(error, Error::Scram(Fault::Nonce | Fault::Malformed)), "{error:?}");
    }
}

#[test]
fn scram_iterations_of_nothing_and_of_hours_are_refused_before_any_is_done() {
    let credentials = client::Credentials::password("tim", secret(PASSWORD)).unwrap();
    for count in ["0", "1", "4095", "1000001", "4294967295", "4294967296", "-1", "04096"] {
        let mut one = new_client(Mechanism::ScramSha256, &credentials);
        let first = respond(&mut one, Input::None);
        let nonce = first.rsplit_once("r=").unwrap().1;
        let message = format!("r={nonce}x,s=c2FsdA==,i={count}");
        let error = one.step(Input::Challenge(message.as_bytes())).unwrap_err();
        let expected = matches!(error, Error::Scram(Fault::Iterations(_) | Fault::Malformed));
        assert!(expected, "{count}: {error:?}");
    }
}

#[test]
fn scram_takes_no_extension_that_must_be_understood() {
    for message in ["m=x,r={}x,s=c2FsdA==,i=2", "r={}x,s=c2FsdA==,i=2,m=x"] {
        let (mut one, nonce) = begun(Mechanism::ScramSha256);
        let error = one.step(Input::Challenge(message.replace("{}", &nonce).as_bytes()));
        assert_eq!(error, Err(Error::Scram(Fault::Extension)), "{message}");
    }
    let mut other = new_server(Mechanism::ScramSha256);
    let step = other.step(server::Input::Response(b"n,,m=x,n=tim,r=abc")).unwrap();
    assert_eq!(step, server::Step::Failure(Failure::Malformed));
}

#[test]
fn scram_lets_nobody_in_twice_by_the_same_messages() {
    let mut one = new_client(Mechanism::ScramSha256, &tim(Mechanism::ScramSha256));
    let heard = talk(&mut one, &mut new_server(Mechanism::ScramSha256), true, knows);
    assert!(heard.complete);
    let said: Vec<_> = heard.messages.iter().filter(|(who, _)| *who == 'C').collect();
    let entropy = config().entropy_for(1);
    let mut other =
        server::Exchange::new(Mechanism::ScramSha256, &config(), Some(&tls()), entropy).unwrap();
    other.step(server::Input::Response(&said[0].1)).unwrap();
    let known = Credential::Password(secret(PASSWORD));
    other.step(server::Input::Credential(known)).unwrap();
    let step = other.step(server::Input::Response(&said[1].1)).unwrap();
    assert!(matches!(step, server::Step::Failure(_)), "{step:?}");
}

#[test]
fn who_takes_the_offer_of_plus_away_is_noticed_by_the_flag_y() {
    let channel = ChannelBinding::from(&tls());
    let flag = |binding: &ChannelBinding, offered_plus| {
        let mechanism = Mechanism::ScramSha256;
        let made =
            client::Exchange::new(mechanism, &tim(mechanism), binding, offered_plus, [3; 32]);
        let mut one = made.unwrap();
        let first = respond(&mut one, Input::None);
        (one, first.split(',').next().unwrap().to_string())
    };
    assert_eq!(flag(&ChannelBinding::none(), false).1, "n");
    assert_eq!(flag(&channel, true).1, "n", "offered, and not taken on purpose");
    assert_eq!(flag(&channel, false).1, "y");

    // The server did offer it.
    let mechanism = Mechanism::ScramSha256;
    let made = client::Exchange::new(mechanism, &tim(mechanism), &channel, false, [3; 32]);
    let heard = talk(&mut made.unwrap(), &mut new_server(mechanism), true, knows);
    assert_eq!(heard.failure, Some(Failure::Channel));
    // It did not: there is nothing to be noticed.
    let plain = config().with_mechanisms([mechanism]);
    let made = client::Exchange::new(mechanism, &tim(mechanism), &channel, false, [3; 32]);
    let mut other = server::Exchange::new(mechanism, &plain, Some(&tls()), [4; 32]).unwrap();
    assert!(talk(&mut made.unwrap(), &mut other, true, knows).complete);
}

#[test]
fn who_stands_between_two_channels_is_noticed_by_plus() {
    for mechanism in SCRAM.into_iter().filter(|mechanism| mechanism.is_plus()) {
        let other_channel = tls().with_exporter([8; 32]);
        let mut other =
            server::Exchange::new(mechanism, &config(), Some(&other_channel), [4; 32]).unwrap();
        let mut one = new_client(mechanism, &tim(mechanism));
        let heard = talk(&mut one, &mut other, true, knows);
        assert_eq!(heard.failure, Some(Failure::Channel), "{mechanism}");
        assert_eq!(heard.identity, None);
    }
}

/// The same messages as long as each other, and the same failure at the same step.
#[test]
fn an_unknown_user_is_refused_as_a_wrong_password_is() {
    for kept in [Kept::Keys, Kept::Passwords, Kept::Other] {
        for mechanism in Mechanism::ALL {
            let login = |user: &str, know: &dyn Fn(&Request) -> Credential| {
                let credentials = with_password(mechanism, user, "wrong");
                let config = config().with_kept(kept);
                let made = server::Exchange::new(mechanism, &config, Some(&tls()), [4; 32]);
                let mut one = new_client(mechanism, &credentials);
                let heard = talk(&mut one, &mut made.unwrap(), true, know);
                assert_eq!(heard.failure, Some(Failure::BadCredentials), "{mechanism}");
                heard.shape()
            };
            let unknown = login("tom", &|_| Credential::Unknown);
            let passwords = |_: &Request| Credential::Password(secret(PASSWORD));
            assert_eq!(login("tim", &passwords), unknown, "{mechanism} {kept:?}");
            let kept_keys = |request: &Request| match mechanism.scram_hash() {
                Some(hash) => Credential::Scram(keys(hash)),
                None if request.takes_keys(Hash::Sha256) => Credential::Scram(keys(Hash::Sha256)),
                None => Credential::Unknown,
            };
            assert_eq!(login("tim", &kept_keys), unknown, "{mechanism} {kept:?}");
        }
    }
}

#[test]
fn the_salt_of_a_user_that_there_is_not_is_the_same_in_all_sessions() {
    let challenge = |session: [u8; 32], user: &str| {
        let config = server::Config::new(session)
            .with_salt_secret([2; 32])
            .with_mechanisms([Mechanism::ScramSha256]);
        let entropy = config.entropy_for(0);
        let mut other =
            server::Exchange::new(Mechanism::ScramSha256, &config, None, entropy).unwrap();
        let first = format!("n,,n={user},r=abc");
        other.step(server::Input::Response(first.as_bytes())).unwrap();
        match other.step(server::Input::Credential(Credential::Unknown)).unwrap() {
            server::Step::Challenge(challenge) => {
                let text = String::from_utf8(challenge.expose().clone()).unwrap();
                let (nonce, rest) = text.split_once(',').unwrap();
                (nonce.to_string(), rest.to_string())
            }
            step => panic!("{step:?}"),
        }
    };
    let (one, other) = (challenge([1; 32], "tom"), challenge([5; 32], "tom"));
    assert_eq!(one.1, other.1, "salt and iterations");
    assert_ne!(one.0, other.0, "and a nonce of its own");
    assert_ne!(one.1, challenge([1; 32], "tam").1);
}

#[test]
fn without_tls_nothing_that_reveals_is_chosen_offered_or_begun() {
    let offered = Mechanism::ALL.map(Mechanism::name);
    for mechanism in Mechanism::ALL.into_iter().filter(|it| it.reveals_secret()) {
        let choice = Choice::default().with_mechanisms([mechanism]);
        let chosen = choice.choose(offered, &tim(mechanism), None);
        assert_eq!(chosen, Err(NoMechanism::NeedsTls));
        assert!(!config().offered(None).any(|it| it == mechanism));
        let made = server::Exchange::new(mechanism, &config(), None, [0; 32]);
        assert_eq!(made.err(), Some(Error::NeedsTls));
        assert!(choice.choose(offered, &tim(mechanism), Some(&TlsInfo::new())).is_ok());
    }
}

#[test]
fn a_challenge_that_is_not_due_gets_nothing_from_plain() {
    for mechanism in [Mechanism::Plain, Mechanism::External, Mechanism::Anonymous] {
        let mut one = new_client(mechanism, &tim(mechanism));
        assert_eq!(one.step(Input::Challenge(b"more?")), Err(Error::UnexpectedChallenge));
        assert_eq!(one.step(Input::Challenge(b"")), Err(Error::UnexpectedChallenge), "sticky");
    }
    for mechanism in SCRAM {
        let mut one = new_client(mechanism, &tim(mechanism));
        assert_eq!(one.step(Input::Challenge(b"more?")), Err(Error::UnexpectedChallenge));
    }
}

#[test]
fn a_challenge_of_megabytes_is_refused_by_each_mechanism() {
    let flood = vec![b'x'; 1 << 20];
    for mechanism in Mechanism::ALL {
        let mut one = new_client(mechanism, &tim(mechanism));
        one.step(Input::None).unwrap();
        match one.step(Input::Challenge(&flood)) {
            Err(_) => {}
            // Its reasons are not JSON, and looked at no further.
            Ok(Step::Respond(dummy)) => {
                assert!(matches!(mechanism, Mechanism::OAuthBearer | Mechanism::XOAuth2));
                assert!(dummy.expose().len() < 2);
            }
            Ok(step) => panic!("{mechanism}: {step:?}"),
        }
        let mut other = new_server(mechanism);
        other.step(server::Input::None).unwrap();
        let step = other.step(server::Input::Response(&flood)).unwrap();
        assert_eq!(step, server::Step::Failure(Failure::Malformed), "{mechanism}");
    }
}

#[test]
fn a_server_error_of_scram_is_a_refusal() {
    for error in ServerError::ALL {
        let mut one = proved(Mechanism::ScramSha256);
        let message = format!("e={}", error.value());
        assert_eq!(one.step(Input::Challenge(message.as_bytes())), Err(Error::Refused));
    }
}

#[test]
fn an_empty_password_lets_nobody_in() {
    for message in [&b"\0tim\0"[..], b"tim\0tim\0"] {
        let step = new_server(Mechanism::Plain).step(server::Input::Response(message)).unwrap();
        assert_eq!(step, server::Step::Failure(Failure::Malformed));
    }
    // Kept as nothing, which CRAM-MD5 could prove.
    let empty = Secret::new(String::new());
    let mut other = new_server(Mechanism::CramMd5);
    let server::Step::Challenge(challenge) = other.step(server::Input::None).unwrap() else {
        panic!()
    };
    let digest = hmac_md5_of_nothing(challenge.expose());
    let response = format!("tim {digest}");
    other.step(server::Input::Response(response.as_bytes())).unwrap();
    let step = other.step(server::Input::Credential(Credential::Password(empty))).unwrap();
    assert_eq!(step, server::Step::Failure(Failure::BadCredentials));
}

/// With the crate that the code uses: the keyed hash as such is checked by RFC 2195's example.
fn hmac_md5_of_nothing(challenge: &[u8]) -> String {
    use hmac::{KeyInit, Mac};
    let mut mac = <hmac::Hmac<md5::Md5> as KeyInit>::new_from_slice(b"").unwrap();
    mac.update(challenge);
    mac.finalize().into_bytes().iter().map(|octet| format!("{octet:02x}")).collect()
}

/// RFC 4616 §2: where preparation "results in an empty string", verification "SHALL fail". U+00AD and
/// U+200B are mapped to nothing (RFC 3454 table B.1), so that they would be equal to no password at all,
/// which is what is kept of one who may not log in.
#[test]
fn a_password_that_prepares_to_nothing_lets_nobody_in() {
    for kept in ["", "\u{ad}", "\u{200b}\u{ad}"] {
        for shown in ["\u{ad}", "\u{200b}", "\u{200b}\u{ad}"] {
            let plain = format!("\0tim\0{shown}");
            for (mechanism, messages) in
                [(Mechanism::Plain, vec![plain.as_str()]), (Mechanism::Login, vec!["tim", shown])]
            {
                let mut one = new_server(mechanism);
                let mut step = one.step(server::Input::None).unwrap();
                for message in messages {
                    step = one.step(server::Input::Response(message.as_bytes())).unwrap();
                }
                assert!(matches!(step, server::Step::NeedCredential(_)), "{step:?}");
                let credential = Credential::Password(secret(kept));
                let step = one.step(server::Input::Credential(credential)).unwrap();
                let refused = server::Step::Failure(Failure::BadCredentials);
                assert_eq!(step, refused, "{mechanism} {kept:?} {shown:?}");
            }
        }
    }
}
