"""Mutants that no test can notice, each with why.

By file in the rules and changed line, as ``make mutate`` prints them.
"""

HEADER = "The header is written again once size and checksum are known."
SECURITY = "Only a machine in FIPS mode looks at it, and refuses SHA-1 then."

SAME = {
    "audit/pack/audit_pack.py": {
        "out.write(local_header(Entry(path, expected, 1), created))": HEADER,
        "sha256, sha1 = hashlib.sha256(), hashlib.sha1(usedforsecurity=True)": SECURITY,
    },
}
