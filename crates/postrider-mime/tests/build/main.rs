//! What the builder writes: by octets, and as our reader reads it.

mod encodings;
mod kinds;
mod messages;
mod readback;
mod streamed;

use postrider_message::HeaderBuilder;
use postrider_mime::build::{BuildError, Entity, Options};

const SEED: [u8; 32] = [7; 32];

/// Octets 7 in base 32: 120 bits make 24 characters (RFC 4648 §6).
const STEM: &str = "=_a4dqobyha4dqobyha4dqobyh_";

fn written(entity: &Entity<'_>) -> String {
    written_with(entity, &Options::new()).unwrap()
}

fn written_with(entity: &Entity<'_>, options: &Options) -> Result<String, BuildError> {
    Ok(String::from_utf8(entity.to_vec(options, &SEED)?).unwrap())
}

fn subject(text: &str) -> HeaderBuilder {
    HeaderBuilder::new().subject(text).unwrap()
}
