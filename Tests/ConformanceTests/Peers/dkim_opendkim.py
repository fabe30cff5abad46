"""Verifies and signs messages with opendkim -t: python3 dkim_opendkim.py FOLDER ANSWERS.

FOLDER holds settings.json, signed/N to be verified and plain/N to be signed. Each answer is a line
of JSON. The bits of N choose the forms and the key, as in DKIMRoundTripTests. One run verifies
everything, one for each kind signs, and one tells whether opendkim verifies what it signed itself
(`own`).
"""

import json
import os
import re
import subprocess
import sys

COMMON = "Syslog no\nRequireSafeKeys no\nTestPublicKeys keys\n"


def run(config, verbosity, files):
    with open("opendkim.conf", "w") as file:
        file.write(COMMON + config)
    result = subprocess.run(
        ["opendkim", "-x", "opendkim.conf", verbosity, "-t", ",".join(files)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    return result.stdout.decode("utf-8", "replace")


def verify(folder, numbers):
    said = re.findall(
        r"^opendkim: \w+/(\d+): (.*)$",
        run("Mode v\n", "-v", [f"{folder}/{n}" for n in numbers]), re.M)
    return {int(n): text for n, text in said}


def sign(count, kind):
    numbers = [n for n in range(count) if n & 7 == kind]
    header = "relaxed" if kind & 1 else "simple"
    body = "relaxed" if kind & 2 else "simple"
    key = "e" if kind & 4 else "r"
    algorithm = "ed25519-sha256" if kind & 4 else "rsa-sha256"
    said = run(
        f"Mode s\nDomain example.com\nSelector {key}\nKeyFile {key}.pem\n"
        f"Canonicalization {header}/{body}\nSignatureAlgorithm {algorithm}\n"
        "OversignHeaders From\nInternalHosts 0.0.0.0/0\n",
        "-vvv", [f"plain/{n}" for n in numbers])
    # The field as it is inserted; "-v" prints another one, folded elsewhere than what was signed.
    found = re.findall(
        r"^### INSHEADER: idx=\d+ hname='DKIM-Signature' hvalue='(.*?)'$", said, re.M | re.S)
    if len(found) != len(numbers):
        return {}
    return {
        n: "DKIM-Signature: " + "\r\n".join(value.splitlines()) + "\r\n"
        for n, value in zip(numbers, found)}


def main(folder, answers):
    os.chdir(folder)
    with open("settings.json") as file:
        settings = json.load(file)
    with open("keys", "w") as file:
        for name, text in settings["keys"].items():
            file.write(f"{name}\t{text}\n")
    for name, key in (("r.pem", "rsa"), ("e.pem", "ed25519")):
        with open(name, "w") as file:
            file.write(settings[key])
    numbers = range(settings["count"])
    said = verify("signed", numbers)
    signatures = {}
    for kind in range(8):
        signatures.update(sign(settings["count"], kind))
    os.mkdir("own")
    for n, signature in signatures.items():
        with open(f"plain/{n}", "rb") as file, open(f"own/{n}", "wb") as out:
            out.write(signature.encode() + file.read())
    own = verify("own", signatures)
    with open(answers, "w") as out:
        for n in numbers:
            reason = said.get(n, "opendkim said nothing")
            answer = {
                "n": n, "verified": reason.endswith("succeeded"), "reason": reason,
                "signature": signatures.get(n),
                "own": own.get(n, "").endswith("succeeded")}
            out.write(json.dumps(answer) + "\n")


main(*sys.argv[1:])
