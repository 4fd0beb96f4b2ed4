from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

# Marks lawful changes of the trail by our own code, of which auditors are notified. No
# caller from outside can send this very object in a context.
_NOTED = object()

# What a message proves: who changed what, when, on which record.
EVIDENCE_FIELDS = frozenset(
    {
        *("body", "subject", "tracking_value_ids", "model", "res_id", "date"),
        *("author_id", "author_guest_id", "email_from", "message_type", "subtype_id"),
    }
)

# Models of Odoo's accounting whose changes are evidence.
TRAIL_MODELS = frozenset(
    {
        *("account.move", "account.payment", "account.account", "account.journal"),
        *("account.tax", "res.partner", "res.partner.bank"),
    }
)


class MailMessage(models.Model):
    """The trail of what audits cover: messages with tracked changes stay as they are.

    It covers messages on journal entries, payments, accounts, journals and taxes, on
    customers with entries and their bank accounts, and on records of this addon, of the
    companies of an engagement that is not closed: all since the beginning of its
    period, and older ones on entries of the period. Nobody deletes or
    rewrites them, however: by the chatter, by deleting the record, or as superuser by
    `sudo`. What the system itself does, such as a scheduled action, and changes that
    the law requires (`_noting_trail`) are done, and the auditors are notified. So they
    are of changes to what a closed engagement was based on: the messages of its period.

    Core's restrictive audit trail does the same for entries, permanently and with their
    attachments, where a company has switched it on.
    """

    _inherit = "mail.message"

    def write(self, vals):
        """:raises UserError: an audit covers a tracked change of a message"""
        if EVIDENCE_FIELDS & vals.keys():
            # Before a refusal names the record.
            self.check_access("write")
            self._check_trail(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_trail(self):
        self._check_trail()

    @api.model
    def _noting_trail(self):
        """Return the context of lawful changes, of which auditors are notified."""
        return {"clerk_trail": _NOTED}

    @api.model
    def _notes_trail(self):
        return self.env.context.get("clerk_trail") is _NOTED

    def _check_trail(self, vals=None):
        """Refuse to change what audits cover, or notify their auditors of it.

        :param vals: what is written; None if the messages are deleted
        :raises UserError: names the engagement, and what to do instead
        """
        if not self:
            return
        # sudo: only the name and the company of engagements, for a refusal.
        engagements = self.env["clerk.audit"].sudo()
        audits = engagements.browse(engagements._engagement_ids(with_closed=True))
        if not audits:
            return
        # sudo: whether there are tracked changes, which only administrators read.
        tracked = self.sudo().filtered("tracking_value_ids")
        if vals is not None:
            tracked = tracked.filtered(lambda message: message._would_differ(vals))
        for audit in audits if tracked else ():
            if covered := tracked._covered_by(audit):
                covered._refuse_or_notify(audit, vals)

    def _would_differ(self, vals):
        """Return True if a part of the evidence would change."""
        for name in EVIDENCE_FIELDS & vals.keys():
            field = self._fields[name]
            if field.type == "one2many":
                return True
            value = field.convert_to_cache(vals[name], self)
            new = field.convert_to_record(value, self)
            if (new or False) != (self[name] or False):
                return True
        return False

    # Coverage

    def _covered_by(self, audit):
        """Return the messages among these that an engagement covers."""
        # sudo: tells which records are covered, and returns messages of the caller.
        return self.browse().concat(
            *(
                messages._covered_on(self.env[model].sudo(), audit)
                for model, messages in self.grouped("model").items()
                if model in self.env and self._is_trail_of(model)
            )
        )

    @api.model
    def _is_trail_of(self, model):
        """Return True for models that audits cover; parts of audits have own rules."""
        return model in TRAIL_MODELS or (
            model.startswith("clerk.") and not model.startswith("clerk.audit")
        )

    def _covered_on(self, model, audit):
        records = model.browse(set(self.mapped("res_id"))).exists()
        covered = records._covered_records(audit)
        begin = fields.Datetime.to_datetime(audit.date_from)
        in_period = records.browse()
        if model._name == "account.move":
            in_period = covered.filtered(
                lambda move: audit.date_from <= move.date <= audit.date_to
            )
        return self.filtered(
            lambda message: (
                message.res_id in covered._ids
                and (
                    (message.date >= begin and audit._covers_on(message.date))
                    or message.res_id in in_period._ids
                )
            )
        )

    # Refusal

    def _refuse_or_notify(self, audit, vals):
        if (
            self.env.uid == SUPERUSER_ID
            or audit.state == "closed"
            or self._notes_trail()
        ):
            audit._notify_of_trail(self, vals)
            return
        message = self[0]
        # sudo: its name, for callers who may change the message; see `write`.
        record = self.env[message.model].sudo().browse(message.res_id)
        raise UserError(
            self.env._(
                "%(record)s: the tracked change of %(day)s is evidence of the audit "
                "“%(audit)s”. Until the engagement is closed, neither it nor the "
                "record can be deleted. Archive or cancel the record instead.",
                record=record.display_name,
                day=format_date(self.env, message.date),
                audit=audit.name,
            )
        )


class MailTrackingValue(models.Model):
    """Values of tracked changes, which belong to their message."""

    _inherit = "mail.tracking.value"

    def write(self, vals):
        """:raises UserError: an audit covers the message"""
        # Core names the field here when the field itself is deleted.
        if vals.keys() - {"field_info"}:
            self.check_access("write")
            self.mail_message_id._check_trail()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_trail(self):
        self.mail_message_id._check_trail()


class Base(models.AbstractModel):
    _inherit = "base"

    def _covered_records(self, audit):
        """Return the records among these that belong to the companies of an audit.

        Records without company belong to every company.
        """
        if "company_id" not in self._fields:
            return self
        companies = audit._audited_companies()
        return self.filtered(
            lambda record: not record.company_id or record.company_id in companies
        )

    def _covered_by_open_audits(self):
        # sudo: only whether an engagement covers the records.
        engagements = self.env["clerk.audit"].sudo()
        audits = self and engagements.browse(
            engagements._engagement_ids(with_closed=False)
        )
        if not audits:
            return self.browse()
        # sudo: of the records, only what decides whether they are evidence is read.
        sudo = self.sudo()
        covered = sudo.browse().union(*map(sudo._covered_records, audits))
        return covered.with_env(self.env)


class AccountMove(models.Model):
    _inherit = "account.move"

    def write(self, vals):
        """:raises UserError: an entry would look as if it had never been posted"""
        if not vals.get("posted_before", True):
            self._check_posted_before()
        return super().write(vals)

    def _check_posted_before(self):
        if covered := self._covered_by_open_audits():
            self.check_access("write")
            raise UserError(
                self.env._(
                    "%s has been posted: it is evidence of an audit.",
                    covered[0].display_name,
                )
            )

    def _covered_records(self, audit):
        """Leave out drafts that were never posted, as core does."""
        posted = self.filtered("posted_before")
        return super(AccountMove, posted)._covered_records(audit)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _covered_records(self, audit):
        """Return the customers who have entries in the companies of an audit."""
        # sudo: only whether there are entries; the partners are those of the caller.
        groups = (
            self.env["account.move.line"]
            .sudo()
            ._read_group(
                [
                    ("partner_id", "in", (self | self.commercial_partner_id).ids),
                    ("company_id", "in", audit._audited_companies().ids),
                    ("parent_state", "!=", "cancel"),
                ],
                ["partner_id"],
            )
        )
        billed = self.browse().union(*(partner for (partner,) in groups))
        return self.filtered(lambda each: (each | each.commercial_partner_id) & billed)


class AccountPayment(models.Model):
    _inherit = "account.payment"

    def _covered_records(self, audit):
        """Leave out drafts that were never posted, as of entries."""
        # sudo: only whether a payment was posted; only administrators read changes.
        groups = (
            self.env["mail.tracking.value"]
            .sudo()
            ._read_group(
                [
                    ("mail_message_id.model", "=", self._name),
                    ("mail_message_id.res_id", "in", self.ids),
                    ("field_id.name", "=", "state"),
                ],
                ["mail_message_id"],
            )
        )
        changed = {message.res_id for (message,) in groups}
        posted = self.filtered(lambda each: each.state != "draft" or each.id in changed)
        return super(AccountPayment, posted)._covered_records(audit)


class ResPartnerBank(models.Model):
    _inherit = "res.partner.bank"

    def _covered_records(self, audit):
        """Return the bank accounts of customers that an audit covers."""
        partners = self.partner_id._covered_records(audit)
        return self.filtered(lambda each: each.partner_id in partners)
