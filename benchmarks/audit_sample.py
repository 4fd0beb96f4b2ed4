"""Time that an auditor waits for a sample of all invoices of a large ledger.

Run by ``make bench-audit``. Drawing is all that the button does: read the population,
prove it against the ledger, draw, write the items, keep the population. Comparing is
done again on every evaluation. At most 3 s are allowed for monetary units over 300,000
items; a quarter of the time shows how it grows.
"""

from functools import partial

from .office import engagement
from .table import Figures, Watch, load, milliseconds

ROUNDS = 3
METHODS = ("mus", "random", "systematic", "stratified")
TARGET = "3,000 ms"


def main(env, path):
    figures, watch = Figures(path), Watch(env)
    first, last = _days(env)
    whole = engagement(env, "Samples", first, last)
    quarter = engagement(env, "A quarter", last - (last - first) / 4, last)
    for audit, method in ((quarter, "mus"), *((whole, each) for each in METHODS)):
        _measure(env, figures, watch, _plans(env, audit, method))
    figures.add("Load of the machine after the samples", load())


def _days(env):
    env.cr.execute(
        "SELECT MIN(date), MAX(date) FROM account_move"
        " WHERE move_type = 'out_invoice' AND state = 'posted'"
    )
    return env.cr.fetchone()


def _plans(env, audit, method):
    """Plans of an auditor who tolerates 1 % and expects a fifth of that."""
    _count, total = audit._population("invoices")._totals()
    return audit.env["clerk.audit.sample"].create(
        [
            {
                "audit_id": audit.id,
                "method": method,
                "tolerable": total / 100,
                "expected": total / 500,
                "seed": str(seed),
            }
            for seed in range(ROUNDS)
        ]
    )


def _measure(env, figures, watch, plans):
    """Time of drawing and comparing, for an empty cache as a request has it."""
    drawn, compared = (
        min(_timed(env, watch, getattr(plan, step)) for plan in plans)
        for step in ("action_draw", "action_compare")
    )
    plan = plans[0]
    assert not any(each.ledger_difference or each.change_count for each in plans)
    label = dict(plan._fields["method"]._description_selection(env))[plan.method]
    what = f"{label}: {len(plan.item_ids)} of {plan.population_count:,}"
    target = TARGET if plan.method == "mus" else ""
    figures.add(what, milliseconds(drawn[0]), target, work=milliseconds(drawn[1]))
    figures.add("  compared", milliseconds(compared[0]), work=milliseconds(compared[1]))
    env.cr.commit()


def _timed(env, watch, step):
    env.flush_all()
    env.invalidate_all()
    return watch.time(partial(_done, env, step))


def _done(env, step):
    step()
    env.flush_all()
