from . import contract
from . import document_link
from . import invoice_file
