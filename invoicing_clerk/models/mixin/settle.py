from odoo.exceptions import UserError


def settle(item, money, amount):
    """Reconcile an open item with money for an amount, and no more.

    Odoo reconciles as much as it can. Less than that, on an item after which others
    follow, is a reconciliation of exactly this amount.

    :param item: the journal item of an invoice, a bill or a credit
    :param money: the journal item of the payment, on the same account
    :param amount: positive, in the currency of the item
    :raises UserError: the item is in a foreign currency, and only a part is settled
    """
    currency, company = item.currency_id, item.company_id
    possible = min(
        abs(item.amount_residual_currency), abs(money.amount_residual_currency)
    )
    if currency.compare_amounts(amount, possible) >= 0:
        (money + item).reconcile()
        return
    if currency != company.currency_id:
        raise UserError(
            item.env._(
                "%(document)s is in %(currency)s and only partly paid. Apply the "
                "payment on the invoice, the other items first.",
                document=item.move_id.name,
                currency=currency.name,
            )
        )
    debit, credit = (item, money) if item.balance > 0 else (money, item)
    item.env["account.partial.reconcile"].create(
        {
            "debit_move_id": debit.id,
            "credit_move_id": credit.id,
            "amount": amount,
            "debit_amount_currency": amount,
            "credit_amount_currency": amount,
        }
    )
