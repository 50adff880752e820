//! The laws of the machine contract as functions, and the peers to test against.
#![forbid(unsafe_code)]

mod drive;
pub mod laws;
mod pair;
mod random;
mod run;
mod scenario;
mod script;
mod secrets;
mod shared;
mod torture;
pub mod toy;

pub use pair::{Pair, PairEnd, PairRun};
pub use run::{Outcome, Run, Told};
pub use scenario::{Declines, Embedder, Role, Scenario, embedder};
pub use script::{Dialogue, Mismatch, Script, ScriptStream};
pub use shared::{read_shared, shared};
pub use torture::Torture;
