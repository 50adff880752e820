//! `send()`: the groups in which a mail goes out, and one outcome for each recipient.

use crate::talk;

use bytes::Bytes;
use postrider_smtp::client::{
    Chunking, Config, Content, Delivery, Event, Failure, FailureKind, Partial, Phase,
    RecipientOutcome, Transaction,
};
use postrider_smtp::{
    Body, EnhancedStatusCode, Error, ForwardPath, Keyword, Limits, MailParameters, Misuse,
    ReversePath,
};
use postrider_wire::{Machine, MachineError, TimerKind};
use talk::{Talk, config, failures, in_short, mail_to, outcomes, path, report, whole};

const PIPELINING: &[&str] = &["PIPELINING"];

fn from_mrose(recipients: &[&str], content: Content) -> Transaction {
    let sender = ReversePath::parse("mrose@dbc.mtview.ca.us").unwrap();
    recipients.iter().fold(Transaction::new(sender, content), |all, to| all.to(path(to)))
}

/// Two recipients, everything said up to `DATA`.
fn asked() -> Talk {
    let mut talk = Talk::ready(config(), PIPELINING);
    talk.client.send(mail_to(&["b@foo.com", "c@foo.com"], whole("Hi\r\n"))).unwrap();
    talk
}

// --- RFC 2920 §4, RFC 3030 §4.1, RFC 2033 §4.2 ---

#[test]
fn a_group_goes_out_at_once_and_its_answers_are_counted() {
    let mut talk = Talk::ready(config(), PIPELINING);
    let to = ["ned@innosoft.com", "dan@innosoft.com", "kvc@innosoft.com"];
    talk.client.send(from_mrose(&to, whole("Subject: lunch\r\n\r\n.at noon\r\n"))).unwrap();
    assert_eq!(
        talk.said(),
        "MAIL FROM:<mrose@dbc.mtview.ca.us>\r\nRCPT TO:<ned@innosoft.com>\r\n\
         RCPT TO:<dan@innosoft.com>\r\nRCPT TO:<kvc@innosoft.com>\r\nDATA\r\n"
    );
    let events = talk.hear(
        "250 sender <mrose@dbc.mtview.ca.us> OK\r\n250 recipient <ned@innosoft.com> OK\r\n\
         250 recipient <dan@innosoft.com> OK\r\n250 recipient <kvc@innosoft.com> OK\r\n\
         354 enter mail, end with line containing only \".\"\r\n",
    );
    assert_eq!(events, []);
    assert_eq!(talk.said(), "Subject: lunch\r\n\r\n..at noon\r\n.\r\n");
    let events = talk.hear("250 message sent\r\n");
    assert!(report(&events).is_accepted());
    assert_eq!(outcomes(&events), ["+250", "+250", "+250"]);
    assert!(talk.client.is_ready(), "for the next one");
}

#[test]
fn where_nobody_is_accepted_the_transaction_is_reset() {
    let mut talk = Talk::ready(config(), PIPELINING);
    talk.client
        .send(from_mrose(&["nsb@thumper.bellcore.com", "galvin@tis.com"], whole("")))
        .unwrap();
    let events = talk.hear(
        "250 sender <mrose@dbc.mtview.ca.us> OK\r\n\
         550 remote mail to <nsb@thumper.bellore.com> not allowed\r\n\
         450 remote mail to <galvin@tis.com> not allowed\r\n554 no valid recipients given\r\n",
    );
    assert_eq!(events, []);
    assert_eq!(talk.said(), "RSET\r\n");
    let events = talk.hear("250 OK\r\n");
    assert_eq!(outcomes(&events), ["-550 NotSent", "-450 NotSent"]);
    let failures = failures(report(&events));
    assert_eq!(failures[0].kind, FailureKind::Permanent);
    assert_eq!(failures[1].kind, FailureKind::Transient);
    assert!(!failures[0].is_transient() && failures[1].is_transient());
    for failure in failures {
        assert_eq!((failure.phase, failure.command), (Phase::Recipients, Some(Keyword::Rcpt)));
    }
    assert!(talk.client.is_ready());
}

#[test]
fn a_server_that_wants_a_mail_to_nobody_gets_a_lone_dot() {
    let mut talk = asked();
    assert_eq!(talk.hear("250 OK\r\n550 no\r\n550 no\r\n354 go\r\n"), []);
    assert_eq!(talk.said(), ".\r\n");
    let events = talk.hear("554 no valid recipients\r\n");
    assert_eq!(outcomes(&events), ["-550 NotSent", "-550 NotSent"]);
    assert!(talk.client.is_ready());
    assert_eq!(talk.said(), "", "the dot ended the transaction");
}

#[test]
fn a_mail_that_can_go_as_it_is_goes_in_one_chunk() {
    let mut talk = Talk::ready(config(), &["CHUNKING"]);
    let mail = "To: Susan@random.com\r\nFrom: Sam@random.com\r\n\
                Subject: This is a bodyless test message\r\n";
    let sender = ReversePath::parse("Sam@Random.com").unwrap();
    talk.client.send(Transaction::new(sender, whole(mail)).to(path("Susan@Random.com"))).unwrap();
    assert_eq!(talk.said(), "MAIL FROM:<Sam@Random.com>\r\n");
    talk.hear("250 <Sam@Random.com> Sender ok\r\n");
    assert_eq!(talk.said(), "RCPT TO:<Susan@Random.com>\r\n");
    talk.hear("250 <Susan@random.com> Recipient ok\r\n");
    assert_eq!(talk.said(), format!("BDAT 86 LAST\r\n{mail}"));
    let events = talk.hear("250 Message OK, 86 octets received\r\n");
    assert_eq!(outcomes(&events), ["+250"]);
}

#[test]
fn lmtp_answers_for_each_recipient_that_was_accepted() {
    let mut talk = Talk::new(config().with_lmtp());
    talk.hear("220 foo.edu LMTP server ready\r\n");
    assert_eq!(talk.said(), "LHLO bar.com\r\n");
    talk.hear("250-foo.edu\r\n250-PIPELINING\r\n250 SIZE\r\n");
    let to = ["pat@foo.edu", "jones@foo.edu", "green@foo.edu"];
    talk.client.send(mail_to(&to, whole("Blah blah blah...\r\n"))).unwrap();
    let events = talk
        .hear("250 OK\r\n250 OK\r\n550 No such user here\r\n250 OK\r\n354 Start mail input\r\n");
    assert_eq!(events, []);
    assert_eq!(talk.said(), "Blah blah blah...\r\n.\r\n");
    assert_eq!(talk.hear("250 OK\r\n"), []);
    let events = talk.hear("452 <green@foo.edu> is temporarily over quota\r\n");
    assert_eq!(outcomes(&events), ["+250", "-550 NotSent", "-452 NotSent"]);
    assert_eq!(failures(report(&events))[1].phase, Phase::Verdict);
    assert!(talk.client.is_ready());
}

#[test]
fn lmtp_that_breaks_between_two_answers_leaves_the_rest_unknown() {
    for end in ["eof", "421 4.3.2 bye\r\n", "nonsense\r\n"] {
        let mut talk = Talk::ready(config().with_lmtp(), PIPELINING);
        talk.client
            .send(mail_to(&["a@foo.com", "b@foo.com", "c@foo.com"], whole("Hi\r\n")))
            .unwrap();
        talk.hear("250\r\n250\r\n250\r\n250\r\n354\r\n");
        assert_eq!(talk.hear("250 OK\r\n"), []);
        let events = if end == "eof" { talk.eof() } else { talk.hear(end) };
        let expected = match end {
            "eof" => ["+250", "-Eof Unknown", "-Eof Unknown"],
            "nonsense\r\n" => ["+250", "-Protocol Unknown", "-Protocol Unknown"],
            _ => ["+250", "-421 NotSent", "-421 Unknown"],
        };
        assert_eq!(outcomes(&events), expected, "{end}");
    }
}

#[test]
fn lmtp_without_lhlo_is_no_session() {
    let mut talk = Talk::new(config().with_lmtp());
    talk.hear("220 foo.edu\r\n");
    let events = talk.hear("500 what?\r\n");
    assert!(matches!(&events[..], [Event::Refused(reply)] if reply.code() == 500), "{events:?}");
    assert_eq!(talk.said(), "QUIT\r\n");
    let mut talk = Talk::ready(config().with_lmtp(), &[]);
    let raw = talk.client.mail(ReversePath::null(), MailParameters::new());
    assert_eq!(raw, Err(Error::Misuse(Misuse::NotNow)), "one answer is not what DATA has here");
}

// --- groups ---

#[test]
fn without_pipelining_each_command_waits_for_its_answer() {
    for (config, extensions) in [(config(), &[][..]), (config().with_pipelining(false), PIPELINING)]
    {
        let mut talk = Talk::ready(config, extensions);
        talk.client.send(mail_to(&["b@foo.com", "c@foo.com"], whole("Hi\r\n"))).unwrap();
        for (said, answer) in [
            ("MAIL FROM:<a@bar.com>\r\n", "250 OK\r\n"),
            ("RCPT TO:<b@foo.com>\r\n", "550 no\r\n"),
            ("RCPT TO:<c@foo.com>\r\n", "250 OK\r\n"),
            ("DATA\r\n", "354 go\r\n"),
        ] {
            assert_eq!(talk.said(), said);
            assert_eq!(talk.hear(answer), []);
        }
        assert_eq!(talk.said(), "Hi\r\n.\r\n");
        assert_eq!(outcomes(&talk.hear("250 taken\r\n")), ["-550 NotSent", "+250"]);
    }
}

#[test]
fn without_pipelining_nothing_is_said_behind_a_refusal() {
    let mut talk = Talk::ready(config(), &[]);
    talk.client.send(mail_to(&["b@foo.com", "c@foo.com"], whole("Hi\r\n"))).unwrap();
    let events = talk.hear("550 5.7.1 not you\r\n");
    assert_eq!(outcomes(&events), ["-550 NotSent", "-550 NotSent"]);
    assert_eq!(talk.said(), "", "no transaction is open");
    let failure = failures(report(&events))[0];
    assert_eq!((failure.phase, failure.command), (Phase::Mail, Some(Keyword::Mail)));
    assert_eq!(failure.enhanced(), EnhancedStatusCode::new(5, 7, 1).ok());

    talk.client.send(mail_to(&["b@foo.com"], whole("Hi\r\n"))).unwrap();
    assert_eq!(talk.hear("250 OK\r\n"), []);
    assert_eq!(talk.hear("550 no\r\n"), []);
    assert_eq!(talk.said(), "RSET\r\n", "and no DATA");
}

#[test]
fn what_is_not_answered_is_bounded() {
    let limits = Limits::client().with_in_flight(100);
    let to: Vec<String> = (0..50).map(|nth| format!("user-{nth}@foo.com")).collect();
    let to: Vec<&str> = to.iter().map(String::as_str).collect();
    let mut talk = Talk::ready(config().with_limits(limits), PIPELINING);
    talk.client.send(mail_to(&to, whole("Hi\r\n"))).unwrap();
    let (mut unanswered, mut most, mut said) = (Vec::new(), 0, String::new());
    let events = loop {
        let new = talk.said();
        said += &new;
        unanswered.extend(new.split_inclusive('\n').map(String::from));
        let octets = unanswered.iter().map(String::len).sum::<usize>();
        most = most.max(octets);
        let line = unanswered.remove(0);
        let answer = if line == "DATA\r\n" { "354 go\r\n" } else { "250 OK\r\n" };
        let events = talk.hear(answer);
        if line == "DATA\r\n" {
            break talk.hear("250 taken\r\n");
        }
        assert_eq!(events, []);
    };
    assert!((80..=100).contains(&most), "{most}");
    assert_eq!(said.matches("RCPT").count(), 50);
    assert_eq!(outcomes(&events), vec!["+250"; 50]);
}

#[test]
fn a_refused_sender_stops_what_was_not_said_yet() {
    let limits = Limits::client().with_in_flight(60);
    let to: Vec<String> = (0..50).map(|nth| format!("user-{nth}@foo.com")).collect();
    let to: Vec<&str> = to.iter().map(String::as_str).collect();
    let mut talk = Talk::ready(config().with_limits(limits), PIPELINING);
    talk.client.send(mail_to(&to, whole("Hi\r\n"))).unwrap();
    assert_eq!(talk.said(), "MAIL FROM:<a@bar.com>\r\nRCPT TO:<user-0@foo.com>\r\n");
    assert_eq!(talk.hear("451 4.3.0 later\r\n"), []);
    assert_eq!(talk.said(), "");
    let events = talk.hear("503 5.5.1 no sender\r\n");
    assert_eq!(outcomes(&events), vec!["-451 NotSent"; 50]);
    assert!(talk.client.is_ready());
}

#[test]
fn a_mail_that_some_do_not_get_goes_to_nobody_where_policy_wants_all_or_nothing() {
    let strict = || config().with_partial(Partial::AllOrNothing);
    let mut talk = Talk::ready(strict(), PIPELINING);
    talk.client.send(mail_to(&["b@foo.com", "c@foo.com"], whole("Hi\r\n"))).unwrap();
    assert!(!talk.said().contains("DATA"), "354 could not be answered with nothing");
    assert_eq!(talk.hear("250 OK\r\n250 OK\r\n550 no\r\n"), []);
    assert_eq!(talk.said(), "RSET\r\n");
    let events = talk.hear("250 OK\r\n");
    assert_eq!(outcomes(&events), ["-Aborted NotSent", "-550 NotSent"]);
    assert_eq!(report(&events).retryable().count(), 0, "all or none");

    talk.client.send(mail_to(&["b@foo.com", "c@foo.com"], whole("Hi\r\n"))).unwrap();
    assert_eq!(talk.hear("250 OK\r\n250 OK\r\n250 OK\r\n"), []);
    assert_eq!(talk.said(), "DATA\r\n");
    talk.hear("354 go\r\n");
    assert_eq!(outcomes(&talk.hear("250 taken\r\n")), ["+250", "+250"]);

    talk.client.send(mail_to(&["b@foo.com"], whole("Hi\r\n"))).unwrap();
    assert!(talk.said().ends_with("DATA\r\n"), "one is all or nothing anyway");
}

#[test]
fn a_refused_data_leaves_nobody_with_the_mail() {
    let mut talk = asked();
    assert_eq!(talk.hear("250 OK\r\n250 OK\r\n550 no\r\n451 4.3.0 later\r\n"), []);
    assert_eq!(talk.said(), "RSET\r\n");
    let events = talk.hear("250 OK\r\n");
    assert_eq!(outcomes(&events), ["-451 NotSent", "-550 NotSent"]);
    let failure = failures(report(&events))[0];
    assert_eq!((failure.phase, failure.command), (Phase::Data, Some(Keyword::Data)));
}

#[test]
fn a_server_that_says_yes_to_a_recipient_of_a_refused_sender_gets_no_end_of_a_mail() {
    let mut talk = asked();
    let events = talk.hear("550 not you\r\n250 OK\r\n250 OK\r\n354 go\r\n");
    assert_eq!(outcomes(&events), ["-550 NotSent", "-550 NotSent"]);
    assert_eq!(talk.said(), "", "not even a lone dot: somebody would get it");
    assert_eq!(talk.end, Some(Ok(())));
}

#[test]
fn transactions_follow_each_other_on_one_connection() {
    let mut talk = Talk::ready(config(), PIPELINING);
    for nth in 0..5 {
        talk.client.send(mail_to(&["b@foo.com"], whole("Hi\r\n"))).unwrap();
        let again = talk.client.send(mail_to(&["b@foo.com"], whole("Hi\r\n")));
        assert_eq!(again, Err(Error::Misuse(Misuse::NotNow)), "one at a time");
        let events = if nth % 2 == 0 {
            talk.hear("250\r\n550 no\r\n503 no\r\n");
            talk.hear("250 reset\r\n")
        } else {
            talk.hear("250\r\n250\r\n354\r\n");
            talk.hear("250 taken\r\n")
        };
        assert_eq!(outcomes(&events), [if nth % 2 == 0 { "-550 NotSent" } else { "+250" }]);
    }
    talk.client.noop().unwrap();
    assert!(matches!(&talk.hear("250 OK\r\n")[..], [Event::Noop(_)]));
}

// --- how it ends ---

/// The turns of a session with one mail to three, of whom one is refused.
const TURNS: &[&str] = &[
    "220 foo.com\r\n",
    "250-foo.com\r\n250 PIPELINING\r\n",
    "250 OK\r\n550 no\r\n250 OK\r\n250 OK\r\n354 go\r\n",
    "250 taken\r\n",
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Eof,
    Timeout,
    Abort,
    Shutdown,
    Closing,
    Nonsense,
}

fn ends_at(octets: usize, end: End, content: &Content) -> (Vec<Event>, bool) {
    let mut talk = Talk::new(config());
    let (mut left, mut events, mut sent) = (octets, Vec::new(), false);
    for turn in TURNS {
        let arrives = &turn[..left.min(turn.len())];
        left -= arrives.len();
        let new = talk.hear(arrives);
        if new.iter().any(|event| matches!(event, Event::Ready { .. })) {
            let to = ["b@foo.com", "c@foo.com", "d@foo.com"];
            talk.client.send(mail_to(&to, content.clone())).unwrap();
            sent = true;
        }
        if new.contains(&Event::Payload) {
            talk.client.write_payload(&mut Bytes::from_static(b"Hi\r\n")).unwrap();
            talk.client.finish_payload().unwrap();
        }
        events.extend(new);
        if arrives.len() < turn.len() {
            break;
        }
    }
    talk.poll();
    talk.said();
    events.extend(match end {
        End::Eof => talk.eof(),
        End::Timeout if talk.client.timers().is_empty() => Vec::new(),
        End::Timeout => talk.time_out(),
        End::Abort => {
            let _ = talk.client.abort();
            talk.poll()
        }
        End::Shutdown => {
            talk.client.shutdown();
            talk.poll();
            talk.eof()
        }
        End::Closing => talk.hear("421 bye\r\n"),
        End::Nonsense => talk.hear("\0\r\n"),
    });
    (events, sent)
}

#[test]
fn each_mail_has_one_report_wherever_and_however_the_session_ends() {
    let length: usize = TURNS.iter().map(|turn| turn.len()).sum();
    let before_verdict = length - TURNS[3].len();
    for content in [whole("Hi\r\n"), Content::streamed(None), Content::streamed(Some(4))] {
        for end in [End::Eof, End::Timeout, End::Abort, End::Shutdown, End::Closing, End::Nonsense]
        {
            let all = TURNS.concat();
            // What the server says in the middle of a line is a part of it.
            let lines = matches!(end, End::Closing | End::Nonsense);
            let between = |octets: &usize| !lines || all[..*octets].ends_with('\n');
            for octets in (0..=length).filter(between) {
                let (events, sent) = ends_at(octets, end, &content);
                let reports = events.iter().filter(|event| matches!(event, Event::Sent(_)));
                assert_eq!(reports.count(), usize::from(sent), "{octets} {end:?}: {events:?}");
                if !sent {
                    continue;
                }
                let report = report(&events);
                assert_eq!(report.recipients.len(), 3, "{octets} {end:?}");
                let accepted = RecipientOutcome::delivery;
                let first = accepted(&report.recipients[1].outcome);
                assert_eq!(first, accepted(&report.recipients[2].outcome));
                assert_eq!(accepted(&report.recipients[0].outcome), Delivery::NotSent);
                let expected = match end {
                    _ if octets == length => Delivery::Accepted,
                    _ if octets < before_verdict => Delivery::NotSent,
                    // It answers the mail, where nothing stands before it.
                    End::Closing if octets == before_verdict => Delivery::NotSent,
                    _ => Delivery::Unknown,
                };
                assert_eq!(first, expected, "{octets} {end:?}: {events:?}");
            }
        }
    }
}

#[test]
fn the_failure_tells_phase_command_and_kind() {
    let mut talk = asked();
    let events = talk.eof();
    let failure = failures(report(&events))[0];
    assert_eq!((failure.phase, failure.kind), (Phase::Mail, FailureKind::Eof));
    assert_eq!(failure.command, Some(Keyword::Mail));
    assert_eq!(talk.client.phase(), Phase::Mail);

    let mut talk = asked();
    talk.hear("250 OK\r\n");
    let events = talk.time_out();
    let failure = failures(report(&events))[0];
    assert_eq!((failure.phase, failure.kind), (Phase::Recipients, FailureKind::Timeout));

    let mut talk = asked();
    let events = talk.hear("250 OK\r\n250 OK\r\n250 OK\r\n250 what?\r\n");
    let failure = failures(report(&events))[0];
    assert_eq!((failure.phase, failure.kind), (Phase::Data, FailureKind::Protocol));

    let limits = Limits::client().with_reply(3, 100);
    let mut talk = Talk::ready(config().with_limits(limits), PIPELINING);
    talk.client.send(mail_to(&["b@foo.com"], whole(""))).unwrap();
    let events = talk.hear("250 OK\r\n250 OK\r\n354 go\r\n250-a\r\n");
    assert_eq!(events, []);
    let events = talk.hear("250-b\r\n250-c\r\n250-d\r\n");
    let failure = failures(report(&events))[0];
    assert_eq!((failure.phase, failure.kind), (Phase::Verdict, FailureKind::Limit));
    assert_eq!(failure.delivery, Delivery::Unknown);
    assert!(failure.is_transient());
    assert_eq!(report(&events).retryable().count(), 0, "that may double it");
    assert_eq!(report(&events).doubtful().count(), 1);
}

#[test]
fn the_report_tells_whom_to_send_it_to_again() {
    let to = ["a@foo.com", "b@foo.com", "c@foo.com", "d@foo.com"];
    let mut talk = Talk::ready(config().with_lmtp(), PIPELINING);
    talk.client.send(mail_to(&to, whole("Hi\r\n"))).unwrap();
    talk.hear("250 OK\r\n250 OK\r\n450 later\r\n550 no\r\n250 OK\r\n354 go\r\n");
    assert!(talk.said().ends_with("Hi\r\n.\r\n"));
    assert_eq!(talk.hear("250 taken\r\n"), []);
    let events = talk.eof();
    let paths = |these: Vec<(&ForwardPath, &Failure)>| -> Vec<String> {
        these.into_iter().map(|(path, _)| path.to_string()).collect()
    };
    assert_eq!(paths(report(&events).retryable().collect()), ["<b@foo.com>"]);
    assert_eq!(paths(report(&events).doubtful().collect()), ["<d@foo.com>"]);
    let failed = paths(report(&events).failures().collect());
    assert_eq!(failed, ["<b@foo.com>", "<c@foo.com>", "<d@foo.com>"]);
}

#[test]
fn a_mail_whose_last_octet_has_not_left_is_not_sent() {
    let mut talk = asked();
    talk.hear("250\r\n250\r\n250\r\n354\r\n");
    talk.inbox.set_eof();
    // The outbox still holds the mail, and its dot.
    talk.client.outbox().abandon();
    assert_eq!(outcomes(&talk.poll()), ["-Eof NotSent", "-Eof NotSent"]);

    let mut talk = asked();
    talk.hear("250\r\n250\r\n250\r\n354\r\n");
    assert_eq!(outcomes(&talk.time_out()), ["-Timeout NotSent", "-Timeout NotSent"]);
    assert_eq!(talk.said(), "", "and it does not leave any more");
}

#[test]
fn an_answer_to_what_was_not_said_is_none() {
    let mut talk = asked();
    talk.inbox.extend(b"250 OK\r\n250 OK\r\n250 OK\r\n354 go\r\n250 taken\r\n");
    assert_eq!(talk.poll(), [], "nothing has left yet");
    let n = talk.said().len();
    assert!(n > 0);
    assert_eq!(outcomes(&talk.poll()), ["-Protocol NotSent", "-Protocol NotSent"]);
    assert_eq!(talk.said(), "", "the mail had not left, and does not leave any more");
}

#[test]
fn a_refusal_amid_the_mail_ends_the_connection_and_not_the_mail() {
    let mail = "x".repeat(200_000);
    let mut talk = Talk::ready(config(), PIPELINING);
    talk.client.send(mail_to(&["b@foo.com"], whole(&mail))).unwrap();
    talk.hear("250\r\n250\r\n354\r\n");
    let written = talk.said().len();
    assert!(written <= 64 * 1024);
    let events = talk.hear("552 5.3.4 enough\r\n");
    assert_eq!(outcomes(&events), ["-552 NotSent"]);
    assert_eq!(failures(report(&events))[0].phase, Phase::Content);
    assert!(!talk.said().contains('.'), "no dot");
    talk.poll();
    assert_eq!(talk.end, Some(Ok(())));
}

#[test]
fn a_refusal_amid_a_chunk_does_not_end_the_connection() {
    let mail = "x".repeat(199_998) + "\r\n";
    let mut talk = Talk::ready(config(), &["PIPELINING", "CHUNKING"]);
    talk.client.send(mail_to(&["b@foo.com"], whole(&mail))).unwrap();
    assert_eq!(talk.said(), "MAIL FROM:<a@bar.com>\r\nRCPT TO:<b@foo.com>\r\n");
    talk.hear("250\r\n250\r\n");
    assert_eq!(talk.hear("552 5.3.4 enough\r\n"), []);
    while !talk.said().is_empty() {
        assert_eq!(talk.poll(), []);
    }
    let whole = format!("BDAT 200000 LAST\r\n{mail}RSET\r\n");
    assert!(talk.sent.ends_with(&whole), "all that was announced");
    let events = talk.hear("250 OK\r\n");
    assert_eq!(outcomes(&events), ["-552 NotSent"]);
    assert!(talk.client.is_ready());
}

#[test]
fn a_refused_chunk_is_followed_by_rset() {
    let mut talk = Talk::ready(config(), &["CHUNKING"]);
    talk.client.send(mail_to(&["b@foo.com"], whole("Hi\r\n"))).unwrap();
    assert_eq!(talk.hear("250\r\n"), []);
    assert_eq!(talk.hear("250\r\n"), []);
    assert_eq!(talk.hear("554 5.7.1 spam\r\n"), []);
    assert_eq!(talk.said(), "RSET\r\n");
    let events = talk.hear("250 OK\r\n");
    assert_eq!(outcomes(&events), ["-554 NotSent"]);
    let failure = failures(report(&events))[0];
    assert_eq!((failure.phase, failure.command), (Phase::Verdict, Some(Keyword::Bdat)));
}

// --- mails that are streamed ---

#[test]
fn a_streamed_mail_is_asked_for_once_somebody_wants_it() {
    let mut talk = Talk::ready(config(), PIPELINING);
    talk.client.send(mail_to(&["b@foo.com"], Content::streamed(None))).unwrap();
    let early = talk.client.write_payload(&mut Bytes::from_static(b"x"));
    assert_eq!(early, Err(Error::Misuse(Misuse::NothingPending)));
    assert_eq!(talk.hear("250\r\n250\r\n354\r\n"), [Event::Payload]);
    let mut mail = Bytes::from_static(b"Hi\n.\n");
    assert_eq!(talk.client.write_payload(&mut mail), Ok(5));
    talk.client.finish_payload().unwrap();
    assert_eq!(talk.said(), "Hi\r\n..\r\n.\r\n");
    assert_eq!(outcomes(&talk.hear("250 taken\r\n")), ["+250"]);

    talk.client.send(mail_to(&["b@foo.com"], Content::streamed(None))).unwrap();
    assert_eq!(talk.hear("250\r\n550\r\n503\r\n"), []);
    assert_eq!(outcomes(&talk.hear("250\r\n")), ["-550 NotSent"], "and not asked for else");
}

#[test]
fn a_declared_size_is_kept() {
    for (chunking, extensions) in
        [(Chunking::Never, &["SIZE"][..]), (Chunking::Always, &["SIZE", "CHUNKING"])]
    {
        let mut talk = Talk::ready(config().with_chunking(chunking), extensions);
        talk.client.send(mail_to(&["b@foo.com"], Content::streamed(Some(6)))).unwrap();
        assert_eq!(talk.said(), "MAIL FROM:<a@bar.com> SIZE=6\r\n");
        talk.hear("250\r\n");
        talk.hear("250\r\n");
        if chunking == Chunking::Never {
            talk.hear("354\r\n");
        }
        let mut mail = Bytes::from_static(b"Hi\r\n");
        assert_eq!(talk.client.write_payload(&mut mail), Ok(4));
        let short = talk.client.finish_payload().unwrap_err();
        assert_eq!(short.to_string(), "announced were 6 octets, and written are 4");
        let mut mail = Bytes::from_static(b"\r\nmore");
        assert_eq!(talk.client.write_payload(&mut mail), Ok(2), "no more than declared");
        talk.client.finish_payload().unwrap();
        assert!(talk.said().contains("Hi\r\n\r\n"));
        assert_eq!(outcomes(&talk.hear("250 taken\r\n")), ["+250"]);
    }
}

#[test]
fn the_octets_of_a_mail_that_is_at_hand_are_not_asked_for() {
    let mut talk = Talk::ready(config(), PIPELINING);
    talk.client.send(mail_to(&["b@foo.com"], whole(&"x".repeat(100_000)))).unwrap();
    talk.hear("250\r\n250\r\n354\r\n");
    let nothing = Err(Error::Misuse(Misuse::NothingPending));
    assert_eq!(
        talk.client.write_payload(&mut Bytes::from_static(b"x")),
        nothing.clone().map(|()| 0)
    );
    assert_eq!(talk.client.finish_payload(), nothing);
}

/// RFC 3030 §4.2.
#[test]
fn a_binary_mail_goes_in_chunks_as_it_is() {
    let binary = MailParameters::new().with_body(Body::BinaryMime);
    let extensions = ["PIPELINING", "BINARYMIME", "CHUNKING"];
    let mut talk = Talk::ready(config().with_chunking(Chunking::Never), &extensions);
    let mail = mail_to(&["b@foo.com"], whole("a\nb\rc\0")).with_parameters(binary.clone());
    talk.client.send(mail).unwrap();
    assert_eq!(talk.said(), "MAIL FROM:<a@bar.com> BODY=BINARYMIME\r\nRCPT TO:<b@foo.com>\r\n");
    talk.hear("250\r\n250\r\n");
    assert_eq!(talk.said(), "BDAT 6 LAST\r\na\nb\rc\0");
    assert_eq!(outcomes(&talk.hear("250\r\n")), ["+250"]);

    let mail = mail_to(&["b@foo.com"], Content::streamed(None)).with_parameters(binary);
    talk.client.send(mail).unwrap();
    assert_eq!(talk.hear("250\r\n250\r\n"), [Event::Payload]);
    let octets: Vec<u8> = (0..100_000_u32).map(|nth| (nth % 251) as u8).collect();
    let (mut left, mut sent) = (Bytes::from(octets.clone()), Vec::new());
    let mut announced = Vec::new();
    let mut finished = false;
    let events = loop {
        let _ = talk.client.write_payload(&mut left);
        if left.is_empty() && !finished {
            talk.client.finish_payload().unwrap();
            finished = true;
        }
        let events = talk.poll();
        let said = talk.client.outbox();
        let mut said = {
            use bytes::Buf;
            let n = said.remaining();
            said.copy_to_bytes(n)
        };
        assert!(events.is_empty() && !said.is_empty());
        // One chunk at a time.
        let end = said.iter().position(|octet| *octet == b'\n').unwrap() + 1;
        let line = String::from_utf8(said.split_to(end).to_vec()).unwrap();
        let words: Vec<&str> = line.split_whitespace().collect();
        let size: usize = words[1].parse().unwrap();
        let last = words.len() == 3;
        assert_eq!((words[0], said.len()), ("BDAT", size));
        announced.push((size, last));
        sent.extend_from_slice(&said);
        let events = talk.hear("250 octets received\r\n");
        if last {
            break events;
        }
        assert_eq!(events, []);
    };
    assert_eq!(outcomes(&events), ["+250"]);
    assert!(sent == octets, "byte for byte");
    assert_eq!(announced, [(32768, false), (32768, false), (32768, false), (1696, true)]);
}

#[test]
fn a_refused_chunk_amid_a_streamed_mail_ends_the_mail() {
    let mut talk = Talk::ready(config().with_chunking(Chunking::Always), &["CHUNKING"]);
    talk.client.send(mail_to(&["b@foo.com"], Content::streamed(None))).unwrap();
    talk.hear("250\r\n");
    assert_eq!(talk.hear("250\r\n"), [Event::Payload]);
    let mut mail = Bytes::from("x".repeat(40_000));
    while talk.client.write_payload(&mut mail).unwrap() > 0 {
        talk.poll();
    }
    assert!(mail.is_empty(), "one chunk is under way, and the next is gathered");
    assert_eq!(talk.hear("552 5.3.4 enough\r\n"), []);
    assert_eq!(talk.said(), "RSET\r\n");
    assert_eq!(talk.client.finish_payload(), Err(Error::Misuse(Misuse::NothingPending)));
    assert_eq!(outcomes(&talk.hear("250\r\n")), ["-552 NotSent"]);
    assert!(talk.client.is_ready());
}

#[test]
fn a_bare_newline_where_nothing_may_change_ends_the_connection() {
    let mut talk = Talk::ready(config().with_chunking(Chunking::Always), &["CHUNKING"]);
    talk.client.send(mail_to(&["b@foo.com"], Content::streamed(None))).unwrap();
    talk.hear("250\r\n");
    talk.hear("250\r\n");
    let error = talk.client.write_payload(&mut Bytes::from_static(b"a\nb")).unwrap_err();
    assert!(matches!(error, Error::BareNewline { offset: 1, .. }), "{error}");
    assert_eq!(outcomes(&talk.poll()), ["-Aborted NotSent"]);
}

// --- time, memory ---

#[test]
fn each_answer_has_its_time() {
    let minutes = |talk: &Talk| {
        let timer = talk.client.timers().iter().find(|timer| timer.kind == TimerKind::Reply);
        timer.map(|timer| (timer.after.as_secs() / 60, timer.arm))
    };
    let mut talk = asked();
    let (mail, first) = minutes(&talk).unwrap();
    talk.poll();
    assert_eq!(minutes(&talk), Some((mail, first)), "a poll starts nothing anew");
    assert_eq!(mail, 5, "MAIL");
    talk.hear("250\r\n");
    let (rcpt, second) = minutes(&talk).unwrap();
    assert_eq!(rcpt, 5, "RCPT");
    assert_ne!(first, second, "from the answer before");
    talk.hear("250\r\n250\r\n");
    assert_eq!(minutes(&talk).unwrap().0, 2, "DATA");
    talk.hear("354\r\n");
    assert_eq!(minutes(&talk).unwrap().0, 10, "the final dot");
    talk.hear("250\r\n");
    assert_eq!(minutes(&talk), None);
}

#[test]
fn a_report_is_bounded_whatever_the_server_says() {
    let to: Vec<String> = (0..200).map(|nth| format!("user-{nth}@foo.com")).collect();
    let to: Vec<&str> = to.iter().map(String::as_str).collect();
    let limits = Limits::client().with_report_text(10_000);
    let mut talk = Talk::ready(config().with_limits(limits), PIPELINING);
    talk.client.send(mail_to(&to, whole("Hi\r\n"))).unwrap();
    assert_eq!(talk.hear("250 OK\r\n"), []);
    let long = format!("550-5.1.1 {0}\r\n", "\u{e9}".repeat(300)).repeat(9);
    let long = format!("{long}550 5.1.1 end\r\n");
    for _ in 0..200 {
        talk.hear(&long);
    }
    talk.hear("503 no\r\n");
    let events = talk.hear("250 OK\r\n");
    let report = report(&events);
    let text = |outcome: &RecipientOutcome| -> usize {
        outcome.reply().unwrap().lines().map(str::len).sum()
    };
    let texts: Vec<usize> = report.recipients.iter().map(|one| text(&one.outcome)).collect();
    assert_eq!(texts[0], 9 * 600 + 3, "in full, as long as there is room");
    assert_eq!(texts[199], 256);
    assert!(texts.iter().sum::<usize>() <= 10_000 + 200 * 256);
    for one in &report.recipients {
        assert_eq!(in_short(&one.outcome), "-550 NotSent");
        let enhanced = one.outcome.reply().unwrap().enhanced();
        assert_eq!(enhanced, EnhancedStatusCode::new(5, 1, 1).ok());
    }
}

// --- shutdown ---

#[test]
fn a_client_that_shuts_down_still_sends_what_is_at_hand() {
    let mut talk = asked();
    talk.client.shutdown();
    assert_eq!(talk.hear("250\r\n250\r\n250\r\n354\r\n"), []);
    assert_eq!(talk.said(), "Hi\r\n.\r\n");
    assert_eq!(outcomes(&talk.hear("250 taken\r\n")), ["+250", "+250"]);
    assert_eq!(talk.said(), "QUIT\r\n");
}

#[test]
fn a_client_that_shuts_down_does_not_ask_for_more() {
    let mut talk = Talk::ready(config(), &[]);
    talk.client.send(mail_to(&["b@foo.com"], Content::streamed(None))).unwrap();
    talk.client.shutdown();
    let events = talk.hear("250\r\n");
    assert_eq!(outcomes(&events), ["-Aborted NotSent"]);
    assert_eq!(talk.said(), "QUIT\r\n");

    let mut talk = Talk::ready(config(), PIPELINING);
    talk.client.send(mail_to(&["b@foo.com"], Content::streamed(None))).unwrap();
    talk.client.shutdown();
    let events = talk.hear("250\r\n250\r\n354\r\n");
    assert_eq!(outcomes(&events), ["-Aborted NotSent"]);
    assert_eq!(talk.said(), "", "a dot would be a mail");
    assert_eq!(talk.end, Some(Ok(())));
}

#[test]
fn a_goodbye_ends_what_is_under_way() {
    let mut talk = asked();
    let events = talk.hear("250\r\n250\r\n421 4.3.2 shutting down\r\n");
    assert_eq!(outcomes(&events), ["-421 NotSent", "-421 NotSent"]);
    assert!(!events.iter().any(|event| matches!(event, Event::Refused(_))));
    assert_eq!(talk.end, Some(Ok(())));
}

#[test]
fn an_error_of_the_session_comes_behind_the_report() {
    let mut talk = asked();
    let events = talk.eof();
    assert_eq!(events.len(), 1);
    let error = talk.end.clone().unwrap().unwrap_err();
    assert_eq!(error.kind(), postrider_wire::ErrorKind::Eof);
}

#[test]
fn a_mail_to_nobody_is_misuse() {
    let mut talk = Talk::ready(config(), &[]);
    let nobody = talk.client.send(mail_to(&[], whole("Hi\r\n")));
    assert_eq!(nobody, Err(Error::Misuse(Misuse::NoRecipient)));
    assert_eq!(talk.said(), "");
    let mut talk = Talk::new(Config::clone(&config()));
    let early = talk.client.send(mail_to(&["b@foo.com"], whole("Hi\r\n")));
    assert_eq!(early, Err(Error::Misuse(Misuse::NotNow)));
}
