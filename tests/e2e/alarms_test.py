"""An alarm is called out, goes to the next when nobody acknowledges, and stops when somebody does; the daily test proves the way."""
import json
import os
import stat
import unittest

from heed import WEBHOOK_SECRET, START, Installation, Receiver, wait_until

THREAT = "I know where you live and I will kill you tonight"


class Alarms(unittest.TestCase):
    def setUp(self):
        self.receiver = Receiver()
        self.addCleanup(self.receiver.close)
        self.heed = Installation(manual_clock=True, settings={
            "HEED_ALARMS_CHANNEL": "webhook", "HEED_ALARMS_URL": self.receiver.url, "HEED_WEBHOOKS_SECRETS": WEBHOOK_SECRET,
            "HEED_ALARMS_ESCALATE_AFTER_MS": "300000"})
        self.addCleanup(self.heed.remove)
        self.paged = os.path.join(self.heed.root, "paged")
        pager = os.path.join(self.heed.root, "pager")
        with open(pager, "w") as script:
            script.write(f"#!/bin/sh\ncat >> {self.paged}\necho >> {self.paged}\n")
        os.chmod(pager, stat.S_IRWXU)
        self.heed.environment["HEED_ALARMS_NEXT"] = "command:" + pager
        self.token = self.heed.key()
        self.heed.user("ada", "reviewer")
        self.heed.start()
        self.platform = self.heed.platform(self.token)

    def advance(self, minutes):
        self.assertEqual(self.platform.post("/test/clock", {"advance_ms": int(minutes * 60000)}).status, 200)

    def pages(self):
        if not os.path.exists(self.paged):
            return []
        with open(self.paged) as lines:
            return [json.loads(line) for line in lines if line.endswith("}\n")]

    def metric(self, name):
        for line in self.heed.public().get("/metrics").body.decode().splitlines():
            if line.startswith(name + " "):
                return float(line.split()[1])
        self.fail("there is no " + name)

    def alarms(self, type="alarm.clock"):
        return [hook for hook in self.receiver.wait_for(lambda got: any(h["type"] == type for h in got)) if hook["type"] == type]

    def rings(self):
        self.platform.posts([{"id": "p1", "text": THREAT, "author": {"id": "b1"}, "mentions": ["a1"], "created_at": START}])
        self.heed.account("a1").post("/v1/reports", {"items": [{"kind": "post", "id": "p1"}], "about": "me", "symptoms": ["threat_of_violence"]})
        self.advance(10)
        return self.alarms()[0]

    def test_a_threat_nobody_looks_at_rings_and_is_acknowledged(self):
        alarm = self.rings()
        self.assertEqual(alarm["data"]["alarm_id"], alarm["id"])
        ada = self.heed.staff("ada")
        listed = ada.get("/v1/alarms").json["items"]
        self.assertEqual([a["alarm_id"] for a in listed], [alarm["id"]])
        self.advance(2)
        self.assertEqual(self.metric("heed_alarms_unacknowledged"), 1)
        self.assertEqual(self.metric("heed_alarm_oldest_seconds"), 120)
        answer = ada.post(f"/v1/alarms/{alarm['id']}/acknowledgement")
        self.assertEqual((answer.status, answer.json["state"]), (200, "acknowledged"))
        self.advance(1)
        self.assertEqual(self.metric("heed_alarms_unacknowledged"), 0)
        self.assertEqual(self.metric("heed_alarm_oldest_seconds"), 0)
        self.assertEqual(self.pages(), [], "nobody else was called")
        self.assertEqual(self.heed.stop(), 0)
        self.heed.run("ledger", "verify")

    def test_the_next_in_the_rota_is_called_and_may_answer_from_the_command_line(self):
        alarm = self.rings()
        self.advance(5)
        self.assertTrue(wait_until(self.pages))
        self.assertEqual(self.pages()[0]["data"]["alarm_id"], alarm["id"])
        listed = self.heed.run_json("case", "alarms")
        self.assertIn(alarm["id"], json.dumps(listed))
        self.heed.run("case", "acknowledge", alarm["id"])
        called = len(self.pages())
        before = len([h for h in self.receiver.received if h["data"].get("alarm_id") == alarm["id"]])
        self.advance(60)
        self.assertEqual(len([p for p in self.pages() if p["data"]["alarm_id"] == alarm["id"]]), called)
        self.assertEqual(len([h for h in self.receiver.received if h["data"].get("alarm_id") == alarm["id"]]), before)

    def test_alarms_ring_on_after_a_restart(self):
        alarm = self.rings()
        self.heed.kill()
        self.heed.start()
        self.platform = self.heed.platform(self.token)
        self.assertEqual([a["alarm_id"] for a in self.heed.staff("ada").get("/v1/alarms").json["items"]], [alarm["id"]])
        self.advance(5)
        self.assertTrue(wait_until(self.pages))

    def test_the_daily_test_is_on_the_metrics(self):
        self.alarms("alarm.test")
        self.assertTrue(wait_until(lambda: self.advance(0.1) or self.metric("heed_test_alarm_delivered_seconds") >= 1795284000))


if __name__ == "__main__":
    unittest.main()
