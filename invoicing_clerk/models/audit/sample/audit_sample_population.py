import gzip
from base64 import b64decode, b64encode
from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ....rules.audit.sample.sampling_population import Population, changes

# Who has more to look at has another population, not a changed one.
MOST_CHANGES = 500


class ClerkAuditSample(models.Model):
    """What a sample is drawn from: kept as it was, proved, and compared with what is.

    The kept file is a CSV of numbers and amounts in the order of the numbers, packed
    with gzip; the fingerprint is the SHA-256 of the CSV.
    """

    _inherit = "clerk.audit.sample"

    population_count = fields.Integer(string="Records", readonly=True, copy=False)
    population_total = fields.Monetary(
        string="Control Total", readonly=True, copy=False
    )
    other_count = fields.Integer(
        string="Records Apart",
        readonly=True,
        copy=False,
        help="On the other side of zero, or of no amount: they cannot be drawn.",
    )
    other_total = fields.Monetary(string="Their Total", readonly=True, copy=False)
    has_ledger_total = fields.Boolean(readonly=True, copy=False)
    ledger_total = fields.Monetary(string="General Ledger", readonly=True, copy=False)
    ledger_difference = fields.Monetary(string="Difference", readonly=True, copy=False)
    fingerprint = fields.Char(
        readonly=True, copy=False, help="SHA-256 of the unpacked file."
    )
    # Only the controller gives it out, so that whoever takes it is in the log.
    population_file = fields.Binary(
        attachment=True, readonly=True, copy=False, groups="base.group_system"
    )
    change_ids = fields.One2many(
        "clerk.audit.sample.change", "sample_id", string="Changes"
    )
    change_count = fields.Integer(string="Changed Since", readonly=True, copy=False)
    compared_on = fields.Datetime(readonly=True, copy=False)

    def _sampled_query(self):
        """The query that is sampled; a ready-made one is made when it is asked for."""
        self.ensure_one()
        if self.population == "query":
            return self.query_id
        return self.audit_id._population(self.population)

    def _population_now(self, query):
        """What the query finds now, with the rights of whoever asks."""
        rows = self.env.execute_query(
            SQL(
                "SELECT item.id, ROUND(item.amount, %s)::text"
                " FROM (%s) AS item ORDER BY item.id",
                self.currency_id.decimal_places,
                query._rows(),
            )
        )
        return Population.of(rows)

    def _money(self, coins):
        """An amount in the currency, of a whole number of its smallest coin."""
        return float(Decimal(coins).scaleb(-self.currency_id.decimal_places))

    def _coins(self, amount):
        return int(self._exact(amount).scaleb(self.currency_id.decimal_places))

    def _exact(self, amount):
        places = self.currency_id.decimal_places
        return Decimal(f"{self.currency_id.round(amount):.{places}f}")

    def _population_values(self, query, population, values):
        """What is kept of it: totals, proof, fingerprint and file."""
        coins = population.coins
        total = self._money(sum(coins))
        ledger = query._ledger_total() if query.amount_path else None
        text = population.text.encode()
        return {
            "query_id": query.id,
            "population_count": len(coins),
            "population_total": total,
            "other_count": len(coins) - len(values),
            "other_total": self._money(sum(coins) - self._turn(sum(values))),
            "has_ledger_total": ledger is not None,
            "ledger_total": ledger or 0.0,
            "ledger_difference": self._apart(total, ledger),
            "fingerprint": population.fingerprint(),
            # Without a time of its own, the same population is the same file.
            "population_file": b64encode(gzip.compress(text, 1, mtime=0)),
        }

    def _apart(self, total, ledger):
        return 0.0 if ledger is None else self.currency_id.round(total - ledger)

    def _turn(self, value):
        return self._direction() * value

    def _direction(self):
        """Credits are sampled with their sign turned."""
        is_turned = self.purpose == "amount" and self.sign == "negative"
        return -1 if is_turned else 1

    # What happened to it since

    def action_download_population(self):
        """The population as it was drawn from; who takes it is noted."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/audit/samples/{self.id}/population",
            "target": "download",
        }

    def _give_out_population(self):
        """Its file, for who may read the sample.

        :raises UserError: nothing was drawn yet
        """
        self.check_access("read")
        if self.state == "draft":
            raise UserError(self.env._("%s: draw the sample first.", self.display_name))
        what = self.env._(
            "Population of %(sample)s (%(count)s records)",
            sample=self.display_name,
            count=self.population_count,
        )
        self.env["clerk.audit.access"]._log("export", what, self.audit_id)
        return self._stored_file("population_file")

    def _kept_population(self):
        # sudo: compared with what the caller finds now, who reads the sample.
        kept = self.sudo().with_context(bin_size=False)
        packed = b64decode(kept.population_file)
        return Population.parse(gzip.decompress(packed).decode())

    def _compare(self):
        """Look what became of the population since it was drawn, and keep that."""
        self.ensure_one()
        found = changes(self._kept_population(), self._population_now(self.query_id))
        # sudo: written by the step alone, on a sample that the caller may write.
        own = self.sudo()
        own.change_ids.unlink()
        own.change_ids.create(self._change_values(found))
        own.write({"change_count": len(found), "compared_on": fields.Datetime.now()})

    def _change_values(self, found):
        drawn = {item.res_id: item for item in self.item_ids}
        rows = [
            *(("added", number, None, now) for number, now in found.added),
            *(("gone", number, before, None) for number, before in found.gone),
            *(("changed", *row) for row in found.changed),
        ]
        # What was drawn is told first.
        rows = sorted(rows, key=lambda row: row[1] not in drawn)[:MOST_CHANGES]
        names = self._names([row[1] for row in rows])
        return [
            {
                "sample_id": self.id,
                "kind": kind,
                "res_id": number,
                "name": names.get(number)
                or (number in drawn and drawn[number].name)
                or f"{self.model},{number}",
                "item_id": number in drawn and drawn[number].id,
                "amount_before": float(before or 0),
                "amount_now": float(now or 0),
            }
            for kind, number, before, now in rows
        ]

    def _names(self, numbers):
        """What those records are called that exist, and that the caller may read."""
        records = self.query_id._model().browse(numbers).exists()
        return {
            record.id: record.display_name
            for record in records._filtered_access("read")
        }
