"""Verifies and signs messages with dkimpy: python3 dkim_dkimpy.py FOLDER ANSWERS.

FOLDER holds settings.json, signed/N to be verified and plain/N to be signed. Each answer is a line
of JSON. The bits of N choose the forms and the key, as in DKIMRoundTripTests.
"""

import json
import sys

import dkim


def main(folder, answers):
    with open(folder + "/settings.json") as file:
        settings = json.load(file)
    keys = {name: text.encode() for name, text in settings["keys"].items()}

    def look_up(name, timeout=5):
        return keys.get(name.decode().rstrip("."))

    with open(answers, "w") as out:
        for n in range(settings["count"]):
            with open(f"{folder}/signed/{n}", "rb") as file:
                message = file.read()
            reason = ""
            try:
                verified = dkim.DKIM(message).verify(dnsfunc=look_up)
            except dkim.DKIMException as error:
                verified, reason = False, str(error)
            with open(f"{folder}/plain/{n}", "rb") as file:
                message = file.read()
            forms = (b"relaxed" if n & 1 else b"simple", b"relaxed" if n & 2 else b"simple")
            rsa = n & 4 == 0
            field = dkim.sign(
                message, b"r" if rsa else b"e", b"example.com",
                settings["rsa" if rsa else "ed25519Seed"].encode(), canonicalize=forms,
                signature_algorithm=b"rsa-sha256" if rsa else b"ed25519-sha256",
                length=n % 16 >= 12)
            answer = {
                "n": n, "verified": verified, "reason": reason, "signature": field.decode()}
            out.write(json.dumps(answer) + "\n")


main(*sys.argv[1:])
