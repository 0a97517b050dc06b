"""Orders."""

from orders.inner import create
