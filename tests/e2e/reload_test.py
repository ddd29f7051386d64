"""The policy and the keys of user tokens are read again on SIGHUP; what is bad changes nothing."""
import base64
import json
import os
import shutil
import signal
import unittest

from heed import SECRET, Installation, jwt, wait_until

PACK = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "policies", "default")


class Reload(unittest.TestCase):
    def setUp(self):
        self.heed = Installation()
        self.addCleanup(self.heed.remove)
        self.pack = os.path.join(self.heed.root, "pack")
        shutil.copytree(PACK, self.pack)
        self.jwks = os.path.join(self.heed.root, "jwks.json")
        self.write_keys("one")
        self.heed.environment.update({"HEED_POLICY_DIR": self.pack, "HEED_USERS_JWKS_FILE": self.jwks})
        self.heed.environment.pop("HEED_USERS_HS256_SECRET")
        self.heed.start()

    def write_keys(self, kid):
        key = {"kty": "oct", "kid": kid, "alg": "HS256", "k": base64.urlsafe_b64encode(SECRET.encode()).rstrip(b"=").decode()}
        with open(self.jwks, "w") as out:
            json.dump({"keys": [key]}, out)

    def edit(self, old, new):
        path = os.path.join(self.pack, "policy.yaml")
        with open(path) as policy:
            text = policy.read()
        self.assertIn(old, text)
        with open(path, "w") as policy:
            policy.write(text.replace(old, new))

    def version(self):
        return self.heed.public().get("/v1/policy").json["version"]

    def metric(self, name):
        for line in self.heed.public().get("/metrics").body.decode().splitlines():
            if line.startswith(name + " "):
                return float(line.split()[1])
        return 0

    def hang_up(self):
        self.heed.process.send_signal(signal.SIGHUP)

    def test_a_new_version_is_taken_and_a_bad_one_is_not(self):
        before = self.version()
        self.edit(f'version: "{before}"', 'version: "2027-01-01"')
        self.assertEqual(self.version(), before, "files alone change nothing")
        self.hang_up()
        self.assertTrue(wait_until(lambda: self.version() == "2027-01-01"), self.heed.log_text()[-1000:])
        self.assertEqual(self.metric("heed_reloads_total"), 1)
        self.edit("clauses:", "clauses: [")
        self.hang_up()
        self.assertTrue(wait_until(lambda: self.metric("heed_reload_failures_total") == 1))
        self.assertEqual(self.version(), "2027-01-01")
        self.assertIn("not_reloaded", self.heed.log_text())
        self.assertEqual(self.heed.stop(), 0)

    def test_user_keys_rotate(self):
        def status(kid):
            token = jwt("ann")
            head = base64.urlsafe_b64encode(json.dumps({"alg": "HS256", "typ": "JWT", "kid": kid}).encode()).rstrip(b"=").decode()
            import hashlib
            import hmac
            signed = head + "." + token.split(".")[1]
            mac = base64.urlsafe_b64encode(hmac.new(SECRET.encode(), signed.encode(), hashlib.sha256).digest()).rstrip(b"=").decode()
            user = self.heed.public()
            user.headers["Authorization"] = f"Bearer {signed}.{mac}"
            return user.get("/v1/reports").status

        self.assertEqual((status("one"), status("two")), (200, 401))
        self.write_keys("two")
        self.hang_up()
        self.assertTrue(wait_until(lambda: status("two") == 200), self.heed.log_text()[-1000:])
        self.assertEqual(status("one"), 401)
        with open(self.jwks, "w") as out:
            out.write("{")
        self.hang_up()
        self.assertTrue(wait_until(lambda: self.metric("heed_reload_failures_total") == 1))
        self.assertEqual(status("two"), 200)


if __name__ == "__main__":
    unittest.main()
