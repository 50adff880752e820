//! Where a mail client finds the servers of an address: SRV records (RFC 6186, RFC 8314 §5.1).
//!
//! [`Discovery`] asks for both records of a service at once, that of implicit TLS and that of
//! STARTTLS, and puts what they name into the order in which it is tried. The records of RFC 6186
//! §3:
//!
//! ```
//! use postrider_relay::discover::{Discovery, Security, Service};
//! use postrider_relay::dns::{Answer, Need, SrvRecord, Told};
//!
//! /// A resolver that knows one zone.
//! fn resolve(need: &Need) -> Told {
//!     let record = match need.name().as_str() {
//!         "_imap._tcp.example.com" => SrvRecord::new(0, 1, 143, "imap.example.com."),
//!         "_imaps._tcp.example.com" => SrvRecord::new(0, 1, 993, "imap.example.com."),
//!         _ => return need.nothing(),
//!     };
//!     Told::Srv(Answer::records(vec![record], 3600))
//! }
//!
//! let mut discovery = Discovery::new("alice@example.com", Service::Imap, [7; 32])?;
//! for need in discovery.needs().to_vec() {
//!     discovery.tell(&need, resolve(&need))?;
//! }
//! let found = discovery.endpoints();
//! assert_eq!((found[0].host.as_str(), found[0].port), ("imap.example.com", 993));
//! assert_eq!(found[0].security, Security::Implicit);
//! assert_eq!((found[1].port, found[1].security), (143, Security::StartTls));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What to trust
//!
//! Whoever can change the answers of the DNS on their way can name any host, and have a certificate
//! for it. So an insecure answer is believed no further than the domain of the user: a certificate
//! must name this domain, or a host inside it ([`Endpoint::names`], RFC 7817 §3); and before a
//! connection to a host outside of it, the user is asked ([`Endpoint::needs_consent`], RFC 6186 §6,
//! RFC 8314 §5.1). An answer that DNSSEC proves needs neither.
//!
//! There is no endpoint without TLS: where [`Security::StartTls`] fails, that endpoint has failed,
//! and no password goes over it (RFC 8314 §5.1).
//!
//! What was found is for setting up an account, and is kept: the records are not to be asked again
//! for every connection, unless DNSSEC proves them (RFC 8314 §5.1). When a server that was kept
//! fails, ask again for the same service, never silently for another (RFC 6186 §4).
//!
//! # Nothing found
//!
//! [`NoEndpoint`] tells apart what the domain says and what it does not. Where it says nothing,
//! [`guesses`] has names that are in use, to be shown as guesses.
//!
//! # IMAP or POP3
//!
//! A client that can do both looks for both, and [`prefer`] says which one the domain would have it
//! use.

mod endpoint;
mod guess;
mod order;
mod service;

use alloc::vec::Vec;

pub use endpoint::{Endpoint, NoEndpoint, Security, prefer};
pub use guess::{Guess, guesses};
pub use service::Service;

use crate::dns::{Answer, Need, NotAsked, Outcome, SrvRecord, Told};
use crate::random::Random;
use crate::{DomainName, InvalidDomain};

/// Endpoints handed out unless set.
const MOST: usize = 16;

/// The search for the servers of one service of a domain.
#[derive(Clone, Debug)]
pub struct Discovery {
    domain: DomainName,
    service: Service,
    seed: [u8; 32],
    most: usize,
    needs: Vec<Need>,
    implicit: Option<Answer<SrvRecord>>,
    start_tls: Option<Answer<SrvRecord>>,
    outcome: Option<Result<Vec<Endpoint>, NoEndpoint>>,
}

impl Discovery {
    /// The search for this service of a domain, or of the domain behind the last `@` of an address.
    /// The seed decides the order where the records leave it to chance.
    ///
    /// # Errors
    ///
    /// [`InvalidDomain`] when it is no domain, such as an address literal, or too long to stand
    /// behind the labels of a service.
    pub fn new(of: &str, service: Service, seed: [u8; 32]) -> Result<Self, InvalidDomain> {
        let domain = DomainName::parse(of.rsplit_once('@').map_or(of, |(_, domain)| domain))?;
        let mut needs = Vec::new();
        for security in [Security::Implicit, Security::StartTls] {
            needs.push(Need::Srv(domain.under(&service.labels(security))?));
        }
        let (implicit, start_tls, outcome) = (None, None, None);
        Ok(Self { domain, service, seed, most: MOST, needs, implicit, start_tls, outcome })
    }

    /// Sets how many endpoints are handed out, those that come first; 16 unless set, at least one.
    #[must_use]
    pub fn with_most(mut self, endpoints: usize) -> Self {
        self.most = endpoints.max(1);
        self
    }

    /// The domain.
    #[must_use]
    pub fn domain(&self) -> &DomainName {
        &self.domain
    }

    /// The service.
    #[must_use]
    pub fn service(&self) -> Service {
        self.service
    }

    /// What is still to be asked, all at once if you like. Empty when the outcome stands.
    #[must_use]
    pub fn needs(&self) -> &[Need] {
        &self.needs
    }

    /// Takes an answer.
    ///
    /// # Errors
    ///
    /// [`NotAsked`]; nothing has changed then.
    pub fn tell(&mut self, need: &Need, told: Told) -> Result<(), NotAsked> {
        let place = self.needs.iter().position(|asked| asked == need).ok_or(NotAsked::Question)?;
        let Told::Srv(answer) = told else { return Err(NotAsked::Kind) };
        let labels = self.service.labels(Security::Implicit);
        // The constructor has built this name before.
        let is_implicit = self.domain.under(&labels).is_ok_and(|name| name == *need.name());
        self.needs.remove(place);
        if is_implicit {
            self.implicit = Some(answer);
        } else {
            self.start_tls = Some(answer);
        }
        if let (Some(implicit), Some(start_tls)) = (&self.implicit, &self.start_tls) {
            self.outcome = Some(self.decide(implicit, start_tls));
        }
        Ok(())
    }

    /// The endpoints in the order in which they are tried, or why there is none; `None` as long as
    /// something is [needed](Self::needs).
    ///
    /// First those of the lowest priority; of one priority those with implicit TLS (RFC 8314 §3);
    /// of these the order is drawn by weight (RFC 2782).
    #[must_use]
    pub fn outcome(&self) -> Option<Result<&[Endpoint], NoEndpoint>> {
        self.outcome.as_ref().map(|outcome| match outcome {
            Ok(endpoints) => Ok(endpoints.as_slice()),
            Err(why) => Err(*why),
        })
    }

    /// The endpoints of the [outcome](Self::outcome); empty as long as there is none.
    #[must_use]
    pub fn endpoints(&self) -> &[Endpoint] {
        match &self.outcome {
            Some(Ok(endpoints)) => endpoints,
            _ => &[],
        }
    }

    /// Whether both questions were answered. With endpoints and without this, one of the lookups
    /// failed: the domain may have others, which it prefers.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        let known =
            |answer: &Option<Answer<SrvRecord>>| answer.as_ref().is_some_and(|it| !it.is_failed());
        known(&self.implicit) && known(&self.start_tls)
    }

    fn decide(
        &self,
        implicit: &Answer<SrvRecord>,
        start_tls: &Answer<SrvRecord>,
    ) -> Result<Vec<Endpoint>, NoEndpoint> {
        let mut random = Random::new(self.seed);
        let mut endpoints: Vec<Endpoint> = Vec::new();
        let (mut absent, mut unusable) = (false, false);
        for (answer, security) in [(implicit, Security::Implicit), (start_tls, Security::StartTls)]
        {
            for record in order::by_weight(answer.as_slice(), &mut random) {
                if matches!(record.target.as_str(), "." | "") {
                    // RFC 6186 §3.4: the service is not there; others may be.
                    absent = true;
                    continue;
                }
                match self.endpoint(record, answer.secure, security) {
                    Some(endpoint) if !endpoints.iter().any(|other| other.is_at(&endpoint)) => {
                        endpoints.push(endpoint);
                    }
                    Some(_) => {}
                    None => unusable = true,
                }
            }
        }
        if endpoints.is_empty() {
            return Err(match (&implicit.outcome, &start_tls.outcome) {
                (Outcome::Failed, _) | (_, Outcome::Failed) => NoEndpoint::LookupFailed,
                _ if unusable => NoEndpoint::NoHost,
                _ if absent => NoEndpoint::Unavailable,
                _ => NoEndpoint::NotOffered,
            });
        }
        // Stable: of one priority, those with implicit TLS stay in front.
        endpoints.sort_by_key(|endpoint| endpoint.priority);
        endpoints.truncate(self.most);
        Ok(endpoints)
    }

    /// What a record names, unless that is no host.
    fn endpoint(&self, record: &SrvRecord, secure: bool, security: Security) -> Option<Endpoint> {
        let host = DomainName::parse(&record.target).ok()?;
        if record.port == 0 {
            return None;
        }
        let inside = host.is_within(&self.domain);
        let trusted = secure || inside;
        let mut names = Vec::new();
        if trusted {
            names.push(host.clone());
        }
        if !names.contains(&self.domain) {
            names.push(self.domain.clone());
        }
        let srv_id = self.domain.under(self.service.label(security)).ok()?;
        let (priority, port) = (record.priority, record.port);
        Some(Endpoint { host, port, security, names, srv_id, needs_consent: !trusted, priority })
    }
}
