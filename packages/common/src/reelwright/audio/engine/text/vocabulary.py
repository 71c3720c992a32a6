"""What is written short and said long: tables only."""

from reelwright.audio.engine.text.wordlist import wordset

__all__ = [
    "ABBREVIATIONS",
    "BEFORE_A_COUNT",
    "BEFORE_A_YEAR",
    "BEFORE_NUMBERS",
    "CURRENCIES",
    "CURRENCY_CODES",
    "FOLDED_LETTERS",
    "MAGNITUDES",
    "MONTHS",
    "MONTH_NAMES",
    "NEVER_LAST",
    "NUMBERED_THINGS",
    "SAID_AS_WORDS",
    "SCALE_WORDS",
    "SENTENCE_OPENERS",
    "SHORT_WORDS",
    "SPELLED_OUT",
    "SYMBOLS",
    "UNITS",
]

MONTH_NAMES = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
MONTHS = {name: name for name in MONTH_NAMES} | {
    "Jan": "January",
    "Feb": "February",
    "Mar": "March",
    "Apr": "April",
    "Jun": "June",
    "Jul": "July",
    "Aug": "August",
    "Sep": "September",
    "Sept": "September",
    "Oct": "October",
    "Nov": "November",
    "Dec": "December",
}

ABBREVIATIONS = {
    "approx": "approximately",
    "apt": "apartment",
    "assoc": "association",
    "asst": "assistant",
    "ave": "avenue",
    "blvd": "boulevard",
    "bros": "brothers",
    "ca": "circa",
    "capt": "captain",
    "cf": "compare",
    "col": "colonel",
    "corp": "corporation",
    "dept": "department",
    "e.g": "for example",
    "eg": "for example",
    "esp": "especially",
    "est": "established",
    "etc": "et cetera",
    "gen": "general",
    "gov": "governor",
    "govt": "government",
    "i.e": "that is",
    "ie": "that is",
    "inc": "incorporated",
    "incl": "including",
    "intl": "international",
    "jr": "junior",
    "lt": "lieutenant",
    "ltd": "limited",
    "max": "maximum",
    "min": "minimum",
    "misc": "miscellaneous",
    "mr": "mister",
    "mrs": "missus",
    "ms": "miz",
    "mt": "mount",
    "natl": "national",
    "prof": "professor",
    "rd": "road",
    "rep": "representative",
    "rev": "reverend",
    "sen": "senator",
    "sgt": "sergeant",
    "sq": "square",
    "sr": "senior",
    "univ": "university",
    "vs": "versus",
}
"""Read so only when a full stop follows, but for those that are no words of their own."""

SAID_AS_WORDS = {"JSON": "Jason", "GUI": "gooey", "SCSI": "scuzzy", "JPG": "J. peg", "WYSIWYG": "wizzywig"}
"""Initialisms that have become words the dictionary does not know."""

SHORT_WORDS = {
    "&c": "et cetera",
    "a/c": "air conditioning",
    "ok": "okay",
    "c++": "C. plus plus",
    "c#": "C. sharp",
    "f#": "F. sharp",
    "etc": "et cetera",
    "mr": "mister",
    "mrs": "missus",
    "n/a": "not applicable",
    "vs": "versus",
    "ph.d": "P.H.D.",
    "w/": "with",
    "w/o": "without",
    "24/7": "twenty four seven",
    "9/11": "nine eleven",
    "50/50": "fifty fifty",
    "50-50": "fifty fifty",
}
"""Read so wherever they stand."""

NEVER_LAST = wordset(
    "mr mrs ms dr prof gen sen gov rep rev capt lt col sgt mt vs cf approx ca e.g i.e incl esp no fig"
)
"""Abbreviations after which a sentence goes on."""

SENTENCE_OPENERS = wordset(
    "a after all an and as at before but by each every for from he her here his how i if in it its many "
    "most my no nobody not now on once one our people she so some still that the their then there these "
    "they this those to today two we what when where which while who why with yet you your"
)
"""Words that, written with a capital after an abbreviation, begin a new sentence."""

NUMBERED_THINGS = wordset(
    "act chapter class level mark mission part phase section stage title type volume war apollo"
)
"""What carries a Roman numeral that is counted; after a name it is an ordinal."""

BEFORE_NUMBERS = {
    "no": "number",
    "nos": "numbers",
    "fig": "figure",
    "figs": "figures",
    "p": "page",
    "pp": "pages",
    "vol": "volume",
    "ch": "chapter",
    "sec": "section",
    "eq": "equation",
}
"""Read so when a number follows."""

BEFORE_A_YEAR = wordset("in since until year")
"""After these it is a year, whatever follows."""

BEFORE_A_COUNT = wordset("than nearly approximately exactly roughly only almost every")
"""After these a number of four digits is a count and no year."""

CURRENCIES = {
    "$": ("dollar", "dollars", "cents"),
    "£": ("pound", "pounds", "pence"),
    "€": ("euro", "euros", "cents"),
    "¥": ("yen", "yen", "sen"),
    "₹": ("rupee", "rupees", "paise"),
    "₩": ("won", "won", "jeon"),
    "₽": ("ruble", "rubles", "kopecks"),
}
CURRENCY_CODES = {
    "USD": ("dollar", "dollars"),
    "EUR": ("euro", "euros"),
    "GBP": ("pound", "pounds"),
    "JPY": ("yen", "yen"),
    "CHF": ("Swiss franc", "Swiss francs"),
    "CAD": ("Canadian dollar", "Canadian dollars"),
    "AUD": ("Australian dollar", "Australian dollars"),
}

SCALE_WORDS = wordset("hundred thousand million billion trillion")
MAGNITUDES = {
    "k": "thousand",
    "K": "thousand",
    "m": "million",
    "M": "million",
    "mn": "million",
    "bn": "billion",
    "b": "billion",
    "B": "billion",
    "tn": "trillion",
    "T": "trillion",
}

UNITS = {
    "%": ("percent", "percent"),
    "°": ("degree", "degrees"),
    "°c": ("degree Celsius", "degrees Celsius"),
    "°f": ("degree Fahrenheit", "degrees Fahrenheit"),
    "°C": ("degree Celsius", "degrees Celsius"),
    "°F": ("degree Fahrenheit", "degrees Fahrenheit"),
    "mm": ("millimeter", "millimeters"),
    "cm": ("centimeter", "centimeters"),
    "m": ("meter", "meters"),
    "km": ("kilometer", "kilometers"),
    "nm": ("nanometer", "nanometers"),
    "µm": ("micrometer", "micrometers"),
    "μm": ("micrometer", "micrometers"),
    "ft": ("foot", "feet"),
    "yd": ("yard", "yards"),
    "mi": ("mile", "miles"),
    "mg": ("milligram", "milligrams"),
    "g": ("gram", "grams"),
    "kg": ("kilogram", "kilograms"),
    "µg": ("microgram", "micrograms"),
    "μg": ("microgram", "micrograms"),
    "lb": ("pound", "pounds"),
    "lbs": ("pound", "pounds"),
    "oz": ("ounce", "ounces"),
    "ml": ("milliliter", "milliliters"),
    "mL": ("milliliter", "milliliters"),
    "l": ("liter", "liters"),
    "L": ("liter", "liters"),
    "ha": ("hectare", "hectares"),
    "ms": ("millisecond", "milliseconds"),
    "ns": ("nanosecond", "nanoseconds"),
    "s": ("second", "seconds"),
    "sec": ("second", "seconds"),
    "min": ("minute", "minutes"),
    "mins": ("minute", "minutes"),
    "h": ("hour", "hours"),
    "hr": ("hour", "hours"),
    "hrs": ("hour", "hours"),
    "yr": ("year", "years"),
    "yrs": ("year", "years"),
    "mph": ("mile per hour", "miles per hour"),
    "kph": ("kilometer per hour", "kilometers per hour"),
    "kmh": ("kilometer per hour", "kilometers per hour"),
    "rpm": ("revolution per minute", "revolutions per minute"),
    "fps": ("frame per second", "frames per second"),
    "ppm": ("part per million", "parts per million"),
    "px": ("pixel", "pixels"),
    "Hz": ("hertz", "hertz"),
    "kHz": ("kilohertz", "kilohertz"),
    "MHz": ("megahertz", "megahertz"),
    "GHz": ("gigahertz", "gigahertz"),
    "W": ("watt", "watts"),
    "kW": ("kilowatt", "kilowatts"),
    "MW": ("megawatt", "megawatts"),
    "GW": ("gigawatt", "gigawatts"),
    "TW": ("terawatt", "terawatts"),
    "Wh": ("watt hour", "watt hours"),
    "kWh": ("kilowatt hour", "kilowatt hours"),
    "MWh": ("megawatt hour", "megawatt hours"),
    "GWh": ("gigawatt hour", "gigawatt hours"),
    "TWh": ("terawatt hour", "terawatt hours"),
    "V": ("volt", "volts"),
    "kV": ("kilovolt", "kilovolts"),
    "J": ("joule", "joules"),
    "kJ": ("kilojoule", "kilojoules"),
    "MJ": ("megajoule", "megajoules"),
    "cal": ("calorie", "calories"),
    "kcal": ("kilocalorie", "kilocalories"),
    "Pa": ("pascal", "pascals"),
    "hPa": ("hectopascal", "hectopascals"),
    "kPa": ("kilopascal", "kilopascals"),
    "dB": ("decibel", "decibels"),
    "KB": ("kilobyte", "kilobytes"),
    "kB": ("kilobyte", "kilobytes"),
    "MB": ("megabyte", "megabytes"),
    "GB": ("gigabyte", "gigabytes"),
    "TB": ("terabyte", "terabytes"),
    "PB": ("petabyte", "petabytes"),
    "kbps": ("kilobit per second", "kilobits per second"),
    "Mbps": ("megabit per second", "megabits per second"),
    "Gbps": ("gigabit per second", "gigabits per second"),
}

SYMBOLS = {
    "&": "and",
    "+": "plus",
    "=": "equals",
    "≠": "is not equal to",
    "≈": "about",
    "~": "about",
    "<": "less than",
    ">": "greater than",
    "≤": "at most",
    "≥": "at least",
    "\u00d7": "times",
    "μ": "mu",
    "÷": "divided by",
    "±": "plus or minus",
    "√": "the square root of",
    "∞": "infinity",
    "@": "at",
    "#": "number",
    "%": "percent",
    "‰": "per mille",
    "°": "degrees",
    "§": "section",
    "→": "to",
    "⇒": "to",
    "➜": "to",
    "➡": "to",
    "←": "from",
    "↔": "to and from",
    "$": "dollars",
    "£": "pounds",
    "€": "euros",
    "¢": "cents",
}

SPELLED_OUT = wordset(
    "US UK EU UN IT AI TV ID PC AM PM WHO LED LCD DIY ICU ADD ATM CAD IQ IP OS LA AC DC AD BC BCE CE PR "
    "HR VR AR UV"
)
"""Initialisms that would be taken for a word."""

FOLDED_LETTERS = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "Æ": "Ae",
        "œ": "oe",
        "Œ": "Oe",
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ð": "th",
        "Ð": "Th",
        "þ": "th",
        "Þ": "Th",
        "\u0131": "i",
        "ħ": "h",
    }
)
