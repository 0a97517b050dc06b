test -n "$STOCK_LIMIT"
