from odoo import fields, models
from odoo.tools import SQL

from ..mixin.content import content_sql
from .ageing_compute import ITEM_COLUMNS
from .ageing_row import AMOUNTS

SEALED_ROW = (
    *("customer_name", "account_name", "currency_id", "item_count", "date_due"),
    *AMOUNTS,
    *(f"{name}_company" for name in (*AMOUNTS, "exchange")),
)
# Documents that were deleted lose their link.
SEALED_ITEM = tuple(name for name in ITEM_COLUMNS if name != "move_id")
SEALED_PROOF = ("account_name", "ledger", "reported", "excluded", "difference")


class ClerkAgeing(models.Model):
    """Freezes a report: rows, items, proof, PDF and spreadsheet are kept and sealed."""

    _inherit = "clerk.ageing"
    _evidence_fields = {"document_id": "document_hash", "sheet_id": "sheet_hash"}
    _guarded_fields = frozenset(
        {
            *("frozen_on", "frozen_by_id", "frozen_selection"),
            *("content_hash", "figures_hash", *_evidence_fields),
        }
        | set(_evidence_fields.values())
    )

    frozen_on = fields.Datetime(readonly=True, copy=False)
    frozen_by_id = fields.Many2one("res.users", readonly=True, copy=False)
    content_hash = fields.Char(
        string="Content Seal",
        readonly=True,
        copy=False,
        help="SHA-256 of selection, rows, items and proof as they were frozen.",
    )
    figures_hash = fields.Char(
        string="Seal of Rows",
        readonly=True,
        copy=False,
        help="SHA-256 of selection, rows and proof. Each look at the report compares "
        "it; items are compared as well when the report is downloaded or compared.",
    )
    frozen_selection = fields.Text(
        string="Filters",
        readonly=True,
        copy=False,
        help="The filters by their names, as they were when the report was frozen.",
    )
    document_id = fields.Many2one(
        "ir.attachment", string="PDF", readonly=True, copy=False
    )
    document_hash = fields.Char(string="SHA-256 of the PDF", readonly=True, copy=False)
    sheet_id = fields.Many2one(
        "ir.attachment", string="Spreadsheet", readonly=True, copy=False
    )
    sheet_hash = fields.Char(
        string="SHA-256 of the Spreadsheet", readonly=True, copy=False
    )

    def action_freeze(self):
        """Compute the report once more and keep it as it is then."""
        self._begin_step("freeze")
        for report in self:
            report._compute_rows(keeps_items=True)
            report._freeze()
        return True

    def _freeze(self):
        now = fields.Datetime.now()
        self._write_step(
            "freeze", computed_on=now, frozen_on=now, frozen_by_id=self.env.uid
        )
        self._inside().frozen_selection = "\n".join(self._selection_texts())
        self._inside().content_hash = self._content_seal()
        self._inside().figures_hash = self._content_seal(is_brief=True)
        for piece, kind in (("document_id", "pdf"), ("sheet_id", "xlsx")):
            name, mimetype, content = self._document_file(kind)
            self._inside()[piece] = self.env["ir.attachment"].create(
                {
                    "name": name,
                    "raw": content,
                    "mimetype": mimetype,
                    "res_model": self._name,
                    "res_id": self.id,
                }
            )
            self._inside()._seal_evidence(piece)

    # The seal

    def _content_seal(self, is_brief=False):
        """Return the seal of the report as it is stored now.

        :param is_brief: leave out the items, which may be many
        """
        self.env.flush_all()
        own = ("company_id", "date", "ageing_basis", "bucket_days", "bucket_count")
        own += ("frozen_selection",)
        parts = {
            "clerk_ageing_row": SEALED_ROW,
            "clerk_ageing_proof": SEALED_PROOF,
        }
        if not is_brief:
            parts["clerk_ageing_item"] = SEALED_ITEM
        texts = [SQL.identifier("own", name) for name in own]
        texts += [
            SQL(
                "(SELECT content FROM (%s) AS part)",
                content_sql(table, "ageing_id", self.ids, columns),
            )
            for table, columns in parts.items()
        ]
        [(seal,)] = self.env.execute_query(
            SQL(
                """SELECT ENCODE(SHA256(CONVERT_TO(CONCAT_WS(E'\\n', %s), 'UTF8')),
                                 'hex')
                     FROM clerk_ageing AS own WHERE own.id = %s""",
                SQL(", ").join(texts),
                self.id,
            )
        )
        return seal

    def _evidence_problems(self, is_brief=False):
        """Add figures that were changed."""
        problems = super()._evidence_problems(is_brief)
        # sudo: compares hashes of reports that the caller looks at.
        name = "figures_hash" if is_brief else "content_hash"
        for report in self.sudo().filtered("content_hash"):
            if report._content_seal(is_brief) != report[name]:
                text = self.env._(
                    "Figures of %s have been changed since it was frozen. Do not use "
                    "them: inform your supervisor and the auditors.",
                    report.name,
                )
                shown = self.browse(report.id)
                problems.setdefault(shown, []).append(("content", text))
        return problems
