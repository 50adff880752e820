"""The example `imap_server`, asked by imaplib and by curl; each check has a server of its own.

    EXAMPLES=target/debug/examples imap_server_all.py [WORD...]   all checks, or those with such a word
"""

import shutil
import signal
import sys
import time
import traceback

import imap_server_curl
import imap_server_talk
from smtp_mails import Wrong


def main(words):
    """Exit code 1 when a check fails, 77 when curl is missing."""
    # So that `with` ends what it has started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    outcome = 0
    for name, check in {**imap_server_talk.CHECKS, **imap_server_curl.CHECKS}.items():
        if words and not any(word in name for word in words):
            continue
        if name.startswith("curl") and not shutil.which("curl"):
            print("NOT RUN: imap_server: curl is not installed")
            outcome = outcome or 77
            continue
        began = time.monotonic()
        try:
            check()
            print(f"imap_server: {name}: ok ({time.monotonic() - began:.1f} s)", flush=True)
        except Wrong as wrong:
            print(f"imap_server: {name}: {wrong}", flush=True)
            outcome = 1
        except Exception:  # a program that hangs, a session that breaks off: the check failed
            print(f"imap_server: {name}: {traceback.format_exc()}", flush=True)
            outcome = 1
    return outcome


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
