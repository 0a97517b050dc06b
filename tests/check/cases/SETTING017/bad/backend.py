from stead import Backend

backend = Backend("shop")
