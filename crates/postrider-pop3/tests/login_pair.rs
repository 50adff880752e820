//! Client against server: every way to log in arrives, however the pipes cut it (law 7).

mod serving;

use postrider_pop3::client::{self, Client, Login, LoginBy};
use postrider_pop3::server::{Config, Event, Server};
use postrider_pop3::{Keyword, ResponseCode};
use postrider_sasl::Mechanism;
use postrider_sasl::client::{Choice, Credentials};
use postrider_sasl::scram::Bounds;
use postrider_testkit::{Embedder, Outcome, Pair, PairEnd, embedder};
use postrider_wire::{ClearTextLogin, Machine, Secret, Security};
use serving::{PASSWORD, TOKEN, accepts, auth, clear, tls};

fn credentials(mechanism: Option<Mechanism>, right: bool) -> Credentials {
    let secret = |text: &str| Secret::new(if right { text.into() } else { String::from("wrong") });
    match mechanism {
        Some(Mechanism::OAuthBearer | Mechanism::XOAuth2) => {
            Credentials::token("tim", secret(TOKEN)).unwrap()
        }
        Some(Mechanism::External) => Credentials::external(),
        Some(Mechanism::Anonymous) => Credentials::anonymous("sirhc").unwrap(),
        _ => {
            let tim = Credentials::password("tim", secret(PASSWORD)).unwrap();
            tim.with_iterations(Bounds::new(1, 100_000))
        }
    }
}

fn logs_in(login: Login) -> Box<dyn Embedder<Client>> {
    let mut login = Some(login);
    embedder(
        move |client: &mut Client, event: &client::Event| match event {
            client::Event::Ready { .. } => {
                client.login_with(login.take().expect("it comes once")).unwrap();
            }
            client::Event::DeriveKey(due) => client.key(due.derive()).unwrap(),
            client::Event::NeedToken(Some(_)) => client.decline(),
            client::Event::LoggedIn(_)
            | client::Event::Refused { .. }
            | client::Event::LoginFailed(_) => client.quit().unwrap(),
            _ => {}
        },
        |_: &mut Client| false,
    )
}

fn serves() -> Box<dyn Embedder<Server>> {
    embedder(
        |server: &mut Server, event: &Event| match event {
            Event::Login { user, password, .. }
                if (user.as_str(), password.expose().as_slice())
                    != ("tim", PASSWORD.as_bytes()) =>
            {
                server.decline();
            }
            _ => accepts(server, event),
        },
        |_: &mut Server| false,
    )
}

#[test]
fn every_mechanism_lets_in_who_is_right_and_nobody_else() {
    for mechanism in Mechanism::ALL {
        for right in [true, false] {
            let open = matches!(mechanism, Mechanism::External | Mechanism::Anonymous);
            let client = move || {
                let choice = Choice::default().with_mechanisms([mechanism]);
                let login = Login::new(credentials(Some(mechanism), right), [7; 32]);
                let config = client::Config::new(Security::Implicit(tls()));
                (Client::new(config), logs_in(login.with_choice(choice)))
            };
            let server = || {
                let config = Config::new(Security::Implicit(tls())).with_auth(auth());
                (Server::new(config), serves())
            };
            for (seed, capacity) in (0..6).zip([1, 7, 4096].into_iter().cycle()) {
                let run = Pair::new(client, server).capacity(capacity).run(seed);
                assert_eq!(run.end, PairEnd::Finished, "{mechanism}");
                assert_eq!(run.client.outcome(), &Outcome::Closed, "{mechanism}");
                assert_eq!(run.server.outcome(), &Outcome::Closed, "{mechanism}");
                let is_in = |event: &client::Event| matches!(event, client::Event::LoggedIn(_));
                assert_eq!(run.client.events().any(is_in), right || open, "{mechanism}");
                let refused = run.client.events().find_map(|event| match event {
                    client::Event::Refused { command, reply, .. } => Some((*command, reply.code())),
                    _ => None,
                });
                // A refused token is asked for again, which was declined.
                let token = matches!(mechanism, Mechanism::OAuthBearer | Mechanism::XOAuth2);
                let expected = (Keyword::Auth, Some(&ResponseCode::Auth));
                assert_eq!(refused, (!right && !open && !token).then_some(expected), "{mechanism}");
                let removed = |event: &&Event| matches!(event, Event::Commit { .. });
                assert_eq!(run.server.events().filter(removed).count(), usize::from(right || open));
            }
        }
    }
}

#[test]
fn the_other_ways_let_in_who_is_right_and_nobody_else() {
    for (way, command) in [(LoginBy::Apop, Keyword::Apop), (LoginBy::UserPass, Keyword::Pass)] {
        for right in [true, false] {
            let client = move || {
                let choice = Choice::default().with_cram_md5(ClearTextLogin::Allow);
                let login = Login::new(credentials(None, right), [7; 32]).with_choice(choice);
                let config =
                    client::Config::new(clear()).with_clear_text_login(ClearTextLogin::Allow);
                (Client::new(config), logs_in(login.with_login_by([LoginBy::Auth, way])))
            };
            let server = || {
                let config = Config::new(clear())
                    .with_clear_text_login(ClearTextLogin::Allow)
                    .with_apop("foo.com", [4; 32]);
                (Server::new(config), serves())
            };
            for (seed, capacity) in (0..6).zip([1, 7, 4096].into_iter().cycle()) {
                let run = Pair::new(client, server).capacity(capacity).run(seed);
                assert_eq!(run.end, PairEnd::Finished, "{way:?}");
                let is_in = |event: &client::Event| matches!(event, client::Event::LoggedIn(_));
                assert_eq!(run.client.events().any(is_in), right, "{way:?}");
                let refused = run.client.events().find_map(|event| match event {
                    client::Event::Refused { command, .. } => Some(*command),
                    _ => None,
                });
                assert_eq!(refused, (!right).then_some(command), "{way:?}");
            }
        }
    }
}
