//! The values of the protocol.

/// Whether a test holds for an octet, looked up in a table that is made at compile time.
macro_rules! octet_table {
    ($octet:ident => $is:expr) => {{
        #[expect(
            clippy::indexing_slicing,
            reason = "an octet is below 256, and it is done at compile time"
        )]
        const TABLE: [bool; 256] = {
            let mut table = [false; 256];
            let mut next = 0_u16;
            while next < 256 {
                let $octet = next as u8;
                table[next as usize] = $is;
                next = next.wrapping_add(1);
            }
            table
        };
        TABLE.get(usize::from($octet)).copied().unwrap_or(false)
    }};
}

pub(crate) use octet_table;

mod acl;
mod append;
mod atom;
mod base64;
mod body;
mod capability;
mod charset;
mod code;
mod code_text;
mod date;
mod envelope;
mod esearch;
mod fetch;
mod flag;
mod id;
mod list;
mod list_attribute;
mod login;
mod mailbox;
mod mailbox_status;
mod metadata;
mod namespace;
mod notify;
mod number;
mod numbers;
mod quota;
mod raw;
mod search;
mod section;
mod select;
mod set;
mod status;
mod store;
pub(crate) mod table;
mod text;
mod thread;
mod uid_ranges;
mod url;
mod wire_text;

pub use acl::{Acl, ListRights, MyRights, Rights, RightsChange};
pub use append::{AppendData, AppendMessage, AppendTarget};
pub use atom::Atom;
pub(crate) use atom::is_atom_octet;
pub(crate) use base64::is_base64;
pub use body::{
    BodyStructure, BodyStructureBuilder, Disposition, ExtensionFields, Languages, MultipartFields,
    ParameterFields, Parameters, Part, PartFields, PartKind, Parts, Walk,
};
pub(crate) use body::{List, Rows, SingleHead, Tail};
pub use capability::{Capabilities, Capability};
pub use charset::Charset;
pub use code::{Annotations, Code, InProgress, PlainCode, UrlauthMechanism};
pub use code_text::{ObjectId, RawCode, UrlText};
pub(crate) use code_text::{code_len, is_object_octet, is_url_octet};
pub use date::{Date, InternalDate};
pub use envelope::{Address, Addresses, Envelope, EnvelopeFields, EnvelopeView};
pub(crate) use envelope::{ListPlace, put_address, put_header};
pub use esearch::{EsearchItem, EsearchResponse, PartialRange, UidBatch, UidBatches};
pub use fetch::{BodyRequest, FetchAttribute, FetchAttributes, FetchItem};
pub(crate) use flag::is_keyword_octet;
pub use flag::{Flag, FlagSet, Keyword};
pub use id::IdParameters;
pub use list::{
    Delimiter, ListCommand, ListExtended, ListKind, ListResponse, ListReturn, ListSelection,
};
pub use list_attribute::{ListAttribute, ListAttributes};
pub use login::InitialResponse;
pub use mailbox::{MailboxEncoding, MailboxName};
pub use mailbox_status::{MailboxStatus, StatusItem, StatusValue};
pub use metadata::{GetMetadata, MetadataDepth, MetadataEntry, MetadataResponse};
pub use namespace::{Namespace, Namespaces};
pub use notify::{EventGroup, NotifyCommand, NotifyEvent, NotifyMailboxes};
pub use number::{MessageNumber, ModSeq, Uid, UidValidity};
pub use numbers::{NumberList, NumberRange, UidSet};
pub use quota::{QuotaLimit, QuotaResource, QuotaResponse, QuotaRoots};
pub use raw::Raw;
pub use search::{
    EntryType, EsearchOptions, SearchCommand, SearchKey, SearchReturn, SortCommand, SortCriterion,
    SortKey,
};
pub use section::{BodySection, FieldName, Partial, Section, SectionText};
pub use select::{Create, Qresync, SelectParameters, SequenceMatch};
pub use set::{MessageSet, SequenceNumber, SequenceRange, SequenceSet};
pub use status::{Status, StatusKind};
pub use store::{FetchModifiers, StoreCommand, StoreMode, StoreValue};
pub use text::{InvalidValue, Text};
pub(crate) use text::{Lossy, is_line_octet, write_words};
pub use thread::{Thread, ThreadCommand, ThreadNode};
pub use uid_ranges::UidRanges;
pub use url::{
    ImapUrl, UrlAccess, UrlAuth, UrlBase, UrlMailbox, UrlMechanism, UrlPartial, UrlServer,
    UrlTarget, UrlVerifier,
};
pub(crate) use url::{decoded, is_address_octet};
