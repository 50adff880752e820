//! Servers that fail.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use hickory_resolver::proto::op::{Message, ResponseCode};
use hickory_resolver::proto::rr::rdata::A;
use hickory_resolver::proto::rr::{RData, Record, RecordType};
use postrider::relay::dns::Outcome;
use postrider_net::resolver::Resolver;
use tokio::net::UdpSocket;

use crate::world::{Kind, addresses, kinds};

/// What a server says to a question of this type; nothing, if it is silent.
type Behaviour = fn(RecordType) -> Option<ResponseCode>;

/// A server that answers by UDP, and has 192.0.2.1 for everybody whom it does not refuse.
async fn server(behaviour: Behaviour) -> SocketAddr {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let address = socket.local_addr().unwrap();
    tokio::spawn(async move {
        let mut octets = [0; 4096];
        loop {
            let (n, peer) = socket.recv_from(&mut octets).await.unwrap();
            let asked = Message::from_vec(&octets[..n]).unwrap();
            let query = asked.queries[0].clone();
            let Some(code) = behaviour(query.query_type()) else { continue };
            let mut told = Message::response(asked.id, asked.op_code);
            told.metadata.response_code = code;
            if code == ResponseCode::NoError {
                let address = RData::A(A::new(192, 0, 2, 1));
                told.add_answer(Record::from_rdata(query.name().clone(), 60, address));
            }
            told.add_query(query);
            socket.send_to(&told.to_vec().unwrap(), peer).await.unwrap();
        }
    });
    address
}

#[tokio::test]
async fn a_server_that_fails_or_refuses_is_no_answer() {
    for behaviour in [|_| Some(ResponseCode::ServFail), |_| Some(ResponseCode::Refused)] {
        let resolver = Resolver::over(server(behaviour).await, false).unwrap();
        assert_eq!(kinds(&resolver, "b.example").await, [Kind::Failed; 5]);
    }
}

#[tokio::test]
async fn a_server_that_is_silent_is_waited_for_so_long_and_no_longer() {
    let resolver = Resolver::over(server(|_| None).await, false).unwrap();
    let resolver = resolver.with_patience(Duration::from_millis(200));
    let began = Instant::now();
    assert_eq!(kinds(&resolver, "b.example").await, [Kind::Failed; 5]);
    assert!((Duration::from_secs(1)..Duration::from_secs(4)).contains(&began.elapsed()));
}

#[tokio::test]
async fn where_nobody_listens_there_is_no_answer() {
    let gone = UdpSocket::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let resolver = Resolver::over(gone, false).unwrap().with_patience(Duration::from_millis(500));
    assert_eq!(kinds(&resolver, "b.example").await, [Kind::Failed; 5]);
}

#[tokio::test]
async fn half_of_the_addresses_will_do_unless_proof_is_wanted() {
    let half: Behaviour = |kind| {
        Some(if kind == RecordType::A { ResponseCode::NoError } else { ResponseCode::ServFail })
    };
    let server = server(half).await;
    let answer = addresses(&Resolver::over(server, false).unwrap(), "mx.b.example").await;
    assert_eq!(answer.as_slice(), ["192.0.2.1".parse::<std::net::IpAddr>().unwrap()]);
    assert!(!answer.secure);
    // RFC 7672 §2.1.2: what could not be looked up may hide that there is DANE.
    let answer = addresses(&Resolver::over(server, true).unwrap(), "mx.b.example").await;
    assert_eq!(answer.outcome, Outcome::Failed);
}
