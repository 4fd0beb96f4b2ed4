"""Mutants that no test can notice, each with why.

By file in the rules and changed line, as ``make mutate`` prints them.
"""

HEADER = "The header is written again once size and checksum are known."
SECURITY = "Only a machine in FIPS mode looks at it, and refuses SHA-1 then."
ONE = "The list has one element."
SIGN = "Of an amount of 0, or a factor of 1 or -1."
RATIONAL = "The probability is irrational for a plan in rational numbers."
CERTAIN = "As many deviations as items are within no risk."
BISECTION = "It begins farther below, and ends at the same size."
ROOM = "Texts of twelve digits are whole numbers either way."
ALIKE = "The lines have the same traits."
PIECES = "The size of the pieces that are read."
MIRRORED = "The same positions, counted from the end."
IRRATIONAL = "The expected proportion of a digit is irrational, counts are not."

SAME = {
    "audit/confirmation/audit_confirmation.py": {
        "return ending[ -1] if len(ending) == 1 and len(number) >= MINIMUM_SUFFIX"
        " else None": ONE,
        "return stated - min(abs(misstated), abs(stated)) * (1 if stated >= 0"
        " else -1)": SIGN,
        "return stated - min(abs(misstated), abs(stated)) / (1 if stated > 0"
        " else -1)": SIGN,
    },
    "audit/engagement/audit_finding.py": {
        "trivial: Decimal = Decimal( -1)": "Sizes are not negative.",
    },
    "audit/pack/audit_pack.py": {
        "out.write(local_header(Entry(path, expected, 1), created))": HEADER,
        "sha256, sha1 = hashlib.sha256(), hashlib.sha1(usedforsecurity=True)": SECURITY,
    },
    "audit/request/audit_request_sheet.py": {
        'cell = f"{cell:.12g}" if abs(cell) <= 1e11 else f"{cell:.0f}"': ROOM,
        'cell = f"{cell:.12g}" if abs(cell) < 100000000001.0 else f"{cell:.0f}"': ROOM,
        'cell = f"{cell:.12g}" if abs(cell) < 99999999999.0 else f"{cell:.0f}"': ROOM,
    },
    "audit/sample/sampling.py": {
        "return _smallest(lambda size: gamma_above(1 + size * wrong, size * bad)"
        " < risk)": RATIONAL,
        "check_plan(tolerable_rate, -1, risk)": "It is below any tolerable rate.",
        "size >= deviations and is_within_risk(risk, deviations, size,"
        " tolerable_rate)": CERTAIN,
        "low = high // 3": BISECTION,
        "for (projected, item), step in zip(projections, steps, strict=False)": (
            "Both have a step for each error."
        ),
    },
    "audit/sample/sampling_draw.py": {
        "places = [(start - step * count) // size for step in range(size)]": MIRRORED,
    },
    "audit/test/audit_benford.py": {
        "total = sum(counts.values()) or 2": "Without amounts, each count is 0.",
        "for name, bound in zip(NAMES, BOUNDS[digits], strict=False):": (
            "Both have three."
        ),
        "if value < bound:": IRRATIONAL,
        "gap = gap - correction if gap >= correction else 0.0": (
            "The difference of equal numbers is 0."
        ),
        "if count >= total * expected(first)"
        " and score(count, total, first) > SIGNIFICANT": IRRATIONAL,
        "if count > total * expected(first)"
        " and score(count, total, first) >= SIGNIFICANT": IRRATIONAL,
    },
    "call/search_text.py": {
        'or not {written["before"].lower(), written["after"].lower()} < known': (
            "Two texts are never all of the three and more that are known."
        ),
    },
    "billing_error/billing_error.py": {
        "if self.disputed <= 0:": "Of nothing disputed, nothing is open.",
    },
    "correction/line_match.py": {
        "key = max(clear, key=lambda key: _agreement(waiting[key],"
        " free[clear[key][ -1]]))": ALIKE,
        "ours == theirs for ours, theirs in zip(row.traits, line.traits,"
        " strict=False)": "Both have every trait.",
    },
    "evidence.py": {
        "CHUNK = 2 << 20": PIECES,
        "CHUNK = 1 << 21": PIECES,
        "CHUNK = 1 << 19": PIECES,
    },
    "input_value.py": {
        "DATE_LENGTH, DATETIME_LENGTH = 11, 19": "A space after a date is read too.",
        "if value is None and value is False:": "Other checks let both pass.",
        'if decoded_size(value) >= maximum("file"):': (
            "The limit is no multiple of the three bytes that base64 encodes."
        ),
    },
    "lifecycle.py": {
        "return targets[ -1] if targets else None": "All targets are the same.",
    },
}
