#!/usr/bin/env python3
"""Times our client beside poplib and curl, all over STLS from the same Dovecot. Called by pop3.sh.

In turns, the best of five. What is written goes to memory: a disk would be slower than any of them. Ours
writes a mailbox file and waits for it, curl writes a file for each mail, poplib writes nothing.
"""

import pathlib
import poplib
import shutil
import ssl
import tempfile
import time

from pop3_rig import MAILS, PASSWORD, USER, Drop, as_sent, fetch, url
from smtp_rig import CERT, expect, port, run

ROUNDS = 5
poplib._MAXLINE = 1 << 20
LINE = b"The quick brown fox jumps over the lazy dog, and then it goes to sleep again.\n"
BIG = [b"Subject: big\n\n" + b".x\n" + LINE * (64 * 1024 * 1024 // len(LINE))] * 2


def ours(count, out, *arguments):
    """`fetch` into a mailbox."""
    told = fetch(url(port("POP3")), "--ca", CERT, "--mbox", out / "mbox", *arguments)
    expect(f"fetched {count} new mails" in told, told)


def by_poplib(count, _):
    """Python's own, one by one."""
    client = poplib.POP3("localhost", int(port("POP3")))
    client.stls(ssl.create_default_context(cafile=CERT))
    client.user(USER)
    client.pass_(PASSWORD)
    for number in range(count):
        client.retr(number + 1)
    client.quit()


def by_curl(count, out):
    """One by one, over one connection."""
    address = f"pop3://localhost:{port('POP3')}/[1-{count}]"
    login = ["--user", f"{USER}:{PASSWORD}", "--cacert", CERT]
    code, _, told = run("curl", "-sS", "--ssl-reqd", *login, address, "-o", f"{out}/#1")
    expect(code == 0, told)


PROGRAMS = {
    "postrider": ours,
    "postrider, one by one": lambda count, out: ours(count, out, "--pipelining", "off"),
    "poplib": by_poplib,
    "curl": by_curl,
}


def race(name, mails):
    """Prints a table of times."""
    Drop.fill(mails)
    octets = sum(len(as_sent(mail)) for mail in mails)
    best = {}
    for _ in range(ROUNDS):
        for program, call in PROGRAMS.items():
            out = pathlib.Path(tempfile.mkdtemp(dir="/dev/shm"))
            began = time.perf_counter()
            call(len(mails), out)
            took = time.perf_counter() - began
            shutil.rmtree(out)
            best[program] = min(took, best.get(program, took))
    print(f"| {name} | s | MiB/s | times ours |\n|---|---|---|---|")
    for program, took in best.items():
        print(f"| {program} | {took:.3f} | {octets / took / 2**20:.0f} | {took / best['postrider']:.2f} |")


race(f"{len(MAILS)} mails", MAILS)
race("2 mails of 64 MiB", BIG)
