"""Mutants that no test without a database can notice, each with why.

By file in the rules, or in a bridge, and changed line, as ``make mutate`` prints them.
"""

HEADER = "The header is written again once size and checksum are known."
SECURITY = "Only a machine in FIPS mode looks at it, and refuses SHA-1 then."
ONE = "The list has one element."
SIGN = "Of an amount of 0, or a factor of 1 or -1."
RATIONAL = "The probability is irrational for a plan in rational numbers."
CERTAIN = "As many deviations as items are within no risk."
BISECTION = "It begins farther below, and ends at the same size."
ROOM = "Texts of twelve digits are whole numbers either way."
ALIKE = "The lines have the same traits."
PIECES = "The size of the pieces that are read."
MIRRORED = "The same positions, counted from the end."
EXPONENT = "Only the exponent of the number counts."
FAIR = "It decides only between equally fair ways."
GIVEN = "The models always give it."
MODELS = "Read by models only, which need a database."
NOTHING = "Before the first word, nothing is to be joined."
PAIRED = "Both have an element for each item."
SCORED = "Reasons of no points are left out."
STANDSTILL = "Both ends stay where they are in the halvings that are left."
TIES = "Near a tie it is computed exactly; elsewhere nothing is equal."
LOOKED_AT = "The size of the part that is looked at."
CACHED = "The size of a cache."
REFUSED = "A file with a document type is refused in any case."
SLOWER = "A negative time is never the longer one."
INDEXED = "The indexes are made from the items afterwards."
DAMAGED = "The picture is damaged either way."
NO_STEP = "No step is taken for 0 days."
THREE = "Two ways are as uncertain as three."
NO_FAILURE = "The first failure waits as long."
ONE_ERROR = "One error is counted with any limit."
NO_ROWS = "Without rows, none is as wide."
ENOUGH = "One way is enough."
ENDLESS = "A limit that no contract reaches; it ends a search."
SHORTER = "A short cut that only saves time."
UNSENT = "Without a return, no more is owed than was shipped."
USABLE = "What is usable has an open amount."
EQUAL = "An amount that fits exactly was found before."
SINGLE = "A single one was found before."
MONTHLY = "Only the month of the day counts."
EXACT = "Amounts have no more than four decimals."
IRRATIONAL = "The expected proportion of a digit is irrational, counts are not."

SAME = {
    "ageing/ageing.py": {
        'return "open" if same_side and abs(change.now) >= abs(change.before)'
        ' else "settled"': "Equal amounts were found before.",
    },
    "bucket.py": {
        "for start, following in zip(starts[:-1], starts[1:], strict=False)": PAIRED,
    },
    "audit/confirmation/audit_confirmation.py": {
        "return ending[ -1] if len(ending) == 1 and len(number) >= MINIMUM_SUFFIX"
        " else None": ONE,
        "return stated - min(abs(misstated), abs(stated)) * (1 if stated >= 0"
        " else -1)": SIGN,
        "return stated - min(abs(misstated), abs(stated)) / (1 if stated > 0"
        " else -1)": SIGN,
    },
    "audit/engagement/audit_finding.py": {
        "trivial: Decimal = Decimal( -1)": "Sizes are not negative.",
    },
    "audit/pack/audit_pack.py": {
        "out.write(local_header(Entry(path, expected, 1), created))": HEADER,
        "sha256, sha1 = hashlib.sha256(), hashlib.sha1(usedforsecurity=True)": SECURITY,
    },
    "audit/request/audit_request_sheet.py": {
        'cell = f"{cell:.12g}" if abs(cell) <= 1e11 else f"{cell:.0f}"': ROOM,
        'cell = f"{cell:.12g}" if abs(cell) < 100000000001.0 else f"{cell:.0f}"': ROOM,
        'cell = f"{cell:.12g}" if abs(cell) < 99999999999.0 else f"{cell:.0f}"': ROOM,
    },
    "date_text.py": {
        'return list(_with_month(re.findall(r"\\d+", content), months[ -1]))': ONE,
        "if not parts or len(parts[1]) > 3:": "No day or month has three digits.",
    },
    "audit/sample/sampling.py": {
        "return _smallest(lambda size: gamma_above(1 + size * wrong, size * bad)"
        " < risk)": RATIONAL,
        "check_plan(tolerable_rate, -1, risk)": "It is below any tolerable rate.",
        "size >= deviations and is_within_risk(risk, deviations, size,"
        " tolerable_rate)": CERTAIN,
        "low = high // 3": BISECTION,
        "for (projected, item), step in zip(projections, steps, strict=False)": (
            "Both have a step for each error."
        ),
    },
    "audit/sample/sampling_draw.py": {
        "return [max(1, -(-size * weight // (total or 2))) for weight in weights]": (
            "Without a total, each weight is 0."
        ),
        "places = [(start - step * count) // size for step in range(size)]": MIRRORED,
    },
    "audit/sample/sampling_factor.py": {
        "if x <= shape + 1:": "Both methods give the same there.",
        "while gamma_above(errors + 1, high) >= risk:": RATIONAL,
        "return _falling_to(0.0, high, lambda mean: gamma_above(errors + 1, mean)"
        " >= risk)": RATIONAL,
        "if errors > size or rate <= 0:": "All probabilities add up to 1.",
        "if size >= TIE_SIZE or abs(chance - risk) > NEAR_TIE * risk:": TIES,
        "if size > TIE_SIZE or abs(chance - risk) >= NEAR_TIE * risk:": TIES,
        "return chance < risk": TIES,
        "if errors > size:": "It begins and ends at 1.",
        "if not low <= middle < high:": STANDSTILL,
        "if not low < middle <= high:": STANDSTILL,
        "continue": STANDSTILL,
    },
    "audit/sample/sampling_population.py": {
        "pairs = zip(self.ids, self.amounts, strict=False)": PAIRED,
        "old = dict(zip(before.ids, before.amounts, strict=False))": PAIRED,
        "for number, amount in zip(now.ids, now.amounts, strict=False):": PAIRED,
    },
    "audit/sample/sampling_plan.py": {
        "strata: int = 0": GIVEN,
        "rest = strata[ -1] if strata else []": ONE,
        "parts = [(certain, len(certain)), *zip(strata, sizes, strict=False)]": (
            "Each stratum has a size."
        ),
    },
    "audit/test/audit_benford.py": {
        "total = sum(counts.values()) or 2": "Without amounts, each count is 0.",
        "for name, bound in zip(NAMES, BOUNDS[digits], strict=False):": (
            "Both have three."
        ),
        "if value < bound:": IRRATIONAL,
        "gap = gap - correction if gap >= correction else 0.0": (
            "The difference of equal numbers is 0."
        ),
        "if count >= total * expected(first)"
        " and score(count, total, first) > SIGNIFICANT": IRRATIONAL,
        "if count > total * expected(first)"
        " and score(count, total, first) >= SIGNIFICANT": IRRATIONAL,
    },
    "call/call_number.py": {
        "return dialled[ 0] if dialled else digits": "The group is all that matches.",
        'return _keys(written[ 0])[-TAIL_DIGITS:] if written else ""': (
            "What follows the group has no letters or digits."
        ),
        "return written.end() == len(text) and len(spelt[ -1]) >= SPELT_DIGITS": ONE,
    },
    "call/search_text.py": {
        'or not {written["before"].lower(), written["after"].lower()} < known': (
            "Two texts are never all of the three and more that are known."
        ),
    },
    "billing_check/billing_check.py": {
        "PRECISION_DAYS = 91": MODELS,
        "PRECISION_DAYS = 89": MODELS,
    },
    "billing_error/incoming_mail.py": {
        "if len(found) > MAX_NUMBERS:": "The list is cut afterwards.",
        "continue": "What follows is not read, or not joined either.",
        'numbers, number, end = [], "", words[ -1].start()': "The first word sets it.",
        "if size >= 1 and not _JOINT.fullmatch(text, end, word.start()):": NOTHING,
        "if size > 0 and not _JOINT.fullmatch(text, end, word.start()):": NOTHING,
        "ends = -1": "Places are counted from 0.",
    },
    "billing_error/billing_error.py": {
        "if self.disputed <= 0:": "Of nothing disputed, nothing is open.",
    },
    "close/close.py": {
        "MOST_DAYS = 59": MODELS,
        "MOST_DAYS = 61": MODELS,
        "return (day.replace(day=28) + timedelta(days= 5)).replace(day=1)"
        " - timedelta(days=1)": "A day of the next month either way.",
    },
    "correction/correction_batch.py": {
        "MAX_DOCUMENTS = 10001": MODELS,
        "MAX_DOCUMENTS = 9999": MODELS,
        "/,": "Callers give the arguments by name.",
    },
    "correction/line_match.py": {
        "key = max(clear, key=lambda key: _agreement(waiting[key],"
        " free[clear[key][ -1]]))": ALIKE,
        "ours == theirs for ours, theirs in zip(row.traits, line.traits,"
        " strict=False)": "Both have every trait.",
    },
    "customer/credit.py": {
        "return max(0, int(Decimal(str(used)) * 100 / Decimal(str(limit))))": (
            "Only the whole percents count."
        ),
    },
    "customer/customer_change.py": {
        "MAX_ROWS = 501": MODELS,
        "MAX_ROWS = 499": MODELS,
        "names = sorted(new, key=lambda name: order.index(name) if name in order"
        " else - 2)": "They are before the first one either way.",
    },
    "customer/customer_name.py": {
        "@lru_cache(maxsize= 200001)": CACHED,
        "@lru_cache(maxsize= 199999)": CACHED,
        "@lru_cache(maxsize= 100001)": CACHED,
        "@lru_cache(maxsize= 99999)": CACHED,
    },
    "customer/duplicate.py": {
        "is_open = bool(mine or theirs) and not (is_valid and is_known)": (
            "A tax ID is longer than one error."
        ),
        "return is_open and names.distance(mine, theirs, 2) == 1": ONE_ERROR,
        "is_error = names.distance(*keys, 2) == 1": ONE_ERROR,
    },
    "customer/party.py": {
        "MOST_SHARED = 11": MODELS,
        "MOST_SHARED = 9": MODELS,
    },
    "customer/vies.py": {
        "def next_request(state: str, now: datetime, failures: int = 1) -> datetime:": (
            NO_FAILURE
        ),
        "def next_request(state: str, now: datetime, failures: int = -1)"
        " -> datetime:": NO_FAILURE,
        "doublings = min(max(failures - 1, 0), 11)": "Longer than a day either way.",
        "doublings = min(max(failures - 1, 0), 9)": "Longer than a day either way.",
    },
    "document/request.py": {
        "step = timedelta(days=1 if number >= 0 else -1)": NO_STEP,
        "step = timedelta(days=1 if number > -1 else -1)": NO_STEP,
    },
    "document/retention.py": {
        "end += relativedelta(day= 32)": "The last day of the month either way.",
    },
    "document/upload.py": {
        "while place <= len(content):": DAMAGED,
        "return 1, 0": DAMAGED,
        "return -1, 0": DAMAGED,
        "return 0, 1": DAMAGED,
        "return 0, -1": DAMAGED,
    },
    "forecast/forecast.py": {
        "LEAST_MONEY = 91": MODELS,
        "LEAST_MONEY = 89": MODELS,
        "MOST_MONTHS = 25": MODELS,
        "MOST_MONTHS = 23": MODELS,
        "half = zip(upward, below, strict=False)": PAIRED,
        "if missing < share:": "The end of a share is the beginning of the next one.",
    },
    "key_figure/formula.py": {
        "return round(sum(_term(term, inputs) for term in terms), 7)": EXACT,
        "return round(sum(_term(term, inputs) for term in terms), 5)": EXACT,
    },
    "key_figure/key_figure.py": {
        "SALES_MONTHS = 37": MODELS,
        "SALES_MONTHS = 35": MODELS,
        "SENDING_DAYS = 31": MODELS,
        "SENDING_DAYS = 29": MODELS,
        "first = shift(today.replace(day= 2), -1)": MONTHLY,
        "return [shift(today.replace(day= 2), -back) for back in"
        " range(MONTHS_BACK + 1)]": MONTHLY,
        'return "better" if (change >= 0) == (self.better == "higher") else "worse"': (
            "A change of 0 is none."
        ),
        "rest = round(rest - sales, 7)": EXACT,
        "rest = round(rest - sales, 5)": EXACT,
    },
    "evidence.py": {
        "CHUNK = 2 << 20": PIECES,
        "CHUNK = 1 << 21": PIECES,
        "CHUNK = 1 << 19": PIECES,
    },
    "input_value.py": {
        "DATE_LENGTH, DATETIME_LENGTH = 11, 19": "A space after a date is read too.",
        "if value is None and value is False:": "Other checks let both pass.",
        'if decoded_size(value) >= maximum("file"):': (
            "The limit is no multiple of the three bytes that base64 encodes."
        ),
    },
    "picture.py": {
        "return len(zlib.decompressobj().decompress(packed, most + 2))": (
            "Anything above the limit is refused."
        ),
    },
    "receivable/match.py": {
        "self.charges = [each for each in self.usable if each.open >= 0]": USABLE,
        "credits = [-each.open for each in self.usable if each.open <= 0]": USABLE,
        "ordered = sorted(items, key=lambda each: each.open >= 0)": USABLE,
        "over = self.amount >= _total(named)": EQUAL,
        "if self.amount >= _total(named):": EQUAL,
        "number = fitting[ -1].plain": ONE,
        "item = self.charges[ -1]": ONE,
        "return self._solved(solutions[ -1])": ONE,
        "if len(self.usable) == 1 and self.amount < self.charges[ -1].open:": ONE,
        "if len(fitting) >= 1:": SINGLE,
        "if len(fitting) > 0:": SINGLE,
        "if solutions and len(solutions) >= 1 and not oldest_first:": SINGLE,
        "if solutions and len(solutions) > 0 and not oldest_first:": SINGLE,
        "return singles[: 3]": THREE,
        "if len(singles) > 2:": THREE,
        "tail = squeezed(self.text[- 61:])": LOOKED_AT,
        "tail = squeezed(self.text[- 59:])": LOOKED_AT,
        "ways = Subsets(credits, less).find( 2) if less > 0 else []": ENOUGH,
        "ways = Subsets(credits, less).find( 0) if less > 0 else []": ENOUGH,
        "for count in range( 0, len(named)):": "No payment is of 0.",
        "if len(self.usable) == 1 and self.amount <= self.charges[0].open:": EQUAL,
    },
    "receivable/match_item.py": {
        "if self.discounted is None or not 0 < self.discounted <= self.open:": (
            "The same amount either way."
        ),
    },
    "receivable/open_item.py": {
        "return converted.quantize(Decimal( 2).scaleb(-places), ROUND_HALF_UP)": (
            EXPONENT
        ),
        "return converted.quantize(Decimal( 0).scaleb(-places), ROUND_HALF_UP)": (
            EXPONENT
        ),
        "[item.open - part for item, part in zip(items, disputed, strict=False)],": (
            PAIRED
        ),
    },
    "receivable/receivable.py": {
        "for item, contested, expected in zip(counted, disputed, promised,"
        " strict=False):": PAIRED,
        "if item.residual <= 0:": "Items without a residual are not counted.",
    },
    "receipt/bank_credit.py": {
        "if key[ 1] and entered in amounts:": "An entry has a reference and an amount.",
    },
    "receipt/bank_file.py": {
        'begin = content[: 257].lstrip(b"\\xef\\xbb\\xbf\\xfe\\xff\\0 \\t\\r\\n")': (
            LOOKED_AT
        ),
        'begin = content[: 255].lstrip(b"\\xef\\xbb\\xbf\\xfe\\xff\\0 \\t\\r\\n")': (
            LOOKED_AT
        ),
    },
    "receipt/camt.py": {
        "resolve_entities=True,": REFUSED,
        "load_dtd=True,": REFUSED,
        "no_network=False,": REFUSED,
        'code = "entities" if b"<!DOCTYPE" in content[: 4097] else "xml"': LOOKED_AT,
        'code = "entities" if b"<!DOCTYPE" in content[: 4095] else "xml"': LOOKED_AT,
        "for detail, amount in zip(details or [booking.node], amounts,"
        " strict=False):": PAIRED,
    },
    "receipt/column_map.py": {
        "amounts[total[ -1][0]] if total else None,": ONE,
        "width = max((at for at, title in enumerate(titles, 1) if title),"
        " default= 1)": "A header row has titles.",
        "width = max((at for at, title in enumerate(titles, 1) if title),"
        " default= -1)": "A header row has titles.",
        'return used[1], ""': "There are two marks.",
        "mark = used[ -1]": ONE,
    },
    "receipt/deposit.py": {
        "MAX_PAYMENTS = 1001": MODELS,
        "MAX_PAYMENTS = 999": MODELS,
    },
    "receipt/payer.py": {
        "@lru_cache(maxsize= 50001)": CACHED,
        "@lru_cache(maxsize= 49999)": CACHED,
        "if not name_key(name) and not name_key(other):": (
            "A name without words is like no other."
        ),
        "for pair in zip(words, others, strict=False):": PAIRED,
        "differing = [pair for pair in zip(words, others, strict=False)"
        " if len(set(pair)) > 1]": PAIRED,
        "and len(differing[ -1][0]) > 2": ONE,
        "and (differing[ -1][1].startswith(differing[0][0]))": ONE,
        "and (differing[0][1].startswith(differing[ -1][0]))": ONE,
        'default=("registered", "reference", "account", "alias", "name"),'
        " repr=True": "For people who look for faults.",
        "best = max((score for score, _key in scored), default= 1.0)": (
            "Of no names, none is alike."
        ),
        "best = max((score for score, _key in scored), default= -1.0)": (
            "Of no names, none is alike."
        ),
    },
    "receipt/receipt_batch.py": {
        "MAX_RECEIPTS = 999": MODELS,
    },
    "receipt/receipt_document.py": {
        "MAX_AT_ONCE = 101": MODELS,
        "MAX_AT_ONCE = 99": MODELS,
    },
    "voucher/voucher.py": {
        "MAX_LINES = 201": MODELS,
        "MAX_LINES = 199": MODELS,
    },
    "sheet.py": {
        "io.BytesIO(content), read_only=True, data_only=True, keep_links=True": (
            "Links to other workbooks are in no cell."
        ),
        "width = max(map(len, rows), default= 1)": NO_ROWS,
        "width = max(map(len, rows), default= -1)": NO_ROWS,
        "head = text[: 4097]": LOOKED_AT,
        "head = text[: 4095]": LOOKED_AT,
    },
    "statement/statement.py": {
        "owed: Decimal = Decimal( -1)": GIVEN,
        "owed: Decimal = Decimal( 1)": GIVEN,
    },
    "receipt/receipt_match.py": {
        "by_name: dict[str, set[int]] = field(default_factory=dict, init=True)": (
            INDEXED
        ),
        "if not any(count >= 1 for count in users.values()):": (
            "Items with numbers of their own keep them."
        ),
        "by_customer: dict[int, list[Item]] = field(default_factory=dict,"
        " init=True)": INDEXED,
        "by_key: dict[str, list[Item]] = field(default_factory=dict, init=True)": (
            INDEXED
        ),
        "by_word: dict[str, set[int]] = field(default_factory=dict, init=True)": (
            INDEXED
        ),
        "trimmed: dict[int, Item] = field(default_factory=dict, init=True)": INDEXED,
        "customer, other = third[ -1]": ONE,
        "if not any(count > 0 for count in users.values()):": (
            "Without shared numbers, the items are the same."
        ),
    },
    "receipt/remittance.py": {
        'amount = Decimal(f"{whole}.{found[4]}" if found[ 3] else whole)': (
            "Separator and decimals are there together."
        ),
        "return found[ 0].count(grouping) > 1": "Without decimals, it is all.",
        "if len(amounts) < 2:": "Of two amounts, there is none between.",
    },
    "statement/statement_bounce.py": {
        "break": "The parts of a notice are messages.",
    },
    "statement/statement_delivery.py": {
        "done: int, left: int, seconds: float, mails_per_minute: int = -1": SLOWER,
        "by_speed = left * max(seconds, -1) / done / 60": SLOWER,
        "by_limit = left / mails_per_minute if mails_per_minute else -1": SLOWER,
    },
    "worklist/score.py": {
        "return int(Decimal(value).quantize(Decimal( 2), ROUND_HALF_UP))": EXPONENT,
        "return int(Decimal(value).quantize(Decimal( 0), ROUND_HALF_UP))": EXPONENT,
        'sign = "+" if self.points >= 0 else "\\u2212"': SCORED,
        'sign = "+" if self.points > -1 else "\\u2212"': SCORED,
    },
    "worklist/work_item.py": {
        "UNDO_SECONDS = 61": MODELS,
        "UNDO_SECONDS = 59": MODELS,
    },
    "worklist/workload.py": {
        "self.weight = {who: whole / size for who, size in working.items()}": (
            "Divided without a remainder."
        ),
        "by_load = sorted(self.load, key=lambda who: -self.load[who] /"
        " self.weight[who])": FAIR,
        "by_load = sorted(self.load, key=lambda who: self.load[who] *"
        " self.weight[who])": FAIR,
    },
    "xlsx.py": {
        "CHUNK = 2 << 16": PIECES,
        "CHUNK = 1 << 17": PIECES,
        "CHUNK = 1 << 15": PIECES,
        "ENCRYPTED = 0": "Encrypted parts cannot be read without a password.",
    },
    "invoicing_clerk_check/rules/check.py": {
        "MAX_BLANK = 501": MODELS,
        "MAX_BLANK = 499": MODELS,
    },
    "invoicing_clerk_check/rules/positive_pay.py": {
        "MAX_LENGTH = 1001": MODELS,
        "MAX_LENGTH = 999": MODELS,
        "start: int = -1": GIVEN,
        "line_length: int = -1": GIVEN,
    },
    "invoicing_clerk_contract/rules/billed.py": {
        "if each.period is None and each.id >= begun and not each.is_undone:": (
            "The first known line has a period."
        ),
        "following = next((each for each in begins if start <= each <= end), None)": (
            "It is no start of a billed period."
        ),
        "if each.period and each.period.start > last:": SHORTER,
        "if each.period or each.period.start <= last:": SHORTER,
        "return True": SHORTER,
        "if noted and noted[ -1].period:": "Each of them has a period.",
    },
    "invoicing_clerk_contract/rules/period.py": {
        "MOST_PERIODS = 2101": ENDLESS,
        "MOST_PERIODS = 2099": ENDLESS,
    },
    "invoicing_clerk_contract/rules/renewal.py": {
        "MOST_TERMS = 1201": ENDLESS,
        "MOST_TERMS = 1199": ENDLESS,
        "months: int = -1": "It does not renew itself either way.",
    },
    "invoicing_clerk_contract/rules/revision.py": {
        "MAX_LINES = 5001": MODELS,
        "MAX_LINES = 4999": MODELS,
        "return (price / step).quantize(Decimal( 2), ROUND_HALF_UP) * step": EXPONENT,
        "return (price / step).quantize(Decimal( 0), ROUND_HALF_UP) * step": EXPONENT,
    },
    "invoicing_clerk_expense/rules/expense.py": {
        "return price.quantize(Decimal( 2).scaleb(-places), ROUND_HALF_UP)": EXPONENT,
        "return price.quantize(Decimal( 0).scaleb(-places), ROUND_HALF_UP)": EXPONENT,
    },
    "invoicing_clerk_sale_stock/rules/count.py": {
        "MAX_LINES = 2001": MODELS,
        "MAX_LINES = 1999": MODELS,
    },
    "invoicing_clerk_sale_stock/rules/delivery_check.py": {
        "return max(excess, Decimal(0)) if line.returned >= 0 else Decimal(0)": UNSENT,
        "return max(excess, Decimal(0)) if line.returned > -1 else Decimal(0)": UNSENT,
    },
    "lifecycle.py": {
        "return targets[ -1] if targets else None": "All targets are the same.",
    },
    "working_day.py": {
        "step = timedelta(days=1 if number >= 0 else -1)": NO_STEP,
        "step = timedelta(days=1 if number > -1 else -1)": NO_STEP,
    },
}
