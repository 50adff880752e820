"""The server that the checks ask, and the ways to it."""

import imaplib
import json
import os
import pathlib
import re
import ssl
import subprocess
import tempfile
import zlib

from smtp_mails import Wrong

EXAMPLES = pathlib.Path(os.environ["EXAMPLES"]).resolve()
USER, PASSWORD = "alice", "sesame"


def expect(condition, what):
    """Fails unless it is so."""
    if not condition:
        raise Wrong(what)


class Imapd:
    """`imap_server`, with two accounts, until the block ends."""

    def __init__(self, *arguments):
        self.place = tempfile.TemporaryDirectory(prefix="imap_server.")
        self.cert = f"{self.place.name}/cert.pem"
        self.implicit = "--implicit-tls" in arguments
        users = ["--user", f"{USER}:{PASSWORD}", "--user", "bob:builder"]
        command = [str(EXAMPLES / "imap_server"), "--dir", self.place.name, *users, *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE)
        self.port = json.loads(self.process.stdout.readline())["port"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.place.cleanup()

    def trusting(self):
        return ssl.create_default_context(cafile=self.cert)

    def connect(self):
        """TLS stands, nobody is logged in."""
        if self.implicit:
            return imaplib.IMAP4_SSL("localhost", self.port, ssl_context=self.trusting(), timeout=30)
        session = imaplib.IMAP4("localhost", self.port, timeout=30)
        ok(session.starttls(self.trusting()))
        return session

    def session(self, user=USER, password=PASSWORD):
        session = self.connect()
        ok(session.login(user, password))
        return session


def ok(answer):
    """The data of an answer, which must be OK."""
    status, data = answer
    expect(status in ("OK", "BYE"), f"{status} {data}")
    return data


def refused(answer, *words):
    """The answer must be NO, or that of a function BAD, with these words."""
    if callable(answer):
        try:
            status, data = answer()
        except imaplib.IMAP4.error as error:
            status, data = "BAD" if "BAD [b'" in str(error) else str(error), [str(error).encode()]
        expect(status == "BAD", f"{status} {data}")
    else:
        status, data = answer
        expect(status == "NO", f"{status} {data}")
    for word in words:
        expect(word.encode() in data[0], f"{word} is not in {data}")


def same(came, wanted, what="the answer"):
    expect(came == wanted, f"{what} is {came!r}, not {wanted!r}")


class Lines:
    """A session that is spoken by hand, over the socket of an imaplib session."""

    def __init__(self, session):
        self.socket, self.deflate, self.inflate = session.sock, None, None
        # What imaplib has read ahead is nothing: each answer was waited for.
        self.socket.settimeout(30)
        self.held, self.asked = b"", 0

    def compress(self):
        """RFC 4978 §3: raw DEFLATE, both ways."""
        self.ask("COMPRESS DEFLATE")
        expect(not self.held, f"{self.held!r} came in clear behind COMPRESS")
        self.deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
        self.inflate = zlib.decompressobj(-15)

    def say(self, octets):
        if self.deflate:
            octets = self.deflate.compress(octets) + self.deflate.flush(zlib.Z_SYNC_FLUSH)
        self.socket.sendall(octets)

    def more(self):
        octets = self.socket.recv(65_536)
        expect(octets, f"the server ended behind {self.held!r}")
        self.held += self.inflate.decompress(octets) if self.inflate else octets

    def line(self):
        """The next response, its literals among it."""
        at = 0
        while True:
            end = self.held.find(b"\r\n", at)
            if end < 0:
                self.more()
                continue
            end += 2
            literal = re.search(rb"\{(\d+)\}\r\n\Z", self.held[at:end])
            if not literal:
                line, self.held = self.held[: end - 2], self.held[end:]
                return line
            at = end + int(literal.group(1))
            while len(self.held) < at:
                self.more()

    def until(self, start):
        """All responses up to one that starts so."""
        lines = []
        while not lines or not lines[-1].startswith(start):
            lines.append(self.line())
        return lines

    def ask(self, command, verdict="OK"):
        """The responses to a command, without the tagged one, of which the rest comes last."""
        self.asked += 1
        tag = b"t%d" % self.asked
        self.say(tag + b" " + command.encode() + b"\r\n")
        *told, last = self.until(tag + b" ")
        expect(last.startswith(tag + b" " + verdict.encode()), f"{command}: {last!r}")
        return [*told, last[len(tag) + 1 :]]
