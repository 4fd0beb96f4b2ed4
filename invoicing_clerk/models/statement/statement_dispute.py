from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

from ...rules.plural import plural
from ..billing_error.billing_error import DISPUTABLE_TYPES
from ..mixin.locking import lock
from ..mixin.roles import READERS

# Limit per customer, against scripts.
MAX_CASES_PER_DAY = 10


class ClerkStatement(models.Model):
    """Problems that customers report on a statement; they become billing errors.

    Customers have no access to billing errors. Callers pass a statement under sudo
    after checking its reader. A case contains only documents of the customer of the
    statement.
    """

    _inherit = "clerk.statement"

    billing_error_ids = fields.One2many(
        "clerk.billing.error",
        "statement_id",
        string="Billing Errors",
        groups=READERS,
    )
    billing_error_count = fields.Integer(
        string="Problems Reported",
        compute="_compute_billing_error_count",
        groups=READERS,
    )

    @api.depends("billing_error_ids")
    def _compute_billing_error_count(self):
        counts = dict(
            self.env["clerk.billing.error"]._read_group(
                [("statement_id", "in", self.ids)], ["statement_id"], ["__count"]
            )
        )
        for statement in self:
            statement.billing_error_count = counts.get(statement._origin, 0)

    def action_view_billing_errors(self):
        self.ensure_one()
        return self.env["clerk.billing.error"]._view_action(self.billing_error_ids)

    @api.model
    def _is_disputable(self, move):
        """Return whether customers can report a problem with a document."""
        return (
            move.move_type in DISPUTABLE_TYPES
            and move.state == "posted"
            and not move.has_open_billing_error
        )

    @api.model
    def _dispute_reasons(self):
        return self.env["clerk.billing.error.reason"].search([("in_portal", "=", True)])

    def _dispute(self, moves, text, reason, contact):
        """Open a billing error for each company and currency of the documents.

        :param moves: the documents that the customer selected
        :param text: the description of the customer
        :param reason: one of ``_dispute_reasons``, or none
        :param contact: the partner who reports it
        :raises UserError: the report is not valid
        """
        self.ensure_one()
        what = self.env._("The description of the problem")
        text = self.env["clerk.limited"]._entered_text("comment", text, what)
        self._check_dispute(moves, text)
        errors = self.env["clerk.billing.error"]
        for (company, _currency), group in moves.grouped(
            lambda move: (move.company_id, move.currency_id)
        ).items():
            errors |= errors.with_company(company).create(
                {
                    "move_ids": [Command.set(group.ids)],
                    "contact_id": contact.id,
                    "reason_id": reason.id,
                    "description": text,
                    "origin": "portal",
                    "statement_id": self.id,
                }
            )
        errors.action_load_lines()
        return errors

    def _check_dispute(self, moves, text):
        # A form that is submitted twice is one report.
        lock(
            lambda: self.env._(
                "Your report is being processed. Please reload the page."
            ),
            self,
        )
        if not moves:
            raise UserError(self.env._("Please select the documents concerned."))
        if not text:
            raise UserError(self.env._("Please describe the problem."))
        self._check_dispute_documents(moves)
        self._check_dispute_limit()

    def _check_dispute_documents(self, moves):
        own = self.env["account.move"].union(
            *(row["move"] for row in self._portal_rows())
        )
        if moves - own:
            raise UserError(
                self.env._("Please select documents of this statement only.")
            )
        if disputed := moves.filtered("has_open_billing_error"):
            raise UserError(
                self.env._(
                    "%s: already under review.", ", ".join(disputed.mapped("name"))
                )
            )
        if others := moves.filtered(lambda move: not self._is_disputable(move)):
            raise UserError(
                self.env._(
                    "Problems with %s cannot be reported here. Please call us.",
                    ", ".join(others.mapped("name")),
                )
            )

    def _check_dispute_limit(self):
        since = fields.Datetime.now() - timedelta(days=1)
        recent = self.env["clerk.billing.error"].search_count(
            [
                ("partner_id", "=", self.partner_id.commercial_partner_id.id),
                ("origin", "=", "portal"),
                ("date_opened", ">=", since),
            ]
        )
        if recent >= MAX_CASES_PER_DAY:
            raise UserError(
                plural(
                    recent,
                    self.env._(
                        "You have reported %(number)s problem within a day, and we are "
                        "reviewing it. Please call us about any others.",
                        number=recent,
                    ),
                    self.env._(
                        "You have reported %(number)s problems within a day, and we "
                        "are reviewing them. Please call us about any others.",
                        number=recent,
                    ),
                )
            )
