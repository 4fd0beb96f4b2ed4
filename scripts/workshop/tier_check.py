"""Corrections where OCA's tier validation reviews credit notes; run in a shell.

Fails unless a clerk who applies a correction is refused with the reviewers and what to
do instead, nothing is posted by that, and a reviewer can apply the correction.
"""

from odoo.exceptions import UserError
from odoo.fields import Command

COMPLETE = ("has to be reviewed by", "is the review", "tier definitions")


def ask_for_reviews(env, reviewer):
    """Let a user review all credit notes before they are posted."""
    env["tier.definition"].create(
        {
            "name": "Credit Notes",
            "model_id": env["ir.model"]._get_id("account.move"),
            "review_type": "individual",
            "reviewer_id": reviewer.id,
            "definition_domain": "[('move_type', '=', 'out_refund')]",
        }
    )


def propose(env, invoice):
    """Return a correction of a price that waits for approval."""
    case = env["clerk.billing.error"].create(
        {
            "move_ids": [Command.set(invoice.ids)],
            "reason_id": env.ref("invoicing_clerk.reason_price").id,
            "origin": "call",
            "description": "Overpriced by 2%.",
        }
    )
    case.action_load_lines()
    line = case.line_ids[0]
    line.claimed_price_unit = case.currency_id.round(line.claimed_price_unit * 0.98)
    case.action_propose_correction()
    case.correction_ids.action_request_approval()
    return case.correction_ids


def refuse(correction):
    """Return what a clerk reads who applies a correction; nothing is kept of it."""
    try:
        with correction.env.cr.savepoint():
            correction.action_apply()
    except UserError as error:
        return str(error)
    return ""


def main(env):
    clerk, supervisor = (
        env.ref(f"invoicing_clerk.demo_user_{who}") for who in ("clerk", "supervisor")
    )
    ask_for_reviews(env, supervisor)
    invoice = env["account.move"].search(
        [
            ("move_type", "=", "out_invoice"),
            ("state", "=", "posted"),
            ("company_id", "=", env.ref("base.main_company").id),
            ("payment_state", "=", "not_paid"),
            ("billing_error_ids", "=", False),
            ("reversal_move_ids", "=", False),
        ],
        order="amount_total desc",
        limit=1,
    )
    correction = propose(env(user=clerk.id), invoice.with_user(clerk))
    correction.with_user(supervisor).action_approve()
    notes = len(invoice.reversal_move_ids)
    sentence = refuse(correction)
    print(sentence)
    missing = [each for each in (supervisor.name, *COMPLETE) if each not in sentence]
    if missing:
        raise SystemExit(f"The refusal lacks {missing}: {sentence!r}")
    env.invalidate_all()
    if len(invoice.reversal_move_ids) != notes or correction.state == "applied":
        raise SystemExit("A refused correction has changed something.")
    correction.with_user(supervisor).action_apply()
    note = invoice.reversal_move_ids[-1:]
    if note.state != "posted" or correction.state != "applied":
        raise SystemExit(f"The reviewer could not apply it: {correction.state}.")
    print(f"{note.name} was posted by {supervisor.name}, who reviews credit notes")


main(env)
