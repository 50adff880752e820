"""What the checks stand on: Dovecot's maildrop, our two programs, and a relay that cuts a session off."""

import collections
import contextlib
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading

from smtp_mails import Wrong, until
from smtp_rig import CERT, EXAMPLES, KEY, RIG, expect, run

SHARED = pathlib.Path(os.environ["SHARED"])
USER, PASSWORD = "pop", "tanstaaf"
CORPUS = SHARED / "corpora/spamassassin/spam-2"
MAILS = [path.read_bytes() for path in sorted(CORPUS.iterdir()) if path.is_file()]


def as_sent(octets, ends=rb"\r?\n"):
    """With CRLF at the end of each line, the last too. A CR alone is left by Dovecot, and not by us."""
    octets = re.sub(ends, b"\r\n", octets)
    return octets if octets.endswith(b"\r\n") or not octets else octets + b"\r\n"


BY_DOVECOT = [as_sent(octets) for octets in MAILS]
BY_US = [as_sent(octets, rb"\r\n|\r|\n") for octets in MAILS]


def same(came, wanted, what):
    """Fails unless these are the same mails, each as often, in any order."""
    came, wanted = collections.Counter(came), collections.Counter(wanted)
    missing, others = wanted - came, came - wanted
    if missing or others:
        around = [next(iter(mails))[:60] for mails in (missing, others) if mails]
        raise Wrong(f"{what}: {missing.total()} are missing, {others.total()} should not be there: {around}")


def kept(folder):
    """The mails that our client has put there."""
    return [path.read_bytes() for path in pathlib.Path(folder).glob("*.eml")]


def folder(name):
    """A new one."""
    return pathlib.Path(tempfile.mkdtemp(prefix=f"{name}.", dir=RIG))


class Drop:
    """The maildrop of a user that Dovecot has."""

    place = RIG / "dovecot/mail" / USER
    fills = 0

    @classmethod
    def fill(cls, mails=None):
        """Exactly these are in it."""
        users = RIG / "dovecot/users"
        if USER not in users.read_text():
            with users.open("a") as file:
                file.write(f"{USER}:{{PLAIN}}{PASSWORD}\n")
        cls.fills += 1
        for name in ("cur", "new", "tmp"):
            (cls.place / name).mkdir(parents=True, exist_ok=True)
        for path in (cls.place / "cur").iterdir():
            path.unlink()
        for number, octets in enumerate(MAILS if mails is None else mails):
            (cls.place / "cur" / f"{cls.fills}.{os.getpid()}_{number:06}.interop:2,").write_bytes(octets)
        for path in [cls.place, *cls.place.rglob("*")]:
            shutil.chown(path, "nobody", "nogroup")

    @classmethod
    def count(cls):
        """Mails in it."""
        return sum(len(list((cls.place / name).iterdir())) for name in ("cur", "new"))


def url(port, scheme="pop3", user=USER, password=PASSWORD):
    """As the command line has it."""
    return f"{scheme}://{user}:{password}@localhost:{port}"


def fetch(*arguments, code=0, **more):
    """Our client. Returns what it told."""
    got, out, told = run(str(EXAMPLES / "fetch"), *map(str, arguments), **more)
    if got != code:
        raise Wrong(f"fetch ended with {got}, not {code}: {out}{told}")
    return out + told


class Relay:
    """Stands between our client and a server, and kills the client as it says QUIT. In clear, to understand."""

    def __init__(self, port):
        self.port_behind = int(port)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.process = None

    def fetch(self, *arguments):
        """Runs our client through it."""
        thread = threading.Thread(target=self._carry)
        thread.start()
        with self.listener:
            self.process = start_fetch(*arguments)
            killed(self.process)
        thread.join()

    def _carry(self):
        client = self.listener.accept()[0]
        server = socket.create_connection(("127.0.0.1", self.port_behind))
        with client, server:
            down = threading.Thread(target=self._pump, args=(server, client))
            down.start()
            self._pump(client, server, b"QUIT\r\n")
            down.join()

    def _pump(self, source, sink, word=None):
        with contextlib.suppress(OSError):  # the other direction has ended it
            while piece := source.recv(16384):
                if word and word in piece:
                    until(lambda: self.process, "the process")
                    self.process.kill()
                    break
                sink.sendall(piece)
        for one in (source, sink):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


def start_fetch(*arguments):
    """Our client, not waited for."""
    command = [str(EXAMPLES / "fetch"), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def killed(process):
    """Waits for a program that must have been killed."""
    with process:
        told = process.communicate(timeout=60)[0]
        expect(process.returncode == -signal.SIGKILL, f"it was not killed, and ended with {process.returncode}: {told}")


class Maildrop:
    """Our server: the example `maildrop`, over the same mails."""

    def __init__(self, *arguments, mails=None, place=None):
        self.place = place or folder("maildrop")
        if place is None:
            for number, octets in enumerate(MAILS if mails is None else mails):
                (self.place / f"{number + 1:06}.eml").write_bytes(octets)
        command = [str(EXAMPLES / "maildrop"), "--dir", str(self.place), "--user", f"{USER}:{PASSWORD}"]
        command += ["--cert", CERT, "--key", KEY, *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.port = json.loads(self.process.stdout.readline())["port"]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()

    def count(self):
        """Mails that lie there."""
        return len(list(self.place.glob("*.eml")))
