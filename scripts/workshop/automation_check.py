"""Automation rules of work items, in a database with the app for them; run in a shell.

Fails unless rules on creation, on changes and on a state are called for the items that
refreshes and steps write, once for each, and not where their filters do not match.
"""

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


main(env)
