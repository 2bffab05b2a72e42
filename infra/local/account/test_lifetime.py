"""How the account's process begins and ends, and that a mend that does not fit is not passed over."""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import types
import unittest
import urllib.error
import urllib.request
import zlib

import patching
from trial import HERE, Account, Case, Function, ended, eventually


def watchers(account):
    """The ids of the account's children that are no functions: its watcher, and only that."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        try:
            command = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if any(part.endswith(b"/watcher.py") for part in command) and any(part.startswith(bytes(account.temp)) for part in command):
            found.append(int(entry.name))
    assert len(found) == 1, found
    return found


class Lifetime(Case):
    def ends(self, end, code=0):
        with tempfile.TemporaryDirectory(prefix="mends-") as home:
            self.account = Account(home, ACCOUNT_PROCESSES=f"{home}/processes")
            self.client = self.account.client
            try:
                function = Function(self, self.role(), {})
                self.client("lambda").invoke(FunctionName=function.name, InvocationType="Event", Payload='{"seconds": 30, "child": true}')
                pids = [function.wait("begin")[0]["pid"], function.wait("child")[0]["child"], self.account.process.pid]
                self.assertEqual(pathlib.Path(f"{home}/processes").read_text(), f"{pids[0]}\n")
                self.assertEqual([os.getpgid(pid) for pid in pids[:2]], pids[:1] * 2)
                pids += watchers(self.account)
                end(self.account.process)
                self.assertEqual(self.account.process.wait(20), code)
            finally:
                self.account.process.kill()
                self.account.process.stdin.close()
            for pid in pids:
                eventually("the process is gone", lambda: ended(pid), 6)
            self.assertEqual(list(self.account.temp.iterdir()), [])

    def test_it_ends_with_its_parent(self):
        self.ends(lambda process: process.stdin.close())

    def test_it_ends_when_asked_to(self):
        self.ends(lambda process: process.send_signal(signal.SIGTERM))

    def test_it_takes_everything_with_it_when_it_is_killed(self):
        self.ends(lambda process: process.kill(), -signal.SIGKILL)

    def test_the_watcher_ends_no_process_of_another(self):
        with tempfile.TemporaryDirectory(prefix="mends-") as home:
            ours, others = f"{home}/account-ours", f"{home}/account-ours-not"
            os.mkdir(ours)
            started = [subprocess.Popen(["sleep", "60"], env={"TMPDIR": folder}) for folder in (ours, others)]
            started.append(subprocess.Popen(["sleep", "60"], env={"TMPDIR": "elsewhere", "LAMBDA_TASK_ROOT": f"{ours}/code"}))
            try:
                subprocess.run([sys.executable, "-I", "-S", str(HERE / "watcher.py"), ours], stdin=subprocess.DEVNULL, check=True, timeout=20)
                self.assertEqual([ended(process.pid) for process in started], [True, False, True])
                self.assertFalse(os.path.exists(ours))
            finally:
                for process in started:
                    process.kill()
                    process.wait()

    def test_it_listens_on_loopback_alone(self):
        function = self.function()  # With a Runtime API of its own.
        self.client("lambda").invoke(FunctionName=function.name, Payload="{}")
        inodes = set()
        for descriptor in pathlib.Path(f"/proc/{self.account.process.pid}/fd").iterdir():
            try:
                inodes.add(os.readlink(descriptor))
            except OSError:
                continue
        listening = set()
        for table in ("tcp", "tcp6"):
            for line in pathlib.Path(f"/proc/net/{table}").read_text().splitlines()[1:]:
                fields = line.split()
                if fields[3] == "0A" and f"socket:[{fields[9]}]" in inodes:
                    listening.add(tuple(fields[1].split(":")))
        self.assertEqual({address for address, _ in listening}, {"0100007F"})
        self.assertIn(function.lines("begin")[0]["env"]["AWS_LAMBDA_RUNTIME_API"].split(":")[1],
                      [str(int(port, 16)) for _, port in listening])

    def test_dynamodb_answers_carry_their_checksum(self):
        request = urllib.request.Request(self.account.url, b"{}", {
            "X-Amz-Target": "DynamoDB_20120810.ListTables", "Content-Type": "application/x-amz-json-1.0"})
        for key in ("a refusal", "an answer"):
            with self.subTest(key):
                if key == "an answer":
                    kept = []
                    self.client("dynamodb").meta.events.register("before-parse", lambda response_dict, **_: kept.append(response_dict))
                    self.client("dynamodb").list_tables()
                    headers, body = kept[0]["headers"], kept[0]["body"]
                else:
                    with self.assertRaises(urllib.error.HTTPError) as refused:
                        urllib.request.urlopen(request)
                    headers, body = refused.exception.headers, refused.exception.read()
                self.assertEqual(headers["x-amz-crc32"], str(zlib.crc32(body)))


class Drift(unittest.TestCase):
    def module(self):
        module = types.ModuleType("ministack.trial")
        exec("def there(one, two=2): return one\nother = there\ntable = {'a': {'b': there}}\nnumber = 3", module.__dict__)
        sys.modules[module.__name__] = module
        self.addCleanup(sys.modules.pop, module.__name__)
        return module

    def test_a_function_is_replaced_wherever_it_is_held(self):
        module = self.module()

        def mend(one, two=2):
            return "mended"

        old = patching.replace(module, "there", "one, two", mend)
        self.assertEqual((old(1), module.there, module.other, module.table["a"]["b"]), (1, mend, mend, mend))

    def test_what_is_not_as_expected_is_drift(self):
        module = self.module()
        for name, change in {"gone": lambda: patching.replace(module, "gone", "", print),
                             "other parameters": lambda: patching.replace(module, "there", "one", print),
                             "no function": lambda: patching.original(module, "number", ""),
                             "no number": lambda: patching.constant(module, "there", 1)}.items():
            with self.subTest(name), self.assertRaises(patching.Drift):
                change()

    def test_the_account_does_not_start_on_another_ministack(self):
        for change, says in {
                "from ministack.services import scheduler; del scheduler._create_schedule":
                    "ministack.services.scheduler._create_schedule is not there",
                "from ministack import app; app.app = lambda scope: None": "ministack.app.app takes (scope)",
                "from ministack import app; app.main = lambda: print('another way to serve')":
                    "ministack.app.main does not serve ministack.app.app",
                "from ministack.core.lambda_runtime import ProvidedWorker as W; W._build_handler_class = lambda self, generation, pending: W":
                    "the Runtime API of ministack.core.lambda_runtime"}.items():
            with self.subTest(says), tempfile.TemporaryDirectory(prefix="mends-") as home:
                script = f"import sys; sys.path.insert(0, sys.argv[1]); import launch; {change}; launch.main()"
                ran = subprocess.run([sys.executable, "-B", "-c", script, str(HERE)], env=dict(os.environ, TMPDIR=home), text=True,
                                     capture_output=True, timeout=30)
                self.assertEqual((ran.returncode, list(pathlib.Path(home).iterdir())), (1, []))
                self.assertIn(f"does not fit the MiniStack that is installed: {says}", ran.stderr)


if __name__ == "__main__":
    unittest.main()
