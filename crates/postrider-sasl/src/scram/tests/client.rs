//! What the client refuses, and in which order it goes.

use alloc::format;

use bytes::Bytes;

use super::*;
use crate::prep::Unprepared;

fn challenge(message: &str) -> Result<ClientStep, Fault> {
    begun().step(ClientInput::Challenge(message.as_bytes()))
}

#[test]
fn success_without_the_signature_of_the_server_is_none() {
    for mut client in [client(), begun(), proved()] {
        assert!(!client.is_proven());
        assert_eq!(client.step(ClientInput::Done), Err(Fault::ServerNotProven));
        assert_eq!(client.step(ClientInput::Done), Err(Fault::Over));
    }
}

#[test]
fn success_while_the_key_is_derived_is_none() {
    let mut client = begun();
    client.step(ClientInput::Challenge(SERVER_FIRST.as_bytes())).unwrap();
    assert_eq!(client.step(ClientInput::Done), Err(Fault::ServerNotProven));
}

#[test]
fn a_wrong_signature_is_refused_and_not_forgotten() {
    let signatures = [
        "v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
        "v=",
        "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95A==",
    ];
    for message in signatures {
        let mut client = proved();
        let step = client.step(ClientInput::Challenge(message.as_bytes()));
        assert_eq!(step, Err(Fault::Signature), "{message}");
        assert!(!client.is_proven());
        let right = client.step(ClientInput::Challenge(SERVER_FINAL.as_bytes()));
        assert_eq!(right, Err(Fault::Over));
        assert_eq!(client.step(ClientInput::Done), Err(Fault::Over));
    }
}

#[test]
fn each_error_that_the_server_tells_is_a_refusal() {
    for error in ServerError::ALL {
        let message = format!("e={}", error.value());
        let step = proved().step(ClientInput::Challenge(message.as_bytes()));
        assert_eq!(step, Err(Fault::Refused(error)));
        assert_eq!(challenge(&message), Err(Fault::Refused(error)), "also instead of a salt");
    }
    let step = proved().step(ClientInput::Challenge(b"e=too-late,x=y"));
    assert_eq!(step, Err(Fault::Refused(ServerError::Other)), "an unknown one is other-error");
}

#[test]
fn the_nonce_of_the_server_continues_ours() {
    for nonce in
        ["", "x", "rOprNGfwEbeRWgbNEkq", "ROPRNGFWEBERWGBNEKQOabc", "abcrOprNGfwEbeRWgbNEkqO"]
    {
        let step = challenge(&format!("r={nonce},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"));
        let fault = if nonce.is_empty() { Fault::Malformed } else { Fault::Nonce };
        assert_eq!(step, Err(fault), "{nonce}");
    }
}

#[test]
fn the_nonce_of_the_server_is_longer_than_ours() {
    let step = challenge(&format!("r={NONCE},s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"));
    assert_eq!(step, Err(Fault::Nonce));
}

#[test]
fn iterations_outside_of_the_bounds_are_refused_before_one_is_done() {
    for (count, fault) in [
        ("1", Fault::Iterations(1)),
        ("4095", Fault::Iterations(4095)),
        ("1000001", Fault::Iterations(1_000_001)),
        ("4294967295", Fault::Iterations(u32::MAX)),
        ("4294967296", Fault::Iterations(u32::MAX)),
        ("99999999999999999999999", Fault::Iterations(u32::MAX)),
        ("0", Fault::Malformed),
        ("-1", Fault::Malformed),
        ("+4096", Fault::Malformed),
        ("04096", Fault::Malformed),
        ("abc", Fault::Malformed),
        ("", Fault::Malformed),
    ] {
        let step = challenge(&format!("r={NONCE}abc,s=W22ZaJ0SNY7soEsUEjb6gQ==,i={count}"));
        assert_eq!(step, Err(fault), "{count}");
    }
    for count in ["4096", "1000000"] {
        let step = challenge(&format!("r={NONCE}abc,s=W22ZaJ0SNY7soEsUEjb6gQ==,i={count}"));
        assert!(matches!(step, Ok(ClientStep::DeriveKey(_))), "{count}");
    }
}

#[test]
fn the_bounds_are_adjustable() {
    let step = |least, most, count| {
        let mut client = client().with_bounds(Bounds::new(least, most));
        client.step(ClientInput::Begin).unwrap();
        let message = format!("r={NONCE}abc,s=W22ZaJ0SNY7soEsUEjb6gQ==,i={count}");
        client.step(ClientInput::Challenge(message.as_bytes())).map(|_| ())
    };
    assert_eq!(step(1, 10, 1), Ok(()));
    assert_eq!(step(10_000, 20_000, 4096), Err(Fault::Iterations(4096)));
    assert_eq!(step(1, u32::MAX, 4_294_967_295_u32), Ok(()));
}

#[test]
fn a_salt_that_is_empty_or_not_base64_is_refused() {
    for (salt, fault) in [
        ("", Fault::Empty),
        ("W22ZaJ0SNY7soEsUEjb6gQ=", Fault::Encoding),
        ("W22ZaJ0SNY7soEsUEjb6gR==", Fault::Encoding),
        ("=", Fault::Encoding),
        ("W22Z aJ0", Fault::Malformed),
        ("W22Z-_==", Fault::Malformed),
    ] {
        assert_eq!(challenge(&format!("r={NONCE}abc,s={salt},i=4096")), Err(fault), "{salt}");
    }
}

#[test]
fn an_extension_that_must_be_understood_is_refused_wherever_it_stands() {
    let first = SERVER_FIRST;
    for message in [format!("m=x,{first}"), format!("{first},m=x"), format!("{first},a=b,m=x")] {
        assert_eq!(challenge(&message), Err(Fault::Extension), "{message}");
    }
    for message in [format!("m=x,{SERVER_FINAL}"), format!("{SERVER_FINAL},m=x")] {
        let step = proved().step(ClientInput::Challenge(message.as_bytes()));
        assert_eq!(step, Err(Fault::Extension), "{message}");
    }
}

#[test]
fn other_extensions_are_ignored_but_signed() {
    let key = |mut client: Client, message: &str| {
        let step = client.step(ClientInput::Challenge(message.as_bytes())).unwrap();
        let ClientStep::DeriveKey(due) = step else { panic!("{step:?}") };
        client.step(ClientInput::Key(due.derive())).unwrap()
    };
    assert_eq!(key(begun(), SERVER_FIRST), respond(CLIENT_FINAL));
    let extended = format!("{SERVER_FIRST},x=foo");
    assert_ne!(key(begun(), &extended), respond(CLIENT_FINAL), "it is part of the AuthMessage");
    let last = format!("{SERVER_FINAL},x=foo");
    assert_eq!(proved().step(ClientInput::Challenge(last.as_bytes())), Ok(respond("")));
}

#[test]
fn a_key_of_another_derivation_is_refused() {
    for (salt, iterations) in
        [("W22ZaJ0SNY7soEsUEjb6gg==", 4096), ("W22ZaJ0SNY7soEsUEjb6gQ==", 4097)]
    {
        let message = format!("r={NONCE}abc,s={salt},i={iterations}");
        let Ok(ClientStep::DeriveKey(other)) = challenge(&message) else { panic!() };
        let mut client = begun();
        client.step(ClientInput::Challenge(SERVER_FIRST.as_bytes())).unwrap();
        assert_eq!(client.step(ClientInput::Key(other.derive())), Err(Fault::WrongKey));
    }
}

#[test]
fn a_kept_key_saves_the_derivation_only_while_salt_and_iterations_stay() {
    let Ok(ClientStep::DeriveKey(due)) = challenge(SERVER_FIRST) else { panic!() };
    let key = due.derive();
    let with_key = || {
        let mut client = client().with_key(key.clone());
        client.step(ClientInput::Begin).unwrap();
        client
    };
    let step = with_key().step(ClientInput::Challenge(SERVER_FIRST.as_bytes()));
    assert_eq!(step, Ok(respond(CLIENT_FINAL)));
    for other in [SERVER_FIRST.replace("4096", "4097"), SERVER_FIRST.replace("gQ==", "gg==")] {
        let step = with_key().step(ClientInput::Challenge(other.as_bytes()));
        assert!(matches!(step, Ok(ClientStep::DeriveKey(_))), "{other}");
    }
}

#[test]
fn inputs_out_of_order_end_the_exchange() {
    let Ok(ClientStep::DeriveKey(due)) = challenge(SERVER_FIRST) else { panic!() };
    let key = due.derive();
    let mut early = client();
    assert_eq!(early.step(ClientInput::Challenge(SERVER_FIRST.as_bytes())), Err(Fault::OutOfOrder));
    assert_eq!(early.step(ClientInput::Begin), Err(Fault::Over));
    assert_eq!(client().step(ClientInput::Key(key.clone())), Err(Fault::OutOfOrder));
    assert_eq!(begun().step(ClientInput::Begin), Err(Fault::OutOfOrder));
    assert_eq!(begun().step(ClientInput::Key(key)), Err(Fault::OutOfOrder));
    let mut complete = proved();
    complete.step(ClientInput::Challenge(SERVER_FINAL.as_bytes())).unwrap();
    complete.step(ClientInput::Done).unwrap();
    assert_eq!(complete.step(ClientInput::Done), Err(Fault::Over));
}

#[test]
fn an_empty_challenge_asks_for_the_first_message() {
    assert_eq!(
        client().step(ClientInput::Challenge(b"")),
        Ok(respond(&format!("n,,n=user,r={NONCE}")))
    );
}

#[test]
fn commas_and_equals_signs_of_names_are_escaped() {
    // RFC 5802 §5.1
    let mut client = Client::new(Hash::Sha1, "u=s,er", &secret("x"), &[0; 32])
        .unwrap()
        .with_nonce("abc")
        .acting_as("a,=b")
        .unwrap();
    let step = client.step(ClientInput::Begin);
    assert_eq!(step, Ok(respond("n,a=a=2C=3Db,n=u=3Ds=2Cer,r=abc")));
}

#[test]
fn names_and_passwords_that_cannot_be_sent_are_refused() {
    let long = "x".repeat(crate::MOST + 1);
    let new = |user: &str, password: &str| {
        Client::new(Hash::Sha256, user, &secret(password), &[0; 32]).map(|_| ())
    };
    let prohibited = Err(Fault::Unprepared(Unprepared::Prohibited));
    assert_eq!(new("", "x"), Err(Fault::Empty));
    assert_eq!(new("x", ""), Err(Fault::Empty));
    assert_eq!(new("a\0b", "x"), Err(Fault::Nul));
    assert_eq!(new("a\u{7}", "x"), prohibited);
    assert_eq!(new("x", "a\u{7}"), prohibited);
    assert_eq!(new(&long, "x"), Err(Fault::TooLong));
    assert_eq!(new("x", &long), Err(Fault::TooLong));
    assert_eq!(client().acting_as("").map(|_| ()), Err(Fault::Empty));
    assert_eq!(client().acting_as("a\0").map(|_| ()), Err(Fault::Nul));
}

#[cfg(feature = "std")]
#[test]
fn what_saslprep_makes_of_nothing_is_empty() {
    let new =
        |user, password| Client::new(Hash::Sha256, user, &secret(password), &[0; 32]).map(|_| ());
    assert_eq!(new("\u{ad}", "x"), Err(Fault::Empty));
    assert_eq!(new("x", "\u{ad}"), Err(Fault::Empty));
}

#[test]
fn each_entropy_gives_another_nonce() {
    let first = |entropy| {
        let mut client = Client::new(Hash::Sha256, "user", &secret("pencil"), &entropy).unwrap();
        client.step(ClientInput::Begin).unwrap()
    };
    assert_ne!(first([1; 32]), first([2; 32]));
    assert_eq!(first([1; 32]), first([1; 32]));
}

#[test]
fn the_client_prefers_the_exporter_under_tls_1_3() {
    let header = |tls: &TlsInfo| {
        let mut client = client().bound_to(&ChannelBinding::from(tls))?;
        let ClientStep::Respond(message) = client.step(ClientInput::Begin)? else { panic!() };
        let message = String::from_utf8(message.expose().clone()).unwrap();
        Ok::<_, Fault>(String::from(message.split(',').next().unwrap()))
    };
    let both =
        |tls: TlsInfo| tls.with_exporter([1; 32]).with_server_end_point(Bytes::from_static(b"x"));
    let tls12 = TlsInfo::new().with_suite("TLS1.2", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");
    assert_eq!(header(&both(tls13())).unwrap(), "p=tls-exporter");
    assert_eq!(header(&both(tls12.clone())).unwrap(), "p=tls-server-end-point");
    let end_point = tls13().with_server_end_point(Bytes::from_static(b"x"));
    assert_eq!(header(&end_point).unwrap(), "p=tls-server-end-point");
    assert_eq!(header(&tls12.with_exporter([1; 32])), Err(Fault::NoBinding));
    assert_eq!(header(&tls13()), Err(Fault::NoBinding));
    assert_eq!(header(&tls13().with_server_end_point(Bytes::new())), Err(Fault::NoBinding));
}

#[test]
fn no_rendering_shows_a_secret() {
    let Ok(ClientStep::DeriveKey(due)) = challenge(SERVER_FIRST) else { panic!() };
    let key = due.derive();
    let channel = ChannelBinding::from(&tls13().with_exporter([0x61; 32]));
    let rendered = format!(
        "{:?} {:?} {due:?} {key:?} {:?} {:?} {channel:?} {:?}",
        client(),
        proved(),
        ClientInput::Key(key.clone()),
        ClientStep::DeriveKey(due.clone()),
        client().bound_to(&channel).unwrap(),
    );
    for secret in ["pencil", "dHzb", NONCE, "97, 97", "196, 164"] {
        assert!(!rendered.contains(secret), "{secret} in {rendered}");
    }
}

#[test]
fn a_derivation_can_be_sent_to_another_thread() {
    fn can<T: Send + Sync + Clone + PartialEq + 'static>(_: &T) {}
    let Ok(ClientStep::DeriveKey(due)) = challenge(SERVER_FIRST) else { panic!() };
    can(&due);
    let here = due.derive();
    assert_eq!(std::thread::spawn(move || due.derive()).join().unwrap(), here);
}
