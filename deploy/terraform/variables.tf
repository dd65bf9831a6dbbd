variable "name" {
  description = "Prefix of all names."
  type        = string
  default     = "telemap"

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,32}$", var.name))
    error_message = "name must consist of 1 to 32 letters, digits, hyphens and underscores."
  }
}

variable "layer_zips" {
  description = "Path of the layer for each architecture that your functions use, as `make layer` built them: dist/telemap-layer-x86_64.zip, dist/telemap-layer-arm64.zip."
  type        = map(string)

  validation {
    condition     = length(var.layer_zips) > 0 && length(setsubtract(keys(var.layer_zips), ["x86_64", "arm64"])) == 0
    error_message = "layer_zips must have the keys x86_64 or arm64, or both."
  }
}

variable "sweeper_zip" {
  description = "Path of the sweeper that `make sweeper` built, dist/telemap-sweeper.zip; required unless sweep_schedule is null."
  type        = string
  default     = null
}

variable "sweeper_runtime" {
  description = "Python version that the sweeper runs on; your functions may have any runtime."
  type        = string
  default     = "python3.13"

  validation {
    condition     = can(regex("^python3\\.(1[1-9]|[2-9][0-9])$", var.sweeper_runtime))
    error_message = "sweeper_runtime must be python3.11 or later."
  }
}

variable "sweeper_architecture" {
  description = "Processor architecture of the sweeper."
  type        = string
  default     = "x86_64"

  validation {
    condition     = contains(["x86_64", "arm64"], var.sweeper_architecture)
    error_message = "sweeper_architecture must be x86_64 or arm64."
  }
}

variable "gateway" {
  description = "URL of the Pushgateway, such as https://gateway.example:9091, without user and password."
  type        = string

  validation {
    condition     = can(regex("^https?://[^/@[:space:]]+(/[^@[:space:]]*)?$", var.gateway))
    error_message = "gateway must be http:// or https://, a host, and optionally a port and a path; put the password into the secret."
  }
}

variable "secret" {
  description = "The Secrets Manager secret with the gateway's credentials: its full ARN, whether it holds a password (JSON with username and password) or a token, and the ARN of its customer managed KMS key, if any. null for no credentials."
  type = object({
    arn         = string
    holds       = optional(string, "password")
    kms_key_arn = optional(string)
  })
  default = null

  validation {
    condition     = var.secret == null ? true : can(regex("^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}$", var.secret.arn))
    error_message = "secret.arn must be the full ARN, with the six characters that Secrets Manager appends."
  }

  validation {
    condition     = var.secret == null ? true : contains(["password", "token"], var.secret.holds)
    error_message = "secret.holds must be password or token."
  }
}

variable "mapping_file" {
  description = "MAPPING_FILE: a path in the function's package or in a layer, or telemap:NAME for a shipped mapping. null for telemap:default."
  type        = string
  default     = null
}

variable "ca_file" {
  description = "TELEMAP_CA_FILE: path, in the function, of the gateway's private certificate authority, such as /opt/gateway/ca.pem. null for the system's authorities."
  type        = string
  default     = null
}

variable "settings" {
  description = "Other settings of the extension, by name, such as TELEMAP_FLUSH and DISPATCH_MIN_BATCH_SIZE (docs/reference/settings.md)."
  type        = map(string)
  default     = {}

  validation {
    condition     = alltrue([for name in keys(var.settings) : can(regex("^(TELEMAP_[A-Z_]+|DISPATCH_MIN_BATCH_SIZE)$", name))])
    error_message = "settings may contain only DISPATCH_MIN_BATCH_SIZE and names that begin with TELEMAP_; all other settings are variables of this module."
  }
}

variable "vpc" {
  description = "Access to the gateway in a VPC: subnets for the sweeper, addresses and port of the gateway, and addresses of the interface endpoint for Secrets Manager. null for no VPC."
  type = object({
    vpc_id                = string
    subnet_ids            = list(string)
    gateway_cidrs         = list(string)
    gateway_port          = optional(number, 9091)
    secrets_manager_cidrs = optional(list(string), [])
  })
  default = null

  validation {
    condition     = var.vpc == null ? true : alltrue([for cidr in concat(var.vpc.gateway_cidrs, var.vpc.secrets_manager_cidrs) : can(cidrhost(cidr, 0))])
    error_message = "vpc.gateway_cidrs and vpc.secrets_manager_cidrs must contain addresses such as 10.0.3.7/32."
  }

  validation {
    condition     = var.vpc == null ? true : length(var.vpc.subnet_ids) > 0 && length(var.vpc.gateway_cidrs) > 0
    error_message = "vpc needs at least one of subnet_ids and one of gateway_cidrs."
  }
}

variable "sweep_schedule" {
  description = "How often the sweeper runs, such as rate(1 hour). null for no sweeper, if another one exists or the gateway has no groups."
  type        = string
  default     = "rate(1 hour)"

  validation {
    condition     = var.sweep_schedule == null ? true : can(regex("^(rate|cron)\\(.+\\)$", var.sweep_schedule))
    error_message = "sweep_schedule must be rate(...) or cron(...), or null."
  }
}

variable "sweep_older_than" {
  description = "Minimum age of the last push to a group, such as 2h or 90m."
  type        = string
  default     = "2h"

  validation {
    condition     = can(regex("^([0-9]+(ms|s|m|h|d))+$", var.sweep_older_than))
    error_message = "sweep_older_than must be a duration such as 2h or 1h30m."
  }
}

variable "sweeper_layers" {
  description = "ARNs of layers for the sweeper, such as one with your certificates, if ca_file is in it."
  type        = list(string)
  default     = []
}

variable "alarm_actions" {
  description = "ARNs to notify if the sweeper has failed for three hours, such as SNS topics."
  type        = list(string)
  default     = []
}

variable "tags" {
  description = "Tags for all resources that support them."
  type        = map(string)
  default     = {}
}
