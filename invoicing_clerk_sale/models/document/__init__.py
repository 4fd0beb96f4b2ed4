from . import document_link
from . import invoice_file
from . import invoice_kind
from . import sale_order
