from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...rules.statement import statement as rules


class ClerkStatement(models.Model):
    """What one customer is told to owe on a day, frozen when it was computed.

    A statement is made by computing a run and changed by nobody after that, save
    whether it is held back and the clerk's note to the customer.
    """

    _name = "clerk.statement"
    _description = "Customer Statement"
    _inherit = ["clerk.statement.delivery", "portal.mixin", "mail.thread"]
    _order = "has_exception desc, closing_company desc, id"

    run_id = fields.Many2one(
        "clerk.statement.run",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    name = fields.Char(string="Number", readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True)
    company_currency_id = fields.Many2one(related="company_id.currency_id")
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    partner_ref = fields.Char(string="Customer Reference", readonly=True)
    type = fields.Selection(rules.TYPES, required=True, readonly=True)
    date = fields.Date(string="As of", required=True, readonly=True)
    date_from = fields.Date(required=True, readonly=True)
    state = fields.Selection(
        [
            ("ready", "Released"),
            ("held", "Held"),
            ("suppressed", "Left Out"),
        ],
        default="ready",
        required=True,
        readonly=True,
    )
    suppression = fields.Selection(
        rules.SUPPRESSIONS, string="Left Out Because", readonly=True
    )
    suppression_words = fields.Char(
        string="In Detail", readonly=True, groups="base.group_user"
    )
    exception_codes = fields.Char(readonly=True, groups="base.group_user")
    has_exception = fields.Boolean(readonly=True)
    exceptions = fields.Char(
        string="To Look At",
        compute="_compute_exceptions",
        groups="base.group_user",
        help="Before it goes out.",
    )
    remark = fields.Char(
        compute="_compute_remark",
        groups="base.group_user",
        help="Why it was not delivered or is left out, or what is to be looked at.",
    )
    closing_company = fields.Monetary(
        string="Balance",
        currency_field="company_currency_id",
        readonly=True,
        help="In company currency, as the general ledger has it.",
    )
    previous_closing = fields.Monetary(
        string="Balance Before",
        currency_field="company_currency_id",
        readonly=True,
        help="Of the customer's last statement.",
    )
    overdue_company = fields.Monetary(
        string="Overdue", currency_field="company_currency_id", readonly=True
    )
    note = fields.Text(string="Note to the Customer")
    balance_ids = fields.One2many(
        "clerk.statement.balance", "statement_id", string="Balances", readonly=True
    )
    ageing_ids = fields.One2many(
        "clerk.statement.balance", "statement_id", readonly=True
    )
    line_ids = fields.One2many(
        "clerk.statement.line", "statement_id", string="Lines", readonly=True
    )
    open_line_ids = fields.One2many(
        "clerk.statement.line",
        "statement_id",
        string="Open Items",
        domain=[("section", "=", "open")],
        readonly=True,
    )
    movement_ids = fields.One2many(
        "clerk.statement.line",
        "statement_id",
        string="Movements",
        domain=[("section", "=", "movement")],
        readonly=True,
    )

    # Customers who were merged later each keep what they were sent.
    _one_per_run = models.UniqueIndex(
        "(run_id, partner_id) WHERE merged_from IS NULL",
        "A customer is on a run only once.",
    )

    @api.depends("exception_codes")
    def _compute_exceptions(self):
        words = {
            "no_address": self.env._("no address for the chosen way"),
            "bounced": self.env._("mail bounced before"),
            "negative": self.env._("in credit"),
            "limit": self.env._("above the credit limit"),
            "disputed": self.env._("disputed items"),
            "unapplied": self.env._("unapplied payments or credits"),
            "first": self.env._("first statement"),
            "jump": self.env._("unusual change since the last one"),
            "again": self.env._("was sent one of this day before"),
        }
        for statement in self:
            codes = (statement.exception_codes or "").split()
            statement.exceptions = " · ".join(words[code] for code in codes)

    @api.depends("state", "suppression_words", "delivery_error", "exceptions")
    def _compute_remark(self):
        reasons = dict(self._fields["suppression"]._description_selection(self.env))
        for statement in self:
            if statement.state == "suppressed":
                reason = (
                    reasons.get(statement.suppression),
                    statement.suppression_words,
                )
                statement.remark = ": ".join(filter(None, reason))
            else:
                statement.remark = statement.delivery_error or statement.exceptions

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for statement in self:
            statement.display_name = f"{statement.name} {statement.partner_id.name}"

    def write(self, vals):
        """:raises AccessError: somebody changes what was computed"""
        if not self.env.su:
            if forged := vals.keys() - {"note"}:
                raise AccessError(
                    self.env._(
                        "A statement says what the ledger said: %s cannot be changed. "
                        "Compute the run again.",
                        ", ".join(
                            self._fields[name]._description_string(self.env)
                            for name in sorted(forged)
                            if name in self._fields
                        ),
                    )
                )
            self._check_reviewable()
        return super().write(vals)

    # Steps

    def _check_reviewable(self):
        self.run_id.check_access("write")
        for statement in self:
            if statement.run_id.state not in ("computed", "reviewed"):
                raise UserError(
                    self.env._(
                        "%(statement)s: the run has gone out or is not computed.",
                        statement=statement.display_name,
                    )
                )

    def _set_state(self, before, after):
        self._check_reviewable()
        if wrong := self.filtered(lambda each: each.state != before):
            raise UserError(
                self.env._(
                    "%(statement)s is %(state)s: that step is not open to it.",
                    statement=wrong[0].display_name,
                    state=dict(self._fields["state"]._description_selection(self.env))[
                        wrong[0].state
                    ],
                )
            )
        # sudo: nobody writes statements but by steps; the run may be written.
        self.sudo().state = after

    def action_hold(self):
        """Keep these back; the rest of the run goes out without them."""
        self._set_state("ready", "held")

    def action_release(self):
        self._set_state("held", "ready")

    def action_open_partner(self):
        self.ensure_one()
        return self.partner_id.get_formview_action()
