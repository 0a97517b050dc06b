"""Backups: stream each database and bucket of a backend into an encrypted, verified archive, and test its restore.

`take` makes one, `restore` brings one back, `drill` proves that it can be. A backup is a folder with an archive for
each part and a `manifest.json`; one rename makes it visible, complete.
"""
