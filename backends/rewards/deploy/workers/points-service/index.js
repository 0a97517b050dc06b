// Made by `stead render` from backend.py: change that, or delete this line to own the file. [394b64d59c380f75]
import { front, service } from "../runtime/container.js";

const table = {
  "name": "points-service",
  "settings": [
    "DATABASE_POOL",
    "DATABASE_URL",
    "ENVIRONMENT",
    "LOG_LEVEL",
    "MAX_BODY_BYTES",
    "MAX_HEADERS",
    "MAX_HEADER_BYTES",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "POINTS_VELOCITY_CAP",
    "POINTS_VELOCITY_WINDOW_SECONDS",
    "SERVICE_JWT_KEYS",
    "SERVICE_JWT_SECRET",
    "SERVICE_NAME",
    "VERSION"
  ],
  "replicas": 1
};

export class Service extends service(table) {}

export default front(table);
