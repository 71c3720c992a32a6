"""How figures and signs sound, as far as needed to know how long they take to say."""

import re

__all__ = ["spoken_words"]

_TEENS = "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_SMALL = tuple(f"zero one two three four five six seven eight nine {_TEENS}".split())
_TENS = tuple(f"{root}ty" for root in ("twen", "thir", "for", "fif", "six", "seven", "eigh", "nine"))
_SCALES = ((10**9, "billion"), (10**6, "million"), (10**3, "thousand"), (100, "hundred"))
_UNITS = {
    "km": "kilometers",
    "m": "meters",
    "cm": "centimeters",
    "mm": "millimeters",
    "kg": "kilograms",
    "g": "grams",
    "mg": "milligrams",
    "ml": "milliliters",
    "l": "liters",
    "h": "hours",
    "min": "minutes",
    "km/h": "kilometers an hour",
    "m/s": "meters a second",
    "mph": "miles an hour",
    "kwh": "kilowatt hours",
    "twh": "terawatt hours",
    "mw": "megawatts",
    "kw": "kilowatts",
    "gw": "gigawatts",
    "gb": "gigabytes",
    "mb": "megabytes",
}
_MONEY = {"$": "dollars", "£": "pounds", "€": "euros"}
_SIGNS = {
    "%": " percent ",
    "°C": " degrees Celsius ",
    "°F": " degrees Fahrenheit ",
    "°": " degrees ",
    "&": " and ",
}
_FIGURE = re.compile(
    r"([$£€])?(\d{1,15}(?:,\d{3})*(?:\.\d+)?)(?: ?(million|billion|trillion)\b)?(?: ?([a-zA-Z/]+))?"
)
_YEAR_FROM, _YEAR_TO = 1100, 2100
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_LETTER_NAMES = {"w": "doubleyou"}


def spoken_words(text: str) -> list[str]:
    """Return the words a reader says for ``text``, in lower case; capitals of initialisms one by one."""
    for sign, spoken in _SIGNS.items():
        text = text.replace(sign, spoken)
    words: list[str] = []
    for word in _WORD.findall(_FIGURE.sub(_say_figure, text)):
        words.extend(_letters(word) if _is_initialism(word) else [word.lower()])
    return words


def _say_figure(match: re.Match[str]) -> str:
    money, figure, scale, unit = match.groups()
    said = _say_number(figure)
    after = [scale, _MONEY.get(money or ""), _UNITS.get(unit.lower(), unit) if unit else None]
    return " ".join([said, *(part for part in after if part)])


def _say_number(figure: str) -> str:
    whole, _, decimals = figure.replace(",", "").partition(".")
    value = int(whole)
    if not decimals and "," not in figure and _YEAR_FROM <= value < _YEAR_TO and value % 1000 >= 10:
        return _say_year(value)
    point = f" point {' '.join(_SMALL[int(digit)] for digit in decimals)}" if decimals else ""
    return _say_whole(value) + point


def _say_year(year: int) -> str:
    century, rest = divmod(year, 100)
    if rest == 0:
        return f"{_say_whole(century)} hundred"
    return f"{_say_whole(century)} {'oh ' if rest < 10 else ''}{_say_whole(rest)}"


def _say_whole(value: int) -> str:
    if value < 20:
        return _SMALL[value]
    for size, name in _SCALES:
        if value >= size:
            head, rest = divmod(value, size)
            return f"{_say_whole(head)} {name} {_say_whole(rest) if rest else ''}"
    ten, one = divmod(value, 10)
    return f"{_TENS[ten - 2]} {_SMALL[one] if one else ''}"


def _is_initialism(word: str) -> bool:
    vowels = sum(character in "AEIOU" for character in word)
    return word.isupper() and 2 <= len(word) <= 5 and (vowels == 0 or len(word) == 2)


def _letters(word: str) -> list[str]:
    return [_LETTER_NAMES.get(letter, letter) for letter in word.lower()]
