"""Odd inputs that are fine: they are text, and come through as text."""

__all__ = ["ODD_OPTIONS", "ODD_TOPICS"]

ODD_TOPICS: dict[str, tuple[str, str]] = {
    "emoji": ("🌊 Tides 🌕", "🌊 Tides 🌕"),
    "only emoji": ("🎬👩\u200d🚀", "🎬👩\u200d🚀"),
    "Hebrew": ("למה יש גאות פעמיים ביום", "למה יש גאות פעמיים ביום"),
    "Arabic": ("لماذا المد والجزر", "لماذا المد والجزر"),
    "mixed directions": ("Tides / גאות / tides", "Tides / גאות / tides"),
    "Japanese": ("潮の満ち引き", "潮の満ち引き"),
    "Thai": ("น้ำขึ้นน้ำลง", "น้ำขึ้นน้ำลง"),
    "decomposed accents": ("Cafe\u0301", "Café"),
    "a script tag": ("<script>alert(1)</script>", "<script>alert(1)</script>"),
    "an image tag": ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
    "the end of a style": ("--></style></title>", "--></style></title>"),
    "quotes": ('"it\'s" `quoted`', '"it\'s" `quoted`'),
    "rich markup": ("[bold red]Tides[/]", "[bold red]Tides[/]"),
    "SQL": ("'; DROP TABLE productions; --", "'; DROP TABLE productions; --"),
    "a path": ("../../etc/passwd", "../../etc/passwd"),
    "an address": ("javascript:alert(1)", "javascript:alert(1)"),
    "a shell command": ("$(touch x) `touch x` | touch x; %PATH%", "$(touch x) `touch x` | touch x; %PATH%"),
    "a template": ("{{ config }} {0} %s ${x}", "{{ config }} {0} %s ${x}"),
    "a format of ffmpeg": ("video%04d:[v]scale=2;", "video%04d:[v]scale=2;"),
    "caption markup": ("<c.red>--> {\\an8}", "<c.red>--> {\\an8}"),
    "an escape sequence": ("\x1b[31mred\x1b[0m", "[31mred[0m"),
    "direction overrides": ("abc\u202edef\u202c", "abcdef"),
    "zero-width characters": ("zero\u200bwidth\ufeff", "zerowidth"),
    "line breaks": ("two\nlines\r\nand\u2028more", "two lines and more"),
    "white space": ("  much \t space\u00a0here  ", "much space here"),
    "a null character": ("nu\x00ll", "null"),
    "bytes that are not UTF-8": ("caf\udcc3\udca9", "caf"),
    "200 characters": ("x" * 200, "x" * 200),
    "one character": ("x", "x"),
    "a number": ("42", "42"),
    "an option": ("--json", "--json"),
    "a dash": ("-", "-"),
    "a word of YAML": ("null", "null"),
    "many accents": (
        "Z\u0351\u036b\u0343\u036a\u0302\u036b\u033d\u034f\u0334\u0319\u0324\u031ea\u0349\u034d\u0316lgo",
        "",
    ),
}
"""By name: what is typed, and the topic that comes of it; nothing where only its presence counts."""

ODD_OPTIONS: dict[str, tuple[tuple[str, ...], str, object]] = {
    "Arabic digits": (("--duration", "\u0663\u0660"), "duration_seconds", 30),
    "a plus sign": (("--duration", "+30"), "duration_seconds", 30),
    "spaces": (("--duration", " 30 "), "duration_seconds", 30),
    "underscores": (("--duration", "3_0"), "duration_seconds", 30),
    "the last one wins": (("--duration", "30", "--duration", "40"), "duration_seconds", 40),
    "an audience of markup": (("--audience", "<b>all</b>"), "audience", "<b>all</b>"),
}
"""By name: options, and the field of the brief that must come of them."""
