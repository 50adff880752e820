"""Two servers that are asked the same: Dovecot over TLS, and a program of ours on a pipe.

An answer is cut here into the pieces between its literals, and into values by `structure.lists`, so
that no reader of ours judges what we wrote.
"""
import imaplib
import re
import ssl
import subprocess
from concurrent.futures import ThreadPoolExecutor

from structure import lists

LITERAL = re.compile(rb"~?\{(\d+)\}\r\n\Z")


# Octets of commands that are sent before their answers are read: what fits into a pipe.
AHEAD = 32_768


class Server:
    """Written and read in turn: two threads must not use one TLS connection."""

    def __init__(self, read, readline, write):
        self.read, self.readline, self.write = read, readline, write
        self.asked = 0

    def ask(self, commands):
        """For each command its answers and the tagged line, in order."""
        found, ahead = [], []
        for command in commands:
            tag = b"q%d" % self.asked
            self.asked += 1
            line = tag + b" " + command + b"\r\n"
            if ahead and sum(len(one) for _, one in ahead) + len(line) > AHEAD:
                found += self.told(ahead)
                ahead = []
            ahead.append((tag, line))
        return found + self.told(ahead)

    def told(self, lines):
        self.write(b"".join(line for _, line in lines))
        found = []
        for tag, _ in lines:
            answers = []
            while not (answer := self.answer())[0].startswith(tag + b" "):
                answers.append(answer)
            found.append((answers, answer[0][len(tag) + 1 :].rstrip()))
        return found

    def answer(self):
        """A response: text and literals in turn."""
        pieces = []
        while True:
            line = self.readline()
            if not line:
                raise SystemExit(f"the server ended behind {pieces[-3:]}")
            pieces.append(line)
            literal = LITERAL.search(line)
            if not literal:
                return pieces
            pieces.append(self.read(int(literal.group(1))))


def both(ask, theirs, ours):
    """What each of the two says, asked at the same time."""
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(ask, (theirs, ours)))


def dovecot(rig, port):
    imap = imaplib.IMAP4("127.0.0.1", port, timeout=60)
    imap.starttls(ssl.create_default_context(cafile=f"{rig}/tls/cert.pem"))
    imap.login("alice", "wonderland")
    status, found = imap.select("INBOX", readonly=True)
    if status != "OK":
        raise SystemExit(f"EXAMINE: {found}")
    return Server(imap.read, imap.readline, imap.send)


def ours(program, folder):
    pipe = subprocess.PIPE
    process = subprocess.Popen([program, str(folder)], stdin=pipe, stdout=pipe)

    def write(octets):
        process.stdin.write(octets)
        process.stdin.flush()

    return Server(process.stdout.read, process.stdout.readline, write)


NAME = re.compile(rb" ?((?:[A-Z0-9.]+)(?:\[[^\]]*\](?:<\d+>)?)?) ")


def items(pieces):
    """The items of a FETCH response by their names: octets, a number, a list, or None for NIL."""
    text = pieces[0]
    head = re.match(rb"\* (\d+) FETCH \(", text)
    if not head:
        raise SystemExit(f"no FETCH: {text!r}")
    found, at, literals = {}, head.end(), iter(pieces[1:])
    while not text[at:].startswith(b")"):
        name = NAME.match(text, at)
        if not name:
            raise SystemExit(f"no item at {at} of {text!r}")
        at = name.end()
        value = re.compile(
            rb'(NIL)|~?\{(\d+)\}\r\n|(\d+)|"((?:[^"\\]|\\.)*)"|(\()', re.S
        ).match(text, at)
        nil, literal, number, quoted, opened = value.groups()
        key = name.group(1).decode()
        if literal is not None:
            found[key], text, at = next(literals), next(literals), 0
            continue
        if opened is not None:
            # The rest is one list: nothing else is asked for with it.
            whole = text[at:] + b"".join(literals)
            end = whole.rstrip().removesuffix(b")")
            found[key] = lists(end)[0]
            break
        at = value.end()
        if number is not None:
            found[key] = int(number)
        elif quoted is not None:
            found[key] = re.sub(rb"\\(.)", rb"\1", quoted, flags=re.S)
        else:
            found[key] = None
    return int(head.group(1)), found
