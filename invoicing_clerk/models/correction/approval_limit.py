from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...rules.correction.approval import Limit, governing_limit, within
from ..mixin.amount import amount_text

KINDS = [
    ("correction", "Corrections"),
    ("voucher", "Payment Vouchers"),
    ("credit", "Credit Limits"),
]


class ClerkApprovalLimit(models.Model):
    """The amount up to which a person or group decides alone.

    For corrections, the amount that they apply without approval; for payment vouchers
    and credit limits of customers, the amount that they approve. The most specific
    limit applies: that of a person before that of a group, and for the same people that
    of a remedy before one for all remedies.

    Nobody changes a limit that applies to them: supervisors set those of others in
    their companies, and administrators those of groups and of all companies. Limits
    are archived instead of deleted, and each change is logged.
    """

    _name = "clerk.approval.limit"
    _description = "Approval Limit"
    _inherit = ["clerk.checked", "clerk.thread"]
    _order = "company_id, kind, user_id, group_id, remedy_id"
    _import_template = "approval_limits.csv"
    _check_company_auto = True

    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        "res.company",
        index=True,
        default=lambda self: self.env.company,
        tracking=True,
        help="Leave empty for all companies.",
    )
    currency_id = fields.Many2one("res.currency", compute="_compute_currency_id")
    kind = fields.Selection(
        KINDS,
        string="Applies To",
        required=True,
        default="correction",
        tracking=True,
        help="A limit for corrections is the amount that is applied without approval, "
        "one for payment vouchers and credit limits the amount that is approved.",
    )
    user_id = fields.Many2one(
        "res.users", ondelete="cascade", index=True, tracking=True
    )
    group_id = fields.Many2one(
        "res.groups", ondelete="cascade", index=True, tracking=True
    )
    remedy_id = fields.Many2one(
        "clerk.remedy",
        ondelete="cascade",
        tracking=True,
        help="Leave empty for all remedies.",
    )
    unlimited = fields.Boolean(tracking=True)
    amount = fields.Monetary(
        tracking=True,
        help="Largest amount at stake, in the currency of the company. Corrections of "
        "the same customer by the same person count together, and so do vouchers for "
        "the same payee.",
    )

    _one_holder = models.Constraint(
        "CHECK (user_id IS NULL OR group_id IS NULL)",
        "A limit applies to a user or to a group, not to both.",
    )
    _remedy_of_corrections = models.Constraint(
        "CHECK (remedy_id IS NULL OR kind = 'correction')",
        "Only limits for corrections have a remedy.",
    )
    _not_negative = models.Constraint(
        "CHECK (amount >= 0)", "A limit cannot be negative."
    )

    @api.model_create_multi
    def create(self, vals_list):
        """:raises AccessError: a limit applies to the user as well"""
        limits = super().create(vals_list)
        limits._check_others()
        return limits

    def write(self, vals):
        """:raises AccessError: a limit applies to the user, before or after"""
        self._check_others()
        done = super().write(vals)
        self._check_others()
        return done

    @api.ondelete(at_uninstall=False)
    def _unlink_except_by_system(self):
        self._check_others()
        if self and not self.env.su:
            raise UserError(
                self.env._(
                    "%s: archive the limit instead of deleting it, so that its changes "
                    "stay on record.",
                    self[0].display_name,
                )
            )

    def _check_others(self):
        """:raises AccessError: one of these is not for the user to set"""
        if self.env.su:
            return
        for limit in self:
            if reason := limit._not_for_user():
                raise AccessError(reason)

    def _not_for_user(self):
        """Return why the current user cannot set the limit, or False."""
        user = self.env.user
        if self.user_id == user:
            return self.env._("You cannot set your own limit: ask another supervisor.")
        # Administrators decide who is in which group, and so on these limits anyway.
        if user.has_group("base.group_system"):
            return False
        if not self.company_id:
            return self.env._(
                "%s: only an administrator can set a limit for all companies. Set one "
                "for a company.",
                self.display_name,
            )
        # sudo: the groups of the user themselves, which are only compared.
        shared = not self.group_id or self.group_id in user.sudo().all_group_ids
        if shared and not self.user_id:
            return self.env._(
                "%s: this limit applies to you as well. Ask an administrator, or set "
                "limits for individual users.",
                self.display_name,
            )
        return False

    @api.depends("company_id")
    def _compute_currency_id(self):
        for limit in self:
            limit.currency_id = (limit.company_id or self.env.company).currency_id

    @api.depends("user_id", "group_id", "remedy_id.name", "unlimited", "amount", "kind")
    def _compute_display_name(self):
        for limit in self:
            holder = limit.user_id.name or limit.group_id.full_name
            limit.display_name = self.env._(
                "%(holder)s, %(remedy)s: %(amount)s",
                holder=holder or self.env._("Everybody"),
                remedy=limit._subject(),
                amount=self.env._("unlimited")
                if limit.unlimited
                else amount_text(limit.currency_id, limit.amount),
            )

    def _subject(self):
        if self.kind == "voucher":
            return self.env._("payment vouchers")
        if self.kind == "credit":
            return self.env._("credit limits")
        return self.remedy_id.name or self.env._("any remedy")

    def _as_rule(self):
        self.ensure_one()
        return Limit(
            amount=None if self.unlimited else Decimal(str(self.amount)),
            user=self.user_id.id or None,
            group=self.group_id.id or None,
            remedy=self.remedy_id.id or None,
        )

    @api.model
    def _governing(self, user, company, remedy=None, kind="correction"):
        """Return the limit that applies to a user, or an empty recordset."""
        # sudo: limits are read to decide, and not shown to those who cannot read them.
        companies = (False, *company.sudo().parent_ids.ids)
        rows = self.sudo().search(
            [("company_id", "in", companies), ("kind", "=", kind)]
        )
        rules = {row: row._as_rule() for row in rows}
        # sudo: the groups of a user only select the limit and are not shown.
        groups = frozenset(user.sudo().all_group_ids.ids)
        governing = governing_limit(
            rules.values(), user.id, groups, remedy.id if remedy else 0
        )
        return next(
            (row for row, rule in rules.items() if rule is governing), self.browse()
        )

    @api.model
    def _allows(self, user, company, remedy, amount):
        """Return whether a user may apply an amount in company currency alone."""
        return self._governing(user, company, remedy)._covers(company, amount)

    def _covers(self, company, amount):
        """Return whether the limit allows an amount; without a limit, none is."""
        digits = company.currency_id.decimal_places
        exact = Decimal(f"{amount:.{digits}f}")
        return within(self._as_rule() if self else None, exact)
