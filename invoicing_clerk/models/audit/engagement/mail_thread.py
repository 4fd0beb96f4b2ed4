from odoo import api, models

# What callers may send to switch tracking off.
SILENT = ("tracking_disable", "mail_notrack")
AUDIBLE = dict.fromkeys(SILENT, False)


def is_silent(env):
    """Return whether a caller asks for changes without trace.

    Our own code does where it changes records of ours with all rights, and where the
    law requires it: auditors are notified of that.
    """
    return any(map(env.context.get, SILENT)) and not env["mail.message"]._notes_trail()


class MailThread(models.AbstractModel):
    """Changes that audits cover are tracked, whatever the caller asks for.

    Any caller may switch tracking off in the context. A user who resets an entry and
    posts it again, or raises a credit limit for a day, would then leave no trace.
    """

    _inherit = "mail.thread"

    def write(self, vals):
        covered = self._covered_changes(vals) if is_silent(self.env) else None
        if not covered:
            return super().write(vals)
        super(MailThread, covered.with_context(**AUDIBLE)).write(vals)
        if others := self - covered:
            super(MailThread, others).write(vals)
        return True

    def _covered_changes(self, vals):
        """Return the records of which an open engagement covers these changes."""
        if not self.env["mail.message"]._is_trail_of(self._name):
            return self.browse()
        is_ours = self._name.startswith("clerk.")
        if is_ours and (self.env.su or self.env["clerk.guarded"]._is_inside()):
            return self.browse()
        tracked = self._track_get_fields() & vals.keys()
        return self._covered_by_open_audits() if tracked else self.browse()


class AccountMoveLine(models.Model):
    """Changes of journal items, which core tracks on their entries."""

    _inherit = "account.move.line"

    @api.model_create_multi
    def create(self, vals_list):
        if not is_silent(self.env):
            return super().create(vals_list)
        ids = {vals.get("move_id") for vals in vals_list} - {None, False}
        moves = self.env["account.move"].browse(ids)
        return super(AccountMoveLine, self._audible(moves)).create(vals_list)

    def write(self, vals):
        if not is_silent(self.env) or not self._has_tracked(vals):
            return super().write(vals)
        return super(AccountMoveLine, self._audible(self.move_id)).write(vals)

    def unlink(self):
        if not is_silent(self.env):
            return super().unlink()
        return super(AccountMoveLine, self._audible(self.move_id)).unlink()

    def _has_tracked(self, names):
        fields = (self._fields.get(name) for name in names)
        return any(getattr(field, "tracking", False) for field in fields)

    def _audible(self, moves):
        """Return these in a context that tracks changes of entries under audit."""
        return self.with_context(**AUDIBLE) if moves._covered_by_open_audits() else self
