"""Mail servers on loopback: a mailbox to fetch from (IMAP, POP3), and an SMTP server.

Real ones, so that Odoo's own clients talk to them over sockets. They run in threads of
their own, and note in a journal what they are asked to do, in the order of it.
"""

import asyncio
import email
import functools
import re
import threading
import time
from concurrent.futures import Future
from contextlib import contextmanager
from email import policy
from io import BytesIO

from aiosmtpd.smtp import SMTP
from twisted.cred.error import UnauthorizedLogin
from twisted.internet import defer, reactor
from twisted.internet.protocol import ServerFactory
from twisted.mail import imap4, interfaces, pop3
from twisted.python import log
from zope.interface import implementer

HOST = "127.0.0.1"
USER, PASSWORD = "desk", "secret"
TIMEOUT = 30
SEEN, DELETED = r"\Seen", r"\Deleted"


def _clock():
    """Return seconds that go on where a test stops the clock (freezegun).

    It does so for some callers only: a server would find its clients idle for months.
    """
    return time.clock_gettime(time.CLOCK_MONOTONIC)


@functools.cache
def _start_reactor():
    """Run Twisted's event loop; it cannot be started twice, so it ends with the process."""
    reactor.seconds = _clock
    threading.Thread(
        target=reactor.run, args=(False,), name="mailbox", daemon=True
    ).start()


def _in_reactor(function, *args, **kwargs):
    """Call it in the thread of Twisted, whose objects are not to be touched elsewhere."""
    result = Future()

    def call():
        defer.maybeDeferred(function, *args, **kwargs).addCallbacks(
            result.set_result, lambda failure: result.set_exception(failure.value)
        )

    reactor.callFromThread(call)
    return result.result(TIMEOUT)


@contextmanager
def _listening(build_protocol, port=0):
    """Accept connections while in the block; give the port.

    :param build_protocol: makes what talks to one client
    :param int port: 0 for any that is free
    """
    _start_reactor()
    factory = ServerFactory.forProtocol(build_protocol)
    factory.noisy = False
    errors = []

    def keep_errors(event):
        if event["isError"]:
            errors.append(log.textFromEventDict(event))

    log.addObserver(keep_errors)
    listening = _in_reactor(reactor.listenTCP, port, factory, interface=HOST)
    try:
        yield listening.getHost().port
    finally:
        _in_reactor(listening.stopListening)
        log.removeObserver(keep_errors)
    if errors:
        raise AssertionError("The mailbox's server failed: " + "\n".join(errors))


# ---------------------------------------------------
# The mailbox
# ---------------------------------------------------


@implementer(interfaces.IMessageIMAPFile)
class Message:
    """A mail in the mailbox, its lines ended by LF."""

    def __init__(self, uid, raw):
        self.uid = uid
        self.raw = raw.replace(b"\r\n", b"\n")
        self.flags = set()

    def getUID(self):
        return self.uid

    def getFlags(self):
        return sorted(self.flags)

    def getSize(self):
        return len(self.open().getvalue())

    def open(self):
        return BytesIO(self.raw.replace(b"\n", b"\r\n"))


@implementer(interfaces.IMailboxIMAP)
class Mailbox:
    """One mailbox, which clients take mail from by IMAP or by POP3.

    ``journal`` is a list of (what was done, number of the mail) that may be shared.
    """

    def __init__(self, journal=None):
        self.journal = [] if journal is None else journal
        self.messages = []
        self._uids = 0

    def put(self, *mails):
        """Deliver mails, given as bytes."""
        for raw in mails:
            self._uids += 1
            self.messages.append(Message(self._uids, raw))

    def unseen(self):
        """Return the mails that have not been read."""
        return [message for message in self.messages if SEEN not in message.flags]

    def note(self, action, message):
        self.journal.append((action, message.uid))

    @contextmanager
    def imap(self, port=0):
        """Serve the mailbox by IMAP while in the block; give the port."""
        with _listening(lambda: _ImapProtocol(self), port) as port:
            yield port

    @contextmanager
    def pop(self):
        """Serve the mailbox by POP3 while in the block; give the port."""
        with _listening(lambda: _PopProtocol(self)) as port:
            yield port

    # What Twisted's IMAP server asks of a mailbox (IMailboxIMAP).

    def getFlags(self):
        return [SEEN, DELETED]

    def getMessageCount(self):
        return len(self.messages)

    def getRecentCount(self):
        return 0

    def getUIDValidity(self):
        return 1

    def isWriteable(self):
        return True

    def addListener(self, listener):
        pass

    def removeListener(self, listener):
        pass

    def _numbered(self, numbers, uid):
        """Yield (sequence number, message) of those that a client named."""
        numbers.last = self._uids if uid else len(self.messages)
        for number, message in enumerate(self.messages, 1):
            if (message.uid if uid else number) in numbers:
                yield number, message

    def fetch(self, numbers, uid):
        return list(self._numbered(numbers, uid))

    def store(self, numbers, flags, mode, uid):
        changed = {}
        for number, message in self._numbered(numbers, uid):
            before = set(message.flags)
            if mode == 1:
                message.flags.update(flags)
            elif mode == -1:
                message.flags.difference_update(flags)
            else:
                message.flags = set(flags)
            if SEEN in message.flags - before:
                self.note("seen", message)
            changed[number] = message.getFlags()
        return changed

    def expunge(self):
        gone = []
        for message in [m for m in self.messages if DELETED in m.flags]:
            gone.append(self.messages.index(message) + 1)
            self.messages.remove(message)
            self.note("gone", message)
        return gone


def _check_password(user, password):
    if (user, password) != (USER.encode(), PASSWORD.encode()):
        raise UnauthorizedLogin()


class _ImapProtocol(imap4.IMAP4Server):
    def __init__(self, mailbox):
        super().__init__()
        self.account_of_all = imap4.MemoryAccount(USER)
        self.account_of_all.addMailbox("INBOX", mailbox)

    # Whatever is asked for without PEEK is read by that (RFC 3501, 6.4.5).

    def spew_rfc822(self, id, msg, *args, **kwargs):
        msg.flags.add(SEEN)
        return super().spew_rfc822(id, msg, *args, **kwargs)

    def spew_body(self, part, id, msg, *args, **kwargs):
        if not part.peek:
            msg.flags.add(SEEN)
        return super().spew_body(part, id, msg, *args, **kwargs)

    def authenticateLogin(self, user, passwd):
        _check_password(user, passwd)
        return interfaces.IAccountIMAP, self.account_of_all, lambda: None


class _PopProtocol(pop3.POP3):
    def __init__(self, mailbox):
        self.mailbox = mailbox

    def authenticateUserPASS(self, user, password):
        _check_password(user, password)
        return pop3.IMailbox, _PopSession(self.mailbox), lambda: None


class _PopSession(pop3.Mailbox):
    """What one POP3 client sees: the mails there were when it came.

    Whoever hangs up without QUIT deletes nothing (RFC 1939, 6).
    """

    def __init__(self, mailbox):
        self.mailbox = mailbox
        self.messages = list(mailbox.messages)
        self.deleted = set()

    def _message(self, index):
        if not 0 <= index < len(self.messages) or index in self.deleted:
            raise ValueError(index)
        return self.messages[index]

    def listMessages(self, i=None):
        if i is not None:
            return len(self._message(i).raw)
        return [
            0 if index in self.deleted else len(message.raw)
            for index, message in enumerate(self.messages)
        ]

    def getMessage(self, i):
        return BytesIO(self._message(i).raw)

    def getUidl(self, i):
        return b"%d" % self._message(i).uid

    def deleteMessage(self, i):
        self.mailbox.note("deleted", self._message(i))
        self.deleted.add(i)

    def undeleteMessages(self):
        self.deleted.clear()

    def sync(self):
        for index in sorted(self.deleted):
            self.mailbox.messages.remove(self.messages[index])
            self.mailbox.note("gone", self.messages[index])


# ---------------------------------------------------
# Sending
# ---------------------------------------------------


class SmtpServer:
    """Takes every mail, and keeps it in ``mails`` as its recipient would get it.

    ``journal`` is a list of (what was done, recipients) that may be shared. Addresses
    in ``unknown`` are refused.
    """

    def __init__(self, journal=None):
        self.journal = [] if journal is None else journal
        self.mails = []
        self.unknown = set()

    def to(self, address):
        """Return the mails that were delivered to an address, the oldest first."""
        return [mail for mail in self.mails if address in mail["X-Envelope-To"]]

    @contextmanager
    def listening(self, port=0):
        """Accept connections while in the block; give the port."""
        loop = asyncio.new_event_loop()
        loop.time = _clock
        thread = threading.Thread(target=loop.run_forever, name="smtp", daemon=True)
        thread.start()

        def in_loop(coroutine):
            return asyncio.run_coroutine_threadsafe(coroutine, loop).result(TIMEOUT)

        def build_protocol():
            return SMTP(self, hostname="localhost", loop=loop)

        server = in_loop(loop.create_server(build_protocol, HOST, port))
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            in_loop(self._close(server))
            loop.call_soon_threadsafe(loop.stop)
            thread.join(TIMEOUT)
            loop.close()

    @staticmethod
    async def _close(server):
        server.close()
        sessions = asyncio.all_tasks() - {asyncio.current_task()}
        for session in sessions:
            session.cancel()
        await asyncio.gather(*sessions, return_exceptions=True)

    # What aiosmtpd calls.

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address in self.unknown:
            return "550 5.1.1 There is no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server, session, envelope):
        mail = email.message_from_bytes(
            envelope.original_content, policy=policy.default
        )
        mail["X-Envelope-From"] = envelope.mail_from
        mail["X-Envelope-To"] = ", ".join(envelope.rcpt_tos)
        self.mails.append(mail)
        self.journal.append(("sent", mail["X-Envelope-To"]))
        return "250 2.0.0 Taken"


def message_ids(mail, name):
    """Return the ids that a header of ``mail`` names, in their order."""
    return re.findall(r"<[^<>]+>", mail[name] or "")
