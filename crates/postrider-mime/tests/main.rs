//! All tests of `postrider-mime` from outside, in one program: it is linked once.
#![expect(
    clippy::duplicate_mod,
    reason = "a check is shared by the property, the seeds of the fuzzer and the fuzzer"
)]

mod attacks;
mod build_attacks;
mod check;
mod content;
mod content_type;
mod corpus;
mod defects;
mod delimiters;
mod edit;
mod edit_attacks;
mod edit_corpora;
mod encoder;
mod encoding;
mod file_name;
mod flowed;
mod fuzz_seeds;
mod hostile;
mod imap;
mod maildir;
mod mbox;
mod partial;
mod place;
mod preview;
mod recursive;
mod rfc_examples;
mod roundtrip;
mod security;
mod selection;
mod stream;
mod structure;
