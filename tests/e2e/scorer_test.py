"""`heed serve --scorer`: the contract of other people's protocols, over plain HTTP."""
import hashlib
import hmac
import json
import os
import re
import subprocess
import unittest
import urllib.parse

from clients.install import install
from heed import Connection, Installation
from scorer import CORAL_SECRET, KEY, Scorer

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
ANALYZE = "/v1alpha1/comments:analyze"
CALM = "Thank you all for a lovely evening, see you next week."


def body(text, **more):
    return {"comment": {"text": text}, "requestedAttributes": {"TOXICITY": {}}, **more}


class Protocols(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scorer = Scorer()
        cls.addClassCleanup(cls.scorer.remove)
        cls.scorer.start()

    def analyze(self, request, key=KEY):
        return self.scorer.caller().post(f"{ANALYZE}?key={urllib.parse.quote(key)}", request)

    def error_type(self, answer):
        self.assertEqual(answer.status, 400, answer)
        error = answer.json["error"]
        self.assertEqual((error["code"], error["status"]), (400, "INVALID_ARGUMENT"))
        return error["details"][0]["errorType"]

    def test_it_needs_no_data_folder_and_says_how_it_is(self):
        public = self.scorer.caller()
        self.assertEqual(public.get("/healthz").status, 200)
        self.assertEqual(public.get("/readyz").json, {"status": "ready"})
        self.assertIn(b"heed_http_requests_total", public.get("/metrics").body)
        self.assertEqual(public.get("/v1/reports").status, 404)
        self.assertNotIn("heed-data", os.listdir(self.scorer.root))

    def test_a_comment_gets_a_probability(self):
        answer = self.analyze(body(CALM, clientToken="t"))
        self.assertEqual(answer.status, 200, answer)
        score = answer.json["attributeScores"]["TOXICITY"]["summaryScore"]
        self.assertEqual(score["type"], "PROBABILITY")
        self.assertLess(score["value"], 0.5)
        self.assertEqual((answer.json["languages"], answer.json["detectedLanguages"], answer.json["clientToken"]), (["en"], ["en"], "t"))
        worse = self.analyze(body("You are a stupid idiot and everybody hates you")).json["attributeScores"]["TOXICITY"]["summaryScore"]["value"]
        self.assertGreater(worse, score["value"])

    def test_spans_count_utf16_units(self):
        text = "\U0001f600 Thank you all. You are a stupid idiot!"
        spans = self.analyze(body(text, spanAnnotations=True)).json["attributeScores"]["TOXICITY"]["spanScores"]
        units = text.encode("utf-16-le")
        told = [units[2 * s["begin"]:2 * s["end"]].decode("utf-16-le") for s in spans]
        self.assertEqual(told, ["\U0001f600 Thank you all.", "You are a stupid idiot!"])
        self.assertGreater(spans[1]["score"]["value"], spans[0]["score"]["value"])

    def test_each_error_is_told_as_documented(self):
        self.assertEqual(self.error_type(self.analyze(body(""))), "COMMENT_EMPTY")
        self.assertEqual(self.analyze(body("good morning " * 1575 + "hello")).status, 200)  # 20,480 bytes
        self.assertEqual(self.error_type(self.analyze(body("good morning " * 1575 + "hello!"))), "COMMENT_TOO_LONG")
        self.assertEqual(self.error_type(self.analyze({"comment": {"text": "hello"}})), "NO_REQUESTED_ATTRIBUTES")
        self.assertEqual(self.error_type(self.analyze(body("hello", languages=["it"]))), "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE")
        self.assertEqual(self.error_type(self.analyze(body("!!! ...", languages=["en"]))), "LANGUAGE_DETECTION_FAILED")
        self.assertEqual(self.error_type(self.analyze(body("hello", requestedAttributes={"SPAM": {}}))), "INVALID_REQUEST")
        self.assertEqual(self.error_type(self.analyze("{")), "INVALID_REQUEST")
        german = self.analyze(body("Das ist nicht die Art, wie wir hier miteinander reden und das weißt du auch."))
        self.assertEqual(self.error_type(german), "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE")
        told = german.json["error"]["details"][0]["languageNotSupportedByAttributeError"]
        self.assertEqual(told, {"attribute": "TOXICITY", "requestedLanguages": ["de"], "detectedLanguages": ["de"]})

    def test_unknown_keys_open_nothing(self):
        for answer in (self.scorer.caller().post(ANALYZE, body(CALM)), self.analyze(body(CALM), key="guessed")):
            self.assertEqual((answer.status, answer.json["error"]["status"]), (403, "PERMISSION_DENIED"))
        answer = self.scorer.caller(Authorization="Bearer guessed").post("/v1/moderations", {"input": CALM})
        self.assertEqual((answer.status, answer.json["error"]["code"]), (401, "invalid_api_key"))

    def test_suggestions_are_kept_where_the_operator_wants_them(self):
        caller = self.scorer.caller()
        request = {"comment": {"text": CALM}, "attributeScores": {"TOXICITY": {"summaryScore": {"value": 0}}}, "communityId": "Coral:https://site.example",
                   "clientToken": "comment:77"}
        answer = caller.post(f"/v1alpha1/comments:suggestscore?key={KEY}", request)
        self.assertEqual((answer.status, answer.json["clientToken"]), (200, "comment:77"), answer)
        caller.post(f"/v1alpha1/comments:suggestscore?key={KEY}", {**request, "clientToken": "comment:78", "doNotStore": True})
        with open(self.scorer.suggestions) as file:
            kept = [json.loads(line) for line in file]
        self.assertEqual(kept[-1]["attributes"], {"TOXICITY": {"summary": 0}})
        self.assertEqual([line["client_token"] for line in kept if line["client_token"] in ("comment:77", "comment:78")], ["comment:77"])

    def test_coral_is_answered_by_policy_and_only_when_it_signs(self):
        def call(comment, secret=CORAL_SECRET, signature=None):
            raw = json.dumps({"action": "NEW", "comment": {"body": comment, "parentID": None}, "author": {"id": "u", "role": "COMMENTER"},
                              "story": {"id": "s", "url": "https://site.example/a"}, "site": {"id": "site"}, "tenantID": "t", "tenantDomain": "d"})
            mac = signature or "sha256=" + hmac.new(secret.encode(), raw.encode(), hashlib.sha256).hexdigest()
            return self.scorer.caller(**{"X-Coral-Signature": mac}).post("/coral/moderation", raw)

        calm = call(f"<div>{CALM}</div>")
        self.assertEqual((calm.status, calm.body), (204, b""))
        threat = call("<div>I will k<b>i</b>ll you tonight at your home</div>")
        self.assertEqual(threat.status, 200, threat)
        self.assertIn(threat.json["status"], ("SYSTEM_WITHHELD", "REJECTED"))
        self.assertEqual(threat.json["actions"], [{"actionType": "FLAG", "reason": "COMMENT_DETECTED_TOXIC"}])
        self.assertEqual(call(CALM, secret="another secret").status, 401)
        self.assertEqual(call(CALM, signature="sha256=00").status, 401)

    def test_ten_thousand_texts_at_once(self):
        caller = self.scorer.caller(Authorization="Bearer " + KEY)
        answer = caller.post("/v1/moderations", {"input": [CALM, "You are a stupid idiot"] * 5000})
        self.assertEqual(answer.status, 200)
        results = answer.json["results"]
        self.assertEqual(len(results), 10000)
        self.assertEqual(results[0], results[9998])
        self.assertEqual(results[1], results[9999])
        self.assertEqual(caller.post("/v1/moderations", {"input": ["a"] * 10001}).json["error"]["code"], "array_above_max_length")

    def test_nothing_that_somebody_wrote_gets_into_the_log(self):
        self.analyze(body("marmalade " + CALM))
        self.analyze(body("marmalade " + CALM), key="guessed-marmalade")
        self.assertNotIn("marmalade", self.scorer.log_text())


class Doors(unittest.TestCase):
    def scorer(self, **settings):
        scorer = Scorer(**settings)
        self.addCleanup(scorer.remove)
        return scorer

    def test_a_key_that_asks_too_often_is_told_when_to_come_again(self):
        scorer = self.scorer(**{"adapters.requests_per_second": 3}).start()
        caller = scorer.caller()
        answers = [caller.post(f"{ANALYZE}?key={KEY}", body("hello")) for _ in range(10)]
        refused = [a for a in answers if a.status == 429]
        self.assertTrue(refused)
        self.assertEqual(refused[0].json["error"]["status"], "RESOURCE_EXHAUSTED")
        self.assertGreaterEqual(int(refused[0].headers["Retry-After"]), 1)

    def test_it_does_not_start_without_saying_who_may_call(self):
        with self.assertRaisesRegex(AssertionError, "scorer.keys"):
            self.scorer(**{"scorer.keys": []}).start()
        open_one = self.scorer(**{"scorer.keys": [], "scorer.open": True}).start()
        self.assertEqual(open_one.caller().post(ANALYZE, body("hello")).status, 200)

    def test_many_processes_answer_alike(self):
        answers = {self.scorer().start().caller().post(f"{ANALYZE}?key={KEY}", body(CALM)).body for _ in range(2)}
        self.assertEqual(len(answers), 1)

    def test_it_stops_in_time(self):
        self.assertEqual(self.scorer().start().stop(), 0)


class InTheHouse(unittest.TestCase):
    def test_keys_with_the_scope_assess_may_call(self):
        heed = Installation()
        self.addCleanup(heed.remove)
        good, other = heed.key("assess"), heed.key("posts:write")
        heed.start()
        public = Connection(heed.port)
        answer = public.post(f"{ANALYZE}?key={good}", body(CALM))
        self.assertEqual(answer.status, 200, answer)
        refused = public.post(f"{ANALYZE}?key={other}", body(CALM))
        self.assertEqual((refused.status, refused.json["error"]["status"]), (403, "PERMISSION_DENIED"))
        self.assertEqual(heed.platform(good).post("/v1/moderations", {"input": CALM}).status, 200)
        self.assertIn(f"http://127.0.0.1:{heed.port}/", public.get("/$discovery/rest?version=v1alpha1").json["rootUrl"])


class Pages(unittest.TestCase):
    """The examples of docs/integrator run as they stand there."""

    def test_every_example_runs(self):
        if missing := install():
            self.skipTest(missing)
        scorer = Scorer()
        self.addCleanup(scorer.remove)
        scorer.start()
        environment = {**os.environ, "HEED_KEY": KEY, "CORAL_SECRET": CORAL_SECRET}
        runners = {"sh": ["bash", "-euo", "pipefail", "-c"], "js": ["node", "-e"], "python": ["/usr/bin/python3", "-c"]}
        ran = 0
        for name in ("perspective.md", "openai.md", "coral.md"):
            with open(os.path.join(ROOT, "docs", "integrator", name)) as page:
                blocks = re.findall(r"^```(sh|js|python)\n(.*?)^```$", page.read(), re.M | re.S)
            for language, text in blocks:
                code = text.replace("http://127.0.0.1:8080", scorer.url).replace("https://heed.example", scorer.url)
                if language == "js":
                    code = re.sub(r'^import (\w+) from "([^"]+)";$', r'const \1 = require("\2");', code, flags=re.M)
                    code = "(async () => {\n" + code + "\n})().catch((e) => { console.error(e); process.exit(1); });"
                with self.subTest(page=name, code=text):
                    done = subprocess.run([*runners[language], code], env=environment, cwd=os.path.join(ROOT, "tests", "clients"),
                                          capture_output=True, text=True, timeout=60)
                    self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
                    self.assertNotIn('"error"', done.stdout)
                    ran += 1
        self.assertGreaterEqual(ran, 5)
