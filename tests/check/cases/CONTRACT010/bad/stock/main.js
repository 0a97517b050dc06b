const health = "/health";
