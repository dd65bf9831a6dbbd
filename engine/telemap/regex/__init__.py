"""Which regular expressions untrusted text can make slow."""
