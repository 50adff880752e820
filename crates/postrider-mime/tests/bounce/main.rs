//! Bounces as mail systems write them, standard or not.

mod attacks;
// Some of the files are HTML.
#[cfg(feature = "html")]
mod corpora;
mod rules;

use postrider_mime::{Message, bounce::Bounce};

fn bounce(mail: &[u8]) -> Option<Bounce> {
    Bounce::of(&Message::parse(mail).unwrap())
}
