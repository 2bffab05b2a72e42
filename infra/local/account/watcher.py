"""Ends what the account has started, and removes its folder, when the account is gone without having done so itself.

    python -I -S watcher.py FOLDER <(what ends with the account)

The account holds the other end of this process's standard input, which the kernel closes however it ends. A function's process cannot
notice that by itself: the signal for a parent's death (PR_SET_PDEATHSIG) is for the thread that started it, and that ends earlier.
Processes are found in /proc, by the environment that they were started with; elsewhere only the folder goes.
"""

import os
import shutil
import signal
import sys
import time

# Killed processes need a moment, and one that is being killed may just have started another.
PATIENCE_SECONDS, PAUSE_SECONDS = 5, 0.02


def ours(folder):
    """The ids of the processes that run for a function of the account with this folder."""
    folder, found = os.fsencode(folder), []
    for name in filter(str.isdecimal, os.listdir("/proc") if os.path.isdir("/proc") else ()):
        try:
            with open(f"/proc/{name}/environ", "rb") as file:
                started_with = file.read().split(b"\0")
        except OSError:  # It has ended, or is another user's.
            continue
        if b"TMPDIR=" + folder in started_with or any(entry.startswith(b"LAMBDA_TASK_ROOT=" + folder + b"/") for entry in started_with):
            found.append(int(name))
    return found


def end(folder):
    """Kills them, and those that they start meanwhile, and removes the folder."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (found := ours(folder)) and time.monotonic() < deadline:
        for pid in found:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        time.sleep(PAUSE_SECONDS)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    while sys.stdin.buffer.read(4096):
        pass
    end(sys.argv[1])
