from stead import Backend, Service, Setting

orders = Service(
    "orders",
    command="python main.py",
    folder="orders",
    settings=[
        Setting("SMTP_PASSWORD", secret=True, default=None),
        Setting("TELEGRAM_PUBLIC_KEY", default="production"),
        Setting("SENTRY_DSN", default=None),
        Setting("MAX_TOKENS", int, default=5),
        Setting("CACHE_KEY", default="orders"),
        Setting("PARTNER_URL", default="https://partner.example.com"),
    ],
)
backend = Backend("shop", services=[orders])
