// Made by `stead render` from backend.py: change that, or delete this line to own the file. [e8253c85642049b5]
import { front, service } from "../runtime/container.js";

const table = {
  "name": "content-service",
  "settings": [
    "CONTENT_OFFER_SECONDS",
    "CONTENT_REGISTRATION_POINTS",
    "DATABASE_POOL",
    "DATABASE_URL",
    "ENVIRONMENT",
    "LOG_LEVEL",
    "MAX_BODY_BYTES",
    "MAX_HEADERS",
    "MAX_HEADER_BYTES",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "POINTS_SERVICE_NAME",
    "POINTS_SERVICE_URL",
    "SERVICE_JWT_KEYS",
    "SERVICE_JWT_SECRET",
    "SERVICE_NAME",
    "VERSION"
  ],
  "replicas": 1
};

export class Service extends service(table) {}

export default front(table);
