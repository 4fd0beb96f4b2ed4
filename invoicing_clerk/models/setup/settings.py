from odoo import api, fields, models
from odoo.exceptions import AccessError


def _of_company(kind, name, **options):
    return kind(related=f"company_id.{name}", readonly=False, **options)


class ClerkSettings(models.TransientModel):
    """Settings of the current company that need no administrator.

    Supervisors cannot write companies. What they save here is written with the rights
    of the superuser, and nothing else: the fields below, on their current company.
    Limits that bind supervisors, too, are read-only here: administrators change them.
    """

    _name = "clerk.settings"
    _description = "Settings of the Invoicing Clerk"
    _inherit = "clerk.checked"

    company_id = fields.Many2one(
        "res.company",
        required=True,
        readonly=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    clerk_work_start = _of_company(fields.Date, "clerk_work_start")
    clerk_error_alias_name = fields.Char(related="company_id.clerk_error_alias_name")
    clerk_write_off_limit = fields.Monetary(related="company_id.clerk_write_off_limit")
    clerk_write_off_account_id = fields.Many2one(
        related="company_id.clerk_write_off_account_id"
    )
    clerk_bounce_account_id = fields.Many2one(
        related="company_id.clerk_bounce_account_id"
    )
    clerk_bounce_months = _of_company(fields.Integer, "clerk_bounce_months")
    clerk_stake_days = fields.Integer(related="company_id.clerk_stake_days")
    clerk_corrections_only = fields.Boolean(related="company_id.clerk_corrections_only")
    clerk_block_posting = _of_company(fields.Boolean, "clerk_block_posting")
    clerk_exemption_check = _of_company(fields.Boolean, "clerk_exemption_check")
    clerk_separate_deposit = _of_company(fields.Boolean, "clerk_separate_deposit")
    clerk_customer_changes = fields.Boolean(related="company_id.clerk_customer_changes")
    clerk_portal_changes = fields.Boolean(related="company_id.clerk_portal_changes")
    clerk_voucher_two_people = fields.Monetary(
        related="company_id.clerk_voucher_two_people"
    )
    clerk_voucher_three_people = fields.Monetary(
        related="company_id.clerk_voucher_three_people"
    )
    clerk_voucher_four_people = fields.Monetary(
        related="company_id.clerk_voucher_four_people"
    )
    clerk_voucher_bank_days = fields.Integer(
        related="company_id.clerk_voucher_bank_days"
    )
    clerk_customer_approval = fields.Boolean(
        related="company_id.clerk_customer_approval"
    )
    clerk_reissue_scope = _of_company(fields.Selection, "clerk_reissue_scope")
    clerk_promise_grace_days = _of_company(fields.Integer, "clerk_promise_grace_days")
    clerk_promise_tolerance = _of_company(fields.Monetary, "clerk_promise_tolerance")
    clerk_hold_followup = _of_company(fields.Boolean, "clerk_hold_followup")
    clerk_match_automatic = _of_company(fields.Boolean, "clerk_match_automatic")
    clerk_call_identity = _of_company(fields.Boolean, "clerk_call_identity")
    clerk_call_retention = _of_company(fields.Integer, "clerk_call_retention")
    clerk_call_retention_confirmed = _of_company(
        fields.Boolean, "clerk_call_retention_confirmed"
    )
    clerk_statement_plan = _of_company(fields.Boolean, "clerk_statement_plan")
    clerk_statement_day = _of_company(fields.Integer, "clerk_statement_day")
    clerk_statement_user_id = _of_company(fields.Many2one, "clerk_statement_user_id")
    clerk_statement_type = _of_company(fields.Selection, "clerk_statement_type")
    clerk_statement_grouping = _of_company(fields.Selection, "clerk_statement_grouping")
    clerk_statement_delivery = _of_company(fields.Selection, "clerk_statement_delivery")
    clerk_statement_minimum = _of_company(fields.Monetary, "clerk_statement_minimum")
    clerk_statement_with_zero = _of_company(fields.Boolean, "clerk_statement_with_zero")
    clerk_statement_with_credit = _of_company(
        fields.Boolean, "clerk_statement_with_credit"
    )
    clerk_statement_link_days = _of_company(fields.Integer, "clerk_statement_link_days")
    clerk_statement_mails_per_minute = _of_company(
        fields.Integer, "clerk_statement_mails_per_minute"
    )
    clerk_statement_keep_months = _of_company(
        fields.Integer, "clerk_statement_keep_months"
    )

    @api.model_create_multi
    def create(self, vals_list):
        self.browse().check_access("create")
        self._check_inputs(vals_list)
        company = self.env.company
        for vals in vals_list:
            self._save(company, vals)
        return super().create([{"company_id": company.id} for _vals in vals_list])

    def write(self, vals):
        self.check_access("write")
        self._check_input(vals)
        for settings in self:
            self._save(settings.company_id, vals)
        return super().write({})

    @api.model
    def _save(self, company, vals):
        """Write the settings together: checks look at several of them.

        :raises AccessError: one of them is for administrators
        """
        names = {name for name in self._fields if name.startswith("clerk_")}
        for name in sorted(names & vals.keys()):
            if self._fields[name].readonly:
                raise AccessError(
                    self.env._(
                        "“%s” also applies to supervisors: ask an administrator to "
                        "change it in the settings.",
                        self._fields[name]._description_string(self.env),
                    )
                )
        # sudo: a supervisor writes the settings above on the current company, or the
        # one in which the dialog was opened, and nothing else.
        company.sudo().write({name: vals[name] for name in names & vals.keys()})

    def action_save(self):
        """Close the dialog, whose values are saved; list by the new start date."""
        self.check_access("write")
        self.env["clerk.worklist"].action_refresh()
        return {"type": "ir.actions.act_window_close"}
