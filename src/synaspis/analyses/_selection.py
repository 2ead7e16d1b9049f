"""The phases, threats and partners that somebody asks for, held against those that there are."""

from __future__ import annotations

from collections.abc import Sequence

from synaspis.core.documents import nearest
from synaspis.core.errors import Fault, InputError


def chosen(what: str, wanted: Sequence[str] | None, known: tuple[str, ...]) -> tuple[str, ...]:
    """The ids wanted, each once, in the order given; all that are known if wanted is None.

    what: the word for one of them. Raises InputError that names every unknown id, or for none at all.
    """
    if wanted is None:
        return known
    wanted = [wanted] if isinstance(wanted, str) else wanted
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise InputError(
            Fault(f"the scenario has no {what} {name!r}", remedy=nearest(name, known)) for name in unknown
        )
    if not wanted:
        raise InputError(Fault(f"no {what} was named", remedy=f"Name one of {', '.join(known)}."))
    return tuple(dict.fromkeys(wanted))
