//! Attacks on the server that no other file plays, and the list of all attacks on SMTP.
//!
//! [`ROWS`] names the tests of each attack. One of them reads the list of attacks that lies beside the
//! checkout, and fails where a row has no test here and is not said to be another crate's.

use crate::common;

use common::{name, takes_mail};
use postrider_sasl::Mechanism;
use postrider_sasl::server::{self as sasl, Credential};
use postrider_smtp::server::{Config, EarlyTalkers, Event, Server};
use postrider_testkit::{Embedder, Outcome, Role, Run, Scenario, embedder, laws, read_shared};
use postrider_wire::{
    ClearTextLogin, Machine, Policy, Progress, Secret, Security, TimerKind, TlsInfo,
};

/// An attack, as the list calls it, and the tests that play it: file and name.
type Row = (&'static str, &'static [(&'static str, &'static str)]);

const ROWS: &[Row] = &[
    (
        "SMTP smuggling",
        &[
            ("smuggling.rs", "only_crlf_dot_crlf_ends_a_mail_however_it_is_cut"),
            ("smuggling.rs", "a_mail_that_was_swallowed_is_followed_by_commands_again"),
            ("laws.rs", "the_server_keeps_them_on_smuggled_mail"),
        ],
    ),
    (
        "smuggling by our client",
        &[
            ("smuggling.rs", "a_client_never_ends_a_mail_early"),
            (
                "smuggling.rs",
                "a_client_that_must_not_change_the_mail_refuses_bare_newlines_and_sends_no_dot",
            ),
            ("pair.rs", "bare_newlines_leave_the_client_as_crlf"),
        ],
    ),
    (
        "BDAT desynchronisation",
        &[
            ("chunking.rs", "octets_of_a_refused_chunk_never_become_commands"),
            ("chunking.rs", "where_chunks_are_not_offered_or_tls_is_due_they_are_swallowed_too"),
            ("chunking.rs", "a_size_that_cannot_be_counted_ends_the_session"),
            ("chunking_client.rs", "a_chunk_has_the_octets_that_were_announced_and_no_other"),
        ],
    ),
    (
        "pipelining past a synchronisation point",
        &[
            ("timing.rs", "octets_before_a_reply_that_must_be_read_first_end_the_session"),
            ("timing.rs", "who_waits_where_it_must_may_pipeline_the_rest"),
            (
                "security.rs",
                "octets_behind_a_step_of_a_login_end_the_session_where_they_may_not_come",
            ),
            ("security.rs", "a_command_amid_a_login_is_no_command"),
            ("starttls.rs", "plaintext_behind_the_starttls_command_is_fatal"),
            ("../src/client/tests.rs", "without_an_accepted_recipient_354_gets_a_lone_dot"),
            ("transcripts/main.rs", "the_client_leads_every_session"),
        ],
    ),
    (
        "over-long line, endless line, endless multi-line reply",
        &[
            (
                "../src/server/tests.rs",
                "a_line_that_is_too_long_has_one_answer_and_the_next_is_read",
            ),
            ("../src/client/tests.rs", "replies_are_bounded_in_lines_and_text"),
            ("security.rs", "an_endless_line_costs_an_inbox_and_has_one_answer"),
            ("security.rs", "an_endless_line_of_a_login_has_one_answer"),
        ],
    ),
    (
        "number overflow",
        &[
            (
                "chunking.rs",
                "the_largest_size_that_can_be_counted_is_too_large_and_so_is_a_sum_of_two",
            ),
            ("security.rs", "a_number_that_cannot_be_counted_is_refused_or_not_known"),
            ("server_extensions.rs", "a_connection_that_begins_otherwise_is_closed_without_a_word"),
        ],
    ),
    (
        "CR, LF, NUL in EHLO name, path, ESMTP parameter, USER/PASS, mailbox name, flag, header name \
         or value, boundary, file name, display name, log text",
        &[
            ("injection.rs", "all_vectors_are_refused_at_construction"),
            ("injection.rs", "whatever_is_taken_stays_within_its_line"),
            ("injection.rs", "a_received_reply_cannot_break_a_log_or_a_bounce"),
            ("security.rs", "what_breaks_a_line_is_no_part_of_a_command"),
            ("security.rs", "what_breaks_a_line_cannot_hide_in_xtext"),
            ("security_client.rs", "no_known_command_passes_for_one_of_an_extension"),
        ],
    ),
    (
        "`\"> \"` breaking out of a path",
        &[
            ("injection.rs", "all_vectors_are_refused_at_construction"),
            ("injection.rs", "a_path_or_a_parameter_is_one_word_whatever_it_holds"),
        ],
    ),
    (
        "quoted strings with `\\`, `\"`; 8-bit or CRLF in IMAP strings",
        &[
            ("injection.rs", "a_path_or_a_parameter_is_one_word_whatever_it_holds"),
            ("injection.rs", "no_character_that_breaks_a_line_stands_in_a_value"),
        ],
    ),
    (
        "command injection before TLS",
        &[
            ("starttls.rs", "plaintext_behind_the_starttls_command_is_fatal"),
            ("laws.rs", "the_server_keeps_them_on_commands_behind_starttls"),
        ],
    ),
    (
        "response injection before TLS",
        &[
            ("starttls.rs", "plaintext_behind_the_reply_to_starttls_is_fatal"),
            ("starttls_scripts.rs", "no_script_of_the_study_gets_anything_out_of_the_client"),
        ],
    ),
    (
        "stripping, downgrade, PREAUTH",
        &[
            ("starttls.rs", "under_required_nothing_is_said_to_a_server_without_tls"),
            ("starttls.rs", "a_server_that_requires_tls_takes_nothing_before_it"),
            ("starttls_scripts.rs", "no_script_of_the_study_gets_anything_out_of_the_client"),
        ],
    ),
    (
        "stale plaintext state",
        &[
            ("starttls.rs", "a_server_forgets_what_it_heard_in_the_clear"),
            ("starttls.rs", "a_client_asks_again_for_what_it_heard_in_the_clear"),
            ("starttls.rs", "a_transaction_in_the_clear_does_not_survive_the_upgrade"),
            ("starttls_scripts.rs", "what_was_offered_in_the_clear_is_not_believed_under_tls"),
            ("security.rs", "a_login_in_the_clear_does_not_survive_the_upgrade"),
        ],
    ),
    (
        "referrals, ALERT text, unsolicited data before TLS or before login",
        &[
            (
                "../src/client/tests.rs",
                "a_reply_that_nobody_asked_for_is_fatal_unless_it_says_goodbye",
            ),
            ("starttls_scripts.rs", "no_script_of_the_study_gets_anything_out_of_the_client"),
        ],
    ),
    (
        "credentials in clear",
        &[
            ("security.rs", "a_server_takes_no_credentials_in_the_clear_unless_told_to"),
            ("security_client.rs", "a_client_gives_no_credentials_in_the_clear_unless_told_to"),
            ("starttls_scripts.rs", "no_script_of_the_study_gets_anything_out_of_the_client"),
        ],
    ),
    (
        "SCRAM: server signature skipped or wrong, nonce not a prefix, iterations 0 / 1 / 2^32-1, \
         unknown `m=` extension, replay, channel-binding downgrade (`y` flag), user enumeration",
        &[
            ("security.rs", "whoever_guesses_users_or_passwords_learns_nothing"),
            ("security_client.rs", "a_server_that_does_not_prove_itself_gets_no_mail"),
            ("security_client.rs", "a_challenge_out_of_the_grammar_ends_the_login"),
        ],
    ),
    (
        "XOAUTH2/OAUTHBEARER error",
        &[
            ("security_client.rs", "a_refused_token_is_told_with_the_reasons_of_the_server"),
            ("transcripts/main.rs", "the_client_leads_every_session"),
        ],
    ),
    (
        "secrets in Debug, errors, transcripts, panics",
        &[
            ("security.rs", "a_server_shows_no_secret_of_a_login_and_keeps_the_laws"),
            ("security_client.rs", "a_client_shows_no_secret_of_a_login_and_keeps_the_laws"),
        ],
    ),
];

/// Rows of these sections that say nothing of SMTP, and who plays them.
const ELSEWHERE: &[(&str, &str)] = &[
    ("literal bombs", "IMAP"),
    ("nesting bombs", "messages and IMAP"),
    ("sequence-set bombs", "IMAP"),
    ("header injection through encoded words, RFC 2231 values, folded continuation", "messages"),
    ("refolding that drops quotes (`\"a, b\" <x@y>`)", "messages"),
    ("APOP", "POP3"),
    // The other section, of messages:
    ("quadratic headers", "messages"),
    ("amplification", "messages"),
    ("address confusion", "messages"),
    ("parser differentials", "messages"),
    ("EFAIL-like joins", "messages"),
];

#[test]
fn every_attack_of_the_list_has_its_tests() {
    let here = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    for (file, test) in ROWS.iter().flat_map(|(_, tests)| *tests) {
        let text = std::fs::read_to_string(here.join(file)).unwrap();
        assert!(text.contains(&format!("#[test]\nfn {test}()")), "{file} has no {test}");
    }
    let Some(list) = read_shared("SECURITY.md") else { return };
    let list = String::from_utf8(list).unwrap();
    let cells = list.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    let attacks: Vec<&str> = cells.filter(|cell| *cell != "attack").collect();
    assert!(attacks.len() >= 24, "{attacks:?}");
    for attack in &attacks {
        let ours = ROWS.iter().any(|(row, _)| row == attack);
        let other = ELSEWHERE.iter().any(|(row, _)| attack.starts_with(row));
        assert!(ours != other, "{attack}");
    }
    for (row, _) in ROWS {
        assert!(attacks.contains(row), "the list has no {row}");
    }
}

// --- a server with logins ---

/// base64 of NUL `tim` NUL `tanstaaftanstaaf` (RFC 4616 §4), and of those two words.
const PLAIN: &str = "AHRpbQB0YW5zdGFhZnRhbnN0YWFm";
const TIM: &str = "dGlt";
const TANSTAAF: &str = "dGFuc3RhYWZ0YW5zdGFhZg==";

fn logins() -> sasl::Config {
    let mechanisms = [
        Mechanism::ScramSha256,
        Mechanism::CramMd5,
        Mechanism::Plain,
        Mechanism::Login,
        Mechanism::OAuthBearer,
    ];
    sasl::Config::new([7; 32]).with_salt_secret([8; 32]).with_mechanisms(mechanisms)
}

fn config(policy: Policy) -> Config {
    Config::new(name("foo.com"), Security::StartTls(policy)).with_auth(logins())
}

fn under_tls() -> Config {
    Config::new(name("foo.com"), Security::Implicit(TlsInfo::new())).with_auth(logins())
}

/// Knows Tim, and takes his mail.
fn knows_tim() -> Box<dyn Embedder<Server>> {
    let mut takes = takes_mail();
    let on_event = move |server: &mut Server, event: &Event| match event {
        Event::Credential(request) => {
            let tim = request.user.as_deref() == Some("tim");
            let password = || Credential::Password(Secret::new("tanstaaftanstaaf".into()));
            server.credential(if tim { password() } else { Credential::Unknown }).unwrap();
        }
        event => takes.on_event(server, event),
    };
    embedder(on_event, |_| false)
}

fn scenario(name: &str, config: impl Fn() -> Config + 'static) -> Scenario<Server> {
    let role = |event: &Event| match event {
        Event::DataBegin => Role::Begin,
        Event::DataEnd => Role::End,
        Event::Aborted(_) => Role::Aborted,
        _ => Role::Other,
    };
    Scenario::new(name, move || (Server::new(config()), knows_tim())).classify(role)
}

/// The replies, without the greeting and those to `EHLO`.
fn replies(run: &Run<Server>) -> Vec<String> {
    let said = String::from_utf8(run.output().to_vec()).unwrap();
    let lines = said.lines().filter(|line| {
        !line.starts_with("220 foo.com") && !line.starts_with("250-") && !is_last_keyword(line)
    });
    lines.map(str::to_owned).collect()
}

fn is_last_keyword(line: &str) -> bool {
    line.strip_prefix("250 ").is_some_and(|text| !text.starts_with(|c: char| c.is_ascii_digit()))
}

fn codes(run: &Run<Server>) -> Vec<String> {
    replies(run).iter().map(|line| line[..3].to_owned()).collect()
}

#[test]
fn a_server_takes_no_credentials_in_the_clear_unless_told_to() {
    for policy in [Policy::Never, Policy::Opportunistic, Policy::Required] {
        let commands = format!(
            "EHLO b\r\nAUTH PLAIN {PLAIN}\r\nAUTH LOGIN\r\nAUTH LOGIN {TIM}\r\nAUTH OAUTHBEARER AQ==\r\n"
        );
        let run = scenario("clear", move || config(policy)).turn(commands).run();
        let said = String::from_utf8(run.output().to_vec()).unwrap();
        // RFC 4954 §4: "If the requested authentication mechanism is invalid (e.g., is not supported or
        // requires an encryption layer), the server rejects the AUTH command with a 504 reply"; where
        // nothing is taken before TLS, 530.
        assert!(!said.contains("PLAIN") && !said.contains("LOGIN"), "{said}");
        let refused = if policy == Policy::Required { "530" } else { "504" };
        assert_eq!(codes(&run), [refused; 4], "{policy:?}: {said}");
        let asked = run.events().filter(|event| matches!(event, Event::Credential(_))).count();
        assert_eq!(asked, 0);
    }
    let told = || config(Policy::Never).with_auth(logins().with_clear_text(ClearTextLogin::Allow));
    let run = scenario("told", told).turn(format!("EHLO b\r\nAUTH PLAIN {PLAIN}\r\n")).run();
    assert_eq!(replies(&run), ["235 2.7.0 authentication succeeded"]);
}

/// RFC 3207 §4.2
#[test]
fn a_login_in_the_clear_does_not_survive_the_upgrade() {
    let told = || {
        let auth = logins().with_clear_text(ClearTextLogin::Allow);
        config(Policy::Opportunistic)
            .with_auth(auth)
            .with_auth_required(true)
            .with_xclient(true)
            .with_xforward(true)
    };
    for proof in [format!("AUTH PLAIN {PLAIN}\r\n"), "XCLIENT LOGIN=tim\r\nEHLO b\r\n".to_owned()] {
        let mail = "MAIL FROM:<a@b>\r\n";
        let run = scenario("stale", told)
            .turn(format!("EHLO b\r\n{proof}{mail}RSET\r\nXFORWARD NAME=x\r\nSTARTTLS\r\n"))
            .turn(format!("EHLO b\r\n{mail}"))
            .run();
        let codes = codes(&run);
        let in_the_clear = codes.iter().rposition(|code| code == "220").unwrap();
        assert!(codes[..in_the_clear].contains(&"250".to_owned()), "{codes:?}");
        assert_eq!(codes[in_the_clear + 1..], ["530"], "he has to log in again: {codes:?}");
    }
    let mut server = Server::new(told());
    let mut inbox = server.new_inbox();
    inbox.extend(
        b"EHLO b\r\nXCLIENT LOGIN=tim ADDR=192.0.2.1\r\nEHLO b\r\nXFORWARD NAME=x\r\nSTARTTLS\r\n",
    );
    let mut known = 0;
    let token = loop {
        match server.poll(&mut inbox).unwrap() {
            Progress::Event(_) => server.accept().unwrap(),
            Progress::StartTls(token) => break token,
            _ => {
                let n = bytes::Buf::remaining(server.outbox());
                bytes::Buf::advance(server.outbox(), n);
            }
        }
        known = known.max(
            [
                server.authenticated().is_some(),
                server.xclient().is_some(),
                server.xforward().is_some(),
            ]
            .into_iter()
            .filter(|known| *known)
            .count(),
        );
    };
    assert_eq!(known, 3, "all three were known in the clear");
    server.tls_established(token, TlsInfo::new(), inbox).unwrap();
    assert!(server.authenticated().is_none() && server.client_name().is_none());
    assert!(server.xclient().is_none() && server.xforward().is_none());
}

#[test]
fn octets_behind_a_step_of_a_login_end_the_session_where_they_may_not_come() {
    let strict = || under_tls().with_early_talkers(EarlyTalkers::Refuse);
    let early = [
        format!("AUTH PLAIN {PLAIN}\r\nMAIL FROM:<a@b>\r\n"),
        format!("AUTH LOGIN\r\n{TIM}\r\n"),
        format!("AUTH PLAIN\r\n{PLAIN}\r\n"),
        format!("AUTH PLAIN !\r\nAUTH PLAIN {PLAIN}\r\n"),
    ];
    for commands in early {
        let run =
            scenario("early", strict).in_one_breath().turn("EHLO b\r\n").turn(&commands[..]).run();
        let replies = replies(&run);
        assert!(replies.last().unwrap().starts_with("554 5.5.0 "), "{commands}: {replies:?}");
        assert_eq!(run.outcome(), &Outcome::Closed);
        assert!(!run.events().any(|event| matches!(event, Event::Mail { .. })));
    }
    // Who waits for its turn gets through.
    let run = scenario("patient", strict)
        .in_one_breath()
        .turn("EHLO b\r\n")
        .turn("AUTH LOGIN\r\n")
        .turn(format!("{TIM}\r\n"))
        .turn(format!("{TANSTAAF}\r\n"))
        .turn("MAIL FROM:<a@b>\r\n")
        .run();
    assert_eq!(codes(&run), ["334", "334", "235", "250"]);
}

/// What comes in the place of a response is one, or a mistake, and never a command.
#[test]
fn a_command_amid_a_login_is_no_command() {
    let run = scenario("amid", under_tls)
        .turn("EHLO b\r\nAUTH PLAIN\r\nMAIL FROM:<a@b>\r\nAUTH LOGIN\r\nQUIT\r\nNOOP\r\n")
        .run();
    // `QUIT` is base64 of three octets, which are no name.
    assert_eq!(codes(&run), ["334", "501", "334", "535", "250"]);
    assert!(!run.events().any(|event| matches!(event, Event::Mail { .. })));
}

#[test]
fn whoever_guesses_users_or_passwords_learns_nothing() {
    let ends_of = |commands: &str, delays: &mut Vec<Vec<std::time::Duration>>| {
        let mut server = Server::new(under_tls());
        let mut inbox = server.new_inbox();
        let mut host = knows_tim();
        inbox.extend(commands.as_bytes());
        let (mut said, mut held) = (Vec::new(), Vec::new());
        loop {
            match server.poll(&mut inbox).unwrap() {
                Progress::Event(event) => host.on_event(&mut server, &event),
                Progress::Closed => break,
                _ => {
                    let n = bytes::Buf::remaining(server.outbox());
                    said.extend_from_slice(&bytes::Buf::copy_to_bytes(server.outbox(), n));
                    let is_delay = |timer: &&postrider_wire::Timer| timer.kind == TimerKind::Delay;
                    if let Some(delay) = server.timers().iter().find(is_delay).copied() {
                        held.push(delay.after);
                        server.on_timeout(delay);
                    } else if n == 0 {
                        inbox.set_eof();
                    }
                }
            }
        }
        delays.push(held);
        String::from_utf8(said).unwrap()
    };
    // Tim and Eve, each with a wrong password, by each mechanism; SCRAM up to its first challenge, whose
    // salt is the only thing that differs.
    let attempts = [
        ("AUTH PLAIN AHRpbQB3cm9uZw==\r\n", "AUTH PLAIN AGV2ZQB3cm9uZw==\r\n"),
        ("AUTH LOGIN dGlt\r\nd3Jvbmc=\r\n", "AUTH LOGIN ZXZl\r\nd3Jvbmc=\r\n"),
        ("AUTH CRAM-MD5\r\ndGltIDAw\r\n", "AUTH CRAM-MD5\r\nZXZlIDAw\r\n"),
    ];
    for (tim, eve) in attempts {
        let mut delays = Vec::new();
        let [tim, eve] =
            [tim, eve].map(|login| ends_of(&format!("EHLO b\r\n{login}NOOP\r\n"), &mut delays));
        assert_eq!(tim, eve);
        assert_eq!(delays[0], delays[1]);
        assert!(!delays[0].is_empty(), "a refusal takes its time");
    }
    let many = format!("EHLO b\r\n{}", "AUTH PLAIN AHRpbQB3cm9uZw==\r\n".repeat(50));
    let said = ends_of(&many, &mut Vec::new());
    assert!(said.matches("535 5.7.8 ").count() < 10, "{said}");
    assert!(said.ends_with("421 4.7.0 too many failed logins\r\n"), "{said}");
}

#[test]
fn a_server_shows_no_secret_of_a_login_and_keeps_the_laws() {
    let sessions: [&[&str]; 3] = [
        &["AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\nMAIL FROM:<a@b>\r\n"],
        &["AUTH LOGIN\r\n", "dGlt\r\n", "dGFuc3RhYWZ0YW5zdGFhZg==\r\nQUIT\r\n"],
        // Out of place, the wrong command, and misspelt: the octets are secret all the same.
        &[
            "AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n",
            "AUTH PLAIN AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n",
            "AUTH DIGEST-MD5 AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n",
            "auth  plain AHRpbQB0YW5zdGFhZnRhbnN0YWFm\r\n",
        ],
    ];
    for turns in sessions {
        let scenario = scenario("a login", under_tls)
            .secret(b"tanstaaftanstaaf")
            .secret(PLAIN.as_bytes())
            .debug()
            .tap(Server::set_tap)
            .turn("EHLO b\r\n");
        laws::all(&turns.iter().fold(scenario, |scenario, turn| scenario.turn(*turn)));
    }
}

// --- lines and numbers ---

#[test]
fn an_endless_line_costs_an_inbox_and_has_one_answer() {
    let long = "X".repeat(1 << 20);
    for line in
        [format!("{long}\r\n"), format!("MAIL FROM:<{long}@b>\r\n"), format!("EHLO {long}\r\n")]
    {
        let make = || Config::new(name("foo.com"), Security::StartTls(Policy::Never));
        let run = scenario("endless", make).turn(line).turn("NOOP\r\n").run();
        assert_eq!(codes(&run), ["500", "250"]);
    }
    let counted = allocation_counter::measure(|| {
        let mut server =
            Server::new(Config::new(name("foo.com"), Security::StartTls(Policy::Never)));
        let mut inbox = server.new_inbox();
        for _ in 0..1000 {
            while inbox.extend(&[b'X'; 1024]) > 0 {}
            while !matches!(server.poll(&mut inbox).unwrap(), Progress::Wait { input: true, .. }) {}
        }
    });
    assert!(counted.bytes_max < 64 * 1024, "{}", counted.bytes_max);
}

#[test]
fn an_endless_line_of_a_login_has_one_answer() {
    // RFC 4954 §4: a line of up to 12288 octets is one.
    let long = "A".repeat(12_288 - 2);
    let run = scenario("long", under_tls)
        .turn("EHLO b\r\n")
        .turn("AUTH PLAIN\r\n")
        .turn(format!("{long}AAAA\r\n"))
        .turn(format!("AUTH PLAIN {}\r\n", "A".repeat(1 << 17)))
        .turn(format!("AUTH PLAIN {PLAIN}\r\n"))
        .run();
    assert_eq!(codes(&run), ["334", "500", "500", "235"]);
}

#[test]
fn a_number_that_cannot_be_counted_is_refused_or_not_known() {
    use postrider_smtp::{Command, CommandFault};
    // RFC 1870 §5: 1*20DIGIT.
    for size in ["100000000000000000000", "-1", "+1", "0x1", "1e3", ""] {
        let line = format!("MAIL FROM:<a@b> SIZE={size}");
        let read = Command::parse(line.as_bytes());
        assert!(
            matches!(read, Err(fault) if fault != CommandFault::Unrecognised),
            "{size}: {read:?}"
        );
    }
    let make = || Config::new(name("foo.com"), Security::StartTls(Policy::Never));
    // Of 20 digits there are more than fit into 64 bits: all of them are too large, and none is small.
    for size in ["18446744073709551615", "18446744073709551616", "99999999999999999999"] {
        let run = scenario("sizes", make)
            .turn(format!("EHLO b\r\nMAIL FROM:<a@b> SIZE={size}\r\nRCPT TO:<a@b>\r\n"))
            .run();
        assert_eq!(codes(&run), ["552", "503"], "{size}");
    }
}

// --- what cannot stand in a line that comes in ---

#[test]
fn what_breaks_a_line_is_no_part_of_a_command() {
    use postrider_smtp::Command;
    let commands = [
        "EHLO b{}",
        "HELO {}b",
        "LHLO b{}c",
        "MAIL FROM:<a{}@b>",
        "MAIL FROM:<\"a{}\"@b>",
        "MAIL FROM:<a@b{}>",
        "MAIL FROM:<a@b>{}",
        "MAIL FROM:<a@b> ENVID=a{}b",
        "MAIL FROM:<a@b> AUTH=a{}b",
        "MAIL FROM:<a@b> X=a{}b",
        "MAIL FROM:<a@b> X{}=a",
        "RCPT TO:<a@b{}>",
        "RCPT TO:<a@b> ORCPT=rfc822;a{}b",
        "RCPT TO:<a@b> NOTIFY=NEVER{}",
        "DATA{}",
        "BDAT 1{}",
        "RSET{}",
        "QUIT{}",
        "STARTTLS{}",
        "AUTH PLAIN{}",
        "AUTH PLAIN AA{}AA",
        "VRFY a{}b",
        "EXPN a{}b",
        "HELP a{}b",
        "XCLIENT NAME=a{}b",
        "XFORWARD NAME=a{}b",
        "ETRN a{}b",
        "NO{}OP",
    ];
    for command in commands {
        for octet in ["\r", "\n", "\0", "\x0b", "\x1b", "\x7f", "\u{85}"] {
            let line = command.replace("{}", octet);
            let read = Command::parse(line.as_bytes());
            assert!(read.is_err(), "{line:?}: {read:?}");
        }
    }
}

#[test]
fn what_breaks_a_line_cannot_hide_in_xtext() {
    use postrider_smtp::Command;
    for hidden in ["+0D+0A", "+0a", "+00", "+1B[2J", "+7F", "+C2+85", "+0D"] {
        for command in [
            "MAIL FROM:<a@b> ENVID=a{}b",
            "MAIL FROM:<a@b> AUTH=a{}b@c",
            "RCPT TO:<a@b> ORCPT=rfc822;a{}b@c",
            "XCLIENT NAME=a{}b",
            "XCLIENT LOGIN=a{}b",
            "XFORWARD IDENT=a{}b",
        ] {
            let line = command.replace("{}", hidden);
            assert!(Command::parse(line.as_bytes()).is_err(), "{line}");
            assert!(Command::parse(command.replace("{}", "+2B").as_bytes()).is_ok(), "{command}");
        }
    }
    for hidden in ["\\x{0D}", "\\x{0A}", "\\x{0}", "\\x{7F}", "\\x{85}", "\\x{D800}", "\\x{110000}"]
    {
        let line = format!("RCPT TO:<a@b> ORCPT=utf-8;a{hidden}b@c");
        assert!(Command::parse(line.as_bytes()).is_err(), "{line}");
    }
}
