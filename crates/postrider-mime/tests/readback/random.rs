//! Text and octets that look random and are the same in every run.

use postrider_testkit::Random as Numbers;

pub(crate) struct Random(Numbers);

const WORDS: &[&[&str]] = &[
    &["The", "rider", "carries", "letters", "over", "hills,", "and", "waits", "for", "nobody."],
    &["Grüße", "aus", "Köln", "naïve", "Ærø", "s=t", "façade", "100", "%", "=3D"],
    &["Привет,", "мир", "почта", "едет", "через", "горы"],
    &["手紙", "を", "運ぶ", "騎手", "안녕하세요", "你好"],
    &["שלום", "مرحبا", "עולם", "بريد"],
    &["🐎", "📨", "e\u{301}", "👩\u{200d}💻"],
    &["From", "From ", ".", "..", "--", "-- ", ">", "=", "=20", "\t", "  ", "--=_x"],
];

impl Random {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(Numbers::new(seed))
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0.below(bound)
    }

    pub(crate) fn one<'a, T: ?Sized>(&mut self, of: &[&'a T]) -> &'a T {
        of[self.below(of.len())]
    }

    pub(crate) fn seed(&mut self) -> [u8; 32] {
        self.octets(32).try_into().unwrap()
    }

    pub(crate) fn octets(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| (self.0.next() >> 24) as u8).collect()
    }

    /// Words of one script with single blanks between.
    pub(crate) fn words(&mut self, most: usize) -> String {
        let script = self.below(6);
        let count = 1 + self.below(most);
        let words: Vec<&str> = (0..count).map(|_| self.one(WORDS[script])).collect();
        words.join(" ")
    }

    pub(crate) fn ascii_words(&mut self, most: usize) -> String {
        let count = 1 + self.below(most);
        let words: Vec<&str> = (0..count).map(|_| self.one(WORDS[0])).collect();
        words.join(" ")
    }

    /// Lines of text with LF line ends, with or without one at the end.
    pub(crate) fn lines(&mut self, script: impl Fn(&mut Self) -> String) -> String {
        let mut text = String::new();
        for _ in 0..self.below(12) {
            match self.below(6) {
                0 => {}
                1 => {
                    let mark = self.one(WORDS[6]);
                    text += mark;
                    text += &script(self);
                }
                2 => text += self.one(WORDS[6]),
                _ => text += &script(self),
            }
            text += "\n";
        }
        if self.below(3) == 0 {
            text += &script(self);
        }
        text
    }

    pub(crate) fn ascii_text(&mut self) -> String {
        self.lines(|random| random.ascii_words(9))
    }

    pub(crate) fn text(&mut self) -> String {
        self.lines(|random| random.words(9))
    }

    /// The same text with CRLF, or with LF.
    pub(crate) fn any_line_ends(&mut self, text: String) -> String {
        if self.below(2) == 0 { text.replace('\n', "\r\n") } else { text }
    }
}
