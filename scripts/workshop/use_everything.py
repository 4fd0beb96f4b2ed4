"""Use of each capability in a demo company, before it is uninstalled; run in a shell.

Statements are computed, made and sent, a call is logged, a promise made, findings are
accepted and corrected, items claimed, confirmation requests released and an evidence
pack built, after the main job of the demo, which corrects an invoice.
"""

from datetime import timedelta

from odoo.fields import Command, Date

JOBS = (
    ("clerk.statement.run", "_cron_send"),
    ("clerk.audit.pack", "_cron_build"),
    ("clerk.audit.confirmation", "_cron_deliver"),
    ("clerk.promise", "_cron_judge"),
)


def statements(env, company, today):
    run = env["clerk.statement.run"].create(
        {"name": "Used", "company_id": company.id, "date": today}
    )
    run.action_compute()
    run.statement_ids.filtered("has_exception").action_hold()
    if run.state == "computed":
        run.action_review()
    run.action_send()
    return run


def audit(people, company, today, invoice):
    env = people["auditor"]
    engagement = people["supervisor"]["clerk.audit"].create(
        {
            "name": "Used",
            "company_id": company.id,
            "date_from": today - timedelta(days=365),
            "date_to": today,
            "auditor_ids": [Command.link(env.uid)],
        }
    )
    tests = env["clerk.audit.test"].search([])
    for test in tests:
        env["clerk.audit.run"].create({"audit_id": engagement.id, "test_id": test.id})
    env["clerk.audit.run"].search([("audit_id", "=", engagement.id)]).action_run()
    letters = env["clerk.audit.confirmation.run"].create(
        {"audit_id": engagement.id, "date": today}
    )
    letters.action_compute()
    letters.action_release()
    pack = env["clerk.audit.pack"].create(
        {
            "name": "Used",
            "audit_id": engagement.id,
            "move_ids": [Command.set(invoice.ids)],
        }
    )
    pack.action_request()
    return pack


def calls(env, invoice):
    partner = invoice.commercial_partner_id
    call = env["clerk.call"].create({"partner_id": partner.id})
    promise = env["clerk.promise"].create(
        {
            "partner_id": partner.id,
            "move_ids": [Command.set(invoice.ids)],
            "amount": invoice.amount_residual,
            "date": Date.context_today(env["clerk.promise"]),
        }
    )
    return call, promise


def findings(env, company, invoice):
    """Bill an invoice twice; accept one finding, and open a case from the others."""
    invoice.copy({"invoice_date": invoice.invoice_date}).action_post()
    env["clerk.billing.check"]._run_all(company)
    found = env["clerk.billing.finding"].search([("state", "=", "open")])
    found[:1]._accept("Used")
    disputed = found.filtered(
        lambda each: each.state == "open" and each.move_id.state == "posted"
    )[:1]
    disputed.action_open_billing_error()
    return found[:1], disputed.billing_error_id


def work(env):
    env["clerk.worklist"].search([]).action_refresh()
    item = env["clerk.work.item"].search([("state", "=", "open")], limit=1)
    item.action_claim()
    item.message_post(body="Used")
    return [item]


def main(env):
    company, today = env.ref("base.main_company"), env.cr.now().date()
    people = {
        who: env(user=env.ref(f"invoicing_clerk.demo_user_{who}"))
        for who in ("clerk", "supervisor", "auditor")
    }
    invoice = env["account.move"].search(
        [
            ("move_type", "=", "out_invoice"),
            ("state", "=", "posted"),
            ("payment_state", "=", "not_paid"),
            ("company_id", "=", company.id),
        ],
        limit=1,
    )
    for name, use in (
        ("statements", lambda: statements(people["supervisor"], company, today)),
        ("audit", lambda: audit(people, company, today, invoice)),
        ("calls", lambda: calls(people["clerk"], invoice)),
        (
            "findings",
            lambda: findings(
                people["clerk"], company, invoice.with_env(people["clerk"])
            ),
        ),
        ("work", lambda: work(people["supervisor"])),
    ):
        if not all(use()):
            raise SystemExit(f"{name}: nothing was made")
    for model, job in JOBS:
        getattr(env[model], job)()
    env.cr.commit()


main(env)
