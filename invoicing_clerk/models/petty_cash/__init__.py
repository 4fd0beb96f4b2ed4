from . import petty_cash
from . import petty_cash_box
from . import petty_cash_count
from . import petty_cash_cash
from . import voucher_petty
from . import account_move
from . import voucher_pay_out
from . import voucher_replenish
