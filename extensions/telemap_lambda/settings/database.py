"""Settings for databases that are written to: the tenant, the region of a workspace, the role."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from telemap.push.url import split_url
from telemap_lambda.settings.variables import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

_WORKSPACES = (
    r"(?:vpce-[a-z0-9-]+\.)?aps-workspaces[a-z0-9-]*\.([a-z0-9-]+)\.(?:(?:vpce\.)?amazonaws\.com(?:\.cn)?|api\.aws)"
)
"""Hosts of Amazon Managed Prometheus, also of interface endpoints and with IPv6.

Like the patterns below, compiled only when a setting needs it.
"""

_ROLE = r"arn:[a-z-]+:iam::[0-9]{12}:role/[A-Za-z0-9_+=,.@/-]+"

_HEADER = r"[!-~]+(?: +[!-~]+)*"
"""Visible ASCII: what can be sent in a header."""


def region_of(url: str) -> str:
    """Return the region of a workspace of Amazon Managed Prometheus; empty for another address."""
    host = split_url(url).hostname or ""
    match = "aps-workspaces" in host and re.fullmatch(_WORKSPACES, host)
    return match[1] if match else ""


def _read_role(given: str, _: Mapping[str, str]) -> str:
    if not re.fullmatch(_ROLE, given):
        raise ValueError
    return given


def _read_tenant(given: str, _: Mapping[str, str]) -> str:
    if not re.fullmatch(_HEADER, given):
        raise ValueError
    return given


ROLE_ARN = Kind(
    "", _read_role, "the ARN of a role such as arn:aws:iam::123456789012:role/metrics", instead="no role is assumed"
)
TENANT = Kind("", _read_tenant, "visible ASCII characters", instead="no tenant is sent")
