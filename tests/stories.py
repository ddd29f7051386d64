"""Runs stories: behaviour of the whole house written as text, one statement a line ("#" begins a comment line). They are to cases,
talks and appeals what scenarios/*.scn are to single posts; docs/contributor/stories.md has the words.

Every story runs against a binary of its own, over HTTP, with the manual clock.
"""
import base64
import datetime
import json
import re

from heed import START, Installation


class Fault(Exception):
    """A line that cannot be read, or an expectation that does not hold."""


def terms_of(text):
    """name=value, name>=value and bare words; values may be quoted, with \\" \\\\ and \\n."""
    out, at = [], 0
    shape = re.compile(r'\s*(?:([a-z_]+)(>=|=)(?:"((?:[^"\\]|\\.)*)"|(\S+))|(\S+))')
    while text[at:].strip():
        found = shape.match(text, at)
        if not found:
            raise Fault(f"cannot read: {text[at:]}")
        name, op, quoted, plain, bare = found.groups()
        if bare is not None:
            out.append((bare, "", None))
        else:
            value = plain if quoted is None else quoted.replace("\\n", "\n").replace('\\"', '"').replace("\\\\", "\\")
            out.append((name, op, value))
        at = found.end()
    return out


def minutes_of(text):
    number, unit = re.fullmatch(r"(\d+)(s|m|h|d)", text).groups()
    return int(number) * {"s": 1 / 60, "m": 1, "h": 60, "d": 1440}[unit]


class Story:
    def __init__(self, name, text):
        self.name, self.text = name, text
        self.expectations = 0

    def run(self):
        self.heed = Installation(manual_clock=True)
        try:
            self.begin()
            for number, line in enumerate(self.text.splitlines(), 1):
                line = line.strip()
                if not line or line.startswith("#"):
                    continue
                word, _, rest = line.partition(" ")
                try:
                    action = getattr(self, "do_" + word.replace("-", "_"), None)
                    if action is None:
                        raise Fault(f"no line begins with {word}")
                    action({name: value for name, op, value in terms_of(rest)} if word != "expect" else terms_of(rest))
                except (Fault, KeyError, IndexError, TypeError, AttributeError) as fault:
                    raise Fault(f"{self.name}:{number}: {line}\n  {type(fault).__name__}: {fault}") from None
        finally:
            self.heed.remove()
        return self.expectations

    def begin(self):
        token = self.heed.key()
        for name, roles in (("rita", ["reviewer"]), ("rolf", ["reviewer"]), ("rosa", ["reviewer"]), ("lena", ["lead", "legal"])):
            self.heed.user(name, *roles)
        self.heed.start()
        self.platform = self.heed.platform(token)
        self.now = datetime.datetime.fromisoformat(START.replace("Z", "+00:00"))
        self.staff, self.guests, self.links, self.cases, self.claims, self.reports, self.last = {}, {}, {}, {}, {}, {}, None
        self.codes, self.numbers, self.tokens = {}, {}, {}

    # --- who and when -----------------------------------------------------------------------------------

    def who(self, terms, name="by"):
        person = terms[name]
        if person == "nobody":
            return self.heed.public()
        if person == "platform":
            return self.platform
        if person in ("rita", "rolf", "rosa", "lena"):
            if person not in self.staff:
                self.staff[person] = self.heed.staff(person)
            return self.staff[person]
        if person in self.guests:
            return self.guests[person]
        if terms.get("token") == "old":  # as it was used first, also with the delegation that it named
            return self.tokens[person]
        connection = self.heed.account(person, now=int(self.now.timestamp()))
        self.tokens.setdefault(person, connection)
        if "for" in terms:  # acts for somebody, by the delegation that stands, or the one that stood
            given = connection.get("/v1/delegations").json["items"]
            mine = [one for one in given if one["role"] == "delegate" and one["principal"] and one["principal"]["account_id"] == terms["for"]]
            connection.headers["On-Behalf-Of"] = mine[0]["delegation_id"]
        return connection

    def do_at(self, terms):
        """at 2026-11-21T20:00:00Z"""
        (text,) = terms
        to = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
        self.do_wait({f"{int((to - self.now).total_seconds())}s": None})

    def do_wait(self, terms):
        (text,) = terms
        minutes = minutes_of(text)
        answer = self.platform.post("/test/clock", {"advance_ms": int(minutes * 60000)})
        if answer.status != 200:
            raise Fault(f"the clock did not move: {answer}")
        self.now += datetime.timedelta(minutes=minutes)
        self.staff = {}  # a session may be over

    def stamp(self, seconds=0):
        return (self.now + datetime.timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S.000Z")

    # --- what happens -----------------------------------------------------------------------------------

    def do_post(self, terms):
        """post id=p1 actor=b1 text="…" [mentions=her] [times=3]"""
        for i in range(int(terms.get("times", 1))):
            post = {"id": terms["id"] + (str(i) if "times" in terms else ""), "text": terms["text"], "author": {"id": terms["actor"]},
                    "created_at": self.stamp()}
            if "mentions" in terms:
                post["mentions"] = terms["mentions"].split(",")
            self.last = self.platform.posts([post])

    def do_delete(self, terms):
        """delete post=p1: the platform tells that it is gone"""
        self.last = self.platform.call("DELETE", f"/v1/posts/{terms['post']}?at={self.stamp()}")

    def do_report(self, terms):
        """report by=her posts=p1,p2 symptom=harassment [about=me] [comment="…"] [mail=a@b.example] [for=principal]
        many=40 posts=p: forty people, her1 to her40, each of a post p0 to p39, with one comment"""
        if "many" in terms:
            for i in range(int(terms["many"])):
                self.do_report({**{name: value for name, value in terms.items() if name != "many"}, "by": f"{terms['by']}{i + 1}", "posts": f"{terms['posts']}{i}"})
            return
        body = {"items": [{"kind": "post", "id": one} for one in terms["posts"].split(",")], "symptoms": [terms.get("symptom", "harassment")],
                "about": terms.get("about", "someone_else"), "locale": "en"}
        if "comment" in terms:
            body["comment"] = terms["comment"]
        if "mail" in terms:
            body["reporter"] = {"name": terms["by"], "email": terms["mail"]}
            self.last = self.heed.public().post("/v1/guest-reports", body)
            if self.last.status == 201:
                key = re.search(r"key=(hg_[\w-]+)", self.last.json["status_url"])
                guest = self.heed.public()
                guest.headers["Authorization"] = "Bearer " + (key.group(1) if key else self.last.json["case_key"])
                self.guests[terms["by"]] = guest
        else:
            self.last = self.who(terms).post("/v1/reports", body)
        if self.last.status == 201:
            self.reports[terms["by"]] = self.last.json["report_id"]
            self.numbers[terms.get("for", terms["by"])] = self.last.json["number"]

    def do_withdraw(self, terms):
        """withdraw by=office for=mp of=mp: takes back the newest report of somebody"""
        who = self.who(terms)
        mine = who.get("/v1/reports").json["items"]
        self.last = who.post(f"/v1/reports/{mine[-1 if terms.get('which') == 'first' else 0]['report_id']}/withdrawal")

    def case_of(self, who, which="newest"):
        mine = who.get("/v1/cases").json["items"]
        if not mine:
            raise Fault("sees no case")
        return mine[-1 if which == "oldest" else 0]["case_id"]

    def do_claim(self, terms):
        """claim by=rita"""
        self.last = self.who(terms).post("/v1/queues/default/claims", {})
        if self.last.status == 201:
            self.claims[terms["by"]] = self.last.json

    def do_decide(self, terms):
        """decide by=rita outcome=violation [clause=…] [actions=remove,warn] [facts="…"] [all posts of the claim]"""
        claim, who = self.claims[terms["by"]], self.who(terms)
        items = []
        for item in claim["items"]:
            verdict = {"item_id": item, "outcome": terms["outcome"], "clause": terms.get("clause", "targeted_harassment")}
            if terms["outcome"] == "violation":
                verdict["facts"] = terms.get("facts", "It is aimed at her.")
                verdict["actions"] = [{"kind": kind} for kind in terms.get("actions", "remove").split(",")]
            items.append(verdict)
        self.last = who.post(f"/v1/cases/{claim['case_id']}/decisions", {"claim_id": claim["claim_id"], "items": items})

    def do_agree(self, terms):
        """agree by=rolf: what waits for a second person goes out in the name of both"""
        who = self.who(terms)
        waiting = who.get("/v1/proposals").json["items"]
        if not waiting:
            raise Fault("nothing waits for a second person")
        for one in waiting:
            self.last = who.post(f"/v1/proposals/{one['proposal_id']}/confirmation", {})

    def do_confirm(self, _):
        """confirm: the platform has done what it was told"""
        for order in self.platform.get("/v1/actions").lines:
            if order.get("state", "ordered") == "ordered":
                self.last = self.platform.post(f"/v1/actions/{order['action_id']}/result", {"state": "done", "at": self.stamp()})

    def do_appeal(self, terms):
        """appeal by=b1 text="…" [evidence="…"]"""
        who = self.who(terms)
        items = who.get(f"/v1/cases/{self.case_of(who, terms.get('case', 'newest'))}/items").json["items"]
        decided = [item for item in items if "decision" in item]
        body = {"text": terms["text"]}
        if "evidence" in terms:
            body["evidence"] = terms["evidence"]
        for _ in range(int(terms.get("times", 1))):
            self.last = who.post(f"/v1/decisions/{decided[0]['decision']['decision_id']}/appeals", body)

    def do_answer(self, terms):
        """answer by=rosa outcome=reversed reason="…": the appeal that waits longest"""
        who = self.who(terms)
        waits = who.get("/v1/appeals").json["items"]
        self.last = who.post(f"/v1/appeals/{waits[0]['appeal_id']}/decision", {"outcome": terms["outcome"], "reason": terms["reason"]})

    def do_message(self, terms):
        """message by=her text="…" """
        who = self.who(terms)
        self.last = who.post(f"/v1/cases/{self.case_of(who)}/messages", {"text": terms["text"]})

    def do_add(self, terms):
        """add by=her text="…" | link=https://… | file="…" """
        who = self.who(terms)
        raw = re.sub(r"\\x([0-9a-f]{2})", lambda found: chr(int(found.group(1), 16)), terms.get("file", ""))
        body = ({"form": "file", "data": base64.b64encode(raw.encode("latin-1")).decode()} if "file" in terms
                else {"form": "link", "url": terms["link"]} if "link" in terms else {"form": "text", "text": terms["text"]})
        self.last = who.post(f"/v1/cases/{self.case_of(who)}/evidence", body)

    def do_delegate(self, terms):
        """delegate by=mp to=office as=staff scopes=report,read [until=…]"""
        body = {"delegate": {"account_id": terms["to"]}, "as": terms.get("as", "other"), "scopes": terms["scopes"].split(",")}
        if "until" in terms:
            body["until"] = terms["until"]
        self.last = self.who(terms).post("/v1/delegations", body)

    def do_end(self, terms):
        """end by=mp to=office"""
        who = self.who(terms)
        for one in who.get("/v1/delegations").json["items"]:
            if one["role"] == "principal" and one["state"] == "in_force" and one["delegate"]["account_id"] == terms["to"]:
                self.last = who.call("DELETE", f"/v1/delegations/{one['delegation_id']}")

    def do_code(self, terms):
        """code by=her: she reads a code for the desk from her page"""
        who = self.who(terms)
        self.last = who.post(f"/v1/cases/{self.case_of(who)}/desk-code")
        self.codes[terms["by"]] = self.last.json["code"]

    def do_open(self, terms):
        """open by=lena code=her | number=her | words="…" [channel=visit]: at the desk"""
        code = self.codes[terms["code"]] if "code" in terms else self.numbers[terms["number"]] if "number" in terms else terms["words"]
        self.last = self.who(terms).post("/v1/desk/openings", {"code": code, "channel": terms.get("channel", "visit")})
        if self.last.status == 201:
            self.desk = self.last.json

    def do_talk(self, terms):
        """talk by=lena said="…" [clause=…] [neutral=yes]: noted, with whoever was opened last, or with nobody in particular"""
        body = {"channel": terms.get("channel", "visit"), "said": terms["said"]}
        if terms.get("neutral") == "yes":
            body["neutral"] = True
        else:
            body.update({"case_id": self.desk["case_id"], "party": self.desk["party"], "clause": terms["clause"]})
        self.last = self.who(terms).post("/v1/contacts", body)

    def do_hold(self, terms):
        """hold by=lena case=her [silent=yes]: on the newest case of somebody, for a year"""
        staff = self.who(terms)
        case = staff.get(f"/v1/cases?number={self.numbers[terms['case']]}").json["items"][0]["case_id"]
        self.last = staff.post(f"/v1/cases/{case}/holds", {"until": (self.now + datetime.timedelta(days=365)).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
                                                          "reason": "Order 12/2026 of a court", "silent": terms.get("silent") == "yes"})
        self.held = f"/v1/cases/{case}/holds/{self.last.json['hold_id']}"

    def do_release(self, terms):
        """release by=lena: the newest hold"""
        self.last = self.who(terms).call("DELETE", self.held)

    def do_first(self, terms):
        """first by=her: the case that a reviewer would get next is the one of her report"""
        self.expectations += 1
        staff = self.who({"by": "lena"})
        case = staff.get(f"/v1/cases?number={self.numbers[terms['by']]}").json["items"][0]["case_id"]
        head = [one["case_id"] for one in staff.get("/v1/queues/default").json["items"]]
        within = int(terms.get("within", 1))
        if case not in head[:within]:
            raise Fault(f"in the queue: {head.index(case) if case in head else 'not among the first'}")

    def do_get(self, terms):
        """get by=office path=/v1/cases [for=mp] [times=…]"""
        who = self.who(terms)
        self.last = who.get(self.path(terms, who))

    def do_erase(self, terms):
        """erase by=her: DELETE /v1/me/data"""
        self.last = self.who(terms).call("DELETE", "/v1/me/data")

    def path(self, terms, who):
        return terms["path"].replace("{case}", self.case_of(who) if "{case}" in terms["path"] else "")

    # --- what must hold ---------------------------------------------------------------------------------

    def do_expect(self, terms):
        """expect [by=…] of the last answer: status, has="…", lacks="…", and <field>=<value> for a field by its path with dots"""
        for name, _, value in terms:
            self.expectations += 1
            if name == "status":
                if self.last.status != int(value):
                    raise Fault(f"status {self.last.status}, not {value}: {self.last}")
            elif name in ("has", "lacks"):
                if (value in self.text_of(self.last)) != (name == "has"):
                    raise Fault(f"{name} “{value}”: {self.last}")
            else:
                got = self.last.json
                for part in name.split("__"):
                    got = got[int(part)] if isinstance(got, list) else got.get(part)
                if str(got if not isinstance(got, bool) else got).lower() != value.lower():
                    raise Fault(f"{name} is {got}, not {value}")

    @staticmethod
    def text_of(answer):
        try:
            return json.dumps(json.loads(answer.body), ensure_ascii=False)
        except ValueError:
            return str(answer.body)

    def all_of(self, who):
        """Everything that a person can open, read, take away or be told."""
        seen = ""
        for path in ("/v1/cases", "/v1/notices", "/v1/reports", "/v1/delegations", "/v1/me/data"):
            answer = who.get(path)
            seen += self.text_of(answer) if answer.status == 200 else ""
        for case in who.get("/v1/cases").json["items"]:
            for part in ("", "/timeline", "/items", "/evidence", "/file"):
                answer = who.get(f"/v1/cases/{case['case_id']}{part}")
                seen += self.text_of(answer) if answer.status == 200 else ""
        return seen

    def do_sees(self, terms):
        """sees by=her text="…" (in anything that she can open)"""
        self.expectations += 1
        if terms["text"] not in self.all_of(self.who(terms)):
            raise Fault(f"does not see “{terms['text']}”")

    def do_never(self, terms):
        """never by=her text="…" """
        self.expectations += 1
        if terms["text"] in self.all_of(self.who(terms)):
            raise Fault(f"sees “{terms['text']}”")

    def do_cases(self, terms):
        """cases by=her count=1"""
        self.expectations += 1
        count = len(self.who(terms).get("/v1/cases").json["items"])
        if count != int(terms["count"]):
            raise Fault(f"sees {count} cases")

    def do_queue(self, terms):
        """queue lane=life | empty: what a reviewer would get next"""
        self.expectations += 1
        head = self.who({"by": "lena"}).get("/v1/queues/default").json["items"]
        if "empty" in terms:
            if head:
                raise Fault(f"something waits: {head}")
        elif not head or head[0]["lane"] != terms["lane"]:
            raise Fault(f"first in the queue: {head[:1]}")

    def do_told(self, terms):
        """told by=her kind=outcome [text="…"]: among her notices"""
        self.expectations += 1
        notices = self.who(terms).get("/v1/notices?locale=en").json["items"]
        found = [n for n in notices if n["kind"] == terms["kind"] and terms.get("text", "") in n["subject"] + n["text"]]
        if bool(found) == (terms.get("not") == "yes"):
            raise Fault(f"notices: {[(n['kind'], n['subject']) for n in notices]}")

    def do_ordered(self, terms):
        """ordered kind=undo: among the platform's orders"""
        self.expectations += 1
        kinds = [order["kind"] for order in self.platform.get("/v1/actions").lines]
        if terms["kind"] not in kinds:
            raise Fault(f"orders: {kinds}")

    def do_contacts(self, terms):
        """contacts count=3 [clause=…]: in the desk's book"""
        self.expectations += 1
        rows = self.who({"by": "lena"}).get("/v1/contacts").json["items"]
        rows = [row for row in rows if "clause" not in terms or row.get("clause") == terms["clause"]]
        if len(rows) != int(terms["count"]):
            raise Fault(f"in the book: {rows}")
