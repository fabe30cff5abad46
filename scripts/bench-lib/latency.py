"""How long one message takes, and what memory it takes: the gateway, Postfix, and Postfix with rspamd, one after the
other, driven by the same client in front and the same sink behind. Runs in a network namespace of its own.

First sessions that send as fast as they are answered, counted from MAIL FROM to the 250 that makes the message
durable. Then a steady rate, in which every message has its planned moment and counts from it, so that nobody gains by
making the client wait. Memory is the share of it that is the server's own (PSS), summed over its processes, and the
plain sum of resident memory (RSS), after each load.
"""
import argparse
import asyncio
import collections
import multiprocessing
import os
import sys
import time

import wire
from relays import BEHIND, DOOR, Ours, Postfix, mail

parser = argparse.ArgumentParser()
parser.add_argument("--shared", required=True)
parser.add_argument("--work", required=True)
parser.add_argument("--relay", required=True, help="command that serves as a durable relay")
parser.add_argument("--checked", required=True, help="command that serves as a checking gateway")
parser.add_argument("--n", type=int, default=2000)
parser.add_argument("--sessions", default="1,10,50")
parser.add_argument("--rate", type=float, default=20)
parser.add_argument("--seconds", type=int, default=20)
options = parser.parse_args()
os.environ["PEERS"] = options.work
sys.path.insert(0, os.path.join(options.shared, "bench"))
import scanpeers  # noqa: E402: it reads PEERS

SESSIONS_STEADY = 20


def serve_sink(pipe):
    arrived = {}

    async def run():
        loop = asyncio.get_running_loop()
        await loop.create_server(lambda: wire.Sink(arrived.__setitem__), "127.0.0.1", BEHIND, backlog=512)
        while True:
            count = await loop.run_in_executor(None, pipe.recv)
            if count is None:
                return
            until = time.monotonic() + 60
            while len(arrived) < count and time.monotonic() < until:
                await asyncio.sleep(0.02)
            pipe.send(dict(arrived))
            arrived.clear()

    asyncio.run(run())


class Load:
    """A number of sessions that share one list of messages, with or without a schedule."""

    def __init__(self, content, count, sessions, rate=None):
        self.content, self.count, self.sessions, self.rate = content, count, sessions, rate
        self.next, self.due, self.idle = 0, collections.deque(), []
        self.messages, self.answers, self.open = {}, {}, 0
        self.refused = collections.Counter()

    def message(self):
        name = f"m{self.next}"
        self.next += 1
        message = self.messages[name] = wire.Message(
            name, b"alice@sender.example", [b"bob@rcpt.example"],
            b"X-Bench: %s\r\n" % name.encode() + self.content)
        return message

    def take(self, client):
        if self.rate is None:
            return self.message() if self.next < self.count else None
        if self.due:
            return self.due.popleft()
        if self.next >= self.count:
            return None
        self.idle.append(client)
        return wire.LATER

    def tell(self, message, code, line):
        if code == 250:
            self.answers[message.name] = time.monotonic()
        else:
            self.refused[code, line] += 1

    def end(self, last):
        self.open -= 1

    async def session(self):
        def client():
            made = wire.Client(lambda: self.take(made), self.tell, self.end)
            return made

        self.open += 1
        await asyncio.get_running_loop().create_connection(client, "127.0.0.1", DOOR)

    async def run(self):
        for _ in range(self.sessions):
            await self.session()
        if self.rate:
            start = time.monotonic() + 0.5
            for number in range(self.count):
                planned = start + number / self.rate
                await asyncio.sleep(max(0, planned - time.monotonic()))
                message = self.message()
                message.planned = planned
                self.due.append(message)
                if self.idle:
                    self.idle.pop().begin()
            while self.idle:
                self.idle.pop().begin()
        until = time.monotonic() + 300
        while self.open and time.monotonic() < until:
            await asyncio.sleep(0.02)


def measure(name, pids, pipe, content, load):
    asyncio.run(load.run())
    pipe.send(load.count)
    arrived = pipe.recv()
    began = {each: message.planned or message.begun for each, message in load.messages.items()}
    said = [when - began[each] for each, when in load.answers.items()]
    came = [when - began[each] for each, when in arrived.items() if each in began]
    _, pss, rss, _ = scanpeers.usage(pids)
    words = f"{load.rate:g} a second" if load.rate else f"{load.sessions} session{'s' * (load.sessions > 1)}"
    seconds = max(load.answers.values(), default=0) - min(began.values(), default=0)
    print(f"   {name:18} {words:14} {len(said) / max(seconds, 1e-9):8.0f} "
          + " ".join(f"{wire.percentile(said, share) * 1000:8.1f}" for share in (50, 99, 100))
          + f" {wire.percentile(came, 99) * 1000:10.1f} {pss:8.0f} {rss:8.0f}"
          + (f"   {sum(load.refused.values())} refused: {load.refused.most_common(1)[0][0]}" if load.refused else "")
          + (f"   {load.count - len(came)} did not arrive" if len(came) < load.count else ""), flush=True)


def main():
    content = mail() + b".\r\n"
    print(f"   {options.n} messages of {len(content)} octets, a quarter of them with one session; milliseconds, MiB")
    print(f"   {'server':18} {'load':14} {'per s':>8} {'p50':>8} {'p99':>8} {'max':>8} {'sink p99':>10} {'PSS':>8} "
          f"{'RSS':>8}", flush=True)
    pipe, theirs = multiprocessing.Pipe()
    sink = multiprocessing.get_context("fork").Process(target=serve_sink, args=(theirs,), daemon=True)
    sink.start()
    names = scanpeers.Unbound()
    names.start()
    try:
        for name in ("sealgate relay", "postfix", "sealgate checked", "postfix+rspamd"):
            rspamd = None
            if name == "postfix+rspamd":
                rspamd = scanpeers.Rspamd(2, False)
                rspamd.start()
            if name.startswith("postfix"):
                server = Postfix(options.work, milter=rspamd is not None)
            else:
                server = Ours(options.work, options.relay if name.endswith("relay") else options.checked)
            try:
                scanpeers.wait_port(DOOR)
                pids = server.pids + (rspamd.pids() if rspamd else [])
                # The first messages find caches cold and, in Postfix, no processes.
                asyncio.run(Load(content, 100, 10).run())
                pipe.send(100)
                pipe.recv()
                for sessions in map(int, options.sessions.split(",")):
                    count = options.n if sessions > 1 else max(100, options.n // 4)
                    measure(name, pids, pipe, content, Load(content, count, sessions))
                measure(name, pids, pipe, content,
                        Load(content, int(options.rate * options.seconds), SESSIONS_STEADY, options.rate))
            finally:
                server.stop()
                if rspamd:
                    rspamd.stop()
    finally:
        names.stop()
        pipe.send(None)
        sink.join(5)
        sink.terminate()


main()
