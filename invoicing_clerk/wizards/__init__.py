from . import account_debit_note
from . import account_move_reversal
from . import billing_error_close
from . import billing_error_wait
from . import correction_refusal
