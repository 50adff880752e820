//! Dialogues as the RFCs print them.

use postrider_wire::{Machine, Side};

use super::{Mismatch, Script};
use crate::run::Run;
use crate::scenario::Embedder;

/// A dialogue of `C: ` and `S: ` lines, to be played against a machine.
///
/// - `C: ` and `S: ` begin a line of the client or the server; CRLF is added.
/// - A line without them is literal text: the next line of the same speaker.
/// - Lines before the first speaker are a heading, and ignored, as are empty lines there.
/// - `   <TLS established>` is the upgrade, as [`postrider_wire::Transcript`] writes it.
///
/// Nothing else is understood: what an RFC stands for with `...` or `<…>` must be written out.
///
/// ```
/// use postrider_testkit::{toy::Server, Dialogue};
/// use postrider_wire::Side;
///
/// let dialogue = Dialogue::parse("S: + toy ready\nC: MAIL\nS: = go ahead\nC: Dear Bob\nC: .\n\
///                                 S: + taken\nC: QUIT\nS: + bye\n");
/// let (server, embedder) = Server::with_embedder();
/// let run = dialogue.play(Side::Server, server, embedder)?;
/// assert_eq!(run.payload(), b"Dear Bob\r\n");
/// # Ok::<(), postrider_testkit::Mismatch>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialogue {
    lines: Vec<Said>,
    loose: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Said {
    Line(Side, String),
    Tls,
}

impl Dialogue {
    /// Reads a dialogue. Every text is one; without a speaker it is empty.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut lines = Vec::new();
        let mut speaker = None;
        for line in text.lines() {
            if line.trim() == "<TLS established>" {
                lines.push(Said::Tls);
                continue;
            }
            let (side, said) = match line.get(..2) {
                Some("C:") => (Some(Side::Client), spoken(line)),
                Some("S:") => (Some(Side::Server), spoken(line)),
                _ => (speaker, line),
            };
            speaker = side;
            lines.extend(side.map(|side| Said::Line(side, said.to_owned())));
        }
        Self { lines, loose: false }
    }

    /// Compares the machine's lines up to their first blank only: the texts of replies are free.
    #[must_use]
    pub fn loosely(mut self) -> Self {
        self.loose = true;
        self
    }

    /// The script of the peer, when the machine under test speaks for `side`.
    #[must_use]
    pub fn script(&self, side: Side) -> Script {
        self.lines.iter().fold(Script::new(), |script, said| match said {
            Said::Tls => script.tls(),
            Said::Line(speaker, line) if *speaker != side => script.send(format!("{line}\r\n")),
            Said::Line(_, line) if self.loose => {
                let word = line.find(' ').map_or(&line[..], |blank| &line[..=blank]);
                script.expect_line(word)
            }
            Said::Line(_, line) => script.expect(format!("{line}\r\n")),
        })
    }

    /// Plays the peer against `machine`, which speaks for `side`; all of the machine's lines must
    /// be those of the dialogue.
    ///
    /// # Errors
    ///
    /// The first line that differs.
    pub fn play<M: Machine>(
        &self,
        side: Side,
        machine: M,
        embedder: Box<dyn Embedder<M>>,
    ) -> Result<Run<M>, Mismatch> {
        self.script(side).play(machine, embedder)
    }
}

/// What stands behind `C:` or `S:` and one blank.
fn spoken(line: &str) -> &str {
    let said = line.get(2..).unwrap_or_default();
    said.strip_prefix(' ').unwrap_or(said)
}
