"""Strict reading of what notes, keys and proofs are written in: one text for one value."""

from __future__ import annotations

import binascii
import re
from typing import Final

_DECIMAL: Final = re.compile(r"0|[1-9][0-9]{0,19}", re.ASCII)
_SIZE_LIMIT: Final = 1 << 64


def decode_base64(text: str) -> bytes | None:
    """Bytes of standard base64 with padding (RFC 4648, section 4); None for any other text."""
    try:
        raw = binascii.a2b_base64(text.encode("ascii"), strict_mode=True)
    except (ValueError, UnicodeEncodeError):
        return None
    # Unused bits of the last character may differ and still decode; one value has one text here.
    return raw if encode_base64(raw) == text else None


def encode_base64(raw: bytes) -> str:
    """Standard base64 with padding, without a newline."""
    return binascii.b2a_base64(raw, newline=False).decode("ascii")


def decode_decimal(text: str) -> int | None:
    """Whole number from 0 to 2^64 - 1 without sign or leading zero; None for any other text."""
    if _DECIMAL.fullmatch(text) is None:
        return None
    value = int(text)
    return value if value < _SIZE_LIMIT else None


def is_key_name(name: str) -> bool:
    """Whether a text may name a key: not empty, without spaces, plus signs and control characters."""
    return (
        bool(name)
        and "+" not in name
        and not any(sign.isspace() or sign < " " or "\ud800" <= sign <= "\udfff" for sign in name)
    )


def shown(text: str) -> str:
    """A text as it stands in a message, cut short."""
    return repr(text if len(text) <= 60 else f"{text[:57]}...")
