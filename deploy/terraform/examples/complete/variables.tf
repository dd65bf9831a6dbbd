variable "vpc_id" {
  description = "The VPC in which the gateway is reached."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets for the functions."
  type        = list(string)
}
