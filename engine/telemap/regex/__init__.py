"""Find regexes that untrusted text can make slow."""
