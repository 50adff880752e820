//! The values of the protocol.

mod acl;
mod atom;
mod body;
mod capability;
mod code;
mod date;
mod envelope;
mod fetch;
mod flag;
mod list;
mod mailbox;
mod metadata;
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
mod text;
mod thread;

pub use acl::{Acl, ListRights, MyRights, Rights, RightsChange};
pub use atom::Atom;
pub(crate) use atom::is_atom_octet;
pub use body::{
    AttachedMessage, BodyStructure, Content, Disposition, Multipart, MultipartExtension,
    Parameters, Part, PartExtension,
};
pub use capability::Capability;
pub use code::{Code, PlainCode};
pub use date::{Date, InternalDate};
pub use envelope::{Address, Envelope};
pub use fetch::{BodyRequest, FetchAttribute, FetchAttributes, FetchItem};
pub(crate) use flag::is_keyword_octet;
pub use flag::{Flag, FlagSet, Keyword};
pub use list::{
    ListAttribute, ListAttributes, ListCommand, ListExtended, ListKind, ListResponse, ListReturn,
    ListSelection, Namespace, Namespaces,
};
pub use mailbox::{MailboxEncoding, MailboxName};
pub use metadata::{GetMetadata, IdParameters, MetadataDepth, MetadataEntry, MetadataResponse};
pub use notify::{EventGroup, NotifyCommand, NotifyEvent, NotifyMailboxes};
pub use number::{MessageNumber, ModSeq, Uid, UidValidity};
pub use numbers::{NumberList, NumberRange, UidSet};
pub use quota::{QuotaLimit, QuotaResource, QuotaResponse, QuotaRoots};
pub use raw::Raw;
pub use search::{
    EntryType, EsearchItem, EsearchOptions, EsearchResponse, PartialRange, SearchCommand,
    SearchKey, SearchReturn, SortCommand, SortCriterion, SortKey, UidBatch, UidBatches,
};
pub use section::{BodySection, FieldName, Partial, Section, SectionText};
pub use select::{Create, MailboxStatus, Qresync, SelectParameters, StatusItem, StatusValue};
pub use set::{MessageSet, SequenceNumber, SequenceRange, SequenceSet};
pub use status::{Status, StatusKind};
pub use store::{AppendForm, AppendMessage, FetchModifiers, StoreCommand, StoreMode, StoreValue};
pub(crate) use text::is_line_octet;
pub use text::{InvalidValue, Text};
pub use thread::{Thread, ThreadCommand, ThreadNode};
