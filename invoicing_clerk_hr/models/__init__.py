from . import document_request
