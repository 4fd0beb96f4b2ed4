from odoo import fields, models

from ..rules import statement as rules


class StatementDelivery(models.AbstractModel):
    """How a statement reaches its customer, and what became of that.

    The way is the customer's own and is settled when the run is sent. What goes wrong
    stays on the statement with its reason and can be tried again; the others go on.
    """

    _name = "clerk.statement.delivery"
    _description = "Delivery of a Statement"

    delivery_way = fields.Selection(
        rules.DELIVERY_WAYS, string="Goes", readonly=True, copy=False
    )
    delivery_state = fields.Selection(
        rules.DELIVERY_STATES,
        string="Delivery",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    delivery_error = fields.Char(string="Not Delivered Because", readonly=True)
    delivery_tries = fields.Integer(string="Times Tried", readonly=True)
    sent_on = fields.Datetime(string="Delivered On", readonly=True)
    opened_on = fields.Datetime(
        string="Opened On", readonly=True, help="First time in the portal."
    )
    mail_id = fields.Many2one("mail.mail", readonly=True, ondelete="set null")
    mail_error = fields.Text(related="mail_id.failure_reason")
    document_id = fields.Many2one(
        "ir.attachment", string="PDF", readonly=True, ondelete="set null"
    )

    def _queue_delivery(self):
        """Let these go out soon: the cron makes their documents and sends them."""
        raise NotImplementedError

    def action_try_again(self):
        """Deliver again what failed."""
        raise NotImplementedError

    def action_preview(self):
        """Open the PDF, which is made first where there is none."""
        raise NotImplementedError
