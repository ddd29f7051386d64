"""Whoever acts for somebody without an account comes in by a link from a mail, once; a new one goes to the same address."""
import re
import unittest

from heed import START, Installation
from e2e.receipt_mail_test import Mailbox

UNION = "advice.bilby-7719@union.example"


class DelegateMail(unittest.TestCase):
    def setUp(self):
        self.box = Mailbox()
        self.addCleanup(self.box.close)
        self.heed = Installation(manual_clock=True, settings={
            "HEED_MAIL_NOTICES": "true", "HEED_MAIL_SMTP_URL": f"smtp://127.0.0.1:{self.box.port}", "HEED_MAIL_FROM": "heed@chirp.test", "HEED_PLATFORM_PAGE_URL": "https://heed.chirp.test/case"})
        self.addCleanup(self.heed.remove)
        token = self.heed.key()
        self.heed.start()
        self.platform = self.heed.platform(token)

    def link(self, mails):
        mail = self.box.wait_for(mails)[-1]
        self.assertEqual(mail["To"], UNION)
        return re.search(r"https://heed\.chirp\.test/case#delegation&key=(hd_[\w-]+)", mail.get_content()).group(1)

    def opened(self, link):
        answer = self.heed.public().post("/v1/delegate-links/openings", {"link": link})
        if answer.status != 200:
            return answer.status, None
        browser = self.heed.public()
        browser.headers["Authorization"] = "Bearer " + answer.json["token"]
        browser.headers["Cookie"] = answer.headers["Set-Cookie"].split(";")[0]
        self.assertIn("HttpOnly", answer.headers["Set-Cookie"])
        return 200, browser

    def ask(self, link):
        answer = self.heed.public().post("/v1/delegate-links", {"link": link})
        self.assertEqual(answer.status, 202, answer)
        return answer.body

    def test_a_link_opens_once_and_the_next_one_comes_to_the_same_address(self):
        self.platform.posts([{"id": "p1", "text": "you stupid worthless cow", "author": {"id": "b1"}, "created_at": START}])
        her = self.heed.account("ann")
        self.assertEqual(her.post("/v1/reports", {"items": [{"kind": "post", "id": "p1"}], "symptoms": ["harassment"]}).status, 201)
        given = her.post("/v1/delegations", {"delegate": {"email": UNION}, "scopes": ["read"], "locale": "de"})
        self.assertEqual(given.status, 201, given)
        first = self.link(1)
        self.assertIn("Bitte geben Sie diese Nachricht nicht weiter", self.box.mails[0].get_content())
        stranger = self.heed.public()
        stranger.headers["Authorization"] = "Bearer " + first
        self.assertEqual(stranger.get("/v1/cases").status, 401, "the link itself opens nothing")
        status, thief = self.opened(first)
        self.assertEqual((status, thief.get("/v1/cases").status), (200, 200))
        self.assertEqual(self.opened(first)[0], 401)

        # Asked too soon nothing comes, and the answer is that for a link that was never made.
        unknown = self.ask("hd_" + "A" * 75)
        self.assertEqual(self.ask(first), unknown)
        self.platform.post("/test/clock", {"advance_ms": 10 * 60 * 1000})
        self.assertEqual(self.ask(first), unknown)
        second = self.link(2)
        self.assertNotEqual(first, second)
        self.assertEqual(len(self.box.mails), 2)
        self.assertEqual(thief.get("/v1/cases").status, 200)
        status, rightful = self.opened(second)
        self.assertEqual((status, rightful.get("/v1/cases").status), (200, 200))
        self.assertEqual(thief.get("/v1/cases").status, 401, "whoever opened the first is out")

        # A restart forgets nothing; the end is the end.
        self.heed.stop()
        self.heed.start()
        again = self.heed.public()
        again.headers = dict(rightful.headers)
        self.assertEqual(again.get("/v1/cases").status, 200)
        her = self.heed.account("ann")
        self.assertEqual(self.opened(second)[0], 401)
        mine = her.get("/v1/delegations").json["items"][0]
        self.assertIn("opened_at", mine)
        self.assertNotIn("link", mine)
        self.assertEqual(her.call("DELETE", f"/v1/delegations/{mine['delegation_id']}").status, 204)
        self.assertEqual(again.get("/v1/cases").status, 401)


if __name__ == "__main__":
    unittest.main()
