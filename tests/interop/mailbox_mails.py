"""The mails of the comparison, with dates and flags: the same for Dovecot's Maildir and for us."""
import os
import random
import re
import shutil
from pathlib import Path

REAL = "spamassassin"
SEED = 11
# The line of an mbox before a mail is none of its lines (RFC 4155), and so it is taken away, but
# from each so many mails.
KEPT = 100
FLAGS = {"D": "\\Draft", "F": "\\Flagged", "R": "\\Answered", "S": "\\Seen", "T": "\\Deleted"}
# In a Maildir a keyword is a small letter, which this file of Dovecot explains.
KEYWORDS = {"a": "$Forwarded", "b": "$Junk", "c": "work", "d": "later"}
# The years in which these mails were written.
FIRST, LAST = 1_009_843_200, 1_072_915_199


class Mail:
    """A mail: its octets with CRLF, and what a store knows of it."""

    def __init__(self, uid, path, chance):
        self.uid, self.path = uid, path
        self.octets = re.sub(rb"(?<!\r)\n", rb"\r\n", path.read_bytes())
        if uid % KEPT:
            self.octets = re.sub(rb"\AFrom [^\n]*\n", b"", self.octets)
        # Those of its header, as soon as they are asked for.
        self.fields = None
        self.date = chance.randint(FIRST, LAST)
        self.letters = "".join(c for c in sorted(FLAGS) if chance.random() < 0.3)
        self.letters += "".join(c for c in sorted(KEYWORDS) if chance.random() < 0.2)

    def flags(self):
        return [{**FLAGS, **KEYWORDS}[letter] for letter in self.letters]


def mails(corpora):
    chance = random.Random(SEED)
    paths = sorted(Path(corpora, REAL).rglob("*.txt"))
    paths = [path for path in paths if path.name != "README.txt"]
    return [Mail(uid, path, chance) for uid, path in enumerate(paths, 1)]


def put(rig, found):
    """The mails in Dovecot's Maildir, and in a folder for ours, which is returned."""
    maildir, folder = Path(rig, "dovecot/mail/alice"), Path(rig, "mailbox")
    shutil.rmtree(folder, ignore_errors=True)
    for one in (maildir / "cur", maildir / "new", maildir / "tmp", folder):
        one.mkdir(parents=True)
    names = list(KEYWORDS.values())
    (maildir / "dovecot-keywords").write_text("".join(f"{i} {n}\n" for i, n in enumerate(names)))
    with open(folder / "index", "w") as index:
        for mail in found:
            (folder / f"{mail.uid:06}").write_bytes(mail.octets)
            print(f"{mail.uid:06} {mail.uid} {mail.date}", *mail.flags(), file=index)
            name = f"{1_000_000_000 + mail.uid}.M{mail.uid}P1.rig:2,{mail.letters}"
            (maildir / "cur" / name).write_bytes(mail.octets)
            # Dovecot takes the time of the file for INTERNALDATE.
            os.utime(maildir / "cur" / name, (mail.date, mail.date))
    for root, _, files in os.walk(maildir):
        for name in [".", *files]:
            shutil.chown(os.path.join(root, name), "nobody", "nogroup")
    return folder
