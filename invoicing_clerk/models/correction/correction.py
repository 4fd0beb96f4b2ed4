from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from ...rules.correction.correction import LIFECYCLE, STATES
from .correction_billed import LedgerMismatchError, UnclearLinesError
from .correction_ledger import CorrectionLedger


class ClerkCorrection(models.Model):
    """A proposed correction of a posted document, and the documents that it makes.

    The dialog edits it, the preview explains it, limits decide whether it needs
    approval, and applying it makes its documents in one transaction. Each remedy has a
    record (``clerk.remedy``, which says how to add one) and a file of its own.

    States and steps are declared in `rules.correction.correction`. They are taken in
    `approved` (request, approve, refuse), `correction_approval` (edit),
    `correction_apply` (apply) and here (cancel).
    """

    _name = "clerk.correction"
    _description = "Correction"
    _inherit = [
        "clerk.approved",
        "clerk.numbered",
        "clerk.work.item.link",
        "clerk.thread",
        "mail.activity.mixin",
    ]
    _lifecycle = LIFECYCLE
    _number_prefix = "COR"
    _number_fields = ("move_id",)
    _state_subtypes = {
        "waiting": "subtype_correction_waiting",
        "approved": "subtype_correction_approved",
        "refused": "subtype_correction_refused",
        "applied": "subtype_correction_applied",
    }
    _order = "id desc"
    _check_company_auto = True

    # A change of any of these voids the approval.
    _content_fields = frozenset(
        {
            "error_id",
            "move_id",
            "remedy_id",
            "date",
            "line_ids",
            "match_ids",
            "allocation_ids",
            "rebill_partner_id",
            "rebill_currency_id",
            "rebill_date",
            "rebill_payment_term_id",
            "partner_shipping_id",
            "reference",
            "narration",
            "write_off_amount",
            "write_off_account_id",
        }
    )

    # The case and the document are what a correction is about.
    _final_fields = frozenset({"error_id", "move_id"})

    # Set by steps only.
    _guarded_fields = frozenset(
        {
            "name",
            "document_ids",
            "author_ids",
            "proposed_preview_html",
            "proposed_fingerprint",
            "proposed_stake",
            "applied_by_id",
            "applied_on",
            "applied_preview",
            "sending_state",
            "sending_error",
        }
    )

    name = fields.Char(
        string="Number",
        readonly=True,
        copy=False,
        default=lambda self: self.env._("New"),
    )
    state = fields.Selection(
        STATES,
        string="Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    error_id = fields.Many2one(
        "clerk.billing.error",
        string="Billing Error",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    # For whoever approves it.
    error_reason_id = fields.Many2one(related="error_id.reason_id", tracking=False)
    customer_words = fields.Text(
        related="error_id.description", string="Customer's Complaint"
    )
    move_id = fields.Many2one(
        "account.move",
        string="Document",
        required=True,
        ondelete="restrict",
        index=True,
        check_company=True,
    )
    company_id = fields.Many2one(related="move_id.company_id", store=True, index=True)
    partner_id = fields.Many2one(
        related="move_id.commercial_partner_id", string="Customer", store=True
    )
    currency_id = fields.Many2one(related="move_id.currency_id", tracking=False)
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    remedy_id = fields.Many2one(
        "clerk.remedy",
        required=True,
        ondelete="restrict",
        index=True,
        tracking=True,
        default=lambda self: self.env["clerk.remedy"]._default_remedy(),
    )
    edits_date = fields.Boolean(related="remedy_id.edits_date", exportable=False)
    edits_lines = fields.Boolean(related="remedy_id.edits_lines", exportable=False)
    edits_header = fields.Boolean(related="remedy_id.edits_header", exportable=False)
    edits_rebill = fields.Boolean(related="remedy_id.edits_rebill", exportable=False)
    edits_allocations = fields.Boolean(
        related="remedy_id.edits_allocations", exportable=False
    )
    edits_write_off = fields.Boolean(
        related="remedy_id.edits_write_off", exportable=False
    )
    is_mailed = fields.Boolean(related="remedy_id.is_mailed", exportable=False)
    date = fields.Date(
        string="Correction Date",
        required=True,
        default=fields.Date.context_today,
        help="Date of the new documents. In a locked period, the first open date is "
        "used instead.",
    )
    line_ids = fields.One2many("clerk.correction.line", "correction_id", string="Lines")
    document_ids = fields.One2many(
        "account.move", "correction_id", string="Documents", readonly=True
    )
    document_count = fields.Integer(
        string="Number of Documents", compute="_compute_document_count"
    )

    @api.depends("document_ids")
    def _compute_document_count(self):
        for correction in self:
            correction.document_count = len(correction.document_ids)

    def _last_document_id(self):
        """Return the sort key of the order in which corrections were applied."""
        return max(self.document_ids.ids, default=0)

    # Lifecycle

    @api.model
    def _guard_hint(self):
        return self.env._(
            "Use the buttons of the correction instead: ask for approval, approve, "
            "refuse or apply."
        )

    @api.model_create_multi
    def create(self, vals_list):
        inside = self._check_create(vals_list)
        authors = [fields.Command.set(self.env.user.ids)]
        corrections = super(ClerkCorrection, inside).create(
            [
                {**vals, "author_ids": authors}
                for vals in inside._with_numbers(vals_list)
            ]
        )
        corrections = corrections.with_env(self.env)
        corrections.filtered(lambda each: not each.line_ids.move_line_id)._fill_lines()
        return corrections

    def write(self, vals):
        self._check_guarded(vals)
        if self._content_fields & vals.keys():
            self._content_changed()
        if "line_ids" in vals:
            # Lines are written one by one: read them together before.
            self.line_ids.mapped("quantity")
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for correction in self.filtered(
            lambda each: each.state not in ("draft", "cancelled") or each.proposed_on
        ):
            raise UserError(
                self.env._(
                    "%(correction)s is %(state)s and is kept on record: cancel it "
                    "instead.",
                    correction=correction.name,
                    state=correction._state_label(),
                )
            )

    def _content_changed(self):
        """Void the approval after a change, or refuse the change.

        :raises UserError: the correction is applied or cancelled
        """
        if self._is_inside():
            return
        for correction in self.filtered(
            lambda each: each.state in ("applied", "cancelled")
        ):
            raise UserError(
                self.env._(
                    "%(correction)s is %(state)s and can no longer be changed. "
                    "Start another correction of %(document)s.",
                    correction=correction.name,
                    state=correction._state_label(),
                    document=correction.move_id.name,
                )
            )
        decided = self.filtered(lambda each: each.state != "draft")
        if decided:
            decided._void_approval()
        self._add_author()

    def action_cancel(self):
        self._take_step("cancel")
        self.error_id._correction_dropped()

    # Content

    def _fill_lines(self):
        """Fill in the lines: as billed so far, and as the customer claims."""
        rows = [row for correction in self for row in correction._billed_rows()]
        self.env["clerk.correction.line"]._inside().create(rows)

    def _billed_rows(self):
        """Return the values of the lines of a correction."""
        try:
            in_force = self._ledger().billed_terms()
        except UnclearLinesError as error:
            self._offer_matches(error.unclear)
            return []
        except LedgerMismatchError:
            # The remedies that need lines explain why they do not fit.
            return []
        claims, lines = self._claims(), self.env["clerk.correction.line"]
        return [
            {
                "correction_id": self.id,
                "move_line_id": line.id,
                **lines._terms_values(terms, claims.get(line)),
            }
            for line, terms in in_force.items()
        ]

    def _claims(self):
        """Return the claims of the customer, by line of the document.

        A document that is disputed as a whole is corrected by the remedy alone: what
        the rebill of another customer bills is not what this customer owes.
        """
        case = self.error_id
        if case.reason_id.disputes_whole and case._is_wholly_disputed():
            return {}
        return {
            claim.move_line_id: claim
            for claim in case.line_ids
            if claim.is_disputed and claim.move_line_id.move_id == self.move_id
        }

    def _ledger(self):
        self.ensure_one()
        return CorrectionLedger(self.move_id, self._match_answers())

    @api.constrains("move_id", "error_id")
    def _check_document(self):
        for correction in self:
            move = correction.move_id
            if move.commercial_partner_id != correction.error_id.partner_id:
                raise ValidationError(
                    self.env._(
                        "%(document)s is billed to %(billed)s, but %(error)s is about "
                        "%(partner)s.",
                        document=move.display_name,
                        billed=move.commercial_partner_id.display_name,
                        error=correction.error_id.name,
                        partner=correction.error_id.partner_id.display_name,
                    )
                )
            if reason := correction._document_unfit():
                raise ValidationError(reason)

    @api.constrains("date", "rebill_date")
    def _check_dates(self):
        for correction in self:
            billed = correction.move_id.invoice_date
            dates = [correction.date, correction.rebill_date]
            if any(date and billed and date < billed for date in dates):
                raise ValidationError(
                    self.env._(
                        "%(document)s is dated %(billed)s: a correction cannot be "
                        "dated earlier.",
                        document=correction.move_id.name,
                        billed=format_date(self.env, billed),
                    )
                )

    @api.model
    def _settled_by_drafts(self, document):
        """Return that entries which are not posted settle a document, or False."""
        entries = document._unposted_counterparts()
        return bool(entries) and self.env._(
            "%(document)s is reconciled with %(entries)s, which is not posted. Post it "
            "or remove the reconciliation first.",
            document=document.name,
            entries=", ".join(entries.mapped("display_name")),
        )

    def _document_unfit(self):
        """Return why the document cannot be corrected at all, or False."""
        self.ensure_one()
        move = self.move_id
        if move.state == "draft":
            return self.env._(
                "%s is still a draft: edit it instead.", move.display_name
            )
        if move.state == "cancel":
            return self.env._(
                "%s is cancelled: there is nothing to correct.", move.name
            )
        if move.move_type not in ("out_invoice", "out_refund"):
            return self.env._("%s is not a customer invoice or credit note.", move.name)
        origin = move.correction_role != "rebill" and (
            move.corrected_move_id or move.reversed_entry_id or move.debit_origin_id
        )
        if origin:
            return self.env._(
                "%(document)s itself corrects %(origin)s. Correct %(origin)s instead.",
                document=move.name,
                origin=origin.name,
            )
        return False

    def _action_open(self):
        """Open the correction in a dialog."""
        self.ensure_one()
        dialog = self.env.ref("invoicing_clerk.clerk_correction_view_form_dialog")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correct %s", self.move_id.name),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(dialog.id, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def action_show_documents(self):
        self.ensure_one()
        return self._action_show_documents()
