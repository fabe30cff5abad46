"""Signed and sealed messages of about 10 KB, and the zone that they are checked with: seeded."""
import base64
import os
import random
import subprocess

WORDS = ("lorem ipsum dolor sit amet consectetur invoice meeting report schedule the of and "
         "account team").split()
DOMAINS = 50


def folder(path, count, python):
    """`count` messages in path/mail, and path/example.zone; signed by dkimpy in `python`."""
    os.makedirs(path + "/mail", exist_ok=True)
    key = path + "/key.pem"
    subprocess.run(["openssl", "genrsa", "-traditional", "-out", key, "2048"], check=True,
                   stderr=subprocess.DEVNULL)
    write_zone(path, key)
    subprocess.run([python, os.path.abspath(__file__), path, str(count)], check=True)


def write_zone(path, key):
    der = subprocess.run(["openssl", "rsa", "-in", key, "-pubout", "-outform", "DER"],
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
    public = base64.b64encode(der).decode()
    lines = ["$ORIGIN example.", "@ 300 IN SOA ns.example. h.example. 1 3600 600 86400 300",
             "@ IN NS ns", "ns IN A 127.0.0.1"]
    for i in range(DOMAINS):
        lines += [
            f'd{i} IN TXT "v=spf1 ip4:192.0.2.0/24 include:_spf.d{i}.example mx -all"',
            f"d{i} IN MX 10 mx.d{i}", f"mx.d{i} IN A 198.51.100.{i}",
            f'_spf.d{i} IN TXT "v=spf1 ip4:203.0.113.0/24 a:mx.d{i}.example ~all"',
            f'_dmarc.d{i} IN TXT "v=DMARC1; p=reject; rua=mailto:r@d{i}.example"',
            f's1._domainkey.d{i} IN TXT "v=DKIM1; k=rsa; p={public[:200]}" "{public[200:]}"']
    with open(path + "/example.zone", "w") as file:
        file.write("\n".join(lines) + "\n")


def sign(path, count):
    import dkim
    rng = random.Random(1)
    key = open(path + "/key.pem", "rb").read()
    for i in range(count):
        domain = b"d%d.example" % (i % DOMAINS)
        body = "\r\n".join(" ".join(rng.choice(WORDS) for _ in range(11))
                           for _ in range(135)).encode()
        message = (
            b"From: Alice <alice@%s>\r\nTo: bob@rcpt.example\r\nSubject: message %d\r\n"
            b"Date: Mon, 20 Nov 2023 07:00:00 +0000\r\nMessage-ID: <%d@%s>\r\n"
            b"MIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n" % (domain, i, i, domain)
        ) + body + b"\r\n"
        message = dkim.sign(
            message, b"s1", domain, key, canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[b"from", b"to", b"subject", b"date", b"message-id"]) + message
        results = b"Authentication-Results: mx.%s; dkim=pass header.d=%s; spf=pass\r\n" % (
            domain, domain)
        sets = dkim.arc_sign(results + message, b"s1", domain, key, b"mx." + domain)
        path_envelope = b"Return-Path: <alice@%s>\r\n" % domain
        with open(f"{path}/mail/{i:05d}.eml", "wb") as file:
            file.write(path_envelope + b"".join(sets) + results + message)


if __name__ == "__main__":
    import sys
    sign(sys.argv[1], int(sys.argv[2]))
