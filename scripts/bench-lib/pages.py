"""Fills a store through the real import, starts the console over it, and times every page."""
import argparse
import collections
import concurrent.futures
import html
import http.client
import os
import re
import shutil
import statistics
import subprocess
import time
import urllib.parse

import make_reports
from measure import machine, verdict

MEDIAN_BAR, SLOWEST_BAR = 0.200, 0.500
PORTFOLIO_BAR = 0.300  # the slowest of a hundred, for the pages that show every domain
PORTFOLIO = ("/", "/?days=7", "/?days=30", "/?days=90", "/programme")


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--work", required=True)
    parser.add_argument("--records", type=int, default=10_000_000)
    parser.add_argument("--domains", type=int, default=100)
    parser.add_argument("--portfolio", action="store_true",
                        help="only the pages that show every domain")
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--pages-of-a-kind", type=int, default=2)
    return parser.parse_args()


def fill(options):
    """The store's folder; made once, and kept."""
    base = f"{options.work}/pages-{options.records}"
    if options.domains != 100:
        base += f"-{options.domains}"
    data, done = base + "/data", base + "/done"
    if os.path.exists(done):
        print(f"Using the store in {data}; remove {base} to make it anew")
        return base
    shutil.rmtree(base, ignore_errors=True)
    os.makedirs(base)
    started = time.time()
    made, names = make_reports.store(
        base + "/reports", options.records, domains=options.domains,
        progress=lambda text: print(text, flush=True))
    with open(base + "/reports/no-report.xml", "w") as file:
        file.write("<feedback><report_metadata>")
    print(f"Made {made:,} rows in {time.time() - started:,.0f} s")
    with open(base + "/dns.zone", "w") as file:
        file.write(make_reports.zone(names))
    started = time.time()
    told = subprocess.run([options.program, "import", "--resolver", "none", "--data", data,
                           base + "/reports"], check=False)
    if told.returncode != 2:  # one file is no report, on purpose
        raise SystemExit(f"The import ended with {told.returncode}")
    seconds = time.time() - started
    print(f"Imported in {seconds:,.0f} s: {made / seconds:,.0f} rows a second")
    shutil.rmtree(base + "/reports")
    if options.portfolio:
        decide(options, data)
    with open(done, "w") as file:
        file.write(str(made))
    return base


def decide(options, data, count=300):
    """Decides a sender in so many domains: then the sums of a domain are no longer simply read."""
    for index in range(count):
        word = ("authorise", "reject")[index % 2]
        command = [options.program, "sender", word, "--data", data,
                   f"domain-{index * (options.domains // count):03}.example", "host:google.com"]
        if word == "authorise":
            command += ["--leave-dns", "--confirm", "--resolver", "none"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def after_news(options, base, port, cookies, path, count=100):
    """Times the first page after each of `count` new reports: nothing of it is remembered."""
    browser, times = Browser(port, cookies), []
    begin = int(time.time()) // make_reports.DAY * make_reports.DAY - make_reports.DAY
    name = "domain-000.example"
    rest = make_reports.tail(name, name, True, True, *make_reports.SERVICES[0])
    file = f"{base}/news.xml"
    for number in range(count):
        with open(file, "w") as out:
            out.write(make_reports.head("news.example", name, begin, time.time_ns())
                      + make_reports.row("192.0.2.9", 1 + number, rest) + "</feedback>\n")
        subprocess.run([options.program, "import", "--resolver", "none", "--data", base + "/data",
                        file], check=True, stdout=subprocess.DEVNULL)
        started = time.perf_counter()
        status, _ = browser.ask("GET", path)
        times.append(time.perf_counter() - started)
        if status != 200:
            raise SystemExit(f"{path} answers {status}")
    return sorted(times)


class Browser:
    """Enough of a browser: one connection, cookies, forms."""

    def __init__(self, port, cookies=None):
        self.port, self.cookies = port, cookies if cookies is not None else {}
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def ask(self, method, path, form=None):
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())}
        body = None
        if form is not None:
            body = urllib.parse.urlencode(form)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        text = response.read()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, value = cookie.split(";")[0].split("=", 1)
            self.cookies[name.strip()] = value
        return response.status, text.decode(errors="replace")


def sign_in(port, link):
    """Through the one-time link, or, in a store that was used before, with the same password."""
    browser = Browser(port)
    path = link.split(f":{port}", 1)[1] if link else "/sign-in"
    status, page = browser.ask("GET", path)
    if status != 200:
        raise SystemExit(f"{path} answers {status}")
    form = {html.unescape(name): html.unescape(value) for name, value in
            re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', page)}
    secret = "four unrelated words here"
    form.update(name="bench", password=secret, repeated=secret)
    status, page = browser.ask("POST", path.split("?")[0], form)
    if status not in (302, 303):
        raise SystemExit(f"Signing in answers {status}: {page[:500]}")
    return browser


def address_and_link(server):
    """What the console says when it starts: its port, and its one-time link if there is one."""
    port = link = None
    for text in server.stdout:
        address = re.search(r"http://127\.0\.0\.1:(\d+)\S*", text)
        if address:
            port = int(address.group(1))
            if "token=" in address.group(0):
                link = address.group(0)
        if text.startswith("Stop it") and port:
            return port, link
    raise SystemExit("The console ended before it said its address")


def kind(path):
    """`/domains/*/plan` of `/domains/bank.example/plan?days=90`."""
    plain = path.split("?")[0]
    plain = re.sub(r"^/domains/[^/]+", "/domains/*", plain)
    plain = re.sub(r"(/senders)/[^/]+", r"\1/*", plain)
    return re.sub(r"/(reports|quarantine)/\d+", r"/\1/*", plain)


def find_pages(browser, of_a_kind):
    """Follows links from the first page: some pages of each kind, plain and with the widest
    window of days."""
    found, seen = collections.defaultdict(list), set()
    first = re.findall(r'href="(/domains/[^"?/]+)', browser.ask("GET", "/")[1])
    # The largest domain is at the top; the last of the list is a small one.
    queue = collections.deque(["/"] + first[:1] + first[-1:] + ["/search?q=domain"])
    while queue:
        path = queue.popleft()
        bare = path.split("#")[0]
        if bare in seen or bare.startswith("/assets") or bare.endswith("/export"):
            continue
        seen.add(bare)
        wide = "days=90" in bare
        key = kind(bare) + (" (90 days)" if wide else "")
        if len(found[key]) >= of_a_kind or ("days=" in bare and not wide):
            continue
        status, page = browser.ask("GET", bare)
        if status != 200 or "<html" not in page[:400].lower():
            continue
        found[key].append(bare)
        queue.extend(html.unescape(link) for link in re.findall(r'href="(/[^"]*)"', page))
    return {key: paths for key, paths in sorted(found.items()) if paths}


def drive(port, cookies, paths, count, width):
    """Times `count` requests over `width` connections; stops early after half a minute."""
    ends = time.time() + 30

    def lane(number):
        browser, times = Browser(port, dict(cookies)), []
        for turn in range(count // width):
            started = time.perf_counter()
            status, _ = browser.ask("GET", paths[(number + turn) % len(paths)])
            times.append(time.perf_counter() - started)
            if status != 200:
                raise SystemExit(f"{paths} answers {status}")
            if time.time() > ends:
                break
        return times

    with concurrent.futures.ThreadPoolExecutor(width) as pool:
        return sorted(each for times in pool.map(lane, range(width)) for each in times)


def p99(times):
    return times[min(len(times) - 1, int(len(times) * 0.99))]


def main():
    options = arguments()
    base = fill(options)
    size = sum(os.path.getsize(f"{base}/data/{name}") for name in os.listdir(base + "/data"))
    server = subprocess.Popen(
        [options.program, "serve", "--data", base + "/data", "--port", "0", "--resolver",
         base + "/dns.zone"], stdout=subprocess.PIPE, text=True)
    try:
        port, link = address_and_link(server)
        browser = sign_in(port, link)
        slowest = PORTFOLIO_BAR if options.portfolio else SLOWEST_BAR
        if options.portfolio:
            pages = {path: [path] for path in PORTFOLIO}
        else:
            pages = find_pages(browser, options.pages_of_a_kind)
        print(f"\nOn {machine()}")
        with open(base + "/done") as file:
            made = int(file.read())
        print(f"The store has {made:,} rows of reports and {size / 1e9:,.1f} GB. "
              f"Times in milliseconds.\n")
        print(f"  {'page':44} {'one at a time':>24} {'four at a time':>24}")
        print(f"  {'':44} {'median':>8} {'p99':>8} {'n':>6} {'median':>8} {'p99':>8} {'n':>6}")
        met = True
        for name, paths in pages.items():
            cells, fine = [], True
            for width in (1, 4):
                times = drive(port, browser.cookies, paths, options.requests, width)
                middle, slow = statistics.median(times), p99(times)
                fine = fine and middle <= MEDIAN_BAR and slow <= slowest
                cells.append(f"{middle * 1000:8.1f} {slow * 1000:8.1f} {len(times):6}")
            met = met and fine
            print(f"  {name:44} {' '.join(cells)}  {'' if fine else 'NOT MET'}", flush=True)
        if options.portfolio:
            times = after_news(options, base, port, browser.cookies, "/")
            middle, slow = statistics.median(times), p99(times)
            fine = middle <= MEDIAN_BAR and slow <= slowest
            met = met and fine
            print(f"  {'/ just after a new report':44} {middle * 1000:8.1f} {slow * 1000:8.1f} "
                  f"{len(times):6}  {'' if fine else 'NOT MET'}")
        with open(f"/proc/{server.pid}/status") as file:
            peak = re.search(r"VmHWM:\s+(\d+)", file.read())
        print(f"\nPeak resident memory of the console: {int(peak.group(1)) / 1024:.0f} MiB")
        print(f"The bars are {MEDIAN_BAR * 1000:.0f} ms at the median and "
              f"{slowest * 1000:.0f} ms at p99, on every page: {verdict(met)}")
    finally:
        server.terminate()
        server.wait()
    raise SystemExit(0 if met else 1)


main()
