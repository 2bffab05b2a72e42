"""All tests of the mends in one: python -B -m unittest infra/local/account/test_mends.py, with the Python of .tools/ministack.

Discovery in this folder finds the same tests, each in its own file.
"""

import pathlib
import sys
import unittest

FOLDER = str(pathlib.Path(__file__).resolve().parent)
FILES = ("test_alarms", "test_invocations", "test_lifetime", "test_queues", "test_rules", "test_schedules",
         "test_stacks", "test_transport")


def load_tests(loader, tests, pattern):
    """The tests of all files; none during discovery, which passes a pattern and loads the files itself."""
    if pattern is not None:
        return tests
    sys.dont_write_bytecode = True
    if FOLDER not in sys.path:
        sys.path.insert(0, FOLDER)
    return unittest.TestSuite(loader.loadTestsFromName(name) for name in FILES)


if __name__ == "__main__":
    unittest.main()
