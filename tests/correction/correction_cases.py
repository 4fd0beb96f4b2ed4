"""Invoices and corrections that the properties found wanting."""

# The two currencies of a tax item of the note came to disagree in sign.
OPPOSED_TAX_ITEMS = (
    {
        "currency": "dinar",
        "lines": [
            {
                "account": 1,
                "discount": 0.0,
                "price_unit": 94.46,
                "quantity": 5.52,
                "tax": "split",
            },
            {
                "account": 1,
                "discount": 33.33,
                "price_unit": 31.54,
                "quantity": 1.08,
                "tax": "group",
            },
            {
                "account": 0,
                "discount": 5.0,
                "price_unit": 549.72,
                "quantity": 2.15,
                "tax": "fixed",
            },
            {
                "account": 0,
                "discount": 33.33,
                "price_unit": 287.43,
                "quantity": 5.07,
                "tax": "stacked",
            },
            {
                "account": 1,
                "discount": 33.33,
                "price_unit": 6.63,
                "quantity": 1.05,
                "tax": "fixed",
            },
            {
                "account": 0,
                "discount": 5.0,
                "price_unit": 50.84,
                "quantity": 8.53,
                "tax": "none",
            },
            {
                "account": 1,
                "discount": 12.5,
                "price_unit": 655.35,
                "quantity": 13.37,
                "tax": "split",
            },
            {
                "account": 1,
                "discount": 12.5,
                "price_unit": 99.37,
                "quantity": 0.02,
                "tax": "none",
            },
        ],
        "move_type": "out_invoice",
        "paid": 0.0,
        "rounding": "round_globally",
        "rounds": [
            {
                4: {
                    "discount": 10.0,
                    "price_unit": 50.84,
                    "quantity": 0.0,
                    "tax": "fixed",
                }
            }
        ],
    },
    {
        "currency": "euro",
        "lines": [
            {
                "account": 1,
                "discount": 12.5,
                "price_unit": 0.3153,
                "quantity": 50.0,
                "tax": "reverse",
            },
            {
                "account": 0,
                "discount": 0.0,
                "price_unit": 0.4558,
                "quantity": 29.92,
                "tax": "excluded",
            },
            {
                "account": 0,
                "discount": 12.5,
                "price_unit": 36.11,
                "quantity": 10.6,
                "tax": "excluded",
            },
            {
                "account": 0,
                "discount": 0.0,
                "price_unit": 0.105,
                "quantity": 0.78,
                "tax": "group",
            },
            {
                "account": 1,
                "discount": 5.0,
                "price_unit": 0.1189,
                "quantity": 10.9,
                "tax": "excluded",
            },
            {
                "account": 1,
                "discount": 5.0,
                "price_unit": 1.2904,
                "quantity": 23.09,
                "tax": "fixed",
            },
            {
                "account": 1,
                "discount": 5.0,
                "price_unit": 0.3849,
                "quantity": 0.06,
                "tax": "group",
            },
            {
                "account": 0,
                "discount": 5.0,
                "price_unit": 52.4283,
                "quantity": 2.1,
                "tax": "excluded",
            },
        ],
        "move_type": "out_refund",
        "paid": 0.0,
        "rounding": "round_globally",
        "rounds": [
            {
                0: {"price_unit": 23.73, "quantity": 3.74},
                3: {"quantity": 59.99},
                4: {
                    "discount": 10.0,
                    "price_unit": 999.0,
                    "quantity": 15.21,
                    "tax": "excluded",
                },
                6: {
                    "discount": 10.0,
                    "price_unit": 3.57,
                    "quantity": 0.0,
                    "tax": "none",
                },
            }
        ],
    },
)

# A cent of lines without tax was added to a line that had no tax before: the credit
# note in full looked for it among the bases of its new tax.
CENTS_OF_FORMER_TAXES = {
    "currency": "dinar",
    "lines": [
        *(
            {
                "account": 0,
                "discount": 33.33,
                "price_unit": 848.01,
                "quantity": 1.22,
                "tax": "none",
            }
            for _line in range(4)
        ),
        {
            "account": 0,
            "discount": 33.33,
            "price_unit": 0.01,
            "quantity": 15.1,
            "tax": "cash",
        },
    ],
    "move_type": "out_invoice",
    "paid": 0.0,
    "rounding": "round_globally",
    "rounds": [
        {
            0: {"discount": 100.0, "quantity": 35.77, "tax": "cash"},
            1: {
                "discount": 0.0,
                "price_unit": 951.86,
                "quantity": 0.0,
                "tax": "stacked",
            },
            4: {"price_unit": 10.05},
        }
    ],
    "credited": True,
}
