"""Creates, marks, copies and drops a database on the server named by the PG* variables.

database.py check               fails unless there is a server that Odoo can use
database.py mark NAME           prints its mark; "none" without one, "missing" without the database
database.py mark NAME TEXT      sets it
database.py create NAME TEXT    with this mark
database.py copy NAME NEW       copies it; nobody may be connected to the original
database.py drop NAME           drops it, if it exists
"""

import os
import sys

import psycopg2
from psycopg2 import sql


def check(cursor):
    """Refuse a server that Odoo cannot use."""
    if cursor.connection.server_version < 130000:
        sys.exit(
            "crm_complaints: PostgreSQL is older than version 13: set PGHOST to a newer one"
        )
    cursor.execute(
        "SELECT rolname, rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
    )
    role, may_create = cursor.fetchone()
    if role == "postgres":
        sys.exit(
            "crm_complaints: Odoo does not accept the role postgres: "
            "set PGUSER to one created by createuser --createdb"
        )
    if not may_create:
        sys.exit(
            f"crm_complaints: the role {role} may not create databases: "
            f"run ALTER ROLE {role} CREATEDB, or set PGUSER"
        )


def read_mark(cursor, name):
    cursor.execute(
        "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s",
        [name],
    )
    row = cursor.fetchone()
    print((row[0] or "none") if row else "missing")


def mark(cursor, name, text):
    cursor.execute(
        sql.SQL("COMMENT ON DATABASE {} IS {}").format(
            sql.Identifier(name), sql.Literal(text)
        )
    )


def create(cursor, name, text):
    # As Odoo itself creates them.
    cursor.execute(
        sql.SQL(
            "CREATE DATABASE {} ENCODING 'unicode' LC_COLLATE 'C' TEMPLATE template0"
        ).format(sql.Identifier(name))
    )
    mark(cursor, name, text)


def copy(cursor, name, new):
    cursor.execute(
        sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
            sql.Identifier(new), sql.Identifier(name)
        )
    )


def drop(cursor, name):
    cursor.execute(
        sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    )


def main(command, *arguments):
    try:
        connection = psycopg2.connect(dbname="postgres")
    except psycopg2.OperationalError as error:
        where = (
            f"{os.environ.get('PGHOST', 'localhost')}:{os.environ.get('PGPORT', 5432)}"
        )
        sys.exit(
            f"crm_complaints: no PostgreSQL answers at {where}: "
            f"{str(error).strip().splitlines()[0]}"
        )
    connection.autocommit = True
    commands = {
        "check": check,
        "copy": copy,
        "create": create,
        "drop": drop,
        "mark": mark if len(arguments) > 1 else read_mark,
    }
    with connection.cursor() as cursor:
        commands[command](cursor, *arguments)


if __name__ == "__main__":
    main(*sys.argv[1:])
