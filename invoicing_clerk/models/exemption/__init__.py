from . import account_fiscal_position
from . import account_move
from . import billing_check
from . import exemption
from . import exemption_step
from . import exemption_request
from . import res_company
from . import res_config_settings
