"""What a Jira says of itself: which one it is, and since when."""

from __future__ import annotations

from mockkibana.jira.projects.timestamps import from_milliseconds
from mockkibana.jira.viewer import Viewer
from mockkibana.store import Document

# Of a hybrid a Server below 9: for it, every client library makes all of its calls.
_VERSIONS = {
    "hybrid": ("8.20.30", 820030, "2023-12-14T00:00:00.000+0000"),
    "server": ("9.12.0", 912000, "2023-09-26T00:00:00.000+0000"),
    "cloud": ("1001.0.0-SNAPSHOT", 100291, "2025-09-18T00:00:00.000+0000"),
}


def server_info(viewer: Viewer, milliseconds: int) -> Document:
    """Return it, at a time in milliseconds since 1970."""
    version, build, built = _VERSIONS[viewer.flavour]
    numbers = version.removesuffix("-SNAPSHOT").split(".")
    shown = {
        "baseUrl": viewer.url,
        "version": version,
        "versionNumbers": [int(number) for number in numbers],
        "deploymentType": "Cloud" if viewer.flavour == "cloud" else "Server",
        "buildNumber": build,
        "buildDate": built,
        "serverTime": from_milliseconds(milliseconds),
        "scmInfo": "0" * 40,
        "serverTitle": "Jira",
    }
    return shown | {"defaultLocale": {"locale": "en_US"}} if viewer.flavour == "cloud" else shown
