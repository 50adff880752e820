"""Mails that are hard to carry unchanged, and the comparison with what arrived."""

import itertools
import os
import pathlib
import re
import time

_numbers = itertools.count(1)

HEADER = (
    "From: Alice <alice@test.example>\r\n"
    "To: Bob <bob@test.example>\r\n"
    "Subject: {subject}\r\n"
    "Date: Sun, 29 Nov 2026 11:00:00 +0000\r\n"
    "Message-ID: <{identifier}@interop.example>\r\n"
    "MIME-Version: 1.0\r\n"
    "Content-Type: text/plain; charset={charset}\r\n"
    "Content-Transfer-Encoding: {encoding}\r\n"
    "\r\n"
)

BODIES = {
    "plain": b"Dear Bob,\r\n\r\nyours, Alice\r\n",
    # RFC 5321 section 4.5.2, and what looks like the end of a mail.
    "dots": b".\r\n..\r\n...\r\n.leading\r\ntext\r\n.\r\nMAIL FROM:<x@y.example>\r\n\r\n.\r\n\r\n..\r\nend\r\n",
    "blank": b"\r\n\r\nabove and below\r\n\r\n\r\n\r\n",
    "empty": b"",
    # RFC 5321 section 4.5.3.1.6: 1000 octets with the line end.
    "long": b"".join(bytes([65 + n % 26]) * 998 + b"\r\n" for n in range(40)),
    "blanks": b"ends with blanks  \t \r\n \r\n\t\r\n  .\r\n",
    "eight": "Grüße, 平安, привет\r\n.ünkt\r\n".encode() * 50,
    "latin": "Grüße aus Köln\r\n".encode("latin-1") * 20,
    "header": "Grüße\r\n".encode(),
    "big": b"".join(b".%d says: a line of a big mail, and another\r\n" % n for n in range(60000)),
}


class Mail:
    """One mail, with CRLF, and a Message-ID that no other has."""

    def __init__(self, kind="plain"):
        self.identifier = f"{kind}.{next(_numbers)}.{os.getpid()}"
        self.kind = kind
        eight = not BODIES[kind].isascii()
        header = HEADER.format(
            subject="Grüße" if kind == "header" else kind,
            identifier=self.identifier,
            charset="iso-8859-1" if kind == "latin" else "utf-8" if eight else "us-ascii",
            encoding="8bit" if eight else "7bit",
        )
        self.octets = header.encode() + BODIES[kind]

    def file(self, folder, octets=None):
        """Written down, as it is or in another shape."""
        path = pathlib.Path(folder) / f"{self.identifier}.eml"
        path.write_bytes(self.octets if octets is None else octets)
        return str(path)


class RealMail(Mail):
    """One that somebody sent, its line ends made CRLF."""

    def __init__(self, octets):
        self.kind = "real"
        self.octets = re.sub(rb"\r?\n", b"\r\n", octets)
        self.identifier = re.search(rb"(?im)^message-id:\s*<([^>]+)>", octets)[1].decode()


def trace_removed(octets, names):
    """The mail without the fields that stand before it, which must have these names in this order."""
    for name in names:
        match = re.match(rb"(?i)" + name.encode() + rb":[^\n]*\n(?:[ \t][^\n]*\n)*", octets)
        if not match:
            raise Wrong(f"no field {name} was prepended: {octets[:80]!r}")
        octets = octets[match.end() :]
    return octets


class Wrong(Exception):
    """What a check found."""


def same(sent, came, what):
    """Fails at the first octet that differs."""
    if sent == came:
        return
    at = next((n for n, (a, b) in enumerate(zip(sent, came)) if a != b), min(len(sent), len(came)))
    around = slice(max(0, at - 20), at + 20)
    raise Wrong(f"{what}: octet {at} of {len(sent)} is {came[around]!r}, not {sent[around]!r}; {len(came)} came")


def until(ask, what, seconds=20):
    """The first answer that is not nothing."""
    by = time.monotonic() + seconds
    while time.monotonic() < by:
        answer = ask()
        if answer:
            return answer
        time.sleep(0.02)
    raise Wrong(f"{what} did not come within {seconds} s")
