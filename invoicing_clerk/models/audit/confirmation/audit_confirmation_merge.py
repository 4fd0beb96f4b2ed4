from odoo import api, fields, models


class ClerkAuditConfirmation(models.Model):
    """Confirmation requests of customers who are merged.

    Requests that were released move to the remaining customer and keep the name under
    which they were sent; their replies stay as signed. Requests of several of the
    customers that were not released yet are deleted, as the customer gets one request.
    """

    _inherit = "clerk.audit.confirmation"

    merged_from = fields.Char(
        string="Original Customer",
        readonly=True,
        copy=False,
        help="Name of the customer before the merge.",
    )

    @api.model
    def _before_merge(self, sources, target):
        """Prepare requests for the merge of their customers."""
        # sudo: users who merge contacts may be unable to read requests; none is shown.
        requests = self.sudo().search([("partner_id", "in", (sources | target).ids)])
        for run, group in requests.grouped("run_id").items():
            if len(group) > 1 and run.state == "computed" and run.audit_id._is_open():
                run._withdraw_requests(group.partner_id)
        unnamed = requests.exists().filtered(
            lambda each: each.partner_id in sources and not each.merged_from
        )
        for partner, group in unnamed.grouped("partner_id").items():
            group._inside().merged_from = partner.display_name


class ClerkAuditConfirmationRun(models.Model):
    _inherit = "clerk.audit.confirmation.run"

    def _withdraw_requests(self, partners):
        """Delete all requests, none of which is released, and say why."""
        names = ", ".join(partners.mapped("display_name"))
        self.confirmation_ids.unlink()
        self._write_step("edit")
        self._message_log(
            body=self.env._(
                "%s were merged into one customer. Create the requests again.", names
            )
        )
