from . import base_partner_merge
from . import customer_keep
from . import customer_merge
from . import customer_reason
