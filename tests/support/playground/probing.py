"""In the place of the module that answers in the worker: runs any code, and returns what `result` is then."""

import json


def answer(_question: str, code: str) -> str:
    space: dict[str, object] = {}
    try:
        exec(json.loads(code), space)  # noqa: S102 - that is what it is for
    except BaseException as error:  # noqa: BLE001 - the test looks at it
        return json.dumps({"refused": f"{type(error).__name__}: {error}"})
    return json.dumps({"answer": space.get("result")}, default=repr)
