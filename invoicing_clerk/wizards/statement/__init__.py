from . import base_partner_merge
from . import statement_comparison
from . import statement_send
from . import statement_unproved
