"""Ten thousand templated requests, through every door that a person has, and the one that is meant: it is not hidden behind
them, nobody is refused for what others do, and the house stays well."""
import threading
import unittest

from heed import START, Installation, jwt

TEMPLATE = ("Dear team, I hereby demand that you look at the post named above at once, as my rights under the law are infringed by it. "
            "Yours, member {}")
OWN_WORDS = "He stood in front of my door this morning and shouted what he had written here before. I do not dare to go out."
NOW = 1795284000  # START
WORKERS = 4


def shared_out(count, work):
    """work(connection, i) for every i below count, over a few kept connections; what it returned, in any order."""
    out, faults = [], []

    def run(first):
        connection = None
        try:
            for i in range(first, count, WORKERS):
                connection, answer = work(connection, i)
                out.append(answer)
        except Exception as fault:  # the test fails with it, not the thread
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(n,)) for n in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return out


class TenThousand(unittest.TestCase):
    def setUp(self):
        self.heed = Installation(manual_clock=True)
        self.addCleanup(self.heed.remove)
        token = self.heed.key()
        self.heed.user("rita", "reviewer")
        self.heed.user("rolf", "reviewer")
        self.heed.start()
        self.platform = self.heed.platform(token)

    def as_account(self, connection, account):
        connection = connection or self.heed.public()
        connection.headers["Authorization"] = "Bearer " + jwt(account, now=NOW)
        return connection

    def posts(self, name, count, text):
        for first in range(0, count, 1000):
            batch = [{"id": f"{name}{i}", "text": text, "author": {"id": f"author of {name}{i}"}, "created_at": START}
                     for i in range(first, min(first + 1000, count))]
            self.assertEqual(self.platform.posts(batch).status, 200)

    def report(self, account, post, comment, connection=None):
        connection = self.as_account(connection, account)
        return connection, connection.post("/v1/reports", {"items": [{"kind": "post", "id": post}], "about": "me", "symptoms": ["harassment"],
                                                           "comment": comment, "locale": "en"})

    def place_of(self, case_id, name="rita", limit=50):
        cases, staff = [], self.heed.staff(name)
        while True:
            claim = staff.post("/v1/queues/default/claims", {})
            if claim.status == 204 or len(cases) == limit:
                break
            cases.append(claim.json["case_id"])
            if cases[-1] == case_id:
                break
        return cases.index(case_id) if case_id in cases else None

    def well(self):
        """As whatever watches the house asks, be it from the address that the flood came from."""
        for path in ("/healthz", "/readyz", "/metrics"):
            self.assertEqual(self.heed.public().get(path).status, 200, path)

    def test_reports_hide_neither_the_one_in_words_of_its_own_nor_a_threat(self):
        many = 4000
        self.posts("m", many, "a sentence that says nothing much")
        self.posts("threat", 1, "I will kill you tonight, I know where you live")
        self.posts("hers", 1, "a sentence that says nothing much, either")
        taken = shared_out(many, lambda connection, i: self.report(f"many{i}", f"m{i}", TEMPLATE.format(i), connection))
        self.assertEqual({answer.status for answer in taken}, {201}, "nobody is refused")
        self.assertEqual({frozenset(answer.json) for answer in taken}, {frozenset(taken[0].json)}, "and nobody is answered otherwise")
        _, threat = self.report("many0", "threat0", TEMPLATE.format(0))
        _, real = self.report("her", "hers0", OWN_WORDS)
        self.assertEqual((threat.status, real.status), (201, 201))
        staff = self.heed.staff("rita")
        case_of = lambda answer: staff.get(f"/v1/cases?number={answer.json['number']}").json["items"][0]["case_id"]
        self.assertEqual(self.place_of(case_of(threat)), 0, "what a post says counts, whoever copies what about it")
        place = self.place_of(case_of(real), "rolf")
        self.assertIsNotNone(place, "within the first fifty of four thousand")
        self.assertLess(place, 20)
        self.well()

    def test_requests_for_data_are_each_answered_and_one_who_asks_all_day_is_slowed(self):
        def ask(connection, i):
            connection = self.as_account(connection, f"asks{i}")
            return connection, connection.get("/v1/me/data")
        answers = shared_out(3000, ask)
        self.assertEqual({answer.status for answer in answers}, {200}, "no month is needed, and nobody waits for the others")

        def insist(connection, _):
            connection = self.as_account(connection, "insists")
            return connection, connection.get("/v1/me/data")
        insisted = shared_out(300, insist)
        statuses = [answer.status for answer in insisted]
        self.assertGreaterEqual(statuses.count(200), 20)
        self.assertGreater(statuses.count(429), 100)
        refused = next(answer for answer in insisted if answer.status == 429)
        self.assertIn("slow down", refused.json["detail"])
        _, other = ask(None, 0)
        self.assertEqual(other.status, 200, "it is only the one who is slowed")
        self.well()

    def test_erasure_asked_for_by_thousands_erases_nobody_else(self):
        _, receipt = self.report("stays", self.one_post("kept"), OWN_WORDS + " And she laughed.")
        self.assertEqual(receipt.status, 201)

        def erase(connection, i):
            connection = self.as_account(connection, f"leaves{i}")
            return connection, connection.call("DELETE", "/v1/me/data")
        answers = shared_out(2000, erase)
        self.assertEqual({answer.status for answer in answers}, {200})
        self.assertEqual(len({answer.body for answer in answers}), 1, "to the letter: nobody learns anything from another's")
        self.assertEqual(len(self.as_account(None, "stays").get("/v1/cases").json["items"]), 1)
        self.well()

    def one_post(self, name):
        self.posts(name, 1, "you stupid worthless cow")
        return name + "0"

    def test_messages_of_one_do_not_bury_the_case(self):
        connection, receipt = self.report("writes", self.one_post("talked"), OWN_WORDS + " It was loud.")
        path = receipt.json["status_url"]
        for _ in range(200):
            same = connection.post(path + "/messages", {"text": "Please answer me at last."})
            self.assertEqual(same.status, 201, same)
        messages = [event for event in connection.get(path + "/timeline").json["items"] if event["kind"] == "message_sent"]
        self.assertEqual(len(messages), 1, "said two hundred times, there once")
        other = [connection.post(path + "/messages", {"text": f"Message {i}"}) for i in range(120)]
        self.assertEqual([answer.status for answer in other], [201] * 99 + [429] * 21)
        self.assertIn("we have them all", other[-1].json["detail"])
        threat = connection.post(path + "/messages", {"text": "He writes: I will kill you tonight, I know where you live"})
        self.assertEqual(threat.status, 201, "and that is heard all the same")

    def test_notices_without_an_account_are_limited_by_where_they_come_from(self):
        def send(connection, i):
            connection = connection or self.heed.public()
            return connection, connection.post("/v1/guest-reports", {
                "reporter": {"email": f"many{i}@example.org"}, "items": [{"kind": "url", "url": f"https://example.org/p/{i}"}],
                "about": "everyone", "symptoms": ["hate"], "comment": TEMPLATE.format(i), "channel": "mobile_web", "locale": "en"})
        answers = shared_out(700, send)
        statuses = [answer.status for answer in answers]
        self.assertEqual(set(statuses), {201, 429})
        self.assertLessEqual(statuses.count(201), 35)
        self.assertIn("in a minute", next(answer for answer in answers if answer.status == 429).json["detail"])
        _, mine = self.report("with an account", self.one_post("meanwhile"), OWN_WORDS + " He had a dog.")
        self.assertEqual(mine.status, 201, "who has an account is not slowed by it")
        self.well()


if __name__ == "__main__":
    unittest.main()
