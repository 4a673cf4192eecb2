"""Frame of e-mails to customers: its view, and how it is told from what it holds."""

from markupsafe import Markup

LAYOUT = "crm_complaints.complaint_mail_layout"
# In each mail that is in this frame.
MARK = 'class="o_complaint_mail"'


class Framed(Markup):
    """HTML of an e-mail in its frame.

    :ivar letter: the text that is in the frame, which is all that the complaint keeps
    """

    def __new__(cls, framed, letter):
        self = super().__new__(cls, framed)
        self.letter = letter
        return self
