from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.fields import Command

from ..billing_error.billing_error import DISPUTABLE_TYPES
from ..mixin.roles import READERS

# What one customer can send us in a day, by hand or by machine.
CASES_A_DAY = 10
LONGEST_WORDS = 2000


class ClerkStatement(models.Model):
    """What a customer says is wrong on a statement becomes billing errors.

    The customer has no rights to any of it. The callers hand over a statement under
    sudo whose reader they checked; here it is made sure that nothing but the documents
    of that very statement's customer gets into a case.
    """

    _inherit = "clerk.statement"

    billing_error_ids = fields.One2many(
        "clerk.billing.error",
        "statement_id",
        string="Reported on It",
        groups=READERS,
    )
    billing_error_count = fields.Integer(
        string="Reported",
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
        """Whether a customer can say of a document that it is wrong."""
        return (
            move.move_type in DISPUTABLE_TYPES
            and move.state == "posted"
            and not move.has_open_billing_error
        )

    @api.model
    def _dispute_reasons(self):
        return self.env["clerk.billing.error.reason"].search([("in_portal", "=", True)])

    def _dispute(self, moves, words, reason, contact):
        """Open a billing error for each company and currency of the documents.

        :param moves: documents of this statement's customer, as he chose them
        :param words: what is wrong, as he says it
        :param reason: one of ``_dispute_reasons``, or none
        :param contact: the partner who says so
        :raises UserError: what he must do differently, with nothing written
        """
        self.ensure_one()
        words = (words or "").strip()
        self._check_dispute(moves, words)
        errors = self.env["clerk.billing.error"]
        for (company, _currency), group in moves.grouped(
            lambda move: (move.company_id, move.currency_id)
        ).items():
            errors |= errors.with_company(company).create(
                {
                    "move_ids": [Command.set(group.ids)],
                    "contact_id": contact.id,
                    "reason_id": reason.id,
                    "description": words,
                    "origin": "portal",
                    "statement_id": self.id,
                }
            )
        errors.action_load_lines()
        return errors

    def _check_dispute(self, moves, words):
        try:
            # Sent twice at once, it is one complaint.
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._("Your report is on its way. Reload the page in a moment.")
            ) from error
        if not moves:
            raise UserError(self.env._("Choose the documents that are wrong."))
        if not words:
            raise UserError(self.env._("Tell us in a few words what is wrong."))
        if len(words) > LONGEST_WORDS:
            raise UserError(
                self.env._(
                    "Please tell us in %(most)s characters at most: these are "
                    "%(number)s.",
                    most=LONGEST_WORDS,
                    number=len(words),
                )
            )
        self._check_dispute_documents(moves)
        self._check_dispute_limit()

    def _check_dispute_documents(self, moves):
        own = self.env["account.move"].union(
            *(row["move"] for row in self._portal_rows())
        )
        if moves - own:
            raise UserError(
                self.env._("Choose among the documents that the statement shows.")
            )
        if known := moves.filtered("has_open_billing_error"):
            raise UserError(
                self.env._(
                    "We are looking into %s already.", ", ".join(known.mapped("name"))
                )
            )
        if wrong := moves.filtered(lambda move: not self._is_disputable(move)):
            raise UserError(
                self.env._(
                    "%s cannot be reported here. Please call us.",
                    ", ".join(wrong.mapped("name")),
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
        if recent >= CASES_A_DAY:
            raise UserError(
                self.env._(
                    "You reported %(number)s errors within a day, and we are looking "
                    "into them. Please call us about the rest.",
                    number=recent,
                )
            )
