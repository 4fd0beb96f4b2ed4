from . import audit_confirmation_paper
