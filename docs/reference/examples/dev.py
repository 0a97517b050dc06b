"""A bot token that development generates in Telegram's form."""

from stead import Backend, Dev, Service, Setting

token = Setting("TELEGRAM_BOT_TOKEN", secret=True, dev=Dev.BOT_TOKEN, help="The token that BotFather gave.")

backend = Backend("shop", services=[Service("bot", command="node bot.js", settings=[token])])
