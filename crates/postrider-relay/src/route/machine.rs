//! The dialogue that leads to a plan.

use alloc::borrow::ToOwned;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::net::IpAddr;

use super::mx::{self, MxHost};
use super::plan::{LeftOut, Plan, PlannedHost, Reason};
use super::{NoRoute, Router, demand};
use crate::dns::{Answer, MxRecord, Need, NotAsked, Outcome, PolicyFetch, Told};
use crate::literal::{self, address_literal};
use crate::tls::dane::TlsaRecord;
use crate::tls::require_tls::{NameProof, TlsTag};
use crate::tls::sts::{self, Policy, StsDecision, StsFault, StsMemory};
use crate::{DomainName, InvalidDomain};

/// The port of SMTP between MTAs (RFC 5321 §4.5.4.2).
const SMTP: u16 = 25;

/// The way from the domain of a recipient to a [`Plan`]: a dialogue with a resolver.
///
/// [`Route::needs`] lists what is to be asked, [`Route::tell`] takes the answers, and when nothing is
/// needed any more [`Route::outcome`] is there.
#[derive(Clone, Debug)]
pub struct Route {
    router: Router,
    goal: Goal,
    port: u16,
    seed: [u8; 32],
    now: Option<i64>,
    tag: TlsTag,
    needs: Vec<Need>,
    mx: Option<MxAnswer>,
    candidates: Vec<Candidate>,
    left_out: Vec<(String, LeftOut)>,
    reasons: Vec<Reason>,
    ttl: u32,
    sts: Sts,
    outcome: Option<Result<Plan, NoRoute>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Goal {
    /// A domain, whose MX records are looked up.
    Domain(DomainName),
    /// A host that was given: no MX records.
    Host(DomainName),
    /// An address literal.
    Address(IpAddr),
    /// No name at all.
    Nowhere,
}

/// What is kept of the answer to the MX question.
#[derive(Clone, Debug)]
struct MxAnswer {
    secure: bool,
    canonical: Option<DomainName>,
}

/// A host on its way into the plan.
#[derive(Clone, Debug)]
struct Candidate {
    host: MxHost,
    addresses: Option<Answer<IpAddr>>,
    /// Under which name TLSA records are, or were, looked for.
    base: Option<DomainName>,
    tlsa: Option<Answer<TlsaRecord>>,
}

/// How far MTA-STS is.
#[derive(Clone, Debug, Default)]
struct Sts {
    memory: StsMemory,
    /// The policy that applies.
    policy: Option<Policy>,
    /// What is being fetched.
    fetching: Option<String>,
    fault: Option<StsFault>,
}

impl Route {
    /// The way to a domain, as it stands behind the `@` of a recipient: a name in A-labels or U-labels,
    /// or an address literal, which is its own host, and nothing is asked. The seed decides among hosts
    /// of equal preference: the same seed, the same order.
    #[must_use]
    pub fn new(router: &Router, domain: &str, seed: [u8; 32]) -> Self {
        let goal = match (address_literal(domain), DomainName::parse(domain)) {
            (Some(address), _) => Goal::Address(address),
            (None, Ok(name)) => Goal::Domain(name),
            (None, Err(_)) => Goal::Nowhere,
        };
        Self::to_goal(router, goal, seed)
    }

    /// The way to a host that is given, such as a smart host: its addresses alone are looked up, and it
    /// is the domain whose policies count (RFC 8461 §3.4).
    ///
    /// # Errors
    ///
    /// [`InvalidDomain`] when it is neither a name nor an address literal.
    pub fn to_host(router: &Router, host: &str, seed: [u8; 32]) -> Result<Self, InvalidDomain> {
        let goal = match address_literal(host) {
            Some(address) => Goal::Address(address),
            None => Goal::Host(DomainName::parse(host)?),
        };
        Ok(Self::to_goal(router, goal, seed))
    }

    fn to_goal(router: &Router, goal: Goal, seed: [u8; 32]) -> Self {
        let mut route = Self {
            router: router.clone(),
            goal,
            port: SMTP,
            seed,
            now: None,
            tag: TlsTag::default(),
            needs: Vec::new(),
            mx: None,
            candidates: Vec::new(),
            left_out: Vec::new(),
            reasons: Vec::new(),
            ttl: u32::MAX,
            sts: Sts::default(),
            outcome: None,
        };
        route.begin();
        route
    }

    /// Sets the port; 25 unless set.
    #[must_use]
    pub fn with_port(mut self, port: u16) -> Self {
        self.port = port;
        self.begin();
        self
    }

    /// Sets what is known of the MTA-STS policy of the domain, and the time, in seconds since 1970. With
    /// an empty memory a policy is looked for. Without this call MTA-STS is not heeded, because it is
    /// worth little without a memory (RFC 8461 §10.2).
    #[must_use]
    pub fn with_sts_memory(mut self, memory: StsMemory, now: i64) -> Self {
        self.sts.memory = memory;
        self.now = Some(now);
        self.begin();
        self
    }
}

impl Route {
    /// Sets what the mail says of TLS (RFC 8689 §4.2). One that requires it goes to hosts that a secure
    /// answer or the policy of MTA-STS names, and that authenticate themselves; one for which it is to be no
    /// obstacle is kept from no host by a policy.
    #[must_use]
    pub fn with_tag(mut self, tag: TlsTag) -> Self {
        self.tag = tag;
        self.begin();
        self
    }

    /// What is to be asked now, in any order; empty when there is an outcome.
    #[must_use]
    pub fn needs(&self) -> &[Need] {
        &self.needs
    }

    /// Takes the answer to one of [`Route::needs`].
    ///
    /// # Errors
    ///
    /// [`NotAsked`]; nothing has changed then.
    pub fn tell(&mut self, need: &Need, told: Told) -> Result<(), NotAsked> {
        let at = self.needs.iter().position(|one| one == need).ok_or(NotAsked::Question)?;
        match (need, told) {
            (Need::Mx(_), Told::Mx(answer)) => self.mx_told(&answer),
            (Need::Addresses(name), Told::Addresses(answer)) => self.addresses_told(name, &answer),
            (Need::Tlsa(name), Told::Tlsa(answer)) => self.tlsa_told(name, &answer),
            (Need::Txt(_), Told::Txt(answer)) => self.txt_told(&answer),
            (Need::Policy(_), Told::Policy(fetch)) => self.policy_told(&fetch),
            _ => return Err(NotAsked::Kind),
        }
        // What was asked because of it stands behind it.
        self.needs.remove(at);
        if self.outcome.is_none() && self.needs.is_empty() {
            self.outcome = Some(self.conclude());
        }
        if self.outcome.is_some() {
            self.needs.clear();
        }
        Ok(())
    }

    /// Asks all that is needed, one after the other. For those who may wait, and who keep no memory of
    /// policies ([`Route::sts_memory`] is gone with the route).
    ///
    /// # Errors
    ///
    /// [`NoRoute`].
    pub fn resolve(mut self, mut ask: impl FnMut(&Need) -> Told) -> Result<Plan, NoRoute> {
        while let Some(need) = self.needs.first().cloned() {
            // An answer of the wrong kind is none.
            if self.tell(&need, ask(&need)).is_err() {
                let _ = self.tell(&need, need.failed());
            }
        }
        self.into_outcome()
    }

    /// The plan, or why there is none; `None` while something is needed.
    #[must_use]
    pub fn outcome(&self) -> Option<Result<&Plan, NoRoute>> {
        self.outcome.as_ref().map(|outcome| outcome.as_ref().map_err(|why| *why))
    }

    /// The plan, or why there is none. While something is needed, [`NoRoute::LookupFailed`].
    ///
    /// # Errors
    ///
    /// [`NoRoute`].
    pub fn into_outcome(self) -> Result<Plan, NoRoute> {
        self.outcome.unwrap_or(Err(NoRoute::LookupFailed))
    }

    /// Hosts that are not tried, so far, and why. Those of a [`Plan`] stand in it too; where there is no
    /// plan, they are the reasons.
    #[must_use]
    pub fn left_out(&self) -> &[(String, LeftOut)] {
        &self.left_out
    }

    /// What is now known of the MTA-STS policy of the domain: to be kept for the next route, whatever the
    /// outcome.
    #[must_use]
    pub fn sts_memory(&self) -> &StsMemory {
        &self.sts.memory
    }

    /// Why the policy of MTA-STS could not be had, if it could not; for a report on TLS.
    #[must_use]
    pub fn sts_fault(&self) -> Option<&StsFault> {
        self.sts.fault.as_ref()
    }

    fn begin(&mut self) {
        self.needs.clear();
        self.candidates.clear();
        self.reasons.clear();
        self.outcome = None;
        match self.goal.clone() {
            Goal::Nowhere => self.outcome = Some(Err(NoRoute::NoName)),
            Goal::Address(address) => self.outcome = Some(self.literal(address)),
            Goal::Domain(name) => {
                self.needs.push(Need::Mx(name.clone()));
                self.begin_sts(&name);
            }
            Goal::Host(name) => {
                self.reason(format!("{name} was given as the host"), "RFC 5321 §5.1");
                self.begin_sts(&name);
                self.add(Vec::from([MxHost { name, preference: 0 }]));
            }
        }
    }

    fn begin_sts(&mut self, domain: &DomainName) {
        // A domain that is too long to have the label in front of it has no policy.
        if self.router.sts
            && self.now.is_some()
            && let Ok(name) = domain.under("_mta-sts")
        {
            self.needs.push(Need::Txt(name));
        }
    }

    fn reason(&mut self, text: String, reference: &'static str) {
        self.reasons.push(Reason { text, reference });
    }

    fn leave_out(&mut self, name: &DomainName, why: LeftOut) {
        self.left_out.push((name.as_str().to_owned(), why));
    }

    /// RFC 5321 §2.3.5: the host is at this address, whoever that is.
    fn literal(&mut self, address: IpAddr) -> Result<Plan, NoRoute> {
        if self.router.is_own_address(address) {
            return Err(NoRoute::LoopsBack);
        }
        if !self.router.reach.allows(address) {
            return Err(NoRoute::NotPublic);
        }
        if self.tag == TlsTag::Required {
            // No name was looked up that a certificate could have.
            return Err(NoRoute::RequireTls);
        }
        self.reason(format!("{} is an address literal", literal::of(address)), "RFC 5321 §4.1.3");
        let host = PlannedHost::new(None, [address], self.port);
        Ok(self.plan(Vec::from([host])))
    }

    fn plan(&self, hosts: Vec<PlannedHost>) -> Plan {
        Plan {
            hosts,
            left_out: self.left_out.clone(),
            reasons: self.reasons.clone(),
            ttl: self.ttl,
            sts: self.sts.policy.clone(),
        }
    }

    /// Nothing, of which nobody said for how long, is no reason to ask again at once.
    fn held_for<T>(&mut self, answer: &Answer<T>) {
        if answer.ttl != 0 || !answer.as_slice().is_empty() {
            self.ttl = self.ttl.min(answer.ttl);
        }
    }

    fn mx_told(&mut self, answer: &Answer<MxRecord>) {
        let Goal::Domain(domain) = self.goal.clone() else { return };
        self.held_for(answer);
        self.mx = Some(MxAnswer { secure: answer.secure, canonical: answer.canonical.clone() });
        if let Some(canonical) = &answer.canonical {
            let text = format!("{domain} is an alias of {canonical}, whose records count");
            self.reason(text, "RFC 5321 §5.1");
        }
        let ordered = match mx::order(&self.router, &domain, answer, self.seed) {
            Ok(ordered) => ordered,
            Err(why) => {
                self.outcome = Some(Err(why));
                return;
            }
        };
        if ordered.implicit {
            let text = format!("{domain} has no MX record and is its own host");
            self.reason(text, "RFC 5321 §5.1");
        } else {
            let text = format!("{domain} has {} MX records", answer.as_slice().len());
            self.reason(text, "RFC 5321 §5.1");
        }
        if ordered.left_out.iter().any(|(_, why)| *why == LeftOut::NotNearer) {
            let text = "this host is among them: only better ones are tried".to_owned();
            self.reason(text, "RFC 5321 §5.1");
        }
        if ordered.drawn {
            let text = "hosts of equal preference are in random order".to_owned();
            self.reason(text, "RFC 5321 §5.1");
        }
        self.left_out.extend(ordered.left_out);
        self.add(ordered.hosts);
    }

    fn add(&mut self, hosts: Vec<MxHost>) {
        for host in hosts {
            self.needs.push(Need::Addresses(host.name.clone()));
            self.candidates.push(Candidate { host, addresses: None, base: None, tlsa: None });
        }
    }

    fn candidate(&mut self, matches: impl Fn(&Candidate) -> bool) -> Option<&mut Candidate> {
        self.candidates.iter_mut().find(|candidate| matches(candidate))
    }

    fn addresses_told(&mut self, name: &DomainName, answer: &Answer<IpAddr>) {
        self.held_for(answer);
        // RFC 7672 §2.2.1: without a secure answer to the MX question, no TLSA records are asked for.
        let named_securely = self.mx.as_ref().is_none_or(|mx| mx.secure);
        let ask_tlsa = self.router.dane && named_securely && answer.secure;
        let has_some = !answer.as_slice().is_empty();
        let Some(candidate) = self.candidate(|one| one.host.name == *name) else { return };
        candidate.addresses = Some(answer.clone());
        if ask_tlsa && has_some {
            // RFC 7672 §2.2.2: the name at the end of the aliases first, then the name itself.
            let base = answer.canonical.clone().unwrap_or_else(|| name.clone());
            self.ask_tlsa(name, base);
        }
    }

    fn ask_tlsa(&mut self, host: &DomainName, base: DomainName) {
        let Ok(need) = tlsa_name(&base, self.port).map(Need::Tlsa) else { return };
        if let Some(candidate) = self.candidate(|one| one.host.name == *host) {
            candidate.base = Some(base);
        }
        // Two hosts may be aliases of one.
        if !self.needs.contains(&need) {
            self.needs.push(need);
        }
    }

    fn tlsa_told(&mut self, name: &DomainName, answer: &Answer<TlsaRecord>) {
        self.held_for(answer);
        let port = self.port;
        let mut once_more = Vec::new();
        for candidate in &mut self.candidates {
            let base = candidate.base.as_ref();
            let asked = base.and_then(|base| tlsa_name(base, port).ok());
            if asked.as_ref() != Some(name) || candidate.tlsa.is_some() {
                continue;
            }
            let none = matches!(answer.outcome, Outcome::NoData | Outcome::NoSuchDomain);
            if none && base != Some(&candidate.host.name) {
                once_more.push(candidate.host.name.clone());
            } else {
                candidate.tlsa = Some(answer.clone());
            }
        }
        for host in once_more {
            self.ask_tlsa(&host, host.clone());
        }
    }

    fn txt_told(&mut self, answer: &Answer<Vec<u8>>) {
        let (Goal::Domain(domain) | Goal::Host(domain)) = self.goal.clone() else { return };
        match sts::decide(&self.sts.memory, answer, self.now.unwrap_or_default()) {
            StsDecision::NoPolicy => {}
            StsDecision::Use(cached) => self.sts.policy = Some(cached.policy),
            StsDecision::Fetch { id, .. } => {
                self.sts.fetching = Some(id);
                self.needs.push(Need::Policy(domain));
            }
        }
    }

    fn policy_told(&mut self, fetch: &PolicyFetch) {
        let Some(id) = self.sts.fetching.take() else { return };
        let (memory, fetched) =
            sts::fetched(&self.sts.memory, &id, fetch, self.now.unwrap_or_default());
        self.sts.policy = memory.policy(self.now.unwrap_or_default()).cloned();
        self.sts.memory = memory;
        self.sts.fault = fetched.err();
    }

    /// Everything is known.
    fn conclude(&mut self) -> Result<Plan, NoRoute> {
        let candidates = core::mem::take(&mut self.candidates);
        // This host is known by its addresses, too: only better ones are tried.
        let is_own = |candidate: &&Candidate| {
            let told = candidate.addresses.as_ref().map(Answer::as_slice).unwrap_or_default();
            told.iter().any(|address| self.router.is_own_address(*address))
        };
        let own = candidates.iter().filter(is_own).map(|own| own.host.preference).min();
        let mut room = self.router.limits.all_addresses;
        let mut hosts = Vec::new();
        for candidate in candidates {
            match self.admitted(&candidate, own, room) {
                Ok(host) => {
                    room = room.saturating_sub(host.addresses.len());
                    hosts.push(host);
                }
                Err(why) => self.leave_out(&candidate.host.name, why),
            }
        }
        if hosts.is_empty() { Err(self.no_host()) } else { Ok(self.plan(hosts)) }
    }

    /// The host as it stands in the plan, where there is room for so many addresses and this host, if it
    /// is among them, has that preference.
    fn admitted(
        &self,
        candidate: &Candidate,
        own: Option<u16>,
        room: usize,
    ) -> Result<PlannedHost, LeftOut> {
        if own.is_some_and(|best| candidate.host.preference >= best) {
            return Err(LeftOut::NotNearer);
        }
        let mut addresses = self.addresses_of(candidate)?;
        if room == 0 {
            return Err(LeftOut::TooMany);
        }
        addresses.truncate(room);
        self.host(candidate, addresses)
    }

    fn addresses_of(&self, candidate: &Candidate) -> Result<Vec<IpAddr>, LeftOut> {
        let Some(answer) = &candidate.addresses else { return Err(LeftOut::LookupFailed) };
        if answer.is_failed() {
            return Err(LeftOut::LookupFailed);
        }
        let mut addresses = self.router.order.sorted(answer.as_slice());
        if addresses.is_empty() {
            return Err(LeftOut::NoAddress);
        }
        addresses.retain(|address| self.router.reach.allows(*address));
        if addresses.is_empty() {
            return Err(LeftOut::NotPublic);
        }
        addresses.truncate(self.router.limits.addresses);
        Ok(addresses)
    }

    fn host(&self, candidate: &Candidate, addresses: Vec<IpAddr>) -> Result<PlannedHost, LeftOut> {
        let name = &candidate.host.name;
        let mx = self.mx.as_ref();
        let mut names = Vec::new();
        // RFC 7672 §3.2.2: the base domain, the host, the domain of the recipient, what it is an alias of.
        let domain = match &self.goal {
            Goal::Domain(domain) => Some(domain),
            _ => None,
        };
        let canonical = mx.and_then(|mx| mx.canonical.as_ref());
        let all = [candidate.base.as_ref(), Some(name), domain, canonical];
        for one in all.into_iter().flatten() {
            if !names.contains(one) {
                names.push(one.clone());
            }
        }
        let facts = demand::Facts {
            name,
            tlsa: candidate.tlsa.as_ref(),
            names,
            sts: self.sts.policy.as_ref(),
            // Without MX records the name of the host is that of the recipient: nobody else gave it.
            proof: match mx {
                Some(mx) if mx.secure => NameProof::Dnssec,
                Some(_) if domain != Some(name) => NameProof::Unproved,
                _ => NameProof::Given,
            },
        };
        let decided = demand::tagged(facts, self.tag)?;
        let mut host = PlannedHost::new(Some(name.clone()), addresses, self.port);
        host.preference = candidate.host.preference;
        host.demand = decided.demand;
        host.testing = decided.testing;
        host.reasons = decided.reasons;
        Ok(host)
    }

    /// Why no host is left.
    fn no_host(&self) -> NoRoute {
        let any = |of: &[LeftOut]| self.left_out.iter().any(|(_, why)| of.contains(why));
        if any(&[LeftOut::LookupFailed, LeftOut::TlsaFailed]) {
            return NoRoute::LookupFailed;
        }
        if any(&[LeftOut::NotInPolicy]) {
            return NoRoute::Policy;
        }
        if any(&[LeftOut::NotAuthentic]) {
            return NoRoute::RequireTls;
        }
        if any(&[LeftOut::NotPublic]) {
            return NoRoute::NotPublic;
        }
        if any(&[LeftOut::NoAddress]) { NoRoute::NoAddress } else { NoRoute::LoopsBack }
    }
}

/// `_25._tcp.mx.example.org` (RFC 7672 §2.2.3).
fn tlsa_name(base: &DomainName, port: u16) -> Result<DomainName, InvalidDomain> {
    base.under(&format!("_{port}._tcp"))
}
