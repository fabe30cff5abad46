"""Reads reports with parsedmarc: python report_parsedmarc.py FILE...; one line for each fact."""

import logging
import sys

import parsedmarc

logging.disable(logging.CRITICAL)


def aggregate(report):
    head, policy = report["report_metadata"], report["policy_published"]
    yield f"aggregate {head['org_name']} {head['org_email']} {head['report_id']}"
    yield f"period {head['begin_date']} {head['end_date']}"
    yield f"policy {policy['domain']} {policy['p']} {policy['sp']} {policy['adkim']}"
    for record in report["records"]:
        done, who = record["policy_evaluated"], record["identifiers"]
        reasons = ",".join(r["type"] for r in done["policy_override_reasons"])
        found = record["auth_results"]
        yield " ".join([
            "row", record["source"]["ip_address"], str(record["count"]), done["disposition"],
            done["dkim"], done["spf"], reasons or "-", who["header_from"],
            who["envelope_from"] or "-", who["envelope_to"] or "-",
            ",".join(f"{r['domain']}/{r['selector']}/{r['result']}" for r in found["dkim"]) or "-",
            ",".join(f"{r['domain']}/{r['scope']}/{r['result']}" for r in found["spf"]) or "-",
        ])
    for error in head["errors"]:
        yield f"error {error}"


def tls(report):
    yield f"tls {report['organization_name']} {report['contact_info']} {report['report_id']}"
    yield f"period {report['begin_date']} {report['end_date']}"
    for policy in report["policies"]:
        yield (f"policy {policy['policy_domain']} {policy['policy_type']} "
               f"{policy['successful_session_count']} {policy['failed_session_count']}")
        for detail in policy.get("failure_details", []):
            yield (f"failure {detail['result_type']} {detail['failed_session_count']} "
                   f"{detail.get('receiving_ip', '-')} {detail.get('receiving_mx_hostname', '-')}")


for path in sys.argv[1:]:
    parsed = parsedmarc.parse_report_file(path, offline=True)
    kind = parsed["report_type"]
    for line in {"aggregate": aggregate, "smtp_tls": tls}[kind](parsed["report"]):
        print(line)
