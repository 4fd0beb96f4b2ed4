"""OCA's partner_statement for the same customers, and a comparison of the figures.

It is installed from PyPI in the database of the benchmark. The data of its report is
read as its wizard does; amounts are compared in cents.
"""

import time
from collections import Counter

BUCKETS = (
    "current",
    "b_1_30",
    "b_30_60",
    "b_60_90",
    "b_90_120",
    "b_over_120",
)
SHOWN = 5


def ask(env, partners, last, first=None):
    """Return the seconds until the peer has its data, and the data."""
    name = "activity" if first else "outstanding"
    report = env[f"report.partner_statement.{name}_statement"]
    start = time.perf_counter()
    values = report._get_report_values(partners.ids, asked(env, partners, last, first))
    return time.perf_counter() - start, values["data"]


def asked(env, partners, last, first=None):
    """Return the values of the peer's wizard, which include credit balances."""
    return {
        "company_id": env.company.id,
        "partner_ids": partners.ids,
        "date_start": first,
        "date_end": last,
        "account_type": "asset_receivable",
        "aging_type": "days",
        "show_aging_buckets": True,
        "show_only_overdue": False,
        "excluded_accounts_ids": [],
        "filter_non_due_partners": True,
        "filter_negative_balances": False,
        "is_activity": bool(first),
        "is_outstanding": not first,
    }


# Whether both say the same


def compare(figures, run, theirs):
    """Compare the blocks of a run with the peer's, by customer and currency."""
    ours = {block: Ours(*found) for block, found in _blocks(run).items()}
    peers = _peer_blocks(theirs)
    nothing = Ours(0, [0] * 6, 0, [])
    verdicts = {
        block: _verdict(ours.get(block, nothing), peers.get(block, (0, [0] * 6)))
        for block in ours.keys() | peers.keys()
    }
    currencies = Counter(partner for partner, _currency in verdicts)
    for who, several in (("one currency", False), ("several currencies", True)):
        chosen = {
            block: verdict
            for block, verdict in verdicts.items()
            if (currencies[block[0]] > 1) == several
        }
        _tell(figures, who, chosen)


class Ours:
    """Return a block as stored, and as computed from its lines by the peer's rules."""

    def __init__(self, closing, buckets, unapplied, items):
        self.closing = closing
        self.buckets = buckets
        self.unapplied = unapplied
        self.items = items

    def aged(self, like_peer=False, with_credits=False):
        sums = [0] * 6
        for days, amount in self.items:
            if amount > 0 or with_credits:
                # The peer takes the 30th day for the 31st, the 60th for the 61st …
                late = days if like_peer else days - 1
                sums[0 if days <= 0 else min(5, late // 30 + 1)] += amount
        return sums


SAME = "same closing balance, same buckets"
UNEXPLAINED = "not explained"
RULES = {
    "same but for credits: the peer ages them, here they stand apart": (False, True),
    "same but for days 30, 60, 90, 120: a bucket later at the peer": (True, False),
    "same but for both": (True, True),
}


def _verdict(mine, theirs):
    closing, buckets = theirs
    if mine.closing != closing or mine.closing != sum(mine.buckets) + mine.unapplied:
        return UNEXPLAINED
    if mine.buckets == buckets and not mine.unapplied:
        return SAME
    for words, (like_peer, with_credits) in RULES.items():
        rest = 0 if with_credits else mine.unapplied
        if mine.aged(like_peer, with_credits) == buckets and not rest:
            return words
    return UNEXPLAINED


def _tell(figures, who, verdicts):
    counts = Counter(verdicts.values())
    total = len(verdicts)
    figures.add(f"Balances of customers with {who}", f"{total:,}", "")
    for words in (SAME, *RULES):
        figures.add(f"  {words}", f"{counts[words]:,}")
    figures.add(f"  {UNEXPLAINED}", f"{counts[UNEXPLAINED]:,}", "0")
    wrong = [block for block, words in verdicts.items() if words == UNEXPLAINED]
    for partner, currency in sorted(wrong)[:SHOWN]:
        figures.add(f"    customer {partner}, currency {currency}", "")


def _blocks(run):
    run.env.cr.execute(
        """SELECT partner_id, currency_id, closing, unapplied, bucket_0, bucket_1,
                bucket_2, bucket_3, bucket_4, bucket_5,
                (SELECT ARRAY_AGG(ARRAY[%s - due_date, ROUND(open_amount * 100)])
                   FROM clerk_statement_line AS line
                  WHERE line.statement_id = statement.id AND section = 'open'
                    AND line.currency_id = balance.currency_id)
             FROM clerk_statement_balance AS balance
             JOIN clerk_statement AS statement ON statement.id = statement_id
            WHERE run_id = %s""",
        [run.date, run.id],
    )
    return {
        (partner, currency): (
            _cents(closing),
            list(map(_cents, buckets)),
            _cents(unapplied),
            [(int(days), int(amount)) for days, amount in items or ()],
        )
        for partner, currency, closing, unapplied, *buckets, items in (
            run.env.cr.fetchall()
        )
        if items
    }


def _peer_blocks(theirs):
    """Return balance and buckets of the peer, without blocks with no open items."""
    blocks = {}
    for partner, found in theirs.items():
        for currency, block in found["currencies"].items():
            aged = block["buckets"] or {}
            sums = [_cents(aged.get(name) or 0) for name in BUCKETS]
            closing = _cents(block["amount_due"])
            if closing or any(sums):
                blocks[partner, currency] = closing, sums
    return blocks


def compare_forward(figures, run, theirs):
    """Compare opening and closing balances of a period with the peer's."""
    run.env.cr.execute(
        """SELECT partner_id, currency_id, opening, closing
             FROM clerk_statement_balance AS balance
             JOIN clerk_statement AS statement ON statement.id = statement_id
            WHERE run_id = %s""",
        [run.id],
    )
    ours = {
        (partner, currency): (_cents(opening), _cents(closing))
        for partner, currency, opening, closing in run.env.cr.fetchall()
    }
    peers = {
        (partner, currency): (
            _cents(block["balance_forward"]),
            _cents(block["balance_forward"] + block["ending_balance"]),
        )
        for partner, found in theirs.items()
        for currency, block in found["currencies"].items()
    }
    exchanged = _exchange_differences(run)
    counts = Counter(
        _forward_verdict(
            ours.get(block, (0, 0)), peers.get(block, (0, 0)), exchanged.get(block, 0)
        )
        for block in ours.keys() | peers.keys()
    )
    figures.add("Balances brought forward and closing", f"{counts.total():,}")
    for words in (SAME_ENDS, EXCHANGED):
        figures.add(f"  {words}", f"{counts[words]:,}")
    figures.add(f"  {UNEXPLAINED}", f"{counts[UNEXPLAINED]:,}", "0")


SAME_ENDS = "the same"
EXCHANGED = "same but for exchange differences: the peer adds them to foreign balances"


def _forward_verdict(mine, theirs, exchanged):
    if mine == theirs:
        return SAME_ENDS
    opening, closing = mine
    return EXCHANGED if theirs == (opening, closing + exchanged) else UNEXPLAINED


def _exchange_differences(run):
    """Return amounts in company currency of items with an amount of zero."""
    run.env.cr.execute(
        """SELECT line.partner_id, line.currency_id, SUM(line.balance)
             FROM account_move_line AS line
             JOIN account_account AS account ON account.id = line.account_id
            WHERE account.account_type = 'asset_receivable'
              AND line.parent_state = 'posted' AND line.amount_currency = 0
              AND line.date BETWEEN %s AND %s
            GROUP BY line.partner_id, line.currency_id""",
        [run.date_from, run.date],
    )
    return {
        (partner, currency): _cents(amount)
        for partner, currency, amount in run.env.cr.fetchall()
    }


def _cents(amount):
    return round(float(amount) * 100)
