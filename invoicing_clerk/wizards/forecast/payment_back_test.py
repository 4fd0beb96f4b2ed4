from contextlib import contextmanager

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.tools import SQL

from ...models.forecast.payment_pattern_sql import back_test_sql
from ...models.mixin.gate import only_one
from ...rules.forecast.forecast import MOST_MONTHS

MONTHS = 12


class ClerkPaymentBackTest(models.TransientModel):
    """Dialog that shows how well past payments would have been predicted.

    Each payment is compared with what was known on the date of its invoice: see
    `rules.forecast.back_test`.
    """

    _name = "clerk.payment.back.test"
    _description = "Back-Test of Payment Patterns"
    _inherit = ["clerk.guarded"]
    _writable_fields = frozenset({"company_id", "months"})

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
    )
    months = fields.Integer(
        default=MONTHS,
        required=True,
        help="The number of calendar months, up to today.",
    )
    line_ids = fields.One2many(
        "clerk.payment.back.test.line", "test_id", string="Results", readonly=True
    )
    payment_count = fields.Integer(string="Payments", compute="_compute_total")
    error = fields.Float(
        string="Error of the Pattern", compute="_compute_total", digits=(16, 4)
    )
    error_due = fields.Float(
        string="Error of the Due Date", compute="_compute_total", digits=(16, 4)
    )
    error_mean = fields.Float(
        string="Error of the Mean", compute="_compute_total", digits=(16, 4)
    )
    inside = fields.Float(string="In the Band", compute="_compute_total")

    @api.depends("line_ids")
    def _compute_total(self):
        names = ("error", "error_due", "error_mean", "inside")
        for test in self:
            lines = test.line_ids
            test.payment_count = count = sum(lines.mapped("payment_count"))
            for name in names:
                total = sum(line[name] * line.payment_count for line in lines)
                test[name] = total / count if count else 0.0

    @api.onchange("company_id", "months")
    def _onchange_settings(self):
        """Show no results of another company or of other months."""
        self.line_ids = False

    @api.model
    def action_open(self):
        """Open the dialog with the results of the last twelve months."""
        self.check_access("create")
        return self.create({}).action_compute()

    def action_compute(self):
        """Compare the payments of each month with what was expected, and show it.

        :raises UserError: there are too few or too many months
        """
        only_one(self).check_access("write")
        if not 1 <= self.months <= MOST_MONTHS:
            raise UserError(
                self.env._(
                    "The number of months cannot be %(months)s. Enter a number from 1 "
                    "to %(most)s.",
                    months=self.months,
                    most=MOST_MONTHS,
                )
            )
        lines = [Command.create(values) for values in self._results()]
        self._inside().line_ids = [Command.clear(), *lines]
        return {
            "type": "ir.actions.act_window",
            "name": self._description,
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _results(self):
        """Return the values of a line for each month, the latest first."""
        today = fields.Date.context_today(self)
        first = today.replace(day=1) - relativedelta(months=self.months - 1)
        accounts = self.env["clerk.payment.pattern"]._accounts()
        self.env.flush_all()
        statement = back_test_sql(
            self.company_id.id, accounts, first, today + relativedelta(days=1)
        )
        with self._by_hashes():
            rows = self.env.execute_query(statement)
        return [self._result(*row) for row in reversed(rows)]

    @contextmanager
    def _by_hashes(self):
        """Let PostgreSQL join by hashes.

        It takes the payments of a ledger for a few rows, and would compare each invoice
        with all of them.
        """
        setting = "enable_nestloop"
        [[before]] = self.env.execute_query(SQL("SELECT CURRENT_SETTING(%s)", setting))
        change = "SELECT SET_CONFIG(%s, %s, TRUE)"
        self.env.execute_query(SQL(change, setting, "off"))
        yield
        self.env.execute_query(SQL(change, setting, before))

    @api.model
    def _result(self, month, count, inside, error, error_due, error_mean):
        return {
            "month": month,
            "payment_count": count,
            "error": error / count,
            "error_due": error_due / count,
            "error_mean": error_mean / count,
            "inside": inside / count,
        }


class ClerkPaymentBackTestLine(models.TransientModel):
    """A month of a back-test."""

    _name = "clerk.payment.back.test.line"
    _description = "Month of a Back-Test"
    _inherit = ["clerk.guarded"]
    _guards_all = True
    _order = "month desc"

    test_id = fields.Many2one(
        "clerk.payment.back.test", required=True, readonly=True, ondelete="cascade"
    )
    month = fields.Date(readonly=True)
    payment_count = fields.Integer(string="Payments", readonly=True)
    error = fields.Float(
        string="Pattern",
        readonly=True,
        digits=(16, 4),
        help="Mean absolute difference in days from the median of the customer.",
    )
    error_due = fields.Float(
        string="Due Date",
        readonly=True,
        digits=(16, 4),
        help="Mean absolute difference in days from the due date.",
    )
    error_mean = fields.Float(
        string="Mean",
        readonly=True,
        digits=(16, 4),
        help="Mean absolute difference in days from the mean days past due of the "
        "customer.",
    )
    inside = fields.Float(
        string="In the Band",
        readonly=True,
        help="Share of payments inside the band. The target is 80%.",
    )
