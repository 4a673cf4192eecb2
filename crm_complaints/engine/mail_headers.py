"""Reading the headers of an incoming mail: when it arrived, and whether a person wrote it."""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

# A sending server keeps trying for four to five days (RFC 5321, 4.5.4.1). A date
# further back than that is a wrong clock rather than a slow mail.
_LONGEST_WAY = timedelta(days=5)
# Headers whose mere presence tells: lists (RFC 2369, RFC 2919), answering machines,
# and delivery reports in a form of their own.
_TELLING = (
    "List-Id",
    "List-Unsubscribe",
    "List-Subscribe",
    "List-Post",
    "List-Help",
    "List-Owner",
    "List-Archive",
    "X-Autoreply",
    "X-Autoreply-From",
    "X-Autorespond",
    "X-Mail-Autoreply",
    "X-Failed-Recipients",
)
# Two servers' clocks may differ by this much.
_CLOCK_SKEW = timedelta(minutes=5)


@dataclass(frozen=True)
class IncomingFacts:
    """What only the raw mail tells about a complaint that came in by it."""

    received_at: datetime
    automatic: str
    message_id: str

    @classmethod
    def from_message(cls, message, now, message_id=""):
        """Read them from a mail; never raises.

        :param email.message.Message message:
        :param datetime now: naive, UTC
        :param str message_id: the id the gateway knows the mail by
        """
        return cls(arrival_time(message, now), automatic_reason(message), message_id)


def _header(message, name):
    """Return the text of a header, '' where it is missing or cannot be read."""
    try:
        value = message[name]
        return str(value) if value is not None else ""
    except Exception:
        # Python's parser raises a whole zoo of errors on broken headers
        return ""


def _headers(message, name):
    """Return the texts of all headers of that name, topmost first."""
    try:
        return [str(value) for value in message.get_all(name) or []]
    except Exception:
        return []


def _naive_utc(text):
    """Parse an RFC 5322 date; None where it is none."""
    try:
        moment = parsedate_to_datetime(text.strip())
        if moment.tzinfo:
            moment = moment.astimezone(timezone.utc).replace(tzinfo=None)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None
    return moment


def arrival_time(message, now):
    """Tell when a mail arrived in the mailbox.

    The topmost ``Received`` is written by the mailbox's own server and is trusted.
    ``Date`` is the sender's word: it is taken where it is plausible for a mail that
    arrives now. In all other cases the mail arrived now. Never raises.

    :param email.message.Message message:
    :param datetime now: naive, UTC
    :return: naive datetime, UTC, never later than ``now``
    """
    received = _headers(message, "Received")
    if received:
        moment = _naive_utc(received[0].rpartition(";")[2])
        if moment and moment <= now + _CLOCK_SKEW:
            return min(moment, now)
    moment = _naive_utc(_header(message, "Date"))
    if moment and now - _LONGEST_WAY <= moment <= now + _CLOCK_SKEW:
        return min(moment, now)
    return now


def automatic_reason(message):
    """Tell why a mail must not be answered automatically.

    Source: RFC 3834, 2, and the headers that mail software puts on automatic and
    list mail beside it. Never raises.

    :param email.message.Message message:
    :return: the header that says so, such as "Auto-Submitted: auto-replied"; ''
        where a person seems to have written
    """
    submitted = _header(message, "Auto-Submitted").strip()
    if submitted and submitted.partition(";")[0].strip().lower() != "no":
        return f"Auto-Submitted: {submitted}"
    precedence = _header(message, "Precedence").strip().lower()
    if precedence in ("bulk", "junk", "list", "auto_reply"):
        return f"Precedence: {precedence}"
    for name in _TELLING:
        value = _header(message, name).strip()
        if value and value.lower() != "no":
            return name
    suppress = _header(message, "X-Auto-Response-Suppress").lower()
    if {word.strip() for word in suppress.split(",")} & {"all", "autoreply", "oof"}:
        return "X-Auto-Response-Suppress"
    if _header(message, "Return-Path").strip() == "<>":
        return "Return-Path: <>"
    sender = _header(message, "From").lower()
    if "mailer-daemon@" in sender or "postmaster@" in sender:
        return "From: mailer-daemon"
    return ""
