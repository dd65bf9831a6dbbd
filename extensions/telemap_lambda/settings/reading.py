"""Read the settings from the environment.

An invalid value is reported with the variable's name and the expected value, and the default is used instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from telemap.push.address import REMOTE_WRITE, api_of
from telemap_lambda.settings.conflicts import settle
from telemap_lambda.settings.database import region_of
from telemap_lambda.settings.model import SETTINGS, Fault, Setting, Settings
from telemap_lambda.settings.variables import SettingError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MAX_SHOWN = 60
"""Maximum number of characters of an invalid value to show."""

_PREFIX = "TELEMAP_"
_PREFIX_OF_THE_SWEEPER = "TELEMAP_SWEEP_"


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Read the settings from environment variables; an empty variable counts as unset."""
    values: dict[str, Any] = {}
    faults: list[Fault] = []
    for setting in SETTINGS:
        given = environ.get(setting.name, "")
        stripped = given.strip()
        if not stripped and not (given and setting.kind.exact):
            continue
        try:
            values[setting.field] = setting.kind.convert(given if setting.kind.exact else stripped, environ)
        except ValueError as error:
            faults.append(_fault(setting, stripped, error))
    gateway = values.get("gateway")
    if gateway is not None:
        values.setdefault("delivery", "remote-write" if api_of(gateway.url) is REMOTE_WRITE else "replace")
        signs = values["delivery"] == "remote-write" and region_of(gateway.url)
        values.setdefault("auth", "sigv4" if signs else "none")
    values["region"] = (region_of(gateway.url) if gateway else "") or environ.get("AWS_REGION", "").strip()
    return settle(Settings(**values, faults=tuple(faults), warnings=tuple(_unknown(environ))))


def _fault(setting: Setting, given: str, error: ValueError) -> Fault:
    kind = setting.kind
    if isinstance(error, SettingError):
        problem = str(error)
    elif kind.secret:
        problem = "invalid value"
    else:
        problem = f"invalid value {given[:_MAX_SHOWN]!r}"
    return Fault(setting.name, f"{problem}, expected {kind.expected}", kind.instead)


def _unknown(environ: Mapping[str, str]) -> Iterator[str]:
    """Yield a warning for each variable that looks like a misspelt setting."""
    known = {setting.name for setting in SETTINGS}
    for name in sorted(environ):
        if not name.startswith(_PREFIX) or name.startswith(_PREFIX_OF_THE_SWEEPER) or name in known:
            continue
        from difflib import get_close_matches  # noqa: PLC0415 - only needed for mistakes

        shown = name[:_MAX_SHOWN]
        ours = sorted(one.removeprefix(_PREFIX) for one in known if one.startswith(_PREFIX))
        meant = get_close_matches(shown.removeprefix(_PREFIX), ours, n=1)
        hint = (
            f"did you mean {_PREFIX}{meant[0]}?"
            if meant
            else f"do not begin the names of your own variables with {_PREFIX}"
        )
        yield f"unknown setting {shown}; {hint}"
