from . import document_link
from . import invoice_file
from . import stock_picking
