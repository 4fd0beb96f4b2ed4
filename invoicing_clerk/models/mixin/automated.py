from contextlib import contextmanager

from odoo import api, models


class ClerkAutomated(models.AbstractModel):
    """Automation rules and webhooks of rows that SQL writes, where their app is there.

    No rule notices what statements write. So whatever runs one calls the rules, once
    for all rows that it adds or writes. Without a rule nothing is read.
    """

    _name = "clerk.automated"
    _description = "Rows That Call Automation Rules"
    # What tells whether a row was changed.
    _watched_fields = ()

    @contextmanager
    def _automated(self, domain=None):
        """Call the rules for the rows that are created or written inside.

        :param domain: the rows that may be created or written; by default these
        """
        created, written = self._automation_rules()
        if not (created or written):
            yield
            return
        # sudo: administrators wrote the rules, for rows that only steps may write.
        before = self.sudo() if domain is None else self.sudo().search(domain)
        allowed = {rule: rule._filter_pre(before) for rule in written}
        old_values = before._watched_values()
        yield
        self.invalidate_model()
        if domain is not None:
            # sudo: as above.
            added = self.sudo().search(domain) - before
            for rule in created.with_context(old_values=None):
                rule._process(rule._filter_post(added, feedback=True))
        before._changed_since(old_values)._call_rules(written, allowed, old_values)

    def _call_rules(self, rules, allowed, old_values):
        """Call rules for rows that were written.

        :param allowed: the rows that met the precondition, by rule
        """
        for rule in rules.with_context(old_values=old_values):
            records, domain_post = rule._filter_post_export_domain(
                allowed[rule] & self, feedback=True
            )
            rule._process(records, domain_post=domain_post)

    @api.model
    def _automation_rules(self):
        """Return the rules for rows that are created, and for those written."""
        if "base.automation" not in self.env:
            return (), ()
        # The module need not be installed.
        from odoo.addons.base_automation.models import base_automation

        # sudo: see `_automated`.
        rules = self.env["base.automation"].sudo()
        every = rules._get_actions(self, list(base_automation.CREATE_WRITE_SET))
        return (
            every.filtered(
                lambda rule: rule.trigger in base_automation.CREATE_TRIGGERS
            ),
            every.filtered(lambda rule: rule.trigger in base_automation.WRITE_TRIGGERS),
        )

    def _watched(self):
        self.ensure_one()
        return {name: self[name] for name in self._watched_fields}

    def _watched_values(self):
        return {row.id: row._watched() for row in self}

    def _changed_since(self, old_values):
        """Return the rows of which a value is another one now."""
        values = self.exists()._watched_values()
        return self.filtered(
            lambda row: row.id in values and values[row.id] != old_values[row.id]
        )
