"""Fills one domain with a year of two million rows through the real import, and times replays of
them as whole runs of the program: what a person waits for, opening the store included."""
import argparse
import os
import random
import shutil
import subprocess
import time
import zlib

import make_reports
from make_reports import DAY, REPORTERS, SERVICES, address, head, row, tail
from measure import machine, median, run, verdict

BAR = 2.0
DOMAIN = "bank.example"
RECORDS = ["v=DMARC1; p=reject", "v=DMARC1; p=reject; sp=quarantine; np=reject; adkim=s; aspf=s",
           "v=DMARC1; p=quarantine; t=y"]


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--records", type=int, default=2_000_000)
    parser.add_argument("--runs", type=int, default=5)
    return parser.parse_args()


def kinds(r):
    """What own mail carries (some hundred combinations), and what forgers make up: From lines and
    envelopes of which most are seen on a few days only."""
    own = []
    for place in [DOMAIN] + [f"{word}.{DOMAIN}" for word in
                             ("shop", "news", "mail", "crm", "billing", "hr", "press", "app")]:
        for service, selector in SERVICES:
            for dkim, spf in ((True, True), (True, False), (False, True), (False, False)):
                own.append(tail(DOMAIN, place, dkim, spf, service, selector))
    forged = [tail(DOMAIN, f"{r.choice('abcdefgh')}{r.randrange(400)}.{DOMAIN}", False, False,
                   f"host{r.randrange(3_000)}.invalid", "") for _ in range(20_000)]
    return own, forged


def make(path, records, days=365, seed=9989):
    r = random.Random(seed)
    os.makedirs(path)
    own, forged = kinds(r)
    pool = [address(r) for _ in range(4_000)]
    today = int(time.time()) // DAY * DAY
    made = 0
    for day in range(days):
        begin = today - DAY * (days - day)
        wanted = records * (day + 1) // days - made
        # A day's forgers draw on a tenth of all that is made up.
        wave = r.sample(forged, 400)
        rows = [row(r.choice(pool), 1 + r.randrange(90),
                    r.choice(own) if r.random() < 0.8 else r.choice(wave))
                for _ in range(wanted)]
        for number, reporter in enumerate(REPORTERS):
            part = rows[number::len(REPORTERS)]
            body = (head(reporter, DOMAIN, begin, f"{day}.{number}") + "".join(part)
                    + "</feedback>\n").encode()
            packer = zlib.compressobj(1, zlib.DEFLATED, 31)
            with open(f"{path}/{reporter}!{DOMAIN}!{begin}!{number}.xml.gz", "wb") as file:
                file.write(packer.compress(body) + packer.flush())
        made += wanted
    return made


def fill(options):
    """The store's folder; made once, and kept."""
    base = f"{options.work}/replay-{options.records}"
    data, done = base + "/data", base + "/done"
    if os.path.exists(done):
        print(f"Using the store in {data}; remove {base} to make it anew")
        return base
    shutil.rmtree(base, ignore_errors=True)
    os.makedirs(base)
    made = make(base + "/reports", options.records)
    with open(base + "/dns.zone", "w") as file:
        file.write(make_reports.zone([DOMAIN]))
    started = time.time()
    subprocess.run([options.program, "import", "--resolver", "none", "--data", data,
                    base + "/reports"], check=True)
    seconds = time.time() - started
    print(f"Imported {made:,} rows in {seconds:,.0f} s")
    shutil.rmtree(base + "/reports")
    with open(done, "w") as file:
        file.write(str(made))
    return base


def main():
    options = arguments()
    base = fill(options)
    print(f"\nOn {machine()}")
    with open(base + "/done") as file:
        print(f"A year of {DOMAIN} with {int(file.read()):,} rows; seconds of {options.runs} runs "
              f"each, one after another.\n")
    print(f"  {'record':64} {'wall':>6} {'CPU':>6} {'MiB':>6}")
    met = True
    for record in RECORDS:
        runs = [run([options.program, "replay", "--domain", DOMAIN, "--record", record, "--days",
                     "400", "--data", base + "/data", "--resolver", base + "/dns.zone"])
                for _ in range(options.runs)]
        wall = median(runs, "wall")
        met = met and wall < BAR
        print(f"  {record:64} {wall:6.2f} {median(runs, 'cpu'):6.2f} {median(runs, 'peak'):6.0f}")
    print(f"\nThe bar is {BAR:.0f} s at the median: {verdict(met)}")
    raise SystemExit(0 if met else 1)


main()
