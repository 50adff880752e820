//! The grammar: stateless, on whole lines.

pub(crate) mod address;
pub(crate) mod command;
pub(crate) mod reply;

#[cfg(test)]
mod tests;
