//! From the domain of a recipient to the hosts to try.

mod no_route;
mod plan;

pub use no_route::NoRoute;
pub use plan::{LeftOut, Plan, PlannedHost, Reason};
