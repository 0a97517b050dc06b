"""Secrets at rest: one file per environment in the format of SOPS, encrypted with age to several recipients."""
