from odoo import models


class StatementSend(models.AbstractModel):
    """Sends a reviewed run: documents first, then each by its customer's way."""

    _name = "clerk.statement.send"
    _description = "Sending of a Statement Run"

    def action_send(self):
        """Send all that are neither held nor left out, in the background."""
        raise NotImplementedError
