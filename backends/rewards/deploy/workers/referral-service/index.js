// Made by `stead render` from backend.py: change that, or delete this line to own the file. [a6537feb29adbe97]
import { front, service } from "../runtime/container.js";

const table = {
  "name": "referral-service",
  "settings": [
    "DATABASE_POOL",
    "DATABASE_URL",
    "ENVIRONMENT",
    "LOG_LEVEL",
    "MAX_BODY_BYTES",
    "MAX_HEADERS",
    "MAX_HEADER_BYTES",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "REFERRAL_WINDOW_SECONDS",
    "SERVICE_JWT_KEYS",
    "SERVICE_JWT_SECRET",
    "SERVICE_NAME",
    "VERSION"
  ],
  "replicas": 1
};

export class Service extends service(table) {}

export default front(table);
