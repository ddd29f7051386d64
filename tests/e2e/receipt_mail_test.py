"""Whoever reports with a mail address gets a receipt by mail, before the outcome, and once."""
import email
import email.policy
import socketserver
import threading
import unittest

from heed import START, Installation


class Mailbox:
    """An SMTP server that takes everything."""

    def __init__(self):
        self.mails = []
        self.changed = threading.Condition()
        box = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                self.wfile.write(b"220 box ESMTP\r\n")
                while True:
                    line = self.rfile.readline()
                    if not line:
                        return
                    word = line.split()[0].upper() if line.split() else b""
                    if word == b"DATA":
                        self.wfile.write(b"354 go on\r\n")
                        lines = []
                        while (text := self.rfile.readline()) not in (b".\r\n", b""):
                            lines.append(text[1:] if text.startswith(b"..") else text)
                        with box.changed:
                            box.mails.append(email.message_from_bytes(b"".join(lines), policy=email.policy.default))
                            box.changed.notify_all()
                        self.wfile.write(b"250 taken\r\n")
                    elif word == b"QUIT":
                        self.wfile.write(b"221 bye\r\n")
                        return
                    else:
                        self.wfile.write(b"250 box\r\n")

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def wait_for(self, count, seconds=10):
        with self.changed:
            self.changed.wait_for(lambda: len(self.mails) >= count, seconds)
            return list(self.mails)

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class ReceiptMail(unittest.TestCase):
    def setUp(self):
        self.box = Mailbox()
        self.addCleanup(self.box.close)
        self.heed = Installation(manual_clock=True, settings={
            "HEED_MAIL_NOTICES": "true", "HEED_MAIL_SMTP_URL": f"smtp://127.0.0.1:{self.box.port}", "HEED_MAIL_FROM": "heed@chirp.test"})
        self.addCleanup(self.heed.remove)
        token = self.heed.key()
        self.heed.user("ada", "reviewer")
        self.heed.start()
        self.platform = self.heed.platform(token)

    def test_the_receipt_comes_before_the_outcome_and_once(self):
        self.platform.posts([{"id": "p1", "text": "you stupid worthless cow", "author": {"id": "b1"}, "created_at": START}])
        report = {"reporter": {"name": "Ann", "email": "ann@example.org"}, "items": [{"kind": "post", "id": "p1"}], "about": "someone_else",
                  "symptoms": ["harassment"], "locale": "en"}
        receipt = self.platform.post("/v1/reports", report, headers={"Idempotency-Key": "r1"})
        self.assertEqual(receipt.status, 201, receipt)
        self.assertEqual(self.platform.post("/v1/reports", report, headers={"Idempotency-Key": "r1"}).body, receipt.body)
        mails = self.box.wait_for(1)
        self.assertEqual(len(mails), 1)
        self.assertEqual(mails[0]["To"], "ann@example.org")
        self.assertIn(receipt.json["number"], str(mails[0]["Subject"]) + mails[0].get_content())
        self.assertNotIn("cow", mails[0].as_string(), "nothing the other side wrote")
        ada = self.heed.staff("ada")
        claim = ada.post("/v1/queues/default/claims", {}).json
        decided = ada.post(f"/v1/cases/{claim['case_id']}/decisions", {"claim_id": claim["claim_id"], "items": [
            {"item_id": claim["items"][0], "outcome": "no_violation", "clause": "targeted_harassment"}]})
        self.assertEqual(decided.status, 201, decided)
        mails = self.box.wait_for(2)
        self.assertEqual(len(mails), 2, "one receipt, one outcome")
        self.assertNotEqual(mails[0]["Message-ID"], mails[1]["Message-ID"])


if __name__ == "__main__":
    unittest.main()
