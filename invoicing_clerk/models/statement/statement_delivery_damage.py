from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ..mixin.pdf_document import pdf_problem

PIECE = "document_id"


class ClerkStatementDelivery(models.AbstractModel):
    """Documents that were damaged or deleted after they were made.

    None of them is sent or shown. A supervisor can have a damaged one made again, and
    sent again; the damaged file, its hash and the reason stay with the record.
    Documents that were deleted after a retention period are not made again.
    """

    _inherit = "clerk.statement.delivery"

    # What is wrong

    def _evidence_problems(self, is_brief=False):
        """Add documents that are gone, or cannot be opened."""
        problems = super()._evidence_problems(is_brief)
        gone = self.filtered(lambda each: each.document_hash and not each.document_id)
        for record in gone - gone._reduced() if gone else ():
            if record not in problems:
                problems[record] = [(PIECE, self.env._("The PDF has been deleted."))]
        for record in self.filtered(lambda each: each.document_id):
            if record not in problems and (text := record._unreadable()):
                problems[record] = [(PIECE, text)]
        return problems

    def _unreadable(self):
        """Return why the document cannot be opened as a PDF, or None."""
        # sudo: the document of the record; only tells whether it can be opened.
        return pdf_problem(self.env, self.sudo().document_id.raw)

    def _document_problems(self):
        """Return what is wrong with documents: ``{record: sentence}``."""
        return {
            record: text
            for record, found in self._evidence_problems().items()
            for piece, text in found
            if piece == PIECE
        }

    def _document_obstacles(self):
        """Return why documents cannot be made or sent: ``{record: sentence}``."""
        reduced = self._reduced()
        obstacles = {record: record._reduced_text() for record in reduced}
        for record, problem in (self - reduced)._document_problems().items():
            way = self.env._("A supervisor can have the PDF recreated.")
            obstacles[record] = f"{problem} {way}"
        return obstacles

    # Made again

    def action_make_again(self):
        """Make a damaged document again, and send it again.

        :raises AccessError: the caller is not a supervisor
        :raises UserError: the document is in order, or was deleted after retention
        """
        self._check_may_make_again()
        self._check_not_reduced()
        problems = self._document_problems()
        for record in self:
            if record not in problems:
                raise UserError(
                    self.env._(
                        "The PDF of %s is not damaged and need not be recreated.",
                        record.display_name,
                    )
                )
        # sudo: only steps write documents; the caller was checked.
        for record_sudo in self.sudo():
            record_sudo._set_aside_document(problems[record_sudo])
        self._resend_documents()

    def _check_may_make_again(self):
        self.run_id.check_access("write")
        if not self.env.user.has_group("invoicing_clerk.group_supervisor"):
            raise AccessError(
                self.env._(
                    "Only supervisors can have a damaged document recreated and sent."
                )
            )

    def _set_aside_document(self, problem):
        """Keep the damaged file and its hash, and say why it is replaced."""
        self._discard_document(
            self.env._(
                "The PDF with SHA-256 %(digest)s is recreated and sent again: "
                "%(problem)s",
                digest=self.document_hash or "–",
                problem=problem,
            )
        )

    def _discard_document(self, note):
        """Keep a file that is replaced, with a note in the chatter."""
        self._seals(
            ("piece", "=", PIECE), ("replaced_on", "=", False)
        ).replaced_on = fields.Datetime.now()
        self.message_post(body=note)
        self.with_context(**self.env["clerk.guarded"]._inside_context()).write(
            {"document_id": False, "document_hash": False, "document_warning": False}
        )

    def _resend_documents(self):
        self.run_id._check_step("send_again")
        # sudo: see `action_make_again`.
        self.sudo()._queue_delivery()
        self.run_id._write_step("send_again")

    # Retention

    def _reduced(self):
        """Return the records whose document was deleted after the retention period."""
        seals = self._seals(("piece", "=", PIECE), ("dropped_on", "!=", False))
        return self.browse(seals.mapped("res_id"))

    def _reduced_text(self):
        seals = self._seals(("piece", "=", PIECE), ("dropped_on", "!=", False))
        return self.env._(
            "%(statement)s: its lines were deleted on %(date)s, after the retention "
            "period of your company. Totals and seals are kept; it cannot be created "
            "or sent again.",
            statement=self.display_name,
            date=self.run_id.reduced_on or seals[:1].dropped_on,
        )

    def _check_can_be_shown(self):
        """:raises UserError: the document can no longer be made"""
        # sudo: the state of runs, of which portal users see nothing but this.
        self.sudo()._check_not_reduced()

    def _check_not_reduced(self):
        """:raises UserError: the lines of one were deleted"""
        for record in self._reduced():
            raise UserError(record._reduced_text())
