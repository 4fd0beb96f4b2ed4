from . import account_move
from . import account_move_line
from . import customer_contact
from . import checked
from . import gate
from . import guarded
from . import filtered
from . import lifecycle
