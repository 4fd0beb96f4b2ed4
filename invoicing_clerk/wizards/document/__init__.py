from . import document_reason
from . import document_send
