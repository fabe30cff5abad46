"""Resident memory of the gateway as a relay over many messages, a million as a rule. Runs in a network namespace of
its own, between smtp-source and smtp-sink.

Flat: the median over the last tenth of the messages is at most 5 % and 8 MiB above the median over the third tenth;
the tenths before are the warm-up.
"""
import argparse
import os
import re
import statistics
import subprocess
import sys
import threading
import time

import wire
from measure import verdict
from relays import BEHIND, DOOR, Ours, mail

parser = argparse.ArgumentParser()
parser.add_argument("--work", required=True)
parser.add_argument("--relay", required=True, help="command that serves as a durable relay")
parser.add_argument("--messages", type=int, default=1_000_000)
parser.add_argument("--sessions", type=int, default=10)
options = parser.parse_args()
# Seconds after which what has not arrived is told as missing.
PATIENCE = 900


class Sink:
    """smtp-sink, which counts what it takes."""

    def __init__(self):
        self.path = os.path.join(options.work, "sink.out")
        self.process = subprocess.Popen(["smtp-sink", "-u", "postfix", "-c", f"127.0.0.1:{BEHIND}", "512"],
                                        stdout=open(self.path, "wb"), stderr=subprocess.DEVNULL)

    def count(self):
        with open(self.path, "rb") as file:
            file.seek(0, os.SEEK_END)
            file.seek(max(0, file.tell() - 200))
            counts = re.findall(rb"mesg=(\d+)", file.read())
        return int(counts[-1]) if counts else 0

    def stop(self):
        self.process.terminate()
        self.process.wait()


class Watch(threading.Thread):
    """Resident memory four times a second, in lists that are begun anew."""

    def __init__(self, pid):
        super().__init__(daemon=True)
        self.pid, self.samples, self.isOver = pid, [], False

    def run(self):
        while not self.isOver:
            self.samples.append(wire.resident(self.pid))
            time.sleep(0.25)

    def take(self):
        samples, self.samples = self.samples, []
        return samples


def main():
    path = os.path.join(options.work, "memory.eml")
    with open(path, "wb") as file:
        file.write(mail().replace(b"\r\n", b"\n"))
    server, sink = Ours(options.work, options.relay), Sink()
    try:
        return measure(path, server, sink)
    finally:
        server.stop()
        sink.stop()


def measure(path, server, sink):
    wire.wait_for_door(DOOR, server.process)
    pid = server.process.pid
    watch = Watch(pid)
    watch.start()
    print(f"   {options.messages} messages of {os.path.getsize(path)} octets in {options.sessions} sessions; "
          f"{wire.resident(pid):.1f} MiB before the first")
    print(f"   {'delivered':>10} {'per s':>8} {'resident MiB, median':>22} {'most':>8} {'now':>8} {'CPU ms':>8}",
          flush=True)
    medians, before, tenth = [], 0, max(1, options.messages // 10)
    for part in range(10):
        started, cpu = time.monotonic(), wire.cpu_seconds(pid)
        # A session may bring 10,000 messages, and smtp-source does not share them out evenly.
        for start in range(0, tenth, 20_000):
            count = min(20_000, tenth - start)
            subprocess.run(["smtp-source", "-d", "-s", str(options.sessions), "-m", str(count), "-F", path, "-f",
                            "alice@sender.example", "-t", "bob@rcpt.example", f"127.0.0.1:{DOOR}"],
                           stdout=subprocess.DEVNULL, check=True)
        while sink.count() < (part + 1) * tenth and time.monotonic() < started + PATIENCE:
            time.sleep(0.02)
        took, samples = time.monotonic() - started, watch.take() or [wire.resident(pid)]
        medians.append(statistics.median(samples))
        delivered, before = sink.count() - before, sink.count()
        print(f"   {before:10} {delivered / took:8.0f} {medians[-1]:22.1f} {max(samples):8.1f} "
              f"{wire.resident(pid):8.1f} {(wire.cpu_seconds(pid) - cpu) / tenth * 1000:8.3f}", flush=True)
    watch.isOver = True
    faults = []
    if before != 10 * tenth:
        faults.append(f"{10 * tenth - before} did not arrive, or arrived twice")
    flat = medians[-1] <= medians[2] * 1.05 + 8
    print(f"   {medians[2]:.1f} MiB in the third tenth, {medians[-1]:.1f} in the last, at most "
          f"{medians[2] * 1.05 + 8:.1f} counts as flat: {verdict(flat)}")
    if not flat:
        faults.append("memory grew")
    return faults


faults = main()
if faults:
    sys.exit("   NOT MET: " + "; ".join(faults))
