"""ir.qweb: templates of mails about complaints are compiled once.

Odoo keeps what it compiled of views alone, and compiles the text of a mail anew for
each record. That takes ten times as long as rendering it.
"""

from functools import partial

from lxml import etree

from odoo import models
from odoo.tools import ormcache

from .mail_template import COMPILED_ONCE


class IrQweb(models.AbstractModel):
    _inherit = "ir.qweb"

    def _generate_code_uncached(self, template):
        compile_it = partial(super()._generate_code_uncached, template)
        if self.env.context.get("complaint_template") is COMPILED_ONCE and isinstance(
            template, etree._Element
        ):
            source = etree.tostring(template, encoding="unicode")
            options = (*self._get_template_cache_keys(), "preserve_comments")
            values = tuple(map(self.env.context.get, options))
            return self._complaint_compile(source, values, compile_it)
        return compile_it()

    @ormcache("source", "options", cache="templates")
    def _complaint_compile(self, source, options, compile_it):
        """Return what is compiled of a template, as of a view.

        :param str source: of the template
        :param tuple options: values of the context on which the result depends
        :param compile_it: function that compiles it
        """
        return compile_it()
