{
    "name": "Invoicing Clerk: Employees",
    "summary": "Managers are told of documents that do not arrive",
    "version": "19.0.1.0.0",
    "license": "LGPL-3",
    "author": "Invoicing Clerk contributors",
    "category": "Accounting/Accounting",
    "depends": ["invoicing_clerk", "hr"],
    "auto_install": True,
}
