"""Starting, being ready, stopping, starting again."""
import os
import socket
import threading
import time
import unittest

from heed import Connection, Installation, wait_until

POST = {"id": "p1", "text": "you should be ashamed", "author": {"id": "a9"}, "mentions": ["a1"], "created_at": "2026-11-21T18:00:00.000Z"}
REPORT = {"reporter": {"account_id": "a1"}, "items": [{"kind": "post", "id": "p1"}], "about": "me", "symptoms": ["harassment"]}


class Serving(unittest.TestCase):
    def setUp(self):
        self.heed = Installation()
        self.addCleanup(self.heed.remove)
        self.token = self.heed.key()

    def test_it_starts_ready_and_stops_in_time(self):
        self.heed.start()
        self.assertEqual(self.heed.public().get("/readyz").json, {"status": "ready"})
        self.assertEqual(self.heed.public().get("/healthz").status, 200)
        idle = socket.create_connection(("127.0.0.1", self.heed.port))  # a client that says nothing must not hold it up
        began = time.monotonic()
        self.assertEqual(self.heed.stop(), 0)
        self.assertLess(time.monotonic() - began, 2.5)
        idle.close()
        self.assertFalse(os.path.exists(os.path.join(self.heed.data, "admin.sock")))

    def test_what_was_told_is_there_after_a_restart(self):
        self.heed.start()
        platform = self.heed.platform(self.token)
        self.assertEqual(platform.posts([POST]).lines[0]["post_id"], "p1")
        receipt = platform.post("/v1/reports", REPORT, headers={"Idempotency-Key": "k1"})
        self.assertEqual(receipt.status, 201, receipt)
        self.assertEqual(self.heed.stop(), 0)
        self.heed.start()
        platform = self.heed.platform(self.token)
        self.assertEqual(platform.post("/v1/reports", REPORT, headers={"Idempotency-Key": "k1"}).json, receipt.json)
        again = platform.post("/v1/reports", {**REPORT, "reporter": {"account_id": "a2"}, "about": "someone_else"})
        self.assertEqual(again.json["items_accepted"], 1, "the post is no longer known")
        self.assertEqual(again.json["case_id"], receipt.json["case_id"])

    def test_stopping_under_load_loses_nothing_that_has_a_receipt(self):
        self.heed.start()
        receipts, lock = {}, threading.Lock()

        def report(name):
            platform = Connection(self.heed.port, {"Authorization": "Bearer " + self.token}, timeout=5)
            for n in range(100000):
                key = f"{name}-{n}"
                body = {**REPORT, "reporter": {"account_id": key}, "about": "someone_else", "items": [
                    {"kind": "post", "id": key, "snapshot": {"text": "ugly words", "author": "b", "created_at": "2026-11-21T18:00:00.000Z"}}]}
                try:
                    answer = platform.post("/v1/reports", body, headers={"Idempotency-Key": key})
                except OSError:
                    return
                except Exception:
                    return
                if answer.status == 201:
                    with lock:
                        receipts[key] = (body, answer.json)

        threads = [threading.Thread(target=report, args=(f"t{i}",), daemon=True) for i in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(0.5)
        self.assertEqual(self.heed.stop(), 0)
        for thread in threads:
            thread.join(10)
        self.assertGreater(len(receipts), 10)
        self.heed.start()
        platform = self.heed.platform(self.token)
        for key, (body, receipt) in receipts.items():
            self.assertEqual(platform.post("/v1/reports", body, headers={"Idempotency-Key": key}).json, receipt)
        self.assertEqual(self.heed.stop(), 0)
        self.heed.run("ledger", "verify")

    def test_figures_and_log_name_nobody(self):
        self.heed.start()
        platform = self.heed.platform(self.token)
        platform.posts([{**POST, "text": "unmistakable words", "author": {"id": "author-xyzzy", "handle": "handle-xyzzy"}}])
        platform.post("/v1/reports", {**REPORT, "reporter": {"account_id": "reporter-xyzzy"}, "about": "someone_else", "comment": "unmistakable comment"})
        metrics = self.heed.public().get("/metrics").body.decode()
        self.assertIn("heed_reports_total 1", metrics)
        self.heed.stop()
        for text in (metrics, self.heed.log_text()):
            for word in ("xyzzy", "unmistakable", self.token):
                self.assertNotIn(word, text)

    def test_changed_bytes_are_found(self):
        self.heed.start()
        platform = self.heed.platform(self.token)
        platform.posts([POST])
        case = platform.post("/v1/reports", REPORT).json["case_id"]
        self.assertTrue(wait_until(lambda: os.path.exists(os.path.join(self.heed.keys, "head")), 5))
        self.assertTrue(self.heed.run_json("ledger", "verify")["sound"])
        self.heed.stop()
        self.assertTrue(self.heed.run_json("ledger", "verify")["sound"])
        path = os.path.join(self.heed.data, "ledger.db")
        with open(path, "r+b") as file:
            bytes = file.read()
            at = bytes.index(b'"kind":"report_received"')
            file.seek(at + 9)
            file.write(b"R")
        done = self.heed.run("ledger", "verify", "--json", ok=(3,))
        self.assertIn(case, done.stdout)

    def test_keys_gone_is_said_and_not_mended(self):
        os.rename(self.heed.keys, self.heed.keys + "-away")
        done = self.heed.run("serve", "--port", "0", ok=(1,))
        self.assertIn("keys", done.stderr)
        self.assertFalse(os.path.exists(self.heed.keys))


if __name__ == "__main__":
    unittest.main()
