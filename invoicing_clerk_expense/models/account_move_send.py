from odoo import api, models

from odoo.addons.invoicing_clerk.rules.audit.pack.audit_pack import distinct


class AccountMoveSend(models.AbstractModel):
    """Invoices go out with the receipts of the expenses that they charge on.

    The receipts are selected in the dialog, where each can be removed.
    """

    _inherit = "account.move.send"

    @api.model
    def _get_default_mail_attachments_widget(self, move, *args, **kwargs):
        attachments = super()._get_default_mail_attachments_widget(
            move, *args, **kwargs
        )
        names = {attachment["name"].casefold() for attachment in attachments}
        return attachments + [
            {
                "id": receipt.id,
                # Core leaves out what was removed by its name.
                "name": distinct(receipt.name, names),
                "mimetype": receipt.mimetype,
                "placeholder": False,
                "protect_from_deletion": True,
            }
            for receipt in move._receipts_to_send()
        ]
