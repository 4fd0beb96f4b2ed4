from . import test_expense_order
