"""The bank's flood: spoofed mail in a bank's name, with legitimate mail in between, through the real gateway.

Both keep to a schedule made beforehand, whatever the gateway does, and every latency counts from the moment the
schedule names: a gateway that makes its clients wait cannot hide it. The clients' addresses, which are many, come by
PROXY protocol from a listed peer, so that all limits on a client act as in life. Nothing is sent twice: legitimate
mail that is put off once counts as lost.

Met is all of: the schedule was kept; nothing spoofed was answered with 250 or arrived; every legitimate message
arrived, once; the time from its planned moment to its arrival is at most 5 s at p99; resident memory is flat.
Flat: after a warm-up of a fifth of the time, the median of the last fifth is at most 5 % and 8 MiB above the median of
the second fifth.
"""
import argparse
import asyncio
import collections
import json
import multiprocessing
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import time

import flood_mail
import wire
from measure import machine, verdict

parser = argparse.ArgumentParser()
parser.add_argument("--program", required=True)
parser.add_argument("--work", required=True)
parser.add_argument("--seconds", type=int, default=600)
parser.add_argument("--spoofed", type=float, default=500, help="spoofed messages a second")
parser.add_argument("--legitimate", type=float, default=5, help="legitimate messages a second")
parser.add_argument("--senders", type=int, default=1, help="processes that send spoofed mail")
parser.add_argument("--seed", type=int, default=0)
parser.add_argument("--keep", action="store_true", help="leave the gateway's folder for a look")
options = parser.parse_args()

# Spoofed messages of one connection, and how often.
RUNS = [(1, 0.70), (2, 0.15), (4, 0.10), (8, 0.04), (30, 0.01)]
OPEN_MOST = 4_000
SLOWEST = 5.0
LATE = 0.25


class Flood:
    """One process that sends spoofed mail, and what it was answered."""

    def __init__(self, port, rate, seed, offset):
        self.port, self.rate, self.seconds = port, rate, options.seconds
        self.chance = random.Random(seed)
        self.spoofs, self.clients = flood_mail.Spoofs(self.chance), flood_mail.Clients(self.chance)
        self.offset, self.number, self.open, self.most = offset, 0, 0, 0
        self.answers, self.lines = collections.Counter(), {}
        self.sent = self.octets = self.skipped = 0
        self.late, self.taken, self.tooLate = [], [], 0

    def tell(self, message, code, line):
        self.answers[code] += 1
        if message.sent:
            self.sent += 1
            self.octets += len(message.content)
        if code not in self.lines:
            self.lines[code] = line.decode(errors="replace").strip()
        if 200 <= code < 300:
            self.taken.append(message.name)

    async def connect(self, count, planned):
        left = iter(range(count))

        def take():
            for _ in left:
                self.number += 1
                name = f"f{self.offset}.{self.number}"
                return wire.Message(name, *self.spoofs.next(name), planned)
            return None

        def end(last):
            self.open -= 1
            # What a connection that was ended did not come to was refused with its end.
            rest = sum(1 for _ in left)
            if rest:
                self.answers[last[0]] += rest
                self.lines.setdefault(last[0], last[1].decode(errors="replace").strip())

        self.open += 1
        self.most = max(self.most, self.open)
        header = wire.proxy_header(self.clients.next(), self.chance.randrange(1024, 65536))
        # Some addresses of our own, so that the kernel does not run out of ports.
        own = f"127.0.{1 + self.offset}.{self.chance.randrange(1, 33)}"
        try:
            await asyncio.get_running_loop().create_connection(
                lambda: wire.Client(take, self.tell, end, "mail.bot.example", header), "127.0.0.1", self.port,
                local_addr=(own, 0))
        except OSError as error:
            end((wire.BROKEN, str(error).encode()))

    async def run(self, start):
        planned = 0
        connecting = set()
        while True:
            moment = start + planned / self.rate
            if moment >= start + self.seconds:
                break
            wait = moment - time.monotonic()
            if wait > 0:
                await asyncio.sleep(wait)
            self.late.append(max(0.0, time.monotonic() - moment))
            count = self.chance.choices([n for n, _ in RUNS], [share for _, share in RUNS])[0]
            planned += count
            if self.open >= OPEN_MOST:
                self.skipped += count
                continue
            task = asyncio.create_task(self.connect(count, moment))
            connecting.add(task)
            task.add_done_callback(connecting.discard)
            if wait <= 0:
                await asyncio.sleep(0)
        self.planned = planned
        until = time.monotonic() + 60
        while self.open and time.monotonic() < until:
            await asyncio.sleep(0.1)

    def figures(self):
        return {"planned": self.planned, "skipped": self.skipped, "answers": dict(self.answers), "sent": self.sent,
                "octets": self.octets, "lines": self.lines, "taken": self.taken[:20], "takenCount": len(self.taken),
                "late": [wire.percentile(self.late, 99), max(self.late)], "most": self.most, "left": self.open,
                "cpu": time.process_time()}


def send_flood(pipe, *arguments):
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    flood = Flood(*arguments)
    asyncio.run(flood.run(pipe.recv()))
    pipe.send(flood.figures())


def senders(port, chance):
    """The processes that send, which wait to be told the moment to begin."""
    made, context = [], multiprocessing.get_context("fork")
    for index in range(options.senders if options.spoofed else 0):
        mine, theirs = context.Pipe()
        process = context.Process(target=send_flood, daemon=True, args=(
            theirs, port, options.spoofed / options.senders, chance.random(), index))
        process.start()
        made.append((process, mine))
    return made


class Legitimate:
    """Sends signed mail by its schedule, and notes what becomes of each."""

    def __init__(self, port, behind, signed, chance):
        self.port, self.behind, self.signed, self.chance = port, behind, signed, chance
        self.messages, self.answered, self.arrived = {}, {}, collections.defaultdict(list)
        self.lines, self.late = {}, []

    def tell(self, message, code, line):
        self.answered[message.name] = (code, time.monotonic())
        if code != 250:
            self.lines[message.name] = line.decode(errors="replace").strip()

    async def send(self, number, planned):
        name = f"g{number}"
        domain, signed = self.signed[number % len(self.signed)]
        message = wire.Message(name, b"anna@" + domain.encode(), [b"bob@rcpt.example"],
                               flood_mail.numbered(signed, name), planned)
        self.messages[name] = message
        messages = iter([message])
        # Every other one comes from a server that SPF does not know, and has its signature alone.
        address = f"203.0.113.{number // 2 % 200 + 1}" if number % 2 else f"198.51.100.{number // 2 % 200 + 1}"
        header = wire.proxy_header(address, self.chance.randrange(1024, 65536))
        try:
            await asyncio.get_running_loop().create_connection(
                lambda: wire.Client(lambda: next(messages, None), self.tell, None, f"mail.{domain}", header),
                "127.0.0.1", self.port)
        except OSError as error:
            self.tell(message, wire.BROKEN, str(error).encode())

    async def run(self, start, rate, seconds):
        sending = set()
        for number in range(int(rate * seconds)):
            moment = start + number / rate
            await asyncio.sleep(max(0, moment - time.monotonic()))
            self.late.append(max(0.0, time.monotonic() - moment))
            task = asyncio.create_task(self.send(number, moment))
            sending.add(task)
            task.add_done_callback(sending.discard)

    def waiting(self):
        """Whether some have no answer yet, or were taken and have not arrived."""
        return any(name not in self.arrived and self.answered.get(name, (250,))[0] == 250 for name in self.messages)

    def lost(self):
        return [name for name in self.messages if name not in self.arrived]


async def watch(pid, start, seconds, samples, came, good):
    """A sample of memory each second, and a line each minute."""
    cpu = wire.cpu_seconds(pid)
    print(f"   {'time':>6} {'resident MiB':>13} {'processors':>11} {'arrived':>8} {'legitimate unanswered':>22}")
    for second in range(seconds + 1):
        await asyncio.sleep(max(0, start + second - time.monotonic()))
        samples.append(wire.resident(pid))
        if second % 60 == 0 or second == seconds:
            used, cpu = wire.cpu_seconds(pid) - cpu, wire.cpu_seconds(pid)
            span = 60 if second % 60 == 0 else second % 60
            share = f"{used / span:.2f}" if second else ""
            print(f"   {second:5}s {samples[-1]:13.1f} {share:>11} {sum(came.values()):8} "
                  f"{len(good.messages) - len(good.answered):22}", flush=True)


def gateway(work, port, behind):
    environment = dict(os.environ, SEALGATE_GATEWAY_PROXIES="127.0.0.0/8")
    return subprocess.Popen(
        [options.program, "serve", "--data", work + "/data", "--inbound", f"127.0.0.1:{port}", "--host-name",
         "mx.rcpt.example", "--next-hop", f"127.0.0.1:{behind}", "--next-hop-tls", "never", "--port", "0",
         "--resolver", work + "/zone", "--domain", "rcpt.example", "--recipients", "all"],
        stdout=open(work + "/log", "wb"), stderr=subprocess.STDOUT, env=environment)


def ask(*words):
    return json.loads(subprocess.run([options.program, *words, "--format", "json"], capture_output=True,
                                     text=True).stdout)


async def run(work, process, floods, good):
    """Lets the flood go, and gives what was seen."""
    seen = argparse.Namespace(stray=[], samples=[], floods=[])
    came = collections.Counter()

    def arrive(name, when):
        came[name] += 1
        if name in good.messages:
            good.arrived[name].append(when)
        else:
            seen.stray.append(name)

    await asyncio.get_running_loop().create_server(lambda: wire.Sink(arrive), "127.0.0.1", good.behind, backlog=1024)
    start = time.monotonic() + 2
    for _, pipe in floods:
        pipe.send(start)
    cpu, own = wire.cpu_seconds(process.pid), time.process_time()
    await asyncio.gather(good.run(start, options.legitimate, options.seconds),
                         watch(process.pid, start, options.seconds, seen.samples, came, good))
    until = start + options.seconds + 90
    while time.monotonic() < until:
        if process.poll() is not None:
            sys.exit(f"bench: the gateway ended by itself; it said what is in {work}/log")
        if any(not sender.is_alive() and not pipe.poll() for sender, pipe in floods):
            sys.exit("bench: a sender ended by itself; what it said is above")
        if all(pipe.poll() for _, pipe in floods) and not good.waiting():
            break
        await asyncio.sleep(0.1)
    seen.cpu, seen.after = wire.cpu_seconds(process.pid) - cpu, wire.resident(process.pid)
    seen.floods = [pipe.recv() for _, pipe in floods]
    seen.own = time.process_time() - own + sum(f["cpu"] for f in seen.floods)
    return seen


def folder_size(path, start):
    """MiB of the files whose name begins so."""
    return sum(entry.stat().st_size for entry in os.scandir(path) if entry.name.startswith(start)) / 2**20


def main():
    seed = options.seed or random.SystemRandom().randrange(1 << 32)
    chance = random.Random(seed)
    work = os.path.join(options.work, "flood")
    shutil.rmtree(work, ignore_errors=True)
    os.makedirs(work)
    print(f"{machine()}; seed {seed}")
    print(f"{options.spoofed:g} spoofed and {options.legitimate:g} legitimate messages a second for "
          f"{options.seconds} s", flush=True)
    signed = flood_mail.make(work, options.program, chance)
    port, behind = wire.free_port(), wire.free_port()
    floods = senders(port, chance)
    good = Legitimate(port, behind, signed, chance)
    process = gateway(work, port, behind)
    try:
        wire.wait_for_door(port, process)
        seen = asyncio.run(run(work, process, floods, good))
        seen.queue = ask("queue", "--data", work + "/data", "--limit", "1000000")
        seen.balance = ask("balance", "--data", work + "/data")
    finally:
        process.terminate()
        status = process.wait()
    faults = report(work, good, seen, status)
    if not options.keep:
        shutil.rmtree(work, ignore_errors=True)
    if faults:
        sys.exit("NOT MET: " + "; ".join(faults) + f" (seed {seed})")
    print("All bars are met.")


def report(work, good, seen, status):
    floods, faults = seen.floods, []

    def bar(is_met, words):
        if not is_met:
            faults.append(words)
        return verdict(is_met)

    planned = sum(f["planned"] for f in floods)
    answers = sum((collections.Counter(f["answers"]) for f in floods), collections.Counter())
    skipped, left = sum(f["skipped"] for f in floods), sum(f["left"] for f in floods)
    late = max([f["late"][0] for f in floods] + [wire.percentile(good.late, 99)])
    latest = max([f["late"][1] for f in floods] + good.late)
    kept = not skipped and late <= LATE
    print(f"\nThe schedule: {planned} spoofed in {options.seconds} s ({planned / options.seconds:.0f}/s), "
          f"{skipped} not sent since {OPEN_MOST} connections were open; the senders began up to {latest * 1000:.0f} ms "
          f"late (p99 {late * 1000:.0f} ms): " + bar(kept, "the senders could not keep the rate"))
    lines = {code: line for f in reversed(floods) for code, line in f["lines"].items()}
    refused = sum(n for code, n in answers.items() if code >= 400)
    taken = sum(f["takenCount"] for f in floods)
    print(f"Spoofed: {sum(f['sent'] for f in floods)} sent whole ({sum(f['octets'] for f in floods) / 2**20:.0f} MiB), "
          f"{refused} refused, {answers[wire.BROKEN]} broken off, {left} unanswered; at most "
          f"{sum(f['most'] for f in floods)} connections at a time")
    for code, count in sorted(answers.items()):
        print(f"   {code or 'none'}: {count:7}  {lines[code][:110]}")
    held = [m for m in seen.queue if m.get("held")]
    print(f"   answered with 250: {taken}, held: {len(held)}, arrived at the server behind: {len(seen.stray)}: "
          + bar(not (taken or held or seen.stray), f"{taken} spoofed were taken, {len(seen.stray)} came through"))
    print("   every one refused: " + bar(refused + skipped == planned and not left,
                                         f"{planned - refused - skipped} spoofed were not refused"))
    report_good(good, bar)
    report_machine(work, good, seen, answers, bar)
    bar(seen.balance["isBalanced"] and seen.balance["isChainWhole"], "the balance does not come out even")
    bar(status == 0, f"the gateway ended with {status}")
    return faults


def report_good(good, bar):
    lost, count = good.lost(), len(good.messages)
    twice = sum(len(times) - 1 for times in good.arrived.values())
    print(f"Legitimate: {count} sent, {len(good.arrived)} delivered, {twice} twice, {len(lost)} lost: "
          + bar(not lost and not twice, f"{len(lost)} legitimate lost, {twice} twice"))
    for name in lost[:5]:
        print(f"   {name}: {good.answered.get(name, ('no answer',))[0]} {good.lines.get(name, '')[:110]}")
    whole = [times[0] - good.messages[name].planned for name, times in good.arrived.items()]
    data = [times[0] - good.messages[name].sent for name, times in good.arrived.items()]
    said = [good.answered[name][1] - good.messages[name].sent for name in good.arrived if name in good.answered]
    for words, values in (("planned moment to arrival", whole), ("DATA sent to arrival", data),
                          ("DATA sent to our 250", said)):
        print(f"   {words:26} p50 {wire.percentile(values, 50) * 1000:7.1f} ms   p99 "
              f"{wire.percentile(values, 99) * 1000:7.1f} ms   max {max(values, default=float('nan')) * 1000:7.1f} ms")
    slow = wire.percentile(whole, 99)
    print(f"   at most {SLOWEST:g} s at p99: " + bar(slow <= SLOWEST, f"legitimate mail took {slow:.1f} s at p99"))


def report_machine(work, good, seen, answers, bar):
    samples = seen.samples
    fifth = max(1, len(samples) // 5)
    first, last = statistics.median(samples[fifth:2 * fifth]), statistics.median(samples[-fifth:])
    flat = last <= first * 1.05 + 8
    print(f"Resident memory: {samples[0]:.1f} MiB at the start, {first:.1f} in the second fifth, {last:.1f} in the "
          f"last, {max(samples):.1f} at most, {seen.after:.1f} when all was done: "
          + bar(flat, f"memory grew from {first:.0f} to {last:.0f} MiB"))
    messages = sum(answers.values()) + len(good.answered)
    print(f"Processor: {seen.cpu:.1f} s, {seen.cpu / max(1, messages) * 1000:.3f} ms a message; the bench itself used "
          f"{seen.own:.1f} s")
    size = folder_size(work + "/data", "sealgate.sqlite")
    print(f"The database of records: {size:.1f} MiB, {size * 1024 / max(1, messages):.2f} KiB a message")


main()
