//! A hostile server: answers that come early, late, twice, or out of the blue. Whatever it says, each
//! recipient has one outcome, and that is what can be known of the mail.

use crate::talk;

use std::collections::BTreeSet;

use bytes::{Buf, Bytes};
use postrider_smtp::client::{
    Chunking, Config, Content, Delivery, Event, Outcome, RecipientOutcome, Transaction,
};
use postrider_smtp::{Body, Capabilities, Error, ForwardPath, Limits, MailParameters, ReversePath};
use postrider_wire::{Machine, TimerKind};
use talk::{Talk, config, mail_to, outcomes, report, whole};

const PIPELINING: &[&str] = &["PIPELINING"];
const CHUNKING: &[&str] = &["PIPELINING", "CHUNKING"];
const TO: [&str; 2] = ["b@foo.com", "c@foo.com"];

/// How the mail travels.
#[derive(Clone, Copy, Debug)]
enum Way {
    Data,
    Chunk,
    Lmtp,
    Streamed,
}

const WAYS: [Way; 4] = [Way::Data, Way::Chunk, Way::Lmtp, Way::Streamed];

impl Way {
    fn start(self) -> Talk {
        let (config, offer) = match self {
            Self::Data => (config(), PIPELINING),
            Self::Lmtp => (config().with_lmtp(), PIPELINING),
            Self::Chunk => (config(), CHUNKING),
            Self::Streamed => (config().with_chunking(Chunking::Always), CHUNKING),
        };
        let content = match self {
            Self::Streamed => Content::streamed(None),
            _ => whole("Hi\r\n"),
        };
        let mut talk = Talk::ready(config, offer);
        talk.client.send(mail_to(&TO, content)).unwrap();
        talk
    }

    /// What is said up to the last octet of the mail.
    fn last_words(self) -> &'static str {
        match self {
            Self::Data | Self::Lmtp => "Hi\r\n.\r\n",
            Self::Chunk | Self::Streamed => "BDAT 4 LAST\r\nHi\r\n",
        }
    }

    /// What a server in its right mind answers.
    fn answers(self) -> Vec<&'static str> {
        match self {
            Self::Data => vec!["250 S", "250 B", "250 C", "354 go", "250 taken"],
            Self::Lmtp => vec!["250 S", "250 B", "250 C", "354 go", "250 for b", "250 for c"],
            Self::Chunk | Self::Streamed => vec!["250 S", "250 B", "250 C", "250 taken"],
        }
    }
}

struct Seen {
    events: Vec<Event>,
    /// Codes that the server said once it had the whole mail.
    behind_mail: Vec<String>,
    whole: bool,
}

/// Plays these packets, and then the server hangs up. A streamed mail is written when it is due, as a
/// driver would: between the events, without a poll.
fn play(way: Way, packets: &[String]) -> Seen {
    let mut talk = way.start();
    let (mut events, mut behind_mail) = (Vec::new(), Vec::new());
    for packet in packets.iter().map(Some).chain([None]) {
        events.extend(talk.poll());
        talk.said();
        let whole = talk.sent.contains(way.last_words());
        let news = match packet {
            Some(packet) => {
                if whole {
                    behind_mail.extend(packet.lines().map(|line| line[..3].to_owned()));
                }
                talk.hear(packet)
            }
            None => talk.eof(),
        };
        if news.contains(&Event::Payload) {
            let mut mail = Bytes::from_static(b"Hi\r\n");
            if talk.client.write_payload(&mut mail).is_ok() {
                assert!(mail.is_empty());
                talk.client.finish_payload().unwrap();
            }
        }
        events.extend(news);
    }
    talk.said();
    let whole = talk.sent.contains(way.last_words());
    Seen { events, behind_mail, whole }
}

fn check(way: Way, packets: &[String]) {
    let seen = play(way, packets);
    let title = format!("{way:?} {packets:?} {:?}", seen.events);
    let all = &report(&seen.events).recipients;
    let paths: Vec<String> = all.iter().map(|one| one.path.to_string()).collect();
    assert_eq!(paths, ["<b@foo.com>", "<c@foo.com>"], "{title}");
    for one in all {
        match &one.outcome {
            RecipientOutcome::Accepted(reply) => {
                assert!(seen.whole, "the mail was not whole: {title}");
                let code = reply.code().to_string();
                assert!(seen.behind_mail.contains(&code), "said before it had it: {title}");
                assert!(reply.is_positive(), "{title}");
            }
            RecipientOutcome::Failed(failure) => match failure.delivery {
                Delivery::NotSent => {
                    let refused = failure.reply.as_ref().is_some_and(|reply| reply.is_refusal());
                    assert!(refused || !seen.whole, "it had left: {title}");
                }
                Delivery::Unknown => assert!(seen.whole, "it had not left: {title}"),
                other => panic!("{other:?} of a failure: {title}"),
            },
            other => panic!("{other:?}"),
        }
    }
}

/// The answers one by one, all at once, and in two packets at every place.
fn packings(answers: &[&str]) -> BTreeSet<Vec<String>> {
    let join = |answers: &[&str]| answers.iter().map(|line| format!("{line}\r\n")).collect();
    let mut packings = BTreeSet::from([
        answers.iter().map(|line| format!("{line}\r\n")).collect(),
        Vec::from([join(answers)]),
    ]);
    for at in 1..answers.len() {
        packings.insert(Vec::from([join(&answers[..at]), join(&answers[at..])]));
    }
    packings
}

const STRAYS: [&str; 8] = [
    "250 stray",
    "354 stray",
    "421 4.3.2 stray",
    "451 stray",
    "550 stray",
    "220 stray",
    "334 stray",
    "250-stray\r\n250 of two",
];

#[test]
fn answers_that_come_too_many_too_few_or_out_of_turn_leave_each_recipient_one_true_outcome() {
    for way in WAYS {
        let answers = way.answers();
        let mut scripts = vec![answers.clone()];
        for at in 0..=answers.len() {
            for stray in STRAYS {
                let mut more = answers.clone();
                more.insert(at, stray);
                scripts.push(more);
                if at < answers.len() {
                    let mut other = answers.clone();
                    other[at] = stray;
                    scripts.push(other);
                }
            }
            if at < answers.len() {
                let mut twice = answers.clone();
                twice.insert(at, answers[at]);
                scripts.push(twice);
                let mut fewer = answers.clone();
                fewer.remove(at);
                scripts.push(fewer);
            }
        }
        for script in scripts {
            for packets in packings(&script) {
                check(way, &packets);
            }
        }
    }
}

#[test]
fn a_verdict_that_came_before_the_mail_is_none() {
    for way in WAYS {
        let all: String = way.answers().iter().map(|line| format!("{line}\r\n")).collect();
        let seen = play(way, &[all]);
        let told = outcomes(&seen.events);
        assert!(told.iter().all(|outcome| !outcome.starts_with('+')), "{way:?} {told:?}");
    }
}

#[test]
fn a_verdict_that_began_before_the_mail_is_none() {
    let mut talk = Way::Data.start();
    talk.hear("250 S\r\n250 B\r\n250 C\r\n354 go\r\n25");
    talk.said();
    let events = talk.hear("0 taken\r\n");
    assert!(outcomes(&events).iter().all(|outcome| !outcome.starts_with('+')), "{events:?}");
}

#[test]
fn an_answer_too_many_is_no_verdict_on_a_chunk_said_by_hand() {
    let mut talk = Talk::ready(config(), &["CHUNKING"]);
    talk.client.mail(ReversePath::parse("a@bar.com").unwrap(), MailParameters::new()).unwrap();
    talk.hear("250 S\r\n");
    talk.client.rcpt(ForwardPath::parse("b@foo.com").unwrap()).unwrap();
    talk.poll();
    talk.said();
    talk.inbox.extend(b"250 B\r\n250 B\r\n");
    let told = talk.client.poll(&mut talk.inbox).unwrap();
    assert!(format!("{told:?}").contains("Rcpt"), "{told:?}");
    talk.client.bdat(4, true).unwrap();
    assert_eq!(talk.client.write_payload(&mut Bytes::from_static(b"Hi\r\n")), Ok(4));
    talk.client.finish_payload().unwrap();
    let mut events = talk.poll();
    talk.said();
    events.extend(talk.poll());
    assert!(!format!("{events:?}").contains("Accepted"), "{events:?}");
    assert_eq!(events, [Event::End(Outcome::Unknown)]);
}

/// A refusal that was said before the announcement of the chunk had left refuses something else. Were it
/// believed, a mail that the server takes would be sent again.
#[test]
fn a_refusal_too_many_is_no_refusal_of_a_chunk() {
    for borne_late in [false, true] {
        let mut talk = Way::Chunk.start();
        talk.hear("250 S\r\n250 B\r\n550 C\r\n");
        if borne_late {
            // The announcement has left, and the last octet of the mail has not.
            let announcement = "BDAT 4 LAST\r\nHi\r".len();
            talk.client.outbox().advance(announcement);
        }
        talk.inbox.extend(b"550 stray\r\n");
        let mut events = talk.poll();
        let said = talk.said();
        if borne_late {
            assert_eq!(said, "\nRSET\r\n", "in sync");
            events.extend(talk.hear("250 reset\r\n"));
        } else {
            assert_eq!(said, "", "nothing of the mail");
            assert_eq!(talk.end, Some(Ok(())));
        }
        assert_eq!(outcomes(&events), ["-550 NotSent", "-550 NotSent"]);
    }

    // By hand, where it is only known once all of it has left.
    let mut talk = Talk::ready(config(), CHUNKING);
    talk.client.mail(ReversePath::null(), MailParameters::new()).unwrap();
    talk.hear("250 S\r\n");
    talk.client.rcpt(ForwardPath::parse("b@foo.com").unwrap()).unwrap();
    talk.hear("250 B\r\n");
    talk.client.bdat(4, true).unwrap();
    talk.client.write_payload(&mut Bytes::from_static(b"Hi\r\n")).unwrap();
    talk.client.finish_payload().unwrap();
    talk.inbox.extend(b"550 stray\r\n");
    let mut events = talk.poll();
    assert!(talk.said().ends_with("Hi\r\n"));
    events.extend(talk.hear("250 taken\r\n"));
    assert_eq!(events, [Event::End(Outcome::Unknown)]);
}

#[test]
fn an_empty_chunk_is_not_whole_before_it_is_finished() {
    let empty = config().with_chunking(Chunking::Always);
    for gives_up in [true, false] {
        let mut talk = Talk::ready(empty.clone(), CHUNKING);
        talk.client.send(mail_to(&["b@foo.com"], Content::streamed(Some(0)))).unwrap();
        let mut events = talk.hear("250 S\r\n250 B\r\n");
        assert_eq!(events, [Event::Payload]);
        assert_eq!(talk.said(), "", "what would be a mail");
        if gives_up {
            talk.client.abort().unwrap();
            events = talk.poll();
            assert_eq!(outcomes(&events), ["-Aborted NotSent"]);
            assert!(!talk.sent.contains("LAST"));
            continue;
        }
        talk.client.finish_payload().unwrap();
        talk.poll();
        assert_eq!(talk.said(), "BDAT 0 LAST\r\n");
        assert_eq!(outcomes(&talk.hear("250 taken\r\n")), ["+250"]);
    }

    // By hand.
    for gives_up in [true, false] {
        let mut talk = Talk::ready(config(), CHUNKING);
        talk.client.mail(ReversePath::null(), MailParameters::new()).unwrap();
        talk.hear("250 S\r\n");
        talk.client.rcpt(ForwardPath::parse("b@foo.com").unwrap()).unwrap();
        talk.hear("250 B\r\n");
        talk.client.bdat(0, true).unwrap();
        talk.poll();
        assert_eq!(talk.said(), "");
        if gives_up {
            talk.client.abort().unwrap();
            assert_eq!(talk.poll(), [Event::End(Outcome::NotSent)]);
            continue;
        }
        talk.client.finish_payload().unwrap();
        talk.poll();
        assert_eq!(talk.said(), "BDAT 0 LAST\r\n");
        let events = talk.hear("250 taken\r\n");
        assert!(matches!(&events[..], [Event::End(Outcome::Accepted(_))]), "{events:?}");
    }
}

#[test]
fn silence_at_any_place_tells_what_is_known() {
    for way in WAYS {
        for answered in 0..=way.answers().len() {
            let mut talk = way.start();
            let mut events = Vec::new();
            for line in &way.answers()[..answered] {
                let news = talk.hear(&format!("{line}\r\n"));
                if news.contains(&Event::Payload) {
                    talk.client.write_payload(&mut Bytes::from_static(b"Hi\r\n")).unwrap();
                    talk.client.finish_payload().unwrap();
                }
                events.extend(news);
            }
            events.extend(talk.poll());
            talk.said();
            let whole = talk.sent.contains(way.last_words());
            if let Some(timer) = talk.client.timers().first().copied() {
                assert_eq!(timer.kind, TimerKind::Reply, "{way:?} {answered}");
                events.extend(talk.time_out());
            }
            let all = way.answers().len();
            for (nth, outcome) in outcomes(&events).iter().enumerate() {
                // In LMTP the last two answers are one for each.
                let has_answer = answered == all
                    || (matches!(way, Way::Lmtp) && answered == all - 1 && nth == 0);
                let due = match (has_answer, whole) {
                    (true, _) => "+250",
                    (false, true) => "-Timeout Unknown",
                    (false, false) => "-Timeout NotSent",
                };
                assert_eq!(outcome, due, "{way:?} {answered}");
            }
        }
    }
}

#[test]
fn endless_replies_end_the_session_within_their_bounds() {
    for (opening, line) in [
        ("", "220-still here\r\n"),
        ("", "220-\r\n"),
        ("220 foo.com\r\n", "250-X-EXTENSION\r\n"),
        ("220 foo.com\r\n", "250-AUTH PLAIN LOGIN\r\n"),
        ("220 foo.com\r\n250 foo.com\r\n", "421-bye\r\n"),
    ] {
        let mut talk = Talk::new(config());
        // Each behind what it answers.
        for reply in opening.split_inclusive("\r\n") {
            talk.hear(reply);
            talk.said();
        }
        let mut heard = 0;
        while talk.end.is_none() {
            talk.hear(line);
            heard += line.len();
            assert!(heard < 64 * 1024, "{line:?} goes on");
        }
        let tells = matches!(talk.end, Some(Err(Error::ReplyTooLong { .. })));
        assert!(tells, "{line:?} {:?}", talk.end);
    }
}

#[test]
fn words_of_the_server_break_no_log_line() {
    let hostile =
        "250-foo.com\r\n250-SIZE 1\u{2028}C: DATA\u{85}x\u{b}y\x1b[2J\rz\u{2029}\r\n250 A\r\n";
    let mut talk = Talk::new(config());
    talk.hear("220 foo.com\r\n");
    let events = talk.hear(hostile);
    let Some(Event::Ready { reply, capabilities, .. }) = events.first() else {
        panic!("{events:?}")
    };
    let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    for text in reply.lines().chain(capabilities.lines()).chain([&*reply.to_string()]) {
        assert!(!text.contains(breaks), "{text:?}");
    }
    assert_eq!(Capabilities::default().lines().count(), 0);
}

fn to_many(n: usize) -> Transaction {
    let mail = Transaction::new(ReversePath::null(), whole("Hi\r\n"));
    (0..n)
        .fold(mail, |mail, nth| mail.to(ForwardPath::parse(&format!("user{nth}@foo.com")).unwrap()))
}

/// Sends one mail to so many, a server answering each of them; returns the seconds it took.
fn seconds_for(n: usize, config: Config) -> f64 {
    let lmtp = format!("{config:?}").contains("Lmtp");
    let mut talk = Talk::ready(config, PIPELINING);
    let mail = to_many(n);
    let begin = std::time::Instant::now();
    talk.client.send(mail).unwrap();
    let mut events = Vec::new();
    loop {
        let said = talk.said();
        if said.is_empty() {
            break;
        }
        let mut answers = String::new();
        for line in said.lines() {
            match line.split(' ').next().unwrap() {
                "MAIL" => answers += "250 S\r\n",
                "RCPT" => answers += "250 2.1.5 it is known here\r\n",
                "DATA" => answers += "354 go\r\n",
                "." if lmtp => answers += &"250 2.0.0 taken\r\n".repeat(n),
                "." => answers += "250 2.0.0 taken\r\n",
                _ => {}
            }
        }
        events.extend(talk.hear(&answers));
        talk.sent.clear();
    }
    let took = begin.elapsed().as_secs_f64();
    assert_eq!(outcomes(&events).len(), n);
    assert!(report(&events).is_accepted());
    took
}

#[test]
fn eight_times_the_recipients_take_eight_times_the_time() {
    for config in [config(), config().with_lmtp()] {
        // A busy machine may spoil a measurement, but not many in a row. Quadratic would be 64 times.
        let linear = (0..10).any(|_| {
            let (once, eightfold) =
                (seconds_for(2_500, config.clone()), seconds_for(20_000, config.clone()));
            println!("{once:.3} s for 2500, {eightfold:.3} s for 20000");
            eightfold < 24.0 * once
        });
        assert!(linear);
    }
}

#[test]
fn a_binary_mail_that_looks_like_commands_stays_a_mail() {
    let hostile = "\r\n.\r\nMAIL FROM:<x@y>\r\nBDAT 3 LAST\r\n\0\n.\n\r.\r";
    let mut mail = mail_to(&["b@foo.com"], whole(hostile));
    mail.parameters = MailParameters::new().with_body(Body::BinaryMime);
    let offer = ["CHUNKING", "BINARYMIME", "8BITMIME"];
    let limits = Limits::client().with_outbox(16);
    let config = config().with_limits(limits);
    let mut talk = Talk::ready(config, &offer);
    talk.client.send(mail).unwrap();
    let mut said = talk.said();
    for answer in ["250 S\r\n", "250 B\r\n"] {
        talk.hear(answer);
        loop {
            let more = talk.said();
            if more.is_empty() {
                break;
            }
            said += &more;
            talk.poll();
        }
    }
    let head = format!("BDAT {} LAST\r\n", hostile.len());
    assert!(said.ends_with(&format!("{head}{hostile}")), "{said:?}");
    assert_eq!(outcomes(&talk.hear("250 taken\r\n")), ["+250"]);
}

/// xorshift64 (Marsaglia, "Xorshift RNGs", 2003).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }
}

/// One session in which everything happens at any time: octets leave, answers and pieces of answers come,
/// the embedder writes, gives up or shuts down, time passes, and the line breaks.
fn rave(way: Way, dice: &mut Dice) -> [usize; 3] {
    let mut talk = way.start();
    let sane = way.answers();
    let (mut next, mut events, mut behind_mail, mut writes) = (0, Vec::new(), String::new(), false);
    let mut trail = Vec::new();
    for _ in 0..60 {
        let news = talk.poll();
        writes |= news.contains(&Event::Payload);
        events.extend(news);
        let step = dice.roll(40);
        trail.push(step);
        match step {
            0..20 => {
                let n = dice.roll(40).min(talk.client.outbox().remaining());
                let left = talk.client.outbox().copy_to_bytes(n);
                talk.sent += std::str::from_utf8(&left).unwrap();
            }
            20..36 => {
                let line = match dice.roll(8) {
                    0 => STRAYS[dice.roll(STRAYS.len())].to_owned() + "\r\n",
                    1 => "25".to_owned(),
                    // Hardly before what it answers has left: that ends the session.
                    _ if talk.client.outbox().remaining() > 0 && dice.roll(16) > 0 => continue,
                    _ if next < sane.len() => {
                        next += 1;
                        sane[next - 1].to_owned() + "\r\n"
                    }
                    _ => continue,
                };
                talk.inbox.extend(line.as_bytes());
                if talk.sent.contains(way.last_words()) {
                    behind_mail += &line;
                }
            }
            36 if writes && dice.roll(2) == 0 => {
                let _ = talk.client.write_payload(&mut Bytes::from_static(b"Hi\r\n"));
                let _ = talk.client.finish_payload();
                writes = false;
            }
            37 if dice.roll(8) == 0 => drop(talk.client.abort()),
            38 if dice.roll(8) == 0 => talk.client.shutdown(),
            39 if dice.roll(8) == 0 => {
                if let Some(timer) = talk.client.timers().first().copied() {
                    talk.client.on_timeout(timer);
                }
            }
            _ => {}
        }
    }
    talk.inbox.set_eof();
    loop {
        let news = talk.poll();
        writes |= news.contains(&Event::Payload);
        events.extend(news);
        if writes {
            let _ = talk.client.abort();
            writes = false;
        } else if talk.said().is_empty() {
            break;
        }
    }
    let whole = talk.sent.contains(way.last_words());
    let title = format!("{way:?} {trail:?} {:?} {events:?}", talk.sent);
    let all = &report(&events).recipients;
    assert_eq!(all.len(), 2, "{title}");
    let mut counts = [0; 3];
    for one in all {
        let delivery = one.outcome.delivery();
        match delivery {
            Delivery::Accepted => {
                assert!(whole, "{title}");
                assert!(behind_mail.contains("250"), "before the mail: {title}");
                counts[0] += 1;
            }
            Delivery::Unknown => {
                assert!(whole, "it had not left: {title}");
                counts[1] += 1;
            }
            _ => {
                let refused = one.outcome.reply().is_some_and(|reply| reply.is_refusal());
                assert!(refused || !whole, "it had left: {title}");
                counts[2] += 1;
            }
        }
    }
    counts
}

#[test]
fn whatever_happens_at_any_time_leaves_each_recipient_one_true_outcome() {
    let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
    for way in WAYS {
        let mut all = [0; 3];
        for _ in 0..8000 {
            let counts = rave(way, &mut dice);
            all.iter_mut().zip(counts).for_each(|(all, one)| *all += one);
        }
        println!("{way:?}: accepted, unknown, not sent: {all:?}");
        assert!(all.iter().all(|count| *count > 20), "{way:?} {all:?}");
    }
}

/// If it were taken for one, each later command would have the answer to the one before it.
#[test]
fn a_reply_that_began_before_its_command_left_is_no_answer_to_it() {
    for (early, rest) in [("250 OK\r\n", ""), ("25", "0 OK\r\n"), ("550 no\r\n250 OK\r\n", "")] {
        let mut talk = Talk::new(config());
        for reply in ["220 foo.com\r\n", "250 foo.com\r\n"] {
            talk.hear(reply);
            talk.said();
        }
        talk.client.noop().unwrap();
        talk.inbox.extend(early.as_bytes());
        talk.poll();
        assert_eq!(talk.said(), "NOOP\r\n");
        talk.hear(rest);
        assert!(
            matches!(talk.end, Some(Err(Error::Unsolicited { .. }))),
            "{early:?} {:?}",
            talk.end
        );
    }
}
