"""The life of the account's process: it serves until it is told to end or its parent is gone, and takes everything with it.

MiniStack on its own leaves function processes and their code behind when it ends. It is killed with SIGKILL at times, and then a second
process (watcher.py) does what is left to do.
"""

import os
import pathlib
import runpy
import shutil
import signal
import subprocess
import sys
import threading

import functions

# MiniStack finishes the requests that are under way, for three seconds at the most.
PATIENCE_SECONDS = 6
WATCHER = pathlib.Path(__file__).with_name("watcher.py")


def run(folder, with_stdin):
    """Runs MiniStack until SIGTERM, SIGINT or, if with_stdin, the end of standard input. Then ends the functions and removes folder.

    Does not return.
    """
    # A session of its own, as it has to outlive this process's group. Nothing else inherits the other end of its standard input.
    watcher = subprocess.Popen([sys.executable, "-I", "-S", str(WATCHER), folder], cwd="/", env={}, stdin=subprocess.PIPE,
                               stdout=subprocess.DEVNULL, start_new_session=True)
    if with_stdin:
        threading.Thread(target=_end_with_stdin, args=(folder, watcher), daemon=True).start()
    sys.argv = ["ministack"]
    code = 1
    try:
        runpy.run_module("ministack", run_name="__main__")
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        end_all(folder, watcher, code)


def end_all(folder, watcher, code):
    """Ends every function, removes the folder and ends this process, whatever its threads are doing."""
    functions.end_processes()
    shutil.rmtree(folder, ignore_errors=True)
    watcher.kill()
    watcher.wait()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _end_with_stdin(folder, watcher):
    while sys.stdin.buffer.read(4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(PATIENCE_SECONDS)
    end_all(folder, watcher, 0)
