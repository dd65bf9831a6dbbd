# A function that writes into a workspace of Amazon Managed Prometheus: no gateway, no VPC, no secret.

terraform {
  required_version = ">= 1.5"

  required_providers {
    archive = {
      source  = "hashicorp/archive"
      version = ">= 2.4"
    }
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.80"
    }
  }
}

resource "aws_prometheus_workspace" "lambda" {
  alias = "lambda"
}

resource "aws_lambda_layer_version" "telemap" {
  layer_name               = "telemap-x86_64"
  filename                 = "${path.module}/../../../../dist/telemap-layer-x86_64.zip"
  compatible_architectures = ["x86_64"]
}

resource "aws_lambda_function" "orders" {
  function_name    = "orders"
  filename         = data.archive_file.orders.output_path
  source_code_hash = data.archive_file.orders.output_base64sha256
  handler          = "app.handler"
  runtime          = "python3.13" # or any other
  architectures    = ["x86_64"]
  role             = aws_iam_role.orders.arn
  layers           = [aws_lambda_layer_version.telemap.arn]

  environment {
    variables = {
      GATEWAY      = "${aws_prometheus_workspace.lambda.prometheus_endpoint}api/v1/remote_write"
      MAPPING_FILE = "mapping.yaml"
    }
  }
}

data "archive_file" "orders" {
  type        = "zip"
  source_dir  = "${path.module}/../../../sam/example"
  output_path = "${path.module}/orders.zip"
}

resource "aws_iam_role" "orders" {
  name               = "orders"
  assume_role_policy = data.aws_iam_policy_document.lambda.json
}

data "aws_iam_policy_document" "lambda" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

resource "aws_iam_role_policy_attachment" "orders" {
  role       = aws_iam_role.orders.name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
}

resource "aws_iam_role_policy" "orders_telemap" {
  name   = "telemap"
  role   = aws_iam_role.orders.id
  policy = data.aws_iam_policy_document.write.json
}

data "aws_iam_policy_document" "write" {
  statement {
    actions   = ["aps:RemoteWrite"]
    resources = [aws_prometheus_workspace.lambda.arn]
  }
}
