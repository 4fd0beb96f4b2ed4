from . import exemption_reject
