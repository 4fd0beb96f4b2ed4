from . import account_move
from . import account_move_line
from . import billing_check
from . import correction
from . import document
from . import sale_order_line
