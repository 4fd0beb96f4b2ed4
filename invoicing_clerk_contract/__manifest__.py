{
    "name": "Invoicing Clerk: Contracts",
    "summary": "Renewals, price revisions, and invoices checked against contracts",
    "version": "19.0.1.0.0",
    "license": "AGPL-3",
    "author": "Invoicing Clerk contributors",
    "category": "Accounting/Accounting",
    "depends": ["invoicing_clerk", "contract"],
    "data": [
        "data/billing_check_data.xml",
        "views/account_move_views.xml",
        "views/billing_finding_views.xml",
    ],
    "auto_install": True,
}
