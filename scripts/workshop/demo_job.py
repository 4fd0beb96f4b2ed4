"""The clerk's main job on Odoo's demo company, printed as a table."""

print(f"{env.company.name}: {env['account.move'].search_count([])} journal entries")
