//! What a server can do beyond the base: what it says, and what it takes.

use core::fmt;

use crate::value::Atom;

/// The features, each with the words of its capability.
macro_rules! features {
    ($($(#[doc = $doc:literal])+ $name:ident: $words:expr,)*) => {
        /// Something beyond IMAP4rev1 that an embedder can answer.
        ///
        /// A server says a capability only for a feature that it was given, and a command, or an
        /// argument of one, that needs a feature which is not there is refused before the embedder
        /// hears of it. What is the machine's own has a setting of its own in [`super::Config`]:
        /// LITERAL+ and LITERAL-, SASL-IR and `AUTH=`, STARTTLS, LOGINDISABLED, COMPRESS. ENABLE is
        /// there where something can be enabled.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Feature {
            $($(#[doc = $doc])+ $name,)*
        }

        impl Feature {
            pub(super) const ALL: &[Self] = &[$(Self::$name),*];

            /// The words of its capability; nothing where a number belongs to it.
            pub(super) const fn words(self) -> &'static [&'static str] {
                match self {
                    $(Self::$name => &$words,)*
                }
            }
        }
    };
}

features! {
    /// ACL with the rights of RFC 4314: SETACL, DELETEACL, GETACL, LISTRIGHTS, MYRIGHTS.
    Acl: ["ACL", "RIGHTS=texk"],
    /// APPENDLIMIT (RFC 7889): [`crate::Limits::append`] is told, and STATUS can be asked for it.
    AppendLimit: [],
    /// BINARY (RFC 3516): BINARY, BINARY.PEEK and BINARY.SIZE of FETCH, and `~{n}` in APPEND.
    Binary: ["BINARY"],
    /// CATENATE (RFC 4469): messages that are put together of octets and URLs.
    Catenate: ["CATENATE"],
    /// CHILDREN (RFC 3348): LIST tells `\HasChildren` and `\HasNoChildren`.
    Children: ["CHILDREN"],
    /// CONDSTORE (RFC 7162): MODSEQ, CHANGEDSINCE, UNCHANGEDSINCE, HIGHESTMODSEQ.
    CondStore: ["CONDSTORE"],
    /// CONTEXT=SEARCH (RFC 5267): UPDATE, CONTEXT and PARTIAL of SEARCH, and CANCELUPDATE.
    ContextSearch: ["CONTEXT=SEARCH"],
    /// CONTEXT=SORT (RFC 5267): the same of SORT.
    ContextSort: ["CONTEXT=SORT"],
    /// CREATE-SPECIAL-USE (RFC 6154): USE of CREATE.
    CreateSpecialUse: ["CREATE-SPECIAL-USE"],
    /// ESEARCH (RFC 4731): RETURN of SEARCH.
    Esearch: ["ESEARCH"],
    /// ESORT (RFC 5267): RETURN of SORT.
    Esort: ["ESORT"],
    /// FILTERS (RFC 5466): FILTER of SEARCH.
    Filters: ["FILTERS"],
    /// ID (RFC 2971)
    Id: ["ID"],
    /// IDLE (RFC 2177)
    Idle: ["IDLE"],
    /// IMAP4rev2 (RFC 9051). It comes with all that it is made of: NAMESPACE, UNSELECT, UIDPLUS,
    /// ESEARCH, SEARCHRES, IDLE, LIST-EXTENDED, LIST-STATUS, MOVE, BINARY, SPECIAL-USE, STATUS=SIZE,
    /// CHILDREN. A client has it once it has enabled it.
    Imap4Rev2: ["IMAP4rev2"],
    /// INPROGRESS (RFC 9585): [`super::Server::progress`].
    InProgress: ["INPROGRESS"],
    /// JMAPACCESS (RFC 9698)
    JmapAccess: ["JMAPACCESS"],
    /// LIST-EXTENDED (RFC 5258)
    ListExtended: ["LIST-EXTENDED"],
    /// LIST-METADATA (RFC 9590)
    ListMetadata: ["LIST-METADATA"],
    /// LIST-MYRIGHTS (RFC 8440)
    ListMyRights: ["LIST-MYRIGHTS"],
    /// LIST-STATUS (RFC 5819)
    ListStatus: ["LIST-STATUS"],
    /// METADATA (RFC 5464), of mailboxes and of the server.
    Metadata: ["METADATA"],
    /// METADATA-SERVER (RFC 5464): of the server alone.
    MetadataServer: ["METADATA-SERVER"],
    /// MOVE (RFC 6851)
    Move: ["MOVE"],
    /// MULTIAPPEND (RFC 3502)
    MultiAppend: ["MULTIAPPEND"],
    /// MULTISEARCH (RFC 7377): ESEARCH over several mailboxes.
    MultiSearch: ["MULTISEARCH"],
    /// NAMESPACE (RFC 2342)
    Namespace: ["NAMESPACE"],
    /// NOTIFY (RFC 5465)
    Notify: ["NOTIFY"],
    /// OBJECTID (RFC 8474)
    ObjectId: ["OBJECTID"],
    /// PARTIAL (RFC 9394): PARTIAL of UID SEARCH and UID FETCH.
    Partial: ["PARTIAL"],
    /// PREVIEW (RFC 8970)
    Preview: ["PREVIEW"],
    /// QRESYNC (RFC 7162)
    Qresync: ["QRESYNC"],
    /// QUOTA (RFC 9208): GETQUOTA, GETQUOTAROOT.
    Quota: ["QUOTA"],
    /// `QUOTA=RES-MAILBOX` (RFC 9208): mailboxes are limited.
    QuotaMailbox: ["QUOTA=RES-MAILBOX"],
    /// `QUOTA=RES-MESSAGE` (RFC 9208): messages are limited, and STATUS can be asked for DELETED.
    QuotaMessage: ["QUOTA=RES-MESSAGE"],
    /// `QUOTA=RES-STORAGE` (RFC 9208): octets are limited, and STATUS can be asked for
    /// DELETED-STORAGE.
    QuotaStorage: ["QUOTA=RES-STORAGE"],
    /// QUOTASET (RFC 9208): SETQUOTA.
    QuotaSet: ["QUOTASET"],
    /// REPLACE (RFC 8508)
    Replace: ["REPLACE"],
    /// SAVEDATE (RFC 8514)
    SaveDate: ["SAVEDATE"],
    /// `SEARCH=FUZZY` (RFC 6203)
    SearchFuzzy: ["SEARCH=FUZZY"],
    /// SEARCHRES (RFC 5182): `$`.
    SearchRes: ["SEARCHRES"],
    /// SORT (RFC 5256)
    Sort: ["SORT"],
    /// `SORT=DISPLAY` (RFC 5957)
    SortDisplay: ["SORT=DISPLAY"],
    /// SPECIAL-USE (RFC 6154)
    SpecialUse: ["SPECIAL-USE"],
    /// `STATUS=SIZE` (RFC 8438)
    StatusSize: ["STATUS=SIZE"],
    /// `THREAD=ORDEREDSUBJECT` (RFC 5256)
    ThreadOrderedSubject: ["THREAD=ORDEREDSUBJECT"],
    /// `THREAD=REFERENCES` (RFC 5256)
    ThreadReferences: ["THREAD=REFERENCES"],
    /// UIDBATCHES (RFC 10022)
    UidBatches: ["UIDBATCHES"],
    /// UIDONLY (RFC 9586)
    UidOnly: ["UIDONLY"],
    /// UIDPLUS (RFC 4315): UID EXPUNGE, APPENDUID, COPYUID.
    UidPlus: ["UIDPLUS"],
    /// UNAUTHENTICATE (RFC 8437)
    Unauthenticate: ["UNAUTHENTICATE"],
    /// UNSELECT (RFC 3691)
    Unselect: ["UNSELECT"],
    /// `UTF8=ACCEPT` (RFC 9755)
    Utf8Accept: ["UTF8=ACCEPT"],
    /// WITHIN (RFC 5032): OLDER and YOUNGER of SEARCH.
    Within: ["WITHIN"],
}

/// What a feature does not come without.
const WITH: &[(Feature, &[Feature])] = {
    use Feature::{
        Binary, Children, CondStore, ContextSearch, ContextSort, CreateSpecialUse, Esearch, Esort,
        Idle, Imap4Rev2, ListExtended, ListMetadata, ListMyRights, ListStatus, Metadata,
        MetadataServer, Move, MultiSearch, Namespace, Qresync, Quota, QuotaMailbox, QuotaMessage,
        QuotaSet, QuotaStorage, SearchRes, Sort, SortDisplay, SpecialUse, StatusSize, UidPlus,
        Unselect,
    };
    &[
        // RFC 9051 Appendix E
        (
            Imap4Rev2,
            &[
                Namespace,
                Unselect,
                UidPlus,
                Esearch,
                SearchRes,
                Idle,
                ListExtended,
                ListStatus,
                Move,
                Binary,
                SpecialUse,
                StatusSize,
                Children,
            ],
        ),
        (Qresync, &[CondStore]),
        // RFC 5182 §2
        (SearchRes, &[Esearch]),
        (ContextSearch, &[Esearch]),
        (ContextSort, &[ContextSearch, Esort]),
        (Esort, &[Esearch, Sort]),
        (SortDisplay, &[Sort]),
        (MultiSearch, &[Esearch]),
        (ListStatus, &[ListExtended]),
        (ListMyRights, &[ListExtended, Feature::Acl]),
        (ListMetadata, &[ListExtended, Metadata]),
        (Metadata, &[MetadataServer]),
        (CreateSpecialUse, &[SpecialUse]),
        (QuotaSet, &[Quota]),
        (QuotaMailbox, &[Quota]),
        (QuotaMessage, &[Quota]),
        (QuotaStorage, &[Quota]),
    ]
};

impl Feature {
    /// The name that it is enabled by (RFC 5161), if it is to be.
    pub(super) fn enabled_by(name: &Atom) -> Option<Self> {
        ENABLED.iter().find(|(_, known)| name.is(known)).map(|(feature, _)| *feature)
    }

    const fn bit(self) -> u64 {
        1 << self as u32
    }

    /// What it cannot be without, itself included.
    fn with_all(self) -> Features {
        let mut all = Features(self.bit());
        loop {
            let more = WITH.iter().filter(|(of, _)| all.contains(*of)).flat_map(|(_, with)| *with);
            let more = more.fold(all, |all, feature| Features(all.0 | feature.bit()));
            if more == all {
                return all;
            }
            all = more;
        }
    }
}

/// What ENABLE takes (RFC 5161 and those that add to it).
const ENABLED: [(Feature, &str); 5] = [
    (Feature::Imap4Rev2, "IMAP4rev2"),
    (Feature::CondStore, "CONDSTORE"),
    (Feature::Qresync, "QRESYNC"),
    (Feature::Utf8Accept, "UTF8=ACCEPT"),
    (Feature::UidOnly, "UIDONLY"),
];

/// A set of features. Each brings those with it that it is not to be without (as QRESYNC does
/// CONDSTORE), so that no server says what is half there.
///
/// ```
/// use postrider_imap::server::{Feature, Features};
///
/// let features = Features::from([Feature::Qresync, Feature::Idle]);
/// assert!(features.contains(Feature::CondStore));
/// // Without CONDSTORE there is no QRESYNC.
/// assert_eq!(features.without(Feature::CondStore), [Feature::Idle].into());
/// ```
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Features(u64);

impl Features {
    /// None: IMAP4rev1 as RFC 3501 has it.
    #[must_use]
    pub const fn none() -> Self {
        Self(0)
    }

    /// With this one, and what it is not to be without.
    #[must_use]
    pub fn with(self, feature: Feature) -> Self {
        Self(self.0 | feature.with_all().0)
    }

    /// Without this one, and those that cannot be without it.
    #[must_use]
    pub fn without(self, feature: Feature) -> Self {
        self.iter()
            .filter(|one| !one.with_all().contains(feature))
            .fold(Self::none(), |all, one| Self(all.0 | one.bit()))
    }

    /// Whether this one is among them.
    #[must_use]
    pub const fn contains(self, feature: Feature) -> bool {
        self.0 & feature.bit() != 0
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Each of them.
    pub fn iter(self) -> impl Iterator<Item = Feature> {
        Feature::ALL.iter().copied().filter(move |feature| self.contains(*feature))
    }

    /// Exactly this one more.
    pub(super) const fn insert(&mut self, feature: Feature) {
        self.0 |= feature.bit();
    }

    /// Takes one out.
    pub(super) fn pop(&mut self) -> Option<Feature> {
        if self.is_empty() {
            return None;
        }
        let first = self.iter().next()?;
        self.0 &= !first.bit();
        Some(first)
    }

    /// Those that can be enabled.
    pub(super) fn enabling(self) -> impl Iterator<Item = Feature> {
        ENABLED.iter().map(|(feature, _)| *feature).filter(move |feature| self.contains(*feature))
    }
}

impl<const N: usize> From<[Feature; N]> for Features {
    fn from(features: [Feature; N]) -> Self {
        features.into_iter().collect()
    }
}

impl FromIterator<Feature> for Features {
    fn from_iter<I: IntoIterator<Item = Feature>>(features: I) -> Self {
        features.into_iter().fold(Self::none(), Self::with)
    }
}

impl fmt::Debug for Features {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}

impl fmt::Display for Feature {
    /// As the capability that says it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Feature {
    /// The capability that says it.
    pub(super) fn name(self) -> &'static str {
        self.words().first().copied().unwrap_or("APPENDLIMIT")
    }
}

#[cfg(test)]
mod tests {
    use std::prelude::v1::*;

    use super::*;

    #[test]
    fn a_set_has_room_for_all() {
        let all: Features = Feature::ALL.iter().copied().collect();
        assert_eq!(all.iter().count(), Feature::ALL.len());
        assert!(Feature::ALL.len() <= 64);
        assert_eq!(all.without(Feature::Esearch).iter().count(), Feature::ALL.len() - 7);
    }

    #[test]
    fn rev2_is_all_that_it_is_made_of() {
        // RFC 9051 Appendix E, as far as it is not the machine's own.
        let made_of = "NAMESPACE UNSELECT UIDPLUS ESEARCH SEARCHRES IDLE LIST-EXTENDED LIST-STATUS \
                       MOVE BINARY SPECIAL-USE STATUS=SIZE";
        let rev2 = Features::from([Feature::Imap4Rev2]);
        for word in made_of.split(' ') {
            let feature = Feature::ALL.iter().find(|one| one.name() == word).unwrap();
            assert!(rev2.contains(*feature), "{word}");
            assert!(!rev2.without(*feature).contains(Feature::Imap4Rev2), "{word}");
        }
    }
}
