# A function with telemap, in a VPC, with a password for the gateway.

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

module "telemap" {
  source = "../.."

  layer_zips  = { arm64 = "${path.module}/../../../../dist/telemap-layer-arm64.zip" }
  sweeper_zip = "${path.module}/../../../../dist/telemap-sweeper.zip"

  gateway      = "https://gateway.internal.example:9091"
  secret       = { arn = aws_secretsmanager_secret.gateway.arn }
  mapping_file = "mapping.yaml"
  settings     = { TELEMAP_FLUSH = "adaptive" }

  vpc = {
    vpc_id                = var.vpc_id
    subnet_ids            = var.subnet_ids
    gateway_cidrs         = ["10.0.3.7/32"]
    secrets_manager_cidrs = ["10.0.9.0/24"]
  }
}

# Its value, {"username": "...", "password": "..."}, is set manually: Terraform would keep it in its state.
resource "aws_secretsmanager_secret" "gateway" {
  name = "telemap/gateway"
}

resource "aws_lambda_function" "orders" {
  function_name    = "orders"
  filename         = data.archive_file.orders.output_path
  source_code_hash = data.archive_file.orders.output_base64sha256
  handler          = "app.handler"
  runtime          = "python3.13" # or any other
  architectures    = ["arm64"]
  role             = aws_iam_role.orders.arn
  layers           = [module.telemap.layer_arns["arm64"]]

  environment {
    variables = merge({ STAGE = "production" }, module.telemap.environment)
  }

  vpc_config {
    subnet_ids         = var.subnet_ids
    security_group_ids = [module.telemap.security_group_id]
  }
}

# `telemap compile` writes it (docs/how-to/deploy.md). Without it everything works, but each cold start compiles the mapping.
check "plan" {
  assert {
    condition     = fileexists("${path.module}/../../../sam/example/mapping.yaml.cpython-311.plan")
    error_message = "mapping.yaml is not compiled: each cold start takes 50 ms more CPU."
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
  policy_arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
}

resource "aws_iam_role_policy" "orders_telemap" {
  name   = "telemap"
  role   = aws_iam_role.orders.id
  policy = module.telemap.policy_json
}
