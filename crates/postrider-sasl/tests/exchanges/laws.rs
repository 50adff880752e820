//! What holds of all mechanisms.

use postrider_sasl::client::{self, Credentials};
use postrider_sasl::scram::{Bounds, DerivedKey, Fault, Hash, ScramKeys};
use postrider_sasl::server::{self, Credential, Kept, Presented};
use postrider_sasl::{ChannelBinding, Error, Mechanism};
use proptest::prelude::*;

use crate::common::*;

fn mechanisms() -> impl Strategy<Value = Mechanism> {
    prop::sample::select(Vec::from(Mechanism::ALL))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn who_logs_in_is_who_the_client_is(
        mechanism in mechanisms(),
        user in "[a-zA-Z0-9,=@. +-]{1,20}[a-z]",
        password in "[ -~]{1,30}",
        authzid in prop::option::of("[a-zA-Z0-9,=@]{1,20}"),
        initial: bool,
        keeps_keys: bool,
    ) {
        let mut credentials = with_password(mechanism, &user, &password);
        let with_authzid = authzid.as_ref().map(|it| credentials.clone().with_authzid(it).unwrap());
        if let Some(acting) = with_authzid.filter(|acting| acting.fit(mechanism)) {
            credentials = acting;
        }
        let acts = credentials != with_password(mechanism, &user, &password);
        let know = |request: &server::Request| match &request.presented {
            Presented::Password(shown) if !keeps_keys => {
                assert_eq!(shown.expose(), &password);
                Credential::Password(secret(&password))
            }
            Presented::Password(_) | Presented::Nothing => {
                let takes = |hash: &Hash| keeps_keys && request.takes_keys(*hash);
                let hash = Hash::ALL.into_iter().find(takes);
                hash.map_or(Credential::Password(secret(&password)), |hash| {
                    let keys = ScramKeys::derive(
                        &secret(&password), b"salt", 3, hash,
                    );
                    Credential::Scram(keys.unwrap())
                })
            }
            Presented::Token(token) => {
                assert_eq!(token.expose(), TOKEN);
                Credential::Verified
            }
            _ => Credential::Verified,
        };
        let (mut one, mut other) = (new_client(mechanism, &credentials), new_server(mechanism));
        let talk = talk(&mut one, &mut other, initial, know);
        prop_assert!(talk.complete, "{:?} {:?}", talk.failure, talk.client_error);
        prop_assert!(one.is_proven());
        let identity = talk.identity.unwrap();
        let bearer = mechanism == Mechanism::OAuthBearer && acts;
        let who = match mechanism {
            Mechanism::External => "tim",
            Mechanism::Anonymous => "anonymous",
            // It names whom the token is to act as, and no other (RFC 7628 §3.1).
            _ if bearer => authzid.as_deref().unwrap(),
            _ => &user,
        };
        prop_assert_eq!(&identity.authcid, who);
        let authzid = authzid.filter(|_| acts && !bearer);
        prop_assert_eq!(identity.authzid, authzid);
        prop_assert_eq!(one.step(client::Input::Done), Err(Error::Over));
        prop_assert_eq!(other.step(server::Input::Response(b"")), Err(Error::Over));
    }

    #[test]
    fn a_wrong_password_is_refused_by_each_mechanism_that_has_one(
        mechanism in mechanisms(),
        right in "[ -~]{1,30}",
        wrong in "[ -~]{1,30}",
        keeps_keys: bool,
    ) {
        prop_assume!(right != wrong);
        let credentials = with_password(mechanism, "tim", &wrong);
        prop_assume!(format!("{credentials:?}").contains("Password"));
        let know = |_: &server::Request| match mechanism.scram_hash().filter(|_| keeps_keys) {
            Some(hash) => Credential::Scram(
                ScramKeys::derive(&secret(&right), b"salt", 3, hash).unwrap(),
            ),
            None => Credential::Password(secret(&right)),
        };
        let mut one = new_client(mechanism, &credentials);
        let talk = talk(&mut one, &mut new_server(mechanism), true, know);
        prop_assert_eq!(talk.failure, Some(server::Failure::BadCredentials));
        prop_assert_eq!(talk.client_error, Some(Error::Refused));
        prop_assert_eq!(talk.identity, None);
    }

    #[test]
    fn no_order_of_inputs_panics_and_errors_stay(
        mechanism in mechanisms(),
        inputs in prop::collection::vec(
            (0..6_u8, prop_oneof![
                prop::collection::vec(any::<u8>(), 0..60),
                "(n,,|y,|p=x,|[a-z]=|r=|,|=2C|\u{1}|auth=|user=|Bearer |[0-9a-f]{32}| |\0|tim|<a@b>){0,9}"
                    .prop_map(String::into_bytes),
            ]),
            0..9,
        ),
    ) {
        let mut one = new_client(mechanism, &tim(mechanism));
        let mut other = new_server(mechanism);
        let (mut client_error, mut server_error) = (None, None);
        let (mut due, mut was_asked, mut is_over) = (None, false, false);
        for (kind, octets) in &inputs {
            let step = one.step(match (kind, &due) {
                (0, _) => client::Input::None,
                (1, _) => client::Input::Done,
                (2, _) => client::Input::Failed,
                (3, _) => client::Input::Token(secret(TOKEN)),
                (4, Some(key)) => client::Input::Key(DerivedKey::clone(key)),
                _ => client::Input::Challenge(octets),
            });
            if let Ok(client::Step::DeriveKey(derivation)) = &step {
                due = (derivation.iterations() < 9).then(|| derivation.derive());
            }
            if let Some(error) = client_error {
                prop_assert_eq!(step, Err(error));
            } else {
                if step == Ok(client::Step::Complete) {
                    prop_assert_eq!(*kind, 1, "nothing but success is success");
                    prop_assert!(mechanism.scram_hash().is_none(), "nobody here can prove that");
                }
                client_error = step.err();
            }

            let step = other.step(match kind {
                0 => server::Input::None,
                1 => server::Input::Credential(Credential::Unknown),
                2 => server::Input::Credential(Credential::Password(secret("x"))),
                3 => server::Input::Credential(Credential::Scram(keys(Hash::Sha256))),
                _ => server::Input::Response(octets),
            });
            if let Some(error) = server_error {
                prop_assert_eq!(step, Err(error));
                continue;
            }
            prop_assert!(!is_over || step == Err(Error::Over), "{:?}", step);
            match step {
                Ok(server::Step::NeedCredential(_)) => was_asked = true,
                Ok(server::Step::Success { .. }) => {
                    prop_assert!(was_asked, "nobody is let in unasked");
                    is_over = true;
                }
                Ok(server::Step::Failure(_)) => is_over = true,
                Ok(_) => {}
                Err(error) => server_error = Some(error),
            }
        }
    }
}

/// How many steps behind the first one success is due.
fn length(mechanism: Mechanism) -> usize {
    match mechanism {
        Mechanism::Login => 2,
        Mechanism::CramMd5 => 1,
        _ if mechanism.scram_hash().is_some() => 3,
        _ => 0,
    }
}

/// The client after so many of its honest steps behind the first one, and its last step.
fn after(mechanism: Mechanism, steps: usize) -> (client::Exchange, client::Step) {
    let mut one = new_client(mechanism, &tim(mechanism));
    let mut other = new_server(mechanism);
    let mut said = one.step(client::Input::None).unwrap();
    for _ in 0..steps {
        let input = match &said {
            client::Step::DeriveKey(due) => {
                said = one.step(client::Input::Key(due.derive())).unwrap();
                continue;
            }
            client::Step::Respond(response) => server::Input::Response(response.expose()),
            _ => server::Input::None,
        };
        let mut step = other.step(input).unwrap();
        if let server::Step::NeedCredential(request) = step {
            step = other.step(server::Input::Credential(knows(&request))).unwrap();
        }
        let challenge = match step {
            server::Step::Challenge(challenge) => challenge.expose().clone(),
            server::Step::Success { data: Some(data), .. } => data,
            step => panic!("{step:?}"),
        };
        said = one.step(client::Input::Challenge(&challenge)).unwrap();
    }
    (one, said)
}

#[test]
fn a_step_out_of_order_is_an_error_at_the_client_and_stays_one() {
    let key = {
        let (_, said) = after(Mechanism::ScramSha256, 1);
        let client::Step::DeriveKey(due) = said else { panic!("{said:?}") };
        due.derive()
    };
    for mechanism in Mechanism::ALL {
        for steps in 0..=length(mechanism) {
            let expect = |input: client::Input<'_>, error: Error| {
                let (mut one, said) = after(mechanism, steps);
                let what = format!("{mechanism} after {steps}: {said:?}");
                assert_eq!(one.step(input), Err(error), "{what}");
                assert_eq!(one.step(client::Input::Done), Err(error), "sticky: {what}");
                assert_eq!(one.step(client::Input::Challenge(b"")), Err(error), "{what}");
            };
            let said = after(mechanism, steps).1;
            expect(client::Input::None, Error::OutOfOrder);
            expect(client::Input::Token(secret("t")), Error::OutOfOrder);
            if !matches!(said, client::Step::DeriveKey(_)) {
                expect(client::Input::Key(key.clone()), Error::OutOfOrder);
            }
            let is_oauth = matches!(mechanism, Mechanism::OAuthBearer | Mechanism::XOAuth2);
            if !is_oauth {
                expect(client::Input::Failed, Error::Refused);
            }
            if steps < length(mechanism) {
                let scram = mechanism.scram_hash().is_some();
                let error = if scram { Error::ServerNotProven } else { Error::Premature };
                expect(client::Input::Done, error);
                continue;
            }
            let scram = mechanism.scram_hash().is_some();
            if !is_oauth {
                let unexpected = Error::UnexpectedChallenge;
                let error = if scram { Error::OutOfOrder } else { unexpected };
                expect(client::Input::Challenge(b"more"), error);
            }
            let (mut one, _) = after(mechanism, steps);
            assert_eq!(one.step(client::Input::Done), Ok(client::Step::Complete), "{mechanism}");
        }
        // Success before a word was said.
        let mut one = new_client(mechanism, &tim(mechanism));
        assert!(one.step(client::Input::Done).is_err(), "{mechanism}");
    }
}

#[test]
fn a_step_out_of_order_is_an_error_at_the_server_and_stays_one() {
    for mechanism in Mechanism::ALL {
        let expect = |mut other: server::Exchange, input: server::Input<'_>| {
            assert_eq!(other.step(input), Err(Error::OutOfOrder), "{mechanism}");
            assert_eq!(other.step(server::Input::None), Err(Error::OutOfOrder), "{mechanism}");
        };
        let credential = || server::Input::Credential(Credential::Verified);
        expect(new_server(mechanism), credential());
        let begun = || {
            let mut other = new_server(mechanism);
            other.step(server::Input::None).unwrap();
            other
        };
        expect(begun(), credential());
        expect(begun(), server::Input::None);
        // The embedder was asked: the client has no word.
        let asked = || {
            let mut other = new_server(mechanism);
            let mut one = new_client(mechanism, &tim(mechanism));
            let mut step = other.step(server::Input::None).unwrap();
            loop {
                let server::Step::Challenge(challenge) = step else { return other };
                let said = one.step(client::Input::Challenge(challenge.expose())).unwrap();
                let client::Step::Respond(response) = said else { panic!("{said:?}") };
                step = other.step(server::Input::Response(response.expose())).unwrap();
            }
        };
        expect(asked(), server::Input::Response(b"x"));
        expect(asked(), server::Input::None);
    }
}

#[test]
fn credentials_go_with_the_mechanisms_that_carry_them_and_no_others() {
    let all = [
        tim(Mechanism::Plain),
        tim(Mechanism::XOAuth2),
        Credentials::external(),
        Credentials::anonymous("").unwrap(),
    ];
    let acting = all.clone().map(|credentials| credentials.with_authzid("root").unwrap());
    for credentials in all.iter().chain(&acting) {
        for mechanism in Mechanism::ALL {
            let binding = ChannelBinding::from(&tls());
            let made = client::Exchange::new(mechanism, credentials, &binding, true, [0; 32]);
            assert_eq!(made.is_ok(), credentials.fit(mechanism), "{mechanism} {credentials:?}");
            assert!(made.is_ok() || made.err() == Some(Error::WrongCredentials));
        }
    }
    let carried = |credentials: &Credentials| {
        Mechanism::ALL.iter().filter(|mechanism| credentials.fit(**mechanism)).count()
    };
    assert_eq!(all.each_ref().map(carried), [9, 2, 1, 1]);
    assert_eq!(acting.each_ref().map(carried), [7, 1, 1, 0]);
}

#[test]
fn a_kept_key_saves_the_derivation_until_the_salt_changes() {
    let mechanism = Mechanism::ScramSha256;
    let (_, said) = after(mechanism, 1);
    let client::Step::DeriveKey(due) = said else { panic!("{said:?}") };
    let credentials = tim(mechanism).with_derived_key(due.derive());
    let derivations = |know: fn(&server::Request) -> Credential| {
        let mut one = new_client(mechanism, &credentials);
        let talk = talk(&mut one, &mut new_server(mechanism), true, know);
        assert!(talk.complete);
        talk.renderings.iter().filter(|text| text.contains("DerivedKey")).count()
    };
    assert_eq!(derivations(knows), 0);
    assert_ne!(derivations(|_| Credential::Scram(keys(Hash::Sha256))), 0, "another salt");
}

#[test]
fn what_is_kept_decides_what_an_unknown_user_costs() {
    // Iterations that are seen: tens of milliseconds each.
    let least = |kept: Kept, know: fn(&server::Request) -> Credential| {
        let config = config().with_kept(kept).with_iterations(20_000);
        (0..3)
            .map(|_| {
                let mut one = new_client(Mechanism::Plain, &tim(Mechanism::Plain));
                let mut other =
                    server::Exchange::new(Mechanism::Plain, &config, Some(&tls()), [4; 32])
                        .unwrap();
                let start = std::time::Instant::now();
                let talk = talk(&mut one, &mut other, true, know);
                assert_eq!(talk.failure, Some(server::Failure::BadCredentials));
                start.elapsed()
            })
            .min()
            .unwrap()
    };
    let wrong_keys: fn(&server::Request) -> Credential = |_| {
        let keys = ScramKeys::new(Hash::Sha512, b"0123456789abcdef", 20_000, &[0; 64], &[0; 64]);
        Credential::Scram(keys.unwrap())
    };
    let known = least(Kept::Keys, wrong_keys);
    let unknown = least(Kept::Keys, |_| Credential::Unknown);
    assert!(unknown * 3 > known && known * 3 > unknown, "{unknown:?} {known:?}");
    let password = least(Kept::Passwords, |_| Credential::Password(secret("other")));
    let unknown = least(Kept::Passwords, |_| Credential::Unknown);
    assert!(password * 10 < known && unknown * 10 < known, "{password:?} {unknown:?} {known:?}");
}

#[test]
fn bounds_of_iterations_are_the_embedders() {
    let credentials = tim(Mechanism::ScramSha256).with_iterations(Bounds::new(10, 20));
    let mut one = new_client(Mechanism::ScramSha256, &credentials);
    let talk = talk(&mut one, &mut new_server(Mechanism::ScramSha256), true, knows);
    let fault = Fault::Iterations(2);
    assert_eq!(talk.client_error, Some(Error::Scram(fault)));
}

#[test]
fn what_crosses_threads_can() {
    fn crosses<T: Send + Sync + 'static>() {}
    crosses::<client::Exchange>();
    crosses::<server::Exchange>();
    crosses::<client::Step>();
    crosses::<server::Step>();
    crosses::<Credential>();
}
