from odoo import api, fields, models, tools
from odoo.exceptions import AccessError
from odoo.fields import Domain

from ....rules.plural import plural

ACCOUNTANTS = "account.group_account_manager"
# What an engagement covers, and who is notified of changes.
COVERAGE_FIELDS = frozenset({"company_id", "date_from", "date_to", "auditor_ids"})


class ClerkAudit(models.Model):
    """The audit trail of the companies of an engagement.

    While it is not closed, tracked changes cannot be deleted (`mail_message.py`), and
    later not without a notice to its auditors.
    Core's restrictive audit trail keeps entries, their attachments and messages
    permanently: it is offered on the engagement, and tests and packs state whether it
    was on.
    """

    _inherit = "clerk.audit"

    is_trail_restricted = fields.Boolean(
        string="Restrictive Audit Trail",
        compute="_compute_is_trail_restricted",
        help="Entries that were posted, their documents and their history can never be "
        "deleted in the companies of the engagement.",
    )
    may_restrict_trail = fields.Boolean(
        compute="_compute_may_restrict_trail",
        exportable=False,
        export_string_translation=False,
    )

    @api.depends("company_id")
    def _compute_is_trail_restricted(self):
        for audit in self:
            companies = audit._audited_companies()
            audit.is_trail_restricted = bool(companies) and all(
                companies.mapped("restrictive_audit_trail")
            )

    @api.depends_context("uid")
    def _compute_may_restrict_trail(self):
        self.may_restrict_trail = self.env.user.has_group(ACCOUNTANTS)

    def _audited_companies(self):
        """Return the company of the engagement and its branches."""
        # sudo: members of the engagement may not have access to all branches.
        companies = self.env["res.company"].sudo()
        return companies.browse(self._audited_company_ids())

    @tools.ormcache("tuple(self.ids)")
    def _audited_company_ids(self):
        """Return the ids of the companies, which core's own writes ask for.

        Core clears the cache with each new company, and never moves one.
        """
        # sudo: only ids, of all branches of the engagement.
        companies = self.env["res.company"].sudo().with_context(active_test=False)
        top = self.sudo().exists().company_id
        return tuple(companies.search([("id", "child_of", top.ids)]).ids)

    def _covers_on(self, moment):
        """Return whether the trail of a moment is evidence; when closed, of the period.

        Before its period, it covers only entries of the period.
        """
        return self.state != "closed" or moment.date() <= self.date_to

    @api.model
    @tools.ormcache("with_closed")
    def _engagement_ids(self, with_closed):
        """Return the ids of engagements, for which core's own writes ask.

        A company has one or two in a year.
        """
        domain = Domain.TRUE if with_closed else Domain("state", "!=", "closed")
        # sudo: only ids, by which changes are found that are evidence.
        return self.sudo().search(domain)._ids

    @api.model_create_multi
    def create(self, vals_list):
        """Create engagements, which cover the trail from now on."""
        audits = super().create(vals_list)
        self.env.registry.clear_cache()
        return audits

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    def action_restrict_trail(self):
        """Switch on core's restrictive audit trail for the companies audited.

        :raises AccessError: the user is not an accounting administrator
        """
        self.check_access("read")
        self._check_open()
        if not self.env.user.has_group(ACCOUNTANTS):
            raise AccessError(
                self.env._(
                    "Only accounting administrators can switch on the restrictive "
                    "audit trail. Ask one of them to do so in the accounting settings."
                )
            )
        for audit in self:
            # sudo: accounting administrators switch it on in the settings, which write
            # the company for them too.
            audit._audited_companies().restrictive_audit_trail = True
            audit.sudo()._message_log(
                body=self.env._(
                    "%s switched on the restrictive audit trail.", self.env.user.name
                )
            )
        return True

    # Notification

    def write(self, vals):
        """Notify auditors if others close an engagement or change what it covers."""
        started = self.browse()
        if COVERAGE_FIELDS & vals.keys() or vals.get("state") == "closed":
            started = self.filtered(lambda audit: audit.state != "planned")
        auditors = {audit: audit.auditor_ids for audit in started}
        result = super().write(vals)
        if "state" in vals:
            self.env.registry.clear_cache()
        for audit, people in auditors.items():
            if self.env.user not in people:
                audit._notify_auditors(
                    self.env._(
                        "%(user)s closed “%(audit)s”, or changed its period, its "
                        "company or its auditors: the audit trail may no longer be "
                        "covered.",
                        user=self.env.user.name,
                        audit=audit.name,
                    ),
                    people,
                )
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_with_notice(self):
        for audit in self.filtered(lambda each: each.state != "planned"):
            audit._notify_auditors(
                self.env._(
                    "%(user)s deleted the engagement “%(audit)s”: the audit trail is "
                    "no longer covered.",
                    user=self.env.user.name,
                    audit=audit.name,
                ),
                audit.auditor_ids,
            )

    def _notify_auditors(self, text, auditors):
        """Log a change of the trail, and notify auditors, also those who have left."""
        self.env["clerk.audit.access"]._log("trail", text, audit=self)
        # sudo: the auditors learn of it, whoever did it. The message has no record, as
        # the engagement may be deleted or no longer theirs.
        self.env["mail.thread"].sudo().message_notify(
            body=text,
            subject=self.env._("Audit trail of %s", self.name),
            partner_ids=auditors.partner_id.ids,
        )

    def _notify_of_trail(self, messages, vals):
        """Log that messages were changed or deleted, and notify the auditors."""
        self.ensure_one()
        # sudo: names of records for the auditors of their company, who alone get them.
        records = {
            self.env[model].sudo().browse(message.res_id).display_name
            for model, group in messages.grouped("model").items()
            for message in group
        }
        details = {"count": len(messages), "records": ", ".join(sorted(records)[:5])}
        if vals is None:
            text = plural(
                len(messages),
                self.env._("%(count)s tracked change of %(records)s was deleted."),
                self.env._("%(count)s tracked changes of %(records)s were deleted."),
            )
        else:
            text = plural(
                len(messages),
                self.env._("%(count)s tracked change of %(records)s was changed."),
                self.env._("%(count)s tracked changes of %(records)s were changed."),
            )
        text %= details
        # sudo: whom to notify; the caller need not read the engagement.
        self._notify_auditors(text, self.sudo().auditor_ids)
