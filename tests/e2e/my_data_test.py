"""Whoever reported by mail shows whose mailbox it is, takes away what is held about them and has it erased."""
import hashlib
import os
import re
import unittest

from heed import START, Installation
from e2e.receipt_mail_test import Mailbox

COMMENT = "these are words that only she wrote, bandicoot-3318"
MAIL = "ann.potoroo-6604@example.org"


def traces_in(folder, words):
    wanted = []
    for plain in words:
        raw = plain.encode()
        wanted.append((plain, raw))
        for name in ("sha256", "sha1", "md5"):
            digest = hashlib.new(name, raw)
            wanted += [(name + " of " + plain, digest.digest()), (name + " in hex of " + plain, digest.hexdigest().encode())]
    for base, _, files in os.walk(folder):
        for name in files:
            path = os.path.join(base, name)
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    content = file.read()
                for what, raw in wanted:
                    if raw in content:
                        yield f"{what} in {os.path.relpath(path, folder)}"


class MyData(unittest.TestCase):
    def setUp(self):
        self.box = Mailbox()
        self.addCleanup(self.box.close)
        self.heed = Installation(manual_clock=True, settings={
            "HEED_MAIL_NOTICES": "true", "HEED_MAIL_SMTP_URL": f"smtp://127.0.0.1:{self.box.port}", "HEED_MAIL_FROM": "heed@chirp.test", "HEED_PLATFORM_PAGE_URL": "https://chirp.test/case"})
        self.addCleanup(self.heed.remove)
        self.token = self.heed.key()
        self.heed.user("ada", "reviewer")
        self.heed.start()
        self.platform = self.heed.platform(self.token)

    def report(self):
        self.platform.posts([{"id": "p1", "text": "you stupid worthless cow", "author": {"id": "b1"}, "created_at": START}])
        receipt = self.platform.post("/v1/reports", {
            "reporter": {"name": "Ann", "email": MAIL}, "items": [{"kind": "post", "id": "p1"}], "about": "someone_else",
            "symptoms": ["harassment"], "locale": "en", "comment": COMMENT})
        self.assertEqual(receipt.status, 201, receipt)
        text = self.box.wait_for(1)[0].get_content()
        guest = self.heed.public()
        guest.headers["Authorization"] = "Bearer " + re.search(r"key=(hg_[\w-]+)", text).group(1)
        return receipt.json["case_id"], guest

    def code(self, guest, mails):
        sent = guest.post("/v1/me/code")
        self.assertEqual(sent.status, 202, sent)
        mail = self.box.wait_for(mails)[-1]
        self.assertEqual(mail["To"], MAIL)
        code = re.search(r"^([0-9A-Z]{4}-[0-9A-Z]{4})\s*$", mail.get_content(), re.M).group(1)
        self.assertNotIn(code, str(mail["Subject"]))
        return code

    def test_a_code_opens_it_and_then_it_is_gone(self):
        case, guest = self.report()
        self.assertEqual(guest.get("/v1/me/data").status, 409, "a link alone is not enough")
        code = self.code(guest, 2)
        data = guest.get("/v1/me/data", headers={"Heed-Code": code})
        self.assertEqual(data.status, 200, data)
        self.assertIn(COMMENT, str(data.json))
        self.assertEqual(guest.get("/v1/me/data", headers={"Heed-Code": code}).status, 409, "once")
        self.platform.post("/test/clock", {"advance_ms": 61000})
        erased = guest.call("DELETE", "/v1/me/data", headers={"Heed-Code": self.code(guest, 3)})
        self.assertEqual(erased.status, 200, erased)
        self.assertEqual(erased.json["erased"]["cases"], 1)
        self.assertEqual(guest.get("/v1/cases").json["items"], [])
        timeline = self.heed.staff("ada").get(f"/v1/cases/{case}/timeline")
        self.assertNotIn("bandicoot", str(timeline.body))
        self.heed.stop()
        for folder in (self.heed.data, self.heed.keys):
            self.assertEqual(list(traces_in(folder, (COMMENT, MAIL, "bandicoot-3318"))), [])
        self.assertEqual(self.heed.run("ledger", "verify", ok=None).returncode, 0)
        self.assertEqual(self.heed.run("ledger", "replay", ok=None).returncode, 0)

    def test_what_has_to_wait_goes_by_itself_after_a_restart(self):
        case, _ = self.report()
        author = self.heed.account("b1")
        asked = author.call("DELETE", "/v1/me/data")
        self.assertEqual(asked.status, 200, asked)
        self.assertEqual([one for one in asked.json["stays"] if one["what"] == "case"], [], "he has not been told of any")
        ada = self.heed.staff("ada")
        self.assertIn("worthless", str(ada.get(f"/v1/cases/{case}/items").json), "evidence does not vanish by asking")
        claim = ada.post("/v1/queues/default/claims", {}).json
        decided = ada.post(f"/v1/cases/{case}/decisions", {"claim_id": claim["claim_id"], "items": [
            {"item_id": claim["items"][0], "outcome": "no_violation", "clause": "targeted_harassment"}]})
        self.assertEqual(decided.status, 201, decided)
        self.heed.stop()
        self.heed.start()
        self.heed.platform(self.token).post("/test/clock", {"advance_ms": 2 * 3600 * 1000})
        self.assertNotIn("worthless", str(self.heed.staff("ada").get(f"/v1/cases/{case}/items").json))


class Digest(unittest.TestCase):
    def test_many_receipts_are_three_mails_and_one_in_the_morning(self):
        box = Mailbox()
        self.addCleanup(box.close)
        heed = Installation(manual_clock=True, settings={
            "HEED_MAIL_NOTICES": "true", "HEED_MAIL_SMTP_URL": f"smtp://127.0.0.1:{box.port}", "HEED_MAIL_FROM": "heed@chirp.test", "HEED_PLATFORM_PAGE_URL": "https://chirp.test/case"})
        self.addCleanup(heed.remove)
        token = heed.key()
        heed.start()
        platform = heed.platform(token)
        for i in range(20):
            platform.posts([{"id": f"p{i}", "text": "you stupid worthless cow", "author": {"id": f"b{i}"}, "created_at": START}])
            receipt = platform.post("/v1/reports", {
                "reporter": {"name": "Ann", "email": MAIL}, "items": [{"kind": "post", "id": f"p{i}"}], "about": "someone_else",
                "symptoms": ["harassment"], "locale": "de"})
            self.assertEqual(receipt.status, 201, receipt)
        self.assertEqual(len(box.wait_for(3)), 3)
        heed.stop()
        heed.start()
        platform = heed.platform(token)
        platform.post("/test/clock", {"advance_ms": 14 * 3600 * 1000})  # from 18:00 until after 07:00
        mails = box.wait_for(4)
        self.assertEqual(len(mails), 4, [str(m["Subject"]) for m in mails])
        text = mails[3].get_content()
        self.assertIn("17", str(mails[3]["Subject"]))
        self.assertEqual(text.count("#case="), 17)
        self.assertNotIn("cow", mails[3].as_string())
        platform.post("/test/clock", {"advance_ms": 48 * 3600 * 1000})
        self.assertEqual(len(box.wait_for(5, seconds=1)), 4, "nothing is sent twice")


if __name__ == "__main__":
    unittest.main()
