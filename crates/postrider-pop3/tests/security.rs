//! The attacks that must fail, each as a test.

mod common;

use common::{Do, Host, client_config, fetcher, role, server_config};
use postrider_pop3::client::{self, Client, Event, Login, LoginBy, LoginFault};
use postrider_pop3::server::{self, Server};
use postrider_pop3::{
    ApopName, ApopStamp, Capability, InitialResponse, Language, LanguageRange, MechanismName,
    ResponseCode,
};
use postrider_pop3::{Error, Keyword, Limits, Misuse, UniqueId, UserName, ValueError};
use postrider_sasl::client::Credentials;
use postrider_testkit::{Outcome, Scenario, Told, read_shared, shared};
use postrider_wire::{
    Buf, ClearTextLogin, Machine, Policy, Progress, Secret, Security, Side, TlsInfo, Transcript,
    TranscriptLog,
};

const LOGIN: &[Do] = &[Do::Login("mrose", "tanstaaf"), Do::Retr(1), Do::Quit];

fn tls_client(policy: Policy) -> Scenario<Client> {
    Scenario::new("tls client", move || {
        (Client::new(client::Config::new(Security::StartTls(policy))), fetcher(LOGIN))
    })
    .classify(role)
}

fn tls_server(policy: Policy) -> Scenario<Server> {
    Scenario::new("tls server", move || {
        let config = server::Config::new(Security::StartTls(policy));
        (Server::new(config), Host::boxed(&[b"x\r\n"]))
    })
}

fn output<M: Machine>(run: &postrider_testkit::Run<M>) -> String {
    String::from_utf8_lossy(run.output()).into_owned()
}

/// CVE-2011-0411, CVE-2024-34083
#[test]
fn commands_behind_stls_are_fatal_even_a_part_of_one() {
    for behind in ["USER mrose\r\n", "U", "\r", "\0"] {
        let run = tls_server(Policy::Required).turn(format!("STLS\r\n{behind}")).run();
        assert!(
            matches!(run.outcome(), Outcome::Failed(Error::PlaintextBehindTls { .. })),
            "{behind:?}: {:?}",
            run.outcome()
        );
        assert!(!run.told().contains(&Told::Tls), "{behind:?}");
    }
}

/// "Why TLS is better without STARTTLS", USENIX Security 2021
#[test]
fn replies_behind_the_answer_to_stls_are_fatal_even_a_part_of_one() {
    for behind in ["+OK\r\n", "+", "\n", "-ERR no\r\n"] {
        let run = tls_client(Policy::Opportunistic)
            .turn("+OK\r\n")
            .turn(format!("+OK Begin TLS negotiation\r\n{behind}"))
            .run();
        assert!(
            matches!(run.outcome(), Outcome::Failed(Error::PlaintextBehindTls { .. })),
            "{behind:?}: {:?}",
            run.outcome()
        );
        assert_eq!(output(&run), "STLS\r\n");
    }
}

#[test]
fn a_stripped_upgrade_is_the_end_where_tls_is_required() {
    let run = tls_client(Policy::Required).turn("+OK\r\n").turn("-ERR unknown command\r\n").run();
    assert_eq!(run.outcome(), &Outcome::Failed(Error::TlsRefused));
    assert_eq!(output(&run), "STLS\r\n");
    assert!(run.told().is_empty(), "nothing of the clear text is handed on");
}

#[test]
fn a_stripped_upgrade_leads_to_no_login_where_tls_is_optional() {
    let run = tls_client(Policy::Opportunistic).turn("+OK\r\n").turn("-ERR no\r\n").run();
    let [Told::Event(Event::Ready { greeting: Some(_), .. }), Told::Event(lost)] = run.told()
    else {
        panic!("{:?}", run.told());
    };
    assert!(matches!(lost, Event::Lost { command: Keyword::Quit, .. }), "the server says no more");
    assert_eq!(output(&run), "STLS\r\nQUIT\r\n", "the login was refused on our side");
}

#[test]
fn what_was_greeted_in_clear_text_is_forgotten_at_the_upgrade() {
    let run = tls_client(Policy::Required)
        .turn("+OK evil <1896.697170952@dbc.mtview.ca.us>\r\n")
        .turn("+OK go\r\n")
        .run();
    assert_eq!(run.told().first(), Some(&Told::Tls));
    assert!(matches!(run.told().get(1), Some(Told::Event(Event::Ready { greeting: None, .. }))));
}

#[test]
fn who_is_logging_in_is_forgotten_at_the_upgrade() {
    let make = || {
        let config = server::Config::new(Security::StartTls(Policy::Opportunistic))
            .with_clear_text_login(ClearTextLogin::Allow);
        (Server::new(config), Host::boxed(&[]))
    };
    let run = Scenario::new("user before TLS", make)
        .turn("USER mrose\r\nSTLS\r\n")
        .turn("PASS tanstaaf\r\n")
        .run();
    assert_eq!(run.events().count(), 0, "no login without a user given under TLS");
    assert!(output(&run).ends_with("-ERR PASS not possible now\r\n"));
}

#[test]
fn a_server_takes_no_credentials_in_clear_text_unless_told_to() {
    let configs = [
        server::Config::new(Security::StartTls(Policy::Never)),
        server::Config::new(Security::StartTls(Policy::Opportunistic)),
        // Required means required, whatever else is said.
        server::Config::new(Security::StartTls(Policy::Required))
            .with_clear_text_login(ClearTextLogin::Allow),
    ];
    for config in configs {
        let make = move || (Server::new(config.clone()), Host::boxed(&[]));
        let session = "CAPA\r\nUSER mrose\r\nPASS tanstaaf\r\n";
        let run = Scenario::new("clear text", make).turn(session).run();
        assert_eq!(run.events().count(), 0);
        assert!(!output(&run).contains("USER\r\n"), "nor is it announced");
        assert!(output(&run).contains("-ERR TLS is required for login\r\n"));
    }
}

#[test]
fn a_client_gives_no_credentials_in_clear_text_unless_told_to() {
    for policy in [Policy::Never, Policy::Opportunistic, Policy::Required] {
        let mut client = Client::new(client::Config::new(Security::StartTls(policy)));
        let login = client.login("mrose", Secret::new("tanstaaf".into()));
        assert_eq!(login, Err(Error::Misuse(Misuse::ClearText)));
    }
    let config = client::Config::new(Security::StartTls(Policy::Required))
        .with_clear_text_login(ClearTextLogin::Allow);
    let login = Client::new(config).login("mrose", Secret::new("tanstaaf".into()));
    assert_eq!(login, Err(Error::Misuse(Misuse::ClearText)));
}

#[test]
fn capabilities_change_with_login_and_tls() {
    let session = "CAPA\r\nUSER mrose\r\nPASS tanstaaf\r\nCAPA\r\n";
    let make = || {
        let config = server::Config::new(Security::StartTls(Policy::Required))
            .with_implementation("Shlemazle-Plotz-v302")
            .unwrap();
        (Server::new(config), Host::boxed(&[]))
    };
    let run = Scenario::new("capa", make).turn("CAPA\r\nSTLS\r\n").turn(session).run();
    let text = output(&run);
    let lists: Vec<&str> = text.split("+OK Capability list follows\r\n").skip(1).collect();
    let has = |n: usize, tag: &str| lists[n].split("\r\n").any(|line| line.starts_with(tag));
    assert_eq!(lists.len(), 3);
    assert!(has(0, "STLS") && !has(0, "USER") && !has(0, "IMPLEMENTATION"));
    assert!(!has(1, "STLS") && has(1, "USER") && !has(1, "IMPLEMENTATION"));
    assert!(!has(2, "STLS") && has(2, "USER") && has(2, "IMPLEMENTATION"));
}

#[test]
fn stls_is_refused_under_tls_and_after_login() {
    let run = tls_server(Policy::Required).turn("STLS\r\n").turn("STLS\r\n").run();
    // RFC 2595 §4
    assert!(output(&run).ends_with("-ERR Command not permitted when TLS active\r\n"));
    let make = || (Server::new(server_config()), Host::boxed(&[]));
    let session = "USER mrose\r\nPASS tanstaaf\r\nSTLS\r\n";
    let run = Scenario::new("late", make).turn(session).run();
    assert!(output(&run).ends_with("-ERR STLS not possible now\r\n"));
}

#[test]
fn cr_lf_and_nul_are_refused_in_every_argument() {
    let mut client = Client::new(client::Config::new(Security::Implicit(TlsInfo::new())));
    for bad in ["a\rb", "a\nb", "a\0b", "a\r\nDELE 1"] {
        assert!(ApopName::new(bad).is_err() && MechanismName::parse(bad).is_err(), "{bad:?}");
        assert!(LanguageRange::parse(bad).is_err() && InitialResponse::parse(bad).is_err());
        assert!(Capability::new("SASL", [bad]).is_err() && Capability::new(bad, []).is_err());
        assert!(
            ApopStamp::parse(&format!("<{bad}@c>")).is_err() && ResponseCode::new(bad).is_err()
        );
        assert!(Language::new("en", bad).is_err() && Language::new(bad, "x").is_err());
        let user = client.login(bad, Secret::new("x".into()));
        assert!(matches!(user, Err(Error::Value(ValueError::Forbidden { .. }))), "{bad:?}");
        let password = client.login("mrose", Secret::new(bad.into()));
        assert!(matches!(password, Err(Error::Value(ValueError::Forbidden { .. }))), "{bad:?}");
        assert!(UniqueId::new(bad).is_err() && UserName::new(bad).is_err());
        assert!(postrider_pop3::Reply::ok(bad).is_err());
    }
    assert!(client.outbox().remaining() == 0);
}

/// The rows of the vectors that are about POP3, and those of SASL: each is refused before an octet is
/// written.
#[test]
fn no_argument_of_the_vectors_is_written() {
    let path = "vectors/smtp/argument-injection.json";
    let Some(octets) = read_shared(path) else {
        eprintln!("skipped: no {path}");
        return;
    };
    let rows: serde_json::Value = serde_json::from_slice(&octets).unwrap();
    let mut met = 0;
    for row in rows.as_array().unwrap() {
        let (place, value) = (row["where"].as_str().unwrap(), row["value"].as_str().unwrap());
        let tls = Security::Implicit(TlsInfo::new());
        let mut client = Client::new(client::Config::new(tls));
        let mut inbox = client.new_inbox();
        inbox.extend(b"+OK <1896.697170952@dbc.mtview.ca.us>\r\n");
        assert!(matches!(client.poll(&mut inbox), Ok(Progress::Event(Event::Ready { .. }))));
        let secret = || Secret::new(String::from("secret"));
        match place {
            "POP3 USER" => {
                let refused = client.login(value, secret());
                assert!(matches!(refused, Err(Error::Value(_))), "{place}: {refused:?}");
            }
            "POP3 PASS" => {
                let refused = client.login("bob", Secret::new(value.into()));
                assert!(matches!(refused, Err(Error::Value(_))), "{place}: {refused:?}");
            }
            "POP3 APOP name" => {
                assert!(ApopName::new(value).is_err());
                let login = Login::new(Credentials::password(value, secret()).unwrap(), [7; 32]);
                client.login_with(login.with_login_by([LoginBy::Apop])).unwrap();
                // `CAPA`, and its refusal.
                let n = client.outbox().remaining();
                assert_eq!(&client.outbox().copy_to_bytes(n)[..], b"CAPA\r\n");
                inbox.extend(b"-ERR\r\n");
                let failed = client.poll(&mut inbox);
                let fault = LoginFault::Value(ApopName::new(value).unwrap_err());
                assert_eq!(failed, Ok(Progress::Event(Event::LoginFailed(fault))));
            }
            "AUTH PLAIN user" | "AUTH LOGIN user" => {
                assert!(Credentials::password(value, secret()).is_err(), "{place}");
            }
            _ => continue,
        }
        met += 1;
        assert_eq!(client.outbox().remaining(), 0, "{place}");
    }
    assert_eq!(met, 5);
}

/// RFC 1939 §7: 1 to 70 octets from 0x21 to 0x7E.
#[test]
fn a_unique_id_is_in_the_grammar_or_refused() {
    assert!(UniqueId::new(&"~".repeat(70)).is_ok() && UniqueId::new("!").is_ok());
    for bad in ["", " ", "a b", "\x7f", "\u{e9}", &"x".repeat(71)] {
        assert!(UniqueId::new(bad).is_err(), "{bad:?}");
    }
}

/// CWE-770
#[test]
fn an_over_long_command_is_one_error_and_then_the_session_is_in_step() {
    let make = || (Server::new(server_config()), Host::boxed(&[]));
    let long = "X".repeat(100_000);
    let run = Scenario::new("long", make).turn(format!("CAPA {long}\r\nQUIT\r\n")).run();
    let text = output(&run);
    let replies: Vec<&str> = text.split("\r\n").skip(1).collect();
    assert_eq!(replies, ["-ERR line too long", "+OK POP3 server signing off", ""]);
}

#[test]
fn an_endless_reply_and_an_endless_listing_are_fatal() {
    let make = || {
        let limits = Limits::client().with_listing(100);
        let list = fetcher(&[Do::Login("mrose", "tanstaaf"), Do::List(None)]);
        (Client::new(client_config().with_limits(limits)), list)
    };
    let session = || Scenario::new("endless", make).turn("+OK\r\n").turn("+OK\r\n").turn("+OK\r\n");
    let run = session().turn("+OK ".to_owned() + &"x".repeat(100_000)).run();
    assert!(matches!(run.outcome(), Outcome::Failed(Error::LineTooLong { .. })));
    let run = session().turn("+OK\r\n".to_owned() + &"1 1\r\n".repeat(101)).run();
    assert!(matches!(run.outcome(), Outcome::Failed(Error::ListingTooLong { .. })));
    let run = session().turn("+OK\r\n".to_owned() + &"1 1\r\n".repeat(100) + ".\r\n").run();
    assert!(run.events().any(|event| *event == Event::ListEnd));
}

#[test]
fn only_crlf_dot_crlf_ends_a_message() {
    let make = || (Client::new(client_config()), fetcher(LOGIN));
    let session = || Scenario::new("dots", make).turn("+OK\r\n").turn("+OK\r\n").turn("+OK\r\n");
    let run =
        session().turn("+OK\r\na\n.\nb\r.\rc\n.\r\nd\r\n.\ne\r\n..\r\n.\r\n").turn("+OK\r\n").run();
    // RFC 1939 §3: the first octet of a line that begins with the termination octet goes.
    assert_eq!(run.payload(), b"a\n.\nb\r.\rc\n.\r\nd\r\n\ne\r\n.\r\n");
    let run = session().turn("+OK\r\n.\r\n").turn("+OK\r\n").run();
    assert_eq!(run.payload(), b"");
    assert!(run.events().any(|event| *event == Event::RetrieveEnd));
}

#[test]
fn an_aborted_session_commits_nothing() {
    let login = "USER mrose\r\nPASS tanstaaf\r\nDELE 1\r\n";
    for end in ["", "NOOP\r\n", "QUI", "RETR 2\r\n"] {
        let make = || (Server::new(server_config()), Host::boxed(&[b"a\r\n", b"b\r\n"]));
        let run = Scenario::new("aborted", make).turn(format!("{login}{end}")).run();
        let commit = |event: &server::Event| matches!(event, server::Event::Commit { .. });
        assert!(!run.events().any(commit), "{end:?}");
        assert!(output(&run).contains("+OK message 1 deleted"));
    }
}

#[test]
fn guessing_passwords_ends_the_session() {
    let make = || (Server::new(server_config()), Host::boxed(&[]));
    let guess = "USER mrose\r\nPASS guess\r\n".repeat(5);
    let run = Scenario::new("guesses", make).turn(guess).run();
    assert_eq!(run.events().count(), 3);
    assert_eq!(run.outcome(), &Outcome::Closed);
}

#[test]
fn no_transcript_shows_a_password_whatever_was_typed() {
    let log = TranscriptLog::new(64 * 1024);
    let seen = log.clone();
    let make = move || {
        let mut server = Server::new(server_config());
        server.set_tap(Box::new(Transcript::new(Side::Server, seen.clone())));
        (server, Host::boxed(&[]))
    };
    let typed = "USER mrose\r\npass tanstaaf x\r\nPAS tanstaaf\r\nPASStanstaaf\r\n  PASS tanstaaf\r\n\
                 AUTH PLAIN dGFuc3RhYWY=\r\ntanstaaf\r\nPASS\ttanstaaf\r\n";
    let run = Scenario::new("typed", make).turn(typed).run();
    let text = log.text();
    assert!(text.contains("C: pass [secret]\n") && text.contains("C: USER mrose\n"), "{text}");
    assert!(text.contains("C: AUTH [secret]\n"), "{text}");
    assert!(!text.contains("tanst") && !text.contains("dGFu"), "{text}");
    assert!(!format!("{:?}", run.told()).contains("tanst"));
    assert!(!output(&run).contains("tanst"));
}

#[test]
fn the_fake_servers_of_the_starttls_study_learn_nothing() {
    let Some(root) = shared("vectors/starttls/pop3") else {
        eprintln!("skipped: no vectors/starttls/pop3");
        return;
    };
    let scripts = ron_files(&root);
    assert!(scripts.len() >= 40, "{}", scripts.len());
    for path in scripts {
        let text = std::fs::read_to_string(&path).unwrap();
        let greeting = string_of(&text, "greeting:").unwrap_or_else(|| "+OK\r\n".into());
        let stls = string_of(&text, "stls_response:").unwrap_or_else(|| "+OK go\r\n".into());
        let run = tls_client(Policy::Required).turn(greeting).turn(stls).run();
        let name = path.display();
        if run.told().contains(&Told::Tls) {
            assert_eq!(run.told().first(), Some(&Told::Tls), "{name}");
            assert_eq!(output(&run), "STLS\r\nUSER mrose\r\n", "{name}");
        } else {
            assert!(["", "STLS\r\n"].contains(&&*output(&run)), "{name}: {}", output(&run));
        }
        assert!(!matches!(run.outcome(), Outcome::Waiting { .. }), "{name}: hangs");
    }
}

fn ron_files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(ron_files(&path));
        } else if path.extension().is_some_and(|end| end == "ron") {
            found.push(path);
        }
    }
    found
}

/// The value of `key: "…"` in a script, unescaped.
fn string_of(text: &str, key: &str) -> Option<String> {
    let line = text.lines().find(|line| line.trim_start().starts_with(key))?;
    let (from, to) = (line.find('"')?, line.rfind('"')?);
    let value = line.get(from + 1..to)?;
    Some(value.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0"))
}

#[test]
fn an_err_that_answers_nothing_ends_the_session_in_order() {
    let make = || (Client::new(client_config()), fetcher(&[Do::Noop]));
    let run = Scenario::new("autologout", make).turn("+OK\r\n-ERR Disconnected\r\n").run();
    assert_eq!(run.outcome(), &Outcome::Closed);
    let run = Scenario::new("busy", make).turn("-ERR too many connections\r\n").run();
    assert!(matches!(run.told(), [Told::Event(Event::Rejected(_))]));
}
