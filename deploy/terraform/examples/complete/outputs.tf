output "sweeper" {
  description = "The function that deletes groups of ended sandboxes from the gateway."
  value       = module.telemap.sweeper_function_name
}
