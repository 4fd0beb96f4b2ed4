from odoo import models

from ..mixin.attempt import attempt, reason_of


class WorkItemLink(models.AbstractModel):
    """Steps of many items with their records."""

    _inherit = "clerk.work.item.link"

    def _bulk_obstacle(self, step):
        """Return why the record cannot take a step, or nothing."""
        labels = dict(self.env["clerk.work.result"]._fields["step"].selection)
        return self.env._(
            "%(record)s: this step is for invoices only (%(step)s).",
            record=self.display_name,
            step=labels.get(step, step),
        )

    def _bulk_sorted(self, step):
        """Return the records in the order in which they take a step."""
        return self.sorted("id")

    def _bulk_do(self, step):
        """Take a step with all of these records."""
        raise NotImplementedError

    def _bulk_run(self, step):
        """Take a step with each record that can, and return why others did not by id.

        All are tried together first, because documents are printed faster so.
        """
        self.check_access("write")
        obstacles = {record.id: record._bulk_obstacle(step) for record in self}
        reasons = {each: reason for each, reason in obstacles.items() if reason}
        able = self.filtered(lambda record: record.id not in reasons)
        able = able._bulk_sorted(step)
        if able._bulk_try(step) is None:
            return reasons
        for record in able:
            if reason := record._bulk_try(step):
                reasons[record.id] = reason
        return reasons

    def _bulk_try(self, step):
        """Take a step in a savepoint, and return the reason of a failure."""
        if not self:
            return None
        return reason_of(attempt(self.env, lambda: self._bulk_do(step)))

    def _work_list_action(self):
        """Return an action that opens these records as a list."""
        return {
            "type": "ir.actions.act_window",
            "name": self._description,
            "res_model": self._name,
            "views": [(False, "list"), (False, "form")],
            "domain": [("id", "in", self.ids)],
            "context": {"create": False},
        }
