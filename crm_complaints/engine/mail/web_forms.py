"""Forms on web sites: who, by the text of a form's mail, filled it in.

Not all of them put that person into Reply-To (RFC 5322, 3.6.2): then "E-mail:
jane@home.example" stands among the lines of the text, or in a row of a table.
"""

import re
from dataclasses import dataclass

from .. import addresses as mail_addresses
from . import quotes, source
from .people import person

_MOST_LINES = 1_000
_LONGEST_LINE = 500
_LABELLED = re.compile(r"([^\W\d_][^:：=<>@]{0,60}?)[ *_]{0,3}[:：=][ :：*_]*(.*)$")


def _words(*lines):
    return frozenset(" ".join(lines).split())


# Words of labels, in English, German, French, Spanish, Russian, Italian and Dutch.
_MAIL = _words(
    "email emails mail emailaddress emailadresse mailadresse emailadres mailadres",
    "courriel mél électronique correo почта почты имейл емейл",
)
_GIVEN_NAME = _words("first firstname given vorname prénom имя nombre nome")
_NAME = _words(
    "name fullname nom naam фио last lastname surname nachname apellido apellidos",
    "фамилия cognome",
)
_OTHER = _words(
    "message nachricht mensaje сообщение messaggio bericht comment comments kommentar",
    "commentaire comentario комментарий opmerking subject betreff objet sujet asunto",
    "тема oggetto onderwerp phone telephone mobile telefon telefonnummer téléphone",
    "teléfono телефон telefono telefoon tel complaint beschwerde réclamation queja",
    "reclamación жалоба reclamo klacht order bestellung bestellnummer commande pedido",
    "заказ заказа ordine bestelling",
)
# What stands beside them in a label.
_AROUND = _words(
    "e id address adresse dirección адрес indirizzo adres your my the of to reply",
    "customer client contact sender full personal ihr ihre ihren dein deine kunde",
    "kunden kontakt absender vollständiger d de del la le votre ton complet expéditeur",
    "su tu electrónico electrónica cliente contacto completo completa remitente ваш",
    "ваша ваше твой эл электронная электронной электронный клиента контактный il tuo",
    "suo di uw je klant number nummer numéro número номер und et y и required",
    "pflichtfeld obligatoire obligatorio обязательно",
)


@dataclass(frozen=True)
class Filled:
    """What the text of a form says of who filled it in.

    :ivar tuple people: (name, address) of each, '' for a name that it does not tell
    :ivar bool is_form: it has other labels of forms, such as for name and message
    :ivar bool is_passed_on: it has a line "From:"; so has a mail that is passed on
    """

    people: tuple = ()
    is_form: bool = False
    is_passed_on: bool = False


def filled_in(message):
    """Read who filled in the form that a mail comes from; never raises.

    :param email.message.Message message:
    :rtype: Filled
    """
    with source.tolerant():
        return read(source.plain(message))
    return Filled()


def read(text):
    """Read who filled in a form, from the text of its mail.

    :rtype: Filled
    """
    lines = [
        line[:_LONGEST_LINE].strip(" *_|\xa0\u200b\ufeff")
        for line in re.split(r"[\r\n\t]+", text)[:_MOST_LINES]
    ]
    addressed, senders, names, others, is_mail = {}, {}, {}, set(), False
    for at, line in enumerate(lines):
        labelled = _LABELLED.match(line)
        kind = _kind(labelled[1] if labelled else line, bool(labelled))
        value = (labelled[2] if labelled else "") or _next(lines, at)
        if kind in ("mail", "from"):
            name, address = person(value)
            address = mail_addresses.typed(address.rstrip("."))[0]
            if address:
                (addressed if kind == "mail" else senders).setdefault(address, name)
        elif kind in ("given", "name"):
            names.setdefault(kind, " ".join(value.split())[:100])
        elif kind == "other":
            others.add(line)
        elif kind == "to":
            is_mail = True
    if is_mail:
        # the header of some mail that is shown
        senders = {}
    found = senders | addressed
    if len(found) == 1:
        ((address, name),) = found.items()
        found = {address: senders.get(address) or name or _whole(**names)}
    return Filled(
        tuple((name, address) for address, name in found.items()),
        is_form=bool(names or others),
        is_passed_on=is_mail or bool(senders),
    )


def _kind(label, is_labelled):
    """Return what stands behind a label, '' for what is none.

    In tables, and on lines of their own, they have no colon.
    """
    words = re.findall(r"[^\W_]+", label.casefold()) if len(label) < 80 else []
    rest = set(words) - _AROUND
    if rest and rest <= _MAIL:
        return "mail"
    if rest & _GIVEN_NAME and rest <= _GIVEN_NAME | {"name"}:
        return "given"
    if rest and rest <= _NAME:
        return "name"
    if rest & _OTHER and len(words) <= 4:
        return "other"
    if not is_labelled:
        return ""
    if words in (["sender"], ["reply", "to"]):
        return "from"
    kind = quotes.label_of(f"{label}:")
    return kind if kind in ("from", "to") else ""


def _next(lines, at):
    """Return the value in one of the next lines, '' where another label comes first."""
    for line in lines[at + 1 : at + 4]:
        if line:
            is_label = _LABELLED.match(line) or _kind(line, False)
            return "" if is_label else line
    return ""


def _whole(given="", name=""):
    if given and given.casefold() in name.casefold():
        return name
    return f"{given} {name}".strip()
