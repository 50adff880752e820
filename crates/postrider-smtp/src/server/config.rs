//! What a server is told before the session.

use alloc::boxed::Box;
use alloc::vec::Vec;

use postrider_sasl::server as sasl;
use postrider_wire::Security;
use postrider_wire::dot::BareNewlines;

use crate::{Argument, EhloName, ExtensionKeyword, Limits, Protocol};

/// The settings of a [`super::Server`]. The keywords of its `EHLO` reply follow from them.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Config {
    /// How the server calls itself.
    pub name: EhloName,
    /// Which protocol it speaks.
    pub protocol: Protocol,
    /// How the session is protected. `STARTTLS` is offered under a `StartTls` policy other than
    /// `Never`; under `Required` nothing of value is taken before it (RFC 3207 §4: 530).
    pub security: Security,
    /// What happens to a bare CR, bare LF or NUL in a mail.
    pub bare_newlines: BareNewlines,
    /// Whether `SIZE` is offered, with [`Limits::message`]. The limit holds either way.
    pub size: bool,
    /// Whether `8BITMIME` is offered: the embedder takes and keeps any octets.
    pub eight_bit_mime: bool,
    /// Whether `CHUNKING` is offered (RFC 3030). Where it is not, the octets of a `BDAT` are swallowed
    /// all the same before it is refused.
    pub chunking: bool,
    /// What happens to a client that does not wait for its turn.
    pub early_talkers: EarlyTalkers,
    /// Whether replies carry enhanced status codes, and `ENHANCEDSTATUSCODES` says so.
    pub enhanced_status_codes: bool,
    /// Whether `PIPELINING` is offered. What comes in a group is answered in order either way.
    pub pipelining: bool,
    /// How clients log in, if they can: `AUTH` is offered with what these settings allow on the
    /// connection (RFC 4954), and so is `AUTH=` behind `MAIL`.
    pub auth: Option<Box<sasl::Config>>,
    /// Whether nothing of value is taken before a login (530).
    pub auth_required: bool,
    /// Whether `DSN` is offered (RFC 3461): `RET`, `ENVID`, `NOTIFY` and `ORCPT`, which the embedder obeys.
    pub dsn: bool,
    /// Whether `SMTPUTF8` is offered (RFC 6531). Without it no address may hold more than ASCII.
    pub smtp_utf8: bool,
    /// Whether `BINARYMIME` is offered (RFC 3030 §3). It needs `CHUNKING`. The mail that declares it may
    /// hold bare CR, bare LF and NUL, whatever the policy about them is.
    pub binary_mime: bool,
    /// Whether `REQUIRETLS` is offered, once TLS stands (RFC 8689): the embedder obeys it.
    pub require_tls: bool,
    /// Whether `LIMITS` tells how many recipients a mail may have (RFC 9422).
    pub limits_keyword: bool,
    /// What is said to `VRFY`.
    pub vrfy: Verification,
    /// Whether `EXPN` is offered.
    pub expn: bool,
    /// Whether `HELP` is offered.
    pub help: bool,
    /// Whether `XCLIENT` is offered: to a peer that is trusted to tell of another.
    pub xclient: bool,
    /// Whether `XFORWARD` is offered: to a peer that is trusted to tell of another.
    pub xforward: bool,
    /// Whether a header of the PROXY protocol must come first, before the greeting ([`crate::proxy`]). A
    /// connection that begins otherwise is closed without a word. The header stands before TLS: where
    /// TLS is implicit it is for the embedder to read.
    pub proxy: bool,
    /// Further commands, each with the parameters of its line in the `EHLO` reply.
    pub extensions: Vec<(ExtensionKeyword, Option<Argument>)>,
    /// Further parameters of `MAIL`.
    pub mail_parameters: Vec<ExtensionKeyword>,
    /// Further parameters of `RCPT`.
    pub rcpt_parameters: Vec<ExtensionKeyword>,
    /// The bounds.
    pub limits: Limits,
}

/// What a server says to `VRFY` (RFC 5321 §3.5.3, §7.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Verification {
    /// 252, which tells nothing. The default.
    #[default]
    Noncommittal,
    /// What the embedder says: [`super::Event::Vrfy`]. `VRFY` is offered.
    Ask,
    /// 502.
    Disabled,
}

/// What a server does with octets that come before a reply has left which the client must read first:
/// the greeting, and the replies to `EHLO`, `HELO` and `DATA` (RFC 5321 §4.3.1, RFC 2920 §3.1). Behind
/// `STARTTLS` such octets are fatal in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EarlyTalkers {
    /// They are answered in order. The default.
    #[default]
    Allow,
    /// The reply leaves, then 554 5.5.0, and the session closes. A mail that was begun is aborted.
    /// Whoever writes without listening is seldom a mail server; but whether octets came early
    /// depends on how fast the replies leave.
    Refuse,
}

impl Config {
    /// For a relay: `SIZE`, `8BITMIME`, `CHUNKING`, `PIPELINING` and enhanced status codes offered, bare
    /// newlines refused, early talkers allowed, limits for servers. What asks something of the embedder is
    /// off.
    #[must_use]
    pub fn new(name: EhloName, security: Security) -> Self {
        Self {
            name,
            protocol: Protocol::Smtp,
            security,
            bare_newlines: BareNewlines::Reject,
            size: true,
            eight_bit_mime: true,
            chunking: true,
            early_talkers: EarlyTalkers::default(),
            enhanced_status_codes: true,
            pipelining: true,
            auth: None,
            auth_required: false,
            dsn: false,
            smtp_utf8: false,
            binary_mime: false,
            require_tls: false,
            limits_keyword: false,
            vrfy: Verification::default(),
            expn: false,
            help: false,
            xclient: false,
            xforward: false,
            proxy: false,
            extensions: Vec::new(),
            mail_parameters: Vec::new(),
            rcpt_parameters: Vec::new(),
            limits: Limits::server(),
        }
    }

    /// For submission (RFC 6409): as [`Config::new`], and a login is required. [`Config::with_auth`] says
    /// how; without that nobody can log in, and nothing is taken.
    #[must_use]
    pub fn submission(name: EhloName, security: Security) -> Self {
        Self::new(name, security).with_auth_required(true)
    }

    /// For LMTP (RFC 2033): as [`Config::new`].
    #[must_use]
    pub fn lmtp(name: EhloName, security: Security) -> Self {
        Self { protocol: Protocol::Lmtp, ..Self::new(name, security) }
    }

    /// Sets what happens to a bare CR, bare LF or NUL in a mail.
    #[must_use]
    pub fn with_bare_newlines(mut self, policy: BareNewlines) -> Self {
        self.bare_newlines = policy;
        self
    }

    /// Sets whether `SIZE` is offered.
    #[must_use]
    pub fn with_size(mut self, offered: bool) -> Self {
        self.size = offered;
        self
    }

    /// Sets whether `8BITMIME` is offered.
    #[must_use]
    pub fn with_eight_bit_mime(mut self, offered: bool) -> Self {
        self.eight_bit_mime = offered;
        self
    }

    /// Sets whether `CHUNKING` is offered.
    #[must_use]
    pub fn with_chunking(mut self, offered: bool) -> Self {
        self.chunking = offered;
        self
    }

    /// Sets what happens to a client that does not wait for its turn.
    #[must_use]
    pub fn with_early_talkers(mut self, policy: EarlyTalkers) -> Self {
        self.early_talkers = policy;
        self
    }

    /// Sets whether replies carry enhanced status codes.
    #[must_use]
    pub fn with_enhanced_status_codes(mut self, offered: bool) -> Self {
        self.enhanced_status_codes = offered;
        self
    }

    /// Sets whether `PIPELINING` is offered.
    #[must_use]
    pub fn with_pipelining(mut self, offered: bool) -> Self {
        self.pipelining = offered;
        self
    }

    /// Lets clients log in.
    #[must_use]
    pub fn with_auth(mut self, auth: sasl::Config) -> Self {
        self.auth = Some(Box::new(auth));
        self
    }

    /// Sets whether nothing of value is taken before a login.
    #[must_use]
    pub fn with_auth_required(mut self, required: bool) -> Self {
        self.auth_required = required;
        self
    }

    /// Sets whether `DSN` is offered.
    #[must_use]
    pub fn with_dsn(mut self, offered: bool) -> Self {
        self.dsn = offered;
        self
    }

    /// Sets whether `SMTPUTF8` is offered.
    #[must_use]
    pub fn with_smtp_utf8(mut self, offered: bool) -> Self {
        self.smtp_utf8 = offered;
        self
    }

    /// Sets whether `BINARYMIME` is offered.
    #[must_use]
    pub fn with_binary_mime(mut self, offered: bool) -> Self {
        self.binary_mime = offered;
        self
    }

    /// Sets whether `REQUIRETLS` is offered, once TLS stands.
    #[must_use]
    pub fn with_require_tls(mut self, offered: bool) -> Self {
        self.require_tls = offered;
        self
    }

    /// Sets whether `LIMITS` is offered.
    #[must_use]
    pub fn with_limits_keyword(mut self, offered: bool) -> Self {
        self.limits_keyword = offered;
        self
    }

    /// Sets what is said to `VRFY`.
    #[must_use]
    pub fn with_vrfy(mut self, policy: Verification) -> Self {
        self.vrfy = policy;
        self
    }

    /// Sets whether `EXPN` is offered.
    #[must_use]
    pub fn with_expn(mut self, offered: bool) -> Self {
        self.expn = offered;
        self
    }

    /// Sets whether `HELP` is offered.
    #[must_use]
    pub fn with_help(mut self, offered: bool) -> Self {
        self.help = offered;
        self
    }

    /// Sets whether `XCLIENT` is offered, because the peer is trusted.
    #[must_use]
    pub fn with_xclient(mut self, trusted: bool) -> Self {
        self.xclient = trusted;
        self
    }

    /// Sets whether `XFORWARD` is offered, because the peer is trusted.
    #[must_use]
    pub fn with_xforward(mut self, trusted: bool) -> Self {
        self.xforward = trusted;
        self
    }

    /// Sets whether a header of the PROXY protocol must come first. Only where every connection comes
    /// from a proxy that is trusted: whoever may connect could call itself any address.
    ///
    /// ```
    /// # use postrider_smtp::EhloName;
    /// use postrider_smtp::server::{Config, Event, Server};
    /// use postrider_wire::{Buf, Machine, Policy, Progress, Security};
    ///
    /// let never = Security::StartTls(Policy::Never);
    /// let mut server = Server::new(Config::new(EhloName::parse("foo.com")?, never).with_proxy(true));
    /// let mut inbox = server.new_inbox();
    /// inbox.extend(b"PROXY TCP4 192.0.2.1 192.0.2.2 56324 25\r\n");
    /// let Progress::Event(Event::Proxied(header)) = server.poll(&mut inbox)? else { panic!("no header") };
    /// assert_eq!(header.source(), Some("192.0.2.1:56324".parse()?));
    /// // A notice, which needs no verdict. The address is kept, and the greeting follows.
    /// assert_eq!(server.proxied(), Some(&header));
    /// assert!(matches!(server.poll(&mut inbox)?, Progress::Wait { input: true, .. }));
    /// assert!(server.outbox().chunk().starts_with(b"220 foo.com "));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn with_proxy(mut self, due: bool) -> Self {
        self.proxy = due;
        self
    }

    /// Offers a command that this crate does not know, with what stands behind its keyword in the `EHLO`
    /// reply. It comes as [`super::Event::Extension`].
    #[must_use]
    pub fn with_extension(
        mut self,
        keyword: ExtensionKeyword,
        parameters: Option<Argument>,
    ) -> Self {
        self.extensions.push((keyword, parameters));
        self
    }

    /// Takes a parameter of `MAIL` that this crate has no type for.
    #[must_use]
    pub fn with_mail_parameter(mut self, keyword: ExtensionKeyword) -> Self {
        self.mail_parameters.push(keyword);
        self
    }

    /// Takes a parameter of `RCPT` that this crate has no type for.
    #[must_use]
    pub fn with_rcpt_parameter(mut self, keyword: ExtensionKeyword) -> Self {
        self.rcpt_parameters.push(keyword);
        self
    }

    /// Sets the bounds.
    #[must_use]
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }
}
