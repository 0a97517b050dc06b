"""`python -m stead`: the command line."""

from stead.cli import main

main()
