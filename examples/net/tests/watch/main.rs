//! The example `watch` as a program, against servers that say what they are told to say.

#[path = "../fetch/mailbox.rs"]
mod mailbox;
#[path = "../fetch/script.rs"]
mod script;
mod told;
