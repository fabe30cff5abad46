"""Random SPF trees, evaluated by pyspf as it is and by pyspf with named corrections.

usage: spf_differential.py SEED COUNT OUTPUT

Each correction is a rule with the section that decides it. A tree whose result differs between
pyspf and the corrected pyspf is written with the rules that make the difference, so that the test
can ask for two things: our result is always the corrected one, and every difference from pyspf has
a rule's name. OUTPUT has one line per fact, its parts separated by tabs:

  Z name type value          one fact of a zone; before the first case, of every zone
  Q client helo mailfrom     begins a case
  R pyspf corrected rules    its results, and the rules (separated by commas, "-" for none)
"""
import random
import re
import sys
import urllib.parse

import spf

# name: (section, why ours is right)
RULES = {
    "mx-one-by-one": ("RFC 7208 5.4, 4.6.4", "Exchangers are asked for in their order until one "
                      "matches; what stands behind the match is not asked for and counts for no "
                      "limit."),
    "names-survive-errors": ("RFC 7208 5.5, 7.3", "An error of DNS about the client's names loses "
                             "these names; it does not end the check."),
    "void-per-term": ("RFC 7208 4.6.4", "The limit is on terms whose look-ups find nothing: a term "
                      "counts once, and the first look-up and that for exp are no terms."),
    "redirect-when-followed": ("RFC 7208 4.6.4, 6.1", "A redirect that is not followed asks for "
                               "nothing and is not counted."),
    "p-counts": ("RFC 7208 4.6.4", "The PTR question that a macro p leads to is included in the "
                 "limit of ten."),
    "exp-after-result": ("RFC 7208 6.2, 4.6.4", "exp is evaluated after the result, and nothing "
                         "wrong with it changes the result."),
    "include-self-when-reached": ("RFC 7208 4.6.4, 5.2", "Including oneself is no syntax error; "
                                  "the limits end it when it is reached."),
    "modifier-any-case": ("RFC 7208 4.6.1, RFC 5234 2.3", "Names of modifiers are compared without "
                          "regard to case."),
    "unknown-repeats": ("RFC 7208 6", "Only redirect and exp may not be there twice."),
    "unknown-syntax": ("RFC 7208 6, 12", "The value of every unknown modifier must be a "
                       "macro-string, op and default among them."),
    "macro-grammar": ("RFC 7208 7.1", "Macros and literals follow the grammar: %% may end a "
                      "domain, braces must be closed, no other letter and no control may stand, "
                      "the number of parts is not zero."),
    "join-with-dots": ("RFC 7208 7.3", "Parts are joined with dots, whatever the delimiter was."),
    "reverse-any-case": ("RFC 7208 7.1, RFC 5234 2.3", "The transformer r may be written R."),
    "truncate-until-fits": ("RFC 7208 7.3", "Labels are taken off until the name has 253 octets, "
                            "not one only."),
    "alias-loop-fails": ("RFC 1034 3.6.2, RFC 7208 5", "A loop of aliases is an error of DNS, and "
                         "an error of DNS is a temperror."),
    "last-at": ("RFC 5321 4.1.2", "A quoted local part may hold an @; the last one parts it from "
                "the domain."),
    "postmaster-in-sender": ("RFC 7208 4.3", "Where the sender has no local part, postmaster stands in "
                             "for it in every macro, s among them."),
    "p-per-domain": ("RFC 7208 7.3", "Which of the client's names p is depends on the domain whose "
                     "record is read."),
    "single-label": ("RFC 7208 4.3", "A domain of one label has no SPF record."),
    "empty-name": ("RFC 7208 4.8", "Macros that expand to nothing make a name that does not exist, "
                   "which is no fault of the record's syntax."),
    "local-part-ascii": ("RFC 8616 4", "A term with the sender's local part matches nothing when "
                         "that is not ASCII."),
}
ALL = frozenset(RULES)

LETTER = "[slodipvhSLODIPVH]"
MACRO = r"%%(?:\{%s0*(?:[1-9][0-9]*)?[rR]?[.+,/_=-]*\}|%%|_|-)" % LETTER
LITERAL = r"[\x21-\x24\x26-\x7e]"
MACRO_STRING = re.compile(r"(?:%s|%s)*\Z" % (MACRO, LITERAL))
TOPLABEL = r"(?:[0-9A-Za-z]*[A-Za-z][0-9A-Za-z]*|[0-9A-Za-z]+-[0-9A-Za-z-]*[0-9A-Za-z])"
DOMAIN_END = re.compile(r"(?:.*%s|.*\.%s\.?)\Z" % (MACRO, TOPLABEL), re.S)
ZERO = re.compile(r"%\{[A-Za-z]0+[^0-9]")
HAS_LOCAL = re.compile(r"%\{[slSL]")

ZONE = {}


def lookup(name, qtype, strict=True, timeout=20):
    """The zone as pyspf's DNS."""
    entry = ZONE.get(name)
    if entry is None:
        return []
    if qtype in entry.get("FAIL", ()):
        raise spf.TempError("DNS the zone fails it")
    if qtype in entry:
        return [((name, qtype), value) for value in entry[qtype]]
    if "CNAME" in entry:
        return [((name, "CNAME"), entry["CNAME"])]
    return []


spf.DNSLookup = lookup


def loops(name, qtype):
    """Whether aliases lead back to themselves before there is an answer."""
    seen = set()
    while name not in seen:
        seen.add(name)
        entry = ZONE.get(name, {})
        if qtype in entry or qtype in entry.get("FAIL", ()) or "CNAME" not in entry:
            return False
        name = entry["CNAME"]
    return True


class Corrected(spf.query):
    """pyspf with the rules of a set."""

    def __init__(self, rules, i, s, h):
        super().__init__(i=i, s=s, h=h, strict=True)
        self.rules = rules
        self.in_term = False      # whether a term is being evaluated
        self.term_void = False    # whether it has been counted as void
        self.is_dry = False       # whether only the syntax is looked at
        self.names_asked = False
        if "last-at" in rules and "@" in self.s:
            local, domain = self.s.rsplit("@", 1)
            self.l, self.o = local or "postmaster", domain
            self.d = self.o
        if "postmaster-in-sender" in rules:
            self.s = self.l + "@" + self.o

    # DNS

    def dns(self, name, qtype, cnames=None, ignore_void=False):
        name = str(name)
        if name.endswith("."):
            name = name[:-1]
        if not all(0 < len(label) < 64 for label in name.split(".")):
            return []
        if "alias-loop-fails" in self.rules and loops(name.lower(), qtype):
            raise spf.TempError("DNS loop of aliases")
        if "void-per-term" not in self.rules:
            return super().dns(name, qtype, cnames, ignore_void)
        found = super().dns(name, qtype, cnames, True)
        if not found and cnames is None and not ignore_void:
            self.note_void()
        return found

    def note_void(self):
        if not self.in_term or self.term_void:
            return
        self.term_void = True
        self.void_lookups += 1
        if self.void_lookups > spf.MAX_VOID_LOOKUPS:
            raise spf.PermError("too many void terms")

    def dns_spf(self, domain):
        if "single-label" in self.rules and "." not in domain.strip("."):
            return None
        return super().dns_spf(domain)

    def dns_mx(self, domainname):
        if "mx-one-by-one" not in self.rules:
            return super().dns_mx(domainname)
        hosts = sorted(self.dns(domainname, "MX"), key=lambda entry: entry[0])
        for index, (_, host) in enumerate(hosts):
            if index >= spf.MAX_MX:
                raise spf.PermError("too many MX")
            found = self.dns_a(host, self.A)
            if self.cidrmatch(found, self.mx_cidr):
                return found
        return []

    def validated_ptrs(self):
        self.names_asked = True
        if "names-survive-errors" not in self.rules:
            return super().validated_ptrs()
        try:
            names = self.dns_ptr(self.i)[:spf.MAX_PTR]
        except spf.TempError:
            return []
        valid = []
        for name in names:
            try:
                if self.cidrmatch(self.dns_a(name, self.A), self.cidrmax):
                    valid.append(name)
            except spf.TempError:
                pass
        return valid

    def getp(self):
        if self.is_dry:
            return "unknown"
        if "p-counts" in self.rules and not self.names_asked and self.in_term:
            self.check_lookups()
        if "p-per-domain" in self.rules:
            self.p = None
        return super().getp()

    # Macros

    def expand_domain(self, arg):
        if "macro-grammar" not in self.rules:
            return super().expand_domain(arg)
        if not arg or not DOMAIN_END.match(arg):
            raise spf.PermError("no domain-spec", arg)
        return self.expand(arg)

    def expand(self, s, stripdot=True):
        if "macro-grammar" in self.rules and stripdot:
            if not MACRO_STRING.match(s) or ZERO.search(s):
                raise spf.PermError("no macro-string", s)
        elif "%" in s and spf.RE_INVALID_MACRO.search(s):
            raise spf.PermError("invalid macro", s)
        result, end = "", 0
        for found in spf.RE_CHAR.finditer(s):
            result += s[end:found.start()] + self.one_macro(found.group(), stripdot)
            end = found.end()
        result += s[end:]
        if stripdot and result.endswith("."):
            result = result[:-1]
        while "." in result and len(result) > 253:
            result = result[result.index(".") + 1:]
            if "truncate-until-fits" not in self.rules:
                break
        return result

    def one_macro(self, macro, stripdot):
        if macro in ("%%", "%_", "%-"):
            return {"%%": "%", "%_": " ", "%-": "%20"}[macro]
        letter = macro[2].lower()
        if letter == "p":
            value = self.getp() if not self.is_dry else "unknown"
        elif letter in "crt" and stripdot:
            raise spf.PermError("macro for exp only", macro)
        else:
            value = getattr(self, letter, self)
        if value is self:
            raise spf.PermError("unknown macro", macro)
        if not value:
            return ""
        marks = macro[3:-1]
        if "reverse-any-case" in self.rules:
            marks = marks.replace("R", "r")
        joiner = "." if "join-with-dots" in self.rules else spf.JOINERS.get(letter)
        value = spf.expand_one(value, marks, joiner)
        return urllib.parse.quote(value, "~") if letter != macro[2] else value

    # Terms

    def modifier(self, term):
        found = spf.RE_MODIFIER.match(term)
        if not found:
            return None
        name = found.group(1)
        return (name.lower() if "modifier-any-case" in self.rules else name), term[found.end():]

    def read_mechanism(self, term):
        """The parts of a mechanism, its domain expanded."""
        name = spf.parse_mechanism(term, self.d)[0].lstrip("+-?~")
        try:
            return self.validate_mechanism(term)
        except spf.PermError as error:
            if "trivial recursion" in error.msg and "include-self-when-reached" in self.rules:
                pass
            elif error.msg == "empty domain:" and "empty-name" in self.rules \
                    and ":" in term and term.split(":", 1)[1]:
                pass
            else:
                raise
        sign = spf.RESULTS.get(term[0], "pass")
        _, arg, cidr, cidr6 = spf.parse_mechanism(term, self.d)
        lengths = (cidr, 32) if self.v == "in-addr" else (cidr6, 128)
        length = lengths[1] if lengths[0] is None else lengths[0]
        return term, name, self.expand_domain(arg), length, sign

    def dry(self, action, *arguments):
        """Does something for its syntax errors only."""
        held, self.is_dry = self.is_dry, True
        try:
            return action(*arguments)
        finally:
            self.is_dry = held

    def check0(self, record, recursion):
        if not record:
            return "none", 250, ""
        terms = [term for term in record.split(" ")[1:] if term]
        mechanisms, redirect, seen = [], None, []
        # RFC 7208 4.6.2: macros behind a match are not expanded, only their syntax is proved. What
        # comes of their expansion has the rules above; none of these is without it.
        is_lazy = bool(self.rules)
        for term in terms:
            modifier = self.modifier(term)
            if modifier is None:
                if is_lazy:
                    self.dry(self.read_mechanism, term)
                    mechanisms.append(term)
                else:
                    mechanisms.append(self.read_mechanism(term))
                continue
            redirect = self.take_modifier(*modifier, seen) or redirect
        held = self.in_term, self.term_void
        try:
            for term in mechanisms:
                self.in_term, self.term_void = True, False
                result = self.try_mechanism(term, recursion)
                if result:
                    return result, 250, ""
            self.term_void = False
            return self.try_redirect(redirect, recursion)
        finally:
            self.in_term, self.term_void = held

    def take_modifier(self, name, value, seen):
        """Gives what a redirect is followed by later."""
        if name in seen and ("unknown-repeats" not in self.rules or name in ("redirect", "exp")):
            raise spf.PermError("modifier twice", name)
        seen.append(name)
        if name == "exp":
            self.take_exp(value)
        elif name == "redirect":
            if "redirect-when-followed" in self.rules:
                self.prove_domain(value)
                return [value]
            self.check_lookups()
            found = self.expand_domain(value)
            if not found:
                raise spf.PermError("redirect has empty domain", value)
            return found
        elif name not in ("op", "default") or "unknown-syntax" in self.rules:
            self.dry(self.expand, value)
        return None

    def prove_domain(self, value):
        expanded = self.dry(self.expand_domain, value)
        if not expanded and not (value and "empty-name" in self.rules):
            raise spf.PermError("empty domain", value)

    def take_exp(self, value):
        if not value:
            raise spf.PermError("exp has empty domain-spec", value)
        if "exp-after-result" in self.rules:
            self.dry(self.expand_domain, value)
            return
        name = self.expand_domain(value)
        if name:
            try:
                self.get_explanation(name)
            except Exception:
                pass

    def try_mechanism(self, term, recursion):
        """The result when the term matches, else None."""
        if isinstance(term, str):
            name = spf.parse_mechanism(term, self.d)[0].lstrip("+-?~")
            counts = name in ("include", "a", "mx", "ptr", "exists")
            if counts:
                self.check_lookups()
            if counts and self.is_beyond_ascii(term):
                return None
            _, name, arg, cidr, result = self.read_mechanism(term)
        else:
            text, name, arg, cidr, result = term
            if name in ("include", "a", "mx", "ptr", "exists"):
                self.check_lookups()
                if self.is_beyond_ascii(text):
                    return None
        if name == "all":
            return result
        if name in ("ip4", "ip6"):
            own = self.v == ("in-addr" if name == "ip4" else "ip6")
            return result if own and self.cidrmatch([arg], cidr) else None
        if name == "include":
            inner = self.check1(self.dns_spf(arg), arg, recursion + 1)[0]
            if inner == "none":
                raise spf.PermError("include without record", arg)
            return result if inner == "pass" else None
        if name == "exists":
            return result if self.dns_a(arg, "A") else None
        if name == "a":
            return result if self.cidrmatch(self.dns_a(arg, self.A), cidr) else None
        if name == "mx":
            self.mx_cidr = cidr
            return result if arg and self.cidrmatch(self.dns_mx(arg), cidr) else None
        return result if spf.domainmatch(self.validated_ptrs(), arg) else None

    def is_beyond_ascii(self, term):
        return ("local-part-ascii" in self.rules and HAS_LOCAL.search(term)
                and not self.l.isascii())

    def try_redirect(self, redirect, recursion):
        if not redirect:
            return "neutral", 250, ""
        if isinstance(redirect, list):
            self.check_lookups()
            redirect = self.expand_domain(redirect[0])
        record = self.dns_spf(redirect)
        if not record:
            raise spf.PermError("redirect without record", redirect)
        return self.check1(record, redirect, recursion)


def evaluate(rules, client, helo, sender):
    return Corrected(rules, client, sender, helo).check()[0]


def responsible(wanted, *case):
    """One rule that alone gives the wanted result, else a set of which none can be left out."""
    for rule in sorted(ALL):
        if evaluate(frozenset([rule]), *case) == wanted:
            return [rule]
    kept = ALL
    for rule in sorted(ALL):
        if evaluate(kept - {rule}, *case) == wanted:
            kept = kept - {rule}
    return kept


def encoded(zone):
    """The zone with TXT records as pyspf wants them."""
    made = {}
    for name, entry in zone.items():
        made[name] = dict(entry)
        if "TXT" in entry:
            made[name]["TXT"] = [pieces(text) for text in entry["TXT"]]
    return made


def pieces(text):
    octets = text.encode("utf-8")
    return tuple(octets[i:i + 255] for i in range(0, len(octets), 255))


def grow(tree, asked):
    """Gives some of the names that were not there an address or a record."""
    for name in sorted(asked):
        if name and name not in ZONE and "d" in name and tree.r.random() < 0.5:
            if tree.r.random() < 0.7:
                tree.add(name, "A", "127.0.0.2")
            else:
                tree.add(name, "TXT", "v=spf1 " + tree.r.choice(("a", "all", "-all", "mx ~all")))


def facts(name, entry):
    """The lines for one name; a name without records is told as well."""
    lines = [] if entry else ["Z\t%s\tNONE\t" % name]
    for kind, values in entry.items():
        for value in [values] if kind == "CNAME" else values:
            if kind == "MX":
                value = "%d %s" % value
            lines.append("Z\t%s\t%s\t%s" % (name, kind, value))
    return lines


def main(seed, count, path):
    global ZONE
    from spf_trees import COMMON, Tree
    with open(path, "wb") as output:
        for name, entry in COMMON.items():
            output.write(("\n".join(facts(name, entry)) + "\n").encode("utf-8"))
        for number in range(count):
            tree = Tree("%s:%d" % (seed, number))
            case = (tree.client, tree.helo, tree.sender)
            ZONE = encoded(tree.zone)
            asked = set()
            if number % 2:
                def noting(name, qtype, strict=True, timeout=20):
                    asked.add(name)
                    return lookup(name, qtype)
                spf.DNSLookup = noting
                spf.query(i=tree.client, s=tree.sender, h=tree.helo).check()
                spf.DNSLookup = lookup
                grow(tree, asked)
                ZONE = encoded(tree.zone)
            theirs = spf.query(i=tree.client, s=tree.sender, h=tree.helo).check()[0]
            corrected = evaluate(ALL, *case)
            rules = "-"
            if theirs != corrected:
                assert evaluate(frozenset(), *case) == theirs, (number, tree.zone, case)
                rules = ",".join(sorted(responsible(corrected, *case)))
            lines = ["Q\t%s\t%s\t%s" % case]
            for name, entry in tree.zone.items():
                if entry is not COMMON.get(name):
                    lines += facts(name, entry)
            lines.append("R\t%s\t%s\t%s" % (theirs, corrected, rules))
            output.write(("\n".join(lines) + "\n").encode("utf-8"))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
