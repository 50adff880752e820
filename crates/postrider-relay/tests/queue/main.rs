//! The queue: schedule, classes, attempts, notices, and stops at every point.

mod schedule;

#[cfg(feature = "serde")]
mod attempts;
#[cfg(feature = "serde")]
mod classes;
#[cfg(feature = "serde")]
mod kept;
#[cfg(feature = "serde")]
mod notices;
#[cfg(feature = "serde")]
mod server;
#[cfg(feature = "serde")]
mod stops;
#[cfg(feature = "serde")]
mod world;
