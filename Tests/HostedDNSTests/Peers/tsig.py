"""dnspython as the other side of TSIG: signs, verifies and answers. Times come from the caller.

tsig.py sign    ALGORITHM KEY SECRET TIME HEX            the message, signed
tsig.py verify  ALGORITHM KEY SECRET TIME HEX            "good", or why not
tsig.py answer  ALGORITHM KEY SECRET TIME HEX [ERROR]    the signed answer to a signed request
"""

import sys
import time

import dns.exception
import dns.message
import dns.name
import dns.rdata
import dns.tsig


def main():
    act, algorithm, name, secret, moment, text = sys.argv[1:7]
    time.time = lambda: int(moment)
    key = dns.tsig.Key(name, secret, algorithm)
    wire = bytes.fromhex(text)
    if act == "sign":
        message = dns.message.from_wire(wire)
        message.use_tsig(key, fudge=300)
        print(message.to_wire().hex())
    elif act == "verify":
        try:
            message = dns.message.from_wire(wire, keyring=key)
        except dns.exception.DNSException as fault:
            print(type(fault).__name__)
            return
        print("good" if message.had_tsig else "unsigned")
    elif act == "answer":
        request = dns.message.from_wire(wire, keyring=key)
        answer = dns.message.make_response(request)
        if len(sys.argv) > 7:
            answer.use_tsig(
                key,
                fudge=300,
                tsig_error=int(sys.argv[7]),
                other_data=(int(moment) + 4000).to_bytes(6, "big"),
            )
            answer.request_mac = request.mac
        print(answer.to_wire().hex())


main()
