//! What holds of THREAD for any mailbox: it is what the steps of RFC 5256 §3 make of it, taken one by
//! one by a reader that is slow and recursive, and what is kept of a message is enough.

use std::collections::{BTreeMap, BTreeSet};

use postrider_imap::{InternalDate, MessageNumber, Thread, Uid};
use postrider_mailbox::thread::{Algorithm, ThreadKeys, Threads};
use postrider_mailbox::{Metadata, Source};
use postrider_message::HeaderSection;

/// Each message is four octets, its identifier, subject, date and kind, and as many references
/// behind them as the kind says.
pub(crate) fn check(data: &[u8]) {
    let mails = mails(data);
    let keys: Vec<ThreadKeys> = mails
        .iter()
        .map(|(metadata, mail)| {
            ThreadKeys::of(metadata, HeaderSection::parse(mail.as_bytes()).headers())
        })
        .collect();
    for (algorithm, expected) in [
        (Algorithm::References, references(&keys)),
        (Algorithm::OrderedSubject, ordered_subject(&keys)),
    ] {
        let mut read = Threads::new(algorithm);
        let mut kept = Threads::new(algorithm);
        for (number, ((metadata, mail), keys)) in (1..).zip(mails.iter().zip(&keys)) {
            let number = MessageNumber::new(number).unwrap();
            let section = HeaderSection::parse(mail.as_bytes());
            read.push(number, metadata, Source::header(section.headers())).unwrap();
            kept.push_keys(number, metadata.uid, keys);
        }
        let told = read.finish(false);
        assert_eq!(kept.finish(false), told);
        assert_eq!(places(&told), expected, "{algorithm:?} {mails:#?}");
        let each: BTreeSet<_> = told.numbers().collect();
        assert_eq!((each.len(), told.numbers().count()), (mails.len(), mails.len()));
    }
}

/// Depth and number of each place.
pub(crate) fn places(thread: &Thread) -> Vec<(u32, Option<u32>)> {
    thread.nodes().iter().map(|node| (node.depth, node.number.map(|number| number.get()))).collect()
}

fn mails(data: &[u8]) -> Vec<(Metadata, String)> {
    let subjects = ["", "a", "Re: a", "A (fwd)", "b", "re: B", "[x] c", "[fwd: c]", "Re:"];
    let mut mails = Vec::new();
    let mut rest = data;
    while let [id, subject, date, kind, more @ ..] = rest {
        let (references, more) = more.split_at(more.len().min(usize::from(kind & 7)));
        rest = more;
        let mut mail = format!("Subject: {}\r\n", subjects[usize::from(*subject) % subjects.len()]);
        if id & 15 != 0 {
            mail += &format!("Message-ID: <{}@x>\r\n", id & 15);
        }
        if !references.is_empty() {
            mail += if kind & 8 == 0 { "References:" } else { "In-Reply-To:" };
            for id in references {
                mail += &format!(" <{}@x>", id & 15);
            }
            mail += "\r\n";
        }
        if kind & 16 == 0 {
            mail += &format!("Date: 1 Jan 2001 00:00:{:02} +0000\r\n", date % 60);
        }
        mail += "\r\n";
        let uid = Uid::new(u32::try_from(mails.len()).unwrap() + 1).unwrap();
        let internal = InternalDate::from_unix(978_307_200 + i64::from(date % 60), 0).unwrap();
        mails.push((Metadata::new(uid, [], internal, mail.len() as u64), mail));
    }
    mails
}

fn ordered_subject(keys: &[ThreadKeys]) -> Vec<(u32, Option<u32>)> {
    let mut threads: BTreeMap<&str, Vec<(i64, u32)>> = BTreeMap::new();
    for (number, keys) in (1..).zip(keys) {
        threads.entry(&keys.subject).or_default().push((keys.sent_date, number));
    }
    let mut threads: Vec<_> = threads.into_values().collect();
    threads.iter_mut().for_each(|thread| thread.sort_unstable());
    threads.sort_unstable();
    let places = |thread: Vec<(i64, u32)>| {
        let depths = [0].into_iter().chain(std::iter::repeat(1));
        depths.zip(thread).map(|(depth, (_, number))| (depth, Some(number))).collect::<Vec<_>>()
    };
    threads.into_iter().flat_map(places).collect()
}

#[derive(Default)]
struct Container {
    message: Option<usize>,
    parent: Option<usize>,
    children: Vec<usize>,
}

struct Tree<'a> {
    keys: &'a [ThreadKeys],
    containers: Vec<Container>,
}

fn references(keys: &[ThreadKeys]) -> Vec<(u32, Option<u32>)> {
    let mut tree = Tree { keys, containers: Vec::new() };
    tree.link();
    let root = 0..tree.containers.len();
    let root: Vec<_> = root.filter(|&at| tree.containers[at].parent.is_none()).collect();
    let mut root = tree.pruned(root, true);
    tree.sort(&mut root);
    tree.gather(&mut root);
    tree.sort(&mut root);
    let mut told = Vec::new();
    tree.tell(&root, 0, &mut told);
    told
}

impl Tree<'_> {
    fn add(&mut self, message: Option<usize>) -> usize {
        self.containers.push(Container { message, ..Container::default() });
        self.containers.len() - 1
    }

    fn is_above(&self, above: usize, mut below: usize) -> bool {
        loop {
            if below == above {
                return true;
            }
            let Some(parent) = self.containers[below].parent else { return false };
            below = parent;
        }
    }

    fn adopt(&mut self, parent: usize, child: usize) {
        self.containers[child].parent = Some(parent);
        self.containers[parent].children.push(child);
    }

    fn leave(&mut self, child: usize) {
        if let Some(parent) = self.containers[child].parent.take() {
            self.containers[parent].children.retain(|&other| other != child);
        }
    }

    /// (1)
    fn link(&mut self) {
        let mut ids: BTreeMap<&str, usize> = BTreeMap::new();
        let own: Vec<usize> = (0..self.keys.len())
            .map(|message| {
                let container = self.add(Some(message));
                if let Some(id) = &self.keys[message].message_id {
                    ids.entry(id).or_insert(container);
                }
                container
            })
            .collect();
        for (keys, own) in self.keys.iter().zip(own) {
            let chain: Vec<usize> = keys
                .references
                .iter()
                .map(|id| *ids.entry(id).or_insert_with(|| self.add(None)))
                .collect();
            for pair in chain.windows(2) {
                if self.containers[pair[1]].parent.is_none() && !self.is_above(pair[1], pair[0]) {
                    self.adopt(pair[0], pair[1]);
                }
            }
            self.leave(own);
            if let Some(&parent) = chain.last()
                && !self.is_above(own, parent)
            {
                self.adopt(parent, own);
            }
        }
    }

    /// (3)
    fn pruned(&mut self, list: Vec<usize>, under_root: bool) -> Vec<usize> {
        let mut out = Vec::new();
        for at in list {
            let children = std::mem::take(&mut self.containers[at].children);
            let children = self.pruned(children, false);
            match (self.containers[at].message, children.len()) {
                (None, 0) => {}
                (None, count) if !under_root || count == 1 => out.extend(children),
                _ => {
                    self.containers[at].children = children;
                    out.push(at);
                }
            }
        }
        out
    }

    /// (4) and (6)
    fn sort(&mut self, list: &mut [usize]) {
        for &at in &*list {
            let mut children = std::mem::take(&mut self.containers[at].children);
            self.sort(&mut children);
            self.containers[at].children = children;
        }
        list.sort_by_key(|&at| {
            let message = self.first(at);
            (self.keys[message].sent_date, message)
        });
    }

    /// The message, or the first child of a dummy.
    fn first(&self, at: usize) -> usize {
        let container = &self.containers[at];
        container.message.unwrap_or_else(|| self.first(container.children[0]))
    }

    fn is_reply(&self, at: usize) -> bool {
        self.containers[at].message.is_some_and(|message| self.keys[message].is_reply_or_forward)
    }

    fn subject(&self, at: usize) -> Option<String> {
        Some(self.keys[self.first(at)].subject.to_string()).filter(|subject| !subject.is_empty())
    }

    /// (5)
    fn gather(&mut self, root: &mut Vec<usize>) {
        let is_dummy = |tree: &Self, at: usize| tree.containers[at].message.is_none();
        let mut table: BTreeMap<String, usize> = BTreeMap::new();
        for &at in &*root {
            let Some(subject) = self.subject(at) else { continue };
            let slot = table.entry(subject).or_insert(at);
            if !is_dummy(self, *slot)
                && (is_dummy(self, at) || (self.is_reply(*slot) && !self.is_reply(at)))
            {
                *slot = at;
            }
        }
        for at in root.clone() {
            let Some(subject) = self.subject(at) else { continue };
            let found = table[&subject];
            if found == at {
                continue;
            }
            root.retain(|&other| other != at);
            if is_dummy(self, found) && is_dummy(self, at) {
                let children = std::mem::take(&mut self.containers[at].children);
                self.containers[found].children.extend(children);
            } else if is_dummy(self, found) || (self.is_reply(at) && !self.is_reply(found)) {
                self.containers[found].children.push(at);
            } else {
                let dummy = self.add(None);
                self.containers[dummy].children = vec![found, at];
                root.retain(|&other| other != found);
                root.push(dummy);
                table.insert(subject, dummy);
            }
        }
    }

    fn tell(&self, list: &[usize], depth: u32, told: &mut Vec<(u32, Option<u32>)>) {
        for &at in list {
            let number = |message| u32::try_from(message).unwrap() + 1;
            told.push((depth, self.containers[at].message.map(number)));
            self.tell(&self.containers[at].children, depth + 1, told);
        }
    }
}
