from . import base_partner_merge
from . import customer_change_propose
from . import customer_change_call
from . import customer_change_refuse
from . import customer_change_import
