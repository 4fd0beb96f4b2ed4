from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api
from odoo.exceptions import LockError
from odoo.fields import Command
from odoo.service.model import retrying
from odoo.tests import BaseCase, new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.invoicing_clerk.models.mixin.changes import Changes
from odoo.addons.invoicing_clerk.tests.copied_database import (
    copied_database,
    current_database,
    transaction,
)

PEOPLE = 20


@tagged("post_install", "-at_install")
class TestWorklistConcurrency(BaseCase):
    """Twenty clerks press Next at once, on real connections, while lists refresh."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.registry = cls.enterClassContext(copied_database(current_database()))
        with transaction(cls.registry) as env:
            env["clerk.worklist"].search([]).active = False
            cls.clerk_ids = [
                new_test_user(
                    env,
                    login=f"clerk_{number}",
                    groups="invoicing_clerk.group_clerk",
                    company_ids=[Command.set(env.company.ids)],
                ).id
                for number in range(PEOPLE)
            ]

    def _worklist(self, ref, number):
        with transaction(self.registry) as env:
            env["res.partner"].create(
                [{"name": f"{ref} {index}", "ref": ref} for index in range(number)]
            )
            worklist = env["clerk.worklist"].create(
                {
                    "name": ref,
                    "model_id": env["ir.model"]._get_id("res.partner"),
                    "domain": str([("ref", "=", ref)]),
                }
            )
            worklist._refresh()
            return worklist.id

    def _in_request(self, uid, call):
        """Call as the web server does, which retries after serialization failures."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, uid, {})
            return retrying(lambda: call(env), env)

    def _press(self, uid, worklist_id, times):
        def take(env):
            worklist = env["clerk.worklist"].browse(worklist_id)
            return env["clerk.work.item"]._take_next(worklist).id

        return [self._in_request(uid, take) for _time in range(times)]

    def _at_once(self, *calls):
        barrier = Barrier(len(calls))

        def call(each):
            barrier.wait()
            return each()

        with ThreadPoolExecutor(len(calls)) as pool:
            return [future.result() for future in [pool.submit(call, c) for c in calls]]

    def test_twenty_at_once_get_twenty_items(self):
        worklist_id = self._worklist("twenty", PEOPLE)
        answers = self._at_once(
            *(
                lambda uid=uid: self._press(uid, worklist_id, 1)
                for uid in self.clerk_ids
            )
        )
        taken = [item for (item,) in answers]
        self.assertEqual(len(set(filter(None, taken))), PEOPLE)
        with transaction(self.registry) as env:
            items = env["clerk.work.item"].browse(taken)
            self.assertEqual(items.user_id.ids, sorted(self.clerk_ids))

    def test_next_skips_items_taken_since_the_snapshot(self):
        """Next goes on where ``search`` and ``try_lock_for_update`` fail."""
        worklist_id = self._worklist("snapshot", 3)
        domain = [("worklist_id", "=", worklist_id), ("state", "=", "open")]
        with transaction(self.registry, self.clerk_ids[0]) as first:
            free = first["clerk.work.item"].search(domain)
            self.assertEqual(len(free), 3)
            with transaction(self.registry, self.clerk_ids[1]) as second:
                taken = self._take_in(second, worklist_id)
            self.assertEqual(taken.id, free[0].id)
            with (
                self.assertRaises(SerializationFailure),
                mute_logger("odoo.sql_db"),
                first.cr.savepoint(),
            ):
                first["clerk.work.item"].search(domain).try_lock_for_update(limit=1)
            self.assertEqual(self._take_in(first, worklist_id), free[1])

    def test_next_gives_what_somebody_only_tried_to_take(self):
        worklist_id = self._worklist("rolled back", 1)
        with transaction(self.registry, self.clerk_ids[0]) as first:
            first.cr.execute("SELECT 1")  # takes the snapshot
            with self.registry.cursor() as cr:
                second = api.Environment(cr, self.clerk_ids[1], {})
                item = self._take_in(second, worklist_id)
                cr.rollback()
            self.assertEqual(self._take_in(first, worklist_id).id, item.id)

    def test_next_repeats_the_request_if_all_items_were_touched(self):
        worklist_id = self._worklist("touched", 1)
        with transaction(self.registry, self.clerk_ids[0]) as first:
            first.cr.execute("SELECT 1")
            with transaction(self.registry, self.clerk_ids[1]) as second:
                self._take_in(second, worklist_id)
            with self.assertRaises(SerializationFailure), first.cr.savepoint():
                self._take_in(first, worklist_id)
        self.assertEqual(self._press(self.clerk_ids[0], worklist_id, 1), [False])

    def _take_in(self, env, worklist_id):
        worklist = env["clerk.worklist"].browse(worklist_id)
        return env["clerk.work.item"]._take_next(worklist)

    def test_refresh_and_next_at_once_lose_nothing(self):
        worklist_id = self._worklist("both", 60)

        def refresh():
            for number in range(6):
                self._in_request(SUPERUSER_ID, lambda env, n=number: change(env, n))

        def change(env, number):
            env["res.partner"].create({"name": f"both more {number}", "ref": "both"})
            env["clerk.worklist"].browse(worklist_id)._refresh()

        answers = self._at_once(
            refresh,
            refresh,
            *(
                lambda uid=uid: self._press(uid, worklist_id, 6)
                for uid in self.clerk_ids[:8]
            ),
        )
        taken = [item for answer in answers[2:] for item in answer if item]
        self.assertEqual(len(taken), 48)
        self.assertEqual(len(set(taken)), 48, "no item is given twice")
        with transaction(self.registry) as env:
            env["clerk.worklist"].browse(worklist_id)._refresh()
        with transaction(self.registry) as env:
            items = env["clerk.work.item"].search([("worklist_id", "=", worklist_id)])
            partners = env["res.partner"].search([("ref", "=", "both")])
            self.assertEqual(sorted(items.mapped("res_id")), sorted(partners.ids))
            self.assertEqual(
                items.filtered(lambda item: item.state == "in_progress"),
                items.browse(taken) & items,
            )

    def test_one_refresh_at_a_time(self):
        worklist_id = self._worklist("alone", 1)
        with transaction(self.registry) as first:
            self.assertTrue(first["clerk.worklist"].browse(worklist_id)._refresh())
            with transaction(self.registry, self.clerk_ids[0]) as second:
                worklist = second["clerk.worklist"].browse(worklist_id)
                notice = worklist.action_refresh()
                self.assertIn("right now", notice["params"]["message"])

    def test_list_edited_in_the_meantime_is_refreshed(self):
        worklist_id = self._worklist("edited", 1)
        with transaction(self.registry) as first:
            worklist = first["clerk.worklist"].browse(worklist_id)
            self.assertEqual(worklist.name, "edited")
            with transaction(self.registry) as second:
                second["clerk.worklist"].browse(worklist_id).name = "edited again"
            changes = Changes(first)
            self.assertTrue(worklist._refresh_in_batch(set(), changes, None))
        with transaction(self.registry) as env:
            worklist = env["clerk.worklist"].browse(worklist_id)
            self.assertEqual(worklist.name, "edited again")

    def test_locked_items_are_refused_and_skipped(self):
        worklist_id = self._worklist("pair", 2)
        with transaction(self.registry, self.clerk_ids[0]) as first:
            item = first["clerk.work.item"]._take_next(
                first["clerk.worklist"].browse(worklist_id)
            )
            with transaction(self.registry, self.clerk_ids[1]) as second:
                with self.assertRaisesRegex(LockError, "Somebody else is working on"):
                    second["clerk.work.item"].browse(item.id).action_claim()
                other = second["clerk.work.item"]._take_next(
                    second["clerk.worklist"].browse(worklist_id)
                )
                self.assertNotEqual(other, item.with_env(second))
                self.assertTrue(other)

    def test_sharing_skips_locked_items(self):
        worklist_id = self._worklist("shared", 6)
        giver, taker = self.clerk_ids[:2]
        with transaction(self.registry) as env:
            items = env["clerk.work.item"].search([("worklist_id", "=", worklist_id)])
            items._hand_over(env["res.users"].browse(giver), "all yours")
            people = [{"user_id": giver, "capacity": 0}, {"user_id": taker}]
            share = env["clerk.workload.share"].create(
                {
                    "worklist_ids": [Command.set([worklist_id])],
                    "person_ids": [Command.create(person) for person in people],
                }
            )
        with transaction(self.registry, giver) as first:
            taken = first["clerk.work.item"]._take_next(
                first["clerk.worklist"].browse(worklist_id)
            )
            with transaction(self.registry) as second:
                notice = share.with_env(second).action_apply()
                self.assertIn("5 items were reassigned", notice["params"]["message"])
        with transaction(self.registry) as env:
            holders = items.with_env(env).grouped("user_id")
            self.assertEqual(holders[env["res.users"].browse(giver)].ids, taken.ids)
            self.assertEqual(len(holders[env["res.users"].browse(taker)]), 5)
