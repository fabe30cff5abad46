"""The gateway beside Postfix, and beside Postfix with rspamd as its milter, on the same disk.

The peers are set up and driven by `bench/bench_smtp.py` of the shared data: smtp-source sends, smtp-sink takes,
every message is on the disk before its 250. First as a durable relay, then with SPF, DKIM, ARC and DMARC on
against rspamd's checks. Ratios are within one run. Then, by a client of our own (latency.py), how long single
messages take and what memory each server takes; and with --million the gateway's memory over a million messages
(memory.py).
"""
import argparse
import os
import re
import subprocess
import sys

parser = argparse.ArgumentParser()
parser.add_argument("--program", required=True)
parser.add_argument("--work", required=True)
parser.add_argument("--shared", required=True)
parser.add_argument("--n", type=int, default=2000)
parser.add_argument("--runs", type=int, default=3)
parser.add_argument("--sessions", default="1,10,50")
parser.add_argument("--rate", type=float, default=20, help="messages a second of the steady load")
parser.add_argument("--messages", type=int, default=1_000_000, help="messages of the test of memory")
parser.add_argument("--million", action="store_true", help="the test of memory alone")
parser.add_argument("--only", default="relay,checked,latency", help="of relay, checked, latency, memory")
options = parser.parse_args()
parts = ["memory"] if options.million else options.only.split(",")

# Postfix writes its log below /tmp or /var only; /var/tmp lies on a disk.
work = "/var/tmp/sealgate-bench-smtp"
os.makedirs(work, exist_ok=True)
zone = os.path.join(work, "bench.zone")
with open(zone, "w") as file:
    file.write('sender.example. 3600 IN TXT "v=spf1 ip4:127.0.0.1 -all"\n'
               '_dmarc.sender.example. 3600 IN TXT "v=DMARC1; p=reject"\n'
               'sender.example. 3600 IN A 192.0.2.1\nrcpt.example. 3600 IN MX 10 mx.rcpt.example.\n')


def ours(checked):
    common = (f"{options.program} serve --data ./data --inbound 127.0.0.1:2525 --host-name mx.bench.example "
              f"--next-hop 127.0.0.1:2526 --next-hop-tls never --port 0 --resolver {zone}")
    if checked:
        return common + " --domain rcpt.example --recipients all"
    return common + " --own-network 127.0.0.0/8"


def peers(only, checked):
    environment = dict(os.environ, PEERS=work)
    command = ["bash", os.path.join(options.shared, "bench/ns.sh"), "python3",
               os.path.join(options.shared, "bench/bench_smtp.py"), "--n", str(options.n), "--runs",
               str(options.runs), "--sessions", options.sessions, "--only", only, "--ours", ours(checked)]
    table = {}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        print("   " + line.rstrip(), flush=True)
        fields = re.match(r"(\S+)\s+(\d+)\s+(\d+)\s+(\d+)\s+([\d.]+)\s+(\d+)\s+(\d+)", line)
        if fields:
            table[fields[1], int(fields[2])] = (float(fields[3]), float(fields[4]), float(fields[7]))
    if process.wait() != 0:
        sys.exit("bench: the run of peers failed; its output is above")
    return table


def ratios(title, table, peer, bars):
    print(f"\n{title}: messages a second that reached the sink, ours to {peer}")
    for sessions, bar in bars.items():
        if ("ours", sessions) not in table or (peer, sessions) not in table:
            continue
        mine, theirs = table["ours", sessions], table[peer, sessions]
        ratio = mine[1] / theirs[1] if theirs[1] else float("inf")
        accepted = mine[0] / theirs[0] if theirs[0] else float("inf")
        verdict = "met" if min(ratio, accepted) >= bar else "NOT MET"
        print(f"   {sessions:3} sessions: delivered {ratio:5.2f}x, accepted {accepted:5.2f}x (bar {bar}x: {verdict}); "
              f"PSS {mine[2]:.0f} to {theirs[2]:.0f} MiB")
    print(flush=True)


def ours_alone(file, *words):
    """A bench of our own beside this one, in a network namespace of its own."""
    command = ["bash", os.path.join(options.shared, "bench/ns.sh"), sys.executable,
               os.path.join(os.path.dirname(os.path.abspath(__file__)), file), "--work", work, "--relay", ours(False)]
    if subprocess.run(command + list(words)).returncode != 0:
        sys.exit(f"bench: {file} says no; what it says is above")


if "relay" in parts:
    ratios("Durable relay", peers("postfix,ours", False), "postfix", {1: 1.5, 10: 3, 50: 4})
if "checked" in parts:
    ratios("With SPF, DKIM, ARC and DMARC", peers("postfix+rspamd,ours", True), "postfix+rspamd",
           {1: 6, 10: 6, 50: 6})
if "latency" in parts:
    print("Latency and memory, side by side", flush=True)
    ours_alone("latency.py", "--checked", ours(True), "--shared", options.shared, "--n", str(options.n),
               "--sessions", options.sessions, "--rate", f"{options.rate:g}")
if "memory" in parts:
    print("Memory over many messages", flush=True)
    ours_alone("memory.py", "--messages", str(options.messages))
