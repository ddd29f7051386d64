"""samples/backend: a forum whose reports, orders and their confirmation go through Heed, as docs/integrator/fifteen-minutes.md
says. The forum is the sample as it stands; nothing of it is replaced."""
import http.client
import os
import re
import subprocess
import sys
import unittest
import urllib.parse

from heed import SECRET, Installation, wait_until

SAMPLE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "samples", "backend", "backend.py")
INSULT = "you stupid worthless cow"


class Reader:
    """Somebody with a browser at the forum."""

    def __init__(self, address, account):
        self.address, self.cookie = address, ""
        status, headers, _ = self.ask("POST", "/sign-in", account=account)
        assert status == 303, status
        self.cookie = headers["Set-Cookie"].split(";")[0]

    def ask(self, method, path, **form):
        connection = http.client.HTTPConnection(self.address, timeout=10)
        body = urllib.parse.urlencode(form) if form else None
        headers = {"Cookie": self.cookie, **({"Content-Type": "application/x-www-form-urlencoded"} if form else {})}
        connection.request(method, path, body, headers)
        got = connection.getresponse()
        text = got.read().decode()
        connection.close()
        return got.status, got.headers, text

    def post(self, text, to=""):
        _, headers, _ = self.ask("POST", "/post", text=text, to=to)
        return headers["Location"].split("#")[1]

    def sees(self, post):
        return f'id="{post}"' in self.ask("GET", "/")[2]


class Backend(unittest.TestCase):
    def setUp(self):
        self.heed = Installation()
        self.addCleanup(self.heed.remove)
        token = self.heed.key()
        self.heed.user("ada", "reviewer")
        self.heed.start()
        environment = {**os.environ, "HEED_URL": f"http://127.0.0.1:{self.heed.port}", "HEED_KEY": token, "HEED_USER_SECRET": SECRET}
        self.forum = subprocess.Popen([sys.executable, SAMPLE], env=environment, stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.forum.stdout.close)
        self.addCleanup(self.forum.wait)
        self.addCleanup(self.forum.terminate)
        self.address = self.forum.stdout.readline().strip().removeprefix("http://")

    def decide(self, outcome):
        ada = self.heed.staff("ada")
        claim = ada.post("/v1/queues/default/claims", {})
        self.assertEqual(claim.status, 201, claim)
        item = {"item_id": claim.json["items"][0], "outcome": outcome, "clause": "targeted_harassment"}
        if outcome == "violation":
            item.update(ground="terms", actions=[{"kind": "remove"}, {"kind": "warn"}], facts="It calls her names.")
        answer = ada.post(f"/v1/cases/{claim.json['case_id']}/decisions", {"claim_id": claim.json["claim_id"], "items": [item]})
        self.assertEqual(answer.status, 201, answer)
        return answer.json

    def test_three_calls_and_one_tag(self):
        troll, her, other = Reader(self.address, "troll"), Reader(self.address, "dora"), Reader(self.address, "emil")
        bad, good = troll.post(INSULT, to="dora"), other.post("Good morning")
        self.assertTrue(her.sees(bad) and other.sees(bad) and other.sees(good))
        # The tag: her page holds it, with the post's id and no token; the token comes from the forum alone, to her alone.
        status, headers, page = her.ask("GET", f"/report/{bad}")
        self.assertEqual(status, 200)
        self.assertEqual(re.findall("<heed-report[^>]*>", page), [f'<heed-report post="{bad}">'])
        self.assertNotIn("eyJ", page)
        self.assertIn("script-src 'self' http://127.0.0.1", headers["Content-Security-Policy"])
        self.assertEqual(Reader.ask(type("Nobody", (), {"address": self.address, "cookie": ""})(), "GET", "/token")[0], 404)
        token = her.ask("GET", "/token")[2]
        # What the tag does with it in a browser (tests/browser/report_test.mjs).
        dora = self.heed.platform(token)
        receipt = dora.post("/v1/reports", {"items": [{"kind": "post", "id": bad}], "about": "me", "symptoms": ["harassment"], "relief": ["hide"]})
        self.assertEqual(receipt.status, 201, receipt)
        # Hidden from her at once, from nobody else; and the case says that it is done, not only ordered.
        self.assertTrue(wait_until(lambda: not her.sees(bad), 15))
        self.assertTrue(other.sees(bad))
        self.decide("violation")
        self.assertTrue(wait_until(lambda: not other.sees(bad), 15))
        self.assertTrue(other.sees(good))
        case = dora.get("/v1/cases").json["items"][0]["case_id"]
        confirmed = lambda: [e for e in dora.get(f"/v1/cases/{case}/timeline").json["items"] if e["kind"] == "action_confirmed"]
        self.assertTrue(wait_until(lambda: len(confirmed()) >= 2, 15), dora.get(f"/v1/cases/{case}/timeline"))
        self.assertEqual({e["fields"]["state"] for e in confirmed()}, {"done"})

    def test_what_is_taken_back_is_shown_again(self):
        troll, her = Reader(self.address, "troll"), Reader(self.address, "dora")
        bad = troll.post(INSULT, to="dora")
        dora = self.heed.platform(her.ask("GET", "/token")[2])
        self.assertEqual(dora.post("/v1/reports", {"items": [{"kind": "post", "id": bad}], "about": "me", "symptoms": ["harassment"]}).status, 201)
        decision = self.decide("violation")["decisions"][0]
        decision_id = decision["decision_id"] if isinstance(decision, dict) else decision
        self.assertTrue(wait_until(lambda: not troll.sees(bad), 15))
        answer = self.heed.staff("ada").post(f"/v1/decisions/{decision_id}/reversal", {"reason": "A line from a play."})
        self.assertIn(answer.status, (200, 201), answer)
        self.assertTrue(wait_until(lambda: troll.sees(bad), 15))

    def test_what_somebody_wrote_is_text(self):
        troll = Reader(self.address, "<b>troll</b>")
        troll.post("<script>alert(1)</script>")
        page = troll.ask("GET", "/")[2]
        self.assertNotIn("<script>alert", page)
        self.assertNotIn("<b>troll", page)
        self.assertEqual(troll.ask("GET", '/report/"><script>')[2].count("<script>"), 0)


if __name__ == "__main__":
    unittest.main()
