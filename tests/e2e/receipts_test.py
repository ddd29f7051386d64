"""Whoever reports learns nothing about others: the first and the tenth receipt for one post are the same kind of thing."""
import random
import statistics
import time
import unittest

from e2e import distribution
from heed import Installation


class Receipts(unittest.TestCase):
    def setUp(self):
        self.heed = Installation()
        self.addCleanup(self.heed.remove)
        self.token = self.heed.key()
        self.heed.start()
        self.platform = self.heed.platform(self.token)

    def report(self, account, post):
        user = self.heed.account(account)
        began = time.perf_counter()
        answer = user.post("/v1/reports", {"items": [{"kind": "post", "id": post}], "about": "everyone", "symptoms": ["spam"]})
        took = time.perf_counter() - began
        user.close()
        self.assertEqual(answer.status, 201, answer)
        return answer, took

    def some_posts(self, count):
        posts = [{"id": f"p{i}", "text": "buy now", "created_at": self.now(), "author": {"id": "b1"}} for i in range(count)]
        self.assertEqual(len(self.platform.posts(posts).lines), count)

    def test_the_first_and_the_tenth_are_alike(self):
        self.some_posts(25)
        first, tenth, seen = [], [], set()
        for i in range(25):
            for n in range(10):
                answer, _ = self.report(f"r{i}-{n}", f"p{i}")
                body = answer.json
                self.assertNotIn("case_id", body)
                for id in (body["report_id"], body["number"], body["status_url"]):
                    self.assertNotIn(id, seen)  # two reporters share no id
                    seen.add(id)
                if n in (0, 9):
                    (first if n == 0 else tenth).append(answer)
        names = {tuple(answer.json) for answer in first + tenth}
        self.assertEqual(len(names), 1, "same fields in the same order")
        heads = {tuple(name.lower() for name, _ in answer.headers.items()) for answer in first + tenth}
        self.assertEqual(len(heads), 1, "same headers in the same order")
        shapes = {tuple((k, type(v).__name__, v if k in ("items_accepted", "items_refused", "relief") and not isinstance(v, list) else len(str(v)))
                        for k, v in answer.json.items()) for answer in first + tenth}
        self.assertEqual(len(shapes), 1, "same kinds and lengths of values")

    def test_the_first_and_the_tenth_take_alike(self):
        """Each first receipt beside a tenth one, so that whatever else the machine does falls on both."""
        rounds = 300
        self.some_posts(2 * rounds)
        for i in range(rounds):
            for n in range(9):
                filler = self.platform.post("/v1/reports", {"reporter": {"account_id": f"f{i}-{n}"}, "about": "everyone", "symptoms": ["spam"],
                                                            "items": [{"kind": "post", "id": f"p{i}"}]})
                self.assertEqual(filler.status, 201, filler)
        first, tenth = [], []
        for i in range(rounds):
            pair = [(first, f"p{rounds + i}"), (tenth, f"p{i}")]
            for times, post in pair if i % 2 else reversed(pair):
                times.append(self.report(f"r{i}-{post}", post)[1])
        gap, most = distribution.distance(first, tenth), distribution.bound(rounds, rounds)
        print(f"          first {1000 * statistics.median(first):.2f} ms, tenth {1000 * statistics.median(tenth):.2f} ms, "
              f"distance {gap:.3f} of {most:.3f}")
        self.assertLessEqual(gap, most, "somebody who measures could tell whether others have reported")

    def now(self):
        return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() - 5))

    def test_not_yours_and_not_there_answer_alike(self):
        self.platform.posts([{"id": "p1", "text": "buy now", "created_at": self.now(), "author": {"id": "b1"}}])
        mine, _ = self.report("r1", "p1")
        case = mine.json["status_url"].rsplit("/", 1)[-1].split("?")[0]
        owner = self.heed.account("r1").get("/v1/cases")
        self.assertEqual(len(owner.json["items"]), 1)
        alias = owner.json["items"][0]["case_id"]
        self.assertEqual(self.heed.account("r1").get(f"/v1/cases/{alias}").status, 200)
        absent = "cas_" + "0123456789ABCDEFGHJKMNPQRS"[:26]
        answers = []
        for who, id in (("r2", alias), ("r2", absent), ("r1", absent)):
            answer = self.heed.account(who).get(f"/v1/cases/{id}")
            problem = answer.json
            problem.pop("request_id")
            answers.append((answer.status, problem, [n for n, _ in answer.headers.items()]))
        self.assertEqual(answers[0], answers[1])
        self.assertEqual(answers[1], answers[2])
        self.assertEqual(answers[0][0], 404)
        self.assertIsNotNone(case)

    def test_two_hundred_ids_with_three_bad_ones(self):
        posts = [{"id": f"q{i}", "text": "buy now", "created_at": self.now(), "author": {"id": f"b{i % 9}"}} for i in range(197)]
        self.platform.posts(posts)
        ids = [f"q{i}" for i in range(197)]
        for at in (3, 77, 199):
            ids.insert(at, f"nobody-knows-{at}")
        answer = self.heed.account("r1").post("/v1/reports", {"items": [{"kind": "post", "id": id} for id in ids], "about": "everyone",
                                                              "symptoms": ["spam"]})
        self.assertEqual(answer.status, 201, answer)
        self.assertEqual(answer.json["items_accepted"], 197)
        self.assertEqual([r["index"] for r in answer.json["items_refused"]], [3, 77, 199])


class Comparison(unittest.TestCase):
    """What the comparison of delays finds, and what it lets pass."""

    def delays(self, seed, count=300, slower=1.0, share=1.0):
        some = random.Random(seed)
        return [some.lognormvariate(0, 0.3) * (slower if some.random() < share else 1) for _ in range(count)]

    def test_alike_is_alike(self):
        for seed in range(200):
            self.assertFalse(distribution.differ(self.delays(seed), self.delays(seed + 10_000)), seed)

    def test_a_fifth_slower_is_found(self):
        found = sum(distribution.differ(self.delays(seed), self.delays(seed + 10_000, slower=1.2)) for seed in range(200))
        self.assertGreaterEqual(found, 180)

    def test_a_fourth_of_them_taking_twice_as_long_is_found_though_the_medians_are_near(self):
        found = sum(distribution.differ(self.delays(seed), self.delays(seed + 10_000, slower=2.0, share=0.25)) for seed in range(200))
        self.assertGreaterEqual(found, 100)

    def test_distance(self):
        self.assertEqual(distribution.distance([1, 2, 3], [1, 2, 3]), 0)
        self.assertEqual(distribution.distance([1, 2], [3, 4]), 1)
        self.assertAlmostEqual(distribution.distance([1, 2, 3, 4], [3, 4, 5, 6]), 0.5)


if __name__ == "__main__":
    unittest.main()
