from odoo import models


class Base(models.AbstractModel):
    _inherit = "base"

    def export_data(self, fields_to_export):
        """Log exports by auditors; core decides if they may export."""
        exported = super().export_data(fields_to_export)
        if self.env.user.has_group("invoicing_clerk.group_auditor"):
            self.env["clerk.audit.access"]._log_export(self, fields_to_export)
        return exported


class ClerkAuditAccess(models.Model):
    """Log entries of exports."""

    _inherit = "clerk.audit.access"

    def _log_export(self, records, paths):
        description = self.env._(
            "%(count)s × %(model)s: %(fields)s",
            count=len(records),
            model=records._description,
            fields=", ".join(paths),
        )
        return self._log("export", description, audit=self._engagement_of(records))

    def _engagement_of(self, records):
        """Return their engagement, or the only open one of the auditor, or None."""
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
