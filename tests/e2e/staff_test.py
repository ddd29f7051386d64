"""Staff on a real folder: invited by link, a second factor that a role demands, walls, unmasking and who looked, all of
it the same after a restart."""
import base64
import hashlib
import hmac
import struct
import time
import unittest

from heed import PASSWORD, Connection, Installation


def code(secret, later=0):
    """What an authenticator app shows (RFC 6238)."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.new(key, struct.pack(">Q", int(time.time()) // 30 + later), hashlib.sha1).digest()
    at = mac[19] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7FFFFFFF) % 1000000:06d}"


class Staff(unittest.TestCase):
    def setUp(self):
        self.heed = Installation(settings={"HEED_STAFF_SECOND_FACTOR_ROLES": "lead", "HEED_HTTP_PUBLIC_URL": "https://heed.example"})
        self.addCleanup(self.heed.remove)
        self.token = self.heed.key()

    def log_in(self, answer):
        self.assertEqual(answer.status, 201, answer)
        connection = Connection(self.heed.port)
        connection.headers["Cookie"] = answer.headers["Set-Cookie"].split(";")[0]
        connection.headers["X-Heed-CSRF"] = answer.json["csrf"]
        return connection

    def invited(self, *arguments):
        made = self.heed.run_json("user", "invite", *arguments)
        self.assertTrue(made["link"].startswith("https://heed.example/console#/invitation/hi_"), made)
        return made["link"].rsplit("/", 1)[1]

    def test_an_invitation_made_beside_the_server_opens_once(self):
        before = self.invited("ann", "--role", "reviewer")  # on the folder itself
        self.heed.start()
        token = self.invited("kim", "--role", "reviewer", "--hours", "1")
        anybody = Connection(self.heed.port)
        for one, name in ((before, "ann"), (token, "kim")):
            self.assertEqual(anybody.post("/v1/invitations/openings", {"token": one}).json["name"], name)
        self.assertEqual(anybody.post("/v1/invitations/acceptances", {"token": token, "password": "short"}).status, 422)
        kim = self.log_in(anybody.post("/v1/invitations/acceptances", {"token": token, "password": PASSWORD}))
        self.assertEqual(kim.get("/v1/session").json["staff"]["roles"], ["reviewer"])
        self.assertEqual(kim.get("/v1/queues").status, 200)
        self.assertEqual(anybody.post("/v1/invitations/acceptances", {"token": token, "password": PASSWORD}).status, 404)
        # A new start: the old session and the old password are over when the link is used, not before.
        again = self.invited("kim", "--again")
        self.assertEqual(kim.get("/v1/session").status, 200)
        self.log_in(anybody.post("/v1/invitations/acceptances", {"token": again, "password": "battery staple horse"}))
        self.assertEqual(kim.get("/v1/session").status, 401)
        self.assertEqual(anybody.post("/v1/session", {"name": "kim", "password": PASSWORD}).status, 401)
        self.heed.run("user", "invite", "kim", "--role", "lead", ok=(2,))
        self.heed.run("user", "invite", "nobody", "--again", ok=(2,))
        self.heed.run("user", "invite", "bob", "--role", "king", ok=(2,))

    def test_a_role_that_demands_a_second_factor_opens_nothing_before_it(self):
        self.heed.user("lea", "lead")
        self.heed.start()
        lea = self.heed.staff("lea")
        self.assertEqual(lea.get("/v1/session").json["second_factor"], "needed")
        self.assertEqual(lea.get("/v1/queues").status, 403)
        secret = lea.post("/v1/session/second-factor", {"password": PASSWORD}).json["secret"]
        paper = lea.call("PUT", "/v1/session/second-factor", {"code": code(secret)}).json["recovery_codes"]
        self.assertEqual(lea.get("/v1/queues").status, 200)
        self.heed.stop()
        self.heed.start()
        anybody = Connection(self.heed.port)
        said = {"name": "lea", "password": PASSWORD}
        self.assertEqual(anybody.post("/v1/session", said).status, 401)
        self.assertEqual(anybody.post("/v1/session", {**said, "code": "000000"}).status, 401)
        self.log_in(anybody.post("/v1/session", {**said, "code": code(secret, 1)}))  # the next half minute's: not used yet
        self.log_in(anybody.post("/v1/session", {**said, "code": paper[0]}))
        self.assertEqual(anybody.post("/v1/session", {**said, "code": paper[0]}).status, 401)

    def test_walls_unmasking_and_who_looked_survive_a_restart(self):
        self.heed.user("ada", "reviewer")
        self.heed.user("bob", "reviewer")
        self.heed.user("root", "admin")
        self.heed.start()
        platform = self.heed.platform(self.token)
        answer = platform.posts([{"id": "p1", "text": "you stupid worthless cow", "author": {"id": "troll1"}, "mentions": ["caroline"],
                                  "created_at": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() - 60))}])
        self.assertEqual(answer.status, 200, answer)
        caroline = self.heed.account("caroline")
        self.assertEqual(caroline.post("/v1/reports", {"items": [{"kind": "post", "id": "p1"}], "about": "me", "symptoms": ["harassment"]}).status, 201)
        ada, bob, root = self.heed.staff("ada"), self.heed.staff("bob"), self.heed.staff("root")
        case = bob.get("/v1/cases").json["items"][0]["case_id"]
        self.assertEqual(ada.get("/v1/cases/" + case).status, 200)
        # Ada's own account follows whoever wrote it.
        relation = '{"kind":"follows","from":"ada-at-home","to":"troll1","state":true}\n'
        self.assertEqual(platform.call("PUT", "/v1/relations", relation, content_type="application/x-ndjson").status, 200)
        self.assertEqual(ada.post("/v1/ties", {"kind": "own", "account_id": "ada-at-home"}).status, 201)
        for _ in range(2):
            self.assertEqual(ada.get("/v1/cases/" + case).status, 404)
            self.assertEqual(ada.get("/v1/cases").json["items"], [])
            self.assertEqual(ada.post("/v1/queues/default/claims", {}).status, 204)
            self.assertEqual(bob.get("/v1/cases/" + case).status, 200)
            self.heed.stop()
            self.heed.start()
            ada, bob, root = self.heed.staff("ada"), self.heed.staff("bob"), self.heed.staff("root")
        party = next(one["party"] for one in bob.get("/v1/cases/" + case).json["parties"] if "reporter" in one["roles"])
        shown = bob.post(f"/v1/cases/{case}/unmaskings", {"party": party, "reason": "The police ask for a call."})
        self.assertEqual(shown.json["account_id"], "caroline", shown)
        looks = root.post("/v1/access-log/searches", {"what": "unmask"}).json["items"]
        self.assertEqual([(one["case_id"], one["reason"]) for one in looks], [(case, "The police ask for a call.")])
        whats = {one["what"] for one in root.post("/v1/access-log/searches", {"account_id": "caroline"}).json["items"]}
        self.assertTrue({"case", "unmask", "refused by a wall"} <= whats, whats)
        self.heed.stop()
        self.heed.run("ledger", "verify")


if __name__ == "__main__":
    unittest.main()
