//! What a hostile peer can make a session cost: memory is bounded and time is linear.

mod serving;

use std::time::Instant;

use allocation_counter::measure;
use bytes::Buf;
use postrider_smtp::server::{Config, Event, Server};
use postrider_smtp::{Error, Limits, Reply, proxy};
use postrider_wire::dot::BareNewlines;
use postrider_wire::{Inbox, Machine, Progress, Security};
use serving::{auth, clear, name, tls};

/// A server whose replies nobody keeps.
struct Sink {
    server: Server,
    inbox: Inbox,
    /// Octets of mail that were told.
    octets: usize,
    said: usize,
    end: Option<Result<(), Error>>,
    refuses: bool,
}

impl Sink {
    fn new(config: Config) -> Self {
        let server = Server::new(config);
        let inbox = server.new_inbox();
        let mut sink = Self { server, inbox, octets: 0, said: 0, end: None, refuses: false };
        sink.go_on();
        sink
    }

    fn hear(&mut self, octets: &[u8]) {
        let mut rest = octets;
        while !rest.is_empty() && self.end.is_none() {
            rest = &rest[self.inbox.extend(rest)..];
            self.go_on();
        }
    }

    fn go_on(&mut self) {
        loop {
            match self.server.poll(&mut self.inbox) {
                Ok(Progress::Event(Event::Chunk(chunk))) => self.octets += chunk.len(),
                Ok(Progress::Event(Event::Rcpt { .. })) if self.refuses => {
                    self.server.reject(Reply::new(550, "no").unwrap()).unwrap();
                }
                Ok(Progress::Event(event)) => serving::accepts(&mut self.server, &event),
                Ok(Progress::Wait { .. }) if self.server.outbox().has_remaining() => {
                    let n = self.server.outbox().remaining();
                    self.said += n;
                    self.server.outbox().advance(n);
                }
                Ok(Progress::Wait { .. }) => return,
                Ok(Progress::Closed) => return self.end = Some(Ok(())),
                Ok(other) => panic!("{other:?}"),
                Err(error) => return self.end = Some(Err(error)),
            }
        }
    }
}

const MAIL: &[u8] = b"EHLO bar.com\r\nMAIL FROM:<a@bar.com>\r\nRCPT TO:<b@foo.com>\r\n";

fn plain() -> Config {
    Config::new(name(), clear())
}

/// What a session allocates at most while it hears this so many times.
fn most_of(config: Config, opening: &[u8], line: &[u8], times: usize, refuses: bool) -> u64 {
    let mut sink = Sink::new(config);
    sink.refuses = refuses;
    sink.hear(opening);
    let cost = measure(|| (0..times).for_each(|_| sink.hear(line)));
    assert!(sink.end.is_none(), "{:?}", sink.end);
    cost.bytes_max
}

#[test]
fn what_is_said_for_ever_costs_what_it_costs_once() {
    let trusted = || plain().with_xforward(true).with_xclient(true);
    let lmtp = || Config::lmtp(name(), clear());
    let in_lmtp = [b"LHLO bar.com\r\n", &MAIL[14..]].concat();
    let rcpt = b"RCPT TO:<somebody.with.a.long.name@foo.com>\r\n";
    let forward =
        b"XFORWARD NAME=a.example ADDR=1.2.3.4 HELO=x IDENT=y PROTO=ESMTP SOURCE=REMOTE\r\n";
    let few = || plain().with_limits(Limits::server().with_recipients(3));
    for (title, config, opening, line, refuses) in [
        ("BDAT 0", plain(), MAIL, &b"BDAT 0\r\n"[..], false),
        ("BDAT 1", plain(), MAIL, b"BDAT 1\r\nx", false),
        ("BDAT 0 behind a refused one", plain(), b"EHLO x\r\nBDAT 0\r\n", b"BDAT 0\r\n", false),
        ("refused RCPT", plain(), MAIL, rcpt, true),
        ("too many RCPT", few(), MAIL, rcpt, false),
        ("refused RCPT in LMTP", lmtp(), &in_lmtp, rcpt, true),
        ("NOOP", plain(), b"", b"NOOP\r\n", false),
        ("RSET", plain(), b"EHLO x\r\n", b"MAIL FROM:<>\r\nRSET\r\n", false),
        ("EHLO", plain(), b"", b"EHLO bar.com\r\n", false),
        ("XFORWARD", trusted(), b"EHLO x\r\n", forward, false),
        ("XCLIENT", trusted(), b"EHLO x\r\n", b"XCLIENT NAME=a.example LOGIN=tim\r\n", false),
        ("mails", plain(), MAIL, b"DATA\r\nx\r\n.\r\nMAIL FROM:<>\r\nRCPT TO:<b@c>\r\n", false),
    ] {
        let (once, for_ever) = (
            most_of(config.clone(), opening, line, 10, refuses),
            most_of(config, opening, line, 20_000, refuses),
        );
        println!("{title}: {once} octets, {for_ever} octets for 20000");
        assert!(for_ever <= once + 512, "{title}: {once} {for_ever}");
        assert!(once < 16 * 1024, "{title}: {once}");
    }
}

#[test]
fn recipients_cost_their_limit_and_no_more() {
    let config = Config::lmtp(name(), clear());
    let most = config.limits.recipients as usize;
    let mut sink = Sink::new(config);
    sink.hear(b"LHLO x\r\nMAIL FROM:<>\r\n");
    let rcpt = format!("RCPT TO:<{}@foo.com>\r\n", "x".repeat(64));
    let cost = measure(|| (0..20_000).for_each(|_| sink.hear(rcpt.as_bytes())));
    println!("20000 recipients in LMTP, of which {most} are taken: {} octets", cost.bytes_max);
    assert!(cost.bytes_max < (most as u64) * 320);
    sink.hear(b"DATA\r\n.\r\n");
    assert!(sink.end.is_none() && sink.said > 20_000 * 10);
}

#[test]
fn a_long_login_before_it_succeeds_costs_an_inbox_on_every_connection() {
    const LINE: usize = 12_288;
    let config = || Config::new(name(), Security::Implicit(tls())).with_auth(auth());
    for opening in ["AUTH PLAIN ", "AUTH PLAIN\r\n", "AUTH SCRAM-SHA-256 "] {
        let mut sinks: Vec<Sink> = (0..200).map(|_| Sink::new(config())).collect();
        let cost = measure(|| {
            for sink in &mut sinks {
                sink.hear(b"EHLO bar.com\r\n");
                sink.hear(opening.as_bytes());
                for _ in 0..120 {
                    sink.hear(&[b'A'; 100]);
                }
            }
        });
        let each = cost.bytes_current.max(0) as usize / sinks.len();
        println!("{opening:?}: {each} octets a connection");
        assert!(each < LINE + 2048, "{opening:?}: {each}");
        // And the line that is too long is answered, and held by nobody.
        let cost = measure(|| {
            for sink in &mut sinks {
                for _ in 0..1000 {
                    sink.hear(&[b'A'; 100]);
                }
            }
        });
        assert!(cost.bytes_current <= 0, "{opening:?}: {}", cost.bytes_current);
    }
}

#[test]
fn a_proxy_header_of_64_kib_is_refused_before_it_is_here() {
    let mut header = b"\r\n\r\n\0\r\nQUIT\n\x21\x11".to_vec();
    header.extend_from_slice(&u16::MAX.to_be_bytes());
    let mut sink = Sink::new(plain().with_proxy(true));
    let cost = measure(|| {
        sink.hear(&header);
        sink.hear(&[0; 65_535]);
    });
    assert!(matches!(sink.end, Some(Err(Error::ProxyHeader { .. }))), "{:?}", sink.end);
    assert!(sink.said == 0 && cost.bytes_max < 8 * 1024, "{}", cost.bytes_max);

    // As many attributes as fit, octet by octet.
    let block = proxy::LIMIT - 16;
    let mut header = b"\r\n\r\n\0\r\nQUIT\n\x21\x11".to_vec();
    header.extend_from_slice(&(block as u16).to_be_bytes());
    header.extend_from_slice(&[1; 12]);
    let attributes = (block - 12) / 3;
    header.extend_from_slice(&[4, 0, 0].repeat(attributes));
    header.resize(proxy::LIMIT - (block - 12) % 3, 0);
    let begin = Instant::now();
    let mut sinks: Vec<Sink> = (0..20).map(|_| Sink::new(plain().with_proxy(true))).collect();
    for sink in &mut sinks {
        header.chunks(1).for_each(|octet| sink.hear(octet));
        sink.inbox.set_eof();
    }
    println!("{attributes} attributes octet by octet: {:?}", begin.elapsed() / 20);
}

/// Seconds for a mail of so many pieces.
fn seconds(config: &Config, way: &str, piece: &[u8], n: usize) -> f64 {
    let body = piece.repeat(n);
    let mut sink = Sink::new(config.clone());
    sink.hear(MAIL);
    let begin = Instant::now();
    if way == "DATA" {
        sink.hear(b"DATA\r\n");
        sink.hear(&body);
        sink.hear(b"\r\n.\r\n");
    } else {
        sink.hear(format!("BDAT {} LAST\r\n", body.len()).as_bytes());
        sink.hear(&body);
    }
    assert!(sink.end.is_none());
    begin.elapsed().as_secs_f64()
}

/// Whether eight times as much takes about eight times as long; quadratic would be 64 times. A busy machine
/// may spoil a measurement, but not many in a row.
fn is_linear(title: &str, mut seconds: impl FnMut(usize) -> f64, n: usize) -> bool {
    (0..10).any(|_| {
        let (once, eightfold) = (seconds(n), seconds(8 * n));
        let linear = eightfold < 24.0 * once + 0.02;
        if !linear {
            println!("{title}: {once} s, {eightfold} s");
        }
        linear
    })
}

#[test]
fn eight_times_the_mail_takes_eight_times_the_time() {
    let pieces = [&b"\n"[..], b"\r", b"\r\n", b"..\r\n", b"\r\n..", b"\n.\n", b"\r\r\n", b"\0"];
    for policy in [BareNewlines::Reject, BareNewlines::Normalize, BareNewlines::Keep] {
        let config = plain().with_bare_newlines(policy);
        for (way, piece) in ["DATA", "BDAT"].iter().flat_map(|way| pieces.map(|piece| (way, piece)))
        {
            let title = format!("{policy:?} {way} {}", piece.escape_ascii());
            let linear = is_linear(&title, |n| seconds(&config, way, piece, n), 60_000);
            assert!(linear, "{title}");
        }
    }
}

#[test]
fn eight_times_the_line_takes_eight_times_the_time() {
    let lines: [(&str, &str); 8] = [
        ("MAIL FROM:<a@b>", " A=b"),
        ("MAIL FROM:<", "@a,"),
        ("RCPT TO:<", "\"\\"),
        ("MAIL FROM:<a@b> ENVID=", "+41"),
        ("RCPT TO:<a@b> ORCPT=utf-8;", "\\x{41}"),
        ("XFORWARD", " NAME=a"),
        ("VRFY ", "x "),
        ("EHLO ", "a."),
    ];
    for (start, piece) in lines {
        let seconds = |n: usize| {
            let line = [start, &piece.repeat(n)].concat();
            let parse = |_| {
                let begin = Instant::now();
                let _ = postrider_smtp::Command::parse(line.as_bytes());
                begin.elapsed().as_secs_f64()
            };
            (0..3).map(parse).fold(f64::INFINITY, f64::min)
        };
        assert!(is_linear(start, seconds, 4_000), "{start:?}");
    }
}
