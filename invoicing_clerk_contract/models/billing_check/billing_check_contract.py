from odoo import api, models
from odoo.tools import SQL

from odoo.addons.invoicing_clerk.models.billing_check.billing_check_source import (
    found_columns,
)
from odoo.addons.invoicing_clerk.models.mixin.facts import Reason, facts

from .billed_periods import DIFFERENCES


class ClerkBillingCheck(models.Model):
    """GAP, TWICE, AGREED and ENDED: what contracts bill against what was agreed.

    The differences themselves are found by `rules.billed`.
    """

    _inherit = "clerk.billing.check"

    @api.model
    def _finding_reasons(self):
        return {
            **super()._finding_reasons(),
            "period_missing": Reason(
                self.env._("Period Not Billed"),
                self.env._(
                    "“%(label)s” of %(contract_name)s: the period from %(date_from)s "
                    "to %(date_to)s is not billed (%(amount_missing)s). Its invoice "
                    "was due on %(date_due)s."
                ),
                self.env._("%(amount_missing)s"),
                self.env._("Not billed"),
            ),
            "periods_missing": Reason(
                self.env._("Periods Not Billed"),
                self.env._(
                    "“%(label)s” of %(contract_name)s: %(count)s periods between "
                    "%(date_from)s and %(date_to)s are not billed (%(amount_missing)s)."
                    " The first invoice was due on %(date_due)s."
                ),
                self.env._("%(amount_missing)s"),
                self.env._("Not billed"),
            ),
            "period_twice": Reason(
                self.env._("Period Billed Twice"),
                self.env._(
                    "“%(label)s” of %(contract_name)s bills %(date_from)s to "
                    "%(date_to)s, already billed by %(other)s."
                ),
                self.env._("%(other)s only"),
                self.env._("%(other)s and %(name)s"),
            ),
            "contract_amount": Reason(
                self.env._("Amount of the Contract"),
                self.env._(
                    "“%(label)s” bills %(amount_found)s for %(date_from)s to "
                    "%(date_to)s; the amount agreed in %(contract_name)s is "
                    "%(amount_expected)s."
                ),
                self.env._("%(amount_expected)s"),
                self.env._("%(amount_found)s"),
            ),
            "contract_ended": Reason(
                self.env._("Billed After the End"),
                self.env._(
                    "“%(label)s” bills %(date_from)s to %(date_to)s, although "
                    "%(contract_name)s ended on %(date_ended)s."
                ),
                self.env._("Nothing"),
                self.env._("%(amount_found)s"),
            ),
        }

    # GAP

    def _find_gap(self, books):
        """Find contract lines with periods that are due for some days and not billed.

        The periods of a line are one finding.
        """
        return SQL(
            """SELECT %(columns)s, gap.contract_line_id
                 FROM (SELECT contract_line_id, COUNT(*) AS periods,
                              MIN(date_from) AS date_from, MAX(date_to) AS date_to,
                              MIN(due) AS due, SUM(too_much) AS too_much
                         FROM %(differences)s
                        WHERE kind = 'missing' AND due + %(days)s < %(today)s
                        GROUP BY contract_line_id) AS gap
                 JOIN contract_line AS term ON term.id = gap.contract_line_id
                 JOIN contract_contract AS contract ON contract.id = term.contract_id
                WHERE gap.too_much <> 0
                  AND gap.contract_line_id IN %(lines)s""",
            differences=DIFFERENCES,
            days=books.days,
            today=books.today,
            lines=books.records([("company_id", "=", books.company.id)]),
            columns=found_columns(
                SQL(
                    "CASE WHEN periods = 1 THEN 'period_missing'"
                    " ELSE 'periods_missing' END"
                ),
                SQL("NULL"),
                facts(
                    label=SQL("LEFT(SPLIT_PART(term.name, E'\\n', 1), 80)"),
                    contract_name=CONTRACT_NAME,
                    count=SQL("periods"),
                    date_from=SQL("gap.date_from"),
                    date_to=SQL("gap.date_to"),
                    date_due=SQL("due"),
                    amount_missing=SQL("-too_much"),
                ),
                amount=SQL("too_much"),
            ),
        )

    # TWICE, AGREED and ENDED

    def _find_twice(self, books):
        """Find invoice lines that bill days that another invoice has billed."""
        return self._found_on_invoices(
            books,
            "twice",
            "period_twice",
            name=SQL("COALESCE(NULLIF(move.name, ''), '/')"),
            other=SQL("COALESCE(NULLIF(other_move.name, ''), '/')"),
        )

    def _find_agreed(self, books):
        """Find invoice lines of another amount than their contract had."""
        return self._found_on_invoices(
            books,
            "amount",
            "contract_amount",
            amount_found=SQL("found.expected + found.too_much"),
            amount_expected=SQL("found.expected"),
        )

    def _find_ended(self, books):
        """Find invoice lines of periods after the end of their contract line."""
        return self._found_on_invoices(
            books,
            "ended",
            "contract_ended",
            date_ended=SQL(
                "LEAST(term.date_end, contract.date_end, term.cancelled_on)"
            ),
            amount_found=SQL("found.too_much"),
        )

    def _found_on_invoices(self, books, kind, reason, **values):
        """Return the differences of a kind on the documents to check."""
        return SQL(
            """SELECT %(columns)s
                 FROM %(differences)s AS found
                 JOIN account_move_line AS line ON line.id = found.line_id
                 JOIN account_move AS move ON move.id = line.move_id
                 JOIN contract_line AS term ON term.id = found.contract_line_id
                 JOIN contract_contract AS contract ON contract.id = term.contract_id
                 LEFT JOIN account_move_line AS other ON other.id = found.other_id
                 LEFT JOIN account_move AS other_move ON other_move.id = other.move_id
                WHERE found.kind = %(kind)s AND line.move_id IN %(documents)s
                  AND ABS(found.too_much)
                      / COALESCE(NULLIF(move.invoice_currency_rate, 0)::numeric, 1)
                      > %(tolerance)s""",
            differences=DIFFERENCES,
            kind=kind,
            documents=books.documents([("move_type", "!=", "out_refund")]),
            tolerance=books.tolerance,
            columns=found_columns(
                reason,
                SQL("line.move_id"),
                facts(
                    label=SQL("LEFT(SPLIT_PART(line.name, E'\\n', 1), 80)"),
                    contract_name=CONTRACT_NAME,
                    date_from=SQL("found.date_from"),
                    date_to=SQL("found.date_to"),
                    **values,
                ),
                line=SQL("line.id"),
                amount=SQL("found.too_much"),
            ),
        )


CONTRACT_NAME = SQL(
    "COALESCE(NULLIF(contract.name, ''), NULLIF(contract.code, ''), '#' || contract.id)"
)
