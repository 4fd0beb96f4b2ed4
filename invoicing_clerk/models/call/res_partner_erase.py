from odoo import models
from odoo.fields import Domain

# What the customer said, in the customer's words.
WORDS = {"clerk.billing.error": ("description",), "clerk.promise": ("note",)}
# Reasons and remarks about the customer. Flags stay: they protect the customer.
REMARKS = ("clerk_alert",)
# Logs of exports and erasures prove that requests were met, and hold nothing else.
PRIVACY_SUBJECT = "GDPR"
TEXT_TYPES = ("char", "text", "html")


class ResPartner(models.Model):
    """Erasure of what is kept about a person besides calls (GDPR).

    Documents, statements, letters, emails and evidence packs stay: the law requires
    them. Changes stay on record, without old and new texts.
    """

    _inherit = "res.partner"

    def _erase_beside_calls(self):
        """Erase words in cases and promises, alerts, notes, changes and dialogs."""
        self.ensure_one()
        self._erase_words()
        # sudo: supervisors who may erase calls need not be able to write contacts.
        partner = self.sudo().with_context(tracking_disable=True)
        partner.write(dict.fromkeys(REMARKS, False))
        if partner.statement_stop_reason:
            partner.statement_stop_reason = self.env._("Erased")
        self._erase_notes(self)
        self._erase_changes()

    def _of_person(self, model):
        """Return the records of a customer or contact in the selected companies."""
        return self.env[model].search(
            Domain("partner_id", "=", self.id) | Domain("contact_id", "=", self.id)
        )

    def _erase_words(self):
        for model, names in WORDS.items():
            # sudo: cases that are closed and promises that were judged lose them, too.
            # Only records that the user may read are found.
            records = self._of_person(model).sudo()
            records = records.with_context(tracking_disable=True)
            records.write(dict.fromkeys(names, False))
            records.filtered(lambda each: each.contact_id == self).write(
                {"contact_id": False}
            )
            self._erase_notes(records)

    def _erase_notes(self, records):
        """Delete internal notes; emails and tracked changes stay."""
        # sudo: colleagues wrote some of them. They are deleted unread.
        notes = self.env["mail.message"].sudo()
        notes.search(
            [
                ("model", "=", records._name),
                ("res_id", "in", records.ids),
                ("message_type", "in", ("comment", "notification")),
                *("|", ("is_internal", "=", True), ("subtype_id.internal", "=", True)),
                ("tracking_value_ids", "=", False),
                ("subject", "!=", PRIVACY_SUBJECT),
            ]
        ).unlink()

    def _erase_changes(self):
        """Empty old and new texts of changes of the contact."""
        # sudo: only administrators read tracking values. They are emptied unread.
        changes = self.env["mail.tracking.value"].sudo()
        changes.search(
            [
                ("mail_message_id.model", "=", self._name),
                ("mail_message_id.res_id", "=", self.id),
                ("field_id.ttype", "in", TEXT_TYPES),
            ]
        ).write(
            dict.fromkeys(
                f"{age}_value_{kind}"
                for age in ("old", "new")
                for kind in ("char", "text")
            )
        )

    def _erase_dialogs(self):
        """Delete rows of dialogs about the person that are not cleaned up yet."""
        subjects = {self._name: self.ids, "clerk.call": self._calls_as_subject().ids}
        subjects |= {model: self._of_person(model).ids for model in WORDS}
        for name, model in self.env.registry.items():
            if not name.startswith("clerk.") or not model._transient:
                continue
            if name == "clerk.call.erase":
                continue
            about = Domain.OR(
                Domain(field.name, "in", subjects[field.comodel_name])
                for field in model._fields.values()
                if field.type == "many2one"
                and field.store
                and field.comodel_name in subjects
            )
            # sudo: dialogs belong to whoever opened them. They are deleted unread.
            self.env[name].sudo().search(about).unlink()
