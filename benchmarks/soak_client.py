"""A day of twenty clerks at ten times speed, by the calls of the web client.

Run by ``make soak`` against a server with workers and scheduled actions:
``python soak_client.py ADDRESS DATABASE PLAN FIGURES MINUTES SERVER``. A clerk does
something every half a minute, that is every three seconds here: press *Next* and finish
the item, open a screen, find what a caller says, log a call, record a promise, open a
billing error or register a payment. The table has the times of each, what failed, how
often two clerks held one item, deadlocks, and the memory of the server.
"""

import collections
import datetime
import itertools
import json
import random
import statistics
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import psutil
import psycopg2
import requests

from benchmarks.table import Figures, load, milliseconds

PAUSE = 30 / 10
TIMEOUT = 120
MEMORY_PAUSE = 5
# Sentences by which the server refuses what a colleague has done meanwhile.
REFUSALS = ("UserError", "ValidationError", "MissingError")
P95_TARGET = "1,000 ms"


class Office:
    """Plan, times and held items, which all clerks share."""

    def __init__(self, address, plan):
        self.address, self.plan = address, plan
        self.times = collections.defaultdict(list)
        self.refused, self.failed = collections.Counter(), collections.Counter()
        self.held, self.twice = {}, 0
        self.lock = threading.Lock()
        self.is_closed = threading.Event()

    def take(self, item, clerk):
        with self.lock:
            self.twice += self.held.get(item, clerk) != clerk
            self.held[item] = clerk

    def let_go(self, item):
        with self.lock:
            self.held.pop(item, None)


class Clerk:
    """One clerk with a session of the web client."""

    def __init__(self, office, login):
        self.office, self.plan, self.login = office, office.plan, login
        self.random = random.Random(login)
        self.session = requests.Session()
        self.item = None
        answer = self._post(
            "/web/session/authenticate",
            {"db": self.plan["database"], "login": login, "password": login},
        )
        if not answer.get("result", {}).get("uid"):
            raise SystemExit(f"{login} cannot log in.")

    def work(self):
        """Work until the office closes."""
        work = (
            *((self.next_item, 40), (self.desk, 15), (self.item_list, 10)),
            *((self.find, 10), (self.call_pad, 10), (self.customer, 5)),
            *((self.promise, 5), (self.billing_error, 3), (self.payment, 2)),
        )
        tasks, weights = zip(*work, strict=True)
        while not self.office.is_closed.is_set():
            time.sleep(self.random.expovariate(1 / PAUSE))
            [task] = self.random.choices(tasks, weights)
            name = task.__name__.replace("_", " ").capitalize()
            start = time.perf_counter()
            if task() is not None:
                self.office.times[name].append(time.perf_counter() - start)

    # What clerks do: None if it was refused or failed

    def next_item(self):
        """Finish the item at hand, if any, and open the next one."""
        if self.item:
            model, record, context, item = self.item
            self.item = None
            action = self._call(
                model, "action_work_done_next", [record], context=context
            )
            self.office.let_go(item)
        else:
            action = self._call(
                "clerk.worklist", "action_next", [self.plan["worklist"]]
            )
        if not (action and action.get("res_id")):
            return action
        context = action["context"]
        item = context["work_item_id"]
        self.office.take(item, self.login)
        self.item = action["res_model"], action["res_id"], context, item
        names = self.plan["fields"].get(action["res_model"], ["display_name"])
        return self._read(*self.item[:2], dict.fromkeys(names, {}), context)

    def desk(self):
        model, specification = self.plan["screens"]["desk"]
        return self._call(model, "web_search_read", [], specification=specification)

    def item_list(self):
        model, specification = self.plan["screens"]["list"]
        options = {"specification": specification, "limit": 80, "count_limit": 10001}
        return self._call(model, "web_search_read", self.plan["items"], **options)

    def find(self):
        """Type an amount or a part of a name, and read what is found."""
        number = self.random.randrange(1, 10000)
        text = self.random.choice((f"{number / 100:.2f}", f"Customer {number:05}"))
        page = self._call("clerk.find", "create", {"text": text})
        if page is None or self._call("clerk.find", "action_find", [page]) is None:
            return None
        return self._screen("find", page)

    def call_pad(self):
        """Open a call, read the pad and end the call."""
        values = {"partner_id": self._one("customers")}
        call = self._call("clerk.call", "create", values)
        if call is None or self._screen("pad", call) is None:
            return None
        outcome = {"outcome_id": self.plan["outcome"]}
        if self._call("clerk.call", "write", [call], outcome) is None:
            return None
        return self._call("clerk.call", "action_done", [call])

    def customer(self):
        return self._screen("customer", self._one("balances"))

    def promise(self):
        date = datetime.datetime.now(tz=datetime.timezone.utc) + datetime.timedelta(
            days=7
        )
        return self._call(
            "clerk.promise",
            "create",
            {
                "move_ids": [[6, 0, [self._one("invoices")]]],
                "amount": 10.0,
                "date": date.date().isoformat(),
                "source": "email",
            },
        )

    def billing_error(self):
        values = {"move_ids": [[6, 0, [self._one("invoices")]]], "origin": "customer"}
        error = self._call("clerk.billing.error", "create", values)
        if error is None:
            return None
        return self._call("clerk.billing.error", "action_load_lines", [error])

    def payment(self):
        invoice = self._one("invoices")
        context = {"active_model": "account.move", "active_ids": [invoice]}
        name = "account.payment.register"
        wizard = self._call(name, "create", {}, context=context)
        if wizard is None:
            return None
        return self._call(name, "action_create_payments", [wizard], context=context)

    # Calls

    def _one(self, what):
        return self.random.choice(self.plan[what])

    def _screen(self, name, record):
        model, specification = self.plan["screens"][name]
        return self._read(model, record, specification, {})

    def _read(self, model, record, specification, context):
        options = {"specification": specification, "context": context}
        return self._call(model, "web_read", [record], **options)

    def _call(self, model, method, *args, **kwargs):
        """Return the result, or None and count why there is none."""
        params = {"model": model, "method": method, "args": args, "kwargs": kwargs}
        body = self._post(f"/web/dataset/call_kw/{model}/{method}", params)
        if "error" not in body:
            return body.get("result") or True
        data = body["error"].get("data", {})
        name = data.get("name", "?").rsplit(".", 1)[-1]
        counter = self.office.refused if name in REFUSALS else self.office.failed
        counter[f"{model}.{method}: {name}: {str(data.get('message'))[:100]}"] += 1
        return None

    def _post(self, path, params):
        answer = self.session.post(
            f"{self.office.address}{path}",
            json={"jsonrpc": "2.0", "method": "call", "params": params},
            timeout=TIMEOUT,
        )
        answer.raise_for_status()
        return answer.json()


def memory(server):
    """Return the megabytes that the server and its workers use, shared ones once."""
    family = [server, *server.children(recursive=True)]
    total = 0
    for process in family:
        with suppress(psutil.NoSuchProcess):
            total += process.memory_full_info().pss
    return total / 2**20


def deadlocks(database):
    with psycopg2.connect(dbname=database) as connection, connection.cursor() as cr:
        cr.execute(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = %s", [database]
        )
        return cr.fetchone()[0]


def open_office(office, seconds, server):
    """Let all clerks work for a time; return the memory of the server meanwhile."""
    clerks = [Clerk(office, login) for login in office.plan["logins"]]
    threads = [threading.Thread(target=clerk.work) for clerk in clerks]
    for thread in threads:
        thread.start()
    used, end = [], time.monotonic() + seconds
    while time.monotonic() < end:
        used.append(memory(server))
        time.sleep(MEMORY_PAUSE)
    office.is_closed.set()
    for thread in threads:
        thread.join()
    return used


def show(figures, office, used, dead, minutes):
    count = sum(map(len, office.times.values()))
    clerks = len(office.plan["logins"])
    what = f"{clerks} clerks, {minutes} minutes at ten times speed: actions"
    figures.add(what, f"{count:,}")
    for name, times in sorted(office.times.items()):
        p95 = statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
        figures.add(f"{name}, {len(times):,} times: p95", milliseconds(p95), P95_TARGET)
        figures.add("  median", milliseconds(statistics.median(times)))
    figures.add("Items held by two clerks", str(office.twice), "0")
    figures.add("Deadlocks", str(dead), "0")
    figures.add("Errors", str(sum(office.failed.values())), "0")
    for text, number in itertools.chain(
        office.failed.most_common(), office.refused.most_common(9)
    ):
        figures.add(f"  {number} times {text}", "")
    figures.add("Refused with a sentence", str(sum(office.refused.values())))
    quarter = max(1, len(used) // 4)
    early = statistics.fmean(used[quarter : 2 * quarter] or used)
    late = statistics.fmean(used[-quarter:])
    figures.add("Memory of all workers, second quarter", f"{early:,.0f} MB")
    figures.add("  last quarter", f"{late:,.0f} MB", f"{early * 1.1:,.0f} MB")
    figures.add("Load of the machine at the end", load())


def main(address, plan, path, minutes, pid):
    """Return 1 if an item was held by two, or something failed or was deadlocked."""
    office = Office(address, json.loads(Path(plan).read_text()))
    database = office.plan["database"]
    before = deadlocks(database)
    used = open_office(office, float(minutes) * 60, psutil.Process(int(pid)))
    dead = deadlocks(database) - before
    show(Figures(path), office, used, dead, minutes)
    return int(bool(office.twice or dead or office.failed))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
