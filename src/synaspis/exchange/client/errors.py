"""What can go wrong between a partner and the centre, as errors that say what to do."""

from __future__ import annotations

from collections.abc import Iterable

from synaspis.core.errors import Fault, SynaspisError
from synaspis.messages import Refused


class SignedRefusal(Refused):
    """The centre refused a message and signed why.

    code, faults: as the centre gave them. message_id: of the message. signed: the refusal as it was signed.
    """

    def __init__(self, code: str, faults: tuple[Fault, ...], message_id: str, signed: bytes) -> None:
        super().__init__(code, faults)
        self.message_id, self.signed = message_id, signed


class Unreachable(SynaspisError):
    """The centre gave no answer that counts; what was to be sent is kept and can be sent again."""


class ServerFault(SynaspisError):
    """The centre answered with an error that is not signed.

    status: of HTTP. faults: as the centre lists them.
    """

    def __init__(self, status: int, faults: Iterable[Fault]) -> None:
        self.status, self.faults = status, tuple(faults)
        listed = "; ".join(map(str, self.faults)) or "it gave no reason"
        super().__init__(f"the centre answered {status}: {listed}")


class Alarm(SynaspisError):
    """The centre broke its promise, or somebody between it and the partner did.

    findings: each contradiction in a sentence, with what it rests on.
    """

    def __init__(self, findings: Iterable[str] | str) -> None:
        self.findings = (findings,) if isinstance(findings, str) else tuple(findings)
        super().__init__("; ".join(self.findings))
