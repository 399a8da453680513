"""Parses SQL by sqlglot's Snowflake dialect: a JSON list of statements comes in, a JSON list of complaints goes out."""

import json
import logging
import re
import sys

import sqlglot
from sqlglot import exp

# It says of what it does not know that it takes it as it is; that is looked at below.
logging.disable(logging.CRITICAL)

NAME = r'(?:"(?:[^"]|"")*"|[A-Za-z_][\w$]*)'
TEXT = r"'(?:[^']|'')*'"
# What the dialect does not know: held against the form in Snowflake's reference.
DOCUMENTED = [
    rf"ALTER ICEBERG TABLE {NAME}(\.{NAME}){{2}} REFRESH {TEXT}",
    rf"CREATE EXTERNAL VOLUME IF NOT EXISTS {NAME} STORAGE_LOCATIONS = \(\( NAME = {TEXT} STORAGE_PROVIDER = 'AZURE'"
    rf" STORAGE_BASE_URL = {TEXT} AZURE_TENANT_ID = {TEXT} \)\) ALLOW_WRITES = FALSE",
    rf"CREATE CATALOG INTEGRATION IF NOT EXISTS {NAME} CATALOG_SOURCE = OBJECT_STORE TABLE_FORMAT = ICEBERG ENABLED = TRUE",
    rf"GRANT USAGE ON EXTERNAL VOLUME {NAME} TO ROLE {NAME}",
]


def complaint(sql):
    flat = re.sub(r"\s+", " ", sql.strip())
    if any(re.fullmatch(form, flat) for form in DOCUMENTED):
        return None
    try:
        parsed = sqlglot.parse(sql, dialect="snowflake")
    except sqlglot.errors.SqlglotError as error:
        return re.sub(r"\x1b\[\d+m", "", str(error)).split("\n")[0]
    if len(parsed) != 1 or parsed[0] is None:
        return "it is not one statement"
    if parsed[0].find(exp.Command):
        return "the dialect does not know such a statement"
    return None


statements = json.load(sys.stdin)
json.dump([{"sql": sql, "why": why} for sql in statements if (why := complaint(sql))], sys.stdout)
