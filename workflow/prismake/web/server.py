"""The page served to the browsers of this machine, which reload it when it is made anew."""

from __future__ import annotations

import hashlib
import json
import queue
import re
import threading
from base64 import b64encode
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

LOOPBACK = "127.0.0.1"
# Seconds after which a browser that listens gets a sign of life, which also shows whether it is still there.
PULSE = 15.0
SCRIPTS = re.compile(r"script-src ")
WAITING = (
    "<!DOCTYPE html><html lang='en'><meta charset='utf-8'><title>Preview</title><body><p>The page is being made.</p>"
)


def with_reload(page: str, program: str) -> str:
    """A page that also runs the program of the preview, and may listen to its server and to nothing else."""
    digest = b64encode(hashlib.sha256(program.encode()).digest()).decode()
    allowed = f"connect-src &#39;self&#39;; script-src &#39;sha256-{digest}&#39; "
    head, mark, tail = page.rpartition("</body>")
    return SCRIPTS.sub(lambda _: allowed, head, count=1) + f"<script>{program}</script>\n" + mark + tail


@dataclass
class Listeners:
    """The browsers that listen, each with the messages that wait for it."""

    queues: set[queue.SimpleQueue[str]] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def announce(self, event: str, text: str = "") -> None:
        """Sends an event to every browser."""
        with self.lock:
            for waiting in self.queues:
                waiting.put(f"event: {event}\ndata: {json.dumps(text)}\n\n")

    def join(self) -> queue.SimpleQueue[str]:
        """A queue for a browser that begins to listen."""
        own: queue.SimpleQueue[str] = queue.SimpleQueue()
        with self.lock:
            self.queues.add(own)
        return own

    def leave(self, own: queue.SimpleQueue[str]) -> None:
        """Forgets a browser."""
        with self.lock:
            self.queues.discard(own)


class Server(ThreadingHTTPServer):
    """Serves one page on the loopback address, under the names that lead there alone."""

    daemon_threads = True

    def __init__(self, port: int, page: Path, program: str, listeners: Listeners) -> None:
        super().__init__((LOOPBACK, port), _Handler)
        self.page, self.program, self.listeners = page, program, listeners

    @property
    def address(self) -> str:
        """The address of the page."""
        return f"http://{LOOPBACK}:{self.server_port}/"


class _Handler(BaseHTTPRequestHandler):
    server: Server

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing of requests."""

    def do_GET(self) -> None:
        # A website whose name was led to this machine must not read the review.
        if self.headers.get("Host") not in {f"{name}:{self.server.server_port}" for name in (LOOPBACK, "localhost")}:
            self.send_error(403)
        elif self.path == "/":
            self._page()
        elif self.path == "/events":
            self._events()
        else:
            self.send_error(404)

    def _page(self) -> None:
        there = self.server.page.is_file()
        page = self.server.page.read_text(encoding="utf-8") if there else WAITING + "</body></html>"
        content = with_reload(page, self.server.program).encode() if there else page.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(content)

    def _events(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        own = self.server.listeners.join()
        try:
            while True:
                try:
                    message = own.get(timeout=PULSE)
                except queue.Empty:
                    message = ": still here\n\n"
                self.wfile.write(message.encode())
                self.wfile.flush()
        except OSError:
            # The browser has gone.
            self.server.listeners.leave(own)
