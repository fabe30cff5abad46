"""A server that answers as a bad provider might: hostile.py PORT."""
import sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/hang":
            time.sleep(120)
        elif self.path == "/close":
            self.connection.close()
        elif self.path == "/drip":
            self.begin(200, [("Content-Length", "100000")])
            try:
                while True:
                    self.wfile.write(b"x")
                    self.wfile.flush()
                    time.sleep(0.5)
            except OSError:
                pass
        elif self.path == "/huge":
            self.begin(200, [])
            try:
                for _ in range(2000): self.wfile.write(b" " * 65536)
            except OSError:
                pass
        elif self.path == "/redirect":
            self.begin(302, [("Location", "/good"), ("Content-Length", "0")])
        elif self.path == "/nonsense":
            self.wfile.write(b"\x00\xff\r\n\r\nSSH-2.0\r\n")
            self.close_connection = True
        else:
            self.begin(200, [("Content-Length", "4")])
            self.wfile.write(b"good")

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        said = self.headers["Authorization"].encode() + b" " + body
        self.begin(200, [("Content-Length", str(len(said)))])
        self.wfile.write(said)

    def begin(self, status, fields):
        self.send_response(status)
        for name, value in fields: self.send_header(name, value)
        self.end_headers()

    def log_message(self, *words): pass


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
