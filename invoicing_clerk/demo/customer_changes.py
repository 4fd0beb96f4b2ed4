"""Changes of customers, in each state: proposed, waiting, applied and refused."""

REQUESTS = (
    (1, {"vat": "US123456788"}, "letter", "New tax number, see the letterhead."),
    (3, {"email": "invoices@marlow-hyde-attorneys.example.com"}, "mail", "As asked."),
    (7, {"street": "17 Market Street", "city": "San Jose"}, "call", "They moved."),
    (12, {"phone": "+1 555-0212"}, "mail", "New switchboard."),
    (15, {"credit_limit": "30000.0000"}, "internal", "Pays on time for two years."),
)
ACCOUNTS = ((5, "US-ACCT-44718209"), (20, "US-ACCT-90315522"))


def propose_changes(env):
    """Propose changes as the clerk, and decide on some as the supervisor."""
    clerk, supervisor = (
        env.ref(f"invoicing_clerk.demo_user_{role}") for role in ("clerk", "supervisor")
    )
    changes = env["clerk.customer.change"].with_user(clerk)
    made = [
        changes._propose(_customer(changes, number), new, source=source, note=note)
        for number, new, source, note in REQUESTS
    ]
    for number, account in ACCOUNTS:
        made.append(_propose_account(changes, number, account))
    _first, _second, moved, phone, credit, _open, called = made
    for change in (moved, credit):
        change.with_user(supervisor).action_approve()
    phone.with_user(supervisor).action_refuse(
        "The sender is not one of their contacts."
    )
    called.action_call_back(
        called.contact_id, "Priya Nair, bookkeeper", "They changed their bank in May."
    )
    called.with_user(supervisor).action_approve()
    env.ref("base.main_company").write(
        {"clerk_customer_changes": True, "clerk_portal_changes": True}
    )


def _customer(changes, number):
    customer = changes.env.ref(f"invoicing_clerk.demo_customer_{number:03}")
    return customer.with_env(changes.env)


def _propose_account(changes, number, account):
    return changes._propose(
        _customer(changes, number),
        {},
        {"step": "add", "number": account},
        source="mail",
        note="Refunds are to go to this account.",
    )
