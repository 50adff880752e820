//! The laws of the machine contract as functions, and the peers to test against.
