"""A connection to PostgreSQL as a centre needs it: durable, and not silent for long; the right to write."""

from __future__ import annotations

from typing import Any, Final

import psycopg

from synaspis.core.errors import Fault, InputError
from synaspis.exchange.store.storage import AnotherWrites

LOCK: Final = 0x53594E4153504953  # "SYNASPIS"

SILENCE_S: Final = 11
"""After so long without a sign of the other machine, server and node each take it for dead."""

_OPTIONS: Final = (
    # Also where the administrator chose otherwise: nothing is acknowledged that is not durable.
    "-c synchronous_commit=on "
    # The server's side: a node whose power is cut must not hold the lock for the two hours of TCP. While an
    # answer to it is on the way, keepalives rest and the other limit counts.
    "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=2 -c tcp_keepalives_count=3 "
    f"-c tcp_user_timeout={SILENCE_S * 1000}"
)


def open_link(url: str, password: str, schema: str) -> psycopg.Connection[Any]:
    """Open a connection that commits each statement by itself unless a transaction is begun.

    url: connection string. password: for it, empty for none. schema: where tables are looked for.
    """
    own_side: dict[str, Any] = {
        "connect_timeout": 10,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": SILENCE_S * 1000,
        "application_name": "synaspis",
    }
    if password:
        own_side["password"] = password
    options = f"-c search_path={schema} {_OPTIONS}"
    return psycopg.connect(url, autocommit=True, options=options, **own_side)


def take_lock(writer: psycopg.Connection[Any]) -> None:
    """Take the right to write for as long as a connection lives. Raises AnotherWrites if it is taken."""
    row = writer.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,)).fetchone()
    if row is None or not row[0]:
        raise AnotherWrites(
            Fault(
                "another centre writes to this database",
                source="PostgreSQL",
                remedy="Stop it first, or wait for it: `synaspis centre serve --wait`.",
            )
        )


def cannot_open(error: Exception) -> InputError:
    """What to tell the operator; never the address, which may hold a password."""
    what = f"the store cannot be opened: {str(error).strip().splitlines()[0]}"
    remedy = "See that the server runs, and that address, user and rights are right."
    return InputError(Fault(what, source="PostgreSQL", remedy=remedy))
