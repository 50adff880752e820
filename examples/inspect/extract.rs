//! Decoded parts as files.

use std::{
    collections::HashMap,
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
};

use postrider::mime::{Part, safe_file_name};

use super::parts::{Numbered, lone_preamble};

/// A folder that parts are written into. Names come from strangers and are made safe: none leads
/// out of the folder, and no file that is there is written to; a name that is taken gets a number.
pub(crate) struct Extractor {
    folder: PathBuf,
    /// The number that a name was last given.
    numbers: HashMap<String, u32>,
}

/// A part that was written.
pub(crate) struct Written {
    /// The number of the part, and what of it, where it is not the whole.
    pub(crate) part: String,
    /// The file in the folder.
    pub(crate) name: String,
}

impl Extractor {
    /// Makes the folder where it is not there.
    pub(crate) fn new(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.to_owned(), numbers: HashMap::new() })
    }

    /// Writes every leaf and every nested message, and the leaves of nested messages too; of a
    /// multipart without parts, its text.
    pub(crate) fn extract(&mut self, parts: &[Numbered<'_>]) -> io::Result<Vec<Written>> {
        let mut all = Vec::new();
        for Numbered { part, number, .. } in parts {
            if !part.is_multipart() {
                // A number may be longer than a file system's names.
                let by_number = || safe_file_name(&format!("part-{number}.{}", extension(*part)));
                let name = part.safe_file_name().or_else(by_number).unwrap_or_default();
                all.push(self.write(number.clone(), &name, &part.decoded().value)?);
            } else if let Some(text) = lone_preamble(*part) {
                let (place, name) = match number.as_str() {
                    "" => ("preamble".to_owned(), "preamble.txt".to_owned()),
                    number => {
                        let name = safe_file_name(&format!("preamble-{number}.txt"));
                        (format!("{number} preamble"), name.unwrap_or_default())
                    }
                };
                all.push(self.write(place, &name, text)?);
            }
        }
        Ok(all)
    }

    fn write(&mut self, part: String, name: &str, octets: &[u8]) -> io::Result<Written> {
        let (name, mut file) = self.create(name)?;
        file.write_all(octets)?;
        Ok(Written { part, name })
    }

    /// A new file of this name, or of one with a number before its extension.
    fn create(&mut self, name: &str) -> io::Result<(String, File)> {
        let (stem, dot, extension) = match name.rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() => (stem, ".", extension),
            _ => (name, "", ""),
        };
        // Some file systems do not tell cases apart.
        let number = self.numbers.entry(name.to_lowercase()).or_insert(0);
        loop {
            *number += 1;
            let name = match *number {
                1 => name.to_owned(),
                number => format!("{stem}-{number}{dot}{extension}"),
            };
            // Neither a file nor a link that is there is opened.
            match File::create_new(self.folder.join(&name)) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                created => return Ok((name, created?)),
            }
        }
    }
}

/// The extension of a file of this type, for a part that has no name.
fn extension(part: Part<'_>) -> &'static str {
    const TYPES: [(&str, &str, &str); 13] = [
        ("text", "plain", "txt"),
        ("text", "html", "html"),
        ("text", "calendar", "ics"),
        ("text", "csv", "csv"),
        ("image", "png", "png"),
        ("image", "jpeg", "jpg"),
        ("image", "gif", "gif"),
        ("application", "pdf", "pdf"),
        ("application", "zip", "zip"),
        ("application", "json", "json"),
        ("application", "pkcs7-signature", "p7s"),
        ("message", "rfc822", "eml"),
        ("message", "global", "eml"),
    ];
    let ty = part.content_type().value;
    let known = TYPES.iter().find(|(top, sub, _)| ty.is(top, sub)).map(|(.., known)| *known);
    known.unwrap_or_else(|| if ty.is_type("text") { "txt" } else { "bin" })
}
