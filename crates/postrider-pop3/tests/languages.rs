//! `UTF8` and `LANG` (RFC 6856), at both ends.

mod serving;
mod talk;

use postrider_pop3::client;
use postrider_pop3::server::{Config, Event};
use postrider_pop3::{
    Expire, Language, LanguageRange, LoginDelay, Reply, ResponseCode, Scope, State, Utf8,
};
use postrider_testkit::{Scenario, embedder, laws};
use postrider_wire::{ClearTextLogin, Policy, Secret, Security};
use serving::{Session, accepts, auth, clear, lines};
use talk::Talk;

fn open() -> Config {
    Config::new(clear()).with_clear_text_login(ClearTextLogin::Allow)
}

/// RFC 6856 §3.3, with the description of German that the RFC's format had to do without.
fn languages() -> [Language; 4] {
    let language = |tag, name, said| {
        Language::new(tag, name).and_then(|language| language.with_confirmation(said)).unwrap()
    };
    [
        language("es", "Espa\u{f1}ol", "Idioma cambiado"),
        language("en-GB", "English", "as you like"),
        language("de", "Deutsch", ""),
        language("sv", "Svenska", "Kommandot \"LANG\" lyckades"),
    ]
}

#[test]
fn the_server_lists_its_languages_and_speaks_the_one_that_is_chosen() {
    let mut session = Session::new(open().with_languages(languages()));
    assert!(lines(&session.say("CAPA\r\n")).contains(&"LANG"));
    let listing = session.say("LANG\r\n");
    assert_eq!(lines(&listing), ["es Espa\u{f1}ol", "en-GB English", "de Deutsch", "sv Svenska"]);
    assert_eq!(session.say("LANG MUL\r\n"), "-ERR no such language\r\n");
    assert_eq!(session.say("LANG en_GB\r\n"), "-ERR arguments of LANG not understood\r\n");
    assert_eq!(session.server.language(), None);
    assert_eq!(session.say("LANG sv\r\n"), "+OK sv Kommandot \"LANG\" lyckades\r\n");
    let Some(Event::Language(tag)) = session.events.last() else { panic!() };
    assert_eq!((tag.as_str(), session.server.language()), ("sv", Some(tag)));
    // "If the command fails, ... text continues to use the language that was previously used": of which
    // this machine has no word.
    assert_eq!(session.say("LANG uga\r\n"), "-ERR\r\n");
    assert_eq!(session.say("X\r\n"), "-ERR\r\n");
    assert_eq!(session.say("USER tim\r\nPASS x\r\n"), "+OK\r\n+OK\r\n");
    assert_eq!(session.server.state(), State::Transaction);
    // What programs read stays.
    assert_eq!(session.say("STAT\r\nLIST 1\r\nUIDL 1\r\n"), "+OK 1 4\r\n+OK 1 4\r\n+OK 1 one\r\n");
    assert_eq!(lines(&session.say("LIST\r\n")), ["1 4"]);
    assert_eq!(session.say("DELE 7\r\n"), "-ERR\r\n");
    // "*" is what the administrator prefers; a longer tag is in a shorter range.
    assert_eq!(session.say("LANG *\r\n"), "+OK es Idioma cambiado\r\n");
    assert_eq!(session.say("LANG EN\r\n"), "+OK en-GB as you like\r\n");
    assert_eq!(session.say("DELE 7\r\n"), "-ERR no such message, only 1 messages in maildrop\r\n");
    assert_eq!(session.say("LANG de\r\n"), "+OK de\r\n");
    assert_eq!(session.say("QUIT\r\n"), "+OK\r\n");
}

#[test]
fn the_words_of_the_embedder_are_said_as_they_are() {
    let mut session = Session::new(open().with_languages(languages())).on(|server, event| {
        if let Event::Login { .. } = event {
            server.reject(Reply::err("Contrase\u{f1}a incorrecta").unwrap()).unwrap();
        }
    });
    session.say("LANG es\r\nUSER tim\r\nPASS x\r\n");
    let said = session.fire(postrider_wire::TimerKind::Delay);
    assert_eq!(said, "-ERR Contrase\u{f1}a incorrecta\r\n");
}

#[test]
fn utf8_is_a_mode_of_the_session_and_stls_does_not_follow_it() {
    let config = || {
        Config::new(Security::StartTls(Policy::Opportunistic))
            .with_clear_text_login(ClearTextLogin::Allow)
            .with_utf8(Utf8::Messages)
    };
    let mut session = Session::new(config());
    assert!(lines(&session.say("CAPA\r\n")).contains(&"UTF8"));
    assert!(!session.server.is_utf8());
    assert_eq!(session.say("UTF8\r\n"), "+OK UTF-8 mode\r\n");
    assert!(session.server.is_utf8());
    // RFC 6856 §2.1: "Clients MUST NOT issue the STLS command after issuing UTF8".
    assert_eq!(session.say("STLS\r\n"), "-ERR STLS not available\r\n");
    assert!(!lines(&session.say("CAPA\r\n")).contains(&"STLS"));
    session.say("USER tim\r\nPASS x\r\n");
    assert_eq!(session.say("UTF8\r\n"), "-ERR UTF8 not possible now\r\n");
    // RFC 6856 §5: what needs the mode is refused without it.
    let mut session = Session::new(config()).on(|server, event| match event {
        Event::Retrieve { .. } if !server.is_utf8() => {
            let reply = Reply::err("say UTF8 first").unwrap().with_code(ResponseCode::Utf8);
            server.reject(reply).unwrap();
        }
        _ => accepts(server, event),
    });
    let said = session.say("USER tim\r\nPASS x\r\nRETR 1\r\n");
    assert!(said.ends_with("-ERR [UTF8] say UTF8 first\r\n"), "{said}");
}

#[test]
fn names_and_passwords_in_utf8_are_utf8() {
    let mut session = Session::new(open().with_utf8(Utf8::MessagesAndLogins));
    assert!(lines(&session.say("CAPA\r\n")).contains(&"UTF8 USER"));
    // RFC 6856 §2.2: "MUST reject UTF-8 usernames or passwords that fail to comply".
    session.say("USER jos\u{e9}\r\n");
    assert_eq!(session.say(b"PASS r\xe9sum\xe9\r\n"), "-ERR arguments of PASS not understood\r\n");
    assert_eq!(session.say(b"USER jos\xe9\r\n"), "-ERR arguments of USER not understood\r\n");
    assert!(session.events.is_empty());
    session.say("USER jos\u{e9}\r\n");
    assert!(session.say("PASS r\u{e9}sum\u{e9}\r\n").starts_with("+OK "));
}

#[test]
fn what_is_announced_is_what_is_configured() {
    let delay = LoginDelay::new(900).with_scope(Scope::User);
    let config = open()
        .with_languages(languages())
        .with_utf8(Utf8::Messages)
        .with_login_delay(delay)
        .with_expire(Expire::never())
        .with_auth(auth())
        .with_implementation("Shlemazle-Plotz-v302")
        .unwrap();
    let mut session = Session::new(config);
    let mut capa = session.say("CAPA\r\n");
    for logged_in in [false, true] {
        let mut all = lines(&capa);
        let last = all.pop().unwrap();
        assert!(last.starts_with("SASL SCRAM-SHA-512 "), "{last}");
        let expected = [
            "USER",
            "UIDL",
            "TOP",
            "RESP-CODES",
            "AUTH-RESP-CODE",
            "PIPELINING",
            "LANG",
            "UTF8",
            "LOGIN-DELAY 900 USER",
            "EXPIRE NEVER",
            "IMPLEMENTATION Shlemazle-Plotz-v302",
        ];
        let expected = if logged_in { &expected[..] } else { &expected[..10] };
        assert_eq!(all, expected);
        assert!(capa.len() < 1024, "it has to fit: {}", capa.len());
        session.say("USER tim\r\nPASS x\r\n");
        capa = session.say("CAPA\r\n");
    }
}

/// RFC 2449 §6.5 and §6.7: with `USER`, the client asks again behind the login.
#[test]
fn what_differs_from_user_to_user_is_corrected_behind_the_login() {
    let config = open()
        .with_login_delay(LoginDelay::new(900).with_scope(Scope::User))
        .with_expire(Expire::days(0).with_scope(Scope::User));
    let mut session = Session::new(config).on(|server, event| {
        accepts(server, event);
        server.announce_login_delay(LoginDelay::new(120));
        server.announce_expire(Expire::days(31));
    });
    let numbers = |session: &mut Session| {
        let capa = session.say("CAPA\r\n");
        lines(&capa)[lines(&capa).len() - 2..].join(", ")
    };
    assert_eq!(numbers(&mut session), "LOGIN-DELAY 900 USER, EXPIRE 0 USER");
    session.say("USER tim\r\nPASS x\r\n");
    assert_eq!(numbers(&mut session), "LOGIN-DELAY 120, EXPIRE 31");
}

#[test]
fn the_client_asks_for_a_language_and_for_utf8() {
    let mut talk = Talk::greeted(talk::over_tls());
    talk.client.utf8().unwrap();
    assert_eq!(talk.said(), "UTF8\r\n");
    let events = talk.hear("-ERR no\r\n");
    assert!(matches!(events[..], [client::Event::Refused { .. }]) && !talk.client.is_utf8());
    talk.client.utf8().unwrap();
    assert!(matches!(talk.hear("+OK\r\n")[..], [client::Event::Done { .. }]));
    assert!(talk.client.is_utf8());
    talk.client.lang(Some(LanguageRange::parse("es").unwrap())).unwrap();
    assert_eq!(talk.said(), "LANG es\r\n");
    let events = talk.hear("+OK es Idioma cambiado\r\n");
    let [client::Event::Done { reply, .. }] = &events[..] else { panic!("{events:?}") };
    assert_eq!(reply.language().unwrap().as_str(), "es");
    talk.client.lang(None).unwrap();
    assert_eq!(talk.said(), "LANG\r\n");
    // A line that is no language is passed over, a doubled dot is one.
    let events = talk.hear("+OK\r\nen English\r\n?\r\n..\r\nes\tEspa\u{f1}ol \r\n.\r\n");
    let [client::Event::LanguageListing(en), client::Event::LanguageListing(es), end] = &events[..]
    else {
        panic!("{events:?}")
    };
    assert_eq!(
        (en.to_string().as_str(), es.to_string().as_str()),
        ("en English", "es Espa\u{f1}ol")
    );
    assert_eq!(*end, client::Event::LangEnd);
    talk.client.lang(None).unwrap();
    let refused = talk.hear("-ERR Server is unable to list languages\r\n");
    assert!(matches!(refused[..], [client::Event::Refused { .. }]));
}

#[test]
fn the_laws_hold_through_languages() {
    let server = || {
        let config = open().with_languages(languages()).with_utf8(Utf8::MessagesAndLogins);
        let accepts = |server: &mut _, event: &_| accepts(server, event);
        (postrider_pop3::server::Server::new(config), embedder(accepts, |_: &mut _| false))
    };
    laws::all(
        &Scenario::new("languages", server)
            .debug()
            .turn("UTF8\r\nLANG\r\nLANG es\r\nLANG uga\r\nCAPA\r\nUTF8 x\r\nLANG *\r\n")
            .turn("USER jos\u{e9}\r\nPASS x\r\nLANG sv\r\nLANG\r\nSTAT\r\nQUIT\r\n"),
    );
    let client = || {
        let react = |client: &mut client::Client, event: &client::Event| {
            drop(match event {
                client::Event::Ready { .. } => client.utf8(),
                client::Event::Done { command, .. } if command.as_str() == "UTF8" => {
                    client.lang(None)
                }
                client::Event::LangEnd => client.lang(Some(LanguageRange::Preferred)),
                client::Event::Done { command, .. } if command.as_str() == "LANG" => {
                    client.login("jos\u{e9}", Secret::new("x".into()))
                }
                client::Event::LoggedIn(_) => client.quit(),
                _ => Ok(()),
            });
        };
        let config = talk::over_tls();
        (client::Client::new(config), embedder(react, |_: &mut _| false))
    };
    laws::all(
        &Scenario::new("client of languages", client)
            .debug()
            .turn("+OK\r\n")
            .turn("+OK\r\n")
            .turn("+OK\r\nen English\r\nes Espa\u{f1}ol\r\n.\r\n")
            .turn("+OK es Idioma cambiado\r\n")
            .turn("+OK\r\n")
            .turn("+OK\r\n")
            .turn("+OK\r\n"),
    );
}
