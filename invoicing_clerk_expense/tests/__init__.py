from . import test_doctests
from . import test_expense_charge
from . import test_expense_concurrency
from . import test_expense_invoice
from . import test_expense_property
from . import test_expense_register
from . import test_expense_send
from . import test_expense_tour
