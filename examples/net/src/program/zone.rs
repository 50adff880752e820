//! Which DNS is asked: the flags of `route` and `relay`.

use std::{collections::BTreeMap, path::PathBuf, str::FromStr};

use clap::Args;
use postrider::relay::DomainName;

use super::failure::{Code, Failure};
use crate::resolver::Resolver;

/// Which DNS is asked.
#[derive(Clone, Debug, Args)]
pub struct Zone {
    /// A zone file that is all of the DNS (RFC 1035 §5). Without it the resolver of the system is asked.
    #[arg(long = "zone", value_name = "FILE")]
    file: Option<PathBuf>,
    /// What the zone file says counts as proved by DNSSEC.
    #[arg(long, requires = "file")]
    secure: bool,
    /// Validate what the resolver of the system says by DNSSEC, which it has to pass on.
    #[arg(long, conflicts_with = "file")]
    dnssec: bool,
    /// The policy of MTA-STS of a domain, from a file. Can be given several times.
    #[arg(long, value_name = "DOMAIN=FILE")]
    sts_policy: Vec<PolicyFile>,
}

#[derive(Clone, Debug)]
struct PolicyFile {
    domain: DomainName,
    file: PathBuf,
}

impl FromStr for PolicyFile {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (domain, file) = text.split_once('=').ok_or("it has no = in it")?;
        let domain = DomainName::parse(domain).map_err(|error| error.to_string())?;
        Ok(Self { domain, file: file.into() })
    }
}

impl Zone {
    /// The resolver that these flags ask for.
    ///
    /// # Errors
    ///
    /// [`Code::Config`] when the zone or the configuration of the system cannot be read.
    pub async fn resolver(&self) -> Result<Resolver, Failure> {
        let resolver = match &self.file {
            Some(file) => Resolver::of_zone(file, self.secure).await,
            None => Resolver::system(self.dnssec),
        };
        let resolver = resolver.map_err(|error| Failure::new(Code::Config, error.to_string()))?;
        let policies = self.sts_policy.iter().map(|one| (one.domain.clone(), one.file.clone()));
        Ok(resolver.with_policies(policies.collect::<BTreeMap<_, _>>()))
    }
}
