"""The first story at its full size, as `heed simulate` plays it: twelve hours, 600 posts, 86 accounts, two reviewers."""
import json
import os
import unittest

from heed import PASSWORD, Installation

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "..", "shared", "data", "dev.tsv.gz")


class Campaigner(unittest.TestCase):
    def play(self, *more):
        heed = Installation(manual_clock=True)
        self.addCleanup(heed.remove)
        token = heed.key()
        for name in ("ada", "grace"):
            heed.user(name, "reviewer", "lead")
        heed.start()
        done = heed.run("simulate", "campaigner", "--url", f"http://127.0.0.1:{heed.port}", "--key", token, "--reviewer", "ada:" + PASSWORD,
                             "--reviewer", "grace:" + PASSWORD, *more, "--json", ok=(0, 3))
        self.assertEqual(done.returncode, 0, done.stderr)
        told = json.loads(done.stdout)
        self.assertTrue(heed.run_json("ledger", "verify")["sound"])
        self.assertEqual(heed.stop(), 0)
        self.assertTrue(heed.run_json("ledger", "verify")["sound"])
        return told

    def check(self, told):
        self.assertEqual(told["checked"], "everything agrees")
        self.assertEqual(told["authors"], 86)
        self.assertTrue(told["quote_left_up"])

    def test_with_the_samples(self):
        self.check(self.play())

    @unittest.skipUnless(os.path.exists(DATA), "the labelled posts are not beside the repository")
    def test_with_labelled_posts(self):
        self.check(self.play("--texts", DATA))


if __name__ == "__main__":
    unittest.main()
