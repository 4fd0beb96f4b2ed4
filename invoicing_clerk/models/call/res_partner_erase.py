from odoo import models
from odoo.fields import Domain

# The customer's words, in the customer's words.
WORDS = {
    "clerk.billing.error": (
        *("description", "waiting_reason"),
        *("email_from", "mail_note"),
    ),
    "clerk.customer.change": ("note", "call_note"),
    "clerk.promise": ("note", "withdrawn_reason"),
    "clerk.work.item": ("note", "snooze_reason", "before"),
}
# Documents stay, without what colleagues noted on them.
DOCUMENTS = ("account.move", "account.payment", "clerk.correction", "clerk.statement")
ACTIVITY_TEXTS = ("summary", "note", "feedback")
NOTES = Domain("message_type", "in", ("comment", "notification"))
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
        """Erase words in cases, promises and work items, alerts, notes and changes."""
        self.ensure_one()
        self._erase_words()
        # sudo: supervisors who may erase calls need not be able to write contacts.
        partner = self.sudo().with_context(tracking_disable=True)
        partner.write(dict.fromkeys(REMARKS, False))
        if partner.statement_stop_reason:
            partner.statement_stop_reason = self.env._("Erased")
        self._erase_notes(self)
        self._erase_changes()
        # What the system notes about documents stays.
        finished = self.env.ref("mail.mt_activities")
        by_people = Domain("message_type", "=", "comment") | (
            Domain("subtype_id", "=", finished.id)
        )
        for model in DOCUMENTS:
            self._erase_notes(self._of_person(model), NOTES & by_people)

    def _of_person(self, model):
        """Return the records of a customer or contact in the selected companies."""
        records = self.env[model]
        links = {"partner_id", "contact_id"} & records._fields.keys()
        return records.search(Domain.OR(Domain(name, "=", self.id) for name in links))

    def _erase_words(self):
        for model, names in WORDS.items():
            # sudo: cases that are closed and promises that were judged lose them, too.
            # Only records that the user may read are found.
            records = self._of_person(model).sudo()
            records = records.with_context(tracking_disable=True)
            records.write(dict.fromkeys(names, False))
            if "contact_id" in records._fields:
                records.filtered(lambda each: each.contact_id == self).write(
                    {"contact_id": False}
                )
            self._erase_notes(records)

    def _erase_notes(self, records, kinds=NOTES):
        """Delete internal notes, also scheduled ones, and the texts of activities.

        Emails and tracked changes stay.
        """
        on_records = [("res_id", "in", records.ids)]
        # sudo: colleagues wrote some of them. They are deleted unread.
        activities = self.env["mail.activity"].sudo().with_context(active_test=False)
        activities.search([("res_model", "=", records._name), *on_records]).write(
            dict.fromkeys(ACTIVITY_TEXTS, False)
        )
        # sudo: as above.
        scheduled = self.env["mail.scheduled.message"].sudo()
        scheduled.search(
            [("model", "=", records._name), *on_records, ("is_note", "=", True)]
        ).unlink()
        # sudo: as above.
        notes = self.env["mail.message"].sudo()
        notes.search(
            [
                ("model", "=", records._name),
                *on_records,
                *kinds,
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
                if field.type in ("many2one", "many2many")
                and field.store
                and field.comodel_name in subjects
            )
            # sudo: dialogs belong to whoever opened them. They are deleted unread.
            self.env[name].sudo().search(about).unlink()
        self._erase_searches(subjects)

    def _erase_searches(self, subjects):
        """Delete searches that found the person, or are for their name or address."""
        # sudo: see `_erase_dialogs`.
        found = (
            self.env["clerk.find.hit"]
            .sudo()
            .search(
                Domain.OR(
                    Domain("res_model", "=", model) & Domain("res_id", "in", ids)
                    for model, ids in subjects.items()
                )
            )
            .find_id
        )
        texts = filter(None, (self.name, self.email, self.phone))
        found |= found.search(Domain.OR(Domain("text", "ilike", t) for t in texts))
        found.unlink()
