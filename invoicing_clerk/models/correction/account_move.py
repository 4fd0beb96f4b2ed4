from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..mixin.roles import BOOKKEEPERS, READERS
from ..mixin.traces import reads


class AccountMove(models.Model):
    """A document, its corrections, and the documents that they made."""

    _name = "account.move"
    _inherit = ["clerk.guarded", "account.move"]

    correction_total = fields.Monetary(
        compute="_compute_correction_total",
        string="Total Owed",
        help="The effect of this document alone on the balance of the customer.",
        groups=BOOKKEEPERS,
    )
    correction_id = fields.Many2one(
        "clerk.correction",
        string="Created by Correction",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="The approved correction that created this document.",
        groups=BOOKKEEPERS,
    )
    corrected_move_id = fields.Many2one(
        "account.move",
        string="Corrects",
        copy=False,
        readonly=True,
        index="btree_not_null",
        help="The document that this one credits, debits, replaces or writes off.",
        groups=BOOKKEEPERS,
    )
    correction_role = fields.Selection(
        [
            ("credit", "Credit Note"),
            ("debit", "Debit Note"),
            ("rebill", "Rebill"),
            ("write_off", "Write-off"),
            ("transfer", "Transfer"),
        ],
        string="Purpose in Correction",
        copy=False,
        readonly=True,
        help="The purpose of the document in the correction that created it.",
        groups=BOOKKEEPERS,
    )
    correction_part = fields.Char(
        compute="_compute_correction_part",
        string="Purpose",
        help="The original, or the purpose of a document that corrects it.",
        groups=BOOKKEEPERS,
    )
    correction_ids = fields.One2many(
        "clerk.correction",
        "move_id",
        string="Corrections",
        groups=READERS,
    )
    # Stored, so that what core does with other documents asks no table of corrections.
    has_applied_correction = fields.Boolean(
        string="Corrected",
        copy=False,
        readonly=True,
        groups=BOOKKEEPERS,
        help="A correction of this document is applied: it stays as it was approved.",
    )
    is_corrected_document = fields.Boolean(
        string="Created or Reissued by Correction",
        compute="_compute_is_corrected_document",
        search="_search_is_corrected_document",
        groups=READERS,
        help="A correction created or reissued this document.",
    )
    correction_family_ids = fields.Many2many(
        "account.move",
        string="Original and Corrections",
        compute="_compute_correction_family_ids",
        help="The original, its credit and debit notes and its rebill.",
        groups=BOOKKEEPERS,
    )

    _guards_computed = False
    # The links between documents and corrections are evidence.
    _guarded_fields = frozenset(
        {"correction_id", "corrected_move_id", "correction_role", "correction_ids"}
        | {"billing_error_ids", "has_open_billing_error", "has_applied_correction"}
    )
    _checked_fields = _guarded_fields

    @api.model
    def _guard_hint(self):
        return self.env["clerk.correction"]._guard_hint()

    def write(self, vals):
        if "state" in vals:
            self._check_corrections_only(vals["state"])
        return super().write(vals)

    def _check_corrections_only(self, state):
        """Refuse to clerks what would go around approval limits, where that is set.

        :raises UserError: names the document and the way to correct it
        """
        user = self.env.user
        if (
            self.env.su
            or not user.has_group("invoicing_clerk.group_clerk")
            or user.has_group("invoicing_clerk.group_supervisor")
        ):
            return
        for move in self.filtered("company_id.clerk_corrections_only"):
            if reason := move._around_limits(state):
                raise UserError(reason)

    def _around_limits(self, state):
        """Return why a change of state goes around approval limits, or False."""
        names = {"document": self.display_name, "company": self.company_id.name}
        if state == "posted":
            own = self.move_type == "out_refund" and not self.correction_id
            return own and self.env._(
                "%(document)s: in %(company)s, clerks credit customers by corrections "
                "only. Use Correct on the invoice, or ask a supervisor to post it.",
                **names,
            )
        resets = self.state == "posted" and self.is_sale_document(include_receipts=True)
        return resets and self.env._(
            "%(document)s: in %(company)s, clerks cannot reset documents of customers. "
            "Use Correct on the invoice, or ask a supervisor.",
            **names,
        )

    def _mark_corrected(self):
        """Note on documents that a correction of them is applied."""
        # The context keeps core from treating the flag as an edit of the document.
        self._inside().with_context(
            skip_account_move_synchronization=True, skip_is_manually_modified=True
        ).has_applied_correction = True

    @api.depends(
        "correction_id",
        "correction_ids.state",
        "correction_ids.remedy_id.makes_documents",
    )
    def _compute_is_corrected_document(self):
        for move in self:
            reissued = move.correction_ids.filtered_domain(self._reissued_domain())
            move.is_corrected_document = bool(move.correction_id or reissued)

    @api.model
    @reads(
        "correction_id",
        "correction_ids.state",
        "correction_ids.remedy_id.makes_documents",
    )
    def _search_is_corrected_document(self, operator, value):
        """Search from corrections to documents, because corrections are few."""
        if operator != "in":
            return NotImplemented
        made = self.with_context(active_test=False)._search(
            [("correction_id", "!=", False)]
        )
        reissued = self.env["clerk.correction"]._search(self._reissued_domain())
        corrected_ids = SQL(
            "(%s UNION %s)",
            made.select(),
            reissued.select(SQL.identifier("clerk_correction", "move_id")),
        )
        corrected = Domain("id", "in", corrected_ids)
        return corrected if True in value else ~corrected

    @api.model
    def _reissued_domain(self):
        return Domain("state", "=", "applied") & Domain(
            "remedy_id.makes_documents", "=", False
        )

    @api.depends("correction_role")
    def _compute_correction_part(self):
        roles = dict(self._fields["correction_role"]._description_selection(self.env))
        for move in self:
            move.correction_part = roles.get(
                move.correction_role, self.env._("Original")
            )

    @api.depends("amount_total_in_currency_signed", "corrected_move_id")
    def _compute_correction_total(self):
        for move in self:
            if move.is_invoice():
                move.correction_total = move.amount_total_in_currency_signed
                continue
            customer = move.corrected_move_id.commercial_partner_id
            items = move.line_ids.filtered(
                lambda line, customer=customer: (
                    line.account_id.account_type == "asset_receivable"
                    and line.partner_id.commercial_partner_id == customer
                )
            )
            move.correction_total = sum(items.mapped("amount_currency"))

    @api.depends("corrected_move_id")
    def _compute_correction_family_ids(self):
        roots = {move: move._first_original() for move in self}
        family = self.browse().concat(*set(roots.values()))._origin
        parents = {move: move for move in family}
        level = family
        # Each iteration goes one document further from all originals at once.
        while level := self.search(
            [("corrected_move_id", "in", level.ids), ("id", "not in", family.ids)],
            order="id",
        ):
            for move in level:
                parents[move] = parents[move.corrected_move_id]
            family += level
        members = family.grouped(parents.get)
        for move, root in roots.items():
            relatives = members.get(root._origin, self.browse())
            move.correction_family_ids = relatives if len(relatives) > 1 else False

    def _first_original(self):
        """Return the document at the start of the chain of corrections."""
        self.ensure_one()
        move = self
        while move.corrected_move_id:
            move = move.corrected_move_id
        return move
