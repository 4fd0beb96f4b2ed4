from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...rules.customer.duplicate import compare
from ...rules.customer.party import MOST_SHARED
from .res_partner_duplicate import SIMILARITY

# Contacts that are compared with all others by one statement.
BLOCK = 500
MAX_SIMILAR = 5


class ClerkCustomerPair(models.Model):
    """Search for pairs in the whole base.

    Contacts that were created or changed are compared in blocks, each with those that
    have a number in common and those with the most alike names. A run that is stopped
    goes on where it was.
    """

    _inherit = "clerk.customer.pair"

    def action_find(self):
        """Search for pairs now, in the background."""
        self.check_access("write")
        # sudo: starts the scheduled action, which everybody may wait for.
        self.env.ref("invoicing_clerk.ir_cron_customer_pair").sudo()._trigger()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self.env._("Duplicates are searched for in the background."),
                "type": "info",
            },
        }

    @api.model
    def _cron_find(self):
        """Search for pairs of contacts that may be one customer.

        Contacts that were created or changed are compared with all others.
        """
        self.env.flush_all()
        self._recheck(self._paired_by_too_many())
        self._settle(self._pairs_by_account())
        while block := self._due():
            found = {*self._pairs_by_number(block), *self._pairs_by_name(block)}
            # By now, too many contacts may have a number that these share.
            self._recheck([*{*block, *(each for pair in found for each in pair)}])
            self._settle(sorted(found))
            self._set_compared(block)
            if not self.env["ir.cron"]._commit_progress(len(block), remaining=1):
                return
        self.env["ir.cron"]._commit_progress(1, remaining=0)

    @api.model
    def _due(self):
        """Return the ids of the next contacts to compare."""
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM res_partner WHERE clerk_pairs_due ORDER BY id LIMIT %s",
                BLOCK,
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _set_compared(self, block):
        # No write of the ORM: contacts are not changed by being compared.
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE res_partner SET clerk_pairs_due = FALSE WHERE id = ANY(%s)",
                block,
            )
        )
        self.env["res.partner"].invalidate_model(["clerk_pairs_due"])

    @api.model
    def _pairs_by_account(self):
        return self.env.execute_query(
            SQL(
                """WITH shared AS (
                    SELECT sanitized_acc_number, ARRAY_AGG(DISTINCT partner_id) AS ids
                      FROM res_partner_bank WHERE active
                     GROUP BY 1 HAVING COUNT(*) BETWEEN 2 AND %s
                )
                SELECT DISTINCT one, other FROM shared,
                       UNNEST(ids) AS one, UNNEST(ids) AS other
                 WHERE one < other""",
                MOST_SHARED,
            )
        )

    @api.model
    def _paired_by_too_many(self):
        """Return the ids of contacts in open pairs whose account too many have now."""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT bank.partner_id
                     FROM clerk_customer_pair AS pair
                     JOIN res_partner_bank AS bank
                       ON bank.partner_id IN (pair.partner_id, pair.other_id)
                    WHERE pair.state = 'open'
                      AND (SELECT COUNT(*) FROM res_partner_bank AS same
                            WHERE same.sanitized_acc_number = bank.sanitized_acc_number
                          ) > %s""",
                MOST_SHARED,
            )
        )
        return [row[0] for row in rows]

    @api.model
    def _pairs_by_number(self, block):
        return self.env.execute_query(
            SQL(
                """SELECT LEAST(due.id, other.id), GREATEST(due.id, other.id)
                     FROM (SELECT id, UNNEST(STRING_TO_ARRAY(clerk_number_keys, ' '))
                                  AS key
                             FROM res_partner WHERE id = ANY(%s)) AS due
                    CROSS JOIN LATERAL (
                        SELECT id FROM res_partner
                         WHERE STRING_TO_ARRAY(clerk_number_keys, ' ') @> ARRAY[due.key]
                           AND id <> due.id LIMIT %s) AS other
                    GROUP BY 1, 2""",
                block,
                MOST_SHARED,
            )
        )

    @api.model
    def _pairs_by_name(self, block):
        is_like = SQL("other.clerk_name_key = one.clerk_name_key")
        likeness = SQL("1")
        if self.env.registry.has_trigram:
            self.env.cr.execute(
                SQL("SET LOCAL pg_trgm.similarity_threshold = %s", SIMILARITY)
            )
            is_like = SQL("other.clerk_name_key %% one.clerk_name_key")
            likeness = SQL("SIMILARITY(other.clerk_name_key, one.clerk_name_key)")
        return self.env.execute_query(
            SQL(
                """SELECT LEAST(one.id, other.id), GREATEST(one.id, other.id)
                     FROM res_partner AS one
                    CROSS JOIN LATERAL (
                        SELECT other.id FROM res_partner AS other
                         WHERE %s AND other.id <> one.id
                           AND one.clerk_name_key <> ''
                         ORDER BY %s DESC, other.id LIMIT %s) AS other
                    WHERE one.id = ANY(%s) GROUP BY 1, 2""",
                is_like,
                likeness,
                MAX_SIMILAR,
                block,
            )
        )

    @api.model
    def _settle(self, rows):
        """Score pairs, and keep those that may be one customer."""
        for start in range(0, len(rows), BLOCK):
            self._settle_some(rows[start : start + BLOCK])

    @api.model
    def _settle_some(self, rows):
        # sudo: compares the customers of all companies; whoever reads a pair must have
        # access to its company.
        partners = self.env["res.partner"].sudo().with_context(active_test=False)
        every = partners.browse({each for row in rows for each in row}).exists()
        known_parties = every._unshared_parties()
        parties = {each.id: party for each, party in known_parties.items()}
        known = self._known(rows)
        found = []
        for one, other in rows:
            pair = every.browse((one, other))
            if one not in parties or other not in parties or len(pair.company_id) > 1:
                continue
            score = compare(parties[one], parties[other])
            if score.asks and pair.commercial_partner_id == pair:
                found.append((one, other, score))
        self._write_found(found, known)

    @api.model
    def _known(self, rows):
        every = [each for row in rows for each in row]
        # sudo: as above.
        pairs = self.sudo().search(
            [("partner_id", "in", every), ("other_id", "in", every)]
        )
        # A merge may have put the older contact second.
        return {tuple(sorted((p.partner_id.id, p.other_id.id))): p for p in pairs}

    @api.model
    def _write_found(self, found, known):
        # sudo: the scheduled action keeps what it finds.
        pairs = self.sudo()._inside()
        partners = pairs.env["res.partner"]
        created = []
        for one, other, score in found:
            values = {"score": score.value, "reasons": [*score.reasons]}
            pair = known.get((one, other))
            if pair is None:
                company = partners.browse((one, other)).company_id
                created.append(
                    {
                        "partner_id": one,
                        "other_id": other,
                        "company_id": company.id,
                        **values,
                    }
                )
            elif pair.state in ("open", "gone") and (
                pair.score != score.value or pair.state == "gone"
            ):
                pair._inside().write({**values, "state": "open"})
        pairs.create(created)

    @api.model
    def _recheck(self, block):
        """Close open pairs whose contacts were changed, and are no longer alike."""
        # sudo: as above.
        pairs = self.sudo().search(
            Domain("state", "=", "open")
            & (Domain("partner_id", "in", block) | Domain("other_id", "in", block))
        )
        parties = (pairs.partner_id | pairs.other_id)._unshared_parties()
        unlike = pairs.filtered(lambda each: not each._is_alike(parties))
        unlike._write_step("drop")
        for pair in pairs - unlike:
            company = (pair.partner_id | pair.other_id).company_id
            if company != pair.company_id:
                pair._inside().company_id = company

    def _is_alike(self, parties):
        pair = self.partner_id | self.other_id
        one, other = parties.get(self.partner_id), parties.get(self.other_id)
        if not (one and other) or len(pair.company_id) > 1:
            return False
        return pair.commercial_partner_id == pair and compare(one, other).asks
