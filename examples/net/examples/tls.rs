//! One mail over SMTP with STARTTLS, on loopback: a client on the blocking driver, a server on that
//! for tokio, rustls between them. Prints what each end said and heard, and what it knows of TLS.
//!
//! `cargo run --release --example tls`

use std::error::Error;
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use bytes::Bytes;
use postrider::drive::{Next, blocking, tokio::Driver};
use postrider::smtp::client::{Content, Transaction};
use postrider::smtp::{EhloName, ForwardPath, ReversePath, client, server};
use postrider::wire::{Machine, Policy, Security, Side, Tap, TlsInfo, Transcript, TranscriptLog};
use postrider_net::{Handshake, client_config, server_config};
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::RootCertStore;
use rustls::pki_types::PrivatePkcs8KeyDer;

type Failure = Box<dyn Error + Send + Sync>;

const NAME: &str = "mx.b.example";
const LETTER: &[u8] = b"From: Alice <alice@a.example>\r\nTo: Bob <bob@b.example>\r\n\
    Subject: Sealed\r\n\r\nNobody on the road can read this.\r\n";

fn main() -> Result<(), Failure> {
    // A certificate that lives as long as this program. A real one comes from a file.
    let CertifiedKey { cert, signing_key } = generate_simple_self_signed([NAME.to_owned()])?;
    let certificate = cert.der().clone();
    let key = PrivatePkcs8KeyDer::from(signing_key.serialize_der());
    let shown = server_config(vec![certificate.clone()], key.into())?;
    let serving = Handshake::server(Arc::new(shown)).with_certificate(&certificate);
    let mut trusted = RootCertStore::empty();
    trusted.add(certificate)?;
    let asking = Handshake::client(Arc::new(client_config(trusted)?), NAME.try_into()?);

    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
    let address = listener.local_addr()?;
    let log = TranscriptLog::new(64 * 1024);
    let tap = tap(Side::Server, &log);
    let server = runtime.spawn(async move {
        let (stream, _) = listener.accept().await?;
        serve(stream, &serving, tap).await
    });
    let client_log = TranscriptLog::new(64 * 1024);
    let sealed = send(address, &asking, self::tap(Side::Client, &client_log))?;
    let (mail, received) = runtime.block_on(server)??;

    println!("What the client said and heard:\n{}", client_log.text());
    println!("What the server said and heard:\n{}", log.text());
    println!("The client knows: {}", known(&sealed));
    println!("The server knows: {}", known(&received));
    // Secrets compare, they do not print.
    let same = sealed.exporter.is_some() && sealed.exporter == received.exporter;
    println!("Both export the same keying material for SCRAM-PLUS: {same}");
    println!("The mail arrived unchanged: {}", mail == LETTER);
    if same && mail == LETTER { Ok(()) } else { Err("something was lost on the way".into()) }
}

fn tap(side: Side, log: &TranscriptLog) -> Box<dyn Tap + Send> {
    Box::new(Transcript::new(side, log.clone()))
}

fn known(tls: &TlsInfo) -> String {
    let or_nothing = |value: &Option<String>| value.clone().unwrap_or_else(|| "nothing".into());
    format!(
        "{} with {}; asked for {}; the peer proved to be {}",
        or_nothing(&tls.version),
        or_nothing(&tls.cipher),
        or_nothing(&tls.server_name),
        or_nothing(&tls.peer),
    )
}

/// Takes one mail. Returns it, and what is known of the TLS it came through.
async fn serve(
    stream: tokio::net::TcpStream,
    handshake: &Handshake,
    tap: Box<dyn Tap + Send>,
) -> Result<(Vec<u8>, TlsInfo), Failure> {
    use postrider_net::tokio::{MaybeTls, secure};
    use server::Event;
    let required = Security::StartTls(Policy::Required);
    let mut server = server::Server::new(server::Config::new(EhloName::parse(NAME)?, required));
    server.set_tap(tap);
    let mut driver = Driver::new(server, MaybeTls::plain(stream));
    let mut mail = Vec::new();
    loop {
        match driver.next().await? {
            Next::StartTls(token) => {
                let upgrade = |plain, ahead| secure(handshake, plain, ahead);
                driver = driver.upgrade(token, upgrade).await?;
            }
            Next::Event(event) => match event {
                Event::Ehlo { .. } | Event::Mail { .. } | Event::Rcpt { .. } => {
                    driver.machine().accept()?;
                }
                Event::DataBegin | Event::DataEnd => driver.machine().accept()?,
                Event::Chunk(octets) => mail.extend_from_slice(&octets),
                Event::Aborted(_) | Event::Reset => mail.clear(),
                _ => driver.machine().decline(),
            },
            Next::App => {}
            Next::Closed => {
                let tls = driver.machine().tls().cloned().ok_or("it came in clear")?;
                return Ok((mail, tls));
            }
        }
    }
}

/// Sends one mail. Returns what is known of the TLS it went through.
fn send(
    address: SocketAddr,
    handshake: &Handshake,
    tap: Box<dyn Tap + Send>,
) -> Result<TlsInfo, Failure> {
    use client::Event;
    use postrider_net::blocking::{MaybeTls, secure};
    let required = Security::StartTls(Policy::Required);
    let name = EhloName::parse("laptop.a.example")?;
    let mut client = client::Client::new(client::Config::new(name, required));
    client.set_tap(tap);
    let mut driver = blocking::Driver::new(client, MaybeTls::plain(TcpStream::connect(address)?));
    loop {
        match driver.next()? {
            Next::StartTls(token) => {
                driver = driver.upgrade(token, |plain, ahead| secure(handshake, plain, ahead))?;
            }
            Next::Event(event) => {
                let client = driver.machine();
                match event {
                    Event::Ready { .. } => {
                        let content = Content::whole(Bytes::from_static(LETTER));
                        let letter =
                            Transaction::new(ReversePath::parse("alice@a.example")?, content);
                        client.send(letter.to(ForwardPath::parse("bob@b.example")?))?;
                    }
                    Event::Sent(report) => {
                        if let Some((_, failure)) = report.failures().next() {
                            return Err(failure.to_string().into());
                        }
                        client.shutdown();
                    }
                    _ => {}
                }
            }
            Next::App => {}
            Next::Closed => {
                return Ok(driver.machine().tls().cloned().ok_or("it went in clear")?);
            }
        }
    }
}
