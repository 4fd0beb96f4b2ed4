from . import audit_exception_step
