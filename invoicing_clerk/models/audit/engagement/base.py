from odoo import models


class Base(models.AbstractModel):
    _inherit = "base"

    def export_data(self, fields_to_export):
        """Keep what auditors take out of the system; core decides whether they may."""
        exported = super().export_data(fields_to_export)
        if self.env.user.has_group("invoicing_clerk.group_auditor"):
            self.env["clerk.audit.access"]._note_export(self, fields_to_export)
        return exported


class ClerkAuditAccess(models.Model):
    """What is said in the log of an export."""

    _inherit = "clerk.audit.access"

    def _note_export(self, records, paths):
        what = self.env._(
            "%(count)s × %(model)s: %(fields)s",
            count=len(records),
            model=records._description,
            fields=", ".join(paths),
        )
        return self._note("export", what, audit=self._engagement_of(records))

    def _engagement_of(self, records):
        """Theirs, or the only one that the auditor works on; else nobody can tell."""
        audits = self.env["clerk.audit"]
        if records._name == audits._name:
            audits = records
        elif "audit_id" in records._fields:
            audits = records.audit_id
        else:
            audits = audits.search(
                [("auditor_ids", "in", self.env.uid), ("state", "!=", "closed")],
                limit=2,
            )
        return audits if len(audits) == 1 else None
