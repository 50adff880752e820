//! A resolver for the decisions of `postrider::relay`: hickory asks, over the servers of the system or
//! over a zone file that is served on loopback.

mod policy;
mod zone;

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::dnssec::TrustAnchors;
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use hickory_resolver::{ResolverBuilder, TokioResolver};
use postrider::relay::DomainName;
use postrider::relay::dns::{
    Answer, MxRecord, Need, NotAsked, Outcome, PolicyFetch, SrvRecord, Told,
};
use postrider::relay::route::Route;
use postrider::relay::tls::dane::TlsaRecord;
use rustls::pki_types::CertificateDer;
use tokio::task::JoinSet;
use tokio::time::timeout;

use policy::Web;

const HTTPS: u16 = 443;
/// For each question to the DNS, whatever servers are asked and however often.
const PATIENCE: Duration = Duration::from_secs(30);

/// Answers what a route, or the discovery of a server, needs to know.
///
/// Without DNSSEC no answer is secure, so that there is no DANE. With it hickory validates each answer by
/// itself, from the root on.
#[derive(Clone, Debug)]
pub struct Resolver {
    dns: TokioResolver,
    /// Answers count as proved, whatever they are: a zone that stands for a signed one.
    trusted: bool,
    /// Answers are proved, or known not to be.
    proves: bool,
    patience: Duration,
    policies: Arc<BTreeMap<DomainName, PathBuf>>,
    /// How policies are fetched, if they are.
    web: Option<Web>,
}

impl Resolver {
    /// Over the servers that the system is configured for.
    ///
    /// # Errors
    ///
    /// When the configuration of the system cannot be read.
    pub fn system(dnssec: bool) -> io::Result<Self> {
        let mut builder = TokioResolver::builder_tokio().map_err(io::Error::other)?;
        let options = builder.options_mut();
        options.validate = dnssec;
        options.use_hosts_file = ResolveHosts::Never;
        let dns = builder.build().map_err(io::Error::other)?;
        let trusted = rustls_native_certs::load_native_certs().certs;
        let web = Some(Web::new(HTTPS, &trusted));
        Ok(Self { proves: dnssec, web, ..Self::new(dns, false) })
    }

    /// Over a zone file (RFC 1035 §5), which is served on loopback, and nothing else: what is not in it is
    /// not there. With `trusted` its answers count as proved by DNSSEC.
    ///
    /// # Errors
    ///
    /// When the file cannot be read or served.
    pub async fn of_zone(file: &Path, trusted: bool) -> io::Result<Self> {
        let server = zone::serve(file).await?;
        Self::over(server, trusted)
    }

    /// Over the server at this address.
    ///
    /// # Errors
    ///
    /// When hickory takes no such server.
    pub fn over(server: SocketAddr, trusted: bool) -> io::Result<Self> {
        let dns = at(server).build().map_err(io::Error::other)?;
        Ok(Self::new(dns, trusted))
    }

    /// Over the server at this address, whose answers are validated by DNSSEC from these keys on.
    ///
    /// # Errors
    ///
    /// When hickory takes no such server.
    pub fn validating(server: SocketAddr, anchors: TrustAnchors) -> io::Result<Self> {
        let builder = at(server).with_trust_anchor(Arc::new(anchors));
        let dns = builder.build().map_err(io::Error::other)?;
        Ok(Self { proves: true, ..Self::new(dns, false) })
    }

    fn new(dns: TokioResolver, trusted: bool) -> Self {
        let (policies, web) = (Arc::default(), None);
        Self { dns, trusted, proves: trusted, patience: PATIENCE, policies, web }
    }

    /// Sets how long a question may take in all; 30 seconds. Then nobody knows.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Gives a file as the policy of a domain: nothing is fetched for it.
    #[must_use]
    pub fn with_policies(mut self, policies: BTreeMap<DomainName, PathBuf>) -> Self {
        self.policies = Arc::new(policies);
        self
    }

    /// Fetches the policies of other domains over HTTPS from this port of their policy hosts, which have to
    /// show a certificate of one of these authorities. [`Resolver::system`] does so, from port 443 and by
    /// the authorities of the system; a zone has no Web unless this says so.
    #[must_use]
    pub fn with_web<'a>(
        mut self,
        port: u16,
        trusted: impl IntoIterator<Item = &'a CertificateDer<'a>>,
    ) -> Self {
        self.web = Some(Web::new(port, trusted));
        self
    }

    /// Asks all that a route needs, until it has an outcome.
    pub async fn follow(&self, route: &mut Route) {
        while !route.needs().is_empty() {
            let mut asked = JoinSet::new();
            for need in route.needs().to_vec() {
                let resolver = self.clone();
                asked.spawn(async move { (resolver.ask(&need).await, need) });
            }
            for (told, need) in asked.join_all().await {
                // An outcome may make what is left needless.
                if route.tell(&need, told) == Err(NotAsked::Kind) {
                    let _ = route.tell(&need, need.failed());
                }
            }
        }
    }

    /// The answer to one question.
    pub async fn ask(&self, need: &Need) -> Told {
        match need {
            Need::Mx(name) => Told::Mx(self.records(name, RecordType::MX, mx).await),
            Need::Txt(name) => Told::Txt(self.records(name, RecordType::TXT, txt).await),
            Need::Srv(name) => Told::Srv(self.records(name, RecordType::SRV, srv).await),
            Need::Tlsa(name) => Told::Tlsa(self.records(name, RecordType::TLSA, tlsa).await),
            Need::Addresses(name) => Told::Addresses(self.addresses(name).await),
            Need::Policy(domain) => Told::Policy(self.policy(domain, need).await),
            other => other.failed(),
        }
    }

    async fn policy(&self, domain: &DomainName, need: &Need) -> PolicyFetch {
        if let Some(file) = self.policies.get(domain) {
            return policy::read(file);
        }
        let (Some(web), Some(url)) = (&self.web, need.policy_url()) else {
            return policy::unreachable();
        };
        let Ok(host) = domain.under("mta-sts") else { return policy::unreachable() };
        let addresses = self.addresses(&host).await;
        let sockets = addresses.as_slice().iter().map(|one| SocketAddr::new(*one, web.port));
        web.fetch(url, sockets.collect()).await
    }

    async fn addresses(&self, name: &DomainName) -> Answer<IpAddr> {
        let four = self.records(name, RecordType::A, address);
        let six = self.records(name, RecordType::AAAA, address);
        let (four, six) = tokio::join!(four, six);
        both(six, four, self.proves)
    }

    async fn records<T>(
        &self,
        name: &DomainName,
        kind: RecordType,
        read: fn(&RData) -> Option<T>,
    ) -> Answer<T> {
        let Ok(mut asked) = Name::from_ascii(name.as_str()) else {
            return Answer::nothing(Outcome::Failed);
        };
        // No search list is put behind it.
        asked.set_fqdn(true);
        let Ok(looked) = timeout(self.patience, self.dns.lookup(asked, kind)).await else {
            return Answer::nothing(Outcome::Failed);
        };
        match looked {
            Ok(lookup) => {
                // What was asked for, and the aliases on the way; signatures stand beside them.
                let kinds = [kind, RecordType::CNAME, RecordType::ANAME];
                let ours = |of: &&Record| kinds.contains(&of.record_type());
                let answers: Vec<_> = lookup.answers().iter().filter(ours).collect();
                if answers.iter().any(|record| record.proof.is_bogus()) {
                    return Answer::nothing(Outcome::Failed);
                }
                let ours = answers.iter().filter(|record| record.record_type() == kind);
                let ttl = answers.iter().map(|record| record.ttl).min().unwrap_or_default();
                let records: Vec<T> =
                    ours.clone().filter_map(|record| read(&record.data)).collect();
                let secure = self.trusted || answers.iter().all(|record| record.proof.is_secure());
                let answer = Answer::records(records, ttl).with_secure(secure);
                // The records stand under the name at the end of the aliases.
                let end = ours.map(|record| record.name.to_ascii()).next();
                match end.and_then(|end| DomainName::parse(&end).ok()) {
                    Some(end) if end != *name => answer.with_canonical(end),
                    _ => answer,
                }
            }
            Err(error) => nothing(&error, self.trusted),
        }
    }
}

/// A builder with this server, and no other.
fn at(server: SocketAddr) -> ResolverBuilder<TokioRuntimeProvider> {
    let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()];
    let connections = connections.map(|mut connection| {
        connection.port = server.port();
        connection
    });
    let server = NameServerConfig::new(server.ip(), true, connections.into());
    let config = ResolverConfig::from_name_servers(vec![server]);
    let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
    builder.options_mut().use_hosts_file = ResolveHosts::Never;
    builder
}

/// The kind of nothing.
fn nothing<T>(error: &NetError, trusted: bool) -> Answer<T> {
    let NetError::Dns(error) = error else { return Answer::nothing(Outcome::Failed) };
    let (code, ttl, secure) = match error {
        DnsError::NoRecordsFound(none) => {
            let secure = trusted || none.authorities.as_deref().is_some_and(is_denial);
            (none.response_code, none.negative_ttl, secure)
        }
        DnsError::Nsec { response, proof, .. } if !proof.is_bogus() => {
            (response.response_code, response.negative_ttl(), proof.is_secure())
        }
        _ => return Answer::nothing(Outcome::Failed),
    };
    let outcome = match code {
        ResponseCode::NXDomain => Outcome::NoSuchDomain,
        ResponseCode::NoError => Outcome::NoData,
        _ => return Answer::nothing(Outcome::Failed),
    };
    Answer::nothing(outcome).with_ttl(ttl.unwrap_or_default()).with_secure(secure)
}

/// Whether these prove that there is nothing (RFC 4035 §5.4): hickory has validated them from the root on.
fn is_denial(authorities: &[Record]) -> bool {
    let kinds = [RecordType::SOA, RecordType::NSEC, RecordType::NSEC3];
    let mut ours = authorities.iter().filter(|record| kinds.contains(&record.record_type()));
    ours.clone().any(|record| record.record_type() != RecordType::SOA)
        && ours.all(|record| record.proof.is_secure())
}

/// Both families in one answer: IPv6 before IPv4, as RFC 6724 has it. Where one of them could not be had,
/// the other is what there is; but not where answers are proved, since whoever swallows one of the two
/// would take the proof from the whole (RFC 7672 §2.1.2).
fn both(six: Answer<IpAddr>, four: Answer<IpAddr>, proves: bool) -> Answer<IpAddr> {
    let secure = six.secure && four.secure;
    let ttl = six.ttl.min(four.ttl).max(1);
    let records = [six.as_slice(), four.as_slice()].concat();
    let lost = six.is_failed() || four.is_failed();
    let canonical = six.canonical.or(four.canonical);
    let answer = match (records.is_empty(), lost, four.outcome) {
        (false, true, _) if proves => Answer::nothing(Outcome::Failed),
        (false, ..) => Answer::records(records, ttl),
        (true, true, _) => Answer::nothing(Outcome::Failed),
        (true, false, Outcome::NoSuchDomain) => Answer::nothing(Outcome::NoSuchDomain),
        _ => Answer::nothing(Outcome::NoData),
    };
    let answer = answer.with_secure(secure);
    match canonical {
        Some(canonical) => answer.with_canonical(canonical),
        None => answer,
    }
}

fn mx(data: &RData) -> Option<MxRecord> {
    match data {
        RData::MX(mx) => Some(MxRecord::new(mx.preference, mx.exchange.to_ascii())),
        _ => None,
    }
}

fn srv(data: &RData) -> Option<SrvRecord> {
    match data {
        RData::SRV(srv) => {
            Some(SrvRecord::new(srv.priority, srv.weight, srv.port, srv.target.to_ascii()))
        }
        _ => None,
    }
}

fn txt(data: &RData) -> Option<Vec<u8>> {
    match data {
        RData::TXT(txt) => Some(txt.txt_data.concat()),
        _ => None,
    }
}

fn tlsa(data: &RData) -> Option<TlsaRecord> {
    match data {
        RData::TLSA(tlsa) => Some(TlsaRecord::new(
            tlsa.cert_usage.into(),
            tlsa.selector.into(),
            tlsa.matching.into(),
            tlsa.cert_data.clone(),
        )),
        _ => None,
    }
}

fn address(data: &RData) -> Option<IpAddr> {
    match data {
        RData::A(address) => Some(IpAddr::V4(address.0)),
        RData::AAAA(address) => Some(IpAddr::V6(address.0)),
        _ => None,
    }
}
