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


class Poster(threading.Thread):
    """Posts threats to life one by one: each opens a case by itself, which is durable before the answer."""

    def __init__(self, port, token, round):
        super().__init__(daemon=True)
        self.port, self.token, self.round = port, token, round
        self.cases = {}
        self.ending = False

    @staticmethod
    def post(id):
        return {"id": id, "text": "I will kill you tonight", "author": {"id": "by-" + id}, "mentions": ["to-" + id], "created_at": "2026-11-21T17:00:00.000Z"}

    def run(self):
        connection = Connection(self.port, {"Authorization": "Bearer " + self.token}, timeout=5)
        n = 0
        while not self.ending:
            id = f"threat-{self.round}-{n}"
            n += 1
            try:
                answer = connection.posts([self.post(id)])
            except Exception:
                return
            if answer.status == 200 and answer.body.endswith(b"\n") and "case_id" in answer.lines[0]:
                self.cases[id] = answer.lines[0]["case_id"]


def hash_of(key):
    return sum((i + 1) * ord(c) for i, c in enumerate(key))


class Kill(unittest.TestCase):
    def setUp(self):
        self.heed = Installation()
        self.addCleanup(self.heed.remove)
        self.token = self.heed.key()

    def test_receipts_survive(self):
        chance = random.Random(SEED)
        receipts, asked, cases = {}, {}, {}
        for round in range(ROUNDS):
            self.heed.start()
            reporters = [Reporter(self.heed.port, self.token, f"k{round}-{i}") for i in range(CONNECTIONS)]
            poster = Poster(self.heed.port, self.token, round)
            for thread in (*reporters, poster):
                thread.start()
            time.sleep(chance.uniform(0.02, 0.35))
            self.heed.kill()
            poster.ending = True
            poster.join(10)
            cases.update(poster.cases)
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
        self.check_cases(cases)

    def check_cases(self, cases):
        """Every case that a post was answered with is there, and the same post leads to it again."""
        self.assertGreater(len(cases), 0, "no threat was answered before the kill")
        self.heed.start()
        platform = self.heed.platform(self.token)
        for id, case in cases.items():
            self.assertEqual(platform.get(f"/v1/cases/{case}").status, 200, id)
            self.assertEqual(platform.posts([Poster.post(id)]).lines[0].get("case_id"), case, id)
        self.assertEqual(self.heed.stop(), 0)
        print(f"        {len(cases)} cases opened by threats, all there", flush=True)

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
