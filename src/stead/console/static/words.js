// The texts of the page, in English and in Russian.

const RU = {
  "Overview": "Обзор", "Logs": "Журналы", "Traces": "Трассы", "Boundaries": "Границы", "Runs": "Запуски", "Tasks": "Задачи",
  "process": "процесс", "state": "состояние", "address": "адрес", "requests": "запросы", "errors": "ошибки", "restarts": "рестарты",
  "now": "сейчас", "well": "в порядке", "of": "из", "last minute": "за минуту", "whole run": "за весь запуск",
  "restart": "перезапустить", "stop": "остановить", "start": "запустить", "waits for": "ждёт", "failed": "упал", "said last": "сказал напоследок",
  "all its logs": "все его журналы", "Call graph": "Граф вызовов", "Processes": "Процессы", "internet": "интернет",
  "declared": "объявлен", "waiting": "ждёт", "starting": "запускается", "healthy": "здоров", "unhealthy": "нездоров",
  "restarting": "перезапускается", "skipped": "пропущен", "stopped": "остановлен", "done": "готово",
  "search: words, \"a phrase\", name:value, -not": "поиск: слова, «\"фраза\"», поле:значение, -исключить",
  "any level": "любой уровень", "all processes": "все процессы", "follow": "следить", "following": "следит", "older lines": "более старые строки",
  "No line is like that.": "Таких строк нет.", "Take a word out of the search, or choose a lower level.": "Уберите слово из поиска или выберите уровень ниже.",
  "group similar": "группировать похожие", "trace": "трасса", "logs of this trace": "журналы этой трассы",
  "any service": "любой сервис", "only failed": "только с ошибками", "any status": "любой статус", "slower than, ms": "дольше, мс",
  "No trace is like that.": "Таких трасс нет.", "No request has come yet.": "Запросов ещё не было.",
  "Send one": "Отправьте запрос", "or": "или", "play the story": "проиграйте сценарий", "older traces": "более старые трассы",
  "when": "когда", "request": "запрос", "services": "сервисы", "took": "заняло", "status": "статус",
  "attributes": "атрибуты", "events": "события", "Logs of this span": "Журналы этого спана", "Logs of this trace": "Журналы этой трассы",
  "There is no such trace in this run; it may be too old, or of another run.": "Такой трассы в этом запуске нет: она слишком старая или из другого запуска.",
  "Nothing of this trace has come yet; spans come seconds after their request.": "От этой трассы ещё ничего не пришло; спаны приходят через несколько секунд после запроса.",
  "all traces": "все трассы", "nothing was logged": "ничего не записано",
  "caller": "кто", "callee": "кого", "declared and used": "объявлено и используется", "declared, no call seen": "объявлено, вызовов не видно",
  "used, not declared": "используется, не объявлено", "refused": "отказано", "not declared": "не объявлено", "Refused calls": "Отказы",
  "Nothing was refused in this run.": "В этом запуске отказов не было.", "who": "кто", "what": "что", "why": "почему",
  "from outside": "снаружи", "Routes": "Маршруты", "Environment": "Окружение", "History": "История", "Calls": "Вызовы", "Called by": "Вызывают",
  "method": "метод", "path": "путь", "access": "доступ", "operation": "операция", "setting": "настройка", "value": "значение", "from": "откуда",
  "secret": "секрет", "unset": "не задано", "count": "число", "median": "медиана", "nobody": "никто", "nothing": "ничего",
  "run": "запуск", "version": "версия", "traces": "трассы", "lines": "строки", "error lines": "строки с ошибками", "size": "размер", "goes on": "идёт", "ended": "завершён",
  "delete": "удалить", "save the file": "сохранить файл", "Compare start times": "Сравнить время запуска", "Compare requests": "Сравнить запросы", "open a file": "открыть файл", "opened as": "открыт как", "earlier": "раньше", "difference": "разница",
  "Delete this run?": "Удалить этот запуск?", "this run": "этот запуск", "damaged": "повреждён",
  "Play the story": "Проиграть сценарий", "Smoke test": "Дымовой тест", "Check the description": "Проверить описание",
  "running …": "выполняется …", "passed": "прошло", "not started yet": "ещё не запускалось",
  "Through the gateway, as a user would: signs up, orders, and so on.": "Через шлюз, как пользователь: регистрация, заказы и так далее.",
  "Asks what runs whether it is what was deployed; reads only.": "Спрашивает работающее, то ли развёрнуто; только читает.",
  "What is missing, broken or drifting in the description and its files.": "Чего не хватает, что сломано или расходится в описании и файлах.",
  "The run has ended": "Запуск завершён", "stead up starts it again; this page then goes on.": "stead up запустит снова, и страница продолжит.",
  "dark or light": "тёмная или светлая", "language": "язык", "keys": "клавиши", "an earlier run": "прошлый запуск", "to the newest run": "к последнему запуску", "failed processes": "упавшие процессы",
  "There is nothing here.": "Здесь ничего нет.", "job": "задание", "gateway": "шлюз", "service": "сервис", "resource": "ресурс", "agent": "агент", "proxy": "прокси",
  "Database": "База данных", "read only": "только чтение", "Tables": "Таблицы", "Migrations": "Миграции", "Outbox": "Исходящие", "Idempotency keys": "Ключи идемпотентности", "newer": "новее", "older": "старше",
  "its traces": "его трассы", "place": "место", "finding": "находка", "what to do": "что сделать",
  "only a part of the time": "только часть времени", "memory": "память", "p95": "p95",
  "Try": "Запрос", "Request": "Запрос", "Answer": "Ответ", "Sent before": "Отправлено раньше", "send": "отправить", "sending …": "отправляется …",
  "as": "от имени", "a user": "пользователь", "a service": "сервис", "nobody, through the gateway": "никто, через шлюз", "nobody, past the gateway": "никто, мимо шлюза",
  "user": "пользователь", "roles": "роли", "body": "тело", "optional": "необязательно", "new key": "новый ключ", "headers": "заголовки",
  "No service of this backend declares a route.": "Ни один сервис этого бэкенда не объявляет маршрутов.",
  "These fields are missing or cannot be used": "Эти поля не заполнены или заполнены неверно",
  "Fill in the form and send it: the answer and its trace come here.": "Заполните форму и отправьте: здесь появится ответ и его трасса.",
  "replayed: the first answer again": "повтор: первый ответ ещё раз", "the rest is not shown": "остальное не показано",
  "Two runs are compared here once there are two: run stead up again, or open a file.": "Здесь сравниваются два запуска, когда их станет два: запустите stead up ещё раз или откройте файл.",
  "fill in again": "заполнить снова", "try it again": "повторить запрос", "try": "попробовать",
  "not all is well": "не всё в порядке", "all is well": "всё в порядке", "starting …": "запускается …", "needs": "нужно", "Metrics": "Метрики", "connections in use": "соединений занято", "waiting for a connection": "ждут соединения", "at most": "не более",
};

// What is counted: one, two to four, five and more.
const COUNTED = {
  "spans": ["спан", "спана", "спанов"], "errors": ["ошибка", "ошибки", "ошибок"], "rules": ["правило", "правила", "правил"],
  "files": ["файл", "файла", "файлов"], "findings": ["находка", "находки", "находок"],
};
const FORMS = ["one", "few", "many"];
const rules = new Intl.PluralRules("ru");

let chosen = localStorage.getItem("language") ?? (navigator.language.startsWith("ru") ? "ru" : "en");
document.documentElement.lang = chosen;

export const language = () => chosen;

export function t(text) {
  return chosen === "ru" ? RU[text] ?? text : text;
}

/** The form of a word, such as "spans", that goes with a number. */
export function plural(number, word) {
  if (chosen === "ru") return COUNTED[word]?.[FORMS.indexOf(rules.select(number))] ?? word;
  return number === 1 ? word.replace(/s$/, "") : word;
}

export function choose(next) {
  chosen = next;
  document.documentElement.lang = next;
  localStorage.setItem("language", next);
}
