from . import account_move
from . import account_move_line
from . import correction
from . import sale_order_line
