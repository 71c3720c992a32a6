"""Reading what is written with digits. Each reader returns the words, or None if it is not its kind."""

import re
from collections.abc import Callable

from reelwright.audio.engine.text.numerals import (
    Words,
    cardinal,
    decimal,
    digits,
    fraction,
    ordinal,
    plural,
    year,
)
from reelwright.audio.engine.text.tokens import MIXED_FRACTION, Around
from reelwright.audio.engine.text.vocabulary import (
    BEFORE_A_COUNT,
    BEFORE_A_YEAR,
    CURRENCIES,
    CURRENCY_CODES,
    MAGNITUDES,
    MONTH_NAMES,
    MONTHS,
    SCALE_WORDS,
    UNITS,
)

__all__ = ["Reader", "is_number", "number_readers", "say_number", "say_unit"]

_AMOUNT = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+"
_NUMBER = re.compile(rf"(?P<sign>[-+~<>≥≤±≈]?)(?P<amount>{_AMOUNT})")
_RANGE = re.compile(
    rf"(?P<first>[-+~]?(?:{_AMOUNT}))(?P<unit1>\D{{0,3}}?)-(?P<second>-?(?:{_AMOUNT}))(?P<unit>[^\d.,]\S*)?"
)
_MEASURE = re.compile(rf"(?P<number>[-+~<>≥≤±≈]?(?:{_AMOUNT}))-?(?P<unit>[^\d.,-]\S*)")
_MONEY = re.compile(
    rf"(?P<sign>[-+~]?)(?:US|CA|AU|NZ|HK|A|C)?(?P<currency>[$£€¥₹₩₽])(?P<first>{_AMOUNT})"
    rf"(?:-(?:[$£€¥₹₩₽])?(?P<second>{_AMOUNT}))?(?P<scale>[kKmMbBT]|mn|bn|tn)?"
)
_MONEY_AFTER = re.compile(rf"(?P<first>{_AMOUNT})(?P<currency>[$£€¥₹₩₽])")
_CLOCK = re.compile(
    r"(?P<hour>\d{1,2})(?P<mark>[:.])(?P<minute>\d{2})(?::(?P<second>\d{2}))?(?:(?P<half>[ap])\.?m\.?)?",
    re.IGNORECASE,
)
_HOUR = re.compile(r"(\d{1,2})([ap])\.?m\.?", re.IGNORECASE)
_RATIO = re.compile(r"(\d+):(\d+)")
_ISO_DATE = re.compile(r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})")
_US_DATE = re.compile(r"(?P<month>\d{1,2})/(?P<day>\d{1,2})/(?P<year>\d{4})")
_DOTTED_DATE = re.compile(r"(?P<day>\d{1,2})\.(?P<month>\d{1,2})\.(?P<year>\d{4})")
_ORDINAL = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(?:st|nd|rd|th)", re.IGNORECASE)
_DECADE = re.compile(r"'?(\d0|\d{3}0)'?s")
_FRACTION = re.compile(rf"(?:(?P<whole>\d+){MIXED_FRACTION})?(?P<top>\d+)/(?P<bottom>\d+)")
_POWER = re.compile(rf"(?:(?P<factor>{_AMOUNT})[x\u00d7*·])?(?P<base>{_AMOUNT})\^(?P<sign>-?)(?P<power>\d+)")
_MULTIPLE = re.compile(rf"(?P<number>{_AMOUNT})[x\u00d7]")
_CALCULATION = re.compile(rf"(?P<first>{_AMOUNT})(?P<sign>[x\u00d7*=+÷])(?P<second>{_AMOUNT})")
_CODE = re.compile(r"\d[\d-]*-\d{3,}(?:-\d+)*|\d+(?:\.\d+){2,}")
_SIGNS: dict[str, Words] = {
    "": (),
    "-": ("minus",),
    "+": ("plus",),
    "~": ("about",),
    "≈": ("about",),
    "<": ("less", "than"),
    ">": ("more", "than"),
    "≥": ("at", "least"),
    "≤": ("at", "most"),
    "±": ("plus", "or", "minus"),
}
_OPERATIONS = {"x": "by", "\u00d7": "by", "*": "times", "=": "equals", "+": "plus", "÷": "divided by"}
_SQUARED_TIME = {"s^2": ("second", "squared"), "h^2": ("hour", "squared")}
_POWERS = {"2": ("squared",), "3": ("cubed",)}

Reader = Callable[[str, Around], Words | None]


def is_number(core: str) -> bool:
    """Tell whether a unit may follow: ``5``, ``1,500``, ``~3.2`` or a range of such."""
    if _NUMBER.fullmatch(core) or _POWER.fullmatch(core):
        return True
    match = _RANGE.fullmatch(core)
    return match is not None and not match["unit"]


def say_number(text: str, *, as_year: bool = False) -> Words:
    """Say a number written with optional sign, thousands separators and decimals."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        return digits(text)
    whole, dot, decimals = match["amount"].partition(".")
    plain = whole.replace(",", "")
    return _SIGNS[match["sign"]] + (decimal(plain, decimals) if dot else _whole(plain, as_year=as_year))


def say_unit(unit: str, *, one: bool = False) -> Words | None:
    """Say a unit such as ``km``, ``m^2`` or ``km/h``, in the singular for ``one``."""
    over, slash, under = unit.partition("/")
    if slash:
        head, per = say_unit(over, one=one), _SQUARED_TIME.get(under) or say_unit(under, one=True)
        return (*head, "per", *per) if head and per else None
    base, _, power = unit.partition("^")
    if base in CURRENCY_CODES:
        return tuple(CURRENCY_CODES[base][0 if one else 1].split())
    if base not in UNITS or power not in {"", "2", "3"}:
        return None
    return {"": (), "2": ("square",), "3": ("cubic",)}[power] + tuple(UNITS[base][0 if one else 1].split())


def number_readers() -> tuple[Reader, ...]:
    """Return the readers in the order in which they are tried."""
    return (
        _read_money,
        _read_money_after,
        _read_date,
        _read_time,
        _read_hour,
        _read_ordinal,
        _read_decade,
        _read_code,
        _read_range,
        _read_fraction,
        _read_power,
        _read_multiple,
        _read_number,
        _read_measure,
        _read_ratio,
        _read_calculation,
    )


def _whole(plain: str, *, as_year: bool) -> Words:
    if len(plain) > 1 and plain.startswith("0"):
        return digits(plain)
    return year(int(plain)) if as_year else cardinal(int(plain))


def _reads_as_year(text: str, around: Around) -> bool:
    if not re.fullmatch(r"1[1-9]\d\d|20\d\d", text):
        return False
    if around.before.lower() in BEFORE_A_YEAR and around.after not in UNITS:
        return True
    counts = around.after in UNITS or around.after in SCALE_WORDS or around.after in CURRENCY_CODES
    return not counts and around.before.lower() not in BEFORE_A_COUNT


def _read_number(core: str, around: Around) -> Words | None:
    if not _NUMBER.fullmatch(core):
        return None
    if core.isdigit() and len(core) <= 2 and 1 <= int(core) <= 31:
        if around.before in MONTHS:
            return ordinal(int(core))
        if around.after in MONTHS:
            return ("the", *ordinal(int(core)), "of")
    return say_number(core, as_year=_reads_as_year(core, around))


def _read_money(core: str, around: Around) -> Words | None:
    match = _MONEY.fullmatch(core)
    if match is None:
        return None
    first, second, scale = match["first"], match["second"], match["scale"]
    amount = say_number(first) + (("to", *say_number(second)) if second else ())
    sign = _SIGNS[match["sign"]]
    if scale:
        return (*sign, *amount, MAGNITUDES[scale], CURRENCIES[match["currency"]][1])
    if around.after in SCALE_WORDS:
        return sign + amount
    return sign + (
        _money(first, match["currency"]) if not second else (*amount, CURRENCIES[match["currency"]][1])
    )


def _read_money_after(core: str, _: Around) -> Words | None:
    match = _MONEY_AFTER.fullmatch(core)
    return _money(match["first"], match["currency"]) if match else None


def _money(amount: str, currency: str) -> Words:
    """``$1.50`` is one dollar fifty, ``$0.99`` ninety nine cents, ``$2.5`` two point five dollars."""
    one, many, small = CURRENCIES[currency]
    whole, _, cents = amount.replace(",", "").partition(".")
    if len(cents) != 2:
        return (*say_number(amount), one if amount == "1" else many)
    if int(whole or "0") == 0 and int(cents):
        return (*cardinal(int(cents)), small.rstrip("s") if cents == "01" else small)
    tail = cardinal(int(cents)) if int(cents) else ()
    return (*cardinal(int(whole or "0")), one if int(whole or "0") == 1 else many, *tail)


def _read_date(core: str, _: Around) -> Words | None:
    match = _ISO_DATE.fullmatch(core) or _US_DATE.fullmatch(core) or _DOTTED_DATE.fullmatch(core)
    if match is None or not (1 <= int(match["month"]) <= 12 and 1 <= int(match["day"]) <= 31):
        return None
    return (MONTH_NAMES[int(match["month"]) - 1], *ordinal(int(match["day"])), *year(int(match["year"])))


def _read_time(core: str, around: Around) -> Words | None:
    match = _CLOCK.fullmatch(core)
    if match is None or int(match["hour"]) > 24 or int(match["minute"]) > 59:
        return None
    hour, minute, half = int(match["hour"]), int(match["minute"]), match["half"]
    if match["mark"] == "." and not half:
        return None
    if match["second"]:
        return cardinal(hour) + cardinal(minute) + cardinal(int(match["second"]))
    return _clock(hour, minute, half, said_later=around.after.lower().replace(".", "") in {"am", "pm"})


def _clock(hour: int, minute: int, half: str | None, *, said_later: bool) -> Words:
    suffix = (f"{half.upper()}.M.",) if half else ()
    if minute:
        return (*cardinal(hour), *(("oh",) if minute < 10 else ()), *cardinal(minute), *suffix)
    if suffix or said_later:
        return cardinal(hour) + suffix
    return (*cardinal(hour), "hundred") if hour > 12 else (*cardinal(hour), "o'clock")


def _read_hour(core: str, _: Around) -> Words | None:
    match = _HOUR.fullmatch(core)
    return (*cardinal(int(match[1])), f"{match[2].upper()}.M.") if match else None


def _read_ordinal(core: str, _: Around) -> Words | None:
    match = _ORDINAL.fullmatch(core)
    return ordinal(int(match[1].replace(",", ""))) if match else None


def _read_decade(core: str, _: Around) -> Words | None:
    match = _DECADE.fullmatch(core)
    if match is None or match[1] in {"00", "10"}:
        return None
    *head, last = year(int(match[1])) if len(match[1]) == 4 else cardinal(int(match[1]))
    return (*head, plural(last))


def _read_code(core: str, _: Around) -> Words | None:
    """Telephone numbers and versions, read figure by figure; long groups of years are no code."""
    if not _CODE.fullmatch(core) or re.fullmatch(r"\d{4}-\d{4}", core):
        return None
    if "." in core:
        return tuple(word for part in core.split(".") for word in ("point", *say_number(part)))[1:]
    return digits(core)


def _read_range(core: str, around: Around) -> Words | None:
    match = _RANGE.fullmatch(core)
    if match is None or (match["unit1"] and match["unit1"] not in {match["unit"], "%", "°"}):
        return None
    unit = (say_unit(match["unit"]) or _scale(match["unit"])) if match["unit"] else ()
    if unit is None:
        return None
    years = _reads_as_year(match["first"], around) and not unit
    last = say_number(match["second"], as_year=years and _reads_as_year(match["second"], around))
    return (*say_number(match["first"], as_year=years), "to", *last, *unit)


def _scale(suffix: str) -> Words | None:
    return (MAGNITUDES[suffix],) if suffix in MAGNITUDES else None


def _read_fraction(core: str, around: Around) -> Words | None:
    match = _FRACTION.fullmatch(core)
    if match is None:
        return None
    top, bottom = int(match["top"]), int(match["bottom"])
    if not 0 < top < 1000 or not 1 < bottom <= 100:
        return (*say_number(match["top"]), "over", *say_number(match["bottom"]))
    if top == bottom:
        return (*cardinal(top), "out", "of", *cardinal(bottom))
    said = fraction(top, bottom)
    mixed = ("and", *(("a", *said[1:]) if top == 1 else said))
    if match["whole"]:
        return (*cardinal(int(match["whole"])), *mixed)
    return mixed if around.before.isdigit() and top < bottom else said


def _read_power(core: str, _: Around) -> Words | None:
    match = _POWER.fullmatch(core)
    if match is None:
        return None
    factor = (*say_number(match["factor"]), "times") if match["factor"] else ()
    raised = _POWERS.get(match["sign"] + match["power"])
    power = raised or ("to", "the", *(("minus",) if match["sign"] else ()), *ordinal(int(match["power"][:6])))
    return (*factor, *say_number(match["base"]), *power)


def _read_multiple(core: str, _: Around) -> Words | None:
    match = _MULTIPLE.fullmatch(core)
    return (*say_number(match["number"]), "times") if match else None


def _read_measure(core: str, _: Around) -> Words | None:
    match = _MEASURE.fullmatch(core)
    if match is None:
        return None
    unit = say_unit(match["unit"], one=match["number"].lstrip("-+~<>≥≤±≈") == "1") or _glued_scale(
        match["unit"]
    )
    return (*say_number(match["number"]), *unit) if unit else None


def _glued_scale(suffix: str) -> Words | None:
    """``5G`` and ``4K`` are names; ``10k`` and ``3bn`` are amounts."""
    return (MAGNITUDES[suffix],) if suffix in {"k", "M", "mn", "bn", "tn"} else None


def _read_ratio(core: str, _: Around) -> Words | None:
    match = _RATIO.fullmatch(core)
    return (*say_number(match[1]), "to", *say_number(match[2])) if match else None


def _read_calculation(core: str, _: Around) -> Words | None:
    match = _CALCULATION.fullmatch(core)
    if match is None:
        return None
    return (*say_number(match["first"]), *_OPERATIONS[match["sign"]].split(), *say_number(match["second"]))
