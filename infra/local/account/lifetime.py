"""The life of the account's process: it serves until it is told to end or its parent is gone, and takes everything with it.

MiniStack on its own leaves function processes and their code behind when it ends.
"""

import os
import runpy
import shutil
import signal
import sys
import threading

import functions

# MiniStack finishes the requests that are under way, for three seconds at the most.
PATIENCE_SECONDS = 6


def run(folder, with_stdin):
    """Runs MiniStack until SIGTERM, SIGINT or, if with_stdin, the end of standard input. Then ends the functions and removes folder.

    Does not return.
    """
    if with_stdin:
        threading.Thread(target=_end_with_stdin, args=(folder,), daemon=True).start()
    sys.argv = ["ministack"]
    code = 1
    try:
        runpy.run_module("ministack", run_name="__main__")
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        end_all(folder, code)


def end_all(folder, code):
    """Ends every function, removes the folder and ends this process, whatever its threads are doing."""
    functions.end_processes()
    shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _end_with_stdin(folder):
    while sys.stdin.buffer.read(4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(PATIENCE_SECONDS)
    end_all(folder, 0)
