output "layer_arns" {
  description = "ARN of the layer version for each architecture, for `layers` of your functions."
  value       = { for architecture, layer in aws_lambda_layer_version.telemap : architecture => layer.arn }
}

output "environment" {
  description = "Variables for the `environment` of your functions; merge them with your own."
  value       = local.environment
}

output "policy_json" {
  description = "Policy for the roles of your functions, to read the secret; null without a secret."
  value       = one(data.aws_iam_policy_document.read_secret[*].json)
}

output "security_group_id" {
  description = "Lets functions in the VPC reach the gateway and Secrets Manager; null without a VPC."
  value       = one(aws_security_group.to_gateway[*].id)
}

output "sweeper_function_name" {
  description = "Invoke it to sweep now; null without a sweeper."
  value       = one(aws_lambda_function.sweeper[*].function_name)
}
