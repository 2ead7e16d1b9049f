"""What can go wrong between a partner and the centre, as errors that say what to do."""

from __future__ import annotations

from collections.abc import Iterable

from synaspis.core.errors import Fault, SynaspisError


class Refused(SynaspisError):
    """The centre refused a message and signed why.

    message_id: of the refused message. code: the reason in one word, as `messages.REFUSAL_CODES` lists them.
    faults: everything that is wrong. signed: the refusal as the centre signed it.
    """

    def __init__(self, message_id: str, code: str, faults: Iterable[Fault], signed: bytes) -> None:
        self.message_id, self.code, self.signed = message_id, code, signed
        self.faults = tuple(faults)
        listed = "".join(f"\n  {fault}" for fault in self.faults)
        super().__init__(f"the centre refused message {message_id} ({code}):{listed}")


class Unreachable(SynaspisError):
    """The centre gave no answer that counts; what was to be sent is kept and may be sent again."""


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
