"""Searches over the mails: 200 of all kinds of keys, always the same, with words of the mails."""
import email
import email.policy
import functools
import random
import re
import time
from email.header import decode_header

from mailbox_classes import Place
from mailbox_talk import both

SEED = 256
QUERIES = 200
# Letters alone, so that no word depends on how a text is folded, encoded or cut.
WORD = re.compile(r"[^\W\d_]{4,14}")
DAY = 86_400
# Of each so many mails the words are taken.
EACH = 8


class Query:
    """Keys as they are written, and those that hold no others."""

    def __init__(self, keys, leaves):
        self.keys, self.leaves = keys, leaves

    def command(self, before=b"UID SEARCH "):
        """The command. Its charset stands where SORT and THREAD have it, too."""
        return before + charset(self.keys) + self.keys


def charset(keys):
    return b"" if keys.isascii() else b"CHARSET UTF-8 "


def found(server, commands):
    """The UIDs that each search finds. Asked one by one: the answers have no tags."""
    lists = []
    for command in commands:
        [(answers, said)] = server.ask([command])
        if not said.startswith(b"OK"):
            raise SystemExit(f"{command}: {said}")
        [line] = [a[0] for a in answers if a[0].startswith(b"* SEARCH")]
        lists.append([int(uid) for uid in line.split()[2:]])
    return lists


@functools.cache
def queries(mails):
    return Queries(mails).all()


@functools.cache
def all_found(server, mails):
    return found(server, [query.command() for query in queries(mails)])


def compare(theirs, ours, mails):
    """Each query. Where one differs, its keys are asked one by one: a mail in which they differ must
    differ in one of them, and that is what is classified."""
    asked = queries(mails)
    answers = both(lambda server: all_found(server, mails), theirs, ours)
    for query, one, other in zip(asked, *answers):
        reasons = []
        if one != other:
            left = set(one) ^ set(other)
            keys = [Query(key, []).command() for key in query.leaves]
            for key, a, b in zip(query.leaves, found(theirs, keys), found(ours, keys)):
                for uid in left & (set(a) ^ set(b)):
                    reasons.append(Place("searches", mails[uid - 1], key, uid in a, uid in b))
            told = {place.mail.uid for place in reasons}
            for uid in left - told:
                reasons.append(Place("searches", mails[uid - 1], query.keys, uid in one, uid in other))
        yield Place("searches", None, query.keys, one, other, reasons, len(set(one) | set(other)))


def date(seconds):
    return time.strftime("%d-%b-%Y", time.gmtime(seconds))


def decoded(value):
    try:
        pieces = decode_header(value)
        return "".join(p if isinstance(p, str) else p.decode(c or "ascii") for p, c in pieces)
    except (LookupError, ValueError):
        return ""


class Words:
    """Words that stand in fields and texts of the mails, as Python's email package decodes them."""

    def __init__(self, mails, chance):
        self.chance = chance
        self.of = {"FROM": [], "TO": [], "SUBJECT": [], "BODY": []}
        # Those with letters beyond ASCII are few, and chosen more often than they stand there.
        self.rare = {key: [] for key in self.of}
        for mail in mails[::EACH]:
            message = email.message_from_bytes(mail.octets, policy=email.policy.compat32)
            for key in ("FROM", "TO", "SUBJECT"):
                self.add(key, decoded(str(message.get(key, ""))))
            for part in message.walk():
                if part.get_content_type() == "text/plain":
                    self.add("BODY", text(part))
                    break

    def add(self, key, text):
        words = WORD.findall(text)
        for word in self.chance.sample(words, min(3, len(words))):
            (self.of if word.isascii() else self.rare)[key].append(word)

    def word(self, key):
        rare = self.rare[key]
        of = rare if rare and self.chance.random() < 0.2 else self.of[key]
        word = self.chance.choice(of)
        if self.chance.random() < 0.3:
            # A piece of a word, in other letters.
            word = word[1:].upper()
        return word


def text(part):
    try:
        return part.get_payload(decode=True).decode(part.get_content_charset("ascii"))
    except (LookupError, ValueError):
        return ""


def string(word):
    """A quoted string, or a literal where it must be one; as octets."""
    octets = word.encode()
    if word.isascii():
        return b'"' + octets.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'
    return b"{%d+}\r\n%s" % (len(octets), octets)


class Queries:
    def __init__(self, mails):
        self.chance = random.Random(SEED)
        self.mails, self.words = mails, Words(mails, self.chance)
        self.dates = [mail.date for mail in mails]

    def set(self):
        last = len(self.mails)
        ranges = []
        for _ in range(self.chance.randint(1, 4)):
            first = self.chance.randint(1, last)
            end = self.chance.choice(["*", str(min(last + 9, first + self.chance.randint(0, 900)))])
            ranges.append(f"{first}:{end}" if self.chance.random() < 0.8 else f"{first}")
        return ",".join(ranges).encode()

    def metadata(self):
        pick = self.chance.choice
        return pick([
            lambda: pick([
                b"ANSWERED", b"DELETED", b"DRAFT", b"FLAGGED", b"SEEN", b"UNANSWERED",
                b"UNDELETED", b"UNDRAFT", b"UNFLAGGED", b"UNSEEN", b"ALL",
            ]),
            lambda: pick([b"KEYWORD ", b"UNKEYWORD "])
            + pick([b"$Forwarded", b"$junk", b"WORK", b"later", b"never"]),
            lambda: pick([b"BEFORE ", b"ON ", b"SINCE "])
            + date(pick(self.dates) + pick([-DAY, 0, 0, DAY])).encode(),
            lambda: pick([b"LARGER ", b"SMALLER "])
            + b"%d" % (len(pick(self.mails).octets) + pick([-1, 0, 1])),
            lambda: b"UID " + self.set(),
            lambda: self.set(),
        ])()

    def header(self):
        pick = self.chance.choice
        return pick([
            lambda: b"FROM " + string(self.words.word("FROM")),
            lambda: b"TO " + string(self.words.word("TO")),
            lambda: b"CC " + string(self.words.word("TO")),
            lambda: b"SUBJECT " + string(self.words.word("SUBJECT")),
            lambda: b"HEADER Subject " + string(self.words.word("SUBJECT")),
            lambda: b"HEADER " + pick([b'X-Mailer ""', b'List-Id ""', b'Message-Id "yahoo"',
                                       b'Received "esmtp"', b'X-Mailer "outlook"', b'BCC ""',
                                       b'Content-Type "html"', b'Reply-To "yahoo.com"']),
            lambda: pick([b"SENTBEFORE ", b"SENTON ", b"SENTSINCE "])
            + date(pick(self.sent) + pick([-DAY, 0, DAY])).encode(),
        ])()

    # Most of these mails say that they were sent in these months.
    sent = [1_022_000_000 + 500_000 * step for step in range(40)]

    def body(self):
        return self.chance.choice([b"BODY ", b"TEXT "]) + string(self.words.word("BODY"))

    def key(self, depth=0):
        roll = self.chance.random()
        if depth < 3 and roll < 0.3:
            return self.chance.choice([
                lambda: b"NOT " + self.key(depth + 1),
                lambda: b"OR " + self.key(depth + 1) + b" " + self.key(depth + 1),
                lambda: b"(" + self.key(depth + 1) + b" " + self.key(depth + 1) + b")",
            ])()
        kinds = [self.metadata, self.metadata, self.header, self.header, self.header, self.body]
        self.leaves.append(self.chance.choice(kinds)())
        return self.leaves[-1]

    def query(self):
        self.leaves = []
        keys = [self.key() for _ in range(self.chance.choice([1, 1, 1, 2, 2, 3]))]
        return Query(b" ".join(keys), self.leaves)

    def all(self):
        return [self.query() for _ in range(QUERIES)]
