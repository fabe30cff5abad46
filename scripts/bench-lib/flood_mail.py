"""The mail of the flood: legitimate mail of fifty domains, signed beforehand, and spoofed mail in a bank's name."""
import base64
import hashlib
import os
import re
import subprocess
import time

DOMAINS = 50
SIGNED = 200
BODIES = 64
WORDS = ("account invoice meeting report schedule the of and team payment please confirm your transfer today "
         "delivery customer security update branch letter statement limit card").split()


def make(folder, program, chance):
    """Writes folder/zone; gives the signed messages, without the field that numbers them."""
    os.makedirs(folder + "/signed")
    key = folder + "/key.pem"
    said = subprocess.run([program, "key", "--domain", "d0.example", "--selector", "s1", "--output", key],
                          check=True, capture_output=True, text=True).stdout
    record = re.search(r"TXT \( (.*) \)", said)[1]
    write_zone(folder + "/zone", record)
    signed = []
    for number in range(SIGNED):
        domain = f"d{number % DOMAINS}.example"
        path = f"{folder}/signed/{number}.eml"
        with open(path, "wb") as file:
            file.write(legitimate(number, domain, chance))
        signed.append((domain, subprocess.run(
            [program, "sign", "--domain", domain, "--selector", "s1", "--key", key, path],
            check=True, capture_output=True).stdout))
    return signed


def write_zone(path, record):
    lines = ["$ORIGIN example.", "$TTL 3600", "@ SOA ns h 1 3600 600 86400 300", "@ NS ns", "ns A 192.0.2.1",
             # The bank: only its own servers, only signed, everything else to be refused.
             'bank TXT "v=spf1 ip4:192.0.2.0/28 -all"', 'bank MX 10 mx.bank', "mx.bank A 192.0.2.2",
             '_dmarc.bank TXT "v=DMARC1; p=reject; sp=reject; rua=mailto:r@bank.example"',
             f"s1._domainkey.bank TXT ( {record} )", "rcpt MX 10 mx.rcpt", "mx.rcpt A 192.0.2.3"]
    for i in range(DOMAINS):
        lines += [f'd{i} TXT "v=spf1 ip4:203.0.113.0/24 -all"', f"d{i} MX 10 mx.d{i}", f"mx.d{i} A 203.0.113.1",
                  f'_dmarc.d{i} TXT "v=DMARC1; p=reject"', f"s1._domainkey.d{i} TXT ( {record} )",
                  # What floods come from: domains of their own, that let everybody send.
                  f'bot{i} TXT "v=spf1 +all"', f"bot{i} MX 10 mx.bot{i}", f"mx.bot{i} A 198.51.100.{i + 1}"]
    with open(path, "w") as file:
        file.write("\n".join(lines) + "\n")


def text(octets, chance):
    lines, size = [], 0
    while size < octets:
        lines.append(" ".join(chance.choice(WORDS) for _ in range(10)))
        size += len(lines[-1]) + 2
    return ("\r\n".join(lines) + "\r\n").encode()


def date():
    return time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime()).encode()


def legitimate(number, domain, chance):
    return (b"From: Anna <anna%d@%s>\r\nTo: Bob <bob@rcpt.example>\r\nSubject: Our meeting, %d\r\nDate: %s\r\n"
            b"Message-ID: <%d@%s>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
            % (number, domain.encode(), number, date(), number, domain.encode())
            ) + text(chance.randint(2_000, 40_000), chance)


class Spoofs:
    """Makes spoofed messages of 2 to 20 KB, none like the one before."""

    def __init__(self, chance):
        self.chance = chance
        self.date = date()
        self.bodies = []
        for number in range(BODIES):
            body = text(2_000 + 18_000 * number // BODIES, chance)
            self.bodies.append((body, base64.b64encode(hashlib.sha256(body).digest())))

    def next(self, name):
        """(sender, recipients, content) of one: it names the bank as its author, and proves nothing."""
        chance = self.chance
        person = b"%s%d" % (chance.choice(WORDS).encode(), chance.randrange(10**6))
        bot = b"%s@bot%d.example" % (person, chance.randrange(DOMAINS))
        kind = chance.random()
        author = b"%s@bank.example" % person
        sender, signature = author, b""
        if kind < 0.35:
            # SPF passes, for a name that is not the author's.
            sender = bot
        elif kind < 0.5:
            # A name below the bank's that does not exist, another one each time.
            author, sender = b"%s@%s.bank.example" % (person, person), bot
        body, digest = chance.choice(self.bodies)
        if 0.4 < kind < 0.7:
            # A signature that is none: half of them with the body's true digest, so that the key is asked for.
            signature = (
                b"DKIM-Signature: v=1; a=rsa-sha256; c=simple/simple; d=bank.example; s=s1;\r\n\th=from:to:subject;"
                b"\r\n\tbh=%s;\r\n\tb=%s\r\n" % (
                    digest if kind > 0.55 else base64.b64encode(chance.randbytes(32)),
                    base64.b64encode(chance.randbytes(256))))
        many = chance.randint(2, 20) if chance.random() < 0.1 else 1
        recipients = [b"user%d@rcpt.example" % chance.randrange(20_000) for _ in range(many)]
        content = (
            b"%sX-Bench: %s\r\nFrom: \"Your bank\" <%s>\r\nTo: <%s>\r\nSubject: Confirm your account %d\r\nDate: %s\r\n"
            b"Message-ID: <%d.%s>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n%s.\r\n" % (
                signature, name.encode(), author, recipients[0], chance.randrange(10**6), self.date,
                chance.randrange(10**9), author, body))
        return sender, recipients, content


class Clients:
    """The addresses of a flood: many networks, a fifth of them IPv6, each address seldom seen twice."""

    def __init__(self, chance):
        self.chance = chance

    def next(self):
        number = self.chance.randrange(1 << 17)
        if self.chance.random() < 0.2:
            return f"2001:db8:{number >> 8:x}:{number & 255:x}::{self.chance.randrange(1, 1 << 16):x}"
        return f"198.{18 + (number >> 16)}.{number >> 8 & 255}.{number & 255}"


def numbered(signed, name):
    """A signed message with its number in a field above, which no signature covers; as it goes over the line."""
    return b"X-Bench: %s\r\n" % name.encode() + signed + b".\r\n"
