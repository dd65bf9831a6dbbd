data "aws_partition" "current" {}

data "aws_caller_identity" "current" {}

locals {
  account        = data.aws_caller_identity.current.account_id
  schedule_group = "arn:${data.aws_partition.current.partition}:scheduler:*:${local.account}:schedule-group/default"
}

data "aws_iam_policy_document" "assumed_by" {
  for_each = local.sweeps ? toset(["lambda", "scheduler"]) : toset([])

  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["${each.key}.amazonaws.com"]
    }

    # Only schedules of this account may use the role. Scheduler tells IAM their group, not their names.
    dynamic "condition" {
      for_each = each.key == "scheduler" ? { SourceAccount = local.account, SourceArn = local.schedule_group } : {}

      content {
        test     = condition.key == "SourceArn" ? "ArnLike" : "StringEquals"
        variable = "aws:${condition.key}"
        values   = [condition.value]
      }
    }
  }
}

resource "aws_lambda_function" "sweeper" {
  count = local.sweeps ? 1 : 0

  function_name    = "${var.name}-sweeper"
  description      = "Deletes groups of ended sandboxes from the Pushgateway"
  filename         = var.sweeper_zip
  source_code_hash = var.sweeper_zip == null ? null : filebase64sha256(var.sweeper_zip)
  handler          = "telemap_lambda.sweeper.handler"
  runtime          = var.sweeper_runtime
  architectures    = [var.sweeper_architecture]
  layers           = var.sweeper_layers
  role             = aws_iam_role.sweeper[0].arn
  memory_size      = 256
  timeout          = 300 # the sweeper stops after four fifths of this
  tags             = var.tags

  environment {
    variables = local.sweeper_environment
  }

  dynamic "vpc_config" {
    for_each = var.vpc == null ? [] : [var.vpc]

    content {
      subnet_ids         = vpc_config.value.subnet_ids
      security_group_ids = aws_security_group.to_gateway[*].id
    }
  }

  lifecycle {
    precondition {
      condition     = var.sweeper_zip != null
      error_message = "Set sweeper_zip to the archive that `make sweeper` builds, or sweep_schedule to null."
    }
  }

  depends_on = [aws_iam_role_policy_attachment.sweeper]
}

resource "aws_lambda_function_event_invoke_config" "sweeper" {
  count = local.sweeps ? 1 : 0

  function_name          = aws_lambda_function.sweeper[0].function_name
  maximum_retry_attempts = 0 # the next run continues
}

resource "aws_iam_role" "sweeper" {
  count = local.sweeps ? 1 : 0

  name_prefix        = "${var.name}-"
  assume_role_policy = data.aws_iam_policy_document.assumed_by["lambda"].json
  tags               = var.tags
}

resource "aws_iam_role_policy_attachment" "sweeper" {
  count = local.sweeps ? 1 : 0

  role       = aws_iam_role.sweeper[0].name
  policy_arn = "arn:${data.aws_partition.current.partition}:iam::aws:policy/service-role/${var.vpc == null ? "AWSLambdaBasicExecutionRole" : "AWSLambdaVPCAccessExecutionRole"}"
}

resource "aws_iam_role_policy" "sweeper_secret" {
  count = local.sweeps && var.secret != null ? 1 : 0

  name   = "read-gateway-secret"
  role   = aws_iam_role.sweeper[0].id
  policy = data.aws_iam_policy_document.read_secret[0].json
}

resource "aws_scheduler_schedule" "sweeper" {
  count = local.sweeps ? 1 : 0

  name                = "${var.name}-sweeper"
  description         = "Runs telemap's sweeper"
  schedule_expression = var.sweep_schedule

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = aws_lambda_function.sweeper[0].arn
    role_arn = aws_iam_role.scheduler[0].arn

    retry_policy {
      maximum_retry_attempts = 0
    }
  }
}

resource "aws_iam_role" "scheduler" {
  count = local.sweeps ? 1 : 0

  name_prefix        = "${var.name}-"
  assume_role_policy = data.aws_iam_policy_document.assumed_by["scheduler"].json
  tags               = var.tags
}

data "aws_iam_policy_document" "invoke_sweeper" {
  count = local.sweeps ? 1 : 0

  statement {
    actions   = ["lambda:InvokeFunction"]
    resources = [aws_lambda_function.sweeper[0].arn]
  }
}

resource "aws_iam_role_policy" "scheduler" {
  count = local.sweeps ? 1 : 0

  name   = "invoke-sweeper"
  role   = aws_iam_role.scheduler[0].id
  policy = data.aws_iam_policy_document.invoke_sweeper[0].json
}

resource "aws_cloudwatch_metric_alarm" "sweeper_fails" {
  count = local.sweeps ? 1 : 0

  alarm_name          = "${var.name}-sweeper-fails"
  alarm_description   = "The sweeper fails: groups of ended sandboxes accumulate on the gateway"
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = aws_lambda_function.sweeper[0].function_name }
  statistic           = "Sum"
  period              = 3600
  evaluation_periods  = 72 # three days, to support schedules from hourly to daily
  datapoints_to_alarm = 2  # a gateway may be down for one run
  threshold           = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  tags                = var.tags
}
