//! No rendering shows a secret, as it is or in base64.

use postrider_sasl::client::{self, Credentials};
use postrider_sasl::line;
use postrider_sasl::scram::Hash;
use postrider_sasl::server::{self, Credential};
use postrider_sasl::{ChannelBinding, Error, Mechanism};

use crate::common::*;

/// How a secret may look: as it is, as octets, and in base64 behind any number of others, where what
/// depends on its neighbours is cut off.
fn shapes(secret: &str) -> Vec<String> {
    let octets = format!("{:?}", secret.as_bytes());
    let mut shapes = vec![secret.to_string(), octets.trim_matches(['[', ']']).to_string()];
    for before in 0..3 {
        let text = line::encode(&[&vec![0; before], secret.as_bytes()].concat());
        let text = text.expose().trim_end_matches('=');
        let (from, to) = ((before * 8).div_ceil(6), text.len() - 1);
        shapes.push(text[from..to].to_string());
    }
    shapes
}

fn assert_none(secrets: &[String], renderings: &[String]) {
    for shape in secrets.iter().flat_map(|secret| shapes(secret)) {
        for text in renderings {
            assert!(!text.contains(&shape), "{shape} in {text}");
        }
    }
}

#[test]
fn the_search_itself_finds_a_secret_in_every_shape() {
    let shapes = shapes("tanstaaftanstaaf");
    // RFC 4616 §4, in base64 as RFC 4954 has it.
    let message = line::encode(b"\0tim\0tanstaaftanstaaf");
    assert!(shapes.iter().any(|shape| message.expose().contains(shape)));
    let debug = format!("{:?}", b"\0tim\0tanstaaftanstaaf");
    assert!(shapes.iter().any(|shape| debug.contains(shape)), "{debug}");
}

#[test]
fn no_state_step_question_or_answer_of_any_mechanism_shows_a_secret() {
    for mechanism in Mechanism::ALL {
        for (password, right) in [(PASSWORD, true), ("wrongwrongwrong!", false)] {
            for initial in [true, false] {
                let credentials = with_password(mechanism, "tim", password);
                let mut one = new_client(mechanism, &credentials);
                let talk = talk(&mut one, &mut new_server(mechanism), initial, knows);
                let has_password = format!("{credentials:?}").contains("Password");
                assert_eq!(talk.complete, right || !has_password, "{mechanism}");
                let mut renderings = talk.renderings;
                assert!(renderings.len() > 3, "{mechanism}");
                renderings.push(format!("{credentials:?} {one:?} {:?}", talk.asked));
                let mut secrets = vec![password.into(), PASSWORD.into(), TOKEN.into()];
                // What was said holds proofs, which are secrets too for who could try passwords.
                if mechanism != Mechanism::Anonymous && mechanism != Mechanism::External {
                    let said =
                        talk.messages.iter().filter(|(who, said)| *who == 'C' && said.len() > 9);
                    secrets.extend(said.map(|(_, said)| String::from_utf8(said.clone()).unwrap()));
                }
                assert_none(&secrets, &renderings);
            }
        }
    }
}

#[test]
fn no_setting_key_or_error_shows_a_secret() {
    let keys = keys(Hash::Sha256);
    let text = keys.to_text().expose().clone();
    let (stored, server_key) = text.rsplit_once('$').unwrap().1.split_once(':').unwrap();
    let credential = Credential::Scram(keys.clone());
    let entropy = *b"0123456789abcdefghijklmnopqrstuv";
    let config = server::Config::new(entropy).with_salt_secret(entropy);
    let binding = ChannelBinding::from(&tls().with_exporter(entropy));
    let renderings = vec![
        format!("{keys:?} {credential:?} {:?}", server::Input::Credential(credential.clone())),
        format!("{config:?} {binding:?}"),
        format!("{:?}", Credentials::password("tim", secret(PASSWORD))),
        format!("{:?}", Credentials::token("tim", secret(TOKEN))),
        format!("{:?}", client::Input::Token(secret(TOKEN))),
        format!("{:?}", Credential::Password(secret(PASSWORD))),
        format!("{:?} {}", Error::Forbidden(postrider_sasl::Part::Password), Error::Refused),
    ];
    let entropy = String::from_utf8(entropy.to_vec()).unwrap();
    let secrets =
        [PASSWORD.into(), TOKEN.into(), stored.into(), server_key.into(), text.clone(), entropy];
    assert_none(&secrets, &renderings);
}
