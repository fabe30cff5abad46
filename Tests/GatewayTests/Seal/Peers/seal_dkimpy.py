"""Verifies a message with dkimpy: python3 seal_dkimpy.py MESSAGE KEYS.

KEYS is a JSON object of key records by name. Prints a line for each DKIM signature, from the top
down, and one for the ARC chain.
"""

import json
import sys

import dkim


def main(path, keys):
    with open(path, "rb") as file:
        message = file.read()
    with open(keys) as file:
        records = {name: text.encode() for name, text in json.load(file).items()}

    def look_up(name, timeout=5):
        return records.get(name.decode().rstrip("."))

    signatures = [name for name, _ in dkim.DKIM(message).headers
                  if name.lower() == b"dkim-signature"]
    for index in range(len(signatures)):
        try:
            good = dkim.DKIM(message).verify(idx=index, dnsfunc=look_up)
        except dkim.DKIMException as error:
            good = f"{error}"
        print(f"dkim {good}")
    result, _, reason = dkim.arc_verify(message, dnsfunc=look_up)
    print(f"arc {(result or b'fail').decode()}")


main(*sys.argv[1:])
