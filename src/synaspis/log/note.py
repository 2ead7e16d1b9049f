"""Signed notes: a text and the signatures below it. C2SP signed-note, version 1.0.0.

A signature of an unknown key is ignored; one of a known key that does not hold makes the note void; a note
without any valid signature of a known key is void. The text of a note is only to be used after `open_note`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from synaspis.core.errors import Fault
from synaspis.log._text import decode_base64, encode_base64, is_key_name, shown
from synaspis.log.errors import NoteRefused
from synaspis.log.keys import KEY_ID_BYTES, Signer, Verifier

NOTE_BYTES_MAX: Final = 256 * 1024
SIGNATURES_MAX: Final = 64
"""Signatures on one note; a signature of ML-DSA-44 has 3.3 kB as text."""

_DASH: Final = "\u2014 "


@dataclass(frozen=True, slots=True)
class SignatureLine:
    """One signature as it stands in a note, not verified.

    name: of the key. key_id: four bytes. signature: the rest. offset: of the line in the note, bytes.
    """

    name: str
    key_id: bytes
    signature: bytes
    offset: int = 0

    def line(self) -> bytes:
        """The line with its newline."""
        return f"{_DASH}{self.name} {encode_base64(self.key_id + self.signature)}\n".encode()


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature that was verified.

    key: whose it is. time_s: time that it carries, s since the epoch; 0 where it carries none.
    """

    key: Verifier
    time_s: int


@dataclass(frozen=True, slots=True)
class OpenedNote:
    """A note of which at least one signature was verified.

    text: what is signed, newline at its end included. signatures: the verified ones, in their order.
    """

    text: str
    signatures: tuple[Signature, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the keys whose signatures were verified, each once, in the order of the note."""
        return tuple(dict.fromkeys(each.key.name for each in self.signatures))


def sign_note(text: str, signers: Sequence[Signer], at_us: int = 0) -> bytes:
    """Sign a text; returns the note.

    text: ends in a newline, holds no other control character. signers: at least one; their lines stand in
    this order. at_us: time for the kinds of signature that carry one, us since the epoch.
    Raises NoteRefused for a text that no note can hold.
    """
    fault = _text_fault(text)
    if fault or not signers:
        raise NoteRefused(Fault(fault or "a note needs at least one signature", "note"))
    head = f"{text}\n".encode()
    lines = (SignatureLine(each.name, each.key_id, each.sign(text, at_us)) for each in signers)
    return head + b"".join(each.line() for each in lines)


def split_note(note: bytes) -> tuple[str, tuple[SignatureLine, ...]]:
    """Take a note apart without verifying anything.

    Returns the text and the signature lines. Raises NoteRefused, with the offset in bytes, for anything that
    is not exactly a signed note.
    """
    if len(note) > NOTE_BYTES_MAX:
        raise NoteRefused(
            Fault(f"a note of {len(note):,} bytes; at most {NOTE_BYTES_MAX:,} are read", "note")
        )
    cut = note.rfind(b"\n\n")
    if cut < 0:
        raise NoteRefused(Fault("no blank line between text and signatures", "note"))
    try:
        text = note[: cut + 1].decode("utf-8")
        tail = note[cut + 2 :].decode("utf-8")
    except UnicodeDecodeError:
        raise NoteRefused(Fault("the note is not UTF-8", "note")) from None
    fault = _text_fault(text)
    if fault:
        raise NoteRefused(Fault(fault, "note"))
    return text, _signature_lines(tail, cut + 2)


def read_signatures(lines: bytes) -> tuple[SignatureLine, ...]:
    """Read signature lines that stand alone, as a witness answers them.

    Raises NoteRefused for anything else.
    """
    if len(lines) > NOTE_BYTES_MAX:
        raise NoteRefused(Fault(f"{len(lines):,} bytes; at most {NOTE_BYTES_MAX:,} are read", "signatures"))
    try:
        return _signature_lines(lines.decode("utf-8"), 0)
    except UnicodeDecodeError:
        raise NoteRefused(Fault("the signatures are not UTF-8", "signatures")) from None


def open_note(note: bytes, verifiers: Iterable[Verifier]) -> OpenedNote:
    """Verify a note.

    verifiers: keys that count. Returns the text with the signatures that were verified.
    Raises NoteRefused if the note is malformed, if no known key signed it, or if a signature of a known key
    does not hold.
    """
    text, lines = split_note(note)
    known = {(each.name, each.key_id): each for each in verifiers}
    found: dict[tuple[str, bytes], Signature] = {}
    for line in lines:
        key = known.get((line.name, line.key_id))
        if key is None:
            continue
        time_s = key.verify(text, line.signature)
        if time_s is None:
            what = f"the signature of {line.name} ({key.algorithm}) does not hold"
            raise NoteRefused(Fault(what, f"note at byte {line.offset}"))
        found.setdefault((line.name, line.key_id), Signature(key, time_s))
    if not found:
        names = ", ".join(sorted({line.name for line in lines}))
        wanted = ", ".join(sorted(f"{name}+{key_id.hex()}" for name, key_id in known))
        raise NoteRefused(
            Fault(
                f"no signature by a known key; signed by {names}", "note", f"Known keys: {wanted or 'none'}."
            )
        )
    return OpenedNote(text, tuple(found.values()))


def add_signatures(note: bytes, lines: bytes, verifiers: Iterable[Verifier]) -> bytes:
    """Put cosignatures below a note.

    lines: signature lines, as a witness answers them. verifiers: keys of which at least one must have signed;
    lines of other keys are left out. A line replaces an earlier one of the same key.
    Raises NoteRefused if anything is malformed, or as `open_note` does.
    """
    text, present = split_note(note)
    offered = read_signatures(lines)
    keys = list(verifiers)
    opened = open_note(f"{text}\n".encode() + lines, keys)
    wanted = {(each.key.name, each.key.key_id) for each in opened.signatures}
    kept = [each for each in present if (each.name, each.key_id) not in wanted]
    added: dict[tuple[str, bytes], SignatureLine] = {}
    for each in offered:
        if (each.name, each.key_id) in wanted:
            added.setdefault((each.name, each.key_id), each)
    return f"{text}\n".encode() + b"".join(each.line() for each in (*kept, *added.values()))


def _text_fault(text: str) -> str:
    if not text.endswith("\n"):
        return "the text of a note ends in a newline"
    if any((sign < " " and sign != "\n") or "\ud800" <= sign <= "\udfff" for sign in text):
        return "the text of a note holds a control character"
    return ""


def _signature_lines(tail: str, offset: int) -> tuple[SignatureLine, ...]:
    if not tail.endswith("\n"):
        raise NoteRefused(Fault("the last signature line does not end in a newline", "signatures"))
    texts = tail[:-1].split("\n")
    if len(texts) > SIGNATURES_MAX:
        raise NoteRefused(Fault(f"{len(texts)} signatures; at most {SIGNATURES_MAX} are read", "signatures"))
    lines = []
    for text in texts:
        lines.append(_signature_line(text, offset))
        offset += len(text.encode()) + 1
    return tuple(lines)


def _signature_line(text: str, offset: int) -> SignatureLine:
    name, _, encoded = text.removeprefix(_DASH).partition(" ")
    raw = decode_base64(encoded)
    if not text.startswith(_DASH) or not is_key_name(name) or raw is None or len(raw) <= KEY_ID_BYTES:
        what = f"{shown(text)} is not a signature line: an em dash, a name and base64 are needed"
        raise NoteRefused(Fault(what, f"signatures at byte {offset}"))
    return SignatureLine(name, raw[:KEY_ID_BYTES], raw[KEY_ID_BYTES:], offset)
