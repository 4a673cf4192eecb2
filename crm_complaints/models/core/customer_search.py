"""Customer search: finding contacts while somebody types; indexes and phone domains."""

from odoo.fields import Domain
from odoo.modules.db import FunctionStatus
from odoo.tools import SQL

from ...engine import phone_numbers


def index_definition(column):
    """Return the index definition of a phone number column, for ``models.Index``.

    Without trigrams in the database there is no index: the search works, but takes a
    quarter of a second for 200,000 customers instead of two milliseconds.
    """
    dialled = phone_numbers.NOT_DIALLED
    return lambda registry: (
        f"USING gin (regexp_replace({column}, '{dialled}', '', 'g') gin_trgm_ops)"
        f" WHERE {column} IS NOT NULL"
        if registry.has_trigram
        else ""
    )


def name_index_definition(registry):
    """Return the index definition of contacts' names, as Odoo compares them."""
    if not registry.has_trigram:
        return ""
    name = "complete_name"
    if registry.has_unaccent == FunctionStatus.INDEXABLE:
        name = registry.unaccent(name)
    return f"USING gin ({name} gin_trgm_ops)"


def phone_domain(model, field_name, number):
    """Return the domain of records whose number contains the digits of ``number``.

    :param str number: as typed, complete or not
    """
    wanted = phone_numbers.core(number)
    if len(wanted) < phone_numbers.LEAST:
        return Domain.FALSE

    def to_sql(model, alias, query):
        return SQL(
            # an array, so that PostgreSQL does not read all rows in their order instead
            "%(id)s = ANY(ARRAY(SELECT id FROM %(table)s WHERE"
            " regexp_replace(%(column)s, %(dialled)s, '', 'g') LIKE %(like)s))",
            id=SQL.identifier(alias, "id"),
            table=SQL.identifier(model._table),
            column=SQL.identifier(field_name, to_flush=model._fields[field_name]),
            dialled=phone_numbers.NOT_DIALLED,
            like=f"%{wanted}%",
        )

    return Domain.custom(
        to_sql=to_sql,
        predicate=lambda record: wanted in phone_numbers.digits(record[field_name]),
    )
