from . import account_debit_note
from . import account_move_reversal
from . import correction_refusal
