//! Values as text, for those who keep them: each as it stands in a command, paths without brackets.
//! What is read back went through the same grammar as what comes from the network.

use alloc::format;
use alloc::string::{String, ToString};

use ::serde::de::Error;
use ::serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{
    AuthParameter, Body, Command, EhloName, EnhancedStatusCode, EnvelopeId, ForwardPath,
    MailParameters, Mailbox, Notify, OriginalRecipient, Parameter, RcptParameters, Ret,
    ReversePath,
};

/// What is written, and how it is read.
macro_rules! as_text {
    ($($name:ident: $write:expr, $read:expr;)*) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                let write: fn(&Self) -> String = $write;
                to.serialize_str(&write(self))
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let read: fn(&str) -> Option<Self> = $read;
                let text = String::deserialize(from)?;
                read(&text).ok_or_else(|| D::Error::custom(concat!("no ", stringify!($name))))
            }
        }
    )*};
}

as_text! {
    Mailbox: ToString::to_string, |text| Self::parse(text).ok();
    ReversePath: |path| path.mailbox().map(ToString::to_string).unwrap_or_default(),
        |text| Self::parse(text).ok();
    ForwardPath: |path| path.mailbox().map_or_else(|| "Postmaster".into(), ToString::to_string),
        |text| Self::parse(text).ok();
    // What a client said may be less than the name of a host.
    EhloName: ToString::to_string, |text| Self::from_wire(text.as_bytes());
    EnhancedStatusCode: ToString::to_string, |text| Self::parse(text).ok();
    EnvelopeId: ToString::to_string, |text| Self::parse(text).ok();
    AuthParameter: ToString::to_string, |text| Self::parse(text).ok();
    OriginalRecipient: ToString::to_string, |text| Self::parse(text).ok();
    Notify: ToString::to_string, Self::from_wire;
    Ret: |ret| ret.as_str().into(), Self::from_wire;
    Body: |body| body.as_str().into(), Self::from_wire;
    Parameter: ToString::to_string, |text| {
        let (keyword, value) = match text.split_once('=') {
            Some((keyword, value)) => (keyword, Some(value)),
            None => (text, None),
        };
        Self::new(keyword, value).ok()
    };
    MailParameters: |all| all.to_string().trim_start().into(), |text| {
        match Command::parse(command("MAIL FROM:<>", text).as_bytes()) {
            Ok(Command::Mail(_, all)) => Some(all),
            _ => None,
        }
    };
    RcptParameters: |all| all.to_string().trim_start().into(), |text| {
        match Command::parse(command("RCPT TO:<Postmaster>", text).as_bytes()) {
            Ok(Command::Rcpt(_, all)) => Some(all),
            _ => None,
        }
    };
}

/// The command that has these parameters.
fn command(front: &str, parameters: &str) -> String {
    if parameters.is_empty() { front.into() } else { format!("{front} {parameters}") }
}
