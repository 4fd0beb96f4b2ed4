"""Payments applied without asking, by this addon and by OCA's account_reconcile_oca.

The same payments as in `receipt_match`: for this addon as posted payments, for the peer
as lines of a bank statement with the same customer, amount and text. Counted are those
that are applied without asking, and those of them that are applied to other invoices
than the payer meant. Times are those of the rules, without entering the lines.
"""

import json
import os
import time
from pathlib import Path
from unittest.mock import patch

from odoo import fields

from . import receipt_match as corpus

# The peer had not ended a thousand after fourteen minutes.
PAYMENTS = int(os.environ.get("PAYMENTS") or 100)
PEER = "account_reconcile_oca"
NOTES = f"""\
{PEER} looks for the whole text of a line in the numbers of invoices: a text
with any other word finds none. It is measured with bare numbers as well.
account_reconcile_model_oca has no release for Odoo 19.0."""


def ours(env, file):
    """Measure this addon."""
    invoices, first = _ledger(env)
    items = env["account.move.line"].browse(range(first, first + 2 * PAYMENTS, 2))
    matches = env["clerk.receipt.match"]

    def work():
        known = matches.search([])
        corpus.propose(env, matches, items)
        made = matches.search([("is_automatic", "=", True)]) - known
        made._apply(automatic=True)

    _measure(env, file, "Invoicing Clerk", work, lambda: items, invoices)
    env.cr.rollback()


def theirs(env, file):
    """Measure the peer, with the texts of the payments and with bare numbers."""
    invoices, _first = _ledger(env)
    for label, dropped in ((PEER, ""), (f"{PEER}, bare numbers", "pay ")):
        with env.cr.savepoint() as savepoint:
            lines = _statement_lines(env, invoices, dropped)
            _measure(
                *(env, file, label, lines._auto_reconcile),
                lambda lines=lines: _credits(lines),
                invoices,
            )
            savepoint.rollback()
        env.invalidate_all()
    env.cr.rollback()


def _ledger(env):
    """Return the first items of the ledger, to which the ORM can add records."""
    found = corpus.fill(env, PAYMENTS)
    corpus.settle(env)
    return found


def _statement_lines(env, invoices, dropped):
    """Return the payments as lines of a bank statement, not reconciled so far."""
    lines = env["account.bank.statement.line"]
    items = env["account.move.line"]
    bank = env["account.journal"].search(
        [("type", "=", "bank"), ("company_id", "=", env.company.id)], limit=1
    )
    values = [
        {
            "journal_id": bank.id,
            "date": fields.Date.today(),
            "payment_ref": corpus.text_of(n).removeprefix(dropped),
            "amount": round(sum(map(corpus.amount, corpus.paid(n))), 2),
            "partner_id": items.browse(_meant(invoices, n)[0]).partner_id.id,
        }
        for n in range(PAYMENTS)
    ]
    with patch.object(type(lines), "_auto_reconcile", lambda self: None):
        made = lines.create(values)
    env.flush_all()
    env.invalidate_all()
    return made


def _credits(lines):
    """Return the receivable item of each line, or an empty one."""
    items = lines.env["account.move.line"]
    return [
        line.move_id.line_ids.filtered(
            lambda item: item.account_id.account_type == "asset_receivable"
        )
        or items
        for line in lines
    ]


def _meant(invoices, n):
    """Return the items that a payment is for."""
    return [invoices + 2 * k for k in corpus.paid(n)]


def _measure(env, file, label, work, credits, invoices):
    """Keep a row of the table: share of applied payments, wrong ones, and time."""
    start = time.perf_counter()
    work()
    env.flush_all()
    seconds = time.perf_counter() - start
    env.invalidate_all()
    applied = wrong = 0
    for n, items in enumerate(credits()):
        if paid := items.matched_debit_ids.debit_move_id:
            applied += 1
            wrong += sorted(paid.ids) != sorted(_meant(invoices, n))
    path = Path(file)
    rows = json.loads(path.read_text()) if path.exists() else []
    rows.append([label, PAYMENTS, applied / PAYMENTS, wrong / PAYMENTS, seconds])
    path.write_text(json.dumps(rows))


def show(_env, file):
    """Print the table."""
    lines = [f"{'':<40} {'payments':>9} {'applied':>9} {'wrong':>9} {'clock':>10}"]
    lines += [
        f"{label:<40} {count:9,} {applied:9.1%} {wrong:9.1%} {seconds:8.1f} s"
        for label, count, applied, wrong, seconds in json.loads(Path(file).read_text())
    ]
    print("\n".join(["", *lines, NOTES]), flush=True)
