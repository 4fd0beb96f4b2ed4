from . import base_partner_merge
from . import payment_back_test
