//! The laws for the hardest commands of a server: IDLE, APPEND and COMPRESS.

use std::collections::VecDeque;

use miniz_oxide::deflate::core::{CompressorOxide, TDEFLFlush, compress_to_output};
use miniz_oxide::inflate::stream::{InflateState, inflate};
use miniz_oxide::{DataFormat, MZFlush};
use postrider_imap::server::{Compression, Config, Event, Feature, SelectData, Server};
use postrider_imap::{
    AppendTarget, Command, Error, Fault, FetchItem, Flag, Limits, MailboxName, MessageNumber,
    Misuse, NumberList, PlainCode, Response, State, Status, UidSet,
};
use postrider_testkit::{Embedder, Outcome, Role, Run, Scenario, laws};
use postrider_wire::{AbortReason, ClearTextLogin, Policy, Security};

fn config() -> Config {
    Config::new(Security::StartTls(Policy::Never))
        .with_clear_text_login(ClearTextLogin::Allow)
        .with_features([Feature::Idle, Feature::MultiAppend, Feature::UidPlus])
}

fn role(event: &Event) -> Role {
    match event {
        Event::AppendBegin { .. } => Role::Begin,
        Event::AppendEnd => Role::End,
        Event::Aborted(_) => Role::Aborted,
        _ => Role::Other,
    }
}

fn number(n: u32) -> MessageNumber {
    MessageNumber::new(n).unwrap()
}

/// A server that takes everything, tells news while the client idles, and discards on demand.
#[derive(Default)]
struct Store {
    news: VecDeque<News>,
    discards: bool,
}

#[derive(Clone, Copy)]
enum News {
    Exists(u32),
    Recent(u32),
    Expunge(u32),
    Seen(u32),
}

impl Embedder<Server> for Store {
    fn on_event(&mut self, server: &mut Server, event: &Event) {
        match event {
            Event::Login { .. } | Event::Command(Command::Noop) => server.accept(),
            Event::Command(Command::Select { .. }) => server.accept_select(&SelectData::new(3)),
            Event::Command(Command::Idle) => {
                if server.state() == State::Selected {
                    use News::{Exists, Expunge, Recent, Seen};
                    self.news = [Exists(4), Recent(1), Seen(4), Expunge(2)].into();
                }
                server.accept()
            }
            Event::Append { target: AppendTarget::Append(mailbox), .. }
                if mailbox.as_bytes() == b"nowhere" =>
            {
                server.reject(Status::no("no such mailbox").with_code(PlainCode::TryCreate.into()))
            }
            Event::Append { .. } => server.accept(),
            Event::AppendBegin { .. } if self.discards => server.discard(&Status::no("not today")),
            Event::AppendEnd => {
                let uids = NumberList::from_iter(3955..=3957_u32);
                server.accept_append(38505.into(), UidSet::new(uids).unwrap())
            }
            _ => Ok(()),
        }
        .expect("allowed here");
    }

    fn on_wait(&mut self, server: &mut Server) -> bool {
        let mut told = false;
        while let Some(news) = self.news.front() {
            let answer = match *news {
                News::Exists(n) => server.update(&Response::Exists(n)),
                News::Recent(n) => server.update(&Response::Recent(n)),
                News::Expunge(n) => server.update(&Response::Expunge(number(n))),
                News::Seen(n) => {
                    server.fetch_items(number(n), &[FetchItem::Flags([Flag::Seen].into())])
                }
            };
            if answer == Err(Misuse::Full.into()) {
                return told;
            }
            answer.expect("it idles");
            told = true;
            self.news.pop_front();
        }
        told
    }
}

fn scenario(name: &str, config: fn() -> Config) -> Scenario<Server> {
    Scenario::new(name, move || (Server::new(config()), Box::new(Store::default())))
        .classify(role)
        .debug()
        .tap(Server::set_tap)
        .secret(b"pa55word")
        .turn("a login mrc pa55word\r\n")
}

fn said(run: &Run<Server>) -> String {
    String::from_utf8_lossy(run.output()).into_owned()
}

fn has_said(scenario: &Scenario<Server>, expected: &str) {
    let said = said(&scenario.run());
    assert!(said.contains(expected), "{said}");
}

#[test]
fn changes_are_told_while_a_client_idles() {
    // RFC 2177 §3: continuation, untagged responses, DONE, tagged OK.
    let idle = scenario("idle", config)
        .turn("b select inbox\r\n")
        .turn("c idle\r\n")
        .turn("DoNe\r\nd noop\r\n");
    has_said(
        &idle,
        "+ idling\r\n* 4 EXISTS\r\n* 1 RECENT\r\n* 4 FETCH (FLAGS (\\Seen))\r\n* 2 EXPUNGE\r\n\
         c OK IDLE terminated\r\nd OK NOOP completed\r\n",
    );
    laws::all(&idle);
}

#[test]
fn idle_ends_with_what_is_not_done() {
    for (name, turn) in [
        ("pipelined", "c idle\r\ndone\r\nd idle\r\nDONE\r\ne noop\r\n".to_owned()),
        ("a command", "c idle\r\nd logout\r\ne noop\r\n".to_owned()),
        ("a literal", "c idle\r\nd login {9+}\r\ne logout\r {8+}\r\npa55word\r\nf noop\r\n".into()),
        ("too long", format!("c idle\r\n{}DONE\r\nd noop\r\n", "x".repeat(600))),
        ("bare line feeds", "c idle\r\nDONE\nDONE\r\nd noop\r\n".to_owned()),
    ] {
        let idle = scenario(name, config).turn(turn);
        let run = idle.run();
        let ends = run.events().filter(|event| **event == Event::IdleEnd).count();
        let begins = run.events().filter(|event| **event == Event::Command(Command::Idle)).count();
        assert_eq!(ends, begins, "{name}");
        let said = said(&run);
        assert!(said.ends_with("OK NOOP completed\r\n"), "{name}: {said}");
        assert_eq!(said.contains("c BAD"), name != "pipelined", "{name}: {said}");
        laws::all(&idle);
    }
}

#[test]
fn an_idling_client_that_hangs_up_or_says_nothing_is_told_of() {
    let gone = scenario("gone", config).turn("b select inbox\r\nc idle\r\nDO");
    assert_eq!(gone.run().events().last(), Some(&Event::IdleEnd));
    laws::all(&gone);
    laws::all(&scenario("silent", config).turn("c idle\r\n").held_open());
}

#[test]
fn a_message_is_appended() {
    // RFC 3501 §6.3.11, its example.
    let append = scenario("append", config)
        .turn("A003 APPEND saved-messages (\\Seen) {13}\r\n")
        .turn("Hello Joe, do\r\n");
    let run = append.run();
    assert_eq!(run.payload(), b"Hello Joe, do");
    let asked_for = AppendTarget::Append(MailboxName::new("saved-messages").unwrap());
    let asked =
        |event: &Event| matches!(event, Event::Append { target, .. } if *target == asked_for);
    assert!(run.events().any(asked));
    let said = said(&run);
    assert!(
        said.ends_with("+ go ahead\r\nA003 OK [APPENDUID 38505 3955:3957] APPEND completed\r\n"),
        "{said}"
    );
    laws::all(&append);
}

#[test]
fn messages_are_appended_together_and_their_octets_are_no_commands() {
    let append = scenario("multiappend", config)
        .turn("b append {5}\r\n")
        .turn("inbox \" 7-Feb-1994 22:43:04 -0800\" {10+}\r\nc logout\r\n (\\Seen) {3}\r\n")
        .turn("{9} {7+}\r\n\0 noop\n\r\nd noop\r\n");
    let run = append.run();
    assert_eq!(run.payload(), b"c logout\r\n{9}\0 noop\n");
    let said = said(&run);
    assert!(said.ends_with("d OK NOOP completed\r\n"), "{said}");
    assert_eq!(said.matches("+ go ahead").count(), 2, "{said}");
    laws::all(&append);
}

#[test]
fn a_refused_append_takes_no_octet_and_swallows_what_comes_unasked() {
    let small = || config().with_limits(Limits::new().with_append(20).with_swallow(40));
    for (name, turn, expected) in [
        ("nowhere", "b append nowhere {9+}\r\nc logout\r\r\nd noop\r\n", "b NO [TRYCREATE]"),
        ("waits", "b append nowhere {9}\r\nd noop\r\n", "b NO [TRYCREATE]"),
        ("too big", "b append inbox {21}\r\nd noop\r\n", "b NO [TOOBIG]"),
        ("far too big", "b append inbox {99999999999999999999}\r\nd noop\r\n", "b NO [TOOBIG]"),
        (
            "no wait",
            "b append inbox {21+}\r\nc noop\r\nd noop\r\ne n\r\n\r\nd noop\r\n",
            "b NO [TOOBIG]",
        ),
        // RFC 3502 §6.3.11: "A zero-length message literal argument is an error, and MUST return
        // a NO."
        ("empty", "b append inbox {0+}\r\n\r\nd noop\r\n", "b NO an empty message"),
        ("syntax", "b append inbox (\\Recent) {3+}\r\nabc\r\nd noop\r\n", "b BAD syntax error"),
        ("no message", "b append inbox\r\nd noop\r\n", "b BAD syntax error"),
    ] {
        let append = scenario(name, small).turn(turn);
        let run = append.run();
        assert!(run.payload().is_empty(), "{name}");
        let said = said(&run);
        assert!(said.contains(expected), "{name}: {said}");
        assert!(said.ends_with("d OK NOOP completed\r\n"), "{name}: {said}");
        laws::all(&append);
    }
    for turn in ["b append nowhere {41+}\r\n", "b append nowhere {20+}\r\n"] {
        let tight = || config().with_limits(Limits::new().with_swallow(10));
        let run = scenario("bye", tight).turn(turn).run();
        assert!(said(&run).contains("* BYE too long\r\n"), "{}", said(&run));
    }
}

#[test]
fn what_is_not_advertised_is_refused_and_the_session_goes_on() {
    for turn in [
        // BINARY, UTF8=ACCEPT and CATENATE (RFC 3516 §7, RFC 9755 §4, RFC 4469 §5).
        "c append inbox ~{3+}\r\nabc\r\n",
        "c append inbox UTF8 (~{3+}\r\nabc)\r\n",
        "c append inbox CATENATE (TEXT {3+}\r\nabc URL \"/x\")\r\n",
        "c append inbox CATENATE (URL \"/x\" TEXT {3+}\r\nabc)\r\n",
        "c append inbox CATENATE (URL \"/x\")\r\n",
        "c append inbox (\\Seen) ANNOTATION (/comment NIL) {3+}\r\nabc\r\n",
        "c replace 1 inbox {3+}\r\nabc\r\n",
        // SEARCHRES, CONDSTORE, BINARY, PREVIEW, OBJECTID (RFC 5182, 7162, 3516, 8970, 8474).
        "c fetch $ flags\r\n",
        "c store $ flags ()\r\n",
        "c fetch 1 (flags) (changedsince 7)\r\n",
        "c store 1 (unchangedsince 7) flags (\\Seen)\r\n",
        "c fetch 1 modseq\r\n",
        "c fetch 1 binary[1]\r\n",
        "c fetch 1 preview\r\n",
        "c fetch 1 emailid\r\n",
        "c select inbox (condstore)\r\n",
        "c search return (all) all\r\n",
        "c namespace\r\n",
    ] {
        let refused = scenario(turn, config).turn(format!("b select inbox\r\n{turn}d noop\r\n"));
        let run = refused.run();
        let asked = run.events().filter(|event| !matches!(event, Event::Aborted(_))).count();
        // LOGIN, SELECT and NOOP: nothing else is asked.
        assert_eq!(asked, 3, "{turn}: {:?}", run.events().collect::<Vec<_>>());
        let said = said(&run);
        assert!(said.contains("\nc BAD "), "{turn}: {said}");
        assert!(said.ends_with("d OK NOOP completed\r\n"), "{turn}: {said}");
        laws::all(&refused);
    }
}

#[test]
fn a_fault_between_two_messages_aborts_all() {
    let small = || config().with_limits(Limits::new().with_append(20));
    for (name, behind, reason, expected) in [
        ("syntax", " (\\Seen {3+}\r\nabc\r\n", AbortReason::Protocol, "b BAD syntax error"),
        ("junk", "c logout\r\n", AbortReason::Protocol, "b BAD syntax error"),
        ("too big", " {18}\r\n", AbortReason::TooLarge, "b NO [TOOBIG]"),
        ("cancelled", " {0}\r\n", AbortReason::Discarded, "b NO an empty message cancels"),
    ] {
        let append =
            scenario(name, small).turn(format!("b append inbox {{3+}}\r\nabc{behind}d noop\r\n"));
        let run = append.run();
        assert!(run.events().any(|event| *event == Event::Aborted(reason)), "{name}");
        let said = said(&run);
        assert!(said.contains(expected), "{name}: {said}");
        assert!(said.ends_with("d OK NOOP completed\r\n"), "{name}: {said}");
        laws::all(&append);
    }
}

#[test]
fn a_discarded_append_is_swallowed_and_refused() {
    let make =
        || (Server::new(config()), Box::new(Store { discards: true, ..Store::default() }) as _);
    let append = Scenario::new("discard", make)
        .classify(role)
        .turn("a login mrc secret\r\n")
        .turn("b append inbox {9}\r\n")
        .turn("c logout\r {4+}\r\nc no\r\nd noop\r\n");
    let run = append.run();
    assert!(run.payload().is_empty());
    let said = said(&run);
    assert!(said.ends_with("b NO not today\r\nd OK NOOP completed\r\n"), "{said}");
    laws::all(&append);
}

// --- COMPRESS ---

fn compressing() -> Config {
    config().with_compression(Compression::Offer)
}

/// What a client sends when it compresses `plain`: raw DEFLATE (RFC 4978 §4), flushed.
fn deflated(plain: &[u8]) -> Vec<u8> {
    let flags = miniz_oxide::deflate::core::create_comp_flags_from_zip_params(6, -15, 0);
    let (mut compressor, mut out) = (CompressorOxide::new(flags), Vec::new());
    let (_, taken) = compress_to_output(&mut compressor, plain, TDEFLFlush::Sync, |ready| {
        out.extend_from_slice(ready);
        true
    });
    assert_eq!(taken, plain.len());
    out
}

/// The output as a client reads it: what is behind the OK to COMPRESS is inflated.
fn inflated(output: &[u8]) -> Vec<u8> {
    let active = b"OK DEFLATE active\r\n";
    let Some(at) = output.windows(active.len()).position(|some| some == active) else {
        return output.to_vec();
    };
    let (plain, compressed) = output.split_at(at + active.len());
    let mut state = InflateState::new_boxed(DataFormat::Raw);
    let (mut rest, mut left) = (Vec::new(), compressed);
    loop {
        let mut room = [0; 4096];
        let made = inflate(&mut state, left, &mut room, MZFlush::None);
        rest.extend_from_slice(&room[..made.bytes_written]);
        left = &left[made.bytes_consumed..];
        if made.bytes_written == 0 && made.bytes_consumed == 0 {
            break;
        }
    }
    [plain, &rest].concat()
}

fn compressed(name: &str, plain: &[u8]) -> Scenario<Server> {
    scenario(name, compressing)
        .read_output(inflated)
        .turn("b noop\r\nc compress deflate\r\n")
        .turn(deflated(plain))
        // A compressor, a decompressor, and one more inbox.
        .state_limit((128 + 365 + 256) * 1024)
}

#[test]
fn everything_behind_compress_is_compressed() {
    let session = compressed(
        "compressed",
        b"d compress deflate\r\ne idle\r\nDONE\r\nf append inbox {5+}\r\nhello\r\ng capability\r\nh logout\r\n",
    );
    let run = session.run();
    assert_eq!(run.payload(), b"hello");
    let said = said(&run);
    // RFC 4978 §3: "the server MUST reply with NO [COMPRESSIONACTIVE]" to a second one.
    assert!(said.contains("d NO [COMPRESSIONACTIVE] "), "{said}");
    assert!(
        said.contains("* CAPABILITY IMAP4rev1 LITERAL+ IDLE MULTIAPPEND UIDPLUS\r\n"),
        "{said}"
    );
    assert!(said.ends_with("h OK LOGOUT completed\r\n"), "{said}");
    laws::all(&session);
}

#[test]
fn compress_is_offered_to_users_where_the_configuration_says_so() {
    let offers = |config: fn() -> Config| {
        let run = scenario("offer", config).turn("b capability\r\nc compress deflate\r\n").run();
        let said = said(&run);
        (said.contains(" COMPRESS=DEFLATE\r\n"), said.contains("c OK DEFLATE active"))
    };
    assert_eq!(offers(compressing), (true, true));
    assert_eq!(offers(config), (false, false));
    let early =
        Scenario::new("early", || (Server::new(compressing()), Box::new(Store::default()) as _))
            .turn("a compress deflate\r\nb login mrc pa55word\r\nc compress lzw\r\n");
    let said = said(&early.run());
    assert!(!said.starts_with("* OK [CAPABILITY IMAP4rev1 LITERAL+ COMPRESS"), "{said}");
    assert!(said.contains("a BAD not in this state") && said.contains("c BAD"), "{said}");
}

#[test]
fn octets_behind_compress_are_fatal() {
    let burst = scenario("burst", compressing)
        .turn("b noop\r\nc noop\r\nd compress deflate\r\ne noop\r\nf logout\r\n");
    let run = burst.run();
    let said = said(&run);
    assert!(
        said.contains("c OK NOOP completed\r\n* BYE plaintext behind an upgrade\r\n"),
        "{said}"
    );
    let fault = Fault::Compression;
    assert!(
        matches!(run.outcome(), Outcome::Failed(Error::Protocol { fault: is, .. }) if *is == fault)
    );
}

#[test]
fn a_corrupt_stream_is_fatal_behind_what_was_good() {
    for plain in
        ["d noop\r\n", "d noop\r\ne no", "d noop\r\ne idle\r\n", "d append inbox {9+}\r\nabc"]
    {
        // RFC 1951 §3.2.3: BTYPE 11 is reserved.
        let octets = [deflated(plain.as_bytes()), vec![0xff; 9]].concat();
        let corrupt = scenario(plain, compressing)
            .read_output(inflated)
            .state_limit((128 + 365 + 256) * 1024)
            .turn("b noop\r\nc compress deflate\r\n")
            .turn(octets);
        let run = corrupt.run();
        assert!(
            matches!(
                run.outcome(),
                Outcome::Failed(Error::Protocol { fault: Fault::Compression, .. })
            ),
            "{plain}: {:?}",
            run.outcome()
        );
        laws::all(&corrupt);
    }
}
