//! What the resolver of the programs answers, with servers and zones on loopback.

mod answers;
mod policies;
mod servers;
mod signed;
mod world;
