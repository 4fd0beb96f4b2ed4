"""Automation rules of our records, in a database with the app for them; run in a shell.

Fails unless rules on creation, on changes and on a state are called for the work items
that refreshes and steps write, once for each, and not where their filters do not match;
and unless those on creation and changes are called for every other row of ours that
statements write. A webhook gets one call for each item, when the step is committed.
"""

import json
from collections import Counter
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

PREFIX = "automation check: "


def new_rule(env, name, **values):
    items = env["ir.model"]._get("clerk.work.item")
    action = env["ir.actions.server"].create(
        {
            "name": name,
            "model_id": items.id,
            "state": "code",
            "code": f"record.message_post(body='{PREFIX}{name}')",
        }
    )
    return env["base.automation"].create(
        {
            "name": name,
            "model_id": items.id,
            "action_server_ids": [(6, 0, action.ids)],
            **values,
        }
    )


def calls(env, name):
    """Return the items for which a rule was called, once for each call."""
    found = env["mail.message"].search(
        [("model", "=", "clerk.work.item"), ("body", "like", PREFIX + name)]
    )
    return sorted(found.mapped("res_id"))


def expect(what, found, expected):
    if found != expected:
        raise SystemExit(f"{what}: {found} instead of {expected}")


def draft(env, amount):
    return env["account.move"].create(
        {
            "move_type": "out_invoice",
            "partner_id": env.ref("base.res_partner_12").id,
            "invoice_date": env.cr.now().date(),
            "invoice_line_ids": [(0, 0, {"name": "x", "price_unit": amount})],
        }
    )


# Rows that SQL inserts or updates: a rule on them is called as on any others.
WRITTEN_BY_SQL = (
    *("clerk.receivable", "clerk.statement", "clerk.audit.confirmation"),
    *("clerk.audit.exception", "clerk.billing.finding"),
)


def collecting_rule(env, model, trigger):
    """Let a rule note in a parameter for which rows of a model it was called."""
    key = f"automation_check.{model}.{trigger}"
    action = env["ir.actions.server"].create(
        {
            "name": key,
            "model_id": env["ir.model"]._get_id(model),
            "state": "code",
            "code": "params = env['ir.config_parameter'].sudo()\n"
            f"known = params.get_param('{key}', '')\n"
            f"params.set_param('{key}', known + ' ' + str(record.id))",
        }
    )
    env["base.automation"].create(
        {
            "name": key,
            "model_id": env["ir.model"]._get_id(model),
            "trigger": trigger,
            "action_server_ids": [(6, 0, action.ids)],
        }
    )


def collected(env, model, trigger):
    key = f"automation_check.{model}.{trigger}"
    known = env["ir.config_parameter"].get_param(key, "")
    return sorted(int(each) for each in known.split())


def check_findings(env, company):
    """Findings: added, accepted, no longer found, and nothing without a change."""
    found = env["clerk.billing.finding"].search([("company_id", "=", company.id)])
    known = set(found.ids)
    checks = env["clerk.billing.check"]
    checks._run_all(company)
    found = found.search([("company_id", "=", company.id)])
    added = sorted(set(found.ids) - known)
    expect("findings are added", bool(added), True)
    expect("findings", collected(env, found._name, "on_create"), added)
    checks._run_all(company)
    expect("findings again", collected(env, found._name, "on_create"), added)
    changed = collected(env, found._name, "on_write")
    finding = found.browse(added).filtered(lambda each: each.state == "open")[:1]
    clerk = env.ref("invoicing_clerk.demo_user_clerk")
    finding.with_user(clerk)._accept("Agreed")
    changed = sorted([*changed, finding.id])
    expect("accepted", collected(env, found._name, "on_write"), changed)
    finding.move_id.button_draft()
    finding.move_id.button_cancel()
    before = {each: each.state for each in found.search([])}
    checks._run_all(company)
    called = Counter(collected(env, found._name, "on_write")) - Counter(changed)
    gone = [each.id for each in before if before[each] != each.state == "gone"]
    expect("a finding is no longer found", finding.id in gone, True)
    expect("no longer found", {each: called[each] for each in gone}, Counter(gone))


def check_other_models(env):
    """Balances, statements, confirmation requests and exceptions of audit tests."""
    for model in WRITTEN_BY_SQL:
        collecting_rule(env, model, "on_create")
        collecting_rule(env, model, "on_write")
    company = env.ref("base.main_company")
    start = env.cr.now().date()
    partner = env["res.partner"].create({"name": "Automated"})
    invoice = draft(env, 500.0)
    invoice.partner_id = partner
    invoice.action_post()
    env["clerk.receivable"]._update_from_ledger()
    row = env["clerk.receivable"].search([("partner_id", "=", partner.id)])
    expect("balance", collected(env, "clerk.receivable", "on_create"), row.ids)
    invoice.button_draft()
    invoice.invoice_line_ids.price_unit = 600.0
    invoice.action_post()
    env["clerk.receivable"]._update_from_ledger()
    changed = collected(env, "clerk.receivable", "on_write")
    expect("changed balance", changed.count(row.id), 1)
    run = env["clerk.statement.run"].create(
        {"name": "Automated", "company_id": company.id, "date": start}
    )
    run.action_compute()
    made = sorted(run.statement_ids.ids)
    expect("statements", collected(env, "clerk.statement", "on_create"), made)
    auditor = env.ref("invoicing_clerk.demo_user_auditor")
    audit = env["clerk.audit"].create(
        {
            "name": "Automated",
            "company_id": company.id,
            "date_from": start.replace(month=1, day=1),
            "date_to": start,
            "auditor_ids": [(4, auditor.id)],
        }
    )
    test = env["clerk.audit.test"].search([("code", "=", "DUP")])
    tested = env["clerk.audit.run"].create({"audit_id": audit.id, "test_id": test.id})
    twin = invoice.copy({"invoice_date": start, "ref": "PO 1"})
    (twin + twin.copy({"invoice_date": start, "ref": "PO 1"})).action_post()
    tested.action_run()
    found = sorted(tested.exception_ids.ids)
    expect("exceptions", bool(found), True)
    expect("exceptions", collected(env, "clerk.audit.exception", "on_create"), found)
    runs = env["clerk.audit.confirmation.run"].with_user(auditor)
    asked = runs.create({"name": "Automated", "audit_id": audit.id, "date": start})
    asked.action_compute()
    letters = sorted(asked.confirmation_ids.ids)
    expect("letters", collected(env, "clerk.audit.confirmation", "on_create"), letters)
    check_findings(env, company)
    print("automation rules of all rows that statements write are called")


class Receiver(BaseHTTPRequestHandler):
    """Keep what webhooks send."""

    received = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.received.append(json.loads(body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args):
        """Keep the output for the checks."""


def check_webhook(env, items):
    """Send one call for each item that a step writes, and none before the commit."""
    server = HTTPServer(("127.0.0.1", 0), Receiver)
    Thread(target=server.serve_forever, daemon=True).start()
    model = env["ir.model"]._get(items._name)
    action = env["ir.actions.server"].create(
        {
            "name": "webhook",
            "model_id": model.id,
            "state": "webhook",
            "webhook_url": f"http://127.0.0.1:{server.server_port}/",
            "webhook_field_ids": [
                (4, env["ir.model.fields"]._get(items._name, "state").id)
            ],
        }
    )
    env["base.automation"].create(
        {
            "name": "webhook",
            "model_id": model.id,
            "trigger": "on_write",
            "action_server_ids": [(6, 0, action.ids)],
        }
    )
    items.action_claim()
    expect("webhook before the commit", Receiver.received, [])
    env.cr.commit()
    server.shutdown()
    sent = sorted((each["_id"], each["state"]) for each in Receiver.received)
    expect("webhook", sent, [(item.id, "in_progress") for item in items.sorted("id")])
    print("a webhook of work items is called")


def main(env):
    worklist = env.ref("invoicing_clerk.worklist_draft")
    worklist.action_refresh()
    state = env["ir.model.fields"]._get("clerk.work.item", "state")
    amount = env["ir.model.fields"]._get("clerk.work.item", "amount")
    done = env["ir.model.fields.selection"].search(
        [("field_id", "=", state.id), ("value", "=", "done")]
    )
    new_rule(env, "created", trigger="on_create")
    new_rule(
        env,
        "large",
        trigger="on_create_or_write",
        filter_domain="[('amount', '>', 5000)]",
        trigger_field_ids=[(6, 0, amount.ids)],
    )
    new_rule(
        env,
        "claimed",
        trigger="on_write",
        filter_pre_domain="[('state', '=', 'open')]",
        filter_domain="[('state', '=', 'in_progress')]",
    )
    new_rule(
        env,
        "finished",
        trigger="on_state_set",
        trg_selection_field_id=done.id,
        filter_domain="[('state', '=', 'done')]",
    )
    small, large = draft(env, 10.0), draft(env, 9000.0)
    worklist.action_refresh()
    items = env["clerk.work.item"].search(
        [("worklist_id", "=", worklist.id), ("res_id", "in", (small + large).ids)]
    )
    item_of = {item.res_id: item for item in items}
    expect("created", calls(env, "created"), sorted(items.ids))
    expect("large", calls(env, "large"), [item_of[large.id].id])
    # Nothing changes: nothing is called.
    worklist.action_refresh()
    expect("again", calls(env, "created"), sorted(items.ids))
    expect("again", calls(env, "large"), [item_of[large.id].id])
    # A change of the record, and of another value.
    small.invoice_line_ids.price_unit = 8000.0
    large.partner_id = env.ref("base.res_partner_2")
    worklist.action_refresh()
    expect("changed", calls(env, "large"), sorted(items.ids))
    # Steps of a clerk.
    clerk = env.ref("invoicing_clerk.demo_user_clerk")
    items.with_user(clerk)[0].action_claim()
    expect("claimed", calls(env, "claimed"), items[0].ids)
    items.with_user(clerk)[0].action_done()
    expect("finished", calls(env, "finished"), items[0].ids)
    expect("claimed once", calls(env, "claimed"), items[0].ids)
    taken = env["clerk.work.item"].with_user(clerk)._take_next(worklist)
    expect("taken", calls(env, "claimed"), sorted((items[0] + taken).ids))
    print("automation rules of work items are called")
    free = [("worklist_id", "=", worklist.id), ("state", "=", "open")]
    check_webhook(env, env["clerk.work.item"].with_user(clerk).search(free, limit=3))
    check_other_models(env)


main(env)
