//! Policies over HTTPS, from hosts that behave and others.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use postrider::relay::dns::{FetchFault, Need, PolicyFetch, Told};
use postrider_net::resolver::Resolver;
use postrider_net::server_config;
use rcgen::{CertifiedKey, generate_simple_self_signed};
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use crate::world::{name, of};

const POLICY: &str = "version: STSv1\nmode: enforce\nmx: mx.b.example\nmax_age: 86400\n";

/// A policy host that shows a certificate for this name, and gives this answer to each request. What it was
/// asked for comes out of the channel.
struct Host {
    port: u16,
    certificate: CertificateDer<'static>,
    asked: std::sync::mpsc::Receiver<String>,
}

impl Host {
    fn new(named: &str, response: String) -> Self {
        let CertifiedKey { cert, signing_key } =
            generate_simple_self_signed([named.to_owned()]).unwrap();
        let certificate = cert.der().clone();
        let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
        let config = Arc::new(server_config(vec![certificate.clone()], key).unwrap());
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let (told, asked) = std::sync::mpsc::channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                if let Some(request) = answer(&config, stream.unwrap(), &response) {
                    let _ = told.send(request);
                }
            }
        });
        Self { port, certificate, asked }
    }

    /// A resolver of a zone where this is the policy host of b.example.
    async fn resolver(&self) -> Resolver {
        let zone = "mta-sts.b.example. 60 IN A 127.0.0.1\n";
        of(zone, false).await.with_web(self.port, [&self.certificate])
    }
}

fn answer(config: &Arc<ServerConfig>, stream: TcpStream, response: &str) -> Option<String> {
    let engine = ServerConnection::new(Arc::clone(config)).unwrap();
    let mut stream = StreamOwned::new(engine, stream);
    let (mut request, mut octet) = (Vec::new(), [0]);
    while !request.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut octet).ok()?;
        request.extend(octet);
    }
    // Who has read enough hangs up.
    let _ = stream.write_all(response.as_bytes());
    stream.conn.send_close_notify();
    let _ = stream.flush();
    String::from_utf8(request).ok()
}

fn response(status: &str, more: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\n{more}Connection: close\r\n\r\n{body}"
    )
}

async fn fetch(resolver: &Resolver) -> PolicyFetch {
    match resolver.ask(&Need::Policy(name("b.example"))).await {
        Told::Policy(fetch) => fetch,
        other => panic!("{other:?}"),
    }
}

fn failed(fault: FetchFault) -> PolicyFetch {
    PolicyFetch::Failed(fault)
}

#[tokio::test]
async fn the_body_of_a_policy_is_told_as_it_came() {
    let host = Host::new("mta-sts.b.example", response("200 OK", "", POLICY));
    assert_eq!(fetch(&host.resolver().await).await, PolicyFetch::body(POLICY));
    let asked = host.asked.recv().unwrap().to_ascii_lowercase();
    // RFC 8461 §3.3.
    assert!(asked.starts_with("get /.well-known/mta-sts.txt http/1.1\r\n"), "{asked}");
    assert!(asked.contains("\r\nhost: mta-sts.b.example\r\n"), "{asked}");
}

#[tokio::test]
async fn another_status_is_told_and_a_redirect_is_one() {
    let host = Host::new("mta-sts.b.example", response("404 Not Found", "", POLICY));
    assert_eq!(fetch(&host.resolver().await).await, failed(FetchFault::Status(404)));
    let to = "Location: https://mta-sts.b.example/elsewhere\r\n";
    let host = Host::new("mta-sts.b.example", response("301 Moved", to, POLICY));
    assert_eq!(fetch(&host.resolver().await).await, failed(FetchFault::Status(301)));
    host.asked.recv().unwrap();
    assert!(host.asked.try_recv().is_err(), "it was not followed");
}

#[tokio::test]
async fn a_policy_without_end_is_not_read() {
    let host = Host::new("mta-sts.b.example", response("200 OK", "", &"x".repeat(70_000)));
    assert_eq!(fetch(&host.resolver().await).await, failed(FetchFault::TooLarge));
}

#[tokio::test]
async fn a_certificate_for_another_host_or_of_nobody_is_told_as_such() {
    let host = Host::new("www.b.example", response("200 OK", "", POLICY));
    assert_eq!(fetch(&host.resolver().await).await, failed(FetchFault::Certificate));
    let host = Host::new("mta-sts.b.example", response("200 OK", "", POLICY));
    let other = Host::new("mta-sts.b.example", String::new()).certificate;
    let resolver = host.resolver().await.with_web(host.port, [&other]);
    assert_eq!(fetch(&resolver).await, failed(FetchFault::Certificate));
}

#[tokio::test]
async fn a_host_that_is_not_there_is_not_reached() {
    let host = Host::new("mta-sts.b.example", response("200 OK", "", POLICY));
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let resolver = host.resolver().await.with_web(gone, [&host.certificate]);
    assert_eq!(fetch(&resolver).await, failed(FetchFault::Unreachable));
    // It has no address.
    let resolver = of("b.example. 60 IN A 127.0.0.1\n", false).await;
    let resolver = resolver.with_web(host.port, [&host.certificate]);
    assert_eq!(fetch(&resolver).await, failed(FetchFault::Unreachable));
}
