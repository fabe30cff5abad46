"""Seals and validates messages with dkimpy: python3 arc_dkimpy.py REQUESTS ANSWERS.

Both files hold records: a line of JSON with `length`, then as many octets. The first request
carries the keys; each other one is a message, to be validated (`verify`) or validated and sealed
(`seal`). Each answer carries the result and, for `seal`, the new message.
"""

import json
import sys

import dkim


def records(path):
    with open(path, "rb") as file:
        while line := file.readline():
            head = json.loads(line)
            yield head, file.read(head["length"])


def main(requests, answers):
    settings = None
    with open(answers, "wb") as out:
        for head, message in records(requests):
            if settings is None:
                settings = head
                keys = {name: text.encode() for name, text in head["keys"].items()}
                pem = head["pem"].encode()

                def look_up(name, timeout=5):
                    return keys.get(name.decode().rstrip("."))

                continue
            # dkimpy says None where a seal says cv=fail; RFC 8617 §5.2 says fail.
            result = (dkim.arc_verify(message, dnsfunc=look_up)[0] or b"fail").decode()
            sealed = b""
            if head["op"] == "seal":
                name = settings["authservID"].encode()
                message = (
                    b"Authentication-Results: " + name + b"; arc=" + result.encode()
                    + b";\r\n  spf=pass smtp.mailfrom=a.example\r\n" + message
                )
                fields = dkim.arc_sign(
                    message, settings["selector"].encode(), settings["domain"].encode(), pem,
                    name, timestamp=settings["now"])
                sealed = b"".join(field.rstrip(b"\r\n") + b"\r\n" for field in fields) + message
            answer = {"result": result, "length": len(sealed)}
            out.write(json.dumps(answer).encode() + b"\n" + sealed)


main(*sys.argv[1:])
