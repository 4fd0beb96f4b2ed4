from datetime import datetime, time, timedelta

from pytz import timezone, utc

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date, formatLang

from ....rules.audit.test import audit_benford
from .audit_test_source import SALES


class ClerkAuditException(models.Model):
    """What a test found: a record, why it was found in words, and what became of it.

    Exceptions are what a run found and nobody's to write; people take steps with them
    (`clerk.audit.test.step`).
    """

    _name = "clerk.audit.exception"
    _description = "Audit Exception"
    _inherit = "clerk.audit.part"
    _order = "run_id desc, amount desc, id"
    # A run makes a hundred thousand of them: who and when stands in the run.
    _log_access = False

    run_id = fields.Many2one(
        "clerk.audit.run", required=True, readonly=True, ondelete="cascade"
    )
    test_id = fields.Many2one(
        "clerk.audit.test", required=True, readonly=True, ondelete="restrict"
    )
    company_id = fields.Many2one(index=False)
    currency_id = fields.Many2one(store=True)
    reason = fields.Selection(
        [
            ("residual", "Wrong Open Amount"),
            ("matched_early", "Matched Too Early"),
            ("roll", "Balance Does Not Roll Forward"),
            ("not_received", "Not Received Afterwards"),
            ("in_credit", "Customer in Credit"),
            ("missing", "Missing Numbers"),
            ("start", "Series Does Not Start at 1"),
            ("cancelled", "Number of a Cancelled Entry"),
            ("draft", "Number of a Draft"),
            ("corrupted", "Entry Was Changed"),
            ("same_reference", "Same Reference"),
            ("same_order", "Same Order Line"),
            ("same_lines", "Same Lines"),
            ("billed_early", "Billed Before Delivery"),
            ("billed_late", "Billed After Delivery"),
            ("credits_before", "Credits the Period Before"),
            ("no_order", "Without Order"),
            ("no_delivery", "Without Delivery"),
            ("manual", "Manual Entry"),
            ("backdated", "Backdated"),
            ("weekend", "Entered on a Free Day"),
            ("reposted", "Posted Again"),
            ("over_limit", "Over the Limit"),
            ("round", "Round Amount"),
            ("sod", "One Person Alone"),
            ("digits", "Conspicuous Digits"),
            ("rights", "Has Rights"),
            ("rights_all", "Has All Rights"),
            ("rights_unused", "Has Unused Rights"),
            ("changed", "Changed"),
            ("bank_new", "New Bank Account"),
            ("corrected", "Corrected with Approval"),
            ("corrected_within", "Corrected Within a Limit"),
            ("self_approved", "Approved by the Proposer"),
            ("correction_waiting", "Correction Not Applied Yet"),
            ("correction_refused", "Refused Correction"),
        ],
        string="Kind",
        required=True,
        readonly=True,
    )
    res_model = fields.Char(string="Records Of", readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", readonly=True
    )
    move_id = fields.Many2one(
        "account.move",
        string="Entry",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    partner_id = fields.Many2one(
        "res.partner",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    user_id = fields.Many2one(
        "res.users", string="Person", readonly=True, help="Who did it."
    )
    date = fields.Date(readonly=True)
    amount = fields.Monetary(readonly=True)
    facts = fields.Json(readonly=True)
    why = fields.Char(compute="_compute_why")
    fingerprint = fields.Char(readonly=True)
    is_new = fields.Boolean(
        string="New", readonly=True, help="Not found by the run before."
    )
    is_gone = fields.Boolean(
        string="Gone", readonly=True, help="Not found any more by the next run."
    )
    is_current = fields.Boolean(related="run_id.is_current")

    _of_run = models.Index("(run_id, state)")

    @api.depends("reason", "facts")
    @api.depends_context("lang")
    def _compute_why(self):
        texts = self.env["clerk.audit.run"]._reason_texts()
        for each in self:
            each.why = texts[each.reason] % each._shown_facts()

    def _shown_facts(self):
        return {
            name: self._shown_fact(name, value)
            for name, value in (self.facts or {}).items()
        }

    def _shown_fact(self, name, value):
        """A fact as it reads; what it is says the beginning of its name."""
        if value is None:
            return self.env._("never") if name == "date_login" else ""
        kind = name.partition("_")[0]
        if kind == "date":
            return format_date(self.env, value)
        if kind == "amount":
            return formatLang(self.env, value, currency_obj=self.currency_id)
        if kind == "share":
            return f"{formatLang(self.env, value * 100, digits=1)} %"
        if kind == "field":
            # Its name, not its label: the same for whoever runs the test.
            model, _comma, field = value.partition(",")
            return self.env[model]._fields[field]._description_string(self.env)
        if kind == "rights":
            words = self.env["clerk.audit.run"]._right_words()
            return ", ".join(words[each] for each in value)
        return value

    @api.depends("test_id", "reason", "move_id", "partner_id", "user_id")
    def _compute_display_name(self):
        labels = dict(self._fields["reason"]._description_selection(self.env))
        for each in self:
            about = each.move_id or each.partner_id or each.user_id
            parts = (each.test_id.code, about.display_name or labels.get(each.reason))
            each.display_name = " · ".join(filter(None, parts))

    # The record

    def action_open_record(self):
        """What the exception is about.

        :raises UserError: it does not exist any more
        """
        self.ensure_one()
        if self.reason in ("digits", "weekend") and not self.move_id:
            return self._open_entries()
        model = self.env.get(self.res_model)
        if model is None or not model.browse(self.res_id).exists():
            raise UserError(
                self.env._("%s: the record is not there any more.", self.display_name)
            )
        if self.move_id and self.res_model != "clerk.correction":
            return self.move_id.get_formview_action()
        return model.browse(self.res_id).get_formview_action()

    def _open_entries(self):
        """The entries that the exception is about together."""
        audit = self.audit_id
        domain = getattr(self, f"_{self.reason}_domain")() & Domain(
            [
                ("state", "=", "posted"),
                ("company_id", "child_of", audit.company_id.id),
                ("date", ">=", audit.date_from),
                ("date", "<=", audit.date_to),
            ]
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.display_name,
            "res_model": "account.move",
            "view_mode": "list,form",
            "domain": list(domain),
            "context": {"create": False},
        }

    def _digits_domain(self):
        """Invoices whose amounts begin with the digits."""
        first = self.facts["digits"]
        begins = Domain.OR(
            [("amount_untaxed_signed", ">=", low), ("amount_untaxed_signed", "<", high)]
            for low, high in audit_benford.ranges(first, len(str(first)))
        )
        return Domain("move_type", "=", "out_invoice") & begins

    def _weekend_domain(self):
        """What the person entered on the day, by the clock of the company."""
        zone = timezone(self.company_id.partner_id.tz or "UTC")
        midnight = datetime.combine(self.date, time.min)
        first, last = (
            zone.localize(moment).astimezone(utc).replace(tzinfo=None)
            for moment in (midnight, midnight + timedelta(days=1))
        )
        return Domain(
            [
                ("move_type", "in", ("entry", *SALES)),
                ("create_uid", "=", self.user_id.id),
                ("create_date", ">=", fields.Datetime.to_string(first)),
                ("create_date", "<", fields.Datetime.to_string(last)),
            ]
        )
