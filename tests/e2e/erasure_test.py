"""Erasing a person: no byte of text, handle or plain hash stays in the data folder, and an older copy gives nothing."""
import hashlib
import os
import shutil
import unittest

from heed import Installation

TEXT = "these are words that only this sender wrote, wombat-7731"
HANDLE = "handle-quokka-5519"
ACCOUNT = "account-numbat-4402"
POST = "post-bilby-9083"


def traces():
    for plain in (TEXT, HANDLE, ACCOUNT, POST, "wombat-7731"):
        raw = plain.encode()
        yield plain, raw
        for name in ("sha256", "sha1", "md5"):
            digest = hashlib.new(name, raw)
            yield name + " of " + plain, digest.digest()
            yield name + " in hex of " + plain, digest.hexdigest().encode()
            yield name + " in hex of " + plain, digest.hexdigest().upper().encode()


def found_in(folder):
    wanted = list(traces())
    for base, _, files in os.walk(folder):
        for name in files:
            path = os.path.join(base, name)
            if not os.path.isfile(path):
                continue  # the socket of a running server
            with open(path, "rb") as file:
                content = file.read()
            for what, raw in wanted:
                if raw in content:
                    yield f"{what} in {os.path.relpath(path, folder)}"
            for what in (TEXT, HANDLE, ACCOUNT, POST):
                if what in path:
                    yield f"{what} as a file's name"


class Erasure(unittest.TestCase):
    def setUp(self):
        self.heed = Installation(manual_clock=True)
        self.addCleanup(self.heed.remove)
        self.token = self.heed.key()
        self.heed.user("rita", "reviewer")
        self.heed.user("lena", "lead", "legal")

    def fill(self):
        self.heed.start()
        platform = self.heed.platform(self.token)
        self.assertLess(platform.call("PUT", f"/v1/accounts/{ACCOUNT}", {"handle": HANDLE}).status, 300)
        post = {"id": POST, "text": TEXT, "created_at": "2026-11-21T17:59:00.000Z", "author": {"id": ACCOUNT, "handle": HANDLE},
                "mentions": ["her"]}
        self.assertEqual(platform.posts([post]).lines[0]["post_id"], POST)
        receipt = platform.post("/v1/reports", {"reporter": {"account_id": "her"}, "items": [{"kind": "post", "id": POST}], "about": "me",
                                                "symptoms": ["harassment"], "comment": "please look"})
        self.assertEqual(receipt.status, 201, receipt)
        return platform, receipt.json["case_id"]

    def evidence(self, case):
        rita = self.heed.staff("rita")
        answer = rita.get(f"/v1/cases/{case}/items")
        self.assertEqual(answer.status, 200, answer)
        return answer.json["items"][0]

    def test_leaves_nothing_and_the_chains_whole(self):
        platform, case = self.fill()
        self.assertIn(TEXT, str(self.evidence(case)))
        self.heed.stop()
        older = self.heed.root + "-older"
        shutil.copytree(self.heed.data, older)
        self.addCleanup(shutil.rmtree, older, ignore_errors=True)
        self.heed.start()
        platform = self.heed.platform(self.token)
        erased = platform.call("DELETE", f"/v1/accounts/{ACCOUNT}")
        self.assertIn(erased.status, (200, 202, 204), erased)
        platform.post("/test/clock", {"advance_ms": 1000})
        self.assertIsNone(self.evidence(case).get("evidence"))
        self.assertEqual(list(found_in(self.heed.data)), [])
        self.heed.stop()
        self.assertEqual(list(found_in(self.heed.data)), [])
        self.assertEqual(list(found_in(self.heed.keys)), [])
        self.assertEqual(self.heed.run("ledger", "verify", ok=None).returncode, 0)
        self.assertEqual(self.heed.run("ledger", "replay", ok=None).returncode, 0)

        # The older copy of the data, opened with the keys as they are now, gives nothing either.
        shutil.rmtree(self.heed.data)
        shutil.copytree(older, self.heed.data)
        self.assertEqual(list(found_in(self.heed.data)), [])
        self.heed.start()
        item = self.evidence(case)
        self.assertNotIn(TEXT, str(item))
        self.assertNotIn(HANDLE, str(item))
        again = self.heed.platform(self.token).post("/v1/reports", {"reporter": {"account_id": "him"}, "items": [{"kind": "post", "id": POST}],
                                                                    "about": "everyone", "symptoms": ["other"]})
        self.assertNotIn(TEXT, str(again.body))

    def test_waits_for_a_hold(self):
        platform, case = self.fill()
        lena = self.heed.staff("lena")
        held = lena.post(f"/v1/cases/{case}/holds", {"reason": "order of a court", "until": "2027-11-21T18:00:00.000Z"})
        self.assertEqual(held.status, 201, held)
        platform.call("DELETE", f"/v1/accounts/{ACCOUNT}")
        platform.post("/test/clock", {"advance_ms": 1000})
        self.assertIn(TEXT, str(self.evidence(case)))


if __name__ == "__main__":
    unittest.main()
