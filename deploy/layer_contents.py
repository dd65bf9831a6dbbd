"""Select the files of packages that go into the layer: what the extension needs, without command-line tools."""

from __future__ import annotations

import json
import shutil
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LEFT_OUT = (
    # Tools, and the sweeper, which is a separate function (docs/how-to/sweep.md).
    "telemap/__main__.py",
    "telemap/cli/*",
    "telemap/cloudwatch/*",
    "telemap/mapping_tests/*",
    "telemap/monitoring/*",
    "telemap/playground/*",
    "telemap/preview/*",
    "telemap/recording/*",
    "telemap/tracing/*",
    "telemap/unmatched/*",
    "telemap/schema/mapping*.schema.json",  # for editors
    "telemap/mappings/*.test.yaml",
    "telemap/mappings/*.plan",  # left over in the checkout; the layer's own plans are compiled last
    "telemap_lambda/commands/*",
    "telemap_lambda/fake_database/*",
    "telemap_lambda/fake_gateway/*",
    "telemap_lambda/launcher",  # it is in extensions/
    "telemap_lambda/local_server/*",
    "telemap_lambda/sandbox/*",
    "telemap_lambda/sweep/*",
    "telemap_lambda/sweeper.py",
    # Service descriptions.
    "boto3/data/*",
    "boto3/examples/*",
    "botocore/data/*",
    # Code only for clients of other services, for browsers and for time zone names.
    "boto3/dynamodb/*",
    "boto3/ec2/*",
    "boto3/s3/*",
    "s3transfer/crt.py",
    "s3transfer/processpool.py",
    "urllib3/contrib/emscripten/*",
    "dateutil/easter.py",
    "dateutil/rrule.py",
    "dateutil/zoneinfo/*",
    # Compiled modules are for one architecture and version of Python; PyYAML works without them.
    "*.so",
    "_yaml/*",
    # Programs, and files for type checkers.
    "bin/*",
    "jsonpath_ng/bin/*",
    "*.pyi",
    "*/py.typed",
    # Installation metadata.
    "*.dist-info/*",
)

_KEPT = (
    "botocore/data/_retry.json",
    "botocore/data/endpoints.json",
    "botocore/data/partitions.json",
    "botocore/data/sdk-default-configuration.json",
    "botocore/data/secretsmanager/*/endpoint-rule-set-1.*",
    "botocore/data/secretsmanager/*/service-2.*",
    "botocore/data/sts/*/endpoint-rule-set-1.*",
    "botocore/data/sts/*/service-2.*",
    "*.dist-info/METADATA",
    "*.dist-info/LICENSE*",
    "*.dist-info/NOTICE*",
    "*.dist-info/licenses/*",
)
"""Exceptions, which are kept."""

_SERVICES = {"secretsmanager", "sts"}


def copy_wanted(source: Path, target: Path) -> None:
    """Copy the files that belong into the layer.

    Args:
        source: A folder with packages.
        target: The layer's folder for packages.
    """
    for path in _files(source):
        name = path.relative_to(source).as_posix()
        if _is_wanted(name):
            copied = target / name
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, copied)


def cut_endpoints(packages: Path) -> None:
    """Reduce botocore's endpoint table, which it parses for each client, to the services that are used."""
    path = packages / "botocore" / "data" / "endpoints.json"
    table = json.loads(path.read_text(encoding="utf-8"))
    for partition in table["partitions"]:
        partition["services"] = {name: one for name, one in partition["services"].items() if name in _SERVICES}
    path.write_text(json.dumps(table, separators=(",", ":")), encoding="utf-8")


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _is_wanted(name: str) -> bool:
    """Return whether a file belongs into the layer. In a pattern, `*` also matches slashes."""
    left_out = any(fnmatchcase(name, pattern) for pattern in _LEFT_OUT)
    return not left_out or any(fnmatchcase(name, pattern) for pattern in _KEPT)
