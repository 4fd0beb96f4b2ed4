from . import base_partner_merge
from . import document_reason
from . import document_send
