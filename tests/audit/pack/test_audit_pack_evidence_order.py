import io
import os
import shutil
import subprocess
import sys
import zipfile
from contextlib import contextmanager
from pathlib import Path

import odoo
from odoo.fields import Command
from odoo.sql_db import close_db
from odoo.tests import BaseCase, new_test_user, tagged
from odoo.tools import config

from odoo.addons.invoicing_clerk.tests.copied_database import (
    _loaded,
    copied_database,
    current_database,
    transaction,
)


@tagged("post_install", "-at_install")
class TestAuditPackEvidenceOrder(BaseCase):
    """Orders and deliveries, if installed, are evidence, and are tested.

    Both in one class: to install the apps takes longer than all else here.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        copy = cls.enterClassContext(copied_database(current_database()))
        files = config.filestore(copy.db_name)
        cls.addClassCleanup(shutil.rmtree, files, ignore_errors=True)
        cls.registry = cls._installed(copy.db_name)
        with transaction(cls.registry) as env:
            cls._prepare(env)

    @classmethod
    def _installed(cls, name):
        """Return a registry with both apps, which a test cannot install itself."""
        close_db(name)
        options = ("-c", config["config"], "-d", name, "-i", "sale_stock")
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
    def _prepare(cls, env):
        company = env["res.company"].create({"name": "Seller"})
        env["account.chart.template"].try_loading(
            "generic_coa", company=company, install_demo=False
        )
        cls.auditor_id, cls.clerk_id = (
            new_test_user(
                env,
                login=f"order_{role}",
                groups=f"invoicing_clerk.group_{role}",
                company_id=company.id,
                company_ids=[Command.set(company.ids)],
            ).id
            for role in ("auditor", "clerk")
        )
        cls.company_id = company.id
        env = env(context={"allowed_company_ids": company.ids})
        cls.order_name, cls.move_id = cls._sell(env)
        cls.audit_id = (
            env["clerk.audit"]
            .create(
                {
                    "name": "Annual accounts",
                    "date_from": "2026-01-01",
                    "date_to": "2026-12-31",
                    "auditor_ids": [Command.set([cls.auditor_id])],
                }
            )
            .id
        )

    @classmethod
    def _sell(cls, env):
        product = env["product.product"].create(
            {"name": "Chair", "is_storable": True, "invoice_policy": "delivery"}
        )
        order = env["sale.order"].create(
            {
                "partner_id": env["res.partner"].create({"name": "Customer"}).id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": 2,
                            "price_unit": 5,
                        }
                    )
                ],
            }
        )
        order.action_confirm()
        order.picking_ids.move_ids.write({"quantity": 2, "picked": True})
        order.picking_ids.button_validate()
        move = order._create_invoices()
        move.action_post()
        return order.name, move.id

    def _make(self, env, user_id):
        pack = (
            env["clerk.audit.pack"]
            .with_user(user_id)
            .create(
                {
                    "audit_id": self.audit_id,
                    "name": "Sold",
                    "move_ids": [Command.set([self.move_id])],
                }
            )
        )
        pack.action_request()
        env["clerk.audit.pack"]._cron_build()
        self.assertEqual((pack.sudo().state, pack.sudo().error), ("done", False))
        with zipfile.ZipFile(io.BytesIO(pack._log_download().raw)) as archive:
            return pack.sudo(), {
                name.rpartition("/")[2]: archive.read(name)
                for name in archive.namelist()
            }

    def test_order_and_delivery_are_in_the_folder(self):
        with transaction(self.registry) as env:
            user = env["res.users"].browse(self.clerk_id)
            user.group_ids += env.ref("stock.group_stock_user")
            pack, files = self._make(env, user.id)
            self.assertFalse(pack.item_ids.missing)
            self.assertIn(f"order {self.order_name}.pdf", files)
            [delivery] = [name for name in files if name.startswith("delivery ")]
            self.assertTrue(files[delivery].startswith(b"%PDF"))
            user.group_ids -= env.ref("stock.group_stock_user")

    def test_auditor_reads_deliveries_without_slips(self):
        with transaction(self.registry) as env:
            pack, files = self._make(env, self.auditor_id)
            self.assertIn(f"order {self.order_name}.pdf", files)
            self.assertIn(b"Chair,2.0", files["deliveries.csv"])
            [missing] = pack.item_ids.missing
            self.assertIn("could not be rendered", missing["why"])

    def test_unreadable_documents_are_listed(self):
        with transaction(self.registry) as env:
            env["ir.rule"].create(
                {
                    "name": "No deliveries",
                    "model_id": env["ir.model"]._get_id("stock.picking"),
                    "domain_force": "[(0, '=', 1)]",
                }
            )
            pack, files = self._make(env, self.clerk_id)
            self.assertIn(f"order {self.order_name}.pdf", files)
            [missing] = pack.item_ids.missing
            self.assertEqual(missing["what"], "Transfer")
            self.assertIn("does not have access to 1 of 1", missing["why"])

    def test_confirmation_without_reply_shows_deliveries(self):
        """Numbers and dates only are shown to auditors without rights in inventory."""
        with transaction(self.registry) as env:
            move = env["account.move"].browse(self.move_id)
            run = (
                env["clerk.audit.confirmation.run"]
                .with_user(self.auditor_id)
                .create(
                    {
                        "audit_id": self.audit_id,
                        "date": move.date,
                        "include": "chosen",
                        "partner_ids": [Command.set(move.partner_id.ids)],
                    }
                )
            )
            run.action_compute()
            confirmation = run.confirmation_ids
            self.assertFalse(confirmation.item_ids.delivered)
            confirmation.sudo().state = "no_reply"
            confirmation.action_alternative()
            [picking] = move.sudo().invoice_line_ids.sale_line_ids.order_id.picking_ids
            self.assertEqual(
                confirmation.item_ids.delivered,
                f"{picking.name} ({picking.date_done.date()})",
            )

    # Tests of documents against orders

    def _billed(self, env, price, **product):
        """Return a confirmed order of one product, invoiced in the period."""
        product = env["product.product"].create(
            {"name": "Thing", "invoice_policy": "order", **product}
        )
        line = {"product_id": product.id, "price_unit": price, "tax_ids": False}
        order = env["sale.order"].create(
            {
                "partner_id": env["res.partner"].create({"name": "Buyer"}).id,
                "order_line": [Command.create(line)],
            }
        )
        order.action_confirm()
        return order, self._post(order._create_invoices())

    def _post(self, move, day="2026-05-05"):
        move.invoice_date = day
        move.action_post()
        return move

    def _found(self, env, code):
        runs = env["clerk.audit.run"].with_user(self.auditor_id)
        test = env.ref(f"invoicing_clerk.audit_test_{code}")
        run = runs.create({"audit_id": self.audit_id, "test_id": test.id})
        run.action_run()
        self.assertEqual(run.state, "done", run.reason)
        for each in run.exception_ids:
            self.assertNotIn("%(", each.explanation)
        return [
            (each.reason, each.move_id.id, each.amount)
            for each in run.exception_ids.sorted("amount")
        ]

    @contextmanager
    def _books(self):
        """Open a transaction on the seller's database, rolled back at the end."""
        with transaction(self.registry) as env:
            yield env(context={"allowed_company_ids": [self.company_id]})
            env.cr.rollback()

    def test_revenue_without_order_or_delivery(self):
        with self._books() as env:
            self._billed(env, 7, type="service")
            delivered, _move = self._billed(env, 11, is_storable=True)
            delivered.picking_ids.move_ids.write({"quantity": 1, "picked": True})
            delivered.picking_ids.button_validate()
            _order, waiting = self._billed(env, 13, is_storable=True)
            loose = waiting.copy({"invoice_date": "2026-05-06"})
            loose.invoice_line_ids.write({"sale_line_ids": False, "price_unit": 17})
            self._post(loose, "2026-05-06")
            self.assertEqual(
                self._found(env, "unmatched"),
                [("no_delivery", waiting.id, 13), ("no_order", loose.id, 17)],
            )

    def test_order_line_billed_twice(self):
        with self._books() as env:
            order, move = self._billed(env, 19, type="service")
            self._billed(env, 19, type="service")
            again = move.copy({"invoice_date": "2026-05-06"})
            again.invoice_line_ids.write(
                {
                    "name": "In other words",
                    "sale_line_ids": [Command.set(order.order_line.ids)],
                }
            )
            self._post(again, "2026-05-06")
            self.assertEqual(self._found(env, "dup"), [("same_order", again.id, 19)])
