#!/usr/bin/env python3
"""Sections, searches, orders and threads of mails, as Dovecot tells them and as we do.

usage: mailbox_all.py RIG PORT CORPORA ANSWERS

RIG is a rig that runs, PORT its IMAP port, CORPORA a folder of corpora, and ANSWERS a program that
answers IMAP commands about a folder of mails on standard input and output.

Exit 1 when an answer differs outside the classes, when answers differ in more than 2 % of the mails
that they are about, or when the classes are not those, with those counts, of the table in
crates/postrider-mailbox/tests/decisions.md.
"""
import re
import sys
import time
from pathlib import Path

import mailbox_orders
import mailbox_queries
import mailbox_sections
from mailbox_classes import CLASSES
from mailbox_mails import mails, put
from mailbox_talk import dovecot, ours

MOST = 0.02
TABLE = Path(__file__).parents[2] / "crates/postrider-mailbox/tests/decisions.md"
KINDS = {
    "sections": mailbox_sections.compare,
    "searches": mailbox_queries.compare,
    "orders": mailbox_orders.orders,
    "threads": mailbox_orders.threads,
}
HEADING = "## Sections, searches, orders and threads"


def table():
    """The classes and counts that are written down."""
    text = TABLE.read_text().partition(HEADING)[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `([a-z0-9-]+)` \| (\d+) \|", text, re.M)
    return {name: int(count) for name, count in rows}


def main(rig, port, corpora, answers):
    found = tuple(mails(corpora))
    folder = put(rig, found)
    theirs, us = dovecot(rig, int(port)), ours(answers, folder)
    counts = dict.fromkeys(CLASSES, 0)
    failed = False
    for kind, compare in KINDS.items():
        answers = differ = places = elsewhere = 0
        began = time.monotonic()
        for place in compare(theirs, us, found):
            answers += 1
            places += place.size
            if place.theirs == place.ours:
                continue
            differ += 1
            elsewhere += len({id(reason.mail) for reason in place.reasons})
            if not place.reasons:
                print(f"{place}: nothing tells why")
                failed = True
            for reason in place.reasons:
                names = [name for name, holds in CLASSES.items() if holds(reason)]
                if len(names) == 1:
                    counts[names[0]] += 1
                else:
                    print(f"{reason}: classes {names}")
                    failed = True
        took = time.monotonic() - began
        print(f"{kind}: {differ} of {answers} differ, in {elsewhere} of {places} mails, {took:.0f} s")
        failed |= answers == 0 or elsewhere > MOST * places
    written = table()
    for name in sorted(counts.keys() | written.keys()):
        count, told = counts.get(name, 0), written.get(name, 0)
        print(f"{count:6} {name}")
        if count != told or count == 0:
            print(f"{name}: {count} answers, {told} in {TABLE.name}")
            failed = True
    return int(failed)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
