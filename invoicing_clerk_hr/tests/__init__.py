from . import test_document_request
