"""What the bot says, in its users' language."""

GREETING = "Привет, {name}! Я Тигрит. Команды: /me — кто ты, /logout — выйти отовсюду."
ME = "Ты — {name}, игрок {user_id}. Открытых сессий: {sessions}."
SIGNED_OUT = "Готово: ты вышел на всех устройствах."
HEARD = "Я понимаю только команды: /start, /me, /logout."
GAME_DOWN = "Сервис игры временно недоступен"
TRY_LATER = "Сейчас не получилось. Попробуй чуть позже."
UNKNOWN = "неизвестно"
