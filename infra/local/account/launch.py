"""Runs MiniStack as the local account: with its mends, on loopback alone, and leaving nothing behind. See README.md.

    .tools/ministack/bin/python infra/local/account/launch.py

Reads, besides what MiniStack reads: ACCOUNT_SESSIONS, the file that is told of execution roles' sessions; ACCOUNT_PROCESSES, the file that
is told of functions' process groups; ACCOUNT_DIES_WITH_STDIN=1, to end when standard input does; LAMBDA_ASYNC_RETRY_BASE_SECONDS, the
first delay after a function's error (a minute in AWS); ACCOUNT_RATE_SECONDS, after which rules with a rate fire, 0 for never.
"""

import os
import shutil
import sys
import tempfile

sys.dont_write_bytecode = True  # Nothing is left in the source tree.
# What MiniStack and the functions put down is in one folder, which goes at the end.
tempfile.tempdir = os.environ["TMPDIR"] = tempfile.mkdtemp(prefix="account-")
# Before MiniStack is imported, which reads them then. It would open further ports for services that nothing here uses.
os.environ.update(BIND_HOST="127.0.0.1", SFTP_ENABLED="0", IOT_MTLS_ENABLED="0")
for setting in ("LAMBDA_EXECUTOR", "LAMBDA_STRICT", "USE_SSL", "PERSIST_STATE", "SERVICES", "MINISTACK_HOST"):
    os.environ.pop(setting, None)

import alarms  # noqa: E402
import asynchronous  # noqa: E402
import filters  # noqa: E402
import functions  # noqa: E402
import lifetime  # noqa: E402
import patching  # noqa: E402
import permissions  # noqa: E402
import queues  # noqa: E402
import rules  # noqa: E402
import schedules  # noqa: E402
import simulation  # noqa: E402
import stacks  # noqa: E402
import transport  # noqa: E402


def mend():
    """Applies every mend, or fails at the first that does not fit this MiniStack."""
    permissions.check()
    queues.mend()
    functions.mend(os.environ.pop("ACCOUNT_SESSIONS", ""), os.environ.pop("ACCOUNT_PROCESSES", ""))
    asynchronous.mend()
    rules.mend(os.environ.pop("ACCOUNT_RATE_SECONDS", ""))
    schedules.mend()
    simulation.mend()
    stacks.mend()
    alarms.mend()
    filters.mend()
    transport.mend()


def main():
    try:
        mend()
    except patching.Drift as drift:
        shutil.rmtree(tempfile.tempdir, ignore_errors=True)
        sys.exit(f"The local account does not fit the MiniStack that is installed: {drift}.\n"
                 "Run infra/local/install to get the version that it is written for.")
    lifetime.run(tempfile.tempdir, with_stdin=os.environ.pop("ACCOUNT_DIES_WITH_STDIN", "") == "1")


if __name__ == "__main__":
    main()
