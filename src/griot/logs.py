"""What the log says, and what it keeps to itself."""

from __future__ import annotations

import logging
import re
import traceback
from typing import Any

import psycopg
from django.db import Error

from griot.locking import is_database_away

_TOKENS = re.compile(r"(/unsubscribe/|/press/hub/\d+/|/password_reset/confirm/[^/\s]+/)[^/\s]+")


class DatabaseAway(logging.Filter):
    """A log's filter: while the database is away, each thing that fails for it is one line."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error and is_database_away(error):
            record.msg = f"{record.getMessage()}: {str(error).strip().splitlines()[0]}"
            record.args = record.exc_info = record.exc_text = None
        return True


class Discreet(logging.Formatter):
    """A log's format in which an error of the database says its code alone (its own words quote the row, and
    with it a teller's), and an address not the secret in it.
    """

    def format(self, record: logging.LogRecord) -> str:
        record.exc_text = None  # as another has told it
        return _TOKENS.sub(r"\1…", super().format(record))

    def formatException(self, ei: Any) -> str:
        told, error = [], ei[1]
        while error is not None:
            told.append(f"{''.join(traceback.format_tb(error.__traceback__))}{_said(error)}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n\nwhich led to\n\n".join(reversed(told))


def _said(error: BaseException) -> str:
    if not isinstance(error, Error | psycopg.Error):
        return "".join(traceback.format_exception_only(error)).strip()
    code = getattr(error, "sqlstate", None) or getattr(error.__cause__, "sqlstate", None)
    return f"{type(error).__module__}.{type(error).__name__}: {code or 'without a code'}"
