"""Runs a command and says what it took."""
import os
import statistics
import subprocess
import time


class Run:
    """One run of a command: wall and CPU seconds, peak resident memory in MiB."""

    def __init__(self, wall, cpu, peak):
        self.wall, self.cpu, self.peak = wall, cpu, peak


def run(command, allowed=(0,), environment=None):
    """Runs a command without output; ends the bench when its status is not an allowed one."""
    started = time.perf_counter()
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, env=environment)
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - started
    code = os.waitstatus_to_exitcode(status)
    if code not in allowed:
        text = said.decode(errors="replace")[-2000:]
        raise SystemExit(f"{' '.join(command)} ended with {code}:\n{text}")
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def median(runs, name):
    return statistics.median(getattr(each, name) for each in runs)


def verdict(isMet):
    return "met" if isMet else "NOT MET"


def machine():
    model = "unknown processor"
    with open("/proc/cpuinfo") as file:
        for line in file:
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    load = os.getloadavg()[0]
    return f"{os.cpu_count()} × {model}, load {load:.1f} before the run"
