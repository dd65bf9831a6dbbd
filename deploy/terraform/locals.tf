locals {
  sweeps = var.sweep_schedule != null

  # What the extension and the sweeper need to reach the gateway.
  gateway_environment = merge(
    { GATEWAY = var.gateway },
    var.secret == null ? {} : {
      (var.secret.holds == "token" ? "TELEMAP_AUTH_TOKEN_SECRET" : "AUTH_SECRET") = var.secret.arn
    },
    var.ca_file == null ? {} : { TELEMAP_CA_FILE = var.ca_file },
  )

  environment = merge(
    local.gateway_environment,
    var.mapping_file == null ? {} : { MAPPING_FILE = var.mapping_file },
    var.settings,
  )

  # Settings name certificates and their keys; the sweeper uses them, too.
  sweeper_environment = merge(
    local.gateway_environment,
    {
      for name, value in var.settings : name => value
      if contains(["TELEMAP_CLIENT_CERT", "TELEMAP_CLIENT_KEY", "TELEMAP_CA_FILE"], name)
    },
    { TELEMAP_SWEEP_OLDER_THAN = var.sweep_older_than },
  )
}
