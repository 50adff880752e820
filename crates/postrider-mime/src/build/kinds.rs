//! Entities of several parts, and the containers that RFCs define.

use alloc::{borrow::Cow, vec, vec::Vec};

use super::{BuildError, Content, Entity, MessageBuilder, entity::Body, parts::Parts};
use crate::{ContentType, encoding::Lines};

impl<'a> Entity<'a> {
    /// `multipart/mixed` (RFC 2046 §5.1.3): parts to be read one after the other.
    pub fn mixed(parts: impl IntoIterator<Item = Self>) -> Result<Self, BuildError> {
        Self::known_multipart("mixed", parts)
    }

    /// `multipart/alternative` (RFC 2046 §5.1.4): the same in several forms, the plainest first.
    pub fn alternative(parts: impl IntoIterator<Item = Self>) -> Result<Self, BuildError> {
        Self::known_multipart("alternative", parts)
    }

    /// `multipart/digest` (RFC 2046 §5.1.5): messages.
    pub fn digest(parts: impl IntoIterator<Item = Self>) -> Result<Self, BuildError> {
        Self::known_multipart("digest", parts)
    }

    /// `multipart/parallel` (RFC 2046 §5.1.6): parts to be shown at once.
    pub fn parallel(parts: impl IntoIterator<Item = Self>) -> Result<Self, BuildError> {
        Self::known_multipart("parallel", parts)
    }

    /// `multipart/related` (RFC 2387): the root, and what it refers to by `Content-ID` or
    /// `Content-Location`. The `type` parameter, which is required, is told from the root (§3.1).
    pub fn related(root: Self, others: impl IntoIterator<Item = Self>) -> Result<Self, BuildError> {
        let ty = [root.ty.ty(), "/", root.ty.subtype()].concat();
        let parts = [root].into_iter().chain(others);
        Self::known_multipart("related", parts)?.with_parameter("type", &ty)
    }

    /// A multipart of any subtype and with any parameters; `boundary` is replaced.
    pub fn multipart(
        ty: ContentType<'a>,
        parts: impl IntoIterator<Item = Self>,
    ) -> Result<Self, BuildError> {
        let parts: Vec<Self> = parts.into_iter().collect();
        match (ty.is_type("multipart"), parts.is_empty()) {
            (false, _) => Err(BuildError::Kind),
            (_, true) => Err(BuildError::NoParts),
            _ => Ok(Self::of(ty.without("boundary"), Body::Parts(Parts::new(parts)))),
        }
    }

    fn known_multipart(
        subtype: &'static str,
        parts: impl IntoIterator<Item = Self>,
    ) -> Result<Self, BuildError> {
        Self::multipart(ContentType::known("multipart", subtype), parts)
    }

    /// `message/rfc822` (RFC 2046 §5.2.1), or `message/global` (RFC 6532 §3.7) where a field of it
    /// has UTF-8.
    pub fn message(message: &MessageBuilder<'a>) -> Result<Self, BuildError> {
        let entity = message.entity()?;
        let section = message.section(&entity)?;
        let (section, version) = (section.fields.into(), section.version);
        let entity = Parts::new(vec![entity]);
        let body = Body::Message { section, version, entity };
        Ok(Self::of(ContentType::known("message", "rfc822"), body))
    }

    /// `message/rfc822` of octets that are kept as they are, but for line ends. One with octets beyond
    /// ASCII needs [`Transport::EightBit`](crate::encoding::Transport) when it is written, for it must
    /// not be encoded (RFC 2046 §5.2.1).
    pub fn raw_message(message: impl Into<Content<'a>>) -> Self {
        Self::of(ContentType::known("message", "rfc822"), Body::Content(message.into()))
    }

    /// `text/calendar` (RFC 5545 §8.1) with the method of the calendar object (RFC 6047 §2.4), such
    /// as `REQUEST`.
    pub fn calendar(method: &str, object: impl Into<Cow<'a, str>>) -> Result<Self, BuildError> {
        let ty = ContentType::known("text", "calendar").with("method", method)?;
        Ok(Self::of_text(ty.with("charset", "utf-8")?, object))
    }

    /// `multipart/report` (RFC 6522 §3): text for people, the report, and perhaps what it is about:
    /// a message, or its fields as [`text/rfc822-headers`](Self::message_headers).
    pub fn report(
        report_type: &str,
        text: Self,
        report: Self,
        about: Option<Self>,
    ) -> Result<Self, BuildError> {
        let parts = [text, report].into_iter().chain(about);
        Self::known_multipart("report", parts)?.with_parameter("report-type", report_type)
    }

    /// `text/rfc822-headers` (RFC 6522 §4): the header section of a message.
    pub fn message_headers(section: impl Into<Content<'a>>) -> Self {
        let ty = ContentType::known("text", "rfc822-headers");
        Self::of(ty, Body::Content(section.into()))
    }

    /// `multipart/signed` (RFC 1847 §2.1): an entity with its header section, of which every octet
    /// stays, and the signature over it. The `protocol` is the type of the signature; `micalg` is
    /// how the digest was made, such as `pgp-sha256` (RFC 3156 §5) or `sha-256` (RFC 8551
    /// §3.5.3.2).
    ///
    /// What is signed are the octets of [`to_vec`](Self::to_vec) with
    /// [`Options::for_signing`](super::Options::for_signing).
    pub fn signed(
        signed: impl Into<Content<'a>>,
        signature: Self,
        micalg: &str,
    ) -> Result<Self, BuildError> {
        let protocol = [signature.ty.ty(), "/", signature.ty.subtype()].concat();
        Self::known_multipart("signed", [Self::verbatim(signed), signature])?
            .with_parameter("protocol", &protocol)?
            .with_parameter("micalg", micalg)
    }

    /// `application/pgp-signature` (RFC 3156 §5): the armoured signature.
    pub fn pgp_signature(armour: impl Into<Cow<'a, str>>) -> Self {
        Self::of_text(ContentType::known("application", "pgp-signature"), armour)
            .with_lines(Lines::Text)
    }

    /// `application/pkcs7-signature` (RFC 8551 §3.5.3): the signature as `smime.p7s`.
    pub fn pkcs7_signature(signature: impl Into<Content<'a>>) -> Result<Self, BuildError> {
        let ty = ContentType::known("application", "pkcs7-signature").with("name", "smime.p7s")?;
        Self::of(ty, Body::Content(signature.into())).attached_as("smime.p7s")
    }

    /// `multipart/encrypted` by OpenPGP (RFC 3156 §4): the armoured octets.
    pub fn pgp_encrypted(armour: impl Into<Content<'a>>) -> Result<Self, BuildError> {
        let ty = ContentType::known("application", "pgp-encrypted");
        let control = Self::of(ty, Body::Content("Version: 1\r\n".into()));
        Self::encrypted(control, Self::octets(armour).with_lines(Lines::Text))
    }

    /// `multipart/encrypted` (RFC 1847 §2.2): what tells how to decrypt, whose type is the
    /// `protocol`, and what is encrypted.
    pub fn encrypted(control: Self, encrypted: Self) -> Result<Self, BuildError> {
        let protocol = [control.ty.ty(), "/", control.ty.subtype()].concat();
        Self::known_multipart("encrypted", [control, encrypted])?
            .with_parameter("protocol", &protocol)
    }

    /// `application/pkcs7-mime` (RFC 8551 §3.2), as `smime.p7m`: `enveloped-data`, `signed-data`,
    /// `authEnveloped-data`, `compressed-data`, or `certs-only`, which is `smime.p7c`.
    pub fn pkcs7_mime(
        smime_type: &str,
        octets: impl Into<Content<'a>>,
    ) -> Result<Self, BuildError> {
        let name = match smime_type {
            "certs-only" => "smime.p7c",
            "compressed-data" => "smime.p7z",
            _ => "smime.p7m",
        };
        let ty = ContentType::known("application", "pkcs7-mime");
        let ty = ty.with("smime-type", smime_type)?.with("name", name)?;
        Self::of(ty, Body::Content(octets.into())).attached_as(name)
    }
}
