//! Whether a hop was encrypted, and how, as the big hosts write it.

use memchr::memchr;

use super::{Clause, Received, tcp::after, words::Words};

/// Whether a transfer was encrypted, as its `Received` field says. A claim of the host that wrote
/// it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "there is no fourth answer")]
pub enum Encryption {
    /// By its protocol, such as `ESMTPS` (RFC 3848), by its `tls` clause (RFC 8314 §4.3), or by a
    /// comment that tells version or cipher.
    Yes,
    /// By its protocol, which is one of SMTP or LMTP without TLS, such as `ESMTP` or `ESMTPA`.
    No,
    /// The field does not say.
    Unknown,
}

/// What a `Received` field tells of the TLS layer. A claim of the host that wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TlsInfo<'r> {
    version: Option<&'r str>,
    cipher: Option<&'r str>,
    bits: Option<u16>,
}

impl<'r> TlsInfo<'r> {
    /// The protocol version as it stands, such as `TLSv1.3`, `TLS1_2`, `TLSv1/SSLv3`.
    pub const fn version(&self) -> Option<&'r str> {
        self.version
    }

    /// The cipher suite as it stands, such as `TLS_AES_256_GCM_SHA384`.
    pub const fn cipher(&self) -> Option<&'r str> {
        self.cipher
    }

    /// The length of its key in bits.
    pub const fn bits(&self) -> Option<u16> {
        self.bits
    }

    const fn tells(&self) -> bool {
        self.version.is_some() || self.cipher.is_some()
    }
}

/// The protocols of SMTP and LMTP without TLS (RFC 5321 §4.4, RFC 3848, RFC 6531 §4.3); each with
/// an `S` behind it, or before a last `A`, is the same with TLS.
const PLAIN: [&str; 8] =
    ["SMTP", "ESMTP", "ESMTPA", "LMTP", "LMTPA", "UTF8SMTP", "UTF8SMTPA", "UTF8LMTP"];
const PROTECTED: [&str; 11] = [
    "SMTPS",
    "ESMTPS",
    "ESMTPSA",
    "LMTPS",
    "LMTPSA",
    "UTF8SMTPS",
    "UTF8SMTPSA",
    "UTF8LMTPS",
    "UTF8LMTPSA",
    // Not registered, but what web mailers write.
    "HTTPS",
    "IMAPS",
];

impl Received<'_> {
    /// Whether the transfer was encrypted.
    ///
    /// `ESMTP` means no TLS since RFC 3848 (2004) gave TLS a word of its own; a host older than
    /// that and without a comment is misjudged.
    pub fn encryption(&self) -> Encryption {
        let protocol = self.with().map(Clause::value).unwrap_or_default();
        let first = protocol.split(' ').next().unwrap_or_default();
        let is = |word: &str, list: &[&str]| list.iter().any(|p| word.eq_ignore_ascii_case(p));
        if is(first, &PROTECTED) || self.tls_info().is_some() {
            Encryption::Yes
        } else if is(protocol, &PLAIN) || protocol.eq_ignore_ascii_case("UTF8LMTPA") {
            Encryption::No
        } else {
            Encryption::Unknown
        }
    }

    /// Version and cipher, from the `tls` clause and the first comment that tells them.
    ///
    /// Read are `(using TLSv1.3 with cipher NAME (256/256 bits))` of Postfix,
    /// `(version=TLSv1.3 cipher=NAME bits=256 verify=NO)` of Sendmail, Exchange and Gmail,
    /// `(TLS1.3:NAME:256)` and `(TLS1.3) tls NAME` of Exim, `(NAME encrypted)` of qmail, and
    /// `(TLS: TLSv1.3,256bits,NAME)` of Courier.
    pub fn tls_info(&self) -> Option<TlsInfo<'_>> {
        let mut info = if self.hints.tls { self.looked_for() } else { TlsInfo::default() };
        if let Some(tls) = self.tls() {
            info.cipher = info.cipher.or_else(|| Some(tls.value()).filter(|name| !name.is_empty()));
        }
        info.tells().then_some(info)
    }

    /// What comments tell, or the words of `with`.
    fn looked_for(&self) -> TlsInfo<'_> {
        let comments = self.clauses.iter().flatten().flat_map(Clause::comments);
        comments
            .map(|comment| scan(comment))
            .find(TlsInfo::tells)
            .or_else(|| self.with().map(|with| encrypted(with.value())))
            .unwrap_or_default()
    }
}

/// Words of a comment that are looked at.
const WORDS: usize = 24;

const fn words(text: &str) -> Words<'_> {
    Words::of(text, WORDS)
}

/// A comment that begins as one of TLS does; nothing is looked for inside others.
fn scan(comment: &str) -> TlsInfo<'_> {
    if tells_first(comment) {
        return named(comment);
    }
    encrypted(comment)
}

/// Whether the first word is one of those that a comment of TLS begins with.
fn tells_first(comment: &str) -> bool {
    let octet = comment.as_bytes().first().map(u8::to_ascii_lowercase);
    if !matches!(octet, Some(b'u' | b'c' | b'v' | b't' | b's' | b' ' | b',' | b'(' | b')')) {
        return false;
    }
    let Some(first) = words(comment).next() else { return false };
    let is = |text: &str| first.eq_ignore_ascii_case(text);
    is("using")
        || is("cipher")
        || after(first, "version=").or_else(|| after(first, "cipher=")).is_some()
        || first.split(':').next().is_some_and(is_version)
}

/// Version, cipher and bits, each behind its word or key, or in the order version, cipher, bits
/// with colons between.
fn named(comment: &str) -> TlsInfo<'_> {
    let mut info = TlsInfo::default();
    let courier = comment.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("TLS:"));
    let mut before = "";
    for word in words(comment).skip(usize::from(courier)) {
        // Most words have not the first letter of `bits=`, nor the last one.
        let bits = match word.as_bytes() {
            [b'b' | b'B', ..] | [.., b's'] => bits_of(word, before),
            _ => None,
        };
        let mut triple = word.split(':');
        let version = triple.next().unwrap_or_default();
        if bits.is_some() {
            info.bits = info.bits.or(bits);
        } else if let Some(version) = after(word, "version=") {
            info.version = info.version.or(Some(version));
        } else if let Some(cipher) = after(word, "cipher=") {
            info.cipher = info.cipher.or(Some(cipher));
        } else if info.version.is_none() && is_version(version) {
            info.version = Some(version);
            info.cipher = info.cipher.or_else(|| triple.next());
            info.bits = info.bits.or_else(|| triple.next().and_then(|bits| bits.parse().ok()));
        } else if before.eq_ignore_ascii_case("cipher") || (courier && info.version.is_some()) {
            info.cipher = info.cipher.or(Some(word));
        }
        before = word;
    }
    info
}

/// The number of `256bits`, `bits=256`, or `256/256` before `bits`.
fn bits_of(word: &str, before: &str) -> Option<u16> {
    let bits = word.strip_suffix("bits").or_else(|| after(word, "bits=")).unwrap_or_default();
    let bits = bits.split('/').next().and_then(|bits| bits.parse().ok());
    let of_two = word.eq_ignore_ascii_case("bits").then(|| before.split('/').next()).flatten();
    bits.or_else(|| of_two.and_then(|bits| bits.parse().ok()))
}

/// `AES256-SHA encrypted`, a cipher or a version before the word; and `ESMTP/TLS/AES256-SHA`.
fn encrypted(text: &str) -> TlsInfo<'_> {
    // Nearly no text has a slash or the word, whose rarest letter is looked for.
    let octets = text.as_bytes();
    if !may_tell(octets) {
        return TlsInfo::default();
    }
    if memchr(b'/', octets).is_some() {
        let mut slashed = text.splitn(3, '/').skip(1);
        if slashed.next().is_some_and(|second| second.eq_ignore_ascii_case("TLS")) {
            return TlsInfo { cipher: slashed.next(), ..TlsInfo::default() };
        }
    }
    let mut words = words(text);
    let first = words.next().unwrap_or_default();
    if !words.is_next("encrypted") {
        return TlsInfo::default();
    }
    match is_version(first) {
        true => TlsInfo { version: Some(first), ..TlsInfo::default() },
        false => TlsInfo { cipher: Some(first), ..TlsInfo::default() },
    }
}

/// Whether there is a slash or a Y. All octets of a block are looked at at once.
fn may_tell(octets: &[u8]) -> bool {
    let found = |octets: &[u8]| {
        let one = |octet: &u8| u8::from(*octet == b'/') | u8::from(*octet | b' ' == b'y');
        octets.iter().fold(0, |found, octet| found | one(octet)) != 0
    };
    let (blocks, rest) = octets.as_chunks::<16>();
    blocks.iter().any(|block| found(block)) || found(rest)
}

/// `TLSv1.3`, `TLS1.2`, `TLS1_2`, `TLSv1/SSLv3`, `SSLv3`; and `TLS`, of no version.
fn is_version(word: &str) -> bool {
    let Some(rest) = after(word, "TLS").or_else(|| after(word, "SSL")) else { return false };
    let rest = rest.strip_prefix(['v', 'V']).unwrap_or(rest);
    rest.is_empty()
        || rest.starts_with(|first: char| first.is_ascii_digit())
            && rest.chars().all(|c| c.is_ascii_alphanumeric() || "._/".contains(c))
}
