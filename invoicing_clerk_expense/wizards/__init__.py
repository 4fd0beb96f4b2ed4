from . import expense_charge
from . import expense_waive
