//! A zone file, served on loopback.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use hickory_server::Server;
use hickory_server::proto::rr::rdata::SOA;
use hickory_server::proto::rr::{LowerName, Name, RData, Record};
use hickory_server::proto::serialize::txt::Parser;
use hickory_server::store::in_memory::InMemoryZoneHandler;
use hickory_server::zone_handler::{AxfrPolicy, Catalog, ZoneType};
use tokio::net::{TcpListener, UdpSocket};

/// How long what is not there is not there, in seconds.
const TTL: u32 = 60;

/// Serves all names of a file, whatever their domains, as one zone from the root on. The server lives as
/// long as the process.
pub(super) async fn serve(file: &Path) -> io::Result<SocketAddr> {
    let text = std::fs::read_to_string(file)?;
    let invalid = |error: &dyn std::fmt::Display| {
        io::Error::new(io::ErrorKind::InvalidData, format!("{}: {error}", file.display()))
    };
    // Names of the file may be relative to $ORIGIN, and to the root without one.
    let parsed = Parser::new(text, Some(file.to_owned()), Some(Name::root())).parse();
    let (_, records) = parsed.map_err(|error| invalid(&error))?;
    let mut zone = InMemoryZoneHandler::<hickory_server::net::runtime::TokioRuntimeProvider>::empty(
        Name::root(),
        ZoneType::Primary,
        AxfrPolicy::Deny,
        None,
    );
    let soa = SOA::new(Name::root(), Name::root(), 1, 3600, 600, 86_400, TTL);
    zone.upsert_mut(Record::from_rdata(Name::root(), TTL, RData::SOA(soa)), 1);
    for set in records.into_values() {
        for record in set.records_without_rrsigs() {
            // Zones of the file are not cut off here: it is all one.
            if !matches!(record.data, RData::SOA(_) | RData::NS(_)) {
                zone.upsert_mut(record.clone(), 1);
            }
        }
    }
    let mut catalog = Catalog::new();
    catalog.upsert(LowerName::from(Name::root()), vec![Arc::new(zone)]);
    // The same port for both: the first that is free twice.
    let (udp, tcp) = loop {
        let udp = UdpSocket::bind("127.0.0.1:0").await?;
        match TcpListener::bind(udp.local_addr()?).await {
            Ok(tcp) => break (udp, tcp),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {}
            Err(error) => return Err(error),
        }
    };
    let address = udp.local_addr()?;
    let mut server = Server::new(catalog);
    server.register_socket(udp);
    server.register_listener(tcp, Duration::from_secs(5), 64 * 1024);
    tokio::spawn(async move { server.block_until_done().await });
    Ok(address)
}
