"""What a correction may do to a billed document, in plain figures."""

REMEDIES = [
    ("correct_lines", "Correct Lines"),
    ("credit_full", "Credit in Full"),
    ("rebill", "Credit and Rebill"),
    ("reallocate", "Reallocate Payments"),
    ("write_off", "Write Off"),
    ("reissue", "Reissue without Money"),
]
