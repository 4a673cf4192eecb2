"""Invitations (iCalendar, RFC 5545) in words, without labels in any language."""

import re
from datetime import datetime

# More than anybody invites to in one mail.
_MOST_EVENTS = 20
_EVENT = re.compile(r"(BEGIN|END):(?:VEVENT|VTODO|VJOURNAL)\s*$", re.I)
_FOLD = re.compile(r"\r?\n[ \t]")
_PROPERTY = re.compile(
    r'([A-Z-]{3,20})((?:;[\w-]{1,40}=(?:"[^"\n]{0,500}"|[^":;\n]{0,500})){0,20}):(.*)',
    re.I,
)
_ZONE = re.compile(r';TZID="?([^":;\n]{1,100})', re.I)
_ESCAPED = re.compile(r"\\([\\;,nN])")
_SHOWN = ("SUMMARY", "DTSTART", "DTEND", "DUE", "LOCATION", "DESCRIPTION", "COMMENT")


def in_words(text):
    """Return what an invitation is about, when, where, and what it says; '' if nothing.

    :param str text: a text/calendar
    """
    said = []
    for event in _events(_FOLD.sub("", text)):
        when = " – ".join(
            filter(None, (_time(event[name]) for name in ("DTSTART", "DTEND", "DUE")))
        )
        lines = [
            _text(event["SUMMARY"]),
            when,
            _text(event["LOCATION"]),
            _text(event["DESCRIPTION"]),
            _text(event["COMMENT"]),
        ]
        said.append("\n".join(filter(None, lines)))
    return "\n\n".join(filter(None, said))


def _events(text):
    """Return the properties of each event, as name -> (parameters, value)."""
    found, event, depth = [], None, 0
    for line in text.splitlines():
        if border := _EVENT.match(line):
            event = None
            if border[1].upper() == "BEGIN" and len(found) < _MOST_EVENTS:
                event = dict.fromkeys(_SHOWN, ("", ""))
                found.append(event)
            depth = 0
        elif line[:6].upper() == "BEGIN:":
            depth += 1  # what is in an event, such as an alarm
        elif line[:4].upper() == "END:":
            depth -= 1
        elif event is not None and not depth and (read := _PROPERTY.match(line)):
            name = read[1].upper()
            if name in event and not event[name][1]:
                event[name] = read[2], read[3]
    return found


def _text(read):
    text = _ESCAPED.sub(
        lambda found: "\n" if found[1] in "nN" else found[1],
        read[1],
    )
    return text.strip()


def _time(read):
    """Return a time as it is told, with its time zone."""
    parameters, value = read
    value = value.strip()
    zone = _ZONE.search(parameters)
    for form, shown in (
        ("%Y%m%dT%H%M%S", "%Y-%m-%d %H:%M"),
        ("%Y%m%dT%H%M", "%Y-%m-%d %H:%M"),
        ("%Y%m%d", "%Y-%m-%d"),
    ):
        try:
            told = datetime.strptime(value.rstrip("zZ"), form).strftime(shown)
        except ValueError:
            continue
        if value[-1] in "zZ":
            return f"{told} (UTC)"
        return f"{told} ({zone[1]})" if zone else told
    return value
