from . import account_move_line
from . import receivable
from . import receivable_refresh
from . import receivable_match
