"""A forum in a hundred lines that has the whole job done by Heed: it tells of each post, carries out each order, and
embeds the report flow with one tag. Standard library alone; posts and sessions live in memory. Run it:

    HEED_URL=http://127.0.0.1:8080 HEED_KEY=hk_… HEED_USER_SECRET=… python3 backend.py [PORT]

HEED_USER_SECRET is what Heed has as users.hs256_secret; http.cors_origins of Heed names this forum's address."""
import base64, hashlib, hmac, html, http.cookies, json, os, secrets, sys, threading, time, urllib.parse, urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HEED, KEY, SECRET = os.environ["HEED_URL"].rstrip("/"), os.environ["HEED_KEY"], os.environ["HEED_USER_SECRET"].encode()
posts, hidden_from, sessions = {}, {}, {}  # id → post; account → ids it does not want to see; cookie → account


def heed(method, path, body=None, kind="application/json"):
    request = urllib.request.Request(HEED + path, body, {"Authorization": f"Bearer {KEY}", "Content-Type": kind}, method=method)
    return urllib.request.urlopen(request, timeout=30)


# Call 1: tell Heed of a post before it is shown. "act" means that a clause lets a machine act: its order comes by call 2.
def publish(account, text, to=""):
    post = {"id": secrets.token_hex(8), "text": text, "author": {"id": account, "handle": account}, "mentions": [to] if to else [],
            "created_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
    answer = json.loads(heed("POST", "/v1/posts", json.dumps(post).encode() + b"\n", "application/x-ndjson").read())
    posts[post["id"]] = {**post, "shown": answer.get("verdict") != "act"}
    return post["id"]


# Calls 2 and 3: read what is ordered, do it, and say so. Until then people read "ordered", never "done".
def carry_out(order):
    undo = order["kind"] == "undo"
    kind, post = order["undoes"]["kind"] if undo else order["kind"], posts.get(order.get("item", {}).get("id"))
    if kind in ("hide", "remove") and post:
        post["shown"] = undo
    elif kind == "hide_from_reporter":
        ids = hidden_from.setdefault(order["owner"]["account_id"], set())
        ids.difference_update(order.get("posts", [])) if undo else ids.update(order.get("posts", []))
    elif kind not in ("warn", "none"):
        return {"state": "refused", "detail": f"this forum has no {kind}"}
    return {"state": "done"}


def follow_orders(cursor="", wait=1.0):
    while True:
        try:
            answer = heed("GET", f"/v1/actions?cursor={cursor}")
            for line in answer.read().splitlines():
                order = json.loads(line)
                if order["state"] == "ordered":
                    heed("POST", f"/v1/actions/{order['action_id']}/result", json.dumps(carry_out(order)).encode())
            cursor = answer.headers["X-Next-Cursor"] or cursor
        except OSError as fault:  # Heed is away: the orders wait
            print("no orders:", fault, file=sys.stderr)
        time.sleep(wait)


# A user's token: who it is, signed, for an hour. The page asks for it; it is in no address.
def token(account):
    part = lambda raw: base64.urlsafe_b64encode(raw).rstrip(b"=")
    claims = {"iss": "platform", "aud": "heed", "sub": account, "handle": account, "iat": int(time.time()), "exp": int(time.time()) + 3600}
    signed = part(b'{"alg":"HS256","typ":"JWT"}') + b"." + part(json.dumps(claims).encode())
    return (signed + b"." + part(hmac.new(SECRET, signed, hashlib.sha256).digest())).decode()


PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>A forum</title>
<script type="module" src="{heed}/heed-report.js"></script><script type="module" src="/page.js"></script>
<main><h1>A forum</h1>{body}</main></html>"""
SCRIPT = """for (const tag of document.querySelectorAll("heed-report")) tag.token = async () => (await fetch("/token")).text();"""


class Forum(BaseHTTPRequestHandler):
    def who(self):
        cookie = http.cookies.SimpleCookie(self.headers.get("Cookie", "")).get("session")
        return sessions.get(cookie.value if cookie else "", "")

    def answer(self, status, body, kind="text/html; charset=utf-8", **headers):
        self.send_response(status)
        policy = f"default-src 'none'; script-src 'self' {HEED}; connect-src 'self' {HEED}; style-src 'unsafe-inline'; form-action 'self'"
        for name, value in {"Content-Type": kind, "Content-Security-Policy": policy, "Cache-Control": "no-store", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body.encode())

    def do_GET(self):
        path, me = urllib.parse.urlparse(self.path).path, self.who()
        if path == "/token" and me:
            return self.answer(200, token(me), "text/plain")
        if path == "/page.js":
            return self.answer(200, SCRIPT, "text/javascript")
        seen = [post for post in posts.values() if post["shown"] and post["id"] not in hidden_from.get(me, ())]
        if path.startswith("/report/") and me:
            return self.answer(200, PAGE.format(heed=HEED, body=f'<heed-report post="{html.escape(path[8:])}"></heed-report>'))
        body = "".join(f'<article id="{p["id"]}"><b>{html.escape(p["author"]["id"])}</b> {html.escape(p["text"])} <a href="/report/{p["id"]}">Report</a></article>'
                       for p in seen)
        return self.answer(200 if path == "/" else 404, PAGE.format(heed=HEED, body=body))

    def do_POST(self):
        form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()))
        if self.path == "/sign-in":  # a forum of your own asks for a password here
            session = secrets.token_hex(16)
            sessions[session] = form["account"]
            return self.answer(303, "", Location="/", Set_Cookie=f"session={session}; HttpOnly; SameSite=Strict")
        if self.path == "/post" and self.who():
            return self.answer(303, "", Location="/#" + publish(self.who(), form["text"], form.get("to", "")))
        return self.answer(403, "")

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 0), Forum)
    threading.Thread(target=follow_orders, daemon=True).start()
    print(f"http://127.0.0.1:{server.server_port}", flush=True)
    server.serve_forever()
