from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from odoo import api
from odoo.exceptions import LockError, UserError
from odoo.fields import Command
from odoo.service.model import retrying
from odoo.tests import BaseCase, new_test_user, tagged

from odoo.addons.invoicing_clerk.tests.copied_database import (
    copied_database,
    current_database,
    transaction,
)


@tagged("post_install", "-at_install")
class TestCorrectionConcurrency(BaseCase):
    """Two people press Apply at once, on real connections."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = cls.enterClassContext(copied_database(current_database()))
        with transaction(cls.registry) as env:
            cls._prepare(env)

    @classmethod
    def _prepare(cls, env):
        company = env["res.company"].create({"name": "Two at Once"})
        env["account.chart.template"].try_loading(
            "generic_coa", company=company, install_demo=False
        )
        cls.company_id = company.id
        cls.clerk_ids = [
            new_test_user(
                env,
                login=login,
                groups="invoicing_clerk.group_clerk",
                company_id=company.id,
                company_ids=[Command.set(company.ids)],
            ).id
            for login in ("first_clerk", "second_clerk")
        ]

    def _correction(self, author=0, partner_id=False):
        """Commit a correction of 18 that is ready to be applied."""
        with transaction(self.registry, self.clerk_ids[author]) as env:
            customer = env["res.partner"].browse(partner_id)
            customer = customer or customer.create({"name": "Customer"})
            move = env["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "partner_id": customer.id,
                    "invoice_line_ids": [
                        Command.create(
                            {"name": "Goods", "quantity": 5, "price_unit": 9}
                        )
                    ],
                }
            )
            move.action_post()
            case = env["clerk.billing.error"].create(
                {"move_ids": [Command.set(move.ids)]}
            )
            correction = env["clerk.correction"].create(
                {"error_id": case.id, "move_id": move.id}
            )
            correction.line_ids.quantity = 3
            return correction.id

    def _documents(self, correction_id):
        with transaction(self.registry) as env:
            return env["clerk.correction"].browse(correction_id).document_ids.ids

    def test_second_user_is_refused_and_then_finds_it_applied(self):
        correction_id = self._correction()
        with transaction(self.registry, self.clerk_ids[0]) as first:
            first["clerk.correction"].browse(correction_id).action_apply()
            with (
                self.assertRaisesRegex(LockError, "right now"),
                transaction(self.registry, self.clerk_ids[1]) as second,
            ):
                second["clerk.correction"].browse(correction_id).action_apply()
        made = self._documents(correction_id)
        self.assertEqual(len(made), 1)
        with transaction(self.registry, self.clerk_ids[1]) as second:
            action = second["clerk.correction"].browse(correction_id).action_apply()
        self.assertEqual(action["res_id"], made[0])
        self.assertEqual(self._documents(correction_id), made)

    def test_eight_at_once_make_one_note(self):
        correction_id, barrier = self._correction(), Barrier(8)

        def press(index):
            with self.registry.cursor() as cr:
                env = api.Environment(cr, self.clerk_ids[index % 2], {})
                correction = env["clerk.correction"].browse(correction_id)
                barrier.wait()
                try:
                    # As the web server does it: a clash of snapshots is tried again.
                    return retrying(correction.action_apply, env)["res_id"]
                except LockError as error:
                    return error.args[0]

        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(press, range(8)))
        made = self._documents(correction_id)
        self.assertEqual(len(made), 1)
        sentences = [answer for answer in answers if answer != made[0]]
        self.assertLess(len(sentences), 8, "somebody got through")
        for sentence in sentences:
            self.assertIn("right now", sentence)

    def test_two_corrections_of_one_invoice_do_not_credit_twice(self):
        first_id = self._correction()
        with transaction(self.registry, self.clerk_ids[1]) as env:
            first = env["clerk.correction"].browse(first_id)
            case = env["clerk.billing.error"].create(
                {"move_ids": [Command.set(first.move_id.ids)]}
            )
            second = env["clerk.correction"].create(
                {"error_id": case.id, "move_id": first.move_id.id}
            )
            second.line_ids.quantity = 0
            second_id = second.id
        with transaction(self.registry, self.clerk_ids[0]) as one:
            one["clerk.correction"].browse(first_id).action_apply()
            with (
                self.assertRaisesRegex(LockError, "right now"),
                transaction(self.registry, self.clerk_ids[1]) as two,
            ):
                two["clerk.correction"].browse(second_id).action_apply()
        with (
            self.assertRaisesRegex(UserError, "have changed since"),
            transaction(self.registry, self.clerk_ids[1]) as two,
        ):
            two["clerk.correction"].browse(second_id).action_apply()
        with transaction(self.registry, self.clerk_ids[1]) as two:
            second = two["clerk.correction"].browse(second_id)
            second.action_reload()
            second.line_ids.quantity = 0
            second.action_apply()
            self.assertEqual(second.document_ids.invoice_line_ids.quantity, 3)

    # Stakes of one person

    @classmethod
    def _limited(cls, login, limit):
        """Commit a clerk with a limit of their own."""
        with transaction(cls.registry) as env:
            clerk = new_test_user(
                env,
                login=login,
                groups="invoicing_clerk.group_clerk",
                company_id=cls.company_id,
                company_ids=[Command.set([cls.company_id])],
            )
            env["clerk.approval.limit"].create(
                {"user_id": clerk.id, "company_id": cls.company_id, "amount": limit}
            )
            cls.clerk_ids.append(clerk.id)
        return len(cls.clerk_ids) - 1

    def _stakes(self, count, authors):
        """Commit corrections of one customer; return the customer and them."""
        with transaction(self.registry) as env:
            partner_id = env["res.partner"].create({"name": "Split"}).id
        return [
            self._correction(authors[index % len(authors)], partner_id)
            for index in range(count)
        ]

    def _apply_at_once(self, correction_ids, person):
        """Press Apply on each from its own connection; return what was refused."""
        barrier = Barrier(len(correction_ids))

        def press(correction_id):
            with self.registry.cursor() as cr:
                env = api.Environment(cr, self.clerk_ids[person], {})
                correction = env["clerk.correction"].browse(correction_id)
                # The snapshot is taken before anybody is done.
                correction.read(["state"])
                barrier.wait()
                try:
                    retrying(correction.action_apply, env)
                except UserError as error:
                    return error.args[0]
            return None

        with ThreadPoolExecutor(len(correction_ids)) as pool:
            return [each for each in pool.map(press, correction_ids) if each]

    def test_stakes_cannot_be_split_at_one_instant(self):
        """One person applies what others entered, each below the limit, at once.

        Each transaction saw none of the others applied, and all went through.
        """
        for limit, count, authors in (
            (20, 2, (0, 1)),
            (40, 3, (0, 1, 0)),
        ):
            person = self._limited(f"limited_{limit}_{count}", limit)
            with self.subTest(limit=limit, count=count):
                corrections = self._stakes(count, authors)
                refused = self._apply_at_once(corrections, person)
                with transaction(self.registry, self.clerk_ids[person]) as env:
                    applied = env["clerk.correction"].browse(corrections)
                    applied = applied.filtered(lambda each: each.state == "applied")
                    credited = sum(applied.mapped("own_stake"))
                self.assertTrue(applied, refused)
                self.assertLessEqual(credited, limit, refused)
                self.assertEqual(len(refused), count - len(applied))

    def test_drafts_of_one_person_at_one_instant(self):
        """Both are open, so that each adds to the other: none needs to be applied."""
        person = self._limited("limited_drafts", 20)
        corrections = self._stakes(2, (person,))
        refused = self._apply_at_once(corrections, person)
        self.assertEqual(len(refused), 2)
        for sentence in refused:
            self.assertRegex(sentence, "needs approval|right now")
