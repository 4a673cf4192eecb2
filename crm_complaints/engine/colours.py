"""Colours: which can be read on which, by the contrast that WCAG 2 asks for."""

import re

WHITE, BLACK = "#ffffff", "#000000"
# The contrast of text, WCAG 2, level AA.
ENOUGH = 4.5
_COLOUR = re.compile(r"#?([0-9a-f]{6}|[0-9a-f]{3})", re.IGNORECASE)
# Each step makes a colour so much darker.
_DARKER = 0.95


def read(text):
    """Return a colour as #rrggbb, None for what is no colour such as #abc or #aabbcc."""
    found = _COLOUR.fullmatch((text or "").strip())
    if not found:
        return None
    digits = found[1].lower()
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    return f"#{digits}"


def contrast(one, other):
    """Return the contrast of two colours: from 1, none, to 21, black on white."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def text_on(background):
    """Return black or white, whichever is read better on a colour."""
    return max((WHITE, BLACK), key=lambda text: contrast(text, background))


def darkened_for(background, colour):
    """Return a colour, darkened until it can be read as text on a light background."""
    parts = _parts(colour)
    while contrast(colour, background) < ENOUGH and any(parts):
        parts = [int(part * _DARKER) for part in parts]
        colour = "#" + "".join(f"{part:02x}" for part in parts)
    return colour


def _parts(colour):
    return [int(colour[start : start + 2], 16) for start in (1, 3, 5)]


def _luminance(colour):
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in _parts(colour))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
