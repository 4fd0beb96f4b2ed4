"""Attack a served demo company by RPC and HTTP, and print a table of what happened.

Runs in the Python environment: ``python attack_client.py ADDRESS DATABASE PLAN TESTS``.
Each row of the table is a sweep: the inputs tried, how many were refused, and the
defects: an answer to somebody without the right, a change in the database by them, or
an error that is no sentence. A sweep in which nothing at all is accepted where
something must be counts as a defect too: it would not have reached the code.
"""

import importlib.util
import itertools
import json
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import attack_foreign
import attack_written
import psycopg2
import requests
from psycopg2 import sql

ROLES = ("clerk", "supervisor", "auditor")
# An employee without a role, a customer with a login, and somebody without one.
STRANGERS = ("stranger", "visitor", "public")
MISSING = 999_999_999
WORKERS = 4
TIMEOUT = 60
SHOWN = 60
SERVER_ERROR = 500
# What somebody without a right must not change, whatever is called.
CORE_TABLES = ("account_move", "account_move_line", "account_partial_reconcile")


@dataclass
class Sweep:
    """A row of the table."""

    letter: str
    name: str
    tried: int = 0
    refused: int = 0
    defects: list = field(default_factory=list)

    def count(self, attempt, verdict):
        self.tried += 1
        self.refused += verdict.refused
        if verdict.defect:
            self.defects.append(f"{attempt}: {verdict.defect}")

    def expect(self, condition, defect):
        if not condition:
            self.defects.append(defect)


@dataclass
class Verdict:
    refused: bool
    defect: str = ""


class Attacker:
    """Sessions of all people, one connection for each thread."""

    def __init__(self, address, database, hostile):
        self.address, self.database, self.hostile = address, database, hostile
        self._local = threading.local()
        self._cookies = {who: self._login(who) for who in (*ROLES, *STRANGERS)}

    def _login(self, who):
        if who == "public":
            return {}
        values = {"db": self.database, "login": who, "password": who}
        answer = requests.post(
            f"{self.address}/web/session/authenticate",
            json={"jsonrpc": "2.0", "params": values},
            timeout=TIMEOUT,
        )
        if not answer.json().get("result", {}).get("uid"):
            raise SystemExit(f"{who} cannot log in: {answer.text[:300]}")
        return {"session_id": answer.cookies["session_id"]}

    def _session(self, who):
        sessions = vars(self._local).setdefault("sessions", {})
        if who not in sessions:
            sessions[who] = requests.Session()
            sessions[who].cookies.update(self._cookies[who])
        return sessions[who]

    def call(self, who, model, method, args, kwargs=None):
        """Call a method as a program does.

        :return: the name of the error, or an empty text; and its message
        """
        params = {
            "model": model,
            "method": method,
            "args": args,
            "kwargs": kwargs or {},
        }
        answer = self._session(who).post(
            f"{self.address}/web/dataset/call_kw/{model}/{method}",
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
            headers={"Content-Type": "application/json"},
            timeout=TIMEOUT,
        )
        try:
            body = answer.json()
        except ValueError:
            # The answer of HTTP to a request that is refused before it is read.
            return f"HTTP {answer.status_code}", answer.text[:200]
        if "error" not in body:
            return "", body.get("result")
        data = body["error"].get("data", {})
        return data.get("name", "?").rsplit(".", 1)[-1], str(data.get("message"))[:200]

    def get(self, who, path, **options):
        return self._session(who).request(
            options.pop("method", "GET"),
            f"{self.address}{path}",
            timeout=TIMEOUT,
            allow_redirects=False,
            **options,
        )

    def sentence(self, error, message):
        """Judge a call that may be accepted: otherwise it is refused by a sentence."""
        if not error:
            return Verdict(refused=False)
        known = error in self.hostile.SENTENCES or error.startswith("HTTP 4")
        return Verdict(True, "" if known else f"{error}: {message}")

    def nothing(self, error, result):
        """Judge a search that must find nothing, or be refused."""
        if not error and result:
            return Verdict(refused=False, defect=f"found {str(result)[:120]}")
        return self.sentence(error, result)

    def refusal(self, error, message):
        """Judge a call that must be refused."""
        verdict = self.sentence(error, message)
        return verdict if error else Verdict(False, f"answered {str(message)[:120]}")


def run(sweep, attempts):
    """Make all attempts, some at once; each is a text and a function for a verdict."""

    def make(attempt):
        text, act = attempt
        try:
            return text, act()
        except requests.Timeout:
            return text, Verdict(False, f"no answer within {TIMEOUT} s")
        except requests.ConnectionError as error:
            return text, Verdict(False, f"no answer: {error}")

    with ThreadPoolExecutor(WORKERS) as pool:
        for text, verdict in pool.map(make, attempts):
            sweep.count(text, verdict)
    return sweep


# Sweeps


def filters(attacker, plan):
    """A: texts of users that are code, or ask for what may not be read."""
    hostile = attacker.hostile
    for (model, name), who in itertools.product(plan["filters"], ROLES):
        filters = hostile.FILTERS + hostile.UNFIT_FILTERS
        texts = filters if "domain" in name else hostile.PATHS
        ids = plan["models"][model]["own"][:1]
        if not ids or not plan["access"][who][model]["write"]:
            continue
        for text in texts:
            yield (
                f"{who} {model}.{name} = {text[:50]!r}",
                lambda w=who, m=model, n=name, i=ids, t=text: attacker.refusal(
                    *attacker.call(w, m, "write", [i, {n: t}])
                ),
            )


def links(attacker, plan):
    """F: records of other companies, linked in a form or in a new record."""
    for model, who in itertools.product(plan["ours"], ROLES):
        about, access = plan["models"][model], plan["access"][who][model]
        for name, comodel in about["links"].items():
            others = plan["models"].get(comodel, {}).get("others")
            if not others or not access["create"]:
                continue
            vals = {name: others[0]}
            spec = {each: {} for each in (*about["fields"], name)}
            calls = {"create": [vals], "onchange": [[], vals, [name], spec]}
            if plan["access"][who][comodel]["see_others"]:
                # A form may show what Odoo shows everybody, but not be saved with it.
                del calls["onchange"]
            for method, args in calls.items():
                yield (
                    f"{who} {method} {model}.{name}",
                    lambda w=who, m=model, c=method, a=args: attacker.refusal(
                        *attacker.call(w, m, c, a)
                    ),
                )


def core_fields(attacker, plan):
    """F: fields of ours on records of other apps, for people without a role."""
    readable = attacker.hostile.READABLE_BY_ALL
    for (model, name, kind, stored, searched), who in itertools.product(
        plan["core_fields"], STRANGERS
    ):
        if (model, name) in readable:
            continue
        ids = plan["models"][model]["own"][:1]
        asks = [("read", [ids, [name]]), ("export_data", [ids, [name]])]
        if stored or searched:
            value = attack_written.PLAUSIBLE.get(kind, 1)
            value = 1 if kind in ("one2many", "many2many") else value
            asks.append(("search_count", [[[name, "in", [value]]]]))
        if stored:
            asks.append(("formatted_read_group", [[], [name], ["__count"]]))
        for method, args in asks:
            yield (
                f"{who} {method} {model}.{name}",
                lambda w=who, m=model, c=method, a=args: attacker.refusal(
                    *attacker.call(w, m, c, a)
                ),
            )


def methods(attacker, plan, people, target, judge, answers=()):
    """F: every public method, with no arguments and with hostile ones."""
    for method, who in itertools.product(plan["methods"], people):
        model, name = method["model"], method["name"]
        if model not in plan["models"] or (model, name) in answers:
            continue
        for ids, args in itertools.product(
            target(plan["models"][model]), _arguments(attacker.hostile, method)
        ):
            if method["of_model"] and target is others:
                continue
            sent = list(args) if method["of_model"] else [ids, *args]
            yield (
                f"{who} {model}.{name}({str(sent)[:60]})",
                lambda w=who, m=model, n=name, a=sent: judge(
                    *attacker.call(w, m, n, a)
                ),
            )


def _arguments(hostile, method):
    if not method["needs"]:
        yield ()
    if method["takes"]:
        for value in hostile.ARGUMENTS:
            yield (value,) * max(method["needs"], 1)


def everything(model):
    return [], [MISSING], model["own"]


def own(model):
    return [], model["own"] or [MISSING]


def others(model):
    return [model["others"]] if model["others"] else []


def routes(attacker, plan):
    """C, E: every route of ours, with identifiers and parameters of an attacker."""
    for (path, verbs, kind), who in itertools.product(
        plan["routes"], (*ROLES, *STRANGERS)
    ):
        for key, verb in itertools.product(("0", str(MISSING), "1", "abc"), verbs):
            for params in attacker.hostile.PARAMETERS:
                options = {"method": verb}
                if kind == "jsonrpc":
                    options["json"] = {"jsonrpc": "2.0", "params": params}
                else:
                    options["params" if verb == "GET" else "data"] = params
                place = _filled(path, key)
                yield (
                    f"{who} {verb} {place} {str(params)[:40]}",
                    lambda w=who, p=place, o=options: _page(attacker, w, p, dict(o)),
                )


def requests_of_other_kinds(attacker, plan):
    """E: bodies, types, methods and headers that a route does not expect."""
    hostile = attacker.hostile
    options = [
        *(
            {"method": "POST", "data": body, "headers": {"Content-Type": kind}}
            for kind, body in hostile.BODIES
        ),
        *({"headers": each} for each in hostile.HEADERS),
        *({"method": verb} for verb in ("PUT", "DELETE", "HEAD", "OPTIONS", "FOO")),
    ]
    plain = {"method": "GET"}
    options.append(plain)
    keys = ("1", "9" * 5_000)
    for (path, _verbs, _kind), who, option, key in itertools.product(
        plan["routes"], (*ROLES, *STRANGERS), options, keys
    ):
        if key != keys[0] and option is not plain:
            continue
        place = _filled(path, key)
        yield (
            f"{who} {place[:60]} {str(option)[:60]}",
            lambda w=who, p=place, o=option: _page(attacker, w, p, dict(o)),
        )


def _filled(path, key):
    parts = path.split("/")
    return "/".join(key if part.startswith("<") else part for part in parts)


def _page(attacker, who, path, options):
    answer = attacker.get(who, path, **options)
    if answer.status_code >= SERVER_ERROR:
        return Verdict(False, f"HTTP {answer.status_code}")
    try:
        error = answer.json()["error"]["data"]["name"].rsplit(".", 1)[-1]
    except (ValueError, KeyError, TypeError):
        return Verdict(refused=answer.status_code != requests.codes.ok)
    return attacker.sentence(error, "")


def reports(attacker, plan):
    """E: every report of ours, without what it needs."""
    for (name, model), who in itertools.product(plan["reports"], (*ROLES, *STRANGERS)):
        own_ids = plan["models"].get(model, {}).get("own") or [MISSING]
        for ids in ("", "/0", f"/{MISSING}", "/abc", "/1,abc", f"/{own_ids[0]}"):
            path = f"/report/html/{name}{ids}"
            yield (
                f"{who} {path}",
                lambda w=who, p=path: _page(attacker, w, p, {}),
            )


# What changed in the database


class Ledger:
    """A number for the contents of each table, to see what somebody changed."""

    def __init__(self, database, plan):
        self._connection = psycopg2.connect(dbname=database)
        self._connection.autocommit = True
        tables = {
            plan["models"][model]["table"]
            for model in plan["ours"]
            if plan["models"][model]["auto"] and not plan["models"][model]["transient"]
        }
        self._tables = sorted(tables | set(CORE_TABLES))

    def contents(self):
        with self._connection.cursor() as cursor:
            return {table: self._content(cursor, table) for table in self._tables}

    def _content(self, cursor, table):
        cursor.execute(
            sql.SQL(
                "SELECT COUNT(*), SUM(HASHTEXT(row::text)::bigint) FROM {} AS row"
            ).format(sql.Identifier(table))
        )
        return cursor.fetchone()

    def changes(self, before):
        now = self.contents()
        return [table for table in self._tables if now[table] != before[table]]


def attack(attacker, plan, ledger):
    """Make all sweeps; those of people without rights first."""
    hostile = attacker.hostile
    before = ledger.contents()
    yield run(Sweep("F", "fields on core records"), core_fields(attacker, plan))
    strangers = methods(
        attacker, plan, STRANGERS, own, attacker.refusal, hostile.ANSWERS_ANYBODY
    )
    sweep = run(Sweep("F", "methods, without a role"), strangers)
    sweep.defects += [f"a stranger changed {each}" for each in ledger.changes(before)]
    yield sweep
    foreign = methods(attacker, plan, ROLES, others, attacker.refusal)
    yield run(Sweep("F", "methods, other companies"), foreign)
    sweep = run(
        Sweep("F", "reads and writes, other companies"),
        attack_foreign.reads(attacker, plan, ROLES),
    )
    for model in (
        "clerk.billing.error",
        "clerk.statement.run",
    ):
        sweep.expect(plan["models"][model]["others"], f"{model}: no other company")
    yield sweep
    yield run(Sweep("F", "links to other companies"), links(attacker, plan))
    yield run(Sweep("A", "filters and paths"), filters(attacker, plan))
    yield run(
        Sweep("B, D", "fields that steps set"),
        attack_written.guarded(attacker, plan, ROLES),
    )
    in_lists = attack_written.guarded_in_lists(attacker, plan, ROLES)
    yield run(Sweep("B, D", "fields that steps set, in lists"), in_lists)
    yield run(Sweep("C, E", "routes and tokens"), routes(attacker, plan))
    odd = requests_of_other_kinds(attacker, plan)
    yield run(Sweep("E", "requests of other kinds"), odd)
    yield run(Sweep("E", "reports"), reports(attacker, plan))
    before = ledger.contents()
    auditors = methods(attacker, plan, ["auditor"], everything, attacker.sentence)
    sweep = run(Sweep("F", "methods, as auditor"), auditors)
    sweep.defects += [
        f"an auditor changed {table}"
        for table in ledger.changes(before)
        if not table.startswith("clerk_audit") and table not in hostile.DERIVED_TABLES
    ]
    yield sweep
    yield run(
        Sweep("E", "values of fields"), attack_written.values(attacker, plan, ROLES)
    )
    yield run(
        Sweep("E", "new records and forms"),
        attack_written.creations(attacker, plan, ROLES),
    )
    yield run(
        Sweep("E", "records created by name"),
        attack_written.names(attacker, plan, ROLES),
    )
    people = methods(
        attacker, plan, ["clerk", "supervisor"], everything, attacker.sentence
    )
    sweep = run(Sweep("F", "methods, as clerk and supervisor"), people)
    sweep.expect(sweep.tried - sweep.refused > 100, "hardly a method answered")
    yield sweep


def spread(defects):
    """Return defects of as many sweeps as possible first."""
    rows = itertools.zip_longest(*defects)
    return [defect for row in rows for defect in row if defect]


def show(sweeps, seconds):
    row = "{:<6}{:<36}{:>9}{:>9}{:>9}"
    print(row.format("Line", "Sweep", "Tried", "Refused", "Defects"))  # noqa: T201
    for each in sweeps:
        counts = each.tried, each.refused, len(each.defects)
        print(row.format(each.letter, each.name, *counts))  # noqa: T201
    defects = spread(each.defects for each in sweeps)
    for defect in defects[:SHOWN]:
        print(f"  {defect}")  # noqa: T201
    total = sum(each.tried for each in sweeps)
    print(f"{total} inputs in {seconds:.0f} s, {len(defects)} defects")  # noqa: T201
    return bool(defects)


def load(tests):
    spec = importlib.util.spec_from_file_location("hostile", tests / "hostile.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main(address, database, plan, tests):
    plan, start = json.loads(Path(plan).read_text()), time.monotonic()
    attacker = Attacker(address, database, load(Path(tests)))
    sweeps = []
    for sweep in attack(attacker, plan, Ledger(database, plan)):
        sweeps.append(sweep)
        sweep.expect(sweep.tried, f"{sweep.name}: nothing was tried")
    return show(sweeps, time.monotonic() - start)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
