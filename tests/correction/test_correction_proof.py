import os
import shutil
import subprocess
import sys
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

from hypothesis import example, given
from hypothesis import strategies as st

import odoo
from odoo.fields import Command
from odoo.sql_db import close_db
from odoo.tests import BaseCase, tagged
from odoo.tools import config

from odoo.addons.invoicing_clerk.tests.copied_database import (
    _loaded,
    copied_database,
    current_database,
    transaction,
)
from odoo.addons.invoicing_clerk.tests.properties import property_of

CHARTS = {"fr": "l10n_fr_account", "de_skr03": "l10n_de"}
LINE = st.fixed_dictionaries(
    {
        "quantity": st.integers(25, 999).map(lambda each: each / 100),
        "price_unit": st.integers(100, 99999).map(lambda each: each / 100),
        "tax": st.integers(0, 3),
    }
)
CASES = st.fixed_dictionaries(
    {
        "rounding": st.sampled_from(["round_globally", "round_per_line"]),
        "lines": st.lists(LINE, min_size=1, max_size=4),
        "rounds": st.lists(
            st.dictionaries(st.integers(0, 3), LINE, min_size=1, max_size=2),
            min_size=1,
            max_size=2,
        ),
        "on_payment": st.booleans(),
    }
)


def _line(quantity, price_unit, tax):
    return {"quantity": quantity, "price_unit": price_unit, "tax": tax}


# Odoo's entries for the reconciliations of these documents add up to a cent less.
PARTS_ROUNDED_BY_ODOO = {
    "rounding": "round_per_line",
    "lines": [
        *(_line(0.62, 999.99, 2), _line(0.79, 999.99, 2)),
        *(_line(9.68, 26.17, 0), _line(2.63, 1.0, 1)),
    ],
    "rounds": [
        {0: _line(5.03, 13.59, 1)},
        {2: _line(3.3, 8.39, 1), 0: _line(1.27, 1.51, 3)},
    ],
    "on_payment": True,
}


@tagged("post_install", "-at_install")
class TestCorrectionProof(BaseCase):
    """The boxes of tax returns, in two localisations with boxes of their own.

    With global rounding and two corrections in a row that changed a tax, 0.01 was left
    in the box of a tax that no longer applied.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        copy = cls.enterClassContext(copied_database(current_database()))
        files = config.filestore(copy.db_name)
        cls.addClassCleanup(shutil.rmtree, files, ignore_errors=True)
        cls.registry = cls._installed(copy.db_name)
        with transaction(cls.registry) as env:
            cls.companies = {chart: cls._company(env, chart) for chart in CHARTS}

    @classmethod
    def _installed(cls, name):
        """Return a registry with both localisations, which a test cannot install."""
        close_db(name)
        options = ("-c", config["config"], "-d", name, "-i", ",".join(CHARTS.values()))
        subprocess.run(
            [
                *(sys.executable, "-m", "odoo", *options, "--stop-after-init"),
                *("--no-http", "--log-level=critical"),
            ],
            check=True,
            env={**os.environ, "PYTHONPATH": str(Path(odoo.__path__[0]).parent)},
        )
        return _loaded(name)

    @classmethod
    def _company(cls, env, chart):
        company = env["res.company"].create({"name": f"Company of {chart}"})
        env["account.chart.template"].try_loading(
            chart, company=company, install_demo=False
        )
        company.tax_exigibility = True
        return company.id

    # Building

    def _taxes(self, env, on_payment):
        """Return sales taxes with boxes of their own, due with payment if asked."""
        taxes = env["account.tax"].search(
            [
                ("company_id", "=", env.company.id),
                ("type_tax_use", "=", "sale"),
                ("amount", ">", 0),
                ("invoice_repartition_line_ids.tag_ids", "!=", False),
            ]
        )
        # One of each rate, as rates share boxes less often than variants of a rate do.
        by_rate = taxes.sorted("id").grouped("amount")
        taxes = taxes.concat(*(each[:1] for each in by_rate.values()))[:4]
        # Some charts have taxes on services that are due with payment.
        taxes.tax_exigibility = "on_invoice"
        if on_payment:
            account = taxes.invoice_repartition_line_ids.account_id[:1]
            taxes[:2].write(
                {
                    "tax_exigibility": "on_payment",
                    "cash_basis_transition_account_id": account.copy(
                        {"name": "Tax not due yet", "reconcile": True}
                    ).id,
                }
            )
        return taxes

    def _invoice(self, env, customer, taxes, lines):
        move = env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": customer.id,
                "invoice_date": "2026-01-15",
                "invoice_line_ids": [
                    Command.create(
                        {
                            "name": f"Line {index}",
                            "quantity": line["quantity"],
                            "price_unit": line["price_unit"],
                            "tax_ids": [Command.set(self._tax(taxes, line).ids)],
                        }
                    )
                    for index, line in enumerate(lines)
                ],
            }
        )
        move.action_post()
        return move

    def _tax(self, taxes, line):
        return taxes[line["tax"] % len(taxes)]

    def _corrected(self, move, taxes, changes):
        env = move.env
        case = env["clerk.billing.error"].create({"move_ids": [Command.set(move.ids)]})
        correction = env["clerk.correction"].create(
            {
                "error_id": case.id,
                "move_id": move.id,
                "remedy_id": env.ref("invoicing_clerk.remedy_correct_lines").id,
            }
        )
        for index, line in changes.items():
            correction.line_ids[index].write(
                {
                    "quantity": line["quantity"],
                    "price_unit": line["price_unit"],
                    "tax_ids": [Command.set(self._tax(taxes, line).ids)],
                }
            )
        correction.is_confirmed = True
        correction.action_apply()
        return correction.document_ids

    def _settled(self, moves):
        """Pay what is open, and return the documents with their tax entries."""
        items = moves.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        items.filtered(lambda line: not line.reconciled).reconcile()
        for move in moves.filtered(lambda each: each.amount_residual):
            wizard = move.env["account.payment.register"].with_context(
                active_model="account.move", active_ids=move.ids
            )
            wizard.create({"payment_date": "2026-03-01"})._create_payments()
        return moves + moves.env["account.move"].search(
            [("tax_cash_basis_origin_move_id", "in", moves.ids)]
        )

    # Reading

    def _boxes(self, moves):
        """Return the balance of each box, and of each tax account."""
        boxes = defaultdict(Decimal)
        for line in moves.line_ids:
            balance = Decimal(f"{line.balance:.2f}")
            for tag in line.tax_tag_ids:
                boxes[tag.name] += balance
        return {name: balance for name, balance in boxes.items() if balance}

    # The property

    @property_of(10)
    @given(case=CASES)
    @example(case=PARTS_ROUNDED_BY_ODOO)
    def test_boxes_of_original_and_notes_are_those_of_the_right_invoice(self, case):
        for company_id in self.companies.values():
            with self.registry.cursor() as cr:
                env = odoo.api.Environment(
                    cr, odoo.SUPERUSER_ID, {"allowed_company_ids": [company_id]}
                )
                self._check_case(env, case)
                cr.rollback()

    def _check_case(self, env, case):
        env.company.tax_calculation_rounding_method = case["rounding"]
        env["clerk.approval.limit"].search([]).unlimited = True
        customer = env["res.partner"].create({"name": "Customer"})
        taxes = self._taxes(env, case["on_payment"])
        lines = list(case["lines"])
        moves = original = self._invoice(env, customer, taxes, lines)
        for changes in case["rounds"]:
            changes = {
                index: change for index, change in changes.items() if index < len(lines)
            }
            before = list(lines)
            for index, change in changes.items():
                lines[index] = change
            if lines != before:
                moves += self._corrected(original, taxes, changes)
        right = self._invoice(env, customer, taxes, lines)
        self.assertTrue(self._boxes(right) or case["on_payment"], "nothing to compare")
        self.assertEqual(self._boxes(moves), self._boxes(right))
        if case["on_payment"]:
            self.assertEqual(self._by_tax(moves), self._by_tax(right))
            documents = len(moves)
            moves, right = self._settled(moves), self._settled(right)
            self._check_settled(self._boxes(moves), self._boxes(right), documents)

    def _by_tax(self, moves):
        """Return the balance of bases and of taxes by tax, whenever they are due."""
        sums = defaultdict(Decimal)
        for line in moves.line_ids:
            balance = Decimal(f"{line.balance:.2f}")
            for tax in line.tax_ids:
                sums["base", tax] += balance
            if line.tax_line_id:
                sums["tax", line.tax_line_id] += balance
        return {key: balance for key, balance in sums.items() if balance}

    def _check_settled(self, made, right, documents):
        """Compare what became due on payment.

        Odoo divides bases and taxes of an invoice among its reconciliations, and rounds
        each part: the parts of one invoice may add up to a cent more or less than it
        has, without any correction. The documents themselves were compared exactly.
        """
        names = made.keys() | right.keys()
        differences = [made.get(name, 0) - right.get(name, 0) for name in names]
        for difference in (sum(differences), *differences):
            self.assertLessEqual(abs(difference), documents * Decimal("0.01"))
