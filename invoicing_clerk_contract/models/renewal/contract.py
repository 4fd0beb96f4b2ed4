from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date

from ...rules import renewal as rules


class ContractContract(models.Model):
    """Terms by which contracts end or go on."""

    _inherit = "contract.contract"

    clerk_term_months = fields.Integer(
        string="Renews By Itself For (Months)",
        help="The months for which it goes on if nobody gives notice; 0 if it ends. "
        "Without an end date, its terms are counted from the start date.",
    )
    clerk_notice = fields.Integer(
        string="Notice Period",
        help="How long before the end of a term notice must be given.",
    )
    clerk_notice_unit = fields.Selection(
        rules.UNITS, string="Unit of Notice", required=True, default="months"
    )
    clerk_lead_days = fields.Integer(
        string="Decide Before Notice (Days)",
        default=30,
        help="Days before the last day of notice, from which on the renewal is in the "
        "queue.",
    )
    clerk_term_end = fields.Date(
        string="Term Ends",
        compute="_compute_clerk_term",
        help="The end of the current term.",
    )
    clerk_notice_by = fields.Date(
        string="Notice Until",
        compute="_compute_clerk_term",
        help="The last day on which notice can be given for the end of the term.",
    )
    renewal_count = fields.Integer(string="Renewals", compute="_compute_renewal_count")

    @api.constrains("clerk_term_months", "clerk_notice", "clerk_lead_days")
    def _check_renewal_terms(self):
        """:raises ValidationError: a number is below zero, or too large"""
        limits = {
            "clerk_term_months": 600,
            "clerk_notice": 3_660,
            "clerk_lead_days": 3_660,
        }
        for contract in self:
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

    @api.depends("date_end", "date_start", "clerk_term_months", "clerk_notice")
    @api.depends("clerk_notice_unit", "contract_line_ids.date_start")
    def _compute_clerk_term(self):
        today = fields.Date.context_today(self)
        for contract in self:
            terms = contract._renewal_terms()
            end = terms and terms.term_end(today)
            contract.clerk_term_end = end
            contract.clerk_notice_by = end and terms.notice_by(end)

    def _renewal_terms(self):
        """Return how the contract ends, as rules know it; None without a start."""
        starts = self.contract_line_ids.filtered(
            lambda each: each.date_start and not each.display_type
        ).mapped("date_start")
        if not starts:
            return None
        return rules.Terms(
            start=min(starts),
            end=self.date_end or None,
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

        :param old: None for lines without an end
        :raises UserError: a line was billed beyond the new end
        """
        # sudo: only supervisors take this step, and nothing of the lines is returned.
        lines = self.sudo().contract_line_ids.filtered(
            lambda each: (
                not each.display_type
                and not each.is_canceled
                and (each.date_end or None) == old
            )
        )
        for line in lines:
            if line.last_date_invoiced and line.last_date_invoiced > new:
                raise ValidationError(
                    self.env._(
                        "%(contract)s, “%(line)s” is billed until %(billed)s: it "
                        "cannot end on %(end)s. Credit the invoice first, or select a "
                        "later day.",
                        contract=self.display_name,
                        line=(line.name or "")[:80],
                        billed=format_date(self.env, line.last_date_invoiced),
                        end=format_date(self.env, new),
                    )
                )
        lines.write({"date_end": new})
        return lines
