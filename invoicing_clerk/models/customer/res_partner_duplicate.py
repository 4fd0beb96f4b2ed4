from odoo import api, fields, models, tools
from odoo.fields import Domain
from odoo.tools import SQL

from ...rules.customer.duplicate import compare
from ...rules.customer.party import MOST_SHARED, SHAREABLE, Party
from ...rules.party_name import name_key

# Records that are compared with what is entered: the most alike names, and those with
# each number. Numbers that count only as long as few have them: see `MOST_SHARED`.
MAX_NAMES, MAX_NUMBERS = 30, 60
# Below this, names have too little in common to be called alike.
SIMILARITY = 0.5
PARTY_FIELDS = (
    *("name", "vat", "company_registry", "phone", "email", "website", "street"),
    *("zip", "city", "country_id", "is_company", "active", "company_id"),
)
FILLED_AT_ONCE = 5000


def create_empty(model, names, kind):
    """Create columns of stored fields empty: a scheduled action fills them in batches.

    Computing them for a million contacts would keep the installation waiting.
    """
    for name in names:
        if not tools.sql.column_exists(model.env.cr, model._table, name):
            tools.sql.create_column(model.env.cr, model._table, name, kind)


def _name_index(registry):
    if not registry.has_trigram:
        return "(clerk_name_key)"
    return "USING gin (clerk_name_key gin_trgm_ops) WITH (fastupdate = off)"


class ResPartner(models.Model):
    """Finds records that may be of the same customer, among millions.

    Two stored texts lead to them: the name as it sounds, with an index of trigrams, and
    the numbers, of which two records have one in common. `rules.customer.duplicate`
    scores what is found.
    """

    _inherit = "res.partner"
    _guarded_fields = frozenset(
        {"clerk_name_key", "clerk_number_keys", "clerk_pairs_due"}
    )

    # Empty while it has not been computed; without a character for contacts.
    clerk_name_key = fields.Char(
        compute="_compute_duplicate_keys",
        store=True,
        copy=False,
        exportable=False,
        groups="base.group_system",
        export_string_translation=False,
    )
    clerk_number_keys = fields.Char(
        compute="_compute_duplicate_keys",
        store=True,
        copy=False,
        exportable=False,
        groups="base.group_system",
        export_string_translation=False,
    )

    clerk_pairs_due = fields.Boolean(
        compute="_compute_duplicate_keys",
        store=True,
        copy=False,
        exportable=False,
        groups="base.group_system",
        export_string_translation=False,
        help="Not yet compared with all other contacts.",
    )

    _clerk_name_key = models.Index(_name_index)
    _clerk_number_keys = models.Index(
        "USING gin (STRING_TO_ARRAY(clerk_number_keys, ' ')) WITH (fastupdate = off)"
    )
    _clerk_pairs_due = models.Index("(id) WHERE clerk_pairs_due")
    _clerk_no_key = models.Index("(id) WHERE clerk_name_key IS NULL")

    def _auto_init(self):
        create_empty(self, ("clerk_name_key", "clerk_number_keys"), "varchar")
        create_empty(self, ("clerk_pairs_due",), "bool")
        return super()._auto_init()

    @api.depends(
        *("name", "parent_id", "is_company", "vat", "company_registry", "phone"),
        *("email", "website", "street", "zip", "city", "country_id", "active"),
        "company_id",
    )
    def _compute_duplicate_keys(self):
        for partner in self:
            names, numbers = partner._duplicate_keys()
            partner.clerk_name_key = names
            partner.clerk_number_keys = numbers
            # Also without a name: a pair of it may be open.
            partner.clerk_pairs_due = True

    def _duplicate_keys(self):
        """Return both texts; contacts of a customer have none."""
        if self.parent_id and not self.is_company:
            return "", ""
        return name_key(self.name or ""), " ".join(self._party().keys())

    def _party(self, accounts=()):
        return Party(
            name=self.name or "",
            vat=self.vat or "",
            registry=self.company_registry or "",
            accounts=tuple(accounts),
            phones=(self.phone or "",),
            emails=(self.email or "",),
            website=self.website or "",
            street=self.street or "",
            zip=self.zip or "",
            city=self.city or "",
            country=self.country_id.code or "",
            is_company=self.is_company,
        )

    @api.model
    def _cron_fill_duplicate_keys(self):
        """Compute the texts of contacts that were there before this addon."""
        while partners := self._without_duplicate_keys():
            partners._fill_vies()
            # No write of the ORM: neither dates nor trackings of contacts change.
            rows = [(each.id, *each._duplicate_keys()) for each in partners]
            self.env.execute_query(
                SQL(
                    "UPDATE res_partner SET clerk_name_key = filled.names,"
                    " clerk_number_keys = filled.numbers,"
                    " clerk_pairs_due = filled.names <> ''"
                    " FROM (VALUES %s) AS filled (id, names, numbers)"
                    " WHERE res_partner.id = filled.id RETURNING res_partner.id",
                    SQL(", ").join(SQL("%s", row) for row in rows),
                )
            )
            self.env.invalidate_all(flush=False)
            if not self.env["ir.cron"]._commit_progress(len(rows), remaining=1):
                return
        self.env["ir.cron"]._commit_progress(remaining=0)

    def _without_duplicate_keys(self, limit=FILLED_AT_ONCE):
        """Return contacts whose texts are not computed yet."""
        # sudo: all contacts of all companies, of which texts are computed.
        partners = self.sudo().with_context(active_test=False)
        self.flush_model(["clerk_name_key"])
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM res_partner WHERE clerk_name_key IS NULL"
                " ORDER BY id LIMIT %s",
                limit,
            )
        )
        found = partners.browse(row[0] for row in rows)
        found.fetch([*PARTY_FIELDS, "parent_id"])
        return found

    # Looking up

    @api.model
    def _find_duplicates(self, party, company=None, besides=None):
        """Return customers that may be the same as what is entered, the likest first.

        Archived ones count, and those that all companies share. Only what the user may
        read is found.

        :param party: see `rules.customer.party`
        :param besides: contacts that are not compared
        :return: pairs of a contact and a score that at least asks
        """
        self.check_access("read")
        ids, party = self._duplicate_candidates(party)
        if not ids:
            return []
        partners = self.with_context(active_test=False).search_fetch(
            Domain("id", "in", ids)
            & Domain(self._check_company_domain(company or self.env.company))
            & Domain("id", "not in", besides.ids if besides else ()),
            PARTY_FIELDS,
        )
        scored = [
            (partner, compare(party, other))
            for partner, other in partners._parties().items()
        ]
        found = [(partner, score) for partner, score in scored if score.asks]
        return sorted(found, key=lambda each: (-each[1].value, each[0].id))

    def _parties(self):
        """Return what is known of each contact, for the comparison."""
        accounts = {}
        # sudo: numbers of bank accounts are compared, and not shown.
        banks = self.env["res.partner.bank"].sudo().with_context(active_test=False)
        for bank in banks.search_fetch(
            [("partner_id", "in", self.ids)], ["partner_id", "sanitized_acc_number"]
        ):
            number = bank.sanitized_acc_number or ""
            accounts.setdefault(bank.partner_id.id, []).append(number)
        return {each: each._party(accounts.get(each.id, ())) for each in self}

    def _unshared_parties(self):
        """Return what is known of each contact, without what many contacts share."""
        found = self._parties()
        keys = {key for party in found.values() for key in party.shareable()}
        shared = self._shared_keys(keys)
        return {each: party.without(shared) for each, party in found.items()}

    @api.model
    def _shared_keys(self, keys):
        """Return those of the keys that too many contacts of all companies have."""
        if not keys:
            return set()
        self.env["res.partner.bank"].flush_model(["sanitized_acc_number"])
        self.flush_model(["clerk_number_keys"])
        # Without LIMIT: the index is used, however many are expected to be found.
        rows = self.env.execute_query(
            SQL(
                """SELECT key FROM UNNEST(%(numbers)s::text[]) AS key
                    CROSS JOIN LATERAL (
                        SELECT COUNT(*) AS number FROM res_partner
                         WHERE STRING_TO_ARRAY(clerk_number_keys, ' ') @> ARRAY[key]
                    ) AS found
                    WHERE found.number > %(most)s
                    UNION ALL
                   SELECT 'b:' || sanitized_acc_number FROM res_partner_bank
                    WHERE sanitized_acc_number = ANY(%(accounts)s)
                    GROUP BY sanitized_acc_number HAVING COUNT(*) > %(most)s""",
                numbers=[each for each in keys if not each.startswith("b:")],
                accounts=[each[2:] for each in keys if each.startswith("b:")],
                most=MOST_SHARED,
            )
        )
        return {row[0] for row in rows}

    @api.model
    def _duplicate_candidates(self, party):
        """Find contacts with a number or a name like this.

        :return: their ids, and the party without what many contacts share
        """
        self.flush_model(["clerk_name_key", "clerk_number_keys"])
        self.env["res.partner.bank"].flush_model(["sanitized_acc_number"])
        keys = {*party.keys(), *party.shareable()}
        queries = [self._key_query(key) for key in sorted(keys)]
        if name := name_key(party.name):
            queries.append(self._name_query(name))
        if not queries:
            return set(), party
        found = {}
        for key, partner in self.env.execute_query(SQL(" UNION ALL ").join(queries)):
            found.setdefault(key, set()).add(partner)
        shared = {
            key
            for key, ids in found.items()
            if key and key[0] in SHAREABLE and len(ids) > MOST_SHARED
        }
        unshared = (ids for key, ids in found.items() if key not in shared)
        return set().union(*unshared), party.without(shared)

    @api.model
    def _key_query(self, key):
        """Return contacts with a number, so that many hits of one hide no other.

        Of what counts only as long as few have it, one more than that is enough.
        """
        limit = MOST_SHARED + 1 if key[0] in SHAREABLE else MAX_NUMBERS
        if key.startswith("b:"):
            return SQL(
                "(SELECT %s AS key, partner_id AS id FROM res_partner_bank"
                " WHERE sanitized_acc_number = %s LIMIT %s)",
                key,
                key[2:],
                limit,
            )
        return SQL(
            "(SELECT %s AS key, id FROM res_partner"
            " WHERE STRING_TO_ARRAY(clerk_number_keys, ' ') @> %s LIMIT %s)",
            key,
            [key],
            limit,
        )

    @api.model
    def _name_query(self, name):
        if not self.env.registry.has_trigram:
            return SQL(
                "(SELECT NULL, id FROM res_partner WHERE clerk_name_key = %s LIMIT %s)",
                name,
                MAX_NAMES,
            )
        self.env.cr.execute(
            SQL("SET LOCAL pg_trgm.similarity_threshold = %s", SIMILARITY)
        )
        return SQL(
            "(SELECT NULL, id FROM res_partner WHERE clerk_name_key %% %s"
            " ORDER BY SIMILARITY(clerk_name_key, %s) DESC, id LIMIT %s)",
            name,
            name,
            MAX_NAMES,
        )
