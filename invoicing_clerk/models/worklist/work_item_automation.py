from contextlib import contextmanager

from odoo import api, models

# What refreshes and steps write, to tell whether an item changed.
WATCHED_FIELDS = (
    *("state", "user_id", "is_current", "deadline", "snooze_until", "claimed_on"),
    *("closed_on", "done_by_id", "outcome", "note", "handed_by_id"),
    *("partner_id", "amount", "currency_id", "amount_company", "date", "company_id"),
    "score",
)


class ClerkWorkItem(models.Model):
    """Automation rules and webhooks of items, where the app for them is installed.

    Refreshes and steps write items in SQL, which no rule notices. So they call the
    rules here, once for all items of a refresh or step. Without a rule nothing is read.
    """

    _inherit = "clerk.work.item"

    @contextmanager
    def _automated(self, domain=None):
        """Call the rules for the items that are created or written inside.

        :param domain: the items that may be created or written; by default these
        """
        created, written = self._automation_rules()
        if not (created or written):
            yield
            return
        # sudo: administrators wrote the rules, and nobody may write items themselves.
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

    def _automate_taken(self):
        """Call the rules for an item that was taken, as it was before that."""
        _created, written = self._automation_rules()
        if not (self and written):
            return
        # sudo: see `_automated`.
        item = self.sudo()
        earlier = item.new(item.before, origin=item)
        allowed = {
            rule: item if rule._filter_pre(earlier) else item.browse()
            for rule in written
        }
        item._call_rules(written, allowed, {item.id: earlier._watched()})

    def _call_rules(self, rules, allowed, old_values):
        """Call rules for items that were written.

        :param allowed: the items that met the precondition, by rule
        """
        for rule in rules.with_context(old_values=old_values):
            records, domain_post = rule._filter_post_export_domain(
                allowed[rule] & self, feedback=True
            )
            rule._process(records, domain_post=domain_post)

    @api.model
    def _automation_rules(self):
        """Return the rules for items that are created, and for those written."""
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
        return {name: self[name] for name in WATCHED_FIELDS}

    def _watched_values(self):
        return {item.id: item._watched() for item in self}

    def _changed_since(self, old_values):
        """Return the items of which a value is another one now."""
        values = self.exists()._watched_values()
        return self.filtered(
            lambda item: item.id in values and values[item.id] != old_values[item.id]
        )
