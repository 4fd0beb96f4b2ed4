from odoo import models


class ClerkWorkItem(models.Model):
    """Calls about the record of a work item."""

    _name = "clerk.work.item"
    _inherit = ["clerk.work.item", "clerk.call.starter"]

    def _call_values(self):
        return self[:1]._call_list_values()[0]

    def _call_list_values(self):
        self._check_records_exist()
        values = []
        for model, items in self.grouped("res_model").items():
            records = self.env[model].browse(items.mapped("res_id"))
            records.check_access("read")
            if isinstance(records, self.env.registry["clerk.call.starter"]):
                values += records._call_list_values()
            else:
                values += [self._values_with(item.partner_id) for item in items]
        return values
