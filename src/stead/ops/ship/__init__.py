"""Shipping: a version of a backend brought to where it runs, watched until it answers, and taken back when it does not.

`commands` says what is run and runs nothing; `runner` runs it, or shows it; `release` is what is remembered of each
version; `rollout` is the order of it all.
"""
