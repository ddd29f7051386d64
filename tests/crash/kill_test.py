"""kill -9 under load: what had a receipt is there exactly once, a retry gets the same answer, the ledger verifies."""
import json
import os
import random
import threading
import time
import unittest

from heed import Connection, Installation

ROUNDS = int(os.environ.get("HEED_CRASH_ROUNDS", "20"))
SEED = int(os.environ.get("HEED_CRASH_SEED", "20261121"))
CONNECTIONS = 4


class Reporter(threading.Thread):
    """Reports until the connection dies; remembers every key it used and every receipt it got."""

    def __init__(self, port, token, name):
        super().__init__(daemon=True)
        self.port, self.token, self.name_ = port, token, name
        self.receipts, self.unanswered, self.refused = {}, [], []
        self.ending = False

    def body_of(self, key):
        n = hash_of(key)
        return {"reporter": {"account_id": f"r{n % 50}"}, "items": [{"kind": "post", "id": f"p-{key}", "snapshot": {
            "text": "you will regret this, I know where you live", "author": f"a{n % 7}", "created_at": "2026-11-21T17:00:00.000Z"}}],
            "about": "me", "symptoms": ["harassment"]}

    def run(self):
        connection = Connection(self.port, {"Authorization": "Bearer " + self.token}, timeout=5)
        n = 0
        while not self.ending:
            key = f"{self.name_}-{n}"
            n += 1
            try:
                answer = connection.post("/v1/reports", self.body_of(key), headers={"Idempotency-Key": key})
            except Exception:
                self.unanswered.append(key)
                return
            if answer.status == 201:
                self.receipts[key] = answer.json
            else:
                self.refused.append((key, answer.status))


def hash_of(key):
    return sum((i + 1) * ord(c) for i, c in enumerate(key))


class Kill(unittest.TestCase):
    def setUp(self):
        self.heed = Installation()
        self.addCleanup(self.heed.remove)
        self.token = self.heed.key()

    def test_receipts_survive(self):
        chance = random.Random(SEED)
        receipts, asked = {}, {}
        for round in range(ROUNDS):
            self.heed.start()
            reporters = [Reporter(self.heed.port, self.token, f"k{round}-{i}") for i in range(CONNECTIONS)]
            for reporter in reporters:
                reporter.start()
            time.sleep(chance.uniform(0.02, 0.35))
            self.heed.kill()
            for reporter in reporters:
                reporter.ending = True
                reporter.join(10)
                self.assertEqual(reporter.refused, [])
                receipts.update(reporter.receipts)
                for key in [*reporter.receipts, *reporter.unanswered]:
                    asked[key] = reporter.body_of(key)
            with self.subTest(round=round):
                self.check_ledger()
        self.check_retries(receipts, asked)

    def check_ledger(self):
        done = self.heed.run("ledger", "verify", "--json", ok=(0, 3))
        self.assertEqual(done.returncode, 0, done.stdout)

    def check_retries(self, receipts, asked):
        """Every key again: those with a receipt give the same one, the others give one now; none makes a second report."""
        self.assertGreater(len(receipts), ROUNDS, "hardly a report was answered before the kill")
        self.heed.start()
        platform = self.heed.platform(self.token)
        numbers = {}
        for key, body in asked.items():
            answer = platform.post("/v1/reports", body, headers={"Idempotency-Key": key})
            self.assertEqual(answer.status, 201, answer)
            if key in receipts:
                self.assertEqual(answer.json, receipts[key])
            numbers[key] = answer.json["number"]
        self.assertEqual(self.heed.stop(), 0)
        # One report per key in the ledger's own projection, however often it was asked for.
        dump = self.heed.run("ledger", "replay", "--dump").stdout
        reports = table_rows(dump, "reports")
        self.assertEqual(reports, len(asked))
        self.check_ledger()
        print(f"        {ROUNDS} kills, {len(receipts)} receipts, {len(asked) - len(receipts)} without an answer, all accounted for", flush=True)


def table_rows(dump, name):
    """Rows of one table of a canonical dump: a line "# name", then a line a row."""
    rows, within = 0, False
    for line in dump.splitlines():
        if line.startswith("# "):
            within = line.split()[1] == name
        elif within and line:
            rows += 1
    return rows


if __name__ == "__main__":
    unittest.main()
