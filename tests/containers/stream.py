"""A steady stream of requests, of which none may fail."""

import http.client
import threading
import time


class Stream:
    """Fifty requests a second, read and write, on connections that are kept and on new ones; none may fail."""

    WORKERS, RATE = 10, 50
    PATH, METHODS = "/v1/hello", ("GET", "POST")

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
            self.ask(connection, self.METHODS[self.asked % len(self.METHODS)])
        connection.close()

    def ask(self, connection, method):
        began = time.monotonic()
        try:
            connection.request(method, self.PATH)
            answer = connection.getresponse()
            text = answer.read().decode()
            if answer.status not in (200, 201):
                self.failed.append(f"{method} {answer.status} {text[:100]} after {time.monotonic() - began:.1f} s")
        except (OSError, http.client.HTTPException) as error:
            connection.close()
            self.failed.append(f"{method} {error!r} after {time.monotonic() - began:.1f} s")
        self.asked += 1

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.done.set()
        for thread in self.threads:
            thread.join()
