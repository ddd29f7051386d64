"""The main job, end to end: posts come in, a person reports, a person decides, the platform is told and confirms,
everyone concerned is told. With the manual clock and a webhook receiver."""
import unittest

from heed import START, WEBHOOK_SECRET, Installation, Receiver

THREAT = "I know where you live and I will kill you tonight"
INSULT = "you stupid worthless cow"
QUOTE = "disgusting what they write to her: \"you stupid worthless cow\". We stand with you"


def post(id, author, text, to="caroline", at=START, **more):
    return {"id": id, "text": text, "author": {"id": author, "handle": "handle_of_" + author}, "mentions": [to], "created_at": at, **more}


class Story(unittest.TestCase):
    def setUp(self):
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)
        self.heed = Installation(manual_clock=True, settings={"HEED_WEBHOOKS_URL": self.receiver.url, "HEED_WEBHOOKS_SECRETS": WEBHOOK_SECRET})
        self.addCleanup(self.heed.remove)
        self.token = self.heed.key()
        self.heed.user("ada", "reviewer")
        self.heed.user("grace", "reviewer", "lead")
        self.heed.start()
        self.platform = self.heed.platform(self.token)

    def advance(self, minutes):
        answer = self.platform.post("/test/clock", {"advance_ms": int(minutes * 60000)})
        self.assertEqual(answer.status, 200, answer)

    def send(self, *posts):
        answer = self.platform.posts(posts)
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual([line["post_id"] for line in answer.lines], [p["id"] for p in posts])
        return answer.lines

    def webhooks(self, type):
        """All so far, once one of this type is among them."""
        for _ in range(20):
            if any(hook["type"] == type for hook in self.receiver.wait_for(lambda got: any(h["type"] == type for h in got), 0.3)):
                break
            self.advance(0.1)
        return list(self.receiver.received)

    def test_the_whole_way(self):
        lines = self.send(post("p1", "troll1", THREAT), post("p2", "troll2", INSULT), post("p3", "friend", QUOTE))
        self.assertNotEqual(lines[0]["verdict"], "allow")
        self.advance(1)
        caroline = self.heed.account("caroline")
        receipt = caroline.post("/v1/reports", {"pile": {"target": "caroline", "since": "2026-11-21T17:00:00.000Z"}, "about": "me",
                                                "symptoms": ["threat_of_violence"], "fears_for_safety": True, "relief": ["hide"]})
        self.assertEqual(receipt.status, 201, receipt)
        self.assertNotIn("case_id", receipt.json)
        self.advance(1)
        mine = caroline.get("/v1/cases").json["items"]
        self.assertEqual(len(mine), 1)
        self.assertEqual(mine[0]["items"], 3)

        decided = self.work_off()
        self.assertEqual(decided, {"p1": "violation", "p2": "violation", "p3": "no_violation"})

        self.confirm_orders()
        self.told(caroline)
        self.figures()
        self.assertEqual(self.heed.stop(), 0)
        self.heed.run("ledger", "verify")

    def work_off(self):
        """Both reviewers until the queue is empty."""
        decided = {}
        staff = [self.heed.staff("ada"), self.heed.staff("grace")]
        for turn in range(20):
            reviewer = staff[turn % 2]
            claim = reviewer.post("/v1/queues/default/claims", {})
            if claim.status == 204:
                break
            self.assertEqual(claim.status, 201, claim)
            items = reviewer.get(f"/v1/cases/{claim.json['case_id']}/items?claim={claim.json['claim_id']}").json["items"]
            self.assertEqual({i["item_id"] for i in items}, set(claim.json["items"]))
            verdicts = []
            for item in items:
                words = item["evidence"]["versions"][-1]["post"]["text"]
                if words == QUOTE:
                    verdicts.append({"item_id": item["item_id"], "outcome": "no_violation", "clause": "targeted_harassment"})
                else:
                    clause = "threats_to_life" if words == THREAT else "targeted_harassment"
                    verdicts.append({"item_id": item["item_id"], "outcome": "violation", "clause": clause, "ground": "terms",
                                     "actions": [{"kind": "remove"}], "facts": "Aimed at her and meant to frighten."})
                decided[item["evidence"]["id"]] = verdicts[-1]["outcome"]
            answer = reviewer.post(f"/v1/cases/{claim.json['case_id']}/decisions", {"claim_id": claim.json["claim_id"], "items": verdicts})
            self.assertEqual(answer.status, 201, answer)
            again = reviewer.post(f"/v1/cases/{claim.json['case_id']}/decisions", {"claim_id": claim.json["claim_id"], "items": verdicts})
            self.assertEqual(again.status, 409, again)
        return decided

    def confirm_orders(self):
        orders = self.platform.get("/v1/actions").lines
        self.assertEqual({o["item"]["id"] for o in orders if o["kind"] == "remove"}, {"p1", "p2"})
        for order in orders:
            answer = self.platform.post(f"/v1/actions/{order['action_id']}/result", {"state": "done", "at": START})
            self.assertEqual(answer.status, 200, answer)
        self.assertEqual(self.platform.post("/v1/actions/act_01M80CP9W1D3H4VW6KQ2WBSWRF/result", {"state": "done"}).status, 404)

    def told(self, caroline):
        hooks = self.webhooks("notification.statement_of_reasons")
        self.assertEqual(self.receiver.bad, [])
        types = [hook["type"] for hook in hooks]
        self.assertIn("notification.outcome", types)
        self.assertIn("notification.statement_of_reasons", types)
        self.assertIn("action.ordered", types)
        self.assertLess(types.index("notification.outcome"), types.index("notification.statement_of_reasons"), "the reporter is told first")
        self.assertLess(types.index("notification.receipt"), types.index("notification.outcome"))
        self.assertEqual(len({hook["id"] for hook in hooks}), len(hooks), "something was told twice")
        for hook in hooks:
            if hook["type"] == "notification.statement_of_reasons":
                self.assertNotIn("caroline", str(hook), "an author must not learn who reported")
            if hook["type"] == "notification.outcome":
                self.assertNotIn("troll", str(hook))
                self.assertNotIn(THREAT, str(hook))
        notices = caroline.get("/v1/notices").json["items"]
        self.assertIn("outcome", {n["kind"] for n in notices})
        self.assertIn("statement_of_reasons", self.kinds("troll2"))
        # The clause says that whoever threatens a life is told a day later.
        self.assertEqual(self.kinds("troll1"), set())
        self.advance(25 * 60)
        self.assertIn("statement_of_reasons", self.kinds("troll1", now=1795284000 + 25 * 3600))
        self.assertEqual(self.kinds("friend", now=1795284000 + 25 * 3600), set())

    def kinds(self, account, **claims):
        return {n["kind"] for n in self.heed.account(account, **claims).get("/v1/notices").json["items"]}

    def figures(self):
        metrics = self.heed.public().get("/metrics").body.decode()
        self.assertIn("heed_reports_total 1", metrics)

    def test_strangers_learn_nothing(self):
        self.send(post("p1", "troll1", INSULT))
        caroline, stranger, troll = self.heed.account("caroline"), self.heed.account("stranger"), self.heed.account("troll1")
        caroline.post("/v1/reports", {"items": [{"kind": "post", "id": "p1"}], "about": "me", "symptoms": ["harassment"]})
        case = caroline.get("/v1/cases").json["items"][0]["case_id"]
        self.assertEqual(caroline.get(f"/v1/cases/{case}").status, 200)
        nothing = "cas_01M80CP9W1D3H4VW6KQ2WBSWRF"
        for caller in (stranger, troll):
            self.assertEqual(caller.get("/v1/cases").json["items"], [])
            for tail in ("", "/timeline", "/items"):
                theirs, none = caller.get(f"/v1/cases/{case}{tail}"), caller.get(f"/v1/cases/{nothing}{tail}")
                self.assertEqual((theirs.status, none.status), (404, 404))
                a, b = theirs.json, none.json
                del a["request_id"], b["request_id"]
                self.assertEqual(a, b)
                names = [{n.lower() for n in answer.headers.keys()} for answer in (theirs, none)]
                self.assertEqual(*names)
        self.assertEqual(self.heed.public().get(f"/v1/cases/{case}").status, 401)

    def test_user_tokens_are_checked(self):
        ok = self.heed.account("caroline")
        self.assertEqual(ok.get("/v1/reports").status, 200)
        for claims in ({"now": 1795284000 - 90000}, {"now": 1795284000 + 3600}, {"aud": "other"}, {"sub": ""}, {"exp": 1795284000 + 90000}):
            with self.subTest(claims):
                claims = dict(claims)
                account = claims.pop("sub", "caroline")
                self.assertEqual(self.heed.account(account, **claims).get("/v1/reports").status, 401)
        forged = self.heed.account("caroline")
        forged.headers["Authorization"] += "x"
        self.assertEqual(forged.get("/v1/reports").status, 401)

    def test_a_receiver_that_is_down_gets_everything_later_in_order(self):
        self.send(post("p1", "troll1", INSULT))
        caroline = self.heed.account("caroline")
        caroline.post("/v1/reports", {"items": [{"kind": "post", "id": "p1"}], "about": "me", "symptoms": ["harassment"]})
        self.assertIn("notification.receipt", [hook["type"] for hook in self.webhooks("notification.receipt")])
        self.receiver.received.clear()
        self.receiver.down()
        self.work_off()
        for _ in range(12):
            self.advance(30)
        self.assertEqual(self.receiver.received, [])
        self.receiver.up()
        for _ in range(12):
            self.advance(30)
            self.receiver.wait_for(lambda got: len(got) >= 3, 0.2)
        types = [hook["type"] for hook in self.receiver.received]
        self.assertLess(types.index("notification.outcome"), types.index("notification.statement_of_reasons"))
        self.assertEqual(len({hook["id"] for hook in self.receiver.received}), len(self.receiver.received))


if __name__ == "__main__":
    unittest.main()
