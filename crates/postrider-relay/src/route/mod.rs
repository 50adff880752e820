//! From the domain of a recipient to the hosts to try.

mod addresses;
mod demand;
mod machine;
mod mx;
mod no_route;
mod plan;
mod router;

pub use machine::Route;
pub use no_route::NoRoute;
pub use plan::{LeftOut, Plan, PlannedHost, Reason};
pub use router::{AddressOrder, Reach, RouteLimits, Router};
