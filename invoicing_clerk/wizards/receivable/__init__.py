from . import base_partner_merge
from . import match
from . import reminder
