// Made by `stead render` from backend.py: change that, or delete this line to own the file. [5997f39df04e36b0]
import { front, service } from "../runtime/container.js";

const table = {
  "name": "auth-service",
  "settings": [
    "AUTH_FIRST_LOGIN_POINTS",
    "AUTH_REFEREE_POINTS",
    "AUTH_REFERRER_POINTS",
    "AUTH_WELCOME_POINTS",
    "CLERK_AUTHORIZED_PARTIES",
    "CLERK_ISSUER",
    "CLERK_JWKS_URL",
    "CLERK_JWT_SECRET",
    "CLERK_WEBHOOK_SECRET",
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
    "REFERRAL_SERVICE_NAME",
    "REFERRAL_SERVICE_URL",
    "SERVICE_JWT_KEYS",
    "SERVICE_JWT_SECRET",
    "SERVICE_NAME",
    "TOKEN_SERVICE_NAME",
    "TOKEN_SERVICE_URL",
    "VERSION"
  ],
  "replicas": 1
};

export class Service extends service(table) {}

export default front(table);
