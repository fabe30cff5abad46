"""SMTP for the benches: a client and a sink cheap enough not to be what is measured, and a server's figures."""
import asyncio
import math
import os
import socket
import struct
import time

TICK = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
MARK = b"\r\nX-Bench: "
# What a client notes when the connection ends without an answer.
BROKEN = 0
# What `take` gives when the next message is not due yet: `begin()` is to be called again.
LATER = object()


class Message:
    """One message to send: `content` is stuffed and ends with the lone dot; `planned` is when it should go."""

    __slots__ = ("name", "sender", "recipients", "content", "planned", "begun", "sent")

    def __init__(self, name, sender, recipients, content, planned=0.0):
        self.name, self.sender, self.recipients, self.content = name, sender, recipients, content
        self.planned, self.begun, self.sent = planned, 0.0, 0.0


class Client(asyncio.Protocol):
    """Sends the messages that `take` gives, each envelope in one piece (PIPELINING), until it gives None.

    `tell(message, code, line)` hears of each once: the code of the answer to the content, or of the refusal before
    it, or BROKEN. `end()` is called when the connection is closed.
    """

    def __init__(self, take, tell, end=None, hello="client.example", prefix=b""):
        self.take, self.tell, self.end = take, tell, end
        self.hello, self.prefix = hello, prefix
        self.buffer, self.step, self.message = b"", "greeting", None
        self.waiting, self.last, self.isOver = 0, (BROKEN, b"the connection broke"), False

    def connection_made(self, transport):
        self.transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.prefix:
            transport.write(self.prefix)

    def data_received(self, data):
        self.buffer += data
        while not self.isOver and (end := self.buffer.find(b"\n")) >= 0:
            line, self.buffer = self.buffer[:end + 1], self.buffer[end + 1:]
            if line[3:4] != b"-":
                self.reply(int(line[:3]), line)

    def reply(self, code, line):
        if code == 421:
            self.last = (code, line)
            self.finish()
        elif self.step == "content":
            message, self.message = self.message, None
            self.tell(message, code, line)
            self.begin()
        elif self.step == "envelope":
            self.waiting -= 1
            if self.waiting:
                # DATA after a refusal is refused too; the first refusal is the one that tells why.
                if code >= 400 and self.refusal is None:
                    self.refusal = (code, line)
            elif code == 354:
                self.step = "content"
                self.message.sent = time.monotonic()
                self.transport.write(self.message.content)
            else:
                message, self.message = self.message, None
                self.tell(message, *(self.refusal or (code, line)))
                self.step = "reset"
                self.transport.write(b"RSET\r\n")
        elif self.step == "greeting" and code == 220:
            self.step = "hello"
            self.transport.write(b"EHLO %s\r\n" % self.hello.encode())
        elif self.step in ("hello", "reset") and code == 250:
            self.begin()
        else:
            self.last = (code, line)
            self.finish()

    def begin(self):
        message = self.take()
        if message is LATER:
            self.step = "idle"
            return
        self.message = message
        if message is None:
            self.isOver = True
            self.transport.write(b"QUIT\r\n")
            self.transport.close()
            return
        message.begun = time.monotonic()
        self.step, self.waiting, self.refusal = "envelope", len(message.recipients) + 2, None
        self.transport.write(b"".join([
            b"MAIL FROM:<%s>\r\n" % message.sender, *[b"RCPT TO:<%s>\r\n" % to for to in message.recipients],
            b"DATA\r\n"]))

    def finish(self):
        self.isOver = True
        self.transport.close()

    def connection_lost(self, error):
        self.isOver = True
        if self.message is not None:
            message, self.message = self.message, None
            self.tell(message, *self.last)
        if self.end:
            self.end(self.last)


class Sink(asyncio.Protocol):
    """Takes every message; `tell(name, time)` hears the name in its X-Bench field, or None."""

    def __init__(self, tell):
        self.tell = tell
        self.buffer, self.isContent, self.seen = bytearray(), False, 0

    def connection_made(self, transport):
        self.transport = transport
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        transport.write(b"220 sink.example ESMTP\r\n")

    def data_received(self, data):
        self.buffer += data
        replies = []
        while True:
            if self.isContent:
                end = self.buffer.find(b"\r\n.\r\n", max(0, self.seen - 4))
                if end < 0:
                    self.seen = len(self.buffer)
                    break
                at = self.buffer.find(MARK, 0, end)
                name = None
                if at >= 0:
                    at += len(MARK)
                    name = bytes(self.buffer[at:self.buffer.find(b"\r", at)]).decode("latin-1")
                self.tell(name, time.monotonic())
                del self.buffer[:end + 5]
                self.isContent = False
                replies.append(b"250 taken\r\n")
                continue
            end = self.buffer.find(b"\n")
            if end < 0:
                break
            verb = bytes(self.buffer[:4]).upper()
            del self.buffer[:end + 1]
            if verb == b"EHLO":
                replies.append(b"250-sink.example\r\n250-PIPELINING\r\n250 8BITMIME\r\n")
            elif verb == b"DATA":
                replies.append(b"354 go\r\n")
                self.isContent, self.seen = True, 0
            elif verb == b"QUIT":
                self.transport.write(b"".join(replies) + b"221 bye\r\n")
                self.transport.close()
                return
            else:
                replies.append(b"250 ok\r\n")
        if replies:
            self.transport.write(b"".join(replies))


def proxy_header(address, port):
    """PROXY protocol version 2: what a load balancer says of the client it passes on."""
    if ":" in address:
        ends = socket.inet_pton(socket.AF_INET6, address) + socket.inet_pton(socket.AF_INET6, "2001:db8::25")
        family = 0x21
    else:
        ends = socket.inet_aton(address) + socket.inet_aton("192.0.2.25")
        family = 0x11
    body = ends + struct.pack("!HH", port, 25)
    return b"\r\n\r\n\0\r\nQUIT\n" + struct.pack("!BBH", 0x21, family, len(body)) + body


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for_door(port, process, seconds=60):
    """Until the server that a process runs takes connections."""
    until = time.monotonic() + seconds
    while process.poll() is None and time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.05)
    raise SystemExit(f"bench: {process.args[0]} does not open its door, or ended ({process.poll()})")


def cpu_seconds(pid):
    with open(f"/proc/{pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def resident(pid):
    """Resident memory of one process in MiB."""
    with open(f"/proc/{pid}/statm") as file:
        return int(file.read().split()[1]) * PAGE / 2**20


def percentile(values, share):
    """The smallest of the values that `share` percent of them do not exceed."""
    if not values:
        return float("nan")
    values = sorted(values)
    return values[max(0, math.ceil(len(values) * share / 100) - 1)]
