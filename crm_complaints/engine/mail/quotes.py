"""Own words of a mail's sender, told from history, signature and forwarded mail.

It works on the lines of a mail as people see them, whatever they were made of. In doubt
a line counts as the sender's own: too much is a nuisance, a lost word may be what the
mail was written for.
"""

import re
from dataclasses import dataclass

# A quote between two answers stays for the sake of the answers, if it is not longer.
_CONTEXT_LINES = 12
# A sender who points below in a few words means what stands there.
_FEW_WORDS = 400
_LONGEST_ATTRIBUTION = 300
# What follows a signature's delimiter: (lines, characters), by whether it is the exact one.
_LONGEST_SIGNATURE = {True: (40, 3000), False: (12, 800)}
# Some people write into the element that their program made for the signature.
_LONGEST_WRAPPED = (20, 1500)
_LONGEST_HEADER = 14

_INVISIBLE = dict.fromkeys(
    [0xAD, 0x200B, 0x200C, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0x202A, 0x202F)]
)


def _any(*phrases):
    """Return a regular expression's alternatives, the longest phrase first."""
    words = " ".join(phrases).split("|")
    words = [word.strip().replace(" ", r"\s+") for word in words]
    return "(?:" + "|".join(sorted(words, key=len, reverse=True)) + ")"


# "On … wrote:", in the order en de fr es it pt nl ru pl sv, then others.
_OPENING = re.compile(
    _any(
        "on|at|am|le|el|il|em|no dia|a|op|den|w dniu|dnia|kl|"
        "mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|"
        "lun|mar|mer|mié|jue|vie|sáb|dom|jeu|ven|sam|dim|gio|sab|seg|ter|qua|qui|sex|"
        "ma|wo|vr|za|zo|пн|вт|ср|чт|пт|сб|вс|pon|wt|śr|czw|pt|sob|niedz|"
        "понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|"
        "il giorno|på|dne|tarihinde"
    )
    + r"[.,]?\s.{0,40}\d|\d{1,4}[./-]\s?\d{1,2}[./-]\s?\d{1,4}|\d{1,2}\.?\s\w{3,12}\.?\s\d{4}|"
    r"\d{4}\s?年",
    re.I,
)
_WROTE = re.compile(
    r"(?<!\w)"
    + _any(
        "wrote|writes|has written|schrieb|schrieben|geschrieben|a écrit|a ecrit|"
        "écrivait|escribió|escribio|ha escrito|ha scritto|scrisse|escreveu|"
        "schreef|geschreven|написал|написала|написал[(]а[)]|пишет|писал|писала|"
        "napisał|napisała|napisał[(]a[)]|napisal|napisala|pisze|skrev|skriver|"
        "kirjoitti|napsal|napsala|napsal[(]a[)]|píše|írta|yazdı|şunu yazdı|написав|"
        "έγραψε|כתב|كتب"
    )
    + r"(?!\w)|写道|寫道|写于|のメール|작성",
    re.I,
)
_CLOCK = re.compile(r"\d[:.h]\s?\d\d(?!\d|[.-])")
_TIME = re.compile(r"\d[:.h]\s?\d\d|\b(?:19|20)\d\d\b")
_OF_HIMSELF = re.compile(
    r"(?<!\w)(?:i|ich|wir|we|je|nous|yo|eu|ik|wij|ja|jag|io|я)(?!\w)", re.I
)

_ORIGINAL = re.compile(
    r"[-_=*–—\s]{2,}"
    + _any(
        "original message|original mail|original e-mail|original appointment|"
        "ursprüngliche nachricht|ursprungliche nachricht|originalnachricht|"
        "original-nachricht|original nachricht|originalmail|"
        "ursprüngliche mail|ursprüngliche e-mail|ursprünglicher termin|"
        "message d'origine|message d’origine|message original|message initial|"
        "mensaje original|messaggio originale|messaggio original|mensagem original|"
        "oorspronkelijk bericht|origineel bericht|oorspronkelijke bericht|"
        "исходное сообщение|оригинальное сообщение|исходное письмо|"
        "oryginalna wiadomość|wiadomość oryginalna|wiadomość pierwotna|"
        "ursprungligt meddelande|originalmeddelande|originalmeddelelse|"
        "oprindelig meddelelse|opprinnelig melding|alkuperäinen viesti|"
        "původní zpráva|eredeti üzenet|orijinal mesaj|özgün ileti|"
        "reply message|原始邮件|原始郵件|元のメッセージ|원본 메시지"
    )
    + r"[-_=*–—\s]{2,}$",
    re.I,
)
_FORWARDED = re.compile(
    r"[-_=*–—\s]{2,}"
    + _any(
        "forwarded message|forwarded mail|forwarded by|forwarded|"
        "weitergeleitete nachricht|weitergeleitete mail|weitergeleitet von|"
        "message transféré|message transmis|transféré par|courriel transféré|"
        "mensaje reenviado|reenviado por|messaggio inoltrato|inoltrato da|"
        "mensagem encaminhada|mensagem reencaminhada|encaminhado por|"
        "doorgestuurd bericht|doorgezonden bericht|doorgestuurd door|"
        "пересланное сообщение|пересылаемое сообщение|пересланное письмо|"
        "przekazana wiadomość|wiadomość przekazana|treść przekazanej wiadomości|"
        "vidarebefordrat meddelande|vidarebefordrat brev|videresendt meddelelse|"
        "videresendt besked|videresendt melding|välitetty viesti|"
        "přeposlaná zpráva|továbbított üzenet|iletilen mesaj|"
        "转发邮件|转发的邮件|轉寄郵件|転送されたメッセージ|전달된 메시지"
    )
    + r"\b.{0,120}$"
    r"|"
    + _any(
        "begin forwarded message|anfang der weitergeleiteten nachricht|"
        "anfang der weitergeleiteten e-mail|début du message réexpédié|"
        "début du message transféré|inicio del mensaje reenviado|"
        "comienzo del mensaje reenviado|inizio messaggio inoltrato|"
        "início da mensagem reencaminhada|início da mensagem encaminhada|"
        "begin doorgestuurd bericht|начало переадресованного сообщения|"
        "начало переадресованного письма|początek przekazywanej wiadomości|"
        "początek przekazanej wiadomości|vidarebefordrat brev|"
        "videresendt besked|start på videresendt melding|välitetty viesti alkaa"
    )
    + r"\s*[:：]$",
    re.I,
)
_FORWARD_SUBJECT = re.compile(
    r"\s*(?:\[[^\]]{0,60}\]\s*)*"
    r"(?:fwd?|wg|tr|rv|enc|i|vl|vs|vb|pd|doorst|переслано|转发|轉寄|転送|ilt|i̇lt|"
    r"továbbítás|הועבר|העברה|إعادة توجيه|chuyển tiếp|πρθ|преп|прп|ส่งต่อ|전달)"
    r"\s*[:：]",
    re.I,
)
_ANSWER_SUBJECT = re.compile(
    r"(?<!\w)(?:re|aw|antw|antwort|sv|vs|rif|r|ref|res|odp|отв|ответ|на|atb|ynt|vá|bls|"
    r"回复|答复|回覆|返信|답장)\s{0,9}(?:\[\d{1,9}\]|\(\d{1,9}\)|\^\d{1,9})?\s{0,9}[:：]",
    re.I,
)

_LABELS = {
    "from": "from|von|absender|de|expéditeur|remitente|da|mittente|remetente|van|от|"
    "от кого|отправитель|od|nadawca|från|fra|lähettäjä|feladó|kimden|gönderen|"
    "发件人|寄件者|差出人|보낸 사람|"
    "מאת|من|المرسل|از|فرستنده|ում կողմից|ումից|ուղարկող|từ|người gửi|จาก|ผู้ส่ง|από|від|"
    "відправник|подател|de la|expeditor|od koga|pošiljatelj|šalje|saatja|"
    "kellelt|nuo|siuntėjas|sūtītājs|dari|pengirim|daripada|प्रेषक|से|გამგზავნი|kimdən",
    "date": "sent|date|sent on|gesendet|gesendet am|datum|envoyé|envoyé le|date d'envoi|"
    "enviado|enviado el|fecha|inviato|data|data invio|enviada em|enviada|enviado em|"
    "verzonden|verzonden op|отправлено|дата|wysłano|wysłane|data wysłania|skickat|"
    "sendt|dato|lähetetty|päiväys|odesláno|elküldve|dátum|gönderildi|tarih|"
    "发送时间|日期|送信日時|日時|날짜|"
    "נשלח|תאריך|تاريخ الإرسال|التاريخ|تم الإرسال|أرسلت|تاریخ|ارسال شده|"
    "ամսաթիվ|ամսաթիվը|ուղարկվել է|"
    "ngày|đã gửi|วันที่|ส่งเมื่อ|ημερομηνία|στάλθηκε|надіслано|дата на изпращане|"
    "trimis|poslano|poslato|saadetud|kuupäev|išsiųsta|nosūtīts|datums|"
    "tanggal|dikirim|tarikh|dihantar|दिनांक|तिथि|भेजा गया|თარიღი|tarix|göndərilib",
    "to": "to|an|empfänger|à|a|para|destinatario|destinataire|per|aan|кому|do|adresat|"
    "till|til|vastaanottaja|komu|címzett|kime|alıcı|收件人|收件者|宛先|받는 사람|"
    "אל|إلى|الى|به|گیرنده|ում|ստացող|đến|tới|người nhận|ถึง|προς|до|către|za|prima|"
    "kellele|saaja|kam|adresāts|kepada|untuk|को|प्रति|მიმღები|kimə",
    "copy": "cc|bcc|kopie|kopie an|copie|copie à|copia|cópia|копия|dw|kopia|kopi|kopio|"
    "másolatot kap|bilgi|抄送|副本|reply-to|antwort an|answer to|antwort",
    "subject": "subject|betreff|objet|sujet|asunto|oggetto|assunto|onderwerp|тема|temat|"
    "ämne|emne|aihe|předmět|věc|tárgy|konu|主题|主旨|件名|제목|"
    "נושא|הנדון|الموضوع|موضوع|թեմա|վերնագիր|chủ đề|tiêu đề|เรื่อง|หัวเรื่อง|θέμα|"
    "относно|subiect|predmet|naslov|zadeva|teema|tema|temats|perihal|subjek|विषय|თემა|mövzu",
}
_LABEL_OF = {word: kind for kind, words in _LABELS.items() for word in words.split("|")}
_LABEL = re.compile(r"[*_\s]*([^\W\d_][\w\s'’-]{0,24}?)[*_]*\s*[:：՝։]")

# Somebody shows a mail as servers see it: mail programs quote it otherwise.
_RAW_HEADER = re.compile(
    r"(?:received|return-path|mime-version|content-type|dkim-signature|message-id)\s?:",
    re.I,
)

_DEVICE = _any(
    "iphone|ipad|ipod|ios|android|samsung|galaxy|huawei|honor|xiaomi|redmi|oneplus|oppo|"
    "pixel|nokia|sony|xperia|motorola|lg|htc|blackberry|windows|outlook|mail|gmail|yahoo|"
    "aol|gmx|web.de|proton|protonmail|smartphone|handy|mobile|mobiltelefon|telefon|phone|"
    "téléphone|móvil|movil|mobiel|telefono|cellulare|celular|telemóvel|tablet|mac|"
    "thunderbird|edison|spark|bluemail|k-9|fairemail|t-online|freenet|vivaldi|"
    "smartfon\\w*|почты|телефона|mobilen|iphone'a|iphonu|iphonesta|telefonu|telefona|"
    "iphone’a|androida|orange|vodafone|telekom|app"
)
_SENT_FROM = re.compile(
    "(?:"
    + _any(
        "sent from|sent via|sent with|sent using|sent by|get|von meinem|von meiner|"
        "gesendet von|gesendet mit|gesendet über|diese nachricht wurde von meinem|"
        "diese nachricht wurde mit|holen sie sich|laden sie|envoyé de|envoyé depuis|"
        "envoyé à partir|envoyé avec|envoyé par|obtenez|obtenir|télécharger|téléchargez|"
        "enviado desde|enviado con|obtener|obtenga|descargar|inviato da|inviato dal|"
        "inviato con|ottieni|scarica|enviado do|enviado de|enviado a partir|"
        "enviado com|obter|obtenha|baixar|baixe|verstuurd vanaf|verzonden vanaf|"
        "verzonden met|verstuurd met|download|отправлено с|отправлено из|"
        "wysłane z|wysłano z|wysłano za|pobierz|skickat från|skickad från|skickat med|"
        "hämta|sendt fra|hent|få|lähetetty|odesláno z|elküldve|enviat des|trimis de pe|"
        "von mobil gesendet|mobil gesendet"
    )
    + r"\b.{0,50}(?<!\w)"
    + _DEVICE
    + r"(?!\w).{0,60}"
    r"|outlook\s+(?:für|voor|pour|para|per|för)\s.{0,40}"
    r"|.{0,30}(?:iphone|android|ipad).{0,10}(?:gönderildi|から送信|gesendet|küldve)\W{0,3}"
    r"|(?:发自|從)我的.{0,30}|iPhoneから送信"
    r")$",
    re.I,
)
_BELOW = re.compile(
    r"(?<!\w)"
    + _any(
        "below|beneath|inline|in-line|in red|in blue|in green|further down|unten|"
        "untenstehend\\w*|unten stehend\\w*|nachstehend\\w*|nachfolgend\\w*|im text|in rot|"
        "in blau|in grün|ci-dessous|plus bas|en rouge|dans le texte|abajo|más abajo|"
        "a continuación|en rojo|sotto|qui sotto|di seguito|in rosso|abaixo|"
        "a seguir|em vermelho|hieronder|onderstaand\\w*|in rood|ниже|нижеследующ\\w*|"
        "poniżej|poniższ\\w*|nedan|nedanstående|nedenfor"
    )
    + r"(?!\w)",
    re.I,
)


@dataclass(slots=True)
class Line:
    """One line of a mail as people see it.

    :param text: its words
    :param cited: stands in an element that mail programs make for quotes only
    :param block: what it stands in if that may be a quote or just indented, else None
    :param signed: stands in an element that mail programs make for signatures
    :param begins: here begins the history, as a mail program has marked it
    :param picture: there is a picture in it
    :param part: which of a text mail's parts it is in; history and signature end there
    :param delimiter: is exactly what ends the text and begins the signature, "-- "
    """

    text: str
    cited: bool = False
    block: int | None = None
    signed: bool = False
    begins: bool = False
    picture: bool = False
    part: int = 0
    delimiter: bool = False


def begins_forward(text):
    """Tell whether a line announces a forwarded mail, or the original one."""
    return bool(_FORWARDED.match(text) or _ORIGINAL.match(text))


def is_forward_subject(subject):
    """Tell whether a subject says that its mail is forwarded."""
    return bool(_FORWARD_SUBJECT.match(subject))


def visible(text):
    """Return a line's words without what only programs see, one space between them."""
    return " ".join(text.translate(_INVISIBLE).split())


def left_out(lines, subject=""):
    """Tell for each line whether it is history or signature, and not the sender's own.

    :param lines: the mail's lines, the empty ones too
    :param subject: the mail's subject; "Fwd:" says that what follows is not history, and
        without "Re:" only what is marked as a quote is
    :return: a list of booleans, all False where nothing else would remain
    """
    full = [at for at, line in enumerate(lines) if line.text or line.picture]
    said = _said_not_by_the_sender([lines[at] for at in full], subject)
    out = [False] * len(lines)
    for at, not_his in zip(full, said, strict=True):
        out[at] = not_his
    _with_empty_lines(out, lines)
    return out


def _with_empty_lines(out, lines):
    """Let the empty lines before and between what is left out go with it."""
    following = True  # at the end they go, too
    some = any(out)
    for at in range(len(lines) - 1, -1, -1):
        if lines[at].text or lines[at].picture:
            following = out[at]
        else:
            out[at] = some and following


def _said_not_by_the_sender(lines, subject):
    quoted = _quoted(lines)
    forward = _forward_at(lines, quoted, subject)
    quoted[forward:] = [False] * (len(lines) - forward)
    # who begins to write and shows a mail of somebody else's may go on below it
    if not subject.strip() or _ANSWER_SUBJECT.search(subject):
        _quote_the_rest(lines, quoted, forward)
    signed = _signed(lines, quoted, forward)
    own = [at for at in range(forward) if not quoted[at] and not signed[at]]
    # a lone picture is a logo or a photo: it counts where there are no words either
    words = " ".join(lines[at].text for at in own)
    if forward == len(lines) and not words.strip():
        return [False] * len(lines)
    if len(words) <= _FEW_WORDS and _BELOW.search(words):
        quoted = [False] * len(lines)
    elif any(quoted):
        _keep_what_is_answered(lines, quoted, signed)
    return [a or b for a, b in zip(quoted, signed, strict=True)]


def _quoted(lines):
    """Tell which lines are marked as quotes, with the line above that says whose."""
    quoted = [line.cited or line.text.startswith(">") for line in lines]
    for at, line in enumerate(lines):
        before = lines[at - 1] if at else None
        if line.block is not None and (before is None or before.block != line.block):
            above = _attribution_above(lines, quoted, at)
            if above < at or (before and _ORIGINAL.match(before.text)):
                for inside in range(at, len(lines)):
                    if lines[inside].block != line.block:
                        break
                    quoted[inside] = True
    for at in range(len(lines)):
        if quoted[at] and at and not quoted[at - 1]:
            for above in range(_attribution_above(lines, quoted, at), at):
                quoted[above] = True
    return quoted


def _attribution_above(lines, quoted, at):
    """Return where "On … wrote:" above a quote begins, the quote's place where it is not."""
    found, first, text = at, at, ""
    while first and at - first < 3 and not quoted[first - 1]:
        if first < at and not _may_go_on(lines[first - 1].text):
            break
        first -= 1
        text = f"{lines[first].text} {text}".strip()
        opens = _OPENING.match(lines[first].text)
        # more than one line only from the very words that it begins with
        if is_attribution(text) and (opens or first == at - 1):
            found = first
        if opens or text[-1:] not in ":：":
            break
    return found


def _may_go_on(text):
    """Tell whether a line may be the beginning of a wrapped "On … wrote:"."""
    return bool(text) and not re.search(r"[.!?:;…]$", text)


def is_attribution(text):
    """Tell whether a line is one like "On … wrote:"."""
    if len(text) > _LONGEST_ATTRIBUTION or text[-1:] not in ":：":
        return False
    if "@" in text and (_WROTE.search(text) or _TIME.search(text)):
        return True
    if not _WROTE.search(text) or _OF_HIMSELF.search(text):
        return False
    return bool((_TIME if _OPENING.match(text) else _CLOCK).search(text))


def _is_plain_attribution(lines, at):
    """Return the line after an "On … wrote:" that no marked quote follows, or `at`."""
    if not _OPENING.match(lines[at].text):
        return at
    text = ""
    for end in range(at + 1, min(at + 3, len(lines)) + 1):
        text = f"{text} {lines[end - 1].text}".strip()
        if is_attribution(text):
            sure = _WROTE.search(text) and "@" in text and _TIME.search(text)
            return end if sure else at
        if not _may_go_on(text):
            break
    return at


def label_of(text):
    """Return what a line like "From: …" tells, "" where it is none.

    :return: "from", "date", "to", "copy", "subject"
    """
    found = _LABEL.match(text)
    return _LABEL_OF.get(" ".join(found[1].lower().split()), "") if found else ""


def _header_end(lines, at):
    """Return the line after the block From:, Sent:, To:, Subject: at a line, or the line."""
    kinds, end, sender = set(), at, ""
    if not label_of(lines[at].text) or any(
        _RAW_HEADER.match(line.text)
        for line in lines[max(at - 1, 0) : at + _LONGEST_HEADER]
    ):
        return at
    for place in range(at, min(at + _LONGEST_HEADER, len(lines))):
        kind = label_of(lines[place].text)
        if kind and kind not in kinds - {"copy"}:
            kinds.add(kind)
            end = place + 1
            if kind == "from":
                sender = " ".join(line.text for line in lines[place : place + 2])
        elif not kinds or place - end >= 3:
            break
    # From, To and Date alone may be somebody's journey
    sure = "subject" in kinds or "@" in sender
    return end if "from" in kinds and len(kinds) >= 3 and sure else at


def _history_end(lines, at):
    """Return the line after the words that announce history at a line, or the line."""
    line = lines[at]
    if line.begins:
        return max(at + 1, _header_end(lines, at))
    if _ORIGINAL.match(line.text):
        end = at + 1
        while end < len(lines) and label_of(lines[end].text):
            end += 1
        return max(end, _header_end(lines, at + 1) if at + 1 < len(lines) else end)
    if set(line.text) <= set("_-=*") and len(line.text) >= 5 and at + 1 < len(lines):
        end = _header_end(lines, at + 1)
        return end if end > at + 1 else at
    return max(_header_end(lines, at), _is_plain_attribution(lines, at))


def _forward_at(lines, quoted, subject):
    """Return the first line of a forwarded mail, or the number of lines."""
    forwards = is_forward_subject(subject)
    has_own = False
    for at, line in enumerate(lines):
        if (not quoted[at] or not at or not quoted[at - 1]) and _FORWARDED.match(
            line.text.lstrip("> ")
        ):
            return at
        if quoted[at]:
            if forwards:
                return at
            continue
        if _history_end(lines, at) > at:
            # nothing of their own above: they pass the mail on
            return at if forwards or not has_own else len(lines)
        has_own = has_own or bool(line.text) and not line.signed
    return len(lines)


def _quote_the_rest(lines, quoted, forward):
    """Mark history that is not marked as such, from the words that announce it."""
    for at in range(forward):
        if quoted[at]:
            continue
        end = _history_end(lines, at)
        if end == at:
            continue
        # where the quote below is marked, what is not marked may be an answer
        if end < forward and quoted[end]:
            quoted[at:end] = [True] * (end - at)
            continue
        rest = at
        while rest < forward and lines[rest].part == lines[at].part:
            quoted[rest] = True
            rest += 1


def _signed(lines, quoted, forward):
    """Tell which of the sender's own lines are a signature."""
    signed = [False] * len(lines)
    at = 0
    while at < forward:
        if quoted[at]:
            at += 1
            continue
        end = at
        while end < forward and not quoted[end] and lines[end].part == lines[at].part:
            end += 1
        _sign(lines, signed, at, end)
        at = end
    return signed


def _sign(lines, signed, start, end):
    """Mark the signature in the sender's own lines from `start` to `end`."""
    rest = sum(len(line.text) for line in lines[start:end])
    for at in range(start, end):
        if lines[at].text == "--":
            most_lines, most_letters = _LONGEST_SIGNATURE[lines[at].delimiter]
            if end - at <= most_lines and rest <= most_letters:
                signed[at:end] = [True] * (end - at)
                break
        rest -= len(lines[at].text)
    wrapped = [at for at in range(start, end) if lines[at].signed and not signed[at]]
    most_lines, most_letters = _LONGEST_WRAPPED
    if (
        len(wrapped) <= most_lines
        and sum(len(lines[at].text) for at in wrapped) <= most_letters
    ):
        for at in wrapped:
            signed[at] = True
    for at in range(end - 1, start - 1, -1):
        if signed[at] or not lines[at].text:
            continue
        if not _SENT_FROM.match(lines[at].text):
            break
        signed[at] = True


def _keep_what_is_answered(lines, quoted, signed):
    """Let the quotes stay that stand between the sender's own words, unless they are long."""
    runs, at = [], 0
    while at < len(quoted):
        if quoted[at]:
            end = at
            while end < len(quoted) and quoted[end]:
                end += 1
            runs.append((at, end))
            at = end
        else:
            at += 1
    own = [not a and not b for a, b in zip(quoted, signed, strict=True)]
    last = max((at for at, is_own in enumerate(own) if is_own), default=-1)
    first = own.index(True) if True in own else len(own)
    announced = is_attribution(lines[runs[0][0]].text) or not lines[
        runs[0][0]
    ].text.startswith(">")
    answered = [(start, end) for start, end in runs if start < last]
    # one quote above the answer, with the words whose it is, is the whole mail answered
    if len(answered) == 1 and answered[0][0] < first and announced:
        return
    for start, end in answered:
        if end - start <= _CONTEXT_LINES:
            quoted[start:end] = [False] * (end - start)
