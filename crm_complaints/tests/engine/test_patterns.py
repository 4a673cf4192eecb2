"""Regular expressions over what strangers write: their time grows with the text, no faster."""

import ast
import re
import time
import unittest
from functools import cache
from importlib import import_module
from itertools import chain, product
from pathlib import Path
from re import _constants as sre
from re import _parser as sre_parser

PACKAGE = Path(__file__).resolve().parents[2]
# Where texts of strangers are read, in mail and in forms.
FOLDERS = ("engine", "models", "controllers", "wizards")
_SAMPLES = " \t\r\n0a_A-.,:;/<>()[]{}\"'@=?*&#é年\x00"
# Bounded repetitions of at least so many are tried as if they had no bound.
_MANY = 20
# Texts of so many characters, and such as are so many times longer.
_SIZES, _LONGER = (60, 400), 8
# The same for texts in which each word begins a search to the end of the text.
_STARTS = 2_000
# Eight times as long takes 64 times as long where the time is a square.
_MOST_GROWTH = 24
# Below so many seconds nothing is told from noise, on a slow machine either.
_NOISE = 0.01


def collected():
    """Return the patterns in the code, with how they are used and where they stand.

    :return: list of (pattern, whether it is searched for, file)
    """
    found = {}
    for folder in FOLDERS:
        for path in sorted((PACKAGE / folder).rglob("*.py")):
            place = path.relative_to(PACKAGE)
            for pattern, searched in chain(_compiled(place), _written(path)):
                key = pattern.pattern, pattern.flags, searched
                found.setdefault(key, (pattern, searched, str(place)))
    return list(found.values())


def _compiled(place):
    """Yield the patterns that a module of the engine holds, in whatever."""
    if place.parts[0] != "engine":
        return  # the others need Odoo: what they compile is read from their text
    name = ".".join((__package__.rpartition(".tests")[0], *place.with_suffix("").parts))
    module = import_module(name.removesuffix(".__init__"))
    for name, value in vars(module).items():
        waiting = [value]
        while waiting:
            value = waiting.pop()
            if isinstance(value, re.Pattern):
                yield value, _is_searched(name)
            elif isinstance(value, (tuple, list, set, frozenset)):
                waiting += value
            elif isinstance(value, dict) and "__builtins__" not in value:
                waiting += value.values()


@cache
def _code():
    return "\n".join(
        path.read_text()
        for folder in FOLDERS
        for path in (PACKAGE / folder).rglob("*.py")
    )


def _is_searched(name):
    """Tell whether a pattern is used otherwise than from the beginning of a text."""
    used = set(re.findall(rf"\b{name}\.(\w+)", _code()))
    return not used or not used <= {"match", "fullmatch"}


def _written(path):
    """Yield the patterns that the code gives to functions of `re`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.func.attr not in ("escape", "purge")
            and not ("engine" in path.parts and node.func.attr == "compile")
        ):
            flags = re.I if "re.I" in ast.unparse(node) else 0
            flags |= re.M if "re.M" in ast.unparse(node) else 0
            searched = node.func.attr not in ("match", "fullmatch")
            for text in _texts(node.args[0]):
                yield re.compile(text, flags), searched


def _texts(node):
    """Yield the pattern that an expression stands for; a name in it becomes a word."""
    if isinstance(node, ast.Constant) and isinstance(node.value, (str, bytes)):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield (
            "".join(
                part.value if isinstance(part, ast.Constant) else "word"
                for part in node.values
            )
            .replace("{{", "{")
            .replace("}}", "}")
        )


# -- texts that are hard on a pattern


def attacks(pattern):
    """Yield functions that make a text of about a length, on which a pattern may be slow.

    For each repetition in it: what stands before it, what it repeats many times, and
    something that does not follow; and all of that many times.
    """
    is_text = isinstance(pattern.pattern, str)
    tree = sre_parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    units, seen = [], set()
    for before, body in _repetitions(tree, ""):
        units += [(before, unit) for unit in body]
    single = list(dict.fromkeys(unit for _, unit in units))
    for one, other in product(single[:5], repeat=2):
        if one != other:
            units.append(("", one + other))
    for before, unit in units:
        for end in ("\x01", "\x01\n"):
            for make in (
                lambda n, a=before, u=unit, e=end: a + u * (n // len(u)) + e,
                lambda n, a=before, u=unit, e=end: (a + u + e) * (n // len(a + u + e)),
                lambda n, a=before, u=unit: (a + u) * (n // len(a + u)),
            ):
                text = make(200)
                if text not in seen:
                    seen.add(text)
                    yield make if is_text else lambda n, make=make: make(n).encode()


def starts(pattern):
    """Yield functions that make a text of what stands before a repetition, many times.

    Each may begin a search that goes on to the end of the text.
    """
    is_text = isinstance(pattern.pattern, str)
    tree = sre_parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    for before in dict.fromkeys(before for before, _body in _repetitions(tree, "")):
        if before:
            unit = before if is_text else before.encode()
            yield lambda n, a=unit: a * (n // len(a))


def _repetitions(tree, before):
    """Yield what stands before each repetition of a pattern, and samples of its body."""
    for kind, value in tree:
        if kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            least, most, body = value
            if most > _MANY:
                yield before, _bodies(body)
            yield from _repetitions(body, before)
            before += _sample(body) * min(least, 3)
            continue
        for part in _parts(kind, value):
            yield from _repetitions(part, before)
        before += _sample([(kind, value)])


def _parts(kind, value):
    if kind is sre.BRANCH:
        return value[1]
    if kind is sre.SUBPATTERN:
        return [value[3]]
    if kind in (sre.ASSERT, sre.ASSERT_NOT):
        return [value[1]]
    if kind is sre.ATOMIC_GROUP:
        return [value]
    return []


def _bodies(body):
    """Return some texts that a repetition's body takes."""
    found = []
    if len(body) == 1:
        kind, value = body[0]
        if kind in (sre.IN, sre.NOT_LITERAL, sre.ANY):
            found = [some for some in _SAMPLES if _takes(kind, value, some)]
        for part in _parts(kind, value):
            found += _bodies(part)
    sample = _sample(body)
    return list(dict.fromkeys([*filter(None, [sample]), *found]))[:8]


def _sample(tree):
    """Return a text that a pattern takes, as far as it is easily told."""
    text = ""
    for kind, value in tree:
        if kind is sre.LITERAL:
            text += chr(value)
        elif kind in (sre.IN, sre.NOT_LITERAL, sre.ANY):
            text += next((s for s in _SAMPLES[4:] + " " if _takes(kind, value, s)), "")
            if kind is sre.IN and not text:
                text += next((chr(v) for k, v in value if k is sre.LITERAL), "")
        elif kind in (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT):
            text += _sample(value[2]) * min(value[0], 3)
        elif kind is sre.BRANCH:
            text += _sample(value[1][0])
        elif kind is sre.SUBPATTERN:
            text += _sample(value[3])
        elif kind is sre.ATOMIC_GROUP:
            text += _sample(value)
    return text


@cache
def _taking(source):
    return re.compile(source, re.S)


def _takes(kind, value, some):
    """Tell whether a set of characters has one of them."""
    if kind is sre.ANY:
        return some != "\n"
    if kind is sre.NOT_LITERAL:
        return ord(some) != value
    negated = value[0][0] is sre.NEGATE
    return negated != any(_in(item, some) for item in value[negated:])


def _in(item, some):
    kind, value = item
    if kind is sre.LITERAL:
        return ord(some) == value
    if kind is sre.RANGE:
        return value[0] <= ord(some) <= value[1]
    letter = {
        sre.CATEGORY_DIGIT: r"\d",
        sre.CATEGORY_NOT_DIGIT: r"\D",
        sre.CATEGORY_SPACE: r"\s",
        sre.CATEGORY_NOT_SPACE: r"\S",
        sre.CATEGORY_WORD: r"\w",
        sre.CATEGORY_NOT_WORD: r"\W",
    }[value]
    return bool(_taking(letter).match(some))


def _seconds(pattern, searched, text):
    """Return how long a pattern takes for a text."""
    began = time.process_time()
    pattern.match(text)
    if searched:
        for _found in pattern.finditer(text):
            pass
    return time.process_time() - began


def slow(pattern, searched=True):
    """Return the beginning of a text on which a pattern's time grows too fast, or ''."""
    for make in attacks(pattern):
        for size in _SIZES:
            text = make(size)
            # the fastest of some, as a machine may be busy with something else
            turns = (_seconds(pattern, searched, text) for _turn in range(5))
            if all(took > _NOISE for took in turns):
                return text[:60]
            if _grows_too_fast(pattern, searched, text, make(size * _LONGER)):
                return text[:60]
    for make in starts(pattern) if searched else ():
        text = make(_STARTS)
        if _grows_too_fast(pattern, searched, text, make(_STARTS * _LONGER)):
            return text[:60]
    return ""


def _grows_too_fast(pattern, searched, text, longer):
    if (took := _seconds(pattern, searched, longer)) < _NOISE:
        return False
    took = min(took, *(_seconds(pattern, searched, longer) for _turn in "123"))
    before = min(_seconds(pattern, searched, text) for _turn in range(3))
    return took > _NOISE and took > max(before, _NOISE / 40) * _MOST_GROWTH


class TestPatterns(unittest.TestCase):
    def test_time_of_each_pattern_grows_with_the_text(self):
        patterns = collected()
        self.assertGreater(len(patterns), 100)
        for pattern, searched, place in patterns:
            with self.subTest(place=place, pattern=pattern.pattern[:80]):
                self.assertEqual(slow(pattern, searched), "")

    def test_pattern_that_is_slow_is_found(self):
        for text in (r"\s*(?:0*)?\s*x", r"b*b*c", r"begin.*end", r"<a[^>]*>x"):
            with self.subTest(text):
                self.assertTrue(slow(re.compile(text)))


if __name__ == "__main__":
    unittest.main()
