from odoo import api, fields, models
from odoo.exceptions import UserError


class ClerkDrafted(models.AbstractModel):
    """Numbered records that people enter as drafts, and that stay as they were then.

    **How to use**: inherit it before other mixins, with a lifecycle that starts with
    ``draft``, and declare in ``_content_fields`` what nobody changes later.
    ``_entry_values`` says who has entered a record. Records in one of
    ``_deletable_states`` can be deleted. Rows of a record inherit
    ``clerk.drafted.row``.
    """

    _name = "clerk.drafted"
    _description = "Drafts"
    _inherit = ["clerk.lifecycle", "clerk.numbered"]

    _content_fields = frozenset()
    _guarded_fields = frozenset({"name"})
    _deletable_states = ("draft",)

    name = fields.Char(
        string="Number",
        readonly=True,
        copy=False,
        default=lambda self: self.env._("New"),
    )

    @api.model
    def _guard_hint(self):
        return self.env._("Use the buttons of the record instead.")

    @api.model
    def _entry_values(self):
        """Return the values that say who enters a record."""
        return {}

    @api.model_create_multi
    def create(self, vals_list):
        inside = self._check_create(vals_list)
        entered = self._entry_values()
        records = super(ClerkDrafted, inside).create(
            [{**vals, **entered} for vals in inside._with_numbers(vals_list)]
        )
        return records.with_env(self.env)

    def write(self, vals):
        """:raises UserError: the content of one that is no longer a draft is changed"""
        self._check_guarded(vals)
        if self._declared("_content_fields") & vals.keys() and not self._passes_guard():
            self._check_draft()
        return super().write(vals)

    def _check_draft(self):
        """:raises UserError: one is no longer a draft"""
        for record in self.filtered(lambda each: each.state != "draft"):
            raise UserError(
                self.env._(
                    "%(record)s is %(state)s: only drafts can be changed.",
                    record=record.name,
                    state=record._state_label(),
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_kept(self):
        for record in self:
            if record.state not in record._deletable_states:
                raise UserError(
                    self.env._(
                        "%(record)s is %(state)s: it is kept on record.",
                        record=record.name,
                        state=record._state_label(),
                    )
                )


class ClerkDraftedRow(models.AbstractModel):
    """Rows that people change as long as they may change the record of the rows.

    **How to use**: name the many2one of the record in ``_row_of``; its ``_check_draft``
    says whether it can be changed. Rows extend ``_check_row`` to let some changes pass,
    or to remember who has made them.
    """

    _name = "clerk.drafted.row"
    _description = "Rows of Drafts"
    _inherit = ["clerk.guarded"]

    _row_of = ""

    @api.model_create_multi
    def create(self, vals_list):
        """:raises UserError: the record is no longer a draft"""
        rows = super().create(vals_list)
        if not self._passes_guard():
            rows._check_row()
        return rows

    def write(self, vals):
        """:raises UserError: the record is no longer a draft"""
        self._check_guarded(vals)
        if not self._passes_guard():
            self._check_row(vals.keys())
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        if not self._passes_guard():
            self._check_row()

    def _check_row(self, names=frozenset()):
        """Check that these can be added or deleted, or changed in the named fields.

        :raises UserError: the record is no longer a draft
        """
        self[self._row_of]._check_draft()
