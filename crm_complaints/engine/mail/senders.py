"""Sender of a mail: who wrote it, which is not always whose address stands in From.

Forms on web sites and lists send in their own name and say elsewhere whose words these
are; colleagues forward what customers wrote to them.
"""

import re
from dataclasses import dataclass, replace
from email.utils import parseaddr

from .. import addresses as mail_addresses
from . import source

# No more of a header is read for names; what is longer has addresses by the thousand.
_LONGEST = 2_000
_TOKEN = re.compile(
    r"=\?[^?\s]{1,40}\?[bq]\?[^?\s]{0,500}\?="  # encoded words may have commas in them
    r'|"(?:\\.|[^"\\])*"|\([^()]*\)|<[^<>]*>|[,;]|[^"(<,;=]+|.',
    re.I,
)
_BARE = re.compile(
    r"(?<![^\s<>()\[\]\",;:@])[^\s<>()\[\]\",;:@]{1,200}@[^\s<>()\[\]\",;:@]{1,255}"
)
# What may stand around a name, in pairs: Outlook writes 'Miller, Jane'.
_QUOTES = "\"'`´‘’‚‛“”„‟«»‹›"
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
    """

    address: str = ""
    name: str = ""
    sent_by: str = ""
    answer_to: str = ""
    is_relayed: bool = False
    is_forwarded: bool = False
    words: str = ""

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


def people(text):
    """Return (name, address) of each address in a header, however it is written.

    A comma in a name needs quotes (RFC 5322, 3.4), which not all programs write.
    """
    found, words, comment, address = [], [], "", ""

    def finish():
        nonlocal words, comment, address
        name = _tidy("".join(words), address) or _tidy(comment, address)
        found.append((name, address))
        words, comment, address = [], "", ""

    for match in _TOKEN.finditer(text[:_LONGEST]):
        token = match[0]
        if token in ",;":
            if address:
                finish()
            else:
                words.append(token)
        elif token[0] == "<" and token[-1] == ">" and len(token) > 1:
            if bare := _BARE.search(token.replace("mailto:", "")):
                if address:
                    # "jane@work.example <jane@home.example>": the brackets count
                    words = [] if not "".join(words).strip() else words
                address = bare[0].lower()
                finish()
        elif token[0] == "(" and token[-1] == ")" and len(token) > 1:
            comment = token[1:-1]
            if (
                address == ""
                and found
                and not "".join(words).strip()
                and not found[-1][0]
            ):
                found[-1] = (_tidy(comment, found[-1][1]), found[-1][1])
                comment = ""
        elif token[0] == '"' or not (bare := _BARE.search(token)):
            words.append(token)
        else:
            # an address without brackets, or a name that looks like one before them
            rest = text[match.end() : match.end() + 4].lstrip()
            if rest.startswith("<"):
                words.append(token)
            else:
                if not _is_name("".join(words)):
                    words = []
                words.append(token[: bare.start()])
                address = bare[0].lower()
    if address:
        finish()
    return [(name, bare) for name, bare in found if bare]


def _is_name(text):
    return bool(re.search(r"[^\W\d_]", text))


def _tidy(name, address=""):
    """Return a name as one writes it, '' where it only repeats the address."""
    name = source.decoded(name.strip())
    name = re.sub(r"\\(.)", r"\1", name)
    name = " ".join(name.split()).strip(" ,;:<>")
    while len(name) > 1 and name[0] in _QUOTES and name[-1] in _QUOTES:
        name = name[1:-1].strip(" ,;")
    name = name.strip('"').strip()
    bare = re.sub(r"^mailto:", "", name.strip("<>[]() "), flags=re.I)
    if not _is_name(name) or ("@" in bare and " " not in bare):
        return ""
    if bare.lower() in (address, address.partition("@")[0]) and "@" in bare:
        return ""
    return name[:200]


def sender_of(message, own=frozenset(), house=frozenset()):
    """Tell who wrote a mail; never raises.

    Where the address in From is that of a form or a list, it is who stands in
    X-Original-From or in Reply-To (RFC 5322, 3.6.2). A person who wants to be answered at
    another mailbox is still who stands in From.

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
        or bool(NO_REPLY.match(address.partition("@")[0]))
        or bool(_PROGRAM.match(address.partition("@")[0]))
        or bool(via and replies)
        # a form on our own web site
        or (
            is_in(address, house)
            and any(not is_in(bare, house) for _n, bare in replies)
        )
    )
    if not relays:
        return _with_reply(sender, replies)
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
    if is_in(address, own):
        return sender  # our own mail, come back
    return replace(
        sender, address="", name=_tidy(via["name"]) if via else "", is_relayed=True
    )


def _old_style(text):
    name = address = ""
    with source.tolerant():
        name, address = parseaddr(text[:_LONGEST])
    if not _BARE.fullmatch(address):
        return "", ""
    return _tidy(name, address.lower()), address.lower()


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
        return _tidy(name, address)
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


def is_in(address, known):
    """Tell whether an address, or its domain as "@example.com", is among those."""
    bare = mail_addresses.without_detail(address)
    return bool(address) and bool(
        known & {address, bare, "@" + address.rpartition("@")[2]}
    )
