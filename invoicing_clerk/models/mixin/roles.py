# Who may read what is computed on records of other apps, as the ``groups`` of a field.
READERS = "invoicing_clerk.group_clerk,invoicing_clerk.group_auditor"
# Who may read settings of companies and preferences of customers: administrators too,
# who set them up.
SETTINGS_READERS = f"{READERS},base.group_system"
# Who may read links between documents: whoever works with invoices, in any role.
BOOKKEEPERS = "account.group_account_invoice,account.group_account_readonly"


def company_supervisors(company):
    """Return the active supervisors of a company, always in the same order."""
    # sudo: the members of a group and their companies, of whom only ids are used.
    group = company.sudo().env.ref("invoicing_clerk.group_supervisor")
    people = group.all_user_ids.filtered(
        lambda user: user.active and company in user.company_ids
    )
    return people.sorted("id").with_env(company.env)


def spread_over_supervisors(records, owner=None):
    """Return a supervisor for each record, spread evenly over those of its company.

    :param owner: field of the person who is passed over if there is another supervisor
    :return: ``{record: user}``, without records whose company has no supervisor
    """
    spread = {}
    for company, of_company in records.grouped("company_id").items():
        if people := company_supervisors(company):
            for record in of_company:
                others = owner and people - record[owner] or people
                spread[record] = others[record.id % len(others)]
    return spread
