from . import reminder
from . import base_partner_merge
