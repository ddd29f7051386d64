"""Four eyes on a real folder: what was proposed waits through kill -9, and is decided once, by two people."""
import threading
import time
import unittest

from heed import Installation


class SecondPerson(unittest.TestCase):
    def setUp(self):
        self.heed = Installation()
        self.addCleanup(self.heed.remove)
        self.token = self.heed.key()
        for name in ("ada", "bob", "eve"):
            self.heed.user(name, "reviewer")
        self.up()
        answer = self.platform.posts([{"id": "p1", "text": "you stupid worthless cow", "author": {"id": "troll1"}, "mentions": ["caroline"],
                                       "created_at": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() - 60))}])
        self.assertEqual(answer.status, 200, answer)
        report = {"items": [{"kind": "post", "id": "p1"}], "about": "me", "symptoms": ["harassment"]}
        self.assertEqual(self.heed.account("caroline").post("/v1/reports", report).status, 201)

    def up(self):
        self.heed.start()
        self.platform = self.heed.platform(self.token)
        self.ada, self.bob, self.eve = (self.heed.staff(name) for name in ("ada", "bob", "eve"))

    def killed(self):
        self.heed.kill()
        self.up()

    def propose(self):
        claim = self.ada.post("/v1/queues/default/claims", {})
        self.assertEqual(claim.status, 201, claim)
        self.case = claim.json["case_id"]
        verdict = {"item_id": claim.json["items"][0], "outcome": "violation", "clause": "targeted_harassment", "facts": "It insults her.",
                   "actions": [{"kind": "suspend"}]}
        made = self.ada.post(f"/v1/cases/{self.case}/decisions", {"claim_id": claim.json["claim_id"], "items": [verdict]})
        self.assertEqual(made.status, 201, made)
        return made.json["proposal_id"]

    def orders(self):
        return self.platform.get("/v1/actions").lines

    def test_a_proposal_waits_through_kills_and_is_carried_out_once(self):
        proposal = self.propose()
        self.killed()
        self.assertEqual(self.orders(), [])
        self.assertEqual(self.ada.post(f"/v1/proposals/{proposal}/confirmation", {}).status, 403)
        self.assertEqual([one["proposal_id"] for one in self.bob.get("/v1/proposals").json["items"]], [proposal])
        self.assertEqual(self.bob.post("/v1/queues/default/claims", {}).status, 204, "it is nobody's to claim")
        # Two at once: one of them has decided.
        answers = []
        both = [threading.Thread(target=lambda who=who: answers.append(who.post(f"/v1/proposals/{proposal}/confirmation", {}).status)) for who in (self.bob, self.eve)]
        for one in both:
            one.start()
        for one in both:
            one.join()
        self.assertEqual(sorted(answers), [200, 409])
        self.killed()
        self.assertEqual([order["kind"] for order in self.orders()], ["suspend"])
        self.assertEqual(self.ada.get("/v1/proposals").json["items"][0]["state"], "confirmed")
        self.heed.stop()
        self.heed.run("ledger", "verify")

    def test_what_comes_back_can_be_decided_again(self):
        proposal = self.propose()
        self.assertEqual(self.bob.post(f"/v1/proposals/{proposal}/return", {"note": "A warning first."}).status, 200)
        self.killed()
        news = self.ada.get("/v1/proposals").json["items"]
        self.assertEqual([(one["proposal_id"], one["state"]) for one in news], [(proposal, "returned")])
        again = self.propose()
        self.assertNotEqual(again, proposal)
        self.assertEqual(self.eve.post(f"/v1/proposals/{again}/confirmation", {}).status, 200)
        self.assertEqual(len(self.orders()), 1)
        self.heed.stop()
        self.heed.run("ledger", "verify")


if __name__ == "__main__":
    unittest.main()
