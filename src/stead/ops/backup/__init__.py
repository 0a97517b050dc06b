"""Backups: each database and bucket of a backend streamed out, sealed, verified, kept, and tried.

`take` makes one, `restore` brings one back, `drill` proves that it can be. A backup is a folder with an archive for
each part and a `manifest.json`; it appears whole, by one rename, or not at all.
"""
