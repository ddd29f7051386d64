"""Starts the real binary on an ephemeral port with a folder of its own, and talks to it. Standard library alone."""
import base64
import hashlib
import hmac
import http.client
import http.server
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

BINARY = os.environ.get("HEED_BINARY") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "build", "release", "heed")
SECRET = "a secret of the tests, long enough for HS256"
WEBHOOK_KEY = b"0123456789abcdef0123456789abcdef"
WEBHOOK_SECRET = "whsec_" + base64.b64encode(WEBHOOK_KEY).decode()
PASSWORD = "correct horse battery"
START = "2026-11-21T18:00:00.000Z"


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def lines(self):
        return [json.loads(line) for line in self.body.decode().splitlines()]

    def __repr__(self):
        return f"<{self.status} {self.body[:300]!r}>"


class Connection:
    """One kept-alive connection with standing headers."""

    def __init__(self, port, headers=None, timeout=30):
        self.http = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
        self.headers = headers or {}

    def call(self, method, path, body=None, headers=None, content_type="application/json"):
        send = dict(self.headers)
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        if isinstance(body, str):
            body = body.encode()
        if body is not None:
            send["Content-Type"] = content_type
        send.update(headers or {})
        self.http.request(method, path, body=body, headers=send)
        got = self.http.getresponse()
        return Answer(got.status, got.headers, got.read())

    def get(self, path, **more):
        return self.call("GET", path, **more)

    def post(self, path, body=None, **more):
        return self.call("POST", path, body, **more)

    def posts(self, posts, **more):
        lines = "".join(json.dumps(p) + "\n" for p in posts)
        return self.call("POST", "/v1/posts", lines, content_type="application/x-ndjson", **more)

    def close(self):
        self.http.close()


def jwt(account, secret=SECRET, now=None, **claims):
    def part(raw):
        return base64.urlsafe_b64encode(raw).rstrip(b"=")

    now = int(time.time() if now is None else now)
    payload = {"iss": "platform", "aud": "heed", "sub": account, "iat": now, "exp": now + 3600, **claims}
    signed = part(b'{"alg":"HS256","typ":"JWT"}') + b"." + part(json.dumps(payload).encode())
    return (signed + b"." + part(hmac.new(secret.encode(), signed, hashlib.sha256).digest())).decode()


class Installation:
    """A data folder with its keys, and the server on it while it runs."""

    def __init__(self, manual_clock=False, settings=None):
        self.root = tempfile.mkdtemp(prefix="heed-test-")
        self.data = os.path.join(self.root, "data")
        self.keys = os.path.join(self.root, "keys")
        self.log = os.path.join(self.root, "log")
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("HEED_")},
            "HEED_DATA_DIR": self.data, "HEED_KEYS_DIR": self.keys, "HEED_USERS_HS256_SECRET": SECRET, "HEED_TEST": "1",
            **(settings or {}),
        }
        if manual_clock:
            self.environment.update({"HEED_CLOCK_SOURCE": "manual", "HEED_CLOCK_START": START})
        self.manual_clock = manual_clock
        self.process = None
        self.port = None

    # --- commands ---------------------------------------------------------------------------------------

    def run(self, *arguments, input=None, ok=(0,)):
        done = subprocess.run([BINARY, *arguments], env=self.environment, input=input, capture_output=True, text=True, timeout=60)
        if ok is not None and done.returncode not in ok:
            raise AssertionError(f"heed {' '.join(arguments)} ended with {done.returncode}: {done.stderr}{done.stdout}")
        return done

    def run_json(self, *arguments, **more):
        return json.loads(self.run(*arguments, "--json", **more).stdout)

    def key(self, *scopes, name="platform", more=()):
        scopes = scopes or ("all", "test_clock")
        options = [part for scope in scopes for part in ("--scope", scope)]
        return self.run_json("key", "create", name, *options, *more)["token"]

    def user(self, name, *roles):
        options = [part for role in roles for part in ("--role", role)]
        return self.run_json("user", "create", name, *options, "--password-stdin", input=PASSWORD + "\n")

    # --- the server -------------------------------------------------------------------------------------

    def start(self, wait=20):
        self.process = subprocess.Popen([BINARY, "serve", "--port", "0"], env=self.environment, stdout=subprocess.PIPE,
                                        stderr=open(self.log, "ab"), text=True)
        line = self.process.stdout.readline()
        if not line.startswith("http://"):
            self.process.wait(wait)
            raise AssertionError(f"heed serve did not start: {self.log_text()[-2000:]}")
        self.port = int(line.rsplit(":", 1)[1])
        return self

    def stop(self):
        """Asks it to end; its exit code."""
        if self.process is None:
            return None
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(20)
        self.process.stdout.close()
        self.process = None
        return code

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()
        self.process = None

    def log_text(self):
        with open(self.log, errors="replace") as log:
            return log.read()

    def remove(self):
        if self.process is not None:
            self.kill()
        shutil.rmtree(self.root, ignore_errors=True)

    # --- callers ----------------------------------------------------------------------------------------

    def public(self):
        return Connection(self.port)

    def platform(self, token):
        return Connection(self.port, {"Authorization": "Bearer " + token})

    def account(self, account, **claims):
        """The platform's user; with a manual clock tokens are of that time."""
        now = None
        if self.manual_clock:
            now = claims.pop("now", 1795284000)  # START
        return Connection(self.port, {"Authorization": "Bearer " + jwt(account, now=now, **claims)})

    def staff(self, name, password=PASSWORD):
        connection = Connection(self.port)
        answer = connection.post("/v1/session", {"name": name, "password": password})
        if answer.status != 201:
            raise AssertionError(f"{name} cannot log in: {answer}")
        connection.headers["Cookie"] = answer.headers["Set-Cookie"].split(";")[0]
        connection.headers["X-Heed-CSRF"] = answer.json["csrf"]
        return connection

    def resident_kb(self):
        with open(f"/proc/{self.process.pid}/status") as status:
            for line in status:
                if line.startswith("VmRSS:"):
                    return int(line.split()[1])


class Receiver:
    """Takes webhooks and checks their signatures. `down` and `up` keep the port."""

    def __init__(self):
        self.received = []
        self.bad = []
        self.connections = []
        self.changed = threading.Condition()
        self.port = 0
        self.server = None
        self.up()

    def up(self):
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                id, stamp = self.headers["webhook-id"], self.headers["webhook-timestamp"]
                mac = hmac.new(WEBHOOK_KEY, f"{id}.{stamp}.".encode() + body, hashlib.sha256).digest()
                good = "v1," + base64.b64encode(mac).decode() in (self.headers["webhook-signature"] or "").split(" ")
                with receiver.changed:
                    (receiver.received if good else receiver.bad).append({"id": id, **json.loads(body)})
                    receiver.changed.notify_all()
                self.send_response(204)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            allow_reuse_address = True

            def get_request(self):
                connection, address = super().get_request()
                receiver.connections.append(connection)
                return connection, address

        self.server = Server(("127.0.0.1", self.port), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def down(self):
        self.server.shutdown()
        self.server.server_close()
        self.server = None
        for connection in self.connections:  # kept alive: they would go on taking
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self.connections = []

    def close(self):
        if self.server is not None:
            self.down()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}/heed"

    def wait_for(self, wanted, seconds=10):
        """Until `wanted(list)` holds; the list."""
        with self.changed:
            self.changed.wait_for(lambda: wanted(self.received), seconds)
            return list(self.received)


def wait_until(true, seconds=10, every=0.02):
    """For what nothing tells us of, such as a file that the server writes every second."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(every)
    return bool(true())
