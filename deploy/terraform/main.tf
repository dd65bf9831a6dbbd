resource "aws_lambda_layer_version" "telemap" {
  for_each = var.layer_zips

  layer_name               = "${var.name}-${each.key}"
  description              = "telemap, an extension that turns telemetry into Prometheus metrics"
  filename                 = each.value
  source_code_hash         = filebase64sha256(each.value)
  compatible_architectures = [each.key] # it works beside every runtime
  skip_destroy             = true       # so that you can roll back to an earlier version
}

data "aws_iam_policy_document" "read_secret" {
  count = var.secret == null ? 0 : 1

  statement {
    sid       = "ReadGatewaySecret"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [var.secret.arn]
  }

  dynamic "statement" {
    for_each = var.secret.kms_key_arn == null ? [] : [var.secret.kms_key_arn]

    content {
      sid       = "DecryptGatewaySecret"
      actions   = ["kms:Decrypt"]
      resources = [statement.value]

      condition {
        test     = "StringEquals"
        variable = "kms:EncryptionContext:SecretARN"
        values   = [var.secret.arn]
      }
    }
  }
}

resource "aws_security_group" "to_gateway" {
  count = var.vpc == null ? 0 : 1

  name_prefix = "${var.name}-"
  description = "Allows connections to the Pushgateway and Secrets Manager only"
  vpc_id      = var.vpc.vpc_id
  tags        = var.tags

  egress {
    description = "Pushgateway"
    protocol    = "tcp"
    from_port   = var.vpc.gateway_port
    to_port     = var.vpc.gateway_port
    cidr_blocks = var.vpc.gateway_cidrs
  }

  dynamic "egress" {
    for_each = length(var.vpc.secrets_manager_cidrs) == 0 ? [] : [var.vpc.secrets_manager_cidrs]

    content {
      description = "Secrets Manager"
      protocol    = "tcp"
      from_port   = 443
      to_port     = 443
      cidr_blocks = egress.value
    }
  }

  lifecycle {
    create_before_destroy = true

    precondition {
      condition     = var.secret == null || length(var.vpc.secrets_manager_cidrs) > 0
      error_message = "vpc and secret together require vpc.secrets_manager_cidrs; otherwise the secret cannot be read."
    }
  }
}
