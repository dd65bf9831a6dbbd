"""Ask AWS for one secret, or for the keys of a role, and print the answer.

This program runs as a short-lived process, so that the extension itself never loads boto3.

Arguments: `secret` and its ARN or name, or `role` and its ARN; then the directories to import from. Prints one JSON
object: `{"answer": ANSWER}` or `{"error": MESSAGE, "passing": BOOLEAN}`, where `passing` marks a transient error.
boto3 takes the region, endpoint and credentials from the environment, as in every Lambda function.
"""

from __future__ import annotations

import json
import sys
from typing import Any


def read_secret(name: str) -> object:
    """Get the text of a secret from Secrets Manager."""
    answer = _client("secretsmanager", _region(name)).get_secret_value(SecretId=name)
    if "SecretString" not in answer:
        raise ValueError("the secret is binary, not text")
    return answer["SecretString"]


def assume_role(arn: str) -> object:
    """Get the keys of a role, which expire after an hour."""
    keys = _client("sts", None).assume_role(RoleArn=arn, RoleSessionName="telemap")["Credentials"]
    return {**keys, "Expiration": keys["Expiration"].isoformat()}


ACTIONS = {"secret": read_secret, "role": assume_role}


def ask(action: str, name: str) -> dict[str, object]:
    """Run an action and return the object to print."""
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError  # noqa: PLC0415 - once sys.path is set
    from botocore.exceptions import ConnectionError as NoConnectionError  # noqa: PLC0415

    try:
        return {"answer": ACTIONS[action](name)}
    except ClientError as error:
        status = error.response["ResponseMetadata"].get("HTTPStatusCode", 0)
        throttled = "Throttling" in error.response["Error"].get("Code", "")
        return {"error": str(error), "passing": throttled or status == 429 or status >= 500}
    except BotoCoreError as error:
        return {"error": str(error), "passing": isinstance(error, HTTPClientError | NoConnectionError)}
    except ValueError as error:
        return {"error": str(error), "passing": False}


def _client(service: str, region: str | None) -> Any:
    import boto3  # noqa: PLC0415 - once sys.path is set
    from botocore.config import Config  # noqa: PLC0415

    config = Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 2})
    return boto3.client(service, region_name=region, config=config)


def _region(name: str) -> str | None:
    """Return the region in an ARN: a secret may be in a different region from the function."""
    parts = name.split(":")
    return parts[3] if len(parts) > 3 and parts[0] == "arn" and parts[3] else None


if __name__ == "__main__":
    sys.path[:0] = sys.argv[3:]
    print(json.dumps(ask(*sys.argv[1:3])))
