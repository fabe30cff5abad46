"""A web host of MTA-STS policies: python policy_host.py ADDRESS PORT CERTIFICATE KEY FILE."""

import http.server
import ssl
import sys

address, port, certificate, key, policy = sys.argv[1:]


class Host(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        # A policy for this host alone, if there is one, else the policy for all.
        host = self.headers.get("Host", "").split(":")[0]
        body = None
        for name in [f"{policy}.{host}", policy]:
            try:
                with open(name, "rb") as file:
                    body = file.read()
                break
            except FileNotFoundError:
                continue
        good = self.path == "/.well-known/mta-sts.txt" and body is not None
        self.send_response(200 if good else 404)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *words):
        pass


server = http.server.ThreadingHTTPServer((address, int(port)), Host)
tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain(certificate, key)
server.socket = tls.wrap_socket(server.socket, server_side=True)
server.serve_forever()
