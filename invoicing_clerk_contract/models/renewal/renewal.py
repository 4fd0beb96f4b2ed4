from odoo import api, fields, models

from odoo.addons.invoicing_clerk.rules.lifecycle import SYSTEM, Lifecycle, Step

from ...rules import renewal as rules

LIFECYCLE = Lifecycle(
    rules.STATES,
    {
        "renew": Step(("open", "renegotiated"), "renewed", "supervisor"),
        "renegotiate": Step(("open",), "renegotiated", "clerk"),
        "end": Step(("open", "renegotiated"), "ended", "clerk"),
        "lapse": Step(("open", "renegotiated"), "lapsed", SYSTEM),
        # The term is due again: its contract was archived or changed for a while.
        "reopen": Step(("lapsed",), "open", SYSTEM),
        "refresh": Step(("open", "renegotiated"), (), SYSTEM),
    },
)


class ClerkContractRenewal(models.Model):
    """The decision whether a contract goes on after the end of a term.

    It is in the queue some days before notice has to be given, with the value of the
    contract and its last increase, until somebody enters what became of it. One that is
    renegotiated remains there if billing would stop, until it is renewed or ended.

    A scheduled action finds them in `renewal_find`; decisions are in `renewal_step`.
    """

    _name = "clerk.contract.renewal"
    _description = "Contract Renewal"
    _inherit = [
        *("clerk.lifecycle", "clerk.thread", "clerk.work.item.link"),
        "mail.activity.mixin",
    ]
    _lifecycle = LIFECYCLE
    _order = "notice_by, id"
    _rec_names_search = ["contract_id", "partner_id"]
    # Our code makes them; people say who works on one, and note what they know.
    _writable_fields = frozenset({"note", "user_id"})

    state = fields.Selection(
        rules.STATES,
        string="Outcome",
        required=True,
        readonly=True,
        default="open",
        tracking=True,
        index=True,
    )
    contract_id = fields.Many2one(
        "contract.contract",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="contract_id.company_id", string="Company", store=True, index=True
    )
    partner_id = fields.Many2one(
        related="contract_id.commercial_partner_id",
        string="Customer",
        store=True,
        index=True,
    )
    user_id = fields.Many2one(
        "res.users",
        string="Owner",
        index=True,
        tracking=True,
        help="Who sees to the decision.",
    )
    note = fields.Text()
    end_date = fields.Date(string="Term Ends", readonly=True, required=True)
    notice_by = fields.Date(
        string="Notice Deadline",
        readonly=True,
        required=True,
        index=True,
        help="The last day on which notice can be given.",
    )
    renews_itself = fields.Boolean(
        readonly=True, help="It goes on if nobody gives notice."
    )
    has_end = fields.Boolean(
        readonly=True, help="Billing stops at the end unless it is renewed."
    )
    days_left = fields.Integer(
        string="Days to Notice", compute="_compute_days_left", exportable=False
    )
    situation = fields.Char(compute="_compute_days_left", exportable=False)
    currency_id = fields.Many2one("res.currency", readonly=True)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    value = fields.Monetary(
        string="Per Year", readonly=True, help="What the contract bills in a year."
    )
    value_company = fields.Monetary(
        string="Per Year in Company Currency",
        currency_field="company_currency_id",
        readonly=True,
    )
    last_increase_on = fields.Date(string="Last Price Change", readonly=True)
    last_increase = fields.Float(
        string="Last Price Change (%)", readonly=True, digits=(16, 2), aggregator=None
    )
    new_end = fields.Date(string="Renewed Until", readonly=True)
    decided_by_id = fields.Many2one("res.users", readonly=True)
    decided_on = fields.Datetime(readonly=True)
    decision = fields.Text(string="Reason", readonly=True)
    revision_id = fields.Many2one(
        "clerk.contract.revision",
        string="Price Revision",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    _one_per_term = models.Constraint(
        "UNIQUE (contract_id, end_date)", "A term of a contract is decided once."
    )

    @api.depends("contract_id", "end_date")
    def _compute_display_name(self):
        for renewal in self:
            contract = renewal.contract_id.display_name
            renewal.display_name = f"{contract} · {renewal.end_date or ''}"

    @api.depends("notice_by", "state", "renews_itself", "has_end")
    @api.depends_context("lang")
    def _compute_days_left(self):
        today = fields.Date.context_today(self)
        for renewal in self:
            days = (renewal.notice_by - today).days if renewal.notice_by else 0
            renewal.days_left = days
            renewal.situation = renewal._is_pending() and renewal._situation(days)

    def _is_pending(self):
        """Return whether it is to be decided, or billing stops while negotiated."""
        return self.state == "open" or (self.state == "renegotiated" and self.has_end)

    def _situation(self, days):
        """Return what happens if nobody decides, as a sentence."""
        if self.state == "renegotiated":
            return self.env._(
                "New terms are being negotiated. Billing stops at the end date unless "
                "the contract is renewed."
            )
        if days >= 0:
            return self.env._("Notice can be given until the date shown.")
        if self.renews_itself and self.has_end:
            return self.env._(
                "The notice deadline has passed and the contract renews automatically, "
                "but billing stops at its end date. Renew it."
            )
        if self.renews_itself:
            return self.env._(
                "The notice deadline has passed: the contract continues for another "
                "term."
            )
        return self.env._(
            "The notice deadline has passed: the contract ends unless it is renewed."
        )

    @api.model
    def _guard_hint(self):
        return self.env._("Use the buttons of the renewal instead.")
