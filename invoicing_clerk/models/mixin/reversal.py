def reverse_payment(payment, date, ref):
    """Reverse a payment by an entry of its own, and open again what it had paid.

    The payment and its number stay in the books, and so do its reconciliations with
    the bank, which did move the money. Otherwise it is no longer outstanding.

    :param payment: one posted payment with an entry
    :param date: the date of the reversal
    :param ref: the reference of the reversal
    :return: the journal items that are open again, and the reversal
    """
    liquidity, counterpart, _others = payment._seek_for_lines()
    partials = counterpart.matched_debit_ids | counterpart.matched_credit_ids
    paid = partials.debit_move_id | partials.credit_move_id
    reversal = payment.move_id._reverse_moves([{"date": date, "ref": ref}])
    reversal.action_post()
    partials.unlink()
    _reconcile_by_account(counterpart, reversal)
    if not (liquidity.matched_debit_ids | liquidity.matched_credit_ids):
        _reconcile_by_account(liquidity, reversal)
    return paid - counterpart, reversal


def posted_reversals(payment):
    """Return the posted entries that reverse a payment."""
    return payment.move_id.reversal_move_ids.filtered(
        lambda move: move.state == "posted"
    )


def _reconcile_by_account(lines, reversal):
    for account, group in lines.grouped("account_id").items():
        if account.reconcile:
            mirror = reversal.line_ids.filtered(
                lambda line, account=account: line.account_id == account
            )
            (group | mirror).filtered(lambda line: not line.reconciled).reconcile()
