from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from odoo.addons.invoicing_clerk.models.mixin.roles import BOOKKEEPERS, READERS

from ...rules import renewal as rules


class ContractContract(models.Model):
    """Terms by which contracts end or go on."""

    _inherit = "contract.contract"

    clerk_term_months = fields.Integer(
        string="Automatic Renewal (Months)",
        groups=BOOKKEEPERS,
        help="The months for which it goes on if nobody gives notice; 0 if it ends. "
        "Without an end date, its terms are counted from the start date.",
    )
    clerk_notice = fields.Integer(
        string="Notice Period",
        groups=BOOKKEEPERS,
        help="How long before the end of a term notice must be given.",
    )
    clerk_notice_unit = fields.Selection(
        rules.UNITS,
        string="Unit of Notice",
        required=True,
        default="months",
        groups=BOOKKEEPERS,
    )
    clerk_lead_days = fields.Integer(
        string="Lead Time (Days)",
        default=30,
        groups=BOOKKEEPERS,
        help="Days before the last day of notice, from which on the renewal is in the "
        "queue.",
    )
    clerk_term_end = fields.Date(
        string="Term Ends",
        compute="_compute_clerk_term",
        groups=BOOKKEEPERS,
        help="The end of the current term.",
    )
    clerk_notice_by = fields.Date(
        string="Notice Deadline",
        compute="_compute_clerk_term",
        groups=BOOKKEEPERS,
        help="The last day on which notice can be given for the end of the term.",
    )
    renewal_count = fields.Integer(
        string="Renewals", compute="_compute_renewal_count", groups=READERS
    )

    @api.constrains("clerk_term_months", "clerk_notice", "clerk_lead_days")
    def _check_renewal_terms(self):
        """:raises ValidationError: a number is below zero, or too large"""
        limits = {
            "clerk_term_months": 600,
            "clerk_notice": 3_660,
            "clerk_lead_days": 3_660,
        }
        # sudo: whoever makes a contract may not see its terms; only limits are named.
        for contract in self.sudo():
            for name, most in limits.items():
                if not 0 <= contract[name] <= most:
                    raise ValidationError(
                        self.env._(
                            "%(contract)s: %(field)s must be between 0 and %(most)s, "
                            "not %(value)s.",
                            contract=contract.display_name,
                            field=self._fields[name]._description_string(self.env),
                            most=most,
                            value=contract[name],
                        )
                    )

    @api.depends(
        "date_end",
        "date_start",
        "clerk_term_months",
        "clerk_notice",
        "clerk_notice_unit",
        "contract_line_ids.date_start",
        "contract_line_ids.date_end",
        "contract_line_ids.is_canceled",
    )
    def _compute_clerk_term(self):
        today = fields.Date.context_today(self)
        for contract in self:
            terms = contract._renewal_terms()
            end = terms and terms.term_end(today)
            contract.clerk_term_end = end
            contract.clerk_notice_by = end and terms.notice_by(end)

    def _renewal_terms(self):
        """Return how the contract ends, as rules know it; None if it bills nothing."""
        starts = self.contract_line_ids.filtered(
            lambda each: each.date_start and not each.display_type
        ).mapped("date_start")
        if not starts or not self._billing_lines():
            return None
        return rules.Terms(
            start=min(starts),
            end=self._billing_end(),
            months=self.clerk_term_months,
            notice=self.clerk_notice,
            unit=self.clerk_notice_unit,
            lead=self.clerk_lead_days,
        )

    def _compute_renewal_count(self):
        counts = dict(
            self.env["clerk.contract.renewal"]._read_group(
                [("contract_id", "in", self.ids)], ["contract_id"], ["__count"]
            )
        )
        for contract in self:
            contract.renewal_count = counts.get(contract, 0)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        """:raises UserError: it was decided who renewed or ended a contract, and why"""
        # sudo: whoever deletes contracts may not be able to read renewals; only the
        # contract itself is named.
        decided = self.env["clerk.contract.renewal"].sudo()
        for renewal in decided.search(
            [
                ("contract_id", "in", self.ids),
                # One that was renegotiated is kept, too, once it is over.
                ("decided_on", "!=", False),
            ],
            limit=1,
        ):
            raise UserError(
                self.env._(
                    "%s: the decision on its renewal is kept on record. Archive the "
                    "contract instead.",
                    renewal.contract_id.display_name,
                )
            )

    def action_view_renewals(self):
        """Open the renewals of the contract."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "invoicing_clerk_contract.clerk_contract_renewal_action"
        )
        return {**action, "domain": [("contract_id", "=", self.id)], "context": {}}

    # Ends

    def _set_end(self, old, new):
        """Let the lines that end on a day end on another one.

        Those that would begin after it, and have billed nothing, are cancelled.

        :param old: None for lines without an end
        :raises UserError: no line ends on that day, or one was billed beyond
        """
        # sudo: only supervisors take this step, and nothing of the lines is returned.
        contract = self.sudo()
        lines = contract._billing_lines().filtered(lambda each: each._last_day() == old)
        if not lines:
            raise UserError(
                self.env._(
                    "%s: no line ends on that day. Its lines have changed meanwhile.",
                    self.display_name,
                )
            )
        contract._check_not_billed_beyond(lines, new)
        by_contract = lines.filtered(lambda each: old and not each.date_end)
        own = lines - by_contract
        later = own.filtered(lambda each: each.date_start and each.date_start > new)
        later.write({"is_canceled": True})
        (own - later).write({"date_end": new})
        # Writing lines has emptied the end of the contract if one of them has none.
        if by_contract or contract._billing_end() == new:
            contract.date_end = new

    def _check_not_billed_beyond(self, lines, end):
        """:raises UserError: a line was billed beyond a day"""
        for line in lines:
            if line.last_date_invoiced and line.last_date_invoiced > end:
                raise UserError(
                    self.env._(
                        "%(contract)s, “%(line)s” is billed until %(billed)s: it "
                        "cannot end on %(end)s. Credit the invoice first, or select a "
                        "later day.",
                        contract=self.display_name,
                        line=(line.name or "")[:80],
                        billed=format_date(self.env, line.last_date_invoiced),
                        end=format_date(self.env, end),
                    )
                )
