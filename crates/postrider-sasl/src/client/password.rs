//! LOGIN and CRAM-MD5.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

use md5::Md5;
use postrider_wire::Secret;

use super::{Credentials, Input, Step};
use crate::Error;
use crate::scram::keyed;

/// LOGIN: two questions, whose words differ from server to server and mean nothing.
pub(super) struct Login {
    answers: Vec<Secret<Vec<u8>>>,
}

impl Login {
    pub(super) fn new(credentials: &Credentials) -> Self {
        let (user, password) = credentials.user_and_password();
        // The last is answered first.
        let answers = [password, user].map(|text| Secret::new(text.as_bytes().to_vec()));
        Self { answers: Vec::from(answers) }
    }

    pub(super) fn step(&mut self, input: &Input<'_>) -> Result<Step, Error> {
        match input {
            Input::None => Ok(Step::Wait),
            Input::Challenge(_) => self.answers.pop().map(Step::Respond).ok_or(Error::OutOfOrder),
            Input::Done if self.answers.is_empty() => Ok(Step::Complete),
            _ => Err(Error::OutOfOrder),
        }
    }
}

/// CRAM-MD5 (RFC 2195 §2): the name, a blank, and the challenge under the key of the password.
pub(super) struct CramMd5 {
    user: String,
    password: Option<Secret<String>>,
}

impl CramMd5 {
    pub(super) fn new(credentials: &Credentials) -> Self {
        let (user, password) = credentials.user_and_password();
        Self { user: user.into(), password: Some(Secret::new(password.into())) }
    }

    pub(super) fn step(&mut self, input: &Input<'_>) -> Result<Step, Error> {
        match input {
            Input::None => Ok(Step::Wait),
            // What is empty was never new: whoever asks for it wants to look the answer up.
            Input::Challenge(b"") => Err(Error::Malformed),
            Input::Challenge(challenge) => {
                let password = self.password.take().ok_or(Error::OutOfOrder)?;
                let digest = digest(password.expose(), challenge);
                Ok(Step::Respond(Secret::new([&self.user, " ", digest.expose()].concat().into())))
            }
            Input::Done if self.password.is_none() => Ok(Step::Complete),
            _ => Err(Error::OutOfOrder),
        }
    }
}

/// 32 digits of base 16, in small letters.
pub(crate) fn digest(password: &str, challenge: &[u8]) -> Secret<String> {
    let mac = keyed::<Md5>(password.as_bytes(), &[challenge]);
    let mut digits = String::with_capacity(32);
    mac.expose().iter().for_each(|octet| _ = write!(digits, "{octet:02x}"));
    Secret::new(digits)
}
