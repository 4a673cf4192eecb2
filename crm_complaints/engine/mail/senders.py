"""Sender of a mail: who wrote it, which is not always whose address stands in From.

Forms on web sites and lists send in their own name and say elsewhere whose words these
are; colleagues forward what customers wrote to them.
"""

import re
from dataclasses import dataclass, replace
from email.utils import parseaddr

from .. import addresses as mail_addresses
from . import quotes, source, web_forms
from .people import BARE, LONGEST, people, tidy

_VIA = re.compile(
    r"(?P<name>.{1,200}?) (?:via|über|door|przez|через|vía|através de|al posto di) \S",
    re.I,
)
# Addresses that take no mail, and programs that send what forms on web sites are given.
NO_REPLY = re.compile(r"(?:.*[-_.+])?(?:no|do[-_.]?not|dont)[-_.]?reply(?![a-z])", re.I)
_PROGRAM = re.compile(
    r"(?:wordpress|www|www-?data|apache2?|httpd?|nginx|nobody|php|cgi(?:-?mailer)?|"
    r"form-?mail(?:er)?|web-?form|mailform|form-?processor|forms|joomla|drupal|typo3|"
    r"magento|prestashop|shopware|woocommerce|mailer|automailer|notifier)\d*$",
    re.I,
)
# What forms of ours are sent from, beside the two above.
_FORM = re.compile(
    r"(?:(?:web|site|online|e|contact|kontakt)?[-_.]?"
    r"(?:form|formular|formulaire|formulario|web|website|site|server|system|"
    r"notifications?|notify|alerts?))\d*$",
    re.I,
)
# Mailboxes of a trade rather than of a person; in front of the @, whole.
_TRADE = re.compile(
    r"(?:(?:web|site|online|e|contact|kontakt)?[-_.]?"
    r"(?:form|formular|formulaire|formulario|kontakt|contact|contacto|contatto|shop|"
    r"store|boutique|tienda|negozio|orders?|sales|info|support|service|helpdesk|help|"
    r"admin|web|webmaster|website|site|server|host|system|mail|post|office|hello|"
    r"notifications?|notify|alerts?|feedback|reviews?|marketplace|messages?|team)"
    r"[-_.]?(?:form|formular|mailer|page|site|us)?)\d*$",
    re.I,
)
# What says that the name of a sender is none of a person.
_TRADE_NAME = re.compile(
    r"\b(?:form\w*|contact|kontakt\w*|shop|store|web\s?site|webseite|homepage|"
    r"formulaire|formulario|modulo|wordpress|notifications?|mailer|support|service|"
    r"no[- ]?reply|customer care|online)\b|\.(?:com|de|net|org|fr|es|example)\b",
    re.I,
)
# Who wrote what a list, or a group, sends in its own name; best first.
_ORIGINALS = ("X-Original-From", "X-Google-Original-From", "Original-From")
_ORIGINALS_LAST = (
    "X-Original-Sender",
    "X-MailFrom",
    "X-Mail-From",
    "X-Original-Mail-From",
)
_LIST_ADDRESSES = ("List-Post", "X-BeenThere", "Mailing-List", "X-Mailing-List")


@dataclass(frozen=True)
class Sender:
    """Sender of a mail.

    :ivar str address: of who wrote it, bare, in lower case; '' where it is not told
    :ivar str name: theirs, '' where there is none
    :ivar str sent_by: the address in From, '' where there is none
    :ivar str answer_to: where they want to be answered, '' for ``address``
    :ivar bool is_relayed: what stands in From is a form, a list or a colleague
    :ivar bool is_forwarded: a colleague passed it on
    :ivar str words: what they wrote, where a colleague passed it on; '' if unknown
    :ivar bool is_form: the text, which is that of a form, says who filled it in
    :ivar tuple named: addresses in the text of a form, one of which may be theirs
    """

    address: str = ""
    name: str = ""
    sent_by: str = ""
    answer_to: str = ""
    is_relayed: bool = False
    is_forwarded: bool = False
    words: str = ""
    is_form: bool = False
    named: tuple = ()

    @property
    def reply_address(self):
        """Return the address that an answer goes to, '' where nobody is told."""
        return self.answer_to or self.address

    @property
    def addresses(self):
        """Return all addresses of it, who wrote it first."""
        return tuple(filter(None, (self.address, self.answer_to, self.sent_by)))

    @property
    def is_untold(self):
        """Tell whether somebody wrote it whom the mail does not name."""
        return self.is_relayed and not self.reply_address

    def forwarding(self, original):
        """Return the sender of a mail that this one, a colleague, passed on.

        :param Sender original:
        """
        return replace(
            original,
            sent_by=self.sent_by,
            is_relayed=True,
            is_forwarded=True,
        )


def sender_of(message, own=frozenset(), house=frozenset()):
    """Tell who wrote a mail; never raises.

    Where the address in From is that of a form or a list, it is who stands in
    X-Original-From or in Reply-To (RFC 5322, 3.6.2), or else who the text of a form says
    filled it in. A person who wants to be answered at another mailbox is still who stands
    in From.

    :param own: addresses our mail is sent from, in lower case
    :param house: further addresses of ours, and "@example.com" for all of a domain
    """
    text = source.header(message, "From")
    address = source.sender(message)
    name = next((name for name, bare in people(text) if bare == address), "")
    if not address:
        # with comments where nobody writes them any more (RFC 5322, 4.4)
        name, address = _old_style(text)
    lists = _list_addresses(message)

    def takes_mail(bare):
        return not (
            bare in lists
            or is_in(bare, own)
            or mail_addresses.without_detail(bare) in house
            or bare in house
            or NO_REPLY.match(bare.partition("@")[0])
        )

    def is_customers(bare):
        return takes_mail(bare) and not is_program(bare) and not is_in(bare, house)

    replies = [
        found
        for value in source.headers(message, "Reply-To")[:3]
        for found in people(value)
        if takes_mail(found[1])
    ]
    sender = Sender(address, name, address)
    via = _VIA.match(name)
    is_list = address in lists or bool(via and (lists or _originals(message)))
    relays = (
        is_list
        or is_in(address, own)
        or is_program(address)
        or bool(via and replies)
        # a form on our own web site
        or (
            is_in(address, house)
            and any(not is_in(bare, house) for _n, bare in replies)
        )
    )
    if not relays:
        form = None
        if not replies and is_in(address, house):
            form = _filled_in(message, sender, is_customers, False, True)
        return form or _with_reply(sender, replies)
    told = [
        *(found for found in _originals(message) if takes_mail(found[1])),
        *(found for found in replies if found[1] != address),
        *(found for found in _originals(message, last=True) if takes_mail(found[1])),
    ]
    for known, bare in told:
        if bare != address:
            return replace(
                sender,
                address=bare,
                name=known or _name_for(via["name"] if via else name, bare, via),
                is_relayed=True,
            )
    is_own = is_in(address, own)
    is_ours = is_own or is_in(address, house)
    form = _filled_in(message, sender, is_customers, is_own, is_ours)
    if form and not is_list:
        return form
    if is_own:
        return sender  # our own mail, come back
    return replace(
        sender, address="", name=tidy(via["name"]) if via else "", is_relayed=True
    )


def _filled_in(message, sender, is_customers, is_own, is_ours):
    """Return who filled in the form that a mail comes from; None where it is of none.

    :param Sender sender: whose address stands in From
    :param is_customers: tells whether an address may be a customer's
    :param bool is_own: our mail is sent from there
    :param bool is_ours: it is of the house, as a form of ours and a colleague are
    """
    if source.header(message, "In-Reply-To") or source.header(message, "References"):
        return None
    local, _at, domain = sender.address.partition("@")
    is_programs = is_program(sender.address) or bool(_FORM.match(local))
    if not (is_programs or is_own or _TRADE.match(local)):
        return None
    filled = web_forms.filled_in(message)
    if not is_programs:
        # people write from there as well, and pass on what customers wrote
        subject = source.decoded(source.header(message, "Subject"))
        if filled.is_passed_on or quotes.is_forward_subject(subject):
            return None
        if not (is_own or filled.is_form):
            return None
    people_named = [
        (name, bare)
        for name, bare in filled.people
        if is_customers(bare)
        # "E-mail: info@bank.example" of no-reply@bank.example is no customer's
        and (bare.rpartition("@")[2] != domain or domain in mail_addresses.PROVIDERS)
    ]
    if len(people_named) != 1:
        if not people_named:
            return None
        named = tuple(bare for _name, bare in people_named)
        return replace(sender, address="", name="", is_relayed=True, named=named[:5])
    ((name, bare),) = people_named
    # who sends from an address that takes no mail may be a robot, and name anybody
    is_form = is_ours or filled.is_form or not NO_REPLY.match(local)
    return replace(sender, address=bare, name=name, is_relayed=True, is_form=is_form)


def _old_style(text):
    name = address = ""
    with source.tolerant():
        name, address = parseaddr(text[:LONGEST])
    if not BARE.fullmatch(address):
        return "", ""
    return tidy(name, address.lower()), address.lower()


def _with_reply(sender, replies):
    """Return a sender with whom they want answered, who may be somebody else."""
    if not replies or any(bare == sender.address for _name, bare in replies):
        return sender
    known, bare = replies[0]
    if not sender.address:
        # answered there, and not believed to be theirs: anybody can write it
        return replace(sender, address=bare, name=known, is_relayed=True)
    trade = _TRADE.match(sender.address.partition("@")[0]) or _TRADE_NAME.search(
        sender.name
    )
    if _are_alike(sender.name, known) or (not known and not trade):
        return replace(
            sender,
            name=sender.name or known,
            answer_to="" if _same(sender, bare) else bare,
        )
    if not known and _are_alike(sender.name, bare.partition("@")[0]):
        return replace(sender, address=bare, is_relayed=True)
    if not sender.name and not trade:
        return replace(sender, name=known, answer_to=bare)
    return replace(sender, address=bare, name=known, is_relayed=True)


def _same(sender, bare):
    return mail_addresses.mailbox(sender.address) == mail_addresses.mailbox(bare)


def _name_for(name, address, via):
    """Return a form's or list's name if it seems to be that of who wrote, else ''."""
    if via or (
        not _TRADE_NAME.search(name) and _are_alike(name, address.partition("@")[0])
    ):
        return tidy(name, address)
    return ""


def _are_alike(one, other):
    """Tell whether two names have a word in common."""
    return bool(_words(one) & _words(other))


def _words(name):
    return set(re.findall(r"[^\W\d_]{3,}", name.casefold()))


def _originals(message, last=False):
    return [
        found
        for header in (_ORIGINALS_LAST if last else _ORIGINALS)
        for value in source.headers(message, header)[:1]
        for found in people(value)[:1]
    ]


def is_listed(message):
    """Tell whether a mailing list passed a mail on."""
    return bool(_list_addresses(message)) or bool(
        source.headers(message, "X-Mailman-Version")
    )


def _list_addresses(message):
    """Return the addresses that a mailing list says are its own."""
    found = {
        address
        for name in _LIST_ADDRESSES
        for value in source.headers(message, name)[:2]
        for address in source.addresses(value.replace("mailto:", " "))
    }
    # List-Id: <complaints.lists.example> of complaints@lists.example (RFC 2919, 3)
    for value in source.headers(message, "List-Id")[:1]:
        for name in re.findall(r"<([^<>@\s]{1,200})>", value):
            local, dot, domain = name.lower().partition(".")
            if dot:
                found.add(f"{local}@{domain}")
    return found


def is_program(address):
    """Tell whether an address takes no mail, or is that of a program on a web site."""
    local = address.partition("@")[0]
    return bool(NO_REPLY.match(local) or _PROGRAM.match(local))


def is_in(address, known):
    """Tell whether an address, or its domain as "@example.com", is among those."""
    bare = mail_addresses.without_detail(address)
    return bool(address) and bool(
        known & {address, bare, "@" + address.rpartition("@")[2]}
    )
