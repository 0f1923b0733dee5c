"""Files on disk: read whole, written whole or not at all. What stands in them is not looked at."""

from __future__ import annotations

import contextlib
import os
import stat
import tempfile
from pathlib import Path

from kubeadm_cfg.errors import StaleFileError

__all__ = ["check_unchanged", "write"]


def check_unchanged(path: Path, known: bytes) -> None:
    """Refuse to go on when the file no longer holds what was read from it.

    Raises:
        StaleFileError: another program changed or removed the file.
    """
    try:
        there = path.read_bytes()
    except FileNotFoundError:
        raise StaleFileError(
            f"{path}: the file was removed since it was loaded; save(force=True) writes it anew"
        ) from None
    if there != known:
        raise StaleFileError(
            f"{path}: the file was changed by another program since it was loaded; load it again, or write over it"
            " with save(force=True)"
        )


def write(path: Path, data: bytes, *, backup: bool = False) -> None:
    """Put `data` in the place of the file in one step: a crash at any moment leaves the old file or the new one.

    The mode and, where the system lets us, the owner stay; a symlink stays and the file it points at is replaced.
    """
    target = Path(os.path.realpath(path))
    try:
        old = target.stat()
    except FileNotFoundError:
        old = None
    if backup and old is not None:
        write(target.with_name(target.name + ".bak"), target.read_bytes())
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
    except OSError as error:
        error.filename = str(path)  # the name of the temporary file says nothing to anybody
        raise
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            _copy_rights(stream.fileno(), old)
            os.fsync(stream.fileno())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


def _copy_rights(descriptor: int, old: os.stat_result | None) -> None:
    if not hasattr(os, "fchmod"):
        return  # Windows keeps neither mode nor owner this way
    if old is None:
        mask = os.umask(0)
        os.umask(mask)
        os.fchmod(descriptor, 0o666 & ~mask)
        return
    if (old.st_uid, old.st_gid) != (os.geteuid(), os.getegid()):
        # A file of somebody else's that we may write becomes ours, as with any editor.
        with contextlib.suppress(PermissionError):
            os.fchown(descriptor, old.st_uid, old.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(old.st_mode))


def _sync_folder(folder: Path) -> None:
    """Make the new name itself survive a power failure, where folders can be synchronised."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        # Some network file systems refuse; the data itself is written.
        with contextlib.suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
