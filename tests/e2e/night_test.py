"""The campaigner's night against the real binary: with the samples, and with real labelled posts where they are."""
import json
import os
import subprocess
import unittest

from heed import BINARY, PASSWORD, START, Installation

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LABELLED = os.path.join(ROOT, "..", "shared", "data", "dev.tsv.gz")


class Night(unittest.TestCase):
    def play(self, *more):
        heed = Installation(manual_clock=True)
        self.addCleanup(heed.remove)
        token = heed.key()
        heed.user("rita", "reviewer")
        heed.user("sam", "reviewer")
        heed.start()
        done = subprocess.run([BINARY, "simulate", "campaigner", "--url", f"http://127.0.0.1:{heed.port}", "--key", token, "--reviewer",
                               "rita:" + PASSWORD, "--reviewer", "sam:" + PASSWORD, "--start", START, "--json", *more],
                              capture_output=True, text=True, timeout=300)
        self.assertIn(done.returncode, (0, 3), done.stderr[-3000:])
        story = json.loads(done.stdout)
        self.assertEqual(done.returncode, 0, done.stderr[-3000:])
        self.assertEqual(story["items"], 601)
        self.assertEqual(story["authors"], 86)
        self.assertTrue(story["quote_left_up"])
        self.assertEqual(story["friends_blocked"], 0)
        self.assertGreater(story["deleted_with_evidence"], 0)
        heed.stop()
        self.assertEqual(heed.run("ledger", "verify", ok=None).returncode, 0)
        return story

    def test_with_samples_written_for_heed(self):
        self.play()

    @unittest.skipUnless(os.path.exists(LABELLED), "shared/data/dev.tsv.gz is absent: not played with real labelled posts")
    def test_with_real_labelled_posts(self):
        self.play("--texts", LABELLED)


if __name__ == "__main__":
    unittest.main()
