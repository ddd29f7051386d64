"""Starts `heed serve --scorer` on an ephemeral port with a configuration file, as an operator would."""
import json
import os
import shutil
import signal
import subprocess
import tempfile

from heed import BINARY, Connection

KEY = "a-key-of-the-tests-for-the-scorer"
CORAL_SECRET = "a-signing-secret-of-the-tests"


class Scorer:
    def __init__(self, **settings):
        self.root = tempfile.mkdtemp(prefix="heed-scorer-")
        self.suggestions = os.path.join(self.root, "suggested.ndjson")
        tables = {"scorer.keys": [KEY], "coral.secrets": [CORAL_SECRET], "suggestions.file": self.suggestions,
                  "adapters.requests_per_second": 0, "log.level": "warn", **settings}
        self.config = os.path.join(self.root, "heed.toml")
        with open(self.config, "w") as file:
            for name, value in tables.items():
                table, key = name.split(".")
                file.write(f"{table}.{key} = {json.dumps(value)}\n")
        self.log = os.path.join(self.root, "log")
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("HEED_")}
        self.process = None
        self.port = None

    def start(self):
        self.process = subprocess.Popen([BINARY, "serve", "--scorer", "--port", "0", "--config", self.config], env=self.environment,
                                        cwd=self.root, stdout=subprocess.PIPE, stderr=open(self.log, "ab"), text=True)
        line = self.process.stdout.readline()
        if not line.startswith("http://"):
            self.process.wait(20)
            with open(self.log, errors="replace") as log:
                raise AssertionError(f"heed serve --scorer did not start: {log.read()[-2000:]}")
        self.port = int(line.rsplit(":", 1)[1])
        return self

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def caller(self, **headers):
        return Connection(self.port, headers)

    def log_text(self):
        with open(self.log, errors="replace") as log:
            return log.read()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(20)
        self.process.stdout.close()
        self.process = None
        return code

    def remove(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process.stdout.close()
        shutil.rmtree(self.root, ignore_errors=True)
