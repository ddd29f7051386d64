"""The command line: exit codes, tables and JSON, with and without a running server."""
import json
import os
import socket
import unittest

from heed import PASSWORD, Installation, wait_until


class Commands(unittest.TestCase):
    def setUp(self):
        self.heed = Installation()
        self.addCleanup(self.heed.remove)

    def test_without_arguments_it_is_a_usage_error(self):
        self.heed.run(ok=(2,))
        self.heed.run("nonsense", ok=(2,))
        self.heed.run("key", "create", ok=(2,))
        self.heed.run("--help")

    def test_keys_on_a_folder_and_through_the_server(self):
        first = self.heed.run_json("key", "create", "shop", "--scope", "posts:write")
        self.assertTrue(first["token"].startswith("hk_"))
        self.assertEqual(first["scopes"], "posts:write")
        self.heed.start()
        second = self.heed.run_json("key", "create", "desk")
        listed = self.heed.run_json("key", "list")["items"]
        self.assertEqual([key["name"] for key in listed], ["shop", "desk"])
        self.assertNotIn("token", listed[0])
        body = {"reporter": {"account_id": "a"}, "items": []}
        self.assertEqual(self.heed.platform(first["token"]).post("/v1/reports", body).status, 403)
        self.assertEqual(self.heed.platform(second["token"]).post("/v1/reports", body).status, 422)
        self.heed.run("key", "revoke", second["id"])
        self.assertTrue(wait_until(lambda: self.heed.platform(second["token"]).post("/v1/reports", body).status == 401, 3))
        self.assertIsNotNone(self.heed.run_json("key", "list")["items"][1]["revoked_at"])

    def test_mistakes_are_named_and_end_with_a_code(self):
        self.assertIn("scope", self.heed.run("key", "create", "x", "--scope", "everything", ok=(2,)).stderr)
        self.heed.run("key", "create", "x")
        self.assertIn("key_", self.heed.run("key", "revoke", "nonsense", ok=(2,)).stderr)
        self.heed.run("key", "revoke", "key_01M80CP9W1D3H4VW6KQ2WBSWRF", ok=(1,))
        self.assertIn("password", self.heed.run("user", "create", "kim", "--role", "lead", ok=(2,)).stderr)
        self.heed.run("user", "create", "kim", "--role", "king", "--password-stdin", input=PASSWORD, ok=(2,))
        self.heed.start()
        self.heed.run("key", "create", "x", "--scope", "everything", ok=(2,))
        self.heed.run("key", "revoke", "key_01M80CP9W1D3H4VW6KQ2WBSWRF", ok=(1,))

    def test_users_log_in_and_are_let_go(self):
        self.heed.user("kim", "lead", "reviewer")
        self.heed.start()
        self.heed.user("sam", "reviewer")
        self.assertEqual(self.heed.run("user", "create", "kim", "--role", "lead", "--password-stdin", input=PASSWORD, ok=(1,)).returncode, 1)
        kim, sam = self.heed.staff("kim"), self.heed.staff("sam")
        self.assertEqual(sam.get("/v1/session").status, 200)
        self.heed.run("user", "disable", "sam")
        self.assertEqual(sam.get("/v1/session").status, 401)
        self.assertEqual(kim.get("/v1/session").status, 200)
        self.assertEqual({user["name"]: user["disabled"] for user in self.heed.run_json("user", "list")["items"]}, {"kim": False, "sam": True})

    def test_the_office_door_is_for_its_own_user_alone(self):
        self.heed.key()
        self.heed.start()
        door = os.path.join(self.heed.data, "admin.sock")
        self.assertEqual(os.stat(door).st_mode & 0o777, 0o600)
        self.assertEqual(os.stat(self.heed.data).st_mode & 0o777, 0o700)
        for bad in (b"\n", b"{}\n", b"[1,2\n", b'{"task":"key create"}\n', b'{"task":"key create","arguments":{"name":[17]}}\n', b"\x00\xff\n"):
            with socket.socket(socket.AF_UNIX) as raw:
                raw.connect(door)
                raw.sendall(bad)
                self.assertIn("error", json.loads(raw.makefile().readline()))
        self.assertEqual(len(self.heed.run_json("key", "list")["items"]), 1)

    def test_a_second_server_is_refused(self):
        self.heed.start()
        done = self.heed.run("serve", "--port", "0", ok=(1,))
        self.assertIn(str(self.heed.process.pid), done.stderr)

    def test_evaluate_reads_posts_and_writes_assessments(self):
        posts = [{"id": "p1", "text": "good morning", "author": {"id": "a"}, "created_at": "2026-11-21T18:00:00.000Z"},
                 {"id": "p2", "text": "I will kill you tonight", "author": {"id": "b"}, "created_at": "2026-11-21T18:00:00.000Z"}]
        text = "".join(json.dumps(post) + "\n" for post in posts) + '{"id":"p3"}\n'
        done = self.heed.run("evaluate", "-", "--json", input=text)
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        self.assertEqual([line.get("verdict") for line in lines[:2]][0], "allow")
        self.assertNotEqual(lines[1]["verdict"], "allow")
        self.assertTrue(lines[1]["signals"])
        self.assertEqual(lines[2]["line"], 3)
        self.assertEqual(json.loads(done.stderr)["posts"], 3)
        self.assertFalse(os.path.exists(self.heed.data))
        self.heed.run("evaluate", "/no/such/file", ok=(1,))


class Config(unittest.TestCase):
    def setUp(self):
        self.heed = Installation()
        self.addCleanup(self.heed.remove)
        self.file = os.path.join(self.heed.root, "heed.toml")

    def write(self, text):
        with open(self.file, "w") as file:
            file.write(text)

    def test_the_file_holds_and_the_environment_overrides_it(self):
        self.write('[http]\nport = 1234\naddress = "127.0.0.2"\n[users]\nissuer = "shop"\n')
        self.heed.environment["HEED_HTTP_PORT"] = "4321"
        held = {s["name"]: s for s in self.heed.run_json("config", "--config", self.file)["settings"]}
        self.assertEqual((held["http.port"]["value"], held["http.port"]["source"]), ("4321", "environment"))
        self.assertEqual((held["http.address"]["value"], held["http.address"]["source"]), ("127.0.0.2", "file"))
        self.assertEqual(held["users.hs256_secret"]["value"], "(set)")

    def test_every_mistake_is_told_with_its_place(self):
        self.write('[http]\nprot = 1\nport = 99999\n[nothing]\nx = 1\n')
        told = self.heed.run("config", "--config", self.file, ok=(2,)).stderr
        for part in ("heed.toml:2:1", "http.port", "from 0 to 65535", "nothing"):
            self.assertIn(part, told)
        self.heed.run("serve", "--config", self.file, ok=(2,))
        self.write("[http\n")
        self.assertIn("heed.toml:1", self.heed.run("config", "--config", self.file, ok=(2,)).stderr)
        self.heed.environment["HEED_HTTP_PROT"] = "1"
        self.assertIn("HEED_HTTP_PORT", self.heed.run("config", ok=(2,)).stderr)

    def test_the_reference_is_what_the_repository_has(self):
        here = os.path.join(os.path.dirname(__file__), "..", "..", "docs", "settings.md")
        with open(here) as file:
            self.assertEqual(file.read(), self.heed.run("config", "--reference").stdout, "run: heed config --reference > docs/settings.md")

    def test_a_server_does_not_start_on_what_cannot_be_meant(self):
        for name, value in (("HEED_KEYS_DIR", "{data}/keys"), ("HEED_USERS_HS256_SECRET", "short"),
                            ("HEED_USERS_JWKS_FILE", "/no/such/file"), ("HEED_WEBHOOKS_URL", "http://127.0.0.1:1/"),
                            ("HEED_ALARMS_CHANNEL", "mail"), ("HEED_MAIL_NOTICES", "true"), ("HEED_POLICY_DIR", "/no/such/folder"),
                            ("HEED_CLOCK_SOURCE", "sundial")):
            with self.subTest(name):
                other = Installation()
                other.environment[name] = value.replace("{data}", other.data)
                self.addCleanup(other.remove)
                done = other.run("serve", "--port", "0", ok=(1, 2))
                self.assertIn("heed: ", done.stderr)

    def test_a_manual_clock_is_for_tests_alone(self):
        del self.heed.environment["HEED_TEST"]
        done = self.heed.run("serve", "--port", "0", "--clock", "manual", ok=(2,))
        self.assertIn("HEED_TEST", done.stderr)
        self.heed.start()
        token = self.heed.key("test_clock")
        self.assertEqual(self.heed.platform(token).post("/test/clock", {"advance_ms": 1}).status, 404)


if __name__ == "__main__":
    unittest.main()
