"""A program that is not made with the kit: it listens on PORT and answers /up."""

import os
from http.server import BaseHTTPRequestHandler, HTTPServer


class Answer(BaseHTTPRequestHandler):
    def do_GET(self):
        body = os.environ.get("GREETING", "none").encode()
        self.send_response(200 if self.path == "/up" else 404)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words):
        pass


print("plain listens, and its key is", os.environ.get("PLAIN_KEY"), flush=True)
print("the environment holds", " ".join(sorted(os.environ)), flush=True)
HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Answer).serve_forever()
