//! An input of any size in a bounded memory.

use std::io::{self, Read};

use super::unit::{Decoder, Unit};

/// Octets read at once.
const CHUNK: usize = 1 << 16;

/// Hands the units of an input to `tell`, in order. Every octet belongs to one of them.
pub(crate) fn decode(
    mut decoder: impl Decoder,
    mut reader: impl Read,
    mut tell: impl FnMut(Unit) -> io::Result<()>,
) -> io::Result<()> {
    let mut buffer: Vec<u8> = Vec::new();
    let (mut start, mut end) = (0, 0);
    // Where the unit begins, and the octet at `start` stands.
    let (mut offset, mut at) = (0_u64, 0_u64);
    let mut unit = |from: &mut u64, to: u64, said| {
        let told = tell(Unit { offset: *from, len: to - *from, side: None, said });
        *from = to;
        told
    };
    loop {
        let step = decoder.step(&buffer[start..end]);
        if !step.is_starved() {
            start += step.octets;
            at += step.octets as u64;
            if let Some(said) = step.said {
                unit(&mut offset, at, said)?;
            }
            continue;
        }
        buffer.copy_within(start..end, 0);
        (start, end) = (0, end - start);
        if buffer.len() < end + CHUNK {
            buffer.resize(end + CHUNK, 0);
        }
        let read = match reader.read(&mut buffer[end..]) {
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if read == 0 {
            at += end as u64;
            return if at > offset { unit(&mut offset, at, decoder.end()) } else { Ok(()) };
        }
        end += read;
    }
}
