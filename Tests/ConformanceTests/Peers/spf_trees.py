"""Random zones full of SPF records, for spf_differential.py."""
import random

# What stands in every zone.
COMMON = {
    "f0.example": {"FAIL": ["A", "AAAA", "MX", "TXT", "PTR"]},
    "c0.example": {"CNAME": "d0.example"},
    "c1.example": {"CNAME": "h0.example"},
    "c2.example": {"CNAME": "gone.example"},
    "l0.example": {"CNAME": "l1.example"},
    "l1.example": {"CNAME": "l0.example"},
    "empty.example": {},
    "solo": {"TXT": ["v=spf1 ?all"]},
    "x0.example": {"TXT": ["not from %{i}, see %{l}"]},
    "other.example": {"TXT": ["not SPF"]},
}


class Tree:
    """One zone and one check."""

    def __init__(self, seed):
        self.r = random.Random(seed)
        r = self.r
        self.zone = dict(COMMON)
        self.is_ip4 = r.random() < 0.7
        self.client = self.address(True)
        if self.is_ip4 and r.random() < 0.05:
            self.client = "::ffff:" + self.client
        self.count = r.choice((1, 1, 2, 3, 4, 5))
        self.helo = r.choice(("h0.example", "mail.d0.example", "h1.example", "OEM", "",
                              "[192.0.2.1]", "foo bar.example", "d1.example"))
        self.sender = self.make_sender()
        self.weird = r.random() < 0.2
        for index in range(3):
            self.add_host("h%d.example" % index)
        self.add_pointers()
        self.add_oddities()
        is_special = r.random() < 0.08
        for index in range(is_special, self.count):
            self.add_domain("d%d.example" % index, index)
        if is_special:
            self.add_special()

    def make_sender(self):
        r = self.r
        if r.random() < 0.06:
            return ""
        local = r.choice(("user", "user", "a.b", "strong-bad", "x+y=z", "A_b", "o,k/x"))
        if r.random() < 0.06:
            local = r.choice(('"q@r"', "\u00fcn\u00ef", ""))
        domain = "d0.example" if r.random() < 0.97 else r.choice(
            ("D0.Example", "solo", "none.example", "f0.example", "a..example", "c0.example"))
        if r.random() < 0.02:
            return domain
        return local + "@" + domain

    def address(self, is_client=False, is_ip4=None):
        r = self.r
        if self.is_ip4 if is_ip4 is None else is_ip4:
            return "192.0.2.%d" % (r.randrange(4) if is_client else r.randrange(8))
        return "2001:db8::%x" % (r.randrange(4) if is_client else r.randrange(8))

    def add(self, name, kind, value):
        self.zone.setdefault(name, {}).setdefault(kind, []).append(value)

    def fail(self, name, *kinds):
        self.zone.setdefault(name, {}).setdefault("FAIL", []).extend(kinds)

    def add_host(self, name):
        r = self.r
        for _ in range(r.choice((0, 1, 1, 1, 2, 2))):
            self.add(name, "A", self.address(is_ip4=True))
        for _ in range(r.choice((0, 1, 1))):
            self.add(name, "AAAA", self.address(is_ip4=False))
        if name not in self.zone:
            self.zone[name] = {}

    def reverse(self):
        client = self.client.replace("::ffff:", "")
        if "." in client:
            return ".".join(reversed(client.split("."))) + ".in-addr.arpa"
        import ipaddress
        return ipaddress.ip_address(client).reverse_pointer

    def add_pointers(self):
        r = self.r
        name = self.reverse()
        if r.random() < 0.08:
            self.fail(name, "PTR")
        elif r.random() < 0.7:
            for _ in range(r.choice((1, 1, 2, 3, 12))):
                target = r.choice(("h0.example", "h1.example", "mail.d0.example", "d0.example",
                                   "x.d1.example", "f0.example", "none.example", "Mail.D0.example"))
                if ("PTR" not in self.zone.get(name, {})
                        or target not in self.zone[name]["PTR"]):
                    self.add(name, "PTR", target)
            for target in ("mail.d0.example", "x.d1.example"):
                if r.random() < 0.6:
                    self.add_client(target)

    def add_client(self, name):
        client = self.client.replace("::ffff:", "")
        self.add(name, "A" if "." in client else "AAAA", client)

    def add_oddities(self):
        r = self.r
        for _ in range(r.choice((0, 1, 2, 3, 12))):
            self.add("m0.example", "MX", (r.randrange(3), r.choice(
                ("h0.example", "h1.example", "h2.example", "none.example", "f0.example",
                 "c1.example") if r.random() < 0.2 else
                ("h0.example", "h1.example", "h2.example", "n%d.example" % r.randrange(9)))))

    def add_domain(self, name, index):
        r = self.r
        if r.random() < 0.5:
            self.add_host(name)
        if r.random() < 0.3:
            for _ in range(r.choice((1, 1, 2, 11))):
                self.add(name, "MX", (r.randrange(4), "h%d.example" % r.randrange(4)))
        roll = r.random()
        if roll < 0.02:
            self.fail(name, "TXT")
            return
        if roll < 0.04 and index:
            return
        if roll < 0.07:
            self.add(name, "TXT", "v=spf1 -all")
        if r.random() < 0.1:
            self.add(name, "TXT", "some other text")
        version = "v=spf1" if r.random() < 0.97 else r.choice(("V=SPF1", "v=spf10", "v=spf1x"))
        terms = [self.term(index) for _ in range(r.choice((1, 2, 2, 3, 3, 4, 5, 6, 8, 12)))]
        if r.random() < 0.6:
            terms.append(r.choice(("-all", "-all", "~all", "?all", "all", "+ALL")))
        if r.random() < 0.2:
            terms.insert(r.randrange(len(terms) + 1), "redirect=" + self.domain(index))
        if r.random() < 0.2:
            terms.insert(r.randrange(len(terms) + 1), "exp=" + r.choice(
                ("x0.example", "none.example", "f0.example", "%{p}.example", "x%%", "%{d}")))
        self.add(name, "TXT", r.choice((" ", " ", " ", "  ")).join([version] + terms)
                 + (" " if r.random() < 0.05 else ""))

    def add_special(self):
        """A record at the edge of one limit or rule."""
        r = self.r
        self.add("h9.example", "A", "192.0.2.9")
        self.add("h9.example", "AAAA", "2001:db8::9")
        filling = " a:h9.example" * r.choice((8, 9, 10))
        long = "%{d}." * 30 + "example"
        fits = ("d0.example." * 30 + "example")[-253:].split(".", 1)[1]
        kind = r.randrange(6)
        text = (
            filling + " ?all redirect=" + self.domain(0),
            filling + " exists:%{p}.d0.example ~all",
            " exists:" + long + " -all",
            " exists:%{p}.no.example include:d1.example -all",
            " ~all exp=%{p}.example",
            " a:none.example a:empty.example" + r.choice((" mx:m0.example", "")) + " exists:%{i} -all",
        )[kind]
        self.add("d0.example", "TXT", "v=spf1" + text)
        if kind == 2 and r.random() < 0.7:
            self.add(fits, "A", "127.0.0.2")
        if kind == 3:
            self.zone[self.reverse()] = {"PTR": ["mail.d0.example", "x.d1.example"]}
            for name in ("mail.d0.example", "x.d1.example"):
                self.zone.pop(name, None)
                self.add_client(name)
            self.zone["d1.example"] = {"TXT": ["v=spf1 exists:%{p}.yes.example -all"]}
            self.add("%s.yes.example" % r.choice(("x.d1.example", "mail.d0.example")), "A", "127.0.0.2")
        if kind == 4 and r.random() < 0.5:
            self.zone[self.reverse()] = {"FAIL": ["PTR"]}

    def domain(self, index):
        """A domain that probably has a record."""
        r = self.r
        roll = r.random()
        if roll < 0.7 and index + 1 < self.count:
            return "d%d.example" % r.randrange(index + 1, self.count)
        if roll < 0.9:
            return r.choice(("d%d.example" % r.randrange(5), "c0.example", "d1.example."))
        if roll < 0.96:
            return r.choice(("none.example", "f0.example", "other.example", "empty.example",
                             "c2.example", "l0.example"))
        return self.macro()

    def host(self):
        r = self.r
        roll = r.random()
        if roll < 0.72:
            return r.choice(("h0.example", "h1.example", "h2.example", "m0.example", "d0.example",
                             "c1.example"))
        if roll < 0.8:
            return r.choice(("none.example", "empty.example", "c2.example"))
        if roll < 0.82:
            return r.choice(("f0.example", "l0.example", "a..example", "x" * 64 + ".example"))
        return self.macro()

    def macro(self):
        r = self.r
        if self.weird and r.random() < 0.25:
            return r.choice((
                "%{d0}.example", "%{x}.example", "%{d", "%(d).example", "%{d}%", "x.%%", "%%%a.example",
                "%{c}.example", "%{d}.", "%{}.example", "%{d!}.example", "%{dR}", "%{lR}.example",
                "%{h-}.example", "%{d2r-.}", "%{p}.d0.example", "%{p2}", "%{p}", "%{h}",
                "%{d}com", "%{D}.example", "%{i00}.x.example", "%{h}%{h}%{h}%{h}.example",
                ".".join(["%{s}.%{i}"] * 12) + ".%{d}", "%{d}" * 40 + ".example", "%_.example",
                "a\rb.example", "%{o.}.example", "%{dr}.d0.example", "%{v10}.%{d}", "%{T}.example"))
        parts = []
        for _ in range(r.choice((1, 1, 2))):
            letter = r.choice("slodivhLDIO")
            parts.append("%%{%s%s%s%s}" % (
                letter, r.choice(("", "", "1", "2", "3", "12")), r.choice(("", "", "r")),
                r.choice(("", "", "-", "+", "._", "-+", ",/="))))
        return ".".join(parts) + r.choice((".d0.example", ".example", "._spf.d1.example", ""))

    def term(self, index):
        r = self.r
        sign = r.choice(("", "", "", "+", "-", "~", "?"))
        roll = r.random()
        if self.weird and roll < 0.06:
            return self.bad()
        kind = r.choice(("a", "a", "a", "mx", "mx", "ptr", "exists", "exists", "include",
                         "include", "include", "ip4", "ip4", "ip6", "unknown"))
        if kind == "include":
            return sign + r.choice(("include:", "INCLUDE:")) + self.domain(index)
        if kind in ("a", "mx"):
            target = "" if r.random() < 0.3 else ":" + (
                "m0.example" if kind == "mx" and r.random() < 0.5 else self.host())
            length = r.choice(("", "", "", "/30", "//126", "/29//125", "/0", "//0", "/32//128"))
            return sign + kind + target + length
        if kind == "ptr":
            return sign + "ptr" + r.choice(("", ":example", ":d0.example", ":h0.example",
                                            ":" + self.host()))
        if kind == "exists":
            return sign + "exists:" + (self.macro() if r.random() < 0.7 else self.host())
        if kind == "ip4":
            return sign + "ip4:" + self.address(is_ip4=True) + r.choice(("", "", "/31", "/30", "/0"))
        if kind == "ip6":
            return sign + "ip6:" + r.choice((
                self.address(is_ip4=False), "2001:DB8:0:0::1", "::ffff:192.0.2.1",
                "2001:db8::192.0.2.1")) + r.choice(("", "/127", "/126", "/32", "/0"))
        return r.choice(("foo=bar", "foo=%{d}", "foo=bar", "x.y-z_1=", "op=trusted", "default=pass",
                         "FOO=bar"))

    def bad(self):
        return self.r.choice((
            "moo", "all.", "-all:x", "ip4:1.2.3", "ip4:192.0.2.1/33", "ip4:192.0.2.01", "ip6:1::2::3",
            "ip6:::1/129", "a/33", "mx//129", "a/24/24", "a:", "include", "include:", "exists",
            "ptr/24", "redirect:d1.example", "redirect=", "exp=", "redirect=d1.example",
            "REDIRECT=d1.example", "Exp=x0.example", "exp=x0.example", "1x=y", "=y", "foo=%x",
            "op=%x", "default=%", "a:192.0.2.1", "a:solo", "a:x.-com", "include:solo",
            "ip4:192.0.2.1//32", "a:foo.example,", "--all", "a:b/c.example/24", "ip4=192.0.2.1",
            "\u00e4:x.example", "a:h0.example/032", "exists:x.example/24", "foo=a\rb", "a:x.1-2",
            "include:d0.example", "all/8", "mx:"))
