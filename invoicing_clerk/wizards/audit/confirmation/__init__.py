from . import audit_confirmation_paper
from . import base_partner_merge
