output "sweeper" {
  description = "The function that removes what ended sandboxes left on the gateway."
  value       = module.telemap.sweeper_function_name
}
