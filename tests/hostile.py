"""Inputs of an attacker, as data: for the tests, and for `make attack`.

Nothing of Odoo is imported here, so that both can read it.
"""

# Texts of filters that are code, or that ask for what nobody may read. Each is refused
# with a sentence that shows no value.
FILTERS = (
    "[('name', '=', '{0.__class__.__mro__}'.format(uid))]",
    "[('name', '=', '{0.__globals__}'.format(context_today))]",
    "[('name', '=', f'{uid}')]",
    "[('name', '=', 'a' % uid)]",
    "[1] * 50000000",
    "[('name', '=', 'a' * 50000000)]",
    "[('id', '=', 9 ** 9 ** 9)]",
    "time.sleep(60)",
    "[('id', '=', time.sleep(60))]",
    "__import__('os').system('true')",
    "[x for x in ().__class__.__base__.__subclasses__()]",
    "[('id', 'in', (lambda: [1])())]",
    "[('id', '=', 1) if uid else ('id', '=', 2)]",
    "[('id', '=', uid.__class__)]",
    "[('id', '=', env.cr)]",
    "[(user.password, '=', 1)]",
    "[('id', '=', 1)] + [('id', '=', 2)]",
    "[('date', '<', context_today() + relativedelta(years=99999))]",
    "[('date', '<', context_today().strftime('%s' * 9999))]",
    "[('partner_id.__class__', '=', 1)]",
    "[('env.cr', '=', 1)]",
    "[('name', 'any', '__class__')]",
    "[('create_uid.api_key_ids.key', '=like', 'a%')]",
    "[('create_uid', 'any', [('api_key_ids.key', '=like', 'a%')])]",
    "[('create_uid', 'any', [('partner_id', 'any', [('signup_type', '=', 'x')])])]",
    "[('create_uid', 'not any', [('partner_id.signup_type', '=', 'x')])]",
    "[('create_uid', 'ANY', [('partner_id.signup_type', '=', 'x')])]",
    "[('create_uid', 'any!', [('partner_id.signup_type', '=', 'x')])]",
    "['!', ('create_uid', 'any', ['|', ('id', '=', 1), ('no_such_field', '=', 1)])]",
    "[('id', 'inselect', ('SELECT id FROM res_users', []))]",
    "[('create_uid.partner_id.signup_type', '=', 'x')]",
    "[('company_id.account_fiscal_country_id.no_such_field', '=', 1)]",
    "[('create_uid.partner_id.signup_type', 'any', [])]",
    "[('create_uid', 'any', [('partner_id', 'not any', [('signup_type', '=', 'x')])])]",
    "[('create_uid', 'not any!', [('partner_id.signup_type', '=', 'x')])]",
    "[('create_uid', 'any', [('partner_id', 'any!', [('signup_type', '=', 'x')])])]",
    "[('create_uid', 'in', [('partner_id.signup_type', '=', 'x')])]",
    "[('create_uid', 'any', ('partner_id.signup_type', '=', 'x'))]",
    "[('create_uid', 'any', '[(\\'id\\', \\'=\\', 1)]')]",
    "[('create_uid', 'any', [('id', '=', 1), 'partner_id.signup_type'])]",
    "[('create_uid.partner_id.signup_type', 'parent_of', 1)]",
    "[('create_uid.api_key_ids', 'child_of', 1)]",
    "[('create_uid.group_ids.model_access.display_name', 'ilike', 'a')]",
    "[('create_uid.group_ids.rule_groups.domain_force', 'ilike', 'a')]",
    "[('create_uid.group_ids', 'any', [('rule_groups', 'any', [])])]",
    "[('create_uid.group_ids.model_access', 'ilike', 'a')]",
    "[('create_uid.group_ids.model_access', '!=', False)]",
    "[('create_uid.group_ids.rule_groups', 'parent_of', 1)]",
    "[('create_uid.display_name.x', 'ilike', 'a')]",
    "[('create_uid.name.en_US', '=', 'x')]",
    "[('create_uid.login[0]', '=', 'x')]",
    "[('create_uid.login->0', '=', 'x')]",
    "[('create_uid\".\"login', '=', 'x')]",
    "[('create_date.secret', '=', 1)]",
    "[('create_date.month_number.x', '=', 1)]",
    "[('id.id', '=', 1)]",
    "[('id', 'in', [" + "1," * 10_000 + "])]",
    "[('id', 'in', (" + "1," * 3_000 + "))]",
    "['|'," * 40 + "('id', '=', 1)" + ", ('id', '=', 1)]" * 40,
    "[('id', '=', 1), " * 25 + "]" * 25,
    "[(" * 60 + ")]" * 60,
    "[" + "'|'," * 9999 + "]",
    "\x00",
    "[('id', '=', 1)",
)

# Filters whose values do not fit, on fields that all models have: refused with a
# sentence, too, and not by an error of Python.
UNFIT_FILTERS = (
    "[('create_date', '<', '-999999999d')]",
    "[('create_date', '<', '=monday -9999999w')]",
    "[('create_date', '<', 'today +1')]",
    "[('create_date', '>', '9999-99-99')]",
    "[('create_date', '=', True)]",
    "[('create_date', '=', 1)]",
    "[('create_date', '<', datetime.date(1, 1, 1).strftime('%Y'))]",
    "[('id', 'in', [[1]])]",
    "[('id', 'any', [('id', '=', 1)])]",
    "[('company_id', 'any', [('id', 'any', [('no_such_field', '=', 1)])])]",
    "[('name', 'in', [[1]])]",
    "[('name', '=like', 1)]",
    "[('name', '=ilike', [1])]",
    "[('name', 'child_of', 'x')]",
    "[('name', 'any', [('id', '=', 1)])]",
    "[('create_uid', 'any', [('create_date', '=', True)])]",
    "[('create_uid', 'child_of', True)]",
    "[('create_date', 'in', [('id', '=', 1)])]",
    "[('create_date', 'any', [('id', '=', 1)])]",
    "[('name', '=', '\\x00')]",
    "[('name', '=', '\\ud800')]",
    "['|', ('id', '=', 1)]",
    "['!']",
)

# Texts where the name of a field is expected.
PATHS = (
    "__class__",
    "_fields",
    "env.cr",
    "ids",
    "unlink",
    "partner_id.__class__",
    "create_uid.api_key_ids.key",
    "create_uid.partner_id.signup_type",
    "create_date.month",
    "create_date.__class__",
    "message_ids.mail_server_id.smtp_pass",
    "id; DROP TABLE res_users",
    'id" FROM res_users --',
    "id desc",
    "create_uid.group_ids.model_access.display_name",
    "create_uid.group_ids.rule_groups.domain_force",
    "create_uid.partner_id.signup_type desc",
    "create_uid.display_name.x",
    "create_uid.name.en_US",
    "create_date.secret",
    "create_date:month",
    "create_uid.login[0]",
    "create_uid->login",
    'create_uid"."login',
    "create_uid..login",
    "create_uid .login",
    "create_uid.lo\u200bgin",
    "create_uid.\uff4cogin",
    "create_uid." * 60 + "login",
    "no_such_field",
    "name.name",
    ".name",
    "name.",
    "a" * 9999,
    "\x00",
)

# Values for fields of each type. A field may accept some of them, if they are lawful
# for it; the others are refused with a sentence. NaN is what JSON of Python allows.
HUGE = "x" * 200_000
_ANY = ({"a": 1}, [[1, 2], [3]], ["a"], "\x00", HUGE)
_NUMBERS = ("abc", float("nan"), float("inf"), -1e300, 1e300, 2**63, -1, "1e999", *_ANY)
_DATES = ("9999-12-31", "0001-01-01", "2026-02-30", "today", 20260101, 1.5, *_ANY)
_KEYS = (-1, 0, 2**31, 2**70, 999_999_999, "1", "abc", 1.5, True, *_ANY)
_COMMANDS = (
    "all",
    7,
    [7.5],
    [[9, 0, 0]],
    [[0, 0, "x"]],
    [[0, 0, {"no_such_field": 1}]],
    [[1, "x", {}]],
    [[4]],
    [[4, 2**70]],
    [[4, 999_999_999]],
    [[6, 0, "x"]],
    [[6, 0, [999_999_999]]],
    [[]],
    [None],
    [["0", 0, {}]],
    *_ANY,
)
VALUES = {
    **dict.fromkeys(("char", "text", "html"), (5, True, "", "\ud800", *_ANY)),
    **dict.fromkeys(("float", "monetary"), _NUMBERS),
    **dict.fromkeys(("integer", "many2one_reference"), (*_NUMBERS, 2**31, 1.5)),
    "boolean": ("abc", 2, *_ANY),
    "date": _DATES,
    "datetime": (*_DATES, "9999-12-31 23:59:59", "2026-01-01 25:00:00"),
    "selection": ("no such option", 5, 1.5, True, *_ANY),
    "many2one": _KEYS,
    "reference": ("abc", "res.users", "res.users,abc", "no.model,1", 5, *_ANY),
    "one2many": _COMMANDS,
    "many2many": _COMMANDS,
    "binary": ("@@@", "YQ", 5, True, "é", *_ANY),
    "image": ("YQ==", 5, *_ANY),
    "json": ("\x00", {"a": "\x00"}, 5, HUGE),
    "properties": _ANY,
    "properties_definition": _ANY,
}
EMPTY = (False, None)

# What may happen to a request: it is accepted, or refused by one of these.
SENTENCES = frozenset(
    {
        *("AccessError", "UserError", "ValidationError", "MissingError", "LockError"),
        *("AccessDenied", "RedirectWarning", "SessionExpiredException"),
        *("UserFilterError", "NotFound", "Forbidden", "BadRequest"),
        *("RequestEntityTooLarge", "UnprocessableEntity", "Unauthorized"),
    }
)

# Arguments of methods that take some.
ARGUMENTS = (
    *(None, -1, ["a"], {"a": ["b"]}, "\x00", True, "", 2**70, [[1, 2]]),
    *(float("nan"), "9999-99-99", "\ud800", HUGE),
)

# Methods that answer people without a role, with the reason.
ANSWERS_ANYBODY = {}

# Fields of ours on records of other apps that everybody who may read the record may
# read, with the reason.
READABLE_BY_ALL = {
    ("mail.activity", "is_question"): "colleagues without a role answer questions",
}

# Parameters of web pages.
PARAMETERS = (
    {},
    {"access_token": "x", "id": "1"},
    {"access_token": "\x00", "page": "-1", "sortby": "name; DROP TABLE res_users"},
    {"page": "abc", "report_type": "no such type", "number": "0" * 9999},
    {"signature": "x" * 9999, "signed_by": "\x00", "answer": "no such answer"},
    {"partner_id": "abc", "ids": "1,abc", "date": "9999-99-99", "values": "["},
)

# Bodies of requests with their type, for routes that expect other ones or none.
BODIES = (
    ("application/json", b"{"),
    ("application/json", b"null"),
    ("application/json", b'{"jsonrpc": "2.0", "params": []}'),
    (
        "application/json",
        b'{"params": {"access_token": {"a": 1}, "name": ["x"], "signature": NaN}}',
    ),
    ("application/json", b"\xff\xfe"),
    ("multipart/form-data; boundary=", b"x"),
    (
        "multipart/form-data; boundary=a",
        b'--a\r\nContent-Disposition: form-data; name="document"; filename="\x00"'
        b"\r\n\r\nx\r\n--a--",
    ),
    (
        "multipart/form-data; boundary=a",
        b'--a\r\nContent-Disposition: form-data; name="text"; filename="a.txt"'
        b"\r\n\r\nx\r\n--a--",
    ),
    ("application/x-www-form-urlencoded", b"access_token=%ff%fe&text=%00&move_id=\xff"),
    ("application/x-www-form-urlencoded; charset=utf-7", b"text=+AD4-"),
    ("", b"x"),
)
HEADERS = (
    {"Cookie": "cids=1-99999999999999999999"},
    {"Cookie": "cids=%00-abc"},
    {"Range": "bytes=9-1"},
    {"If-None-Match": "x", "If-Modified-Since": "yesterday"},
    {"Authorization": "Bearer " + "x" * 999},
    {"Accept-Language": "x" * 999},
)

# Tables that anybody with a role may refresh, as their rows are derived from others; a
# desk only says whose it is, and is made when it is opened.
# Payments decide on promises whenever balances are brought up to date.
DERIVED_TABLES = {
    *("clerk_desk", "clerk_receivable", "clerk_work_item", "clerk_worklist"),
    *("clerk_promise", "clerk_promise_judgement"),
}
