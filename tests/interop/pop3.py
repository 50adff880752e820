#!/usr/bin/env python3
"""Runs the checks of pop3_client.py and pop3_server.py. Called by pop3.sh, with the rig in its environment.

pop3.py [WORD...]   all checks, or those with such a word in their names
"""

import shutil
import signal
import sys
import time
import traceback

import pop3_client
import pop3_server
from smtp_mails import Wrong

PROGRAMS = ["curl", "fetchmail"]


def main(words):
    """Exit code 1 when a check fails, 77 when a program is missing."""
    # So that `with` ends what it has started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    outcome = 0
    for name, check in {**pop3_client.CHECKS, **pop3_server.CHECKS}.items():
        if words and not any(word in name for word in words):
            continue
        program = name.split()[0]
        if program in PROGRAMS and not shutil.which(program):
            print(f"NOT RUN: pop3: {program} is not installed")
            outcome = outcome or 77
            continue
        began = time.monotonic()
        try:
            check()
            print(f"pop3: {name}: ok ({time.monotonic() - began:.1f} s)", flush=True)
        except Wrong as wrong:
            print(f"pop3: {name}: {wrong}", flush=True)
            outcome = 1
        except Exception:  # a program that hangs, a session that breaks off: the check failed
            print(f"pop3: {name}: {traceback.format_exc()}", flush=True)
            outcome = 1
    return outcome


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
