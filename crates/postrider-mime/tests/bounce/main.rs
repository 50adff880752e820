//! Bounces as mail systems write them, standard or not.

#[cfg(feature = "html")]
mod attacks;
#[cfg(feature = "html")]
#[path = "../checks/bounce.rs"]
mod check;
// Some of the files are HTML.
#[cfg(feature = "html")]
mod corpora;
mod rules;

use postrider_mime::{Message, bounce::Bounce};

fn bounce(mail: &[u8]) -> Option<Bounce> {
    Bounce::of(&Message::parse(mail).unwrap())
}
