from . import payment_pattern
from . import payment_forecast
from . import account_move_line
from . import receivable
from . import res_partner
