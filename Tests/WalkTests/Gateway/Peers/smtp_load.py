"""Clients of a gateway's test, each line of output a fact.

python smtp_load.py hold ADDRESS PORT CONNECTIONS SENDERS: opens all connections, and only when the
last is greeted lets some of them send a message each and asks all whether they are still there.
python smtp_load.py send ADDRESS PORT FIRST COUNT OCTETS: sends messages one after the other, and
prints each one's number and its reply.
"""

import collections
import resource
import selectors
import smtplib
import socket
import sys

act, address, port, *numbers = sys.argv[1:]
port, numbers = int(port), [int(number) for number in numbers]


def message(number, octets):
    line = "x" * 70 + "\r\n"
    return (f"From: ann@corp.test\r\nSubject: number {number}\r\n\r\n"
            + line * (octets // len(line) + 1)).encode()


def send(first, count, octets):
    for number in range(first, first + count):
        try:
            with smtplib.SMTP(address, port, timeout=120) as client:
                client.sendmail("ann@corp.test", ["bob@far.test"], message(number, octets))
                print(number, 250)
        except smtplib.SMTPResponseException as refusal:
            print(number, refusal.smtp_code, refusal.smtp_error.decode())
        except smtplib.SMTPRecipientsRefused as refusal:
            for code, text in refusal.recipients.values():
                print(number, code, text.decode())


class Connection:
    def __init__(self, number, sends):
        self.number, self.replies, self.buffer = number, [], b""
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.connect_ex((address, port))
        self.script = [b"EHLO c.corp.test\r\n", b"MAIL FROM:<ann@corp.test>\r\n",
                       b"RCPT TO:<bob@far.test>\r\n", b"DATA\r\n",
                       message(number, 2000) + b".\r\n"] if sends else []
        self.script.append(b"NOOP\r\n")

    def read(self):
        """Whether a whole reply came; an end is a reply of its own."""
        try:
            octets = self.socket.recv(65536)
        except BlockingIOError:
            return False
        except OSError as error:
            octets, self.buffer = b"", f"{error.errno} {error}\n".encode()
        if not octets:
            self.replies.append(0)
            return True
        self.buffer += octets
        lines = self.buffer.split(b"\r\n")
        if lines[-1] or len(lines) < 2 or lines[-2][3:4] == b"-":
            return False
        self.replies.append(int(lines[-2][:3]))
        self.buffer = b""
        return True


def hold(count, senders):
    for files in [65536, resource.getrlimit(resource.RLIMIT_NOFILE)[1]]:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
            break
        except ValueError:
            continue
    selector, all_of_them, waiting = selectors.DefaultSelector(), [], set()

    def hear(until):
        while len(waiting) > until:
            found = selector.select(120)
            if not found:
                print("silent", len(waiting))
                sys.exit(1)
            for key, _ in found:
                if key.data.read():
                    waiting.discard(key.data)
                    if key.data.replies[-1] == 0:
                        selector.unregister(key.fileobj)

    for number in range(count):
        connection = Connection(number, number % (count // senders) == 0)
        all_of_them.append(connection)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        waiting.add(connection)
        hear(200)
    hear(0)
    print("greeted", sum(c.replies == [220] for c in all_of_them))
    while True:
        for connection in all_of_them:
            if connection.script and connection.replies[-1] != 0:
                connection.socket.sendall(connection.script.pop(0))
                waiting.add(connection)
        if not waiting:
            break
        hear(0)
    taken = [250, 250, 250, 354, 250]
    print("taken", sum(c.replies[1:6] == taken for c in all_of_them))
    print("there", sum(c.replies[-1] == 250 for c in all_of_them))
    for replies, times in collections.Counter(tuple(c.replies) for c in all_of_them).items():
        print("replies", times, *replies)


{"send": send, "hold": hold}[act](*numbers)
