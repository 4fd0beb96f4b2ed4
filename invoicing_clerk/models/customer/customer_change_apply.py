from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ...rules.customer import customer_change as rules
from ..mixin.attempt import attempt, reason_of
from ..mixin.locking import lock

# How many changes one run of the scheduled action looks at before it commits.
BATCH = 50


class ClerkCustomerChange(models.Model):
    """Application of approved changes, with the access rights of who approved them."""

    _inherit = "clerk.customer.change"

    @api.model
    def _cron_apply(self):
        """Apply approved changes whose day has come; what fails keeps its reason."""
        today = fields.Date.context_today(self)
        due = Domain("state", "=", "approved") & Domain("apply_on", "<=", today)
        changes = self.search(due, order="apply_on, id")
        for done, change in enumerate(changes, 1):
            change._try_to_apply()
            if done % BATCH == 0 and not self._commit_applied(
                BATCH, len(changes) - done
            ):
                return
        self._commit_applied(len(changes) % BATCH, 0)

    @api.model
    def _commit_applied(self, done, remaining):
        return self.env["ir.cron"]._commit_progress(done, remaining=remaining)

    def _try_to_apply(self):
        error = attempt(self.env, self._apply)
        if error:
            self._inside().problem = reason_of(error)

    def _apply(self):
        """Write the new values of approved changes.

        :raises UserError: one no longer fits the data; nothing is written
        """
        for change in self:
            change._as_approver()._write_values()

    def _as_approver(self):
        """Return the change with the rights of who approved it, in its company.

        :raises AccessError: that user can no longer read it
        """
        user, company = self.approved_by_id, self.company_id
        # sudo: only tells whether the user may still act for the company.
        if not user.sudo().active or company not in user.sudo().company_ids:
            raise AccessError(
                self.env._(
                    "%(user)s, who approved %(change)s, is no longer a user of "
                    "%(company)s. Refuse it, and have it proposed again.",
                    user=user.sudo().name,
                    change=self.name,
                    company=company.display_name,
                )
            )
        change = self.sudo(False).with_user(user)
        change = change.with_context(allowed_company_ids=company.ids)
        change.check_access("write")
        return change

    def _write_values(self):
        contact = self._of_contact()
        self._lock_data(contact)
        if not self._life().allows("apply", self.state):
            return
        self._check_needs("apply", {})
        self._write_fields(
            contact, {line.field_name: line.new_value for line in self._data()}
        )
        self._apply_account()
        for line in self._data():
            # What core made of it, such as a formatted tax ID.
            name = line.field_name
            line._inside().new_value = self._stored(name, contact[name])
        self._write_step("apply", applied_on=fields.Datetime.now(), problem=False)
        self._log_on_contact(self.env._("Applied %s.", self.name))
        self._undo_original()

    def _data(self):
        """Return the lines about fields of the contact."""
        return self.line_ids.filtered(lambda line: line.kind != rules.BANK)

    def _lock_data(self, contact):
        """Keep others off the change and the contact, and read both again."""
        lock(
            lambda: self.env._(
                "Somebody else is working on %s right now. Try again in a moment.",
                contact.display_name,
            ),
            self,
            contact,
            self.line_ids.account_id,
        )
        self.invalidate_recordset()
        (contact | contact.commercial_partner_id).invalidate_recordset()
        self.line_ids.account_id.invalidate_recordset()

    def _write_fields(self, contact, values):
        """Write values as a step: the guard of contacts lets nobody else do so."""
        if values:
            contact._inside().write(
                {
                    name: self._writable(name, stored or "")
                    for name, stored in values.items()
                }
            )

    def _log_on_contact(self, title):
        rows = [
            f"{line.label}: {line.old_text or '–'} → {line.new_text or '–'}"
            for line in self.line_ids
        ]
        self.contact_id._message_log(body=f"{title} {'; '.join(rows)}")
