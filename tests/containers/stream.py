"""A steady stream of requests, of which none may fail."""

import http.client
import threading
import time
from itertools import product


class Stream:
    """Fifty requests a second, read and write, to an app and to a program, on kept connections and on new ones."""

    WORKERS, RATE = 10, 50
    ASKED = tuple(product(("/v1/hello", "/v1/clock"), ("GET", "POST")))

    def __init__(self, url):
        self.asked, self.failed, self.done, self.url = 0, [], threading.Event(), url
        self.threads = [threading.Thread(target=self.run, args=(number,)) for number in range(self.WORKERS)]

    def run(self, number):
        connection, due = http.client.HTTPConnection(self.url, timeout=10), time.monotonic()
        while not self.done.is_set():
            due += self.WORKERS / self.RATE
            time.sleep(max(0.0, due - time.monotonic()))
            if number % 2:
                connection.close()
            self.ask(connection, *self.ASKED[self.asked % len(self.ASKED)])
        connection.close()

    def ask(self, connection, path, method):
        began = time.monotonic()
        try:
            connection.request(method, path)
            answer = connection.getresponse()
            text = answer.read().decode()
            if answer.status not in (200, 201):
                self.failed.append(f"{method} {path} {answer.status} {text[:100]} {time.monotonic() - began:.1f} s")
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            self.failed.append(f"{method} {path} {error!r} after {time.monotonic() - began:.1f} s")
        self.asked += 1

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        for thread in self.threads:
            thread.join()
