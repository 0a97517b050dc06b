"""Shapes of repositories, each with the truth: what a careful owner would say is in it, and which findings to fix."""
