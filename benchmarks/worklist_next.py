"""Twenty clerks press Next, each in a process and on a connection of their own.

Processes are forked from one that has loaded Odoo, as its workers are. The figures are
the cost behind the web server: the transaction, with retries, until the action that
opens the record. *Paced* is a busy office: each clerk presses at random, on average a
second after the last response. *At once* is the worst case: all twenty press in one
instant, again and again, on however many processors there are.
"""

import json
import random
import tempfile
import time
from multiprocessing import get_context
from pathlib import Path

import psycopg2

from odoo import api
from odoo.service.model import retrying
from odoo.sql_db import connection_info_for

from .office import connect_anew

CLERKS = 20
PRESSES = 100
FLOOR = """
    UPDATE clerk_work_item SET state = 'in_progress', user_id = %s WHERE id = (
        SELECT id FROM clerk_work_item
         WHERE worklist_id = %s AND user_id IS NULL AND state = 'open'
         ORDER BY user_id, score DESC, deadline, id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id"""


def press(registry, uid, worklist_id):
    """Press as the web client does, and return the record that was opened."""
    with registry.cursor() as cr:
        env = api.Environment(cr, uid, {})
        worklist = env["clerk.worklist"].browse(worklist_id)
        return retrying(worklist.action_next, env).get("res_id")


def press_by_hand(cr, uid, worklist_id):
    """Run the same statement without access rights, history and ORM: the floor."""
    cr.execute(FLOOR, [uid, worklist_id])
    item = cr.fetchone()[0]
    cr.connection.commit()
    return item


def measure(registry, uids, worklist_id, pause, presses=PRESSES, by_hand=False):
    """Return the seconds of every press, and the number of items taken twice."""
    context = get_context("fork")
    barrier = context.Barrier(len(uids))
    with tempfile.TemporaryDirectory() as folder:
        clerks = [
            context.Process(
                target=_clerk,
                args=(_once(registry, uid, worklist_id, by_hand), pause, presses),
                kwargs={"together": barrier, "file": Path(folder, f"{uid}.json")},
            )
            for uid in uids
        ]
        for clerk in clerks:
            clerk.start()
        for clerk in clerks:
            clerk.join()
            assert not clerk.exitcode, "a clerk failed, see the error above"
        files = [Path(folder, f"{uid}.json") for uid in uids]
        pressed = [each for file in files for each in json.loads(file.read_text())]
    put_back(registry, worklist_id)
    times, records = zip(*pressed, strict=True)
    return times, len(records) - len(set(records))


def _clerk(start, pause, presses, together, file):
    once = start()
    once()  # a worker that has served this clerk before
    random.seed(str(file))
    pressed = []
    for _number in range(presses):
        if pause:
            time.sleep(random.expovariate(1 / pause))
        else:
            together.wait()
        begin = time.perf_counter()
        record = once()
        pressed.append((time.perf_counter() - begin, record))
        assert record, "the list is empty"
    file.write_text(json.dumps(pressed))


def _once(registry, uid, worklist_id, by_hand):
    """Return a function that presses Next, to be called in the clerk's process."""

    def start():
        if not by_hand:
            connect_anew(registry)
            return lambda: press(registry, uid, worklist_id)
        connection = psycopg2.connect(**connection_info_for(registry.db_name)[1])
        cr = connection.cursor()
        return lambda: press_by_hand(cr, uid, worklist_id)

    return start


def percentile(times, share):
    return sorted(times)[int(len(times) * share)]


def put_back(registry, worklist_id):
    with registry.cursor() as cr:
        cr.execute(
            "UPDATE clerk_work_item SET state = 'open', user_id = NULL"
            " WHERE worklist_id = %s AND state = 'in_progress'",
            [worklist_id],
        )
