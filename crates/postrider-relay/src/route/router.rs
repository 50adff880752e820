//! Who we are, and how far we go.

use alloc::vec::Vec;
use core::net::IpAddr;

use crate::{DomainName, InvalidDomain};

/// What is the same for every route: who this host is, what it may connect to, and how far it goes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Router {
    pub(super) own_names: Vec<DomainName>,
    pub(super) own_addresses: Vec<IpAddr>,
    pub(super) reach: Reach,
    pub(super) order: AddressOrder,
    pub(super) dane: bool,
    pub(super) sts: bool,
    pub(super) limits: RouteLimits,
}

/// Which addresses a name may lead to. Whoever writes a recipient, or runs a zone, chooses them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reach {
    /// Not this machine, and not the networks around it: loopback, private (RFC 1918, RFC 4193, RFC
    /// 6598), link-local, multicast and unspecified addresses are left out. The default.
    #[default]
    Public,
    /// All.
    Any,
}

/// The order of the addresses of a host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AddressOrder {
    /// As the resolver told them: "the SMTP sender MUST try them in the order presented" (RFC 5321
    /// §5.1). The default.
    #[default]
    AsTold,
    /// IPv6 and IPv4 in turn, beginning with IPv6, so that a network without IPv6 costs one attempt.
    Alternate,
    /// All of IPv6 first.
    Ipv6First,
    /// All of IPv4 first.
    Ipv4First,
    /// IPv6 alone.
    Ipv6Only,
    /// IPv4 alone.
    Ipv4Only,
}

/// How far a route goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct RouteLimits {
    /// MX records of which a choice is made; 128. Those behind them are not looked at.
    pub records: usize,
    /// Hosts that are tried; 16.
    pub hosts: usize,
    /// Addresses of one host that are tried; 8.
    pub addresses: usize,
    /// Addresses in all; 32.
    pub all_addresses: usize,
}

impl Default for RouteLimits {
    fn default() -> Self {
        Self { records: 128, hosts: 16, addresses: 8, all_addresses: 32 }
    }
}

impl RouteLimits {
    /// Sets how many hosts are tried; at least one is.
    #[must_use]
    pub fn with_hosts(mut self, most: usize) -> Self {
        self.hosts = most.max(1);
        self
    }

    /// Sets how many addresses of one host are tried; at least one is.
    #[must_use]
    pub fn with_addresses(mut self, most: usize) -> Self {
        self.addresses = most.max(1);
        self
    }

    /// Sets how many addresses are tried in all; at least one is.
    #[must_use]
    pub fn with_all_addresses(mut self, most: usize) -> Self {
        self.all_addresses = most.max(1);
        self
    }

    /// Sets of how many MX records a choice is made; of one at least.
    #[must_use]
    pub fn with_records(mut self, most: usize) -> Self {
        self.records = most.max(1);
        self
    }
}

impl Default for Router {
    fn default() -> Self {
        Self::new()
    }
}

impl Router {
    /// A router that knows no name of its own, reaches public addresses, and heeds DANE, and MTA-STS where
    /// a route is given its memory ([`super::Route::with_sts_memory`]).
    #[must_use]
    pub fn new() -> Self {
        Self {
            own_names: Vec::new(),
            own_addresses: Vec::new(),
            reach: Reach::default(),
            order: AddressOrder::default(),
            dane: true,
            sts: true,
            limits: RouteLimits::default(),
        }
    }

    /// Adds a name under which this host, or one that serves the same domains, stands in MX records.
    ///
    /// # Errors
    ///
    /// [`InvalidDomain`] when it is no name.
    pub fn with_own_name(mut self, name: &str) -> Result<Self, InvalidDomain> {
        self.own_names.push(DomainName::parse(name)?);
        Ok(self)
    }

    /// Adds an address of this host: a host at it is this host, whatever its name.
    #[must_use]
    pub fn with_own_address(mut self, address: IpAddr) -> Self {
        self.own_addresses.push(address.to_canonical());
        self
    }

    /// Sets which addresses a name may lead to.
    #[must_use]
    pub fn with_reach(mut self, reach: Reach) -> Self {
        self.reach = reach;
        self
    }

    /// Sets the order of the addresses of a host.
    #[must_use]
    pub fn with_order(mut self, order: AddressOrder) -> Self {
        self.order = order;
        self
    }

    /// Sets whether TLSA records are asked for, where the answers before were secure (RFC 7672).
    #[must_use]
    pub fn with_dane(mut self, heeded: bool) -> Self {
        self.dane = heeded;
        self
    }

    /// Sets whether policies of MTA-STS are asked for (RFC 8461).
    #[must_use]
    pub fn with_sts(mut self, heeded: bool) -> Self {
        self.sts = heeded;
        self
    }

    /// Sets how far a route goes.
    #[must_use]
    pub fn with_limits(mut self, limits: RouteLimits) -> Self {
        self.limits = limits;
        self
    }

    pub(super) fn is_own(&self, name: &DomainName) -> bool {
        self.own_names.contains(name)
    }

    pub(super) fn is_own_address(&self, address: IpAddr) -> bool {
        self.own_addresses.contains(&address.to_canonical())
    }
}
