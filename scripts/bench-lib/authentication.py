"""Authenticating mail, ours beside OpenDKIM and dkimpy, and beside the cryptography's own cost."""
import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import make_mail
from measure import machine, median, run, verdict

DKIMPY = """
import os, re, sys, dkim
zone = {}
for line in open(sys.argv[1] + "/example.zone"):
    name, _, rest = line.partition(" IN TXT ")
    if rest:
        zone[(name + ".example.").encode()] = "".join(re.findall('"([^"]*)"', rest)).encode()
def answer(name, timeout=5):
    return zone.get(name if isinstance(name, bytes) else name.encode())
folder = sys.argv[1] + "/mail/"
print(sum(dkim.verify(open(folder + f, "rb").read(), dnsfunc=answer) for f in sorted(os.listdir(folder))))
"""


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--python", default="/usr/bin/python3")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--messages", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=10)
    return parser.parse_args()


def speed(*words):
    """Operations (or bytes) a second on one core, as openssl says."""
    told = subprocess.run(["openssl", "speed", "-seconds", "2", *words], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True, check=True).stdout
    return told.strip().splitlines()[-1].split()


def floor(body):
    """Microseconds of one RSA-2048 verification and one SHA-256 of the body."""
    rsa = 1e6 / float(speed("rsa2048")[-1])
    per_second = float(speed("-bytes", str(body), "-evp", "sha256")[-1].rstrip("k")) * 1e3
    return rsa, body / per_second * 1e6


def free_port():
    import socket
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start_nsd(work, zone, port):
    with open(work + "/nsd.conf", "w") as file:
        file.write(f"""server:
 ip-address: 127.0.0.1
 port: {port}
 username: ""
 chroot: ""
 zonesdir: "{work}"
 database: ""
 pidfile: "{work}/nsd.pid"
 xfrdfile: "{work}/xfrd.state"
 zonelistfile: "{work}/zone.list"
 logfile: "{work}/nsd.log"
 server-count: 1
 rrl-ratelimit: 0
remote-control:
 control-enable: no
zone:
 name: example.
 zonefile: {zone}
""")
    server = subprocess.Popen(["nsd", "-d", "-c", work + "/nsd.conf"], stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL)
    time.sleep(1.0)
    if server.poll() is not None:
        sys.exit("NSD did not start; see " + work + "/nsd.log")
    return server


def main():
    options = arguments()
    work = f"{options.work}/mail-{options.messages}"
    if not os.path.exists(work + "/done"):
        shutil.rmtree(work, ignore_errors=True)
        print(f"Making {options.messages:,} signed and sealed messages …", flush=True)
        make_mail.folder(work, options.messages, options.python)
        open(work + "/done", "w").close()
    first = open(work + "/mail/00000.eml", "rb").read()
    body = len(first.split(b"\r\n\r\n", 1)[1])
    program, count = options.program, options.messages * options.rounds
    folders = [work + "/mail"] * options.rounds
    memory = ["--dns", work + "/example.zone", "--width", "1"]
    envelope = ["--client-ip", "203.0.113.9", "--helo", "mx.d1.example"]
    print(f"On {machine()}; messages of {len(first):,} bytes, bodies of {body:,}, 50 domains")

    def must(told, what):
        if what not in told:
            sys.exit(f"WRONG: expected {what!r} in\n{told}")

    only = [program, "verify", "--only", "dkim", *memory]
    must(subprocess.run(only + folders[:1], stdout=subprocess.PIPE, text=True).stdout,
         f"pass {options.messages:,}")
    whole = [program, "verify", "--only", "spf", "--only", "dkim", "--only", "arc", "--only",
             "dmarc", *memory, *envelope]
    told = subprocess.run(whole + folders[:1], stdout=subprocess.PIPE, text=True).stdout
    for method in ("SPF", "DKIM", "ARC", "DMARC"):
        must(told, f"{method:10}pass {options.messages:,}")

    # The floor is of octets in memory, so ours are too: each file is read once for ten checks. The
    # peers read each file for one check, and so do we where we stand beside them.
    again = ["--repeat", str(options.rounds)]
    ours, ours_read, all_ours, dkimpy, opendkim, floors = [], [], [], [], [], []
    with open(work + "/opendkim.conf", "w") as file:
        file.write(f"Mode v\nSyslog no\nUserID root\nRequireSafeKeys no\n"
                   f"TestPublicKeys {work}/public.txt\n")
    write_public_keys(work)
    # Paths are relative, so that the list of them stays a short enough argument.
    mails = ",".join(sorted("mail/" + name for name in os.listdir(work + "/mail")))
    for _ in range(options.runs):
        floors.append(floor(body))
        ours.append(run(only + again + folders[:1]))
        ours_read.append(run(only + folders))
        all_ours.append(run(whole + again + folders[:1]))
        dkimpy.append(run([options.python, "-c", DKIMPY, work]))
        with open(work + "/list.sh", "w") as file:
            file.write(f"cd {work} && exec opendkim -x opendkim.conf -t {mails}\n")
        opendkim.append(run(["sh", work + "/list.sh"]))

    def cost(runs, messages):
        return median(runs, "cpu") / messages * 1e6

    rsa = sorted(f[0] for f in floors)[len(floors) // 2]
    sha = sorted(f[1] for f in floors)[len(floors) // 2]
    least = rsa + sha
    mine, every, read = cost(ours, count), cost(all_ours, count), cost(ours_read, count)
    print(f"\nMicroseconds of CPU a message, medians of {options.runs} runs; answers in memory")
    print(f"  OpenSSL: RSA-2048 verify {rsa:.1f} + SHA-256 of the body {sha:.1f}   {least:8.1f}")
    print(f"  sealgate, DKIM                                {mine:8.1f}")
    print(f"  sealgate, DKIM, files read                    {read:8.1f}")
    print(f"  sealgate, SPF + DKIM + ARC + DMARC            {every:8.1f}")
    print(f"  OpenDKIM -t                                   {cost(opendkim, options.messages):8.1f}")
    print(f"  dkimpy                                        {cost(dkimpy, options.messages):8.1f}")
    met = []

    def bar(name, ratio, limit, is_most):
        fine = ratio <= limit if is_most else ratio >= limit
        met.append(fine)
        print(f"  {name}: {ratio:.2f}; the bar is {'at most' if is_most else 'at least'} {limit}: "
              f"{verdict(fine)}")

    bar("DKIM against the floor", mine / least, 2, True)
    bar("all four against the floor", every / least, 4, True)
    bar("times OpenDKIM", cost(opendkim, options.messages) / read, 5, False)
    bar("times dkimpy", cost(dkimpy, options.messages) / read, 20, False)

    port = free_port()
    server = start_nsd(work, "example.zone", port)
    try:
        live = [program, "verify", "--only", "spf", "--only", "dkim", "--only", "arc", "--only",
                "dmarc", *envelope, "--resolver", f"127.0.0.1:{port}", "--width", "50"]
        told = subprocess.run(live + folders[:1], stdout=subprocess.PIPE, text=True).stdout
        must(told, f"{'DMARC':10}pass {options.messages:,}")
        runs = [run(live + folders) for _ in range(options.runs)]
        bar("messages a second with NSD, 50 at once",
            count / median(runs, "wall"), 4_000, False)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait()

    large, small = work + "/large.eml", work + "/mail/00000.eml"
    make_large(first, large, 50 << 20)
    peak = [run([program, "verify", "--only", "dkim", *memory, path]).peak
            for path in (small, large)]
    added = peak[1] - peak[0] - os.path.getsize(large) / (1 << 20)
    print(f"\nOne message of 50 MB: {peak[1]:.1f} MiB resident with the mapped file, a small one "
          f"{peak[0]:.1f}")
    bar("MiB added over the mapped file", max(0.0, added), 8, True)
    return 0 if all(met) else 1


def write_public_keys(work):
    """OpenDKIM's own file of keys, so that it asks no resolver."""
    with open(work + "/example.zone") as zone, open(work + "/public.txt", "w") as file:
        for line in zone:
            name, found, rest = line.partition(" IN TXT ")
            if found and "_domainkey" in name:
                text = "".join(re.findall('"([^"]*)"', rest))
                file.write(f"{name}.example {text}\n")


def make_large(first, path, size):
    header, body = first.split(b"\r\n\r\n", 1)
    with open(path, "wb") as file:
        file.write(header + b"\r\n\r\n")
        written = 0
        while written < size:
            written += file.write(body)


if __name__ == "__main__":
    sys.exit(main())
