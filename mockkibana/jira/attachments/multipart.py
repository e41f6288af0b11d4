"""Forms with files in them: `multipart/form-data`."""

from __future__ import annotations

import re

from mockkibana.jira.attachments.attachments import File

_BOUNDARY = re.compile(r'boundary=(?:"([^"]+)"|([^\s;]+))', re.IGNORECASE)
_DISPOSITION = re.compile(rb"^content-disposition:\s*form-data;(.*)$", re.IGNORECASE | re.MULTILINE)
_TYPE = re.compile(rb"^content-type:\s*([^\r\n]+)", re.IGNORECASE | re.MULTILINE)
_NAME = re.compile(rb';?\s*name="([^"]*)"', re.IGNORECASE)
_FILENAME = re.compile(rb'filename="((?:[^"\\]|\\.)*)"', re.IGNORECASE)
_ENCODED = re.compile(rb"filename\*=(?:utf-8|UTF-8)''([^\s;]+)")


class NoForm(ValueError):
    """The body is no form."""


def files(content_type: str, body: bytes, field: str = "file") -> list[File]:
    """Return the files in the fields of that name. Raises `NoForm`."""
    kind, _, parameters = content_type.partition(";")
    boundary = _BOUNDARY.search(parameters)
    if kind.strip().lower() != "multipart/form-data" or boundary is None:
        raise NoForm
    delimiter = b"--" + (boundary[1] or boundary[2]).encode("latin-1", "replace")
    parts = body.split(delimiter)
    if len(parts) < 2 or not parts[-1].startswith(b"--"):
        raise NoForm
    found = (_file(part, field) for part in parts[1:-1])
    return [file for file in found if file is not None]


def _file(part: bytes, field: str) -> File | None:
    """Return the file of one part, or None for another field."""
    head, separator, content = part.partition(b"\r\n\r\n")
    disposition = _DISPOSITION.search(head)
    if not separator or disposition is None:
        raise NoForm
    about = disposition[1]
    without_filename = _FILENAME.sub(b"", about)
    name = _NAME.search(without_filename)
    if name is None or name[1].decode("utf-8", "replace") != field:
        return None
    declared = _TYPE.search(head)
    return File(
        _filename(about),
        content.removesuffix(b"\r\n"),
        declared[1].decode("latin-1").strip() if declared else None,
    )


def _filename(about: bytes) -> str:
    if (encoded := _ENCODED.search(about)) is not None:
        from urllib.parse import unquote

        return unquote(encoded[1].decode("ascii", "replace"))
    found = _FILENAME.search(about)
    text = re.sub(rb"\\(.)", rb"\1", found[1]).decode("utf-8", "replace") if found else ""
    # What browsers of old sent with it: the directory.
    return text.replace("\\", "/").rpartition("/")[2] or "file"
