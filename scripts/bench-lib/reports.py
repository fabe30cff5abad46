"""Reading and importing reports, ours and parsedmarc in turns, on the same files."""
import argparse
import json
import os
import shutil
import subprocess
import sys

import make_reports
from measure import machine, median, run, verdict

PARSE = """
import glob, logging, sys, parsedmarc
logging.disable(50)
records = 0
for path in glob.glob(sys.argv[1] + "/*"):
    records += len(parsedmarc.parse_report_file(path, offline=True)["report"]["records"])
print(records)
"""


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--parsedmarc", required=True)
    parser.add_argument("--shared", default="")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--reports", type=int, default=2_000)
    parser.add_argument("--long-records", type=int, default=127_000)
    return parser.parse_args()


def inputs(options):
    """The folder, the long report, and the manifests of both."""
    folder = f"{options.work}/reports-{options.reports}"
    long_report = f"{options.work}/long-{options.long_records}.xml"
    generator = f"{options.shared}/bench/gen_dmarc.py"
    if not os.path.exists(folder + ".manifest.json"):
        if os.path.exists(generator):
            subprocess.run([sys.executable, generator, folder, "--reports", str(options.reports)],
                           check=True, stdout=subprocess.DEVNULL)
        else:
            make_reports.folder(folder, options.reports)
    if not os.path.exists(long_report + ".manifest.json"):
        if os.path.exists(generator):
            subprocess.run([sys.executable, generator, long_report, "--big-records",
                            str(options.long_records)], check=True, stdout=subprocess.DEVNULL)
        else:
            make_reports.long_report(long_report, options.long_records)
    return folder, long_report, manifest(folder), manifest(long_report)


def manifest(path):
    with open(path + ".manifest.json") as file:
        return json.load(file)


def in_turns(count, ours, theirs):
    """Both commands in turns, so that a noisy minute touches both."""
    pairs = [(ours(), theirs()) for _ in range(count)]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def line(name, records, runs):
    cpu = median(runs, "cpu")
    print(f"  {name:34} {median(runs, 'wall'):8.2f} {cpu:8.2f} {median(runs, 'peak'):9.1f}"
          f" {records / max(cpu, 1e-9):14,.0f}")
    return records / max(cpu, 1e-9)


def compare(title, records, ours, theirs, bar):
    print(f"\n{title}, median of {len(ours)} runs each")
    print(f"  {'':34} {'wall s':>8} {'CPU s':>8} {'peak MiB':>9} {'records/CPU s':>14}")
    ratio = line("sealgate", records, ours) / line("parsedmarc", records, theirs)
    print(f"  {ratio:.1f} times parsedmarc; the bar is {bar}: {verdict(ratio >= bar)}")
    return ratio >= bar


def check_counts(program, folder, expected, work):
    """The figures only count if everything was read."""
    data = work + "/data"
    shutil.rmtree(data, ignore_errors=True)
    told = subprocess.run(
        [program, "import", "--resolver", "none", "--data", data, "--format", "json", folder],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
    counts = json.loads(told.stdout)
    for key in ("reports", "records", "messages"):
        if counts[key] != expected[key]:
            print(f"WRONG: {key}: {counts[key]:,} read, {expected[key]:,} made")
            return False
    return True


def main():
    options = arguments()
    folder, long_report, made, long_made = inputs(options)
    program, work = options.program, options.work
    version = subprocess.run([options.parsedmarc + "/parsedmarc", "--version"],
                             stdout=subprocess.PIPE, text=True, check=False).stdout.strip()
    print(f"On {machine()}; parsedmarc {version}")
    print(f"{made['reports']:,} reports with {made['records']:,} records; and one report of "
          f"{os.path.getsize(long_report) / 1e6:,.0f} MB with {long_made['records']:,} records")
    met = [check_counts(program, folder, made, work),
           check_counts(program, long_report, long_made, work)]

    def clean(path):
        shutil.rmtree(path, ignore_errors=True)
        return path

    # `check` reads everything and prints next to nothing, as parsedmarc's library does here.
    ours, theirs = in_turns(
        options.runs,
        lambda: run([program, "report", "check", folder]),
        lambda: run([options.parsedmarc + "/python", "-c", PARSE, folder]))
    met.append(compare("Parsing", made["records"], ours, theirs, 40))
    ours = [run([program, "report", "show", "--format", "ndjson", folder])
            for _ in range(options.runs)]
    ratio = line("sealgate, printed as NDJSON", made["records"], ours) \
        * median(theirs, "cpu") / made["records"]
    print(f"  {ratio:.1f} times parsedmarc, which prints nothing here")

    ours, theirs = in_turns(
        options.runs,
        lambda: run([program, "import", "--resolver", "none", "--data", clean(work + "/data"),
                     folder]),
        lambda: run([options.parsedmarc + "/parsedmarc", "--offline", "-s", "-o",
                     clean(work + "/out"), folder]))
    met.append(compare(
        "Whole import (ours into SQLite, theirs into JSON and CSV)", made["records"], ours, theirs,
        20))

    runs = [run([program, "import", "--resolver", "none", "--data", clean(work + "/data"),
                 long_report]) for _ in range(options.runs)]
    print(f"\nThe long report, imported; median of {len(runs)} runs")
    line("sealgate", long_made["records"], runs)
    peak = median(runs, "peak")
    met.append(peak <= 96)
    print(f"  {peak:.1f} MiB of resident memory; the bar is 96: {verdict(peak <= 96)}")
    clean(work + "/data")
    clean(work + "/out")
    raise SystemExit(0 if all(met) else 1)


main()
