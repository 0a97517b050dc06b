"""A small program with one bad habit, which is its first argument."""

import http.server
import os
import signal
import socket
import subprocess
import sys
import threading
import time

habit, port = sys.argv[1], int(os.environ["PORT"])
LISTENS = {"six": "::1", "wide": "0.0.0.0"}


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        half = habit == "half" and self.path != "/up"
        self.send_response(200)
        self.send_header("content-length", "100" if half else "2")
        self.end_headers()
        self.wfile.write(b"ok")
        self.close_connection = half

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    address_family = socket.AF_INET6 if habit == "six" else socket.AF_INET


def repeat(work, pause):
    def forever():
        while True:
            work()
            time.sleep(pause)

    threading.Thread(target=forever, daemon=True).start()


def garbage():
    server = socket.create_server(("127.0.0.1", port))
    while True:
        connection, _ = server.accept()
        connection.sendall(b"\x00\x01\xffnonsense\r\n\r\n" + os.urandom(2000))
        connection.close()


if habit == "late":
    time.sleep(3)
if habit == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if habit == "forks":
    subprocess.Popen(["sleep", "600"])
    subprocess.Popen(["sleep", "600"], start_new_session=True)
if habit == "long":
    repeat(lambda: print("x" * 1_000_000, flush=True), 0.2)
if habit == "flood":
    repeat(lambda: sys.stderr.write("flood \x1b[31m\x00\xff" * 2000 + "\n"), 0.002)
if habit == "garbage":
    garbage()
Server((LISTENS.get(habit, "127.0.0.1"), port), Answer).serve_forever()
