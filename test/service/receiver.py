"""A plain webhook receiver, as one would write it with a small web framework.

Checks the Standard Webhooks signature and prints one JSON line for each event.
Answers 500 to every third request at first, so that the sender must try again.
Usage: receiver.py SECRET
"""

import base64
import hashlib
import hmac
import json
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

KEY = base64.b64decode(sys.argv[1].removeprefix("whsec_"))
requests = 0


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        global requests
        requests += 1
        body = self.rfile.read(int(self.headers["Content-Length"]))
        signed = f"{self.headers['webhook-id']}.{self.headers['webhook-timestamp']}.".encode() + body
        expected = "v1," + base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
        valid = hmac.compare_digest(expected, self.headers["webhook-signature"])
        status = 401 if not valid else 500 if requests % 3 == 0 else 204
        if status == 204:
            event = json.loads(body)
            print(json.dumps({"seq": event["seq"], "event": event["event"]}), flush=True)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Receiver)
print(json.dumps({"port": server.server_port}), flush=True)
server.serve_forever()
