//! What the server refuses, and what it does not tell.

use alloc::format;
use alloc::string::ToString;

use bytes::Bytes;

use super::*;

fn failure(error: ServerError) -> ServerStep {
    ServerStep::Failure(error)
}

fn last(server: &mut Server, message: &str) -> ServerStep {
    server.step(ServerInput::Response(message.as_bytes())).unwrap()
}

#[test]
fn a_wrong_proof_and_an_unknown_user_get_the_same_answer() {
    let wrong = CLIENT_FINAL.replace("p=dHzb", "p=AAAA");
    let (mut known, _) = challenged(Lookup::Keys(keys()));
    let (mut unknown, _) = challenged(Lookup::Unknown);
    let answer = last(&mut known, &wrong);
    assert_eq!(answer, failure(ServerError::InvalidProof));
    assert_eq!(last(&mut unknown, &wrong), answer);
    let (mut unknown, _) = challenged(Lookup::Unknown);
    assert_eq!(last(&mut unknown, CLIENT_FINAL), answer);
}

#[test]
fn an_unknown_user_is_led_through_the_same_steps_with_a_stable_salt() {
    let (_, one) = challenged(Lookup::Unknown);
    let (_, two) = challenged(Lookup::Unknown);
    assert_eq!(one, two, "the same name and nonce give the same challenge");
    let (_, real) = challenged(Lookup::Keys(keys()));
    assert_eq!(one.len(), real.len());
    let text = String::from_utf8(one).unwrap();
    assert!(text.ends_with(",i=4096"), "{text}");
    assert_ne!(text.as_bytes(), real);
}

#[test]
fn made_up_salts_are_of_the_name_the_hash_and_the_secret() {
    let salt = |secret, hash, name: &str| {
        let mut server =
            Server::new(hash, false, &Policy::new([secret; 32]), &ChannelBinding::none(), &[0; 32]);
        let first = format!("n,,n={name},r=abc");
        server.step(ServerInput::Response(first.as_bytes())).unwrap();
        let step = server.step(ServerInput::Keys(Lookup::Unknown)).unwrap();
        let ServerStep::Challenge(challenge) = step else { panic!("{step:?}") };
        let challenge = String::from_utf8(challenge).unwrap();
        challenge.split(',').find(|field| field.starts_with("s=")).unwrap().to_string()
    };
    let one = salt(1, Hash::Sha256, "user");
    assert_eq!(one, salt(1, Hash::Sha256, "user"));
    assert_ne!(one, salt(1, Hash::Sha256, "user2"));
    assert_ne!(one, salt(1, Hash::Sha512, "user"));
    assert_ne!(one, salt(2, Hash::Sha256, "user"));
}

#[test]
fn a_kept_password_and_an_unknown_user_have_the_same_salt_and_iterations() {
    let policy = policy().with_kept_passwords(true).with_iterations(5000);
    let step = |lookup| {
        let mut server = server_of(false, &policy, &ChannelBinding::none());
        server.step(ServerInput::Response(b"n,,n=user,r=abc")).unwrap();
        server.step(ServerInput::Keys(lookup)).unwrap()
    };
    let known = step(Lookup::Password(secret("pencil")));
    assert!(matches!(&known, ServerStep::Challenge(challenge) if challenge.ends_with(b",i=5000")));
    assert_eq!(known, step(Lookup::Unknown));
}

#[test]
fn an_unknown_user_fails_even_with_the_password_made_up_for_it() {
    use base64::Engine;

    let policy = policy().with_kept_passwords(true);
    let made_up = policy.made_up(Hash::Sha256, "user", b"password");
    let password = secret(&base64::engine::general_purpose::STANDARD.encode(made_up.expose()));
    let outcome = |lookup| {
        let client = Client::new(Hash::Sha256, "user", &password, &[0; 32]).unwrap();
        run(client, server_of(false, &policy, &ChannelBinding::none()), &lookup, |_, _| {}).server
    };
    assert_eq!(outcome(Lookup::Unknown), failure(ServerError::InvalidProof));
    assert!(matches!(outcome(Lookup::Password(password.clone())), ServerStep::Success { .. }));
}

#[test]
fn a_kept_password_does() {
    let outcome = run(client(), server(), &Lookup::Password(secret("pencil")), |_, _| {});
    assert_eq!(outcome.client, Ok(ClientStep::Complete));
    let outcome = run(client(), server(), &Lookup::Password(secret("pencils")), |_, _| {});
    assert_eq!(outcome.server, failure(ServerError::InvalidProof));
    let outcome = run(client(), server(), &Lookup::Password(secret("\u{7}")), |_, _| {});
    assert_eq!(outcome.server, failure(ServerError::InvalidProof), "one that nobody can prove");
}

#[test]
fn keys_of_another_hash_are_as_good_as_none() {
    let keys = ScramKeys::derive(&secret("pencil"), SALT, 4096, Hash::Sha1).unwrap();
    let (_, unknown) = challenged(Lookup::Unknown);
    let (mut server, challenge) = challenged(Lookup::Keys(keys));
    assert_eq!(challenge, unknown);
    assert_eq!(last(&mut server, CLIENT_FINAL), failure(ServerError::InvalidProof));
}

#[test]
fn an_old_final_message_fails_in_another_exchange() {
    let (mut first, _) = challenged(Lookup::Keys(keys()));
    assert!(matches!(last(&mut first, CLIENT_FINAL), ServerStep::Success { .. }));
    let mut second = Server::new(Hash::Sha256, false, &policy(), &ChannelBinding::none(), &[5; 32]);
    second.step(ServerInput::Response(format!("n,,n=user,r={NONCE}").as_bytes())).unwrap();
    second.step(ServerInput::Keys(Lookup::Keys(keys()))).unwrap();
    assert_eq!(last(&mut second, CLIENT_FINAL), failure(ServerError::Other));
}

#[test]
fn an_exchange_is_spent_once() {
    for message in [CLIENT_FINAL, "garbage"] {
        let (mut server, _) = challenged(Lookup::Keys(keys()));
        last(&mut server, message);
        let again = server.step(ServerInput::Response(CLIENT_FINAL.as_bytes()));
        assert_eq!(again, Err(Fault::Over));
    }
}

#[test]
fn inputs_out_of_order_are_mistakes_of_the_caller() {
    assert_eq!(server().step(ServerInput::Keys(Lookup::Unknown)), Err(Fault::OutOfOrder));
    let (mut server, _) = challenged(Lookup::Keys(keys()));
    assert_eq!(server.step(ServerInput::Keys(Lookup::Keys(keys()))), Err(Fault::OutOfOrder));
}

#[test]
fn a_proof_of_another_length_is_a_wrong_one() {
    for proof in ["", "dHzb", "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQA"] {
        let (mut server, _) = challenged(Lookup::Keys(keys()));
        let (without_proof, _) = CLIENT_FINAL.split_once(",p=").unwrap();
        let answer = last(&mut server, &format!("{without_proof},p={proof}"));
        assert_eq!(answer, failure(ServerError::InvalidProof), "{proof}");
    }
}

#[test]
fn the_binding_field_is_always_validated() {
    // "The server MUST always validate the client's "c=" field" (RFC 5802 §6).
    for field in ["", "eSws", "biwsAA==", "bixhPWIs"] {
        let (mut server, _) = challenged(Lookup::Keys(keys()));
        let answer = last(&mut server, &CLIENT_FINAL.replace("c=biws", &format!("c={field}")));
        assert_eq!(answer, failure(ServerError::ChannelBindingsDontMatch), "{field}");
    }
}

#[test]
fn a_client_that_missed_our_offer_of_plus_is_refused() {
    let policy = policy().with_plus_offered(true);
    let server = || server_of(false, &policy, &ChannelBinding::none());
    let step = first_step(server(), b"y,,n=user,r=abc");
    assert_eq!(step, failure(ServerError::ServerDoesSupportChannelBinding));
    assert!(matches!(first_step(server(), b"n,,n=user,r=abc"), ServerStep::NeedKeys { .. }));
    let step = first_step(super::server(), b"y,,n=user,r=abc");
    assert!(matches!(step, ServerStep::NeedKeys { .. }), "none was offered");
}

#[test]
fn who_changes_the_flag_on_the_way_breaks_the_exchange() {
    let policy = policy().with_plus_offered(true);
    let server = server_of(false, &policy, &ChannelBinding::none());
    let outcome = run(client().not_offered(), server, &Lookup::Keys(keys()), |number, message| {
        if number == 0 {
            message[0] = b'n';
        }
    });
    assert_eq!(outcome.server, failure(ServerError::ChannelBindingsDontMatch));
    assert_eq!(outcome.client, Err(Fault::ServerNotProven));
}

#[test]
fn a_plus_mechanism_binds() {
    let channel = ChannelBinding::from(&tls13().with_exporter([1; 32]));
    let plus = || server_of(true, &policy(), &channel);
    assert_eq!(first_step(plus(), b"n,,n=user,r=abc"), failure(ServerError::Other));
    let step = first_step(plus(), b"y,,n=user,r=abc");
    assert_eq!(step, failure(ServerError::ServerDoesSupportChannelBinding));
    for name in ["tls-unique", "tls-server-end-point", "TLS-EXPORTER", "x"] {
        let step = first_step(plus(), format!("p={name},,n=user,r=abc").as_bytes());
        assert_eq!(step, failure(ServerError::UnsupportedChannelBindingType), "{name}");
    }
    let step = first_step(server(), b"p=tls-exporter,,n=user,r=abc");
    assert_eq!(
        step,
        failure(ServerError::ChannelBindingNotSupported),
        "under the name without -PLUS"
    );
}

#[test]
fn the_server_takes_each_binding_that_it_has_data_for() {
    let both = tls13().with_exporter([1; 32]).with_server_end_point(Bytes::from_static(b"hash"));
    let exporter = tls13().with_exporter([1; 32]);
    let end_point = tls13().with_server_end_point(Bytes::from_static(b"hash"));
    for tls in [exporter, end_point] {
        let server = server_of(true, &policy(), &ChannelBinding::from(&both));
        let client = client().bound_to(&ChannelBinding::from(&tls)).unwrap();
        let outcome = run(client, server, &Lookup::Keys(keys()), |_, _| {});
        assert_eq!(outcome.client, Ok(ClientStep::Complete));
    }
}

#[test]
fn the_data_of_another_channel_do_not_match() {
    let channel = |octet| ChannelBinding::from(&tls13().with_exporter([octet; 32]));
    let server = server_of(true, &policy(), &channel(1));
    let client = client().bound_to(&channel(2)).unwrap();
    let outcome = run(client, server, &Lookup::Keys(keys()), |_, _| {});
    assert_eq!(outcome.server, failure(ServerError::ChannelBindingsDontMatch));
    assert_eq!(outcome.client, Err(Fault::ServerNotProven));
}

#[test]
fn names_are_unescaped_and_prepared_and_authzids_are_not_prepared() {
    let step = first_step(server(), "n,a=I\u{ad}X=2C,n=a=2Cb=3Dc,r=abc".as_bytes());
    let user = String::from("a,b=c");
    let authzid = Some(String::from("I\u{ad}X,"));
    assert_eq!(step, ServerStep::NeedKeys { user, authzid });
}

#[cfg(feature = "std")]
#[test]
fn names_that_saslprep_makes_the_same_are_the_same() {
    for name in ["IX", "I\u{ad}X", "\u{2168}"] {
        let step = first_step(server(), format!("n,,n={name},r=abc").as_bytes());
        assert_eq!(step, ServerStep::NeedKeys { user: String::from("IX"), authzid: None });
    }
    let keys = |password| ScramKeys::derive(&secret(password), SALT, 1, Hash::Sha256).unwrap();
    assert_eq!(keys("IX"), keys("I\u{ad}X"));
}

#[test]
fn other_escapes_and_prohibited_names_are_invalid_encodings_of_a_name() {
    for name in ["a=", "a=2", "a=2c", "a=3d", "a=41", "=", "a=2D", "\u{7}", "é=2Cx\u{85}"] {
        let step = first_step(server(), format!("n,,n={name},r=abc").as_bytes());
        assert_eq!(step, failure(ServerError::InvalidUsernameEncoding), "{name}");
    }
}

#[test]
fn an_extension_that_must_be_understood_is_not_supported() {
    for message in ["n,,m=x,n=user,r=abc", "n,,n=user,r=abc,m=x"] {
        let step = first_step(server(), message.as_bytes());
        assert_eq!(step, failure(ServerError::ExtensionsNotSupported), "{message}");
    }
    let (mut server, _) = challenged(Lookup::Keys(keys()));
    let answer = last(&mut server, &CLIENT_FINAL.replace(",p=", ",m=x,p="));
    assert_eq!(answer, failure(ServerError::ExtensionsNotSupported));
}

#[test]
fn messages_that_are_not_utf_8_or_too_long_are_refused() {
    let step = first_step(server(), b"n,,n=us\xffer,r=abc");
    assert_eq!(step, failure(ServerError::InvalidEncoding));
    let long = "x".repeat(super::super::MOST_MESSAGE);
    let step = first_step(server(), format!("n,,n=user,r={long}").as_bytes());
    assert_eq!(step, failure(ServerError::Other));
}

#[test]
fn the_longest_names_fit_however_they_are_escaped() {
    let name = ",".repeat(crate::MOST);
    let mut client = Client::new(Hash::Sha256, &name, &secret("x"), &[0; 32]).unwrap();
    client = client.acting_as(&name).unwrap();
    let Ok(ClientStep::Respond(first)) = client.step(ClientInput::Begin) else { panic!() };
    let step = first_step(server(), first.expose());
    assert_eq!(step, ServerStep::NeedKeys { user: name.clone(), authzid: Some(name) });
}

#[test]
fn no_rendering_of_the_server_shows_a_secret() {
    let (server, _) = challenged(Lookup::Keys(keys()));
    let lookup = Lookup::Password(secret("pencil"));
    let input = ServerInput::Keys(Lookup::Keys(keys()));
    let rendered = format!("{server:?} {:?} {lookup:?} {input:?} {:?}", policy(), keys());
    for secret in ["pencil", "9, 9", "WG5d", "wfPL", "88, 110", SERVER_NONCE] {
        assert!(!rendered.contains(secret), "{secret} in {rendered}");
    }
}
