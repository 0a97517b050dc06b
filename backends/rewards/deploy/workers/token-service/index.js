// Made by `stead render` from backend.py: change that, or delete this line to own the file. [effcfe1a9e69de0f]
import { front, service } from "../runtime/container.js";

const table = {
  "name": "token-service",
  "settings": [
    "DATABASE_POOL",
    "DATABASE_URL",
    "ENVIRONMENT",
    "LOG_LEVEL",
    "MAX_BODY_BYTES",
    "MAX_HEADERS",
    "MAX_HEADER_BYTES",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "SERVICE_JWT_KEYS",
    "SERVICE_JWT_SECRET",
    "SERVICE_NAME",
    "TOKEN_MAX_DAYS",
    "TOKEN_MAX_PER_USER",
    "VERSION"
  ],
  "replicas": 1
};

export class Service extends service(table) {}

export default front(table);
