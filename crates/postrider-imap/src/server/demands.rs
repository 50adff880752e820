//! What a command needs: of the features of the server, and of what is enabled.

use super::features::{Feature, Features};
use crate::value::{
    Atom, FetchAttribute, FetchAttributes, FetchModifiers, ListReturn, ListSelection, MessageSet,
    Raw, SearchKey, SearchReturn, SelectParameters, SortKey, StatusItem, StoreCommand, StoreValue,
};
use crate::{Command, CommandName};

/// Why a command is not for the embedder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unmet {
    /// It needs this.
    Feature(Feature),
    /// This is to be enabled before.
    Enable(Feature),
    /// No feature of any server has this.
    Unknown,
    /// It names messages by numbers, which are not told any more (RFC 9586).
    UidRequired,
}

/// What a command needs by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    /// Nothing: RFC 3501 has it.
    Nothing,
    /// One of these.
    Any(&'static [Feature]),
    /// Something to enable.
    Enabling,
    /// It is not for servers like ours.
    Never,
}

impl Needs {
    /// Of the command of this name; `uid` tells whether UID stands before it.
    pub(super) fn of(name: CommandName, uid: bool) -> Self {
        use CommandName as Name;
        use Feature as F;
        match name {
            Name::Id => Self::Any(&[F::Id]),
            Name::Enable => Self::Enabling,
            Name::Namespace => Self::Any(&[F::Namespace]),
            Name::Idle => Self::Any(&[F::Idle]),
            Name::Notify => Self::Any(&[F::Notify]),
            Name::Unauthenticate => Self::Any(&[F::Unauthenticate]),
            Name::GetJmapAccess => Self::Any(&[F::JmapAccess]),
            Name::Unselect => Self::Any(&[F::Unselect]),
            Name::Expunge if uid => Self::Any(&[F::UidPlus]),
            Name::Sort => Self::Any(&[F::Sort]),
            Name::Thread => Self::Any(&[F::ThreadOrderedSubject, F::ThreadReferences]),
            Name::Esearch => Self::Any(&[F::MultiSearch]),
            Name::CancelUpdate => Self::Any(&[F::ContextSearch]),
            Name::Move => Self::Any(&[F::Move]),
            Name::Replace => Self::Any(&[F::Replace]),
            Name::UidBatches => Self::Any(&[F::UidBatches]),
            Name::GetQuota | Name::GetQuotaRoot => Self::Any(&[F::Quota]),
            Name::SetQuota => Self::Any(&[F::QuotaSet]),
            Name::SetAcl | Name::DeleteAcl | Name::GetAcl | Name::ListRights | Name::MyRights => {
                Self::Any(&[F::Acl])
            }
            Name::GetMetadata | Name::SetMetadata => Self::Any(&[F::MetadataServer]),
            Name::Xlist | Name::Other => Self::Never,
            // COMPRESS, AUTHENTICATE and STARTTLS have settings of their own.
            _ => Self::Nothing,
        }
    }

    pub(super) fn are_met(self, features: Features) -> bool {
        match self {
            Self::Nothing => true,
            Self::Any(any) => any.iter().any(|feature| features.contains(*feature)),
            Self::Enabling => features.enabling().next().is_some(),
            Self::Never => false,
        }
    }
}

/// What is there for the arguments of a command.
#[derive(Clone, Copy)]
pub(super) struct Supply {
    pub(super) features: Features,
    pub(super) enabled: Features,
}

impl Supply {
    /// Whether the arguments of a command need no more than what is there.
    pub(super) fn meets(self, command: &Command) -> Result<(), Unmet> {
        match command {
            Command::Select { parameters, .. } | Command::Examine { parameters, .. } => {
                self.meets_select(parameters)
            }
            Command::Create(create) => {
                known(&create.others)?;
                self.has_if(create.special_use.is_some(), Feature::CreateSpecialUse)
            }
            Command::List(list) => {
                self.has_if(list.is_extended(), Feature::ListExtended)?;
                list.selection.iter().flatten().try_for_each(|one| self.meets_selection(one))?;
                list.returns.iter().flatten().try_for_each(|one| self.meets_list_return(one))
            }
            Command::Status { items, .. } => self.meets_status(items),
            Command::Search(search) => {
                self.not_by_number(search.uid)?;
                // RFC 6855 §3: "SHOULD reject the command with a "BAD" response".
                if search.charset.is_some() && self.enabled.contains(Feature::Utf8Accept) {
                    return Err(Unmet::Unknown);
                }
                self.meets_returns(search.returns.as_deref(), Feature::Esearch)?;
                self.meets_keys(&search.keys)
            }
            Command::Sort(sort) => {
                self.not_by_number(sort.uid)?;
                self.meets_returns(sort.returns.as_deref(), Feature::Esort)?;
                sort.criteria.iter().try_for_each(|criterion| match criterion.key {
                    SortKey::DisplayFrom | SortKey::DisplayTo => self.has(Feature::SortDisplay),
                    SortKey::Relevancy => self.has(Feature::SearchFuzzy),
                    SortKey::Annotation { .. } | SortKey::Other(_) => Err(Unmet::Unknown),
                    _ => Ok(()),
                })?;
                self.meets_keys(&sort.keys)
            }
            Command::Thread(thread) => {
                self.not_by_number(thread.uid)?;
                let algorithm = &thread.algorithm;
                match () {
                    () if algorithm.is("REFERENCES") => self.has(Feature::ThreadReferences)?,
                    () if algorithm.is("ORDEREDSUBJECT") => {
                        self.has(Feature::ThreadOrderedSubject)?;
                    }
                    () => return Err(Unmet::Unknown),
                }
                self.meets_keys(&thread.keys)
            }
            Command::Esearch(search) => {
                self.meets_returns(search.returns.as_deref(), Feature::Esearch)?;
                self.meets_keys(&search.keys)
            }
            Command::Fetch { set, uid, attributes, modifiers } => {
                self.meets_set(set, *uid)?;
                self.meets_modifiers(modifiers, *uid)?;
                match attributes {
                    FetchAttributes::List(list) => {
                        list.iter().try_for_each(|one| self.meets_attribute(one))
                    }
                    _ => Ok(()),
                }
            }
            Command::Store(store) => self.meets_store(store),
            Command::Copy { set, uid, .. } | Command::Move { set, uid, .. } => {
                self.meets_set(set, *uid)
            }
            Command::UidExpunge(set) => self.meets_set(set, true),
            Command::GetMetadata(get) => {
                known(&get.others)?;
                self.has_if(!get.mailbox.as_bytes().is_empty(), Feature::Metadata)
            }
            Command::SetMetadata { mailbox, .. } => {
                self.has_if(!mailbox.as_bytes().is_empty(), Feature::Metadata)
            }
            _ => Ok(()),
        }
    }

    /// Whether a command turns CONDSTORE on (RFC 7162 §3.1).
    pub(super) fn enables_condstore(self, command: &Command) -> bool {
        let asks = match command {
            Command::Select { parameters, .. } | Command::Examine { parameters, .. } => {
                parameters.condstore || parameters.qresync.is_some()
            }
            Command::Status { items, .. } => items.contains(&StatusItem::HighestModSeq),
            Command::Fetch { attributes, modifiers, .. } => {
                let asked = match attributes {
                    FetchAttributes::List(list) => list.contains(&FetchAttribute::ModSeq),
                    _ => false,
                };
                asked || modifiers.changed_since.is_some()
            }
            Command::Store(store) => store.unchanged_since.is_some(),
            Command::Search(search) => has_mod_seq(&search.keys),
            Command::Sort(sort) => has_mod_seq(&sort.keys),
            Command::Thread(thread) => has_mod_seq(&thread.keys),
            _ => false,
        };
        asks && self.features.contains(Feature::CondStore)
    }

    pub(super) fn has(self, feature: Feature) -> Result<(), Unmet> {
        if self.features.contains(feature) { Ok(()) } else { Err(Unmet::Feature(feature)) }
    }

    fn has_if(self, needed: bool, feature: Feature) -> Result<(), Unmet> {
        if needed { self.has(feature) } else { Ok(()) }
    }

    fn has_enabled(self, feature: Feature) -> Result<(), Unmet> {
        self.has(feature)?;
        if self.enabled.contains(feature) { Ok(()) } else { Err(Unmet::Enable(feature)) }
    }

    /// One of two.
    fn has_either(self, one: Feature, other: Feature) -> Result<(), Unmet> {
        self.has(other).or_else(|_| self.has(one))
    }

    /// Octets of a message that come as this.
    pub(super) fn meets_utf8(self) -> Result<(), Unmet> {
        // RFC 6855 §4
        self.has_enabled(Feature::Utf8Accept)
    }

    /// RFC 9586: no number of a message means anything any more.
    pub(super) fn not_by_number(self, uid: bool) -> Result<(), Unmet> {
        if !uid && self.enabled.contains(Feature::UidOnly) {
            Err(Unmet::UidRequired)
        } else {
            Ok(())
        }
    }

    fn meets_set(self, set: &MessageSet, uid: bool) -> Result<(), Unmet> {
        self.not_by_number(uid)?;
        self.has_if(*set == MessageSet::Saved, Feature::SearchRes)
    }

    fn meets_select(self, parameters: &SelectParameters) -> Result<(), Unmet> {
        known(&parameters.others)?;
        self.has_if(parameters.condstore, Feature::CondStore)?;
        // RFC 7162 §3.2.5: BAD unless it was enabled.
        if parameters.qresync.is_some() { self.has_enabled(Feature::Qresync) } else { Ok(()) }
    }

    fn meets_selection(self, selection: &ListSelection) -> Result<(), Unmet> {
        match selection {
            ListSelection::SpecialUse => self.has(Feature::SpecialUse),
            ListSelection::Other(..) => Err(Unmet::Unknown),
            _ => Ok(()),
        }
    }

    fn meets_list_return(self, one: &ListReturn) -> Result<(), Unmet> {
        match one {
            ListReturn::SpecialUse => self.has(Feature::SpecialUse),
            ListReturn::Status(items) => {
                self.has(Feature::ListStatus)?;
                self.meets_status(items)
            }
            ListReturn::MyRights => self.has(Feature::ListMyRights),
            ListReturn::Metadata(_) => self.has(Feature::ListMetadata),
            ListReturn::Other(..) => Err(Unmet::Unknown),
            _ => Ok(()),
        }
    }

    fn meets_status(self, items: &[StatusItem]) -> Result<(), Unmet> {
        items.iter().try_for_each(|item| match item {
            StatusItem::HighestModSeq => self.has(Feature::CondStore),
            StatusItem::Size => self.has(Feature::StatusSize),
            StatusItem::AppendLimit => self.has(Feature::AppendLimit),
            StatusItem::MailboxId => self.has(Feature::ObjectId),
            StatusItem::Deleted => self.has_either(Feature::QuotaMessage, Feature::Imap4Rev2),
            StatusItem::DeletedStorage => self.has(Feature::QuotaStorage),
            StatusItem::Other(_) => Err(Unmet::Unknown),
            _ => Ok(()),
        })
    }

    fn meets_returns(
        self,
        returns: Option<&[SearchReturn]>,
        feature: Feature,
    ) -> Result<(), Unmet> {
        let context = match feature {
            Feature::Esort => Feature::ContextSort,
            _ => Feature::ContextSearch,
        };
        self.has_if(returns.is_some(), feature)?;
        returns.into_iter().flatten().try_for_each(|one| match one {
            SearchReturn::Save => self.has(Feature::SearchRes),
            SearchReturn::Update(attributes) => {
                self.has(context)?;
                attributes.iter().try_for_each(|one| self.meets_attribute(one))
            }
            SearchReturn::Context => self.has(context),
            SearchReturn::Partial(_) => self.has_either(context, Feature::Partial),
            SearchReturn::Relevancy => self.has(Feature::SearchFuzzy),
            SearchReturn::Other(..) => Err(Unmet::Unknown),
            _ => Ok(()),
        })
    }

    fn meets_keys(self, keys: &[SearchKey]) -> Result<(), Unmet> {
        SearchKey::walk(keys).try_for_each(|key| match key {
            SearchKey::Numbers(set) => self.meets_set(set, false),
            SearchKey::Uid(set) => self.meets_set(set, true),
            SearchKey::ModSeq { .. } => self.has(Feature::CondStore),
            SearchKey::Older(_) | SearchKey::Younger(_) => self.has(Feature::Within),
            SearchKey::EmailId(_) | SearchKey::ThreadId(_) => self.has(Feature::ObjectId),
            SearchKey::SavedBefore(_)
            | SearchKey::SavedOn(_)
            | SearchKey::SavedSince(_)
            | SearchKey::SaveDateSupported => self.has(Feature::SaveDate),
            SearchKey::Filter(_) => self.has(Feature::Filters),
            SearchKey::Fuzzy(_) => self.has(Feature::SearchFuzzy),
            SearchKey::GmailRaw(_)
            | SearchKey::GmailMessageId(_)
            | SearchKey::GmailThreadId(_)
            | SearchKey::GmailLabels(_)
            | SearchKey::Other(..) => Err(Unmet::Unknown),
            _ => Ok(()),
        })
    }

    fn meets_modifiers(self, modifiers: &FetchModifiers, uid: bool) -> Result<(), Unmet> {
        known(&modifiers.others)?;
        self.has_if(modifiers.changed_since.is_some(), Feature::CondStore)?;
        self.has_if(modifiers.partial.is_some(), Feature::Partial)?;
        if modifiers.vanished {
            self.has_enabled(Feature::Qresync)?;
        }
        // RFC 7162 §3.2.6, RFC 9394 §3.2
        let by_uid = modifiers.vanished || modifiers.partial.is_some();
        let changed = modifiers.changed_since.is_some() || !modifiers.vanished;
        if (uid || !by_uid) && changed { Ok(()) } else { Err(Unmet::Unknown) }
    }

    pub(super) fn meets_attribute(self, attribute: &FetchAttribute) -> Result<(), Unmet> {
        match attribute {
            FetchAttribute::Binary { .. } | FetchAttribute::BinarySize(_) => {
                self.has(Feature::Binary)
            }
            FetchAttribute::ModSeq => self.has(Feature::CondStore),
            FetchAttribute::EmailId | FetchAttribute::ThreadId => self.has(Feature::ObjectId),
            FetchAttribute::SaveDate => self.has(Feature::SaveDate),
            FetchAttribute::Preview { .. } => self.has(Feature::Preview),
            FetchAttribute::GmailMessageId
            | FetchAttribute::GmailThreadId
            | FetchAttribute::GmailLabels
            | FetchAttribute::Other(_) => Err(Unmet::Unknown),
            _ => Ok(()),
        }
    }

    fn meets_store(self, store: &StoreCommand) -> Result<(), Unmet> {
        known(&store.others)?;
        self.meets_set(&store.set, store.uid)?;
        self.has_if(store.unchanged_since.is_some(), Feature::CondStore)?;
        match &store.what {
            StoreValue::Flags(flags) if flags.is_storable() => Ok(()),
            _ => Err(Unmet::Unknown),
        }
    }
}

fn has_mod_seq(keys: &[SearchKey]) -> bool {
    SearchKey::walk(keys).any(|key| matches!(key, SearchKey::ModSeq { .. }))
}

/// No feature has further parameters.
fn known(others: &[(Atom, Option<Raw>)]) -> Result<(), Unmet> {
    if others.is_empty() { Ok(()) } else { Err(Unmet::Unknown) }
}
