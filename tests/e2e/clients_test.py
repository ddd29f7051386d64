"""Clients that others wrote, as they were published (tests/clients), against `heed serve --scorer`."""
import json
import os
import subprocess
import unittest

from clients.install import install
from scorer import KEY, Scorer

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "clients")


class Clients(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.scorer = Scorer()
        cls.addClassCleanup(cls.scorer.remove)
        cls.scorer.start()

    def run_client(self, *command):
        environment = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
        done = subprocess.run(command, cwd=HERE, env={**environment, "HEED_URL": self.scorer.url, "HEED_KEY": KEY},
                              capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr[-3000:])
        return json.loads(done.stdout.splitlines()[-1])

    def node(self, script):
        if missing := install():
            self.skipTest(missing)
        return self.run_client("node", script)

    def score(self, told, attribute="TOXICITY"):
        self.assertIn("answer", told, told)
        score = told["answer"]["attributeScores"][attribute]["summaryScore"]
        self.assertEqual(score["type"], "PROBABILITY")
        self.assertTrue(0 <= score["value"] <= 1, score)
        return score["value"]

    def test_debians_google_client_by_our_discovery_document(self):
        if subprocess.run(["/usr/bin/python3", "-c", "import googleapiclient"], capture_output=True).returncode != 0:
            self.skipTest("the package python3-googleapi is not there: script/setup installs it")
        got = self.run_client("/usr/bin/python3", "google_client.py")
        self.assertLess(self.score(got["plain"]), 0.5)
        self.assertEqual(got["plain"]["answer"]["clientToken"], "t1")
        spans = got["spans"]["answer"]["attributeScores"]["TOXICITY"]["spanScores"]
        self.assertEqual([(s["begin"], s["end"]) for s in spans], [(0, 16), (17, 34)])
        self.assertGreater(spans[1]["score"]["value"], spans[0]["score"]["value"])
        self.assertEqual(list(got["threshold"]["answer"]["attributeScores"]), ["INSULT"])
        self.assertEqual(got["italian"]["status"], 400)
        self.assertIn("Attribute TOXICITY does not support request languages: it", got["italian"]["message"])
        self.assertIn("Comment must be non-empty.", got["empty"]["message"])
        self.assertEqual(got["suggested"]["answer"]["clientToken"], "comment:c1")
        self.score(got["fields"], "THREAT")
        self.assertEqual(got["stranger"]["status"], 403)
        self.assertIn("API key not valid", got["stranger"]["message"])

    def test_perspective_api_client(self):
        got = self.node("perspective_api_client.js")
        self.assertLess(self.score(got["plain"]), 0.5)
        self.assertEqual(set(got["several"]["answer"]["attributeScores"]), {"TOXICITY", "INSULT", "THREAT"})
        whole = got["whole_request"]["answer"]
        self.assertEqual((whole["clientToken"], len(whole["attributeScores"]["TOXICITY"]["spanScores"])), ("t1", 2))
        self.score(got["longest"])
        for name, status, message in (("unknown_attribute", 400, "Unknown requested attribute: FLIRTATION"), ("empty", 400, "Comment must be non-empty."),
                                      ("too_long", 400, "Comment text was too many bytes"), ("italian", 400, "does not support request languages: it"),
                                      ("stranger", 403, "API key not valid. Please pass a valid API key.")):
            self.assertEqual((got[name]["name"], got[name]["status"]), ("ResponseError", status), got[name])
            self.assertIn(message, got[name]["message"])
        self.assertEqual(got["italian"]["body"]["error"]["details"][0]["errorType"], "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE")

    def test_conversationai_js_client(self):
        got = self.node("perspectiveapi_js_client.js")
        self.assertEqual(set(got["scores"]["answer"]), {"TOXICITY", "INSULT", "SEXUALLY_EXPLICIT"})
        self.assertTrue(all(0 <= value <= 1 for value in got["scores"]["answer"].values()))
        self.assertEqual(list(got["context"]["answer"]), ["THREAT"])
        self.assertIn("400", got["defaults"]["message"])  # it asks for SPAM unless told otherwise
        self.assertIn("403", got["stranger"]["message"])

    def test_openai(self):
        got = self.node("openai.js")
        self.assertEqual(len(got["one"]["answer"]["results"]), 1)
        self.assertFalse(got["one"]["answer"]["results"][0]["flagged"])
        self.assertEqual(len(got["two"]["answer"]["results"]), 2)
        scores = [result["category_scores"]["harassment"] for result in got["two"]["answer"]["results"]]
        self.assertGreater(scores[1], scores[0])
        self.assertEqual(len(got["parts"]["answer"]["results"]), 1)
        self.assertEqual(got["many"]["results"], 10000)
        for name, code, param in (("image", "unsupported_image", "input[1]"), ("empty", "empty_string", "input"), ("none", "empty_array", "input"),
                                  ("too_many", "array_above_max_length", "input")):
            self.assertEqual((got[name]["kind"], got[name]["status"], got[name]["code"], got[name]["param"]), ("BadRequestError", 400, code, param), got[name])
        self.assertEqual((got["stranger"]["kind"], got["stranger"]["code"]), ("AuthenticationError", "invalid_api_key"))
