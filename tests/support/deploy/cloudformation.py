"""Read a CloudFormation template as CloudFormation would: conditions decided, references replaced."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

NO_VALUE = object()
PSEUDO = {
    "AWS::StackName": "stack",
    "AWS::NoValue": NO_VALUE,
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": "eu-central-1",
}


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's short forms."""


def _short_form(loader: yaml.SafeLoader, tag: str, node: yaml.Node) -> dict[str, Any]:
    name = tag if tag in {"Ref", "Condition"} else f"Fn::{tag}"
    if isinstance(node, yaml.ScalarNode):
        return {name: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    raise TypeError(f"!{tag}")


_Loader.add_multi_constructor("!", _short_form)


def load_template(path: Path) -> dict[str, Any]:
    """Return a template with the short forms written out."""
    template: dict[str, Any] = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - a SafeLoader
    return template


class Deployed:
    """A template with parameters: what a stack of it would have.

    Args:
        template: the whole template.
        parameters: values that are given; the others have their defaults.

    Attributes:
        parameters: the value of each.
        resources: the properties of each resource that there is, by its name; `Ref` of a resource reads `<name>`.
    """

    def __init__(self, template: Mapping[str, Any], parameters: Mapping[str, str]) -> None:
        self._template = template
        declared = template["Parameters"]
        self.parameters = {name: parameters.get(name, one.get("Default")) for name, one in declared.items()}
        assert set(parameters) <= set(declared)
        shared = template.get("Globals", {}).get("Function", {})
        self.resources = {
            name: self._resolved(_with_globals(one, shared)["Properties"])
            for name, one in template["Resources"].items()
            if "Condition" not in one or self._holds(one["Condition"])
        }

    def broken_rules(self) -> list[str]:
        """Return what the assertions say that do not hold."""
        return [
            assertion["AssertDescription"]
            for rule in self._template["Rules"].values()
            if self._resolved(rule["RuleCondition"])
            for assertion in rule["Assertions"]
            if not self._resolved(assertion["Assert"])
        ]

    def _holds(self, condition: str) -> bool:
        return bool(self._resolved(self._template["Conditions"][condition]))

    def _resolved(self, node: Any) -> Any:
        if isinstance(node, list):
            return [value for one in node if (value := self._resolved(one)) is not NO_VALUE]
        if not isinstance(node, dict):
            return node
        if len(node) == 1 and (name := next(iter(node))) in {"Ref", "Condition"} and isinstance(node[name], str):
            return self._reference(node[name]) if name == "Ref" else self._holds(node[name])
        if len(node) == 1 and name.startswith("Fn::"):
            return self._computed(name.removeprefix("Fn::"), node[name])
        resolved = {key: self._resolved(value) for key, value in node.items()}
        return {key: value for key, value in resolved.items() if value is not NO_VALUE}

    def _computed(self, function: str, argument: Any) -> Any:
        if function == "If":
            condition, there, otherwise = argument
            return self._resolved(there if self._holds(condition) else otherwise)
        if function == "Sub":
            return re.sub(r"\$\{(.+?)\}", lambda match: str(self._reference(match[1])), argument)
        if function == "GetAtt":
            return f"<{argument}>"
        values = self._resolved(argument)
        if function == "Equals":
            return values[0] == values[1]
        if function == "Not":
            return not values[0]
        return {"And": all, "Or": any}[function](values)

    def _reference(self, name: str) -> Any:
        if name in self.parameters:
            return self.parameters[name]
        if name in self._template["Resources"]:
            return f"<{name}>"
        return PSEUDO[name]


def _with_globals(resource: Mapping[str, Any], shared: Mapping[str, Any]) -> Mapping[str, Any]:
    """Add what SAM's globals say to a function."""
    if resource["Type"] != "AWS::Serverless::Function":
        return resource
    own = resource["Properties"]
    variables = shared.get("Environment", {}).get("Variables", {}) | own.get("Environment", {}).get("Variables", {})
    return {**resource, "Properties": {**shared, **own, "Environment": {"Variables": variables}}}
