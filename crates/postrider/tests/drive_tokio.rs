//! The driver for tokio, over pipes of a few octets, with cancellation anywhere.
#![cfg(feature = "tokio")]

use core::pin::Pin;
use core::task::{Context, Poll, ready};
use core::time::Duration;
use std::io;

use bytes::Bytes;
use postrider::drive::tokio::Driver;
use postrider::drive::{DriveError, Next};
use postrider::wire::{ErrorKind, MachineError, TlsInfo};
use postrider_testkit::toy;
use tokio::io::{
    AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, DuplexStream, ReadBuf, duplex,
};
use tokio::time::timeout;

/// Serves to the end. With `hasty`, every wait is cancelled after a moment and begun again.
async fn serve(stream: impl AsyncRead + AsyncWrite + Unpin, hasty: bool) -> Vec<u8> {
    let mut mail = Vec::new();
    let mut driver = Driver::new(toy::Server::new(), stream);
    loop {
        let next = if hasty {
            match timeout(Duration::from_micros(10), driver.next()).await {
                Ok(next) => next,
                Err(_) => continue,
            }
        } else {
            driver.next().await
        };
        match next.expect("the client keeps to the protocol") {
            Next::Event(toy::ServerEvent::Said(text)) => driver.machine().answer(&text).unwrap(),
            Next::Event(toy::ServerEvent::Chunk(chunk)) => mail.extend_from_slice(&chunk),
            Next::StartTls(token) => {
                let handshake = async |plain, _| Ok((plain, TlsInfo::new()));
                driver = driver.upgrade(token, handshake).await.unwrap();
            }
            Next::Closed => return mail,
            _ => {}
        }
    }
}

async fn converse(stream: impl AsyncRead + AsyncWrite + Unpin, mail: &[u8]) -> Vec<String> {
    let mut driver = Driver::new(toy::Client::new(), stream);
    let mut told = Vec::new();
    let mut todo = vec!["quit", "mail", "say", "tls"];
    let mut payload = None;
    loop {
        match driver.next().await.expect("the server keeps to the protocol") {
            Next::Event(toy::ClientEvent::Replied { text, .. }) => told.push(text),
            Next::Event(toy::ClientEvent::GoAhead) => payload = Some(Bytes::copy_from_slice(mail)),
            Next::Event(_) => {}
            Next::StartTls(token) => {
                let handshake = async |plain, _| Ok((plain, TlsInfo::new()));
                driver = driver.upgrade(token, handshake).await.unwrap();
            }
            Next::Closed => return told,
            Next::App => {
                let client = driver.machine();
                if let Some(rest) = &mut payload {
                    if !rest.is_empty() {
                        client.write_payload(rest).unwrap();
                    } else {
                        client.finish_payload().unwrap();
                        payload = None;
                    }
                    continue;
                }
                match todo.pop() {
                    Some("tls") => client.start_tls().unwrap(),
                    Some("say") => client.say("hello").unwrap(),
                    Some("mail") => client.mail().unwrap(),
                    _ => client.quit().unwrap(),
                }
            }
        }
    }
}

#[tokio::test]
async fn a_session_runs_to_its_end_through_any_pipe() {
    let mail: Vec<u8> =
        (0..500).flat_map(|line| format!(".line {line}\r\n").into_bytes()).collect();
    for width in [1, 2, 7, 64, 65_536] {
        for hasty in [false, true] {
            let (near, far) = duplex(width);
            let (told, got) = tokio::join!(converse(near, &mail), serve(far, hasty));
            assert_eq!(told, ["toy ready", "hello", "taken", "bye"], "width {width}");
            assert_eq!(got, mail, "width {width}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_silent_peer_is_sent_away_by_the_timer() {
    let (mut near, far) = duplex(1024);
    let serving = tokio::spawn(async move {
        let mut driver = Driver::new(toy::Server::new(), far);
        driver.next().await
    });
    let began = tokio::time::Instant::now();
    let mut said = String::new();
    near.read_to_string(&mut said).await.unwrap();
    assert_eq!(said, "+ toy ready\r\n+ bye\r\n");
    assert_eq!(began.elapsed().as_secs(), 300);
    assert_eq!(serving.await.unwrap().unwrap(), Next::Closed);
}

#[tokio::test(start_paused = true)]
async fn tend_works_beside_the_embedder_and_loses_nothing() {
    let (mut near, far) = duplex(1024);
    let mut driver = Driver::new(toy::Server::new(), far);
    near.write_all(b"SAY one\r\nSAY two\r\n").await.unwrap();
    let Next::Event(toy::ServerEvent::Said(first)) = driver.next().await.unwrap() else {
        panic!("something was said");
    };
    // The verdict takes a second, in which the greeting leaves and the peer's end is noticed.
    let verdict = tokio::time::sleep(Duration::from_secs(1));
    tokio::select! {
        () = verdict => {}
        news = driver.tend() => panic!("one verdict at a time, but {news:?}"),
    }
    let mut greeting = [0; 13];
    near.read_exact(&mut greeting).await.unwrap();
    assert_eq!(&greeting, b"+ toy ready\r\n");
    driver.machine().answer(&first).unwrap();
    driver.tend().await.unwrap();
    let next = driver.next().await.unwrap();
    assert_eq!(next, Next::Event(toy::ServerEvent::Said("two".into())));
}

#[tokio::test]
async fn a_failed_stream_ends_the_machine_and_tells_both_reasons() {
    let (near, far) = duplex(4);
    drop(near);
    let mut driver = Driver::new(toy::Client::new(), far);
    let error = driver.next().await.expect_err("there is no greeting");
    let DriveError::Machine { error, .. } = error else { panic!("not the machine's: {error}") };
    assert_eq!(error.kind(), ErrorKind::Eof);
}

#[tokio::test(start_paused = true)]
async fn an_embedder_with_nothing_to_do_does_not_keep_the_runtime_busy() {
    let (_peer, near) = duplex(1024);
    let mut server = Driver::new(toy::Server::new(), _peer);
    let mut client = Driver::new(toy::Client::new(), near);
    let serving = tokio::spawn(async move { server.next().await.map(drop) });
    assert!(matches!(client.next().await.unwrap(), Next::Event(_)));
    assert_eq!(client.next().await.unwrap(), Next::App);
    // Nothing was done with the turn, so the next call listens instead of spinning.
    assert!(timeout(Duration::from_secs(60), client.next()).await.is_err());
    client.machine().say("hello").unwrap();
    let _ = timeout(Duration::from_secs(1), client.next()).await;
    drop(client);
    serving.await.unwrap().unwrap();
}

/// Keeps what it is given until it is flushed, as a TLS engine may, and can be made not to; ends as
/// a TLS stream does that was cut off.
struct Hoard {
    inner: DuplexStream,
    held: Vec<u8>,
    room: usize,
    stuck: bool,
    closed: bool,
}

impl AsyncRead for Hoard {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(cx, buf))?;
        if buf.filled().len() == before {
            return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into()));
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Hoard {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        if self.held.len() >= self.room {
            ready!(self.as_mut().poll_flush(cx))?;
        }
        let n = buf.len().min(self.room - self.held.len());
        self.held.extend_from_slice(&buf[..n]);
        Poll::Ready(Ok(n))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        while !this.held.is_empty() {
            if this.stuck {
                return Poll::Pending;
            }
            let n = ready!(Pin::new(&mut this.inner).poll_write(cx, &this.held))?;
            this.held.drain(..n);
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.as_mut().poll_flush(cx))?;
        self.closed = true;
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

fn hoard(width: usize) -> (Hoard, DuplexStream) {
    let (near, far) = duplex(width);
    (Hoard { inner: near, held: Vec::new(), room: 4096, stuck: false, closed: false }, far)
}

#[tokio::test(start_paused = true)]
async fn what_a_stream_holds_back_keeps_nobody_waiting_and_leaves_before_the_end() {
    let (hoard, far) = hoard(64);
    let serving = tokio::spawn(async move { serve(far, false).await });
    let mut driver = Driver::new(toy::Client::new(), hoard);
    let mut pieces = 0;
    loop {
        match driver.next().await.unwrap() {
            Next::Event(toy::ClientEvent::GoAhead) => {
                driver.stream().stuck = true;
                pieces = 20;
            }
            Next::Event(toy::ClientEvent::Replied { text, .. }) => match text.as_str() {
                "toy ready" => driver.machine().mail().unwrap(),
                "taken" => driver.machine().quit().unwrap(),
                text => assert_eq!(text, "bye"),
            },
            Next::App if pieces > 0 => {
                // Each turn comes although nothing left.
                pieces -= 1;
                let mut piece = Bytes::from_static(b"a piece of the letter\r\n");
                while !piece.is_empty() {
                    driver.machine().write_payload(&mut piece).unwrap();
                }
                if pieces == 0 {
                    driver.stream().stuck = false;
                    driver.machine().finish_payload().unwrap();
                }
            }
            Next::Closed => break,
            _ => {}
        }
    }
    assert!(driver.stream().closed, "the stream was shut down");
    assert_eq!(serving.await.unwrap(), b"a piece of the letter\r\n".repeat(20));
}

#[tokio::test(start_paused = true)]
async fn a_stream_that_never_lets_go_is_left_after_a_while() {
    let (mut hoard, mut far) = hoard(64);
    hoard.stuck = true;
    far.write_all(b"QUIT\r\n").await.unwrap();
    let mut driver = Driver::new(toy::Server::new(), hoard);
    let began = tokio::time::Instant::now();
    assert_eq!(driver.next().await.unwrap(), Next::Closed);
    assert_eq!(began.elapsed().as_secs(), 10);
    assert!(!driver.stream().closed);
}

#[tokio::test]
async fn an_end_without_a_goodbye_is_the_end_of_the_input_only_and_is_told() {
    let (hoard, mut far) = hoard(64);
    far.write_all(b"SAY one\r\nhalf a li").await.unwrap();
    far.shutdown().await.unwrap();
    let mut driver = Driver::new(toy::Server::new(), hoard);
    let error = loop {
        match driver.next().await {
            Ok(Next::Event(toy::ServerEvent::Said(text))) => {
                driver.machine().answer(&text).unwrap();
            }
            Ok(next) => assert_ne!(next, Next::Closed),
            Err(error) => break error,
        }
    };
    let DriveError::Machine { error, io, .. } = error else { panic!("not the machine's: {error}") };
    assert_eq!(error.kind(), ErrorKind::Eof);
    assert_eq!(io.map(|io| io.kind()), Some(io::ErrorKind::UnexpectedEof));
    drop(driver);
    let mut said = String::new();
    far.read_to_string(&mut said).await.unwrap();
    assert!(said.starts_with("+ toy ready\r\n+ one\r\n"), "{said}");
}

#[tokio::test(start_paused = true)]
async fn answers_that_wait_to_leave_outlive_an_end_without_a_goodbye() {
    let (mut hoard, mut far) = hoard(12);
    hoard.room = 1;
    let serving = tokio::spawn(async move { serve(hoard, false).await });
    far.write_all(b"SAY one\r\n").await.unwrap();
    far.shutdown().await.unwrap();
    // By then the end was read, and most of the answer did not fit into the pipe.
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut said = String::new();
    far.read_to_string(&mut said).await.unwrap();
    assert_eq!(said, "+ toy ready\r\n+ one\r\n");
    assert_eq!(serving.await.unwrap(), b"");
}
