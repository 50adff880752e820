//! The vectors of argument injection that name POP3; `tests/injection.rs` of postrider-smtp has the rest.

mod common;

use bytes::Buf;
use common::{Do, client_config, fetcher, role};
use postrider_pop3::client::Client;
use postrider_pop3::{Error, Password, UserName, ValueError};
use postrider_testkit::{Scenario, read_shared};
use postrider_wire::{Machine, Secret};

/// The places and values of the vectors, one member a line in the file.
fn vectors() -> Option<Vec<(String, String)>> {
    let json = String::from_utf8(read_shared("vectors/smtp/argument-injection.json")?).unwrap();
    let member = |key: &str| {
        let prefix = format!("\"{key}\": \"");
        let lines = json.lines().filter_map(|line| line.trim().strip_prefix(&prefix));
        let values = lines.map(|text| text.trim_end_matches(',').trim_end_matches('"'));
        values.map(|text| text.replace("\\r", "\r").replace("\\n", "\n")).collect::<Vec<_>>()
    };
    Some(member("where").into_iter().zip(member("value")).collect())
}

/// Whether a name and a password are refused, by the value and by the client, which has then written
/// nothing.
fn is_refused(user: &str, password: &str) -> bool {
    let mut client = Client::new(client_config());
    let secret = || Secret::new(password.to_owned());
    let by_value = UserName::new(user).is_err() || Password::from_text(secret()).is_err();
    let called = client.login(user, secret());
    let by_client = matches!(called, Err(Error::Value(ValueError::Forbidden { .. })));
    assert_eq!(client.outbox().remaining(), 0);
    by_value && by_client
}

/// A blank splits the arguments of `APOP`, which this client never says, whatever it is greeted with.
/// Behind `USER` the rest of the line is the name.
fn says_no_apop() -> bool {
    let make = || (Client::new(client_config()), fetcher(&[Do::Login("a b c", "tanstaaf")]));
    let greeting = "+OK POP3 server ready <1896.697170952@dbc.mtview.ca.us>\r\n";
    let run = Scenario::new("apop", make).classify(role).turn(greeting).turn("-ERR no\r\n").run();
    let said = String::from_utf8(run.output().to_vec()).unwrap();
    said.starts_with("USER a b c\r\n") && !said.lines().any(|line| line.starts_with("APOP"))
}

/// Numbers 16 to 18 of the 22.
#[test]
fn the_vectors_of_pop3_are_refused_at_construction() {
    let Some(vectors) = vectors() else { return };
    assert_eq!(vectors.len(), 22);
    let mut played = Vec::new();
    for (number, (place, value)) in (1..).zip(&vectors) {
        let refused = match &place[..] {
            "POP3 USER" => is_refused(value, "tanstaaf"),
            "POP3 PASS" => is_refused("mrose", value),
            "POP3 APOP name" => value == "a b c" && says_no_apop(),
            _ => continue,
        };
        assert!(refused, "{place}: {value:?}");
        played.push(number);
    }
    assert_eq!(played, [16, 17, 18]);
}
