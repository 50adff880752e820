//! A notice to the sender of a mail, as a mail of its own.

use std::{
    fs::File,
    io::{self, Read},
};

use postrider::{
    message::{DateTime, Zone},
    relay::{
        dsn::{DsnWriter, Original},
        queue::{Bounce, QueueItem},
    },
};

use crate::{Failure, Post, now, random};

/// A mail up to this size comes back whole, of a larger one its header section does.
const WHOLE: u64 = 256 * 1024;

/// Puts it into the spool. It may go once the mail that it is about has its record.
pub(crate) fn put(post: &Post, about: &QueueItem, bounce: &Bounce) -> Result<QueueItem, Failure> {
    let (octets, is_whole) = beginning(post, &about.id)?;
    let original = match is_whole {
        true => Original::of(about).with_message(&octets),
        false => Original::of(about).with_header(&octets),
    };
    let writer = DsnWriter::new(post.name.clone(), DateTime::from_unix(now(), Zone::UTC)?);
    let dsn = writer.write(&bounce.notice, &original, &random())?;
    let item = bounce.item(&dsn, now());
    post.spool.put(&item, &dsn.to_vec()?)?;
    Ok(item)
}

/// The octets of a mail, and whether they are all.
fn beginning(post: &Post, id: &str) -> io::Result<(Vec<u8>, bool)> {
    let file = File::open(post.spool.octets(id))?;
    let size = file.metadata()?.len();
    let mut octets = Vec::new();
    file.take(WHOLE).read_to_end(&mut octets)?;
    Ok((octets, size <= WHOLE))
}
