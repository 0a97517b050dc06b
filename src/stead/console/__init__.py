"""The console: a web page of a backend that runs on this machine, and of its earlier runs."""
