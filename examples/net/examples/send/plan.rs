//! What the command line asks for, checked before anything is connected.

use std::net::IpAddr;

use postrider::{
    sasl::client::{Choice, Credentials},
    smtp::{
        AuthParameter, Body, EhloName, EnvelopeId, ForwardPath, MailParameters, Notify,
        OriginalRecipient, RcptParameters, Ret, ReversePath,
        client::{Chunking, Config, Login, Partial},
    },
    wire::{Policy, Security, TlsInfo},
};

use super::{
    arguments::{Arguments, BodyKind, Chunks, Occasion, Returned, Utf8},
    letter::Facts,
    target::{Scheme, Target},
};
use postrider_net::program::{
    failure::{Failure, usage},
    flags::Switch,
    login,
};

/// Everything but the mails.
pub(crate) struct Plan {
    pub(crate) target: Target,
    pub(crate) from: ReversePath,
    pub(crate) to: Vec<(ForwardPath, RcptParameters)>,
    /// The conversation is shown.
    pub(crate) verbose: bool,
    name: Option<EhloName>,
    policy: Policy,
    login: Option<(Credentials, Choice)>,
    parameters: MailParameters,
    body: BodyKind,
    utf8: Utf8,
    lmtp: bool,
    pipelining: bool,
    chunking: Chunking,
    partial: Partial,
}

impl Plan {
    pub(crate) fn new(arguments: &Arguments) -> Result<Self, Failure> {
        let target: Target =
            arguments.url.expose().parse().map_err(|error| usage(format!("the URL: {error}")))?;
        if arguments.lmtp && target.scheme == Scheme::Smtps {
            return Err(usage("there is no LMTP behind smtps://"));
        }
        let from = match arguments.from.as_str() {
            "<>" => ReversePath::null(),
            address => ReversePath::parse(address).map_err(|error| no_address(address, error))?,
        };
        let name = |name: &String| {
            EhloName::parse(name).map_err(|error| usage(format!("--helo {name}: {error}")))
        };
        let name = arguments.helo.as_ref().map(name).transpose()?;
        let notify = notify(&arguments.notify)?;
        let recipient = |address: &String| {
            let path = ForwardPath::parse(address).map_err(|error| no_address(address, error))?;
            Ok((path, recipient_parameters(address, notify)?))
        };
        Ok(Self {
            login: login(arguments, &target)?,
            to: arguments.to.iter().map(recipient).collect::<Result<_, Failure>>()?,
            parameters: parameters(arguments)?,
            lmtp: arguments.lmtp || target.scheme == Scheme::Lmtp,
            target,
            from,
            name,
            policy: arguments.starttls.into(),
            verbose: arguments.verbose,
            body: arguments.body,
            utf8: arguments.smtputf8,
            pipelining: arguments.pipelining == Switch::On,
            chunking: match arguments.chunking {
                Chunks::WhenUseful => Chunking::WhenUseful,
                Chunks::Always => Chunking::Always,
                Chunks::Never => Chunking::Never,
            },
            partial: if arguments.all_or_nothing {
                Partial::AllOrNothing
            } else {
                Partial::Deliver
            },
        })
    }

    /// Whether certificates may have to be looked at.
    pub(crate) fn may_use_tls(&self) -> bool {
        self.target.scheme == Scheme::Smtps || self.policy != Policy::Never
    }

    /// Whether octets are to be left as they are.
    pub(crate) fn is_binary(&self) -> bool {
        self.body == BodyKind::BinaryMime
    }

    /// For a session from this address that starts in clear text, or under this TLS.
    pub(crate) fn config(&self, local: IpAddr, tls: Option<TlsInfo>) -> Result<Config, Failure> {
        let security = tls.map_or(Security::StartTls(self.policy), Security::Implicit);
        let name = match &self.name {
            Some(name) => name.clone(),
            None => literal(local)?,
        };
        let mut config = Config::new(name, security)
            .with_pipelining(self.pipelining)
            .with_chunking(self.chunking)
            .with_partial(self.partial);
        if self.lmtp {
            config = config.with_lmtp();
        }
        if let Some((credentials, choice)) = &self.login {
            let login = Login::new(credentials.clone(), login::entropy()?);
            config = config.with_login(login.with_choice(choice.clone()));
        }
        Ok(config)
    }

    /// What goes with `MAIL`, for a mail of this kind.
    pub(crate) fn parameters(&self, facts: &Facts) -> MailParameters {
        let mut parameters = self.parameters.clone().with_size(facts.octets);
        parameters.body = match self.body {
            BodyKind::Auto => facts.eight_bit.then_some(Body::EightBitMime),
            BodyKind::SevenBit => Some(Body::SevenBit),
            BodyKind::EightBitMime => Some(Body::EightBitMime),
            BodyKind::BinaryMime => Some(Body::BinaryMime),
        };
        match self.utf8 {
            Utf8::Auto => parameters.with_smtp_utf8(facts.utf8_header),
            Utf8::On => parameters.with_smtp_utf8(true),
            Utf8::Off => parameters,
        }
    }
}

/// RFC 5321 §4.1.4: a client without a name says its address.
fn literal(local: IpAddr) -> Result<EhloName, Failure> {
    let text = match local.to_canonical() {
        IpAddr::V4(address) => format!("[{address}]"),
        IpAddr::V6(address) => format!("[IPv6:{address}]"),
    };
    EhloName::parse(&text).map_err(|error| usage(format!("{text}: {error}; see --helo")))
}

fn no_address(address: &str, error: postrider::smtp::ValueError) -> Failure {
    usage(format!("{address} is no address: {error}"))
}

/// What the URL and the environment know of a login.
fn login(arguments: &Arguments, target: &Target) -> Result<Option<(Credentials, Choice)>, Failure> {
    let mechanisms = login::mechanisms(&arguments.mechanism)?;
    let Some(user) = &target.user else {
        if mechanisms.is_empty() {
            return Ok(None);
        }
        return Err(usage("--mechanism, and no user in the URL"));
    };
    let password = login::password(target.password.as_ref(), &arguments.password_env)?;
    let server = (target.host.as_str(), target.port);
    let credentials = login::credentials(user, password, server, &mechanisms)?;
    let choice = Choice::default();
    let choice = if mechanisms.is_empty() { choice } else { choice.with_mechanisms(mechanisms) };
    Ok(Some((credentials, choice)))
}

fn parameters(arguments: &Arguments) -> Result<MailParameters, Failure> {
    let mut parameters = MailParameters::new().with_require_tls(arguments.requiretls);
    parameters.ret = arguments.ret.map(|ret| match ret {
        Returned::Full => Ret::Full,
        Returned::Hdrs => Ret::Headers,
    });
    if let Some(envid) = &arguments.envid {
        let envid =
            EnvelopeId::encode(envid).map_err(|error| usage(format!("--envid: {error}")))?;
        parameters = parameters.with_envid(envid);
    }
    parameters.auth = match arguments.auth.as_deref() {
        None => None,
        Some("<>") => Some(AuthParameter::unknown()),
        Some(address) => Some(
            AuthParameter::encode(address).map_err(|error| usage(format!("--auth: {error}")))?,
        ),
    };
    Ok(parameters)
}

fn notify(occasions: &[Occasion]) -> Result<Option<Notify>, Failure> {
    let has = |occasion| occasions.contains(&occasion);
    match (has(Occasion::Never), occasions.len()) {
        (_, 0) => Ok(None),
        (true, 1) => Ok(Some(Notify::never())),
        (true, _) => Err(usage("--notify: never, or a list of the others")),
        (false, _) => {
            Notify::new(has(Occasion::Success), has(Occasion::Failure), has(Occasion::Delay))
                .map(Some)
                .map_err(|error| usage(format!("--notify: {error}")))
        }
    }
}

/// Who asks for reports tells what the address was, so that they can name it (RFC 3461 §4.2).
fn recipient_parameters(address: &str, notify: Option<Notify>) -> Result<RcptParameters, Failure> {
    let parameters = RcptParameters::new();
    let Some(notify) = notify else { return Ok(parameters) };
    let address_type = if address.is_ascii() { "rfc822" } else { "utf-8" };
    let original = OriginalRecipient::new(address_type, address)
        .map_err(|error| no_address(address, error))?;
    Ok(parameters.with_notify(notify).with_orcpt(original))
}
