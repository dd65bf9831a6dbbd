"""The layer's papers: licences of Debian's packages, a NOTICE with their sources, and a bill of materials."""

from __future__ import annotations

import json
import re
import uuid
from email.parser import HeaderParser
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from interpreter.deb import Tree
    from interpreter.lock import Package

BILL = "telemap/sbom.cdx.json"
_DEBIAN = "telemap/python"
_REBUILD = re.compile(r"\+b\d+$")
_NOTICE = """This layer contains programs and libraries of Debian {suite}, and its Python modules, compiled, in
telemap/python/. The folder licences/ has the licences and copyright notices of each. Their sources are in Debian's
archive, and in its snapshot archive under SOURCE and VERSION.

package=version (architectures): SOURCE=VERSION, licence
"""


class PapersError(Exception):
    """A package has no licence; the message names it."""


def add_papers(layer: Path, suite: str, packages: Iterable[Package], trees: Mapping[str, Tree]) -> None:
    """Add licences, NOTICE and the bill of materials, in CycloneDX's JSON.

    Args:
        layer: the layer, with all packages.
        suite: Debian's name of the release.
        packages: Debian's packages that files of the layer are from.
        trees: the files of the packages, by Debian's name of the architecture.

    Raises:
        PapersError: a package has no licence.
    """
    packages = sorted(packages)
    licences = layer / _DEBIAN / "licences"
    licences.mkdir()
    files: dict[bytes, str] = {}  # packages of one source share a text
    lines = []
    for name in dict.fromkeys(one.name for one in packages):
        same = [one for one in packages if one.name == name]
        text = trees[same[0].architecture].read(f"usr/share/doc/{name}/copyright")
        if text is None:
            raise PapersError(f"{name} has no licence")
        file = files.setdefault(text, f"{name}.txt")
        (licences / file).write_bytes(text)
        for version in dict.fromkeys(one.version for one in same):
            machines = ", ".join(one.architecture for one in same if one.version == version)
            source = _source(next(one for one in same if one.version == version))
            lines.append(f"{name}={version} ({machines}): {source}, licences/{file}\n")
    (layer / _DEBIAN / "NOTICE").write_text(_NOTICE.format(suite=suite) + "".join(lines), encoding="utf-8")
    bill = _bill([*_python_components(layer), *(_debian_component(suite, one) for one in packages)])
    (layer / BILL).write_text(json.dumps(bill, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _bill(components: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a bill of materials (https://cyclonedx.org/docs/1.5/json/); equal contents have equal bills."""
    content = json.dumps(components, sort_keys=True)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": uuid.uuid5(uuid.NAMESPACE_URL, content).urn,
        "version": 1,
        "components": components,
    }


def _debian_component(suite: str, package: Package) -> dict[str, Any]:
    purl = f"pkg:deb/debian/{quote(package.name)}@{quote(package.version)}?arch={package.architecture}&distro={suite}"
    return {
        "type": "library",
        "bom-ref": purl,
        "name": package.name,
        "version": package.version,
        "purl": purl,
        "hashes": [{"alg": "SHA-256", "content": package.sha256}],
    }


def _python_components(layer: Path) -> Iterable[dict[str, Any]]:
    for metadata in sorted((layer / "telemap").glob("*.dist-info/METADATA")):
        headers = HeaderParser().parsestr(metadata.read_text(encoding="utf-8"))
        purl = f"pkg:pypi/{headers['Name'].lower().replace('_', '-')}@{headers['Version']}"
        component = {"type": "library", "bom-ref": purl, "name": headers["Name"], "version": headers["Version"]}
        licence = headers["License-Expression"] or headers["License"]
        licences = {"licenses": [{"license": {"name": licence}}]} if licence else {}
        yield {**component, **licences, "purl": purl}


def _source(package: Package) -> str:
    """Return the source of a package: its name, from the pool's folders, and version, without a rebuild's number."""
    return f"{package.path.split('/')[-2]}={_REBUILD.sub('', package.version)}"
