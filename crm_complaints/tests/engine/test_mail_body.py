"""A mail's text: harmless to whoever opens it, and told apart from what others wrote."""

import re
import unittest
from html import escape

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree, html

from ...engine.mail.body import folded, harmless, own_words
from .common import PROPERTY, property_of

# Whatever a browser would fetch, run or submit by itself.
ACTS = re.compile(
    r"<(?:script|iframe|frame|object|embed|form|input|button|link|meta|base|svg|video|audio|"
    r"style|source)\b|\s(?:srcset|background|poster|on\w+|ping|action)\s*=|url\s*\(|"
    r"@import|javascript:|vbscript:|\ssrc\s*=\s*(?![\"']?(?:cid:|data:image/(?!svg)))",
    re.I,
)
EVIL = (
    "<img src='https://a.example/a.png'>",
    "<img srcset='https://a.example/a.png 2x'>",
    "<picture><source srcset='//a.example/b.png'><img src='//a.example/a'></picture>",
    "<p style='background: url(https://a.example/a.png)'>x</p>",
    "<p style='background-image:u\\72l(https://a.example/a.png)'>x</p>",
    "<p style='background: image-set(\"https://a.example/a.png\" 1x)'>x</p>",
    "<table background='https://a.example/a.png'><tr><td>x</table>",
    "<body background='https://a.example/a.png' onload='a()'>x",
    "<style>@import 'https://a.example/a.css';</style>x",
    "<link rel=stylesheet href='https://a.example/a.css'>x",
    "<meta http-equiv=refresh content='0;url=https://a.example'>x",
    "<base href='https://a.example/'><a href='x'>x</a>",
    "<iframe src='https://a.example/'></iframe>x",
    "<object data='https://a.example/a.swf'><embed src='//a.example'></object>x",
    "<video poster='https://a.example/a.png' src='//a.example/a.mp4'></video>x",
    "<audio src='https://a.example/a.mp3' autoplay></audio>x",
    "<svg><image href='https://a.example/a.svg'/><script>a()</script></svg>x",
    "<svg><style><img src=x onerror=a()></style></svg>x",
    "<math><mtext><table><mglyph><style><img src=x onerror=a()>",
    "<input type=image src='https://a.example/a.png'>x",
    "<form action='https://a.example'><input name=p><button>Go</button></form>",
    "<a href='java\tscript:a()'>x</a>",
    "<a href=' javascript:a()'>x</a>",
    "<a href='data:text/html,<script>a()</script>'>x</a>",
    "<a href='vbscript:a()' ping='https://a.example'>x</a>",
    "<img src='data:image/svg+xml,<svg onload=a()>'>x",
    "<img src='/web/session/logout'>x",
    "<noscript><p title='</noscript><img src=x onerror=a()>'></noscript>",
    "<!--[if mso]><img src='https://a.example/a.png'><![endif]-->x",
    "<p onclick='a()' onmouseover=a()>x</p>",
    "<template><img src='https://a.example/a.png'></template>x",
)
# Pictures that a mail brings along.
PICTURES = (
    "cid:photo@mail.example",
    "data:image/png;base64,iVBORw0KGgo=",
    "data:image/jpeg;base64,/9j/",
)
TELLING = [
    "<b>",
    "</b>",
    "<p>",
    "</p>",
    "<br>",
    "<div>",
    "</div>",
    "<pre>",
    "</pre>",
    "<blockquote>",
    '<blockquote type="cite">',
    "</blockquote>",
    '<div class="gmail_signature">',
    '<a href="https://a.example/?x=1&y=2">',
    "</a>",
    '<img src="https://a.example/a.png" alt="x">',
    '<img src="cid:a@b">',
    "<svg><style>",
    "</svg>",
    "<table><tr><td>",
    "</table>",
    "<script>",
    "</script>",
    "<p style='background:url(x)'>",
    "<!-- ",
    " -->",
    "</body>",
    "\n",
    "-- \n",
    "--\n",
    "&gt; ",
    "On Mon, 2 Mar 2026 at 10:00, Bo &lt;bo@b.example&gt; wrote:",
    "-----Original Message-----",
    "---------- Forwarded message ---------",
    "From: bo@b.example\nSent: today\nSubject: x\n",
    "Sent from my iPhone",
    "see below",
    "bread ",
    "mould ",
    "&#0;",
    "\x00",
    "\u202e",
    "\ud800",
    "<",
    "&",
]
soup = st.lists(st.one_of(st.sampled_from(TELLING), st.text(max_size=8)), max_size=25)


def words(body):
    """Return the words that somebody sees."""
    if not body.strip():
        return []
    tree = html.fromstring(f"<div>{body}</div>")
    return " ".join(tree.itertext()).split()


def acts(body):
    """Tell whether a browser would fetch, run or submit something by itself."""
    # what is written in a title is only read
    return bool(ACTS.search(re.sub(r'title="[^"<>]*"', "", body)))


def visible_unfolded(body):
    """Return the words that Odoo's chatter shows before somebody unfolds the rest."""
    tree = html.fromstring(f"<div>{body}</div>")
    for element in tree.xpath("//*[@data-o-mail-quote]"):
        if element.getparent() is not None:
            element.drop_tree()
    return " ".join(tree.itertext()).split()


def plain(text):
    """Return a text mail as Odoo reads it."""
    return f"\n<pre>{escape(text)}</pre>\n"


class TestHarmless(unittest.TestCase):
    def test_nothing_is_loaded_and_nothing_acts(self):
        for evil in EVIL:
            with self.subTest(evil=evil):
                clean = harmless(evil)
                self.assertFalse(acts(clean), clean)
                self.assertEqual(harmless(clean), clean)

    def test_picture_from_outside_becomes_words_and_a_link_to_open_it(self):
        clean = harmless(
            "<p>Look: <img src='https://shop.example/bread.jpg' alt='the mould'> bad</p>",
            picture="Bild",
        )
        tree = html.fromstring(clean)
        self.assertEqual(
            tree.text_content(), "Look: [Bild: the mould (shop.example)] bad"
        )
        link = tree.find("a")
        self.assertEqual(link.get("href"), "https://shop.example/bread.jpg")
        self.assertIn("noopener", link.get("rel"))
        self.assertIn("noreferrer", link.get("rel"))

    def test_picture_in_a_link_leaves_both_links(self):
        clean = harmless(
            "<a href='https://shop.example/'><img src='//cdn.example/a.png' alt='Shop'></a>"
        )
        links = html.fromstring(f"<div>{clean}</div>").findall("a")
        self.assertEqual(
            [(link.get("href"), link.text) for link in links],
            [
                ("https://shop.example/", "[Shop]"),
                ("//cdn.example/a.png", "[Picture: Shop (cdn.example)]"),
            ],
        )

    def test_picture_that_only_reports_the_reader_vanishes_without_trace(self):
        for size in (
            "width=1 height=1",
            "width='0'",
            "height=1px",
            "style='display:none'",
            "style='width:1px;height:1px'",
            "style='max-height: 0 !important'",
            "style='visibility:hidden'",
            "style='opacity: 0;'",
            "hidden",
        ):
            with self.subTest(size=size):
                pixel = f"<p>a<img {size} alt='x' src='https://t.example/t?u=1'>b</p>"
                self.assertEqual(harmless(pixel), "<p>ab</p>")

    def test_large_picture_is_no_tracking_pixel(self):
        for size in ("width=100", "width=10 height=11", "style='opacity: 0.9'"):
            with self.subTest(size=size):
                self.assertIn(
                    "t.example", harmless(f"<img {size} src='https://t.example/a'>")
                )

    def test_pictures_that_the_mail_brings_along_stay(self):
        for source in PICTURES:
            with self.subTest(source=source):
                clean = harmless(f'<p><img src=" {source}" alt="a" width="300"></p>')
                kept = html.fromstring(clean).find(".//img")
                self.assertEqual(kept.get("src"), source)
                self.assertEqual(kept.get("width"), "300")

    def test_text_tables_colours_and_links_stay_as_they_are(self):
        for kept in (
            '<p style="color: red; font-weight: bold">Warm <b>milk</b></p>',
            '<table border="1"><tr><td bgcolor="#ffff00">a</td><td>b</td></tr></table>',
            '<pre>one\n  two\n\n<font color="#ff0000">three</font></pre>',
            "<ul><li>eins</li><li>zwei</li></ul>",
            "<h1>Ärger</h1><p>a &lt; b &amp; c</p>",
        ):
            with self.subTest(kept=kept):
                self.assertEqual(harmless(kept), kept)
        for link in ("mailto:a@b.example?subject=Old bread", "HTTPS://a.example/"):
            kept = html.fromstring(harmless(f'<a href="{link}">write</a>')).get("href")
            self.assertEqual(kept.replace("%20", " "), link)

    def test_words_in_forms_and_unknown_tags_stay(self):
        self.assertEqual(
            words(
                harmless(
                    "<form>Name <input value='Anna'><input type=hidden value=x>"
                    "<textarea>Mould</textarea><button>Send</button></form>"
                    "<o:p>a</o:p> <video>no player</video>"
                )
            ),
            ["Name", "Anna", "Mould", "Send", "a", "no", "player"],
        )

    def test_links_lead_outside_or_nowhere(self):
        # "#action=…" and "/web/…" would act in Odoo itself
        for link in ("#action=1", "/web/session/logout", "file:///c:/x", "x.html"):
            with self.subTest(link=link):
                self.assertEqual(harmless(f'<a href="{link}">x</a>'), "<a>x</a>")
        self.assertIn(
            'href="http://www.shop.example"',
            harmless('<a href="www.shop.example">x</a>'),
        )

    def test_nothing_poses_as_a_part_of_odoo(self):
        clean = harmless(
            '<div class="modal show o_mail_redirect" id="action" data-oe-model="res.users" '
            'data-embedded="video" style="position: fixed; top: 0; color: red">x</div>'
        )
        self.assertEqual(clean, '<div style="color: red">x</div>')

    def test_text_behind_the_end_of_the_page_stays(self):
        mail = "<html><head><title>t</title></head><body>a</body></html><p>footer</p>"
        self.assertEqual(words(harmless(mail)), ["a", "footer"])
        self.assertEqual(words(harmless("a</body></html>b <p>c")), ["ab", "c"])

    def test_what_only_one_program_sees_is_nothing(self):
        mail = "<!--[if mso]><p>a</p><![endif]--><p>b</p><![if !mso]><p>c</p><![endif]>"
        self.assertEqual(harmless(mail), "<p>b</p><p>c</p>")

    def test_badly_nested_html_is_cleaned_to_the_end(self):
        clean = harmless("<p><svg><div>a</div></svg></p>")
        self.assertEqual(harmless(clean), clean)

    def test_what_cannot_be_parsed_becomes_text(self):
        deep = "<div>" * 5000 + "still <i>here</i>" + "</div>" * 5000
        clean = harmless(deep)
        self.assertEqual(words(clean), ["still", "here"])
        self.assertTrue(clean.startswith("<pre>"))
        self.assertEqual(harmless(clean), clean)

    def test_nothing_gives_nothing(self):
        for nothing in (None, False, "", " \n"):
            self.assertEqual(harmless(nothing).strip(), "")
            self.assertEqual(own_words(nothing).strip(), "")
            self.assertEqual(folded(nothing).strip(), "")

    @property_of(200)
    @given(soup)
    def test_any_html_is_harmless_and_stays_so(self, pieces):
        clean = harmless("".join(pieces))
        tags = "".join(re.findall(r"<[^<>]*>", clean))
        self.assertFalse(ACTS.search(tags), tags)
        self.assertEqual(harmless(clean), clean)


class TestOwnWords(unittest.TestCase):
    """What the sender wrote; the tests of mails repeat it all with Odoo's own reading."""

    def as_read(self, mail):
        """Return HTML as it is read from a mail."""
        return mail

    def as_stored(self, body):
        """Return HTML as it is stored."""
        return body

    def assertOwn(self, expected, mail, subject="Re: Bread"):
        """Assert what counts as the sender's own, and that the chatter shows just that."""
        self.assertEqual(" ".join(words(own_words(mail, subject))), expected)
        marked = folded(mail, subject)
        self.assertEqual(words(marked), words(harmless(mail)))
        self.assertEqual(" ".join(visible_unfolded(self.as_stored(marked))), expected)

    def assertAllOwn(self, mail, subject="Bread"):
        self.assertEqual(words(own_words(mail, subject)), words(mail))

    def test_plain_history_goes_in_many_languages(self):
        for above in (
            "On Mon, 2 Mar 2026 at 10:00, Bo <bo@shop.example> wrote:",
            "On Mon, 2 Mar 2026 at 10:00, Bo Baker\n<bo@shop.example> wrote:",
            "Am 02.03.2026 um 10:00 schrieb Bo:",
            "Am 02.03.2026 um 10:00\nschrieb Bo:",
            "Am Mo., 2. März 2026 um 10:00 Uhr schrieb Bo Bäcker <\nbo@shop.example>:",
            "Le lun. 2 mars 2026 à 10:00, Bo <bo@shop.example> a écrit :",
            "El lun, 2 mar 2026 a las 10:00, Bo (<bo@shop.example>) escribió:",
            "Il giorno lun 2 mar 2026 alle ore 10:00 Bo <bo@shop.example> ha scritto:",
            "Em seg., 2 de mar. de 2026 às 10:00, Bo <bo@shop.example> escreveu:",
            "Op ma 2 mrt 2026 om 10:00 schreef Bo <bo@shop.example>:",
            "пн, 2 мар. 2026 г. в 10:00, Bo <bo@shop.example>:",
            "02.03.2026 10:00, Bo пишет:",
            "pon., 2 mar 2026 o 10:00 Bo <bo@shop.example> napisał(a):",
            "Den mån 2 mars 2026 kl 10:00 skrev Bo <bo@shop.example>:",
            "2026年3月2日(月) 10:00 Bo <bo@shop.example>:",
        ):
            with self.subTest(above=above):
                self.assertOwn(
                    "Still mouldy.",
                    plain(f"Still mouldy.\n\n{above}\n> Dear Anna,\n>\n> sorry.\n"),
                )

    def test_history_under_a_header_block_goes_in_many_languages(self):
        for labels in (
            "From Sent To Subject",
            "Von Gesendet An Betreff",
            "De Envoyé À Objet",
            "De Enviado Para Asunto",
            "Da Inviato A Oggetto",
            "De Enviada_em Para Assunto",
            "Van Verzonden Aan Onderwerp",
            "От Отправлено Кому Тема",
            "Od Wysłano Do Temat",
            "Från Skickat Till Ämne",
        ):
            sender, sent, to, subject = (
                labels.replace("_", " ").split(" ", 3)
                if ("_" not in labels)
                else [label.replace("_", " ") for label in labels.split()]
            )
            block = [
                (sender, "Bo"),
                (sent, "Monday, 10:00"),
                (to, "Anna"),
                (subject, "RE: Bread"),
            ]
            lines = "\n".join(f"{label}: {value}" for label, value in block)
            rows = "".join(f"<b>{label}:</b> {value}<br>" for label, value in block)
            with self.subTest(labels=labels):
                self.assertOwn("Mould.", plain(f"Mould.\n\n{lines}\n\nDear Anna,\n"))
                self.assertOwn(
                    "Mould.",
                    f'<p>Mould.</p><div style="border-top: solid 1pt"><p>{rows}</p></div>'
                    "<p>Dear Anna,</p>",
                )

    def test_line_above_the_header_block_goes_with_it(self):
        block = "From: Bo\nSent: Monday\nTo: Anna\nSubject: Bread\n\nDear Anna,\n"
        self.assertOwn("Mould.", plain(f"Mould.\n\n{'_' * 32}\n{block}"))
        self.assertOwn(
            "Mould.", f"<p>Mould.</p><hr><p>{block.replace(chr(10), '<br>')}"
        )

    def test_history_under_a_separator_goes(self):
        for separator in (
            "-----Original Message-----",
            "-----Ursprüngliche Nachricht-----",
            "-------- Message d'origine --------",
            "-----Mensaje original-----",
            "-----Messaggio originale-----",
            "-----Mensagem original-----",
            "-----Oorspronkelijk bericht-----",
            "-----Исходное сообщение-----",
            "-----Oryginalna wiadomość-----",
            "-----Ursprungligt meddelande-----",
        ):
            with self.subTest(separator=separator):
                self.assertOwn(
                    "Mould again.",
                    plain(f"Mould again.\n\n{separator}\nFrom: Bo\nDear Anna,\n"),
                )

    def test_history_of_mail_programs_goes(self):
        quote = "<p>Dear Anna,</p><p>sorry</p>"
        said = "On Mon, 2 Mar 2026 at 10:00, Bo &lt;bo@shop.example&gt; wrote:"
        for program, mail in {
            "Gmail": '<div dir="ltr">Mould.</div><br><div class="gmail_quote">'
            f'<div dir="ltr" class="gmail_attr">{said}<br></div>'
            f'<blockquote class="gmail_quote" style="border-left:1px solid">{quote}'
            "</blockquote></div>",
            "Apple": f'<div>Mould.<br><div><br><blockquote type="cite"><div>{said}</div>'
            f"<br>{quote}</blockquote></div></div>",
            "Thunderbird": f'<p>Mould.</p><div class="moz-cite-prefix">{said}<br></div>'
            f'<blockquote type="cite" cite="mid:1@b.example">{quote}</blockquote>',
            "Yahoo": '<div>Mould.</div><div id="yahoo_quoted_1" class="yahoo_quoted">'
            f"<div>{said}</div>{quote}</div>",
            "Outlook": '<div>Mould.</div><div id="appendonsend"></div><hr>'
            '<div id="divRplyFwdMsg"><b>Fra:</b> Bo<br><b>Emne:</b> Bread</div>'
            f"<div>{quote}</div>",
            "GMX": '<div>Mould.<div name="quote" style="border-left:2px solid">'
            "<div><b>Gesendet:</b> Montag<br><b>Von:</b> Bo<br><b>An:</b> Anna<br>"
            f"<b>Betreff:</b> Re: Bread</div><div>{quote}</div></div></div>",
        }.items():
            with self.subTest(program=program):
                self.assertOwn("Mould.", mail)
                self.assertEqual(
                    words(own_words(self.as_read(mail), "Re: x")), ["Mould."]
                )
                own = own_words(harmless(mail), "Re: x")
                self.assertEqual(words(own), ["Mould."])

    def test_signatures_go(self):
        for program, mail in {
            "delimiter": plain("Mould.\n\n-- \nAnna Ott\nTel. 0555 123\n"),
            "html": "<div>Mould.<br>-- <br>Anna Ott<br>Tel. 0555 123</div>",
            "long": plain("Mould.\n-- \n" + "A line of the signature\n" * 20),
            "no-break": "<div>Mould.</div><div>--&nbsp;</div><div>Anna Ott</div>",
            "Gmail": '<div>Mould.</div><div class="gmail_signature">Anna Ott</div>',
            "read": '<div>Mould.</div><div data-smartmail="gmail_signature">Anna</div>',
            "Outlook": '<div>Mould.</div><div id="Signature"><p>Anna Ott</p></div>',
            "Thunderbird": '<p>Mould.</p><pre class="moz-signature">Anna Ott</pre>',
        }.items():
            with self.subTest(program=program):
                self.assertOwn("Mould.", mail)
                self.assertOwn("Mould.", harmless(mail))

    def test_signature_of_a_telephone_goes_in_many_languages(self):
        for line in (
            "Sent from my iPhone",
            "Get Outlook for Android",
            "Von meinem iPhone gesendet",
            "Diese Nachricht wurde von meinem Android-Gerät mit GMX Mail gesendet.",
            "Envoyé de mon iPhone",
            "Enviado desde mi iPhone",
            "Inviato da iPhone",
            "Enviado do meu iPhone",
            "Verstuurd vanaf mijn iPhone",
            "Отправлено с iPhone",
            "Wysłane z iPhone'a",
            "Skickat från min iPhone",
            "Sendt fra min iPhone",
        ):
            with self.subTest(line=line):
                self.assertOwn("Mould.", plain(f"Mould.\n\n{line}\n"))
                self.assertOwn(
                    "Mould.",
                    f"<div>Mould.</div><div>{line}</div>"
                    '<blockquote type="cite">Dear Anna,</blockquote>',
                )

    def test_words_that_only_look_like_a_signature_stay(self):
        for text in (
            "I have sent from my office to yours three letters.\nNothing came.",
            "Sent from my desk.\nMould!",
            "First\n--\n" + "a long story, told line by line\n" * 30,
            "-- \nAnna",
        ):
            with self.subTest(text=text):
                self.assertAllOwn(plain(text))

    def test_forwarded_mail_is_the_complaint(self):
        for mail in (
            plain(
                "FYI\n-- \nOur shop\n\n---------- Forwarded message ---------\n"
                "From: Anna <anna@b.example>\nDate: Mon, 2 Mar 2026\nSubject: Bread\n"
                "To: <shop@b.example>\n\nThe bread was mouldy.\n\n> quoted\n-- \nAnna\n"
            ),
            '<div>FYI</div><div class="gmail_quote"><div>---------- Forwarded message'
            " ---------<br>From: Anna<br>Subject: Bread<br></div><p>The bread was mouldy."
            "</p></div>",
            "<div>FYI<blockquote type='cite'><div>Begin forwarded message:</div>"
            "<div><b>From: </b>Anna</div><p>The bread was mouldy.</p></blockquote></div>",
            plain(
                "FYI\n\nAnfang der weitergeleiteten Nachricht:\n\n> Von: Anna\n>\n"
                "> The bread was mouldy.\n"
            ),
            plain(
                "FYI\n-------- Weitergeleitete Nachricht --------\nBetreff: Brot\n"
                "Von: Anna <a@b.example>\nDatum: heute\n\nThe bread was mouldy.\n"
            ),
        ):
            with self.subTest(mail=mail):
                own = words(own_words(mail, "Bread"))
                self.assertEqual(own[0], "FYI")
                self.assertIn("mouldy.", own)
                self.assertIn("mouldy.", words(own_words(mail, "Re: Bread")))
                self.assertNotIn("Our", own)

    def test_subject_tells_a_forwarded_mail_from_an_answered_one(self):
        mail = plain(
            "Please deal with it.\n\nFrom: Anna <anna@b.example>\nSent: Monday\n"
            "To: Shop\nSubject: Bread\n\nThe bread was mouldy.\n"
        )
        for subject in (
            "Fwd: Bread",
            "FW: Re: Bread",
            "WG: Brot",
            "[Shop] TR: Pain",
            "Rv: Pan",
        ):
            with self.subTest(subject=subject):
                self.assertAllOwn(mail, subject)
        self.assertOwn("Please deal with it.", mail, "Re: FW: Bread")

    def test_forwarding_without_a_word_of_ones_own(self):
        block = "From: Anna\nSent: Monday\nTo: Shop\nSubject: Bread\n\nIt was mouldy.\n"
        self.assertAllOwn(plain(block))
        self.assertAllOwn(plain(f"-----Original Message-----\n{block}"))

    def test_mail_shown_in_a_first_mail_is_evidence(self):
        mail = plain(
            "Hello,\nlook what I got:\n\nFrom: Bo <bo@shop.example>\nSent: Monday\n"
            "To: Anna\nSubject: Bread\n\nNo refunds!\n\nThat is outrageous.\n"
        )
        self.assertAllOwn(mail, "Your shop")
        self.assertOwn("Hello, look what I got:", mail, "AW: Your shop")
        self.assertOwn("Hello, look what I got:", mail, "")

    def test_who_points_below_means_what_stands_there(self):
        for pointing in ("See my mail below.", "Siehe unten.", "Voir ci-dessous."):
            with self.subTest(pointing=pointing):
                self.assertAllOwn(
                    plain(f"{pointing}\n-----Original Message-----\nIt was mouldy.\n"),
                    "Re: Bread",
                )

    def test_answers_between_quotes_stay_with_what_they_answer(self):
        self.assertAllOwn(
            plain(
                "Hello,\n\n> When did you buy it?\nOn Monday.\n\n> Where?\nIn your shop.\n"
            )
        )
        mail = (
            '<div class="gmail_quote"><div>On Mon, 2 Mar 2026 at 10:00, Bo '
            "&lt;bo@b.example&gt; wrote:</div><blockquote class='gmail_quote' "
            "style='border-left:1px'>When?</blockquote><div>On Monday.</div>"
            "<blockquote class='gmail_quote' style='border-left:1px'>Where?</blockquote>"
            "<div>In your shop.</div></div>"
        )
        for html_mail in (mail, self.as_read(mail)):
            own = " ".join(words(own_words(html_mail, "Re: x")))
            self.assertIn("When? On Monday.", own)
            self.assertIn("Where? In your shop.", own)

    def test_answer_below_a_quote_stays_without_it(self):
        self.assertOwn(
            "Thank you, no.",
            plain("On 2026-03-02 10:00, Bo wrote:\n> A voucher?\n\nThank you, no.\n"),
        )

    def test_answer_between_long_quotes_is_not_lost(self):
        quote = "> a line of an old mail\n" * 40
        own = words(own_words(plain(f"Hello,\n{quote}No!\n{quote}Never!\n"), "Re: x"))
        self.assertEqual(own, ["Hello,", "No!", "Never!"])

    def test_answer_under_a_separator_with_marked_quotes_is_not_lost(self):
        mail = plain(
            "Hi\n-----Original Message-----\nFrom: Bo\n> Where?\nIn your shop.\n"
        )
        self.assertIn("shop.", words(own_words(mail, "Re: x")))

    def test_indented_text_is_no_quote(self):
        mail = (
            "<p>Your label says:</p><blockquote style='margin: 0 0 0 40px'>Best before May"
            "</blockquote><p>It is April.</p>"
        )
        self.assertOwn("Your label says: Best before May It is April.", mail)

    def test_citing_somebody_is_no_history(self):
        for text in (
            "Your clerk wrote on the slip:\nno refunds\nIs that legal?",
            "From: Berlin\nTo: Paris\nDate: 3 May\n\nThe train never came.",
            "On 3 May I wrote:\nplease answer.\nNobody did.",
            "Received: by mx\nFrom: Bo\nTo: me\nSubject: x\nDate: today\n\nIs it yours?",
            "From: Bo\nTo: me\nSubject: x\nMessage-ID: <1@b.example>\nIs it yours?",
            "Sender: me\nThe list:\n- bread\n- milk",
        ):
            with self.subTest(text=text):
                self.assertAllOwn(plain(f"Hello,\n{text}"), "Re: Bread")
        for above in (
            "On 3 May 2026 I wrote:",
            "My order 123\nhe wrote at 10:00:",
            "Your clerk wrote in 2026:",
        ):
            own = words(own_words(plain(f"Hi!\n{above}\n> nothing\n"), "Re: Bread"))
            self.assertEqual(
                own[: 1 + len(above.split()[:3])], ["Hi!", *above.split()[:3]]
            )

    def test_mail_that_is_only_a_quote_stays_whole(self):
        for mail in (
            plain("> all of it\n> is quoted\n"),
            '<blockquote type="cite">all of it</blockquote>',
            '<div id="Signature">Anna</div>',
            plain("Sent from my iPhone"),
        ):
            with self.subTest(mail=mail):
                self.assertAllOwn(mail, "Re: Bread")

    def test_parts_of_a_text_mail_end_what_is_left_out(self):
        # Odoo puts the text behind a photo into a <pre> of its own
        mail = plain("Mould.\n-- \nAnna") + plain("And here is the second loaf.")
        self.assertOwn("Mould. And here is the second loaf.", mail)
        mail = plain("Mould.\n-----Original Message-----\n" + "Old\n" * 20)
        mail += plain("Second loaf.")
        self.assertOwn("Mould. Second loaf.", mail)

    def test_marks_that_odoo_made_on_own_words_go(self):
        mail = '<p data-o-mail-quote="1">Mould.</p><p>Second loaf.</p>'
        self.assertOwn("Mould. Second loaf.", mail)

    def test_chatter_folds_no_forwarded_quotes_and_no_answers(self):
        mail = plain(
            "---------- Forwarded message ---------\n\nMould.\n> Which?\n--\nA"
        )
        self.assertOwn(" ".join(words(mail)), mail, "Fwd: x")
        mail = plain("Hello,\n\n> When?\nOn Monday.\n\n> Where?\nIn your shop.\n")
        self.assertOwn(" ".join(words(mail)), mail)

    def test_words_beside_a_quote_stay_two(self):
        quote = "<p>an old line</p>" * 20
        mail = f'Hello<blockquote type="cite">{quote}</blockquote>Never!'
        self.assertEqual(words(own_words(mail, "Re: x")), ["Hello", "Never!"])

    def test_hidden_preview_is_not_what_they_wrote(self):
        mail = (
            '<div style="display: none"><p>Preview</p></div><blockquote type="cite">Mould.'
            "</blockquote>"
        )
        self.assertIn("Mould.", words(own_words(mail, "Re: x")))

    def test_photo_above_the_history_stays(self):
        mail = (
            '<div>Mould:<br><img src="cid:a@b"></div><blockquote type="cite">Dear Anna,'
            '<img src="cid:logo@b"></blockquote>'
        )
        own = own_words(mail, "Re: x")
        self.assertIn("cid:a@b", own)
        self.assertNotIn("cid:logo@b", own)

    def test_mail_whose_only_own_thing_is_a_photo_stays_whole(self):
        mail = '<img src="cid:a@b"><blockquote type="cite">Dear Anna,</blockquote>'
        self.assertIn("Dear", own_words(mail, "Re: x"))

    @PROPERTY
    @given(soup, st.sampled_from(["", "Re: x", "Fwd: x"]))
    def test_own_words_are_words_of_the_mail_in_their_order(self, pieces, subject):
        mail = harmless("".join(pieces))
        own = own_words(mail, subject)
        left = iter(words(mail))
        self.assertTrue(all(word in left for word in words(own)), own)
        self.assertEqual(bool(words(own)), bool(words(mail)))
        self.assertEqual(words(folded(mail, subject)), words(mail))

    @property_of(200)
    @given(st.one_of(st.text(), soup.map("".join)), st.text(max_size=20))
    def test_any_text_is_read_without_raising(self, text, subject):
        for make in (own_words, folded):
            self.assertIsInstance(make(text, subject), str)
        # and by the parser of whoever comes next
        etree.fromstring(f"<p>{harmless(text)}</p>", etree.HTMLParser())
