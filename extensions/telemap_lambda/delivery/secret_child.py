"""Ask AWS for one secret, or for the keys of a role, and print what it answers.

This is the program of a short-lived process, so that the extension itself never carries boto3.

Arguments: `secret` and its ARN or name, or `role` and its ARN; then the folders to import from. Prints one JSON object:
`{"answer": ANSWER}`, or `{"error": WORDS, "passing": TRUTH}`, where `passing` tells that it may well work in a moment.
boto3 takes region, endpoint and credentials from the environment, as in every Lambda function.
"""

from __future__ import annotations

import json
import sys
from typing import Any


def read_secret(name: str) -> object:
    """Ask Secrets Manager for a secret's text."""
    answer = _client("secretsmanager", _region(name)).get_secret_value(SecretId=name)
    if "SecretString" not in answer:
        raise ValueError("the secret is binary, not text")
    return answer["SecretString"]


def assume_role(arn: str) -> object:
    """Ask for the keys of a role, which expire after an hour."""
    keys = _client("sts", None).assume_role(RoleArn=arn, RoleSessionName="telemap")["Credentials"]
    return {**keys, "Expiration": keys["Expiration"].isoformat()}


ACTIONS = {"secret": read_secret, "role": assume_role}


def ask(action: str, name: str) -> dict[str, object]:
    """Do what was asked for, and return what is to be printed."""
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
    """Return the region that an ARN names: a secret may lie in another one than the function."""
    parts = name.split(":")
    return parts[3] if len(parts) > 3 and parts[0] == "arn" and parts[3] else None


if __name__ == "__main__":
    sys.path[:0] = sys.argv[3:]
    print(json.dumps(ask(*sys.argv[1:3])))
