from . import account_move_reversal
from . import expense_charge
from . import expense_waive
from . import settings
