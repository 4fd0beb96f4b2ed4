from . import applied_payment
from . import account_move_line
from . import account_move_line_reminder
from . import open_items
from . import receivable
from . import receivable_refresh
from . import receivable_match
from . import res_partner
