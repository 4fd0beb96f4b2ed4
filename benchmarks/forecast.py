"""Time and accuracy of payment patterns on a large ledger.

Run by ``make bench-report``. The customers of the generated ledger all pay alike, so
that there is nothing to know of them. Here each gets a habit of its own: due dates of
what is paid are moved so that most payments scatter around the habit, a few are much
later, and a quarter of the customers became slower a year ago. A second ledger is held
out, as the rule was not made with it: customers pay some invoices early, for the
discount, and the others after a letter. All of it is rolled back.
"""

from odoo.tools import SQL

from .office import clerks
from .table import Figures, Watch, load, milliseconds

# Days past due, by ledger.
HABITS = SQL(
    """10 + 12 * SIN(line.partner_id * 7919.0)
       + CASE WHEN MOD(line.partner_id, 4) = 0
           AND paid.on_day > CURRENT_DATE - 365 THEN 12 ELSE 0 END
       + 3 * (paid.noise - 2)
       + CASE WHEN paid.chance < 0.12 THEN -30 * LN(1 - paid.delay) ELSE 0 END"""
)
HELD_OUT = SQL(
    """CASE WHEN paid.chance < 0.2 + 0.06 * MOD(line.partner_id, 10)
           THEN -10 - MOD(line.partner_id, 11) ELSE 14 END
       + 4 * (paid.noise - 2)"""
)


def main(env, path):
    figures = Figures(path)
    env.cr.execute("SELECT SETSEED(0.42)")
    _move_due_dates(env, figures, HABITS)
    _measure_refresh(env, figures)
    _measure_back_test(env(user=clerks(env)[0].id), figures)
    _move_due_dates(env, figures, HELD_OUT)
    _measure_back_test(env(user=clerks(env)[0].id), figures)
    figures.add("Load of the machine after the forecast", load())
    env.cr.rollback()


def _move_due_dates(env, figures, habit):
    """Move due dates so that each customer has paid as late as their habit says."""
    env.cr.execute(
        SQL(
            """UPDATE account_move_line AS line
                  SET date_maturity = paid.on_day - (%(habit)s)::int
                 FROM (SELECT id, on_day, RANDOM() AS chance, RANDOM() AS delay,
                            RANDOM() + RANDOM() + RANDOM() + RANDOM() AS noise
                         FROM (SELECT debit_move_id AS id, MAX(max_date) AS on_day
                                 FROM account_partial_reconcile
                                GROUP BY debit_move_id ORDER BY debit_move_id
                              ) AS settled
                      ) AS paid
                WHERE paid.id = line.id AND line.reconciled
                  AND line.display_type = 'payment_term'""",
            habit=habit,
        )
    )
    ledger = "held out" if habit is HELD_OUT else "with made-up habits"
    figures.add(f"  instalments {ledger}", f"{env.cr.rowcount:,}")
    env.cr.execute("ANALYZE account_move_line")


def _measure_refresh(env, figures):
    patterns = env["clerk.payment.pattern"].sudo()
    seconds, work = Watch(env).time(patterns._refresh)
    count = patterns.search_count([("partner_id", "!=", False)])
    figures.add(
        f"Payment patterns of {count:,} customers",
        milliseconds(seconds),
        "5,000 ms",
        work=milliseconds(work),
    )
    seconds, work = Watch(env).time(patterns._refresh)
    figures.add(
        "  once more, unchanged", milliseconds(seconds), work=milliseconds(work)
    )


def _measure_back_test(env, figures):
    results = []

    def run():
        action = env["clerk.payment.back.test"].action_open()
        results.append(env[action["res_model"]].browse(action["res_id"]))

    seconds, work = Watch(env).time(run)
    [test] = results
    figures.add(
        f"Back-test of {test.payment_count:,} payments in 12 months",
        milliseconds(seconds),
        work=milliseconds(work),
    )
    figures.add("  mean error by pattern, days", f"{test.error:.2f}", "the least")
    figures.add("  by due date", f"{test.error_due:.2f}")
    figures.add("  by mean", f"{test.error_mean:.2f}")
    figures.add("  in the band", f"{test.inside:.1%}", "75–85%")
