#!/usr/bin/env python3
"""Runs the unittest files of a folder and closes with "N passed, N failed, N skipped".

    python3 tests/run.py tests/e2e [-k PART]… [--binary build/release/heed]
"""
import argparse
import os
import sys
import time
import unittest


class Lines(unittest.TestResult):
    """One line a test, with its seconds; what failed is told again at the end by name."""

    def __init__(self):
        super().__init__()
        self.passed = 0
        self.wrong = []

    def startTest(self, test):
        super().startTest(test)
        self.began = time.monotonic()
        self.subtests_wrong = False

    def addSuccess(self, test):
        super().addSuccess(test)
        self.passed += 1
        self.tell("ok", test)

    def addSkip(self, test, reason):
        super().addSkip(test, reason)
        self.tell("skipped: " + reason, test)

    def addFailure(self, test, err):
        super().addFailure(test, err)
        self.fault(test, self.failures[-1][1])

    def addError(self, test, err):
        super().addError(test, err)
        self.fault(test, self.errors[-1][1])

    def addSubTest(self, test, subtest, err):
        super().addSubTest(test, subtest, err)
        if err is not None:
            self.fault(subtest, self._exc_info_to_string(err, test))

    def fault(self, test, text):
        self.wrong.append(test.id())
        self.tell("FAILED", test)
        print(text, flush=True)

    def tell(self, word, test):
        seconds = time.monotonic() - getattr(self, "began", time.monotonic())
        print(f"{seconds:6.2f} s  {test.id()}  {word}", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("-k", action="append", default=[])
    parser.add_argument("--binary")
    given = parser.parse_args()
    if given.binary:
        os.environ["HEED_BINARY"] = os.path.abspath(given.binary)
    root = os.path.dirname(os.path.abspath(__file__))
    sys.path.insert(0, root)
    loader = unittest.TestLoader()
    if given.k:
        loader.testNamePatterns = [f"*{part}*" for part in given.k]
    tests = loader.discover(given.folder, pattern="*_test.py", top_level_dir=root)
    result = Lines()
    tests.run(result)
    for name in result.wrong:
        print("FAILED", name)
    print(f"{result.passed} passed, {len(result.wrong)} failed, {len(result.skipped)} skipped")
    return 0 if result.wasSuccessful() and result.passed else 1


if __name__ == "__main__":
    sys.exit(main())
