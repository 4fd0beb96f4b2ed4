from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tools import format_date, formatLang

from odoo.addons.invoicing_clerk.rules.lifecycle import Lifecycle, Step

from ...rules import revision as rules

LIFECYCLE = Lifecycle(
    rules.STATES,
    {
        "request": Step(("draft",), "waiting", "clerk"),
        "approve": Step(("waiting",), "approved", "supervisor"),
        "refuse": Step(("waiting",), "refused", "supervisor"),
        "edit": Step(("waiting", "approved", "refused"), "draft", "clerk"),
        "send": Step(("approved",), (), "clerk"),
        "apply": Step(("approved",), ("approved", "applied"), "clerk"),
        "close": Step(("approved",), "applied", "clerk"),
        "cancel": Step(
            ("draft", "waiting", "approved", "refused"), "cancelled", "clerk"
        ),
    },
)


class ClerkContractRevision(models.Model):
    """New prices for contracts from a day on, by an index or a percentage.

    One person prepares and proposes them, a supervisor approves, customers get a
    letter, and then each line is continued by a successor at the new price. Lines that
    have billed something are never changed but for their end.

    The lines are prepared in `revision_prepare`, approved in `revision_approval`,
    announced in `revision_letter` and applied in `revision_apply`.
    """

    _name = "clerk.contract.revision"
    _description = "Price Revision"
    _inherit = [
        *("clerk.approved", "clerk.drafted", "clerk.work.item.link"),
        "mail.activity.mixin",
    ]
    _lifecycle = LIFECYCLE
    _number_prefix = "PR"
    _order = "id desc"
    _check_company_auto = True
    _content_fields = frozenset(
        {
            *("base_month", "cap", "change_month", "contract_ids", "description"),
            *(
                "effective_date",
                "floor",
                "has_cap",
                "has_floor",
                "index_id",
                "method",
                "notice_days",
            ),
            *("percent", "product_ids", "rounding"),
        }
    )
    _final_fields = frozenset({"company_id"})
    _guarded_fields = frozenset({"author_ids", "line_ids", "prepared_change"})

    state = fields.Selection(
        rules.STATES,
        string="Status",
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
        index=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, index=True, default=lambda self: self.env.company
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    description = fields.Char(
        string="Reason", help="Printed on the letter to the customers."
    )
    contract_ids = fields.Many2many(
        "contract.contract",
        "clerk_contract_revision_contract_rel",
        string="Contracts",
        check_company=True,
        domain="[('contract_type', '=', 'sale'), ('company_id', '=', company_id)]",
    )
    product_ids = fields.Many2many(
        "product.product",
        "clerk_contract_revision_product_rel",
        string="Only Products",
        help="Only lines with these products; all lines if empty.",
    )
    method = fields.Selection(
        rules.METHODS, string="By", required=True, default="percent"
    )
    percent = fields.Float(string="Change in %", digits=(16, 4))
    index_id = fields.Many2one(
        "clerk.contract.index",
        ondelete="restrict",
        check_company=True,
        domain="[('company_id', 'in', (False, company_id))]",
    )
    base_month = fields.Date(help="A day of the month whose value the prices are from.")
    change_month = fields.Date(
        string="Comparison Month",
        help="A day of the month whose value the prices follow.",
    )
    has_cap = fields.Boolean(string="Cap")
    cap = fields.Float(string="Cap in %", digits=(16, 4))
    has_floor = fields.Boolean(string="Floor")
    floor = fields.Float(string="Floor in %", digits=(16, 4))
    rounding = fields.Float(
        string="Round Prices To", digits="Product Price", default=0.01, required=True
    )
    effective_date = fields.Date(
        required=True,
        help="Each line gets its new price with the first period that begins on this "
        "day or later and is not billed.",
    )
    notice_days = fields.Integer(
        string="Notice (Days)",
        default=30,
        help="Days between the letter and the first day of the new price; 0 if the "
        "contracts ask for none.",
    )
    applied_change = fields.Float(
        string="Change Applied in %",
        compute="_compute_applied_change",
        digits=(16, 4),
        exportable=False,
        help="By index or percentage, within cap and floor.",
    )
    prepared_change = fields.Float(
        string="Change Computed in %",
        digits=(16, 4),
        readonly=True,
        copy=False,
        exportable=False,
        help="The change by which the listed prices were computed.",
    )
    line_ids = fields.One2many(
        "clerk.contract.revision.line", "revision_id", string="Prices", readonly=True
    )
    author_ids = fields.Many2many(
        "res.users",
        "clerk_contract_revision_author_rel",
        string="Authors",
        readonly=True,
        copy=False,
        help="Everybody who entered or changed it. They cannot approve it.",
    )
    line_count = fields.Integer(
        string="Lines to Revise", compute="_compute_line_count", exportable=False
    )
    unfit_count = fields.Integer(
        string="Not Revised", compute="_compute_line_count", exportable=False
    )

    @api.depends("line_ids.state")
    def _compute_line_count(self):
        for revision in self:
            states = revision.line_ids.mapped("state")
            revision.line_count = len(states) - states.count("unfit")
            revision.unfit_count = states.count("unfit") + states.count("failed")

    @api.depends(
        *("method", "percent", "index_id", "base_month", "change_month"),
        *("has_cap", "cap", "has_floor", "floor", "rounding"),
        *("prepared_change", "state", "index_id.value_ids.value"),
    )
    def _compute_applied_change(self):
        for revision in self:
            revision.applied_change = revision._shown_change()

    def _shown_change(self):
        """Return the change in percent; zero until all terms are entered."""
        if self.state != "draft":
            return self.prepared_change
        try:
            return float(self._clause().applied)
        except UserError:
            return 0.0

    # Terms

    def _clause(self):
        """Return the clause by which prices change.

        :raises UserError: it cannot be computed
        """
        try:
            return rules.Clause(
                change=self._change(),
                cap=Decimal(str(self.cap)) if self.has_cap else None,
                floor=Decimal(str(self.floor)) if self.has_floor else None,
                rounding=Decimal(str(self.rounding)),
            )
        except rules.LimitOrderError as error:
            raise UserError(
                self.env._(
                    "%(revision)s: the floor of %(floor)s%% is above the cap of "
                    "%(cap)s%%. Correct one of them.",
                    revision=self.display_name,
                    floor=formatLang(self.env, self.floor),
                    cap=formatLang(self.env, self.cap),
                )
            ) from error

    def _change(self):
        if self.method == "percent":
            return Decimal(str(self.percent))
        base, new = (self._index_value(name) for name in ("base_month", "change_month"))
        return rules.index_change(base, new)

    def _index_value(self, name):
        """:raises UserError: the index has no value for the month"""
        if not self.index_id or not self[name]:
            raise UserError(
                self.env._(
                    "%s: select the index and the two months to compare.",
                    self.display_name,
                )
            )
        value = self.index_id._value_of(self[name])
        if not value:
            raise UserError(
                self.env._(
                    "%(index)s has no value for %(month)s. Enter it under "
                    "Configuration, or select another month.",
                    index=self.index_id.name,
                    month=format_date(self.env, self[name], date_format="MMMM y"),
                )
            )
        return Decimal(str(value))

    @api.constrains("rounding", "notice_days", "percent", "cap", "floor")
    def _check_terms(self):
        for revision in self:
            if revision.rounding <= 0:
                raise ValidationError(
                    self.env._(
                        "%(revision)s: prices must be rounded to an amount above "
                        "zero, not %(amount)s.",
                        revision=revision.name,
                        amount=revision.rounding,
                    )
                )
            if not 0 <= revision.notice_days <= 730:
                raise ValidationError(
                    self.env._(
                        "%(revision)s: the notice must be between 0 and 730 days, not "
                        "%(days)s.",
                        revision=revision.name,
                        days=revision.notice_days,
                    )
                )
            for name in ("percent", "cap", "floor"):
                if not -100 <= revision[name] <= 1000:
                    raise ValidationError(
                        self.env._(
                            "%(revision)s: %(field)s must be between -100 and 1,000, "
                            "not %(value)s: a price cannot be below zero.",
                            revision=revision.name,
                            field=self._fields[name]._description_string(self.env),
                            value=formatLang(self.env, revision[name]),
                        )
                    )

    @api.constrains("contract_ids")
    def _check_contracts(self):
        """:raises ValidationError: a contract is one of a vendor"""
        for contract in self.contract_ids:
            if contract.contract_type != "sale":
                raise ValidationError(
                    self.env._(
                        "%s is not a contract with a customer: its prices cannot be "
                        "revised.",
                        contract.display_name,
                    )
                )

    # Guards

    @api.model
    def _entry_values(self):
        return {"author_ids": [Command.link(self.env.uid)]}

    def write(self, vals):
        """Drop the prices that were prepared for other terms."""
        done = super().write(vals)
        changed = self._declared("_content_fields") & vals.keys()
        if changed and not self._passes_guard():
            self._inside().author_ids = [Command.link(self.env.uid)]
            # The reason is approved, too, but no price follows from it.
            if changed - {"description"}:
                self._drop_lines()
        return done
