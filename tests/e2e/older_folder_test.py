"""A folder that an earlier release wrote opens with this one, says what it said, and goes on. Folders and what must be
found in them: tests/fixtures, made by make_folder.py with the release in question."""
import glob
import json
import os
import shutil
import tarfile
import unittest

from heed import Installation

FOLDERS = sorted(glob.glob(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "fixtures", "folder-*.tar.gz")))
LATER = {"now": 1795287600}  # an hour after START


class OlderFolder(unittest.TestCase):
    def unpack(self, path):
        heed = Installation(manual_clock=True)
        heed.environment["HEED_CLOCK_START"] = "2026-11-21T19:00:00.000Z"
        self.addCleanup(heed.remove)
        for part in (heed.data, heed.keys):
            shutil.rmtree(part, ignore_errors=True)
        with tarfile.open(path) as archive:
            archive.extractall(heed.root)
        with open(path.removesuffix(".tar.gz") + ".json") as facts:
            return heed, json.load(facts)

    def test_there_is_one(self):
        self.assertTrue(FOLDERS)

    def test_verifies_replays_and_is_read(self):
        for path in FOLDERS:
            with self.subTest(os.path.basename(path)):
                heed, facts = self.unpack(path)
                heed.start()
                self.reads(heed, facts)
                self.goes_on(heed, facts)
                self.assertEqual(heed.stop(), 0)
                heed.run("ledger", "verify")
                heed.run("ledger", "replay")

    def reads(self, heed, facts):
        caroline = heed.account("caroline", **LATER)
        mine = caroline.get("/v1/cases").json["items"]
        self.assertEqual([{"case_id": c["case_id"], "items": c["items"]} for c in mine], facts["reporters_cases"])
        for account, kinds in facts["told"].items():
            notices = heed.account(account, **LATER).get("/v1/notices").json["items"]
            self.assertEqual(sorted(n["kind"] for n in notices), kinds, account)
        rita = heed.staff("rita")
        texts = {}
        for case in facts["decided"]:
            answer = rita.get(f"/v1/cases/{case}/items")
            self.assertEqual(answer.status, 200, answer)
            for item in answer.json["items"]:
                if item.get("evidence"):
                    texts[item["evidence"]["id"]] = item["evidence"]["versions"][-1]["post"]["text"]
        self.assertEqual(texts, facts["evidence"], "and nothing of whoever was erased")

    def goes_on(self, heed, facts):
        """Keys, idempotency and grouping of then hold now."""
        sam = heed.account("sam", **LATER)
        body = {"items": [{"kind": "post", "id": "p4"}], "about": "me", "symptoms": ["harassment"], "comment": "please look"}
        again = sam.post("/v1/reports", body, headers={"Idempotency-Key": "sam-one"})
        self.assertEqual(again.status, 201, again)
        self.assertEqual(again.json, facts["receipts"]["sam"])
        for number in (facts["receipts"]["sam"]["number"], facts["receipts"]["caroline"]["number"]):
            found = heed.staff("rita").get(f"/v1/cases?number={number}").json["items"]
            self.assertIn(found[0]["case_id"] if found else None, facts["decided"], number)
        fresh = heed.platform(facts["token"]).post(
            "/v1/reports", {"reporter": {"account_id": "pia"}, "items": [{"kind": "post", "id": "p5"}], "about": "someone_else", "symptoms": ["harassment"]})
        self.assertEqual(fresh.status, 201, fresh)
        found = heed.staff("rita").get(f"/v1/cases?number={fresh.json['number']}").json["items"]
        self.assertEqual([c["case_id"] for c in found], [fresh.json["case_id"]], "and its number, which this release gave")
        olgas = heed.staff("rita").get(f"/v1/cases/{fresh.json['case_id']}").json
        self.assertEqual((olgas["items"], olgas["reports"]), (1, 2), "it joined the case that was open")


if __name__ == "__main__":
    unittest.main()
