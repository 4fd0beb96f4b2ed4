from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .audit_test_source import Outcome, facts, figure, found

# What a user's groups allow: key -> group.
RIGHTS = {
    "post": "account.group_account_invoice",
    "approve": "invoicing_clerk.group_supervisor",
    "bank": "base.group_partner_manager",
    "trust": "account.group_validate_bank_account",
    "lock": "account.group_account_manager",
    "rights": "base.group_system",
}
# Fields of master data whose changes are kept, by model.
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
    """Registers that an auditor goes through: users, master data, corrections.

    Their rows are no faults; each is cleared when it was seen to be in order.
    """

    _inherit = "clerk.audit.run"

    @api.model
    def _figure_labels(self):
        return {
            **super()._figure_labels(),
            "users": self.env._("Users of the company"),
            "with_rights": self.env._(
                "Users who may post, approve or change bank data"
            ),
            "changes": self.env._("Changes"),
            "corrections": self.env._("Corrections that were applied"),
            "credited_net": self.env._("Credited and debited by corrections, together"),
            "self_approved": self.env._("Approved by whoever proposed it"),
            "correction_waiting": self.env._("Proposed and not applied yet"),
            "correction_refused": self.env._("Refused"),
        }

    @api.model
    def _reason_texts(self):
        return {
            **super()._reason_texts(),
            "rights": self.env._(
                "%(user)s may %(rights)s; last log-in: %(date_login)s."
            ),
            "rights_all": self.env._(
                "%(user)s may post, approve and change bank data all alone: "
                "%(rights)s; last log-in: %(date_login)s."
            ),
            "rights_unused": self.env._(
                "%(user)s may %(rights)s, and has not logged in since %(date_login)s."
            ),
            "changed": self.env._(
                "%(field)s: from “%(old)s” to “%(new)s”, by %(user)s."
            ),
            "bank_new": self.env._("Bank account %(new)s was added by %(user)s."),
            "corrected": self.env._(
                "%(correction)s: proposed by %(proposer)s, approved by %(approver)s."
            ),
            "corrected_within": self.env._(
                "%(correction)s: proposed by %(proposer)s, within the limit of whom no "
                "approval was needed."
            ),
            "self_approved": self.env._(
                "%(correction)s: proposed and approved by %(proposer)s."
            ),
            "correction_waiting": self.env._(
                "%(correction)s: proposed by %(proposer)s, and not applied yet."
            ),
            "correction_refused": self.env._(
                "%(correction)s: proposed by %(proposer)s, refused: %(refusal)s"
            ),
        }

    def _right_words(self):
        return {
            "post": self.env._("post invoices"),
            "approve": self.env._("approve corrections"),
            "bank": self.env._("change bank accounts"),
            "trust": self.env._("trust bank accounts for payments"),
            "lock": self.env._("change lock dates"),
            "rights": self.env._("give rights"),
        }

    # ACCESS

    def _test_access(self, ledger):
        """Who may post, approve, change bank data, and when they were last here."""
        rows = self._users_sql(ledger)
        [[count, able]] = ledger.ask(
            SQL(
                "SELECT COUNT(*), COUNT(*) FILTER (WHERE rights <> '[]') FROM (%s)"
                " AS row",
                rows,
            )
        )
        oldest = fields.Datetime.now() - timedelta(days=self.days)
        last_here = SQL("(%s)::date", ledger.local_sql(SQL("login")))
        alone = SQL("""rights @> '["post", "approve", "bank"]'""")
        self._keep(
            SQL(
                "SELECT %s FROM (%s) AS row WHERE rights <> '[]'",
                found(
                    SQL(
                        "CASE WHEN COALESCE(login, created) < %s THEN 'rights_unused'"
                        " WHEN %s THEN 'rights_all' ELSE 'rights' END",
                        oldest,
                        alone,
                    ),
                    res_model=SQL("'res.users'"),
                    res_id=SQL("id"),
                    user_id=SQL("id"),
                    date=last_here,
                    facts=facts(
                        user=SQL("name"),
                        rights=SQL("rights"),
                        date_login=last_here,
                    ),
                ),
                rows,
            ),
            # That somebody logged in again makes no other exception of it.
            identity=SQL("ROW(reason, res_id, facts -> 'rights')"),
        )
        figures = [
            figure("users", "count", count),
            figure("with_rights", "count", able),
        ]
        return Outcome(count, 0.0, figures)

    def _users_sql(self, ledger):
        """People who may enter the companies, with what their groups allow."""
        users = self.env["res.users"].with_context(active_test=False)
        # sudo: groups, which an auditor of rights has to see; of no other company.
        users = users.sudo()
        query = users._search(
            [
                ("active", "=", True),
                ("share", "=", False),
                ("company_ids", "in", ledger.companies.ids),
            ]
        )
        own = SQL("res_users")
        allowed = [
            SQL(
                "CASE WHEN %s.id IN %s THEN %s END",
                own,
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
                SQL("%s.id, %s.partner_id, %s.create_date AS created", own, own, own),
                SQL(
                    "TO_JSONB(ARRAY_REMOVE(ARRAY[%s]::text[], NULL)) AS rights",
                    SQL(", ").join(allowed),
                ),
            ),
        )

    # MASTER

    def _test_master(self, ledger):
        """What was changed of customers' bank accounts, terms, limits, tax numbers."""
        self.env["mail.message"].flush_model()
        self.env["mail.tracking.value"].flush_model()
        self._keep(self._changes_sql(ledger))
        self._keep(self._new_accounts_sql(ledger))
        [[changes]] = ledger.ask(
            SQL("SELECT COUNT(*) FROM clerk_audit_exception WHERE run_id = %s", self.id)
        )
        partners = self._partners(ledger)
        [[count]] = ledger.ask(partners.select(SQL("COUNT(*)")))
        return Outcome(count, 0.0, [figure("changes", "count", changes)])

    def _partners(self, ledger):
        """Partners of the companies and those that companies share."""
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
        """Changes as the histories of partners tell them, bank accounts' ones too.

        Histories are for administrators; of these fields every reader of the
        customer sees the present value, and the auditor what it was before.
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
        # sudo: which rows stand for fields is no secret.
        kept = self.env["ir.model.fields"].sudo()
        watched = [
            kept._get(model, name).id
            for model, names in MASTER_FIELDS.items()
            for name in names
        ]
        return SQL(
            """SELECT %(found)s FROM mail_tracking_value AS value
                 JOIN ir_model_fields AS field ON field.id = value.field_id
                 JOIN mail_message AS message ON message.id = value.mail_message_id
                 LEFT JOIN res_users AS person ON person.id = message.create_uid
                 LEFT JOIN res_partner AS card ON card.id = person.partner_id
                WHERE field.id IN %(watched)s AND message.model = 'res.partner'
                  AND message.res_id IN %(partners)s AND %(within)s""",
            found=found(
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
            watched=tuple(watched),
            partners=self._partners(ledger).subselect(),
            within=self._within_sql(ledger, SQL("message.date")),
        )

    def _new_accounts_sql(self, ledger):
        """A new bank account has no value before, so its own record tells of it."""
        return SQL(
            """SELECT %(found)s FROM res_partner_bank AS bank
                 LEFT JOIN res_users AS person ON person.id = bank.create_uid
                 LEFT JOIN res_partner AS card ON card.id = person.partner_id
                WHERE bank.partner_id IN %(partners)s AND %(within)s""",
            found=found(
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

    # CORRECT

    def _test_correct(self, ledger):
        """Corrections that were proposed, by whom, and what was decided of them."""
        rows = self._corrections_sql(ledger)
        count, total = ledger.totals(rows)
        self._keep(
            SQL(
                "SELECT %s FROM (%s) AS row",
                found(
                    SQL("kind"),
                    res_model=SQL("'clerk.correction'"),
                    res_id=SQL("id"),
                    move_id=SQL("move_id"),
                    partner_id=SQL("partner_id"),
                    user_id=SQL("proposed_by_id"),
                    date=SQL("date"),
                    amount=SQL("amount"),
                    facts=facts(
                        correction=SQL("name"),
                        proposer=SQL("proposer"),
                        approver=SQL("approver"),
                        refusal=SQL("refusal_reason"),
                    ),
                ),
                rows,
            )
        )
        counts = dict(
            ledger.ask(SQL("SELECT kind, COUNT(*) FROM (%s) AS row GROUP BY 1", rows))
        )
        apart = ("correction_waiting", "correction_refused")
        counts["corrections"] = count - sum(counts.get(kind, 0) for kind in apart)
        kinds = ("corrections", "self_approved", *apart)
        figures = [figure(kind, "count", counts.get(kind, 0)) for kind in kinds]
        return Outcome(count, total, figures)

    def _corrections_sql(self, ledger):
        corrections = self.env["clerk.correction"]
        query = corrections._search(
            [
                ("company_id", "in", ledger.companies.ids),
                ("state", "in", ("waiting", "approved", "refused", "applied")),
                ("date", ">=", ledger.first),
                ("date", "<=", ledger.last),
            ]
        )
        names = ("id", "name", "move_id", "partner_id", "date", "proposed_by_id")
        own = SQL("clerk_correction")
        return SQL(
            """SELECT row.*, COALESCE(one.name, '') AS proposer,
                      COALESCE(two.name, '') AS approver
                 FROM (%s) AS row
                 LEFT JOIN res_users AS by_one ON by_one.id = row.proposed_by_id
                 LEFT JOIN res_partner AS one ON one.id = by_one.partner_id
                 LEFT JOIN res_users AS by_two ON by_two.id = row.approved_by_id
                 LEFT JOIN res_partner AS two ON two.id = by_two.partner_id""",
            query.select(
                *(SQL("%s.%s", own, SQL.identifier(name)) for name in names),
                SQL("%s.approved_by_id", own),
                SQL("%s.refusal_reason", own),
                SQL("COALESCE(%s.proposed_stake, 0) AS amount", own),
                SQL(
                    "CASE WHEN %(own)s.state = 'refused' THEN 'correction_refused'"
                    " WHEN %(own)s.state <> 'applied' THEN 'correction_waiting'"
                    " WHEN %(own)s.approved_by_id IS NULL THEN 'corrected_within'"
                    " WHEN %(own)s.approved_by_id = %(own)s.proposed_by_id"
                    " THEN 'self_approved' ELSE 'corrected' END AS kind",
                    own=own,
                ),
            ),
        )
