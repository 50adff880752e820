//! An embedder that is slow does not make its peer look slow: what ran out while it was away is not
//! held against a peer whose octets wait in the socket.

use core::time::Duration;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread::{JoinHandle, sleep, spawn};

use postrider::drive::{Next, blocking};
use postrider::smtp::server::{Config, Event, Server};
use postrider::smtp::{EhloName, Limits};
use postrider::wire::{Policy, Security};

const PATIENCE: Duration = Duration::from_millis(300);
const AWAY: Duration = Duration::from_millis(900);
const MAIL: usize = 300_000;

fn server() -> Server {
    let limits = Limits::server().with_times(PATIENCE, PATIENCE);
    let name = EhloName::parse("mx.example").unwrap();
    Server::new(Config::new(name, Security::StartTls(Policy::Never)).with_limits(limits))
}

/// Says everything at once, and waits for the end. With `stops`, it says no more than half a mail.
fn peer(stops: bool) -> (TcpListener, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let talking = spawn(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        let head = "EHLO a.example\r\nMAIL FROM:<a@a.example>\r\nRCPT TO:<b@b.example>\r\nDATA\r\n";
        let end = if stops { "" } else { ".\r\nQUIT\r\n" };
        let mail = "x".repeat(998) + "\r\n";
        let all = format!("{head}{}{end}", mail.repeat(MAIL / 1000));
        stream.write_all(all.as_bytes()).unwrap();
        let mut heard = Vec::new();
        let _ = stream.read_to_end(&mut heard);
        String::from_utf8_lossy(&heard).into_owned()
    });
    (listener, talking)
}

/// The answer of an embedder that is away whenever a chunk comes, up to twice.
fn answer(server: &mut Server, event: &Event, told: &mut Vec<Event>, away: impl FnOnce()) {
    match event {
        Event::Chunk(_) if told.len() < 2 => away(),
        Event::Chunk(_) => {}
        Event::DataEnd | Event::DataBegin => server.accept().unwrap(),
        Event::Aborted(_) => {}
        _ => server.accept().unwrap(),
    }
    if matches!(event, Event::Chunk(_) | Event::DataEnd | Event::Aborted(_)) {
        told.push(event.clone());
    }
}

fn check(told: &[Event], heard: &str, stops: bool) {
    let octets: usize = told
        .iter()
        .map(|event| match event {
            Event::Chunk(octets) => octets.len(),
            _ => 0,
        })
        .sum();
    if stops {
        assert!(matches!(told.last(), Some(Event::Aborted(_))), "the peer was the slow one");
        assert!(heard.contains("\r\n421 "), "{heard}");
    } else {
        assert!(matches!(told.last(), Some(Event::DataEnd)), "{:?}", told.last());
        assert_eq!(octets, MAIL);
        assert!(heard.contains("\r\n221 "), "{heard}");
    }
}

#[test]
fn the_time_of_the_embedder_is_not_the_peers_under_the_blocking_driver() {
    for stops in [false, true] {
        let (listener, talking) = peer(stops);
        let mut driver = blocking::Driver::new(server(), listener.accept().unwrap().0);
        let mut told = Vec::new();
        while let Ok(next) = driver.next() {
            match next {
                Next::Event(event) => {
                    answer(driver.machine(), &event, &mut told, || sleep(AWAY));
                }
                Next::App => {}
                Next::Closed | Next::StartTls(_) => break,
            }
        }
        drop(driver);
        check(&told, &talking.join().unwrap(), stops);
    }
}

#[cfg(feature = "tokio")]
#[test]
fn the_time_of_the_embedder_is_not_the_peers_under_tokio() {
    for stops in [false, true] {
        let (listener, talking) = peer(stops);
        let (stream, _) = listener.accept().unwrap();
        stream.set_nonblocking(true).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let told = runtime.block_on(async move {
            let stream = tokio::net::TcpStream::from_std(stream).unwrap();
            let mut driver = postrider::drive::tokio::Driver::new(server(), stream);
            let mut told = Vec::new();
            while let Ok(next) = driver.next().await {
                match next {
                    Next::Event(event) => {
                        answer(driver.machine(), &event, &mut told, || sleep(AWAY));
                    }
                    Next::App => {}
                    Next::Closed | Next::StartTls(_) => break,
                }
            }
            told
        });
        check(&told, &talking.join().unwrap(), stops);
    }
}
