from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...mixin.facts import Reason, facts
from .audit_test_source import (
    Outcome,
    exception_columns,
    figure,
)

# Access rights in the register, by key, and the group that gives each.
RIGHTS = {
    "post": "account.group_account_invoice",
    "approve": "invoicing_clerk.group_supervisor",
    "bank": "base.group_partner_manager",
    "trust": "account.group_validate_bank_account",
    "lock": "account.group_account_manager",
    "rights": "base.group_system",
}
# Tracked master data fields by model.
MASTER_FIELDS = {
    "res.partner": ("vat", "property_payment_term_id", "credit_limit"),
    "res.partner.bank": (
        "acc_number",
        "acc_holder_name",
        "clearing_number",
        "bank_id",
        "partner_id",
        "currency_id",
        "allow_out_payment",
        "active",
    ),
}


class ClerkAuditRun(models.Model):
    """Registers for inspection: access rights and master data changes.

    Rows are not errors as such; auditors clear them one by one after inspection.
    """

    _inherit = "clerk.audit.run"

    @api.model
    def _figure_labels(self):
        return {
            **super()._figure_labels(),
            "users": self.env._("Users of the company"),
            "with_rights": self.env._(
                "Users who can post, approve or change bank data"
            ),
            "changes": self.env._("Changes"),
        }

    @api.model
    def _exception_reasons(self):
        return {
            **super()._exception_reasons(),
            "rights": Reason(
                self.env._("Has Access Rights"),
                self.env._("%(user)s can %(rights)s. Last login: %(date_login)s."),
            ),
            "rights_all": Reason(
                self.env._("Has Conflicting Access Rights"),
                self.env._(
                    "%(user)s can post, approve and change bank data alone: "
                    "%(rights)s. Last login: %(date_login)s."
                ),
            ),
            "rights_unused": Reason(
                self.env._("Has Unused Access Rights"),
                self.env._(
                    "%(user)s can %(rights)s. Inactive; last login: %(date_login)s."
                ),
            ),
            "changed": Reason(
                self.env._("Changed"),
                self.env._("%(field)s: from “%(old)s” to “%(new)s”, by %(user)s."),
            ),
            "bank_new": Reason(
                self.env._("New Bank Account"),
                self.env._("Bank account %(new)s was added by %(user)s."),
            ),
        }

    def _right_labels(self):
        return {
            "post": self.env._("post invoices"),
            "approve": self.env._("approve corrections"),
            "bank": self.env._("change bank accounts"),
            "trust": self.env._("trust bank accounts for payments"),
            "lock": self.env._("change lock dates"),
            "rights": self.env._("grant access rights"),
        }

    # ACCESS

    def _test_access(self, ledger):
        """List users who can post, approve or change bank data, with last login."""
        rows = self._users_sql(ledger)
        [[count, able]] = ledger.fetch(
            SQL(
                "SELECT COUNT(*), COUNT(*) FILTER (WHERE rights <> '[]') FROM (%s)"
                " AS row",
                rows,
            )
        )
        oldest = fields.Datetime.now() - timedelta(days=self.days)
        last_login = SQL("(%s)::date", ledger.local_sql(SQL("login")))
        alone = SQL("""rights @> '["post", "approve", "bank"]'""")
        self._add_exceptions(
            SQL(
                "SELECT %s FROM (%s) AS row WHERE rights <> '[]'",
                exception_columns(
                    SQL(
                        "CASE WHEN COALESCE(login, created) < %s THEN 'rights_unused'"
                        " WHEN %s THEN 'rights_all' ELSE 'rights' END",
                        oldest,
                        alone,
                    ),
                    res_model=SQL("'res.users'"),
                    res_id=SQL("id"),
                    user_id=SQL("id"),
                    date=last_login,
                    facts=facts(
                        user=SQL("name"),
                        rights=SQL("rights"),
                        date_login=last_login,
                    ),
                ),
                rows,
            ),
            # Another login does not make it a new exception.
            identity=SQL("ROW(reason, res_id, facts -> 'rights')"),
        )
        figures = [
            figure("users", "count", count),
            figure("with_rights", "count", able),
        ]
        return Outcome(count, 0.0, figures)

    def _users_sql(self, ledger):
        """Return SQL of the users of the companies with their access rights."""
        users = self.env["res.users"].with_context(active_test=False)
        # sudo: reads groups, which the test is about, of users of these companies.
        users = users.sudo()
        query = users._search(
            [
                ("active", "=", True),
                ("share", "=", False),
                ("company_ids", "in", ledger.companies.ids),
            ]
        )
        table = SQL("res_users")
        allowed = [
            SQL(
                "CASE WHEN %s.id IN %s THEN %s END",
                table,
                users._search(
                    [("all_group_ids", "in", self.env.ref(xmlid).ids)]
                ).subselect(),
                key,
            )
            for key, xmlid in RIGHTS.items()
        ]
        return SQL(
            """SELECT person.*, card.name, log.login FROM (%(users)s) AS person
                 JOIN res_partner AS card ON card.id = person.partner_id
                 LEFT JOIN (
                    SELECT create_uid, MAX(create_date) AS login FROM res_users_log
                     GROUP BY create_uid) AS log ON log.create_uid = person.id""",
            users=query.select(
                SQL(
                    "%s.id, %s.partner_id, %s.create_date AS created",
                    table,
                    table,
                    table,
                ),
                SQL(
                    "TO_JSONB(ARRAY_REMOVE(ARRAY[%s]::text[], NULL)) AS rights",
                    SQL(", ").join(allowed),
                ),
            ),
        )

    # MASTER

    def _test_master(self, ledger):
        """List changes of bank accounts, payment terms, credit limits and tax IDs."""
        self.env["mail.message"].flush_model()
        self.env["mail.tracking.value"].flush_model()
        self._add_exceptions(self._changes_sql(ledger))
        self._add_exceptions(self._new_accounts_sql(ledger))
        [[changes]] = ledger.fetch(
            SQL("SELECT COUNT(*) FROM clerk_audit_exception WHERE run_id = %s", self.id)
        )
        partners = self._partners(ledger)
        [[count]] = ledger.fetch(partners.select(SQL("COUNT(*)")))
        return Outcome(count, 0.0, [figure("changes", "count", changes)])

    def _partners(self, ledger):
        """Return a query of contacts of the companies and shared contacts."""
        partners = self.env["res.partner"].with_context(active_test=False)
        return partners._search(
            [
                "|",
                ("company_id", "=", False),
                ("company_id", "in", ledger.companies.ids),
            ]
        )

    def _within_sql(self, ledger, moment):
        local = SQL("(%s)::date", ledger.local_sql(moment))
        return SQL("%s BETWEEN %s AND %s", local, ledger.first, ledger.last)

    def _changes_sql(self, ledger):
        """Return SQL of tracked changes of contacts and their bank accounts.

        Tracking values are readable for administrators only. Every reader of the
        contact can see the current value of these fields; here auditors see old ones.
        """
        old, new = (
            SQL(
                """CASE field.ttype
                    WHEN 'float' THEN TRIM_SCALE(value.%(number)s::numeric)::text
                    WHEN 'boolean'
                        THEN CASE value.%(whole)s WHEN 0 THEN '✗' ELSE '✓' END
                    ELSE COALESCE(value.%(text)s, '') END""",
                number=SQL.identifier(f"{side}_value_float"),
                whole=SQL.identifier(f"{side}_value_integer"),
                text=SQL.identifier(f"{side}_value_char"),
            )
            for side in ("old", "new")
        )
        # sudo: only the ids of fields are read.
        fields_sudo = self.env["ir.model.fields"].sudo()
        tracked = [
            fields_sudo._get(model, name).id
            for model, names in MASTER_FIELDS.items()
            for name in names
        ]
        return SQL(
            """SELECT %(columns)s FROM mail_tracking_value AS value
                 JOIN ir_model_fields AS field ON field.id = value.field_id
                 JOIN mail_message AS message ON message.id = value.mail_message_id
                 LEFT JOIN res_users AS person ON person.id = message.create_uid
                 LEFT JOIN res_partner AS card ON card.id = person.partner_id
                WHERE field.id IN %(tracked)s AND message.model = 'res.partner'
                  AND message.res_id IN %(partners)s AND %(within)s""",
            columns=exception_columns(
                "changed",
                res_model=SQL("'res.partner'"),
                res_id=SQL("message.res_id"),
                partner_id=SQL("message.res_id"),
                user_id=SQL("message.create_uid"),
                date=SQL("(%s)::date", ledger.local_sql(SQL("message.date"))),
                facts=facts(
                    change=SQL("value.id"),
                    field=SQL("field.model || ',' || field.name"),
                    old=old,
                    new=new,
                    user=SQL("card.name"),
                ),
            ),
            tracked=tuple(tracked),
            partners=self._partners(ledger).subselect(),
            within=self._within_sql(ledger, SQL("message.date")),
        )

    def _new_accounts_sql(self, ledger):
        """Return SQL of new bank accounts, which have no tracked change."""
        return SQL(
            """SELECT %(columns)s FROM res_partner_bank AS bank
                 LEFT JOIN res_users AS person ON person.id = bank.create_uid
                 LEFT JOIN res_partner AS card ON card.id = person.partner_id
                WHERE bank.partner_id IN %(partners)s AND %(within)s""",
            columns=exception_columns(
                "bank_new",
                res_model=SQL("'res.partner'"),
                res_id=SQL("bank.partner_id"),
                partner_id=SQL("bank.partner_id"),
                user_id=SQL("bank.create_uid"),
                date=SQL("(%s)::date", ledger.local_sql(SQL("bank.create_date"))),
                facts=facts(new=SQL("bank.acc_number"), user=SQL("card.name")),
            ),
            partners=self._partners(ledger).subselect(),
            within=self._within_sql(ledger, SQL("bank.create_date")),
        )


class ClerkAuditException(models.Model):
    """Facts about access rights."""

    _inherit = "clerk.audit.exception"

    def _fact_text(self, name, value):
        if name != "rights" or value is None:
            return super()._fact_text(name, value)
        labels = self.env["clerk.audit.run"]._right_labels()
        return ", ".join(labels[right] for right in value)
