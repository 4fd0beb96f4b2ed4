{
    "name": "Invoicing Clerk",
    "version": "19.0.1.0.0",
    "summary": "Billing errors, corrections and the daily work of invoicing clerks",
    "author": "Invoicing Clerk contributors",
    "category": "Accounting/Accounting",
    "license": "LGPL-3",
    "depends": ["account", "account_debit_note", "phone_validation", "portal"],
    "data": [
        "security/clerk_groups.xml",
    ],
    "demo": [],
    "application": True,
}
