from datetime import timedelta
from decimal import Decimal

from dateutil.relativedelta import relativedelta
from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

from ...rules.input_value import whole
from ...rules.plural import plural
from ...rules.receipt.remittance import PENDING, ReportedLine
from ..mixin.amount import amount_text, exact

# Limit per customer, against scripts.
MAX_REPORTS_PER_DAY = 10


class ClerkRemittance(models.Model):
    """Payments that customers report in the portal; they become advices.

    Customers have no access to advices. Callers are under sudo, and pass the customer
    of the user who is logged in: nothing of another customer is read or changed.
    """

    _inherit = "clerk.remittance"

    # Items

    @api.model
    def _portal_domain(self, customer):
        """Return the domain of the open items that a customer may report as paid."""
        return self._payable(customer, self._portal_companies())

    @api.model
    def _portal_companies(self):
        """Return the companies whose documents the user sees, with their branches."""
        allowed = self.env.user.company_ids.ids
        return self.env["res.company"].search(Domain("id", "child_of", allowed))

    @api.model
    def _portal_groups(self, items):
        """Return open items by company and currency: what one payment can be for."""
        reported = self._reported(items)
        return [
            {
                "is_reportable": bool(set(group.ids) - reported.keys()),
                "key": f"{company.id}-{currency.id}",
                "company": company,
                "currency": currency,
                "rows": [
                    {
                        "item": item,
                        "move": item.move_id,
                        "open": item.unsettled,
                        "exact": exact(currency, item.unsettled),
                        "due": item.date_maturity or item.date,
                        "report": reported.get(item.id),
                    }
                    for item in group
                ],
            }
            for (company, currency), group in items.grouped(
                lambda item: (item.company_id, item.currency_id)
            ).items()
        ]

    @api.model
    def _reported(self, items):
        """Map the ids of items to the reports that they are in."""
        lines = self.env["clerk.remittance.line"].search(
            Domain("item_id", "in", items.ids)
            & Domain("remittance_id", "any", self._reported_domain())
        )
        return {line.item_id.id: line.remittance_id for line in lines}

    @api.model
    def _reported_domain(self):
        return Domain("source", "=", "portal") & Domain("state", "in", PENDING)

    @api.model
    def _reports_of(self, customer):
        """Return what a customer has reported: what is pending, and applied last."""
        own = (
            Domain("source", "=", "portal")
            & Domain("partner_id", "=", customer.id)
            & Domain("company_id", "in", self._portal_companies().ids)
        )
        pending = self.search(own & Domain("state", "in", PENDING))
        return pending | self.search(own & Domain("state", "=", "applied"), limit=10)

    # A report

    @api.model
    def _report_payment(self, customer, form):
        """Return the advice of what a customer says they have paid.

        :param form: the ``werkzeug`` form: ``item_id`` of each selected item, its
            ``amount_…``, ``deduction_…`` and ``reason_…``, and ``total``, ``date`` and
            ``reference`` of the payment
        :raises UserError: the input is incomplete or invalid
        """
        items = self._selected_items(customer, form)
        values = {
            "name": self._report_reference(form),
            "partner_id": customer.id,
            "company_id": items.company_id.id,
            "currency_id": items.currency_id.id,
            "date": self._report_date(form),
            "total": float(self._report_total(form, items.currency_id)),
            "source": "portal",
        }
        reported = self._reported(items)
        if same := self._same_report(items, values, reported):
            return same
        lines = [self._report_line(item, form) for item in items]
        self._check_not_reported(items.filtered(lambda item: item.id in reported))
        self._check_report_total(values["total"], lines, items.currency_id)
        self._check_report_limit(customer)
        return self._create_report(values, lines)

    @api.model
    def _selected_items(self, customer, form):
        """:raises UserError: none are selected, or others than a payment can be for"""
        entered = form.getlist("item_id")
        self.env["clerk.limited"]._check_limit(
            "report_lines", entered, self.env._("A payment")
        )
        if not entered:
            raise UserError(self.env._("Please select the items that you have paid."))
        known = Domain("id", "in", [whole(text) for text in entered])
        items = self.env["account.move.line"].search(
            self._portal_domain(customer) & known, order="date_maturity, id"
        )
        items = items._matchable()
        if len(items) < len(set(entered)):
            raise UserError(
                self.env._(
                    "Some of the items are no longer open. Please check the list and "
                    "select them again."
                )
            )
        if len(items.company_id) > 1 or len(items.currency_id) > 1:
            raise UserError(
                self.env._("Please report payments in several currencies one by one.")
            )
        return items

    @api.model
    def _report_reference(self, form):
        name = self.env["clerk.limited"]._entered_text(
            "document_number", form.get("reference"), self.env._("The reference")
        )
        if not name:
            raise UserError(self.env._("Please enter the reference of the payment."))
        return name

    @api.model
    def _report_date(self, form):
        day = self.env["clerk.limited"]._entered_date(form.get("date"))
        today = fields.Date.context_today(self)
        # Where the customer is, it may be tomorrow already.
        first, last = today - relativedelta(years=1), today + timedelta(days=1)
        if not day or not first <= day <= last:
            raise UserError(
                self.env._(
                    "Please enter the date of the payment. It cannot be in the future "
                    "or more than a year ago."
                )
            )
        return day

    @api.model
    def _report_total(self, form, currency):
        total = self.env["clerk.limited"]._entered_amount(form.get("total"), currency)
        if not total or total < 0:
            raise UserError(self.env._("Please enter the total of the payment."))
        return total

    @api.model
    def _report_line(self, item, form):
        """:raises UserError: the amounts do not fit what is open"""
        limited, currency = self.env["clerk.limited"], item.currency_id
        name = item.move_id.name
        line = ReportedLine(
            exact(currency, item.unsettled),
            *(
                limited._entered_amount(form.get(f"{field}_{item.id}"), currency)
                or Decimal(0)
                for field in ("amount", "deduction")
            ),
            limited._entered_text(
                "reason",
                form.get(f"reason_{item.id}"),
                self.env._("%s: the reason for the deduction", name),
            ),
        )
        if code := line.misfit():
            raise UserError(self._refuse_line(code, name, currency, line))
        return {
            "number": name,
            "item_id": item.id,
            "amount": float(line.amount),
            "deduction": float(line.deduction),
            "reason": line.reason,
        }

    @api.model
    def _refuse_line(self, code, name, currency, line):
        sentences = {
            "amount": self.env._("%s: enter the amount that you have paid.", name),
            "credit": self.env._(
                "%s is a credit note: enter what you have used of it as a negative "
                "amount, without a deduction.",
                name,
            ),
            "deduction": self.env._("%s: a deduction cannot be negative.", name),
            "reason": self.env._("%s: enter the reason for the deduction.", name),
            "more": self.env._(
                "%(document)s: only %(open)s is open. Please enter less.",
                document=name,
                open=amount_text(currency, line.open),
            ),
        }
        return sentences[code]

    @api.model
    def _same_report(self, items, values, reported):
        """Return the report of a form that was submitted before, or nothing."""
        [report, *others] = {reported.get(item.id) for item in items}
        if others or not report or report.line_ids.item_id != items:
            return None
        is_same = (report.name, report.date) == (
            values["name"],
            values["date"],
        ) and not items.currency_id.compare_amounts(report.total, values["total"])
        return report if is_same else None

    @api.model
    def _check_not_reported(self, items):
        if items:
            raise UserError(
                self.env._(
                    "%s: already reported as paid. To change the report, withdraw it "
                    "first.",
                    ", ".join(items.move_id.mapped("name")),
                )
            )

    @api.model
    def _check_report_total(self, total, lines, currency):
        paid = currency.round(sum(line["amount"] for line in lines))
        if currency.compare_amounts(total, paid):
            raise UserError(
                self.env._(
                    "The selected items add up to %(lines)s, the total is %(total)s: "
                    "%(difference)s is the difference.",
                    lines=amount_text(currency, paid),
                    total=amount_text(currency, total),
                    difference=amount_text(currency, total - paid),
                )
            )

    @api.model
    def _check_report_limit(self, customer):
        recent = self.search_count(
            Domain("partner_id", "=", customer.id)
            & Domain("source", "=", "portal")
            & Domain("create_date", ">=", fields.Datetime.now() - timedelta(days=1))
        )
        if recent >= MAX_REPORTS_PER_DAY:
            raise UserError(
                plural(
                    recent,
                    self.env._(
                        "You have reported %(number)s payment within a day. Please "
                        "call us about any others.",
                        number=recent,
                    ),
                    self.env._(
                        "You have reported %(number)s payments within a day. Please "
                        "call us about any others.",
                        number=recent,
                    ),
                )
            )

    @api.model
    def _create_report(self, values, lines):
        try:
            with self.env.cr.savepoint():
                return self.create(
                    {**values, "line_ids": [Command.create(line) for line in lines]}
                )
        except UniqueViolation as error:
            raise UserError(
                self.env._("Your report is being processed. Please reload the page.")
            ) from error


class ClerkRemittanceLine(models.Model):
    """Items that a customer has reported as paid: each in one report only."""

    _inherit = "clerk.remittance.line"

    is_reported = fields.Boolean(
        string="Reported as Paid",
        compute="_compute_is_reported",
        store=True,
        exportable=False,
        help="The customer has reported the item as paid in the portal, and nobody has "
        "confirmed it yet.",
    )

    _one_report = models.UniqueIndex(
        "(item_id) WHERE is_reported",
        "The item is in another payment that the customer has reported. Cancel one of "
        "the two advices.",
    )

    @api.depends("remittance_id.source", "remittance_id.state")
    def _compute_is_reported(self):
        for line in self:
            advice = line.remittance_id
            line.is_reported = advice.source == "portal" and advice.state == "draft"
