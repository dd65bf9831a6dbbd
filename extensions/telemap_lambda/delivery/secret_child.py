"""Read one secret from Secrets Manager and print it.

This is the program of a short-lived process, so that the extension itself never carries boto3.

Arguments: the secret's ARN or name, then the folders to import from. Prints one JSON object: `{"secret": TEXT}`, or
`{"error": WORDS, "passing": TRUTH}`, where `passing` tells that it may well work in a moment. boto3 takes region,
endpoint and credentials from the environment, as in every Lambda function.
"""

from __future__ import annotations

import json
import sys


def read_secret(name: str) -> dict[str, object]:
    """Ask Secrets Manager for a secret's text."""
    import boto3  # noqa: PLC0415 - once sys.path is set
    from botocore.config import Config  # noqa: PLC0415
    from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError  # noqa: PLC0415
    from botocore.exceptions import ConnectionError as NoConnectionError  # noqa: PLC0415

    config = Config(connect_timeout=3, read_timeout=5, retries={"total_max_attempts": 2})
    try:
        client = boto3.client("secretsmanager", region_name=_region(name), config=config)
        answer = client.get_secret_value(SecretId=name)
    except ClientError as error:
        status = error.response["ResponseMetadata"].get("HTTPStatusCode", 0)
        throttled = "Throttling" in error.response["Error"].get("Code", "")
        return {"error": str(error), "passing": throttled or status == 429 or status >= 500}
    except BotoCoreError as error:
        return {"error": str(error), "passing": isinstance(error, HTTPClientError | NoConnectionError)}
    if "SecretString" not in answer:
        return {"error": "the secret is binary, not text", "passing": False}
    return {"secret": answer["SecretString"]}


def _region(name: str) -> str | None:
    """Return the region that an ARN names: a secret may lie in another one than the function."""
    parts = name.split(":")
    return parts[3] if len(parts) > 3 and parts[0] == "arn" and parts[3] else None


if __name__ == "__main__":
    sys.path[:0] = sys.argv[2:]
    print(json.dumps(read_secret(sys.argv[1])))
