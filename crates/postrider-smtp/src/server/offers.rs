//! What a server offers, and what of a command was not offered.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use postrider_wire::{Policy, TlsInfo};

use super::{Config, Verification};
use crate::{
    AttributeName, Body, CommandFault, ExtensionKeyword, ForwardPath, MailParameters, Parameter,
    Protocol, RcptParameters, Reply, ReversePath,
};

/// On what the offer depends besides the settings.
pub(super) struct Stage<'a> {
    /// What is still to be done about TLS.
    pub(super) policy: Policy,
    pub(super) tls: Option<&'a TlsInfo>,
    pub(super) logged_in: bool,
}

impl Config {
    /// The lines of the `EHLO` reply behind its first.
    pub(super) fn offers(&self, stage: &Stage<'_>) -> Vec<String> {
        let open = stage.policy != Policy::Required;
        let words = [
            (self.eight_bit_mime, "8BITMIME"),
            (self.chunking, "CHUNKING"),
            (self.enhanced_status_codes, "ENHANCEDSTATUSCODES"),
            (stage.policy != Policy::Never, "STARTTLS"),
            (self.takes_binary(), "BINARYMIME"),
            (self.dsn, "DSN"),
            (self.smtp_utf8, "SMTPUTF8"),
            // RFC 8689 §2: never in clear text.
            (self.require_tls && stage.tls.is_some(), "REQUIRETLS"),
            (self.vrfy == Verification::Ask && open, "VRFY"),
            (self.expn && open, "EXPN"),
            (self.help && open, "HELP"),
        ];
        let mut lines: Vec<String> = Vec::new();
        lines.extend(self.pipelining.then(|| "PIPELINING".into()));
        lines.extend(self.size.then(|| format!("SIZE {}", self.limits.message)));
        lines.extend(words.iter().filter(|(offered, _)| *offered).map(|(_, word)| (*word).into()));
        // RFC 9422 §4.2: "0" not allowed, six-digit maximum.
        let most = self.limits.recipients.min(999_999);
        lines.extend((self.limits_keyword && most > 0).then(|| format!("LIMITS RCPTMAX={most}")));
        if !open {
            return lines;
        }
        lines.extend(self.offered_mechanisms(stage));
        let told = |keyword: &str, names: &[AttributeName]| {
            names.iter().fold(String::from(keyword), |line, name| format!("{line} {name}"))
        };
        lines.extend(self.xclient.then(|| told("XCLIENT", AttributeName::of_xclient())));
        lines.extend(self.xforward.then(|| told("XFORWARD", AttributeName::of_xforward())));
        lines.extend(self.extensions.iter().map(|(keyword, parameters)| match parameters {
            Some(parameters) => format!("{keyword} {parameters}"),
            None => format!("{keyword}"),
        }));
        lines
    }

    /// The `AUTH` line, while a login could succeed.
    fn offered_mechanisms(&self, stage: &Stage<'_>) -> Option<String> {
        let auth = self.auth.as_ref().filter(|_| !stage.logged_in)?;
        let mut offered = auth.offered(stage.tls).peekable();
        offered.peek()?;
        Some(offered.fold(String::from("AUTH"), |line, mechanism| format!("{line} {mechanism}")))
    }

    fn takes_binary(&self) -> bool {
        self.binary_mime && self.chunking
    }

    /// Whether this is the keyword of one of the further commands.
    pub(super) fn knows(&self, keyword: &ExtensionKeyword) -> bool {
        self.extensions.iter().any(|(known, _)| known == keyword)
    }

    /// What is wrong with `MAIL`, if anything is that does not depend on the session.
    pub(super) fn fault_of_mail(
        &self,
        path: &ReversePath,
        parameters: &MailParameters,
    ) -> Option<Reply> {
        let MailParameters { size, body, auth, ret, envid, smtp_utf8, require_tls, others } =
            parameters;
        let not_offered = [
            size.is_some() && !self.size,
            body.is_some() && !self.eight_bit_mime && !self.takes_binary(),
            auth.is_some() && self.auth.is_none(),
            (ret.is_some() || envid.is_some()) && !self.dsn,
            *smtp_utf8 && !self.smtp_utf8,
            *require_tls && !self.require_tls,
            !are_known(others, &self.mail_parameters),
        ];
        if not_offered.contains(&true) {
            return Some(CommandFault::Parameter.reply());
        }
        let taken = match body {
            Some(Body::EightBitMime) => self.eight_bit_mime,
            Some(Body::BinaryMime) => self.takes_binary(),
            _ => true,
        };
        if !taken {
            return Some(CommandFault::ParameterValue.reply());
        }
        match path.is_ascii() || *smtp_utf8 {
            true => None,
            false if self.smtp_utf8 => Some(Reply::own(550, (6, 7), NOT_ASCII)),
            false => Some(CommandFault::ReversePath.reply()),
        }
    }

    /// The same with `RCPT`, in a transaction with or without `SMTPUTF8`.
    pub(super) fn fault_of_rcpt(
        &self,
        path: &ForwardPath,
        parameters: &RcptParameters,
        utf8: bool,
    ) -> Option<Reply> {
        let RcptParameters { notify, orcpt, others } = parameters;
        let dsn = notify.is_some() || orcpt.is_some();
        if (dsn && !self.dsn) || !are_known(others, &self.rcpt_parameters) {
            return Some(CommandFault::Parameter.reply());
        }
        let ascii = orcpt.as_ref().is_none_or(|orcpt| orcpt.is_ascii());
        match (path.is_ascii(), ascii) {
            _ if utf8 => None,
            (true, true) => None,
            (true, false) => Some(CommandFault::Arguments.reply()),
            // RFC 6531 §3.5.
            (false, _) if self.smtp_utf8 => Some(Reply::own(553, (6, 7), NOT_ASCII)),
            (false, _) => Some(CommandFault::ForwardPath.reply()),
        }
    }

    /// How the server greets.
    pub(super) fn greeting(&self) -> Reply {
        let protocol = match self.protocol {
            Protocol::Smtp => "ESMTP",
            Protocol::Lmtp => "LMTP",
        };
        Reply::plain(220, Vec::from([format!("{} {protocol} service ready", self.name)]))
    }
}

const NOT_ASCII: &str = "an address that is not ASCII needs SMTPUTF8";

fn are_known(parameters: &[Parameter], known: &[ExtensionKeyword]) -> bool {
    let is_known =
        |parameter: &Parameter| known.iter().any(|known| known.as_str() == parameter.keyword());
    parameters.iter().all(is_known)
}
