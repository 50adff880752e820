//! All tests of `postrider-message` from outside, in one program: it is linked once.
#![expect(
    clippy::duplicate_mod,
    reason = "a check is shared by the property, the seeds of the fuzzer and the fuzzer"
)]

mod address_properties;
mod address_reading;
mod address_strict;
mod ambiguities;
mod attacks_characters;
mod attacks_fields;
mod attacks_writing;
mod base_subject;
mod charsets;
mod date;
mod date_corpus;
mod edit;
mod fields_authentication;
mod fields_corpus;
mod fields_list;
mod fields_parameters;
mod fields_scalars;
mod fields_signatures;
mod fuzz_seeds;
mod isemail;
mod lint;
mod message_id;
mod properties;
mod received;
mod rfc2047_examples;
mod rfc5322_examples;
mod rfc6532_examples;
mod rfc7103_examples;
mod section;
mod trace;
mod values;
mod write_builder;
mod write_corpus;
mod write_differential;
mod write_fields;
mod write_folding;
mod write_text;
