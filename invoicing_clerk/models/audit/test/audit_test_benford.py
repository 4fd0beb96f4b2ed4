from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ....rules.audit.test import audit_benford as rules
from .audit_test_source import Outcome, facts, figure, found


class ClerkAuditRun(models.Model):
    """Tests of how amounts begin: see `rules.audit_benford`."""

    _inherit = "clerk.audit.run"

    @api.model
    def _figure_labels(self):
        digits = {f"digit_{each}": str(each) for each in range(1, 100)}
        return {
            **super()._figure_labels(),
            "deviation": self.env._("Mean absolute deviation"),
            "verdict": self.env._("Verdict"),
            **digits,
        }

    @api.model
    def _reason_texts(self):
        return {
            **super()._reason_texts(),
            "digits": self.env._(
                "%(count)s of %(total)s amounts begin with %(digits)s: %(share)s "
                "instead of %(share_expected)s."
            ),
        }

    def _test_benford1(self, ledger):
        """The first digits of what was invoiced."""
        return self._first_digits(ledger, 1)

    def _test_benford2(self, ledger):
        """The first two digits of what was invoiced."""
        return self._first_digits(ledger, 2)

    def _first_digits(self, ledger, digits):
        rows = ledger.moves_sql(
            ledger.period()
            & Domain("move_type", "=", "out_invoice")
            & Domain("amount_untaxed_signed", ">=", max(self.amount, 0.01))
        )
        count, total = ledger.totals(rows, "amount_untaxed_signed")
        counts = self._count_digits(ledger, rows, digits)
        if conspicuous := rules.conspicuous(counts, digits):
            self._keep(self._digits_sql(conspicuous, counts, rows, digits))
        return Outcome(count, total, self._digit_figures(counts, digits))

    def _first_sql(self, digits):
        """What an amount begins with; zeros before and the point do not count."""
        text = "LTRIM(REPLACE(amount_untaxed_signed::text, '.', ''), '0')"
        return SQL("LEFT(RPAD(%s, %s, '0'), %s)::int", SQL(text), digits, digits)

    def _count_digits(self, ledger, rows, digits):
        return dict(
            ledger.ask(
                SQL(
                    "SELECT %s, COUNT(*) FROM (%s) AS move GROUP BY 1",
                    self._first_sql(digits),
                    rows,
                )
            )
        )

    def _digits_sql(self, conspicuous, counts, rows, digits):
        """One exception for each digit: it is about all amounts that begin with it."""
        expected = SQL(", ").join(
            SQL("(%s, %s::numeric)", first, rules.expected(first))
            for first in conspicuous
        )
        total = SQL("%s::numeric", sum(counts.values()))
        return SQL(
            """SELECT %(found)s FROM (
                    SELECT %(first)s AS digits, COUNT(*) AS count,
                           SUM(amount_untaxed_signed) AS amount
                      FROM (%(rows)s) AS move GROUP BY 1) AS begun
                 JOIN (VALUES %(expected)s) AS law (digits, share) USING (digits)""",
            found=found(
                "digits",
                amount=SQL("amount"),
                facts=facts(
                    digits=SQL("digits"),
                    count=SQL("count"),
                    total=total,
                    share=SQL("count / %s", total),
                    share_expected=SQL("law.share"),
                ),
            ),
            rows=rows,
            first=self._first_sql(digits),
            expected=expected,
        )

    def _digit_figures(self, counts, digits):
        total = sum(counts.values())
        return [
            figure("deviation", "number", rules.deviation(counts, digits)),
            figure("verdict", "text", rules.verdict(counts, digits)),
            *(
                figure(
                    f"digit_{first}",
                    "count",
                    counts.get(first, 0),
                    share=counts.get(first, 0) / total,
                    expected=rules.expected(first),
                )
                for first in rules.leading(digits)
            ),
        ]
