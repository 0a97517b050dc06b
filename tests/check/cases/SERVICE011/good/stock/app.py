"""Stock."""

from stock.inner import *
