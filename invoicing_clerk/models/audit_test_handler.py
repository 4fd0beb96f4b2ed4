from odoo import api, models


class AuditTestHandler(models.AbstractModel):
    """What every family of audit tests is made of.

    A test of code XYZ is a method ``_test_xyz(ledger)``: it asks the books set by set
    (`audit_test_source.AuditLedger`), keeps what it finds with ``_keep`` and returns
    an `audit_test_source.Outcome`. Figures get their labels, and reasons of exceptions
    their words, from the two methods below.
    """

    _name = "clerk.audit.test.handler"
    _description = "Handler of Audit Tests"

    @api.model
    def _figure_labels(self):
        """What each figure is called: key -> label."""
        return {}

    @api.model
    def _reason_texts(self):
        """What each reason says of an exception, naming its facts: reason -> text."""
        return {}
