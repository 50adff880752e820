//! Counting sessions.

use alloc::collections::BTreeMap;
use alloc::string::ToString;
use alloc::vec::Vec;

use postrider_message::{DateTime, Zone};
use postrider_mime::report::{TlsPolicy, TlsReport, TlsResultType};

use super::{CountedPolicy, Failure, Reporter};
use crate::DomainName;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// Counts the sessions of a day, by the domain they were for and the policy they were under.
///
/// It is bounded, for strangers name the domains and the hosts: sessions of a domain too many are not
/// counted, and a policy too many of a domain is not told apart from the last; failures too many are
/// counted by their result type alone. Texts of a failure are cut at 512 octets.
#[derive(Clone, Debug)]
pub struct Tally {
    domains: BTreeMap<DomainName, Vec<Counted>>,
    most_domains: usize,
    most_policies: usize,
    most_failures: usize,
    uncounted: u64,
}

/// The sessions under one policy.
#[derive(Clone, Debug)]
struct Counted {
    policy: CountedPolicy,
    successes: u64,
    /// Which came first, and how many.
    failures: BTreeMap<Failure, (usize, u64)>,
}

impl Default for Tally {
    fn default() -> Self {
        Self::new()
    }
}

impl Tally {
    /// Nothing counted: up to 65,536 domains, 16 policies of each and 256 failures of each of those.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            domains: BTreeMap::new(),
            most_domains: 65_536,
            most_policies: 16,
            most_failures: 256,
            uncounted: 0,
        }
    }

    /// Sets for how many domains sessions are counted.
    #[must_use]
    pub const fn with_domains(mut self, most: usize) -> Self {
        self.most_domains = most;
        self
    }

    /// Sets how many policies of a domain are told apart, at least one.
    #[must_use]
    pub const fn with_policies(mut self, most: usize) -> Self {
        self.most_policies = most;
        self
    }

    /// Sets how many failures under a policy are told apart. Beyond that there is one more for each
    /// result type.
    #[must_use]
    pub const fn with_failures(mut self, most: usize) -> Self {
        self.most_failures = most;
        self
    }

    /// Counts a session that succeeded. The domain is that of the recipients, or of the smarthost: the
    /// one whose record says where reports go. Count no session that carries a report (RFC 8460 §3).
    pub fn succeed(&mut self, domain: &DomainName, policy: &CountedPolicy) {
        if let Some(counted) = self.counted(domain, policy) {
            counted.successes = counted.successes.saturating_add(1);
        }
    }

    /// Counts a session that failed, or a policy that could not be had. "Transient errors due to
    /// too-busy networks, TCP timeouts, etc., are not required to be reported" (RFC 8460 §4.3.4).
    pub fn fail(&mut self, domain: &DomainName, policy: &CountedPolicy, failure: Failure) {
        let most = self.most_failures;
        if let Some(Counted { failures, .. }) = self.counted(domain, policy) {
            let is_known = failures.contains_key(&failure);
            let failure = if is_known || failures.len() < most {
                failure
            } else {
                Failure::new(bounded(failure.result_type))
            };
            let next = failures.len();
            let (_, sessions) = failures.entry(failure).or_insert((next, 0));
            *sessions = sessions.saturating_add(1);
        }
    }

    /// The domains for which sessions were counted, in the order of their names.
    pub fn domains(&self) -> impl Iterator<Item = &DomainName> {
        self.domains.keys()
    }

    /// How many sessions were not counted, because they were for a domain too many.
    #[must_use]
    pub fn uncounted(&self) -> u64 {
        self.uncounted
    }

    /// The report for a domain of the day that this instant, in seconds since 1970, is in: "a full day,
    /// from 00:00-24:00 UTC" (RFC 8460 §4.1). `None` when nothing was counted for it.
    ///
    /// The identifier is of the caller's making, and no other report has it; letters, digits, `-` and
    /// `.` fit everywhere.
    #[must_use]
    pub fn report(
        &self,
        domain: &DomainName,
        reporter: &Reporter,
        report_id: &str,
        day: i64,
    ) -> Option<TlsReport> {
        let counted = self.domains.get(domain)?;
        let start = day.saturating_sub(day.rem_euclid(DAY));
        let end = start.saturating_add(DAY.saturating_sub(1));
        let mut report = TlsReport::default();
        report.organization_name = Some(reporter.organization_name().to_string());
        report.start = DateTime::from_unix(start, Zone::UTC).ok();
        report.end = DateTime::from_unix(end, Zone::UTC).ok();
        report.contact_info = Some(reporter.contact().as_str().to_string());
        report.report_id = Some(report_id.to_string());
        report.policies = counted.iter().map(Counted::to_policy).collect();
        Some(report)
    }

    /// Forgets what was counted for a domain, once its report is on its way.
    pub fn forget(&mut self, domain: &DomainName) {
        self.domains.remove(domain);
    }

    fn counted(&mut self, domain: &DomainName, policy: &CountedPolicy) -> Option<&mut Counted> {
        if !self.domains.contains_key(domain) {
            if self.domains.len() >= self.most_domains {
                self.uncounted = self.uncounted.saturating_add(1);
                return None;
            }
            self.domains.insert(domain.clone(), Vec::new());
        }
        let policies = self.domains.get_mut(domain)?;
        let at = policies.iter().position(|counted| counted.policy == *policy);
        if at.is_none() && (policies.is_empty() || policies.len() < self.most_policies) {
            let (policy, failures) = (policy.clone(), BTreeMap::new());
            policies.push(Counted { policy, successes: 0, failures });
        }
        match at {
            Some(at) => policies.get_mut(at),
            None => policies.last_mut(),
        }
    }
}

/// A result type of which there are few.
fn bounded(ty: TlsResultType) -> TlsResultType {
    match ty {
        TlsResultType::Other(_) => TlsResultType::ValidationFailure,
        known => known,
    }
}

impl Counted {
    fn to_policy(&self) -> TlsPolicy {
        let mut policy = self.policy.to_policy();
        let mut failures: Vec<_> = self.failures.iter().collect();
        failures.sort_unstable_by_key(|(_, (first, _))| *first);
        let failed = failures.iter().fold(0u64, |sum, (_, (_, one))| sum.saturating_add(*one));
        policy.successful_sessions = Some(self.successes);
        policy.failed_sessions = Some(failed);
        policy.failures = failures
            .into_iter()
            .map(|(failure, (_, sessions))| failure.to_failure(*sessions))
            .collect();
        policy
    }
}
