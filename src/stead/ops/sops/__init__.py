"""Secrets at rest: one file for each environment, in the format of SOPS, sealed with age to several people."""
