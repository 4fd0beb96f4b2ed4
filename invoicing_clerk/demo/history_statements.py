"""The statements of last month, sent, and those of today, to be reviewed."""

from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields


def send_last_month(env):
    """Create the run of last month as it was sent, and the one to be reviewed."""
    today = fields.Date.context_today(env.user)
    end = today.replace(day=1) - timedelta(days=1)
    sent, new = env["clerk.statement.run"].create(
        [_values(env, "monthly", end), _values(env, "extra", today)]
    )
    for run in (sent, new):
        run.action_compute()
    sent.action_review()
    sent.action_send()
    _mark_sent(sent, end)


def _values(env, kind, day):
    return {
        "kind": kind,
        "company_id": env.ref("base.main_company").id,
        "date": day,
        "date_from": day - relativedelta(months=1) + timedelta(days=1),
    }


def _mark_sent(run, end):
    """Mark the statements as delivered on the days after the end of the month."""
    statements = run.statement_ids.filtered("delivery_state")
    sent_on = fields.Datetime.to_datetime(end) + timedelta(days=1, hours=9)
    sent_on = min(sent_on, fields.Datetime.now())
    statements.write({"delivery_state": "sent", "sent_on": sent_on})
    run._finish_runs()
