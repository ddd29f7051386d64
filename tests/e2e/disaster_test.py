"""A full disk, a lost disk, a copy that is behind: what is said, what is lost, what is not."""
import json
import os
import shutil
import subprocess
import unittest

from heed import Installation, wait_until


def report(n, text="ugly words of some length, so that the disk fills: " + "x" * 2000):
    return {"reporter": {"account_id": f"r{n}"}, "about": "someone_else", "symptoms": ["harassment"], "items": [
        {"kind": "post", "id": f"p{n}", "snapshot": {"text": text, "author": f"a{n % 9}", "created_at": "2026-11-21T18:00:00.000Z"}}]}


class Reports:
    """Reports with numbered keys; knows the receipts."""

    def __init__(self, heed, token):
        self.heed, self.token, self.receipts = heed, token, {}

    def send(self, first, count, until=None):
        platform = self.heed.platform(self.token)
        for n in range(first, first + count):
            answer = platform.post("/v1/reports", report(n), headers={"Idempotency-Key": f"k{n}"})
            if answer.status == 201:
                self.receipts[n] = answer.json
            if answer.status == until:
                return n, answer
        return None, None

    def missing(self):
        """Numbers whose receipt is not given again."""
        platform = self.heed.platform(self.token)
        return [n for n, receipt in self.receipts.items()
                if platform.post("/v1/reports", report(n), headers={"Idempotency-Key": f"k{n}"}).json != receipt]


class FullDisk(unittest.TestCase):
    def setUp(self):
        self.heed = Installation()
        self.addCleanup(self.heed.remove)
        os.mkdir(self.heed.data, 0o700)
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", self.heed.data], capture_output=True).returncode != 0:
            self.skipTest("a small disk can only be mounted by root")
        self.addCleanup(subprocess.run, ["umount", "-l", self.heed.data], capture_output=True)

    def test_it_stops_accepting_loses_nothing_and_goes_on(self):
        reports = Reports(self.heed, self.heed.key())
        self.heed.start()
        full, answer = reports.send(0, 20000, until=503)
        self.assertIsNotNone(full, "the disk never was full")
        self.assertGreater(full, 10)
        self.assertTrue(answer.headers["Retry-After"])
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json")
        again, _ = reports.send(full + 1, 3, until=503)
        self.assertIsNotNone(again)
        self.assertEqual(self.heed.public().get("/healthz").status, 200)
        self.assertEqual(self.heed.public().get("/readyz").status, 503)
        self.assertTrue(wait_until(lambda: b"\nheed_alarms_unacknowledged 1\n" in self.heed.public().get("/metrics").body, 10), "nobody is called")
        subprocess.run(["mount", "-o", "remount,size=64m", self.heed.data], check=True)
        self.assertTrue(wait_until(lambda: self.heed.platform(reports.token).post("/v1/reports", report(full), headers={"Idempotency-Key": f"k{full}"}).status == 201, 10))
        self.assertEqual(self.heed.public().get("/readyz").status, 200)
        reports.send(full, 20)
        self.assertEqual(reports.missing(), [])
        self.assertTrue(self.heed.run_json("ledger", "verify")["sound"])
        self.assertEqual(self.heed.stop(), 0)
        self.assertTrue(self.heed.run_json("ledger", "verify")["sound"])

    def test_kill_on_a_full_disk(self):
        reports = Reports(self.heed, self.heed.key())
        self.heed.start()
        full, _ = reports.send(0, 20000, until=503)
        self.assertIsNotNone(full)
        self.heed.kill()
        subprocess.run(["mount", "-o", "remount,size=64m", self.heed.data], check=True)
        self.heed.start()
        self.assertEqual(reports.missing(), [])
        self.assertEqual(self.heed.stop(), 0)
        self.assertTrue(self.heed.run_json("ledger", "verify")["sound"])


class SecondPlace(unittest.TestCase):
    def setUp(self):
        self.heed = Installation()
        self.addCleanup(self.heed.remove)
        self.copy = os.path.join(self.heed.root, "copy")

    def head(self):
        return {k: v for k, v in self.heed.run_json("ledger", "head").items() if k in ("commit", "pos", "hash")}

    def lose_the_data(self):
        shutil.rmtree(self.heed.data)

    def test_the_drill_continuous_copy(self):
        self.heed.environment.update({"HEED_BACKUP_DIR": self.copy, "HEED_BACKUP_INTERVAL_MS": "100"})
        reports = Reports(self.heed, self.heed.key())
        self.heed.user("kim", "reviewer")
        self.heed.start()
        self.heed.platform(reports.token).posts([{"id": "seen", "text": "you cow", "author": {"id": "a"}, "mentions": ["r1"], "created_at": "2026-11-21T18:00:00.000Z"}])
        reports.send(0, 30)
        self.assertEqual(self.heed.stop(), 0)
        head = self.head()
        self.lose_the_data()
        restored = self.heed.run_json("restore", "--from", self.copy)
        self.assertEqual({k: restored[k] for k in head}, head)
        self.assertEqual(restored["events_lost"], 0)
        self.assertTrue(self.heed.run_json("ledger", "verify")["sound"])
        self.heed.start()
        self.assertEqual(reports.missing(), [])
        self.heed.staff("kim")
        taken = self.heed.platform(reports.token).post("/v1/reports", {"reporter": {"account_id": "r1"}, "about": "me", "symptoms": ["harassment"],
                                                                      "items": [{"kind": "post", "id": "seen"}]})
        self.assertEqual(taken.json["items_accepted"], 1, "the post is not in the copy")

    def test_after_a_crash_at_most_the_window_is_lost_and_said(self):
        self.heed.environment.update({"HEED_BACKUP_DIR": self.copy, "HEED_BACKUP_INTERVAL_MS": "100"})
        reports = Reports(self.heed, self.heed.key())
        self.heed.start()
        reports.send(0, 20)
        before = self.head()
        # The keeper notes the head once a second; when it is behind neither copy nor anchor are checked too early.
        self.assertTrue(wait_until(lambda: self.anchored() >= before["pos"], 5))
        self.assertTrue(wait_until(lambda: self.copied_to(before), 5))
        reports.send(20, 20)
        self.heed.kill()
        self.lose_the_data()
        done = self.heed.run("restore", "--from", self.copy, "--json", "--allow-cut-off-end", ok=(0, 1))
        if done.returncode == 1:
            self.assertIn("--accept-loss", done.stderr)
            self.assertFalse(os.path.exists(os.path.join(self.heed.data, "ledger.db")))
            done = self.heed.run("restore", "--from", self.copy, "--json", "--allow-cut-off-end", "--accept-loss")
        self.assertTrue(self.heed.run_json("ledger", "verify")["sound"])
        self.heed.start()
        first = {n: r for n, r in reports.receipts.items() if n < 20}
        reports.receipts = first
        self.assertEqual(reports.missing(), [])

    def anchored(self):
        try:
            with open(os.path.join(self.heed.keys, "head")) as file:
                return json.load(file)["pos"]
        except (OSError, ValueError):
            return 0

    def copied_to(self, head):
        return any(name.startswith("segment") for name in os.listdir(os.path.join(self.copy, "ledger"))) and \
            self.heed.run("restore", "--from", self.copy, "--data", os.path.join(self.heed.root, "probe"), "--accept-loss", "--allow-cut-off-end", "--json", ok=None) is not None and \
            self.probe_pos() >= head["pos"]

    def probe_pos(self):
        probe = os.path.join(self.heed.root, "probe")
        try:
            return self.heed.run_json("ledger", "head", "--data", probe)["pos"] if os.path.exists(os.path.join(probe, "ledger.db")) else -1
        finally:
            shutil.rmtree(probe, ignore_errors=True)

    def test_one_shot_beside_a_running_server(self):
        reports = Reports(self.heed, self.heed.key())
        self.heed.start()
        reports.send(0, 10)
        first = self.heed.run_json("backup", "--to", self.copy)
        reports.send(10, 10)
        second = self.heed.run_json("backup", "--to", self.copy)
        self.assertGreater(second["commit"], first["commit"])
        head = self.head()
        self.assertEqual(second["hash"], head["hash"])
        self.heed.kill()
        self.lose_the_data()
        self.assertEqual(self.heed.run_json("restore", "--from", self.copy)["hash"], head["hash"])
        self.heed.start()
        self.assertEqual(reports.missing(), [])

    def test_a_damaged_copy_is_refused_and_named(self):
        reports = Reports(self.heed, self.heed.key())
        self.heed.start()
        reports.send(0, 10)
        self.assertEqual(self.heed.stop(), 0)
        self.heed.run("backup", "--to", self.copy)
        self.lose_the_data()
        name = sorted(n for n in os.listdir(os.path.join(self.copy, "ledger")) if n.startswith("segment"))[0]
        path = os.path.join(self.copy, "ledger", name)
        with open(path, "r+b") as file:
            file.seek(os.path.getsize(path) // 2)
            byte = file.read(1)
            file.seek(-1, 1)
            file.write(bytes([byte[0] ^ 1]))
        done = self.heed.run("restore", "--from", self.copy, ok=(1,))
        self.assertIn(name, done.stderr)
        self.assertFalse(os.path.exists(os.path.join(self.heed.data, "ledger.db")))

    def test_restore_needs_an_empty_folder_and_the_keys(self):
        reports = Reports(self.heed, self.heed.key())
        self.heed.start()
        reports.send(0, 5)
        self.assertEqual(self.heed.stop(), 0)
        self.heed.run("backup", "--to", self.copy)
        self.assertIn("empty", self.heed.run("restore", "--from", self.copy, ok=(1,)).stderr)
        self.lose_the_data()
        os.rename(self.heed.keys, self.heed.keys + "-away")
        self.assertIn("keys", self.heed.run("restore", "--from", self.copy, ok=(1,)).stderr)
        os.rename(self.heed.keys + "-away", self.heed.keys)
        self.heed.run("restore", "--from", self.copy)

    def test_copies_of_the_keys_rotate(self):
        self.heed.key()
        keys = os.path.join(self.heed.root, "second-keys")
        made = [self.heed.run_json("backup", "--to", keys, "--keys", "--keep", "2")["keys"] for _ in range(3)]
        self.assertEqual(sorted(os.listdir(keys)), sorted(os.path.basename(m) for m in made[1:]))
        shutil.rmtree(self.heed.keys)
        shutil.copytree(made[-1], self.heed.keys)
        self.assertEqual(len(self.heed.run_json("key", "list")["items"]), 1)


if __name__ == "__main__":
    unittest.main()
