"""Flights in files: the JSON of `synaspis fly` and CCSDS OEM in; OEM, CZML, KML and CSV out."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import numpy as np

from synaspis.cli.values import Options
from synaspis.core.errors import Fault, InputError
from synaspis.core.files import write_atomically
from synaspis.engine.ephemeris import Ephemeris, find_events
from synaspis.gateways import (
    Marks,
    NotCarried,
    Oem,
    OemSegment,
    Track,
    left_out,
    read_oem,
    to_czml,
    to_kml,
    write_oem,
)

FORMATS = ("oem", "czml", "kml", "csv")
BYTES_MAX = 50_000_000
RADIUS_MIN_M = 6.3e6
RADIUS_MAX_M = 1.0e9
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_COLUMNS = "object,time_s,x_ecef_m,y_ecef_m,z_ecef_m,vx_ecef_m_s,vy_ecef_m_s,vz_ecef_m_s"


def export_flight(source: Path, wanted: str, output: Path, epoch: str | None) -> None:
    """Write the flights of a file in another format.

    wanted: one of `FORMATS`. epoch: launch time of a flight from JSON, as given by the user; an OEM has its
    own. Raises InputError for a file that is neither, an unknown format, a time that is none.
    """
    options = Options()
    launch = options.clock("--epoch", epoch)
    if wanted not in FORMATS:
        remedy = f"Allowed: {', '.join(FORMATS)}."
        options.fault("--format", f"a flight cannot be written as {wanted}", remedy)
    options.done()
    message = read_flights(source, launch)
    try:
        text = _text(message, wanted, source)
    except (OverflowError, ValueError) as error:
        # A time after the year 9999, or a name that the format cannot carry.
        raise InputError(Fault(f"cannot be written as {wanted}: {error}", source=str(source))) from None
    write_atomically(output, text)
    if wanted == "oem":
        say_left_out(left_out("oem", message=message))
    elif wanted != "csv":
        say_left_out(left_out(wanted, tracks=_tracks(message)))


def say_left_out(things: Iterable[NotCarried]) -> None:
    """Say on standard error what a format could not carry, each sort of thing once."""
    for part, why in dict.fromkeys((thing.part, thing.why) for thing in things):
        click.echo(f"Not carried: {part}: {why}", err=True)


def read_flights(source: Path, launch: datetime | None) -> Oem:
    """Read a file with flights; raises InputError with what is wrong."""
    try:
        with source.open("rb") as stream:
            raw = stream.read(BYTES_MAX + 1)
        if len(raw) > BYTES_MAX:
            raise InputError(Fault(f"is larger than {BYTES_MAX / 1e6:.0f} MB", source=str(source)))
        text = raw.decode("utf-8-sig")
    except FileNotFoundError:
        raise InputError(Fault("there is no such file or folder", source=str(source))) from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(Fault(f"cannot be read: {error}", source=str(source))) from None
    if text.lstrip().startswith("{"):
        path = _from_json(text, source)
        epoch = launch or _EPOCH
        return Oem(epoch, "SYNASPIS", datetime.now(UTC), (OemSegment("NOTIONAL FLIGHT", "NOTIONAL", path),))
    return read_oem(text, source=str(source), epoch=launch)


def _from_json(text: str, source: Path) -> Ephemeris:
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(Fault(f"is not JSON: {error}", source=str(source))) from None
    rows = document.get("ephemeris")
    if rows is None:
        remedy = "Write it by `synaspis fly ... --json --ephemeris`."
        raise InputError(Fault("holds no `ephemeris`", source=str(source), remedy=remedy))
    try:
        states = np.array(rows, dtype=np.float64)
        if states.ndim != 2 or states.shape[1] != 7:
            raise ValueError(f"rows of 7 numbers are needed, the shape is {states.shape}")
        path = Ephemeris(states[:, 0], states[:, 1:4], states[:, 4:7])
        radius_m = np.linalg.norm(path.position_ecef_m, axis=1)
        if (outside := (radius_m < RADIUS_MIN_M) | (radius_m > RADIUS_MAX_M)).any():
            raise ValueError(
                f"a position is {radius_m[outside][0] / 1e3:.6g} km from the centre of the Earth; "
                f"{RADIUS_MIN_M / 1e3:,.0f} to {RADIUS_MAX_M / 1e3:,.0f} km is allowed"
            )
    except (TypeError, ValueError) as error:
        raise InputError(Fault(str(error), where="ephemeris", source=str(source))) from None
    events = find_events(path)
    burnout = document.get("burnout")
    time_s = burnout.get("time_s") if isinstance(burnout, dict) else None
    if isinstance(time_s, int | float) and not isinstance(time_s, bool):
        events["burnout"] = float(time_s)
    return Ephemeris(path.time_s, path.position_ecef_m, path.velocity_ecef_m_s, events)


def _text(message: Oem, wanted: str, source: Path) -> str:
    if wanted == "oem":
        return write_oem(message)
    if wanted == "csv":
        return _csv(message)
    marks = Marks(source.stem, provenance=f"Synaspis, from {source.name}")
    tracks = _tracks(message)
    return to_czml(marks, tracks=tracks) if wanted == "czml" else to_kml(marks, tracks=tracks)


def _tracks(message: Oem) -> list[Track]:
    return [
        Track(segment.object_name, "path", segment.ephemeris, message.epoch, _properties(segment.ephemeris))
        for segment in message.segments
    ]


def _properties(path: Ephemeris) -> dict[str, Any]:
    return {f"{name}_s": round(time_s, 3) for name, time_s in path.events.items()}


def _csv(message: Oem) -> str:
    lines = [_COLUMNS]
    for segment in message.segments:
        path = segment.ephemeris
        name = segment.object_name.replace('"', '""')
        states = np.column_stack([path.time_s, path.position_ecef_m, path.velocity_ecef_m_s])
        lines += [f'"{name}",' + ",".join(f"{value:.6f}" for value in row) for row in states]
    return "\n".join(lines) + "\n"
