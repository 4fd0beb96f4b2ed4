from . import account_move_line
from . import contract
from . import contract_line
from . import billing_check
from . import revision
from . import renewal
from . import document
