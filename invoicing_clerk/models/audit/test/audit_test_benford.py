from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ....rules.audit.test import audit_benford as rules
from ...mixin.facts import Reason, facts
from .audit_test_source import (
    Outcome,
    exception_columns,
    figure,
)


class ClerkAuditRun(models.Model):
    """Tests of first digits: see `rules.audit.test.audit_benford`."""

    _inherit = "clerk.audit.run"

    @api.model
    def _figure_labels(self):
        digits = {f"digit_{first}": str(first) for first in range(1, 100)}
        return {
            **super()._figure_labels(),
            "deviation": self.env._("Mean absolute deviation"),
            "verdict": self.env._("Conclusion"),
            **digits,
        }

    @api.model
    def _exception_reasons(self):
        return {
            **super()._exception_reasons(),
            "digits": Reason(
                self.env._("Unusual Digits"),
                self.env._(
                    "Amounts that begin with %(digits)s: %(count)s of %(total)s, "
                    "%(share)s "
                    "instead of the expected %(share_expected)s."
                ),
            ),
        }

    @api.model
    def _figure_value_labels(self):
        return {
            **super()._figure_value_labels(),
            "close": self.env._("Close conformity"),
            "acceptable": self.env._("Acceptable conformity"),
            "marginal": self.env._("Marginally acceptable conformity"),
            "nonconforming": self.env._("Nonconformity"),
            "few": self.env._("Too few amounts"),
        }

    def _test_benford1(self, ledger):
        """Test the first digits of invoiced amounts."""
        return self._first_digits(ledger, 1)

    def _test_benford2(self, ledger):
        """Test the first two digits of invoiced amounts."""
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
            self._add_exceptions(self._digits_sql(conspicuous, counts, rows, digits))
        return Outcome(count, total, self._digit_figures(counts, digits))

    def _first_sql(self, digits):
        """Return SQL of the first digits, without leading zeros and decimal point."""
        text = "LTRIM(REPLACE(amount_untaxed_signed::text, '.', ''), '0')"
        return SQL("LEFT(RPAD(%s, %s, '0'), %s)::int", SQL(text), digits, digits)

    def _count_digits(self, ledger, rows, digits):
        return dict(
            ledger.fetch(
                SQL(
                    "SELECT %s, COUNT(*) FROM (%s) AS move GROUP BY 1",
                    self._first_sql(digits),
                    rows,
                )
            )
        )

    def _digits_sql(self, conspicuous, counts, rows, digits):
        """Return SQL of one exception per digit, for all amounts that begin with it."""
        expected = SQL(", ").join(
            SQL("(%s, %s::numeric)", first, rules.expected(first))
            for first in conspicuous
        )
        total = SQL("%s::numeric", sum(counts.values()))
        return SQL(
            """SELECT %(columns)s FROM (
                    SELECT %(first)s AS digits, COUNT(*) AS count,
                           SUM(amount_untaxed_signed) AS amount
                      FROM (%(rows)s) AS move GROUP BY 1) AS begun
                 JOIN (VALUES %(expected)s) AS law (digits, share) USING (digits)""",
            columns=exception_columns(
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


class ClerkAuditException(models.Model):
    """Exceptions of first digits: they are about many entries."""

    _inherit = "clerk.audit.exception"

    def _entries_domain(self):
        if self.reason != "digits":
            return super()._entries_domain()
        first = self.facts["digits"]
        amounts = Domain.OR(
            [("amount_untaxed_signed", ">=", low), ("amount_untaxed_signed", "<", high)]
            for low, high in rules.ranges(first, len(str(first)))
        )
        return Domain("move_type", "=", "out_invoice") & amounts
