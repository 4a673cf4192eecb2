"""Fill in what this version notes of complaints that are there already."""


def migrate(cr, version):
    _note_languages(cr)


def _note_languages(cr):
    """Complaints are in their customers' language; letters that nobody reworded go by it."""
    cr.execute(
        """
        UPDATE helpdesk_ticket t
           SET complaint_lang = p.lang
          FROM res_partner p
          JOIN res_lang l ON l.code = p.lang AND l.active
         WHERE p.id = t.partner_id
           AND t.is_complaint IS TRUE
           AND t.complaint_lang IS NULL
        """
    )
    was = "{{ object.partner_id.lang or object.company_id.partner_id.lang }}"
    cr.execute(
        """
        UPDATE mail_template m
           SET lang = %s
          FROM ir_model_data d
         WHERE d.model = 'mail.template'
           AND d.module = 'crm_complaints'
           AND d.res_id = m.id
           AND m.lang = %s
        """,
        [was.replace("{{ ", "{{ object.complaint_lang or ", 1), was],
    )
