"""What partners exchange: notifications, reports, tracks, warnings, queries; each in a signed envelope."""

from synaspis.messages.bodies import BODIES, Body, Correction
from synaspis.messages.consultation import AmbiguityAnswer, AmbiguityQuery, Cancellation, QueryFinding, Text
from synaspis.messages.envelope import PAYLOAD_TYPE, Opened, open_envelope, pre_authentication_encoding, seal
from synaspis.messages.fields import (
    AngleEstimate,
    Area,
    Kind,
    LengthEstimate,
    MissileClass,
    PlaceEstimate,
    Point,
    Reference,
    TimeEstimate,
    Window,
)
from synaspis.messages.keys import PublicKey, SigningKey
from synaspis.messages.message import (
    PRODUCTS,
    SCHEMA,
    Message,
    missile_class_of,
    new_id,
    new_message,
    product_of,
    read_message,
    write_message,
)
from synaspis.messages.notifications import PostLaunchNotification, PreLaunchNotification
from synaspis.messages.published import example_message, message_schema
from synaspis.messages.refusal import REFUSAL_CODES, Refused
from synaspis.messages.reports import LaunchReport, SensorStatus, Warning
from synaspis.messages.strict import LIMITS, Limits, canonical_json, strict_json
from synaspis.messages.tracks import TrackReport, lower_triangle

__all__ = [
    "BODIES",
    "LIMITS",
    "PAYLOAD_TYPE",
    "PRODUCTS",
    "REFUSAL_CODES",
    "SCHEMA",
    "AmbiguityAnswer",
    "AmbiguityQuery",
    "AngleEstimate",
    "Area",
    "Body",
    "Cancellation",
    "Correction",
    "Kind",
    "LaunchReport",
    "LengthEstimate",
    "Limits",
    "Message",
    "MissileClass",
    "Opened",
    "PlaceEstimate",
    "Point",
    "PostLaunchNotification",
    "PreLaunchNotification",
    "PublicKey",
    "QueryFinding",
    "Reference",
    "Refused",
    "SensorStatus",
    "SigningKey",
    "Text",
    "TimeEstimate",
    "TrackReport",
    "Warning",
    "Window",
    "canonical_json",
    "example_message",
    "lower_triangle",
    "message_schema",
    "missile_class_of",
    "new_id",
    "new_message",
    "open_envelope",
    "pre_authentication_encoding",
    "product_of",
    "read_message",
    "seal",
    "strict_json",
    "write_message",
]
