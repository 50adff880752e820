//! The grammars: borrowed, stateless, one line at a time.

pub(crate) mod command;
pub(crate) mod response;

#[cfg(test)]
mod tests;
