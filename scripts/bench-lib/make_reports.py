"""Makes DMARC aggregate reports for the benches: the same seed gives the same bytes.

folder(path, reports)           reports of all sizes in gzip, zip and plain XML, as real ones come
long_report(path, records)      one plain XML file
store(path, records, ...)       large reports about many domains and days, for a full store
"""
import gzip
import io
import json
import os
import random
import time
import zipfile
import zlib

DAY = 86_400
REPORTERS = ["receiver.example", "mailbox.example", "post.example", "inbox.example"]


def head(reporter, domain, begin, number, policy="none"):
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<feedback>\n  <version>1.0</version>\n'
        f"  <report_metadata>\n    <org_name>{reporter}</org_name>\n"
        f"    <email>dmarc@{reporter}</email>\n    <report_id>{number}</report_id>\n"
        f"    <date_range>\n      <begin>{begin}</begin>\n      <end>{begin + DAY - 1}</end>\n"
        "    </date_range>\n  </report_metadata>\n"
        f"  <policy_published>\n    <domain>{domain}</domain>\n    <adkim>r</adkim>\n"
        f"    <aspf>r</aspf>\n    <p>{policy}</p>\n    <sp>{policy}</sp>\n    <pct>100</pct>\n"
        "  </policy_published>\n")


def tail(domain, header_from, dkim, spf, service, selector):
    """What follows the count: the same for all rows of one kind."""
    signature = (
        f"      <dkim>\n        <domain>{domain if dkim else service}</domain>\n"
        f"        <selector>{selector}</selector>\n"
        f"        <result>pass</result>\n      </dkim>\n" if selector else "")
    return (
        "</count>\n      <policy_evaluated>\n        <disposition>none</disposition>\n"
        f"        <dkim>{'pass' if dkim else 'fail'}</dkim>\n"
        f"        <spf>{'pass' if spf else 'fail'}</spf>\n"
        "      </policy_evaluated>\n    </row>\n    <identifiers>\n"
        f"      <header_from>{header_from}</header_from>\n    </identifiers>\n    <auth_results>\n"
        + signature +
        f"      <spf>\n        <domain>{domain if spf else 'bounce.' + service}</domain>\n"
        f"        <result>{'pass' if spf else 'softfail'}</result>\n      </spf>\n"
        "    </auth_results>\n  </record>\n")


def row(address, count, rest):
    return (f"  <record>\n    <row>\n      <source_ip>{address}</source_ip>\n"
            f"      <count>{count}{rest}")


def address(r):
    return f"{r.choice((23, 52, 66, 104, 149, 185, 198))}.{r.randrange(256)}." \
           f"{r.randrange(256)}.{r.randrange(1, 255)}"


SERVICES = [("sendgrid.net", "s1"), ("amazonses.com", "ses"), ("mcsv.net", "k1"),
            ("google.com", "20230601"), ("onmicrosoft.com", "selector1"), ("hubspot.com", "hs1")]


def text(r, reporter, domain, begin, number, count):
    """A report of `count` records, each of its own kind."""
    parts, messages = [head(reporter, domain, begin, number)], 0
    for _ in range(count):
        service, selector = r.choice(SERVICES)
        dkim, spf = r.random() < 0.8, r.random() < 0.7
        volume = max(1, int(r.lognormvariate(1, 1.5)))
        messages += volume
        rest = tail(domain, domain, dkim, spf, service, selector if dkim or r.random() < 0.4 else "")
        parts.append(row(address(r), volume, rest))
    parts.append("</feedback>\n")
    return "".join(parts).encode(), messages


def folder(path, reports, seed=7489):
    r = random.Random(seed)
    os.makedirs(path, exist_ok=True)
    records = messages = 0
    for index in range(reports):
        reporter = r.choice(REPORTERS)
        domain = f"domain-{r.randrange(20)}.example"
        begin = 1_700_006_400 + DAY * r.randrange(300)
        count = min(2_000, max(1, int(r.lognormvariate(1.5, 1.2))))
        data, sent = text(r, reporter, domain, begin, f"{index}.{begin}", count)
        records, messages = records + count, messages + sent
        name = f"{reporter}!{domain}!{begin}!{begin + DAY - 1}!{index}"
        if index % 5 == 4:
            name += ".xml"
        elif index % 2:
            data, name = gzip.compress(data, 9, mtime=0), name + ".xml.gz"
        else:
            box = io.BytesIO()
            with zipfile.ZipFile(box, "w", zipfile.ZIP_DEFLATED) as file:
                file.writestr(zipfile.ZipInfo(name + ".xml", (2024, 1, 1, 0, 0, 0)), data,
                              zipfile.ZIP_DEFLATED)
            data, name = box.getvalue(), name + ".zip"
        with open(os.path.join(path, name), "wb") as file:
            file.write(data)
    return write_manifest(path, reports, records, messages)


def long_report(path, records, seed=7489):
    r = random.Random(seed)
    data, messages = text(r, REPORTERS[0], "bank.example", 1_700_006_400, "1", records)
    with open(path, "wb") as file:
        file.write(data)
    return write_manifest(path, 1, records, messages)


def write_manifest(path, reports, records, messages):
    manifest = {"reports": reports, "records": records, "messages": messages}
    with open(path + ".manifest.json", "w") as file:
        json.dump(manifest, file)
    return manifest


def store(path, records, domains=100, days=90, sources=2_000, seed=7489, progress=print):
    """About `records` rows, and at least 20 a domain and day: `domains` domains of very different
    sizes over `days` days, from about `sources` addresses a day, most of them the same every
    day."""
    r = random.Random(seed)
    os.makedirs(path, exist_ok=True)
    names = [f"domain-{index:03}.example" for index in range(domains)]
    weights = [1 / (index + 2) ** 0.7 for index in range(domains)]
    scale = records / (days * sum(weights))
    steady = [(address(r), index % len(SERVICES)) for index in range(sources * 2 // 3)]
    today = int(time.time()) // DAY * DAY
    made = number = 0
    for day in range(days):
        begin = today - DAY * (days - day)
        passing = [(address(r), None) for _ in range(sources - len(steady))]
        pool = steady + passing
        for name, weight in zip(names, weights):
            wanted = max(20, int(weight * scale))
            kinds = []
            for where in (name, "shop." + name, "news." + name, "mail." + name, "crm." + name):
                kinds.append([
                    tail(name, where, True, True, *SERVICES[0]),
                    tail(name, where, True, False, *SERVICES[1]),
                    tail(name, where, False, True, SERVICES[2][0], ""),
                    tail(name, where, False, False, *SERVICES[3]),
                    tail(name, where, True, False, *SERVICES[4]),
                    tail(name, where, False, False, *SERVICES[5]),
                ])
            forged = [tail(name, where, False, False, "unknown.example", "")
                      for where in (name, "shop." + name, "news." + name, "mail." + name,
                                    "crm." + name)]
            rows = []
            for turn in range(-(-wanted // len(pool))):
                place = turn % len(kinds)
                left = wanted - len(rows)
                chosen = pool if left >= len(pool) else r.sample(pool, left)
                rows += [
                    row(where, 1 + (number * 7 + index) % 90,
                        forged[place] if kind is None else kinds[place][kind])
                    for index, (where, kind) in enumerate(chosen)]
            for start in range(0, len(rows), 5_000):
                number += 1
                reporter = REPORTERS[start // 5_000 % len(REPORTERS)]
                part = rows[start:start + 5_000]
                body = (head(reporter, name, begin, number) + "".join(part)
                        + "</feedback>\n").encode()
                packer = zlib.compressobj(1, zlib.DEFLATED, 31)
                with open(f"{path}/{reporter}!{name}!{begin}!{number}.xml.gz", "wb") as file:
                    file.write(packer.compress(body) + packer.flush())
                made += len(part)
        if (day + 1) % 10 == 0:
            progress(f"made day {day + 1} of {days}: {made:,} rows")
    return made, names


def zone(names):
    """DNS for the made-up domains, so that plans and replays have records to find."""
    lines = ["$TTL 3600"]
    for index, name in enumerate(names):
        policy = ("none", "quarantine", "reject")[index % 3]
        lines.append(f'{name}. IN TXT "v=spf1 include:_spf.{name} ~all"')
        lines.append(f'_spf.{name}. IN TXT "v=spf1 ip4:192.0.2.0/24 -all"')
        lines.append(f'_dmarc.{name}. IN TXT "v=DMARC1; p={policy}; rua=mailto:dmarc@{name}"')
    return "\n".join(lines) + "\n"
