//! A resolver for the decisions of `postrider::relay`: hickory asks, over the servers of the system or
//! over a zone file that is served on loopback.

mod policy;
mod zone;

use std::collections::BTreeMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use hickory_resolver::TokioResolver;
use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ResolveHosts, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::op::ResponseCode;
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};
use postrider::relay::DomainName;
use postrider::relay::dns::{Answer, MxRecord, Need, Outcome, PolicyFetch, SrvRecord, Told};
use postrider::relay::tls::dane::TlsaRecord;

/// Answers what a route, or the discovery of a server, needs to know.
///
/// Without DNSSEC no answer is secure, so that there is no DANE. With it hickory validates each answer by
/// itself, from the root on.
#[derive(Clone, Debug)]
pub struct Resolver {
    dns: TokioResolver,
    /// Answers count as proved, whatever they are: a zone that stands for a signed one.
    trusted: bool,
    policies: Arc<BTreeMap<DomainName, PathBuf>>,
    /// Policies are fetched from the Web.
    online: bool,
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
        Ok(Self { dns, trusted: false, policies: Arc::default(), online: true })
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
        let connections = [ConnectionConfig::udp(), ConnectionConfig::tcp()];
        let connections = connections.map(|mut connection| {
            connection.port = server.port();
            connection
        });
        let server = NameServerConfig::new(server.ip(), true, connections.into());
        let config = ResolverConfig::from_name_servers(vec![server]);
        let mut builder =
            TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
        builder.options_mut().use_hosts_file = ResolveHosts::Never;
        let dns = builder.build().map_err(io::Error::other)?;
        Ok(Self { dns, trusted, policies: Arc::default(), online: false })
    }

    /// Gives a file as the policy of a domain: nothing is fetched for it.
    #[must_use]
    pub fn with_policies(mut self, policies: BTreeMap<DomainName, PathBuf>) -> Self {
        self.policies = Arc::new(policies);
        self
    }

    /// The answer to one question.
    pub async fn ask(&self, need: &Need) -> Told {
        match need {
            Need::Mx(name) => Told::Mx(self.records(name, RecordType::MX, mx).await),
            Need::Txt(name) => Told::Txt(self.records(name, RecordType::TXT, txt).await),
            Need::Srv(name) => Told::Srv(self.records(name, RecordType::SRV, srv).await),
            Need::Tlsa(name) => Told::Tlsa(self.records(name, RecordType::TLSA, tlsa).await),
            Need::Addresses(name) => {
                let four = self.records(name, RecordType::A, address);
                let six = self.records(name, RecordType::AAAA, address);
                let (four, six) = tokio::join!(four, six);
                Told::Addresses(both(six, four))
            }
            Need::Policy(domain) => Told::Policy(self.policy(domain, need).await),
            other => other.failed(),
        }
    }

    async fn policy(&self, domain: &DomainName, need: &Need) -> PolicyFetch {
        match (self.policies.get(domain), need.policy_url()) {
            (Some(file), _) => policy::read(file),
            (None, Some(url)) if self.online => policy::fetch(url).await,
            _ => policy::unreachable(),
        }
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
        match self.dns.lookup(asked, kind).await {
            Ok(lookup) => {
                let answers = lookup.answers();
                let ours = answers.iter().filter(|record| record.record_type() == kind);
                let ttl = answers.iter().map(|record| record.ttl).min().unwrap_or_default();
                let records: Vec<T> =
                    ours.clone().filter_map(|record| read(&record.data)).collect();
                let secure = self.trusted || answers.iter().all(is_proved);
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

/// Whether hickory has validated it from the root on.
fn is_proved(record: &Record) -> bool {
    record.proof.is_secure()
}

/// The kind of nothing.
fn nothing<T>(error: &NetError, trusted: bool) -> Answer<T> {
    let NetError::Dns(error) = error else { return Answer::nothing(Outcome::Failed) };
    let (code, ttl, secure) = match error {
        DnsError::NoRecordsFound(none) => (none.response_code, none.negative_ttl, trusted),
        DnsError::Nsec { response, proof, .. } => {
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

/// Both families in one answer: IPv6 before IPv4, as RFC 6724 has it. Where one of them could not be had,
/// the other is what there is.
fn both(six: Answer<IpAddr>, four: Answer<IpAddr>) -> Answer<IpAddr> {
    let secure = six.secure && four.secure;
    let ttl = six.ttl.min(four.ttl).max(1);
    let records = [six.as_slice(), four.as_slice()].concat();
    let lost = six.is_failed() || four.is_failed();
    let canonical = six.canonical.or(four.canonical);
    let answer = match (records.is_empty(), lost, four.outcome) {
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
