from odoo import api, fields, models


class ClerkRemedy(models.Model):
    """A way to correct a posted document: a note, a rebill, a write-off and so on.

    The record says what a clerk may enter and what becomes of the billed lines; views,
    limits, reasons and checks read it. The work is done by methods of
    ``clerk.correction`` that end in the code of the remedy:

    - ``_unfit_<code>`` returns why the remedy does not fit the document, or False; a
      remedy that fits every document goes without it.
    - ``_preview_<code>`` returns the documents to be made, as dictionaries like those
      of ``_document_preview``, and raises ``UserError`` for input that cannot be
      applied.
    - ``_apply_<code>`` makes the documents and returns them.

    A module adds a remedy by one record and one file with these methods. Documents of
    a kind of their own extend ``correction_role`` in the same file.
    """

    _name = "clerk.remedy"
    _description = "Remedy"
    _inherit = ["clerk.guarded"]
    _order = "sequence, id"

    # The other fields belong to the code of the remedy.
    _writable_fields = frozenset({"name", "sequence", "active"})

    sequence = fields.Integer(default=100)
    code = fields.Char(required=True, readonly=True)
    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    edits_date = fields.Boolean(string="Asks for a Date", readonly=True)
    edits_lines = fields.Boolean(string="Corrects Lines", readonly=True)
    edits_header = fields.Boolean(
        string="Corrects Reference, Address and Notes", readonly=True
    )
    edits_rebill = fields.Boolean(string="Rebills", readonly=True)
    edits_allocations = fields.Boolean(string="Reallocates Payments", readonly=True)
    edits_write_off = fields.Boolean(
        string="Asks for an Amount and an Account", readonly=True
    )
    amends = fields.Selection(
        [
            ("nothing", "Nothing"),
            ("lines", "The Corrected Lines"),
            ("document", "The Whole Document"),
        ],
        required=True,
        readonly=True,
        default="nothing",
        help="The part of the document that is no longer billed as before once the "
        "correction is applied.",
    )
    makes_documents = fields.Boolean(
        string="Creates Documents",
        default=True,
        readonly=True,
        help="Otherwise the document itself is changed.",
    )
    is_mailed = fields.Boolean(
        string="Can Be Emailed",
        readonly=True,
        help="Clerks can have the documents sent to the customer.",
    )
    needs_active_customer = fields.Boolean(
        string="Active Customers Only",
        readonly=True,
        help="Not applied while the customer is archived.",
    )

    _code_unique = models.Constraint(
        "UNIQUE (code)", "There is already a remedy with this code."
    )

    @api.model
    def _guard_hint(self):
        return self.env._("Rename, archive or reorder it instead.")

    def _method_name(self, verb):
        self.ensure_one()
        return f"_{verb}_{self.code}"

    def _is_implemented(self):
        corrections = self.env["clerk.correction"]
        return all(
            hasattr(corrections, self._method_name(verb))
            for verb in ("preview", "apply")
        )

    @api.model
    def _default_remedy(self):
        """Return the remedy that is proposed where nothing suggests another."""
        return self.search([], limit=1)
