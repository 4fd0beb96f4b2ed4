from odoo import api, fields, models

from ...rules.petty_cash import petty_cash as rules


class ClerkVoucher(models.Model):
    """Vouchers that are paid out of a box of petty cash, or into it."""

    _inherit = "clerk.voucher"
    _steps = rules.VOUCHER_STEPS
    _content_fields = frozenset({"petty_cash_id"})
    _guarded_fields = frozenset(
        {"increase", "replenished_by_id", "replenished_count_ids", "replenished_ids"}
    )

    kind = fields.Selection(
        selection_add=rules.KINDS,
        ondelete={kind: "set default" for kind, _label in rules.KINDS},
    )
    petty_cash_id = fields.Many2one(
        "clerk.petty.cash",
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
    )
    custodian_id = fields.Many2one(related="petty_cash_id.custodian_id", tracking=False)
    replenished_by_id = fields.Many2one(
        "clerk.voucher",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The voucher that pays the amount into the box again.",
    )
    replenished_ids = fields.One2many(
        "clerk.voucher", "replenished_by_id", string="Replenished Vouchers"
    )
    replenished_count_ids = fields.One2many(
        "clerk.petty.count", "replenished_by_id", string="Counts"
    )
    increase = fields.Monetary(
        string="Increase of the Fund",
        readonly=True,
        copy=False,
        help="The part of the amount by which the fund grows; negative if it shrinks.",
    )

    @api.depends("petty_cash_id", "kind")
    def _compute_journal_id(self):
        of_box = self.filtered(
            lambda each: each.petty_cash_id and each.kind in dict(rules.KINDS)
        )
        for voucher in of_box:
            box = voucher.petty_cash_id
            is_petty = voucher.kind == "petty"
            voucher.journal_id = box.journal_id if is_petty else box.bank_journal_id
        return super(ClerkVoucher, self - of_box)._compute_journal_id()

    @api.depends("petty_cash_id", "kind")
    def _compute_payment_method_line_id(self):
        petty = self.filtered(lambda each: each.kind == "petty" and each.petty_cash_id)
        for voucher in petty:
            voucher.payment_method_line_id = voucher.petty_cash_id._methods()[:1]
        return super(ClerkVoucher, self - petty)._compute_payment_method_line_id()

    def _is_charged(self):
        return self.kind == "petty" or super()._is_charged()

    def _is_offered(self, step):
        if self.kind == "petty" and step in ("prepare", "cancel"):
            return False
        if step == "pay_out" and self.kind != "petty":
            return False
        return super()._is_offered(step)

    def _roles(self):
        roles = super()._roles()
        if self.env.user == self.custodian_id and "clerk" in roles:
            return roles | {"custodian"}
        return roles

    def _who_may(self, role):
        if role == "custodian":
            return self.env._(
                "Only %s, who holds the box, can do this.",
                self.custodian_id.name or self.env._("the custodian of a petty cash"),
            )
        return super()._who_may(role)

    def _content_problem(self):
        return self._box_problem() or super()._content_problem()

    def _box_problem(self):
        """Return why the voucher does not fit a box of petty cash, or nothing."""
        box = self.petty_cash_id
        if self.kind not in dict(rules.KINDS):
            return self._no_box_problem()
        if not box:
            return self.env._("Select the petty cash.")
        if self.currency_id != box.currency_id:
            return self.env._(
                "%(box)s is kept in %(currency)s. Pay amounts in another currency by a "
                "payment voucher.",
                box=box.name,
                currency=box.currency_id.name,
            )
        return self._journal_problem()

    def _journal_problem(self):
        """Return why the journal does not fit the box, or nothing."""
        box = self.petty_cash_id
        if self.kind == "petty" and self.journal_id != box.journal_id:
            return self.env._(
                "%(box)s is paid out of %(journal)s. Select that journal.",
                box=box.name,
                journal=box.journal_id.name,
            )
        if self.kind == "replenish" and self.journal_id.type != "bank":
            return self.env._(
                "%s is replenished from a bank account. Select the journal of a bank.",
                box.name,
            )
        return None

    def _no_box_problem(self):
        """Return why a voucher of another kind would touch a box, or nothing."""
        if box := self.petty_cash_id:
            kinds = dict(self._fields["kind"]._description_selection(self.env))
            return self.env._(
                "It pays %(kind)s and not petty cash. Remove %(box)s.",
                kind=kinds[self.kind],
                box=box.name,
            )
        # sudo: tells the name of a box to whoever pays out of its journal.
        boxes = self.env["clerk.petty.cash"].sudo()
        box = boxes.search([("journal_id", "=", self.journal_id.id)], limit=1)
        return box and self.env._(
            "%(journal)s is the journal of the petty cash %(box)s. Use Pay Out there, "
            "or select another journal.",
            journal=self.journal_id.name,
            box=box.name,
        )
