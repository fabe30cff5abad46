"""Whoever alerts are sent to: a program on the web that checks signatures, and a log server.

alert_listener.py SECRET FOLDER: writes its ports to FOLDER/ports, and what comes in to FOLDER/web,
FOLDER/udp and FOLDER/tcp, a line each. The web refuses its first request, as servers do.
"""
import hashlib
import hmac
import http.server
import os
import socket
import sys
import threading
import time

secret, folder = sys.argv[1].encode(), sys.argv[2]
lock = threading.Lock()
refusals = [1]


def keep(name, text):
    with lock, open(os.path.join(folder, name), "a", encoding="utf-8") as file:
        file.write(text.replace("\n", "\\n") + "\n")


class Web(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if refusals:
            refusals.pop()
            self.send_response(503)
            self.end_headers()
            return
        parts = dict(part.split("=", 1) for part in self.headers["Sealgate-Signature"].split(","))
        wanted = hmac.new(secret, parts["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
        is_fresh = abs(time.time() - int(parts["t"])) < 300
        word = "signed" if is_fresh and hmac.compare_digest(wanted, parts["v1"]) else "WRONG"
        keep("web", word + " " + body.decode())
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def datagrams(server):
    while True:
        keep("udp", server.recv(65536).decode())


def connections(server):
    while True:
        connection, _ = server.accept()
        whole = b""
        while piece := connection.recv(65536):
            whole += piece
        length, message = whole.split(b" ", 1)
        keep("tcp", ("whole " if int(length) == len(message) else "CUT ") + message.decode())


web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Web)
udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
udp.bind(("127.0.0.1", 0))
tcp = socket.socket()
tcp.bind(("127.0.0.1", 0))
tcp.listen()
for work, server in [(datagrams, udp), (connections, tcp)]:
    threading.Thread(target=work, args=(server,), daemon=True).start()
ports = [web.server_address[1], udp.getsockname()[1], tcp.getsockname()[1]]
with open(os.path.join(folder, "ports.new"), "w", encoding="utf-8") as file:
    file.write(" ".join(str(port) for port in ports))
os.rename(os.path.join(folder, "ports.new"), os.path.join(folder, "ports"))
web.serve_forever()
