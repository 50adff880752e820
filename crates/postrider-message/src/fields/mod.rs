//! Structured fields that are neither addresses, dates, identifiers nor traces: a file for each.

mod authentication;
mod autocrypt;
mod automatic;
mod content;
mod grammar;
mod keyword;
mod list;
mod parameters;
mod return_path;
mod signature;
mod tags;
mod url;

pub use authentication::{
    ArcAuthenticationResults, AuthProperty, AuthResult, AuthenticationResults,
};
pub use autocrypt::{Autocrypt, AutocryptAttribute};
pub use automatic::{AutoSubmitted, ReceivedSpf};
pub use content::{ContentMd5, LanguageTags, MimeVersion};
pub use keyword::{Importance, Precedence, Priority, Sensitivity, TlsRequired};
pub use list::{ListId, ListUrl, ListUrls, OneClick};
pub use parameters::{Parameter, ParameterForm, ParameterValue, Parameters};
pub use return_path::ReturnPath;
pub use signature::{
    ArcMessageSignature, ArcSeal, Canonicalization, ChainValidation, DkimSignature,
};
pub use tags::{Tag, TagList};
pub use url::{ArchivedAt, Url};
