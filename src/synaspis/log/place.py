"""Where the public files of a log are read from: a folder or a web address."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Protocol, Self

from synaspis.core.errors import Fault, InputError
from synaspis.log._files import STAGING

if TYPE_CHECKING:
    import httpx

_TIMEOUT_S: Final = 20.0

_OF_A_CENTRE: Final = ("centre.yaml", "centre.sqlite")
_BELOW_A_CENTRE: Final = "v1/log"


class Place(Protocol):
    """Gives the files of a log."""

    name: str
    """What people call it."""

    def read(self, path: str, limit: int) -> bytes | None:
        """Content of a file, cut off after limit + 1 bytes; None if there is none."""
        ...

    def files(self) -> list[str] | None:
        """Paths of all files, sorted; None where a place cannot be listed."""
        ...


class FolderPlace:
    """A folder with the files of a log; that of a whole centre is entered at its `log`.

    Raises InputError if it is no folder.
    """

    def __init__(self, folder: Path | str) -> None:
        folder = Path(folder)
        self.name = str(folder)
        if not folder.is_dir():
            what = "there is no such folder" if not folder.exists() else "this is a file"
            raise InputError(Fault(what, source=self.name, remedy="Name the folder of a log or of a centre."))
        is_centre = (folder / "log").is_dir() and any((folder / name).exists() for name in _OF_A_CENTRE)
        self._folder = folder / "log" if is_centre else folder

    def read(self, path: str, limit: int) -> bytes | None:
        """Content of a file, cut off after limit + 1 bytes; None if there is none or if it is no file."""
        try:
            # Opening a pipe would wait for its other end.
            descriptor = os.open(self._folder / path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
            with os.fdopen(descriptor, "rb") as stream:
                if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                    return None
                return stream.read(limit + 1)
        except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
            return None
        except OSError as error:
            raise InputError(Fault(f"{path} cannot be read: {error.strerror}", source=self.name)) from None

    def files(self) -> list[str] | None:
        """Paths of all that is not a folder and that is published, sorted."""
        return sorted(self._below(self._folder, ""))

    def _below(self, folder: Path, prefix: str) -> Iterator[str]:
        try:
            with os.scandir(folder) as entries:
                found = list(entries)
        except FileNotFoundError:  # a folder of partial tiles that the log has just removed
            return
        except OSError as error:
            raise InputError(Fault(f"{prefix} cannot be read: {error.strerror}", source=self.name)) from None
        for entry in found:
            if entry.is_dir(follow_symlinks=False):
                # What lies there is being written and no part of the log yet; its owner clears it away.
                if f"{prefix}{entry.name}" == STAGING:
                    continue
                yield from self._below(folder / entry.name, f"{prefix}{entry.name}/")
            else:
                # A name that is no UTF-8 belongs to no file of a log, and has to be shown.
                yield prefix + os.fsencode(entry.name).decode("utf-8", "backslashreplace")


class WebPlace:
    """A log behind a web address, as C2SP tlog-tiles has it.

    address: begins with http:// or https://, without what follows at `/checkpoint`; that of a centre leads to
    its log. authority: PEM file of the certificates to trust; those of the machine if not given. certificate,
    key: PEM files by which a partner shows who it is. Use it in a `with` statement.
    Raises InputError for another address or files that cannot be used.
    """

    def __init__(
        self,
        address: str,
        *,
        authority: Path | None = None,
        certificate: Path | None = None,
        key: Path | None = None,
    ) -> None:
        import ssl

        import httpx

        self.name = address.rstrip("/")
        if not self.name.startswith(("http://", "https://")):
            raise InputError(Fault("an address begins with http:// or https://", source=self.name))
        self._may_be_centre = True
        try:
            context = ssl.create_default_context(cafile=authority)
            if certificate is not None:
                context.load_cert_chain(certificate, key)
        except OSError as error:
            raise InputError(Fault(f"the certificates cannot be used: {error}", source=self.name)) from None
        self._client: httpx.Client = httpx.Client(verify=context, timeout=_TIMEOUT_S, follow_redirects=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._client.close()

    def read(self, path: str, limit: int) -> bytes | None:
        """Content of a file, cut off after limit + 1 bytes; None where the server says 404."""
        content = self._get(path, limit)
        if content is None and self._may_be_centre:
            self._may_be_centre = False
            if (
                self._get("checkpoint", 1) is None
                and self._get(f"{_BELOW_A_CENTRE}/checkpoint", 1) is not None
            ):
                self.name = f"{self.name}/{_BELOW_A_CENTRE}"
                content = self._get(path, limit)
        return content

    def _get(self, path: str, limit: int) -> bytes | None:
        import httpx

        content = bytearray()
        try:
            with self._client.stream("GET", f"{self.name}/{path}") as answer:
                if answer.status_code == httpx.codes.NOT_FOUND:
                    return None
                if answer.status_code != httpx.codes.OK:
                    raise InputError(Fault(f"/{path}: HTTP status {answer.status_code}", source=self.name))
                for part in answer.iter_bytes():
                    content += part
                    if len(content) > limit:
                        break
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise InputError(Fault(f"/{path} cannot be read: {error}", source=self.name)) from None
        return bytes(content[: limit + 1])

    def files(self) -> list[str] | None:
        """None: the web has no lists."""
        return None
