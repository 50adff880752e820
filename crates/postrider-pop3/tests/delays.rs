//! Refusals of logins that are held back by a timer, not by a thread.

mod common;

use common::{Do, Host, client_config, fetcher, server_config};
use core::time::Duration;
use postrider_pop3::client::{Client, Event};
use postrider_pop3::server::{self, Server};
use postrider_pop3::{Error, Limits, Maildrop, Misuse, Reply};
use postrider_testkit::{Embedder, Outcome, Pair, PairEnd, Scenario, embedder, laws};
use postrider_wire::{Buf, Inbox, Machine, Progress, Timer, TimerKind};

const MAILS: &[&[u8]] = &[b"Subject: one\r\n\r\n.\r\n"];

fn delay_of(server: &Server) -> Option<Timer> {
    server.timers().iter().copied().find(|timer| timer.kind == TimerKind::Delay)
}

/// Polls to the next thing to do, and returns what was said meanwhile.
fn step(server: &mut Server, rx: &mut Inbox) -> (Result<Progress<server::Event>, Error>, String) {
    let progress = server.poll(rx);
    let n = server.outbox().remaining();
    let said = server.outbox().copy_to_bytes(n);
    (progress, String::from_utf8(said.to_vec()).unwrap())
}

fn asked_for_login(limits: Limits, behind: &str) -> (Server, Inbox) {
    let mut server = Server::new(server_config().with_limits(limits));
    let mut rx = server.new_inbox();
    rx.extend(format!("USER mrose\r\nPASS guess\r\n{behind}").as_bytes());
    let (asked, _) = step(&mut server, &mut rx);
    assert!(matches!(asked, Ok(Progress::Event(server::Event::Login { .. }))));
    (server, rx)
}

const LISTENS: Result<Progress<server::Event>, Error> =
    Ok(Progress::Wait { input: true, app: false });

#[test]
fn a_refused_login_is_answered_when_its_time_has_come_and_not_before() {
    let (mut server, mut rx) = asked_for_login(Limits::server(), "CAPA\r\n");
    server.reject(Reply::err("sorry").unwrap()).unwrap();
    let delay = delay_of(&server).unwrap();
    assert_eq!(delay.after, Duration::from_secs(2));
    // The next command stays in the inbox.
    assert_eq!(step(&mut server, &mut rx), (LISTENS, String::new()));
    assert_eq!(rx.octets(), b"CAPA\r\n");
    server.on_timeout(delay);
    let (progress, said) = step(&mut server, &mut rx);
    assert_eq!(progress, LISTENS);
    assert!(said.starts_with("-ERR sorry\r\n+OK Capability list follows\r\n"), "{said}");
}

#[test]
fn each_refusal_takes_twice_as_long_up_to_a_bound() {
    let limits = Limits::server()
        .with_patience(10, 7)
        .with_login_delay(Duration::from_secs(2), Duration::from_secs(20));
    let (mut server, mut rx) = asked_for_login(limits, "");
    let mut seconds = Vec::new();
    loop {
        server.decline();
        let delay = delay_of(&server).unwrap();
        seconds.push(delay.after.as_secs());
        server.on_timeout(delay);
        rx.extend(b"USER mrose\r\nPASS guess\r\n");
        if !matches!(step(&mut server, &mut rx).0, Ok(Progress::Event(_))) {
            break;
        }
    }
    assert_eq!(seconds, [2, 4, 8, 16, 20, 20, 20]);
    assert_eq!(step(&mut server, &mut rx).0, Ok(Progress::Closed), "the seventh is the last");
}

/// The time runs from `PASS`, so a verdict that came late is not seen to have come late.
#[test]
fn an_unknown_user_is_answered_as_a_wrong_password_is() {
    let told = |late: bool| {
        let (mut server, mut rx) = asked_for_login(Limits::server(), "");
        let delay = delay_of(&server).unwrap();
        if late {
            // The verdict takes longer than the delay.
            server.on_timeout(delay);
            assert_eq!(step(&mut server, &mut rx).0, Ok(Progress::Wait { input: true, app: true }));
        }
        server.reject(Reply::err("sorry").unwrap()).unwrap();
        if !late {
            assert_eq!(delay_of(&server), Some(delay), "the same timer, not a new one");
            server.on_timeout(delay);
        }
        step(&mut server, &mut rx)
    };
    assert_eq!(told(false), told(true));
}

#[test]
fn a_login_that_is_let_in_is_answered_at_once() {
    let (mut server, mut rx) = asked_for_login(Limits::server(), "");
    let delay = delay_of(&server).unwrap();
    server.accept_login(Maildrop::new()).unwrap();
    assert_eq!(delay_of(&server), None);
    assert!(step(&mut server, &mut rx).1.starts_with("+OK mrose's maildrop"));
    server.on_timeout(delay);
    assert_eq!(step(&mut server, &mut rx), (LISTENS, String::new()), "a stale timer does nothing");
}

#[test]
fn the_embedder_may_say_how_long() {
    let (mut server, mut rx) = asked_for_login(Limits::server(), "");
    let sorry = || Reply::err("sorry").unwrap();
    let not = Err(Error::Misuse(Misuse::NotARefusal));
    assert_eq!(server.reject_after(Reply::ok("yes").unwrap(), Duration::from_secs(9)), not);
    server.reject_after(sorry(), Duration::from_secs(9)).unwrap();
    let nothing = Err(Error::Misuse(Misuse::NothingPending));
    assert_eq!(server.reject_after(sorry(), Duration::ZERO), nothing, "it was given");
    assert_eq!(server.reject(sorry()), nothing);
    let delay = delay_of(&server).unwrap();
    assert_eq!(delay.after, Duration::from_secs(9));
    server.on_timeout(delay);
    assert_eq!(step(&mut server, &mut rx).1, "-ERR sorry\r\n");

    let (mut server, mut rx) = asked_for_login(Limits::server(), "");
    server.reject_after(sorry(), Duration::ZERO).unwrap();
    assert_eq!(step(&mut server, &mut rx).1, "-ERR sorry\r\n", "zero is no wait");
}

#[test]
fn a_shutdown_does_not_wait_for_a_refusal_and_says_nothing_of_the_password() {
    let (mut server, mut rx) = asked_for_login(Limits::server(), "");
    server.decline();
    assert_eq!(step(&mut server, &mut rx).0, LISTENS);
    server.shutdown();
    assert_eq!(step(&mut server, &mut rx).1, "-ERR server shutting down\r\n");
    assert_eq!(step(&mut server, &mut rx).0, Ok(Progress::Closed));
}

#[test]
fn a_peer_that_hangs_up_or_fills_the_inbox_meanwhile_is_borne() {
    let (mut server, mut rx) = asked_for_login(Limits::server(), "");
    server.decline();
    while rx.extend(b"NOOP\r\n") > 0 {}
    rx.set_eof();
    let waits = Ok(Progress::Wait { input: false, app: false });
    assert_eq!(step(&mut server, &mut rx), (waits, String::new()));
    server.on_timeout(delay_of(&server).unwrap());
    let (_, said) = step(&mut server, &mut rx);
    // What came before the end is answered: the refusal, and then each command.
    assert!(said.starts_with("-ERR login refused\r\n-ERR NOOP not possible now\r\n"), "{said}");
}

/// A peer that does not read what it was told before its login.
#[test]
fn a_peer_that_does_not_read_is_cut_off_while_its_refusal_waits() {
    let mut server = Server::new(server_config());
    let mut rx = server.new_inbox();
    rx.extend(b"USER mrose\r\nPASS guess\r\n");
    let _ = server.poll(&mut rx).unwrap();
    server.decline();
    assert_eq!(server.poll(&mut rx), LISTENS);
    let timer = server.timers().iter().copied().find(|timer| timer.kind == TimerKind::Progress);
    server.on_timeout(timer.unwrap());
    assert_eq!(server.poll(&mut rx), Err(Error::Timeout));
}

fn guesses(limits: fn() -> Limits) -> Scenario<Server> {
    let make = move || (Server::new(server_config().with_limits(limits())), Host::boxed(MAILS));
    Scenario::new("guesses", make)
        .debug()
        .tap(Server::set_tap)
        .secret(b"guess")
        .state_limit(8 * 1024)
}

#[test]
fn the_server_keeps_the_laws_while_refusals_are_held_back() {
    const GUESS: &str = "USER mrose\r\nPASS guess\r\n";
    laws::all(
        &guesses(Limits::server)
            .turn(format!("{GUESS}{GUESS}USER mrose\r\nPASS tanstaaf\r\nRETR 1\r\nQUIT\r\n")),
    );
    laws::all(&guesses(Limits::server).turn(GUESS).turn(GUESS).turn(GUESS).turn("QUIT\r\n"));
    let prompt = || Limits::server().with_login_delay(Duration::ZERO, Duration::ZERO);
    laws::all(&guesses(prompt).turn(format!("{GUESS}{GUESS}NOOP\r\nQUIT\r\n")));
}

/// Waits, asks the store in its own time, and gives its verdict with a delay of its own.
fn reluctant() -> Box<dyn Embedder<Server>> {
    let on_event = |server: &mut Server, event: &server::Event| match event {
        server::Event::Login { password, .. } if &password.expose()[..] == b"tanstaaf" => {
            server.accept_login(Maildrop::new()).unwrap();
        }
        server::Event::Login { .. } => {
            let sorry = Reply::err("sorry").unwrap();
            server.reject_after(sorry, Duration::from_secs(60)).unwrap();
        }
        server::Event::Commit { .. } => server.accept().unwrap(),
        _ => server.decline(),
    };
    embedder(on_event, |_| false)
}

#[test]
fn two_guesses_and_a_login_take_their_time_over_a_jittery_road() {
    const LIST: &[Do] = &[
        Do::Login("mrose", "guess"),
        Do::Login("mrose", "again"),
        Do::Login("mrose", "tanstaaf"),
        Do::Stat,
        Do::Quit,
    ];
    let client = || (Client::new(client_config()), fetcher(LIST));
    let growing = || (Server::new(server_config()), Host::boxed(MAILS));
    let fixed = || (Server::new(server_config()), reluctant());
    for (seed, capacity) in (0..40).zip([1, 7, 64, 4096].into_iter().cycle()) {
        let jitter = Duration::from_millis(300);
        let runs = [
            (6, Pair::new(client, growing).capacity(capacity).jitter(jitter).run(seed)),
            (120, Pair::new(client, fixed).capacity(capacity).jitter(jitter).run(seed)),
        ];
        for (seconds, run) in runs {
            assert_eq!(run.end, PairEnd::Finished);
            assert_eq!(run.client.outcome(), &Outcome::Closed);
            assert_eq!(run.server.outcome(), &Outcome::Closed);
            let refused =
                run.client.events().filter(|event| matches!(event, Event::Refused { .. }));
            assert_eq!(refused.count(), 2);
            assert!(run.elapsed >= Duration::from_secs(seconds), "{:?}", run.elapsed);
            // At one octet each 20 to 320 ms, the road alone takes a while.
            assert!(capacity == 1 || run.elapsed < Duration::from_secs(seconds + 60));
        }
    }
}
