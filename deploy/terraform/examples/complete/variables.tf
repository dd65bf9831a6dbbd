variable "vpc_id" {
  description = "The VPC of the gateway."
  type        = string
}

variable "subnet_ids" {
  description = "Private subnets for the functions."
  type        = list(string)
}
