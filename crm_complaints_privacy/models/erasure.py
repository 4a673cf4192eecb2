"""Erasure in SQL: empties personal fields past the ORM, its rules and its tracking."""

from odoo import SUPERUSER_ID
from odoo.tools import SQL

from .personal_data import is_personal, stored_fields

# The content of an erased field that is required.
BLANK = "–"


def blank_of(field):
    """Return the content of an erased field as SQL; None if it cannot be emptied."""
    if not field.required:
        return SQL("NULL")
    if field.translate:
        return SQL("jsonb_build_object('en_US', %s)", BLANK)
    if field.type in ("char", "text"):
        return SQL("%s", BLANK)
    if field.type == "html":
        return SQL("%s", f"<p>{BLANK}</p>")
    if field.type == "binary":
        return SQL("''::bytea")
    if field.type in ("json", "properties"):
        return SQL("'{}'::jsonb")
    return None  # a required link


def wipe(records, **values):
    """Empty the personal fields of records; changes not flushed yet are lost.

    :param values: what some fields hold instead of nothing, as SQL
    """
    if not records:
        return
    ids = tuple(records._ids)
    personal = [field for field in stored_fields(records) if is_personal(field)]
    changes = []
    for field in personal:
        if field.type == "many2many":
            _delete_pairs(records, field, field.column1, ids)
            continue
        blank = values.get(field.name) or blank_of(field)
        if blank is not None:
            changes.append(SQL("%s = %s", SQL.identifier(field.name), blank))
    if records._log_access:
        # the author may be a customer with an account
        changes += [
            SQL(
                "%(name)s = CASE WHEN %(name)s IN"
                " (SELECT id FROM res_users WHERE share) THEN %(robot)s"
                " ELSE %(name)s END",
                name=SQL.identifier(name),
                robot=SUPERUSER_ID,
            )
            for name in ("create_uid", "write_uid")
        ]
    if changes:
        records.env.cr.execute(
            SQL(
                "UPDATE %s SET %s WHERE id IN %s",
                SQL.identifier(records._table),
                SQL(", ").join(changes),
                ids,
            )
        )


def delete(records):
    """Delete rows in SQL, with those that the database deletes in cascade."""
    if records:
        records.env.cr.execute(
            SQL(
                "DELETE FROM %s WHERE id IN %s",
                SQL.identifier(records._table),
                tuple(records._ids),
            )
        )


def cut_links(model, to):
    """Empty the links by which other records of a model lead to these.

    A person known there would give away whom these were about.

    :param model: an empty recordset of the model with the links
    :param to: the records they lead to
    """
    for field in stored_fields(model):
        if field.comodel_name != to._name or not is_personal(field):
            continue
        if field.type == "many2many":
            _delete_pairs(model, field, field.column2, tuple(to._ids))
        elif field.type == "many2one" and not field.required:
            model.env.cr.execute(
                SQL(
                    "UPDATE %(table)s SET %(name)s = NULL WHERE %(name)s IN %(ids)s",
                    table=SQL.identifier(model._table),
                    name=SQL.identifier(field.name),
                    ids=tuple(to._ids),
                )
            )


def _delete_pairs(model, field, column, ids):
    model.env.cr.execute(
        SQL(
            "DELETE FROM %s WHERE %s IN %s",
            SQL.identifier(field.relation),
            SQL.identifier(column),
            ids,
        )
    )
